"""Whether a written workbook keeps the rules for accessible spreadsheets.

The rules are those of the UK Government Analysis Function, "Releasing statistics in
spreadsheets". Each fault is a `Problem` whose place is the sheet or the cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from xlplan.errors import Problem

Faults = Iterator[Problem]
_NOTE = re.compile(r"\[note (\d+)\]")
_UNNAMED = re.compile(r"(sheet|table|blad|feuil|tabelle)\s*\d*$", re.IGNORECASE)
_ADDRESS = re.compile(r"^(https?://|www\.|mailto:|#|.*!\$?[A-Z]{1,3}\$?\d+$)", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"", "here", "click here", "link", "more"})
_FLOATING = ("xl/drawings/", "xl/charts/", "xl/media/", "xl/comments", "xl/threadedComments/")


def accessibility_problems(data: bytes) -> list[Problem]:
    """Every breach of the rules in an .xlsx file of our own, in the order of its sheets."""
    book = load_workbook(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
    found = [*_document(book), *_contents(book), *_names(book), *_floating(names), *_notes(book)]
    for sheet in book.worksheets:
        for rule in _RULES:
            found += rule(sheet)
    return found


def _document(book: Workbook) -> Faults:
    if not book.properties.title:
        yield _fault("ACC-001", "document", "The document has no title. Set one.")
    if not book.properties.language:
        yield _fault("ACC-002", "document", "The document names no language. Set one.")
    first = book.worksheets[0]
    if book.active is not first:
        message = "The workbook does not open on its first sheet. Make that the active one."
        yield _fault("ACC-003", "document", message)
    for sheet in book.worksheets:
        selection = sheet.sheet_view.selection
        at = selection[0].activeCell if selection else "A1"
        if at not in (None, "A1"):
            message = f"The cursor stands in {at}. Leave it in A1."
            yield _fault("ACC-003", sheet.title, message)


def _contents(book: Workbook) -> Faults:
    first = book.worksheets[0]
    linked = {_target(link.location or "") for _, link in _linked(first)}
    for sheet in book.worksheets[1:]:
        if sheet.title not in linked:
            message = f'The first sheet has no link to "{sheet.title}". List it in the contents.'
            yield _fault("ACC-004", first.title, message)


def _linked(sheet: Worksheet) -> Iterator[tuple[Cell, Hyperlink]]:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and cell.hyperlink is not None:
                yield cell, cell.hyperlink


def _target(location: str) -> str:
    """The sheet that a link within the workbook goes to."""
    return location.lstrip("#").rpartition("!")[0].strip("'").replace("''", "'")


def _names(book: Workbook) -> Faults:
    tables: dict[str, str] = {}
    for sheet in book.worksheets:
        if _UNNAMED.match(sheet.title):
            message = f'The name "{sheet.title}" says nothing. Name the sheet by what it shows.'
            yield _fault("ACC-005", sheet.title, message)
        for table in sheet.tables.values():
            key = table.displayName.casefold()
            if key in tables:
                message = f'"{table.displayName}" is a table of "{tables[key]}" too. Rename it.'
                yield _fault("ACC-006", sheet.title, message)
            if _UNNAMED.match(table.displayName):
                message = f'The name "{table.displayName}" says nothing. Name the table.'
                yield _fault("ACC-006", sheet.title, message)
            tables[key] = sheet.title


def _floating(names: Sequence[str]) -> Faults:
    for name in names:
        if name.startswith(_FLOATING):
            message = "Boxes, pictures, charts and comments float over the cells. Put it in words."
            yield _fault("ACC-009", name, message)


def _notes(book: Workbook) -> Faults:
    """A note that is referred to in a heading must be told somewhere in a first column."""
    told = {
        number
        for sheet in book.worksheets
        for (value,) in sheet.iter_rows(max_col=1, values_only=True)
        for number in _NOTE.findall(str(value or ""))
    }
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            for heading in _headings(sheet, table):
                for number in _NOTE.findall(heading):
                    if number not in told:
                        message = f"[note {number}] is told nowhere. Add it to the notes."
                        yield _fault("ACC-012", f"{sheet.title}, {heading}", message)


# Rules for one sheet.


def _one_table(sheet: Worksheet) -> Faults:
    tables = list(sheet.tables.values())
    if len(tables) != 1:
        message = f"The sheet has {len(tables)} marked-up tables. Give it exactly one."
        yield _fault("ACC-007", sheet.title, message)
    for table in tables:
        if not re.match(r"A\d", table.ref):
            message = f"The table stands in {table.ref}. Begin it in column A."
            yield _fault("ACC-007", sheet.title, message)
        if (table.headerRowCount if table.headerRowCount is not None else 1) != 1:
            yield _fault("ACC-007", sheet.title, "The table needs exactly one row of headings.")
        headings = [heading.casefold() for heading in _headings(sheet, table)]
        if "" in headings or len(set(headings)) < len(headings):
            message = "A heading is blank or stands twice. Give every column its own heading."
            yield _fault("ACC-007", sheet.title, message)
        if (range_boundaries(table.ref)[3] or 0) < sheet.max_row:
            message = f"There is something below the table ({table.ref}). Move it above."
            yield _fault("ACC-007", sheet.title, message)


def _headings(sheet: Worksheet, table: Table) -> list[str]:
    return [str(cell.value or "").strip() for cell in _rows(sheet, table)[0]]


def _rows(sheet: Worksheet, table: Table) -> list[tuple[Cell | MergedCell, ...]]:
    first_col, first_row, last_col, last_row = range_boundaries(table.ref)
    return list(sheet.iter_rows(first_row, last_row, first_col, last_col, values_only=False))


def _merged(sheet: Worksheet) -> Faults:
    for area in sheet.merged_cells.ranges:
        yield _fault("ACC-008", f"{sheet.title}!{area.coord}", "Cells are merged. Part them.")


def _blanks(sheet: Worksheet) -> Faults:
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if all(value in (None, "") for value in values):
            yield _fault("ACC-010", f"{sheet.title}!{number}", "The row is blank. Take it out.")
    for table in sheet.tables.values():
        for row in _rows(sheet, table):
            for cell in row:
                if cell.value in (None, ""):
                    message = "The cell is blank. Say in a word that nothing is given."
                    yield _fault("ACC-010", f"{sheet.title}!{cell.coordinate}", message)
    hidden = [f"row {n}" for n, size in sheet.row_dimensions.items() if size.hidden]
    hidden += [f"column {n}" for n, size in sheet.column_dimensions.items() if size.hidden]
    for place in hidden:
        yield _fault("ACC-010", f"{sheet.title}, {place}", "It is hidden. Show it or take it out.")


def _running_text(sheet: Worksheet) -> Faults:
    every = (
        sheet.oddHeader, sheet.evenHeader, sheet.firstHeader,
        sheet.oddFooter, sheet.evenFooter, sheet.firstFooter,
    )  # fmt: skip
    for part in every:
        if part is not None and any(
            side is not None and side.text for side in (part.left, part.center, part.right)
        ):
            message = "A header or footer is not read aloud. Put what it says into the sheet."
            yield _fault("ACC-011", sheet.title, message)
            return


def _colour(sheet: Worksheet) -> Faults:
    """Words in a column that are the same but coloured differently leave something to colour."""
    for table in sheet.tables.values():
        for column in zip(*_rows(sheet, table)[1:], strict=True):
            seen: dict[object, object] = {}
            for cell in column:
                fill = cell.fill.fgColor.rgb if cell.fill.fill_type else None
                if seen.setdefault(cell.value, fill) != fill:
                    message = f'"{cell.value}" has two colours in one column. Say it in words.'
                    yield _fault("ACC-013", f"{sheet.title}!{cell.coordinate}", message)


def _links(sheet: Worksheet) -> Faults:
    for cell, _ in _linked(sheet):
        shown = str(cell.value or "").strip()
        if shown.casefold() in _EMPTY_WORDS or _ADDRESS.match(shown):
            message = f'"{shown}" does not say where the link goes. Say it in words.'
            yield _fault("ACC-014", f"{sheet.title}!{cell.coordinate}", message)


_RULES: tuple[Callable[[Worksheet], Faults], ...] = (
    _one_table, _merged, _blanks, _running_text, _colour, _links,
)  # fmt: skip


def _fault(code: str, where: str, message: str) -> Problem:
    return Problem(code, where, message, "warning")
