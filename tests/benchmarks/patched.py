"""What it costs to change cells of a workbook in place: processor time as a multiple of inflating
and deflating the file, on sheets made for it: one as Excel has it, whose cells share their texts,
and one whose cells hold them.

``python -m tests.benchmarks.patched``

How many workbooks of a folder take a cell and a row, and whether any is wrong, is printed by
``python -m tests.workbook.test_patch_corpus FOLDER``.
"""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import xlsxwriter

from xlplan.workbook.write import read_back, stale
from xlplan.workbook.write.grid import place_of
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.patch import patch

WIDE = 12
TIMES = 7


def main() -> None:
    """Print the multiples for 100 and 10,000 cells in 1,000 and 10,000 rows."""
    for rows in (1_000, 10_000):
        for kind, data in (("shared texts", _shared(rows)), ("own texts", _own(rows))):
            for count in (100, 10_000):
                print(f"{rows:,} rows, {kind}, {count:,} cells: {_spent(data, rows, count)}")


def _own(rows: int) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in range(1, rows + 1):
        sheet.append([f"text {row} {column}" for column in range(WIDE)] + [f"=B{row}"])
    book.save(out)
    return out.getvalue()


def _shared(rows: int) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Sheet")
        for row in range(rows):
            sheet.write_row(row, 0, [f"text {row + 1} {column}" for column in range(WIDE)])
            sheet.write_formula(row, WIDE, f"=B{row + 1}")
    return out.getvalue()


def _spent(data: bytes, rows: int, count: int) -> str:
    """Processor time for so many cells, as multiples."""
    cells = {f"{'ABCDEFGHIJ'[n % 10]}{n // 10 % rows + 1}": f"new {n}" for n in range(count)}
    made = patch(data, {"Sheet": cells}).data
    named = {at: value for name, value in cells.items() if (at := place_of(name))}
    open_ = {"Sheet": {(row, WIDE + 1) for row in range(1, rows + 1)}}

    def looked_again() -> None:
        before, after = read_back.read_all(data), read_back.read_all(made)
        read_back.check_values(before, after, {"Sheet": named}, open_, {})

    base, spent, again, looked = _least(
        lambda: _packed_anew(data),
        lambda: patch(data, {"Sheet": cells}),
        looked_again,
        lambda: stale.drop_stale(Package(data), {"Sheet": set(named)}),
    )
    return (
        f"{(spent - again - looked) / base:.1f} times; read back {again / base:.1f},"
        f" stale results {looked / base:.1f}"
    )


def _packed_anew(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            zlib.compress(package.read(name), 6)


def _least(*acts: Callable[[], object]) -> list[float]:
    """The least of several times of each, taken by turns."""
    least = [float("inf")] * len(acts)
    for _ in range(TIMES):
        for at, act in enumerate(acts):
            begin = time.process_time()
            act()
            least[at] = min(least[at], time.process_time() - begin)
    return least


if __name__ == "__main__":
    main()
