"""An open action whose date a lead would take away, in a whole cycle: it stays on the board."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import small
from tests.boards import sheet_of, words_of
from xlplan.board import composite_workbook
from xlplan.board.figures import figures
from xlplan.cycle.publish import board_of

LATE = "30 September 2025"
SAID = "The date is gone: was 30 September 2025"


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A plan whose action 1.1 is rated Green and has been due for a year."""
    folder = small.make(tmp_path / "plan")
    small.edit_master(folder, {("1.1", "due"): LATE})
    assert small.do(folder, "merge") == 0
    small.issue(folder)
    return folder


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("n/a", '"n/a"'),
        ("Ongoing", '"Ongoing"'),
        (None, "blank"),
    ],
)
def test_the_board_still_hears_of_an_overdue_action_and_why_its_date_is_gone(
    late: Path, typed: str | None, why: str
) -> None:
    small.give_back(late, small.LETTINGS, {("1.1", "due"): typed})
    assert small.do(late, "merge") == 1
    with small.opened(late) as plan:
        assert "CHK-010" in [p.code for p in plan.check() if p.action == "1.1"]
        board = board_of(plan.desk)
        found = figures(board)
    assert found.total.overdue == 1
    [one] = [s for s in found.exceptions if s.row.ref == "1.1"]
    assert f"{SAID}, now {why}" in [reason.words for reason in one.reasons]
    assert one.overdue
    words = words_of(sheet_of(composite_workbook(board, "2026-11-20T09:00:00Z"), "Exceptions"))
    assert SAID in words
    small.answer(late, {("1.1", "due"): "Accept"})
    assert small.do(late, "merge") == 0
    with small.opened(late) as plan:
        assert figures(board_of(plan.desk)).total.overdue == 0


def test_a_closed_action_is_not_listed_for_a_date_that_was_asked_about(late: Path) -> None:
    small.give_back(late, small.LETTINGS, {("1.1", "due"): "TBC"})
    assert small.do(late, "merge") == 1
    with small.opened(late) as plan:
        board = board_of(plan.desk)
    scale = tuple(replace(r, closed=r.code == "Green") for r in board.definition.ratings)
    closed = replace(board, definition=replace(board.definition, ratings=scale))
    [one] = [s for s in figures(closed).standings if s.row.ref == "1.1"]
    assert one not in figures(closed).exceptions
    assert [reason.kind for reason in one.reasons] == ["question"]


def test_the_lead_is_asked_for_a_date(late: Path) -> None:
    small.give_back(late, small.LETTINGS, {("1.1", "due"): "see below"})
    replies = late / "replies"
    assert small.do(late, "merge", "--reply", str(replies)) == 1
    [path] = replies.glob("*.txt")
    text = " ".join(path.read_text("utf-8").split())
    assert f"This had a date, {LATE}. Please give the date by which it will be done now" in text
