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
    whole = f"{long} for improvement in every year, with what each of the partners is to do"
    board = replace(sample_board(3), definition=replace(DEFINITION, title=whole))
    assert " ".join(str(row[0]) for row in rows_of(page_of(board))[:2]) == whole


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
    ("organisation", "lines"), [("", 1), ("Northmere Council and its partners in care", 2)]
)
def test_what_it_is_compared_with_is_whole_also_where_the_line_has_no_room_for_it(
    organisation: str, lines: int
) -> None:
    before = "the plan as imported on 10 September 2026"
    definition = replace(DEFINITION, organisation=organisation)
    board = replace(sample_board(10, 3), definition=definition, previous_label=before)
    table = rows_of(page_of(board))[1 : lines + 2]
    assert table.pop() == []  # the air below the banner
    rows = [str(row[0]) for row in table]
    assert organisation in rows[0]
    assert rows[lines - 1].endswith(f"Compared with {before}")


@pytest.mark.parametrize(
    ("label", "wide"),
    [("Green", False), ("Delayed: a plan to recover is agreed", True), ("Unimplementable", True)],
)
def test_the_words_of_a_rating_are_whole_among_the_exceptions(label: str, wide: bool) -> None:
    """They were cut at 20 characters; long ones have two columns."""
    ratings = tuple(
        replace(r, code=f"R{n}", label=label, aliases=(r.code,)) if r.code == "R" else r
        for n, r in enumerate(DEFINITION.ratings)
    )
    code = next(r.code for r in ratings if r.label == label)
    board = sample_board(10, 3)
    rows = [
        replace(row, values={**row.values, "rating": code})
        if row.values.get("rating") == "R"
        else row
        for row in board.rows
    ]
    sheet = page_of(replace(board, rows=rows, definition=replace(DEFINITION, ratings=ratings)))
    table = rows_of(sheet)
    head = next(
        n for n, row in enumerate(table) if row == ["Ref", "Action", "Leads", "Rating", "Why"]
    )
    assert label in [row[3] for row in table[head + 1 :] if len(row) == 5]
    two = [m for m in sheet.merges if m.area.first_row == head and m.cell.value == "Rating"]
    assert [m.area.last_col - m.area.first_col for m in two] == ([1] if wide else [])
