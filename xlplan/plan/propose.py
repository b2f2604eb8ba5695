"""Fields from columns: what each column of a spreadsheet becomes in a plan definition.

Pure: headings and values in, fields out. A heading says the role, the values confirm the type,
and what neither says stays a text field under its own heading. Nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.definition import Field, Kind, Owner
from xlplan.plan.propose_roles import (
    LEAD_OWNED,
    LONG_TEXT,
    Sample,
    column_role,
    dated_ratings,
    guess_role,
    leads_with_ratings,
    normal_heading,
    slug,
    texts_of,
)
from xlplan.plan.shown import ShownDate, ShownNumber, before_percent, counts_percent
from xlplan.plan.status_words import known_rating, says_how_much
from xlplan.plan.text import fold
from xlplan.plan.types.field_type import serial_day
from xlplan.plan.types.money_and_booleans import YES_NO, currency_of, words_of_yes_and_no
from xlplan.plan.values import Raw, read_number

Split = Literal["", "rating", "leading"]
_IDS = {"key": "ref"}
TYPE_BY_ROLE: dict[str, str] = {
    "due": "timescale", "revised": "timescale", "rating": "rating", "initial_rating": "rating",
    "previous_rating": "rating", "lead": "people", "accountable": "people",
    "progress": "narrative", "percent": "percent", "steps_done": "steps",
}  # fmt: skip
"""The type of a column by what it is for, where nothing else is known of it."""
_NARRATIVE = frozenset(
    {"evidence", "outcome", "output", "measure", "milestone", "action", "reason"}
)
_GUIDANCE = {
    "due": "A date or a timescale, such as 28 February 2026, September 2026 or Within 3 months.",
    "revised": "The new date, such as 28 February 2026, where the first one will not be met.",
    "rating": "Choose the rating that describes the action today.",
    "progress": "What has been done since the last update, and what comes next.",
    "evidence": "What shows that it has been done, and where it can be seen.",
    "percent": "How much is done, from 0% to 100%.",
    "reason": "Why the date or the rating has changed.",
    "steps_done": "Which steps of the action are done, and on which day.",
}
ONE_DAY = "A date, such as 28 February 2026."
"""What to enter in a due date whose cells are all days, so that words are none."""
_SIGN = regex(r"[£€](?!['’ ]?(?:0|k\b|m\b|bn\b))", re.IGNORECASE)
"""A currency in a heading; not "£000", in which 5 is no five pounds."""
_PERCENT = regex(r"(?:100|\d{1,2}(?:\.\d+)?) ?%")
_UPDATES = regex(
    r"\b(?:updates?|comments?|commentary|notes?|progress|remarks?|kommentare?|bemerkungen|"
    r"observaciones|commentaires?|opmerkingen|sylwadau)$|^(?:updates?|comments?|notes?)\b"
)
"""Headings of columns in which something is written at every round."""


_DAY = regex(r"\b(?:date|day|deadline|due|start|finish|end)s?\b")
"""Words of a heading under which a number such as 46031 is a day as spreadsheets keep them."""


MOST_APART, MOST_NAMED = 3, 5
"""Guesses of a kind up to which each has a line, and places named in a line for all."""
MOST_CHOICES = 7
"""Words of a column up to which they are its choices."""


class ColumnPlan(Struct, frozen=True):
    """Which field takes a column's values; with split ``"rating"`` a second one takes the
    cells that are ratings, with ``"leading"`` the rating word that each text begins with."""

    field: str
    split: Split = ""
    rating: str = ""


class Proposal(Struct, frozen=True):
    """The fields, one `ColumnPlan` for each sample in the same order, and what was guessed."""

    fields: tuple[Field, ...]
    plans: tuple[ColumnPlan, ...]
    guesses: tuple[str, ...]


class _Slot(Struct):
    """A field in the making, with every value its columns hold."""

    id: str
    role: str
    heading: str
    of: Kind
    given: Field | None = None
    values: list[Raw] = field(default_factory=list)
    tables: set[int] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    """Other headings that its columns have."""


def propose_columns(
    samples: Sequence[Sample], given: Sequence[Field] = (), *, kept: bool = False
) -> Proposal:
    """Fields for these columns. `given` are a workbook template's: used as they are, first.

    Columns of several tables meet in one field where their headings are the same or, failing
    that, their role. A guess begins ``field ID: ``. In a workbook that stays the master (`kept`) a
    status with its day is left as it is, since both are in one cell.
    """
    slots = [_Slot(f.id, f.role, f.heading, f.of, f) for f in given]
    guesses: list[str] = []
    plans: list[ColumnPlan] = []
    for sample in samples:
        role = column_role(sample, samples)
        if role == "rating+progress":
            main = _slot(slots, sample, "progress", guesses, split=True)
            extra = _slot(slots, sample, "rating", guesses, split=True)
            plans.append(ColumnPlan(main.id, "rating", extra.id))
            said = f"holds ratings and prose; ratings went to {extra.id}, prose to {main.id}"
            guesses.append(f'{about(sample.of, extra.id)}"{sample.heading}" {said}')
        elif role == "progress" and leads_with_ratings(sample, samples):
            main = _slot(slots, sample, "progress", guesses)
            extra = _slot(slots, replace(sample, heading="Status"), "rating", guesses)
            plans.append(ColumnPlan(main.id, "leading", extra.id))
            said = f'the word that each "{sample.heading}" begins with; the rest is in {main.id}'
            guesses.append(about(sample.of, extra.id) + said)
        elif role == "rating" and not kept and dated_ratings(sample, samples):
            noted = replace(sample, heading=f"{sample.heading} note", values=())
            main = _slot(slots, noted, "text", guesses)
            extra = _slot(slots, sample, "rating", guesses)
            plans.append(ColumnPlan(main.id, "leading", extra.id))
            said = f'the word that each "{sample.heading}" begins with; the rest is in {main.id}'
            guesses.append(about(sample.of, extra.id) + said)
        else:
            plans.append(ColumnPlan(_slot(slots, sample, role, guesses).id))
    for slot in slots:
        if slot.others:
            named = ", ".join(f'"{heading}"' for heading in slot.others)
            said = f'{named} and "{slot.heading}" were taken as one'
            guesses.append(about(slot.of, slot.id) + said)
    fields = _owned([_field(slot) for slot in slots], {slot.id for slot in slots if slot.given})
    return Proposal(fields, tuple(plans), tuple(guesses))


def _slot(
    slots: list[_Slot], sample: Sample, role: str, guesses: list[str], split: bool = False
) -> _Slot:
    """The slot this column goes to: by heading, then by role, else a new one.

    That a column is `split` between two fields is said by itself, whatever they are headed.
    """
    free = [s for s in slots if s.of == sample.of and sample.table not in s.tables]
    wanted = normal_heading(sample.heading)
    found = next((s for s in free if wanted and normal_heading(s.heading) == wanted), None)
    if found and "+" not in guess_role(sample.heading) and role == "text":
        role = found.role
    if found is None or (found.role != role and not found.given):
        found = next((s for s in free if role != "text" and s.role == role), None)
    if found is None:
        found = _new_slot(slots, sample, role, guesses)
    elif wanted and found.heading and not split and not _one_heading(found.heading, sample.heading):
        found.others += [sample.heading] if sample.heading not in found.others else []
    found.tables.add(sample.table)
    found.values += sample.values
    return found


def _one_heading(one: str, other: str) -> bool:
    """Whether two headings are the same words: "Lead Officer" and "Lead Officers" are."""
    return normal_heading(one).rstrip("s") == normal_heading(other).rstrip("s")


def _new_slot(slots: list[_Slot], sample: Sample, role: str, guesses: list[str]) -> _Slot:
    """A slot of its own for a column; what is odd about it is said."""
    if role in ("key", "action") and any(s.role == role and s.of == sample.of for s in slots):
        role = "text"  # a plan has one ref and one action; the others keep their headings
    name = "Ref" if role == "key" else f"Column {sample.letter or len(slots) + 1}"
    heading = sample.heading or name
    base = _IDS.get(role, role) if role != "text" else slug(heading)
    used = [s.id for s in slots if s.of == sample.of]
    used += _IDS.values() if role != "key" else []  # the refs', which may have to be made
    made = _Slot(free_id(base, used), role, heading, sample.of)
    if not sample.heading:
        taken = "; taken as the ref" if role == "key" else ""
        guesses.append(f"{about(sample.of, made.id)}column {sample.letter} has no heading{taken}")
    elif any(s.given for s in slots):
        said = f'the template has no field for "{sample.heading}"'
        guesses.append(about(sample.of, made.id) + said)
    slots.append(made)
    return made


def about(kind: str, field_id: str) -> str:
    """How a guess about a field begins: ``field due: ``, ``recommendation field due: ``."""
    return f"field {field_id}: " if kind == "action" else f"{kind} field {field_id}: "


def one_for_many(found: Mapping[str, str], words: str) -> list[str]:
    """What is said of each, or one guess with the first places where there are many: `words`,
    with their number in place of ``{}``."""
    if len(found) <= MOST_APART:
        return list(found.values())
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    places = ", ".join(list(found)[:MOST_NAMED])
    return [f"{words.replace('{}', str(len(found)), 1)} ({places}{more})"]


def free_id(base: str, taken: Iterable[str]) -> str:
    """`base`, or `base` with the first free suffix: ``rating_2``."""
    used = set(taken)
    number, name = 1, base
    while name in used:
        number += 1
        name = f"{base}_{number}"
    return name


def _field(slot: _Slot) -> Field:
    if slot.given is not None:
        return slot.given
    made = make_field(slot.id, slot.heading, slot.role, slot.of, _type(slot))
    if slot.role != "text" or made.type not in ("text", "number"):
        return made
    sign = _SIGN.search(slot.heading)
    if made.type == "number" and (kind := _shown_in_percent(made, slot.values)):
        return replace(made, type=kind)
    if made.type == "number":
        return replace(made, type="money", currency=sign[0]) if sign else made
    texts = texts_of(slot.values)
    if currency := currency_of(texts):
        return replace(made, type="money", currency=currency)
    if words := words_of_yes_and_no(texts):
        return replace(made, type="boolean", choices=() if words == YES_NO else words)
    if choices := _choices_of(texts):
        return replace(made, type="choice", choices=choices)
    percents = texts and all(_PERCENT.fullmatch(text) for text in texts)
    return replace(made, type="percent") if percents else made


def usual_type(heading: str, values: Iterable[Raw]) -> str:
    """The type of a field that holds such values and needs to be told nothing else of them."""
    (found,) = propose_columns([Sample(0, heading, tuple(values), role="text")]).fields
    return "text" if found.choices or found.currency else found.type


def _choices_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The words of a column that says how much, or how far beside the status; none of another."""
    words: dict[str, str] = {}
    for text in texts:
        words.setdefault(fold(text), text)
    found = tuple(words.values())
    few = 1 < len(found) <= min(MOST_CHOICES, len(texts) - 1)
    known = [says_how_much(text) or known_rating(text) is not None for text in found]
    return found if few and all(known) else ()


def _owned(fields: Sequence[Field], given: Container[str]) -> tuple[Field, ...]:
    """The fields with their owners: a first date stays where a revised one beside it is the
    lead's, and notes are the lead's to write whatever role another column has."""
    revised = {item.of for item in fields if item.role == "revised"}
    made: list[Field] = []
    for item in fields:
        if item.id not in given and item.role == "due" and item.of in revised:
            item = replace(item, owner="coordinator", guidance="")
        elif (
            item.id not in given and item.role == "text" and item.of == "action"
            and guess_role(item.heading) == "text" and _UPDATES.search(normal_heading(item.heading))
        ):  # fmt: skip
            item = replace(item, owner="lead", guidance=_GUIDANCE["progress"])
        made.append(item)
    return tuple(made)


def make_field(
    field_id: str, heading: str, role: str, of: Kind = "action", kind: str | None = None
) -> Field:
    """A field as proposed for its role: owner, type, whether it is required, guidance."""
    owner: Owner = "lead" if role in LEAD_OWNED and of == "action" else "coordinator"
    return Field(
        field_id, heading, kind or TYPE_BY_ROLE.get(role, "text"), role, owner,
        required=role in ("key", "action"), of=of,
        guidance=_guidance(role, kind) if owner == "lead" else "",
    )  # fmt: skip


def _is_amount(value: float) -> bool:
    return not isinstance(value, bool) and not (isinstance(value, ShownNumber) and value.is_code)


def _guidance(role: str, kind: str | None) -> str:
    return ONE_DAY if role == "due" and kind == "date" else _GUIDANCE.get(role, "")


def _in_hundredths(value: float) -> bool:
    return isinstance(value, ShownNumber) and value.in_hundredths


def _shown_in_percent(item: Field, values: Sequence[Raw]) -> str:
    """The type of a column of numbers of which some are shown in percent, ``""`` where none is: of
    numbers beside percentages, and of more than 100%, what people saw is kept as text, unless the
    heading says that all are percentages."""
    numbers = [value for value in values if value is not None and str(value).strip()]
    shares = [share for value in numbers if (share := before_percent(value)) is not None]
    if len(shares) == len(numbers) and all(0 <= share <= 100 for share in shares):
        return "percent" if shares else ""
    return "text" if shares and not counts_percent(item.role, item.heading) else ""


def _type(slot: _Slot) -> str:
    """The type that the role asks for, confirmed by what the cells hold."""
    if slot.role in TYPE_BY_ROLE and slot.role not in ("due", "revised", "percent"):
        return TYPE_BY_ROLE[slot.role]
    if slot.role in ("key", "section"):
        return "text"
    values = [v for v in slot.values if v is not None]
    kinds = {*map(type, values)}
    if kinds == {str}:  # as most: each text is looked at once
        some = {v for v in {*values} if str(v).strip()}
        values = [v for v in values if v in some]
    else:
        values = [v for v in values if str(v).strip()]
    days = [v for v in values if isinstance(v, date)] if kinds != {str} else []
    months = any(isinstance(day, ShownDate) and day.without_day for day in days)
    dates = bool(values) and len(days) == len(values)
    numbers = (
        [v for v in values if isinstance(v, int | float) and _is_amount(v)]
        if kinds != {str} else []
    )  # fmt: skip
    counted = bool(numbers) and all(isinstance(v, date) or serial_day(v) for v in values)
    if slot.role in ("due", "revised"):
        return "date" if (dates or counted) and not months else "timescale"
    if slot.role == "percent":
        plain = [n for n in numbers if not _in_hundredths(n)]
        plain += [n for text in values if isinstance(text, str) and (n := read_number(text))]
        return "number" if any(n > 1 for n in plain) else "percent"
    if dates:
        return "timescale" if months else "date"
    if counted and _DAY.search(normal_heading(slot.heading)):
        return "date"
    if values and len(numbers) == len(values):
        return "number"
    texts = texts_of(values)
    long = bool(texts) and sum(map(len, texts)) / len(texts) >= LONG_TEXT
    lines = any("\n" in text for text in texts)
    if slot.role in _NARRATIVE or long or lines:
        return "narrative" if (long or lines) else "text"
    return "text"
