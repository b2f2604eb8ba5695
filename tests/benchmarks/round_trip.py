"""A whole cycle against an honest script: ``python -m tests.benchmarks.round_trip``.

`new`, `issue`, `merge` and `publish` on the one side, on the other `naive.py`, which reads the same
master, writes a template for each lead, reads as many returns with as many changes, compares, logs
and writes a board; and, as what nothing beats by much, bare libraries: for the cells that the
script reads and writes, and for those that xlplan does, which are several times as many. Each
command is a process of its own, of which the processor time counts, with that of its children; the
three take turns, and the best of some rounds counts.
"""

from __future__ import annotations

import argparse
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from string import ascii_uppercase
from tempfile import TemporaryDirectory
from typing import Protocol

import xlsxwriter

from tests.benchmarks.grown import LONG, PER_LEAD, lead_name, ref_of
from tests.benchmarks.history import XLPLAN, Best, keep_bytecode, spend
from tests.benchmarks.naive import HEADINGS, bare_sheets
from xlplan.cycle.plan import open_plan
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

NAIVE = [sys.executable, "-m", "tests.benchmarks.naive"]
SAVED = "2026-01-20T10:00:00Z"
CYCLE = "2026-01"
CHANGES = 3
"""Cells that each lead changes."""
FAIR = 6
"""How many times bare libraries a script may take and still be an honest one."""
AIM = 2.5


def write_master(path: Path, leads: int) -> None:
    """A master of 25 actions for each lead."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        share = book.add_format({"num_format": "0%"})
        sheet.write_row(0, 0, HEADINGS)
        line = 0
        for lead in range(leads):
            for number in range(PER_LEAD):
                line += 1
                sheet.write_row(line, 0, _row(lead, number))
                sheet.write_number(line, HEADINGS.index("% complete"), 0.25, share)


def _row(lead: int, number: int) -> list[str | None]:
    return [
        ref_of(lead, number),
        f"Theme {lead % 8 + 1}",
        f"Bring {number + 12} homes of area {lead + 1} up to the standard.",
        lead_name(lead),
        "Tenants know when work is done, and say that it was done well.",
        f"{number * 4} % of homes",
        f"Inspection {lead % 5 + 1}",
        "June 2027",
        None,
        None,
        ("On track", "Slipping", "Late")[number % 3],
        "Under way",
        LONG * (1 + number % 3),
        "Board paper 12",
        "None",
    ]


def edits(lead: int) -> list[tuple[int, str, str]]:
    """What a lead changes: the number of the action, the heading, the text."""
    return [
        (number, "Remarks", f"Seen by {lead_name(lead)}, {number}") for number in range(CHANGES)
    ]


def give_back_ours(folder: Path) -> None:
    """The templates of a plan, filled in, in its inbox."""
    with open_plan(folder) as plan:
        state = plan.desk.state
        uids = {state.ref(uid): uid for uid in state.uids("action")}
        names = {item.heading: item.id for item in plan.definition.fields}
    for path in sorted((folder / "outbox" / CYCLE).glob("*.xlsx")):
        lead, data = int(path.stem.rpartition(" ")[2]) - 1, path.read_bytes()
        places = places_in(data, ID_PREFIX)
        cells = [
            (places[uids[ref_of(lead, number)], names[heading]][1], text)
            for number, heading, text in edits(lead)
        ]
        sheet = next(iter(places.values()))[0]
        (folder / "inbox" / path.name).write_bytes(fill_in(data, sheet, cells, SAVED))


def give_back_naive(folder: Path) -> None:
    """The same of the script's templates."""
    (folder / "in").mkdir()
    for path in sorted((folder / "out").glob("*.xlsx")):
        lead = int(path.stem.rpartition(" ")[2]) - 1
        cells = [
            (f"{ascii_uppercase[HEADINGS.index(heading)]}{number + 2}", text)
            for number, heading, text in edits(lead)
        ]
        (folder / "in" / path.name).write_bytes(fill_in(path.read_bytes(), "Update", cells, SAVED))


class RoundTrips:
    """The three, on so many leads."""

    def __init__(self, root: Path, leads: int) -> None:
        self._root, self._leads = root, leads
        self._best = Best()
        self._master = root / "master.xlsx"
        write_master(self._master, leads)

    def turn(self) -> None:
        """One round."""
        for name, go in (
            ("xlplan", self._ours),
            ("naive", self._naive),
            ("bare", self._bare),
            ("same", self._same),
        ):
            folder = self._root / name
            shutil.rmtree(folder, ignore_errors=True)
            go(folder)

    def _ours(self, folder: Path) -> None:
        self._spend("xlplan new", XLPLAN, "new", str(folder), "--from", str(self._master))
        self._spend("xlplan issue", XLPLAN, "issue", "--cycle", CYCLE, folder=folder)
        give_back_ours(folder)
        self._spend("xlplan merge", XLPLAN, "merge", folder=folder)
        self._spend("xlplan publish", XLPLAN, "publish", folder=folder)

    def _naive(self, folder: Path) -> None:
        folder.mkdir()
        shutil.copy(self._master, folder)
        self._spend("naive issue", NAIVE, "issue", str(folder))
        give_back_naive(folder)
        self._spend("naive collect", NAIVE, "collect", str(folder))

    def _bare(self, folder: Path) -> None:
        shutil.copytree(self._root / "naive", folder)
        self._spend("bare issue", NAIVE, "bare-issue", str(folder))
        self._spend("bare collect", NAIVE, "bare-collect", str(folder))

    def _same(self, folder: Path) -> None:
        """The cells of what the plan has written: its templates, which came back, its master, which
        it wrote twice, its set-up and its board."""
        plan = self._root / "xlplan"
        shutil.copytree(plan / "outbox" / CYCLE, folder / "back")
        own = [plan / "master.xlsx", plan / "master.xlsx", plan / "set-up.xlsx"]
        written = [bare_sheets(path) for path in (*own, *(plan / "board").glob("*.xlsx"))]
        (folder / "written.pickle").write_bytes(pickle.dumps(written))
        self._spend("same cells", NAIVE, "bare-same", str(folder))

    def _spend(
        self, name: str, program: list[str], *words: str, folder: Path | None = None
    ) -> None:
        self._best.note(name, spend([*program, *words], folder).seconds)

    def lines(self) -> Iterator[str]:
        """What came of it."""
        total = {name: self._sum(name) for name in ("xlplan", "naive", "bare", "same")}
        yield f"a whole cycle of {self._leads} leads with {PER_LEAD} actions each, seconds"
        for name, seconds in self._best.items():
            yield f"  {name:<16} {seconds:7.2f}"
        fair = total["naive"] / total["bare"]
        verdict = "honest" if fair <= FAIR else "too slow to be fair"
        yield f"  naive / bare libraries: {fair:.2f} (at most {FAIR}: {verdict})"
        yield f"  naive / xlplan: {total['naive'] / total['xlplan']:.2f} (at least {AIM})"
        yield f"  xlplan / bare libraries: {total['xlplan'] / total['bare']:.2f}"
        yield f"  xlplan / bare libraries for its own cells: {total['xlplan'] / total['same']:.2f}"
        yield f"  naive / bare libraries for xlplan's cells: {total['naive'] / total['same']:.2f}"

    def _sum(self, name: str) -> float:
        return sum(seconds for each, seconds in self._best.items() if each.split()[0] == name)


class Turns(Protocol):
    """Something measured in turns with what it is set against, on a plan of so many leads."""

    def turn(self) -> None:
        """Play each once."""

    def lines(self) -> Iterator[str]:
        """What came of it."""


def play(what: str, leads: Sequence[int], make: Callable[[Path, int], Turns]) -> None:
    """Measure as the command line asks: so many leads, by default `leads`, and rounds."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--leads", type=int, nargs="+", default=list(leads))
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with TemporaryDirectory() as root, TemporaryDirectory() as bytecode:
        keep_bytecode(bytecode)
        for count in asked.leads:
            folder = Path(root) / str(count)
            folder.mkdir()
            turns = make(folder, count)
            for _ in range(asked.rounds):
                turns.turn()
            for line in turns.lines():
                print(line, flush=True)


if __name__ == "__main__":
    play("A whole cycle against an honest script.", [100], RoundTrips)
