"""Values of fields: canonical form, plain text, JSON.

A value is blank (``None``), text, a number, a date, a `Timescale`, a tuple of names, a frozenset
of elements, or `Invalid` (something that is not a value of its field, kept raw). Absent is not a
value: a column or row that is not in a file says nothing. `canon` is total and idempotent, and
equality of canonical values is plain equality (MERGE section 1).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.numbers import bounded, number_text, read_number, say_percent
from xlplan.plan.people import split_people
from xlplan.plan.ratings import match_rating
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import Timescale, canon_timescale, parse_date, say_date


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was typed where it is not a value of the field: kept raw, and asked about.

    `code` and `message` say what is wrong with it and what to do.
    """

    raw: str
    code: str = field(default="", compare=False)
    message: str = field(default="", compare=False)


Value = None | str | int | float | date | Timescale | tuple[str, ...] | frozenset[str] | Invalid
Raw = str | int | float | bool | date | datetime | time | timedelta | None | Value
"""What a reader or a caller may hand to `canon`."""

SERIAL_DATES = range(20_000, 80_000)
"""Excel serial numbers that are read as dates in a date field: 1954 to 2119."""


def canon(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
    """The canonical value of `raw` in a field: a typed value, None for blank, or `Invalid`.

    ``canon(item, show(value), definition) == value`` for every canonical value but a percentage,
    for which it is ``show_in``: what a program shows reads back as the same value.
    """
    if raw is None or isinstance(raw, Invalid):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = bounded(raw)
    elif isinstance(raw, Timescale):
        if not (text := canon_text(raw.text)):
            return None
        if item.type == "timescale":
            read = _canon_timescale(text)
            return canon_timescale(text, raw.by) if isinstance(read, Timescale) else read
        raw = text
    elif not isinstance(raw, date):
        raw = canon_text(_text(raw))
        if not raw.strip():
            return None
    if item.type == "date":
        return _canon_date(raw)
    if item.type == "timescale":
        return _canon_timescale(raw)
    if item.type in ("percent", "number"):
        return _canon_number(item, raw)
    text = _text(raw)
    if item.type == "rating":
        return _canon_rating(item, text, definition)
    if item.type == "people":
        return _canon_people(text, definition)
    if item.type in ("set", "reference"):
        return _canon_set(text)
    if item.type == "choice":
        return _canon_choice(item, text)
    return text


def _text(raw: Raw) -> str:
    """A raw value as the text that the lead saw in the cell, as far as a value can tell."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return number_text(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ", "seconds")
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, Timescale):
        return raw.text
    if isinstance(raw, tuple):
        return "\n".join(raw)
    if isinstance(raw, frozenset):
        return ", ".join(sort_elements(raw))
    return str(raw)


def _canon_date(raw: str | int | float | date) -> Value:
    day = _day_of(raw)
    if day is not None:
        return day
    text = _text(raw)
    found = parse_date(text)
    if isinstance(found, date):
        return found
    if found == "ambiguous":
        return Invalid(text, "VAL-004", _ambiguous(text))
    return Invalid(
        text, "VAL-003", f'"{text}" is not a date. Enter a date such as 28 February 2026.'
    )


def _day_of(raw: str | int | float | date) -> date | None:
    """The day of a date, a date with a time, or a number that a spreadsheet keeps a date as."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and math.isfinite(raw) and int(raw) in SERIAL_DATES:
        return date(1899, 12, 30) + timedelta(days=int(raw))
    return None


def _ambiguous(text: str) -> str:
    return (
        f'"{text}" can be read as two dates, day first or month first. '
        "Enter it with the month in words, such as 4 March 2026."
    )


def _canon_timescale(raw: str | int | float | date) -> Value:
    day = _day_of(raw)
    if day is not None:
        return Timescale(say_date(day), day, say_date(day))
    text = _text(raw)
    found = parse_date(text)
    if found == "ambiguous":
        return Invalid(text, "VAL-004", _ambiguous(text))
    if found == "impossible":
        return Invalid(
            text,
            "VAL-003",
            f'"{text}" is not a date. Enter a date such as 28 February 2026, '
            "or a timescale in words.",
        )
    return canon_timescale(text)


def _canon_rating(item: Field, text: str, definition: PlanDefinition) -> Value:
    scale = definition.scale_of(item)
    found = match_rating(text, scale)
    if found is not None:
        return found.code
    codes = ", ".join(r.code for r in scale)
    return Invalid(
        text, "VAL-002", f'"{text}" is not a rating of this plan. Choose one of: {codes}.'
    )


def _canon_number(item: Field, raw: str | int | float | date) -> Value:
    shown = _text(raw)
    percent = item.type == "percent"
    number = read_number(raw, percent=percent)
    if number is None:
        return Invalid(shown, "VAL-005", f'"{shown}" is not a number. Enter a number such as 25.')
    if percent and not 0 <= number <= 1:
        return Invalid(
            shown, "VAL-006", f'"{shown}" is not a percentage. Enter one from 0% to 100%.'
        )
    return number


def _canon_people(text: str, definition: PlanDefinition) -> Value:
    names = split_people(text, definition.separators, definition.lead_names)
    found = (definition.lead(name) for name in names)
    resolved = (lead.name if lead else name for lead, name in zip(found, names, strict=True))
    return tuple(dict.fromkeys(name for name in resolved if canon_text(name))) or None


def _canon_set(text: str) -> Value:
    parts = (part.strip() for part in re.split(r"[,;\n]", text))
    return frozenset(part for part in parts if canon_text(part)) or None


def _canon_choice(item: Field, text: str) -> Value:
    for choice in item.choices:
        if fold(choice) == fold(text):
            return choice
    allowed = ", ".join(item.choices)
    return Invalid(text, "VAL-007", f'"{text}" is not a choice here. Choose one of: {allowed}.')


def sort_elements(elements: frozenset[str]) -> list[str]:
    """Elements in the order people expect: numbers inside them compare as numbers."""
    return sorted(elements, key=lambda text: (natural_key(text), text))


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which ``"1.10"`` comes after ``"1.9"``."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for char in text + "\0":
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((0, int(digits[:18]), digits))
            digits = ""
        if char != "\0":
            parts.append((1, 0, char.casefold()))
    return tuple(parts)


def show(value: Value) -> str:
    """A value as a person reads it in a cell: dates as 28 February 2026, lists one a line."""
    if value is None:
        return ""
    if isinstance(value, Invalid):
        return value.raw
    if isinstance(value, date):
        return say_date(value)
    return _text(value)


def show_in(item: Field | None, value: Value) -> str:
    """`show`, with a percentage as people write it."""
    if item is not None and item.type == "percent" and isinstance(value, int | float):
        return say_percent(value)
    return show(value)


def to_json(value: Value) -> object:
    """The JSON shape of a value, as in ``show --json``; what is no value, as it was typed."""
    if isinstance(value, Timescale):
        return {"text": value.text, "by": value.by.isoformat() if value.by else None}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, frozenset):
        return sort_elements(value)
    if isinstance(value, Invalid):
        return value.raw
    return value


def encode(value: Value) -> object:
    """The ledger's JSON of a value: like `to_json`, but each type can be told from the others."""
    if isinstance(value, Timescale):
        return {"t": value.text, "by": value.by.isoformat() if value.by else None}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, frozenset):
        return {"s": sort_elements(value)}
    if isinstance(value, Invalid):
        return {"raw": value.raw, "code": value.code, "message": value.message}
    if isinstance(value, tuple):
        return list(value)
    return value


def decode(data: object) -> Value:
    """The value that `encode` wrote."""
    if isinstance(data, list):
        return tuple(str(part) for part in data)
    if isinstance(data, dict):
        if "t" in data:
            by = data["by"]
            return canon_timescale(str(data["t"]), date.fromisoformat(by) if by else None)
        if "d" in data:
            return date.fromisoformat(str(data["d"]))
        if "s" in data:
            return frozenset(str(part) for part in data["s"])
        return Invalid(str(data["raw"]), str(data["code"]), str(data["message"]))
    if data is None or isinstance(data, str | int | float):
        return data
    raise TypeError(f"not a value: {data!r}")
