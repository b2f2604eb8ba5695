"""A second reader, openpyxl: where readers may see different texts in a file, and for colours.

Texts with spaces at their ends that do not say that they are to be kept (gnumeric writes them so)
lose them in one reader and not in another; and the two systems of dates are easily mixed up.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from xlplan.codes.gate_codes_inside import GATE_032
from xlplan.late import regex
from xlplan.workbook.read.book import At, Book, Extent, ReadSheet, is_sign, place
from xlplan.workbook.read.cell_formats import day_of
from xlplan.workbook.read.cell_looks import PLAIN, Look, looks_of
from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.marks import Area, Marks, merged_areas, theme_colours, tinted
from xlplan.workbook.read.parts import checked_package, part_named
from xlplan.workbook.read.relations import Sheets, relations_of
from xlplan.workbook.read.xlsx_cells import usual_cells

if TYPE_CHECKING:
    from openpyxl.styles.colors import Color
    from openpyxl.styles.styleable import StyleableObject
    from openpyxl.worksheet.worksheet import Worksheet

_BARE = regex(rb"<(?:\w+:)?t>")
"""The opening of a text that does not say that its spaces are to be kept."""
_BEGINS = regex(rb"<(?:\w+:)?t> ")
_OTHER_SPACES = (b"\t", b"\n", b"\r")
_SPACES = bytes.maketrans(b"\t\n\r", b"   ")
_OLD_DATES = regex(rb'\bdate1904="(?:1|true)"')
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")
_CELL_FORMAT = regex(rb'<c r="[A-Z]{1,3}\d{1,7}" s="(\d++)"')
_CELL_OF = rb'<c r="([A-Z]{1,3}\d{1,7})" s="(%s)"(?: t="(\w+)")?'
_FEW = 100
"""Formats up to which it pays to look for each by its number."""
_OF_TEXT = (b"s", b"str", b"inlineStr")
_STRICT = b"//purl.oclc.org/"
_TEXTS = "xl/sharedstrings.xml"
_NO_TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


def may_be_disputed(parts: Mapping[str, bytes], sheets: Sheets) -> bool:
    """Whether anything in a workbook is written so that readers may see different things."""
    book = parts.get("xl/workbook.xml", b"")
    if b"date1904" in book and _OLD_DATES.search(book):
        return True
    if _has_loose_ends(part_named(parts, "xl/sharedStrings.xml")):
        return True
    given = (parts.get(part, b"") for _, part in sheets)
    return any(b"inlineStr" in sheet and _has_loose_ends(sheet) for sheet in given)


def _has_loose_ends(xml: bytes) -> bool:
    """Whether a text begins or ends with a space and does not say that it is to be kept."""
    if any(space in xml for space in _OTHER_SPACES):  # one byte is found many times as fast
        xml = xml.translate(_SPACES)
    if b"t> " in xml and _BEGINS.search(xml):
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


def with_second_marks(book: Book, admitted: Admitted) -> Book:
    """`book` with what openpyxl sees; where it sees nothing, a note says so."""
    if book.kind not in ("xlsx", "xlsm"):
        return book
    try:
        marks = _second_marks(book.sheets, admitted)
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


class _Usual(NamedTuple):
    """A sheet whose cells are spelled the usual way: their XML, the formats that they have, and
    its merged areas."""

    cells: bytes
    formats: list[int]
    merged: Sequence[Area]


def _second_marks(sheets: Sequence[ReadSheet], admitted: Admitted) -> dict[str, Marks]:
    """The fills, lines through cells, colours of signs and merged areas of every sheet of an xlsx
    workbook that passed the gate, by sheet name.

    How each cell format looks is told by the styles, or by openpyxl where it may take them in
    another way. Where cells are spelled the usual way it is shown one cell of each, and which cells
    have it is found here: to have it read all of them takes ten times as long as reading their
    values. Sheets that it cannot see (a strict workbook) are not in the answer.
    """
    parts, usual = dict(admitted.parts), {}
    for name, part in admitted.sheets:
        extent = admitted.extents.get(name)
        xml = _without_empty_rows(parts.get(part, b""))
        parts[part] = xml
        if (found := _usual(xml, extent)) is not None:
            usual[name] = found
            parts[part] = _one_of_each(found.formats)
            parts.pop(relations_of(part), None)
    read = {sheet.name: sheet for sheet in sheets}
    if len(usual) == len(admitted.sheets):
        looks = None if _is_strict(parts) else _looks_of_styles(parts, usual.values())
        if looks is not None and usual.keys() == read.keys():
            return {n: _marks_of_formats(found, looks, read[n]) for n, found in usual.items()}
        parts |= {name: _NO_TEXTS for name in parts if name.lower() == _TEXTS}
    return _as_openpyxl_sees(parts, usual, read)


def _is_strict(parts: Mapping[str, bytes]) -> bool:
    """Whether a workbook may be one of those of which openpyxl sees no sheet."""
    given = (parts.get(name, b"") for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    return any(b"//schemas.openxmlformats.org/" not in part or _STRICT in part for part in given)


def _looks_of_styles(
    parts: Mapping[str, bytes], usual: Iterable[_Usual]
) -> Mapping[int, Look] | None:
    used = sorted({number for each in usual for number in each.formats})
    return looks_of(parts.get("xl/styles.xml", b""), parts.get("xl/theme/theme1.xml"), used)


def _as_openpyxl_sees(
    parts: Mapping[str, bytes], usual: Mapping[str, _Usual], read: Mapping[str, ReadSheet]
) -> dict[str, Marks]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on writing does not matter here
        book = load_workbook(io.BytesIO(checked_package(parts)))
    theme = theme_colours(book.loaded_theme)
    return {
        seen.title: _marks_of_formats(
            usual[seen.title], _looks_shown(usual[seen.title], seen, theme), read[seen.title]
        )
        if seen.title in usual and seen.title in read
        else _sheet_marks(seen, theme)
        for seen in book.worksheets
    }


def _usual(xml: bytes, extent: Extent | None) -> _Usual | None:
    """A sheet as it is usually spelled; None where openpyxl is to read every cell."""
    if extent is None or (cells := usual_cells(xml, extent.plain is not None)) is None:
        return None
    merged = merged_areas(xml)
    if len(merged) != extent.merges:
        return None
    formats = sorted(map(int, set(_CELL_FORMAT.findall(cells))))
    return _Usual(cells, formats, sorted(set(merged)))


def _one_of_each(formats: Sequence[int]) -> bytes:
    """A sheet with a cell of each of these formats, one below the other."""
    rows = "".join(f'<row><c s="{number}"/></row>' for number in formats)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def _looks_shown(usual: _Usual, formats: Worksheet, theme: list[str]) -> Mapping[int, Look]:
    """The looks of formats of which openpyxl was shown a cell each."""
    return {
        number: look
        for number, (cell,) in zip(usual.formats, formats.iter_rows(), strict=True)
        if any(look := _look(cell, theme))
    }


def _marks_of_formats(usual: _Usual, looks: Mapping[int, Look], sheet: ReadSheet) -> Marks:
    """The marks of a sheet whose cell formats look so."""
    used = {number: looks[number] for number in usual.formats if number in looks}
    if not any(map(is_sign, sheet.texts)):  # then letters say nothing by their colour
        used = {number: look for number, look in used.items() if look[0] or look[1]}
    fills: dict[At, str] = {}
    inks: dict[At, str] = {}
    struck: set[At] = set()
    few = len(used) <= _FEW
    numbers = b"|".join(b"%d" % number for number in used) if few else rb"\d+"
    cells = re.compile(_CELL_OF % numbers).findall(usual.cells) if used else ()
    covered = _covered(usual.merged) if used else frozenset()
    for name, number, kind in cells:
        fill, is_struck, ink = used.get(int(number), PLAIN)
        if not fill and not is_struck and kind not in _OF_TEXT:
            continue  # a number in letters of a colour
        if (at := place(name.decode())) is None or at in covered:
            continue
        if fill:
            fills[at] = fill
        if is_struck and (_value(sheet, at) is not None or _is_odd(sheet, at)):
            struck.add(at)
        if ink and kind in _OF_TEXT and at not in sheet.formulas and is_sign(_value(sheet, at)):
            inks[at] = ink
    return Marks(fills, frozenset(struck), merged=tuple(usual.merged), inks=inks)


def _covered(merged: Sequence[Area]) -> frozenset[At]:
    """The cells of merged areas, but for the one that is seen in each."""
    return frozenset(
        (row, col)
        for top, left, bottom, right in merged
        for row in range(top, bottom + 1)
        for col in range(left, right + 1)
        if (row, col) != (top, left)
    )


def _is_odd(sheet: ReadSheet, at: At) -> bool:
    return at in sheet.formulas or at in sheet.errors


def _value(sheet: ReadSheet, at: At) -> object:
    row, col = at
    return sheet.rows[row][col] if row < len(sheet.rows) and col < len(sheet.rows[row]) else None


def _sheet_marks(sheet: Worksheet, theme: list[str]) -> Marks:
    """The marks of a sheet of which openpyxl read every cell."""
    from openpyxl.cell.cell import Cell

    fills: dict[At, str] = {}
    inks: dict[At, str] = {}
    struck: set[At] = set()
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell) or not cell.has_style:
                continue
            at = (cell.row - 1, cell.column - 1)
            fill, is_struck, ink = _look(cell, theme)
            if fill:
                fills[at] = fill
            if is_struck and cell.value is not None:
                struck.add(at)
            if ink and is_sign(cell.value):
                inks[at] = ink
    return Marks(
        fills,
        frozenset(struck),
        merged=tuple(
            (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
            for area in sorted(sheet.merged_cells.ranges, key=lambda a: (a.min_row, a.min_col))
        ),
        inks=inks,
    )


def _look(cell: StyleableObject, theme: list[str]) -> tuple[str, bool, str]:
    """The fill of a cell, whether it is struck out, and the colour of its letters."""
    ink = cell.font.color
    return _fill(cell, theme), bool(cell.font.strike), _colour(ink, theme) if ink else ""


def _fill(cell: StyleableObject, theme: list[str]) -> str:
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


def _without_empty_rows(xml: bytes) -> bytes:
    """A sheet's XML, cut off below its last value where that saves something. One that is written
    in another way than programs write it is left as it is."""
    shorter = _cut(xml)
    return shorter if len(xml) - len(shorter) >= LEAST else xml


def _cut(xml: bytes) -> bytes:
    """A sheet's XML without the rows below the last one that holds a value."""
    end = xml.rfind(_END)
    if end < 0:
        return xml
    last = -1
    for mark in _VALUES:  # each is looked for behind the last one found, and no further up
        last = max(xml.rfind(mark, max(last, 0), end), last)
    begins = xml.find(b"</row>", last) if last >= 0 else -1
    if begins < 0 or begins > end:
        return xml
    return xml[: begins + len(b"</row>")] + xml[end:]
