"""The scale of a spreadsheet: what stands in its status column, what a legend, a colour says."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.styles import Color, Font, PatternFill

from tests.text_sheets import book, column, read, sheet
from xlplan.source.importing import Chosen, Source, read_source
from xlplan.workbook.read.book import At
from xlplan.workbook.read.read_book import read_book

HEAD = "Ref | Action | Lead | Due | RAG"


def plan(*ratings: str, head: str = HEAD) -> str:
    rows = [
        f"{number} | Mend the hull of boat {number} | Ada Quill | 3{number % 2} May 2026 | {rating}"
        for number, rating in enumerate(ratings, 1)
    ]
    return "\n".join([head, *rows])


RATED = plan("Green", "Amber", "Red", "Green", "Blue")


def labels(source: Source) -> dict[str, str]:
    return {rating.code: rating.label for rating in source.definition.ratings}


def closed(source: Source) -> list[str]:
    return [rating.code for rating in source.definition.ratings if rating.closed]


FOUR = {"Blue": "Complete", "Green": "On track", "Amber": "At risk", "Red": "Overdue"}
KEY = "\n".join(f"{code} | {label}" for code, label in FOUR.items())


@pytest.mark.parametrize(
    "sheets",
    [
        # above the headings, in one line and in one cell
        ("Key: Blue – Complete; Green – On track; Amber – At risk; Red – Overdue\n\n" + RATED,),
        # below the table, a line for each
        (RATED + "\n\nBlue: Complete\nGreen: On track\nAmber: At risk\nRed: Overdue",),
        # below the table, in the columns of refs and actions
        (RATED + "\n\nKey |\n" + KEY,),
        # on a sheet of its own, with headings and without
        (RATED, "RAG rating | Definition\n" + KEY),
        (RATED, KEY),
        # in one row of cells
        (RATED, "Blue | Complete | Green | On track | Amber | At risk | Red | Overdue"),
        # codes in one row, meanings in the row below
        (RATED, "Code | Blue | Green | Amber | Red\nIs | Complete | On track | At risk | Overdue"),
        # in the heading itself
        (
            plan("Green", "Amber", "Red", head=HEAD.replace(
                "RAG", "RAG (Blue – Complete, Green – On track, Amber – At risk, Red – Overdue)")),
        ),
    ],
)  # fmt: skip
def test_a_legend_explains_the_scale_wherever_it_stands(sheets: tuple[str, ...]) -> None:
    source = read(*sheets)
    assert labels(source) == FOUR
    assert closed(source) == ["Blue"]
    assert len(source.rows) in (3, 5)


def beside(*pairs: str, head: str = "") -> str:
    lines = RATED.split("\n")
    more = [head, *pairs]
    return "\n".join(f"{a} | | {b}" if b else a for a, b in zip(lines, more, strict=False)) + (
        "\n" + "\n".join(lines[len(more) :])
    )


@pytest.mark.parametrize("head", ["", "Key | Meaning"])
def test_a_legend_beside_the_table_is_no_column_of_it(head: str) -> None:
    source = read(beside(*KEY.split("\n"), head=head))
    assert labels(source) == FOUR
    assert [field.id for field in source.definition.fields] == [
        "ref", "action", "lead", "due", "rating"
    ]  # fmt: skip
    assert source.definition.notes == tuple(KEY.split("\n"))


@pytest.mark.parametrize(
    ("head", "pairs"),
    [
        ("", ("Open", "Closed", "Parked")),
        ("Total | 5", ("Open | 3", "Closed | 2")),
        ("Towns", ("North", "South")),
    ],
)
def test_a_list_beside_the_table_stays_out_of_the_plan(head: str, pairs: tuple[str, ...]) -> None:
    source = read(beside(*pairs, head=head))
    assert [field.heading for field in source.definition.fields] == HEAD.split(" | ")
    assert source.definition.kept_back == tuple(filter(None, (head, *pairs)))
    assert source.definition.notes == ()
    assert len(source.rows) == 5


def test_a_column_past_a_blank_one_is_the_plans_where_its_rows_fill_it() -> None:
    lines = [
        f"{line} | | {more}"
        for line, more in zip(RATED.split("\n"), ("Notes", "x", "", "y", "", "z"), strict=True)
    ]
    source = read("\n".join(lines))
    assert [field.heading for field in source.definition.fields] == [*HEAD.split(" | "), "Notes"]


def test_a_blank_column_is_no_field() -> None:
    lines = [line.replace(" | ", " | | ", 2) for line in RATED.split("\n")]
    source = read("\n".join(f"{line} | |" for line in lines))
    assert [field.heading for field in source.definition.fields] == HEAD.split(" | ")


@pytest.mark.parametrize(
    "counts",
    [
        "Blue: 1   Green: 2   Amber: 1   Red: 1",
        "Summary | Number\nBlue | 1\nGreen | 2\nAmber | 1\nRed | 1",
        "Blue | 1 | 20%\nGreen | 2 | 40%\nAmber | 1 | 20%\nRed | 1 | 20%",
        "Theme | Red | Amber | Green | Total\nBoats | 1 | 1 | 2 | 4",
    ],
)
def test_a_count_of_ratings_is_no_legend(counts: str) -> None:
    for sheets in ((RATED, counts), (RATED + "\n\n" + counts,)):
        source = read(*sheets)
        assert labels(source) == {code: code for code in FOUR}
        assert len([row for row in source.rows if row.kind == "action"]) == 5


def test_a_legend_of_another_scale_explains_nothing_of_this_one() -> None:
    source = read(
        plan("Open", "Closed", "Open", head=HEAD.replace("RAG", "Status")),
        "Red | High risk\nAmber | Medium risk\nGreen | Low risk",
    )
    assert labels(source) == {"Closed": "Closed", "Open": "Open"}


STATES = plan(
    "Open | High", "Closed | Medium", "In progress | Low", "Closed | High",
    head=HEAD.replace("RAG", "Status | Priority"),
)  # fmt: skip
DROP_DOWNS = "Open | High\nIn progress | Medium\nClosed | Low"


@pytest.mark.parametrize(
    "sheets",
    [
        # a sheet of lists, with headings and without
        (STATES, "Status | Priority\n" + DROP_DOWNS),
        (STATES, DROP_DOWNS),
        # three lists, one longer than the others
        (STATES, "Status | Priority | Team\nOpen | High | Yard\nIn progress | Medium | Office\n"
                 "Closed | Low | Dock\n | | Fleet"),
        # names beside states
        (STATES, "Status | Owner\nOpen | Ben Ode\nIn progress | Ada Quill\nClosed | Cy Marsh"),
        # longer words under the heading of a column of the plan
        (STATES.replace("Priority", "Kind of work").replace("High", "Hulls and masts of boats"),
         "Status | Kind of work\nOpen | Sails, ropes and flags\nClosed | Oars, seats and rudders"),
        # below the plan
        (STATES + "\n\nStatus | Priority\n" + DROP_DOWNS,),
        # to its right
        ("\n".join(f"{line} | | {more}" for line, more in zip(STATES.split("\n"), [
            "Status | Priority", *DROP_DOWNS.split("\n"), "|"], strict=True)),),
    ],
)  # fmt: skip
def test_lists_of_drop_downs_side_by_side_are_no_legend(sheets: tuple[str, ...]) -> None:
    source = read(*sheets)
    assert {code: label for code, label in labels(source).items() if code != label} == {}
    assert closed(source) == ["Closed"]
    assert len(source.rows) == 4


def test_a_description_column_of_the_plan_makes_no_list_of_a_legend() -> None:
    source = read(
        plan("Open", "Closed", "Open", head=HEAD.replace("Action", "Description")),
        "RAG | Description\nOpen | The work has not ended\nClosed | The yard has looked at it",
    )
    assert {rating.code: rating.meaning for rating in source.definition.ratings} == {
        "Open": "The work has not ended", "Closed": "The yard has looked at it"
    }  # fmt: skip


def test_yes_closes_in_a_column_that_asks_whether_it_is_done() -> None:
    source = read(plan("Yes", "No", "No", head=HEAD.replace("RAG", "Done?")))
    assert closed(source) == ["Yes"]
    assert not any("closes an action" in guess for guess in source.guesses)


def test_rows_of_another_table_are_no_legend() -> None:
    source = read(
        plan("Open", "Closed", "Open", head=HEAD.replace("RAG", "Status")),
        "State | Remark\nOpen | Waits for the tide\nOpen | Waits for the crew\nClosed | Sailed",
    )
    assert labels(source) == {"Closed": "Closed", "Open": "Open"}


def test_a_scale_that_closes_nothing_is_asked_about() -> None:
    source = read(plan("Open", "Ongoing", "Open"))
    assert (
        "field rating: none of the ratings (Ongoing, Open) closes an action; set closed = true for "
        "the one that does" in source.guesses
    )
    assert not any("closes an action" in guess for guess in read(RATED).guesses)


def test_one_word_throughout_is_no_scale_and_asked_about() -> None:
    source = read(plan("Open", "Open", "Open"))
    assert column(source, "rating") == ["Open"] * 3
    assert (
        'field rating: every action says "Open", and one word is no scale; add the other ratings, '
        "and closed = true to one" in source.guesses
    )


def test_one_word_throughout_is_no_second_scale() -> None:
    lines = [
        f"{line} | {more}"
        for line, more in zip(plan("Red", "Green", "Blue").split("\n"),
                              ("Previous RAG", "Set", "Set", "Set"), strict=True)
    ]  # fmt: skip
    second = read("\n".join(lines)).definition.find("previous_rating")
    assert second is not None
    assert (second.type, second.role) == ("text", "text")


@pytest.mark.parametrize(
    ("head", "ratings", "closes"),
    [
        ("Réf | Action | Responsable | Échéance | Statut",
         ("Terminé", "En cours", "À faire", "Abandonné"), ["Terminé", "Abandonné"]),
        ("Nr. | Maßnahme | Verantwortlich | Termin | Status",
         ("Erledigt", "In Bearbeitung", "Offen", "Entfällt"), ["Erledigt", "Entfällt"]),
        ("Nr | Actie | Verantwoordelijke | Deadline | Status",
         ("Afgerond", "Loopt", "Nog te starten", "Vervallen"), ["Afgerond", "Vervallen"]),
        ("N° | Acción | Responsable | Fecha límite | Estado",
         ("Finalizada", "En ejecución", "Pendiente", "Cumplida"), ["Finalizada", "Cumplida"]),
        ("Cyf | Cam gweithredu | Arweinydd | Dyddiad | Statws",
         ("Cwblhawyd", "Ar y gweill", "Heb ddechrau", "Wedi'i gyflawni"),
         ["Cwblhawyd", "Wedi'i gyflawni"]),
    ],
)  # fmt: skip
def test_closing_words_of_five_languages_are_proposed(
    head: str, ratings: tuple[str, ...], closes: list[str]
) -> None:
    source = read(plan(*ratings, head=head))
    assert column(source, "rating") == list(ratings)
    assert closed(source) == closes


def coloured(
    fills: Mapping[At, str], inks: Mapping[At, str], *ratings: str, key: str = ""
) -> Source:
    text = plan(*ratings) + key
    return read_source(book(sheet(text, fills=fills, inks=inks)), plan_id="p")


RED, AMBER, GREEN, BLUE = "#FF0000", "#FFC000", "#00B050", "#0070C0"
DOWN = [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_colour_of_one_sign_is_the_rating() -> None:
    inks = dict(zip(DOWN, (RED, GREEN, AMBER, BLUE), strict=True))
    for sign in ("●", "■", "l", "n"):
        source = coloured({}, inks, sign, sign, sign, sign)
        assert column(source, "rating") == ["Red", "Green", "Amber", "Blue"]
        assert closed(source) == ["Blue"]


def test_the_colours_of_signs_are_explained_by_coloured_cells() -> None:
    inks = dict(zip(DOWN, (RED, GREEN, GREEN, BLUE), strict=True))
    key = "\n\nFinished | \nOn course | \nAdrift and late | "
    fills = {(6, 0): BLUE, (7, 0): GREEN, (8, 0): RED}
    source = coloured(fills, inks, "●", "●", "●", "●", key=key.replace("On course", "On track"))
    assert column(source, "rating") == ["Adrift and late", "On track", "On track", "Finished"]
    assert closed(source) == ["Finished"]


def test_the_fill_of_a_blank_cell_is_explained_by_words_beside_a_colour() -> None:
    fills = dict(zip(DOWN, (RED, GREEN, GREEN, BLUE), strict=True))
    key = sheet(" | Complete\n | On track\n | Overdue", "Key",
                fills={(0, 0): BLUE, (1, 0): GREEN, (2, 0): RED})  # fmt: skip
    source = read_source(book(sheet(plan("", "", "", ""), fills=fills), key), plan_id="p")
    assert column(source, "rating") == ["Overdue", "On track", "On track", "Complete"]


def test_coloured_cells_side_by_side_explain_a_colour_each() -> None:
    """Each of them has a fill of its own: none is the meaning of the one before it."""
    fills = {(0, 1): RED, (0, 2): AMBER, (0, 3): GREEN}
    fills |= dict(zip([(3, 4), (4, 4), (5, 4), (6, 4)], (RED, GREEN, AMBER, RED), strict=True))
    text = "Key: | Not started | Under way | Done | \n\n" + plan("", "", "", "")
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    assert column(source, "rating") == ["Not started", "Done", "Under way", "Not started"]
    assert closed(source) == ["Done"]


def test_a_box_that_is_ticked_under_done_closes() -> None:
    """A check box of a spreadsheet is a cell of TRUE or FALSE, which is no number."""
    page = sheet(plan("", "", "", "", head="Ref | Action | Lead | Due | Done?"))
    rows = [list(row) for row in page.rows]
    for row, ticked in zip(rows[1:], (True, False, False, True), strict=True):
        row[4] = ticked
    source = read_source(book(replace(page, rows=rows)), plan_id="p")
    assert column(source, "rating") == ["True", "False", "False", "True"]
    assert closed(source) == ["True"]


GREY, BAND = "#BFBFBF", "#1F3864"
SWATCHES = (("Off track – needs help", RED), ("Slipping", AMBER), ("On track", GREEN),
            ("Done and evidenced", BLUE), ("Not due to start", GREY))  # fmt: skip


@pytest.mark.parametrize("beside", ["", "Updated 14 November 2025 by the office | "])
def test_a_key_of_colours_stands_above_a_plan_whose_headings_are_coloured(beside: str) -> None:
    """The colour of the headings is none of the key's; grey is a rating where the key has it; what
    is finished may stand in the middle of a key, and is the best none the less."""
    above = [f"{beside} | {words}" for words, _ in SWATCHES]
    text = "\n".join(above) + "\n\n" + plan("", "", "", "")
    swatch = 1 if beside else 0
    fills = {(row, swatch): colour for row, (_, colour) in enumerate(SWATCHES)}
    fills |= {(len(above) + 1, col): BAND for col in range(5)}
    down = (RED, GREY, AMBER, BLUE)
    fills |= {(len(above) + 2 + row, 4): colour for row, colour in enumerate(down)}
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    assert column(source, "rating") == [
        "Off track – needs help", "Not due to start", "Slipping", "Done and evidenced"
    ]  # fmt: skip
    ratings = sorted(source.definition.ratings, key=lambda rating: rating.order)
    assert [rating.code for rating in ratings] == [
        "Done and evidenced", "On track", "Slipping", "Off track – needs help", "Not due to start"
    ]  # fmt: skip


SHADES = (("Off track, no recovery plan", RED), ("Off track with a recovery plan", AMBER),
          ("On track", "#F79646"), ("Complete", BLUE))  # fmt: skip


def test_a_key_may_have_two_shades_of_one_colour_and_runs_from_worst_to_best() -> None:
    """Amber and orange are near to each other, and two ratings where a key has both; of two that
    are as bad as each other the one that stands farther from the best is the worse."""
    text = "\n".join(f" | {words}" for words, _ in SHADES) + "\n\n" + plan("", "", "", "", "")
    fills = {(row, 0): colour for row, (_, colour) in enumerate(SHADES)}
    down = ("#F79646", AMBER, RED, BLUE, "#F79646")
    fills |= {(len(SHADES) + 2 + row, 4): colour for row, colour in enumerate(down)}
    source = read_source(book(sheet(text, fills=fills)), plan_id="p")
    words = {colour: label for label, colour in SHADES}
    assert column(source, "rating") == [words[colour] for colour in down]
    ratings = sorted(source.definition.ratings, key=lambda rating: rating.order)
    assert [rating.code for rating in ratings] == [label for label, _ in reversed(SHADES)]


def test_many_ratings_told_by_one_fill_are_one_guess() -> None:
    fills = {(row, 4): GREEN for row in range(1, 7)} | {(7, 4): RED}
    source = read_source(book(sheet(plan(*[""] * 7), fills=fills)), plan_id="p")
    assert [guess for guess in source.guesses if "but " in guess] == [
        f"field rating: 6 actions have no rating but the fill {GREEN}; read as Green "
        "(Plan!E2, Plan!E3, Plan!E4, Plan!E5, Plan!E6 and 1 more)",
        "field rating: action 7 (Plan!E8) has no rating but a fill; read as Red",
    ]


def test_one_sign_in_one_colour_is_no_scale_of_colours() -> None:
    source = coloured({}, dict.fromkeys(DOWN, "#000000"), "x", "x", "x", "x")
    assert column(source, "rating") == ["x"] * 4


def test_a_sign_without_a_colour_of_the_scale_stays_and_is_asked_about() -> None:
    inks = dict(zip(DOWN, (RED, GREEN, AMBER, "#000000"), strict=True))
    source = coloured({}, inks, "●", "●", "●", "●")
    assert column(source, "rating") == ["Red", "Green", "Amber", "●"]
    assert [(p.code, p.where) for p in source.problems] == [("VAL-002", "plan.xlsx!Plan!E5")]


def test_signs_that_say_it_themselves_need_no_legend() -> None:
    source = read(plan("\U0001f7e2", "\U0001f534", "\U0001f7e1", "\U0001f535"))
    assert labels(source) == {
        "\U0001f535": "Blue", "\U0001f7e2": "Green", "\U0001f7e1": "Amber", "\U0001f534": "Red"
    }  # fmt: skip
    assert read(plan("✓", "✗", "✓")).definition.ratings[0].closed


def test_the_colours_of_signs_are_read_from_a_workbook() -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    for line in plan("l", "l", "l").split("\n"):
        page.append([part.strip() for part in line.split("|")])
    for row, colour in ((2, Color("FFFF0000")), (3, Color("FF00B050")), (4, Color(indexed=12))):
        page.cell(row, 5).font = Font(name="Wingdings", color=colour)
    page.cell(2, 2).font = Font(color="FFFF0000")
    page.cell(2, 1).fill = PatternFill("solid", fgColor="FFFF0000")
    out = io.BytesIO()
    made.save(out)
    read_in = read_book(out.getvalue(), "plan.xlsx", detail=True)
    inks = read_in.sheets[0].inks
    assert {at: inks[at] for at in DOWN[:3]} == {(1, 4): RED, (2, 4): GREEN, (3, 4): "#0000FF"}
    assert (1, 1) not in inks
    assert column(read_source(read_in, plan_id="p"), "rating") == ["Red", "Green", "Blue"]


NUMBERED = """
Ref | Action | Lead | Due | Status
1 | Mend the roof | Ada Quill | 31/3/2026 | 1
2 | Mend the door | Ben Ode | 30/6/2026 | 4
3 | Cut a key | Ben Ode | 30/6/2026 | 3
"""
STEPS = NUMBERED.replace("Status", "Progress (1-4)").strip()
NUMBER_KEY = "1 | Not started\n2 | Planned\n3 | Under way\n4 | Complete"


@pytest.mark.parametrize(
    "sheets",
    [
        (f"{NUMBERED}\nKey: 1 = Not started, 2 = Planned, 3 = Under way, 4 = Complete",),
        (f"{NUMBERED}\n{NUMBER_KEY}",),
        (NUMBERED, f"Status | What it means\n{NUMBER_KEY}"),
        (NUMBERED, NUMBER_KEY),
        # some in each line, above a heading that says progress and which numbers there are
        (f"1 = Not started | | 2 = Planned | |\n3 = Under way | | 4 = Complete | |\n\n{STEPS}",),
    ],
)
def test_numbers_that_a_key_explains_are_ratings(sheets: tuple[str, ...]) -> None:
    source = read(*sheets)
    assert column(source, "rating") == ["1", "4", "3"]
    assert [(r.code, r.label, r.closed) for r in source.definition.ratings] == [
        ("4", "Complete", True), ("3", "Under way", False),
        ("2", "Planned", False), ("1", "Not started", False),
    ]  # fmt: skip


def test_numbers_that_are_typed_as_numbers_are_ratings_too() -> None:
    typed = [
        replace(
            one, rows=[[float(str(v)) if v in list("1234") else v for v in row] for row in one.rows]
        )
        for one in (sheet(NUMBERED), sheet(NUMBER_KEY, "Key"))
    ]
    source = read_source(book(*typed), plan_id="p")
    assert column(source, "rating") == ["1", "4", "3"]
    best = source.definition.ratings[0]
    assert (best.code, best.closed) == ("4", True)


@pytest.mark.parametrize(
    "sheets",
    [
        (NUMBERED,),
        (NUMBERED, "Status | How many\nNot started | 1\nPlanned | 2\nUnder way | 3\nComplete | 4"),
        (NUMBERED, "1 | Rare\n2 | Unlikely\n3 | Possible\n4 | Likely"),
        (NUMBERED, NUMBER_KEY.replace("4 |", "7 |")),
        (NUMBERED, NUMBER_KEY.replace("\n4 | Complete", "")),
    ],
)
def test_numbers_that_nothing_explains_are_no_ratings(sheets: tuple[str, ...]) -> None:
    source = read(*sheets)
    assert not source.definition.ratings
    assert column(source, "status") == ["1", "4", "3"]


def test_numbered_rows_below_a_table_that_explain_nothing_stay_its_rows() -> None:
    assert len(read(f"{NUMBERED}\n4 | Paint it\n5 | Lock it").rows) == 5


DATED_STATUS = """
Ref | Action | Lead | Status
1 | Review the register of asbestos | Ada Quill | Completed 12/09/26
2 | Label all panels | Ben Ode | In progress
3 | Brief the contractors | Ben Ode | Completed on 1st November 2026
4 | Train the caretakers | Cy Lamb | Completed (Sept 2026)
5 | Tidy the store | Cy Lamb | Not started
"""


def test_a_status_with_its_day_is_the_status_and_the_day_is_kept() -> None:
    source = read(DATED_STATUS)
    assert [rating.code for rating in source.definition.ratings] == [
        "Completed", "In progress", "Not started",
    ]  # fmt: skip
    assert column(source, "rating") == [
        "Completed", "In progress", "Completed", "Completed", "Not started",
    ]  # fmt: skip
    assert column(source, "status_note") == [
        "12/09/26", "", "on 1st November 2026", "(Sept 2026)", "",
    ]  # fmt: skip
    said = 'field rating: the word that each "Status" begins with; the rest is in status_note'
    assert said in source.guesses
    kept = read_source(book(sheet(DATED_STATUS)), plan_id="p", chosen=Chosen(kept=True))
    assert "Completed 12/09/26" in [rating.code for rating in kept.definition.ratings]


def test_completed_in_a_key_above_the_table_begins_no_list_of_completed_actions() -> None:
    rows = sheet("""
        Plan of the surgery

        | Completed
        | In progress
        | Not started or overdue

        Domain | Action | Lead | RAG
        Safe | Keep a log of the fridge every day | Ada Quill | Green
        Safe | Hold two fire drills | Ben Ode | Amber
        Led | Write who comes after whom | Ben Ode | Red
        """)
    green, amber, red = "#00B050", "#FFC000", "#FF0000"
    fills = {(2, 0): green, (3, 0): amber, (4, 0): red, (7, 3): green, (8, 3): amber, (9, 3): red}
    source = read_source(book(replace(rows, fills=fills)), plan_id="p")
    assert column(source, "rating") == ["Green", "Amber", "Red"]
    assert [(rating.code, rating.label, rating.closed) for rating in source.definition.ratings] == [
        ("Green", "Completed", True),
        ("Amber", "In progress", False),
        ("Red", "Not started or overdue", False),
    ]
