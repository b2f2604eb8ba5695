"""A binary workbook (.xlsb): records of type and length instead of XML (MS-XLSB 2.1.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlplan.workbook.read.book import ERROR_NAMES, SHARED, Extent
from xlplan.workbook.read.inbox import Bounds
from xlplan.workbook.read.parts import part_named

_ROW_HEADER = 0
_BLANK = 1
_ERROR_CELLS = frozenset({3, 11})
_FORMULA_CELLS = frozenset({8, 9, 10, 11})
_CELLS = frozenset(range(2, 12))
_NUMBERS = frozenset({2, 5, 9})
_SHORT_CELLS = frozenset(range(13, 19))
"""Cells that leave out their column, the one after the last (MS-XLSB 2.4.19 and on): some
programs write them, and readers pass over them."""
_MERGE = 176


def scan_binary_sheet(data: bytes, bounds: Bounds) -> Extent:
    """The extent of a sheet of an xlsb workbook.

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
            if record in _NUMBERS:
                extent.styled[row, col] = int.from_bytes(body[4:7], "little")
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


_BUNDLE_SHEET = 156


def binary_sheets(data: bytes) -> tuple[tuple[str, str, bool], ...]:
    """Name, relation id and whether it can be seen, of every sheet: from BrtBundleSh records
    (MS-XLSB 2.4.304)."""
    named: list[tuple[str, str, bool]] = []
    for record, body in records(data):
        if record == _BUNDLE_SHEET and len(body) > 12:
            size = int.from_bytes(body[8:12], "little") * 2
            relation = body[12 : 12 + size].decode("utf-16-le", "replace")
            name = body[16 + size :].decode("utf-16-le", "replace")
            named.append((name, relation, not any(body[:4])))
    return tuple(named)
