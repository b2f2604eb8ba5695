"""The rules for accessible spreadsheets, as a workbook is written: what is found in its sheets is
what another reader finds in its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from tests.accessibility_oracle import problems_read
from tests.boards import full_board
from tests.composite_sample import CREATED, sample_board
from xlplan.board.accessible import accessible_workbook
from xlplan.workbook.write import accessibility
from xlplan.workbook.write.accessibility import Accessibility
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Chart,
    Column,
    Merge,
    Page,
    Row,
    Series,
    Sheet,
    Strip,
    Strips,
    Style,
    Workbook,
)
from xlplan.workbook.write.writing import write_workbook

TITLE = Style(size=16, title=True)


def found(book: Workbook) -> tuple[list[str], list[str]]:
    """What is found while a workbook is written, and in its file; sorted."""
    rules = Accessibility(book)
    data = write_workbook(book, rules.sheet)
    return sorted(map(str, rules.problems())), sorted(map(str, problems_read(data)))


def by_columns(book: Workbook) -> Workbook:
    """The same workbook, its tables laid out a column at a time where they have no gap."""
    return replace(book, sheets=[replace(one, rows=_by_columns(one)) for one in book.sheets])


def _by_columns(sheet: Sheet) -> Sequence[Row]:
    top, below = sheet.rows[:3], [row for row in sheet.rows[3:] if not row.hidden]
    whole = len(below) == len(sheet.rows) - 3 and len({len(row.cells) for row in below}) == 1
    cells = [cell for row in below for cell in row.cells if cell is not None]
    if not whole or len(cells) < sum(len(row.cells) for row in below):
        return sheet.rows
    columns = [cells[at :: len(below[0].cells)] for at in range(len(below[0].cells))]
    return Strips(top, [Strip(column, range(len(column))) for column in columns])


def laid(name: str, table: str, rows: list[list[Cell | None]], **more: Any) -> Sheet:
    top = [Row([Cell("A title", TITLE)]), Row([Cell("A line about it")])]
    area = Area(2, 0, 1 + len(rows), len(rows[0]) - 1)
    page = Page(footer_right="")
    return Sheet(name, [*top, *map(Row, rows)], filter=area, table=table, page=page, **more)


GREEN = Cell("Green", Style(fill="#00B050"))
LISTED: list[Cell | None] = [Cell("Figures", link="'Figures'!A1"), Cell(2)]
CONTENTS = laid("Contents", "list_of_sheets", [[Cell("Sheet"), Cell("Rows")], LISTED])
HEADS: list[Cell | None] = [Cell("Ref [note 1]"), Cell("Rating")]
FIGURES = laid("Figures", "figures", [HEADS, [Cell("[note 1]"), GREEN], [Cell("2"), GREEN]])
GOOD = Workbook([CONTENTS, FIGURES], "Returns of the year", "2026-11-02T09:00:00Z")


def changed(**more: Any) -> Workbook:
    """The good workbook with something else about its second sheet."""
    return replace(GOOD, sheets=[CONTENTS, replace(FIGURES, **more)])


def with_cell(row: int, col: int, cell: Cell | None, sheet: Sheet = FIGURES) -> Workbook:
    cells = [[*each.cells] for each in sheet.rows]
    cells[row][col] = cell
    other = replace(sheet, rows=[Row(line) for line in cells])
    return replace(GOOD, sheets=[other, FIGURES] if sheet is CONTENTS else [CONTENTS, other])


CHART = Chart("bar", "", [Series("", "Figures", Area(3, 0, 4, 0), Area(3, 1, 4, 1))], 6, 0)
OTHER = "'Sheet2'!A1"


@pytest.mark.parametrize("board", [sample_board(), full_board(), sample_board(3, compared=False)])
def test_an_accessible_board_keeps_every_rule(board: Any) -> None:
    assert found(accessible_workbook(board, CREATED)) == ([], [])


def test_a_workbook_that_keeps_the_rules_has_no_fault() -> None:
    assert found(GOOD) == ([], [])


@pytest.mark.parametrize(
    ("code", "book"),
    [
        ("ACC-001", replace(GOOD, title=" ")),
        ("ACC-002", replace(GOOD, language="")),
        ("ACC-003", replace(GOOD, sheets=[replace(CONTENTS, state="hidden"), FIGURES])),
        ("ACC-003", changed(active_cell=(6, 2))),
        ("ACC-004", with_cell(3, 0, Cell("Figures"), CONTENTS)),
        ("ACC-005", changed(name="Sheet2")),
        ("ACC-006", changed(table="Table1")),
        ("ACC-007", changed(table="", filter=None)),
        ("ACC-007", changed(filter=Area(2, 1, 4, 1))),
        ("ACC-007", changed(rows=[*FIGURES.rows, Row([Cell("Source: the returns")])])),
        ("ACC-008", changed(merges=[Merge(Area(0, 0, 0, 1), Cell("A title", TITLE))])),
        ("ACC-010", with_cell(3, 1, None)),
        ("ACC-010", with_cell(3, 1, Cell("\x00"))),
        ("ACC-010", with_cell(1, 0, None)),
        ("ACC-010", changed(rows=[*FIGURES.rows, Row([]), Row([Cell("Source")])])),
        ("ACC-010", changed(columns=[Column(), Column(hidden=True)])),
        ("ACC-010", changed(rows=[*FIGURES.rows[:4], replace(FIGURES.rows[4], hidden=True)])),
        ("ACC-011", changed(page=Page())),
        ("ACC-011", changed(page=Page(footer_right="", header="Draft"))),
        ("ACC-012", with_cell(2, 1, Cell("Rating [note 7]"))),
        ("ACC-013", with_cell(4, 1, Cell("Green", Style(fill="#C00000")))),
        ("ACC-014", with_cell(3, 0, Cell("Click here", link="'Figures'!A1"), CONTENTS)),
        ("ACC-014", with_cell(3, 0, Cell(None, link="'Figures'!A1"), CONTENTS)),
        ("ACC-065", changed(table="")),
        ("ACC-066", with_cell(0, 0, Cell("A title"))),
        ("ACC-067", with_cell(4, 1, Cell("12.5 %"))),
        ("ACC-068", with_cell(3, 0, Cell("Figures", link="'Gone'!A1"), CONTENTS)),
    ],
)
def test_each_breach_is_found_as_another_reader_finds_it(code: str, book: Workbook) -> None:
    here, there = found(book)
    assert here == there == found(by_columns(book))[0]
    assert any(f"[{code}]" in each for each in here)


@pytest.mark.parametrize(
    ("code", "book"),
    [
        ("ACC-006", changed(table="List_of_Sheets")),
        ("ACC-007", with_cell(2, 0, Cell("Rating"))),
    ],
)
def test_a_table_that_cannot_be_written_is_found_before(code: str, book: Workbook) -> None:
    rules = Accessibility(book)
    for sheet in book.sheets:
        rules.sheet(sheet)
    assert [problem.code for problem in rules.problems() if problem.code != "ACC-012"] == [code]


@pytest.mark.parametrize(
    "book",
    [with_cell(3, 1, replace(GREEN, note="Was 3")), changed(charts=[CHART])],
    ids=["note", "chart"],
)
def test_what_floats_over_the_cells_is_found_where_it_stands(book: Workbook) -> None:
    here, there = found(book)
    assert here == found(by_columns(book))[0]
    assert len(here) == 1
    assert here[0].startswith("Figures!")
    assert "[ACC-009]" in here[0]
    assert {each[-9:] for each in there} == {"[ACC-009]"}


def test_a_cell_of_many_rows_is_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    rule = accessibility._keeps

    def counted(cell: Cell, fills: Any) -> bool:
        looked.append(str(cell.value))
        return rule(cell, fills)

    monkeypatch.setattr(accessibility, "_keeps", counted)
    rows: list[list[Cell | None]] = [[Cell(str(n)), GREEN] for n in range(100)]
    book = replace(GOOD, sheets=[CONTENTS, laid("Figures", "figures", [HEADS, *rows])])
    rules = Accessibility(book)
    write_workbook(book, rules.sheet)
    assert sorted(looked) == sorted(["Figures", "2", *map(str, range(100)), "Green"])


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("ACC-009", replace(GREEN, note="Was 3")),
        ("ACC-010", Cell("\x00")),
        ("ACC-013", Cell("Green", Style(fill="#C00000"))),
        ("ACC-067", Cell("12.5 %")),
    ],
)
def test_breaches_in_rows_laid_out_by_columns_are_found_in_each_row(code: str, cell: Cell) -> None:
    strips = [Strip([Cell("1"), Cell("2")], [0, 1, 0, 1]), Strip([GREEN, cell], [0, 1, 0, 1])]
    rows = Strips(FIGURES.rows[:3], strips)
    area = Area(2, 0, 6, 1)
    book = replace(GOOD, sheets=[CONTENTS, replace(FIGURES, rows=rows, filter=area)])
    plain = replace(GOOD, sheets=[CONTENTS, replace(FIGURES, rows=[*rows], filter=area)])
    here, there = found(book)
    assert here == found(plain)[0]
    if not cell.note:  # which another reader finds in a part of its own
        assert here == there
    places = [each.partition(" ")[0].rstrip(":") for each in here if f"[{code}]" in each]
    assert places == ["Figures!B5", "Figures!B7"]


def test_a_row_laid_out_by_columns_that_is_blank_is_found() -> None:
    blank = Cell("")
    rows = Strips(
        FIGURES.rows[:3], [Strip([Cell("1"), blank], [0, 1]), Strip([GREEN, blank], [0, 1])]
    )
    here, there = found(replace(GOOD, sheets=[CONTENTS, replace(FIGURES, rows=rows)]))
    assert here == there
    assert any(each.startswith("Figures!5") for each in here)


def test_of_a_large_table_no_row_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    at = Strips.__getitem__

    def counted(rows: Strips, place: Any) -> Any:
        made.append(place)
        return at(rows, place)

    monkeypatch.setattr(Strips, "__getitem__", counted)
    counts = []
    for changes in (50, 500):
        made.clear()
        board = sample_board(12)
        log = [replace(board.changes[0], seq=n, after=f"Done {n}") for n in range(changes)]
        book = accessible_workbook(replace(board, changes=log), CREATED)
        rules = Accessibility(book)
        write_workbook(book, rules.sheet)
        assert rules.problems() == []
        counts.append(len(made))
    assert counts[0] == counts[1]
