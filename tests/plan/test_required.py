"""`required_if`: how it is written, what can be wrong with it, and of which rows it holds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from xlplan.errors import XlplanError
from xlplan.language.catalogue import Tongue
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.load import load_definition
from xlplan.plan.required import (
    Condition,
    Moved,
    OneOf,
    is_needed,
    line_of,
    needs_of,
    read_line,
    say_needed,
    values_in,
)
from xlplan.plan.set_up import key_of as set_up_key
from xlplan.plan.set_up import read as read_cell
from xlplan.plan.set_up import shown
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Value
from xlplan.plan.write import write_definition

PLAN = """
[plan]
id = "care"
title = "Care"
[[rating]]
code = "G"
label = "Green"
[[rating]]
code = "R"
label = "Red"
aliases = ["at risk"]
[[rating]]
code = "B"
label = "Blue"
closed = true
[[field]]
id = "ref"
heading = "Ref"
role = "key"
[[field]]
id = "action"
heading = "Action"
role = "action"
[[field]]
id = "rating"
heading = "RAG"
type = "rating"
role = "rating"
owner = "lead"
[[field]]
id = "due"
heading = "Due"
type = "timescale"
role = "due"
owner = "lead"
[[field]]
id = "stage"
heading = "Stage"
type = "choice"
choices = ["Plan; do", "Yes"]
[[field]]
id = "paid"
heading = "Paid"
type = "boolean"
private = true
[[field]]
id = "why"
heading = "Why"
owner = "lead"
required_if = { CONDITIONS }
"""


def plan(conditions: str, more: str = "") -> PlanDefinition:
    return load_definition(PLAN.replace("CONDITIONS", conditions) + more)


def item(conditions: str) -> tuple[PlanDefinition, Field]:
    definition = plan(conditions)
    found = definition.find("why")
    assert found is not None
    return definition, found


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('rating = ["R", "G"]', "rating = R; G"),
        ('rating = "R"', "rating = R"),
        ("closed = true", "closed = true"),
        ('due = "moved"', "due = moved"),
        ('stage = ["Plan; do", "Yes"]', 'stage = "Plan; do"; "Yes"'),
    ],
)
def test_a_condition_is_a_line_in_the_set_up_workbook_and_reads_back(
    written: str, line: str
) -> None:
    definition, found = item(written)
    assert shown(set_up_key("field", "required_if"), found.required_if) == line
    assert read_cell("field", "required_if", line, definition) == found.required_if
    assert load_definition(write_definition(definition)) == definition


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("closed", Condition("closed")),
        ("closed = Yes", Condition("closed")),
        (' stage="Plan; do" ; Yes;', Condition("stage", ("Plan; do", "Yes"))),
        ('stage = "Plan', Condition("stage", ('"Plan',))),
    ],
)
def test_a_line_is_read_as_people_type_it(line: str, condition: Condition) -> None:
    assert read_line(line) == condition


def test_a_text_with_quotes_keeps_them_in_its_line() -> None:
    odd = Condition("stage", ('"so"', "true"))
    assert read_line(line_of(odd)) == odd


@pytest.mark.parametrize(
    ("conditions", "code", "says"),
    [
        ('rating = ["X"]', "DEF-010", 'required_if.rating "X" is not a value of that column.'),
        ("rating = true", "DEF-010", 'required_if.rating "true" is not a value'),
        ('due = "late"', "DEF-010", "Use one of: moved."),
        ('gone = "R"', "DEF-010", '"gone" is not the id of a field'),
        ('closed = "R"', "DEF-010", '"closed" is not the id of a field'),
        ('why = "R"', "DEF-011", "looks at this column itself"),
        ('action = "R"', "DEF-011", "neither a choice of few words nor a date"),
        ('paid = "Yes"', "DEF-011", '"paid", which leads are not sent'),
        ("rating = 3", "DEF-005", "required_if.rating is a whole number"),
        ("rating = []", "DEF-005", "required_if.rating is a list"),
    ],
)
def test_what_it_looks_at_is_there_and_has_such_values(
    conditions: str, code: str, says: str
) -> None:
    with pytest.raises(XlplanError) as caught:
        plan(conditions)
    (found,) = caught.value.problems
    assert found.code == code
    assert says in found.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PLAN.replace('owner = "lead"\nrequired_if', "required_if"), "does not fill this column"),
        (PLAN.replace("[[rating]]", "[[ratings]]"), "closed = true needs a field"),
        (PLAN + 'of = "recommendation"\n', "is not the id of a field of actions"),
        (PLAN + '[issue]\nfields = ["why"]\n', '"rating", which leads are not sent'),
    ],
)
def test_it_is_asked_of_a_lead_about_what_the_lead_is_sent(text: str, says: str) -> None:
    conditions = "closed = true"
    if "[[ratings]]" in text:
        text = text[: text.index("[[ratings]]")] + text[text.index('[[field]]\nid = "ref"') :]
        text = text.replace('type = "rating"\nrole = "rating"\n', "")
    with pytest.raises(XlplanError) as caught:
        load_definition(text.replace("CONDITIONS", conditions))
    assert any(says in found.message for found in caught.value.problems)


def test_yes_and_no_can_be_looked_at_where_leads_see_them() -> None:
    definition = load_definition(
        PLAN.replace("private = true\n", "").replace("CONDITIONS", 'paid = "Yes"')
    )
    why = definition.find("why")
    assert why is not None
    (test,) = needs_of(definition, why)
    assert isinstance(test, OneOf)
    assert test.texts == ("Yes",)


JUNE, JULY = canon_timescale("June 2026"), canon_timescale("July 2026")


@pytest.mark.parametrize(
    ("conditions", "now", "needed"),
    [
        ('rating = ["R", "G"]', {"rating": "R", "due": JUNE}, True),
        ('rating = ["R", "G"]', {"rating": "B", "due": JUNE}, False),
        ('rating = ["R"]', {"due": JUNE}, False),
        ("closed = true", {"rating": "B", "due": JUNE}, True),
        ("closed = true", {"rating": "R", "due": JUNE}, False),
        ('due = "moved"', {"due": JULY}, True),
        ('due = "moved"', {}, True),
        ('due = "moved"', {"due": canon_timescale("Jun 2026")}, False),
        ('rating = "R", due = "moved"', {"rating": "R", "due": JUNE}, False),
        ('rating = "R", due = "moved"', {"rating": "R", "due": JULY}, True),
        ('stage = "Yes"', {"stage": "Yes"}, True),
    ],
)
def test_a_field_is_needed_while_all_of_it_holds(
    conditions: str, now: dict[str, Value], needed: bool
) -> None:
    definition, found = item(conditions)
    issued: dict[str, Value] = {"rating": "G", "due": JUNE}
    tests = needs_of(definition, found)
    assert is_needed(tests, values_in(now), values_in(issued)) is needed


def test_a_date_that_was_never_there_has_not_moved() -> None:
    definition, found = item('due = "moved"')
    assert not is_needed(needs_of(definition, found), values_in({"due": JUNE}), values_in({}))


def test_a_rating_is_told_by_every_way_to_write_it_and_named_as_people_read_it() -> None:
    definition, found = item('rating = ["R", "G"], due = "moved"')
    rated, moved = needs_of(definition, found)
    assert isinstance(rated, OneOf)
    assert isinstance(moved, Moved)
    assert set(rated.texts) == {"G", "Green", "R", "Red", "at risk"}
    assert say_needed((rated, moved)) == '"RAG" is Red or Green, and "Due" has moved'


def test_one_value_is_named_alone() -> None:
    definition, found = item("closed = true")
    assert say_needed(needs_of(definition, found)) == '"RAG" is Blue'
    both = Tongue(("cy", "en"))
    assert say_needed(needs_of(definition, found), both) == '"RAG" yn Blue / "RAG" is Blue'


@pytest.mark.parametrize("conditions", ['stage = "Yes"', "closed = true"])
def test_what_rests_on_a_column_that_is_not_in_use_is_never_needed(conditions: str) -> None:
    definition, found = item(conditions)
    fields = tuple(
        replace(each, retired=True, role="text") if each.id in ("stage", "rating") else each
        for each in definition.fields
    )
    unused = replace(definition, fields=fields)
    assert needs_of(unused, found) == ()
    now = values_in({"stage": "Yes", "rating": "B"})
    assert not is_needed(needs_of(unused, found), now, values_in({}))


def test_a_field_without_conditions_is_never_needed() -> None:
    definition, found = item("closed = true")
    plain = replace(found, required_if=())
    assert not is_needed(needs_of(definition, plain), values_in({}), values_in({}))


def test_a_rating_without_a_label_is_named_by_its_code() -> None:
    rating = Field("rating", "RAG", "rating", "rating")
    why = Field("why", "Why", required_if=(Condition("rating", ("B",)),))
    definition = PlanDefinition("p", "P", (rating, why), ratings=(Rating("B", "B"),))
    assert say_needed(needs_of(definition, why)) == '"RAG" is B'
