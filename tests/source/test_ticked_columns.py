"""Ratings that have a column each, of which one is marked."""

from __future__ import annotations

import pytest

from tests.text_sheets import book, column, read, sheet
from xlplan.source.importing import Chosen, Source, read_source

HEAD = "Ref | Action | Lead | Due | {} | Progress"


def plan(headings: str, *marks: str, head: str = HEAD) -> str:
    rows = [
        f"{n} | Mend the hull of boat {n} | Ada Quill | 3{n % 2} May 2026 | {each} | Begun {n}"
        for n, each in enumerate(marks, 1)
    ]
    return "\n".join([head.format(headings), *rows])


def heading(source: Source) -> str:
    item = source.definition.with_role("rating", "action")
    return item.heading if item else ""


@pytest.mark.parametrize("mark", ["x", "X", "✓", "Yes", "●", "1", "ü"])
def test_the_marked_column_is_the_rating(mark: str) -> None:
    source = read(plan("R | A | G", f"{mark} | | ", f" | | {mark}", f" | {mark} | ", " | | "))
    assert column(source, "rating") == ["R", "G", "A", ""]
    assert heading(source) == "RAG"
    assert 'plan: of the columns "R", "A", "G" the marked one was read as "RAG"' in source.guesses
    order = [item.role for item in source.definition.fields]
    assert order.index("rating") < order.index("progress")


def test_where_it_stands_is_where_the_mark_does() -> None:
    source = read(plan("Not started | In progress | Complete", "x | | ", " | | x", " | x | "))
    cells = [row.places["rating"].cell for row in source.rows]
    assert cells == ["E2", "G3", "F4"]
    assert heading(source) == "Status"
    assert column(source, "rating") == ["Not started", "Complete", "In progress"]


def test_headings_that_begin_alike_are_called_by_what_they_share() -> None:
    source = read(plan("Board rating Red | Board rating Green", "x | ", " | x", "x | "))
    assert heading(source) == "Board rating"
    assert column(source, "rating") == ["Red", "Green", "Red"]


def test_a_row_with_two_marks_says_both_and_is_asked_about() -> None:
    marks = [" | x"] * 5 + ["x | x"]
    source = read(plan("Red | Green", *marks))
    assert column(source, "rating") == ["Green"] * 5 + ["Red and Green are marked."]
    assert [(p.code, p.where) for p in source.problems] == [("VAL-002", "plan.xlsx!Sheet 1!E7")]


@pytest.mark.parametrize(
    ("headings", "marks"),
    [
        ("Red | Green", ("x | x", " | x", "x | x")),  # many rows have both
        ("Red | Green", ("soon | ", " | x", " | x")),  # words are no marks
        ("Red | Green", (" | ", " | ", " | ")),  # nothing is marked
        ("Roof | Wall", ("x | ", " | x", "x | ")),  # no ratings
        ("Red | Red", ("x | ", " | x", "x | ")),  # the same twice
    ],
)
def test_other_columns_stay_as_they_are(headings: str, marks: tuple[str, ...]) -> None:
    source = read(plan(headings, *marks))
    assert not [guess for guess in source.guesses if "the marked one" in guess]
    kept = [" ".join(item.heading.split()) for item in source.definition.fields]
    assert headings.partition(" | ")[0] in kept


def test_columns_apart_are_not_joined() -> None:
    text = plan("Red | Note | Green", "x | a | ", " | b | x", "x | c | ")
    assert not [guess for guess in read(text).guesses if "the marked one" in guess]


def test_the_colour_of_a_column_without_a_mark_is_no_rating() -> None:
    fills = {(row, col): colour for row in range(1, 4)
             for col, colour in ((4, "#FF0000"), (5, "#00B050"))}  # fmt: skip
    text = plan("Red | Green", "x | ", " | ", " | x")
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    assert column(source, "rating") == ["Red", "", "Green"]


def test_in_a_workbook_that_is_kept_they_stay_apart_and_this_is_said() -> None:
    text = plan("Red | Green", "x | ", " | x", "x | ")
    chosen = Chosen(kept=True)
    source = read_source(book(sheet(text)), plan_id="p", chosen=chosen)
    headings = [item.heading for item in source.definition.fields]
    assert {"Red", "Green"} <= set(headings)
    said = 'plan: the columns "Red", "Green" look like one rating; in a workbook that is kept '
    assert any(guess.startswith(said) for guess in source.guesses)


def test_a_column_of_which_somebody_said_what_it_is_stays_apart() -> None:
    text = plan("Red | Green", "x | ", " | x", "x | ")
    source = read_source(book(sheet(text)), plan_id="p", chosen=Chosen(columns=("Red=text",)))
    assert "Green" in [item.heading for item in source.definition.fields]
