"""Requests: edits of a field that a lead may only ask to change (``change = "request"``).

What stands goes on standing until the coordinator has answered. What somebody asks again, on
whichever form, takes the place of what they asked before; all of it stays in the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.kinds import AGREE, DENY, KEEP, OTHER, Id, Kind
from xlplan.merge.model import CellKey, Write
from xlplan.merge.register import CellState, superseded
from xlplan.merge.state import State
from xlplan.plan.definition import Field
from xlplan.plan.values import Value, show, show_in

Outcome = Literal["open", "agreed", "refused", "otherwise"]


class Request(Struct, frozen=True):
    """What a lead asked for in a field of an action: `value` in the place of `base`, for a
    `reason` or ``""``, and when it came in (UTC, ISO 8601). `decided_at` and `why` are those of
    the answer; `now` is what the answer put there."""

    uid: str
    field: str
    author: str
    base: Value
    value: Value
    reason: str
    write: Id
    asked_at: str
    outcome: Outcome = "open"
    decided_at: str = ""
    decided_seq: int = 0
    why: str = ""
    now: Value = None


def edit_of(item: Field, *, entry: bool, owner: bool) -> Kind:
    """What an edit of a field is, where nothing else is to be said of it; `owner` is whether it is
    the coordinator's."""
    if item.change == "request" and not owner:
        return Kind.REQUEST
    return Kind.ENTRY if entry else Kind.EDIT


def overtaken(writes: Iterable[Write]) -> frozenset[Id]:
    """The ids of the requests on a cell whose author has asked for something else since: by the
    times inside the files; where one has none, by the order of the cycles."""
    by_author: dict[str, list[Write]] = defaultdict(list)
    for write in writes:
        if write.kind is Kind.REQUEST:
            by_author[write.author].append(write)
    gone: set[Id] = set()
    for asked in by_author.values():
        timed = all(write.stamp and write.timed for write in asked)
        places = {w.id: (w.stamp if timed else "", w.period) for w in asked}
        last = max(places.values())
        gone |= {ident for ident, place in places.items() if place < last}
    return frozenset(gone)


def crossed(asked: Sequence[Write]) -> bool:
    """Whether several people ask for different values, so that it is a conflict like any other."""
    return len({w.author for w in asked}) > 1 and any(w.value != asked[0].value for w in asked)


def choices_of(asked: Sequence[Write], labels: Sequence[str]) -> tuple[str, ...]:
    """The answers to some requests on one cell; `labels` are those of their values."""
    if crossed(asked):
        return (*labels, KEEP, OTHER)
    several = any(write.value != asked[0].value for write in asked)
    return (*(labels if several else (AGREE,)), DENY, OTHER)


def say_requests(state: State, asked: Iterable[Write]) -> str:
    """Who asks for what, and why; what stands meanwhile."""
    lines = [_say(state, write) for write in asked]
    return " ".join([*lines, "What the plan says now stands until this is answered."])


def _say(state: State, write: Write) -> str:
    value = show_in(state.field_of(write.key), write.value) or "a blank"
    reason = reason_of(state, write)
    why = f'Reason: "{reason}".' if reason else "No reason is given."
    return f"{write.author} asks for {value}. {why}"


def reason_of(state: State, write: Write) -> str:
    """Why a lead asks: what they wrote as the reason for a change on the same form, else what
    stood there when it went out. A column that no lead is sent gives none."""
    item = state.definition.public.with_role("reason", state.kind_of(write.uid))
    if item is None:
        return ""
    form = (write.issued, write.author)
    live = state.live((write.uid, item.id))
    own = [w for w in live if (w.issued, w.author) == form]
    gone = superseded(own)
    texts = [show(w.value) for w in sorted(own, key=lambda w: w.id) if w.id not in gone]
    if own:
        return "\n".join(filter(None, texts))
    issued = state.issued.get(write.issued)
    return show(state.value(write.uid, item.id, issued.as_of)) if issued is not None else ""


def requests_of(state: State) -> list[Request]:
    """Every request that was not overtaken before it was answered, in the order of the plan and,
    for one field, in that in which they came."""
    place = {uid: number for number, uid in enumerate(state.uids("action"))}
    rows = [uid for uid in state.records.requested() if uid in place]
    keys = [key for uid in rows for key in state.records.cells_of(uid)]
    found = [request for key in keys for request in _on(state, key)]
    return sorted(found, key=lambda each: place[each.uid])


def _on(state: State, key: CellKey) -> Iterator[Request]:
    writes = state.live(key)
    asked = [write for write in writes if write.kind is Kind.REQUEST]
    cell = state.cell(key)
    for write in asked:
        answer = _answer(write, writes, cell)
        since = [w for w in asked if answer is None or w.seq < answer.seq or w is write]
        if write.id not in overtaken(since) and write.id not in superseded(since):
            yield _request(state, write, answer)


def _answer(write: Write, writes: Iterable[Write], cell: CellState) -> Write | None:
    """The act that answered a request: the first that saw it; else what put the very same there."""
    acts = [w for w in writes if not w.asks and write.id in w.saw]
    acts = acts or [h for h in cell.heads if not cell.conflict and h.value == write.value]
    return min(acts, key=lambda act: act.seq, default=None)


def _request(state: State, write: Write, answer: Write | None) -> Request:
    asked = Request(
        write.uid, write.field, write.author, write.base, write.value, reason_of(state, write),
        write.id, _at(state, write),
    )  # fmt: skip
    return asked if answer is None else _answered(state, asked, answer)


def _answered(state: State, asked: Request, answer: Write) -> Request:
    outcome: Outcome = "otherwise"
    if not answer.writes or answer.value == asked.base:
        outcome = "refused"
    elif answer.value == asked.value:
        outcome = "agreed"
    decision = state.decision(answer.source)
    return replace(
        asked,
        outcome=outcome,
        decided_at=_at(state, answer),
        decided_seq=answer.seq,
        why=decision.why if decision is not None else "",
        now=answer.value if answer.writes else asked.base,
    )


def _at(state: State, write: Write) -> str:
    """When what brought in a write was recorded."""
    return state.came_at.get(write.source, "")
