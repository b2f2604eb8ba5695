"""What commands cost as a plan grows old: ``python -m tests.benchmarks.history``.

Each command is a process of its own. Its processor time, that of its children included, is given
as a ratio to ``python -c "import click"``; all of them take turns, and the best of some rounds
counts. All of them may keep their bytecode, in a folder of this run. Nothing here is asserted: see
README.md beside this file for what is to be reached.

looks    `status`, bare, `show REF`, `log --action REF` on a plan of 60 months, and on a small one
merge    3 returns into 2,500 rows; the same files again; the memory of many returns
rows     recognising and deciding a row of a return, against python-calamine reading it
months   each command at months 1, 12, 24 and 36 of a plan of 500 actions and 60 leads
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from python_calamine import CalamineWorkbook

from tests.benchmarks.grown import (
    Size,
    answer_all,
    commands_at,
    grow,
    lead_name,
    of_age,
    ref_of,
)
from tests.small import fill
from xlplan.workbook.read.book import Book

CLICK = [sys.executable, "-c", "import click"]
XLPLAN = [sys.executable, "-c", "from xlplan.cli import main; main()"]
LOOKS: tuple[tuple[str, ...], ...] = (
    ("status",), (), ("show", "1.1"), ("log", "--action", "1.1"),
)  # fmt: skip
MANY = Size(leads=100, per_lead=25, months=60, lines=60_000)
SMALL = Size(leads=3, per_lead=5, months=1, lines=15)
ROWS = Size(leads=100, per_lead=25)
LONGER = Size(leads=20, per_lead=100)
"""These tell what a row costs apart from its workbook: to find which one it is, where its rows are,
what was recorded of it and what was written around them takes as long with few rows as with many.
"""
LEADS = 20
"""Whose templates come back, where each comes once."""


@dataclass(frozen=True)
class Spent:
    """Processor time in seconds and peak memory in MiB, of a process and its children."""

    seconds: float
    mib: float


_LAUNCHER = """
import json, os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
ended = os.waitstatus_to_exitcode(status)
print(json.dumps([ended, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""Starts a command from a process of its own: what starts one counts as its memory."""


def spend(command: Sequence[str], folder: Path | None = None) -> Spent:
    """What a command costs, run in a folder."""
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _LAUNCHER, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        check=True,
    )
    status, seconds, mib = json.loads(process.stdout)
    assert status in (0, 1), process.stderr.decode()
    return Spent(seconds, mib)


def keep_bytecode(folder: str) -> None:
    """Let every command that is started from here keep its bytecode in a folder: where none may be
    kept, xlplan is compiled at each start, and click, which was installed so, is not."""
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class Best(dict[str, float]):
    """The least of some measurements, by what was measured."""

    def note(self, name: str, value: float) -> None:
        """Take in one measurement."""
        self[name] = min(self.get(name, value), value)


class Looks:
    """A look at a plan, small and large, against importing click."""

    def __init__(self, root: Path) -> None:
        self._plans = {
            "a small plan": (grow(root / "small", SMALL), 2),
            "60 months, 2,500 actions, 60,000 changes": (grow(root / "many", MANY), 3),
        }
        self._best = Best()
        for folder, _ in self._plans.values():
            spend([*XLPLAN, "status"], folder)

    def turn(self) -> None:
        """One round."""
        for title, (folder, _) in self._plans.items():
            for look in LOOKS:
                spent = spend([*XLPLAN, *look], folder)
                self._best.note(f"{title} {' '.join(look)}", spent.seconds)

    def lines(self, floor: float) -> Iterator[str]:
        """What came of it."""
        for title, (_, most) in self._plans.items():
            yield f"2. {title}, against importing click"
            for look in LOOKS:
                name = " ".join(look)
                times = self._best[f"{title} {name}"] / floor
                yield f"  {'xlplan ' + name:<30} {times:6.2f} (at most {most})"


class Merges:
    """3 returns into 2,500 rows, the same again; memory."""

    def __init__(self, root: Path, many: int) -> None:
        self._root, self._many = root, many
        self._folder = grow(root / "plan", ROWS)
        leads = [lead_name(number) for number in range(3)]
        _issue(self._folder, leads)
        self._returns = {
            f"{lead}.xlsx": fill(
                self._folder, self._folder / "outbox" / "2026-01" / f"{lead}.xlsx",
                {(ref_of(place, n), "remarks"): f"Seen {n}" for n in range(10)},
            )
            for place, lead in enumerate(leads)
        }  # fmt: skip
        spend([*XLPLAN, "merge"], self._folder)
        for name, data in self._returns.items():
            (self._folder / "inbox" / name).write_bytes(data)
        self._best = Best()

    def turn(self) -> None:
        """One round."""
        copy = Path(shutil.copytree(self._folder, self._root / "copy"))
        spend([*XLPLAN, "status"], copy)
        self._best.note("3 returns", spend([*XLPLAN, "merge"], copy).seconds)
        self._best.note("known files only", spend([*XLPLAN, "merge"], copy).seconds)
        shutil.rmtree(copy)

    def lines(self, floor: float) -> Iterator[str]:
        """What came of it."""
        yield f"1. merge into 2,500 rows of 15 columns (importing click: {1000 * floor:.0f} ms)"
        for name, most in (("3 returns", 0.9), ("known files only", 0.5)):
            spent = self._best[name]
            yield f"  {name:<18} {spent:6.2f} s (at most {most}), {spent / floor:.1f} times click"
        memory = [_memory(self._folder, self._returns, count) for count in (25, self._many)]
        yield f"4. peak memory of a merge of 25 returns, and of {self._many}"
        more = f"{memory[1] - memory[0]:.0f} MiB more (at most 60)"
        yield f"  {memory[0]:.0f} and {memory[1]:.0f} MiB: {more}"


class Rows:
    """Rows that are recognised and decided, in each layout: of templates that each come back once,
    as in a merge, and of one that comes again and again; byte for byte as they went out, saved
    again by a program, with a change in each row."""

    def __init__(self, root: Path) -> None:
        self._books: dict[tuple[str, int], list[bytes]] = {}
        self._folders: dict[tuple[str, int], Path] = {}
        for layout in ("form", "table"):
            for size in (ROWS, LONGER):
                self._make(grow(root / f"{layout} {size.per_lead}", size), layout, size.per_lead)
        self._best = Best()

    def _make(self, folder: Path, layout: str, rows: int) -> None:
        toml = folder / "plan.toml"
        toml.write_text(f'{toml.read_text("utf-8")}\n[issue]\nlayout = "{layout}"\n', "utf-8")
        leads = [lead_name(number) for number in range(LEADS)]
        _issue(folder, leads)
        files = [folder / "outbox" / "2026-01" / f"{lead}.xlsx" for lead in leads]
        books = {
            "untouched": [file.read_bytes() for file in files],
            "saved again": [fill(folder, file, {}) for file in files],
            "changed": [
                fill(folder, file, {(ref_of(lead, n), "remarks"): f"Now {n}" for n in range(rows)})
                for lead, file in enumerate(files)
            ],
        }
        self._books |= {(f"{layout} {kind}", rows): each for kind, each in books.items()}
        self._folders |= {(f"{layout} {kind}", rows): folder for kind in books}

    def turn(self) -> None:
        """One round."""
        for (name, rows), books in self._books.items():
            once, again = decide(self._folders[name, rows], books)
            self._best.note(f"{name}, {rows}", once)
            self._best.note(f"{name}, {rows}, again", again)
            if rows == ROWS.per_lead:
                self._best.note("calamine", read_alone(books[0]))

    def lines(self, floor: float) -> Iterator[str]:
        """What came of it."""
        yield (
            "3. recognising and deciding a row of 15 cells, of which 8 may be edited "
            f"(python-calamine reads it in {self._best['calamine']:.0f} µs; "
            f"importing click: {1000 * floor:.0f} ms)"
        )
        few, many = ROWS.per_lead, LONGER.per_lead
        for name in dict.fromkeys(name for name, _ in self._books):
            most = 120 if "changed" in name else 15
            once, again = self._best[f"{name}, {few}"], self._best[f"{name}, {few}, again"]
            further = (many * self._best[f"{name}, {many}"] - few * once) / (many - few)
            found = {
                "a row more": (further, f" (at most {most})"),
                "a row of one that comes again": (again, f" (at most {most})"),
                f"each of {few}, with their workbook": (once, ""),
            }
            for which, (spent, bound) in found.items():
                times = f"{spent / self._best['calamine']:.2f} times calamine"
                yield f"  {name + ', ' + which:<49} {spent:6.1f} µs{bound}, {times}"
            own = few * (once - further)
            yield f"  {name + ', a workbook':<49} {own:6.0f} µs, whatever its rows"


def decide(folder: Path, files: Sequence[bytes]) -> tuple[float, float]:
    """Microseconds a row from the book of a return to what it says, of which nothing is kept: where
    each of `files` comes once, and where the first of them comes again. Circles of objects are
    looked for as seldom as in a command."""
    from xlplan.cli import NEW_OBJECTS
    from xlplan.cycle.folder import sha256
    from xlplan.cycle.intake import Recogniser
    from xlplan.cycle.plan import open_plan
    from xlplan.merge.compare import Comparison
    from xlplan.workbook.read.pool import read_all

    gc.set_threshold(NEW_OBJECTS)
    books = list(read_all([("one.xlsx", data) for data in files]))
    digests = {id(book): sha256(data) for book, data in zip(books, files, strict=True)}
    with open_plan(folder) as plan:
        recognise, state = Recogniser(plan.desk), plan.desk.state

        def spent(books: Sequence[Book]) -> float:
            rows, began = 0, time.process_time()
            for book in books:
                reading = recognise.reading(book, digests[id(book)])
                Comparison(state, state.issued[reading.issued], reading).run()
                rows += len(reading.rows)
            return 1e6 * (time.process_time() - began) / rows

        spent(books[:1])
        once = spent(books[1:])
        return once, min(spent(books[:1] * 10) for _ in range(5))


def read_alone(data: bytes) -> float:
    """Microseconds a row that python-calamine takes to read the sheet of a template."""
    least = float("inf")
    for _ in range(5):
        began = time.process_time()
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        book.get_sheet_by_name("Update").to_python()
        least = min(least, time.process_time() - began)
    return 1e6 * least / ROWS.per_lead


def _issue(folder: Path, leads: Sequence[str], cycle: str = "2026-01") -> None:
    named = [word for lead in leads for word in ("--lead", lead)]
    spend([*XLPLAN, "issue", "--cycle", cycle, *named], folder)


def _memory(folder: Path, returns: dict[str, bytes], count: int) -> float:
    """The peak of a merge of so many returns that say the same, each saved at another time."""
    copy = folder.with_name("memory")
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / "inbox")
    (copy / "inbox").mkdir()
    data = next(iter(returns.values()))
    for number in range(count):
        path = copy / "inbox" / f"{number:04}.xlsx"
        path.write_bytes(data)
        with zipfile.ZipFile(path, "a") as book:
            book.comment = str(number).encode()
    try:
        return spend([*XLPLAN, "merge"], copy).mib
    finally:
        shutil.rmtree(copy)


class Months:
    """Time, memory and size as a plan of 500 actions and 60 leads grows old; each month everybody
    is asked, and answers about every action. The ages take turns, each on a copy of its plan."""

    def __init__(self, root: Path, ages: Sequence[int] = (1, 12, 24, 36)) -> None:
        self._root, self._ages = root, ages
        self._best: dict[int, tuple[Best, Best]] = {}
        for age in ages:
            spend([*XLPLAN, "status"], grow(root / f"{age}", of_age(age)))
            self._best[age] = Best(), Best()

    def turn(self) -> None:
        """One round."""
        for age in self._ages:
            folder = self._root / "plan"
            shutil.copytree(self._root / f"{age}", folder)
            spend([*XLPLAN, "status"], folder)
            self._play(age, folder)
            shutil.rmtree(folder)

    def _play(self, age: int, folder: Path) -> None:
        seconds, mib = self._best[age]
        for name, command in commands_at(age).items():
            if name == "merge":
                answer_all(folder, age)
            spent = spend([*XLPLAN, *command], folder)
            seconds.note(name, spent.seconds)
            mib.note(name, spent.mib)
        files = (path for path in folder.rglob("*") if path.is_file())
        mib.note("folder", sum(path.stat().st_size for path in files) / 2**20)

    def lines(self, floor: float) -> Iterator[str]:
        """What came of it."""
        yield (
            "5. 500 actions, 60 leads: seconds and MiB of each command, and the size of the folder "
            f"(importing click: {1000 * floor:.0f} ms)"
        )
        first = self._best[self._ages[0]]
        for age, (seconds, mib) in self._best.items():
            yield f"  month {age}"
            for name, spent in seconds.items():
                times = f"{spent / first[0][name]:5.2f} and {mib[name] / first[1][name]:4.2f}"
                yield f"    {name:<18} {spent:6.2f} s {mib[name]:6.0f} MiB, times {times}"
            yield f"    the plan's folder  {mib['folder']:6.1f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description="What commands cost as a plan grows old.")
    parser.add_argument(
        "what", nargs="?", choices=["looks", "merge", "rows", "months", "all"], default="all"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--returns", type=int, default=1000)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, TemporaryDirectory() as bytecode:
        keep_bytecode(bytecode)
        benches: list[Looks | Merges | Rows | Months] = []
        if asked.what in ("merge", "all"):
            benches.append(Merges(Path(folder), asked.returns))
        if asked.what in ("rows", "all"):
            benches.append(Rows(Path(folder) / "rows"))
        if asked.what in ("looks", "all"):
            benches.append(Looks(Path(folder)))
        if asked.what in ("months", "all"):
            benches.append(Months(Path(folder) / "months"))
        best = Best()
        for _ in range(asked.rounds):
            best.note("click", spend(CLICK).seconds)
            for bench in benches:
                bench.turn()
        for bench in benches:
            for line in bench.lines(best["click"]):
                print(line, flush=True)


if __name__ == "__main__":
    main()
