"""A return as it was read, before anything is made of it: what the reader hands to the merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xlplan.errors import Problem
from xlplan.merge.model import Place
from xlplan.plan.values import Raw

Trust = Literal["signed", "rows", "reference", "forged", "none"]
RowTrust = Literal["signed", "matched", "disagrees", "foreign", "forged", "added"]

LONGEST_REMARK = 2_000
"""Characters of one remark that are told; the rest stands in the file."""


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One cell as read. `formula` and `error` are set where the value cannot be taken as typed,
    `other` where a second reader sees something else: what it sees; `doubt` where an edit of it
    cannot apply by itself: why; `as_read` what the reader made of it, where it means another
    text."""

    value: Raw
    cell: str
    formula: str = ""
    error: str = ""
    other: str = ""
    doubt: str = ""
    as_read: str = ""

    @property
    def raw(self) -> str:
        """What stands in the cell, as `Assertion.raw` records it and `verify` looks it up again.

        A formula or an error counts where there is no value to show: one without a saved value.
        """
        if self.value is not None:
            return self.as_read or str(self.value)
        return self.error or (f"={self.formula}" if self.formula else "")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row below the headings. `cells` by column id (see `xlplan.returned.as_issued`).

    `trust` says how `uid` was found: ``signed`` (its key verifies and agrees with the visible
    ref), ``matched`` (by the visible ref alone, in a workbook without row keys), ``disagrees``
    (key and visible ref name different rows: `uid` is the key's, `ref` what is visible),
    ``foreign`` (a genuine key of another issued workbook), ``forged`` (a key that this plan never
    signed), ``added`` (no key and no known ref: a row that somebody added; `uid` is empty).
    """

    uid: str
    ref: str
    number: int
    trust: RowTrust
    cells: Mapping[str, ReadCell]
    key_issued: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said outside the input cells: a note, an extra column, a strikethrough. `more` is
    how many characters of it are left out of `text`."""

    kind: str
    place: Place
    text: str
    more: int = 0


def remark(kind: str, place: Place, text: str) -> Remark:
    """A remark with as much of `text` as is told."""
    return Remark(kind, place, text[:LONGEST_REMARK], max(len(text) - LONGEST_REMARK, 0))


@dataclass(frozen=True, slots=True)
class Reading:
    """A return as read. `issued` is the id of the workbook it answers, or ``""`` if not known.

    `trust`: ``signed`` (manifest verified), ``rows`` (no manifest, but signed row keys),
    ``reference`` (only the visible template reference or refs), ``forged`` (a manifest that does
    not verify), ``none``. `columns` lists the ids of the columns found, each once, in the order
    of the sheet; what is not listed is absent. `problems` of level ``error`` refuse the file.
    """

    file: str
    sha256: str
    kind: str
    saved_at: str
    document: str
    issued: str
    trust: Trust
    sheet: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[ReadRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)
    sign_off: Mapping[str, str] = field(default_factory=dict)
    """What its sign-off says: ``no_change`` (``"yes"``), ``signed_by``, ``signed_on``."""
