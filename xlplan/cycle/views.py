"""Boards that compare any two points of a plan, or show several plans at once. Nothing is recorded.

What is opened here is only read, other plans included.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlplan.cycle.boards import PastDesk, Point, last_board, make_board, point_of
from xlplan.cycle.desk import Desk
from xlplan.cycle.folder import find_folder
from xlplan.cycle.report import check_cycle, no_cycle_yet
from xlplan.documents.composite.board import Board
from xlplan.documents.composite.several import combined
from xlplan.errors import XlplanError, fault
from xlplan.merge.project import current_cycle


def board_between(
    desk: Desk, cycle: str, since: str = "", *, closed: bool = False
) -> tuple[Board, str]:
    """The board of a cycle compared with the one reported for `since`, and the time it is of.

    `closed` takes the cycle as it was reported; otherwise the plan as it stands now. Without
    `since` it is compared as its own composite is.
    """
    wanted = cycle or current_cycle(desk.state)
    if not wanted:
        raise no_cycle_yet()
    check_cycle(desk, wanted)
    if closed:
        end = point_of(desk, wanted)
    else:
        end = Point(desk.state.seq, wanted, desk.today, desk.now(), desk.ledger.tip()[2])
    start = point_of(desk, since) if since else last_board(desk, wanted, end.position)
    if start.position >= end.position:
        raise fault(
            "PUB-002",
            "--from",
            f'"{since or start.label}" does not come before "{wanted}". Give the earlier cycle '
            "with --from and the later one with --to.",
        )
    view = PastDesk(desk, end) if closed else desk
    return make_board(view, wanted, end.position, end.day, end.tip, start), end.at


def board_with_others(
    desk: Desk,
    own: Board,
    others: Sequence[Path],
    cycle: str,
    since: str,
    *,
    closed: bool,
) -> Board:
    """One board of several plans: `own` first, then the plans in the other folders.

    A plan that has no such cycle is shown as it stands, unless the cycle was asked for with
    ``--from`` or ``--to``.
    """
    boards = [own]
    seen = {desk.folder.root.resolve()}
    for place in others:
        folder = find_folder(place)
        if folder.root.resolve() in seen:
            raise fault("PUB-003", str(place), "This plan is on the board already. Name it once.")
        seen.add(folder.root.resolve())
        other = Desk(folder, desk.clock)
        try:
            wanted = cycle if closed else current_cycle(other.state) or own.cycle
            board, _ = board_between(other, wanted, since, closed=closed)
        except XlplanError as error:
            raise _in_plan(place, error) from error
        finally:
            other.close()
        boards.append(board)
    return combined(boards)


def _in_plan(place: Path, error: XlplanError) -> XlplanError:
    """The error with the folder of the plan that it is about."""
    problem = error.problems[0]
    return fault(problem.code, f"{place}, {problem.where}", problem.message)
