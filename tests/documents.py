"""Text documents for tests: forms of Word, cell by cell, and their rows as they are read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from xlplan.workbook.read.list_numbers import odf_name
from xlplan.workbook.read.read_book import read_book

PREFIXES = ("office", "table", "text", "style", "draw", "fo", "svg", "field", "loext")
SPACES = " ".join(f'xmlns:{each}="{odf_name(f"{each}:x")[1:-2]}"' for each in PREFIXES)
"""The name spaces of OpenDocument, as they are declared."""

W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def run(inner: str, font: str = "") -> str:
    look = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f"<w:r>{look}{inner}</w:r>"


def text(words: str, font: str = "") -> str:
    return run(f'<w:t xml:space="preserve">{words}</w:t>', font)


def field(code: str, data: str, shown: str = "") -> str:
    return (
        run(f'<w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar>')
        + run(f"<w:instrText> {code} </w:instrText>")
        + run('<w:fldChar w:fldCharType="separate"/>')
        + (text(shown) if shown else "")
        + run('<w:fldChar w:fldCharType="end"/>')
    )


def choice_of(*entries: str, result: int | None = None) -> str:
    """A list of a protected form."""
    chosen = "" if result is None else f'<w:result w:val="{result}"/>'
    listed = "".join(f'<w:listEntry w:val="{each}"/>' for each in entries)
    return field("FORMDROPDOWN", f"<w:ddList>{chosen}{listed}</w:ddList>", "something old")


def box(*says: str) -> str:
    """A check box of a protected form."""
    return field("FORMCHECKBOX", f"<w:checkBox><w:sizeAuto/>{''.join(says)}</w:checkBox>")


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def ticked(value: str, shown: str) -> str:
    checked = f'<w14:checked w14:val="{value}"/>'
    return control(f"<w14:checkbox {W14}>{checked}</w14:checkbox>", text(shown))


def document_of(rows: Sequence[Sequence[str]]) -> bytes:
    """A Word document with a table whose cells are a paragraph with this in it each."""
    document: Any = Document()
    made = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(made.rows, rows, strict=True):
        for cell, inner in zip(row.cells, cells, strict=True):
            paragraph = parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>")
            cell._tc.replace(cell.paragraphs[0]._p, paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rows_of(data: bytes) -> list[list[object]]:
    """The rows of a document as it is read."""
    book = read_book(data, "plan", detail=True)
    assert book.problems == ()
    [sheet] = book.sheets
    return [list(row) for row in sheet.rows]
