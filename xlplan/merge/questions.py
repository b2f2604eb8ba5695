"""Open questions: what merge may not decide, computed from the state.

A question's id is a hash of its cell and of the writes that compete there, so a decision is
remembered: the same writes from any later copy ask nothing, and only a new value asks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from xlplan.merge.ids import identity, named
from xlplan.merge.model import Candidate, Place, Question, QuestionKind
from xlplan.merge.register import CellState, Write, distinct, seen, superseded
from xlplan.merge.state import CellKey, State
from xlplan.plan.definition import Field
from xlplan.plan.values import Invalid, Value, natural_key, show_in

KEEP = "Keep current"
OTHER = "Other"
COMBINE = "Combine"
ACCEPT = "Accept"
DECLINE = "Decline"
WITHDRAW = "Withdraw"
TRANSFER = "Transfer"
LINK = "Link"

_CHOICES: dict[str, tuple[str, ...]] = {
    "invalid": (KEEP, OTHER),
    "held": (ACCEPT, KEEP, OTHER),
    "locked": (ACCEPT, KEEP, OTHER),
    "cleared-required": (KEEP, ACCEPT, OTHER),
    "reverted": (KEEP, ACCEPT, OTHER),
    "row-added": (ACCEPT, LINK, DECLINE),
    "row-missing": (KEEP, WITHDRAW, TRANSFER),
}
SHORT = 60
"""Longest candidate that is shown whole in the dropdown; longer ones are cut and numbered."""


def questions_of(state: State, cells: Iterable[CellKey] | None = None) -> list[Question]:
    """Every open question (or those of some cells), in the order of the plan."""
    found = [
        question
        for key in (state.cells() if cells is None else cells)
        for question in _questions_on(state, key)
    ]
    order = {uid: place for place, uid in enumerate(state.uids("action"))}
    return sorted(
        found,
        key=lambda q: (order.get(q.uid, len(order)), natural_key(q.action), q.field, q.kind, q.id),
    )


def _questions_on(state: State, key: CellKey) -> Iterator[Question]:
    writes = state.live(key)
    if all(write.kind == "row" for write in writes):
        return
    cell = state.cell(key)
    if cell.conflict:
        yield _conflict(state, key, cell)
    yield from _asking(state, key, writes, cell)
    yield from _reverted(state, key, writes, cell)


def question_id(key: CellKey, kind: str, ids: Iterable[str]) -> str:
    """The id of a question of some kind between some writes on a cell."""
    return named("q", key[0], key[1], kind, sorted(ids))


def _conflict(state: State, key: CellKey, cell: CellState) -> Question:
    item = state.field_of(key)
    ids = frozenset(head.id for head in cell.heads)
    candidates = tuple(candidate(head, item) for head in _ordered(distinct(cell.heads).values()))
    labels = labelled(candidates)
    combine = (COMBINE,) if item is not None and item.type in ("text", "narrative") else ()
    base = next((h.base for h in cell.heads if h.issued), cell.value)
    return _question(
        state, key, "conflict", ids, base, cell.value, candidates,
        (*labels, KEEP, *combine, OTHER),
        "These people wrote different things without seeing each other's.",
    )  # fmt: skip


def _ordered(writes: Iterable[Write]) -> list[Write]:
    return sorted(writes, key=lambda w: (w.author, w.id))


def candidate(write: Write, item: Field | None) -> Candidate:
    """A write as somebody's answer: what, who, when, where from."""
    text = show_in(item, write.value) or "(blank)"
    return Candidate(write.value, text, write.author, write.place, write.stamp, write.id)


def labelled(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """What the dropdown says for each candidate: its text, or its first words and its author."""
    short = [" ".join(c.text.split()) for c in candidates]
    labels = []
    for number, (text, who) in enumerate(zip(short, candidates, strict=True), 1):
        if len(text) > SHORT or short.count(text) > 1 or text in (KEEP, OTHER, COMBINE, ACCEPT):
            text = f"{number}. {text[: SHORT - 4].rstrip()}… ({who.author})"
        labels.append(text)
    return tuple(labels)


def open_asks(writes: Sequence[Write]) -> list[Write]:
    """The writes on a cell that ask: not seen by a later act, not replaced by their author."""
    gone = seen(w for w in writes if w.kind == "decision" or w.standing) | superseded(writes)
    return [w for w in writes if not w.standing and w.kind != "decision" and w.id not in gone]


def _asking(
    state: State, key: CellKey, writes: Sequence[Write], cell: CellState
) -> Iterator[Question]:
    kinds: dict[str, list[Write]] = defaultdict(list)
    for write in open_asks(writes):
        kinds[write.kind].append(write)
    item = state.field_of(key)
    for kind, asking in sorted(kinds.items()):
        found = _ordered(asking)
        candidates = tuple(_ask_candidate(write, item) for write in found)
        choices = _CHOICES[kind]
        if kind == "invalid" and not any(isinstance(c.value, Invalid) for c in candidates):
            choices = (*labelled(candidates), KEEP, OTHER)  # the scale knows it by now
        elif len(candidates) > 1 and ACCEPT in choices:
            choices = (*labelled(candidates), *(c for c in choices if c != ACCEPT))
        yield _question(
            state,
            key,
            cast("QuestionKind", kind),
            frozenset(write.id for write in found),
            found[0].base,
            cell.value,
            candidates,
            choices,
            " ".join(dict.fromkeys(write.message for write in found if write.message)),
        )


def _ask_candidate(write: Write, item: Field | None) -> Candidate:
    if write.kind in ("row-added", "row-missing"):
        text = "\n".join(f"{name}: {text}" for name, text in write.row) or write.message
        return Candidate(None, text, write.author, write.place, write.stamp, write.id)
    return candidate(write, item)


def _reverted(
    state: State, key: CellKey, writes: Sequence[Write], cell: CellState
) -> Iterator[Question]:
    """A later file of the same author shows something earlier again: keep the edit, ask."""
    for head in cell.heads:
        if not head.stamp or not head.issued:
            continue
        shown = _last_shown(state, key, head)
        if shown is None:
            continue
        value, place, stamp = shown
        ident = named("v", head.id, identity(value))
        qid = question_id(key, "reverted", (head.id, ident))
        if any(w.kind == "decision" and ident in w.saw for w in writes):
            continue
        item = state.field_of(key)
        back = Candidate(value, show_in(item, value) or "(blank)", head.author, place, stamp, ident)
        yield Question(
            qid, "reverted", key[0], state.ref(key[0]), key[1], head.base, cell.value,
            (candidate(head, item), back), frozenset((head.id, ident)), _CHOICES["reverted"],
            "A later file of the same lead shows this cell as it was before the edit.",
        )  # fmt: skip


def _last_shown(state: State, key: CellKey, head: Write) -> tuple[Value, Place, str] | None:
    """What the author's latest file shows in a cell, where that is not `head`'s value."""
    uid, field_id = key
    best: tuple[str, Value, Place] | None = None
    agrees = False
    for returned in state.live_returns(head.issued):
        if returned.saved_at <= head.stamp or uid not in returned.rows:
            continue
        if field_id not in returned.fields:
            continue
        own = [a for a in returned.assertions if (a.uid, a.field) == key]
        value, place = (own[0].value, own[0].place) if own else (head.base, Place(returned.file))
        if own and own[0].kind != head.kind:
            continue
        if best is None or returned.saved_at > best[0]:
            best, agrees = (returned.saved_at, value, place), value == head.value
        elif returned.saved_at == best[0]:
            agrees = agrees or value == head.value
    if best is None or agrees:
        return None
    return best[1], best[2], best[0]


def _question(
    state: State,
    key: CellKey,
    kind: QuestionKind,
    ids: frozenset[str],
    base: Value,
    master: Value,
    candidates: tuple[Candidate, ...],
    choices: tuple[str, ...],
    message: str,
) -> Question:
    return Question(
        question_id(key, kind, ids), kind, key[0], state.ref(key[0]), key[1], base, master,
        candidates, ids, choices, message,
    )  # fmt: skip
