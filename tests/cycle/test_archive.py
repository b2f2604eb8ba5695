"""Originals of earlier cycles leave the plan's folder, and every number can still be looked up."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

import xlplan
from tests import small
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan.cycle.folder import TEMPORARY, sha256, write_atomically
from xlplan.errors import XlplanError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan in its second cycle: two returns of the first, one of them again in the second."""
    folder = small.make(tmp_path_factory.mktemp("archive") / "plan")
    small.issue(folder)
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent"})
    small.give_back(folder, REPAIRS, {("1.2", "rating"): "Green"})
    (folder / "inbox" / "minutes.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    assert small.do(folder, "merge") == 1
    small.issue(folder, "2026-12")
    small.give_back(folder, LEARNING, {("2.1", "progress"): "Begun"}, cycle="2026-12")
    assert small.do(folder, "merge") in (0, 1)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plan"))


def originals(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "archived.txt"}


def wrong(folder: Path, archive: Path | None = None) -> list[str]:
    with small.opened_to_verify(folder) as plan:
        return [problem.code for problem in plan.verify(archive=archive)]


def old(folder: Path) -> set[str]:
    """The digests of the files of leads in the first cycle, refused ones too."""
    names = (f"{LETTINGS}.xlsx", f"{REPAIRS}.xlsx", "minutes.xlsx")
    return {sha256((folder / "inbox" / name).read_bytes()) for name in names}


def test_what_an_archive_that_was_killed_left_there_is_swept(folder: Path, tmp_path: Path) -> None:
    (there := tmp_path / "away").mkdir()
    digest = min(old(folder))
    handle, name = tempfile.mkstemp(TEMPORARY, f".{digest[:40]}.", there)
    os.close(handle)
    (there / f".another{TEMPORARY}").touch()
    assert small.do(folder, "archive", str(there)) == 0
    assert not Path(name).exists()
    assert (there / f".another{TEMPORARY}").exists()  # of whom nothing is known


def test_what_leads_sent_before_the_cycle_moves_and_is_checked_where_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, leaving = originals(folder / "returns"), old(folder)
    assert wrong(folder) == []
    there = tmp_path / "away"
    capsys.readouterr()
    assert small.do(folder, "archive", str(there)) == 0
    assert "3 originals from before 2026-12" in capsys.readouterr().out
    assert originals(there) == leaving
    assert originals(folder / "returns") == before - leaving
    assert wrong(folder) == ["VER-013"]
    assert wrong(folder, there) == []


def test_an_archive_that_was_tampered_with_is_noticed(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "away"
    xlplan.archive(folder, there)
    changed = there / min(old(folder))
    changed.chmod(0o600)
    write_atomically(changed, b"something else")
    assert wrong(folder, there) == ["VER-005"]
    changed.unlink()
    assert wrong(folder, there) == ["VER-005"]


def test_the_next_merge_the_next_archive_and_a_backup_go_on(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "away"
    xlplan.archive(folder, there)
    assert small.do(folder, "merge") in (0, 1)  # the same files again
    assert small.do(folder, "backup", str(tmp_path / "b.zip"), "--with-key") == 0
    again = xlplan.archive(folder, there)
    assert [problem.code for problem in again.problems] in ([], ["BAK-009"])
    assert small.do(folder, "restore", str(tmp_path / "b.zip"), str(tmp_path / "back")) == 0
    with small.opened(folder) as one, small.opened(tmp_path / "back") as other:
        assert one.rows() == other.rows()


def test_an_archive_that_was_cut_off_is_finished_by_the_next(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, before = tmp_path / "away", originals(folder / "returns")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(OSError(13, "held")))
        xlplan.archive(folder, there)
    assert originals(folder / "returns") == before
    assert wrong(folder) == []
    assert xlplan.archive(folder, there).files == 3
    assert originals(folder / "returns") == before - old(folder)


@pytest.mark.parametrize(
    ("where", "before", "code"),
    [("plan/away", "", "BAK-008"), ("away", "2031-01", "BAK-009"), ("file", "", "BAK-010")],
)
def test_what_cannot_be_archived_moves_nothing(
    folder: Path, tmp_path: Path, where: str, before: str, code: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = originals(folder / "returns")
    with pytest.raises(XlplanError) as caught:
        xlplan.archive(folder, tmp_path / where, before=before)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert originals(folder / "returns") == kept


@pytest.mark.damages_ledger
def test_an_original_that_was_changed_moves_nothing(folder: Path, tmp_path: Path) -> None:
    changed = folder / "returns" / max(old(folder))
    changed.chmod(0o600)
    changed.write_bytes(b"something else")
    kept = originals(folder / "returns")
    with pytest.raises(XlplanError) as caught:
        xlplan.archive(folder, tmp_path / "away")
    assert [problem.code for problem in caught.value.problems] == ["BAK-010"]
    assert originals(folder / "returns") == kept


def test_verify_says_that_there_is_no_such_archive(folder: Path, tmp_path: Path) -> None:
    assert wrong(folder, tmp_path / "nowhere") == ["BAK-010"]


def test_before_any_cycle_nothing_can_be_moved(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    with pytest.raises(XlplanError) as caught:
        xlplan.archive(folder, tmp_path / "away")
    assert [problem.code for problem in caught.value.problems] == ["BAK-009"]
