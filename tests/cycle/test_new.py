"""`new`: what it leaves behind, and what it says."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests import attacks
from tests.conftest import ROOT
from xlplan.cli.main import run
from xlplan.cli.say_plain import ending_of_new
from xlplan.codes.source_codes import NEW_016
from xlplan.cycle.new import new, uid_of
from xlplan.errors import XlplanError
from xlplan.issued import set_up_book
from xlplan.merge.kinds import named
from xlplan.plan.definition import Kind
from xlplan.plan.set_up import Entry
from xlplan.plan.set_up_sheets import ROWS as ROWS_READ
from xlplan.returned.furniture import set_up_uid
from xlplan.source.interpretation import SourceRow
from xlplan.workbook.read import pool
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.write.sheet import Cell
from xlplan.workbook.write.sheet_rows import Rows


def die(_data: bytes, _name: str, _bounds: Bounds) -> Book:
    os._exit(1)


def test_a_spreadsheet_that_kills_its_reader_is_a_problem_and_no_end_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "plan.xlsx"
    source.write_bytes(attacks.workbook())
    monkeypatch.setattr(pool, "read_one_in_detail", die)
    with pytest.raises(XlplanError) as raised:
        new(tmp_path / "plan", source)
    assert [problem.code for problem in raised.value.problems] == ["GATE-025"]
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]


ROWS = (("Ref", "Action", "Lead", "RAG"), ("1", "Mend the hull", "Ada", "Green"),
        ("2", "Paint it", "Ben", "Red"))  # fmt: skip
BINARY_ROWS = b"".join(attacks.xlsb_row(number, *row) for number, row in enumerate(ROWS))
REF_ERROR = attacks.xlsb_formula_error(3, 0x17)


def test_an_error_below_the_last_row_that_was_read_is_told(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsb"
    source.write_bytes(attacks.xlsb(BINARY_ROWS + attacks.xlsb_row(4) + REF_ERROR))
    made = new(tmp_path / "plan", source)
    [said] = [each for each in made.problems if each.code == "NEW-006"]
    assert said.where == "plan.xlsb!Plan!D5"
    assert "#REF!" in said.message
    assert [line.row for line in made.source.account] == [1, 2, 3, 4, 5]


def test_an_error_beside_the_last_cell_that_was_read_is_imported_as_its_text(
    tmp_path: Path,
) -> None:
    source = tmp_path / "plan.xlsb"
    row = attacks.xlsb_row(3, "3", "Sail", "Cem")
    source.write_bytes(
        attacks.xlsb(BINARY_ROWS + row + REF_ERROR + attacks.xlsb_row(4, "4", "Oar"))
    )
    made = new(tmp_path / "plan", source)
    assert "#REF!" in str(made.source.rows[2].values["rating"])


def test_a_sheet_of_errors_alone_is_no_plan(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsb"
    source.write_bytes(attacks.xlsb(attacks.xlsb_row(2) + REF_ERROR))
    with pytest.raises(XlplanError) as raised:
        new(tmp_path / "plan", source)
    assert [problem.code for problem in raised.value.problems] == ["NEW-001"]


EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/plan.xlsx"))


def template_of(
    made: Path, source: Path, *words: str, capsys: pytest.CaptureFixture[str]
) -> object:
    run(["new", str(made), "--from", str(source), *words, "--json"])
    return json.loads(capsys.readouterr().out)["template"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_template_an_example_was_made_for_is_proposed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ROOT / "examples" / name / "plan.xlsx"
    found = template_of(tmp_path / "plan", source, capsys=capsys)
    assert isinstance(found, dict)
    assert (found["name"], found["used"]) == (name, False)
    assert found["fields"] <= found["columns"]


def test_the_proposal_says_how_to_use_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ROOT / "examples" / "five-point-rag" / "plan.xlsx"
    run(["new", str(tmp_path / "plan"), "--from", str(source)])
    out = capsys.readouterr().out
    # Ref, CQC ref, action, success measures, lead, time, and three ratings: all are known.
    assert "Closest workbook template: five-point-rag (9 of 9 columns)." in out
    assert "--template five-point-rag" in out


def test_with_a_template_none_is_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ROOT / "examples" / "themed-rag" / "plan.xlsx"
    found = template_of(tmp_path / "plan", source, "--template", "themed-rag", capsys=capsys)
    assert found == {"name": "themed-rag", "used": True}


def test_for_a_plan_like_no_other_none_is_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("Task", "Owner", "Weather", "Vessel"),
        ("Mend the hull", "Ada Quill", "dry", "Heron"),
        ("Paint it", "Ben Ode", "warm", "Heron"),
    ):
        sheet.append(row)
    book.save(tmp_path / "plan.xlsx")
    assert template_of(tmp_path / "plan", tmp_path / "plan.xlsx", capsys=capsys) is None


def workbook(path: Path, *rows: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_lead_who_is_not_known_yet_gets_no_template_and_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = workbook(
        tmp_path / "plan.xlsx",
        ("Ref", "Action", "Lead", "Due"),
        ("1", "Mend the hull", "Ada Quill", "May 2031"),
        ("2", "Paint it", "TBC", "May 2031"),
        ("3", "Sail it", "n/a", "May 2031"),
    )
    folder = tmp_path / "plan"
    made = new(folder, source)
    assert [lead.name for lead in made.source.definition.leads] == ["Ada Quill"]
    assert [row.values["lead"] for row in made.source.rows] == [
        ("Ada Quill",), ("TBC",), ("n/a",),
    ]  # fmt: skip
    run(["-C", str(folder), "check", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [(p["code"], p["action"]) for p in found if p["field"] == "lead"] == [
        ("CHK-016", "2"), ("CHK-016", "3"),
    ]  # fmt: skip
    run(["-C", str(folder), "issue", "--cycle", "1"])
    assert len(list((folder / "outbox" / "1").glob("*.xlsx"))) == 1
    said = capsys.readouterr().err
    assert said.count("names nobody") == 2
    assert "ISS-003" not in said


REGISTER = (
    ("Ref", "Risk statement", "Mitigation", "Risk owner", "Due"),
    ("R1", "The roof of the shed leaks", "Mend the roof of the shed", "Ada Quill", "31/03/2026"),
    ("R2", "The door of the shed jams", "Plane the door of the shed", "Ben Ode", "30/06/2026"),
)


def register(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Register"
    book.active.append(("Task", "Lead", "Due"))
    book.active.append(())
    for row in REGISTER:
        book.active.append(row)
    book.save(folder / "register.xlsx")
    return folder / "register.xlsx"


def test_header_row_and_map_settle_the_plan_and_json_says_what_each_column_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--header-row", "Register!3", "--map", "Risk statement=action", "--json"]
    status = run(["new", str(tmp_path / "p"), "--from", str(register(tmp_path)), *options])
    made = json.loads(capsys.readouterr().out)
    assert (status, made["actions"], made["recommendations"]) == (0, 2, 0)
    fields = {item["id"]: item for item in made["fields"]}
    assert fields["action"]["heading"] == "Risk statement"
    assert (fields["action"]["sheet"], fields["action"]["column"]) == ("Register", "B")
    assert (fields["lead"]["role"], fields["lead"]["type"]) == ("lead", "people")
    assert {guess.keys() == {"about", "text", "answer"} for guess in made["guesses"]} <= {True}


def test_a_column_that_is_not_there_ends_the_command_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = register(tmp_path)
    status = run(["new", str(tmp_path / "p"), "--from", str(source), "--map", "Hazard=action"])
    assert status == 2
    assert "[NEW-019]" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["register.xlsx"]


def test_a_form_without_rows_starts_an_empty_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("Action", "Owner", "Deadline", "Status"))
    book.save(tmp_path / "form.xlsx")
    assert run(["new", str(tmp_path / "p"), "--from", str(tmp_path / "form.xlsx")]) == 0
    capsys.readouterr()
    assert run(["-C", str(tmp_path / "p"), "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_csv_lines_with_a_cell_too_many_are_named_and_nothing_is_shifted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "plan.csv"
    source.write_text(
        "Ref,Action,Lead,Due\n1,Mend the roof,Ada Quill,31/03/2026\n"
        "2,Mend the door, at last,Ben Ode,30/06/2026\n3,Paint it,Ada Quill,30/06/2026\n"
    )
    assert run(["new", str(tmp_path / "p"), "--from", str(source)]) == 1
    err = capsys.readouterr().err
    assert "Row 3 does not have the 4 cells" in err
    assert "[NEW-020]" in err
    assert run(["-C", str(tmp_path / "p"), "show", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["fields"]["action"] == "Mend the door"


TEN = (
    ("Key: Blue – completed; Green – on track; Amber – slippage; Red – at risk",),
    ("Section", "Ref", "Action", "Lead officer", "Due date", "Status"),
    ("Boats", "1", "Mend the hull of the ferry", "Head of Boats", "March 2027", "Green"),
    ("Boats", "2", "Paint the hull of the ferry", "", "Ongoing", "Green"),
    ("Boats", "3", "Sell the old dinghy", "", "May 2026", "Blue"),
    ("Crews", "4", "Train the deck hands", "Head of Crews", "", "Red"),
    ("Crews", "5", "Write the rota", "Head of Crews", "Ongoing", ""),
)
TEN_LINES = [
    "Sections: 2.",
    "Leads: 2; 1 open action has none.",
    "Ratings: Blue 1 (closes), Green 2, Amber 0, Red 1, not rated 1.",
    'Dates: 2 read, 2 not read as dates ("Ongoing"), 1 blank.',
]


def ten(tmp_path: Path) -> Path:
    """A small plan, with a note on a cell and another list on a sheet of its own."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Plan")
    for row in TEN:
        sheet.append(row)
    sheet["C3"].comment = Comment("Ask the yard", "A clerk")
    path = tmp_path / "plan.xlsx"
    book.save(path)
    return path


def test_it_ends_with_the_plan_in_ten_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "plan"
    run(["new", str(folder), "--from", str(ten(tmp_path))])
    last = capsys.readouterr().out.splitlines()[-10:]
    assert last[0].startswith("Imported 5 actions into ")
    assert last[1:5] == TEN_LINES
    assert last[5].startswith("Every source row is accounted for: ")
    assert last[6].startswith("Kept back: comment 1")
    assert last[9].startswith(f"Next: look through {folder}/set-up.xlsx")
    assert last[9].endswith(f"xlplan -C {folder} merge")


def test_the_ten_lines_are_figures_of_the_json_document_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["new", str(tmp_path / "a"), "--from", str(ten(tmp_path)), "--json"])
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert [(each["rating"], each["closed"], each["count"]) for each in figures["ratings"]] == [
        ("Blue", True, 1),
        ("Green", False, 2),
        ("Amber", False, 0),
        ("Red", False, 1),
    ]
    assert (figures["dates"]["read"], figures["dates"]["blank"]) == (2, 1)
    assert [(each["text"], each["count"]) for each in figures["dates"]["unread"]] == [
        ("Ongoing", 2)
    ]
    assert figures["left_out"] == []
    assert [figures[name] for name in ("sections", "leads", "open_without_lead", "not_rated")] == [
        2, 2, 1, 1,
    ]  # fmt: skip


def test_a_plan_without_ratings_or_sections_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (("Ref", "Action", "Lead"), ("1", "Mend the hull", "Head of Boats"),
                ("2", "Paint the hull", "Head of Boats")):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "bare.xlsx")
    assert run(["new", str(tmp_path / "bare"), "--from", str(tmp_path / "bare.xlsx")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-9:-6] == ["Sections: none.", "Leads: 1.", "Ratings: none."]
    assert lines[-4:-2] == ["Kept back: nothing.", "Tables left out: none."]


def test_a_table_that_was_left_out_is_named_among_the_ten_lines(tmp_path: Path) -> None:
    made = new(tmp_path / "plan", ten(tmp_path))
    left = NEW_016.problem("plan.xlsx!Stores", row=1, rows=3, sheet="Plan", header=2, options="")
    made = replace(made, problems=(*made.problems, left))
    assert made.figures.left_out == ("plan.xlsx!Stores",)
    assert "Tables left out: Stores." in ending_of_new(made)


@pytest.mark.parametrize("sheet", ["Plan", "Naïve \U0001f4c4 plan", 'A "quoted" \\ name', "\ud800"])
@pytest.mark.parametrize("kind", ["action", "recommendation"])
def test_a_row_is_named_by_its_plan_its_file_and_its_place(sheet: str, kind: Kind) -> None:
    row = SourceRow(kind, 7, {}, {}, sheet, 12)
    prefix = {"action": "a", "recommendation": "rec"}[kind]
    assert uid_of(row, "plan", "0f" * 32) == named(prefix, "plan", "0f" * 32, sheet, 12, 7)


def test_of_a_large_plan_the_set_up_workbook_looks_at_each_kind_of_answer_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a row for each row of the spreadsheet, most of which say the same."""
    rows = 40
    lines = [(str(n), f"Mend the roof of house {n}", "Ada Quill", "Open") for n in range(rows)]
    source = workbook(tmp_path / "m.xlsx", ("Ref", "Action", "Lead", "Status"), *lines)
    named_rows: list[str] = []
    looked_at: list[int] = []

    def uid_in_set_up(entry: Entry) -> str:
        named_rows.extend(entry.names[1:] if entry.table == "row" else ())
        return set_up_uid(entry)

    def made(self: Rows, row: int, col: int, cell: Cell | None) -> tuple[str, bool]:
        if self._sheet.name == ROWS_READ.name:
            looked_at.append(col)
        return plain(self, row, col, cell)

    plain = Rows._made
    monkeypatch.setattr(set_up_book, "set_up_uid", uid_in_set_up)
    monkeypatch.setattr(Rows, "_made", made)
    new(tmp_path / "plan", source)
    assert sorted(named_rows, key=int) == [str(n) for n in range(1, rows + 2)]
    place, answer = 1, 3
    assert looked_at.count(place) > rows
    assert looked_at.count(answer) < 10
