"""Which tests are quick: what `python3 -m pytest -m quick` runs while somebody works on a change.

A rule and not a mark on each test: quick is what needs no LibreOffice, draws no examples
(Hypothesis) and plays no whole cycle. Whole cycles are known by where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WHOLE_CYCLES: Sequence[str] = ()
"""Tests that play whole cycles or start many programs: a module, or one test of it."""


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
