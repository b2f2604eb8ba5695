"""A text document as a sheet in the making: tables as rows, and paragraphs as rows too.

What documents of Word and of OpenDocument have in common: cells that reach over columns and rows,
boxes that are ticked, and fonts that show other signs than their characters are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.late import regex
from xlplan.workbook.read.book import At, CellValue, ReadSheet, far_cells, many_cells
from xlplan.workbook.read.inbox import MB, Bounds

SHEET = "Document"
"""The name of the one sheet that a document is read as."""
MOST = 32 * MB
"""Bytes of the document's own part: as a tree it takes many times its size."""
TICKED, UNTICKED = "☒", "☐"
"""How a check box is read."""
_BOX = regex("([☒☑☐])")
_LONGEST_LABEL = 40
"""Characters of what stands beside a box that is one answer of several."""
_SIGNS: Mapping[str, Mapping[int, str]] = {
    "wingdings": {
        0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x75: "◆", 0x78: "☒",
        0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xFB: "✗",
        0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
    "wingdings 2": {
        0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x98: "●", 0xA3: "☐",
    },
    "webdings": {0x61: "✓", 0x63: "☐", 0x67: "■", 0x6E: "●", 0x72: "✗"},
    "symbol": {0xA8: "◆", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB7: "•"},
}  # fmt: skip
"""What fonts of signs show for a character, as far as plans have them."""


def sign(font: str, code: int) -> str:
    """What a font of signs shows for a character, which may stand in the private area
    (U+F000 to U+F0FF); ``""`` where it is no such font or a sign that is not known."""
    return _SIGNS.get(font.casefold(), {}).get(code - 0xF000 if code >= 0xF000 else code, "")


def signs(font: str, text: str) -> str:
    """A text as a font of signs shows it; any other text as it is."""
    if font.casefold() not in _SIGNS:
        return text
    return "".join(sign(font, ord(c)) or c for c in text)


class Cell(Struct, frozen=True):
    """One cell of a table: its text, and from which grid column to which it reaches."""

    text: str
    start: int
    end: int
    fill: str = ""
    struck: bool = False
    carries_on: bool = False
    """Whether it is merged with the cell above it."""
    ink: str = ""


class DocumentRows(Struct):
    """The rows in the making. Raises `Refused` for more than a plan has."""

    bounds: Bounds
    rows: list[list[CellValue]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    """Rows that are a paragraph."""
    fills: dict[At, str] = field(default_factory=dict)
    struck: set[At] = field(default_factory=set)
    inks: dict[At, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    width: int = 1

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self.alone.append(len(self.rows))
        self._row([text or None])

    def _row(self, values: list[CellValue]) -> None:
        self.rows.append(values)
        self.width = max(self.width, len(values))
        if len(self.rows) > self.bounds.rows or self.width > self.bounds.columns:
            raise far_cells(SHEET, len(self.rows), self.width)
        if len(self.rows) * self.width > self.bounds.cells:
            raise many_cells(SHEET, len(self.rows) * self.width)

    def table(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Add a table, row by row."""
        columns = _columns(rows)
        open_at: dict[int, int] = {}
        first_row = len(self.rows)
        for cells in rows:
            here = len(self.rows)
            values: list[CellValue] = [None] * (columns.width or 1)
            for order, cell in enumerate(cells):
                first, last = columns.of(cell, order, len(cells))
                if cell.carries_on and first in open_at:
                    top, left, _, right = self.merged[open_at[first]]
                    self.merged[open_at[first]] = (top, left, here, right)
                    if not cell.text:
                        continue
                else:
                    open_at[first] = len(self.merged)
                    self.merged.append((here, first, here, last))
                values[first] = "\n".join(filter(None, [_shown(values[first]), cell.text])) or None
                if cell.fill:
                    self.fills[here, first] = cell.fill
                if cell.ink:
                    self.inks[here, first] = cell.ink
                if cell.struck:
                    self.struck.add((here, first))
            self._row(values)
        self.merged = [m for m in self.merged if (m[0], m[1]) != (m[2], m[3])]
        for col in range(columns.width):
            _choose(self.rows[first_row:], col)

    def sheet(self, notes: Iterable[str] = ()) -> ReadSheet:
        """All of it, with comments as notes, numbered by rows of their own."""
        last = self.width - 1
        whole = [(row, 0, row, last) for row in self.alone if last and self.rows[row][0]]
        rows = [[*row, *([None] * (self.width - len(row)))] for row in self.rows]
        made = ReadSheet(
            SHEET, rows, fills=self.fills, inks=self.inks, struck=frozenset(self.struck),
            merged=tuple(sorted([*whole, *self.merged])),
        )  # fmt: skip
        return replace(made, notes={(number, 0): text for number, text in enumerate(notes)})


def _shown(value: CellValue) -> str:
    return str(value) if value is not None else ""


def _choose(rows: Sequence[list[CellValue]], col: int) -> None:
    """Where the cells of a column offer the same answers, each beside a box, what is ticked is
    what they say. A list of other things that are ticked off stays as it is."""
    asked = {
        number: boxes
        for number, row in enumerate(rows)
        if col < len(row) and isinstance(value := row[col], str) and (boxes := _boxes(value))
    }
    if len({tuple(boxes) for boxes in asked.values()}) != 1:
        return
    if len(asked) == 1 and sum(next(iter(asked.values())).values()) != 1:
        return
    for number, boxes in asked.items():
        chosen = [label for label, ticked in boxes.items() if ticked]
        rows[number][col] = ", ".join(chosen) or None


def _boxes(text: str) -> dict[str, bool]:
    """The answers of a cell that is nothing but boxes and short words beside them, each with
    whether it is ticked; none where there are fewer than two."""
    pieces = [piece.strip(" \t\n,;/|") for piece in _BOX.split(text)]
    boxes, words = pieces[1::2], pieces[0::2]
    if words[0] and not words[-1]:
        labels = words[:-1]
    elif words[-1] and not words[0]:
        labels = words[1:]
    else:
        return {}
    found = {label: box != UNTICKED for label, box in zip(labels, boxes, strict=True)}
    if len(found) < 2 or len(found) < len(boxes) or "" in found:
        return {}
    return {} if any(len(label) > _LONGEST_LABEL for label in found) else found


class _Columns(Struct, frozen=True):
    """Where the cells of a table go: by their order where rows have one number of cells, which
    is what people see; else by the grid columns at which any cell begins."""

    usual: int
    starts: Sequence[int]

    @property
    def width(self) -> int:
        return self.usual or len(self.starts)

    def of(self, cell: Cell, order: int, count: int) -> tuple[int, int]:
        """The first and the last column of a cell that is number `order` of `count` in its row."""
        if self.usual:
            return (order, order) if count == self.usual else (0, self.usual - 1)
        inside = [n for n, start in enumerate(self.starts) if cell.start <= start <= cell.end]
        return inside[0], inside[-1]


def _columns(rows: Sequence[Sequence[Cell]]) -> _Columns:
    counts = Counter(len(cells) for cells in rows if len(cells) > 1)
    if len(counts) == 1 and all(cells for cells in rows):
        return _Columns(next(iter(counts)), ())
    starts = sorted({cell.start for cells in rows for cell in cells})
    return _Columns(0, starts)
