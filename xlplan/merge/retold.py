"""The rows of a state that is recalled, of which the events that bear on them are told again.

A row is told when something is asked of it that was not kept: all of it, or what came since it had
been settled (see `settled.py`). Then its other cells rest: of these too nothing is told before
somebody asks for what was written there, and what they show was kept.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from xlplan.merge.kinds import Id
from xlplan.merge.model import CellKey, Decided, Event, Returned, RowAdded, Write
from xlplan.merge.outline import Forgotten, Recall, positions
from xlplan.merge.recalled_parts import RecalledExchange, RecalledRecords
from xlplan.merge.records import row_write_id
from xlplan.merge.settled import Settled, SettledCell, builds_on
from xlplan.merge.state import State
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value

_AT_HAND = 16
"""Returns of which it is remembered what they say of each row."""


class Retold(State):
    """See the module. `complete` is to replay everything after all."""

    exchange: RecalledExchange
    records: RecalledRecords

    def __init__(self, load: Callable[[str], PlanDefinition], recall: Recall) -> None:
        super().__init__(load)
        self._recall: Recall | None = recall
        self._outline = recall.outline
        self.meant, self.requested = recall.outline.meant, recall.outline.requested
        self.records = RecalledRecords(self)
        self.exchange = RecalledExchange(self, recall)
        self._came: defaultdict[str, list[Event]] = defaultdict(list)
        """What was applied to it, by the rows on which it bears."""
        self._by_row: dict[int, dict[str, list[Write]]] = {}
        self._told: dict[str, int] = {}
        """The rows whose events have been told again, and since which position all of them: what
        had been settled before was left out."""
        self._resting: dict[str, Settled] = {}
        """Of these rows, what had been settled in the cells of which nothing has been told."""
        self._telling = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything has been asked for."""
        return self._recall is None

    @abstractmethod
    def complete(self) -> None:
        """Become a state that replayed everything."""

    @abstractmethod
    def standing(
        self, uid: str, names: Sequence[str], as_of: int | None
    ) -> list[tuple[Value, list[str]]] | None:
        """What these fields of a row show, with the writes behind each; None where that was not
        kept of all of them."""

    @abstractmethod
    def at_rest(self, uid: str, as_of: int | None) -> Mapping[str, tuple[Value, list[str]]]:
        """By field, what the cells of a row show that rest, and the ids of the writes behind each;
        nothing where that was not kept."""

    def need(self, uid: str, since: int | None = None) -> None:
        """Tell the events again that bear on a row, where that has not been done: all of them, or
        those that matter to who looks at what held at a position and came after."""
        self.need_row(uid, since)
        if uid in self._resting and uid != self._telling:
            self._wake(uid, self._resting[uid].cells)

    def need_cell(self, key: CellKey, since: int | None = None) -> None:
        """The same of one cell; others rest."""
        uid, name = key
        told = self._told.get(uid)
        if told is None or (told and (since is None or since < told)):
            self.need_row(uid, since)
        settled = self._resting.get(uid)
        if settled is not None and name in settled.cells and uid != self._telling:
            self._wake(uid, (name,))

    def rests(self, key: CellKey) -> bool:
        """Whether nothing is told of a cell, for nobody wrote in it since it had been settled."""
        uid, name = key
        settled = self._resting.get(uid)
        return settled is not None and name in settled.cells

    def resting(self, uid: str) -> Settled | None:
        """Where a row was settled, and how in those of its cells that rest; None without any."""
        return self._resting.get(uid)

    def need_row(self, uid: str, since: int | None = None) -> None:
        """The same of what a row brought in, and of the cells in which something was written since
        it had been settled."""
        told = self._told.get(uid)
        if told is not None and (not told or (since is not None and since >= told)):
            return
        if self._recall is None or uid == self._telling:
            return
        known = () if since is None else self._recall.settled(uid)
        try:
            events, settled = self._events_of(uid, [s for s in known if s.since <= (since or 0)])
        except Forgotten:
            self.complete()
            return
        if told is not None:  # not enough of it: once more, with what came since
            self._resting.pop(uid, None)
            for key in self.records.forget(uid):
                self._cells.pop(key, None)
        self._told[uid] = settled.since if settled is not None else 0
        self._rows.pop(uid, None)
        if settled is None:
            self._tell(uid, events)
            return
        self._resting[uid] = settled
        self._tell(uid, [event for event in events if event.seq <= settled.since])
        later = [event for event in events if event.seq > settled.since]
        again = any(isinstance(event.fact, RowAdded) for event in later)
        asking = (name for name, cell in settled.cells.items() if again or cell.asks)
        self._wake(uid, {*asking, *(name for event in later for name in _written(event, uid))})
        self._tell(uid, later)

    def _events_of(
        self, uid: str, several: Sequence[Settled]
    ) -> tuple[list[Event], Settled | None]:
        """The events that are told of a row: where what was settled suffices for all that came
        after, with the first of which that is so, those that brought the row in and those; else
        all of them."""
        recall, came = self._recall, self._came[uid] if uid in self._told else []
        assert recall is not None
        known = positions(recall, "row", uid)
        for settled in several:
            later = [*recall.events(known[bisect_right(known, settled.since) :]), *came]
            if all(builds_on(self, event, settled) for event in later):
                added = positions(recall, "added", uid)
                begun = recall.events(added[: bisect_right(added, settled.since)])
                return [*begun, *later], settled
        return [*recall.events(known), *came], None

    def _wake(self, uid: str, names: Collection[str]) -> None:
        """Tell of some cells of a row, if they rest, what had been settled."""
        recall, settled = self._recall, self._resting[uid]
        assert recall is not None
        cells = {name: settled.cells[name] for name in names if name in settled.cells}
        if not cells:
            return
        try:
            told = sorted({seq for cell in cells.values() for seq in cell.told})
            events = recall.passing(told)
        except Forgotten:
            self.complete()
            return
        left = {name: cell for name, cell in settled.cells.items() if name not in cells}
        self._resting[uid] = settled._replace(cells=left)
        self._tell(uid, events, cells)

    def _tell(
        self, uid: str, events: Sequence[Event], cells: Mapping[str, SettledCell] | None = None
    ) -> None:
        """Tell events of a row; of what had been settled in some of its cells only that."""
        for event in events:
            if isinstance(event.fact, Returned):  # so that nothing is asked for halfway
                self.exchange.need("issued", event.fact.issued)
        if self.is_whole:
            return
        self._telling, before = uid, self._telling
        for event in events:
            fact = event.fact
            self.transactions[event.seq] = event.tx
            if isinstance(fact, RowAdded):
                if cells is None:
                    self._add_row(event, fact)
            elif isinstance(fact, Returned):
                about = self._about(event.seq, fact, uid)
                if cells is None:
                    self._take_writes(event, about)
                    continue
                said = (w for w in about.assertions if w.field in cells)
                told = tuple(w for w in said if w.id.stored in cells[w.field].ids)
                saw = partial(self._saw_then, cells)
                self._take_writes(event, replace(about, assertions=told), saw)
            else:
                assert isinstance(fact, Decided)
                self._take_decision(event, fact)
        self._telling = before

    def _saw_then(self, cells: Mapping[str, SettledCell], write: Write) -> frozenset[Id]:
        """What a write saw of those that are told of its cell: where nothing else was kept, what
        its row brought in."""
        if (seen := (cells[write.field].saw or {}).get(write.id.stored)) is not None:
            return frozenset(map(Id.of, seen))
        ((_, row), *_) = self._rows[write.uid]
        return frozenset((row_write_id(row, write.field),) if write.field in row.values else ())

    def _about(self, seq: int, fact: Returned, uid: str) -> Returned:
        """What a return says of a row: many of its rows may be asked for, one after the other."""
        if seq not in self._by_row:
            if len(self._by_row) == _AT_HAND:
                self._by_row.clear()
            found = self._by_row[seq] = defaultdict(list)
            for write in fact.assertions:
                found[write.uid].append(write)
        return replace(fact, assertions=tuple(self._by_row[seq].get(uid, ())))


def _written(event: Event, uid: str) -> Iterator[str]:
    """The fields of a row in which something was written by an event."""
    fact = event.fact
    if isinstance(fact, Returned):
        yield from (item.field for item in fact.assertions if item.uid == uid)
    elif isinstance(fact, Decided):
        yield fact.field
