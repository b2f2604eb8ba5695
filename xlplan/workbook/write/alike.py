"""Writes workbooks that have much in common, as the templates of a cycle do: what xlsxwriter made
of one of them (`skeletons`) is kept, and the rows of the next are filled into it.

The bytes are those of `write_workbook`. A workbook with more in it than cells and rules, such as
links, notes or charts, is left to it.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.utility import xl_col_to_name

from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import clean, row_heights
from xlplan.workbook.write.formats import FIRST_DATE
from xlplan.workbook.write.package import packed_parts
from xlplan.workbook.write.plain_cells import DAY_0, Texts
from xlplan.workbook.write.sheet import Cell, Merge, Page, Sheet, Style, Workbook
from xlplan.workbook.write.skeletons import (
    Frame,
    Look,
    MoreError,
    columns_of,
    extent_of,
    formula_of,
    frame_of,
    key_of,
    margins_of,
    part_of,
    said,
    shell_of,
    styles_of,
    text_of,
)
from xlplan.workbook.write.writing import (
    Target,
    describe,
    first_shown,
    no_collecting,
    write_workbook,
)

_ERRORS = frozenset(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])
_NOTHING = Cell()
_PLAIN_HEIGHT = 20
"""Pixels of a row that nobody set."""


@no_collecting()
def write_alike(book: Workbook) -> bytes:
    """The bytes of `write_workbook`, sooner where workbooks like `book` were written before."""
    try:
        parts = list(_Filled(book).parts())
    except MoreError:
        return write_workbook(book)
    return packed_parts(parts)


class _Filled:
    """One workbook, as it is put together."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._table = SharedStringTable()
        self._known: dict[str, int] = {}
        """The place of each text in the table, by the text as it was before it was made safe."""
        self._looks: dict[tuple[int, bool], int] = {}
        """The number of the format of each style by its identity, and whether it shows a date."""
        self._numbers: dict[str, int] = {}
        self._used: list[Look] = []

    def parts(self) -> Iterator[tuple[str, bytes, bool]]:
        """The name and the content of each part, and whether other workbooks have the same one."""
        book, shown = self._book, first_shown(self._book)
        if shown is None:
            raise MoreError
        over: tuple[Style, ...] = ()
        made: dict[str, bytes] = {}
        for number, sheet in enumerate(book.sheets):
            frame = frame_of(_bare(sheet), book.font, number == shown, over)
            over = frame.looks
            made[f"xl/worksheets/sheet{number + 1}.xml"] = self._sheet(sheet, frame).encode()
        made["xl/sharedStrings.xml"] = self._texts()
        made["xl/styles.xml"] = styles_of(tuple(self._used), over, book.font)
        target = Target(io.BytesIO())
        target.language = clean(book.language)
        describe(target, book)
        made["docProps/core.xml"] = part_of(target, "_write_core_file")
        made["docProps/custom.xml"] = part_of(target, "_write_custom_file")
        listed = tuple(map(_listed, book.sheets))
        names, own = tuple(book.names.items()), bool(book.properties)
        for name, content in shell_of(
            listed, names, book.company, own, self._table.count > 0
        ).items():
            yield name, made.get(name, content), name not in made or name == "xl/styles.xml"

    def _texts(self) -> bytes:
        texts = Texts()
        texts.string_table = self._table
        self._table.string_array = list(self._table.string_table)
        return said(texts, texts._assemble_xml_file).encode()

    def _sheet(self, sheet: Sheet, frame: Frame) -> str:
        over, heights = _overlaid(sheet), list(map(_pixels, row_heights(sheet)))
        extent, spans = _reach(sheet, heights, over)
        done: list[str] = []
        later: dict[tuple[int, int], int] = {}
        """Where in `done` the texts of merged cells go, which are numbered after all others."""
        for number, row in enumerate(sheet.rows):
            tag = _row_tag(number, spans.get(number // 16), heights[number], row.hidden)
            begun = len(done)
            done.append(f"{tag}>")
            if number in over:
                self._line_below(done, row.cells, number, over[number], later)
            else:
                self._line(done, row.cells, number)
            if len(done) > begun + 1:
                done.append("</row>")
            elif heights[number] or row.hidden:
                done[begun] = f"{tag}/>"
            else:
                done.pop()
        for merge in sheet.merges:
            done[later[merge.area.first_row, merge.area.first_col]] += self._rest(merge.cell)
        rows = f"<sheetData>{''.join(done)}</sheetData>" if done else "<sheetData/>"
        before = f"{frame.start}{extent}{frame.views}{columns_of(tuple(sheet.columns))}"
        page = margins_of(sheet.page.header, sheet.page.footer_left, sheet.page.footer_right)
        return f"{before}{rows}{frame.rules}{page}{frame.end}"

    def _line(self, done: list[str], cells: Sequence[Cell | None], number: int) -> None:
        looks, known, table = self._looks, self._known, self._table
        for name, cell in zip(_letters(len(cells)), cells, strict=True):
            if cell is None:
                continue
            value = cell.value
            if cell.formula or cell.note or cell.link or cell.runs or isinstance(value, date):
                done.append(self._start(f"{name}{number + 1}", cell) + self._rest(cell))
                continue
            style = cell.style
            look = looks.get((id(style), False))
            if look is None:
                look = self._look(style, dated=False)
            start = f'<c r="{name}{number + 1}" s="{look}"'
            if value is None:
                done.append(f"{start}/>")
            elif isinstance(value, str) and (place := known.get(value)) is not None:
                table.count += 1
                done.append(f'{start} t="s"><v>{place}</v></c>')
            else:
                done.append(start + self._rest(cell))

    def _line_below(
        self,
        done: list[str],
        cells: Sequence[Cell | None],
        number: int,
        over: Mapping[int, tuple[Cell, bool]],
        later: dict[tuple[int, int], int],
    ) -> None:
        """A row with merged cells. What is below them has its place among the texts, and is not
        written."""
        for index, name in enumerate(_letters(max(len(cells), max(over) + 1))):
            cell = cells[index] if index < len(cells) else None
            rest = "" if cell is None else self._rest(cell)
            if index in over:
                cell, first = over[index]
                if first:
                    later[number, index] = len(done)
                rest = "" if first else "/>"
            if cell is not None:
                done.append(self._start(f"{name}{number + 1}", cell) + rest)

    def _start(self, place: str, cell: Cell) -> str:
        value = cell.value
        dated = not cell.formula and isinstance(value, date) and _day(value) >= FIRST_DATE
        look = self._looks.get((id(cell.style), dated))
        if look is None:
            look = self._look(cell.style, dated=dated)
        return f'<c r="{place}" s="{look}"'

    def _look(self, style: Style, *, dated: bool) -> int:
        """The number of a format, by the order in which formats are first used."""
        look = (style, dated and not style.number_format)
        key = key_of(look, self._book.font)
        number = self._numbers.get(key)
        if number is None:
            self._used.append(look)
            number = self._numbers[key] = len(self._used)
        self._looks[id(style), dated] = number
        return number

    def _rest(self, cell: Cell) -> str:
        """What a cell holds, behind its place and its look."""
        value = cell.value
        if cell.note or cell.link:
            raise MoreError
        if cell.runs:
            return self._shared(text_of(cell, self._book.font))
        if cell.formula:
            return _result(cell.formula, value if isinstance(value, str | int | float) else 0)
        if isinstance(value, date):
            day = _day(value)
            if day >= FIRST_DATE:
                return f"><v>{(day - DAY_0).days:.16G}</v></c>"
            value = say_date(day)
        elif isinstance(value, int | float):
            if math.isfinite(value) and abs(value) < 1e15:
                return f"><v>{value:.16G}</v></c>"
            value = str(value)
        text = clean(value) if value else ""
        if not text:
            return "/>"
        if text[0] == "<":  # what it becomes may depend on how it looks
            return self._shared(text_of(Cell(value, cell.style), self._book.font))
        shown = self._shared(text)
        if isinstance(cell.value, str):
            self._known[cell.value] = self._table.string_table[text]
        return shown

    def _shared(self, text: str) -> str:
        """A text of the table."""
        if not text:
            return "/>"
        return f' t="s"><v>{self._table._get_shared_string_index(text)}</v></c>'


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)


def _result(formula: str, value: str | int | float) -> str:
    kind = ""
    if isinstance(value, bool):
        kind, value = ' t="b"', int(value)
    elif isinstance(value, str) and value:
        kind = ' t="e"' if value in _ERRORS else ' t="str"'
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{kind}><f>{formula_of(formula)}</f><v>{value}</v></c>"


@lru_cache(maxsize=256)
def _letters(count: int) -> Sequence[str]:
    return [xl_col_to_name(index) for index in range(count)]


def _bare(sheet: Sheet) -> Sheet:
    """A sheet without its rows, as what stands around them depends on it."""
    if sheet.charts or sheet.table or any(column.level for column in sheet.columns):
        raise MoreError
    if any(row.level for row in sheet.rows):
        raise MoreError
    merges = tuple(Merge(m.area, _NOTHING) for m in sheet.merges if not _is_single(m))
    return replace(
        sheet,
        name="",
        rows=(),
        columns=(),
        charts=(),
        merges=merges,
        validations=tuple(sheet.validations),
        conditionals=tuple(sheet.conditionals),
        page=replace(sheet.page, header="", footer_left="", footer_right=""),
    )


def _listed(sheet: Sheet) -> Sheet:
    """What the list of sheets says of a sheet, and the names that a workbook has by it."""
    page = Page(repeat_rows=sheet.page.repeat_rows, print_area=sheet.page.print_area)
    return Sheet(sheet.name, state=sheet.state, filter=sheet.filter, page=page)


def _is_single(merge: Merge) -> bool:
    area = merge.area
    return (area.first_row, area.first_col) == (area.last_row, area.last_col)


def _overlaid(sheet: Sheet) -> dict[int, dict[int, tuple[Cell, bool]]]:
    """The cells of merged areas by row and column, and whether each is the first of its area."""
    over: dict[int, dict[int, tuple[Cell, bool]]] = defaultdict(dict)
    for merge in sheet.merges:
        area, blank = merge.area, Cell(None, merge.cell.style)
        for row in range(area.first_row, area.last_row + 1):
            for col in range(area.first_col, area.last_col + 1):
                first = (row, col) == (area.first_row, area.first_col)
                if col in over[row] or row >= len(sheet.rows):
                    raise MoreError
                over[row][col] = (merge.cell if first else blank, first)
    return dict(over)


def _pixels(height: float) -> int:
    """The pixels of a row; 0 where nobody set its height."""
    pixels = int(height * 4.0 / 3.0 + 0.5)
    if height and not pixels:
        raise MoreError
    return pixels


def _row_tag(number: int, span: str | None, pixels: int, hidden: bool) -> str:
    own = pixels and pixels != _PLAIN_HEIGHT
    return (
        f'<row r="{number + 1}"'
        + (f' spans="{span}"' if span else "")
        + (f' ht="{pixels * 0.75:.16g}"' if own else "")
        + (' hidden="1"' if hidden else "")
        + (' customHeight="1"' if own else "")
    )


def _reach(
    sheet: Sheet, heights: Sequence[int], over: Mapping[int, Mapping[int, object]]
) -> tuple[str, dict[int, str]]:
    """The extent of a sheet as xlsxwriter counts it, and the first and the last column in use in
    each sixteen rows."""
    left = right = None
    for index, column in enumerate(sheet.columns):
        if column.hidden and column.width:
            left, right = (index if left is None else left), index
    first = last = None
    ends: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(sheet.rows):
        used = [index for index, cell in enumerate(row.cells) if cell is not None]
        set_ = heights[number] or row.hidden
        if set_ and left is None:
            left = right = 0
        if used:
            left = used[0] if left is None else min(left, used[0])
            right = used[-1] if right is None else max(right, used[-1])
        if number in over:
            used = sorted({*used, *over[number]})
        if used:
            low, high = ends.get(number // 16, (used[0], used[-1]))
            ends[number // 16] = min(low, used[0]), max(high, used[-1])
        if used or set_:
            first, last = (number if first is None else first), number
    for cols in over.values():
        left = min(cols) if left is None else min(left, *cols)
        right = max(cols) if right is None else max(right, *cols)
    spans = {block: f"{low + 1}:{high + 1}" for block, (low, high) in ends.items()}
    return extent_of(first, last, left, right), spans
