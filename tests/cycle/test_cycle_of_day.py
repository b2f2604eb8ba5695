"""To which cycle, and to whom, a change belongs when names and cycles have moved on."""

from __future__ import annotations

from pathlib import Path

from tests import small
from tests.boards import sheet_of, words_of
from xlplan.board import composite_workbook
from xlplan.board.other_boards import restatements
from xlplan.cycle.publish import board_of
from xlplan.plan.definition import STATUS


def test_what_the_coordinator_edits_belongs_to_the_cycle_of_the_day(tmp_path: Path) -> None:
    """Though the master was last written in the cycle before."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder, "2026-09")
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Green"}, cycle="2026-09")
    assert small.do(folder, "merge") == 0
    assert small.do(folder, "publish") == 0
    small.issue(folder, "2026-11")
    small.edit_master(folder, {("1.1", "rating"): "Red", ("1.2", STATUS): "withdrawn"})
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        assert {(c.action, c.cycle) for c in plan.log(cycle="2026-11")} == {
            ("1.1", "2026-11"),
            ("1.2", "2026-11"),
        }
        board = board_of(plan.desk)
    assert restatements(board) == ()
    words = words_of(sheet_of(composite_workbook(board, "2026-11-20T09:00:00Z"), "Changes"))
    assert "Status" in words
    assert STATUS not in words


def test_a_renamed_lead_keeps_their_log(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Green"})
    assert small.do(folder, "merge") == 0
    definition = folder / "plan.toml"
    text = definition.read_text("utf-8")
    old = f'name = "{small.REPAIRS}"'
    assert text.count(old) == 1
    new = f'name = "Head of Property"\naliases = ["{small.REPAIRS}"]'
    definition.write_text(text.replace(old, new), "utf-8")
    small.do(folder, "merge")
    with small.opened(folder) as plan:
        for name in ("Head of Property", small.REPAIRS):
            assert [c.action for c in plan.log(lead=name)] == ["1.2"]
