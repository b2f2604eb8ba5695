"""A message and the places of its text: what fills them, and what each form shows."""

from __future__ import annotations

from typing import Any

import pytest

from xlplan.codes.message import (
    FEW,
    MASTER,
    Filling,
    Message,
    argument,
    call_master,
    listed,
    places_of,
    shape_of,
)
from xlplan.errors import XlplanError


def message(texts: Any, **more: Any) -> Message:
    return Message("ABC-001", "Something is wrong.", "Mend it.", texts, **more)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("{it}", "Ann", "Ann"),
        ("{it}", 1234, "1234"),
        ("{it}", 2.0, "2"),
        ("{it}", 2.5, "2.5"),
        ("{it}", "a {b} # | c", "a {b} # | c"),
        ("{it:,}", 12345, "12,345"),
        ("{it:# cell|# cells}", 0, "0 cells"),
        ("{it:# cell|# cells}", 1, "1 cell"),
        ("{it:# cell|# cells}", 1200, "1,200 cells"),
        ("{it:It is|They are}", 2, "They are"),
        ("{it!l}", ["Ann", "Ben"], "Ann, Ben"),
        ("{it!l}", (4, 9), "4, 9"),
        ("{it!l}", [], ""),
        ("{it!q}", ["Plan", "Notes"], '"Plan", "Notes"'),
        ("{it!f}", range(1, 14), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more"),
        ("{it!f}", range(1, 11), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ("{it!w}", ["a"] * (FEW + 1), ", ".join(['"a"'] * FEW) + " and 1 more"),
        ("{it!f:Row # is|Rows # are}", [4], "Row 4 is"),
        ("{it!f:Row # is|Rows # are}", [4, 9], "Rows 4, 9 are"),
        ("Wrong.{it!o} Mend it.", 'Did you mean "x"?', 'Wrong. Did you mean "x"? Mend it.'),
        ("Wrong.{it!o} Mend it.", "", "Wrong. Mend it."),
    ],
)
def test_a_place_shows_what_fills_it(text: str, value: Filling, shown: str) -> None:
    assert message(text).fill(it=value).message == shown


def test_what_fills_one_place_is_not_read_as_another() -> None:
    assert message("{one}, {two}").fill(one="{two}", two="b").message == "{two}, b"


def test_a_place_may_stand_twice() -> None:
    assert message("{one} and {one}").fill(one=3).message == "3 and 3"


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"value": "x"},
        {"value": "x", "rows": [1], "more": 1},
        {"value": ["x"], "rows": [1]},
        {"value": "x", "rows": "12"},
        {"value": "x", "rows": 12},
    ],
)
def test_a_place_that_is_missing_unknown_or_of_another_kind_is_a_bug(
    places: dict[str, Any],
) -> None:
    with pytest.raises(TypeError, match="ABC-001"):
        message("{value} in {rows!l}").fill(**places)


@pytest.mark.parametrize("value", ["3", [3]])
def test_a_number_that_is_none_is_a_bug(value: Filling) -> None:
    with pytest.raises(TypeError, match="number"):
        message("{cells:# cell|# cells}").fill(cells=value)


@pytest.mark.parametrize("value", [3, ["a"]])
def test_a_sentence_that_is_none_is_a_bug(value: Filling) -> None:
    with pytest.raises(TypeError, match="sentence"):
        message("Wrong.{hint!o}").fill(hint=value)


def test_an_unknown_variant_is_a_bug() -> None:
    with pytest.raises(KeyError):
        message({"one": "One."}).fill()


@pytest.mark.parametrize("text", ["{Value}", "{value!z}", "{value", "value}", "{}"])
def test_a_place_that_is_not_written_as_places_are_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not written as places are"):
        message(text).check()


@pytest.mark.parametrize("name", ["level", "action", "field"])
def test_a_place_with_the_name_of_an_argument_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        message(f"{{{name}}}").check()


def test_a_level_of_no_variant_is_refused() -> None:
    with pytest.raises(ValueError, match="two"):
        message({"one": "One."}, levels={"two": "note"}).check()


def test_the_level_is_the_variants_else_the_messages_unless_the_plan_sets_one() -> None:
    several = message({"a": "A.", "b": "B."}, level="warning", levels={"b": "note"})
    assert several.problem("x", "a").level == "warning"
    assert several.problem("x", "b").level == "note"
    assert several.problem("x", "b", level="error").level == "error"


def test_a_problem_has_its_code_place_action_and_field() -> None:
    found = message("{value} is wrong.").problem("F12", action="3.12", field="due", value="x")
    assert (found.code, found.where, found.message) == ("ABC-001", "F12", "x is wrong.")
    assert (found.action, found.field, found.level) == ("3.12", "due", "error")


def test_a_fault_is_an_error_with_this_problem_alone() -> None:
    error = message({"one": "{value} is wrong."}).fault("F12", "one", value="x")
    assert isinstance(error, XlplanError)
    assert [str(problem) for problem in error.problems] == ["F12: x is wrong. [ABC-001]"]


def test_a_filled_message_can_be_said_of_something() -> None:
    filled = message("It is wrong.", level="note").fill().about("Action 3.12")
    assert (filled.message, filled.level) == ("Action 3.12: It is wrong.", "note")
    assert filled.at("F12").message == "Action 3.12: It is wrong."


def test_the_places_of_a_text_have_kinds() -> None:
    text = "{a} {b:,} {c:x|y} {d!l} {e!f:x|y} {f!o}"
    assert places_of(text) == {
        "a": "text", "b": "number", "c": "number", "d": "list", "e": "list", "f": "sentence",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"{value}" is {cells:,}.', '"‹value›" is ‹cells›.'),
        ("{rows!f:Row # is|Rows # are} hidden.", "Rows ‹rows› are hidden."),
        ("Wrong.{hint!o} Mend it.", "Wrong. ‹hint› Mend it."),
    ],
)
def test_a_text_is_shown_with_the_names_of_its_places(text: str, shown: str) -> None:
    assert shape_of(text) == shown


def test_names_in_one_line() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"
    assert listed(["a"], quoted=True, most=2) == '"a"'


def test_the_master_is_called_as_in_the_plan_that_is_open_and_what_fills_a_place_stays() -> None:
    text = message("{what} is wrong in master.xlsx.")
    try:
        call_master("Our {plan} v3.xlsx")
        shown = text.fill(what="master.xlsx").message
    finally:
        call_master(MASTER)
    assert shown == 'master.xlsx is wrong in "Our {plan} v3.xlsx".'
    assert text.fill(what="It").message == "It is wrong in master.xlsx."


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("plan", "plan"),
        ("plans/2026-11", "plans/2026-11"),
        (r"C:\plans\qip", r"C:\plans\qip"),
        ("plän", "plän"),
        ("QIP plan", '"QIP plan"'),
        ("O'Brien", '"O\'Brien"'),
        ("A&E (north)", '"A&E (north)"'),
    ],
)
def test_what_is_typed_in_a_command_stands_between_quotes_where_a_shell_would_part_it(
    text: str, typed: str
) -> None:
    assert argument(text) == typed
