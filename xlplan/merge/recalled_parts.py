"""What was asked for of cells, and of workbooks, files and people: the two parts of a recalled
state (see `recalled.py`). Every answer is that of a whole one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Protocol, cast

from xlplan.merge.exchange import Asked, Exchange
from xlplan.merge.kinds import Id
from xlplan.merge.model import (
    CellKey,
    Digests,
    Event,
    Issued,
    Posted,
    Returned,
    RowAdded,
    Shared,
    Write,
)
from xlplan.merge.outline import STRETCH, Forgotten, OnDemand, Recall, positions
from xlplan.merge.records import Record, Records
from xlplan.merge.settled import Settled
from xlplan.plan.definition import BECAUSE, PlanDefinition
from xlplan.plan.values import Value


class Part(Protocol):
    """A state of which not every row is there."""

    seq: int
    meant: Sequence[str]
    requested: Sequence[str]
    rows: dict[str, RowAdded]

    @property
    def is_whole(self) -> bool:
        """Whether everything is, by now."""

    def complete(self) -> None:
        """Replay everything after all."""

    def need_row(self, uid: str, since: int | None = None) -> None:
        """See to what a row brought in, and which of its cells rest, as far back as it matters to
        who looks at what stood at a position and came after (None: none of them does)."""

    def need_cell(self, key: CellKey, since: int | None = None) -> None:
        """See to the writes of a cell, as far back."""

    def rests(self, key: CellKey) -> bool:
        """Whether nobody wrote in a cell since it had been settled, nor asked for its writes."""

    def resting(self, uid: str) -> Settled | None:
        """Where a row was settled, and how in those of its cells that rest; None without any."""

    def standing(
        self, uid: str, names: Sequence[str], as_of: int | None
    ) -> list[tuple[Value, list[str]]] | None:
        """As a row stands, where nothing was written to it since it was kept."""

    def at_rest(self, uid: str, as_of: int | None) -> Mapping[str, tuple[Value, list[str]]]:
        """By field, what the cells of a row show that rest, and the ids of the writes behind each;
        nothing where that was not kept."""


# The writes of the cells whose rows were asked for


class RecalledRecords(Records):
    """See the module; each answer is that of a whole one."""

    def __init__(self, state: Part) -> None:
        super().__init__()
        self._state = state

    def _at(self, key: CellKey) -> dict[Id, Record] | None:
        self._state.need_cell(key, self._state.seq)
        return super()._at(key)

    def is_agreed(self, key: CellKey, as_of: int) -> bool:
        """As of a whole one."""
        self._state.need_cell(key, as_of)
        return super().is_agreed(key, as_of)

    def forget(self, uid: str) -> list[CellKey]:
        """Forget the writes of a row, so that it can be told once more; the cells it had any in."""
        cells = super().cells_of(uid)
        for key in cells:
            for known in (self._records, self._places, self._agreed):
                known.pop(key, None)
        self._rows.pop(uid, None)
        self._begun.pop(uid, None)
        self._cells_of.pop(uid, None)
        self._more.discard(uid)
        return cells

    def writes(self, key: CellKey, until: int, since: int | None = None) -> list[Write]:
        """As of a whole one."""
        self._state.need_cell(key, since)
        return super().writes(key, until)

    def copies(self, key: CellKey, until: int, since: int | None = None) -> list[Write]:
        """As of a whole one."""
        self._state.need_cell(key, since)
        return super().copies(key, until)

    def seqs(self, key: CellKey, since: int | None = None) -> set[int]:
        """As of a whole one."""
        self._state.need_row(key[0], since)
        return set() if self._state.rests(key) else super().seqs(key)

    def alone(self, key: CellKey) -> tuple[int, RowAdded] | None:
        """As of a whole one."""
        self._state.need_row(key[0], self._state.seq)
        return None if self._state.rests(key) else super().alone(key)

    def has(self, key: CellKey) -> bool:
        """As of a whole one."""
        self._state.need_row(key[0], self._state.seq)
        return self._state.rests(key) or super().has(key)

    def rests(self, key: CellKey, since: int | None = None) -> bool:
        """As of a whole one; of which it is not known."""
        self._state.need_row(key[0], self._state.seq)
        if not self._state.rests(key):
            return False
        settled = self._state.resting(key[0])
        return since is None or (settled is not None and settled.since <= since)

    def brought_in(self, uid: str) -> tuple[int, RowAdded, Set[str]] | None:
        """As of a whole one."""
        self._state.need_row(uid, self._state.seq)
        found, settled = super().brought_in(uid), self._state.resting(uid)
        if found is None or settled is None:
            return found
        seq, row, alone = found
        return seq, row, alone - settled.cells.keys()

    def kept(
        self, uid: str, names: Sequence[str], as_of: int | None
    ) -> list[tuple[Value, list[str]]] | None:
        """As a row stands, where nothing was written to it since."""
        return self._state.standing(uid, names, as_of)

    def at_rest(self, uid: str, as_of: int | None) -> Mapping[str, tuple[Value, list[str]]]:
        """As of a whole one."""
        self._state.need_row(uid, self._state.seq)
        return self._state.at_rest(uid, as_of)

    def cells_of(self, uid: str, since: int | None = None) -> list[CellKey]:
        """As of a whole one."""
        self._state.need_row(uid, since)
        found, settled = super().cells_of(uid), self._state.resting(uid)
        rest = ((uid, name) for name in settled.cells) if settled is not None else ()
        return [*dict.fromkeys((*found, *rest))]

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


# The workbooks and returns that were asked for

_LOOKED_UP = ("asked", "from", "returned")
"""Topics of which what is kept is looked up where it is asked for, and then let go."""


class RecalledExchange(Exchange):
    """The workbooks and returns that were asked for."""

    def __init__(self, state: Part, recall: Recall) -> None:
        super().__init__()
        self._state, self._recall = state, recall
        outline = recall.outline
        self._found: set[tuple[str, str]] = set()
        self._came_back: dict[str, int] = {}
        self._alone = set[str]()  # templates of the open cycle that were looked up singly
        self._without_ours: list[Issued] = []
        """Templates that went out since, of which what is ours was not recorded."""
        self.issued = OnDemand(self._issued_with)
        self.issued_at = OnDemand(self._times_with)
        self.shared_at, self.rekeyed = list(outline.shared), list(outline.rekeyed)
        self.cycle, self.periods = outline.cycle, dict(outline.periods)
        self._cycles = {cycle: [] for cycle in outline.cycles}
        self._authors = dict.fromkeys(outline.authors)
        self.spared = {(cycle, name) for cycle, name in outline.spared}

    def issue(self, event: Event, fact: Issued) -> None:
        """As of a whole one."""
        super().issue(event, fact)
        if fact.document == "template" and fact.ours is None:
            self._without_ours.append(fact)

    def need(self, topic: str, name: str) -> None:
        """Read what is kept under a topic and name, where that has not been done."""
        if topic == "issued" and len(self._alone) > 1 and (topic, name) not in self._found:
            self.need("cycle", self.cycle)
        if self._state.is_whole or topic in _LOOKED_UP or (topic, name) in self._found:
            return
        try:
            events = self._recall.events(positions(self._recall, topic, name))
        except Forgotten:
            self._state.complete()
            return
        self._found.add((topic, name))
        if topic == "cycle" and name in self._cycles:
            sent = [(each, each.fact.id) for each in events if isinstance(each.fact, Issued)]
            self._cycles[name] += dict.fromkeys(ident for _, ident in sent)
            events = [each for each, ident in sent if ("issued", ident) not in self._found]
            self._found.update(("issued", ident) for _, ident in sent)
        for event in events:
            self._put(topic, name, event)

    def _put(self, topic: str, name: str, event: Event) -> None:
        fact = event.fact
        if isinstance(fact, Returned):
            (self._by_issued if topic == "back" else self._by_digest)[name].append(event)
        elif isinstance(fact, Posted):
            self.post(event, fact)
        elif isinstance(fact, Issued) and topic == "bytes":
            self.digests.add(name)
        else:
            assert isinstance(fact, Issued)
            self._alone |= {fact.id} if (topic, fact.cycle) == ("issued", self.cycle) else set()
            self._note(event, fact)

    def _issued_with(self, name: str | None) -> dict[str, Issued]:
        self._state.complete() if name is None else self.need("issued", name)
        return self.issued

    def _times_with(self, name: str | None) -> dict[str, str]:
        self._state.complete() if name is None else self.need("issued", name)
        return self.issued_at

    @property
    def kept_versions(self) -> Sequence[Issued]:
        """As of a whole one."""
        self._state.complete()
        return self._kept_versions

    @property
    def shared(self) -> Mapping[str, Shared]:
        """As of a whole one."""
        if not self._state.is_whole and ("shared", "") not in self._found:
            self._found.add(("shared", ""))
            try:
                for event in self._recall.events(self._recall.outline.shared):
                    assert isinstance(event.fact, Issued)
                    assert event.fact.ours is not None
                    self._bring(event.fact.ours)
            except Forgotten:
                self._state.complete()
        return self._shared

    @property
    def returns(self) -> Mapping[str, Returned]:
        """As of a whole one."""
        self._state.complete()
        return self._returns

    @property
    def return_events(self) -> Sequence[Event]:
        """As of a whole one."""
        self._state.complete()
        return self._return_events

    def of_old(self, definition_at: Callable[[int], PlanDefinition]) -> list[Issued]:
        """As of a whole one."""
        if not self._state.is_whole:
            try:
                events = self._recall.events(self._recall.outline.old)
            except Forgotten:
                self._state.complete()
            else:
                known = [self.issued[e.fact.id] for e in events if isinstance(e.fact, Issued)]
                if all(issued.ours is None for issued in known):
                    found = {id(definition_at(issued.as_of)): issued for issued in known}
                    for issued in self._without_ours:
                        found.setdefault(id(definition_at(issued.as_of)), issued)
                    return list(found.values())
                self._state.complete()  # one was written again since
        return super().of_old(definition_at)

    def templates(self, cycle: str) -> list[Issued]:
        """As of a whole one."""
        self.need("cycle", cycle)
        return super().templates(cycle)

    def posts(self, cycle: str) -> Sequence[tuple[int, Posted]]:
        """As of a whole one."""
        self.need("posts", cycle)
        return super().posts(cycle)

    def _asked_of(self, name: str) -> Sequence[Asked]:
        known = super()._asked_of(name)
        if self._state.is_whole:
            return known
        try:
            before = self._recall.entries("asked", name)
        except Forgotten:
            self._state.complete()
            return super()._asked_of(name)
        return [*cast("Sequence[Asked]", before), *known]

    def came_back(self, issued: str) -> int:
        """As of a whole one; what is in the files is not asked for."""
        if self._state.is_whole or ("back", issued) in self._found:
            return super().came_back(issued)
        if issued not in self._came_back:
            try:
                self._came_back[issued] = len(positions(self._recall, "back", issued))
            except Forgotten:
                self._state.complete()
                return super().came_back(issued)
        return self._came_back[issued]  # what comes back now is looked for first

    def events_of(self, issued: str) -> list[Event]:
        """As of a whole one."""
        self.need("back", issued)
        return super().events_of(issued)

    def events_from(self, author: str, after: int = 0) -> list[Event]:
        """As of a whole one."""
        if not self._state.is_whole:
            try:
                found = positions(self._recall, "from", author)
                before = self._recall.events(seq for seq in found if seq > after)
                return [*before, *super().events_from(author, after)]
            except Forgotten:
                self._state.complete()
        return super().events_from(author, after)

    def events_since(self, position: int) -> Sequence[Event]:
        """As of a whole one."""
        if not self._state.is_whole:
            stretches = range(position // STRETCH, self._recall.outline.seq // STRETCH + 1)
            try:
                found = [positions(self._recall, "returned", str(number)) for number in stretches]
                known = (seq for each in found for seq in each if seq >= position)
                return [*self._recall.events(known), *super().events_since(position)]
            except Forgotten:
                self._state.complete()
        return super().events_since(position)

    def newest_from(self, author: str) -> Iterator[Event]:
        """As of a whole one."""
        yield from super().newest_from(author)
        if self._state.is_whole:
            return
        before = self._recall.outline.seq + 1
        try:
            for seq in reversed(positions(self._recall, "from", author)):
                yield from self._recall.events([seq])
                before = seq
        except Forgotten:
            self._state.complete()
            yield from (event for event in super().newest_from(author) if event.seq < before)

    def event_of(self, returned: Returned) -> Event:
        """As of a whole one."""
        self.need("bytes", returned.sha256)
        return super().event_of(returned)

    def events_with(self, sha256: str) -> list[Event]:
        """As of a whole one."""
        self.need("bytes", sha256)
        return super().events_with(sha256)

    def knows(self, sha256: str) -> bool:
        """As of a whole one."""
        self.need("bytes", sha256)
        return super().knows(sha256)

    def ours_of(self, issued: str) -> list[tuple[Digests, Digests]]:
        """As of a whole one."""
        self.need("issued", issued)
        return super().ours_of(issued)
