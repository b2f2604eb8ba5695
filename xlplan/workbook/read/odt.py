"""An OpenDocument text as a sheet, as `word` reads one of Word: for importing a plan alone.

What a paragraph or a cell says is what LibreOffice shows: deleted text that a tracked change keeps
is left out, hidden text too, list numbers are counted, forms say what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from msgspec import Struct

from xlplan.codes.gate_codes import GATE_008
from xlplan.late import regex
from xlplan.workbook.read.book import ReadSheet
from xlplan.workbook.read.document_rows import (
    MOST,
    TICKED,
    UNTICKED,
    Cell,
    DocumentRows,
    signs,
)
from xlplan.workbook.read.inbox import MB, Bounds, Refused
from xlplan.workbook.read.list_numbers import LEVELS, OpenNumbers, odf_name, whole

Element = ElementTree.Element
_P, _LIST, _TABLE, _CELL = map(odf_name, ("text:p", "text:list", "table:table", "table:table-cell"))
_PARAGRAPHS = (_P, odf_name("text:h"))
_ITEMS = (odf_name("text:list-item"), odf_name("text:list-header"))
_NOT_SHOWN = frozenset(
    odf_name(each)
    for each in (
        "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:note",
        "text:ruby-text", "text:label", "office:annotation", "office:forms", "svg:title",
        "svg:desc", "field:param",
    )
)  # fmt: skip
_FRAMES = frozenset(map(odf_name, ("draw:frame", "draw:custom-shape", "draw:text-box", "draw:g")))
_SPAN = odf_name("table:number-columns-spanned")
_SPACES = regex(r"[ \t\r\n]+")
_COLOUR = regex(r"#[0-9A-Fa-f]{6}")
_MOST_REPEATED = 100
"""How often one cell or row of a text document is repeated; no program repeats any."""
_DEEPEST = 20
"""Styles that one style may follow from."""


def read_odt(parts: Mapping[str, bytes], bounds: Bounds) -> ReadSheet:
    """The document of these checked parts as one sheet, in the form of `word.read_word`.

    Raises `Refused` for one that is too large, and `ElementTree.ParseError` or `LookupError` for
    one that is damaged.
    """
    if any(len(part) > MOST for part in parts.values()):
        raise Refused(GATE_008.fill("word", mb=MOST // MB))
    content = ElementTree.fromstring(parts["content.xml"])
    styles = ElementTree.fromstring(parts["styles.xml"]) if parts.get("styles.xml") else None
    roots = [root for root in (styles, content) if root is not None]
    reader = _Reader(_Styles(roots), OpenNumbers(roots))
    made = DocumentRows(bounds)
    body = content.find(f"{odf_name('office:body')}/{odf_name('office:text')}")
    if body is None:
        raise LookupError("no text")
    reader.add(made, body)
    for text in dict.fromkeys(reader.beside(roots)):
        made.paragraph(text)
    return made.sheet(reader.lines(each) for each in content.iter(odf_name("office:annotation")))


class _Style(Struct, frozen=True):
    parent: str
    looks: Mapping[str, str]

    @staticmethod
    def of(style: Element) -> _Style:
        looks: dict[str, str] = {}
        for properties in style:
            looks |= properties.attrib
        return _Style(style.get(odf_name("style:parent-style-name"), ""), looks)


class _Styles:
    """What styles say, which follow from one another."""

    def __init__(self, roots: list[Element]) -> None:
        self.named = {
            (style.get(odf_name("style:family"), ""), style.get(odf_name("style:name"), "")): (
                _Style.of(style)
            )
            for root in roots
            for style in root.iter(odf_name("style:style"))
        }
        self.faces = {
            face.get(odf_name("style:name"), ""): face.get(odf_name("svg:font-family"), "").strip(
                "'"
            )
            for root in roots
            for face in root.iter(odf_name("style:font-face"))
        }

    def look(self, family: str, style: str, *names: str) -> str:
        """The first of these properties that a style or one that it follows from gives."""
        for _ in range(_DEEPEST):
            found = self.named.get((family, style))
            if found is None:
                break
            for name in names:
                if value := found.looks.get(odf_name(name)):
                    return value
            style = found.parent
        return ""

    def font(self, family: str, style: str) -> str:
        name = self.look(family, style, "style:font-name", "fo:font-family")
        return self.faces.get(name, name).strip("'")

    def is_hidden(self, family: str, style: str) -> bool:
        return self.look(family, style, "text:display") == "none"

    def strikes(self, family: str, style: str) -> bool:
        line = self.look(
            family, style, "style:text-line-through-style", "style:text-line-through-type"
        )
        return line not in ("", "none")


class _Reader(Struct, frozen=True):
    """Reads paragraphs, lists and tables of one document."""

    styles: _Styles
    numbers: OpenNumbers

    def add(self, made: DocumentRows, parent: Element) -> None:
        """Add what stands in a body, a section or the like."""
        for number, block in self._blocks(parent):
            if block.tag == _TABLE:
                made.table([list(self._cells(row)) for row in _rows(block)])
                continue
            made.paragraph(f"{number} {self._text(block)}".strip())
            for frame in _frames(block):
                self.add(made, frame)

    def lines(self, parent: Element) -> str:
        """What stands in a cell, a note or a text box; a table in it is a line for each row."""
        return "\n".join(self._lines(parent)).strip("\n")

    def beside(self, roots: list[Element]) -> Iterator[str]:
        """Headers, footers and footnotes."""
        for tag in ("style:header", "style:footer", "text:note-body"):
            for root in roots:
                for part in root.iter(odf_name(tag)):
                    text = self.lines(part)
                    if any(c.isalpha() for c in text):
                        yield text

    def _blocks(self, parent: Element) -> Iterator[tuple[str, Element]]:
        """The paragraphs and tables, each with the number that stands before it."""
        for child in parent:
            if child.tag in (*_PARAGRAPHS, _TABLE):
                yield "", child
            elif child.tag == _LIST:
                style = child.get(odf_name("text:style-name"), "")
                yield from self._items(child, style, 1, self.numbers.begin(style, child))
            elif child.tag not in _NOT_SHOWN and child.get(odf_name("text:display")) != "none":
                yield from self._blocks(child)

    def _items(
        self, parent: Element, style: str, depth: int, counts: list[int | None]
    ) -> Iterator[tuple[str, Element]]:
        for item in parent:
            if item.tag not in _ITEMS:
                continue
            number = ""
            if item.tag == _ITEMS[0] and any(each.tag in _PARAGRAPHS for each in item):
                number = self.numbers.of(style, depth, item, counts)
            for child in item:
                if child.tag == _LIST and depth < LEVELS:
                    inner = child.get(odf_name("text:style-name"), style)
                    yield from self._items(child, inner, depth + 1, counts)
                elif child.tag in (*_PARAGRAPHS, _TABLE):
                    yield number, child
                    number = ""

    def _text(self, paragraph: Element) -> str:
        style = paragraph.get(odf_name("text:style-name"), "")
        if self.styles.is_hidden("paragraph", style):
            return ""
        font = self.styles.font("paragraph", style)
        return "".join(self._pieces(paragraph, font)).strip()

    def _pieces(self, element: Element, font: str) -> Iterator[str]:
        if element.text:
            yield _spaced(element.text, font)
        for child in element:
            yield from self._piece(child, font)
            if child.tail:
                yield _spaced(child.tail, font)

    def _piece(self, child: Element, font: str) -> Iterator[str]:
        if child.tag == odf_name("text:s"):
            yield " " * min(whole(child.get(odf_name("text:c")), 1), 1_000)
        elif child.tag == odf_name("text:tab"):
            yield " "
        elif child.tag == odf_name("text:line-break"):
            yield "\n"
        elif child.tag == odf_name("field:fieldmark"):
            yield _chosen(child)
        elif child.tag == odf_name("loext:content-control"):
            yield from self._control(child, font)
        elif child.tag == odf_name("text:span"):
            style = child.get(odf_name("text:style-name"), "")
            if not self.styles.is_hidden("text", style):
                yield from self._pieces(child, self.styles.font("text", style) or font)
        elif child.tag not in _NOT_SHOWN and child.tag not in _FRAMES:
            yield from self._pieces(child, font)

    def _control(self, control: Element, font: str) -> Iterator[str]:
        if control.get(odf_name("loext:checkbox")) == "true":
            yield TICKED if control.get(odf_name("loext:checked")) == "true" else UNTICKED
        elif control.get(odf_name("loext:showing-place-holder")) != "true":
            yield from self._pieces(control, font)

    def _cells(self, row: Element) -> Iterator[Cell]:
        at = left = 0
        for cell in row:
            covered = cell.tag == odf_name("table:covered-table-cell")
            if cell.tag != _CELL and not covered:
                continue
            for _ in range(_repeated(cell, "table:number-columns-repeated")):
                if not covered:
                    left = min(max(whole(cell.get(_SPAN), 1), 1), _MOST_REPEATED)
                    yield self._cell(cell, at, at + left - 1)
                elif left <= 0:
                    yield Cell(self.lines(cell), at, at, carries_on=True)
                left -= 1
                at += 1

    def _cell(self, cell: Element, first: int, end: int) -> Cell:
        fill = self.styles.look(
            "table-cell", cell.get(odf_name("table:style-name"), ""), "fo:background-color"
        )
        fill = fill.upper() if _COLOUR.fullmatch(fill) else ""
        return Cell(self.lines(cell), first, end, fill, self._is_struck(cell))

    def _is_struck(self, cell: Element) -> bool:
        """Whether all that stands in a cell is struck through."""
        said = struck = 0
        for paragraph in cell.iter():
            if paragraph.tag not in _PARAGRAPHS or not (text := self._text(paragraph)):
                continue
            said += len(text)
            if self.styles.strikes("paragraph", paragraph.get(odf_name("text:style-name"), "")):
                struck += len(text)
                continue
            for span in paragraph.iter(odf_name("text:span")):
                if self.styles.strikes("text", span.get(odf_name("text:style-name"), "")):
                    struck += len("".join(span.itertext()))
        return 0 < said <= struck

    def _lines(self, parent: Element) -> Iterator[str]:
        for number, block in self._blocks(parent):
            if block.tag != _TABLE:
                yield f"{number} {self._text(block)}".strip()
                for frame in _frames(block):
                    yield from self._lines(frame)
                continue
            for row in _rows(block):
                cells = (cell.text.replace("\n", " ") for cell in self._cells(row))
                yield " - ".join(filter(None, cells))


def _spaced(text: str, font: str) -> str:
    return signs(font, _SPACES.sub(" ", text))


def _chosen(mark: Element) -> str:
    """What is chosen in a list or a check box that came from a form of Word."""
    said = [
        (each.get(odf_name("field:name"), ""), each.get(odf_name("field:value"), ""))
        for each in mark
    ]
    kind = mark.get(odf_name("field:type"), "").rpartition(".")[2]
    if kind == "FORMCHECKBOX":
        return TICKED if ("Checkbox_Checked", "true") in said else UNTICKED
    entries = [value for name, value in said if name == "Dropdown_ListEntry"]
    at = next((whole(value, 0) for name, value in said if name == "Dropdown_Selected"), 0)
    return entries[at] if at < len(entries) else ""


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table, also those in groups; never a nested table's."""
    for child in table:
        if child.tag == odf_name("table:table-row"):
            for _ in range(_repeated(child, "table:number-rows-repeated")):
                yield child
        elif child.tag not in _NOT_SHOWN and child.tag != _CELL:
            yield from _rows(child)


def _frames(paragraph: Element) -> Iterator[Element]:
    """The text boxes and shapes anchored in a paragraph."""
    for child in paragraph:
        if child.tag in _FRAMES:
            yield child
        elif child.tag not in _NOT_SHOWN:
            yield from _frames(child)


def _repeated(element: Element, name: str) -> int:
    return min(max(whole(element.get(odf_name(name)), 1), 1), _MOST_REPEATED)
