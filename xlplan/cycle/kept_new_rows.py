"""Rows put into a kept workbook for actions that it lacks: each under its section."""

from __future__ import annotations

from collections import Counter, defaultdict

from xlplan.cycle.kept_by_hand import say_row
from xlplan.cycle.kept_edits import KeptEdits
from xlplan.cycle.kept_fills import Edit, Look, filled_like, look_of
from xlplan.merge.model import MasterRow
from xlplan.plan.spelling import UnspellableError
from xlplan.plan.values import Value, show_in
from xlplan.returned.kept_tables import FoundTable
from xlplan.workbook.write.inserted_rows import NewRows

_OTHER = "-"
"""No fill that a cell has: what a new one gets is set, whatever most have."""


def put_rows_in(edits: KeptEdits) -> None:
    """Rows for what the file lacks: each below the row of its section that comes before it."""
    plan = edits.plan()
    uids = {uid for uid, name in edits.asked if not name} | edits.found.headless.keys()
    lacking: dict[str, list[MasterRow]] = defaultdict(list)
    sections = {kind: edits.desk.state.definition.with_role("section", kind)
                for kind in ("action", "recommendation")}  # fmt: skip

    def section(row: MasterRow) -> Value:
        item = sections[row.kind]
        return row.values.get(item.id) if item else None

    for number, row in enumerate(plan):
        if row.uid in edits.found.rows or row.withdrawn or row.uid in uids:
            continue
        before = [r for r in reversed(plan[:number]) if _near(edits, r, row)]
        after = [r for r in plan[number:] if _near(edits, r, row)]
        alike = [r for r in before + after if section(r) == section(row)]
        near = (alike or before or after)[:1]
        if not near:
            _list(edits, row, "There is no table for it.")
        elif why := edits.closed.get(edits.found.rows[near[0].uid][0].sheet.name):
            _list(edits, row, why)
        else:
            lacking[near[0].uid].append(row)
    at_row: dict[tuple[str, int], list[MasterRow]] = defaultdict(list)
    tables: dict[tuple[str, int], FoundTable] = {}
    for uid, rows in lacking.items():
        table, at = edits.found.rows[uid]
        tables[table.sheet.name, at] = table
        at_row[table.sheet.name, at] += rows
    for (sheet, at), rows in sorted(at_row.items()):
        edits.rows[sheet].append(NewRows(at + 1, len(rows), _since(edits, sheet, at) + 1))
        for number, row in enumerate(rows, 1):
            _fill(edits, row, tables[sheet, at], at, number)


def _list(edits: KeptEdits, row: MasterRow, why: str) -> None:
    items = [(item, row.values.get(item.id)) for item in edits.fields_of(row)]
    text = "; ".join(show_in(item, value) for item, value in items if value is not None)
    edits.by_hand.append((edits.sheet_of(row), "", say_row(row.ref, text, why)))


def _near(edits: KeptEdits, other: MasterRow, row: MasterRow) -> bool:
    return other.uid in edits.found.rows and other.kind == row.kind


def _since(edits: KeptEdits, sheet: str, at: int) -> int:
    """The first of the rows of the plan that stand one below the other down to this one."""
    mine = {row for table, row in edits.found.rows.values() if table.sheet.name == sheet}
    while at - 1 in mine:
        at -= 1
    return at


def _fill(edits: KeptEdits, row: MasterRow, table: FoundTable, after: int, number: int) -> None:
    """The cells of a new row, the `number`-th after a row that is there."""
    taken: set[int] = set()
    edits.placed[row.uid] = table, -after - 1
    edits.news[row.uid] = number
    for item in edits.fields_of(row):
        col, want = table.columns.get(item.id), row.values.get(item.id)
        if want is None or item.role == "steps_done":
            continue
        how = edits.version.usual(table.number, item.id)
        like = None
        if col is not None and how == "filled":
            definition = edits.desk.state.definition
            like = filled_like(edits.book, table, col, item, want, definition)
        if col is None or col in taken or (how not in ("own", "composed") and like is None):
            if edits.as_mate(row.uid, item.id, want) is None:
                edits.say(row, item, "none", want, table.sheet.name)
            continue
        try:
            value = None if like else edits.spelled(row.kind, item, want)
        except UnspellableError:
            edits.say(row, item, "unspellable", want, table.sheet.name)
            continue
        taken.add(col)
        sheet, usual = table.sheet.name, _look(edits, table, after, col)
        if like is None:
            like = edits.colours.like(item, table.number, want, (_OTHER, usual[1]))
            said = edits.colours.say(item, row.ref, table.number, want, usual)
            if like is None and said:
                edits.by_hand.append((sheet, "", said))
        edits.edits.append(Edit(sheet, -after - 1, col, value, ((row.uid, item.id),), like))
        edits.numbers[len(edits.edits) - 1] = number


def _look(edits: KeptEdits, table: FoundTable, after: int, col: int) -> Look:
    """How most cells of a column look in the rows that new ones are made like."""
    rows = range(_since(edits, table.sheet.name, after), after + 1)
    looks = Counter(look_of(table.sheet, (row, col)) for row in rows)
    return looks.most_common(1)[0][0]
