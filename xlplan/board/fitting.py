"""What fits in a row and on a page, and what is printed whole elsewhere because it does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xlplan.workbook.write.cell_text import TALLEST, count_lines, line_height, row_heights
from xlplan.workbook.write.sheet import Page, Sheet, Style

MOST_POINTS = TALLEST - 40
"""What a row may need for its text: the highest row there can be, less some room for rounding."""


def cut_words(text: str, most: int) -> str:
    """`text` on one line in at most `most` characters, cut between words and marked so."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[most // 2 :] else head).rstrip(" ,;:.") + "…"


def is_long(text: str, width: float, style: Style) -> bool:
    """Whether no row is high enough for a text in a column `width` characters wide."""
    most = int(MOST_POINTS / line_height(style.size))
    return len(text) >= most * 2 and count_lines(text, width, style) > most


@dataclass(frozen=True)
class LongTexts:
    """The texts that no row can show, each with its number and where it stands first."""

    where: str = "Notes"
    word: str = "long text"
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)

    def fit(self, text: str, width: float, style: Style) -> str:
        """`text`, or its beginning and a pointer to the whole of it."""
        if not is_long(text, width, style):
            return text
        head = pieces(text, width, style, int(MOST_POINTS / line_height(style.size)) - 3)[0]
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
    rough = max(int(width), 8)
    bits: list[str] = []
    for line in text.split("\n"):
        while len(line) > rough * 2:
            cut = line.rfind(" ", rough, rough * 2) + 1 or rough * 2
            bits.append(line[:cut])
            line = line[cut:]
        bits.append(line + "\n")
    out: list[str] = []
    held, used = "", 0
    for bit in bits:
        need = count_lines(bit.rstrip("\n"), width, style)
        if held and used + need > most:
            out.append(held)
            held, used = "", 0
        held += bit
        used += need
    return [piece.rstrip("\n") for piece in [*out, held]]


# Widths.

LEAST_SCALE = 0.905
"""Letters of 10 points are then printed in 9, and by LibreOffice, whose columns are 6 % wider, in
8.5: a committee reads that at arm's length."""
_NARROWEST, _WIDEST, _SAMPLE = 12.0, 96.0, 160


def page_width(paper: str, columns: int, *, landscape: bool = True) -> float:
    """Characters that so many columns have room for on a page, printed as small as may be."""
    across = (_LONG if landscape else _SHORT)[paper] - _ACROSS
    return (across / LEAST_SCALE / 0.75 - 5 * columns) / 7


def shared_widths(
    widths: Sequence[float],
    flexible: Sequence[bool],
    texts: Sequence[Sequence[str]],
    paper: str,
) -> list[float]:
    """Column widths with which a table fits on a page that is `paper` wide.

    Only `flexible` columns change. They begin narrow, and whatever room there is goes, little by
    little, to the one that makes the rows (of a sample of `texts`) lowest.
    """
    total = page_width(paper, len(widths))
    if sum(widths) <= total and not texts:
        return list(widths)
    free = [n for n, each in enumerate(flexible) if each]
    out = [min(width, _NARROWEST) if flexible[n] else width for n, width in enumerate(widths)]
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    lines = {n: [_lengths(row[n]) for row in sample] for n in free}
    taken = {n: [_rough(row, out[n]) for row in lines[n]] for n in free}
    most = [min(_WIDEST, max((max(n, default=0) for n in lines[c]), default=0) + 3) for c in free]
    limits = {n: max(each, min(widths[n], _NARROWEST)) for n, each in zip(free, most, strict=True)}
    while sum(out) + _STEP <= total and (growing := [n for n in free if out[n] < limits[n]]):
        best = max(growing, key=lambda n: (_gain(n, lines, taken, out[n] + _STEP), -out[n]))
        out[best] += _STEP
        taken[best] = [_rough(row, out[best]) for row in lines[best]]
    return out


_STEP = 2.0


def _lengths(text: str) -> tuple[int, ...]:
    return tuple(map(len, text.split("\n"))) if text else ()


def _rough(lengths: Sequence[int], width: float) -> float:
    """About how many lines a text takes: a fraction tells which column is nearer to one less."""
    room = width * 1.12
    return sum(max(1.0, -(-length // room) + length / room / 20) for length in lengths)


def _gain(
    at: int,
    lines: Mapping[int, Sequence[Sequence[int]]],
    taken: Mapping[int, Sequence[float]],
    width: float,
) -> float:
    """By how many lines all rows together are lower where one column is that wide."""
    gain = 0.0
    for row, lengths in enumerate(lines[at]):
        others = max((taken[n][row] for n in taken if n != at), default=1.0)
        now = max(others, taken[at][row])
        gain += now - max(others, _rough(lengths, width))
    return gain


# Pages.

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
