"""`verify`: replay the ledger, check every hash, every original, every projection.

Problems are of the record: something is not as it was written. Notes are of the files that are
written from it: they can be edited, deleted, or left stale by a crash, and are written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xlplan.codes.folder_codes import VER_007, VER_008, VER_009, VER_010, VER_011
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.integrity import verify_chain, verify_originals
from xlplan.ledger.originals import sha256
from xlplan.merge.model import Assertion, Returned
from xlplan.workbook.read.book import Book, CellValue, a1

_UNREAD = frozenset({"row-missing", "row-added", "invalid"})
"""Kinds of assertion that no single cell says as it stands."""


def verify(desk: Desk, tip: str = "", *, trace: bool = True) -> list[Problem]:
    """Everything that is wrong with the record; an empty list where all is as it was written.

    `tip` is a hash printed on a composite: with it a cut tail is noticed. With `trace`, every
    applied assertion is looked up again in the stored bytes of the file that it came from.
    """
    try:
        problems = verify_chain(desk.ledger, tip)
        if problems:
            return problems
        desk.forget()
        problems = verify_originals(desk.ledger, desk.folder.originals)
        problems += _bases(desk)
        if trace and not problems:
            problems += _trace(desk)
        return [*problems, *_files(desk), *_projections(desk)]
    except XlplanError as error:
        return list(error.problems)
    finally:
        desk.forget()


def _bases(desk: Desk) -> Iterator[Problem]:
    """The id of a template is a digest of its base: it must come out the same on replay."""
    from xlplan.cycle.issue import template_id

    for issued in desk.state.issued.values():
        if issued.document != "template":
            continue
        if template_id(desk.state, replace(issued, id="")) != issued.id:
            yield VER_007.problem(issued.file, template=issued.id)


def _files(desk: Desk) -> Iterator[Problem]:
    """Notes on templates and composites that are no longer as they were written."""
    root, board = desk.folder.root, desk.folder.board
    written: dict[Path, str] = {}
    for issued in desk.state.issued.values():
        if issued.document == "template":
            written[root / issued.file] = issued.sha256
    for _, published in desk.state.published:
        written[board / published.file] = published.sha256
    for path, digest in written.items():
        try:
            same = sha256(path.read_bytes()) == digest
        except OSError:
            continue  # sent, moved or deleted: it can be written again
        if not same:
            yield VER_011.problem(path.relative_to(root).as_posix())


def _projections(desk: Desk) -> Iterator[Problem]:
    """Notes on `master.xlsx` and `decisions.xlsx`: edited, or not what the ledger says now."""
    for output in outputs.prepare(desk, Work(desk, None)):
        if outputs.is_edited(desk, output.path):
            yield VER_008.problem(output.path.name)
        elif not output.path.exists():
            if output.data is not None:
                yield VER_010.problem(output.path.name, "missing")
        elif output.path.read_bytes() != output.data:
            yield VER_010.problem(output.path.name, "stale")


def _trace(desk: Desk) -> Iterator[Problem]:
    """Walk from every assertion to its cell in the stored bytes, and compare."""
    from xlplan.workbook.read.pool import read_all

    said: dict[tuple[str, str], list[Assertion]] = {}
    for event in desk.state.return_events:
        fact = event.fact
        if isinstance(fact, Returned) and fact.assertions:
            said.setdefault((fact.file, fact.sha256), []).extend(fact.assertions)
    files = [(file, desk.folder.originals.path(digest)) for file, digest in said]
    for assertions, book in zip(said.values(), read_all(files), strict=True):
        yield from _trace_return(assertions, book)


def _trace_return(assertions: Sequence[Assertion], book: Book) -> Iterator[Problem]:
    cells = {
        (sheet.name, a1(r, c)): value
        for sheet in book.sheets
        for r, row in enumerate(sheet.rows)
        for c, value in enumerate(row)
    }
    for item in assertions:
        place = item.place
        if not place.cell or item.kind in _UNREAD:
            continue
        value = cells.get((place.sheet, place.cell))
        if not _says(value, item):
            yield _disagreement(item, value)


def _disagreement(item: Assertion, value: CellValue) -> Problem:
    where = str(item.place)
    if value is None:
        return VER_009.problem(where, "blank", recorded=item.raw)
    if item.value is None:
        return VER_009.problem(where, "emptied", stored=str(value))
    return VER_009.problem(where, recorded=item.raw, stored=str(value))


def _says(value: CellValue, item: Assertion) -> bool:
    return item.value is None if value is None else str(value) == item.raw
