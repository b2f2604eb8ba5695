"""The textbook three-way of one cell: base, master, returned, and what becomes of it."""

from __future__ import annotations

import pytest

from tests.paper import DEFINITION
from xlplan.merge.ruling import decide
from xlplan.plan.values import Raw, show


@pytest.mark.parametrize(
    ("field", "base", "master", "returned", "disposition", "value"),
    [
        ("rating", "Green", "Red", " green", "untouched", "Red"),
        ("rating", "Green", "Green", "Red", "applied", "Red"),
        ("rating", "Green", "Red", "Red", "agreed", "Red"),
        ("rating", "Green", "Red", "Blue", "conflict", "Red"),
        ("rating", "Green", "Green", "Purple", "invalid", "Green"),
        ("rating", "Green", "Green", None, "held", "Green"),
        ("progress", "Old", "Old", None, "cleared", ""),
        ("action", "Old", "Old", "New", "locked", "Old"),
        ("tags", "a, b", "a, b, c", "a, d", "applied", "a, c, d"),
        ("tags", "a", "a", None, "applied", ""),
    ],
)
def test_a_cell(
    field: str, base: Raw, master: Raw, returned: Raw, disposition: str, value: str
) -> None:
    tables = [{"1": {field: raw}} for raw in (base, master, returned)]
    (ruling,) = decide(tables[0], tables[1], tables[2], DEFINITION)
    assert (ruling.disposition, show(ruling.value)) == (disposition, value)
