"""How an action's due date has moved: the first date, and how often it was put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from xlplan.board.model import DueHistory
from xlplan.board.standings import due_date
from xlplan.merge.model import Change
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value

UNDONE = "undo"


def due_fields(definition: PlanDefinition) -> tuple[str, ...]:
    """The ids of the fields that say when an action is due."""
    found = (definition.with_role(role) for role in ("due", "revised"))
    return tuple(item.id for item in found if item is not None)


def due_history(path: Iterable[tuple[date | None, bool]]) -> DueHistory:
    """From the dates an action was due by, oldest first, each with whether an undo put it there.

    What was undone never was: an undo goes back along the path to the date that it restores.
    """
    dates: list[date] = []
    for day, undone in path:
        if undone and day in dates:
            while dates[-1] != day:
                dates.pop()
        elif day is not None and (not dates or dates[-1] != day):
            dates.append(day)
    slips = sum(later > earlier for earlier, later in pairwise(dates))
    return DueHistory(dates[0] if dates else None, slips)


def due_histories(
    definition: PlanDefinition,
    first: Mapping[str, Mapping[str, Value]],
    changes: Sequence[Change],
) -> dict[str, DueHistory]:
    """By uid, how each due date has moved: from the `first` values on, through the change log."""
    names = due_fields(definition)
    values = {uid: dict(given) for uid, given in first.items()}
    paths = {uid: [(due_date(definition, given), False)] for uid, given in values.items()}
    for change in changes:
        if change.field in names and change.uid in values:
            values[change.uid][change.field] = change.after
            day = due_date(definition, values[change.uid])
            paths[change.uid].append((day, change.kind == UNDONE))
    return {uid: due_history(path) for uid, path in paths.items()}
