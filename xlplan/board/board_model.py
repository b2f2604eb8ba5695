"""What a composite is made from: everything the board's workbook may say, as values.

The cycle computes a `Board` from the ledger; the sheets only show it. No clock, no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow, Question
from xlplan.merge.past import DueHistory
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One lead's return in this cycle. `issued` is whether a template was issued to the lead,
    `old_form` the earlier cycle whose form was returned, where the one of this cycle was not."""

    lead: str
    issued: bool = True
    returned: bool = False
    late: bool = False
    changes: int = 0
    old_form: str = ""


@dataclass(frozen=True, slots=True)
class PastBoard:
    """One earlier point of the plan: its label and, by uid, how each action stood then.

    Actions withdrawn by then are in neither mapping. `dues` are the dates the actions were due by.
    """

    label: str
    ratings: Mapping[str, Value]
    dues: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanOnBoard:
    """One of several plans on one board: the mark before its refs, what it is, and as of when.

    `group` is the organisation that its sections stand under.
    """

    mark: str
    title: str
    group: str
    as_of: date
    tip: str = ""


@dataclass(frozen=True)
class Board:
    """One board meeting's worth of the plan.

    `rows` are the master now: actions and recommendations, withdrawn ones included. `previous` is
    the master as the last board saw it (by uid, then field id), or None where there was no earlier
    board; `previous_label` names that board ("September 2026"). `first` is the first rating each
    action ever had. `changes` are those since the last board. `tip` is the ledger's tip hash.
    `history` holds earlier boards, oldest first. `dues` is, by uid, how the due date has moved;
    `challenges`, by uid, what the plan's rules hold against a rating, in sentences.

    On a board of several plans `plans` names them, and `parts` are their own boards: each action
    is judged by the definition of its own plan, and shown by this one's.
    """

    definition: PlanDefinition
    cycle: str
    as_of: date
    rows: Sequence[MasterRow]
    previous: Mapping[str, Mapping[str, Value]] | None = None
    previous_label: str = ""
    first: Mapping[str, Value] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    questions: Sequence[Question] = ()
    returns: Sequence[ReturnLine] = ()
    tip: str = ""
    problems: Sequence[Problem] = ()
    history: Sequence[PastBoard] = ()
    dues: Mapping[str, DueHistory] = field(default_factory=dict)
    challenges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plans: Sequence[PlanOnBoard] = ()
    parts: Sequence[Board] = ()
