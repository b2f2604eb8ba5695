"""The types of field: what each is to the rooms that ask it."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.types import TYPES
from xlplan.plan.values import canon, show_in

PLAN = PlanDefinition(
    "plan",
    "Plan",
    (),
    ratings=(Rating("B", "Blue", aliases=("Done", "blue")), Rating("A", "A")),
)
TYPED = {
    "text": "A few words", "narrative": "One\nTwo", "date": "28 February 2026",
    "timescale": "June 2026", "rating": "B", "people": "A Post\nB Post", "choice": "Yes",
    "percent": "12.5%", "number": "-3", "money": "1,500.50", "boolean": "No",
    "reference": "1, 2", "set": "a, b",
    "steps": "1. Write it (28 February 2026)\n2",
}  # fmt: skip


def field(kind: str) -> Field:
    return Field("x", "X", kind, choices=("Yes", "No"))


@pytest.mark.parametrize("kind", TYPES)
def test_what_a_type_shows_it_reads_back(kind: str) -> None:
    item = field(kind)
    value = canon(item, TYPED[kind], PLAN)
    assert show_in(item, value) == TYPED[kind]
    assert canon(item, show_in(item, value), PLAN) == value


@pytest.mark.parametrize("kind", TYPES)
def test_blank_is_blank_in_every_type(kind: str) -> None:
    assert canon(field(kind), None, PLAN) is None
    assert canon(field(kind), " \n", PLAN) is None
    assert show_in(field(kind), None) == ""


def test_the_choices_of_a_rating_are_codes_and_its_labels_are_accepted() -> None:
    item = field("rating")
    assert item.field_type.choices(item, PLAN) == ("B", "A")
    assert item.field_type.accepted(item, PLAN) == ("B", "blue", "Done", "A")


def test_a_choice_has_its_own_and_other_types_have_none() -> None:
    for name, kind in TYPES.items():
        found = kind.choices(field(name), PLAN)
        assert found == {
            "rating": ("B", "A"),
            "choice": ("Yes", "No"),
            "boolean": ("Yes", "No"),
        }.get(name, ())
        assert set(found) <= set(kind.accepted(field(name), PLAN))


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        ("percent", 0.25, "0%"),
        ("percent", 0.07, "0%"),
        ("percent", 0.125, "0.0#%"),
        ("percent", 1, "0%"),
        ("number", 0.125, ""),
    ],
)
def test_a_number_is_shown_with_all_its_digits(kind: str, number: float, shown: str) -> None:
    assert TYPES[kind].cell.format_of(number) == shown


def test_what_a_rule_of_a_cell_lets_in_is_of_its_kind() -> None:
    for kind in TYPES.values():
        rule = kind.cell.rule
        if rule is not None:
            assert {"date": "date", "decimal": "number"}[rule.kind] == kind.cell.holds
            assert isinstance(rule.first, date) is (rule.kind == "date")
            assert type(rule.first) is type(rule.last)


def test_types_are_listed_by_the_names_they_have() -> None:
    assert [kind.name for kind in TYPES.values()] == list(TYPES)


@pytest.mark.parametrize("typed", ["28 Chwefror 2027", "28 février 2027", "28.02.2027"])
def test_a_day_is_read_in_the_words_of_other_languages(typed: str) -> None:
    assert canon(field("date"), typed, PLAN) == date(2027, 2, 28)


@pytest.mark.parametrize("kind", TYPES)
def test_a_text_is_shown_as_it_is_in_a_field_of_any_type(kind: str) -> None:
    """`show_in` asks no type of it."""
    assert TYPES[kind].show("as it was typed\n1") == "as it was typed\n1"
    assert TYPES[kind].show(None) == ""
