"""`new` from a large spreadsheet against one pass over it: ``python -m tests.benchmarks.imported``.

openpyxl reads the file row by row (``read_only``), as any script would; beside it xlplan reads it
and proposes a plan, and `new` makes the plan. Each is a process of its own, of which the processor
time counts, with that of its children; they take turns, and the best of some rounds counts.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.grown import PER_LEAD
from tests.benchmarks.history import XLPLAN, Best, Spent, spend
from tests.benchmarks.naive import HEADINGS
from tests.benchmarks.round_trip import play, write_master

PASS = """
import sys
from openpyxl import load_workbook
for sheet in load_workbook(sys.argv[1], read_only=True):
    for row in sheet.iter_rows(values_only=True):
        pass
"""
PROPOSE = """
import sys
from pathlib import Path
from xlplan.cycle.new import read_book
from xlplan.source.importing import Chosen, read_source
book, _ = read_book(Path(sys.argv[1]), Chosen(), "master.xlsx")
assert len(read_source(book, plan_id="plan").rows) > 0
"""
AIMS = {"read and proposed": 1.5, "new": 4.0}
"""How many times the pass each may take."""


class Imports:
    """The three, on a master of so many leads."""

    def __init__(self, root: Path, leads: int) -> None:
        self._root, self._rows = root, leads * PER_LEAD
        self._master = root / "master.xlsx"
        write_master(self._master, leads)
        self._best, self._spent = Best(), dict[str, Spent]()

    def turn(self) -> None:
        """One round."""
        folder = self._root / "plan"
        shutil.rmtree(folder, ignore_errors=True)
        for name, command in (
            ("openpyxl", [sys.executable, "-c", PASS, str(self._master)]),
            ("read and proposed", [sys.executable, "-c", PROPOSE, str(self._master)]),
            ("new", [*XLPLAN, "new", str(folder), "--from", str(self._master)]),
        ):
            self._spent[name] = spend(command, self._root)
            self._best.note(name, self._spent[name].seconds)

    def lines(self) -> Iterator[str]:
        """What came of it."""
        best = dict(self._best.items())
        yield f"{self._rows} rows of {len(HEADINGS)} columns, seconds and MiB"
        for name, seconds in best.items():
            yield f"  {name:<18} {seconds:7.2f} {self._spent[name].mib:6.0f}"
        for name, aim in AIMS.items():
            yield f"  {name} / openpyxl: {best[name] / best['openpyxl']:.2f} (at most {aim})"


if __name__ == "__main__":
    play("`new` against one pass over the file.", [1000], Imports)
