"""Verify: does the record still say what it said? Hash by hash, original by original."""

from __future__ import annotations

from xlplan.errors import Problem
from xlplan.ledger.originals import Originals
from xlplan.ledger.store import Ledger
from xlplan.merge.model import Published, Returned, RowAdded


def verify_chain(ledger: Ledger, tip: str = "") -> list[Problem]:
    """Problems with the chain of events; `tip` is a hash printed on a composite, or its start."""
    where = ledger.path.name
    integrity = ledger.integrity()
    if integrity != "ok":
        return [_problem("VER-001", where, f"The database is damaged: {integrity}.")]
    hashes = []
    for row in ledger.chained():
        if isinstance(row, Problem):
            return [_problem(row.code, where, row.message)]
        hashes.append(row[-1])
    if tip and not any(known.startswith(tip.lower()) for known in hashes):
        return [
            _problem(
                "VER-004",
                where,
                f"No event has the hash {tip}: the ledger's tail has been cut, "
                "or the composite belongs to another plan.",
            )
        ]
    return []


def verify_originals(ledger: Ledger, originals: Originals) -> list[Problem]:
    """Problems with the originals: those that the ledger names, and any other that is kept."""
    problems = []
    names: dict[str, str] = {}
    hashes = {row[-1] for row in ledger.chained() if not isinstance(row, Problem)}
    for event in ledger.events():
        fact = event.fact
        if isinstance(fact, Returned) and fact.sha256:
            names.setdefault(fact.sha256, fact.file)
        elif isinstance(fact, RowAdded) and fact.sha256:
            places = (place.file for place in fact.places.values() if place.file)
            names.setdefault(fact.sha256, next(places, "the plan"))
        elif isinstance(fact, Published) and fact.tip not in hashes:
            problems.append(
                _problem(
                    "VER-006",
                    fact.file,
                    f"The composite was published at {fact.tip}, a hash that no event has.",
                )
            )
    kept = originals.digests()
    for digest in [*names, *(digest for digest in kept if digest not in names)]:
        if originals.read(digest) is None:
            what = f"The original of {names[digest]}" if digest in names else "This original"
            how = "was changed" if digest in kept else "is missing"
            where = f"{originals.folder.name}/{digest}"
            problems.append(_problem("VER-005", where, f"{what} {how}."))
    return problems


def _problem(code: str, where: str, what: str) -> Problem:
    return Problem(
        code, where, f"{what} Keep the folder as it is and compare it with the last backup."
    )
