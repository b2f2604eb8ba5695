"""What is put off: regular expressions are compiled when they are first used, and not as their
module loads; circles of objects are searched for once much has been made, and not meanwhile.

There are hundreds of expressions, a command uses few, and compiling all takes as long as a small
command. The other half of the habit is an import within the function that needs it, where that
loads much and is seldom called.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, AnyStr, cast


class _Late:
    """A regular expression that is compiled when something of it is asked for."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._made), name)  # `re` remembers the last ones
        setattr(self, name, found)
        return found


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`; an error in it shows when it is first used. It goes by its own methods only:
    functions of `re` do not take it."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


@contextmanager
def no_collecting() -> Iterator[None]:
    """Reads, makes or changes much without Python's search for circles of objects meanwhile: cells
    and rows, many and alive to the end, are in none, and each search would go through all again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
