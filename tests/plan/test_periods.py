"""Periods and other days that officers name without a date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.periods import Calendar, easter_sunday, in_english
from xlplan.plan.timescales import canon_timescale, find_ending, parse_timescale

SCHOOL_YEAR = Calendar(begins=date(2026, 9, 1), year_starts=4)
CALENDAR_YEAR = Calendar(begins=date(2026, 9, 1), year_starts=1)

# Twenty timescales of the kinds that stand in published plans (councils' delivery plans, hospitals'
# and schools' action plans, audit trackers), with the day that a reader would put down. Before
# periods were read, 9 of the 20 came out so.
PUBLISHED = [
    ("July 2017", date(2017, 7, 31)),
    ("By 7 Feb 2018", date(2018, 2, 7)),
    ("April 2023 – June 2023", date(2023, 6, 30)),
    ("March (annually)", None),
    ("Within three months of the approval of the scheme", None),
    ("End of the academic year 2024/25", date(2025, 8, 31)),
    ("Q4 2024/25", date(2025, 3, 31)),
    ("End of Q2 25/26", date(2025, 9, 30)),
    ("End March 2025", date(2025, 3, 31)),
    ("Spring term 2025", date(2025, 3, 31)),
    ("End of Autumn term 2024", date(2024, 12, 31)),
    ("31 March 2025 (was 30 June 2025)", date(2025, 3, 31)),
    ("w/c 12 May 2025", date(2025, 5, 18)),
    ("Ongoing", None),
    ("Mid-October 2024", date(2024, 10, 15)),
    ("By Christmas 2024", date(2024, 12, 25)),
    ("2025/26", date(2026, 3, 31)),
    ("Dec-24", date(2024, 12, 31)),
    ("Quarter 3 (Oct-Dec 2025)", date(2025, 12, 31)),
    ("By 30th September", date(2025, 9, 30)),
]


@pytest.mark.parametrize(("text", "by"), PUBLISHED)
def test_timescales_of_published_plans(text: str, by: date | None) -> None:
    plan = Calendar(begins=date(2025, 4, 1), year_starts=4)
    assert parse_timescale(text, plan=plan).by == by


@pytest.mark.parametrize(
    ("text", "financial", "calendar"),
    [
        ("Q4 26/27", date(2027, 3, 31), None),
        ("Q1 2027-28", date(2027, 6, 30), None),
        ("Q4 FY2026/27", date(2027, 3, 31), None),
        ("2026/27 Q3", date(2026, 12, 31), None),
        ("Quarter 2 of 2026/2027", date(2026, 9, 30), None),
        ("by the end of the third quarter of 2026/27", date(2026, 12, 31), None),
        ("Q1 2026/27 to Q3 2026/27", date(2026, 12, 31), None),
        ("Report to board in Q4 2026/27, then review", date(2027, 3, 31), None),
        ("H2 2026", date(2027, 3, 31), date(2026, 12, 31)),
        ("H1 2026", date(2026, 9, 30), date(2026, 6, 30)),
        ("second half 2026/27", date(2027, 3, 31), None),
        ("2027 H1", date(2027, 9, 30), date(2027, 6, 30)),
        ("Q1/2027", date(2027, 6, 30), date(2027, 3, 31)),
        ("Financial year 2026/27", date(2027, 3, 31), None),
        ("FY26/27", date(2027, 3, 31), None),
        ("2026-27", date(2027, 3, 31), None),
        ("Year end 2027", date(2027, 3, 31), date(2027, 12, 31)),
        ("End of the financial year 2026/27", date(2027, 3, 31), None),
        ("Year end", date(2027, 3, 31), date(2026, 12, 31)),
        ("Q4", date(2027, 3, 31), date(2026, 12, 31)),
    ],
)
def test_a_part_of_a_year_ends_by_the_month_in_which_the_year_starts(
    text: str, financial: date, calendar: date | None
) -> None:
    assert parse_timescale(text, plan=SCHOOL_YEAR).by == financial
    assert parse_timescale(text, plan=CALENDAR_YEAR).by == calendar
    unknown = find_ending(text)
    assert unknown is not None
    assert (unknown.by, unknown.needs) in {(None, "year_starts"), (None, "begins")}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Autumn term 2026/27", date(2026, 12, 31)),
        ("Spring term 2026/27", date(2027, 3, 31)),
        ("end of the summer term 2027", date(2027, 7, 31)),
        ("Spring half term 2027", date(2027, 2, 28)),
        ("Autumn 1 2026", date(2026, 10, 31)),
        ("Autumn 2 2026", date(2026, 12, 31)),
        ("October half term 2026", date(2026, 10, 31)),
        ("Summer half-term 2 2027", date(2027, 7, 31)),
        ("End of academic year 2027", date(2027, 8, 31)),
        ("Summer 2027", date(2027, 8, 31)),
        ("Autumn '26", date(2026, 11, 30)),
        ("Winter 2026/27", date(2027, 2, 28)),
        ("Spring 2026/27", date(2027, 5, 31)),
        ("Easter 2027", date(2027, 3, 28)),
        ("Easter holidays 2027", date(2027, 3, 28)),
        ("by Christmas 2026", date(2026, 12, 25)),
        ("w/c 12 April 2027", date(2027, 4, 18)),
        ("w/c 27 December 9999", date.max),
        ("week ending 16 April 2027", date(2027, 4, 16)),
        ("mid-May 2027", date(2027, 5, 15)),
        ("mid 2027", date(2027, 6, 30)),
        ("late 2027", date(2027, 12, 31)),
        ("by the end of 2027", date(2027, 12, 31)),
        ("2027", date(2027, 12, 31)),
        ("30 June 2027 (was 31 March 2027)", date(2027, 6, 30)),
        ("31 March 2027 (previously 30 June 2027)", date(2027, 3, 31)),
        ("31 March 2027\nOriginally 30 June 2027", date(2027, 3, 31)),
        ("Original date 30 June 2027, revised 31 March 2027", date(2027, 3, 31)),
        ("Extended from 31 March 2027 to 30 June 2027", date(2027, 6, 30)),
        ("31 March 2027, brought forward to 31 January 2027", date(2027, 1, 31)),
        ("Policy was approved in March 2027", date(2027, 3, 31)),
    ],
)  # fmt: skip
def test_words_that_say_their_day_by_themselves(text: str, by: date) -> None:
    assert parse_timescale(text).by == by
    assert canon_timescale(text).key == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("31 March", date(2027, 3, 31)),
        ("end of March", date(2027, 3, 31)),
        ("By 30th September", date(2026, 9, 30)),
        ("December", date(2026, 12, 31)),
        ("by Christmas", date(2026, 12, 25)),
        ("Easter", date(2027, 3, 28)),
        ("mid-May", date(2027, 5, 15)),
        ("w/c 12 April", date(2027, 4, 18)),
        ("end of autumn term", date(2026, 12, 31)),
        ("Spring half term", date(2027, 2, 28)),
        ("31 March (was 31 December)", date(2027, 3, 31)),
        ("fin mars", date(2027, 3, 31)),
    ],
)
def test_a_day_without_a_year_is_the_first_after_the_plan_began(text: str, by: date) -> None:
    assert parse_timescale(text, plan=SCHOOL_YEAR).by == by
    unknown = find_ending(text)
    assert unknown is not None
    assert (unknown.by, unknown.needs) == (None, "begins")


@pytest.mark.parametrize(
    "text",
    [
        "April 2027 onwards", "From Q3 onwards", "Winter 2027", "early 2027", "FY27", "Q4 FY27",
        "2011-12", "26-28", "Q5 2026/27", "Q4 2026/29", "H1 2026/29", "school year 2026",
        "academic year 2026/29", "autumn term 2026/29", "autumn 2026/29", "2026/29", "27",
        "after Easter 2027", "Christmas 2026/27", "May half term 2026/27", "w/c soon",
        "end of term", "Monthly", "mid 27", "A1", "S1", "the end of",
        "late", "Autumn review 2027", "31/02/2027 (was 31/01/2027)",
    ],
)  # fmt: skip
def test_what_is_not_certain_has_no_day(text: str) -> None:
    assert parse_timescale(text, date(2026, 9, 1), SCHOOL_YEAR).by is None


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("31 mars 2027", date(2027, 3, 31)),
        ("1er mars 2027", date(2027, 3, 1)),
        ("fin août 2027", date(2027, 8, 31)),
        ("d’ici le 31 décembre 2026", date(2026, 12, 31)),
        ("4e trimestre 2026", date(2026, 12, 31)),
        ("T1 2027", date(2027, 3, 31)),
        ("S2 2026", date(2026, 12, 31)),
        ("31 de marzo de 2027", date(2027, 3, 31)),
        ("finales de junio de 2027", date(2027, 6, 30)),
        ("primer trimestre de 2027", date(2027, 3, 31)),
        ("31. März 2027", date(2027, 3, 31)),
        ("Ende Juni 2027", date(2027, 6, 30)),
        ("Mitte Mai 2027", date(2027, 5, 15)),
        ("1. Quartal 2027", date(2027, 3, 31)),
        ("2. Halbjahr 2026", date(2026, 12, 31)),
        ("eind maart 2027", date(2027, 3, 31)),
        ("1e kwartaal 2027", date(2027, 3, 31)),
        ("31 Mawrth 2027", date(2027, 3, 31)),
        ("erbyn diwedd Mehefin 2027", date(2027, 6, 30)),
        ("Chwarter 2 2027", date(2027, 6, 30)),
        ("Noël 2026", date(2026, 12, 25)),
        ("Ostern 2027", date(2027, 3, 28)),
    ],
)
def test_the_usual_words_in_five_other_languages(text: str, by: date) -> None:
    assert parse_timescale(text, plan=CALENDAR_YEAR).by == by


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Immédiat", date(2026, 9, 1)),
        ("2 mois", date(2026, 11, 1)),
        ("dans 3 semaines", date(2026, 9, 22)),
        ("en 6 meses", date(2027, 3, 1)),
        ("Innerhalb von 2 Wochen", date(2026, 9, 15)),
        ("sofort", date(2026, 9, 1)),
        ("binnen 3 maanden", date(2026, 12, 1)),
        ("o fewn 3 mis", date(2026, 12, 1)),
        ("mis-sold", None),
    ],
)
def test_times_from_now_in_other_languages(text: str, by: date | None) -> None:
    assert parse_timescale(text, date(2026, 9, 1)).by == by


def test_what_is_in_no_other_language_is_not_put_into_english() -> None:
    assert in_english("Para 4 of the report, de facto") == ""
    assert in_english("mi-mai 2027") == "mid may 2027"


@pytest.mark.parametrize(
    "day",
    [date(1961, 4, 2), date(2024, 3, 31), date(2025, 4, 20), date(2038, 4, 25), date(2285, 3, 22)],
)
def test_easter_sunday(day: date) -> None:
    assert easter_sunday(day.year) == day


WORDS = st.sampled_from([
    "Q4", "H2", "26/27", "2027", "'27", "2026-27", "autumn", "term", "half term", "end of", "mid",
    "w/c", "w/e", "31", "12th", "March", "mars", "Easter", "Christmas", "year", "financial", "(was",
    "revised to", "by", "T3", "trimestre", "onwards", "\n", "-", "/", ")", "0000", "9999",
])  # fmt: skip


@given(
    st.lists(WORDS, max_size=7).map(" ".join),
    st.dates(),
    st.integers(0, 12),
    st.none() | st.dates(),
)
def test_any_words_of_time_are_read_or_left_alone(
    text: str, issued: date, starts: int, begins: date | None
) -> None:
    plan = Calendar(begins, starts)
    found = parse_timescale(text, issued, plan)
    assert found.text == text
    assert found.key == canon_timescale(text).key
    ending = find_ending(text, plan)
    assert ending is None or found.by == ending.by
    assert ending is None or (ending.by is None) == bool(ending.needs)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("2026-06", date(2026, 6, 30)),
        ("06.2026", date(2026, 6, 30)),
        ("6-2026", date(2026, 6, 30)),
        ("8/2025 - 5/2026", date(2026, 5, 31)),
        ("09/2025 to 06/2026", date(2026, 6, 30)),
        ("2026-13", None),
        ("2011-12", None),  # the year from 2011 to 2012 too
        ("Ende 2026", date(2026, 12, 31)),
        ("d'ici fin 2026", date(2026, 12, 31)),
        ("Mitte 2026", date(2026, 6, 30)),
        ("KW 12/2026", date(2026, 3, 22)),
        ("KW 1/26", date(2026, 1, 4)),
        ("KW 60/2026", None),
        ("KW 12 26", date(2026, 3, 22)),
    ],
)
def test_months_and_weeks_in_numbers_and_the_ends_of_years(text: str, by: date | None) -> None:
    assert parse_timescale(text).by == by


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("2011/12", date(2012, 3, 31)),
        ("end of 2010/11", date(2011, 3, 31)),
        ("by 2008/09", date(2009, 3, 31)),
        ("2010-11", None),  # November, or the year from 2010 to 2011
        ("2011/11", date(2011, 11, 30)),
        ("2011.12", date(2011, 12, 31)),
        ("12/2011", date(2011, 12, 31)),
        ("11-2012", date(2012, 11, 30)),
    ],
)
def test_a_year_and_the_year_after_it_are_a_financial_year_and_no_month(
    text: str, by: date | None
) -> None:
    """British plans write the year that ends in March 2012 so: it was read as December 2011, and
    actions were late three months early."""
    assert parse_timescale(text, plan=SCHOOL_YEAR).by == by


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("15. April 2027", date(2027, 4, 15)),
        ("bis zum 3. Aug. 2027", date(2027, 8, 3)),
        ("1. September – 15. November 2027", date(2027, 11, 15)),
        ("31. April 2027", None),
        ("1. April 2027\n2. June 2027", date(2027, 6, 30)),  # the numbers of a list
        ("Step 3. April 2027", date(2027, 4, 30)),
    ],
)
def test_a_day_may_have_a_dot_behind_it(text: str, by: date | None) -> None:
    """April, August, September and November are spelled alike in English and German: the day was
    read as the number of a list, and the month's last day was due."""
    assert parse_timescale(text).by == by
    assert parse_timescale(text).key == " ".join(text.split())  # ids rest on it
