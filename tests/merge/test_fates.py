"""`decide`: three plain tables in, the fate of every returned cell out."""

from __future__ import annotations

import pytest

import xlplan.merge
from tests.paper import DEFINITION
from xlplan.merge import decide
from xlplan.plan.values import Raw, show

REST: dict[str, Raw] = {"share": 0.25, "rating": "Green"}
"""What else the row holds, so that one emptied cell is not the whole row."""


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
        ("progress", "Old", None, None, "agreed", ""),
        ("progress", "Old", None, "New", "conflict", ""),
        ("action", "Old", "Old", "New", "locked", "Old"),
        ("tags", "a, b", "a, b, c", "a, d", "applied", "a, c, d"),
        ("tags", "a", "a", None, "cleared", ""),
        ("diary", "It began.", "It began.", "It never began.", "locked", "It began."),
        ("diary:entry", None, None, "Half dry", "applied", "[lead] Half dry"),
        ("diary:entry", None, None, None, "untouched", ""),
    ],
)
def test_a_cell(
    field: str, base: Raw, master: Raw, returned: Raw, disposition: str, value: str
) -> None:
    tables = [{"1": {**REST, field: raw}} for raw in (base, master)]
    (ruling,) = decide(tables[0], tables[1], {"1": {field: returned}}, DEFINITION)
    assert (ruling.disposition, show(ruling.value)) == (disposition, value)
    assert (ruling.action, ruling.field) == ("1", field)


def test_a_row_that_came_back_empty_is_held_as_a_whole() -> None:
    base: dict[str, dict[str, Raw]] = {"1": {"progress": "Old", "share": 0.25, "action": "Paint"}}
    emptied: dict[str, dict[str, Raw]] = {"1": {"progress": None, "share": None}}
    rulings = decide(base, base, emptied, DEFINITION)
    assert [(r.field, r.disposition, show(r.value)) for r in rulings] == [
        ("progress", "held", "Old"), ("share", "held", "0.25"),
    ]  # fmt: skip


def test_an_edit_of_an_action_that_the_coordinator_closed_meanwhile_is_held() -> None:
    base = {"1": {"rating": "Green", "progress": "Old"}}
    master = {"1": {"rating": "Blue", "progress": "Old"}}
    (ruling,) = decide(base, master, {"1": {"progress": "New"}}, DEFINITION)
    assert (ruling.disposition, show(ruling.value)) == ("held", "Old")


def test_rows_that_were_not_issued_and_columns_of_no_field_are_not_decided() -> None:
    base = {"1": {"rating": "Green"}}
    returned: dict[str, dict[str, Raw]] = {"1": {"nothing": 1}, "2": {"rating": "Red"}}
    assert decide(base, base, returned, DEFINITION) == ()


def test_the_room_has_these_public_names_and_no_other() -> None:
    assert xlplan.merge.__all__ == ["Ruling", "decide"]
    with pytest.raises(AttributeError, match="nothing"):
        xlplan.merge.nothing  # noqa: B018  # looking is the test
