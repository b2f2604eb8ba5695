"""The ledger: an append-only, hash-chained table of events in SQLite (see README.md).

One transaction a command, begun IMMEDIATE, so that a second coordinator knows at once; EXTRA
synchronisation, so that a crash leaves before or after. Triggers refuse UPDATE and DELETE; the
chain makes a change by other means noticeable; the tip's hash is printed on every composite.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlplan.codes.folder_codes import LED_001, LED_002, LED_003, LED_007, VER_002, VER_003
from xlplan.errors import Problem, XlplanError
from xlplan.ledger import sqlite
from xlplan.ledger.sqlite import AT_HAND, DAMAGE, damaged, read_text

if TYPE_CHECKING:
    from xlplan.merge.model import Event, Fact

FORMAT = 3
"""Version of the ledger's format; a ledger with a higher one was made by a newer xlplan."""
PLAIN, WITH_KEYS, PACKED = 1, 2, 3
"""The format of a ledger in which no event asks for a higher one; from the first new key on; from
the first event on that is packed."""
NO_EVENTS = "0" * 64
"""The hash before the first event."""
BRIEFLY, PATIENTLY = 200, 5000
"""Milliseconds to wait for somebody else's command to begin ours, and for a reader to end ours."""
Row = tuple[int, int, str, str, str, str]
"""A stored row: seq, tx, at, kind, body, hash."""
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


def _holds(previous: str, row: Sequence[Any]) -> bool:
    """Whether a stored row is as it was written, after an event with this hash."""
    seq, tx, at, kind, body, stored = row
    plain = isinstance(tx, int) and all(isinstance(v, str) for v in (at, kind, body))
    return plain and link(previous, seq, tx, at, kind, body) == stored


def _as_text(row: Any) -> Any:
    """A stored row whose fifth value, the body, is text again."""
    return (*row[:4], sqlite.unpacked(row[4]), *row[5:]) if isinstance(row[4], bytes) else row


class Ledger:
    """An open ledger. Use `create` or `open_`; close it, or use it in a ``with`` block."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._of_many = False  # whether it is of a plan that begins with many rows
        self._is_left_open = False  # of a transaction, which the next one rolls back first
        self._has_recorded: bool | None = False
        self._holder = path.with_name(path.name + ".holder")

    @classmethod
    def create(cls, path: Path, rows: int = 0) -> Ledger:
        """A new, empty ledger at `path`, which must not exist, for a plan of so many rows."""
        if path.exists():
            raise LED_001.fault(str(path))
        ledger = cls(path, _connect(path))
        ledger._of_many = sqlite.make_room(ledger._db, rows)
        with ledger._explaining():
            ledger._db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}")
            ledger._db.execute("INSERT INTO meta VALUES ('format', ?)", (str(PLAIN),))
            ledger._db.execute("COMMIT")
        return ledger

    @classmethod
    def open_(cls, path: Path) -> Ledger:
        """The ledger at `path`; XlplanError where it is missing, damaged or from a newer xlplan."""
        if not path.is_file():
            raise LED_002.fault(str(path))
        ledger = cls(path, _connect(path))
        try:
            ledger._check_format()
        except XlplanError:
            ledger.close()
            raise
        return ledger

    def _check_format(self) -> None:
        row = self._first("SELECT value FROM meta WHERE name = 'format'")
        if row is None or not str(row[0]).isdecimal() or int(row[0]) < 1:
            raise LED_007.fault(str(self.path), "format")
        if int(row[0]) > FORMAT:
            raise LED_003.fault(str(self.path), format=row[0], known=FORMAT)

    def fingerprint(self) -> str:
        """The fingerprint of the key that this ledger belongs to; ``""`` in one that has none yet.

        Beside the events, so that those of an older ledger stay as they are, and their tip too.
        """
        row = self._first("SELECT value FROM meta WHERE name = 'key'")
        return str(row[0]) if row else ""

    def close(self) -> None:
        """Close the database; an open transaction is rolled back."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def events(self) -> list[Event]:
        """The events, in order; XlplanError where the chain of hashes does not hold."""
        events = []
        for row in self.chained():
            if isinstance(row, Problem):
                raise LED_007.fault(str(self.path), "chain", why=row.message)
            events.append(self._event(*row[:5]))
        return events

    def chained(self) -> Iterator[Row | Problem]:
        """Every stored row whose hash holds; at the first that does not, why, and no more."""
        previous = NO_EVENTS
        query = "SELECT seq, tx, at, kind, body, hash FROM event ORDER BY seq"
        for expected, row in enumerate(map(_as_text, self._all(query)), 1):
            if row[0] != expected:
                yield VER_002.problem(self.path.name, event=expected)
                return
            if not _holds(previous, row):
                yield VER_003.problem(self.path.name, event=row[0])
                return
            previous = row[-1]
            yield row

    def events_after(self, seq: int) -> list[Event]:
        """The events after a position of a ledger that has been read already."""
        query = "SELECT seq, tx, at, kind, body FROM event WHERE seq > ? ORDER BY seq"
        return [self._event(*row) for row in map(_as_text, self._all(query, seq))]

    def events_at(self, positions: Iterable[int]) -> Iterator[Event]:
        """The events at some positions, each checked against the one before it; XlplanError where
        one is not as it was written."""
        query = """
            SELECT seq, tx, at, kind, body, hash,
                (SELECT hash FROM event AS before WHERE before.seq = event.seq - 1)
            FROM event WHERE seq = ?"""
        for seq in positions:
            found = next(map(_as_text, self._all(query, seq)), None)
            if found is None or not _holds(found[6] or NO_EVENTS, found[:6]):
                raise LED_007.fault(str(self.path), "event", event=seq)
            yield self._event(*found[:5])

    def _event(self, seq: int, tx: int, at: str, kind: str, body: str) -> Event:
        from xlplan.ledger.codec import from_body
        from xlplan.merge.model import Event

        try:
            return Event(seq, tx, at, from_body(kind, read_text(body)))
        except (KeyError, TypeError, ValueError) as error:
            raise LED_007.fault(str(self.path), "event", event=seq) from error

    def _all(self, query: str, *values: int) -> list[Any]:
        with self._explaining():
            return self._db.execute(query, values).fetchall()

    def _first(self, query: str, *values: int) -> Any:
        """The only row that a query gives; None where it gives none."""
        return next(iter(self._all(query, *values)), None)

    def hash_at(self, seq: int) -> str:
        """The hash of the event at a position; ``""`` where there is none."""
        row = self._first("SELECT hash FROM event WHERE seq = ?", seq)
        return str(row[0]) if row else ""

    def tip(self) -> tuple[int, int, str]:
        """Position, transaction and hash of the last event; zeros where there is none."""
        row = self._first("SELECT seq, tx, hash FROM event ORDER BY seq DESC LIMIT 1")
        return (int(row[0]), int(row[1]), str(row[2])) if row else (0, 0, NO_EVENTS)

    def copy_to(self, path: Path) -> None:
        """A copy of the database as it stands between two commands, while others go on working.

        XlplanError where `path` is there already, or where somebody does not let go of the ledger.
        """
        if path.exists():
            raise LED_001.fault(str(path))
        tries = 0

        def wait(_status: int, _remaining: int, _total: int) -> None:
            nonlocal tries
            tries += 1
            if tries > PATIENTLY / BRIEFLY:
                raise sqlite3.OperationalError("locked")

        with self._explaining(), contextlib.closing(sqlite3.connect(path)) as copy:
            self._wait(PATIENTLY)
            self._db.backup(copy, progress=wait, sleep=BRIEFLY / 1000)

    def integrity(self) -> str:
        """What SQLite itself says of the file: ``"ok"``, or what is wrong; XlplanError where it
        cannot be read just now."""
        try:
            found = str(self._db.execute("PRAGMA integrity_check").fetchone()[0])
            if found == "ok" and self._schema() != _expected_schema():
                return "the tables or the triggers that keep it append-only have been changed"
        except DAMAGE as error:
            if sqlite.is_of_disk(error):
                raise sqlite.explained(error, self.path, self._who(), self._has_recorded) from error
            return str(error)
        return found

    def _schema(self) -> list[tuple[str, ...]]:
        return self._db.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()

    # Writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The one transaction of a command: committed at the end, rolled back on any error."""
        with self.held():
            yield (made := Transaction(self))
            with self._explaining():
                self._wait(PATIENTLY)  # somebody's `status` may be reading just now
                try:
                    self._db.execute("COMMIT")
                except sqlite3.OperationalError:
                    stands = sqlite.is_recorded(self._db, made._seq, made._hash)
                    self._has_recorded = self._has_recorded or stands
                    raise
            self._has_recorded = True

    @contextlib.contextmanager
    def held(self, patience: int = BRIEFLY) -> Iterator[None]:
        """Hold the ledger against other writers; wait at most `patience` milliseconds for it.

        Who holds it is written beside it, for the message of whoever comes second (LED-004).
        """
        with self._explaining():
            # SQLite begins on a read-only disk as well, and says so at the first write only.
            if not all(os.access(place, os.W_OK) for place in (self.path, self.path.parent)):
                raise sqlite3.OperationalError("readonly")
            self._wait(patience)
            if self._is_left_open:
                self._db.execute("ROLLBACK")
                self._is_left_open = False
            self._db.execute("BEGIN IMMEDIATE")
        try:
            with contextlib.suppress(OSError):  # a courtesy; the lock itself is SQLite's
                self._holder.write_text(sqlite.whoami(), encoding="utf-8")
            yield
        finally:
            with contextlib.suppress(OSError):
                self._holder.unlink()
            if self._db.in_transaction:
                try:
                    self._db.execute("ROLLBACK")
                except sqlite3.Error:
                    self._is_left_open = self._db.in_transaction

    @property
    def was_held(self) -> bool:
        """Whether a name stands beside the ledger: of who holds it, or held it as they crashed."""
        return self._holder.exists()

    def _wait(self, milliseconds: int) -> None:
        self._db.execute(f"PRAGMA busy_timeout = {milliseconds}")

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        """Say SQLite's errors as a person would need them."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise sqlite.explained(error, self.path, self._who(), self._has_recorded) from error
        except DAMAGE as error:
            raise damaged(self.path, str(error)) from error

    def _who(self) -> str:
        """Who holds the ledger, as far as that can be known."""
        try:
            holder = self._holder.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            holder = ""
        own = holder.endswith(f"(process {os.getpid()})")
        return "" if own else holder


class Transaction:
    """What may be appended while a transaction is open."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seq, last, self._hash = ledger.tip()
        self.tx = last + 1
        self._format = 0  # not asked yet

    def bind(self, fingerprint: str) -> None:
        """Note the key that the ledger belongs to."""
        self._note("key", fingerprint)

    def _note(self, name: str, value: str) -> None:
        with self._ledger._explaining():
            query = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
            self._ledger._db.execute(query, (name, value))

    def append(self, at: str, facts: Sequence[Fact]) -> list[Event]:
        """Append facts with their time (UTC, ISO 8601); return the events."""
        from xlplan.ledger.codec import kind_of, text_of
        from xlplan.merge.model import Event, Rekeyed

        events = []

        def rows() -> Iterator[tuple[object, ...]]:
            for fact in facts:
                self._seq += 1
                kind, text = kind_of(fact), text_of(fact)
                self._hash = link(self._hash, self._seq, self.tx, at, kind, text)
                body = sqlite.packed(text, soon=self._ledger._of_many)
                events.append(Event(self._seq, self.tx, at, fact))
                yield self._seq, self.tx, at, kind, body, self._hash
                if isinstance(fact, Rekeyed):
                    self.bind(fact.key)
                    self._ask_for(WITH_KEYS)
                if isinstance(body, bytes):
                    self._ask_for(PACKED)

        with self._ledger._explaining():
            self._ledger._db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows())
        return events

    def _ask_for(self, least: int) -> None:
        """Raise the format of the ledger: an older xlplan could not read on."""
        if self._format == 0:
            row = self._ledger._first("SELECT value FROM meta WHERE name = 'format'")
            self._format = int(row[0])
        if self._format < least:
            self._format = least
            self._note("format", str(least))


def _text_of(stored: bytes) -> str:
    """A stored text; what is damaged in it is replaced, so that its hash does not hold."""
    return stored.decode("utf-8", "replace")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=BRIEFLY / 1000)
    except sqlite3.OperationalError as error:
        raise sqlite.explained(error, path) from error
    db.text_factory = _text_of
    try:
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute(f"PRAGMA cache_size = -{AT_HAND}")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return db  # whatever is asked of it first fails, with the name of the holder
        db.close()
        raise sqlite.explained(error, path) from error
    except DAMAGE as error:
        db.close()
        raise damaged(path, str(error)) from error
    return db


def _expected_schema() -> list[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(_SCHEMA)
        return db.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()
