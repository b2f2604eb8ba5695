"""What it costs to change cells of a workbook in place: processor time as a multiple of inflating
and deflating the file, on a sheet made for it.

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

from openpyxl import Workbook

from xlplan.workbook.write import read_back, stale
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.patch import patch


def main() -> None:
    """Print the multiples for 100 and 10,000 cells in 1,000 and 10,000 rows."""
    for count in (1_000, 10_000):
        _times(count)


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
    base = _timed(lambda: _packed_anew(data))
    for count in (100, 10_000):
        cells = {f"{'ABCDEFGHIJ'[n % 10]}{n // 10 % rows + 1}": f"new {n}" for n in range(count)}
        spent = _timed(lambda c=cells: patch(data, {"Sheet": c}))  # type: ignore[misc]
        apart = 2 * _timed(lambda: read_back.read_all(data))
        changed = {"Sheet": {(n // 10 % rows + 1, n % 10 + 1) for n in range(count)}}
        looked = _timed(lambda c=changed: stale.drop_stale(Package(data), c))  # type: ignore[misc]
        rest = spent - apart - looked
        print(
            f"{rows:,} rows, {count:,} cells: {rest / base:.1f} times; read back"
            f" {apart / base:.1f}, stale results {looked / base:.1f}"
        )


def _packed_anew(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            zlib.compress(package.read(name), 6)


def _timed(act: Callable[[], object]) -> float:
    """The least of three times."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        act()
        spent.append(time.process_time() - begin)
    return min(spent)


if __name__ == "__main__":
    main()
