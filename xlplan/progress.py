"""How far a command is: whoever is at work says it, and whoever listens may show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count as numbers
from typing import TypeVar

T = TypeVar("T")
Listener = Callable[[str, int, int], None]
"""Hears what is being done, how many are done, and how many there are."""
WRITING_TEMPLATES = "Writing templates"
READING_FILES = "Reading files"
TAKING_RETURNS = "Taking in returns"
WRITING_SHEETS = "Writing sheets"
CHECKING_RETURNS = "Checking returns"

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let `listener` hear how far the work within is."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def counted(what: str, items: Iterable[T], count: int) -> Iterator[T]:
    """The `items`, of which there are about `count`, as work that is heard of."""
    listener = _LISTENER.get()
    if listener is None:
        yield from items
        return
    left = iter(items)
    for done in numbers():
        listener(what, min(done, count), count)
        try:
            yield next(left)  # none is held here while the next one is made
        except StopIteration:
            break
    listener(what, count, count)
