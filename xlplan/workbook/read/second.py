"""A second reader, openpyxl: where readers may see different texts in a file, and for colours.

Texts with spaces at their ends that do not say that they are to be kept (gnumeric writes them so)
lose them in one reader and not in another; and the two systems of dates are easily mixed up.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from xlplan.codes.gate_codes_inside import GATE_032
from xlplan.late import regex
from xlplan.workbook.read.book import At, Book, ReadSheet, is_sign
from xlplan.workbook.read.cell_formats import day_of
from xlplan.workbook.read.marks import Marks, theme_colours, tinted
from xlplan.workbook.read.parts import part_named

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.styles.colors import Color
    from openpyxl.worksheet.worksheet import Worksheet

_BARE = regex(rb"<(?:\w+:)?t>")
"""The opening of a text that does not say that its spaces are to be kept."""
_BEGINS = regex(rb"<(?:\w+:)?t> ")
_BEGINNING = regex(rb"t> ")
"""Looked for first: it is found or not in a fifth of the time."""
_INLINE = regex(rb"inlineStr")
_SPACES = bytes.maketrans(b"\t\n\r", b"   ")
_OLD_DATES = regex(rb'\bdate1904="(?:1|true)"')
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")


def may_be_disputed(parts: Mapping[str, bytes], sheets: Iterable[str]) -> bool:
    """Whether anything in a workbook is written so that readers may see different things; `sheets`
    are the parts of sheets that may hold texts of their own."""
    book = parts.get("xl/workbook.xml", b"")
    if b"date1904" in book and _OLD_DATES.search(book):
        return True
    if _has_loose_ends(part_named(parts, "xl/sharedStrings.xml")):
        return True
    given = (parts.get(sheet, b"") for sheet in sheets)
    return any(_INLINE.search(sheet) and _has_loose_ends(sheet) for sheet in given)


def _has_loose_ends(xml: bytes) -> bool:
    """Whether a text begins or ends with a space and does not say that it is to be kept."""
    xml = xml.translate(_SPACES)
    if _BEGINNING.search(xml) and _BEGINS.search(xml):
        return True
    end = xml.find(b" </")
    while end >= 0:
        if _BARE.match(xml, xml.rfind(b"<", 0, end)):
            return True
        end = xml.find(b" </", end + 1)
    return False


def disputed(data: bytes, sheets: Sequence[ReadSheet]) -> dict[str, dict[At, str]]:
    """The cells, by sheet name, in which openpyxl sees something else: what it sees, as text.

    A cell that it does not see at all is no dispute: it reads strict workbooks as blank.
    """
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), data_only=True)
    except Exception:  # openpyxl raises nearly anything for a workbook that it cannot read
        return {}
    found: dict[str, dict[At, str]] = {}
    for sheet in sheets:
        if sheet.name not in book.sheetnames:
            continue
        for number, cells in enumerate(book[sheet.name].iter_rows(values_only=True)):
            row = sheet.rows[number] if number < len(sheet.rows) else ()
            for col, (mine, other) in enumerate(zip(row, cells, strict=False)):
                if mine is None or other is None or (number, col) in sheet.errors:
                    continue
                if _differ(mine, other):
                    found.setdefault(sheet.name, {})[number, col] = str(_same(other))
    return found


def _differ(mine: object, other: object) -> bool:
    if isinstance(other, time | timedelta):
        return False  # a time of day, of which the first reader has the text
    if isinstance(mine, date) and isinstance(other, date):
        return _whole_day(mine) != _whole_day(other)
    return _same(mine) != _same(other)


def _whole_day(value: date) -> date:
    day = day_of(value)
    return day.date() if isinstance(day, datetime) else day


def _same(value: object) -> object:
    """A value as both readers should see it."""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).replace("\r\n", "\n")
    if isinstance(value, bool | date):
        return value
    if isinstance(value, int | float):
        return float(f"{value:.12g}")
    return repr(type(value))  # times of day and spans: as good as the same


def with_second_marks(book: Book, data: bytes) -> Book:
    """`book` with what openpyxl sees; where it sees nothing, a note says so."""
    if book.kind not in ("xlsx", "xlsm"):
        return book
    try:
        marks = second_marks(without_empty_rows(data))
    except Exception as error:  # openpyxl raises nearly anything for a workbook it cannot read
        marks = {}
        unseen = GATE_032.fill("looks", reason=type(error).__name__)
    else:
        unseen = GATE_032.fill("unseen")
    sheets = [
        replace(
            sheet,
            fills=found.fills,
            inks=found.inks,
            struck=found.struck,
            merged=found.merged,
        )
        if (found := marks.get(sheet.name))
        else sheet
        for sheet in book.sheets
    ]
    if len(marks) >= len(sheets):
        return replace(book, sheets=tuple(sheets))
    return replace(book, sheets=tuple(sheets), problems=(*book.problems, unseen.at(book.name)))


def second_marks(data: bytes) -> dict[str, Marks]:
    """The fills, lines through cells, colours of signs and merged areas of every sheet of an xlsx
    workbook that passed the gate, by sheet name.

    Sheets that openpyxl cannot see (a strict workbook) are not in the answer.
    """
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on writing does not matter here
        book = load_workbook(io.BytesIO(data))
    theme = theme_colours(book.loaded_theme)
    return {sheet.title: _sheet_marks(sheet, theme) for sheet in book.worksheets}


def _sheet_marks(sheet: Worksheet, theme: list[str]) -> Marks:
    from openpyxl.cell.cell import Cell

    fills: dict[At, str] = {}
    inks: dict[At, str] = {}
    struck: set[At] = set()
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell) or not cell.has_style:
                continue
            at = (cell.row - 1, cell.column - 1)
            if colour := _fill(cell, theme):
                fills[at] = colour
            if cell.font.strike and cell.value is not None:
                struck.add(at)
            font = cell.font.color if is_sign(cell.value) else None
            if font is not None and (colour := _colour(font, theme)):
                inks[at] = colour
    return Marks(
        fills,
        frozenset(struck),
        merged=tuple(
            (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
            for area in sorted(sheet.merged_cells.ranges, key=lambda a: (a.min_row, a.min_col))
        ),
        inks=inks,
    )


def _fill(cell: Cell, theme: list[str]) -> str:
    """The colour of a solid fill as ``#RRGGBB``, or ``""``."""
    fill = cell.fill
    return _colour(fill.fgColor, theme) if fill and fill.fill_type == "solid" else ""


def _colour(colour: Color, theme: list[str]) -> str:
    """A colour as ``#RRGGBB``, or ``""`` where it is the program's own."""
    base = ""
    if colour.type == "rgb" and isinstance(colour.rgb, str):
        base = colour.rgb[-6:]
    elif colour.type == "theme" and isinstance(colour.theme, int):
        base = theme[colour.theme] if 0 <= colour.theme < len(theme) else ""
    elif colour.type == "indexed" and isinstance(colour.indexed, int):
        from openpyxl.styles.colors import COLOR_INDEX

        base = COLOR_INDEX[colour.indexed][-6:] if 0 <= colour.indexed < len(COLOR_INDEX) else ""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", base):
        return ""
    return tinted(base, float(colour.tint or 0))


_VALUES = (b"<v>", b"<v ", b"<v/", b"<is>", b"<is ", b"<t>", b"<f>", b"<f ", b"<f/")
_END = b"</sheetData>"
LEAST = 1 << 16
"""Bytes of empty rows that are worth the trouble."""


def without_empty_rows(data: bytes) -> bytes:
    """`data`, an xlsx workbook that passed the gate, cut off below the last value of each sheet.

    A sheet whose XML is written in another way than programs write it is left as it is.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        cut: dict[str, bytes] = {}
        for name in package.namelist():
            if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
                xml = package.read(name)
                shorter = _cut(xml)
                if len(xml) - len(shorter) >= LEAST:
                    cut[name] = shorter
        if not cut:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for info in package.infolist():
                made.writestr(info.filename, cut.get(info.filename) or package.read(info))
    return out.getvalue()


def _cut(xml: bytes) -> bytes:
    """A sheet's XML without the rows below the last one that holds a value."""
    end = xml.rfind(_END)
    if end < 0:
        return xml
    last = max(xml.rfind(mark, 0, end) for mark in _VALUES)
    begins = xml.find(b"</row>", last) if last >= 0 else -1
    if begins < 0 or begins > end:
        return xml
    return xml[: begins + len(b"</row>")] + xml[end:]
