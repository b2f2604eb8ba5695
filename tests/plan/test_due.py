"""When something is due, and the reason in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from xlplan.cycle.shapes import row_shape
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import (
    NO_TIMESCALE,
    DayOrder,
    Due,
    count_dates,
    date_gone,
    day_order,
    due_in,
    due_of,
    in_order,
    propose_calendar,
    say_gone,
    say_order,
    year_of_plan,
)
from xlplan.plan.periods import Calendar
from xlplan.plan.timescales import Timescale, parse_timescale
from xlplan.plan.values import Invalid, Value, canon

UNDATED = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("due", "Timescale", "timescale", "due"),
        Field("revised", "Revised", "timescale", "revised"),
        Field("due", "Timescale", "date", "due", of="recommendation"),
    ),
)
AGREED = replace(UNDATED, agreed=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("text", "by", "reason"),
    [
        ("June 2012", date(2012, 6, 30), "the last day of June 2012"),
        ("by end of Feb 2012", date(2012, 2, 29), "the last day of February 2012"),
        ("09/15", date(2015, 9, 30), "the last day of September 2015"),
        ("31st May 2011", date(2011, 5, 31), "the date as written"),
        ("20.05.2011", date(2011, 5, 20), "the date as written"),
        ("by 31st May 2011", date(2011, 5, 31), "the date in the words"),
        ("31st May 2011 (first draft)", date(2011, 5, 31), "the date in the words"),
        ("December 2011 and annually", date(2011, 12, 31), "the last day of December 2011"),
        ("May 2012\nJune 2012", date(2012, 6, 30), "of several dates the last"),
        ("May 2012\nJune 2012\nOngoing", None, "the last line says that it is ongoing"),
        (
            "May 2012\n\nThen on-going, with a report each month\n",
            None,
            "the last line says that it is ongoing",
        ),
        ("May 2012\nOngoing to March 2013", date(2013, 3, 31), "of several dates the last"),
        ("Ongoing\nMay 2012", date(2012, 5, 31), "the last day of May 2012"),
        ("May 2012 and ongoing", date(2012, 5, 31), "the last day of May 2012"),
        ("July 2012\nJuly 2012", date(2012, 7, 31), "the last day of July 2012"),
        ("Within 3 months", date(2026, 4, 30), "3 months from 31 January 2026"),
        ("20 days", date(2026, 2, 20), "20 days from 31 January 2026"),
        ("In two weeks.", date(2026, 2, 14), "two weeks from 31 January 2026"),
        ("Immediate", date(2026, 1, 31), "at once, from 31 January 2026"),
        ("With immediate effect", date(2026, 1, 31), "at once, from 31 January 2026"),
        ("Start September and ongoing", None, "no date in the words"),
        ("TBC", None, "no date in the words"),
        ("03/04/2027", None, "the date can be read two ways"),
        ("Phase 1: 31/02/2027", None, "no calendar has the date"),
    ],
)
def test_a_timescale_is_due(text: str, by: date | None, reason: str) -> None:
    assert due_of(AGREED, Timescale(text)) == Due(by, reason)


@pytest.mark.parametrize("text", ["Within 3 months", "Immediate", "20 days"])
def test_a_relative_timescale_has_no_date_until_the_plan_says_when_it_was_agreed(text: str) -> None:
    due = due_of(UNDATED, parse_timescale(text))
    assert due.by is None
    assert "agreed" in due.reason


def test_a_date_that_was_kept_with_relative_words_stands() -> None:
    kept = Timescale("Within 3 months", date(2025, 6, 1))
    assert due_of(UNDATED, kept) == Due(date(2025, 6, 1), "the date kept with the words")


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (None, NO_TIMESCALE),
        (date(2026, 3, 1), Due(date(2026, 3, 1), "the date as written")),
        (datetime(2026, 3, 1, 9), Due(date(2026, 3, 1), "the date as written")),
        ("June 2012", Due(date(2012, 6, 30), "the last day of June 2012")),
        (Invalid("31/02/2026"), Due(None, "no calendar has the date")),
        (Invalid("#REF!"), Due(None, "this is not a timescale")),
        (3, Due(None, "no date in the words")),
    ],
)
def test_other_values(value: Value, due: Due) -> None:
    assert due_of(AGREED, value) == due


def test_a_row_is_due_by_its_revised_date_where_that_has_one() -> None:
    due, revised = parse_timescale("June 2026"), parse_timescale("July 2026")
    assert due_in(AGREED, {"due": due}).by == date(2026, 6, 30)
    assert due_in(AGREED, {"due": due, "revised": revised}).by == date(2026, 7, 31)
    assert due_in(AGREED, {"due": due, "revised": parse_timescale("TBC")}).by == date(2026, 6, 30)
    assert due_in(AGREED, {"revised": parse_timescale("TBC")}).reason == "no date in the words"
    assert due_in(AGREED, {}) == NO_TIMESCALE
    assert due_in(AGREED, {"due": date(2026, 5, 1)}, "recommendation").by == date(2026, 5, 1)


def test_a_revised_date_may_have_to_be_approved_before_it_counts() -> None:
    fields = (
        Field("due", "Due", "timescale", "due"),
        Field("revised", "Revised", "timescale", "revised"),
        Field("approved_on", "Approved", "date", "approved_on"),
    )
    plan = replace(AGREED, fields=fields, revised_counts="approved")
    values: dict[str, Value] = {
        "due": parse_timescale("June 2026"), "revised": parse_timescale("July 2026"),
    }  # fmt: skip
    assert due_in(plan, values).by == date(2026, 6, 30)
    approved = {**values, "approved_on": date(2026, 6, 1)}
    assert due_in(plan, approved).by == date(2026, 7, 31)
    assert due_in(replace(plan, fields=fields[:2]), approved).by == date(2026, 6, 30)


@given(st.text(max_size=30) | st.sampled_from(["3 months", "9999 years", "in 12 days", "May 2012"]))
def test_it_agrees_with_the_date_the_value_itself_has(text: str) -> None:
    value = canon(UNDATED.fields[1], text, UNDATED)
    if isinstance(value, Timescale):
        assert due_of(UNDATED, value).by == value.by
        if value.by is None:
            read = parse_timescale(value.text, issued=AGREED.agreed)
            assert due_of(AGREED, value).by == read.by


def test_show_json_says_when_and_why() -> None:
    row = MasterRow(
        "u1", "action", "1", "", {"ref": "1", "due": parse_timescale("Within 3 months")}
    )
    assert row_shape(row, AGREED)["fields"] == {
        "ref": "1",
        "due": {
            "text": "Within 3 months",
            "by": "2026-04-30",
            "reason": "3 months from 31 January 2026",
        },
    }


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (date(2026, 5, 1), ("1 May 2026", "2026-05-01", "the date itself")),
        (Invalid("31/02/2026", "VAL-003", "No date."), ("31/02/2026", None, "No date.")),
    ],
)
def test_show_json_has_one_shape_for_when_an_action_is_due(
    value: Value, shape: tuple[str, str | None, str]
) -> None:
    row = MasterRow("u1", "action", "1", "", {"due": value})
    text, by, reason = shape
    assert row_shape(row, AGREED)["fields"] == {"due": {"text": text, "by": by, "reason": reason}}


@pytest.mark.parametrize(
    ("role", "before", "after", "gone"),
    [
        ("due", "June 2026", None, date(2026, 6, 30)),
        ("due", "June 2026", "When we can", date(2026, 6, 30)),
        ("due", "June 2026", "Ongoing", date(2026, 6, 30)),
        ("due", "June 2026", "July 2026", None),
        ("due", "When we can", None, None),
        ("due", "June 2026", "03/04/2026", None),
        ("due", "June 2026", "31/02/2026", None),
        ("text", "June 2026", None, None),
    ],
)
def test_a_date_is_gone_where_nothing_stands_in_its_place(
    role: str, before: str, after: str | None, gone: date | None
) -> None:
    item = Field("due", "Timescale", "timescale", role)
    values = [canon(item, text, UNDATED) for text in (before, after)]
    assert date_gone(UNDATED, item, *values) == gone
    assert date_gone(UNDATED, None, *values) is None


def test_words_that_are_no_date_take_a_date_away_too() -> None:
    item = Field("due", "Due", "date", "due")
    words = canon(item, "soon", UNDATED)
    assert isinstance(words, Invalid)
    assert date_gone(UNDATED, item, date(2026, 6, 30), words) == date(2026, 6, 30)
    assert date_gone(UNDATED, item, date(2026, 6, 30), Invalid("#REF!", "VAL-008")) is None


def test_a_date_that_is_gone_in_words() -> None:
    assert say_gone(date(2026, 6, 30)) == "The date is gone: was 30 June 2026"


@pytest.mark.parametrize(
    ("far", "said"),
    [
        (("31/12/2206",), '"31/12/2206" is more than 30 years from the other dates; correct it'),
        (("31/12/2206", "1 May 1927"), '"31/12/2206", "1 May 1927" are more than 30 years'),
        (("31 March 2050",), ""),  # a target of another generation
        (("May 2126", "June 2126", "July 2126"), ""),  # no slip: as many are there
    ],
)
def test_a_date_far_from_all_others_is_asked_about(far: tuple[str, ...], said: str) -> None:
    texts = ("May 2026", "30/11/2026", "31 January 2027", "TBC", "March 2027")
    found, guesses = propose_calendar((*texts, *far), None)
    assert [guess for guess in guesses if "from the other dates" in guess and said in guess] == (
        [*guesses] if said else []
    )
    assert found == Calendar()


def test_a_far_date_does_not_keep_the_others_from_saying_when_the_plan_began() -> None:
    texts = ("31 March", "May 2026", "June 2026", "July 2206")
    assert propose_calendar(texts, None)[0] == Calendar(date(2026, 5, 1))


AGREED_ON = date(2026, 4, 20)


@pytest.mark.parametrize(
    ("texts", "agreed", "proposed"),
    [
        (("Q4 26/27", "Q1 2027"), None, Calendar(None, 4)),
        (("Q4 2026", "June 2026"), None, Calendar(None, 1)),
        (("2026-27",), None, Calendar(None, 4)),
        (("31 March", "10 September 2026", "July 2027"), None, Calendar(date(2026, 9, 1))),
        (("31 March", "September 2026", "July 2029"), None, Calendar()),
        (("31 March",), None, Calendar()),
        (("31 March", "September 2026"), AGREED_ON, Calendar(AGREED_ON)),
        (("Q4", "Q2 26/27"), None, Calendar(date(2026, 9, 1), 4)),
        (("year end",), AGREED_ON, Calendar(AGREED_ON, 1)),
        (("June 2026", "TBC", "12/11/10"), AGREED_ON, Calendar()),
    ],
)
def test_the_calendar_of_a_plan(
    texts: tuple[str, ...], agreed: date | None, proposed: Calendar
) -> None:
    assert propose_calendar(texts, agreed)[0] == proposed


@pytest.mark.parametrize(
    ("texts", "begins"),
    [
        (("Autumn 1", "Easter", "July 2027"), date(2026, 9, 1)),  # schools begin in September
        (("31 March", "May 2026", "February 2027"), date(2026, 4, 1)),
        (("31 March",), date(2026, 4, 1)),
        (("31 March", "May 2027", "June 2027"), date(2027, 5, 1)),  # another year's dates
    ],
)
def test_days_without_a_year_fall_in_the_plans_own(texts: tuple[str, ...], begins: date) -> None:
    assert propose_calendar(texts, None, 2026)[0] == Calendar(begins)


@pytest.mark.parametrize(
    ("texts", "begins"),
    [
        (("end of September", "June 2026", "March 2027"), date(2026, 6, 1)),  # it was due before
        (("end of September", "December 2026"), date(2026, 10, 12)),
        (("end of September",), date(2026, 10, 12)),
        (("end of September", "March", "May", "June 2028"), date(2026, 10, 12)),  # a far one
    ],
)
def test_a_plan_that_was_updated_began_before(texts: tuple[str, ...], begins: date) -> None:
    assert propose_calendar(texts, None, 0, date(2026, 10, 12))[0] == Calendar(begins)


def test_one_far_date_is_not_the_first_of_the_plan() -> None:
    texts = ("end of September", "March", "May", "June 2028")
    assert propose_calendar(texts, None)[0] == Calendar()


def test_the_day_of_agreement_comes_before_the_plans_year() -> None:
    assert propose_calendar(("31 March",), AGREED_ON, 2026)[0] == Calendar(AGREED_ON)


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (("Ferry school plan 2026-27",), 2026),
        (("", "Plan", "SIP 2026/2027.xlsx"), 2026),
        (("Strategy 2025-2028", "Ward 3/9"), 0),
        (("Plan v 12-13-2026",), 0),
        ((), 0),
    ],
)
def test_the_year_of_a_plan_is_one_that_two_years_name(lines: tuple[str, ...], year: int) -> None:
    assert year_of_plan(lines) == year


def test_each_proposal_says_what_it_rests_on() -> None:
    _, guesses = propose_calendar(("Q4 26/27", "31 March", "May 2026", "1 June", "Q3 26/27"), None)
    assert guesses == (
        'plan: year_starts = "April", since years are written like 2026/27; "Q4 26/27", '
        '"Q3 26/27" rest on it',
        'plan: begins = 2026-05-01, so that "31 March", "1 June", which name no year, fall on the '
        "first such day after it",
    )


def test_one_timescale_rests_on_what_several_rest_on() -> None:
    _, guesses = propose_calendar(("Q4 26/27", "31 March", "May 2026"), None)
    assert guesses == (
        'plan: year_starts = "April", since years are written like 2026/27; "Q4 26/27" rests on it',
        'plan: begins = 2026-05-01, so that "31 March", which names no year, falls on the first '
        "such day after it",
    )
    _, guesses = propose_calendar(("1 May",), None)
    assert guesses == ('plan: "1 May" names no year; put in begins, the day after which it falls',)


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
    assert settled == '"11/12/24" was read month first, since "11/14/24" can be read no other way'
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
