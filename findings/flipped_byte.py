"""calamine checks the sum of a sheet, not that of the shared texts: a damaged one is believed."""

import io
import zipfile

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    book.add_worksheet().write_string("A1", "Green")
stored = io.BytesIO()
with zipfile.ZipFile(file) as parts, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as copy:
    for name in parts.namelist():
        copy.writestr(name, parts.read(name))
damaged = io.BytesIO(stored.getvalue().replace(b"Green", b"Grees"))  # its check sum is the old one

rows = CalamineWorkbook.from_filelike(damaged).get_sheet_by_index(0).to_python()
print(f"calamine reads {rows}")
assert rows == [["Grees"]]
try:
    openpyxl.load_workbook(damaged)
except zipfile.BadZipFile as error:
    print(f"zipfile says: {error}")
else:
    raise AssertionError("zipfile compares check sums")
