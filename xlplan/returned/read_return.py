"""A workbook that came back, read as a return: which rows are which, and what stands in them.

Identity is decided by the first that verifies (manifest, row keys, visible reference), and each
row by its own signed key together with its visible ref; disagreement is said, never guessed
(DESIGN section 8, FIELD-NOTES 1). Nothing is compared with the base here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from xlplan.errors import Problem
from xlplan.merge.model import Issued
from xlplan.merge.reading import ReadCell, Reading, ReadRow, RowTrust
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import canon_text
from xlplan.returned.forms import Form, find_form
from xlplan.returned.furniture import OPEN, Furniture
from xlplan.returned.identity import Identity, identify
from xlplan.returned.remarks import OURS, remarks_of
from xlplan.returned.signed_off import read_sign_off
from xlplan.returned.swapped_columns import settled_form, settled_table, title_problems, titles_of
from xlplan.returned.tables import (
    Table,
    find_tables,
    headings_of,
    is_heading_again,
    plain,
    read_cell,
)
from xlplan.workbook.read.book import At, Book, CellValue, a1
from xlplan.workbook.stamp import RowKey, check_row_key, parse_row_key

PROPOSED = "new-"
"""Uids of the blank rows in which a lead may propose an action."""


@dataclass(frozen=True)
class Known:
    """What the plan knows and the file cannot: see `read_return`."""

    key: bytes
    refs: Mapping[str, str]
    locked: Callable[[str, str], str | None]
    ref_of: Callable[[str], str]
    ref_columns: frozenset[str]
    others: frozenset[str]
    """Refs that belong to some row of this file; those of the plan are `refs`."""

    def signed(self, found: RowKey) -> bool:
        """Whether this plan made this key for this row of that issued workbook."""
        text = self.locked(found.issued, found.uid)
        return text is not None and check_row_key(self.key, found, text)

    def __contains__(self, ref: str) -> bool:
        """Whether a ref belongs to some row, of the plan or of this file."""
        return ref in self.refs or ref in self.others


def read_return(
    book: Book,
    sha256: str,
    key: bytes,
    issued: Callable[[str], Issued | None],
    refs: Mapping[str, str],
    definition: PlanDefinition,
    *,
    locked: Callable[[str, str], str | None],
    ref_of: Callable[[str], str],
    furniture: Callable[[Issued], Furniture] | None = None,
    defined: Callable[[Issued], PlanDefinition] | None = None,
) -> Reading:
    """`book` as a return.

    `issued` gives the issued workbook of an id; `refs` the uid of each ref (as `plain` gives it),
    for workbooks without row keys; `locked(issued_id, uid)` the locked text that a row's key was
    signed with, None where that workbook has no such row; `ref_of(uid)` the ref of a row;
    `furniture` what in a template is ours, for telling what was written around its table;
    `defined` the definition under which a workbook went out, `definition` if not given. Nothing
    is raised for a bad file: a problem of level ``error`` refuses it.
    """
    problems = tuple(book.problems)
    if not book.sheets:
        return _reading(book, sha256, Identity(problems=problems))
    sheets = [sheet for sheet in book.sheets if sheet.name not in OURS]
    keys = list(_keys(book))
    others = frozenset(plain(ref_of(found.uid)) for found in keys)
    known = Known(key, refs, locked, ref_of, _ref_columns(definition), others)
    verified = [found for found in keys if known.signed(found)]
    who = identify(book, key, issued, definition, verified, bool(keys))
    if who.document == "decisions":
        return _reading(book, sha256, who, problems)
    if who.document == "master":
        sheets = [sheet for sheet in sheets if sheet.name != OPEN]
    forms = [form for sheet in sheets if (form := find_form(sheet))]
    tables = find_tables(sheets, headings_of(definition)) if not forms else []
    known_as = issued(who.issued)
    as_issued = defined(known_as) if defined and known_as else definition
    titles = titles_of(as_issued, who.document)
    tables = [settled_table(table, titles) for table in tables]
    forms = [settled_form(form, titles[0]) for form in forms]
    rows = [row for table in tables for row in _rows(table, known, who)]
    rows += [row for form in forms for row in _form_rows(form, known, who)]
    problems += tuple(_table_problems(book, tables, forms, rows, who))
    found = _reading(book, sha256, who, problems, tables, forms, rows)
    if tables or forms:
        template = known_as if who.document == "template" else None
        ours = furniture(template) if furniture and template else None
        said = remarks_of(book, tables, forms, who.document, ours, definition)
        found = replace(found, remarks=tuple(said))
    signed, instead = read_sign_off(book, definition) if who.document == "template" else ({}, [])
    return replace(found, sign_off=signed, remarks=(*found.remarks, *instead))


def _reading(
    book: Book,
    sha256: str,
    who: Identity,
    problems: Sequence[Problem] = (),
    tables: Sequence[Table] = (),
    forms: Sequence[Form] = (),
    rows: Sequence[ReadRow] = (),
) -> Reading:
    read: list[Table | Form] = [*tables, *forms]
    columns = dict.fromkeys(name for each in read for name in each.columns)
    return Reading(
        file=book.name,
        sha256=sha256,
        kind=book.kind,
        saved_at=book.saved_at,
        document=who.document or "template",
        issued=who.issued,
        trust=who.trust,
        sheet=read[0].sheet.name if read else "",
        columns=tuple(columns),
        rows=tuple(rows),
        problems=(*who.problems, *problems),
        manifest=who.manifest or {},
    )


def _ref_columns(definition: PlanDefinition) -> frozenset[str]:
    found = (definition.with_role("key", kind) for kind in ("action", "recommendation"))
    return frozenset(item.id for item in found if item is not None)


def _keys(book: Book) -> Iterator[RowKey]:
    for sheet in book.sheets:
        for row in sheet.rows:
            for value in row:
                if isinstance(value, str) and (found := parse_row_key(value)):
                    yield found


def _rows(table: Table, known: Known, who: Identity) -> Iterator[ReadRow]:
    hidden = table.covered()
    for number in range(table.first, len(table.sheet.rows)):
        values = table.sheet.rows[number]
        found = table.key(values)
        if found is None and is_heading_again(table, values):
            continue
        cells = _cells(table, number, hidden)
        row = _row(table.sheet.name, number, cells, found, known, who)
        if row is not None:
            yield row


def _form_rows(form: Form, known: Known, who: Identity) -> Iterator[ReadRow]:
    for found, number, cells in form.actions():
        row = _row(form.sheet.name, number, cells, found, known, who)
        if row is not None:
            yield row


def _cells(table: Table, number: int, hidden: Container[At]) -> dict[str, ReadCell]:
    return {
        name: read_cell(table.sheet, (number, col), table.doubts.get(name, ""))
        for name, col in table.columns.items()
        if (number, col) not in hidden
    }


def has_content(cell: ReadCell) -> bool:
    """Whether anything stands in a cell; spaces alone do not count."""
    if isinstance(cell.value, str) and not cell.formula and not cell.error:
        return bool(canon_text(cell.value))
    return cell.value is not None or bool(cell.formula or cell.error)


def _row(
    sheet: str,
    number: int,
    cells: Mapping[str, ReadCell],
    found: RowKey | None,
    known: Known,
    who: Identity,
) -> ReadRow | None:
    """One row, or None where it says nothing: blank, or prose below the table."""
    filled = [name for name, cell in cells.items() if has_content(cell)]
    ref_column = next((name for name in cells if name in known.ref_columns), "")
    # What was read from a file is nothing but what a file can hold.
    shown = cast(CellValue, cells[ref_column].value) if ref_column else None
    ref = plain(shown)
    trust: RowTrust
    if found is None:
        if not filled:
            return None
        uid = known.refs.get(ref, "") if ref else ""
        if not uid and filled == [ref_column]:
            return None  # a line of text below the table: a remark
        trust = "matched" if uid else "added"
    else:
        uid = found.uid
        trust = _trust(found, shown, bool(ref_column and filled), known, who)
        if uid.startswith(PROPOSED):
            if not filled:
                return None
            trust = "added" if trust in ("signed", "disagrees") else trust
    key_issued = found.issued if found else ""
    return ReadRow(uid, ref, number + 1, trust, cells, key_issued, sheet)


def _trust(found: RowKey, shown: CellValue, has_ref: bool, known: Known, who: Identity) -> RowTrust:
    """How far a row's key can be believed: signed, of this workbook, and agreeing with the ref.

    A row that was emptied as a whole shows no ref, and neither does a table whose ref column was
    deleted: then the key stands alone. In `master.xlsx` the coordinator may write a new ref, but
    one that belongs to another row means that the table was sorted without its keys.
    """
    if not known.signed(found):
        return "forged"
    if who.issued and found.issued != who.issued:
        return "foreign"
    own = known.ref_of(found.uid)
    if not has_ref or plain(shown) == plain(own) or _same_number(shown, own):
        return "signed"
    if who.document == "master" and plain(shown) not in known:
        return "signed"
    return "disagrees"


def _same_number(shown: CellValue, ref: str) -> bool:
    """Whether a program made a number of the ref: 1.1 of the text 1.10."""
    if not isinstance(shown, int | float) or isinstance(shown, bool):
        return False
    try:
        return float(ref) == shown
    except ValueError:
        return False


def _table_problems(
    book: Book,
    tables: Sequence[Table],
    forms: Sequence[Form],
    rows: Sequence[ReadRow],
    who: Identity,
) -> Iterator[Problem]:
    if any(problem.level == "error" for problem in who.problems):
        return
    if not tables and not forms:
        text = (
            "No table with this plan's headings was found on any sheet. Ask its sender to fill in "
            "the template that was issued."
        )
        yield Problem("RET-007", book.name, text)
    elif not rows:
        read: list[Table | Form] = [*tables, *forms]
        sheets = ", ".join(f'"{each.sheet.name}"' for each in read)
        text = f"The table on {sheets} has no rows. Ask its sender to send the template again."
        yield Problem("RET-008", book.name, text)
    for table in tables:
        for name, col in table.twice:
            where = f"{book.name}!{table.sheet.name}!{a1(table.header, col)}"
            text = (
                f'The column "{name}" is here twice; only the first was read. '
                "Check whether the other one holds anything new."
            )
            yield Problem("RET-009", where, text, level="warning")
    yield from title_problems(book, tables, forms)
    yield from _row_problems(book, rows)


_ROW_FAULTS: Mapping[str, tuple[str, str]] = {
    "disagrees": (
        "RET-010",
        'shows the ref "{ref}", but its hidden key is of another row: it may have been sorted or '
        "pasted. Its edits are asked about; answer in decisions.xlsx.",
    ),
    "foreign": (
        "RET-011",
        'with the ref "{ref}" was pasted from another template ({issued}). Its edits are asked '
        "about; answer in decisions.xlsx.",
    ),
    "forged": (
        "RET-012",
        'with the ref "{ref}" has a key that this plan did not make. Nothing in it counts by '
        "itself; enter by hand what is wanted.",
    ),
}


def _row_problems(book: Book, rows: Sequence[ReadRow]) -> Iterator[Problem]:
    for row in rows:
        if row.trust in _ROW_FAULTS:
            code, text = _ROW_FAULTS[row.trust]
            said = text.format(ref=row.ref[:80], issued=row.key_issued)
            where = f"{book.name}!{row.sheet}!{row.number}"
            yield Problem(code, where, f"Row {row.number} {said}", level="warning")
