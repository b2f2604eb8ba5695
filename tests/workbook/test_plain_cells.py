"""Plain cells are written byte for byte as xlsxwriter writes them, and without a call for each."""

from __future__ import annotations

import io
import weakref
import zipfile
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet

from tests.outgoing import STYLES, TEXTS, VALUES
from xlplan.plan.timescales import say_date
from xlplan.workbook.write import plain_cells, writing
from xlplan.workbook.write.cell_text import clean
from xlplan.workbook.write.formats import Formats
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Chart,
    Column,
    Merge,
    Row,
    Series,
    Sheet,
    Style,
    Unfolding,
    Workbook,
)
from xlplan.workbook.write.writing import write_workbook


def book(*sheets: Sheet) -> Workbook:
    return Workbook(sheets, "Title", "2026-11-02T09:00:00Z")


class _Drawn(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """xlsxwriter's own sheet, where no cell is plain."""

    def __init__(self) -> None:
        super().__init__()
        self.alike: dict[int, None] = {}

    def begin(self, number: int) -> list[None]:
        assert number >= 0
        return []

    def plain(self, cell: Cell, _formats: Formats) -> None:
        assert cell is not None

    def settle(self, *, keep: bool) -> None:
        assert keep in (True, False)


def write_cell(drawn: Any, row: int, col: int, cell: Cell, formats: Formats, font: str) -> None:
    """Writes a cell through xlsxwriter's public methods."""
    look, value = formats.of(cell.style), cell.value
    if cell.runs or cell.formula or cell.link:
        BY_ITSELF(drawn, row, col, replace(cell, note=""), formats, font)
    elif value is None or clean(str(value)) == "":
        drawn.write_blank(row, col, None, look)
    elif isinstance(value, date) and value.year >= 1901:
        drawn.write_datetime(row, col, value, formats.dated(cell.style))
    elif isinstance(value, date):
        drawn.write_string(row, col, say_date(value), look)
    elif isinstance(value, str) and clean(value).startswith("<"):
        BY_ITSELF(drawn, row, col, replace(cell, note=""), formats, font)
    elif isinstance(value, str):
        drawn.write_string(row, col, clean(value), look)
    elif abs(value) < 1e15:
        drawn.write_number(row, col, value, look)
    else:
        drawn.write_string(row, col, str(value), look)
    if cell.note:
        writing._write_note(drawn, row, col, cell.note, font)


BY_ITSELF = writing.write_cell


def by_xlsxwriter(made: Workbook) -> bytes:
    """The bytes of a workbook of which xlsxwriter writes every cell and every text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing.Target, "worksheet_class", _Drawn)
        patch.setattr(writing, "write_cell", write_cell)
        patch.setattr(writing, "Texts", SharedStrings)
        return write_workbook(made)


def _cells() -> st.SearchStrategy[Cell | None]:
    texts = st.sampled_from(TEXTS) | st.text(max_size=8)
    style = st.sampled_from(STYLES)
    plain = st.builds(Cell, st.sampled_from(VALUES) | texts, style)
    run = st.tuples(texts, style)
    return st.one_of(
        st.none(),
        plain,
        st.builds(Cell, texts, style, st.sampled_from(("", "A note"))),
        st.builds(lambda value: Cell(value, link="'S'!A1"), texts | st.sampled_from(VALUES)),
        st.builds(lambda runs: Cell(runs=tuple(runs)), st.lists(run, min_size=1, max_size=3)),
        st.just(Cell(3, formula="=1+2")),
    )


@given(
    st.lists(st.lists(_cells(), max_size=5), max_size=20),
    st.lists(st.sampled_from((0.0, 15.0, 20.0, 33.5)), min_size=20, max_size=20),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_a_sheet_has_the_bytes_that_xlsxwriter_gives_it(
    cells: list[list[Cell | None]], heights: list[float], merged: bool
) -> None:
    rows = [Row(line, height) for line, height in zip(cells, heights, strict=False)]
    merges = [Merge(Area(1, 1, 2, 2), Cell("over", STYLES[1]))] if merged else []
    made = book(Sheet("S", rows, [Column(20)], merges), Sheet("T", rows[:2]))
    assert write_workbook(made) == by_xlsxwriter(made)


@pytest.mark.parametrize("text", TEXTS)
def test_each_text_has_the_bytes_that_xlsxwriter_gives_it(text: str) -> None:
    made = book(Sheet("S", [Row([Cell(text), Cell("after"), Cell(text, STYLES[1])])]))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_rows_far_apart_and_empty_sheets_have_the_bytes_that_xlsxwriter_gives_them() -> None:
    far = [Row([]) for _ in range(40)]
    rows = [Row([None, Cell("b")]), *far, Row([Cell(1), None, None, Cell("d")], 30), Row([None])]
    made = book(Sheet("S", rows), Sheet("Empty"), Sheet("Heights", [Row([], 20), Row([None], 40)]))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_sheets_that_unfold_have_the_bytes_of_those_that_are_there() -> None:
    chart = Chart("bar", "", [Series("", "T", Area(0, 0, 2, 0), Area(0, 1, 2, 1))], 0, 3)
    rows = [Row([Cell(text), Cell(n)]) for n, text in enumerate(("a", "b", "c"))]
    sheets = [Sheet("S", rows, state="hidden"), Sheet("T", rows, charts=[chart]), Sheet("U", rows)]
    each = Unfolding({sheet.name: partial(replace, sheet) for sheet in sheets})
    assert write_workbook(replace(book(), sheets=each)) == write_workbook(book(*sheets))
    assert (len(each), each.names, list(each), each[1:]) == (3, ("S", "T", "U"), sheets, sheets[1:])


def test_one_unfolding_sheet_is_held_at_a_time() -> None:
    alive: set[str] = set()
    most = []

    class Watched(Sheet, frozen=True, weakref=True):
        """Of which one can see when it is dropped."""

    def laid(name: str) -> Sheet:
        sheet = Watched(name, [Row([Cell(name)])])
        alive.add(name)
        weakref.finalize(sheet, alive.discard, name)
        most.append(len(alive))
        return sheet

    each = Unfolding({name: partial(laid, name) for name in ("S", "T", "U")})
    write_workbook(replace(book(), sheets=each))
    assert most == [1, 1, 1]


def test_no_cell_is_held_once_its_sheet_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    close = writing.Target.close

    def looked_at(target: writing.Target) -> None:
        for sheet in target.worksheets():
            held.append(sum(map(len, (*sheet.table.values(), *sheet.lines.values()))))
        close(target)

    monkeypatch.setattr(writing.Target, "close", looked_at)
    rows = [Row([Cell(f"text {n}"), Cell(n)]) for n in range(50)]
    chart = Chart("bar", "", [Series("", "Drawn", Area(0, 0, 9, 0), Area(0, 1, 9, 1))], 0, 3)
    write_workbook(book(Sheet("S", rows), Sheet("Drawn", rows, charts=[chart])))
    assert held == [0, 100]


def test_no_plain_cell_is_a_call_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row([Cell("text"), Cell(n), Cell(date(2026, 1, 1)), Cell()]) for n in range(50)]
    rows.append(Row([Cell("linked", link="'S'!A1"), Cell(runs=(("a", Style()), ("b", Style())))]))
    one_by_one = []
    plain = writing.write_cell

    def counted(*given: object) -> None:
        one_by_one.append(given)
        plain(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(writing, "write_cell", counted)
    write_workbook(book(Sheet("S", rows)))
    assert len(one_by_one) == 1  # that in two looks


def test_cells_that_are_one_object_are_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    alike, laid_out = Cell("alike"), []
    made = book(Sheet("S", [Row([alike, Cell(n), None, alike]) for n in range(50)]))
    whole = write_workbook(made)
    plain = plain_cells.Drawn.plain

    def counted(drawn: plain_cells.Drawn, cell: Cell, formats: Formats) -> object:
        laid_out.append(cell)
        return plain(drawn, cell, formats)

    monkeypatch.setattr(plain_cells.Drawn, "plain", counted)
    assert write_workbook(made) == whole == by_xlsxwriter(made)
    assert len(laid_out) == 50 + 2  # both of the first row


def test_a_text_beyond_the_links_that_a_sheet_may_have_is_there_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain_cells, "MOST_LINKS", 3)
    monkeypatch.setattr(writing, "MOST_LINKS", 3)
    alike, style = Cell("alike", link="'S'!A1"), STYLES[1]
    of_all_kinds = [alike, Cell("own", style, "note", "'S'!A2"), Cell(4, style, link="'S'!A2")]
    last = [Cell("last", style, "note", "'S'!A2"), alike, Cell(5, style, link="'S'!A3")]
    linked = [Row(of_all_kinds), Row(last)]
    bare = [Row(of_all_kinds), Row([replace(cell, link="") for cell in last])]
    assert write_workbook(book(Sheet("S", linked))) == write_workbook(book(Sheet("S", bare)))


def test_a_chart_shows_the_plain_cells_of_any_sheet() -> None:
    rows = [Row([Cell(text, link="'S'!A1"), Cell(n)]) for n, text in enumerate(("a", "b", "c"))]
    names, values = Area(0, 0, 2, 0), Area(0, 1, 2, 1)
    chart = Chart("bar", "Title", [Series("Of S", "S", names, values)], 0, 3)
    made = book(Sheet("T", [Row([Cell("x")])], charts=[chart]), Sheet("S", rows))
    assert write_workbook(made) == by_xlsxwriter(made)
    with zipfile.ZipFile(io.BytesIO(write_workbook(made))) as package:
        assert package.read("xl/charts/chart1.xml").count(b"<c:v>") == 1 + 3 + 3
