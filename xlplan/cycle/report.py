"""What the ledger answers: status, the plan as it stood, the change log. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from xlplan.cycle.desk import Desk
from xlplan.errors import XlplanError, fault
from xlplan.merge.fates import disposition_of
from xlplan.merge.log import counts_for, current_cycle
from xlplan.merge.model import COORDINATOR, Change, Issued, MasterRow, Question, Returned
from xlplan.merge.questions import questions_of
from xlplan.merge.restated import restated as restate
from xlplan.plan.definition import Lead
from xlplan.plan.values import natural_key


@dataclass(frozen=True, slots=True)
class LeadStatus:
    """One lead in one cycle. `changes` counts cells; `untouched` actions with no change at all."""

    lead: str
    issued: bool
    returned: bool
    late: bool
    changes: int
    untouched: int
    questions: int
    actions: int = 0
    issued_at: str = ""
    returned_at: str = ""
    no_change: bool = False
    """Ticked "No change this period" in what came back last."""
    signed_by: str = ""
    signed_on: str = ""
    remarks: tuple[str, ...] = ()
    """What was said outside the cells that were asked for, each with its place."""
    old_form: str = ""
    """The earlier cycle whose form came back, where none of this cycle's did; it counts."""


@dataclass(frozen=True)
class Status:
    """Where a cycle stands."""

    cycle: str
    return_by: str
    leads: tuple[LeadStatus, ...]
    questions: tuple[Question, ...]

    @property
    def outstanding(self) -> tuple[LeadStatus, ...]:
        """The leads who were asked and have not returned."""
        return tuple(lead for lead in self.leads if lead.issued and not lead.returned)


def status(desk: Desk, cycle: str = "") -> Status:
    """Who was issued what, who has returned, who is late, and what is open.

    `cycle` defaults to the one issued last. XlplanError for a cycle that was never issued.
    """
    state = desk.state
    wanted = cycle or current_cycle(state)
    issued = _templates(desk, wanted)
    if cycle and not issued:
        raise _no_cycle(desk, cycle)
    questions = questions_of(state)
    return_by = max((i.return_by for i in issued), default="")
    leads = []
    for lead in state.definition.leads:
        mine = [item for item in issued if state.definition.lead(item.author) is lead]
        older = _on_old_forms(desk, lead, mine)
        leads.append(_lead_status(desk, lead.name, mine, older, questions))
    return Status(wanted, return_by, tuple(leads), tuple(questions))


def _on_old_forms(desk: Desk, lead: Lead, mine: Sequence[Issued]) -> list[Returned]:
    """What a lead returned on the forms of other cycles instead of on these (of one cycle),
    oldest first."""
    state = desk.state
    since = min((item.as_of for item in mine), default=state.seq)
    cycles = {item.cycle for item in mine}
    found = [
        (event.seq, fact)
        for item in state.issued.values()
        if item.document == "template" and state.definition.lead(item.author) is lead
        for event, fact in state.live_return_events(item.id)
        if event.seq > since and item.cycle not in cycles
        if counts_for(state, fact, event.seq) in cycles
    ]
    return [fact for _, fact in sorted(found, key=lambda pair: pair[0])]


def _templates(desk: Desk, cycle: str) -> list[Issued]:
    return [
        item
        for item in desk.state.issued.values()
        if item.document == "template" and item.cycle == cycle
    ]


def cycles(desk: Desk) -> list[str]:
    """The ids of the cycles for which templates were issued, in that order."""
    found = (i.cycle for i in desk.state.issued.values() if i.document == "template")
    return list(dict.fromkeys(found))


def _no_cycle(desk: Desk, cycle: str) -> Exception:
    known = cycles(desk)
    said = (
        f"Choose one of: {', '.join(known)}."
        if known
        else "Nothing has been issued yet. Run: xlplan issue --cycle ID"
    )
    return fault("CYC-001", cycle, f'There is no cycle "{cycle}". {said}')


def check_cycle(desk: Desk, cycle: str) -> None:
    """Raise XlplanError (CYC-001) for a cycle that was neither issued nor published, where any
    was issued: a slip of the pen must not become a board. Before that a period is named freely."""
    known = cycles(desk)
    if known and cycle not in known and all(f.cycle != cycle for _, f in desk.state.published):
        raise _no_cycle(desk, cycle)


def no_cycle_yet() -> XlplanError:
    """That there is no cycle to publish."""
    return fault(
        "PUB-001",
        "--cycle",
        "No cycle has been issued yet. Name the period with --cycle, such as 2026-11.",
    )


def _lead_status(
    desk: Desk,
    name: str,
    issued: Sequence[Issued],
    older: Sequence[Returned],
    questions: Sequence[Question],
) -> LeadStatus:
    state = desk.state
    own = [r for item in issued for r in state.live_returns(item.id)]
    returned = [*own, *older]
    actions = {uid for item in issued for uid in item.uids}
    assertions = {a.id: a for r in returned for a in r.assertions}
    moved = [a for a in assertions.values() if disposition_of(state, a) in ("applied", "agreed")]
    touched = {a.uid for a in assertions.values()}
    names = {name, *(item.author for item in issued)}
    asked = sum(any(c.author in names for c in question.candidates) for question in questions)
    due = max((item.return_by for item in issued), default="")
    came = min((_came(desk, r) for r in returned), default="")
    signed = _sign_off(returned)
    today = desk.today.isoformat()
    late = bool(due) and (came[:10] > due if came else bool(issued) and today > due)
    return LeadStatus(
        lead=name,
        issued=bool(issued),
        returned=bool(returned),
        late=late,
        changes=len(moved),
        untouched=len(actions - touched),
        questions=asked,
        actions=len(actions),
        issued_at=min((state.issued_at[item.id] for item in issued), default=""),
        returned_at=came,
        no_change=signed.get("no_change") == "yes",
        signed_by=signed.get("signed_by", ""),
        signed_on=signed.get("signed_on", ""),
        remarks=tuple(dict.fromkeys(line for r in returned for line in r.information)),
        old_form=older[-1].cycle if older and not own else "",
    )


def _sign_off(returned: Sequence[Returned]) -> Mapping[str, str]:
    """The sign-off of the return that was saved last, of those that have one."""
    signed = [fact for fact in returned if fact.sign_off]
    return max(signed, key=lambda fact: (fact.saved_at, fact.id)).sign_off if signed else {}


def _came(desk: Desk, returned: Returned) -> str:
    """When a return was merged first (UTC)."""
    return next(e.at for e in desk.state.return_events if e.fact is returned)


def as_of(desk: Desk, cycle: str) -> int:
    """The position of the ledger at which a cycle was reported: its last composite, else its end.

    XlplanError for a cycle that was never issued nor published.
    """
    published = [fact for _, fact in desk.state.published if fact.cycle == cycle]
    if published:
        return published[-1].as_of
    known = cycles(desk)
    if cycle not in known:
        raise _no_cycle(desk, cycle)
    later = known[known.index(cycle) + 1 :]
    starts = [i.as_of for i in desk.state.issued.values() if i.cycle in later[:1]]
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
            raise _no_action(", ".join(unknown))
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
    near = get_close_matches(section, names, 1, 0.5)
    hint = f"It has {len(names)}, such as: {names[0]}." if names else "It has none."
    if near:
        hint = f'Did you mean "{near[0]}"?'
    raise fault("SHOW-003", "--section", f'The plan has no section "{section}". {hint}')


def _no_action(ref: str) -> Exception:
    return fault(
        "SHOW-001", ref, "The plan has no action with this ref. `xlplan show` lists those it has."
    )


def _check_lead(desk: Desk, lead: str) -> None:
    """Raise where nobody has this name, so that nothing found is not taken for nothing done."""
    definition = desk.state.definition
    if definition.lead(lead) is None and lead.casefold() != COORDINATOR:
        near = get_close_matches(lead, [each.name for each in definition.leads], 1, 0.6)
        hint = f'Did you mean "{near[0]}"?' if near else "plan.toml names them under [[lead]]."
        raise fault("SHOW-002", "--lead", f'"{lead}" is not in the list of leads. {hint}')


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
    found = definition.lead(lead)
    wanted = found.name if found else lead
    return isinstance(names, tuple) and any(name.casefold() == wanted.casefold() for name in names)


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
            raise _no_action(action)
    if lead:
        wanted = desk.state.definition.lead(lead)
        names = {name.casefold() for name in (lead, *_names_of(wanted))}
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
    raise _no_cycle(desk, since)
