"""The parts that a change in place touches, held against the schemas of the standard.

Excel is not here. The schemas come with `openxml_audit`, which works from them without a network;
what it says of a workbook before the change it may say after it, and nothing else.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openxml_audit import OpenXmlValidator

from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.patch import patch

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "08d763f8ffff3f0005fe02fedccc59e70000000049454e44ae426082"
)
Structure = Callable[[Any, Any], object]


def _chart(book: Any, sheet: Any) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Plan!$A$2:$A$8", "values": "=Plan!$D$2:$D$8"})
    sheet.insert_chart("H3", chart)


def _formats(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True, "num_format": "dd mmm yyyy"})
    sheet.set_row(4, 30, bold)
    sheet.set_column(2, 2, 20, bold, {"level": 1})


def _rich(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True})
    sheet.write_rich_string("B4", bold, "Late: ", "see the minutes")


def _print(book: Any, sheet: Any) -> None:
    sheet.print_area("A1:D8")
    sheet.repeat_rows(0)
    sheet.set_h_pagebreaks([6])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.define_name("Ratings", "=Plan!$C$2:$C$8")


STRUCTURES: dict[str, Structure] = {
    "none": lambda _, _sheet: None,
    "a table": lambda _, sheet: sheet.add_table(
        "A1:D8", {"columns": [{"header": each} for each in ("Ref", "Action", "RAG", "Cost")]}
    ),
    "a filter": lambda _, sheet: sheet.autofilter("A1:D8"),
    "merged cells": lambda _, sheet: sheet.merge_range("E2:F8", "all"),
    "conditional formats": lambda book, sheet: sheet.conditional_format(
        "C2:C8", {"type": "cell", "criteria": "==", "value": '"Red"',
                  "format": book.add_format({"bg_color": "#FF0000"})}),
    "data bars": lambda _, sheet: sheet.conditional_format(
        "D2:D8", {"type": "data_bar", "data_bar_2010": True}),
    "validations": lambda _, sheet: sheet.data_validation(
        "C2:C8", {"validate": "list", "source": ["Red", "Green"]}),
    "sparklines": lambda _, sheet: sheet.add_sparkline("F2", {"range": "Plan!D2:D8"}),
    "notes": lambda _, sheet: sheet.write_comment("B6", "Ask Ann"),
    "links": lambda _, sheet: sheet.write_url("B6", "internal:Plan!A1"),
    "an outer link": lambda _, sheet: sheet.write_url("B6", "https://example.org/"),
    "a picture": lambda _, sheet: sheet.insert_image(
        "H2", "pixel.png", {"image_data": io.BytesIO(PIXEL)}),
    "a text box": lambda _, sheet: sheet.insert_textbox("H2", "Look here"),
    "a button": lambda _, sheet: sheet.insert_button("H2", {"caption": "Go"}),
    "a box to tick": lambda _, sheet: sheet.insert_checkbox("F6", True),
    "a chart": _chart,
    "formats and groups": _formats,
    "text of two looks": _rich,
    "print set-up and names": _print,
    "protection": lambda _, sheet: (sheet.unprotect_range("C2:C8"), sheet.protect()),
    "ignored errors": lambda _, sheet: sheet.ignore_errors({"number_stored_as_text": "A2:A8"}),
    "frozen panes": lambda _, sheet: sheet.freeze_panes(1, 1),
    "an array": lambda _, sheet: sheet.write_array_formula("F2:F3", "{=D2:D3*2}"),
    "a data sheet": lambda book, _: book.add_worksheet("Sums").write_formula(
        "A1", "=SUM(Plan!D2:D8)", None, 28),
}  # fmt: skip


def workbook(structure: Structure) -> bytes:
    """A small plan with this in it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ("Ref", "Action", "RAG", "Cost"))
        for row in range(1, 8):
            sheet.write_row(row, 0, (f"1.{row}", f"Do {row}", "Red", row))
            sheet.write_formula(row, 4, f"=D{row + 1}*2", None, row * 2)
        structure(book, sheet)
    return out.getvalue()


def faults(data: bytes, path: Path) -> Counter[tuple[str, str]]:
    """What the schemas have against a workbook: part and fault, without where in the part."""
    path.write_bytes(data)
    found = OpenXmlValidator().validate(str(path))
    return Counter((each.part_uri, each.description) for each in found.errors)


def more(before: bytes, after: bytes, folder: Path) -> Counter[tuple[str, str]]:
    """What they have against the second and not against the first."""
    return faults(after, folder / "after.xlsx") - faults(before, folder / "before.xlsx")


CELLS = {
    "B3": "new text", "B4": "Late: see the minutes of May", "C5": None, "D6": 12.5,
    "C7": date(2027, 3, 1), "A8": True, "H12": "far off", "B6": "one & two\nlines ",
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
def test_cells_and_rows_leave_parts_that_the_standard_knows(name: str, tmp_path: Path) -> None:
    data = workbook(STRUCTURES[name])
    cells = patch(data, {"Plan": CELLS})
    assert not more(data, cells.data, tmp_path)
    rows = patch(data, {"Plan": {"B7": "a new one"}}, {"Plan": [NewRows(6, 2, 2)]})
    assert rows.data != data
    assert not more(data, rows.data, tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<sheetData>", b"<nonsense/><sheetData>"),
        (b"<cols>", b"<mergeCells/><cols>"),
        (b' t="s"', b' t="text"'),
        (b"<row ", b'<row ht="high" '),
    ],
)
def test_a_part_that_the_standard_does_not_know_is_found(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    data = workbook(_formats)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in parts[sheet]
    parts[sheet] = parts[sheet].replace(old, new, 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    assert {part for part, _ in more(data, out.getvalue(), tmp_path)} == {f"/{sheet}"}
