"""What the ledger answers: the plan as it stands or stood, the change log. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from xlplan.codes.cycle_codes import SHOW_001, SHOW_002, SHOW_003
from xlplan.codes.message import did_you_mean
from xlplan.cycle.desk import Desk
from xlplan.cycle.status import cycles, no_cycle
from xlplan.merge.model import COORDINATOR, Change, MasterRow
from xlplan.merge.past import restated as restate
from xlplan.plan.people import Lead
from xlplan.plan.values import natural_key


def as_of(desk: Desk, cycle: str) -> int:
    """The position of the ledger at which a cycle was reported: its last composite, else its end.

    XlplanError for a cycle that was never issued nor published.
    """
    published = [fact for _, fact in desk.state.published if fact.cycle == cycle]
    if published:
        return published[-1].as_of
    known = cycles(desk)
    if cycle not in known:
        raise no_cycle(desk, cycle)
    later = known[known.index(cycle) + 1 :]
    starts = [i.as_of for name in later[:1] for i in desk.state.exchange.templates(name)]
    return min(starts, default=desk.state.seq)


def show(
    desk: Desk,
    refs: Sequence[str] = (),
    *,
    section: str = "",
    lead: str = "",
    cycle: str = "",
    restated: bool = False,
) -> list[MasterRow]:
    """The actions as they stand, or stood as of a cycle; filtered by ref, section and lead.

    As of a cycle means as reported; `restated` means as that period is known now.
    """
    rows = every = _rows(desk, cycle, restated)
    if refs:
        known = {row.ref for row in rows}
        unknown = [ref for ref in refs if ref not in known]
        if unknown:
            raise SHOW_001.fault(", ".join(unknown))
        rows = [row for row in rows if row.ref in refs]
    if section:
        _check_section(section, every)
        rows = [row for row in rows if section.casefold() in row.section.casefold()]
    if lead:
        rows = [row for row in rows if _has_lead(desk, row, lead)]
        if not rows:
            _check_lead(desk, lead)
    return rows


def _check_section(section: str, rows: Sequence[MasterRow]) -> None:
    """Raise where no section's name has these words in it."""
    if any(section.casefold() in row.section.casefold() for row in rows):
        return
    names = list(dict.fromkeys(row.section.split("\n")[0] for row in rows if row.section))
    if not names:
        raise SHOW_003.fault("--section", "none", section=section)
    hint = did_you_mean(section, names, 0.5)
    raise SHOW_003.fault(
        "--section", section=section, hint=hint, count=len(names), example=names[0]
    )


def _check_lead(desk: Desk, lead: str) -> None:
    """Raise where nobody has this name, so that nothing found is not taken for nothing done."""
    definition = desk.state.definition
    if definition.lead(lead) is None and lead.casefold() != COORDINATOR:
        hint = did_you_mean(lead, [each.name for each in definition.leads])
        raise SHOW_002.fault("--lead", lead=lead, hint=hint)


def _rows(desk: Desk, cycle: str, restated: bool) -> list[MasterRow]:
    if not cycle:
        return desk.state.master("action")
    if not restated:
        return desk.state.master("action", as_of(desk, cycle))
    known = cycles(desk)
    upto = known[: known.index(cycle) + 1] if cycle in known else known
    return restate(desk.state, as_of(desk, cycle), frozenset(upto))


def _has_lead(desk: Desk, row: MasterRow, lead: str) -> bool:
    definition = desk.state.definition
    item = definition.with_role("lead")
    names = row.values.get(item.id) if item else None
    if not isinstance(names, tuple):
        return False
    found = definition.lead(lead)
    asked = found.name if found else lead
    directory = definition.directory
    answering = [each for name in names for each in directory.answering(name)]
    meant = {*names, *(each.name for each in answering)}
    meant |= {directory.recipient(each, row.section).name for each in answering}
    return any(name.casefold() == asked.casefold() for name in meant)


def log(
    desk: Desk, *, action: str = "", lead: str = "", cycle: str = "", since: str = ""
) -> list[Change]:
    """The change log, oldest first, filtered by action, by author and by cycle.

    `since` keeps the changes after a cycle was reported, or from a day (``2026-09-01``) or a
    month (``2026-09``) on. XlplanError for an action, a lead or a cycle that there never was.
    """
    changes: Sequence[Change] = desk.history.changes
    if action:
        changes = [change for change in changes if change.action == action]
        if not changes and all(row.ref != action for row in _rows(desk, "", restated=False)):
            raise SHOW_001.fault(action)
    if lead:
        known = desk.state.definition.lead(lead)
        names = {name.casefold() for name in (lead, *_names_of(known))}
        changes = [c for c in changes if names & {by.strip().casefold() for by in c.by.split(",")}]
        if not changes:
            _check_lead(desk, lead)
    if cycle:
        if all(change.cycle != cycle for change in desk.history.changes):
            as_of(desk, cycle)  # raises where it is no cycle at all
        changes = [change for change in changes if change.cycle == cycle]
    if since:
        changes = [change for change in changes if _is_since(desk, change, since)]
    return sorted(changes, key=lambda c: (c.seq, natural_key(c.action), c.field))


def _names_of(lead: Lead | None) -> tuple[str, ...]:
    """A lead's name, and those under which earlier changes stand."""
    return () if lead is None else (lead.name, *lead.aliases)


def _is_since(desk: Desk, change: Change, since: str) -> bool:
    if since in cycles(desk) or any(fact.cycle == since for _, fact in desk.state.published):
        return change.seq > as_of(desk, since)
    for day in (since, f"{since}-01"):
        with suppress(ValueError):
            return change.at[:10] >= date.fromisoformat(day).isoformat()
    raise no_cycle(desk, since)
