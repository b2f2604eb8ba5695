"""Sheets that are larger than a plan can be: passed over and said where they need not be read."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests import attacks, small
from xlplan.cycle.new import new
from xlplan.cycle.plan import Plan
from xlplan.errors import XlplanError
from xlplan.workbook.read.binary import Compound
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.pool import read_all, read_one, read_one_in_detail
from xlplan.workbook.read.read_book import read_book

ROWS = (("Ref", "Action", "Lead", "RAG"), ("1", "Mend the hull", "Ada", "Green"),
        ("2", "Paint it", "Ben", "Red"))  # fmt: skip
CELLS = len(ROWS) * len(ROWS[0])
State = Literal["visible", "hidden", "veryHidden"]


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(far: str = "XFD1048576", state: State = "hidden", note: str = "") -> bytes:
    """A plan, and before it a sheet "Far" with something in one cell."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.sheet_state = "Far", state
    sheet[far] = "x"
    if note:
        sheet[note].comment = Comment("Here too", "Ada")
    plan = book.create_sheet("Plan")
    for row in ROWS:
        plan.append(row)
    book.active = 1
    return saved(book)


def xlsb() -> bytes:
    rows = b"".join(attacks.xlsb_row(number, *row) for number, row in enumerate(ROWS))
    far = attacks.xlsb_record(5, struct.pack("<IId", 16_383, 0, 1.0))
    return attacks.xlsb(rows, attacks.xlsb_row(1_048_575) + far)


def _line(*cells: str, rows: int = 1, columns: int = 1) -> str:
    each = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{each}</table:table-row>'


def ods(style: str = "unseen", rows: int = 1_048_576, columns: int = 16_384) -> bytes:
    """An OpenDocument spreadsheet: a plan, and before it a sheet "Far" of so many cells."""
    far = _line("x", rows=rows, columns=columns)
    plan = "".join(_line(*row) for row in ROWS)
    data = attacks.ods(f'{far}</table:table><table:table table:name="Plan">{plan}', name="Far")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    hides = (
        '<office:automatic-styles><style:style style:name="unseen" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    space = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    content = parts["content.xml"].replace("<office:body>", f"{hides}<office:body>")
    content = content.replace("<office:document-content", f"<office:document-content {space}")
    content = content.replace('name="Far"', f'name="Far" table:style-name="{style}"')
    return attacks.package({**parts, "content.xml": content})


def xls(state: int = 1, claim: bytes = attacks.xls_claim(4_000_000_000, 256)) -> bytes:
    """An old workbook: a plan, and before it a sheet "Far"."""
    cells = [attacks.xls_number(row, col) for row, each in enumerate(ROWS)
             for col, _ in enumerate(each)]  # fmt: skip
    end = attacks.xls_record(0x0A, b"")
    begin = attacks.xls_record(0x809, struct.pack("<HH", 0x600, 5))
    far = begin + claim + attacks.xls_number(65_535, 255) + end

    def listed(at: int, hidden: int, name: bytes) -> bytes:
        named = bytes([len(name), 0]) + name
        return attacks.xls_record(0x85, struct.pack("<IBB", at, hidden, 0) + named)

    first = len(begin + listed(0, 0, b"Far") + listed(0, 0, b"Plan") + end)
    lines = listed(first, state, b"Far") + listed(first + len(far), 0, b"Plan")
    plan = begin + b"".join(cells) + end
    return attacks.compound({("Workbook",): begin + lines + end + far + plan})


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
