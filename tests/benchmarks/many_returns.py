"""Thousands of returns in one merge: ``python -m tests.benchmarks.many_returns``.

400 leads with 25 actions each, and of each lead so many returns, in each of which three cells were
changed and which was saved at another time. The memory is that of the merge and of all processes
that it starts, together, as the system counts it (Linux), looked at ten times a second.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.grown import Size, grow, lead_name, month, ref_of
from tests.benchmarks.history import XLPLAN, keep_bytecode, spend
from xlplan.cycle.plan import open_plan
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

PLAN = Size(leads=400, per_lead=25)
CHANGES = 3
"""Cells that each return changes."""
AIM = 300
"""MiB, for 10,000 returns."""
_NUMBER = "no. 0000"
_SAVED = datetime(2026, 1, 20, 10, tzinfo=UTC)


def make(root: Path) -> Path:
    """A plan of which all templates are out, with a master."""
    folder = grow(root / "plan", PLAN)
    spend([*XLPLAN, "issue", "--cycle", month(60)], folder)
    spend([*XLPLAN, "merge"], folder)
    return folder


def filled(folder: Path) -> list[bytes]:
    """The first return of each lead."""
    with open_plan(folder) as plan:
        uids = {plan.desk.state.ref(uid): uid for uid in plan.desk.state.uids("action")}
    works = [
        (folder / "outbox" / month(60) / f"{lead_name(lead)}.xlsx",
         [uids[ref_of(lead, number)] for number in range(CHANGES)])
        for lead in range(PLAN.leads)
    ]  # fmt: skip
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(_fill, works, chunksize=10))


def _fill(work: tuple[Path, list[str]]) -> bytes:
    path, uids = work
    data = path.read_bytes()
    places = places_in(data, ID_PREFIX)
    sheet = next(iter(places.values()))[0]
    cells = [(places[uid, "remarks"][1], f"{uid}, {_NUMBER}") for uid in uids]
    return fill_in(data, sheet, cells, _time(0))


def _time(number: int) -> str:
    return f"{_SAVED + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"


def another(data: bytes, number: int) -> bytes:
    """The same return with other words, saved later."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            part = source.read(entry).replace(_NUMBER.encode(), b"no. %04d" % number)
            part = part.replace(_time(0).encode(), _time(number).encode())
            target.writestr(entry, part, compresslevel=1)
    return out.getvalue()


def measure(folder: Path, first: list[bytes], count: int) -> tuple[float, float]:
    """The peak in MiB, and the seconds by the clock, of a merge of so many returns."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    for place in range(count):
        lead, number = place % len(first), place // len(first)
        path = copy / "inbox" / f"{number:04} {lead:04}.xlsx"
        path.write_bytes(another(first[lead], number))
    began = time.monotonic()
    with subprocess.Popen([*XLPLAN, "merge"], cwd=copy, stdout=subprocess.DEVNULL) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(_size(pid) for pid in _tree(process.pid)))
            time.sleep(0.1)
    assert process.returncode in (0, 1)
    shutil.rmtree(copy)
    return peak / 1024, time.monotonic() - began


def _tree(pid: int) -> Iterator[int]:
    """A process, and those that it started."""
    yield pid
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from _tree(int(child))


def _size(pid: int) -> int:
    """What a process has in memory, in KiB."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description="Thousands of returns in one merge.")
    parser.add_argument("--returns", type=int, nargs="+", default=[25, 1_000, 10_000])
    asked = parser.parse_args()
    if sys.platform != "linux":
        sys.exit("This counts memory as Linux does.")
    with TemporaryDirectory() as root, TemporaryDirectory() as bytecode:
        keep_bytecode(bytecode)
        folder = make(Path(root))
        first = filled(folder)
        for count in asked.returns:
            mib, seconds = measure(folder, first, count)
            aim = f" (at most {AIM})" if count >= 10_000 else ""
            print(f"{count:>6,} returns: {mib:.0f} MiB{aim}, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
