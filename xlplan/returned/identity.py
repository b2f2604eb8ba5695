"""The stamp of a workbook that came back: whose it says it is, and whether that is so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from xlplan.errors import Problem
from xlplan.merge.model import Issued
from xlplan.merge.reading import Trust
from xlplan.plan.definition import PlanDefinition
from xlplan.workbook.read.book import Book
from xlplan.workbook.stamp import PROPERTY, Manifest, RowKey, is_manifest, read_manifest

_ISSUED_ID = re.compile(r"\b[a-z]-[0-9a-f]{6,64}\b")
_SUBJECT = "subject"
_WHAT = {"master": "the master.xlsx", "decisions": "the decisions.xlsx"}


@dataclass(frozen=True)
class Identity:
    """Which issued workbook a file answers, how that is known, and what is wrong with its stamp."""

    issued: str = ""
    document: str = ""
    trust: Trust = "none"
    manifest: Mapping[str, object] | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """What in a workbook claims to be a manifest.

    `manifest` is the first genuine one, else the first that can be read; `several` are the issued
    ids where genuine ones disagree; `changed` is whether one in a cell is not this plan's.
    """

    manifest: Manifest | None
    claimed: bool
    several: tuple[str, ...]
    changed: bool


def find_manifest(book: Book, key: bytes) -> Claims:
    """The manifest of a workbook, by its content: in a cell of any sheet, else in its properties.

    A property that is not genuine is not called changed: programs cut long properties.
    """
    readable: list[Manifest] = []
    claimed = changed = False
    for text, in_cell in _claims(book):
        claimed = True
        found = read_manifest(key, text)
        changed |= in_cell and not (found and found.genuine)
        if found:
            readable.append(found)
    genuine = [found for found in readable if found.genuine]
    named = tuple(dict.fromkeys(str(found.payload.get("issued", "")) for found in genuine))
    first = next(iter(genuine or readable), None)
    return Claims(first, claimed, named if len(named) > 1 else (), changed)


def _claims(book: Book) -> Iterator[tuple[str, bool]]:
    """Every text that claims to be a manifest, and whether it stands in a cell."""
    for sheet in book.sheets:
        for row in sheet.rows:
            for value in row:
                if isinstance(value, str) and "xlplan-stamp" in value and is_manifest(value):
                    yield value, True
    if is_manifest(book.properties.get(PROPERTY)):
        yield book.properties[PROPERTY], False


def identify(
    book: Book,
    key: bytes,
    issued: Callable[[str], Issued | None],
    definition: PlanDefinition,
    verified: Iterable[RowKey],
    keyed: bool,
) -> Identity:
    """Who a workbook is, by the first that verifies: manifest, row keys, visible reference.

    `verified` are the row keys that this plan signed; `keyed` is whether there are any at all.
    """
    claims = find_manifest(book, key)
    manifest, claimed, several = claims.manifest, claims.claimed, claims.several
    counts = Counter(found.issued for found in verified)
    by_rows = min(counts, key=lambda name: (-counts[name], name)) if counts else ""
    if manifest is not None and manifest.genuine and not several:
        return _by_manifest(book, manifest, issued, definition, claims.changed)
    if manifest is not None and manifest.payload.get("plan", definition.id) != definition.id:
        return _other_plan(book, manifest)
    if by_rows:
        return _by_rows(book, by_rows, issued, claimed, several)
    if claimed or keyed:
        return Identity(trust="forged", problems=(_forged(book),))
    return _by_reference(book, issued)


def _by_manifest(
    book: Book,
    manifest: Manifest,
    issued: Callable[[str], Issued | None],
    definition: PlanDefinition,
    changed: bool,
) -> Identity:
    payload = manifest.payload
    if payload.get("plan", definition.id) != definition.id:
        return _other_plan(book, manifest)
    name = str(payload.get("issued", ""))
    known = issued(name)
    document = known.document if known else str(payload.get("document", ""))
    problems: tuple[Problem, ...] = ()
    if known is None:
        problems = (_unknown(book, name),)
    elif changed:
        problems = (_changed(book, name),)
    return Identity(name, document, "signed", payload, problems)


def _by_rows(
    book: Book,
    name: str,
    issued: Callable[[str], Issued | None],
    claimed: bool,
    several: tuple[str, ...],
) -> Identity:
    known = issued(name)
    if several:
        said = f"It carries the stamps of several workbooks ({', '.join(several)})"
    elif claimed:
        said = "Its stamp is damaged"
    else:
        said = "Its stamp is missing, as in a copied sheet"
    text = (
        f"{said}; its rows carry the signed keys of {name} and were read by them. "
        "Check that it is the workbook you expected."
    )
    problem = Problem("RET-006", book.name, text, level="warning")
    return Identity(name, known.document if known else "", "rows", None, (problem,))


def _by_reference(book: Book, issued: Callable[[str], Issued | None]) -> Identity:
    for name in _references(book):
        if known := issued(name):
            text = (
                f'It has no stamp; its reference "{name}" says which template it is. Rows are '
                "matched by their visible ref, and every edit is asked about before it counts."
            )
            problem = Problem("RET-005", book.name, text, level="warning")
            return Identity(name, known.document, "reference", None, (problem,))
    text = (
        "It carries no stamp, no row keys and no template reference, so it cannot be told which "
        "template it answers. Ask its sender to fill in the template that was issued."
    )
    return Identity(problems=(Problem("RET-003", book.name, text),))


def _references(book: Book) -> Iterator[str]:
    """Texts that look like the id of an issued workbook: the subject, then short cells."""
    yield from _ISSUED_ID.findall(book.properties.get(_SUBJECT, ""))
    for sheet in book.sheets:
        for row in sheet.rows:
            for value in row:
                if isinstance(value, str) and "-" in value and len(value) < 80:
                    yield from _ISSUED_ID.findall(value)


def _other_plan(book: Book, manifest: Manifest) -> Identity:
    other = str(manifest.payload.get("plan", ""))[:80]
    what = _WHAT.get(str(manifest.payload.get("document", "")), "a template")
    text = f'It is {what} of another plan ("{other}"). Merge it in that plan'
    text += ", or ask its sender for the template of this one." if what == "a template" else "."
    trust: Trust = "signed" if manifest.genuine else "forged"
    problem = Problem("RET-001", book.name, text)
    return Identity("", "", trust, manifest.payload, (problem,))


def _forged(book: Book) -> Problem:
    text = (
        "Its stamp and row keys were not made by this plan, or were changed since. Nothing in it "
        "was taken. Ask its sender to fill in the template that was issued."
    )
    return Problem("RET-002", book.name, text)


def _changed(book: Book, name: str) -> Problem:
    text = (
        f"A copy of its stamp was changed; another is whole and says that this is {name}, which "
        "was believed. Check that it is the workbook you expected."
    )
    return Problem("RET-006", book.name, text, level="warning")


def _unknown(book: Book, name: str) -> Problem:
    text = (
        f'This plan signed it as "{name}" but has no record of issuing it: the ledger may be an '
        "older copy. Merge it where it was issued."
    )
    return Problem("RET-004", book.name, text)
