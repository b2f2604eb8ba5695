"""What people do by mistake, command by command: each is told where, what, and what to do.

Every case is run as ``--json``: one document on stdout and nothing else there, the same messages
on stderr, an exit status that says whether anything was done, and never a traceback.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from xlplan import new_plan
from xlplan.cli.main import run
from xlplan.cycle.synced import synced_folder
from xlplan.errors import XlplanError
from xlplan.ledger.store import Ledger


@dataclass(frozen=True)
class Said:
    """What a command ended with: status, the document on stdout, the lines on stderr."""

    status: int
    document: Any
    lines: tuple[str, ...]

    def line(self, code: str) -> str:
        """The one line with this code, which names a place first and the code last."""
        [line] = [line for line in self.lines if line.endswith(f"[{code}]")]
        assert re.match(r"[^ :][^:]*: .+\. ?.* \[[A-Z]+-\d{3}\]$", line), line
        return line

    @property
    def codes(self) -> list[str]:
        return re.findall(r"\[([A-Z]+-\d{3})\]$", "\n".join(self.lines), re.M)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command with ``--json`` and reads what it said."""

    def command(folder: Path, *args: str, today: str = small.TODAY) -> Said:
        capsys.readouterr()
        status = run(["-C", str(folder), "--today", today, *args, "--json"])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(status, json.loads(out), tuple(err.splitlines()))

    return command


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a cycle issued."""
    folder = small.make(tmp_path_factory.mktemp("bad") / "plan")
    small.issue(folder)
    return folder


@pytest.fixture
def folder(office: Path, tmp_path: Path) -> Path:
    """A copy of that plan."""
    return Path(shutil.copytree(office, tmp_path / "plan"))


def amend(folder: Path, old: str, new: str) -> None:
    """Change the text of plan.toml, once."""
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


# The definition


def test_every_fault_of_a_definition_is_named_with_its_line_and_key(folder: Path, say: Any) -> None:
    amend(folder, 'timezone = "Europe/London"', 'timezone = "Europe/Lodnon"')
    amend(folder, 'colour = "#FFC000"', 'colour = "amber"')
    amend(folder, 'type = "timescale"', 'type = "timescales"')
    lines = (folder / "plan.toml").read_text("utf-8").splitlines()
    found = say(folder, "check")
    assert found.status == 2
    assert len(found.document["problems"]) == 3
    for key, wrong in (("timezone", "Lodnon"), ("colour", "amber"), ("type", "timescales")):
        [line] = [line for line in found.lines if wrong in line]
        number = 1 + next(n for n, text in enumerate(lines) if wrong in text)
        assert f"plan.toml:{number}:" in line
        assert key in line
    assert say(folder, "status").status == 0  # the ledger answers without it


def test_a_definition_that_is_missing_or_no_text(folder: Path, say: Any) -> None:
    path = folder / "plan.toml"
    path.write_bytes(b'title = "caf\xe9"')
    assert "byte 12" in say(folder, "merge").line("PLAN-003")
    path.unlink()
    found = say(folder, "merge")
    assert found.status == 2
    assert "restore the file from a backup" in found.line("PLAN-002")
    path.mkdir()
    assert "cannot be read" in say(folder, "merge").line("PLAN-008")


def test_a_definition_that_was_emptied_and_one_of_another_plan(folder: Path, say: Any) -> None:
    amend(folder, 'id = "plan"', 'id = "plan-b"')
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 2
    assert '"plan-b"' in found.line("PLAN-006")
    (folder / "plan.toml").write_text("", "utf-8")
    assert say(folder, "check").status == 2


# The plan


def test_two_actions_with_one_ref_are_imported_and_reported(tmp_path: Path, say: Any) -> None:
    rows = (*small.ROWS, ("1.2", "Inspect every boiler", "Head of Repairs", "2027", "", "Green"))
    source = small.write_source(tmp_path / "twice.xlsx", rows)
    made = say(tmp_path, "new", str(tmp_path / "plan"), "--from", str(source))
    assert made.status in (0, 1)
    assert made.document["actions"] == len(rows)
    found = say(tmp_path / "plan", "check")
    assert found.status == 1
    twice = [p for p in found.document if p["action"].startswith("1.2") and p["field"] == "ref"]
    assert twice
    assert all(p["code"].startswith("CHK-") for p in twice)


def test_a_lead_who_is_not_in_the_list(folder: Path, say: Any) -> None:
    amend(folder, '[[lead]]\nname = "Head of Learning"\n', "")
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 1
    assert len(found.document["templates"]) == 2
    lines = [line for line in found.lines if line.endswith("[ISS-003]")]
    assert [line.split(":")[0] for line in lines] == ["action 2.1", "action 2.2"]
    assert all('"Head of Learning"' in line and "Add a [[lead]]" in line for line in lines)


def test_an_action_without_a_lead(folder: Path, say: Any) -> None:
    small.edit_master(folder, {("2.2", "lead"): None})
    small.do(folder, "merge")
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 1
    assert found.line("ISS-004").startswith("action 2.2: ")


def test_nobody_has_an_action(folder: Path, say: Any) -> None:
    for lead in (small.LEARNING, small.LETTINGS, small.REPAIRS):
        amend(folder, f'[[lead]]\nname = "{lead}"\n', "")
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 2
    assert found.line("ISS-008").startswith("plan.toml: No lead has an action")


def test_a_plan_without_a_column_of_leads(tmp_path: Path, say: Any) -> None:
    book = openpyxl.Workbook()
    for line in (
        ("Ref", "Action", "Due date", "RAG"),
        ("1.1", "Mend the roof of the hall", "31 March 2027", "Green"),
        ("1.2", "Train all wardens in fire safety", "30 April 2027", "Red"),
    ):
        book.worksheets[0].append(line)
    book.save(tmp_path / "plan.xlsx")
    folder = tmp_path / "plan"
    new_plan(folder, tmp_path / "plan.xlsx")
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 2
    assert "no column of leads" in found.line("ISS-008")
    assert "sheet Columns of set-up.xlsx" in found.line("ISS-008")
    assert "People under Type" in found.line("ISS-008")


# Issue


@pytest.mark.parametrize(
    ("args", "code", "shown"),
    [
        (("--cycle", "../up"), "ISS-001", '"../up"'),
        (("--cycle", "2026-12", "--return-by", "2026-11-01"), "ISS-002", "2026-11-01"),
        (("--cycle", "2026-12", "--lead", "Head of Letting"), "ISS-006", '"Head of Lettings"?'),
    ],
)
def test_an_issue_that_cannot_be(
    folder: Path, say: Any, args: tuple[str, ...], code: str, shown: str
) -> None:
    found = say(folder, "issue", *args)
    assert found.status == 2
    assert shown in found.line(code)
    assert [p["code"] for p in found.document["problems"]] == [code]
    assert not (folder / "outbox" / "2026-12").exists()


def test_a_lead_who_has_no_action(folder: Path, say: Any) -> None:
    amend(folder, "[[lead]]\n", '[[lead]]\nname = "Head of Parks"\n\n[[lead]]\n')
    found = say(folder, "issue", "--cycle", "2026-12", "--lead", "Head of Parks")
    assert found.status == 2
    assert '"Head of Parks" has no action' in found.line("ISS-007")


def test_issuing_while_the_master_holds_edits(folder: Path, say: Any) -> None:
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    found = say(folder, "issue", "--cycle", "2026-12")
    assert found.status == 1
    assert len(found.document["templates"]) == 3
    assert "issue again" in found.line("ISS-005")


# Merge


def test_an_empty_inbox(folder: Path, say: Any) -> None:
    found = say(folder, "merge")
    assert found.status == 1
    assert found.document["returns"] == []
    assert found.line("MRG-002").startswith("inbox/: ")


def test_an_inbox_that_does_not_exist(folder: Path, say: Any) -> None:
    found = say(folder, "merge", str(folder / "in-box"))
    assert found.status == 2
    assert "in-box: There is no such file or folder" in found.line("MRG-001")


def test_a_lock_file_is_passed_over(folder: Path, say: Any) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    (folder / "inbox" / "~$Head of Lettings.xlsx").write_bytes(b"\x05Asha" + b" " * 160)
    found = say(folder, "merge")
    assert [r["outcome"] for r in found.document["returns"]] == ["merged"]
    assert [line for line in found.lines if "~$Head of Lettings.xlsx" in line]


def test_a_pdf_by_another_name_stops_nothing(folder: Path, say: Any) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    (folder / "inbox" / "board paper.xlsx").write_bytes(b"%PDF-1.7\n" + b"1 0 obj\n" * 40)
    found = say(folder, "merge")
    assert found.status == 1
    outcomes = {r["file"]: r["outcome"] for r in found.document["returns"]}
    assert outcomes == {
        "inbox/Head of Lettings.xlsx": "merged",
        "inbox/board paper.xlsx": "refused",
    }
    [refused] = [r for r in found.document["returns"] if r["outcome"] == "refused"]
    [problem] = refused["problems"]
    assert "PDF" in problem["message"]
    assert problem["where"] == "inbox/board paper.xlsx"


def test_a_template_of_another_plan(folder: Path, tmp_path: Path, say: Any) -> None:
    (tmp_path / "next").mkdir()
    other = small.make_anew(tmp_path / "next" / "plan")
    small.issue(other)
    data = small.give_back(other, small.LETTINGS, {("1.1", "rating"): "Red"}).read_bytes()
    (folder / "inbox" / "theirs.xlsx").write_bytes(data)
    found = say(folder, "merge")
    assert found.status == 1
    [report] = found.document["returns"]
    assert report["outcome"] == "refused"
    assert report["problems"]
    assert found.document["changes"] == []


def test_an_edited_master_is_not_overwritten_by_an_undo(folder: Path, say: Any) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    done = say(folder, "merge").document["returns"][0]["id"]
    small.edit_master(folder, {("2.1", "rating"): "Green"})
    edited = (folder / "master.xlsx").read_bytes()
    found = say(folder, "undo", done)
    assert found.status == 1
    assert found.line("OUT-001").startswith("master.xlsx: ")
    assert (folder / "master.xlsx").read_bytes() == edited


def test_a_master_that_was_refused_is_not_overwritten(folder: Path, say: Any) -> None:
    """What somebody typed in it is in no other place."""
    master = folder / "master.xlsx"
    small.edit_master(folder, {("2.1", "rating"): "Green"})
    damaged = master.read_bytes()[:-2000]
    master.write_bytes(damaged)
    for _ in range(2):
        found = say(folder, "merge")
        assert found.status == 1
        assert [r["outcome"] for r in found.document["returns"]] == ["refused"]
        assert "If that cannot be done, move it out of this folder" in found.line("OUT-006")
        assert master.read_bytes() == damaged


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_master_that_cannot_be_opened_is_said_to_be_one(folder: Path, say: Any) -> None:
    (folder / "master.xlsx").chmod(0)
    found = say(folder, "issue", "--cycle", "2026-12")
    assert "cannot be opened" in found.line("OUT-006")


@pytest.fixture
def asked(folder: Path) -> Path:
    """The plan with an open question, which its decisions.xlsx asks."""
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Purple"})
    assert small.do(folder, "merge") == 1
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Another plan, with an open question too."""
    other = small.make(tmp_path / "elsewhere")
    small.issue(other)
    small.give_back(other, small.LETTINGS, {("1.1", "rating"): "Purple"})
    assert small.do(other, "merge") == 1
    return other


@pytest.mark.parametrize("name", ["master.xlsx", "decisions.xlsx"])
def test_another_plans_workbook_in_the_place_of_ours_is_to_be_moved_away(
    asked: Path, elsewhere: Path, name: str, say: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(elsewhere / name, asked / name)

    def told(found: Said) -> None:
        line = found.line("OUT-006")
        assert line.startswith(f"{name}: ")
        assert f'This is the {name} of another plan ("elsewhere").' in line
        assert "Move it out of this folder" in line
        assert not {"OUT-001", "ISS-005", "VER-008"} & set(found.codes)

    small.do(asked)
    out = capsys.readouterr().out
    assert "Move it out of this folder" in out
    assert "hold edits" not in out
    if name == "master.xlsx":
        told(say(asked, "issue", "--cycle", "2026-12"))
    for _ in range(2):
        found = say(asked, "merge")
        told(found)
        assert [r["outcome"] for r in found.document["returns"] if r["file"] == name] == ["refused"]
    report = next(
        r for r in found.document["returns"] if r["file"] == "inbox/Head of Lettings.xlsx"
    )
    notes = {p["code"]: p for p in say(asked, "verify").document["problems"]}
    assert "VER-008" not in notes
    assert "Move it out of this folder" in notes["OUT-006"]["message"]
    told(say(asked, "undo", report["id"]))  # which the merge below takes in again
    (asked / name).rename(asked.parent / "theirs.xlsx")
    assert "OUT-006" not in say(asked, "merge").codes
    assert (asked / name).exists()


def test_a_master_made_with_another_key_is_to_be_moved_away(
    folder: Path, tmp_path: Path, say: Any
) -> None:
    (tmp_path / "copy").mkdir()
    copy = small.make_anew(tmp_path / "copy" / "plan")  # a plan of the same name
    shutil.copy(copy / "master.xlsx", folder / "master.xlsx")
    found = say(folder, "merge")
    assert "were not made by this plan" in found.line("OUT-006")
    assert "Move it out of this folder" in found.line("OUT-006")


def test_an_answer_to_a_question_that_is_not_open(folder: Path) -> None:
    with small.opened(folder) as plan, pytest.raises(XlplanError) as caught:
        plan.answer("q-000000000000", "Red")
    assert [p.code for p in caught.value.problems] == ["DEC-001"]


def test_an_answer_that_is_not_among_the_choices(folder: Path, say: Any) -> None:
    key = ("1.3", "rating")
    small.give_back(folder, small.LETTINGS, {key: "Green"})
    small.give_back(folder, small.REPAIRS, {key: "Red"})
    say(folder, "merge")
    small.answer(folder, {key: "Purple"})
    found = say(folder, "merge")
    assert found.status == 1
    assert [line for line in found.lines if "Purple" in line and "[DEC-" in line]
    assert [(q["action"], q["field"]) for q in found.document["questions"]] == [key]


def test_an_answer_that_comes_too_late(folder: Path, say: Any) -> None:
    key = ("1.3", "rating")
    small.give_back(folder, small.LETTINGS, {key: "Green"})
    small.give_back(folder, small.REPAIRS, {key: "Red"})
    say(folder, "merge")
    issued = (folder / "decisions.xlsx").read_bytes()
    small.answer(folder, {key: "Green"})
    late = folder / "inbox" / "decisions of Asha.xlsx"
    late.write_bytes((folder / "decisions.xlsx").read_bytes())
    (folder / "decisions.xlsx").write_bytes(issued)
    small.answer(folder, {key: "Red"})
    found = say(folder, "merge")
    assert found.status == 1
    assert 'answered before ("Red")' in found.line("DEC-001")
    assert say(folder, "show", "1.3").document[0]["fields"]["rating"] == "Red"


def test_two_answers_that_differ_about_one_cell(folder: Path, say: Any) -> None:
    """Whichever is used, the other is not lost without a word."""
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"}, file="a.xlsx")
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red"})
    later = "2026-11-12T10:00:00Z"
    small.give_back(folder, small.LETTINGS, {}, file="b.xlsx", saved_at=later)
    say(folder, "merge")
    before = say(folder, "show", "1.3").document[0]["fields"]["rating"]
    small.answer(
        folder, {("1.3", "rating", "conflict"): "Red", ("1.3", "rating", "reverted"): "Accept"}
    )
    found = say(folder, "merge")
    assert found.status == 1
    held = say(folder, "show", "1.3").document[0]["fields"]["rating"]
    assert held in ("Red", before)
    said = found.line("DEC-007")
    assert f'put "{held}" into the same cell' in said
    assert f'("{before if held == "Red" else "Red"}") was not used' in said


def test_a_return_that_shows_less_than_an_earlier_one_is_said_to_ask(
    folder: Path, say: Any
) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"}, file="a.xlsx")
    say(folder, "merge")
    small.give_back(folder, small.LETTINGS, {}, file="b.xlsx", saved_at="2026-11-13T10:00:00Z")
    found = say(folder, "merge").document
    assert [(q["kind"], q["action"]) for q in found["questions"]] == [("reverted", "1.1")]
    assert {r["file"]: r["questions"] for r in found["returns"]} == {
        "inbox/a.xlsx": 0,
        "inbox/b.xlsx": 1,
    }


@pytest.mark.parametrize("raw", ["Purple", None], ids=["invalid", "blank"])
@pytest.mark.parametrize("last", ["2026-11-12T10:00:00Z", "2026-11-11T10:00:00Z"])
def test_what_a_lead_says_again_after_an_edit_needs_a_person(
    folder: Path, say: Any, raw: str | None, last: str
) -> None:
    """Also where the last two files have the same time inside."""
    key = ("1.1", "rating")
    given = ((raw, "2026-11-10T10:00:00Z"), ("Red", "2026-11-11T10:00:00Z"), (raw, last))
    for number, (text, saved_at) in enumerate(given):
        small.give_back(
            folder, small.LETTINGS, {key: text}, file=f"{number}.xlsx", saved_at=saved_at
        )
        found = say(folder, "merge")
    assert found.status == 1
    (question,) = found.document["questions"]
    assert (question["kind"], question["action"]) == ("reverted", "1.1")
    said = [(c["value"], c["file"]) for c in question["candidates"]]
    assert [value or "(blank)" for value, _ in said] == ["Red", raw or "(blank)"]
    assert said[1][1].endswith("2.xlsx")
    report = next(r for r in found.document["returns"] if r["file"] == "inbox/2.xlsx")
    assert (report["questions"], list(report["dispositions"])) == (
        1, ["invalid" if raw else "held"],
    )  # fmt: skip
    assert say(folder, "show", "1.1").document[0]["fields"]["rating"] == "Red"
    small.answer(folder, {key: "Keep current"})
    assert say(folder, "merge").status == 0
    assert say(folder, "show", "1.1").document[0]["fields"]["rating"] == "Red"
    assert say(folder, "verify").status == 0


def test_two_merges_at_once(folder: Path, say: Any) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    with Ledger.open_(folder / "ledger.db") as first, first.held():
        (folder / "ledger.db.holder").write_text("asha on desk-12 (process 4711)", "utf-8")
        found = say(folder, "merge")
    assert found.status == 2
    assert "asha on desk-12 (process 4711)" in found.line("LED-004")
    assert [p["code"] for p in found.document["problems"]] == ["LED-004"]
    assert say(folder, "merge").document["changes"]


# Looking back


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("show", "9.9"), "SHOW-001"),
        (("show", "--as-of", "2020-01"), "CYC-001"),
        (("show", "--lead", "Nobody"), "SHOW-002"),
        (("show", "--section", "Nowhere"), "SHOW-003"),
        (("log", "--action", "9.9"), "SHOW-001"),
        (("log", "--lead", "Nobody"), "SHOW-002"),
        (("log", "--cycle", "2020-01"), "CYC-001"),
        (("status", "--cycle", "2020-01"), "CYC-001"),
        (("undo", "r-404"), "UNDO-001"),
    ],
)
def test_something_that_the_plan_does_not_have(
    folder: Path, say: Any, args: tuple[str, ...], code: str
) -> None:
    found = say(folder, *args)
    assert found.status == 2
    assert found.line(code)
    assert [p["code"] for p in found.document["problems"]] == [code]


@pytest.mark.parametrize(
    "args",
    [
        ("log", "--lead", "head of lettings"),
        ("log", "--lead", "coordinator"),
        ("log", "--action", "1.1"),
        ("log", "--cycle", small.CYCLE),
    ],
)
def test_what_the_plan_has_and_nothing_was_said_of_is_no_error(
    folder: Path, say: Any, args: tuple[str, ...]
) -> None:
    found = say(folder, *args)
    assert (found.status, found.document) == (0, [])


def test_publishing_before_anything_was_issued(tmp_path: Path, say: Any) -> None:
    found = say(small.make(tmp_path / "plan"), "publish")
    assert found.status == 2
    assert "--cycle" in found.line("PUB-001")


# Where the plan is


@pytest.mark.parametrize(
    "args", [("status",), ("merge",), ("check",), ("verify",), ("issue", "--cycle", "2026-12")]
)
def test_outside_a_plan_folder(tmp_path: Path, say: Any, args: tuple[str, ...]) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        found = say(place, *args)
        assert found.status == 2
        assert "xlplan new" in found.line("PLAN-001")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_without_its_ledger(folder: Path, say: Any) -> None:
    (folder / "ledger.db").unlink()
    found = say(folder, "status")
    assert found.status == 2
    assert "backup" in found.line("LED-002")
    assert not (folder / "ledger.db").exists()


def test_a_folder_that_may_not_be_looked_into(
    folder: Path, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "exists", denied)
    found = say(folder, "status")
    assert found.status == 2
    assert "permissions" in found.line("PLAN-008")


# New


def test_a_new_plan_where_there_is_one(folder: Path, tmp_path: Path, say: Any) -> None:
    source = small.write_source(tmp_path / "source.xlsx")
    before = sorted(folder.rglob("*"))
    found = say(tmp_path, "new", str(folder), "--from", str(source))
    assert found.status == 2
    assert found.line("NEW-010")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--from", "nowhere.xlsx"), "NEW-011"),
        (("--from", "source.xlsx", "--template", "brag"), "NEW-012"),
        (("--from", "source.xlsx", "--sheet", "Plans"), "NEW-002"),
    ],
)
def test_a_new_plan_from_what_is_not_there(
    tmp_path: Path, say: Any, args: tuple[str, ...], code: str
) -> None:
    small.write_source(tmp_path / "source.xlsx")
    told = [str(tmp_path / arg) if arg.endswith(".xlsx") else arg for arg in args]
    found = say(tmp_path, "new", str(tmp_path / "plan"), *told)
    assert found.status == 2
    assert found.line(code)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source.xlsx"]


def test_a_new_plan_in_a_folder_that_is_synchronised(tmp_path: Path, say: Any) -> None:
    place = tmp_path / "OneDrive - Council"
    place.mkdir()
    source = small.write_source(tmp_path / "source.xlsx")
    found = say(tmp_path, "new", str(place / "plan"), "--from", str(source))
    assert found.status == 1
    assert "OneDrive" in found.line("PLAN-007")
    assert small.do(place / "plan", "status") == 0


@pytest.mark.parametrize(
    ("place", "service"),
    [
        ("OneDrive", "OneDrive"),
        ("OneDrive - Council/Plans", "OneDrive"),
        ("Dropbox (Council)", "Dropbox"),
        ("Google Drive", "Google Drive"),
        ("Library/CloudStorage/GoogleDrive-office@example.org/My Drive", "Google Drive"),
        ("Library/CloudStorage/OneDrive-SharedLibraries-Council", "OneDrive"),
        ("iCloudDrive", "iCloud"),
        ("Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("council.sharepoint.com@SSL/DavWWWRoot", "SharePoint"),
        ("SharePoint", "SharePoint"),
        ("Nextcloud2", "Nextcloud"),
        ("Move to SharePoint", ""),
        ("SharePoint migration plan", ""),
        ("Plans from the old sharepoint", ""),
        ("dropbox-retirement", ""),
        ("Not in OneDrive", ""),
    ],
)
def test_a_folder_is_a_services_where_it_has_its_name_and_an_account_behind_it(
    tmp_path: Path, place: str, service: str
) -> None:
    """A plan in the folder "SharePoint migration plan" was told to leave SharePoint."""
    assert synced_folder(tmp_path / place) == service


def test_what_a_new_that_was_killed_left_is_swept(tmp_path: Path, say: Any) -> None:
    (tmp_path / ".plan.abc.xlplan-new" / "returns").mkdir(parents=True)
    (tmp_path / ".other.abc.xlplan-new").mkdir()
    source = small.write_source(tmp_path / "source.xlsx")
    assert say(tmp_path, "new", str(tmp_path / "plan"), "--from", str(source)).status == 0
    names = [".other.abc.xlplan-new", "plan", "source.xlsx"]
    assert sorted(p.name for p in tmp_path.iterdir()) == names


# The disk


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As when Excel holds a file open on Windows: it can be read, and not be replaced."""
    plain = Path.replace

    def held(self: Path, target: Path) -> Path:
        if Path(target).name == name:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(target))
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", held)


def test_a_master_that_excel_holds_open_is_written_next_time(
    folder: Path, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    stale = (folder / "master.xlsx").read_bytes()
    with monkeypatch.context() as patched:
        refuse(patched, "master.xlsx")
        found = say(folder, "merge")
    assert found.status == 1
    assert "close the file if it is open in Excel" in found.line("OUT-002")
    assert (folder / "master.xlsx").read_bytes() == stale
    (folder / "inbox" / "Head of Lettings.xlsx").unlink()
    assert say(folder, "merge").codes == ["MRG-002"]  # nothing new, and yet:
    assert (folder / "master.xlsx").read_bytes() != stale
    assert say(folder, "verify").document["problems"] == []


@pytest.mark.parametrize(
    ("args", "file"),
    [
        (("issue", "--cycle", "2026-12"), "Head of Lettings.xlsx"),
        (("publish",), "2026-11.xlsx"),
    ],
)
def test_a_file_that_cannot_be_replaced(
    folder: Path, say: Any, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], file: str
) -> None:
    with monkeypatch.context() as patched:
        refuse(patched, file)
        found = say(folder, *args)
    assert found.status == 1
    assert file in found.line("OUT-002")
    assert "Everything is recorded" in found.line("OUT-002")
    assert say(folder, *args).status == 0


def test_a_disk_that_is_full_while_originals_are_kept(
    folder: Path, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    with small.opened(folder) as plan:
        before = plan.desk.ledger.tip()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        found = say(folder, "merge")
    assert found.status == 2
    assert "so nothing was recorded" in found.line("OUT-004")
    with small.opened(folder) as plan:
        assert plan.desk.ledger.tip() == before
    assert say(folder, "merge").document["changes"]


def test_a_disk_that_is_full_while_a_plan_is_made(
    tmp_path: Path, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = small.write_source(tmp_path / "source.xlsx")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        found = say(tmp_path, "new", str(tmp_path / "plan"), "--from", str(source))
    assert found.status == 2
    assert "nothing was left behind" in found.line("NEW-013")
    assert [p.name for p in tmp_path.iterdir()] == ["source.xlsx"]
