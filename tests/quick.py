"""Which tests are quick: what `python3 -m pytest -m quick` runs while somebody works on a change.

A rule and not a mark on each test: quick is what needs no LibreOffice, draws no examples
(Hypothesis) and plays no whole cycle. Whole cycles are known by where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WHOLE_CYCLES: Sequence[str] = (
    "board/test_accessible.py::test_every_example_in_both_renderings",
    "board/test_composite_examples.py",
    "cli/test_cli.py::test_what_a_crash_left_is_swept",
    "cli/test_codes.py::test_an_example_whose_answer_has_no_question",
    "cli/test_readme.py::test_its_python_runs",
    "cycle/test_canary.py",
    "cycle/test_corpus.py",
    "cycle/test_date_gone.py",
    "cycle/test_example_brag.py",
    "cycle/test_examples",
    "cycle/test_faults.py",
    "cycle/test_real_plans.py",
    "cycle/test_round_trip.py",
    "merge/test_planted_bugs.py",
    "source/test_source.py::test_every_cell_of_a_whole_plans_rows_is_in_a_value",
    "test_golden.py",
    "test_journeys.py",
    "test_raised.py::test_a_run_of_some_tests_is_not_asked",
    "test_raised.py::test_a_whole_run",
)
"""Tests that play whole cycles, draw examples in their own way or start many programs: how their
names begin."""


def is_quick(item: pytest.Item) -> bool:
    """Whether a test belongs to the quick ones."""
    if "office" in getattr(item, "fixturenames", ()):
        return False
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        return False
    return not any(_name(item).startswith(slow) for slow in WHOLE_CYCLES)


def room_of_test(item: pytest.Item) -> str:
    """The room whose tests it is among: its folder below `tests`."""
    return item.path.relative_to(HERE).parts[0]


def _name(item: pytest.Item) -> str:
    """``cycle/test_undo.py::test_…``"""
    return f"{item.path.relative_to(HERE).as_posix()}::{item.name}"
