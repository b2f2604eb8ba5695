"""The sheets of the set-up workbook: every key has its place, and a cell says what its key does."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from tests.set_up import FULL
from xlplan.plan.accounted import AccountLine, RowRead, SheetRead
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.definition_tables import TABLES
from xlplan.plan.guesses import NAMED_BY, SAME_AS, Guess
from xlplan.plan.people import Lead
from xlplan.plan.set_up import (
    Entry,
    Origin,
    OwnColumn,
    beside,
    entries_of,
    is_shown,
    key_of,
    place_of,
    read,
    shown,
    stands,
)
from xlplan.plan.set_up_sheets import (
    BOARD,
    EVERY,
    KEPT,
    LISTED,
    OWN,
    REMOVE,
    ROWS,
    SENT,
    SHEETS,
    START,
    VALUE,
    SetUpSheet,
    columns_of,
    heading_of,
)
from xlplan.plan.shown import ShownDate
from xlplan.plan.values import Invalid, Raw


def sheet(name: str) -> list[Entry]:
    (found,) = (each for each in SHEETS if each.name == name)
    return entries_of(FULL, found)


def test_every_key_of_every_table_has_one_place_in_the_workbook() -> None:
    places: list[tuple[str, str]] = []
    for each in SHEETS:
        for entry in entries_of(FULL, each):
            if entry.key:
                places.append((entry.table, entry.key))
        if each.blanks:
            others = (SAME_AS, REMOVE, *LISTED)
            places += [(each.tables[0], c) for c in columns_of(each) if c not in others]
    every = [(table.name, name) for table in TABLES.values() for name in table.keys]
    # What the spreadsheet has is answered about by its place, which the answer brings along.
    every = [place for place in every if place[0] not in ROWS.tables]
    assert sorted(p for p in places if p[0] != "checks") == sorted(every)
    assert len(places) == len(set(places))


def test_a_column_says_itself_whether_it_is_sent_and_on_the_board() -> None:
    found = [(e.values.get(SENT), e.values.get(BOARD)) for e in sheet("Columns") if not e.blank]
    assert found == [(True, True)] * 3 + [(None, None)] + [(False, False)] * 2
    every = entries_of(replace(FULL, issue=replace(FULL.issue, fields=())), SHEETS[0])
    assert every[4].values[SENT] is True


def test_every_check_of_the_plan_has_its_level() -> None:
    from xlplan.plan.checks.checklist import LINTS

    levels = {entry.key: entry.values[entry.key] for entry in sheet("Checks")}
    assert levels == {lint.message.code: lint.message.level for lint in LINTS}
    quiet = replace(FULL, checks={"CHK-003": "off"})
    found = {entry.key: entry.values for entry in entries_of(quiet, SHEETS[-1])}
    assert found["CHK-003"] == {"CHK-003": "off"}


def test_a_sheet_has_a_row_for_each_entry_and_blank_rows_for_more() -> None:
    leads = sheet("Leads")
    assert [entry.names for entry in leads if not entry.blank] == [("Ada Quill",), ("Ben Ode",)]
    assert [entry.number for entry in leads if entry.blank] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_columns_that_matter_most_stand_first() -> None:
    assert columns_of(SHEETS[2])[:4] == ("name", SAME_AS, "successor", "nobody")
    assert columns_of(SHEETS[2])[-1] == REMOVE
    assert columns_of(SHEETS[-1]) == (VALUE,)


def test_what_a_cell_is_about_is_named_as_in_plan_toml() -> None:
    assert sheet("Leads")[0].about("email") == "[[lead]] Ada Quill: email"
    contact = next(entry for entry in sheet("Words") if entry.key == "contact")
    assert contact.about("value") == "[issue]: contact"
    assert [entry.about("heading") for entry in sheet("Columns")[1:4:2]] == [
        "[[field]] action: heading", "[[field]] recommendation ref: heading",
    ]  # fmt: skip


def test_a_cell_is_found_again_by_what_it_is_about() -> None:
    every = [
        (entry, column)
        for each in SHEETS
        for entry in entries_of(FULL, each)
        if not entry.blank
        for column in columns_of(each)
    ]
    assert [place_of(FULL, entry.about(column)) for entry, column in every] == every
    assert place_of(FULL, "[[lead]] Nobody: email") is None


def test_what_the_definition_says_in_a_place_is_a_text_or_nothing() -> None:
    assert stands(FULL, "[[lead]] Ben Ode: aliases") == "B Ode"
    assert stands(FULL, "[[rule]] late: overdue_days") == "30"
    assert stands(FULL, "[[lead]] Ben Ode: email") is None
    assert stands(FULL, "[[lead]] Nobody: email") is None


def test_a_heading_is_the_name_of_its_key_or_a_better_one() -> None:
    assert heading_of("field", "role") == "What it is"
    assert heading_of("rating", "text_colour") == "Text colour"
    assert heading_of("rating", REMOVE) == "Remove?"
    assert (key_of("lead", SAME_AS).default, key_of("rating", REMOVE).allowed) == ("", ())


@pytest.mark.parametrize(
    ("table", "key", "value", "cell"),
    [
        ("field", "required", True, "Yes"),
        ("field", "required", False, "No"),
        ("field", "mode", "append", "Yes"),
        ("field", "type", "narrative", "Long text"),
        ("field", "guidance", "", None),
        ("field", "width", 12.5, 12.5),
        ("field", "choices", ("a; b", "c"), "a; b\nc"),
        ("field", "choices", ("two\nlines", '"quoted"'), '"two\\nlines"\n"\\"quoted\\""'),
        ("field", "choices", (), None),
        ("people", "separators", (" and ", "\n"), '" and "\n"\\n"'),
        ("plan", "agreed", date(2026, 1, 5), date(2026, 1, 5)),
        ("plan", "agreed", None, None),
        ("lead", "name", "Ada Quill", "Ada Quill"),
        ("issue", "password", " with spaces ", " with spaces "),
        ("plan", "language", ("cy", "en-GB"), "cy\nen-GB"),
        ("plan", "language", ("cy",), "cy"),
        ("lead", "language", "cy", "Welsh"),
        ("field", "heading_cy", "Cynnydd", "Cynnydd"),
        ("post", "body_cy", "Annwyl {lead},\n\nDiolch.", "Annwyl {lead},\n\nDiolch."),
    ],
)
def test_a_value_stands_in_its_cell_and_is_read_back(
    table: str, key: str, value: object, cell: Raw
) -> None:
    assert shown(key_of(table, key), value) == cell
    assert is_shown(key_of(table, key), value, cell)
    assert read(table, key, cell, FULL) == (value or None if value is not False else False)


@pytest.mark.parametrize(
    ("table", "key", "typed", "value"),
    [
        ("field", "required", "yes", True),
        ("field", "required", False, False),
        ("field", "owner", "Lead", "lead"),
        ("field", "owner", "the lead", "lead"),
        ("field", "owner", "somebody", "somebody"),
        ("field", "mode", "Yes", "append"),
        ("field", "mode", "replace", "replace"),
        ("field", "role", "Progress note", "progress"),
        ("field", "width", "14", 14),
        ("issue", "proposal_rows", 3.0, 3),
        ("plan", "agreed", "5 January 2026", date(2026, 1, 5)),
        ("lead", "aliases", "A Quill\n\n  Quill, A ", ("A Quill", "Quill, A")),
        ("lead", "aliases", '"half a quote', ('"half a quote',)),
        ("rating", "code", 1.0, "1"),
        ("checks", "CHK-003", "OFF", "off"),
        ("lead", "email", "  ", None),
    ],
)
def test_a_cell_is_read_as_a_person_means_it(
    table: str, key: str, typed: Raw, value: object
) -> None:
    assert read(table, key, typed, FULL) == value


@pytest.mark.parametrize(
    ("table", "key", "typed", "code"),
    [
        ("field", "required", "perhaps", "VAL-011"),
        ("field", "width", "wide", "VAL-005"),
        ("issue", "proposal_rows", 2.5, "DEF-005"),
        ("plan", "agreed", "soon", "VAL-003"),
    ],
)
def test_what_is_no_value_of_its_key_is_known_as_such(
    table: str, key: str, typed: Raw, code: str
) -> None:
    found = read(table, key, typed, FULL)
    assert isinstance(found, Invalid)
    assert found.code == code


def test_a_cell_that_only_looks_otherwise_is_not_edited() -> None:
    assert is_shown(key_of("field", "width"), 12.0, 12)
    assert is_shown(key_of("plan", "agreed"), date(2026, 1, 5), "2026-01-05")
    day = key_of("plan", "agreed")
    assert is_shown(day, date(2026, 1, 5), datetime(2026, 1, 5))
    assert is_shown(day, date(2026, 1, 5), ShownDate.of(date(2026, 1, 5), "d mmmm yyyy"))
    assert not is_shown(day, date(2026, 1, 5), ShownDate.of(date(2026, 1, 6), "d mmmm yyyy"))
    assert is_shown(key_of("lead", "email"), "", "  ")
    assert not is_shown(key_of("field", "width"), 12.0, 13)
    assert not is_shown(key_of("lead", "email"), "a@example.org", None)
    assert not is_shown(key_of("issue", "password"), "a", "a ")
    assert is_shown(key_of("issue", "password"), "", None)


def test_two_ratings_of_two_scales_are_two_rows() -> None:
    both = PlanDefinition(
        "p", "P", FULL.fields, ratings=(Rating("G", "Green"), Rating("G", "Good", scale="view"))
    )
    found = entries_of(both, SHEETS[1])
    assert [entry.names for entry in found[:2]] == [("", "G"), ("view", "G")]
    assert entries_of(replace(both, leads=(Lead("A"),)), SHEETS[2])[0].values["email"] == ""


# What stands beside the definition

LINES = (
    AccountLine("Plan", 1, "heading", "column headings", "Ref | Action"),
    AccountLine("Plan", 2, "imported", "action 1", "1 | Mend it"),
    AccountLine("Lists", 1, "note", "note", "Open"),
)


def test_each_guess_is_a_row_with_the_answer_that_it_has() -> None:
    guesses = (Guess("it leaks", "lead", ("Ben Ode",), "Ben Ode", "It is right"), Guess("no year"))
    found = entries_of(FULL, START, Origin(guesses))
    assert [entry.names for entry in found] == [("lead", "Ben Ode", "it leaks"), ("", "no year")]
    assert [entry.values["answer"] for entry in found] == ["It is right", ""]
    assert found[1].about(VALUE) == "[[guess]]  no year: answer"


def test_each_sheet_of_the_spreadsheet_is_followed_by_its_rows() -> None:
    said = replace(
        FULL,
        sheets=(SheetRead("Lists", True), SheetRead("Gone")),
        rows=(RowRead("Plan", 2, "no action"), RowRead("Gone", 9, "action")),
    )
    found = entries_of(said, ROWS, Origin(lines=LINES))
    assert [(entry.table, *entry.names) for entry in found] == [
        ("sheet", "Plan"), ("row", "Plan", "1"), ("row", "Plan", "2"),
        ("sheet", "Lists"), ("row", "Lists", "1"),
        ("sheet", "Gone"), ("row", "Gone", "9"),
    ]  # fmt: skip
    assert [entry.values.get("plan") for entry in found if entry.table == "sheet"] == [
        None, True, None,
    ]  # fmt: skip
    assert [entry.values["fate"] for entry in found if entry.table == "row"] == [
        "", "no action", "", "action",
    ]  # fmt: skip
    assert found[2].values["words"] == "1 | Mend it"


def test_a_row_of_the_spreadsheet_is_found_again_by_what_its_cell_is_about() -> None:
    origin = Origin(lines=LINES)
    entry = entries_of(FULL, ROWS, origin)[2]
    assert entry.about(VALUE) == "[[row]] Plan 2: fate"
    assert place_of(FULL, "[[row]] Plan 2: fate", origin) == (entry, VALUE)


def test_every_sheet_that_is_answered_has_rows_that_are_told_apart() -> None:
    origin = Origin((Guess("no year"),), LINES)
    every = [
        (e.table, e.names, e.key, e.number) for s in EVERY for e in entries_of(FULL, s, origin)
    ]
    assert len(set(every)) == len(every)
    assert set(NAMED_BY) >= {"sheet", "row"}


def test_what_stands_beside_an_answer_says_which_it_is() -> None:
    origin = Origin(
        guesses=(Guess("may be a ferry", "lead", ("Ben Ode",), "Ben Ode"), Guess("It is so.")),
        lines=(AccountLine("Plan", 4, "imported", words="Mend the hull"),),
        columns=(OwnColumn("Plan!K3", "Cost", "action", "money"),),
    )
    kept = replace(FULL, kept_back=("Is this funded?",))

    def says(sheet: SetUpSheet) -> list[dict[str, str]]:
        return [dict(beside(entry)) for entry in entries_of(kept, sheet, origin)]

    assert says(START) == [
        {"about": "Ben Ode", "assumed": "may be a ferry"},
        {"about": "The plan", "assumed": "It is so."},
    ]
    assert says(ROWS) == [{"place": "Plan"}, {"place": "Plan!4"}]
    assert says(KEPT) == [{"words": "Is this funded?"}]
    assert says(OWN) == [{"read": "Cost"}]
    sheets = {sheet.name: sheet for sheet in SHEETS}
    assert {"key": "Title"} in says(sheets["Words"])
    assert {"key": "CHK-001"} in says(sheets["Checks"])
    assert set(map(len, says(sheets["Leads"]))) == {0}
