"""Bugs planted on purpose: each must be caught, or the tests of the merge are worth nothing.

Edits of locked cells are applied: a locked cell never moves the master; the office's year.
Removals from a set are ignored: sets merge by element, as in the textbook.
A blank is treated as absent: the textbook three-way; total accounting.
The base is taken from the newest template: the textbook three-way; total accounting.
In-file stamps are ignored: the later stamp wins.
Decisions are not remembered: decisions converge and are remembered.
An entry overwrites the others: entries of everybody stay; the office's year.
Asks are lost on a later return: each question stays until it is answered; the office's year.
Undo deletes from the ledger: undo restores and the log grows; the office's year.
The result depends on the order of arrival: the order of returns that meet in one cell.
A re-saved copy counts as new: merging again or a re-saved copy changes nothing.
Invalid values are applied: the textbook three-way.
A word takes a date away: no return takes the date of an open action away.
A row that is of no template is left out: no row is lost.
An answer answers other questions too: each question stays until it is answered.
What was said before is not heard again: the latest word stands or is asked; second thoughts.
Of files with the same time one is chosen: the latest word stands or is asked about.
Sorted rows are read the other way, say nothing of what they leave as it was, come in though they
were refused, or bring the locked texts along: the same file with its rows in order.

Each test runs a property with the bug in place and asserts that it fails.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cycle.test_office_year import OfficeYear
from tests.merge import test_merge_properties as properties
from tests.merge.bugs import (
    a_blank_counts_as_absent,
    a_copy_counts_as_new,
    a_tie_is_settled_silently,
    an_answer_answers_all,
    an_entry_overwrites_the_others,
    asks_are_lost_on_a_later_return,
    dates_are_taken_away,
    decisions_are_forgotten,
    invalid_values_are_applied,
    locked_edits_are_applied,
    refused_rows_come_in,
    removals_from_a_set_are_ignored,
    rows_of_no_template_are_left_out,
    sorted_rows_are_read_the_other_way,
    sorted_rows_say_nothing_of_what_they_leave,
    stamps_are_ignored,
    texts_that_were_sorted_along_are_asked_about,
    the_base_is_that_of_the_newest_template,
    the_last_to_arrive_wins,
    undo_deletes_from_the_ledger,
    what_was_said_before_is_not_heard_again,
)
from tests.paper import Office, row

pytestmark = pytest.mark.hypothesis  # they draw examples, so that they count for no coverage
Patch = pytest.MonkeyPatch
Property = Callable[..., None]


# What must catch them: the properties, and three promises in one small scene each


def the_later_stamp_wins() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02")
    office.give_back(template, {("a-1", "rating"): "Red"}, saved_at="2026-01-03")
    assert office.value("a-1", "rating") == "Red"


def entries_of_everybody_stay() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ann, {("a-1", "diary:entry"): "First"})
    office.give_back(ben, {("a-1", "diary:entry"): "Second"})
    assert "First" in office.value("a-1", "diary")
    assert "Second" in office.value("a-1", "diary")


def each_question_stays_until_it_is_answered() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ann, {("a-1", "rating"): "Purple", ("a-1", "action"): "Mine"})
    office.give_back(ben, {("a-1", "rating"): None, ("a-2", "due"): "1 May 2026"})
    kinds = [question.kind for question in office.questions()]
    assert sorted(kinds) == ["cleared-required", "invalid", "locked"]
    office.answer(next(q for q in office.questions() if q.kind == "invalid"), "Keep current")
    assert sorted(q.kind for q in office.questions()) == ["cleared-required", "locked"]


def no_row_is_lost() -> None:
    office = Office()
    back = office.give_back(
        office.issue("Ann"), more=[row("forged", {"action": "Forged", "rating": "Red"}, "u-9")]
    )
    assert [fate.field for fate in office.fates(back)] == ["action", "rating"]


def a_year() -> None:
    run_state_machine_as_test(OfficeYear, settings=QUICK)


class SecondThoughts(OfficeYear):
    """A year in which files come back again and again, and the coordinator does nothing; only that
    the last word is heard is looked at after each step."""

    export = edit_master = answer = undo = redefine = publish = report_progress = None  # type: ignore[assignment]  # no rules
    look_at_the_plan = begin_every_command_with_what_was_kept = None  # type: ignore[assignment]
    replay_equals_the_state = the_ledger_and_the_log_only_grow = None  # type: ignore[assignment]  # no promises
    the_changes_of_every_cell_chain = nothing_is_lost = None  # type: ignore[assignment]
    locked_fields_are_the_coordinators = every_question_has_an_answer = None  # type: ignore[assignment]


def a_year_of_second_thoughts() -> None:
    run_state_machine_as_test(SecondThoughts, settings=QUICK)


QUICK = settings(
    max_examples=200,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BRIEF = settings(QUICK, max_examples=25)
"""For a property without a bug: its own test draws many more."""
CAUGHT: list[tuple[Callable[[Patch], None], Property]] = [
    (locked_edits_are_applied, properties.test_a_locked_cell_never_moves_the_master),
    (locked_edits_are_applied, a_year),
    (removals_from_a_set_are_ignored, properties.test_sets_merge_by_element_as_in_the_textbook),
    (a_blank_counts_as_absent, properties.test_a_single_return_equals_the_textbook_three_way),
    (
        a_blank_counts_as_absent,
        properties.test_every_returned_cell_that_differs_has_exactly_one_fate,
    ),
    (
        the_base_is_that_of_the_newest_template,
        properties.test_a_single_return_equals_the_textbook_three_way,
    ),
    (
        the_base_is_that_of_the_newest_template,
        properties.test_every_returned_cell_that_differs_has_exactly_one_fate,
    ),
    (stamps_are_ignored, the_later_stamp_wins),
    (decisions_are_forgotten, properties.test_decisions_converge_and_are_remembered),
    (an_entry_overwrites_the_others, entries_of_everybody_stay),
    (an_entry_overwrites_the_others, a_year),
    (asks_are_lost_on_a_later_return, each_question_stays_until_it_is_answered),
    (asks_are_lost_on_a_later_return, a_year),
    (
        undo_deletes_from_the_ledger,
        properties.test_undo_restores_the_plan_as_if_the_return_had_never_come,
    ),
    (undo_deletes_from_the_ledger, a_year),
    (
        the_last_to_arrive_wins,
        properties.test_the_order_of_returns_that_meet_in_one_cell_does_not_matter,
    ),
    (a_copy_counts_as_new, properties.test_merging_again_or_a_resaved_copy_changes_nothing),
    (invalid_values_are_applied, properties.test_a_single_return_equals_the_textbook_three_way),
    (dates_are_taken_away, properties.test_no_return_takes_the_date_of_an_open_action_away),
    (rows_of_no_template_are_left_out, no_row_is_lost),
    (an_answer_answers_all, each_question_stays_until_it_is_answered),
    (
        what_was_said_before_is_not_heard_again,
        properties.test_the_latest_word_of_a_lead_stands_or_is_asked_about,
    ),
    (what_was_said_before_is_not_heard_again, a_year_of_second_thoughts),
    (
        a_tie_is_settled_silently,
        properties.test_the_latest_word_of_a_lead_stands_or_is_asked_about,
    ),
    (
        sorted_rows_are_read_the_other_way,
        properties.test_sorted_rows_by_the_visible_ref_are_the_file_with_its_rows_in_order,
    ),
    (
        sorted_rows_say_nothing_of_what_they_leave,
        properties.test_sorted_rows_by_the_visible_ref_are_the_file_with_its_rows_in_order,
    ),
    (
        texts_that_were_sorted_along_are_asked_about,
        properties.test_sorted_rows_by_the_hidden_key_are_the_file_with_their_inputs_typed_there,
    ),
    (
        refused_rows_come_in,
        properties.test_sorted_rows_that_are_refused_are_a_file_that_never_came,
    ),
]


def run(check: Property, patch: Patch, how: settings = QUICK) -> None:
    """Run a property with few examples, the same ones every time."""
    if hasattr(check, "hypothesis"):
        # `settings(...)(check)` would change the property for its own test as well.
        patch.setattr(check, "_hypothesis_internal_use_settings", how)
    check()


@pytest.mark.parametrize("check", list(dict.fromkeys(check for _, check in CAUGHT)))
def test_without_a_bug_it_passes(check: Property, monkeypatch: Patch) -> None:
    if check not in (a_year, a_year_of_second_thoughts):  # the year has a test of its own
        run(check, monkeypatch, BRIEF)


@pytest.mark.parametrize(("plant", "check"), CAUGHT)
def test_a_planted_bug_is_caught(
    plant: Callable[[Patch], None], check: Property, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(check, monkeypatch)
