"""What stands in the place of `master.xlsx` or `decisions.xlsx`: edits that no merge has read, or a
file that no merge can read, such as the same workbook of another plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlplan.codes.folder_codes import OUT_006
from xlplan.cycle.desk import Desk
from xlplan.errors import Problem
from xlplan.ledger.originals import sha256

_NOT_OURS = ("RET-001", "RET-002")
"""What was made by another plan, or with another key: nothing that is done to it helps."""


def is_edited(desk: Desk, path: Path) -> bool:
    """Whether a coordinator's workbook on disk holds something that no merge has read."""
    try:
        return holds_edits(desk, path)
    except OSError:
        return True


def holds_edits(desk: Desk, path: Path) -> bool:
    """Like `is_edited`; OSError where the file cannot be read."""
    try:
        digest = sha256(path.read_bytes())
    except FileNotFoundError:
        return False
    return digest not in known_digests(desk)


def known_digests(desk: Desk) -> frozenset[str]:
    """The digests of every workbook that xlplan wrote and of every file that a merge read.

    Not of one that it refused: what somebody typed there is in no other place yet.
    """
    read = (r.sha256 for r in desk.state.returns.values() if r.outcome != "refused")
    return frozenset(desk.state.issued_digests.union(read))


def unusable(desk: Desk, path: Path) -> Problem | None:
    """What an edited workbook of the coordinator's is and that it must go, where a merge can take
    nothing from it: to run one would change nothing."""
    faults = _faults(desk, path)
    if not faults:
        return None
    fault = faults[0]
    if fault.code in _NOT_OURS:
        return OUT_006.problem(path.name, "not-ours", why=fault.message, name=path.name)
    return OUT_006.problem(path.name, "unreadable", why=fault.message, name=path.name)


def _faults(desk: Desk, path: Path) -> Sequence[Problem]:
    """Why a merge refuses a file: as one has said, or as one would say."""
    from xlplan.cycle.intake import Recogniser
    from xlplan.workbook.read.inbox import read_bytes
    from xlplan.workbook.read.pool import read_all

    data = read_bytes(path)
    if isinstance(data, Problem):
        return [data]
    digest = sha256(data)
    known = desk.state.live_return_of(digest)
    if known is not None:
        problems = known.problems
    else:
        (book,) = read_all([(path.name, data)])
        problems = Recogniser(desk).reading(book, digest).problems
    return [problem for problem in problems if problem.level == "error"]
