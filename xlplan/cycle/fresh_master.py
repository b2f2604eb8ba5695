"""A `master.xlsx` as it would be written anew, and what a kept one lacks of it: its columns and
rows, when the two are laid out alike, and the columns and lists that the plan has got since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.cycle.own_columns import FieldKey
from xlplan.issued.master import FIRST_ROW, HEADING_ROW, NAMES, SPARE_ROWS, workbook_of_lines
from xlplan.late import regex
from xlplan.merge.model import COORDINATOR, Issued
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.returned.as_issued import column_id
from xlplan.returned.furniture import LISTS
from xlplan.returned.kept_master import OwnRow, Shown, holds_values, last_column, own_column
from xlplan.returned.tables import Table, text_of
from xlplan.workbook.read.book import At, ReadSheet, column_name
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.added_parts import NewColumn
from xlplan.workbook.write.cell_text import clean
from xlplan.workbook.write.sheet import Area, Cell, Sheet, Validation

_LIST = regex(r"xlplan_list_\d+")
BLANK = Issued("m-0", "master", COORDINATOR, "", "", 0, (), (), (), "")


def new_fields(before: PlanDefinition, now: PlanDefinition) -> Set[FieldKey] | None:
    """The columns that a master has under `now` and had not under `before`; None where anything
    else of its layout is another too, or where one of them needs colours of its own."""
    had = {(item.of, item.id) for item in _shown(before)}
    added = [item for item in _shown(now) if (item.of, item.id) not in had]
    ids = {(item.of, item.id) for item in added}
    left = replace(now, fields=tuple(f for f in now.fields if (f.of, f.id) not in ids))
    alike = now is before or _layout(before) == _layout(left)
    return ids if alike and not any(item.field_type.rated for item in added) else None


def _shown(definition: PlanDefinition) -> list[Field]:
    return [item for kind in NAMES for item in definition.fields_of(kind)]


def _layout(definition: PlanDefinition) -> object:
    """What of a master is not in its cells: columns, rules and colours, whatever the lists are that
    they take their choices from."""
    book = workbook_of_lines(definition, BLANK, [], b"", "", {})
    named = {place: name for name, place in book.names.items()}
    found: list[object] = []
    for sheet in book.sheets:
        if sheet.name in NAMES.values():
            rules = [
                replace(rule, source=named.get(rule.source, rule.source), error_message="")
                for rule in sheet.validations
            ]
            rules = [replace(rule, source=_LIST.sub("list", rule.source)) for rule in rules]
            looks = [
                replace(each, formula=_LIST.sub("list", each.formula))
                for each in sheet.conditionals
            ]
            found.append((columns_of(sheet), rules, looks))
    return found


def columns_of(sheet: Sheet) -> list[str]:
    """The ids of the columns of a sheet that is written anew, from the second on."""
    return [column_id(cell.value) if cell else "" for cell in sheet.rows[HEADING_ROW - 1].cells[1:]]


def own_rows(sheet: Sheet, ref: str) -> dict[str, OwnRow]:
    """The rows of such a sheet by uid; `ref` is the id of the column of their refs."""
    names = columns_of(sheet)
    found = {}
    for row in sheet.rows[FIRST_ROW:]:
        key, *cells = row.cells
        shown = dict(zip(names, (as_written(cell) for cell in cells), strict=True))
        found[uid_of(key)] = OwnRow(str(shown.get(ref) or ""), shown)
    return found


def uid_of(key: Cell | None) -> str:
    """The uid of a row of such a sheet, by its key."""
    found = parse_row_key(key.value if key else None)
    assert found is not None  # every row that is written anew has one
    return found.uid


def as_written(cell: Cell | None) -> Shown:
    """What the writer puts into a cell."""
    value = cell.value if cell else None
    return clean(value) or None if isinstance(value, str) else value


class ListEdits(Struct):
    """What becomes of the lists of a file: values by cell, where a list reaches now by where it
    reached, and where it stands by its place in the new workbook."""

    cells: dict[At, Shown] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def list_edits(read: ReadSheet, fresh: Sheet, added: Set[FieldKey]) -> ListEdits:
    """The lists of the file with the choices of now, known by their names; those that only new
    columns need come to the right of them. Any other of either workbook stays as it is."""
    edits = ListEdits()
    heads = read.rows[0] if read.rows else ()
    there = {text_of(name): col for col, name in enumerate(heads) if name is not None}
    for col, name in enumerate(map(as_written, fresh.rows[0].cells)):
        at = there.get(str(name))
        if at is None and _is_of(str(name), added):
            at = there[str(name)] = max(there.values(), default=-1) + 1
            edits.cells[0, at] = name
        if at is None:
            continue
        choices = _filled([as_written(row.cells[col]) for row in fresh.rows[1:]])
        before = _filled([row[at] if at < len(row) else None for row in read.rows[1:]])
        for number in range(max(len(choices), len(before))):
            edits.cells[number + 1, at] = choices[number] if number < len(choices) else None
        edits.ranges[_place(at, len(before))] = _place(at, len(choices))
        edits.places[_place(col, len(choices))] = _place(at, len(choices))
    return edits


def _is_of(name: str, added: Set[FieldKey]) -> bool:
    """Whether a list is one of a new column."""
    kind, _, rest = name.partition(" ")
    return (kind, rest.partition(":")[0]) in added


def _filled(values: Sequence[object]) -> list[Shown]:
    """The values down to the last that is there."""
    last = max((n for n, value in enumerate(values, 1) if value is not None), default=0)
    return [value if isinstance(value, str | int | float) else None for value in values[:last]]


def _place(col: int, length: int) -> str:
    letter = column_name(col)
    return f"{LISTS}!${letter}$2:${letter}${max(length, 1) + 1}"


class Widened(Struct, frozen=True):
    """A table with the columns that the plan has got since, those that come to the right of all
    that is on its sheet, and their headings by column."""

    table: Table
    columns: Sequence[NewColumn]
    headings: Mapping[int, str]


def widen(
    table: Table,
    kind: str,
    definition: PlanDefinition,
    sheet: Sheet,
    added: Set[FieldKey],
    unread: Set[FieldKey],
    lists: Mapping[str, str],
    last: int,
) -> Widened:
    """Find, or make, the columns of a table that are among those `added`: where the coordinator
    has one with that heading, unless what it holds is `unread`, else to the right of all. `last`
    is the last row of the table (from 0), `sheet` the one that is written anew, `lists` says where
    its lists stand in the file."""
    columns, names = dict(table.columns), columns_of(sheet)
    made: list[NewColumn] = []
    headings: dict[int, str] = {}
    free = max(last_column(table.sheet), *columns.values()) + 1
    for item in definition.fields_of(kind):
        if (kind, item.id) not in added or item.id in columns:
            continue
        at = own_column(table, item.heading)
        if at is not None and (kind, item.id) in unread and holds_values(table, at):
            continue
        if at is None:
            at, free = free, free + 1
            alike = (f.id for f in definition.fields_of(kind) if f.type == item.type)
            like = next((table.columns[name] for name in alike if name in table.columns), None)
            like = max(table.columns.values()) if like is None else like
            number = names.index(item.id) + 1
            area = Area(table.first, at, last + SPARE_ROWS, at)
            rules = _rules_of(sheet, number, area, lists)
            width = sheet.columns[number].width
            made.append(NewColumn(at + 1, table.header + 1, last + 1, like + 1, width, rules))
            headings[at] = " ".join(item.heading.split())
        columns[item.id] = at
    return Widened(replace(table, columns=columns), made, headings)


def _rules_of(sheet: Sheet, number: int, area: Area, lists: Mapping[str, str]) -> list[Validation]:
    """What may be typed in a column; with its list where that is in the file."""
    found = []
    for rule in sheet.validations:
        source = lists.get(rule.source.lstrip("="), "")
        if rule.area.first_col == number and (source or rule.kind != "list"):
            found.append(replace(rule, area=area, source=source and f"={source}"))
    return found
