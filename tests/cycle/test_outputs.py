"""What the coordinator's workbooks on disk are taken for: as written, or edited."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import small
from xlplan import open_plan
from xlplan.cycle.outputs import is_edited
from xlplan.merge.kinds import digest, identity, named


def test_time_that_passes_while_a_merge_writes_does_not_make_its_workbooks_look_edited(
    tmp_path: Path,
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    ticks = itertools.count()
    start = datetime(2026, 11, 10, 9, tzinfo=UTC)
    with open_plan(folder, clock=lambda: start + timedelta(seconds=next(ticks))) as plan:
        assert [problem.code for problem in plan.merge().problems] == []
        assert [problem.code for problem in plan.verify()] == []
        assert [problem.code for problem in plan.merge(folder / "inbox").problems] == []
        assert [problem.code for problem in plan.verify()] == []


def test_a_master_that_an_earlier_version_wrote_otherwise_is_not_edited(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    with small.opened(folder) as plan:
        [master] = [i for i in plan.desk.state.issued.values() if i.document == "master"]
        written = sha256((folder / "master.xlsx").read_bytes()).hexdigest()
        with plan.desk.work() as work:
            work.append([replace(master, sha256="0" * 64)])
        assert plan.desk.state.exchange.knows(written)
        assert not is_edited(plan.desk, folder / "master.xlsx")


def test_the_id_of_a_master_is_the_digest_of_what_it_shows(tmp_path: Path) -> None:
    """As it always was, though the digest is put together from what was kept of each row."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red", ("1.2", "progress"): "Ä"})
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        state = plan.desk.state
        last = [each for each in state.issued.values() if each.document == "master"][-1]
        assert len(last.uids) == len(state.uids("action"))
        table = []
        for uid in last.uids:
            cells = [state.shown((uid, name), last.as_of) for name in last.fields]
            table.append([uid, [[identity(value), ids] for value, ids in cells]])
        base = digest(table)
        assert last.id == named("m", state.definition.id, base, state.definition_digest)


LOCKS = {
    "~$master.xlsx": bytes([8]) + b"Ann Ford" + b"\0" * 46,
    ".~lock.master.xlsx#": b",Ann Ford,desk,02.11.2026 09:00,file:///tmp;",
}
"""What Excel and LibreOffice put beside a workbook that somebody has open."""


@pytest.mark.parametrize("lock", LOCKS)
def test_a_file_that_somebody_has_open_is_named_and_written_by_the_next_run(
    tmp_path: Path, lock: str
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red"})
    before = (folder / "master.xlsx").read_bytes()
    (folder / lock).write_bytes(LOCKS[lock])
    with small.opened(folder) as plan:
        [problem] = plan.merge().problems
        assert problem.code == "OUT-002"
        assert problem.where.endswith("master.xlsx")
        assert "Ann Ford has it open" in problem.message
        assert lock in problem.message
        assert len(plan.questions()) == 1  # it is recorded, and asked about
    assert (folder / "master.xlsx").read_bytes() == before
    assert (folder / "decisions.xlsx").exists()
    assert small.do(folder, "merge") == 1
    assert (folder / "master.xlsx").read_bytes() == before
    (folder / lock).unlink()
    with small.opened(folder) as plan:
        assert [each.code for each in plan.merge().problems] == []
        assert [each.code for each in plan.verify()] == []
    assert (folder / "master.xlsx").read_bytes() != before


def test_decisions_that_somebody_has_open_stay_until_they_are_closed(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {("1.3", "rating"): "Red"})
    lock = folder / ".~lock.decisions.xlsx#"
    lock.write_bytes(b"")
    with small.opened(folder) as plan:
        [problem] = plan.merge().problems
        assert "somebody has it open" in problem.message
        assert not plan.questions()
    assert (folder / "decisions.xlsx").exists()
    lock.unlink()
    assert small.do(folder, "merge") == 0
    assert not (folder / "decisions.xlsx").exists()


def test_what_is_issued_and_published_leaves_an_open_file_alone(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    out = folder / "outbox" / small.CYCLE
    out.mkdir(parents=True)
    (out / f"~${small.REPAIRS}.xlsx").write_bytes(LOCKS["~$master.xlsx"])
    assert small.do(folder, "issue", "--cycle", small.CYCLE) == 1
    assert sorted(path.name for path in out.glob("[A-Z]*.xlsx")) == [
        "Head of Learning.xlsx", "Head of Lettings.xlsx",
    ]  # fmt: skip
    (out / f"~${small.REPAIRS}.xlsx").unlink()
    assert small.do(folder, "issue", "--cycle", small.CYCLE) == 0
    assert (out / f"{small.REPAIRS}.xlsx").exists()
