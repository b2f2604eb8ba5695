"""The projection: what a ledger adds up to, kept beside it so that a look at the plan is quick.

A table of answers by topic and name, each a JSON text, found by an index of these alone: to look
for one among the answers themselves would read whatever long one lies beside it. It is believed
only where its mark says that it was made of the very ledger that lies there, and an answer only
where its check holds: whatever is missing, old, damaged or another plan's reads as if nothing had
been kept. Nothing that goes wrong with it is an error: the ledger is the truth, and the file may
be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from xlplan.ledger.sqlite import AT_HAND, as_number, read_text

FORMAT = 5
"""Raised where answers are kept in another form."""
Key = tuple[str, str]
"""Topic and name of an answer."""
_SCHEMA = """
DROP TABLE IF EXISTS mark;
DROP TABLE IF EXISTS answer;
CREATE TABLE mark (body TEXT NOT NULL);
CREATE TABLE answer (
    topic TEXT NOT NULL,
    name  TEXT NOT NULL,
    body  TEXT NOT NULL,
    seal  TEXT NOT NULL,
    PRIMARY KEY (topic, name)
);
"""
_ROOMS = (
    "", "board", "cycle", "issued", "ledger", "merge", "plan", "returned", "workbook/write"
)  # fmt: skip
"""On which rooms the answers depend."""
_PAGE = 16_384
"""Bytes of a page: an answer of a thousand characters or two has no page of its own."""
_BRIEFLY = 0.2
"""Seconds to wait for another command that keeps its answers just now."""


class Mark(NamedTuple):
    """What answers were made of: the last event of a ledger and its hash, the file as it lay there
    (size, and when it was changed), and the program."""

    seq: int
    tip: str
    size: int
    changed: int
    program: str
    format: int = FORMAT


_QUICK = msgspec.json.Encoder(enc_hook=as_number)
_ANYHOW = json.JSONEncoder(separators=(",", ":"))


def answer_text(answer: object) -> str:
    """An answer as it is kept: JSON, with letters as they are where they are any."""
    try:
        return _QUICK.encode(answer).decode()
    except (TypeError, UnicodeError):  # half of a pair of letters
        return _ANYHOW.encode(answer)


class Unknown(Exception):  # noqa: N818  # no error: nothing was kept, or nothing to be believed
    """There is no such answer that can be believed."""


def read_answer(text: str, otherwise: type[Exception] = Unknown) -> Any:
    """The answer that `answer_text` wrote; `otherwise` is raised where the text is no JSON."""
    try:
        return read_text(text)
    except (ValueError, RecursionError):
        raise otherwise from None


def lies_as(ledger: Path) -> tuple[int, int]:
    """The size of a file and when it was changed; Unknown where it cannot be looked at."""
    try:
        found = ledger.stat()
    except OSError:
        raise Unknown from None
    return found.st_size, found.st_mtime_ns


@cache
def program() -> str:
    """What tells one state of this program from another: names, sizes and times of its modules."""
    root = Path(__file__).parent.parent
    found = []
    with contextlib.suppress(OSError):
        for room in _ROOMS:
            with os.scandir(root / room) as files:
                found += sorted(_stamp(file) for file in files if file.name.endswith(".py"))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def _stamp(file: os.DirEntry[str]) -> str:
    known = file.stat()
    return f"{file.name} {known.st_size} {known.st_mtime_ns}"


class Projection:
    """The answers in a file, for reading. Close it, or use it in a ``with`` block."""

    def __init__(self, path: Path) -> None:
        """Open the file; Unknown where there is none, or where it cannot be opened."""
        try:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            self._db.execute(f"PRAGMA cache_size = -{AT_HAND}")
        except (sqlite3.Error, ValueError):
            raise Unknown from None
        self._latest: tuple[object, Mark] = None, Mark(0, "", 0, 0, "", 0)
        """The last mark as it was read: it is looked at beside each answer."""

    def __enter__(self) -> Projection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def mark(self) -> Mark:
        """What the answers were made of."""
        ((body,),) = self._rows("SELECT body FROM mark")
        return self._read_mark(body)

    def _read_mark(self, body: object) -> Mark:
        if body != self._latest[0]:
            try:
                found = Mark(*json.loads(str(body)))
            except (TypeError, ValueError):
                raise Unknown from None
            if found.format != FORMAT:
                raise Unknown
            self._latest = body, found
        return self._latest[1]

    def find(self, topic: str, name: str, of: Mark | None = None) -> str:
        """The text of an answer; Unknown where it was not kept, was changed since, or was made of
        something else than `of` (None: whatever it was made of)."""
        for body, seal, mark in self._rows(_FIND, topic, name):
            if of is not None and self._read_mark(mark) != of:
                break
            if isinstance(body, str) and seal == seal_of(topic, name, body):
                return body
        raise Unknown

    def topic(self, topic: str) -> dict[str, str]:
        """The texts of all answers of a topic, by name, but for those that were changed since."""
        query = "SELECT name, body, seal FROM answer WHERE topic = ?"
        return {
            str(name): body
            for name, body, seal in self._rows(query, topic)
            if isinstance(body, str) and seal == seal_of(topic, str(name), body)
        }

    def kept(self) -> list[Key]:
        """Topic and name of every answer."""
        return [(str(topic), str(name)) for topic, name in self._rows(_KEYS)]

    def _rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        try:
            found = self._db.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeError):
            raise Unknown from None
        if not found and not values:
            raise Unknown
        return found


_FIND = "SELECT body, seal, (SELECT body FROM mark) FROM answer WHERE topic = ? AND name = ?"
_KEYS = "SELECT topic, name FROM answer"


def seal_of(topic: str, name: str, body: str) -> str:
    """What an answer is checked by: a disk may lose a letter of it."""
    text = "\x1f".join((topic, name, body)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]


def keep(
    path: Path,
    mark: Mark,
    answers: Iterable[tuple[Key, str]],
    gone: Iterable[Key],
    old: Mark | None,
) -> None:
    """Put answers into the file, and take out those that are `gone`: of those that were made of
    `old`, else nothing is kept; None begins with none.

    All of it or nothing, whatever happens meanwhile. Where the file cannot be written nothing is
    kept; where it is damaged it is removed.
    """
    try:
        with _writing(path) as db:
            if old is None:
                _begin(db)
            elif db.execute("SELECT body FROM mark").fetchall() != [(json.dumps(old),)]:
                return  # another command has kept its answers meanwhile
            db.execute("DELETE FROM mark")
            db.execute("INSERT INTO mark VALUES (?)", (json.dumps(mark),))
            db.executemany("DELETE FROM answer WHERE topic = ? AND name = ?", gone)
            db.executemany(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)",
                ((*key, body, seal_of(*key, body)) for key, body in answers),
            )
    except sqlite3.OperationalError:
        return  # held by another command, on a full disk, or where nothing may be written
    except (sqlite3.Error, UnicodeError):
        remove(path)


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=_BRIEFLY)) as db:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA page_size = {_PAGE}")  # of a new file
        db.execute("BEGIN IMMEDIATE")
        yield db
        db.execute("COMMIT")


def _begin(db: sqlite3.Connection) -> None:
    """Make the tables anew: those that are there may be of another form."""
    for statement in filter(str.strip, _SCHEMA.split(";")):
        db.execute(statement)


def remove(path: Path) -> None:
    """Delete the file, and what SQLite keeps beside it while it writes."""
    for each in (path, path.with_name(f"{path.name}-journal")):
        with contextlib.suppress(OSError):
            each.unlink()
