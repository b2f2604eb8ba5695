"""One cell, two texts: openpyxl leaves ``_x000D_`` as it is written, calamine decodes it."""

import io

import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
book.worksheets[0]["A1"] = "Agreed_x000D_\nand sent"  # as Excel stores a carriage return
file = io.BytesIO()
book.save(file)

by_openpyxl = openpyxl.load_workbook(file).worksheets[0]["A1"].value
by_calamine = (
    CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
    .get_sheet_by_index(0)
    .to_python()[0][0]
)
print(f"openpyxl {by_openpyxl!r}, calamine {by_calamine!r}")
assert by_openpyxl == "Agreed_x000D_\nand sent"
assert by_calamine == "Agreed\r\nand sent"
