"""What a worker does with one file: functions that any executor's workers can import by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xlplan.errors import Problem
from xlplan.workbook.book import Book
from xlplan.workbook.gate import Bounds
from xlplan.workbook.inbox import read_bytes

Work = Callable[[bytes, str, Bounds], Book]
"""What is done with the bytes of a file, the name to report it by, and how much it may hold."""


def bytes_or_book(file: Path | bytes, name: str, bounds: Bounds) -> bytes | Book:
    """The bytes of a file, or the book that says why it cannot be opened."""
    data = file if isinstance(file, bytes) else read_bytes(file, bounds)
    if isinstance(data, Problem):
        return Book(name, "", problems=(Problem(data.code, name, data.message),))
    return data


def do_one(work: Work, file: str | bytes, name: str, bounds: Bounds) -> Book:
    """The book that `work` makes of a file, given by its path or its bytes."""
    data = bytes_or_book(file if isinstance(file, bytes) else Path(file), name, bounds)
    return data if isinstance(data, Book) else work(data, name, bounds)


def read_one(data: bytes, name: str, bounds: Bounds) -> Book:
    """What a worker does with one file: `read_book`, importable by any executor's workers."""
    from xlplan.workbook.reading import read_book

    return read_book(data, name, bounds)


def read_one_in_detail(data: bytes, name: str, bounds: Bounds) -> Book:
    """`read_one` with colours, merged and hidden cells: the `work` for importing a plan."""
    from xlplan.workbook.reading import read_book

    return read_book(data, name, bounds, detail=True)


def read_one_return(data: bytes, name: str, bounds: Bounds, *, ours: frozenset[str]) -> Book:
    """`read_one` with what was said by colours, lines and boxes; `ours` are our own fills."""
    from xlplan.workbook.reading import read_book

    return read_book(data, name, bounds, ours=ours)


def open_one(data: bytes, name: str, bounds: Bounds) -> Book:
    """What a worker does with an archive or a message: `open_wrapper`."""
    from xlplan.workbook.wrappers import open_wrapper

    return open_wrapper(data, name, bounds)
