"""When something is due: the date of a timescale, and in words how it was found.

A relative timescale ("Within 3 months") has no date of its own; it counts from the day that
``[plan] agreed`` names. That is worked out when it is asked for, so that values need no clock.

What a plan has to say about its time for that, `new` proposes from its timescales: in which month
its years start, which year a day without one is in, and whether its dates have the day first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from msgspec import Struct

from xlplan.codes.definition_codes import VAL_003
from xlplan.late import regex
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.periods import Calendar, counted_from
from xlplan.plan.timescales import (
    MONTH_NAMES,
    Timescale,
    ends_ongoing,
    find_ending,
    parse_date,
    say_date,
    unread_dates,
)
from xlplan.plan.values import Invalid, Value, show, to_json

DATED = ("revised", "due")
"""Roles of the fields that say when a row is due, the one that counts first."""
APPROVED = ("approved_by", "approved_on")
"""Roles of the fields that say who approved a revised date, and when."""
_SPLIT_YEAR = regex(r"(?<!\d)(?:20)?(\d\d)\s*[/-]\s*(?:20)?(\d\d)(?![\d/-])")
_PLAN_YEAR = regex(r"(?<!\d)20(\d\d)\s*[/–-]\s*(?:20)?(\d\d)(?!\d)")
_TERM = regex(r"\b(?:autumn|spring|summer)\s+[12]\b|\bterm\b|\bhalf[\s-]?term", re.IGNORECASE)
"""What speaks of the terms of schools."""
_NUMERIC = regex(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})(?!\d).*", re.DOTALL)
_LONGEST = 366
"""Days between the first and the last date of a plan in which each day of the year comes once."""
MOST_YEARS = 30
"""How far a date of a plan may be from the others before it is asked about."""
_IN = regex(r"^(?:within|in)\s+", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)


class Due(Struct, frozen=True):
    """A due date, or None where there is none, and the reason in words."""

    by: date | None
    reason: str


NO_TIMESCALE = Due(None, "there is no timescale")
ONGOING = Due(None, "the last line says that it is ongoing")


def calendar_of(definition: PlanDefinition) -> Calendar:
    """What a plan says about its time, for timescales that rest on it."""
    starts = definition.year_starts
    return Calendar(definition.begins, MONTH_NAMES.index(starts) + 1 if starts else 0)


def due_of(definition: PlanDefinition, value: Value) -> Due:
    """When the value of a date or timescale field is due, and how that is known.

    "June 2012" is due on its last day; of several dates the last one counts, unless a last line
    says "Ongoing"; "Within 3 months" counts from the day the plan was agreed. Words without a date
    give none.
    """
    if value is None:
        return NO_TIMESCALE
    if isinstance(value, date):
        return Due(value.date() if isinstance(value, datetime) else value, "the date as written")
    if isinstance(value, Timescale):
        found = _read(value.text, definition.agreed, calendar_of(definition))
        kept = value.by is not None and found.by is None and found is not ONGOING
        return Due(value.by, "the date kept with the words") if kept else found
    if isinstance(value, Invalid):
        whole = Due(None, "this is not a timescale")
        return Due(None, _no_date(value.raw)) if unread_dates(value.raw) else whole
    if isinstance(value, str):
        return _read(value, definition.agreed, calendar_of(definition))
    return Due(None, "no date in the words")


def value_shape(value: Value, definition: PlanDefinition, *, is_due: bool = False) -> object:
    """A value in a document of ``--json``; when an action is due with the date it is due by and
    how that is known.

    `is_due` is for the field with the role ``due``: it has one shape, whether it holds a timescale
    or a plain date.
    """
    if is_due and isinstance(value, date):
        return {"text": show(value), "by": value.isoformat(), "reason": "the date itself"}
    if is_due and isinstance(value, Invalid):
        return {"text": value.raw, "by": None, "reason": value.message}
    if not isinstance(value, Timescale):
        return to_json(value)
    due = due_of(definition, value)
    by = due.by.isoformat() if due.by else None
    return {"text": value.text, "by": by, "reason": due.reason}


def due_in(definition: PlanDefinition, values: Mapping[str, Value], kind: str = "action") -> Due:
    """When a row is due now: by its revised date where that has one and counts, else by its due
    date."""
    found = NO_TIMESCALE
    for role in DATED if revised_counts(definition, values, kind) else DATED[1:]:
        item = definition.with_role(role, kind)
        due = due_of(definition, values.get(item.id)) if item else NO_TIMESCALE
        if due.by is not None:
            return due
        found = due if due is not NO_TIMESCALE else found
    return found


def revised_counts(definition: PlanDefinition, values: Mapping[str, Value], kind: str) -> bool:
    """Whether a revised date counts yet: where it has to be approved, once somebody is named who
    did it, or a day."""
    if definition.revised_counts == "at once":
        return True
    fields = (definition.with_role(role, kind) for role in APPROVED)
    return any(item is not None and values.get(item.id) is not None for item in fields)


YEARS_OFF = 5
"""Years from the middle of a plan's dates at which a date is more likely a slip."""


class Likely(Struct, frozen=True):
    """Which days are likely for the actions of a plan: none before it was agreed, none years from
    the middle of its dates."""

    agreed: date | None = None
    middle: date | None = None

    def doubt(self, day: date) -> str:
        """Why an action is hardly due on a day, in words; ``""`` where nothing speaks against."""
        if self.agreed is not None and day < self.agreed:
            return f"{say_date(day)} is before the plan was agreed, {say_date(self.agreed)}"
        if self.middle is not None and abs(day - self.middle).days > YEARS_OFF * 365.25:
            return f"{say_date(day)} is years from the other dates of the plan"
        return ""


def likely_dates(definition: PlanDefinition, rows: Iterable[Mapping[str, Value]]) -> Likely:
    """The likely days of a plan, from the values of its actions.

    Where more than a quarter of its dates are before the day it was agreed, that day is only where
    its timescales count from, and an early date is nothing unusual.
    """
    days = sorted(day for values in rows if (day := due_in(definition, values).by))
    if not days:
        return Likely()
    agreed = definition.agreed
    usual = agreed is not None and days[len(days) // 4] < agreed
    return Likely(None if usual else agreed, days[len(days) // 2])


def due_now(
    definition: PlanDefinition, values: Mapping[str, Value], likely: Likely, kind: str = "action"
) -> Due:
    """When a row is due, by a day that can be believed: a doubtful one is asked about first."""
    due = due_in(definition, values, kind)
    doubt = likely.doubt(due.by) if due.by else ""
    return Due(None, doubt) if doubt else due


def date_gone(
    definition: PlanDefinition, item: Field | None, before: Value, after: Value
) -> date | None:
    """The date in `before` that `after` puts nothing in the place of, where it says when a row is
    due; else None.

    A blank and words without a date take it away. What stands there and cannot be read (a date
    with two readings, a formula, an error) is another matter: it may still be a date.
    """
    if item is None or item.role not in DATED or due_of(definition, after).by is not None:
        return None
    unreadable = isinstance(after, Invalid) and (
        after.code != VAL_003.code or bool(unread_dates(after.raw))
    )
    return None if unreadable else due_of(definition, before).by


def say_gone(day: date) -> str:
    """That a date is gone, in words."""
    return f"The date is gone: was {say_date(day)}"


@lru_cache(maxsize=4096)
def _read(text: str, agreed: date | None, plan: Calendar) -> Due:
    if ends_ongoing(text):
        return ONGOING
    if found := find_ending(text, plan):
        return Due(found.by, found.words) if found.by else Due(None, _NEEDS[found.needs])
    return _relative(text, agreed) or Due(None, _no_date(text))


_NEEDS = {
    "year_starts": "it rests on the month in which the year starts: year_starts in plan.toml",
    "begins": "it names no year, and plan.toml does not say from when it counts: begins",
    "": "no date in the words",
}


def _relative(text: str, agreed: date | None) -> Due | None:
    by = counted_from(text, agreed or _ANY_DAY)
    if by is None:
        return None
    if agreed is None:
        return Due(None, "it counts from the day the plan was agreed, which plan.toml does not say")
    if by == agreed:
        return Due(by, f"at once, from {say_date(agreed)}")
    return Due(by, f"{_IN.sub('', _plain(text))} from {say_date(agreed)}")


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(". ")


def _no_date(text: str) -> str:
    whys = [why for _, why in unread_dates(text)]
    if "impossible" in whys:
        return "no calendar has the date"
    return "the date can be read two ways" if whys else "no date in the words"


class DatesRead(Struct, frozen=True):
    """How many of a plan's timescales have a date, and the others with the reason for each."""

    read: int
    unread: Mapping[tuple[str, str], int]
    """By text and reason: how often."""
    blank: int


def count_dates(
    definition: PlanDefinition, rows: Iterable[Mapping[str, Value]], kind: str = "action"
) -> DatesRead | None:
    """What `due_in` finds in these rows; None where no field says when a row is due."""
    fields = [item for role in DATED if (item := definition.with_role(role, kind))]
    if not fields:
        return None
    read = blank = 0
    unread: Counter[tuple[str, str]] = Counter()
    for values in rows:
        due = due_in(definition, values, kind)
        text = next((show(value) for item in fields if (value := values.get(item.id))), "")
        read += due.by is not None
        blank += due.by is None and not text
        if due.by is None and text:
            unread[" ".join(text.split()), due.reason] += 1
    return DatesRead(read, unread, blank)


def year_of_plan(lines: Iterable[str]) -> int:
    """The first of two years that one of these lines names, as in "School plan 2026-27"; 0 where
    none does."""
    for line in lines:
        for start, end in _PLAN_YEAR.findall(line):
            if int(end) == int(start) + 1:
                return 2000 + int(start)
    return 0


def propose_calendar(
    texts: Iterable[str], agreed: date | None, year: int = 0, updated: date | None = None
) -> tuple[Calendar, tuple[str, ...]]:
    """What `new` proposes as the time of a plan with these timescales, and what it guessed.

    A year that is written 2026/27 starts in April; where all are written 2026, in January. A day
    without a year is counted from the day of agreement, else from the start of the plan's own
    year, of which `year` is the first (September where its terms are those of schools, else
    April), if its dates lie in it, else from the first date of the plan, if they lie within a year
    and are no fewer than the days without one. The day on which the plan was `updated` comes last:
    what it has not finished may well have been due before.
    """
    texts = tuple(dict.fromkeys(texts))
    split = any(int(end) == int(start) + 1 for text in texts
                for start, end in _SPLIT_YEAR.findall(text))  # fmt: skip
    starts = 4 if split else 1
    said = {
        text: end.by for text in texts
        if (end := find_ending(text, Calendar(None, starts))) and end.by
    }  # fmt: skip
    far = _far(said)
    days = [day for text, day in said.items() if text not in far]
    near = bool(days) and (max(days) - min(days)).days <= _LONGEST
    without_year = _needing("begins", texts, Calendar(None, starts))
    term = any(map(_TERM.search, without_year))
    own = date(year, 9 if term else 4, 1) if year else None
    if own and all(0 <= (day - own).days < _LONGEST for day in days):
        first: date | None = own
    else:
        near = near and len(days) >= len(without_year)
        first = min(days).replace(day=1) if near else None
    if updated and (first is None or first > updated):
        first = updated
    begins = agreed or first
    of_years = _needing("year_starts", texts, Calendar(begins or _ANY_DAY, 0))
    guesses = []
    if far:
        one = len(far) == 1
        guesses.append(
            f"plan: {_some(far)} {'is' if one else 'are'} more than {MOST_YEARS} years from the "
            f"other dates; correct {'it' if one else 'each'} in the plan if it is a slip"
        )
    if of_years:
        how = f"{'years are' if split else 'no year is'} written like 2026/27"
        guesses.append(
            f'plan: year_starts = "{MONTH_NAMES[starts - 1]}", since {how}; {_some(of_years)} '
            f"{'rests' if len(of_years) == 1 else 'rest'} on it"
        )
    name, they, fall = (
        ("names", "it", "falls") if len(without_year) == 1 else ("name", "they", "fall")
    )
    if without_year and begins:
        guesses.append(
            f"plan: begins = {begins.isoformat()}, so that {_some(without_year)}, which {name} no "
            f"year, {fall} on the first such day after it"
        )
    elif without_year:
        guesses.append(
            f"plan: {_some(without_year)} {name} no year; put in begins, the day after which "
            f"{they} {fall}"
        )
    return Calendar(begins if without_year else None, starts if of_years else 0), tuple(guesses)


def _far(days: Mapping[str, date]) -> list[str]:
    """The few texts whose days are far from most: 31/12/2206 among days of 2026 and 2027."""
    middle = sorted(days.values())[len(days) // 2].year if days else 0
    found = [text for text, day in days.items() if abs(day.year - middle) > MOST_YEARS]
    return found if len(found) * 3 <= len(days) else []


def _needing(key: str, texts: Iterable[str], plan: Calendar) -> list[str]:
    return [text for text in texts if (end := find_ending(text, plan)) and end.needs == key]


def _some(texts: list[str]) -> str:
    shown = ", ".join(f'"{" ".join(text.split())}"' for text in texts[:3])
    return shown + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")


class DayOrder(Struct, frozen=True):
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
    return f"{_some(texts)} {'was' if len(texts) == 1 else 'were'} read {first} first, {why}"
