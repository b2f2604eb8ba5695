"""Sheets from tables written as text, and what `new` makes of them."""

from __future__ import annotations

from msgspec.structs import replace

from xlplan.plan.values import show
from xlplan.source.importing import Source, read_source
from xlplan.workbook.read.book import Book, CellValue, ReadSheet


def sheet(text: str, name: str = "Plan", **more: object) -> ReadSheet:
    r"""A sheet from a text table: a line is a row, ``|`` parts cells, ``\n`` breaks a line.

    A line with one cell is merged across the sheet; ``""`` lines are blank rows.
    """
    lines = [line.strip() for line in text.strip("\n").split("\n")]
    rows: list[list[CellValue]] = []
    merged: list[tuple[int, int, int, int]] = []
    width = max(line.count("|") for line in lines)
    for number, line in enumerate(lines):
        parts = [part.strip().replace("\\n", "\n") or None for part in line.split("|")]
        if len(parts) == 1 and parts[0]:
            merged.append((number, 0, number, width))
        rows.append([*parts, *([None] * (width + 1 - len(parts)))])
    return replace(ReadSheet(name, rows, merged=tuple(merged)), **more)


def book(*sheets: ReadSheet) -> Book:
    return Book("plan.xlsx", "xlsx", sheets)


def read(*texts: str) -> Source:
    return read_source(
        book(*(sheet(text, f"Sheet {n}") for n, text in enumerate(texts, 1))), plan_id="plan"
    )


def column(source: Source, field: str, kind: str = "action") -> list[str]:
    return [show(row.values.get(field)) for row in source.rows if row.kind == kind]


def fates(source: Source) -> list[tuple[int, str, str]]:
    return [(line.row, line.fate, line.detail) for line in source.account]
