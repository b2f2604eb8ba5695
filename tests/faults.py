"""Commands that fail or die at their n-th file or database operation.

`Server` starts one process that has imported everything and then forks for each command: the
child counts what it does to the files of a plan and to its ledger, and at the n-th operation is
killed, or is told that the disk is full, or that another program holds the file. File operations
are seen through Python's audit events, which no module can go round; writes, flushes and what is
said to SQLite through the few functions that they all pass.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

How = Literal["kill", "full", "denied"]
_FILES = frozenset(
    {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink",
     "os.truncate", "os.listdir", "os.scandir", "shutil.rmtree"}
)  # fmt: skip
_GROWING = frozenset({"write", "fsync", "os.mkdir", "sql INSERT", "sql COMMIT"})
"""What a full disk goes on refusing after it was first full."""
_SAID = {
    "full": (errno.ENOSPC, "database or disk is full"),
    "denied": (errno.EACCES, "attempt to write a readonly database"),
}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status (-9: killed), what it said, what it did."""

    status: int
    out: str
    err: str
    operations: tuple[str, ...]


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

    def run(self, root: Path, args: Sequence[str], at: int = 0, how: How = "kill") -> Ended:
        """Run a command whose files are below `root`; the fault comes at operation `at` (from 1).

        With `at` 0 it runs as it would, and its operations are counted.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        task = {"root": str(root), "args": list(args), "at": at, "how": how}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        return Ended(found["status"], found["out"], found["err"], tuple(found["operations"]))


class _Faults:
    """Counts operations below a folder, and makes the n-th fail."""

    def __init__(self, root: str, at: int, how: str) -> None:
        self.root, self.at, self.how = root, at, how
        self.done: list[str] = []
        self.off = False

    def meets(self, name: str) -> bool:
        """Whether this operation is the one that fails (a kill does not return)."""
        if self.off:
            return False
        self.done.append(name)
        if len(self.done) < self.at or not self.at:
            return False
        first = len(self.done) == self.at
        return first or (self.how == "full" and name in _GROWING)

    def strike(self, path: object = "") -> None:
        """The fault itself, for a file operation."""
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number, _ = _SAID[self.how]
        raise OSError(number, os.strerror(number), str(path))

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _FILES or not self._is_ours(args[0] if args else None):
            return
        if self.meets(event):
            self.strike(args[0])

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

        def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            stream = plain_open(file, mode, *args, **kwargs)
            if set(mode) & set("wax+") and (isinstance(file, int) or self._is_ours(file)):
                return _Writing(stream, self)
            return stream

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            return plain_connect(*args, factory=_connection(self), **kwargs)

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
        if self._faults.meets("write"):
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


def _connection(faults: _Faults) -> type[sqlite3.Connection]:
    def said(sql: str) -> None:
        if faults.meets(f"sql {sql.split()[0]}"):
            if faults.how == "kill":
                faults.strike()
            raise sqlite3.OperationalError(_SAID[faults.how][1])

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            said(sql)
            return super().execute(sql, *args)

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
        source, sink = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(source)
            _child(task, sink, run)
        os.close(sink)
        with os.fdopen(source, encoding="utf-8") as stream:
            text = stream.read()
        _, how = os.waitpid(child, 0)
        said = json.loads(text) if text else {"out": "", "err": "", "operations": []}
        said["status"] = os.waitstatus_to_exitcode(how)
        print(json.dumps(said), flush=True)


def _child(task: dict[str, Any], sink: int, run: Callable[[Sequence[str]], int]) -> None:
    out, err = io.StringIO(), io.StringIO()
    status = 70  # what a traceback ends with here, so that no test takes it for an answer
    faults = _Faults(task["root"], task["at"], task["how"])
    report = os.fdopen(sink, "w", encoding="utf-8")
    try:
        faults.install()
        with redirect_stdout(out), redirect_stderr(err):
            status = run(task["args"])
    except BaseException:
        import traceback

        faults.off = True
        err.write(traceback.format_exc())
    faults.off = True
    json.dump({"out": out.getvalue(), "err": err.getvalue(), "operations": faults.done}, report)
    report.close()
    os._exit(status)


def _import_all() -> None:
    """Everything that a command may need, once."""
    import importlib
    import pkgutil

    import xlplan

    for module in pkgutil.walk_packages(xlplan.__path__, "xlplan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from xlplan.workbook.read import pool

    # Returns are read in this process: what a child of the child does would go uncounted.
    plain = pool.read_all
    for name, loaded in list(sys.modules.items()):
        if name.startswith("xlplan.") and getattr(loaded, "read_all", None) is plain:
            setattr(loaded, "read_all", _read_here)  # noqa: B010  # so that mypy lets it be


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
