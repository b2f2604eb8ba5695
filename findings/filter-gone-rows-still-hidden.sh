#!/usr/bin/env bash
# A filtered sheet through exceljs or SheetJS: the filter's choice is gone, the
# rows it hid stay hidden.
#
# Expected: a load-and-save keeps a set filter (criterion and hidden rows), or
#   drops both, so that all rows show. openpyxl and xlsx-populate keep both.
# What happens to 25 rows filtered to Rating = Red (12 shown, 13 hidden):
#   - exceljs drops <filterColumn> and filterMode="1" but writes all 13 rows with
#     hidden="1"; the same from SheetJS with cellStyles (the option that keeps
#     column widths and hidden columns)
#   - SheetJS with its defaults drops both: all 25 rows show
#   In the first two a reader of the XML finds hidden rows and *no filter set*:
#   they look hidden by hand, and no button tells a lead that a filter hides them.
#   exceljs keeps the lock on formatting rows, and so on unhiding them by hand.
#   exceljs also takes the sheet away from the hidden name _FilterDatabase: it
#   becomes a visible, workbook-wide one.
#   (Seen in the files; Excel itself was not run.)
# Versions: exceljs 4.4.0, xlsx (SheetJS) 0.18.5, xlsx-populate 1.21.0 from npm;
#   openpyxl 3.1.5, xlsxwriter 3.3.1.
# Why it matters: "skip hidden rows" (pyexcel's way), or "hidden by a filter is
#   fine, hidden by hand is suspicious", decides wrongly on half of the rows.
#   Rows hidden in a returned workbook are still answers: read them all, and do
#   not ask filterColumn or filterMode why they are hidden.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install openpyxl==3.1.5 xlsxwriter==3.3.1 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 xlsx-populate@1.21.0 >npm.log 2>&1 ||
  { cat npm.log; echo "could not install: nothing measured"; exit 2; }
cat >w.py <<'E'
import openpyxl, xlsxwriter
w = xlsxwriter.Workbook("issued.xlsx"); s = w.add_worksheet("Plan")
free = w.add_format({"locked": False})
s.write_row(0, 0, ["Ref", "Rating", "Note"])
for i in range(1, 26):
    s.write_string(i, 0, f"A{i}"); s.write_string(i, 1, "Green" if i % 2 else "Red", free)
    s.write_string(i, 2, f"note {i}", free)
    if i % 2: s.set_row(i, None, None, {"hidden": True})
s.autofilter("A1:C26"); s.filter_column_list("B", ["Red"])
s.protect("", {"autofilter": True})          # filtering allowed, formatting rows not
w.close()
openpyxl.load_workbook("issued.xlsx").save("openpyxl.xlsx")
E
v/bin/python w.py
cat >w.js <<'E'
const E = require('exceljs'), X = require('xlsx'), P = require('xlsx-populate');
(async () => {
  const w = new E.Workbook(); await w.xlsx.readFile('issued.xlsx');
  w.getWorksheet('Plan').getCell('C3').value = 'changed'; await w.xlsx.writeFile('exceljs.xlsx');
  const p = await P.fromFileAsync('issued.xlsx');
  p.sheet('Plan').cell('C3').value('changed'); await p.toFileAsync('xlsx-populate.xlsx');
  for (const [n, o] of [['sheetjs-styles', {cellStyles: true}], ['sheetjs', {}]])
    X.writeFile(X.readFile('issued.xlsx', o), n + '.xlsx', o);
  for (const n of ['exceljs', 'xlsx', 'xlsx-populate']) console.log(n, JSON.parse(require('fs').readFileSync(`node_modules/${n}/package.json`)).version);
})();
E
node w.js
cat >r.py <<'E'
import importlib.metadata as md, re, sys, zipfile
print(*(f"{p} {md.version(p)}" for p in ("openpyxl", "xlsxwriter")))
on = r'="(?:1|true)"'
def look(n):
    z = zipfile.ZipFile(n + ".xlsx"); s = z.read("xl/worksheets/sheet1.xml").decode()
    name = re.search(r"<definedName[^>]*_FilterDatabase[^>]*>", z.read("xl/workbook.xml").decode())
    lock = re.search(r"<sheetProtection[^>]*>", s)
    return (len(re.findall(r"<row [^>]*\bhidden" + on, s)), "<autoFilter" in s, len(re.findall(r"<filterColumn\b", s)),
            bool(re.search("filterMode" + on, s)), "localSheetId" in name[0] and bool(re.search("hidden" + on, name[0])),
            bool(lock and not re.search(r'formatRows="(0|false)"', lock[0])))
#                  rows hidden, buttons, criteria, filterMode, name hidden and the sheet's, rows locked
want = {"issued": (13, True, 1, True, True, True), "openpyxl": (13, True, 1, True, True, True),
        "xlsx-populate": (13, True, 1, True, True, True), "exceljs": (13, True, 0, False, False, True),
        "sheetjs-styles": (13, True, 0, False, True, False), "sheetjs": (0, True, 0, False, True, False)}
print(f"{'':<15}{'hidden rows':>12}{'autoFilter':>12}{'criteria':>10}{'filterMode':>12}{'name is own':>12}{'rows locked':>12}")
bad = 0
for n, w in want.items():
    got = look(n); bad += got != w
    print(f"{n:<15}" + "".join(f"{str(g):>{k}}" for g, k in zip(got, (12, 12, 10, 12, 12, 12))), "" if got == w else f"CHANGED, was {w}")
print("expected: 13 rows hidden with a criterion, or none. As stated: 13 hidden, no criterion" if not bad else "changed")
sys.exit(bad > 0)
E
v/bin/python r.py
