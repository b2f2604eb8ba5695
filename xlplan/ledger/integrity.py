"""Whether the record is as it was written: hash by hash, original by original."""

from __future__ import annotations

from xlplan.codes.folder_codes import VER_001, VER_004, VER_005, VER_006
from xlplan.errors import Problem
from xlplan.ledger.originals import Originals
from xlplan.ledger.store import Ledger
from xlplan.merge.model import Published, Returned, RowAdded


def verify_chain(ledger: Ledger, tip: str = "") -> list[Problem]:
    """Problems with the chain of events; `tip` is a hash printed on a composite, or its start."""
    where = ledger.path.name
    integrity = ledger.integrity()
    if integrity != "ok":
        return [VER_001.problem(where, reason=integrity)]
    hashes = []
    for row in ledger.chained():
        if isinstance(row, Problem):
            return [row]
        hashes.append(row[-1])
    if tip and not any(known.startswith(tip.lower()) for known in hashes):
        return [VER_004.problem(where, tip=tip)]
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
            problems.append(VER_006.problem(fact.file, tip=fact.tip))
    kept = originals.digests()
    for digest in [*names, *(digest for digest in kept if digest not in names)]:
        if originals.read(digest) is None:
            where = f"{originals.folder.name}/{digest}"
            if digest not in names:
                problems.append(VER_005.problem(where, "changed-unnamed"))
            elif digest in kept:
                problems.append(VER_005.problem(where, "changed", file=names[digest]))
            else:
                problems.append(VER_005.problem(where, "missing", file=names[digest]))
    return problems
