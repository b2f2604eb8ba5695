"""The child process in which returns are opened, files within files too, and read: it may die or
hang without harm."""

from __future__ import annotations

import io
import os
import pickle
import posixpath
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from xlplan.codes.gate_codes import GATE_008, GATE_019, GATE_020
from xlplan.codes.gate_codes_inside import GATE_034, GATE_035
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.read.book import Book, Enclosed
from xlplan.workbook.read.file_kinds import (
    MESSAGE,
    OTHER_DOCUMENT,
    PDF,
    PICTURE,
    TNEF,
    UNKNOWN,
    ole_kind,
    plain_kind,
    unpacked_folders,
)
from xlplan.workbook.read.gate import WRAPPERS, Bounds, admit
from xlplan.workbook.read.inbox import Refused, is_clutter, read_bytes
from xlplan.workbook.read.parts import inflate, open_package

if TYPE_CHECKING:
    from xlplan.workbook.read.messages import Bag

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
        return Book(name, "", problems=(data.but(where=name, level="error"),))
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


def read_one_return(
    data: bytes, name: str, bounds: Bounds, *, ours: frozenset[str], coloured: str = ""
) -> Book:
    """`read_one` with what was said by colours, lines and boxes; `ours` are our own fills, which
    count too in the file `coloured`, where a fill is an answer."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds, ours=frozenset() if name == coloured else ours)


def read_values_alone(
    data: bytes, name: str, bounds: Bounds, only: frozenset[str] = frozenset()
) -> Book:
    """`read_one` without notes, and without a second reader: for what takes too long with them."""
    from xlplan.workbook.read.read_book import read_book

    return read_book(data, name, bounds, values_alone=True, only=only)


def open_one(data: bytes, name: str, bounds: Bounds) -> Book:
    """What a worker does with an archive or a message: `open_wrapper`."""

    return open_wrapper(data, name, bounds)


_TABLES = (
    ".csv", ".tsv", ".tab", ".xls", ".xlsx", ".xlsm", ".xlsb", ".xlt", ".xltx", ".xltm", ".ods",
    ".ots", ".fods", ".numbers",
)  # fmt: skip
"""How the name of a table ends."""
_LONGEST = 2_000
"""Characters of a message that are told."""


def open_wrapper(data: bytes, name: str, bounds: Bounds) -> Book:
    """The files in an archive or a message, as `Book.enclosed`; notes say what was left out.

    Nothing is raised for a bad file: a problem of level ``error`` says why it cannot be opened.
    What is evidence (pictures, documents) is passed over where there is a workbook beside it,
    unless it has the name of one.
    """
    from xlplan.workbook.read.messages import read_mail, read_outlook, read_winmail  # seldom any

    found = admit(data, name, bounds)
    if not isinstance(found, Problem) or found.code not in WRAPPERS:
        return Book(name, "", problems=(found,) if isinstance(found, Problem) else ())
    try:
        if plain_kind(data) == "zip":
            return _book(name, "zip", _zip(data, bounds), (), GATE_020.fill("bare"))
        if plain_kind(data) == "ole":
            files, words = read_outlook(data, bounds)
            return _book(name, "msg", files, words, GATE_019.fill("bare"))
        if found.code == TNEF.code:
            files, words = read_winmail(data, bounds)
            return _book(name, "tnef", files, words, GATE_019.fill("bare"))
        if found.code == MESSAGE.code:
            files, words = read_mail(data, bounds)
            return _book(name, "eml", files, words, GATE_019.fill("bare"))
    except Refused as refusal:
        found = refusal.refusal.at(name)
    except (MemoryError, RecursionError):
        found = GATE_008.problem(name, "memory")
    return Book(name, "", problems=(found,))


def _book(
    name: str, kind: str, files: Sequence[Enclosed], words: Sequence[str], bare: Filled
) -> Book:
    returns = [file for file in files if not _is_evidence(file)]
    evidence = [file for file in files if _is_evidence(file)] if returns else []
    enclosed = returns or list(files)
    notes = list(_notes(words, name))
    if not enclosed:
        return Book(name, kind, problems=(bare.at(name), *notes))
    if evidence:
        notes.append(GATE_034.problem(name, names=[file.name[:80] for file in evidence]))
    return Book(name, kind, problems=tuple(notes), enclosed=tuple(enclosed))


def _is_evidence(file: Enclosed) -> bool:
    """Whether a file is company for a workbook. What is called one was meant as one, and is
    refused for what it is; one that is called something else is known by its bytes."""
    if file.name.lower().endswith(_TABLES):
        return False
    kind: str | Filled = plain_kind(file.data)
    if kind == "ole":
        kind = ole_kind(file.data)
    if kind == "zip":
        return b"word/document" in file.data or b"ppt/presentation" in file.data
    return kind in ("csv", PDF, PICTURE, OTHER_DOCUMENT, UNKNOWN)


def _zip(data: bytes, bounds: Bounds) -> list[Enclosed]:
    from xlplan.workbook.read.messages import Bag

    bag = Bag(bounds)
    package = open_package(data, bounds)
    files = [info for info in package.infolist() if not info.is_dir()]
    unpacked = unpacked_folders(info.filename for info in files)
    for folder in unpacked:
        bag.add(folder.rstrip("/"), _packed_again(package, folder, bag))
    for info in files:
        if info.filename.startswith(unpacked) or _is_clutter(info.filename):
            continue
        bag.check(info.file_size)
        bag.add(info.filename, inflate(package, info))
    return bag.files


def _packed_again(package: ZipFile, folder: str, bag: Bag) -> bytes:
    """The document whose parts lie in a folder of an archive; the same bytes each time."""
    whole, room = io.BytesIO(), bag.room
    with ZipFile(whole, "w") as made:
        for info in package.infolist():
            if info.filename.startswith(folder) and not info.is_dir():
                bag.check(info.file_size)
                bag.room -= info.file_size
                made.writestr(ZipInfo(info.filename.removeprefix(folder)), inflate(package, info))
    bag.room = room
    return whole.getvalue()


def _is_clutter(name: str) -> bool:
    """What programs put into archives beside what people did."""
    last = posixpath.basename(name.replace("\\", "/"))
    return last.startswith(".") or is_clutter(last) or name.startswith("__MACOSX/")


def _notes(messages: Sequence[str], name: str) -> Iterator[Problem]:
    """The words of a message, and those of each that was forwarded in it."""
    for number, text in enumerate(messages):
        more = len(text) - _LONGEST
        if number and more > 0:
            yield GATE_035.problem(
                name, "forwarded-cut", text=text[:_LONGEST], more=more, file=name
            )
        elif number:
            yield GATE_035.problem(name, "forwarded", text=text)
        elif more > 0:
            yield GATE_035.problem(name, "message-cut", text=text[:_LONGEST], more=more, file=name)
        else:
            yield GATE_035.problem(name, "message", text=text)
