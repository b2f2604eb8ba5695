"""What an author's later file shows in a cell that they had edited: the edit, or something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlplan.merge.ids import digest, identity
from xlplan.merge.model import Place, Returned
from xlplan.merge.records import CellKey
from xlplan.merge.register import Write, settle
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Field
from xlplan.plan.values import Value


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that a file shows, where, and the file's own time."""

    value: Value
    place: Place
    stamp: str


def last_shown(state: State, key: CellKey, head: Write) -> Shown | None:
    """What the author's latest files show in a cell, where none of them shows `head`'s value.

    None where there is no later file of the same issued workbook, or none that speaks of the cell.
    """
    if not head.stamp or not head.issued:
        return None
    later = [
        shown
        for returned in state.live_returns(head.issued)
        if returned.saved_at > head.stamp and (shown := _in_file(returned, key, head)) is not None
    ]
    last = max((shown.stamp for shown in later), default="")
    latest = [shown for shown in later if shown.stamp == last]
    if not latest or any(shown.value == head.value for shown in latest):
        return None
    return min(latest, key=lambda shown: digest(identity(shown.value)))


def _in_file(returned: Returned, key: CellKey, head: Write) -> Shown | None:
    """What one file shows in the cell; None where it says nothing, or asks about it itself."""
    uid, field_id = key
    column = field_id + ENTRY if head.entry else field_id
    if uid not in returned.rows or column not in returned.fields:
        return None
    if any(a.uid == uid and not a.field and field_id in a.row for a in returned.assertions):
        return None
    own = [a for a in returned.assertions if (a.uid, a.field, a.entry) == (*key, head.entry)]
    if not own:
        return Shown(head.base, Place(returned.file), returned.saved_at)
    if any(a.kind != head.kind for a in own):
        return None
    return Shown(own[0].value, own[0].place, returned.saved_at)


def without(item: Field | None, head: Write, shown: Value, writes: Sequence[Write]) -> Value:
    """What the cell would hold had `head`'s author written `shown` in its place."""
    others = [w for w in writes if not _same_author(w, head) or w.value == shown]
    return settle(item, others).value


def _same_author(write: Write, head: Write) -> bool:
    return (write.entry, write.issued, write.author) == (True, head.issued, head.author)
