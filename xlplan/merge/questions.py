"""Open questions: what merge may not decide, computed from the state.

A question's id is a hash of its cell and of the writes that compete there, so a decision is
remembered: the same writes from any later copy ask nothing, and only a new value asks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from xlplan.merge.asks import Again, asks_on, is_a_question, open_again, put_back
from xlplan.merge.doubts import effects, say_effects
from xlplan.merge.kinds import ACCEPT, CHOICES, COMBINE, KEEP, OTHER, WAYS, Id, Kind, named, row_uid
from xlplan.merge.model import (
    COORDINATOR,
    Candidate,
    CellKey,
    Decided,
    Event,
    Question,
    Returned,
    RowAdded,
    Write,
)
from xlplan.merge.outline import bears_on
from xlplan.merge.records import recent
from xlplan.merge.register import CellState, distinct, settle, signed
from xlplan.merge.requests import choices_of, crossed, say_requests
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, STATUS, Field
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Value, natural_key, show, show_in

_RESERVED = frozenset(fold(word) for word in CHOICES)
_CROSSED = "These people wrote different things without seeing each other's."
_REWRITTEN = (
    "The earlier text was rewritten while somebody else added an entry to it, and neither had seen "
    "what the other wrote. Every entry is kept; which text should stand below them?"
)
SHORT = 60
"""Longest candidate that is shown whole in the dropdown; longer ones are cut and numbered."""


def questions_of(state: State, cells: Iterable[CellKey] | None = None) -> list[Question]:
    """Every open question (or those of some cells), in the order of the plan."""
    keys = list(state.records.written()) if cells is None else cells
    return _in_order(state, [question for key in keys for question in _questions_on(state, key)])


def questions_since(
    state: State, before: Sequence[Question], events: Sequence[Event]
) -> list[Question]:
    """Every open question, from those that were open before some events: asked again only where
    one of them bears on the row, or another file of the same workbook may by now be the last."""
    uids = {name for event in events for topic, name, _ in bears_on(event) if topic == "row"}
    for fact in (event.fact for event in events):
        if isinstance(fact, Returned):
            back = map(state.live_returned, state.exchange.events_of(fact.issued))
            uids |= {item.uid for each in back if each is not None for item in each.assertions}
    uids |= {q.uid for q in before if q.kind.of_file or row_uid(q.uid) in uids}
    said, asked_on = _Said(state, events), {(q.uid, q.field) for q in before}
    found = (key for uid in uids for key in state.records.cells_of(uid, state.seq))
    cells = [key for key in found if key in asked_on or said.may_ask(state, key)]
    asked = questions_of(state, cells)
    return _in_order(state, [*(q for q in before if q.uid not in uids), *asked])


class _Said:
    """What some events said: the cells that they wrote, the rows that they added, the workbooks
    that came back."""

    def __init__(self, state: State, events: Sequence[Event]) -> None:
        self._cells: set[CellKey] = set()
        self._rows: set[str] = set()
        self._forms: set[str] = set()
        for fact in (event.fact for event in events):
            if isinstance(fact, Returned):
                self._cells.update(item.key for item in fact.assertions)
                self._forms.add(fact.issued)
            elif isinstance(fact, Decided):
                self._cells.add((fact.uid, fact.field))
            elif isinstance(fact, RowAdded):
                self._rows.add(fact.uid)
        known = (state.issued.get(form) for form in self._forms)
        self._as_of = min((one.as_of if one else 0 for one in known), default=state.seq)
        """What the oldest of these workbooks shows: what was settled by then is none of theirs."""

    def may_ask(self, state: State, key: CellKey) -> bool:
        """Whether something may be asked on a cell on which nothing was: where nothing was written
        it is what asked before, or what was given back once more."""
        if state.records.alone(key) is not None:
            return False
        if key in self._cells or key[0] in self._rows:
            return True
        if state.records.rests(key, self._as_of):
            return False
        return any(write.asks or write.issued in self._forms for write in recent(state, key))


def _in_order(state: State, found: list[Question]) -> list[Question]:
    if not found:
        return found
    order = {uid: place for place, uid in enumerate(state.uids("action"))}
    return sorted(
        found,
        key=lambda q: (order.get(q.uid, len(order)), natural_key(q.action), q.field, q.kind, q.id),
    )


def _questions_on(state: State, key: CellKey) -> Iterator[Question]:
    writes = recent(state, key)
    if all(write.kind is Kind.ROW for write in writes):
        return
    if key[0] in state.rows and state.row_at(key[0]) is None:
        return  # the row is out of the plan again, and what was asked about it with it
    cell = state.cell(key)
    if cell.conflict:
        yield _conflict(state, key, cell)
    again = open_again(state, key, writes)
    yield from _asking(state, key, again, cell)
    yield from _reverted(state, key, again, writes, cell)


def question_id(key: CellKey, kind: Kind, ids: Iterable[Id]) -> str:
    """The id of a question of some kind between some writes on a cell."""
    return named("q", key[0], key[1], kind, sorted(known.stored for known in ids))


def _conflict(state: State, key: CellKey, cell: CellState) -> Question:
    item = state.field_of(key)
    ids = frozenset(head.id for head in cell.heads)
    texts = [head for head in cell.heads if head.kind is not Kind.ENTRY]
    entries = [head for head in cell.heads if head.kind is Kind.ENTRY]
    shown = [candidate(head, item) for head in _ordered(distinct(texts).values())]
    shown += [_beside(state, key, cell, entry) for entry in _ordered(entries)]
    candidates = tuple(shown)
    combine = item is not None and item.field_type.prose and not entries
    base = next((h.base for h in _as_issued(texts)), cell.value)
    return _question(
        state, key, Kind.CONFLICT, ids, base, cell.value, candidates,
        (*labelled(candidates), KEEP, *((COMBINE,) if combine else ()), OTHER),
        _REWRITTEN if entries else _CROSSED,
    )  # fmt: skip


def _beside(state: State, key: CellKey, cell: CellState, entry: Write) -> Candidate:
    """An entry, with the text that stood below it before somebody else rewrote that text."""
    known = [w for w in state.live(key) if w.id in cell.common and w.kind is not Kind.ENTRY]
    earlier = settle(state.field_of(key), known).value
    text = "\n".join(filter(None, (signed(entry), show(earlier))))
    return Candidate(earlier, text, entry.author, entry.place, entry.stamp, entry.id)


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

    No two labels are the same to somebody who types one, and none reads like another choice.
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


def _asking(
    state: State, key: CellKey, again: Sequence[Again], cell: CellState
) -> Iterator[Question]:
    kinds: dict[Kind, list[Write]] = defaultdict(list)
    for write in asks_on(state, key):
        if is_a_question(state, key, write):
            kinds[write.kind].append(write)
    item = state.field_of(key)
    for write in (*kinds.pop(Kind.SORTED, ()), *kinds.pop(Kind.OLD_KEY, ())):
        yield _of_file(state, key, write, again)
    if requested := _ordered(kinds.pop(Kind.REQUEST, ())):
        yield _requested(state, key, requested, again, cell)
    for kind, asking in sorted(kinds.items()):
        found = _ordered(asking)
        candidates = tuple(_ask_candidate(state, write, item) for write in found)
        yield _question(
            state,
            key,
            kind,
            _ids(found, again),
            found[0].base,
            _stands(state, key[1]) if kind is Kind.DEFINITION else cell.value,
            candidates,
            _ask_choices(kind, candidates),
            " ".join(
                dict.fromkeys((*(w.message for w in found if w.message), *_before(state, key)))
            ),
        )


def _stands(state: State, entry: str) -> Value:
    from xlplan.plan.set_up import stands  # of all questions, only those on plan.toml need it

    return stands(state.definition, entry)


def _of_file(state: State, key: CellKey, write: Write, again: Sequence[Again]) -> Question:
    """A file whose rows were moved, or whose key is an old one: each way to read it, with what it
    would change."""
    issued, candidates = state.issued[write.issued], []
    for way in write.kind.choices[:-1]:
        writes = [replace(each, stamp=write.stamp) for each in write.readings[WAYS[way]]]
        changes = tuple(effects(state, issued, writes))
        candidates.append(
            Candidate(
                None, say_effects(state, way, changes), write.author, write.place, write.stamp,
                write.id, changes,
            )
        )  # fmt: skip
    ids = {one.id for one in again if one.write is not None and one.write.id == write.id}
    return _question(
        state, key, write.kind, frozenset((write.id, *ids)), None, None, tuple(candidates),
        write.kind.choices, write.message,
    )  # fmt: skip


def _requested(
    state: State, key: CellKey, asked: Sequence[Write], again: Sequence[Again], cell: CellState
) -> Question:
    """What leads ask for: agreed to or refused; where they differ, a conflict like any other."""
    candidates = tuple(candidate(write, state.field_of(key)) for write in asked)
    return _question(
        state, key, Kind.CONFLICT if crossed(asked) else Kind.REQUEST, _ids(asked, again),
        asked[0].base, cell.value, candidates, choices_of(asked, labelled(candidates)),
        say_requests(state, asked),
    )  # fmt: skip


def _ids(asked: Iterable[Write], again: Iterable[Again]) -> frozenset[Id]:
    """What an answer about some writes sees: those that are shown again with them."""
    ids = frozenset(write.id for write in asked)
    return ids | {one.id for one in again if one.asks and one.write and one.write.id in ids}


def _ask_choices(kind: Kind, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    choices = kind.choices
    if kind is Kind.INVALID:  # the scale may know some of them by now
        return (*_values(candidates), *choices)
    if len(candidates) > 1 and ACCEPT in choices:
        return (*labelled(candidates), *(c for c in choices if c != ACCEPT))
    return choices


def _values(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The labels of those candidates that are values of their field."""
    labels = zip(labelled(candidates), candidates, strict=True)
    return tuple(label for label, one in labels if not isinstance(one.value, Invalid))


def _before(state: State, key: CellKey) -> tuple[str, ...]:
    """That a row was made from a proposal before."""
    ref = state.ref(row_uid(key[0])) if state.row_at(row_uid(key[0])) else ""
    return (f"It was accepted before as action {ref}: Accept takes in what is new.",) if ref else ()


def _ask_candidate(state: State, write: Write, item: Field | None) -> Candidate:
    if write.kind.of_row:
        lines = (f"{name}: {write.row[name]}" for name in _in_columns(state, write.row))
        text = "\n".join(lines) or write.message
        return Candidate(None, text, write.author, write.place, write.stamp, write.id)
    return candidate(write, item)


def _in_columns(state: State, names: Iterable[str]) -> list[str]:
    """Names of columns in the order of the plan's, in whichever the ledger has them."""
    places = {item.id: place for place, item in enumerate(state.definition.fields)}
    return sorted(names, key=lambda name: (places.get(name.removesuffix(ENTRY), -1), name))


def _reverted(
    state: State, key: CellKey, again: Sequence[Again], writes: Sequence[Write], cell: CellState
) -> Iterator[Question]:
    """A file that may be the author's latest shows something earlier: keep what stands, ask."""
    item = state.field_of(key)
    over: dict[Id, list[Again]] = defaultdict(list)
    for one in again:
        if not one.asks:
            over[one.over.id].append(one)
    for ident, found in over.items():
        head = found[0].over
        candidates = (candidate(head, item), *(_back(item, one, writes) for one in found))
        how = (_how(one) for one in found)
        yield _question(
            state, key, Kind.REVERTED, frozenset((ident, *(one.id for one in found))), head.base,
            cell.value, candidates, _back_choices(candidates),
            " ".join(dict.fromkeys(text for texts in how for text in texts if text)),
        )  # fmt: skip


def _how(again: Again) -> tuple[str, str]:
    """What is known of the order of the files, and what is wrong with the value itself."""
    if not again.later:
        order = (
            "Files of the same lead differ in this cell, and the times inside them do not tell "
            "which was saved last."
        )
    elif again.write is None:
        order = "A later file of the same lead shows this cell as it was before the edit."
    else:
        order = "A later file of the same lead shows again what an earlier one had."
    return order, again.write.message if again.write is not None else ""


def _back_choices(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """An only value that is shown is accepted or not; of several, one is chosen."""
    if len(candidates) > 2:
        valid = _values(candidates)
        return (*(c for c in valid if c != labelled(candidates)[0]), KEEP, OTHER)
    if isinstance(candidates[1].value, Invalid):
        return (KEEP, OTHER)
    return Kind.REVERTED.choices


def _back(item: Field | None, again: Again, writes: Sequence[Write]) -> Candidate:
    """The cell as the other file has it."""
    value, shown = put_back(item, again, writes), again.shown
    text = show_in(item, value) or "(blank)"
    return Candidate(value, text, again.over.author, shown.place, shown.stamp, again.id)


def _question(
    state: State,
    key: CellKey,
    kind: Kind,
    ids: frozenset[Id],
    base: Value,
    master: Value,
    candidates: tuple[Candidate, ...],
    choices: tuple[str, ...],
    message: str,
) -> Question:
    if key[1] == STATUS:  # one of few words
        choices = tuple(choice for choice in choices if choice != OTHER)
    return Question(
        question_id(key, kind, ids), kind, key[0], state.ref(key[0]), key[1], base, master,
        candidates, ids, choices, message,
    )  # fmt: skip


_ALIKE = frozenset(
    {Kind.INVALID, Kind.LOCKED, Kind.HELD, Kind.CLEARED, Kind.STILL_BLANK, Kind.MISSING}
)
_ASKED = frozenset({Kind.INVALID, Kind.HELD, Kind.CLEARED, Kind.STILL_BLANK, Kind.REVERTED})


def alike(questions: Sequence[Question]) -> list[tuple[Question, ...]]:
    """Questions that one answer can serve together, in their order: the same is asked of the same
    field, with the same values and the same choices."""
    found: dict[object, list[Question]] = {}
    for question in questions:
        texts = tuple(one.text for one in question.candidates)
        about = (question.kind, question.field, question.message, texts, question.choices)
        found.setdefault(about if question.kind in _ALIKE else question.id, []).append(question)
    return [tuple(group) for group in found.values()]


def whom_to_ask(question: Question, item: Field | None) -> str:
    """The lead who can settle a question by filling in its cell again; blank where it is not one
    lead's alone, or no cell of a lead's."""
    authors = {one.author for one in question.candidates} - {COORDINATOR}
    fits = item is not None and item.owner == "lead" and item.mode != "append"
    return authors.pop() if fits and question.kind in _ASKED and len(authors) == 1 else ""
