"""Writes workbooks that have much in common, as the templates of a cycle do: what xlsxwriter made
of one of them (`skeletons`) is kept, and the rows of the next are filled into it.

The bytes are those of `write_workbook`. A workbook with more in it than cells and rules, such as
links, notes or charts, is left to it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from xlsxwriter.sharedstrings import SharedStringTable

from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import clean, row_heights
from xlplan.workbook.write.formats import FIRST_DATE
from xlplan.workbook.write.package import packed_parts
from xlplan.workbook.write.plain_cells import DAY_0, Texts
from xlplan.workbook.write.row_shapes import (
    Shape,
    ends_of,
    is_single,
    letters,
    overlaid,
    pixels_of,
    reach,
    row_tag,
)
from xlplan.workbook.write.sheet import (
    Cell,
    Held,
    Page,
    Rules,
    Sheet,
    Style,
    Values,
    Workbook,
)
from xlplan.workbook.write.skeletons import (
    Frame,
    Look,
    MoreError,
    columns_of,
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
T = TypeVar("T")


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
        self._known: dict[Held, int] = {}
        """The place of each text in the table, by the text as it was before it was made safe."""
        self._looks: dict[tuple[int, bool], int] = {}
        """The number of the format of each style by its identity, and whether it shows a date."""
        self._shapes: dict[int, Shape] = {}
        """What the rows share whose cells have the same looks, by the identity of these."""
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
            merged = tuple(merge.area for merge in sheet.merges if not is_single(merge))
            frame = frame_of(_bare(sheet), merged, book.font, number == shown, over)
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
        over, heights = overlaid(sheet), list(map(pixels_of, row_heights(sheet)))
        ends = [self._ends(row.cells) for row in sheet.rows]
        extent, spans = reach(sheet, heights, ends, over)
        done: list[str] = []
        later: dict[tuple[int, int], int] = {}
        """Where in `done` the texts of merged cells go, which are numbered after all others."""
        tags: dict[tuple[str | None, int, bool], str] = {}
        for number, (row, pixels) in enumerate(zip(sheet.rows, heights, strict=True)):
            about = spans.get(number // 16), pixels, row.hidden
            tag = tags.get(about)
            if tag is None:
                tag = tags[about] = row_tag(*about)
            begun = len(done)
            done.append(f'<row r="{number + 1}"{tag}>')
            if number in over:
                self._line_below(done, row.cells, number, over[number], later)
            elif isinstance(row.cells, Values):
                self._line_of_values(done, row.cells, number)
            else:
                self._line(done, row.cells, number)
            if len(done) > begun + 1:
                done.append("</row>")
            elif pixels or row.hidden:
                done[begun] = f'<row r="{number + 1}"{tag}/>'
            else:
                done.pop()
        for merge in sheet.merges:
            done[later[merge.area.first_row, merge.area.first_col]] += self._rest(merge.cell)
        rows = f"<sheetData>{''.join(done)}</sheetData>" if done else "<sheetData/>"
        before = f"{frame.start}{extent}{frame.views}{columns_of(tuple(sheet.columns))}"
        page = margins_of(sheet.page.header, sheet.page.footer_left, sheet.page.footer_right)
        return f"{before}{rows}{frame.rules}{page}{frame.end}"

    def _ends(self, cells: Sequence[Cell | None]) -> tuple[int, int] | None:
        """The first and the last column in use of a row."""
        if isinstance(cells, Values):
            return self._shape(cells.looks).ends
        if cells and cells[0] is not None and cells[-1] is not None:
            return 0, len(cells) - 1
        return ends_of(cells)

    def _shape(self, looks: tuple[Style | None, ...]) -> Shape:
        shape = self._shapes.get(id(looks))
        if shape is None:
            shape = self._shapes[id(looks)] = Shape(looks)
        return shape

    def _line_of_values(self, done: list[str], cells: Values, number: int) -> None:
        """A row of values: what begins and looks each cell is there once a row like it was."""
        known, table, shape, place = self._known, self._table, self._shape(cells.looks), number + 1
        tails = shape.tails
        for index, value in enumerate(cells.held):
            head, tail = shape.heads[index], tails[index]
            if not head:
                continue
            if tail:
                if value is None:
                    done.append(f"{head}{place}{tail}/>")
                    continue
                if (at := known.get(value)) is not None:
                    table.count += 1
                    done.append(f'{head}{place}{tail} t="s"><v>{at}</v></c>')
                    continue
            style = cells.looks[index]
            assert style is not None  # as its head is there
            look = self._look_of(style, value)
            if not tail and not isinstance(value, date):
                tails[index] = f'" s="{look}"'
            done.append(f'{head}{place}" s="{look}"{self._held(value, style)}')

    def _line(self, done: list[str], cells: Sequence[Cell | None], number: int) -> None:
        looks, known, table = self._looks, self._known, self._table
        for name, cell in zip(letters(len(cells)), cells, strict=True):
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
        for index, name in enumerate(letters(max(len(cells), max(over) + 1))):
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
        look = self._look_of(cell.style, None if cell.formula else cell.value)
        return f'<c r="{place}" s="{look}"'

    def _look_of(self, style: Style, value: Held) -> int:
        """The number of the format in which a cell holds a value."""
        dated = isinstance(value, date) and _day(value) >= FIRST_DATE
        look = self._looks.get((id(style), dated))
        return self._look(style, dated=dated) if look is None else look

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
        return self._held(value, cell.style)

    def _held(self, value: Held, style: Style) -> str:
        """A value in a cell."""
        shown = value
        if isinstance(value, date):
            day = _day(value)
            if day >= FIRST_DATE:
                return f"><v>{(day - DAY_0).days:.16G}</v></c>"
            shown = say_date(day)
        elif isinstance(value, int | float):
            if math.isfinite(value) and abs(value) < 1e15:
                return f"><v>{value:.16G}</v></c>"
            shown = str(value)
        text = clean(shown) if isinstance(shown, str) else ""
        if not text:
            return "/>"
        if text[0] == "<":  # what it becomes may depend on how it looks
            return self._shared(text_of(Cell(shown, style), self._book.font))
        rest = self._shared(text)
        if isinstance(value, str):
            self._known[value] = self._table.string_table[text]
        return rest

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


def _bare(sheet: Sheet) -> Sheet:
    """A sheet without its rows, as what stands around them depends on it."""
    if sheet.charts or sheet.table or any(column.level for column in sheet.columns):
        raise MoreError
    if any(row.level for row in sheet.rows):
        raise MoreError
    return replace(
        sheet,
        name="",
        rows=(),
        columns=(),
        charts=(),
        merges=(),
        validations=_rules(sheet.validations),
        conditionals=_rules(sheet.conditionals),
        page=replace(sheet.page, header="", footer_left="", footer_right=""),
    )


def _rules(given: Sequence[T]) -> tuple[T, ...]:
    return given if isinstance(given, Rules) else tuple(given)


def _listed(sheet: Sheet) -> Sheet:
    """What the list of sheets says of a sheet, and the names that a workbook has by it."""
    page = Page(repeat_rows=sheet.page.repeat_rows, print_area=sheet.page.print_area)
    return Sheet(sheet.name, state=sheet.state, filter=sheet.filter, page=page)
