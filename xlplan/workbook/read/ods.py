"""An OpenDocument spreadsheet: how far its sheets reach, their notes, what nobody sees of them.

Its one part of content is followed element by element; repeated rows and cells are counted and
never repeated.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Set
from xml.parsers import expat

from xlplan.workbook.read.book import (
    Extent,
    far_cells,
    many_together,
    parse,
)
from xlplan.workbook.read.inbox import Bounds, Choice, Refused, Unfit

_MOST_SPACES = 1 << 24
"""Spaces that a document may ask for by their number."""


_CELLS = ("table:table-cell", "table:covered-table-cell")
_PLAIN = frozenset({"text:p", "text:span", "text:a"})
"""Elements within a cell that readers take as it shows them."""
_BESIDE = ("draw:", "dr3d:", "svg:", "text:ruby-text", "office:annotation", "office:event")
"""Elements within a cell whose text is not the cell's own."""
SHARE = "0%"
"""Stands for any format of shares, which are stored as such."""
_MEASURED = frozenset({"float", "percentage", "currency", "date", "time"})


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
        self.beside: list[str] = []
        """The elements that are open of which the text is not the cell's."""
        self.aside: list[str] = []
        self.special = self.in_text = self.objects = False
        self.spaces, self.paragraphs = _MOST_SPACES, 0
        self.widest = 0
        self.style = ""
        self.usual: list[tuple[int, str]] = []
        """The styles of columns, each with how many have it."""
        self.hiding: set[str] = set()
        """The styles that hide a table."""
        self.hidden: set[str] = set()
        self.unfit: dict[str, Unfit] = {}
        self.formats = DateStyles()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.beside:
            self.beside.append(name)
            self._in_note(name)
        elif name == "table:table" and self.cell is None:
            self._open_table(attributes)
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hiding.add(self.style)
        elif name == "table:table-column":
            count = repeated(attributes.get("table:number-columns-repeated"))
            self.usual.append((count, attributes.get("table:default-cell-style-name", "")))
        elif name == "table:table-row":
            self.col = 0
            self.widest = 0
            self.repeat_rows = repeated(attributes.get("table:number-rows-repeated"))
        elif name in _CELLS and self.names:
            self.repeat_cells = repeated(attributes.get("table:number-columns-repeated"))
            self.attributes, self.cell, self.special, self.paragraphs = attributes, [], False, 0
            self._take_merge(*spans_of(attributes))
        elif name.startswith(_BESIDE):
            self.beside, self.aside, self.special = [name], [], True
            self._in_note(name)
        elif self.cell is not None:
            self.special = self.special or name not in _PLAIN
            self.cell.append(self._spaced(name, attributes))
        elif not self.names:
            if name == "style:style":
                self.style = attributes.get("style:name", "")
            self.formats.start(name, attributes)

    def _take_merge(self, high: int, wide: int) -> None:
        if (high, wide) != (1, 1) and self.names[-1] not in self.unfit:
            self.extents[self.names[-1]].merge(high - 1, wide - 1)
            self._check(self.extents[self.names[-1]])

    def _open_table(self, attributes: dict[str, str]) -> None:
        self.names.append(attributes.get("table:name", ""))
        self.extents[self.names[-1]] = Extent()
        self.row = 0
        self.usual = []
        if attributes.get("table:style-name", "") in self.hiding:
            self.hidden.add(self.names[-1])

    def _in_note(self, name: str) -> None:
        """Of a note or a shape only its paragraphs are its text: who made it and when stand
        beside them."""
        if name == "text:p":
            self.in_text = True
        if self.aside and name in ("text:p", "text:line-break"):
            self.aside.append("\n")
        elif name in ("text:s", "text:tab"):
            self.aside.append(" ")
        elif name == "draw:object":
            self.objects = True  # the picture that follows shows what is in it
        elif name == "draw:frame":
            self.objects = False
        elif name == "draw:image" and self.names and not self.objects:
            self.extents[self.names[-1]].pictures.append((self.row, self.col))

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
            return "\t"
        return "\n" if name == "text:line-break" else ""

    def data(self, text: str) -> None:
        if self.beside:
            if self.in_text:
                self.aside.append(text)
        elif self.cell is not None and (self.in_text or text.strip()):
            self.cell.append(text)
        elif not self.names:
            self.formats.data(text)

    def end(self, name: str) -> None:
        if self.beside:
            self._end_beside(name)
        elif name == "text:p":
            self.in_text = False
        elif name in _CELLS and self.cell is not None:
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
        elif not self.names:
            self.formats.end(name)

    def _end_beside(self, name: str) -> None:
        """Leave an element whose text is not the cell's: a note, or a shape with words."""
        self.beside.pop()
        if name == "text:p":
            self.in_text = False
        if self.beside:
            return
        self.in_text = self.cell is not None and self.paragraphs > 0
        text = "".join(self.aside).strip()
        if not self.names:
            return
        if name == "office:annotation":
            self.notes.setdefault(self.names[-1], {})[(self.row, self.col)] = text
        elif name.startswith("draw:") and text:
            self.extents[self.names[-1]].boxes.append(((self.row, self.col), text))

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
            self._spread(extent)
        if self.attributes.get("calcext:value-type") == "error":
            extent.errors[at] = text.strip() or "#N/A"
        elif text.strip():
            extent.filled = True
        if text.strip() or self.paragraphs:
            self._note_shown(extent, kind, text)

    def _note_shown(self, extent: Extent, kind: str, text: str) -> None:
        """What a cell shows, where a reader would give something else."""
        cells = [(self.row, col) for col in range(self.col, self.widest)]
        if kind in _MEASURED:
            style = self.attributes.get("table:style-name", "") or self._usual_style()
            style = SHARE if kind == "percentage" else style
            extent.shown |= dict.fromkeys(cells, (style, text))
        elif kind == "boolean":
            is_true = self.attributes.get("office:boolean-value") == "true"
            extent.typed |= dict.fromkeys(cells, is_true)
        elif self.special and text.strip():
            extent.typed |= dict.fromkeys(cells, text)

    def _usual_style(self) -> str:
        at = 0
        for count, style in self.usual:
            at += count
            if self.col < at:
                return style
        return ""

    def _spread(self, extent: Extent) -> None:
        """The other cells of a formula for several cells are its results too."""
        rows = repeated(self.attributes.get("table:number-matrix-rows-spanned"))
        columns = repeated(self.attributes.get("table:number-matrix-columns-spanned"))
        at = (self.row, self.col)
        try:
            extent.spread(at, at, rows, columns)
        except Unfit as unfit:
            self._leave(unfit.of(self.names[-1]))

    def _check(self, extent: Extent) -> None:
        try:
            extent.check(self.names[-1], self.bounds)
        except Unfit as unfit:
            self._leave(unfit)

    def _leave(self, unfit: Unfit) -> None:
        """Look no further at this table, nor keep what was seen of it."""
        self.unfit[unfit.sheet] = unfit
        self.extents[unfit.sheet] = Extent()


class DateStyles:
    """The formats of dates, as a spreadsheet program would write them: ``d mmmm yyyy``."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.uses: dict[str, tuple[str, str]] = {}
        """The format and the parent of each style of cells."""
        self.leads_to: dict[str, str] = {}
        """The format that shows what is no text, of a format for all that a cell may hold."""
        self.open: list[str] | None = None
        self.name = ""
        self.in_words = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in a style, or a part of a format."""
        if name == "style:style" and attributes.get("style:family") == "table-cell":
            self.uses[attributes.get("style:name", "")] = (
                attributes.get("style:data-style-name", ""),
                attributes.get("style:parent-style-name", ""),
            )
        elif name in _FORMATS:
            self.name = attributes.get("style:name", "")
            self.open = [] if name != "number:text-style" else None
        elif name == "style:map" and self.name:
            self.leads_to.setdefault(self.name, attributes.get("style:apply-style-name", ""))
        elif self.open is not None and (part := _DATE_PARTS.get(name)):
            short, long = part
            if name == "number:month" and attributes.get("number:textual") == "true":
                short, long = "mmm", "mmmm"
            self.open.append(long if attributes.get("number:style") == "long" else short)
        self.in_words = name == "number:text"

    def data(self, text: str) -> None:
        """Words between the parts of a format."""
        if self.open is not None and self.in_words:
            self.open.append('"' + text.replace('"', "") + '"')

    def end(self, name: str) -> None:
        """End a format."""
        self.in_words = False
        if name in _FORMATS:
            if self.open is not None:
                self.codes[self.name] = "".join(self.open)
            self.name, self.open = "", None

    def code(self, style: str) -> str:
        """The format of dates in cells of a style, or ``""``."""
        for _ in range(_DEEPEST):
            data, parent = self.uses.get(style, ("", ""))
            if data or not parent:
                return self.codes.get(self.leads_to.get(data, data), "")
            style = parent
        return ""


_FORMATS = ("number:date-style", "number:time-style", "number:text-style")
_DATE_PARTS = {
    "number:day": ("d", "dd"), "number:month": ("m", "mm"), "number:year": ("yy", "yyyy"),
    "number:day-of-week": ("ddd", "dddd"), "number:hours": ("h", "hh"),
    "number:minutes": ("m", "mm"), "number:seconds": ("s", "ss"), "number:am-pm": ("AM/PM",) * 2,
}  # fmt: skip
_DEEPEST = 20
"""Styles that one style may follow from."""


def repeated(text: str | None) -> int:
    """A repeat count; what is not a number counts as one, as readers have it."""
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 12 else 1


def spans_of(attributes: Mapping[str, str]) -> tuple[int, int]:
    """How many rows and columns a cell takes up that is merged with others; (1, 1) else."""
    rows = repeated(attributes.get("table:number-rows-spanned"))
    return rows, repeated(attributes.get("table:number-columns-spanned"))


def scan_ods(
    content: bytes, styles: bytes, bounds: Bounds, choice: Choice
) -> tuple[dict[str, Extent], dict[str, dict[tuple[int, int], str]]]:
    """The extents of the sheets of an OpenDocument spreadsheet that are read, and their notes, by
    sheet name."""
    handlers = _OdsParser(bounds)
    parse(content, handlers.start, handlers.end, handlers.data)
    formats = handlers.formats
    if any(extent.shown for extent in handlers.extents.values()):
        with contextlib.suppress(Refused):  # no cell is in there
            parse(styles, formats.start, formats.end, formats.data)
    for extent in handlers.extents.values():
        extent.shown = {
            at: (SHARE if style == SHARE else formats.code(style), text)
            for at, (style, text) in extent.shown.items()
        }
    choice.hidden = frozenset(handlers.hidden)
    for unfit in handlers.unfit.values():
        choice.pass_over(unfit)
    sizes = {sheet: extent.cells for sheet, extent in handlers.extents.items()}
    choice.fit(sizes, bounds.cells, many_together)
    for sheet in choice.passed:
        handlers.extents.pop(sheet)
        handlers.notes.pop(sheet, None)
    return handlers.extents, handlers.notes


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
