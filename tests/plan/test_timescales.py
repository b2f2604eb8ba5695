"""Timescales as officers write them."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.language.catalogue import Tongue
from xlplan.plan.periods import Calendar, counted_from
from xlplan.plan.timescales import (
    Timescale,
    canon_timescale,
    dates_in,
    find_ending,
    names_time,
    parse_date,
    parse_timescale,
    say_date,
    say_return_by,
    says_no_end,
    unread_dates,
)

ISSUED = date(2011, 1, 31)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Immediate", date(2011, 1, 31)),
        ("Immediately", date(2011, 1, 31)),
        ("Within 3 months", date(2011, 4, 30)),
        ("within three months", date(2011, 4, 30)),
        ("In 1 month", date(2011, 2, 28)),
        ("20 days", date(2011, 2, 20)),
        ("2 weeks", date(2011, 2, 14)),
        ("1 year", date(2012, 1, 31)),
        ("Within many months", None),
        ("Within 9999 years", None),
        ("June 2012", date(2012, 6, 30)),
        ("Feb 2012", date(2012, 2, 29)),
        ("Sept. 2011", date(2011, 9, 30)),
        ("Sep '11", date(2011, 9, 30)),
        ("31st May 2011", date(2011, 5, 31)),
        ("the 31st of May 2011", date(2011, 5, 31)),
        ("Tuesday, 31 May 2011", date(2011, 5, 31)),
        ("May 31, 2011", date(2011, 5, 31)),
        ("Starts May 31, 2011", date(2011, 5, 31)),
        ("31-May-11", date(2011, 5, 31)),
        ("09/15", date(2015, 9, 30)),
        ("by 09/2015", date(2015, 9, 30)),
        ("13/15", None),
        ("Start September and ongoing", None),
        ("December 2011 and annually", date(2011, 12, 31)),
        ("TBC", None),
        ("By end of June 2012", date(2012, 6, 30)),
        ("By the 30th of June 2012.", date(2012, 6, 30)),
        ("complete by 30/06/2012", date(2012, 6, 30)),
        ("Phase 1: 30/06/2011\nPhase 2: 30 June 2012", date(2012, 6, 30)),
        ("1. 31/12/2026\n2. 31/03/2027", date(2027, 3, 31)),
        ("(1) 31/12/2026 (2) 30.11.2026", date(2026, 12, 31)),
        ("12. 03. 2026", None),
        ("April 11\nApril 11\nMay to July", date(2011, 4, 30)),
        ("April 11\nApril 11\nMay to July\nOngoing", None),
        ("In place\n31st May\n2011", date(2011, 5, 31)),
        ("April 2012 to March 2013", date(2013, 3, 31)),
        ("Sept 11 - July 12", date(2012, 7, 31)),
        ("Sept 11 - 26 July 12", date(2012, 7, 26)),
        ("May 31 - June 30, 2012", date(2012, 6, 30)),
        ("2012-02-29", date(2012, 2, 29)),
        ("2012-02-29T00:00:00", date(2012, 2, 29)),
        ("30/09/12", date(2012, 9, 30)),
        ("13.5.2026", date(2026, 5, 13)),
        ("03/04/2012", None),
        ("by 03/04/2012", None),
        ("31/02/2012", None),
        ("31 June 2012", None),
        ("29 February 2011", None),
        ("June 0000", None),
        ("from 12345/6/2011", None),
        ("Trojan 12", None),
        ("", None),
    ],
)
def test_a_timescale_keeps_its_words_and_has_a_date_where_there_is_one(
    text: str, by: date | None
) -> None:
    found = parse_timescale(text, issued=ISSUED)
    assert (found.text, found.by) == (text, by)


def test_a_relative_timescale_has_no_date_until_it_is_issued() -> None:
    assert parse_timescale("Within 3 months").by is None


@pytest.mark.parametrize("text", ["20 days", "2 weeks", "3 months", "1 year"])
def test_a_timescale_beyond_the_calendar_has_no_date(text: str) -> None:
    assert parse_timescale(text, issued=date.max).by is None


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("28 February 2026", date(2026, 2, 28)),
        ("1.5.2026", "ambiguous"),
        ("1/5/26", "ambiguous"),
        ("5/5/2026", date(2026, 5, 5)),
        ("5/13/2026", date(2026, 5, 13)),
        ("2026-13-01", "impossible"),
        ("31/02/2026", "impossible"),
        ("29 February 2028", date(2028, 2, 29)),
        ("29 February 2026", "impossible"),
        ("February 30, 2026", "impossible"),
        ("1.5.202", "impossible"),
        ("100/5/2026", "impossible"),
        ("28/02/2026 00:00", date(2026, 2, 28)),
        ("18/Dec/26 12:00 AM", date(2026, 12, 18)),
        ("12/18/2026 9:14 PM", date(2026, 12, 18)),
        ("Dec 18, 2026, 5:00 pm", date(2026, 12, 18)),
        ("soon", None),
        ("1.5", None),
    ],
)
def test_a_date_is_read_or_said_to_be_wrong(text: str, reading: object) -> None:
    assert parse_date(text) == reading


@given(st.dates())
def test_a_date_in_words_reads_back(day: date) -> None:
    assert parse_date(say_date(day)) == day
    assert parse_date(day.isoformat()) == day


@given(st.dates(), st.text(max_size=30), st.dates())
def test_any_text_is_a_timescale(day: date, text: str, issued: date) -> None:
    for written in (text, f"{text} {say_date(day)}", f"{day.day}/{day.month}/{text}"):
        assert parse_timescale(written, issued=issued).text == written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sept 2011", "September 2011"),
        ("09/11", "September 2011"),
        ("30/09/2011", "30 September 2011"),
        ("June  2012.", "June 2012"),
    ],
)
def test_spellings_of_one_date_are_equal(one: str, other: str) -> None:
    assert canon_timescale(one) == canon_timescale(other)
    assert hash(canon_timescale(one)) == hash(canon_timescale(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("by 30 June 2012", "30 June 2012"),
        ("30 June 2012", "June 2012"),
        ("Immediate", "TBC"),
        ("03/04/2012", "04/03/2012"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert canon_timescale(one) != canon_timescale(other)


def test_the_date_of_a_relative_timescale_is_kept() -> None:
    kept = canon_timescale("20 days", date(2011, 2, 20))
    assert kept.by == date(2011, 2, 20)
    assert kept == Timescale("20 days", None, "20 days")
    assert canon_timescale("June 2012", date(2011, 2, 20)).by == date(2012, 6, 30)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("by 03/04/2012", (("03/04/2012", "ambiguous"),)),
        ("Phase 1: 31/02/2012", (("31/02/2012", "impossible"),)),
        ("ends 31 June 2012", (("31 june 2012", "impossible"),)),
        ("see action 3.1.2", ()),
        ("1. 31/12/2026\n2. 03/04/2027", (("03/04/2027", "ambiguous"),)),
        ("30/06/2012, 31 May 2012", ()),
        ("TBC", ()),
    ],
)
def test_dates_inside_a_text_that_cannot_be_taken(
    text: str, unread: tuple[tuple[str, str], ...]
) -> None:
    assert unread_dates(text) == unread


def test_the_return_date_is_said_with_its_weekday() -> None:
    assert date(2026, 11, 27).weekday() == 4
    assert say_return_by("2026-11-27") == "Friday 27 November 2026"
    assert say_return_by("") == ""


def test_a_day_in_words_is_in_the_language_of_who_reads_it() -> None:
    both = Tongue(("en", "cy"))
    assert say_date(date(2026, 3, 1), both) == "1 March 2026 / 1 Mawrth 2026"
    assert say_return_by("2026-11-27", Tongue(("cy",))) == "dydd Gwener 27 Tachwedd 2026"
    assert say_return_by("", both) == ""


@pytest.mark.parametrize(
    ("text", "endless"),
    [
        ("Ongoing", True),
        ("This is now on-going.", True),
        ("Business  as usual", True),
        ("Ongoing to March 2027", False),
        ("Started", False),
    ],
)
def test_words_that_name_no_end(text: str, endless: bool) -> None:
    assert says_no_end(text) is endless


def test_the_dates_in_a_line_of_words() -> None:
    found = dates_in("Agreed 12 July 2026, for review in May 2026")
    assert found == ((date(2026, 5, 31), True), (date(2026, 7, 12), False))


WORDS = (
    "31", "31st", "26", "'26", "2026", "26/27", "2026-27", "3/", "1.2", "1.2.26", "12.3", "-", "/",
    ",", "end", "of", "by", "the", "mid", "middle", "quarter", "q4", "2026q4", "h1", "first",
    "half", "2nd", "half-term", "term", "spring", "fall", "winter", "easter", "xmas", "week", "w/e",
    "wc", "may", "Sept", "feb-", "year", "fy", "f.y.", "within", "in", "three", "3", "months",
    "day", "immediately", "t1", "s2", "mars", "d'avril", "fin", "trimestre", "roof", "homes", "13",
)  # fmt: skip


def test_a_text_that_is_known_at_a_glance_to_name_no_time_names_none() -> None:
    plain = [text for pair in product(WORDS, WORDS) if not names_time(text := " ".join(pair))]
    assert len(plain) > 100
    for text in plain:
        for plan in (Calendar(), Calendar(date(2026, 4, 1), 4)):
            assert find_ending(text, plan) is None, text
        assert counted_from(text, ISSUED) is None, text


@pytest.mark.parametrize(
    "text",
    ["15. April 2027", "15.April 2027", "15. Apr. 2027", "15.April.2027", "15 . April 2027",
     "15, April 2027", "15/April/2027", "15th. April 2027", "15 th April 2027",
     "the 15th day of April 2027", "April 15. 2027", "by 15. April 2027", "bis 15. April 2027",
     "Thursday 15. April 2027", "Review (15. April 2027)", "15. April 27",
     "from 1. April 2027 to 15. April 2027", "1. März 2027 - 15. April 2027",
     "1. February 2027 - 15. April 2027"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_parted_from_its_month(text: str) -> None:
    """Each was due on the last day of that month, or, the year behind a point, in 2015."""
    assert parse_timescale(text).by == date(2027, 4, 15)


def test_a_day_that_its_month_has_not_is_asked_about_with_a_point_too() -> None:
    assert parse_date("31. April 2027") == "impossible"
    assert [reading for _, reading in unread_dates("by 31. April 2027")] == ["impossible"]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("1. April 2027\n2. May 2027", date(2027, 5, 31)),
        ("1) April 2027\n2) June 2027", date(2027, 6, 30)),
        ("Phase 2. April 2027", date(2027, 4, 30)),
        ("See section 3. April 2027", date(2027, 4, 30)),
        ("1. Completed\n2. April 2027", date(2027, 4, 30)),
        ("1.April 2027\n2.May 2027", date(2027, 5, 31)),
        ("1. Accounts of 2010/11\n2. December 2027", date(2027, 12, 31)),
        ("Phases 1 and 2, March 2027", date(2027, 3, 31)),
        ("Recommendations 1, 2, 3, March 2027", date(2027, 3, 31)),
        ("Actions 1 to 3. March 2027", date(2027, 3, 31)),
        ("Board at 10:30, March 2027", date(2027, 3, 31)),
        ("1. Draft by 15. April 2027\n2. Policy by 1. May 2027", date(2027, 5, 1)),
        ("From 1 to 15. April 2027", date(2027, 4, 15)),
        ("Ward 4, 15. April 2027", date(2027, 4, 15)),
    ],
)
def test_a_number_that_counts_lines_or_belongs_to_a_word_is_no_day(text: str, by: date) -> None:
    assert parse_timescale(text).by == by


def test_a_span_into_a_month_in_another_language_ends_there() -> None:
    """April alone is read in English; the end of the span was lost."""
    assert parse_timescale("1. April 2027 - 30. Juni 2027").by == date(2027, 6, 30)


def test_what_a_text_with_a_pointed_day_is_known_by_stays() -> None:
    """Ids rest on the key of a timescale: how it is read has no part in it."""
    assert parse_timescale("15. April 2027").key == "15. April 2027"


def test_of_a_day_and_a_month_that_end_together_the_day_is_named_each_time() -> None:
    """Which one was named hung on the seed of hashes, so that one plan had two texts."""
    for year in range(2026, 2046):
        ending = find_ending(f"June {year}, that is 30 June {year}")
        assert ending is not None
        assert (ending.by, ending.words) == (date(year, 6, 30), "the date in the words")
