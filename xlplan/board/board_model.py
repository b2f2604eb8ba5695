"""What a board is made from; see `xlplan.board.table_model` for what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, overload

from msgspec import Struct, field

from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow, Question
from xlplan.merge.past import DueHistory
from xlplan.merge.requests import Request
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value

T = TypeVar("T")


class ReturnLine(Struct, frozen=True):
    """One lead's return in this cycle. `issued` is whether a template was issued to the lead,
    `old_form` the earlier cycle whose form was returned, where the one of this cycle was not.
    `on_time` of `rounds` in which they were asked they returned on time; `corrected` counts, by
    field and fault, what they were asked to correct. `confirmed` counts the actions of which they
    said that nothing has changed, `not_looked_at` those of which they said nothing; both are None
    where their template does not ask."""

    lead: str
    issued: bool = True
    returned: bool = False
    late: bool = False
    changes: int = 0
    old_form: str = ""
    on_time: int = 0
    rounds: int = 0
    corrected: Mapping[str, int] = field(default_factory=dict)
    reminded: int = 0
    confirmed: int | None = None
    not_looked_at: int | None = None
    signed: bool | None = None
    """Whether an accountable officer, who was only asked to read and sign, has; else None."""


class PastBoard(Struct, frozen=True):
    """One earlier point of the plan: its label and, by uid, how each action stood then.

    Actions withdrawn by then are in neither mapping. `dues` are the dates the actions were due by.
    A point that was `brought` with the plan is known only from a column of earlier ratings: what
    is not in it may have been in the plan.
    """

    label: str
    ratings: Mapping[str, Value]
    dues: Mapping[str, date | None] = field(default_factory=dict)
    brought: bool = False


class PlanOnBoard(Struct, frozen=True):
    """One of several plans on one board: the mark before its refs, what it is, and as of when.

    `group` is the organisation that its sections stand under.
    """

    mark: str
    title: str
    group: str
    as_of: date
    tip: str = ""


class Board(Struct, frozen=True, dict=True):
    """One board meeting's worth of the plan.

    `rows` are the master now: actions and recommendations, withdrawn ones included. `previous` is
    the master as the last board saw it (by uid, then field id), or None where there was no earlier
    board; `previous_label` names that board ("September 2026"). Where a plan `brought` its past,
    the first board is compared with that: an action without its rating there had one that is not
    known. `first` is the first rating each action ever had. `changes` are those since the last
    board. `tip` is the ledger's tip hash.
    `history` holds earlier boards, oldest first. `dues` is, by uid, how the due date has moved;
    `challenges`, by uid, what the plan's rules hold against a rating, in sentences. `requests` are
    the dates that leads have asked to move; `answers`, by uid, what leads said to what was asked of
    them while they typed.

    On a board of several plans `plans` names them, and `parts` are their own boards: each action
    is judged by the definition of its own plan, and shown by this one's. An `extract` says what it
    is of, and has the `whole` board beside it. A `working` copy is the coordinator's: it has the
    open questions and the checks that are left open too.
    """

    definition: PlanDefinition
    cycle: str
    as_of: date
    rows: Sequence[MasterRow]
    previous: Mapping[str, Mapping[str, Value]] | None = None
    previous_label: str = ""
    brought: bool = False
    first: Mapping[str, Value] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    questions: Sequence[Question] = ()
    returns: Sequence[ReturnLine] = ()
    tip: str = ""
    problems: Sequence[Problem] = ()
    history: Sequence[PastBoard] = ()
    dues: Mapping[str, DueHistory] = field(default_factory=dict)
    challenges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    requests: Sequence[Request] = ()
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plans: Sequence[PlanOnBoard] = ()
    parts: Sequence[Board] = ()
    extract: str = ""
    whole: Board | None = None
    working: bool = False

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What was worked out of this board, by what works it out, for all its renderings."""
        return {}


class WhenAsked(Sequence[T]):
    """What is worked out when it is first asked for: few boards show it."""

    def __init__(self, find: Callable[[], Iterable[T]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[T, ...]:
        return tuple(self._find())

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """As of a tuple."""
        return self._found[at]


IMPORTED = "the plan as imported"
"""What a first board compares with."""
