"""Intake: which files a merge looks at, keeping their originals, and reading them."""

from __future__ import annotations

import contextlib
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.gate_codes import GATE_008
from xlplan.codes.merge_codes import MRG_001
from xlplan.codes.return_codes import RET_022
from xlplan.cycle.desk import Desk
from xlplan.cycle.folder import sha256, text_digest
from xlplan.cycle.known import KnownPlan
from xlplan.cycle.outputs import is_edited
from xlplan.cycle.synced import copies_beside, may_be_left, unread
from xlplan.errors import Problem
from xlplan.ledger.projection import Unknown
from xlplan.merge.reading import Reading, Remark
from xlplan.progress import READING_FILES, TAKING_RETURNS, counted
from xlplan.returned.furniture import BLANK
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.gate import is_wrapper
from xlplan.workbook.read.inbox import DEFAULT, MB, candidate_files, name_of, read_bytes
from xlplan.workbook.read.pool import open_one, read_all, read_one_return, read_values_alone
from xlplan.workbook.write.cell_text import safe_name

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from xlplan.cycle.kept import Document

DEEPEST = 2
"""How often a file is opened to what is in it: an archive in an archive, or in a message."""
_UNPACKED = 25
"""So many readings are kept as they are while the other files are read."""


class Arrived(Struct, frozen=True):
    """A file that came in: the name to call it by, its digest, where its bytes are.

    One from an archive or a message is called by both names, ``inbox/bundle.zip/inner.xlsx``;
    `root` is then the file in the inbox, and `around` what the message around it says.
    """

    file: str
    digest: str
    stored: Path | bytes
    root: str = ""
    around: tuple[str, ...] = ()

    @property
    def return_id(self) -> str:
        """The id of the return that it is."""
        return f"r-{self.digest[:12]}"


class Gathered(Struct, frozen=True):
    """The files of a merge, in a fixed order, and what was passed over."""

    arrived: tuple[Arrived, ...]
    problems: tuple[Problem, ...]
    keep: bool = True


def known_before(
    desk: Desk, paths: Sequence[Path] | None
) -> tuple[Gathered, list[Document]] | None:
    """The files of a merge that has nothing to do, each with the return that it was merged as.

    None where one is new or may be, where anything is open, or where a workbook of the
    coordinator's is not as it would be written. XlplanError where no merge could record anything.
    """
    if desk.kept is None or not desk.ledger.fingerprint():
        return None
    with desk.ledger.held(), contextlib.suppress(Unknown, OSError):
        if (kept := desk.kept) is None:
            return None
        defined = kept.is_defined_by(text_digest(desk.folder.read_definition()))
        if kept.status()["open"] or not defined or desk.definition.ruled is not None:
            return None
        if may_be_left(desk):
            return None
        for name, digest in kept.outputs().items():
            path = desk.folder.root / name
            if digest != (sha256(path.read_bytes()) if path.exists() else None):
                return None
        desk.key  # noqa: B018  # without it no merge begins
        known: list[Document] = []

        def note(item: Arrived) -> None:
            known.append(kept.returned(item.digest))  # the first that is new ends the search

        return gather(desk, paths, keep=True, own=False, note=note), known
    return None


def gather(
    desk: Desk,
    paths: Sequence[Path] | None,
    *,
    keep: bool,
    own: bool = True,
    note: Callable[[Arrived], None] | None = None,
) -> Gathered:
    """Find the files, and keep their originals (unless `keep` is False, in a dry run).

    Files in folders are taken in the order of their names. XlplanError for a path that is not
    there. The coordinator's own `master.xlsx` and `decisions.xlsx` join where they were edited,
    unless `own` says that they were not. `note` is told of each file as it is found.
    """
    found: list[Path] = []
    problems = [*copies_beside(desk.folder), *unread(desk)]
    for path in desk.folder.coordinators(desk.state.exchange.cycle) if own else ():
        if path.exists() and is_edited(desk, path):
            found.append(path)
    for path in paths or (desk.folder.inbox,):
        if not path.exists() and not path.is_symlink():
            raise MRG_001.fault(str(path))
        files, skipped = candidate_files(path)
        found += files
        problems += skipped
    arrived = []
    root = desk.folder.root.resolve()
    for path in found:
        item = _take(desk, _name(desk, path, root), path, keep=keep)
        if isinstance(item, Problem):
            problems.append(item)
            continue
        if note is not None:
            note(item)
        arrived.append(item)
    return Gathered(tuple(arrived), tuple(problems), keep)


def _name(desk: Desk, file: Path, root: Path) -> str:
    """A file's name as the report gives it: within the plan, of which `root` is the folder, where
    it is in the plan. One elsewhere is never called as the council's own workbook in the plan is,
    whoever sent it."""
    with contextlib.suppress(ValueError):
        within = file.resolve().relative_to(root)
        return (within.parent / name_of(within)).as_posix()
    name = name_of(file)
    return f"{name_of(file.resolve().parent)}/{name}" if name == desk.folder.own else name


def _take(desk: Desk, name: str, path: Path, *, keep: bool) -> Arrived | Problem:
    data = read_bytes(path)
    if isinstance(data, Problem):
        return data.but(where=name)
    if not keep:
        return Arrived(name, sha256(data), path)
    digest = desk.folder.originals.keep(data)
    return Arrived(name, digest, desk.folder.originals.path(digest))


def read(
    desk: Desk,
    gathered: Gathered,
    executor: Executor | None,
    is_new: Callable[[Arrived], bool],
) -> Iterator[tuple[Arrived, Book]]:
    """Read the files that are new, and those in archives and messages, which arrive by this.

    A file that cannot be read is a book with problems. `is_new` is asked once for every file.
    """
    room: dict[str, tuple[int, int]] = {}
    coloured = desk.folder.set_up.name
    work = partial(read_one_return, ours=_own_fills(desk), coloured=coloured)
    wave = [item for item in gathered.arrived if is_new(item)]
    for depth in range(DEEPEST + 1):
        wrappers: list[Arrived] = []
        files = [(item.file, item.stored) for item in wave]
        books = read_all(files, executor=executor, work=work, lighter=read_values_alone)
        both = zip(wave, books, strict=True)
        for item, book in counted(READING_FILES, both, len(wave)):
            if depth < DEEPEST and is_wrapper(book):
                wrappers.append(item)
            else:
                yield item, book
        files = [(item.file, item.stored) for item in wrappers]
        wave = []
        for item, book in zip(wrappers, read_all(files, work=open_one, ahead=1), strict=True):
            if not book.enclosed or not (book := _bounded(item, book, room)).enclosed:
                yield item, book
            else:
                wave += [one for one in _enclosed(desk, item, book, gathered.keep) if is_new(one)]


def _own_fills(desk: Desk) -> frozenset[str]:
    """The fills of every template that went out, by the record, else one of each definition tells
    them; and white."""
    exchange, definition_at = desk.state.exchange, desk.state.definition_at
    shared = [*exchange.shared.values()]
    for each in exchange.of_old(definition_at):
        from xlplan.issued.template import made_again  # nothing else of reading writes

        shared.append(made_again(definition_at(each.as_of), each, desk.key)[1])
    return frozenset({BLANK}).union(*(each.fills for each in shared))


def _bounded(item: Arrived, book: Book, room: dict[str, tuple[int, int]]) -> Book:
    """`book`, or its refusal: what one file in the inbox holds in all is bounded."""
    root = item.root or item.file
    count, size = room.get(root, (DEFAULT.enclosed, DEFAULT.enclosed_bytes))
    count -= len(book.enclosed)
    size -= sum(len(each.data) for each in book.enclosed)
    room[root] = count, size
    if count >= 0 and size >= 0:
        return book
    if count < 0:
        problem = GATE_008.problem(book.name, "files", files=DEFAULT.enclosed)
    else:
        problem = GATE_008.problem(book.name, "enclosed", mb=DEFAULT.enclosed_bytes // MB)
    return Book(book.name, book.kind, problems=(problem,))


def _enclosed(desk: Desk, item: Arrived, book: Book, keep: bool) -> Iterator[Arrived]:
    """The files in an archive or a message as files that came in, each with its original."""
    names: set[str] = set()
    around = tuple(problem.message for problem in book.problems)
    for each in book.enclosed:
        last = each.name.replace("\\", "/").rstrip("/").rpartition("/")[2]
        stem, dot, suffix = last.rpartition(".")
        name = safe_name(stem or suffix, names) + (f".{safe_name(suffix)}" if dot and stem else "")
        file, root = f"{item.file}/{name}", item.root or item.file
        if keep:
            digest = desk.folder.originals.keep(each.data)
            stored: Path | bytes = desk.folder.originals.path(digest)
        else:
            digest, stored = sha256(each.data), each.data
        yield Arrived(file, digest, stored, root, (*item.around, *around))


def unforeseen(name: str, error: Exception) -> Problem:
    """The refusal of a file on which the program itself failed."""
    return RET_022.problem(name, error=type(error).__name__)


def remarks_of(reading: Reading) -> tuple[str, ...]:
    """Each with its sheet and cell; which file it is, the return says."""
    return tuple(
        f"{replace(remark.place, file='')}: {remark.kind}: {remark.text}{_cut(remark, reading)}"
        for remark in reading.remarks
    )


def _cut(remark: Remark, reading: Reading) -> str:
    """What is left out of a remark, and where the whole of it is."""
    if not remark.more:
        return ""
    kept = f"{reading.file}, kept as returns/{reading.sha256}"
    return f"… ({remark.more:,} more characters; the whole is in {kept})"


class Recogniser:
    """Says of each book which issued workbook it answers, by the stamp, and reads its rows."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._kept = desk, desk.folder.own
        self._known = KnownPlan(desk)

    def reading(self, book: Book, digest: str) -> Reading:
        """A book as a reading; refused where reading it fails in a way that nobody foresaw, so
        that one file never costs the others their merge."""
        try:
            if self._kept and book.name == self._kept:
                from xlplan.cycle.keeping import read_own

                return read_own(self._desk, book, digest)
            reading = read_return(book, digest, self._known)
            if self._kept and reading.trust == "none":
                from xlplan.cycle.keeping import if_copy

                return if_copy(self._desk, book, reading)
            return reading
        except Exception as error:
            return Reading(
                book.name, digest, book.kind, book.saved_at, "template", "", "none",
                problems=(unforeseen(book.name, error),),
            )  # fmt: skip


class Waiting:
    """What was read, until its turn comes. A book is let go, but for those of forms, in which more
    is looked up; and of many returns all but the first are packed, so that they take little room.
    """

    def __init__(self) -> None:
        self.set_up: list[tuple[Arrived, Book, Reading]] = []
        self.answers: list[tuple[Arrived, Book, Reading]] = []
        self._masters: list[tuple[Arrived, Reading]] = []
        self._returns: deque[tuple[Arrived, Reading | bytes]] = deque()

    def add(self, item: Arrived, book: Book, reading: Reading) -> None:
        """Take in one that was read."""
        if reading.document in ("set-up", "post"):
            self.set_up.append((item, book, reading))
        elif reading.document == "decisions":
            self.answers.append((item, book, reading))
        elif reading.document == "master":
            self._masters.append((item, reading))
        else:
            packed = len(self._returns) >= _UNPACKED
            self._returns.append((item, _pack(reading) if packed else reading))

    def masters(self) -> Iterator[tuple[Arrived, Reading]]:
        """The copies of `master.xlsx`; each once, whoever asks."""
        while self._masters:
            yield self._masters.pop(0)

    def returns(self) -> Iterator[tuple[Arrived, Reading]]:
        """The returns, in the order in which they were read; each once."""
        count = len(self._returns)
        for _ in counted(TAKING_RETURNS, range(count), count):
            item, reading = self._returns.popleft()
            yield item, _unpack(reading) if isinstance(reading, bytes) else reading


def _pack(reading: Reading) -> bytes:
    return zlib.compress(pickle.dumps(reading), 1)


def _unpack(packed: bytes) -> Reading:
    reading = pickle.loads(zlib.decompress(packed))
    assert isinstance(reading, Reading)
    for row in reading.rows:  # what is recorded of thousands of files holds each uid once
        row.uid = intern(row.uid)
    return replace(reading, columns=tuple(map(intern, reading.columns)))
