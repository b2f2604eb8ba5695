"""Spreadsheets that people keep and no program would make: each is imported, and said."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Color, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from tests import attacks
from xlplan.errors import Problem, XlplanError
from xlplan.plan.definition import KEPT_BACK, STATUS, Field, PlanDefinition
from xlplan.plan.values import show
from xlplan.source import unusual
from xlplan.source.chosen import Chosen
from xlplan.source.importing import Source, read_source
from xlplan.source.layout import Layout
from xlplan.workbook.read.book import Book, CellValue, ReadSheet
from xlplan.workbook.read.read_book import read_book

PLAN = (
    ("Ref", "Action", "Lead", "RAG"),
    ("1", "Mend the hull", "Ada Quill", "Green"),
    ("2", "Paint it", "Ben Ode", "Red"),
    ("3", "Sail it", "Ben Ode", "Green"),
)


def workbook(change: Callable[[Worksheet], None] | None = None, rows: Any = PLAN) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes, template: PlanDefinition | None = None) -> Source:
    book = read_book(data, "plan.xlsx", detail=True)
    return read_source(book, plan_id="plan", template=template)


def column(source: Source, field: str) -> list[str]:
    return [show(row.values.get(field)) for row in source.rows if row.kind == "action"]


def said(source: Source, code: str) -> Problem:
    (problem,) = [problem for problem in source.problems if problem.code == code]
    return problem


def test_of_two_candidates_for_the_headings_the_other_is_said() -> None:
    source = read(workbook(rows=(("No.", "Task", "Owner", "Weather"), *PLAN)))
    assert [f.heading for f in source.definition.fields] == ["Ref", "Action", "Lead", "RAG"]
    problem = said(source, "NEW-008")
    assert problem.where == "plan.xlsx!Plan"
    assert problem.message.startswith("Row 1 ")
    assert "delete the other heading row" in problem.message


def test_headings_twice_in_other_words_are_said() -> None:
    headings, *actions = PLAN
    source = read(workbook(rows=(headings, ("No.", "Task", "Owner", "Status"), *actions)))
    assert column(source, "ref") == ["1", "2", "3"]
    problem = said(source, "NEW-008")
    assert problem.message.startswith("Row 2 ")
    assert "row 1" in problem.message
    assert "delete the other heading row" in problem.message


def test_headings_repeated_as_at_the_top_of_a_page_are_not_said() -> None:
    headings, first, *others = PLAN
    source = read(workbook(rows=(headings, first, ("No.", "Task", "Owner", "Status"), *others)))
    assert column(source, "ref") == ["1", "2", "3"]
    assert not [problem for problem in source.problems if problem.code == "NEW-008"]


def test_a_cell_merged_over_the_ref_and_the_action_is_said() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet["A3"] = "2 Paint it"
        sheet.merge_cells("A3:B3")

    source = read(workbook(merge))
    assert column(source, "ref") == ["1", "2 Paint it", "3"]
    problem = said(source, "NEW-014")
    assert "A3:B3" in problem.message
    assert "Unmerge" in problem.message


def test_one_ref_merged_over_two_actions_that_cannot_be_numbered_is_said() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet["A4"] = "1.2"

    source = read(workbook(merge))
    assert column(source, "action") == ["Mend the hull", "Paint it", "Sail it"]
    assert column(source, "ref") == ["1", "1", "1.2"]
    assert "A2:A3" in said(source, "NEW-014").message
    assert said(source, "NEW-003").action == "1"


def test_an_action_merged_over_two_rows_is_one_with_a_line_for_each() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B3")

    source = read(workbook(merge))
    assert column(source, "ref") == ["1", "3"]
    assert source.rows[0].values["lead"] == ("Ada Quill", "Ben Ode")
    assert [(line.row, line.fate) for line in source.account] == [
        (1, "heading"), (2, "imported"), (3, "joined"), (4, "imported"),
    ]  # fmt: skip


def formatted(rows: int) -> bytes:
    """A plan of two actions in a sheet that somebody has given borders down to row `rows`."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("Plan")
    look = book.add_format({"border": 1, "bg_color": "#FFFFCC"})
    for row in range(rows):
        for col in range(8):
            text = PLAN[row][col] if row < len(PLAN) and col < 4 else None
            if text is None:
                sheet.write_blank(row, col, None, look)
            else:
                sheet.write_string(row, col, text, look)
    book.close()
    return out.getvalue()


def test_a_hundred_thousand_empty_formatted_rows_are_passed_over() -> None:
    data = formatted(100_000)
    tracemalloc.start()
    try:
        source = read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert column(source, "ref") == ["1", "2", "3"]
    assert len(source.account) == len(PLAN)
    # The sheet's XML is some 25 MB, and is held at most a few times over; the 800,000 cells as
    # objects would take several times as much.
    assert peak < 150_000_000


def test_the_colours_above_the_empty_rows_are_still_seen() -> None:
    source = read(formatted(5_000))
    assert not [problem for problem in source.problems if problem.code == "GATE-032"]
    book = read_book(formatted(5_000), "plan.xlsx", detail=True)
    assert set(book.sheets[0].fills) == {(row, col) for row in range(4) for col in range(8)}


def test_hidden_rows_and_columns_are_imported_and_said() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True

    source = read(workbook(hide))
    assert column(source, "ref") == ["1", "2", "3"]
    assert column(source, "rating") == ["Green", "Red", "Green"]
    texts = [p.message for p in source.problems if p.code == "NEW-004"]
    assert len(texts) == 2
    assert texts[0].startswith("Row 3 is hidden")
    assert texts[1].startswith("Column D is hidden")


@pytest.mark.parametrize(
    ("heading", "kept", "way"),
    [
        ("RAG", False, "clear its Status in master.xlsx"),
        ("Status", False, "clear its Row status in master.xlsx"),
        ("Status", True, "unhide its row in your spreadsheet and start again"),
    ],
)
def test_how_a_hidden_row_is_let_out_is_said_in_the_words_of_its_master(
    heading: str, kept: bool, way: str
) -> None:
    """A workbook that is kept has no column for the status of a row."""

    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    data = workbook(hide, ((*PLAN[0][:3], heading), *PLAN[1:]))
    book = read_book(data, "plan.xlsx", detail=True)
    source = read_source(book, plan_id="plan", chosen=Chosen(kept=kept))
    assert said(source, "NEW-004").message.endswith(f"To let an action out, {way}.")


def test_a_hidden_sheet_of_a_kept_workbook_has_no_status_to_clear() -> None:
    def hide(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Front")
        sheet.sheet_state = "hidden"

    book = read_book(workbook(hide), "plan.xlsx", detail=True)
    source = read_source(book, plan_id="plan", chosen=Chosen(kept=True))
    assert said(source, "NEW-004").message.endswith("start again and name it with --sheet.")


def test_a_hidden_sheet_is_imported_and_said() -> None:
    def hide(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Front")
        sheet.sheet_state = "hidden"

    source = read(workbook(hide))
    assert column(source, "ref") == ["1", "2", "3"]
    assert said(source, "NEW-004").where == "plan.xlsx!Plan"


def computed(value: object) -> bytes:
    """A plan whose first action is rated by a formula; `value` is what the program left there."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Plan")
    for number, row in enumerate(PLAN):
        for col, text in enumerate(row):
            sheet.write_string(number, col, text)
    sheet.write_formula(1, 3, '=IF(1=1,"Green","Red")', None, value)
    book.close()
    return out.getvalue()


def test_a_formula_gives_its_value_and_is_said() -> None:
    source = read(computed("Green"))
    assert column(source, "rating") == ["Green", "Red", "Green"]
    problem = said(source, "NEW-005")
    assert problem.level == "note"
    assert "D2" in problem.message


def test_a_formula_that_was_never_computed_is_said() -> None:
    def unsaved(sheet: Worksheet) -> None:
        sheet["D2"] = '=IF(1=1,"Green","Red")'

    source = read(workbook(unsaved))
    assert column(source, "rating") == ["", "Red", "Green"]
    problem = said(source, "NEW-005")
    assert problem.level == "warning"
    assert "(first D2)" in problem.message
    assert "save it, and start again" in problem.message


@pytest.mark.parametrize(
    ("value", "level", "words"),
    [
        (1.0, "note", "2 cells hold formulas on sheets "),
        (None, "warning", "2 cells hold formulas without a value on sheets "),
    ],
)
def test_formulas_on_several_sheets_are_said_once(
    value: float | None, level: str, words: str
) -> None:
    """A workbook with a sheet for each of thirty services had thirty lines of it."""
    sheets = []
    for name in ("Homes", "Roads"):
        rows: list[list[CellValue]] = [["Ref", "Action", "Lead", "Left"]]
        rows += ([f"{name}{row}", f"Mend {name} {row}", "Ada", 1.0] for row in range(1, 4))
        rows[2][3] = value
        sheets.append(ReadSheet(name, rows, formulas={(2, 3): "A1+1"}))
    source = read_source(Book("plan.xlsx", "xlsx", tuple(sheets)), plan_id="plan")
    problem = said(source, "NEW-005")
    assert (problem.where, problem.level) == ("plan.xlsx", level)
    assert problem.message.startswith(f'{words}"Homes", "Roads" (first Homes!D3), ')


def test_a_protected_sheet_is_imported() -> None:
    def protect(sheet: Worksheet) -> None:
        sheet.protection.set_password("secret")
        sheet.protection.enable()

    assert column(read(workbook(protect)), "ref") == ["1", "2", "3"]


def test_a_workbook_with_a_password_is_asked_for_without() -> None:
    with pytest.raises(XlplanError) as raised:
        read(attacks.ole("EncryptedPackage"))
    (problem,) = raised.value.problems
    assert problem.code == "GATE-006"
    assert "without a password" in problem.message


def test_a_field_of_the_template_that_the_sheet_has_not_is_kept_and_said() -> None:
    template = PlanDefinition(
        "any", "Any plan",
        (Field("ref", "Ref", role="key"), Field("action", "Action", role="action"),
         Field("lead", "Lead", "people", "lead"), Field("weather", "Weather"),
         Field("section", "Theme", role="section")),
    )  # fmt: skip
    source = read(workbook(), template)
    assert source.definition.find("weather") is not None
    problem = said(source, "NEW-015")
    assert problem.where == "plan.xlsx"
    assert '"Weather"' in problem.message
    assert "Lead" not in problem.message
    assert problem.level == "note"


def test_an_outcome_below_a_heading_needs_no_column() -> None:
    template = PlanDefinition(
        "any", "Any plan",
        (Field("ref", "Ref", role="key"), Field("action", "Action", role="action"),
         Field("section", "Theme", role="section"),
         Field("section_outcome", "Outcome of the theme"),
         Field("lead", "Lead", "people", "lead"), Field("rag", "RAG", "rating", "rating")),
    )  # fmt: skip
    above = (("Theme 1: Boats",), ("Outcome: every boat is sound",))
    source = read(workbook(rows=(*above, *PLAN)), template)
    assert column(source, "section_outcome") == ["every boat is sound"] * 3
    assert not [problem for problem in source.problems if problem.code == "NEW-015"]


def filled(*fills: PatternFill) -> bytes:
    """A plan whose ratings are only the fill of their cells."""

    def paint(sheet: Worksheet) -> None:
        for row, fill in enumerate(fills, 2):
            sheet.cell(row, 4).value = None
            sheet.cell(row, 4).fill = fill

    return workbook(paint)


def solid(colour: str | Color) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


@pytest.mark.parametrize(
    "colours",
    [
        ("00B050", "FF0000", "FFC000"),  # Excel's own green, red and orange
        ("02AF4C", "F01010", "FFBF0F"),  # the same, nearly
        ("92D050", "C00000", "FFFF00"),  # light green, dark red, yellow
        ("70AD47", "E5413C", "F4B000"),
    ],
)
def test_ratings_that_are_only_a_fill_go_by_the_nearest_hue(colours: tuple[str, ...]) -> None:
    source = read(filled(*map(solid, colours)))
    assert column(source, "rating") == ["Green", "Red", "Amber"]
    assert sum("has no rating but a fill" in guess for guess in source.guesses) == 3


def test_colours_of_the_theme_and_tints_are_read_too() -> None:
    # In the theme of Office 2007 accent 3 is green, accent 2 red, accent 6 orange; a cell
    # counts the theme's colours from 0, accent 1 being 4.
    fills = [solid(Color(theme=6, tint=0.4)), solid(Color(theme=5)), solid(Color(theme=9))]
    source = read(filled(*fills))
    assert column(source, "rating") == ["Green", "Red", "Amber"]
    assert sum("has no rating but a fill" in guess for guess in source.guesses) == 3


def test_a_list_of_versions_below_the_plan_is_no_action() -> None:
    def versions(sheet: Worksheet) -> None:
        sheet.append([])
        for line in (("Document control",), ("Version", "Date", "Author", "Comments"),
                     ("0.1", "3 May", "JS", "first draft"), (), ("Revision history",), (),
                     ("V2", "not funded yet")):  # fmt: skip
            sheet.append(line)

    source = read(workbook(versions))
    assert column(source, "ref") == ["1", "2", "3"]
    assert source.definition.notes == ()
    assert source.definition.kept_back == (
        "Document control", "Version | Date | Author | Comments", "0.1 | 3 May | JS | first draft",
        "Revision history", "V2 | not funded yet",
    )  # fmt: skip


def test_a_plan_with_a_column_of_versions_is_a_plan() -> None:
    def versions(sheet: Worksheet) -> None:
        sheet["E1"] = "Version"
        sheet["E2"] = "0.1"

    assert column(read(workbook(versions)), "ref") == ["1", "2", "3"]


def test_a_hidden_heading_is_no_section_of_what_is_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (("Ref", "Action", "Lead"), ("BOATS",), ("1", "Mend", "Ada Quill"),
                 ("BOATS TO SELL",), ("2", "Paint", "Ben Ode"),
                 ("3", "Sell", "Ben Ode")):  # fmt: skip
        sheet.append(line)
    for row in (4, 6):
        sheet.row_dimensions[row].hidden = True
    out = io.BytesIO()
    book.save(out)
    source = read(out.getvalue())
    assert column(source, "section") == ["BOATS", "BOATS", "BOATS TO SELL"]
    assert source.definition.kept_back == ("BOATS TO SELL",)
    assert [row.values.get(STATUS) for row in source.rows] == [None, None, KEPT_BACK]


def test_a_hidden_column_that_everything_rests_on_is_said_to_go_out() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.column_dimensions["C"].hidden = True

    problem = said(read(workbook(hide)), "NEW-004")
    assert problem.level == "warning"
    assert problem.message.startswith("Column C is hidden; it was imported.")
    assert "Leads and the board see what it holds" in problem.message


def test_a_return_of_another_service_is_read_where_a_person_looks() -> None:
    """A form with a hidden sheet of 2,700 columns, hidden columns, and merged guidance by the
    hundred."""
    form = openpyxl.Workbook()
    shown = form.active
    assert shown is not None
    shown.title = "Progress"
    for row in range(1, 301):
        shown.cell(row, 1, f"Guidance {row}: please read the notes on this page before you begin")
        shown.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    table = [
        ("Ref", "Action", "Owner", "Due", "Status", "Code"),
        ("1", "Mend the roof of the ferry house", "Ada Quill", "31 May 2026", "Open", "z1"),
        ("2", "Paint the hull of the ferry", "Ben Ode", "30 June 2026", "Complete", "z2"),
    ]
    for number, cells in enumerate(table, 302):
        for col, text in enumerate(cells, 1):
            shown.cell(number, col, text)
    shown.column_dimensions["F"].hidden = True
    for col in range(40, 1500):
        shown.cell(1, col).number_format = "0.00"
    back = form.create_sheet("Backend")
    back.sheet_state = "hidden"
    for col in range(1, 2701):
        back.cell(1, col, f"Field {col}")
        back.cell(2, col, col)
    out = io.BytesIO()
    form.save(out)
    found = read_book(out.getvalue(), "form.xlsx", detail=True)
    source = read_source(found, plan_id="p", sheets=("Progress",))
    assert column(source, "action") == [
        "Mend the roof of the ferry house", "Paint the hull of the ferry"
    ]  # fmt: skip
    assert column(source, "lead") == ["Ada Quill", "Ben Ode"]
    assert [item.heading for item in source.definition.fields if item.private] == ["Code"]
    passed = [problem for problem in source.problems if "Backend" in problem.where]
    assert [problem.code for problem in passed] == ["GATE-037"]  # passed over, and named


def test_rows_are_gone_through_once_however_many_formulas_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    data_rows = unusual._data_rows

    def counted(layout: Layout) -> set[int]:
        asked.append(layout)
        return data_rows(layout)

    monkeypatch.setattr(unusual, "_data_rows", counted)
    rows: list[list[CellValue]] = [["Ref", "Action", "Lead", "Left"]]
    rows += ([str(row), f"Mend roof {row}", "Ada", 1.0] for row in range(1, 31))
    formulas = {(row, 3): "A1+1" for row in range(1, 31)}
    struck = frozenset((row, 1) for row in range(1, 31))
    data = ReadSheet("Plan", rows, formulas=formulas, struck=struck)
    problems = read_source(Book("plan.xlsx", "xlsx", (data,)), plan_id="plan").problems
    assert [(p.code, "30 cells" in p.message) for p in problems] == [
        ("NEW-005", True), ("NEW-009", True),
    ]  # fmt: skip
    assert 0 < len(asked) <= 5


@pytest.mark.parametrize(
    ("first", "second", "title"),
    [
        (
            "Northmere Borough Council",
            "Housing improvement plan 2026",
            "Housing improvement plan 2026",
        ),
        ("Northmere Borough Council", "Roads", "Northmere Borough Council"),
        ("Homes for all", "Roads action plan", "Homes for all"),
    ],
)
def test_a_sheet_that_speaks_of_a_plan_says_its_title_better_than_the_name_of_the_council(
    first: str, second: str, title: str
) -> None:
    def two(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("Other")
        for row in ((second,), (), PLAN[0], ("4", "Tar the road", "Ben Ode", "Red")):
            other.append(row)

    source = read(workbook(two, ((first,), (), *PLAN)))
    assert source.definition.title == title


COUNTED = (
    ("Ref", "Action", "Lead", "Date raised", "Due date", "Budget", "Status"),
    ("1", "Check the boilers in all schools", "Ada Quill", 45992, 46031, 46031, "Open"),
    ("2", "Replace the guttering at the depot", "Ben Ode", 45993, 46112, 41000, "Open"),
    ("3", "Renew the contract for the lifts", "Ada Quill", 45994, 46387, 52000, "Closed"),
)
"""46031 days after 30 December 1899 it is 9 January 2026, and so on."""
AS_DAYS = ["9 January 2026", "31 March 2026", "31 December 2026"]


def test_numbers_in_a_column_of_days_are_days_and_that_is_said() -> None:
    source = read(workbook(rows=COUNTED))
    due = source.definition.with_role("due")
    assert due is not None
    assert (due.heading, column(source, due.id)) == ("Due date", AS_DAYS)
    assert column(source, "date_raised") == [f"{day} December 2025" for day in (1, 2, 3)]
    assert column(source, "budget") == ["46031", "41000", "52000"]
    assert [guess for guess in source.guesses if "spreadsheets count days" in guess] == [
        f"field {name}: 3 cells hold a number where a day is meant, read as spreadsheets count "
        f'days ("{number}" is {day})'
        for name, number, day in (
            ("date_raised", 45992, "1 December 2025"),
            ("due", 46031, "9 January 2026"),
        )
    ]


def test_digits_of_a_csv_file_in_a_column_of_days_are_days() -> None:
    rows = "\r\n".join(",".join(str(cell) for cell in row) for row in COUNTED)
    source = read_source(read_book(rows.encode(), "plan.csv", detail=True), plan_id="plan")
    due = source.definition.with_role("due")
    assert due is not None
    assert (due.heading, column(source, due.id)) == ("Due date", AS_DAYS)
    assert not source.problems


def test_digits_kept_as_text_in_a_kept_workbook_are_asked_about() -> None:
    rows = [COUNTED[0], *((*row[:4], str(row[4]), *row[5:]) for row in COUNTED[1:])]
    book = read_book(workbook(rows=rows), "plan.xlsx", detail=True)
    source = read_source(book, plan_id="plan", chosen=Chosen(kept=True))
    assert [problem.where for problem in source.problems if problem.code == "VAL-003"] == [
        "plan.xlsx!Plan!E2", "plan.xlsx!Plan!E3", "plan.xlsx!Plan!E4",
    ]  # fmt: skip
    assert not [guess for guess in source.guesses if guess.startswith("field due:")]


def test_a_sheet_on_which_each_action_is_a_column_is_named_as_such() -> None:
    down = (
        ("Recovery plan",),
        ("Action no", 1, 2, 3),
        ("Action", "Clear the backlog of visits", "Agree overtime", "Recruit two assessors"),
        ("Lead", "Ada Quill", "Ben Ode", "Ben Ode"),
        ("Target date", "31 March 2027", "30 November 2026", "31 January 2027"),
        ("Status", "In progress", "Complete", "In progress"),
    )
    with pytest.raises(XlplanError) as refused:
        read(workbook(rows=down))
    (problem,) = refused.value.problems
    assert problem.message == (
        'On sheet "Plan" each action is a column, with labels down the side ("Action no", '
        '"Action", "Lead", "Target date", "Status"), which cannot be read. Copy it, paste it with '
        "Transpose on a sheet of its own, so that the labels are the headings of columns with a "
        "row for each action, and start again."
    )
