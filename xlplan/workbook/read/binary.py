"""Binary formats: compound files (MS-CFB: old workbooks, Outlook's messages), and the records of
.xlsb (MS-XLSB 2.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from xlplan.workbook.read.book import ERROR_NAMES, SHARED, Extent
from xlplan.workbook.read.inbox import Bounds
from xlplan.workbook.read.parts import part_named

_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_SMALL = 4096
"""Streams shorter than this stand in small sectors."""
_ENTRY = 128
_STORAGE, _STREAM = 1, 2
MALFORMED = (struct.error, IndexError, ValueError)
"""What `Compound` raises for bytes that are no compound file."""


class Entry(Struct, frozen=True):
    """One line of the directory: `kind` 1 is a folder, 2 a stream, 5 the root."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    first: int
    length: int


class Compound:
    """A compound file. Raises one of `MALFORMED` where `data` is none."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size: int = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        if self.size not in (512, 4096):
            raise ValueError("sectors of a size that no such file has")
        self.fat = self._table()
        directory = struct.unpack_from("<I", data, 48)[0]
        self.entries = tuple(_entries(self._chain(directory)))

    def _table(self) -> list[int]:
        """Which sector follows which (MS-CFB 2.3 and 2.5)."""
        data, size = self.data, self.size
        count, extra = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 68)[0]
        tables = [n for n in struct.unpack_from("<109I", data, 76) if n < _END]
        seen: set[int] = set()
        while extra < _END and extra not in seen and len(tables) < count:
            seen.add(extra)
            more = struct.unpack_from(f"<{size // 4}I", data, (extra + 1) * size)
            tables += [n for n in more[:-1] if n < _END]
            extra = more[-1]
        fat: list[int] = []
        for table in tables[:count]:
            fat += struct.unpack_from(f"<{size // 4}I", data, (table + 1) * size)
            if len(fat) > len(data) // size + size:
                break  # more than the file can have: the same table named again and again
        return fat

    def stream(self, entry: Entry) -> bytes:
        """The bytes of a stream."""
        if entry.length >= _SMALL:
            return self._chain(entry.first)[: entry.length]
        return _follow(self._short, self._short_table, entry.first, 64, 0)[: entry.length]

    def place(self, entry: Entry, at: int) -> int:
        """Where in the file the byte `at` of a stream stands."""
        sector = entry.first
        if entry.length < _SMALL:
            at += (_nth(self._short_table, sector, at // 64) - at // 64) * 64
            sector = self.entries[0].first
        return (_nth(self.fat, sector, at // self.size) + 1) * self.size + at % self.size

    def streams(self) -> Iterator[tuple[tuple[str, ...], Entry]]:
        """Every stream with its path from the root."""
        todo: list[tuple[tuple[str, ...], int]] = [((), self.entries[0].child)]
        seen: set[int] = set()
        while todo:
            folder, number = todo.pop()
            if number in seen or number >= len(self.entries):
                continue
            seen.add(number)
            entry = self.entries[number]
            todo += [(folder, entry.left), (folder, entry.right)]
            if entry.kind == _STORAGE:
                todo.append(((*folder, entry.name), entry.child))
            elif entry.kind == _STREAM:
                yield (*folder, entry.name), entry

    @cached_property
    def _short(self) -> bytes:
        """The root's own stream, in which short streams stand."""
        return self._chain(self.entries[0].first)

    @cached_property
    def _short_table(self) -> list[int]:
        table = self._chain(struct.unpack_from("<I", self.data, 60)[0])
        return list(struct.unpack(f"<{len(table) // 4}I", table))

    def _chain(self, sector: int) -> bytes:
        return _follow(self.data, self.fat, sector, self.size, self.size)


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        line = directory[at : at + _ENTRY]
        length = min(max(0, struct.unpack_from("<H", line, 64)[0] - 2), 62)
        name = line[:length].decode("utf-16-le", "replace")
        left, right, child = struct.unpack_from("<III", line, 68)
        first, size = struct.unpack_from("<II", line, 116)
        yield Entry(name, line[66], left, right, child, first, size)


def _nth(table: list[int], sector: int, steps: int) -> int:
    """The sector of a chain that comes so many after this one."""
    for _ in range(steps):
        sector = table[sector]
    return sector


def _follow(data: bytes, table: list[int], sector: int, size: int, before: int) -> bytes:
    """The sectors of a chain in their order, `before` bytes in; a loop ends it."""
    pieces: list[bytes] = []
    seen: set[int] = set()
    while sector < len(table) and sector not in seen:
        seen.add(sector)
        pieces.append(data[before + sector * size : before + (sector + 1) * size])
        sector = table[sector]
    return b"".join(pieces)


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
            top, left, bottom, right = _merged(body)
            extent.merge(bottom - top, right - left)
        if extent.cells > bounds.cells:
            break
    return extent


def binary_merges(data: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """The merged areas of a sheet: first row, first column, last row, last column of each."""
    found = {_merged(body) for kind, body in records(data) if kind == _MERGE}
    return tuple(sorted(area for area in found if area[:2] != area[2:]))


def _merged(body: bytes) -> tuple[int, int, int, int]:
    """A merged area (MS-XLSB 2.4.701), which has its rows first; of a record that is cut off, one
    cell."""
    top, bottom, left, right = struct.unpack_from("<IIII", body) if len(body) >= 16 else (0,) * 4
    return top, left, max(top, bottom), max(left, right)


_FONT, _FILL = 43, 45
_USUAL_FILLS = 2
"""Fills that every workbook has: none, and grey dots."""
_STRUCK = 0x08


def has_looks(parts: Mapping[str, bytes]) -> bool:
    """Whether an xlsb workbook has fills or lines through its texts."""
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
