"""Reviewed without a change, action by action: in `status`, in `check` and on the board."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.small import LEARNING, LETTINGS
from xlplan.cycle.status import LeadStatus
from xlplan.returned.as_issued import CONFIRMED

CYCLES = {"2026-11": "2026-11-02", "2026-12": "2026-12-01", "2027-01": "2027-01-05"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cycles: Learning ticks 2.1 each time, and changes 2.2 in the last with a tick."""
    plan = small.make(tmp_path_factory.mktemp("confirming") / "plan")
    small.issue_with(plan, "confirm = true", "status = true", "changes = true")
    for cycle, today in CYCLES.items():
        by = f"{cycle}-20"
        issued = small.do(plan, "issue", "--cycle", cycle, "--return-by", by, today=today)
        assert issued == 0
        edits: dict[tuple[str, str], str | float | None] = {("2.1", CONFIRMED): "Yes"}
        if cycle == "2027-01":
            edits |= {("2.2", CONFIRMED): "Yes", ("2.2", "progress"): "The rota is agreed"}
        saved_at = f"{today}T12:00:00Z"
        small.give_back(plan, LEARNING, edits, cycle=cycle, saved_at=saved_at)
        assert small.do(plan, "merge", today=today) in (0, 1)
    return plan


def standing(folder: Path, cycle: str) -> dict[str, LeadStatus]:
    with small.opened(folder) as plan:
        return {lead.lead: lead for lead in plan.status(cycle).leads}


def test_no_part_of_a_template_has_a_word_of_another_lead(folder: Path) -> None:
    with zipfile.ZipFile(folder / "outbox" / "2026-11" / f"{LEARNING}.xlsx") as package:
        texts = "".join(
            package.read(name).decode("utf-8", "replace") for name in package.namelist()
        )
    assert "As issued" in texts
    assert "Train the duty officers" in texts
    for other in ("allocations policy", "every lift", "complaints", "Eleven days", LETTINGS):
        assert other not in texts


def test_status_has_changed_confirmed_and_not_looked_at(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = (standing(folder, cycle)[LEARNING] for cycle in ("2026-11", "2027-01"))
    assert (first.changes, first.confirmed, first.not_looked_at) == (0, 1, 1)
    assert (last.changes, last.confirmed, last.not_looked_at) == (1, 1, 0)
    silent = standing(folder, "2027-01")[LETTINGS]
    assert (silent.confirmed, silent.not_looked_at) == (0, silent.actions)
    capsys.readouterr()
    assert small.do(folder, "status", "--json") == 0
    leads = json.loads(capsys.readouterr().out)["leads"]
    found = {lead["lead"]: (lead["confirmed"], lead["not_looked_at"]) for lead in leads}
    assert found[LEARNING] == (1, 0)
    assert small.do(folder, "status") == 0
    out = capsys.readouterr().out
    assert "not looked at" in out.splitlines()[0]
    assert "untouched" not in out


def test_a_tick_beside_a_change_is_told_of(folder: Path) -> None:
    with small.opened(folder) as plan:
        problems = [p for fact in plan.desk.state.returns.values() for p in fact.problems]
        values = {row.ref: row.values for row in plan.rows()}
    assert [p.code for p in problems] == ["RET-021"]
    assert "beside 2.2, yet" in problems[0].message
    assert "The rota is agreed" in str(values["2.2"]["progress"])


def test_three_times_running_is_a_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    small.do(folder, "check", "--json", today="2027-03-01")
    found = json.loads(capsys.readouterr().out)
    assert [each["action"] for each in found if each["code"] == "CHK-099"] == ["2.1"]


def test_by_lead_on_the_board_has_both_counts(folder: Path) -> None:
    assert small.do(folder, "publish", "--out", "board/by-lead.xlsx", today="2027-01-20") == 0
    sheet = openpyxl.load_workbook(folder / "board" / "by-lead.xlsx")["By lead"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "Not looked at" in row)
    line = next(row for row in rows if row[0] == LEARNING or LEARNING in row[:2])
    assert line[head.index("Confirmed without a change")] == 1
    assert line[head.index("Not looked at")] == 0


def test_what_is_taken_back_is_confirmed_no_more(folder: Path) -> None:
    with small.opened(folder) as plan:
        back = next(r for r in plan.desk.state.returns.values() if r.cycle == "2026-12")
    assert small.do(folder, "undo", back.id) == 0
    assert standing(folder, "2026-12")[LEARNING].confirmed == 0
    with small.opened(folder) as plan:
        assert plan.verify() == []


def test_where_the_plan_does_not_ask_status_is_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = small.make(tmp_path / "plan")
    small.issue(plan)
    capsys.readouterr()
    assert small.do(plan, "status") == 0
    assert "untouched" in capsys.readouterr().out.splitlines()[0]
    assert standing(plan, small.CYCLE)[LEARNING].confirmed is None


def test_a_workbook_with_cells_to_correct_asks_for_these_alone(tmp_path: Path) -> None:
    plan = small.make(tmp_path / "plan")
    small.issue_with(plan, "confirm = true", "status = true", "changes = true")
    small.issue(plan)
    small.give_back(plan, LEARNING, {("2.1", "rating"): "Purple", ("2.2", CONFIRMED): "Yes"})
    small.do(plan, "merge", "--reply", str(tmp_path / "replies"))
    [letter] = (tmp_path / "replies").glob("*.txt")
    words = " ".join(letter.read_text("utf-8").split())
    assert "1 action left as it was (1 ticked as reviewed)" in words
    [path] = (tmp_path / "replies").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["To correct", "Update", "Guidance", "Lists", "xlplan"]
    values = {cell.value for row in book["Update"].iter_rows() for cell in row}
    assert "2.2" in values
    assert not values & {"Reviewed, no change", "State", "not looked at"}
    (plan / "inbox" / "corrected.xlsx").write_bytes(path.read_bytes())
    small.do(plan, "merge")
    assert standing(plan, small.CYCLE)[LEARNING].confirmed == 1
