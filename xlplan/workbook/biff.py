"""Formulas, errors and far cells of an old .xls workbook, which readers do not tell.

A compound file holds one stream of records (MS-XLS). Only as much of it is read as it takes to
walk the cells; whatever is not as it should be ends the walk, and the reader decides.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from xlplan.workbook.bounds import Bounds, Refused
from xlplan.workbook.compound import MALFORMED, Compound
from xlplan.workbook.extents import SHARED, Extent, far_cells
from xlplan.workbook.extents_other import ERROR_NAMES

_BOUNDSHEET, _FORMULA, _BOOLERR, _MULRK, _EOF = 0x85, 0x06, 0x205, 0xBD, 0x0A
_DIMENSIONS = 0x200
_SPECIAL = frozenset({_FORMULA, _BOOLERR, _MULRK})
_PLAIN = frozenset({0xFD, 0x203, 0x204, 0x27E, 0xD6})
_TRUTHS = (b"\x41\x22\x00", b"\x41\x23\x00", b"\x42\x00\x22\x00", b"\x42\x00\x23\x00", b"\x1d")
"""Parsed formulas TRUE() and FALSE(): somebody typed TRUE or FALSE."""


def scan_xls(data: bytes, bounds: Bounds) -> dict[str, Extent]:
    """The extent of each sheet by name. Raises `Refused` for cells too far away."""
    try:
        stream = workbook_stream(data)
    except MALFORMED:
        return {}
    extents: dict[str, Extent] = {}
    for name, start in boundsheets(stream):
        if name not in extents and len(extents) < bounds.sheets:
            extents[name] = _scan(stream, start, name, bounds)
    return extents


def boundsheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """The name of each sheet, and where its records begin."""
    for kind, body, _ in records(stream, 0):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and len(body) > 8 and body[5] == 0:
            yield _name(body[6:]), int.from_bytes(body[:4], "little")


def _name(body: bytes) -> str:
    """A sheet's name: length, flag, then one or two bytes a character."""
    length, wide = body[0], body[1] & 1
    text = body[2 : 2 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes, int]]:
    """Records from `at`: type, body, and the place after it."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4 + length
        yield kind, stream[at - length : at], at


def _scan(stream: bytes, start: int, name: str, bounds: Bounds) -> Extent:
    extent = Extent()
    for kind, body, _ in records(stream, start):
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
            raise Refused(far_cells(name, extent.rows, extent.columns))
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
        raise Refused(far_cells(name, rows, columns))


def workbook_stream(data: bytes) -> bytes:
    """The stream "Workbook", or "Book" of older files; empty where there is none."""
    file = Compound(data)
    found = next((each for each in file.entries if each.name in ("Workbook", "Book")), None)
    return file.stream(found) if found is not None else b""
