"""A state of which only what is asked for is read: by row, by workbook, by file.

An `Outline` says of a ledger what no command can do without. What it says of a row, and what the
row holds, answers for the row as long as nothing was written there; of any other moment, and of
what is written now, the events that bear on that row are told again, and no others. Whoever asks
for everything gets everything: then the ledger is replayed after all, as it is where anything that
was kept of it cannot be believed. The answers are those of a `State` that replayed it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cache, partial

from msgspec.structs import replace

from xlplan.merge.ids import Id
from xlplan.merge.kinds import OF_FILE
from xlplan.merge.model import (
    CellKey,
    Decided,
    Defined,
    Event,
    MasterRow,
    Published,
    Returned,
    RowAdded,
    Timeline,
    Undone,
    Write,
)
from xlplan.merge.outline import (
    Forgotten,
    OnDemand,
    Recall,
    RowLine,
    Standing,
    bears_on,
    fields_shown,
    positions,
)
from xlplan.merge.recalled_exchange import RecalledExchange
from xlplan.merge.records import Record, Records
from xlplan.merge.state import State
from xlplan.plan.definition import BECAUSE, STATUS, PlanDefinition
from xlplan.plan.values import Value


class _Records(Records):
    """The writes of those cells whose rows were asked for."""

    def __init__(self, state: Recalled) -> None:
        super().__init__()
        self._state = state

    def _at(self, key: CellKey) -> dict[Id, Record] | None:
        self._state.need(key[0])
        return super()._at(key)

    def alone(self, key: CellKey) -> tuple[int, RowAdded] | None:
        """As of a whole one."""
        self._state.need(key[0])
        return super().alone(key)

    def has(self, key: CellKey) -> bool:
        """As of a whole one."""
        self._state.need(key[0])
        return super().has(key)

    def brought_in(self, uid: str) -> tuple[int, RowAdded, Set[str]] | None:
        """As of a whole one."""
        self._state.need(uid)
        return super().brought_in(uid)

    def kept(
        self, uid: str, names: Sequence[str], as_of: int | None
    ) -> list[tuple[Value, list[str]]] | None:
        """As a row stands, where nothing was written to it since."""
        return self._state.standing(uid, names, as_of)

    def cells_of(self, uid: str) -> list[CellKey]:
        """As of a whole one."""
        self._state.need(uid)
        return super().cells_of(uid)

    def rows_with(self, field: str) -> list[str]:
        """As of a whole one."""
        found = super().rows_with(field)
        if self._state.is_whole:
            return found
        if field != BECAUSE:
            self._state.complete()
            return super().rows_with(field)
        known = {*found, *self._state.meant}
        return [uid for uid in self._state.rows if uid in known]

    def requested(self) -> set[str]:
        """As of a whole one."""
        return super().requested() | {*self._state.requested}

    def written(self) -> Iterator[CellKey]:
        """As of a whole one."""
        self._state.complete()
        return super().written()

    def cells(self) -> Iterable[CellKey]:
        """As of a whole one."""
        self._state.complete()
        return super().cells()


class Recalled(State):
    """See the module. It becomes a whole state in its place when everything is asked for."""

    exchange: RecalledExchange

    def __init__(self, load: Callable[[str], PlanDefinition], recall: Recall) -> None:
        super().__init__(load)
        self._recall: Recall | None = recall
        self._outline = outline = recall.outline
        self.events_since: list[Event] = []
        """What was applied to it."""
        self._fields: frozenset[str] = frozenset()
        self._at_hand: tuple[tuple[str, int | None], Standing | None] = ("", None), None
        """A row as of a position, as `_standing` has it."""
        self._by_row: dict[int, dict[str, list[Write]]] = {}
        self._told: set[str] = set()
        """The rows whose events have been told again."""
        self.rows = OnDemand(self._rows_with, self._names)
        self.row_seq = OnDemand(self._seqs_with)
        self.records = _Records(self)
        self.exchange = RecalledExchange(self, recall)
        self.seq, self.tx, self.at = outline.seq, outline.tx, outline.at
        self.moved, self.imported = outline.moved, outline.imported
        self.meant, self.requested = outline.meant, outline.requested
        for event in recall.events((*outline.defined, *outline.undone, *outline.published)):
            fact = event.fact
            if isinstance(fact, Defined):
                self._define(event.seq, fact, cache(partial(load, fact.text)))
            elif isinstance(fact, Undone):
                self.undone.append((event, fact))
                self.records.retract({fact.return_id, *fact.decisions}, event.seq)
            else:
                assert isinstance(fact, Published)
                self.published.append((event, fact))
        self._fields = fields_shown(self.definition)

    @property
    def is_whole(self) -> bool:
        """Whether everything has been asked for."""
        return self._recall is None

    def complete(self) -> None:
        """Become a state that replayed everything."""
        if self._recall is None:
            return
        whole = self._recall.whole().state
        self._recall, self._at_hand = None, (("", None), None)
        for event in self.events_since:
            whole.apply(event)
        exchange, records = self.exchange, self.records
        vars(exchange).update(vars(whole.exchange))
        vars(records).update(vars(whole.records))
        vars(self).update(vars(whole))
        self.exchange, self.records = exchange, records

    def need(self, uid: str) -> None:
        """Tell the events again that bear on a row, where that has not been done."""
        if self._recall is None or uid in self._told:
            return None
        try:
            events = self._recall.events(positions(self._recall, "row", uid))
        except Forgotten:
            return self.complete()
        self._told.add(uid)
        self._at_hand = ("", None), None
        self._rows.pop(uid, None)
        for event in events:
            if isinstance(event.fact, Returned):  # so that nothing is asked for halfway
                self.exchange.need("issued", event.fact.issued)
        for event in () if self.is_whole else events:
            fact = event.fact
            self.transactions[event.seq] = event.tx
            if isinstance(fact, RowAdded):
                self._add_row(event, fact)
            elif isinstance(fact, Returned):
                self._take_writes(event, self._about(event.seq, fact, uid))
            else:
                assert isinstance(fact, Decided)
                self._take_decision(event, fact)
        return None

    def _about(self, seq: int, fact: Returned, uid: str) -> Returned:
        """What a return says of a row: many of its rows may be asked for, one after the other."""
        if seq not in self._by_row:
            found = self._by_row[seq] = defaultdict(list)
            for write in fact.assertions:
                found[write.uid].append(write)
        return replace(fact, assertions=tuple(self._by_row[seq].get(uid, ())))

    def _names(self) -> Iterable[str]:
        """The uids of all rows that ever were, as they came."""
        return [*dict.fromkeys((*self._outline.rows, *dict.keys(self.rows)))]

    def _rows_with(self, uid: str | None) -> dict[str, RowAdded]:
        self.complete() if uid is None else self.need(uid)
        return self.rows

    def _seqs_with(self, uid: str | None) -> dict[str, int]:
        self.complete() if uid is None else self.need(uid)
        return self.row_seq

    def apply(self, event: Event) -> frozenset[CellKey]:
        """As of a whole one."""
        fact = event.fact
        moved = isinstance(fact, Decided) and fact.kind in OF_FILE
        if moved or isinstance(fact, Defined | Undone):
            self.complete()
        for topic, name, _ in () if self.is_whole else bears_on(event):
            if topic in ("row", "added"):
                self.need(name)
            else:
                self.exchange.need(topic, name)
        self.events_since.append(event)
        return super().apply(event)

    # What stands, by the outline

    def _line(self, uid: str, as_of: int | None = None) -> RowLine | None:
        """The line of a row that was not touched since, where it tells what held at a position."""
        line = None if self.is_whole or uid in self._told else self._outline.rows.get(uid)
        if line is None or as_of is None:
            return line
        return line if as_of >= line.last and as_of >= self._definitions[-1][0] else None

    def _standing(self, uid: str, as_of: int | None) -> Standing | None:
        line = self._line(uid, as_of)
        if self._recall is None or line is None or not line.there:
            return None
        try:
            return self._recall.standing(uid)
        except Forgotten:
            self.complete()
            return None

    def standing(
        self, uid: str, names: Sequence[str], as_of: int | None
    ) -> list[tuple[Value, list[str]]] | None:
        """What these fields of a row show, with the writes behind each; None where that was not
        kept of all of them."""
        if not self._fields.issuperset(names) or (found := self._standing(uid, as_of)) is None:
            return None
        return [found.shown.get(name, (None, [])) for name in names]

    def kind_of(self, uid: str) -> str:
        """As of a whole one."""
        line = self._line(uid)
        if line is not None:
            return line.kind
        if uid in self._told:  # all that bears on it is there
            row = dict.get(self.rows, uid)
            return row.kind if row is not None else ""
        return super().kind_of(uid)

    def ref(self, uid: str, as_of: int | None = None) -> str:
        """As of a whole one."""
        line = self._line(uid, as_of)
        return line.ref if line is not None else super().ref(uid, as_of)

    def uids(self, kind: str, as_of: int | None = None) -> list[str]:
        """As of a whole one."""
        now = as_of is None or as_of >= max(self._outline.moved, self.moved)
        if self.is_whole or (self.undone and not now):  # what was taken back had been there
            rows = (self.row_at(uid, as_of) for uid in self.rows)
            there = [(row.order, row.uid) for row in rows if row is not None and row.kind == kind]
            return [uid for _, uid in sorted(there)]
        lines = ((uid, self._line(uid)) for uid in self._outline.rows)
        found = [
            (line.order, uid)
            for uid, line in lines
            if line is not None and line.kind == kind
            if (line.there if now or as_of is None else line.since <= as_of)
        ]
        told = (self.row_at(uid, as_of) for uid in self._told)
        found += [(row.order, row.uid) for row in told if row is not None and row.kind == kind]
        return [uid for _, uid in sorted(found)]

    def master_row(self, uid: str, as_of: int | None = None) -> MasterRow:
        """As of a whole one."""
        standing = self._standing(uid, as_of)
        if standing is not None:
            return standing.row
        if self._recall is not None and as_of is not None:
            with suppress(Forgotten):
                if (row := self._recall.seen(uid, as_of)) is not None:
                    return row
        return super().master_row(uid, as_of)

    def value(self, uid: str, field_id: str, as_of: int | None = None) -> Value:
        """As of a whole one."""
        if field_id == STATUS:
            line = self._line(uid, as_of)
            return line.status if line and line.there else super().value(uid, field_id, as_of)
        if self._at_hand[0] != (uid, as_of):  # a row is asked for cell by cell
            self._at_hand = (uid, as_of), self._standing(uid, as_of)
        standing = self._at_hand[1]
        if standing is not None and field_id in self._fields:
            return standing.shown.get(field_id, (None, []))[0]
        return super().value(uid, field_id, as_of)

    def shown(self, key: CellKey, as_of: int) -> tuple[Value, list[str]]:
        """As of a whole one."""
        standing = self._standing(key[0], as_of)
        if standing is not None and key[1] in self._fields:
            return standing.shown.get(key[1], (None, []))
        return super().shown(key, as_of)

    def untouched(self, uid: str, as_of: int | None = None) -> RowAdded | None:
        """As of a whole one; None for rows that were kept as they stand."""
        kept = self._recall is not None and uid in self._outline.rows
        return None if kept else super().untouched(uid, as_of)

    def last_touched(self, uid: str) -> int:
        """As of a whole one."""
        line = self._outline.rows.get(uid)
        return max(super().last_touched(uid), line.last if line is not None else 0)

    def timeline(self, uid: str) -> Timeline | None:
        """That of a row which nothing was written to since; None for others."""
        if self._recall is not None and self._line(uid) is not None:
            try:
                return self._recall.timeline(uid)
            except Forgotten:
                self.complete()
        return None

    def added_at(self, uid: str) -> list[int]:
        """As of a whole one."""
        self.row_at(uid)
        return super().added_at(uid)

    def is_there(self, uid: str) -> bool:
        """As of a whole one."""
        line = self._line(uid)
        return line.there if line is not None else super().is_there(uid)

    def row_at(self, uid: str, as_of: int | None = None) -> RowAdded | None:
        """As of a whole one; what was written to the row since is not asked for."""
        if self._recall is not None and uid not in self._rows:
            try:
                added = self._recall.events(positions(self._recall, "added", uid))
            except Forgotten:
                self.complete()
            else:
                facts = ((event.seq, event.fact) for event in added)
                self._rows[uid] = [(seq, f) for seq, f in facts if isinstance(f, RowAdded)]
        return super().row_at(uid, as_of)

    @property
    def decisions(self) -> Mapping[str, Decided]:
        """As of a whole one."""
        self.complete()
        return self._decisions
