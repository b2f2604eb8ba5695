"""How wide the columns of an issued table are, and what of it is in view on a laptop.

A laptop has 1,366 x 768 pixels; at 100 % some 1,300 of them are left for the cells of a sheet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from xlplan.returned.as_issued import IssuedColumn
from xlplan.workbook.write.cell_text import count_lines, text_width
from xlplan.workbook.write.sheet import Cell, Style

FULL = 220.0
"""Characters across an A3 landscape page at a size that can be read."""
SCREEN = 1280
"""Pixels across which a table is read without moving it."""
FROZEN = SCREEN * 2 // 5
"""Pixels that stay in view on the left."""
HEAD = 140
"""Pixels of a table's head, which stays in view above the rows."""
_DIGIT, _MARGIN = 7, 5
"""Pixels of a character of the default font, and of the margins of a cell."""
_LINES, _WIDEST = (2, 3), 84.0
"""Lines of the headings, best first, and characters of a column."""
_TO_WRITE = 30.0
"""Characters in which a lead can still write a few lines."""


def pixels(width: float) -> int:
    """The pixels of a column of so many characters."""
    return int(width * _DIGIT + _MARGIN + 0.5) if width else 0


def across(widths: Sequence[float]) -> int:
    """The pixels of columns side by side."""
    return sum(map(pixels, widths))


class Sizes(NamedTuple):
    """Of the texts of a column: their characters, and their widest lines in thousandths of the
    font's size."""

    lengths: Sequence[int]
    widths: Sequence[int]


def sizes_below(rows: Sequence[Sequence[Cell | None]], columns: int) -> list[Sizes]:
    """The sizes of the texts of each column, from the second on."""
    found = []
    for index in range(1, columns + 1):
        below = [row[index] for row in rows]
        texts = [c.value for c in below if c is not None and isinstance(c.value, str)]
        found.append(Sizes(list(map(len, texts)), list(map(text_width, texts))))
    return found


def screen_widths(
    columns: Sequence[IssuedColumn], below: Sequence[Sizes], heading: Style
) -> list[float] | None:
    """The widths of a table's columns where all of them can be in view at once, with headings of
    a few lines; None where they cannot. `heading` is how the headings look."""
    room, bounds = (SCREEN - len(columns) * (_MARGIN + 1)) / _DIGIT, _bounds(columns, below)
    narrow = _within(columns, bounds, room)
    for lines in _LINES:
        widths = _for_headings(columns, narrow, heading, lines)
        if over := max(0, across(widths) - SCREEN):
            widths = _within(columns, bounds, room - over / _DIGIT)
            widths = _for_headings(columns, widths, heading, lines)
        if across(widths) <= SCREEN:
            return widths
    return None


def _for_headings(
    columns: Sequence[IssuedColumn], widths: Sequence[float], style: Style, lines: int
) -> list[float]:
    """`widths`, wider where a heading would have more lines than that; the filter's arrow takes the
    room of a few letters."""
    made = []
    for column, width in zip(columns, widths, strict=True):
        short = _headed(column.heading, style, lines) - round((width - 3) * 10)
        steps = min(math.ceil(short / 10), math.ceil(_WIDEST - width))
        made.append(round(width + max(0, steps), 1))
    return made


@lru_cache(maxsize=4096)
def _headed(heading: str, style: Style, lines: int) -> int:
    """From how many tenths of a character on a heading takes no more than so many lines; the
    widest there are where it never does."""
    least, most = 0, round(_WIDEST * 10)
    while least < most:
        half = (least + most) // 2
        if count_lines(heading, half / 10, style) > lines:
            least = half + 1
        else:
            most = half
    return least


def column_widths(
    columns: Sequence[IssuedColumn], below: Sequence[Sizes], full: float = FULL
) -> list[float]:
    """Widths in characters: the definition's, or what the content needs to be read in comfort.
    `below` has the sizes of the texts of each column.

    The sum is kept within `full`, so that one page is as wide as the sheet and nobody needs a
    magnifying glass; narratives take the room that is left.
    """
    return _within(columns, _bounds(columns, below), full)


Bounds = Sequence[tuple[float, float]]
"""The width that each column would have, and to which it may be narrowed."""


def _bounds(columns: Sequence[IssuedColumn], below: Sequence[Sizes]) -> Bounds:
    both = zip(columns, below, strict=True)
    found = [(column, sizes, _width(column, sizes)) for column, sizes in both]
    return [(width, min(width, _least(column, sizes))) for column, sizes, width in found]


def _within(columns: Sequence[IssuedColumn], bounds: Bounds, full: float) -> list[float]:
    widths, least = [width for width, _ in bounds], [narrow for _, narrow in bounds]
    free = [i for i, column in enumerate(columns) if not column.item.width and widths[i] > 20]
    total = sum(widths)
    spare = sum(widths[i] - least[i] for i in free)
    written = [i for i, column in enumerate(columns) if _written(column)]
    most = full - sum(max(0.0, _TO_WRITE - widths[i]) for i in written)
    if total > most and spare:
        share = max(0.0, 1 - (total - most) / spare)
        for i in free:
            widths[i] = least[i] + (widths[i] - least[i]) * share
    prose = [i for i in free if columns[i].item.field_type.prose]
    if total < full * 0.75 and prose:
        more = (full * 0.75 - total) / len(prose)
        for i in prose:
            widths[i] = min(72.0, widths[i] + more)
    for i in written:
        widths[i] += max(0.0, min(_TO_WRITE - widths[i], full - sum(widths)))
    return [round(width, 1) for width in widths]


def _written(column: IssuedColumn) -> bool:
    """Whether a lead writes at length here, in a width that is ours to choose."""
    item = column.item
    return bool(column.input and item.field_type.narrative and item.owner == "lead") and not (
        item.width
    )


def least_across(columns: Sequence[IssuedColumn]) -> int:
    """The pixels that no table of these columns goes below, whatever stands in it: of each column
    what it has with nothing in it, or what it may be narrowed to."""
    nothing = Sizes((), ())
    least = (
        width if column.item.width else min(width, _least(column, nothing))
        for column in columns
        for width in (_width(column, nothing),)
    )
    return across([math.floor(width * 10) / 10 for width in least])


def wide_widths(
    columns: Sequence[IssuedColumn], below: Sequence[Sizes], heading: Style
) -> list[float]:
    """The widths of a table that is wider than the screen, with headings of a few lines."""
    widths = _with_action_in_view(columns, column_widths(columns, below), below)
    return _for_headings(columns, widths, heading, _LINES[0])


def _with_action_in_view(
    columns: Sequence[IssuedColumn], widths: list[float], below: Sequence[Sizes]
) -> list[float]:
    """Widths with those up to the action so narrow that it can stay in view while the others are
    moved; as they are where its text needs more."""
    last = next((n for n, column in enumerate(columns, 1) if column.item.role == "action"), 0)
    over = (across(widths[:last]) - FROZEN) / _DIGIT
    if across(widths) <= SCREEN or over <= 0:
        return widths
    spare = [
        0.0 if column.item.width else max(0.0, width - _narrow(sizes))
        for column, width, sizes in zip(columns[:last], widths, below, strict=False)
    ]
    if sum(spare) < over:
        return widths
    share = over / sum(spare)
    made = [width - room * share for width, room in zip(widths, spare, strict=False)]
    return [*(math.floor(width * 10) / 10 for width in made), *widths[last:]]


def _narrow(sizes: Sizes) -> float:
    """How narrow a column to be read may be beside others: the longest text fits the highest row
    there can be."""
    return max(15.0, max(sizes.lengths, default=0) / 30)


def _least(column: IssuedColumn, sizes: Sizes) -> float:
    """How narrow a column may be made: a line still holds a thought, and the longest text still
    fits the highest row there can be."""
    if column.entry:
        return 36.0
    longest = max(sizes.lengths, default=0)
    least = max(18.0 if longest < 250 else 28.0, min(longest / 33, 84.0))
    return max(least, _TO_WRITE) if column.input and column.item.field_type.narrative else least


@lru_cache(maxsize=1024)
def _heading_width(heading: str) -> float:
    words = heading.split() or [""]
    return max(text_width(word) for word in words) / 507 * 1.05 + 5.8


def _width(column: IssuedColumn, sizes: Sizes) -> float:
    heading = _heading_width(column.heading)
    if column.item.width:
        return max(column.item.width, 4.0)
    kind = column.item.field_type
    if kind.cell.width:
        return max(kind.cell.width, heading)
    longest_line = max(sizes.widths, default=0) / 507 * 10 / 11 + 4.3
    if column.item.role == "key":
        return max(7.0, min(longest_line, 16.0), min(heading, 12.0))
    if not kind.prose or (not column.entry and longest_line < 22):
        return max(heading, min(24.0, longest_line), 12.0)
    lengths = sorted(sizes.lengths) or [0]
    usual = lengths[int(0.9 * (len(lengths) - 1))]
    # Wide enough that usual text is a block and not a ribbon, and that the longest text fits the
    # highest row there can be (about thirty lines).
    width = max(26.0, 2.6 * math.sqrt(usual), lengths[-1] / 27)
    if column.input and column.item.field_type.narrative:
        width = max(width, 44.0)
    return max(heading, min(width, 84.0))
