"""Whole returns: what a lead saw in a cell is what the plan says, or it is asked about."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from tests.office import ODS, XLS, XLSX, Office
from tests.small import CYCLE, LETTINGS
from xlplan.cli.main import run
from xlplan.cycle.merge import MergeResult
from xlplan.plan.values import show
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import key_rows

ROWS = tuple((ref, action, LETTINGS, *rest) for ref, action, _, *rest in small.ROWS[:3])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source, made = tmp_path / "source.xlsx", tmp_path / "plan"
    small.write_source(source, ROWS)
    assert run(["--today", small.TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    small.issue(made)
    return made


Edit = tuple[object, str]
"""A value, and the number format of its cell."""


def returned(folder: Path, edits: dict[tuple[str, str], Edit]) -> bytes:
    data = (folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx").read_bytes()
    columns, rows = key_rows(data, ID_PREFIX)
    with small.opened(folder) as plan:
        uids = {row.ref: row.uid for row in plan.rows()}
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (ref, field), (value, code) in edits.items():
        sheet, row = rows[uids[ref]]
        cell = book[sheet][f"{columns[field]}{row}"]
        cell.value, cell.number_format = value, code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged(folder: Path, data: bytes, name: str = "back.xlsx") -> MergeResult:
    (folder / "inbox" / name).write_bytes(data)
    with small.opened(folder) as plan:
        return plan.merge()


def changes(result: MergeResult) -> dict[tuple[str, str], str]:
    return {(c.action, c.field): show(c.after) for c in result.changes}


EDITS: dict[tuple[str, str], Edit] = {
    ("1.1", "due"): (date(2027, 6, 1), "mmm-yy"),
    ("1.2", "due"): (date(2027, 9, 1), "mmmm yyyy"),
    ("1.3", "due"): (date(2027, 9, 1), "d mmmm yyyy"),
    ("1.1", "progress"): (419, "00000"),
    ("1.2", "progress"): (1.1, "0.00"),
}
SHOWN = {
    ("1.2", "due"): "September 2027",
    ("1.3", "due"): "1 September 2027",
    ("1.1", "progress"): "00419",
    ("1.2", "progress"): "1.10",
}
"""What they change: June 2027 as Excel keeps it is the June 2027 that went out."""


def test_what_a_lead_saw_is_what_the_plan_says(folder: Path) -> None:
    result = merged(folder, returned(folder, EDITS))
    assert changes(result) == SHOWN
    assert list(result.questions) == []


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS])
def test_through_libreoffice_it_is_the_same(
    folder: Path, tmp_path: Path, office: Office, kind: str
) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second"
    first.write_bytes(returned(folder, EDITS))
    office.resave(first, second, kind)
    result = merged(folder, second.read_bytes())
    assert changes(result) == SHOWN
    assert list(result.questions) == []


def test_a_number_that_programs_show_differently_is_one_question(folder: Path) -> None:
    result = merged(folder, returned(folder, {("1.1", "progress"): (0.5, "# ?/?")}))
    assert changes(result) == {}
    [question] = result.questions
    assert (question.kind, question.field) == ("invalid", "progress")


def test_a_serial_number_typed_as_text_is_asked_about(folder: Path) -> None:
    result = merged(folder, returned(folder, {("1.1", "due"): ("46295", "@")}))
    [question] = result.questions
    assert (question.kind, question.field) == ("invalid", "due")


def test_a_text_file_without_a_heading_of_the_plan_is_called_no_table(folder: Path) -> None:
    result = merged(folder, b"Dear all,\nhere is what we did,\n", "note.csv")
    [report] = result.returns
    assert [problem.code for problem in report.problems] == ["RET-007"]


def test_a_new_plan_has_the_refs_months_and_codes_that_were_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(("Ref", "Action", "Lead", "Due date", "Cost code", "Budget", "% complete"))
    for number in range(1, 5):
        day = date(2027, 2 + number, 1)
        sheet.append((number, f"Mend boat {number}", "Head of Yards", day, 10 * number, 1500.5,
                      25 * number))  # fmt: skip
    for row in sheet.iter_rows(min_row=2):
        formats = {0: '"HSG-"000', 3: "mmm-yy", 4: "00000", 5: "£#,##0", 6: '0"%"'}
        for col, code in formats.items():
            row[col].number_format = code
    source, made = tmp_path / "source.xlsx", tmp_path / "plan"
    book.save(source)
    assert run(["--today", small.TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    with small.opened(made) as plan:
        first = next(iter(plan.rows()))
        types = {item.id: item.type for item in plan.definition.fields}
        values = {name: show(value) for name, value in first.values.items()}
    assert first.ref == "HSG-001"
    assert (values["due"], types["due"]) == ("March 2027", "timescale")
    assert (values["cost_code"], types["cost_code"]) == ("00010", "text")
    assert (values["budget"], types["budget"]) == ("1500.5", "number")
    percent = next(name for name, kind in types.items() if kind == "percent")
    assert first.values[percent] == 0.25
