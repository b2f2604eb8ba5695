"""What somebody said in a returned workbook outside the cells that were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlplan.documents import guidance, lists, stamping
from xlplan.documents.form_rows import Form, form_remarks
from xlplan.documents.furniture import SHORT, UPDATE, Furniture, flat
from xlplan.documents.marked import box_remarks, link_remarks, mark_remarks
from xlplan.documents.master import OPEN
from xlplan.documents.merged import areas_told
from xlplan.documents.sign_off import PREFIX as SIGN_PREFIX
from xlplan.documents.sign_off import sign_off_inputs
from xlplan.documents.tables import Table, column_id, is_heading_again, text_of, told
from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import PlanDefinition
from xlplan.workbook.book import Book, ReadSheet, a1
from xlplan.workbook.stamp import is_manifest, parse_row_key

OURS = frozenset({guidance.NAME, lists.NAME, stamping.NAME})
"""Sheets of an issued workbook that hold nothing to read."""


def remarks_of(
    book: Book,
    tables: Sequence[Table],
    forms: Sequence[Form] = (),
    document: str = "",
    furniture: Furniture | None = None,
    definition: PlanDefinition | None = None,
) -> Iterator[Remark]:
    """What somebody said outside the cells that were asked for; `document` is what was issued,
    `furniture` what in it is ours: without it, text around the table is not told from ours."""
    read = {table.sheet.name for table in tables} | {form.sheet.name for form in forms}
    ours = OURS | {OPEN} if document == "master" else OURS
    for table in tables:
        yield from _beside(book, table)
    for form in forms:
        yield from form_remarks(book, form)
    for sheet in book.sheets:
        if sheet.name in ours:
            if furniture is not None and sheet.name in OURS:
                yield from _written_on(book, sheet, furniture, sheet.name)
        elif sheet.name not in read and (text := _sheet_text(sheet)):
            yield remark("sheet" if sheet.visible else "hidden sheet",
                         Place(book.name, sheet.name), text)  # fmt: skip
        yield from box_remarks(book, sheet)
        if sheet.name != OPEN or document != "master":  # which links to the plan
            yield from link_remarks(book, sheet)
        for (row, col), note in sorted(sheet.notes.items()):
            place = Place(book.name, sheet.name, a1(row, col))
            yield remark("note", place, note)
    found: list[Table | Form] = [*tables, *forms]
    for each in found:
        yield from mark_remarks(book, each, definition)
        for at, text in areas_told(each.covered()):
            yield Remark("merged", Place(book.name, each.sheet.name, a1(*at)), text)
        if furniture is not None:
            yield from _around(book, each, furniture)


def _around(book: Book, each: Table | Form, furniture: Furniture) -> Iterator[Remark]:
    """Text above the actions, and headings that are not ours."""
    first = each.lines[0].row if isinstance(each, Form) else each.header
    yield from _written_on(book, each.sheet, furniture, UPDATE, first)
    if isinstance(each, Form):
        yield from _relabelled(book, each, furniture)
        return
    columns = {col: name for name, col in each.columns.items()}
    for col, value in enumerate(each.sheet.rows[each.header]):
        if not isinstance(value, str) or furniture.has(value):
            continue
        place = Place(book.name, each.sheet.name, a1(each.header, col))
        if col in columns:
            text = f'The heading over "{columns[col]}" now says: {value}'
            yield remark("heading", place, text)
        elif not any(col < len(row) and row[col] for row in each.sheet.rows[each.first :]):
            yield remark("heading", place, f"A new heading: {value}")


def _relabelled(book: Book, form: Form, furniture: Furniture) -> Iterator[Remark]:
    """Labels that are not ours."""
    for line in form.lines:
        text = form.label(line)
        if not furniture.has(text):
            place = Place(book.name, form.sheet.name, a1(line.row, line.label))
            said = f'The heading beside "{line.column}" now says: {text}'
            yield remark("heading", place, said)


def _written_on(
    book: Book, sheet: ReadSheet, furniture: Furniture, issued: str, end: int | None = None
) -> Iterator[Remark]:
    """What is not ours on a sheet that was issued under that name, above the row `end`. What names
    something for us is not read."""
    inputs = frozenset(at for _, at in sign_off_inputs(sheet))
    left = furniture.short(issued)
    for number, cells in told(sheet):
        if end is not None and number >= end:
            return
        for col, value, text in cells:
            at = (number, col)
            if at in inputs:
                continue
            if at in sheet.formulas:
                known = furniture.has(text_of(value), issued) if value is not None else False
                known = known or furniture.counts(text)
            elif len(text) <= SHORT:
                known = left[flat(text)] > 0
                left[flat(text)] -= 1
            else:
                known = furniture.has(text, issued)
            if not known and not _is_mark(text):
                yield remark("written in", Place(book.name, sheet.name, a1(*at)), text)


def _is_mark(text: str) -> bool:
    """Whether a cell holds a name or a signature of ours."""
    return bool(
        column_id(text) or text.startswith(SIGN_PREFIX) or is_manifest(text) or parse_row_key(text)
    )


def _beside(book: Book, table: Table) -> Iterator[Remark]:
    """Text in columns that the plan does not have, and lines of text below the table."""
    mapped = set(table.columns.values())
    top = table.sheet.rows[table.header]
    for number, shown in told(table.sheet):
        if number < table.first:
            continue
        values = table.sheet.rows[number] if number < len(table.sheet.rows) else ()
        keyed = table.key(values) is not None
        alone = not keyed and len(shown) == 1
        if not keyed and is_heading_again(table, values):
            continue
        for col, value, said in shown:
            if parse_row_key(value) or (col in mapped and not (alone and _is_ref(table, col))):
                continue
            heading = text_of(top[col]) if col < len(top) else ""
            text = f"{heading}: {said}" if heading and col not in mapped else said
            kind = "below" if alone and col in mapped else "beside"
            place = Place(book.name, table.sheet.name, a1(number, col))
            yield remark(kind, place, text)


def _is_ref(table: Table, col: int) -> bool:
    return next(iter(table.columns.values()), None) == col


def _sheet_text(sheet: ReadSheet) -> str:
    lines = (" | ".join(text for _, _, text in cells) for _, cells in told(sheet))
    if any(is_manifest(value) for row in sheet.rows for value in row):
        return ""  # our own, under another name
    return "\n".join(line for line in lines if line.strip())
