"""`issue` by need: only some actions are open, and who has none of them is asked nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from tests.small import CYCLE, LEARNING, LETTINGS, REPAIRS
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import key_rows

AMBER = ("issue", "--cycle", CYCLE, "--return-by", "2026-11-27", "--rated", "Amber")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.make(tmp_path / "plan")


def says(folder: Path, capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    capsys.readouterr()
    small.do(folder, *args, "--json")
    return json.loads(capsys.readouterr().out)


def issued(folder: Path, capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    """By lead, the refs that are open and those that are locked."""
    found = says(folder, capsys, *args)["templates"]
    return {each["lead"]: (each["actions"], each["locked"]) for each in found}


def leads(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    found = says(folder, capsys, "status")["leads"]
    return {each["lead"]: each for each in found}


def template(folder: Path, lead: str) -> Path:
    return folder / "outbox" / CYCLE / f"{lead}.xlsx"


def test_what_has_a_need_is_open_and_the_rest_is_locked_below(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = issued(folder, capsys, *AMBER)
    assert found == {LETTINGS: (["1.3"], ["1.1"]), REPAIRS: (["1.2", "1.3"], [])}
    path = template(folder, LETTINGS)
    columns, rows = key_rows(path.read_bytes(), ID_PREFIX)
    sheet = openpyxl.load_workbook(path)["Update"]
    with small.opened(folder) as plan:
        uids = {row.ref: row.uid for row in plan.rows()}
        assert plan.verify() == []
    places = {ref: rows[uids[ref]][1] for ref in ("1.3", "1.1")}
    assert places["1.3"] < places["1.1"]
    locked = {
        (ref, name): sheet[f"{columns[name]}{row}"].protection.locked
        for ref, row in places.items()
        for name in ("rating", "progress", "action")
    }
    opened = [key for key, each in locked.items() if not each]
    assert opened == [("1.3", "rating"), ("1.3", "progress")]
    texts = [str(cell.value) for row in sheet.iter_rows(max_row=4) for cell in row]
    assert any("1 of 2 actions open" in text for text in texts)
    ruled = {
        ref
        for ref, row in places.items()
        for rule in sheet.data_validations.dataValidation
        if f"{columns['rating']}{row}" in rule.sqref
    }
    assert ruled == {"1.3"}


def test_who_has_nothing_open_gets_nothing_and_is_not_chased(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = says(folder, capsys, *AMBER)
    (problem,) = found["problems"]
    assert problem["code"] == "ISS-093"
    assert LEARNING in problem["message"]
    assert not template(folder, LEARNING).exists()
    status = leads(folder, capsys)[LEARNING]
    assert (status["nothing_asked"], status["issued"], status["late"]) == (True, False, False)
    capsys.readouterr()
    small.do(folder, "status", today="2026-12-20")
    (line,) = (ln for ln in capsys.readouterr().out.splitlines() if ln.startswith(LEARNING))
    assert "nothing asked" in line
    drafts = says(folder, capsys, "remind")["drafts"]
    assert [each["lead"] for each in drafts] == [LETTINGS, REPAIRS]
    assert small.do(folder, "remind", "--lead", LEARNING) == 2


def test_a_return_that_changes_nothing_is_a_return(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.do(folder, *AMBER)
    small.give_back(folder, LETTINGS, {})
    (report,) = says(folder, capsys, "merge")["returns"]
    assert report["outcome"] == "unchanged"
    status = leads(folder, capsys)[LETTINGS]
    assert (status["returned"], status["actions"], status["untouched"]) == (True, 1, 1)
    replies = folder / "replies"
    small.do(folder, "merge", "--reply", str(replies))
    text = (replies / f"Reply to {LETTINGS}.txt").read_text("utf-8")
    assert "0 changes taken, 1 action left as it was, nothing to correct" in " ".join(text.split())


def test_an_edit_forced_into_a_locked_row_is_asked_about(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.do(folder, *AMBER)
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Red", ("1.3", "rating"): "Green"})
    found = says(folder, capsys, "merge")
    (report,) = found["returns"]
    assert report["dispositions"] == {"applied": 1, "locked": 1}
    (question,) = found["questions"]
    assert (question["kind"], question["action"]) == ("locked", "1.1")


def test_a_correction_has_the_same_rows_open(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.do(folder, *AMBER)
    small.give_back(folder, LETTINGS, {("1.3", "rating"): "Puce"})
    replies = folder / "replies"
    small.do(folder, "merge", "--reply", str(replies))
    again = folder / "inbox" / "again.xlsx"
    made = replies / f"Correction for {LETTINGS}.xlsx"
    edits = {("1.3", "rating"): "Green", ("1.1", "progress"): "Pasted"}
    again.write_bytes(small.fill(folder, made, edits, "2026-11-12T10:00:00Z"))
    found = says(folder, capsys, "merge", str(again))
    (report,) = found["returns"]
    assert report["dispositions"] == {"applied": 1, "locked": 1}


def test_issued_again_to_all_nobody_is_spared(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.issue(folder)
    before = template(folder, LEARNING).read_bytes()
    small.do(folder, *AMBER[:3], *AMBER[5:])
    assert not template(folder, LEARNING).exists()  # it was moved aside
    assert leads(folder, capsys)[LEARNING]["nothing_asked"] is True
    assert says(folder, capsys, "draft")["drafts"]
    small.issue(folder)
    assert template(folder, LEARNING).read_bytes() == before
    status = leads(folder, capsys)[LEARNING]
    assert (status["nothing_asked"], status["issued"]) == (False, True)


def test_who_returned_what_was_moved_aside_has_returned(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.issue(folder)
    small.give_back(folder, LEARNING, {("2.1", "rating"): "Green"})
    small.do(folder, *AMBER[:3], *AMBER[5:])
    small.do(folder, "merge")
    status = leads(folder, capsys)[LEARNING]
    assert (status["nothing_asked"], status["returned"], status["changes"]) == (False, True, 1)


def test_issuing_again_with_nothing_changed_records_nothing(folder: Path) -> None:
    small.do(folder, *AMBER)
    with small.opened(folder) as plan:
        position = plan.desk.state.seq
    before = template(folder, LETTINGS).read_bytes()
    small.do(folder, *AMBER)
    with small.opened(folder) as plan:
        assert plan.desk.state.seq == position
    assert template(folder, LETTINGS).read_bytes() == before


def test_what_nobody_changed_for_two_cycles_is_stale(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.issue(folder)
    assert small.do(folder, "issue", "--cycle", "2026-12", "--stale", "2") == 2
    for number, cycle in enumerate(("2026-12", "2027-01")):
        small.issue(folder, cycle)
        edits = {("2.1" if number else "1.1", "progress"): f"In {cycle}"}
        lead = LEARNING if number else LETTINGS
        small.give_back(folder, lead, edits, cycle=cycle, file=f"{cycle}.xlsx")
        small.do(folder, "merge")
    small.edit_master(folder, {("1.2", "progress"): "By the coordinator"})
    small.do(folder, "merge")
    found = issued(folder, capsys, "issue", "--cycle", "2027-02", "--stale", "2")
    assert found == {
        LEARNING: (["2.2"], ["2.1"]), LETTINGS: (["1.3"], ["1.1"]), REPAIRS: (["1.3"], ["1.2"]),
    }  # fmt: skip


def test_in_a_form_too_the_rest_is_locked_below(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.in_layout(folder, "form")
    found = issued(folder, capsys, "issue", "--cycle", CYCLE, "--due-within", "150")
    assert found == {REPAIRS: (["1.2"], ["1.3"])}
    small.give_back(folder, REPAIRS, {("1.2", "progress"): "All done", ("1.3", "rating"): "Red"})
    (report,) = says(folder, capsys, "merge")["returns"]
    assert report["dispositions"] == {"applied": 1, "locked": 1}


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--rated", "Purple"), "ISS-092"), (("--due-within", "0"), "ISS-094")],
)
def test_what_no_action_can_have_is_refused_and_nothing_is_recorded(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    assert small.do(folder, "issue", "--cycle", CYCLE, *words) == 2
    assert f"[{code}]" in capsys.readouterr().err
    with small.opened(folder) as plan:
        assert not plan.desk.state.exchange.has_begun
