"""What a row held when a cycle began is told again without what had been settled by then.

A row that is answered about month after month has a write for each of them. Of those that were
there when a cycle went out, whoever looks at the row as of that time or later needs but the one
that stands, and whatever was asked or decided: the others were seen by who stands there, and
nothing depends on them any more. So these are left out where a row is recalled (`recalled.py`);
whoever looks further back, or records what was seen, has the row told whole.

It is kept of a row as of its last write, for the cycles that are still to come, and as of before
the present cycle, for whoever answers once more in this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import CellKey, Decided, Event, Returned, Write
from xlplan.merge.register import known_to, settle
from xlplan.merge.state import State

_PLAIN = (Kind.EDIT, Kind.RULE)
"""Kinds of which a write says nothing more once somebody wrote over it who had seen it."""
_SAID = (Kind.ROW, Kind.DECISION, Kind.RULE)
"""Kinds of which the ledger says what a write saw, or which saw nothing."""


class SettledCell(NamedTuple):
    """A cell as of a position: `told` are the positions up to it of which something is told again,
    and `ids` the stored ids of the writes which are; what else lies there is left out. `saw` has by
    id which of these those of a return saw, where that is not what their row brought in; `asks` is
    whether any of them only asks."""

    told: tuple[int, ...]
    ids: tuple[str, ...]
    saw: Mapping[str, Sequence[str]] | None
    asks: bool


class Settled(NamedTuple):
    """A row as of a position of the ledger, `since`; `cells` are those in which more was written by
    then than what the row brought in, by field id."""

    since: int
    cells: Mapping[str, SettledCell]

    @property
    def positions(self) -> list[int]:
        """Every position up to `since` of which something is told."""
        return sorted({seq for cell in self.cells.values() for seq in cell.told})


class SettledTwice(NamedTuple):
    """A row as of the position at which it was written to last, `since`, with its `cells`; and as
    of one that no template of the present cycle had passed, `before`, where `cells` say it but for
    those in `others` (None: such a cell was not there yet). 0 where that is not known."""

    since: int
    cells: Mapping[str, SettledCell]
    before: int = 0
    others: Mapping[str, SettledCell | None] = {}

    def each(self) -> Sequence[Settled]:
        """Both, the later one first."""
        now = Settled(self.since, self.cells)
        if not self.before:
            return (now,)
        cells = {name: cell for name, cell in self.cells.items() if name not in self.others}
        then = {name: cell for name, cell in self.others.items() if cell is not None}
        return now, Settled(self.before, cells | then)


def begun_at(state: State) -> int:
    """The position that the first template of the present cycle shows; 0 without one."""
    return min((each.as_of for each in state.exchange.templates(state.exchange.cycle)), default=0)


def settled_twice(
    state: State, uid: str, old: Sequence[Settled], begun: int
) -> SettledTwice | None:
    """What a row needs that was written to, where a cycle began at a position: whoever answers in
    the next cycle has seen all that is there now, whoever does in this one what was there before.
    It is worked out by what it was, `old`; None where all of it is needed."""
    last = max(state.last_touched(uid), state.undone[-1][0].seq if state.undone else 0)
    now = settled_of(state, uid, next(iter(old), None), last)
    if now is None or now.since <= begun:
        return SettledTwice(*now) if now is not None else None
    before = next((each for each in old if each.since <= begun), None)
    before = before or settled_of(state, uid, None, begun)
    if before is None:
        return SettledTwice(*now)
    names = dict.fromkeys((*now.cells, *before.cells))
    others = {name: before.cells.get(name) for name in names}
    others = {name: cell for name, cell in others.items() if cell != now.cells.get(name)}
    return SettledTwice(*now, before.since, others)


def settled_of(state: State, uid: str, old: Settled | None, since: int) -> Settled | None:
    """What a row needs as of a position at which a cycle began, or later: as it was `old`, where
    that is no older; None where all of it is needed."""
    if old is not None and old.since >= since:
        return old
    if state.added_at(uid) != [state.row_seq[uid]] or state.row_seq[uid] > since:
        return None  # it came in more than once, or later
    if any(event.seq > since for event, _ in state.undone) or state.row_at(uid, since) is None:
        return None
    records = state.records
    cells = {
        key[1]: _cell(state, key, old, since)
        for key in records.cells_of(uid, since)
        if records.alone(key) is None
    }
    return Settled(since, cells)


def _cell(state: State, key: CellKey, old: Settled | None, since: int) -> SettledCell:
    was = old.cells.get(key[1]) if old is not None else None
    if was is not None and state.records.rests(key):
        return was
    every = state.records.told(key)
    if old is not None and was is not None:
        between = (copy for copies in every for copy in copies if old.since < copy.seq <= since)
        if next(between, None) is None:
            return was
    gone = {write.id for write in left_out(state, key, since)}
    told = [
        copies
        for each in every
        if each[0].id not in gone and (copies := [copy for copy in each if copy.seq <= since])
    ]
    known = {first.id for first, *_ in told}
    rows = {first.id for first, *_ in told if first.kind is Kind.ROW}
    saw = {
        first.id.stored: _stored(first.saw & known)
        for first, *_ in told
        if first.kind not in _SAID and first.saw & known != rows
    }
    asks = any(copy.asks for each in told for copy in each)
    places = {copy.seq for each in told for copy in each}
    return SettledCell(tuple(sorted(places)), tuple(_stored(known - rows)), saw or None, asks)


def _stored(ids: Iterable[Id]) -> list[str]:
    return sorted(ident.stored for ident in ids)


def left_out(state: State, key: CellKey, since: int) -> list[Write]:
    """The writes of a cell without which everything that is asked of it as of a position or later
    has the same answer: others saw them who stand there, and saw all that they had seen.

    Whatever asks, decides, or adds to others is kept, and all that its author wrote in the same
    workbook, for it is compared with that.
    """
    item = state.field_of(key)
    if item is not None and item.field_type.elements:
        return []  # what each added counts, however long ago
    writes = state.live(key, since, since=since)
    cell = settle(item, writes)
    if cell.conflict or len(cell.heads) != 1 or any(write.entry for write in writes):
        return []
    (head,) = cell.heads
    gone = [w for w in writes if w.kind in _PLAIN and not w.answered and w.id in head.saw]
    while gone:
        left = _seen_through(writes, {write.id for write in gone})
        if len(left) == len(gone):
            break
        gone = left
    return gone


def _seen_through(writes: Sequence[Write], gone: Set[Id]) -> list[Write]:
    """Those of the writes to leave out of a cell which the others had seen with all that these had
    seen, and which say nothing more."""
    kept = [write for write in writes if write.id not in gone]
    known = known_to(write for write in kept if write.standing)
    forms = {_form(write) for write in kept if write.issued}
    return [
        w
        for w in writes
        if w.id in gone and w.kind in _PLAIN and not w.answered
        if w.id in known and w.saw <= known and _form(w) not in forms
    ]


def _form(write: Write) -> tuple[str, str]:
    return write.issued, write.author


def builds_on(state: State, event: Event, settled: Settled) -> bool:
    """Whether who wrote something since had seen what stood in the row: a late return of an
    earlier cycle had not, nor an answer on an earlier workbook."""
    fact = event.fact
    if isinstance(fact, Returned):
        issued = state.issued.get(fact.issued)
        return issued is not None and issued.as_of >= settled.since
    if isinstance(fact, Decided) and (cell := settled.cells.get(fact.field)) is not None:
        return {ident.stored for ident in fact.saw}.issuperset(cell.ids)
    return True


def holds(state: State, uid: str, found: Settled) -> bool:
    """Whether a whole state agrees that this is all that a row needs: it came in once by then, in
    none of its cells is anything told that is not there, nothing that was written is neither told
    nor named, and who is told had seen all that is left out, as of `left_out`."""
    added = [seq for seq in state.added_at(uid) if seq <= found.since]
    keys = state.records.cells_of(uid)
    return (
        len(added) == 1
        and found.since <= state.seq
        and found.cells.keys() <= {name for _, name in keys}
        and not any(event.seq > found.since for event, _ in state.undone)
        and all(_holds(state, key, found) for key in keys)
    )


def _holds(state: State, key: CellKey, found: Settled) -> bool:
    copies = [copy for each in state.records.told(key) for copy in each if copy.seq <= found.since]
    if (cell := found.cells.get(key[1])) is None:
        return all(copy.kind is Kind.ROW for copy in copies)
    told = [copy for copy in copies if copy.kind is Kind.ROW or copy.id.stored in cell.ids]
    known = {copy.id for copy in told}
    writes = state.live(key, found.since)
    gone = {write.id for write in writes} - known
    item = state.field_of(key)
    rows = {copy.id for copy in told if copy.kind is Kind.ROW}
    return (
        sorted({copy.seq for copy in told}) == [*cell.told]
        and {*(cell.saw or ())} <= {*cell.ids}
        and _stored(known - rows) == [*cell.ids]
        and cell.asks == any(copy.asks for copy in told)
        and len(_seen_through(writes, gone)) == len(gone)
        and not (gone and item is not None and item.field_type.elements)
        and all(
            (cell.saw or {}).get(copy.id.stored, _stored(rows)) == _stored(copy.saw & known)
            for copy in told
            if copy.kind not in _SAID
        )
    )
