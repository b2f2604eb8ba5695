"""`verify`: replay the ledger, check every hash, every original, every projection.

Problems are of the record: something is not as it was written. Notes are of the files that are
written from it: they can be edited, deleted, or left stale by a crash, and are written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.codes.folder_codes import VER_007, VER_008, VER_009, VER_010, VER_011
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import first_fingerprint
from xlplan.cycle.outputs import is_edited, unusable
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.integrity import verify_chain, verify_originals
from xlplan.ledger.originals import sha256
from xlplan.merge.model import Returned, Write
from xlplan.workbook.read.book import Book, at_of

if TYPE_CHECKING:
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a ledger: how many events it has, and the hash of the last (SHA-256, hex)."""

    events: int
    hash: str


def verify(desk: Desk, tip: str = "", *, executor: Executor | None = None) -> list[Problem]:
    """Everything that is wrong with the record; an empty list where all is as it was written.

    `tip` is a hash printed on a composite: with it a cut tail is noticed. Every assertion is
    looked up again in the stored bytes of the file that it came from, which `executor` reads;
    the default is a process pool on this machine.
    """
    problems: list[Problem] = []
    try:
        problems += verify_chain(desk.ledger, tip)
        if problems:
            return problems
        desk.forget()
        problems += verify_originals(desk.ledger, desk.folder.originals)
        problems += _bases(desk)
        if not problems:
            problems += _trace(desk, executor)
        problems += _files(desk)
        if not desk.ledger.fingerprint():
            first_fingerprint(desk.folder, desk.state)
        problems += _projections(desk)  # signed, so that the key is looked at
    except XlplanError as error:
        problems += error.problems
    finally:
        desk.forget()
    return problems


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
        if is_edited(desk, output.path):
            found = unusable(desk, output.path)
            yield replace(found, level="note") if found else VER_008.problem(output.path.name)
        elif not output.path.exists():
            if output.data is not None:
                yield VER_010.problem(output.path.name, "missing")
        elif output.path.read_bytes() != output.data:
            yield VER_010.problem(output.path.name, "stale")


def _trace(desk: Desk, executor: Executor | None) -> Iterator[Problem]:
    """Walk from every assertion to its cell in the stored bytes, and compare."""
    from xlplan.workbook.read.pool import read_all, read_values_alone

    asserted: dict[tuple[str, str], list[Write]] = {}
    for event in desk.state.return_events:
        fact = event.fact
        if isinstance(fact, Returned) and fact.assertions:
            asserted.setdefault((fact.file, fact.sha256), []).extend(fact.assertions)
    files = [(file, desk.folder.originals.path(digest)) for file, digest in asserted]
    books = read_all(files, executor=executor, lighter=read_values_alone)
    for assertions, book in zip(asserted.values(), books, strict=True):
        yield from _trace_return(assertions, book)


def _trace_return(assertions: Sequence[Write], book: Book) -> Iterator[Problem]:
    """Each cell is read as the merge read it, so that a difference is one of the record."""
    from xlplan.returned.tables import read_cell

    sheets = {sheet.name: sheet for sheet in book.sheets}
    for item in assertions:
        place = item.place
        if not place.cell or item.kind.of_row:
            continue
        sheet = sheets.get(place.sheet)
        found = None if sheet is None else read_cell(sheet, at_of(place.cell)).raw
        if found != item.raw:
            yield _disagreement(item, found)


def _disagreement(item: Write, found: str | None) -> Problem:
    """`found` is what a cell of the stored file holds; None where it has no such sheet."""
    where = str(item.place)
    if found is None:
        return VER_009.problem(where, "sheet", recorded=item.raw)
    if not found:
        return VER_009.problem(where, "blank", recorded=item.raw)
    if not item.raw:
        return VER_009.problem(where, "emptied", stored=found)
    return VER_009.problem(where, recorded=item.raw, stored=found)
