"""Lints of names, ratings, lists, references and counts: what they find and what they leave."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.plan_lines import PLAN, TODAY, Line, action, recommendation
from xlplan.errors import Problem
from xlplan.plan.checks.checklist import check_plan
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.settings import Rule
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Invalid, Value, canon


def found(code: str, *rows: Line, plan: PlanDefinition = PLAN) -> list[Problem]:
    return [problem for problem in check_plan(plan, rows, TODAY) if problem.code == code]


@pytest.mark.parametrize("name", ["Vacant", "TBC", "Head of Roads (vacant)", "To be appointed"])
def test_a_vacant_post_answers_for_nothing(name: str) -> None:
    (problem,) = found("CHK-016", action(lead=("Head of Housing", name)))
    assert problem.field == "lead"
    assert problem.message == (
        f'"{name}" is nobody in post. Name who answers for this in the meantime.'
    )
    assert found("CHK-004", action(lead=(name,))) == []


def test_a_vacant_post_of_a_recommendation_and_a_filled_one() -> None:
    (problem,) = found("CHK-016", recommendation(accountable=("Vacancy",)))
    assert problem.where == "recommendation 1"
    assert found("CHK-016", action(lead=("Head of Housing",)), action(lead=None)) == []


def test_one_lead_written_two_ways() -> None:
    leads = (*PLAN.leads, Lead("H Housing"), Lead("Ada Quill"), Lead("A. Quill"), Lead("TBC"))
    (problem,) = found("CHK-017", action(), plan=replace(PLAN, leads=leads))
    assert (problem.where, problem.action) == ("plan.toml", "")
    assert '"A. Quill" and "Ada Quill" look like one lead' in problem.message
    told = (*PLAN.leads, Lead("Ada Quill", ("A. Quill",)))
    assert found("CHK-017", action(), plan=replace(PLAN, leads=told)) == []


@pytest.mark.parametrize(
    ("raw", "labels"),
    [
        ("Green / Red", '"Green", "Red"'),
        ("G/R", '"Green", "Red"'),
        ("Red → Green", '"Red", "Green"'),
        ("Red\nGreen", '"Red", "Green"'),
        ("Green (was Red)", '"Green", "Red"'),
        ("Blue, Green and Red", '"Blue", "Green", "Red"'),
    ],
)
def test_two_ratings_in_a_cell(raw: str, labels: str) -> None:
    item = PLAN.with_role("rating")
    assert item is not None
    row = action(rating=canon(item, raw, PLAN))
    (problem,) = found("CHK-019", row)
    assert problem.message == f"RAG holds more than one rating: {labels}. Choose one."
    assert (problem.level, problem.field) == ("error", "rating")
    assert found("CHK-006", row) == []


@pytest.mark.parametrize("raw", ["puce", "Green for now", "Green/green?", "Red tape"])
def test_one_rating_or_none_is_simply_not_on_the_scale(raw: str) -> None:
    row = action(rating=Invalid(raw, "VAL-002"))
    assert found("CHK-019", row) == []
    assert len(found("CHK-006", row)) == 1


def test_an_invalid_value_of_another_field_is_no_rating() -> None:
    assert found("CHK-019", action(links=Invalid("Green / Red"))) == []


def test_words_that_refer_to_no_action() -> None:
    rows = (action("3.11"), action("3.12", action="Train staff (see 3.11 and 3.13)"))
    (problem,) = found("CHK-024", *rows)
    assert (problem.action, problem.field) == ("3.12", "action")
    assert problem.message == (
        'The text has "see 3.11 and 3.13", but the plan has no such action. Correct the reference.'
    )
    assert found("CHK-024", *rows, action("3.13")) == []
    elsewhere = action("3.14", action="See the Workforce Strategy action 7")
    assert found("CHK-024", *rows[:1], elsewhere) == []


def test_references_of_a_withdrawn_action_are_left_alone() -> None:
    gone = replace(action("3.12", action="see 9.9"), withdrawn=True)
    assert found("CHK-024", action("3.11"), gone) == []


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("81 actions", "81 actions"),
        ("This plan has 3 recommendations and 2 actions.", "has 3 recommendations"),
        ("Total number of actions: 3", "actions: 3"),
        ("Green: 1, Red: 0", "Green: 1"),
        ("Green (3)", "Green (3)"),
        ("3 actions are rated Green", "3 actions are rated Green"),
        ("All 40 actions", "All 40 actions"),
    ],
)
def test_a_printed_count_that_the_plan_does_not_bear_out(note: str, words: str) -> None:
    plan = replace(PLAN, notes=("A title", f"Summary\n{note}"))
    problems = found("CHK-025", action(), action("1.2"), recommendation(), plan=plan)
    assert problems[0].where == "plan.toml"
    assert f'A note of the plan has "{words}", but the plan has ' in problems[0].message


@pytest.mark.parametrize(
    "note",
    [
        "2 actions",
        "Actions: 2",
        "1 recommendation and 2 actions",
        "Green: 2",
        "Red - 0",
        "4 actions were added in May",
        "Green: 1 month late",
        "Green - On track",
        "Priority 1: Recruiting",
        "at its meeting the board took 12 actions",
        "Action 12 of the old plan",
    ],
)
def test_a_count_that_is_right_or_counts_something_else(note: str) -> None:
    plan = replace(PLAN, notes=(note,))
    assert found("CHK-025", action(), action("1.2"), recommendation(), plan=plan) == []


def test_recommendations_that_are_no_rows_are_not_counted() -> None:
    plan = replace(PLAN, notes=("3 recommendations",), fields=PLAN.fields_of("action"))
    assert found("CHK-025", action(), plan=plan) == []


def test_withdrawn_actions_are_not_counted() -> None:
    plan = replace(PLAN, notes=("1 actions",))
    rows = (action(), replace(action("1.2"), withdrawn=True))
    assert found("CHK-025", *rows, plan=plan) == []


@pytest.mark.parametrize(
    ("steps", "dates", "says"),
    [
        ("Write\nTrain\nAudit", "May 2027\nJune 2027", "Timescale has 2 lines, but Action has 3"),
        ("Write\nTrain", "May 2027\nJune 2027", ""),
        ("Write\nTrain", "May 2027", ""),
        (None, "May 2027\nJune 2027", ""),
    ],
)
def test_parallel_lists_of_unequal_length(steps: Value, dates: str, says: str) -> None:
    problems = found("CHK-026", action(action=steps, due=parse_timescale(dates)))
    assert [p.message.partition(", so")[0] for p in problems] == [says] * bool(says)
    assert all(p.field == "due" for p in problems)


def test_lists_of_a_recommendation_are_no_milestones() -> None:
    text = Field("action", "Text", "narrative", "action", of="recommendation")
    fields = tuple(
        replace(f, type="timescale") if (f.of, f.id) == ("recommendation", "due") else f
        for f in (*PLAN.fields, text)
    )
    row = recommendation(action="a\nb\nc", due=parse_timescale("May 2027\nJune 2027"))
    assert found("CHK-026", row, plan=replace(PLAN, fields=fields)) == []


def test_the_leads_of_closed_actions_are_left_alone() -> None:
    plan = replace(PLAN, leads=(*PLAN.leads, Lead("Ada Quill"), Lead("A. Quill")))
    closed = action(rating="B", lead=("A. Quill", "Vacant", "Zookeeper"))
    rows = (closed, action("1.2", rating="B", lead=None))
    for code in ("CHK-003", "CHK-004", "CHK-016", "CHK-017"):
        assert found(code, *rows, plan=plan) == []
    again = action("1.3", lead=("A. Quill",))  # the same lead answers for an open one too
    assert len(found("CHK-017", *rows, again, plan=plan)) == 1


def test_what_a_rule_of_the_plan_asks_is_asked_once() -> None:
    late = Rule("late", challenge="R", overdue_days=1)
    done = Rule("done", challenge="B", progress_says="completed")
    left = Rule("left", challenge="G", progress_says="outstanding", rated=("B",))
    plan = replace(PLAN, rules=(late, left, done))
    rows = (
        action(due=parse_timescale("June 2026")),
        action("1.2", progress="Completed."),
        action("1.3", progress="Still to be printed.", rating="B"),
    )
    codes = ("CHK-010", "CHK-009", "CHK-008")
    assert [len(found(code, *rows)) for code in codes] == [1, 1, 1]
    assert [len(found(code, *rows, plan=plan)) for code in codes] == [0, 0, 0]
    assert [p.action for p in found("CHK-028", *rows, plan=plan)] == ["1.1", "1.2", "1.3"]
    off = replace(plan, checks={"CHK-028": "off"})
    assert [len(found(code, *rows, plan=off)) for code in codes] == [1, 1, 1]


def test_one_unknown_lead_twice_in_a_cell_is_one_problem() -> None:
    assert len(found("CHK-004", action(lead=("Zookeeper", "Zookeeper")))) == 1
    plan = replace(PLAN, fields=tuple(f for f in PLAN.fields if f.role != "lead"))
    leads = (*PLAN.leads, Lead("Ada Quill"), Lead("A. Quill"))
    (problem,) = found("CHK-017", plan=replace(plan, leads=leads))
    assert problem.field == ""
