"""The lints of a plan: each as a case that it finds and a case that it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.plan_lines import PLAN, TODAY, Line, action, recommendation
from xlplan.errors import Problem
from xlplan.plan.checks.checklist import LINTS, check_plan
from xlplan.plan.checks.lint_view import says_completed, says_outstanding
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.definition_tables import LEVELS
from xlplan.plan.settings import CompositeSettings, Rule
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Invalid, Value


def check(*rows: Line, plan: PlanDefinition = PLAN) -> list[Problem]:
    return check_plan(plan, rows, TODAY)


def codes(*rows: Line, plan: PlanDefinition = PLAN) -> list[str]:
    return [problem.code for problem in check(*rows, plan=plan)]


def test_a_plan_in_order_has_no_problems() -> None:
    assert check(action(), recommendation()) == []


def test_two_actions_with_one_ref() -> None:
    (problem,) = check(action("3.12"), action(" 3.12"), action("3.13"), recommendation("3.12"))
    assert problem == Problem(
        "CHK-001",
        "action 3.12",
        '2 actions have the ref "3.12". Enter a ref of its own for each.',
        "error",
        "3.12",
        "ref",
    )


def test_a_withdrawn_action_keeps_its_ref_and_is_left_alone_otherwise() -> None:
    withdrawn = replace(action(lead=None, rating=Invalid("?")), withdrawn=True)
    assert codes(withdrawn) == []
    assert codes(withdrawn, action()) == ["CHK-001"]


def test_an_action_without_a_ref() -> None:
    (problem,) = check(action(""))
    assert (problem.code, problem.where, problem.action) == ("CHK-002", "action without a ref", "")


def test_a_definition_without_roles_has_nothing_to_compare() -> None:
    bare = PlanDefinition("plan", "Plan", (Field("x", "X"),))
    found = check(Line("", {}), plan=bare)
    assert [(problem.code, problem.field) for problem in found] == [("CHK-002", "")]


def test_an_action_without_a_lead() -> None:
    (problem,) = check(action(lead=None))
    assert (problem.code, problem.level, problem.field) == ("CHK-003", "warning", "lead")


def test_a_lead_who_is_not_in_the_list() -> None:
    first, second, third = check(
        action(lead=("Head of Housng", "hh", "Zookeeper")), recommendation(accountable=("Nobody",))
    )
    assert {first.code, second.code, third.code} == {"CHK-004"}
    assert '"Head of Housng" is not in the list of leads.' in first.message
    assert 'Did you mean "Head of Housing"?' in first.message
    assert "Did you mean" not in second.message
    assert (third.where, third.field) == ("recommendation 1", "accountable")


def test_an_unknown_lead_is_said_at_every_action_that_names_it() -> None:
    first, second = check(action(lead=("Head of Housng",)), action("1.2", lead=("Head of Housng",)))
    assert (first.where, second.where) == ("action 1.1", "action 1.2")
    assert first.message == second.message


def test_an_unknown_lead_is_recognised_by_initials_too() -> None:
    (problem,) = check(action(lead=("H of Housing",)))
    assert 'Did you mean "Head of Housing"?' in problem.message


def test_relative_timescales_count_from_the_day_the_plan_was_agreed() -> None:
    late = action(due=parse_timescale("Within 3 months"))
    assert codes(late) == ["CHK-038"]
    assert codes(late, plan=replace(PLAN, agreed=date(2026, 1, 5))) == ["CHK-010"]


def test_a_revised_date_is_the_one_that_counts() -> None:
    plan = replace(PLAN, fields=(*PLAN.fields, Field("revised", "Revised", "date", "revised")))
    late = parse_timescale("June 2026")
    assert codes(action(due=late), plan=plan) == ["CHK-010"]
    assert codes(action(due=late, revised=date(2027, 1, 31)), plan=plan) == []


def test_an_open_action_without_a_timescale() -> None:
    (problem,) = check(action(due=None))
    assert (problem.code, problem.field) == ("CHK-005", "due")
    assert codes(action(due=None, rating="B")) == []


def test_what_is_no_value_of_its_field() -> None:
    known = Invalid("puce", "VAL-002", '"puce" is not a rating of this plan. Choose one of: B.')
    first, second = check(action(rating=known), action("1.2", links=Invalid("?")))
    assert (first.code, first.message) == ("CHK-006", known.message)
    assert second.message == '"?" is not a value of See also. Correct it.'


def test_a_date_that_is_impossible_or_ambiguous() -> None:
    wrong = Invalid("31/02/2026", "VAL-003", '"31/02/2026" is not a date.')
    assert codes(action(due=wrong)) == ["CHK-007"]
    (first,) = check(action(due=parse_timescale("by 03/04/2027")))
    assert '"03/04/2027" can be read as two dates' in first.message
    (second,) = check(action(due=parse_timescale("Phase 1: 31/02/2027")))
    assert (second.code, second.field) == ("CHK-007", "due")
    assert '"31/02/2027" is not a date' in second.message


def test_closed_with_words_of_work_outstanding() -> None:
    (problem,) = check(action(rating="B", progress="Training not yet started."))
    assert (problem.code, problem.field) == ("CHK-008", "progress")
    assert 'RAG is B, yet the note has "not yet started"' in problem.message
    assert codes(action(rating="B", progress="Completed in May.")) == []
    assert codes(action(rating="G", progress="Training not yet started.")) == []


def test_completed_in_the_note_yet_open() -> None:
    (problem,) = check(action(rating="R", progress="Completed."))
    assert (problem.code, problem.field) == ("CHK-009", "progress")
    assert "RAG is R" in problem.message
    (blank,) = check(action(rating=None, progress="Completed."))
    assert "RAG is blank" in blank.message
    assert codes(action(rating="DG", progress="Completed.")) == []
    assert codes(action(rating="G", progress="Completed. Sign-off awaiting the board.")) == []
    assert codes(action(rating=Invalid("?", "VAL-002", "?"), progress="Completed.")) == ["CHK-006"]


def test_of_dated_entries_only_the_newest_counts() -> None:
    fields = tuple(replace(f, mode="append") if f.id == "progress" else f for f in PLAN.fields)
    plan = replace(PLAN, fields=fields)
    note = "[1 May 2026, Head of Housing] Completed.\n[1 March 2026, Head of Housing] Not started."
    assert codes(action(rating="B", progress=note), plan=plan) == []
    assert codes(action(rating="B", progress=note)) == ["CHK-008"]
    assert codes(action(rating="G", progress=note), plan=plan) == ["CHK-009"]


@pytest.mark.parametrize(
    ("rating", "due", "found"),
    [
        ("G", parse_timescale("June 2026"), ["CHK-010"]),
        (None, parse_timescale("June 2026"), ["CHK-010"]),
        ("G", date(2026, 11, 20), ["CHK-010"]),
        ("G", date(2026, 11, 21), []),
        ("G", parse_timescale("TBC"), ["CHK-038"]),
        ("R", parse_timescale("June 2026"), ["CHK-018"]),
        ("DG", parse_timescale("June 2026"), []),
        ("B", parse_timescale("June 2026"), []),
    ],
)
def test_overdue_yet_on_track(rating: str | None, due: Value, found: list[str]) -> None:
    assert codes(action(rating=rating, due=due)) == found


def test_a_late_step_of_an_action_that_is_rated_on_track_is_asked_about() -> None:
    def stepped(rating: str, note: str = "") -> Line:
        due = parse_timescale("March 2026\nJune 2026\nMay 2027")
        text = "Draft it\nConsult on it\nPublish it"
        return action(rating=rating, due=due, action=text, progress=note or None)

    (problem,) = check(stepped("G"))
    assert (problem.code, problem.field) == ("CHK-010", "rating")
    assert problem.message.startswith("2 of 3 steps are late (1, 2), yet RAG is G.")
    assert [codes(stepped(rating)) for rating in ("R", "DG", "B")] == [[], [], []]
    assert codes(stepped("G", "Completed.\nCompleted.\nBegun.")) == []
    assert codes(stepped("G", "Completed.\nCompleted.\nCompleted.")) == ["CHK-009"]


def test_a_date_before_the_plan_was_agreed_is_asked_about_and_not_overdue() -> None:
    plan = replace(PLAN, agreed=date(2026, 1, 5))
    rest = [action(f"2.{n}", due=date(2027, n, 1)) for n in (1, 2, 3, 4)]
    early = action(due=date(2026, 1, 4))
    (problem,) = check(early, *rest, plan=plan)
    assert (problem.code, problem.field, problem.level) == ("CHK-037", "due", "warning")
    assert problem.message.startswith("4 January 2026 is before the plan was agreed, 5 January")
    assert codes(action(due=date(2026, 1, 5)), *rest, plan=plan) == ["CHK-010"]
    closed = replace(early, values={**early.values, "rating": "B"})
    assert codes(closed, *rest, plan=plan) == []


def test_where_many_dates_are_before_that_day_one_is_nothing_unusual() -> None:
    plan = replace(PLAN, agreed=date(2026, 1, 5))
    rest = [action(f"2.{n}", due=date(2027, n, 1)) for n in (1, 2)]
    assert codes(action(due=date(2026, 1, 4)), *rest, plan=plan) == ["CHK-010"]


def test_a_date_that_is_years_from_the_others_is_asked_about_and_not_overdue() -> None:
    """One with two digits for a year that were meant as a month, and the like."""
    rows = [action(f"1.{n}", due=date(2026, n, 1)) for n in (3, 6, 9)]
    off = action("2.1", due=date(2006, 6, 6))
    found = [(p.action, p.code) for p in check(*rows, off) if p.action == "2.1"]
    assert found == [("2.1", "CHK-037")]
    ahead = action("2.2", due=date(2106, 6, 6))
    (problem,) = (p for p in check(*rows, ahead) if p.action == "2.2")
    assert problem.message.startswith("6 June 2106 is years from the other dates of the plan")
    assert codes(action(due=date(2006, 6, 6))) == ["CHK-010"]  # the whole plan is of that year


def test_a_rule_counts_no_days_from_a_date_that_is_asked_about() -> None:
    rule = Rule("late", "R", overdue_days=30)
    plan = replace(PLAN, rules=(rule,), agreed=date(2026, 1, 5))
    rest = [action(f"2.{n}", due=date(2027, n, 1)) for n in (1, 2, 3, 4)]
    assert codes(action(due=date(2025, 1, 5)), *rest, plan=plan) == ["CHK-037"]
    assert codes(action(due=date(2026, 2, 5)), *rest, plan=plan) == ["CHK-028"]


def test_words_without_a_date_are_counted_where_the_action_is_open() -> None:
    (problem,) = check(action(due=parse_timescale("Autumn, if funded")))
    assert (problem.code, problem.field, problem.level) == ("CHK-038", "due", "note")
    assert problem.message.startswith('No date can be read in "Autumn, if funded" (')
    assert codes(action(due=parse_timescale("TBC"), rating="DG")) == []
    assert "CHK-038" not in codes(action(due=parse_timescale("May 2026\nOngoing")))
    revised = replace(PLAN, fields=(*PLAN.fields, Field("revised", "Revised", "text", "revised")))
    found = check(action(due=None, revised="To be agreed"), plan=revised)
    assert [(p.code, p.field) for p in found] == [("CHK-005", "due"), ("CHK-038", "revised")]
    undated = tuple(item for item in PLAN.fields if item.role != "due")
    assert codes(action(), plan=replace(PLAN, fields=undated)) == []


def test_overdue_needs_a_rating_and_a_due_date_in_the_definition() -> None:
    late = action(due=parse_timescale("June 2026"))
    undated = tuple(item for item in PLAN.fields if item.role != "due")
    assert codes(late, plan=replace(PLAN, fields=undated)) == []
    unrated = tuple(item for item in PLAN.fields if item.role != "rating")
    assert codes(late, plan=replace(PLAN, fields=unrated)) == ["CHK-018"]
    mixed = tuple(replace(f, type="text") if f.id == "rating" else f for f in PLAN.fields)
    assert codes(late, plan=replace(PLAN, fields=mixed)) == ["CHK-018"]


def test_a_required_field_left_blank() -> None:
    (problem,) = check(action(action=None))
    assert (problem.code, problem.field) == ("CHK-011", "action")
    assert problem.message == "Action is required and blank. Fill it in."


def test_a_reference_that_leads_nowhere() -> None:
    rows = (action(), action("1.2"), recommendation("1"))
    good = action("1.3", recommendation=frozenset({"1"}), links=frozenset({"1.2", "1"}))
    assert codes(*rows, good) == []
    bad = action("1.3", recommendation=frozenset({"1.2", "9"}), links=frozenset({"8.8"}))
    found = check(*rows, bad)
    assert [(problem.code, problem.field) for problem in found] == [
        ("CHK-012", "recommendation"),
        ("CHK-012", "recommendation"),
        ("CHK-012", "links"),
    ]
    assert 'no action or recommendation "8.8"' in found[2].message
    outside = action("1.3", inspection=frozenset({"Para 9"}))
    assert codes(*rows, outside) == []


def test_recommendations_of_another_document_are_not_looked_for() -> None:
    plan = replace(PLAN, fields=PLAN.fields_of("action"))
    assert codes(action(recommendation=frozenset({"9"})), plan=plan) == []


def test_an_action_later_than_its_recommendation() -> None:
    asked = recommendation("1", due=date(2027, 3, 31))
    open_ended = recommendation("2")
    answers = frozenset({"1", "2"})
    (problem,) = check(asked, open_ended, action(recommendation=answers))
    assert (problem.code, problem.field) == ("CHK-013", "due")
    assert "due by 30 June 2027, after recommendation 1" in problem.message
    in_time = action(recommendation=answers, due=parse_timescale("March 2027"))
    assert codes(asked, open_ended, in_time) == []
    assert codes(asked, action(recommendation=frozenset({"3"}))) == ["CHK-012"]
    assert codes(asked, action(recommendation=answers, due=None)) == ["CHK-005", "CHK-012"]


def test_text_marked_as_not_for_publication() -> None:
    marked = action(progress="Case review (NOT FOR  publication).")
    (problem,) = check(marked)
    assert (problem.code, problem.field) == ("CHK-014", "progress")
    assert '"NOT FOR publication"' in problem.message
    hidden = replace(PLAN, composite=CompositeSettings(fields=("ref", "rating")))
    assert codes(marked, plan=hidden) == []
    assert codes(recommendation(accountable=("Audit Manager",), ref="1"), plan=hidden) == []


@pytest.mark.parametrize(
    "note", ["The public were told.", "Ready for publication.", "Published in May."]
)
def test_what_is_published_is_not_marked(note: str) -> None:
    assert codes(action(progress=note)) == []


def test_a_field_is_best_named_by_its_role() -> None:
    odd = replace(PLAN, fields=(*PLAN.fields, Field("when", "When", "date", "due")))
    (problem,) = check(action(), plan=odd)
    assert (problem.code, problem.level, problem.where) == ("CHK-015", "note", "plan.toml")
    second = replace(PLAN, fields=(*PLAN.fields, Field("due_2", "When", "date", "due")))
    assert check(action(), plan=second) == []


@pytest.mark.parametrize("level", ["note", "warning", "error"])
def test_a_lint_can_be_set_to_another_level(level: str) -> None:
    plan = replace(PLAN, checks={"CHK-003": level})
    assert [problem.level for problem in check(action(lead=None), plan=plan)] == [level]


def test_a_lint_can_be_switched_off() -> None:
    plan = replace(PLAN, checks={"CHK-003": "off"})
    assert check(action(lead=None), plan=plan) == []


def test_lints_are_named_once_and_in_order() -> None:
    codes = [lint.message.code for lint in LINTS]
    assert codes == sorted(set(codes))
    assert all(lint.look.__doc__ for lint in LINTS)
    assert {lint.message.level for lint in LINTS} <= set(LEVELS)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("The policy is  outstanding", "is outstanding"),
        ("Two outstanding actions", "outstanding actions"),
        ("Not yet agreed", "Not yet agreed"),
        ("Leaflet to follow, which has still to be printed", "still to"),
        ("Work is under way", "under way"),
        ("An audit is to be held", "is to be"),
        ("No outstanding actions", ""),
        ("Judged outstanding by inspectors", ""),
        ("Completed; monitoring is ongoing", ""),
        ("Policy sent round, to be finalised by the panel", "to be finalised"),
        ("Visits continue to be monitored", ""),
        ("Stewards are being shown the guide", "are being shown"),
        ("Ledgers are being checked every month", ""),
        ("Forms are to be signed each year, first in May 2027", "are to be"),
        ("Managers step in where a visit is not done", ""),
        ("Almost finished", "Almost finished"),
        ("Completed - training day booked", "day booked"),
        ("Visits arranged and made", ""),
        ("Completed - the course will begin on 18 January", "will begin on 18 January"),
        ("Calls will be answered within the hour", ""),
        ("The report goes to the board next month", "goes to the board next month"),
        ("It was due in March and is in use", ""),
        ("The move went as planned in May", ""),
        ("Calls fell as expected by the summer", ""),
        ("To audit the forms in six months", "To audit the forms in six months"),
        ("To date 40 people were trained in 2026", ""),
        (
            "The paper goes to the committee, with all that the tenants' panel asked for, in May",
            "goes to the committee, with all that the tenants' panel ask…",
        ),
        ("Signed off in 2026", ""),
    ],
)
def test_words_of_work_outstanding(note: str, words: str) -> None:
    assert says_outstanding(note) == words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("Completed", "Completed"),
        ("COMPLETE - see minutes", "COMPLETE"),
        ("Completed May 2026", "Completed"),
        ("Letters sent. Done.", "Done"),
        ("Signed off\nImplemented", "Implemented"),
        ("Delivered the first course", ""),
        ("Completed on 3 May", "Completed"),
        (
            "Staff were told. This action has now been completed.",
            "This action has now been completed",
        ),
        ("[1 May 2026, A Post] Completed.", "Completed"),
        ("Status: closed", "closed"),
        ("Complete by June", ""),
        ("Completed in part", ""),
        ("Completed the first review", ""),
        ("To be completed", ""),
        ("80% complete", ""),
        ("Part-completed", ""),
        ("Not completed", ""),
    ],
)
def test_words_of_completion(note: str, words: str) -> None:
    assert says_completed(note) == words


def test_a_rating_without_what_it_needs() -> None:
    ratings = tuple(replace(r, needs=("evidence",)) if r.code == "B" else r for r in PLAN.ratings)
    fields = (*PLAN.fields, Field("evidence", "Evidence", "narrative", "evidence"))
    plan = replace(PLAN, ratings=ratings, fields=fields)
    (problem,) = [p for p in check(action(rating="B"), plan=plan) if p.code == "CHK-032"]
    assert "which needs Evidence, and nothing stands there" in problem.message
    assert (problem.action, problem.field) == ("1.1", "rating")
    assert "CHK-032" not in codes(action(rating="B", evidence="Minutes of May"), plan=plan)
    assert "CHK-032" not in codes(action(rating="G"), plan=plan)
