"""Rules beside the officer's rating: when they speak, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.plan.checks.checklist import Challenge, Ruled, challenges_of, months_between, ruled
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import Rule
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Invalid, Value

TODAY = date(2026, 11, 21)
BANDS = (
    Rule("quarter", "R", percent_up_to=25),
    Rule("most", "A", percent_up_to=75),
    Rule("nearly", "G", percent_above=75),
)
LATE = (Rule("very-late", "R", overdue_days=32), Rule("late", "A", overdue_days=1))
PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("rating", "RAG", "rating", "rating"),
        Field("percent", "Complete", "percent", "percent"),
        Field("due", "Timescale", "timescale", "due"),
        Field("progress", "Progress", "narrative", "progress"),
        Field("target", "Target", "text", "target"),
        Field("actual", "Actual", "percent", "actual"),
    ),
    ratings=(
        Rating("B", "Blue", closed=True),
        Rating("H", "Held", holding=True),
        Rating("G", "Green"),
        Rating("A", "Amber"),
        Rating("R", "Red", exception=True),
    ),
)


class Line(Struct, frozen=True):
    values: Mapping[str, Value] = field(default_factory=dict)
    kind: str = "action"
    withdrawn: bool = False
    ref: str = "1"
    uid: str = "u1"
    section: str = ""


def challenges(*rules: Rule, **values: Value) -> list[Challenge]:
    return list(challenges_of(replace(PLAN, rules=rules), Line(values), TODAY))


def said(*rules: Rule, **values: Value) -> list[tuple[str, str]]:
    return [(one.rule, one.rating) for one in challenges(*rules, **values)]


@pytest.mark.parametrize(
    ("percent", "rule"),
    [(0, "quarter"), (0.25, "quarter"), (0.26, "most"), (0.75, "most"), (0.7501, "nearly"),
     (1, "nearly"), (None, None), (Invalid("half"), None)],
)  # fmt: skip
def test_bands_of_percent_complete(percent: Value, rule: str | None) -> None:
    assert [name for name, _ in said(*BANDS, percent=percent)] == [rule] * (rule is not None)


@pytest.mark.parametrize(
    ("due", "rule"),
    [
        (date(2026, 11, 21), None),
        (date(2026, 11, 20), "late"),
        (date(2026, 10, 21), "late"),
        (date(2026, 10, 20), "very-late"),
        (parse_timescale("TBC"), None),
        (None, None),
    ],
)
def test_days_overdue(due: Value, rule: str | None) -> None:
    assert [name for name, _ in said(*LATE, due=due)] == [rule] * (rule is not None)


def test_a_rule_with_two_conditions_needs_both() -> None:
    rule = Rule("behind", "R", percent_below=50, overdue_days=1)
    late, early = parse_timescale("October 2026"), parse_timescale("June 2027")
    assert said(rule, percent=0.49, due=late) == [("behind", "R")]
    assert said(rule, percent=0.5, due=late) == []
    assert said(rule, percent=0.49, due=early) == []


@pytest.mark.parametrize(
    ("note", "completed", "outstanding"),
    [
        ("Completed in May.", True, False),
        ("Training not yet started.", False, True),
        ("Completed. Sign-off awaiting the board.", False, True),
        ("Going well.", False, False),
        (None, False, False),
    ],
)
def test_the_words_of_the_note(note: Value, completed: bool, outstanding: bool) -> None:
    done = Rule("done", "B", progress_says="completed")
    assert bool(said(done, rating="G", progress=note)) is completed
    open_still = Rule("open", "G", progress_says="outstanding", rated=("B",))
    assert bool(said(open_still, rating="B", progress=note)) is outstanding


def test_figures_of_a_number_field_are_compared_and_said_as_written() -> None:
    fields = tuple(
        replace(f, type="number") if f.role in ("target", "actual") else f for f in PLAN.fields
    )
    plan = replace(PLAN, fields=fields, rules=(Rule("missed", "R", target="below"),))
    (found,) = challenges_of(plan, Line({"target": 120, "actual": 80.5}), TODAY)
    assert found.message.startswith("80.5 against a target of 120: ")
    assert challenges_of(plan, Line({"target": 120, "actual": 120}), TODAY) == ()


@pytest.mark.parametrize(
    ("target", "actual", "side", "missed"),
    [
        ("95%", 0.8, "below", True),
        ("95 per cent of visits", 0.95, "below", False),
        ("at most 5", 0.07, "above", True),
        ("at most 7", 0.07, "above", False),
        ("80% by May, 95% by June", 0.1, "below", False),
        ("all", 0.1, "below", False),
        ("95%", None, "below", False),
        ("1,000%", 9.99, "below", True),
    ],
)
def test_a_missed_target(target: str, actual: Value, side: str, missed: bool) -> None:
    rule = Rule("missed", "R", target="above" if side == "above" else "below")
    assert bool(said(rule, target=target, actual=actual)) is missed


def test_of_each_kind_the_first_rule_that_holds_speaks_even_where_it_agrees() -> None:
    assert said(*LATE, rating="R", due=date(2026, 1, 1)) == []
    assert said(*BANDS, *LATE, rating="R", percent=0.5, due=date(2026, 1, 1)) == [("most", "A")]


def test_the_sentence_names_the_reason_the_rule_and_the_officer() -> None:
    (found,) = challenges(Rule("late", "R", overdue_days=1), rating="A", due=date(2026, 11, 20))
    assert found == Challenge(
        "late",
        "overdue",
        "R",
        "A",
        '1 day overdue: rule "late" says Red; the officer says Amber.',
        "1 day overdue: by the plan's rules it is Red; the officer says Amber.",
    )
    both = Rule("behind", "R", percent_below=50, overdue_days=2, message="Behind.")
    (found,) = challenges(both, percent=0.125, due=date(2026, 11, 1))
    assert found.officer is None
    assert found.message == (
        'Behind. 12.5% complete and 20 days overdue: rule "behind" says Red; '
        "the officer has not rated it."
    )
    (found,) = challenges(Rule("t", "R", target="below"), target="95%", actual=0.8)
    assert found.message.startswith("80% against a target of 95%: ")


def test_what_is_finished_is_left_alone_unless_the_rule_names_it() -> None:
    late: dict[str, Value] = {"due": date(2026, 1, 1)}
    for code in ("B", "H"):
        assert said(*LATE, rating=code, **late) == []
    assert said(Rule("x", "R", overdue_days=1, rated=("H",)), rating="H", **late) == [("x", "R")]
    assert said(Rule("x", "R", overdue_days=1, rated=("H",)), rating="G", **late) == []
    assert said(Rule("x", "R", overdue_days=1, rated=("H",)), **late) == []


def test_what_is_off_the_scale_or_out_of_the_plan_is_not_challenged() -> None:
    plan = replace(PLAN, rules=LATE)
    late = {"due": date(2026, 1, 1)}
    assert challenges_of(plan, Line({**late, "rating": Invalid("?")}), TODAY) == ()
    assert challenges_of(plan, Line(late, kind="recommendation"), TODAY) == ()
    assert challenges_of(plan, Line(late, withdrawn=True), TODAY) == ()
    assert challenges_of(replace(plan, fields=plan.fields[:1]), Line(late), TODAY) == ()
    assert challenges_of(replace(plan, rules=(Rule("x", "R"),)), Line(late), TODAY) == ()


def test_the_note_of_this_period_counts_and_no_older_one() -> None:
    fields = tuple(replace(f, mode="append") if f.id == "progress" else f for f in PLAN.fields)
    plan = replace(PLAN, fields=fields, rules=(Rule("done", "B", progress_says="completed"),))
    note = "[1 May 2026, A Post] Going well.\n[1 March 2026, A Post] Completed."
    assert challenges_of(plan, Line({"rating": "G", "progress": note}), TODAY) == ()


# Rules that set the rating

SET = (
    Rule("done", "B", filled=("progress", "actual"), sets=True),
    Rule("far", "R", months_behind=3, sets=True),
    Rule("behind", "A", months_behind=1, percent_below=100, sets=True),
    Rule("else", "G", sets=True),
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Ruled("G", "else", "No other rule holds")),
        ({"due": date(2026, 10, 21), "percent": 0.5},
         Ruled("A", "behind", "50% complete and 1 month behind")),
        ({"due": date(2026, 10, 21), "percent": 1}, Ruled("G", "else", "No other rule holds")),
        ({"due": date(2026, 10, 22), "percent": 0.5}, Ruled("G", "else", "No other rule holds")),
        ({"due": date(2026, 8, 21)}, Ruled("R", "far", "3 months behind")),
        ({"due": date(2026, 8, 21), "progress": "All done"}, Ruled("R", "far", "3 months behind")),
        ({"due": date(2026, 8, 21), "progress": "All done", "actual": 0.9},
         Ruled("B", "done", "Progress is filled in and Actual is filled in")),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_sets_the_rating(
    values: Mapping[str, Value], expected: Ruled
) -> None:
    line = Line({**values, "rating": "R"})
    assert ruled(replace(PLAN, rules=SET), line, TODAY) == expected


def test_where_no_rule_holds_an_action_is_not_rated() -> None:
    assert ruled(replace(PLAN, rules=SET[:2]), Line({"rating": "G"}), TODAY) == Ruled(None)


def test_only_rules_that_set_it_are_asked_and_only_of_actions_of_the_plan() -> None:
    assert ruled(replace(PLAN, rules=BANDS), Line(), TODAY) is None
    plan = replace(PLAN, rules=(*BANDS, SET[3]))
    assert ruled(plan, Line({"percent": 0.1}), TODAY) == Ruled("G", "else", "No other rule holds")
    assert ruled(plan, Line(kind="recommendation"), TODAY) is None
    assert ruled(plan, Line(withdrawn=True), TODAY) is None
    assert said(*SET, due=date(2026, 8, 21)) == []


@pytest.mark.parametrize(
    ("by", "today", "months"),
    [
        (date(2026, 10, 21), date(2026, 11, 20), 0), (date(2026, 10, 21), date(2026, 11, 21), 1),
        (date(2026, 1, 31), date(2026, 2, 27), 0), (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2025, 11, 21), date(2026, 11, 21), 12),
        (date(2027, 2, 1), date(2026, 11, 21), -3),
    ],
)  # fmt: skip
def test_whole_months_between_two_days(by: date, today: date, months: int) -> None:
    assert months_between(by, today) == months
