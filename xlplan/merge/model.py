"""The nouns of a merge: writes, questions, changes, rows, issued workbooks, returns.

All frozen. The ledger stores the classes of `Fact` and nothing else; all else is computed of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec import field as a_field

from xlplan.errors import Problem
from xlplan.merge.kept_cells import KeptCells
from xlplan.merge.kinds import Id, Kind
from xlplan.plan.accounted import AccountLine
from xlplan.plan.definition import KEPT_BACK, WITHDRAWN
from xlplan.plan.values import Value

COORDINATOR = "coordinator"
"""The author of everything that the coordinator writes, whichever workbook it came in."""
NOTED = "noted"
"""The outcome of what is said of a master as it was changed in place: nothing was read from it."""
RULE = "rule"
"""Who is named in the log where a rating follows from the rules of the plan."""
CellKey = tuple[str, str]
"""uid and field id; field ``""`` stands for the row itself."""
Act = Literal["draft", "reminder", "thanks", "sent", "not sent"]


class Place(Struct, frozen=True, array_like=True):
    """Where something was read: file name, sheet name, cell in A1 notation; a list as JSON."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return "!".join(part for part in (self.file, self.sheet, self.cell) if part)


class PlacesInRow(Mapping[str, Place]):
    """Places by field that may all be in one row of a sheet, and are then known by less."""

    __slots__ = ()

    @abstractmethod
    def in_row(self) -> InRow | None:
        """File, sheet, number of the row (from 1), each field with the letters of its column; None
        where they are not known to be in one row, and where there are none."""


InRow = tuple[str, str, int, tuple[tuple[str, str], ...]]
"""As of `PlacesInRow.in_row`."""


def in_one_row(places: Mapping[str, Place]) -> InRow | None:
    """What `PlacesInRow.in_row` says of places; None of any others."""
    return places.in_row() if isinstance(places, PlacesInRow) else None


NOWHERE, NO_WRITE = Place(), Id("")


class Write(Struct, frozen=True):
    """One author's value in one cell, from the file that says it to the register.

    As a return asserts it: this author, looking at this issued workbook, wrote this value in this
    field of this row (field ``""``: said of the row as a whole). `id` is a hash of that, so the
    same edit in any copy of the file is the same write; `raw` is what was typed; `entry` is
    whether it stood in the column for this period's entry of a narrative; `row` holds the texts of
    a whole row by column, and `cells` where each of them stands (`place`: the first). For rows that
    were moved, or are signed with an older key, `readings` is what they write in each way
    (`WAYS`), and `row` their refs by uid.

    What follows is known once it is in the ledger: `seq` is its position there, `source` the
    return or decision that carried it, `cycle` and `period` the cycle it belongs to and that
    one's place among the others. `saw` names the writes that were visible when it was made.
    `stamp` is the earliest in-file time at which it was seen, or ``""``; `timed` is False where it
    was also seen in a file without a time, so that it may be older than `stamp` says. A decision
    that only ends a question does not count as written (`writes`); `answered` names what it
    answers in advance: what it decided in doubt, should another copy say it for certain.
    """

    id: Id
    kind: Kind
    author: str
    uid: str
    field: str
    value: Value
    issued: str = ""
    base: Value = None
    raw: str = ""
    place: Place = NOWHERE
    message: str = ""
    entry: bool = False
    row: Mapping[str, str] = a_field(default_factory=dict)
    cells: Mapping[str, str] = a_field(default_factory=dict)
    readings: Mapping[str, tuple[Write, ...]] = a_field(default_factory=dict)
    seq: int = 0
    source: str = ""
    cycle: str = ""
    period: int = 0
    saw: frozenset[Id] = frozenset()
    stamp: str = ""
    timed: bool = True
    writes: bool = True
    answered: frozenset[Id] = frozenset()

    @property
    def key(self) -> CellKey:
        """The cell it is about."""
        return self.uid, self.field

    @property
    def standing(self) -> bool:
        """Whether it enters the register; all others only ask."""
        return self.kind.stands and self.writes

    @property
    def asks(self) -> bool:
        """Whether it only asks: for an answer of the coordinator's."""
        return not self.kind.stands


class Posted(Struct, frozen=True):
    """A letter to a lead was written into a file, or the coordinator said whether one was sent.

    `issued` is the template that it carries; `why` says why somebody was reminded, in short words;
    `day` (ISO 8601) is that of the letter, or the one on which it was sent.
    """

    act: Act
    cycle: str
    lead: str
    day: str = ""
    issued: str = ""
    file: str = ""
    sha256: str = ""
    why: tuple[str, ...] = ()


class Candidate(Struct, frozen=True):
    """A possible answer: a value, whose it is and where it stands; `changes`: what it would do."""

    value: Value
    text: str
    author: str
    place: Place
    at: str = ""
    write: Id = NO_WRITE
    changes: tuple[Change, ...] = ()


class Question(Struct, frozen=True):
    """What merge may not decide. `id` is a hash of the cell and of what competes for it."""

    id: str
    kind: Kind
    uid: str
    action: str
    field: str
    base: Value
    master: Value
    candidates: tuple[Candidate, ...]
    saw: frozenset[Id]
    choices: tuple[str, ...]
    message: str = ""


class Change(Struct, frozen=True):
    """One field of one action went from one value to another: by whom, in which file and cell."""

    seq: int
    at: str
    cycle: str
    uid: str
    action: str
    field: str
    before: Value
    after: Value
    by: str
    place: Place
    kind: str
    return_id: str = ""
    why: str = ""  # what the coordinator gave as the reason, or why it would be asked


class MasterRow(Struct, frozen=True):
    """One action (or recommendation) as the master has it."""

    uid: str
    kind: str
    ref: str
    section: str
    values: Mapping[str, Value]
    withdrawn: bool = False
    kept_back: bool = False
    """Whether it is the coordinator's alone: sent to no lead, and on no board."""

    @property
    def status(self) -> str:
        """What its field `STATUS` says."""
        return WITHDRAWN if self.withdrawn else KEPT_BACK if self.kept_back else ""


class Defined(Struct, frozen=True):
    """The plan definition as it stands from here on (the text of `plan.toml`); with an import, its
    options (``"edited"``: under a definition of people's) and the rows that are not blank."""

    text: str
    sha256: str
    chosen: Mapping[str, tuple[str, ...]] = a_field(default_factory=dict)
    account: tuple[AccountLine, ...] = ()


class RowAdded(Struct, frozen=True):
    """A row entered the plan: by import, by an accepted proposal, or in `master.xlsx`.

    `order` places it among the rows of its kind; `places` says where each value was read.
    """

    uid: str
    kind: str
    order: float
    values: Mapping[str, Value]
    places: Mapping[str, Place]
    author: str = COORDINATOR
    origin: str = "import"
    source: str = ""
    """The decision or return that brought the row in; with it the row is taken back."""
    sha256: str = ""
    """The digest of the spreadsheet that an imported row was read from; its bytes are kept."""


Digests = Mapping[str, str]
"""Short digests of texts by the sheet they stand on, one after the other."""


class Shared(Struct, frozen=True):
    """The texts and fills of ours that all templates of a cycle have; `id` is their digest."""

    id: str
    texts: Digests
    fills: tuple[str, ...]


class Ours(Struct, frozen=True):
    """What in an issued workbook is ours; what else stands around its table somebody put there.
    `texts` are those of this one alone; the rest is the `Shared` of that id, which the first
    workbook that has it brings along as `brought`."""

    texts: Digests
    shared: str
    brought: Shared | None = None


class Issued(Struct, frozen=True):
    """A workbook went out with a recorded base: the plan as of ledger position `as_of`.

    `document` is ``template``, ``master`` or ``decisions``; `uids` are the rows in it, `fields`
    the field ids, each in order; `inputs` those its author may edit."""

    id: str
    document: str
    author: str
    cycle: str
    return_by: str
    as_of: int
    uids: tuple[str, ...]
    fields: tuple[str, ...]
    inputs: tuple[str, ...]
    file: str
    sha256: str = ""
    ours: Ours | None = None  # as it is where it was issued before this was recorded
    corrects: str = ""  # the digest of the faults that a correction workbook shows
    locked: tuple[str, ...] = ()  # the last of its rows, which are shown and not asked about
    kept: KeptCells | None = None  # where it is the council's own workbook: what stands in it

    @property
    def to_sign(self) -> bool:
        """Whether it is an accountable officer's, who is only asked to read and sign."""
        return bool(self.locked) and len(self.locked) == len(self.uids)


class Unused(Struct, frozen=True):
    """An answer in `decisions.xlsx` that could not be used: as it was typed, where, and why."""

    question: str
    decision: str
    other: str
    why: str
    place: Place
    problem: Problem


class Returned(Struct, frozen=True):
    """A file came back, with everything read from it. `saved_at` is the in-file stamp or ``""``;
    `sign_off` what its sign-off says: ``no_change`` (``"yes"``), ``signed_by``, ``signed_on``;
    `rows` its rows by uid, or by question, of which it could not use the answers in `unused`;
    `confirmed` the uids of those that are ticked as reviewed without a change."""

    id: str
    sha256: str
    file: str
    issued: str
    author: str
    cycle: str
    saved_at: str
    outcome: str
    rows: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    assertions: tuple[Write, ...] = ()
    problems: tuple[Problem, ...] = ()
    information: tuple[str, ...] = ()
    sign_off: Mapping[str, str] = a_field(default_factory=dict)
    unused: tuple[Unused, ...] = ()
    confirmed: tuple[str, ...] = ()


class Decided(Struct, frozen=True):
    """The coordinator's answer to a question. `writes` is whether `value` enters the register;
    `saw` and `answered` are those of the write that it is (see `Write`)."""

    id: str
    question: str
    kind: str
    uid: str
    field: str
    choice: str
    writes: bool
    value: Value
    why: str
    saw: frozenset[Id]
    place: Place
    issued: str = ""
    answered: frozenset[Id] = frozenset()


class Undone(Struct, frozen=True):
    """A return, and the decisions that had seen it, were taken back out."""

    return_id: str
    decisions: tuple[str, ...] = ()
    why: str = ""


class Published(Struct, frozen=True):
    """A composite went to the board: what "previous" means next time; `paper` digests its paper."""

    cycle: str
    as_of: int
    file: str
    sha256: str
    tip: str
    paper: str = ""


class Rekeyed(Struct, frozen=True):
    """From here on stamps are signed with another key: its fingerprint, and that of the one before
    it (blank where none was known)."""

    key: str
    was: str = ""


Fact = Defined | RowAdded | Issued | Returned | Decided | Undone | Published | Posted | Rekeyed


class Event(Struct, frozen=True):
    """A fact with its place in the ledger: position, transaction, time (UTC, ISO 8601), cycle."""

    seq: int
    tx: int
    at: str
    fact: Fact


Spell = tuple[int, Value]
"""The position since which a cell held a value, and the value."""
Times = tuple[Mapping[str, Value], ...]
"""What some fields held, by field id, after each change of one of them; oldest first."""


class Timeline(NamedTuple):
    """What an action was: `begun` is the position at which it came in last, `there` are those at
    which it came into the plan and went out of it, in turn. `cells` have by field id what a field
    has held, or held lately; `times` is what its due and revised dates have been, the present last.
    """

    begun: int
    there: Sequence[int]
    cells: Mapping[str, Sequence[Spell]]
    times: Times
