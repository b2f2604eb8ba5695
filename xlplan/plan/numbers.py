"""Numbers in cells: what a text means, and how a number is written."""

from __future__ import annotations

import math
import re
import sys
from datetime import date

_NUMBER = re.compile(
    r"([+-]?(?:(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(%?)", re.I
)
"""A number as people write it. ``1,000`` and ``1 000`` are a thousand; ``1,5`` is no number here:
read with the comma left out it would be fifteen."""


def bounded(number: int | float) -> int | float:
    """`number`, or infinity for a whole number that no spreadsheet can hold."""
    if isinstance(number, int) and abs(number) > sys.float_info.max:
        return math.inf if number > 0 else -math.inf
    return number


def read_number(raw: str | int | float | date, *, percent: bool = False) -> int | float | None:
    """The number that `raw` is or says, rounded to what a spreadsheet keeps; None if none.

    `percent` takes ``"25%"`` as 0.25. Whole numbers come as `int`. xlsxwriter keeps 16 digits of
    a number and programs differ in the last ones, so 15 stay; of a percentage ten decimals, which
    its text gives back.
    """
    if isinstance(raw, date):
        return None
    if isinstance(raw, str):
        found = _NUMBER.fullmatch(raw.strip())
        if not found or (found[2] and not percent):
            return None
        raw = float(found[1].replace(",", "").replace(" ", "")) / (100 if found[2] else 1)
    number = float(f"{raw:.10f}" if percent else f"{raw:.15g}")
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def number_text(number: float) -> str:
    """A number with at most 15 significant digits, without a needless ``.0``."""
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def say_percent(number: float) -> str:
    """A share as people write it: ``"12.5%"`` for 0.125."""
    return f"{number * 100:.8f}".rstrip("0").rstrip(".") + "%"
