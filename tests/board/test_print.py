"""The board on paper: how many pages, in letters of which size, and nothing cut."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from msgspec.structs import replace

from tests.boards import action, board_of, cells_of, sheet_of, stepped
from tests.composite_sample import AS_OF, CREATED, DEFINITION, sample_board
from tests.office import Office
from xlplan.board import composite_workbook
from xlplan.board.at_a_glance import NO_WORDS
from xlplan.board.coloured import columns_of, fit_to_page
from xlplan.board.paint import Paint
from xlplan.board.plan_sheet import plan_sheet
from xlplan.board.view import view_of
from xlplan.plan.settings import CompositeSettings
from xlplan.workbook.write.cell_text import (
    count_lines,
    line_height,
    row_heights,
    text_width,
    width_for,
)
from xlplan.workbook.write.sheet import Workbook
from xlplan.workbook.write.writing import write_workbook

Paper = Literal["A3", "A4"]
MOST: Mapping[tuple[int, Paper], int] = {
    (300, "A3"): 35,
    (300, "A4"): 63,
    (1200, "A3"): 130,
    (1200, "A4"): 234,
}
"""Pages of so many actions: on A4 1.8 times as many as on A3."""
LEAST = 8.45
"""Points of the smallest letters, 8.5 rounded as programs do."""


def board(actions: int, paper: Paper) -> Workbook:
    sample = sample_board(actions, 40)
    definition = replace(sample.definition, composite=CompositeSettings(paper=paper))
    return composite_workbook(replace(sample, definition=definition), CREATED)


def printed_sheets(book: Workbook) -> dict[str, int]:
    """Each sheet that is printed, with its pages: those that its breaks make."""
    return {
        sheet.name: len(sheet.page.breaks) + 1
        for sheet in book.sheets
        if sheet.page.print_area is None
    }


# Reading a PDF of LibreOffice's.

_OBJECT = re.compile(rb"(?s)(?<!\d)(\d+) 0 obj\s(.*?)endobj")
_PAGE = re.compile(rb"/Type/Page/Parent.*?/Contents (\d+) 0 R", re.DOTALL)
_SIZE = re.compile(rb"/F\d+ ([\d.]+) Tf")


@dataclass(frozen=True)
class Printed:
    """A page, by the sizes of its letters in points."""

    sizes: frozenset[float]


def pages_of(pdf: bytes) -> Iterator[Printed]:
    parts = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    for body in parts.values():
        if page := _PAGE.search(body):
            stream = parts[int(page[1])].partition(b"stream")[2].lstrip(b"\r\n")
            text = zlib.decompressobj().decompress(stream)
            yield Printed(frozenset(float(size) for size in _SIZE.findall(text)))


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_300_actions_print_on_few_pages_in_letters_to_be_read_with_nothing_cut(
    paper: Paper, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("print")
    book = board(300, paper)
    (folder / "board.xlsx").write_bytes(write_workbook(book))
    assert office.to_checked_pdf(folder / "board.xlsx", folder / "board.pdf") == []
    pages = list(pages_of((folder / "board.pdf").read_bytes()))
    assert 10 < len(pages) <= MOST[300, paper]
    assert len(pages) == sum(printed_sheets(book).values()), "the breaks are where the pages end"
    assert [number for number, page in enumerate(pages, 1) if min(page.sizes) < LEAST] == []


@pytest.mark.parametrize(("actions", "paper"), MOST)
def test_breaks_make_as_few_pages(actions: int, paper: Paper) -> None:
    assert sum(printed_sheets(board(actions, paper)).values()) <= MOST[actions, paper]


@pytest.mark.parametrize("name", ["Summary", "Recommendations"])
def test_a_name_too_long_for_its_column_is_in_as_many_lines_as_it_needs(name: str) -> None:
    """A link does not wrap in every program, so that a long name of a section is none."""
    sheet = sheet_of(board(300, "A4"), name)
    heights = row_heights(sheet)
    found = [
        (cell, sheet.columns[column].width, heights[row])
        for row, column, cell in cells_of(sheet)
        if str(cell.value).startswith("Recommendation")
    ]
    assert any(str(cell.value).startswith("Recommendations 1, 4, 13, 14") for cell, _, _ in found)
    for cell, width, height in found:
        lines = count_lines(str(cell.value), width, cell.style)
        assert lines * line_height(cell.style.size) <= height
        assert not (cell.link and lines > 1), cell.value


@pytest.mark.parametrize("rest", ["", " Look at all cores. " * 9, "\nLook at all cores.\nWrite."])
def test_a_text_of_several_lines_is_no_link_though_it_names_another_action(rest: str) -> None:
    """LibreOffice, which makes the pages of a board, shows one line of a link and no more."""
    rows = (action("1"), action("2", action=f"[See also action 1 above]{rest}"))
    sheet = sheet_of(composite_workbook(board_of(*rows), CREATED), "Plan")
    (cell,) = (cell for _, _, cell in cells_of(sheet) if str(cell.value).startswith("[See"))
    assert bool(cell.link) is (rest == "")
    assert cell.value == f"[See also action 1 above]{rest}".rstrip()


def test_a_bold_date_is_not_broken_because_most_of_its_column_is_plain() -> None:
    sheet = sheet_of(board(300, "A3"), "Plan")
    late = [
        (cell, sheet.columns[column].width)
        for _, column, cell in cells_of(sheet)
        if str(cell.value).endswith("\nOverdue")
    ]
    assert late
    assert {cell.style.bold for cell, _ in late} == {True}
    assert {count_lines(str(cell.value), width, cell.style) for cell, width in late} == {2}


def test_changes_history_and_figures_take_no_page() -> None:
    book = board(300, "A3")
    assert not {"Changes", "History", "Figures"} & printed_sheets(book).keys()
    assert {"Changes", "History", "Figures"} <= {sheet.name for sheet in book.sheets}


def test_a_narrow_sheet_is_as_wide_as_what_its_banner_says() -> None:
    unrated = replace(
        DEFINITION, fields=tuple(f for f in DEFINITION.fields if f.role != "rating"), ratings=()
    )
    board = replace(board_of(action("1")), definition=unrated)
    book = composite_workbook(board, CREATED)
    for name in ("Summary", "By section"):
        sheet = sheet_of(book, name)
        (said,) = [cell for row, _, cell in cells_of(sheet) if row == 1 and cell.value]
        assert "Position at" in str(said.value)
        assert sum(c.width for c in sheet.columns) >= width_for(
            text_width(str(said.value)), said.style
        )


def test_a_due_of_many_dates_takes_no_more_than_two_lines_of_a_list() -> None:
    days = [AS_OF - timedelta(days=n) for n in range(90, 0, -9)]
    book = composite_workbook(board_of(action("1", "One", rating="A", **stepped(days))), CREATED)
    sheet = sheet_of(book, "Exceptions")
    (cell,) = [cell for _, _, cell in cells_of(sheet) if "August 2026" in str(cell.value)
               and "Overdue" not in str(cell.value)]  # fmt: skip
    assert "\n" not in str(cell.value)
    assert str(cell.value).endswith("…")
    assert len(str(cell.value)) <= 48


def test_a_list_of_nothing_takes_no_page() -> None:
    book = composite_workbook(sample_board(10, 2, compared=False), CREATED)
    assert not {"New", "Movement"} & printed_sheets(book).keys()
    assert {"New", "Movement"} <= {sheet.name for sheet in book.sheets}
    none = composite_workbook(replace(sample_board(10, 2), rows=()), CREATED)
    assert {"Plan", "Exceptions", "Summary"} <= printed_sheets(none).keys()


def test_a_column_has_room_for_what_stands_where_nothing_is_given() -> None:
    rows = [action(str(n), "One", rating="A") for n in range(3)]
    last = {row.uid: {"section": "One", "rating": "A"} for row in rows}
    book = composite_workbook(board_of(*rows, previous=last), CREATED)
    for name, words in (("Movement", "No rating has moved"), ("Sections", NO_WORDS)):
        sheet = sheet_of(book, name)
        found = [(cell, col) for _, col, cell in cells_of(sheet) if cell.value == words]
        assert found
        for cell, col in found:
            assert count_lines(words, sheet.columns[col].width, cell.style) == 1


def test_a_table_without_a_row_to_draw_has_columns_as_wide_as_they_are_meant_to_be() -> None:
    few = sample_board(12, 3)
    rows = [
        replace(row, values={**row.values, "rating": "B"}) if row.kind == "action" else row
        for row in few.rows
    ]
    view = view_of(replace(few, rows=rows))  # all is closed, and stands on Completed
    sheet = plan_sheet(view)
    assert all(line.early for line in sheet.tables[0].lines)
    fitted = fit_to_page(sheet, Paint(view))
    own = [column.width for _, column in columns_of(sheet.tables[0])]
    assert [column.width for _, column in columns_of(fitted.tables[0])] == own
