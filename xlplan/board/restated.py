"""Restatements: what has changed since the last board in what that board had been told."""

from __future__ import annotations

from xlplan.board.model import Board
from xlplan.merge.model import Change

CORRECTS = ("undo", "undone", "restatement")


def is_restatement(board: Board, change: Change) -> bool:
    """Whether a change corrects the record of a period that a board has already seen.

    An entry for an earlier period is one, and so is anything from a return of an earlier
    cycle that came in late; an undo takes back what an earlier merge had taken in.
    """
    known = {past.label for past in board.history}
    return change.kind in CORRECTS or (change.cycle != board.cycle and change.cycle in known)


def restatements(board: Board) -> tuple[Change, ...]:
    """The changes since the last board that are restatements, in the order of the ledger."""
    return tuple(
        change
        for change in sorted(board.changes, key=lambda c: (c.seq, c.action, c.uid, c.field))
        if is_restatement(board, change)
    )
