"""What is to change in a `master.xlsx` that the coordinator has saved: cells, rows, and our sheets.

Gathered from two workbooks: the file as it was read, and the master as it would be written anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.folder_codes import OUT_047
from xlplan.codes.message import Filled
from xlplan.cycle.desk import Desk
from xlplan.cycle.fresh_master import (
    as_written,
    columns_of,
    list_edits,
    new_fields,
    own_rows,
    uid_of,
    widen,
)
from xlplan.cycle.master_heights import Heights
from xlplan.cycle.own_columns import FieldKey, is_master
from xlplan.issued.master import FIRST_ROW, HEADING_ROW, NAMES
from xlplan.late import regex
from xlplan.merge.kinds import Kind, row_uid
from xlplan.merge.model import Issued, Returned, Write
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import ID_PREFIX, column_id, ids_by_heading, issued_headings
from xlplan.returned.furniture import LISTS, OPEN, sheets_of_ours
from xlplan.returned.identity import find_manifest, row_keys
from xlplan.returned.kept_master import (
    OwnRow,
    Shown,
    Standing,
    cells_with,
    gaps_in,
    shows,
    stand_in,
)
from xlplan.returned.tables import Table, find_tables, settled_table
from xlplan.workbook.read.book import Book, ReadSheet, a1, at_of
from xlplan.workbook.stamp import PROPERTY, is_manifest, manifest, read_manifest
from xlplan.workbook.write.added_parts import NewColumn, NewSheet
from xlplan.workbook.write.around_cells import Around, sizes_of
from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.sheet import Sheet, Workbook

_IN_PLACE = "in_place"
"""In the manifest of a master: that the rest of the workbook is the coordinator's."""
_COUNT = regex(r"(   (?:Plan|Recommendations), )\d+( rows)")


class NotInPlaceError(Exception):
    """The workbook cannot be changed in place; `why` says so."""

    def __init__(self, why: Filled) -> None:
        super().__init__(why.message)
        self.why = why


class MasterEdits(Struct):
    """What is to change in one file, gathered sheet by sheet."""

    desk: Desk
    issued: Issued
    old: Issued
    fresh: Workbook
    book: Book
    data: bytes
    writes: Sequence[Write]
    kept: str
    added: Set[FieldKey]
    """The columns that the plan did not have when the file went out."""
    unread: Set[FieldKey]
    """Of these those that may stand in the file and hold what was not read yet."""
    cells: dict[str, dict[str, Value]] = field(default_factory=dict)
    rows: dict[str, list[NewRows]] = field(default_factory=dict)
    columns: dict[str, list[NewColumn]] = field(default_factory=dict)
    sheets: list[NewSheet] = field(default_factory=list)
    look: tuple[str, int, int, int] = ("", 0, 0, 0)
    """What a new sheet looks like: the sheet of actions, the rows of its headings and of its first
    action, and a column."""
    heights: dict[str, dict[int, float]] = field(default_factory=dict)
    links: dict[str, dict[str, str]] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    """Where a list of the new workbook stands in this one."""
    unseen: set[str] = field(default_factory=set)
    """The cells of ours that nobody need see."""
    places: dict[str, str] = field(default_factory=dict)
    """Where a cell of the new workbook (``Plan!F12``) stands in this one, for a link."""

    @classmethod
    def of(
        cls,
        desk: Desk,
        issued: Issued,
        fresh: Workbook,
        book: Book,
        data: bytes,
        fact: Returned,
        kept: str,
        unread: Set[FieldKey],
    ) -> MasterEdits:
        """Those that the file `book` needs, of these bytes, which was read as `fact`; but for
        columns that are `unread`. `kept` is the name that it gets where it has to be laid out
        anew. Raises `NotInPlaceError`."""
        old = _issued_as(desk, book)
        if not book.sheets or old is None:
            raise NotInPlaceError(OUT_047.fill("unknown", kept=kept))
        before = desk.state.definition_at(old.as_of)
        added = new_fields(before, desk.state.definition)
        if added is None:
            raise NotInPlaceError(OUT_047.fill("definition", kept=kept))
        change = cls(desk, issued, old, fresh, book, data, fact.assertions, kept, added, unread)
        change._lists()
        change._tables(before, fact)
        change._questions()
        change._stamp()
        return change

    @property
    def around(self) -> Around:
        """What changes beside the cells."""
        was = self.book.properties.get(PROPERTY, "")
        texts = {was: self.fresh.properties[PROPERTY], self.old.id: self.issued.id}
        return Around(texts, self.ranges, self.heights, self.links, over_formulas=True)

    def _set(self, read: ReadSheet, row: int, col: int, value: Value) -> None:
        """Set a cell of the file where it does not show the value already."""
        if not shows(read, (row, col), value):
            self._put_in(read.name, self._moved(read.name, row), col, value)

    def _put_in(self, sheet: str, row: int, col: int, value: Value) -> None:
        """Set a cell by where it stands with the new rows in."""
        self.cells.setdefault(sheet, {})[a1(row, col)] = value

    def _moved(self, sheet: str, row: int) -> int:
        return row + sum(new.count for new in self.rows.get(sheet, ()) if new.after <= row)

    # The plan's own tables

    def _tables(self, definition: PlanDefinition, fact: Returned) -> None:
        ours = sheets_of_ours("master")
        sheets = [sheet for sheet in self.book.sheets if sheet.name not in ours]
        headings = issued_headings(definition, "master")
        found = find_tables(sheets, ids_by_heading(definition))
        tables = [settled_table(table, headings) for table in found]
        fresh = {kind: sheet for kind in NAMES if (sheet := self._new(NAMES[kind])) is not None}
        own: dict[str, dict[str, OwnRow]] = {}
        for kind, sheet in fresh.items():
            key = self.desk.state.definition.with_role("key", kind)
            own[kind] = own_rows(sheet, key.id if key else "")
        for kind, sheet in fresh.items():
            mine = [table for table in tables if _kind_of(table, own, definition) == kind]
            if not mine:
                name = NAMES[kind]
                raise NotInPlaceError(OUT_047.fill("sheet", kept=self.kept, sheet=name))
            standings = [self._stand(table, kind, own[kind], fact) for table in mine]
            best = max(standings, key=lambda each: len(each.rows))
            self._put(best, kind, sheet, own[kind], definition)
            for copy in standings:
                if copy is not best:
                    self._let_go(copy)

    def _stand(
        self, table: Table, kind: str, own: Mapping[str, OwnRow], fact: Returned
    ) -> Standing:
        added = {
            row_uid(item.uid): at_of(item.place.cell)[0]
            for item in fact.assertions
            if item.kind is Kind.ADDED and item.place.sheet == table.sheet.name
        }
        key = self.desk.state.definition.with_role("key", kind)
        return stand_in(table, key.id if key else "", own, added)

    def _put(
        self,
        standing: Standing,
        kind: str,
        sheet: Sheet,
        own: Mapping[str, OwnRow],
        definition: PlanDefinition,
    ) -> None:
        """What the table shows otherwise than it ought to, and the rows that it lacks."""
        name = standing.table.sheet.name
        if standing.table.key_column is None:
            raise NotInPlaceError(OUT_047.fill("keys", kept=self.kept, sheet=name))
        section = self.desk.state.definition.with_role("section", kind)
        gaps = gaps_in(standing, own, section.id if section else "")
        self.rows[name] = [
            NewRows(gap.at + 1, len(gap.uids), 0 if gap.since is None else gap.since + 1)
            for gap in gaps
        ]
        where = {uid: self._moved(name, at) for uid, at in standing.rows.items()}
        for gap in gaps:
            first = self._moved(name, gap.at) + 1
            where |= {uid: first + number for number, uid in enumerate(gap.uids)}
        last = max([standing.table.header, *where.values()])
        state = self.desk.state
        wide = widen(
            standing.table, kind, state.definition, sheet, self.added, self.unread, self.lists, last
        )
        self.columns[name] = list(wide.columns)
        standing = replace(standing, table=wide.table)
        table = standing.table
        self.look = (
            self.look
            if self.look[0]
            else (name, table.header + 1, table.first + 1, max(table.columns.values()) + 1)
        )
        for col, heading in wide.headings.items():
            self._set(table.sheet, table.header, col, heading)
        sizes = sizes_of(self.data, name, max(table.columns.values()) + 1)
        heights = Heights(definition, kind, standing, sizes, self.writes)
        for row in sheet.rows[FIRST_ROW:]:
            uid, key = uid_of(row.cells[0]), as_written(row.cells[0])
            at, now = standing.rows.get(uid), where[uid]
            self._row(standing, at, now, key, own[uid])
            if self._has_changed(table, now):
                cells = dict(zip(columns_of(sheet), row.cells[1:], strict=True))
                if (height := heights.of(at, cells)) is not None:
                    self.heights.setdefault(name, {})[now + 1] = height
        self._clear(standing)
        self._above(standing, kind, sheet, definition)
        ids, quoted = columns_of(sheet), "'{}'".format(name.replace("'", "''"))
        for number, uid in enumerate(own):
            for index, field_ in enumerate(ids, 1):
                col = table.columns.get(field_, 0)
                here = a1(FIRST_ROW + number, index)
                self.places[f"{sheet.name}!{here}"] = f"{quoted}!{a1(where[uid], col)}"

    def _row(self, standing: Standing, at: int | None, now: int, key: Shown, own: OwnRow) -> None:
        """The cells of a row that is at `at` in the file, or is new, and will be at `now`."""
        table = standing.table
        keys = table.key_column if at is None else standing.key_column(at)
        cells = {table.columns[name]: v for name, v in own.cells.items() if name in table.columns}
        cells |= {} if keys is None else {keys: key}
        covered = table.covered()
        for col, value in cells.items():
            if at is None:
                self._put_in(table.sheet.name, now, col, value)
                continue
            top, left, *_ = covered.get((at, col), (at, col))
            if not shows(table.sheet, (top, left), value):
                self._set(table.sheet, at, col, value)

    def _has_changed(self, table: Table, row: int) -> bool:
        """Whether a cell of the plan changes in a row, by where it stands with the new rows in."""
        cells = self.cells.get(table.sheet.name, {})
        return any(a1(row, col) in cells for col in table.columns.values())

    def _clear(self, standing: Standing) -> None:
        """Empty the rows that stand for none. What was typed there is in the record, and the plan
        shows each of its rows once."""
        for number in standing.surplus:
            keys = standing.key_column(number)
            for col in {*standing.table.columns.values(), *([] if keys is None else [keys])}:
                self._set(standing.table.sheet, number, col, None)

    def _above(
        self, standing: Standing, kind: str, sheet: Sheet, definition: PlanDefinition
    ) -> None:
        """Ids, headings, the count of rows and the visible reference."""
        table, read = standing.table, standing.table.sheet
        if standing.ids is not None:
            for field_, col in table.columns.items():
                self._set(read, standing.ids, col, f"{ID_PREFIX}{field_}")
                self.unseen.add(f"{read.name}!{a1(standing.ids, col)}")
        was = issued_headings(definition, "master")[list(NAMES).index(kind)].of
        for field_, cell in zip(columns_of(sheet), sheet.rows[HEADING_ROW].cells[1:], strict=True):
            at, old = table.columns.get(field_), was.get(field_, "")
            if at is not None and cell is not None and shows(read, (table.header, at), old):
                self._set(read, table.header, at, cell.value)
        rows = len(sheet.rows) - FIRST_ROW
        for row, col in cells_with(read, self.old.id, table.header):
            self._set(read, row, col, self.issued.id)
        for number, values in enumerate(read.rows[: table.header]):
            for col, value in enumerate(values):
                if isinstance(value, str) and _COUNT.search(value):
                    text = _COUNT.sub(rf"\g<1>{rows}\2", value)
                    self._set(read, number, col, text)

    def _let_go(self, copy: Standing) -> None:
        """A copy of a sheet of the plan is the coordinator's own from now on."""
        sheet = copy.table.sheet
        for number in (*copy.rows.values(), *copy.surplus):
            if (col := copy.key_column(number)) is not None:
                self._set(sheet, number, col, None)
        if copy.ids is not None:
            for col, value in enumerate(sheet.rows[copy.ids]):
                if column_id(value):
                    self._set(sheet, copy.ids, col, None)

    # The sheets of ours beside them

    def _lists(self) -> None:
        read, fresh = self._read(LISTS), self._new(LISTS)
        if read is None or fresh is None:
            return
        edits = list_edits(read, fresh, self.added)
        for (row, col), value in edits.cells.items():
            self._set(read, row, col, value)
        self.ranges, self.lists = edits.ranges, edits.places

    def _stamp(self) -> None:
        stamp = self._manifest(marked=self.issued.id != self.old.id or bool(self.cells))
        for sheet in self.book.sheets:
            for number, values in enumerate(sheet.rows):
                for col, value in enumerate(values):
                    if is_manifest(value):
                        self._set(sheet, number, col, stamp)

    def _manifest(self, *, marked: bool) -> str:
        """The manifest of the new workbook; `marked`: that says it was put into this one."""
        cell = self.fresh.sheets[-1].rows[1].cells[0]
        text = str(cell.value if cell else "")
        found = read_manifest(self.desk.key, text)
        assert found is not None  # it was just written
        return manifest(self.desk.key, {**found.payload, _IN_PLACE: 1}) if marked else text

    def _questions(self) -> None:
        """The sheet of what is open: its rows and where they lead. It comes in where the workbook
        has none."""
        read, fresh = self._read(OPEN), self._new(OPEN)
        asked = [row.cells for row in fresh.rows[1:-1]] if fresh else []
        there = len(asked)
        if read is not None:
            there = max(0, sum(1 for _ in read.rows) - 2)
        elif fresh is not None:
            widths = [column.width for column in fresh.columns]
            self.sheets.append(NewSheet(OPEN, widths, len(fresh.rows) - 1, *self.look))
            for number in (0, len(fresh.rows) - 1):
                for col, cell in enumerate(fresh.rows[number].cells):
                    self._put_in(OPEN, number, col, as_written(cell))
        if len(asked) > there:
            self.rows[OPEN] = [NewRows(there + 1, len(asked) - there, 2)]
        links: dict[str, str] = {}
        for number in range(max(there, len(asked))):
            cells = asked[number] if number < len(asked) else (None, None, None)
            for col, cell in enumerate(cells):
                value = as_written(cell)
                at = (number + 1, col)
                if read is None or number >= there or not shows(read, at, value):
                    self._put_in(OPEN, number + 1, col, value)
                if cell and cell.link:
                    links[a1(number + 1, col)] = self.places[cell.link.replace("'", "")]
        if self.cells.get(OPEN):
            self.links[OPEN] = links

    def _new(self, name: str) -> Sheet | None:
        return next((each for each in self.fresh.sheets if each.name == name), None)

    def _read(self, name: str) -> ReadSheet | None:
        return next((each for each in self.book.sheets if each.name == name), None)


def _kind_of(
    table: Table, own: Mapping[str, Mapping[str, OwnRow]], definition: PlanDefinition
) -> str:
    """Of which kind the rows of a table are: by their keys, else by its columns."""
    uids = [key.uid for row in table.sheet.rows[table.first :] if (key := table.key(row))]

    def alike(kind: str) -> tuple[int, int]:
        fields = {item.id for item in definition.fields_of(kind)}
        return sum(uid in own[kind] for uid in uids), len(fields & table.columns.keys())

    return max(own, key=alike)


def is_in_place(book: Book, key: bytes) -> bool:
    """Whether a master was changed in place, and not laid out anew."""
    found = find_manifest(book, key).manifest
    return found is not None and _IN_PLACE in found.payload


def _issued_as(desk: Desk, book: Book) -> Issued | None:
    """Which master of this plan a file is."""
    claimed = find_manifest(book, desk.key).manifest
    names = [str(claimed.payload.get("issued", ""))] if claimed else []
    names += [key.issued for key in row_keys(book)][:1]
    return next((desk.state.issued[n] for n in names if is_master(desk, n)), None)
