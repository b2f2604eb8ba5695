"""What a worker does with one file: functions that any executor's workers can import by name."""

from __future__ import annotations

from xlplan.workbook.book import Book
from xlplan.workbook.gate import Bounds


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
