"""An OpenDocument spreadsheet: how far its sheets reach, their notes, what nobody sees of them.

Its one part of content is followed element by element; repeated rows and cells are counted and
never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from xml.parsers import expat

from xlplan.workbook.read.book import (
    MOST_REPEATED,
    NO_HEIGHT,
    Extent,
    Hidden,
    far_cells,
    many_together,
    parse,
)
from xlplan.workbook.read.inbox import Bounds, Choice, Unfit

_MOST_SPACES = 1 << 24
"""Spaces that a document may ask for by their number."""


_POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0}


class _OdsParser:
    """Handlers that follow repeated rows and cells without repeating them."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.extents: dict[str, Extent] = {}
        self.names: list[str] = []
        self.notes: dict[str, dict[tuple[int, int], str]] = {}
        self.row = self.col = 0
        self.repeat_rows = self.repeat_cells = 1
        self.attributes: dict[str, str] = {}
        self.cell: list[str] | None = None
        self.note: list[str] | None = None
        self.tabs = self.in_text = False
        self.spaces, self.paragraphs = _MOST_SPACES, 0
        self.widest = 0
        self.style = ""
        self.hiding: set[str] = set()
        """The styles that hide a table."""
        self.hidden: set[str] = set()
        self.unfit: dict[str, Unfit] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table" and self.cell is None:
            self._open_table(attributes)
        elif name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hiding.add(self.style)
        elif name == "table:table-row":
            self.col = 0
            self.widest = 0
            self.repeat_rows = repeated(attributes.get("table:number-rows-repeated"))
        elif name in ("table:table-cell", "table:covered-table-cell") and self.names:
            self.repeat_cells = repeated(attributes.get("table:number-columns-repeated"))
            self.attributes, self.cell, self.tabs, self.paragraphs = attributes, [], False, 0
        elif name == "office:annotation":
            self.note = []
        elif self.note is not None:
            self._in_note(name)
        elif self.cell is not None:
            self.cell.append(self._spaced(name, attributes))

    def _open_table(self, attributes: dict[str, str]) -> None:
        self.names.append(attributes.get("table:name", ""))
        self.extents[self.names[-1]] = Extent()
        self.row = 0
        if attributes.get("table:style-name", "") in self.hiding:
            self.hidden.add(self.names[-1])

    def _in_note(self, name: str) -> None:
        """Of a note only its paragraphs are its text: who made it and when stand beside them."""
        if name == "text:p":
            self.in_text = True
        if self.note and name in ("text:p", "text:line-break"):
            self.note.append("\n")
        elif name in ("text:s", "text:tab") and self.note is not None:
            self.note.append(" ")

    def _spaced(self, name: str, attributes: dict[str, str]) -> str:
        """The characters that an element within a cell's text stands for."""
        if name == "text:p":
            self.in_text = True
            self.paragraphs += 1
            return "\n" if self.paragraphs > 1 else ""
        if name == "text:s":
            count = min(repeated(attributes.get("text:c")), self.spaces)
            self.spaces -= count
            return " " * count
        if name == "text:tab":
            self.tabs = True
            return "\t"
        return "\n" if name == "text:line-break" else ""

    def data(self, text: str) -> None:
        if self.note is not None:
            if self.in_text:
                self.note.append(text)
        elif self.cell is not None and (self.in_text or text.strip()):
            self.cell.append(text)

    def end(self, name: str) -> None:
        if name == "office:annotation" and self.note is not None and self.names:
            text = "".join(self.note).strip()
            self.notes.setdefault(self.names[-1], {})[(self.row, self.col)] = text
            self.note = None
        elif name == "text:p":
            self.in_text = False
        elif name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._close_cell("".join(self.cell))
            self.cell = None
            self.col += self.repeat_cells
        elif name == "table:table-row" and self.names:
            if self.widest and self.names[-1] not in self.unfit:
                extent = self.extents[self.names[-1]]
                extent.reach(self.row + self.repeat_rows - 1, self.widest - 1)
                extent.cells += self.repeat_rows * self.widest
                self._check(extent)
            self.row += self.repeat_rows

    def _close_cell(self, text: str) -> None:
        kind = self.attributes.get("office:value-type", "")
        formula = self.attributes.get("table:formula", "")
        if not (kind or formula or text.strip()) or self.names[-1] in self.unfit:
            return
        extent = self.extents[self.names[-1]]
        at = (self.row, self.col)
        self.widest = self.col + self.repeat_cells
        if self.widest > self.bounds.columns:
            self._leave(far_cells(self.names[-1], self.row + 1, self.widest))
            return
        if formula:
            extent.add_formula(at, formula.removeprefix("of:").removeprefix("="))
        if self.attributes.get("calcext:value-type") == "error":
            extent.errors[at] = text.strip() or "#N/A"
        elif text.strip():
            extent.filled = True
            if self.tabs:
                extent.typed |= {(self.row, col): text for col in range(self.col, self.widest)}

    def _check(self, extent: Extent) -> None:
        try:
            extent.check(self.names[-1], self.bounds)
        except Unfit as unfit:
            self._leave(unfit)

    def _leave(self, unfit: Unfit) -> None:
        """Look no further at this table, nor keep what was seen of it."""
        self.unfit[unfit.sheet] = unfit
        self.extents[unfit.sheet] = Extent()


def repeated(text: str | None) -> int:
    """A repeat count; what is not a number counts as one, as readers have it."""
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 12 else 1


def scan_ods(
    content: bytes, bounds: Bounds, choice: Choice
) -> tuple[dict[str, Extent], dict[str, dict[tuple[int, int], str]]]:
    """The extents of the sheets of an OpenDocument spreadsheet that are read, and their notes, by
    sheet name."""
    handlers = _OdsParser(bounds)
    parse(content, handlers.start, handlers.end, handlers.data)
    choice.hidden = frozenset(handlers.hidden)
    for unfit in handlers.unfit.values():
        choice.pass_over(unfit)
    sizes = {sheet: extent.cells for sheet, extent in handlers.extents.items()}
    choice.fit(sizes, bounds.cells, many_together)
    for sheet in choice.passed:
        handlers.extents.pop(sheet)
        handlers.notes.pop(sheet, None)
    return handlers.extents, handlers.notes


def read_hidden_ods(content: bytes) -> dict[str, Hidden]:
    """The rows and columns of each sheet, by its name, that nobody sees."""
    found: dict[str, Hidden] = {}
    sheets: list[Hidden] = []
    folded: dict[str, list[bool]] = {"row": [], "column": []}
    at = {"row": 0, "column": 0}
    thin: set[str] = set()
    style = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        kind = local.removeprefix("table-").partition("-")[0]
        if name == "table:table":
            sheets.append(found.setdefault(attributes.get("table:name", ""), Hidden()))
            at.update(row=0, column=0)
        elif name == "style:style":
            style[0] = attributes.get("style:name", "")
        elif name in ("style:table-row-properties", "style:table-column-properties"):
            size = attributes.get("style:row-height") or attributes.get("style:column-width", "")
            if _is_thin(size):
                thin.add(style[0])
        elif name in ("table:table-row-group", "table:table-column-group"):
            folded[kind].append(attributes.get("table:display") == "false")
        elif name in ("table:table-row", "table:table-column") and sheets:
            count = repeated(attributes.get(f"table:number-{kind}s-repeated"))
            these = range(at[kind], at[kind] + min(count, MOST_REPEATED))
            at[kind] += count
            seen = attributes.get("table:visibility", "visible")
            if seen == "filter":
                sheets[-1].filtered.update(these)
            elif (
                seen == "collapse"
                or any(folded[kind])
                or attributes.get("table:style-name") in thin
            ):
                (sheets[-1].rows if kind == "row" else sheets[-1].columns).update(these)

    def end(name: str) -> None:
        if name == "table:table-row-group" and folded["row"]:
            folded["row"].pop()
        elif name == "table:table-column-group" and folded["column"]:
            folded["column"].pop()

    parse(content, start, end, lambda _: None)
    return found


def _is_thin(size: str) -> bool:
    """Whether a length such as ``0.0075in`` is one that nobody sees."""
    match = re.fullmatch(r"(\d*\.?\d+)(in|cm|mm|pt)", size)
    return match is not None and float(match[1]) * _POINTS[match[2]] < NO_HEIGHT


def without_tables(content: bytes, passed: Set[str]) -> bytes:
    """The content of an OpenDocument spreadsheet without what these tables hold."""
    parser = expat.ParserCreate()
    spans: list[tuple[int, int]] = []
    depth, begins = 0, -1

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, begins
        if begins == _AT_NEXT:
            begins = parser.CurrentByteIndex
        if name == "table:table":
            depth += 1
            if depth == 1 and attributes.get("table:name", "") in passed:
                begins = _AT_NEXT

    def end(name: str) -> None:
        nonlocal depth, begins
        if name == "table:table":
            depth -= 1
            if depth == 0:
                if begins >= 0:
                    spans.append((begins, parser.CurrentByteIndex))
                begins = -1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
    pieces, last = [], 0
    for begin, stop in spans:
        pieces.append(content[last:begin])
        last = stop
    return b"".join((*pieces, content[last:]))


_AT_NEXT = -2
"""The table's own tag ends where the first element in it begins."""
