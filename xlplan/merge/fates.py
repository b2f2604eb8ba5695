"""Total accounting: exactly one disposition for every returned cell that differs from its base.

`fates_of` accounts for a return in the ledger; `decide` for three plain tables, by the same code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.asks import shown_again
from xlplan.merge.compare import Comparison
from xlplan.merge.kinds import WAYS, Disposition, Kind
from xlplan.merge.model import (
    COORDINATOR,
    NOWHERE,
    Decided,
    Defined,
    Event,
    Fact,
    Issued,
    Place,
    Returned,
    RowAdded,
    Write,
)
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.register import answered, superseded
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Field, PlanDefinition
from xlplan.plan.values import Raw, Value, canon, show

Table = Mapping[str, Mapping[str, Raw]]
"""By ref (or uid) of an action: its cells by field id, raw or canonical."""
Ruled = Literal["untouched", "cleared"] | Disposition


class Fate(Struct, frozen=True):
    """What became of one returned cell. `field` is ``""`` for a row as a whole."""

    action: str
    uid: str
    field: str
    place: Place
    author: str
    disposition: Disposition


def fates_of(state: State, returned: Returned) -> list[Fate]:
    """The fate of every cell of a return that differs from its base, as things stand now.

    A row that was added or emptied has one for each of its cells; a missing row, which has no
    cell, has one for the row. Rows that were moved have those of the way that was chosen to read
    them; until then each of their cells that differs in either way is held.
    """
    found: list[Fate] = []
    for item in returned.assertions:
        decision, writes = chosen(state, item)
        if decision is not None:
            for each in writes:
                found += _fates(state, each, disposition_of(state, each, decision.id))
        elif item.readings:
            became = disposition_of(state, item, returned.id)
            either = [fate for each in writes for fate in _fates(state, each, became)]
            found += {fate.place: fate for fate in reversed(either) if fate.place.cell}.values()
        else:
            found += _fates(state, item, disposition_of(state, item, returned.id))
    return found


def _fates(state: State, item: Write, became: Disposition) -> Iterator[Fate]:
    for name in item.row or (item.field,):
        place = replace(item.place, cell=item.cells.get(name, item.place.cell))
        yield Fate(state.ref(item.uid), item.uid, name, place, item.author, became)


def chosen(state: State, item: Write) -> tuple[Decided | None, list[Write]]:
    """The answer about rows that were moved, and what they write in the way that it chose; without
    one, what they write in any. Of everything else, nothing."""
    for write in state.live(item.key) if item.readings else ():
        if write.kind is Kind.DECISION and item.id in write.saw:
            decision = state.decision(write.source)
            if decision is not None and (way := WAYS.get(decision.choice)):
                return decision, list(item.readings[way])
    ways = [way for way in WAYS.values() if way in item.readings]
    return None, [each for way in ways for each in item.readings[way]]


def writes_of(state: State, returned: Returned) -> Iterator[Write]:
    """What a return asserts, with what the answer about rows that were moved brought in of it."""
    for item in returned.assertions:
        decision, writes = chosen(state, item)
        yield from writes if decision is not None else (item,)


class Cleared(Struct, frozen=True):
    """A field that a return emptied, and that is blank in the master now: what it held before."""

    action: str
    uid: str
    field: str
    was: Value
    author: str
    place: Place


def cleared_by(state: State, returned: Returned) -> list[Cleared]:
    """What a return cleared: among other changes it is easily overlooked."""
    return [
        Cleared(state.ref(item.uid), item.uid, item.field, item.base, item.author, item.place)
        for item in writes_of(state, returned)
        if item.kind is Kind.EDIT
        and item.value is None
        and disposition_of(state, item, returned.id) in ("applied", "agreed")
    ]


def disposition_of(state: State, item: Write, source: str = "") -> Disposition:
    """What became of one assertion: by what stands on its cell, not by when it came in.

    `source` is the return that is looked at: what it says again after something else was not
    superseded by its author, but is kept out and asked about.
    """
    issued = state.issued.get(item.issued)
    writes = state.live(item.key, since=issued.as_of if issued is not None else None)
    mine = next((write for write in writes if write.id == item.id), None)
    kind = mine.kind if mine is not None else item.kind
    again = False
    if mine is not None and mine.id in superseded([w for w in writes if _competes(w, mine)]):
        again = any(
            one.write is not None
            and one.write.id in (mine.id, mine.id.certain)
            and source in one.sources
            for one in shown_again(state, item.key, writes)
        )
        if not again:
            return "superseded"
    if kind is Kind.ADDED and item.author == COORDINATOR:
        return "applied"
    if not kind.stands:
        return kind.disposition
    cell = state.cell(item.key)
    if again or item.id in answered(writes):
        return "applied" if cell.value == item.value else "held"
    if any(head.id == item.id for head in cell.heads):
        if cell.conflict:
            return "conflict"
        same = {head.author for head in cell.heads if head.value == item.value}
        return "agreed" if len(same) > 1 else "applied"
    return "conflict" if _lost(state, item, writes) else "applied"


def _competes(write: Write, mine: Write) -> bool:
    """Whether a later write replaces `mine`: a question never replaces what stands."""
    return write.standing or not mine.standing


def _lost(state: State, item: Write, writes: Sequence[Write]) -> bool:
    """Whether the coordinator settled a conflict about this assertion on something else."""
    knew = (w for w in writes if w.standing and w.author == COORDINATOR and item.id in w.saw)
    settled = min(knew, key=_seq, default=None)
    if settled is None or settled.value == item.value:
        return False
    before = state.cell(item.key, settled.seq - 1)
    if before.entries and show(item.value) in show(settled.value):
        return False  # the answer put the text and its entries together
    return before.conflict and any(head.id == item.id for head in before.heads)


def _seq(write: Write) -> int:
    return write.seq


class Ruling(Struct, frozen=True):
    """What becomes of one returned cell: `value` is what the master holds afterwards.

    All values are canonical. `disposition` is ``untouched`` where the cell says nothing, and
    ``cleared`` where emptying it was applied; else it is that of the cell (see the room's page).
    """

    action: str
    field: str
    base: Value
    master: Value
    returned: Value
    disposition: Ruled
    value: Value


def decide(
    base: Table, master: Table, returned: Table, definition: PlanDefinition
) -> tuple[Ruling, ...]:
    """Merge one lead's return three ways; the fate of every returned cell.

    What `base` holds was issued; `master` is what the coordinator has made of it since (a cell or
    row that is not in it is blank there). A row or cell that is not in `returned` is absent and
    says nothing; rows that `base` does not have, and columns of no field, are not decided. An
    entry of a narrative that grows has the column ``<field>:entry``. Nothing is applied.
    """
    return tuple(_Tables(base, master, returned, definition).rulings())


class _Tables:
    """A plan that consists of the three tables: a ledger of its own, as short as can be."""

    def __init__(
        self, base: Table, master: Table, returned: Table, definition: PlanDefinition
    ) -> None:
        self._base, self._master, self._definition = base, master, definition
        self._returned = {ref: cells for ref, cells in returned.items() if ref in base}
        self._state = State(lambda _text: definition)
        self._seq = count(1)
        self._apply(Defined("", ""))
        for ref in base:
            values = {f.id: v for f in self._fields() if (v := self._in(base, ref, f)) is not None}
            self._apply(RowAdded(ref, "action", float(next(self._seq)), values, {}))

    def rulings(self) -> Iterator[Ruling]:
        """Issue the base, write the master, take the return in; then ask for each cell's fate."""
        issued = self._issued()
        self._apply(issued)
        for ref in self._base:
            for item in self._fields():
                if (value := self._in(self._master, ref, item)) != self._in(self._base, ref, item):
                    self._apply(self._decided(ref, item, value))
        fact = self._merged(issued)
        self._apply(fact)
        wrote = {(a.uid, a.field, a.entry): a for a in fact.assertions}
        for ref, cells in self._returned.items():
            for column, raw in cells.items():
                found = self._definition.find(column.removesuffix(ENTRY))
                if found is not None:
                    entry = column.endswith(ENTRY)
                    written = wrote.get((ref, found.id, entry)) or wrote.get((ref, "", False))
                    yield self._ruling(ref, column, found, raw, written)

    def _apply(self, fact: Fact) -> None:
        self._state.apply(Event(next(self._seq), 1, "", fact))

    def _fields(self) -> tuple[Field, ...]:
        return self._definition.fields_of("action")

    def _in(self, table: Table, ref: str, item: Field) -> Value:
        return canon(item, table.get(ref, {}).get(item.id), self._definition)

    def _issued(self) -> Issued:
        """The template, with the rows that came back."""
        grows = [f for f in self._fields() if f.mode == "append"]
        inputs = [f.id for f in self._fields() if f.owner == "lead" and f not in grows]
        entries = [f.id + ENTRY for f in grows if f.owner == "lead"]
        fields = (*(f.id for f in self._fields()), *entries)
        return Issued(
            "t", "template", "lead", "", "", self._state.seq, tuple(self._returned), fields,
            (*inputs, *entries), "",
        )  # fmt: skip

    def _decided(self, ref: str, item: Field, value: Value) -> Decided:
        known = frozenset(write.id for write in self._state.live((ref, item.id)))
        return Decided(
            f"{ref}:{item.id}", "", "", ref, item.id, "", True, value, "", known, NOWHERE
        )

    def _merged(self, issued: Issued) -> Returned:
        rows = [
            ReadRow(ref, ref, 1, "signed", {name: ReadCell(raw, "") for name, raw in cells.items()})
            for ref, cells in self._returned.items()
        ]
        reading = Reading(
            "", "", "", "", "template", "t", "signed", columns=issued.fields, rows=tuple(rows)
        )
        found = Comparison(self._state, issued, reading).run()
        assertions = tuple(found.assertions)
        return Returned("r", "", "", "t", "lead", "", "", "merged", assertions=assertions)

    def _ruling(
        self, ref: str, column: str, item: Field, raw: Raw, written: Write | None
    ) -> Ruling:
        base = None if column.endswith(ENTRY) else self._in(self._base, ref, item)
        value = canon(item, raw, self._definition)
        ruled: Ruled = "untouched"
        if written is not None and (written.field or column in written.row):
            ruled = disposition_of(self._state, written)
            if ruled == "applied" and value is None:
                ruled = "cleared"
        after = self._state.value(ref, item.id)
        return Ruling(ref, column, base, self._in(self._master, ref, item), value, ruled, after)
