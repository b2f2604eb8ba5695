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
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.errors import Problem
from xlplan.workbook.book import Book
from xlplan.workbook.bounds import DEFAULT
from xlplan.workbook.gate import Bounds, read_bytes
from xlplan.workbook.work import open_one, read_one, read_one_in_detail, read_one_return
from xlplan.workbook.worker import receive, send

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

__all__ = ["open_one", "read_all", "read_one", "read_one_in_detail", "read_one_return"]

Work = Callable[[bytes, str, Bounds], Book]
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
        self.books: dict[int, Book | BaseException] = {}
        self.changed = threading.Condition()
        self.room = threading.Semaphore(ahead)
        self.stopped = False
        self.children: set[_Child] = set()

    def take(self, index: int) -> Book:
        with self.changed:
            while index not in self.books:
                self.changed.wait()
            self.room.release()
            book = self.books.pop(index)
        if isinstance(book, BaseException):
            raise book
        return book

    def stop(self) -> None:
        with self.changed:
            self.stopped = True
            self.todo.clear()
            for child in self.children:
                child.kill()
        self.room.release(_AHEAD)

    def run(self) -> None:
        """One thread: one child at a time, a new one where the last one died."""
        child: _Child | None = None
        try:
            while True:
                self.room.acquire()
                with self.changed:
                    if self.stopped or not self.todo:
                        return
                    index = self.todo.popleft()
                    if child is None or child.dead:
                        child = self._start(child)
                book = self._read(child, index)
                with self.changed:
                    self.books[index] = book
                    self.changed.notify_all()
        finally:
            if child is not None:
                child.close()

    def _start(self, last: _Child | None) -> _Child:
        if last is not None:
            last.close()
            self.children.discard(last)
        child = _Child(self.work)
        self.children.add(child)
        return child

    def _read(self, child: _Child, index: int) -> Book | BaseException:
        name, path = self.files[index]
        try:
            data = _bytes_of(path, self.bounds)
            if isinstance(data, Problem):
                return Book(name, "", problems=(Problem(data.code, name, data.message),))
            return child.read(data, name, self.bounds, self.seconds)
        except BaseException as error:  # handed to whoever takes this book
            return error


class _Child:
    """One child process and the file it has in hand."""

    def __init__(self, work: Work) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a reader that panics writes its own report there
        )
        self.dead = False
        self.setup: list[object] | None = [sys.path, work]

    def read(self, data: bytes, name: str, bounds: Bounds, seconds: float) -> Book:
        late = threading.Event()

        def too_late() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, too_late)
        timer.daemon = True
        timer.start()
        try:
            return self._ask(data, name, bounds)
        except (EOFError, OSError):
            self.dead = True
            return _lost(name, seconds if late.is_set() else None)
        finally:
            timer.cancel()

    def _ask(self, data: bytes, name: str, bounds: Bounds) -> Book:
        source, sink = self.process.stdout, self.process.stdin
        if source is None or sink is None:
            raise EOFError
        for value in self.setup or ():
            send(sink, value)
        self.setup = None
        send(sink, (data, name, bounds))
        book = receive(source)
        if not isinstance(book, Book):
            raise TypeError(f"the reader of {name} gave {type(book).__name__}, not a Book")
        return book

    def kill(self) -> None:
        self.dead = True
        self.process.kill()

    def close(self) -> None:
        """End the child and wait for it, so that no process is left behind."""
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


def _bytes_of(file: Path | bytes, bounds: Bounds) -> bytes | Problem:
    return file if isinstance(file, bytes) else read_bytes(file, bounds)


def _submit(
    executor: Executor, file: Named, bounds: Bounds, work: Work
) -> Future[Book] | Book | None:
    """The future of one file; its book where it cannot be opened; None where nothing is taken."""
    name, path = file
    data = _bytes_of(path, bounds)
    if isinstance(data, Problem):
        return Book(name, "", problems=(Problem(data.code, name, data.message),))
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
