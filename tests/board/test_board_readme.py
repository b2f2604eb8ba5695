"""The page of the room: the sheet that it shows how to add is one, in every rendering."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from tests.accessibility_oracle import problems_read
from tests.boards import action, board_of, sheet_of, words_of
from tests.composite_sample import CREATED, DEFINITION
from tests.conftest import ROOT
from xlplan.board import composite, composite_workbook
from xlplan.board.accessible import accessible_workbook
from xlplan.plan.definition import Field
from xlplan.workbook.write.writing import write_workbook

PAGE = (ROOT / "xlplan" / "board" / "README.md").read_text("utf-8")


def test_the_sheet_of_the_page_is_drawn_in_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "by_cost.py", "exec"), names)
    (line,) = re.findall(r'`SheetKind\("(\w+)", "([\w ]+)", (\w+)\),`', PAGE)
    kind = composite.SheetKind(line[0], line[1], names[line[2]])
    monkeypatch.setattr(composite, "BY_KEY", {**composite.BY_KEY, kind.key: kind})
    definition = replace(DEFINITION, fields=(*DEFINITION.fields, Field("cost", "Cost")))
    rows = [action("1", cost="High"), action("2", cost="High"), action("3")]
    board = replace(board_of(*rows), definition=definition)
    frame = composite.frames_of(board)["by_cost"]
    assert dict(zip(frame["cost"], frame["actions"], strict=True)) == {"High": 2, "No cost": 1}
    book = composite_workbook(board, CREATED)
    assert "No cost" in words_of(sheet_of(book, "By cost"))
    assert "How many actions have each cost" in words_of(sheet_of(book, "Contents"))
    assert sheet_of(book, "By cost").filter is not None
    heard = accessible_workbook(board, CREATED)
    assert "No cost" in words_of(sheet_of(heard, "By cost"))
    assert problems_read(write_workbook(heard)) == []
    without = composite_workbook(board_of(*rows), CREATED)
    assert "By cost" not in [sheet.name for sheet in without.sheets]


def test_every_module_of_the_room_is_on_its_page() -> None:
    modules = {path.name for path in (ROOT / "xlplan" / "board").glob("*.py")}
    assert modules - {"__init__.py"} == set(re.findall(r"`(\w+\.py)`", PAGE)) - {
        "test_composite.py", "test_composite_sheets.py", "test_accessible.py",
    }  # fmt: skip
