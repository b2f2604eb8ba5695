#!/usr/bin/env bash
# A cell with a hyperlink through LibreOffice to PDF: its text does not wrap, and
# its line breaks are gone. What does not fit the column is not printed.
#
# Expected: wrapText (18.8.1 of ECMA-376 part 1) holds for a cell, linked or not;
#   a new line in its text is a new line. The same workbook without links prints so.
# What happens to two cells, 30 characters wide, wrapped, in rows that are high
# enough for three lines:
#   - "first line", "second line", "third line" in one cell: printed as one line,
#     "first linesecond linethird line"
#   - a sentence of 88 characters beside a filled cell: one line, cut at the edge of
#     the column; its words are in the PDF's text all the same, so that a check by
#     pdftotext or pypdf sees nothing missing. The page has to be looked at
#   Links to a place in the workbook and to a web page alike. The file itself is
#   not at fault, nor harmed: saved as .xlsx again it has wrapText and all lines.
# Versions: LibreOffice 7.4.7.2 (Debian 12, `soffice --convert-to pdf`);
#   workbooks written by xlsxwriter 3.3.1; pypdf 6.4.0.
# Why it matters: a board pack is often made so, on a server without Excel. Linking
#   the words of an action to its row ("see action 7") cuts these words on paper.
#   Link only what fits one line (a ref), or print a copy without links.
set -euo pipefail
command -v soffice >/dev/null || { echo "no LibreOffice here: nothing measured"; exit 2; }
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install xlsxwriter==3.3.1 openpyxl==3.1.5 pypdf==6.4.0 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
cat >w.py <<'E'
import xlsxwriter
lines = "first line\nsecond line\nthird line"
prose = "A sentence that is long enough to need three lines of a column that is only thirty wide."
for name, link in (("plain", None), ("inside", "internal:'Plan'!A1"), ("web", "https://example.org/")):
    book = xlsxwriter.Workbook(f"{name}.xlsx"); sheet = book.add_worksheet("Plan")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 30)
    for row, text in enumerate((lines, prose)):
        sheet.set_row(row, 60)
        if link: sheet.write_url(row, 0, link, wrapped, text)
        else: sheet.write_string(row, 0, text, wrapped)
        sheet.write_string(row, 1, "beside")
    book.close()
E
v/bin/python w.py
for name in plain inside web; do
  soffice "-env:UserInstallation=file://$tmp/profile" --headless --convert-to pdf "$name.xlsx" >/dev/null 2>&1
done
soffice "-env:UserInstallation=file://$tmp/profile" --headless --convert-to xlsx --outdir again inside.xlsx >/dev/null 2>&1
soffice --version | cut -d' ' -f1,2
cat >r.py <<'E'
import openpyxl, sys
from pypdf import PdfReader
def lines_of(name):
    """By the cell, at how many different heights on the page its words stand."""
    found = {"lines": set(), "prose": set()}
    def see(text, cm, tm, font, size):
        for cell, words in (("lines", ("first", "second", "third")),
                            ("prose", ("sentence", "need three", "only thirty"))):
            if any(word in text for word in words):
                found[cell].add((round(cm[5]), round(tm[5])))
    PdfReader(f"{name}.pdf").pages[0].extract_text(visitor_text=see)
    return {cell: len(at) for cell, at in found.items()}
got = {name: lines_of(name) for name in ("plain", "inside", "web")}
print("lines printed:", got)
cell = openpyxl.load_workbook("again/inside.xlsx").active["A1"]
kept = cell.value.count("\n") == 2 and cell.alignment.wrap_text
print("saved again: line breaks and wrapText are", "kept" if kept else "lost")
want = {"plain": {"lines": 3, "prose": 3}, "inside": {"lines": 1, "prose": 1}, "web": {"lines": 1, "prose": 1}}
sys.exit(0 if got == want and kept else "this has changed")
E
v/bin/python r.py
