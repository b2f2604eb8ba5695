#!/usr/bin/env bash
# An .xlsx whose number is written with a comment in it, as CDATA, or with a digit by
# its character reference, read by python-calamine: another number, or none.
#
# Expected: XML 1.0 (2.4, 2.5, 2.7, 4.1): the text of <v> is 1200 in each case, whatever
#   stands between its characters and however they are spelled. openpyxl reads 1200.
# What python-calamine reads, without a word:
#   - <v>12<!-- x -->00</v>        12
#   - <v>12<?x?>00</v>             12
#   - <v>120&#x30;</v>             120
#   - <v><![CDATA[1200]]></v>      nothing: the cell is blank
# Versions: python-calamine 0.9.1; openpyxl 3.1.5; workbook written by xlsxwriter 3.3.1,
#   of which one number is spelled otherwise.
# Why it matters: a number that is shorter by two digits looks like somebody's edit, and
#   a blank cell like one that was cleared. No spreadsheet program writes so; what fills
#   in templates by text does (CDATA above all). Spell such a sheet out with an XML
#   parser before it is handed to this reader, or refuse it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install python-calamine==0.9.1 openpyxl==3.1.5 xlsxwriter==3.3.1 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
cat >r.py <<'E'
import sys, zipfile
import openpyxl, xlsxwriter
from python_calamine import CalamineWorkbook

with xlsxwriter.Workbook("plain.xlsx") as book:
    book.add_worksheet("Plan").write_row(0, 0, ["spent", 1200, "so far"])
SPELLED = {
    "as it is": "1200", "comment": "12<!-- x -->00", "instruction": "12<?x?>00",
    "reference": "120&#x30;", "CDATA": "<![CDATA[1200]]>",
}
KNOWN = {"as it is": 1200, "comment": 12, "instruction": 12, "reference": 120, "CDATA": ""}
changed = False
for name, text in SPELLED.items():
    with zipfile.ZipFile("plain.xlsx") as old, zipfile.ZipFile("now.xlsx", "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                assert data.count(b"<v>1200</v>") == 1
                data = data.replace(b"<v>1200</v>", f"<v>{text}</v>".encode())
            new.writestr(part, data)
    fast = CalamineWorkbook.from_path("now.xlsx").get_sheet_by_index(0).to_python()[0][1]
    slow = openpyxl.load_workbook("now.xlsx").active["B1"].value
    print(f"{name:<12} <v>{text}</v>: openpyxl {slow!r}, python-calamine {fast!r}")
    changed |= slow != 1200 or fast != KNOWN[name]
sys.exit("this has changed: look again" if changed else 0)
E
v/bin/python r.py
