"""Ids are hashes of what they name, so that the same thing has the same id everywhere."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value, encode


class Id(NamedTuple):
    """Names a write. In doubt it is another write than the same for certain, so that one may be
    answered and the other come in."""

    name: str
    doubt: bool = False

    @property
    def certain(self) -> Id:
        """The same, as a copy that gives no reason for doubt has it."""
        return Id(self.name)

    @property
    def doubted(self) -> Id:
        """The same, as a copy that gives a reason for doubt has it."""
        return Id(self.name, True)

    @property
    def stored(self) -> str:
        """As the ledger has it, and as the ids of questions and decisions are made of it."""
        return f"{self.name}?" if self.doubt else self.name

    @classmethod
    def of(cls, stored: str) -> Id:
        """The one that is `stored` so."""
        return cls(stored.removesuffix("?"), stored.endswith("?"))


CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
"""Writes the one JSON text of which digests are made."""


def digest(*parts: object) -> str:
    """64 hex digits of SHA-256 over JSON values, the same on every machine."""
    text = CANONICAL.encode(parts)
    return hashlib.sha256(text.encode()).hexdigest()


def named(prefix: str, *parts: object, length: int = 12) -> str:
    """An id such as ``q-1f0c29a4b7e3``: a prefix and the first digits of the parts' digest."""
    return f"{prefix}-{digest(*parts)[:length]}"


def identity(value: Value) -> object:
    """A JSON value that is equal for equal canonical values, and for those only."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Timescale):
        return {"timescale": value.key}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    encoded = encode(value)
    if isinstance(encoded, dict) and "raw" in encoded:
        return {"invalid": encoded["raw"]}
    return encoded


def write_id(issued: str, author: str, uid: str, column: str, value: Value) -> Id:
    """The id of a write: the same edit from any copy of the same workbook is the same write."""
    return Id(named("w", issued, author, uid, column, identity(value), length=20))


def row_uid(proposal: str) -> str:
    """The uid of the row that a proposal becomes: one for each, whatever was proposed there."""
    return named("a", proposal)
