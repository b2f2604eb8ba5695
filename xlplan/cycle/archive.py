"""`archive`: originals of earlier cycles move out of the plan's folder, and can be checked there.

An original is named by its SHA-256 in the ledger, so it is the same wherever it lies. Which ones
have moved is listed in the folder that they left, so that none can go unnoticed.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from msgspec import Struct

from xlplan.codes.cycle_codes import BAK_008, BAK_009, BAK_010
from xlplan.cycle.desk import Desk, clock_for
from xlplan.cycle.folder import Originals, find_folder, sweep
from xlplan.errors import Problem, reason_of
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, Returned
from xlplan.merge.state import State


class ArchiveResult(Struct, frozen=True):
    """What was moved: the folder it is in now, how many originals, how many bytes, and the cycle
    before which they came."""

    path: Path
    files: int
    bytes: int
    before: str
    problems: tuple[Problem, ...] = ()


def archive(
    plan: str | Path, folder: str | Path, *, before: str = "", today: date | None = None
) -> ArchiveResult:
    """Move the originals of what leads sent before a cycle (default: the one issued last) to
    another folder, which may hold some already.

    Each is copied, read again and listed before it leaves. XlplanError for an unknown cycle, for a
    folder inside the plan's, and where an original is not as it was recorded or cannot be written.
    """
    home = find_folder(Path(plan))
    target = Path(folder)
    if target.resolve().is_relative_to(home.root.resolve()):
        raise BAK_008.fault(str(target))
    desk = Desk(home, clock_for(today))
    try:
        desk.sweep()
        with desk.ledger.transaction():  # nobody merges meanwhile; nothing is recorded
            state = desk.replayed().state
            cycle = before or current_cycle(state)
            if cycle not in state.exchange.periods:
                known = ", ".join(state.exchange.periods)
                raise BAK_009.fault(before, cycles=known) if known else BAK_009.fault("", "none")
            kept = home.originals
            leaving = [digest for digest in _before(state, cycle) if kept.path(digest).exists()]
            size = sum(_move(kept, Originals(target), leaving))
    finally:
        desk.close()
    problems = () if leaving else (BAK_009.problem(cycle, "nothing"),)
    return ArchiveResult(target, len(leaving), size, cycle, problems)


def _before(state: State, cycle: str) -> list[str]:
    """The digests of files of leads that came before a cycle was issued, and never again since;
    what the coordinator's own workbooks and the import are made of stays."""
    began = state.exchange.periods[cycle]
    old: dict[str, None] = {}
    needed: set[str] = {row.sha256 for row in state.rows.values() if row.sha256}
    for event in state.return_events:
        fact = event.fact
        if isinstance(fact, Returned) and fact.sha256:
            if event.seq < began and fact.author != COORDINATOR:
                old[fact.sha256] = None
            else:
                needed.add(fact.sha256)
    return [digest for digest in old if digest not in needed]


def _move(kept: Originals, target: Originals, digests: Sequence[str]) -> Iterator[int]:
    """Copy all of them, list them, and only then remove them; the size of each."""
    for digest in digests:
        data = kept.whole(digest)
        if data is None:
            raise BAK_010.fault(f"{kept.folder.name}/{digest}", "changed")
        try:
            target.folder.mkdir(parents=True, exist_ok=True)
            sweep(target.folder, digest)
            target.keep(data)
            if target.whole(digest) is None:
                raise BAK_010.fault(str(target.path(digest)), "copy")
        except OSError as error:
            raise BAK_010.fault(str(target.folder), reason=reason_of(error)) from None
        yield len(data)
    if digests:
        kept.list_as_archived(digests)
    for digest in digests:
        path = kept.path(digest)
        with suppress(OSError):
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)  # Windows removes nothing that is read-only
            path.unlink()
