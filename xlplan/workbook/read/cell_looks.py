"""How the cell formats of an xlsx workbook look: their fills, lines through what they hold, and
the colours of their letters, told from the styles alone.

openpyxl tells the same and more, but to load it takes as long as reading a long sheet. Where styles
are anything that it might take in another way, nothing is told here, and it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.read.book import parse
from xlplan.workbook.read.inbox import Refused
from xlplan.workbook.read.marks import theme_colours, tinted

Look = tuple[str, bool, str]
"""The fill of a cell (``#RRGGBB``, or ``""``), whether it is struck out, its letters' colour."""
PLAIN: Look = ("", False, "")
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LISTS = (["fonts"], ["fills"], ["cellXfs"])
_RGB = regex(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_WHOLE = regex(r"\d{1,6}")
_TINT = regex(r"-?(?:0?\.\d{1,20}|[01](?:\.\d{1,20})?)(?:[eE]-\d{1,2})?")
_OFF = frozenset({"false", "f", "0"})


class _Unsure(Exception):  # noqa: N818  (no error: openpyxl is asked)
    """Raised within this module for what openpyxl may take in another way."""


class _Styles(Struct):
    """What is met of the styles: colours are as their attributes have them, None where there are
    none."""

    inside: list[str] = field(default_factory=list)
    fonts: list[dict[str, dict[str, str]]] = field(default_factory=list)
    """By name the children of each font, with their attributes."""
    fills: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The pattern of each fill, and its colour."""
    formats: list[tuple[int, int]] = field(default_factory=list)
    """Font and fill of each cell format."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in the beginning of an element."""
        if ":" in name and (not self.inside or self.inside[1:2] in _LISTS):
            raise _Unsure
        match self.inside[1:]:
            case ["cellXfs"] if name == "xf":
                ids = [attributes.get(key, "0") for key in ("fontId", "fillId")]
                self.formats.append((_whole(ids[0]), _whole(ids[1])))
            case ["fonts"] if name == "font":
                self.fonts.append({})
            case ["fonts", "font"]:
                if self.fonts[-1].setdefault(name, attributes) is not attributes:
                    raise _Unsure
            case ["fills"] if name == "fill":
                self.fills.append(("", {}))
            case ["fills", "fill"]:
                if name != "patternFill" or self.fills[-1] != ("", {}):
                    raise _Unsure
                self.fills[-1] = (attributes.get("patternType", "none"), {})
            case ["fills", "fill", "patternFill"] if name == "fgColor":
                if self.fills[-1][1]:
                    raise _Unsure
                self.fills[-1][1].update(attributes)
        self.inside.append(name)

    def end(self, _: str) -> None:
        """Take in the end of an element."""
        self.inside.pop()


def looks_of(styles: bytes, theme: bytes | None, used: Sequence[int]) -> Mapping[int, Look] | None:
    """The looks of these cell formats by their number, but for those that look like nothing; None
    where openpyxl is to tell them. `theme` is the part of the theme."""
    if _MAIN not in styles or b"<!" in styles:
        return None
    found = _Styles()
    try:
        parse(styles, found.start, found.end, lambda _: None)
        colours = theme_colours(theme)
        made: dict[tuple[int, int], Look] = {}
        for number in used:
            ids = found.formats[number]
            if ids not in made:
                made[ids] = _look(found.fonts[ids[0]], found.fills[ids[1]], colours)
        return {number: look for number in used if any(look := made[found.formats[number]])}
    except (_Unsure, Refused, IndexError):
        return None


def _look(
    font: Mapping[str, Mapping[str, str]], fill: tuple[str, Mapping[str, str]], theme: Sequence[str]
) -> Look:
    struck = "strike" in font and font["strike"].get("val", "1") not in _OFF
    ink = _colour(font["color"], theme) if "color" in font else ""
    return _colour(fill[1], theme) if fill[0] == "solid" else "", struck, ink


def _colour(given: Mapping[str, str], theme: Sequence[str]) -> str:
    """A colour as ``#RRGGBB``, or ``""`` where it is the program's own."""
    base = ""
    match [name for name in given if name != "tint"]:
        case ["rgb"] if rgb := _RGB.fullmatch(given["rgb"]):
            base = rgb[1]
        case ["theme"]:
            number = _whole(given["theme"])
            base = theme[number] if number < len(theme) else ""
        case ["auto"]:
            pass
        case _:  # none, several, or one of the old list
            raise _Unsure
    tint = given.get("tint", "0")
    if not _TINT.fullmatch(tint) or not -1 <= float(tint) <= 1:
        raise _Unsure
    return tinted(base, float(tint)) if re.fullmatch(r"[0-9A-Fa-f]{6}", base) else ""


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _Unsure
    return int(text)
