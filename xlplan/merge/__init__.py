"""The merge: pure. Comparing, deciding, the register, questions, projections.

No file, no clock, no database: values in, values out. `decide` is the three-way merge as data. It
is loaded when it is first asked for, so that whoever needs a noun of the merge loads no more.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlplan.merge.ruling import Ruling, decide

__all__ = ["Ruling", "decide"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xlplan.merge import ruling

    return getattr(ruling, name)
