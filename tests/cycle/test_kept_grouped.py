"""A kept workbook whose headings stand in two rows: groups above, their parts below."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.small import TODAY, give_back, issue, opened
from xlplan.cli.main import run
from xlplan.cycle.merge import MergeResult
from xlplan.plan.values import show

NAME = "Register.xlsx"
OWNER = "Head of Repairs"
ROWS = f"""
1 | The roof leaks in the hall | 4 | 20 | Mend the roof | 2 | 6 | {OWNER} | June 2027 | Amber
2 | The door jams in the wind | 3 | 15 | Mend the door | 2 | 4 | {OWNER} | May 2027 | Green
3 | The boiler fails in winter | 3 | 15 | Mend the boiler | 2 | 4 | {OWNER} | July 2027 | Red
"""
BELOW = """
Ref | Risk | Inherent | | Mitigation | Residual | | Owner | Due | RAG
 | | Impact | Score | | Impact | Score | | |
"""
ABOVE = """
 | | Inherent | | | Residual | | | |
Ref | Risk | Impact | Score | Mitigation | Impact | Score | Owner | Due | RAG
"""
MERGED = """
Risk | | Inherent | | Mitigation | Residual | | Who and when | |
Ref | Risk | Impact | Score | Mitigation | Impact | Score | Owner | Due | RAG
"""
LAYOUTS = {
    "below": (BELOW, ("C1:D1", "F1:G1")),
    "above": (ABOVE, ()),
    "merged": (MERGED, ("A1:B1", "C1:D1", "F1:G1", "H1:J1")),
}


def _cells(line: str) -> list[str | int | None]:
    texts = [text.strip() for text in line.split("|")]
    return [int(text) if text.isdigit() else text or None for text in texts]


@pytest.fixture(params=LAYOUTS)
def plan(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    heads, merged = LAYOUTS[request.param]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Risks"
    for line in f"{heads.strip(chr(10))}\n{ROWS.strip()}".split("\n"):
        sheet.append(_cells(line))
    for area in merged:
        sheet.merge_cells(area)
    book.save(tmp_path / NAME)
    folder = tmp_path / "plan"
    command = ["--today", TODAY, "new", str(folder), "--from", str(tmp_path / NAME), "--keep"]
    assert run(command) in (0, 1)
    return folder


def _sheet(folder: Path) -> Worksheet:
    return openpyxl.load_workbook(folder / NAME)["Risks"]


def _merge(folder: Path) -> MergeResult:
    with opened(folder) as plan:
        return plan.merge()


def _values(folder: Path, name: str) -> dict[str, str]:
    with opened(folder) as plan:
        state = plan.desk.state
        rows = [state.master_row(uid) for uid in state.uids("action")]
        return {row.ref: show(row.values.get(name)) for row in rows}


def test_it_is_read_and_written_by_its_parts(plan: Path) -> None:
    assert _values(plan, "residual_score") == {"1": "6", "2": "4", "3": "4"}
    book = openpyxl.load_workbook(plan / NAME)
    sheet = book["Risks"]
    sheet["G3"] = 5
    sheet["D4"] = 12
    sheet.insert_cols(10)  # moves the rating
    book.save(plan / NAME)
    done = _merge(plan)
    assert not done.questions
    assert _values(plan, "residual_score") == {"1": "5", "2": "4", "3": "4"}
    assert _values(plan, "inherent_score") == {"1": "20", "2": "12", "3": "15"}
    issue(plan)
    give_back(plan, OWNER, {("3", "rating"): "Amber"})
    _merge(plan)
    assert [_sheet(plan).cell(row, 11).value for row in (3, 4, 5)] == ["Amber", "Green", "Amber"]
    assert not _merge(plan).changes


def test_a_part_that_is_moved_is_found_by_its_group(plan: Path) -> None:
    """The columns of the two groups are put in each other's place, with their headings."""
    book = openpyxl.load_workbook(plan / NAME)
    sheet = book["Risks"]
    for area in [*sheet.merged_cells.ranges]:
        sheet.unmerge_cells(str(area))
    for row in range(1, 6):
        for left, right in ((3, 6), (4, 7)):
            one, other = sheet.cell(row, left), sheet.cell(row, right)
            one.value, other.value = other.value, one.value
    book.save(plan / NAME)
    assert not _merge(plan).changes
    assert _values(plan, "residual_score") == {"1": "6", "2": "4", "3": "4"}
