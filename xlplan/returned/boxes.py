"""Boxes that a mark of ours names: the lines of a template in the form layout, and the sign-off.

Every line of a form carries the signed key of its action and the id of its field, every input of
the sign-off has its name above it. All are found by content, so that they may have been moved,
inserted or hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.model import Place
from xlplan.merge.reading import ReadCell, ReadRow, Remark, remark
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import canon, show
from xlplan.returned.as_issued import (
    CONFIRMED,
    NO_CHANGE,
    OURS,
    READ,
    SIGNED_BY,
    SIGNED_ON,
    Headings,
    Settled,
    kind_of_input,
    settle,
)
from xlplan.returned.blocks import (
    Blocks,
    Line,
    Marks,
    box_column,
    find_blocks,
    labelled,
    line_of,
    marks_on,
    sign_off_inputs,
)
from xlplan.returned.furniture import Furniture
from xlplan.returned.tables import (
    Area,
    Table,
    covered,
    formula_text,
    is_blank,
    read_cell,
    text_of,
    texts_of,
)
from xlplan.workbook.read.book import At, Book, CellValue, ReadSheet, a1
from xlplan.workbook.stamp import RowKey, parse_row_key

YES = "yes"
_MEANS_YES = frozenset({
    "yes", "y", "x", "true", "1", "\u2713", "\u2714", "\u2611", "no change",
    "ie", "ydw", "ydy", "ydyn", "oes", "do", "dim newid", "ie / yes", "yes / ie",
})  # fmt: skip
"""In English and in Welsh, whatever the template was in."""
_DAY = Field(SIGNED_ON, "Signed off on", "date")
_LONGEST = 200
"""Characters of a name, or of a day that is none."""


class Form(Struct, frozen=True, dict=True):
    """The sheet of a form, and its blocks where it has nothing else, or else its lines, in the
    order of the sheet."""

    sheet: ReadSheet
    found: tuple[Line, ...] = ()
    blocks: Blocks | None = None

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line."""
        return self.found if self.blocks is None else self.blocks.all_lines()

    @cached_property
    def _by_row(self) -> Mapping[int, Line]:
        return {line.row: line for line in self.lines}

    def line_at(self, row: int) -> Line | None:
        """The line in a row; of a block as the first block has it."""
        return self._by_row.get(row) if self.blocks is None else self.blocks.line_at(row)

    @property
    def first(self) -> int:
        """The row of the first line."""
        return self.found[0].row if self.blocks is None else self.blocks.starts[0]

    @property
    def doubts(self) -> list[str]:
        """Why lines are in doubt; those of blocks never are."""
        return [line.doubt for line in self.found if line.doubt]

    @property
    def columns(self) -> tuple[str, ...]:
        """The ids of the fields, each once, in the order of the sheet."""
        lines = self.lines if self.blocks is None else self.blocks.lines
        return tuple(dict.fromkeys(line.column for line in lines))

    def actions(self) -> Iterator[tuple[RowKey | None, int, Mapping[str, ReadCell]]]:
        """Each action: its key, its first row (from 0), its cells by column id, without those that
        are ours.

        An action whose lines are there twice comes twice.
        """
        hidden = self.covered()
        if self.blocks is not None and not hidden:
            yield from self.blocks.rows(self.sheet)
            return
        for lines in self.by_action():
            asked = [line for line in lines if line.column not in OURS]
            shown = [line for line in asked if (line.row, line.box) not in hidden]
            cells = {line.column: self._cell(line) for line in shown}
            yield lines[0].key, lines[0].row, cells

    def ticks(self) -> Iterator[tuple[int, At]]:
        """The box for the tick of each action, with the first row of that (both from 0)."""
        hidden = self.covered()
        if self.blocks is not None:
            place = self.columns.index(CONFIRMED)
            box = self.blocks.lines[0].box
            found = ((start, (start + place, box)) for start in self.blocks.starts)
        else:
            found = (
                (lines[0].row, (line.row, line.box))
                for lines in self.by_action()
                for line in lines
                if line.column == CONFIRMED
            )
        yield from (each for each in found if each[1] not in hidden)

    def covered(self) -> Mapping[At, Area]:
        """The blank boxes that another cell was merged over."""
        blocks = self.blocks
        columns = {line.box for line in (self.found if blocks is None else blocks.lines)}
        found = covered(self.sheet, self.first, columns)
        if not found:  # what is merged stands above, as in every form that goes out
            return {}
        lines = ((at, self.line_at(at[0])) for at in found)
        return {at: found[at] for at, line in lines if line is not None and line.box == at[1]}

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

    def written_beside(self) -> Iterator[tuple[int, frozenset[int] | None]]:
        """The rows from the first line on in which something may stand beside what was asked for,
        each with its columns of ours; None where it is no line."""
        blocks, odd = self.blocks, self.sheet.odd_columns
        if blocks is not None:
            odd_beside = (
                number
                for number, columns in odd.items()
                if number >= self.first and not (blocks.own_at(number) or set()) >= columns
            )
            for number in sorted({*blocks.between, *blocks.beside, *odd_beside}):
                yield number, blocks.own_at(number)
            return
        own = {line.row: line.own for line in self.found}
        for number in range(self.first, max(len(self.sheet.rows), max(odd, default=-1) + 1)):
            yield number, own.get(number)

    def sign_off_inputs(self) -> Iterator[tuple[str, At]]:
        """`sign_off_inputs` of its sheet, wherever they were moved; what stands in a box is an
        answer and names none."""
        blocks = self.blocks
        if blocks is None:
            found = sign_off_inputs(self.sheet)
        else:
            beside = sorted({*blocks.between, *blocks.beside})
            found = sign_off_inputs(self.sheet, self.first, beside)
        for name, (row, col) in found:
            line = self.line_at(row - 1)
            if line is None or line.box != col:
                yield name, (row, col)

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
    ids, known = marked = marks_on(sheet)
    keys = known.keys()
    apart = all(keys.isdisjoint(row) for _, row in sheet.rows_with(ids))
    if not apart and (blocks := find_blocks(sheet, marked)) is not None:
        return Form(sheet, blocks=blocks)
    if apart and bool(ids) == bool(keys):
        return None  # a table, or nothing of ours
    box = box_column(sheet)
    found = [Marks.of(row) for row in sheet.rows]
    lines = [
        line
        for number, marks in enumerate(found)
        if marks.key and marks.ids and (line := line_of(number, marks, marks.ids[0], box))
    ]
    if not lines and headings is not None:
        lines = _by_order(list(_halves(sheet, found, headings, box)))
    return Form(sheet, tuple(labelled(sheet, lines))) if lines else None


def _halves(
    sheet: ReadSheet, found: Sequence[Marks], headings: Headings, box: int | None
) -> Iterator[Line]:
    """The lines of a form that lost the column of its keys, or that of its ids."""
    several = Counter(marks.key[0].text for marks in found if marks.key)
    ids = [len(marks.ids) for marks in found if marks.ids]
    if not several and len(ids) > 1 and max(ids) == 1:
        for number, marks in enumerate(found):
            if marks.ids:
                yield line_of(number, marks, marks.ids[0], box)
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
                yield line_of(number, marks, (name, col - 1), box)


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


def settled_form(form: Form, issued: Headings) -> Form:
    """`form` with its doubtful boxes known as such; `issued` are the labels that went out."""
    blocks, lines = form.blocks, list[Line]()
    if blocks is not None:
        agreed = blocks.shape.agreed
        if agreed == [issued]:
            return form
        if _settled(form, blocks.lines, issued) is None:
            agreed[:] = [issued]
            return form
    for each in form.by_action():
        by_row = {line.row: line for line in each}
        found = _settled(form, each, issued)
        if found is None:
            lines += each
        else:
            lines += [
                replace(by_row[row], column=name, doubt=found.doubts.get(name, ""))
                for name, row in found.places.items()
            ]
    lines.sort(key=lambda line: line.row)
    return Form(form.sheet, tuple(lines))


def _settled(form: Form, lines: Sequence[Line], issued: Headings) -> Settled | None:
    """Where the boxes of an action are by its labels; None where no label disagrees."""
    shown = {line.row: form.label(line) for line in lines}
    ids = {line.column: line.row for line in lines}
    return settle(ids, shown, issued, partial(_label_cell, lines[0].label))


def _label_cell(col: int, row: int) -> str:
    return a1(row, col)


def form_remarks(book: Book, form: Form, furniture: Furniture | None) -> Iterator[Remark]:
    """What somebody wrote beside the boxes, or between the actions, where titles of ours stand."""
    for number, own in form.written_beside():
        for col, value, text in texts_of(form.sheet, number):
            title = own is None and furniture is not None and furniture.owns(text)
            if col not in (own or ()) and not title and not parse_row_key(value):
                place = Place(book.name, form.sheet.name, a1(number, col))
                kind = "beside" if own is not None else "below"
                yield remark(kind, place, text)


def read_sign_off(
    book: Book, definition: PlanDefinition, actions: Sequence[Table | Form] = ()
) -> tuple[dict[str, str], list[Remark]]:
    """What a returned workbook says in its sign-off, by input, and what was written there instead;
    `actions` are those that were found in it.

    A sign-off is no change of the plan. The tick reads ``"yes"``; a day reads as ISO 8601, or as it
    was typed where it is no day.
    """
    found: dict[str, str] = {}
    remarks: list[Remark] = []
    forms = {each.sheet.name: each for each in actions if isinstance(each, Form)}
    for sheet in book.sheets:
        form = forms.get(sheet.name)
        for name, (row, col) in form.sign_off_inputs() if form else sign_off_inputs(sheet):
            value = sheet.rows[row][col] if col < len(sheet.rows[row]) else None
            text = canon_text(value if isinstance(value, str) else show(_shown(value)))
            place = Place(book.name, sheet.name, a1(row, col))
            if odd := formula_text(sheet, (row, col)):
                remarks.append(remark("sign-off", place, odd))
                continue
            if not text or name in found:
                continue
            kind = kind_of_input(name)
            if kind not in (NO_CHANGE, READ) and len(text) > _LONGEST:
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
    confirmed: set[str] = set()
    remarks: list[Remark] = []
    ticks = [*_ticks(actions)]
    signed = (row for row in (rows if ticks else ()) if row.trust == "signed")
    known = {(row.sheet, row.number): row.uid for row in signed}
    for sheet, number, cell in ticks:
        text = canon_text(str(cell.raw))
        uid = known.get((sheet, number), "")
        if uid and fold(text) in _MEANS_YES:
            confirmed.add(uid)
        elif text:
            remarks.append(remark("reviewed", Place(book.name, sheet, cell.cell), text))
    return tuple(sorted(confirmed)), remarks


def _ticks(actions: Sequence[Table | Form]) -> Iterator[tuple[str, int, ReadCell]]:
    """The cell for the tick of each action in which something stands, with the sheet and the number
    of its row."""
    for each in actions:
        if CONFIRMED not in each.columns:
            continue
        sheet = each.sheet
        if isinstance(each, Form):
            places = each.ticks()
        else:
            col = each.columns[CONFIRMED]
            places = ((number, (number, col)) for number in range(each.first, len(sheet.rows)))
        for number, at in places:
            if not is_blank(sheet, at):
                yield sheet.name, number + 1, read_cell(sheet, at)


def _shown(value: CellValue) -> str | int | float | bool | date | None:
    return value if isinstance(value, str | int | float | bool | date) else None
