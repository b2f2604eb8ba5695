"""What people say with notes, colours and lines in an old .xls workbook (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from xlplan.workbook.biff import boundsheets, records, workbook_stream
from xlplan.workbook.book import At
from xlplan.workbook.compound import MALFORMED
from xlplan.workbook.marks import Marks

_EOF, _NOTE, _FONT, _CONTINUE, _OBJ = 0x0A, 0x1C, 0x31, 0x3C, 0x5D
_BOF, _PALETTE, _MULRK, _MULBLANK, _FORMAT, _TEXT = 0x809, 0x92, 0xBD, 0xBE, 0xE0, 0x1B6
_SINGLE = frozenset({0x06, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
"""Records of one cell: its row, its column and its format."""
_SOLID, _FIRST_COLOUR = 1, 8
_STRUCK = 0x08
_CLOSE = 8
"""How far each part of a colour may be from one of ours and still be it: a workbook of this kind
has 56 colours, and programs put others to the nearest."""


_ALL = 100_000
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
    for kind, body, _ in records(stream, 0):
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
    for kind, body, _ in records(stream, start):
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
        elif looks and len(fills) + len(struck) < _ALL:
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
