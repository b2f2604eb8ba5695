"""`issue` by need: which actions are open in the templates, and whoever is asked nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xlplan.codes.issue_codes import ISS_092, ISS_093
from xlplan.codes.message import did_you_mean
from xlplan.cycle.desk import Desk
from xlplan.cycle.memory import heard
from xlplan.errors import Problem, XlplanError
from xlplan.merge.exchange import NOTHING
from xlplan.merge.ids import named
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.due import likely_dates
from xlplan.plan.need import Need, Needed, codes_of
from xlplan.plan.people import Lead


def open_actions(desk: Desk, cycle: str, need: Need) -> frozenset[str]:
    """The uids of the actions that have a need. XlplanError (ISS-092) for a rating that the plan
    does not have."""
    state, definition = desk.state, desk.state.definition
    codes = codes_of(definition, need.rated)
    if unknown := [name for name, code in codes.items() if code is None]:
        item = definition.with_role("rating")
        known = [rating.code for rating in definition.scale_of(item)] if item is not None else []
        raise XlplanError(
            [ISS_092.problem("--rated", rating=n, hint=did_you_mean(n, known)) for n in unknown]
        )
    rows = state.master("action")
    needed = Needed(
        definition,
        need,
        desk.today,
        likely_dates(definition, (row.values for row in rows)),
        frozenset(code for code in codes.values() if code is not None),
        _unchanged(desk, cycle, need.stale, rows),
    )
    return frozenset(row.uid for row in rows if needed.has(row.uid, row.values))


def _unchanged(desk: Desk, cycle: str, count: int, rows: Sequence[MasterRow]) -> frozenset[str]:
    """The actions in which nobody has changed anything in the last so many cycles before this; none
    where there were not so many."""
    state = desk.state
    before = [name for name in state.exchange.cycles if name != cycle][-count:] if count else []
    if not count or len(before) < count:
        return frozenset()
    changed = heard(desk).changed
    begun = state.exchange.periods[before[0]]
    return frozenset(
        row.uid
        for row in rows
        if state.row_seq[row.uid] <= begun and not {*changed.get(row.uid, ())} & {*before}
    )


def divided(
    rows: Sequence[MasterRow], needed: Collection[str]
) -> tuple[Sequence[MasterRow], tuple[str, ...]]:
    """A lead's actions, those that are open first, and the uids of the others."""
    rest = [row for row in rows if row.uid not in needed]
    return [row for row in rows if row.uid in needed] + rest, tuple(row.uid for row in rest)


def spare(desk: Desk, cycle: str, return_by: str, lead: Lead) -> list[Issued]:
    """The record that a lead is asked nothing in a cycle; none where it stands there already."""
    if (cycle, lead.name) in desk.state.exchange.spared:
        return []
    ident = named("n", lead.name, cycle, desk.state.seq)
    return [Issued(ident, NOTHING, lead.name, cycle, return_by, desk.state.seq, (), (), (), "")]


def say_spared(cycle: str, lead: Lead, actions: int, need: Need | None) -> Problem:
    """That a lead of so many actions got no template."""
    return ISS_093.problem(f"outbox/{cycle}", lead=lead.name, actions=actions, need=str(need))
