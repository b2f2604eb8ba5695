"""Speed as ratios against peers, all measured in one run on one machine.

``python -m tests.benchmarks.run [reading|issuing|composite|all]``, with ``--help`` for the sizes.

Times are seconds of processor time of this process, and by the clock where there are several
processes; the best of some rounds, peers taking turns.
Nothing here is asserted: see README.md beside this file for what is to be reached.
"""

from __future__ import annotations

import argparse
import io
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.composite import bench_composite
from tests.outgoing import CREATED, DIRECTOR, KEY, issued, plan, template_of, written_template
from xlplan.workbook.read.inbox import DEFAULT

ACTIONS = 25
"""Actions in a template."""


@dataclass(frozen=True)
class Aim:
    """How many times `one` takes of `other`, and what is to be reached."""

    one: str
    other: str
    most: float = 0
    least: float = 0

    def say(self, seconds: Mapping[str, float]) -> str:
        ratio = seconds[self.one] / seconds[self.other]
        kept = ratio <= self.most if self.most else ratio >= self.least
        aim = f"at most {self.most:g}" if self.most else f"at least {self.least:g}"
        verdict = "reached" if kept else "not reached"
        return f"{self.one} / {self.other}: {ratio:.2f} ({aim}: {verdict})"


def best_times(
    work: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Seconds for each piece of work by a clock (of this processor), the best of `rounds`."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, do in work.items():
            start = clock()
            do()
            best[name] = min(best[name], clock() - start)
    return best


def _template(number: int = 0) -> bytes:
    """One template of `ACTIONS` actions."""
    return written_template(ACTIONS, number)


def bench_reading(returns: int, rounds: int) -> list[str]:
    """Gate and read together, in one process and with the default pool, against pandas and
    against inflating the bytes."""
    from xlplan.workbook.read.pool import read_all
    from xlplan.workbook.read.worker import read_one_return

    work = partial(read_one_return, ours=_own_fills())
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.xlsx" for number in range(returns)]
        for number, path in enumerate(paths):
            path.write_bytes(_template(number))
        named = [(path.name, path) for path in paths]
        read = work(paths[0].read_bytes(), paths[0].name, DEFAULT)
        assert read.sheets, read.problems  # a refusal would be fast, and no reading
        one = {
            "xlplan": lambda: _each(
                lambda path: work(path.read_bytes(), path.name, DEFAULT), paths
            ),
            "pandas.read_excel": lambda: _each(_pandas, paths),
            "inflate": lambda: _each(_inflate, paths),
        }
        seconds = best_times(one, rounds)
        pooled = {
            "xlplan, pool": lambda: sum(1 for _ in read_all(named, work=work)),
            "pandas.read_excel": one["pandas.read_excel"],
        }
        elapsed = best_times(pooled, rounds, time.perf_counter)
    aims = [Aim("pandas.read_excel", "xlplan", least=12), Aim("xlplan", "inflate", most=8)]
    pool = [Aim("pandas.read_excel", "xlplan, pool", least=20)]
    return [
        *_report(f"Reading {returns} returns of {ACTIONS} rows", seconds, aims, returns),
        *_report("The same by the clock, with the default pool", elapsed, pool, returns),
    ]


def _each(work: Callable[[Path], object], paths: Sequence[Path]) -> None:
    """Do it with each and keep nothing, as a merge takes returns one by one."""
    for path in paths:
        work(path)


def _own_fills() -> frozenset[str]:
    """The fills of the template, as a merge knows them."""
    from xlplan.issued.as_ours import ours_of
    from xlplan.issued.template import template_workbook

    book = template_workbook(plan(), DIRECTOR, issued(), (), KEY, CREATED)
    shared = ours_of(plan(), issued(), book).brought
    assert shared is not None
    return frozenset(shared.fills)


def bench_memory(few: int, many: int) -> list[str]:
    """What reading adds to this process's peak memory, for few returns and then for many."""
    import resource

    from xlplan.workbook.read.pool import read_all

    data = _template()
    lines = ["Peak memory of the process that takes the books one by one"]
    for count in (few, many):
        for _ in read_all([(f"{number}.xlsx", data) for number in range(count)]):
            pass
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(f"  after {count:5} returns {peak:8.1f} MiB")
    return lines


def _pandas(path: Path) -> object:
    """Every sheet, by the engine that has been the default for xlsx in every release so far."""
    import pandas as pd

    return pd.read_excel(path, sheet_name=None, engine="openpyxl")


def _inflate(path: Path) -> int:
    with zipfile.ZipFile(path) as parts:
        return sum(len(parts.read(name)) for name in parts.namelist())


def bench_issuing(templates: int, rounds: int) -> list[str]:
    """Laying out and writing templates, against deflating their parts, which is the least that any
    writer does, and openpyxl loading, filling and saving the same template."""
    from xlplan.workbook.write.alike import write_alike
    from xlplan.workbook.write.writing import write_workbook

    first = _template()
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        parts = [packed.read(name) for name in packed.namelist()]
    books = [template_of(ACTIONS, number) for number in range(templates)]
    assert all(write_alike(book) == write_workbook(book) for book in books[:2])
    work = {
        "laid out": lambda: [template_of(ACTIONS, number) for number in range(templates)],
        "written": lambda: [write_alike(book) for book in books],
        "written anew": lambda: [write_workbook(book) for book in books],
        "deflate": lambda: [_deflate(parts) for _ in books],
        "openpyxl": lambda: [_fill_with_openpyxl(first, number) for number in range(templates)],
    }
    seconds = best_times(work, rounds)
    seconds["xlplan"] = seconds["laid out"] + seconds["written"]
    aims = [
        Aim("written", "deflate", most=3),
        Aim("xlplan", "deflate", most=3),
        Aim("openpyxl", "xlplan", least=2.5),
    ]
    return _report(f"Issuing {templates} templates of {ACTIONS} actions", seconds, aims, templates)


def _deflate(parts: Sequence[bytes]) -> int:
    """The parts of a workbook packed as it packs them, and their checksums."""
    size = 0
    for part in parts:
        squeeze = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)
        size += len(squeeze.compress(part) + squeeze.flush()) + (zlib.crc32(part) >> 32)
    return size


def _fill_with_openpyxl(template: bytes, number: int) -> bytes:
    """What a script does with a prepared template: load it, overwrite every text, save it."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(template))
    for cells in book["Update"].iter_rows(min_row=8):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.value = f"{cell.value} {number}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _report(title: str, seconds: Mapping[str, float], aims: Sequence[Aim], count: int) -> list[str]:
    each = [f"  {name:<20} {1000 * spent / count:8.2f} ms each" for name, spent in seconds.items()]
    return [title, *each, *(f"  {aim.say(seconds)}" for aim in aims)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed as ratios against peers.")
    kinds = ["memory", "reading", "issuing", "composite", "all"]
    parser.add_argument("what", nargs="?", choices=kinds, default="all")
    parser.add_argument("--returns", type=int, default=1000)
    parser.add_argument("--templates", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=50_000)
    asked = parser.parse_args()
    if asked.what in {"memory", "all"}:
        print("\n".join(bench_memory(asked.returns // 5, asked.returns)))
    if asked.what in {"reading", "all"}:
        print("\n".join(bench_reading(asked.returns, asked.rounds)))
    if asked.what in {"issuing", "all"}:
        print("\n".join(bench_issuing(asked.templates, asked.rounds)))
    if asked.what in {"composite", "all"}:
        print("\n".join(bench_composite(asked.actions, asked.changes)))


if __name__ == "__main__":
    main()
