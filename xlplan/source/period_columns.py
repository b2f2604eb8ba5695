"""Columns and sheets that differ in their period alone: "Q1 RAG", "Q2 RAG"; "Sep-25", "Oct-25".

Of such the last one says how things are now; all others are what was said before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date
from itertools import pairwise

from xlplan.late import regex
from xlplan.plan.periods import Calendar
from xlplan.plan.propose_roles import without_period
from xlplan.plan.text import fold
from xlplan.plan.timescales import dates_in, find_ending
from xlplan.source.heading_words import words_of

_IN_NUMBERS = regex(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](?:20)?(\d\d)(?!\d)")


def latest_first(
    found: Sequence[tuple[float, int, str]],
    headings: Mapping[int, str],
    filled: Mapping[int, float],
) -> list[tuple[float, int, str]]:
    """What columns may be (score, column, role), where of statuses or notes that differ in their
    period alone the last one that most rows have (`filled`: share by column) comes first.

    The last is the one of the latest day or month, where each heading names one; people who put
    the newest first have it on the left. Else it is the rightmost.
    """
    series: dict[tuple[str, str], list[tuple[float, int, str]]] = {}
    for score, col, role in found:
        bare = without_period(words_of(headings.get(col, "")))
        if role in ("rating", "progress") and bare is not None:
            series.setdefault((role, bare), []).append((score, col, role))
    first: dict[tuple[int, str], float] = {}
    for each in series.values():
        most = max(filled[col] for _, col, _ in each)
        used = [(col, role) for _, col, role in each if most and filled[col] * 2 >= most]
        if len(each) > 1 and used:
            days = {col: day for _, col, _ in each if (day := _day_of(headings[col]))}
            dated = len(set(days.values())) == len(each)
            latest = max(used, key=lambda one: (days[one[0]].toordinal() if dated else 0, one))
            first[latest] = max(score for score, _, _ in each) + 0.001
    return [(first.get((col, role), score), col, role) for score, col, role in found]


def latest_of(headings: Mapping[int, str], col: int, held: Mapping[int, float]) -> int:
    """Of the columns that differ from one (`col`) in their period alone, the last that most rows
    have (`held`: how many, by column); `col` itself where no row has any."""
    bare = without_period(words_of(headings[col]))
    if bare is None:
        return col
    alike = [
        (1.0, other, "rating") for other, heading in headings.items()
        if other in held and without_period(words_of(heading)) == bare
    ]  # fmt: skip
    return next(
        (other for score, other, _ in latest_first(alike, headings, held) if score > 1), col
    )


def _day_of(heading: str) -> date | None:
    """The one day or month, with its year, that a heading names."""
    if numbers := _IN_NUMBERS.search(heading):
        day, month, year = map(int, numbers.groups())
        try:
            return date(2000 + year, month, day)
        except ValueError:
            return None
    days = dates_in(" ".join(re.sub(r"[()\[\]:]", " ", heading).split()))
    return days[0][0] if len(days) == 1 else None


_YEARS = Calendar(year_starts=4)
_OF_ONE_YEAR = Calendar(begins=date(2000, 1, 1), year_starts=4)
_NUMBER = regex(r"\D*(\d{1,3})\D*")
_COUNTED = regex(r"\b(?:month|week|wk|period|cycle|round|update|version|report|meeting|review)\b")
"""Words whose number says when: those of wards, of schools and of sheets do not."""


def earlier_sheets(names: Mapping[int, str], deeds: Mapping[int, Set[str]]) -> Mapping[int, int]:
    """The sheets (by number) on which a plan stands as it was earlier, each with the sheet that
    has it as it is now.

    The `names` of such sheets differ in their period alone, and what is to be done (`deeds`, one
    text an action) is mostly the same on each: a sheet a month with new actions is no earlier plan.
    """
    alike: dict[str, list[int]] = {}
    for sheet, name in names.items():
        if (bare := without_period(words_of(name))) is not None and len(deeds[sheet]) > 1:
            alike.setdefault(bare, []).append(sheet)
    found: dict[int, int] = {}
    for bare, sheets in alike.items():
        periods = [_period_of(names[sheet], bare) for sheet in sheets]
        latest = sheets[at] if len(sheets) > 1 and (at := _last_of(periods, bare)) >= 0 else -1
        for sheet in sheets if latest >= 0 else ():
            shared = len(deeds[sheet] & deeds[latest])
            if sheet != latest and shared * 5 >= min(len(deeds[sheet]), len(deeds[latest])) * 3:
                found[sheet] = latest
    return found


def _period_of(name: str, bare: str) -> str:
    """The words of a name that say which period it is about."""
    others = {*bare.split()}
    return " ".join(word for word in name.split() if not {*words_of(word).split()} <= others)


def _last_of(periods: Sequence[str], bare: str) -> int:
    """The place of the last of several periods, of which all names say `bare` too; -1 where it is
    not certain.

    Where no year is named they are in order, the first or the last on the left: of Nov, Dec and
    Jan the last is Jan.
    """
    days = [ending.by if (ending := find_ending(each, _YEARS)) else None for each in periods]
    if dated := [day for day in days if day]:
        one = len(dated) == len(days) == len({*dated})
        return days.index(max(dated)) if one else -1
    numbers = [_NUMBER.fullmatch(each) for each in periods]
    if all(numbers) and (_COUNTED.search(bare) or all(map(_COUNTED.search, map(fold, periods)))):
        counts = [int(number[1]) for number in numbers if number]
        return counts.index(max(counts)) if len({*counts}) == len(counts) else -1
    ends = [ending.by if (ending := find_ending(each, _OF_ONE_YEAR)) else None for each in periods]
    months = [day.month for day in ends if day]
    steps = [(after - before) % 12 for before, after in pairwise(months)]
    if len(months) < len(periods) or not steps or 0 in steps:
        return -1
    return len(months) - 1 if max(steps) < 7 else 0 if min(steps) > 5 else -1
