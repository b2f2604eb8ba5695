"""How the rows of a workbook lie that is filled in: where they begin and end, how high they are,
what is merged over them, and what rows share whose cells have the same looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from xlsxwriter.utility import xl_col_to_name

from xlplan.workbook.write.sheet import Cell, Merge, Sheet, Style
from xlplan.workbook.write.skeletons import MoreError, extent_of

_PLAIN_HEIGHT = 20
"""Pixels of a row that nobody set."""


@lru_cache(maxsize=256)
def letters(count: int) -> Sequence[str]:
    """The names of so many columns."""
    return [xl_col_to_name(index) for index in range(count)]


def is_single(merge: Merge) -> bool:
    """Whether a merged area is a cell."""
    area = merge.area
    return (area.first_row, area.first_col) == (area.last_row, area.last_col)


def overlaid(sheet: Sheet) -> dict[int, dict[int, tuple[Cell, bool]]]:
    """The cells of merged areas by row and column, and whether each is the first of its area."""
    over: dict[int, dict[int, tuple[Cell, bool]]] = defaultdict(dict)
    for merge in sheet.merges:
        area, blank = merge.area, Cell(None, merge.cell.style)
        for row in range(area.first_row, area.last_row + 1):
            for col in range(area.first_col, area.last_col + 1):
                first = (row, col) == (area.first_row, area.first_col)
                if col in over[row] or row >= len(sheet.rows):
                    raise MoreError
                over[row][col] = (merge.cell if first else blank, first)
    return dict(over)


def pixels_of(heights: Sequence[float]) -> list[int]:
    """The pixels of rows; 0 where nobody set their height."""
    known = {height: int(height * 4.0 / 3.0 + 0.5) for height in set(heights)}
    if any(height and not pixels for height, pixels in known.items()):
        raise MoreError
    return [known[height] for height in heights]


def row_tag(span: str | None, pixels: int, hidden: bool) -> str:
    """The tag that opens a row, behind its number."""
    own = pixels and pixels != _PLAIN_HEIGHT
    return (
        (f' spans="{span}"' if span else "")
        + (f' ht="{pixels * 0.75:.16g}"' if own else "")
        + (' hidden="1"' if hidden else "")
        + (' customHeight="1"' if own else "")
    )


def ends_of(cells: Sequence[object]) -> tuple[int, int] | None:
    """The first and the last column in which there is something; None where there is nothing."""
    used = [index for index, cell in enumerate(cells) if cell is not None]
    return (used[0], used[-1]) if used else None


class Shape:
    """What rows share whose cells have the same looks: the first and the last column in use, how
    the XML of each cell begins (blank where none is), and its look behind its place, once that has
    a number."""

    def __init__(self, looks: Sequence[Style | None]) -> None:
        self.looks = looks
        self.ends = ends_of(looks)
        names = zip(letters(len(looks)), looks, strict=True)
        self.heads = ["" if look is None else f'<c r="{name}' for name, look in names]
        self.tails = [""] * len(looks)


def reach(
    sheet: Sheet,
    heights: Sequence[int],
    used: Sequence[tuple[int, int] | None],
    over: Mapping[int, Mapping[int, object]],
) -> tuple[str, dict[int, str]]:
    """The extent of a sheet as xlsxwriter counts it, and the first and the last column in use in
    each sixteen rows; `used` has them of the cells of each row."""
    ends = [index for index, column in enumerate(sheet.columns) if column.hidden and column.width]
    is_set = [bool(pixels or row.hidden) for row, pixels in zip(sheet.rows, heights, strict=True)]
    begun = next((n for n, span in enumerate(used) if span is not None or is_set[n]), None)
    if not ends and begun is not None and is_set[begun]:
        ends = [0]
    ends += [end for span in set(used) if span is not None for end in span]
    ends += [end for cols in over.values() for end in (min(cols), max(cols))]
    blocks: dict[int, set[int]] = {}
    for block in range(0, len(used), 16):
        there = set(used[block : block + 16])
        blocks[block // 16] = {end for span in there if span is not None for end in span}
    for number, cols in over.items():
        blocks[number // 16] |= {min(cols), max(cols)}
    rows = [n for n, span in enumerate(used) if span is not None or is_set[n] or n in over]
    spans = {
        block: f"{min(those) + 1}:{max(those) + 1}" for block, those in blocks.items() if those
    }
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    left, right = (min(ends), max(ends)) if ends else (None, None)
    return extent_of(first, last, left, right), spans
