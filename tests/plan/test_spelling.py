"""How a value is spelled in a workbook of somebody else's, and cells that hold several facts."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.load import load_definition
from xlplan.plan.shown import ShownNumber
from xlplan.plan.spelling import (
    Composed,
    UnspellableError,
    composed_column,
    composition,
    spelled,
)
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Raw, Value, canon

DEFINITION = load_definition("""
[plan]
id = "p"
title = "P"
[[field]]
id = "ref"
heading = "Ref"
role = "key"
[[field]]
id = "action"
heading = "Action"
role = "action"
[[field]]
id = "lead"
heading = "Lead"
role = "lead"
type = "people"
[[field]]
id = "due"
heading = "Due"
role = "due"
type = "timescale"
[[field]]
id = "closed_on"
heading = "Closed on"
type = "date"
[[field]]
id = "rating"
heading = "RAG"
role = "rating"
type = "rating"
[[field]]
id = "progress"
heading = "Progress"
role = "progress"
type = "narrative"
[[field]]
id = "cost"
heading = "Cost"
type = "number"
[[field]]
id = "answers"
heading = "Answers"
type = "set"
[[rating]]
code = "G"
label = "Green"
[[rating]]
code = "A"
label = "Amber"
[[rating]]
code = "R"
label = "Red"
""")


def _spelled(name: str, value: Value, *column: Raw) -> Raw:
    """A value as it is put into a column in which these texts stand."""
    item = DEFINITION.find(name)
    assert item is not None
    shown = [(raw, canon(item, raw, DEFINITION)) for raw in column]
    return spelled(item, value, DEFINITION, shown)


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        ("G", ("A", "R"), "G"),
        ("G", ("Amber", "Red"), "Green"),
        ("G", ("AMBER", "RED"), "GREEN"),
        ("G", ("amber", "red"), "green"),
        ("G", ("Amber", "Red", "gReen"), "gReen"),
        ("G", (), "G"),
        ("G", ("Amber", "no rating", None), "Green"),
    ],
)
def test_a_rating_is_spelled_as_the_column_spells_ratings(
    value: str, column: tuple[Raw, ...], expected: str
) -> None:
    assert _spelled("rating", value, *column) == expected


@pytest.mark.parametrize(
    ("heading", "kind", "value", "codes", "expected"),
    [
        ("% let", "number", 60, ("0%",), 0.6),
        ("% let", "number", 110, ("0%",), 1.1),
        ("% let", "number", 60, ('0"%"',), 60),
        ("% let", "number", 60, ("", "0%"), "60"),  # read alike whatever the cell shows
        ("Let", "percent", 0.6, ("0%",), 0.6),
        ("Let", "percent", 0.6, ('0"%"',), 60),
        ("Let", "percent", 0.6, ("", '0"%"'), "60%"),
        ("Let", "text", "60%", ("0%",), 0.6),
        ("Let", "text", "60%", ('0"%"',), 60),
        ("Let", "text", "62.5%", ("0%",), "62.5%"),  # which would show as 63%
        ("Let", "text", "nearly all", ("0%",), "nearly all"),
        ("Code", "text", "HSG-002", ('"HSG-"000',), "HSG-002"),
    ],
)
def test_a_number_is_put_into_a_cell_as_its_number_format_shows_it(
    heading: str, kind: str, value: Value, codes: tuple[str, ...], expected: Raw
) -> None:
    item = Field("x", heading, kind)
    definition = PlanDefinition("p", "P", (item,))
    found = spelled(item, value, definition, (), codes)
    assert (found, type(found)) == (expected, type(expected))


def test_a_number_that_another_cell_shows_as_a_name_is_not_put_where_it_would_be_a_number() -> None:
    item = Field("code", "Code")
    definition = PlanDefinition("p", "P", (item,))
    shown: list[tuple[Raw, Value]] = [(ShownNumber(2, '"HSG-"000'), "HSG-002")]
    assert spelled(item, "HSG-002", definition, shown, ('"HSG-"000',)) == "HSG-002"
    assert spelled(item, "HSG-002", definition, shown, ("",)) == "HSG-002"


def test_days_are_dates_or_text_as_the_column_has_them() -> None:
    day = date(2027, 9, 28)
    assert _spelled("closed_on", day, date(2026, 1, 2), "2 March 2026") == day
    assert _spelled("closed_on", day, "31/03/2026", "30/04/2026", date(2026, 1, 2)) == "28/09/2027"
    assert _spelled("closed_on", day, "soon") == "28 September 2027"
    # Such a text has two readings, so that it is not written; the column has dates as well.
    other = date(2027, 9, 8)
    assert _spelled("closed_on", other, "31/03/2026", "30/04/2026", date(2026, 1, 2)) == other


def test_a_timescale_is_a_date_where_it_is_a_day_and_the_column_has_dates() -> None:
    item = DEFINITION.find("due")
    assert item is not None
    month = canon(item, "June 2027", DEFINITION)
    day = canon(item, "28 September 2027", DEFINITION)
    assert isinstance(month, Timescale)
    assert _spelled("due", month, date(2026, 1, 2)) == "June 2027"
    assert _spelled("due", day, date(2026, 1, 2)) == date(2027, 9, 28)
    assert _spelled("due", day, "Ongoing", "June 2026") == "28 September 2027"
    assert _spelled("due", canon(item, "Ongoing", DEFINITION), "June 2026") == "Ongoing"


def test_names_have_between_them_what_stands_between_those_of_other_cells() -> None:
    both = ("Ann Lee", "Bo Ray")
    assert _spelled("lead", both, "Cy Moe / Di Poe") == "Ann Lee / Bo Ray"
    assert _spelled("lead", both, "Cy Moe", 4) == "Ann Lee, Bo Ray"
    assert _spelled("lead", both, "Bo Ray; Ann Lee", "Ann Lee; Bo Ray") == "Ann Lee; Bo Ray"
    assert _spelled("answers", frozenset({"a", "b"}), "c\nd") == "a\nb"


def test_numbers_are_numbers_where_the_column_has_numbers() -> None:
    assert _spelled("cost", 12, 3, 4) == 12
    assert _spelled("cost", 12, "3") == "12"


def test_prose_blanks_and_what_is_no_value_stand_as_they_are() -> None:
    assert _spelled("progress", "Begun.\nHalf done.") == "Begun.\nHalf done."
    assert _spelled("progress", None, "Begun") is None
    item = DEFINITION.find("rating")
    assert item is not None
    wrong = canon(item, "Purple", DEFINITION)
    assert isinstance(wrong, Invalid)
    assert _spelled("rating", wrong) == "Purple"


def test_what_no_text_is_read_as_cannot_be_spelled() -> None:
    with pytest.raises(UnspellableError):
        _spelled("rating", "B")


# Cells that hold several facts

ITEMS = {name: item for name in ("rating", "progress") if (item := DEFINITION.find(name))}
KEYED = {name: item for name in ("ref", "action") if (item := DEFINITION.find(name))}


def _column(*rows: tuple[str, str, str]) -> Composed | None:
    texts = [(whole, {"rating": rating, "progress": note}) for whole, rating, note in rows]
    return composed_column(texts, ITEMS, DEFINITION)


def test_a_rating_and_a_note_are_taken_apart_and_put_together() -> None:
    column = _column(
        ("Green. Done in May", "Green", "Done in May"), ("Amber", "Amber", ""),
        ("Red – halted", "Red", "halted"), ("Green. All in", "Green", "All in"),
    )  # fmt: skip
    assert column is not None
    apart = column.apart("amber. Begun again", ITEMS, DEFINITION)
    assert apart == {"rating": "amber", "progress": "Begun again"}
    assert column.apart("Red", ITEMS, DEFINITION) == {"rating": "Red"}
    assert column.apart("", ITEMS, DEFINITION) == {}
    assert column.apart("Nobody knows", ITEMS, DEFINITION) == {"progress": "Nobody knows"}
    assert column.together({"rating": "Red", "progress": "Halted"}) == "Red. Halted"
    here = composition("Red – halted", {"rating": "Red", "progress": "halted"})
    assert column.together({"rating": "Green", "progress": "on"}, here) == "Green – on"
    assert column.together({}) == ""


def test_a_cell_with_a_rating_or_a_note_never_gets_both() -> None:
    column = _column(("Green", "Green", ""), ("Work began", "", "Work began"))
    assert column is not None
    assert column.together({"rating": "Red", "progress": "Halted"}) is None
    assert column.together({"rating": "", "progress": "Halted"}) == "Halted"


def test_a_ref_at_the_head_of_a_text_is_taken_apart() -> None:
    rows = [("1.1 - Paint", {"ref": "1.1", "action": "Paint"}),
            ("1.2 - Mend", {"ref": "1.2", "action": "Mend"})]  # fmt: skip
    column = composed_column(rows, KEYED, DEFINITION)
    assert column is not None
    assert column.apart("1.1 - Paint all", KEYED, DEFINITION) == {
        "ref": "1.1", "action": "Paint all",
    }  # fmt: skip
    assert column.apart("Paint all", KEYED, DEFINITION) == {"action": "Paint all"}


@pytest.mark.parametrize(
    "row",
    [
        ("Work began. Green", "Green", "Begun"),  # the note is not in the cell
        ("(Green) Work began", "Green", "Work began"),  # something stands before
        ("Green: began (May)", "Green", "began"),  # and behind
    ],
)
def test_a_column_in_which_one_cell_is_otherwise_is_left_alone(row: tuple[str, str, str]) -> None:
    assert _column(("Green. Done", "Green", "Done"), row) is None


def test_a_column_that_is_not_taken_apart_as_it_was_is_left_alone() -> None:
    """The note comes first in one cell, and in another the rating."""
    assert _column(("Green. Done", "Green", "Done"), ("Done. Red", "Red", "Done")) is None


def test_what_is_read_as_no_value_is_not_taken_apart() -> None:
    items = {name: item for name in ("rating", "cost") if (item := DEFINITION.find(name))}
    rows = [("Green. 12", {"rating": "Green", "cost": "12"})]
    column = composed_column(rows, items, DEFINITION)
    assert column is not None
    assert column.apart("Green. many", items, DEFINITION) is None
