"""What was guessed, as questions: found in the text, answered, settled there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.set_up import FULL
from xlplan.plan.accounted import SheetRead
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.guesses import (
    SAME_AS,
    Change,
    Guess,
    add_guesses,
    changes_for,
    choices_of,
    doubt_of,
    guesses_of,
    id_for,
    key_asked,
    settle,
    without_sheets_asked,
)
from xlplan.plan.load import load_definition
from xlplan.plan.people import Lead
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.plan.write import write_definition

SAID = [
    'lead "Ben Ode": may be a ferry',
    'rating "R": taken as needing attention',
    "field due: " + "kept as it is " * 12,
    "plan: two rows were joined",
    'lead "Nobody": is gone',
    "field due: read as days",
]
TEXT = write_definition(FULL, SAID)
LONG = Guess(("kept as it is " * 12).strip(), "field", ("action", "due"), "Due")
FERRY = Guess("may be a ferry", "lead", ("Ben Ode",), "Ben Ode")


def labels(guess: Guess, definition: PlanDefinition = FULL) -> list[str]:
    return [choice.label for choice in choices_of(guess, definition)]


def chosen(guess: Guess, label: str, definition: PlanDefinition = FULL) -> list[Change]:
    (found,) = (c for c in choices_of(guess, definition) if c.label == label)
    return list(found.changes)


def test_a_guess_is_listed_with_what_it_stands_above() -> None:
    assert guesses_of(TEXT) == [
        Guess("two rows were joined"),
        Guess("Nobody: is gone"),
        FERRY,
        Guess("taken as needing attention", "rating", ("", "R"), "Red"),
        LONG,
        Guess("read as days", "field", ("action", "due"), "Due"),
    ]
    assert guesses_of(write_definition(FULL)) == []


def test_a_guess_above_anything_else_is_of_the_plan() -> None:
    text = write_definition(FULL).replace("\n[plan]\n", "\n# Guess: a title\n[plan]\n")
    assert guesses_of(text) == [Guess("a title")]
    text = f'{write_definition(FULL)}\n# Guess: its name\n[[later]]\nname = "Old"\n'
    assert guesses_of(text) == [Guess("its name")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_guess_is_settled_where_it_stands_and_can_be_opened_again(ends: str) -> None:
    text = TEXT.replace("\n", ends)
    found = settle(text, LONG, "It is right")
    assert load_definition(found) == FULL
    assert [g for g in guesses_of(found) if g.answer] == [replace(LONG, answer="It is right")]
    assert len(guesses_of(found)) == len(SAID)
    assert settle(found, LONG, "It is only text") != found
    assert settle(found, LONG, "") == text
    assert found.count(ends) == found.count("\n")


def test_a_guess_that_is_gone_cannot_be_settled() -> None:
    with pytest.raises(KeyError):
        settle(TEXT, Guess("nothing of the kind"), "It is right")


def test_what_was_assumed_is_said_without_advice_to_whoever_types_commands() -> None:
    for text, assumed in (
        ('"A" was used, and "B" might be meant: use --map "B=action" if so',
         '"A" was used, and "B" might be meant'),
        ('"A" was used as the due date; if it is not, use --map "A=text"',
         '"A" was used as the due date'),
        ("taken as under way; where it leaves nothing to do, set closed = true",
         "taken as under way"),
        ("read as days", "read as days"),
        ('two leads were each read as one post; if one is two, give each a [[lead]] of its own ("A '
         'and B", "C and D")', 'two leads were each read as one post ("A and B", "C and D")'),
        ('spelled nearly like "Ada"; if they are one, make one an alias',
         'spelled nearly like "Ada"'),
        ("none of the ratings (Open, Late) closes an action; set closed = true for the one that "
         "does", "none of the ratings (Open, Late) closes an action"),
        ('agreed = 2026-01-05 comes from "Agreed: 5 January"; timescales count from that day',
         'agreed = 2026-01-05 comes from "Agreed: 5 January"; timescales count from that day'),
    ):  # fmt: skip
        assert Guess(text).assumed == assumed


# Guesses that an import brings later


def test_a_guess_about_the_plan_is_added_above_it_once() -> None:
    found = add_guesses(TEXT, ["three rows were left out"])
    assert Guess("three rows were left out") in guesses_of(found)
    assert load_definition(found) == FULL
    assert add_guesses(found, ["three rows were left out"]) == found


def test_a_guess_that_only_names_other_rows_takes_the_place_of_the_open_one() -> None:
    rows = "rows that ran on were joined to those above: row {}"
    first = add_guesses(TEXT, [rows.format(5)])
    second = add_guesses(first, [rows.format(6)])
    assert Guess(rows.format(6)) in guesses_of(second)
    assert Guess(rows.format(5)) not in guesses_of(second)
    settled = settle(first, Guess(rows.format(5)), "It is right")
    assert add_guesses(settled, [rows.format(6)]) == settled


def test_a_guess_is_added_with_the_line_ends_of_the_text() -> None:
    found = add_guesses(TEXT.replace("\n", "\r\n"), ["three rows were left out"])
    assert found.count("\n") == found.count("\r\n")


# Answers


def test_every_guess_can_be_said_to_be_right() -> None:
    assert [labels(guess)[0] for guess in guesses_of(TEXT)] == ["It is right"] * len(SAID)
    assert chosen(FERRY, "It is right") == []


def test_another_column_may_have_been_meant() -> None:
    guess = Guess('"Action" was used, and "Kind" might be meant', "field", ("action", "action"))
    assert labels(guess) == ["It is right", 'It is "Kind"']
    assert chosen(guess, 'It is "Kind"') == [
        Change("field", ("action", "action"),
               {"role": "text", "type": "narrative", "required": None, "scale": None}),
        Change("field", ("action", "kind"), {"role": "action", "required": True}),
    ]  # fmt: skip
    swapped = replace(
        FULL,
        fields=(*(replace(f, role={"action": "text", "kind": "action"}.get(f.id, f.role))
                  for f in FULL.fields),),
    )  # fmt: skip
    assert labels(guess, swapped) == ["It is right", 'It is "Action"']


def test_a_column_takes_the_type_of_the_one_whose_role_it_gets() -> None:
    guess = Guess('"Due" was used, and "Kind" might be meant', "field", ("action", "due"))
    _, change = chosen(guess, 'It is "Kind"')
    assert change.values == {"role": "due", "type": "date", "scale": None}
    assert labels(guess)[2:] == ["It is only text"]
    plain = chosen(guess, "It is only text")[0]
    assert (plain.values["role"], plain.values["type"]) == ("text", "text")


def test_a_role_that_no_column_has_and_a_column_of_no_role_have_no_other() -> None:
    gone = Guess('"Kind" might be meant', "field", ("action", "nothing"))
    assert labels(gone) == ["It is right"]
    assert labels(Guess('"Due" might be meant', "field", ("action", "kind"))) == ["It is right"]
    bare = replace(FULL, fields=(*FULL.fields, Field("progress_2", "Notes")))
    other = Guess('"Kind" might be meant', "field", ("action", "progress_2"))
    assert labels(other, bare) == ["It is right", 'It is "Kind"']


def test_a_rating_that_closes_is_named_where_none_does() -> None:
    guess = Guess("none of the ratings closes an action", "field", ("action", "rating"))
    assert labels(guess)[1:] == [
        '"Green" closes an action', '"Red" closes an action', "It is only text",
    ]  # fmt: skip
    assert chosen(guess, '"Green" closes an action') == [
        Change("rating", ("", "G"), {"closed": True})
    ]
    closed = replace(FULL, ratings=(Rating("G", "Green", closed=True), FULL.ratings[1]))
    assert labels(guess, closed)[1:2] == ['"Red" closes an action']


def test_what_a_rating_says_of_an_action_is_chosen() -> None:
    guess = Guess("taken as needing attention", "rating", ("", "R"))
    assert labels(guess)[1:] == [
        "It closes an action", "It is under way", "It needs attention",
        "It is done, but still watched",
    ]  # fmt: skip
    assert chosen(guess, "It closes an action") == [
        Change("rating", ("", "R"), {"closed": True, "exception": None})
    ]
    assert chosen(guess, "It needs attention") == []
    assert labels(Guess("gone", "rating", ("", "X"))) == ["It is right"]


def test_a_lead_is_somebody_else_or_gets_a_name() -> None:
    near = Guess('spelled nearly like "Ada Quill"; if they are one', "lead", ("Ben Ode",))
    assert labels(near) == ["It is right", "The same person as Ada Quill", "Is nobody"]
    assert chosen(near, "Is nobody") == [Change("lead", ("Ben Ode",), {"nobody": True})]
    same = [Change("lead", ("Ben Ode",), {SAME_AS: "Ada Quill"})]
    assert chosen(near, "The same person as Ada Quill") == same
    assert changes_for(FERRY, "ada quill", None, FULL) == tuple(same)
    assert changes_for(FERRY, " Benjamin  Ode ", None, FULL) == (
        Change("lead", ("Ben Ode",), {"name": "Benjamin Ode"}),
    )
    assert changes_for(FERRY, "B Ode", None, FULL) == (
        Change("lead", ("Ben Ode",), {"name": "B Ode"}),
    )


def test_a_key_of_the_plan_is_answered_with_its_value() -> None:
    agreed = Guess("agreed = 2026-01-05 comes from a line")
    assert key_asked(agreed) == "agreed"
    assert key_asked(Guess("three days name no year; put in begins, the day after")) == "begins"
    assert key_asked(Guess("closed = true would close it")) == ""
    assert key_asked(replace(agreed, table="lead", names=("Ben Ode",))) == ""
    assert changes_for(agreed, "1 May 2026", "the day", FULL) == (
        Change("plan", (), {"agreed": "the day"}),
    )
    assert changes_for(agreed, "it is right", None, FULL) == ()


def test_the_month_in_which_years_start_is_chosen_of_all() -> None:
    april = Guess('year_starts = "April", since years are written like 2026/27')
    plan = replace(FULL, year_starts="April")
    assert labels(april, plan) == ["It is right", *MONTH_NAMES]
    assert chosen(april, "May", plan) == [Change("plan", (), {"year_starts": "May"})]
    assert chosen(april, "April", plan) == []


def test_a_sheet_is_part_of_the_plan_or_not() -> None:
    guess = Guess('the actions are those of "Now"; "Old" has rows too: name each with --sheet')
    assert labels(guess)[1:] == [
        '"Now" is part of the plan', '"Now" is no part of the plan',
        '"Old" is part of the plan', '"Old" is no part of the plan',
    ]  # fmt: skip
    assert chosen(guess, '"Old" is part of the plan') == [Change("sheet", ("Old",), {"plan": True})]
    said = replace(FULL, sheets=(SheetRead("Old", True),))
    assert labels(guess, said)[3:] == ['"Old" is no part of the plan']


def test_a_column_that_was_left_out_is_read() -> None:
    guess = Guess('"Cost", "Due" hold formulas and were left out; start with --map "Cost=text"')
    assert labels(guess) == ["It is right", 'Read "Cost"']
    (change,) = chosen(guess, 'Read "Cost"')
    assert (change.table, change.names) == ("field", ())
    assert change.values == {"heading": "Cost", "id": "cost"}
    more = replace(FULL, fields=(*FULL.fields, Field("cost", "Sum"), Field("cost_2", "Sum 2")))
    (change,) = chosen(guess, 'Read "Cost"', more)
    assert change.values["id"] == "cost_3"


def test_what_is_none_of_the_choices_changes_nothing() -> None:
    assert changes_for(Guess("two rows were joined"), "no idea", None, FULL) is None


def test_an_id_is_made_of_what_people_read() -> None:
    assert id_for("Cost so far (£)") == "cost_so_far"
    assert id_for("2027 target") == "column_2027_target"
    assert id_for("£") == "column"


def test_the_most_doubtful_are_those_with_another_column_or_sheet() -> None:
    other = Guess('"Action" was used, and "Kind" might be meant', "field", ("action", "action"))
    sheet = Guess('the actions are those of "Now": name each with --sheet')
    rating = Guess("taken as needing attention", "rating", ("", "R"))
    due = Guess("read as days", "field", ("action", "due"))
    joined = Guess("two rows were joined")
    ordered = [other, sheet, rating, due, FERRY, Guess("agreed = 2026-01-05"), joined]
    assert [doubt_of(guess, FULL) for guess in ordered] == [3, 3, 2, 2, 2, 2, 1]


def test_a_lead_named_alike_is_no_choice_for_itself() -> None:
    alone = replace(FULL, leads=(Lead("Ben Ode"),))
    guess = Guess('"Ben Ode" is two words', "lead", ("Ben Ode",))
    assert labels(guess, alone) == ["It is right", "Is nobody"]


def test_the_question_about_other_sheets_goes_once_they_are_part_of_the_plan() -> None:
    asks = 'the actions are those of "Quays"; "Piers" has rows too: name each with --sheet'
    asked = add_guesses(TEXT, [asks])
    assert without_sheets_asked(asked, [asks]) == asked
    assert without_sheets_asked(asked, []) == TEXT
    assert without_sheets_asked(TEXT, []) == TEXT
    (guess,) = (each for each in guesses_of(asked) if each.text == asks)
    settled = settle(asked, guess, "It is right")
    assert without_sheets_asked(settled, []) == settled
