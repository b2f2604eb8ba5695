"""What the timescales of a plan say about its time: proposed by `new`, for a person to look over.

In which month its years start, which year a day without one is in, and whether its dates are
written day first or month first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xlplan.plan.periods import Calendar
from xlplan.plan.timescales import MONTH_NAMES, find_ending, parse_date

_SPLIT_YEAR = re.compile(r"(?<!\d)(?:20)?(\d\d)\s*[/-]\s*(?:20)?(\d\d)(?![\d/-])")
_NUMERIC = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})(?!\d).*", re.DOTALL)
_LONGEST = 366
"""Days between the first and the last date of a plan in which each day of the year comes once."""
_ANY_DAY = date(2000, 1, 1)


def propose_calendar(texts: Iterable[str], agreed: date | None) -> tuple[Calendar, tuple[str, ...]]:
    """What `new` proposes as the time of a plan with these timescales, and what it guessed.

    A year that is written 2026/27 starts in April; where all are written 2026, in January. A day
    without a year is counted from the day of agreement, else from the first date of the plan,
    if its dates lie within a year.
    """
    texts = tuple(dict.fromkeys(texts))
    split = any(int(end) == int(start) + 1 for text in texts
                for start, end in _SPLIT_YEAR.findall(text))  # fmt: skip
    starts = 4 if split else 1
    days = [
        end.by for text in texts if (end := find_ending(text, Calendar(None, starts))) and end.by
    ]
    near = bool(days) and (max(days) - min(days)).days <= _LONGEST
    begins = agreed or (min(days).replace(day=1) if near else None)
    without_year = _needing("begins", texts, Calendar(None, starts))
    of_years = _needing("year_starts", texts, Calendar(begins or _ANY_DAY, 0))
    guesses = []
    if of_years:
        how = "years such as 2026/27 stand in the plan" if split else "no year such as 2026/27 does"
        guesses.append(
            f'plan: year_starts = "{MONTH_NAMES[starts - 1]}", since {how}; {_some(of_years)} '
            "rest on it"
        )
    if without_year and begins:
        guesses.append(
            f"plan: begins = {begins.isoformat()}, so that {_some(without_year)}, which name no "
            "year, fall on the first such day after it"
        )
    elif without_year:
        guesses.append(
            f"plan: {_some(without_year)} name no year; put in begins, the day after which they "
            "fall"
        )
    return Calendar(begins if without_year else None, starts if of_years else 0), tuple(guesses)


def _needing(key: str, texts: Iterable[str], plan: Calendar) -> list[str]:
    return [text for text in texts if (end := find_ending(text, plan)) and end.needs == key]


def _some(texts: list[str]) -> str:
    shown = ", ".join(f'"{" ".join(text.split())}"' for text in texts[:3])
    return shown + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """How the dates of a column are written, and whether the column itself or another says so."""

    month_first: bool
    settled_by: str = ""
    """A date that can be read one way only; blank where none is there."""


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """The order in which a column writes its dates: "11/14/24" says that "11/12/24" is in November.

    None where its dates do not agree. A column in which each can be read both ways has its day
    first, and `settled_by` is blank.
    """
    found: dict[bool, str] = {}
    for text in texts:
        match = _NUMERIC.fullmatch(text.strip())
        if match and isinstance(parse_date(text), date) and match[1] != match[2]:
            found.setdefault(int(match[2]) > 12, text)
    if len(found) == 2:
        return None
    return next((DayOrder(*each) for each in found.items()), DayOrder(False))


def in_order(text: str, order: DayOrder) -> date | None:
    """The day of a date that can be read two ways, in the order of its column; else None."""
    match = _NUMERIC.fullmatch(text.strip())
    if match is None or parse_date(text) != "ambiguous":
        return None
    month, day = (match[1], match[2]) if order.month_first else (match[2], match[1])
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    return date(year, int(month), int(day))


def say_order(texts: list[str], order: DayOrder) -> str:
    """How dates that can be read two ways were read, and why."""
    first = "month" if order.month_first else "day"
    why = (
        f'since "{order.settled_by}" can be read no other way'
        if order.settled_by
        else "which nothing in the column settles: if it is month first, write the dates with the "
        "month in words and start again"
    )
    return f"{_some(texts)} were read {first} first, {why}"
