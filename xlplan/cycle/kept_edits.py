"""What is to change in a kept workbook: cells and rows that do not say what the plan says.

Each value goes into its own cell, in the spelling of the column it stands in; what has no cell of
its own, or could not be written, is listed to be typed by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from xlplan.cycle.desk import Desk
from xlplan.cycle.kept_by_hand import Reason, say_value, say_withdrawn
from xlplan.cycle.kept_fills import Cell, Colours, Edit, fill_rated, look_of
from xlplan.merge.kept_cells import KeptCell
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.shown import ShownNumber
from xlplan.plan.spelling import Composed, UnspellableError, composition, spelled
from xlplan.plan.values import Raw, Value, canon, show
from xlplan.returned.kept_rows import Headings, Located
from xlplan.returned.kept_tables import (
    FoundTable,
    Version,
    composed_cells,
    composed_of,
    plain,
    raw_text,
    said_by_tables,
    value_at,
    value_over,
)
from xlplan.workbook.read.book import Book, CellValue, a1, at_of
from xlplan.workbook.write.cell_edits import Value as Written
from xlplan.workbook.write.inserted_rows import NewRows


class KeptEdits(Struct, dict=True):
    """What is to change in one file, gathered row by row."""

    desk: Desk
    book: Book
    version: Version
    found: Located
    asked: frozenset[Cell]
    """Cells about which a question is open: they stay as they are until it is answered."""
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By sheet and cell why it was not written when that was tried."""
    closed: Mapping[str, str] = field(default_factory=dict)
    """By sheet why no row was put in when that was tried."""
    edits: list[Edit] = field(default_factory=list)
    rows: dict[str, list[NewRows]] = field(default_factory=lambda: defaultdict(list))
    placed: dict[str, tuple[FoundTable, int]] = field(default_factory=dict)
    """Where each row of the plan stands once new rows are in."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Of the edits (by their place) that are in new rows, the how manieth that is."""
    news: dict[str, int] = field(default_factory=dict)
    """The new rows, each with its number after the row that it follows."""
    by_hand: list[tuple[str, str, str]] = field(default_factory=list)
    apart: set[Cell] = field(default_factory=set)
    """The cells that do not say what the plan says."""

    def gather(self) -> KeptEdits:
        """Look at every row of the plan."""
        self.colours = Colours()
        self._shown = self._columns()
        self._composed = composed_of(self.version)
        self._headings = Headings(self.version.kept)
        self._by_tables = said_by_tables(self.version)
        self.placed = dict(self.found.rows)
        plan = self.plan()
        for row in plan:
            if row.uid in self.found.rows:
                self._row(row)
        self._shared([row for row in plan if row.uid in self.found.rows])
        return self

    def plan(self) -> list[MasterRow]:
        """The rows of the plan, in its order."""
        state = self.desk.state
        return [*state.master("action"), *state.master("recommendation")]

    def fields_of(self, row: MasterRow) -> Sequence[Field]:
        """The fields of a row."""
        return self.desk.state.definition.fields_of(row.kind)

    def _columns(self) -> dict[tuple[str, str], list[tuple[Raw, Value]]]:
        """What the cells of each column hold, and the value of each, by kind of row and field."""
        shown: dict[tuple[str, str], list[tuple[Raw, Value]]] = defaultdict(list)
        for uid, (table, row) in self.found.rows.items():
            known = self.version.kept.rows.get(uid)
            for name, cell in known.cells.items() if known else ():
                col = table.columns.get(name)
                if col is None or cell.how != "own" or not cell.stands:
                    continue
                raw = value_at(table.sheet, row, col)
                if raw_text(raw) == cell.raw:
                    value = self.version.value(uid, name)
                    shown[self.desk.state.kind_of(uid), name].append((plain(raw), value))
                    look, spot = look_of(table.sheet, (row, col)), (table.sheet.name, row, col)
                    self.colours.note((name, table.number), value, look, spot)
        return shown

    # One row

    def _row(self, row: MasterRow) -> None:
        table, at = self.found.rows[row.uid]
        known = self.version.kept.rows.get(row.uid)
        cells = dict(known.cells) if known else {}
        for names in composed_cells(cells).values():
            self._together(row, names, table, at)
        composed = {name for names in composed_cells(cells).values() for name in names}
        for item in self.fields_of(row):
            cell = cells.get(item.id)
            if known is None and cell is None:
                cell = self.as_mate(row.uid, item.id, row.values.get(item.id))
                if cell is None and item.id in table.columns:
                    cell = KeptCell(self.version.usual(table.number, item.id, "own"))
            how = cell.how if cell else "none"
            if how == "shared" or item.id in composed or item.role == "steps_done":
                continue
            want = row.values.get(item.id)
            if cell is None or how in ("none", "composed", "formula"):
                self._no_cell(row, item, cell, want)
                continue
            col = table.columns.get(item.id)
            if col is None:
                if cell.stands and want == self.version.value(row.uid, item.id):
                    continue
                self.say(row, item, "column", want)
                continue
            self._own(row, item, cell if known or how == "filled" else None, table, at, col, want)
        if row.withdrawn:
            where = a1(at, min(table.columns.values(), default=0))
            self.by_hand.append((table.sheet.name, where, say_withdrawn(row.ref)))

    def mate(self, uid: str) -> str:
        """The row of the record that stands nearest to a row that is new in its table, or ``""``:
        what is written once for several rows above it holds for both."""
        table, at = self.placed[uid]
        at = at if at >= 0 else -at - 1
        near = [
            (at - row if at >= row else 10_000 + row, of)
            for of, (other, row) in self.found.rows.items()
            if of in self.version.kept.rows
            and (other.sheet.name, other.header) == (table.sheet.name, table.header)
        ]
        return min(near, default=(0, ""))[1]

    def as_mate(self, uid: str, name: str, want: Value) -> KeptCell | None:
        """The cell above a new row that says this of its mate too."""
        mate = self.mate(uid)
        cell = self.version.kept.rows[mate].cells.get(name) if mate else None
        shared = cell is not None and cell.how == "shared" and cell.stands
        return cell if shared and self.version.value(mate, name) == want else None

    def _own(
        self,
        row: MasterRow,
        item: Field,
        cell: KeptCell | None,
        table: FoundTable,
        at: int,
        col: int,
        want: Value,
    ) -> None:
        """A cell of the field's own: written where it says something else."""
        held = value_at(table.sheet, at, col)
        if cell is not None and cell.how == "filled" and not raw_text(held):
            fill_rated(self, row, item, cell, table, (at, col), want)
            return
        key, over = (row.uid, item.id), value_over(table.sheet, (at, col))
        if key in self.asked or (
            over is not None and self._says(row.uid, item, None, over) == want
        ):
            self.apart.add(key)
            return
        if self._says(row.uid, item, cell, held) == want:
            return
        try:
            value = self.spelled(row.kind, item, want, held)
        except UnspellableError:
            self.say(row, item, "unspellable", want, table.sheet.name, a1(at, col))
            return
        self._put(row, item, want, table, at, col, value, [item.id])

    def _says(self, uid: str, item: Field, cell: KeptCell | None, held: CellValue) -> Value:
        """The value of what a cell holds: that which it was written for, where it is the same."""
        if cell is not None and cell.stands and raw_text(held) == cell.raw:
            return self.version.value(uid, item.id)
        return canon(item, held if raw_text(held) else None, self.desk.state.definition)

    def spelled(self, kind: str, item: Field, want: Value, held: CellValue = None) -> Written:
        """What to write for a value into a cell that holds that; raises `UnspellableError`. Of a
        cell without a number it is not known how it would show one."""
        definition, shown = self.desk.state.definition, self._shown.get((kind, item.id), ())
        numbers = [held] if isinstance(held, int | float) else ["", *(raw for raw, _ in shown)]
        codes = {raw.code if isinstance(raw, ShownNumber) else "" for raw in numbers}
        found = spelled(item, want, definition, shown, codes)
        return found if isinstance(found, str | bool | int | float | date) else None

    def _put(
        self,
        row: MasterRow,
        item: Field,
        want: Value,
        table: FoundTable,
        at: int,
        col: int,
        value: Written,
        names: Sequence[str],
    ) -> None:
        sheet = table.sheet.name
        if why := self.refused.get((sheet, a1(at, col))):
            self.say(row, item, "refused", want, sheet, a1(at, col), why=why)
            return
        look, number = look_of(table.sheet, (at, col)), table.number
        like = self.colours.like(item, number, want, look)
        self.edits.append(Edit(sheet, at, col, value, tuple((row.uid, n) for n in names), like))
        if like is None and (said := self.colours.say(item, row.ref, number, want, look)):
            self.by_hand.append((sheet, a1(at, col), said))

    def _no_cell(self, row: MasterRow, item: Field, cell: KeptCell | None, want: Value) -> None:
        """What has no cell in which it could be written is listed, once it is not as it was."""
        was = self.version.value(row.uid, item.id)
        if want is None or (want == was and (cell is None or cell.stands)):
            if cell is None and want is not None and self._listed(row, item):
                self.say(row, item, "none", want)
            return
        sheet = self.found.rows[row.uid][0].sheet.name
        reasons: dict[str, Reason] = {"composed": "several", "formula": "formula"}
        variant = reasons.get(cell.how if cell else "", "none")
        self.say(row, item, variant, want, sheet, cell.cell if cell else "")

    def _listed(self, row: MasterRow, item: Field) -> bool:
        """Whether a value without a cell came into the plan since it was started."""
        first = self.desk.state.row_at(row.uid)
        return first is None or first.values.get(item.id) != row.values.get(item.id)

    def _together(self, row: MasterRow, names: Sequence[str], table: FoundTable, at: int) -> None:
        """A cell that holds several facts: put together anew, where that is certain."""
        known = self.version.kept.rows[row.uid]
        items = {item.id: item for item in self.fields_of(row) if item.id in names}
        want = {name: row.values.get(name) for name in names}
        col = next((table.columns[n] for n in names if n in table.columns), None)
        cell = known.cells[names[0]]
        held = raw_text(value_at(table.sheet, at, col)) if col is not None else ""
        column = self._composed.get((known.table, names[0]))
        definition = self.desk.state.definition
        if held == cell.raw and cell.stands:
            says = {name: self.version.value(row.uid, name) for name in names}
        else:
            parts = column.apart(held, items, definition) if column else None
            says = {n: canon(i, (parts or {}).get(n), definition) for n, i in items.items()}
        wrong = [name for name in names if want[name] != says.get(name) and name in items]
        if not wrong:
            return
        if any((row.uid, name) in self.asked for name in names):
            self.apart |= {(row.uid, name) for name in names}
            return
        whole = self._whole(row, items, want, held, column) if column else None
        if whole is None or col is None:
            for name in wrong:
                place = a1(at, col) if col is not None else ""
                self.say(row, items[name], "composed", want[name], table.sheet.name, place)
            return
        self._put(row, items[wrong[0]], want[wrong[0]], table, at, col, whole, names)

    def _whole(
        self,
        row: MasterRow,
        items: Mapping[str, Field],
        want: Mapping[str, Value],
        held: str,
        column: Composed,
    ) -> str | None:
        """One text of all that a cell is to hold; None where it would not be read as that."""
        definition = self.desk.state.definition
        texts = {name: show(want[name]) for name in items if want[name] is not None}
        for name, item in items.items():
            if item.field_type.rated and name in texts:
                texts[name] = self._rating_as(item, want[name])
        before = {n: show(self.version.value(row.uid, n)) for n in items}
        whole = column.together(texts, composition(held, before))
        parts = column.apart(whole, items, definition) if whole is not None else None
        if parts is None:
            return None
        same = all(canon(i, parts.get(n), definition) == want[n] for n, i in items.items())
        return whole if same else None

    def _rating_as(self, item: Field, value: Value) -> str:
        try:
            return str(spelled(item, value, self.desk.state.definition, ()))
        except UnspellableError:
            return show(value)

    # Cells that rows share

    def _shared(self, rows: Sequence[MasterRow]) -> None:
        """A cell of several rows is written where all of them say the same now."""
        cells: dict[tuple[str, str, str], list[MasterRow]] = defaultdict(list)
        kept = self.version.kept
        for row in rows:
            recorded = kept.rows.get(row.uid)
            for name, held in recorded.cells.items() if recorded else ():
                if held.how == "shared":
                    cells[kept.sheet_of(row.uid), held.cell, name].append(row)
        for (sheet, cell, name), mine in cells.items():
            known = kept.rows[mine[0].uid].cells[name]
            changed = [
                row for row in mine
                if row.values.get(name) != self.version.value(row.uid, name) or not known.stands
            ]  # fmt: skip
            item = next((i for i in self.fields_of(mine[0]) if i.id == name), None)
            if not changed or item is None:
                continue
            owner = next((r for r in mine if kept.rows[r.uid].row == at_of(cell)[0]), None)
            want = mine[0].values.get(name)
            every = [
                u
                for u, k in kept.rows.items()
                if name in k.cells and k.cells[name].cell == cell and kept.sheet_of(u) == sheet
            ]
            alike = all(row.values.get(name) == want for row in mine) and len(every) == len(mine)
            if owner is not None and alike and name in self.found.rows[owner.uid][0].columns:
                table, at = self.found.rows[owner.uid]
                self._own(owner, item, known, table, at, table.columns[name], want)
                continue
            if owner is not None and name in self.found.rows[owner.uid][0].columns:
                table, at = self.found.rows[owner.uid]
                now = value_at(table.sheet, at, table.columns[name])
                says = self._says(owner.uid, item, known, now)
                changed = [row for row in mine if row.values.get(name) != says]
            for row in changed:
                if self.under(row.uid, name, row.values.get(name)) is None:
                    self.say(row, item, "shared", row.values.get(name), sheet, cell)

    def under(self, uid: str, name: str, want: Value) -> KeptCell | None:
        """The heading above a row, where that says so."""
        table, row = self.placed[uid]
        here = self._headings.above(table.sheet, row if row >= 0 else -row, name)
        if here is None:
            return None
        text, at = here
        if self.version.value(self._headings.texts[name][text], name) != want:
            return None
        return KeptCell("shared", a1(self.moved(table.sheet.name, at[0]), at[1]), text)

    # Moved rows

    def cells(self) -> Iterator[tuple[Edit, str]]:
        """Every edit with the name of its cell once the new rows are in."""
        for number, edit in enumerate(self.edits):
            row = self.moved(edit.sheet, edit.row, self.numbers.get(number, 0))
            yield edit, a1(row, edit.col)

    def moved(self, sheet: str, row: int, number: int = 0) -> int:
        """Where a row stands once the new ones are in; of a new one, by the row it follows (given
        as below 0) and its number."""
        at = -row - 1 if row < 0 else row
        above = (new for new in self.rows.get(sheet, ()) if new.after <= at)
        return at + sum(new.count for new in above) + number

    def where(self, uid: str) -> tuple[FoundTable, int]:
        """Where a row of the plan stands once the new ones are in."""
        table, row = self.placed[uid]
        return table, self.moved(table.sheet.name, row, self.news.get(uid, 0))

    # By hand

    def say(
        self,
        row: MasterRow,
        item: Field,
        reason: Reason,
        want: Value,
        sheet: str = "",
        cell: str = "",
        why: str = "",
    ) -> None:
        """List a value that was not written, unless it is what its table says by itself."""
        place = self.placed.get(row.uid)
        tables = self._by_tables.get(item.id, {}) if reason == "none" else {}
        if want is not None and place and tables.get(place[0].number) == show(want):
            return
        self.apart.add((row.uid, item.id))
        said = say_value(reason, item, row.ref, want, why)
        self.by_hand.append((sheet or self.sheet_of(row), cell, said))

    def sheet_of(self, row: MasterRow) -> str:
        """The sheet on which a row stands, or ``""``."""
        place = self.found.rows.get(row.uid)
        return place[0].sheet.name if place else ""
