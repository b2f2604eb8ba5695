"""Boxes that a mark of ours names: the lines of a template in the form layout, and the sign-off.

Every line of a form carries the signed key of its action and the id of its field, every input of
the sign-off has its name above it. All are found by content, so that they may have been moved,
inserted or hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from xlplan.merge.model import Place
from xlplan.merge.reading import ReadCell, ReadRow, Remark, remark
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import canon, show
from xlplan.returned.as_issued import (
    BOX_MARK,
    CONFIRMED,
    NO_CHANGE,
    SIGN_PREFIX,
    SIGNED_BY,
    SIGNED_ON,
    Headings,
    column_id,
    kind_of_input,
    settle,
)
from xlplan.returned.furniture import Furniture
from xlplan.returned.tables import (
    Area,
    Table,
    covered,
    formula_text,
    read_cell,
    text_of,
    texts_in,
)
from xlplan.workbook.read.book import At, Book, CellValue, ReadSheet, a1
from xlplan.workbook.stamp import RowKey, parse_row_key

YES = "yes"
_MEANS_YES = frozenset({"yes", "y", "x", "true", "1", "\u2713", "\u2714", "\u2611", "no change"})
_DAY = Field(SIGNED_ON, "Signed off on", "date")
_LONGEST = 200
"""Characters of a name, or of a day that is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a form: its row and the columns of its label and its box (all from 0), whose it
    is, and why what stands in it is to be asked about, or ``""``."""

    row: int
    label: int
    box: int
    key: RowKey | None
    column: str
    own: frozenset[int]
    """The columns of the key, the id, the label and the box."""
    doubt: str = ""
    action: str = ""
    """Which action it belongs to, by its key, else by its order."""


@dataclass(frozen=True)
class Form:
    """The sheet of a form and its lines, in the order of the sheet."""

    sheet: ReadSheet
    lines: tuple[Line, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The ids of the fields, each once, in the order of the sheet."""
        return tuple(dict.fromkeys(line.column for line in self.lines))

    def actions(self) -> Iterator[tuple[RowKey | None, int, dict[str, ReadCell]]]:
        """Each action: its key, its first row (from 0), its cells by column id.

        An action whose lines are there twice comes twice.
        """
        hidden = self.covered()
        for lines in self.by_action():
            shown = [line for line in lines if (line.row, line.box) not in hidden]
            cells = {line.column: self._cell(line) for line in shown}
            yield lines[0].key, lines[0].row, cells

    def covered(self) -> Mapping[At, Area]:
        """The blank boxes that another cell was merged over."""
        boxes = {(line.row, line.box) for line in self.lines}
        found = covered(self.sheet, self.lines[0].row, {line.box for line in self.lines})
        return {at: area for at, area in found.items() if at in boxes}

    def by_action(self) -> list[list[Line]]:
        """The lines of each action."""
        found: list[dict[str, Line]] = []
        last: dict[str, int] = {}
        for line in self.lines:
            place = last.get(line.action)
            if place is None or line.column in found[place]:
                place = last[line.action] = len(found)
                found.append({})
            found[place][line.column] = line
        return [list(each.values()) for each in found]

    def label(self, line: Line) -> str:
        """What stands beside a box as its label."""
        values = self.sheet.rows[line.row]
        return text_of(values[line.label]) if 0 <= line.label < len(values) else ""

    def _cell(self, line: Line) -> ReadCell:
        return read_cell(self.sheet, (line.row, line.box), line.doubt)


def find_form(sheet: ReadSheet, headings: Headings | None = None) -> Form | None:
    """The form on a sheet, or None where there is none.

    Its lines have both a row key and the id of a field. Where one of these hidden columns is gone,
    lines are known by the other, their fields by the labels of `headings`, and their actions by the
    visible ref, which starts an action anew.
    """
    box = _box_column(sheet)
    found = [_Marks.of(row) for row in sheet.rows]
    lines = [
        line
        for number, marks in enumerate(found)
        if marks.key and marks.ids and (line := _line(number, marks, marks.ids[0], box))
    ]
    if not lines and headings is not None:
        lines = _by_order(list(_halves(sheet, found, headings, box)))
    return Form(sheet, tuple(_labelled(sheet, lines))) if lines else None


def _box_column(sheet: ReadSheet) -> int | None:
    for row in sheet.rows:
        for col, value in enumerate(row):
            if isinstance(value, str) and value.strip() == BOX_MARK:
                return col
    return None


@dataclass(frozen=True, slots=True)
class _Marks:
    """What of ours stands in a row: its first key, and its ids of fields, each with its column."""

    key: tuple[RowKey, int] | None
    ids: tuple[tuple[str, int], ...]

    @staticmethod
    def of(row: Sequence[CellValue]) -> _Marks:
        texts = [(col, value) for col, value in enumerate(row) if isinstance(value, str)]
        ids = tuple((name, col) for col, value in texts if (name := column_id(value)))
        at = {col for _, col in ids}
        keys = ((key, col) for col, v in texts if col not in at and (key := parse_row_key(v)))
        return _Marks(next(keys, None), ids)


def _line(number: int, marks: _Marks, named: tuple[str, int], box: int | None) -> Line:
    """A line by its marks; `named` is its field, and the column in which that is said."""
    name, at = named
    key, key_at = marks.key or (None, -1)
    where = at + 2 if box is None else box
    own = frozenset({key_at, at, where})
    return Line(number, where - 1, where, key, name, own, action=key.text if key else "")


def _halves(
    sheet: ReadSheet, found: Sequence[_Marks], headings: Headings, box: int | None
) -> Iterator[Line]:
    """The lines of a form that lost the column of its keys, or that of its ids."""
    several = Counter(marks.key[0].text for marks in found if marks.key)
    ids = [len(marks.ids) for marks in found if marks.ids]
    if not several and len(ids) > 1 and max(ids) == 1:
        for number, marks in enumerate(found):
            if marks.ids:
                yield _line(number, marks, marks.ids[0], box)
    elif not ids and max(several.values(), default=0) > 1:
        for number, marks in enumerate(found):
            labels = [
                (name, col)
                for col, value in enumerate(sheet.rows[number])
                if isinstance(value, str) and len(names := headings.names.get(fold(value), ())) == 1
                for name in names
            ]
            if marks.key and labels:
                name, col = labels[0]
                yield _line(number, marks, (name, col - 1), box)


def _by_order(lines: Sequence[Line]) -> list[Line]:
    """Lines without a key, each with the action it belongs to: a field that comes again begins the
    next one."""
    made: list[Line] = []
    begun, seen = 0, set[str]()
    for line in lines:
        if line.key is None:
            if line.column in seen:
                begun, seen = begun + 1, set()
            seen.add(line.column)
        made.append(line if line.key else replace(line, action=f"#{begun}"))
    return made


def _labelled(sheet: ReadSheet, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with the column of their labels: the one with most texts, the first of several.

    It is beside that of the boxes, unless a column was inserted between them.
    """
    counts: Counter[int] = Counter()
    for line in lines:
        values = enumerate(sheet.rows[line.row])
        counts.update(col for col, v in values if isinstance(v, str) and col not in line.own)
    found = min(counts, key=lambda col: (-counts[col], col), default=lines[0].box - 1)
    for line in lines:
        yield replace(line, label=found, own=line.own | {found})


def settled_form(form: Form, issued: Headings) -> Form:
    """`form` with its doubtful boxes known as such; `issued` are the labels that went out."""
    lines: list[Line] = []
    for each in form.by_action():
        by_row = {line.row: line for line in each}
        shown = {line.row: form.label(line) for line in each}
        ids = {line.column: line.row for line in each}
        found = settle(ids, shown, issued, partial(_label_cell, each[0].label))
        if found is None:
            lines += each
        else:
            lines += [
                replace(by_row[row], column=name, doubt=found.doubts.get(name, ""))
                for name, row in found.places.items()
            ]
    lines.sort(key=lambda line: line.row)
    return replace(form, lines=tuple(lines))


def _label_cell(col: int, row: int) -> str:
    return a1(row, col)


def form_remarks(book: Book, form: Form, furniture: Furniture | None) -> Iterator[Remark]:
    """What somebody wrote beside the boxes, or between the actions, where titles of ours stand."""
    lines = {line.row: line for line in form.lines}
    for number, cells in texts_in(form.sheet):
        if number < form.lines[0].row:
            continue
        line = lines.get(number)
        own = line.own if line is not None else frozenset[int]()
        for col, value, text in cells:
            title = line is None and furniture is not None and furniture.owns(text)
            if col not in own and not title and not parse_row_key(value):
                place = Place(book.name, form.sheet.name, a1(number, col))
                kind = "beside" if line is not None else "below"
                yield remark(kind, place, text)


def read_sign_off(book: Book, definition: PlanDefinition) -> tuple[dict[str, str], list[Remark]]:
    """What a returned workbook says in its sign-off, by input, and what was written there instead.

    A sign-off is no change of the plan. The tick reads ``"yes"``; a day reads as ISO 8601, or as it
    was typed where it is no day.
    """
    found: dict[str, str] = {}
    remarks: list[Remark] = []
    for sheet in book.sheets:
        for name, (row, col) in sign_off_inputs(sheet):
            value = sheet.rows[row][col] if col < len(sheet.rows[row]) else None
            text = canon_text(value if isinstance(value, str) else show(_shown(value)))
            place = Place(book.name, sheet.name, a1(row, col))
            if odd := formula_text(sheet, (row, col)):
                remarks.append(remark("sign-off", place, odd))
                continue
            if not text or name in found:
                continue
            kind = kind_of_input(name)
            if kind != NO_CHANGE and len(text) > _LONGEST:
                remarks.append(remark("sign-off", place, text))
                text = text[:_LONGEST]
            if kind == SIGNED_ON:
                day = canon(_DAY, _shown(value), definition)
                found[name] = day.isoformat() if isinstance(day, date) else text
            elif kind == SIGNED_BY:
                found[name] = " ".join(text.split())
            elif fold(text) in _MEANS_YES:
                found[name] = YES
            else:
                remarks.append(remark("sign-off", place, text))
    return found, remarks


def read_ticks(
    book: Book, actions: Sequence[Table | Form], rows: Sequence[ReadRow]
) -> tuple[tuple[str, ...], list[Remark]]:
    """The uids of the actions that are ticked as reviewed without a change, and what was written
    in the place of a tick, or beside a row that is not known for certain."""
    known = {(row.sheet, row.number): row.uid for row in rows if row.trust == "signed"}
    confirmed: set[str] = set()
    remarks: list[Remark] = []
    for sheet, number, cell in _ticks(actions):
        text = canon_text(str(cell.raw))
        uid = known.get((sheet, number), "")
        if uid and fold(text) in _MEANS_YES:
            confirmed.add(uid)
        elif text:
            remarks.append(remark("reviewed", Place(book.name, sheet, cell.cell), text))
    return tuple(sorted(confirmed)), remarks


def _ticks(actions: Sequence[Table | Form]) -> Iterator[tuple[str, int, ReadCell]]:
    """The cell for the tick of each action, with the sheet and the number of its row."""
    for each in actions:
        if isinstance(each, Form):
            for _, number, cells in each.actions():
                if CONFIRMED in cells:
                    yield each.sheet.name, number + 1, cells[CONFIRMED]
        elif CONFIRMED in each.columns:
            for number in range(each.first, len(each.sheet.rows)):
                at = (number, each.columns[CONFIRMED])
                yield each.sheet.name, number + 1, read_cell(each.sheet, at)


def sign_off_inputs(sheet: ReadSheet) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the inputs are: below the cell that names each."""
    for number, row in enumerate(sheet.rows[:-1]):
        for col, value in enumerate(row):
            if isinstance(value, str) and value.strip().startswith(SIGN_PREFIX):
                name = value.strip().removeprefix(SIGN_PREFIX)
                if kind_of_input(name):
                    yield name, (number + 1, col)


def _shown(value: CellValue) -> str | int | float | bool | date | None:
    return value if isinstance(value, str | int | float | bool | date) else None
