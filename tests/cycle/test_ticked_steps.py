"""Steps in a whole cycle: ticked and dated in a form, merged, on the board, and corrected."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.small import LEARNING, LETTINGS, REPAIRS, do, fill, issue
from xlplan.cli.main import run
from xlplan.cycle.plan import open_plan

STEPS = "Write the guide\nTrain the officers\nAudit what they do"
WHEN = "May 2026\nJune 2026\nJuly 2027"
ROWS = (
    ("1.1", STEPS, f"{LETTINGS} / {REPAIRS}", WHEN, "Begun", "Green"),
    ("1.2", "Inspect every lift\nMend those that stop", LETTINGS, "May 2026\nMay 2027", "",
     "Amber"),
    ("2.1", "Review the rota", LEARNING, "July 2027", "", "Green"),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan after a cycle in which two leads ticked steps of the same action."""
    where = tmp_path_factory.mktemp("steps") / "plan"
    source = small.write_source(where.with_name("source.xlsx"), ROWS)
    assert run(["--today", small.TODAY, "new", str(where), "--from", str(source)]) in (0, 1)
    small.in_layout(where, "form")
    issue(where)
    give(where, LETTINGS, {1: "Done", 2: "10 June 2026"})
    give(where, REPAIRS, {2: "10 June 2026", 3: "half"})
    assert do(where, "merge") == 1
    return where


def give(folder: Path, lead: str, boxes: dict[int, str]) -> None:
    edits = {("1.1", f"steps_done#{number}"): text for number, text in boxes.items()}
    data = fill(folder, folder / "outbox" / small.CYCLE / f"{lead}.xlsx", edits)
    (folder / "inbox" / f"{lead}.xlsx").write_bytes(data)


def printed(capsys: pytest.CaptureFixture[str], folder: Path, *args: str) -> object:
    capsys.readouterr()
    do(folder, *args, "--json")
    return json.loads(capsys.readouterr().out)


def test_new_proposes_the_column_and_the_form_has_a_row_for_each_step(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx")
    rows = [[cell.value for cell in row] for row in book["Update"].iter_rows()]
    shown = [(row[1], row[2]) for row in rows if str(row[1]).startswith("field:steps_done")]
    assert shown == [
        ("field:steps_done#1", "Step 1 of 3\nWrite the guide\ndue May 2026"),
        ("field:steps_done#2", "Step 2 of 3\nTrain the officers\ndue June 2026"),
        ("field:steps_done#3", "Step 3 of 3\nAudit what they do\ndue July 2027"),
        ("field:steps_done#1", "Step 1 of 2\nInspect every lift\ndue May 2026"),
        ("field:steps_done#2", "Step 2 of 2\nMend those that stop\ndue May 2027"),
    ]  # fmt: skip


def test_ticks_are_in_the_plan_with_the_cells_that_they_came_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = printed(capsys, folder, "show", "1.1")
    assert isinstance(rows, list)
    assert rows[0]["fields"]["steps_done"] == [
        "1. Write the guide", "2. Train the officers (10 June 2026)"
    ]  # fmt: skip
    done = [(step["done"], step["done_on"]) for step in rows[0]["milestones"]]
    assert done == [(True, None), (True, "2026-06-10"), (False, None)]
    log = printed(capsys, folder, "log", "--action", "1.1")
    assert isinstance(log, list)
    ticks = [line for line in log if line["field"] == "steps_done"]
    assert len({line["cell"] for line in ticks}) == len(ticks) == 2
    assert do(folder, "verify") == 0


def test_a_box_that_is_no_tick_is_asked_about_and_opened_for_correction(
    folder: Path, tmp_path: Path
) -> None:
    with open_plan(folder) as plan:
        (question,) = plan.questions()
        assert (question.kind, question.field, question.candidates[0].text) == (
            "invalid", "steps_done", "half"
        )  # fmt: skip
    assert do(folder, "merge", "--reply", str(tmp_path)) in (0, 1)
    names = [path for path in tmp_path.rglob("*.xlsx") if REPAIRS in path.name]
    book = openpyxl.load_workbook(names[0])
    open_ = [
        row[3].value
        for row in book["Update"].iter_rows()
        if str(row[1].value).startswith("field:steps_done") and not row[3].protection.locked
    ]
    assert open_ == ["half"]


def test_the_board_counts_what_is_left(folder: Path) -> None:
    assert do(folder, "publish") == 0
    book = openpyxl.load_workbook(folder / "board" / f"{small.CYCLE}.xlsx")
    late = [[cell.value for cell in row] for row in book["Late steps"].iter_rows()]
    assert [row[:2] for row in late if " of " in str(row[1])] == [["1.2", "1 of 2"]]
    words = {str(cell.value) for row in book["At a glance"].iter_rows() for cell in row}
    assert {"Steps done", "2 of 5", "Late steps"} <= words


def test_a_form_with_marks_lists_the_boxes_of_steps_among_the_changes(tmp_path: Path) -> None:
    where = tmp_path / "plan"
    source = small.write_source(tmp_path / "source.xlsx", ROWS)
    assert run(["--today", small.TODAY, "new", str(where), "--from", str(source)]) in (0, 1)
    small.in_layout(where, 'form"\nstatus = true\nchanges = true\n#"')
    issue(where)
    book = openpyxl.load_workbook(where / "outbox" / small.CYCLE / f"{LETTINGS}.xlsx")
    listed = [(row[1].value, row[2].value) for row in book["As issued"].iter_rows(min_row=2)]
    steps = [each for each in listed if ": step " in str(each[1])]
    assert [number for _, number in steps] == [
        f"Steps done: step {number}" for number in (1, 2, 3, 1, 2)
    ]
    assert [ref for ref, _ in steps] == ["1.1"] * 3 + ["1.2"] * 2


LATE_IN_JUNE_2012 = (22, 10)
"""Steps and actions, of the actions whose last date is still to come."""


def test_the_late_steps_of_a_real_plan(shared: Path, tmp_path: Path) -> None:
    source = shared / "plans" / "sunderland-2012.xlsx"
    folder = tmp_path / "plan"
    day = ["--today", "2012-06-01"]
    assert run([*day, "new", str(folder), "--from", str(source)]) in (0, 1)
    assert run([*day, "-C", str(folder), "publish", "--cycle", "2012-06"]) == 0
    book = openpyxl.load_workbook(folder / "board" / "2012-06.xlsx")
    listed = [[cell.value for cell in row] for row in book["Late steps"].iter_rows()]
    steps = [row for row in listed if " of " in str(row[2])]
    whole = {row[0] for row in steps if str(row[2]).startswith("1 of 3") and row[0] == "1.10"}
    rest = [row for row in steps if row[0] not in whole]
    assert (len(rest), len({row[0] for row in rest})) == LATE_IN_JUNE_2012
