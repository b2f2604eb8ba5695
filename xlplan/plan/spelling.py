"""How a value is spelled in a workbook of somebody else's: as its column spells others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.shown import ShownNumber, before_percent
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Raw, Value, canon, read_number, show, show_in, sort_elements

_DAYS = (
    "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%d-%m-%y", "%Y-%m-%d",
    "%d %B %Y", "%d %b %Y", "%d %B %y", "%d %b %y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
"""Ways in which days are written as text."""
_JOINTS = ("\n", ", ", ",", "; ", ";", " / ", "/", " & ", " and ", " + ", " | ")
Shown = Sequence[tuple[Raw, Value]]
"""What cells of the column hold, and the value that each is."""


class UnspellableError(Exception):
    """There is no text that would be read as the value."""


def spelled(
    item: Field,
    value: Value,
    definition: PlanDefinition,
    shown: Shown,
    codes: Collection[str] = ("",),
) -> Raw:
    """What to write for a value into a column that shows others so; None empties the cell.

    `codes` are the number formats that the cell may have. Raises `UnspellableError` where nothing
    that may stand in a cell is read as this value.
    """
    if value is None:
        return None
    ways = _in_percent(value, codes, _ways(item, value, definition, shown))
    for way in ways:
        if all(canon(item, _shown_by(way, code), definition) == value for code in codes):
            return _shown_by(way, "")
    raise UnspellableError


def _in_percent(value: Value, codes: Iterable[str], ways: Iterable[Raw]) -> Iterator[Raw]:
    """What may be written; into a cell that shows percentages first the numbers that it may hold,
    also for a text that is one."""
    percent = any(ShownNumber(1, code).before_percent is not None for code in codes)
    number = before_percent(value) if isinstance(value, str) else value
    if percent and isinstance(number, int | float):
        yield from map(read_number, (number, number / 100, number * 100))
    yield from ways


def _shown_by(raw: Raw, code: str) -> Raw:
    """What is written, as a cell with this number format shows it."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return raw
    if code:
        return ShownNumber(raw, code)
    return float(raw) if isinstance(raw, ShownNumber) else raw


def _ways(item: Field, value: Value, definition: PlanDefinition, shown: Shown) -> Iterator[Raw]:
    """What may be written, the most usual first."""
    if isinstance(value, Invalid) or item.field_type.prose:
        yield show(value)
    same = Counter(raw for raw, known in shown if known == value and raw is not None)
    yield from (raw for raw, _ in same.most_common(1))
    if item.field_type.rated:
        yield from _ratings(item, value, definition, shown)
    if isinstance(value, date):
        yield from _days(value, shown)
    elif isinstance(value, Timescale):
        if value.by is not None:
            yield from _days(value.by, shown)
        yield value.text
    elif isinstance(value, tuple | frozenset):
        yield from _lists(value, shown)
    elif isinstance(value, int | float):
        numbers = any(isinstance(raw, int | float) for raw, _ in shown)
        yield from (value, show_in(item, value)) if numbers else (show_in(item, value), value)
    yield show_in(item, value)
    yield show(value)


def _ratings(item: Field, value: Value, definition: PlanDefinition, shown: Shown) -> Iterator[str]:
    """By its label where the column spells ratings so, else by its code; in capitals where all
    are. Nothing for what is none of the scale."""
    rating = definition.rating(value, item.scale)
    if rating is None:
        return
    texts = [(str(raw), known) for raw, known in shown if isinstance(raw, str) and raw.strip()]
    labels = codes = 0
    for text, known in texts:
        other = definition.rating(known, item.scale)
        if other is not None and fold(other.code) != fold(other.label):
            labels += fold(text) == fold(other.label)
            codes += fold(text) == fold(other.code)
    ways = [rating.label, rating.code] if labels > codes else [rating.code, rating.label]
    words = [text for text, _ in texts if len(text) > 1]
    if words and all(text.isupper() for text in words):
        yield from (way.upper() for way in ways)
    if words and all(text.islower() for text in words):
        yield from (way.lower() for way in ways)
    yield from ways


def _days(day: date, shown: Shown) -> Iterator[Raw]:
    """A day as a date where the column has dates, else as its texts are written."""
    dates = sum(isinstance(raw, date) for raw, _ in shown)
    texts = Counter(
        form
        for raw, known in shown
        if isinstance(raw, str) and (of := _day_of(known)) is not None
        for form in _DAYS
        if of.strftime(form) == raw.strip()
    )
    if dates and dates >= sum(texts.values()):
        yield day
    yield from (day.strftime(form) for form, _ in texts.most_common(2))
    if dates:
        yield day


def _day_of(value: Value) -> date | None:
    return value.by if isinstance(value, Timescale) else value if isinstance(value, date) else None


def _lists(value: tuple[str, ...] | frozenset[str], shown: Shown) -> Iterator[str]:
    """Several names with what stands between those of other cells."""
    joints = Counter(
        joint
        for raw, known in shown
        if isinstance(raw, str) and isinstance(known, tuple | frozenset) and len(known) > 1
        for joint in _JOINTS
        if joint.join(_in_order(known)) == raw
    )
    usual = [joint for joint, _ in joints.most_common(2)]
    yield from (joint.join(_in_order(value)) for joint in [*usual, ", ", "\n"])


def _in_order(value: tuple[str, ...] | frozenset[str]) -> Sequence[str]:
    return value if isinstance(value, tuple) else sort_elements(value)


# Cells that hold several facts


class Composed(Struct, frozen=True):
    """How the cells of a column hold several facts: the fields in their order, and what stands
    between two that follow each other, the most usual first."""

    order: tuple[str, ...]
    joints: Mapping[tuple[str, str], tuple[str, ...]]

    def together(self, texts: Mapping[str, str], like: Composed | None = None) -> str | None:
        """One text of these, by field; None where nothing is known to stand between them. `like`
        is how this cell had them until now."""
        names = [name for name in self.order if texts.get(name)]
        whole = texts[names[0]] if names else ""
        for before, name in pairwise(names):
            pair = before, name
            own = like.joints.get(pair) if like else None
            joints = own or self.joints.get(pair)
            if not joints:
                return None
            whole += joints[0] + texts[name]
        return whole

    def apart(
        self, whole: str, items: Mapping[str, Field], definition: PlanDefinition
    ) -> dict[str, str] | None:
        """The text of each field in a cell; None where that is not certain."""
        whole = canon_text(whole)
        if not whole:
            return {}
        found: dict[str, str] = {}
        rest, (*first, last) = whole, self.order
        for place, name in enumerate(first, 1):
            piece, rest = self._head(rest, name, self.order[place:], items, definition)
            found |= {name: piece} if piece else {}
            if not rest:
                break
        else:
            found[last] = rest
        if any(
            isinstance(canon(items[name], text, definition), Invalid)
            for name, text in found.items()
            if not items[name].field_type.prose
        ):
            return None
        return found if self.together(found, self._of(whole, found)) == whole else None

    def _of(self, whole: str, texts: Mapping[str, str]) -> Composed | None:
        return composition(whole, {name: texts[name] for name in self.order if name in texts})

    def _head(
        self,
        text: str,
        name: str,
        following: Sequence[str],
        items: Mapping[str, Field],
        definition: PlanDefinition,
    ) -> tuple[str, str]:
        """What a text begins with of a field, and what follows; nothing where it has none."""
        joints = [each for other in following for each in self.joints.get((name, other), ())]
        item = items[name]
        if item.field_type.rated:
            known = sorted(item.field_type.accepted(item, definition), key=len, reverse=True)
            for each in known:
                if fold(text) == fold(each):
                    return text, ""
                head = text[: len(each)]
                after = text[len(each) :]
                joint = next((j for j in _ends(joints) if after.startswith(j)), "")
                if joint and fold(head) == fold(each):
                    return head, after[len(joint) :]
            return "", text
        for joint in joints:
            head, found, rest = text.partition(joint)
            if found and head and "\n" not in head:
                return head, rest
        return "", text


def _ends(joints: Sequence[str]) -> list[str]:
    return sorted(set(joints), key=len, reverse=True)


def composition(whole: str, texts: Mapping[str, str]) -> Composed | None:
    """How one cell holds several facts: None where they do not stand in it one after another, with
    nothing before and behind them."""
    at = 0
    whole = canon_text(whole)
    names = sorted(
        (name for name in texts if texts[name]), key=lambda each: whole.find(texts[each])
    )
    joints: dict[tuple[str, str], tuple[str, ...]] = {}
    for before, name in zip(["", *names], names, strict=False):
        found = whole.find(texts[name], at)
        if found < 0 or (not before and found):
            return None
        if before:
            joints[before, name] = (whole[at:found],)
        at = found + len(texts[name])
    return Composed(tuple(names), joints) if at == len(whole) else None


def composed_column(
    rows: Sequence[tuple[str, Mapping[str, str]]],
    items: Mapping[str, Field],
    definition: PlanDefinition,
) -> Composed | None:
    """How a column holds several facts: None where taking apart and putting together again would
    not give the same text for every one of its cells. `rows` have the text of a cell, and those of
    its facts by field."""
    order: dict[str, None] = {}
    counted: dict[tuple[str, str], Counter[str]] = {}
    for whole, texts in rows:
        found = composition(whole, texts)
        if found is None:
            return None
        for pair, between in found.joints.items():
            counted.setdefault(pair, Counter()).update(between)
        if len(found.order) > 1:
            order |= dict.fromkeys(found.order)
    order |= dict.fromkeys(sorted(items, key=lambda name: items[name].field_type.prose))
    joints = {p: tuple(each for each, _ in count.most_common()) for p, count in counted.items()}
    column = Composed(tuple(order), joints)
    for whole, texts in rows:
        filled = {name: text for name, text in texts.items() if text}
        if column.apart(whole, items, definition) != filled:
            return None
    return column
