"""Several plans on one board: nothing clashes, and the figures are the sums of the plans' own."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.boards import SOME, action, board_of, boards, cells_of, sheet_of, words_of
from tests.composite_sample import AS_OF, CREATED, DEFINITION, SCALE, sample_board
from xlplan.board import Board, PastBoard, ReturnLine, composite_workbook
from xlplan.board.figures import Figures, figures
from xlplan.board.other_boards import combined, mark_of
from xlplan.board.words import short_name
from xlplan.merge.model import Change, MasterRow, Place
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.values import Value
from xlplan.workbook.write.writing import write_workbook

OTHER = PlanDefinition(
    id="other", title="Homelessness plan", organisation="Southmere Health Trust",
    marking="OFFICIAL",
    fields=(
        Field("no", "No.", role="key"),
        Field("theme", "Theme", role="section"),
        Field("task", "Task", role="action"),
        Field("who", "Owner", "people", role="lead"),
        Field("status", "Status", "rating", role="rating"),
        Field("cost", "Cost"),
    ),
    ratings=(
        Rating("3", "Off track", order=1, exception=True),
        Rating("2", "Green", order=2),
        Rating("1", "Blue", "Complete and inspected", order=3, holding=True),
        Rating("0", "Blue", "Closed", order=4, closed=True),
    ),
    leads=(Lead("Workforce Lead"), Lead("Ward Manager")),
)  # fmt: skip


def task(uid: str, theme: str = "One", **values: Value) -> MasterRow:
    given: dict[str, Value] = {"no": uid, "theme": theme, "task": f"Task {uid}", **values}
    return MasterRow(uid, "action", uid, theme, given)


def other_of(*rows: MasterRow, **more: object) -> Board:
    return replace(Board(OTHER, "2026-10", AS_OF, rows), **more)


@st.composite
def others(draw: st.DrawFn) -> Board:
    rows, previous = [], {}
    for number in range(draw(st.integers(0, 8))):
        code = draw(st.sampled_from(["0", "1", "2", "3", None]))
        theme = draw(st.sampled_from(["One", "Two"]))
        rows.append(task(f"a{number}", theme, status=code, who=("Workforce Lead",)))
        if draw(st.booleans()):
            was: dict[str, Value] = {"theme": theme, "status": draw(st.sampled_from("0123"))}
            previous[f"a{number}"] = was
    returns = [ReturnLine("Workforce Lead", True, draw(st.booleans()))]
    return other_of(*rows, previous=previous, returns=returns)


@SOME
@given(boards(), others(), others())
def test_the_figures_are_the_sums_of_the_plans_own(one: Board, two: Board, three: Board) -> None:
    found = figures(combined([one, two, three]))
    own = [figures(board) for board in (one, two, three)]
    for name in ("actions", "closed", "attention", "overdue", "undated", "exceptions",
                 "actions_before"):  # fmt: skip
        assert getattr(found.total, name) == sum(getattr(f.total, name) for f in own), name
        assert [getattr(c, name) for c in found.plans] == [getattr(f.total, name) for f in own]
    moves: Counter[str] = Counter()
    for f in own:
        moves.update(f.total.moves)
    assert Counter(found.total.moves) == moves
    assert len(found.sections) == sum(len(f.sections) for f in own)
    assert (found.asked, found.returned) == (
        sum(f.asked for f in own), sum(f.returned for f in own)
    )  # fmt: skip
    told: Counter[object] = Counter()
    for f in own:
        told += by_meaning(f)
    assert by_meaning(found) == told


def by_meaning(found: Figures) -> Counter[object]:
    """How many actions stand at each label that counts the same for the board."""
    counted: Counter[object] = Counter()
    for point in found.points:
        r = point.rating
        flags = (r.closed, r.holding, r.exception) if r else None
        counted[re.sub(r" \([A-Z]\)$", "", point.label), flags] += found.total.now.get(point.key, 0)
    return +counted


def test_refs_sections_and_leads_of_two_plans_do_not_clash() -> None:
    one = board_of(
        action("1", rating="G", lead=("Workforce Lead",)), returns=[ReturnLine("Workforce Lead")]
    )
    two = other_of(task("1", status="2", who=("Workforce Lead",)),
                   returns=[ReturnLine("Workforce Lead", True, True)])  # fmt: skip
    board = combined([one, two])
    found = figures(board)
    assert [s.row.ref for s in found.standings] == ["A/1", "B/1"]
    assert [s.name for s in found.sections] == ["A: One", "B: One"]
    assert [(c.lead, c.actions, c.line and c.line.returned) for c in found.leads if c.actions] == [
        ("Workforce Lead (A)", 1, False), ("Workforce Lead (B)", 1, True)
    ]  # fmt: skip


def test_ratings_that_mean_the_same_are_one_and_others_stay_apart() -> None:
    one = board_of(action("1", rating="G"), action("2", rating="B"))
    two = other_of(task("1", status="2"), task("2", status="1"), task("3", status="0"))
    found = figures(combined([one, two]))
    assert [(p.label, found.total.now[p.key]) for p in found.points if found.total.now[p.key]] == [
        ("Blue", 2), ("Blue (B)", 1), ("Green", 2)
    ]  # fmt: skip


def test_direction_is_by_the_order_of_each_plans_own_scale() -> None:
    was: dict[str, dict[str, Value]] = {"1": {"status": "3"}, "2": {"status": "0"}}
    two = other_of(task("1", status="2"), task("2", status="2"), previous=was)
    found = figures(combined([board_of(previous={}), two]))
    assert [s.direction for s in found.standings] == ["better", "worse"]


def test_plan_shows_what_the_plans_share_under_a_title_for_each() -> None:
    board = combined([sample_board(6, 2), other_of(task("9", status="3", cost="Much"))])
    sheet = sheet_of(composite_workbook(board, CREATED), "Plan")
    words = words_of(sheet)
    assert "A: Northmere Borough Council. Children's services improvement plan" in words
    assert "B: Southmere Health Trust. Homelessness plan" in words
    assert "B/9" in words
    assert "Task 9" in words
    assert "Much" not in words


def test_contents_and_notes_name_every_plan_with_its_mark() -> None:
    board = combined([sample_board(6, 2), replace(other_of(task("9")), tip="abc")])
    book = composite_workbook(board, CREATED)
    for name in ("Contents", "Notes"):
        assert "Homelessness plan (Southmere Health Trust)" in words_of(sheet_of(book, name))
    assert "B: abc" in words_of(sheet_of(book, "Notes"))
    assert write_workbook(book) == write_workbook(composite_workbook(board, CREATED))


def test_every_link_of_a_board_of_several_plans_leads_to_its_action() -> None:
    book = composite_workbook(combined([sample_board(), other_of(task("9", status="3"))]), CREATED)
    plan = sheet_of(book, "Plan")
    refs = [c for _, _, c in cells_of(sheet_of(book, "Exceptions")) if c.link.startswith("'Plan'")]
    assert "B/9" in {cell.value for cell in refs}
    for cell in refs:
        target = plan.rows[int(cell.link.rpartition("!A")[2]) - 1].cells[0]
        assert target is not None
        assert target.value == cell.value


def test_changes_of_several_plans_stand_in_the_order_of_time() -> None:
    def moved(seq: int, at: str, field: str) -> Change:
        return Change(seq, at, "2026-11", "1", "1", field, None, "G", "Post", Place("f"), "edit")

    one = board_of(action("1", rating="G"), changes=[moved(50, "2026-11-09T00:00:00Z", "rating")])
    two = other_of(task("1"), changes=[moved(3, "2026-11-08T00:00:00Z", "status")])
    found = combined([one, two]).changes
    assert [(c.seq, c.action, c.field) for c in found] == [
        (1, "B/1", "rating"),
        (2, "A/1", "rating"),
    ]


def test_boards_of_one_label_are_one_column_of_history() -> None:
    one = board_of(action("1", rating="G"), history=[PastBoard("start", {"1": "R"}),
                                                     PastBoard("2026-09", {"1": "A"})])  # fmt: skip
    two = other_of(task("1", status="0"), history=[PastBoard("start", {"1": "3"}),
                                                   PastBoard("2026-05", {"1": "2"})])  # fmt: skip
    history = combined([one, two]).history
    assert [past.label for past in history] == ["start", "2026-05", "2026-09"]
    assert dict(history[0].ratings) == {"A/1": "R", "B/1": "3"}
    words = words_of(sheet_of(composite_workbook(combined([one, two]), CREATED), "History"))
    assert "Off track" in words


def test_two_plans_of_one_organisation_are_told_apart_by_their_titles() -> None:
    second = replace(DEFINITION, title="Another plan")
    board = combined([board_of(action("1")), replace(board_of(action("1")), definition=second)])
    assert [plan.group for plan in board.plans] == [
        "Northmere Borough Council, Children's services improvement plan",
        "Northmere Borough Council, Another plan",
    ]


@pytest.mark.parametrize(("number", "mark"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB")])
def test_marks_never_run_out(number: int, mark: str) -> None:
    assert mark_of(number) == mark


def test_a_marked_section_is_shortened_as_it_would_be_alone() -> None:
    assert short_name("B: Recommendation 4 - Read every file") == "B: Recommendation 4"


def test_the_scale_of_the_first_plan_keeps_its_words_and_colours() -> None:
    board = combined([sample_board(6, 2), other_of(task("9", status="3"))])
    for point in SCALE:
        assert any(
            (r.label, r.colour) == (point.label, point.colour) for r in board.definition.ratings
        )
