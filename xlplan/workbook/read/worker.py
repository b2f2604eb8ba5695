"""The child process in which returns are read: it may die or hang without harm.

Started by `xlplan.workbook.read.pool`. It speaks over its standard
input and output in pickles, each with its length in front: first the parent's ``sys.path``, then
the function to call and the bounds, then files with their names, each answered by one result.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from xlplan.errors import Problem
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.inbox import read_bytes

MEMORY = 1 << 30
"""Address space of the child, in bytes, where the system can limit it."""


def packed(value: object) -> bytes:
    """One pickle with its length in front."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return struct.pack("<Q", len(data)) + data


def receive(stream: IO[bytes]) -> Any:
    """Read one pickle; raises `EOFError` where the other side has gone."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    (length,) = struct.unpack("<Q", head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def limit_memory() -> None:
    """Bound this process, and leave no core file behind; Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return  # macOS refuses some limits: then the time limit alone holds


SPENT = 97
"""How this process ends when its time is spent and the system has no signal for that."""
_OFTEN = 0.1
"""Seconds after which a clock of our own looks again."""


class Clock:
    """Ends this process when it has computed, not waited, for long enough: by a timer of the
    system, which nothing that a reader does can hold up, or by a thread where there is none."""

    def __init__(self) -> None:
        self.spent_at = float("inf")

    def start(self) -> None:
        """Make ready, once."""
        if sys.platform == "win32":
            self.start_thread()
        else:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def start_thread(self) -> None:
        """Do without the system's timer."""
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while time.process_time() < self.spent_at:
            time.sleep(_OFTEN)
        os._exit(SPENT)

    def allow(self, seconds: float) -> None:
        """Count from now."""
        self.spent_at = time.process_time() + seconds
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_PROF, seconds)


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer tasks until the parent closes its end."""
    sys.path[:] = receive(source)
    work, bounds = receive(source), receive(source)

    limit_memory()
    clock = Clock()
    clock.start()
    while True:
        try:
            file, name, seconds = receive(source)
        except EOFError:
            return
        clock.allow(seconds)
        sink.write(packed(do_one(work, file, name, bounds)))
        sink.flush()


def main() -> None:
    """Serve on standard input and output; whatever prints must not disturb the answers."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(source, sink)


if __name__ == "__main__":
    main()


Work = Callable[[bytes, str, Bounds], Book]
"""What is done with the bytes of a file, the name to report it by, and how much it may hold."""


def bytes_or_book(file: Path | bytes, name: str, bounds: Bounds) -> bytes | Book:
    """The bytes of a file, or the book that says why it cannot be opened."""
    data = file if isinstance(file, bytes) else read_bytes(file, bounds)
    if isinstance(data, Problem):
        return Book(name, "", problems=(replace(data, where=name, level="error"),))
    return data


def do_one(work: Work, file: str | bytes, name: str, bounds: Bounds) -> Book:
    """The book that `work` makes of a file, given by its path or its bytes."""
    data = bytes_or_book(file if isinstance(file, bytes) else Path(file), name, bounds)
    return data if isinstance(data, Book) else work(data, name, bounds)


def read_one(data: bytes, name: str, bounds: Bounds) -> Book:
    """What a worker does with one file: `read_book`, importable by any executor's workers."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds)


def read_one_in_detail(
    data: bytes, name: str, bounds: Bounds, only: frozenset[str] = frozenset()
) -> Book:
    """`read_one` with colours, merged and hidden cells: the `work` for importing a plan. `only`
    names the sheets that are wanted."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds, detail=True, only=only)


def read_one_return(data: bytes, name: str, bounds: Bounds, *, ours: frozenset[str]) -> Book:
    """`read_one` with what was said by colours, lines and boxes; `ours` are our own fills."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds, ours=ours)


def read_values_alone(
    data: bytes, name: str, bounds: Bounds, only: frozenset[str] = frozenset()
) -> Book:
    """`read_one` without notes, and without a second reader: for what takes too long with them."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds, values_alone=True, only=only)


def open_one(data: bytes, name: str, bounds: Bounds) -> Book:
    """What a worker does with an archive or a message: `open_wrapper`."""
    from xlplan.workbook.read.wrappers import open_wrapper

    return open_wrapper(data, name, bounds)
