"""A state of which only what is asked for is read: by row, by workbook, by file.

An `Outline` says of a ledger what no command can do without. What it says of a row, and what the
row holds, answers for the row as long as nothing was written there; of any other moment, and of
what is written now, the events that bear on that row are told again, and no others. Whoever asks
for everything gets everything: then the ledger is replayed after all, as it is where anything that
was kept of it cannot be believed. The answers are those of a `State` that replayed it all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial

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
from xlplan.merge.retold import Retold
from xlplan.merge.timeline import brought_forward
from xlplan.plan.definition import STATUS, PlanDefinition
from xlplan.plan.values import Value


class Recalled(Retold):
    """See the module. It becomes a whole state in its place when everything is asked for."""

    def __init__(self, load: Callable[[str], PlanDefinition], recall: Recall) -> None:
        super().__init__(load, recall)
        outline = self._outline
        self.events_since: list[Event] = []
        """What was applied to it."""
        self._fields: frozenset[str] = frozenset()
        self._made: dict[str, tuple[int, MasterRow]] = {}
        self._at_board: tuple[int, dict[str, list[MasterRow]]] = 0, {}
        """The rows of each kind as of the position of a board: what it showed is kept with it."""
        self._at_hand: tuple[object, Standing | None] = None, None
        """A row as of a position, as `_standing` has it."""
        self.rows = OnDemand(self._rows_with, self._names)
        self.row_seq = OnDemand(self._seqs_with)
        self.seq, self.tx, self.at = outline.seq, outline.tx, outline.at
        self.moved, self.imported = outline.moved, outline.imported
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

    def complete(self) -> None:
        """Become a state that replayed everything."""
        if self._recall is None:
            return
        whole = self._recall.whole().state
        self._recall, self._at_hand = None, (None, None)
        self._resting.clear()
        self._made.clear()
        self._at_board = 0, {}
        for event in self.events_since:
            whole.apply(event)
        exchange, records = self.exchange, self.records
        vars(exchange).update(vars(whole.exchange))
        vars(records).update(vars(whole.records))
        vars(self).update(vars(whole))
        self.exchange, self.records = exchange, records

    def _names(self) -> Iterable[str]:
        """The uids of all rows that ever were, as they came."""
        return [*dict.fromkeys((*self._outline.rows, *dict.keys(self.rows)))]

    def _rows_with(self, uid: str | None) -> dict[str, RowAdded]:
        self.complete() if uid is None else self.need_row(uid, self.seq)
        return self.rows

    def _seqs_with(self, uid: str | None) -> dict[str, int]:
        self.complete() if uid is None else self.need_row(uid, self.seq)
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
            for item in fact.assertions:
                self.need_cell(item.key, since)
        for topic, name, _ in () if self.is_whole else bears_on(event):
            if topic in ("row", "added"):
                if not isinstance(fact, Returned):
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
        """As a row stands, where nothing was written to it since it was kept."""
        if not self._fields.issuperset(names) or (found := self._standing(uid, as_of)) is None:
            return None
        return [found.shown(name) for name in names]

    def kind_of(self, uid: str) -> str:
        """As of a whole one."""
        line = None if self.is_whole else self._outline.rows.get(uid)
        if line is not None and uid not in self._told:
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

    def master(self, kind: str = "action", as_of: int | None = None) -> list[MasterRow]:
        """As of a whole one; those of the position that was asked for last are remembered."""
        if as_of is None or as_of > self.seq or self.is_whole:
            return super().master(kind, as_of)
        if self._at_board[0] != as_of:
            self._at_board = as_of, {}
        known = self._at_board[1]
        if kind not in known:
            known[kind] = super().master(kind, as_of)
        return [*known[kind]]

    def master_row(self, uid: str, as_of: int | None = None) -> MasterRow:
        """As of a whole one."""
        standing = self._standing(uid, as_of)
        if standing is not None:
            return standing.row
        if self._recall is None:
            return super().master_row(uid, as_of)
        if as_of is None or as_of >= self.seq:
            return self._row_now(uid)
        with suppress(Forgotten):
            if (row := self._recall.seen(uid, as_of)) is not None:
                return row
        return super().master_row(uid, as_of)

    def _row_now(self, uid: str) -> MasterRow:
        """A row that was written to, made once until it is written to again."""
        last, known = self.last_touched(uid), self._made.get(uid)
        if known is None or known[0] != last:
            known = self._made[uid] = last, super().master_row(uid)
        return known[1]

    def value(self, uid: str, field_id: str, as_of: int | None = None) -> Value:
        """As of a whole one."""
        if field_id == STATUS:
            line = self._line(uid, as_of)
            return line.status if line and line.there else super().value(uid, field_id, as_of)
        asked = uid, as_of, uid in self._told
        if self._at_hand[0] != asked:  # a row is asked for cell by cell
            self._at_hand = asked, self._standing(uid, as_of)
        standing = self._at_hand[1]
        if standing is not None and field_id in self._fields:
            return standing.shown(field_id)[0]
        rests = self._at_rest((uid, field_id), as_of)
        return rests[0] if rests is not None else super().value(uid, field_id, as_of)

    def shown(self, key: CellKey, as_of: int) -> tuple[Value, list[str]]:
        """As of a whole one."""
        standing = self._standing(key[0], as_of)
        if standing is not None and key[1] in self._fields:
            return standing.shown(key[1])
        rests = self._at_rest(key, as_of)
        return rests if rests is not None else super().shown(key, as_of)

    def at_rest(self, uid: str, as_of: int | None) -> Mapping[str, tuple[Value, list[str]]]:
        """What the cells of a row that was written to show that rest: what was kept of them."""
        if self._recall is None or (settled := self._resting.get(uid)) is None:
            return {}
        known = max(settled.since, self._definitions[-1][0])
        if (as_of is not None and as_of < known) or not self._outline.rows[uid].there:
            return {}
        names = self._fields.intersection(settled.cells)
        try:
            standing = self._recall.standing(uid) if names else None
        except Forgotten:
            self.complete()
            return {}
        return {name: standing.shown(name) for name in names} if standing is not None else {}

    def _at_rest(self, key: CellKey, as_of: int | None) -> tuple[Value, list[str]] | None:
        return self.at_rest(key[0], as_of).get(key[1]) if self.rests(key) else None

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
