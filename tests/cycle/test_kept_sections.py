"""A kept workbook with a sheet for each section: where a row stands says its section."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.small import TODAY, answer, opened
from xlplan.cli.main import run
from xlplan.cycle.kept_record import _heading
from xlplan.cycle.merge import MergeResult
from xlplan.merge.kept_cells import KeptCell
from xlplan.plan.values import show
from xlplan.workbook.read.book import ReadSheet

NAME = "Tracker.xlsx"
HEADINGS = ("No", "Action", "Lead", "By when", "Update")
SHEETS = {
    "Wards": (("W1", "Inspect every lift"), ("W2", "Replace the boilers"), ("W3", "Paint it")),
    "Clinics": (("C1", "Publish the policy"), ("C2", "Review the rota"), ("C3", "Count beds")),
}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in SHEETS.items():
        sheet = book.create_sheet(title)
        sheet.append([title])
        sheet.append([])
        sheet.append(HEADINGS)
        for ref, action in rows:
            sheet.append([ref, action, "Head of Repairs", "June 2027", f"Begun, as {ref} says"])
    folder = tmp_path_factory.mktemp("sections")
    book.save(folder / NAME)
    made = folder / "plan"
    command = ["--today", TODAY, "new", str(made), "--from", str(folder / NAME), "--keep"]
    assert run(command) in (0, 1)
    return made


@pytest.fixture
def plan(started: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(started, tmp_path / "plan"))


def _merge(folder: Path) -> MergeResult:
    with opened(folder) as plan:
        return plan.merge()


def _sections(folder: Path) -> dict[str, str]:
    with opened(folder) as plan:
        state = plan.desk.state
        return {state.ref(uid): show(state.value(uid, "section")) for uid in state.uids("action")}


def _by_hand(folder: Path) -> list[str]:
    if not (folder / "decisions.xlsx").exists():
        return []
    book = openpyxl.load_workbook(folder / "decisions.xlsx")
    if "To type by hand" not in book.sheetnames:
        return []
    cells = (cell.value for row in book["To type by hand"].iter_rows() for cell in row)
    return [text for text in cells if isinstance(text, str) and "KEEP-" in text]


def test_a_row_that_is_put_into_a_sheet_is_of_its_section(plan: Path) -> None:
    book = openpyxl.load_workbook(plan / NAME)
    book["Clinics"].append(["C4", "Mend the gate", "Head of Repairs", "May 2027", "New"])
    book.save(plan / NAME)
    _merge(plan)
    assert _sections(plan)["C4"] == "Clinics"
    assert _by_hand(plan) == []


def _move(folder: Path) -> None:
    """The second row of Wards stands at the end of Clinics."""
    book = openpyxl.load_workbook(folder / NAME)
    moved = [cell.value for cell in book["Wards"][5]]
    assert moved[0] == "W2"
    book["Wards"].delete_rows(5)
    book["Clinics"].append(moved)
    book.save(folder / NAME)


@pytest.mark.parametrize(("choice", "section"), [("accept", "Clinics"), ("keep", "Wards")])
def test_a_row_that_is_moved_to_another_sheet_is_asked_about_once(
    plan: Path, choice: str, section: str
) -> None:
    _move(plan)
    result = _merge(plan)
    assert [(q.field, q.action) for q in result.questions] == [("section", "W2")]
    assert _sections(plan)["W2"] == "Wards"
    offered = result.questions[0].choices
    answer(plan, {("W2", "section"): next(o for o in offered if choice in o.lower())})
    assert _merge(plan).questions == ()
    assert _sections(plan) == {
        "W1": "Wards", "W2": section, "W3": "Wards", "C1": "Clinics", "C2": "Clinics",
        "C3": "Clinics",
    }  # fmt: skip
    assert _by_hand(plan) == []
    assert _merge(plan).questions == ()


def test_a_sheet_that_has_another_name_now_moves_no_row(plan: Path) -> None:
    book = openpyxl.load_workbook(plan / NAME)
    book["Wards"].title = "Wards and theatres"
    book.save(plan / NAME)
    assert _merge(plan).questions == ()
    assert _sections(plan)["W2"] == "Wards"


def test_a_heading_that_is_worded_on_a_longer_sheet_has_no_words_on_its_own() -> None:
    done = ReadSheet("Done", [["Ref", "Action"], ["1", "Homes"]])
    assert _heading(done, (39, 0), "1 Homes") == KeptCell("shared", "A40", "")
    assert _heading(done, (1, 0), "1 Homes") == KeptCell("shared", "B2", "Homes")
    assert _heading(done, (1, 0), "1") == KeptCell("shared", "A2", "1")
