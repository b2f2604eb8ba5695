"""The lists of the composite (new, completed, organisations, history), slips, reasons, pages."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pandas import isna

from tests.boards import SOME, action, board_of, boards, cells_of, sheet_of, words_of
from tests.composite_sample import AS_OF, CREATED, DEFINITION, SCALE, sample_board
from xlplan.board import Board, PastBoard, ReturnLine, composite_workbook, grouped
from xlplan.board.composite import frames_of
from xlplan.board.figures import figures
from xlplan.board.fitting import page_breaks, paged, room, scale
from xlplan.board.grouped import by_lead_sheet
from xlplan.board.other_boards import average_slip, moments, restatements
from xlplan.board.paint import Brush, whole_unit
from xlplan.board.table_model import Item, TableColumn
from xlplan.board.view import say_days, view_of
from xlplan.board.words import LeadCount
from xlplan.merge.model import Change, Place
from xlplan.merge.past import DueHistory
from xlplan.plan.definition import Field, Rating
from xlplan.plan.people import Lead
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value
from xlplan.workbook.write import cell_text
from xlplan.workbook.write.cell_text import row_heights
from xlplan.workbook.write.sheet import Cell, Chart, Page, Row, Sheet, Style
from xlplan.workbook.write.sheet import Column as SheetColumn

DAY = timedelta(days=1)


def change(seq: int, field: str, before: Value, after: Value, **more: object) -> Change:
    made = Change(
        seq, "2026-11-05T09:30:00Z", "2026-11", "1", "1", field, before, after, "Post A",
        Place("a.xlsx", "Update", f"F{seq}"), "edit",
    )  # fmt: skip
    return replace(made, **more)


def shown(board: Board, name: str) -> str:
    return words_of(sheet_of(composite_workbook(board, CREATED), name))


def column(board: Board, name: str, first: str, heading: str) -> list[object]:
    """The values under a heading of the table whose first heading is `first`."""
    sheet = sheet_of(composite_workbook(board, CREATED), name)
    top = next(
        n for n, row in enumerate(sheet.rows)
        if row.cells and row.cells[0] is not None and row.cells[0].value == first
        and any(cell and cell.value == heading for cell in row.cells)
    )  # fmt: skip
    at = next(i for i, cell in enumerate(sheet.rows[top].cells) if cell and cell.value == heading)
    return [cell.value if (cell := row.cells[at]) else None for row in sheet.rows[top + 1 :]]


# New.


@SOME
@given(boards())
def test_new_lists_what_the_last_board_did_not_see(board: Board) -> None:
    known = {uid for uid, seen in (board.previous or {}).items() if "_status" not in seen}
    new = [r.ref for r in board.rows if not r.withdrawn and r.uid not in known]
    if board.previous is None or not new:
        assert "Leads" not in shown(board, "New")
    else:
        assert sorted(map(str, column(board, "New", "Ref", "Ref"))) == sorted(new)


def test_a_new_action_says_how_it_came_into_the_plan() -> None:
    came = change(4, "action", None, "Do 1", kind="row-added")
    board = board_of(action("1", rating="G"), previous={}, changes=[came])
    assert column(board, "New", "Ref", "How it came into the plan") == [
        "Added with a new action\nPost A\n5 November 2026, 09:30\na.xlsx!Update!F4"
    ]


# Changes.


def test_changes_say_how_many_of_them_were_read_from_a_file() -> None:
    read = change(4, "rating", "A", "G")
    ruled = replace(change(5, "rating", "G", "R"), by="rule", place=Place(), kind="rule")
    both = board_of(action("1", rating="R"), previous={}, changes=[read, ruled])
    words = shown(both, "Changes")
    assert "2 changes, 1 of them with the file and cell that they were read from" in words
    alone = shown(replace(both, changes=[read]), "Changes")
    assert "1 change, each with the file and cell it was read from" in alone


# Completed.

HELD = (*SCALE, Rating("D", "Dark green", order=5, holding=True))


def test_completed_tells_closed_now_from_watched_and_from_closed_before() -> None:
    now = {"1": "B", "2": "B", "3": "D", "4": "G"}
    rows = [action(uid, rating=rating) for uid, rating in now.items()]
    was: dict[str, dict[str, Value]] = {
        "1": {"rating": "G"}, "2": {"rating": "B"}, "3": {"rating": "G"}, "4": {"rating": "B"}
    }  # fmt: skip
    history = [
        PastBoard("2026-03", {"2": "G"}), PastBoard("2026-05", {"2": "B", "4": "B"}),
        PastBoard("2026-09", {"2": "B", "1": "G"}),
    ]  # fmt: skip
    board = replace(
        board_of(*rows, previous=was, history=history),
        definition=replace(DEFINITION, ratings=HELD),
    )
    done = frames_of(board)["completed"]
    assert list(done["ref"]) == ["1", "3", "2"]
    assert list(done["standing"]) == [
        "Closed since the last board", "Done, under watch", "Closed earlier"
    ]  # fmt: skip
    assert [None if isna(each) else each for each in done["since"]] == [
        "This board", None, "2026-05"
    ]  # fmt: skip
    words = shown(board, "Completed")
    assert "Closed since the last board (1 action)" in words
    assert "Blue\nwas Green" in words.replace("▲ ", "")
    assert "Since: 2026-05" in words
    assert "Since: This board" not in words


def test_an_action_reopened_and_closed_again_is_closed_since_the_second_time() -> None:
    history = [PastBoard("a", {"1": "B"}), PastBoard("b", {"1": "R"}), PastBoard("c", {"1": "B"})]
    was: dict[str, dict[str, Value]] = {"1": {"rating": "B"}}
    board = board_of(action("1", rating="B"), previous=was, history=history)
    assert list(frames_of(board)["completed"]["since"]) == ["c"]


# By organisation.


@SOME
@given(boards())
def test_organisations_agree_with_a_recount(board: Board) -> None:
    leads = (Lead("Post A", organisation="Council"), Lead("Post B", organisation="Trust"),
             Lead("Post C"))  # fmt: skip
    board = replace(board, definition=replace(DEFINITION, leads=leads))
    belongs = {"Post A": "Council", "Post B": "Trust", "Post C": DEFINITION.organisation}
    counted: Counter[tuple[str, str]] = Counter()
    for row in board.rows:
        names = row.values.get("lead")
        if not row.withdrawn:
            of = {belongs[n] for n in names} if isinstance(names, tuple) else set()
            for name in of or {"No organisation named"}:
                counted[name, str(row.values.get("rating") or "")] += 1
    found = figures(board).organisations
    assert {o.organisation: o.actions for o in found if o.actions} == {
        name: sum(n for (of, _), n in counted.items() if of == name) for name, _ in counted
    }
    for one in found:
        assert one.now["G"] == counted[one.organisation, "G"]
        lines = [ln for ln in board.returns if ln.issued and belongs[ln.lead] == one.organisation]
        assert one.asked == len(lines)
        assert one.returned == sum(line.returned for line in lines)
        assert set(one.outstanding) == {line.lead for line in lines if not line.returned}


def test_a_field_says_better_than_the_leads_which_organisation_answers() -> None:
    item = Field("who", "Agency", role="organisation")
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, item))
    rows = [action("1", who="Health trust", lead=("Workforce Lead",)), action("2")]
    found = figures(replace(board_of(*rows), definition=definition)).organisations
    assert [(o.organisation, o.actions) for o in found] == [
        ("Health trust", 1), ("No organisation named", 1)
    ]  # fmt: skip


def test_who_has_not_returned_is_named_under_the_organisation() -> None:
    returns = [ReturnLine("Workforce Lead"), ReturnLine("Designated Nurse", True, True)]
    board = board_of(action("1", lead=("Workforce Lead",)), returns=returns)
    assert column(board, "By organisation", "Organisation", "Not returned yet") == [
        "Workforce Lead", "Nobody"
    ]  # fmt: skip


def test_a_plan_without_organisations_has_no_sheet_of_them_unless_asked() -> None:
    bare = replace(DEFINITION, leads=(), organisation="")
    board = replace(board_of(action("1")), definition=bare)
    names = [sheet.name for sheet in composite_workbook(board, CREATED).sheets]
    assert "By organisation" not in names
    asked = replace(bare, composite=replace(bare.composite, sheets=("by organisation",)))
    words = shown(replace(board, definition=asked), "By organisation")
    assert "The plan names no organisations" in words


# Slips.


def test_plan_says_how_often_a_date_was_put_back() -> None:
    row = action("1", rating="G", due=Timescale("March", date(2027, 3, 31)))
    board = board_of(row, dues={"1": DueHistory(date(2026, 12, 31), 2)})
    assert "Put back 2 times, by 90 days in all. First due 31 December 2026" in shown(board, "Plan")
    assert "Slips" not in shown(board_of(row), "Plan")


# History.


def test_history_counts_each_board_and_shows_each_rating_in_words() -> None:
    rows = [action("1", rating="B"), action("2", rating="G")]
    history = [PastBoard("2026-05", {"1": "R"}), PastBoard("2026-09", {"1": "A", "2": "?"})]
    board = board_of(*rows, previous={}, history=history)
    assert column(board, "History", "Ref", "2026-05") == ["Red", "–"]
    assert column(board, "History", "Ref", "2026-09") == ["Amber", "Not on the scale"]
    assert column(board, "History", "Ref", "Now (2026-11)") == ["Blue", "Green"]
    sheet = sheet_of(composite_workbook(board, CREATED), "History")
    (chart,) = sheet.charts
    cells = {
        series.name: [
            sheet.rows[r].cells[series.values.first_col].value  # type: ignore[union-attr]  # every cell is there
            for r in range(series.values.first_row, series.values.last_row + 1)
        ]
        for series in chart.series
    }
    assert chart.alt == (
        "2026-05: 0 Blue, 0 Green, 0 Amber, 1 Red, 0 Not on the scale; "
        "2026-09: 0 Blue, 0 Green, 1 Amber, 0 Red, 1 Not on the scale; "
        "2026-11: 1 Blue, 1 Green, 0 Amber, 0 Red, 0 Not on the scale"
    )
    assert cells["Red"] == [1, 0, 0]
    assert cells["Amber"] == [0, 1, 0]
    assert cells["Blue"] == [0, 0, 1]


def test_the_average_slip_is_over_actions_with_a_date_then_and_at_first() -> None:
    first = {"1": AS_OF, "2": AS_OF, "3": AS_OF}
    then = {"1": AS_OF + 10 * DAY, "2": AS_OF - 4 * DAY, "3": None, "4": AS_OF}
    assert average_slip(first, then) == 3
    assert average_slip(first, {"3": None}) is None
    assert [say_days(n) for n in (0, 1, 12.5, -3)] == [
        "0 days",
        "1 day",
        "12.5 days",
        "3 days early",
    ]


@SOME
@given(boards())
def test_the_last_moment_of_history_is_summary(board: Board) -> None:
    found = figures(board)
    assert moments(board, found)[-1].counts == found.total.now


# Reasons.


def test_two_ratings_that_differ_are_an_exception() -> None:
    second = Field("rating_2", "Assured", "rating", role="rating")
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, second))
    rows = [action("1", rating="G", rating_2="B"), action("2", rating="G", rating_2="G"),
            action("3", rating="G")]  # fmt: skip
    found = figures(replace(board_of(*rows), definition=definition)).exceptions
    assert [[r.words for r in one.reasons] for one in found] == [
        ["Two ratings that differ: BRAG Green, Assured Blue"]
    ]


def test_two_ratings_of_two_scales_differ_by_what_they_mean() -> None:
    second = Field("rating_2", "Assured", "rating", role="rating", scale="own")
    scales = (*SCALE, Rating("Y", "Yes", closed=True, scale="own"), Rating("N", "No", scale="own"))
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, second), ratings=scales)
    rows = [action("1", rating="B", rating_2="Y"), action("2", rating="B", rating_2="N"),
            action("3", rating="G", rating_2="N")]  # fmt: skip
    found = figures(replace(board_of(*rows), definition=definition)).exceptions
    assert [one.row.uid for one in found] == ["2"]


def test_a_challenged_rating_is_an_exception_and_stands() -> None:
    board = board_of(
        action("1", rating="G"), challenges={"1": ["Half done and late, yet rated Green"]}
    )
    (one,) = figures(board).exceptions
    assert one.now == "G"
    assert "Rating challenged: Half done and late, yet rated Green" in shown(board, "Exceptions")


def test_an_initial_rating_that_the_plan_keeps_stands_in_its_colour() -> None:
    kept = Field("initial_rating", "At first", "rating", role="initial_rating")
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, kept))
    board = replace(board_of(action("1", rating="G", initial_rating="R"), previous={}),
                    definition=definition)  # fmt: skip
    sheet = sheet_of(composite_workbook(board, CREATED), "Plan")
    red = [cell for _, _, cell in cells_of(sheet) if cell.value == "Red"]
    assert [cell.style.fill != "" for cell in red] == [True]


# Restatements.


def test_restatements_are_what_belongs_to_an_earlier_board_or_was_taken_back() -> None:
    changes = [
        change(1, "rating", "G", "A"),
        change(2, "rating", "A", "R", cycle="2026-09"),
        change(3, "progress", "Said", None, kind="undo"),
        change(4, "progress", None, "Entry", kind="restatement"),
    ]
    was: dict[str, dict[str, Value]] = {"1": {"rating": "G"}}
    board = board_of(
        action("1", rating="R"), previous=was, changes=changes,
        history=[PastBoard("2026-09", {"1": "G"})],
    )  # fmt: skip
    assert [c.seq for c in restatements(board)] == [2, 3, 4]
    assert 'From "Amber" to "Red"' in shown(board, "Notes")
    notes = [c.note for _, _, c in cells_of(sheet_of(composite_workbook(board, CREATED), "Plan"))]
    assert any("As the board saw it. Restated since" in note for note in notes)


# Pages.


@given(st.lists(st.integers(10, 300), min_size=1, max_size=80), st.data())
def test_no_page_is_overfull_and_no_title_stands_last_on_one(
    heights: list[int], data: st.DataObject
) -> None:
    kept = data.draw(st.sets(st.integers(1, max(1, len(heights) - 1)), max_size=len(heights) // 4))
    sheet = Sheet("x", columns=[SheetColumn(30)], page=Page(repeat_rows=(0, 0)))
    breaks = page_breaks(sheet, [float(h) for h in heights], kept)
    assert list(breaks) == sorted(set(breaks))
    edges = [0, *breaks, len(heights)]
    for start, end in itertools.pairwise(edges):
        used = sum(heights[start:end]) + (heights[0] if start else 0)
        assert used <= room(sheet.page) or end - start == 1 or end - start <= len(kept) + 1
        if end < len(heights):
            assert end - 1 not in kept or all(row in kept for row in range(start + 1, end))


@pytest.mark.parametrize("size", [10, 400])
def test_plans_of_any_size_break_where_both_programs_would(size: int) -> None:
    sheet = sheet_of(composite_workbook(sample_board(size), CREATED), "Plan")
    heights = [h or 15 for h in row_heights(sheet)]
    edges = [0, *sheet.page.breaks, len(heights)]
    bands = {m.area.first_row for m in sheet.merges}
    repeated = heights[sheet.page.repeat_rows[0]] if sheet.page.repeat_rows else 0
    for start, end in itertools.pairwise(edges):
        whole = sum(heights[start:end]) + (repeated if start else 0)
        assert whole * scale(sheet) <= room(sheet.page)
        assert end - 1 not in bands or end == len(heights)


def test_a_wide_sheet_prints_smaller_and_a_narrow_one_as_it_is() -> None:
    assert scale(Sheet("x", columns=[SheetColumn(40)])) == 1
    assert scale(Sheet("x", columns=[SheetColumn(100)] * 4)) < 0.6


@pytest.mark.parametrize("sections", [4, 12, 30])
def test_the_chart_of_the_sections_counts_no_total_and_ends_on_the_page_it_begins_on(
    sections: int,
) -> None:
    sheet = sheet_of(composite_workbook(sample_board(120, sections), CREATED), "By section")
    heights = row_heights(sheet)
    page = room(sheet.page) / scale(sheet)
    (chart,) = sheet.charts
    first = max((row for row in sheet.page.breaks if row <= chart.row), default=0)
    above = sum(height or 15 for height in heights[first : chart.row])
    assert above + chart.height * 0.75 <= page
    for series in chart.series:
        names = [
            str(cell.value)
            for row in sheet.rows[series.categories.first_row : series.categories.last_row + 1]
            if (cell := row.cells[0])
        ]
        assert len(names) == sections
        assert "All actions" not in names


def test_a_chart_of_many_long_names_has_its_bars_below_each_other() -> None:
    def chart_of(board: Board, name: str) -> Chart:
        (chart,) = sheet_of(composite_workbook(board, CREATED), name).charts
        return chart

    few, many = (chart_of(sample_board(120, n), "By section") for n in (12, 13))
    assert (few.kind, many.kind) == ("column", "bar")
    assert many.height > few.height
    history = [PastBoard(f"20{n}-01", {"1": "R"}) for n in range(10, 40)]
    years = board_of(action("1", rating="B"), previous={}, history=history)
    assert chart_of(years, "History").kind == "column"


def test_more_sections_than_a_chart_can_name_are_not_drawn() -> None:
    sheet = sheet_of(composite_workbook(sample_board(120, 31), CREATED), "By section")
    assert not sheet.charts
    assert "All actions" in words_of(sheet)


def test_a_sheet_is_printed_smaller_where_that_saves_a_page() -> None:
    def sheet(rows: int, letters: int) -> Sheet:
        text = Cell("a" * letters, Style(wrap=True, size=10))
        return paged(Sheet("x", rows=[Row([text])] * rows, columns=[SheetColumn(100)]))

    by_rows = [len(sheet(rows, 10).page.breaks) for rows in (10, 60)]
    assert by_rows[0] == 0 < by_rows[1]
    assert sheet(10, 10).columns[0].width == 100
    most = max(rows for rows in range(10, 60) if not sheet(rows, 10).page.breaks)
    assert sheet(most, 10).columns[0].width > 100
    assert scale(sheet(most, 10)) >= 0.9
    fixed = paged(replace(sheet(most, 10), columns=[SheetColumn(100)]), fixed=True)
    assert fixed.page.breaks


def test_paging_keeps_the_heights_that_were_given() -> None:
    sheet = Sheet("x", rows=[Row([Cell("a")], height=33), Row([])], columns=[SheetColumn(9)])
    assert [row.height for row in paged(sheet).rows] == [33, 0]


def test_actions_are_grouped_under_their_section() -> None:
    sheet = sheet_of(composite_workbook(sample_board(), CREATED), "Plan")
    bands = {m.area.first_row for m in sheet.merges}
    first = min(bands)
    assert {row.level for n, row in enumerate(sheet.rows) if n in bands} == {0}
    assert {row.level for n, row in enumerate(sheet.rows) if n > first and n not in bands} == {1}


@given(st.integers(0, 5000))
def test_axes_count_in_whole_numbers(most: int) -> None:
    unit = whole_unit(most)
    assert most <= 8 * unit
    assert str(unit).rstrip("0") in ("1", "2", "5")
    assert unit == 1 or most > 8 * unit / 2.5


def test_axes_of_every_chart_count_in_whole_numbers() -> None:
    book = composite_workbook(sample_board(), CREATED)
    units = [chart.unit for sheet in book.sheets for chart in sheet.charts]
    assert units
    assert all(unit >= 1 and unit == int(unit) for unit in units)


def _painted_and_measured(changes: int) -> tuple[int, int]:
    """How many items are painted, and how many cells measured, on a board with so many changes
    that say the same."""
    counts = Counter[str]()
    painted, measured = Brush._painted, cell_text._Measure.each

    def paints(brush: Brush, item: Item) -> Cell:
        counts["painted"] += 1
        return painted(brush, item)

    def measures(measure: cell_text._Measure, cells: Iterable[Cell | None]) -> list[float]:
        some = [*cells]
        counts["measured"] += len(some)
        return measured(measure, some)

    board = sample_board(12)
    alike = replace(board.changes[0], before="Begun", after="Done")
    same = [replace(alike, seq=number) for number in range(changes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Brush, "_painted", paints)
        patch.setattr(cell_text._Measure, "each", measures)
        book = composite_workbook(replace(board, changes=same), CREATED)
        assert len(sheet_of(book, "Changes").rows) == changes + 5
    return counts["painted"], counts["measured"]


def test_what_many_rows_show_is_painted_and_measured_once() -> None:
    assert _painted_and_measured(800) == _painted_and_measured(400)


def test_which_columns_by_lead_has_is_found_out_once_and_not_for_each_lead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = Counter[str]()

    def watch(name: str) -> None:
        plain = getattr(grouped, name)

        def counted(leads: Iterable[LeadCount]) -> list[TableColumn]:
            times[name] += 1
            found: list[TableColumn] = plain(leads)
            return found

        monkeypatch.setattr(grouped, name, counted)

    watch("_looked_at")
    watch("_of_the_past")
    view = view_of(sample_board())
    sheet = by_lead_sheet(view)
    assert len(sheet.tables[0].lines) == len(view.figures.leads) > 2
    assert times == {"_looked_at": 1, "_of_the_past": 1}


def test_an_item_is_asked_for_its_look_once_though_a_link_may_change_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, painted = Counter[str](), Counter[str]()
    look, paint_one = Brush._look, Brush._painted

    def looked(brush: Brush, item: Item) -> tuple[Style, Style, Style]:
        asked["look"] += 1
        return look(brush, item)

    def one(brush: Brush, item: Item) -> Cell:
        painted["item"] += 1
        before = asked["look"]
        cell = paint_one(brush, item)
        assert asked["look"] == before + 1
        painted["link"] += cell.link != ""
        return cell

    monkeypatch.setattr(Brush, "_look", looked)
    monkeypatch.setattr(Brush, "_painted", one)
    cells_of(sheet_of(composite_workbook(sample_board(), CREATED), "Exceptions"))
    assert painted["item"] > painted["link"] > 0
