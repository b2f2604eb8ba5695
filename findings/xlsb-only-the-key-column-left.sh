#!/usr/bin/env bash
# A plan saved as .xlsb by SheetJS: the key column is read, every answer is blank.
#
# Expected: calamine and pyxlsb give the 104 cells of a 26-row, 4-column sheet,
#   or raise an error. (MS-XLSB has short cell records, "the column is that of
#   the cell before, plus one"; LibreOffice 7.4 opens the same file in full.)
# What happens: SheetJS writes a full record for the first cell of a row and
#   short ones (types 12 to 18) for its neighbours. calamine and pyxlsb pass
#   over the short ones without a word: calamine gives 26 cells of 104, a
#   sheet one column wide; pyxlsb gives 26 rows of 4 cells and None in all 104,
#   as it does not read inline texts either (26 with bookSST). A cell after a
#   gap has a full record again, so a sheet with holes loses *some* columns: a
#   row with an empty second column still gives its third.
#   SheetJS itself reads all 104 back.
# Versions: xlsx (SheetJS) 0.18.5 from npm, python-calamine 0.9.1,
#   pyxlsb 1.0.10. See also hucre pull request 541, which found it in another
#   reader, and SheetJS issue 2172.
# Why it matters: keys match, no error is raised, and every answer looks cleared
#   by its lead. Whoever merges .xlsb should count the cell records (or compare
#   the dimension record with what was read) before believing a blank.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install python-calamine==0.9.1 pyxlsb==1.0.10 2>pip.log ||
  { cat pip.log; echo "could not install: nothing measured"; exit 2; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >npm.log 2>&1 ||
  { cat npm.log; echo "could not install: nothing measured"; exit 2; }
cat >w.js <<'E'
const X = require('xlsx');
const rows = [['Ref', 'Action', 'Rating', 'Note']];
for (let i = 1; i < 26; i++) rows.push(['A' + i, 'Do ' + i, i % 2 ? 'Green' : 'Red', 'note ' + i]);
const save = (rows, name, opt) => {
  const w = X.utils.book_new();
  X.utils.book_append_sheet(w, X.utils.aoa_to_sheet(rows), 'Plan');
  X.writeFile(w, name, opt);
};
save(rows, 'inline.xlsb'); save(rows, 'shared.xlsb', {bookSST: true});
save(rows.map(r => [r[0], null, r[2], r[3]]), 'gap.xlsb');
const back = f => Object.values(X.readFile(f).Sheets.Plan).filter(c => c && c.t && c.t != 'z').length;
console.log('SheetJS', X.version, JSON.stringify({inline: back('inline.xlsb'), shared: back('shared.xlsb'), gap: back('gap.xlsb')}));
E
node --version; node w.js | tee js.out
cat >r.py <<'E'
import collections, importlib.metadata as md, sys, zipfile
import pyxlsb, python_calamine
print("python-calamine", md.version("python-calamine"), "pyxlsb", md.version("pyxlsb"))

def kinds(name):
    b = zipfile.ZipFile(name).read("xl/worksheets/sheet1.bin")
    i, n = 0, collections.Counter()
    while i < len(b):
        t = b[i]; i += 1
        if t & 0x80: t = (t & 0x7F) | (b[i] & 0x7F) << 7; i += 1
        size = k = 0
        while True:
            c = b[i]; i += 1
            size |= (c & 0x7F) << 7 * k; k += 1
            if not c & 0x80: break
        i += size
        n["short" if 12 <= t <= 18 else "full" if 1 <= t <= 11 else "other"] += 1
    return n["full"], n["short"]

def calamine(name):
    rows = python_calamine.load_workbook(name).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return sum(v != "" for r in rows for v in r), rows[1]

def xlsb(name):
    with pyxlsb.open_workbook(name) as w, w.get_sheet(1) as s:
        rows = [[c.v for c in r] for r in s.rows()]
    return sum(v is not None for r in rows for v in r), rows[1]

seen = {}
for n in ("inline", "shared", "gap"):
    f = n + ".xlsb"
    seen[n] = kinds(f), calamine(f)[0], xlsb(f)[0]
    print(f"{f}: records (full, short) {seen[n][0]}; calamine {calamine(f)}; pyxlsb {xlsb(f)}")
want = {"inline": ((26, 78), 26, 0), "shared": ((26, 78), 26, 26), "gap": ((52, 26), 52, 0)}
js = open("js.out").read()
if seen != want or '"inline":104,"shared":104,"gap":78' not in js:
    sys.exit(f"changed: {seen} instead of {want}")
print("expected: 104, 104 and 78 cells from every reader. As stated: most are missing, without an error")
E
v/bin/python r.py
