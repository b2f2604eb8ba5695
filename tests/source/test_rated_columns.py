"""The rating column where its heading does not say so: by a legend, by the colours of months."""

from __future__ import annotations

import pytest

from tests.text_sheets import book, column, read, sheet
from xlplan.source.importing import Chosen, read_source

CONFIDENT = """
{legend}

Ref | Commitment | SRO | Finish | {heading} | Position
1 | Close the accounts of the year | Ada Quill | 31/01/2027 | M | Queries are down
2 | Sell the depot at the ferry | Ben Ode | 30/06/2027 | L | Heads of terms
3 | Train every member in the code | Ada Quill | 31/03/2027 | H | Three left
4 | Adopt the scrutiny programme | Ben Ode | 30/09/2026 | Done | Adopted
5 | Report on whistleblowing to audit | Ben Ode | 30/09/2027 | H | First report
"""
SURE = (
    "Confidence: H = will be delivered on time, M = needs attention, "
    "L = will not be delivered without help, Done = signed off by the Board"
)


def test_letters_that_a_legend_explains_are_the_rating_best_first() -> None:
    source = read(CONFIDENT.format(legend=SURE, heading="Confidence (H/M/L)"))
    assert column(source, "rating") == ["M", "L", "H", "Done", "H"]
    ratings = source.definition.ratings
    assert [r.code for r in ratings] == ["Done", "H", "M", "L"]
    assert [r.code for r in ratings if r.closed] == ["Done"]
    assert [r.code for r in ratings if r.exception] == ["M", "L"]


@pytest.mark.parametrize(
    ("legend", "heading"),
    [
        (SURE, "Priority"),
        ("H = high value, M = medium value, L = low value, Done = an old one", "Worth"),
        ("Position for the team", "Confidence (H/M/L)"),
    ],
)
def test_letters_that_say_how_much_or_that_nothing_explains_are_no_rating(
    legend: str, heading: str
) -> None:
    source = read(CONFIDENT.format(legend=legend, heading=heading))
    assert source.definition.ratings == ()


MONTHS = """
Ref | Action | Lead | Due | RAG Aug 26 | RAG Sep 26 | RAG Oct 26 | RAG Nov 26 | Update
1 | Triage in a quarter of an hour | Ada Quill | 30/11/2026 | | | | | 88%
2 | Open the second room | Ben Ode | 30/11/2026 | | | | | Open
3 | A nurse to stream on each shift | Ada Quill | 31/01/2027 | | | | | Six came
"""
GREEN, AMBER, RED = "#92D050", "#FFC000", "#FF0000"


def test_of_months_that_are_only_coloured_the_last_is_the_rating() -> None:
    held = {4: (GREEN, AMBER, RED), 5: (GREEN, GREEN, RED), 6: (AMBER, GREEN, GREEN)}
    fills = {(row, col): c for col, column_ in held.items() for row, c in enumerate(column_, 1)}
    source = read_source(book(sheet(MONTHS, fills=fills)), plan_id="plan")
    rated = next(item for item in source.definition.fields if item.role == "rating")
    assert rated.heading == "RAG Oct 26"
    assert column(source, "rating") == ["Amber", "Green", "Green"]


GRADED = """
Ref | Action | Lead | Due | {heading}
1 | Write the safeguarding policy | Ada Quill | 31/03/2027 | {0}
2 | Train every governor on data | Ben Ode | 30/04/2027 | {1}
3 | Rebuild the map of the curriculum | Ada Quill | 31/05/2027 | {2}
4 | Publish the offer for families | Ben Ode | 31/05/2027 | {1}
"""


def test_a_column_of_judgements_is_asked_about_where_nothing_is_the_rating() -> None:
    grades = ("Good", "Requires improvement", "Inadequate")
    source = read(GRADED.format(*grades, heading="Grade"))
    asked = (
        'plan: no column was taken as the rating; if "Grade" says how far an action is, use '
        '--map "Grade=rating"'
    )
    assert asked in source.guesses


def test_a_column_of_kinds_is_not_asked_about() -> None:
    source = read(GRADED.format("Estates", "Nursing", "Finance", heading="Team"))
    assert not [guess for guess in source.guesses if "no column was taken" in guess]


def test_a_legend_of_all_ratings_needs_no_colours_more() -> None:
    text = GRADED.format("G", "Y", "P", heading="Autumn 2")
    explained = read("Rating: G = embedded   Y = under way   P = not begun\n\n" + text.lstrip())
    assert {rating.code for rating in explained.definition.ratings} == {"G", "Y", "P"}
    alone = read(text.replace("Autumn 2", "RAG"))
    codes = {rating.code for rating in alone.definition.ratings}
    assert "R" in codes
    assert "A" not in codes  # the yellow between green and red is there


DATED = """
Ref | Action | Lead | Due | Date completed
1 | Sand the hull of the ferry | Ada Quill | 30 June 2026 | 12/06/2026
2 | Mend the sail | Ben Ode | 31 July 2026 |
3 | Moor it at the pier | Ben Ode | 31 August 2026 | n/a
"""
LISTED = """
OPEN ACTIONS
Ref | Action | Lead | Due
1 | Sand the hull of the ferry | Ada Quill | 30 June 2026
2 | Mend the sail | Ben Ode | 31 July 2026

CLOSED ACTIONS
Ref | Action | Lead | Due
3 | Moor it at the pier | Ben Ode | 31 August 2026
4 | Sell the pier | Ben Ode | 31 August 2026
"""
SHARES = """
Ref | Action | Lead | Due | % complete
1 | Sand the hull of the ferry | Ada Quill | 30 June 2026 | 40%
2 | Mend the sail | Ben Ode | 31 July 2026 | 100%
"""


@pytest.mark.parametrize(
    ("text", "ratings", "done"),
    [
        (DATED, ["Complete", "Open", "Open"], '1 action has a day under "Date completed" (1)'),
        (
            LISTED,
            ["Open", "Open", "Complete", "Complete"],
            "2 actions stand in a list of completed ones (3, 4)",
        ),
        (SHARES, ["Open", "Complete"], '1 action is at 100% under "% complete" (2)'),
    ],
)
def test_where_nothing_is_rated_what_is_done_is_closed(
    text: str, ratings: list[str], done: str
) -> None:
    source = read(text)
    assert column(source, "rating") == ratings
    assert [r.code for r in source.definition.ratings if r.closed] == ["Complete"]
    assert [guess for guess in source.guesses if guess.startswith("field rating:")] == [
        f"field rating: {done}, and no column says how far an action is; the column "
        '"Status" was added, with "Complete" there and "Open" for all others'
    ]


def test_a_day_on_which_it_was_done_closes_what_no_rating_can() -> None:
    source = read("""
        Ref | Action | Lead | RAG | Date closed
        1 | Sand the hull of the ferry | Ada Quill | Green | 12/06/2026
        2 | Mend the sail | Ben Ode | Amber |
        3 | Moor it at the pier | Ben Ode | Green |
        """)
    assert column(source, "rating") == ["Complete", "Amber", "Green"]
    assert (
        'field rating: 1 action has a day under "Date closed" (1), and none of the ratings closed '
        'an action; read as "Complete", which was added'
    ) in source.guesses


def test_blank_ratings_of_what_is_done_are_said_in_one_line() -> None:
    done = "\n".join(
        f"{n} | Sand the hull of boat {n} | Ada Quill | | 12/06/2026" for n in range(5)
    )
    source = read(f"""
        Ref | Action | Lead | Status | Date completed
        {done}
        5 | Mend the sail | Ben Ode | Open |
        6 | Moor it at the pier | Ben Ode | Closed | 14/06/2026
        """)
    assert column(source, "rating") == ["Closed"] * 5 + ["Open", "Closed"]
    assert [guess for guess in source.guesses if "have no rating" in guess] == [
        "field rating: 5 actions have no rating; read as Closed, since each has a day under "
        '"Date completed" (Sheet 1, row 2, Sheet 1, row 3, Sheet 1, row 4, Sheet 1, row 5, '
        "Sheet 1, row 6)"
    ]


def test_in_a_kept_workbook_what_is_done_is_only_told() -> None:
    source = read_source(book(sheet(DATED)), plan_id="p", chosen=Chosen(kept=True))
    assert source.definition.with_role("rating") is None
    assert (
        'plan: 1 action has a day under "Date completed" (1), and no column says how far one is: '
        "on the board they count as open until one does"
    ) in source.guesses
