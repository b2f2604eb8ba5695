"""Returns are read on a Dask cluster of two workers, and the merge is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster, get_task_stream

from tests import small

RATINGS = ("Green", "Amber", "Red")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Two worker processes of one thread each, which know nothing of this one."""
    scratch = str(tmp_path_factory.mktemp("workers"))
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=scratch
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def in_the_inbox(folder: Path) -> Path:
    """A cycle whose twelve returns disagree, and a file that is none."""
    small.make(folder)
    small.issue(folder)
    for number in range(4):
        rating = RATINGS[number % 3]
        for lead, ref in ((small.LETTINGS, "1.3"), (small.REPAIRS, "1.3"), (small.LEARNING, "2.1")):
            edits = {(ref, "rating"): rating, (ref, "progress"): f"Word {number} of {lead}"}
            saved = f"2026-11-{10 + number}T10:00:00Z"
            small.give_back(folder, lead, edits, file=f"{lead} {number}.xlsx", saved_at=saved)
    (folder / "inbox" / "minutes.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    return folder


def of_the_ledger(folder: Path) -> tuple[object, ...]:
    """What the ledger says, and the tip of its chain."""
    with small.opened(folder) as plan:
        return plan.rows(), plan.log(), plan.questions(), plan.desk.ledger.tip()


def test_a_cluster_reads_every_return_and_the_ledger_comes_out_the_same(
    client: Client, tmp_path: Path
) -> None:
    here = in_the_inbox(tmp_path / "here" / "plan")
    there = Path(shutil.copytree(here, tmp_path / "there" / "plan"))
    assert small.do(here, "merge") == 1
    with small.opened(there) as plan, get_task_stream(client) as stream:
        result = plan.merge(executor=client.get_executor())
    assert len(result.questions) > 0
    assert len(stream.data) == len(list((there / "inbox").iterdir())) == 13
    assert {task["status"] for task in stream.data} == {"OK"}
    assert {task["worker"] for task in stream.data} <= set(client.nthreads())
    assert of_the_ledger(there) == of_the_ledger(here)
    for name in ("master.xlsx", "decisions.xlsx"):
        assert (there / name).read_bytes() == (here / name).read_bytes()
