"""Rows of a table that are no actions, and what becomes of them."""

from __future__ import annotations

from tests.text_sheets import column, fates, read

HEAD = "Ref | Action | Lead | Due | Status\n"
TWO = (
    "1 | Mend the roof | Ada Quill | 31/03/2026 | Open\n"
    "2 | Mend the door | Ben | June 2026 | Open\n"
)


def test_numbered_rows_without_words_are_no_actions() -> None:
    source = read(HEAD + TWO + "3 | | | |\n4 | | | |")
    assert column(source, "ref") == ["1", "2"]
    assert fates(source)[-1][1] == "note"


def test_a_form_with_numbers_alone_starts_an_empty_plan() -> None:
    source = read(HEAD + "1 | | | |\n2 | | | |\n3 | | | |")
    assert source.rows == ()
    assert source.definition.with_role("action") is not None


def test_a_row_that_explains_the_columns_is_guidance() -> None:
    guide = "Unique number | Describe what will be done | Name of the person who leads"
    source = read(HEAD + f"{guide} | The date by when it will be done | Choose from list\n" + TWO)
    assert column(source, "ref") == ["1", "2"]
    labelled = read(
        "| Action | Lead | Due\nExample | Mend it | Ada Q | 1/2/26\n| Mend | Ben | 1/3/26"
    )
    assert column(labelled, "action") == ["Mend"]


def test_an_action_with_a_ref_is_no_guidance_however_it_is_worded() -> None:
    rows = "1 | Use the new form | The head of the whole service | within a month of now | Open"
    assert column(read(HEAD + rows), "ref") == ["1"]


def test_a_second_list_below_is_not_read_into_the_table() -> None:
    source = read(HEAD + TWO + "\nMeasure | | | | Low\nLikelihood | | | | High")
    assert column(source, "ref") == ["1", "2"]


def test_a_lone_line_far_below_is_a_note() -> None:
    source = read(HEAD + TWO + "\n\n\n\n\n | | | | Copyright of the council")
    assert column(source, "ref") == ["1", "2"]
    assert "Copyright of the council" in source.definition.notes


def test_a_number_and_a_title_head_the_rows_that_are_numbered_under_it() -> None:
    source = read(
        HEAD + "1 | The shed | | |\n1.1 | Mend the roof | Ada | 31/03/2026 | Open\n"
        "1.2 | Mend the door | Ben | 31/03/2026 | Open\n2 | Paint it | Ben | 31/03/2026 | Open\n"
    )
    assert column(source, "ref") == ["1.1", "1.2", "2"]
    assert column(source, "section") == ["1 The shed", "1 The shed", ""]
    assert fates(source)[1][1:] == ("heading", "section")
