"""Months of a council's own workbook that is kept as the master, its coordinator at work on it in
LibreOffice between merges, and leads who send in what they typed there.

Three months in each run; nightly all twelve.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from tests.office import (
    AddSheet,
    Choose,
    DeleteRows,
    Fill,
    HideColumn,
    InsertRows,
    Move,
    Note,
    Office,
    RenameSheet,
    Sort,
    Step,
    Strike,
    Type,
    Write,
)
from tests.small import give_back, issue_with
from xlplan.cli.main import run
from xlplan.cycle.merge import MergeResult
from xlplan.cycle.plan import Plan, open_plan
from xlplan.plan.values import show
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

MONTHS = 12 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 3
NAME = "Housing plan v14 FINAL.xlsx"
HOUSING, FRONT = "Head of Repairs", "Head of Lettings"
HEADINGS = ("Ref", "Action", "Lead officer", "By when", "Progress", "RAG")
COLOURS = {"Green": "FF00B050", "Amber": "FFFFC000", "Red": "FFFF0000"}
BAND, BODY = "FF1F3864", "FFF2F2F2"
ROWS = (
    ("Homes", None, None, None, None, None),
    ("1.1", "Inspect every lift", HOUSING, "June 2028", "Half are done", "Amber"),
    ("1.2", "Replace the boilers in Elm Court", HOUSING, "May 2028", "Tendered", "Red"),
    ("1.3", "Answer complaints in ten days", HOUSING, "Ongoing", "Begun", "Amber"),
    ("1.4", "Survey the roofs", HOUSING, "July 2028", "Not begun", "Red"),
    ("Lettings", None, None, None, None, None),
    ("2.1", "Publish the allocations policy", FRONT, "March 2028", "Drafted", "Green"),
    ("2.2", "Review the rota of the front desk", FRONT, "July 2028", "Begun", "Green"),
    ("2.3", "Renew the leaflets", FRONT, "August 2028", "With the printer", "Amber"),
)  # fmt: skip
FIRST = 4
"""The row of the first action."""
Cell = tuple[object, str, str | None, bool]
"""A value, its fill, its note, whether it is struck out."""
Sheets = dict[str, dict[tuple[int, int], Cell]]


def source(path: Path) -> Path:
    """Bands of colour for sections, coloured ratings, a sheet that counts with a chart, notes, a
    rule for a column, and how it is printed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Action Plan"
    sheet["A1"] = "Housing improvement plan"
    sheet["A1"].font = Font(bold=True, size=16)
    for texts in (HEADINGS, *ROWS):
        sheet.append(texts)
    for row in range(3, 3 + len(ROWS)):
        band = sheet.cell(row, 2).value is None
        for col in range(1, 7):
            colour = BAND if band else BODY
            rating = sheet.cell(row, 6).value
            if col == 6 and not band:
                colour = COLOURS[str(rating)]
            sheet.cell(row, col).fill = PatternFill("solid", fgColor=colour)
        if band:
            sheet.cell(row, 1).font = Font(bold=True, color="FFFFFFFF")
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=6)
    sheet["B7"].comment = Comment("Ask about asbestos", "Ann")
    rule = CellIsRule("equal", ['"Ongoing"'], font=Font(italic=True))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add("D4:D11", rule)
    for letter, width in zip("ABCDEF", (6, 36, 20, 14, 44, 9), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows = "2:2"
    sheet.print_area = "A1:F11"
    sheet.freeze_panes = "C3"
    counts = book.create_sheet("Summary")
    for number, rating in enumerate(COLOURS, 1):
        counts.append((rating, f"=COUNTIF('Action Plan'!F4:F11,A{number})"))
    chart = BarChart()
    chart.add_data(Reference(counts, min_col=2, min_row=1, max_row=3))
    chart.set_categories(Reference(counts, min_col=1, min_row=1, max_row=3))
    counts.add_chart(chart, "D2")
    book.save(path)
    return path


def look(path: Path) -> Sheets:
    """What every cell of a workbook holds and looks like."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: {
            (row, column): found
            for row, line in enumerate(sheet.iter_rows(), 1)
            for column, cell in enumerate(line, 1)
            if (found := _cell(cell)) != (None, "", None, False)
        }
        for sheet in book.worksheets
    }


def _cell(cell: Any) -> Cell:
    filled = cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else ""
    note = cell.comment.text if getattr(cell, "comment", None) else None
    return cell.value, str(filled), note, bool(cell.font.strike)


class Year:
    """A plan, and what is done to it month by month."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.folder, self.office, self.month = folder, office, 0
        self.path = folder / NAME
        self.plan_sheet = "Action Plan"
        self.cut: dict[str, str] = {}

    @property
    def cycle(self) -> str:
        return f"2027-{self.month:02}"

    @property
    def today(self) -> str:
        return f"{self.cycle}-02"

    def opened(self) -> Plan:
        return open_plan(self.folder, today=date.fromisoformat(self.today))

    def row(self, ref: str) -> int:
        """The row (from 1) in which an action stands now."""
        sheet = openpyxl.load_workbook(self.path)[self.plan_sheet]
        return next(n for n in range(1, sheet.max_row + 1) if str(sheet.cell(n, 1).value) == ref)

    def at(self, ref: str, column: str) -> str:
        return f"{self.plan_sheet}!{column}{self.row(ref)}"

    def coordinate(self, steps: Sequence[Step]) -> None:
        """The coordinator opens the workbook in LibreOffice, does this and saves it."""
        self.office.edit(self.path, self.path, steps)

    def type_in(self, lead: str, edits: Mapping[tuple[str, str], str]) -> None:
        """A lead fills in the form in LibreOffice and sends it back."""
        template = self.folder / "outbox" / self.cycle / f"{lead}.xlsx"
        places = places_in(template.read_bytes(), ID_PREFIX)
        with self.opened() as plan:
            uids = {plan.desk.state.ref(uid): uid for uid in plan.desk.state.uids("action")}
        steps: list[Step] = []
        for (ref, field), text in edits.items():
            sheet, cell = places[uids[ref], field]
            at = f"{sheet}!{cell}"
            steps.append(Choose(at, text) if field == "rating" else Type(at, text))
        sent = self.folder / "inbox" / f"{lead} {self.cycle}.xlsx"
        self.office.edit(template, sent, steps)

    def merge(self) -> MergeResult:
        with self.opened() as plan:
            return plan.merge()

    def value(self, ref: str, field: str) -> str:
        with self.opened() as plan:
            state = plan.desk.state
            uid = next(uid for uid in state.uids("action") if state.ref(uid) == ref)
            return show(state.value(uid, field))


def colours_and_a_note(year: Year) -> Iterator[Step]:
    yield Fill(year.at("1.2", "B"), "#FFFF00")
    yield Note(year.at("2.1", "B"), "Ring them on Monday")
    yield Write(f"{year.plan_sheet}!G2", "Budget code")
    yield Write(year.at("1.3", "G"), "Code 7")


def sorted_and_another_heading(year: Year) -> Iterator[Step]:
    yield Sort(f"{year.plan_sheet}!A4:G7", 1)
    yield Write(f"{year.plan_sheet}!E2", "Update for February")


def a_row_and_a_sheet(year: Year) -> Iterator[Step]:
    at = year.row("2.3") + 1
    yield InsertRows(year.plan_sheet, at)
    for column, text in zip("ABCDEF", ("2.4", "Paint the hall", FRONT, "May 2028", "Asked", "Red"),
                            strict=True):  # fmt: skip
        yield Write(f"{year.plan_sheet}!{column}{at}", text)
    yield AddSheet("Minutes")
    yield Write("Minutes!A1", "Agreed on Tuesday")


def a_column_moved(year: Year) -> Iterator[Step]:
    yield Move(f"{year.plan_sheet}!G2:G{year.row('2.3')}", f"{year.plan_sheet}!H2")
    yield HideColumn(year.plan_sheet, 8)


def a_row_cut(year: Year) -> Iterator[Step]:
    row = year.row("1.4")
    shown = year.office.read(year.path)[year.plan_sheet]
    year.cut = {column: shown.get(f"{column}{row}", "") for column in "ABCDEF"}
    yield DeleteRows(year.plan_sheet, row)


def a_row_put_back(year: Year) -> Iterator[Step]:
    at = year.row("1.1")
    yield InsertRows(year.plan_sheet, at)
    for column, text in year.cut.items():
        yield Write(f"{year.plan_sheet}!{column}{at}", text)


def a_row_moved(year: Year) -> Iterator[Step]:
    """To the end of its section, as one does by cutting it and putting it in."""
    row, end = year.row("2.1"), year.row("2.3") + 1
    yield InsertRows(year.plan_sheet, end)
    yield Move(f"{year.plan_sheet}!A{row}:H{row}", f"{year.plan_sheet}!A{end}")
    yield DeleteRows(year.plan_sheet, row)


def another_name_of_the_sheet(year: Year) -> Iterator[Step]:
    yield RenameSheet("Action Plan", "Plan 2027")
    year.plan_sheet = "Plan 2027"


def ratings_typed(year: Year) -> Iterator[Step]:
    yield Write(year.at("1.1", "F"), "Red")
    yield Strike(year.at("1.2", "B"))


def nothing(year: Year) -> Iterator[Step]:
    yield Note(year.at("1.1", "A"), "Seen")


DONE: Sequence[Callable[[Year], Iterator[Step]]] = (
    colours_and_a_note, sorted_and_another_heading, a_row_and_a_sheet, a_column_moved, a_row_cut,
    a_row_put_back, a_row_moved, another_name_of_the_sheet, ratings_typed, nothing,
    sorted_and_another_heading, colours_and_a_note,
)  # fmt: skip
RATINGS = ("Green", "Amber", "Red")


@pytest.mark.xdist_group("office")
def test_a_year_of_a_kept_workbook(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    made = ["new", str(folder), "--keep", "--from", str(source(tmp_path / NAME))]
    assert run(["--today", "2027-01-01", *made]) in (0, 1)
    issue_with(folder, "proposal_rows = 1")
    year = Year(folder, office)
    for month in range(1, MONTHS + 1):
        year.month = month
        play(year)
    assert run(["-C", str(folder), "--today", year.today, "verify"]) == 0


def play(year: Year) -> None:
    """A month: forms go out, the coordinator works, leads answer, and all of it is merged."""
    assert run(["-C", str(year.folder), "--today", year.today, "issue", "--cycle", year.cycle]) == 0
    year.coordinate(list(DONE[year.month - 1](year)))
    gone = {ref for ref in ("1.4",) if DONE[year.month - 1] is a_row_cut}
    rating = RATINGS[year.month % 3]
    typed = {("1.2", "rating"): rating, ("1.3", "progress"): f"As of {year.cycle}"}
    filled = {("2.2", "progress"): f"Told in {year.cycle}", ("2.3", "rating"): rating}
    year.type_in(HOUSING, typed)
    give_back(year.folder, FRONT, filled, cycle=year.cycle, saved_at=f"{year.cycle}-10T10:00:00Z",
              file=f"{FRONT} {year.cycle}.xlsx")  # fmt: skip
    if year.month == 2:
        propose(year, HOUSING, {"action": "Fit a ramp", "section": "Homes", "lead": HOUSING,
                                "rating": "Red"})  # fmt: skip
    before = look(year.path)
    result = year.merge()
    after = look(year.path)
    assert_only_so(before, after, result, year)
    for (ref, field), text in {**typed, **filled}.items():
        assert year.value(ref, field) == text, (year.cycle, ref, field)
        column = {"rating": "F", "progress": "E"}[field]
        assert after[year.plan_sheet][year.row(ref), ord(column) - 64][0] == text
    kinds = {question.kind for question in result.questions}
    assert kinds <= {"row-missing", "row-added"}
    assert {q.action for q in result.questions if q.kind == "row-missing"} == gone
    for question in result.questions:
        if question.kind == "row-added":
            with year.opened() as plan:
                plan.answer(question, "Accept")
            assert_row_put_in(after, look(year.path), year, "Fit a ramp")
    year.office.read(year.path)  # LibreOffice opens it as it opens any


def propose(year: Year, lead: str, texts: Mapping[str, str]) -> None:
    """A lead proposes an action in a form of theirs."""
    path = year.folder / "inbox" / f"{lead} {year.cycle}.xlsx"
    places = places_in(path.read_bytes(), ID_PREFIX)
    cells = [(places["new-1", name][1], text) for name, text in texts.items()
             if ("new-1", name) in places]  # fmt: skip
    sheet = places["new-1", "action"][0]
    path.write_bytes(fill_in(path.read_bytes(), sheet, cells, f"{year.cycle}-09T10:00:00Z"))


def assert_only_so(before: Sheets, after: Sheets, result: MergeResult, year: Year) -> None:
    """Every cell is as before but those that the merge names; of these a rated one may be filled
    as others of its rating are."""
    assert before.keys() == after.keys()
    named = {(each.sheet, each.cell): each.after for each in result.kept}
    for sheet, cells in after.items():
        for at in cells.keys() | before[sheet].keys():
            old, new = before[sheet].get(at), cells.get(at)
            name = f"{chr(64 + at[1])}{at[0]}"
            if (sheet, name) in named:
                assert new is not None
                assert new[0] == named[sheet, name]
                assert new[2:] == (old[2:] if old else (None, False))
                if at[1] == 6 and old is not None and old[1] in COLOURS.values():
                    assert new[1] in (old[1], COLOURS[str(new[0])])
            else:
                assert new == old, (year.cycle, sheet, name)


def assert_row_put_in(before: Sheets, after: Sheets, year: Year, action: str) -> None:
    """One row more, at the end of its section and looking like it, and all else as before."""
    cells = after[year.plan_sheet]
    row = next(at[0] for at, cell in cells.items() if cell[0] == action)
    moved = {(at[0] + (at[0] >= row), at[1]): cell for at, cell in before[year.plan_sheet].items()}
    assert {at: cell for at, cell in cells.items() if at[0] != row} == moved
    assert cells[row + 1, 1][0] == "Lettings"
    assert {cells[row, col][1] for col in range(1, 6)} == {BODY}
    assert cells[row, 6] == ("Red", COLOURS["Red"], None, False)
