"""Whom a cycle is issued to, and about which actions: leads and their teams, accountable officers
who sign, whoever has an action that there is need to ask about, and whoever is asked nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from xlplan.codes.issue_codes import (
    ISS_003,
    ISS_004,
    ISS_006,
    ISS_007,
    ISS_008,
    ISS_092,
    ISS_093,
)
from xlplan.codes.message import did_you_mean
from xlplan.cycle.desk import Desk
from xlplan.cycle.so_far import heard
from xlplan.errors import Problem, XlplanError
from xlplan.merge.exchange import NOTHING
from xlplan.merge.kinds import named
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.due import likely_dates
from xlplan.plan.need import Need, Needed, codes_of
from xlplan.plan.people import Lead
from xlplan.plan.text import fold, says_vacant


def actions_of_recipients(desk: Desk) -> tuple[dict[Lead, list[MasterRow]], list[Problem]]:
    """The actions of each lead, or of the team that a lead is in, and problems with leads that the
    list does not have."""
    definition = desk.state.definition
    item = definition.with_role("lead")
    rating = definition.with_role("rating")
    closed = {r.code for r in definition.ratings if r.closed}
    found: dict[Lead, list[MasterRow]] = {each: [] for each in definition.directory.recipients}
    problems: list[Problem] = []
    for row in desk.state.master("action"):
        if row.withdrawn or row.kept_back:
            continue
        if not definition.issue.include_closed and rating and row.values.get(rating.id) in closed:
            continue
        names = row.values.get(item.id) if item else None
        for name in names if isinstance(names, tuple) else ():
            answering = definition.directory.answering(name)
            if not answering:
                problems.append(_unknown_lead(definition, row, name, item.id if item else ""))
            for lead in answering:
                rows = found.setdefault(definition.directory.recipient(lead, row.section), [])
                if not rows or rows[-1] is not row:  # two of its leads may be of one team
                    rows.append(row)
        if not names:
            field = item.id if item else ""
            where = f"action {row.ref}"
            problems.append(ISS_004.problem(where, "blank", action=row.ref, field=field))
    return found, problems


def _unknown_lead(definition: PlanDefinition, row: MasterRow, name: str, field: str) -> Problem:
    where = f"action {row.ref}"
    if _is_nobody(definition, name):
        return ISS_004.problem(where, "vacant", action=row.ref, field=field, lead=name)
    hint = did_you_mean(name, _names(definition), 0.75)
    return ISS_003.problem(where, action=row.ref, field=field, lead=name, hint=hint)


def _names(definition: PlanDefinition) -> list[str]:
    return [lead.name for lead in definition.people]


def chosen_recipients(
    definition: PlanDefinition,
    names: Sequence[str],
    per_lead: Mapping[Lead, Sequence[MasterRow]],
    signing: Collection[Lead] = (),
) -> list[Lead]:
    """Whom to issue to: those with these names, or their teams; or all who have an action, or are
    `signing` for what they answer for."""
    if not names:
        found = [lead for lead, rows in per_lead.items() if rows]
        if not found:
            if definition.with_role("lead", "action") is None:
                raise ISS_008.fault("plan.toml", "column")
            raise ISS_008.fault("plan.toml")
        return found
    chosen, problems = [], []
    for name in names:
        known = next((each for each in per_lead if fold(each.name) == fold(name)), None)
        lead = known or definition.lead(name)
        team = lead and (lead if lead in signing else definition.directory.recipient(lead))
        if lead is None or team is None:
            hint = did_you_mean(name, _names(definition))
            problems.append(ISS_006.problem("--lead", lead=name, hint=hint))
        elif not per_lead.get(team):
            problems.append(ISS_007.problem("--lead", lead=lead.name))
        elif team not in chosen:
            chosen.append(team)
    if problems:
        raise XlplanError(problems)
    return chosen


def with_need(
    leads: Sequence[Lead],
    per_lead: Mapping[Lead, Sequence[MasterRow]],
    needed: Collection[str] | None,
    signing: Collection[Lead] = (),
) -> tuple[list[Lead], list[Lead]]:
    """The leads who have an action that is `needed` (None: all of them are) or are `signing`, and
    the others."""

    def is_asked(lead: Lead) -> bool:
        mine = per_lead[lead]
        return needed is None or lead in signing or any(row.uid in needed for row in mine)

    return [each for each in leads if is_asked(each)], [e for e in leads if not is_asked(e)]


def to_sign(
    desk: Desk, per_lead: Mapping[Lead, Sequence[MasterRow]]
) -> tuple[dict[Lead, list[MasterRow]], list[Problem]]:
    """What each accountable officer who leads no action is to read and sign, where the plan asks
    for it: their recommendations, then the actions that answer them or name the officer; and
    problems with names that the list of leads does not have. `per_lead` are the actions of leads.
    """
    definition = desk.state.definition
    found: dict[Lead, list[MasterRow]] = {}
    problems: list[Problem] = []
    if not definition.issue.accountable:
        return found, problems
    leading = _leading(definition, per_lead)
    for name, rows in _answered_for(desk).items():
        officers = definition.directory.answering(name)
        if not officers:
            problems.append(_unknown_officer(definition, rows[0], name))
        for officer in officers:
            if officer.name not in leading:
                mine = found.setdefault(officer, [])
                mine += [row for row in rows if row not in mine]
    for mine in found.values():
        mine.sort(key=lambda row: row.kind != "recommendation")
    return found, problems


def _unknown_officer(definition: PlanDefinition, row: MasterRow, name: str) -> Problem:
    where = f"{row.kind} {row.ref}"
    if _is_nobody(definition, name):
        return ISS_004.problem(where, "officer-vacant", lead=name)
    hint = did_you_mean(name, _names(definition), 0.75)
    return ISS_003.problem(where, "officer", lead=name, hint=hint)


def _leading(
    definition: PlanDefinition, per_lead: Mapping[Lead, Sequence[MasterRow]]
) -> frozenset[str]:
    """The names of the leads and teams who are sent an action."""
    item, answering = definition.with_role("lead"), definition.directory.answering
    sent = {lead.name: rows for lead, rows in per_lead.items() if rows}
    every = (row for rows in sent.values() for row in rows)
    names = {name for row in every for name in (_people(row, item.id) if item else ())}
    return frozenset(sent) | {lead.name for name in names for lead in answering(name)}


def _answered_for(desk: Desk) -> dict[str, list[MasterRow]]:
    """By accountable officer, as the plan spells them, their recommendations and the actions under
    these; an action that names its own officer is theirs."""
    from xlplan.board.figures import answers_of

    definition = desk.state.definition.public
    found: dict[str, list[MasterRow]] = {}
    of_ref: dict[str, tuple[str, ...]] = {}
    asked = definition.with_role("accountable", "recommendation")
    for row in _public_rows(desk, "recommendation"):
        names = _people(row, asked.id) if asked is not None else ()
        of_ref[fold(row.ref)] = names
        for name in names:
            found.setdefault(name, []).append(row)
    own = definition.with_role("accountable")
    rating = definition.with_role("rating")
    closed = {r.code for r in definition.ratings if r.closed}
    for row in _public_rows(desk, "action"):
        if not definition.issue.include_closed and rating and row.values.get(rating.id) in closed:
            continue
        names = _people(row, own.id) if own is not None else ()
        refs = () if names else answers_of(definition, row.values)
        for name in names or dict.fromkeys(n for ref in refs for n in of_ref.get(fold(ref), ())):
            found.setdefault(name, []).append(row)
    return found


def _public_rows(desk: Desk, kind: str) -> Iterator[MasterRow]:
    rows = desk.state.master(kind)
    return (row for row in rows if not row.withdrawn and not row.kept_back)


def _people(row: MasterRow, field: str) -> tuple[str, ...]:
    names = row.values.get(field)
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


def _is_nobody(definition: PlanDefinition, name: str) -> bool:
    return bool(says_vacant(name)) or definition.directory.is_nobody(name)


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
