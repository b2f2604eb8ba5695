"""Which tests are quick: what `python3 -m pytest -m quick` runs while somebody works on a change.

A rule and not a mark on each test: quick is what needs no LibreOffice, draws no examples
(Hypothesis) and plays no whole cycle, which is known by where it stands. Where the quick tests take
more than a minute, `--durations=30` shows what should stand in `LONG`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG: Sequence[str] = (
    "board/test_accessible.py::test_every_example_in_both_renderings",
    "board/test_composite_examples.py",
    "board/test_composite_hostile.py",
    "cli/test_cli.py::test_a_full_disk_behind_stdout",
    "cli/test_cli.py::test_a_report_that_cannot_be_printed",
    "cli/test_cli.py::test_an_encoding_that_lacks_characters",
    "cli/test_cli.py::test_csv_loses_nothing",
    "cli/test_cli.py::test_json_loses_nothing",
    "cli/test_cli.py::test_what_a_command_says_when_it_is_done[demo]",
    "cli/test_cli.py::test_what_a_crash_left_is_swept",
    "cli/test_codes.py::test_an_example_whose_answer_has_no_question",
    "cli/test_readme.py::test_its_python_runs",
    "cli/test_startup.py::test_status_loads_nothing_heavy",
    "cycle/",
    "issued/test_too_long.py::test_issue_tells_once",
    "merge/test_planted_bugs.py",
    "merge/test_second_years.py",
    "plan/test_notes_measured.py",
    "programs/test_programs.py",
    "returned/test_furniture.py",
    "returned/test_remarks.py",
    "source/test_kept_back.py",
    "source/test_source.py::test_a_whole_plan",
    "source/test_source.py::test_every_cell_of_a_whole_plans_rows_is_in_a_value",
    "source/test_source.py::test_every_row_of_a_whole_plan",
    "source/test_source.py::test_the_template_of_its_way_carries",
    "source/test_source_unusual.py",
    "source/test_word.py",
    "test_golden.py",
    "test_journeys.py",
    "test_raised.py::test_a_run_of_some_tests_is_not_asked",
    "test_raised.py::test_a_whole_run",
    "workbook/test_passed_over.py",
    "workbook/test_patch_corpus.py",
    "workbook/test_pool.py",
    "workbook/test_worker.py::test_a_bundle_merged",
    "workbook/test_worker.py::test_a_dry_run",
    "workbook/test_worker.py::test_a_false_workbook",
    "workbook/test_worker.py::test_an_archive_in_a_message",
    "workbook/test_worker.py::test_bundles_in_bundles",
    "workbook/test_worker.py::test_every_return",
    "workbook/test_worker.py::test_names_in_a_bundle",
)
"""How the names begin of tests that play whole cycles or whole files, draw examples in their own
way, or start many programs."""
YET_QUICK: Sequence[str] = (
    "cycle/test_cycle_of_day.py",
    "cycle/test_exactness.py",
    "cycle/test_outputs.py",
    "cycle/test_past.py",
)
"""Among those, tests that are quick all the same."""


def is_quick(item: pytest.Item) -> bool:
    """Whether a test belongs to the quick ones."""
    if needs_office(item):
        return False
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        return False
    name = _name(item)
    return name.startswith(tuple(YET_QUICK)) or not name.startswith(tuple(LONG))


def needs_office(item: pytest.Item) -> bool:
    """Whether a test plays somebody in LibreOffice. A test module may call a fixture of its own
    `office` too: that of `conftest.py` lives as long as the session."""
    return any(name == "office" and scope == "session" for name, scope in scopes(item))


def scopes(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """The fixtures that a test needs, by name, and how long each lives."""
    fixtures = getattr(item, "_fixtureinfo", None)
    for name, defined in sorted(fixtures.name2fixturedefs.items()) if fixtures else ():
        yield name, defined[-1].scope


def room_of_test(item: pytest.Item) -> str:
    """The room whose tests it is among: its folder below `tests`."""
    return item.path.relative_to(HERE).parts[0]


def _name(item: pytest.Item) -> str:
    """``cycle/test_undo.py::test_…``"""
    return f"{item.path.relative_to(HERE).as_posix()}::{item.name}"
