"""The gate: what every file must pass before a reader sees its bytes.

Everything in an inbox is hostile until it is through here. A refusal is a
`Problem` with a code of its own and says what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from xlplan.codes.gate_codes import GATE_003, GATE_008
from xlplan.codes.gate_codes_inside import GATE_030, GATE_036
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.workbook.read.book import At, Book, Extent, many_together
from xlplan.workbook.read.file_kinds import (
    ARCHIVE,
    MESSAGE,
    OLD_DOCUMENT,
    OTHER_DOCUMENT,
    PASSWORD,
    TNEF,
    declares,
    manifest_type,
    ole_kind,
    plain_kind,
    undeclared,
    zip_kind,
)
from xlplan.workbook.read.inbox import DEFAULT, MB, Bounds, Choice, Refused, Unfit
from xlplan.workbook.read.parts import (
    check_names,
    flat_parts,
    open_package,
    open_parts,
    part_named,
)
from xlplan.workbook.read.relations import Sheets, hidden_sheets, list_sheets, with_usual_names
from xlplan.workbook.read.xlsx_cells import LEAST_CELL, scan_sheet

WRAPPERS = frozenset({ARCHIVE.code, MESSAGE.code, TNEF.code})
"""The codes by which the gate says that a file may have others in it."""
__all__ = ["Admitted", "Bounds", "admit"]

_TEXT = regex(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)")
_INDEX = regex(rb't="s"[^>]*>\s*<v>\s*(\d{1,9})')
_INDEXED = b't="s"'
DOCUMENTS = ("docx", "odt")
"""The kinds of text documents that a plan may be kept in."""
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


class Admitted(Struct, frozen=True):
    """A file that may be read: its kind, its checked parts, and what its sheets' XML says.

    `extents` by sheet name, for the kinds in which it can be told; `sheets` says which part each
    sheet is in, for Open XML. `problems` are notes and warnings.
    """

    kind: str
    parts: Mapping[str, bytes] = field(default_factory=dict)
    sheets: Sheets = ()
    extents: Mapping[str, Extent] = field(default_factory=dict)
    notes: Mapping[str, Mapping[At, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    choice: Choice = field(default_factory=Choice)
    """Which sheets are passed over."""
    renamed: bool = False
    """Whether `parts` are not called, or not packed, as they came."""


def is_wrapper(book: Book) -> bool:
    """Whether the gate turned this file away as one that may have others in it."""
    return not book.sheets and any(problem.code in WRAPPERS for problem in book.problems)


def admit(
    data: bytes,
    name: str,
    bounds: Bounds = DEFAULT,
    *,
    documents: bool = False,
    only: frozenset[str] = frozenset(),
) -> Admitted | Problem:
    """What `data` is and that it is safe to read, or the one problem that refuses it.

    `documents` admits a text document too, for importing a plan: a return is never one. `only`
    names the sheets that are wanted; see `Choice`.
    """
    try:
        return _admit(data, name, bounds, documents, Choice(only))
    except Refused as refused:
        return refused.refusal.at(name)
    except MemoryError:
        return GATE_008.problem(name, "memory")


def _admit(data: bytes, name: str, bounds: Bounds, documents: bool, choice: Choice) -> Admitted:
    if len(data) > bounds.file_bytes:
        raise Refused(GATE_003.fill(mb=bounds.file_bytes // MB))
    kind = plain_kind(data)
    if kind == "zip":
        return _admit_package(data, name, bounds, documents, choice)
    if kind == "fods":
        return _admit_ods(flat_parts(data), bounds, choice)
    if kind == "ole":
        kind = ole_kind(data)
    if documents and kind == OTHER_DOCUMENT:
        kind = OLD_DOCUMENT
    if isinstance(kind, Filled):
        raise Refused(kind)
    if kind == "csv":
        return Admitted(kind, problems=_misnamed(name))
    from xlplan.workbook.read.xls import scan_xls

    return Admitted(kind, extents=scan_xls(data, bounds, choice), choice=choice)


def _misnamed(name: str) -> tuple[Problem, ...]:
    """A text file that has the name of a workbook: it is read, with a note."""
    if not name.lower().endswith(_WORKBOOKS):
        return ()
    return (GATE_036.problem(name),)


def _admit_package(
    data: bytes, name: str, bounds: Bounds, documents: bool, choice: Choice
) -> Admitted:
    package = open_package(data, bounds)
    names = frozenset(package.namelist())
    if not declares(names):  # no document: what is in it need not be inflated to tell
        raise Refused(undeclared(names))
    check_names(package)
    parts: Mapping[str, bytes] = open_parts(package)
    types = part_named(parts, "[Content_Types].xml")
    manifest = parts.get("META-INF/manifest.xml", b"")
    mimetype = parts.get("mimetype", b"")[:200] or manifest_type(manifest)
    kind = zip_kind(frozenset(parts), mimetype, types)
    if kind in DOCUMENTS and not documents:
        kind = OTHER_DOCUMENT
    if isinstance(kind, Filled):
        raise Refused(OLD_DOCUMENT if documents and kind == OTHER_DOCUMENT else kind)
    if kind in ("ods", "odt") and b"encryption-data" in manifest:
        raise Refused(PASSWORD)
    if kind in DOCUMENTS:
        return Admitted(kind, parts)
    if kind == "ods":
        return _admit_ods(parts, bounds, choice)
    parts, renamed = with_usual_names(parts)
    renamed = renamed or not names.issuperset(parts)
    sheets = list_sheets(parts, kind)
    if len(sheets) > bounds.sheets:
        raise Refused(GATE_008.fill("sheets", sheets=len(sheets)))
    choice.hidden = hidden_sheets(parts, kind)
    extents = _extents(kind, parts, sheets, bounds, choice)
    sheets = tuple(each for each in sheets if each[0] not in choice.passed)
    _check_texts(extents, parts, sheets, bounds)
    problems: tuple[Problem, ...] = ()
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        problems = (GATE_030.problem(name),)
    return Admitted(kind, parts, sheets, extents, {}, problems, choice, renamed)


def _admit_ods(parts: Mapping[str, bytes], bounds: Bounds, choice: Choice) -> Admitted:
    from xlplan.workbook.read.ods import scan_ods

    content, styles = parts.get("content.xml", b""), parts.get("styles.xml", b"")
    extents, notes = scan_ods(content, styles, bounds, choice)
    flat = set(parts) == set(flat_parts(b""))
    return Admitted("ods", parts, (), extents, notes, choice=choice, renamed=flat)


def _scan_of(kind: str) -> Callable[[bytes, Bounds], Extent]:
    if kind != "xlsb":
        return scan_sheet
    from xlplan.workbook.read.binary import scan_binary_sheet

    return scan_binary_sheet


def _extents(
    kind: str, parts: Mapping[str, bytes], sheets: Sheets, bounds: Bounds, choice: Choice
) -> dict[str, Extent]:
    """The extents of the sheets that are read, all of them within bounds."""
    scan = _scan_of(kind)
    extents: dict[str, Extent] = {}
    for sheet, part in sheets:
        if part in parts and sheet not in extents and sheet not in choice.passed:
            try:
                extent = scan(parts[part], bounds)
                extent.check(sheet, bounds)
            except Unfit as unfit:
                choice.pass_over(unfit.of(sheet))
            else:
                extents[sheet] = extent
    sizes = {sheet: extent.rows * extent.columns for sheet, extent in extents.items()}
    choice.fit(sizes, bounds.cells, many_together)
    return {sheet: extent for sheet, extent in extents.items() if sheet not in choice.passed}


def _check_texts(
    extents: Mapping[str, Extent], parts: Mapping[str, bytes], sheets: Sheets, bounds: Bounds
) -> None:
    """One long shared text behind a million cells would be copied a million times."""
    shared = part_named(parts, "xl/sharedStrings.xml")
    if len(shared) * _most_cells(extents, parts, sheets) > bounds.text:
        _count_texts(shared, parts, sheets, bounds)


def _most_cells(extents: Mapping[str, Extent], parts: Mapping[str, bytes], sheets: Sheets) -> int:
    """How many cells there can be: one that was not counted takes some bytes at least."""
    listed = {sheet: len(parts.get(part, b"")) // LEAST_CELL for sheet, part in sheets}
    return sum(
        listed.get(sheet, 0) if extent.near else extent.cells for sheet, extent in extents.items()
    )


def _count_texts(shared: bytes, parts: Mapping[str, bytes], sheets: Sheets, bounds: Bounds) -> None:
    items = re.split(rb"<(?:\w+:)?si[\s/>]", shared)[1:]
    read = [parts.get(part, b"") for _, part in sheets]
    if max(map(len, items), default=0) * sum(xml.count(_INDEXED) for xml in read) <= bounds.text:
        return
    lengths = [sum(map(len, _TEXT.findall(item))) for item in items]
    total = 0
    for xml in read:
        for index, cells in Counter(_INDEX.findall(xml)).items():
            total += lengths[int(index)] * cells if int(index) < len(lengths) else 0
        if total > bounds.text:
            raise Refused(GATE_008.fill("text", millions=bounds.text // MB))
