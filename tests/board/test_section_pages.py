"""A section at a time: its words, what moved, its exceptions explained; its figures recounted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from msgspec.structs import replace

from tests.boards import CODES, SOME, action, board_of, boards, days_of, sheet_of, words_of
from tests.composite_sample import AS_OF, CREATED, DEFINITION
from xlplan.board import Board, composite_workbook
from xlplan.board.section_pages import (
    by_section_sheet,
    moved_in_words,
    movement_in_words,
    sections_sheet,
)
from xlplan.board.table_model import Table
from xlplan.board.view import view_of
from xlplan.plan.definition import STATUS, Field
from xlplan.plan.settings import SectionWords
from xlplan.plan.timescales import Timescale

LATE = Timescale("then", AS_OF - timedelta(days=3))


def values_of(table: Table) -> list[dict[str, object]]:
    ids = [column.id for column in table.columns]
    return [dict(zip(ids, row, strict=True)) for row in table.rows]


def moved(board: Board, uid: str, now: object) -> str:
    """Which way a rating moved, asked question by question."""
    last = (board.previous or {}).get(uid)
    if board.previous is None:
        return ""
    if last is None:
        return "new"
    if STATUS in last:
        return "back"
    was = last["rating"]
    keys = [str(r) if r in CODES else "" if r is None else "?" for r in (was, now)]
    if keys[0] == keys[1]:
        return "same"
    if not set(keys) <= set(CODES):
        return "uncompared"
    return "worse" if CODES.index(keys[1]) > CODES.index(keys[0]) else "better"


@SOME
@given(boards())
def test_the_figures_of_each_section_agree_with_a_recount(board: Board) -> None:
    view = view_of(board)
    if not view.figures.standings:
        return
    expected: dict[str, Counter[str]] = {}
    for row in board.rows:
        if row.withdrawn:
            continue
        rating = row.values.get("rating")
        late = rating != "B" and any(day < AS_OF for day in days_of(row))
        way = moved(board, row.uid, rating)
        for name in (row.section or "No section", "All actions"):
            mine = expected.setdefault(name, Counter())
            mine["actions"] += 1
            mine["overdue"] += late
            mine["undated"] += rating != "B" and not days_of(row)
            mine[way] += 1
            mine[str(rating) if rating in CODES else "none" if rating is None else "?"] += 1
    (table,) = by_section_sheet(view).tables
    shown = {str(row["section"]): row for row in values_of(table)}
    for name, counts in expected.items():
        if name not in shown:
            assert name == "No section"
            assert not view.figures.sectioned
            continue
        for what in ("actions", "overdue", "undated", "worse", "better", "new", "back", *CODES):
            assert shown[name].get(what, 0) == counts[what], (name, what)


@SOME
@given(boards())
def test_every_exception_stands_under_its_section_once(board: Board) -> None:
    view = view_of(board)
    words, listed = sections_sheet(view).tables
    if not view.figures.sectioned:
        assert not [*words.lines, *listed.lines, *listed.bands]
        return
    expected = Counter(
        (one.section, one.row.ref) for one in view.figures.standings if one.exception
    )
    names = list(view.short)
    found: Counter[tuple[str, str]] = Counter()
    bands = [*listed.bands]
    at = next(n for n, column in enumerate(listed.columns) if column.id == "ref")
    for number, (band, name) in enumerate(zip(bands, names, strict=True)):
        end = bands[number + 1].before if number + 1 < len(bands) else len(listed.lines)
        for line in listed.lines[band.before : end]:
            found[name, str(line.items[at].value)] += 1
    assert found == expected
    assert len(words.lines) == len(names)


def worded() -> Board:
    outcome = Field("section_outcome", "Outcome of the section", of="action")
    definition = replace(
        DEFINITION,
        fields=(*DEFINITION.fields, outcome),
        sections=(SectionWords("one", "Two of three teams are ready."),),
    )
    rows = [
        action("1", "One", rating="R", section_outcome="Children are seen in time",
               progress="The post is vacant."),
        action("2", "One", rating="G", section_outcome="Children are seen in time"),
        action("3", "One", rating="G", due=LATE, section_outcome="Children are seen in time"),
        action("4", "Two", rating="G"),
    ]  # fmt: skip
    last = {uid: {"section": "One", "rating": "A"} for uid in ("1", "2")}
    last |= {"4": {"section": "Two", "rating": "G"}}
    return board_of(*rows, definition=definition, previous=last)


def test_a_section_has_its_outcome_its_paragraph_what_moved_and_its_exceptions() -> None:
    sheet = sheet_of(composite_workbook(worded(), CREATED), "Sections")
    shown = [
        [str(cell.value) for cell in row.cells if cell and cell.value is not None]
        for row in sheet.rows
    ]  # fmt: skip
    over = {merge.area.first_row: str(merge.cell.value) for merge in sheet.merges}
    first = next(n for n, text in over.items() if text.startswith("One"))
    assert over[first] == (
        "One (3 actions: 1 better, 1 worse, 1 new. 1 is past the due date. Better: 2. New: 3)"
    )
    assert over[first + 1] == "Children are seen in time\nTwo of three teams are ready."
    assert shown[first + 2][:2] == ["1", "Do 1"]
    assert shown[first + 2][-1] == "The post is vacant."
    assert shown[first + 3][0] == "3"
    assert over[first + 4] == "Two (1 action: 0 better, 0 worse, 0 new. None is past the due date)"
    assert len(sheet.rows) == first + 5


def test_a_first_board_and_a_plan_without_dates_claim_no_movement_and_nothing_late() -> None:
    rows = [action("1", rating="G", due=LATE), action("2", rating="R")]
    view = view_of(board_of(*rows))
    assert movement_in_words(view, view.figures.standings) == "2 actions. 1 is past the due date."
    undated = replace(DEFINITION, fields=tuple(f for f in DEFINITION.fields if f.role != "due"))
    bare = view_of(board_of(*rows, definition=undated))
    assert movement_in_words(bare, bare.figures.standings) == "2 actions."
    assert moved_in_words(view.figures.standings) == ""


def test_in_the_coordinators_copy_a_paragraph_is_still_to_be_written() -> None:
    own, boards_copy = (
        words_of(sheet_of(composite_workbook(replace(worded(), working=w), CREATED), "Sections"))
        for w in (True, False)
    )
    assert own.count("[To be written: how the section is getting on.]") == 1
    assert "To be written" not in boards_copy


def test_a_plan_without_sections_has_no_sheet_of_them() -> None:
    book = composite_workbook(board_of(action("1", "", rating="R")), CREATED)
    names = [sheet.name for sheet in book.sheets]
    assert "Sections" not in names
    assert "By section" in names
