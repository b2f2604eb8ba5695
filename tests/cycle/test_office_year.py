"""The year of an office, in any order that Hypothesis thinks of; see `tests/office_year.py`."""

from __future__ import annotations

from hypothesis import settings

from tests.office_year import OfficeYear

TestOfficeYear = OfficeYear.TestCase
TestOfficeYear.settings = settings(
    max_examples=max(10, settings().max_examples // 3), stateful_step_count=30
)
