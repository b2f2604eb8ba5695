"""Plain cells are written byte for byte as xlsxwriter writes them, and without a call for each."""

from __future__ import annotations

import io
import weakref
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from xlsxwriter.comments import Comments
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.vml import Vml
from xlsxwriter.worksheet import Worksheet
from xlsxwriter.xmlwriter import XMLwriter

from tests import small
from tests.outgoing import STYLES, TEXTS, VALUES
from xlplan.plan.timescales import say_date
from xlplan.workbook.write import plain_cells, sheet_rows, writing
from xlplan.workbook.write.cell_text import clean, row_heights
from xlplan.workbook.write.formats import Formats, corners, note_options
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Chart,
    Column,
    Merge,
    Row,
    Series,
    Sheet,
    Strip,
    Strips,
    Style,
    Unfolding,
    Workbook,
    outline_of,
)
from xlplan.workbook.write.writing import write_workbook


def book(*sheets: Sheet) -> Workbook:
    return Workbook(sheets, "Title", "2026-11-02T09:00:00Z")


class ByXlsxwriter:
    """Writes the rows of a sheet through xlsxwriter's public methods."""

    def __init__(self, drawn: Any, sheet: Sheet, formats: Formats, _font: str) -> None:
        self._drawn, self._sheet, self._formats = drawn, sheet, formats

    def write(
        self, dress: Callable[[], None], *, keep: bool, packed: writing.Squeeze | None
    ) -> None:
        assert keep in (True, False)
        assert packed is None or isinstance(packed, writing.Squeeze)
        drawn, sheet = self._drawn, self._sheet
        for index, column in enumerate(sheet.columns):
            options = {"hidden": column.hidden, "level": column.level}
            drawn.set_column(index, index, column.width, None, options)
        for number, (row, height) in enumerate(zip(sheet.rows, row_heights(sheet), strict=True)):
            if height or row.hidden or row.level:
                options = {"hidden": row.hidden, "level": row.level}
                drawn.set_row(number, height or None, None, options)
            for index, cell in enumerate(row.cells):
                if cell is not None:
                    self._write(number, index, cell)
        for merge in sheet.merges:
            area = merge.area
            if corners(area)[:2] != corners(area)[2:]:
                drawn.merge_range(*corners(area), "", self._formats.of(merge.cell.style))
            self._write(area.first_row, area.first_col, merge.cell)
        if sheet.table:
            sheet_rows.add_table(drawn, sheet, self._formats)
        dress()

    def _write(self, row: int, col: int, cell: Cell) -> None:
        drawn, formats = self._drawn, self._formats
        look, value = formats.of(cell.style), cell.value
        if cell.runs or cell.formula or cell.link:
            self._more(row, col, cell)
        elif value is None or clean(str(value)) == "":
            drawn.write_blank(row, col, None, look)
        elif isinstance(value, date) and value.year >= 1901:
            drawn.write_datetime(row, col, value, formats.dated(cell.style))
        elif isinstance(value, date):
            drawn.write_string(row, col, say_date(value), look)
        elif isinstance(value, str) and clean(value).startswith("<"):
            self._more(row, col, cell)
        elif isinstance(value, str):
            drawn.write_string(row, col, clean(value), look)
        elif abs(value) < 1e15:
            drawn.write_number(row, col, value, look)
        else:
            drawn.write_string(row, col, str(value), look)
        if cell.note:
            text = clean(cell.note)
            drawn.write_comment(row, col, text, note_options(text, "Calibri"))

    def _more(self, row: int, col: int, cell: Cell) -> None:
        less = sheet_rows.write_cell(self._drawn, row, col, cell, self._formats)
        if less is not None:
            self._write(row, col, less)


def by_xlsxwriter(made: Workbook) -> bytes:
    """The bytes of a workbook of which xlsxwriter writes every row and every text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing.Target, "worksheet_class", Worksheet)
        patch.setattr(writing, "Rows", ByXlsxwriter)
        patch.setattr(writing, "Texts", SharedStrings)
        patch.setattr(writing, "NoteShapes", Vml)
        patch.setattr(writing, "NoteTexts", Comments)
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
    held: list[tuple[int, int]] = []
    close = writing.Target.close

    def looked_at(target: writing.Target) -> None:
        for sheet in target.worksheets():
            cells = (*sheet.table.values(), *sheet.shown.values())
            held.append((sum(map(len, cells)), len(sheet.alike)))
        close(target)

    monkeypatch.setattr(writing.Target, "close", looked_at)
    rows = [Row([Cell(f"text {n}"), Cell(n)]) for n in range(50)]
    chart = Chart("bar", "", [Series("", "Drawn", Area(0, 0, 9, 0), Area(0, 1, 9, 1))], 0, 3)
    write_workbook(book(Sheet("S", rows), Sheet("Drawn", rows, charts=[chart])))
    assert held == [(0, 0), (100, 0)]


def test_rows_are_packed_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[int] = []
    pack = plain_cells.Drawn._pack

    def counted(drawn: plain_cells.Drawn, packed: writing.Squeeze) -> None:
        waiting.append(len(drawn._lines))
        pack(drawn, packed)

    monkeypatch.setattr(plain_cells.Drawn, "_pack", counted)
    monkeypatch.setattr(plain_cells, "AT_ONCE", 10)
    monkeypatch.setattr(sheet_rows, "AT_ONCE", 10)
    # Rows with a gap, and of another number of cells, do not wait for the others.
    rows = [Row([Cell(f"text {n}"), Cell(n) if n % 40 else None]) for n in range(95)]
    made = book(Sheet("S", [*rows, Row([Cell("x")])]))
    assert write_workbook(made) == by_xlsxwriter(made)
    assert sum(waiting) == 96 + len(["<sheetData>", "</sheetData>"])
    assert max(waiting) <= 2 * 10


def test_rows_wait_for_the_text_of_a_merged_area(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_cells, "AT_ONCE", 3)
    monkeypatch.setattr(sheet_rows, "AT_ONCE", 3)
    rows = [Row([Cell(f"text {n}"), Cell(n)]) for n in range(30)]
    over = [Merge(Area(8, 0, 9, 1), Cell("text 20")), Merge(Area(12, 0, 12, 1), Cell("new"))]
    made = book(Sheet("S", rows, merges=over), Sheet("T", rows))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_a_merged_area_below_all_rows_is_there() -> None:
    over = [Merge(Area(3, 1, 4, 2), Cell("below", STYLES[1])), Merge(Area(5, 0, 5, 0), Cell(7))]
    made = book(Sheet("S", [Row([Cell("a")])], merges=over))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_merged_areas_that_overlap_are_no_workbook() -> None:
    over = [Merge(Area(0, 0, 1, 1), Cell("a")), Merge(Area(1, 1, 2, 2), Cell("b"))]
    with pytest.raises(OverlappingRange, match=r"S: .* overlaps another merged area"):
        write_workbook(book(Sheet("S", [Row([Cell("a")])], merges=over)))


@pytest.mark.parametrize(
    "headings",
    [("Ref", "What"), ("Two\nlines", "What"), ("Ref", None), ("Ref", "x" * 300), (" Ref", 2026)],
)
def test_a_table_has_its_headings_on_one_line(headings: tuple[str | int | None, ...]) -> None:
    head = Row([None if h is None else Cell(h, STYLES[1]) for h in headings])
    rows = [Row([Cell("Title")]), head, Row([Cell("1"), Cell("a")]), Row([Cell("2"), Cell("b")])]
    made = book(Sheet("S", rows, filter=Area(1, 0, 3, 1), table="found"), Sheet("T", rows))
    assert write_workbook(made) == by_xlsxwriter(made)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_a_table_reaches_over_all_its_rows_and_is_gone_through_by_nobody(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Row([Cell("Title")]), *(Row([Cell(f"a{n}"), Cell(n)]) for n in range(count + 1))]
    made = book(Sheet("S", rows, filter=Area(1, 0, count + 1, 1), table="found"))
    gone_through = []
    add_table = Worksheet.add_table

    def counted(drawn: Any, *given: Any) -> Any:
        done = add_table(drawn, *given)
        gone_through.append(len(drawn.table_cells))
        return done

    monkeypatch.setattr(Worksheet, "add_table", counted)
    written = write_workbook(made)
    assert gone_through == [4]  # the headings, and the row below them

    def whole(drawn: Any, first_row: int, first_col: int, _last: int, *more: Any) -> Any:
        return add_table(drawn, first_row, first_col, count + 1, *more)

    monkeypatch.setattr(Worksheet, "add_table", whole)
    assert written == write_workbook(made)


@pytest.mark.parametrize("first", ["hidden", "very_hidden"])
@pytest.mark.parametrize("second", ["visible", "hidden"])
def test_a_first_sheet_that_is_hidden_has_the_bytes_that_xlsxwriter_gives_it(
    first: Any, second: Any
) -> None:
    rows = [Row([Cell("a"), Cell(1)])]
    made = book(Sheet("S", rows, state=first), Sheet("T", rows, state=second))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_cells_below_a_merged_area_have_their_texts_and_notes_all_the_same() -> None:
    below = [
        Cell("text", STYLES[1]), Cell("noted", STYLES[2], "A note"), Cell(3, formula="=1+2"),
        Cell(runs=(("a", STYLES[0]), ("b", STYLES[1]))), Cell("<r>", STYLES[1]),
        Cell("led", link="'S'!A1"),
    ]  # fmt: skip
    over = [Merge(Area(1, 0, 1, 5), Cell(runs=(("c", STYLES[0]), ("d", STYLES[2]))))]
    made = book(Sheet("S", [Row([Cell("a")]), Row(below), Row(below)], merges=over))
    assert write_workbook(made) == by_xlsxwriter(made)


def test_no_plain_cell_is_a_call_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row([Cell("text"), Cell(n), Cell(date(2026, 1, 1)), Cell()]) for n in range(50)]
    rows.append(Row([Cell("linked", link="'S'!A1"), Cell(runs=(("a", Style()), ("b", Style())))]))
    one_by_one = []
    write_cell = sheet_rows.write_cell

    def counted(*given: Any) -> Cell | None:
        one_by_one.append(given)
        return write_cell(*given)

    monkeypatch.setattr(sheet_rows, "write_cell", counted)
    write_workbook(book(Sheet("S", rows)))
    assert len(one_by_one) == 1  # that in two looks


def test_cells_that_are_one_object_are_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = Cell("alike")
    laid_out: list[Cell | None] = []
    made = book(Sheet("S", [Row([alike, Cell(n), None, alike]) for n in range(50)]))
    whole = write_workbook(made)
    made_of = sheet_rows.Rows._made

    def counted(rows: sheet_rows.Rows, row: int, col: int, cell: Cell | None) -> tuple[str, bool]:
        laid_out.append(cell)
        return made_of(rows, row, col, cell)

    monkeypatch.setattr(sheet_rows.Rows, "_made", counted)
    assert write_workbook(made) == whole == by_xlsxwriter(made)
    assert len(laid_out) == 50 + 3  # all but the number of the first row


def test_a_text_beyond_the_links_that_a_sheet_may_have_is_there_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain_cells, "MOST_LINKS", 3)
    monkeypatch.setattr(sheet_rows, "MOST_LINKS", 3)
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


def noted(texts: Sequence[str]) -> Workbook:
    """Two sheets with a note on each cell, the second with rows of several heights."""
    cells = [Cell(number, note=text) for number, text in enumerate(texts)]
    rows = [Row(cells[at : at + 3], 20 * (at % 5)) for at in range(0, len(cells), 3)]
    sheets = [Sheet("None"), Sheet("One", [Row(cells[:2])]), Sheet("Many", rows, [Column(30)])]
    return book(*sheets)


def test_notes_have_the_bytes_that_xlsxwriter_gives_them() -> None:
    made = noted([*TEXTS, *(f"{before}note{after}" for before in " \n\t" for after in " \n\x1f"),
                  "plain", "long " * 300])  # fmt: skip
    assert write_workbook(made) == by_xlsxwriter(made)


def test_a_note_is_written_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    tags: Counter[str] = Counter()
    start = XMLwriter._xml_start_tag

    def counted(writer: Any, tag: str, *given: Any) -> None:
        tags[tag] += 1
        start(writer, tag, *given)

    monkeypatch.setattr(XMLwriter, "_xml_start_tag", counted)
    write_workbook(noted(["note"] * 30))
    assert tags["comments"] == 2
    assert not {"comment", "text", "v:shape", "x:ClientData"} & tags.keys()


def test_of_the_notes_of_a_sheet_xlsxwriter_is_asked_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = noted([f"note {number}" for number in range(30)])
    whole, asked = by_xlsxwriter(made), []
    write_comment = Worksheet.write_comment

    def counted(sheet: Worksheet, *given: Any) -> int:
        asked.append(sheet.name)
        found: int = write_comment(sheet, *given)
        return found

    monkeypatch.setattr(Worksheet, "write_comment", counted)
    assert write_workbook(made) == whole
    assert asked == ["One", "Many"]


@pytest.mark.parametrize("lines", [("a\nb", "c"), ("a", "b"), ("a", "b\nc")])
def test_a_column_in_which_all_rows_are_alike_counts_as_one_that_is_not(
    lines: tuple[str, str],
) -> None:
    look = Style(wrap=True)
    rows = [Row([Cell(text, look), Cell("x\ny\nz", look)]) for text in lines]
    alone = [row_heights(Sheet("S", [row]))[0] for row in rows]
    assert row_heights(Sheet("S", rows)) == alone == [alone[0], alone[0]]
    assert alone[0] > row_heights(Sheet("S", [Row([Cell("x\ny", look)])]))[0]


def test_rows_of_equally_many_cells_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    by_itself: list[int] = []
    put = sheet_rows.Rows._put

    def counted(rows: sheet_rows.Rows, number: int, cells: Sequence[Cell | None]) -> None:
        by_itself.append(number)
        put(rows, number, cells)

    monkeypatch.setattr(sheet_rows.Rows, "_put", counted)
    linked, noted = Cell("there", link="'S'!A1"), Cell("noted", note="A note")
    rows = [Row([Cell(f"text {n}"), Cell(n), linked, noted]) for n in range(600)]
    made = book(Sheet("S", rows), Sheet("Gap", [*rows[:300], Row([*rows[0].cells[:3], None])]))
    assert write_workbook(made) == by_xlsxwriter(made)
    assert by_itself == [*range(256, 301)]  # those beside the one with a gap


def test_links_are_counted_row_by_row_where_there_may_be_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (plain_cells, sheet_rows):
        monkeypatch.setattr(module, "MOST_LINKS", 100)
    rows = [Row([Cell(f"a {n}", link="'S'!A1"), Cell(n, link="'S'!A2")]) for n in range(90)]
    made = book(Sheet("S", rows))
    with zipfile.ZipFile(io.BytesIO(write_workbook(made))) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<hyperlink ") == 100
    assert b'"A50"' in sheet
    assert b'<hyperlink ref="A51"' not in sheet


FORMULAS = (
    "=SUMPRODUCT(LEN(TRIM(A1:A9)))", "A1", "=IF(OR(A1=1,B1>2),TRIM(C1),\"a\")", "={SUM(A1:A2)}",
    "=CONCAT(A1)", "=FILTER(A1:A9,B1:B9)", "XLOOKUP(1,A1:A2,B1:B2)", "=_xlfn.CONCAT(A1)",
    "=F.DIST(1,2,3,TRUE)", "=A.LEN(A1)", "=IF(SINGLE(A1),1,2)", "=LEFT(\"SORT(\",2)", "", "={1}",
    "==LEN(A1)", "=len(A1)", "=T.TRIM(A1)", "=NOT(ISOMITTED(A1))",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("newer", [False, True])
def test_a_formula_is_written_as_xlsxwriter_writes_it(formula: str, newer: bool) -> None:
    ours, theirs = writing.Formulated(), Worksheet()
    assert ours._prepare_formula(formula, newer) == theirs._prepare_formula(formula, newer)


@pytest.mark.parametrize("name", sorted(writing.OLD_FUNCTIONS))
def test_an_old_function_is_one_that_xlsxwriter_leaves_as_it_is(name: str) -> None:
    assert Worksheet()._prepare_formula(f"={name}(A1)", True) == f"{name}(A1)"


def test_in_formulas_of_ours_no_newer_functions_are_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In each xlsxwriter would look for two hundred, each by an expression of its own."""
    asked: list[str] = []

    def prepared(_: Worksheet, formula: str, __: bool = False) -> str:
        asked.append(formula)
        return formula

    monkeypatch.setattr(Worksheet, "_prepare_formula", prepared)
    folder = small.make_anew(tmp_path / "plan")
    small.issue(folder)
    assert small.do(folder, "publish") == 0
    assert asked == []


def _strips(count: int) -> st.SearchStrategy[list[Strip]]:
    each = st.lists(_cells().map(lambda cell: cell or Cell("x")), min_size=1, max_size=4)
    column = each.flatmap(
        lambda cells: st.builds(
            Strip,
            st.just(cells),
            st.lists(st.integers(0, len(cells) - 1), min_size=count, max_size=count),
        )
    )
    return st.lists(column, min_size=1, max_size=4)


@given(st.integers(0, 9).flatmap(_strips), st.booleans())
@settings(max_examples=100, deadline=None)
def test_rows_laid_out_by_columns_have_the_bytes_that_xlsxwriter_gives_them(
    strips: list[Strip], merged: bool
) -> None:
    rows = Strips([Row([Cell("top", STYLES[1])]), Row([], 20)], strips)
    merges = [Merge(Area(0, 0, 0, 1), Cell("over", STYLES[1]))] if merged else []
    made = book(Sheet("S", rows, [Column(9), Column(20)], merges))
    plain = book(Sheet("S", [*rows], [Column(9), Column(20)], merges))
    with pytest.MonkeyPatch.context() as patch:
        for module in (plain_cells, sheet_rows):
            patch.setattr(module, "AT_ONCE", 4)
        assert write_workbook(made) == write_workbook(plain) == by_xlsxwriter(plain)


def test_rows_laid_out_by_columns_are_rows_as_any() -> None:
    a, b, c = Cell("a"), Cell("b"), Cell("c")
    rows = Strips([Row([a], 20)], [Strip([a, b], [0, 1, 0]), Strip([c], [0, 0, 0])])
    plain = [Row([a], 20), Row([a, c]), Row([b, c]), Row([a, c])]
    assert [*rows] == plain
    assert len(rows) == len([*outline_of(rows)]) == 4
    assert [*outline_of(rows)][:2] == plain[:2]
    assert (rows[-1], rows[1:3], rows[-2:]) == (plain[-1], plain[1:3], plain[-2:])
    assert rows[2].cells[0] is b
    with pytest.raises(IndexError):
        rows[4]
    assert [*outline_of(Strips([], []))] == [*Strips([], [])] == []


def test_of_rows_laid_out_by_columns_none_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    at = Strips.__getitem__

    def counted(rows: Strips, place: Any) -> Any:
        asked.append(place)
        return at(rows, place)

    texts = [Cell(f"text {n}") for n in range(600)]
    rows = Strips([Row([Cell("top")])], [Strip(texts, range(600)), Strip(texts[:1], [0] * 600)])
    made = book(Sheet("S", rows, [Column(9)]))
    whole = by_xlsxwriter(made)
    monkeypatch.setattr(Strips, "__getitem__", counted)
    assert write_workbook(made) == whole
    assert set(asked) == {1}  # the outline of all
    assert len(asked) <= 2  # who lays them, and who looks for groups


def test_texts_that_need_no_care_are_asked_for_together(monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one: list[str] = []
    text = plain_cells.Drawn.text

    def counted(drawn: plain_cells.Drawn, value: str) -> str | None:
        one_by_one.append(value)
        return text(drawn, value)

    monkeypatch.setattr(plain_cells.Drawn, "text", counted)
    plain = [Row([Cell(f"line\n{n}"), Cell(n), Cell("led", link=f"'S'!A{n}")]) for n in range(600)]
    made = book(Sheet("S", plain), Sheet("T", [*plain[:300], Row([Cell(" "), Cell(1), Cell("")])]))
    assert write_workbook(made) == by_xlsxwriter(made)
    assert len(one_by_one) == 2 * (301 - 256)  # those beside the one that is blank


@pytest.mark.parametrize("most", [3, 90, 180])
def test_links_of_rows_laid_out_by_columns_are_counted_as_those_of_others(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (plain_cells, sheet_rows):
        monkeypatch.setattr(module, "MOST_LINKS", most)
    led, bare = Cell("led", link="'S'!A1"), Cell("bare")
    rows = Strips([], [Strip([led, bare], [0, 1] * 45), Strip([bare, led], [0, 1, 1] * 30)])
    made, plain = book(Sheet("S", rows)), book(Sheet("S", [*rows]))
    assert write_workbook(made) == write_workbook(plain)
