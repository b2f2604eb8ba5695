"""A Word document as a sheet: tables as rows, and the paragraphs between them as rows too.

Only for importing a plan (`new`): a document that comes back is no return. What a paragraph or a
cell says is what Word shows: text that a tracked change took out is left out, text that it put in
is read, content controls and links are looked into, list numbers are counted.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlplan.codes.gate_codes import GATE_008
from xlplan.workbook.read.book import At, CellValue, ReadSheet, far_cells, many_cells
from xlplan.workbook.read.inbox import MB, Bounds, Refused
from xlplan.workbook.read.word_numbers import Numbers

SHEET = "Document"
"""The name of the one sheet that a document is read as."""
MOST = 32 * MB
"""Bytes of the document's own part: as a tree it takes many times its size."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}rt", _FALLBACK})
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off", "none"})
_AROUND = frozenset({"header", "footer", "footnotes", "endnotes"})
_COMMENTS = frozenset({"comments"})
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_COUNT = re.compile(r"\d{1,4}")

Element = Any
"""An element of the document, as python-docx has it (lxml ships no types)."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a table: its text, and from which grid column to which it reaches."""

    text: str
    start: int
    end: int
    fill: str = ""
    struck: bool = False
    carries_on: bool = False
    """Whether it is merged with the cell above it."""


@dataclass
class _Sheet:
    """The rows in the making."""

    bounds: Bounds
    rows: list[list[CellValue]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    """Rows that are a paragraph."""
    fills: dict[At, str] = field(default_factory=dict)
    struck: set[At] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    width: int = 1

    def paragraph(self, text: str) -> None:
        self.alone.append(len(self.rows))
        self.row([text or None])

    def row(self, values: list[CellValue]) -> None:
        self.rows.append(values)
        self.width = max(self.width, len(values))
        if len(self.rows) > self.bounds.rows or self.width > self.bounds.columns:
            raise far_cells(SHEET, len(self.rows), self.width)
        if len(self.rows) * self.width > self.bounds.cells:
            raise many_cells(SHEET, len(self.rows) * self.width)


def read_word(data: bytes, parts: Mapping[str, bytes], bounds: Bounds) -> ReadSheet:
    """The document in `data`, which passed the gate, as one sheet.

    Text above, between and below tables stands in rows of its own, merged over the whole width;
    headers, footers and footnotes follow at the end. Comments are its notes, numbered by rows of
    their own, and text that is set as hidden is left out: it is in the file alone. Raises
    `Refused` for one that is too large, and whatever python-docx raises for one that it cannot
    read.
    """
    from docx import Document

    if any(len(part) > MOST for name, part in parts.items() if name.lower().startswith("word/")):
        raise Refused(GATE_008.fill("word", mb=MOST // MB))
    document = Document(io.BytesIO(data))
    made = _Sheet(bounds)
    numbers = Numbers(_root(document, "numbering"), _root(document, "styles"))
    for block in _blocks(document.element.body):
        _add(made, block, numbers)
    for text in _around(document, _AROUND):
        made.paragraph(text)
    notes = {(number, 0): text for number, text in enumerate(_around(document, _COMMENTS))}
    last = made.width - 1
    whole = [(row, 0, row, last) for row in made.alone if last and made.rows[row][0]]
    rows = [[*row, *([None] * (made.width - len(row)))] for row in made.rows]
    return ReadSheet(
        SHEET, rows, fills=made.fills, struck=frozenset(made.struck),
        merged=tuple(sorted([*whole, *made.merged])), notes=notes,
    )  # fmt: skip


def _root(document: Any, kind: str) -> Element | None:
    """The root of the numbering or the styles, where the document has them."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            return getattr(relation.target_part, "element", None)
    return None


def _around(document: Any, kinds: Container[str]) -> Iterator[str]:
    """What stands in parts of these kinds, such as headers and footnotes, each text once."""
    seen: set[str] = set()
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if relation.is_external or kind not in kinds:
            continue
        root = getattr(relation.target_part, "element", None)
        if root is None:
            from docx.oxml import parse_xml

            root = parse_xml(relation.target_part.blob)
        for paragraph in root.iter(f"{_W}p"):
            text = _text(paragraph)
            if any(c.isalpha() for c in text) and text not in seen:
                seen.add(text)
                yield text


def _blocks(parent: Element) -> Iterator[Element]:
    """The paragraphs and tables of a body, also those in content controls and the like."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag not in _GONE:
            yield from _blocks(child)


def _add(made: _Sheet, block: Element, numbers: Numbers) -> None:
    if block.tag == f"{_W}tbl":
        _table(made, block, numbers)
        return
    made.paragraph(_numbered(block, numbers))
    for box in _boxes(block):
        for inner in _blocks(box):
            _add(made, inner, numbers)


def _boxes(block: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph; each is there twice, for old and new programs."""
    for child in block:
        if child.tag == f"{_W}txbxContent":
            yield child
        elif child.tag not in _GONE:
            yield from _boxes(child)


def _numbered(paragraph: Element, numbers: Numbers) -> str:
    text = _text(paragraph)
    number = numbers.of(paragraph)
    return f"{number} {text}".strip() if number else text


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph)).strip()


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag in _BREAKS:
            yield _BREAKS[tag]
        elif tag == f"{_W}r" and _is_set(child, "vanish"):
            continue
        elif tag not in _GONE and tag != f"{_W}txbxContent" and not str(tag).endswith("Pr"):
            yield from _pieces(child)


def _table(made: _Sheet, table: Element, numbers: Numbers) -> None:
    rows = [list(_cells(row, numbers)) for row in _within(table, f"{_W}tr")]
    columns = _columns(rows)
    open_at: dict[int, int] = {}
    for cells in rows:
        here = len(made.rows)
        values: list[CellValue] = [None] * (columns.width or 1)
        for order, cell in enumerate(cells):
            first, last = columns.of(cell, order, len(cells))
            if cell.carries_on and first in open_at:
                top, left, _, right = made.merged[open_at[first]]
                made.merged[open_at[first]] = (top, left, here, right)
                if not cell.text:
                    continue
            else:
                open_at[first] = len(made.merged)
                made.merged.append((here, first, here, last))
            values[first] = "\n".join(filter(None, [_shown(values[first]), cell.text])) or None
            if cell.fill:
                made.fills[here, first] = cell.fill
            if cell.struck:
                made.struck.add((here, first))
        made.row(values)
    made.merged = [m for m in made.merged if (m[0], m[1]) != (m[2], m[3])]


def _shown(value: CellValue) -> str:
    return str(value) if value is not None else ""


def _within(parent: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those in content controls; never a nested table's."""
    for child in parent:
        if child.tag == wanted:
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag not in _GONE and child.tag not in (f"{_W}tbl", f"{_W}tc"):
            yield from _within(child, wanted)


def _cells(row: Element, numbers: Numbers) -> Iterator[_Cell]:
    at = _count(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
    for cell in _within(row, f"{_W}tc"):
        span = max(1, _count(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        carries_on = merge is not None and merge.get(f"{_W}val") != "restart"
        text = "\n".join(_lines(cell, numbers)).strip("\n")
        yield _Cell(text, at, at + span - 1, _fill(cell), _struck(cell), carries_on)
        at += span


def _lines(cell: Element, numbers: Numbers) -> Iterator[str]:
    """The paragraphs of a cell; a table in it is a line for each of its rows."""
    for block in _blocks(cell):
        if block.tag == f"{_W}p":
            yield _numbered(block, numbers)
            for box in _boxes(block):
                yield from _lines(box, numbers)
            continue
        for row in _within(block, f"{_W}tr"):
            yield " - ".join(
                filter(None, (c.text.replace("\n", " ") for c in _cells(row, numbers)))
            )


def _count(element: Element | None, usual: int) -> int:
    value = (element.get(f"{_W}val") or "") if element is not None else ""
    return int(value) if _COUNT.fullmatch(value) else usual


def _fill(cell: Element) -> str:
    """The shading of a cell as ``#RRGGBB``, or ``""``; Word writes what a theme gives as well."""
    shading = cell.find(f"{_W}tcPr/{_W}shd")
    colour = (shading.get(f"{_W}fill") or "") if shading is not None else ""
    return f"#{colour.upper()}" if _COLOUR.fullmatch(colour) else ""


def _struck(cell: Element) -> bool:
    """Whether all that stands in a cell is struck through."""
    runs = [r for r in cell.iter(f"{_W}r") if "".join(_pieces(r)).strip()]
    return bool(runs) and all(_is_set(run, "strike") for run in runs)


def _is_set(run: Element, look: str) -> bool:
    """Whether a run has a look, such as ``strike``, that is on or off."""
    mark = run.find(f"{_W}rPr/{_W}{look}")
    return mark is not None and mark.get(f"{_W}val") not in _OFF


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the cells of a table go: by their order where rows have one number of cells, which
    is what people see; else by the grid columns at which any cell begins."""

    usual: int
    starts: Sequence[int]

    @property
    def width(self) -> int:
        return self.usual or len(self.starts)

    def of(self, cell: _Cell, order: int, count: int) -> tuple[int, int]:
        """The first and the last column of a cell that is number `order` of `count` in its row."""
        if self.usual:
            return (order, order) if count == self.usual else (0, self.usual - 1)
        inside = [n for n, start in enumerate(self.starts) if cell.start <= start <= cell.end]
        return inside[0], inside[-1]


def _columns(rows: Sequence[Sequence[_Cell]]) -> _Columns:
    counts = Counter(len(cells) for cells in rows if len(cells) > 1)
    if len(counts) == 1 and all(cells for cells in rows):
        return _Columns(next(iter(counts)), ())
    starts = sorted({cell.start for cells in rows for cell in cells})
    return _Columns(0, starts)
