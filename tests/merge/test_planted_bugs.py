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
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cycle.test_office_year import OfficeYear
from tests.merge import test_merge_properties as properties
from tests.paper import Office, row
from xlplan.merge import asks, compare, doubts, ids, reading, register
from xlplan.merge.asks import Again
from xlplan.merge.doubts import Against, doubt_of
from xlplan.merge.kinds import BY_KEY, BY_REF, REFUSE, Kind
from xlplan.merge.model import CellKey, Event, Returned, Write
from xlplan.merge.reading import ReadRow
from xlplan.merge.register import CellState
from xlplan.merge.state import State
from xlplan.plan.definition import Field

Patch = pytest.MonkeyPatch
Property = Callable[..., None]


# The bugs


def locked_edits_are_applied(patch: Patch) -> None:
    kind = compare.Comparison._kind

    def planted(self: Any, row: ReadRow, item: Field, column: str, *rest: Any) -> Any:
        found, message = kind(self, row, item, column, *rest)
        return (Kind.EDIT, "") if found is Kind.LOCKED else (found, message)

    patch.setattr(compare.Comparison, "_kind", planted)


def removals_from_a_set_are_ignored(patch: Patch) -> None:
    def planted(_self: Any, writes: list[Write]) -> frozenset[str]:
        return frozenset().union(*(register._elements(w.value) for w in writes))

    patch.setattr(register._Elements, "present", planted)


def a_blank_counts_as_absent(patch: Patch) -> None:
    plain = reading.untouched
    patch.setattr(compare, "untouched", lambda base, raw: raw is None or plain(base, raw))


def the_base_is_that_of_the_newest_template(patch: Patch) -> None:
    patch.setattr(
        compare,
        "against",
        lambda state, _, row, times: Against(state.seq, doubt_of(state, row, times)),
    )


def stamps_are_ignored(patch: Patch) -> None:
    for module in (register, asks):
        patch.setattr(module, "superseded", lambda _writes: frozenset())


def decisions_are_forgotten(patch: Patch) -> None:
    take = State._take_decision

    def planted(self: State, event: Event, fact: Any) -> Any:
        return take(self, event, replace(fact, saw=frozenset(), answered=frozenset()))

    patch.setattr(State, "_take_decision", planted)


def an_entry_overwrites_the_others(patch: Patch) -> None:
    settle = register._settle_narrative

    def planted(item: Field, writes: list[Write]) -> CellState:
        entries = [w for w in writes if w.kind is Kind.ENTRY]
        newest = max(entries, key=register._age)
        return settle(item, [w for w in writes if w.kind is not Kind.ENTRY or w is newest])

    patch.setattr(register, "_settle_narrative", planted)


def asks_are_lost_on_a_later_return(patch: Patch) -> None:
    plain = asks.open_asks

    def planted(writes: list[Write]) -> list[Write]:
        last = max((w.seq for w in writes), default=0)
        return [w for w in plain(writes) if w.seq == last]

    patch.setattr(asks, "open_asks", planted)


def undo_deletes_from_the_ledger(patch: Patch) -> None:
    undo = Office.undo

    def planted(self: Office, returned: Returned) -> Any:
        made = undo(self, returned)
        self.events[:] = [e for e in self.events if getattr(e.fact, "id", "") != returned.id]
        return made

    patch.setattr(Office, "undo", planted)


def the_last_to_arrive_wins(patch: Patch) -> None:
    plain = register._settle_plain

    def planted(item: Field | None, writes: list[Write]) -> CellState:
        found = plain(item, writes)
        if not found.conflict:
            return found
        return CellState(max(found.heads, key=lambda head: head.seq).value, found.heads)

    patch.setattr(register, "_settle_plain", planted)


def a_copy_counts_as_new(patch: Patch) -> None:
    plain = ids.write_id
    returned = Office.returned
    digest = [""]

    def reading(self: Office, found: Any) -> Returned:
        digest[0] = found.sha256
        return returned(self, found)

    patch.setattr(Office, "returned", reading)
    patch.setattr(compare, "write_id", lambda *parts: ids.Id(plain(*parts).name + digest[0]))


def dates_are_taken_away(patch: Patch) -> None:
    patch.setattr(compare.Comparison, "_with_its_date", lambda _self, _row, item: item)


def invalid_values_are_applied(patch: Patch) -> None:
    kind = compare.Comparison._kind

    def planted(self: Any, *parts: Any) -> Any:
        found, message = kind(self, *parts)
        return (Kind.EDIT, "") if found is Kind.INVALID else (found, message)

    patch.setattr(compare.Comparison, "_kind", planted)


def rows_of_no_template_are_left_out(patch: Patch) -> None:
    run = compare.Comparison.run

    def planted(self: Any) -> compare.Findings:
        found = run(self)
        found.assertions = [a for a in found.assertions if a.kind is not Kind.ADDED]
        return found

    patch.setattr(compare.Comparison, "run", planted)


def an_answer_answers_all(patch: Patch) -> None:
    patch.setattr(
        asks,
        "_shown_to",
        lambda state, key, *_: frozenset(write.id for write in state.live(key)),
    )


def what_was_said_before_is_not_heard_again(patch: Patch) -> None:
    plain = asks.shown_again

    def planted(state: State, key: CellKey, writes: list[Write]) -> list[Again]:
        """Only ordinary values are: what was only asked about is not."""
        found = plain(state, key, writes)
        return [one for one in found if one.write is None or one.write.standing]

    patch.setattr(asks, "shown_again", planted)


def a_tie_is_settled_silently(patch: Patch) -> None:
    plain = asks.shown_again

    def planted(state: State, key: CellKey, writes: list[Write]) -> list[Again]:
        return [one for one in plain(state, key, writes) if one.later]

    patch.setattr(asks, "shown_again", planted)


def sorted_rows_are_read_the_other_way(patch: Patch) -> None:
    plain, other = doubts.MovedRows.read, {BY_REF: BY_KEY, BY_KEY: BY_REF}
    patch.setattr(doubts.MovedRows, "read", lambda self, way: plain(self, other[way]))


def sorted_rows_say_nothing_of_what_they_leave(patch: Patch) -> None:
    patch.setattr(State, "live_parts", lambda _self, _issued: [])


def texts_that_were_sorted_along_are_asked_about(patch: Patch) -> None:
    patch.setattr(doubts, "_is_along", lambda *_: False)


def refused_rows_come_in(patch: Patch) -> None:
    plain = State.parts_of

    def planted(self: State, fact: Any) -> list[Returned]:
        return plain(self, replace(fact, choice=BY_REF) if fact.choice == REFUSE else fact)

    patch.setattr(State, "parts_of", planted)


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
    """A year in which files come back again and again, and the coordinator does nothing."""

    export = edit_master = answer = undo = redefine = publish = report_progress = None  # type: ignore[assignment]  # no rules


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
