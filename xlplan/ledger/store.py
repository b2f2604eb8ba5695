"""The ledger: an append-only, hash-chained table of events in SQLite (MERGE section 4).

One transaction a command, begun IMMEDIATE, so that a second coordinator is told at once; FULL
synchronisation, so that a crash leaves before or after. Triggers refuse UPDATE and DELETE; the
chain makes a change by other means noticeable; the tip's hash is printed on every composite.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlplan.errors import XlplanError, fault
from xlplan.ledger.codec import canonical, from_body, kind_of, to_body
from xlplan.merge.model import Event, Fact

FORMAT = 1
"""Version of the ledger's format; a ledger with a higher one was made by a newer xlplan."""
NO_EVENTS = "0" * 64
"""The hash before the first event."""

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE event (
    seq  INTEGER PRIMARY KEY CHECK (seq > 0),
    tx   INTEGER NOT NULL,
    at   TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE TRIGGER event_is_final BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_stays BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


def link(previous: str, seq: int, tx: int, at: str, kind: str, body: str) -> str:
    """The hash of an event, chained to the one before it."""
    text = "\x1f".join((previous, str(seq), str(tx), at, kind, body))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Ledger:
    """An open ledger. Use `create` or `open_`; close it, or use it in a ``with`` block."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._holder = path.with_name(path.name + ".holder")

    @classmethod
    def create(cls, path: Path) -> Ledger:
        """A new, empty ledger at `path`, which must not exist."""
        if path.exists():
            raise fault("LED-001", str(path), "A ledger is already here; nothing was changed.")
        ledger = cls(path, _connect(path))
        with ledger._said():
            ledger._db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}")
            ledger._db.execute("INSERT INTO meta VALUES ('format', ?)", (str(FORMAT),))
            ledger._db.execute("COMMIT")
        return ledger

    @classmethod
    def open_(cls, path: Path) -> Ledger:
        """The ledger at `path`; XlplanError where it is missing, damaged or from a newer xlplan."""
        if not path.is_file():
            raise fault("LED-002", str(path), "The ledger is missing. Restore it from a backup.")
        ledger = cls(path, _connect(path))
        with ledger._said():
            row = ledger._db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
        if row is None or not str(row[0]).isdecimal():
            raise _damaged(path, "it does not say its format")
        if int(row[0]) > FORMAT:
            raise fault(
                "LED-003",
                str(path),
                f"The ledger has format {row[0]}; this xlplan knows formats up to {FORMAT}. "
                "Install the newer xlplan that made it.",
            )
        return ledger

    def close(self) -> None:
        """Close the database; an open transaction is rolled back."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def events(self, after: int = 0) -> list[Event]:
        """The events after a position, in order."""
        with self._said():
            rows = self._db.execute(
                "SELECT seq, tx, at, kind, body FROM event WHERE seq > ? ORDER BY seq", (after,)
            ).fetchall()
        events = []
        for seq, tx, at, kind, body in rows:
            try:
                events.append(Event(seq, tx, at, from_body(kind, json.loads(body))))
            except (KeyError, TypeError, ValueError) as error:
                raise _damaged(self.path, f"event {seq} cannot be read") from error
        return events

    def rows(self) -> Iterator[tuple[int, int, str, str, str, str]]:
        """Every stored row as it is, for `verify`: seq, tx, at, kind, body, hash."""
        with self._said():
            yield from self._db.execute(
                "SELECT seq, tx, at, kind, body, hash FROM event ORDER BY seq"
            )

    def tip(self) -> tuple[int, int, str]:
        """Position, transaction and hash of the last event; zeros where there is none."""
        with self._said():
            row = self._db.execute(
                "SELECT seq, tx, hash FROM event ORDER BY seq DESC LIMIT 1"
            ).fetchone()
        return (int(row[0]), int(row[1]), str(row[2])) if row else (0, 0, NO_EVENTS)

    def integrity(self) -> str:
        """What SQLite itself says of the file: ``"ok"``, or what is wrong."""
        try:
            return str(self._db.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)

    # Writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The one transaction of a command: committed at the end, rolled back on any error."""
        with self._said():
            self._db.execute("BEGIN IMMEDIATE")
        with contextlib.suppress(OSError):  # a courtesy; the lock itself is SQLite's
            self._holder.write_text(_whoami(), encoding="utf-8")
        try:
            yield Transaction(self)
            with self._said():
                self._db.execute("COMMIT")
        finally:
            with contextlib.suppress(sqlite3.Error):
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
            with contextlib.suppress(OSError):
                self._holder.unlink()

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Say SQLite's errors as a person would need them."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise self._explain(error) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, str(error)) from error

    def _explain(self, error: sqlite3.OperationalError) -> XlplanError:
        text = str(error)
        where = str(self.path)
        if "locked" in text or "busy" in text:
            try:
                holder = self._holder.read_text(encoding="utf-8").strip()
            except OSError:
                holder = "somebody else"
            return fault(
                "LED-004",
                where,
                f"The plan is in use by {holder}. Nothing was changed; "
                "try again when that command has ended.",
            )
        if "readonly" in text or "unable to open" in text:
            return fault(
                "LED-005",
                where,
                "The plan folder cannot be written to. Nothing was changed; "
                "check its permissions, or copy the whole folder to a disk of your own.",
            )
        if "full" in text:
            return fault("LED-006", where, "The disk is full. Nothing was changed; make room.")
        return _damaged(self.path, text)


class Transaction:
    """What may be appended while a transaction is open."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seq, last, self._hash = ledger.tip()
        self.tx = last + 1

    def append(self, at: str, facts: Sequence[Fact]) -> list[Event]:
        """Append facts with their time (UTC, ISO 8601); return the events."""
        events = []
        for fact in facts:
            self._seq += 1
            kind, body = kind_of(fact), canonical(to_body(fact))
            self._hash = link(self._hash, self._seq, self.tx, at, kind, body)
            with self._ledger._said():
                self._ledger._db.execute(
                    "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
                    (self._seq, self.tx, at, kind, body, self._hash),
                )
            events.append(Event(self._seq, self.tx, at, fact))
        return events


def _connect(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=0.2)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA trusted_schema = OFF")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return db
        raise fault(
            "LED-005",
            str(path),
            "The ledger cannot be opened for writing. Check the folder's permissions.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error
    return db


def _damaged(path: Path, why: str) -> XlplanError:
    return fault(
        "LED-007",
        str(path),
        f"The ledger cannot be read ({why}). Keep the file as it is and restore the plan folder "
        "from a backup; the files that came back are still in returns.",
    )


def _whoami() -> str:
    import platform  # slow to import, and only needed by commands that write

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "somebody"
    return f"{user} on {platform.node() or 'this computer'} (process {os.getpid()})"
