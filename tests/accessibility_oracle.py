"""Whether the file of a workbook keeps the rules for accessible spreadsheets, by openpyxl: what
`xlplan.workbook.write.accessibility` finds while it is written is held against this.

The rules are those of the UK Government Analysis Function, "Releasing statistics in
spreadsheets". Each fault is a `Problem` whose place is the sheet or the cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

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

Faults = Iterator[Problem]
_HEADING_1 = 16
"""By which every program knows the style, whatever its language calls it."""
_PERCENT = regex(r"[-−]?\d+(?:[.,]\d+)? ?%")
_NOTE = regex(r"\[note[ \u00a0](\d+)\]")
_UNNAMED = regex(r"(sheet|table|blad|feuil|tabelle)\s*\d*$", re.IGNORECASE)
_ADDRESS = regex(r"^(https?://|www\.|mailto:|#|.*!\$?[A-Z]{1,3}\$?\d+$)", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"", "here", "click here", "link", "more"})
_FLOATING = ("xl/drawings/", "xl/charts/", "xl/media/", "xl/comments", "xl/threadedComments/")


def problems_read(data: bytes) -> list[Problem]:
    """Every breach of the rules in an .xlsx file of our own, in the order of its sheets."""
    book = load_workbook(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
    found = [
        *_document(book), *_contents(book), *_titles(book), *_names(book), *_floating(names),
        *_notes(book),
    ]  # fmt: skip
    for sheet in book.worksheets:
        for rule in _RULES:
            found += rule(sheet)
    return found


def _document(book: Workbook) -> Faults:
    if not book.properties.title:
        yield ACC_001.problem("document")
    if not book.properties.language:
        yield ACC_002.problem("document")
    first = book.worksheets[0]
    if book.active is not first:
        yield ACC_003.problem("document", "sheet")
    for sheet in book.worksheets:
        selection = sheet.sheet_view.selection
        at = selection[0].activeCell if selection else "A1"
        if at not in (None, "A1"):
            yield ACC_003.problem(sheet.title, "cursor", cell=at)


def _contents(book: Workbook) -> Faults:
    first = book.worksheets[0]
    linked = {_target(link.location or "") for _, link in _linked(first)}
    for sheet in book.worksheets[1:]:
        if sheet.title not in linked:
            yield ACC_004.problem(first.title, sheet=sheet.title)
    for table in first.tables.values():
        for row in _rows(first, table)[1:]:
            link = row[0].hyperlink
            if link is None or _target(link.location or "") not in book.sheetnames:
                place = f"{first.title}!{row[0].coordinate}"
                yield ACC_068.problem(place, value=str(row[0].value or ""))


def _linked(sheet: Worksheet) -> Iterator[tuple[Cell, Hyperlink]]:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and cell.hyperlink is not None:
                yield cell, cell.hyperlink


def _target(location: str) -> str:
    """The sheet that a link within the workbook goes to."""
    return location.lstrip("#").rpartition("!")[0].strip("'").replace("''", "'")


def _titles(book: Any) -> Faults:
    """The title of a sheet has the style by which programs find their way from one to the next."""
    heading = [each.name for each in book._named_styles if each.builtinId == _HEADING_1]
    for sheet in book.worksheets:
        if sheet["A1"].style not in heading:
            yield ACC_066.problem(f"{sheet.title}!A1")


def _names(book: Workbook) -> Faults:
    tables: dict[str, str] = {}
    for sheet in book.worksheets:
        if _UNNAMED.match(sheet.title):
            yield ACC_005.problem(sheet.title, sheet=sheet.title)
        for table in sheet.tables.values():
            key = table.displayName.casefold()
            if key in tables:
                yield ACC_006.problem(
                    sheet.title, "twice", table=table.displayName, other=tables[key]
                )
            if _UNNAMED.match(table.displayName):
                yield ACC_006.problem(sheet.title, "unnamed", table=table.displayName)
            tables[key] = sheet.title


def _floating(names: Sequence[str]) -> Faults:
    for name in names:
        if name.startswith(_FLOATING):
            yield ACC_009.problem(name)


def _notes(book: Workbook) -> Faults:
    """A note that a heading refers to must stand somewhere in a first column."""
    explained = {
        number
        for sheet in book.worksheets
        for (value,) in sheet.iter_rows(max_col=1, values_only=True)
        for number in _NOTE.findall(str(value or ""))
    }
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            for heading in _headings(sheet, table):
                for number in _NOTE.findall(heading):
                    if number not in explained:
                        yield ACC_012.problem(f"{sheet.title}, {heading}", number=number)


# Rules for one sheet.


def _filters(sheet: Worksheet) -> Faults:
    if sheet.auto_filter.ref or any(table.autoFilter for table in sheet.tables.values()):
        yield ACC_065.problem(sheet.title)


def _percentages(sheet: Worksheet) -> Faults:
    for table in sheet.tables.values():
        for row in _rows(sheet, table)[1:]:
            for cell in row:
                if isinstance(cell.value, str) and _PERCENT.fullmatch(cell.value):
                    yield ACC_067.problem(f"{sheet.title}!{cell.coordinate}", value=cell.value)


def _one_table(sheet: Worksheet) -> Faults:
    tables = list(sheet.tables.values())
    if len(tables) != 1:
        yield ACC_007.problem(sheet.title, "count", count=len(tables))
    for table in tables:
        if not re.match(r"A\d", table.ref):
            yield ACC_007.problem(sheet.title, "column", area=table.ref)
        if (table.headerRowCount if table.headerRowCount is not None else 1) != 1:
            yield ACC_007.problem(sheet.title, "header")
        headings = [heading.casefold() for heading in _headings(sheet, table)]
        if "" in headings or len(set(headings)) < len(headings):
            yield ACC_007.problem(sheet.title, "headings")
        if (range_boundaries(table.ref)[3] or 0) < sheet.max_row:
            yield ACC_007.problem(sheet.title, "below", area=table.ref)


def _headings(sheet: Worksheet, table: Table) -> list[str]:
    return [str(cell.value or "").strip() for cell in _rows(sheet, table)[0]]


def _rows(sheet: Worksheet, table: Table) -> list[tuple[Cell | MergedCell, ...]]:
    first_col, first_row, last_col, last_row = range_boundaries(table.ref)
    return list(sheet.iter_rows(first_row, last_row, first_col, last_col, values_only=False))


def _merged(sheet: Worksheet) -> Faults:
    for area in sheet.merged_cells.ranges:
        yield ACC_008.problem(f"{sheet.title}!{area.coord}")


def _blanks(sheet: Worksheet) -> Faults:
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if all(value in (None, "") for value in values):
            yield ACC_010.problem(f"{sheet.title}!{number}", "row")
    for table in sheet.tables.values():
        for row in _rows(sheet, table):
            for cell in row:
                if cell.value in (None, ""):
                    yield ACC_010.problem(f"{sheet.title}!{cell.coordinate}", "cell")
    hidden = [f"row {n}" for n, size in sheet.row_dimensions.items() if size.hidden]
    hidden += [f"column {n}" for n, size in sheet.column_dimensions.items() if size.hidden]
    for place in hidden:
        yield ACC_010.problem(f"{sheet.title}, {place}", "hidden")


def _running_text(sheet: Worksheet) -> Faults:
    every = (
        sheet.oddHeader, sheet.evenHeader, sheet.firstHeader,
        sheet.oddFooter, sheet.evenFooter, sheet.firstFooter,
    )  # fmt: skip
    for part in every:
        if part is not None and any(
            side is not None and side.text for side in (part.left, part.center, part.right)
        ):
            yield ACC_011.problem(sheet.title)
            return


def _colour(sheet: Worksheet) -> Faults:
    """Words in a column that are the same but coloured differently leave something to colour."""
    for table in sheet.tables.values():
        for column in zip(*_rows(sheet, table)[1:], strict=True):
            fills: dict[object, object] = {}
            for cell in column:
                fill = cell.fill.fgColor.rgb if cell.fill.fill_type else None
                if fills.setdefault(cell.value, fill) != fill:
                    place = f"{sheet.title}!{cell.coordinate}"
                    yield ACC_013.problem(place, value=str(cell.value))


def _links(sheet: Worksheet) -> Faults:
    for cell, _ in _linked(sheet):
        shown = str(cell.value or "").strip()
        if shown.casefold() in _EMPTY_WORDS or _ADDRESS.match(shown):
            yield ACC_014.problem(f"{sheet.title}!{cell.coordinate}", text=shown)


_RULES: tuple[Callable[[Worksheet], Faults], ...] = (
    _one_table, _filters, _merged, _blanks, _running_text, _colour, _links, _percentages,
)  # fmt: skip
