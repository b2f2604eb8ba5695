"""Rows of the spreadsheet: by which words one is known, and which lines a person looks through."""

from __future__ import annotations

import pytest

from xlplan.plan.accounted import (
    FIRST_WORDS,
    MOST_LINES,
    AccountLine,
    RowRead,
    filled_in,
    first_words,
    is_meant,
    sheets_of,
)


def test_a_row_is_known_by_its_first_words() -> None:
    assert first_words(["1.2", " ", "Mend  the\nroof"]) == "1.2 | Mend the roof"
    long = first_words(["word " * 40])
    assert first_words(["word " * 40, "and more"]) == long
    assert len(long) == FIRST_WORDS
    assert long.endswith("…")


@pytest.mark.parametrize(
    ("words", "meant"),
    [("", True), ("1 | mend  it", True), ("1 | Mend", False), ("2 | Mend it", False)],
)
def test_an_answer_is_for_the_row_that_begins_so(words: str, meant: bool) -> None:
    assert is_meant(RowRead("Plan", 2, "action", words), "1 | Mend it") is meant


def test_what_became_of_a_row_is_said_for_people() -> None:
    assert AccountLine("Plan", 2, "imported", "action 1.2").said == "Action 1.2"
    assert AccountLine("Plan", 2, "blank").said == "Blank"


def test_blank_rows_are_left_out_and_no_list_is_endless() -> None:
    lines = [AccountLine("Plan", 1, "blank"), AccountLine("Plan", 2, "note", "note", "Total")]
    assert filled_in(lines) == (lines[1],)
    assert len(filled_in(lines[1:] * (MOST_LINES + 3))) == MOST_LINES


def test_a_sheet_is_part_of_the_plan_by_its_rows() -> None:
    lines = [
        AccountLine("Lists", 1, "note"),
        AccountLine("Plan", 1, "heading"),
        AccountLine("Plan", 2, "imported"),
        AccountLine("Plan", 3, "note"),
    ]
    assert sheets_of(lines) == {"Lists": False, "Plan": True}
