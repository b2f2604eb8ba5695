"""The state of a plan: every fact of the ledger applied in order, and asked in many ways.

`State` is the one place where facts become cells. It only ever grows (`apply`); asking never
changes it. Whatever it answers is a pure function of the facts applied so far.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from xlplan.merge.bases import Bases
from xlplan.merge.exchange import Exchange
from xlplan.merge.kinds import OF_FILE, WAYS, Id, Kind
from xlplan.merge.model import (
    COORDINATOR,
    CellKey,
    Decided,
    Defined,
    Event,
    Issued,
    MasterRow,
    Posted,
    Published,
    Returned,
    RowAdded,
    Timeline,
    Undone,
    Write,
)
from xlplan.merge.reading import part_of
from xlplan.merge.records import Records, row_of, row_write_id
from xlplan.merge.register import CellState, as_read, settle, visible
from xlplan.plan.accounted import AccountLine
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import Readings, Value, show


class State:
    """See the module. `load` turns the text of a plan definition into its values."""

    def __init__(self, load: Callable[[str], PlanDefinition]) -> None:
        self._load = load
        self.records = Records()
        self.bases = Bases()
        self._rows: dict[str, list[tuple[int, RowAdded]]] = defaultdict(list)
        self._definitions: list[tuple[int, Callable[[], PlanDefinition]]] = []
        self._cells: dict[CellKey, dict[int | None, CellState]] = defaultdict(dict)
        self._readings: dict[int, Readings] = {}
        self.transactions: dict[int, int] = {}  # that of each position
        self.tx = self.seq = 0
        self.moved = 0
        """The last position at which more was recorded than that a workbook went out."""
        self.touched_at: dict[str, int] = {}
        """The position at which each row was written to last."""
        self.at = self.definition_digest = self.definition_text = ""
        self.chosen: Mapping[str, tuple[str, ...]] = {}
        """What was said of the spreadsheet when it was imported, by option."""
        self.account: Sequence[AccountLine] = ()
        self.proposed = 0
        """The position of the definition that was last proposed from the spreadsheet."""
        self.imported = 0
        """The position at which the plan had been imported: what a first board compares with."""
        self.rows: dict[str, RowAdded] = {}
        self.row_seq: dict[str, int] = {}
        self.exchange = Exchange()
        self._parts_of: dict[str, list[tuple[int, Returned]]] = defaultdict(list)
        self._decisions: dict[str, Decided] = {}
        self.came_at: dict[str, str] = {}  # when what each source brought in was recorded
        self.has_moved = False  # whether an answer was given about rows that were moved
        self.published: list[tuple[Event, Published]] = []
        self.undone: list[tuple[Event, Undone]] = []

    @property
    def issued(self) -> Mapping[str, Issued]:
        """Every workbook that went out, by its id."""
        return self.exchange.issued

    @property
    def returns(self) -> Mapping[str, Returned]:
        """Every file that came back, by its id."""
        return self.exchange.returns

    @property
    def return_events(self) -> Sequence[Event]:
        """The events that recorded them, in order."""
        return self.exchange.return_events

    @property
    def defined(self) -> list[int]:
        """Where each definition was recorded."""
        return [seq for seq, _ in self._definitions]

    @property
    def decisions(self) -> Mapping[str, Decided]:
        """Every answer, by its id."""
        return self._decisions

    def decision(self, source: str) -> Decided | None:
        """The decision that brought in a write, by the write's source; None for a return."""
        return self._decisions.get(source)

    @property
    def definition(self) -> PlanDefinition:
        """The plan definition as it stands."""
        return self._definitions[-1][1]()

    def definition_at(self, as_of: int) -> PlanDefinition:
        """The plan definition as it stood at a position of the ledger."""
        last, definition = self._definitions[-1]
        if last <= as_of:
            return definition()
        return [known for seq, known in self._definitions if seq <= as_of][-1]()

    def apply(self, event: Event) -> frozenset[CellKey]:
        """Take in one event; return the cells that it may have moved."""
        self.transactions[event.seq] = self.tx = event.tx
        self.seq, self.at = event.seq, event.at
        fact = event.fact
        if not isinstance(fact, Issued | Published):
            self.moved = event.seq
        if isinstance(fact, Defined):
            definition = self._load(fact.text)
            self._define(event.seq, fact, lambda: definition)
            self._cells.clear()
            return frozenset()
        if isinstance(fact, RowAdded):
            self.imported = event.seq if fact.origin == "import" else self.imported
            return self._touch(self._add_row(event, fact))
        if isinstance(fact, Returned):
            self.exchange.take(event, fact)
            return self._touch(self._take_writes(event, fact))
        if isinstance(fact, Decided):
            return self._touch(self._take_decision(event, fact))
        if isinstance(fact, Undone):
            return self._touch(self._take_back(event, fact))
        if isinstance(fact, Issued):
            self.exchange.issue(event, fact)
        elif isinstance(fact, Posted):
            self.exchange.post(event, fact)
        elif isinstance(fact, Published):
            self.published.append((event, fact))
        else:
            self.exchange.rekey(event)
        return frozenset()

    def _define(self, seq: int, fact: Defined, read: Callable[[], PlanDefinition]) -> None:
        self._definitions.append((seq, read))
        self.definition_digest = fact.sha256
        self.definition_text = fact.text
        self.chosen = fact.chosen or self.chosen
        self.account = fact.account or self.account
        if "edited" not in fact.chosen and (fact.chosen or not self.proposed):
            self.proposed = seq

    def _touch(self, cells: Iterable[CellKey]) -> frozenset[CellKey]:
        for key in (touched := frozenset(cells)):
            self._cells.pop(key, None)
            self.touched_at[key[0]] = self.seq
        return touched

    def _add_row(self, event: Event, fact: RowAdded) -> list[CellKey]:
        self.rows[fact.uid] = fact
        self.row_seq[fact.uid] = event.seq
        self._rows[fact.uid].append((event.seq, fact))
        self.records.add(event.seq, fact)
        return [(fact.uid, field_id) for field_id in fact.values]

    def _take_writes(
        self, event: Event, fact: Returned, saw: Callable[[Write], frozenset[Id]] | None = None
    ) -> list[CellKey]:
        """Take in what a file says, by default with what was visible in its workbook."""
        issued = self.issued.get(fact.issued)
        self.came_at.setdefault(fact.id, event.at)
        for item in fact.assertions:
            new = not self.records.knows(item.key, item.id)
            agreed = issued and new and self.records.is_agreed(item.key, issued.as_of)
            seen = saw(item) if saw else frozenset()
            if issued and new and not saw:
                seen = self.saw(item.key, issued, event.seq)
            place = item.place if item.place.file else replace(item.place, file=fact.file)
            self.records.see(replace(
                item, place=place, seq=event.seq, source=fact.id, saw=seen, cycle=fact.cycle,
                period=self.exchange.periods.get(fact.cycle, 0), stamp=fact.saved_at,
                timed=bool(fact.saved_at),
            ))  # fmt: skip
            if agreed:
                self.records.agree(item.key, event.seq)
        return [item.key for item in fact.assertions]

    def saw(self, key: CellKey, issued: Issued, seq: int | None = None) -> frozenset[Id]:
        """The writes on a cell that were visible in an issued workbook, as they were read at a
        position (default: now); in one for corrections also what its author is to correct."""
        everything = issued.author == COORDINATOR
        if not issued.corrects and self.records.is_agreed(key, issued.as_of):
            return self.records.ids(key, standing=not everything)
        then = self.definition if seq is None else self.definition_at(seq)
        if seq is not None and (len(self._definitions) == 1 or seq < self._definitions[1][0]):
            writes = self.records.writes(key, issued.as_of, issued.as_of)
        else:
            writes = self.live(key, issued.as_of, then, issued.as_of)
        state = settle(self.field_of(key, then), writes)
        own = {w.id for w in writes if issued.corrects and w.asks and w.author == issued.author}
        return visible(state, writes, everything=everything) | own

    def _take_decision(self, event: Event, fact: Decided) -> list[CellKey]:
        self._decisions[fact.id], self.came_at[fact.id] = fact, event.at
        self.has_moved |= fact.kind in OF_FILE
        kind = Kind.RULE if fact.kind == Kind.RULE else Kind.DECISION
        write = Write(
            Id(fact.id), kind, COORDINATOR, fact.uid, fact.field, fact.value, place=fact.place,
            seq=event.seq, source=fact.id, saw=fact.saw, answered=fact.answered, timed=False,
            writes=fact.writes,
        )  # fmt: skip
        self.records.see(write)
        found = [write.key]
        for part in self.parts_of(fact):
            self._parts_of[part.issued].append((event.seq, part))
            found += self._take_writes(event, part)
        return found

    def parts_of(self, fact: Decided) -> list[Returned]:
        """What an answer about rows that were moved brings in: the part of each file."""
        return [
            part_of(self.returns[copy.source], copy, fact)
            for copy in self.copies((fact.uid, fact.field))
            if copy.id in fact.saw and WAYS.get(fact.choice) in copy.readings
        ]

    def _take_back(self, event: Event, fact: Undone) -> list[CellKey]:
        self.undone.append((event, fact))
        self.records.retract(gone := {fact.return_id, *fact.decisions}, event.seq)
        return self.records.touched_by(gone)

    def is_live(self, source: str, seq: int, as_of: int) -> bool:
        """Whether what `source` brought in at `seq` had not been taken back by `as_of`."""
        return self.records.is_live(source, seq, as_of)

    def live(
        self, key: CellKey, as_of: int | None = None,
        definition: PlanDefinition | None = None, since: int | None = None,
    ) -> list[Write]:  # fmt: skip
        """The live writes of a cell, standing or not, as of a position of the ledger.

        Values are read by `definition` (default: as it stands), so that a renamed rating or lead
        means the same in what was written before. Who looks only at what stood at a position and
        came after gives that as `since`: what was settled by then may be left out.
        """
        writes = self.records.writes(key, self.seq if as_of is None else as_of, since)
        readings = self._read_by(definition or self.definition)
        item = None if readings is None else self.field_of(key, definition)
        if readings is None or item is None:
            return writes
        return [as_read(readings, item, write) for write in writes]

    def _read_by(self, definition: PlanDefinition) -> Readings | None:
        """How a definition reads values; None where the plan never had another."""
        if len(self._definitions) == 1:
            return None
        if id(definition) not in self._readings:
            self._readings[id(definition)] = Readings(definition)
        return self._readings[id(definition)]

    def read(self, key: CellKey, value: Value, definition: PlanDefinition) -> Value:
        """What a value of a cell means by a definition."""
        readings = self._read_by(definition)
        item = None if readings is None else self.field_of(key, definition)
        return value if readings is None or item is None else readings.of(item, value)

    def copies(self, key: CellKey) -> list[Write]:
        """Every live copy of each live write of a cell, as its own file has it; but of what was
        settled before."""
        return self.records.copies(key, self.seq, self.seq)

    def live_returned(self, event: Event) -> Returned | None:
        """The return that an event recorded; None where it has been taken back."""
        fact = event.fact
        if isinstance(fact, Returned) and self.is_live(fact.id, event.seq, self.seq):
            return fact
        return None

    def live_returns(self, issued: str) -> list[Returned]:
        """The returns of an issued workbook that have not been taken back, in ledger order."""
        found = map(self.live_returned, self.exchange.events_of(issued))
        return [fact for fact in found if fact is not None]

    def live_parts(self, issued: str) -> list[Returned]:
        """What answers about rows that were moved brought in of its returns."""
        return [p for seq, p in self._parts_of[issued] if self.is_live(p.id, seq, self.seq)]

    def live_return_of(self, digest: str) -> Returned | None:
        """The return with these bytes, where it has not been taken back."""
        found = map(self.live_returned, self.exchange.events_with(digest))
        return next((fact for fact in found if fact is not None), None)

    def cell(self, key: CellKey, as_of: int | None = None) -> CellState:
        """What a cell holds, as of a position of the ledger."""
        when = None if as_of is None or as_of >= self.seq else as_of
        known = self._cells[key]
        if when not in known:
            writes = self.live(key, as_of, None, self.seq if as_of is None else as_of)
            known[when] = settle(self.field_of(key), writes)
        return known[when]

    def value(self, uid: str, field_id: str, as_of: int | None = None) -> Value:
        """The value that the master shows in a cell."""
        key = (uid, field_id)
        alone = self.records.alone(key)
        if alone is None:
            return self.cell(key, as_of).value if self.records.has(key) else None
        seq, row = alone
        if as_of is not None and as_of < seq:
            return None
        return self.read(key, row.values[field_id], self.definition)

    def last_touched(self, uid: str) -> int:
        """The position at which a row was written to last."""
        return self.touched_at.get(uid, 0)

    def timeline(self, uid: str) -> Timeline | None:  # noqa: ARG002  # a whole one keeps none
        """The timeline of a row as it was kept (see `timeline.py`), or None."""
        return None

    def added_at(self, uid: str) -> list[int]:
        """The positions at which a row was added to the plan, first and again."""
        return [seq for seq, _ in self._rows.get(uid, ())]

    def field_of(self, key: CellKey, definition: PlanDefinition | None = None) -> Field | None:
        """The field of a cell, retired ones included, by a definition (default: as it stands)."""
        kind = self.kind_of(key[0]) or "action"
        return (definition or self.definition).find(key[1], kind)

    def kind_of(self, uid: str) -> str:
        """The kind of a row, also of one that was taken back; blank where there never was one."""
        row = self.rows.get(uid)
        return row.kind if row is not None else ""

    def cell_as_issued(self, key: CellKey, as_of: int) -> CellState:
        """What a cell held as of a position, by the definition of that time: what was issued."""
        then = self.definition_at(as_of)
        if then is self.definition:
            return self.cell(key, as_of)
        return settle(self.field_of(key, then), self.live(key, as_of, then, as_of))

    def row_at(self, uid: str, as_of: int | None = None) -> RowAdded | None:
        """A row as it was added last, or None where it is not, or not yet, in the plan."""
        until = self.seq if as_of is None else as_of
        live = [row for seq, row in self._rows.get(uid, ())
                if seq <= until and self.is_live(row.source, seq, until)]  # fmt: skip
        return live[-1] if live else None

    def is_there(self, uid: str) -> bool:
        """Whether a row is in the plan."""
        return self.row_at(uid) is not None

    def uids(self, kind: str, as_of: int | None = None) -> list[str]:
        """The rows of a kind, in the order of the plan."""
        until = self.seq if as_of is None else as_of
        last, live = ((u, *added[-1]) for u, added in self._rows.items()), self.is_live
        found = ((u, r if n <= until and live(r.source, n, until) else None) for u, n, r in last)
        rows = (row or self.row_at(uid, as_of) for uid, row in found)
        return [uid for _, uid in sorted((r.order, r.uid) for r in rows if r and r.kind == kind)]

    def master(self, kind: str = "action", as_of: int | None = None) -> list[MasterRow]:
        """The master as it stands, or stood: every row of a kind in the order of the plan."""
        return [self.master_row(uid, as_of) for uid in self.uids(kind, as_of)]

    def master_row(self, uid: str, as_of: int | None = None) -> MasterRow:
        """One row of the master."""
        return row_of(self, uid, as_of)

    def untouched(self, uid: str, as_of: int | None = None) -> RowAdded | None:
        """A row of which the cells hold as of a position what it brought in and nothing else; None
        for others, and where the plan was defined otherwise since."""
        found = self.records.untouched(uid) if len(self._definitions) == 1 else None
        return found[1] if found is not None and (as_of is None or as_of >= found[0]) else None

    def ref(self, uid: str, as_of: int | None = None) -> str:
        """The ref that people see for a row, or ``""``."""
        kind = self.kind_of(uid)
        key = self.definition.with_role("key", kind) if kind else None
        return show(self.value(uid, key.id, as_of)) if key else ""

    def shown(self, key: CellKey, as_of: int) -> tuple[Value, list[str]]:
        """What a cell showed as of a position, and the ids of the writes behind it."""
        alone = self.records.alone(key)
        if alone is None:
            cell = self.cell_as_issued(key, as_of)
            return cell.value, [head.id.stored for head in cell.heads]
        seq, row = alone
        if as_of < seq:
            return None, []
        value = self.read(key, row.values[key[1]], self.definition_at(as_of))
        return value, [row_write_id(row, key[1]).stored]
