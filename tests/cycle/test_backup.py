"""`backup` and `restore`: the plan as one file, and what is done where either is not whole."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

import xlplan
from tests import small
from tests.tampering import tamper
from xlplan.cycle.backup import CONTENTS
from xlplan.errors import XlplanError


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a return merged and a board published."""
    folder = small.make(tmp_path_factory.mktemp("office") / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Amber"})
    small.do(folder, "merge")
    assert small.do(folder, "publish") == 0
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """What is kept of a plan, by name; without the record, which is compared by its tip."""
    left_out = ("ledger.db", "projection.db", "secret.key")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in left_out
    }


def tip_of(folder: Path) -> str:
    with small.opened(folder) as plan:
        return plan.tip.hash


def code_of(file: Path, folder: Path) -> str:
    """The code for which a backup is not restored; nothing is left behind by it."""
    before = sorted(path.name for path in folder.parent.iterdir())
    with pytest.raises(XlplanError) as refused:
        xlplan.restore(file, folder)
    assert sorted(path.name for path in folder.parent.iterdir()) == before
    (problem,) = refused.value.problems
    return problem.code


def test_a_restored_plan_holds_what_was_there_and_goes_on(office: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "plan.zip", tmp_path / "elsewhere" / "plan"
    assert small.do(office, "backup", str(file), "--with-key") == 0
    assert xlplan.restore(file, folder).problems == ()
    assert files_of(folder) == files_of(office)
    assert (folder / "secret.key").read_bytes() == (office / "secret.key").read_bytes()
    assert tip_of(folder) == tip_of(office)
    assert small.do(folder, "verify") == 0
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert small.do(folder, "merge") == 0


def test_the_same_plan_makes_the_same_backup(office: Path, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        assert xlplan.backup(office, tmp_path / name).problems == ()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.damages_ledger
def test_the_key_is_left_out_under_whatever_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    key = (folder / "secret.key").read_text(encoding="ascii").strip()
    (folder / "notes.txt").write_text(f"in case it is lost: {key}\n", encoding="ascii")
    (folder / "agenda.txt").write_text("10:00 welcome\n", encoding="ascii")
    file = tmp_path / "plan.zip"
    assert small.do(folder, "backup", str(file)) == 0
    with zipfile.ZipFile(file) as archive:
        assert not any(key.encode() in archive.read(name) for name in archive.namelist())
        assert "agenda.txt" in archive.namelist()
    assert small.do(folder, "restore", str(file), str(tmp_path / "new")) == 1
    assert "BAK-006" in capsys.readouterr().err
    assert not (tmp_path / "new" / "secret.key").exists()


def test_a_backup_is_made_while_somebody_works_in_the_plan(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    before = tip_of(folder)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO meta VALUES ('half', 'done')")
        xlplan.backup(folder, tmp_path / "plan.zip", with_key=True)
        other.execute("ROLLBACK")
    xlplan.restore(tmp_path / "plan.zip", tmp_path / "new")
    assert tip_of(tmp_path / "new") == before


def test_a_backup_in_the_folder_holds_no_other_backup(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    (folder / "inbox" / "bundle.zip").write_bytes(zipped({"a.txt": b"a"}))
    (folder / "own.zip").write_bytes(zipped({"a.txt": b"a"}))
    xlplan.backup(folder, folder / "one.zip")
    xlplan.backup(folder, folder / "two.zip")
    with zipfile.ZipFile(folder / "two.zip") as archive:
        names = set(archive.namelist())
    assert {"inbox/bundle.zip", "own.zip"} <= names
    assert not {"one.zip", "two.zip"} & names


def test_a_file_that_is_there_is_never_written_over(office: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.zip"
    file.write_text("minutes", encoding="ascii")
    assert small.do(office, "backup", str(file)) == 2
    assert file.read_text(encoding="ascii") == "minutes"
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "notes.txt").touch()
    xlplan.backup(office, tmp_path / "good.zip")
    assert code_of(tmp_path / "good.zip", tmp_path / "plan") == "BAK-005"


@pytest.mark.damages_ledger
def test_a_record_that_is_not_whole_is_no_backup(office: Path, tmp_path: Path) -> None:
    xlplan.backup(office, tmp_path / "good.zip", with_key=True)
    xlplan.restore(tmp_path / "good.zip", tmp_path / "plan")
    original = next((tmp_path / "plan" / "returns").iterdir())
    original.chmod(0o600)
    original.write_bytes(b"another")
    with pytest.raises(XlplanError) as refused:
        xlplan.backup(tmp_path / "plan", tmp_path / "bad.zip")
    assert [problem.code for problem in refused.value.problems] == ["BAK-003"]
    assert not (tmp_path / "bad.zip").exists()


@pytest.mark.damages_ledger
def test_a_file_that_cannot_be_read_is_named(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Path.open

    def held(path: Path, mode: str = "r") -> IO[Any]:
        if path.name == "master.xlsx":
            raise PermissionError(13, "Permission denied", str(path))
        return there(path, mode)

    monkeypatch.setattr(Path, "open", held)
    made = xlplan.backup(office, tmp_path / "plan.zip")
    assert [(problem.code, problem.where) for problem in made.problems] == [
        ("BAK-002", "master.xlsx")
    ]
    monkeypatch.undo()
    xlplan.restore(tmp_path / "plan.zip", tmp_path / "new")
    assert not (tmp_path / "new" / "master.xlsx").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file of such a name")
def test_a_file_whose_name_not_every_system_has_comes_back_under_another(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    for name, text in (("update: final?.xlsx", "a"), ("update- final-.xlsx", "b"), ("nul", "c"),
                       ("a*b.xlsx", "e"), ("a-b.xlsx", "f")):  # fmt: skip
        (folder / "inbox" / name).write_text(text, encoding="ascii")
    (folder / "inbox" / os.fsdecode(b"caf\xe9.xlsx")).write_text("d", encoding="ascii")
    made = xlplan.backup(folder, tmp_path / "plan.zip", with_key=True)
    assert {problem.code for problem in made.problems} == {"BAK-002"}
    assert len(made.problems) == 4
    assert all(problem.level == "note" for problem in made.problems)
    xlplan.restore(tmp_path / "plan.zip", tmp_path / "new")
    back = sorted(path.read_text("ascii") for path in (tmp_path / "new" / "inbox").iterdir())
    assert back == ["a", "b", "c", "d", "e", "f"]


def test_where_nothing_can_be_written_nothing_is_left(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xlplan.backup(office, tmp_path / "plan.zip")
    (tmp_path / "file").touch()
    for refused in (
        small.do(tmp_path, "restore", str(tmp_path / "plan.zip"), str(tmp_path / "file" / "plan")),
        small.do(office, "backup", str(tmp_path / "file" / "plan.zip")),
    ):
        assert refused == 2
    assert capsys.readouterr().err.count("BAK-007") == 2


# What is no backup, or a damaged one


def zipped(members: Mapping[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return data.getvalue()


@pytest.fixture
def members(office: Path, tmp_path: Path) -> dict[str, bytes]:
    """The members of a good backup."""
    xlplan.backup(office, tmp_path / "good.zip", with_key=True)
    with zipfile.ZipFile(tmp_path / "good.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_changed_file_is_noticed(members: dict[str, bytes], tmp_path: Path) -> None:
    file = tmp_path / "plan.zip"
    for name in members:
        data = members[name]
        file.write_bytes(zipped({**members, name: data[:-1] + bytes([data[-1] ^ 1])}))
        assert code_of(file, tmp_path / "new") == "BAK-004"
        file.write_bytes(zipped({other: members[other] for other in members if other != name}))
        assert code_of(file, tmp_path / "new") == "BAK-004"


@pytest.mark.damages_ledger
def test_a_cut_or_flipped_file_restores_the_same_or_nothing(office: Path, tmp_path: Path) -> None:
    xlplan.backup(office, tmp_path / "good.zip")
    whole, file = (tmp_path / "good.zip").read_bytes(), tmp_path / "plan.zip"
    for end in range(0, len(whole), len(whole) // 7 + 1):
        file.write_bytes(whole[:end])
        assert code_of(file, tmp_path / "new") == "BAK-004"
    for number, at in enumerate(range(3, len(whole), len(whole) // 40 + 1)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        folder = tmp_path / f"flipped {number}"
        with contextlib.suppress(XlplanError):
            xlplan.restore(file, folder)
        assert not folder.exists() or files_of(folder) == files_of(office)


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "/out.txt", "a/../../out.txt", "a\\..\\out.txt", "C:out.txt", "a//b", "nul",
     "b.", "", "x\x00y"],
)  # fmt: skip
def test_nothing_is_written_outside_the_folder(
    name: str, members: dict[str, bytes], tmp_path: Path
) -> None:
    contents = json.loads(members[CONTENTS])
    contents["files"][name] = "0" * 64
    file = tmp_path / "plan.zip"
    file.write_bytes(zipped({**members, CONTENTS: json.dumps(contents).encode()}))
    assert code_of(file, tmp_path / "new") == "BAK-004"
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    "contents", [b"", b"[]", b"{}", b"\xff", b'{"files": [], "format": 1}', b"[" * 100_000]
)
def test_a_file_that_does_not_say_what_it_holds_is_refused(
    contents: bytes, members: dict[str, bytes], tmp_path: Path
) -> None:
    file = tmp_path / "plan.zip"
    file.write_bytes(zipped({**members, CONTENTS: contents}))
    assert code_of(file, tmp_path / "new") == "BAK-004"


def test_what_is_no_backup_says_so(
    members: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = json.loads(members[CONTENTS])
    newer = {**members, CONTENTS: json.dumps({**contents, "format": 2}).encode()}
    no_ledger = {"files": {"plan.toml": contents["files"]["plan.toml"]}, "format": 1}
    for data, word in (
        (b"minutes", "not a backup"),
        (zipped({"a.txt": b"a"}), "not a backup"),
        (zipped(newer), "format 2"),
        (zipped({**members, CONTENTS: json.dumps(no_ledger).encode()}), "no ledger.db"),
    ):
        file = tmp_path / "plan.zip"
        file.write_bytes(data)
        assert small.do(tmp_path, "restore", str(file), str(tmp_path / "new")) == 2
        assert word in capsys.readouterr().err
    assert small.do(tmp_path, "restore", str(tmp_path / "none.zip"), str(tmp_path / "new")) == 2
    assert "[BAK-004]" in capsys.readouterr().err


def test_a_file_that_unpacks_without_end_is_stopped(
    members: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlplan.cycle.backup._ROOM", 1 << 20)
    contents = json.loads(members[CONTENTS])
    contents["files"] = {"big.txt": "0" * 64, **contents["files"]}
    bomb = {"big.txt": b"0" * (64 << 20), CONTENTS: json.dumps(contents).encode()}
    file = tmp_path / "plan.zip"
    file.write_bytes(zipped({**bomb, "ledger.db": b""}, zipfile.ZIP_DEFLATED))
    assert code_of(file, tmp_path / "new") == "BAK-004"


@pytest.mark.damages_ledger
def test_a_ledger_that_was_changed_is_not_restored(
    tmp_path: Path, members: dict[str, bytes]
) -> None:
    """Also where whoever changed it wrote the new digest beside it."""
    xlplan.restore(tmp_path / "good.zip", tmp_path / "changed")
    tamper(tmp_path / "changed" / "ledger.db", "UPDATE event SET at = '2020-01-01' WHERE seq = 2")
    data = (tmp_path / "changed" / "ledger.db").read_bytes()
    contents = json.loads(members[CONTENTS])
    contents["files"]["ledger.db"] = hashlib.sha256(data).hexdigest()
    file = tmp_path / "plan.zip"
    forged = {**members, "ledger.db": data, CONTENTS: json.dumps(contents).encode()}
    file.write_bytes(zipped(forged))
    assert code_of(file, tmp_path / "new") == "BAK-004"


# Copies that lie beside the plan's own files


@pytest.mark.damages_ledger
def test_copies_of_the_plans_own_files_are_named_and_never_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    copies = ("decisions.ods", "ledger-PC2.db", "master (1).xlsx", "Master.XLS",
              "plan (A's conflicted copy).toml", "set-up.csv")  # fmt: skip
    for name in copies:
        (folder / name).write_bytes(b"not even a workbook")
    (folder / "masterly.xlsx").write_bytes(b"another matter")
    tip = tip_of(folder)
    capsys.readouterr()
    assert small.do(folder, "merge") == 1
    said = capsys.readouterr().err
    assert all(f"{name}: " in said for name in copies)
    assert "masterly" not in said
    assert "decisions.ods: This looks like a second copy of decisions.xlsx" in said
    [definition] = [line for line in said.splitlines() if line.startswith("plan (A")]
    assert "inbox" not in definition
    assert tip_of(folder) == tip
    assert small.do(folder, "verify") == 1
    assert capsys.readouterr().err.count("PLAN-009") == len(copies)


def test_what_a_killed_backup_or_restore_left_beside_its_place_goes_with_the_next(
    office: Path, tmp_path: Path
) -> None:
    half = tmp_path / ".plan.zip.abc123_9.xlplan.tmp"
    half.write_bytes(b"half")
    unpacked = tmp_path / ".again.abc123_9.xlplan.tmp"
    unpacked.mkdir()
    (unpacked / "secret.key").write_text("ab" * 32, "ascii")
    others = tmp_path / ".another.abc123_9.xlplan.tmp"
    others.mkdir()
    xlplan.backup(office, tmp_path / "plan.zip", with_key=True)
    assert not half.exists()
    assert unpacked.exists()
    xlplan.restore(tmp_path / "plan.zip", tmp_path / "again")
    assert not unpacked.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [others.name, "again", "plan.zip"]
