"""From a spreadsheet to a plan: tables written as text, and the shipped and real ones whole."""

from __future__ import annotations

import gc
import re
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import shipped
from tests.text_sheets import book, column, fates, read, sheet
from xlplan.errors import Problem, XlplanError
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.load import load_definition
from xlplan.plan.people import Lead
from xlplan.plan.propose import TYPE_BY_ROLE
from xlplan.plan.text import latin
from xlplan.plan.values import Invalid, Value, show
from xlplan.plan.write import write_definition
from xlplan.source import importing
from xlplan.source.importing import Chosen, Source, SourceRow, closest_template, read_source
from xlplan.source.interpretation import make_rows
from xlplan.source.proposed import Parts
from xlplan.workbook.read.book import Book, CellValue, ReadSheet
from xlplan.workbook.read.read_book import read_book

PLAN = r"""
Improvement plan for the ferry service
Blue - Completed
Green - On track
Amber - Slippage
Red - Major slippage

Recommendation 2 - Boats are checked
Ref | Action required     | Timescale   | Lead Officers         | Progress made | RAG rating
2.1 | Check every boat    | May 2026    | Ada Quill / Ben Ode   | Half are done | Green
2.2 | Keep a log          | Immediate   | Ada Quill             |               | Blue\nBlue

Recommendation 1 - Crews are trained
Recommendation 3 - Crews are rested
Ref | Action required     | Timescale   | Lead Officers         | Progress made | RAG rating
1.1 | Train every crew    | 31 May 2026 | Ben Ode and Cy Marr   | Begun         | Amber
1.2 | Plan the shifts     |             | Ada Quill\nCy Marr    | - done        |
"""
LIST = r"""
Summary
Recommendation              | Recommended timescale | Accountable Officers | Page
SAFETY
1. Train the crews          | Immediate             | Ada Quill            | 3
2. Boats are checked        | Three months          | Ben Ode              | 4
PEOPLE
3. Rest the crews           | Six months            | Dee Port             | 5
"""


def test_tables_are_found_under_title_legend_and_headings() -> None:
    source = read(PLAN)
    assert column(source, "ref") == ["2.1", "2.2", "1.1", "1.2"]
    assert source.definition.title == "Improvement plan for the ferry service"
    assert fates(source) == [
        (1, "note", "title"),
        (2, "note", "legend"),
        (3, "note", "legend"),
        (4, "note", "legend"),
        (5, "note", "legend"),
        (6, "blank", ""),
        (7, "heading", "section"),
        (8, "heading", "column headings"),
        (9, "imported", "action 2.1"),
        (10, "imported", "action 2.2"),
        (11, "blank", ""),
        (12, "heading", "section"),
        (13, "heading", "section"),
        (14, "repeated header", "column headings"),
        (15, "imported", "action 1.1"),
        (16, "imported", "action 1.2"),
    ]


def test_the_legend_makes_the_scale() -> None:
    ratings = read(PLAN).definition.ratings
    assert [(r.code, r.label, r.closed, r.exception) for r in ratings] == [
        ("Blue", "Completed", True, False),
        ("Green", "On track", False, False),
        ("Amber", "Slippage", False, True),
        ("Red", "Major slippage", False, True),
    ]


def test_values_are_typed_and_placed() -> None:
    first, second, third, last = read(PLAN).rows
    assert first.values["lead"] == ("Ada Quill", "Ben Ode")
    assert third.values["lead"] == ("Ben Ode", "Cy Marr")
    assert second.values["rating"] == "Blue"
    assert last.values["progress"] == "- done"
    assert "due" not in last.values
    assert str(first.places["rating"]) == "plan.xlsx!Sheet 1!F9"
    assert (first.sheet, first.row) == ("Sheet 1", 9)


def test_actions_answer_the_recommendations_above_them() -> None:
    source = read(LIST, PLAN)
    assert Counter(row.kind for row in source.rows) == {"recommendation": 3, "action": 4}
    assert column(source, "ref", "recommendation") == ["1", "2", "3"]
    assert column(source, "action", "recommendation")[0] == "Train the crews"
    assert column(source, "section", "recommendation") == ["SAFETY", "SAFETY", "PEOPLE"]
    assert column(source, "due", "recommendation")[0] == "Immediate"
    answers = [row.values["recommendation"] for row in source.rows if row.kind == "action"]
    assert answers == [{"2"}, {"2"}, {"1", "3"}, {"1", "3"}]
    assert column(source, "section") == [
        "Recommendation 2", "Recommendation 2",
        "Recommendations 1 and 3", "Recommendations 1 and 3",
    ]  # fmt: skip


def test_a_heading_that_words_its_recommendation_otherwise_is_said() -> None:
    guesses = read(LIST, PLAN).guesses
    assert any("Crews are trained" in guess for guess in guesses)
    assert not any("Boats are checked" in guess for guess in guesses)


def test_headings_without_a_list_are_sections_in_full() -> None:
    source = read(PLAN)
    assert column(source, "section")[0] == "Recommendation 2 - Boats are checked"
    assert column(source, "section")[2] == "Recommendations 1 and 3"
    assert "Recommendation 3 - Crews are rested" in source.definition.notes


def test_a_short_heading_takes_the_words_it_has_elsewhere() -> None:
    done = "Finished\n\nPriority 1\nRef | Action | RAG\n1.9 | Sell the barge | C"
    plan = "Priority 1: Safe boats\nRef | Action | RAG\n1.1 | Mend the hull | A\n1.2 | Paint it | A"
    source = read(plan, done)
    assert set(column(source, "section")) == {"Priority 1: Safe boats"}
    assert any('"Priority 1" was taken as' in guess for guess in source.guesses)


def test_numbering_that_restarts_gets_the_sections_number() -> None:
    source = read("""
        Theme  | No. | Action          | Lead
        Boats  | 1   | Mend the hull   | Ada Quill
               | 2   | Paint it        | Ada Quill
        Crews  | 1   | Train them      | Ben Ode
               | 2   | Rest them       | Ben Ode
               | 3   | Pay them        | Ben Ode
        """)
    assert column(source, "ref") == ["1.1", "1.2", "2.1", "2.2", "2.3"]
    assert column(source, "section") == ["Boats", "Boats", "Crews", "Crews", "Crews"]


def test_merged_section_cells_hold_for_every_row() -> None:
    one = sheet("""
        Theme  | No. | Action          | Lead
        Boats  | 1   | Mend the hull   | Ada Quill
               | 2   | Paint it        | Ada Quill
        Crews  | 1   | Train them      | Ben Ode
        """)
    source = read_source(book(replace(one, merged=((1, 0, 2, 0),))), plan_id="plan")
    assert column(source, "section") == ["Boats", "Boats", "Crews"]
    assert str(source.rows[1].places["section"]) == "plan.xlsx!Plan!A2"


def test_refs_are_made_where_there_are_none() -> None:
    source = read("Action | Lead\nMend the hull | Ada Quill\nPaint it | Ben Ode")
    assert column(source, "ref") == ["A1", "A2"]
    assert any(guess.startswith("field ref: made for all rows") for guess in source.guesses)


def test_one_ref_twice_is_imported_twice_and_said() -> None:
    source = read(
        "Ref | Action | Lead\n1.1 | Mend | Ada Quill\n1.1 | Paint | Ben Ode\n1.2 | Sail | Ada Quill"
    )
    assert column(source, "ref") == ["1.1", "1.1", "1.2"]
    assert [problem.code for problem in source.problems] == ["NEW-003"]
    assert "rows 2, 3" in source.problems[0].message


def test_a_ref_that_became_a_number_is_mended() -> None:
    rows: list[list[CellValue]] = [["Ref", "Action", "Lead"]]
    rows += [[float(f"1.{n}"), f"Action {n}", "Ada Quill"] for n in range(1, 11)]
    source = read_source(book(ReadSheet("Plan", rows)), plan_id="plan")
    assert column(source, "ref")[-2:] == ["1.9", "1.10"]
    assert not source.problems


def test_rows_that_ran_over_a_page_are_joined() -> None:
    source = read("""
        Ref | Action                     | Timescale | Lead      | RAG
        1.1 | Mend the hull before the   | May 2026  | Ada Quill | Green
        Ref | Action                     | Timescale | Lead      | RAG
            | winter comes.              |           |           |
        1.2 | Paint it                   | June 2026 | Ben Ode   | Green
            | in the spring              |           |           |
        """)
    assert column(source, "action") == [
        "Mend the hull before the winter comes.",
        "Paint it in the spring",
    ]
    assert [f for f in fates(source) if f[1] == "joined"] == [
        (4, "joined", "joined to row 2"),
        (6, "joined", "joined to row 5"),
    ]


def test_a_new_action_without_a_ref_is_no_continuation() -> None:
    source = read("""
        Ref | Action          | Timescale | Lead      | RAG
        1.1 | Mend the hull   | May 2026  | Ada Quill | Green
            | Paint it        | May 2026  | Ben Ode   | Red
        """)
    assert column(source, "ref") == ["1.1", "A1"]


def test_refs_inside_the_text_are_taken_out() -> None:
    source = read("""
        Action                    | Lead      | RAG
        1.1 - Mend the hull       | Ada Quill | A
        1.2: Paint it             | Ada Quill | A
        NEW 1: Sail it            | TBC       |
        """)
    assert column(source, "ref") == ["1.1", "1.2", "NEW 1"]
    assert column(source, "action") == ["Mend the hull", "Paint it", "Sail it"]


def test_a_column_that_mixes_ratings_and_prose_is_parted() -> None:
    source = read("""
        Ref | Action        | Lead      | Progress (RAG)
        1   | Mend the hull | Ada Quill | AMBER
        2   | Paint it      | Ada Quill | The paint has been bought.
        3   | Sail it       | Ben Ode   | GREEN
        """)
    assert column(source, "rating") == ["AMBER", "", "GREEN"]
    assert column(source, "progress") == ["", "The paint has been bought.", ""]


def test_two_heading_rows_are_one() -> None:
    source = read("""
        Ref | Action        | Lead      | RAG     |          |
            |               |           | Initial | Previous | Current
        1   | Mend the hull | Ada Quill | R       | A        | G
        2   | Paint it      | Ben Ode   | A       | A        | A
        """)
    assert [show(source.rows[0].values[name]) for name in (
        "initial_rating", "previous_rating", "rating")] == ["R", "A", "G"]  # fmt: skip


def test_running_titles_of_printed_pages_are_notes() -> None:
    source = read("""
        Ferry plan
        Ref | Action        | Lead
        BOATS
        1   | Mend the hull | Ada Quill
        Ferry plan
        Ref | Action        | Lead
        2   | Paint it      | Ben Ode
        Ferry plan
        Ref | Action        | Lead
        3   | Sail it       | Ben Ode
        """)
    assert set(column(source, "section")) == {"BOATS"}
    assert source.definition.notes == ("Ferry plan",)


def test_footnotes_are_kept_as_notes() -> None:
    source = read("""
        Ref | Action        | Lead
        1   | Mend the hull | Ada Quill
        2   | Paint it      | Ben Ode

        Please note:
        - 1. Ben is away in May.
        """)
    assert source.definition.notes == ("Please note:", "- 1. Ben is away in May.")
    assert fates(source)[-1] == (6, "note", "note")


def test_columns_that_nobody_knows_are_kept_as_text() -> None:
    source = read("""
        Ref | Action        | Weather | Lead      | Cost centre
        1   | Mend the hull | dry     | Ada Quill | B-12
        2   | Paint it      | warm    | Ben Ode   |
        """)
    assert column(source, "weather") == ["dry", "warm"]
    assert column(source, "cost_centre") == ["B-12", ""]


def test_a_cell_to_the_right_of_all_headings_is_kept() -> None:
    source = read("""
        Ref | Action        | Lead      |
        1   | Mend the hull | Ada Quill | see the log
        2   | Paint it      | Ben Ode   |
        """)
    assert column(source, "column_d") == ["see the log", ""]


def test_a_value_that_does_not_fit_is_kept_and_said() -> None:
    source = read("""
        Ref | Action        | Due        | RAG
        1   | Mend the hull | 31/02/2026 | Green
        2   | Paint it      | June 2026  | Green
        3   | Sail it       | May 2026   | Gren
        """)
    kept = [v.raw for row in source.rows for v in row.values.values() if isinstance(v, Invalid)]
    assert kept == ["31/02/2026", "Gren"]
    assert [(p.code, p.where) for p in source.problems] == [
        ("VAL-003", "plan.xlsx!Sheet 1!C2"),
        ("VAL-002", "plan.xlsx!Sheet 1!D4"),
    ]


def test_ratings_that_are_only_a_fill_are_read_and_said() -> None:
    one = sheet("""
        Ref | Action        | Lead      | RAG
        1   | Mend the hull | Ada Quill |
        2   | Paint it      | Ben Ode   |
        3   | Sail it       | Ben Ode   |
        """)
    fills = {(1, 3): "#00B050", (2, 3): "#FF0000", (3, 3): "#FFFFFF"}
    source = read_source(book(replace(one, fills=fills)), plan_id="plan")
    assert column(source, "rating") == ["Green", "Red", ""]
    assert sum("has no rating but a fill" in guess for guess in source.guesses) == 2


def test_a_fill_that_is_near_no_rating_is_said() -> None:
    one = sheet("""
        Ref | Action        | Lead      | RAG
        1   | Mend the hull | Ada Quill |
        2   | Paint it      | Ben Ode   |
        3   | Sail it       | Ben Ode   |
        4   | Sell it       | Ben Ode   |
        """)
    fills = {(1, 3): "#00B050", (2, 3): "#FF0000", (3, 3): "#808080"}
    banded = {(4, col): "#EEEEEE" for col in range(4)}
    source = read_source(book(replace(one, fills=fills | banded)), plan_id="plan")
    assert column(source, "rating") == ["Green", "Red", "", ""]
    (guess,) = [guess for guess in source.guesses if "near none" in guess]
    assert "action 3 (Plan!D4)" in guess
    assert "#808080" in guess


def test_hidden_rows_formulas_and_errors_are_imported_and_said() -> None:
    one = sheet("""
        Ref | Action        | Lead      | Cost
        1   | Mend the hull | Ada Quill | 12
        2   | Paint it      | Ben Ode   |
        """)
    odd = replace(
        one, hidden_rows=frozenset({2}), hidden_columns=frozenset({3}),
        formulas={(1, 3): "A1+1"}, errors={(2, 3): "#N/A"},
    )  # fmt: skip
    source = read_source(book(odd), plan_id="plan")
    assert column(source, "ref") == ["1", "2"]
    assert column(source, "cost") == ["12", "#N/A"]
    assert Counter(p.code for p in source.problems) == {"NEW-004": 2, "NEW-005": 1, "NEW-006": 1}


def test_a_plan_spread_over_sheets_is_one_plan() -> None:
    text = "Ref | Action | Lead\n{0}1 | Mend | Ada Quill\n{0}2 | Paint | Ben Ode"
    source = read(text.format("B"), text.format("C"))
    assert column(source, "ref") == ["B1", "B2", "C1", "C2"]
    assert column(source, "section") == ["Sheet 1", "Sheet 1", "Sheet 2", "Sheet 2"]


def test_numbers_that_start_afresh_on_every_sheet_get_the_sheets_number() -> None:
    text = "Ref | Action | Lead\n1 | Mend | Ada Quill\n2 | Paint | Ben Ode"
    source = read(text, text)
    assert column(source, "ref") == ["1.1", "1.2", "2.1", "2.2"]
    assert not source.problems


def on_sheets(text: str, *names: str) -> Source:
    """A plan with the same table on every sheet; ``{0}`` is the sheet's name."""
    return read_source(
        book(*(sheet(text.format(name), name) for name in names)), plan_id="plan"
    )  # fmt: skip


THEMED = """
Ref | Theme  | Action      | Lead
1   | Safety | Mend {0}    | Ada Quill
2   | Care   | Paint {0}   | Ben Ode
"""


def test_themes_that_come_again_on_every_sheet_leave_the_sheets_as_sections() -> None:
    source = on_sheets(THEMED, "North", "South")
    assert column(source, "section") == ["North", "North", "South", "South"]
    assert column(source, "theme") == ["Safety", "Care", "Safety", "Care"]
    assert column(source, "ref") == ["1.1", "1.2", "2.1", "2.2"]
    assert any('since "Theme" or the refs' in guess for guess in source.guesses)


def test_themes_of_one_sheet_each_are_the_sections() -> None:
    source = on_sheets(THEMED.replace("Safety", "{0} A").replace("Care", "{0} B")
                       .replace("\n1 ", "\n{0}1").replace("\n2 ", "\n{0}2"), "N", "S")  # fmt: skip
    assert column(source, "section") == ["N A", "N B", "S A", "S B"]


@pytest.mark.parametrize("names", [("Sheet1", "Sheet2"), ("Open actions", "Closed actions")])
def test_sheets_without_a_name_or_by_state_are_no_sections(names: tuple[str, str]) -> None:
    source = on_sheets(THEMED, *names)
    assert column(source, "section") == ["Safety", "Care", "Safety", "Care"]
    (first, _) = source.problems
    assert f"rows {names[0]}!2, {names[1]}!2" in first.message.replace(" and ", ", ")
    assert first.where == "plan.xlsx"


HEADED = "Ref | Action | Lead\nSafety\n{0}1 | Mend {0} | Ada\nCare\n{0}2 | Paint {0} | Ben"


def test_lines_of_sections_that_come_again_have_their_sheets_name_above_them() -> None:
    source = on_sheets(HEADED, "North", "South")
    assert column(source, "section") == [
        "North\nSafety", "North\nCare", "South\nSafety", "South\nCare"
    ]  # fmt: skip
    for names in (("Sheet1", "Sheet2"), ("Open actions", "Closed actions")):
        assert column(on_sheets(HEADED, *names), "section") == ["Safety", "Care"] * 2


NUMBERED = "Ref | Action | Lead\nSafety\n1.1 | Mend {0} | Ada\nCare\n2.1 | Paint {0} | Ben"


def test_numbers_that_come_again_on_every_sheet_have_the_number_of_their_sheet() -> None:
    source = on_sheets(NUMBERED, "North", "South")
    assert column(source, "ref") == ["1.1.1", "1.2.1", "2.1.1", "2.2.1"]
    assert not source.problems
    for text, *names in (
        (NUMBERED, "Open actions", "Closed actions"),
        (NUMBERED.replace("Mend {0}", "Mend the roof"), "North", "South"),
    ):
        same = on_sheets(text, *names)
        assert column(same, "ref") == ["1.1", "2.1"] * 2
        assert {each.code for each in same.problems} == {"NEW-003"}


def test_sections_that_answer_listed_recommendations_have_no_sheets_name() -> None:
    one, two = (sheet(PLAN.replace("4.", f"{number}.") if number > 4 else PLAN, f"Plan {number}")
                for number in (4, 5))  # fmt: skip
    source = read_source(book(sheet(LIST, "List"), one, two), plan_id="plan")
    assert not any("Plan 4" in text for text in column(source, "section"))


def test_sheets_of_one_plan_may_order_and_head_their_columns_differently() -> None:
    source = read(
        "Ref | Action | Lead | RAG\nB1 | Mend | Ada Quill | Green\nB2 | Paint | Ben Ode | Red",
        """
        Ref | Owner   | Task  | Status | Cost
        C1  | Cy Marr | Train | Amber  | 9
        C2  | Cy Marr | Rest  | Red    |
        """,
    )
    assert column(source, "lead") == ["Ada Quill", "Ben Ode", "Cy Marr", "Cy Marr"]
    assert column(source, "action") == ["Mend", "Paint", "Train", "Rest"]
    assert column(source, "rating") == ["Green", "Red", "Amber", "Red"]
    assert column(source, "cost") == ["", "", "9", ""]


def test_recommendations_alone_are_the_actions() -> None:
    source = read(LIST)
    assert Counter(row.kind for row in source.rows) == {"action": 3}


def test_sheets_can_be_named() -> None:
    two = book(sheet(LIST, "List"), sheet(PLAN, "Plan"))
    source = read_source(two, plan_id="plan", sheets=["plan"])
    assert {row.sheet for row in source.rows} == {"Plan"}
    assert {line.sheet for line in source.account} == {"Plan"}


def test_a_sheet_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(XlplanError) as caught:
        read_source(book(sheet(PLAN, "Plan"), sheet(LIST, "List")), plan_id="p", sheets=["Plam"])
    (problem,) = caught.value.problems
    assert problem.code == "NEW-002"
    assert '"Plam"' in problem.message
    assert '"Plan", "List"' in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "Name | Price\nTea | 2\nCake | 3",
        "A letter to the board\nDear all,",
        "Ship | Speed\nAda | 12\nBen | 14",
    ],
)
def test_a_file_that_is_no_plan_says_what_was_looked_for(text: str) -> None:
    with pytest.raises(XlplanError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.code == "NEW-001"
    assert "Ref, Action, Lead" in problem.message
    assert '"Sheet 1"' in problem.message


def test_headings_without_rows_start_an_empty_plan_and_one_row_a_plan_of_one() -> None:
    empty = read("Ref | Action | Lead | RAG")
    assert [item.role for item in empty.definition.fields] == ["key", "action", "lead", "text"]
    assert empty.rows == ()
    one = read("Ref | Action | Lead\n1 | Mend the hull | Ada Quill")
    assert column(one, "action") == ["Mend the hull"]


def test_an_empty_book_is_no_plan() -> None:
    with pytest.raises(XlplanError, match="NEW-001"):
        read_source(book(ReadSheet("Plan", [])), plan_id="plan")


def test_a_book_that_could_not_be_read_raises_its_own_problems() -> None:
    unread = read_book(b"%PDF-1.7 no spreadsheet", "plan.xlsx", detail=True)
    with pytest.raises(XlplanError) as caught:
        read_source(unread, plan_id="plan")
    assert caught.value.problems == tuple(unread.problems)


def test_a_template_gives_fields_ratings_and_known_leads() -> None:
    template = PlanDefinition(
        "any", "Any plan",
        (Field("ref", "Number", role="key"), Field("action", "Task", role="action"),
         Field("who", "Officer", "people", "lead"), Field("rag", "Colour", "rating", "rating"),
         Field("next", "Next steps", owner="lead")),
        ratings=(Rating("G", "Green", order=1), Rating("R", "Red", order=2)),
        leads=(Lead("Ada Quill", ("AQ",)),),
    )  # fmt: skip
    text = """
        Ref | Action | Lead    | RAG   | Weather
        1   | Mend   | AQ      | green | dry
        2   | Paint  | Ben Ode | R     | wet
        """
    source = read_source(book(sheet(text)), plan_id="plan", template=template)
    assert [f.id for f in source.definition.fields] == [
        "ref", "action", "who", "rag", "next", "weather",
    ]  # fmt: skip
    assert column(source, "rag") == ["G", "R"]
    assert column(source, "who") == ["Ada Quill", "Ben Ode"]
    assert [lead.name for lead in source.definition.leads] == ["Ada Quill", "Ben Ode"]
    assert any('no field for "Weather"' in guess for guess in source.guesses)


def test_many_empty_formatted_rows_cost_nothing() -> None:
    one = sheet("Ref | Action | Lead\n1 | Mend | Ada Quill\n2 | Paint | Ben Ode")
    rows = [*one.rows, *([[None, None, None]] * 100_000)]
    source = read_source(book(replace(one, rows=rows)), plan_id="plan")
    assert len(source.account) == 3


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(words, min_size=4, max_size=4), min_size=2, max_size=8))
@example([["", "", "", ""], ["REV", "REV", "", ""]])
def test_any_words_below_headings_are_accounted_for_and_kept(grid: list[list[str]]) -> None:
    rows: list[list[CellValue]] = [["Ref", "Action", "Lead", "Notes"]]
    rows += [[f"R-{n}", f"Do {n}", *line[:2]] for n, line in enumerate(grid)]
    source = read_source(book(ReadSheet("Plan", rows)), plan_id="plan")
    assert [line.row for line in source.account] == list(range(1, len(rows) + 1))
    assert len(source.rows) == len(grid)
    assert load_definition(write_definition(source.definition, source.guesses)) == source.definition


def test_the_outcome_below_a_heading_is_kept_with_every_action_of_the_section() -> None:
    plan = """
        Ferry plan

        Priority 1: Safe boats
        Outcome: Every boat is sound.
        Ref | Action        | RAG
        1.1 | Mend the hull | Green
        1.2 | Paint it      | Green

        Priority 2: Good crews
        Outcome: Every crew is trained, rested and paid.
        Ref | Action        | RAG
        2.1 | Train them    | Amber
        """
    done = "Finished\n\nPriority 1\nRef | Action | RAG\n1.9 | Sell the barge | Blue"
    source = read(plan, done)
    assert column(source, "section")[0] == "Priority 1: Safe boats"
    assert column(source, "section_outcome") == [
        "Every boat is sound.", "Every boat is sound.",
        "Every crew is trained, rested and paid.", "Every boat is sound.",
    ]  # fmt: skip
    assert (4, "heading", "outcome of the section") in fates(source)
    assert not any("sound" in note for note in source.definition.notes)
    assert "section_outcome" not in source.definition.issue.fields
    assert str(source.rows[0].places["section_outcome"]) == "plan.xlsx!Sheet 1!A4"


def test_an_outcome_alone_above_a_table_is_its_section() -> None:
    source = read("""
        Outcome: Boats are safe
        Ref | Action        | RAG
        1.1 | Mend the hull | Green
        Outcome: Crews are rested
        Ref | Action        | RAG
        2.1 | Rest them     | Amber
        """)
    assert column(source, "section") == ["Outcome: Boats are safe", "Outcome: Crews are rested"]


BARE = """
Ref | Action | Due | Status
{0}1 | Mend {0} | May 2027 | Open
{0}2 | Sell {0} | May 2027 | Done
"""


def test_sheets_that_have_the_names_of_posts_say_who_leads() -> None:
    names = ("Head of HR", "Finance Manager")
    source = read_source(book(*(sheet(BARE.format(name), name) for name in names)), plan_id="p")
    assert column(source, "lead") == ["Head of HR", "Head of HR", *["Finance Manager"] * 2]
    assert [lead.name for lead in source.definition.leads] == ["Finance Manager", "Head of HR"]
    assert (
        "field lead: no column says who leads; each action has its sheet's name" in source.guesses
    )


@pytest.mark.parametrize("names", [("Ada Quill", "Ben Ode"), ("Early Help", "Adult Care")])
def test_sheets_that_may_have_the_names_of_leads_are_asked_about(names: tuple[str, str]) -> None:
    source = read_source(book(*(sheet(BARE.format(name), name) for name in names)), plan_id="p")
    assert column(source, "section") == [names[0], names[0], names[1], names[1]]
    assert not source.definition.leads
    said = (
        "plan: no column says who leads; if the sheets have the names of leads "
        f'("{names[0]}", "{names[1]}"), put a column Lead with that name on each of them and start '
        "again"
    )
    assert said in source.guesses


OPEN = "Ref | Action | Lead | RAG\n1 | Mend | Ada Quill | Green\n2 | Paint | Ben Ode | Blue"


MOVED = """
Ref | Action | Lead | RAG
1 | Sand the hull | Ada Quill | Amber
2 | Mend the sail | Ben Ode | Green

Completed actions (moved here once the board agreed)
3 | Sail it | Ada Quill | Green
4 | Moor it | Ben Ode | Moored, but ask the harbour.
5 | Sell it | Ben Ode |
"""


def test_a_list_of_completed_actions_closes_them_though_no_rating_does() -> None:
    source = read(MOVED)
    assert column(source, "rating") == [
        "Amber",
        "Green",
        "Complete",
        "Moored, but ask the harbour.",
        "Complete",
    ]
    assert [r.code for r in source.definition.ratings if r.closed] == ["Complete"]
    orders = [rating.order for rating in source.definition.ratings]
    assert orders == sorted(set(orders))
    assert [g for g in source.guesses if "completed ones" in g] == [
        "field rating: 2 actions stand in a list of completed ones (3, 5), and none of the "
        'ratings closed an action; read as "Complete", which was added',
        "field rating: action 5 has no rating but stands among the completed ones (Sheet 1, row 8)"
        "; read as Complete",
    ]
    assert not [g for g in source.guesses if "none of the ratings (" in g]


def test_in_a_workbook_that_is_kept_such_a_list_is_only_told() -> None:
    source = read_source(book(sheet(MOVED)), plan_id="p", chosen=Chosen(kept=True))
    assert column(source, "rating") == [
        "Amber",
        "Green",
        "Green",
        "Moored, but ask the harbour.",
        "",
    ]
    assert [g for g in source.guesses if "completed ones" in g] == [
        "field rating: 2 actions stand in a list of completed ones (3, 5), and none of the "
        "ratings closes an action: on the board they count as open until one does"
    ]


def test_a_rating_that_closes_is_not_put_over_what_completed_actions_say() -> None:
    source = read(MOVED.replace("2 | Mend the sail | Ben Ode | Green", "2 | Mend | Ben Ode | Blue"))
    assert column(source, "rating") == [
        "Amber",
        "Blue",
        "Green",
        "Moored, but ask the harbour.",
        "Blue",
    ]


def test_an_action_without_a_rating_among_the_completed_ones_is_closed_and_said() -> None:
    done = "Completed actions\n\nRef | Action | RAG\n3 | Sail it | Blue\n4 | Moor it |"
    source = read(OPEN, done)
    assert column(source, "rating") == ["Green", "Blue", "Blue", "Blue"]
    assert [g for g in source.guesses if "completed ones" in g] == [
        "field rating: action 4 has no rating but stands among the completed ones (Sheet 2, row "
        "5); read as Blue"
    ]


def test_a_sheet_may_be_named_as_the_list_of_completed_actions() -> None:
    done = sheet("Ref | Action\n3 | Sail it\n4 | Moor it", "Completed")
    source = read_source(book(sheet(OPEN), done), plan_id="plan")
    assert column(source, "rating") == ["Green", "Blue", "Blue", "Blue"]


def test_a_list_of_new_actions_ends_the_completed_ones() -> None:
    source = read("""
        Completed actions
        Ref | Action | Lead | RAG
        1 | Mend | Ada Quill | Blue
        2 | Paint | Ben Ode |
        New actions
        Ref | Action | Lead | RAG
        3 | Sail it | Ben Ode |
        4 | Moor it | Ben Ode | Green
        """)
    assert column(source, "rating") == ["Blue", "Blue", "", "Green"]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Date/Version: joint board, July 2026", date(2026, 7, 1)),
        ("Position as at 14 March 2026", date(2026, 3, 14)),
        ("Agreed by the board on 3 May 2026", date(2026, 5, 3)),
        ("Version 4", None),
        ("Ferry plan 2026", None),
        ("Work from May 2026 to July 2026, version 2", None),
    ],
)
def test_the_day_from_which_timescales_count_is_proposed(line: str, day: date | None) -> None:
    source = read(f"{line}\nRef | Action | Lead\n1 | Mend | Ada Quill\n2 | Paint | Ben Ode")
    assert source.definition.agreed == day
    assert any("plan: agreed" in guess for guess in source.guesses) is (day is not None)
    assert line in source.definition.notes


def test_the_day_of_agreement_comes_before_that_of_the_version() -> None:
    source = read("""
        Version 4, July 2026
        Approved on 3 May 2026
        Ref | Action | Lead
        1   | Mend   | Ada Quill
        2   | Paint  | Ben Ode
        """)
    assert source.definition.agreed == date(2026, 5, 3)


# Whole plans: the shipped examples, and the real plans of the same shape where they are here.

COUNTS = {
    "derby-2011": (81, 24),
    "sunderland-2012": (72, 0),
    "improvement-2011": (10, 0),
    "darlington-2012": (31, 0),
    "sunderland-2017": (64, 0),
}
WAYS = {known.source: name for name, known in shipped.KNOWN.items() if known.source}
"""The workbook template, and the example, of the way in which each real plan is kept."""
FILES = [*WAYS.values(), *COUNTS, *(f"{name}-as-published" for name in COUNTS)]


def shape(name: str) -> str:
    """The real plan whose shape a plan has."""
    return (
        shipped.KNOWN[name].source if name in shipped.KNOWN else name.removesuffix("-as-published")
    )


@pytest.fixture
def whole(name: str, request: pytest.FixtureRequest) -> tuple[Book, Source]:
    """The plan of this name as it is read and imported, without a template."""
    if name in shipped.KNOWN:
        path = shipped.EXAMPLES / name / "plan.xlsx"
    else:
        path = request.getfixturevalue("shared") / "plans" / f"{name}.xlsx"
        if not path.is_file():
            pytest.skip(f"{path.name} is not in the shared folder")
    return read_whole(path)


@cache
def read_whole(path: Path) -> tuple[Book, Source]:
    """A file as it is read and imported; once for all tests that look at it."""
    found = read_book(path.read_bytes(), path.name, detail=True)
    return found, read_source(found, plan_id="plan")


@pytest.mark.parametrize("name", FILES)
def test_a_whole_plan_is_asked_about_in_a_dozen_lines(
    name: str, whole: tuple[Book, Source]
) -> None:
    assert len(whole[1].guesses) <= 12, name


def test_the_key_of_a_hospitals_plan_is_read_without_its_template() -> None:
    _, source = read_whole(shipped.EXAMPLES / "must-do-should-do" / "plan.xlsx")
    assert [(r.code, r.closed, r.exception) for r in source.definition.ratings] == [
        ("Blue", True, False), ("Green", False, False), ("Amber", False, True), ("Red", False, True)
    ]  # fmt: skip


def test_an_audit_tracker_is_read_without_its_template() -> None:
    _, source = read_whole(shipped.EXAMPLES / "audit-recommendations" / "plan.xlsx")
    ratings = {r.code: r for r in source.definition.ratings}
    assert {code for code in ratings if ratings[code].closed} == {"Implemented", "Superseded"}
    assert {code for code in ratings if ratings[code].exception} == {"Overdue"}
    section = source.definition.with_role("section")
    assert section is not None
    assert section.heading == "Audit"


@pytest.mark.parametrize("name", FILES)
def test_a_whole_plan_is_imported_with_every_action(name: str, whole: tuple[Book, Source]) -> None:
    _, source = whole
    actions, recommendations = COUNTS[shape(name)]
    counted = Counter(row.kind for row in source.rows)
    assert counted["action"] == actions
    if not name.endswith("-as-published"):
        assert counted["recommendation"] == recommendations
    assert not [p for p in source.problems if p.code == "NEW-003"]


@pytest.mark.parametrize("name", FILES)
def test_the_template_of_its_way_carries_every_action_of_a_whole_plan(
    name: str, whole: tuple[Book, Source]
) -> None:
    found, plain = whole
    templates = {way: shipped_template(way) for way in WAYS.values()}
    way = WAYS[shape(name)]
    near = closest_template(plain, templates)
    assert near is not None
    assert near.name == way
    source = read_source(found, plan_id="plan", template=templates[way])
    assert Counter(row.kind for row in source.rows) == Counter(row.kind for row in plain.rows)
    assert column(source, "ref") == column(plain, "ref")


@cache
def shipped_template(name: str) -> PlanDefinition:
    path = Path(__file__).resolve().parent.parent.parent / "workbook_templates" / f"{name}.toml"
    return load_definition(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("name")
def test_every_row_of_a_whole_plan_has_one_fate(whole: tuple[Book, Source]) -> None:
    found, source = whole
    for one in found.sheets:
        used = [n for n, row in enumerate(one.rows, 1) if any(c not in (None, "") for c in row)]
        rows = [line.row for line in source.account if line.sheet == one.name]
        assert rows == list(range(1, max(used) + 1))
        blank = [line.row for line in source.account
                 if line.sheet == one.name and line.fate == "blank"]  # fmt: skip
        assert set(blank) == set(rows) - set(used)
    imported = [line for line in source.account if line.fate == "imported"]
    assert len(imported) == len(source.rows)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("name")
def test_every_cell_of_a_whole_plans_rows_is_in_a_value(whole: tuple[Book, Source]) -> None:
    found, source = whole
    rows = {(row.sheet, row.row): row for row in source.rows}
    for one in found.sheets:
        for line in source.account:
            if line.sheet != one.name or line.fate not in ("imported", "joined"):
                continue
            first = line.row if line.fate == "imported" else int(line.detail.split()[-1])
            have = tokens(said(rows[one.name, first], source.definition))
            for value in one.rows[line.row - 1]:
                assert tokens(value) <= have, line


def tokens(value: CellValue) -> set[str]:
    """The words and numbers of a cell, look-alike letters as the Latin ones they stand for."""
    text = f"{value:g}" if isinstance(value, float) else str(value or "")
    return set(re.findall(r"\w+", latin(text).casefold()))


def said(row: SourceRow, definition: PlanDefinition) -> str:
    """A row's values and the other spellings of its leads."""
    values: Mapping[str, Value] = row.values
    texts = [show(value) for value in values.values()]
    for value in values.values():
        if isinstance(value, tuple):
            for name in value:
                lead = definition.lead(name)
                texts += lead.aliases if lead else ()
    return " ".join(texts)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("name")
def test_a_whole_plans_definition_can_be_read_back(whole: tuple[Book, Source]) -> None:
    _, source = whole
    assert load_definition(write_definition(source.definition, source.guesses)) == source.definition


@pytest.mark.parametrize("name", ["brag-by-recommendation", "derby-2011"])
@pytest.mark.usefixtures("name")
def test_the_block_that_answers_six_answers_six(whole: tuple[Book, Source]) -> None:
    _, source = whole
    block = [row for row in source.rows if row.kind == "action" and row.values["ref"] == "1.1"]
    assert block[0].values["section"] == "Recommendations 1, 4, 13, 14, 16 and 21"
    assert block[0].values["recommendation"] == {"1", "4", "13", "14", "16", "21"}
    answered = {ref for row in source.rows if row.kind == "action"
                for ref in as_set(row.values["recommendation"])}  # fmt: skip
    assert answered == {str(n) for n in range(1, 25)}


def as_set(value: Value) -> frozenset[str]:
    assert isinstance(value, frozenset)
    return value


def test_a_date_cell_is_a_date() -> None:
    rows: list[list[CellValue]] = [
        ["Ref", "Action", "Due"],
        ["1", "Mend the hull", date(2026, 5, 31)],
        ["2", "Paint it", date(2026, 6, 30)],
    ]
    source = read_source(book(ReadSheet("Plan", rows)), plan_id="plan")
    assert [row.values["due"] for row in source.rows] == [date(2026, 5, 31), date(2026, 6, 30)]


def test_refs_are_made_from_the_organisation_where_a_column_names_it() -> None:
    source = read(r"""
        Band and agency                | Action        | Lead
        IMMEDIATE AB\nKeep boats dry   | Mend the hull | Ada Quill
        IMMEDIATE CDE                  | Paint it      | Ben Ode
        Within 3 months AB             | Sail it       | Ben Ode
        Within 3 months CDE Keep watch | Moor it       | Ada Quill
        """)
    assert column(source, "ref") == ["AB 1", "CDE 1", "AB 2", "CDE 2"]
    assert column(source, "organisation") == ["AB", "CDE", "AB", "CDE"]
    assert column(source, "band_and_agency")[0] == "IMMEDIATE AB\nKeep boats dry"


def test_a_status_that_every_note_begins_with_is_the_rating() -> None:
    source = read(r"""
        Ref | Action        | Lead      | Status notes
        1   | Mend the hull | Ada Quill | Completed\nThe hull is dry.
        2   | Paint it      | Ben Ode   | Ongoing (see above)
        3   | Sail it       | Ben Ode   | Ongoing
        4   | Moor it       | Ada Quill | Completed
        """)
    assert column(source, "rating") == ["Completed", "Ongoing", "Ongoing", "Completed"]
    assert column(source, "progress") == ["The hull is dry.", "(see above)", "", ""]
    assert any(guess.startswith("field rating: the word that each") for guess in source.guesses)


def test_a_row_of_totals_is_kept_back() -> None:
    source = read("""
        Ref | Action        | Lead      | RAG
        1   | Mend the hull | Ada Quill | Green
        2   | Paint it      | Ben Ode   | Blue
            |               | Total     | 2
        """)
    assert column(source, "rating") == ["Green", "Blue"]
    assert source.definition.notes == ()
    assert source.definition.kept_back == ("Total | 2",), "a figure that will not stay true"


def test_of_two_heading_rows_the_one_above_the_actions_counts() -> None:
    source = read("""
        No. | Task          | Owner     | Weather
        Ref | Action        | Lead      | RAG
        1   | Mend the hull | Ada Quill | Green
        2   | Paint it      | Ben Ode   | Blue
        """)
    assert [f.heading for f in source.definition.fields] == ["Ref", "Action", "Lead", "RAG"]
    assert [p.code for p in source.problems] == ["NEW-008"]
    assert fates(source)[0] == (1, "note", "kept back: list or figure")


def test_a_protective_marking_is_taken_over() -> None:
    source = read("""
        Ferry plan
        OFFICIAL - SENSITIVE
        Ref | Action        | Lead
        1   | Mend the hull | Ada Quill
        2   | Paint it      | Ben Ode
        """)
    assert source.definition.marking == "OFFICIAL - SENSITIVE"
    assert source.definition.title == "Ferry plan"


def test_a_table_may_stand_anywhere_on_its_sheet() -> None:
    blank: list[CellValue] = [None] * 5
    rows: list[list[CellValue]] = [
        blank, blank,
        [None, None, "Ref", "Action", "Lead"],
        [None, None, "Theme 1: Boats", None, None],
        [None, None, 1.0, "Mend the hull", "Ada Quill"],
        [None, None, "Theme 2: Crews", None, None],
        [None, None, 1.0, "Train them", "Ben Ode"],
    ]  # fmt: skip
    source = read_source(book(ReadSheet("Plan", rows)), plan_id="plan")
    assert column(source, "section") == ["Theme 1: Boats", "Theme 2: Crews"]
    assert column(source, "ref") == ["1.1", "2.1"]


@pytest.mark.parametrize("name", ["brag-by-recommendation", "derby-2011"])
@pytest.mark.usefixtures("name")
def test_the_shipped_template_carries_the_plan_it_was_made_for(whole: tuple[Book, Source]) -> None:
    template = shipped_template("brag-by-recommendation")
    found, plain = whole
    source = read_source(found, plan_id="plan", template=template)
    assert [f.id for f in source.definition.fields] == [f.id for f in template.fields]
    assert source.definition.ratings == template.ratings
    assert [column(source, name) for name in ("ref", "section", "rating", "lead")] == [
        column(plain, name) for name in ("ref", "section", "rating", "lead")
    ]


def test_a_merged_area_as_large_as_the_sheet_can_be_is_harmless() -> None:
    one = sheet("Ref | Action | Lead\n1 | Mend | Ada Quill\n2 | Paint | Ben Ode")
    merged = ((0, 0, 1_048_575, 16_383), (1, 5, 1_048_575, 16_383))
    source = read_source(book(replace(one, merged=merged)), plan_id="plan")
    assert column(source, "ref") == ["1", "2"]


def test_cell_notes_and_struck_text_are_kept_and_said() -> None:
    one = sheet("Ref | Action | Lead\n1 | Mend | Ada Quill\n2 | Paint | Ben Ode")
    odd = replace(one, notes={(1, 2): "on leave in May"}, struck=frozenset({(2, 1)}))
    source = read_source(book(odd), plan_id="plan")
    assert source.definition.notes == ()
    assert source.definition.kept_back == ("Note on Plan!C2: on leave in May",)
    assert column(source, "action") == ["Mend", "Paint"]
    assert [p.code for p in source.problems] == ["NEW-009", "NEW-009"]


def test_at_the_top_of_a_page_a_row_without_a_ref_runs_on() -> None:
    source = read("""
        Ref | Action             | Lead         | RAG
        1.1 | Mend the hull and  | Head of      | Green
        Ref | Action             | Lead         | RAG
            | Paint the deck     | the Boatyard | Green
        1.2 | Sail it            | Ben Ode      | Green
        """)
    assert column(source, "ref") == ["1.1", "1.2"]
    assert column(source, "lead") == ["Head of the Boatyard", "Ben Ode"]


def test_a_short_row_with_an_action_and_a_lead_of_its_own_is_an_action() -> None:
    source = read("""
        Ref | Action        | Due      | Lead      | RAG   | Update
        1.1 | Mend the hull | May 2026 | Ada Quill | Green | Begun
            | Paint it      |          | Ben Ode   |       |
        """)
    assert column(source, "action") == ["Mend the hull", "Paint it"]


def test_initials_are_the_names_that_a_key_in_the_file_gives_them() -> None:
    plan = (
        "Ref | Action | Lead | Due\n1 | Mend the roof | AQ | 31/03/2026\n2 | Mend it | BO | 1/7/26"
    )
    source = read(f"{plan}\n\nKey: AQ = Ada Quill", "Initials | Name\nBO | Ben Ode")
    assert column(source, "lead") == ["Ada Quill", "Ben Ode"]
    assert {lead.name: lead.aliases for lead in source.definition.leads} == {
        "Ada Quill": ("AQ",),
        "Ben Ode": ("BO",),
    }


def test_rows_that_were_joined_are_named_with_the_action_they_went_to() -> None:
    source = read(
        "Ref | Action | Lead | Due\n1 | Mend the roof | Ada Quill | 31/03/2026\n"
        "| of the shed | |\n| before it rains | |\n"
        "2 | Mend the door | Ben Ode | 1/7/26\n| at once | |"
    )
    assert (
        "plan: rows that ran on were joined to those above: rows 3–4 to action 1; row 6 to action 2"
        in source.guesses
    )


TEMPLATE = """
[plan]
id = "t"
title = "Improvement plan"
[composite]
group_by = "theme"
"""
COLUMNS = (
    ("ref", "Ref", "key"), ("theme", "Theme", "section"), ("action", "Action", "action"),
    ("lead", "Lead", "lead"), ("page", "Page", "text"), ("progress", "Progress", "progress"),
)  # fmt: skip


def from_template(text: str, settings: str = TEMPLATE) -> PlanDefinition:
    fields = "".join(
        f'[[field]]\nid = "{name}"\nheading = "{heading}"\nrole = "{role}"\n'
        f'type = "{TYPE_BY_ROLE.get(role, "text")}"\n'
        for name, heading, role in COLUMNS
    )
    template = load_definition(settings + fields, "t.toml")
    return read_source(book(sheet(text)), plan_id="p", template=template).definition


def test_columns_of_a_template_that_the_spreadsheet_lacks_are_neither_issued_nor_printed() -> None:
    rows = "1 | Mend the roof | Ada Quill | 5"
    made = from_template(f"Ref | Action | Lead | Cost\n{rows}")
    assert made.issue.fields == ("ref", "action", "lead", "progress", "cost")
    assert made.composite.fields == made.issue.fields
    assert made.composite.group_by == ""
    assert made.find("page") is not None
    named = TEMPLATE + '[issue]\nfields = ["ref", "action", "page", "progress"]\n'
    made = from_template(f"Ref | Action | Lead | Cost\n{rows}", named)
    assert made.issue.fields == ("ref", "action", "progress", "cost")


def test_a_template_whose_columns_are_all_there_shows_what_it_showed() -> None:
    made = from_template(
        "Ref | Theme | Action | Lead | Page | Progress\n"
        "1 | A | Mend the roof | Ada Quill | 5 | Begun"
    )
    assert made.issue.fields == ()
    assert made.composite.group_by == "theme"


def test_the_titles_of_stacked_tables_are_sections() -> None:
    head = "Ref | Action | Lead | Due\n"
    source = read(
        f"{head}1 | Mend the roof | Ada Quill | 31/03/2026\n\nProject 2: | The door | |\n\n{head}"
        f"2 | Mend the door | Ben Ode | 30/06/2026\n\nProject 3: | The key | |\n{head}"
        "3 | Cut the key | Ben Ode | 30/06/2026\n"
    )
    assert column(source, "ref") == ["1", "2", "3"]
    assert column(source, "section") == ["", "Project 2: The door", "Project 3: The key"]


def test_nothing_is_searched_for_circles_while_a_spreadsheet_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[bool] = []

    def watched(
        parts: Parts, definition: PlanDefinition, problems: list[Problem]
    ) -> tuple[SourceRow, ...]:
        searched.append(gc.isenabled())
        return make_rows(parts, definition, problems)

    monkeypatch.setattr(importing, "make_rows", watched)
    assert gc.isenabled()
    assert read(PLAN).rows
    assert searched == [False]
    assert gc.isenabled()


def calls_of(rows: int, start: int) -> int:
    """How many functions of ours are called to propose a plan of so many rows, each with a ref and
    an action of its own, which are counted from `start`."""
    head = ["Ref", "Theme", "Action", "Lead", "Due", "RAG", "Progress"]
    table = [
        [f"{1 + n % 9}.{n}", f"Theme {n % 3}", f"Mend the roof of house {n} again",
         f"Ada Quill{n % 5}", "June 2027", ("Green", "Red")[n % 2], "Half are done, others late."]
        for n in range(start, start + rows)
    ]  # fmt: skip
    formulas = {(n, 7): "1+1" for n in range(1, rows + 1)}
    data = ReadSheet("Plan", [head, *table], formulas=formulas)
    notes = ReadSheet("Notes", [[f"Version {n} of house {start}"] for n in range(rows // 10)])
    calls: Counter[str] = Counter()
    ours = str(Path(importing.__file__).parents[1])

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(ours):
            calls[frame.f_code.co_name] += 1

    plan = Book("plan.xlsx", "xlsx", (data, notes))
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        source = read_source(plan, plan_id="plan")
    finally:
        sys.setprofile(before)
    assert len(source.rows) == rows
    return calls.total()


def test_a_row_of_a_long_plan_costs_no_more_than_one_of_a_short_plan() -> None:
    calls_of(50, 0)  # what is compiled and remembered once
    short, long = calls_of(400, 30_000), calls_of(1_200, 50_000)
    assert long - short <= 800 * 190
    assert long <= 3 * short


ABOVE = """
Ref | Action        | Lead        | Due        | RAG
1   | Mend the hull | Ada Quill   | 31/03/2027 | Red
2   | Paint it      | "           | 30/04/2027 | Green
3   | Sail it       | As above    | ditto      | Green
4   | Sell it       | Ben Ode     | 31/05/2027 | Red
5   | Buy another   | - " -       | 30/06/2027 | Red
"""


def test_a_cell_that_says_as_above_holds_what_stands_above_it() -> None:
    """Who is sent the action: "As above" was a lead with a workbook of its own."""
    source = read(ABOVE)
    assert column(source, "lead") == ["Ada Quill"] * 3 + ["Ben Ode"] * 2
    assert column(source, "due")[1:3] == ["30/04/2027"] * 2
    assert [lead.name for lead in source.definition.leads] == ["Ada Quill", "Ben Ode"]
    assert (
        "field lead: rows 3, 4, 6 say '\"' or '- \" -' or \"As above\": read as what stands above"
    ) in source.guesses
    assert 'field due: row 4 says "ditto": read as what stands above' in source.guesses


def test_as_above_stands_as_it_is_where_nothing_is_above_and_in_a_workbook_that_is_kept() -> None:
    """In the council's own workbook a lead written above would silently be this action's too."""
    first = read(ABOVE.replace("Ada Quill", "As above", 1))
    assert column(first, "lead")[0] == "As above"
    kept = read_source(book(sheet(ABOVE)), plan_id="plan", chosen=Chosen(kept=True))
    assert column(kept, "lead")[2] == "As above"
    assert any("row 4 says" in each and "write it out" in each for each in kept.guesses)


def test_of_cells_that_say_as_above_below_a_blank_one_nothing_is_said_to_be_read() -> None:
    source = read(ABOVE.replace("Ada Quill", "", 1))
    assert column(source, "lead") == ["", '"', "As above", "Ben Ode", "Ben Ode"]
    assert [guess for guess in source.guesses if "what stands above" in guess] == [
        "field lead: row 6 says '\"' or '- \" -' or \"As above\": read as what stands above",
        'field due: row 4 says "ditto": read as what stands above',
    ]


def test_many_cells_that_say_as_above_are_named_as_far_as_is_of_use() -> None:
    rows = "".join(f"{n} | Mend hull {n} | ditto | 31/03/2027 | Red\n" for n in range(6, 13))
    source = read(ABOVE + rows)
    assert column(source, "lead")[5:] == ["Ben Ode"] * 7
    assert any("rows 3, 4, 6, 7, 8 and 5 more say" in guess for guess in source.guesses)
