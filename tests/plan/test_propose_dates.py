"""The time of a plan, proposed from its own timescales."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import count_dates
from xlplan.plan.periods import Calendar
from xlplan.plan.propose_dates import DayOrder, day_order, in_order, propose_calendar, say_order
from xlplan.plan.timescales import parse_timescale

AGREED = date(2026, 4, 20)


@pytest.mark.parametrize(
    ("texts", "agreed", "proposed"),
    [
        (("Q4 26/27", "Q1 2027"), None, Calendar(None, 4)),
        (("Q4 2026", "June 2026"), None, Calendar(None, 1)),
        (("2026-27",), None, Calendar(None, 4)),
        (("31 March", "10 September 2026", "July 2027"), None, Calendar(date(2026, 9, 1))),
        (("31 March", "September 2026", "July 2029"), None, Calendar()),
        (("31 March",), None, Calendar()),
        (("31 March", "September 2026"), AGREED, Calendar(AGREED)),
        (("Q4", "Q2 26/27"), None, Calendar(date(2026, 9, 1), 4)),
        (("year end",), AGREED, Calendar(AGREED, 1)),
        (("June 2026", "TBC", "12/11/10"), AGREED, Calendar()),
    ],
)
def test_the_calendar_of_a_plan(
    texts: tuple[str, ...], agreed: date | None, proposed: Calendar
) -> None:
    assert propose_calendar(texts, agreed)[0] == proposed


def test_each_proposal_says_what_it_rests_on() -> None:
    _, guesses = propose_calendar(("Q4 26/27", "31 March", "May 2026", "1 June", "Q3 26/27"), None)
    assert guesses == (
        'plan: year_starts = "April", since years such as 2026/27 stand in the plan; "Q4 26/27", '
        '"Q3 26/27" rest on it',
        'plan: begins = 2026-05-01, so that "31 March", "1 June", which name no year, fall on the '
        "first such day after it",
    )


def test_what_the_plan_does_not_tell_is_asked_for() -> None:
    days = ("1 May", "2 May", "3 May", "4 May", "5 May")
    _, guesses = propose_calendar(days, None)
    assert guesses == (
        'plan: "1 May", "2 May", "3 May" and 2 more name no year; put in begins, the day after '
        "which they fall",
    )


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (("11/12/24", "11/14/24"), DayOrder(True, "11/14/24")),
        (("11/12/24", "14.11.2024"), DayOrder(False, "14.11.2024")),
        (("11/12/24", "11/14/24", "14/11/24"), None),
        (("11/12/24", "11/11/24", "2024-11-14", "31/02/24", "soon"), DayOrder(False)),
        ((), DayOrder(False)),
    ],
)
def test_the_order_of_a_column_of_dates(texts: tuple[str, ...], order: DayOrder | None) -> None:
    assert day_order(texts) == order


@pytest.mark.parametrize(
    ("text", "month_first", "day"),
    [
        ("11/12/24", True, date(2024, 11, 12)),
        ("11/12/24", False, date(2024, 12, 11)),
        ("3-4-2027 00:00", False, date(2027, 4, 3)),
        ("11/14/24", True, None),
        ("by 11/12/24", True, None),
    ],
)
def test_a_date_in_the_order_of_its_column(text: str, month_first: bool, day: date | None) -> None:
    assert in_order(text, DayOrder(month_first)) == day


def test_how_dates_were_read_is_explained() -> None:
    settled = say_order(["11/12/24"], DayOrder(True, "11/14/24"))
    assert settled == '"11/12/24" were read month first, since "11/14/24" can be read no other way'
    assert "which nothing in the column settles" in say_order(["11/12/24"], DayOrder(False))


def test_due_dates_are_counted_by_what_is_read_in_them() -> None:
    plan = PlanDefinition("plan", "Plan", (Field("due", "Due", "timescale", "due"),))
    rows = [{"due": parse_timescale(text)} for text in ("May 2026", "Q4", "Q4")]
    found = count_dates(plan, [*rows, {}])
    assert found is not None
    assert (found.read, found.blank) == (1, 1)
    assert found.unread == {
        ("Q4", "it names no year, and plan.toml does not say from when it counts: begins"): 2
    }
    assert count_dates(plan, rows, "recommendation") is None
