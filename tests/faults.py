"""Commands that fail or die at their n-th file or database operation.

`Server` starts one process that has imported everything and then forks for each command: the
child counts what it does to the files of a plan and to its ledger, and at the n-th operation is
killed, or is told that the disk is full, or fails, or that another program holds the file, or finds
the folder gone. File operations are seen through Python's audit events, which no module can go
round; writes, flushes and what is said to SQLite through the few functions that they all pass.

A run may also be recorded: what was flushed to disk when, of which `tests.power` makes the images
that a loss of power leaves.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import importlib
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

How = Literal["kill", "full", "io", "denied", "read-only", "gone"]
CHANGING = frozenset(
    {"create", "write", "fsync", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod",
     "sql INSERT", "sql DELETE", "sql COMMIT"}
)  # fmt: skip
"""Operations that change a file; at any other, a kill or a full disk is as at the one before."""
ANSWER = "answer"
"""In the place of a command: its first question is answered in the plan that is named next."""
_WRITES = os.O_WRONLY | os.O_RDWR
_FILES = frozenset(
    {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink",
     "os.truncate", "os.listdir", "os.scandir", "shutil.rmtree"}
)  # fmt: skip
_GROWING = frozenset({"write", "fsync", "os.mkdir", "sql INSERT", "sql COMMIT"})
"""What a full disk goes on refusing after it was first full."""
_LASTING: Mapping[str, frozenset[str]] = {"full": _GROWING, "read-only": CHANGING}
"""What fails again and again once it has failed."""
_SAID = {
    "full": (errno.ENOSPC, "database or disk is full"),
    "io": (errno.EIO, "disk I/O error"),
    "denied": (errno.EACCES, "attempt to write a readonly database"),
    "read-only": (errno.EROFS, "attempt to write a readonly database"),
}
_SET_PTRACER = 0x59616D61
"""What `prctl` is told so that a process that is no ancestor may trace this one."""
_ROOT_GONE = ".gone"
"""What is added to the name of the folder that vanishes."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status (-9: killed), what it said, what it did."""

    status: int
    out: str
    err: str
    operations: tuple[str, ...]
    recorded: tuple[tuple[str, ...], ...] = ()
    """Of a recorded run: what it did, in order; see `_Recorder`."""


class TracerRefusedError(Exception):
    """A tracer could not be attached: what it said."""


def came_back(root: Path) -> None:
    """Put a folder that vanished back into its place."""
    gone = root.with_name(root.name + _ROOT_GONE)
    if gone.exists():
        if root.exists():  # what a command made anew where it had been
            shutil.copytree(root, gone, dirs_exist_ok=True)
            shutil.rmtree(root)
        gone.rename(root)


class Server:
    """The process that runs commands; use it in a ``with`` block."""

    def __enter__(self) -> Server:
        root = str(Path(__file__).resolve().parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def run(
        self,
        root: Path,
        args: Sequence[str],
        at: int = 0,
        how: How = "kill",
        spool: Path | None = None,
        only: str = "",
        strace: Sequence[str] = (),
    ) -> Ended:
        """Run a command whose files are below `root`; the fault comes at operation `at` (from 1).

        With `at` 0 it runs as it would, and its operations are counted. With a `spool` they are
        recorded, with the bytes that were flushed in that folder. With `only`, every operation on a
        path that ends so, or lies in a folder of that name, fails that would change something.
        With `strace`, the command line of a tracer, that is attached before the command begins.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        task = {"root": str(root), "args": list(args), "at": at, "how": how}
        task |= {"spool": str(spool) if spool else "", "only": only, "strace": list(strace)}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        if "refused" in found:
            raise TracerRefusedError(found["refused"])
        return Ended(
            found["status"],
            found["out"],
            found["err"],
            tuple(found["operations"]),
            tuple(map(tuple, found.get("recorded", ()))),
        )


class _Faults:
    """Counts operations below a folder, and makes the n-th fail."""

    def __init__(
        self, root: str, at: int, how: str, only: str = "", recorder: _Recorder | None = None
    ) -> None:
        self.root, self.at, self.how, self.only = root, at, how, only
        self.done: list[str] = []
        self.off = False
        self.recorder = recorder

    def meets(self, name: str, path: object = "") -> bool:
        """Whether this operation is the one that fails (a kill does not return)."""
        if self.off:
            return False
        if self.only:
            where = f"{path}/"
            return name in CHANGING and (f"/{self.only}/" in where)
        self.done.append(name)
        if len(self.done) < self.at or not self.at:
            return False
        first = len(self.done) == self.at
        if first and self.how == "gone":
            self.off = True
            Path(self.root).rename(self.root + _ROOT_GONE)
            return False  # whatever comes of it
        return first or name in _LASTING.get(self.how, ())

    def strike(self, path: object = "") -> None:
        """The fault itself, for a file operation."""
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number, _ = _SAID[self.how]
        raise OSError(number, os.strerror(number), str(path))

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        if self.off or event not in _FILES or not self._is_ours(args[0] if args else None):
            return
        writes = event == "open" and len(args) > 2 and bool(args[2] & _WRITES)
        if any(self.meets("create" if writes else event, path) for path in _paths(event, args)):
            self.strike(args[0])
        if self.recorder is not None:
            self.recorder.file(event, args, writes=writes)

    def note(self, what: Callable[[Any], None], of: object) -> None:
        """Have the recorder note something, which is none of the command's own doing."""
        self.off = True
        what(of)
        self.off = False

    def _is_ours(self, path: object) -> bool:
        if isinstance(path, str | os.PathLike):
            return Path(os.fspath(path)).is_relative_to(self.root)
        return False

    def install(self) -> None:
        sys.addaudithook(self.audit)
        plain_sync, plain_open, plain_connect = os.fsync, io.open, sqlite3.connect

        def fsync(handle: int) -> None:
            if self.meets("fsync"):
                self.strike()
            plain_sync(handle)
            if self.recorder is not None:
                self.note(self.recorder.flushed, handle)

        def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            stream = plain_open(file, mode, *args, **kwargs)
            if set(mode) & set("wax+") and (isinstance(file, int) or self._is_ours(file)):
                return _Writing(stream, self)
            return stream

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            return plain_connect(*args, factory=_connection(self, args[0]), **kwargs)

        for module, name, replaced in (
            (os, "fsync", fsync),
            (io, "open", opened),  # what pathlib and os.fdopen call
            (sqlite3, "connect", connect),
        ):
            setattr(module, name, replaced)


class _Writing:
    """A file being written: half of what is written gets there before the fault."""

    def __init__(self, stream: Any, faults: _Faults) -> None:
        self._stream, self._faults = stream, faults

    def write(self, data: Any) -> int:
        if self._faults.meets("write", getattr(self._stream, "name", "")):
            self._stream.write(data[: len(data) // 2])
            self._stream.flush()
            self._faults.strike(getattr(self._stream, "name", ""))
        written: int = self._stream.write(data)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


class _Recorder:
    """Notes what a run did to the files below a folder: ``create``, ``rename``, ``remove``,
    ``mkdir``, ``rmdir``, ``flush`` (of a file, with the digest of its bytes), ``flush folder``,
    ``commit`` (of a database, the same). Paths are within the folder; bytes lie in the spool."""

    def __init__(self, root: Path, spool: Path) -> None:
        self._root, self._spool = root, spool
        self.done: list[tuple[str, ...]] = []

    def file(self, event: str, args: tuple[Any, ...], *, writes: bool) -> None:
        """A file operation that is about to be done."""
        name = {"os.rename": "rename", "os.remove": "remove", "os.mkdir": "mkdir",
                "os.rmdir": "rmdir", "open": "create" if writes else ""}.get(event, "")  # fmt: skip
        if name:
            paths = args[:2] if name == "rename" else args[:1]
            self.done.append((name, *map(self._within, paths)))

    def flushed(self, handle: int) -> None:
        """A file or folder whose bytes or names are on the disk by now."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(self._root):
            if path.is_dir():
                self.done.append(("flush folder", self._within(path)))
            else:
                self.done.append(("flush", self._within(path), self._keep(path)))

    def committed(self, db: sqlite3.Connection) -> None:
        """A database whose transaction has ended."""
        (_, _, file), *_ = db.cursor().execute("PRAGMA database_list").fetchall()
        path = Path(file)
        if path.is_relative_to(self._root):
            self.done.append(("commit", self._within(path), self._keep(path)))

    def _within(self, path: Any) -> str:
        return os.path.relpath(os.fspath(path), self._root)

    def _keep(self, path: Path) -> str:
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        (self._spool / digest).write_bytes(data)
        return digest


def _paths(event: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The path on which an operation counts: of a file that gets another name, the new one."""
    return args[1:2] if event == "os.rename" else args[:1]


def _connection(faults: _Faults, file: object) -> type[sqlite3.Connection]:
    def said(sql: str) -> None:
        if faults.meets(f"sql {sql.split()[0]}", file):
            if faults.how == "kill":
                faults.strike()
            raise sqlite3.OperationalError(_SAID[faults.how][1])

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            said(sql)
            done = super().execute(sql, *args)
            if faults.recorder is not None and sql == "COMMIT":
                faults.note(faults.recorder.committed, self)
            return done

        def executescript(self, sql: str) -> sqlite3.Cursor:
            said(sql)
            return super().executescript(sql)

    return Connection


def _serve() -> None:
    """Run tasks from standard input, one a line, until it ends."""
    from xlplan.cli.main import run

    _import_all()
    for line in sys.stdin:
        task = json.loads(line)
        source, sink = socket.socketpair()
        child = os.fork()
        if child == 0:
            source.close()
            _child(task, sink, run)
        sink.close()
        refused, tracer = "", None
        if task["strace"]:
            source.recv(1)  # it may be traced now
            tracer = subprocess.Popen(
                [*task["strace"], "-p", str(child)], stderr=subprocess.PIPE, text=True
            )
            assert tracer.stderr is not None
            first = tracer.stderr.readline()  # "Process N attached"
            refused = "" if "attached" in first else first.strip() or "it ended"
            source.sendall(b"-" if refused else b"+")
        with source.makefile(encoding="utf-8") as stream:
            text = stream.read()
        _, how = os.waitpid(child, 0)
        if tracer is not None:
            tracer.communicate()
        if refused:
            print(json.dumps({"refused": refused}), flush=True)
            continue
        said = json.loads(text) if text else {"out": "", "err": "", "operations": []}
        said["status"] = os.waitstatus_to_exitcode(how)
        _import(said.pop("modules", ()))
        print(json.dumps(said), flush=True)


def _import(names: Sequence[str]) -> None:
    """Import here what a command needed, so that none after it opens the files of a module."""
    for name in names:
        with suppress(Exception):
            importlib.import_module(name)


def _child(task: dict[str, Any], sink: socket.socket, run: Callable[[Sequence[str]], int]) -> None:
    out, err = io.StringIO(), io.StringIO()
    known = set(sys.modules)
    status = 70  # what a traceback ends with here, so that no test takes it for an answer
    recorder = _Recorder(Path(task["root"]), Path(task["spool"])) if task["spool"] else None
    faults = _Faults(task["root"], task["at"], task["how"], task["only"], recorder)
    try:
        if task["strace"]:
            _await_tracer(sink)
        else:
            faults.install()
        with redirect_stdout(out), redirect_stderr(err):
            args = task["args"]
            status = _answer(Path(args[1])) if args[0] == ANSWER else run(args)
    except BaseException:
        import traceback

        faults.off = True
        err.write(traceback.format_exc())
    faults.off = True
    said: dict[str, object] = {"out": out.getvalue(), "err": err.getvalue()}
    said["operations"] = faults.done
    said["recorded"] = recorder.done if recorder is not None else []
    said["modules"] = sorted(sys.modules.keys() - known)
    sink.sendall(json.dumps(said).encode())  # which is no write that a tracer would count
    os._exit(status)


def _await_tracer(gate: socket.socket) -> None:
    """Let any process trace this one, and wait until one does."""
    ctypes.CDLL(None).prctl(_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    gate.sendall(b".")
    if gate.recv(1) != b"+":
        os._exit(0)


def _answer(folder: Path) -> int:
    """Answer the first question of a plan, as a program that uses the library does."""
    from xlplan import XlplanError, open_plan

    try:
        with open_plan(folder, today=date(2026, 11, 2)) as plan:
            result = plan.answer(plan.questions()[0], "Keep current")
    except XlplanError as error:
        sys.stderr.write("\n".join(map(str, error.problems)))
        return 2
    sys.stderr.write("\n".join(map(str, result.problems)))
    return int(result.needs_a_person)


def _import_all() -> None:
    """Everything that a command may need, once."""
    import pkgutil

    import xlplan

    for module in pkgutil.walk_packages(xlplan.__path__, "xlplan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    _read_in_this_process()  # what a child of the child does would go uncounted


@contextmanager
def reading_here() -> Iterator[None]:
    """Have files read in this process, for a test that verifies many plans of its own making."""
    replaced = _read_in_this_process()
    try:
        yield
    finally:
        for module, plain in replaced:
            setattr(module, "read_all", plain)  # noqa: B010  # so that mypy lets it be


def _read_in_this_process() -> list[tuple[ModuleType, object]]:
    """Put the reading without children into the place of the pool's; return whose it was."""
    from xlplan.workbook.read import pool

    plain, found = pool.read_all, []
    for name, loaded in list(sys.modules.items()):
        if name.startswith("xlplan.") and getattr(loaded, "read_all", None) is plain:
            setattr(loaded, "read_all", _read_here)  # noqa: B010  # so that mypy lets it be
            found.append((loaded, plain))
    return found


def _read_here(
    files: Sequence[tuple[str, Path | bytes]],
    *,
    work: Callable[..., Any] | None = None,
    **_: object,
) -> Iterator[Any]:
    """What the pool does, without its children."""
    from xlplan.errors import Problem
    from xlplan.workbook.read.book import Book
    from xlplan.workbook.read.inbox import DEFAULT, read_bytes
    from xlplan.workbook.read.pool import read_one

    for name, given in files:
        data = given if isinstance(given, bytes) else read_bytes(given, DEFAULT)
        if isinstance(data, Problem):
            yield Book(name, "", problems=(Problem(data.code, name, data.message),))
        else:
            yield (work or read_one)(data, name, DEFAULT)


if __name__ == "__main__":
    _serve()
