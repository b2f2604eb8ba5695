"""The coordinator's own master.xlsx, kept in LibreOffice: what they did to it outlives merges."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.office import (
    AddSheet,
    Fill,
    Formula,
    HideColumn,
    Move,
    Note,
    Office,
    Sort,
    Type,
    Write,
)

pytestmark = pytest.mark.xdist_group("office")


def test_what_is_done_to_the_master_in_libreoffice_outlives_merges(
    office: Office, tmp_path: Path
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    master = folder / "master.xlsx"
    office.edit(
        master,
        master,
        [
            *(Write(f"Plan!L{row}", f"Code {row}") for row in range(4, 9)),
            Write("Plan!L3", "Budget code"),
            Formula("Plan!M3", '=COUNTIF(G4:G8;"Red")'),
            Fill("Plan!C5", "#FFFF00"),
            Note("Plan!C6", "Ring them on Monday"),
            AddSheet("My notes"),
            Write("My notes!A1", "Agenda for Thursday"),
            Type("Plan!G4", "Red"),
            Sort("Plan!A4:L8", 2, descending=True),
            *(Move(f"Plan!{a}2:{a}8", f"Plan!{b}2") for a, b in ("FN", "EF", "NE")),
            HideColumn("Plan", 4),
        ],
    )
    assert small.do(folder, "merge") == 0
    small.give_back(
        folder, small.REPAIRS, {("1.2", "rating"): "Red", ("1.2", "progress"): "All of them"}
    )
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        assert [each.code for each in plan.verify()] == []
    shown = office.read(master)
    plan_sheet = shown["Plan"]
    order = ["Train the duty officers", "Review the rota", "Publish the allocations policy",
             "Inspect every lift", "Answer complaints in ten days"]  # fmt: skip
    assert [plan_sheet[f"C{row}"] for row in range(4, 9)] == order
    assert [plan_sheet[f"L{row}"] for row in range(3, 9)] == [
        "Budget code", "Code 7", "Code 8", "Code 4", "Code 5", "Code 6",
    ]  # fmt: skip
    assert [plan_sheet[f"{column}7"] for column in "BEFG"] == [
        "1.2", "All of them", "March 2027", "Red",
    ]  # fmt: skip
    assert plan_sheet["M3"] == "3"
    assert plan_sheet["G6"] == "Red"
    assert shown["My notes"]["A1"] == "Agenda for Thursday"
    book = openpyxl.load_workbook(master)
    sheet = book["Plan"]
    assert sheet["C7"].fill.fgColor.rgb == "FFFFFF00"
    assert sheet["C8"].comment is not None
    assert sheet.column_dimensions["D"].hidden
