"""Values of fields: canonical form, plain text, JSON.

A value is blank (``None``), text, a number, a date, a `Timescale`, a tuple of names, a frozenset
of elements, or `Invalid` (something that is not a value of its field, kept raw). Absent is not a
value: a column or row that is not in a file says nothing. `canon` is total and idempotent, and
equality of canonical values is plain equality (MERGE section 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from xlplan.plan.definition import Field, PlanDefinition
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
    code: str = field(default="VAL-001", compare=False)
    message: str = field(default="", compare=False)


Value = None | str | int | float | date | Timescale | tuple[str, ...] | frozenset[str] | Invalid
Raw = str | int | float | bool | date | datetime | time | timedelta | None | Value
"""What a reader or a caller may hand to `canon`."""

SERIAL_DATES = range(20_000, 80_000)
"""Excel serial numbers that are read as dates in a date field: 1954 to 2119."""


def canon(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
    """The canonical value of `raw` in a field: a typed value, None for blank, or `Invalid`."""
    if raw is None or isinstance(raw, Invalid):
        return raw
    if isinstance(raw, str):
        raw = canon_text(raw)
        if not raw.strip():
            return None
    if item.type == "date":
        return _canon_date(raw)
    if item.type == "timescale":
        return _canon_timescale(raw)
    if item.type == "rating":
        return _canon_rating(item, raw, definition)
    if item.type in ("percent", "number"):
        return _canon_number(item, raw)
    if item.type == "people":
        names = raw if isinstance(raw, tuple) else split_people(_text(raw), definition.separators)
        resolved = [
            found.name if (found := definition.lead(name)) else name
            for name in (canon_text(n).strip() for n in names)
        ]
        return tuple(dict.fromkeys(n for n in resolved if n)) or None
    if item.type in ("set", "reference"):
        return _canon_set(raw)
    if item.type == "choice":
        return _canon_choice(item, _text(raw))
    return canon_text(_text(raw)) or None


def _text(raw: Raw) -> str:
    """A raw value as the text that the lead saw in the cell, as far as a value can tell."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return _number_text(raw)
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


def _number_text(number: float) -> str:
    """A number with at most 15 significant digits, without a needless ``.0``."""
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def _canon_date(raw: Raw) -> Value:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, Timescale):
        raw = raw.text
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if math.isfinite(raw) and int(raw) in SERIAL_DATES:
            return date(1899, 12, 30) + timedelta(days=int(raw))
    elif isinstance(raw, str):
        found = parse_date(raw)
        if isinstance(found, date):
            return found
        if found == "ambiguous":
            return Invalid(raw, "VAL-004", _ambiguous(raw))
    text = _text(raw)
    return Invalid(
        text, "VAL-003", f'"{text}" is not a date. Enter a date such as 28 February 2026.'
    )


def _ambiguous(text: str) -> str:
    return (
        f'"{text}" can be read as two dates, day first or month first. '
        "Enter it with the month in words, such as 4 March 2026."
    )


def _canon_timescale(raw: Raw) -> Value:
    if isinstance(raw, Timescale):
        return canon_timescale(raw.text, by=raw.by)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if math.isfinite(raw) and int(raw) in SERIAL_DATES:
            raw = date(1899, 12, 30) + timedelta(days=int(raw))
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return Timescale(say_date(raw), raw, say_date(raw))
    text = _text(raw)
    if parse_date(text) == "ambiguous":
        return Invalid(text, "VAL-004", _ambiguous(text))
    if parse_date(text) == "impossible":
        return Invalid(
            text,
            "VAL-003",
            f'"{text}" is not a date. Enter a date such as 28 February 2026, '
            "or a timescale in words.",
        )
    return canon_timescale(text)


def _canon_rating(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
    text = _text(raw)
    scale = definition.scale_of(item)
    found = match_rating(text, scale)
    if found is not None:
        return found.code
    codes = ", ".join(r.code for r in scale)
    return Invalid(
        text, "VAL-002", f'"{text}" is not a rating of this plan. Choose one of: {codes}.'
    )


def _canon_number(item: Field, raw: Raw) -> Value:
    percent = item.type == "percent"
    number: float | None = None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        number = float(raw)
    elif isinstance(raw, str):
        text = raw.strip().replace(",", "").replace(" ", "")
        divide = percent and text.endswith("%")
        try:
            number = float(text.removesuffix("%") if divide else text)
        except ValueError:
            number = None
        if number is not None and divide:
            number /= 100
    shown = _text(raw)
    if number is None or not math.isfinite(number):
        return Invalid(shown, "VAL-005", f'"{shown}" is not a number. Enter a number such as 25.')
    if percent and not 0 <= number <= 1:
        return Invalid(
            shown, "VAL-006", f'"{shown}" is not a percentage. Enter one from 0% to 100%.'
        )
    number = float(f"{number:.15g}")
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _canon_set(raw: Raw) -> Value:
    if isinstance(raw, frozenset | tuple):
        parts = [canon_text(part).strip() for part in raw]
    else:
        text = _text(raw)
        for separator in (";", "\n"):
            text = text.replace(separator, ",")
        parts = [part.strip() for part in text.split(",")]
    return frozenset(part for part in parts if part) or None


def _canon_choice(item: Field, text: str) -> Value:
    for choice in item.choices:
        if fold(choice) == fold(text):
            return choice
    allowed = ", ".join(item.choices)
    return Invalid(text, "VAL-007", f'"{text}" is not a choice here. Choose one of: {allowed}.')


def sort_elements(elements: frozenset[str]) -> list[str]:
    """Elements in the order people expect: numbers inside them compare as numbers."""
    return sorted(elements, key=natural_key)


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
        return f"{_number_text(float(f'{value * 100:.13g}'))}%"
    return show(value)


def to_json(value: Value) -> object:
    """The JSON shape of a value, as in ``show --json``."""
    if isinstance(value, Timescale):
        return {"text": value.text, "by": value.by.isoformat() if value.by else None}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, frozenset):
        return sort_elements(value)
    if isinstance(value, Invalid):
        return {"invalid": value.raw}
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
