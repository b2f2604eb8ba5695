"""Many files read at once, in processes that may die: a bad file is a result, never an end.

The default is a pool of child processes of our own and not `concurrent.futures`: a process pool
there breaks as a whole when one worker dies, cannot end a worker that hangs, and starts anew the
script that called it. Here each child has one file in hand, so the file at fault is known.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from xlplan.codes.gate_codes_inside import GATE_025, GATE_026, GATE_032
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import Bounds
from xlplan.workbook.read.inbox import DEFAULT
from xlplan.workbook.read.worker import (
    SPENT,
    Work,
    bytes_or_book,
    open_one,
    packed,
    read_one,
    read_one_in_detail,
    read_one_return,
    read_values_alone,
    receive,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

__all__ = [
    "open_one",
    "read_all",
    "read_one",
    "read_one_in_detail",
    "read_one_return",
    "read_values_alone",
]

Named = tuple[str, Path | bytes]
"""The name to report a file by, and where it is, or its bytes."""
SECONDS = 20.0
"""How long the processor may work on one small file."""
_SLOWER, _MOST_TIMES = 2 << 20, 6
"""For each so many bytes a file may take as long again; never more than so many times as long."""
_PATIENCE = 10
"""How many times as long an answer is waited for: other programs want the processor too."""
_ENDED_BY_CLOCK = (SPENT, -getattr(signal, "SIGPROF", 0) or SPENT)
"""How a child ends that has computed for as long as it may."""
_ROOT = str(Path(__file__).resolve().parents[2])
_START = """\
import sys
sys.path[:] = sys.argv[1:]
from xlplan.workbook.read.worker import main
main()
"""
"""The child imports what this process would: of itself Python would look into the folder it is run
in first, where a file may have come in with the name of one of its modules."""
_FEW = 200
"""Below this many files a second child is not worth its start, which takes as long as reading
fifteen: whoever asked works on each book meanwhile, for as long as it takes to read one."""
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "67108864", "MALLOC_TOP_PAD_": "4194304"}
"""What one file needed is kept for the next, where the system's library has such settings."""
_PIPE = 3_000
"""Bytes that surely fit into a pipe that nobody reads; Windows gives it room for 4,096."""
_AHEAD = 8
"""How many files a child is given at a time: it reads one while the others wait."""
_SUBMITTED = 64
"""How many files an executor is given at a time."""


def read_all(
    files: Sequence[Named],
    *,
    executor: Executor | None = None,
    bounds: Bounds = DEFAULT,
    seconds: float = SECONDS,
    work: Work = read_one,
    lighter: Work | None = None,
    ahead: int = _AHEAD,
) -> Iterator[Book]:
    """The book of each file, in the order given. Each child is given `ahead` files at most.

    A small file may take `seconds` of the processor's time, a large one more. What takes longer
    by `work` is read by `lighter`, if that is given. With an `executor`, files are read there, and
    those that it cannot finish (it broke, or took longer than `seconds`) are read again here, where
    the one at fault can be told from the rest. `work` must be importable by name. Nothing is raised
    for a bad file: it is a `Book` whose problem says that its reader died (GATE-025) or took too
    long (GATE-026).
    """
    if executor is not None:
        return _read_elsewhere(files, executor, bounds, seconds, work, lighter)
    return _read_here(files, bounds, seconds, work, lighter, ahead)


def _read_here(
    files: Sequence[Named],
    bounds: Bounds,
    seconds: float,
    work: Work,
    lighter: Work | None,
    ahead: int = _AHEAD,
) -> Iterator[Book]:
    with closing(_read_once(files, bounds, seconds, work, ahead)) as books:
        for file, book in zip(files, books, strict=True):
            if lighter is not None and any(each.code == GATE_026.code for each in book.problems):
                yield _values_of(file, bounds, seconds, lighter)
            else:
                yield book


def _values_of(file: Named, bounds: Bounds, seconds: float, lighter: Work) -> Book:
    """The book of a file that took too long, without what may have done so."""
    [book] = _read_once([file], bounds, seconds, lighter, 1)
    if not book.sheets:
        return book
    return replace(book, problems=(*book.problems, GATE_032.problem(book.name, "light")))


def _read_once(
    files: Sequence[Named], bounds: Bounds, seconds: float, work: Work, ahead: int
) -> Generator[Book, None, None]:
    count = 1 if len(files) < _FEW or ahead == 1 else min(2, os.cpu_count() or 1)
    crew = _Crew(files, bounds, seconds, work, count, ahead)
    stopped = threading.Event()
    watch = threading.Thread(target=_watch, args=(crew, stopped), daemon=True)
    watch.start()
    try:
        for index in range(len(files)):
            yield crew.take(index)
    finally:
        stopped.set()
        watch.join()
        crew.stop()


def _watch(crew: _Crew, stopped: threading.Event) -> None:
    """One thread: end a child whose answer has been waited for far too long."""
    while not stopped.wait(min(crew.seconds / 8, 0.25)):
        for child in tuple(crew.children):
            child.end_if_late()


class _Crew:
    """The children, and which of them was given which file.

    A child answers in the order in which it was given its files, which is the order in which
    books are taken: so the next book is always the next answer of some child. Meanwhile the others
    go on, until the system holds no more of their answers.
    """

    def __init__(
        self,
        files: Sequence[Named],
        bounds: Bounds,
        seconds: float,
        work: Work,
        count: int,
        ahead: int,
    ) -> None:
        self.files, self.bounds, self.seconds = files, bounds, seconds
        self.work, self.ahead = work, ahead
        self.todo = deque(range(len(files)))
        self.children = [_Child(work, bounds) for _ in range(count)]

    def take(self, index: int) -> Book:
        """The book of the next file."""
        self._hand_out()
        [child] = (each for each in self.children if each.given and each.given[0] == index)
        book = child.answer(self.files[index][0])
        if child.dead:  # another reads what it did not come to
            self.todo = deque(sorted((*child.given, *self.todo)))
            child.close()
            self.children[self.children.index(child)] = _Child(self.work, self.bounds)
        return book

    def _hand_out(self) -> None:
        """Give each child as much as it may have, so that none need wait for another."""
        while self.todo:
            index = self.todo[0]
            child = min(self.children, key=lambda each: len(each.given))
            name, file = self.files[index]
            seconds = _allowed(file, self.seconds)
            given = file if isinstance(file, bytes) else os.fspath(file)
            message = packed((given, name, seconds))
            if child.given:
                if len(child.given) >= self.ahead or child.given[-1] > index:
                    return
                # It must not fill one pipe while the child fills the other: both would wait.
                if sum(child.sizes) + len(message) > _PIPE:
                    return
            self.todo.popleft()
            child.give(index, message, seconds)

    def stop(self) -> None:
        """End all children."""
        for child in self.children:
            child.kill()  # it keeps nothing that it would have to put away
        for child in self.children:
            child.close()


def _allowed(file: Path | bytes, seconds: float) -> float:
    """How long the processor may work on this file, of which a small one may take `seconds`."""
    try:
        size = len(file) if isinstance(file, bytes) else file.lstat().st_size
    except OSError:
        size = 0  # its reader says what is wrong with it
    return seconds * min(1 + size / _SLOWER, _MOST_TIMES)


class _Child:
    """One child process, started when it is first given a file; and the files it was given, the
    first of which it has in hand."""

    def __init__(self, work: Work, bounds: Bounds) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.dead = self.late = False
        self.given: deque[int] = deque()
        self.sizes: deque[int] = deque()
        """How many bytes were sent for each of them."""
        self.allowed: deque[float] = deque()
        """How long each of them may take."""
        self.awaited = 0.0
        """Since when its answer is waited for; 0 while it is not."""
        self.setup: list[object] = [sys.path, work, bounds]

    def give(self, index: int, message: bytes, seconds: float) -> None:
        """Send a file to read; a child that has gone is told by its answer."""
        self.given.append(index)
        self.allowed.append(seconds)
        self.sizes.append(len(message))
        if self.process is None:
            self.process = _start()
        sink = self.process.stdin
        try:
            if sink is None:
                raise OSError
            sink.write(b"".join((*map(packed, self.setup), message)))
            self.setup = []
            sink.flush()
        except OSError:
            self.dead = True

    def answer(self, name: str) -> Book:
        """The book of the file in hand, which is called `name`."""
        self.given.popleft()
        self.sizes.popleft()
        seconds = self.allowed[0]
        self.awaited = time.monotonic()
        try:
            if self.process is None or self.process.stdout is None:
                raise EOFError
            book = receive(self.process.stdout)
        except (EOFError, OSError):
            self.dead = True
            return self._lost(name, seconds)
        finally:
            self.awaited = 0.0
            self.allowed.popleft()
        if not isinstance(book, Book):
            raise TypeError(f"the reader of {name} gave {type(book).__name__}, not a Book")
        return book

    def _lost(self, name: str, seconds: float) -> Book:
        """The result for a file whose reader died, or was ended because it took too long."""
        if self.late:
            lost = GATE_026.problem(name, "waiting", seconds=round(seconds * _PATIENCE, 1))
        elif self._ending() in _ENDED_BY_CLOCK:
            lost = GATE_026.problem(name, seconds=round(seconds, 1))
        else:
            lost = GATE_025.problem(name)
        return Book(name, "", problems=(lost,))

    def _ending(self) -> int | None:
        """How the process ended; what it said on ending stands whatever is sent to it now."""
        self.kill()
        return self.process.wait() if self.process is not None else None

    def end_if_late(self) -> None:
        """End the process if its answer has been waited for without end: it does not compute, or
        does so where its own clock cannot end it."""
        waited = time.monotonic() - self.awaited if self.awaited else 0.0
        if self.allowed and not self.late and waited > self.allowed[0] * _PATIENCE:
            self.late = True
            self.kill()

    def kill(self) -> None:
        """End the process now."""
        self.dead = True
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """End the child and wait for it, so that no process is left behind."""
        if self.process is None:
            return
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # the other end has gone
        self.process.wait()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _START, *map(str, sys.path), _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a reader that panics writes its own report there
        bufsize=1 << 17,
        pipesize=1 << 18,
        env=os.environ | _KEEP_MEMORY,
    )


def _read_elsewhere(
    files: Sequence[Named],
    executor: Executor,
    bounds: Bounds,
    seconds: float,
    work: Work,
    lighter: Work | None,
) -> Iterator[Book]:
    waiting: deque[tuple[int, Future[Book] | Book | None]] = deque()
    following = iter(range(len(files)))

    def top_up() -> None:
        while len(waiting) < _SUBMITTED and (index := next(following, None)) is not None:
            waiting.append((index, _submit(executor, files[index], bounds, work)))

    top_up()
    while waiting:
        index, answer = waiting.popleft()
        book = answer if isinstance(answer, Book) else _answer(answer, seconds)
        yield book or next(_read_here([files[index]], bounds, seconds, work, lighter))
        top_up()


def _submit(
    executor: Executor, file: Named, bounds: Bounds, work: Work
) -> Future[Book] | Book | None:
    """The future of one file; its book where it cannot be opened; None where nothing is taken."""
    name, path = file
    data = bytes_or_book(path, name, bounds)
    if isinstance(data, Book):
        return data
    try:
        return executor.submit(work, data, name, bounds)
    except RuntimeError:  # broken or shut down
        return None


def _answer(future: Future[Book] | None, seconds: float) -> Book | None:
    """The book that came of a future, or None where the file must be read again.

    Whatever the executor raises means the same: it did not finish this file.
    """
    if future is None:
        return None
    try:
        return future.result(timeout=seconds)
    except Exception:
        future.cancel()
        return None
