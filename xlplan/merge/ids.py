"""Ids that are hashes of what they name, so that the same thing has the same id everywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value, encode


def digest(*parts: object) -> str:
    """64 hex digits of SHA-256 over JSON values, the same on every machine."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def named(prefix: str, *parts: object, length: int = 12) -> str:
    """An id such as ``q-1f0c29a4b7e3``: a prefix and the first digits of the parts' digest."""
    return f"{prefix}-{digest(*parts)[:length]}"


def identity(value: Value) -> object:
    """A JSON value that is equal for equal canonical values, and for those only."""
    if isinstance(value, Timescale):
        return {"timescale": value.key}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    encoded = encode(value)
    if isinstance(encoded, dict) and "raw" in encoded:
        return {"invalid": encoded["raw"]}
    return encoded


def assertion_id(issued: str, author: str, uid: str, column: str, value: Value) -> str:
    """The id of an assertion: the same edit from any copy of the file is the same (MERGE 1)."""
    return named("w", issued, author, uid, column, identity(value), length=20)


_DOUBT, _ANSWERED = "?", "!"


def in_doubt(assertion: str) -> str:
    """The id of an assertion where there is a reason to doubt it: not the same as for certain."""
    return assertion + _DOUBT


def for_certain(assertion: str) -> str:
    """The id that an assertion has in a copy of its file that gives no reason for doubt."""
    return assertion.removesuffix(_DOUBT)


def answered_with(asked: Iterable[str]) -> frozenset[str]:
    """What a decision about assertions `asked` has seen besides: what was in doubt is answered
    for certain as well, whichever copy says it (MERGE section 3)."""
    return frozenset(for_certain(a) + _ANSWERED for a in asked if a.endswith(_DOUBT))


def answered(saw: Iterable[str]) -> frozenset[str]:
    """The assertions that decisions with `saw` have answered before any copy said them."""
    return frozenset(a.removesuffix(_ANSWERED) for a in saw if a.endswith(_ANSWERED))


def row_uid(proposal: str) -> str:
    """The uid of the row that a proposal becomes: one for each, whatever was proposed there."""
    return named("a", proposal)
