"""The life of an action: new, open, held, closed, reopened, withdrawn; and how its date moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.due import NO_TIMESCALE, Due, due_in, due_of
from xlplan.plan.history import NO_HISTORY, History
from xlplan.plan.lint_view import Row
from xlplan.plan.values import Value, show

Stage = Literal["new", "open", "held", "closed", "reopened", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Life:
    """Where an action is in its life.

    `original` is the first date it was due by, `current` the one that counts now, and `slips` how
    often that moved to a later day. `reason`, `approved_by` and `approved_on` are what the plan
    says of the last move, blank where it has no such field.
    """

    stage: Stage
    original: Due
    current: Due
    slips: int
    reason: str = ""
    approved_by: str = ""
    approved_on: str = ""

    @property
    def rescheduled(self) -> bool:
        """Whether the date that counts is later than the first one."""
        return bool(self.original.by and self.current.by and self.current.by > self.original.by)


def life_of(definition: PlanDefinition, row: Row, history: History = NO_HISTORY) -> Life:
    """The life of an action, as far as its values and its history tell.

    Without a history an action is never new nor reopened, and its dates have moved only where it
    has a revised date of its own.
    """
    dates = [due.by for due in _dues(definition, row, history)]
    return Life(
        stage_of(definition, row, history),
        next(iter(_dues(definition, row, history)), NO_TIMESCALE),
        due_in(definition, row.values, row.kind),
        slips_of(dates),
        *(_said(definition, row, role) for role in ("reason", "approved_by", "approved_on")),
    )


def stage_of(definition: PlanDefinition, row: Row, history: History = NO_HISTORY) -> Stage:
    """Withdrawn, closed and held by its values; reopened and new by what the boards saw."""
    if row.withdrawn:
        return "withdrawn"
    rating = rating_in(definition, row.values, row.kind)
    if rating is not None and rating.closed:
        return "closed"
    if rating is not None and rating.holding:
        return "held"
    seen = [board.values[row.uid] for board in history.boards if row.uid in board.values]
    past = (rating_in(definition, values, row.kind) for values in seen)
    if any(rating is not None and rating.closed for rating in past):
        return "reopened"
    return "new" if history.boards and not seen else "open"


def rating_in(
    definition: PlanDefinition, values: Mapping[str, Value], kind: str = "action"
) -> Rating | None:
    """The point of the scale at which values are rated, or None."""
    item = definition.with_role("rating", kind)
    return definition.rating(values.get(item.id), item.scale) if item else None


def finishes(definition: PlanDefinition, item: Field, value: Value) -> bool:
    """Whether a rating closes an action, or says that it is done and under watch."""
    rating = definition.rating(value, item.scale)
    return rating is not None and (rating.closed or rating.holding)


def slips_of(dates: Iterable[date | None]) -> int:
    """How often a date moved to a later one; values without a date are passed over."""
    known = [day for day in dates if day is not None]
    return sum(later > earlier for earlier, later in pairwise(known))


def _dues(definition: PlanDefinition, row: Row, history: History) -> Sequence[Due]:
    """Every date the action was due by, oldest first: its due dates, then its revised ones."""
    found: list[Due] = []
    for role, known in (("due", history.dues), ("revised", history.revised)):
        item = definition.with_role(role, row.kind)
        if item is not None:
            values = known.get(row.uid) or (row.values.get(item.id),)
            found += [due_of(definition, value) for value in values if value is not None]
    return found


def _said(definition: PlanDefinition, row: Row, role: str) -> str:
    item = definition.with_role(role, row.kind)
    return show(row.values.get(item.id)) if item else ""
