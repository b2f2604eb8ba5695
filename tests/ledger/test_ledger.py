"""The ledger: append-only, chained, held by one at a time, and honest about what it meets."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import small
from tests.conftest import ROOT
from tests.tampering import tamper
from xlplan.cycle.folder import Originals, sweep, write_atomically
from xlplan.cycle.verify import verify_chain
from xlplan.errors import XlplanError
from xlplan.ledger.store import FORMAT, NO_EVENTS, PATIENTLY, Ledger, link
from xlplan.merge.model import Defined

AT = "2026-11-02T12:00:00Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with three events in two transactions."""
    path = tmp_path / "ledger.db"
    with Ledger.create(path) as ledger:
        with ledger.transaction() as work:
            work.append(AT, [Defined("one", "1"), Defined("two", "2")])
        with ledger.transaction() as work:
            work.append(AT, [Defined("three", "3")])
    return path


def codes(error: XlplanError) -> list[str]:
    return [problem.code for problem in error.problems]


def open_error(path: Path) -> str:
    with pytest.raises(XlplanError) as caught, Ledger.open_(path) as ledger:
        ledger.events()
    [problem] = caught.value.problems
    return str(problem)


def chain_problems(path: Path, tip: str = "") -> list[str]:
    with Ledger.open_(path) as ledger:
        return [problem.code for problem in verify_chain(ledger, tip)]


def test_events_come_back_in_order_with_their_transaction_and_time(path: Path) -> None:
    with Ledger.open_(path) as ledger:
        events = ledger.events()
        assert [(e.seq, e.tx, e.at) for e in events] == [(1, 1, AT), (2, 1, AT), (3, 2, AT)]
        assert [e.fact for e in events] == [
            Defined("one", "1"), Defined("two", "2"), Defined("three", "3"),
        ]  # fmt: skip


def test_every_hash_takes_in_the_one_before_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT seq, tx, at, kind, body, hash FROM event ORDER BY seq").fetchall()
    previous = NO_EVENTS
    for *parts, stored in rows:
        previous = link(previous, *parts)
        assert previous == stored
    with Ledger.open_(path) as ledger:
        assert ledger.tip() == (3, 2, previous)


@pytest.mark.parametrize("sql", ["UPDATE event SET body = '{}'", "DELETE FROM event WHERE seq = 3"])
def test_events_can_be_neither_changed_nor_deleted(path: Path, sql: str) -> None:
    with (
        closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(sql)


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    def fail(ledger: Ledger) -> None:
        with ledger.transaction() as work:
            work.append(AT, [Defined("four", "4")])
            raise KeyError

    with Ledger.open_(path) as ledger:
        before = ledger.tip()
        with pytest.raises(KeyError):
            fail(ledger)
        assert ledger.tip() == before
        assert not list(path.parent.glob("*.holder"))


@pytest.mark.damages_ledger
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET body = replace(body, 'two', 'too') WHERE seq = 2",
        "UPDATE event SET at = '2026-11-03T12:00:00Z' WHERE seq = 2",
        "UPDATE event SET tx = 2 WHERE seq = 2",
        "UPDATE event SET kind = 'published' WHERE seq = 2",
        "UPDATE event SET body = CAST(body AS BLOB) WHERE seq = 2",
        "UPDATE event SET hash = 'f' || hash WHERE seq = 2",
    ],
)
def test_a_changed_event_is_noticed(path: Path, sql: str) -> None:
    tamper(path, sql)
    assert chain_problems(path) == ["VER-003"]
    assert "Event 2 of the ledger was changed" in open_error(path)


@pytest.mark.damages_ledger
def test_a_deleted_event_is_noticed(path: Path) -> None:
    tamper(path, "DELETE FROM event WHERE seq = 2")
    assert chain_problems(path) == ["VER-002"]
    assert "Event 2 is missing" in open_error(path)


def test_a_cut_tail_is_noticed_by_a_tip_that_was_printed(path: Path) -> None:
    with Ledger.open_(path) as ledger:
        tip = ledger.tip()[2]
    assert chain_problems(path, tip) == []
    assert chain_problems(path, tip[:16].upper()) == []
    tamper(path, "DELETE FROM event WHERE seq = 3")
    assert chain_problems(path) == []
    assert chain_problems(path, tip) == ["VER-004"]


@pytest.mark.damages_ledger
def test_dropped_triggers_are_noticed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_stays")
    assert chain_problems(path) == ["VER-001"]


def test_a_body_of_another_shape_is_damage_even_with_its_hash(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        tip = db.execute("SELECT hash FROM event WHERE seq = 3").fetchone()[0]
        body = '{"text": 1, "of": "another time"}'
        digest = link(tip, 4, 3, AT, "defined", body)
        db.execute("INSERT INTO event VALUES (4, 3, ?, 'defined', ?, ?)", (AT, body, digest))
    assert chain_problems(path) == []
    assert "event 4 cannot be understood" in open_error(path)


@pytest.mark.damages_ledger
@pytest.mark.parametrize(
    ("value", "code"),
    [(str(FORMAT + 1), "LED-003"), ("0", "LED-007"), ("one", "LED-007"), ("", "LED-007")],
)
def test_only_a_known_format_is_opened(path: Path, value: str, code: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE meta SET value = ?", (value,))
    with pytest.raises(XlplanError) as caught:
        Ledger.open_(path)
    assert codes(caught.value) == [code]


@pytest.mark.damages_ledger
def test_a_ledger_that_does_not_say_its_format_is_not_opened(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM meta")
    assert open_error(path).endswith("[LED-007]")


@pytest.mark.damages_ledger
def test_a_file_that_is_no_ledger_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for data in (b"not a database, but long enough to be looked at as one" * 40, b""):
        path.write_bytes(data)
        assert open_error(path).endswith("[LED-007]")


@pytest.mark.damages_ledger
def test_damage_whose_message_cannot_be_decoded_is_damage(path: Path) -> None:
    """SQLite quotes the name of a table that it cannot make sense of."""
    path.write_bytes(path.read_bytes().replace(b"tableevent", b"tableev\xd4nt"))
    assert open_error(path).endswith("[LED-007]")


def test_a_missing_ledger_and_one_that_is_there_already(path: Path) -> None:
    assert open_error(path.with_name("other.db")).endswith("[LED-002]")
    with pytest.raises(XlplanError) as caught:
        Ledger.create(path)
    assert codes(caught.value) == ["LED-001"]


@pytest.mark.damages_ledger
def test_an_empty_ledger_says_that_new_did_not_finish(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    (folder / "ledger.db").unlink()
    Ledger.create(folder / "ledger.db").close()
    with pytest.raises(XlplanError) as caught:
        small.opened(folder)
    assert codes(caught.value) == ["LED-008"]


# One at a time


def test_whoever_comes_second_is_told_who_holds_the_plan(path: Path) -> None:
    with Ledger.open_(path) as first, Ledger.open_(path) as second:
        with first.held():
            holder = path.with_name("ledger.db.holder")
            holder.write_text("asha on desk-12 (process 4711)", encoding="utf-8")
            with pytest.raises(XlplanError, match="in use by asha on desk-12") as caught:
                second.held().__enter__()
            assert codes(caught.value) == ["LED-004"]
            holder.unlink()
            with pytest.raises(XlplanError, match="in use by another command"):
                second.held().__enter__()
        with second.held():
            pass
    assert not list(path.parent.glob("*.holder"))


def test_two_processes_cannot_merge_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    code = (
        "import sys; from pathlib import Path; from xlplan.ledger.store import Ledger\n"
        "with Ledger.open_(Path(sys.argv[1])) as ledger, ledger.transaction():\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "ledger.db")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        capsys.readouterr()
        before = (folder / "ledger.db").read_bytes()
        master = (folder / "master.xlsx").read_bytes()
        assert small.do(folder, "merge") == 2
        said = capsys.readouterr().err
        assert re.search(rf"in use by \S+ on \S+ \(process {first.pid}\)", said)
        assert "[LED-004]" in said
        assert (folder / "ledger.db").read_bytes() == before
        assert (folder / "master.xlsx").read_bytes() == master
        assert small.do(folder, "status") == 0  # reading goes on
    finally:
        first.communicate()
    assert not list(folder.glob("*.holder"))
    assert small.do(folder, "merge") == 1
    assert "[MRG-002]" in capsys.readouterr().err


def test_a_holder_left_by_a_crash_does_not_matter(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    holder = folder / "ledger.db.holder"
    holder.write_text("asha on desk-12 (process 4711)", encoding="utf-8")
    small.issue(folder)
    assert not holder.exists()


def test_a_commit_waits_for_whoever_is_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('BEGIN'); db.execute('SELECT * FROM event').fetchall()\n"
        "print('reading', flush=True); sys.stdin.readline()\n"
        "db.execute('ROLLBACK')\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout is not None
    assert reader.stdin is not None
    assert reader.stdout.readline() == "reading\n"
    stop, plain = reader.stdin, Ledger._wait

    def wait(ledger: Ledger, milliseconds: int) -> None:
        plain(ledger, milliseconds)
        if milliseconds == PATIENTLY:  # not before the commit is ready to wait
            stop.write("\n")
            stop.flush()

    monkeypatch.setattr(Ledger, "_wait", wait)
    with Ledger.open_(path) as ledger:
        with ledger.transaction() as work:
            work.append(AT, [Defined("four", "4")])
        assert ledger.tip()[0] == 4
    reader.communicate()


def test_files_are_not_written_over_those_of_a_later_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlplan.cycle import outputs

    folder = small.make(tmp_path / "plan")
    plain = outputs.write

    def overtaken(desk: object, files: object) -> object:
        monkeypatch.setattr(outputs, "write", plain)
        small.edit_master(folder, {("1.2", "rating"): "Red"}, "2026-11-11T11:00:00Z")
        assert small.do(folder, "merge") == 0
        return plain(desk, files)  # type: ignore[arg-type]  # passed through

    small.edit_master(folder, {("1.1", "rating"): "Red"})
    monkeypatch.setattr(outputs, "write", overtaken)
    assert small.do(folder, "merge") == 1
    assert "[OUT-003]" in capsys.readouterr().err
    with small.opened(folder) as plan:
        assert [p for p in plan.verify() if p.code != "VER-011"] == []


# What the disk does


def fails_with(monkeypatch: pytest.MonkeyPatch, path: Path, message: str) -> str:
    """What is said where SQLite fails with a message as a transaction begins."""
    with Ledger.open_(path) as ledger:

        def wait(_: Ledger, __: int) -> None:
            raise sqlite3.OperationalError(message)

        monkeypatch.setattr(Ledger, "_wait", wait)
        with pytest.raises(XlplanError) as caught, ledger.transaction():
            pass
    return codes(caught.value)[0]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("attempt to write a readonly database", "LED-005"),
        ("unable to open database file", "LED-005"),
        ("database or disk is full", "LED-006"),
        ("disk I/O error", "LED-009"),
        ("no such table: event", "LED-007"),
    ],
)
def test_what_sqlite_says_is_said_for_a_person(
    path: Path, monkeypatch: pytest.MonkeyPatch, message: str, code: str
) -> None:
    assert fails_with(monkeypatch, path, message) == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("attempt to write a readonly database", "LED-005"),
        ("database or disk is full", "LED-006"),
        ("disk I/O error", "LED-009"),
        ("database is locked", "LED-004"),
    ],
)
def test_what_fails_once_something_is_recorded_says_that_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, message: str, code: str
) -> None:
    with Ledger.open_(path) as ledger:
        with ledger.transaction() as work:
            work.append(AT, [Defined("four", "4")])

        def wait(_: Ledger, __: int) -> None:
            raise sqlite3.OperationalError(message)

        monkeypatch.setattr(Ledger, "_wait", wait)
        with pytest.raises(XlplanError) as caught, ledger.held():
            pass
    assert codes(caught.value) == [code]
    (problem,) = caught.value.problems
    assert "nothing was changed" not in problem.message
    assert "What was done before is recorded" in problem.message


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (os.W_OK, "This file is read-only, so nothing was changed"),
        (os.R_OK | os.W_OK, "This cannot be read (Permission denied)"),
    ],
)
def test_a_ledger_that_is_locked_alone_is_no_folder_that_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, said: str
) -> None:
    """Asked of the system, which lets the superuser do everything."""
    plain = os.access

    def access(place: Path, wanted: int) -> bool:
        return plain(place, wanted) and not (place == path and wanted & mode)

    with Ledger.open_(path) as ledger:
        monkeypatch.setattr(os, "access", access)
        with pytest.raises(XlplanError) as caught, ledger.held():
            pass
    assert caught.value.problems[0].message.startswith(said)
    assert caught.value.problems[0].where == str(path)


class EndsBadly:
    """A database that fails as a transaction ends: once it is recorded, or before; and from then
    on at everything, where it `stays_so`."""

    def __init__(self, db: sqlite3.Connection, *, recorded: bool, stays_so: bool = False) -> None:
        self._db, self._recorded, self._stays_so = db, recorded, stays_so
        self._ended = False

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql == "COMMIT":
            self._ended = True
            self._db.execute("COMMIT" if self._recorded else "ROLLBACK")
            raise sqlite3.OperationalError("disk I/O error")
        if self._ended and self._stays_so:
            raise sqlite3.OperationalError("disk I/O error")
        return self._db.execute(sql, *args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


@pytest.mark.parametrize(
    ("recorded", "stays_so", "message"),
    [
        (True, False, "What was done before is recorded"),
        (False, False, "so nothing was changed"),
        (True, True, "whether it was cannot be read"),
        (False, True, "whether it was cannot be read"),
    ],
)
def test_a_disk_that_fails_at_the_end_says_whether_it_is_recorded(
    path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bool, stays_so: bool, message: str
) -> None:
    with Ledger.open_(path) as ledger:
        before = ledger.tip()
        with monkeypatch.context() as patch:
            bad = EndsBadly(ledger._db, recorded=recorded, stays_so=stays_so)
            patch.setattr(ledger, "_db", bad)
            with pytest.raises(XlplanError) as caught, ledger.transaction() as work:
                work.append(AT, [Defined("four", "4")])
        assert codes(caught.value) == ["LED-009"]
        assert message in caught.value.problems[0].message
        assert (ledger.tip() != before) == recorded


class Failing:
    """A database of which nothing can be read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def execute(self, *_: object) -> None:
        raise self._error

    def close(self) -> None:
        pass


def test_a_disk_that_fails_is_not_a_damaged_ledger(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open_(path) as ledger, monkeypatch.context() as patch:
        patch.setattr(ledger, "_db", Failing(sqlite3.OperationalError("disk I/O error")))
        with pytest.raises(XlplanError, match="LED-009"):
            ledger.integrity()
        patch.setattr(ledger, "_db", Failing(sqlite3.DatabaseError("file is not a database")))
        assert ledger.integrity() == "file is not a database"


def test_what_is_committed_is_flushed_with_the_folder_that_holds_it(path: Path) -> None:
    with Ledger.open_(path) as ledger:
        assert ledger._db.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA


def test_a_full_disk_leaves_the_ledger_as_it_was(path: Path) -> None:
    with Ledger.open_(path) as ledger:
        before = ledger.tip()
        pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
        ledger._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(XlplanError) as caught, ledger.transaction() as work:
            work.append(AT, [Defined(random.Random(1).randbytes(50_000).hex(), "4")])
        assert codes(caught.value) == ["LED-006"]
        assert ledger.tip() == before


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_hot_journal_is_rolled_back(path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from xlplan.ledger.store import Ledger; from xlplan.merge.model import Defined\n"
        "ledger = Ledger.open_(Path(sys.argv[1]))\n"
        "ledger._db.execute('PRAGMA cache_size = 2')  # so that pages are written early\n"
        "with ledger.transaction() as work:\n"
        "    work.append('now', [Defined(os.urandom(25_000).hex(), str(n)) for n in range(40)])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.with_name("ledger.db-journal").stat().st_size > 0
    assert path.read_bytes() != before
    with Ledger.open_(path) as ledger:
        assert ledger.tip()[0] == 3
        assert verify_chain(ledger) == []
        with ledger.transaction() as work:
            work.append(AT, [Defined("four", "4")])
    assert [p.name for p in sorted(path.parent.iterdir())] == ["ledger.db"]


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A plan in a folder that this test's child processes may only read."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)  # a folder of pytest's own lets nobody else in
    folder = small.make(root / "plan")
    small.issue(folder)
    (folder / ".master.xlsx.abc123_9.xlplan.tmp").write_bytes(b"left by a crash")
    for place in (folder, *folder.rglob("*")):
        place.chmod(place.stat().st_mode & ~0o222 | (0o555 if place.is_dir() else 0o444))
    (folder / "secret.key").chmod(0o444)
    yield folder
    for place in (folder, *folder.rglob("*")):
        if place.is_dir():
            place.chmod(0o755)
    shutil.rmtree(root)


def as_nobody(folder: Path, *args: str) -> tuple[int, str]:
    """A command by somebody who is not root, for whom permissions count."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        sys.stdout = sys.stderr = os.fdopen(sink, "w", closefd=False)
        status = 70
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            status = small.do(folder, *args)
            sys.stdout.flush()
        finally:
            os._exit(status)
    os.close(sink)
    with os.fdopen(source, encoding="utf-8") as stream:
        said = stream.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
@pytest.mark.parametrize(
    "args", [(), ("status",), ("show",), ("log", "--json"), ("verify",), ("merge", "--dry-run")]
)
def test_a_read_only_folder_can_be_looked_at(read_only: Path, args: tuple[str, ...]) -> None:
    status, said = as_nobody(read_only, *args)
    assert status == (1 if "merge" in args else 0), said
    assert "LED-" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
@pytest.mark.parametrize(
    "args", [("merge",), ("issue", "--cycle", "2026-12"), ("publish",), ("undo", "r-1")]
)
def test_a_read_only_folder_cannot_be_added_to(read_only: Path, args: tuple[str, ...]) -> None:
    status, said = as_nobody(read_only, *args)
    assert status == 2, said
    assert "[LED-005]" in said
    assert "nothing was changed" in said


# Originals


def test_originals_are_kept_once_under_their_digest_and_read_only(tmp_path: Path) -> None:
    store = Originals(tmp_path / "returns")
    assert store.digests() == []
    digest = store.keep(b"bytes that came back")
    assert store.keep(b"bytes that came back") == digest
    assert store.digests() == [digest]
    assert store.read(digest) == b"bytes that came back"
    assert not store.path(digest).stat().st_mode & 0o222


def test_an_original_that_was_changed_or_is_missing_is_not_given_out(tmp_path: Path) -> None:
    store = Originals(tmp_path / "returns")
    digest = store.keep(b"bytes that came back")
    store.path(digest).chmod(0o644)
    store.path(digest).write_bytes(b"Bytes that came back")
    assert store.read(digest) is None
    assert store.read("0" * 64) is None


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "master.xlsx"
    write_atomically(path, b"before")

    def refused(_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(PermissionError):
        write_atomically(path, b"after")
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["master.xlsx"]


def test_only_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    kept = ["master.xlsx", ".hidden.tmp", "notes.xlplan.tmp"]
    for name in [*kept, ".master.xlsx.abc123_9.xlplan.tmp", ".other.xlsx.abc123_9.xlplan.tmp"]:
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path, "master.xlsx")
    assert not (tmp_path / ".master.xlsx.abc123_9.xlplan.tmp").exists()
    assert (tmp_path / ".other.xlsx.abc123_9.xlplan.tmp").exists()
    sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(kept)
