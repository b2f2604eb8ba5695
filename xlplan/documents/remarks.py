"""What somebody said in a returned workbook outside the cells that were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlplan.documents import guidance, lists, stamping
from xlplan.documents.form_rows import Form, form_remarks
from xlplan.documents.master import OPEN
from xlplan.documents.tables import Table, is_heading_again, text_of
from xlplan.merge.model import Place
from xlplan.merge.reading import Remark
from xlplan.plan.text import canon_text
from xlplan.workbook.book import Book, ReadSheet, a1
from xlplan.workbook.stamp import parse_row_key

OURS = frozenset({guidance.NAME, lists.NAME, stamping.NAME})
"""Sheets of an issued workbook that hold nothing to read."""
_LONGEST = 2_000


def remarks_of(
    book: Book, tables: Sequence[Table], forms: Sequence[Form] = (), document: str = ""
) -> Iterator[Remark]:
    """What somebody said outside the cells that were asked for; `document` is what was issued."""
    read = {table.sheet.name for table in tables} | {form.sheet.name for form in forms}
    ours = OURS | {OPEN} if document == "master" else OURS
    for table in tables:
        yield from _beside(book, table)
    for form in forms:
        yield from form_remarks(book, form)
    for sheet in book.sheets:
        extra = sheet.visible and sheet.name not in read and sheet.name not in ours
        if extra and (text := _sheet_text(sheet)):
            yield Remark("sheet", Place(book.name, sheet.name), text)
        for (row, col), note in sorted(sheet.notes.items()):
            place = Place(book.name, sheet.name, a1(row, col))
            yield Remark("note", place, note[:_LONGEST])
        for row, col in sorted(sheet.struck):
            values = sheet.rows[row] if row < len(sheet.rows) else ()
            text = text_of(values[col] if col < len(values) else None)[:_LONGEST]
            yield Remark("struck out", Place(book.name, sheet.name, a1(row, col)), text)


def _beside(book: Book, table: Table) -> Iterator[Remark]:
    """Text in columns that the plan does not have, and lines of text below the table."""
    mapped = set(table.columns.values())
    top = table.sheet.rows[table.header]
    for number in range(table.first, len(table.sheet.rows)):
        values = table.sheet.rows[number]
        shown = [(col, value) for col, value in enumerate(values) if value is not None]
        shown = [(col, v) for col, v in shown if not (isinstance(v, str) and not canon_text(v))]
        keyed = table.key(values) is not None
        alone = not keyed and len(shown) == 1
        if not keyed and is_heading_again(table, values):
            continue
        for col, value in shown:
            if parse_row_key(value) or (col in mapped and not (alone and _is_ref(table, col))):
                continue
            heading = text_of(top[col]) if col < len(top) else ""
            text = (
                f"{heading}: {text_of(value)}" if heading and col not in mapped else text_of(value)
            )
            kind = "below" if alone and col in mapped else "beside"
            place = Place(book.name, table.sheet.name, a1(number, col))
            yield Remark(kind, place, text[:_LONGEST])


def _is_ref(table: Table, col: int) -> bool:
    return next(iter(table.columns.values()), None) == col


def _sheet_text(sheet: ReadSheet) -> str:
    lines = (" | ".join(text_of(v) for v in row if v is not None) for row in sheet.rows)
    return "\n".join(line for line in lines if line.strip())[:_LONGEST]
