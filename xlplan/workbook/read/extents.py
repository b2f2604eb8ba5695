"""How far the cells of a sheet reach, and which of them hold a formula or an error.

Told before any reader sees the sheet: a cell far away makes readers allocate hundreds of
gigabytes, and they return formulas and errors as blanks. The modules beside this
one find an `Extent` in each kind of file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from xlplan.codes.gate_codes import GATE_005
from xlplan.workbook.read.book import At
from xlplan.workbook.read.bounds import Bounds, Refused, Unfit

_NAME = re.compile(r"\s*\$?([A-Za-z]{1,7})\$?(\d{1,10})\s*")
TRUTHS = frozenset({"TRUE()", "FALSE()"})
"""LibreOffice writes a boolean as one of these formulas: somebody typed TRUE or FALSE."""
ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""The errors of binary workbooks."""
SHARED = "a formula"
"""Stands for a formula whose text the file keeps elsewhere or not at all."""


NO_HEIGHT = 1.5
"""Points below which nobody sees a row."""
NO_WIDTH = 0.5
"""Characters below which nobody sees a column."""
MOST_REPEATED = 1 << 20
"""Rows or columns of one repeated element that are followed."""


@dataclass
class Hidden:
    """What nobody sees of one sheet; rows and columns count from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)


@dataclass
class Extent:
    """What one sheet's XML holds: `rows` and `columns` are counts from A1 to the last cell that
    holds something; `cells` counts every cell listed, empty ones too. None of them is counted
    where all cells are `near` A1, so that the sheet may be read to see."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    merges: int = 0
    merged_area: int = 0
    filled: bool = False
    """Whether any cell holds a plain value."""
    formulas: dict[At, str] = field(default_factory=dict)
    errors: dict[At, str] = field(default_factory=dict)
    unread: bool = False
    """Whether there are cells in a form that no reader here knows."""
    typed: dict[At, bool | str] = field(default_factory=dict)
    """What was typed in cells that readers give otherwise: TRUE() and FALSE() for a boolean, a text
    without its tabs."""
    near: bool = False
    """Then texts are shared ones too."""
    plain: tuple[int, int] | None = field(default=None, compare=False)
    """Where the cells begin and end in the sheet's XML, if it is spelled in the usual way."""

    def reach(self, row: int, col: int) -> None:
        """Take in a cell."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, col + 1)

    def add_formula(self, at: At, formula: str) -> None:
        """Take in a formula, which may stand for TRUE or FALSE."""
        text = formula.strip().upper()
        if text in TRUTHS:
            self.typed[at] = text == "TRUE()"
        else:
            self.formulas[at] = formula or SHARED

    def merge(self, height: int, width: int) -> None:
        """Take in a merged area, which may be given from any of its corners."""
        self.merges += 1
        self.merged_area += (abs(height) + 1) * (abs(width) + 1)

    def check(self, sheet: str, bounds: Bounds) -> None:
        """Raise `Unfit` where the sheet is larger than a plan can be."""
        if self.rows > bounds.rows or self.columns > bounds.columns:
            raise far_cells(sheet, self.rows, self.columns)
        area = self.rows * self.columns
        if area > bounds.cells or self.cells > bounds.cells:
            raise many_cells(sheet, max(area, self.cells))
        if self.merges > bounds.merges or self.merged_area > bounds.cells:
            raise Unfit(sheet, "merged")


def far_cells(sheet: str, rows: int, columns: int) -> Unfit:
    """The refusal of a sheet with something far away from its table."""
    return Unfit(sheet, "far", row=rows, column=columns)


def many_cells(sheet: str, cells: int) -> Unfit:
    """The refusal of a sheet with too many cells, nearly always empty ones that are formatted."""
    return Unfit(sheet, "many", cells=cells)


def many_together(sheet: str, cells: int) -> Unfit:
    """The refusal of a sheet that is too much beside the others."""
    return Unfit(sheet, "together", cells=cells)


@lru_cache(maxsize=512)
def column_number(letters: str) -> int:
    """The number of a column from its letters: 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place(name: str) -> At | None:
    """Row and column, from 0, of a cell's name; None where it is not one."""
    found = _NAME.fullmatch(name)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    """Parse `xml` with these handlers; names keep their prefix. Raises `Refused` if it is not
    XML. Document type declarations never come this far."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Refused(GATE_005.fill("cells")) from None
