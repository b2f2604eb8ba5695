"""Make the plan.xlsx of an example from its content.toml.

Run it here after changing a text:  python make_plans.py five-point-rag
The same text gives the same workbook: no clock is read, and every time in the file is fixed.

content.toml says: `title`, the `fills` of the ratings, and each `[[sheet]]` with its name, its
columns (key, heading, width) and its tables. A table has lines `above` and `below` it, each a pair
of style and text, and its rows by column key; a row that has only a `band` is a section heading
across the table. A sheet may name the columns whose cells are filled
in the colour of their rating (`rated`) and those whose equal neighbours share one merged cell
(`merged`).
"""

from __future__ import annotations

import io
import re
import sys
import textwrap
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
MADE = datetime(2026, 1, 5, 9, 0)
HEADING_FILL, BAND_FILL = (PatternFill("solid", fgColor=c) for c in ("1F3864", "D9E2F3"))
THIN = Side(style="thin", color="8EA9DB")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
LINE_STYLES = {
    "title": Font("Calibri", 14, bold=True),
    "band": Font("Calibri", 11, bold=True),
    "bold": Font("Calibri", 11, bold=True),
    "plain": Font("Calibri", 11),
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LINE = 15.0
"""The height of a line of eleven-point text, in points."""


def make_plan(content: Mapping[str, Any]) -> Workbook:
    """The spreadsheet that `content` describes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for described in content["sheet"]:
        sheet = book.create_sheet(described["name"])
        columns = described["columns"]
        _set_up(sheet, columns)
        row = 1
        for table in described["table"]:
            row = _write_lines(sheet, row, len(columns), table.get("above", ()))
            row = _write_table(sheet, row, described, table, content.get("fills", {}))
            row = _write_lines(sheet, row, len(columns), table.get("below", ()))
    book.properties.creator = "Improvement team"
    book.properties.title = content["title"]
    book.properties.created = MADE
    return book


def _set_up(sheet: Worksheet, columns: Sequence[Mapping[str, Any]]) -> None:
    for number, column in enumerate(columns):
        sheet.column_dimensions[LETTERS[number]].width = column["width"]
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(0.4, 0.4, top=0.5, bottom=0.8, header=0.3, footer=0.4)
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "Page &P of &N"


def _write_lines(sheet: Worksheet, row: int, last: int, lines: Sequence[tuple[str, str]]) -> int:
    """Lines across the whole table, each `(style, text)`; an empty text leaves a row blank."""
    for style, text in lines:
        if text:
            cell = _write(sheet, row, 1, text, LINE_STYLES[style])
            cell.border = Border()
            if style == "band":
                cell.fill = BAND_FILL
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
            width = sum(sheet.column_dimensions[letter].width for letter in LETTERS[:last])
            size = float(LINE_STYLES[style].sz or 11) / 11
            sheet.row_dimensions[row].height = _height(text, width) * size
        row += 1
    return row


def _write_table(
    sheet: Worksheet, row: int, described: Mapping[str, Any], table: Mapping[str, Any],
    fills: Mapping[str, str],
) -> int:  # fmt: skip
    columns = described["columns"]
    for number, column in enumerate(columns, 1):
        cell = _write(sheet, row, number, column["heading"] or None, LINE_STYLES["bold"])
        cell.font = Font("Calibri", 11, bold=True, color="FFFFFF")
        cell.fill = HEADING_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    _fit(sheet, row, columns)
    first = row + 1
    for row, item in enumerate(table["row"], first):
        if "band" in item:
            _write_lines(sheet, row, len(columns), [("band", item["band"])])
            continue
        for number, column in enumerate(columns, 1):
            key = column["key"]
            cell = _write(sheet, row, number, item.get(key), LINE_STYLES["plain"])
            colour = fills.get(str(item.get(key)))
            if colour and key in described.get("rated", ()):
                cell.fill = PatternFill("solid", fgColor=colour)
                cell.font = Font("Calibri", 11, color="FFFFFF" if _dark(colour) else "000000")
        _fit(sheet, row, columns)
    for number, column in enumerate(columns, 1):
        if column["key"] in described.get("merged", ()):
            values = [item.get(column["key"]) for item in table["row"]]
            for start, end in _runs(values):
                for inner in range(start + 1, end):
                    sheet.cell(first + inner, number).value = None
                sheet.merge_cells(None, first + start, number, first + end - 1, number)
    return row + 1


def _runs(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """The stretches of equal neighbours that are longer than one, as (start, end)."""
    starts = [0, *(n for n, pair in enumerate(pairwise(values), 1) if pair[0] != pair[1])]
    for start, end in pairwise((*starts, len(values))):
        if end - start > 1:
            yield start, end


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 130


def _write(sheet: Worksheet, row: int, column: int, value: str | int | None, font: Font) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if value is not None:
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # text, whatever it begins with
    cell.font = font
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = BOX
    return cell


def _fit(sheet: Worksheet, row: int, columns: Sequence[Mapping[str, Any]]) -> None:
    """Set the height of a row from its longest cell: programs differ in doing so themselves."""
    cells = zip(sheet[row], columns, strict=True)
    heights = (_height(str(cell.value or ""), column["width"]) for cell, column in cells)
    sheet.row_dimensions[row].height = max(heights)


def _height(text: str, width: float) -> float:
    lines = sum(len(textwrap.wrap(line, int(1.08 * width))) or 1 for line in text.split("\n"))
    return LINE * lines + 3


def save(book: Workbook, path: Path) -> None:
    """Save with fixed times: openpyxl notes the moment of saving in two places."""
    made = io.BytesIO()
    book.save(made)
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            fixed = zipfile.ZipInfo(part.filename, MADE.timetuple()[:6])
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, data)


def main(example: Path, target: Path | None = None) -> None:
    """Make the plan of the example in folder `example`."""
    content = tomllib.loads((example / "content.toml").read_text(encoding="utf-8"))
    save(make_plan(content), target or example / "plan.xlsx")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        main(HERE / name)
