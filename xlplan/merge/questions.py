"""Open questions: what merge may not decide, computed from the state.

A question's id is a hash of its cell and of the writes that compete there, so a decision is
remembered: the same writes from any later copy ask nothing, and only a new value asks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from xlplan.merge.ids import digest, identity, in_doubt, named, row_uid
from xlplan.merge.model import COORDINATOR, Candidate, Question, QuestionKind
from xlplan.merge.records import CellKey
from xlplan.merge.register import CellState, Write, already_answered, distinct, seen, superseded
from xlplan.merge.reverted import Shown, last_shown, without
from xlplan.merge.state import State
from xlplan.plan.definition import STATUS, Field
from xlplan.plan.text import fold
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
_RESERVED = frozenset(
    fold(word) for word in (KEEP, OTHER, COMBINE, ACCEPT, DECLINE, WITHDRAW, TRANSFER, LINK)
)
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
    if key[0] in state.rows and state.row_at(key[0]) is None:
        return  # the row was taken back out of the plan, and what was asked about it with it
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
    base = next((h.base for h in _as_issued(cell.heads)), cell.value)
    return _question(
        state, key, "conflict", ids, base, cell.value, candidates,
        (*labels, KEEP, *combine, OTHER),
        "These people wrote different things without seeing each other's.",
    )  # fmt: skip


def _as_issued(heads: Iterable[Write]) -> list[Write]:
    """Those who answered an issued workbook: leads first, for it went out to them."""
    return sorted((h for h in heads if h.issued), key=lambda h: (h.author == COORDINATOR, h.id))


def _ordered(writes: Iterable[Write]) -> list[Write]:
    return sorted(writes, key=lambda w: (w.author, w.id))


def candidate(write: Write, item: Field | None) -> Candidate:
    """A write as somebody's answer: what, who, when, where from."""
    text = show_in(item, write.value) or "(blank)"
    return Candidate(write.value, text, write.author, write.place, write.stamp, write.id)


def labelled(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """What the dropdown says for each candidate: its text, or its first words and its author.

    No two labels are the same to somebody who types one, and none is taken for another choice.
    """
    short = [" ".join(c.text.split()) for c in candidates]
    folded = [fold(text) for text in short]
    labels = []
    for number, (text, who) in enumerate(zip(short, candidates, strict=True), 1):
        if len(text) > SHORT or folded.count(fold(text)) > 1 or _odd(text):
            text = f"{number}. {text[: SHORT - 4].rstrip()}… ({who.author})"
        labels.append(text)
    return tuple(labels)


def _odd(text: str) -> bool:
    """Whether a candidate reads like one of the other choices, or like a numbered label."""
    return fold(text) in _RESERVED or (text[:1].isdigit() and ". " in text[:4])


def open_asks(writes: Sequence[Write]) -> list[Write]:
    """The writes on a cell that ask: not seen by a later act, not replaced by their author, nor
    said for certain by another copy of the same file."""
    gone = seen(w for w in writes if w.kind == "decision" or w.standing) | superseded(writes)
    gone |= already_answered(writes) | {in_doubt(w.id) for w in writes}
    return [w for w in writes if not w.standing and w.kind != "decision" and w.id not in gone]


def _asking(
    state: State, key: CellKey, writes: Sequence[Write], cell: CellState
) -> Iterator[Question]:
    kinds: dict[str, list[Write]] = defaultdict(list)
    for write in open_asks(writes):
        if _is_a_question(state, key, write):
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
            " ".join(
                dict.fromkeys((*(w.message for w in found if w.message), *_before(state, key)))
            ),
        )


def _before(state: State, key: CellKey) -> tuple[str, ...]:
    """What is said of a proposal from which a row was made before."""
    ref = state.ref(row_uid(key[0])) if state.row_at(row_uid(key[0])) else ""
    return (f"It was accepted before as action {ref}: Accept takes in what is new.",) if ref else ()


def _is_a_question(state: State, key: CellKey, write: Write) -> bool:
    """Rows that the coordinator adds are taken as they are; a withdrawn row may be missing; what
    the master says by now needs no leave."""
    if write.kind == "row-added":
        return write.author != COORDINATOR
    if write.kind in ("locked", "held") and not write.entry:
        cell = state.cell(key)
        return cell.conflict or cell.value != write.value
    return write.kind != "row-missing" or state.value(key[0], STATUS) != "withdrawn"


def _ask_candidate(write: Write, item: Field | None) -> Candidate:
    if write.kind in ("row-added", "row-missing"):
        text = "\n".join(f"{name}: {text}" for name, text in write.row) or write.message
        return Candidate(None, text, write.author, write.place, write.stamp, write.id)
    return candidate(write, item)


def _reverted(
    state: State, key: CellKey, writes: Sequence[Write], cell: CellState
) -> Iterator[Question]:
    """A later file of the same author shows something earlier again: keep the edit, ask."""
    item = state.field_of(key)
    for head in (*cell.heads, *cell.entries):
        shown = last_shown(state, key, head)
        if shown is None or (cell.conflict and _offered(cell, shown)):
            continue
        ident = named("v", head.id, identity(shown.value))
        if any(write.kind == "decision" and ident in write.saw for write in writes):
            continue
        yield _question(
            state, key, "reverted", frozenset((head.id, ident)), head.base, cell.value,
            (candidate(head, item), _back(item, head, shown, ident, writes)),
            _CHOICES["reverted"],
            "A later file of the same lead shows this cell as it was before the edit.",
        )  # fmt: skip


def _offered(cell: CellState, shown: Shown) -> bool:
    """Whether the question of an open conflict offers what was shown already."""
    return digest(identity(shown.value)) in distinct(cell.heads)


def _back(
    item: Field | None, head: Write, shown: Shown, ident: str, writes: Sequence[Write]
) -> Candidate:
    """The cell as the later file has it; an entry is taken out, the others stay."""
    value = without(item, head, shown.value, writes) if head.entry else shown.value
    text = show_in(item, value) or "(blank)"
    return Candidate(value, text, head.author, shown.place, shown.stamp, ident)


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
    if key[1] == STATUS:  # a row is withdrawn or it is not
        choices = tuple(choice for choice in choices if choice != OTHER)
    return Question(
        question_id(key, kind, ids), kind, key[0], state.ref(key[0]), key[1], base, master,
        candidates, ids, choices, message,
    )  # fmt: skip
