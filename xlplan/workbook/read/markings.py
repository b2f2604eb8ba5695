"""What values cannot tell: notes, colours, strikethrough, and merged cells.

Notes are read from their own part, and only where the file has one. The rest is for importing a
plan: it needs openpyxl, which takes ten times as long as reading the values.
"""

from __future__ import annotations

import colorsys
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xlplan.workbook.read.book import At
from xlplan.workbook.read.extents import parse, place
from xlplan.workbook.read.relations import related

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_THREADED = re.compile(r"\A\[Threaded comment\].*?\n\s*Comment:\s*", re.DOTALL)


def read_notes(parts: Mapping[str, bytes], part: str) -> dict[At, str]:
    """The notes of the sheet in `part`, by cell. Raises `Refused` where they are not XML."""
    notes: dict[At, str] = {}
    threads: dict[At, str] = {}
    for kind, target in related(parts, part).values():
        if kind == "comments" and parts.get(target):
            notes.update(_notes(parts[target]))
        elif kind == "threadedComment" and parts.get(target):
            threads.update(_notes(parts[target], "threadedComment", "text"))
    return notes | threads


def _notes(xml: bytes, element: str = "comment", words: str = "t") -> dict[At, str]:
    """Texts by cell; those of several comments on one cell, as in a thread, one a line."""
    notes: dict[At, str] = {}
    at: list[At | None] = [None]
    texts: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == element:
            at[0] = place(attributes.get("ref", ""))
            texts.clear()
        inside[0] = local == words

    def end(name: str) -> None:
        inside[0] = False
        if name.rpartition(":")[2] == element and at[0] is not None:
            text = _THREADED.sub("", "".join(texts)).strip()
            if text:
                notes[at[0]] = f"{notes[at[0]]}\n{text}" if at[0] in notes else text

    def data(text: str) -> None:
        if inside[0]:
            texts.append(text)

    parse(xml, start, end, data)
    return notes


@dataclass(frozen=True)
class Markings:
    """What openpyxl sees on one sheet. Rows and columns count from 0."""

    fills: Mapping[At, str] = field(default_factory=dict)
    struck: frozenset[At] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_markings(data: bytes) -> dict[str, Markings]:
    """The markings of every sheet of an xlsx workbook that passed the gate, by sheet name.

    Sheets that openpyxl cannot see (a strict workbook, FIELD-NOTES 2) are not in the answer.
    """
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on writing does not matter here
        book = load_workbook(io.BytesIO(data))
    theme = theme_colours(book.loaded_theme)
    return {sheet.title: _sheet_markings(sheet, theme) for sheet in book.worksheets}


def _sheet_markings(sheet: Worksheet, theme: list[str]) -> Markings:
    from openpyxl.cell.cell import Cell

    fills: dict[At, str] = {}
    struck: set[At] = set()
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell) or not cell.has_style:
                continue
            at = (cell.row - 1, cell.column - 1)
            if colour := _fill(cell, theme):
                fills[at] = colour
            if cell.font.strike and cell.value is not None:
                struck.add(at)
    return Markings(
        fills,
        frozenset(struck),
        tuple(
            (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
            for area in sorted(sheet.merged_cells.ranges, key=lambda a: (a.min_row, a.min_col))
        ),
    )


def _fill(cell: Cell, theme: list[str]) -> str:
    """The colour of a solid fill as ``#RRGGBB``, or ``""``."""
    fill = cell.fill
    if fill is None or fill.fill_type != "solid":
        return ""
    colour = fill.fgColor
    base = ""
    if colour.type == "rgb" and isinstance(colour.rgb, str):
        base = colour.rgb[-6:]
    elif colour.type == "theme" and isinstance(colour.theme, int):
        base = theme[colour.theme] if 0 <= colour.theme < len(theme) else ""
    elif colour.type == "indexed" and isinstance(colour.indexed, int):
        from openpyxl.styles.colors import COLOR_INDEX

        base = COLOR_INDEX[colour.indexed][-6:] if 0 <= colour.indexed < len(COLOR_INDEX) else ""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", base):
        return ""
    return tinted(base, float(colour.tint or 0))


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
