"""Values: canonical, as text, in the ledger's form, in order; and which rating a text means."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from xlplan.codes.definition_codes import VAL_012
from xlplan.codes.message import Filled
from xlplan.late import regex
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.text import canon_text, fold, latin
from xlplan.plan.timescales import Timescale, canon_timescale, say_date

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition, Rating


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
_SIGNS = regex(r"^[^\w]+")
_NUMBER = regex(
    r"([+-]?(?:(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(%?)", re.I
)
"""A number as people write it. ``1,000`` and ``1 000`` are a thousand; ``1,5`` is no number here:
read with the comma left out it would be fifteen."""
_CURRENCY = r"(?:[$£€¥]|\b(?:GBP|EUR|USD)\b)"
_NEGATIVE = regex(r"\(\s*([^()+-]*\d[^()]*)\)")
_AMOUNT = regex(rf"([+-])?\s*(?:{_CURRENCY}\s*)?([+-])?\s*(\d[\d ,.]*?)(?:\s*{_CURRENCY})?")


def canon(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
    """The canonical value of `raw` in a field: a typed value, None for blank, or `Invalid`.

    ``canon(item, show(value), definition) == value`` for every canonical value but a percentage,
    for which it is ``show_in``: what a program shows reads back as the same value.
    """
    if type(raw) is str:  # as most are
        plain = canon_text(raw)
        return item.field_type.canon(item, plain, definition) if plain.strip() else None
    if raw is None or isinstance(raw, Invalid):
        return raw
    if isinstance(raw, ShownNumber) and item.field_type.cell.holds == "text" and raw.shown is None:
        number = number_text(raw)
        return invalid(number, VAL_012.fill(value=number, format=raw.code))
    typed: str | int | float | date | Timescale
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        typed = bounded(raw)
    elif isinstance(raw, date):
        typed = raw
    else:
        lines = item.field_type.show(raw) if isinstance(raw, frozenset) else as_text(raw)
        typed = canon_text(lines)
        if not typed.strip():
            return None
        if isinstance(raw, Timescale):
            typed = Timescale(typed, raw.by)
    return item.field_type.canon(item, typed, definition)


class Readings:
    """Canonical values as one definition reads them: each is read once, however often it stands."""

    def __init__(self, definition: PlanDefinition) -> None:
        self._definition = definition
        self._known: dict[tuple[object, ...], Value] = {}

    def of(self, item: Field, value: Value) -> Value:
        """A value, or what was typed in its place, as it is read in a field; `value` itself where
        that is the very same."""
        if value is None:
            return None
        raw = value.raw if isinstance(value, Invalid) else value
        # Equal timescales may be spelled in two ways, and 1 is equal to 1.0.
        spelled = (raw.text, raw.by) if isinstance(raw, Timescale) else raw
        key = (item.of, item.id, type(raw), spelled)
        if key not in self._known:
            self._known[key] = canon(item, raw, self._definition)
        read = self._known[key]
        plain = type(read) is type(value) and not isinstance(value, Invalid | Timescale)
        return value if plain and read == value else read


def invalid(raw: str, why: Filled) -> Invalid:
    """What was typed and is no value of its field, with the message that says why."""
    return Invalid(raw, why.code, why.message)


def as_text(raw: Raw) -> str:
    """A raw value as the text that the lead saw in the cell, as far as a value can tell."""
    if isinstance(raw, tuple):
        return "\n".join(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, ShownNumber | ShownDate) and (shown := raw.shown) is not None:
        return shown
    if isinstance(raw, float):
        return number_text(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ", "seconds")
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, Timescale):
        return raw.text
    if isinstance(raw, frozenset):
        return ", ".join(sort_elements(raw))
    return str(raw)


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
    if isinstance(value, str):
        return value  # as most are
    if value is None:
        return ""
    if isinstance(value, Invalid):
        return value.raw
    if isinstance(value, date):
        return say_date(value)
    return as_text(value)


def show_in(item: Field | None, value: Value) -> str:
    """A value as people write it in a field: `show`, with percentages and currencies as such."""
    if item is None or value is None or type(value) is str:  # as most: shown alike in any field
        return show(value)
    kind = item.field_type
    text = kind.show(value)
    if not kind.priced or not isinstance(value, int | float):
        return text
    return f"-{item.currency}{text[1:]}" if text.startswith("-") else f"{item.currency}{text}"


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
    if value is None or isinstance(value, str):
        return value  # as most are
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


def told_by(value: Value) -> object:
    """What a value is known by that is no text: two of the same are alike in every way."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Timescale):  # equal where they mean the same, however they say it
        return value.text, value.by, value.key
    if isinstance(value, ShownNumber):
        return float(value).hex(), value.code, value.text
    kind = type(value)
    return (kind, repr(value)) if isinstance(value, float | int) else (kind, value)


def decode(data: object) -> Value:
    """The value that `encode` wrote."""
    if data is None or isinstance(data, str | int | float):
        return data
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
    raise TypeError(f"not a value: {data!r}")


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
        found = _NUMBER.fullmatch(_without_currency(raw.strip()))
        if not found or (found[2] and not percent):
            return None
        raw = float(found[1].replace(",", "").replace(" ", "")) / (100 if found[2] else 1)
    number = float(f"{raw:.10f}" if percent else f"{raw:.15g}")
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _without_currency(text: str) -> str:
    """An amount without the currency before or behind it; brackets around it mean a minus."""
    if found := _NEGATIVE.fullmatch(text):
        text = f"-{found[1]}"
    found = _AMOUNT.fullmatch(text)
    if not found or (found[1] and found[2]):
        return text
    return f"{found[1] or found[2] or ''}{found[3]}"


def number_text(number: float) -> str:
    """A number with at most 15 significant digits, without a needless ``.0``."""
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def say_percent(number: float) -> str:
    """A share as people write it: ``"12.5%"`` for 0.125."""
    return f"{number * 100:.8f}".rstrip("0").rstrip(".") + "%"


def in_percent(value: Value) -> str:
    """A share as people write it, and anything else as it is."""
    return say_percent(value) if isinstance(value, int | float) else show(value)


LONGEST_ABBREVIATION = 3


def rating_word(rating: Rating) -> str:
    """The word by which a rating is shown wherever there is room for only one.

    A code that is a word ("Blue") is what people say, and its label ("Completed") explains it in
    the rating key; a code of at most three characters ("DG", "A") needs its label to be read,
    unless it is a word ("Red"). Of one word in two spellings ("GREEN", "Green") the label's is
    shown.
    """
    label = rating.label or rating.code
    code = rating.code
    is_word = len(code) == LONGEST_ABBREVIATION and code.isalpha() and not code.isupper()
    short = len(code) <= LONGEST_ABBREVIATION and not is_word
    return label if short or fold(label) == fold(rating.code) else rating.code


def match_rating(text: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating that `text` names by code, label or alias, case and look-alike letters aside.

    A code is tried before a label, and a label before an alias, so that an alias never hides a
    code. The same rating written twice in a cell (``"Blue\\nBlue"``) is that rating, and so are
    the words of one that begins with a sign, without it (``"On track"`` for ``"🟢 On track"``).
    """
    name = fold(text)
    found = _named(name, scale) or _named(fold(latin(text)), scale)
    lines = [line for line in text.split("\n") if line.strip()]
    if found is None and len(lines) > 1:
        first, *others = [match_rating(line, scale) for line in lines]
        found = first if all(other is first for other in others) else None
    return _by_words(name, scale) if found is None and name else found


def _named(name: str, scale: Sequence[Rating]) -> Rating | None:
    for names in (lambda r: (r.code,), lambda r: (r.label,), lambda r: r.aliases):
        for rating in scale:
            if any(fold(each) == name for each in names(rating)):
                return rating
    return None


def _by_words(name: str, scale: Sequence[Rating]) -> Rating | None:
    """The one rating whose code or label is this name behind a sign of its own."""
    named = [
        rating for rating in scale
        if name in (_behind_sign(rating.code), _behind_sign(rating.label))
    ]  # fmt: skip
    return named[0] if len(named) == 1 else None


def _behind_sign(text: str) -> str:
    signed = not text.isascii() and unicodedata.category(text[0]) == "So"
    return fold(_SIGNS.sub("", text)) if signed else ""


def best_first(scale: Sequence[Rating]) -> bool:
    """Whether a scale, in its order, runs from best to worst.

    Scales are written both ways. Closed points are the good end and points for attention the bad
    one; a scale that has neither is read as written, best first.
    """
    good = [i for i, r in enumerate(scale) if r.closed]
    bad = [i for i, r in enumerate(scale) if r.exception]
    rest = [i for i in range(len(scale)) if i not in good and i not in bad]
    if not good and not bad:
        return True
    good, bad = good or rest, bad or rest
    if not good or not bad:
        return True
    return sum(good) / len(good) <= sum(bad) / len(bad)


def badness(scale: Sequence[Rating]) -> dict[str, int]:
    """By code how bad each rating of a scale is, 0 for the best: what closes an action is never
    worse than what does not, and what is for attention never better, wherever they are written."""
    ordered = sorted(_written(scale), key=lambda rating: rating.exception - rating.closed)
    return {rating.code: place for place, rating in enumerate(ordered)}


def _written(scale: Sequence[Rating]) -> Sequence[Rating]:
    return scale if best_first(scale) else tuple(reversed(scale))


def moved(before: object, now: object, scale: Sequence[Rating]) -> Literal["better", "worse", ""]:
    """Which way a rating moved on its scale; blank where it did not, or where one of the two is not
    on the scale. Nor is what is for attention now better than what was not, or what closes an
    action worse than what did not, wherever they are written: "Red" before "Not begun"."""
    written = {rating.code: (place, rating) for place, rating in enumerate(_written(scale))}
    if not isinstance(now, str) or not isinstance(before, str) or not {now, before} <= set(written):
        return ""
    (was_at, was), (is_at, this) = written[before], written[now]
    if is_at > was_at:
        return "" if this.closed and not was.closed else "worse"
    return "" if is_at == was_at or (this.exception and not was.exception) else "better"


def is_worse(now: object, before: object, scale: Sequence[Rating]) -> bool:
    """Whether a rating is certainly worse than another."""
    return moved(before, now, scale) == "worse"
