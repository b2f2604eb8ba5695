"""Compound files (MS-CFB): what old workbooks and Outlook's messages are kept in.

Only reading, and nothing is trusted: chains that loop end, and what is not there is empty.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_SMALL = 4096
"""Streams shorter than this stand in small sectors."""
_ENTRY = 128
_STORAGE, _STREAM = 1, 2
MALFORMED = (struct.error, IndexError, ValueError)
"""What `Compound` raises for bytes that are no compound file."""


@dataclass(frozen=True, slots=True)
class Entry:
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
