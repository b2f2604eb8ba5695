"""A lead more costs as much as the one before: what a cycle does, counted on plans of 8, 16 and 32
leads. A count is the same on every machine."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import log2
from pathlib import Path
from types import FrameType

import pytest

from tests import small
from xlplan.cli.main import run
from xlplan.workbook.write import alike, writing

LEADS = (8, 16, 32)
WARM = 2
"""Leads of a plan before them: what is remembered for the next workbook is not theirs to pay."""
EACH = 2
"""Actions of each lead."""
CALLS, WRITTEN = 1.1, 1.02
"""The exponents by which calls of functions, and cells and events that are written, may grow with
the leads."""
STEPS = (("issue", "--cycle", small.CYCLE), ("merge",), ("publish",))
_ROOT = tempfile.TemporaryDirectory(prefix="scale")


@contextmanager
def counting(counts: Counter[str], step: str) -> Iterator[None]:
    """Counts the calls of functions of ours in a step."""

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "xlplan" in frame.f_code.co_filename:
            counts[step] += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield
    finally:
        sys.setprofile(before)


def rows_of(leads: int) -> tuple[tuple[str, ...], ...]:
    """A plan of so many leads."""
    return tuple(
        (f"{lead}.{number}", f"Inspect lift {number} of area {lead}", f"Head of Area {lead}",
         "June 2027", f"Half of area {lead} is done", ("Green", "Amber", "Red")[number % 3], "")
        for lead in range(1, leads + 1)
        for number in range(1, EACH + 1)
    )  # fmt: skip


def cycle_of(leads: int, patch: pytest.MonkeyPatch) -> Counter[str]:
    """What a cycle of so many leads does, in which each changes a cell."""
    counts: Counter[str] = Counter()
    pack = writing.packed

    def packed(part: bytes) -> writing.Packed:
        counts["cells"] += part.count(b"<c ")  # no other part than a sheet has any
        return pack(part)

    patch.setattr(alike, "packed", packed)
    patch.setattr(alike, "packed_once", packed)
    folder = Path(_ROOT.name) / f"plan {leads}"
    source = small.write_source(folder.with_name(f"{folder.name}.xlsx"), rows_of(leads))
    assert run(["--today", small.TODAY, "new", str(folder), "--from", str(source)]) < 2
    for step in STEPS:
        if step == ("merge",):
            for lead in range(1, leads + 1):
                edits = {(f"{lead}.1", "progress"): f"Area {lead} is done"}
                small.give_back(folder, f"Head of Area {lead}", edits)
        with counting(counts, step[0]):
            assert small.do(folder, *step) < 2
    with small.opened(folder) as plan:
        counts["events"] = plan.desk.state.seq
    return counts


def test_a_lead_more_costs_as_much_as_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    cycle_of(WARM, monkeypatch)
    plans = [cycle_of(leads, monkeypatch) for leads in LEADS]
    most = dict.fromkeys(("issue", "merge", "publish"), CALLS)
    for what, least in (most | dict.fromkeys(("cells", "events"), WRITTEN)).items():
        few, some, many = (counts[what] for counts in plans)
        assert 0 < few < some < many
        assert log2((many - some) / (some - few)) <= least, f"{what}: {few}, {some}, {many}"
