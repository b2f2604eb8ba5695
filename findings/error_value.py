"""calamine gives a cell with an error as an empty text: it looks like a cell that was cleared."""

import io

import xlsxwriter
from python_calamine import CalamineWorkbook

file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=NA()", None, "#N/A")
    sheet.write_string("B1", "Green")

[row] = (
    CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
)
print(row)
assert row == ["", "Green"]
