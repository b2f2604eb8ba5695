"""What somebody wrote in a returned workbook outside the cells that were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import SIGN_PREFIX, column_id
from xlplan.returned.blocks import sign_off_inputs
from xlplan.returned.boxes import Form, form_remarks
from xlplan.returned.furniture import (
    AS_ISSUED,
    CHANGES,
    LISTS,
    NOTES,
    SHORT,
    TO_CORRECT,
    UPDATE,
    Furniture,
    added_remarks,
    box_remarks,
    digest_of,
    furniture,
    is_issued_date,
    names_of,
    sheets_of_ours,
)
from xlplan.returned.marked_cells import mark_remarks
from xlplan.returned.tables import (
    Table,
    is_heading_again,
    merged_texts,
    rows_of,
    text_of,
    texts_in,
    texts_of,
    value_at,
)
from xlplan.workbook.read.book import SHARED, At, Book, CellValue, ReadSheet, a1
from xlplan.workbook.stamp import is_manifest, parse_row_key


def remarks_of(
    book: Book,
    actions: Sequence[Table | Form],
    document: str,
    furniture: Furniture | None,
    definition: PlanDefinition,
    pages: frozenset[str] = frozenset(),
) -> Iterator[Remark]:
    """What somebody wrote outside the cells that were asked for, `actions`.

    `document` is what was issued; `furniture` what in a template is ours, None for any other, and
    `pages` what its pages have above and below.
    """
    read = {each.sheet.name for each in actions}
    ours = sheets_of_ours(document)
    for each in actions:
        if isinstance(each, Form):
            yield from form_remarks(book, each, furniture)
        else:
            yield from _beside(book, each)
    for sheet in book.sheets:
        if sheet.name in ours:
            if furniture is not None:
                yield from _written_on(book, sheet, furniture, sheet.name)
        elif sheet.name not in read and (text := _sheet_text(sheet)):
            yield remark("sheet" if sheet.visible else "hidden sheet",
                         Place(book.name, sheet.name), text)  # fmt: skip
        yield from box_remarks(book, sheet)
        if furniture is not None:
            yield from added_remarks(book, sheet.name, sheet.additions, pages)
        if sheet.name not in names_of(TO_CORRECT):
            yield from link_remarks(book, sheet)
        for (row, col), note in sorted(sheet.notes.items()):
            place = Place(book.name, sheet.name, a1(row, col))
            if furniture is None or not furniture.owns(note, NOTES):
                yield remark("note", place, note)
    if furniture is not None:
        yield from added_remarks(book, actions[0].sheet.name, book.additions, pages)
    for each in actions:
        yield from mark_remarks(book, each, definition)
        for at, text in merged_texts(each.covered()):
            yield Remark("merged", Place(book.name, each.sheet.name, a1(*at)), text)
        if furniture is not None:
            yield from _around(book, each, furniture)


def _around(book: Book, each: Table | Form, furniture: Furniture) -> Iterator[Remark]:
    """Text above the actions, and headings that are not ours."""
    first = each.first if isinstance(each, Form) else each.header
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
    if form.blocks is not None and all(map(furniture.has, map(form.label, form.blocks.lines))):
        return
    for line in form.lines:
        text = form.label(line)
        if not furniture.has(text):
            place = Place(book.name, form.sheet.name, a1(line.row, line.label))
            yield remark("heading", place, f'The heading beside "{line.column}" now says: {text}')


def _written_on(
    book: Book, sheet: ReadSheet, furniture: Furniture, issued: str, end: int | None = None
) -> Iterator[Remark]:
    """What is not ours on a sheet that was issued under that name, above the row `end`. What names
    something for us is not read."""
    if (
        end is None
        and _is_plain(sheet)
        and _is_as_issued(tuple(map(tuple, sheet.rows)), issued, furniture.recorded.get(issued, ()))
    ):
        return
    for at, text in _not_ours(sheet, furniture, issued, end):
        yield remark("written in", Place(book.name, sheet.name, a1(*at)), text)


_PAGE = 100
"""Rows of a sheet that is remembered where nothing but ours stands on it."""


def _is_plain(sheet: ReadSheet) -> bool:
    """Whether it is small and has texts alone."""
    odd = sheet.odd_columns or sheet.unticked or len(sheet.rows) > _PAGE
    return not odd and {str, type(None)}.issuperset(map(type, chain.from_iterable(sheet.rows)))


@lru_cache(maxsize=32)
def _is_as_issued(
    rows: tuple[tuple[CellValue, ...], ...], issued: str, recorded: Sequence[str]
) -> bool:
    """Whether nothing but ours stands in these rows of a sheet, by the digests of the texts that
    were recorded of it: the templates of a cycle have most of their sheets in common."""
    ours = furniture(({issued: digests}, {}) for digests in recorded)
    return not any(_not_ours(ReadSheet("", rows), ours, issued, None))


def _not_ours(
    sheet: ReadSheet, furniture: Furniture, issued: str, end: int | None
) -> Iterator[tuple[At, str]]:
    """The texts of a sheet that are not ours, each with its cell."""
    inputs = frozenset(at for _, at in sign_off_inputs(sheet, end))
    ours, met = furniture.texts.get(issued, {}), dict[str, int]()
    asked = issued not in names_of(CHANGES)  # where every formula is ours
    last = rows_of(sheet) if end is None else end
    for number in range(last):
        if issued == AS_ISSUED and _has_issued_date(sheet, number):
            continue
        for col, value, text in texts_of(sheet, number, formulas=asked):
            at = (number, col)
            if at in inputs:
                continue
            if at in sheet.formulas:
                known = furniture.has(text_of(value), issued) if value is not None else False
                known = known or furniture.counts(text) or _is_unseen(sheet, at, value)
            elif len(text) <= SHORT:
                before = met.get(digest := digest_of(text), 0)
                known, met[digest] = before < ours.get(digest, 0), before + 1
            else:
                known = furniture.has(text, issued)
            known = known or (issued == LISTS and is_issued_date(text))
            if not known and not _is_mark(text):
                yield at, text


def _has_issued_date(sheet: ReadSheet, number: int) -> bool:
    """Whether a row is of the hidden lists of what was issued."""
    odd, values = sheet.odd_columns.get(number, ()), sheet.rows[number : number + 1]
    return any(
        isinstance(value, str) and col not in odd and is_issued_date(value)
        for row in values
        for col, value in enumerate(row)
    )


def _is_unseen(sheet: ReadSheet, at: At, value: CellValue) -> bool:
    """Whether a formula cannot be read and shows nothing but 0, as LibreOffice writes the message
    that counts into an old workbook (.xls)."""
    return sheet.formulas[at] == SHARED and value in (None, 0)


def _is_mark(text: str) -> bool:
    """Whether a cell holds a name or a signature of ours."""
    return bool(
        column_id(text) or text.startswith(SIGN_PREFIX) or is_manifest(text) or parse_row_key(text)
    )


def _beside(book: Book, table: Table) -> Iterator[Remark]:
    """Text in columns that the plan does not have, and lines of text below the table."""
    mapped = set(table.columns.values())
    top = table.sheet.rows[table.header]
    for number in table.written_beside():
        values = table.sheet.rows[number] if number < len(table.sheet.rows) else ()
        keyed = table.key(values) is not None
        shown = texts_of(table.sheet, number)
        alone = not keyed and len(shown) == 1
        if not keyed and is_heading_again(table, values):
            continue
        for col, value, written in shown:
            if parse_row_key(value) or (col in mapped and not (alone and _is_ref(table, col))):
                continue
            heading = text_of(top[col]) if col < len(top) else ""
            named = heading and col not in mapped
            text = f"{heading}: {written}" if named else written
            kind = "below" if alone and col in mapped else "beside"
            place = Place(book.name, table.sheet.name, a1(number, col))
            yield remark(kind, place, text)


def _is_ref(table: Table, col: int) -> bool:
    return next(iter(table.columns.values()), None) == col


def _sheet_text(sheet: ReadSheet) -> str:
    lines = (" | ".join(text for _, _, text in cells) for _, cells in texts_in(sheet))
    if any(is_manifest(value) for row in sheet.rows for value in row):
        return ""  # our own, under another name
    return "\n".join(line for line in lines if line.strip())


def link_remarks(book: Book, sheet: ReadSheet) -> Iterator[Remark]:
    """Where the links of a sheet lead, unless the cells show it."""
    for at, target in sorted(sheet.links.items()):
        if target.removeprefix("mailto:").rstrip("/") not in value_at(sheet, at):
            yield remark("link", Place(book.name, sheet.name, a1(*at)), target)
