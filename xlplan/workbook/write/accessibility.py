"""Whether a workbook that is being written keeps the rules for accessible spreadsheets.

The rules are those of the UK Government Analysis Function, "Releasing statistics in
spreadsheets". Each fault is a `Problem` whose place is the sheet or the cell. Each sheet is looked
at once, as it goes out, and a cell that stands in many rows once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from xlplan.codes.accessible_codes import (
    ACC_001,
    ACC_002,
    ACC_003,
    ACC_004,
    ACC_005,
    ACC_006,
    ACC_007,
    ACC_008,
    ACC_009,
    ACC_010,
    ACC_011,
    ACC_012,
    ACC_013,
    ACC_014,
    ACC_065,
    ACC_066,
    ACC_067,
    ACC_068,
)
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.workbook.write.cell_text import cell_name, clean, line
from xlplan.workbook.write.sheet import Area, Cell, Held, Row, Sheet, Strip, Strips, Workbook
from xlplan.workbook.write.sheet_rows import is_single, table_heading

Faults = Iterator[Problem]
_PERCENT = regex(r"[-−]?\d+(?:[.,]\d+)? ?%")
_NOTE = regex(r"\[note[ \u00a0](\d+)\]")
_UNNAMED = regex(r"(sheet|table|blad|feuil|tabelle)\s*\d*$", re.IGNORECASE)
_ADDRESS = regex(r"^(https?://|www\.|mailto:|#|.*!\$?[A-Z]{1,3}\$?\d+$)", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"", "here", "click here", "link", "more"})


class Accessibility:
    """The rules over one workbook: each `sheet` in its order, then all `problems`."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._names: list[str] = []
        self._first: Sheet | None = None
        self._opened: str | None = None
        """The first sheet that people see."""
        self._tables: dict[str, str] = {}
        self._of_names: list[Problem] = []
        self._explained: set[str] = set()
        """The numbers of the notes that stand in a first column."""
        self._referring: list[tuple[str, str, str]] = []
        """The place, the heading and the number of each note that a heading refers to."""
        self._cursors: list[Problem] = []
        self._titles: list[Problem] = []
        self._found: list[Problem] = []

    def sheet(self, sheet: Sheet) -> None:
        """Looks at the next sheet."""
        self._first = self._first or sheet
        self._names.append(sheet.name)
        if self._opened is None and sheet.state == "visible":
            self._opened = sheet.name
        self._of_names += self._named(sheet)
        if sheet.active_cell != (0, 0):
            cursor = cell_name(*sheet.active_cell)
            self._cursors.append(ACC_003.problem(sheet.name, "cursor", cell=cursor))
        title = sheet.rows[0].cells[0] if sheet.rows and sheet.rows[0].cells else None
        if title is None or not title.style.title:
            self._titles.append(ACC_066.problem(f"{sheet.name}!A1"))
        top, strips = _parted(sheet.rows)
        first = [row.cells[0] for row in top if row.cells]
        self._explained |= set(_notes_in([*first, *(strips[0].each if strips else ())]))
        for heading in _headings(sheet):
            where = f"{sheet.name}, {heading}"
            self._referring += [(where, heading, number) for number in _NOTE.findall(heading)]
        for rule in _RULES:
            self._found += rule(sheet)

    def problems(self) -> list[Problem]:
        """Every breach: those of the whole workbook, then those of each sheet."""
        return [
            *self._document(), *self._cursors, *self._contents(), *self._titles, *self._of_names,
            *self._notes(), *self._found,
        ]  # fmt: skip

    def _document(self) -> Faults:
        if not line(self._book.title, 255):
            yield ACC_001.problem("document")
        if not clean(self._book.language):
            yield ACC_002.problem("document")
        if self._opened not in (None, *self._names[:1]):
            yield ACC_003.problem("document", "sheet")

    def _contents(self) -> Faults:
        first = self._first
        if first is None:
            return
        cells = (cell for row in first.rows for cell in row.cells if cell is not None)
        linked = {_target(cell.link) for cell in cells}
        for name in self._names[1:]:
            if name not in linked:
                yield ACC_004.problem(first.name, sheet=name)
        area = _table(first)
        for number, row in _lines(first, area) if area is not None else ():
            cell = row.cells[area.first_col] if area and row.cells else None
            if cell is None or _target(cell.link) not in self._names:
                place = f"{first.name}!{cell_name(number, area.first_col if area else 0)}"
                yield ACC_068.problem(place, value="" if cell is None else str(cell.value or ""))

    def _named(self, sheet: Sheet) -> Faults:
        if _UNNAMED.match(sheet.name):
            yield ACC_005.problem(sheet.name, sheet=sheet.name)
        if _table(sheet) is not None:
            key = sheet.table.casefold()
            if key in self._tables:
                other = self._tables[key]
                yield ACC_006.problem(sheet.name, "twice", table=sheet.table, other=other)
            if _UNNAMED.match(sheet.table):
                yield ACC_006.problem(sheet.name, "unnamed", table=sheet.table)
            self._tables[key] = sheet.name

    def _notes(self) -> Faults:
        """A note that a heading refers to must stand somewhere in a first column."""
        for where, _, number in self._referring:
            if number not in self._explained:
                yield ACC_012.problem(where, number=number)


def _notes_in(cells: Iterable[Cell | None]) -> Iterator[str]:
    for value in {cell.value for cell in cells if cell is not None}:
        yield from _NOTE.findall(value) if isinstance(value, str) else ()


def _target(location: str) -> str:
    """The sheet that a link within the workbook goes to."""
    return location.lstrip("#").rpartition("!")[0].strip("'").replace("''", "'")


def _table(sheet: Sheet) -> Area | None:
    return sheet.filter if sheet.table else None


def _headings(sheet: Sheet) -> list[str]:
    """The headings of its table as they are written."""
    area = _table(sheet)
    if area is None:
        return []
    cells = sheet.rows[area.first_row].cells
    return [table_heading(cell).strip() for cell in cells[area.first_col : area.last_col + 1]]


def _parted(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Strip]]:
    """The rows that have to be gone through one by one, and those below them, column by column."""
    return (rows.top, rows.strips) if isinstance(rows, Strips) else (rows, ())


def _lines(sheet: Sheet, area: Area) -> Iterator[tuple[int, Row]]:
    """The rows of a table below its headings, by their number."""
    first, last = area.first_row + 1, area.last_row + 1
    return zip(range(first, last), sheet.rows[first:last], strict=True)


def _shown(cell: Cell | None) -> Held:
    """What a cell shows; of a link without words the place that it leads to."""
    if cell is None:
        return None
    value = "".join(text for text, _ in cell.runs) if cell.runs else cell.value
    return (cell.link or None) if value is None else value


def _is_blank(cell: Cell | None) -> bool:
    value = _shown(cell)
    return value is None or (isinstance(value, str) and not clean(value))


# Rules for one sheet.


def _one_table(sheet: Sheet) -> Faults:
    area = _table(sheet)
    if area is None:
        yield ACC_007.problem(sheet.name, "count", count=0)
        return
    named = f"{cell_name(area.first_row, area.first_col)}:{cell_name(area.last_row, area.last_col)}"
    if area.first_col:
        yield ACC_007.problem(sheet.name, "column", area=named)
    headings = [heading.casefold() for heading in _headings(sheet)]
    if "" in headings or len(set(headings)) < len(headings):
        yield ACC_007.problem(sheet.name, "headings")
    if area.last_row < _last(sheet):
        yield ACC_007.problem(sheet.name, "below", area=named)


def _last(sheet: Sheet) -> int:
    """The last row with a cell in it."""
    there = range(len(sheet.rows) - 1, -1, -1)
    last = next((n for n in there if any(cell is not None for cell in sheet.rows[n].cells)), -1)
    return max([last, *(merge.area.last_row for merge in sheet.merges)])


def _filters(sheet: Sheet) -> Faults:
    if sheet.filter is not None and not sheet.table:
        yield ACC_065.problem(sheet.name)


def _merged(sheet: Sheet) -> Faults:
    for merge in sheet.merges:
        if not is_single(merge):
            area = merge.area
            ends = (area.first_row, area.first_col), (area.last_row, area.last_col)
            yield ACC_008.problem(f"{sheet.name}!{':'.join(cell_name(*end) for end in ends)}")


def _blanks(sheet: Sheet) -> Faults:
    top, strips = _parted(sheet.rows)
    if not all(any(map(_is_blank, strip.each)) for strip in strips):
        count = len(top)  # below them no row is blank
    else:
        count = _last(sheet) + 1
    for number in range(count):
        if number >= len(sheet.rows) or all(map(_is_blank, sheet.rows[number].cells)):
            yield ACC_010.problem(f"{sheet.name}!{number + 1}", "row")
    hidden = [f"row {n}" for n, row in enumerate(top, 1) if row.hidden]
    columns = [n for n, column in enumerate(sheet.columns) if column.hidden]
    for place in (*hidden, *(f"column {cell_name(0, n)[:-1]}" for n in columns)):
        yield ACC_010.problem(f"{sheet.name}, {place}", "hidden")


def _running_text(sheet: Sheet) -> Faults:
    page = sheet.page
    if page.header or page.footer_left or page.footer_right:
        yield ACC_011.problem(sheet.name)


def _marks(sheet: Sheet) -> Faults:
    """Nothing floats over the cells, and a link says where it leads."""
    for chart in sheet.charts:
        yield ACC_009.problem(f"{sheet.name}!{cell_name(chart.row, chart.col)}")
    top, strips = _parted(sheet.rows)
    every: dict[int, Cell | None] = {}
    for cells in (*zip_longest(*[row.cells for row in top]), *(strip.each for strip in strips)):
        every.update(zip(map(id, cells), cells, strict=True))
    marked = {
        this
        for this, cell in every.items()
        if cell and (cell.note or (cell.link and _leads_unsaid(cell)))
    }
    for number, row in enumerate(sheet.rows) if marked else ():
        for index, cell in enumerate(row.cells):
            if cell is None or id(cell) not in marked:
                continue
            place = f"{sheet.name}!{cell_name(number, index)}"
            if cell.note:
                yield ACC_009.problem(place)
            if _leads_unsaid(cell):
                yield ACC_014.problem(place, text=str(_shown(cell)).strip())


def _leads_unsaid(cell: Cell) -> bool:
    """Whether a cell is a link that does not say where it leads."""
    if not cell.link:
        return False
    shown = str(_shown(cell)).strip()
    return shown.casefold() in _EMPTY_WORDS or _ADDRESS.match(shown) is not None


def _cells(sheet: Sheet) -> Faults:
    """The rules for the cells of a table: none is blank, percentages are numbers, and words in a
    column that are the same but coloured differently leave something to colour."""
    area = _table(sheet)
    if area is None:
        return
    there = slice(area.first_col, area.last_col + 1)
    head = sheet.rows[area.first_row].cells[there]
    width = area.last_col + 1 - area.first_col
    doubtful: list[tuple[int, int, Cell | None]] = []
    fills: list[dict[Held, str]] = [{} for _ in range(width)]
    for index, (column, colours) in enumerate(zip(_columns(sheet, area), fills, strict=True)):
        doubted = {n for n, cell in enumerate(column.each) if not (cell and _keeps(cell, colours))}
        for number, at in enumerate(column.at, 1) if doubted else ():
            if at in doubted:
                doubtful.append((number, index, column.each[at]))
    doubtful += ((0, n, head[n] if n < len(head) else None) for n in range(width))
    for down, index, cell in sorted(doubtful, key=lambda each: each[:2]):
        place = f"{sheet.name}!{cell_name(area.first_row + down, area.first_col + index)}"
        yield from _in_cell(place, cell, fills[index], body=down > 0)


class _Column(NamedTuple):
    """A column of a table: its cells, each once, and for each row which of them it has."""

    each: Sequence[Cell | None]
    at: Sequence[int]


def _columns(sheet: Sheet, area: Area) -> Iterator[_Column]:
    """The columns of a table below its headings."""
    top, strips = _parted(sheet.rows)
    whole = Area(len(top) - 1, 0, len(sheet.rows) - 1, len(strips) - 1)
    if area == whole:
        yield from (_Column(strip.each, strip.at) for strip in strips)
        return
    rows = [row.cells for _, row in _lines(sheet, area)]
    for col in range(area.first_col, area.last_col + 1):
        cells = [line[col] if col < len(line) else None for line in rows]
        every = dict(zip(map(id, cells), cells, strict=True))
        places = dict(zip(every, range(len(every)), strict=True))
        yield _Column([*every.values()], [*map(places.__getitem__, map(id, cells))])


def _keeps(cell: Cell, fills: dict[Held, str]) -> bool:
    """Whether a cell below the headings surely keeps the rules, as nearly all do; `fills` are the
    colours of the words of its column."""
    value, fill = cell.value, cell.style.fill
    if isinstance(value, str) and (not value or value[-1] == "%" or not value[0].isprintable()):
        return False
    return value is not None and fills.setdefault(value, fill) == fill


def _in_cell(place: str, cell: Cell | None, fills: dict[Held, str], *, body: bool) -> Faults:
    if _is_blank(cell):
        yield ACC_010.problem(place, "cell")
    value, fill = _shown(cell), cell.style.fill if cell is not None else ""
    if body and isinstance(value, str) and _PERCENT.fullmatch(value):
        yield ACC_067.problem(place, value=value)
    if body and fills.setdefault(value, fill) != fill:
        yield ACC_013.problem(place, value=str(value))


_RULES: tuple[Callable[[Sheet], Faults], ...] = (
    _one_table, _filters, _merged, _blanks, _running_text, _marks, _cells,
)  # fmt: skip
