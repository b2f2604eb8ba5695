"""A plan that comes with ratings of its past: what its boards are compared with.

python -m tests.board.test_own_past     prints Table 1 of the published plan, before and now
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.board_books import rows_under
from tests.boards import action, board_of
from tests.composite_sample import DEFINITION
from tests.small import do
from xlplan.board import Board, PastBoard
from xlplan.board.figures import figures
from xlplan.board.other_boards import combined, moments
from xlplan.board.standings import NOT_KNOWN
from xlplan.board.view import direction_word, view_of
from xlplan.cycle.boards import board_between
from xlplan.cycle.plan import open_plan

HEADINGS = ("Ref", "Priority", "Action", "Lead", "Due", "RAG Initial", "RAG Previous", "RAG")
ROWS = (
    ("1.1", "Homes", "Visit every home", "Post A", "May 2027", "Red", "Amber", "Green"),
    ("1.2", "Homes", "Mend every roof", "Post A", "May 2027", "Amber", "Green", "Amber"),
    ("1.3", "Homes", "Paint every door", "Post B", "May 2027", "Amber", "Amber", "Amber"),
    ("1.4", "Homes", "Sweep every stair", "Post B", "May 2027", "Amber", None, "Amber"),
    ("1.5", "Homes", "Sign every gate", "Post B", "May 2027", None, None, "Completed"),
    ("2.1", "Schools", "Warm every room", "Post A", "May 2027", None, None, "Green"),
    ("NEW 1", "Schools", "Light every yard", "Post A", "May 2027", None, None, None),
)
DIRECTIONS = {
    "1.1": "better", "1.2": "worse", "1.3": "same", "1.4": "uncompared", "1.5": "uncompared",
    "2.1": "new", "NEW 1": "new",
}  # fmt: skip
"""By ref, what a reader of the rows would say: a blank before is not known, and what never had a
rating before is new, unless it is done already."""
KEY = "Key: Completed; Green – on track; Amber – slipping; Red – late"
TODAY = "2026-11-20"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("past")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ((KEY,), HEADINGS, *ROWS):
        sheet.append(row)
    book.save(place / "source.xlsx")
    made = place / "plan"
    assert do(made, "new", str(made), "--from", str(place / "source.xlsx"), today=TODAY) in (0, 1)
    return made


def board(folder: Path) -> Board:
    with open_plan(folder) as plan:
        return board_between(plan.desk, "2026-11")[0]


def headings_of_template(folder: Path, cycle: str) -> list[str]:
    sheet = openpyxl.load_workbook(folder / "outbox" / cycle / "Post A.xlsx")["Update"]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value in HEADINGS]


def test_two_cycles_of_a_plan_with_a_past(folder: Path) -> None:
    assert do(folder, "issue", "--cycle", "2026-11", today=TODAY) == 0
    assert "RAG Previous" in headings_of_template(folder, "2026-11")
    first = board(folder)
    found = figures(first)
    assert {one.row.ref: one.direction for one in found.standings} == DIRECTIONS
    assert (first.previous_label, first.brought) == ("RAG Previous", True)
    assert found.total.before == Counter({"Amber": 2, "Green": 1, NOT_KNOWN: 2})
    assert [point.label for point in found.points][-2:] == ["Not rated", "Not known"]
    words = {one.row.ref: direction_word(one) for one in found.standings}
    assert (words["1.4"], words["NEW 1"]) == ("Not known before", "New")
    assert do(folder, "publish", today=TODAY) == 0
    book = openpyxl.load_workbook(folder / "board" / "2026-11.xlsx")
    shown = {row["Ref"]: row for row in rows_under(book["Plan"], "Ref")}
    assert "RAG Previous" not in shown["1.1"]
    rated = {one.row.ref: view_of(first).rating(one.before).value for one in found.standings}
    assert (rated["1.1"], rated["1.4"]) == ("Amber", "Not known")
    told = [one.label for one in moments(first, found)]
    assert told[:2] == ["RAG Initial", "RAG Previous"]

    assert do(folder, "issue", "--cycle", "2027-01", today="2027-01-20") == 0
    assert "RAG Previous" not in headings_of_template(folder, "2027-01")
    with open_plan(folder) as plan:
        second = board_between(plan.desk, "2027-01")[0]
    after = figures(second)
    assert second.previous_label.startswith("2026-11")
    assert {one.direction for one in after.standings} == {"same"}
    assert second.definition.with_role("previous_rating") is None


PUBLISHED = Path(__file__).parents[3] / "shared" / "plans" / "sunderland-2017.xlsx"
BEST_FIRST = ("C", "DG", "LG", "A", "R")
here = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published plans are not here")
Figures = dict[tuple[str, str], tuple[int, int]]
"""By priority and rating, how many actions had it before and have it now."""


def first_board(place: Path) -> Board:
    """The first board of the published plan, before anything has come back."""
    made = place / "plan"
    assert do(made, "new", str(made), "--from", str(PUBLISHED), today=TODAY) in (0, 1)
    assert do(made, "issue", "--cycle", "2026-11", today=TODAY) in (0, 1)
    return board(made)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Board:
    return first_board(tmp_path_factory.mktemp("published"))


def shown_in_table_one(board: Board) -> Figures:
    """The figures of Table 1, of each priority and of all actions."""
    found = figures(board)
    names = {one.name: f"Priority {n}" for n, one in enumerate(found.sections, 1)}
    return {
        (names.get(one.name, "All"), code): ((one.before or {}).get(code, 0), one.now.get(code, 0))
        for one in (*found.sections, found.total)
        for code in BEST_FIRST
    }


def counted_in_cells() -> Figures:
    """The same, counted in the cells of the published workbook and in no other way."""
    before, now = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    open_, done = openpyxl.load_workbook(PUBLISHED).worksheets
    for sheet, columns in ((open_, (7, 8)), (done, (None, 4))):
        priority = ""
        for row in sheet.iter_rows(values_only=True):
            first = str(row[0] or "")
            if first.startswith("Priority"):
                priority = first[: len("Priority 1")]
            if not first[:1].isdigit() and not first.startswith("NEW"):
                continue
            for counted, at in zip((before, now), columns, strict=True):
                code = str(row[at] or "").strip() if at is not None else ""
                if sheet is done and at:
                    code = code or "C"  # what stands in the list of completed actions is one
                counted[priority, code] += 1
                counted["All", code] += 1
    places = [*(f"Priority {n}" for n in range(1, 8)), "All"]
    return {(p, c): (before[p, c], now[p, c]) for p in places for c in BEST_FIRST}


@here
def test_table_one_of_a_published_plan_is_what_stands_in_its_cells(published: Board) -> None:
    """Forty figures before and forty now: seven priorities and all actions, by five ratings."""
    shown = shown_in_table_one(published)
    assert len(shown) == 40
    assert shown == counted_in_cells()


@here
def test_the_moves_of_a_published_plan_are_those_of_a_recount_of_its_cells(
    published: Board,
) -> None:
    """Counted again from the cells: three columns of ratings, and the list of what is done."""
    open_, done = openpyxl.load_workbook(PUBLISHED).worksheets
    recount: Counter[str] = Counter()
    for row in open_.iter_rows(values_only=True):
        if str(row[0] or "")[:1] in "123456789N" and row[0] and row[2]:
            before, now = (str(cell or "").strip() for cell in row[7:9])
            if not before:
                recount["new" if not str(row[6] or "").strip() else "uncompared"] += 1
            else:
                moved = BEST_FIRST.index(before) - BEST_FIRST.index(now)
                recount["better" if moved > 0 else "worse" if moved else "same"] += 1
    refs = (str(row[0] or "") for row in done.iter_rows(values_only=True))
    recount["uncompared"] += sum(ref[:1].isdigit() for ref in refs)  # no rating before is listed
    found = figures(published)
    assert Counter(one.direction for one in found.standings) == recount
    assert sum(recount.values()) == found.total.actions


def test_a_rating_that_is_not_known_is_no_rating_removed_and_no_change() -> None:
    unrated = board_of(action("1"), previous={"1": {"section": "One"}})
    (one,) = figures(unrated).standings
    assert (one.before, one.direction, one.reasons) == (NOT_KNOWN, "uncompared", ())
    assert view_of(unrated).points[NOT_KNOWN].label == "Not known"


def test_of_several_plans_those_with_a_past_come_first() -> None:
    past = PastBoard("Spring", {"1": "G"}, brought=True)
    imported = PastBoard("Plan as imported", {"1": "A"})
    one = board_of(action("1", rating="B"), history=[past, imported], previous={}, brought=True)
    two = replace(board_of(action("2", rating="A"), history=[imported]), definition=DEFINITION)
    both = combined([two, one])
    assert [(past.label, past.brought) for past in both.history] == [
        ("Spring", True), ("Plan as imported", False)
    ]  # fmt: skip
    assert both.brought


def main() -> None:
    """Print the figures of the first board of the published plan, before and now."""
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()):
        shown = shown_in_table_one(first_board(Path(place)))
    print("before, now  " + "".join(f"{code:>8}" for code in BEST_FIRST))
    for name in dict.fromkeys(name for name, _ in shown):
        pairs = (shown[name, code] for code in BEST_FIRST)
        print(f"{name:13}" + "".join(f"{f'{was}, {now}':>8}" for was, now in pairs))


if __name__ == "__main__":
    main()
