"""Which tables are the plan, what is left out, and what a person decides on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from tests.text_sheets import book, column, read, sheet
from xlplan.errors import XlplanError
from xlplan.source.chosen import Chosen
from xlplan.source.importing import Source, read_source

RISKS = """
Risk ID | Risk | Mitigation | Risk owner | Target date | Status
R1 | The roof leaks | Mend the roof of the shed | Ada Quill | 31/03/2026 | Open
R2 | The door jams | Plane the door of the shed | Ben Ode | 30/06/2026 | Mitigated
R3 | The key is lost | Cut a second key | Ada Quill | 30/09/2026 | Closed
"""
DECISIONS = """
Ref | Decision needed | Decided by | Completion
1 | Paint it red | Board | 01/02/2026
"""


def chosen(text: str, **more: Any) -> Source:
    return read_source(book(sheet(text, "Plan")), plan_id="plan", chosen=Chosen(**more))


def refusal(text: str, **more: Any) -> str:
    with pytest.raises(XlplanError) as caught:
        chosen(text, **more)
    return str(caught.value)


def test_a_risk_register_is_a_plan_of_its_mitigations() -> None:
    source = read(RISKS)
    assert column(source, "action")[0] == "Mend the roof of the shed"
    assert column(source, "lead") == ["Ada Quill", "Ben Ode", "Ada Quill"]
    closed = {rating.code: rating.closed for rating in source.definition.ratings}
    assert closed["Closed"]
    assert not closed["Open"]


def test_a_table_with_other_columns_is_left_out_and_named() -> None:
    other = "Ref | Decision | Assigned to | Status\n1 | Paint it red or green | Board | Open"
    source = read_source(book(sheet(RISKS, "Risks"), sheet(other, "Decisions")), plan_id="p")
    assert len(source.rows) == 3
    (problem,) = (p for p in source.problems if p.code == "NEW-016")
    assert problem.where == "plan.xlsx!Decisions"
    assert '--sheet "Risks" --sheet "Decisions".' in problem.message
    both = read_source(
        book(sheet(RISKS, "Risks"), sheet(other, "Decisions")),
        plan_id="p",
        chosen=Chosen(sheets=("Risks", "Decisions")),
    )
    assert len(both.rows) == 4
    more = sheet(RISKS.replace("1 |", "11 |"), "More risks")
    of_two = read_source(book(sheet(RISKS, "Risks"), sheet(other, "Decisions"), more), plan_id="p")
    (problem,) = (p for p in of_two.problems if p.code == "NEW-016")
    assert '--sheet "Risks" --sheet "Decisions" --sheet "More risks".' in problem.message


def test_sheets_with_the_same_columns_are_one_plan() -> None:
    source = read_source(book(sheet(RISKS, "One"), sheet(RISKS, "Two")), plan_id="p")
    assert len(source.rows) == 6


def test_a_person_says_what_a_column_is() -> None:
    assert column(chosen(RISKS, columns=("Risk=action",)), "action")[0] == "The roof leaks"
    assert column(chosen(RISKS, columns=("RISK = Action",)), "action")[2] == "The key is lost"


def test_a_column_or_role_that_is_not_there_is_refused_with_those_that_are() -> None:
    message = refusal(RISKS, columns=("Hazard=action",))
    assert "NEW-019" in message
    assert '"Mitigation"' in message
    message = refusal(RISKS, columns=("Risk=hazard",))
    assert "NEW-019" in message
    assert "progress" in message


def test_a_person_names_the_row_of_headings() -> None:
    text = "Task | Lead | Due\n" + RISKS
    source = chosen(text, header_rows=("3",))
    assert column(source, "ref") == ["R1", "R2", "R3"]
    again = chosen(text, header_rows=("Plan!3",))
    assert again.rows == source.rows


@pytest.mark.parametrize("row", ["99", "Plan!99"])
def test_a_row_without_headings_is_refused(row: str) -> None:
    assert "NEW-018" in refusal(RISKS, header_rows=(row,))


def test_a_row_that_is_no_number_and_a_sheet_that_is_not_there_are_refused() -> None:
    assert "NEW-018" in refusal(RISKS, header_rows=("first",))
    assert "NEW-002" in refusal(RISKS, header_rows=("Plam!2",))


def test_what_is_refused_names_the_nearest_rows_and_what_was_understood() -> None:
    message = refusal("Ship | Owner | Speed\nAda | Ben | 12\nCem | Dee | 14")
    assert "NEW-001" in message
    assert 'Plan!1: "Owner" as lead; not understood: "Ship", "Speed"' in message


def test_the_rows_of_a_table_are_no_headings_for_what_they_happen_to_say() -> None:
    """A list of words for columns, and a person called Lead, were nearer than its headings."""
    message = refusal(
        "Post | Owner | Hours\nAction | Lead | \nTask | Lead | 37\n\nDeadline | Lead | 37\n\n"
        "Ship | Owner\nAda | Ben"
    )
    assert "NEW-001" in message
    nearest = message.partition("Nearest: ")[2].partition(". Name the row")[0].split("; Plan")
    assert [each.partition(":")[0].removeprefix("Plan") for each in nearest] == ["!7", "!1"]


CARD = """
Action reference: | SC-{0}
Action: | Mend the boat of crew {0}
Lead: | Ada Quill
Due date: | 31/12/2026
Progress: |
"""


def test_cards_are_named_with_their_labels() -> None:
    message = refusal("Boats |\n" + "\n".join(CARD.format(number) for number in (1, 2, 3)))
    assert "NEW-001" in message
    assert '"Action reference", "Action", "Lead", "Due date", "Progress"' in message
    assert "cards" in message
    one = refusal(CARD.format(1))
    assert "NEW-001" in one
    assert "cards" not in one


def test_cards_with_several_labels_on_a_line_are_named_too() -> None:
    cards = "Improvement actions\n" + "".join(
        f"\nAction: | Mend hull {n}\nLead: | Ada Quill | Due: | May 2026\n"
        f"RAG: | Red | Ref: | A{n}\nUpdate: | Begun\n" for n in range(3)
    )  # fmt: skip
    message = refusal(cards)
    assert "cards" in message
    assert '"Action", "Lead", "Due", "RAG"' in message


def test_a_table_that_is_barely_a_plan_is_used_and_doubted() -> None:
    source = read("Action | Outcome\nMend the roof | It is dry\nMend the door | It shuts")
    assert len(source.rows) == 2
    (problem,) = (p for p in source.problems if p.code == "NEW-017")
    assert '"Action" as action' in problem.message


def test_fields_say_which_column_they_come_from() -> None:
    places = {place.field: (place.sheet, place.column) for place in read(RISKS).places}
    assert places["action"] == ("Sheet 1", "C")
    assert places["rating"] == ("Sheet 1", "F")


UNKNOWN = """
Lp. | Zadanie | Osoba | Koniec | Stan
1 | Nauczyć strażników nowych zasad dla szopy | A. Q. | 31.03.2026 | Open
2 | Naprawić dach szopy przed pierwszą zimą | B. O. | 30.04.2026 | Open
3 | Kupić nowe drzwi i klucze dla szopy | A. Q. | 30.06.2026 | Closed
"""


def test_a_table_in_words_that_nobody_knows_is_used_for_what_its_cells_are_and_doubted() -> None:
    source = read(f"Plan naprawczy\n{UNKNOWN}")
    assert column(source, "ref") == ["1", "2", "3"]
    assert column(source, "action")[2] == "Kupić nowe drzwi i klucze dla szopy"
    assert {f.role: f.heading for f in source.definition.fields_of("action")}["due"] == "Koniec"
    assert [problem.code for problem in source.problems] == ["NEW-017"]


@pytest.mark.parametrize(
    "text",
    [
        "Pupil | Maths | Art | Day\nAnn | 56 | 67 | 1/5/2026\nBob | 45 | 50 | 1/5/2026",
        "Tag | Model | Room | Bought\nA1 | Laptop | 4 | 1/2/2026\nA2 | Screen | 5 | 1/2/2026",
        "Zx | Qy | Vw\nA long text that stands alone here | 5 | 6",
        "Zx | Qy | Qy\nSomething that is done by the warden | Open | 6\n"
        "Something else that is done by her | Open | 6",
    ],
)
def test_a_table_of_which_no_column_says_something_to_be_done_is_refused(text: str) -> None:
    with pytest.raises(XlplanError, match="NEW-001"):
        read(text)


OVERDUE = """
Ref | Action | Lead | Due | Status | Days overdue | Score
1 | Mend the roof | Ada Quill | 31/03/2026 | Open | 12 | 4
2 | Mend the door | Ben Ode | 30/06/2026 | Open | 0 | 6
"""
COMPUTED = {(row, col): "TODAY()-D2" for row in (1, 2) for col in (4, 5, 6)}


def test_a_column_of_formulas_is_left_out_and_offered_and_one_with_a_role_is_kept() -> None:
    plan = sheet(OVERDUE, formulas=COMPUTED)
    source = read_source(book(plan), plan_id="p")
    assert [f.heading for f in source.definition.fields_of("action")][-1] == "Status"
    (guess,) = (guess for guess in source.guesses if "formulas" in guess)
    assert '"Days overdue", "Score" hold formulas and were left out' in guess
    offered = Chosen(columns=("Days overdue=text",))
    source = read_source(book(plan), plan_id="p", chosen=offered)
    assert column(source, "days_overdue") == ["12", "0"]
    assert any('"Score" holds formulas and was left out' in guess for guess in source.guesses)


def test_a_column_with_a_formula_here_and_there_is_kept() -> None:
    source = read_source(book(sheet(OVERDUE, formulas={(2, 5): "1-1"})), plan_id="p")
    assert column(source, "days_overdue") == ["12", "0"]
    assert not any("left out" in guess for guess in source.guesses)


OPEN = """
Ref | Risk | Mitigation | Control measure | Owner | Review date | Status | RAG
1 | The roof leaks | Mend the roof of the shed | A bucket | Ada Quill | 31/3/2026 | Open | Red
2 | The door jams | Plane the shed door | A second door | Ben Ode | 30/6/2026 | Closed | Green
"""


def test_what_the_file_leaves_open_is_asked_and_imported_as_proposed() -> None:
    source = read(
        OPEN, "Ref | Decision | Assigned to | Status\n1 | Paint it red or green | Board | Open"
    )
    asked = [guess for guess in source.guesses if "--map" in guess or "--sheet" in guess]
    assert [guess.partition(":")[0] for guess in asked] == [
        "field action", "field rating", "field due", "plan"
    ]  # fmt: skip
    assert '"Control measure=action"' in asked[0]
    assert '"RAG=status"' in asked[1]
    assert '"Review date=text"' in asked[2]
    assert '"Sheet 2" has rows too' in asked[3]


def test_what_the_headings_settle_is_not_asked() -> None:
    plain = (
        "Ref | Finding | Action | Owner | Due | Status\n1 | Leak | Mend it | Ada | 1/7/26 | Open"
    )
    assert not [guess for guess in read(plain).guesses if "--map" in guess or "--sheet" in guess]


AUDITS = """
Audit | Ref | Recommendation | Priority | Owner | Due | Status
Payroll | P1 | Read the list of those who left | High | Ada Quill | 31/03/2026 | Open
| P2 | Sign the list before pay day | Low | Ben Ode | 30/06/2026 | Closed
Stores | S1 | Count the ropes once a year | High | Ada Quill | 30/09/2026 | Open
| S2 | Lock the store at night | Medium | Cy Marr | 30/09/2026 | Open
"""


def audits(text: str = AUDITS, *merged: tuple[int, int, int, int]) -> Source:
    one = sheet(text, "Plan")
    return read_source(book(replace(one, merged=(*one.merged, *merged))), plan_id="plan")


def test_a_merged_column_heads_the_parts_of_a_plan_and_levels_do_not() -> None:
    source = audits(AUDITS, (1, 0, 2, 0), (3, 0, 4, 0))
    roles = {item.heading: (item.role, item.type) for item in source.definition.fields}
    assert roles["Audit"] == ("section", "text")
    assert roles["Priority"] == ("text", "choice")
    assert column(source, "section") == ["Payroll", "Payroll", "Stores", "Stores"]
    assert source.definition.composite.group_by == "section"


@pytest.mark.parametrize(
    ("text", "merged", "section"),
    [
        # one part is none
        (AUDITS.replace("Stores |", "|"), ((1, 0, 4, 0),), ""),
        # not merged
        (AUDITS, (), ""),
        # another column is the section
        (AUDITS.replace("Priority", "Theme").replace("High", "Boats").replace("Low", "Crews")
         .replace("Medium", "Boats"), ((1, 0, 2, 0), (3, 0, 4, 0)), "Theme"),
        # a priority that is a part of the plan
        (AUDITS.replace("High", "1: Boats").replace("Low", "2: Crews")
         .replace("Medium", "2: Crews"), (), "Priority"),
    ],
)  # fmt: skip
def test_other_columns_head_no_parts(
    text: str, merged: tuple[tuple[int, int, int, int], ...], section: str
) -> None:
    item = audits(text, *merged).definition.with_role("section")
    assert (item.heading if item else "") == section


def test_a_legend_under_headings_of_the_plan_is_no_part_of_it() -> None:
    main = AUDITS.replace("Recommendation", "Description").replace("\n|", "\nPayroll |")
    key = "Status | Description\nOpen | The work goes on\nClosed | The auditors agree that it ended"
    source = read(main, key)
    assert len(source.rows) == 4
    assert {r.code: r.meaning for r in source.definition.ratings} == {
        "Open": "The work goes on", "Closed": "The auditors agree that it ended"
    }  # fmt: skip


def test_a_column_that_says_how_success_is_known_is_not_asked_about() -> None:
    text = AUDITS.replace("Recommendation", "Action we will take").replace("Audit", "Who audits")
    asked = read(text.replace("Priority", "How we will know"), "").guesses
    assert not any("might be meant" in guess for guess in asked)


FORM = """
Guidance | | | | |
Name of risk | Kind | Description | Likelihood | Mitigations | After it
Select a name for it | Choose one | Explain what may happen | What is it now | Explain them | What
Wet hall | Building | The roof may leak | 3 - Medium | Mend the roof | 1 - Low
Cold hall | Building | The door may jam | 4 - High | Plane the door | 1 - Low
3 | | | | |
"""


def named(text: str, **more: object) -> Source:
    plan = book(sheet(text, "Log", **more), sheet("Ship | Speed\nAda | 12", "Ships"))
    return read_source(plan, plan_id="p", chosen=Chosen(sheets=("Log",)))


def test_a_sheet_that_a_person_names_needs_no_more_than_a_column_of_actions() -> None:
    with pytest.raises(XlplanError, match="NEW-001"):
        read(FORM)
    source = named(FORM)
    assert column(source, "action") == ["Mend the roof", "Plane the door"]
    assert [problem.code for problem in source.problems] == ["NEW-017"]


def test_of_a_named_sheet_the_headings_next_to_the_rows_count() -> None:
    text = "Name_of_risk | Mitigations_Field\nText | Long text\n12 | 250\n"
    source = named(f"{text}Name of risk | Mitigations\nWet hall | Mend the roof")
    assert column(source, "action") == ["Mend the roof"]


def test_of_a_named_sheet_hidden_columns_head_nothing() -> None:
    text = "Risk | Kind | Inner task\nThe roof may leak in winter | Wet | x\n"
    source = named(f"{text}The door may jam in summer | Dry | y", hidden_columns={2})
    assert column(source, "action")[1] == "The door may jam in summer"


@pytest.mark.parametrize("text", ["Ship | Speed\nAda | 12\nBen | 14", "Only\none\ncell", ""])
def test_a_named_sheet_without_anything_to_be_done_is_refused(text: str) -> None:
    with pytest.raises(XlplanError, match="NEW-001"):
        named(text)


def test_the_name_of_a_thing_is_nobody() -> None:
    text = "Risk name | Mitigation | Due\nWet hall | Mend the roof | 1/7/2026"
    assert read(text).definition.with_role("lead") is None


PLAN = """
Ref | Action | Lead | Due | Status | Priority
1 | Mend the roof of the shed | Ada Quill | 31/3/2026 | Open | High
2 | Mend the door of the shed | Ben Ode | 30/6/2026 | Closed | Low
3 | Cut a second key | Ben Ode | 30/6/2026 | Open | High
"""


def about_sheets(lists: str, sheets: tuple[str, ...] = ()) -> tuple[list[str], list[str], int]:
    """The messages and the questions about other sheets, and how many rows there are."""
    source = read_source(
        book(sheet(PLAN, "Plan"), sheet(lists, "Lists")), plan_id="p", chosen=Chosen(sheets)
    )
    left = [problem.message for problem in source.problems if problem.code == "NEW-016"]
    return left, [g for g in source.guesses if "rows too" in g], len(source.rows)


@pytest.mark.parametrize(
    "lists",
    [
        "Status | Priority | Owner\nOpen | High | Ada Quill\nClosed | Medium | Ben Ode\n | Low |",
        "Action | Status | Unit\nMend | Open | Roads\nPaint | Closed | Parks\n | On hold |",
        "Lead | Status\nAda Quill | Open\nBen Ode | Closed",
    ],
)
def test_lists_of_drop_downs_are_named_as_lists_and_not_asked_about(lists: str) -> None:
    (message,), asked, rows = about_sheets(lists)
    assert "holds the lists of drop-downs and was left out" in message
    assert (asked, rows) == ([], 3)


@pytest.mark.parametrize(
    "other",
    [
        # nothing of it is in the plan
        "Issue | Lead of it | Status\nWet hall | Ada | Dry now\nRats | Ben | Gone\nFire | Cy |",
        # a gap, and a word twice
        "Issue | Lead of it | Status\nDamp | Ada Quill | Open\n | Ben Ode | Open\nRats | | Open",
        # rows with as many cells, of which one says something
        "Issue | Lead of it | Status\nWet hall | Ada Quill | Open\nRats | Ben Ode | Closed",
    ],
)
def test_tables_that_are_no_lists_of_drop_downs_are_asked_about(other: str) -> None:
    (message,), asked, rows = about_sheets(other)
    assert "its columns are not those of the plan" in message
    assert (len(asked), rows) == (1, 3)


def test_a_list_that_a_person_names_is_read() -> None:
    lists = "Action | Status | Unit\nMend | Open | Roads\nPaint | Closed | Parks\n | On hold |"
    assert about_sheets(lists, sheets=("Plan", "Lists"))[2] > 3


def test_what_the_cells_settle_is_not_asked() -> None:
    text = """
Ref | Risk | Mitigation | Control | Owner | Q1 RAG | Q2 RAG
1 | The roof leaks | Mend the roof of the shed | High | Ada Quill | Red | Green
2 | The door jams | Plane the shed door | Low | Ben Ode | Green | Green
3 | The key is lost | Cut a second key | High | Ben Ode | Red | Red
"""
    source = read(text)
    assert not [guess for guess in source.guesses if "might be meant" in guess]
    assert column(source, "rating") == ["Green", "Green", "Red"]


@pytest.mark.parametrize(
    ("action", "other", "asked"),
    [
        ("Mitigation", "Control", True),
        ("Action", "Finding", False),
        ("Agreed action", "Risk", False),
    ],
)
def test_another_column_is_asked_about_where_its_heading_promises_nearly_as_much(
    action: str, other: str, asked: bool
) -> None:
    text = f"""
Ref | {action} | {other} | Owner | Due
1 | Mend the roof of the shed | The bucket stands below it | Ada Quill | 1/7/2026
2 | Plane the shed door | There is a second door | Ben Ode | 1/8/2026
"""
    assert any("might be meant" in guess for guess in read(text).guesses) is asked


def test_of_two_columns_of_leads_the_one_that_was_used_is_said() -> None:
    text = "Ref | Action | Lead officer | Operational lead | Due\n"
    text += "1 | Mend the hull | Ada Quill | Ben Ode | May 2026\n2 | Paint it | Cy | Ben Ode | May"
    source = read(text)
    assert column(source, "lead") == ["Ada Quill", "Cy"]
    assert any(
        'field lead: "Lead officer" was used, and "Operational lead" might be meant' in guess
        for guess in source.guesses
    )
    sure = read(text.replace("Lead officer", "Lead").replace("Operational lead", "Supported by"))
    assert not any("field lead" in guess for guess in sure.guesses)


@pytest.mark.parametrize(
    ("senior", "lead"),
    [
        ("Exec lead", "Operational lead"),
        ("Strategic lead", "Tactical lead"),
        ("SRO", "Project manager"),
        ("Lead Member", "Lead officer"),
        ("Portfolio holder", "Team"),
        ("Cabinet member", "Contact"),
    ],
)
def test_who_is_accountable_is_not_sent_what_another_column_has_a_lead_for(
    senior: str, lead: str
) -> None:
    source = read(f"""
        Ref | Action        | {senior}  | {lead}  | Due
        1   | Mend the hull | Ada Quill | Ben Ode | May 2026
        2   | Paint it      | Ada Quill | Cy Marr | May 2026
        """)
    assert column(source, "lead") == ["Ben Ode", "Cy Marr"]
    assert column(source, "accountable") == ["Ada Quill"] * 2
    alone = read(f"Ref | Action | {senior} | Due\n1 | Mend the hull | Ada Quill | May 2026")
    assert column(alone, "lead") == ["Ada Quill"]


def test_who_is_accountable_leads_where_the_column_of_leads_was_not_filled_in() -> None:
    """Nobody would be sent anything."""
    source = read("""
        Ref | Action        | Lead Director | Lead officer | Due
        1   | Mend the hull | Ada Quill     |              | May 2026
        2   | Paint it      | Ben Ode       |              | May 2026
        """)
    assert column(source, "lead") == ["Ada Quill", "Ben Ode"]
    empty = read("Ref | Action | Lead Director | Lead officer | Due\n1 | Mend it | | | May 2026")
    field = empty.definition.with_role("lead")
    assert field is not None
    assert field.heading == "Lead officer"


def test_a_column_with_each_text_of_which_the_numbers_start_afresh_is_the_section() -> None:
    """ "Rec no. 1" of every audit was one ref of several actions."""
    text = """
        Audit     | Year | Rec No | Agreed action    | Owner     | Due
        Payroll   | 2025 | 1      | Check who starts | Ada Quill | 31/03/2027
        Payroll   | 2025 | 2      | List who leaves  | Ada Quill | 30/04/2027
        Creditors | 2025 | 1      | Look for doubles | Ben Ode   | 30/09/2027
        Recovery  | 2024 | 3      | Test it          | Cy Marr   | 31/12/2027
        """
    source = read(text)
    assert column(source, "section") == ["Payroll", "Payroll", "Creditors", "Recovery"]
    assert column(source, "ref") == ["1.1", "1.2", "2.1", "3.3"]
    assert not [problem for problem in source.problems if problem.code == "NEW-003"]
    mixed = read(text.replace("Payroll   | 2025 | 2 ", "Recovery  | 2025 | 2 "))
    assert mixed.definition.with_role("section") is None
    assert "NEW-003" in {problem.code for problem in mixed.problems}


def test_services_beside_a_list_of_what_is_done_are_sections() -> None:
    rows = "ID | Action | Lead | RAG\n{0}1 | Mend {0} | Ada Quill | G\n{0}2 | Paint {0} | Ben | B"
    names = ("Adults", "Children", "Completed recs")
    source = read_source(
        book(*(sheet(rows.format(name[0]), name) for name in names)), plan_id="p"
    )  # fmt: skip
    assert column(source, "section") == ["Adults"] * 2 + ["Children"] * 2 + [""] * 2


@pytest.mark.parametrize(
    "names",
    [("Open", "Findings", "Closed"), ("Not started", "In progress", "Completed"),
     ("Overdue", "Later", "Completed actions")],
)  # fmt: skip
def test_sheets_of_which_one_is_named_by_a_state_are_no_sections(names: Sequence[str]) -> None:
    rows = "ID | Action | Lead | RAG\n{0}1 | Mend {0} | Ada Quill | G\n{0}2 | Paint {0} | Ben | B"
    source = read_source(
        book(*(sheet(rows.format(name[0]), name) for name in names)), plan_id="p"
    )  # fmt: skip
    assert column(source, "action")[::2] == [f"Mend {name[0]}" for name in names]
    assert source.definition.with_role("section") is None


MONTH = """
    No | Action                | Lead      | Due        | RAG
    1  | Mend the slipway      | Ada Quill | 31/03/2027 | {0}
    2  | Paint the ticket hall | Ben Ode   | 30/06/2027 | {0}
    3  | Replace the pumps     | Ada Quill | 30/09/2027 | Red
    """


def of_periods(*names: str, texts: Sequence[str] = (), sheets: tuple[str, ...] = ()) -> Source:
    tables = texts or [MONTH.format(word) for word in ("Red", "Amber", "Green")]
    found = book(*(sheet(text, name) for text, name in zip(tables, names, strict=False)))
    return read_source(found, plan_id="p", chosen=Chosen(sheets=sheets))


@pytest.mark.parametrize(
    ("names", "latest"),
    [
        (("Q1 2026-27", "Q2 2026-27", "Q3 2026-27"), 2),
        (("Q3 2026/27", "Q2 2026/27", "Q1 2026/27"), 0),
        (("Plan Sept 26", "Plan Nov 26", "Plan Oct 26"), 1),
        (("Plan Nov", "Plan Sept", "Plan July"), 0),
        (("Nov", "Dec", "Jan"), 2),
        (("Update 2", "Update 3", "Update 1"), 1),
        (("14.10.26", "11.11.26", "09.09.26"), 1),
    ],
)
def test_of_sheets_with_one_plan_in_several_periods_the_last_is_the_plan(
    names: tuple[str, ...], latest: int
) -> None:
    source = of_periods(*names)
    assert {row.sheet for row in source.rows} == {names[latest]}
    assert column(source, "ref") == ["1", "2", "3"]
    said = {problem.where for problem in source.problems if problem.code == "NEW-016"}
    assert said == {f"plan.xlsx!{name}" for name in names} - {f"plan.xlsx!{names[latest]}"}
    assert not any(guess.startswith("plan: the actions are those of") for guess in source.guesses)


@pytest.mark.parametrize(
    "names",
    [
        ("Ward 1", "Ward 2", "Ward 3"),
        ("Plan A", "Plan B", "Plan C"),
        ("Oct", "Jan", "Nov"),
        ("Q1 26", "Q2 26", "Q2 26."),
    ],
)
def test_sheets_of_which_none_is_surely_the_last_are_all_the_plan(names: tuple[str, ...]) -> None:
    assert len(of_periods(*names).rows) == 9


def test_sheets_of_periods_with_actions_of_their_own_are_all_the_plan() -> None:
    other = MONTH.replace("the", "another").replace("Replace", "Buy")
    assert len(of_periods("Oct 26", "Nov 26", texts=(MONTH, other)).rows) == 6


def test_actions_that_are_on_an_earlier_sheet_alone_are_told() -> None:
    more = MONTH + "4 | Close the old pier | Ben Ode | 30/06/2026 | Blue\n"
    source = of_periods("Oct 26", "Nov 26", texts=(more, MONTH))
    (problem,) = (each for each in source.problems if each.code == "NEW-016")
    assert '1 action of it is not on "Nov 26"' in problem.message
    assert '--sheet "Oct 26" --sheet "Nov 26"' in problem.message


def test_an_earlier_sheet_that_is_named_is_the_plan_too() -> None:
    source = of_periods("Oct 26", "Nov 26", sheets=("Oct 26", "Nov 26"))
    assert len(source.rows) == 6
    assert len(of_periods("Oct 26", "Nov 26", sheets=("Oct 26",)).rows) == 3


def test_sheets_with_headings_of_their_own_are_one_plan_where_each_says_what_is_to_be_done() -> (
    None
):
    """Words in brackets behind "Action" made it another heading: one sheet was left out."""
    finance = (
        "No. | What will we do? | Who? | By when? | How are we doing? (RAG)\n"
        "1 | Set a balanced budget | Ada Quill | 28 February 2027 | Green\n"
        "2 | Close the accounts of both years | Cem Ozer | 30 November 2026 | Red\n"
        "3 | Publish the register of contracts | Cem Ozer | 31 December 2026 | Green"
    )
    homes = (
        "No. | Owner | Action (what and how well) | Deadline | Progress so far | RAG status\n"
        "1 | Dot Rae | Clear the backlog of repairs | 31 December 2026 | 148 are open | Red\n"
        "2 | Dot Rae | Survey every home in five years | 31 March 2028 | Contract let | Green\n"
        "3 | Eli Fox | Fit the doors of both towers | 30 June 2027 | None is fitted | Red\n"
        "4 | Eli Fox | Set up the panel of tenants | 30 September 2026 | It has met | Green"
    )
    source = read(homes, finance)
    assert len(source.rows) == 7
    assert not [problem for problem in source.problems if problem.code == "NEW-016"]
