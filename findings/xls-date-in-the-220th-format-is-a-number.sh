#!/usr/bin/env bash
# An .xls whose cells use more than 219 number formats of their own: xlwt writes
# it without a word, xlrd reads every date, calamine gives the dates of the later
# formats as bare numbers.
#
# Expected: a date stays a date however many formats the workbook has, or the
#   writer refuses the 220th, or the reader says what it could not use.
# What happens to 225 cells, each with a number format of its own, the last ten of
#   them 30 September 2026 in ten spellings of a date:
#   - xlwt numbers the formats from 165 to 389 and raises nothing. The file format
#     ends at 382 ([MS-XLS] 2.4.126, Format: ifmt 164 to 382)
#   - xlrd gives all ten cells the type "date"
#   - calamine gives a date where the format's number is at most 382, else the
#     serial 46295: three dates and seven numbers from one column, no warning
#   Formats for which the file format has a number of its own (such as mm:ss) are
#   not concerned.
# Versions: xlwt 1.3.0, xlrd 2.0.2, python-calamine 0.9.1.
# Why it matters: exports of case systems give each column, currency and state a
#   format of its own. Three rows of a column of deadlines are dates, the others
#   are numbers of five digits, which a column of text takes in as they are. Look
#   at the FORMAT records yourself before a number in an .xls is called a number.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install xlwt==1.3.0 xlrd==2.0.2 python-calamine==0.9.1 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
cat >look.py <<'E2'
import datetime

import python_calamine
import xlrd
import xlwt

DATES = ["d mmm yyyy", "dd.mm.yyyy", "yyyy-mm-dd", "d/mm/yyyy", "mmmm yyyy"]
DATES += [f'"due "{each}' for each in DATES]
numbers = [f'0.00" kind {i}"' for i in range(215)]
book = xlwt.Workbook()
sheet = book.add_sheet("Plan")
for row, code in enumerate(numbers + DATES):
    value = 46295 if code in DATES else 1.5
    sheet.write(row, 0, value, xlwt.easyxf(num_format_str=code))
book.save("many.xls")

read = xlrd.open_workbook("many.xls", formatting_info=True)
cells = [read.sheet_by_index(0).cell(row, 0) for row in range(215, 225)]
ids = [read.xf_list[cell.xf_index].format_key for cell in cells]
by_xlrd = [cell.ctype == xlrd.XL_CELL_DATE for cell in cells]
rows = python_calamine.CalamineWorkbook.from_path("many.xls").get_sheet_by_index(0).to_python()
by_calamine = [row[0] for row in rows[215:]]
for number, code, date, value in zip(ids, DATES, by_xlrd, by_calamine):
    print(f"{number}  {code:22}  xlrd: {'date' if date else 'number'}  calamine: {value!r}")
assert ids == list(range(380, 390)), ids
assert all(by_xlrd)
day = datetime.date(2026, 9, 30)
assert by_calamine == [day] * 3 + [46295] * 7, by_calamine
print("as described")
E2
v/bin/python look.py
