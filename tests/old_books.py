"""A small plan as programs other than Excel save it, beside a sheet larger than a plan can be."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any, Literal

import openpyxl
from openpyxl.comments import Comment

from tests import attacks

ROWS = (("Ref", "Action", "Lead", "RAG"), ("1", "Mend the hull", "Ada", "Green"),
        ("2", "Paint it", "Ben", "Red"))  # fmt: skip
CELLS = len(ROWS) * len(ROWS[0])
State = Literal["visible", "hidden", "veryHidden"]


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(far: str = "XFD1048576", state: State = "hidden", note: str = "") -> bytes:
    """A plan, and before it a sheet "Far" with something in one cell."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.sheet_state = "Far", state
    sheet[far] = "x"
    if note:
        sheet[note].comment = Comment("Here too", "Ada")
    plan = book.create_sheet("Plan")
    for row in ROWS:
        plan.append(row)
    book.active = 1
    return saved(book)


def xlsb() -> bytes:
    rows = b"".join(attacks.xlsb_row(number, *row) for number, row in enumerate(ROWS))
    far = attacks.xlsb_record(5, struct.pack("<IId", 16_383, 0, 1.0))
    return attacks.xlsb(rows, attacks.xlsb_row(1_048_575) + far)


def _line(*cells: str, rows: int = 1, columns: int = 1) -> str:
    each = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{each}</table:table-row>'


def ods(style: str = "unseen", rows: int = 1_048_576, columns: int = 16_384) -> bytes:
    """An OpenDocument spreadsheet: a plan, and before it a sheet "Far" of so many cells."""
    far = _line("x", rows=rows, columns=columns)
    plan = "".join(_line(*row) for row in ROWS)
    data = attacks.ods(f'{far}</table:table><table:table table:name="Plan">{plan}', name="Far")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    hides = (
        '<office:automatic-styles><style:style style:name="unseen" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    space = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    content = parts["content.xml"].replace("<office:body>", f"{hides}<office:body>")
    content = content.replace("<office:document-content", f"<office:document-content {space}")
    content = content.replace('name="Far"', f'name="Far" table:style-name="{style}"')
    return attacks.package({**parts, "content.xml": content})


def xls(state: int = 1, claim: bytes = attacks.xls_claim(4_000_000_000, 256)) -> bytes:
    """An old workbook: a plan, and before it a sheet "Far"."""
    cells = [attacks.xls_number(row, col) for row, each in enumerate(ROWS)
             for col, _ in enumerate(each)]  # fmt: skip
    end = attacks.xls_record(0x0A, b"")
    begin = attacks.xls_record(0x809, struct.pack("<HH", 0x600, 5))
    far = begin + claim + attacks.xls_number(65_535, 255) + end

    def listed(at: int, hidden: int, name: bytes) -> bytes:
        named = bytes([len(name), 0]) + name
        return attacks.xls_record(0x85, struct.pack("<IBB", at, hidden, 0) + named)

    first = len(begin + listed(0, 0, b"Far") + listed(0, 0, b"Plan") + end)
    lines = listed(first, state, b"Far") + listed(first + len(far), 0, b"Plan")
    plan = begin + b"".join(cells) + end
    return attacks.compound({("Workbook",): begin + lines + end + far + plan})
