"""Where a cycle stands, and which step comes next, as Python and ``--json`` have it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import small
from xlplan import NextStep, Status, XlplanError, shapes
from xlplan.board.figures import figures
from xlplan.cycle.boards import board_between
from xlplan.plan.definition import STATUS

NEXT_CYCLE = "2026-12"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.make(tmp_path / "plan")


def status(folder: Path, cycle: str = "") -> Status:
    with small.opened(folder) as plan:
        return plan.status(cycle)


def test_before_anything_is_issued_a_cycle_is_to_begin(folder: Path) -> None:
    found = status(folder)
    assert (found.cycle, found.return_by, found.published) == ("", "", False)
    assert (found.asked, found.outstanding, found.back) == ((), (), 0)
    assert found.actions == len(small.ROWS)
    assert found.next == NextStep(
        "begin",
        "xlplan check, then xlplan issue --cycle ID --return-by DATE",
        "xlplan issue --cycle ID --return-by DATE",
    )


def test_the_next_step_follows_the_cycle(folder: Path) -> None:
    steps = []

    def note() -> Status:
        found = status(folder)
        steps.append(found.next.step)
        return found

    small.issue(folder)
    assert len(note().outstanding) == 3
    small.edit_master(folder, {("2.2", "rating"): "Red"})
    assert note().edited == ("master.xlsx",)
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Red"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Green"})
    assert small.do(folder, "merge") == 1
    assert [question.kind for question in note().questions] == ["conflict"]
    small.answer(folder, {("1.3", "rating"): "Red"})
    assert note().edited == ("decisions.xlsx",)
    assert small.do(folder, "merge") == 0
    waiting = note()
    assert [lead.lead for lead in waiting.outstanding] == [small.LEARNING]
    assert (waiting.back, len(waiting.asked)) == (2, 3)
    small.give_back(folder, small.LEARNING, {})
    assert small.do(folder, "merge") == 0
    assert not note().published
    assert small.do(folder, "publish") == 0
    assert note().published
    assert steps == ["wait", "merge", "answer", "merge", "wait", "publish", "issue"]


def test_with_an_earlier_cycle_the_next_step_is_that_of_the_open_one(folder: Path) -> None:
    small.issue(folder)
    for lead in (small.LETTINGS, small.REPAIRS, small.LEARNING):
        small.give_back(folder, lead, {})
    assert small.do(folder, "merge") == 0
    small.issue(folder, NEXT_CYCLE)
    earlier = status(folder, small.CYCLE)
    assert (earlier.cycle, earlier.outstanding) == (small.CYCLE, ())
    assert earlier.next.step == status(folder).next.step == "wait"
    with pytest.raises(XlplanError, match="CYC-001"):
        status(folder, "2031-01")


def test_a_withdrawn_action_is_counted_here_as_little_as_on_the_board(folder: Path) -> None:
    small.issue(folder)
    small.edit_master(folder, {("1.2", STATUS): "withdrawn"})
    assert small.do(folder, "merge") == 0
    assert status(folder).actions == len(small.ROWS) - 1
    with small.opened(folder) as plan:
        assert figures(board_between(plan.desk, "")[0]).total.actions == len(small.ROWS) - 1


def test_a_file_that_no_merge_can_use_is_no_edit(folder: Path) -> None:
    small.issue(folder)
    (folder / "master.xlsx").write_bytes(b"%PDF-1.7 not a workbook at all")
    found = status(folder)
    assert found.edited == ()
    assert [(problem.code, problem.where) for problem in found.problems] == [
        ("OUT-006", "master.xlsx")
    ]
    assert found.next.step == "wait"


def test_status_as_json_has_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.issue(folder)
    small.edit_master(folder, {("2.2", "rating"): "Red"})
    capsys.readouterr()
    assert small.do(folder, "status", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == shapes.status_shape(status(folder))
    assert printed["next"] == {"step": "merge", "text": "xlplan merge", "command": "xlplan merge"}
    assert printed["edited"] == ["master.xlsx"]
    assert printed["cycle"] == small.CYCLE
    assert {lead["lead"] for lead in printed["leads"]} >= {small.LETTINGS, small.REPAIRS}


def test_whoever_gave_an_action_away_in_mid_cycle_is_asked_about_the_others(folder: Path) -> None:
    small.issue(folder)
    small.edit_master(folder, {("1.2", "lead"): small.LEARNING})
    small.do(folder, "merge")
    small.issue(folder)
    small.give_back(folder, small.REPAIRS, {})
    small.do(folder, "merge")
    found = {lead.lead: lead for lead in status(folder).leads}
    assert (found[small.REPAIRS].actions, found[small.REPAIRS].untouched) == (1, 1)
    assert found[small.LEARNING].actions == 3
