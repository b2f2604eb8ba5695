"""What is recorded of a kept workbook at each write: its tables, and the cells of every row.

A kept workbook is the council's own, in its own layout, without a stamp or a hidden key. What came
back in it is found and compared by this record, never by the guesses of an import.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

How = Literal["own", "filled", "shared", "composed", "formula", "none"]
"""Whose a cell is: one field's of one row, by its text, or by its fill where a rating is a colour
alone; one field's of several rows; of several facts, or one of several cells of a fact; a
formula's; there is none."""


class KeptTable(Struct, frozen=True):
    """A table: its sheet, the row of its headings, and by field id the column (both from 0) and
    the heading of those that have one."""

    sheet: str
    header: int
    columns: Mapping[str, tuple[int, str]]


class KeptCell(Struct, frozen=True):
    """Where a field of a row stands (several cells with commas between them), as it was written
    last: `raw` is its text (its fill, where that alone says it), `stands` whether that is what the
    plan said then."""

    how: How
    cell: str = ""
    raw: str = ""
    stands: bool = True


class KeptRow(Struct, frozen=True):
    """A row of the plan: the table it stands in by its place among the others, its row (from 0),
    and its cells by field id."""

    table: int
    row: int
    cells: Mapping[str, KeptCell]


class KeptCells(Struct, frozen=True):
    """A kept workbook as it was written. `others` are digests of its rows that are none of the
    plan's: headings, notes, totals. `before` is the digest of the file that was changed; `by_hand`
    are what could not be written: sheet, cell and what to do.

    In the ledger, `since` is the id of the version before, and `rows` are those alone that are not
    as they were in it; `gone` are those that were in it and are not in this one.
    """

    tables: tuple[KeptTable, ...]
    rows: Mapping[str, KeptRow]
    others: frozenset[str] = field(default=frozenset())
    before: str = ""
    by_hand: tuple[tuple[str, str, str], ...] = ()
    since: str = ""
    gone: tuple[str, ...] = ()

    def sheet_of(self, uid: str) -> str:
        """The sheet on which a row stands."""
        return self.tables[self.rows[uid].table].sheet

    def as_changed(self, ident: str, before: KeptCells) -> KeptCells:
        """What is recorded of it after the version of an id."""
        rows = {uid: row for uid, row in self.rows.items() if before.rows.get(uid) != row}
        gone = tuple(uid for uid in before.rows if uid not in self.rows)
        return replace(self, rows=rows, since=ident, gone=gone)

    def whole(self, before: KeptCells) -> KeptCells:
        """The version that was recorded as changed from the one before."""
        kept = {uid: row for uid, row in before.rows.items() if uid not in self.gone}
        return replace(self, rows=kept | dict(self.rows), since="", gone=())


def kept_body(kept: KeptCells) -> dict[str, Any]:
    """The record as a JSON object."""
    return {
        "tables": [
            [table.sheet, table.header, {name: list(at) for name, at in table.columns.items()}]
            for table in kept.tables
        ],
        "rows": {
            uid: [row.table, row.row, {name: _cell_body(cell) for name, cell in row.cells.items()}]
            for uid, row in kept.rows.items()
        },
        "others": sorted(kept.others),
        "before": kept.before,
        "by_hand": [list(line) for line in kept.by_hand],
        "since": kept.since,
        "gone": list(kept.gone),
    }


def _cell_body(cell: KeptCell) -> list[str | bool]:
    whole: list[str | bool] = [cell.how, cell.cell, cell.raw]
    return whole if cell.stands else [*whole, False]


def kept_cells(body: Mapping[str, Any]) -> KeptCells:
    """The record that `kept_body` wrote."""
    tables = tuple(
        KeptTable(sheet, header, {name: (at[0], at[1]) for name, at in columns.items()})
        for sheet, header, columns in body["tables"]
    )
    rows = {
        uid: KeptRow(table, row, {name: KeptCell(*cell) for name, cell in cells.items()})
        for uid, (table, row, cells) in body["rows"].items()
    }
    by_hand = tuple((sheet, cell, text) for sheet, cell, text in body["by_hand"])
    others, gone = frozenset(body["others"]), tuple(body["gone"])
    return KeptCells(tables, rows, others, body["before"], by_hand, body["since"], gone)
