"""Rows of a table that are no actions, and what becomes of them."""

from __future__ import annotations

import pytest

from tests.text_sheets import book, column, fates, read, sheet
from xlplan.source.importing import read_source
from xlplan.workbook.read.book import Book, CellValue, ReadSheet

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


PROJECT = """
ID | Task name | Start | Finish | Resource names
| Phase 1: Look | 01/04/2026 | 28/04/2026 |
1 | Ask the wardens | 01/04/2026 | 14/04/2026 | Ada Quill
2 | Draw the map | 15/04/2026 | 28/04/2026 | Ben Ode
| Phase 2: Build | 29/04/2026 | 09/06/2026 |
3 | Lay the path | 29/04/2026 | 19/05/2026 | Ada Quill
"""


def test_rows_without_ref_and_lead_are_the_phases_of_a_project() -> None:
    source = read(PROJECT)
    assert column(source, "ref") == ["1", "2", "3"]
    assert column(source, "section") == ["Phase 1: Look", "Phase 1: Look", "Phase 2: Build"]
    (guess,) = (text for text in source.guesses if text.startswith("field section"))
    assert "rows 2, 5 of Sheet 1" in guess


def test_one_row_without_ref_and_lead_is_an_action() -> None:
    source = read(PROJECT.replace("| Phase 1: Look | 01/04/2026 | 28/04/2026 |\n", ""))
    assert len(source.rows) == 4


BELOW = """
Ref | Action | Lead | Due | Status | Cost
1 | Mend the roof | Ada Quill | 31/03/2026 | Open | 5
2 | Mend the door. | Ben Ode | 30/06/2026 | Open | 7
"""


@pytest.mark.parametrize(
    "line",
    [
        "| Total | | | | 12",
        "Signed: | | Date: | | |",
        "Approved by: | The head of the shed | | | |",
        "Source | The warden's book | | | |",
        "AQ = Ada Quill | BO = Ben Ode | G = Going well | D = Done | |",
        "| All dates are those agreed with the wardens | | | |",
    ],
)
def test_what_stands_below_a_table_is_no_action(line: str) -> None:
    source = read(BELOW + line)
    assert column(source, "ref") == ["1", "2"]
    assert fates(source)[-1][1] == "note"
    assert (
        column(read(BELOW + line + "\n3 | Cut a key | Ben Ode | 1/7/2026 | Open | 1"), "ref")[-1]
        == "3"
    )


@pytest.mark.parametrize(
    "counts",
    [
        "\n| Complete | 5",
        "\n| Total actions | 2\n| Complete | 5",
        "\n| Homes done | 12\n| Homes left | 30",
    ],
)
def test_counts_that_stand_apart_below_a_table_are_part_of_no_action(counts: str) -> None:
    source = read(BELOW + counts)
    assert column(source, "action") == column(read(BELOW), "action")
    assert {kind for _, kind, _ in fates(source)[-counts.count("|") // 2 :]} == {"note"}


@pytest.mark.parametrize(
    "line",
    [
        "Subtotal for the shed",
        "Sub-total the shed | | | | | 12",
        "Total for the shed | | | | | 12",
        "Grand total | ",
        "Total: | 12",
    ],
)
def test_a_total_between_the_rows_heads_none_of_them(line: str) -> None:
    source = read(f"{BELOW}{line}\n3 | Cut a key | Ben Ode | 1/7/2026 | Open | 1\n")
    assert column(source, "ref") == ["1", "2", "3"]
    assert source.definition.with_role("section") is None
    assert fates(source)[-2][1] == "note"


COLOURS = ("#FF0000", "#FFC000", "#00B050")
KEY = ("Overdue", "Some delay", "On track")


@pytest.mark.parametrize("heading", ["", "RAG key", "What the colours say"])
@pytest.mark.parametrize("swatch", [0, 1])
def test_a_key_of_colours_below_a_table_is_no_action(heading: str, swatch: int) -> None:
    """The colour is that of the cell beside the words, or of their own."""
    text = BELOW.strip() + f"\n\n{heading or ' | '}\n" + "\n".join(f" | {each}" for each in KEY)
    fills = {(5 + row, swatch): colour for row, colour in enumerate(COLOURS)}
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    assert column(source, "action") == ["Mend the roof", "Mend the door."]
    assert source.definition.with_role("section") is None
    assert [kind for _, kind, _ in fates(source)[-3:]] == ["note"] * 3


def test_rows_that_only_a_colour_rates_are_no_key_of_colours() -> None:
    text = f"{BELOW.strip()}\n\n3 | Cut a key | Ben | | |\n | Oil the lock | | |\n | Wash it | | |"
    fills = {(row, 4): colour for row, colour in enumerate(COLOURS, 4)}
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    assert "Wash it" in " ".join(column(source, "action"))


def test_an_action_may_be_about_a_total_and_the_last_may_run_on() -> None:
    source = read(BELOW + "3 | Total rewrite | | | |\n| of the shed's book | | | |")
    assert column(source, "action")[-1] == "Total rewrite of the shed's book"


FORM = """
Ref | Action | Lead | Due | Status
{}
1 | Mend the roof of the shed | < Select > | 31/3/2026 | Please select
2 | Select a contractor for the door | Ben Ode | 30/6/2026 | Open
3 | Choose an item. | Click or tap here to enter text. | | – Select –
"""


@pytest.mark.parametrize(
    "row",
    [
        "0 | Example of how to complete > | Ada Quill | 31/3/2026 | Open",
        "Example | Oil the hinges | Ada Quill | 31/3/2026 | Open",
        "1 | e.g. Oil the hinges | Ada Quill | 31/3/2026 | Open",
        "EXAMPLE:\n1 | Oil the hinges | Ada Quill | 31/3/2026 | Open",
    ],
)
def test_a_row_that_shows_how_to_fill_in_the_form_is_an_example_and_said_to_be(row: str) -> None:
    source = read(FORM.format(row))
    assert column(source, "action") == [
        "Mend the roof of the shed", "Select a contractor for the door"
    ]  # fmt: skip
    assert column(source, "section") == ["", ""]
    assert "example, kept back: list or figure" in [line.detail for line in source.account]


def test_a_line_above_says_which_row_is_an_example() -> None:
    row = "1 | Oil the hinges | Ada Quill | 31/3/2026 | Open"
    for line in ("The first row is an example.", "Row 3 has been filled in as an example"):
        assert len(read(f"{line}\n{FORM.format(row).strip()}").rows) == 2
    assert len(read(f"Row 9 is an example\n{FORM.format(row).strip()}").rows) == 3


def test_cells_that_only_ask_for_a_choice_are_blank_and_said_to_be() -> None:
    source = read(FORM.format(""))
    assert column(source, "lead") == ["", "Ben Ode"]
    assert column(source, "rating") == ["", "Open"]
    details = [line.detail for line in source.account]
    assert "action 1, nothing chosen in C3, E3" in details
    assert any(guess.startswith("plan: 2 cells that only ask") for guess in source.guesses)


def test_an_action_about_examples_is_no_example() -> None:
    text = FORM.format("0 | Write examples of good minutes | Ada Quill | 31/3/2026 | Open")
    assert column(read(text), "action")[0] == "Write examples of good minutes"


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("KEY | Blue: all is done | Green: on target | Amber: may slip | Red: missed", 2),
        ("Blue – done | Green – on target | Amber – may slip | Red – missed |", 2),
        ("3 | Blue: paint it so | Cy Marr | 31/3/2026 | Open", 3),
        ("3 | Paint the door | Cy Marr: or another | 31/3/2026 | Open", 3),
    ],
)
def test_a_line_below_the_table_that_explains_the_ratings_is_none_of_its_rows(
    line: str, rows: int
) -> None:
    assert len(read(f"{HEAD}{TWO}\n{line}").rows) == rows


def test_a_row_that_holds_only_what_stands_beside_the_table_is_none_of_it() -> None:
    rows: list[list[CellValue]] = [["Ref", "Action", "Lead", "Due", None, "Options"]]
    rows += [[None, None, None, None, None, "Yes"]]
    rows += [[str(n), f"Mend roof {n}", "Ada", "June 2027"] for n in range(1, 7)]
    rows[2] += [None, "No"]
    found = read_source(Book("plan.xlsx", "xlsx", (ReadSheet("Plan", rows),)), plan_id="plan")
    assert [row.row for row in found.rows] == [3, 4, 5, 6, 7, 8]


def test_a_key_below_a_short_table_is_no_action() -> None:
    """More rows of the key than actions: its meanings were taken for leads."""
    source = read(
        "Action | Owner | By | RAG | Comments\nTen vans | Ada Quill | June 2027 | Red | No bid\n"
        "Cycle racks | Ben Ode | May 2027 | Blue | Done\n\nRAG key\nBlue | Complete | | |\n"
        "Green | On track | | |\nAmber | Delayed by weeks | | |\nRed | Delayed by months | | |"
    )
    assert column(source, "action") == ["Ten vans", "Cycle racks"]
    assert [lead.name for lead in source.definition.leads] == ["Ada Quill", "Ben Ode"]
    labels = {rating.code: rating.label for rating in source.definition.ratings}
    assert labels["Red"] == "Delayed by months"


def test_short_actions_that_begin_with_a_rating_are_actions() -> None:
    source = read("Action | Lead | Due\nRed | Ada | May 2026\nGreen | Ben | \nBlue | Cy | ")
    assert column(source, "action") == ["Red", "Green", "Blue"]


def test_a_number_and_a_title_head_the_rows_with_its_letters() -> None:
    rows = "1 | Too late | | |\n1a | Meet weekly | Ada | May 2026 | Open\n"
    rows += "1b | Train them | Ben | May 2026 | Open\n2 | Too few | | |\n"
    source = read(HEAD + rows + "2(a) | Text them | Ada | June 2026 | Open")
    assert column(source, "ref") == ["1a", "1b", "2(a)"]
    assert column(source, "section") == ["1 Too late", "1 Too late", "2 Too few"]


@pytest.mark.parametrize("refs", [("B.1", "B.2"), ("B1", "B2"), ("B.1.1", "B.2.1")])
def test_a_letter_and_a_title_head_the_rows_that_are_numbered_under_it(
    refs: tuple[str, str],
) -> None:
    source = read(f"""
Ref       | Measure          | By when   | Who       | Status
A         | LOOKING AFTER    |           |           |
A.1       | Mend the roof    | June 2027 | Ada Quill | Open
B         | LABOUR           |           |           |
{refs[0]} | Count the hands  | June 2027 | Ben Ode   | Open
{refs[1]} | Train the hands  | July 2027 | Ben Ode   | Closed
""")
    assert column(source, "ref") == ["A.1", *refs]
    assert column(source, "section") == ["A LOOKING AFTER", "B LABOUR", "B LABOUR"]


def test_a_row_under_a_letter_that_is_no_heading_stays_an_action() -> None:
    source = read("""
Ref | Action          | By when   | Who       | Status
A   | Mend the roof   |           |           |
B   | Count the hands | June 2027 | Ben Ode   | Open
C   | Train the hands | July 2027 | Ben Ode   | Closed
""")
    assert column(source, "ref") == ["A", "B", "C"]


def test_a_label_and_its_value_above_repeated_headings_are_no_action() -> None:
    source = read("""
        Recommendation 1: The harbour should publish its accounts
        Our response | Accepted | |
        Actions | Owner | Timescale | Status
        Publish the accounts of May | Ada Quill | July 2026 | Complete
        Publish the accounts of June | Ada Quill | August 2026 | Overdue
        Recommendation 2: The harbour should listen to its crews
        Our response | Accepted in part | |
        Actions | Owner | Timescale | Status
        Ask every crew | Ben Ode | December 2026 | In progress
        Answer every crew | Ben Ode | January 2027 | Not started
        """)
    assert column(source, "action") == [
        "Publish the accounts of May", "Publish the accounts of June",
        "Ask every crew", "Answer every crew",
    ]  # fmt: skip
    assert [row for row, fate, _ in fates(source) if fate == "note"] == [2, 7]
    assert [lead.name for lead in source.definition.leads] == ["Ada Quill", "Ben Ode"]
