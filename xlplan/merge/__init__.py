"""The merge: pure. What a return says, what a cell holds, what is asked, and what was before.

No file, no clock, no database: values in, values out. The page of this room says what becomes of
each returned cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlplan.merge.fates import Ruling, decide

__all__ = ["Ruling", "decide"]


def __getattr__(name: str) -> object:
    """The public names, loaded when they are asked for: `xlplan --help` needs no merge."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xlplan.merge import fates

    return getattr(fates, name)
