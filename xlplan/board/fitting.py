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
