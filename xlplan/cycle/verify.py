"""`verify`: replay the ledger, check every hash, every original, every projection."""

from __future__ import annotations

from dataclasses import replace

from xlplan.cycle.desk import Desk
from xlplan.cycle.outputs import is_edited
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.verify import verify_chain, verify_originals
from xlplan.merge.model import Issued, Place, Returned
from xlplan.workbook.book import a1


def verify(desk: Desk, tip: str = "", *, trace: bool = True) -> list[Problem]:
    """Everything that is wrong with the record; an empty list where all is as it was written.

    `tip` is a hash printed on a composite: with it a cut tail is noticed. With `trace`, every
    applied assertion is looked up again in the stored bytes of the file that it came from.
    """
    problems = verify_chain(desk.ledger, tip)
    if problems:
        return problems
    try:
        state = desk.state
    except XlplanError as error:
        return list(error.problems)
    problems = verify_originals(desk.ledger, desk.folder.originals)
    for issued in state.issued.values():
        if issued.document == "template" and not _base_agrees(desk, issued):
            problems.append(
                Problem(
                    "VER-007",
                    issued.file,
                    f"The recorded base of {issued.id} does not replay to what was issued. "
                    "Keep the folder as it is and compare it with the last backup.",
                )
            )
    for path in (desk.folder.master, desk.folder.decisions):
        if path.exists() and is_edited(desk, path):
            problems.append(
                Problem(
                    "VER-008",
                    path.name,
                    "The file holds edits that have not been merged. Run: xlplan merge",
                    "note",
                )
            )
    if trace and not problems:
        problems += _trace(desk)
    return problems


def _base_agrees(desk: Desk, issued: Issued) -> bool:
    """Whether the id of a template, a digest of its base, comes out the same on replay."""
    from xlplan.cycle.issue import template_id

    return template_id(desk.state, replace(issued, id="")) == issued.id


def _trace(desk: Desk) -> list[Problem]:
    """Walk from every assertion to its cell in the stored bytes, and compare."""
    from xlplan.workbook.reading import read_book

    problems = []
    for event in desk.state.return_events:
        fact = event.fact
        if not isinstance(fact, Returned) or not fact.assertions:
            continue
        data = desk.folder.originals.read(fact.sha256)
        book = read_book(data or b"", fact.file)
        cells = {
            (sheet.name, a1(r, c)): value
            for sheet in book.sheets
            for r, row in enumerate(sheet.rows)
            for c, value in enumerate(row)
        }
        for item in fact.assertions:
            place: Place = item.place
            if not place.cell or item.kind in ("row-missing", "row-added", "invalid"):
                continue
            value = cells.get((place.sheet, place.cell))
            if ("" if value is None else str(value)) != item.raw and not (
                value is None and item.value is None
            ):
                problems.append(
                    Problem(
                        "VER-009",
                        str(place),
                        f'The ledger says "{item.raw}" was read here; the stored file says '
                        f'"{value}". Keep the folder as it is and report this.',
                    )
                )
    return problems
