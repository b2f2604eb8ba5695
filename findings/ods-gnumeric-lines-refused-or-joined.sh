#!/usr/bin/env bash
# An .ods as Gnumeric writes it: python-calamine refuses the file, or, where it
# reads one, joins the lines of a cell into one word.
#
# Expected: white space between the elements of a table says nothing, and
#   <text:line-break/> and <text:tab/> in a paragraph are a new line and a tab
#   (OpenDocument 1.3 part 3, 6.1.2, 6.1.4 and 6.1.5).
# What happens to two rows, a note of two lines in the one, a tab in the other:
#   - cells on lines of their own: calamine raises CalamineError ("Expecting
#     'table-cell', found 'Text(...)'"); nothing at all is read
#   - the same on one line: calamine gives "survey begunsurvey done" and
#     "tabhere". With a <text:p> for each line, as LibreOffice writes, the lines
#     stay apart, so that no test with LibreOffice's files shows it
#   - SheetJS reads both files, line and tab; pandas with odfpy reads both files
#     and the line, and drops the tab
#   ssconvert 1.12.55 (Gnumeric) writes both: indented cells, and a line-break
#   for each new line of a cell. (Seen in its file; not run here.)
# Versions: python-calamine 0.9.1, pandas 3.1.1 with odfpy 1.4.1,
#   xlsx (SheetJS) 0.18.5 from npm.
# Why it matters: whoever converts inboxes with ssconvert, or has one lead with
#   Gnumeric, loses the file; and where another tool has taken the white space
#   out, a diary of dated lines comes back as another text than was issued.
#   Lines joined into one look like an edit of every cell. Read content.xml
#   yourself where one of the three elements is in it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >npm.log 2>&1 ||
  { cat npm.log; echo "could not install: nothing measured"; exit 2; }
cat >w.py <<'E'
import zipfile

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P, Tab


def note(sign):
    p = P()
    for part in sign:
        p.addText(part) if isinstance(part, str) else p.addElement(part)
    return p


def save(name, first):
    book = OpenDocumentSpreadsheet(); table = Table(name="Plan"); book.spreadsheet.addElement(table)
    for ref, paragraphs in (("A1", first), ("A2", [note(["tab", Tab(), "here"])])):
        row = TableRow(); table.addElement(row)
        for each in ([P(text=ref)], paragraphs):
            cell = TableCell(valuetype="string"); row.addElement(cell)
            for p in each:
                cell.addElement(p)
    book.save(name)


save("breaks.ods", [note(["survey begun", LineBreak(), "survey done"])])
save("paragraphs.ods", [P(text="survey begun"), P(text="survey done")])
with zipfile.ZipFile("breaks.ods") as old, zipfile.ZipFile("indented.ods", "w") as new:
    for info in old.infolist():      # the same, each cell on a line of its own
        data = old.read(info)
        if info.filename == "content.xml":
            data = data.replace(b"<table:table-cell", b"\n  <table:table-cell")
            data = data.replace(b"</table:table-row>", b"\n</table:table-row>")
        new.writestr(info, data)
E
v/bin/python w.py
cat >r.js <<'E'
const X = require('xlsx');
const notes = f => X.utils.sheet_to_json(X.readFile(f).Sheets.Plan, {header: 1}).map(r => r[1]);
console.log(JSON.stringify(Object.fromEntries(['paragraphs', 'breaks', 'indented'].map(n => [n, notes(n + '.ods')]))));
E
node r.js >js.json
cat >r.py <<'E'
import importlib.metadata as md, json, sys

import pandas, python_calamine


def calamine(name):
    try:
        sheet = python_calamine.load_workbook(name).get_sheet_by_index(0)
        return [row[1] for row in sheet.to_python()]
    except python_calamine.CalamineError as error:
        return f"CalamineError: {' '.join(str(error).split())}"


def by_pandas(name):
    return pandas.read_excel(name, engine="odf", header=None)[1].tolist()


print(*(f"{p} {md.version(p)}" for p in ("python-calamine", "pandas", "odfpy")), "SheetJS 0.18.5")
names = ("paragraphs", "breaks", "indented")
seen = {
    "calamine": {n: calamine(f"{n}.ods") for n in names},
    "pandas": {n: by_pandas(f"{n}.ods") for n in names},
    "SheetJS": json.load(open("js.json")),
}
for who, found in seen.items():
    for name, notes in found.items():
        print(f"{who:9} {name + '.ods':15} {notes!r}")
apart = "survey begun\nsurvey done"
bad = seen["calamine"]["indented"]
as_stated = (
    seen["calamine"]["paragraphs"] == [apart, "tabhere"]
    and seen["calamine"]["breaks"] == ["survey begunsurvey done", "tabhere"]
    and isinstance(bad, str) and "Expecting 'table-cell'" in bad
    and all(seen["pandas"][n] == [apart, "tabhere"] for n in names)
    and all(seen["SheetJS"][n] == [apart, "tab\there"] for n in names)
)
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
E
v/bin/python r.py
