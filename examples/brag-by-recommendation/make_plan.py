"""Make plan.xlsx from content.toml.

Run it here after changing the text:  python make_plan.py
The same text gives the same workbook: no clock is read, and every time in the file is fixed.
"""

from __future__ import annotations

import io
import re
import sys
import textwrap
import tomllib
import zipfile
from datetime import datetime
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

SUMMARY_WIDTHS = (80, 18, 30, 20, 16)
SUMMARY_HEADINGS = (
    "Recommendation", "Recommended timescale", "Accountable Officers", "Proposed timescale",
    "Page reference",
)  # fmt: skip
SUMMARY_KEYS = ("timescale", "accountable", "proposed", "page")

ACTION_WIDTHS = (8, 46, 36, 36, 18, 24, 60, 10)
ACTION_HEADINGS = (
    "Ref", "Action required", "Outputs", "Outcome required", "Timescale", "Lead Officers",
    "Progress made", "RAG rating",
)  # fmt: skip
ACTION_KEYS = ("ref", "action", "output", "outcome", "timescale", "lead", "progress", "rating")

HEADING_FILL = PatternFill("solid", fgColor="1F3864")
BAND_FILL = PatternFill("solid", fgColor="D9E2F3")
RATING_FILLS = {
    code: PatternFill("solid", fgColor=colour)
    for code, colour in {
        "Blue": "4472C4", "Green": "70AD47", "Amber": "FFC000", "Red": "C00000",
    }.items()
}  # fmt: skip
WHITE_ON = ("Blue", "Red")
THIN = Side(style="thin", color="8EA9DB")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
PLAIN, BOLD = Font("Calibri", 11), Font("Calibri", 11, bold=True)
LINE = 15.0
"""The height of a line of eleven-point text, in points."""


def make_plan(content: dict[str, Any]) -> Workbook:
    book = Workbook()
    summary = book.worksheets[0]
    summary.title = "Summary"
    _write_summary(summary, content)
    _write_actions(book.create_sheet("Action Plans"), content)
    book.properties.creator = "Improvement team"
    book.properties.title = content["title"]
    book.properties.created = MADE
    return book


def _write_summary(sheet: Worksheet, content: dict[str, Any]) -> None:
    _set_up(sheet, SUMMARY_WIDTHS)
    last = len(SUMMARY_WIDTHS)
    _write_across(sheet, 1, last, content["title"], Font("Calibri", 14, bold=True))
    for row, line in enumerate(content["legend"], 2):
        _write_across(sheet, row, last, line, PLAIN)
    _write_across(sheet, 6, last, content["summary_heading"], BOLD)
    _write_headings(sheet, 7, SUMMARY_HEADINGS)
    row, theme = 8, ""
    for item in content["recommendation"]:
        if item["theme"] != theme:
            theme = item["theme"]
            _write_across(sheet, row, last, theme, BOLD, BAND_FILL)
            row += 1
        text = f"{item['number']}. {item['text']}"
        for column, value in enumerate((text, *(item.get(key) for key in SUMMARY_KEYS)), 1):
            _write(sheet, row, column, value)
        _fit(sheet, row, SUMMARY_WIDTHS)
        row += 1


def _write_actions(sheet: Worksheet, content: dict[str, Any]) -> None:
    _set_up(sheet, ACTION_WIDTHS)
    texts = {item["number"]: item["text"] for item in content["recommendation"]}
    row = 2
    for block in content["block"]:
        for number in block["recommendations"]:
            text = f"Recommendation {number} - {texts[number]}"
            _write_across(sheet, row, len(ACTION_WIDTHS), text, BOLD, BAND_FILL)
            row += 1
        _write_headings(sheet, row, ACTION_HEADINGS)
        row += 1
        for action in block["action"]:
            for column, key in enumerate(ACTION_KEYS, 1):
                cell = _write(sheet, row, column, action.get(key))
            if action.get("fill", True):
                cell.fill = RATING_FILLS[action["rating"]]
                colour = "FFFFFF" if action["rating"] in WHITE_ON else "000000"
                cell.font = Font("Calibri", 11, color=colour)
            _fit(sheet, row, ACTION_WIDTHS)
            row += 1
        row += 1


def _set_up(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(0.4, 0.4, top=0.5, bottom=0.8, header=0.3, footer=0.4)
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "Page &P of &N"


def _write(sheet: Worksheet, row: int, column: int, value: str | None) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if value:
        cell.value = value
        cell.data_type = "s"  # text, whatever it begins with
    cell.font = PLAIN
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = BOX
    return cell


def _write_headings(sheet: Worksheet, row: int, headings: tuple[str, ...]) -> None:
    for column, heading in enumerate(headings, 1):
        cell = _write(sheet, row, column, heading)
        cell.font = Font("Calibri", 11, bold=True, color="FFFFFF")
        cell.fill = HEADING_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    _fit(sheet, row, SUMMARY_WIDTHS if headings is SUMMARY_HEADINGS else ACTION_WIDTHS)


def _write_across(
    sheet: Worksheet, row: int, last: int, text: str, font: Font, fill: PatternFill | None = None
) -> None:
    cell = sheet.cell(row, 1, text)
    cell.font = font
    cell.alignment = Alignment(wrap_text=True, vertical="center" if fill else "top")
    if fill:
        cell.fill = fill
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
    width = sum(SUMMARY_WIDTHS if last == len(SUMMARY_WIDTHS) else ACTION_WIDTHS)
    sheet.row_dimensions[row].height = _height(text, width) * float(font.sz or 11) / 11


def _fit(sheet: Worksheet, row: int, widths: tuple[int, ...]) -> None:
    """Set the height of a row from its longest cell: programs differ in doing so themselves."""
    cells = zip(sheet[row], widths, strict=True)
    sheet.row_dimensions[row].height = max(_height(str(c.value or ""), w) for c, w in cells)


def _height(text: str, width: int) -> float:
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


def main(target: Path = HERE / "plan.xlsx") -> None:
    content = tomllib.loads((HERE / "content.toml").read_text(encoding="utf-8"))
    save(make_plan(content), target)


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:2]))
