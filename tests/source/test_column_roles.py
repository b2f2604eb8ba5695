"""Which column is what: headings by their words, weighed by what the cells hold."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.source import table_cells
from xlplan.source.column_roles import (
    fit,
    lists_choices,
    read_columns,
    shape_of,
)
from xlplan.source.heading_groups import likely_heading_row
from xlplan.source.heading_words import role_scores, words_of
from xlplan.source.headings import cell_text
from xlplan.source.table_cells import ColumnCells
from xlplan.workbook.read.book import CellValue


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Action we will take", "action"),
        ("Card Name", "action"),
        ("Issue key", "key"),
        ("Latest", "progress"),
        ("How is it going?", "rating"),
        ("Start - End", "due"),
        ("Start and end date", "due"),
        ("Members", "lead"),
        ("What needs to happen?", "action"),
        ("What must change", "action"),
        ("SMART action", "action"),
        ("Exec lead", "lead"),
        ("Risk owner", "lead"),
        ("RAG_Status", "rating"),
        ("BRAG (Oct)", "rating"),
        ("By when?", "due"),
        ("Person responsible", "lead"),
        ("Target_Resolution", "due"),
        ("ActionOwner", "lead"),
        ("Risikoeigner", "lead"),
        ("Target year", "due"),
        ("Completion by", "due"),
        ("Zu erledigen bis", "due"),
        ("Umsetzung bis", "due"),
        ("Forecast", "due"),
        ("Baseline end", "due"),
        ("Forecast end", "revised"),
        ("Current target date", "revised"),
        ("Current position date", "due"),
        ("Revised target", "revised"),
        ("On track?", "rating"),
        ("Impact so far", "progress"),
        ("Current position (Nov 25)", "progress"),
        ("targetdate", "due"),
        ("Audit ref", "key"),
        ("Suivi : état", "rating"),
        ("Estado de avance", "rating"),
        ("Comments on status", "rating"),
        ("Bureau de première responsabilité", "lead"),
        ("OPI", "lead"),
        ("DRI", "lead"),
        ("Focal point", "lead"),
        ("Resp.", "lead"),
        ("Quem?", "lead"),
        ("Action by", "lead"),
        ("Umsetzungsverantwortlicher", "lead"),
        ("Umsetzungsgrad", "rating"),
        ("Responsável", "lead"),
        ("Ansvarig", "lead"),
        ("Quando?", "due"),
        ("Klart senast", "due"),
        ("Completion target", "due"),
        ("Observações", "progress"),
        ("Action to date", "progress"),
        ("Fixed?", "rating"),
        ("Åtgärd", "action"),
        ("Requests", "action"),
        ("Rec no.", "key"),
        ("Comments / resolution", "progress"),
        ("Mitigation / comments", "action"),
        ("Owner (initials)", "lead"),
        ("(RAG)", "rating"),
        ("Quarter", "due"),
        ("Task name", "action"),
        ("Description", "action"),
        ("Revised date", "revised"),
        ("Action to be taken to put it right", "action"),
        ("How will we do it?", "action"),
        ("When will it be done by?", "due"),
        ("To be completed", "due"),
        ("Finish by", "due"),
        ("By", "due"),
        ("Where are we now?", "progress"),
        ("Position at 31 March", "progress"),
        ("Management response", "progress"),
        # French, Spanish, German, Dutch, Welsh
        ("Action prévue", "action"),
        ("Pilote", "lead"),
        ("Échéance", "due"),
        ("Statut", "rating"),
        ("Tarea", "action"),
        ("Responsable", "lead"),
        ("Fecha de término", "due"),
        ("Observaciones", "progress"),
        ("Maßnahme", "action"),
        ("Zuständig", "lead"),
        ("Frist", "due"),
        ("Wer", "lead"),
        ("Statut d’avancement", "rating"),
        ("Plan d'action", "action"),
        ("Sofortmaßnahmen", "action"),
        ("Erledigt bis", "due"),
        ("Umsetzungsstand", "rating"),
        ("Federführung", "lead"),
        ("Actie", "action"),
        ("Verbeteractie", "action"),
        ("Actiehouder", "lead"),
        ("Stand van zaken", "rating"),
        ("Verantwoordelijke", "lead"),
        ("Einddatum", "due"),
        ("Opmerkingen", "progress"),
        ("Camau gweithredu", "action"),
        ("Arweinydd", "lead"),
        ("Erbyn pryd", "due"),
        ("Sylwadau", "progress"),
    ],
)
def test_a_heading_is_understood_by_its_words(heading: str, role: str) -> None:
    scores = role_scores(heading)
    assert max(scores, key=lambda each: scores[each]) == role
    assert scores[role] >= 0.4


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Action owner", "action"),
        ("Action date", "action"),
        ("Date raised", "due"),
        ("Start date", "due"),
        ("Raised by", "lead"),
        ("Risk score", "action"),
        ("Priority", "action"),
        ("Likelihood", "rating"),
        ("Date reviewed", "due"),
        ("Date closed", "due"),
        ("Existing actions", "action"),
        ("Preventive / corrective", "action"),
        ("Progress indicators", "progress"),
        ("Monitoring: who, when and how", "due"),
    ],
)
def test_words_that_make_it_something_else_weigh_more(heading: str, role: str) -> None:
    assert role_scores(heading).get(role, 0.0) < 0.5


def test_words_are_plain() -> None:
    assert words_of("TargetDate") == "target date"
    assert words_of("Zuständig für_Aufgabe 2") == "zustandig fur aufgabe 2"
    assert words_of("% complete") == "percent complete"


def read(headings: str, *rows: list[CellValue]) -> dict[str, str]:
    """The heading that each role was given."""
    heads = dict(enumerate(headings.split(" | ")))
    reading = read_columns(heads, [dict(enumerate(row)) for row in rows])
    return {role: heads[col] for col, role in reading.roles.items()}


def test_of_two_headings_for_people_the_one_with_names_is_the_lead() -> None:
    rows: list[list[CellValue]] = [
        [f"Mend roof {n} of the shed", "5", f"Ada Quill {n}"] for n in range(5)
    ]
    assert read("Action | Owner | Sponsor", *rows)["lead"] == "Sponsor"


def test_a_date_whose_column_holds_dates_is_due_before_one_that_holds_none() -> None:
    rows: list[list[CellValue]] = [
        [f"Mend roof {n} of the shed", "n/a", date(2026, 3, n + 1)] for n in range(5)
    ]
    assert read("Action | Date | Completion date", *rows)["due"] == "Completion date"


def test_levels_are_no_status_and_a_column_of_states_is_one_under_any_heading() -> None:
    rows: list[list[CellValue]] = [
        [f"Mend roof {n} of the shed", "High", "Closed" if n % 2 else "Open"] for n in range(6)
    ]
    assert read("Action | Rating | On hold", *rows)["rating"] == "On hold"


def test_a_position_that_holds_states_alone_is_the_status_where_no_column_is() -> None:
    rows: list[list[CellValue]] = [
        [f"Mend roof {n} of the shed", "Complete" if n % 2 else "In progress", "Open"]
        for n in range(6)
    ]
    assert read("Action | Position", *[row[:2] for row in rows])["rating"] == "Position"
    assert read("Action | Position | Status", *rows)["rating"] == "Status"
    some = [[row[0], "Finished" if n % 2 else "With the wardens"] for n, row in enumerate(rows)]
    assert read("Action | Position", *some)["rating"] == "Position"


def test_an_unheaded_first_column_of_numbers_is_the_ref() -> None:
    headings = {1: "Action", 2: "Owner"}
    rows: list[dict[int, CellValue]] = [
        {0: f"{n}", 1: f"Mend the roof {n}", 2: "Ada"} for n in range(1, 6)
    ]
    assert read_columns(headings, rows).roles == {0: "key", 1: "action", 2: "lead"}


def test_what_a_person_decided_stands() -> None:
    headings = {0: "Action", 1: "Risk", 2: "Owner"}
    rows: list[dict[int, CellValue]] = [{0: "Mend the roof", 1: "It leaks", 2: "Ada"}]
    assert read_columns(headings, rows).roles[0] == "action"
    assert read_columns(headings, rows, {"risk": "action"}).roles[1] == "action"


def test_a_blank_column_is_judged_by_its_heading_alone() -> None:
    empty = shape_of([None, "", "  "])
    assert empty.count == 0
    assert 0.5 < fit("lead", empty) < 1.0
    assert read("Action | Lead | Due")["due"] == "Due"


@pytest.mark.parametrize(
    ("role", "values"),
    [
        ("key", ["a text that is much too long to be called a ref"] * 4),
        ("action", [date(2026, 1, 1)] * 4),
        ("lead", [1.0, 2.0, 3.0]),
        ("due", [1.0, 2.0, 3.0]),
        ("rating", [date(2026, 1, 1)] * 4),
        ("progress", [1.0, 2.0, 3.0]),
    ],
)
def test_cells_that_cannot_be_it_speak_against_a_role(role: str, values: list[CellValue]) -> None:
    assert fit(role, shape_of(values)) < 0.3


@pytest.mark.parametrize(
    ("heading", "choices"),
    [
        ("Response (Avoid, Reduce, Transfer)", True),
        ("Comments [Agreed / Partly agreed / Refused]", True),
        ("Outcome (Won, Lost or Drawn)", True),
        ("Update (what, when and how much)", False),
        ("Progress (Board)", False),
        ("Notes (Say what has been done, then what comes next and who does it)", False),
        ("Response", False),
    ],
)
def test_a_heading_may_list_its_choices(heading: str, choices: bool) -> None:
    assert lists_choices(heading) is choices


def test_a_heading_that_lists_its_choices_is_no_progress_note_unless_its_cells_are() -> None:
    heading = "Response (Avoid, Reduce, Accept)"
    headings = {0: "Action", 1: "Owner", 2: heading}

    def role(*texts: str) -> str:
        rows: list[dict[int, CellValue]] = [
            {0: f"Mend the roof of shed {n}", 1: "Ada Quill", 2: text}
            for n, text in enumerate(texts)
        ]
        return read_columns(headings, rows).roles.get(2, "")

    assert role("Avoid", "Reduce", "Avoid", "Accept, for now") == ""
    assert role("", "", "") == ""
    long = "We have mended one half of it; the other half follows when the weather is dry, in May"
    assert role(long, long + " or June", long + " or July") == "progress"


def test_who_closed_an_action_is_no_status() -> None:
    assert "rating" not in role_scores("Closed by")
    assert role_scores("Closed")["rating"] > 0.5


def test_next_steps_are_the_actions_only_where_nothing_else_is() -> None:
    def roles(*headings: str) -> dict[int, str]:
        rows: list[dict[int, CellValue]] = [
            {0: f"The crews of boat {n} should be trained", 1: "Ada Quill", 2: "Book the hall"}
            for n in range(4)
        ]
        return dict(read_columns(dict(enumerate(headings)), rows).roles)

    for heading in ("Rec / AFI text", "AFI", "Recommendation"):
        assert roles(heading, "Lead", "Next steps")[0] == "action"
    assert roles("Finding", "Lead", "Next steps")[2] == "action"
    assert roles("Background", "Lead", "Next steps")[2] == "action"


def test_years_are_days_by_which_something_is_due() -> None:
    assert fit("due", shape_of([2026.0, 2027.0, "2026", None])) > 0.8
    assert fit("due", shape_of([26.0, 27.0, 2500.0])) < 0.3


def latest(*columns: tuple[str, str]) -> dict[str, str]:
    """The headings that have the roles of status and note; the cells of a column are letters."""
    headings = {0: "Action", 1: "Lead", **{n: text for n, (text, _) in enumerate(columns, 2)}}
    rows: list[dict[int, CellValue]] = []
    for row in range(4):
        cells: dict[int, CellValue] = {0: f"Mend the roof of shed {row}", 1: "Ada Quill"}
        cells |= {
            n: letters[row] for n, (_, letters) in enumerate(columns, 2) if letters[row] != " "
        }
        rows.append(cells)
    roles = read_columns(headings, rows).roles
    return {role: headings[col] for col, role in roles.items() if role in ("rating", "progress")}


def test_of_statuses_of_several_periods_the_last_that_most_rows_have_is_the_status() -> None:
    assert latest(
        ("Q1 RAG", "RAGG"), ("Q2 RAG", "AAGB"), ("Q3 RAG", "G   "), ("Q4 RAG", "    ")
    ) == {"rating": "Q2 RAG"}
    assert latest(("RAG (October)", "RAGG"), ("RAG (November)", "AGGG")) == {
        "rating": "RAG (November)"
    }


def test_statuses_headed_by_nothing_but_their_month_are_such_a_series() -> None:
    assert latest(("Sep-25", "RAGG"), ("Oct-25", "AAGB"), ("Nov-25", "GGGB")) == {
        "rating": "Nov-25"
    }
    assert latest(("April", "RAGG"), ("May", "AAGB"), ("June", "G   ")) == {"rating": "May"}


def test_the_latest_of_dated_headings_is_the_last_wherever_it_stands() -> None:
    assert latest(("RAG Jan 26", "RAGG"), ("RAG Dec 25", "AAGB"), ("RAG Nov 25", "GGGB")) == {
        "rating": "RAG Jan 26"
    }
    assert latest(("RAG 12/01/2026", "RAGG"), ("RAG 01.12.25", "AAGB")) == {
        "rating": "RAG 12/01/2026"
    }
    assert latest(("RAG 31/31/2026", "RAGG"), ("RAG 01/12/25", "AAGB")) == {
        "rating": "RAG 01/12/25"
    }


def test_statuses_that_differ_in_more_than_their_period_are_read_from_the_left() -> None:
    assert latest(("Delivery RAG", "RAGG"), ("Budget RAG", "AGGG")) == {"rating": "Delivery RAG"}
    assert latest(("Q1 RAG", "    "), ("Q2 RAG", "    ")) == {"rating": "Q1 RAG"}


def test_a_short_list_of_states_under_a_heading_of_notes_is_the_status() -> None:
    headings = {0: "Action", 1: "Lead", 2: "Position", 3: "Update"}
    states = ["Implemented", "In progress", "Overdue", "Not yet due"]
    rows: list[dict[int, CellValue]] = [
        {0: f"Mend the roof of shed {n}", 1: "Ada Quill", 2: state, 3: f"Seen on day {n}"}
        for n, state in enumerate(states)
    ]
    assert read_columns(headings, rows).roles[2] == "rating"


def test_codes_in_the_first_column_are_refs_though_its_heading_promises_actions() -> None:
    headings = {0: "Safety action", 1: "Required standard", 2: "Due"}

    def roles(*firsts: str) -> dict[int, str]:
        rows: list[dict[int, CellValue]] = [
            {0: first, 1: f"All of part {n} is in place", 2: date(2026, 1, n)}
            for n, first in enumerate(firsts, 1)
        ]
        return dict(read_columns(headings, rows).roles)

    assert roles("SA1", "SA4", "SA6") == {0: "key", 1: "action", 2: "due"}
    assert roles("Mend it", "Paint it", "Lock it")[0] == "action"


def test_a_text_that_stands_in_many_cells_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[object] = []

    def counted(value: CellValue) -> str:
        looked.append(value)
        return cell_text(value)

    monkeypatch.setattr(table_cells, "cell_text", counted)
    cells: list[CellValue] = ["On track ", None, "Late", "  ", 1.5] * 50
    assert ColumnCells(cells).said == ["On track", "Late", "1.5"] * 50
    assert sorted(map(repr, looked)) == sorted(map(repr, {*cells}))


def test_numbers_of_three_levels_are_refs_and_no_days() -> None:
    headings = {0: "Code", 1: "Action", 2: "Owner"}
    rows: list[dict[int, CellValue]] = [
        {0: f"1.{n}.{n + 3}", 1: f"Mend the roof of shed {n}", 2: "Ada Quill"} for n in range(1, 5)
    ]
    assert read_columns(headings, rows).roles[0] == "key"
    days = {each.dates for each in (shape_of([d]) for d in ("1.2.26", "01/12/2026", "2026-1-2"))}
    assert days == {1.0}


def test_headings_that_say_who_when_and_how_far_are_headings_though_none_says_what() -> None:
    """A row of the plan whose cells are short, above two others, looks like headings too."""
    head = {0: "Resolution", 1: "Kind", 2: "Wish", 3: "Due", 4: "Responsible parties", 5: "Status"}
    rows: list[dict[int, CellValue]] = [
        {**head},
        {0: "1", 1: "Audit", 2: "Notes the report of the year", 3: "N/A", 4: "N/A", 5: "N/A"},
        {0: "2", 1: "Audit", 2: "Wants a road map for roofs", 3: "May", 4: "Sheds", 5: "Ongoing"},
        {0: "3", 1: "Roofs", 2: "Asks for faster mending", 3: "Spring", 4: "Roofs", 5: "Begun"},
        {0: "4", 1: "Roofs", 2: "Wants a policy on paint", 3: "2027", 4: "Ethics", 5: "Completed"},
        {0: "5", 1: "Sheds", 2: "Wants a second way in", 3: "2028", 4: "Sheds", 5: "Completed"},
    ]
    assert likely_heading_row(rows) == 0


def test_codes_of_the_items_are_refs_before_those_of_the_controls_that_they_are_of() -> None:
    headings = {0: "Item", 1: "Control ID", 2: "Action", 3: "Status"}
    rows: list[dict[int, CellValue]] = [
        {0: f"P-{n}", 1: f"3.{n}.{n + 4}", 2: f"Mend the roof of shed {n}", 3: "Open"}
        for n in range(1, 5)
    ]
    assert read_columns(headings, rows).roles[0] == "key"


def test_what_was_observed_before_the_action_is_no_progress_since() -> None:
    headings = {0: "Observation", 1: "Agreed action", 2: "Owner", 3: "Follow-up comments"}
    rows: list[dict[int, CellValue]] = [
        {0: f"Shed {n} leaks", 1: f"Mend the roof of shed {n}", 2: "Ada Quill", 3: f"Seen {n}"}
        for n in range(3)
    ]
    assert read_columns(headings, rows).roles[3] == "progress"
    assert read_columns({**headings, 3: "Cost"}, rows).roles[0] == "progress"


@pytest.mark.parametrize("heading", ["Follow up by", "Implementation by", "Action by"])
def test_a_heading_that_ends_in_by_is_who_or_when_as_its_cells_say(heading: str) -> None:
    def role(*cells: CellValue) -> str:
        rows: list[dict[int, CellValue]] = [
            {0: f"Mend the roof of shed {n}", 1: cell, 2: "Open"} for n, cell in enumerate(cells)
        ]
        return read_columns({0: "Action", 1: heading, 2: "Status"}, rows).roles[1]

    assert role("Ada Quill", "Ben Ode", "Ada Quill") == "lead"
    assert role(date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 4)) == "due"


def test_what_was_done_at_once_is_not_the_action_where_a_corrective_one_stands() -> None:
    headings = {0: "Immediate action", 1: "Corrective action", 2: "Date from", 3: "Date to"}
    rows: list[dict[int, CellValue]] = [
        {0: f"Shed {n} closed for now", 1: f"Mend the roof of shed {n}", 2: date(2027, 1, n),
         3: date(2027, 2, n)} for n in range(1, 4)
    ]  # fmt: skip
    assert {**read_columns(headings, rows).roles} == {1: "action", 3: "due"}


@pytest.mark.parametrize(
    ("role", "heading", "texts"),
    [
        ("progress", "Progress update",
         ["Oct 26: working group met; plan agreed.", "Oct 26: delayed – no capacity yet, escalated",
          "12/10/2026 Audit done, report to the committee"]),
        ("action", "Action",
         ["Publish the new policy of it by March 2027", "Train all the officers by 30 June 2026",
          "Have the roof of the depot mended by May 2026"]),
    ],
)  # fmt: skip
def test_sentences_that_name_a_day_are_no_days(role: str, heading: str, texts: list[str]) -> None:
    """A note that begins with its month was taken for a date: the column of progress got no role,
    and no lead could write in it."""
    headings = {0: "Ref", 1: "Lead", 2: heading, 3: "Due date", 4: "Text"}
    rows: list[dict[int, CellValue]] = [
        {0: f"1.{n}", 1: "Ada Quill", 2: text, 3: date(2026, 12, n), 4: "Anything"}
        for n, text in enumerate(texts, 1)
    ]
    assert read_columns(headings, rows).roles[2] == role


@pytest.mark.parametrize("role", ["progress", "action"])
def test_days_in_words_are_no_sentences(role: str) -> None:
    days: list[CellValue] = ["By the end of March 2027", "March 2027", "Within 3 months"]
    assert fit(role, shape_of(days)) < 0.3


@pytest.mark.parametrize("heading", ["How are we doing? (RAG)", "Where are we now [BRAG rating]"])
def test_a_heading_with_rag_in_brackets_is_the_status_or_the_note_as_its_cells_say(
    heading: str,
) -> None:
    """Under a question with two actions the ratings were taken for notes on progress."""
    headings = {0: "No.", 1: "Action", 2: "Who?", 3: heading}
    row: dict[int, CellValue] = {0: "1", 1: "Mend the bridge at the mill", 2: "Ada Quill"}
    rated = [{**row, 3: "Green"}, {**row, 3: "Red"}]
    noted = [{**row, 3: "Most of it was mended in May, the rest waits for dry weather"},
             {**row, 3: "Nothing could be done while the river was so high"}]  # fmt: skip
    assert read_columns(headings, rated).roles[3] == "rating"
    assert read_columns(headings, noted).roles[3] == "progress"
