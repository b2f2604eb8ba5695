"""What fits in a row and on a page, and what is printed whole elsewhere because it does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.workbook.write.cell_text import (
    TALLEST,
    cell_height,
    count_lines,
    is_within,
    line_height,
    lines_within,
    room_of,
    row_heights,
    text_width,
    width_for,
)
from xlplan.workbook.write.sheet import Cell, Page, Row, Sheet, Style

T = TypeVar("T")
MOST_POINTS = TALLEST - 40
"""What a row may need for its text: the highest row there can be, less some room for rounding."""


def cut_words(text: str, most: int) -> str:
    """`text` on one line in at most `most` characters, cut between words and marked so."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[most // 2 :] else head).rstrip(" ,;:.") + "…"


def least_long(style: Style) -> int:
    """Characters that a text for which no row is high enough has at least."""
    return _least_of(style.size)


@lru_cache(maxsize=64)
def _least_of(size: float) -> int:
    return int(MOST_POINTS / line_height(size)) * 2


def is_long(text: str, width: float, style: Style) -> bool:
    """Whether no row is high enough for a text in a column `width` characters wide."""
    return len(text) >= least_long(style) and long_in(width, style)(text)


def long_in(width: float, style: Style) -> Callable[[str], bool]:
    """The same of all texts of a column."""
    least = least_long(style) if style.wrap else sys.maxsize
    most, room = least // 2, room_of(width, style)

    def found(text: str) -> bool:
        if len(text) < least or is_within(text, room, most):
            return False
        return lines_within(text, room) > most

    return found


class LongTexts(Struct, frozen=True):
    """The texts that no row can show, each with its number and where it stands first."""

    where: str = "Notes"
    word: str = "long text"
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)

    def fit(self, text: str, width: float, style: Style) -> str:
        """`text`, or its beginning and a pointer to the whole of it."""
        if len(text) < _least_of(style.size) or not is_long(text, width, style):
            return text  # as most are
        head = next(_pieces(text, width, style, int(MOST_POINTS / line_height(style.size)) - 3))
        return f"{head} …\n{self.pointer(text)}"

    def pointer(self, text: str) -> str:
        """Where the whole of a text that is cut stands."""
        return f"[Cut here. The whole is in {self.where}, {self.word} {self.numbers[text]}.]"


def long_texts(found: Iterable[tuple[str, str]], where: str, word: str) -> LongTexts:
    """Texts to be printed whole in `where`, from (text, label) in the order in which they stand."""
    labels: dict[str, str] = {}
    for text, label in found:
        labels.setdefault(text, label)
    return LongTexts(where, word, labels, {text: n for n, text in enumerate(labels, 1)})


def pieces(text: str, width: float, style: Style, most: int) -> list[str]:
    """`text` in pieces of at most `most` lines, cut between lines or words where it can be."""
    return list(_pieces(text, width, style, most))


def _pieces(text: str, width: float, style: Style, most: int) -> Iterator[str]:
    """One after the other: who shows the first alone measures no more of a long text."""
    held = ""
    for bit in _bits(text, max(int(width), 8)):
        if held and count_lines((held + bit).rstrip("\n"), width, style) > most:
            yield held.rstrip("\n")
            held = ""
        held += bit
    yield held.rstrip("\n")


def _bits(text: str, rough: int) -> Iterator[str]:
    """About as many characters each as a line holds, never over the end of a line."""
    for line in text.split("\n"):
        at = 0
        while len(line) - at > rough * 2:
            cut = line.rfind(" ", at + rough, at + rough * 2) + 1 or at + rough * 2
            yield line[at:cut]
            at = cut
        yield line[at:] + "\n"


# Widths.

LEAST_SCALE = 0.905
"""Letters of 10 points are then printed in 9, and by LibreOffice, whose columns are 6 % wider, in
8.5: a committee reads that at arm's length."""
_WIDEST, _SAMPLE, _STEPS, _ROUNDS = 96.0, 120, (4.0, 2.0, 1.0, 0.5), 80
ARROW = 2.6
"""Characters that the button of a filter takes from a heading."""
_PROSE = 16.0
"""Characters that a column of texts is at least to be."""
_ROWS = 15
"""Rows on a page, about."""
_LONGEST_WORD = 26.0
"""Characters in which a word, or a link, is kept whole; a longer one is broken."""


def sampled(rows: Sequence[T]) -> Sequence[T]:
    """As many of the rows, from all over, as tell what they look like; all of what is a sample."""
    return rows[:: max(1, len(rows) // _SAMPLE)]


class FittedColumn(Struct, frozen=True, dict=True):
    """A column whose width is worked out: how wide it would be, how its texts look, and what stands
    in it, row by row. `flexible` ones are as wide as their texts need, the others no wider than
    `width`. Words are kept whole, and so are `unbroken` texts, such as links; `heading` too."""

    width: float
    texts: Sequence[str]
    style: Style
    flexible: bool = False
    unbroken: Sequence[str] = ()
    heading: str = ""
    head: Style = field(default_factory=Style)

    @cached_property
    def sample(self) -> Sequence[str]:
        """As many of the texts as tell what the rows look like."""
        return sampled(self.texts)

    @cached_property
    def least(self) -> float:
        """The width in which no word of it is broken."""
        words = {word for text in self.sample for word in text.split()}
        own = [width_for(text_width(text), self.style) for text in (*words, *self.unbroken)]
        own += [width_for(text_width(w), self.head) + ARROW for w in self.heading.split()]
        return min(_LONGEST_WORD, max(own, default=0.0))

    @cached_property
    def most(self) -> float:
        """The width in which its longest text is one line; a column of a word or two, such as a due
        date, keeps more below it than beside it."""
        longest = max((text_width(text) for text in self.sample), default=0)
        widest = _WIDEST if self.width >= _PROSE else self.width * 1.6
        return min(widest, width_for(longest, self.style))

    def lines(self, width: float) -> Sequence[float]:
        """The lines of each of the sample in a column so wide: a fraction tells which width is
        nearer to one line less."""
        found = self._lines.get(width)
        if found is None:
            room = room_of(width, self.style)
            lines = {
                text: (least if longest <= room else lines_within(text, room)) + whole / (room * 40)
                for text, least, longest, whole in self._measured
            }
            found = self._lines[width] = [lines[text] for text in self.sample]
        return found

    def head_lines(self, width: float) -> int:
        """The lines of the heading in a column so wide, beside the button of a filter."""
        found = self._head_lines.get(width)
        if found is None:
            found = self._head_lines[width] = count_lines(self.heading, width - ARROW, self.head)
        return found

    @cached_property
    def _measured(self) -> Sequence[tuple[str, int, int, int]]:
        """Each text of the sample once: its lines where none is broken, and the widths of its
        longest and of all of them together, in thousandths of the size."""
        found: list[tuple[str, int, int, int]] = []
        for text in dict.fromkeys(self.sample):
            lines = [text_width(line) for line in text.split("\n")]
            wraps = self.style.wrap
            found.append((text, len(lines) if wraps else 1, max(lines) if wraps else 0, sum(lines)))
        return found

    @cached_property
    def _lines(self) -> dict[float, list[float]]:
        return {}

    @cached_property
    def _head_lines(self) -> dict[float, int]:
        return {}


def heading_height(cells: Sequence[Cell | None], widths: Sequence[float]) -> float:
    """Points of a row of headings beside the buttons of a filter."""
    found = [
        cell_height(cell, max(4.0, width - ARROW), _PADDING)
        for cell, width in zip(cells, widths, strict=False)
        if cell is not None
    ]
    return max(found, default=0.0)


def page_width(paper: str, columns: int, *, landscape: bool = True) -> float:
    """Characters that so many columns have room for on a page, printed as small as may be."""
    across = (_LONG if landscape else _SHORT)[paper] - _ACROSS
    return (across / LEAST_SCALE / 0.75 - 5 * columns) / 7


def shared_widths(columns: Sequence[FittedColumn], paper: str) -> list[float]:
    """Column widths with which a table fits on a page that is `paper` wide.

    Where it does not by itself, columns begin as narrow as their words allow, and whatever room
    there is goes, little by little, to the one that makes the rows lowest; then from one to
    another, while that makes them lower.
    """
    total = page_width(paper, len(columns))
    tight = sum(column.width for column in columns) > total
    widths = [
        min(column.width, column.least) if tight or column.flexible else column.width
        for column in columns
    ]
    limits = [
        max(each, column.most + _STEPS[-1] if column.flexible else column.width)
        for column, each in zip(columns, widths, strict=True)
    ]
    for step in _STEPS:
        widths = _grown(columns, widths, limits, total, step)
        widths = _exchanged(columns, widths, limits, step)
    return widths


def _grown(
    columns: Sequence[FittedColumn],
    widths: list[float],
    limits: Sequence[float],
    total: float,
    step: float,
) -> list[float]:
    """Widths with the room that is left, a step at a time where it makes the rows lowest."""
    while sum(widths) + step <= total:
        growing = [n for n, each in enumerate(widths) if each + step <= limits[n]]
        if not growing:
            break
        best = min(growing, key=lambda n: (_height(columns, _moved(widths, step, n)), widths[n]))
        widths = _moved(widths, step, best)
    return widths


def _exchanged(
    columns: Sequence[FittedColumn], widths: list[float], limits: Sequence[float], step: float
) -> list[float]:
    """Widths with room moved from one to another while that makes the rows lower."""
    for _ in range(_ROUNDS):
        pairs = [
            (_height(columns, _moved(widths, step, to, of)), to, of)
            for of, each in enumerate(widths)
            if each - step >= min(columns[of].width, columns[of].least)
            for to in range(len(widths))
            if to != of and widths[to] + step <= limits[to]
        ]
        if not pairs or min(pairs)[0] >= _height(columns, widths) - 0.01:
            break
        widths = _moved(widths, step, *min(pairs)[1:])
    return widths


def _moved(widths: Sequence[float], step: float, to: int, of: int = -1) -> list[float]:
    """Widths with one of them wider by a step, at the cost of column `of`."""
    out = list(widths)
    out[to] += step
    if of >= 0:
        out[of] -= step
    return out


def _height(columns: Sequence[FittedColumn], widths: Sequence[float]) -> float:
    """The lines of all rows of the sample together, and of the headings above each page of them."""
    both = list(zip(columns, widths, strict=True))
    each = [column.lines(width) for column, width in both]
    heads = max([column.head_lines(width) for column, width in both])
    lines: float = sum(map(max, *each) if len(each) > 1 else each[0])
    return lines + heads * len(each[0]) / _ROWS


# Pages.

_LONG = {"A3": 1190.6, "A4": 841.9}
_SHORT = {"A3": 841.9, "A4": 595.3}
_ACROSS = 0.8 * 72
"""Margins on both sides together, in points, as the writer sets them."""
_EARLY, _PADDING = 0.98, 1.5
_DEFAULT = 15.0
MOST_BREAKS = 1000
"""Excel keeps 1,026 breaks; a sheet that needs more is left to break by itself."""


def paged(sheet: Sheet, kept: Collection[int] = (), *, fixed: bool = False) -> Sheet:
    """The sheet with the heights of its rows worked out and its pages broken; see the module.

    `kept` are rows that stay with the row that follows. Where it saves a page the columns are made
    wider, so that all is printed smaller, unless they are `fixed`.
    """
    found = _broken(sheet, kept)
    if found.page.breaks and not fixed and scale(sheet) > LEAST_SCALE * 1.01:
        wider = _broken(_as_wide_as_the_page(sheet), kept)
        if len(wider.page.breaks) < len(found.page.breaks):
            return wider
    return found


def _as_wide_as_the_page(sheet: Sheet) -> Sheet:
    """The sheet with columns so wide that it is printed as small as may be."""
    total = page_width(sheet.page.paper, len(sheet.columns), landscape=sheet.page.landscape)
    more = total / sum(column.width for column in sheet.columns)
    return replace(sheet, columns=[replace(c, width=c.width * more) for c in sheet.columns])


def _broken(sheet: Sheet, kept: Collection[int]) -> Sheet:
    heights = row_heights(sheet, _PADDING)
    rows = [
        row if row.height == height else Row(row.cells, height, row.hidden, row.level)
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
    return (_SHORT if page.landscape else _LONG)[page.paper] - (
        page.margin + (page.top or page.margin)
    ) * 72


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
