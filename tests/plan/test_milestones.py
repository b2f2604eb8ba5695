"""Parallel lists inside cells: paired where they match in number, and told where they do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.cycle.shapes import row_shape
from xlplan.merge.model import MasterRow
from xlplan.plan.checks.checklist import check_plan
from xlplan.plan.checks.steps import Unequal, finishes, late_steps, milestones_of, unequal_lists
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.due import Likely
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("action", "Action", "narrative", "action"),
        Field("due", "Timescale", "timescale", "due"),
        Field("lead", "Lead", "people", "lead"),
        Field("evidence", "Evidence", "narrative", "evidence"),
        Field("progress", "Progress", "narrative", "progress", mode="append"),
    ),
)


class Line(Struct, frozen=True):
    values: Mapping[str, Value] = field(default_factory=dict)
    ref: str = "1"
    kind: str = "action"
    uid: str = "u1"
    section: str = ""
    withdrawn: bool = False


def line(action: Value, due: str, **values: Value) -> Line:
    return Line({"action": action, "due": parse_timescale(due), **values})


def test_each_step_gets_its_own_date() -> None:
    row = line("Write the guide\nTrain the staff\nAudit it", "May 2026\nIn place\n20.06.2026")
    found = milestones_of(PLAN, row)
    assert [(m.number, m.text, m.timescale, m.due.by) for m in found] == [
        (1, "Write the guide", "May 2026", date(2026, 5, 31)),
        (2, "Train the staff", "In place", None),
        (3, "Audit it", "20.06.2026", date(2026, 6, 20)),
    ]
    assert unequal_lists(PLAN, row) is None


def test_a_step_that_is_ticked_is_done_and_no_longer_late() -> None:
    ticked = Field("ticks", "Steps done", "steps", "steps_done", owner="lead")
    plan = replace(PLAN, fields=(*PLAN.fields, ticked))
    done = frozenset({"1. Write the  GUIDE (3 May 2026)", "3"})
    row = line("Write the guide\nTrain\nAudit", "May 2026\nMay 2026\nMay 2026", ticks=done)
    steps = [
        (m.number, m.done is not None, m.done and m.done.day) for m in milestones_of(plan, row)
    ]
    assert steps == [(1, True, date(2026, 5, 3)), (2, False, None), (3, True, None)]
    late = late_steps(plan, row, date(2026, 6, 1), Likely())
    assert [step.number for step in late] == [2]


def test_relative_dates_count_from_the_day_the_plan_was_agreed() -> None:
    row = line("Write\nTrain", "Immediate\nWithin 2 months")
    found = milestones_of(replace(PLAN, agreed=date(2026, 1, 5)), row)
    assert [m.due.by for m in found] == [date(2026, 1, 5), date(2026, 3, 5)]


def test_leads_that_match_in_number_are_each_step_s_own() -> None:
    own = milestones_of(PLAN, line("Write\nTrain", "May 2026\nJune 2026", lead=("A", "B")))
    assert [(m.leads, m.own_leads) for m in own] == [(("A",), True), (("B",), True)]
    shared = milestones_of(PLAN, line("Write\nTrain", "May 2026\nJune 2026", lead=("A", "B", "C")))
    assert [(m.leads, m.own_leads) for m in shared] == [(("A", "B", "C"), False)] * 2
    none = milestones_of(PLAN, line("Write\nTrain", "May 2026\nJune 2026"))
    assert [(m.leads, m.own_leads) for m in none] == [((), False)] * 2


def test_leads_kept_as_text_are_read_line_by_line() -> None:
    fields = tuple(replace(f, type="text") if f.id == "lead" else f for f in PLAN.fields)
    plan = replace(PLAN, fields=fields)
    row = line("Write\nTrain", "May 2026\nJune 2026", lead="A / B\nA")
    assert [m.leads for m in milestones_of(plan, row)] == [("A", "B"), ("A",)]


def test_other_lists_that_match_go_with_their_step() -> None:
    found = milestones_of(
        PLAN,
        line("Write\nTrain", "May 2026\nJune 2026", evidence="Minutes\nRegister", progress="a\nb"),
    )
    assert [m.also for m in found] == [{"evidence": "Minutes"}, {"evidence": "Register"}]
    uneven = milestones_of(PLAN, line("Write\nTrain", "May 2026\nJune 2026", evidence="Minutes"))
    assert [m.also for m in uneven] == [{}, {}]


@pytest.mark.parametrize(
    ("action", "steps"),
    [
        ("Write\n[See also action 3]\nTrain", ["Write", "Train"]),
        ("1. Write\n2) Train", ["Write", "Train"]),
        ("• Write\n• Train", ["Write", "Train"]),
        ("(a) Write\nii) Train", ["Write", "Train"]),
        ("A. Quill to write\nB. Ode to train", ["A. Quill to write", "B. Ode to train"]),
        ("Write\n- for staff\n- for carers\nTrain", ["Write\n- for staff\n- for carers", "Train"]),
        ("The group will:\n• Write\n• Train", ["Write", "Train"]),
        ("- Write\n- Train", ["Write", "Train"]),
    ],
)
def test_what_counts_as_a_step(action: str, steps: list[str]) -> None:
    row = line(action, "May 2026\nJune 2026")
    assert [m.text for m in milestones_of(PLAN, row)] == steps


def test_lists_that_do_not_match_are_not_paired() -> None:
    row = line("Write\nTrain\nAudit", "May 2026\nJune 2026")
    assert milestones_of(PLAN, row) == ()
    assert unequal_lists(PLAN, row) == Unequal("due", "Timescale", 2, (("Action", 3),))


def test_a_list_of_milestones_beside_the_action_holds_the_steps() -> None:
    plan = replace(
        PLAN, fields=(*PLAN.fields, Field("milestone", "Milestones", "narrative", "milestone"))
    )
    row = line("Do it", "May 2026\nJune 2026", milestone="Write\nTrain")
    assert [m.text for m in milestones_of(plan, row)] == ["Write", "Train"]
    odd = line("Do it", "May 2026\nJune 2026", milestone="Write")
    assert unequal_lists(plan, odd) == Unequal(
        "due", "Timescale", 2, (("Action", 1), ("Milestones", 1))
    )


def test_one_date_is_no_list() -> None:
    row = line("Write\nTrain", "May 2026")
    assert (milestones_of(PLAN, row), unequal_lists(PLAN, row)) == ((), None)
    blank = Line({"action": "Write\nTrain"})
    assert (milestones_of(PLAN, blank), unequal_lists(PLAN, blank)) == ((), None)
    bare = PlanDefinition("plan", "Plan", PLAN.fields[:2])
    assert (milestones_of(bare, row), unequal_lists(bare, row)) == ((), None)


def test_show_json_has_them_with_their_dates() -> None:
    values = line("Write\nTrain", "May 2026\nOngoing", lead=("A", "B"), evidence="x\ny").values
    shape = row_shape(MasterRow("u1", "action", "1", "", values), PLAN)
    assert shape["milestones"] == [
        {
            "number": 1,
            "text": "Write",
            "due": {"text": "May 2026", "by": "2026-05-31", "reason": "the last day of May 2026"},
            "done": False,
            "done_on": None,
            "leads": ["A"],
            "own_leads": True,
            "also": {"evidence": "x"},
        },
        {
            "number": 2,
            "text": "Train",
            "due": {"text": "Ongoing", "by": None, "reason": "no date in the words"},
            "done": False,
            "done_on": None,
            "leads": ["B"],
            "own_leads": True,
            "also": {"evidence": "y"},
        },
    ]
    json.dumps(shape)


LINES = st.lists(st.sampled_from(["Write", "- a part", "[See 3]", "Train:", "x"]), max_size=6)


@given(LINES, st.lists(st.sampled_from(["May 2026", "Ongoing"]), max_size=6))
def test_dates_are_paired_with_every_step_or_told(steps: list[str], dates: list[str]) -> None:
    row = line("\n".join(steps) or None, "\n".join(dates))
    found, told = milestones_of(PLAN, row), unequal_lists(PLAN, row)
    assert not (found and told)
    assert len(found) in (0, len(dates))
    if len(dates) > 1 and steps:
        assert found or told
    text = "\n".join(steps)
    assert all(part in text for m in found for part in m.text.split("\n"))


TODAY = date(2026, 6, 1)


def late(plan: PlanDefinition, row: Line, likely: Likely = Likely()) -> list[int]:  # noqa: B008 # frozen
    return [step.number for step in late_steps(plan, row, TODAY, likely)]


def test_a_step_is_late_from_the_day_after_its_own_date() -> None:
    row = line("Write\nTrain\nAudit\nTell", "31 May 2026\n1 June 2026\nOngoing\nMay 2026")
    assert late(PLAN, row) == [1, 4]


def test_a_revised_date_takes_the_place_of_those_of_the_steps() -> None:
    plan = replace(PLAN, fields=(*PLAN.fields, Field("revised", "Revised", "date", "revised")))
    row = line("Write\nTrain", "May 2026\nApril 2026")
    assert late(plan, row) == [1, 2]
    moved = replace(row, values={**row.values, "revised": date(2026, 9, 1)})
    assert late(plan, moved) == []


def test_a_step_whose_own_note_says_completed_and_one_of_an_unlikely_year_are_not_late() -> None:
    fields = tuple(replace(f, mode="replace") if f.id == "progress" else f for f in PLAN.fields)
    plan = replace(PLAN, fields=fields)
    row = line("Write\nTrain", "May 2026\nMay 2026", progress="Completed.\nNot started.")
    assert late(plan, row) == [2]
    off = line("Write\nTrain", "May 2006\nMay 2026")
    assert late(PLAN, off, Likely(None, date(2026, 5, 1))) == [2]


def test_a_step_that_leads_call_done_where_they_say_how_the_steps_stand_is_not_late() -> None:
    stands = Field("stands", "Where each step stands", "narrative", "milestone", owner="lead")
    plan = replace(PLAN, fields=(*PLAN.fields, stands))
    row = line("Write\nTrain", "May 2026\nMay 2026")
    row = replace(row, values={**row.values, "stands": "1. Done\n2. Not begun"})
    assert late(plan, row) == [2]
    fixed = replace(plan, fields=(*PLAN.fields, replace(stands, owner="coordinator")))
    assert late(fixed, row) == [1, 2]  # there it says what is to be reached, not what was


def test_without_ratings_an_action_is_done_by_its_steps_or_by_the_words_for_its_date() -> None:
    ticked = Field("ticks", "Steps done", "steps", "steps_done", owner="lead")
    plan = replace(PLAN, fields=(*PLAN.fields, ticked))
    steps = line("Write\nTrain", "In place\nMay 2026")
    some = [(one.finished, one.done is not None) for one in milestones_of(plan, steps)]
    assert some == [(True, False), (False, False)]
    done = replace(steps, values={**steps.values, "ticks": frozenset({"2. Train"})})
    short = {words: line("Write", words) for words in ("In place.", "Now completed", "May 2026")}
    assert [finishes(plan, row) for row in (steps, done)] == [False, True]
    assert [words for words, row in short.items() if finishes(plan, row)] == [
        "In place.", "Now completed"
    ]  # fmt: skip
    assert not finishes(PlanDefinition("p", "P", PLAN.fields[:2]), done)
    assert not finishes(TICKED, done), "where there are ratings, they say it"

    def asked(row: Line) -> set[str]:
        return {problem.code for problem in check_plan(plan, [row], date(2026, 6, 9))}

    assert {"CHK-018", "CHK-038"} & asked(done) == set()
    assert "CHK-018" in asked(steps)
    assert "CHK-038" not in asked(short["In place."])


TICKS = Field("ticks", "Steps done", "steps", "steps_done", owner="lead")
SCALE = (Rating("B", "Completed", closed=True), Rating("G", "On track"))
TICKED = replace(
    PLAN, fields=(*PLAN.fields, Field("rating", "RAG", "rating", "rating"), TICKS), ratings=SCALE
)


def asked_of(row: Line, code: str) -> list[str]:
    found = check_plan(TICKED, [row], date(2026, 1, 1))
    return [problem.message for problem in found if problem.code == code]


def test_an_open_action_whose_steps_are_all_ticked_is_asked_about() -> None:
    def row(rating: str, ticks: frozenset[str]) -> Line:
        return line("Write\nTrain", "May 2026\nJune 2026", rating=rating, ticks=ticks)

    both = frozenset({"1. Write", "2. Train"})
    (message,) = asked_of(row("G", both), "CHK-009")
    assert message.startswith("All 2 steps are ticked as done, yet RAG is G.")
    assert not asked_of(row("G", frozenset({"1. Write"})), "CHK-009")
    assert not asked_of(row("B", both), "CHK-009")


def test_a_tick_of_no_step_and_a_step_that_is_ticked_twice_are_asked_about() -> None:
    ticks = frozenset({"1. Write (3 May 2026)", "1. Write", "9", "2. Teach", "2. Train"})
    row = line("Write\nTrain", "May 2026\nJune 2026", rating="G", ticks=ticks)
    assert asked_of(row, "CHK-069") == [
        'Steps done has "2. Teach", which is no step of this action (any more). Give the line the '
        "words or the number of a step, or take it out.",
        'Steps done has "9", which is no step of this action (any more). Give the line the '
        "words or the number of a step, or take it out.",
        "Steps done has step 1 twice, on no day, 3 May 2026. Leave the line with the day that "
        "is right.",
    ]
    assert not asked_of(replace(row, kind="recommendation"), "CHK-069")
