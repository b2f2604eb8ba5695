"""Receipts: what became of what a lead sent, and what was decided of what they asked for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

from xlplan.cycle.lead_words import Reader, is_for_lead
from xlplan.cycle.standing import signing_of
from xlplan.issued.reply import Receipt
from xlplan.merge.exchange import asked_in
from xlplan.merge.fates import disposition_of, writes_of
from xlplan.merge.heard import confirmed_of
from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import Returned, Write
from xlplan.merge.requests import Request, requests_of
from xlplan.merge.state import State
from xlplan.plan.timescales import say_date


def requests_in(state: State) -> list[Request]:
    """What leads have asked for, where the plan has anything that they may only ask for."""
    asks = any(item.change == "request" for item in state.definition.fields)
    return requests_of(state) if asks else []


def receipt_of(
    reader: Reader, facts: Sequence[Returned], undecided: set[Id], requests: Sequence[Request]
) -> Receipt:
    """What became of what one lead sent; nothing in it is of anybody else."""
    state = reader.state
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
        tuple(say_date(day, reader.tongue) for day in days),
        tuple(_taken(reader, item) for item in taken),
        len(waiting),
        len(others - undecided),
        len(untouched),
        tuple(_asked(reader, r) for r in requests if r.write in writes and r.outcome == "open"),
        tuple(_decided(reader, r) for r in requests if _is_news(state, r, facts, writes)),
        len(confirmed),
        _signature(reader, facts) if issued and all(item.to_sign for item in issued) else "",
    )


def _signature(reader: Reader, facts: Sequence[Returned]) -> str:
    """What an accountable officer reads of their signature."""
    found, say = signing_of(reader.state, facts), reader.tongue.say
    signed = bool(found["read"] and found["signed_by"])
    return (
        say("read and signed by {name}", name=found["signed_by"])
        if signed
        else say("not signed yet")
    )


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


def _asked(reader: Reader, request: Request) -> str:
    """What a lead asked for, and what stands meanwhile."""
    key = (request.uid, request.field)
    return reader.tongue.say(
        "{cell}: {value} in the place of {base}",
        cell=reader.about(key), value=reader.value(key, request.value),
        base=reader.value(key, request.base),
    )  # fmt: skip


def _decided(reader: Reader, request: Request) -> str:
    """What was decided of a request."""
    key, say = (request.uid, request.field), reader.tongue.say
    places = {"cell": reader.about(key), "value": reader.value(key, request.value)}
    if request.outcome == "agreed":
        return say("{cell}: you asked for {value}; agreed", **places)
    places["now"] = reader.value(key, request.now)
    if request.outcome == "refused":
        return say("{cell}: you asked for {value}; refused, it stays {now}", **places)
    return say("{cell}: you asked for {value}; it is now {now}", **places)


def _asked_about(state: State, fact: Returned) -> tuple[str, ...]:
    issued = state.issued.get(fact.issued)
    return asked_in(issued) if issued is not None else ()


def _taken(reader: Reader, item: Write) -> str:
    """A change that was taken: the action, the column, and the value before and now."""
    if not item.field:
        return reader.tongue.say("{action}: as you sent it", action=reader.action(item.uid))
    cell, value = reader.about(item.key), reader.value(item.key, item.value)
    if item.entry:
        return f"{cell}: {value}"
    before = reader.value(item.key, item.base)
    return reader.tongue.say("{cell}: {before} is now {now}", cell=cell, before=before, now=value)
