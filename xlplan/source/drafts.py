"""Rows of the plan in the making: the cells that hold each field, and what fields hold in all."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from msgspec import Struct, field

from xlplan.plan.definition import Kind
from xlplan.plan.propose import ColumnPlan
from xlplan.source.headings import Heading, cell_text
from xlplan.source.layout import Layout
from xlplan.source.table_cells import ColumnCells
from xlplan.workbook.read.book import At, CellValue

Piece = tuple[CellValue, At]
"""What stands in a cell, and where that is."""


class Fields(Struct, frozen=True):
    """Which field each column of a table holds, and the column of each field."""

    names: Mapping[int, str]
    columns: Mapping[str, int]


class Draft(Struct):
    """A row in the making: for each field the cells that hold it, and the rows it came from.

    It is a row of its table as that stands, where each field has one column, until its `cells` are
    asked for, which may change then.
    """

    kind: Kind
    sheet: int
    table: int
    row: int
    sections: tuple[Heading, ...]
    held: Mapping[int, CellValue] = field(default_factory=dict)
    """What its row of the table holds, by column."""
    fields: Fields | None = None
    changed: dict[str, list[Piece]] | None = None
    """For each field the cells that hold it, once they may be others than those of its row."""
    joined: list[int] = field(default_factory=list)
    own: int = 0
    starts: bool = False
    after_break: bool = False
    ref: str = ""
    joins: bool | None = None
    """Whether it runs on from the row above, where people say it."""
    kept_back: bool = False
    """Whether nobody is shown its row, so that it stays with the coordinator."""

    @property
    def cells(self) -> dict[str, list[Piece]]:
        """For each field the cells that hold it, to change them."""
        if self.changed is None:
            names = self.fields.names if self.fields else {}
            self.changed = {
                names[col]: [(value, (self.row, col))]
                for col, value in self.held.items() if col in names
            }  # fmt: skip
        return self.changed

    def pieces(self, field_id: str) -> Sequence[Piece]:
        """The cells that hold a field."""
        if self.changed is not None:
            return self.changed.get(field_id, ())
        col = self.fields.columns.get(field_id, -1) if self.fields else -1
        return ((self.held[col], (self.row, col)),) if col in self.held else ()

    def names(self) -> Iterable[str]:
        """The fields that some cell holds."""
        if self.changed is not None or self.fields is None:
            return self.changed or ()
        names = self.fields.names
        return [names[col] for col in self.held if col in names]

    def text(self, field_id: str) -> str:
        """The text of a field, its pieces joined."""
        if self.changed is None and self.fields:
            return cell_text(self.held.get(self.fields.columns.get(field_id, -1)))
        pieces = self.pieces(field_id)
        if len(pieces) == 1:
            return cell_text(pieces[0][0])
        return join_texts([cell_text(value) for value, _ in pieces])


class Columns(Struct, frozen=True):
    """One table's columns: which sheet, what kind of row, and the plan of each column."""

    sheet: int
    table: int
    kind: Kind
    plans: Mapping[int, ColumnPlan]
    roles: Mapping[str, str]

    def having(self, role: str) -> str:
        """The id of the first field here with this role, or ``""``."""
        return next((p.field for p in self.plans.values() if self.roles[p.field] == role), "")


def join_texts(pieces: Sequence[str], people: bool = False) -> str:
    """Text that ran over a page, in one: a cut sentence closes up, a list keeps its lines."""
    whole = ""
    for piece in (p for p in pieces if p):
        ends = whole[-1:] in ".;:!?"
        glue = "\n" if whole and ends and not people and not piece[:1].islower() else " "
        whole = f"{whole}{glue}{piece}" if whole else piece
    return whole


class FieldCells:
    """What the fields of a plan hold over all its rows. Of a table whose rows became a draft each,
    with nothing joined or filled in, that is what its columns hold."""

    def __init__(
        self, drafts: Sequence[Draft], columns: Sequence[Columns], layouts: Sequence[Layout]
    ) -> None:
        self.columns = columns
        self.tables = {(c.sheet, c.table): layouts[c.sheet].tables[c.table] for c in columns}
        self.drafts: dict[tuple[int, int], list[Draft]] = {place: [] for place in self.tables}
        for draft in drafts:
            self.drafts[draft.sheet, draft.table].append(draft)
        self.whole = frozenset(
            place for place, mine in self.drafts.items()
            if len(mine) == len(self.tables[place].rows) and all(d.changed is None for d in mine)
        )  # fmt: skip
        self.met: dict[tuple[Kind, str], ColumnCells] = {}

    def column(self, columns: Columns, name: str) -> ColumnCells | None:
        """The cells of a field in all rows of a table that is whole."""
        if (place := (columns.sheet, columns.table)) not in self.whole:
            return None
        col = next((col for col, plan in columns.plans.items() if plan.field == name), -1)
        return self.tables[place].cells(col)

    def of(self, kind: Kind, name: str) -> ColumnCells:
        """The cells of a field, not which are blank."""
        if (kind, name) not in self.met:
            mine = [each for each in self.columns if each.kind == kind]
            if len(mine) == 1 and (column := self.column(mine[0], name)):
                self.met[kind, name] = column
            else:
                drafts = (d for each in mine for d in self.drafts[each.sheet, each.table])
                pieces = [value for draft in drafts for value, _ in draft.pieces(name)]
                self.met[kind, name] = ColumnCells(pieces)
        return self.met[kind, name]

    def texts(self, kind: Kind, name: str, people: bool = False) -> Sequence[str]:
        """The texts of a field in all rows that have one, rows that ran on closed up."""
        found: list[str] = []
        for each in self.columns:
            if each.kind != kind:
                continue
            if column := self.column(each, name):
                found += column.said
                continue
            for draft in self.drafts[each.sheet, each.table]:
                pieces = [cell_text(value) for value, _ in draft.pieces(name)]
                found += filter(None, [join_texts(pieces, people)])
        return found

    def blank(self, fields: Container[str]) -> dict[str, list[tuple[int, At]]]:
        """Where the cells of these fields are blank: (sheet, cell) by field id."""
        found: dict[str, list[tuple[int, At]]] = {}
        for columns in self.columns:
            for col, plan in columns.plans.items():
                if (name := plan.rating or plan.field) not in fields:
                    continue
                column = self.column(columns, plan.field)
                if column is not None and all(column.by_row):
                    continue
                for draft in self.drafts[columns.sheet, columns.table]:
                    if not draft.text(plan.field):
                        found.setdefault(name, []).append((draft.sheet, (draft.row, col)))
        return found
