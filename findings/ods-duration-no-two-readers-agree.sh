#!/usr/bin/env bash
# One duration cell of an .ods: a text, an error, or a lost minus sign, by reader.
#
# Expected: a cell of OpenDocument's type "time" (what LibreOffice writes for
#   [h]:mm, e.g. hours spent or hours of slippage) is read as a duration, as
#   the same readers do with the same value in .xlsx.
# What happens, for office:time-value PT18H00M00S / PT36H00M00S / -PT06H00M00S:
#   - calamine gives a time for the first, but the *texts* 'PT36H00M00S' and
#     '-PT06H00M00S' for the others; from .xlsx it gives timedeltas (of 1.5 and
#     of -0.25 days)
#   - pandas' odf engine reads the shown text, not the value, as a time of day:
#     36:00:00 raises, so nothing at all is read of the workbook; -06:00:00 too
#   - SheetJS takes the minus sign off: -6 hours are read as 0.25 of a day, the
#     same as +6 hours, without an error; from .xlsx it gives -0.25
# Versions: python-calamine 0.9.1, pandas 3.1.1 with odfpy 1.4.1,
#   xlsx (SheetJS) 0.18.5 from npm, xlsxwriter 3.3.1 for the .xlsx.
# Why it matters: a lead who saves the template as .ods changes the type of
#   every long duration, and "six hours early" silently becomes "six hours late".
#   A merge that compares cells with those issued should read office:time-value
#   itself (xsd:duration, signed, hours may exceed 23).
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 xlsxwriter==3.3.1 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >npm.log 2>&1 ||
  { cat npm.log; echo "could not install: nothing measured"; exit 2; }
cat >w.py <<'E'
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

CELLS = {"18h": ("PT18H00M00S", "18:00:00", .75), "36h": ("PT36H00M00S", "36:00:00", 1.5),
         "minus6h": ("-PT06H00M00S", "-06:00:00", -.25), "plus6h": ("PT06H00M00S", "06:00:00", .25)}
def ods(name, keys):
    d = OpenDocumentSpreadsheet(); t = Table(name="Plan"); d.spreadsheet.addElement(t)
    for k in keys:
        r = TableRow(); t.addElement(r)
        a = TableCell(valuetype="string"); a.addElement(P(text=k)); r.addElement(a)
        c = TableCell(valuetype="time", timevalue=CELLS[k][0]); c.addElement(P(text=CELLS[k][1])); r.addElement(c)
    d.save(name)
ods("all.ods", CELLS)
for k in CELLS: ods(k + ".ods", [k])
w = xlsxwriter.Workbook("all.xlsx"); s = w.add_worksheet("Plan")
for i, k in enumerate(CELLS):
    s.write_string(i, 0, k); s.write_number(i, 1, CELLS[k][2], w.add_format({"num_format": "[h]:mm:ss"}))
w.close()
E
v/bin/python w.py
cat >r.js <<'E'
const X = require('xlsx');
console.error('SheetJS', X.version, 'node', process.version);
const o = {};
for (const f of ['all.ods', 'all.xlsx'])
  o[f] = X.utils.sheet_to_json(X.readFile(f).Sheets.Plan, {header: 1, raw: true}).map(r => Math.round(r[1] * 1e6) / 1e6);
console.log(JSON.stringify(o));
E
node r.js >js.json
cat >r.py <<'E'
import datetime as dt, importlib.metadata as md, json, sys
import pandas, python_calamine
print(*(f"{p} {md.version(p)}" for p in ("python-calamine", "pandas", "odfpy")))
def cal(f): return [r[1] for r in python_calamine.load_workbook(f).get_sheet_by_index(0).to_python()]
def pan(f):
    try: return repr(pandas.read_excel(f, engine="odf", header=None)[1].tolist())
    except Exception as e: return f"{type(e).__name__}: {e}"
js = json.load(open("js.json"))
print("cells                18 h, 36 h, -6 h, +6 h")
print("calamine, .xlsx     ", cal("all.xlsx")); print("calamine, .ods      ", cal("all.ods"))
print("SheetJS, .xlsx      ", js["all.xlsx"]); print("SheetJS, .ods       ", js["all.ods"])
p = {k: pan(k + ".ods") for k in ("all", "18h", "36h", "minus6h", "plus6h")}
for k, v in p.items(): print(f"pandas odf, {k + '.ods':<12}", v)
h = lambda n: dt.timedelta(hours=n)
checks = {
    "calamine reads .xlsx as durations": cal("all.xlsx")[1:3] == [h(36), h(-6)],
    "calamine gives texts from .ods": cal("all.ods")[:3] == [dt.time(18), "PT36H00M00S", "-PT06H00M00S"],
    "SheetJS keeps the sign from .xlsx": js["all.xlsx"] == [.75, 1.5, -.25, .25],
    "SheetJS loses it from .ods": js["all.ods"] == [.75, 1.5, .25, .25],
    "pandas reads 18 h": "datetime.time(18, 0)" in p["18h"],
    "pandas reads nothing of a workbook with 36 h or -6 h": all("Error" in p[k] for k in ("all", "36h", "minus6h")),
}
for k, v in checks.items(): print("as stated" if v else "CHANGED", "-", k)
sys.exit(not all(checks.values()))
E
v/bin/python r.py
