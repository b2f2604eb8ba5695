"""Numbers and days with what their cells show: the stored value alone is not what people saw.

Both are values like any other, and equal to the number or the day that they are; where a text is
asked of them (`xlplan.plan.values.as_text`) they give what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache

from xlplan.late import regex
from xlplan.plan.number_formats import (
    has_literal_percent,
    show_day,
    show_number,
    shows_month_alone,
    shows_share,
)
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import MONTH_NAMES

_CODE = regex(r"[^\W\d_]|(?<![\d.,])0\d|\d[-/]\d")
"""What no amount has: a letter, a nought before other digits, a dash between digits."""
_SHARE = regex(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*%\s*", re.ASCII)
_IN_PERCENT = regex(
    r"%|\b(?:per ?cent\w*|pct|pourcent\w*|porcent\w*|pro[zc]ent\w*|canran)\b", re.IGNORECASE
)
_CURRENCY = regex(r"\b(?:GBP|EUR|USD)\b")


_number_as = lru_cache(maxsize=1 << 12)(show_number)
"""The same few numbers stand in many cells of a column."""


class ShownNumber(float):
    """A number as a cell shows it: in its number format, or as the file itself has the text."""

    code: str
    text: str | None

    def __new__(cls, number: float, code: str = "", text: str | None = None) -> ShownNumber:
        """`number` with its number format, or with the text that the file has of it."""
        made = super().__new__(cls, number)
        made.code, made.text = code, text
        return made

    def __reduce__(self) -> tuple[type[ShownNumber], tuple[float, str, str | None]]:
        return ShownNumber, (float(self), self.code, self.text)

    @cached_property
    def shown(self) -> str | None:
        """What the cell shows, or None if unsure."""
        found = _number_as(float(self), self.code) if self.text is None else self.text
        return canon_text(found).strip() or None if found is not None else None

    @property
    def is_code(self) -> bool:
        """Whether it is shown as a name and no amount, such as "HSG-001" or "00419"."""
        return _CODE.search(_CURRENCY.sub("", self.shown or "")) is not None

    @property
    def in_hundredths(self) -> bool:
        """Whether "%" stands behind it although it is not stored as a share."""
        if self.code:
            return has_literal_percent(self.code)
        share = _SHARE.fullmatch(self.text or "")
        if share is None:
            return False
        shown = float(share[1].replace(",", "."))
        return abs(shown - self) < abs(shown - 100 * self)

    @property
    def before_percent(self) -> float | None:
        """The number before "%", where that is shown behind it: 50 of 0.5 as "50%"."""
        if self.in_hundredths:
            return float(self)
        share = shows_share(self.code) if self.code else _SHARE.fullmatch(self.text or "")
        return float(f"{self * 100:.10f}") if share else None


def before_percent(raw: object) -> float | None:
    """The number before the "%" that a cell shows, or that a text ends with; None without one."""
    if isinstance(raw, ShownNumber):
        return raw.before_percent
    share = _SHARE.fullmatch(raw) if isinstance(raw, str) else None
    return float(share[1].replace(",", ".")) if share else None


@lru_cache(maxsize=1 << 8)
def counts_percent(role: str, heading: str) -> bool:
    """Whether 50 means 50% in a column of plain numbers."""
    return role == "percent" or _IN_PERCENT.search(heading) is not None


class ShownDate(date):
    """A day as a cell shows it: in its number format, or as the file itself has the text."""

    code: str
    text: str | None

    @classmethod
    def of(cls, day: date, code: str, text: str | None = None) -> ShownDate:
        """`day`, which may have a time, with its number format."""
        made = cls(day.year, day.month, day.day)
        made.code, made.text = code, text
        return made

    def __reduce__(self) -> tuple[Callable[..., ShownDate], tuple[date, str, str | None]]:
        return ShownDate.of, (self.day_alone, self.code, self.text)

    @property
    def day_alone(self) -> date:
        """The day itself."""
        return date(self.year, self.month, self.day)

    @cached_property
    def shown(self) -> str | None:
        """What the cell shows, or None if unsure."""
        found = show_day(self, self.code) if self.text is None else self.text
        return canon_text(found).strip() or None if found is not None else None

    @property
    def without_day(self) -> str:
        """Its month and year, or its year, where the cell shows no more; else ``""``."""
        shows = shows_month_alone(self.code)
        if shows == "month":
            return f"{MONTH_NAMES[self.month - 1]} {self.year:04d}"
        return f"{self.year:04d}" if shows == "year" else ""


def shown_text(value: object) -> str:
    """Any value of a cell as text: a number as it is shown, a day as its date or its month."""
    if isinstance(value, ShownNumber):
        return value.shown or str(value)
    if isinstance(value, ShownDate):
        return value.without_day or str(value)
    return str(value)
