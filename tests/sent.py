"""An issued workbook as somebody fills it in: where its cells are, in either layout."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import openpyxl

from xlplan.plan.definition import ENTRY
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.filling import fill_in

BOX = "D"
"""The column of a form in which a lead writes."""


@dataclass(frozen=True)
class Formula:
    """A formula typed into a cell."""

    text: str


Typed = str | float | Formula | None


@dataclass
class Sent:
    """An issued workbook, with where each field of each action stands in it."""

    data: bytes
    sheet: str = ""
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns: dict[int, str] = {}
        book = openpyxl.load_workbook(io.BytesIO(self.data))
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                texts = {c.column: c.value for c in row if isinstance(c.value, str)}
                names = {
                    at: text.removeprefix(ID_PREFIX)
                    for at, text in texts.items()
                    if text.startswith(ID_PREFIX)
                }
                key = next(filter(None, map(parse_row_key, texts.values())), None)
                number = int(row[0].row or 0)
                if key is None:
                    columns = names or columns
                    continue
                self.sheet = self.sheet or sheet.title
                self.rows.setdefault(key.uid, []).append(number)
                if names:  # a line of a form
                    self.cells[key.uid, next(iter(names.values()))] = f"{BOX}{number}"
                else:
                    for at, name in columns.items():
                        self.cells[key.uid, name] = sheet.cell(number, at).coordinate

    @property
    def actions(self) -> list[str]:
        """The uids of its actions, without those that a lead may propose."""
        return [uid for uid in self.rows if not uid.startswith("new-")]

    def cell(self, uid: str, name: str) -> str:
        """Where a lead writes a field: an entry beside what stands, where it has one."""
        return self.cells.get((uid, name + ENTRY)) or self.cells.get((uid, name), "")

    def typed(
        self, edits: Mapping[tuple[str, str], Typed], saved_at: str, gone: Sequence[str] = ()
    ) -> bytes:
        """The workbook with cells typed into and the rows of some actions deleted."""
        book = openpyxl.load_workbook(io.BytesIO(self.data))
        sheet = book[self.sheet]
        for (uid, name), value in edits.items():
            cell = sheet[self.cell(uid, name)]
            cell.value = value.text if isinstance(value, Formula) else value
            if isinstance(value, str):
                cell.data_type = "s"
        for number in sorted((n for uid in gone for n in self.rows[uid]), reverse=True):
            sheet.delete_rows(number)
        out = io.BytesIO()
        book.save(out)
        return fill_in(out.getvalue(), self.sheet, [], saved_at)
