"""The timeline of an action: what the few fields by which its past is judged have held, and when.

A board of long ago, the first rating, how often a date was put back: all of it is read here, for
one action at a time, by the plan as it is defined now. A recalled state has the timelines of
all rows, of before they were written to (`outline.py`); these are brought forward.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, ItemsView, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import pairwise
from typing import TypeVar

from xlplan.merge.model import CellKey, RowAdded, Spell, Timeline, Times
from xlplan.merge.register import settle
from xlplan.merge.state import State
from xlplan.plan.checks.lint_view import Snapshot
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.due import APPROVED
from xlplan.plan.values import Value

DATES: tuple[str, ...] = ("due", "revised")
"""Roles of the fields that say when an action is due."""
WORDS: tuple[str, ...] = ("progress", "reason")
"""Roles of the fields that are compared with the last boards."""
_STOOD = ("rating", *DATES, *APPROVED)
V = TypeVar("V")
_RECENT = 6
"""How many writes of such a field are looked at; what it held before is seldom asked for."""


class ByRow(Mapping[str, V]):
    """Something of each row, worked out when it is asked for; `find` raises KeyError for a row of
    which there is nothing."""

    def __init__(self, uids: Collection[str], find: Callable[[str], V]) -> None:
        self._uids, self._find = uids, cache(find)

    def __getitem__(self, uid: str) -> V:
        if uid not in self._uids:
            raise KeyError(uid)
        return self._find(uid)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def items(self) -> ItemsView[str, V]:
        """Every row of which there is something, with what that is."""
        return self._found().items()

    def _found(self) -> dict[str, V]:
        found = dict[str, V]()
        for uid in self._uids:
            with suppress(KeyError):
                found[uid] = self._find(uid)
        return found

    def __len__(self) -> int:
        return sum(1 for _ in self)


def timeline_of(state: State, uid: str) -> Timeline:
    """The timeline of an action, also of one that was taken back."""
    return state.timeline(uid) or _made(state, uid)


def held(state: State, timeline: Timeline, uid: str, field: str, position: int) -> Value:
    """What a cell of an action held as of a position, by its timeline where that knows."""
    spells = timeline.cells.get(field)
    if spells is None or position < spells[0][0]:
        return state.value(uid, field, position)
    value: Value = spells[bisect_right(spells, position, key=_start) - 1][1]
    return value


def turns_of(timeline: Timeline, fields: Sequence[str]) -> Sequence[int] | None:
    """The positions from which an action stood otherwise than before, in these fields or at all;
    None where its timeline does not know that of each of them from the beginning."""
    found = set(timeline.there)
    for spells in map(timeline.cells.get, fields):
        if not spells or spells[0][0]:
            return None
        found.update(map(_start, spells))
    return sorted(found)


def was_there(timeline: Timeline, position: int) -> bool:
    """Whether an action was in the plan as of a position."""
    return bool(bisect_right(timeline.there, position) % 2)


def dates_of(definition: PlanDefinition) -> tuple[str, ...]:
    """The ids of the fields that say when an action is due, and whether a revised date counts."""
    approved = () if definition.revised_counts == "at once" else APPROVED
    found = (definition.with_role(role) for role in (*DATES, *approved))
    return tuple(item.id for item in found if item is not None)


def _start(spell: Spell) -> int:
    return spell[0]


def as_it_came(state: State, uid: str) -> RowAdded | None:
    """A row in which nothing was written since it came in, of a plan in which nothing was taken
    back: its timeline says no more than it does (`of_untouched`)."""
    return state.untouched(uid) if not state.undone else None


def _made(state: State, uid: str) -> Timeline:
    if (row := as_it_came(state, uid)) is not None:
        return of_untouched(state.definition, state.row_seq[uid], row.values)
    return _of_writes(state, uid)


def of_untouched(definition: PlanDefinition, begun: int, values: Mapping[str, Value]) -> Timeline:
    """The timeline of a row in which nothing was written since it came in at a position."""
    cells: dict[str, tuple[Spell, ...]] = {
        name: ((0, None), (begun, values[name])) if name in values else ((0, None),)
        for name in (*_seen(definition), *_words(definition))
    }
    dates = {name: values.get(name) for name in dates_of(definition)}
    return Timeline(begun, (begun,), cells, (dates,))


def _of_writes(state: State, uid: str) -> Timeline:
    definition = state.definition
    cells = {name: tuple(_spells(state, (uid, name))) for name in _seen(definition)}
    recent = {name: tuple(_lately(state, (uid, name))) for name in _words(definition)}
    begun = state.row_seq[uid]
    there = tuple(_turns(state, uid))
    return Timeline(begun, there, cells | recent, times_of(state, uid, dates_of(definition)))


def brought_forward(state: State, uid: str, known: Timeline, since: int) -> Timeline:
    """The timeline of a row that was written to after the position of which it is known; nothing
    was taken back since, nor was the row added once more."""
    cells: dict[str, Sequence[Spell]] = {}
    for name in known.cells:
        new = [(n, state.value(uid, name, n)) for n in _written(state, (uid, name), since)]
        every = [*known.cells[name], *new]
        if name not in _words(state.definition):
            cells[name] = tuple(_turned(every))
        else:
            begun = every[0][0] == 0
            cells[name] = tuple(every if begun and len(every) <= _RECENT + 1 else every[-_RECENT:])
    dates = dates_of(state.definition)
    if any(_came_again(state, (uid, name), since) for name in dates):
        return known._replace(cells=cells, times=times_of(state, uid, dates))
    return known._replace(cells=cells, times=(*known.times, *_times(state, uid, dates, since)))


def _came_again(state: State, key: CellKey, since: int) -> bool:
    """Whether what was written in a cell by a position came once more after it: a copy may date
    it otherwise, and so tell what replaced what."""
    records = state.records
    every = () if records.alone(key) is not None or records.rests(key) else records.told(key)
    return any(copies[0].seq <= since < copies[-1].seq for copies in every)


def _seen(definition: PlanDefinition) -> list[str]:
    """The fields of which all is known that they held."""
    fields = definition.fields_of("action")
    return [STATUS, *(item.id for item in fields if item.role in _STOOD)]


def _words(definition: PlanDefinition) -> list[str]:
    """The fields of which the last texts are known."""
    return [item.id for item in definition.fields_of("action") if item.role in WORDS]


def _turns(state: State, uid: str) -> Iterator[int]:
    """The positions at which a row came into the plan and went out of it, in turn."""
    stands = False
    for seq in sorted({*state.added_at(uid), *(event.seq for event, _ in state.undone)}):
        if stands is not (now := state.row_at(uid, seq) is not None):
            stands = now
            yield seq


def _spells(state: State, key: CellKey) -> Iterator[Spell]:
    """What a cell has held, each with the position since which it did."""
    alone = state.records.alone(key)
    if not state.undone and (alone or not state.records.has(key)):
        yield 0, None  # before its row came
        if alone and (value := state.value(*key)) is not None:
            yield alone[0], value
        return
    yield from _turned([(seq, state.value(*key, seq)) for seq in (0, *_written(state, key))])


def _turned(held: Sequence[Spell]) -> Iterator[Spell]:
    """Those of some values with which a cell began to hold another."""
    yield held[0]
    yield from (now for was, now in pairwise(held) if now[1] != was[1])


def _lately(state: State, key: CellKey) -> Iterator[Spell]:
    """What a cell held after each of the last few writes; after all, where there are no more."""
    every = _written(state, key)
    for seq in every[-_RECENT:] if len(every) > _RECENT else (0, *every):
        yield seq, state.value(*key, seq)


def _written(state: State, key: CellKey, since: int = 0) -> list[int]:
    """The positions after another at which a cell may have come to hold something else."""
    undone = {event.seq for event, _ in state.undone}
    found = undone.union(state.records.seqs(key, since or None))
    return sorted(seq for seq in found if seq > since)


def times_of(state: State, uid: str, fields: Sequence[str], as_of: int | None = None) -> Times:
    """What some fields of a row held when it came in, and after each transaction that wrote in one
    of them; oldest first. What has been taken back by `as_of` (default: by now) never was."""
    records, keys = state.records, [(uid, name) for name in fields]
    if all(records.alone(key) or not records.has(key) for key in keys):
        return ({name: state.value(uid, name, as_of) for name in fields},)
    begun = state.row_seq[uid]
    first = {name: _settled(state, (uid, name), as_of, begun) for name in fields}
    return first, *_times(state, uid, fields, begun, as_of)


def _times(
    state: State, uid: str, fields: Sequence[str], since: int, as_of: int | None = None
) -> Iterator[Mapping[str, Value]]:
    """What some fields of a row held after each transaction since a position that wrote in one."""
    if not any(seq > since for name in fields for seq in state.records.seqs((uid, name), since)):
        return
    writes = {name: state.live((uid, name), as_of, since=since) for name in fields}
    later: dict[int, int] = {}
    for write in (w for found in writes.values() for w in found if w.seq > since):
        tx = state.transactions[write.seq]
        later[tx] = max(write.seq, later.get(tx, 0))
    for until in sorted(later.values()):
        yield {
            name: settle(
                state.field_of((uid, name)), [w for w in writes[name] if w.seq <= until]
            ).value
            for name in fields
        }


def _settled(state: State, key: CellKey, as_of: int | None, until: int) -> Value:
    writes = [write for write in state.live(key, as_of) if write.seq <= until]
    return settle(state.field_of(key), writes).value


class Timelines:
    """The actions of a plan, each with its timeline, as of a position of the ledger."""

    def __init__(self, state: State, definition: PlanDefinition, as_of: int) -> None:
        self.state, self.definition, self.as_of = state, definition, as_of
        self.uids = dict.fromkeys(uid for uid in state.rows if state.kind_of(uid) == "action")
        self.timeline = cache(partial(timeline_of, state))
        self._dates = dates_of(definition)
        fields = definition.fields_of("action")
        self._seen = (*(item.id for item in fields if item.role == "rating"), *self._dates)
        self._words = tuple(item.id for item in fields if item.role in WORDS)
        self._turns = cache(lambda uid, names: turns_of(self.timeline(uid), (STATUS, *names)))
        self._as_stood: dict[Hashable, Mapping[str, Value] | None] = {}

    def first(self, uid: str, item: Field | None) -> Value:
        """The value of a field with which an action came in."""
        timeline = self.timeline(uid)
        return held(self.state, timeline, uid, item.id, timeline.begun) if item else None

    def times(self, uid: str) -> Times:
        """What the dates of an action have been, by what held as of the position."""
        if self.as_of < self.state.last_touched(uid):
            return times_of(self.state, uid, self._dates, self.as_of)
        return self.timeline(uid).times

    def snapshot(self, label: str, position: int, *, in_full: bool = False) -> Snapshot:
        """The actions that stood at a position which a board saw: their ratings and dates, and, in
        full, their notes."""
        names = (*self._seen, *(self._words if in_full else ()))
        return Snapshot(label, ByRow(self.uids, lambda uid: self._as_seen(uid, names, position)))

    def _as_seen(self, uid: str, names: tuple[str, ...], position: int) -> Mapping[str, Value]:
        turns, known = self._turns(uid, names), self._as_stood
        # From one turn to the next an action stands, on board after board, as it stood.
        key = uid, names, None if turns is None else bisect_right(turns, position)
        seen = known[key] if key in known else self._as_it_stood(uid, names, position)
        if turns is not None:
            known[key] = seen
        if seen is None:
            raise KeyError(uid)
        return seen

    def _as_it_stood(
        self, uid: str, names: Sequence[str], position: int
    ) -> Mapping[str, Value] | None:
        state, timeline = self.state, self.timeline(uid)
        status = held(state, timeline, uid, STATUS, position)
        if not was_there(timeline, position) or status in (WITHDRAWN, KEPT_BACK):
            return None
        return {name: held(state, timeline, uid, name, position) for name in names}
