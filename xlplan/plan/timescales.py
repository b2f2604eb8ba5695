"""Timescales as officers write them, and the date by which they end.

Text stays as written; a due date is added where there is one. A month means its last day
("June 2012" is due by 30 June 2012); "Start September and ongoing" has no end.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""In English whatever the machine's locale: the same ledger gives the same bytes everywhere."""
MONTHS = {
    short: number
    for number, name in enumerate(MONTH_NAMES, 1)
    for short in (name.lower(), name[:3].lower())
} | {"sept": 9}
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve"), 1)
}  # fmt: skip

_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,4})(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH}[\s,-]+(\d{{4}}|\d{{2}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_MONTH_YEAR = re.compile(rf"\b{_MONTH}[\s,'-]*(\d{{4}}|\d{{2}})\b")
_SLASH_MONTH_YEAR = re.compile(r"(\d{1,2})\s*/\s*(\d{4}|\d{2})")
_WITHIN = re.compile(
    r"(?:with)?in\s+(\w+)\s+(day|week|month|year)s?|(\w+)\s+(day|week|month|year)s?"
)
_WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_BY = re.compile(r"^(?:(?:completed?|due)\s+)?(?:by|before|due)\s+(?:the\s+)?")


_ONGOING = re.compile(r"\bon[ -]?going\b")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_END = re.compile(
    r"(?:(?:this|work|is|now|still) )*(?:on[ -]?going|contin(?:uous(?:ly)?|ual(?:ly)?|uing|ues)"
    r"|rolling|permanent|indefinite(?:ly)?|business as usual|b\.?a\.?u)"
)


@dataclass(frozen=True, slots=True)
class Timescale:
    """A timescale: the text as written and, where it says one, the date it is due by.

    Two timescales are equal when they mean the same: `key` is the text with its date spelled one
    way, and `text`, which people see, takes no part in the comparison; neither does `by`, which
    follows from the key and, for a relative timescale, from the day it was issued.
    """

    text: str = field(compare=False)
    by: date | None = field(default=None, compare=False)
    key: str = ""


def parse_date(text: str) -> date | Literal["ambiguous", "impossible"] | None:
    """The single day that `text` names, ``"ambiguous"``, ``"impossible"``, or None.

    Day-first and month-first readings that are both possible and differ are ambiguous
    ("03/04/2026"); a date that no calendar has ("31/02/2026") is impossible.
    """
    plain = _WEEKDAY.sub("", " ".join(text.lower().split()))
    plain = _TIME.sub("", plain)
    if found := _NUMERIC.fullmatch(plain):
        first, second, third = found.groups()
        if len(first) == 4:
            return _day(int(first), int(second), int(third))
        if len(third) not in (2, 4) or len(first) > 2:
            return "impossible"
        year = _year(third)
        readings = {
            reading
            for reading in (
                _day(year, int(second), int(first)),
                _day(year, int(first), int(second)),
            )
            if isinstance(reading, date)
        }
        if len(readings) == 2:
            return "ambiguous"
        return readings.pop() if readings else "impossible"
    if found := _DAY_MONTH_YEAR.fullmatch(plain):
        return _day(_year(found[3]), MONTHS[found[2]], int(found[1]))
    if found := _MONTH_DAY_YEAR.fullmatch(plain):
        return _day(int(found[3]), MONTHS[found[1]], int(found[2]))
    return None


def _day(year: int, month: int, day: int) -> date | Literal["impossible"]:
    try:
        return date(year, month, day)
    except ValueError:
        return "impossible"


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month_end(year: int, month: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


def parse_timescale(text: str, issued: date | None = None) -> Timescale:
    """A timescale from its text.

    `issued` is the date from which relative timescales count ("Within 3 months", "Immediate",
    "20 days"); without it they have no date. Of several dates in one cell the last one is due,
    unless a last line says that the work is ongoing. A month is due on its last day. Text that
    names no date keeps its words and has none.
    """
    key = " ".join(text.split()).rstrip(". ")
    whole = key.lower()
    plain = _BY.sub("", whole)
    day = parse_date(plain)
    if isinstance(day, date):
        return Timescale(text, day, say_date(day) if plain == whole else key)
    if day is not None:
        return Timescale(text, None, key)
    if end := _month(plain):
        month = f"{MONTH_NAMES[end.month - 1]} {end.year:04d}"
        return Timescale(text, end, month if plain == whole else key)
    if ends_ongoing(text):
        return Timescale(text, None, key)
    if found := _dates_in(text):
        return Timescale(text, max(found)[0], key)
    if issued is not None and (relative := _relative(whole, issued)):
        return Timescale(text, relative, key)
    return Timescale(text, None, key)


def say_date(day: date) -> str:
    """A date in words: ``"28 February 2026"``."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year:04d}"


def say_return_by(text: str) -> str:
    """``"2026-11-27"`` as ``"Friday 27 November 2026"``; blank stays blank."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{_WEEKDAYS[day.weekday()]} {say_date(day)}"


def unread_dates(text: str) -> tuple[tuple[str, Literal["ambiguous", "impossible"]], ...]:
    """What looks like a date inside `text` and cannot be taken as one, each with the reason."""
    whole = " ".join(text.split())
    found = []
    for match in _NUMERIC.finditer(whole):
        reading = parse_date(match[0])
        # "3.1.2" is numbering; only a date has a year of two digits or four.
        if isinstance(reading, str) and (len(match[3]) != 1 and len(match[3]) != 3):
            found.append((match[0], reading))
    for match in _DAY_MONTH_YEAR.finditer(whole.lower()):
        if parse_date(match[0]) == "impossible":
            found.append((match[0], "impossible"))
    return tuple(found)


def dates_in(text: str) -> tuple[tuple[date, bool], ...]:
    """The dates that a timescale names, in order of time, and whether each is a month's last day.

    What `parse_timescale` takes the due date from; relative timescales name none.
    """
    whole = " ".join(text.split()).rstrip(". ").lower()
    plain = _BY.sub("", whole)
    day = parse_date(plain)
    if day is not None:
        return ((day, False),) if isinstance(day, date) else ()
    if end := _month(plain):
        return ((end, True),)
    return tuple(sorted(_dates_in(text)))


def ends_ongoing(text: str) -> bool:
    """Whether the last of several lines says that the work goes on, and names no date.

    "April 25" above "Ongoing" began in April and is not late after it. "Ongoing to March 2027" has
    an end, and so has a single line that names one.
    """
    lines = [line for line in text.lower().split("\n") if line.strip()]
    return len(lines) > 1 and bool(_ONGOING.search(lines[-1])) and not _dates_in(lines[-1])


def says_no_end(text: str) -> bool:
    """Whether words say that the work has no end, and nothing else: "Ongoing", "Continuous",
    "Business as usual"."""
    return bool(_NO_END.fullmatch(" ".join(text.split()).rstrip(". ").lower()))


def _dates_in(text: str) -> set[tuple[date, bool]]:
    """Dates among words. A line that is a date stays one: "April 25" above "April 25"."""
    lines = [" ".join(line.split()).rstrip(". ").lower() for line in text.split("\n")]
    alone = [found for line in lines if (found := _line_date(line))]
    if len(alone) < 2:  # one such line may run on into the next: "June 12", "2011"
        alone = []
    else:
        lines = [line for line in lines if not _line_date(line)]
    whole = " ".join(line for line in lines if line)
    days = {(day, False) for day in _days_in(whole)}
    return {*alone, *days, *((end, True) for end in _months_in(whole))}


def _line_date(line: str) -> tuple[date, bool] | None:
    day = parse_date(line)
    if isinstance(day, date):
        return day, False
    end = None if day else _month(line)
    return (end, True) if end else None


def _days_in(whole: str) -> list[date]:
    written = [*_DAY_MONTH_YEAR.finditer(whole), *_MONTH_DAY_YEAR.finditer(whole)]
    readings = (parse_date(match[0]) for match in (*written, *_NUMERIC.finditer(whole)))
    return [reading for reading in readings if isinstance(reading, date)]


def _month(whole: str) -> date | None:
    """The last day of the month that `whole` names and nothing else."""
    if found := _MONTH_YEAR.fullmatch(whole):
        return _month_end(_year(found[2]), MONTHS[found[1]])
    if found := _SLASH_MONTH_YEAR.fullmatch(whole):
        return _month_end(_year(found[2]), int(found[1]))
    return None


def _months_in(whole: str) -> list[date]:
    rest = _MONTH_DAY_YEAR.sub(" ", _DAY_MONTH_YEAR.sub(" ", whole))
    ends = (_month_end(_year(m[2]), MONTHS[m[1]]) for m in _MONTH_YEAR.finditer(rest))
    return [end for end in ends if end is not None]


def _relative(whole: str, issued: date) -> date | None:
    if whole.removeprefix("with ").startswith("immediate"):
        return issued
    if not (match := _WITHIN.fullmatch(whole)):
        return None
    word, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
    count = _NUMBER_WORDS.get(word) or (int(word) if word.isdecimal() and len(word) < 5 else None)
    if count is None:
        return None
    if unit in ("day", "week"):
        days = issued.toordinal() + count * (7 if unit == "week" else 1)
        return date.fromordinal(days) if days <= date.max.toordinal() else None
    months = issued.month - 1 + count * (12 if unit == "year" else 1)
    end = _month_end(issued.year + months // 12, months % 12 + 1)
    return end and end.replace(day=min(issued.day, end.day))


def canon_timescale(text: str, by: date | None = None) -> Timescale:
    """The canonical timescale of `text`; `by` is kept where the text itself gives no date.

    "Sept 2011" and "September 2011" are equal; so are "30/09/2011" and "30 September 2011".
    """
    parsed = parse_timescale(text)
    return parsed if parsed.by or by is None else Timescale(text, by, parsed.key)
