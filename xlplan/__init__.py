"""xlplan: the spreadsheet round trip of improvement plans.

`open_plan` opens a plan, `new_plan` starts one, `backup` and `restore` carry one as a file,
`rekey` gives one that lost its key another, `archive` moves old originals out, `demo` plays a cycle
on an example. A `Plan` issues, merges, publishes and answers. What it gives back is of the types
below; `shapes` makes of them the documents that ``--json`` prints. What cannot be done raises
`XlplanError`, whose `Problem` values say why and what to do.

Importing this package imports nothing else: each name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlplan.board.extract import Extract
    from xlplan.cycle import shapes
    from xlplan.cycle.acts import UndoResult
    from xlplan.cycle.archive import ArchiveResult, archive
    from xlplan.cycle.backup import Backup, backup, restore
    from xlplan.cycle.demo import Demo, demo
    from xlplan.cycle.issue import IssuedTemplate, IssueResult
    from xlplan.cycle.kept import LogLine, ShownRow
    from xlplan.cycle.key import RekeyResult, rekey
    from xlplan.cycle.merge import MergeResult, ReturnReport
    from xlplan.cycle.new import NewFigures, NewPlan
    from xlplan.cycle.new import new as new_plan
    from xlplan.cycle.next_step import NextStep
    from xlplan.cycle.plan import Plan, is_plan, open_plan
    from xlplan.cycle.posting import Draft, PostResult
    from xlplan.cycle.publish import PublishResult
    from xlplan.cycle.status import LeadStatus, Status
    from xlplan.cycle.verify import Tip
    from xlplan.errors import Problem, XlplanError
    from xlplan.merge.fates import Fate
    from xlplan.merge.model import Candidate, Change, MasterRow, Place, Question
    from xlplan.plan.definition import Field, PlanDefinition
    from xlplan.plan.due import DatesRead
    from xlplan.plan.need import Need
    from xlplan.plan.people import Lead
    from xlplan.plan.timescales import Timescale
    from xlplan.plan.values import Invalid, show_in
    from xlplan.source.account import KeptBack

__version__ = "0.1.0"

__all__ = [
    "ArchiveResult", "Backup", "Candidate", "Change", "DatesRead", "Demo", "Draft", "Extract",
    "Fate", "Field", "Invalid", "IssueResult", "IssuedTemplate", "KeptBack", "Lead", "LeadStatus",
    "LogLine", "MasterRow", "MergeResult", "Need", "NewFigures", "NewPlan", "NextStep", "Place",
    "Plan", "PlanDefinition", "PostResult", "Problem", "PublishResult", "Question", "RekeyResult",
    "ReturnReport", "ShownRow", "Status", "Timescale", "Tip", "UndoResult", "XlplanError",
    "__version__",
    "archive", "backup", "demo", "is_plan", "new_plan", "open_plan", "rekey", "restore", "shapes",
    "show_in",
]  # fmt: skip

_WHERE = {
    "board.extract": ("Extract",),
    "cycle.acts": ("UndoResult",),
    "cycle.archive": ("ArchiveResult", "archive"),
    "cycle.backup": ("Backup", "backup", "restore"),
    "cycle.demo": ("Demo", "demo"),
    "cycle.issue": ("IssueResult", "IssuedTemplate"),
    "cycle.kept": ("LogLine", "ShownRow"),
    "cycle.merge": ("MergeResult", "ReturnReport"),
    "cycle.new": ("NewFigures", "NewPlan", "new_plan"),
    "cycle.key": ("RekeyResult", "rekey"),
    "cycle.plan": ("Plan", "is_plan", "open_plan"),
    "cycle.posting": ("Draft", "PostResult"),
    "cycle.publish": ("PublishResult",),
    "cycle.shapes": ("shapes",),
    "cycle.next_step": ("NextStep",),
    "cycle.status": ("LeadStatus", "Status"),
    "cycle.verify": ("Tip",),
    "errors": ("Problem", "XlplanError"),
    "merge.fates": ("Fate",),
    "merge.model": ("Candidate", "Change", "MasterRow", "Place", "Question"),
    "plan.definition": ("Field", "Lead", "PlanDefinition"),
    "plan.due": ("DatesRead",),
    "plan.need": ("Need",),
    "plan.timescales": ("Timescale",),
    "plan.values": ("Invalid", "show_in"),
    "source.account": ("KeptBack",),
}
"""The module of each public name."""
_THERE = {"new_plan": "new"}
"""What some are called there."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _WHERE.items():
        if name in names:
            found = import_module(f"xlplan.{module}")
            return found if name == "shapes" else getattr(found, _THERE.get(name, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
