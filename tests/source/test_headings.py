"""Headings in two rows: groups with their parts below, and twins told apart by a group above."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.text_sheets import book, column, fates, read, sheet
from xlplan.plan.text import canon_text
from xlplan.source import headings as of_headings
from xlplan.source.heading_groups import parts_of_groups, twins_by_group
from xlplan.source.headings import cell_text, parse_heading, version_rows
from xlplan.source.importing import Source, read_source


def headings(source: Source) -> list[str]:
    return [item.heading for item in source.definition.fields_of("action")]


BELOW = """
Ref | Risk | Inherent | | | Mitigation | Residual | | | Owner | Due
 | | L | I | Score | | L | I | Score | |
1 | The roof leaks | 4 | 5 | 20 | Mend the roof | 2 | 3 | 6 | Ada Quill | 1/7/2026
2 | The door jams | 3 | 5 | 15 | Mend the door | 2 | 2 | 4 | Ben Ode | 1/8/2026
"""
ABOVE = """
 | | Inherent | | | | Residual | | | |
Ref | Risk | L | I | Score | Mitigation | L | I | Score | Owner | Due
1 | The roof leaks | 4 | 5 | 20 | Mend the roof | 2 | 3 | 6 | Ada Quill | 1/7/2026
2 | The door jams | 3 | 5 | 15 | Mend the door | 2 | 2 | 4 | Ben Ode | 1/8/2026
"""
ALL = ["Ref", "Risk", "Inherent L", "Inherent I", "Inherent Score", "Mitigation", "Residual L",
       "Residual I", "Residual Score", "Owner", "Due"]  # fmt: skip


@pytest.mark.parametrize("text", [BELOW, ABOVE])
def test_headings_of_groups_have_the_name_of_their_group(text: str) -> None:
    source = read(text)
    assert headings(source) == ALL
    assert [row.values["ref"] for row in source.rows] == ["1", "2"]
    assert source.rows[0].values["residual_score"] == "6"


def test_a_row_of_groups_is_a_row_of_headings_in_the_account() -> None:
    assert fates(read(ABOVE))[:2] == [
        (1, "heading", "column headings"), (2, "heading", "column headings")
    ]  # fmt: skip
    assert fates(read(BELOW))[1] == (2, "repeated header", "column headings")


def test_the_groups_of_a_page_are_those_of_the_first() -> None:
    page = "\n".join(ABOVE.strip("\n").split("\n")[:2])
    source = read(f"{ABOVE}{page}\n3 | Rats | 1 | 1 | 1 | Set traps | 1 | 1 | 1 | Ada | 1/9/2026")
    assert headings(source) == ALL
    assert len(source.rows) == 3
    assert not source.problems


def test_parts_that_are_known_headings_are_no_table_of_their_own() -> None:
    source = read(
        "Ref | Action | Lead | Due | Quarter 1 | | Quarter 2 |\n"
        " | | | | RAG | Update | RAG | Update\n"
        "1 | Mend the roof | Ada Quill | 1/7/2026 | G | All well | A | Slow\n"
        "2 | Mend the door | Ben Ode | 1/8/2026 | A | Slow | G | Fine"
    )
    assert headings(source)[4:] == [
        "Quarter 1 RAG", "Quarter 1 Update", "Quarter 2 RAG", "Quarter 2 Update"
    ]  # fmt: skip
    assert len(source.rows) == 2


def test_merged_cells_say_how_far_a_group_reaches() -> None:
    text = (
        "Plan | | | Position |\nRef | Action | Date | Date | Lead\n"
        "1 | Mend the roof | 1/7/2026 | 1/8/2026 | Ada Quill"
    )
    merged = ((0, 0, 0, 1), (0, 3, 0, 4))
    source = read_source(book(sheet(text, merged=merged)), plan_id="p")
    assert headings(source) == ["Ref", "Action", "Date", "Position Date", "Lead"]


GROUPED = """
Notice | | Action | | | When | | RAG by month | |
Breach | No. | What | Exec lead | Ward lead | Start | Deadline | Aug 26 | Sep 26 | Update
Roof | 1.1 | Mend the roof | Ada Quill | Ben Ode | 1/7/2026 | 1/9/2026 | A | G | All well
Door | 1.2 | Mend the door | Ada Quill | Cy Roe | 1/7/2026 | 1/8/2026 | R | A | Slow
"""


def test_the_parts_of_groups_that_are_all_merged_are_the_headings() -> None:
    merged = ((0, 0, 0, 1), (0, 2, 0, 4), (0, 5, 0, 6), (0, 7, 0, 8))
    source = read_source(book(sheet(GROUPED, merged=merged)), plan_id="p")
    assert headings(source) == [
        "No.", "Breach", "What", "Exec lead", "Ward lead", "Start", "Deadline",
        "RAG by month Aug 26", "RAG by month Sep 26", "Update",
    ]  # fmt: skip
    assert [row.values["ref"] for row in source.rows] == ["1.1", "1.2"]
    assert [row.values["rating"] for row in source.rows] == ["G", "A"]


def test_a_row_below_merged_headings_that_says_what_was_done_is_an_action() -> None:
    text = (
        "Ref | Action | | Lead | | Status\n"
        "A | Mend the roof | Tiles first | Ada Quill | Roofs | Green\n"
        "B | Mend the door | Hinges first | Ben Ode | Doors | Amber"
    )
    merged = ((0, 1, 0, 2), (0, 3, 0, 4))
    source = read_source(book(sheet(text, merged=merged)), plan_id="p")
    assert [row.values["ref"] for row in source.rows] == ["A", "B"]


@pytest.mark.parametrize(
    "below",
    [
        {2: "L"},  # one part
        {0: "1", 2: "L", 3: "I"},  # a cell that is in no group
        {2: "L", 3: 4},  # a figure
        {2: "Ada Quill", 3: "Ben Ode"},  # words that no heading has
        {2: "L", 3: "The roof of the shed leaks in every second winter"},
    ],
)
def test_a_row_below_the_headings_that_names_no_parts(below: dict[int, str | int]) -> None:
    assert parts_of_groups({0: "Ref", 1: "Action", 2: "Inherent"}, below) == {}


def test_a_title_and_a_row_of_values_tell_no_twins_apart() -> None:
    twins = {0: "Ref", 1: "Score", 2: "Score"}
    assert twins_by_group({0: "Register"}, twins, {0: 1}) == {}
    assert twins_by_group({1: "Before", 2: 4}, twins, {1: 1, 2: 1}) == {}
    assert twins_by_group({1: "Before", 2: "After"}, twins, {1: 1, 2: 1}) == {
        1: "Before Score", 2: "After Score"
    }  # fmt: skip


@given(st.text() | st.text(" _x0AaDd\t\n", max_size=12))
def test_a_cell_is_looked_at_in_the_text_that_is_kept_of_it(text: str) -> None:
    assert cell_text(text) == canon_text(text).strip()


@pytest.mark.parametrize(
    "heading",
    ["Version", "VERSION NO.", "Issue #", "Is(s)ue", "Iss'ue", "Rev\x01ision", "Draft’"],
)
def test_the_headings_of_a_list_of_versions_are_known_however_they_are_spelled(
    heading: str,
) -> None:
    rows = [{0: heading, 1: "Date", 2: "Author", 3: "Changes"}, {0: "0.1", 3: "A draft"}, {}]
    assert version_rows(rows, set()) == {0, 1}


def test_each_text_is_looked_at_once_for_whether_it_heads_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: Counter[str] = Counter()

    def heads(text: str) -> bool:
        asked[text] += 1
        return False

    monkeypatch.setattr(of_headings, "_heads_versions", heads)
    rows = [{0: f"Draft {n % 4}", 1: "Open", 2: "Head of Service"} for n in range(20)]
    assert version_rows(rows, set()) == frozenset()
    assert asked == Counter(f"Draft {n}" for n in range(4))


def test_a_title_with_its_lead_beside_it_above_headings_is_a_section() -> None:
    source = read("""
        Plan for the homes |             |

        Complaints         | | Lead: Ada Quill
        Action             | Target date | RAG
        Rewrite the policy | 30/11/2026  | Green
        Train the callers  | 15/01/2027  | Amber

        Damp and mould     | | Lead: Ben Ode
        Action             | Target date | RAG
        Survey the homes   | 31/03/2027  | Amber
        Lead: mend the roofs | 31/03/2027 | Green
        """)
    assert column(source, "section") == [
        *["Complaints – Lead: Ada Quill"] * 2, *["Damp and mould – Lead: Ben Ode"] * 2,
    ]  # fmt: skip
    assert column(source, "action")[-1] == "Lead: mend the roofs"


def test_the_last_action_of_a_page_with_a_note_alone_is_no_section() -> None:
    page = """
        Action             | Target date | RAG   | Notes
        Rewrite the policy | 30/11/2026  | Green |
        Train the callers  |             |       | Update: not begun
        Action             | Target date | RAG   | Notes
        Survey the homes   | 31/03/2027  | Amber |
        """
    actions = ["Rewrite the policy", "Train the callers", "Survey the homes"]
    assert column(read(page), "action") == actions
    banded = page.replace("Train the callers ", "Damp and mould    ")
    source = read("Complaints | | | Lead: Ada Quill\n" + banded.strip())
    assert column(source, "section") == [
        "Complaints – Lead: Ada Quill", "Damp and mould – Update: not begun",
    ]  # fmt: skip


def test_a_title_with_its_version_beside_it_on_every_page_is_no_section() -> None:
    source = read("""
        Plan for the homes | | Version: July 2026
        Action             | Target date | RAG
        COMPLAINTS
        Rewrite the policy | 30/11/2026  | Green
        Plan for the homes | | Version: July 2026
        Action             | Target date | RAG
        Train the callers  | 15/01/2027  | Amber
        Plan for the homes | | Version: July 2026
        Action             | Target date | RAG
        Survey the homes   | 31/03/2027  | Amber
        """)
    assert source.definition.title == "Plan for the homes"
    assert column(source, "action") == [
        "Rewrite the policy", "Train the callers", "Survey the homes",
    ]  # fmt: skip
    assert column(source, "section") == ["COMPLAINTS"] * 3


def test_a_line_in_a_column_without_a_heading_is_a_section() -> None:
    source = read("""
        Ref |           | Action          |  | Lead      | Full year | RAG
            | Corporate |                 |  |           |           |
        C1  |           | Renegotiate it  |  | Ada Quill | 120       | Green
        C2  |           | Stop the hiring |  | Ben Ode   | 400       | Amber
            |           | Sub-total       |  |           | 520       |
            | Clinical  |                 |  |           |           |
        K1  |           | Fill the list   |  | Cy Marr   | 900       | Red
        """)
    assert column(source, "ref") == ["C1", "C2", "K1"]
    assert column(source, "section") == ["Corporate", "Corporate", "Clinical"]


def test_a_line_that_runs_on_in_a_column_that_rows_have_is_no_section() -> None:
    source = read("""
        Ref | Action          |      | Lead
        C1  | Renegotiate it  | Note | Ada Quill
            |                 | More |
        C2  | Stop the hiring |      | Ben Ode
        """)
    assert column(source, "ref") == ["C1", "C2"]
    assert source.definition.with_role("section") is None


def test_the_success_criteria_below_a_heading_are_what_is_to_come_of_it() -> None:
    source = read("""
        Priority 1: Early reading
        Success criteria: nine in ten pass the check
        Actions             | Who       | When
        Phonics every day   | Ada Quill | Autumn 1 2026
        Priority 2: Attendance
        Success measures: no pupil below 90%
        Actions             | Who       | When
        Call on the day     | Ben Ode   | Autumn 2 2026
        """)
    assert column(source, "section_outcome") == [
        "Success criteria: nine in ten pass the check", "Success measures: no pupil below 90%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Recommendation 7 - Mend it", "7"),
        ("Evaluation recommendation 2. Mend it", "2"),
        ("Key Issue 1.3: Roofs", "1.3"),
        ("Paint shed 2 – the large one", ""),
        ("finding 3", ""),
        ("Version 2.1", ""),
    ],
)
def test_headings_are_numbered_by_what_they_are(text: str, number: str) -> None:
    assert parse_heading(text).number == number


def test_a_numbered_heading_above_a_line_of_its_answer_is_no_part_of_the_action_above() -> None:
    source = read("""
Evaluation recommendation 1. Strengthen the roof
Management response: agreed
Key action | | By when | Who
Mend the roof | | June 2027 | Ada Quill
Paint it | | July 2027 | Ben Ode
Evaluation recommendation 2. Look after the shed | | |
Management response: agreed in part
Key action | | By when | Who
Mend the door | | June 2027 | Ada Quill
""")
    assert column(source, "action") == ["Mend the roof", "Paint it", "Mend the door"]
    assert [row.values["section"] for row in source.rows][2] == (
        "Evaluation recommendation 2. Look after the shed"
    )
