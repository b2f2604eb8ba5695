"""Receipts: what became of what a lead sent, and what was decided of what they asked for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

from xlplan.cycle.signing import signing_of
from xlplan.issued.reply import Receipt
from xlplan.merge.exchange import asked_in
from xlplan.merge.fates import disposition_of, writes_of
from xlplan.merge.ids import Id
from xlplan.merge.kinds import Kind
from xlplan.merge.looked_at import confirmed_of
from xlplan.merge.model import Returned, Write
from xlplan.merge.requests import Request, requests_of
from xlplan.merge.state import State
from xlplan.plan.due import date_gone, say_gone
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, show_in

_LONGEST = 120
"""Characters of a value that a receipt repeats."""


def requests_in(state: State) -> list[Request]:
    """What leads have asked for, where the plan has anything that they may only ask for."""
    asks = any(item.change == "request" for item in state.definition.fields)
    return requests_of(state) if asks else []


def receipt_of(
    state: State, facts: Sequence[Returned], undecided: set[Id], requests: Sequence[Request]
) -> Receipt:
    """What became of what one lead sent; nothing in it is of anybody else."""
    events = [state.exchange.event_of(fact) for fact in facts]
    days = dict.fromkeys(date.fromisoformat(day) for day in sorted(e.at[:10] for e in events))
    writes = {item.id: item for fact in facts for item in writes_of(state, fact)}
    became = {ident: disposition_of(state, item) for ident, item in writes.items()}
    taken = [writes[i] for i, fate in became.items() if fate in ("applied", "agreed")]
    others = {i for i, fate in became.items() if fate not in ("applied", "agreed", "superseded")}
    others -= {ident for ident in others if writes[ident].kind is Kind.REQUEST}
    waiting = {i for i in others & undecided if not is_for_lead(state, writes[i])}
    asked = {uid for fact in facts for uid in _asked_about(state, fact)}
    changed = {item.uid for item in writes.values() if item.kind.edits}
    untouched = asked - changed
    issued = [state.issued[fact.issued] for fact in facts if fact.issued in state.issued]
    confirmed = confirmed_of(state, issued, facts, changed) or ()
    return Receipt(
        tuple(say_date(day) for day in days),
        tuple(_taken(state, item) for item in taken),
        len(waiting),
        len(others - undecided),
        len(untouched),
        tuple(_asked(state, r) for r in requests if r.write in writes and r.outcome == "open"),
        tuple(_decided(state, r) for r in requests if _is_news(state, r, facts, writes)),
        len(confirmed),
        _signature(state, facts) if issued and all(item.to_sign for item in issued) else "",
    )


def _signature(state: State, facts: Sequence[Returned]) -> str:
    """What an accountable officer reads of their signature."""
    found = signing_of(state, facts)
    signed = bool(found["read"] and found["signed_by"])
    return f"read and signed by {found['signed_by']}" if signed else "not signed yet"


def _is_news(
    state: State, request: Request, facts: Sequence[Returned], writes: Container[Id]
) -> bool:
    """Whether a lead reads what was decided of a request: with the files in which it was asked,
    and with the first that they send after the decision."""
    if request.outcome == "open" or request.write in writes:
        return request.outcome != "open"
    names = state.exchange.names_of(facts[0].author, state.definition)
    events = [event for name in names for event in state.exchange.events_from(name)]
    first = min(event.seq for event in events if event.fact in facts)
    before = max((event.seq for event in events if event.seq < first), default=0)
    return request.author in names and before < request.decided_seq


def _asked(state: State, request: Request) -> str:
    """What a lead asked for, and what stands meanwhile."""
    value, base = (_shown(state, request, each) for each in (request.value, request.base))
    return f"{_about(state, request)}: {value} in the place of {base}"


def _decided(state: State, request: Request) -> str:
    """What was decided of a request."""
    value, now = (_shown(state, request, each) for each in (request.value, request.now))
    about = f"{_about(state, request)}: you asked for {value}"
    if request.outcome == "agreed":
        return f"{about}; agreed"
    return f"{about}; {'refused, it stays' if request.outcome == 'refused' else 'it is now'} {now}"


def _about(state: State, request: Request) -> str:
    field = state.field_of((request.uid, request.field))
    return f"{action_name(state, request.uid)}, {field.heading if field else request.field}"


def _shown(state: State, request: Request, value: Value) -> str:
    return _cut(show_in(state.field_of((request.uid, request.field)), value)) or "(blank)"


def _asked_about(state: State, fact: Returned) -> tuple[str, ...]:
    issued = state.issued.get(fact.issued)
    return asked_in(issued) if issued is not None else ()


def _taken(state: State, item: Write) -> str:
    """A change that was taken: the action, the column, and the value before and now."""
    field = state.field_of(item.key)
    if not item.field:
        return f"{action_name(state, item.uid)}: as you sent it"
    about = f"{action_name(state, item.uid)}, {field.heading if field is not None else item.field}"
    if item.entry:
        return f"{about}: {_cut(show_in(field, item.value))}"
    before, now = (_cut(show_in(field, value)) or "(blank)" for value in (item.base, item.value))
    return f"{about}: {before} is now {now}"


def action_name(state: State, uid: str) -> str:
    """An action as its lead knows it."""
    ref = state.ref(uid)
    return f"Action {ref}" if ref else "A new action"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1].rstrip() + "…"


def is_for_lead(state: State, item: Write) -> bool:
    """Whether its author can settle it."""
    return item.kind.for_lead or _takes_the_date(state, item)


def _takes_the_date(state: State, item: Write) -> bool:
    """Whether an edit is held only because it takes the date of an action away."""
    field = state.field_of((item.uid, item.field))
    gone = date_gone(state.definition, field, item.base, item.value)
    return gone is not None and item.message.startswith(say_gone(gone))
