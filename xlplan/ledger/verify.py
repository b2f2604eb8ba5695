"""Verify: does the record still say what it said? Hash by hash, original by original."""

from __future__ import annotations

from xlplan.errors import Problem
from xlplan.ledger.originals import Originals
from xlplan.ledger.store import NO_EVENTS, Ledger, link
from xlplan.merge.model import Published, Returned


def verify_chain(ledger: Ledger, tip: str = "") -> list[Problem]:
    """Problems with the chain of events; `tip` is a hash printed on a composite, or its start."""
    where = ledger.path.name
    integrity = ledger.integrity()
    if integrity != "ok":
        return [_problem("VER-001", where, f"The database is damaged: {integrity}.")]
    previous, expected, hashes = NO_EVENTS, 1, []
    for seq, tx, at, kind, body, stored in ledger.rows():
        if seq != expected:
            return [_problem("VER-002", where, f"Event {expected} is missing.")]
        previous = link(previous, seq, tx, at, kind, body)
        if previous != stored:
            return [_problem("VER-003", where, f"Event {seq} ({kind}) has been changed.")]
        hashes.append(previous)
        expected += 1
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
    """Problems with the originals that the ledger names."""
    problems = []
    for event in ledger.events():
        fact = event.fact
        if isinstance(fact, Returned) and fact.sha256 and originals.read(fact.sha256) is None:
            missing = not originals.path(fact.sha256).exists()
            problems.append(
                _problem(
                    "VER-005",
                    f"{originals.folder.name}/{fact.sha256}",
                    f"The original of {fact.file} {'is missing' if missing else 'was changed'}.",
                )
            )
        if isinstance(fact, Published) and not _has_hash(ledger, fact.tip):
            problems.append(
                _problem("VER-006", fact.file, f"The composite names a tip, {fact.tip}, unknown.")
            )
    return problems


def _has_hash(ledger: Ledger, tip: str) -> bool:
    return any(stored == tip for *_, stored in ledger.rows())


def _problem(code: str, where: str, what: str) -> Problem:
    return Problem(
        code, where, f"{what} Keep the folder as it is and compare it with the last backup."
    )
