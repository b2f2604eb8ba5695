"""The sheet of open questions in `master.xlsx`: there while something is open, and never read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests import small
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.merge.kinds import KEEP
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.returned.furniture import OPEN
from xlplan.workbook.write.filling import fill_in, places_in

LEAD = "Head of Quality Assurance"


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    source = shipped("examples") / "brag-by-recommendation" / "plan.xlsx"
    new(tmp_path / "plan", source, template="brag-by-recommendation")
    with open_plan(tmp_path / "plan", today=date(2026, 1, 12)) as opened:
        opened.issue("2026-01", date(2026, 1, 23), [LEAD])
        data = (opened.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
        places = places_in(data, ID_PREFIX)
        edit = [(next(at for (_, name), (_, at) in places.items() if name == "rating"), "Purple")]
        back = fill_in(data, "Update", edit, "2026-01-20T10:00:00Z")
        (opened.folder / "inbox" / "back.xlsx").write_bytes(back)
        opened.merge()
        yield opened


def sheets(plan: Plan) -> list[str]:
    return openpyxl.load_workbook(plan.folder / "master.xlsx", read_only=True).sheetnames


def test_what_is_open_is_listed_with_the_ref_and_the_field(plan: Plan) -> None:
    [question] = plan.status().questions
    listed = openpyxl.load_workbook(plan.folder / "master.xlsx")[OPEN]
    ref, field, asked = (cell.value for cell in listed[2])
    item = plan.desk.state.definition.find("rating")
    assert item is not None
    assert (ref, field) == (question.action, item.heading)
    assert "not a value" in str(asked)


def test_an_answer_that_changes_nothing_takes_the_sheet_away(plan: Plan) -> None:
    before = plan.rows()
    [question] = plan.status().questions
    result = plan.answer(question, KEEP, why="agreed by telephone")
    assert [problem.code for problem in result.problems] == []
    assert plan.rows() == before
    assert OPEN not in sheets(plan)
    assert plan.verify() == []
    # Nor does the next merge take the workbook of before for an edited one.
    assert {problem.code for problem in plan.merge().problems} <= {"MRG-002"}


def test_what_is_written_on_the_sheet_is_not_read(plan: Plan) -> None:
    path, before = plan.folder / "master.xlsx", plan.rows()
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    book[OPEN]["C2"].value = "Green, surely"
    book.save(path)
    [report] = [r for r in plan.merge().returns if r.file == "master.xlsx"]
    assert (report.outcome, report.problems) == ("unchanged", ())
    assert not any("Green, surely" in line for line in report.information)
    assert plan.rows() == before
    assert len(plan.status().questions) == 1


def test_a_leads_own_sheet_of_that_name_is_told(plan: Plan) -> None:
    data = (plan.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.create_sheet(OPEN).append(["Who pays for this?"])
    book.save(plan.folder / "inbox" / "asks.xlsx")
    [report] = [r for r in plan.merge().returns if r.file == "inbox/asks.xlsx"]
    assert any("Who pays for this?" in line for line in report.information)


def test_an_edit_of_the_master_closes_the_question_and_says_so(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red", ("1.2", "rating"): "Red"})
    assert small.do(folder, "merge") == 1
    small.edit_master(folder, {("1.3", "rating"): "Red", ("2.1", "rating"): "Amber"})
    with small.opened(folder) as plan:
        result = plan.merge()
        [note] = [each for each in result.problems if each.code == "MRG-047"]
        assert not result.questions
    assert note.level == "note"
    assert note.where == "master.xlsx!Plan!G6"
    assert '"RAG" of 1.3' in note.message
    assert not (folder / "decisions.xlsx").exists()
