"""Office years made up at random, held against a second, simple model of the merge: what the plan
holds, what is asked, the order of returns, copies, undo, and the fate of every cell.

The bugs below are planted one at a time: in some year the two must differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from tests import paper
from tests.merge import bugs as planted
from tests.merge.second_years import DifferError, play
from xlplan.merge import asks, compare, decisions, fates, questions, records, register, state
from xlplan.merge.kinds import COMBINE, KEEP, Kind
from xlplan.merge.model import Write
from xlplan.merge.register import CellState

Patch = pytest.MonkeyPatch
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PARTS, YEARS = (40, 500) if NIGHTLY else (3, 100)
UNTIL = 3000
"""Years within which a bug must show."""

pytestmark = pytest.mark.hypothesis  # made up, though not by it: no named case


@pytest.mark.parametrize("part", range(PARTS))
def test_both_say_the_same_after_every_act(part: int) -> None:
    _play_years(range(part * YEARS, (part + 1) * YEARS))


# Bugs


def the_coordinator_is_not_shown_in_a_conflict(patch: Patch) -> None:
    patch.setattr(
        register, "_shown", lambda item, _heads, shared: register.settle(item, shared).value
    )


def what_was_closed_is_edited(patch: Patch) -> None:
    patch.setattr(compare.Comparison, "_closed_since", lambda *_: False)


def agreed_edits_of_what_was_closed_are_held(patch: Patch) -> None:
    patch.setattr(compare.Comparison, "_agreed", lambda *_: False)


def missing_rows_say_nothing(patch: Patch) -> None:
    patch.setattr(compare, "missing_rows", lambda *_: iter(()))


def an_emptied_row_is_so_many_edits(patch: Patch) -> None:
    patch.setattr(compare.Comparison, "_emptied", lambda *_: [])


def what_was_closed_is_emptied_otherwise(patch: Patch) -> None:
    plain = compare.Comparison._emptied

    def emptied(self: Any, row: Any, found: list[Write]) -> list[Write]:
        held = any(item.kind is Kind.HELD for item in found)
        return [] if held else plain(self, row, found)

    patch.setattr(compare.Comparison, "_emptied", emptied)


def a_withdrawn_action_stays(patch: Patch) -> None:
    plain = decisions._missing
    patch.setattr(decisions, "_missing", lambda *parts: plain(*parts)[:1])  # type: ignore[index]


def to_keep_in_a_conflict_writes_nothing(patch: Patch) -> None:
    plain = asks.decided

    def decided(*parts: Any, writes: bool = True, **more: Any) -> Any:
        return plain(*parts, writes=writes and parts[3] != KEEP, **more)

    patch.setattr("xlplan.merge.decisions.decided", decided)


def to_combine_takes_the_first(patch: Patch) -> None:
    plain = decisions.facts_of

    def facts(state_: Any, question: Any, answer: Any) -> Any:
        if answer.choice == COMBINE:
            question = replace(question, candidates=question.candidates[:1])
        return plain(state_, question, answer)

    patch.setattr(paper, "facts_of", facts)


def undo_leaves_the_decisions(patch: Patch) -> None:
    patch.setattr(paper, "dependent_decisions", lambda *_: ())


def undo_takes_nothing_back(patch: Patch) -> None:
    patch.setattr(records.Records, "retract", lambda *_: None)


def what_was_taken_back_never_returns(patch: Patch) -> None:
    def is_live(self: Any, source: str, _seq: int, as_of: int) -> bool:
        return not any(gone <= as_of for gone in self._retracted.get(source, ()))

    patch.setattr(records.Records, "is_live", is_live)


def required_blanks_are_applied(patch: Patch) -> None:
    kind = compare.Comparison._kind

    def applied(self: Any, *parts: Any) -> Any:
        found, message = kind(self, *parts)
        return (Kind.EDIT, "") if found is Kind.CLEARED else (found, message)

    patch.setattr(compare.Comparison, "_kind", applied)


def spaces_are_edits(patch: Patch) -> None:
    patch.setattr(compare, "same_words", lambda *_: False)


def the_earlier_time_wins(patch: Patch) -> None:
    def earlier(writes: Collection[Write]) -> frozenset[Any]:
        stamped = [w for w in writes if w.stamp and w.issued and w.timed]
        return frozenset(
            w.id
            for w in stamped
            for o in stamped
            if (o.issued, o.author, o.entry) == (w.issued, w.author, w.entry) and o.stamp < w.stamp
        )

    for module in (register, asks, fates):
        patch.setattr(module, "superseded", earlier)


def leads_saw_what_was_only_asked(patch: Patch) -> None:
    def visible(_state: CellState, writes: Collection[Write], **_: bool) -> frozenset[Any]:
        return frozenset(write.id for write in writes)

    patch.setattr(state, "visible", visible)


def the_coordinator_saw_only_what_stood(patch: Patch) -> None:
    plain = register.visible
    patch.setattr(state, "visible", lambda cell, writes, **_: plain(cell, writes, everything=False))


def a_set_is_the_last_one_written(patch: Patch) -> None:
    def present(_self: Any, writes: list[Write]) -> Any:
        return register._elements(max(writes, key=lambda w: w.seq).value)

    patch.setattr(register._Elements, "present", present)


def an_entry_put_back_takes_the_others_out(patch: Patch) -> None:
    patch.setattr(questions, "put_back", lambda _item, again, _writes: again.value)


def what_was_replaced_counts_as_applied(patch: Patch) -> None:
    patch.setattr(fates, "superseded", lambda _writes: frozenset())


def nobody_agrees(patch: Patch) -> None:
    plain = fates.disposition_of

    def became(*parts: Any) -> Any:
        found = plain(*parts)
        return "applied" if found == "agreed" else found

    patch.setattr(fates, "disposition_of", became)


def what_the_plan_says_by_now_is_asked(patch: Patch) -> None:
    plain = asks.is_a_question

    def always(state_: Any, key: Any, write: Write) -> bool:
        return write.kind in (Kind.LOCKED, Kind.HELD) or plain(state_, key, write)

    for module in (asks, questions):
        patch.setattr(module, "is_a_question", always)


def a_copy_dates_what_it_repeats(patch: Patch) -> None:
    plain = register.whole_of

    def latest(copies: Sequence[Write]) -> Write:
        return replace(plain(copies), stamp=max(copy.stamp for copy in copies))

    patch.setattr(records, "whole_of", latest)


def a_file_without_a_time_has_that_of_its_copy(patch: Patch) -> None:
    plain = register.whole_of

    def timed(copies: Sequence[Write]) -> Write:
        found = plain(copies)
        return replace(found, timed=bool(found.stamp))

    patch.setattr(records, "whole_of", timed)


def absent_columns_are_blank(patch: Patch) -> None:
    plain = asks._speaks
    patch.setattr(
        asks, "_speaks", lambda one, key, entry: key[0] in one.rows or plain(one, key, entry)
    )


def leads_ask_the_coordinator_about_what_they_see(patch: Patch) -> None:
    plain = compare.Comparison.__init__

    def begin(self: Any, *parts: Any) -> None:
        plain(self, *parts)
        self.owner = True

    patch.setattr(compare.Comparison, "__init__", begin)


FEW = (
    what_was_closed_is_emptied_otherwise, undo_leaves_the_decisions,
    undo_takes_nothing_back, nobody_agrees, a_set_is_the_last_one_written,
)  # fmt: skip
"""Those that are planted in every run."""
BUGS: tuple[Callable[[Patch], None], ...] = (
    *FEW,
    what_was_taken_back_never_returns,
    planted.locked_edits_are_applied,
    planted.removals_from_a_set_are_ignored,
    planted.a_blank_counts_as_absent,
    planted.the_base_is_that_of_the_newest_template,
    planted.stamps_are_ignored,
    planted.decisions_are_forgotten,
    planted.an_entry_overwrites_the_others,
    planted.asks_are_lost_on_a_later_return,
    planted.the_last_to_arrive_wins,
    planted.a_copy_counts_as_new,
    planted.invalid_values_are_applied,
    planted.an_answer_answers_all,
    planted.what_was_said_before_is_not_heard_again,
    planted.a_tie_is_settled_silently,
    the_coordinator_is_not_shown_in_a_conflict,
    what_was_closed_is_edited,
    agreed_edits_of_what_was_closed_are_held,
    missing_rows_say_nothing,
    an_emptied_row_is_so_many_edits,
    a_withdrawn_action_stays,
    to_keep_in_a_conflict_writes_nothing,
    to_combine_takes_the_first,
    required_blanks_are_applied,
    spaces_are_edits,
    the_earlier_time_wins,
    leads_saw_what_was_only_asked,
    the_coordinator_saw_only_what_stood,
    an_entry_put_back_takes_the_others_out,
    what_was_replaced_counts_as_applied,
    what_the_plan_says_by_now_is_asked,
    a_copy_dates_what_it_repeats,
    a_file_without_a_time_has_that_of_its_copy,
    absent_columns_are_blank,
    leads_ask_the_coordinator_about_what_they_see,
)


def _play_years(numbers: range) -> None:
    for number in numbers:
        play(number)


@pytest.mark.parametrize("bug", BUGS if NIGHTLY else FEW)
def test_a_planted_bug_makes_them_differ(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    with pytest.raises(DifferError):
        _play_years(range(UNTIL))
