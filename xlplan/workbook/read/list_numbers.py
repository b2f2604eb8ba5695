"""The numbers of lists, which no text holds: "1.2" before a paragraph of Word or LibreOffice."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from msgspec import Struct, field

from xlplan.late import regex

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVEL = regex(r"%([1-9])")
_SMALL = regex(r"\d{1,6}")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9
LEVELS = 10
"""How deep lists of OpenDocument go."""
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman",
            "I": "upperRoman"}  # fmt: skip
_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "xml": "http://www.w3.org/XML/1998/namespace",
}


def odf_name(prefixed: str) -> str:
    """The name of an element or attribute of OpenDocument, such as ``"text:p"``, in full."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def whole(text: str | None, usual: int) -> int:
    """A small number; what is none is the usual one."""
    return int(text) if text and _SMALL.fullmatch(text) else usual


class _Level:
    """How one level of a list is counted and shown (ECMA-376 17.9.6)."""

    def __init__(self, element: Any) -> None:
        self.format = _value(element, "numFmt") or "decimal"
        self.text = _value(element, "lvlText")
        self.start = whole(_value(element, "start"), 1)


class Numbers:
    """Counts through a document from top to bottom; `of` must see every paragraph once."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.lists: dict[str, str] = {}
        self.counts: dict[str, list[int | None]] = {}
        self.restarts: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()
        self.styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read(numbering)
        if styles is not None:
            for style in styles.iter(f"{_W}style"):
                found = _numbering(style.find(f"{_W}pPr"))
                if found:
                    self.styles[style.get(f"{_W}styleId") or ""] = found

    def _read(self, numbering: Any) -> None:
        for kind in numbering.iter(f"{_W}abstractNum"):
            levels = {whole(e.get(f"{_W}ilvl"), 0): _Level(e) for e in kind.iter(f"{_W}lvl")}
            self.levels[kind.get(f"{_W}abstractNumId") or ""] = levels
        for item in numbering.iter(f"{_W}num"):
            name = item.get(f"{_W}numId") or ""
            self.lists[name] = _value(item, "abstractNumId")
            self.restarts[name] = {
                whole(each.get(f"{_W}ilvl"), 0): whole(_value(each, "startOverride"), 1)
                for each in item.iter(f"{_W}lvlOverride")
                if each.find(f"{_W}startOverride") is not None
            }

    def of(self, paragraph: Any) -> str:
        """The number that Word shows before a paragraph, or ``""``; a bullet is ``"-"``."""
        properties = paragraph.find(f"{_W}pPr")
        found = _numbering(properties)
        if found is None and properties is not None:
            found = self.styles.get(_value(properties, "pStyle"))
        if found is None or found[0] not in self.lists or found[1] >= _LEVELS:
            return ""
        name, depth = found
        levels = self.levels.get(self.lists[name], {})
        level = levels.get(depth)
        if level is None or level.format == "none":
            return ""
        if level.format == "bullet":
            return "-"
        counts = self._count(name, depth, levels)

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            here = levels.get(at)
            number = counts[at]
            if here is None or at > depth:
                return ""
            return shown_number(here.start if number is None else number, here.format)

        return _LEVEL.sub(shown, level.text).strip()

    def _count(self, name: str, depth: int, levels: dict[int, _Level]) -> list[int | None]:
        """Count one more; lists of one kind count on from each other, unless one starts anew."""
        counts = self.counts.setdefault(self.lists[name], [None] * _LEVELS)
        if name not in self.begun:
            self.begun.add(name)
            for at, start in self.restarts.get(name, {}).items():
                if at < _LEVELS:
                    counts[at] = start - 1
        now = counts[depth]
        counts[depth] = levels[depth].start if now is None else now + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        return counts


def _numbering(properties: Any | None) -> tuple[str, int] | None:
    """The list and the level that a paragraph or a style names."""
    if properties is None or (found := properties.find(f"{_W}numPr")) is None:
        return None
    return _value(found, "numId"), whole(_value(found, "ilvl"), 0)


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def shown_number(number: int, how: str) -> str:
    """A number as a list shows it, in a format of ECMA-376 17.18.59."""
    if how in ("lowerLetter", "upperLetter") and number > 0:
        text = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * min((number - 1) // 26 + 1, 9)
        return text.upper() if how == "upperLetter" else text
    if how in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for worth, letters in _ROMAN:
            text += letters * (number // worth)
            number %= worth
        return text.upper() if how == "upperRoman" else text
    return f"{number:02d}" if how == "decimalZero" else str(number)


class OpenNumbers(Struct):
    """Counts the items of an OpenDocument text's lists, from top to bottom."""

    roots: list[ElementTree.Element]
    levels: dict[str, dict[int, ElementTree.Element]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    """By the style of a list, and by the name of a list."""

    def __post_init__(self) -> None:
        for root in self.roots:
            for style in root.iter(odf_name("text:list-style")):
                self.levels[style.get(odf_name("style:name"), "")] = {
                    whole(each.get(odf_name("text:level")), 1): each for each in style
                }

    def begin(self, style: str, element: ElementTree.Element) -> list[int | None]:
        """How far a list has counted, which may go on where another one ended."""
        counts = self.counts.get(element.get(odf_name("text:continue-list"), ""))
        if counts is None and element.get(odf_name("text:continue-numbering")) == "true":
            counts = self.counts.get(style)
        counts = [None] * (LEVELS + 1) if counts is None else counts
        self.counts[style] = counts
        self.counts[element.get(odf_name("xml:id"), style)] = counts
        return counts

    def of(
        self, style: str, depth: int, item: ElementTree.Element, counts: list[int | None]
    ) -> str:
        """The number that an item shows, or ``"-"`` for a bullet."""
        level = self.levels.get(style, {}).get(depth)
        if level is None or depth > LEVELS:
            return ""
        if level.tag != odf_name("text:list-level-style-number"):
            return "-" if level.get(odf_name("text:bullet-char")) else ""
        start = item.get(odf_name("text:start-value"))
        now = counts[depth]
        first = whole(level.get(odf_name("text:start-value")), 1)
        counts[depth] = whole(start, first) if start or now is None else now + 1
        counts[depth + 1 :] = [None] * (LEVELS - depth)
        shows = min(max(whole(level.get(odf_name("text:display-levels")), 1), 1), depth)
        numbers = [
            self._one(style, each, counts[each]) for each in range(depth - shows + 1, depth + 1)
        ]
        if not numbers[-1]:
            return ""
        before, after = (
            level.get(odf_name(f"style:num-{each}"), "") for each in ("prefix", "suffix")
        )
        return f"{before}{'.'.join(filter(None, numbers))}{after}".strip()

    def _one(self, style: str, depth: int, count: int | None) -> str:
        level = self.levels.get(style, {}).get(depth)
        how = (
            _FORMATS.get(level.get(odf_name("style:num-format"), "")) if level is not None else None
        )
        return shown_number(1 if count is None else count, how) if how else ""
