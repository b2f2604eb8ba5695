"""An old workbook (.xls): its records (MS-XLS), kept in a compound file: how far its sheets reach,
what nobody sees of them, and what people say in notes and with colours and lines.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Set
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.workbook.read.binary import MALFORMED, Compound, Entry
from xlplan.workbook.read.book import (
    ERROR_NAMES,
    NO_HEIGHT,
    NO_WIDTH,
    SHARED,
    At,
    Extent,
    Hidden,
    far_cells,
)
from xlplan.workbook.read.inbox import Bounds, Choice, Unfit
from xlplan.workbook.read.marks import Area, Marks

_EOF, _NOTE, _FONT, _CONTINUE, _OBJ = 0x0A, 0x1C, 0x31, 0x3C, 0x5D
_BOF, _PALETTE, _MULRK, _MULBLANK, _FORMAT, _TEXT = 0x809, 0x92, 0xBD, 0xBE, 0xE0, 0x1B6
_BOUNDSHEET, _FORMULA, _BOOLERR, _DIMENSIONS = 0x85, 0x06, 0x205, 0x200
_ROW, _COLINFO, _FILTERMODE, _MERGES = 0x0208, 0x007D, 0x009B, 0xE5
_CODEPAGE, _UTF16, _BIFF8, _BIFF5 = 0x42, b"\xb0\x04", b"\x00\x06", b"\x00\x05"
_SAVED, _FILETIME, _MOST_PROPERTIES, _FIRST_YEAR = 13, 64, 100, 1980
_UNSEEN = 0x03
"""The bits of a sheet's state that say that it is hidden."""
_NUMBERS = frozenset({0x203, 0x27E, _FORMULA, _MULRK})
_SPECIAL = frozenset({_FORMULA, _BOOLERR, _MULRK})
_PLAIN = frozenset({0xFD, 0x203, 0x204, 0x27E, 0xD6})
_TRUTHS = (b"\x41\x22\x00", b"\x41\x23\x00", b"\x42\x00\x22\x00", b"\x42\x00\x23\x00", b"\x1d")
"""Parsed formulas TRUE() and FALSE(): somebody typed TRUE or FALSE."""


def scan_xls(data: bytes, bounds: Bounds, choice: Choice) -> dict[str, Extent]:
    """The extent by name of each sheet that is read. Raises `Refused` for cells too far away."""
    try:
        stream = workbook_stream(data)
    except MALFORMED:
        return {}
    extents: dict[str, Extent] = {}
    listed = list(_listed(stream))
    choice.hidden = frozenset(n for n, _, _ in listed) - {n for n, _, seen in listed if seen}
    for name, start, _ in listed:
        if name in extents or name in choice.passed or len(extents) >= bounds.sheets:
            continue
        try:
            extents[name] = _scan(stream, start, name, bounds)
        except Unfit as unfit:
            choice.pass_over(unfit)
    return extents


def without_sheets(data: bytes, names: Set[str]) -> bytes:
    """The file with these sheets ended where they begin, for a reader that sets up all of them."""
    file = Compound(data)
    book = _book(file)
    if book is None:
        return data
    stream, changed = file.stream(book), bytearray(data)
    for name, start in boundsheets(stream):
        if name in names:
            (_, _, after), *_ = islice(biff_records(stream, start), 1)
            for at, byte in enumerate(struct.pack("<HH", _EOF, 0), after):
                changed[file.place(book, at)] = byte
    return bytes(changed)


def in_two_bytes(data: bytes) -> bytes:
    """The file with the code page that all workbooks of this kind (BIFF8) have. Others say that of
    Windows, which means nothing there, and a reader takes their letters apart."""
    try:
        file = Compound(data)
        book = _book(file)
        stream = file.stream(book) if book is not None else b""
    except MALFORMED:
        return data
    if stream[4:6] != _BIFF8:
        return data
    for kind, body, after in biff_records(stream, 0):
        if kind == _CODEPAGE and len(body) == 2 and body != _UTF16 and book is not None:
            changed = bytearray(data)
            for at, byte in enumerate(_UTF16, after - 2):
                changed[file.place(book, at)] = byte
            return bytes(changed)
        if kind in (_EOF, _BOUNDSHEET):
            break
    return data


def saved_at(data: bytes) -> str:
    """When an old workbook was saved (ISO 8601, UTC), from its summary (MS-OLEPS 2.25.1), or
    ``""``."""
    try:
        file = Compound(data)
        entry = next((e for e in file.entries if e.name == "\x05SummaryInformation"), None)
        if entry is None:
            return ""
        summary = file.stream(entry)
        begin = struct.unpack_from("<I", summary, 44)[0]
        for number in range(min(struct.unpack_from("<I", summary, begin + 4)[0], _MOST_PROPERTIES)):
            name, at = struct.unpack_from("<II", summary, begin + 8 + 8 * number)
            if name == _SAVED and struct.unpack_from("<I", summary, begin + at)[0] == _FILETIME:
                ticks = struct.unpack_from("<Q", summary, begin + at + 4)[0]
                moment = datetime(1601, 1, 1) + timedelta(microseconds=ticks // 10)
                return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year > _FIRST_YEAR else ""
    except (*MALFORMED, OverflowError):
        return ""
    return ""


def boundsheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """The name of each sheet, and where its biff_records begin."""
    return ((name, start) for name, start, _ in _listed(stream))


def _listed(stream: bytes) -> Iterator[tuple[str, int, bool]]:
    """The name of each sheet, where its biff_records begin, and whether it can be seen."""
    of_excel_5 = is_of_excel_5(stream)
    for kind, body, _ in biff_records(stream, 0):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and len(body) > 7 and body[5] == 0:
            name = body[7 : 7 + body[6]].decode("cp1252", "replace")
            name = name if of_excel_5 else _name(body[6:])
            yield name, int.from_bytes(body[:4], "little"), not body[4] & _UNSEEN


def is_of_excel_5(stream: bytes) -> bool:
    """Whether a workbook is of Excel 5 or 95, which has a byte for each letter and says no more of
    a text than how long it is."""
    return stream[4:6] == _BIFF5


def _name(body: bytes) -> str:
    """A sheet's name: length, flag, then one or two bytes a character."""
    length, wide = body[0], body[1] & 1
    text = body[2 : 2 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def biff_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes, int]]:
    """Records from `at`: type, body, and the place after it."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4 + length
        yield kind, stream[at - length : at], at


def _scan(stream: bytes, start: int, name: str, bounds: Bounds) -> Extent:
    extent = Extent()
    for kind, body, _ in biff_records(stream, start):
        if kind == _EOF:
            break
        if kind == _DIMENSIONS:
            _check_claim(body, name, bounds)
        for top, left, bottom, right in _merged(body) if kind == _MERGES else ():
            extent.merge(bottom - top, right - left)
        if kind not in _PLAIN | _SPECIAL or len(body) < 6:
            continue
        row, col = struct.unpack_from("<HH", body)
        if kind in _NUMBERS:
            extent.styled.update(_formats(kind, body))
        if kind == _MULRK:
            col = struct.unpack("<H", body[-2:])[0]
        extent.reach(row, col)
        extent.cells += 1
        if extent.rows > bounds.rows or extent.columns > bounds.columns:
            raise far_cells(name, extent.rows, extent.columns)
        if kind == _FORMULA and len(body) >= 22:
            if not body[22:].startswith(_TRUTHS):
                extent.formulas[row, col] = SHARED
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                extent.errors[row, col] = ERROR_NAMES.get(body[8], "#N/A")
        elif kind == _BOOLERR and len(body) >= 8 and body[7]:
            extent.errors[row, col] = ERROR_NAMES.get(body[6], "#N/A")
        else:
            extent.filled = True
    extent.check(name, bounds)
    return extent


def _check_claim(body: bytes, name: str, bounds: Bounds) -> None:
    """The size that a sheet claims to have: the reader reserves memory for it (MS-XLS 2.4.90)."""
    if len(body) not in (10, 14):
        return
    form = "<IIHH" if len(body) == 14 else "<HHHH"
    first_row, rows, first_col, columns = struct.unpack_from(form, body)
    # What ends before it begins is reckoned as very large too.
    if abs(rows - first_row) * abs(columns - first_col) > bounds.cells:
        raise far_cells(name, rows, columns)


def workbook_stream(data: bytes) -> bytes:
    """The stream "Workbook", or "Book" of older files; empty where there is none."""
    file = Compound(data)
    found = _book(file)
    return file.stream(found) if found is not None else b""


def _book(file: Compound) -> Entry | None:
    """The newer one where there are two: some programs write both, for Excel 95 and for later."""
    found = {each.name: each for each in reversed(file.entries)}
    return found.get("Workbook") or found.get("Book")


def read_hidden_xls(data: bytes) -> dict[str, Hidden]:
    """The rows and columns of each sheet, by its name, that nobody sees."""
    try:
        stream = workbook_stream(data)
        return {name: _hidden(stream, start) for name, start in boundsheets(stream)}
    except MALFORMED:
        return {}


def _hidden(stream: bytes, start: int) -> Hidden:
    """Of a sheet in an old workbook (MS-XLS 2.4.221 Row, 2.4.53 ColInfo). Where a filter is on,
    which rows it hid cannot be told from the others: all count as left out by it."""
    found = Hidden()
    filtering = False
    for kind, body in _own_records(stream, start):
        if kind == _FILTERMODE:
            filtering = True
        elif kind == _ROW and len(body) >= 14:
            row, height, flags = *struct.unpack_from("<H4xH", body), body[12]
            if flags & 0x20 or (height & 0x7FFF) / 20 < NO_HEIGHT:
                found.rows.add(row)
        elif kind == _COLINFO and len(body) >= 10:
            first, last, width, _, flags = struct.unpack_from("<HHHHH", body)
            if flags & 1 or width / 256 < NO_WIDTH:
                found.columns.update(range(first, last + 1))
    if filtering:
        found.filtered, found.rows = found.rows, set()
    return found


def _own_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The biff_records of one sheet, without those of charts that stand within it."""
    depth = 0
    for kind, body, _ in biff_records(stream, start):
        if kind in (_BOF, _EOF):
            depth += 1 if kind == _BOF else -1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body


_SINGLE = frozenset({0x06, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
"""Records of one cell: its row, its column and its format."""
_SOLID, _FIRST_COLOUR = 1, 8
_STRUCK = 0x08
_CLOSE = 8
"""How far each part of a colour may be from one of ours and still be it: a workbook of this kind
has 56 colours, and programs put others to the nearest."""
_ALL = 100_000  # marks of one sheet that are kept


class SheetMarks(Struct, frozen=True):
    """The notes of a sheet, and its other marks. `partly` is whether the workbook has a line that
    goes through no cell as a whole: parts of texts may have it, which is not read here."""

    notes: Mapping[At, str] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    partly: bool = False


def read_xls_marks(data: bytes, ours: frozenset[str] | None) -> dict[str, SheetMarks]:
    """What is said on each sheet by name; `ours` are fills (``#RRGGBB``) that are the template's,
    None where notes alone are wanted. What is not as it should be says nothing."""
    try:
        stream = workbook_stream(data)
        looks, partly = _looks(stream, ours) if ours is not None else ({}, False)
        found = {name: _sheet(stream, start, looks) for name, start in boundsheets(stream)}
        return {name: replace(each, partly=partly) for name, each in found.items()}
    except MALFORMED:
        return {}


Looks = Mapping[int, tuple[str, bool, str]]
"""Fill, strikethrough and colour of the text of each cell format that has any, by its number."""


def _looks(stream: bytes, ours: frozenset[str]) -> tuple[Looks, bool]:
    """What the formats of cells say, and whether a font that is struck out is in none of them."""
    from openpyxl.styles.colors import COLOR_INDEX

    colours = [colour[-6:] for colour in COLOR_INDEX[:64]]
    fonts: list[tuple[bool, int]] = []
    formats: list[tuple[int, int]] = []
    for kind, body, _ in biff_records(stream, 0):
        if kind == _EOF:
            break
        if kind == _FONT and len(body) >= 4:
            ink = struct.unpack_from("<H", body, 4)[0] if len(body) >= 6 else 0
            fonts.append((bool(body[2] & _STRUCK), ink))
            if len(fonts) == 4:
                fonts.append((False, 0))  # no font has the number 4
        elif kind == _PALETTE:
            for number in range((len(body) - 2) // 4):
                if _FIRST_COLOUR + number < len(colours):
                    at = 2 + 4 * number
                    colours[_FIRST_COLOUR + number] = body[at : at + 3].hex().upper()
        elif kind == _FORMAT and len(body) == 20:
            font, pattern, colour = struct.unpack_from("<H", body)[0], body[17] >> 2, body[18] & 127
            solid = pattern == _SOLID and _FIRST_COLOUR <= colour < len(colours)
            formats.append((font, colour if solid else 0))
    found: dict[int, tuple[str, bool, str]] = {}
    for number, (font, index) in enumerate(formats):
        fill = f"#{colours[index]}" if index else ""
        struck, ink = fonts[font] if font < len(fonts) else (False, 0)
        coloured = f"#{colours[ink]}" if _FIRST_COLOUR < ink < len(colours) else ""
        look = ("" if fill and _is_ours(fill, ours) else fill, struck, coloured)
        if any(look):
            found[number] = look
    used = {font for font, _ in formats}
    return found, any(struck and number not in used for number, (struck, _) in enumerate(fonts))


def _is_ours(fill: str, ours: frozenset[str]) -> bool:
    return fill in ours or any(
        all(abs(int(fill[i : i + 2], 16) - int(own[i : i + 2], 16)) <= _CLOSE for i in (1, 3, 5))
        for own in ours
    )


def _sheet(stream: bytes, start: int, looks: Looks) -> SheetMarks:
    notes: dict[At, str] = {}
    texts: dict[int, str] = {}
    places: list[tuple[At, int]] = []
    fills: dict[At, str] = {}
    struck: set[At] = set()
    inks: dict[At, str] = {}
    merged: set[Area] = set()
    depth = number = missing = 0
    for kind, body, _ in biff_records(stream, start):
        if kind in (_BOF, _EOF):
            depth += 1 if kind == _BOF else -1  # a chart stands within a sheet
            if depth <= 0:
                break
        elif kind == _OBJ and len(body) >= 8:
            number = struct.unpack_from("<H", body, 6)[0]
        elif kind == _TEXT and len(body) >= 12:
            missing = struct.unpack_from("<H", body, 10)[0]
            texts[number] = ""
        elif kind == _CONTINUE and missing and len(body) > 1:
            wide = body[0] & 1
            text = body[1:].decode("utf-16-le" if wide else "latin-1", "replace")[:missing]
            texts[number] = texts.get(number, "") + text
            missing -= len(text)
        elif kind == _NOTE and len(body) >= 8:
            row, col, _flags, own = struct.unpack_from("<HHHH", body)
            places.append(((row, col), own))
        elif kind == _MERGES:
            merged.update(_merged(body))
        elif looks and len(fills) + len(struck) + len(inks) < _ALL:
            for at, form in _formats(kind, body):
                fill, is_struck, ink = looks.get(form, ("", False, ""))
                if ink:
                    inks[at] = ink
                if fill:
                    fills[at] = fill
                if is_struck:
                    struck.add(at)
    for at, own in places:
        if text := texts.get(own, "").replace("\r", "\n").strip():
            notes[at] = text
    areas = tuple(sorted(merged))
    return SheetMarks(notes, Marks(fills, frozenset(struck), inks=inks, merged=areas))


def _merged(body: bytes) -> Iterator[Area]:
    """The merged areas of a record (MS-XLS 2.4.168): how many, then rows and columns of each."""
    for at in range(2, len(body) - 7, 8):
        top, bottom, left, right = struct.unpack_from("<HHHH", body, at)
        if top <= bottom and left <= right:
            yield top, left, bottom, right


def _formats(kind: int, body: bytes) -> Iterator[tuple[At, int]]:
    """Every cell of a record, with the number of its format."""
    if kind in _SINGLE and len(body) >= 6:
        row, col, form = struct.unpack_from("<HHH", body)
        yield (row, col), form
    elif kind in (_MULRK, _MULBLANK) and len(body) >= 6:
        row, first = struct.unpack_from("<HH", body)
        size = 6 if kind == _MULRK else 2
        for number in range((len(body) - 6) // size):
            yield (row, first + number), struct.unpack_from("<H", body, 4 + number * size)[0]
