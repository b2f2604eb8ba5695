"""A Word document that is going out, as values, and its bytes as a .docx file.

The same document gives the same bytes. Headings, lists and tables are Word's own, the first row of
a table is marked as its heading and repeated on each page, and title and language are set: so that
the document can be read by ear. Text is always written as text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from xlplan.workbook.write.cell_text import clean, line
from xlplan.workbook.write.look import readable

if TYPE_CHECKING:
    from docx.document import Document as Target
    from docx.styles.style import ParagraphStyle
    from docx.table import _Cell

TextStyle = Literal["", "title", "subtitle", "bullet", "number", "quiet", "place"]
"""How a paragraph looks; a ``place`` is one that is still to be written by a person."""
_STYLES = {
    "": "Normal", "title": "Title", "subtitle": "Subtitle", "bullet": "List Bullet",
    "number": "List Number", "quiet": "Note", "place": "To be written",
}  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)
_GREY, _PLACE = "#404040", "#7F3F00"
_LINE = "BFBFBF"
_WIDE = 17.0
"""Centimetres between the margins of an A4 page."""


class Heading(Struct, frozen=True):
    """A heading; level 1 is that of a part."""

    text: str
    level: int = 1


class Text(Struct, frozen=True):
    """A paragraph; lines of it are kept as lines."""

    text: str
    style: TextStyle = ""


class TableText(Struct, frozen=True):
    """What stands in one cell of a table. `fill` is ``#RRGGBB`` or blank."""

    text: str
    fill: str = ""
    bold: bool = False
    centred: bool = False


class TableOf(Struct, frozen=True):
    """A table under its caption: headings, rows, and the relative widths of its columns. `about`
    says in a sentence what it shows, for those who cannot see it; the last row may be a `total`."""

    caption: str
    about: str
    headings: Sequence[str]
    rows: Sequence[Sequence[TableText]]
    widths: Sequence[float]
    total: bool = False


Block = Heading | Text | TableOf


class Document(Struct, frozen=True):
    """A whole document. `created` (ISO 8601, UTC) is written into the file, never the clock;
    colours are ``#RRGGBB``."""

    title: str
    created: str
    blocks: Sequence[Block]
    subject: str = ""
    author: str = "xlplan"
    company: str = ""
    language: str = "en-GB"
    font: str = "Calibri"
    accent: str = "#1F3864"
    heading_fill: str = "#D9E2F3"
    footer: str = ""


def write_document(document: Document) -> bytes:
    """The bytes of `document` as a .docx file."""
    import docx

    target = docx.Document()
    _describe(target, document)
    _set_page(target, document)
    _set_styles(target, document)
    for block in document.blocks:
        if isinstance(block, TableOf):
            _add_table(target, document, block)
        elif isinstance(block, Heading):
            target.add_heading(_one_line(block.text), level=block.level)
        else:
            target.add_paragraph(clean(block.text), style=_STYLES[block.style])
    return _packed(target)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _describe(target: Target, document: Document) -> None:
    moment = datetime.fromisoformat(document.created.replace("Z", "+00:00")).replace(tzinfo=None)
    core = target.core_properties
    core.title, core.subject = line(document.title, 255), line(document.subject, 255)
    core.author = core.last_modified_by = line(document.author, 255)
    core.created = core.modified = moment
    core.language, core.comments, core.revision = document.language, "", 1


# The page.


def _set_page(target: Target, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    section = target.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.add_run(f"{line(document.footer, 150)}   ·   Page " if document.footer else "Page ")
    _add_field(foot, "PAGE")
    foot.add_run(" of ")
    _add_field(foot, "NUMPAGES")


def _add_field(paragraph: Any, code: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    field = f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))


# Styles.


def _set_styles(target: Target, document: Document) -> None:
    """The house style's font and colour in every style that is used; the others go."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn

    for style in list(target.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    defaults = target.styles.element.find(
        f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"
    )
    assert defaults is not None  # the template that python-docx brings has them
    defaults.find(qn("w:lang")).set(qn("w:val"), document.language)
    for fonts in target.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{slot}"), document.font)
    for name, size, before, after in (
        ("Normal", 11, 0, 6), ("List Bullet", 11, 0, 3), ("List Number", 11, 0, 3),
        ("Title", 24, 0, 4), ("Subtitle", 12, 0, 10), ("Caption", 10, 10, 4),
        ("Heading 1", 16, 18, 6), ("Heading 2", 13, 14, 4), ("Heading 3", 11, 10, 3),
        ("Footer", 9, 0, 0),
    ):  # fmt: skip
        _set_style(target.styles[name], size, before, after)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        _colour(target.styles[name], readable(document.accent, "#FFFFFF"))
    _colour(target.styles["Subtitle"], _GREY)
    _colour(target.styles["Caption"], _GREY)
    border = target.styles["Title"].element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)
    target.styles["Caption"].paragraph_format.keep_with_next = True
    for name, colour in (("Note", _GREY), ("To be written", _PLACE)):
        made = target.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = target.styles["Normal"]
        made.font.italic = True
        _colour(made, colour)


def _set_style(style: ParagraphStyle, size: int, before: int, after: int) -> None:
    from docx.shared import Pt

    style.font.size = Pt(size)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.08


def _colour(style: Any, colour: str) -> None:
    from docx.shared import RGBColor

    style.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())


# Tables.


def _add_table(target: Target, document: Document, block: TableOf) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm

    target.add_paragraph(clean(block.caption), style="Caption")
    made = target.add_table(1 + len(block.rows), len(block.headings), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _describe_table(made, block)
    share = _WIDE / sum(block.widths)
    for column, width in zip(made.columns, block.widths, strict=True):
        column.width = Cm(round(width * share, 2))
    heads = [TableText(text, document.heading_fill, bold=True) for text in block.headings]
    last = len(block.rows)
    for number, (row, texts) in enumerate(zip(made.rows, (heads, *block.rows), strict=True)):
        _mark_row(row._tr, heading=number == 0)
        strong = block.total and number == last
        for cell, text, width in zip(row.cells, texts, block.widths, strict=True):
            cell.width = Cm(round(width * share, 2))
            _fill_cell(cell, text, strong=strong)
    target.add_paragraph(style="Normal").paragraph_format.space_after = 0


def _describe_table(made: Any, block: TableOf) -> None:
    """A table's own title and description; its first row as its heading, and nothing else so."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    look = OxmlElement("w:tblLook")
    for name, value in (
        ("val", "0020"), ("firstRow", "1"), ("lastRow", "0"), ("firstColumn", "0"),
        ("lastColumn", "0"), ("noHBand", "1"), ("noVBand", "1"),
    ):  # fmt: skip
        look.set(qn(f"w:{name}"), value)
    properties.append(look)
    for tag, text in (("w:tblCaption", block.caption), ("w:tblDescription", block.about)):
        element = OxmlElement(tag)
        element.set(qn("w:val"), _one_line(text))
        properties.append(element)


def _mark_row(row: Any, *, heading: bool) -> None:
    from docx.oxml import OxmlElement

    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))


def _fill_cell(cell: _Cell, text: TableText, *, strong: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Pt, RGBColor

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    if text.centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean(text.text))
    run.font.size, run.bold = Pt(9.5), text.bold or strong
    if text.fill:
        fill = text.fill.lstrip("#").upper()
        shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'
        cell._tc.get_or_add_tcPr().append(parse_xml(shade))
        colour = readable("#000000", text.fill)
        run.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())


# The package.


def _packed(target: Target) -> bytes:
    """The document as bytes that know no clock: every part with the same date, none unused."""
    for rel in [r for r in target.part.package.rels.values() if "thumbnail" in r.reltype]:
        target.part.package.rels.pop(rel.rId)
    for rel in [r for r in target.part.rels.values() if "stylesWithEffects" in r.reltype]:
        target.part.rels.pop(rel.rId)
    held, out = io.BytesIO(), io.BytesIO()
    target.save(held)
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(out, "w") as packed:
        for name in made.namelist():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            packed.writestr(info, made.read(name))
    return out.getvalue()
