"""Types that measure: dates, timescales, numbers and percentages."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from xlplan.codes.definition_codes import VAL_003, VAL_004, VAL_005, VAL_006
from xlplan.plan.timescales import Timescale, canon_timescale, parse_date, say_date
from xlplan.plan.types.field_type import CellForm, FieldType, InputRule, Typed
from xlplan.plan.values import Value, as_text, invalid, read_number, say_percent, show

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition

SERIAL_DATES = range(20_000, 80_000)
"""Excel serial numbers that are read as dates in a date field: 1954 to 2119."""
_LARGEST = 1e15


def canon_number(raw: Typed, *, percent: bool = False) -> Value:
    """The number that was typed, or why it is none."""
    number = read_number(raw.text if isinstance(raw, Timescale) else raw, percent=percent)
    shown = as_text(raw)
    if number is None:
        return invalid(shown, VAL_005.fill(value=shown))
    if percent and not 0 <= number <= 1:
        return invalid(shown, VAL_006.fill(value=shown))
    return number


def _canon_date(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    day = _day_of(raw)
    if day is not None:
        return day
    text = as_text(raw)
    found = parse_date(text)
    if isinstance(found, date):
        return found
    if found == "ambiguous":
        return invalid(text, VAL_004.fill(value=text))
    return invalid(text, VAL_003.fill("date", value=text))


def _canon_timescale(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    day = _day_of(raw)
    if day is not None:
        return Timescale(say_date(day), day, say_date(day))
    text = as_text(raw)
    found = parse_date(text)
    if found == "ambiguous":
        return invalid(text, VAL_004.fill(value=text))
    if found == "impossible":
        return invalid(text, VAL_003.fill("timescale", value=text))
    return canon_timescale(text, raw.by if isinstance(raw, Timescale) else None)


def _day_of(raw: Typed) -> date | None:
    """The day of a date, a date with a time, or a number that a spreadsheet keeps a date as."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and math.isfinite(raw) and int(raw) in SERIAL_DATES:
        return date(1899, 12, 30) + timedelta(days=int(raw))
    return None


def _show_percent(value: Value) -> str:
    return say_percent(value) if isinstance(value, int | float) else show(value)


DATE = FieldType(
    "date",
    "a day",
    _canon_date,
    cell=CellForm(
        "date",
        "d mmmm yyyy",
        width=21,
        hint="Enter a date with the month in words, such as 28 February 2027.",
        pressing=True,
        rule=InputRule(
            "date",
            date(1990, 1, 1),
            date(2100, 12, 31),
            "Not a date",
            "Please enter a date such as 28 February 2027.",
        ),
    ),
    frame="date",
    dated=True,
)
TIMESCALE = FieldType(
    "timescale",
    "words are kept, a date is read where there is one",
    _canon_timescale,
    cell=CellForm(
        hint="Write it so that it can be read one way only, with the month in words: "
        "30 June 2027, June 2027, or Ongoing.",
        pressing=True,
    ),
    frame="timescale",
    board_width=15,
    dated=True,
)
NUMBER = FieldType(
    "number",
    "a number",
    lambda _item, raw, _definition: canon_number(raw),
    cell=CellForm(
        "number",
        centred=True,
        width=11,
        hint="Enter a number, such as 25.",
        rule=InputRule(
            "decimal", -_LARGEST, _LARGEST, "Not a number", "Please enter a number, such as 25."
        ),
    ),
    frame="number",
    board_width=9,
)
PERCENT = FieldType(
    "percent",
    "from 0% to 100%",
    lambda _item, raw, _definition: canon_number(raw, percent=True),
    _show_percent,
    CellForm(
        "number",
        "0%",
        "0.0#%",
        digits=2,
        centred=True,
        width=11,
        hint="Enter a percentage from 0% to 100%.",
        pressing=True,
        rule=InputRule(
            "decimal", 0.0, 1.0, "Not a percentage", "Please enter a percentage from 0% to 100%."
        ),
    ),
    frame="number",
    board_width=9,
)
