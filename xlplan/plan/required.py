"""What a field needs to be filled in for: `required_if`, described once.

From this description come the look of a template while it is filled in (`xlplan.issued.needed`),
its guidance, and what is asked of a return that leaves the field blank.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from xlplan.language.catalogue import ENGLISH, Tongue
from xlplan.late import regex
from xlplan.plan.values import Value, canon

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition

# As it is written: an inline table of `plan.toml`, a line each in `set-up.xlsx`

REQUIRED_IF = (
    "a blank is a question while all of this holds: a column has one of some values, closed = "
    'true, or a date is "moved"; such as { rating = ["R", "A"] }'
)
"""What the key of a column is for."""
_TRUE = "true"
_TEXT = regex(r'\s*("(?:[^"\\]|\\.)*"|[^;]*)\s*(?:;|$)')
"""One text of a line; in quotes where it holds what stands between them."""


class Condition(Struct, frozen=True):
    """What one is about, such as the id of a column, and the texts that it may have; none where it
    is true."""

    about: str
    values: tuple[str, ...] = ()


def condition_of(about: str, value: object) -> Condition | None:
    """A key of the inline table with its value: a text, several, or true; None for another one."""
    if value is True:
        return Condition(about)
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    return Condition(about, tuple(" ".join(str(text).split()) for text in texts))


def line_of(condition: Condition) -> str:
    """A condition as a line: ``rating = R; A``, ``closed = true``."""
    texts = (
        json.dumps(text, ensure_ascii=False) if _is_odd(text) else text for text in condition.values
    )
    return f"{condition.about} = {'; '.join(texts) or _TRUE}"


def _is_odd(text: str) -> bool:
    return ";" in text or text.startswith('"') or _is_true(text)


def _is_true(text: str) -> bool:
    return text.casefold() in (_TRUE, "yes")


def read_line(line: str) -> Condition:
    """What such a line says; one that says nothing of its subject says that it is true."""
    about, _, rest = line.partition("=")
    found = [text.strip() for text in _TEXT.findall(rest) if text.strip()]
    if not found or (len(found) == 1 and _is_true(found[0])):
        return Condition(about.strip())
    return Condition(about.strip(), tuple(map(unquoted, found)))


def unquoted(text: str) -> str:
    """A text of a line, without the quotes around one that had to have them."""
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


# What it means of a row

CLOSED = "closed"
"""What a condition is about that holds of actions with a rating that closes them."""
MOVED = "moved"
"""What a condition says of a date: that it is not the one that was issued."""


class OneOf(Struct, frozen=True):
    """That a field has one of some values; `texts` are all the ways to write these, `words` how
    people read them."""

    field: Field
    values: frozenset[Value]
    texts: tuple[str, ...]
    words: tuple[str, ...]


class Moved(Struct, frozen=True):
    """That a date is not the one that was issued."""

    field: Field


Test = OneOf | Moved
Values = Callable[["Field"], Value]
"""What a row holds in a field."""


def needs_of(definition: PlanDefinition, item: Field) -> tuple[Test, ...]:
    """What must hold, all of it, for a field to be needed; nothing where it never is, or where
    what it depends on is not in use any more."""
    found = tuple(_test(definition, each) for each in item.required_if)
    tests = tuple(each for each in found if each is not None)
    return tests if len(tests) == len(found) else ()


def _test(definition: PlanDefinition, condition: Condition) -> Test | None:
    if not condition.values:
        rating = definition.with_role("rating")
        closed = [r.code for r in definition.ratings if r.closed]
        return _one_of(definition, rating, closed) if rating is not None else None
    item = definition.find(condition.about)
    if item is None or item.retired:
        return None
    return Moved(item) if is_dated(item.type) else _one_of(definition, item, condition.values)


def is_dated(kind: str) -> bool:
    """Whether a condition on a field of this type says that a date moved."""
    return kind in ("date", "timescale")


def _one_of(definition: PlanDefinition, item: Field, written: list[str] | tuple[str, ...]) -> OneOf:
    values = frozenset(canon(item, text, definition) for text in written)
    accepted = item.field_type.accepted(item, definition)
    texts = tuple(text for text in accepted if canon(item, text, definition) in values)
    labels = {rating.code: rating.label for rating in definition.scale_of(item)}
    rated = item.field_type.rated
    words = tuple(labels.get(text, text) if rated else text for text in written)
    return OneOf(item, values, texts, words)


def is_needed(tests: tuple[Test, ...], now: Values, issued: Values) -> bool:
    """Whether all of these hold of a row, by what it holds now and what was issued; False where
    there are none."""
    return bool(tests) and all(_holds(test, now, issued) for test in tests)


def _holds(test: Test, now: Values, issued: Values) -> bool:
    if isinstance(test, OneOf):
        return now(test.field) in test.values
    before = issued(test.field)
    return before is not None and now(test.field) != before


def say_needed(tests: tuple[Test, ...], tongue: Tongue = ENGLISH) -> str:
    """When a field is needed, in words: ``"Rating" is Red or Amber, and "Due" has moved``."""
    return tongue.each(lambda one: one.say(", and ").join(_say(test, one) for test in tests))


def _say(test: Test, tongue: Tongue) -> str:
    heading = " ".join(test.field.heading.split())
    if isinstance(test, Moved):
        return tongue.say('"{heading}" has moved', heading=heading)
    *most, last = test.words
    if not most:
        return tongue.say('"{heading}" is {value}', heading=heading, value=last)
    return tongue.say(
        '"{heading}" is {most} or {last}', heading=heading, most=", ".join(most), last=last
    )


def values_in(row: Mapping[str, Value]) -> Values:
    """What a row holds, by its values by field id."""
    return lambda item: row.get(item.id)
