"""A folder of workbooks, each changed in place: how many accept a cell and a row, none wrongly.

``python -m tests.benchmarks.patched FOLDER [--office N] [--times]``

Of the workbooks that the gate lets in, each has a cell set in its first sheets and a row put in
after one of its rows. `--office N`: in N of them the row is put in by a real LibreOffice too, and
every value that it then shows is compared. `--times`: processor time as a multiple of inflating
and deflating the file, on a sheet made for it.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from string import ascii_uppercase

from openpyxl import Workbook

from tests.office import InsertRows, Office, OfficeError, Unprotect, find_office
from xlplan.errors import Problem, XlplanError
from xlplan.workbook.read.gate import Admitted, admit
from xlplan.workbook.write import read_back, stale
from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.patch import patch

Row = tuple[Path, str, int, bytes]
"""A file in which a row was put in: its sheet, after which row, and what was made of it."""


def admitted(folder: Path) -> Iterator[tuple[Path, bytes, Admitted]]:
    """The workbooks of a folder that can be changed in place and that the gate lets in."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            data = path.read_bytes()
            found = admit(data, path.name)
            if not isinstance(found, Problem) and found.sheets:
                yield path, data, found


def set_a_cell(data: bytes, sheets: list[str]) -> str:
    """``accepted``, or the code by which the last of several cells was refused."""
    why = "nothing to set"
    for sheet in sheets:
        for cell in ("B3", "C4", "A2", "D6"):
            done = patch(data, {sheet: {cell: "In progress"}})
            if not done.refused:
                assert patch(done.data, {sheet: {cell: "In progress"}}).data == done.data
                return "accepted"
            why = next(iter(done.refused.values())).code
    return why


def main() -> None:
    """Print what the folder makes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--office", type=int, default=0)
    parser.add_argument("--times", action="store_true")
    options = parser.parse_args()
    cells, rows, made = Counter[str](), Counter[str](), list[Row]()
    for path, data, found in admitted(options.folder):
        sheets = [name for name, _ in found.sheets]
        cells[_outcome(path, lambda d=data, s=sheets: set_a_cell(d, s))] += 1  # type: ignore[misc]
        rows[_outcome(path, lambda p=path, d=data, s=sheets: _a_row(p, d, s, made))] += 1  # type: ignore[misc]
    for title, counted in (("a cell", cells), ("a row", rows)):
        share = counted["accepted"] / max(counted.total(), 1)
        print(f"{title}: {share:.1%} of {counted.total()} accepted; {dict(counted)}")
    if options.office:
        _compare(made[:: max(len(made) // options.office, 1)])
    if options.times:
        for count in (1_000, 10_000):
            _times(count)


def _outcome(path: Path, act: Callable[[], str]) -> str:
    try:
        return act()
    except XlplanError as error:
        code = error.problems[0].code
        print(f"{path.name}: {error}")
        return code
    except Exception as error:
        print(f"{path.name}: WRONG {error!r}")
        return "wrong"


def _a_row(path: Path, data: bytes, sheets: list[str], made: list[Row]) -> str:
    why = "nothing to put in"
    for sheet in sheets:
        for after in (4, 2):
            done = patch(data, {}, {sheet: [NewRows(after)]})
            if not done.refused:
                made.append((path, sheet, after, done.data))
                return "accepted"
            why = next(iter(done.refused.values())).code
    return why


def _compare(made: list[Row]) -> None:
    """The rows put in against LibreOffice's own insertion: what every cell shows."""
    found = find_office()
    if isinstance(found, str):
        print(found)
        return
    same, compared, left_out = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        office = Office(*found, Path(folder))
        for path, sheet, after, data in made:
            mine, theirs = Path(folder) / "mine.xlsx", Path(folder) / "theirs.xlsx"
            mine.write_bytes(data)
            steps = [Unprotect(sheet), InsertRows(sheet, after + 1)]
            try:
                expected = office.edit(path, theirs, steps)
                shown = office.read(mine)
            except OfficeError as error:
                left_out += 1
                print(f"{path.name}: LibreOffice: {str(error)[:80]}")
                continue
            for name in expected.keys() | shown.keys():
                one, other = expected.get(name, {}), shown.get(name, {})
                for cell in one.keys() | other.keys():
                    if name == sheet and cell.lstrip(ascii_uppercase) == str(after + 1):
                        continue  # the new row
                    compared += 1
                    same += one.get(cell) == other.get(cell)
                    if one.get(cell) != other.get(cell):
                        print(f"{path.name} {name}!{cell}: {one.get(cell)!r} {other.get(cell)!r}")
        office.close()
    print(f"LibreOffice: {same:,} of {compared:,} values the same; {left_out} files left out")


def _times(rows: int) -> None:
    """Processor time for 100 and 10,000 cells, as multiples."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, rows + 1):
        sheet.append([f"text {row} {column}" for column in range(12)] + [f"=B{row}"])
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    begin = time.process_time()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            zlib.compress(package.read(name), 6)
    base = time.process_time() - begin
    for count in (100, 10_000):
        cells = {f"{'ABCDEFGHIJ'[n % 10]}{n // 10 % rows + 1}": f"new {n}" for n in range(count)}
        spent = [_timed(lambda c=cells: patch(data, {"Sheet": c}))]  # type: ignore[misc]
        apart = 2 * _timed(lambda: read_back.read_all(data))
        changed = {"Sheet": {(n // 10 % rows + 1, n % 10 + 1) for n in range(count)}}
        looked = _timed(lambda c=changed: stale.drop_stale(Package(data), c))  # type: ignore[misc]
        rest = spent[0] - apart - looked
        print(
            f"{rows:,} rows, {count:,} cells: {rest / base:.1f} times; read back"
            f" {apart / base:.1f}, stale results {looked / base:.1f}"
        )


def _timed(act: Callable[[], object]) -> float:
    begin = time.process_time()
    act()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
