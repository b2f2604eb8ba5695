"""xlplan: the spreadsheet round trip of improvement plans.

`open_plan` opens a plan, `new_plan` starts one; a `Plan` issues, merges, publishes and answers.
Importing this package imports nothing else: each name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlplan.cycle.new import new as new_plan
    from xlplan.cycle.plan import Plan, open_plan
    from xlplan.errors import Problem, XlplanError

__all__ = ["Plan", "Problem", "XlplanError", "__version__", "new_plan", "open_plan"]
__version__ = "0.1.0"

_WHERE = {
    "Plan": ("xlplan.cycle.plan", "Plan"),
    "Problem": ("xlplan.errors", "Problem"),
    "XlplanError": ("xlplan.errors", "XlplanError"),
    "new_plan": ("xlplan.cycle.new", "new"),
    "open_plan": ("xlplan.cycle.plan", "open_plan"),
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)
