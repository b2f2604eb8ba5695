"""How high the rows of a kept `master.xlsx` have to be for what they show now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from msgspec import Struct

from xlplan.cycle.fresh_master import BLANK
from xlplan.issued.master import FIRST_ROW, NAMES, Line, Shown, workbook_of_lines
from xlplan.issued.sheets import LOWEST, held
from xlplan.merge.model import Write
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import master_columns, status_column
from xlplan.returned.kept_master import Standing
from xlplan.workbook.write.around_cells import Sizes
from xlplan.workbook.write.cell_text import TALLEST, cell_height, text_width
from xlplan.workbook.write.sheet import Cell

_NEAR = 1.0
"""Points by which heights differ that two programs give the same row."""


class Heights(Struct, frozen=True, dict=True):
    """Of the rows of one table of the plan, in a file that went out under `before` and was read
    with these `writes`."""

    before: PlanDefinition
    kind: str
    standing: Standing
    sizes: Sizes
    writes: Iterable[Write]

    def of(self, at: int | None, cells: Mapping[str, Cell | None]) -> float | None:
        """The points that a row (from 0; None for a new one) has to get that is to show `cells`,
        by column; None where it stays as it is, as it is high enough or the coordinator fixed it.
        """
        needed = self._fit(cells)
        if at is None:
            return needed
        now = self.sizes.heights.get(at + 1, LOWEST)
        if at + 1 not in self.sizes.fixed:
            return needed if needed > now + _NEAR else None
        if abs(needed - now) <= _NEAR or not self._is_ours(at, now):
            return None
        return needed

    def _fit(self, cells: Mapping[str, Cell | None]) -> float:
        heights = [LOWEST]
        for name, cell in cells.items():
            width = self.sizes.widths.get(self.standing.table.columns.get(name, -1) + 1)
            if cell and width is not None and isinstance(cell.value, str) and cell.style.wrap:
                heights.append(cell_height(cell, width))
        return min(TALLEST, max(heights))

    def _is_ours(self, at: int, now: float) -> bool:
        """Whether a row is as high as it went out: for its text then in columns as wide as they
        were then, or as they are."""
        return any(abs(now - each) <= _NEAR for each in self._issued.get(at, ()))

    @cached_property
    def _issued(self) -> Mapping[int, Sequence[float]]:
        columns = [*master_columns(self.before, self.kind), status_column(self.before)]
        base = {write.key: write.base for write in self.writes}
        table = self.standing.table
        lines = []
        for uid, at in self.standing.rows.items():
            values = table.sheet.rows[at] if at < len(table.sheet.rows) else ()
            shown: list[Shown] = []
            for column in columns:
                if (uid, column.id) in base:
                    shown.append(held(column, base[uid, column.id]))
                    continue
                col = table.columns.get(column.id)
                value = values[col] if col is not None and col < len(values) else None
                plain = value.date() if isinstance(value, datetime) else value
                shown.append(plain if isinstance(plain, str | int | float | date) else None)
            texts = [each if isinstance(each, str) else None for each in shown]
            lengths = [None if text is None else len(text) for text in texts]
            widths = [None if text is None else text_width(text) for text in texts]
            lines.append(Line(uid, self.kind, "", shown, lengths, widths))
        book = workbook_of_lines(self.before, BLANK, lines, b"", "", {})
        sheet = next(each for each in book.sheets if each.name == NAMES[self.kind])
        names = [column.id for column in columns]
        found = {}
        for at, row in zip(self.standing.rows.values(), sheet.rows[FIRST_ROW:], strict=True):
            cells = dict(zip(names, row.cells[1:], strict=True))
            found[at] = (row.height, self._fit(cells))
        return found
