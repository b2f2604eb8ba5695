"""What people say with colours and lines in an OpenDocument spreadsheet."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from xlplan.workbook.read.book import At
from xlplan.workbook.read.bounds import Refused
from xlplan.workbook.read.compound import MALFORMED
from xlplan.workbook.read.extents import parse
from xlplan.workbook.read.extents_other import biff_records, boundsheets, repeated, workbook_stream
from xlplan.workbook.read.marks import Marks

_CELLS = ("table:table-cell", "table:covered-table-cell")
_MOST = 1_000
"""How often one cell or row that repeats is marked: formats may reach to the end of a sheet."""
_ALL = 100_000
"""Marks of one sheet that are kept."""
_DEEPEST = 20
"""Styles that one style may follow from."""


def read_ods_marks(parts: Mapping[str, bytes], ours: frozenset[str]) -> dict[str, Marks]:
    """The marks of each sheet by name; `ours` are fills (``#RRGGBB``) that are the template's."""
    content = parts.get("content.xml", b"")
    if b"line-through" not in content and b"background-color" not in content:
        return {}
    styles = _Styles(ours)
    with contextlib.suppress(Refused):  # no cell is in there
        parse(parts.get("styles.xml", b""), styles.start, styles.end, _nothing)
    parse(content, styles.start, styles.end, _nothing)
    cells = _Cells(styles)
    parse(content, cells.start, cells.end, cells.data)
    return {
        name: Marks(cells.fills.get(name, {}), frozenset(cells.struck.get(name, ())))
        for name in {*cells.fills, *cells.struck}
    }


def _nothing(_: str) -> None:
    """A handler that does nothing."""


@dataclass
class _Style:
    parent: str = ""
    fill: str | None = None
    struck: bool | None = None


@dataclass
class _Styles:
    """The styles of cells and of texts, which follow from one another."""

    ours: frozenset[str]
    named: dict[tuple[str, str], _Style] = field(default_factory=dict)
    current: _Style | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in a style, or what it says."""
        if name == "style:style":
            self.current = _Style(attributes.get("style:parent-style-name", ""))
            family = attributes.get("style:family", "")
            self.named[family, attributes.get("style:name", "")] = self.current
        elif self.current is None:
            return
        elif name == "style:table-cell-properties":
            colour = attributes.get("fo:background-color")
            if colour is not None:
                self.current.fill = colour.upper() if colour.startswith("#") else ""
        elif name == "style:text-properties":
            line = attributes.get("style:text-line-through-style")
            if line is None:
                line = attributes.get("style:text-line-through-type")
            if line is not None:
                self.current.struck = line != "none"

    def end(self, name: str) -> None:
        """End a style."""
        if name == "style:style":
            self.current = None

    def look(self, family: str, name: str) -> tuple[str, bool]:
        """The fill that a style gives, where it is not ours, and whether it strikes out."""
        fill: str | None = None
        struck: bool | None = None
        for _ in range(_DEEPEST):
            found = self.named.get((family, name))
            if found is None:
                break
            fill = found.fill if fill is None else fill
            struck = found.struck if struck is None else struck
            name = found.parent
        return ("" if fill in self.ours else fill or ""), bool(struck)


class _Cells:
    """Handlers that follow the cells and the styles they have."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.looks: dict[tuple[str, str], tuple[str, bool]] = {}
        self.fills: dict[str, dict[At, str]] = {}
        self.struck: dict[str, set[At]] = {}
        self.sheet = ""
        self.usual: list[tuple[int, str]] = []
        self.row = self.col = 0
        self.rows = self.columns = 1
        self.row_style = self.cell_style = ""
        self.notes = 0
        self.spans: list[bool] = []
        self.struck_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a sheet, a row, a cell, or a part of its text."""
        if name == "table:table":
            self.sheet, self.row, self.usual = attributes.get("table:name", ""), 0, []
        elif name == "table:table-column":
            count = repeated(attributes.get("table:number-columns-repeated"))
            self.usual.append((count, attributes.get("table:default-cell-style-name", "")))
        elif name == "table:table-row":
            self.col = 0
            self.rows = repeated(attributes.get("table:number-rows-repeated"))
            self.row_style = attributes.get("table:default-cell-style-name", "")
        elif name in _CELLS:
            self.columns = repeated(attributes.get("table:number-columns-repeated"))
            self.cell_style = attributes.get("table:style-name", "")
            self.struck_text = False
        elif name == "office:annotation":
            self.notes += 1
        elif name == "text:span":
            self.spans.append(self._look("text", attributes.get("text:style-name", ""))[1])

    def data(self, text: str) -> None:
        """A part of a cell's text, which may be struck out."""
        if not self.notes and any(self.spans) and text.strip():
            self.struck_text = True

    def end(self, name: str) -> None:
        """End a part of a text, a cell or a row."""
        if name == "text:span" and self.spans:
            self.spans.pop()
        elif name == "office:annotation":
            self.notes -= 1
        elif name in _CELLS:
            self._mark()
            self.col += self.columns
        elif name == "table:table-row":
            self.row += self.rows

    def _mark(self) -> None:
        style = self.cell_style or self.row_style or self._usual_style()
        fill, struck = self._look("table-cell", style)
        struck = struck or self.struck_text
        if not fill and not struck:
            return
        fills = self.fills.setdefault(self.sheet, {})
        strikes = self.struck.setdefault(self.sheet, set())
        for row in range(self.row, self.row + min(self.rows, _MOST)):
            for col in range(self.col, self.col + min(self.columns, _MOST)):
                if len(fills) + len(strikes) >= _ALL:
                    return
                if fill:
                    fills[row, col] = fill
                if struck:
                    strikes.add((row, col))

    def _usual_style(self) -> str:
        at = 0
        for count, style in self.usual:
            at += count
            if self.col < at:
                return style
        return ""

    def _look(self, family: str, name: str) -> tuple[str, bool]:
        if (family, name) not in self.looks:
            self.looks[family, name] = self.styles.look(family, name)
        return self.looks[family, name]


_EOF, _NOTE, _FONT, _CONTINUE, _OBJ = 0x0A, 0x1C, 0x31, 0x3C, 0x5D
_BOF, _PALETTE, _MULRK, _MULBLANK, _FORMAT, _TEXT = 0x809, 0x92, 0xBD, 0xBE, 0xE0, 0x1B6
_SINGLE = frozenset({0x06, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
"""Records of one cell: its row, its column and its format."""
_SOLID, _FIRST_COLOUR = 1, 8
_STRUCK = 0x08
_CLOSE = 8
"""How far each part of a colour may be from one of ours and still be it: a workbook of this kind
has 56 colours, and programs put others to the nearest."""


_ALL_XLS = 100_000
"""Marks of one sheet that are kept."""


@dataclass(frozen=True)
class SheetMarks:
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


Looks = Mapping[int, tuple[str, bool]]
"""Fill and strikethrough of each cell format that has either, by its number."""


def _looks(stream: bytes, ours: frozenset[str]) -> tuple[Looks, bool]:
    """What the formats of cells say, and whether a font that is struck out is in none of them."""
    from openpyxl.styles.colors import COLOR_INDEX

    colours = [colour[-6:] for colour in COLOR_INDEX[:64]]
    fonts: list[bool] = []
    formats: list[tuple[int, int]] = []
    for kind, body, _ in biff_records(stream, 0):
        if kind == _EOF:
            break
        if kind == _FONT and len(body) >= 4:
            fonts.append(bool(body[2] & _STRUCK))
            if len(fonts) == 4:
                fonts.append(False)  # no font has the number 4
        elif kind == _PALETTE:
            for number in range((len(body) - 2) // 4):
                if _FIRST_COLOUR + number < len(colours):
                    at = 2 + 4 * number
                    colours[_FIRST_COLOUR + number] = body[at : at + 3].hex().upper()
        elif kind == _FORMAT and len(body) == 20:
            font, pattern, colour = struct.unpack_from("<H", body)[0], body[17] >> 2, body[18] & 127
            solid = pattern == _SOLID and _FIRST_COLOUR <= colour < len(colours)
            formats.append((font, colour if solid else 0))
    found: dict[int, tuple[str, bool]] = {}
    for number, (font, index) in enumerate(formats):
        fill = f"#{colours[index]}" if index else ""
        look = ("" if fill and _is_ours(fill, ours) else fill, font < len(fonts) and fonts[font])
        if any(look):
            found[number] = look
    used = {font for font, _ in formats}
    return found, any(each and number not in used for number, each in enumerate(fonts))


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
        elif looks and len(fills) + len(struck) < _ALL_XLS:
            for at, form in _formats(kind, body):
                fill, is_struck = looks.get(form, ("", False))
                if fill:
                    fills[at] = fill
                if is_struck:
                    struck.add(at)
    for at, own in places:
        if text := texts.get(own, "").replace("\r", "\n").strip():
            notes[at] = text
    return SheetMarks(notes, Marks(fills, frozenset(struck)))


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
