"""Timescales as officers write them, and the date by which they end.

Text stays as written; a due date is added where there is one. A month means its last day
("June 2012" is due by 30 June 2012); "Start September and ongoing" has no end.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from xlplan.language.catalogue import ENGLISH, Tongue, marked
from xlplan.late import regex
from xlplan.plan.periods import (
    NO_CALENDAR,
    TIME_WORDS,
    Calendar,
    Ending,
    counted_from,
    in_english,
    month_end,
    names_month_elsewhere,
    period_alone,
    periods_in,
    spell_days,
)

MONTH_NAMES = (
    marked("January"), marked("February"), marked("March"), marked("April"), marked("May"),
    marked("June"), marked("July"), marked("August"), marked("September"), marked("October"),
    marked("November"), marked("December"),
)  # fmt: skip
"""In English whatever the machine's locale: the same ledger gives the same bytes everywhere."""
MONTHS = {
    short: number
    for number, name in enumerate(MONTH_NAMES, 1)
    for short in (name.lower(), name[:3].lower())
} | {"sept": 9}
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_NUMERIC = regex(r"(?<!\d)(\d{1,4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,4})(?!\d)")
_NUMBERED = regex(r"(?<![\d./-])\d{1,2}[.)]\s+(?=\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d))")
"""What numbers a date in a list: in "1. 31/12/2026" no day is in January."""
_DAY_MONTH_YEAR = regex(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH}[\s,-]+(\d{{4}}|\d{{2}})(?!\d)"
)
_MONTH_DAY_YEAR = regex(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_MONTH_YEAR = regex(rf"\b{_MONTH}[\s,'-]*(\d{{4}}|\d{{2}})\b")
_SPAN = regex(rf"(\b{_MONTH}\s*'?\d\d)\s*-\s*(?={_MONTH}\s*'?(?:\d{{4}}|\d\d)(?![\d,]|\s*\d))")
"""From a month to a month: in "Sept 26 - July 27" there is no 26 July."""
_PARTED = regex(r"\d *[a-z]{0,3} *[.,/] *[a-z]|\d +(?:st|nd|rd|th|day)\b|th day|\d\. ")
_SLASH_MONTH_YEAR = regex(r"(\d{1,2})\s*/\s*(\d{4}|\d{2})")
_WEEKDAY = regex(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+")
_TIME = regex(r",?[t ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:[ap]m|z|utc|[+-]\d\d:?\d\d))?$")
_BY = regex(r"^(?:(?:completed?|due)\s+)?(?:by|before|due)\s+(?:the\s+)?")
_WEEK = regex(r"(?:w/?([cbe])\.?|week (commencing|beginning|starting|of|ending)):? +(?P<day>.+)")
_MID = regex(rf"(?:mid|(?:the )?middle of)[ -]*(?:{_MONTH}[\s,'-]*)?(\d{{4}}|\d{{2}})")
_BEFORE = regex(
    r"[(\[]?\b(?:(?:was|were|previously|formerly|original(?:ly)?(?: (?:due )?date| target)?)\b"
    r"(?:(?!\b(?:revised|now|new|extended|changed|moved|brought)\b)[^)\]\n;])*"
    r"|(?:revised|extended|moved|changed|deferred|slipped|brought forward|put back) from\b"
    r"(?:(?!\bto\b)[^)\]\n;])*)[)\]]?",
    re.IGNORECASE,
)
"""What a timescale says of an earlier date: "(was 31 March 2027)"."""
_MOVED = regex(
    r"^.*\b(?:revised|extended|moved|changed|deferred|slipped|brought forward|put back)"
    r"(?: date)? to\b",
    re.IGNORECASE | re.DOTALL,
)
_END_OF = regex(rf"^(?:at )?(?:the )?end(?: of)?(?: the)?[ -]+(?={_MONTH}$)")
_YEARLESS = regex(r"(?!(?:(?:the|at|in|end|late|of|mid)\W*)*$)(?!.*\d{3}).{2,40}")
_ONGOING = regex(r"\bon[ -]?going\b")
_ONWARDS = regex(r"\bonwards?\W*$")
_WEEKDAYS = (marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday"),
             marked("Friday"), marked("Saturday"), marked("Sunday"))  # fmt: skip
_NO_END = regex(
    r"(?:(?:this|work|is|now|still) )*(?:on[ -]?going|contin(?:uous(?:ly)?|ual(?:ly)?|uing|ues)"
    r"|rolling|permanent|indefinite(?:ly)?|business as usual|b\.?a\.?u)"
)


class Timescale(Struct, frozen=True):
    """A timescale: the text as written and, where it says one, the date it is due by.

    Two timescales are equal when they mean the same: `key` is the text with its date spelled one
    way, and `text`, which people see, takes no part in the comparison; neither does `by`, which
    follows from the key and, for a relative timescale, from the day it was issued.
    """

    text: str
    by: date | None = None
    key: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timescale) and self.key == other.key

    def __hash__(self) -> int:
        return hash((Timescale, self.key))


def parse_date(text: str) -> date | Literal["ambiguous", "impossible"] | None:
    """The single day that `text` names, ``"ambiguous"``, ``"impossible"``, or None.

    Day-first and month-first readings that are both possible and differ are ambiguous
    ("03/04/2026"); a date that no calendar has ("31/02/2026") is impossible.
    """
    return _one_day(spell_days(text) if _PARTED.search(text.lower()) else text)


def _one_day(text: str) -> date | Literal["ambiguous", "impossible"] | None:
    plain = _TIME.sub("", _WEEKDAY.sub("", " ".join(text.lower().split())))
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


def parse_timescale(
    text: str, issued: date | None = None, plan: Calendar = NO_CALENDAR
) -> Timescale:
    """A timescale from its text.

    `issued` is the date from which relative timescales count ("Within 3 months", "Immediate",
    "20 days"), `plan` says where its years begin and which year a day without one is in; without
    them such words have no date. Of several dates in one cell the last one is due, unless a last
    line says that the work is ongoing. A month or another period is due on its last day. Text that
    names no date keeps its words and has none.
    """
    may = names_time(text)
    ending = find_ending(text, plan) if may else None
    by = ending.by if ending else None
    key = _key(text)
    if may and ending is None and issued is not None and not ends_ongoing(text):
        by = counted_from(text, issued)
    return Timescale(text, by, key)


_NAMES_TIME = regex(
    r"(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|q[1-4u]|h[12]|half|year|f\.?y|"
    r"autumn|spring|summer|fall|winter|christmas|xmas|easter|week|kw|w/?[cbe]|mid|immediat|day|month|"
    rf"(?:{'|'.join(TIME_WORDS)})(?![a-z]))"
    r"|\d\s*[/-]|\d\s*\.\s*\d{1,2}\s*\.\s*\d|20\d\d"
)
"""What any text has that names a day, a period or a span: whatever is looked for above and in
`periods` needs one of these."""


def names_time(text: str) -> bool:
    """Whether a text may name a time. Most texts of a plan are none, and are known at once."""
    return not text.isascii() or _NAMES_TIME.search(text.lower()) is not None


def _key(text: str) -> str:
    """The text with its date or month spelled one way, where it says nothing else.

    Ids rest on it: what it was for a text once it stays.
    """
    key = " ".join(text.split()).rstrip(". ")
    whole = key.lower()
    if _BY.sub("", whole) != whole:
        return key
    day = _one_day(whole)
    if isinstance(day, date):
        return say_date(day)
    if day is None and (end := _month(whole)):
        return f"{MONTH_NAMES[end.month - 1]} {end.year:04d}"
    return key


def find_ending(text: str, plan: Calendar = NO_CALENDAR) -> Ending | None:
    """By when a timescale ends and how that is known, None where it names no day or period.

    What "was" or is "revised from" counts only where nothing else is there. Words of other
    languages are read where they are no English.
    """
    if ends_ongoing(text):
        return None
    elsewhere = names_month_elsewhere(text) and in_english(text)
    found = _ending(elsewhere or text, plan)
    if found is None and not elsewhere and (english := in_english(text)):
        found = _ending(english, plan)
    return found


def _ending(text: str, plan: Calendar) -> Ending | None:
    text = spell_days(text)
    now = _BEFORE.sub(" ", text)
    parts = (_MOVED.sub("", now), now, text) if _MOVED.search(now) else (now, text)
    for part in dict.fromkeys(parts):
        whole = " ".join(part.split()).strip(".,;: ").lower()
        plain = _BY.sub("", whole)
        if isinstance(parse_date(plain), str):
            return None
        found = _alone(plain, plan) or _among(part, plan) or _without_year(plain, plan)
        if found is not None:
            written = whole != plain or part != text
            return replace(found, words=_IN_WORDS) if written and found.words == _AS_IS else found
    return None


_AS_IS, _IN_WORDS = "the date as written", "the date in the words"


def _alone(plain: str, plan: Calendar) -> Ending | None:
    """The day, week, month or period that a text names and nothing else."""
    day = parse_date(plain)
    if isinstance(day, date):
        return Ending(day, _AS_IS)
    if end := _month(plain):
        return Ending(end, _last_of(end))
    if found := _WEEK.fullmatch(plain):
        day = parse_date(found["day"])
        if not isinstance(day, date) or (found[1] or found[2]).startswith("e"):
            return Ending(day, _IN_WORDS) if isinstance(day, date) else None
        last = min(day, date.max - timedelta(6)) + timedelta(6)
        return Ending(last, f"the last day of the week from {say_date(day)}")
    if (found := _MID.fullmatch(plain)) and (found[1] or len(found[2]) == 4):
        year = max(_year(found[2]), 1)
        name = f"{MONTH_NAMES[MONTHS[found[1]] - 1]} {year}" if found[1] else str(year)
        middle = date(year, MONTHS[found[1]], 15) if found[1] else date(year, 6, 30)
        return Ending(middle, f"the middle of {name}")
    return period_alone(plain, plan)


def _among(text: str, plan: Calendar) -> Ending | None:
    """The last of the dates and periods that stand among other words."""
    dates = [
        Ending(day, _last_of(day) if is_month else _IN_WORDS) for day, is_month in _dates_in(text)
    ]
    found = dates + periods_in(" ".join(text.split()).lower(), plan)
    days = [each for each in found if each.by]
    days.sort(key=lambda each: (each.by or date.min, each.words))
    if len({each.by for each in days}) > 1:
        return replace(days[-1], words="of several dates the last")
    return days[0] if days else found[0] if found else None


def _last_of(end: date) -> str:
    return f"the last day of {MONTH_NAMES[end.month - 1]} {end.year:04d}"


def _without_year(plain: str, plan: Calendar) -> Ending | None:
    """The first day of its name after the plan began: "31 March", "by Christmas", "year end"."""
    plain = _END_OF.sub("", plain)
    if not _YEARLESS.fullmatch(plain):
        return None
    first = plan.begins or date(2000, 1, 1)
    found = [_alone(f"{plain} {first.year + more}", plan) for more in (-1, 0, 1)]
    if plan.begins is None and found[1]:
        return Ending(None, plain, "begins")
    after = (each for each in found if each and (each.by is None or each.by >= first))
    if (ending := next(after, None)) is None or ending.by is None:
        return ending
    return replace(ending, words=f"{say_date(ending.by)}: the first after {say_date(first)}")


def say_date(day: date, tongue: Tongue = ENGLISH) -> str:
    """A date in words: ``"28 February 2026"``."""
    month = MONTH_NAMES[day.month - 1]
    if tongue == ENGLISH:
        return f"{day.day} {month} {day.year:04d}"
    return tongue.each(lambda one: f"{day.day} {one.say(month)} {day.year:04d}")


def say_return_by(text: str, tongue: Tongue = ENGLISH) -> str:
    """``"2026-11-27"`` as ``"Friday 27 November 2026"``; blank stays blank."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return tongue.each(lambda one: f"{one.say(_WEEKDAYS[day.weekday()])} {say_date(day, one)}")


def unread_dates(text: str) -> tuple[tuple[str, Literal["ambiguous", "impossible"]], ...]:
    """What looks like a date inside `text` and cannot be taken as one, each with the reason."""
    whole = " ".join(_NUMBERED.sub("", spell_days(text)).split())
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
    """The dates in a line, in order of time, and whether each is a month's last day."""
    return tuple(sorted(_dates_in(text)))


def ends_ongoing(text: str) -> bool:
    """Whether the last of several lines says that the work goes on, and names no date.

    "April 25" above "Ongoing" began in April and is not late after it. "Ongoing to March 2027" has
    an end, and so has a single line that names one, unless it is "April 2027 onwards".
    """
    lines = [line for line in text.lower().split("\n") if line.strip()]
    if lines and _ONWARDS.search(lines[-1]):
        return True
    return len(lines) > 1 and bool(_ONGOING.search(lines[-1])) and not _dates_in(lines[-1])


def says_no_end(text: str) -> bool:
    """Whether words say that the work has no end, and nothing else: "Ongoing", "Continuous",
    "Business as usual"."""
    return bool(_NO_END.fullmatch(" ".join(text.split()).rstrip(". ").lower()))


def _dates_in(text: str) -> set[tuple[date, bool]]:
    """Dates among words. A line that is a date stays one: "April 25" above "April 25"."""
    text = _NUMBERED.sub("", spell_days(text))
    lines = [" ".join(line.split()).rstrip(". ").lower() for line in text.split("\n")]
    alone = [found for line in lines if (found := _line_date(line))]
    if len(alone) < 2:  # one such line may run on into the next: "June 12", "2011"
        alone = []
    else:
        lines = [line for line in lines if not _line_date(line)]
    whole = _SPAN.sub(r"\1 to ", " ".join(line for line in lines if line))
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
        return month_end(_year(found[2]), MONTHS[found[1]])
    if found := _SLASH_MONTH_YEAR.fullmatch(whole):
        return month_end(_year(found[2]), int(found[1]))
    return None


def _months_in(whole: str) -> list[date]:
    rest = _MONTH_DAY_YEAR.sub(" ", _DAY_MONTH_YEAR.sub(" ", whole))
    ends = (month_end(_year(m[2]), MONTHS[m[1]]) for m in _MONTH_YEAR.finditer(rest))
    return [end for end in ends if end is not None]


@lru_cache(maxsize=4096)
def canon_timescale(text: str, by: date | None = None) -> Timescale:
    """The canonical timescale of `text`; `by` is kept where the text itself gives no date.

    "Sept 2011" and "September 2011" are equal; so are "30/09/2011" and "30 September 2011".
    """
    parsed = parse_timescale(text)
    return parsed if parsed.by or by is None else Timescale(text, by, parsed.key)
