"""What is recorded of a kept workbook: at the start, and each time that it is written.

Of every field of a row: whose its cell is, where it stands, and the text that it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from xlplan.cycle.kept_edits import KeptEdits
from xlplan.merge.kept_cells import How, KeptCell, KeptCells, KeptRow, KeptTable
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import canon, show
from xlplan.returned.kept_rows import Headings
from xlplan.returned.kept_tables import (
    FoundTable,
    Version,
    rated_by_fill,
    raw_text,
    row_digest,
    shown_at,
    value_at,
)
from xlplan.workbook.read.book import At, Book, CellValue, ReadSheet, a1

if TYPE_CHECKING:
    from xlplan.source.importing import Source, SourceRow

_BLANK = KeptCell("own")
_NOWHERE = -1
"""The row of one that is not in the file."""


def first_record(
    found: Source, rows: Mapping[str, SourceRow], book: Book, definition: PlanDefinition
) -> KeptCells:
    """What stands in the spreadsheet that a plan was started from, by how it was imported."""
    rows = {uid: row for uid, row in rows.items() if row.table in found.tables}
    users: dict[tuple[str, At], set[tuple[str, str]]] = defaultdict(set)
    for uid, row in rows.items():
        for name, cells in row.cells.items():
            for at in cells:
                if not _is_heading(found, row, name, at):
                    users[row.sheet, at].add((uid, name))
    sheets = {sheet.name: sheet for sheet in book.sheets}
    places = list(found.tables)
    tables = tuple(
        KeptTable(table.sheet, table.header, dict(table.columns)) for table in found.tables.values()
    )
    made: dict[str, KeptRow] = {}
    for uid, row in rows.items():
        sheet = sheets.get(row.sheet)
        if sheet is None:
            continue
        held = {
            name: _heading(sheet, cells[0], show(row.values.get(name)))
            if cells and _is_heading(found, row, name, cells[0])
            else _first_cell(
                name, row, cells, sheet, users, found.tables[row.table].columns, definition
            )
            for name, cells in row.cells.items()
        }
        made[uid] = KeptRow(places.index(row.table), row.row - 1, held)
    kept = KeptCells(tables, _with_fills(made, sheets, tables), _others(book, tables, made))
    return replace(kept, rows=_with_sure_headings(kept, sheets))


def _with_sure_headings(kept: KeptCells, sheets: Mapping[str, ReadSheet]) -> dict[str, KeptRow]:
    """The rows without the headings of a sheet that do not all stand above their own rows, as where
    one is worded once for several sheets."""
    headings = Headings(kept)
    wrong = {
        (kept.sheet_of(uid), name)
        for uid, row in kept.rows.items()
        for name in headings.texts
        if name in row.cells
        for here in [headings.above(sheets[kept.sheet_of(uid)], row.row, name)]
        if here is None or here[0] != row.cells[name].raw
    }
    return {
        uid: replace(
            row,
            cells={
                name: KeptCell("none") if (kept.sheet_of(uid), name) in wrong else cell
                for name, cell in row.cells.items()
            },
        )
        for uid, row in kept.rows.items()
    }


def _heading(sheet: ReadSheet, at: At, said: str) -> KeptCell:
    """The cell of a heading that says most of what is `said` of the rows below it: a number may
    stand in a cell of its own, before the words."""
    row, first = at
    texts = [(raw_text(value_at(sheet, *at)), first)]
    if row < len(sheet.rows):  # it may be worded on another sheet
        texts += [(raw_text(value), col) for col, value in enumerate(sheet.rows[row])][first + 1 :]
    raw, col = max((t for t in texts if t[0] in said), key=lambda t: len(t[0]), default=texts[0])
    return KeptCell("shared", a1(row, col), raw)


def _is_heading(found: Source, row: SourceRow, name: str, at: At) -> bool:
    """Whether a field of a row stands in a heading above it, and not in a column."""
    return at[0] != row.row - 1 and name not in found.tables[row.table].columns


def _first_cell(
    name: str,
    row: SourceRow,
    cells: Sequence[At],
    sheet: ReadSheet,
    users: Mapping[tuple[str, At], set[tuple[str, str]]],
    columns: Collection[str],
    definition: PlanDefinition,
) -> KeptCell:
    """Whose the cell of a field is."""
    places = ",".join(a1(*at) for at in cells)
    value = value_at(sheet, *cells[0])
    raw = raw_text(value)
    if len(cells) > 1:
        return KeptCell("composed", places, raw)
    mine = users[row.sheet, cells[0]]
    how: How = "own"
    item = definition.find(name, row.kind)
    held = row.values.get(name)
    if len({of for of, _ in mine}) > 1:
        how = "shared"
    elif len(mine) > 1 and (of := _whole(mine, row, raw and value, columns, definition)):
        how = "own" if of == name else "none"
    elif len(mine) > 1:
        how = "composed"
    elif cells[0] in sheet.formulas:
        how = "formula"
    elif item is None or cells[0][0] != row.row - 1:
        how = "none"
    elif not raw and item.field_type.rated and held is not None:
        how = "filled" if rated_by_fill(sheet, cells[0], item, definition) == held else "none"
        raw = shown_at(sheet, *cells[0], how)
    elif canon(item, value if raw else None, definition) != held:
        how = "own" if raw and held is not None and item.field_type.dated else "none"
    return KeptCell(how, places, raw)


def _with_fills(
    made: Mapping[str, KeptRow], sheets: Mapping[str, ReadSheet], tables: Sequence[KeptTable]
) -> dict[str, KeptRow]:
    """Where a colour alone is the rating in a column, it is so in its blank cells too."""
    filled = {
        (row.table, name)
        for row in made.values()
        for name, cell in row.cells.items()
        if cell.how == "filled"
    }
    rows = dict(made)
    for uid, row in made.items():
        more = {}
        for table, name in filled:
            cell = row.cells.get(name, _BLANK)
            if table == row.table and cell.how == "own" and not cell.raw:
                at = row.row, tables[table].columns[name][0]
                raw = shown_at(sheets[tables[table].sheet], *at, "filled")
                more[name] = KeptCell("filled", a1(*at), raw)
        rows[uid] = replace(row, cells={**row.cells, **more})
    return rows


def _whole(
    mine: set[tuple[str, str]],
    row: SourceRow,
    value: CellValue,
    columns: Collection[str],
    definition: PlanDefinition,
) -> str:
    """The field that a cell holds whole, where others were only read out of its text; or ``""``."""
    named = [name for _, name in mine if name in columns]
    item = definition.find(named[0], row.kind) if len(named) == 1 else None
    held = row.values.get(named[0]) if item else None
    return named[0] if item and held is not None and canon(item, value, definition) == held else ""


def _others(book: Book, tables: Sequence[KeptTable], rows: Mapping[str, KeptRow]) -> frozenset[str]:
    """The rows of the sheets of the plan that are none of the plan's, by their digests."""
    mine = {(tables[row.table].sheet, row.row) for row in rows.values()}
    names = {table.sheet for table in tables}
    return frozenset(
        row_digest(sheet, number)
        for sheet in book.sheets
        if sheet.name in names
        for number, values in enumerate(sheet.rows)
        if (sheet.name, number) not in mine and any(value is not None for value in values)
    )


def record_of(edits: KeptEdits, book: Book, version: Version) -> KeptCells:
    """What stands in the file that was written."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    found = edits.found.tables
    state = edits.desk.state
    tables = [_table(table, edits, version) for table in found]
    numbers = {(table.sheet.name, table.header): number for number, table in enumerate(found)}
    rows: dict[str, KeptRow] = {}
    for uid in edits.placed:
        table, at = edits.where(uid)
        sheet = sheets[table.sheet.name]
        before = version.kept.rows.get(uid)
        cells: dict[str, KeptCell] = {}
        known = dict(before.cells) if before else {}
        for item in state.definition.fields_of(state.kind_of(uid) or "action"):
            old = known.get(item.id)
            col = table.columns.get(item.id)
            if old is None and before is None:
                old = edits.as_mate(uid, item.id, state.value(uid, item.id))
            if old is None and (col is None or before is not None):
                continue
            how = old.how if old else version.usual(table.number, item.id, "own")
            stands = (uid, item.id) not in edits.apart
            if old is not None and (col is None or how in ("shared", "none") or "," in old.cell):
                moved = edits.under(uid, item.id, state.value(uid, item.id)) or _moved_shared(
                    item.id, old, edits, version, table, sheets
                )
                cells[item.id] = replace(moved, stands=stands)
            else:
                assert col is not None
                raw = shown_at(sheet, at, col, how)
                cells[item.id] = KeptCell(how, a1(at, col), raw, stands)
        rows[uid] = KeptRow(numbers[table.sheet.name, table.header], at, cells)
    rows |= _gone(edits, version, tables)
    return KeptCells(tuple(tables), rows, _others(book, tables, rows), by_hand=tuple(edits.by_hand))


def _gone(edits: KeptEdits, version: Version, tables: list[KeptTable]) -> dict[str, KeptRow]:
    """The rows of the plan that were in the version before and are not in the file: whoever puts
    one back, or the headings above it, finds it the same action. Their tables join `tables`."""
    state, kept = edits.desk.state, version.kept
    numbers = {table.number: place for place, table in reversed([*enumerate(edits.found.tables)])}
    rows: dict[str, KeptRow] = {}
    for uid, row in kept.rows.items():
        if uid in edits.placed or not state.kind_of(uid) or state.master_row(uid).withdrawn:
            continue
        if row.table not in numbers:
            numbers[row.table] = len(tables)
            tables.append(kept.tables[row.table])
        cells = {
            name: replace(cell, stands=cell.stands and state.value(uid, name) == was)
            for name, cell in row.cells.items()
            if cell.how != "shared"
            for was in [version.value(uid, name)]
        }
        rows[uid] = KeptRow(numbers[row.table], _NOWHERE, cells)
    return rows


def _table(table: FoundTable, edits: KeptEdits, version: Version) -> KeptTable:
    known = version.kept.tables[table.number]
    columns = dict(known.columns)
    for name, col in table.columns.items():
        heading = table.renamed.get(name, known.columns[name][1])
        columns[name] = (col, heading)
    header = edits.moved(table.sheet.name, table.header)
    return KeptTable(table.sheet.name, header, columns)


def _moved_shared(
    name: str,
    old: KeptCell,
    edits: KeptEdits,
    version: Version,
    mine: FoundTable,
    sheets: Mapping[str, ReadSheet],
) -> KeptCell:
    """A cell that is none of the row's own, where it stands now: by the row in which it was."""
    if "," in old.cell or not old.cell:
        return old
    number = int(old.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1
    rows = version.kept.rows.items()
    owner = next((u for u, r in rows if r.row == number and r.table == mine.number), None)
    if owner is None or owner not in edits.placed:
        return old
    table, at = edits.where(owner)
    col = table.columns.get(name)
    if col is None:
        return old
    return replace(old, cell=a1(at, col), raw=raw_text(value_at(sheets[table.sheet.name], at, col)))
