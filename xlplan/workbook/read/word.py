"""A Word document as a sheet: tables as rows, and the paragraphs between them as rows too.

Only for importing a plan (`new`): a document that comes back is no return. What a paragraph or a
cell says is what Word shows: text that a tracked change took out is left out, text that it put in
is read, content controls and links are looked into, list numbers are counted, lists and check boxes
of forms say what is chosen.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping
from typing import Any

from xlplan.codes.gate_codes import GATE_008
from xlplan.late import regex
from xlplan.workbook.read.book import ReadSheet, is_sign
from xlplan.workbook.read.document_rows import (
    MOST,
    TICKED,
    UNTICKED,
    Cell,
    DocumentRows,
    sign,
    signs,
)
from xlplan.workbook.read.inbox import MB, Bounds, Refused
from xlplan.workbook.read.list_numbers import Numbers

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}rt", _FALLBACK})
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_SHOWN = frozenset({f"{_W}t", f"{_W}sym", *_BREAKS})
_OFF = frozenset({"0", "false", "off", "none"})
_AROUND = frozenset({"header", "footer", "footnotes", "endnotes"})
_COMMENTS = frozenset({"comments"})
_COLOUR = regex(r"[0-9A-Fa-f]{6}")
_COUNT = regex(r"\d{1,4}")
_CODE = regex(r"[0-9A-Fa-f]{1,4}")

Element = Any
"""An element of the document, as python-docx has it (lxml ships no types)."""


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
    made = DocumentRows(bounds)
    numbers = Numbers(_root(document, "numbering"), _root(document, "styles"))
    _without_prompts(document.element.body)
    for block in _blocks(document.element.body):
        _add(made, block, numbers)
    for text in _around(document, _AROUND):
        made.paragraph(text)
    return made.sheet(_around(document, _COMMENTS))


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


def _add(made: DocumentRows, block: Element, numbers: Numbers) -> None:
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
    return "".join(_pieces(paragraph, [])).strip()


def _pieces(element: Element, fields: list[bool], font: str = "") -> Iterator[str]:
    """The characters of a paragraph or a part of it. `fields` are those that are open: whether
    what stands in their place was read already."""
    for child in element:
        tag = child.tag
        if tag == f"{_W}fldChar":
            yield _choice(child, fields)
        elif tag in _GONE or (any(fields) and tag in _SHOWN):
            continue
        elif tag == f"{_W}t":
            yield signs(font, child.text or "")
        elif tag == f"{_W}sym":
            yield _sign(child)
        elif tag in _BREAKS:
            yield _BREAKS[tag]
        elif tag == f"{_W}r":
            if not _is_set(child, "vanish"):
                yield from _pieces(child, fields, _font(child))
        elif (box := child.find(f"{_W}sdtPr/{_W14}checkbox")) is not None:
            yield _box(box.find(f"{_W14}checked"), f"{_W14}val")
        elif tag != f"{_W}txbxContent" and not str(tag).endswith("Pr"):
            yield from _pieces(child, fields, font)


def _choice(mark: Element, fields: list[bool]) -> str:
    """Begin or end a field. A form's list or check box (ECMA-376 17.16.9 and 17.16.7) shows what
    its data say, whatever stands in its place; of any other field that is read."""
    kind = mark.get(f"{_W}fldCharType")
    if kind == "end" and fields:
        fields.pop()
    if kind != "begin":
        return ""
    if any(fields):
        fields.append(False)
        return ""
    choices, box = mark.find(f"{_W}ffData/{_W}ddList"), mark.find(f"{_W}ffData/{_W}checkBox")
    fields.append(choices is not None or box is not None)
    if choices is not None:
        entries = [each.get(f"{_W}val") or "" for each in choices.findall(f"{_W}listEntry")]
        usual = _count(choices.find(f"{_W}default"), 0)
        at = _count(choices.find(f"{_W}result"), usual)
        return entries[at] if at < len(entries) else ""
    if box is None:
        return ""
    ticked = box.find(f"{_W}checked")
    return _box(box.find(f"{_W}default") if ticked is None else ticked, f"{_W}val")


def _box(ticked: Element | None, value: str) -> str:
    """A check box by the element that says whether it is ticked; without a value it is."""
    return UNTICKED if ticked is None or ticked.get(value) in _OFF else TICKED


def _sign(symbol: Element) -> str:
    """A single sign; of a font that is none of signs, the character itself."""
    code = symbol.get(f"{_W}char") or ""
    number = int(code, 16) if _CODE.fullmatch(code) else 0
    found = sign(symbol.get(f"{_W}font") or "", number)
    return found or (chr(number) if 0x20 <= number < 0xD800 else "")


def _font(run: Element) -> str:
    fonts = run.find(f"{_W}rPr/{_W}rFonts")
    return "" if fonts is None else fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or ""


def _without_prompts(body: Element) -> None:
    """Take out what a content control shows until somebody fills it in ("Choose an item.")."""
    for control in body.iter(f"{_W}sdt"):
        prompt = control.find(f"{_W}sdtPr/{_W}showingPlcHdr")
        content = control.find(f"{_W}sdtContent")
        if prompt is None or content is None or prompt.get(f"{_W}val") in _OFF:
            continue
        if control.find(f"{_W}sdtPr/{_W14}checkbox") is None:
            for text in content.iter(f"{_W}t"):
                text.text = ""


def _table(made: DocumentRows, table: Element, numbers: Numbers) -> None:
    made.table([list(_cells(row, numbers)) for row in _within(table, f"{_W}tr")])


def _within(parent: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those in content controls; never a nested table's."""
    for child in parent:
        if child.tag == wanted:
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag not in _GONE and child.tag not in (f"{_W}tbl", f"{_W}tc"):
            yield from _within(child, wanted)


def _cells(row: Element, numbers: Numbers) -> Iterator[Cell]:
    at = _count(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
    for cell in _within(row, f"{_W}tc"):
        span = max(1, _count(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        carries_on = merge is not None and merge.get(f"{_W}val") != "restart"
        text = "\n".join(_lines(cell, numbers)).strip("\n")
        ink = _ink(cell) if is_sign(text) else ""
        yield Cell(text, at, at + span - 1, _fill(cell), _struck(cell), carries_on, ink)
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


def _ink(cell: Element) -> str:
    """The colour of the first text of a cell as ``#RRGGBB``, or ``""``."""
    found = next((c.get(f"{_W}val") or "" for c in cell.iter(f"{_W}color")
                  if c.getparent().getparent().tag == f"{_W}r"), "")  # fmt: skip
    return f"#{found.upper()}" if _COLOUR.fullmatch(found) else ""


def _struck(cell: Element) -> bool:
    """Whether all that stands in a cell is struck through."""
    runs = [r for r in cell.iter(f"{_W}r") if "".join(_pieces(r, [])).strip()]
    return bool(runs) and all(_is_set(run, "strike") for run in runs)


def _is_set(run: Element, look: str) -> bool:
    """Whether a run has a look, such as ``strike``, that is on or off."""
    mark = run.find(f"{_W}rPr/{_W}{look}")
    return mark is not None and mark.get(f"{_W}val") not in _OFF
