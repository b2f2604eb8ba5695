"""Cells in the plan's own types: columns of dates, and the time that a plan goes by."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.text_sheets import book, read, sheet
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import DatesRead, count_dates, due_in
from xlplan.plan.shown import ShownNumber
from xlplan.plan.values import Raw, Value, canon
from xlplan.source import drafts, interpretation
from xlplan.source.importing import Chosen, read_source
from xlplan.workbook.read.book import Book, CellValue, ReadSheet


@pytest.mark.parametrize(
    ("dates", "day", "why"),
    [
        (("11/12/24", "11/14/24"), date(2024, 11, 12), 'month first, since "11/14/24"'),
        (("11/12/24", "14/11/24"), date(2024, 12, 11), 'day first, since "14/11/24"'),
        (("11/12/24", "12/11/24"), date(2024, 12, 11), "day first, which nothing in the column"),
    ],
)
def test_a_column_of_dates_is_read_as_one(dates: tuple[str, str], day: date, why: str) -> None:
    source = read(f"""
        Ref | Action        | Due        | RAG
        1   | Mend the hull | {dates[0]} | Green
        2   | Paint it      | {dates[1]} | Green
        3   | Sail it       | May 2025   | Green
        """)
    assert due_in(source.definition, source.rows[0].values).by == day
    assert not source.problems
    assert sum(why in guess and "field due: " in guess for guess in source.guesses) == 1


def test_a_column_that_leaves_the_order_open_goes_by_another_of_the_plan() -> None:
    source = read("""
        Ref | Action        | Due      | Revised due date
        1   | Mend the hull | 11/12/24 |
        2   | Paint it      | 11/12/24 | 11/14/24
        """)
    assert due_in(source.definition, source.rows[0].values).by == date(2024, 11, 12)


def test_a_column_whose_dates_do_not_agree_is_asked_about_cell_by_cell() -> None:
    source = read("""
        Ref | Action        | Due
        1   | Mend the hull | 11/12/24
        2   | Paint it      | 11/14/24
        3   | Sail it       | 14/11/24
        """)
    assert [(p.code, p.where) for p in source.problems] == [("VAL-004", "plan.xlsx!Sheet 1!C2")]


def test_the_month_in_which_years_start_and_the_year_of_a_day_are_proposed() -> None:
    source = read("""
        Ref | Action        | Due               | RAG
        1   | Mend the hull | 30 September 2026 | Green
        2   | Paint it      | Q4 26/27          | Green
        3   | Sail it       | 31 March          | Green
        4   | Sell it       | TBC               | Green
        """)
    assert (source.definition.begins, source.definition.year_starts) == (date(2026, 9, 1), "April")
    days = [due_in(source.definition, row.values).by for row in source.rows]
    assert days == [date(2026, 9, 30), date(2027, 3, 31), date(2027, 3, 31), None]
    assert any(guess.startswith('plan: year_starts = "April"') for guess in source.guesses)
    assert any(guess.startswith("plan: begins = 2026-09-01") for guess in source.guesses)


def test_a_template_that_says_when_its_years_start_is_kept() -> None:
    text = """
        Ref | Action        | Due
        1   | Mend the hull | Q4 26/27
        2   | Paint it      | June 2026
        """
    template = replace(read(text).definition, year_starts="July")
    source = read_source(book(sheet(text)), plan_id="plan", template=template)
    assert source.definition.year_starts == "July"
    assert not any("year_starts" in guess for guess in source.guesses)


def test_what_has_no_day_is_counted_with_the_reason() -> None:
    source = read("""
        Ref | Action        | Due       | RAG
        1   | Mend the hull | June 2026 | Green
        2   | Paint it      | TBC       | Green
        3   | Sail it       | TBC       | Green
        4   | Sell it       |           | Green
        """)
    found = count_dates(source.definition, [row.values for row in source.rows])
    assert found == DatesRead(1, {("TBC", "no date in the words"): 2}, 1)


def test_a_plan_without_due_dates_counts_none() -> None:
    source = read("""
        Ref | Action        | Lead      | RAG
        1   | Mend the hull | Ada Quill | Green
        2   | Paint it      | Ben Ode   | Green
        """)
    assert count_dates(source.definition, [row.values for row in source.rows]) is None


def test_a_text_is_read_once_in_each_column_however_often_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count, read_cells = 120, []

    def counted(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
        read_cells.append((item.id, raw))
        return canon(item, raw, definition)

    monkeypatch.setattr(interpretation, "canon", counted)
    rows = "\n".join(
        f"{n} | Mend boat {n} | Ada Quill | May 2026 | Half are done | Green"
        for n in range(1, count + 1)
    )
    source = read(f"Ref | Action | Lead | Due | Progress | RAG\n{rows}")
    assert len(source.rows) == count
    assert max(Counter(read_cells).values()) == 1
    assert len(read_cells) <= 2 * count + 20  # refs and actions, and few texts beside them


RATINGS = ("Green", "Amber", "Red", "Green Green", "Amb\u0435r", "On track", None, " ")
DAYS = ("June 2027", "3/4/2027", "14/4/2027", date(2027, 5, 1), "31/02/2027", "Ongoing", None)
COSTS = (ShownNumber(0.5, "0%"), 12.0, "£5", "Green", None)


@st.composite
def plans(draw: st.DrawFn) -> Book:
    """Plans whose columns hold what can be read as a whole, or not."""
    head: list[CellValue] = ["Ref", "Action", "Lead", "Due", "Review date", "RAG", "Cost"]
    ratings = draw(st.sampled_from([RATINGS, RATINGS[:3]]))
    few = draw(st.sampled_from([DAYS, DAYS[:1], DAYS[1:3]]))
    rows: list[list[CellValue]] = [
        [
            draw(st.sampled_from([f"1.{n}", f"1.{n}", None])), f"Mend roof {n}", "Ada Lovelace",
            draw(st.sampled_from(few)), draw(st.sampled_from(DAYS)),
            draw(st.sampled_from(ratings)), draw(st.sampled_from(COSTS)),
        ]
        for n in range(5)
    ]  # fmt: skip
    return Book("plan.xlsx", "xlsx", (ReadSheet("Plan", [head, *rows]),))


@pytest.mark.parametrize("kept", [False, True])
@given(book=plans())
def test_columns_are_read_as_each_row_by_itself_would_be(kept: bool, book: Book) -> None:
    chosen = Chosen(kept=kept)
    found = read_source(book, plan_id="plan", chosen=chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts.FieldCells, "column", lambda *_: None)
        patch.setattr(interpretation._Maker, "_ready", lambda *_: None)
        by_row = read_source(book, plan_id="plan", chosen=chosen)
    assert found.definition == by_row.definition
    assert (found.guesses, found.problems) == (by_row.guesses, by_row.problems)
    for one, other in zip(found.rows, by_row.rows, strict=True):
        assert list(one.values.items()) == list(other.values.items())
        assert list(one.places.items()) == list(other.places.items())
        assert one.cells == other.cells


FOUND = """
Ref | Found on   | Action          | Lead      | Due
1   | 11/25/2025 | Mend the roof   | Ada Quill | 3/4/2026
2   | 12/2/2025  | Paint the shed  | Ben Ode   | 4/5/2026
"""


@pytest.mark.parametrize(
    ("found", "due"),
    [
        ("11/25/2025", date(2026, 3, 4)),
        ("25/11/2025", date(2026, 4, 3)),
        ("1/2/2025", date(2026, 4, 3)),  # nothing settles it
    ],
)
def test_dates_that_read_two_ways_are_written_as_any_of_the_plan(found: str, due: date) -> None:
    """The day on which something was found is no date of the plan, and written alike."""
    source = read(FOUND.replace("11/25/2025", found))
    assert due_in(source.definition, source.rows[0].values).by == due


def test_dates_of_other_columns_that_disagree_settle_nothing() -> None:
    source = read(
        FOUND.replace("Found on ", "Found on | Seen on").replace("/2025 ", "/2025 | 25/1/25")
    )
    assert due_in(source.definition, source.rows[0].values).by == date(2026, 4, 3)
