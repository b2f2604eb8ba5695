"""Whole rows: those that somebody added, those that did not come back, and what becomes of them.

A row that a lead added is a proposal: a question, whose answer makes it a row of the plan or puts
its texts into one that is there. The coordinator's own, added in `master.xlsx`, are accepted at
once. Either way a proposal makes one row, however often and with however much more in it it comes.
A row that went out and did not come back is never a deletion, always a question.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from xlplan.codes.merge_codes import DEC_006
from xlplan.errors import Problem
from xlplan.merge.asks import Answer, asks_on, decided, refuse, taken_in
from xlplan.merge.kinds import ACCEPT, DECLINE, LINK, Kind, named, row_uid, write_id
from xlplan.merge.model import (
    COORDINATOR,
    Decided,
    Fact,
    Issued,
    MasterRow,
    Place,
    Question,
    Returned,
    RowAdded,
    Write,
)
from xlplan.merge.questions import labelled, question_id
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Field
from xlplan.plan.definition import Kind as RowKind
from xlplan.plan.values import Invalid, Value, canon, natural_key, show

TEXT = Field("text", "Text")
"""Reads a cell of a row that belongs to no action yet: as text."""

RECOMMENDATION = "rec."
"""Begins the name of a proposal that was made among recommendations."""


def kind_of(proposal: str) -> RowKind:
    """What a proposal, by its uid, becomes: an action, or a recommendation."""
    name = proposal.partition("/")[2]
    return "recommendation" if name.startswith(RECOMMENDATION) else "action"


class Proposals:
    """The added rows of one return.

    A pre-stamped blank row keeps its key (``new-1``), so that a second return replaces the first.
    A row without a key is known by the action it names, so that more text in its other cells is
    still the same row; by all that is in it, where it names none.
    """

    def __init__(self, state: State, issued: Issued, reading: Reading) -> None:
        self._state = state
        self._issued = issued
        self._reading = reading
        self._times: Counter[str] = Counter()

    def proposal(self, row: ReadRow, why: str = "") -> Write | None:
        """An added row as a proposal; None where nothing is in it. `why` says more about it."""
        texts = {column: text for column, cell in row.cells.items() if (text := self._text(cell))}
        if not texts:
            return None
        content = json.dumps(texts, sort_keys=True, ensure_ascii=False)
        issued, reading = self._issued, self._reading
        uid = f"{issued.id}/{self._kind(row)}{self._name(row, texts, content)}"
        first = next(cell for name, cell in row.cells.items() if name in texts)
        return Write(
            id=write_id(issued.id, issued.author, uid, "", content),
            kind=Kind.ADDED,
            issued=issued.id,
            author=issued.author,
            uid=uid,
            field="",
            base=None,
            value=content,
            place=Place(reading.file, row.sheet or reading.sheet, first.cell),
            message=why or f"{issued.author} added this row.",
            row=texts,
            cells={column: row.cells[column].cell for column in texts},
        )

    def _kind(self, row: ReadRow) -> str:
        """`RECOMMENDATION` for a row among recommendations, by the rows on its sheet."""
        mates = [r.uid for r in self._reading.rows if r.sheet == row.sheet]
        kinds = {known.kind for uid in mates if (known := self._state.rows.get(uid))}
        return RECOMMENDATION if kinds == {"recommendation"} else ""

    def _text(self, cell: ReadCell) -> str:
        if cell.error:
            return cell.error
        if cell.formula and not isinstance(cell.value, bool):
            return f"={cell.formula}"
        return show(canon(TEXT, cell.value, self._state.definition))

    def _name(self, row: ReadRow, texts: Mapping[str, str], content: str) -> str:
        if row.trust == "added" and row.uid and not self._times[row.uid]:
            self._times[row.uid] += 1
            return row.uid
        item = self._state.definition.with_role("action")
        known_by = texts.get(item.id, content) if item is not None else content
        self._times[known_by] += 1
        return named("x", known_by, self._times[known_by])


def missing_rows(state: State, issued: Issued, reading: Reading) -> Iterator[Write]:
    """Rows that went out and did not come back: never a deletion, always a question."""
    present = {row.uid for row in reading.rows}
    for uid in () if present.issuperset(issued.uids) else issued.uids:
        if uid not in present and state.row_at(uid) is not None:
            yield whole_row(
                issued, uid, "missing", Place(reading.file, reading.sheet, ""), {},
                "This row was missing from the returned workbook.",
            )  # fmt: skip


def whole_row(
    issued: Issued,
    uid: str,
    value: str,
    place: Place,
    row: Mapping[str, str],
    message: str,
    cells: Mapping[str, str] | None = None,
) -> Write:
    """A write about an action by its row as a whole: that it is missing, or was emptied."""
    return Write(
        id=write_id(issued.id, issued.author, uid, "", value),
        kind=Kind.MISSING,
        issued=issued.id,
        author=issued.author,
        uid=uid,
        field="",
        base=None,
        value=value,
        place=place,
        message=message,
        row=row,
        cells=cells or {},
    )


def emptied_row(issued: Issued, emptied: Sequence[Write]) -> Write:
    """A write about an action of which every input was emptied: what these writes blank."""
    texts = {a.field: show(a.base) for a in emptied}
    cells = {a.field: a.place.cell for a in emptied}
    first, why = emptied[0], "Every input of this row was emptied."
    return whole_row(issued, first.uid, "emptied", first.place, texts, why, cells)


# New rows of the plan


def row_values(
    state: State, texts: Mapping[str, str], kind: RowKind = "action"
) -> dict[str, Value]:
    """The values of a row that was added, from its texts by column id; blank cells left out.

    What stands in the column for an entry goes above what stands in the narrative itself.
    """
    joined: dict[str, str] = {}
    for column in sorted(texts, key=lambda name: not name.endswith(ENTRY)):
        name = column.removesuffix(ENTRY)
        joined[name] = "\n".join(filter(None, (joined.get(name, ""), texts[column])))
    values: dict[str, Value] = {}
    for item in state.definition.fields_of(kind, retired=True):
        value = canon(item, joined.get(item.id), state.definition)
        if value is not None:
            values[item.id] = value
    return values


def new_row(
    state: State,
    proposal: str,
    values: Mapping[str, Value],
    place: Place,
    cells: Mapping[str, str],
    origin: str,
    source: str,
) -> RowAdded:
    """The row that a proposal (by its uid) becomes, however often it is accepted.

    `cells` says by column where its texts stand; what was read nowhere stands at `place`. The row
    gets a ref in the plan's own numbering where it has none that is free, and comes after the last
    row of its section.
    """
    kind = kind_of(proposal)
    key = state.definition.with_role("key", kind)
    section = state.definition.with_role("section", kind)
    rows = state.master(kind)
    refs = {row.ref for row in rows}
    mates = [r for r in rows if section and r.values.get(section.id) == values.get(section.id)]
    held = dict(values)
    if key is not None and (held.get(key.id) is None or show(held[key.id]) in refs):
        held[key.id] = next_ref(mates or rows, refs)
    orders = sorted(state.rows[row.uid].order for row in rows)
    order = 1.0
    if orders:
        after = max(state.rows[row.uid].order for row in mates or rows)
        following = next((o for o in orders if o > after), after + 2)
        order = (after + following) / 2
    places = {
        name: replace(place, cell=cells.get(name) or cells.get(name + ENTRY) or place.cell)
        for name in held
    }
    return RowAdded(row_uid(proposal), kind, order, held, places, COORDINATOR, origin, source)


def next_ref(mates: list[MasterRow], refs: set[str]) -> str:
    """The next ref in the numbering of some rows: after ``3.9`` comes ``3.10``."""
    last = max((row.ref for row in mates), key=natural_key, default="")
    head = last.rstrip("0123456789")
    number = int(last[len(head) :] or 0) + 1
    while f"{head}{number}" in refs:
        number += 1
    return f"{head}{number}"


def news(state: State, row: RowAdded, values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """What a later version of a proposal says that the row made from it does not hold.

    Blank cells and values that are none of their fields say nothing; the ref is the plan's.
    """
    key = state.definition.with_role("key", row.kind)
    for name, value in values.items():
        if (key is not None and name == key.id) or isinstance(value, Invalid):
            continue
        if value not in (row.values.get(name), state.value(row.uid, name)):
            yield name, value


# Answers about rows


def proposal_facts(
    state: State, question: Question, answer: Answer, choice: str
) -> list[Fact] | Problem:
    """The facts that record an answer to a proposed row, or why it cannot be used."""
    ended = decided(state, question, answer, choice, None, writes=False)
    if choice == DECLINE:
        return [ended]
    asked = _asked(state, question, choice)
    values = row_values(state, asked.row, kind_of(question.uid))
    if choice == LINK:
        return _link(state, question, answer, asked, values, ended)
    known = state.row_at(row_uid(question.uid))
    if known is not None:
        return [ended, *_revised(state, question, answer, known, values)]
    lead, author = state.definition.with_role("lead"), asked.author
    is_section = state.definition.issue.by == "section" and not state.definition.lead(author)
    if lead is not None and not is_section:
        values.setdefault(lead.id, (author,))
    return [
        new_row(state, question.uid, values, asked.place, asked.cells, "proposal", ended.id),
        ended,
    ]


def _asked(state: State, question: Question, choice: str) -> Write:
    """The version of a proposed row that was chosen; the last, where the choice names none."""
    asked = [w for w in asks_on(state, (question.uid, "")) if w.id in question.saw]
    labels = labelled(question.candidates)
    if choice in labels:
        chosen = question.candidates[labels.index(choice)].write
        asked = [write for write in asked if write.id == chosen]
    return max(asked, key=lambda write: (write.stamp, write.id))


def _link(
    state: State,
    question: Question,
    answer: Answer,
    asked: Write,
    values: Mapping[str, Value],
    ended: Decided,
) -> list[Fact] | Problem:
    ref = show(canon(TEXT, answer.other, state.definition))
    uid = next((u for u in state.uids("action") if state.ref(u) == ref), None)
    if uid is None or not ref:
        return refuse(question, answer, DEC_006.fill(ref=ref) if ref else DEC_006.fill("blank"))
    facts: list[Fact] = [ended]
    for item in state.definition.fields_of("action"):
        value = values.get(item.id)
        if item.owner != "lead" or value is None or isinstance(value, Invalid):
            continue
        cell = (uid, item.id)
        if item.field_type.elements or item.mode == "append":
            write = replace(asked, entry=item.mode == "append")
            value = taken_in(state, cell, write, value)
        if value != state.value(*cell):
            facts.append(decided(state, question, answer, LINK, value, cell=cell))
    return facts


def _revised(
    state: State, question: Question, answer: Answer, row: RowAdded, values: Mapping[str, Value]
) -> list[Fact]:
    return [
        decided(state, question, answer, ACCEPT, value, cell=(row.uid, name), of=())
        for name, value in news(state, row, values)
    ]


def accept_own_rows(state: State, returned: Returned) -> list[Fact]:
    """The facts that take in the rows a coordinator's return added, each row once.

    The return must have been applied already. A copy in which such a row says more than before
    adds no second row: what is new in it goes into the first.
    """
    seq = state.exchange.event_of(returned).seq
    facts: list[Fact] = []
    for item in returned.assertions:
        if item.kind is not Kind.ADDED:
            continue
        values = row_values(state, item.row, kind_of(item.uid))
        known = state.row_at(row_uid(item.uid))
        facts.append(_own_row(state, item, values, returned.id))
        if known is not None and any(
            w.id == item.id and w.seq == seq for w in state.live(item.key)
        ):
            facts += _own_news(state, known, item, values)
    return facts


def _own_row(state: State, item: Write, values: Mapping[str, Value], source: str) -> RowAdded:
    known = state.row_at(row_uid(item.uid))
    if known is not None:
        return replace(known, source=source)
    return new_row(state, item.uid, values, item.place, item.cells, "master", source)


def moved_facts(state: State, question: Question, answer: Answer, choice: str) -> list[Fact]:
    """The facts that record an answer about rows that were moved: what these say comes in with it,
    and so do rows that the coordinator added among them."""
    ended = decided(state, question, answer, choice, None, writes=False)
    facts: list[Fact] = [ended]
    for part in state.parts_of(ended):
        for item in part.assertions:
            if item.kind is Kind.ADDED and item.author == COORDINATOR:
                values = row_values(state, item.row, kind_of(item.uid))
                facts.append(_own_row(state, item, values, ended.id))
    return facts


def _own_news(state: State, row: RowAdded, item: Write, values: Mapping[str, Value]) -> list[Fact]:
    """What a later version of a row that the coordinator added says anew, as their decisions."""
    question = Question(
        question_id(item.key, Kind.ADDED, (item.id,)), Kind.ADDED, item.uid, "", "",
        None, None, (), frozenset((item.id,)), (),
    )  # fmt: skip
    return _revised(state, question, Answer(ACCEPT, place=item.place), row, values)
