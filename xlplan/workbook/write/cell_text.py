"""Text in a cell that goes out: made safe to write, and how high it makes its row."""

from __future__ import annotations

import math
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice, repeat, zip_longest

from xlplan.late import regex
from xlplan.workbook.write.sheet import Cell, Merge, Row, Sheet, Strip, Strips, Style, Workbook

LONGEST = 32_767
"""UTF-16 units: what a cell can hold."""
CUT = "… [cut]"
_UNWRITABLE = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ESCAPE = regex("_x[0-9a-fA-F]{4}_")
_RETURNS = regex("\r\n?")


def cell_name(row: int, col: int) -> str:
    """The name of a cell that goes out, by row and column from 0: ``cell_name(0, 1) == "B1"``."""
    letters = ""
    while col >= 0:
        letters, col = chr(ord("A") + col % 26) + letters, col // 26 - 1
    return f"{letters}{row + 1}"


def units(text: str) -> int:
    """The length of `text` as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int, mark: str = CUT) -> str:
    """`text`, or as much of it as fits `limit` units with `mark` at its end."""
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    room = limit - units(mark)
    kept = text[:room]
    while units(kept) > room:
        kept = kept[: len(kept) - max(1, (units(kept) - room) // 2)]
    return kept + mark


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` without characters that XML cannot hold, cut with a mark where it is too long."""
    if not text.isprintable():
        text = _RETURNS.sub("\n", _UNWRITABLE.sub("", text))
    return shorten(text, limit)


def line(text: str, limit: int) -> str:
    """`text` on one line and cut at `limit`, for titles and properties."""
    return shorten(" ".join(clean(text).split()), limit, "…")


def is_markup(text: str) -> bool:
    """Whether xlsxwriter would take `text` for ready-made rich text and write it unescaped."""
    return text.startswith("<r>") and text.endswith("</r>")


def has_escape(text: str) -> bool:
    """Whether `text` has something in it that looks like Excel's own escape, ``_x0041_``.

    xlsxwriter escapes it once in plain text, as it should, and twice in rich text.
    """
    return "_x" in text and _ESCAPE.search(text) is not None


def not_markup(text: str) -> str:
    """`text`, kept from being taken for rich text by a character that nobody sees."""
    return "\u200b" + text if is_markup(text) else text


def over_long(book: Workbook) -> tuple[str, ...]:
    """The cells whose text does not fit a cell and will be cut: ``("Update!F12", …)``."""
    places: list[str] = []
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows):
            for index, cell in enumerate(row.cells):
                if cell is not None and _too_long(cell):
                    places.append(f"{sheet.name}!{cell_name(number, index)}")
        for merge in sheet.merges:
            if _too_long(merge.cell):
                place = cell_name(merge.area.first_row, merge.area.first_col)
                places.append(f"{sheet.name}!{place}")
    return tuple(dict.fromkeys(places))


def _too_long(cell: Cell) -> bool:
    texts = [text for text, _ in cell.runs] if cell.runs else [cell.value]
    shown = "".join(text for text in texts if isinstance(text, str))
    return len(shown) * 2 > LONGEST and units(_UNWRITABLE.sub("", shown)) > LONGEST


_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
_FORBIDDEN = regex(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
LONGEST_NAME = 100
"""Characters kept of a name, so that a deep folder stays within Windows' 260."""


def safe_name(text: str, taken: set[str] | None = None) -> str:
    """`text` as a file name without suffix; ``"unnamed"`` where nothing is left of it.

    Forbidden characters become ``-``, reserved device names get a ``_``, trailing dots and spaces
    go. `taken` holds the names already given (case-folded) and is added to; a clash gets
    a number: two leads whose names differ in case only do not share a file.
    """
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", text))
    name = " ".join(name.split())[:LONGEST_NAME].strip(" .")
    if name.split(".")[0].strip().casefold() in _RESERVED:
        name = f"_{name}"
    name = name or "unnamed"
    if taken is None:
        return name
    base, number = name, 2
    while name.casefold() in taken:
        name, number = f"{base} ({number})", number + 1
    taken.add(name.casefold())
    return name


TALLEST = 409.0
"""Points: no row can be higher."""
PADDING = 4.0
_DEFAULT_WIDTH = 8.43
"""Characters of a column whose width nobody set."""
_ASCII = (
    226, 326, 401, 498, 507, 715, 682, 221, 303, 303, 498, 498, 250, 306, 252, 386, 507, 507, 507,
    507, 507, 507, 507, 507, 507, 507, 268, 268, 498, 498, 498, 463, 894, 579, 544, 533, 615, 488,
    459, 631, 623, 252, 319, 520, 420, 855, 646, 662, 517, 673, 543, 459, 487, 642, 567, 890, 519,
    487, 468, 307, 386, 307, 498, 498, 291, 479, 525, 423, 525, 498, 305, 471, 525, 229, 239, 455,
    229, 799, 525, 527, 525, 525, 349, 391, 335, 525, 452, 715, 433, 453, 395, 314, 460, 314, 498,
)  # fmt: skip
"""Widths of the characters from space to ``~``, in thousandths of the font's size."""
_FOURS = bytes(-(-width // 4) for width in _ASCII)
_AT_MOST = b"\xe1" * 32 + _FOURS + b"\xe1" + b"\x08" * 64 + b"\xff" * 64
"""How wide each byte of a text is at most, in four thousandths of the font's size: of a letter that
is not plain the first is nearly all of it."""
_OTHER = {"–": 498, "—": 905, "‘": 258, "’": 258, "“": 435, "”": 435, "…": 711, "£": 507, "\t": 900}
_SPACE = _OTHER["\u00a0"] = _ASCII[0]
_WIDEST = 1050
"""No character is wider."""
_USUAL = 420
"""Few texts are narrower, by the character."""
_SPARE = 1.03
"""Letters are taken to be this much wider than they are: programs round to whole pixels."""
_BOLD, _OTHER_FONT = 1.05, 1.16
_NARROW = frozenset({"", "Calibri", "Carlito"})


@lru_cache(maxsize=2048)
def _char(char: str) -> int:
    if " " <= char <= "~":
        return _ASCII[ord(char) - 32]
    if char in _OTHER:
        return _OTHER[char]
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return _WIDEST
    base = unicodedata.normalize("NFD", char)[0]
    return _ASCII[ord(base) - 32] if " " <= base <= "~" else 620


@lru_cache(maxsize=65536)
def _word(word: str) -> int:
    return sum(map(_char, word))


def text_width(text: str) -> int:
    """The width of the longest line of `text`, in thousandths of the font's size."""
    if "\n" not in text:
        return _word(text) if text else 0
    return max(map(_word, text.split("\n")))


@lru_cache(maxsize=64)
def line_height(size: float) -> float:
    """Points from one line to the next, rounded up to a pixel as programs do."""
    return math.ceil(size * 96 / 72 * 1.2207) * 0.75


def room_of(width: float, style: Style) -> float:
    """How wide a line may be in a column `width` characters wide, in thousandths of the size."""
    pixels = max(8.0, width * 7 - 2 - 9 * _indent(style))
    return pixels * 1000 / (style.size * 96 / 72 * _spare(style))


def width_for(line: float, style: Style) -> float:
    """The characters of the column in which a line so wide (in thousandths of the size) is one."""
    return (line * style.size * 96 / 72 * _spare(style) / 1000 + 3 + 9 * _indent(style)) / 7


def _indent(style: Style) -> int:
    return 0 if style.align == "center" else style.indent


def _spare(style: Style) -> float:
    return _SPARE * (_BOLD if style.bold else 1) * (1 if style.font in _NARROW else _OTHER_FONT)


def count_lines(text: str, width: float, style: Style) -> int:
    """How many lines `text` takes in a column `width` characters wide (at least 1)."""
    return lines_within(text, room_of(width, style)) if style.wrap else 1


def lines_within(text: str, room: float) -> int:
    """How many lines a wrapped `text` takes where they may be as wide as `room_of` says."""
    if "\n" not in text:
        return 1 if len(text) * _WIDEST <= room else _wrap(text, room)
    return sum([_wrap(line, room) for line in text.split("\n")])


def is_within(text: str, room: float, most: int) -> bool:
    """Whether `text` surely takes no more than `most` lines: two that follow one another hold more
    than one is wide, else the second would not have begun."""
    return text.count("\n") + 1 + 2 * (len(text) + 1) * _WIDEST / room <= most


def _wrap(line: str, room: float) -> int:
    """Lines that one line of text takes: words move down whole, a word too long is broken."""
    if len(line) * _WIDEST <= room:
        return 1
    if len(line) * _USUAL <= room and width_at_most(line) <= room:
        return 1  # as most texts that are not met again
    widest, ends = (_measured if len(line) <= _LONG_LINE else _measured_long)(line)
    if widest > room:
        return _wrap_broken(line, room)
    whole = math.floor(room) + _SPACE
    if ends[-1] <= whole:
        return 1
    lines = at = 0
    while at < len(ends) - 1:
        at = bisect_right(ends, ends[at] + whole, at + 1) - 1
        lines += 1
    return lines


def width_at_most(line: str) -> int:
    """What a line is no wider than, in thousandths of the size; little more where all is plain."""
    return 4 * sum(line.encode("utf-8", "surrogatepass").translate(_AT_MOST))


def _wrap_broken(line: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in line.split(" "):
        width = _word(word)
        if used and used + width > room:
            lines += 1
            used = 0.0
        if width > room:
            broken = math.ceil(width / room)
            lines += broken - 1
            used = width - room * (broken - 1) + _SPACE
        else:
            used += width + _SPACE
    return lines


def _ends(line: str) -> tuple[int, Sequence[int]]:
    """The width of the widest word, and where each word and the space behind it end; 0 first."""
    widths = list(map(_word, line.split(" ")))
    return max(widths), array("q", accumulate(map(_SPACE.__add__, widths), initial=0))


_LONG_LINE = 500
"""Characters of a line from which few are remembered."""
_measured = lru_cache(maxsize=1 << 14)(_ends)
_measured_long = lru_cache(maxsize=64)(_ends)


def _shown(cell: Cell) -> str:
    if cell.runs:
        return "".join(text for text, _ in cell.runs)
    return cell.value if isinstance(cell.value, str) else ""


def cell_height(cell: Cell, width: float, padding: float = PADDING) -> float:
    """Points that a cell's text needs in a column `width` characters wide, not capped; `padding` of
    them are left below it."""
    size = cell.style.size
    if cell.runs:
        size = max([size, *(style.size for _, style in cell.runs)])
    return count_lines(_shown(cell), width, cell.style) * line_height(size) + padding


def row_heights(sheet: Sheet, padding: float = PADDING) -> list[float]:
    """The height of every row in points; 0 where the program's own default will do."""
    widths = [column.width for column in sheet.columns]
    rows = sheet.rows.top if isinstance(sheet.rows, Strips) else sheet.rows
    heights = [row.height for row in rows]
    open_ = [number for number, height in enumerate(heights) if not height]
    columns = [*zip_longest(*[rows[number].cells for number in open_])]
    strips = sheet.rows.strips if isinstance(sheet.rows, Strips) else ()
    wide = chain(widths, repeat(_DEFAULT_WIDTH, len(columns) + len(strips)))
    measures = [_Measure(width, padding) for width in wide]
    high = _highest([measure.all(cells) for measure, cells in zip(measures, columns, strict=False)])
    for number, height in zip(open_, high, strict=False):
        heights[number] = height
    high = _highest([measure.strip(one) for measure, one in zip(measures, strips, strict=False)])
    heights += islice(high, len(sheet.rows) - len(rows))
    for merge in sheet.merges:
        _make_room(merge, sheet.rows, widths, heights, padding)
    return [min(height, TALLEST) for height in heights]


def _highest(columns: Sequence[list[float] | float]) -> Iterator[float]:
    """The points that rows need, of those that each column does."""
    least = max([high for high in columns if isinstance(high, float)], default=0.0)
    found = [high for high in columns if not isinstance(high, float)]
    return map(max, *found, repeat(least)) if found else repeat(least)


class _Measure:
    """How high the cells of one column are."""

    def __init__(self, width: float, padding: float) -> None:
        self._width, self._padding = width, padding
        self._styles: dict[int, tuple[float, float]] = {}
        """By the identity of a style, how wide a line of it may be (0 where it does not wrap), and
        how high one is (0 where the program's own default will do)."""

    def all(self, cells: Sequence[Cell | None]) -> list[float] | float:
        """The points that each needs, or that all of them do: one that stands in many rows is
        measured once."""
        these = [*map(id, cells)]
        every = dict(zip(these, cells, strict=True))
        heights = dict(zip(every, self.each(every.values()), strict=True))
        high = {*heights.values()}
        return high.pop() if len(high) == 1 else [*map(heights.__getitem__, these)]

    def strip(self, strip: Strip) -> list[float] | float:
        """The same of cells of which each is there once."""
        heights = self.each(strip.each)
        high = {*heights}
        return high.pop() if len(high) == 1 else [*map(heights.__getitem__, strip.at)]

    def each(self, cells: Iterable[Cell | None]) -> list[float]:
        """The points that each of some cells needs; 0 where the program's own default will do."""
        found: list[float] = []
        style, room, high = None, 0.0, 0.0
        for cell in cells:
            if cell is not None and cell.style is not style:
                style = cell.style
                room, high = self._styles.get(id(style)) or self._about(style)
            if cell is None or not high:
                found.append(0.0)
                continue
            if cell.runs:
                found.append(cell_height(cell, self._width, self._padding))
                continue
            text, lines = cell.value, 1
            # Most texts that are not met again are short of one line, and their letters say so.
            if room and isinstance(text, str):
                count = len(text)
                sure = count * _WIDEST <= room or (
                    count * _USUAL <= room and width_at_most(text) <= room
                )
                if not sure or "\n" in text:
                    lines = lines_within(text, room)
            found.append(lines * high + self._padding)
        return found

    def _about(self, style: Style) -> tuple[float, float]:
        high = line_height(style.size) if style.wrap or style.size > 11 else 0.0
        found = self._styles[id(style)] = (room_of(self._width, style) if style.wrap else 0.0, high)
        return found


def _make_room(
    merge: Merge,
    rows: Sequence[Row],
    widths: Sequence[float],
    heights: list[float],
    padding: float,
) -> None:
    """Let a merged cell's last row grow until its text fits."""
    area = merge.area
    if area.last_row >= len(rows) or rows[area.last_row].height:
        return
    columns = range(area.first_col, area.last_col + 1)
    width = sum(widths[c] if c < len(widths) else _DEFAULT_WIDTH for c in columns)
    width += (len(columns) - 1) * 5 / 7  # the padding of each column but one is room for text
    needed = cell_height(merge.cell, width, padding)
    others = sum(heights[r] or 15.0 for r in range(area.first_row, area.last_row))
    heights[area.last_row] = max(heights[area.last_row], needed - others)
