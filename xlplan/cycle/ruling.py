"""Ratings that follow from the plan's rules: written where they are no longer what the rules say.

It happens within the transaction of whichever command writes (`Desk.rule`). So a rating is a
function of the other columns and of the day, in whichever order files arrive, and every change of
it stands in the log with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlplan.merge.kinds import Kind, named
from xlplan.merge.model import NOWHERE, Decided
from xlplan.plan.checks.checklist import ruled
from xlplan.plan.due import likely_dates

if TYPE_CHECKING:
    from datetime import date

    from xlplan.cycle.desk import Work
    from xlplan.merge.state import State


def rule(state: State, work: Work, today: date) -> None:
    """Write the rating of every action for which the rules now give another."""
    item = state.definition.ruled
    if item is not None and (facts := list(_changed(state, item.id, today))):
        work.append(facts)


def _changed(state: State, field: str, today: date) -> list[Decided]:
    rows = state.master("action")
    likely = likely_dates(state.definition, (row.values for row in rows))
    facts = []
    for row in rows:
        found = ruled(state.definition, row, today, likely)
        if found is None or found.rating == row.values.get(field):
            continue
        key = (row.uid, field)
        saw = frozenset(write.id for write in state.live(key))
        facts.append(
            Decided(
                id=named("d", "rule", key, found.rating, sorted(i.stored for i in saw), state.seq),
                question="",
                kind=Kind.RULE,
                uid=row.uid,
                field=field,
                choice=found.rule,
                writes=True,
                value=found.rating,
                why=found.why or "No rule holds",
                saw=saw,
                place=NOWHERE,
            )
        )
    return facts
