"""Many files read at once, in processes that may die: a bad file is a result, never an end.

The default is a pool of child processes of our own and not `concurrent.futures`: a process pool
there breaks as a whole when one worker dies, cannot end a worker that hangs, and starts anew the
script that called it. Here each child has one file in hand, so the file at fault is known.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.errors import Problem
from xlplan.workbook.book import Book
from xlplan.workbook.bounds import DEFAULT
from xlplan.workbook.gate import Bounds
from xlplan.workbook.work import (
    Work,
    bytes_or_book,
    open_one,
    read_one,
    read_one_in_detail,
    read_one_return,
)
from xlplan.workbook.worker import receive, send

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

__all__ = ["open_one", "read_all", "read_one", "read_one_in_detail", "read_one_return"]

Named = tuple[str, Path | bytes]
"""The name to report a file by, and where it is, or its bytes."""
SECONDS = 20.0
"""How long one file may take."""
_ROOT = str(Path(__file__).resolve().parents[2])
_START = """\
import sys
sys.path.append(sys.argv[1])
from xlplan.workbook.worker import main
main()
"""
"""The child finds the package where it was imported from, whatever the folder it is run in."""
_FEW = 8
"""Below this many files a second child costs more to start than it saves."""
_IN_HAND = 2
"""How many files a child is given at a time: it reads one while the other waits."""
_AHEAD = 64
"""How many results may wait to be taken."""


def read_all(
    files: Sequence[Named],
    *,
    executor: Executor | None = None,
    bounds: Bounds = DEFAULT,
    seconds: float = SECONDS,
    work: Work = read_one,
    ahead: int = _AHEAD,
) -> Iterator[Book]:
    """The book of each file, in the order given; at most `ahead` of them wait to be taken.

    With an `executor`, files are read there, and those that it cannot finish (it broke, or took
    longer than `seconds`) are read again here, where the one at fault can be told from the rest.
    `work` must be importable by name. Nothing is raised for a bad file: it is a `Book` whose
    problem says that its reader died (GATE-025) or took too long (GATE-026).
    """
    if executor is not None:
        return _read_elsewhere(files, executor, bounds, seconds, work)
    return _read_here(files, bounds, seconds, work, ahead)


def _read_here(
    files: Sequence[Named], bounds: Bounds, seconds: float, work: Work, ahead: int = _AHEAD
) -> Iterator[Book]:
    count = 1 if len(files) < _FEW else min(2, os.cpu_count() or 1)
    crew = _Crew(files, bounds, seconds, work, ahead)
    threads = [threading.Thread(target=crew.run, daemon=True) for _ in range(count)]
    threads.append(threading.Thread(target=crew.watch, daemon=True))
    try:
        for thread in threads:
            thread.start()
        for index in range(len(files)):
            yield crew.take(index)
    finally:
        crew.stop()
        for thread in threads:
            thread.join()


class _Crew:
    """The files still to read and the books read, shared by the threads that mind the children."""

    def __init__(
        self, files: Sequence[Named], bounds: Bounds, seconds: float, work: Work, ahead: int
    ) -> None:
        self.files, self.bounds, self.seconds, self.work = files, bounds, seconds, work
        self.todo = deque(range(len(files)))
        self.again: deque[int] = deque()
        """What was given to a child that died before it came to it."""
        self.books: dict[int, Book | BaseException] = {}
        self.changed = threading.Condition()
        self.room = threading.Semaphore(ahead)
        self.stopped = threading.Event()
        self.children: set[_Child] = set()

    def take(self, index: int) -> Book:
        with self.changed:
            while index not in self.books:
                self.changed.wait()
            book = self.books.pop(index)
        self.room.release()
        if isinstance(book, BaseException):
            raise book
        return book

    def stop(self) -> None:
        with self.changed:
            self.stopped.set()
            self.todo.clear()
            self.again.clear()
            for child in self.children:
                child.kill()
        self.room.release(_AHEAD)

    def watch(self) -> None:
        """One thread: end the children that have had a file in hand for too long."""
        while not self.stopped.wait(min(self.seconds / 8, 0.25)):
            with self.changed:
                for child in self.children:
                    child.end_if_late(self.seconds)

    def run(self) -> None:
        """One thread: one child at a time, a new one where the last one died."""
        child: _Child | None = None
        try:
            while True:
                child = self._child(child)
                self._hand_out(child)
                if not child.given:
                    return
                index = child.given[0]
                book = self._answer(child, index)
                with self.changed:
                    child.given.popleft()
                    if child.dead:
                        self.again.extendleft(reversed(child.given))
                    self.books[index] = book
                    self.changed.notify_all()
        finally:
            if child is not None:
                child.close()

    def _child(self, last: _Child | None) -> _Child:
        """The child, or another in the place of one that died."""
        if last is not None and not last.dead:
            return last
        if last is not None:
            last.close()
        with self.changed:
            if last is not None:
                self.children.discard(last)
            child = _Child(self.work, self.bounds)
            self.children.add(child)
        return child

    def _hand_out(self, child: _Child) -> None:
        """Give a child a file to read, and the next one so that it need not wait for it."""
        while len(child.given) < _IN_HAND and not child.dead:
            index = self._next(wait=not child.given)
            if index is None:
                return
            name, file = self.files[index]
            if isinstance(file, bytes) and child.given:
                # It might fill one pipe while the child fills the other, and neither would end.
                with self.changed:
                    self.again.appendleft(index)
                return
            child.give(index, file, name)

    def _next(self, wait: bool) -> int | None:
        """The next file that there is room for; None where there is none, now or at all."""
        with self.changed:
            if self.again:
                return self.again.popleft()
        if not self.room.acquire(blocking=wait):
            return None
        with self.changed:
            if self.todo and not self.stopped.is_set():
                return self.todo.popleft()
        self.room.release()
        return None

    def _answer(self, child: _Child, index: int) -> Book | BaseException:
        try:
            return child.answer(self.files[index][0], self.seconds)
        except BaseException as error:  # handed to whoever takes this book
            child.kill()
            return error


class _Child:
    """One child process, started when it is first given a file; and the files it was given, the
    first of which it has in hand."""

    def __init__(self, work: Work, bounds: Bounds) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.dead = self.late = False
        self.given: deque[int] = deque()
        self.since = 0.0
        self.setup: list[object] = [sys.path, work, bounds]

    def give(self, index: int, file: Path | bytes, name: str) -> None:
        """Send a file to read; a child that has gone is told by its answer."""
        if not self.given:
            self.since = time.monotonic()
        self.given.append(index)
        try:
            sink = self._started().stdin
            if sink is None:
                raise OSError
            while self.setup:
                send(sink, self.setup.pop(0))
            send(sink, (file if isinstance(file, bytes) else os.fspath(file), name))
        except OSError:
            self.dead = True

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _START, _ROOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a reader that panics writes its own report there
                bufsize=1 << 17,
            )
        return self.process

    def answer(self, name: str, seconds: float) -> Book:
        """The book of the file in hand, called `name`."""
        try:
            if self.process is None or self.process.stdout is None:
                raise EOFError
            book = receive(self.process.stdout)
        except (EOFError, OSError):
            self.dead = True
            return _lost(name, seconds if self.late else None)
        self.since = time.monotonic()
        if not isinstance(book, Book):
            raise TypeError(f"the reader of {name} gave {type(book).__name__}, not a Book")
        return book

    def end_if_late(self, seconds: float) -> None:
        if self.given and not self.late and time.monotonic() - self.since > seconds:
            self.late = True
            if self.process is not None:
                self.process.kill()

    def kill(self) -> None:
        self.dead = True
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """End the child and wait for it, so that no process is left behind."""
        if self.process is None:
            return
        if self.dead:
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # the other end has gone
        self.process.wait()


def _lost(name: str, seconds: float | None) -> Book:
    """The result for a file whose reader died, or was ended after `seconds`."""
    again = "Open it in Excel, copy its cells into a new workbook, and send that"
    if seconds is None:
        code, what = "GATE-025", "The reader was stopped by what is in this file"
    else:
        code, what = "GATE-026", f"Reading this file took more than {seconds:g} seconds"
    message = f"{what}, so nothing in it was read. {again}."
    return Book(name, "", problems=(Problem(code, name, message),))


def _read_elsewhere(
    files: Sequence[Named],
    executor: Executor,
    bounds: Bounds,
    seconds: float,
    work: Work,
) -> Iterator[Book]:
    waiting: deque[tuple[int, Future[Book] | Book | None]] = deque()
    following = iter(range(len(files)))

    def top_up() -> None:
        while len(waiting) < _AHEAD and (index := next(following, None)) is not None:
            waiting.append((index, _submit(executor, files[index], bounds, work)))

    top_up()
    while waiting:
        index, answer = waiting.popleft()
        book = answer if isinstance(answer, Book) else _answer(answer, seconds)
        yield book or next(_read_here([files[index]], bounds, seconds, work))
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
