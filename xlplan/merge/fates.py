"""Total accounting: exactly one disposition for every returned cell that differs from its base."""

from __future__ import annotations

from dataclasses import dataclass

from xlplan.merge.model import Assertion, Disposition, Place, Returned
from xlplan.merge.register import seen, superseded
from xlplan.merge.state import State

_ASKING: dict[str, Disposition] = {
    "invalid": "invalid",
    "held": "held",
    "cleared-required": "held",
    "row-missing": "held",
    "locked": "locked",
    "row-added": "proposal",
}


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
    """The fate of every cell of a return that differs from its base, as things stand now."""
    return [
        Fate(
            state.ref(item.uid), item.uid, item.field, item.place, item.author,
            disposition_of(state, item),
        )
        for item in returned.assertions
    ]  # fmt: skip


def disposition_of(state: State, item: Assertion) -> Disposition:
    """What became of one assertion: by what stands on its cell, not by when it came in."""
    key = (item.uid, item.field)
    writes = state.live(key)
    mine = next((write for write in writes if write.id == item.id), None)
    if mine is not None and mine.id in superseded(writes):
        return "superseded"
    kind = mine.kind if mine is not None else item.kind
    if kind in _ASKING:
        return _ASKING[kind]
    cell = state.cell(key)
    heads = {head.id for head in cell.heads}
    if item.id not in heads or item.id in seen(writes):
        return "applied"
    if cell.conflict:
        return "conflict"
    same = {head.author for head in cell.heads if head.value == item.value}
    return "agreed" if len(same) > 1 else "applied"
