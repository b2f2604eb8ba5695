"""What each row is called: the column of refs, two columns together, never a priority."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.text_sheets import book, column, read, sheet
from xlplan.source.importing import read_source
from xlplan.source.refs import is_level

ROWS = """
        {} | Action        | Lead      | RAG
        {} | Mend the hull | Ada Quill | Green
        {} | Paint it      | Ben Ode   | Red
        {} | Sail it       | Ben Ode   | Red
        """


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("Finding", ["F-01", "F-02", "F-03"]),
        ("Milestone code", ["WS1-M1", "WS1-M2", "WS2-M1"]),
        ("KLOE", ["W1.1", "W1.2", "W2.1"]),
        ("Tracker", ["T101", "T102", "T103"]),
        ("Minute ref", ["1/26.1", "2/26.1", "3/26.2"]),
        ("Assertion", ["1.1.3", "2.10.12", "2.2.1"]),
        ("", ["1", "2", "3"]),
    ],
)
def test_a_column_of_codes_names_the_rows_whatever_it_is_headed(
    heading: str, codes: list[str]
) -> None:
    assert column(read(ROWS.format(heading, *codes)), "ref") == codes


def test_the_column_of_codes_may_stand_last_and_the_first_of_two_counts() -> None:
    source = read("""
        Action        | Lead      | RAG   | Tracker | Old tracker
        Mend the hull | Ada Quill | Green | T-101   | X-1
        Paint it      | Ben Ode   | Red   | T-102   | X-2
        Sail it       | Ben Ode   | Red   | T-103   | X-3
        """)
    assert column(source, "ref") == ["T-101", "T-102", "T-103"]
    assert any('in "Tracker"; taken as the ref' in guess for guess in source.guesses)
    assert column(source, "old_tracker") == ["X-1", "X-2", "X-3"]


@pytest.mark.parametrize(
    ("heading", "levels"),
    [
        ("Priority", ["1", "2", "3"]),
        ("Priority", ["P1", "P2", "P3"]),
        ("Priority", ["High", "Low", "Medium"]),
        ("Priority no.", ["1", "2", "3"]),
        ("Risk score", ["S12", "S9", "S4"]),
        ("Fiscal note", ["Q1 2027", "Q2 2027", "Q3 2027"]),
        ("Note", ["V1", "", "V3"]),
        ("Note", ["one 1 of many", "two 2 of many", "three 3 of many"]),
    ],
)
def test_what_says_how_much_or_when_names_no_row(heading: str, levels: list[str]) -> None:
    assert column(read(ROWS.format(heading, *levels)), "ref") == ["A1", "A2", "A3"]


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        ("Priority", True), ("Risk_Score", True), ("Prioridad", True), ("Priority ref", False),
        ("Priority action", False), ("Finding", False),
    ],
)  # fmt: skip
def test_a_heading_that_says_how_much(heading: str, level: bool) -> None:
    assert is_level(heading) is level


PAIRED = """
Ref | Datix | Agreed action | Lead      | Due      | Status
MD1 | {0}   | Mend the hull | Ada Quill | May 2026 | Open
MD1 | {1}   | Paint it      | Ben Ode   | May 2026 | Open
MD2 | {0}   | Sail it       | Ben Ode   | May 2026 | Closed
"""


def test_what_a_hidden_column_holds_stands_in_no_ref() -> None:
    text = PAIRED.format("801", "802")
    assert column(read(text), "ref") == ["MD1.801", "MD1.802", "MD2.801"]
    hidden = book(sheet(text, hidden_columns=frozenset({1})))
    assert column(read_source(hidden, plan_id="p"), "ref") == ["MD1", "MD1", "MD2"]


def test_numbers_of_a_pair_are_written_without_a_decimal_point() -> None:
    one = sheet(PAIRED)
    rows = [[801.0 + (row == 2) if value in ("{0}", "{1}") else value for value in cells]
            for row, cells in enumerate(one.rows)]  # fmt: skip
    source = read_source(book(replace(one, rows=rows)), plan_id="p")
    assert column(source, "ref") == ["MD1.801", "MD1.802", "MD2.801"]


def test_rows_under_a_merged_ref_are_numbered_under_it() -> None:
    text = PAIRED.replace("MD1 | {1}", "| {1}").format("a", "b")
    merged = ((1, 0, 2, 0),)
    source = read_source(book(sheet(text, merged=merged)), plan_id="p")
    assert column(source, "ref") == ["MD1.1", "MD1.2", "MD2"]
    assert not source.problems
    assert any("merged ref are numbered under it (MD1.1, …)" in each for each in source.guesses)
    taken = sheet(text.replace("MD2", "MD1.2"), merged=merged)
    source = read_source(book(taken), plan_id="p")
    assert column(source, "ref") == ["MD1", "MD1", "MD1.2"]
    assert {each.code for each in source.problems} == {"NEW-003", "NEW-014"}


def test_two_columns_name_a_row_together_the_group_first() -> None:
    source = read("""
        Audit ref | Rec no. | Agreed action | Lead      | Due      | Status
        IA23/01   | 1       | Mend the hull | Ada Quill | May 2026 | Open
        IA23/01   | 2       | Paint it      | Ben Ode   | May 2026 | Open
        IA23/02   | 1       | Sail it       | Ben Ode   | May 2026 | Closed
        """)
    assert column(source, "ref") == ["IA23/01.1", "IA23/01.2", "IA23/02.1"]
    assert not source.problems
    source = read("""
        Rec no. | Audit title | Audit ID | Priority | Agreed action | Owner     | Status
        1       | Boats       | 2301     | 1        | Mend the hull | Ada Quill | Open
        2       | Boats       | 2301     | 2        | Paint it      | Ben Ode   | Open
        1       | Crews       | 2302     | 3        | Sail it       | Ben Ode   | Closed
        """)
    assert column(source, "ref") == ["2301.1", "2301.2", "2302.1"]
    assert any("together" in guess for guess in source.guesses)


def test_refs_that_are_shared_and_have_no_partner_are_asked_about() -> None:
    source = read("""
        Ref | Score    | Action        | Lead      | Status
        1   | 1        | Mend the hull | Ada Quill | Open
        1   | 2        | Paint it      | Ben Ode   | Open
        2   | 3        | Sail it       | Ben Ode   | Closed
        """)
    assert column(source, "ref") == ["1", "1", "2"]
    assert [problem.code for problem in source.problems] == ["NEW-003"]


def test_days_in_the_first_column_name_no_row() -> None:
    source = read(ROWS.format("Meeting", "1.10.25", "2.11.25", "3.12.25"))
    assert column(source, "ref") == ["A1", "A2", "A3"]
    assert column(source, "meeting") == ["1.10.25", "2.11.25", "3.12.25"]


def test_refs_that_read_like_months_are_refs() -> None:
    """ "2026-09/1": the first action of a meeting."""
    source = read("""
        Raised     | Ref       | Action        | By whom   | By when
        03/09/2026 | 2026-09/1 | Mend the hull | Ada Quill | 03/12/2026
        03/09/2026 | 2026-09/2 | Paint it      | Ben Ode   | 03/12/2026
        01/10/2026 | 2026-10/1 | Sail it       | Ben Ode   | 03/12/2026
        """)
    assert column(source, "ref") == ["2026-09/1", "2026-09/2", "2026-10/1"]


def test_a_column_headed_ref_that_holds_none_leaves_that_name_to_the_refs() -> None:
    """Two fields of one id: such a plan could not be written."""
    source = read("""
        Action        | Lead      | Due        | Ref
        Mend the hull | Ada Quill | 03/12/2026 | See the minutes of the board of trustees
        Paint it      | Ben Ode   | 04/12/2026 | See the minutes of the board of trustees
        """)
    assert column(source, "ref") == ["A1", "A2"]
    assert column(source, "ref_2") == ["See the minutes of the board of trustees"] * 2


@pytest.mark.parametrize("parts", [("a)", "b)", "a)"), ("(i)", "(ii)", "(i)"), ("a", "b", "a")])
def test_letters_under_a_number_are_refs_with_it(parts: tuple[str, str, str]) -> None:
    source = read(
        """
        AFI   | Action ref | Action        | Lead      | RAG
        AFI 1 | {}         | Mend the hull | Ada Quill | Green
        AFI 1 | {}         | Paint it      | Ben Ode   | Red
        AFI 2 | {}         | Sail it       | Ben Ode   | Red
        """.format(*parts)
    )
    letters = [part.strip("()") for part in parts]
    assert column(source, "ref") == [f"AFI 1.{letters[0]}", f"AFI 1.{letters[1]}",
                                     f"AFI 2.{letters[2]}"]  # fmt: skip
    assert not [problem for problem in source.problems if problem.code == "NEW-003"]


def test_letters_under_a_number_are_told_apart_by_it() -> None:
    source = read("""
No  | Action             | Lead      | Due       | Status
1   | Answer calls       | Ada Quill | May 2027  | Open
a   | A shorter menu     | Ben Ode   | May 2027  | Closed
(b) | Call people back   | Ben Ode   | June 2027 | Open
2   | Fewer complaints   | Ada Quill | May 2027  | Open
a   | Publish the policy | Cy Lake   | June 2027 | Open
""")
    assert column(source, "ref") == ["1", "1a", "1b", "2", "2a"]
    assert not source.problems
    assert any("letters stand under the ref above them" in guess for guess in source.guesses)


@pytest.mark.parametrize(
    "refs", [("a", "1", "2", "a"), ("1", "a", "1a", "2"), ("1", "a", "a", "2")]
)
def test_letters_that_do_not_tell_rows_apart_stay(refs: tuple[str, ...]) -> None:
    assert column(read(ROWS.replace("{}", "No", 1).format(*refs) + f"{refs[3]} | It | Ada | Red"),
                  "ref") == [*refs]  # fmt: skip
