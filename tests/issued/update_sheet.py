"""The sheet Update of a template: where its cells are, and what its banner counts."""

from __future__ import annotations

import io
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
                if not _within(at, first, last or first):
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
