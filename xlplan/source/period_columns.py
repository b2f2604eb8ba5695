"""Columns of a table that differ in their period alone: "Q1 RAG", "Q2 RAG"; "Sep-25", "Oct-25".

Of such columns the last one says how things are now; all others are what was said before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from xlplan.late import regex
from xlplan.plan.propose_roles import without_period
from xlplan.plan.timescales import dates_in
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
