"""Blank cells under an area that a lead merged: nobody emptied them, so they say nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from xlplan.workbook.book import At, ReadSheet, a1

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def covered(sheet: ReadSheet, first: int, columns: Collection[int]) -> Mapping[At, Area]:
    """The blank cells of these columns, from the row `first` on, that another cell was merged
    over, each with its area. A template merges nothing over its inputs."""
    found: dict[At, Area] = {}
    for area in sheet.merged:
        top, left, bottom, right = area
        for row in range(max(top, first), min(bottom, len(sheet.rows) - 1) + 1):
            for col in columns:
                at = (row, col)
                if left <= col <= right and at != (top, left) and _is_blank(sheet, at):
                    found[at] = area
    return found


def _is_blank(sheet: ReadSheet, at: At) -> bool:
    row = sheet.rows[at[0]]
    value = row[at[1]] if at[1] < len(row) else None
    return value is None and at not in sheet.formulas and at not in sheet.errors


def areas_told(cells: Mapping[At, Area]) -> Iterator[tuple[At, str]]:
    """The first cell of each of these areas, and what is said of it."""
    for top, left, bottom, right in sorted(set(cells.values())):
        span = f"{a1(top, left)}:{a1(bottom, right)}"
        yield (
            (top, left),
            (
                f"The cells {span} were merged. Those that the first one covers were read as not "
                "touched; enter by hand what was meant for them."
            ),
        )
