"""Compound files whose own numbers lie: each is read to its end, and to no more than it holds."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from xlplan.workbook.read.binary import Compound

FREE, END, TABLE, MORE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
"""What a table of sectors says of one that is free, the last, its own, or a list of tables."""


def header(
    tables: Sequence[int], directory: int, *, count: int = 0, minor: int = END, minors: int = 0,
    more: int = END, mores: int = 0,
) -> bytes:  # fmt: skip
    """The first sector (MS-CFB 2.2)."""
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    start += struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + bytes(4)
    fields = (0, count or len(tables), directory, 0, 4096, minor, minors, more, mores)
    return start + struct.pack("<9I", *fields) + numbers([*tables, *[FREE] * (109 - len(tables))])


def numbers(values: Iterable[int]) -> bytes:
    """Sector numbers as they are written."""
    values = list(values)
    return struct.pack(f"<{len(values)}I", *values)


def sector(*values: int) -> bytes:
    """A table of sectors."""
    return numbers([*values, *[FREE] * (128 - len(values))])


def entry(name: str, kind: int, *, right: int = FREE, child: int = FREE, first: int = 0,
          size: int = 0) -> bytes:  # fmt: skip
    """A line of the directory (MS-CFB 2.6)."""
    spelled = name.encode("utf-16-le")
    line = spelled.ljust(64, b"\0") + struct.pack("<HBB", len(spelled) + 2, kind, 1)
    return (
        line
        + struct.pack("<III", FREE, right, child)
        + bytes(36)
        + struct.pack("<III", first, size, 0)
    )


def listed(count: int) -> bytes:
    """A file with a list of empty streams where a tree should be."""
    streams = (
        entry(f"s{n}", 2, right=n + 1 if n < count else FREE, first=END)
        for n in range(1, count + 1)
    )
    directory = entry("Root Entry", 5, child=1) + b"".join(streams)
    directory += bytes(-len(directory) % 512)
    sectors = len(directory) // 512
    tables = sectors // 127 + 1
    chain = [*[TABLE] * tables, *range(tables + 1, tables + sectors), END]
    chain += [FREE] * (tables * 128 - len(chain))
    return header(range(tables), tables) + numbers(chain) + directory


LOOP = 200_000
ROOT, NONE = entry("Root Entry", 5, child=1), bytes(128)
LOOP = 200_000


def lengths(data: bytes) -> dict[str, int]:
    """How long each stream is, by its name."""
    file = Compound(data)
    return {path[-1]: len(file.stream(each)) for path, each in file.streams()}


def test_a_stream_whose_one_sector_follows_itself_is_one_sector() -> None:
    stream = entry("Workbook", 2, first=2, size=0x7F000000)
    data = header([0], 1) + sector(TABLE, END, 2) + ROOT + stream + NONE * 2 + bytes(512)
    assert lengths(data) == {"Workbook": 512}


def test_a_list_of_tables_that_follows_itself_is_read_once() -> None:
    start = header([0] * 109, 1, count=109 + 127 * LOOP, more=2, mores=LOOP)
    more = numbers([*[0] * 127, 2])
    stream = entry("Workbook", 2, first=END)
    file = Compound(start + sector(TABLE, END, MORE) + ROOT + stream + NONE * 2 + more)
    assert [path for path, _ in file.streams()] == [("Workbook",)]
    assert len(file.fat) <= 4 * 128 + 512


def test_a_table_of_small_sectors_that_follows_itself_is_one_sector() -> None:
    root = entry("Root Entry", 5, child=1, first=2, size=64)
    stream = entry("Workbook", 2, size=10)
    start = header([0], 1, minor=2, minors=0x7FFFFFFF) + sector(TABLE, END, 2)
    assert lengths(start + root + stream + NONE * 2 + bytes(512)) == {"Workbook": 10}


def test_streams_may_stand_in_a_list_where_a_tree_should_be() -> None:
    assert lengths(listed(3_000)) == {f"s{number}": 0 for number in range(1, 3_001)}
