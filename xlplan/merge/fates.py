"""Total accounting: exactly one disposition for every returned cell that differs from its base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xlplan.merge.kinds import Disposition, Kind
from xlplan.merge.model import COORDINATOR, Place, Returned, Write
from xlplan.merge.register import answered, superseded
from xlplan.merge.reverted import shown_again
from xlplan.merge.state import State


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one returned cell. `field` is ``""`` for a row as a whole."""

    action: str
    uid: str
    field: str
    place: Place
    author: str
    disposition: Disposition


def fates_of(state: State, returned: Returned) -> list[Fate]:
    """The fate of every cell of a return that differs from its base, as things stand now.

    A row that was added or emptied has one for each of its cells; a missing row, which has no
    cell, has one for the row.
    """
    return [
        Fate(
            state.ref(item.uid), item.uid, field,
            replace(item.place, cell=item.cells.get(field, item.place.cell)), item.author,
            disposition_of(state, item, returned.id),
        )
        for item in returned.assertions
        for field in (item.row or (item.field,))
    ]  # fmt: skip


def disposition_of(state: State, item: Write, source: str = "") -> Disposition:
    """What became of one assertion: by what stands on its cell, not by when it came in.

    `source` is the return that is looked at: what it says again after something else was not
    superseded by its author, but is kept out and asked about.
    """
    writes = state.live(item.key)
    mine = next((write for write in writes if write.id == item.id), None)
    kind = mine.kind if mine is not None else item.kind
    again = False
    if mine is not None and mine.id in superseded([w for w in writes if _competes(w, mine)]):
        again = any(
            one.said is not None
            and one.said.id in (mine.id, mine.id.certain)
            and source in one.sources
            for one in shown_again(state, item.key, writes)
        )
        if not again:
            return "superseded"
    if kind is Kind.ADDED and item.author == COORDINATOR:
        return "applied"
    if not kind.stands:
        return kind.disposition
    cell = state.cell(item.key)
    if again or item.id in answered(writes):
        return "applied" if cell.value == item.value else "held"
    if any(head.id == item.id for head in cell.heads):
        if cell.conflict:
            return "conflict"
        same = {head.author for head in cell.heads if head.value == item.value}
        return "agreed" if len(same) > 1 else "applied"
    return "conflict" if _lost(state, item, writes) else "applied"


def _competes(write: Write, mine: Write) -> bool:
    """Whether a later write replaces `mine`: a question never replaces what stands."""
    return write.standing or not mine.standing


def _lost(state: State, item: Write, writes: Sequence[Write]) -> bool:
    """Whether the coordinator settled a conflict about this assertion on something else."""
    settled = min((w for w in writes if w.standing and item.id in w.saw), key=_seq, default=None)
    if settled is None or settled.value == item.value:
        return False
    before = state.cell(item.key, settled.seq - 1)
    return before.conflict and any(head.id == item.id for head in before.heads)


def _seq(write: Write) -> int:
    return write.seq
