"""What the ledger tells the lints of a plan's past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests import small
from tests.paper import Office
from xlplan.cycle.boards import make_board
from xlplan.cycle.past import past_of
from xlplan.plan.checks.view import History
from xlplan.plan.values import show

TODAY = date(2026, 3, 1)


def past(office: Office, today: date = TODAY, cycle: str = "") -> History:
    return past_of(office.state, office.history.changes, office.state.seq, today, cycle)


def test_a_plan_that_has_only_been_imported_has_first_values_and_no_past() -> None:
    found = past(Office())
    assert (found.boards, found.asked, found.updated) == ((), {}, {})
    assert found.first == {"a-1": "Green", "a-2": "Amber", "a-3": "Red"}
    assert [show(value) for value in found.dues["a-1"]] == ["June 2026"]


def test_each_earlier_board_is_a_snapshot_of_its_time() -> None:
    office = Office()
    office.issue("Ann", cycle="2026-01")
    office.publish("2026-01")
    second = office.issue("Ann", cycle="2026-02")
    office.give_back(second, {("a-1", "rating"): "Red", ("a-1", "progress"): "It rained"})
    found = past(office)
    assert [board.label for board in found.boards] == ["2026-01"]
    assert found.boards[0].values["a-1"] == {"rating": "Green", "progress": "Paint bought"}
    office.publish("2026-02")
    assert [board.label for board in past(office).boards] == ["2026-01"]
    office.issue("Ann", cycle="2026-03")
    assert [board.label for board in past(office).boards] == ["2026-01", "2026-02"]
    assert past(office).boards[1].values["a-1"]["rating"] == "Red"
    assert [board.label for board in past(office, cycle="2026-01").boards] == ["2026-02"]


def test_of_old_boards_only_the_ratings_are_kept() -> None:
    office = Office()
    for number in range(1, 5):
        office.issue("Ann", cycle=f"2026-0{number}")
        office.publish(f"2026-0{number}")
    office.issue("Ann", cycle="2026-05")
    kept = [sorted(board.values["a-1"]) for board in past(office).boards]
    assert kept == [["rating"], ["rating"], ["progress", "rating"], ["progress", "rating"]]


def test_a_position_in_the_past_knows_nothing_of_what_came_later() -> None:
    office = Office()
    issued = office.issue("Ann", cycle="2026-01")
    then = office.state.seq
    office.give_back(issued, {("a-1", "due"): "July 2026"})
    office.publish("2026-01")
    found = past_of(office.state, office.history.changes, then, TODAY, "2026-02")
    assert found.boards == ()
    assert [show(value) for value in found.dues["a-1"]] == ["June 2026"]
    assert found.updated == {}


def test_who_was_asked_and_where_something_changed() -> None:
    office = Office()
    first = office.issue("Ann", ("a-1", "a-2"), cycle="2026-01")
    assert past(office).asked == {}  # its returns may still come
    office.give_back(first, {("a-1", "progress"): "First coat is on"})
    office.issue("Ann", ("a-1",), cycle="2026-02")
    found = past(office)
    assert found.asked == {"a-1": ("2026-01",), "a-2": ("2026-01",)}
    assert found.updated == {"a-1": ("2026-01",)}
    office.publish("2026-02")
    assert past(office).asked["a-1"] == ("2026-01", "2026-02")


def test_a_cycle_counts_once_its_returns_are_due() -> None:
    office = Office()
    office.append(replace(office.issue("Ann"), id="t-due", return_by="2026-02-28"))
    assert past(office, date(2026, 2, 28)).asked == {}
    assert past(office, date(2026, 3, 1)).asked["a-1"] == ("2026-01",)


def test_the_dates_an_action_has_had() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "due"): "July 2026"}, digest="one")
    returned = office.give_back(
        office.issue("Ann"), {("a-1", "due"): "May 2027", ("a-1", "revised"): date(2026, 9, 1)}
    )
    assert [show(value) for value in past(office).dues["a-1"]] == [
        "June 2026", "July 2026", "May 2027",
    ]  # fmt: skip
    assert past(office).revised["a-1"] == (None, date(2026, 9, 1))
    office.undo(returned)
    assert [show(value) for value in past(office).dues["a-1"]] == ["June 2026", "July 2026"]
    assert past(office).revised["a-1"] == (None,)


def test_what_was_undone_is_no_update() -> None:
    office = Office()
    returned = office.give_back(office.issue("Ann"), {("a-1", "progress"): "First coat is on"})
    assert past(office).updated == {"a-1": ("2026-01",)}
    office.undo(returned)
    assert past(office).updated == {}


def test_check_compares_with_the_last_board(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.do(folder, "publish")
    small.issue(folder, "2026-12")
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"}, cycle="2026-12")
    small.do(folder, "merge")
    with small.opened(folder) as plan:
        found = [(p.action, p.level) for p in plan.check() if p.code == "CHK-020"]
    assert found == [("1.1", "warning")]


def test_a_board_shows_what_the_rules_hold_against_a_rating(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    definition = folder / "plan.toml"
    rule = '\n[[rule]]\nid = "late"\nchallenge = "Red"\noverdue_days = 32\n'
    definition.write_text(definition.read_text("utf-8") + rule, "utf-8")
    with small.opened(folder) as plan, plan.desk.work(dry_run=True):
        state = plan.desk.state
        board = make_board(plan.desk, "2026-11", state.seq, date(2027, 5, 3), "")
        refs = {row.uid: row.ref for row in board.rows}
    said = {refs[uid]: messages for uid, messages in board.challenges.items()}
    assert said == {
        "1.2": ['33 days overdue: rule "late" says Red; the officer says Amber.'],
    }
