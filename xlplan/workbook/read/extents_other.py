"""The extents of sheets that are not Open XML: OpenDocument and binary workbooks."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Set
from itertools import islice

from xlplan.workbook.read.bounds import Bounds, Choice, Unfit
from xlplan.workbook.read.compound import MALFORMED, Compound, Entry
from xlplan.workbook.read.extents import SHARED, Extent, far_cells, many_together, parse
from xlplan.workbook.read.parts import part_named

_MOST_SPACES = 1 << 24
"""Spaces that a document may ask for by their number."""


class _OdsParser:
    """Handlers that follow repeated rows and cells without repeating them."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.extents: dict[str, Extent] = {}
        self.names: list[str] = []
        self.notes: dict[str, dict[tuple[int, int], str]] = {}
        self.row = self.col = 0
        self.repeat_rows = self.repeat_cells = 1
        self.attributes: dict[str, str] = {}
        self.cell: list[str] | None = None
        self.note: list[str] | None = None
        self.tabs = self.in_text = False
        self.spaces, self.paragraphs = _MOST_SPACES, 0
        self.widest = 0
        self.style = ""
        self.hiding: set[str] = set()
        """The styles that hide a table."""
        self.hidden: set[str] = set()
        self.unfit: dict[str, Unfit] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table" and self.cell is None:
            self._open_table(attributes)
        elif name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hiding.add(self.style)
        elif name == "table:table-row":
            self.col = 0
            self.widest = 0
            self.repeat_rows = repeated(attributes.get("table:number-rows-repeated"))
        elif name in ("table:table-cell", "table:covered-table-cell") and self.names:
            self.repeat_cells = repeated(attributes.get("table:number-columns-repeated"))
            self.attributes, self.cell, self.tabs, self.paragraphs = attributes, [], False, 0
        elif name == "office:annotation":
            self.note = []
        elif self.note is not None:
            self._in_note(name)
        elif self.cell is not None:
            self.cell.append(self._spaced(name, attributes))

    def _open_table(self, attributes: dict[str, str]) -> None:
        self.names.append(attributes.get("table:name", ""))
        self.extents[self.names[-1]] = Extent()
        self.row = 0
        if attributes.get("table:style-name", "") in self.hiding:
            self.hidden.add(self.names[-1])

    def _in_note(self, name: str) -> None:
        """Of a note only its paragraphs are its text: who made it and when stand beside them."""
        if name == "text:p":
            self.in_text = True
        if self.note and name in ("text:p", "text:line-break"):
            self.note.append("\n")
        elif name in ("text:s", "text:tab") and self.note is not None:
            self.note.append(" ")

    def _spaced(self, name: str, attributes: dict[str, str]) -> str:
        """The characters that an element within a cell's text stands for."""
        if name == "text:p":
            self.in_text = True
            self.paragraphs += 1
            return "\n" if self.paragraphs > 1 else ""
        if name == "text:s":
            count = min(repeated(attributes.get("text:c")), self.spaces)
            self.spaces -= count
            return " " * count
        if name == "text:tab":
            self.tabs = True
            return "\t"
        return "\n" if name == "text:line-break" else ""

    def data(self, text: str) -> None:
        if self.note is not None:
            if self.in_text:
                self.note.append(text)
        elif self.cell is not None and (self.in_text or text.strip()):
            self.cell.append(text)

    def end(self, name: str) -> None:
        if name == "office:annotation" and self.note is not None and self.names:
            text = "".join(self.note).strip()
            self.notes.setdefault(self.names[-1], {})[(self.row, self.col)] = text
            self.note = None
        elif name == "text:p":
            self.in_text = False
        elif name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._close_cell("".join(self.cell))
            self.cell = None
            self.col += self.repeat_cells
        elif name == "table:table-row" and self.names:
            if self.widest and self.names[-1] not in self.unfit:
                extent = self.extents[self.names[-1]]
                extent.reach(self.row + self.repeat_rows - 1, self.widest - 1)
                extent.cells += self.repeat_rows * self.widest
                self._check(extent)
            self.row += self.repeat_rows

    def _close_cell(self, text: str) -> None:
        kind = self.attributes.get("office:value-type", "")
        formula = self.attributes.get("table:formula", "")
        if not (kind or formula or text.strip()) or self.names[-1] in self.unfit:
            return
        extent = self.extents[self.names[-1]]
        at = (self.row, self.col)
        self.widest = self.col + self.repeat_cells
        if self.widest > self.bounds.columns:
            self._leave(far_cells(self.names[-1], self.row + 1, self.widest))
            return
        if formula:
            extent.add_formula(at, formula.removeprefix("of:").removeprefix("="))
        if self.attributes.get("calcext:value-type") == "error":
            extent.errors[at] = text.strip() or "#N/A"
        elif text.strip():
            extent.filled = True
            if self.tabs:
                extent.typed |= {(self.row, col): text for col in range(self.col, self.widest)}

    def _check(self, extent: Extent) -> None:
        try:
            extent.check(self.names[-1], self.bounds)
        except Unfit as unfit:
            self._leave(unfit)

    def _leave(self, unfit: Unfit) -> None:
        """Look no further at this table, nor keep what was seen of it."""
        self.unfit[unfit.sheet] = unfit
        self.extents[unfit.sheet] = Extent()


def repeated(text: str | None) -> int:
    """A repeat count; what is not a number counts as one, as readers have it."""
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 12 else 1


def scan_ods(
    content: bytes, bounds: Bounds, choice: Choice
) -> tuple[dict[str, Extent], dict[str, dict[tuple[int, int], str]]]:
    """The extents of the sheets of an OpenDocument spreadsheet that are read, and their notes, by
    sheet name."""
    handlers = _OdsParser(bounds)
    parse(content, handlers.start, handlers.end, handlers.data)
    choice.hidden = frozenset(handlers.hidden)
    for unfit in handlers.unfit.values():
        choice.pass_over(unfit)
    sizes = {sheet: extent.cells for sheet, extent in handlers.extents.items()}
    choice.fit(sizes, bounds.cells, many_together)
    for sheet in choice.passed:
        handlers.extents.pop(sheet)
        handlers.notes.pop(sheet, None)
    return handlers.extents, handlers.notes


_ROW_HEADER = 0
_BLANK = 1
_ERROR_CELLS = frozenset({3, 11})
_FORMULA_CELLS = frozenset({8, 9, 10, 11})
_CELLS = frozenset(range(2, 12))
_SHORT_CELLS = frozenset(range(13, 19))
"""Cells that leave out their column, the one after the last (MS-XLSB 2.4.19 and on): some
programs write them, and readers pass over them."""
_MERGE = 176
ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


def scan_binary_sheet(data: bytes, bounds: Bounds) -> Extent:
    """The extent of a sheet of an xlsb workbook (MS-XLSB 2.1.4: records of type and length).

    The text of a formula is not in the file, so it is given as `SHARED`.
    """
    extent = Extent()
    row = 0
    for record, body in records(data):
        length = len(body)
        if record == _ROW_HEADER and length >= 4:
            row = int.from_bytes(body[:4], "little")
        elif record in _CELLS and length >= 8:
            col = int.from_bytes(body[:4], "little")
            extent.reach(row, col)
            extent.cells += 1
            extent.filled = extent.filled or record not in _ERROR_CELLS | _FORMULA_CELLS
            if record in _FORMULA_CELLS:
                extent.formulas[row, col] = SHARED
            if record in _ERROR_CELLS:
                extent.errors[row, col] = ERROR_NAMES.get(body[8] if length > 8 else 0x2A, "#N/A")
        elif record == _BLANK:
            extent.cells += 1
        elif record in _SHORT_CELLS:
            extent.cells += 1
            extent.unread = True
        elif record == _MERGE:
            extent.merges += 1
        if extent.cells > bounds.cells:
            break
    return extent


_FONT, _FILL = 43, 45
_USUAL_FILLS = 2
"""Fills that every workbook has: none, and grey dots."""
_STRUCK = 0x08


def has_looks(parts: Mapping[str, bytes]) -> bool:
    """Whether an xlsb workbook has notes, fills or lines through its texts."""
    if any("comments" in name.lower() for name in parts):
        return True
    looks = [(kind, body) for kind, body in records(part_named(parts, "xl/styles.bin"))
             if kind in (_FONT, _FILL)]  # fmt: skip
    fills = sum(kind == _FILL for kind, _ in looks)
    return fills > _USUAL_FILLS or any(k == _FONT and b[2:3] and b[2] & _STRUCK for k, b in looks)


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a binary part, type and body, as far as they are whole."""
    position = 0
    while position < len(data):
        record, position = _number(data, position, 2)
        length, position = _number(data, position, 4)
        body = data[position : position + length]
        if len(body) < length:
            return
        yield record, body
        position += length


def _number(data: bytes, position: int, most: int) -> tuple[int, int]:
    """A number of at most `most` bytes of seven bits each, and the position after it."""
    number = 0
    for step in range(most):
        byte = data[position] if position < len(data) else 0
        position += 1
        number |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            break
    return number, position


_BOUNDSHEET, _FORMULA, _BOOLERR, _MULRK, _EOF = 0x85, 0x06, 0x205, 0xBD, 0x0A
_DIMENSIONS = 0x200
_UNSEEN = 0x03
"""The bits of a sheet's state that say that it is hidden."""
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


def boundsheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """The name of each sheet, and where its biff_records begin."""
    return ((name, start) for name, start, _ in _listed(stream))


def _listed(stream: bytes) -> Iterator[tuple[str, int, bool]]:
    """The name of each sheet, where its biff_records begin, and whether it can be seen."""
    for kind, body, _ in biff_records(stream, 0):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and len(body) > 8 and body[5] == 0:
            yield _name(body[6:]), int.from_bytes(body[:4], "little"), not body[4] & _UNSEEN


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
        if kind not in _PLAIN | _SPECIAL or len(body) < 6:
            continue
        row, col = struct.unpack_from("<HH", body)
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
    return next((each for each in file.entries if each.name in ("Workbook", "Book")), None)
