"""When something is due: the date of a timescale, and in words how it was found.

A relative timescale ("Within 3 months") has no date of its own; it counts from the day that
``[plan] agreed`` names. That is worked out when it is asked for, so that values need no clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from xlplan.codes.definition_codes import VAL_003
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.periods import Calendar, relative_end
from xlplan.plan.timescales import (
    MONTH_NAMES,
    Timescale,
    ends_ongoing,
    find_ending,
    say_date,
    unread_dates,
)
from xlplan.plan.values import Invalid, Value, show

DATED = ("revised", "due")
"""Roles of the fields that say when a row is due, the one that counts first."""
_IN = re.compile(r"^(?:within|in)\s+", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Due:
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
        return Due(None, "this is not a timescale")
    if isinstance(value, str):
        return _read(value, definition.agreed, calendar_of(definition))
    return Due(None, "no date in the words")


def due_in(definition: PlanDefinition, values: Mapping[str, Value], kind: str = "action") -> Due:
    """When a row is due now: by its revised date where that has one, else by its due date."""
    found = NO_TIMESCALE
    for role in DATED:
        item = definition.with_role(role, kind)
        due = due_of(definition, values.get(item.id)) if item else NO_TIMESCALE
        if due.by is not None:
            return due
        found = due if due is not NO_TIMESCALE else found
    return found


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
    by = relative_end(_plain(text).lower(), agreed or _ANY_DAY)
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


@dataclass(frozen=True, slots=True)
class DatesRead:
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
