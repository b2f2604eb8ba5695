"""The changes of a plan as they are kept, in pieces of the log: those that were made after a
position are read without the ledger."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from xlplan.ledger.codec import change, change_body
from xlplan.ledger.projection import Key
from xlplan.merge.model import Change
from xlplan.merge.outline import Forgotten

if TYPE_CHECKING:
    from xlplan.cycle.kept import Find
    from xlplan.cycle.memory import Memory

_TOPIC = "changes"
_PIECES: Key = (_TOPIC, "")
"""How many changes there are, and up to which position each piece has them."""
TOGETHER = 500
"""Changes in a piece."""


def pieces(new: Sequence[Change], before: Find | None) -> Iterator[tuple[Key, object]]:
    """The pieces in which `new` changes lie, behind those that lay there `before`."""
    count, ends = before(*_PIECES) if before is not None else (0, [])
    begun = before is not None and count % TOGETHER
    piece: list[Any] = before(_TOPIC, str(len(ends) - 1)) if before is not None and begun else []
    for each in new:
        if not piece:
            ends.append(0)
        ends[-1] = max(each.seq, *ends[-2:])
        piece.append(change_body(each))
        if len(piece) == TOGETHER:
            yield (_TOPIC, str(len(ends) - 1)), piece
            piece = []
    if piece:
        yield (_TOPIC, str(len(ends) - 1)), piece
    yield _PIECES, (count + len(new), ends)


def changes_after(memory: Memory, position: int) -> Sequence[Change]:
    """The changes after a position, and maybe some before, up to what a memory is of."""
    try:
        _, ends = memory.find(*_PIECES)
        places = range(bisect_right(ends, position), len(ends))
        return [change(body) for place in places for body in memory.find(_TOPIC, str(place))]
    except Forgotten:
        return memory.whole().changes
