"""Sheets that are larger than a plan can be: passed over and said where they need not be read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import attacks, small
from tests.old_books import CELLS, ROWS, ods, saved, workbook, xls, xlsb
from xlplan.cycle.new import new
from xlplan.cycle.plan import Plan
from xlplan.errors import XlplanError
from xlplan.workbook.read.binary import Compound
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.pool import read_all, read_one, read_one_in_detail
from xlplan.workbook.read.read_book import read_book


def said(book: Book) -> list[tuple[str, str, str]]:
    return [(p.code, p.level, p.where) for p in book.problems]


def plan_of(book: Book) -> tuple[int, int]:
    """How large the plan is, which is the only sheet that was read."""
    [sheet] = book.sheets
    assert sheet.name == "Plan"
    return len(sheet.rows), len(sheet.rows[0])


REFUSED = [("GATE-011", "error", "r")]
PASSED = [("GATE-037", "warning", "r!Far")]
VISIBLE = [workbook(state="visible"), ods("seen"), xls(0)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), "xlsx"),
        (workbook(state="veryHidden"), "xlsx"),
        (workbook("CZZ9"), "xlsx"),
        (xlsb(), "xlsb"),
        (ods(), "ods"),
        (ods(columns=1), "ods"),
        (xls(), "xls"),
        (xls(2, claim=b""), "xls"),
    ],
)
@pytest.mark.parametrize("work", [read_one, read_one_in_detail])
def test_a_hidden_sheet_that_is_too_large_is_passed_over_and_said(
    data: bytes, kind: str, work: Any
) -> None:
    """In a child with the memory of one: a reader that sets up the far cell dies."""
    [book] = read_all([("r", data)], work=work)
    unread = [("GATE-032", "warning", "r")] if kind == "xlsb" and work is read_one_in_detail else []
    assert (book.kind, said(book)) == (kind, [*PASSED, *unread])
    assert "This hidden sheet was passed over" in book.problems[0].message
    assert plan_of(book) == (len(ROWS), len(ROWS[0]))


@pytest.mark.parametrize("data", VISIBLE)
def test_a_visible_sheet_that_is_too_large_refuses_the_workbook(data: bytes) -> None:
    book = read_book(data, "r")
    assert (said(book), book.sheets) == (REFUSED, ())
    assert 'The sheet "Far" has' in book.problems[0].message


@pytest.mark.parametrize("data", VISIBLE)
def test_a_sheet_that_was_not_asked_for_is_passed_over_though_it_is_visible(data: bytes) -> None:
    book = read_book(data, "r", only=frozenset({"plan"}))
    assert said(book) == PASSED
    assert "This sheet was passed over" in book.problems[0].message
    assert plan_of(book) == (len(ROWS), len(ROWS[0]))


@pytest.mark.parametrize("data", [workbook(), ods(), xls()])
def test_a_hidden_sheet_that_was_asked_for_is_called_hidden(data: bytes) -> None:
    book = read_book(data, "r", only=frozenset({"far"}))
    assert said(book) == REFUSED
    assert 'The hidden sheet "Far" has' in book.problems[0].message


def test_a_sheet_within_bounds_is_read_whoever_asked_for_another() -> None:
    book = read_book(workbook("B2"), "r", only=frozenset({"plan"}))
    assert [sheet.name for sheet in book.sheets] == ["Far", "Plan"]


def test_a_hidden_sheet_of_many_merged_areas_is_passed_over() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook("B2")))
    for row in range(1, 41, 2):
        book["Far"].merge_cells(start_row=row, end_row=row + 1, start_column=3, end_column=4)
    data = saved(book)
    assert said(read_book(data, "r", Bounds(merges=20))) == []
    assert said(read_book(data, "r", Bounds(merges=19))) == PASSED


@pytest.mark.parametrize("data", [workbook("J10"), ods(rows=10, columns=10)])
def test_where_sheets_are_too_large_together_hidden_ones_are_passed_over(data: bytes) -> None:
    assert said(read_book(data, "r", Bounds(cells=100 + CELLS))) == []
    book = read_book(data, "r", Bounds(cells=100 + CELLS - 1))
    assert said(book) == PASSED
    assert plan_of(book) == (len(ROWS), len(ROWS[0]))


def test_sheets_whose_size_shows_when_they_are_read_are_passed_over_too() -> None:
    """A sheet within DZ9999 is not measured before."""
    [book] = read_all([("r", three_near_sheets())])
    assert said(book) == [("GATE-037", "warning", "r!Other")]
    assert [sheet.name for sheet in book.sheets] == ["Far", "Plan"]


def three_near_sheets() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook("DV9000")))
    other = book.create_sheet("Other")
    other["DV9000"], other.sheet_state = 1, "hidden"
    return saved(book)


def test_what_is_noted_on_a_sheet_that_is_passed_over_is_not_set_up_either() -> None:
    data = workbook("XFC1", note="XFD1048576")
    [book] = read_all([("r", data)], work=read_one_in_detail)
    assert said(book) == PASSED


@pytest.mark.parametrize("is_small", [False, True])
def test_a_byte_of_a_stream_is_found_in_the_file(is_small: bool) -> None:
    data = attacks.xls(attacks.xls_number(0, 0) * 60, is_small)
    file = Compound(data)
    [entry] = [each for each in file.entries if each.name == "Workbook"]
    stream = file.stream(entry)
    assert bytes(data[file.place(entry, at)] for at in range(len(stream))) == stream


def test_a_plan_is_started_from_a_workbook_with_a_hidden_sheet_that_is_too_large(
    tmp_path: Path,
) -> None:
    source = tmp_path / "plan.xlsx"
    source.write_bytes(workbook())
    made = new(tmp_path / "made", source)
    assert len(made.source.rows) == len(ROWS) - 1
    assert "GATE-037" in [problem.code for problem in made.problems]


def test_new_says_how_to_do_without_a_sheet_that_is_too_large(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsx"
    source.write_bytes(workbook(state="visible"))
    with pytest.raises(XlplanError) as raised:
        new(tmp_path / "made", source)
    [problem] = raised.value.problems
    assert problem.code == "GATE-011"
    assert problem.message.endswith("name them with --sheet.")
    assert len(new(tmp_path / "made", source, sheets=["PLAN"]).source.rows) == len(ROWS) - 1


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    return small.opened(folder)


def give_back(plan: Plan, hidden: str) -> None:
    """A lead's return with one edit; a sheet of it is hidden and has something far away."""
    path = small.give_back(plan.folder, small.LETTINGS, {("1.1", "progress"): "Published"})
    book = openpyxl.load_workbook(path)
    sheet = book[hidden] if hidden in book.sheetnames else book.create_sheet(hidden)
    sheet.sheet_state = "hidden"
    sheet["XFD1"] = "x"
    book.active = next(n for n, each in enumerate(book.worksheets) if each.title == "Guidance")
    book.save(path)


def test_a_return_with_a_hidden_sheet_of_the_leads_own_is_merged(plan: Plan) -> None:
    give_back(plan, "Lookups")
    result = plan.merge()
    assert [each.outcome for each in result.returns] == ["merged"]
    assert [change.field for change in result.changes] == ["progress"]
    assert "GATE-037" in [problem.code for problem in result.returns[0].problems]


def test_a_return_whose_own_table_is_passed_over_is_refused(plan: Plan) -> None:
    give_back(plan, "Update")
    result = plan.merge()
    assert [each.outcome for each in result.returns] == ["refused"]
    assert (result.changes, result.questions) == ((), ())
