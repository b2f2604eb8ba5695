"""The board's workbook: its figures against an independent recount, and every sheet as values."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.boards import (
    ATTENTION,
    CLOSED,
    CODES,
    HOSTILE,
    SOME,
    action,
    board_of,
    boards,
    cells_of,
    days_of,
    sheet_of,
    stepped,
    words_of,
)
from tests.composite_sample import AS_OF, CREATED, DEFINITION, SCALE, sample_board
from xlplan.board import Board, ReturnLine, composite_workbook
from xlplan.board.action_lists import movement_sheet, new_sheet
from xlplan.board.at_a_glance import in_a_sentence
from xlplan.board.composite import SHEETS
from xlplan.board.deadlines import late_steps_sheet, no_date_sheet
from xlplan.board.figures import Figures, figures
from xlplan.board.key_figures import key_figures
from xlplan.board.standings import best_first, direction
from xlplan.board.summary import moves_shown
from xlplan.board.view import percent, view_of
from xlplan.board.words import short_name, short_names
from xlplan.errors import XlplanError
from xlplan.merge.model import Change, MasterRow, Place
from xlplan.merge.past import DueHistory
from xlplan.plan.definition import STATUS, Rating
from xlplan.plan.settings import CompositeSettings, Count
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Value
from xlplan.returned.as_issued import status_column
from xlplan.workbook.write.look import contrast
from xlplan.workbook.write.sheet import Cell, Sheet, Workbook
from xlplan.workbook.write.writing import write_workbook

# Figures against an independent recount.


def rating_key(value: Value) -> str:
    if value is None:
        return ""
    return str(value) if value in CODES else "?"


def recount(board: Board) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """(section, rating) counted row by row, now and before, in the plainest way there is."""
    now: Counter[tuple[str, str]] = Counter()
    before: Counter[tuple[str, str]] = Counter()
    for row in board.rows:
        if not row.withdrawn:
            now[row.section or "No section", rating_key(row.values.get("rating"))] += 1
    names = renamed(board)
    for values in (board.previous or {}).values():
        if values.get(STATUS) != "withdrawn":
            section = str(values["section"])
            before[names.get(section, section), rating_key(values["rating"])] += 1
    return now, before


def renamed(board: Board) -> dict[str, str]:
    """Sections that have only another name now: all that stood in one stands in a new one, which
    took in nothing else that was there before."""
    then = {uid: str(values["section"]) for uid, values in (board.previous or {}).items()
            if values.get(STATUS) != "withdrawn"}  # fmt: skip
    now = {row.uid: row.section for row in board.rows if not row.withdrawn}
    both = {(then[uid], now[uid]) for uid in then.keys() & now.keys()}
    gone = {pair for pair in both if pair[0] not in now.values()}
    return {
        old: new
        for old, new in gone
        if new and new not in then.values()
        and len([p for p in gone if p[0] == old]) == 1 == len([p for p in gone if p[1] == new])
    }  # fmt: skip


@SOME
@given(boards())
def test_counts_agree_with_a_recount(board: Board) -> None:
    found = figures(board)
    now, before = recount(board)
    counted = {(s.name, k): n for s in found.sections for k, n in s.now.items() if n}
    assert counted == dict(now)
    assert found.total.actions == sum(now.values())
    assert sum(s.actions for s in found.sections) == found.total.actions
    assert found.total.closed == sum(n for (_, k), n in now.items() if k in CLOSED)
    assert found.total.attention == sum(n for (_, k), n in now.items() if k in ATTENTION)
    if board.previous is None:
        assert found.total.before is None
        assert not found.total.moves
    else:
        counted = {(s.name, k): n for s in found.sections for k, n in (s.before or {}).items() if n}
        assert counted == dict(before)
        assert found.total.actions_before == sum(before.values())
        assert sum(found.total.moves.values()) == found.total.actions


@SOME
@given(boards())
def test_movement_overdue_and_exceptions_agree_with_a_recount(board: Board) -> None:
    found = figures(board)
    returned = {line.lead for line in board.returns if line.issued and line.returned}
    asked = {line.lead for line in board.returns if line.issued}
    moves: Counter[str] = Counter()
    overdue, exceptions, steps = 0, 0, 0
    for row in board.rows:
        if row.withdrawn:
            continue
        now = rating_key(row.values.get("rating"))
        late = now != "B" and any(day < AS_OF for day in days_of(row))
        overdue += late
        if now != "B" and len(days_of(row)) > 1:
            steps += sum(day < AS_OF for day in days_of(row))
        seen = (board.previous or {}).get(row.uid)
        was = None if seen is None or STATUS in seen else rating_key(seen["rating"])
        worse = False
        if board.previous is not None:
            if was is None:
                moves["new" if seen is None else "back"] += 1
            elif was == now:
                moves["same"] += 1
            elif was in CODES and now in CODES:
                worse = CODES.index(now) > CODES.index(was)
                moves["worse" if worse else "better"] += 1
            else:
                moves["uncompared"] += 1
        removed = now == "" and was not in (None, "")
        exceptions += now in ATTENTION or late or worse or now == "?" or removed
    assert dict(found.total.moves) == dict(moves)
    assert found.total.overdue == overdue
    assert found.total.late_steps == sum(one.late_steps for one in found.sections) == steps
    assert len(late_steps_sheet(view_of(board)).tables[0].lines) == steps
    assert found.total.exceptions == exceptions == len(found.exceptions)
    assert found.asked == len(asked)
    assert found.returned == len(returned)


def place_in_words(row: MasterRow) -> str:
    """Where an action counts among the key figures, asked question by question."""
    rating, days = row.values.get("rating"), days_of(row)
    if rating in CLOSED:
        return "Completed"
    if rating not in CODES:
        return "Not rated"
    if rating in ATTENTION:
        return "For attention"
    if not days:
        return "On track, no date"
    return "On track but late" if min(days) < AS_OF else "On track, in time"


@SOME
@given(boards())
def test_key_figures_add_up_to_all_actions(board: Board) -> None:
    rows = [row for row in board.rows if not row.withdrawn]
    counted = Counter(place_in_words(row) for row in rows)
    every = key_figures(view_of(board))
    shown = {one.label: int(one.value) for one in every if one.part}
    assert shown.pop("Actions") == len(rows) == sum(shown.values())
    assert {label: n for label, n in shown.items() if n} == dict(counted)
    undated = sum(row.values.get("rating") not in CLOSED and not days_of(row) for row in rows)
    other = {one.label: one.value for one in every if not one.part}
    assert int(other.get("No date can be read", 0)) == undated
    assert len(no_date_sheet(view_of(board)).tables[0].lines) == undated
    if board.previous is not None:
        was = Counter(
            place_in_words(replace(action("x"), values={"rating": values["rating"]}))
            for values in board.previous.values()
            if values.get(STATUS) != "withdrawn"
        )
        for one in every:
            if one.label in ("Completed", "Not rated", "For attention"):
                assert one.remark.endswith(f"was {was[one.label]}")


@SOME
@given(boards())
def test_each_lead_has_the_actions_that_name_the_lead(board: Board) -> None:
    for lead in figures(board).leads:
        expected = 0
        for row in board.rows:
            leads = row.values.get("lead") or ("No lead named",)
            expected += not row.withdrawn and lead.lead in (
                leads if isinstance(leads, tuple) else ()
            )
        assert lead.actions == expected


def ratings_in_plan(book: Workbook) -> Counter[tuple[str, str]]:
    """(band, rating word) counted from the cells of the Plan sheet, as a reader would count."""
    sheet = sheet_of(book, "Plan")
    bands = {m.area.first_row: str(m.cell.value) for m in sheet.merges}
    headed = next(n for n, row in enumerate(sheet.rows) if row.cells and _is(row.cells[0], "Ref"))
    column = next(i for i, cell in enumerate(sheet.rows[headed].cells) if _is(cell, "BRAG"))
    counted: Counter[tuple[str, str]] = Counter()
    band = ""
    for number in range(headed + 1, len(sheet.rows)):
        if number in bands:
            band = bands[number]
            continue
        cell = sheet.rows[number].cells[column]
        # An arrow stands before the rating, and what it was below it.
        word = str(cell.value).split("\n")[0].lstrip("▲▼●▬◆○■★✓+–- ") if cell else ""
        counted[band, "Not on the scale" if word.startswith("Not on the scale") else word] += 1
    return counted


def _is(cell: Cell | None, text: str) -> bool:
    return cell is not None and cell.value == text


def shown_in_summary(sheet: Sheet, found: Figures, compared: bool) -> list[list[object]]:
    """The figures under "Now" for each section and the total, read from the cells."""
    step = 2 if compared else 1
    first = next(
        n for n, row in enumerate(sheet.rows) if any(_is(c, "Now") for c in row.cells)
    ) + 1  # fmt: skip
    sections = len(found.sections) if found.sectioned else 0
    rows = sheet.rows[first : first + sections + 1]
    return [
        [row.cells[2 + i * step + step - 1].value for i in range(len(found.points) + 1)]  # type: ignore[union-attr]  # every cell of the table is there
        for row in rows
    ]


@SOME
@given(boards())
def test_summary_never_disagrees_with_plan(board: Board) -> None:
    found = figures(board)
    if not found.standings:
        return
    book = composite_workbook(board, CREATED)
    counted = ratings_in_plan(book)
    shown = shown_in_summary(sheet_of(book, "Summary"), found, board.previous is not None)
    # Closed actions stand on Completed, where they are not told apart by section.
    open_ = [n for n, p in enumerate(found.points) if not (p.rating and p.rating.closed)]
    if not found.sectioned:
        assert len(shown) == 1
        in_plan = Counter({word: n for (band, word), n in counted.items() if not band})
        assert [shown[0][n] for n in open_] == [in_plan[found.points[n].label] for n in open_]
        assert sum(int(str(n)) for n in shown[0][:-1]) == shown[0][-1]
        return
    for section, line in zip(found.sections, shown, strict=False):
        in_plan = Counter(
            {word: n for (band, word), n in counted.items()
             if band.startswith(f"{section.name} (")}
        )  # fmt: skip
        assert [line[n] for n in open_] == [in_plan[found.points[n].label] for n in open_]
        assert sum(int(str(n)) for n in line[:-1]) == line[-1]
    columns = list(zip(*shown[:-1], strict=True))
    assert [sum(map(int, column)) for column in columns] == shown[-1]


# Rules, case by case.


def test_an_action_that_answers_several_recommendations_counts_once() -> None:
    found = figures(board_of(action("1", recommendation=frozenset({"1", "4", "13"}), rating="G")))
    assert found.total.actions == 1


def test_each_recommendation_shows_the_actions_that_answer_it() -> None:
    board = sample_board()
    sheet = sheet_of(composite_workbook(board, CREATED), "Recommendations")
    headings = next(row.cells for row in sheet.rows if row.cells and _is(row.cells[0], "No."))
    at = next(i for i, cell in enumerate(headings) if _is(cell, "Actions"))
    shown = {row.cells[0].value: row.cells for row in sheet.rows if row.cells and row.cells[0]}
    recommendations = [row for row in board.rows if row.kind == "recommendation"]
    assert len(recommendations) == 24
    for recommendation in recommendations:
        answers = [
            row for row in board.rows
            if row.kind == "action"
            and recommendation.ref in (row.values["recommendation"] or ())  # type: ignore[operator]  # a set
        ]  # fmt: skip
        counts = Counter(row.values["rating"] for row in answers)
        cells = shown[recommendation.ref][at : at + 6]
        expected = [len(answers), *(counts[code] for code in (*CODES, None))]
        assert [cell.value for cell in cells if cell] == expected


def test_a_plan_without_recommendations_has_no_sheet_of_them() -> None:
    book = composite_workbook(board_of(action("1")), CREATED)
    assert "Recommendations" not in [sheet.name for sheet in book.sheets]


def test_a_band_says_what_its_recommendation_asks() -> None:
    asks = MasterRow("r", "recommendation", "2", "", {"ref": "2", "action": "See every child"})
    row = action("1", "Recommendation 2", recommendation=frozenset({"2"}))
    book = composite_workbook(board_of(row, asks), CREATED)
    bands = [str(merge.cell.value) for merge in sheet_of(book, "Plan").merges]
    assert bands == ["Recommendation 2: See every child (1 action)"]


def test_without_a_section_an_action_counts_under_the_recommendations_it_answers() -> None:
    row = action("1", "", recommendation=frozenset({"4", "13", "1"}))
    row = replace(row, values={**row.values, "section": None})
    assert [s.name for s in figures(board_of(row)).sections] == ["Recommendations 1, 4 and 13"]


@pytest.mark.parametrize(
    ("closed", "attention", "expected"),
    [("first", "last", True), ("last", "first", False), ("", "", True), ("last", "", False),
     ("", "first", False)],
)  # fmt: skip
def test_a_scale_is_read_from_its_closed_end(closed: str, attention: str, expected: bool) -> None:
    ends = {"first": 0, "last": 2}
    scale = [
        Rating(str(n), str(n), order=n, closed=ends.get(closed) == n,
               exception=ends.get(attention) == n)
        for n in range(3)
    ]  # fmt: skip
    assert best_first(scale) is expected
    assert direction("1", "0", scale) == ("better" if expected else "worse")
    assert direction("1", "1", scale) == "same"
    assert direction("1", "", scale) == "uncompared"


def test_what_is_now_for_attention_has_not_improved_wherever_its_rating_is_written() -> None:
    scale = [Rating("G", "Green"), Rating("R", "Red", exception=True), Rating("N", "Not begun")]
    assert direction("N", "R", scale) == "uncompared"
    assert direction("R", "N", scale) == "worse"
    assert direction("N", "G", scale) == "better"


@pytest.mark.parametrize(
    ("by", "rating", "overdue"),
    [(AS_OF, "G", False), (AS_OF - timedelta(days=1), "G", True),
     (AS_OF - timedelta(days=1), "B", False), (AS_OF - timedelta(days=1), None, True),
     (None, "R", False)],
)  # fmt: skip
def test_overdue_is_before_the_day_and_not_closed(
    by: date | None, rating: str | None, overdue: bool
) -> None:
    row = action("1", due=Timescale("then", by), rating=rating)
    assert figures(board_of(row)).standings[0].overdue is overdue


def test_an_action_under_watch_is_not_overdue() -> None:
    scale = (*SCALE, Rating("DG", "Dark green", order=9, holding=True))
    row = action("1", due=Timescale("then", AS_OF - timedelta(days=9)), rating="DG")
    board = replace(board_of(row), definition=replace(DEFINITION, ratings=scale))
    assert not figures(board).standings[0].overdue


def test_one_return_of_two_leads_is_an_update() -> None:
    row = action("1", lead=("Post A", "Post B"), rating="G")
    one = board_of(row, returns=[ReturnLine("Post A", True, True), ReturnLine("Post B")])
    none = board_of(row, returns=[ReturnLine("Post A"), ReturnLine("Post B")])
    assert figures(one).standings[0].reasons == ()
    (found,) = figures(none).standings
    assert [r.words for r in found.reasons] == ["Not updated: no return from Post A and Post B"]
    assert not figures(none).exceptions, "it is the lead that is late, and stands in By lead"
    assert sheet_of(composite_workbook(none, CREATED), "By lead").rows[-1].cells[-1] is not None


def test_withdrawn_actions_are_listed_and_not_counted() -> None:
    gone = replace(action("2", rating="R"), withdrawn=True)
    board = board_of(action("1", rating="G"), gone, previous={"2": {"rating": "A"}})
    book = composite_workbook(board, CREATED)
    found = figures(board)
    assert (found.total.actions, found.withdrawn_since) == (1, 1)
    assert "Withdrawn: not counted in any figure (1 action)" in words_of(sheet_of(book, "Plan"))
    assert "Do 2" in words_of(sheet_of(book, "Plan"))
    assert "Do 2" not in words_of(sheet_of(book, "Exceptions"))


def test_each_place_among_the_key_figures_has_its_action() -> None:
    scale = (*SCALE, Rating("DG", "Dark green", order=9, holding=True))
    late, soon = (Timescale("then", AS_OF + timedelta(days=n)) for n in (-1, 1))
    ratings = {
        "1": "B",
        "2": "DG",
        "3": None,
        "4": "purple",
        "5": "R",
        "6": "G",
        "7": "G",
        "8": "G",
    }
    dues: dict[str, Value] = {"6": late, "7": Timescale("Ongoing"), "8": soon, "5": late, "1": late}
    rows = [action(u, rating=r, due=dues.get(u)) for u, r in ratings.items()]
    board = replace(board_of(*rows), definition=replace(DEFINITION, ratings=scale))
    shown = [(one.label, one.value) for one in key_figures(view_of(board))]
    assert shown == [
        ("Actions", "8"), ("Completed", "1"), ("Done, watched", "1"), ("Not rated", "2"),
        ("For attention", "1"), ("On track but late", "1"), ("On track, no date", "1"),
        ("On track, in time", "1"), ("Late", "2"), ("No date can be read", "3"),
        ("Exceptions", "3"),
    ]  # fmt: skip


def test_why_no_date_can_be_read_stands_beside_each_action() -> None:
    dues = {
        "1": None, "2": Timescale("May 2026\nOngoing"), "3": Timescale("TBC"),
        "4": Invalid("31/02/2026"),
    }  # fmt: skip
    board = board_of(*(action(u, rating="G", due=due) for u, due in dues.items()))
    words = words_of(sheet_of(composite_workbook(board, CREATED), "No date"))
    assert "There is no timescale" in words
    assert "The last line says that it is ongoing" in words
    assert "No date in the words" in words
    assert "No calendar has the date" in words


def test_a_date_that_can_hardly_be_meant_is_never_printed_as_days_late() -> None:
    dues = {"1": date(2006, 6, 6), "2": date(2026, 10, 1), "3": date(2026, 12, 1)}
    rows = [action(u, rating="G", due=Timescale(str(due), due)) for u, due in dues.items()]
    board = replace(board_of(*rows), dues={"1": DueHistory(date(2006, 6, 6), 1)})
    found = figures(board)
    assert (found.total.overdue, found.total.undated) == (1, 1)
    book = composite_workbook(board, CREATED)
    assert "6 June 2006 is years from the other dates of the plan" in words_of(
        sheet_of(book, "No date")
    )
    days = (AS_OF - date(2006, 6, 6)).days
    assert not any(re.search(rf"\b{days}\b|{days:,}", words_of(s)) for s in book.sheets)


def test_an_action_with_late_steps_counts_as_late_once_and_says_which() -> None:
    days = [AS_OF + timedelta(days=n) for n in (-9, 40, -3, 70)]
    rows = (
        action("1", "One", rating="G", **stepped(days)),
        action("2", "One", rating="B", **stepped(days)),
        action("3", "One", rating="R", **stepped([day - timedelta(days=90) for day in days])),
    )  # fmt: skip
    found = figures(board_of(*rows))
    assert (found.total.overdue, found.total.late_steps) == (2, 6)
    words = {one.row.ref: [r.words for r in one.reasons] for one in found.standings}
    assert words["1"] == ["2 of 4 steps late, the first since 11 November 2026"]
    assert words["3"] == [
        "Rated Red", "Overdue by 20 days: was due by 31 October 2026",
        "4 of 4 steps late, the first since 13 August 2026",
    ]  # fmt: skip
    book = composite_workbook(board_of(*rows), CREATED)
    assert "2 of 4 steps late" in words_of(sheet_of(book, "Plan"))
    listed = words_of(sheet_of(book, "Late steps"))
    assert "6 steps of 2 actions" in listed
    assert [text in listed for text in ("1 of 4", "2 of 4", "3 of 4")] == [True, True, True]


def test_without_ratings_and_dates_the_key_figures_claim_nothing() -> None:
    fields = tuple(f for f in DEFINITION.fields if f.role not in ("rating", "due"))
    bare = replace(board_of(action("1")), definition=replace(DEFINITION, fields=fields, ratings=()))
    parts = [one.label for one in key_figures(view_of(bare)) if one.part]
    assert parts == ["Actions"]
    dated = tuple(f for f in DEFINITION.fields if f.role != "rating")
    board = board_of(
        action("1", due=Timescale("then", AS_OF - timedelta(days=1))), action("2"),
        action("3", due=Timescale("then", AS_OF)),
    )  # fmt: skip
    board = replace(board, definition=replace(DEFINITION, fields=dated, ratings=()))
    parts = [f"{one.value} {one.label}" for one in key_figures(view_of(board)) if one.part]
    assert parts == ["3 Actions", "1 Late", "1 No date", "1 In time"]


def test_a_share_is_all_or_nothing_only_when_it_is() -> None:
    assert [percent(s) for s in (None, 0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "–", "0%", "1%", "50%", "99%", "100%",
    ]  # fmt: skip


def test_short_names_are_short_and_apart() -> None:
    block = "Recommendation 1 - See every child\nRecommendation 4 - Read every file"
    assert short_name(block) == "Recommendations 1 and 4"
    long = ["Work with families " * 9 + tail for tail in ("a", "b")]
    assert len(set(short_names([*long, "Short"]).values())) == 3
    assert short_name("Recommendations 1, 4 and 13") == "Recommendations 1, 4 and 13"


# Sheets.


def test_the_definition_orders_the_sheets_and_leaves_some_out() -> None:
    definition = replace(
        DEFINITION, composite=CompositeSettings(sheets=("By lead", "summary", "contents"))
    )
    book = composite_workbook(replace(sample_board(), definition=definition), CREATED)
    assert [sheet.name for sheet in book.sheets] == ["By lead", "Summary", "Contents"]
    assert not any(
        cell.link.startswith("'Plan'") for s in book.sheets for _, _, cell in cells_of(s)
    )


def test_a_sheet_that_there_is_not_is_refused_by_name() -> None:
    definition = replace(DEFINITION, composite=CompositeSettings(sheets=("Summry",)))
    with pytest.raises(XlplanError, match=r"Summry.*summary.*\[DEF-090\]"):
        composite_workbook(replace(sample_board(), definition=definition), CREATED)


def test_contents_says_which_board_this_is_and_links_every_sheet() -> None:
    board = sample_board()
    steps = stepped([AS_OF - timedelta(days=1), AS_OF]) | {"evidence": "Minutes"}
    late = action("0.1", "One", **steps)
    counted = replace(DEFINITION, counts=(Count("lead"),))
    board = replace(board, rows=[*board.rows, late], definition=counted)
    sheet = sheet_of(composite_workbook(board, CREATED), "Contents")
    words = words_of(sheet)
    for text in ("OFFICIAL", "2026-11", "20 November 2026", DEFINITION.organisation):
        assert text in words
    links = {cell.link for _, _, cell in cells_of(sheet) if cell.link}
    here = ("contents", "questions", "extensions")
    assert links == {f"'{kind.name}'!A1" for kind in SHEETS if kind.key not in here}


def test_each_figure_of_table_1_leads_to_the_first_of_its_actions() -> None:
    rows = (
        action("a", "One", rating="G"), action("b", "One", rating="R"),
        action("c", "Two", rating="B"), action("d", "Two", rating="R"),
    )  # fmt: skip
    book = composite_workbook(board_of(*rows), CREATED)
    sheet = sheet_of(book, "Summary")
    found = {}
    names = {m.area.first_row: str(m.cell.value) for m in sheet.merges}
    for place, row in enumerate(sheet.rows):
        for col, cell in enumerate(row.cells):
            if cell and cell.link and isinstance(cell.value, int):
                name, _, number = cell.link.rpartition("!A")
                target = sheet_of(book, name.strip("'")).rows[int(number) - 1].cells[0]
                found[names[place], col] = target and target.value
    whole, (blue, green, amber, red, every) = "All actions", range(2, 7)
    assert found == {
        ("One", green): "a", ("One", red): "b", ("One", every): "a",
        ("Two", blue): "c", ("Two", red): "d", ("Two", every): "c",
        (whole, blue): "c", (whole, green): "a", (whole, red): "b", (whole, every): "a",
    }  # fmt: skip
    assert amber not in {col for _, col in found}


def test_table_1_has_the_ratings_and_nothing_else() -> None:
    sheet = sheet_of(composite_workbook(sample_board(), CREATED), "Summary")
    heads = [str(m.cell.value) for m in sheet.merges if m.area.first_row < 6]
    ratings = ["Blue", "Green", "Amber", "Red", "Not rated"]
    assert heads == ["Section", *ratings, "All actions"]
    assert not sheet.charts
    last = [cell.value for cell in sheet.rows[-1].cells if cell]
    assert len(last) == 2 + 2 * (len(ratings) + 1)


# The coordinator's copy.


def test_what_is_open_stands_in_the_coordinators_copy_alone() -> None:
    board = sample_board()
    boards_copy, own = (
        composite_workbook(replace(board, working=working), CREATED) for working in (False, True)
    )
    names = [[sheet.name for sheet in book.sheets] for book in (boards_copy, own)]
    assert [name for name in names[1] if name not in names[0]] == ["Open questions"]
    for text, places in (
        (board.tip, ["Contents", "Notes"]), ("CHK-021", ["Notes"]),
        ("Working copy, not for the board", names[1]), ("[To be written: ", ["At a glance"]),
    ):  # fmt: skip
        assert set(places) <= {s.name for s in own.sheets if text in words_of(s)}, text
        found = [s.name for s in boards_copy.sheets if text in words_of(s)]
        assert found == (["Notes"] if text == board.tip else []), text
    for sheet in boards_copy.sheets:
        words = words_of(sheet)
        assert not re.search(r"\b[A-Z]{2,4}-\d{3}\b|plan\.toml|[Oo]pen question", words), sheet.name


def test_the_board_sees_open_questions_only_where_the_definition_asks_for_them() -> None:
    asked = replace(DEFINITION, composite=CompositeSettings(sheets=("summary", "Open questions")))
    board = replace(sample_board(12), definition=asked)
    names = [sheet.name for sheet in composite_workbook(board, CREATED).sheets]
    assert names == ["Summary", "Open questions"]


@pytest.mark.parametrize("size", [0, 1, 3, 81])
def test_every_link_has_a_target(size: int) -> None:
    book = composite_workbook(sample_board(size, 5), CREATED)
    rows = {sheet.name: len(sheet.rows) for sheet in book.sheets}
    for sheet in book.sheets:
        for _, _, cell in cells_of(sheet):
            if cell.link:
                found = re.fullmatch(r"'([^']+)'!A(\d+)", cell.link)
                assert found
                assert int(found[2]) <= rows[found[1]]


def test_a_link_leads_to_the_action_it_names() -> None:
    book = composite_workbook(sample_board(), CREATED)
    plan = sheet_of(book, "Plan")
    for name in ("Exceptions", "Changes", "Movement"):
        linked = [c for _, _, c in cells_of(sheet_of(book, name)) if c.link.startswith("'Plan'")]
        refs = [c for c in linked if re.fullmatch(r"\d+\.\d+", str(c.value))]
        assert refs
        for cell in refs:
            target = plan.rows[int(cell.link.rpartition("!A")[2]) - 1].cells[0]
            assert target is not None
            assert target.value == cell.value


def test_a_text_that_names_another_action_for_certain_leads_to_it() -> None:
    rows = (
        action("1.1", "One", action="Write the guide (see action 2 below), as in 2.3"),
        action("1.2", "One", action="Train the staff, as in 1.1."),
        action("2.3", "Two", action="Audit it: see action 9, and 2.3 of the Act"),
        action("2.4", "Two", action="See action 1.5 of the other plan; see 1.2"),
        action("1.5", "One", action="Gone"),
    )
    gone = replace(rows[-1], withdrawn=True)
    book = composite_workbook(board_of(*rows[:-1], gone), CREATED)
    plan = sheet_of(book, "Plan")
    refs = {
        f"'Plan'!A{n}": str(row.cells[0].value)
        for n, row in enumerate(plan.rows, 1)
        if row.cells and row.cells[0] and row.cells[0].value in ("1.1", "1.2", "2.3", "2.4")
    }
    links = {}
    for at, ref in refs.items():
        cells = plan.rows[int(at.rpartition("A")[2]) - 1].cells
        links[ref] = [refs[cell.link] for cell in cells[1:] if cell and cell.link]
    assert links == {"1.1": ["1.2"], "1.2": ["1.1"], "2.3": [], "2.4": ["1.2"]}


def test_every_change_can_be_traced_to_its_file_and_cell() -> None:
    board = sample_board()
    book = composite_workbook(board, CREATED)
    rows = [
        [cell.value for cell in row.cells if cell] for row in sheet_of(book, "Changes").rows
    ]  # fmt: skip
    notes = [
        cell.note
        for name in ("Plan", "Completed")
        for _, _, cell in cells_of(sheet_of(book, name))
        if cell.note
    ]
    assert board.changes
    for change in board.changes:
        place = [change.place.file, change.place.sheet, change.place.cell]
        assert any(row[1:2] == [change.action] and row[6:9] == place for row in rows)
        assert any(str(change.place) in note and change.by in note for note in notes)


def test_the_reason_of_a_decision_stands_beside_it() -> None:
    change = Change(
        1, "2026-11-05T09:30:00Z", "2026-11", "1", "1", "rating", "A", "G", "Coordinator",
        Place("decisions.xlsx", "Decisions", "H4"), "decision", why="The evidence was seen",
    )  # fmt: skip
    book = composite_workbook(board_of(action("1", rating="G"), changes=[change]), CREATED)
    said = words_of(sheet_of(book, "Changes"))
    assert "Decided by the coordinator: The evidence was seen" in said


@pytest.mark.parametrize(("heading", "called"), [("RAG", "Status"), ("Status", "Row status")])
def test_that_an_action_came_back_is_no_change_of_a_rating_headed_status(
    heading: str, called: str
) -> None:
    """`master.xlsx` has it under the same name."""
    fields = tuple(
        replace(item, heading=heading) if item.role == "rating" else item
        for item in DEFINITION.fields
    )
    change = Change(
        1, "2026-11-05T09:30:00Z", "2026-11", "1", "1", STATUS, "withdrawn", None, "Coordinator",
        Place("master.xlsx", "Plan", "M4"), "master",
    )  # fmt: skip
    definition = replace(DEFINITION, fields=fields)
    board = board_of(action("1", rating="G"), changes=[change], definition=definition)
    rows = [
        [cell.value for cell in row.cells if cell is not None]
        for row in sheet_of(composite_workbook(board, CREATED), "Changes").rows
    ]
    (found,) = [row for row in rows if "withdrawn" in row]
    assert found[1:4] == ["1", called, "withdrawn"]
    assert status_column(definition).heading == called


def test_an_action_that_was_withdrawn_at_the_last_board_is_back_and_not_new() -> None:
    """Two stood there, one of them withdrawn; it is in the plan again, and a third is new."""
    one, two, three = (action(ref, rating="G") for ref in "123")
    gone = {**two.values, STATUS: "withdrawn"}
    change = Change(
        7, "2026-11-05T09:30:00Z", "2026-11", "2", "2", STATUS, "withdrawn", None, "Coordinator",
        Place("master.xlsx", "Plan", "M4"), "master",
    )  # fmt: skip
    past = {"1": one.values, "2": gone}
    board = board_of(one, two, three, previous=past, changes=[change])
    found = figures(board)
    assert dict(found.total.moves) == {"same": 1, "back": 1, "new": 1}
    assert (found.total.actions_before, found.withdrawn_since) == (1, 0)  # and 1 + 1 + 1 now
    assert ([s.row.ref for s in found.new], [s.row.ref for s in found.came]) == (["3"], ["2", "3"])
    view = view_of(board)
    assert key_figures(view)[0].remark == "1 new, 1 back, 0 withdrawn"
    assert moves_shown(view) == ("better", "same", "worse", "new", "back")
    sheet = new_sheet(view)
    assert sheet.title == "New actions, and those that came back"
    assert sheet.notes == ("1 action that the last board did not see, 1 that it had withdrawn",)
    (table,) = sheet.tables
    came = [row[[c.id for c in table.columns].index("came")] for row in table.rows]
    assert str(came[0]).startswith("('Withdrawn at the last board, and back since', 'Coordinator'")
    assert "master.xlsx!Plan!M4" in str(came[0])
    assert movement_sheet(view).sentence == (
        "Of 3 actions: 0 better, 1 no change, 0 worse, 1 new, 1 back, 0 not compared. "
        "Withdrawn since: 0."
    )
    unrated = tuple(f for f in DEFINITION.fields if f.role != "rating")
    bare = replace(DEFINITION, fields=unrated, ratings=())
    words = in_a_sentence(view_of(replace(board, definition=bare)))
    assert "1 action came into the plan, 1 came back and none was withdrawn" in words


def test_a_changed_rating_is_said_in_words() -> None:
    change = Change(
        1, "2026-11-05T09:30:00Z", "2026-11", "1", "1", "rating", "A", "G", "Post A",
        Place("a.xlsx", "Update", "F4"), "edit",
    )  # fmt: skip
    row = action("1", rating="G")
    board = board_of(row, changes=[change], previous={"1": {**row.values, "rating": "A"}})
    book = composite_workbook(board, CREATED)
    (note,) = [cell.note for _, _, cell in cells_of(sheet_of(book, "Plan")) if cell.note]
    assert note.startswith('Was: "Amber"\nChanged by Post A, 5 November 2026, 09:30')
    assert "a.xlsx!Update!F4" in note
    assert "▲ Green\nwas Amber" in words_of(sheet_of(book, "Plan"))


def test_a_value_that_differs_without_a_logged_change_is_marked_too() -> None:
    row = action("1", rating="G", progress="New words")
    board = board_of(row, previous={"1": {**row.values, "progress": "Old words"}})
    cells = cells_of(sheet_of(composite_workbook(board, CREATED), "Plan"))
    assert ["Old words" in cell.note for _, _, cell in cells if cell.note] == [True]


def test_the_first_board_has_nothing_to_compare_with() -> None:
    book = composite_workbook(sample_board(compared=False), CREATED)
    assert "no earlier position to compare with" in words_of(sheet_of(book, "Movement"))
    for name in ("Summary", "Plan", "Exceptions"):
        words = words_of(sheet_of(book, name))
        assert not re.search(r"^(Before|Last board|Direction)$", words, re.MULTILINE)


def test_an_empty_list_says_so_in_a_sentence() -> None:
    row = action("1", rating="G")
    book = composite_workbook(board_of(row, previous={"1": row.values}), CREATED)
    assert "No exceptions:" in words_of(sheet_of(book, "Exceptions"))
    assert "Nothing in the plan has changed" in words_of(sheet_of(book, "Changes"))
    own = composite_workbook(replace(board_of(row), working=True), CREATED)
    assert "No questions are open" in words_of(sheet_of(own, "Open questions"))
    assert "No rating has moved" in words_of(sheet_of(book, "Movement"))
    nothing = composite_workbook(board_of(), CREATED)
    assert "no actions" in words_of(sheet_of(nothing, "Plan"))
    assert "no actions" in words_of(sheet_of(nothing, "Summary"))


def test_a_plan_without_ratings_still_has_its_figures() -> None:
    fields = tuple(f for f in DEFINITION.fields if f.role != "rating")
    definition = replace(DEFINITION, fields=fields, ratings=())
    board = replace(sample_board(), definition=definition, changes=(), questions=())
    assert figures(board).total.now == {"": 81}
    assert write_workbook(composite_workbook(board, CREATED))


def test_text_can_be_read_on_every_fill() -> None:
    for sheet in composite_workbook(sample_board(), CREATED).sheets:
        for number, col, cell in cells_of(sheet):
            if cell.value is not None:
                behind = cell.style.fill or "#FFFFFF"
                assert contrast(cell.style.colour, behind) >= 4.5, (sheet.name, number, col)


def test_every_sheet_prints_on_one_page_width_with_the_marking() -> None:
    for sheet in composite_workbook(sample_board(), CREATED).sheets:
        paper = ("A4", False, 1) if sheet.name == "At a glance" else ("A3", True, 1)
        assert (sheet.page.paper, sheet.page.landscape, sheet.page.fit_width) == paper
        assert "OFFICIAL" in sheet.page.footer_left
        assert sheet.page.footer_right == "Page &P of &N"
        if sheet.name not in ("Changes", "History", "Figures"):
            assert sheet.filter is None or sheet.page.repeat_rows == (sheet.filter.first_row,) * 2


def test_the_same_board_gives_the_same_bytes() -> None:
    once = write_workbook(composite_workbook(sample_board(), CREATED))
    assert write_workbook(composite_workbook(sample_board(), CREATED)) == once


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_stays_text(text: str) -> None:
    base = sample_board(4, 2)
    place = Place(text, text, text)
    rows = [
        replace(
            row,
            ref=text,
            section=text,
            values={
                f.id: (text,) if f.type == "people" else Timescale(text)
                if f.type == "timescale" else frozenset({text}) if f.type == "set"
                else Invalid(text) if f.type == "rating" else text
                for f in DEFINITION.fields_of(row.kind)
            },
        )
        for row in base.rows
    ]  # fmt: skip
    changes = [
        Change(1, text, text, "a-0000", text, name, text, text, text, place, text)
        for name in ("progress", text)
    ]
    questions = [
        replace(q, uid=text, action=text, field=text, master=text, message=text)
        for q in base.questions
    ]
    board = replace(
        base, rows=rows, changes=changes, questions=questions, tip=text, previous_label=text,
        returns=[ReturnLine(text)],
        definition=replace(DEFINITION, title=text, organisation=text, marking=text, notes=(text,)),
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(composite_workbook(board, CREATED))))
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type in ("s", "n", "inlineStr"), (sheet.title, cell.coordinate)
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target is None
                    assert cell.hyperlink.location


def test_a_text_too_long_for_a_row_is_whole_in_notes() -> None:
    long = " ".join(f"word{n}" for n in range(6000)) + "\n" + "x" * 3000
    assert len(long) > 40_000
    book = composite_workbook(board_of(action("1", rating="G", progress=long)), CREATED)
    (cut,) = [
        str(cell.value) for _, _, cell in cells_of(sheet_of(book, "Plan"))
        if str(cell.value).startswith("word0 ")
    ]  # fmt: skip
    assert cut.endswith("[Cut here. The whole is in Notes, long text 1.]")
    assert len(cut) < 32_767
    parts = [
        str(row.cells[1].value) for row in sheet_of(book, "Notes").rows
        if len(row.cells) > 1 and row.cells[0] and row.cells[1]
        and str(row.cells[0].value).startswith("Long text 1:")
    ]  # fmt: skip
    assert all(len(part) < 32_767 for part in parts)
    assert "".join(parts).replace("\n", "") == long.replace("\n", "")


def test_a_long_section_and_a_long_rating_are_whole_in_notes() -> None:
    section = " ".join(f"part{n}" for n in range(200))
    rating = " ".join(f"maybe{n}" for n in range(120))
    book = composite_workbook(board_of(action("1", section, rating=Invalid(rating))), CREATED)
    words = words_of(sheet_of(book, "Notes"))
    assert section in words
    assert rating in words
    assert section not in words_of(sheet_of(book, "Plan"))
    assert "long text 2" in words_of(sheet_of(book, "Plan"))


def test_long_texts_are_printed_whole_even_without_a_notes_sheet() -> None:
    definition = replace(DEFINITION, composite=CompositeSettings(sheets=("plan",)))
    row = action("1", progress="word " * 9000)
    book = composite_workbook(replace(board_of(row), definition=definition), CREATED)
    assert [sheet.name for sheet in book.sheets] == ["Plan", "Notes"]


def test_the_counts_of_movement_repeat_their_headings_where_they_are_the_only_table() -> None:
    row = action("1", rating="G")
    book = composite_workbook(board_of(row, previous={"1": row.values}), CREATED)
    sheet = sheet_of(book, "Movement")
    headed = [
        n for n, r in enumerate(sheet.rows) if any(c.value == "Actions" for c in r.cells if c)
    ]
    assert sheet.page.repeat_rows == (headed[0], headed[0])


def test_which_board_it_is_stands_whole_above_every_sheet() -> None:
    """Each part of it was cut at 60 characters; now it takes as many rows as it needs."""
    title = "Improvement plan for children's services, special needs and early help in all wards"
    office = "The Northmere and Southmere Safeguarding Partnership of Councils, Health and Police"
    definition = replace(DEFINITION, title=title, organisation=office)
    book = composite_workbook(replace(sample_board(10, 3), definition=definition), CREATED)
    for sheet in book.sheets:
        above = " ".join(str(c.value) for row in sheet.rows[:4] for c in row.cells if c and c.value)
        if sheet.name not in ("Contents", "At a glance", "Lists") and sheet.rows[1].cells:
            assert (sheet.name, title in above, office in above) == (sheet.name, True, True)
    plan = sheet_of(book, "Plan")
    assert all(row.height == 20 for row in plan.rows[1:3])
    refs = [c for _, _, c in cells_of(sheet_of(book, "Exceptions")) if c.link.startswith("'Plan'")]
    for cell in refs:  # below more rows than usual, a link leads to its action all the same
        target = plan.rows[int(cell.link.rpartition("!A")[2]) - 1].cells[0]
        assert target is not None
        assert target.value == cell.value
    assert refs
