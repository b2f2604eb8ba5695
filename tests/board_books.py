"""The shipped examples after their cycle, and their composites read back as a board reads them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from xlplan.cli.main import run
from xlplan.cycle.demo import demo


@dataclass(frozen=True)
class Published:
    """An example's folder, its composite, and its commands' JSON."""

    name: str
    folder: Path
    composite: Path
    today: str

    def ask(self, *args: str) -> Any:
        """What a command prints with ``--json``."""
        return ask(self.folder, self.today, *args)

    def sheet(self, name: str) -> Worksheet:
        """One sheet of the composite."""
        return openpyxl.load_workbook(self.composite)[name]


def ask(folder: Path, today: str, *args: str) -> Any:
    """What a command on the plan in `folder` prints with ``--json``."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert run(["-C", str(folder), "--today", today, *args, "--json"]) in (0, 1)
    return json.loads(said.getvalue())


def play(name: str, folder: Path, today: str) -> Published:
    """An example's demo cycle, played in a new folder."""
    made = demo(folder, lambda _line: None, example=name)
    return Published(name, folder, made.to_open[-1][0], today)


def rows_under(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """The rows of the table whose first heading is `first`, as values by heading."""
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == first)
    headings = [str(cell.value) for cell in sheet[top]]
    return [
        dict(zip(headings, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=top + 1)
        if any(cell.value is not None for cell in row)
    ]


def noted(sheet: Worksheet) -> Iterator[tuple[Cell, str]]:
    """Every cell with a note, and the note."""
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, MergedCell) and cell.comment is not None:
                yield cell, cell.comment.text
