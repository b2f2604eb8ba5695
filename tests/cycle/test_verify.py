"""`verify`: one byte that is not as it was written is noticed, wherever it is."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from tests.tampering import tamper
from xlplan.errors import Problem, XlplanError
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.read.book import a1, at_of
from xlplan.workbook.write.filling import key_rows

FLIPS = {"nightly": 23, "ci": 449}.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 499)
"""Every how many bytes of the ledger one is flipped; a prime, so that no field is always missed."""
LONG = "\n".join(f"Week {n}: the list was read through with both teams, = and - included." * 4
                 for n in range(40))  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with returns of many kinds merged, a decision taken, and a composite published."""
    folder = small.make(tmp_path_factory.mktemp("verify") / "plan")
    small.issue(folder)
    small.give_back(
        folder, small.LETTINGS,
        {("1.1", "completed_on"): date(2026, 10, 5), ("1.1", "progress"): LONG,
         ("1.3", "rating"): "Green"},
    )  # fmt: skip
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "red", ("1.2", "due"): 46113})
    as_csv(folder, small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"}))
    small.edit_master(folder, {("1.2", "progress"): "=SUM is what they say", ("2.2", "due"): "May"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {("1.3", "rating"): "Red"})
    small.do(folder, "merge")
    assert small.do(folder, "publish") == 0
    return folder


def as_csv(folder: Path, path: Path) -> None:
    """A return saved as CSV: what is left of its first sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["Update"]
    lines = [
        ",".join(f'"{"" if cell.value is None else cell.value}"' for cell in row)
        for row in sheet.iter_rows()
    ]
    path.unlink()
    (folder / "inbox" / "learning.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


@pytest.fixture
def folder(office: Path, tmp_path: Path) -> Path:
    """A copy of that plan."""
    return Path(shutil.copytree(office, tmp_path / "plan"))


def problems(folder: Path, tip: str = "") -> list[Problem]:
    with small.opened(folder) as plan:
        return plan.verify(tip)


def codes(folder: Path, tip: str = "") -> list[str]:
    return [problem.code for problem in problems(folder, tip)]


def said(
    capsys: pytest.CaptureFixture[str], folder: Path, *args: str
) -> tuple[int, dict[str, object]]:
    """The exit status of `verify --json`, and its one document."""
    capsys.readouterr()
    status = small.do(folder, "verify", "--json", *args)
    return status, json.loads(capsys.readouterr().out)


def test_a_plan_that_nobody_touched_is_clean(office: Path) -> None:
    assert problems(office) == []


def test_verify_changes_nothing(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    problems(folder)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_every_assertion_is_found_in_its_cell(office: Path) -> None:
    """Dates, numbers, long text and CSV: the tracing has something to trace, and finds it."""
    with small.opened(office) as plan:
        facts = list(plan.desk.state.returns.values())
    raws = {item.raw for fact in facts for item in fact.assertions}
    assert {"2026-10-05", LONG, "red", "46113.0", "=SUM is what they say"} <= raws
    assert any(fact.file.endswith(".csv") and fact.assertions for fact in facts)


# The ledger


def contents(path: Path) -> list[tuple[object, ...]]:
    """Everything that a ledger says: every row of every table, and the tables themselves."""
    with closing(sqlite3.connect(path)) as db:
        return [
            *db.execute("SELECT * FROM sqlite_schema ORDER BY name"),
            *db.execute("SELECT * FROM meta ORDER BY name"),
            *db.execute("SELECT * FROM event ORDER BY seq"),
        ]


def errors_of(folder: Path) -> list[str]:
    """The codes with which `verify` refuses to open a plan, or what it then finds."""
    try:
        with small.opened_to_verify(folder) as plan:
            found: Sequence[Problem] = plan.verify()
    except XlplanError as error:
        found = error.problems
    return [problem.code for problem in found if problem.level == "error"]


def places_of_events(ledger: Path) -> set[int]:
    """Where in the file each event begins to be said: its body, packed or not."""
    whole = ledger.read_bytes()
    with closing(sqlite3.connect(ledger)) as db:
        bodies = [body for (body,) in db.execute("SELECT CAST(body AS BLOB) FROM event")]
    found = {whole.find(body[:30]) for body in bodies}
    assert -1 not in found
    return found


@pytest.mark.damages_ledger
def test_a_flipped_byte_anywhere_in_the_ledger_is_noticed(folder: Path) -> None:
    """Or says nothing: then it is in space that SQLite does not use, or in its own bookkeeping,
    which is shown by every row of every table being what it was."""
    ledger = folder / "ledger.db"
    whole = ledger.read_bytes()
    before = contents(ledger)
    noticed = unnoticed = 0
    said = places_of_events(ledger)
    assert said
    for position in sorted({*range(0, len(whole), FLIPS), *said}):
        changed = bytearray(whole)
        changed[position] ^= 1 << position % 8
        ledger.write_bytes(changed)
        found = errors_of(folder)
        assert all(code.startswith(("LED-", "VER-")) for code in found), (position, found)
        if found:
            noticed += 1
        else:
            unnoticed += 1
            assert position not in said
            assert contents(ledger) == before, position
    assert noticed > unnoticed


@pytest.mark.damages_ledger
@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE event SET body = replace(body, 'Amber', 'Green')", "VER-003"),
        ("DELETE FROM event WHERE seq = (SELECT max(seq) - 1 FROM event)", "VER-002"),
    ],
)
def test_a_change_by_other_means_is_an_exit_status_of_one(
    folder: Path, capsys: pytest.CaptureFixture[str], sql: str, code: str
) -> None:
    tamper(folder / "ledger.db", sql)
    status, document = said(capsys, folder)
    assert status == 1
    assert document["ok"] is False
    assert [p["code"] for p in document["problems"]] == [code]  # type: ignore[attr-defined]  # JSON
    assert small.do(folder, "show") == 2
    assert "[LED-007]" in capsys.readouterr().err


def test_a_cut_tail_is_found_by_the_tip_on_the_composite(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small.opened(folder) as plan:
        tip = plan.desk.state.published[-1][1].tip
    assert said(capsys, folder, "--tip", tip)[0] == 0
    tamper(folder / "ledger.db", "DELETE FROM event WHERE seq > (SELECT max(seq) - 5 FROM event)")
    status, document = said(capsys, folder, "--tip", tip)
    assert status == 1
    assert [p["code"] for p in document["problems"]] == ["VER-004"]  # type: ignore[attr-defined]


@pytest.mark.damages_ledger
def test_a_composite_with_a_tip_that_the_chain_does_not_have(folder: Path) -> None:
    from xlplan.merge.model import Published

    with small.opened(folder) as plan, plan.desk.work() as work:
        work.append([Published("2026-11", 1, "other.xlsx", "0" * 64, "f" * 64)])
    assert codes(folder) == ["VER-006"]


@pytest.mark.damages_ledger
def test_a_base_that_does_not_replay_is_noticed(folder: Path) -> None:
    from msgspec.structs import replace

    with small.opened(folder) as plan, plan.desk.work() as work:
        issued = next(i for i in plan.desk.state.issued.values() if i.document == "template")
        work.append([replace(issued, as_of=2)])
    assert "VER-007" in codes(folder)


# The originals


def test_a_flipped_byte_in_any_original_is_noticed(folder: Path) -> None:
    """The spreadsheet that the plan started from included."""
    kept = sorted((folder / "returns").iterdir())
    assert len(kept) == 6
    for path in kept:
        data = path.read_bytes()
        path.chmod(0o644)
        for position in (0, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
            [problem] = problems(folder)
            assert problem.code == "VER-005"
            assert path.name in problem.where
        path.write_bytes(data)
    assert problems(folder) == []


@pytest.mark.damages_ledger
def test_a_missing_original_is_noticed_by_the_name_of_its_file(folder: Path) -> None:
    with small.opened(folder) as plan:
        digest = next(
            r.sha256 for r in plan.desk.state.returns.values() if r.file.endswith("Repairs.xlsx")
        )
    (folder / "returns" / digest).unlink()
    [problem] = problems(folder)
    assert problem.code == "VER-005"
    assert "Head of Repairs.xlsx is missing" in problem.message


@pytest.mark.damages_ledger
def test_the_missing_spreadsheet_that_the_plan_started_from_is_noticed(folder: Path) -> None:
    with small.opened(folder) as plan:
        named = {r.sha256 for r in plan.desk.state.returns.values()}
    [first] = [path for path in (folder / "returns").iterdir() if path.name not in named]
    first.unlink()
    [problem] = problems(folder)
    assert problem.code == "VER-005"
    assert "source.xlsx is missing" in problem.message


@pytest.mark.damages_ledger
def test_an_assertion_that_its_cell_does_not_say_is_noticed(folder: Path) -> None:
    """Somebody rewrote the ledger with a chain that holds: the originals still tell."""
    from msgspec.structs import replace

    with small.opened(folder) as plan, plan.desk.work() as work:
        fact = next(r for r in plan.desk.state.returns.values() if r.assertions)
        first = replace(fact.assertions[0], raw="what nobody typed")
        work.append([replace(fact, assertions=(first, *fact.assertions[1:]))])
    found = problems(folder)
    assert found[0].code == "VER-009"
    assert "what nobody typed" in found[0].message


@pytest.mark.damages_ledger
def test_a_cell_that_is_blank_in_the_stored_file_is_called_blank(folder: Path) -> None:
    from msgspec.structs import replace

    with small.opened(folder) as plan, plan.desk.work() as work:
        fact = next(r for r in plan.desk.state.returns.values() if r.assertions)
        first = fact.assertions[0]
        elsewhere = replace(first, place=replace(first.place, cell="ZZ999"))
        work.append([replace(fact, assertions=(elsewhere, *fact.assertions[1:]))])
    [problem] = [each for each in problems(folder) if each.code == "VER-009"]
    assert f'"{first.raw}"' in problem.message
    assert "blank in the stored file" in problem.message
    assert "None" not in problem.message


@pytest.mark.damages_ledger
def test_a_cell_that_the_ledger_has_as_emptied_is_called_emptied(folder: Path) -> None:
    from msgspec.structs import replace

    with small.opened(folder) as plan, plan.desk.work() as work:
        fact = next(r for r in plan.desk.state.returns.values() if r.assertions)
        first = fact.assertions[0]
        emptied = replace(first, value=None, raw="")
        work.append([replace(fact, assertions=(emptied, *fact.assertions[1:]))])
    [problem] = [each for each in problems(folder) if each.code == "VER-009"]
    assert "emptied" in problem.message
    assert f'"{first.raw}"' in problem.message


@pytest.mark.damages_ledger
def test_an_original_that_the_ledger_does_not_name_is_noticed_too(folder: Path) -> None:
    with small.opened(folder) as plan:
        path = plan.desk.folder.originals.path("0" * 64)
    path.write_bytes(b"not what its name says")
    [problem] = problems(folder)
    assert (problem.code, problem.where) == ("VER-005", f"returns/{'0' * 64}")
    assert "This original was changed." in problem.message


@pytest.mark.parametrize("kind", ["locked", "twice", "forged"])
@pytest.mark.parametrize(
    ("typed", "raw"),
    [("=1+1", "=1+1"), ("#N/A", "#N/A"), (None, ""), (7, "7.0"), (True, "True")],
)
def test_what_was_read_in_a_cell_is_found_there_again(
    folder: Path, kind: str, typed: str | float | None, raw: str
) -> None:
    """A formula that no program has worked out yet, an error, a blank and a number, in cells that
    only ask: a locked one, a row that is there twice, a row with a forged key."""
    path = folder / "outbox" / small.CYCLE / f"{small.LETTINGS}.xlsx"
    columns, rows = key_rows(path.read_bytes(), ID_PREFIX)
    with small.opened(folder) as plan:
        uid = next(row.uid for row in plan.rows() if row.ref == "1.1")
    book = openpyxl.load_workbook(path)
    sheet: Any = book["Update"]
    number = rows[uid][1]
    cell = sheet[f"{columns['action' if kind == 'locked' else 'rating']}{number}"]
    cell.value = typed
    if kind == "twice":
        for source in list(sheet[number]):
            sheet.cell(sheet.max_row + (source.column == 1), source.column, source.value)
    elif kind == "forged":
        key = sheet.cell(number, 1)
        key.value = str(key.value)[:-16] + "0" * 16
    book.save(folder / "inbox" / "asked.xlsx")
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        [fact] = [r for r in plan.desk.state.returns.values() if r.file == "inbox/asked.xlsx"]
    kinds = {"locked": "locked", "twice": "held", "forged": "held"}
    found = [a for a in fact.assertions if a.place.cell == cell.coordinate]
    assert [(a.kind, a.raw) for a in found] == [(kinds[kind], raw)]
    assert errors_of(folder) == []


@pytest.mark.parametrize(
    ("name", "at"), [("A1", (0, 0)), ("F12", (11, 5)), ("Z9", (8, 25)), ("AA10", (9, 26)),
                     ("XFD1048576", (1_048_575, 16_383))],
)  # fmt: skip
def test_a_cell_is_found_by_its_name(name: str, at: tuple[int, int]) -> None:
    assert at_of(name) == at
    assert a1(*at) == name


# What is written from the ledger


def test_an_edited_master_is_a_note_until_it_is_merged(folder: Path) -> None:
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    [note] = problems(folder)
    assert (note.code, note.level) == ("VER-008", "note")
    assert small.do(folder, "verify") == 0


@pytest.mark.parametrize("name", ["master.xlsx", "decisions.xlsx", "set-up.xlsx"])
def test_a_workbook_that_cannot_be_read_is_a_note_and_stops_nothing(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()  # which no system lets be read as a file
    capsys.readouterr()
    assert small.do(folder, "verify") == 0
    said = capsys.readouterr()
    assert f"{name}: " in said.err
    assert "[OUT-006]" in said.err
    assert small.do(folder, "undo", f"{small.REPAIRS}.xlsx", "--cascade") == 1
    assert "[OUT-002]" in capsys.readouterr().err


def test_a_stale_or_missing_master_is_a_note_and_merge_writes_it_again(folder: Path) -> None:
    master = folder / "master.xlsx"
    stale = master.read_bytes()
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    small.do(folder, "merge")
    now = master.read_bytes()
    for left, shown in ((stale, "out of date"), (None, "missing")):
        if left is None:
            master.unlink()
        else:
            master.write_bytes(left)
        [note] = [p for p in problems(folder) if p.code != "VER-011"]
        assert (note.code, note.level) == ("VER-010", "note")
        assert shown in note.message
        small.do(folder, "merge")
        assert master.read_bytes() == now


@pytest.mark.parametrize("file", ["board/2026-11.xlsx", "outbox/2026-11/Head of Repairs.xlsx"])
def test_a_file_that_somebody_saved_again_is_a_note(folder: Path, file: str) -> None:
    path = folder / file
    path.write_bytes(path.read_bytes() + b"\0")
    [note] = problems(folder)
    assert (note.code, note.level, note.where) == ("VER-011", "note", file)
    path.unlink()
    assert problems(folder) == []


@pytest.mark.damages_ledger
def test_an_original_that_cannot_be_read_is_not_said_to_be_changed(folder: Path) -> None:
    path = next(iter((folder / "returns").iterdir()))
    path.unlink()
    path.mkdir()  # a folder is what even root cannot read as a file
    with small.opened_to_verify(folder) as plan:
        (problem,) = [found for found in plan.verify() if found.code == "PLAN-008"]
    assert problem.where.endswith(path.name)
    assert "directory" in problem.message
    assert "VER-005" not in codes(folder)


# The key and the definition


@pytest.mark.damages_ledger
@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "PLAN-004"),
        (b"not hex", "PLAN-005"),
        (b"ab" * 31, "PLAN-005"),
        (b"ab" * 33, "PLAN-005"),
        (b"\xff", "PLAN-005"),
    ],
)
def test_without_its_key_a_plan_can_be_looked_at_and_no_more(
    folder: Path, capsys: pytest.CaptureFixture[str], key: bytes | None, code: str
) -> None:
    path = folder / "secret.key"
    path.unlink()
    if key is not None:
        path.write_bytes(key)
    with small.opened(folder) as plan:
        before = plan.desk.ledger.tip()
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    for args in (("merge",), ("issue", "--cycle", "2026-12"), ("undo", "r-")):
        assert small.do(folder, *args) == 2
        assert f"[{code}]" in capsys.readouterr().err or args[0] == "undo"
    for command in ("show", "log", "status", "check"):
        assert small.do(folder, command) in (0, 1)
        assert "PLAN-" not in capsys.readouterr().err
    assert codes(folder) == [code]
    with small.opened(folder) as plan:
        assert plan.desk.ledger.tip() == before


def with_another_key(folder: Path, tmp_path: Path) -> Path:
    """The plan with the secret key of another one copied over its own."""
    (tmp_path / "other").mkdir()
    other = small.make_anew(tmp_path / "other" / "plan")
    shutil.copy(other / "secret.key", folder / "secret.key")
    return folder


def older(folder: Path) -> Path:
    """The plan as an xlplan left it that noted no key in the ledger."""
    with closing(sqlite3.connect(folder / "ledger.db")) as db:
        assert db.execute("DELETE FROM meta WHERE name = 'key'").rowcount == 1
        db.commit()
    return folder


def noted(folder: Path) -> list[str]:
    """What the ledger says of its key."""
    with closing(sqlite3.connect(folder / "ledger.db")) as db:
        return [value for (value,) in db.execute("SELECT value FROM meta WHERE name = 'key'")]


@pytest.mark.damages_ledger
def test_the_key_of_another_plan_is_noticed_by_whatever_opens_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_another_key(folder, tmp_path)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for args in (
        ("merge",), ("issue", "--cycle", "2026-12"), ("publish",), ("undo", "r-"), ("show",),
        ("status",), ("log",), ("check",), (),
    ):  # fmt: skip
        capsys.readouterr()
        assert small.do(folder, *args) == 2, args
        said = capsys.readouterr().err
        assert "secret.key: secret.key and ledger.db do not belong together" in said
        assert "Put back the secret.key" in said
        assert "[LED-010]" in said
    assert errors_of(folder) == ["LED-010"]
    assert small.do(folder, "verify") == 1
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_what_the_ledger_notes_of_the_key_is_not_the_key(folder: Path) -> None:
    [text] = noted(folder)
    key = bytes.fromhex((folder / "secret.key").read_text("ascii"))
    assert text == hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()
    assert key.hex() not in (folder / "ledger.db").read_bytes().decode("latin-1")


def test_an_older_ledger_is_told_its_key_by_the_next_command_that_writes(folder: Path) -> None:
    known = noted(folder)
    with small.opened(older(folder)) as plan:
        before = plan.desk.ledger.tip()
        log = plan.log()
    assert small.do(folder, "show") == 0
    assert codes(folder) == []
    assert noted(folder) == []
    assert small.do(folder, "publish") == 0
    assert noted(folder) == known
    with small.opened(folder) as plan:
        assert plan.desk.ledger.tip() == before  # nothing has happened to the plan
        assert plan.log() == log
    assert small.do(folder, "publish") == 0
    assert noted(folder) == known


@pytest.mark.damages_ledger
def test_an_older_ledger_is_not_told_a_key_that_did_not_sign_its_workbooks(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_another_key(older(folder), tmp_path)
    assert codes(folder) == ["LED-010"]
    for args in (("publish",), ("issue", "--cycle", "2026-12"), ("merge",)):
        assert small.do(folder, *args) == 2
        assert "[LED-010]" in capsys.readouterr().err
    assert noted(folder) == []


def test_an_older_ledger_without_a_key_or_workbooks_is_told_nothing_or_trusts(
    folder: Path, tmp_path: Path
) -> None:
    key = folder / "secret.key"
    known = noted(folder)
    key.rename(tmp_path / "kept.key")
    assert small.do(older(folder), "publish") == 0
    assert noted(folder) == []
    (tmp_path / "kept.key").rename(key)
    shutil.rmtree(folder / "outbox")
    (folder / "master.xlsx").unlink()
    assert small.do(folder, "publish") == 0
    assert noted(folder) == known


def test_a_plan_whose_id_was_changed_says_to_put_it_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "plan.toml"
    path.write_text(path.read_text("utf-8").replace('id = "plan"', 'id = "other"'), "utf-8")
    assert small.do(folder, "merge") == 2
    assert "[PLAN-006]" in capsys.readouterr().err


def test_a_ledger_of_another_plan_does_not_go_with_this_key(folder: Path, tmp_path: Path) -> None:
    """A template is recognised by the key it was signed with, not by the plan's name."""
    (tmp_path / "other").mkdir()
    other = small.make_anew(tmp_path / "other" / "plan")
    data = (folder / "inbox" / "Head of Repairs.xlsx").read_bytes()
    (other / "inbox" / "Head of Repairs.xlsx").write_bytes(data)
    with small.opened(other) as plan:
        [report] = plan.merge().returns
    assert report.outcome == "refused"
    assert not report.changes


def test_key_rows_of_the_master_are_found(office: Path) -> None:
    columns, rows = key_rows((office / "master.xlsx").read_bytes(), ID_PREFIX)
    assert "rating" in columns
    assert len(rows) == len(small.ROWS)
