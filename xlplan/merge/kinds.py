"""The kinds of write, and of question: each once, with everything that follows from it; and by
what writes and questions are known.

A kind is the text by which the ledger and `merge --json` know it. What it does (enter the register
or only ask), which answers its question offers, what becomes of the returned cell, and the words
of the question stand here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value, encode

KEEP = "Keep current"
OTHER = "Other"
COMBINE = "Combine"
ACCEPT = "Accept"
DECLINE = "Decline"
WITHDRAW = "Withdraw"
TRANSFER = "Transfer"
LINK = "Link"
ASK = "Ask the lead"
"""Leaves a question open: its author is asked to correct the cell."""
CHOICES: tuple[str, ...] = (KEEP, OTHER, COMBINE, ACCEPT, DECLINE, WITHDRAW, TRANSFER, LINK, ASK)
"""Every answer that is not a candidate."""
BY_REF = "Go by visible ref"
BY_KEY = "Go by hidden key"
REFUSE = "Refuse the file"
AGREE, DENY = "Agree", "Refuse"
"""The answers to a request."""
TAKE = "Take in the file"
MOVED: Mapping[str, str] = {BY_REF: "ref", BY_KEY: "key"}
"""How rows that were sorted without their keys can be read, each by its answer: its name in the
ledger."""
WAYS: Mapping[str, str] = {**MOVED, TAKE: "file"}
"""How a file that is one question as a whole can be read."""

Disposition = Literal[
    "applied", "agreed", "conflict", "invalid", "held", "locked", "superseded", "proposal"
]


class Kind(StrEnum):
    """What a write is, or what a question is about.

    `stands` is whether it enters the register; all others only ask. For a question: `choices` are
    the answers it offers beside its candidates, `short` says what it is about, and `question`
    what is asked (``{field}`` is filled with the heading of the field). `disposition` is what
    became of a cell that only asks. `for_lead` is whether its author can settle it, as it is not
    about who is right.
    """

    def __new__(
        cls,
        name: str,
        short: str = "",
        question: str = "",
        choices: tuple[str, ...] = (),
        disposition: Disposition = "applied",
        for_lead: bool = False,
    ) -> Kind:
        """A kind by its name, with what follows from it."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.short, made.question, made.choices = short, question, choices
        made.disposition, made.for_lead = disposition, for_lead
        made.stands = not choices
        return made

    short: str
    question: str
    choices: tuple[str, ...]
    disposition: Disposition
    for_lead: bool
    stands: bool

    ROW = "row"
    """A value with which a row came into the plan."""
    DECISION = "decision"
    """The coordinator's answer to a question."""
    RULE = "rule"
    """A rating that follows from the plan's rules."""
    EDIT = "edit"
    """A cell that was filled in."""
    ENTRY = "entry"
    """This period's entry of a narrative."""
    INVALID = (
        "invalid", "Not a value of this field",
        "What came back is not a value of {field}. What should it say?",
        (KEEP, OTHER), "invalid", True,
    )  # fmt: skip
    HELD = (
        "held", "Edit held for the coordinator",
        "The change to {field} was held back. Should the plan take it?",
        (ACCEPT, KEEP, OTHER), "held",
    )  # fmt: skip
    LOCKED = (
        "locked", "A locked cell was changed",
        "A locked cell was changed. Should {field} say this?",
        (ACCEPT, KEEP, OTHER), "locked", True,
    )  # fmt: skip
    CLEARED = (
        "cleared-required", "A required field was emptied",
        "{field} came back blank but must not be. Should it be cleared?",
        (KEEP, ACCEPT, OTHER), "held", True,
    )  # fmt: skip
    STILL_BLANK = (
        "still-blank", "Must be filled in, and is blank",
        "{field} was left blank. What should it say?",
        (KEEP, OTHER), "held", True,
    )  # fmt: skip
    """What a field is required for holds, and nothing stands there: nor did when it went out."""
    ADDED = (
        "row-added", "A row was added",
        "A new action is proposed. Should it join the plan?",
        (ACCEPT, LINK, DECLINE), "proposal",
    )  # fmt: skip
    MISSING = (
        "row-missing", "A row is missing",
        "Keep, withdraw or transfer this action?",
        (KEEP, WITHDRAW, TRANSFER), "held", True,
    )  # fmt: skip
    REQUEST = (
        "request", "Another date was requested",
        "A lead asks for another {field}. Do you agree?",
        (AGREE, DENY, OTHER), "held",
    )  # fmt: skip
    """An edit of a field that a lead may only ask to change: see `xlplan.merge.requests`."""
    CONFLICT = (
        "conflict", "Two answers that differ", "Which of these should {field} say?",
        (KEEP, OTHER), "conflict",
    )  # fmt: skip
    """A question alone: writes that did not see each other differ."""
    REVERTED = (
        "reverted", "Files of one lead differ",
        "Another file of the same lead shows {field} otherwise. Should the plan take that?",
        (KEEP, ACCEPT, OTHER), "held",
    )  # fmt: skip
    """A question alone: a file that may be the author's latest shows something earlier."""

    DEFINITION = (
        "definition", "The definition was changed in two places",
        "plan.toml and set-up.xlsx say different things of {field}. Should the plan take what "
        "set-up.xlsx says?",
        (ACCEPT, KEEP), "conflict",
    )  # fmt: skip
    """A key of the plan definition that was changed in its text and, otherwise, in Excel."""
    SORTED = (
        "file-sorted", "Rows were sorted without their keys",
        "Rows were moved away from their hidden keys. To which actions do their values belong?",
        (*MOVED, REFUSE), "held",
    )  # fmt: skip
    """Rows of one file that disagree as a whole: see `xlplan.merge.doubts`."""
    OLD_KEY = (
        "file-old-key", "Signed with an older key",
        "This file was signed with a key that the plan no longer has. Should the plan take in what "
        "it says?",
        (TAKE, REFUSE), "held",
    )  # fmt: skip
    """A file of a workbook that went out before the plan got its present key."""

    @property
    def of_file(self) -> bool:
        """Whether it is about a file as a whole, whose writes wait for the answer."""
        return self in (Kind.SORTED, Kind.OLD_KEY)

    @property
    def edits(self) -> bool:
        """Whether it is about something that came back otherwise than it went out."""
        return self is not Kind.STILL_BLANK

    @property
    def of_row(self) -> bool:
        """Whether it is about a row as a whole, and no single cell of it."""
        return self in (Kind.ADDED, Kind.MISSING)


OF_FILE = frozenset(kind for kind in Kind if kind.of_file)
"""The kinds of question that are about a file as a whole."""


# Ids are hashes of what they name, so that the same thing has the same id everywhere


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
