"""A zip package may hold two parts of one name: readers take the last, whatever else is in it."""

import io
import warnings
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

SHEET = "xl/worksheets/sheet1.xml"


def workbook(text: str) -> bytes:
    """A workbook with one text."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


file = io.BytesIO(workbook("what a scanner reads"))
other = zipfile.ZipFile(io.BytesIO(workbook("what a person reads"))).read(SHEET)
with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "a") as package:
    package.writestr(SHEET, other)
    assert package.namelist().count(SHEET) == 2

by_openpyxl = openpyxl.load_workbook(file).worksheets[0]["A1"].value
by_calamine = (
    CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
    .get_sheet_by_index(0)
    .to_python()[0][0]
)
print(f"openpyxl {by_openpyxl!r}, calamine {by_calamine!r}")
assert by_openpyxl == by_calamine == "what a person reads"
