"""The rows and cells of a worksheet part, each with the bytes where it stands."""

from __future__ import annotations

from collections.abc import Container, Sequence
from xml.parsers.expat import ParserCreate

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.write.splice import (
    Element,
    MalformedError,
    attributes_of,
    run,
    splice,
    text_within,
)

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
Box = tuple[int, int, int, int]
"""First row, first column, last row, last column, all from 1."""

Cut = tuple[int, int]
"""From which byte to which the parser is spared."""

_CELL = regex(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = regex(r"\s*\+?[0-9]{1,10}\s*")
_DIGITS = 10
_CELLS = frozenset({"c", "f", "v", "is"})
_WITHIN = frozenset({"f", "v", "is"})
"""What a cell holds, and does not hold the cell: so that both go when nobody needs them."""
_BESIDE = frozenset({"worksheet", "sheetData", "dimension", "col", "mergeCells", "mergeCell"})
_FORMULA, _HELD = rb"<f>[^<]*</f>", rb"<v>[^<]*</v>|<is><t[^<>]*>[^<]*</t></is>"
_VALUES, _PLAIN = (
    regex(rb"(?:<c r=\"[A-Z]{1,3}[0-9]{1,7}\"[^<>]*(?:/>|>%s(?:%s)?</c>)\s*)+" % (before, _HELD))
    for before in (b"", rb"(?:%s)?" % _FORMULA)
)
"""Cells of one row beside each other, as programs write them: without formulas, and with such as
are not shared and fill no other cell."""
_CELL_OF_THEM = regex(
    rb"<c r=\"([A-Z]{1,3}[0-9]{1,7})\"([^<>]*)"
    rb"(?:/>|>(%s)?(?:<v>([^<]*)</v>|<is>(<t[^<>]*>[^<]*</t>)</is>)?</c>)" % _FORMULA
)
"""One of them: what it is called, its other attributes, its formula, its value (`v` or `is`)."""
_NAMES = ("", "", "", "", "v", "is")
"""What its value is by the last of them."""
_MARK, _MARKED = "_", b"<_/>"
"""What the parser meets in their place."""
_RUN_TEXTS = frozenset({"array", "dataTable"})


def column_of(letters: str) -> int:
    """``AB`` is column 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(column: int) -> str:
    """Column 28 is ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Row 7 and column 2 are ``B7``."""
    return f"{letters_of(column)}{row}"


def place_of(name: str) -> tuple[int, int] | None:
    """Row and column of a cell such as ``B7``; None where there is no such cell."""
    found = _CELL.fullmatch(name)
    if found is None:
        return None
    row, column = int(found[2]), column_of(found[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def box_of(area: str) -> Box | None:
    """The corners of ``B2:C7``, ``B7``, ``B:C`` or ``2:7``; None for anything else."""
    first, _, last = area.replace("$", "").upper().partition(":")
    last = last or first
    if first.isalpha() and last.isalpha():
        first, last = f"{first}1", f"{last}{LAST_ROW}"
    if first.isdecimal() and last.isdecimal():
        first, last = f"A{first}", f"{letters_of(LAST_COLUMN)}{last}"
    one, other = place_of(first), place_of(last)
    if one is None or other is None:
        return None
    (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other, strict=True))
    return top, left, bottom, right


def holds(box: Box, row: int, column: int) -> bool:
    """Whether a cell lies in an area."""
    return box[0] <= row <= box[2] and box[1] <= column <= box[3]


def area_name(box: Box) -> str:
    """An area such as ``B2:C7``, or a cell."""
    first, last = cell_name(box[0], box[1]), cell_name(box[2], box[3])
    return first if first == last else f"{first}:{last}"


class Cell(Element, eq=False):
    """The element of a cell; what it is called need not be among its attributes. `formula` is that
    of its formula; `alone` the name of its value (`v` or `is`) where that has no attributes and is
    all that stands in the cell, which is then not looked at before it is asked for."""

    column: int = 0
    formula: Element | None = None
    alone: str = ""
    inside: Element | None = None

    @property
    def value(self) -> Element | None:
        """The element of its value, `v` or `is`."""
        if self.alone and self.inside is None:
            self.inside = _tagged(self.alone, self.inner, self.close)
        return self.inside

    @property
    def held(self) -> tuple[int, int]:
        """From which byte to which the content of its value stands: none where it has none."""
        if self.alone:
            tag = len(self.alone) + 2
            return self.inner + tag, self.close - tag - 1
        return (self.inside.inner, self.inside.close) if self.inside else (self.inner, self.inner)

    @property
    def kind(self) -> str:
        """What its value is: ``n`` a number, ``s`` a shared text, and so on."""
        return self.attributes.get("t", "n")

    @property
    def style(self) -> int:
        """The number of its format."""
        style = self.attributes.get("s")
        return 0 if style is None else number(style)


def _tagged(name: str, start: int, end: int) -> Element:
    """An element without attributes from one byte to another."""
    return Element(name, "", {}, None, start, start + len(name) + 2, end - len(name) - 3, end)


class Row(Struct):
    """A row: its element, and its cells by column."""

    at: Element
    cells: dict[int, Cell] = field(default_factory=dict)


class Grid(Struct):
    """A worksheet part. `rows` by number; those that nobody asked for have no cells."""

    data: bytes
    root: Element
    body: Element
    rows: dict[int, Row]
    merges: list[Element]
    columns: list[Element]
    dimension: Element | None
    spread: list[Box]
    """Where array formulas and data tables put their results."""
    unplaced: bool
    """Whether a row or a cell does not say where it stands."""

    @property
    def prefix(self) -> str:
        """What stands before the names of its elements."""
        return self.root.prefix

    def raw(self, element: Element) -> bytes:
        """The opening tag of an element."""
        return self.data[element.start : element.inner]

    def default_style(self, row: int, column: int) -> int:
        """The format of a cell that is not there: of its row, else of its column."""
        line = self.rows.get(row)
        if line and line.at.attributes.get("customFormat") in ("1", "true"):
            return number(line.at.attributes.get("s", "0"))
        for each in self.columns:
            named = each.attributes
            if number(named.get("min", "0")) <= column <= number(named.get("max", "0")):
                return number(named.get("style", "0"))
        return 0

    def formula(self, cell: Cell) -> str:
        """The text of a cell's formula, as it stands: blank where it is shared with another."""
        return text_within(self.data, cell.formula) if cell.formula else ""


def number(text: str) -> int:
    """A whole number as a file has it. Raises `MalformedError`."""
    plain = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    if not plain and not _WHOLE.fullmatch(text):
        raise MalformedError
    return int(text)


class _Reader:
    """Handlers for the parser; `only` the rows whose cells are kept (None: all). At each of `cuts`
    it meets `_MARKED`; their cells are read by themselves unless `formulas` are asked for alone."""

    def __init__(
        self, data: bytes, only: Container[int] | None, cuts: Sequence[Cut], formulas: bool
    ) -> None:
        self.data, self.only, self.formulas = data, only, formulas
        self.cuts, self.next, self.shift = (*cuts, (len(data) + 1, len(data) + 1)), 0, 0
        self.parser = ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        self.open: list[Element] = []
        self.rows: dict[int, Row] = {}
        self.beside: list[Element] = []
        self.spread: list[Box] = []
        self.row = self.column = 0
        self.digits = ""
        self.columns: dict[str, int] = {}
        self.attributes: dict[bytes, dict[str, str]] = {}
        self.line: Row | None = None
        self.cell: Cell | None = None
        self.unplaced = False

    def _at(self) -> int:
        """Where the parser is, counted with what it was spared."""
        at = self.parser.CurrentByteIndex + self.shift
        while at > self.cuts[self.next][0]:
            start, stop = self.cuts[self.next]
            spared = stop - start - len(_MARKED)
            at, self.shift, self.next = at + spared, self.shift + spared, self.next + 1
        return at

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name if ":" not in name else name.rpartition(":")[2]
        if local in _CELLS:
            if local == "f" and attributes.get("t") in _RUN_TEXTS:
                self._spread(attributes)
            if self.line is None or (local == "c") != (self.open[-1].name == "row"):
                return
        elif local == "row":
            if not self.open or self.open[-1].name != "sheetData":
                return
        elif local not in _BESIDE:
            if local == _MARK and self._at() == self.cuts[self.next][0] and not self.formulas:
                self._values(*self.cuts[self.next])
            return
        parent = self.open[-1] if self.open and local not in _WITHIN else None
        prefix = name[: -len(local)]
        make = Cell if local == "c" else Element
        element = make(local, prefix, attributes, parent, self._at())
        self.open.append(element)
        if local == "row":
            self._row(element)
        elif isinstance(element, Cell):
            self._cell(element)
        elif local not in _CELLS:
            self.beside.append(element)
        elif self.cell and local == "f":
            self.cell.formula = element
        elif self.cell:
            self.cell.inside = element

    def _spread(self, attributes: dict[str, str]) -> None:
        if box := box_of(attributes.get("ref", "")):
            self.spread.append(box)

    def _row(self, element: Element) -> None:
        self.unplaced |= "r" not in element.attributes
        self.row = number(element.attributes.get("r", str(self.row + 1)))
        self.column, self.digits = 0, str(self.row)
        row = self.rows[self.row] = Row(element)
        self.line = row if self.only is None or self.row in self.only else None

    def _cell(self, cell: Cell) -> None:
        assert self.line is not None
        name = cell.attributes.get("r")
        self.unplaced |= name is None
        self.column = self.column + 1 if name is None else self._column(name)
        cell.column = self.column
        self.cell = self.line.cells[self.column] = cell

    def _values(self, start: int, stop: int) -> None:
        """The cells from one byte to another, which are plain."""
        if self.line is None or self.open[-1].name != "row":
            return
        row, cells, known = self.open[-1], self.line.cells, self.attributes
        for found in _CELL_OF_THEM.finditer(self.data, start, stop):
            called, more = found.group(1, 2)
            if more not in known:
                known[more] = attributes_of(more)
            at, end = found.span()
            inner, close = found.end(2) + 1, end - 4  # before </c>
            if inner > close:  # it is written as one tag
                inner = close = end
            self.column = column = self._column(called.decode())
            name = _NAMES[found.lastindex or 0]
            cell = Cell("c", "", known[more], row, at, inner, close, end, column, None, name)
            if found[3] is not None:
                cell.alone, after = "", found.end(3)
                cell.formula = _tagged("f", inner, after)
                cell.inside = _tagged(name, after, close) if name else None
            cells[column] = cell

    def _column(self, name: str) -> int:
        """The column of a cell in this row; what its letters are is looked up once."""
        letters = name.removesuffix(self.digits)
        if letters not in self.columns or self.row > LAST_ROW:
            at = place_of(name)
            if at is None or at[0] != self.row:
                raise MalformedError
            self.columns[letters] = at[1]
        return self.columns[letters]

    def end(self, name: str) -> None:
        local = name if ":" not in name else name.rpartition(":")[2]
        if not self.open or self.open[-1].name != local:
            return
        self.open.pop().bind(self.data, self._at())
        if local == "row":
            self.line = None
        if local == "c":
            self.cell = None


def read_grid(data: bytes, only: Container[int] | None = None, *, formulas: bool = False) -> Grid:
    """The rows of a worksheet part; the cells of these rows alone where `only` names them. With
    `formulas` cells without one may be left out, where none shows the result of another's.

    Raises `MalformedError` for a part that is not well-formed or has no rows to speak of.
    """
    cuts = [each.span() for each in (_VALUES if formulas else _PLAIN).finditer(data)]
    reader = _Reader(data, only, cuts, formulas)
    run(reader.parser, splice(data, [(*cut, _MARKED) for cut in cuts]))
    if formulas and (reader.spread or reader.unplaced):
        return read_grid(data, only)
    named: dict[str, list[Element]] = {}
    for each in reader.beside:
        named.setdefault(each.name, []).append(each)
    if "worksheet" not in named or "sheetData" not in named:
        raise MalformedError
    return Grid(
        data,
        named["worksheet"][0],
        named["sheetData"][0],
        reader.rows,
        named.get("mergeCell", []),
        named.get("col", []),
        next(iter(named.get("dimension", [])), None),
        reader.spread,
        reader.unplaced,
    )
