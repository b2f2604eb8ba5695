"""Filling in a workbook as a person would: the demo and the tests play the leads with it.

openpyxl loads what was issued, sets cells, and saves; the document's own modified time is set to
the one given, so that a demo gives the same bytes every time.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
from openpyxl.utils import get_column_letter

from xlplan.late import regex
from xlplan.workbook.stamp import parse_row_key

_MODIFIED = regex(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def fill_in(
    data: bytes, sheet: str, edits: Sequence[tuple[str, str | float | date | None]], saved_at: str
) -> bytes:
    """The workbook `data` with cells of a sheet set: ``[("F12", "Blue"), …]``; None empties."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    target = book[sheet]
    for name, value in edits:
        cell = target[name]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # text that begins with "=" is text, as in a text cell of Excel
    out = io.BytesIO()
    book.save(out)
    return _dated(out.getvalue(), saved_at)


def as_csv(data: bytes, sheet: str) -> bytes:
    """One sheet of a workbook as a program saves it as csv: every cell as text, hidden ones too."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    out = io.StringIO(newline="")
    try:
        csv.writer(out).writerows(book[sheet].iter_rows(values_only=True))
    finally:
        book.close()
    return out.getvalue().encode("utf-8-sig")


def _dated(data: bytes, saved_at: str) -> bytes:
    """The same archive with its modified time, and every entry's time, set."""
    out = io.BytesIO()
    stamp = saved_at.encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, part)
    return out.getvalue()


def places_in(data: bytes, id_prefix: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Sheet and cell of each field of each row of an issued workbook, by the uid in the row's key
    and the id of the column; in a form a box stands two columns to the right of its id."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    try:
        for sheet in book.worksheets:
            columns: dict[int, str] = {}
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                texts = {at: text for at, text in enumerate(values, 1) if isinstance(text, str)}
                ids = {
                    at: text[len(id_prefix) :]
                    for at, text in texts.items()
                    if text.startswith(id_prefix)
                }
                key = next(filter(None, map(parse_row_key, texts.values())), None)
                if key is None:
                    columns = ids or columns
                    continue
                shown = {at + 2: name for at, name in ids.items()} or columns
                for at, name in shown.items():
                    found[key.uid, name] = (sheet.title, f"{get_column_letter(at)}{number}")
    finally:
        book.close()
    return found


def key_rows(data: bytes, id_prefix: str) -> tuple[dict[str, str], dict[str, tuple[str, int]]]:
    """Where things are in an issued workbook: column letter by column id, and sheet and row
    number by the uid in the row's key."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    columns: dict[str, str] = {}
    rows: dict[str, tuple[str, int]] = {}
    try:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    text = cell.value
                    if not isinstance(text, str):
                        continue
                    at = (int(cell.row or 0), int(cell.column or 0))
                    if text.startswith(id_prefix):
                        columns.setdefault(text[len(id_prefix) :], get_column_letter(at[1]))
                    elif (found := parse_row_key(text)) is not None:
                        rows[found.uid] = (sheet.title, at[0])
    finally:
        book.close()
    return columns, rows
