"""A state of which only what is asked for is read: by row, by workbook, by file.

An `Outline` says of a ledger what no command can do without. What it says of a row, and what the
row holds, answers for the row as long as nothing was written there; of any other moment, and of
what is written now, the events that bear on that row are told again, and no others. Whoever asks
for everything gets everything: then the ledger is replayed after all, as it is where anything that
was kept of it cannot be believed. The answers are those of a `State` that replayed it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from xlplan.merge.recalled_parts import RecalledExchange, RecalledRecords
from xlplan.merge.records import row_write_id
from xlplan.merge.settled import Settled, builds_on
from xlplan.merge.state import State
from xlplan.merge.timeline import brought_forward
from xlplan.plan.definition import STATUS, PlanDefinition
from xlplan.plan.values import Value


class Recalled(State):
    """See the module. It becomes a whole state in its place when everything is asked for."""

    exchange: RecalledExchange
    records: RecalledRecords

    def __init__(self, load: Callable[[str], PlanDefinition], recall: Recall) -> None:
        super().__init__(load)
        self._recall: Recall | None = recall
        self._outline = outline = recall.outline
        self.events_since: list[Event] = []
        """What was applied to it."""
        self._came: defaultdict[str, list[Event]] = defaultdict(list)
        """The same by the rows on which it bears."""
        self._fields: frozenset[str] = frozenset()
        self._at_hand: tuple[tuple[str, int | None], Standing | None] = ("", None), None
        """A row as of a position, as `_standing` has it."""
        self._by_row: dict[int, dict[str, list[Write]]] = {}
        self._told: dict[str, int] = {}
        """The rows whose events have been told again, and since which position all of them: what
        had been settled before was left out."""
        self._telling = ""
        self.rows = OnDemand(self._rows_with, self._names)
        self.row_seq = OnDemand(self._seqs_with)
        self.records = RecalledRecords(self)
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

    def need(self, uid: str, since: int | None = None) -> None:
        """Tell the events again that bear on a row, where that has not been done: all of them, or
        those that matter to who looks at what held at a position and came after."""
        told = self._told.get(uid)
        if told is not None and (not told or (since is not None and since >= told)):
            return
        if self._recall is None or uid == self._telling:
            return
        settled = None if since is None or told is not None else self._recall.settled(uid)
        if settled is not None and since is not None and since < settled.since:
            settled = None
        try:
            events, settled = self._events_of(uid, settled)
        except Forgotten:
            self.complete()
        if self.is_whole:
            return
        if told is not None:  # not enough of it: once more, with what came since
            for key in self.records.forget(uid):
                self._cells.pop(key, None)
            events += self._came[uid]
        self._told[uid] = settled.since if settled is not None else 0
        self._at_hand = ("", None), None
        self._rows.pop(uid, None)
        for event in events:
            if isinstance(event.fact, Returned):  # so that nothing is asked for halfway
                self.exchange.need("issued", event.fact.issued)
        if not self.is_whole:
            self._telling, before = uid, self._telling
            self._tell(uid, events, settled)
            self._telling = before

    def _events_of(self, uid: str, settled: Settled | None) -> tuple[list[Event], Settled | None]:
        """The events that are told of a row, without what was settled if that suffices for all
        that came after; and what was settled, if so."""
        recall = self._recall
        assert recall is not None
        known = positions(recall, "row", uid)
        if settled is not None:
            later = recall.events(seq for seq in known if seq > settled.since)
            if all(builds_on(self, event, settled) for event in later):
                told = {*settled.positions, *positions(recall, "added", uid)}
                old = (seq for seq in known if seq <= settled.since and seq in told)
                return [*recall.events(old), *later], settled
        return recall.events(known), None

    def _tell(self, uid: str, events: Iterable[Event], settled: Settled | None) -> None:
        for event in events:
            fact = event.fact
            self.transactions[event.seq] = event.tx
            cells = settled.cells if settled is not None and event.seq <= settled.since else None
            if isinstance(fact, RowAdded):
                self._add_row(event, fact)
            elif isinstance(fact, Returned):
                about = self._about(event.seq, fact, uid)
                if cells is None:
                    self._take_writes(event, about)
                    continue
                told = tuple(w for w in about.assertions if w.id.stored in cells[w.field].ids)
                self._take_writes(event, replace(about, assertions=told))
                for write in told:
                    self._set_right(write, cells[write.field].saw.get(write.id.stored))
            else:
                assert isinstance(fact, Decided)
                self._take_decision(event, fact)

    def _set_right(self, write: Write, saw: Sequence[str] | None) -> None:
        """Let a write have seen what it saw of those that are told (None: what its row brought)."""
        ((_, row), *_) = self._rows[write.uid]
        came = (row_write_id(row, write.field),) if write.field in row.values else ()
        seen = came if saw is None else map(Id.of, saw)
        self.records.saw(write.key, write.id, frozenset(seen))

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
        self.complete() if uid is None else self.need(uid, self.seq)
        return self.rows

    def _seqs_with(self, uid: str | None) -> dict[str, int]:
        self.complete() if uid is None else self.need(uid, self.seq)
        return self.row_seq

    def apply(self, event: Event) -> frozenset[CellKey]:
        """As of a whole one."""
        fact = event.fact
        moved = isinstance(fact, Decided) and fact.kind in OF_FILE
        if moved or isinstance(fact, Defined | Undone):
            self.complete()
        since = None if isinstance(fact, Decided) else self.seq
        if isinstance(fact, Returned):
            issued = self.issued.get(fact.issued)
            since = issued.as_of if issued is not None else None
        for topic, name, _ in () if self.is_whole else bears_on(event):
            if topic in ("row", "added"):
                self.need(name, since)
                if topic == "row":
                    self._came[name].append(event)
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
        """That of a row which was kept, with what was written to it since; None for others."""
        if self._recall is None or uid not in self._outline.rows:
            return None
        try:
            known = self._recall.timeline(uid)
        except Forgotten:
            self.complete()
            return None
        if any(isinstance(event.fact, RowAdded) for event in self._came[uid]):
            return None
        last = self._outline.seq
        return brought_forward(self, uid, known, last) if uid in self.touched_at else known

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
