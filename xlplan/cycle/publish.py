"""`publish`: the composite for the board, computed from the ledger and recorded in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.cycle.desk import Desk
from xlplan.cycle.outputs import Output, write
from xlplan.documents.names import safe_name
from xlplan.errors import Problem, XlplanError, fault
from xlplan.ledger.originals import sha256
from xlplan.merge.model import Event, Published
from xlplan.merge.project import current_cycle

if TYPE_CHECKING:
    from xlplan.documents.composite.board import Board


@dataclass(frozen=True)
class PublishResult:
    """The composite that was written, the cycle it reports, and the tip printed on it."""

    path: Path
    cycle: str
    tip: str
    problems: tuple[Problem, ...] = ()


def publish(
    desk: Desk,
    cycle: str = "",
    out: Path | None = None,
    *,
    since: str = "",
    until: str = "",
    others: Sequence[Path] = (),
) -> PublishResult:
    """Write the composite of a cycle (default: the one issued last) and record the snapshot.

    Publishing again when nothing has changed writes the same bytes and records nothing new, and
    so does publishing a cycle that later ones have followed: it is what it was. With `since` or
    `until` (cycles) two points of the plan are compared, and with `others` (folders) several
    plans stand on one board: such composites are views of the record and are not recorded.

    Raises XlplanError where nothing has been issued, where a cycle is not known, and where
    `since` is not before `until`.
    """
    if since or until or others:
        return _view(desk, until or cycle, out, since, others, closed=bool(until))
    if cycle and _is_past(desk, cycle):
        return _view(desk, cycle, out, "", (), closed=True)
    return _record(desk, cycle, out)


def _record(desk: Desk, cycle: str, out: Path | None) -> PublishResult:
    from xlplan.cycle.boards import make_board

    with desk.work() as work:
        state = desk.state
        wanted = cycle or current_cycle(state)
        if not wanted:
            raise no_cycle_yet()
        again = _unchanged_since(desk, wanted)
        if again is None:
            tip = desk.ledger.tip()[2]
            as_of, day, created = state.seq, desk.today, desk.now()
        else:
            event, fact = again
            tip, as_of, created = fact.tip, fact.as_of, event.at
            day = date.fromisoformat(event.at[:10])
        path = out or desk.folder.board / f"{safe_name(wanted)}.xlsx"
        data = _bytes(make_board(desk, wanted, as_of, day, tip), created)
        if again is None or again[1].sha256 != sha256(data):
            work.append([Published(wanted, as_of, path.name, sha256(data), tip)])
    problems = write(desk, [Output(path, data, "composite")])
    return PublishResult(path, wanted, tip, tuple(problems))


def no_cycle_yet() -> XlplanError:
    """No cycle to publish."""
    return fault(
        "PUB-001",
        "--cycle",
        "No cycle has been issued yet. Name the period with --cycle, such as 2026-11.",
    )


def _is_past(desk: Desk, cycle: str) -> bool:
    """Whether a cycle was published and later cycles have followed it."""
    return cycle != current_cycle(desk.state) and any(
        fact.cycle == cycle for _, fact in desk.state.published[:-1]
    )


def _view(
    desk: Desk,
    cycle: str,
    out: Path | None,
    since: str,
    others: Sequence[Path],
    *,
    closed: bool,
) -> PublishResult:
    """A composite that only shows what is recorded: two points, a past one, or several plans."""
    from xlplan.cycle.views import board_between, board_with_others

    board, created = board_between(desk, cycle, since, closed=closed)
    name = f"{since} to {board.cycle}" if since else board.cycle
    if others:
        board = board_with_others(desk, board, others, cycle, since, closed=closed)
        name += " several plans"
    path = out or desk.folder.board / f"{safe_name(name)}.xlsx"
    data = _bytes(board, created)
    problems = write(desk, [Output(path, data, "composite")])
    return PublishResult(path, board.cycle, board.tip, tuple(problems))


def _bytes(board: Board, created: str) -> bytes:
    from xlplan.documents.composite import composite_workbook
    from xlplan.workbook.writing import write_workbook

    return write_workbook(composite_workbook(board, created))


def _unchanged_since(desk: Desk, cycle: str) -> tuple[Event, Published] | None:
    """The last publication, where it was of this cycle and nothing has happened since."""
    published = desk.state.published
    if published and published[-1][1].cycle == cycle and published[-1][0].seq == desk.state.seq:
        return published[-1]
    return None
