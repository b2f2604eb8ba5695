"""Types that name and tell: texts, choices, ratings, people and sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlplan.codes.definition_codes import VAL_002, VAL_007
from xlplan.plan.people import split_people
from xlplan.plan.ratings import match_rating
from xlplan.plan.text import canon_text, fold
from xlplan.plan.types.field_type import CellForm, FieldType, Typed
from xlplan.plan.values import Value, as_text, invalid

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition


def _canon_text(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    return as_text(raw)


def _canon_rating(item: Field, raw: Typed, definition: PlanDefinition) -> Value:
    text = as_text(raw)
    scale = definition.scale_of(item)
    found = match_rating(text, scale)
    if found is not None:
        return found.code
    return invalid(text, VAL_002.fill(value=text, ratings=[rating.code for rating in scale]))


def _codes(item: Field, definition: PlanDefinition) -> tuple[str, ...]:
    return tuple(rating.code for rating in definition.scale_of(item))


def _names_of_ratings(item: Field, definition: PlanDefinition) -> tuple[str, ...]:
    """Codes, labels and aliases, each spelling once whatever its case."""
    scale = definition.scale_of(item)
    names = [name for r in scale for name in (r.code, r.label, *r.aliases) if name]
    return tuple({name.casefold(): name for name in names}.values())


def _canon_choice(item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    text = as_text(raw)
    for choice in item.choices:
        if fold(choice) == fold(text):
            return choice
    return invalid(text, VAL_007.fill(value=text, choices=item.choices))


def _choices(item: Field, _definition: PlanDefinition) -> tuple[str, ...]:
    return item.choices


def _canon_people(_item: Field, raw: Typed, definition: PlanDefinition) -> Value:
    names = split_people(as_text(raw), definition.separators, definition.lead_names)
    found = (definition.lead(name) for name in names)
    resolved = (lead.name if lead else name for lead, name in zip(found, names, strict=True))
    return tuple(dict.fromkeys(name for name in resolved if canon_text(name))) or None


def _canon_set(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    parts = (part.strip() for part in re.split(r"[,;\n]", as_text(raw)))
    return frozenset(part for part in parts if canon_text(part)) or None


TEXT = FieldType(
    "text",
    "a few words",
    _canon_text,
    cell=CellForm(hint="In a few words."),
    board_width=30,
    prose=True,
)
NARRATIVE = FieldType(
    "narrative",
    "long text",
    _canon_text,
    cell=CellForm(hint="In a few lines."),
    board_width=50,
    prose=True,
    narrative=True,
)
RATING = FieldType(
    "rating",
    "a point of the rating scale",
    _canon_rating,
    cell=CellForm(centred=True, width=11, hint="Choose from the list."),
    frame="rating",
    board_width=12,
    choices=_codes,
    accepted=_names_of_ratings,
    rated=True,
)
CHOICE = FieldType(
    "choice",
    "one of the field's choices",
    _canon_choice,
    cell=CellForm(centred=True, width=16, hint="Choose from the list."),
    choices=_choices,
    accepted=_choices,
)
PEOPLE = FieldType(
    "people",
    "one officer or several",
    _canon_people,
    cell=CellForm(hint="Names, with a comma between them."),
    frame="list",
    board_width=22,
    people=True,
)
REFERENCE = FieldType(
    "reference",
    "refs of other rows",
    _canon_set,
    cell=CellForm(hint="References, with a comma between them."),
    frame="list",
    board_width=12,
    elements=True,
)
SET = FieldType(
    "set",
    "several things, in no order",
    _canon_set,
    cell=CellForm(hint="With a comma between them."),
    frame="list",
    elements=True,
)
