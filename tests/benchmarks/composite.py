"""The composite of a large plan against bare xlsxwriter writing the same cells; its memory, and how
much ``--accessible`` adds.

``python -m tests.benchmarks.composite [--actions N] [--changes N]``

Each piece of work has a process of its own, so that neither pays for the other's heap and the
peak memory is its own. The three take turns, and the best of two counts; our bytes must be the
same both times.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

from msgspec.structs import replace

from tests.composite_sample import CREATED, sample_board
from xlplan.board import Board, composite_workbook
from xlplan.board.accessible import accessible_workbook
from xlplan.merge.model import Change, Place
from xlplan.plan.definition import Field
from xlplan.workbook.write.accessibility import Accessibility
from xlplan.workbook.write.sheet import Workbook
from xlplan.workbook.write.writing import write_workbook

FIELDS = 20
MOST_TIMES, MOST_MIB, MOST_MORE = 1.5, 300.0, 0.5
_MIB = 1 << 20 if sys.platform == "darwin" else 1 << 10
"""What `ru_maxrss` counts in, to the MiB."""


@dataclass(frozen=True)
class Measured:
    """What one process took: seconds of processor time, peak memory, and what it wrote."""

    seconds: float
    mib: float
    cells: int
    sha256: str


def large_board(actions: int, changes: int) -> Board:
    """A board of `actions` actions with `FIELDS` fields each and `changes` log entries."""
    board = sample_board(actions, 40)
    missing = FIELDS - len(board.definition.fields_of("action"))
    extra = [Field(f"more{n}", f"More {n}") for n in range(missing)]
    definition = replace(board.definition, fields=(*board.definition.fields, *extra))
    rows = [
        replace(row, values={**row.values, **{f.id: f"{f.heading} of {row.ref}" for f in extra}})
        if row.kind == "action"
        else row
        for row in board.rows
    ]
    own = [row for row in rows if row.kind == "action"]
    log = []
    for seq in range(changes):
        row = own[seq % len(own)]
        log.append(
            Change(
                seq + 1, f"2026-11-{5 + seq % 12:02}T14:{seq % 60:02}:00Z", "2026-11", row.uid,
                row.ref, "progress" if seq % 2 else "output", f"Before {seq}",
                f"After {seq}, which says a little more", "Head of Safeguarding",
                Place("Head of Safeguarding.xlsx", "Update", f"H{seq % 500 + 8}"), "edit", "r-1",
            )
        )  # fmt: skip
    return replace(board, definition=definition, rows=rows, changes=log)


def bare(book: Workbook) -> bytes:
    """The same cells by xlsxwriter alone: values in one format, no heights, no links, no notes."""
    import xlsxwriter

    held = io.BytesIO()
    target = xlsxwriter.Workbook(held, {"in_memory": True})
    look = target.add_format({"text_wrap": True, "border": 1})
    for sheet in book.sheets:
        drawn = target.add_worksheet(sheet.name)
        for number, row in enumerate(sheet.rows):
            for index, cell in enumerate(row.cells):
                if cell is None:
                    continue
                if cell.value is None:
                    drawn.write_blank(number, index, None, look)
                elif isinstance(cell.value, str):
                    drawn.write_string(number, index, cell.value, look)
                else:
                    drawn.write_number(number, index, cell.value, look)
    target.close()
    return held.getvalue()


def once(what: str, actions: int, changes: int) -> Measured:
    """One piece of work in this process: ``composite``, ``bare``, or ``accessible``, which is what
    the accessible workbook costs once the composite of the same board is written."""
    board = large_board(actions, changes)
    if what == "bare":
        book = composite_workbook(board, CREATED)
        book = replace(book, sheets=list(book.sheets))  # what they cost is not its to pay
        start = time.process_time()
        data = bare(book)
    else:
        start = time.process_time()
        book = composite_workbook(board, CREATED)
        data = write_workbook(book)
    if what == "accessible":
        start = time.process_time()
        book = accessible_workbook(board, CREATED)
        rules = Accessibility(book)
        data = write_workbook(book, rules.sheet)
        assert not rules.problems()
    seconds = time.process_time() - start
    cells = sum(
        cell is not None for sheet in book.sheets for row in sheet.rows for cell in row.cells
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    return Measured(seconds, peak, cells, hashlib.sha256(data).hexdigest())


def apart(what: str, actions: int, changes: int) -> Measured:
    """`once` in a process of its own."""
    args = ["--once", what, "--actions", str(actions), "--changes", str(changes)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.composite", *args],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Measured(**json.loads(done.stdout))


def bench_composite(actions: int, changes: int) -> list[str]:
    """Time as a ratio, memory, and whether the same board gave the same bytes."""
    turns = [
        {what: apart(what, actions, changes) for what in ("composite", "bare", "accessible")}
        for _ in range(2)
    ]
    best = {what: min(turn[what].seconds for turn in turns) for what in turns[0]}
    most = {what: max(turn[what].mib for turn in turns) for what in turns[0]}
    share, ratio = best["accessible"] / best["composite"], best["composite"] / best["bare"]
    mib, cells = most["composite"], turns[0]["composite"].cells
    ours = [(turn["composite"].sha256, turn["accessible"].sha256) for turn in turns]
    return [
        f"Composite of {actions} actions, {FIELDS} fields, {changes} changes: {cells} cells",
        f"  xlplan               {best['composite']:8.2f} s",
        f"  bare xlsxwriter      {best['bare']:8.2f} s",
        f"  xlplan / bare xlsxwriter: {ratio:.2f} (at most {MOST_TIMES:g}: "
        f"{_verdict(ratio <= MOST_TIMES)})",
        f"  peak memory: {mib:.0f} MiB (at most {MOST_MIB:g}: {_verdict(mib <= MOST_MIB)})",
        f"  --accessible adds {share:.2f} of it (at most {MOST_MORE:g}: "
        f"{_verdict(share <= MOST_MORE)}); peak {most['accessible']:.0f} MiB",
        f"  the same bytes again: {_verdict(ours[0] == ours[1])}",
    ]


def _verdict(kept: bool) -> str:
    return "reached" if kept else "not reached"


def main() -> None:
    parser = argparse.ArgumentParser(description="The composite of a large plan.")
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=50_000)
    parser.add_argument("--once", choices=["composite", "bare", "accessible"])
    asked = parser.parse_args()
    if asked.once:
        found = once(asked.once, asked.actions, asked.changes)
        print(json.dumps({name: getattr(found, name) for name in found.__annotations__}))
    else:
        print("\n".join(bench_composite(asked.actions, asked.changes)))


if __name__ == "__main__":
    main()
