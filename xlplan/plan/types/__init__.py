"""The types of field: one object each, and this list of them.

A new type is a module here and a line in `TYPES`; see the README of `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlplan.plan.types.field_type import (
    CHOICE,
    DATE,
    NARRATIVE,
    NUMBER,
    PEOPLE,
    PERCENT,
    RATING,
    REFERENCE,
    SET,
    TEXT,
    TIMESCALE,
    FieldType,
)
from xlplan.plan.types.money_and_booleans import BOOLEAN, MONEY
from xlplan.plan.types.steps_done import STEPS

TYPES: Mapping[str, FieldType] = {
    each.name: each
    for each in (
        TEXT,
        NARRATIVE,
        DATE,
        TIMESCALE,
        RATING,
        PEOPLE,
        CHOICE,
        PERCENT,
        NUMBER,
        MONEY,
        BOOLEAN,
        REFERENCE,
        SET,
        STEPS,
    )
}
"""Every type of field by the name that it has in `plan.toml`."""
