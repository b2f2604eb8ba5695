"""The sheet Update of a template: where its cells are, and what its banner counts."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import openpyxl

from xlplan.workbook.stamp import parse_row_key


@dataclass(frozen=True)
class Update:
    """The sheet as it was sent: the cell of each field of each row, and the message."""

    sheet: Any
    cells: dict[tuple[str, str], str]
    message: str

    def flag(self, at: str) -> str:
        """The condition of the orange look of a cell, for that cell."""
        for area in self.sheet.conditional_formatting:
            for part in str(area.sqref).split(" "):
                first, _, last = part.partition(":")
                if not within(at, first, last or first):
                    continue
                for rule in area.rules:
                    formula = str(rule.formula[0])
                    if formula.startswith("AND(LEN(TRIM(") and "MATCH" in formula:
                        return _moved_to(formula, str(area.sqref).replace(":", " ").split()[0], at)
        raise LookupError(at)


def update_of(data: bytes) -> Update:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data))["Update"]
    cells: dict[tuple[str, str], str] = {}
    ids: dict[int, str] = {}
    message = ""
    for line in sheet.iter_rows():
        texts = [str(cell.value or "") for cell in line]
        found = {n: t[6:] for n, t in enumerate(texts) if t.startswith("field:")}
        key = parse_row_key(texts[0])
        if key is None:
            ids = found or ids
        elif found:
            cells[key.uid, found[1]] = line[3].coordinate
        else:
            cells |= {(key.uid, name): line[n].coordinate for n, name in ids.items()}
        message = next((c.coordinate for c in line if c.data_type == "f"), message)
    return Update(sheet, cells, message)


def within(at: str, first: str, last: str) -> bool:
    (column, row), (left, top), (_, bottom) = map(_split, (at, first, last))
    return column == left and top <= row <= bottom


def _moved_to(formula: str, written_for: str, at: str) -> str:
    """A formula of one cell as it is for another below it; LibreOffice separates by semicolons."""
    down = _split(at)[1] - _split(written_for)[1]
    moved = re.sub(r"(\$[A-Z]{1,2})(\d+)", lambda m: f"{m[1]}{int(m[2]) + down}", formula)
    return f"={moved}".replace(",", ";")


def _split(at: str) -> tuple[str, int]:
    letters = at.rstrip("0123456789")
    return letters, int(at.removeprefix(letters))
