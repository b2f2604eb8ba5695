"""Where a new page begins, so that no title stands last on one and no row is cut.

Excel and LibreOffice break pages by their own reckoning of heights. All breaks are set here, a
little early, so that both print the same pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from xlplan.workbook.write.measure import row_heights
from xlplan.workbook.write.sheet import Page, Sheet

_LONG = {"A3": 1190.6, "A4": 841.9}
_SHORT = {"A3": 841.9, "A4": 595.3}
_ACROSS, _DOWN = 0.8 * 72, 1.2 * 72
"""Margins on both sides together, in points, as the writer sets them."""
_EARLY = 0.97
_DEFAULT = 15.0
MOST_BREAKS = 1000
"""Excel keeps 1,026 breaks; a sheet that needs more is left to break by itself."""


def paged(sheet: Sheet, kept: Collection[int] = ()) -> Sheet:
    """The sheet with the heights of its rows worked out and its pages broken; see the module.

    `kept` are rows that stay with the row that follows.
    """
    heights = row_heights(sheet)
    rows = [
        row if row.height == height else replace(row, height=height)
        for row, height in zip(sheet.rows, heights, strict=True)
    ]
    breaks = page_breaks(sheet, heights, kept)
    if len(breaks) > MOST_BREAKS:
        breaks = ()
    return replace(sheet, rows=rows, page=replace(sheet.page, breaks=breaks))


def scale(sheet: Sheet) -> float:
    """How much smaller than life the sheet prints so as to be one page wide; 1 at most."""
    width = sum((column.width * 7 + 5) * 0.75 for column in sheet.columns if not column.hidden)
    across = (_LONG if sheet.page.landscape else _SHORT)[sheet.page.paper] - _ACROSS
    return min(1.0, across / width) if width else 1.0


def room(page: Page) -> float:
    """Points from the top margin to the bottom one."""
    return (_SHORT if page.landscape else _LONG)[page.paper] - _DOWN


def page_height(sheet: Sheet) -> float:
    """Points of the sheet's own height that fit on one page."""
    return room(sheet.page) / scale(sheet) * _EARLY


def page_breaks(
    sheet: Sheet, heights: Sequence[float], kept: Collection[int] = ()
) -> tuple[int, ...]:
    """The rows (from 0) with which a page after the first begins."""
    capacity = page_height(sheet)
    tall = [height or _DEFAULT for height in heights]
    first, last = sheet.page.repeat_rows or (0, -1)
    repeated = sum(tall[first : last + 1])
    held = frozenset(kept)
    breaks: list[int] = []
    start, used = 0, 0.0
    for row, height in enumerate(tall):
        if row > start and used + height > capacity:
            at = row
            while at - 1 > start and at - 1 in held:
                at -= 1
            breaks.append(at)
            start = at
            used = sum(tall[at:row]) + (repeated if at > last else 0)
        used += height
    return tuple(breaks)
