"""What commands cost as a plan grows old: ``python -m tests.benchmarks.history``.

Each command is a process of its own. Its processor time, that of its children included, is given
as a ratio to ``python -c "import click"``, which takes turns with it; the best of some rounds.
Nothing here is asserted: see README.md beside this file for what is to be reached.

looks    `status`, bare, `show REF`, `log --action REF` on a plan of 60 months, and on a small one
merge    3 returns into 2,500 rows; the same files again; the memory of many returns
months   each command at months 1, 12, 24 and 36 of a plan of 500 actions and 60 leads
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.grown import Size, grow, lead_name, month, ref_of
from tests.small import fill

CLICK = [sys.executable, "-c", "import click"]
XLPLAN = [sys.executable, "-c", "from xlplan.cli import main; main()"]
LOOKS: tuple[tuple[str, ...], ...] = (
    ("status",), (), ("show", "1.1"), ("log", "--action", "1.1"),
)  # fmt: skip
MANY = Size(leads=100, per_lead=25, months=60, lines=60_000)
SMALL = Size(leads=3, per_lead=5, months=1, lines=15)
ROWS = Size(leads=100, per_lead=25)


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


def bench_looks(rounds: int) -> Iterator[str]:
    """A look at a plan, small and large, against importing click."""
    with TemporaryDirectory() as root:
        plans = {
            "a small plan": (grow(Path(root) / "small", SMALL), 2),
            "60 months, 2,500 actions, 60,000 changes": (grow(Path(root) / "many", MANY), 3),
        }
        for title, (folder, most) in plans.items():
            first = spend([*XLPLAN, "status"], folder)
            best: dict[tuple[str, ...], float] = {}
            floor = float("inf")
            for _ in range(rounds):
                floor = min(floor, spend(CLICK).seconds)
                for look in LOOKS:
                    seconds = spend([*XLPLAN, *look], folder).seconds
                    best[look] = min(best.get(look, seconds), seconds)
            yield f"{title}, against importing click ({1000 * floor:.0f} ms)"
            yield f"  {'the first look, nothing kept':<30} {first.seconds / floor:6.1f}"
            for look, seconds in best.items():
                name = " ".join(("xlplan", *look))
                yield f"  {name:<30} {seconds / floor:6.2f} (at most {most})"


def bench_merge(rounds: int, many: int) -> Iterator[str]:
    """3 returns into 2,500 rows, the same again, and the memory of 25 and of many returns."""
    with TemporaryDirectory() as root:
        folder = grow(Path(root) / "plan", ROWS)
        leads = [lead_name(number) for number in range(3)]
        _issue(folder, leads)
        returns = {
            f"{lead}.xlsx": fill(
                folder, folder / "outbox" / "2026-01" / f"{lead}.xlsx",
                {(ref_of(place, n), "remarks"): f"Seen {n}" for n in range(10)},
            )
            for place, lead in enumerate(leads)
        }  # fmt: skip
        spend([*XLPLAN, "merge"], folder)
        for name, data in returns.items():
            (folder / "inbox" / name).write_bytes(data)
        fresh, again, floor = [], [], []
        for number in range(rounds):
            copy = Path(shutil.copytree(folder, Path(root) / f"copy {number}"))
            spend([*XLPLAN, "status"], copy)
            floor.append(spend(CLICK).seconds)
            fresh.append(spend([*XLPLAN, "merge"], copy).seconds)
            again.append(spend([*XLPLAN, "merge"], copy).seconds)
            shutil.rmtree(copy)
        yield f"merge into 2,500 rows of 15 columns (importing click: {1000 * min(floor):.0f} ms)"
        for name, spent, most in (("3 returns", fresh, 0.9), ("known files only", again, 0.5)):
            times = min(spent) / min(floor)
            yield f"  {name:<18} {min(spent):6.2f} s (at most {most}), {times:.1f} times click"
        memory = [_memory(folder, returns, count) for count in (25, many)]
        yield f"  peak memory: {memory[0]:.0f} MiB for 25 returns, {memory[1]:.0f} MiB for {many}"
        yield f"  {memory[1] - memory[0]:.0f} MiB more (at most 60)"


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


def bench_months() -> Iterator[str]:
    """Time, memory and size as a plan of 500 actions and 60 leads grows old."""
    yield "500 actions, 60 leads: seconds and MiB of each command, and the size of the folder"
    for months in (1, 12, 24, 36):
        with TemporaryDirectory() as root:
            size = Size(leads=60, per_lead=8, months=months, lines=months * 500)
            folder = grow(Path(root) / "plan", size)
            spend([*XLPLAN, "status"], folder)
            yield f"  month {months}"
            cycle, lead = month(months), lead_name(0)
            due = date(2021 + months // 12, months % 12 + 1, 25).isoformat()
            today = ("--today", f"{cycle}-03")
            commands: dict[str, tuple[str, ...]] = {
                "issue": (*today, "issue", "--cycle", cycle, "--return-by", due, "--lead", lead),
                "merge": (*today, "merge"),
                "status": (*today, "status"),
                "show REF": (*today, "show", "1.1"),
                "log --action REF": (*today, "log", "--action", "1.1"),
                "check": (*today, "check"),
                "publish": (*today, "publish"),
                "verify": (*today, "verify"),
            }
            for name, command in commands.items():
                if name == "merge":
                    template = folder / "outbox" / cycle / f"{lead}.xlsx"
                    edits = {(ref_of(0, n), "remarks"): f"Seen {n}" for n in range(8)}
                    (folder / "inbox" / "one.xlsx").write_bytes(fill(folder, template, edits))
                spent = spend([*XLPLAN, *command], folder)
                yield f"    {name:<18} {spent.seconds:6.2f} s {spent.mib:6.0f} MiB"
            kept = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            yield f"    the plan's folder  {kept / 2**20:6.1f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description="What commands cost as a plan grows old.")
    kinds = ["looks", "merge", "months", "all"]
    parser.add_argument("what", nargs="?", choices=kinds, default="all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--returns", type=int, default=1000)
    asked = parser.parse_args()
    benches = {
        "looks": lambda: bench_looks(asked.rounds),
        "merge": lambda: bench_merge(asked.rounds, asked.returns),
        "months": bench_months,
    }
    for name, bench in benches.items():
        if asked.what in (name, "all"):
            for line in bench():
                print(line, flush=True)


if __name__ == "__main__":
    main()
