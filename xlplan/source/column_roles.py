"""Which column of a table is what: what its heading promises, weighed by what its cells hold.

Each role that a table has once (ref, action, lead, due, status, progress) goes to the column
for which both agree best. A column that nobody filled in is judged by its heading alone; unknown
headings never count against a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.propose_ratings import one_rating
from xlplan.plan.propose_roles import LONG_TEXT, guess_role
from xlplan.plan.status_words import is_level, known_rating
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import names_time, parse_timescale
from xlplan.plan.types.field_type import serial_day
from xlplan.source.heading_words import BRACKETS, ROLES, role_scores
from xlplan.source.headings import cell_text
from xlplan.source.period_columns import latest_first
from xlplan.source.table_cells import ColumnCells
from xlplan.workbook.read.book import CellValue

T = TypeVar("T")
ENOUGH = 0.3
"""What heading and content together must reach before a column has a role."""
_REF = regex(r"[^\W_]{0,12}[\W_ ]{0,4}\d[\w./\-–() ]{0,14}", re.UNICODE)
_NUMBER = regex(r"[-+£$€]? ?\d[\d ,.]*%?")
_DAY = regex(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}[./-]\d{1,2}(?:[./-]\d{1,2})?"
    r"|\d{1,2}(?:st|nd|rd|th)? [A-Za-z]{3,9}\.?(?: \d{2,4})?"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}-[A-Za-z]{3}-\d{2,4}"
)
_YEAR = regex(r"20\d\d(?:\.0)?")
MOST_LOOKED_AT = 400
MOST_ROWS = 2000
"""Of how many rows at most it is asked what *most* of them are like: of more, every n-th."""
_YEARS = range(2000, 2051)
"""Years of the days for which a number in a column may stand."""
MOSTLY = 0.8
"""Of how many cells at least something holds that is to hold of the column."""
LEAST_WORDS = 3.5
"""How many words the sentences of a column have on average."""
MOST_OF_DAY = 6
"""Words of a day in words ("by the end of March 2027"); sentences that name one have more."""
WEIGHT = {"key": 0.3, "action": 1.0, "lead": 1.0, "due": 0.9, "rating": 0.9, "progress": 0.5}
"""How much each role says that a table is a plan."""


class Shape(Struct, frozen=True):
    """What the cells of a column are, as shares of those that are filled."""

    filled: float
    count: int
    dates: float
    numbers: float
    refs: float
    states: float
    levels: float
    distinct: int
    length: float
    words: float
    years: float = 0.0
    serials: float = 0.0
    """Of the numbers those that may be days as spreadsheets keep them."""

    @property
    def sentences(self) -> bool:
        """Whether nearly every cell says something, each another: no names, no kinds, no days."""
        each = self.distinct * 10 >= min(self.count, MOST_LOOKED_AT) * 8 and self.count > 1
        return each and self.length >= 22 and self.filled >= 0.6 and self.words >= LEAST_WORDS

    @property
    def days(self) -> float:
        """How many are days, and not sentences that name one."""
        return self.dates if self.words <= MOST_OF_DAY else 0.0

    @property
    def tells(self) -> bool:
        """Whether most cells say something of their own, if less than a sentence: no names."""
        each = self.distinct * 10 >= min(self.count, MOST_LOOKED_AT) * 8 and self.count > 1
        return each and self.length >= 15 and self.words >= 2.5

    @property
    def repeats(self) -> bool:
        """Whether a few short texts stand in many cells."""
        return self.length <= 25 and self.distinct <= max(3, min(12, self.count * 0.6))


def sample_of(values: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of the values, at even distances; all, where there are no more."""
    return values[:: -(-len(values) // most)] if len(values) > most else values


def shape_of(cells: Sequence[CellValue] | ColumnCells) -> Shape:
    """The shape of a column's cells, blank ones included."""
    column = cells if isinstance(cells, ColumnCells) else ColumnCells(cells)
    held = column.held
    some = held[:MOST_LOOKED_AT]
    texts = [cell_text(v) if type(v) is str else canon_text(str(v)).strip() for v in some]
    count = len(some)
    if not count:
        return Shape(0.0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0)
    looks = [_look_of(text) for text in texts]
    days = [isinstance(value, date) or look.day for value, look in zip(some, looks, strict=True)]
    numbers = [
        (isinstance(v, int | float) and v is not True and v is not False) or x.number
        for v, x in zip(some, looks, strict=True)
    ]
    return Shape(
        len(held) / max(len(column.values), 1), len(held), sum(days) / count,
        sum(n and not d for n, d in zip(numbers, days, strict=True)) / count,
        sum(look.ref or n for look, n in zip(looks, numbers, strict=True)) / count,
        sum(look.state for look in looks) / count,
        sum(look.level for look in looks) / count,
        len({look.folded for look in looks}), sum(map(len, texts)) / count,
        sum(look.words for look in looks) / count,
        sum(look.year for look in looks) / count,
        sum(day is not None and day.year in _YEARS for day in map(serial_day, some)) / count,
    )  # fmt: skip


class _Look(NamedTuple):
    """What a text of a column may be."""

    day: bool
    number: bool
    ref: bool
    state: bool
    level: bool
    year: bool
    words: int
    folded: str


@lru_cache(maxsize=1 << 13)
def _look_of(text: str) -> _Look:
    rating = one_rating(text)
    return _Look(
        is_day(text), bool(_NUMBER.fullmatch(text)), bool(_REF.fullmatch(text)),
        known_rating(rating) is not None, is_level(rating), bool(_YEAR.fullmatch(text)),
        len(text.split()), fold(text),
    )  # fmt: skip


def repeat_a_few(column: ColumnCells) -> bool:
    """Whether a few short texts stand in many of these cells, by what each of them shows."""
    held = column.held
    shape = shape_of([cell_text(value) for value in held[:MOST_LOOKED_AT]])
    return replace(shape, count=len(held)).repeats


def is_day(text: str) -> bool:
    """Whether a text is a day, a month or a timescale that has an end."""
    return len(text) <= 60 and _names_day(text)


@lru_cache(maxsize=1 << 13)
def _names_day(text: str) -> bool:
    if not any(map(str.isalnum, text)):
        return False
    return bool(_DAY.fullmatch(text)) or (
        names_time(text)
        and not text.isdigit()
        and parse_timescale(text, date(2000, 1, 1)).by is not None
    )


def fit(role: str, shape: Shape) -> float:
    """How well such cells suit a role, from 0 to 1; blank cells suit any, a little less."""
    if not shape.count:
        return 0.75
    return _FITS[role](shape) * (0.8 + 0.2 * min(1.0, shape.filled * 1.5))


def _key(shape: Shape) -> float:
    unique = shape.distinct / min(shape.count, MOST_LOOKED_AT)
    if shape.length > 30 or shape.dates > 0.5:
        return 0.5 if unique > 0.9 and shape.refs > 0.8 else 0.05  # "2026-09/1" of a meeting
    if unique < 0.5:
        return 0.6 if shape.refs > 0.8 else 0.3
    return 1.0 if unique > 0.8 and shape.refs > 0.6 else 0.7


def _action(shape: Shape) -> float:
    if shape.days > 0.5 or shape.numbers > 0.5:
        return 0.0
    if shape.distinct == 1 and shape.count > 2 and shape.words < 3:
        return 0.25
    if shape.repeats and shape.count > 5 and (shape.states > 0.3 or shape.levels > 0.3
                                              or shape.distinct <= shape.count * 0.4):  # fmt: skip
        return 0.25
    sparse = 0.5 if shape.filled < 0.25 else 0.8 if shape.filled < 0.5 else 1.0
    return sparse * (0.6 if shape.length < 5 else 0.85 if shape.length < 12 else 1.0)


def _lead(shape: Shape) -> float:
    if shape.dates > 0.5 or shape.numbers > 0.5 or shape.states > 0.6:
        return 0.0
    long = ((200, 0.25), (90, 0.45), (50, 0.7))
    return next((fits for length, fits in long if shape.length > length), 1.0)


def _due(shape: Shape) -> float:
    if shape.years > 0.6:
        return 0.9
    if shape.numbers > 0.5 or shape.states > 0.7 or shape.levels > 0.5:
        return 0.1
    if shape.dates > 0.4:
        return 1.0
    return 0.35 if shape.length > 60 else 0.8


def _rating(shape: Shape) -> float:
    if shape.dates > 0.5:
        return 0.0
    if shape.numbers > 0.6:
        return 0.25
    if shape.levels > 0.6:
        return 0.3
    if shape.states > 0.5:
        return 1.0
    return 0.8 if shape.repeats else 0.7 if shape.length <= 25 else 0.5


def _progress(shape: Shape) -> float:
    if shape.days > 0.7 or shape.numbers > 0.7:
        return 0.2
    return 0.6 if shape.states > 0.8 and shape.repeats else 1.0


_FITS = {"key": _key, "action": _action, "lead": _lead, "due": _due, "revised": _due,
         "rating": _rating, "progress": _progress}  # fmt: skip


class Reading(Struct, frozen=True):
    """What the columns of a table are: role by column, how surely, and the near misses."""

    roles: Mapping[int, str]
    sure: Mapping[int, float]
    rivals: Mapping[str, tuple[int, ...]]
    """For each role the other columns that might have had it, likeliest first."""

    @property
    def strength(self) -> float:
        """How much the table is a plan: the roles it has, weighed."""
        return sum(WEIGHT.get(role, 0.0) * self.sure[col] for col, role in self.roles.items())

    def has(self, *roles: str) -> bool:
        """Whether any column has one of these roles."""
        return any(role in roles for role in self.roles.values())


def read_columns(
    headings: Mapping[int, str],
    rows: Sequence[Mapping[int, CellValue]],
    chosen: Mapping[str, str] | None = None,
) -> Reading:
    """The roles of a table's columns; `chosen` (folded heading: role) is what a person decided."""
    columns = {
        col: ColumnCells([row.get(col) for row in rows])
        for col in sorted(set(headings).union(*rows))
    }
    return judge_columns(headings, columns, chosen)


def judge_columns(
    headings: Mapping[int, str],
    cells: Mapping[int, ColumnCells],
    chosen: Mapping[str, str] | None = None,
) -> Reading:
    """The roles of columns, which are given in order with all their cells."""
    columns = list(cells)
    shapes = {col: _with_days(cells[col], headings.get(col, "")) for col in columns}
    fixed = {col: role for col in columns
             if (role := (chosen or {}).get(fold(headings.get(col, ""))))}  # fmt: skip
    found: list[tuple[float, int, str]] = []
    for col in columns:
        if col in fixed:
            continue
        scores = dict(role_scores(headings[col])) if col in headings else {}
        if shapes[col].tells and fold(headings.get(col, "")) == "name":
            scores = {"action": 0.6}  # not people, but what is to be done
        if shapes[col].length < LONG_TEXT and lists_choices(headings.get(col, "")):
            scores.pop("progress", None)  # a few words, one of those in the heading
            if shapes[col].count and shapes[col].repeats:
                scores.pop("action", None)
        for role, score in _by_content(scores, shapes[col], col == columns[0]).items():
            if role in ROLES:
                found.append((round(score * fit(role, shapes[col]), 4), col, role))
    if any(role == "action" and shapes[col].words >= 2 and shapes[col].count > 1
           for _, col, role in found):  # fmt: skip
        found = [(score * (1.0 if shapes[col].count or role != "action" else 0.3), col, role)
                 for score, col, role in found]  # fmt: skip  # nobody filled that one in
    found = [(_placed(score, col, role, found), col, role) for score, col, role in found]
    senior = max((shapes[c].count for c in headings if guess_role(headings[c]) == "accountable"),
                 default=0)  # fmt: skip
    found = [
        (score * (0.5 if role == "lead" and shapes[col].count * 4 < senior else 1.0), col, role)
        for score, col, role in found
    ]  # where hardly any row has a lead, whoever is accountable leads
    found = latest_first(found, headings, {col: shapes[col].filled for col in columns})
    found.sort(key=lambda each: (-each[0], each[1]))
    roles = dict(fixed)
    sure = dict.fromkeys(fixed, 1.0)
    rivals: dict[str, tuple[int, ...]] = {}
    for score, col, role in found:
        if score < ENOUGH or col in roles:
            continue
        if role in roles.values():
            rivals[role] = (*rivals.get(role, ()), col)
        else:
            roles[col], sure[col] = role, score
    return Reading(roles, sure, rivals)


def _with_days(column: ColumnCells, heading: str) -> Shape:
    """The shape of a column: where its heading speaks of a day, numbers that may be days are days,
    and "M" is no level beside "S" and "L", which are terms."""
    shape = shape_of(column)
    dated = role_scores(heading).keys() & {"due", "revised"} if heading else ()
    if not (shape.serials or shape.levels) or not dated:
        return shape
    if shape.levels and {*map(fold, column.said)} <= _TERMS:
        return replace(shape, levels=0.0)
    if shape.serials + shape.dates < MOSTLY:
        return shape
    dates, numbers = shape.dates + shape.serials, max(shape.numbers - shape.serials, 0.0)
    return replace(shape, dates=dates, numbers=numbers, refs=0.0)


_TERMS = {f"{term}{more}" for term in ("s", "m", "l", "s/m", "m/l", "short", "medium", "long")
          for more in ("", " term", "-term")} | {"immediate", "ongoing"}  # fmt: skip
"""Short, medium and long: words for how soon something is to be done."""


def lists_choices(heading: str) -> bool:
    """Whether a heading lists in brackets what its cells may be: "Response (Avoid, Reduce)".

    Each begins with a capital; guidance such as "(what, when, how much)" does not.
    """
    for brackets in BRACKETS.findall(heading):
        parts = [part.strip() for part in re.split(r"[,/|;]| or ", brackets.strip("()[]"))]
        parts = [part.removeprefix("or ").rstrip(".… ") for part in parts if part]
        short = all(part[:1].isupper() and len(part.split()) <= 3 for part in parts)
        if short and len(parts) > 1:
            return True
    return False


def _by_content(scores: dict[str, float], shape: Shape, first: bool) -> dict[str, float]:
    """What a heading promises, and what the cells say where it promises nothing."""
    settled = shape.states > 0.8 and shape.distinct <= 8
    stated = settled or (shape.states >= 0.3 and shape.distinct * 2 <= shape.count)
    noted = "progress" in scores and scores.get("rating", 0.0) < 0.5
    short = shape.repeats or (settled and shape.length <= 25)
    if noted and stated and short and shape.count >= 3:
        return {"progress": 0.5, "rating": 0.65 if settled else 0.9}
    codes = first and shape.count >= 3 and shape.refs > 0.8 and shape.length <= 16
    codes = codes and shape.dates <= 0.5
    codes = codes and shape.distinct >= shape.count * 0.9
    if codes and shape.length <= 8 and scores.get("action", 0.0) >= 0.5:
        return {"key": 0.96 if "key" in scores else 0.6}  # "Item", "Safety action" over SA1, SA4
    if shape.count >= 3 and settled and max(scores.values(), default=0.0) < 0.5:
        return {"rating": 0.65}  # also of "List Name", in which no names stand
    if not scores and codes:
        return {"key": 0.6}
    return scores


def _placed(score: float, col: int, role: str, found: Iterable[tuple[float, int, str]]) -> float:
    """A ref stands before the action, a day of which no more is known and what was observed since
    behind it."""
    action = max((each for each in found if each[2] == "action"), default=None)
    if action is None or col == action[1]:
        return score
    if role == "key":
        return score if col < action[1] else score * 0.7
    if role == "due" and score <= 0.5 and col < action[1]:
        return score * 0.55
    if role == "progress" and col < action[1]:
        return score * 0.6
    return score
