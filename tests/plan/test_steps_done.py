"""The steps that are done, as people write them: by number, in their words, with a day."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.types.steps_done import DoneStep, done_steps, in_words, step_with, with_step
from xlplan.plan.values import Invalid, canon, show_in

PLAN = PlanDefinition("plan", "Plan", ())
ITEM = Field("steps", "Steps done", "steps", "steps_done")
WORDS = ("Write the guide", "Train  the staff", "Audit it (done)")


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        ("2", [DoneStep(2)]),
        ("Step 2", [DoneStep(2)]),
        ("1, 3 and 12", [DoneStep(1), DoneStep(3), DoneStep(12)]),
        ("2. done", [DoneStep(2)]),
        ("2: done 12 June 2026", [DoneStep(2, "", date(2026, 6, 12))]),
        ("2 (12 June 2026)", [DoneStep(2, "", date(2026, 6, 12))]),
        ("2. Train (31/05/26)", [DoneStep(2, "Train", date(2026, 5, 31))]),
        ("Train (done on 31 May 2026)", [DoneStep(0, "Train", date(2026, 5, 31))]),
        ("Train (done) (x)", [DoneStep(0, "Train")]),
        ("Train (the staff)", [DoneStep(0, "Train (the staff)")]),
        ("Train (no)", [DoneStep(0, "Train (no)")]),
        ("2. not yet\n3", [DoneStep(3)]),
        ("2. heb ei wneud\n3: wedi'i wneud", [DoneStep(3)]),
        ("2: Wedi’i wneud ar 12 Mehefin 2026", [DoneStep(2, "", date(2026, 6, 12))]),
        ("6 week review", [DoneStep(0, "6 week review")]),
        ("2. Train\n\n1. Write", [DoneStep(1, "Write"), DoneStep(2, "Train")]),
    ],
)
def test_lines_of_steps_are_read_and_read_back(typed: str, steps: list[DoneStep]) -> None:
    value = canon(ITEM, typed, PLAN)
    assert list(done_steps(value)) == steps
    assert canon(ITEM, show_in(ITEM, value), PLAN) == value


def test_a_line_that_says_only_that_a_step_is_open_is_blank() -> None:
    assert canon(ITEM, "2. no", PLAN) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2. Train (03/04/2026)", "VAL-004"),
        ("2: 31/02/2026", "VAL-003"),
        ("Train (31/02/2026)", "VAL-003"),
    ],
)
def test_a_day_that_is_none_or_two_is_no_value(typed: str, code: str) -> None:
    value = canon(ITEM, f"1. Write\n{typed}", PLAN)
    assert isinstance(value, Invalid)
    assert (value.raw, value.code) == (f"1. Write\n{typed}", code)


def test_a_step_is_known_by_its_words_whatever_its_number_and_else_by_its_number() -> None:
    value = canon(ITEM, "4. train the STAFF\n1\nAudit it (31 May 2026)", PLAN)
    found = [step_with(value, number, words) for number, words in enumerate(WORDS, 1)]
    assert found == [
        DoneStep(1), DoneStep(4, "train the STAFF"), DoneStep(0, "Audit it", date(2026, 5, 31))
    ]  # fmt: skip
    assert step_with(value, 4, "Publish it") is None, "the words of 4 are those of another step"


def test_one_step_is_put_in_and_taken_out_and_the_others_stay() -> None:
    both = with_step(frozenset({"1. Write the guide"}), 2, "Train", DoneStep(2, "Train"))
    assert both == frozenset({"1. Write the guide", "2. Train"})
    assert with_step(both, 1, "Write the guide", None) == frozenset({"2. Train"})
    assert with_step(frozenset({"2. Train"}), 2, "Train", None) is None


def test_numbers_become_the_words_of_their_steps() -> None:
    typed = canon(ITEM, "2 (31 May 2026)\n9\n1. Begin", PLAN)
    assert in_words(typed, WORDS) == frozenset(
        {"2. Train the staff (31 May 2026)", "9", "1. Begin"}
    )
    assert in_words(None, WORDS) is None


def test_what_was_recorded_and_cannot_be_read_any_more_is_shown_as_it_is() -> None:
    odd = frozenset({"2. Train (03/04/2026)"})
    assert done_steps(odd) == (DoneStep(0, "2. Train (03/04/2026)"),)
    assert done_steps("2. Train") == ()
