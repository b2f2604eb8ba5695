"""The numbers that Word counts itself: "1.2" before a paragraph that holds no such text."""

from __future__ import annotations

import re
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVEL = re.compile(r"%([1-9])")
_SMALL = re.compile(r"\d{1,6}")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9


class _Level:
    """How one level of a list is counted and shown (ECMA-376 17.9.6)."""

    def __init__(self, element: Any) -> None:
        self.format = _value(element, "numFmt") or "decimal"
        self.text = _value(element, "lvlText")
        self.start = _number(_value(element, "start"), 1)


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
            levels = {_number(e.get(f"{_W}ilvl"), 0): _Level(e) for e in kind.iter(f"{_W}lvl")}
            self.levels[kind.get(f"{_W}abstractNumId") or ""] = levels
        for item in numbering.iter(f"{_W}num"):
            name = item.get(f"{_W}numId") or ""
            self.lists[name] = _value(item, "abstractNumId")
            self.restarts[name] = {
                _number(each.get(f"{_W}ilvl"), 0): _number(_value(each, "startOverride"), 1)
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
            return _shown(here.start if number is None else number, here.format)

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
    return _value(found, "numId"), _number(_value(found, "ilvl"), 0)


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and _SMALL.fullmatch(text) else usual


def _shown(number: int, how: str) -> str:
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
