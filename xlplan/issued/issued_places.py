"""Where each action stands on the sheet "Update" that goes out, and the hidden sheet "As issued".

A line for each input of each action: the signature of the key of its row and ``|``, what stood
there, what stands there now, whether that differs, and how many did so far. A row is found by its
key, so that it may be sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import IntEnum

from msgspec import Struct

from xlplan.issued.rules import SIGNATURE, quoted
from xlplan.language.catalogue import BETWEEN, Tongue, marked
from xlplan.plan.definition import STEP
from xlplan.plan.timescales import MONTH_NAMES, say_date
from xlplan.plan.values import number_text, say_percent
from xlplan.returned.as_issued import BOX_MARK, ID_PREFIX, OURS, IssuedColumn
from xlplan.returned.furniture import AS_ISSUED, UPDATE
from xlplan.workbook.stamp import RowKey, parse_row_key
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet, held_in

_GONE = marked("(this row is not there)")


class As(IntEnum):
    """The columns of "As issued"."""

    KEY, REF, HEADING, WAS, ROW, COL, NOW, DIFFERS, COUNT = range(9)


At = tuple[int, int]


class Place(Struct, frozen=True):
    """A cell of an action on the sheet "Update": where it is, the key of its row, its column, and
    what it holds."""

    at: At
    key: RowKey
    column: str
    cell: Cell

    @property
    def name(self) -> str:
        """The cell for a formula beside it, which moves along with its row."""
        return f"${cell_name(*self.at)}"


def places_of(sheet: Sheet) -> Iterator[Place]:
    """Every cell of an action (or proposal), in a table or in forms, in the order of the sheet."""
    columns: dict[int, str] = {}
    box = 0
    merged = {(m.area.first_row, m.area.first_col): m.cell for m in sheet.merges}
    for number, row in enumerate(sheet.rows):
        texts = {c: t for c, t in enumerate(held_in(row.cells)) if isinstance(t, str)}
        key = parse_row_key(texts.get(0))
        ids = {c: t.removeprefix(ID_PREFIX) for c, t in texts.items() if t.startswith(ID_PREFIX)}
        if key is None:
            columns = ids or columns
            box = next((c for c, text in texts.items() if text == BOX_MARK), box)
            continue
        found = {box: next(iter(ids.values()))} if ids and box else {} if box else columns
        for col, name in found.items():
            cell = merged.get((number, col)) or row.cells[col]
            if cell is not None:
                yield Place((number, col), key, name, cell)


def row_keys(update: Sheet) -> Mapping[str, str]:
    """The signed key of each row of the sheet "Update" by its uid, those of proposals too. In a
    form one stands on every line of its action."""
    begins = dict.fromkeys(held[0] for row in update.rows if (held := held_in(row.cells)))
    return {key.uid: key.text for key in map(parse_row_key, begins) if key is not None}


def as_issued_sheet(
    update: Sheet, columns: Sequence[IssuedColumn], places: Sequence[Place], tongue: Tongue
) -> Sheet:
    """The sheet "As issued" of the `places` on the sheet "Update"."""
    known = {column.id: column for column in columns}
    key_id = columns[0].id
    refs = {
        place.key.uid: str(place.cell.value or "") for place in places if place.column == key_id
    }
    is_form = any(BOX_MARK in held_in(row.cells) for row in update.rows)
    last = len(update.rows)
    keys = f"{UPDATE}!$A$1:$A${last}"
    rows = [Row([Cell("Row")])]
    for place in places:
        name, step, number = place.column.partition(STEP)
        column = known[name]
        if not column.input or column.id in OURS:
            continue
        line = len(rows) + 1
        row, col = place.at
        found = (
            Cell(row + 1)
            if is_form
            else Cell(row + 1, formula=f'=MATCH("*"&LEFT($A{line},{SIGNATURE}),{keys},0)')
        )
        letter = cell_name(0, col)[:-1]
        now = f"INDEX({UPDATE}!${letter}$1:${letter}${last},$E{line})"
        was = as_text(place.cell, tongue)
        gone = quoted(tongue.say(_GONE))
        form = f"=IFERROR({_text_of(now, column, tongue)},{gone})"
        which = f": {tongue.say('step {number}', number=number)}" if step else ""
        above = f"I{line - 1}+" if line > 2 else ""
        rows.append(
            Row([
                Cell(f"{place.key.text[-SIGNATURE:]}|"), Cell(refs.get(place.key.uid) or None),
                Cell(f"{' '.join(column.heading.split())}{which}"),
                Cell(was or None),
                found, Cell(col + 1), Cell(was or "", formula=form),
                Cell(0, formula=f"=IF(EXACT(TRIM(D{line}),TRIM(G{line})),0,1)"),
                Cell(0, formula=f"={above}H{line}"),
            ])
        )  # fmt: skip
    return Sheet(AS_ISSUED, rows, [Column(width=16) for _ in range(9)], state="hidden")


def as_text(cell: Cell, tongue: Tongue) -> str:
    """What a cell shows, as the formulas beside it put it."""
    value = cell.value
    if isinstance(value, date):
        return say_date(value, tongue)
    if isinstance(value, int | float):
        return say_percent(value) if "%" in cell.style.number_format else number_text(value)
    return value or ""


def _text_of(cell: str, column: IssuedColumn, tongue: Tongue) -> str:
    """A formula's text of what stands in `cell`, the same in every language of the program."""
    form = column.item.field_type.cell_of(column.item)
    if form.holds == "date" or column.item.role == "steps_done":

        def date_in(one: Tongue) -> str:
            months = ",".join(quoted(one.say(month)) for month in MONTH_NAMES)
            return f'DAY({cell})&" "&CHOOSE(MONTH({cell}),{months})&" "&YEAR({cell})'

        words = f"&{quoted(BETWEEN)}&".join(map(date_in, tongue.singles))
    elif "%" in form.number_format:
        words = f'SUBSTITUTE(ROUND({cell}*100,8),",",".")&"%"'
    elif form.holds == "number":
        words = f'SUBSTITUTE({cell},",",".")'
    else:
        return f'{cell}&""'
    return f'IF(ISNUMBER({cell}),{words},{cell}&"")'


def range_of(base: Sheet, column: int) -> str:
    """A column of "As issued" for a formula."""
    letter = cell_name(0, column)[:-1]
    return f"'{AS_ISSUED}'!${letter}$2:${letter}${len(base.rows)}"
