"""What the coordinator's workbooks on disk are taken for: as written, or edited."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from tests import small
from xlplan import open_plan
from xlplan.cycle.outputs import is_edited


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
