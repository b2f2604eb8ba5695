"""Lints that compare a plan with its past: each with what it finds and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from tests.plan_lines import PLAN, TODAY, Line, action, recommendation
from xlplan.errors import Problem
from xlplan.plan.checks.checklist import LINTS, Lint, check_plan
from xlplan.plan.checks.lint_view import NO_HISTORY, History, Snapshot
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import Rule
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

GREEN: Mapping[str, Value] = {"rating": "G", "progress": "Going well."}
APPEND = replace(
    PLAN,
    fields=tuple(replace(f, mode="append") if f.id == "progress" else f for f in PLAN.fields),
)


def boards(*values: Mapping[str, Value]) -> History:
    return History(tuple(Snapshot(f"2026-{n:02}", {"u1": v}) for n, v in enumerate(values, 1)))


def found(
    code: str, *rows: Line, history: History = NO_HISTORY, plan: PlanDefinition = PLAN
) -> list[Problem]:
    problems = check_plan(plan, rows, TODAY, history)
    return [problem for problem in problems if problem.code == code]


class Unread(dict[str, Value]):
    """What a board saw of an action, that nobody may look at."""

    def get(self, *_: object) -> Value:
        raise AssertionError("an old board was looked at")

    __getitem__ = get


def test_a_check_looks_at_the_last_two_boards_and_at_none_before_them() -> None:
    row = action(rating="R", progress="Going well.")
    repeated = check_plan(PLAN, [row], TODAY, boards(Unread(), Unread(), GREEN, GREEN))
    assert "CHK-022" in {problem.code for problem in repeated}


def test_without_a_history_nothing_is_said_of_the_past() -> None:
    row = action(rating="R", progress="Going well.")
    assert check_plan(PLAN, [row], TODAY) == []


def test_a_date_that_has_passed_without_a_new_one() -> None:
    late = action(rating="R", due=parse_timescale("June 2026"))
    (problem,) = found("CHK-018", late)
    assert (problem.field, problem.level) == ("due", "warning")
    assert problem.message.startswith("30 June 2026 has passed and there is no new date.")
    assert found("CHK-018", action(rating="R")) == []
    for code in ("B", "DG", "G"):  # finished, held, or asked about as overdue yet on track
        assert found("CHK-018", action(rating=code, due=parse_timescale("June 2026"))) == []


def test_a_date_has_passed_the_day_after() -> None:
    assert found("CHK-018", action(rating="R", due=TODAY)) == []
    assert len(found("CHK-018", action(rating="R", due=TODAY - timedelta(days=1)))) == 1


def test_a_revised_date_that_has_passed_as_well() -> None:
    plan = replace(PLAN, fields=(*PLAN.fields, Field("revised", "Revised", "date", "revised")))
    june = parse_timescale("June 2026")
    again = action(rating="R", due=june, revised=date(2026, 9, 30))
    (problem,) = found("CHK-018", again, plan=plan)
    assert (problem.field, problem.message[:18]) == ("revised", "30 September 2026,")
    ahead = action(rating="R", due=june, revised=date(2026, 12, 31))
    assert found("CHK-018", ahead, plan=plan) == []
    waits = replace(plan, revised_counts="approved")
    (problem,) = found("CHK-018", ahead, plan=waits)
    assert problem.message.startswith(
        "30 June 2026 has passed, and the new date that was asked for"
    )
    (problem,) = found("CHK-018", action(rating="R", due=june), plan=plan)
    assert problem.field == "due"


def test_worsened_without_a_word() -> None:
    row = action(rating="R", progress="Going  well.")
    (problem,) = found("CHK-020", row, history=boards(GREEN))
    assert (problem.field, problem.level) == ("rating", "warning")
    assert problem.message == (
        "RAG went from G to R since the last board, and no note explains it. "
        "Ask the lead what happened."
    )
    assert found("CHK-021", row, history=boards(GREEN)) == []
    assert found("CHK-020", action(rating="R", progress="It rained."), history=boards(GREEN)) == []


def test_a_note_that_was_deleted_is_no_word() -> None:
    assert len(found("CHK-020", action(rating="R", progress=None), history=boards(GREEN))) == 1


def test_a_reason_is_a_word_too() -> None:
    plan = replace(PLAN, fields=(*PLAN.fields, Field("reason", "Why", role="reason")))
    row = action(rating="R", progress="Going well.", reason="It rained.")
    assert found("CHK-020", row, history=boards(GREEN), plan=plan) == []


def test_a_plan_without_a_place_for_words_asks_for_none() -> None:
    plan = replace(PLAN, fields=tuple(f for f in PLAN.fields if f.id != "progress"))
    assert found("CHK-020", action(rating="R"), history=boards(GREEN), plan=plan) == []


def test_only_the_last_board_counts() -> None:
    history = boards(GREEN, {"rating": "R", "progress": "It rained."})
    row = action(rating="R", progress="It rained.")
    assert found("CHK-020", row, history=history) == []


def test_better_without_a_word() -> None:
    history = boards({"rating": "R", "progress": "It rained."})
    (problem,) = found("CHK-021", action(progress="It rained."), history=history)
    assert (problem.level, problem.message[:21]) == ("note", "RAG went from R to G ")
    assert found("CHK-021", action(progress="The sun shines."), history=history) == []
    assert found("CHK-021", action(rating="R", progress="It rained."), history=history) == []
    assert found("CHK-021", action(), history=boards({"rating": None})) == []


def test_the_same_note_but_for_its_date() -> None:
    history = boards({"rating": "G", "progress": "As at 1 May 2026: interviews under way."})
    row = action(progress="As at 3rd September 2026: interviews  under way.")
    (problem,) = found("CHK-022", row, history=history)
    assert "repeats the note of the last board, with another date." in problem.message
    other = action(progress="As at 3 September 2026: two people appointed.")
    assert found("CHK-022", other, history=history) == []


def test_the_same_note_at_two_boards_in_a_row() -> None:
    row = action(progress="Going well.")
    assert found("CHK-022", row, history=boards(GREEN)) == []
    (problem,) = found("CHK-022", row, history=boards(GREEN, GREEN))
    assert "repeats the note of the last two boards." in problem.message
    assert found("CHK-022", replace(row, values={**row.values, "rating": "B"}),
                 history=boards(GREEN, GREEN)) == []  # fmt: skip
    silent = replace(boards(GREEN, GREEN), asked={"u1": ("2026-01", "2026-02")})
    assert found("CHK-022", row, history=silent) == []  # said once, by CHK-023


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("[1 May 2026, A Post] No change.\n[1 March 2026, A Post] No change.", True),
        (
            "[1 May 2026, A Post] No change in May.\n[1 March 2026, A Post] No change in March.",
            True,
        ),
        ("[1 May 2026, A Post] 8 of 12 seen.\n[1 March 2026, A Post] 3 of 12 seen.", False),
        ("[1 May 2026, A Post] At 03/05/26: 8.\n[1 March 2026, A Post] At May 7th, 2025: 8.", True),
        ("[1 May 2026, A Post] Done.\n[1 March 2026, A Post] No change.", False),
        ("[1 May 2026, A Post] No change.\n[1 May 2026, B Post] No change.", False),
        ("[1 May 2026, A Post] No change.", False),
        ("[1 May 2026, A Post] 12 May.\n[1 March 2026, A Post] 3 March.", False),
        ("Written before there were entries.", False),
    ],
)
def test_an_entry_that_repeats_the_one_before(note: str, told: bool) -> None:
    assert bool(found("CHK-022", action(progress=note), plan=APPEND)) is told


def test_no_update_for_two_cycles() -> None:
    asked = {"u1": ("2026-05", "2026-07", "2026-09")}
    (problem,) = found("CHK-023", action(), history=History(asked=asked))
    assert problem.message.startswith(
        "Nobody changed anything here in the cycles 2026-07 and 2026-09."
    )
    older = History(asked=asked, updated={"u1": ("2026-05",)})
    assert len(found("CHK-023", action(), history=older)) == 1
    for cycle in ("2026-07", "2026-09"):
        heard = History(asked=asked, updated={"u1": (cycle,)})
        assert found("CHK-023", action(), history=heard) == []
    assert found("CHK-023", action(), history=History(asked={"u1": ("2026-09",)})) == []
    assert found("CHK-023", action(rating="B"), history=History(asked=asked)) == []


def test_confirmed_three_times_running_without_a_word() -> None:
    asked = {"u1": ("2026-03", "2026-05", "2026-07", "2026-09")}
    every = {"u1": frozenset({"2026-05", "2026-07", "2026-09"})}
    (problem,) = found("CHK-099", action(), history=History(asked=asked, confirmed=every))
    assert problem.message.startswith(
        "Its lead confirmed in 2026-05, 2026-07, 2026-09 that nothing has changed"
    )
    twice = {"u1": frozenset({"2026-03", "2026-07", "2026-09"})}
    assert found("CHK-099", action(), history=History(asked=asked, confirmed=twice)) == []
    worded = History(asked=asked, confirmed=every, updated={"u1": ("2026-07",)})
    assert found("CHK-099", action(), history=worded) == []
    closed = History(asked=asked, confirmed=every)
    assert found("CHK-099", action(rating="B"), history=closed) == []
    new = History(asked={"u1": ("2026-07", "2026-09")}, confirmed=every)
    assert found("CHK-099", action(), history=new) == []


def test_what_was_confirmed_was_looked_at() -> None:
    asked = {"u1": ("2026-07", "2026-09")}
    assert len(found("CHK-023", action(), history=History(asked=asked))) == 1
    confirmed = {"u1": frozenset({"2026-09"})}
    assert found("CHK-023", action(), history=History(asked=asked, confirmed=confirmed)) == []


def test_rated_below_its_first_rating() -> None:
    history = History(first={"u1": "G"})
    (problem,) = found("CHK-027", action(rating="R"), history=history)
    assert "RAG is R, worse than its first rating, G." in problem.message
    assert found("CHK-027", action(rating="G"), history=history) == []
    assert found("CHK-027", action(rating="B"), history=history) == []
    assert found("CHK-027", action(rating="R"), history=History(first={"u1": None})) == []


def test_the_plan_s_own_first_rating_comes_first() -> None:
    initial = Field("initial_rating", "First", "rating", "initial_rating")
    plan = replace(PLAN, fields=(*PLAN.fields, initial))
    history = History(first={"u1": "R"})
    row = action(rating="R", initial_rating="G")
    assert len(found("CHK-027", row, history=history, plan=plan)) == 1


def test_a_rule_challenges_a_rating() -> None:
    plan = replace(PLAN, rules=(Rule("late", "R", overdue_days=1),))
    late = action(due=parse_timescale("June 2026"))
    (problem,) = found("CHK-028", late, recommendation("2"), plan=plan)
    assert (problem.field, problem.level) == ("rating", "warning")
    assert problem.message.startswith('144 days overdue: rule "late" says Red; the officer says ')
    assert found("CHK-028", action(rating="R", due=parse_timescale("June 2026")), plan=plan) == []
    assert found("CHK-028", late) == []


def test_closed_without_having_been_held() -> None:
    (problem,) = found("CHK-029", action(rating="B"), history=boards(GREEN))
    assert problem.message.startswith("RAG went from G to B without a monitoring rating ")
    for seen in ("DG", "B", None):
        assert found("CHK-029", action(rating="B"), history=boards({"rating": seen})) == []
    unheld = replace(PLAN, ratings=tuple(r for r in PLAN.ratings if not r.holding))
    assert found("CHK-029", action(rating="B"), history=boards(GREEN), plan=unheld) == []


def test_closed_at_the_import_without_having_been_held() -> None:
    before = Field("before", "RAG before", "rating", "previous_rating")
    plan = replace(PLAN, fields=(*PLAN.fields, before))
    (problem,) = found("CHK-029", action(rating="B", before="G"), plan=plan)
    assert problem.message.startswith("RAG went from G to B without a monitoring rating ")
    for was in ("DG", "B", None):
        assert found("CHK-029", action(rating="B", before=was), plan=plan) == []
    met = boards({"rating": "B"})
    assert found("CHK-029", action(rating="B", before="G"), plan=plan, history=met) == []


def test_closed_at_the_last_board_and_open_now() -> None:
    closed = boards({"rating": "B"})
    (problem,) = found("CHK-030", action(rating="R"), history=closed)
    assert "This was closed at the last board (B), and RAG is R now." in problem.message
    (blank,) = found("CHK-030", action(rating=None), history=closed)
    assert "RAG is blank now" in blank.message
    assert found("CHK-030", action(rating="DG"), history=closed) == []
    assert found("CHK-030", action(rating="B"), history=closed) == []
    assert found("CHK-030", action(rating="G"), history=boards(GREEN)) == []


def test_a_later_date_that_nobody_approved() -> None:
    approved = Field("approved_by", "Approved by", role="approved_by")
    plan = replace(PLAN, fields=(*PLAN.fields, approved))
    moved = History(dues={"u1": (parse_timescale("March 2027"), parse_timescale("June 2027"))})
    (problem,) = found("CHK-031", action(), history=moved, plan=plan)
    assert problem.message.startswith(
        "The date moved from 31 March 2027 to 30 June 2027, and Approved by is blank."
    )
    assert problem.field == "approved_by"
    signed = action(approved_by="The board")
    assert found("CHK-031", signed, history=moved, plan=plan) == []
    assert found("CHK-031", action(), plan=plan) == []
    assert found("CHK-031", action(), history=moved) == []  # nowhere to say who
    assert found("CHK-031", action(rating="B"), history=moved, plan=plan) == []
    assert found("CHK-031", action(due=None), history=moved, plan=plan) == []


@pytest.mark.parametrize(
    ("due", "revised", "history", "asked"),
    [
        ("March 2027", date(2027, 6, 30), NO_HISTORY, True),
        ("March 2027", date(2027, 3, 31), NO_HISTORY, False),
        ("March 2027", date(2027, 1, 31), NO_HISTORY, False),
        (None, date(2027, 6, 30), NO_HISTORY, False),
        ("Ongoing", date(2027, 6, 30), NO_HISTORY, False),
        (None, date(2027, 6, 30), History(revised={"u1": (None, date(2027, 5, 1))}), True),
        (None, None, NO_HISTORY, False),
    ],
)
def test_the_first_date_is_of_the_due_dates_or_else_of_the_revised_ones(
    due: str | None, revised: date | None, history: History, asked: bool
) -> None:
    approved = Field("approved_by", "Approved by", role="approved_by")
    moved = Field("revised", "Revised", "date", "revised")
    plan = replace(PLAN, fields=(*PLAN.fields, approved, moved))
    row = action(due=parse_timescale(due) if due else None, revised=revised)
    assert bool(found("CHK-031", row, history=history, plan=plan)) is asked


@pytest.mark.parametrize("lint", LINTS[15:], ids=lambda lint: lint.message.code)
def test_each_can_be_switched_off(lint: Lint) -> None:
    plan = replace(PLAN, checks={one.message.code: "off" for one in LINTS})
    row = action(rating="R", due=parse_timescale("June 2026"))
    assert found(lint.message.code, row, plan=plan) == []
