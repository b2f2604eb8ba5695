"""The highlight report: one A4 page whatever the size of the plan, and the composite's figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.composite_sample import CREATED, DEFINITION, SCALE, sample_board
from tests.office import Office
from xlplan.board import Board, ReturnLine
from xlplan.board.action_lists import first_in_line
from xlplan.board.figures import figures
from xlplan.board.one_page import highlight_workbook
from xlplan.board.view import view_of
from xlplan.workbook.write.sheet import Cell, Sheet
from xlplan.workbook.write.writing import write_workbook


def page_of(board: Board) -> Sheet:
    (sheet,) = highlight_workbook(board, CREATED).sheets
    return sheet


def rows_of(sheet: Sheet) -> list[list[object]]:
    """What stands in each row, merged cells once, blanks left out."""
    found: list[dict[int, Cell]] = [
        {col: cell for col, cell in enumerate(row.cells) if cell} for row in sheet.rows
    ]
    for merge in sheet.merges:
        found[merge.area.first_row][merge.area.first_col] = merge.cell
    return [[row[col].value for col in sorted(row) if row[col].value is not None] for row in found]


LONG = replace(
    sample_board(400, 60),
    rows=[
        replace(row, values={**row.values, "action": "Say what was done and why. " * 40})
        for row in sample_board(400, 60).rows
    ],
    returns=[ReturnLine(f"Head of Service number {n}", True, n % 3 == 0) for n in range(90)],
)
BOARDS = {
    "10": sample_board(10, 3),
    "81": sample_board(81),
    "400": sample_board(400, 40),
    "first": sample_board(81, compared=False),
    "long": LONG,
    "none": replace(sample_board(3), rows=(), previous=None, changes=(), questions=()),
}


def test_a_long_title_is_whole_in_smaller_letters() -> None:
    """It was cut at 48 characters, with half of the bar empty."""

    def title_of(text: str) -> Cell:
        board = replace(sample_board(3), definition=replace(DEFINITION, title=text))
        cell = page_of(board).rows[0].cells[0]
        assert cell is not None
        return cell

    short, long = (
        "Housing improvement plan",
        "Inspection improvement plan: causes of concern and areas",
    )
    assert title_of(long).value == long
    assert title_of(long).style.size < title_of(short).style.size
    assert str(title_of(f"{long} for improvement in every year").value).endswith("…")


@pytest.mark.parametrize("name", BOARDS)
def test_it_is_one_a4_page(name: str, office: Office, tmp_path: Path) -> None:
    source, target = tmp_path / "page.xlsx", tmp_path / "page.pdf"
    source.write_bytes(write_workbook(highlight_workbook(BOARDS[name], CREATED)))
    office.to_pdf(source, target)
    pdf = target.read_bytes()
    assert pdf.count(b"/Type/Page") - pdf.count(b"/Type/Pages") == 1
    assert b"/MediaBox[0 0 595.3" in pdf


@pytest.mark.parametrize("name", ["10", "81", "400"])
def test_its_counts_are_those_of_the_rows(name: str) -> None:
    board = BOARDS[name]
    assert board.previous is not None
    now = [row.values.get("rating") for row in board.rows if row.kind == "action"]
    before = [values.get("rating") for values in board.previous.values()]
    rows = rows_of(page_of(board))
    for rating in SCALE:
        found = next(row for row in rows if row[:1] == [rating.label])
        assert found[1:3] == [before.count(rating.code), now.count(rating.code)]
        assert any(row and row[0] == "All actions" and row[1:3] == [len(before), len(now)]
                   for row in rows)  # fmt: skip


def test_the_worst_stand_first() -> None:
    view = view_of(sample_board(81))
    found = first_in_line(view)
    assert {one.row.uid for one in found} == {one.row.uid for one in view.figures.exceptions}
    reds = [one.now == "R" for one in found]
    assert reds == sorted(reds, reverse=True)
    assert any(reds)
    late = [one.overdue for one in found if one.now == "R"]
    assert late == sorted(late, reverse=True)


def test_it_says_how_many_exceptions_it_leaves_out() -> None:
    board = sample_board(400, 40)
    every = len(figures(board).exceptions)
    rows = rows_of(page_of(board))
    refs = {row.ref for row in board.rows if row.kind == "action"}
    listed = [row for row in rows if row and row[0] in refs]
    assert 3 <= len(listed) < every
    assert [f"{len(listed)} of {every} exceptions; the composite has them all"] == [
        text for row in rows for text in row if "the composite has them all" in str(text)
    ]


def test_all_who_have_not_returned_are_named_or_counted() -> None:
    texts = [str(text) for row in rows_of(page_of(LONG)) for text in row]
    words = next(text for text in texts if "Head of Service" in text and text.endswith(" more"))
    names, _, more = words.rpartition(" and ")
    assert len(names.split("; ")) + int(more.removesuffix(" more")) == 60


def test_a_plan_without_ratings_has_a_page_too() -> None:
    fields = tuple(item for item in DEFINITION.fields if item.role != "rating")
    board = replace(sample_board(10), definition=replace(DEFINITION, fields=fields, ratings=()))
    words = {text for row in rows_of(page_of(board)) for text in row}
    assert "By rating" not in words
    assert "Returns" in words


def test_same_board_same_bytes() -> None:
    first, again = (write_workbook(highlight_workbook(sample_board(81), CREATED)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("organisation", "whole"), [("", True), ("Northmere Council and its partners in care", False)]
)
def test_what_it_is_compared_with_is_whole_where_the_line_has_room_for_it(
    organisation: str, whole: bool
) -> None:
    before = "the plan as imported on 10 September 2026"
    definition = replace(DEFINITION, organisation=organisation)
    board = replace(sample_board(10, 3), definition=definition, previous_label=before)
    line = str(rows_of(page_of(board))[1][0])
    assert organisation in line
    assert line.endswith(f"Compared with {before}") is whole
    assert line.endswith("…") is not whole
