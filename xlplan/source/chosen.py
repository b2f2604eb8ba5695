"""What a person decided about the file on the command line: sheets, heading rows, columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xlplan.codes.source_codes import NEW_002, NEW_018, NEW_019
from xlplan.errors import XlplanError
from xlplan.plan.text import fold
from xlplan.source.headings import cell_text
from xlplan.source.layout import Layout
from xlplan.workbook.read.book import Book, ReadSheet

ROLES_BY_NAME = {
    "ref": "key", "key": "key", "action": "action", "lead": "lead", "owner": "lead", "due": "due",
    "status": "rating", "rating": "rating", "progress": "progress", "revised": "revised",
    "section": "section", "evidence": "evidence", "outcome": "outcome", "text": "text",
}  # fmt: skip
"""What a column may be said to be with ``--map``, and the role that is meant."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person decided about the file: sheets by name, heading rows such as ``"5"`` or
    ``"Plan!5"`` (from 1), and columns such as ``"Mitigation=action"``."""

    sheets: tuple[str, ...] = ()
    header_rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def sheets_named(book: Book, names: Sequence[str]) -> list[ReadSheet]:
    """The sheets to look at: those that a person named, else all."""
    if not names:
        return list(book.sheets)
    by_name = {sheet.name.casefold(): sheet for sheet in book.sheets}
    missing = [name for name in names if name.casefold() not in by_name]
    if missing:
        there = [sheet.name for sheet in book.sheets]
        raise XlplanError(NEW_002.problem(book.name, sheet=n, sheets=there) for n in missing)
    named = {name.casefold() for name in names}
    chosen = (sheet for sheet in book.sheets if sheet.name.casefold() in named)
    return [replace(sheet, visible=True) for sheet in chosen]  # a hidden one that is asked for


def roles_named(book: Book, columns: Sequence[str]) -> dict[str, str]:
    """The role of each folded heading that a person named."""
    roles: dict[str, str] = {}
    for text in columns:
        heading, _, name = text.rpartition("=")
        role = ROLES_BY_NAME.get(fold(name))
        if not heading.strip() or role is None:
            raise NEW_019.fault(book.name, "role", value=text, roles=list(ROLES_BY_NAME))
        roles[fold(heading)] = role
    return roles


def rows_named(
    book: Book, sheets: Sequence[ReadSheet], header_rows: Sequence[str]
) -> dict[str, list[int]]:
    """By sheet the heading rows (from 0) that a person named; without a sheet, the first of those
    looked at in which the row has two cells."""
    found: dict[str, list[int]] = {}
    for text in header_rows:
        name, _, number = text.rpartition("!")
        if not number.strip().isdigit() or int(number) < 1:
            raise NEW_018.fault(book.name, "number", value=text)
        row = int(number) - 1
        named = [one for one in sheets if one.name.casefold() == name.strip("'\" ").casefold()]
        if name and not named:
            raise NEW_002.fault(book.name, sheet=name, sheets=[one.name for one in sheets])
        counts = {one.name: _filled(one, row) for one in named or sheets if one.visible or named}
        sheet = max(counts, key=lambda each: min(counts[each], 2), default="")
        if counts.get(sheet, 0) < 2:
            where = f"{book.name}!{sheet}"
            raise NEW_018.fault(where, "row", row=row + 1, cells=counts.get(sheet, 0))
        found.setdefault(sheet, []).append(row)
    return found


def _filled(sheet: ReadSheet, row: int) -> int:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return sum(bool(cell_text(value)) for value in cells)


def check_headings(book: Book, layouts: Sequence[Layout], columns: Sequence[str]) -> None:
    """Refuse a heading that no table has."""
    there = [text for one in layouts for table in one.tables for text in table.headings.values()]
    known = {fold(text) for text in there}
    for text in columns:
        heading = text.rpartition("=")[0].strip()
        if fold(heading) not in known:
            names = list(dict.fromkeys(" ".join(each.split()) for each in there)) or ["(none)"]
            raise NEW_019.fault(book.name, "heading", heading=heading, headings=names)
