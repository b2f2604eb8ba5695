"""The change log: what each transaction of the ledger changed, cell by cell, and in which cycle.

The same events give the same log; nothing that is computed here is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.merge.kinds import OF_FILE, Kind
from xlplan.merge.model import (
    COORDINATOR,
    RULE,
    CellKey,
    Change,
    Decided,
    Event,
    Fact,
    Issued,
    Place,
    Published,
    Returned,
    RowAdded,
    Undone,
    Write,
)
from xlplan.merge.records import recent
from xlplan.merge.register import CellState, settle
from xlplan.merge.state import State
from xlplan.merge.ticks import box_by_box
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value


class History(Struct):
    """The state together with every change on the way to it, oldest first."""

    state: State
    made: list[Change] = field(default_factory=list)
    """Those that were made since the state began."""
    start: int = 0
    """The position up to which `before` gives them; then, after which they are there."""
    before: Callable[..., Sequence[Change]] = tuple
    """Those after a position, and maybe some before, up to where the state began."""
    earlier: Sequence[Change] = ()

    @property
    def changes(self) -> list[Change]:
        """All of them."""
        return self.since(0)

    def since(self, position: int) -> list[Change]:
        """Those that were made after a position, and maybe some before."""
        if position < self.start:
            self.earlier, self.start = self.before(position), position
        return [*self.earlier, *self.made]

    def extend(self, events: Iterable[Event]) -> list[Change]:
        """Apply further events; return the changes that they made, transaction by transaction."""
        made: list[Change] = []
        for _, group in groupby(events, key=lambda event: event.tx):
            step = Step(self.state)
            for event in group:
                step.apply(event)
            made.extend(step.changes())
        self.made.extend(made)
        return made


class Step:
    """One transaction while it is applied: remembers how the cells stood before it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._before: dict[CellKey, CellState] = {}
        self._cause: dict[CellKey, Event] = {}
        self._added: list[tuple[Event, RowAdded]] = []
        self._events: dict[int, Event] = {}

    def apply(self, event: Event) -> None:
        """Apply one event of the transaction."""
        fact = event.fact
        self._events[event.seq] = event
        if isinstance(fact, RowAdded) and fact.origin != "import" and self._is_new(fact):
            self._added.append((event, fact))
            for key in self.state.records.cells_of(fact.uid):
                # It was in the plan before: what was written on it meanwhile comes back with it.
                self._before.setdefault(key, CellState(fact.values.get(key[1])))
                self._cause[key] = event
        for key in _will_touch(self.state, event):
            self._before.setdefault(key, self.state.cell(key))
            self._cause[key] = event
        self.state.apply(event)

    @property
    def decided(self) -> list[Decided]:
        """The answers among its events."""
        facts = (event.fact for event in self._events.values())
        return [fact for fact in facts if isinstance(fact, Decided)]

    def _is_new(self, row: RowAdded) -> bool:
        """A row that another copy of a file brings once more is no second row."""
        return self.state.row_at(row.uid) is None

    def changes(self) -> list[Change]:
        """What the transaction changed so far, cell by cell."""
        made = [
            change
            for event, fact in self._added
            for change in _row_changes(self.state, event, fact)
        ]
        for key, was in self._before.items():
            now = self.state.cell(key)
            if now.value != was.value and key[0] in self.state.rows:
                cause = self._cause[key]
                made.extend(_changes_of(self.state, cause, key, was.value, now, self._events))
        return made


def replay(events: Iterable[Event], load: Callable[[str], PlanDefinition]) -> History:
    """The history that a sequence of events gives, from nothing."""
    history = History(State(load))
    history.extend(events)
    return history


def _will_touch(state: State, event: Event) -> list[CellKey]:
    """The cells that an event may move, before it is applied."""
    fact = event.fact
    if isinstance(fact, Returned):
        return list(dict.fromkeys(item.key for item in fact.assertions))
    if isinstance(fact, Decided):
        brought = (item.key for part in state.parts_of(fact) for item in part.assertions)
        return [(fact.uid, fact.field), *brought]
    if isinstance(fact, Undone) and fact.return_id in state.returns:  # else an import: no change
        return state.records.touched_by({fact.return_id, *fact.decisions})
    return []


def _changes_of(
    state: State,
    event: Event,
    key: CellKey,
    before: Value,
    now: CellState,
    events: Mapping[int, Event],
) -> Iterator[Change]:
    """The changes that led to what a cell holds now: one for each writer whose words it took in.

    Several people's entries, or elements of a set, may come in with one merge; each of them has a
    line of its own in the log, with the file and the cell that it came from.
    """
    heads = () if now.conflict or isinstance(event.fact, Undone) else now.heads
    fresh = sorted(
        (write for write in (*heads, *now.entries) if write.seq in events),
        key=lambda write: (write.seq, write.id),
    )
    several = len(fresh) > 1
    writes = recent(state, key) if several else ()
    item = state.field_of(key)
    elements = item is not None and item.field_type.elements
    for place, writer in enumerate(fresh[:-1], 1):
        later = {write.id for write in fresh[place:]}
        then = settle(item, [w for w in writes if w.id not in later])
        if then.value == now.value and elements:
            fresh = fresh[:place]  # who only says the same after that changed nothing
            break
        if then.value not in (before, now.value):
            yield from _apart(
                _change(state, events[writer.seq], key, before, then, writer, events), writer
            )
            before = then.value
    last = fresh[-1] if several else _writer(event, now, events)
    undone = isinstance(event.fact, Undone)
    source = event if last is None or undone else events.get(last.seq, event)
    yield from _apart(_change(state, source, key, before, now, last, events), last)


def _apart(change: Change, writer: Write | None) -> Iterator[Change]:
    """A change; that of steps which were ticked in boxes of their own, box by box."""
    if writer is None or not writer.cells or change.place is not writer.place:
        yield change
        return
    for before, after, place in box_by_box(change.before, change.after, writer.cells, change.place):
        yield replace(change, before=before, after=after, place=place)


def _change(
    state: State,
    event: Event,
    key: CellKey,
    before: Value,
    now: CellState,
    writer: Write | None,
    events: Mapping[int, Event],
) -> Change:
    by = None if isinstance(event.fact, Undone) else writer
    return Change(
        seq=event.seq,
        at=event.at,
        cycle=cycle_of(state, event),
        uid=key[0],
        action=state.ref(key[0]),
        field=key[1],
        before=before,
        after=now.value,
        by=COORDINATOR if by is None else _authors(now, by),
        place=Place() if by is None else by.place,
        kind="undo" if by is None else _kind(now, by, current_cycle(state)),
        return_id="" if writer is None else _brought_in_by(state, writer, event.fact, events),
        why=event.fact.why if isinstance(event.fact, Decided | Undone) else "",
    )


def _brought_in_by(state: State, writer: Write, fact: Fact, events: Mapping[int, Event]) -> str:
    """The id of the return that carried a write: for a decision, the workbook it was made in."""
    if writer.kind is not Kind.DECISION:
        answer = state.decision(writer.source)
        if answer is None or answer.kind not in OF_FILE:
            return writer.source
        moved = state.copies((answer.uid, answer.field))
        return next(copy.source for copy in moved if copy.place.file == writer.place.file)
    file = fact.place.file if isinstance(fact, Decided) else ""
    books = (event.fact for event in events.values())
    return next((b.id for b in books if isinstance(b, Returned) and file and b.file == file), "")


def _writer(event: Event, now: CellState, events: Mapping[int, Event]) -> Write | None:
    """The write behind what a cell now holds: one of this event's if there is one, else of its
    transaction, as where two copies of a file say the same and the first counts.

    While a conflict is open the cell may go on showing what the coordinator wrote; the return that
    crossed with it wrote something else.
    """
    live = [*now.heads, *now.entries]
    if now.conflict:
        live = [w for w in live if w.value == now.value] or live
    mine = [w for w in live if w.seq == event.seq] or [w for w in live if w.seq in events] or live
    return mine[0] if mine else None


def _authors(now: CellState, writer: Write) -> str:
    if writer.kind is Kind.ENTRY:
        return writer.author
    if writer.kind is Kind.RULE:
        return RULE
    return ", ".join(sorted({h.author for h in now.heads if h.value == writer.value}))


def _kind(now: CellState, writer: Write, period: str) -> str:
    """What a change was; an entry for an earlier period than the current one restates it."""
    if now.conflict:
        return "conflict"
    if writer.kind is Kind.ENTRY and writer.cycle != period:
        return "restatement"
    same = {head.author for head in now.heads if head.value == writer.value}
    if len(same) > 1 and writer.kind is Kind.EDIT:
        return "agreed"
    if writer.kind is Kind.EDIT and writer.author == COORDINATOR:
        return "master"
    return writer.kind.value


def _row_changes(state: State, event: Event, fact: RowAdded) -> Iterator[Change]:
    """What a new row brought in, the action itself first: each value with its own cell."""
    item = state.definition.with_role("action", fact.kind)
    first = item.id if item else ""
    names = [first, *(f.id for f in state.definition.fields_of(fact.kind) if f.id != first)]
    for name in names:
        if name == first or fact.values.get(name) is not None:
            place = fact.places.get(name) or next(iter(fact.places.values()), Place())
            yield Change(
                event.seq, event.at, cycle_of(state, event), fact.uid, state.ref(fact.uid), name,
                None, fact.values.get(name), fact.author, place, "row-added",
            )  # fmt: skip


def cycle_of(state: State, event: Event) -> str:
    """The cycle to which an event belongs: its own, else the one issued last before it."""
    fact = event.fact
    if isinstance(fact, Returned | Published | Issued) and fact.cycle:
        return fact.cycle
    return current_cycle(state)


def current_cycle(state: State) -> str:
    """The id of the cycle for which templates were issued last, or ``""``."""
    return state.exchange.cycle


def counts_for(state: State, returned: Returned, seq: int) -> str:
    """The cycle for which a return counts that was recorded at `seq`: the last one in which its
    lead had been asked by then.

    Whoever answers on the form of an earlier cycle has answered, and is not chased for another.
    """
    issued = state.issued.get(returned.issued)
    if issued is None or issued.document != "template":
        return returned.cycle
    names = state.exchange.names_of(issued.author, state.definition)
    return state.exchange.asked_last(names, seq)
