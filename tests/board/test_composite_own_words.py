"""The composite says what the plan has, in the plan's words, and nothing of what it has not."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from msgspec.structs import replace

from tests.boards import action, board_of, cells_of, sheet_of, stepped, words_of
from tests.composite_sample import AS_OF, CREATED, DEFINITION, sample_board
from xlplan.board import Board, ReturnLine, composite_workbook
from xlplan.board.at_a_glance import NO_RATINGS
from xlplan.board.composite import tables_of
from xlplan.board.figures import figures
from xlplan.board.key_figures import key_figures
from xlplan.board.table_model import TableValue
from xlplan.board.view import view_of
from xlplan.frames import actions_frame
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import CompositeSettings, Count
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value
from xlplan.workbook.write.sheet import Sheet

UNRATED = replace(
    DEFINITION,
    fields=tuple(f for f in DEFINITION.fields if f.role != "rating"),
    ratings=(),
)
OF_RATINGS = ("Not rated", "closed", "on track", "rated for attention", "Last board", "Rating")


def unrated(*, section: str = "") -> Board:
    """Two actions without ratings, one of them late, one of them new."""
    late, new = action("1", section), action("2", section)
    late.values["due"] = parse_timescale("June 2026")  # type: ignore[index]  # a dict of this test
    board = board_of(late, new, previous={"1": dict(late.values)},
                     returns=[ReturnLine("Post A", True, True)])  # fmt: skip
    return replace(board, definition=UNRATED)


def sheets(board: Board) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in composite_workbook(board, CREATED).sheets}


def headings(sheet: Sheet, first: str) -> list[str]:
    """The row of headings that has a cell with the word `first`."""
    for row in sheet.rows:
        words = [str(cell.value) for cell in row.cells if cell]
        if first in words:
            return words
    raise AssertionError(first)


def test_a_plan_without_ratings_says_nothing_of_ratings() -> None:
    made = sheets(unrated())
    assert "1 action came into the plan" in words_of(made["Contents"])
    assert "1 is late; 1 of 2 has no date that can be read; every lead" in words_of(
        made["Contents"]
    )
    for name in (
        "Contents",
        "At a glance",
        "Summary",
        "By section",
        "Plan",
        "Exceptions",
        "By lead",
    ):
        for word in OF_RATINGS:
            assert word not in words_of(made[name]).replace(NO_RATINGS, ""), (name, word)
    assert headings(made["By lead"], "Lead") == [
        "Lead", "Actions", "Overdue", "Exceptions", "Return", "Changes made",
        "Without an update",
    ]  # fmt: skip
    assert "Rating key" not in words_of(made["Notes"])


def test_figures_and_notes_point_to_no_sheet_that_the_board_has_not() -> None:
    every = "\n".join(words_of(sheet) for sheet in sheets(unrated()).values())
    assert "listed under No date" in every
    assert "stands under By lead" in every
    few = replace(UNRATED, composite=CompositeSettings(sheets=("at a glance", "Plan", "notes")))
    made = sheets(replace(unrated(), definition=few))
    for name, sheet in made.items():
        for other in ("under No date", "under By lead", "and Completed"):
            assert other not in words_of(sheet), (name, other)
    assert "in the due date" in words_of(made["At a glance"])
    named = replace(UNRATED, composite=CompositeSettings(sheets=("at_a_glance", "no-date")))
    shown = sheets(replace(unrated(), definition=named))
    assert "listed under No date" in words_of(shown["At a glance"])


@pytest.mark.parametrize(
    ("approved", "due"), [("A Director", "30 April 2027"), (None, "June 2026")]
)
def test_lists_show_the_date_that_counts(approved: str | None, due: str) -> None:
    fields = [f for f in DEFINITION.fields if f.role not in ("revised", "approved_by")]
    fields += [
        Field("later", "Revised date", "date", "revised"),
        Field("approved", "Approved by", role="approved_by"),
    ]
    plan = replace(DEFINITION, fields=tuple(fields), revised_counts="approved")
    row = action(
        "1",
        rating="R",
        due=parse_timescale("June 2026"),
        later=date(2027, 4, 30),
        approved=approved,
    )
    (table,) = (
        t for t in tables_of(replace(board_of(row), definition=plan)) if t.key == "exceptions"
    )
    place = [column.id for column in table.columns].index("due")
    assert [line.items[place].value for line in table.lines] == [due]


def test_a_plan_without_ratings_has_no_movement_but_what_is_new() -> None:
    chosen = replace(UNRATED, composite=CompositeSettings(sheets=("movement",)))
    sheet = sheets(replace(unrated(), definition=chosen))["Movement"]
    assert headings(sheet, "Ref") == ["Ref", "Action", "Leads", "Due"]
    assert "Of 2 actions: 1 new. Withdrawn since: 0." in words_of(sheet)


def test_without_sections_there_is_no_band_no_row_and_no_column_of_them() -> None:
    rows = [action(str(n), "", rating="A") for n in range(3)]
    board = board_of(*rows, previous={"0": {"rating": "G"}, "1": {"rating": "A"}})
    assert not figures(board).sectioned
    made = sheets(board)
    assert not [m for m in made["Plan"].merges if "actions)" in str(m.cell.value)]
    for name in ("Summary", "Plan", "Exceptions", "Movement"):
        assert "No section" not in words_of(made[name]), name
    firsts = [row.cells[0].value for row in made["Summary"].rows if row.cells and row.cells[0]]
    assert "All actions" in words_of(made["Summary"])
    assert len([first for first in firsts if first == "No section"]) == 0
    for name in ("Exceptions", "Movement"):
        assert headings(made[name], "Ref")[:2] == ["Ref", "Action"], name


def test_where_one_action_has_a_section_the_others_stand_under_no_section() -> None:
    made = sheets(board_of(action("1", "One", rating="A"), action("2", "", rating="A")))
    assert "No section" in words_of(made["Summary"])
    assert headings(made["Exceptions"], "Ref")[:2] == ["Ref", "Section"]


def test_groups_are_called_what_the_chosen_field_is_called() -> None:
    agency = Field("agency", "Agency", role="organisation")
    definition = replace(
        DEFINITION,
        fields=(*DEFINITION.fields, agency),
        composite=CompositeSettings(group_by="agency"),
    )
    rows = [action(str(n), "One", rating="A", agency=f"Trust {n}") for n in range(2)]
    seen: dict[str, dict[str, Value]] = {
        "0": {"rating": "G", "agency": "Trust 0"},
        "1": {"rating": "A", "agency": "Trust 1"},
    }
    made = sheets(replace(board_of(*rows, previous=seen), definition=definition))
    assert [m.cell.value for m in made["Summary"].merges if m.cell.value == "Agency"] == ["Agency"]
    assert made["By section"].charts[0].title == "Ratings now, by agency"
    assert headings(made["Exceptions"], "Ref")[:2] == ["Ref", "Agency"]
    assert headings(made["Movement"], "Actions")[0] == "Agency"
    for name in ("Summary", "Exceptions", "Movement"):
        assert "Section" not in [cell.value for _, _, cell in cells_of(made[name])], name


def test_a_rating_is_said_by_its_word_and_explained_in_the_key() -> None:
    words = (
        Rating("Blue", "Completed", colour="#2F75B5", closed=True),
        Rating("DG", "Dark green", colour="#548235"),
    )
    board = board_of(action("1", rating="Blue"), action("2", rating="DG"))
    made = sheets(replace(board, definition=replace(DEFINITION, ratings=words)))
    cells = [merge.cell for merge in made["Summary"].merges]
    heads = [str(cell.value) for cell in cells if cell.style.fill in ("#2F75B5", "#548235")]
    assert "Blue" in heads
    assert "Dark green" in heads
    assert "Completed" not in heads
    shown = [cell.value for name in ("Plan", "Completed") for _, _, cell in cells_of(made[name])]
    assert ("Blue" in shown, "Dark green" in shown) == (
        True,
        True,
    )
    shown.remove("Completed")  # the title of the sheet
    assert ("Completed" in shown, "DG" in shown) == (False, False)
    assert "Completed. Counts as completed." in words_of(made["Notes"])


@pytest.mark.parametrize(
    ("text", "overdue"),
    [
        ("Within 3 months", True),
        ("Within 12 months", False),
        ("April 2026\nSeptember 2026\nOngoing", False),
        ("April 2026\nSeptember 2026", True),
    ],
)
def test_overdue_goes_by_the_one_due_date_there_is(text: str, overdue: bool) -> None:
    definition = replace(DEFINITION, agreed=date(2026, 3, 1))
    assert AS_OF.isoformat() == "2026-11-20"
    board = board_of(action("1", rating="G", due=parse_timescale(text)))
    assert figures(replace(board, definition=definition)).total.overdue == overdue


def test_the_frame_has_the_same_due_date() -> None:
    definition: PlanDefinition = replace(DEFINITION, agreed=date(2026, 3, 1))
    texts = ("Within 3 months", "April 2026\nOngoing", "April 2026")
    rows = [action(str(n), due=parse_timescale(text)) for n, text in enumerate(texts)]
    due = actions_frame(rows, definition)["due_by"]
    assert due.iloc[0] == pd.Timestamp(2026, 6, 1)
    assert due.isna().tolist() == [False, True, False]
    assert due.iloc[2] == pd.Timestamp(2026, 4, 30)


def test_the_title_is_no_note_of_the_plan() -> None:
    title = DEFINITION.title
    definition = replace(DEFINITION, notes=(title.upper(), "A step is done when it is seen"))
    notes = sheets(replace(board_of(action("1")), definition=definition))["Notes"]
    said = {row.cells[0].value: row.cells[1].value for row in notes.rows
            if len(row.cells) > 1 and row.cells[0] and row.cells[1]}  # fmt: skip
    assert said["Note 1"] == "A step is done when it is seen"
    assert "Note 2" not in said
    alone = replace(board_of(action("1")), definition=replace(DEFINITION, notes=(title,)))
    assert "Notes of the plan" not in words_of(sheets(alone)["Notes"])


@pytest.mark.parametrize("notes", range(0, 45, 4))
def test_a_title_in_notes_is_on_the_page_of_its_first_text(notes: int) -> None:
    board = sample_board(4, 1)
    rows = list(board.rows)
    long = "\n".join(f"Line {n} of a text that goes on for longer than a page" for n in range(90))
    rows[0] = replace(rows[0], values={**rows[0].values, "progress": long})
    told = tuple(f"Note number {n}" for n in range(notes))
    definition = replace(board.definition, notes=told)
    sheet = sheet_of(
        composite_workbook(replace(board, rows=rows, definition=definition), CREATED), "Notes"
    )
    title = next(
        n for n, row in enumerate(sheet.rows)
        if row.cells and row.cells[0] and row.cells[0].value == "Long texts in full"
    )  # fmt: skip
    assert title + 1 not in sheet.page.breaks
    assert sheet.page.breaks


def test_a_section_that_is_renamed_keeps_what_it_had_before() -> None:
    now = {"1": "Homes for all", "2": "Homes for all", "3": "Schools", "4": "Parks", "5": "Roads"}
    then = {"1": "Homes", "2": "Homes", "3": "Schools", "4": "Streets", "5": "Streets"}
    board = board_of(
        *(action(uid, name, rating="G") for uid, name in now.items()),
        previous={uid: {"section": name, "rating": "A"} for uid, name in then.items()},
    )
    before = {one.name: one.actions_before for one in figures(board).sections}
    # Streets was split in two, so that neither is the same section under another name.
    assert before == {"Homes for all": 2, "Schools": 1, "Parks": 0, "Roads": 0, "Streets": 2}


def test_two_sections_that_became_one_are_no_section_renamed() -> None:
    board = board_of(
        *(action(uid, "All", rating="G") for uid in "12"),
        previous={u: {"section": f"Part {u}", "rating": "G"} for u in "12"},
    )
    before = {one.name: one.actions_before for one in figures(board).sections}
    assert before == {"All": 0, "Part 1": 1, "Part 2": 1}


def test_what_a_plan_says_of_a_section_stands_at_the_section() -> None:
    extra = (
        Field("section_outcome", "Section outcome", "narrative"),
        Field("page", "Page", role="page"), Field("late", "Days overdue", "number"),
        Field("see", "See also", "reference"), Field("cost", "Cost"),
    )  # fmt: skip
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, *extra))
    more: dict[str, Value] = {
        "section_outcome": "Every home is safe",
        "page": "12",
        "late": 41,
        "cost": "£5",
    }
    rows = [
        action("1", "Homes", see=frozenset({"2"}), **more),
        action("2", "Homes", see=frozenset({"1", "2"}), **more),
    ]
    sheet = sheets(replace(board_of(*rows), definition=definition))["Plan"]
    bands = [str(merge.cell.value) for merge in sheet.merges]
    assert bands == ["Homes\nEvery home is safe (2 actions)"]
    shown = headings(sheet, "Ref")
    assert [name in shown for name in ("Section outcome", "Page", "Days overdue", "Cost")] == [
        False, False, False, True
    ]  # fmt: skip
    linked = {str(cell.value): cell.link for _, _, cell in cells_of(sheet) if cell.link}
    target = next(n for n, _, cell in cells_of(sheet) if cell.value == "Do 2")
    assert linked == {"2": f"'Plan'!A{target + 1}"}


def test_pages_of_the_old_document_are_not_reprinted_for_recommendations() -> None:
    extra = (
        Field("number", "No.", role="key", of="recommendation"),
        Field("asks", "Asks", "narrative", "action", of="recommendation"),
        Field("owner", "Owner", of="recommendation"),
        Field("leaf", "Page reference", role="page", of="recommendation"),
    )
    values: dict[str, Value] = {"number": "1", "asks": "Do it", "owner": "A Post", "leaf": "Page 8"}
    asked = MasterRow("r1", "recommendation", "1", "", values)
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, *extra))
    board = replace(board_of(action("1"), asked), definition=definition)
    (table,) = (each for each in tables_of(board) if each.key == "recommendations")
    shown = [column.heading for column in table.columns]
    assert ("Owner" in shown, "Page reference" in shown) == (True, False)


def test_actions_of_a_section_that_say_different_things_keep_the_column() -> None:
    extra = Field("section_outcome", "Section outcome", "narrative")
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, extra))
    rows = [action(n, "Homes", section_outcome=f"Outcome {n}") for n in "12"]
    sheet = sheets(replace(board_of(*rows), definition=definition))["Plan"]
    assert "Section outcome" in headings(sheet, "Ref")
    assert [str(merge.cell.value) for merge in sheet.merges] == ["Homes (2 actions)"]


def test_provisional_actions_are_counted_apart() -> None:
    rows = [action(ref, rating="G") for ref in ("1", "NEW 1", "TBC")]
    board = board_of(*rows, previous={"1": {"section": "One"}})
    found = {one.label: (one.value, one.remark) for one in key_figures(view_of(board))}
    assert found["Provisional"] == ("2", "with a ref such as NEW or TBC")
    assert found["Completed"] == ("0", "before not known")
    both = board_of(*rows, previous={"1": {"section": "One"}, "TBC": {"rating": "B"}})
    (done,) = [one for one in key_figures(view_of(both)) if one.label == "Completed"]
    assert done.remark == "was 1 or more"


def test_a_rating_that_is_called_like_a_figure_keeps_its_name() -> None:
    scale = (Rating("G", "Green"), Rating("O", "Overdue", exception=True))
    board = board_of(action("1", rating="O"), previous={"1": {"rating": "G"}})
    made = sheets(replace(board, definition=replace(DEFINITION, ratings=scale)))
    found = headings(made["By section"], "Past the due date")
    assert found.count("Overdue") == 1


def test_the_board_is_counted_by_any_column_of_the_plan() -> None:
    extra = (Field("origin", "Origin", "set"), Field("band", "Band"))
    definition = replace(
        DEFINITION, fields=(*DEFINITION.fields, *extra),
        counts=(Count("origin", "Report"), Count("band"), Count("rating")),
    )  # fmt: skip
    rows = [
        action("1", rating="G", origin=frozenset({"a", "b"}), band="10 weeks"),
        action("2", rating="R", origin=frozenset({"b"}), band="2 weeks"),
        action("3", rating="G", due=parse_timescale("June 2026")),
    ]
    board = replace(board_of(*rows), definition=definition)
    tables = {table.key: table for table in tables_of(board)}
    shown = {name: tables[name].rows for name in ("count_1", "count_2", "count_3")}
    assert [(row[0], row[1]) for row in shown["count_1"]] == [("a", 1), ("b", 2), ("None given", 1)]
    assert [row[0] for row in shown["count_2"]] == ["2 weeks", "10 weeks", "None given"]
    assert [row[:2] for row in shown["count_3"]] == [("Green", 2), ("Red", 1)]
    headed = [column.heading for column in tables["count_1"].columns]
    late = headed.index("Overdue")
    assert headed[:2] == ["Report", "Actions"]
    assert [row[late] for row in shown["count_1"]] == [0, 0, 1]
    assert "Counts" in sheets(board)
    assert "Counts" not in sheets(replace(board, definition=DEFINITION))


def test_other_plans_that_are_named_in_brackets_are_counted() -> None:
    definition = replace(DEFINITION, counts=(Count("action", "Other plan", in_brackets=True),))
    rows = [
        action("1", action="Agree it [Housing plan] [Health  plan]"),
        action("2", action="Do it [housing plan], [TBC], [ ]"),
        action("3", action="Do that too [see action 1]"),
    ]
    board = replace(board_of(*rows), definition=definition)
    (shown,) = (table for table in tables_of(board) if table.key == "count_1")
    assert shown.columns[0].heading == "Other plan"
    counted = [row[:2] for row in shown.rows]
    assert counted == [("Health plan", 1), ("Housing plan", 2), ("None named", 1)]


def test_actions_are_counted_by_who_is_accountable_for_them() -> None:
    asked = [
        MasterRow("r1", "recommendation", "1", "", {"ref": "1", "accountable": ("Post A",)}),
        MasterRow("r2", "recommendation", "2", "", {"ref": "2", "accountable": ("Post B",)}),
    ]
    rows = [
        action("1", rating="G", recommendation=frozenset({"1"})),
        action("2", rating="R", recommendation=frozenset({"1", "2"})),
        action("3", rating="R", recommendation=frozenset({"9"})),
        action("4", rating="R", recommendation=frozenset({"1"}), accountable=("Post C",)),
    ]

    def counted(definition: PlanDefinition) -> list[tuple[TableValue, ...]]:
        board = replace(board_of(*rows, *asked), definition=definition)
        found = (table for table in tables_of(board) if table.key == "count_1")
        return [row[:2] for table in found for row in table.rows]

    by_recommendation = [("Post A", 3), ("Post B", 1), ("None named", 1)]
    assert counted(DEFINITION) == by_recommendation
    own = Field("accountable", "Sponsor", "people", role="accountable")
    with_own = replace(DEFINITION, fields=(*DEFINITION.fields, own))
    assert counted(with_own) == [("Post A", 2), ("Post B", 1), ("Post C", 1), ("None named", 1)]
    chosen = replace(with_own, counts=(Count("accountable"),))
    assert counted(chosen) == [("Post C", 1), ("None given", 3)]
    without = tuple(item for item in DEFINITION.fields if item.role != "accountable")
    assert counted(replace(DEFINITION, fields=without)) == []


def test_the_evidence_that_is_due_is_listed() -> None:
    past, ahead = parse_timescale("June 2026"), parse_timescale("May 2027")
    rows = [
        action("1", rating="B", due=ahead),
        action("2", rating="B", due=past, proof="Minutes"),
        action("3", rating="G", due=past),
        action("4", rating="G", due=ahead),
        action("5", rating="G", due=past, evidence="An audit", proof="Seen"),
        action("6", rating="B", due=past, evidence="A survey", proof="Seen"),
        action("7", rating="B", due=past, evidence="A register", proof="Seen"),
    ]
    proof = Field("proof", "Proof", role="evidence", owner="lead")
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, proof))
    previous: dict[str, dict[str, Value]] = {str(n): {"rating": "G"} for n in range(1, 7)}
    previous["7"] = {"rating": "B"}
    board = replace(board_of(*rows, previous=previous), definition=definition)
    (shown,) = (table for table in tables_of(board) if table.key == "evidence_due")
    at = {column.id: n for n, column in enumerate(shown.columns)}
    listed = {row[at["ref"]]: (row[at["what"]], row[at["why"]]) for row in shown.rows}
    assert listed == {
        "1": (("Proof: none given",), "Closed, due by 31 May 2027"),
        "3": (("Proof: none given",), "Overdue since 30 June 2026"),
        "5": (("Evidence: An audit",), "Overdue since 30 June 2026"),
        "6": (("Evidence: A survey",), "Closed, due by 30 June 2026"),
    }
    assert [row[at["ref"]] for row in shown.rows][-1] == "1"
    late = action("8")
    late = replace(late, values={**late.values, **stepped([date(2026, 1, 1), date(2027, 5, 1)])})
    vague = action("9", rating="B")
    more = replace(board, rows=[late, vague])
    (other,) = (table for table in tables_of(more) if table.key == "evidence_due")
    assert [row[at["why"]] for row in other.rows] == ["1 of 2 steps late", "Closed"]
    assert "Evidence due" in sheets(board)
    assert "Evidence due" not in sheets(replace(board, rows=rows[3:4]))
