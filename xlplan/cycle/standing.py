"""Where a cycle stands, lead by lead, but for what depends on the day: as it is kept, and as
`status` says it on any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from typing import TYPE_CHECKING

from xlplan.merge.exchange import Post, asked_in, recipients_in
from xlplan.merge.fates import disposition_of, writes_of
from xlplan.merge.heard import confirmed_of
from xlplan.merge.log import counts_for, current_cycle
from xlplan.merge.model import Issued, Question, Returned, Write
from xlplan.merge.outline import Forgotten
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN
from xlplan.returned.as_issued import NO_CHANGE, READ, SIGNED_BY, SIGNED_ON, signature_id

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk
    from xlplan.cycle.kept import Document
    from xlplan.merge.state import State
    from xlplan.plan.people import Lead


def standing(desk: Desk, cycle: str = "") -> Document:
    """Where a cycle (default: the one issued last) stands, but for what depends on the day and on
    the files that lie there."""
    state = desk.state
    open_cycle = current_cycle(state)
    chosen = cycle or open_cycle
    questions = desk.questions()
    before = _changes_before(desk, chosen)
    leads = leads_standing(desk, chosen, questions, before)
    published, away = {fact.cycle for _, fact in state.published}, (WITHDRAWN, KEPT_BACK)
    last = state.exchange.templates(open_cycle)
    current = leads if chosen == open_cycle else leads_standing(desk, open_cycle, questions)
    return {
        "title": state.definition.title,
        "actions": sum(state.value(uid, STATUS) not in away for uid in state.uids("action")),
        "cycle": chosen,
        "return_by": max((i.return_by for i in state.exchange.templates(chosen)), default=""),
        "leads": leads,
        "open": len(questions),
        "published": chosen in published,
        "open_cycle": open_cycle,
        "every": state.definition.every,
        "cycles": state.exchange.cycles,
        "began": min((state.exchange.issued_at[i.id][:10] for i in last), default=""),
        "last_by": max((i.return_by for i in last), default=""),
        "open_published": open_cycle in published,
        "waiting": any(lead["issued"] and not lead["returned"] for lead in current),
    }


def _changes_before(desk: Desk, cycle: str) -> Mapping[str, int]:
    """By lead, how many of their cells stood in the master by what was kept of this cycle; not of
    those who were sent anything since, or asked nothing, or sent anything back."""
    memory = desk.memory
    with suppress(Forgotten):
        if memory is not None:
            found = memory.find("status", "")
            facts = (event.fact for event in desk.recorded_since)
            again = {fact.author for fact in facts if isinstance(fact, Returned | Issued)}
            names = {_known_as(desk, who) for who in again}
            known = found["leads"] if found["cycle"] == cycle else ()
            return {e["lead"]: e["changes"] for e in known if e["lead"] not in names}
    return {}


def _known_as(desk: Desk, author: str) -> str:
    """The name by which the plan knows now to whom a template went out."""
    lead = desk.state.definition.lead(author)
    return lead.name if lead is not None else author


def leads_standing(
    desk: Desk, cycle: str, questions: Sequence[Question], before: Mapping[str, int] | None = None
) -> list[Document]:
    """How everybody who may be sent a template stands in a cycle on any day; what was counted
    `before` holds where no row of theirs was written to since."""
    exchange = desk.state.exchange
    issued: dict[str, list[Issued]] = {}
    for item in exchange.templates(cycle):
        issued.setdefault(_known_as(desk, item.author), []).append(item)
    asked: dict[str, set[str]] = {}
    for question in questions:
        for candidate in question.candidates:
            asked.setdefault(candidate.author, set()).add(question.id)
    found = []
    spared = {name for of, name in exchange.spared if of == cycle}
    for lead in recipients_in(desk.state, cycle):
        mine = issued.get(lead.name, [])
        nothing = lead.name in spared and not any(desk.state.live_returns(i.id) for i in mine)
        mine = [] if nothing else mine
        older = _on_old_forms(desk, lead, mine)
        status = _lead_status(desk, lead.name, mine, older, asked, before or {})
        found.append(status | {"nothing_asked": nothing})
    return found


def _on_old_forms(desk: Desk, lead: Lead, mine: Sequence[Issued]) -> list[Returned]:
    """What a lead returned on the forms of other cycles instead of on these (of one cycle),
    oldest first."""
    state = desk.state
    since = min((item.as_of for item in mine), default=state.seq)
    cycles = {item.cycle for item in mine}
    names = state.exchange.names_of(lead.name, state.definition)
    found = [
        (event.seq, fact)
        for name in names
        for event in state.exchange.events_from(name, since)
        if (fact := state.live_returned(event)) is not None
        if (item := state.issued.get(fact.issued)) is not None and item.cycle not in cycles
        if counts_for(state, fact, event.seq) in cycles
    ]
    return [fact for _, fact in sorted(found, key=lambda pair: pair[0])]


def _lead_status(
    desk: Desk,
    name: str,
    issued: Sequence[Issued],
    older: Sequence[Returned],
    asked: Mapping[str, Set[str]],
    before: Mapping[str, int],
) -> Document:
    """How a lead stands on any day; `due` is the day by which their templates are to be back, and
    `asked` are by author the ids of the questions about what somebody wrote."""
    state = desk.state
    own = [r for item in issued for r in state.live_returns(item.id)]
    returned = [*own, *older]
    held = _held(issued)
    actions = {uid for item in held for uid in asked_in(item)}
    assertions = {a.id: a for r in returned for a in writes_of(state, r)}
    if returned and name in before and _is_as_before(desk, assertions.values()):
        changes = before[name]
    else:
        became = (disposition_of(state, each) for each in assertions.values())
        changes = sum(each in ("applied", "agreed") for each in became)
    touched = {a.uid for a in assertions.values() if a.kind.edits}
    confirmed = confirmed_of(state, held, returned, touched)
    names = {name, *(item.author for item in issued)}
    open_questions = frozenset().union(*(asked.get(each, ()) for each in names))
    exchange = state.exchange
    post = exchange.post_to(issued[0].cycle, names) if issued else Post()
    return {
        "lead": name,
        "issued": bool(issued),
        "returned": bool(returned),
        "due": max((item.return_by for item in issued), default=""),
        "changes": changes,
        "untouched": len(actions - touched),
        "questions": len(open_questions),
        "actions": len(actions),
        "to_sign": sum(len(item.uids) for item in held) if all(i.to_sign for i in held) else 0,
        "issued_at": min((exchange.issued_at[item.id] for item in issued), default=""),
        "returned_at": min((exchange.event_of(r).at for r in returned), default=""),
        "returns": [r.id for r in returned],
        "remarks": list(dict.fromkeys(line for r in returned for line in r.information)),
        "old_form": older[-1].cycle if older and not own else "",
        "drafted": post.drafted,
        "sent": post.sent,
        "reminded": list(post.reminded),
        "confirmed": len(confirmed) if confirmed is not None else None,
        "not_looked_at": len(actions - touched - confirmed) if confirmed is not None else None,
    } | signing_of(state, returned)


def _held(issued: Sequence[Issued]) -> list[Issued]:
    """Of these templates of a lead those that ask: of each name the last, which took the place of
    those before it."""
    return list({item.author: item for item in issued if not item.corrects}.values())


def _is_as_before(desk: Desk, writes: Iterable[Write]) -> bool:
    """Whether nothing was written since to the rows to which these writes were made."""
    return desk.memory is not None and desk.state.touched_at.keys().isdisjoint(
        write.uid for write in writes
    )


# Who has signed: the one sign-off, or a signature for each role that the plan names


def signing_of(state: State, returned: Sequence[Returned]) -> Document:
    """What the sign-off of the return that was saved last says, of those that have one.

    Where the plan asked for signatures by role when that workbook went out, it counts as signed
    once all are there; `unsigned` are the roles whose signature is missing.
    """
    last = max(
        returned, key=lambda fact: (bool(fact.sign_off), fact.saved_at, fact.id), default=None
    )
    said: Mapping[str, str] = last.sign_off if last is not None else {}
    roles = _roles(state, last) if last is not None else ()
    by = {role: said.get(signature_id(SIGNED_BY, role), "") for role in roles}
    on = {role: said.get(signature_id(SIGNED_ON, role), "") for role in roles}
    missing = [role for role in roles if not by[role]]
    found: Document = {
        "no_change": said.get(NO_CHANGE) == "yes",
        "read": said.get(READ) == "yes",
        "signed_by": said.get(SIGNED_BY, ""),
        "signed_on": said.get(SIGNED_ON, ""),
        "signatures": [
            f"{role}: {', '.join(filter(None, (by[role], on[role])))}" for role in roles if by[role]
        ],
        "unsigned": missing,
    }
    if roles and not missing:
        found["signed_by"] = ", ".join(by.values())
        found["signed_on"] = max(on.values())
    return found


def _roles(state: State, returned: Returned) -> tuple[str, ...]:
    """The roles that sign, by the definition with which the workbook went out; an accountable
    officer signs alone."""
    issued = state.issued[returned.issued]
    if issued.to_sign:
        return ()
    return tuple(each.role for each in state.definition_at(issued.as_of).signatures)
