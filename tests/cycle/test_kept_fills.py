"""A kept workbook in which the colour of a cell is the rating, and nothing is written in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from tests.small import TODAY, give_back, issue, opened
from xlplan.cli.main import run
from xlplan.cycle.merge import MergeResult
from xlplan.plan.values import show

NAME = "Tracker.xlsx"
RED, AMBER, GREEN, BLUE, GREY = "FF0000", "FFC000", "92D050", "0070C0", "BFBFBF"
KEY = {RED: "Off track", AMBER: "Slipping", GREEN: "On track", BLUE: "Done", GREY: "Not due"}
REPAIRS, LETTINGS = "Head of Repairs", "Head of Lettings"
ROWS = (
    ("1", "Inspect every lift", REPAIRS, "June 2027", "Half are done", GREEN),
    ("2", "Replace the boilers", REPAIRS, "May 2027", None, AMBER),
    ("3", "Publish the policy", LETTINGS, "March 2027", "Drafted", RED),
    ("4", "Review the rota", LETTINGS, "July 2027", None, ""),
)
FIRST = len(KEY) + 3
"""The row of the first action; the ratings stand in column F."""


def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row, (colour, words) in enumerate(KEY.items(), 1):
        sheet.cell(row, 1).fill = _solid(colour)
        sheet.cell(row, 2, words)
    headings = ("No", "Action", "Lead", "By when", "Update", "RAG")
    for col, heading in enumerate(headings, 1):
        sheet.cell(FIRST - 1, col, heading).fill = _solid("1F3864")
        sheet.cell(FIRST - 2, col).fill = _solid("204060")  # a band: a blue, and no rating
    for number, (*values, colour) in enumerate(ROWS):
        for col, value in enumerate(values, 1):
            sheet.cell(FIRST + number, col, value)
        if colour:  # the last has no cell at all there
            sheet.cell(FIRST + number, 6).fill = _solid(colour)
    folder = tmp_path_factory.mktemp("fills")
    book.save(folder / NAME)
    made = folder / "plan"
    command = ["--today", TODAY, "new", str(made), "--from", str(folder / NAME), "--keep"]
    assert run(command) in (0, 1)
    issue(made)
    return made


@pytest.fixture
def plan(started: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(started, tmp_path / "plan"))


def _merge(folder: Path) -> MergeResult:
    with opened(folder) as plan:
        return plan.merge()


def _edit(folder: Path, edit: Callable[[Worksheet], None]) -> None:
    book = openpyxl.load_workbook(folder / NAME)
    edit(book["Plan"])
    book.save(folder / NAME)


def _ratings(folder: Path) -> dict[str, str]:
    with opened(folder) as plan:
        state = plan.desk.state
        return {state.ref(uid): show(state.value(uid, "rating")) for uid in state.uids("action")}


def _fills(folder: Path) -> list[tuple[str, object]]:
    """The fill and the value of each rated cell."""
    sheet = openpyxl.load_workbook(folder / NAME)["Plan"]
    cells = [sheet.cell(row, 6) for row in range(FIRST, sheet.max_row + 1)]
    return [(str(cell.fill.fgColor.rgb)[2:] if cell.fill.fill_type else "", cell.value)
            for cell in cells]  # fmt: skip


def _whole(folder: Path) -> bool:
    return run(["-C", str(folder), "--today", TODAY, "verify"]) == 0


def test_the_ratings_are_those_of_the_key(plan: Path) -> None:
    assert _ratings(plan) == {"1": "On track", "2": "Slipping", "3": "Off track", "4": ""}


def test_a_rating_that_a_lead_chose_fills_its_cell_and_writes_nothing_in_it(plan: Path) -> None:
    """The colour comes from another cell of the column, or from the key."""
    give_back(plan, REPAIRS, {("1", "rating"): "Slipping", ("2", "rating"): "Done"})
    give_back(plan, LETTINGS, {("4", "rating"): "Not due"})
    done = _merge(plan)
    assert _fills(plan) == [(AMBER, None), (BLUE, None), (RED, None), (GREY, None)]
    assert [(c.cell, c.before, c.after) for c in done.kept] == [
        (f"F{FIRST}", "On track", "Slipping"), (f"F{FIRST + 1}", "Slipping", "Done"),
        (f"F{FIRST + 3}", "", "Not due"),
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(plan / NAME)["Plan"]
    assert [sheet.cell(row, 1).fill.fgColor.rgb[2:] for row in range(1, 6)] == list(KEY)
    assert not _merge(plan).kept
    assert _whole(plan)


def test_a_cell_that_the_coordinator_fills_is_an_edit_of_its_rating(plan: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.cell(FIRST, 6).fill = _solid(RED)
        sheet.cell(FIRST + 3, 6).fill = _solid("00B050")  # a green of another shade

    _edit(plan, fill)
    done = _merge(plan)
    assert _ratings(plan) == {"1": "Off track", "2": "Slipping", "3": "Off track", "4": "On track"}
    assert not done.questions
    assert _fills(plan)[3] == ("00B050", None), "what they chose stays"
    assert _whole(plan)
    # A lead's rating comes over it, as over any other.
    give_back(plan, LETTINGS, {("3", "rating"): "Done"})
    _merge(plan)
    assert [fill for fill, _ in _fills(plan)] == [RED, AMBER, BLUE, "00B050"]


def test_a_colour_of_no_rating_is_asked_about_and_a_cleared_one_too(plan: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.cell(FIRST, 6).fill = _solid("7030A0")
        sheet.cell(FIRST + 1, 6).fill = PatternFill()

    _edit(plan, fill)
    done = _merge(plan)
    assert len(done.questions) == 1
    with opened(plan) as opened_plan:
        (question,) = opened_plan.questions()
    assert (question.action, question.candidates[0].text) == ("1", "filled #7030A0")
    assert _ratings(plan)["1"] == "On track"
    assert _fills(plan)[0] == ("7030A0", None), "their cell waits for the answer"
    assert _whole(plan)


def test_a_conflict_about_a_colour_is_a_question(plan: Path) -> None:
    give_back(plan, REPAIRS, {("1", "rating"): "Done"})
    _edit(plan, lambda sheet: setattr(sheet.cell(FIRST, 6), "fill", _solid(RED)))
    _merge(plan)
    with opened(plan) as opened_plan:
        (question,) = opened_plan.questions()
    assert {c.value for c in question.candidates} == {"Done", "Off track"}
    assert _fills(plan)[0] == (RED, None)


def test_a_word_that_is_typed_counts_before_the_colour(plan: Path) -> None:
    _edit(plan, lambda sheet: setattr(sheet.cell(FIRST, 6), "value", "Done"))
    _merge(plan)
    assert _ratings(plan)["1"] == "Done"
    assert _whole(plan)


def test_new_rows_have_their_ratings_as_colours_both_ways(plan: Path) -> None:
    def add(sheet: Worksheet) -> None:
        for col, value in enumerate(("5", "Mend the gate", REPAIRS, "May 2027", None), 1):
            sheet.cell(FIRST + len(ROWS), col, value)
        sheet.cell(FIRST + len(ROWS), 6).fill = _solid(AMBER)

    _edit(plan, add)
    _merge(plan)
    assert _ratings(plan)["5"] == "Slipping"
    assert _fills(plan)[-1] == (AMBER, None)
    assert _whole(plan)


def test_a_rating_without_a_cell_of_its_colour_is_to_be_filled_by_hand(plan: Path) -> None:
    """A colour that was taken out of the key, and stands nowhere else."""
    _edit(plan, lambda sheet: setattr(sheet.cell(4, 1), "fill", PatternFill()))
    give_back(plan, REPAIRS, {("1", "rating"): "Done"})
    _merge(plan)
    assert _fills(plan)[0] == (GREEN, None)
    lines = openpyxl.load_workbook(plan / "decisions.xlsx")["To type by hand"]
    said = [str(cell.value) for row in lines.iter_rows() for cell in row if cell.value]
    assert any("Fill it by hand." in text for text in said)


def test_a_month_that_is_coloured_and_not_read_is_said(tmp_path: Path, started: Path) -> None:
    """One column for each month, those to come blank, and the colour of a cell is the rating."""
    book = openpyxl.load_workbook(started.parent / NAME)
    sheet = book["Plan"]
    for col, month in enumerate(("RAG Sep 26", "RAG Oct 26", "RAG Nov 26"), 6):
        sheet.cell(FIRST - 1, col, month)
    for number, (*_, colour) in enumerate(ROWS):
        sheet.cell(FIRST + number, 7).fill = _solid(colour or AMBER)
    book.save(tmp_path / NAME)
    folder = tmp_path / "plan"
    command = ["--today", TODAY, "new", str(folder), "--from", str(tmp_path / NAME), "--keep"]
    assert run(command) in (0, 1)

    def fill(sheet: Worksheet) -> None:
        sheet.cell(FIRST, 5).value = "All are done"
        sheet.cell(FIRST, 6).fill = _solid(RED)  # of a month that is over
        sheet.cell(FIRST, 8).fill = _solid(BLUE)

    _edit(folder, fill)
    found = [(p.code, p.where) for each in _merge(folder).returns for p in each.problems]
    assert found == [("KEEP-036", f"{NAME}!Plan!H{FIRST - 1}")]
    assert _ratings(folder)["1"] == "On track"
