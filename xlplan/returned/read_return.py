"""A workbook that came back, read: edits, remarks and sign-off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.return_codes import (
    RET_007,
    RET_008,
    RET_009,
    RET_010,
    RET_011,
    RET_012,
    RET_017,
    RET_026,
)
from xlplan.errors import Problem
from xlplan.merge.bases import Alike
from xlplan.merge.doubts import moved_rows
from xlplan.merge.reading import (
    Frame,
    RawCells,
    ReadCell,
    Reading,
    ReadRow,
    Remark,
    RowTrust,
    raw_in,
)
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import Raw
from xlplan.returned.as_issued import OURS, PROPOSED, ids_by_heading, issued_headings
from xlplan.returned.boxes import Form, find_form, read_sign_off, read_ticks, settled_form
from xlplan.returned.furniture import page_texts, sheets_of_ours
from xlplan.returned.identity import Identity, Known, identify, is_signed, may_be_ours, row_keys
from xlplan.returned.kept_master import own_remarks
from xlplan.returned.remarks import remarks_of
from xlplan.returned.tables import (
    Table,
    find_tables,
    is_heading_again,
    plain,
    settled_table,
)
from xlplan.workbook.read.book import Book, CellValue, ReadSheet, a1
from xlplan.workbook.stamp import RowKey

_MOST = 6
"""Columns in doubt that one message names."""


def read_return(book: Book, sha256: str, known: Known) -> Reading:
    """`book` as a return to the plan that is `known`; `sha256` is the digest of its bytes.

    Nothing is raised for a bad file: a problem of level ``error`` refuses it.
    """
    if not book.sheets:
        return _reading(book, sha256, Identity(problems=tuple(book.problems)))
    who = identify(book, known)
    if who.trust == "none" and book.kind == "csv" and not _has_headings(book, known):
        # No stamp is to be expected of a text; one without a single heading is no table of ours.
        return _reading(book, sha256, Identity(problems=(RET_007.problem(book.name),)))
    if who.document in ("decisions", "set-up", "post"):
        return _reading(book, sha256, who, book.problems)
    found = _find_actions(book, known, who)
    untouched = known.all_alike(who.issued, sha256)
    rows = list(_Rows(book, known, who, _ref_columns(known.definition), untouched).of(found))
    issued = known.issued(who.issued)
    problems = (*book.problems, *_problems(book, found, rows, who, issued.uids if issued else ()))
    reading = _reading(book, sha256, who, problems, found, rows)
    if untouched is not None:
        return reading  # around its actions, too, there is nothing but what went out
    remarks: list[Remark] = []
    if who.document == "master":
        return replace(reading, remarks=tuple(own_remarks(book, found.tables)))
    if found.read:
        issued = issued if who.document == "template" else None
        ours = known.furniture_of(issued) if issued else None
        added = book.additions or any(sheet.additions for sheet in book.sheets)
        pages = page_texts(known.definition_of(issued), issued) if issued and added else frozenset()
        remarks += remarks_of(book, found.read, who.document, ours, known.definition, pages)
    if who.document != "template":
        return replace(reading, remarks=tuple(remarks))
    sign_off, instead = read_sign_off(book, known.definition, found.read)
    confirmed, odd = read_ticks(book, found.read, rows)
    told = (*remarks, *instead, *odd)
    return replace(reading, sign_off=sign_off, confirmed=confirmed, remarks=told)


def _has_headings(book: Book, known: Known) -> bool:
    headings = {fold(item.heading) for item in known.definition.fields}
    return any(
        isinstance(value, str) and fold(value) in headings
        for sheet in book.sheets
        for row in sheet.rows
        for value in row
    )


class _Actions(Struct, frozen=True):
    """Where a workbook has its actions: tables, or forms."""

    tables: Sequence[Table] = ()
    forms: Sequence[Form] = ()

    @property
    def read(self) -> list[Table | Form]:
        return [*self.tables, *self.forms]

    def doubts(self) -> Iterator[tuple[ReadSheet, list[str]]]:
        """The columns or lines in doubt, by sheet, and why they are."""
        for table in self.tables:
            yield table.sheet, list(table.doubts.values())
        for form in self.forms:
            yield form.sheet, form.doubts


_NOWHERE = _Actions()


def _find_actions(book: Book, known: Known, who: Identity) -> _Actions:
    ours = sheets_of_ours(who.document)
    sheets = [sheet for sheet in book.sheets if sheet.name not in ours]
    issued = known.issued(who.issued)
    as_issued = known.definition_of(issued) if issued else known.definition
    headings = issued_headings(as_issued, who.document)
    if forms := [form for sheet in sheets if (form := find_form(sheet, headings[0]))]:
        return _Actions(forms=[settled_form(form, headings[0]) for form in forms])
    tables = find_tables(sheets, ids_by_heading(known.definition))
    return _Actions([settled_table(table, headings) for table in tables])


def _reading(
    book: Book,
    sha256: str,
    who: Identity,
    problems: Sequence[Problem] = (),
    found: _Actions = _NOWHERE,
    rows: Sequence[ReadRow] = (),
) -> Reading:
    columns = dict.fromkeys(n for each in found.read for n in each.columns if n not in OURS)
    return Reading(
        file=book.name,
        sha256=sha256,
        kind=book.kind,
        saved_at=book.saved_at,
        document=who.document or "template",
        issued=who.issued,
        trust=who.trust,
        sheet=found.read[0].sheet.name if found.read else "",
        columns=tuple(columns),
        rows=tuple(rows),
        problems=(*who.problems, *problems),
        manifest=who.manifest or {},
    )


class _Rows(Struct, dict=True):
    """The rows of one file, held against the plan."""

    book: Book
    known: Known
    who: Identity
    ref_columns: frozenset[str]
    untouched: Alike | None = None
    """What says of a row that it shows what went out, where the whole file is as it went out."""
    _latest: tuple[Frame | None, int, Alike | None] = None, -1, None
    """What `_of_frame` said last, and of which columns."""

    @cached_property
    def _others(self) -> Mapping[str, str]:
        """The uids of the rows of this file by their refs; the plan knows those of its actions."""
        ref_of, issued = self.known.ref_of, self.who.issued
        return {plain(ref_of(key.uid, issued)): key.uid for key in row_keys(self.book)}

    def _of_frame(self, frame: Frame) -> tuple[int, Alike | None]:
        """The place of the ref in rows of these columns, or -1; and what says of one whether it
        shows what went out."""
        refs = (at for at, name in enumerate(frame.names) if name in self.ref_columns)
        alike = self.untouched or self.known.alike(self.who.issued, frame)
        self._latest = frame, next(refs, -1), alike
        return self._latest[1:]

    def of(self, found: _Actions) -> Iterator[ReadRow]:
        """The rows that say something."""
        for table in found.tables:
            hidden, sheet, as_issued = table.covered(), table.sheet.name, self._as_issued
            for number, values in enumerate(table.sheet.rows[table.first :], table.first):
                key = table.key(values)
                if key is None and is_heading_again(table, values):
                    continue
                cells = table.cells(number, hidden)
                row = as_issued(sheet, number, cells, key) or self._row(sheet, number, cells, key)
                if row is not None:
                    yield row
        for form in found.forms:
            sheet, as_issued = form.sheet.name, self._as_issued
            for key, number, cells in form.actions():
                row = as_issued(sheet, number, cells, key) or self._row(sheet, number, cells, key)
                if row is not None:
                    yield row

    def _as_issued(
        self, sheet: str, number: int, cells: Mapping[str, ReadCell], found: RowKey | None
    ) -> ReadRow | None:
        """A row with its key that shows what went out, at least in its ref; None for any other."""
        if found is None or not isinstance(cells, RawCells) or found.issued != self.who.issued:
            return None
        frame, at, alike = self._latest
        if frame is not cells.frame:
            at, alike = self._of_frame(cells.frame)
        unlike = None if alike is None else alike(found.uid, found.text, cells)
        if unlike is None or (unlike and (at < 0 or at in unlike)):
            return None
        shown: Any = cells.raws[at] if at >= 0 else ""  # nothing but what a file can hold
        return ReadRow(found.uid, plain(shown), number + 1, "signed", cells, found.issued, sheet)

    def _row(
        self, sheet: str, number: int, cells: Mapping[str, ReadCell], found: RowKey | None
    ) -> ReadRow | None:
        """One row, or None where it says nothing: blank, or prose below the table."""
        ref_column = next((name for name in cells if name in self.ref_columns), "")
        # What was read from a file is nothing but what a file can hold.
        shown = cast(CellValue, raw_in(cells, ref_column)) if ref_column else None
        ref = plain(shown)
        trust: RowTrust
        if found is None:
            filled = list(_filled(cells))
            if not filled:
                return None
            uid = self.known.uid_of(ref, self.who.issued) if ref else ""
            if not uid and filled == [ref_column]:
                return None  # a line of text below the table: a remark
            trust = "matched" if uid else "added"
        else:
            uid = found.uid
            says_something = any(_filled(cells))
            trust = self._trust(found, shown, bool(ref_column and says_something))
            if uid.startswith(PROPOSED):
                if not says_something:
                    return None
                trust = "added" if trust in ("signed", "disagrees") else trust
        key_issued = found.issued if found else ""
        apart = self._uid_of(ref) if found and trust in ("disagrees", "added") else ""
        return ReadRow(uid, ref, number + 1, trust, cells, key_issued, sheet, apart)

    def _trust(self, found: RowKey, shown: CellValue, has_ref: bool) -> RowTrust:
        """How far a row's key can be believed: signed, of this workbook, and agreeing with the ref.

        A row that was emptied as a whole shows no ref, and neither does a table whose ref column
        was deleted: then the key stands alone. In `master.xlsx` the coordinator may write a new
        ref, but one that belongs to another row means that the table was sorted without its keys.
        """
        if not is_signed(self.known, found):
            if not may_be_ours(self.known, found):
                return "forged"
            if self.who.trust != "old-key":
                return "foreign"
        if self.who.issued and found.issued != self.who.issued:
            return "foreign"
        own = self.known.ref_of(found.uid, self.who.issued)
        if not has_ref or plain(shown) == plain(own) or _same_number(shown, own):
            return "signed"
        ref = plain(shown)
        if self.who.document == "master" and not self._uid_of(ref):
            return "signed"
        return "disagrees"

    def _uid_of(self, ref: str) -> str:
        """The row of a ref: an action of the plan, or any of this file; or blank."""
        return (self.known.uid_of(ref, self.who.issued) or self._others.get(ref, "")) if ref else ""


def _ref_columns(definition: PlanDefinition) -> frozenset[str]:
    found = (definition.with_role("key", kind) for kind in ("action", "recommendation"))
    return frozenset(item.id for item in found if item is not None)


def _filled(cells: Mapping[str, ReadCell]) -> Iterator[str]:
    """The columns in which anything stands."""
    if isinstance(cells, RawCells):
        odd = {at for at, (formula, error, _) in cells.odd.items() if formula or error}
        both = enumerate(zip(cells, cells.raws, strict=True))
        return (name for at, (name, raw) in both if at in odd or _stands(raw))
    return (name for name, cell in cells.items() if has_content(cell))


def has_content(cell: ReadCell) -> bool:
    """Whether anything stands in a cell; spaces alone do not count."""
    return bool(cell.formula or cell.error) or _stands(cell.value)


def _stands(value: Raw) -> bool:
    return bool(canon_text(value)) if isinstance(value, str) else value is not None


def _same_number(shown: CellValue, ref: str) -> bool:
    """Whether a program made a number of the ref: 1.1 of the text 1.10."""
    if not isinstance(shown, int | float) or isinstance(shown, bool):
        return False
    try:
        return float(ref) == shown
    except ValueError:
        return False


def _problems(
    book: Book, found: _Actions, rows: Sequence[ReadRow], who: Identity, uids: Collection[str]
) -> Iterator[Problem]:
    if any(problem.level == "error" for problem in who.problems):
        return
    if not found.read:
        yield RET_007.problem(book.name)
    elif not rows:
        yield RET_008.problem(book.name, sheets=[each.sheet.name for each in found.read])
    for table in found.tables:
        for name, col in table.twice:
            where = f"{book.name}!{table.sheet.name}!{a1(table.header, col)}"
            yield RET_009.problem(where, column=name)
    for sheet, doubts in found.doubts():
        where, named = f"{book.name}!{sheet.name}", " ".join(doubts[:_MOST])
        if len(doubts) > _MOST:
            yield RET_017.problem(where, "sheet-more", doubts=named, more=len(doubts) - _MOST)
        elif doubts:
            yield RET_017.problem(where, "sheet", doubts=named)
    if moved := moved_rows(rows, uids):
        where = f"{book.name}!{moved.rows[0].sheet}!{moved.span}"
        yield RET_026.problem(where, rows=len(moved.rows))
    apart = {(row.sheet, row.number) for row in moved.rows} if moved else set()
    for row in rows:
        if row.trust in _DOUBTFUL and (row.sheet, row.number) not in apart:
            yield from _row_problem(row, f"{book.name}!{row.sheet}!{row.number}")


_DOUBTFUL = ("disagrees", "foreign", "forged")


def _row_problem(row: ReadRow, where: str) -> Iterator[Problem]:
    ref = row.ref[:80]
    if row.trust == "disagrees":
        yield RET_010.problem(where, row=row.number, ref=ref)
    elif row.trust == "foreign":
        yield RET_011.problem(where, row=row.number, ref=ref, template=row.key_issued)
    elif row.trust == "forged":
        yield RET_012.problem(where, row=row.number, ref=ref)
