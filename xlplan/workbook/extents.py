"""How far the cells of a sheet reach, and which of them hold a formula or an error.

Read from the sheet's own XML before any reader sees it: a cell far away makes readers allocate
hundreds of gigabytes, and they return formulas and errors as blanks (FIELD-NOTES 2).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from xlplan.workbook.book import At
from xlplan.workbook.kinds import Refusal
from xlplan.workbook.parts import Bounds, Refused

# What Excel, LibreOffice and xlsxwriter write. Whatever differs is read by a real parser instead.
_PLAIN_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="\d+")?(?: t="(?:s|n|b|str|inlineStr)")? ?/?>'
)
_PLAIN_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?: s="\d+")?(?: t="(?:n|b|str)")? ?>'
    rb'<f(?: aca="(?:true|false)")?>([^<\r]*)</f>(?:<v>([^<]*)</v>|<v ?/>)?</c>'
)
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_MARKS = re.compile(rb"<(c|row|f|mergeCell)[\s/>]")
_PREFIXED = re.compile(rb":(?:c|row|f|mergeCell)[\s/>]")
_FORMULA = re.compile(rb"<f[\s/>]")
_PLAIN_ROW = re.compile(rb'<row r="(\d{1,7})"')
_PLAIN_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_UTF8 = re.compile(rb'<\?xml[^>]*encoding="(?!utf-8")', re.IGNORECASE)
_NAME = re.compile(r"\s*\$?([A-Za-z]{1,7})\$?(\d{1,10})\s*")
TRUTHS = frozenset({"TRUE()", "FALSE()"})
"""LibreOffice writes a boolean as one of these formulas: somebody typed TRUE or FALSE."""
SHARED = "a formula"
"""Stands for a formula whose text the file keeps elsewhere or not at all."""


@dataclass
class Extent:
    """What one sheet's XML holds: `rows` and `columns` are counts from A1 to the last cell that
    holds something; `cells` counts every cell listed, empty ones too."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    texts: int = 0
    """Cells that refer to a shared text."""
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

    def merge(self, ref: str) -> None:
        """Take in a merged area such as ``"A1:C2"``."""
        first, _, last = ref.partition(":")
        start, stop = place(first), place(last or first)
        self.merges += 1
        if start and stop:
            self.merged_area += (abs(stop[0] - start[0]) + 1) * (abs(stop[1] - start[1]) + 1)

    def check(self, sheet: str, bounds: Bounds) -> None:
        """Raise `Refused` where the sheet is larger than a plan can be."""
        if self.rows > bounds.rows or self.columns > bounds.columns:
            raise Refused(far_cells(sheet, self.rows, self.columns))
        area = self.rows * self.columns
        if area > bounds.cells or self.cells > bounds.cells:
            raise Refused(many_cells(sheet, max(area, self.cells)))
        if self.merges > bounds.merges or self.merged_area > bounds.cells:
            raise Refused(
                Refusal(
                    "GATE-012",
                    f'The sheet "{sheet}" merges far more cells than a plan has. '
                    "Unmerge whole rows and columns, save, and send the workbook again.",
                )
            )


def far_cells(sheet: str, rows: int, columns: int) -> Refusal:
    """The refusal of a sheet with something far away from its table."""
    return Refusal(
        "GATE-011",
        f'The sheet "{sheet}" has something as far as row {rows:,}, column {columns:,}. '
        "Delete the rows and columns after the table and save; then send the workbook again.",
    )


def many_cells(sheet: str, cells: int) -> Refusal:
    """The refusal of a sheet with too many cells, nearly always empty ones that are formatted."""
    which = f'The sheet "{sheet}"' if sheet else "A sheet of this workbook"
    return Refusal(
        "GATE-011",
        f"{which} has {cells:,} cells, far more than a plan. Select the rows and "
        "columns after the table, choose Clear Formats and Delete, save, and send it again.",
    )


def scan_sheet(xml: bytes, bounds: Bounds) -> Extent:
    """The extent of a sheet of an xlsx workbook. Raises `Refused` where it is not XML."""
    return _scan_plain(xml, bounds) or _scan_any(xml, bounds)


def _scan_plain(xml: bytes, bounds: Bounds) -> Extent | None:
    """The extent, where every cell is written the usual way and none needs a second look."""
    if b"<!" in xml or _UTF8.match(xml) or not xml.startswith(b"<"):
        return None
    if _PREFIXED.search(xml):
        return None
    marks = Counter(_MARKS.findall(xml))
    listed = marks[b"c"]
    if listed > bounds.cells:
        raise Refused(many_cells("", listed))
    rows, merges = _PLAIN_ROW.findall(xml), _PLAIN_MERGE.findall(xml)
    found = _PLAIN_CELL.findall(xml)
    formulas = _plain_formulas(xml) if marks[b"f"] else []
    counts = {b"c": len(found), b"row": len(rows), b"f": len(formulas), b"mergeCell": len(merges)}
    if any(marks[name] != count for name, count in counts.items()):
        return None
    extent = Extent(
        rows=max(map(int, {row for _, row in found}), default=0),
        columns=max((_column(name.decode()) for name in {name for name, _ in found}), default=0),
        cells=listed,
        texts=xml.count(b't="s"'),
        filled=b"<is" in xml or xml.count(b"<v>") > sum(bool(value) for *_, value in formulas),
    )
    if extent.rows > bounds.rows or extent.columns > bounds.columns:
        return None  # perhaps only formatted: the parser looks at what the cells hold
    for merge in merges:
        extent.merge(merge.decode())
    if not _add_formulas(extent, formulas):
        return None
    return None if extent.rows * extent.columns > bounds.cells else extent


def _plain_formulas(xml: bytes) -> list[tuple[bytes, bytes, bytes | None]]:
    """Cell, formula and value of each formula in a cell written the usual way."""
    cells = (xml.rfind(b"<c ", 0, mark.start()) for mark in _FORMULA.finditer(xml))
    found = (_PLAIN_FORMULA.match(xml, max(cell, 0)) for cell in cells)
    return [(each[1], each[2], each[3]) for each in found if each]


def _add_formulas(extent: Extent, found: list[tuple[bytes, bytes, bytes | None]]) -> bool:
    """Take in formulas as the XML spells them; False where only a parser can say what they are."""
    try:
        for name, formula, _ in found:
            if at := place(name.decode()):
                extent.add_formula(at, _ENTITY.sub(_character, formula.decode()))
    except (ValueError, OverflowError):  # not UTF-8, or the number of no character
        return False
    return True


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _ENTITIES[name] if name else chr(int(decimal or hexadecimal, 10 if decimal else 16))


@lru_cache(maxsize=512)
def _column(letters: str) -> int:
    """The number of a column from its letters: 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place(name: str) -> At | None:
    """Row and column, from 0, of a cell's name; None where it is not one."""
    found = _NAME.fullmatch(name)
    return (int(found[2]) - 1, _column(found[1]) - 1) if found else None


class _SheetParser:
    """Handlers for the parser, which reads any spelling of the same XML."""

    def __init__(self, bounds: Bounds) -> None:
        self.extent = Extent()
        self.bounds = bounds
        self.row, self.col = -1, -1
        self.kind = ""
        self.inside = ""
        self.text: list[str] = []
        self.formula: str | None = None
        self.value = ""
        self.shared: dict[str, str] = {}
        self.share = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r", "").strip()
            self.row = int(number) - 1 if number[:12].isdecimal() else self.row + 1
            self.col = -1
        elif local == "c":
            self._open_cell(attributes)
        elif local == "mergeCell":
            self.extent.merge(attributes.get("ref", ""))
        elif local in ("f", "v", "t") and self.kind:
            self.inside, self.text = local, []
            if local == "f":
                self.share = attributes.get("si", "") if attributes.get("t") == "shared" else ""

    def _open_cell(self, attributes: dict[str, str]) -> None:
        at = place(attributes.get("r", ""))
        self.row, self.col = at or (max(self.row, 0), self.col + 1)
        self.kind = attributes.get("t", "n")
        self.formula, self.value = None, ""
        self.extent.cells += 1
        self.extent.texts += self.kind == "s"
        if self.extent.cells > self.bounds.cells:
            raise Refused(many_cells("", self.extent.cells))

    def data(self, text: str) -> None:
        if self.inside:
            self.text.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == self.inside:
            text = "".join(self.text)
            if local == "f":
                self.formula = self._formula(text)
            else:
                self.value += text
            self.inside = ""
        elif local == "c" and self.kind:
            self._close_cell()

    def _formula(self, text: str) -> str:
        if self.share and text:
            self.shared[self.share] = text
        return text or self.shared.get(self.share, "") or SHARED

    def _close_cell(self) -> None:
        at = (self.row, self.col)
        if self.formula is not None:
            self.extent.add_formula(at, self.formula)
        if self.kind == "e":
            self.extent.errors[at] = self.value.strip() or "#N/A"
        elif self.value:
            self.extent.filled = self.extent.filled or self.formula is None
        if self.value or self.formula is not None:
            self.extent.reach(*at)
        self.kind = ""


def _scan_any(xml: bytes, bounds: Bounds) -> Extent:
    handlers = _SheetParser(bounds)
    parse(xml, handlers.start, handlers.end, handlers.data)
    return handlers.extent


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
        raise Refused(NOT_XML) from None


NOT_XML = Refusal(
    "GATE-005",
    "A part of this file that should hold cells cannot be read, so it is damaged. "
    "Open it, save it as an Excel workbook (.xlsx), and send it again.",
)
