"""Texts of a template that are too long for their place, so that the coordinator can be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlplan.errors import Problem
from xlplan.returned.tables import column_id
from xlplan.workbook.read.book import a1
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.measure import TALLEST, cell_height
from xlplan.workbook.write.safe import LONGEST, units
from xlplan.workbook.write.sheet import Cell, Sheet


@dataclass(frozen=True, slots=True)
class TooLong:
    """One such text: its cell, whose it is, and how many characters it has (as Excel counts).

    `cut` says that not even its cell holds it; else it is only its row that cannot be high enough.
    """

    cell: str
    uid: str
    column: str
    length: int
    cut: bool


def too_long(sheet: Sheet) -> Iterator[TooLong]:
    """The texts of actions on the sheet "Update" that do not fit, in the order of the sheet."""
    ids: dict[int, str] = {}
    boxes = {(m.area.first_row, m.area.first_col): m.cell for m in sheet.merges}
    for number, row in enumerate(sheet.rows):
        names = {col: name for col, cell in enumerate(row.cells) if (name := _id(cell))}
        ids = names if len(names) > 1 else ids
        key = parse_row_key(row.cells[0].value) if row.cells and row.cells[0] else None
        if key is None:
            continue
        full = row.height >= TALLEST
        for col, cell in enumerate(row.cells):
            merged = boxes.get((number, col))
            text = (merged or cell).value if cell is not None else None
            if not isinstance(text, str) or len(text) < 500 or cell is None:
                continue
            cut = units(text) > LONGEST
            tall = full and merged is None and cell_height(cell, sheet.columns[col].width) > TALLEST
            if cut or tall:
                name = ids.get(col) or next(iter(names.values()), "")
                yield TooLong(a1(number, col), key.uid, name, units(text), cut)


def _id(cell: Cell | None) -> str:
    return column_id(cell.value) if cell is not None and isinstance(cell.value, str) else ""


def problem_of(found: TooLong, where: str, action: str, heading: str) -> Problem:
    """What the coordinator is told of a text that does not fit; `where` is the cell's place."""
    said = " ".join(heading.split())
    if found.cut:
        text = (
            f'"{said}" of action {action} has {found.length:,} characters; a cell holds {LONGEST:,}'
            ". The lead sees it cut, with a mark at its end; the plan keeps it whole. Shorten it "
            "in master.xlsx, or move earlier notes elsewhere."
        )
        return Problem("ISS-011", where, text, "warning", action, found.column)
    text = (
        f'"{said}" of action {action} has {found.length:,} characters, more than the highest row '
        'can show. All of it is in the cell. layout = "form" under [issue] in plan.toml shows it '
        "whole, one action a page; so does a greater width for this field."
    )
    return Problem("ISS-010", where, text, "warning", action, found.column)
