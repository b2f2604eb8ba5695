"""A workbook that came in, as values: what `read_book` makes of a file's bytes.

Rows and columns count from 0 and from A1, whatever the reader skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from xlplan.errors import Problem

CellValue = str | int | float | bool | date | datetime | time | timedelta | None
At = tuple[int, int]
"""Row and column, both from 0."""


def a1(row: int, col: int) -> str:
    """The name of a cell: ``a1(11, 5) == "F12"``."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def at_of(name: str) -> At:
    """Where a cell is by its name, the inverse of `a1`: ``at_of("F12") == (11, 5)``."""
    letters = name.rstrip("0123456789")
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(name[len(letters) :]) - 1, col - 1


@dataclass(frozen=True)
class ReadSheet:
    """One sheet as read. `rows` is dense and starts at A1; a cell that is not there is None.

    `formulas` and `errors` hold the cells whose value cannot be taken at face value: the formula
    without its ``=``, and the error's name such as ``"#N/A"``. `notes`, `fills` (``#RRGGBB``) and
    `struck` are filled in only where the file has any and the reader was asked for them.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    visible: bool = True
    formulas: Mapping[At, str] = field(default_factory=dict)
    errors: Mapping[At, str] = field(default_factory=dict)
    notes: Mapping[At, str] = field(default_factory=dict)
    fills: Mapping[At, str] = field(default_factory=dict)
    struck: frozenset[At] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()
    """First row, first column, last row, last column."""
    hidden_rows: frozenset[int] = frozenset()
    """Rows that nobody sees, however that was done; not those that a filter leaves out."""
    filtered_rows: frozenset[int] = frozenset()
    """Rows that a filter leaves out of what is shown."""
    hidden_columns: frozenset[int] = frozenset()
    boxes: Sequence[tuple[At, str]] = ()
    """The texts of text boxes, each with the cell in which its corner is."""
    pictures: Sequence[At] = ()
    """The cells in which the corners of pictures are."""
    links: Mapping[At, str] = field(default_factory=dict)
    """Where links lead."""
    disputed: Mapping[At, str] = field(default_factory=dict)
    """Cells in which a second reader sees something else: what it sees."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file within a file: `name` as the archive or the message has it, to be made safe."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Book:
    """A file as read. `kind` is decided by its bytes (``"xlsx"``, ``"ods"``, ``"csv"``, …).

    `saved_at` is the document's own modified time (ISO 8601, UTC) from inside the file, or ``""``.
    `problems` not empty and `sheets` empty: the file could not be read, and why.
    """

    name: str
    kind: str
    sheets: Sequence[ReadSheet] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    saved_at: str = ""
    problems: Sequence[Problem] = ()
    """With level ``"error"`` where nothing could be read."""
    enclosed: Sequence[Enclosed] = ()
    """The files in an archive or a message; it has no sheets of its own."""
