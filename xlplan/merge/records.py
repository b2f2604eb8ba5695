"""Every write of every cell, with everywhere it was seen.

A write is one, however many copies of a file carry it. What holds of it (since when, by which
file) follows from those copies that have not been taken back. What a row brought in stands in most
cells alone: it is no write of its own before somebody asks for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from msgspec.structs import replace

from xlplan.merge.kinds import Id, Kind, digest, identity
from xlplan.merge.model import CellKey, MasterRow, Place, RowAdded, Write
from xlplan.merge.register import whole_of
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN
from xlplan.plan.values import Value, show

if TYPE_CHECKING:
    from xlplan.merge.state import State


def row_write_name(uid: str, field: str) -> str:
    """What names the write that a row of the spreadsheet brought in."""
    return f"row:{uid}:{field}"


def shown_as_it_came(uid: str, values: Mapping[str, Value], field: str) -> tuple[Value, list[str]]:
    """What a cell shows of a row in which nothing was written since it brought in these values, and
    the id behind it."""
    return (values[field], [row_write_name(uid, field)]) if field in values else (None, [])


def row_write_id(row: RowAdded, field: str) -> Id:
    """The id of what a row brought in; of one that may be taken back, its value is part of it."""
    again = f":{digest(identity(row.values[field]))[:12]}" if row.source else ""
    return Id(f"{row_write_name(row.uid, field)}{again}")


def _row_write(seq: int, row: RowAdded, field: str) -> Write:
    return Write(
        id=row_write_id(row, field),
        kind=Kind.ROW,
        author=row.author,
        uid=row.uid,
        field=field,
        value=row.values[field],
        place=row.places.get(field, Place()),
        seq=seq,
        source=row.source,
        timed=False,
    )


class Record:
    """A write as each file or act carried it, in the order of the ledger."""

    __slots__ = ("copies", "whole")

    def __init__(self, first: Write) -> None:
        self.copies: list[Write] = [first]
        self.whole: Write | None = None
        """The write with what all its copies say of it, once somebody asked."""

    def see(self, copy: Write) -> None:
        """Take in one more copy. What was visible to its author, and which period it is about,
        was settled when it was written: the first copy says it."""
        first = self.copies[0]
        self.copies.append(
            replace(
                copy, saw=first.saw, cycle=first.cycle, period=first.period, base=first.base,
                row=first.row,
            )
        )  # fmt: skip
        self.whole = None


class Records:
    """The writes of every cell. It only grows; taking back adds to what has been taken back."""

    def __init__(self) -> None:
        self._records: dict[CellKey, dict[Id, Record]] = {}
        self._rows: dict[str, tuple[int, RowAdded]] = {}
        """What came in with each row first, and where in the ledger."""
        self._begun: dict[str, int] = {}
        """The place of each of these rows among what became known of cells."""
        self._cells_of: dict[str, list[CellKey]] = defaultdict(list)
        """The cells on which something was written that their rows did not bring in."""
        self._places: dict[CellKey, int] = {}
        """The place of each of those."""
        self._known = 0
        self._by_source: dict[str, set[CellKey]] = defaultdict(set)
        self._retracted: dict[str, list[int]] = defaultdict(list)
        self._requested: dict[str, None] = {}
        self._more: set[str] = set()
        """The rows in which more was written than what they brought in."""
        self._agreed: dict[CellKey, int] = {}
        """The cells of which the last write saw all that stood there, and where that one is."""

    def see(self, write: Write) -> None:
        """Take in a write, or see one again that is known."""
        records = self._at(write.key)
        self._more.add(write.uid)
        self._agreed.pop(write.key, None)
        if records is None:
            records = self._records[write.key] = {}
            self._places[write.key] = self._known
            self._known += 1
            self._cells_of[write.uid].append(write.key)
        self._by_source[write.source].add(write.key)
        if write.kind is Kind.REQUEST:
            self._requested[write.uid] = None
        if write.id in records:
            records[write.id].see(write)
        else:
            records[write.id] = Record(write)

    def agree(self, key: CellKey, seq: int) -> None:
        """Note that the write which was just seen at a position saw all that stood in its cell."""
        self._agreed[key] = seq

    def is_agreed(self, key: CellKey, as_of: int) -> bool:
        """Whether nobody can have been at odds about a cell as of a position, nor written there
        since: each write saw all that stood before it. False where that is not known."""
        records = self._at(key)
        if not records or self._retracted:
            return not records
        if (last := self._agreed.get(key)) is not None:
            return last <= as_of
        (first, *others) = records.values()
        return not others and first.copies[-1].seq <= as_of

    def ids(self, key: CellKey, *, standing: bool) -> frozenset[Id]:
        """The ids of all writes of a cell, or of those that stand."""
        found = (record.copies[0] for record in (self._at(key) or {}).values())
        return frozenset(write.id for write in found if write.standing or not standing)

    def told(self, key: CellKey) -> list[Sequence[Write]]:
        """The copies of each write of a cell, taken back or not."""
        return [record.copies for record in (self._at(key) or {}).values()]

    def add(self, seq: int, row: RowAdded) -> None:
        """Take in what a row brought in. A row that was taken back may be added again: what it
        held before stays history."""
        fields = sorted(row.values)  # in the order in which a ledger that is read again has them
        known = self._rows.get(row.uid)
        if row.uid in self._cells_of or (known is not None and known[1].values):
            for field in fields:
                self.see(_row_write(seq, row, field))
            return
        self._rows[row.uid], self._begun[row.uid] = (seq, row), self._known
        self._known += 1
        if row.source:
            self._by_source[row.source].update((row.uid, field) for field in fields)

    def _came(self, key: CellKey) -> bool:
        """Whether its row brought something into a cell."""
        return key[0] in self._rows and key[1] in self._rows[key[0]][1].values

    def _place(self, key: CellKey) -> tuple[int, str]:
        """What puts cells in the order in which they became known."""
        if key in self._places:
            return self._places[key], ""
        return self._begun[key[0]], key[1]

    def _at(self, key: CellKey) -> dict[Id, Record] | None:
        """The writes of a cell; of one in which only its row stands, this makes the first."""
        records = self._records.get(key)
        if records is None and self._came(key):
            write = _row_write(*self._rows[key[0]], key[1])
            records = self._records[key] = {write.id: Record(write)}
        return records

    def alone(self, key: CellKey) -> tuple[int, RowAdded] | None:
        """The row whose value stands alone in a cell, and where in the ledger; None where more was
        written there, or may have been, and where the row was taken back."""
        if key in self._records or not self._came(key):
            return None
        seq, row = self._rows[key[0]]
        return None if row.source in self._retracted else (seq, row)

    def untouched(self, uid: str) -> tuple[int, RowAdded] | None:
        """A row of the spreadsheet in which nothing was written since it came in, and where in the
        ledger that was; None for any other."""
        found = self._rows.get(uid)
        return None if found is None or uid in self._more or found[1].source else found

    def has(self, key: CellKey) -> bool:
        """Whether anything was ever written in a cell, taken back or not."""
        return key in self._places or self._came(key)

    def rests(self, key: CellKey, since: int | None = None) -> bool:  # noqa: ARG002
        """Whether nothing was written in a cell since what was there when a cycle began had been
        settled, of which nothing asks, at a position that is no later than `since` (None: at any).
        False where that is not known without looking."""
        return False

    def brought_in(self, uid: str) -> tuple[int, RowAdded, Set[str]] | None:
        """What a row brought in, where in the ledger, and the fields in which that stands alone, as
        `alone` has it of each; None where the row was taken back, and where it is not at hand."""
        if uid not in self._rows:
            return None
        seq, row = self._rows[uid]
        if row.source in self._retracted:
            return None
        if uid not in self._more:
            return seq, row, row.values.keys()
        return seq, row, {field for field in row.values if (uid, field) not in self._records}

    def kept(
        self,
        uid: str,  # noqa: ARG002  # a whole one keeps none
        names: Sequence[str],  # noqa: ARG002
        as_of: int | None,  # noqa: ARG002
    ) -> list[tuple[Value, list[str]]] | None:
        """What these fields of a row show, and the ids of the writes behind each, as it was kept
        (see `recalled.py`), or None."""
        return None

    def at_rest(self, uid: str, as_of: int | None) -> Mapping[str, tuple[Value, list[str]]]:  # noqa: ARG002
        """The same by field, of those cells of a row that was written to in which nobody wrote."""
        return {}

    def written(self) -> Iterator[CellKey]:
        """Every cell but those in which only what its row brought in stands."""
        found = [
            key
            for key, records in self._records.items()
            if any(record.copies[0].kind is not Kind.ROW for record in records.values())
        ]
        yield from sorted(found, key=self._place)

    def knows(self, key: CellKey, write: Id) -> bool:
        """Whether a write was ever seen on a cell, taken back or not."""
        return write in (self._at(key) or {})

    def retract(self, sources: Iterable[str], seq: int) -> None:
        """From `seq` on, what returns or decisions brought in so far counts no more."""
        for source in sources:
            self._retracted[source].append(seq)

    def is_live(self, source: str, seq: int, as_of: int) -> bool:
        """Whether what `source` brought in at `seq` had not been taken back by `as_of`."""
        taken = self._retracted.get(source)
        return not taken or not any(seq < gone <= as_of for gone in taken)

    def cells(self) -> Iterable[CellKey]:
        """Every cell on which anything was ever written."""
        rows = ((uid, field) for uid, (_, row) in self._rows.items() for field in row.values)
        return sorted((*rows, *self._places), key=self._place)

    def touched_by(self, sources: Collection[str]) -> list[CellKey]:
        """The cells on which returns or decisions, by their ids, wrote or asked."""
        found = (self._by_source.get(source, ()) for source in sources)
        return sorted(set().union(*found), key=self._place)

    def cells_of(self, uid: str, since: int | None = None) -> list[CellKey]:  # noqa: ARG002
        """The cells of one row on which anything was ever written; in the order in which that
        became known, unless `since` says as of `State.live` how far back that matters."""
        brought = sorted(self._rows[uid][1].values) if uid in self._rows else ()
        return [*((uid, field) for field in brought), *self._cells_of.get(uid, ())]

    def writes(self, key: CellKey, until: int, since: int | None = None) -> list[Write]:  # noqa: ARG002
        """The live writes of a cell as of a position of the ledger, in the order they came in;
        `since` is as of `State.live`."""
        return [
            write
            for record in (self._at(key) or {}).values()
            if (write := self._as_of(record, until)) is not None
        ]

    def rows_with(self, field: str) -> list[str]:
        """The rows in which anything was ever written in a field."""
        brought = ((uid, field) for uid, (_, row) in self._rows.items() if field in row.values)
        written = ((uid, field) for uid, cells in self._cells_of.items() if (uid, field) in cells)
        return [uid for uid, _ in sorted((*brought, *written), key=lambda key: self._first(key[0]))]

    def _first(self, uid: str) -> int:
        """The place of the first cell of a row."""
        begun = self._begun.get(uid)
        return self._places[self._cells_of[uid][0]] if begun is None else begun

    def requested(self) -> set[str]:
        """The rows of which a lead ever asked for a change."""
        return {*self._requested}

    def seqs(self, key: CellKey, since: int | None = None) -> set[int]:  # noqa: ARG002
        """The positions at which something was written in a cell, taken back or not; those that
        are later than `since`, and maybe others, where that is given."""
        if (alone := self.alone(key)) is not None:
            return {alone[0]}
        return {copy.seq for record in (self._at(key) or {}).values() for copy in record.copies}

    def copies(self, key: CellKey, until: int, since: int | None = None) -> list[Write]:  # noqa: ARG002
        """Every live copy of every live write of a cell, each as its own file has it; `since` is as
        of `State.live`."""
        return [
            copy
            for record in (self._at(key) or {}).values()
            for copy in record.copies
            if copy.seq <= until and self.is_live(copy.source, copy.seq, until)
        ]

    def _stands(self, record: Record) -> bool:
        """Whether nothing that carried a write was ever taken back, as in most plans."""
        gone = self._retracted
        return not gone or not any(copy.source in gone for copy in record.copies)

    def _as_of(self, record: Record, until: int) -> Write | None:
        """A write as of a position of the ledger; None where it was not, or no longer, live."""
        copies = record.copies
        if copies[-1].seq <= until and self._stands(record):
            if record.whole is None:
                record.whole = whole_of(copies)
            return record.whole
        live = [c for c in copies if c.seq <= until and self.is_live(c.source, c.seq, until)]
        return whole_of(live) if live else None


# The cells of a row all at once: in most of them what the row brought in stands alone


def values_of(
    state: State, uid: str, names: Sequence[str], as_of: int | None = None
) -> list[Value]:
    """The values that the master shows in these fields of a row: those of `State.value`."""
    if (kept := state.records.kept(uid, names, as_of)) is not None:
        return [value for value, _ in kept]
    if (untouched := state.untouched(uid, as_of)) is not None:
        return list(map(untouched.values.get, names))
    rest = state.records.at_rest(uid, as_of)
    found = state.records.brought_in(uid)
    if found is None:
        return [state.value(uid, name, as_of) for name in names]
    (seq, row, alone), definition = found, state.definition
    there = as_of is None or as_of >= seq
    written = state.records.has
    return [
        (state.read((uid, name), row.values[name], definition) if there else None)
        if name in alone
        else rest[name][0]
        if name in rest
        else state.value(uid, name, as_of)
        if written((uid, name))
        else None
        for name in names
    ]


def row_of(state: State, uid: str, as_of: int | None = None) -> MasterRow:
    """One row of the master."""
    kind = state.rows[uid].kind
    names = [item.id for item in state.definition.fields_of(kind, retired=True)]
    *shown, status = values_of(state, uid, [*names, STATUS], as_of)
    values = dict(zip(names, shown, strict=True))
    plan = state.definition
    told = plan.with_role("key", kind), plan.public.with_role("section", kind)
    ref, head = (show(values.get(item.id)) if item else "" for item in told)
    gone, back = status == WITHDRAWN, status == KEPT_BACK
    return MasterRow(uid, kind, ref, head, values, gone, back)


def shown_of(
    state: State, uid: str, names: Sequence[str], as_of: int
) -> list[tuple[Value, list[str]]]:
    """What these fields of a row showed as of a position, and the ids of the writes
    behind each: those of `State.shown`."""
    if (kept := state.records.kept(uid, names, as_of)) is not None:
        return kept
    if (untouched := state.untouched(uid, as_of)) is not None:
        return [shown_as_it_came(uid, untouched.values, name) for name in names]
    rest = state.records.at_rest(uid, as_of)
    found = state.records.brought_in(uid)
    if found is None or as_of < found[0]:
        return [state.shown((uid, name), as_of) for name in names]
    (_, row, alone), then = found, state.definition_at(as_of)
    return [
        (state.read((uid, name), row.values[name], then), [row_write_id(row, name).stored])
        if name in alone
        else rest[name]
        if name in rest
        else state.shown((uid, name), as_of)
        if state.records.has((uid, name))
        else (None, [])
        for name in names
    ]


def recent(state: State, key: CellKey) -> list[Write]:
    """The live writes of a cell on which it depends what stands there and what is asked."""
    return state.live(key, since=state.seq)
