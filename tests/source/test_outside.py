"""Which line above a table is the plan's title."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.text_sheets import book, column, read, sheet
from xlplan.plan.load import load_definition
from xlplan.source.importing import read_source
from xlplan.source.outside import plan_title

PLAN = "Ref | Action | Lead | Due\n1 | Mend the roof | Ada Quill | 31/03/2026"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Ferry Council", "Ferry improvement plan"], "Ferry improvement plan"),
        (["Appendix B", "What we will mend"], "What we will mend"),
        (["Appendix 2: Ferry action plan"], "Ferry action plan"),
        (["Annex A", "St Olave's School", "Draft"], "St Olave's School"),
        (["OFFICIAL", "Last updated: 3 May 2026", "Roof tracker"], "Roof tracker"),
        (["Theme: Sheds", "Owner: the warden"], ""),
        (["Project: Sheds of the north"], "Sheds of the north"),
        (["Internal audit: overdue recommendations"], "Internal audit: overdue recommendations"),
        (["Stadt Fähre", "Maßnahmenplan 2026"], "Maßnahmenplan 2026"),
        (["Ferry Council", "Position at committee 2 May 2026"], "Ferry Council"),
        (["Updated for the board of May 2026", "Mending what leaks"], "Mending what leaks"),
        (["V0.4", "1", "x" * 300], ""),
        ([], ""),
    ],
)
def test_the_title_is_the_plans_and_no_appendix_or_organisation(
    lines: list[str], title: str
) -> None:
    assert plan_title(lines) == title


def test_the_title_stands_on_the_plans_sheet_or_on_a_cover() -> None:
    cover = sheet("Shed improvement programme\n\nProject manager: | Ada Quill", "Cover")
    plain = sheet(PLAN, "Plan")
    titled = sheet(f"Roof action plan\n{PLAN}", "Plan")
    assert read_source(book(cover, plain), plan_id="p").definition.title == (
        "Shed improvement programme"
    )
    assert read_source(book(cover, titled), plan_id="p").definition.title == "Roof action plan"
    hidden = replace(cover, visible=False)
    assert read_source(book(hidden, plain), plan_id="p").definition.title == "p"


@pytest.mark.parametrize(
    ("names", "sections"),
    [
        (("Open actions", "Closed actions"), ["", ""]),
        (("Tracker", "Completed"), ["", ""]),
        (("Roofs", "Sheds"), ["Roofs", "Sheds"]),
    ],
)
def test_sheets_that_part_actions_by_how_far_they_are_are_no_sections(
    names: tuple[str, str], sections: list[str]
) -> None:
    sheets = [sheet(PLAN.replace("1 |", f"{n} |"), name) for n, name in enumerate(names, 1)]
    source = read_source(book(*sheets), plan_id="p")
    assert [source.rows[n].values.get("section") or "" for n in (0, 1)] == sections


def test_of_several_sheets_the_name_of_one_is_no_title() -> None:
    roofs = sheet(f"Roofs\n{PLAN}", "Roofs")
    sheds = sheet(f"Sheds\n{PLAN.replace('1 |', '2 |')}", "Sheds")
    cover = sheet("Estates recovery\n\nRed | Late\nGreen | On track", "Key")
    assert read_source(book(cover, roofs, sheds), plan_id="p").definition.title == (
        "Estates recovery"
    )
    assert read_source(book(roofs, sheds), plan_id="p").definition.title == "p"
    assert read_source(book(roofs), plan_id="p").definition.title == "Roofs"


def test_a_templates_own_title_is_kept_and_one_that_fits_any_plan_is_not() -> None:
    text = '[plan]\nid = "t"\ntitle = "{}"\n[[field]]\nid = "ref"\nheading = "Ref"\nrole = "key"\n'
    text += '[[field]]\nid = "action"\nheading = "Action"\nrole = "action"\n'
    own = load_definition(text.format("Care plan of the north"), "own.toml")
    any_plan = load_definition(text.format("Improvement plan"), "any.toml")
    plan = book(sheet(f"Roof action plan\n{PLAN}"))
    titles = [read_source(plan, plan_id="p", template=t).definition.title for t in (own, any_plan)]
    assert titles == ["Care plan of the north", "Roof action plan"]
    assert read_source(book(sheet(PLAN)), plan_id="p", template=any_plan).definition.title == (
        "Improvement plan"
    )


def test_a_plan_without_a_title_is_known_by_its_id() -> None:
    assert read(PLAN).definition.title == "plan"


def test_the_day_of_a_plan_is_quoted_without_the_key_beside_it() -> None:
    text = "Agreed: | 12 July 2025 | | Off track – help needed\n\n" + PLAN
    (guess,) = [guess for guess in read(text).guesses if "agreed = " in guess]
    assert 'comes from "Agreed: | 12 July 2025";' in guess


@pytest.mark.parametrize(
    ("line", "agreed"),
    [
        ("Date of incident: 3 March 2026", None),
        ("Date of the accident: 3 March 2026", None),
        ("Date of issue: 3 March 2026", date(2026, 3, 3)),
        ("Date of plan: 3 March 2026", date(2026, 3, 3)),
    ],
)
def test_the_day_of_an_incident_is_not_the_day_of_the_plan(line: str, agreed: date | None) -> None:
    text = f"{line}\nRef | Action | Lead | Due\n1 | Mend the roof | Ada Quill | 1/7/2026"
    assert read(text).definition.agreed == agreed


def test_words_that_stand_apart_from_the_date_do_not_say_what_it_is() -> None:
    text = (
        "Roof tracker | | |\nPosition at committee 2 November 2026 | | | Done = signed off\n\n"
        "Ref | Action | Lead | Due\n1 | Mend the roof of the hall | Ada Quill | 1/7/2026"
    )
    assert read(text).definition.agreed is None


def test_a_plan_that_was_updated_may_have_been_due_before_that() -> None:
    text = (
        "Roof tracker\nUpdated for Cabinet 12 October 2026\n\nRef | Action | Lead | Due\n"
        "1 | Mend the roof of the hall | Ada Quill | end of September\n"
        "2 | Paint the door of the hall | Ben Ode | June 2026"
    )
    assert read(text).definition.begins == date(2026, 6, 1)


COUNTED = """
Winter plan | | | | | | Summary |
Ref | Action           | Lead      | Due          | RAG   | | RAG   | Number
1   | Mend the roof    | Ada Quill | 1 May 2027   | Green | | Red   | 1
2   | Paint the shed   | Ben Ode   | 2 May 2027   | Red   | | Green | 2
3   | Count the doors  | Ada Quill | 3 May 2027   | Green | | Total | 3
4   | Oil the hinges   | Ada Quill | 4 June 2027  | Blue  | |       |
"""


@pytest.mark.parametrize(
    "text",
    [
        COUNTED,
        COUNTED.partition("Summary |\n")[2],
        COUNTED.replace("| RAG   | Number", "| Status | How many"),
        COUNTED.replace("| |       |", "| | Amber | 0").replace("Total | 3", "Blue  | 1"),
    ],
)
def test_a_count_of_ratings_beside_the_plan_is_no_field_of_its_actions(text: str) -> None:
    source = read(text)
    assert [(f.id, f.heading) for f in source.definition.fields_of("action")] == [
        ("ref", "Ref"), ("action", "Action"), ("lead", "Lead"), ("due", "Due"), ("rating", "RAG"),
    ]  # fmt: skip
    assert column(source, "rating") == ["Green", "Red", "Green", "Blue"]


@pytest.mark.parametrize(
    "text",
    [
        COUNTED.replace("Green | 2", "Red   | 2"),  # a rating twice: of the actions
        COUNTED.replace("Green | 2", "Green | as before"),
        COUNTED.replace("Green | 2", "Often | 2"),
        COUNTED.replace("RAG   | Number", "State | % complete").replace("Total | 3", "Blue | 100"),
        COUNTED.replace("Red   | 1", "Red   | 0.5").replace("Total | 3", "Blue | 1"),
    ],
)
def test_two_columns_past_a_blank_one_may_be_of_the_plan(text: str) -> None:
    assert len(read(text).definition.fields_of("action")) == 7
