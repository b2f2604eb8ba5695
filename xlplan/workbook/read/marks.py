"""What people say with colours and lines, and what they hide: read from the parts themselves.

For returns, where opening every file in openpyxl would take ten times as long as reading it. Only
what the file shows to be there is looked for, and colours only where they are not the template's.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.read.additions import NOTHING, Beside, read_beside
from xlplan.workbook.read.book import (
    MOST_REPEATED,
    NO_HEIGHT,
    NO_WIDTH,
    At,
    Hidden,
    ReadSheet,
    parse,
    place,
)
from xlplan.workbook.read.file_kinds import remembered
from xlplan.workbook.read.parts import part_named
from xlplan.workbook.read.relations import read_links, related
from xlplan.workbook.read.xlsx_cells import rows_alone

_FILL = regex(rb"<(?:\w+:)?fill(?:/>|>(.*?)</(?:\w+:)?fill>)", re.DOTALL)
_FONT = regex(rb"<(?:\w+:)?font(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_STRIKE = regex(rb'<(?:\w+:)?strike(?:\s+val="(?:1|true)")?\s*/>')
_FORE = regex(rb"<(?:\w+:)?fgColor\b([^>]*)>")
_INK = regex(rb"<(?:\w+:)?color\b([^>]*)>")
_FORMAT = regex(rb"<(?:\w+:)?xf\b([^>]*)>")
_NUMBER = regex(rb'\b(fillId|fontId)="(\d{1,6})"')
_ATTRIBUTE = regex(rb'\b(rgb|theme|indexed|tint)="([^"]{1,24})"')
_FEW = 100
"""Formats up to which it pays to look for each by its number."""
_NAMED = regex(rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"')
_TEXT_CELL = regex(rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="s"[^>]*><(?:\w+:)?v>(\d{1,9})<')
_OWN_TEXT = regex(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="inlineStr"[^>]*>\s*<(?:\w+:)?is\b[^>]*>'
    rb"(.*?)</(?:\w+:)?is>",
    re.DOTALL,
)
_ITEM = regex(rb"<(?:\w+:)?si\b[^>]*>(.*?)</(?:\w+:)?si>", re.DOTALL)
_RUN = regex(rb"<(?:\w+:)?r>(.*?)</(?:\w+:)?r>", re.DOTALL)
_RUN_TEXT = regex(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)")


_MERGE = regex(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')


Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


class Marks(Struct, frozen=True):
    """What is said on one sheet beside its values. Rows and columns count from 0."""

    fills: Mapping[At, str] = field(default_factory=dict)
    struck: frozenset[At] = frozenset()
    beside: Beside = NOTHING
    merged: tuple[Area, ...] = ()
    inks: Mapping[At, str] = field(default_factory=dict)
    letters: Mapping[At, str] = field(default_factory=dict)


NO_MARKS = Marks()


class _Looks(Struct, frozen=True):
    """Fill, strikethrough and colour of letters of each cell format that has any of them, by its
    number, and what finds where one of them is used."""

    of: Mapping[int, tuple[str, bool, str]]
    used: re.Pattern[bytes]


class MarkReader:
    """The marks of the sheets of one Open XML workbook; `ours` are fills (``#RRGGBB``) that are
    the template's own."""

    def __init__(self, parts: Mapping[str, bytes], ours: frozenset[str]) -> None:
        self.parts = parts
        styles = part_named(parts, "xl/styles.xml")
        theme = next((parts[name] for name in parts if name.startswith("xl/theme/")), b"")
        colours = _theme(theme)
        self.looks = _looks(styles, colours, ours)
        shared = part_named(parts, "xl/sharedStrings.xml")
        self.struck_texts = _struck_texts(shared)
        self.coloured_texts = _coloured_texts(shared, colours)
        self.colours = colours

    def read(self, part: str) -> tuple[Marks, Mapping[At, str]]:
        """The marks of the sheet in `part`, and the targets of its links."""
        xml = self.parts.get(part, b"")
        fills: dict[At, str] = {}
        struck: set[At] = set()
        letters: dict[At, str] = {}
        end = xml.find(b"</sheetData>")
        cells = xml if end < 0 else xml[:end]
        # All that is read of a sheet besides its cells stands above or below them.
        around = xml if end < 0 else xml[: max(xml.find(b"<sheetData"), 0)] + xml[end:]
        for found in self.looks.used.finditer(cells) if self.looks.of else ():
            named = _NAMED.match(cells, cells.rfind(b"<", 0, found.start()))
            if named is None or (at := place(named[1].decode())) is None:
                continue
            fill, is_struck, ink = self.looks.of.get(int(found[1]), ("", False, ""))
            if fill:
                fills[at] = fill
            if is_struck:
                struck.add(at)
            if ink:
                letters[at] = ink
        marked = self.struck_texts or self.coloured_texts
        for name, number in _TEXT_CELL.findall(xml) if marked else ():
            if (at := place(name.decode())) is None:
                continue
            if int(number) in self.struck_texts:
                struck.add(at)
            if ink := self.coloured_texts.get(int(number), ""):
                letters[at] = ink
        own = b"inlineStr" in cells and (b"strike" in cells or b"color" in cells)
        for name, text in _OWN_TEXT.findall(cells) if own else ():
            if (at := place(name.decode())) is None:
                continue
            if _is_struck(text):
                struck.add(at)
            if ink := _ink_within(text, self.colours):
                letters[at] = ink
        beside = read_beside(self.parts, part, around)
        marks = Marks(fills, frozenset(struck), beside, merged_areas(around), letters=letters)
        return marks, read_links(self.parts, part, around)


def merged_areas(xml: bytes) -> tuple[Area, ...]:
    """The merged areas of a sheet; how many and how large they may be was checked at the gate."""
    end = xml.find(b"</sheetData>")
    begin, stop = xml.find(b"mergeCells", max(end, 0)), xml.rfind(b"mergeCells")
    return _merges(xml[begin:stop]) if begin < stop else ()


@remembered(64)
def _merges(xml: bytes) -> tuple[Area, ...]:
    found: list[Area] = []
    for names in _MERGE.findall(xml):
        one, other = (place(name.decode()) for name in names)
        if one and other:
            (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other, strict=True))
            found.append((top, left, bottom, right))
    return tuple(found)


@remembered(8)
def _theme(theme: bytes) -> tuple[str, ...]:
    return tuple(theme_colours(theme))


@remembered(8, 1 << 18)
def _looks(styles: bytes, colours: tuple[str, ...], ours: frozenset[str]) -> _Looks:
    """What the styles of a workbook say that is not `ours`."""
    fills = [_colour(each, colours) for each in _FILL.findall(_section(styles, b"fills"))]
    fills = ["" if colour in ours else colour for colour in fills]
    fonts = [
        (bool(_STRIKE.search(each)), _ink(each, colours))
        for each in _FONT.findall(_section(styles, b"fonts"))
    ]
    found: dict[int, tuple[str, bool, str]] = {}
    for number, each in enumerate(_FORMAT.findall(_section(styles, b"cellXfs"))):
        ids = {name: int(value) for name, value in _NUMBER.findall(each)}
        fill, font = ids.get(b"fillId", 0), ids.get(b"fontId", 0)
        look = (fills[fill] if fill < len(fills) else "",
                *(fonts[font] if font < len(fonts) else (False, "")))  # fmt: skip
        if any(look):
            found[number] = look
    few = len(found) <= _FEW
    numbers = b"|".join(b"%d" % number for number in found) if few else rb"\d{1,6}"
    return _Looks(found, re.compile(rb' s="(%s)"' % numbers))


def _section(styles: bytes, name: bytes) -> bytes:
    """What stands between the tags of a section of the styles."""
    opening = re.search(rb"<(?:\w+:)?" + name + rb"\b[^>]*>", styles)
    closing = re.search(rb"</(?:\w+:)?" + name + rb">", styles)
    return styles[opening.end() : closing.start()] if opening and closing else b""


def _colour(fill: bytes, theme: Sequence[str]) -> str:
    """The colour of a solid fill as ``#RRGGBB``, or ``""``."""
    fore = _FORE.search(fill)
    return _shade(fore[1], theme) if fore and b'"solid"' in fill else ""


_CHROMATIC = 0x30
"""How far apart red, green and blue are in a colour that is no shade of grey."""


def _ink(font: bytes, theme: Sequence[str]) -> str:
    """The colour of a font's letters as ``#RRGGBB``; ``""`` for black, white and grey."""
    found = _INK.search(font)
    colour = _shade(found[1], theme) if found else ""
    return colour if is_chromatic(colour) else ""


def is_chromatic(colour: str) -> bool:
    """Whether a colour (``#RRGGBB``) is more than a shade of grey, as letters usually are."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)] if colour else [0]
    return max(parts) - min(parts) > _CHROMATIC


def _shade(attributes: bytes, theme: Sequence[str]) -> str:
    """The colour that these attributes name as ``#RRGGBB``, or ``""``."""
    given = {
        name: value.decode("ascii", "replace") for name, value in _ATTRIBUTE.findall(attributes)
    }
    base = given.get(b"rgb", "")[-6:]
    if b"theme" in given and given[b"theme"].isdecimal():
        number = int(given[b"theme"])
        base = theme[number] if number < len(theme) else ""
    elif b"indexed" in given and given[b"indexed"].isdecimal():
        from openpyxl.styles.colors import COLOR_INDEX

        number = int(given[b"indexed"])
        base = COLOR_INDEX[number][-6:] if number < len(COLOR_INDEX) else ""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", base):
        return ""
    try:
        return tinted(base, float(given.get(b"tint", "0")))
    except ValueError:
        return tinted(base, 0.0)


def _struck_texts(shared: bytes) -> frozenset[int]:
    """The shared texts of which a part is struck out."""
    if b"strike" not in shared or not _STRIKE.search(shared):
        return frozenset()
    return frozenset(
        number for number, item in enumerate(_ITEM.findall(shared)) if _is_struck(item)
    )


def _is_struck(text: bytes) -> bool:
    """Whether any part of a text, as the XML has it, is struck out."""
    return any(
        _STRIKE.search(run) and b"".join(_RUN_TEXT.findall(run)).strip()
        for run in _RUN.findall(text)
    )


def _coloured_texts(shared: bytes, theme: Sequence[str]) -> Mapping[int, str]:
    """The shared texts of which a part has letters of a colour, and that colour."""
    if not _INK.search(shared):
        return {}
    found = (
        (number, _ink_within(item, theme)) for number, item in enumerate(_ITEM.findall(shared))
    )
    return {number: ink for number, ink in found if ink}


def _ink_within(text: bytes, theme: Sequence[str]) -> str:
    """The first colour of letters in a text, as the XML has it, or ``""``."""
    runs = (run for run in _RUN.findall(text) if b"".join(_RUN_TEXT.findall(run)).strip())
    return next(filter(None, (_ink(run, theme) for run in runs)), "")


def tinted(colour: str, tint: float) -> str:
    """``RRGGBB`` made lighter (`tint` above 0) or darker, as ``#RRGGBB`` (ECMA-376 18.3.1.15)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    tint = max(-1.0, min(1.0, tint))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    shades = colorsys.hls_to_rgb(hue, light, full)
    return "#" + "".join(f"{round(shade * 255):02X}" for shade in shades)


_THEME_ORDER = (
    "lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6",
    "hlink", "folHlink",
)  # fmt: skip
"""Cells number the theme's colours with light and dark swapped in the first two pairs."""


def theme_colours(xml: bytes | None) -> list[str]:
    """The colours of a theme as ``RRGGBB``, in the order in which cells number them."""
    found: dict[str, str] = {}
    current = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in _THEME_ORDER:
            current[0] = local
        elif local in ("srgbClr", "sysClr") and current[0]:
            colour = attributes.get("lastClr") or attributes.get("val", "")
            found.setdefault(current[0], colour)
            current[0] = ""

    if xml:
        parse(xml, start, lambda _: None, lambda _: None)
    return [found.get(name, "") for name in _THEME_ORDER]


class _Filter(Struct):
    """A filter: its first row and column, its last row, and the texts it shows by column."""

    top: int
    left: int
    bottom: int
    shows: dict[int, set[str]] = field(default_factory=dict)


def read_hidden_xlsx(
    parts: Mapping[str, bytes], part: str, sheet: ReadSheet, plain: bool = False
) -> Hidden:
    """The rows and columns of a sheet that nobody sees; `plain` says that its cells were found to
    be spelled as usual. Raises `Refused` for a part that is not XML."""
    found = Hidden()
    last = [-1]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r", "")
            last[0] = int(number) - 1 if number.isdecimal() else last[0] + 1
            if _is_on(attributes.get("hidden")) or _below(attributes.get("ht"), NO_HEIGHT):
                found.rows.add(last[0])
        elif local == "col":
            first, end = attributes.get("min", ""), attributes.get("max", "")
            thin = _is_on(attributes.get("hidden")) or _below(attributes.get("width"), NO_WIDTH)
            if thin and first.isdecimal() and end.isdecimal():
                found.columns.update(
                    range(int(first) - 1, min(int(end), int(first) + MOST_REPEATED))
                )

    xml = rows_alone(parts[part], plain)
    parse(xml, start, lambda _: None, lambda _: None)
    tables = [target for kind, target in related(parts, part).values() if kind == "table"]
    for each in (xml, *(parts[target] for target in tables if parts.get(target))):
        for used in _filters(each):
            below = found.rows.intersection(range(used.top + 1, used.bottom + 1))
            found.filtered |= {row for row in below if not _passes(sheet, row, used)}
    found.rows -= found.filtered
    return found


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _below(value: str | None, least: float) -> bool:
    return bool(value and re.fullmatch(r"\d*\.?\d+", value)) and float(value or 0) < least


def _filters(xml: bytes) -> list[_Filter]:
    """The filters in use: those with a column by which they choose."""
    found: list[_Filter] = []
    column = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "autoFilter":
            first, _, end = attributes.get("ref", "").partition(":")
            top, bottom = place(first), place(end or first)
            if top is not None and bottom is not None:
                found.append(_Filter(top[0], top[1], bottom[0]))
        elif local == "filterColumn" and found:
            number = attributes.get("colId", "")
            column[0] = int(number) if number.isdecimal() else 0
            found[-1].shows[column[0]] = set()
        elif local == "filter" and found and column[0] in found[-1].shows:
            found[-1].shows[column[0]].add(attributes.get("val", "").casefold())

    parse(xml, start, lambda _: None, lambda _: None)
    return [each for each in found if each.shows]


def _passes(sheet: ReadSheet, row: int, used: _Filter) -> bool:
    """Whether a filter shows this row for sure, so that somebody hid it by hand.

    Only a list of texts to show can be told; of other filters it is taken that they hid the row.
    """
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    for number, wanted in used.shows.items():
        col = used.left + number
        value = cells[col] if col < len(cells) else None
        if not isinstance(value, str) or value.casefold() not in wanted:
            return False
    return True
