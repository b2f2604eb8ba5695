"""How many objects of a kind the house makes, counted where it makes them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest


class _Making:
    """Stands for a kind: tells of each object before it makes it, and knows all of the kind."""

    def __init__(self, kind: type, tell: Callable[[], None]) -> None:
        self._kind = kind
        self._tell = tell

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._tell()
        return self._kind(*args, **kwargs)

    def __instancecheck__(self, each: object) -> bool:
        return isinstance(each, self._kind)


def tell_of(patch: pytest.MonkeyPatch, kind: type, tell: Callable[[], None]) -> None:
    """From now on `tell` is called for each object of `kind` that a module of the house makes by
    its name. A copy with something said otherwise (`replace`) is not told of."""
    for name, module in list(sys.modules.items()):
        if name.startswith("xlplan."):
            for held in [each for each, value in vars(module).items() if value is kind]:
                patch.setattr(module, held, _Making(kind, tell))
