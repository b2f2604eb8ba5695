"""What `check` and the board are given of a plan's past and of its rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests import small
from xlplan.cycle.boards import make_board


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
        "1.2": ["33 days overdue: by the plan's rules it is Red; the officer says Amber."],
    }
