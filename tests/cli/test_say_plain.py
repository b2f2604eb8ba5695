"""Problems as lines on the terminal: each place once, walls as one line."""

from __future__ import annotations

import pytest

from xlplan.cli.say_plain import WALL, in_lines, say_problems, table, where_they_part
from xlplan.codes.check_codes import CHK_003, CHK_010, CHK_017
from xlplan.codes.message import Message
from xlplan.codes.source_codes import NEW_003
from xlplan.errors import Problem

HEADINGS = {"lead": "Lead officer", "rating": "RAG"}


def of_action(message: Message, ref: str, field: str, **places: str) -> Problem:
    return message.problem(f"action {ref}", action=ref, field=field, **places)


def late(ref: str, date: str) -> Problem:
    return of_action(CHK_010, ref, "rating", date=date, heading="RAG", rating="Green")


def test_a_problem_is_shown_with_the_heading_of_its_field() -> None:
    assert in_lines([of_action(CHK_003, "1.2", "lead")], HEADINGS) == [
        "action 1.2, Lead officer: No lead is named, so nobody is asked about this action. "
        "Name one. [CHK-003]"
    ]


def test_a_field_that_the_text_begins_with_or_that_is_not_known_is_not_named_again() -> None:
    begins = Problem("CHK-027", "action 1.2", "RAG is A, worse than B.", "note", "1.2", "rating")
    assert in_lines([begins], HEADINGS) == ["action 1.2: RAG is A, worse than B. [CHK-027]"]
    assert in_lines([of_action(CHK_003, "1.2", "gone")], HEADINGS)[0].startswith("action 1.2: No")
    one = CHK_017.problem("plan.toml", field="lead", one="A", other="B")
    assert in_lines([one], HEADINGS)[0].startswith('plan.toml: "A" and "B"')


def test_what_is_the_same_at_several_places_is_one_line_with_a_count() -> None:
    found = [of_action(CHK_003, ref, "lead") for ref in ("1.1", "1.2", "2.4")]
    assert in_lines([found[0], late("1.1", "1 May 2026"), *found[1:]], HEADINGS) == [
        "3 actions (1.1, 1.2, 2.4), Lead officer: No lead is named, so nobody is asked about this "
        "action. Name one. [CHK-003]",
        "action 1.1, RAG: This was due by 1 May 2026, yet RAG is Green. Ask the lead for a rating "
        "that shows it, or for a new date. [CHK-010]",
    ]


def test_a_wall_that_differs_in_a_date_alone_is_one_line() -> None:
    wall = [late(f"1.{n}", f"{n} May 2026") for n in range(1, WALL + 2)]
    assert in_lines(wall[:WALL], HEADINGS) == [
        str(problem).replace(":", ", RAG:", 1) for problem in wall[:WALL]
    ]
    assert in_lines(wall, HEADINGS) == [
        "6 actions (1.1, 1.2, 1.3, 1.4, 1.5, 1.6), RAG: An action or one of its steps is "
        "overdue, yet it is rated as on track. Ask the lead for a rating that shows it, or for a "
        "new date. [CHK-010]"
    ]


def test_what_names_no_action_is_counted_and_never_taken_together_for_its_code() -> None:
    nameless = CHK_003.problem("action without a ref", field="lead")
    assert in_lines([nameless, nameless], HEADINGS)[0].startswith(
        "action without a ref (2 times), Lead officer: No lead"
    )
    pairs = [CHK_017.problem("plan.toml", one="A", other=f"B{n}") for n in range(WALL + 2)]
    assert len(in_lines(pairs, HEADINGS)) == WALL + 2


def test_actions_of_a_file_are_named_after_its_place() -> None:
    found = [
        NEW_003.problem("a.xlsx!Plan", action=str(n), ref=str(n), count=2, kind="action", rows=[n])
        for n in range(1, WALL + 2)
    ]
    [line] = in_lines(found, {})
    assert line.startswith("a.xlsx!Plan, 6 actions (1, 2, 3, 4, 5, 6): ")
    assert line.endswith("[NEW-003]")
    elsewhere = NEW_003.problem("a.xlsx!Log", action="9", ref="9", count=2, kind="action", rows=[9])
    assert len(in_lines([*found, elsewhere], {})) == 2


def test_two_actions_with_one_ref_name_it_once() -> None:
    found = [of_action(CHK_003, "1.1", "lead")] * 2
    [line] = in_lines(found, HEADINGS)
    assert line.startswith("2 actions (1.1), Lead officer: No lead")


def test_a_long_text_that_grew_is_shown_from_where_it_did() -> None:
    """Cut at the same place, what it was and what it is looked the same."""
    before = "The two classes that began in the spring are done, and resources are ordered now."
    one, other = where_they_part(before, f"{before}\n2 November: delivered.")
    assert one == "…resources are ordered now."
    assert other == "…resources are ordered now. 2 November: delivered."
    one, other = where_they_part("x" * 100 + "a", "x" * 100 + "b")
    assert (one[0], one[-1], other[-1]) == ("…", "a", "b")


def test_texts_that_differ_where_they_are_seen_are_shown_from_their_beginning() -> None:
    assert where_they_part("Amber", "Green") == ("Amber", "Green")
    assert where_they_part("It is done", "It is done now") == ("It is done", "It is done now")
    assert where_they_part("a" * 99, "b" * 99) == ("a" * 59 + "…", "b" * 59 + "…")


def test_a_heading_or_a_text_of_two_lines_is_shown_on_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    two = {"lead": "Who?\n (accountable officer)"}
    assert in_lines([of_action(CHK_003, "1.2", "lead")], two)[0].startswith(
        "action 1.2, Who? (accountable officer): No lead"
    )
    table(["ref", "Who?\n(lead)"], [["1.2", "Head of\nRepairs"], ["1.3", None]])
    assert capsys.readouterr().out == "ref    Who? (lead)\n1.2    Head of Repairs\n1.3\n"
    say_problems([Problem("CHK-027", "action 1.2", 'Who?\n(lead) is "X".', "note", "1.2", "")])
    assert capsys.readouterr().err == 'action 1.2: Who? (lead) is "X". [CHK-027]\n'
