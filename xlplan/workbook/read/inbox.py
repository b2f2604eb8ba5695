"""The files of an inbox: which of them are read, how much they may hold, and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field

from xlplan.codes.gate_codes import GATE_003, GATE_011, GATE_012
from xlplan.codes.gate_codes_inside import GATE_027, GATE_028, GATE_029, GATE_031, GATE_037
from xlplan.codes.message import Filled, Message
from xlplan.errors import Problem

MB = 1 << 20


class Bounds(Struct, frozen=True):
    """How much of anything a file may hold; sizes in bytes."""

    file_bytes: int = 128 * MB
    part_bytes: int = 256 * MB
    total_bytes: int = 512 * MB
    ratio: int = 200
    ratio_above: int = 4 * MB
    """Parts up to this size may be compressed as well as they like."""
    parts: int = 2_000
    rows: int = 100_000
    columns: int = 2_000
    cells: int = 2_000_000
    """Of one sheet's used area, empty cells included, and of all sheets together."""
    merges: int = 20_000
    text: int = 256 * MB
    """Characters in all cells together: one long text may stand behind many cells."""
    sheets: int = 200
    enclosed: int = 200
    """Files in an archive or a message."""
    enclosed_bytes: int = 128 * MB
    """Of all files in an archive or a message together."""


DEFAULT = Bounds()
"""What a template, a master plan or a csv of either never exceeds."""


class Refused(Exception):  # noqa: N818  (a refusal is an answer about the file, not our error)
    """Raised inside the gate only; carries the refusal that becomes a `Problem`."""

    def __init__(self, refusal: Filled) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


_TOO_LARGE: Mapping[str, Message] = {
    "far": GATE_011,
    "many": GATE_011,
    "together": GATE_011,
    "merged": GATE_012,
}


class Unfit(Refused):
    """Raised of one sheet that is larger than a plan can be: `variant` names in what (see
    `xlplan.codes.gate_codes.TOO_LARGE`), `places` fill it."""

    def __init__(self, sheet: str, variant: str, **places: int) -> None:
        self.sheet, self.variant, self.places = sheet, variant, places
        super().__init__(self.refusing(hidden=False))

    def refusing(self, hidden: bool) -> Filled:
        """The refusal of the file, for a sheet that must be read."""
        message = _TOO_LARGE[self.variant]
        return message.fill(self._named(hidden), sheet=self.sheet, **self.places)

    def passing(self, hidden: bool) -> Filled:
        """The warning that the sheet was passed over."""
        message = GATE_037
        return message.fill(self._named(hidden), **self.places)

    def _named(self, hidden: bool) -> str:
        return f"{self.variant}-hidden" if hidden else self.variant

    def of(self, sheet: str) -> Unfit:
        """The same of a sheet whose name was not known."""
        return self if self.sheet else Unfit(sheet, self.variant, **self.places)


class Choice(Struct):
    """Which sheets of a workbook are read: `only` those named, where any are, and all that can be
    seen; of the others, which are hidden or not named, only what is no larger than a plan can be.
    """

    only: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    passed: dict[str, Unfit] = field(default_factory=dict)
    """The sheets that are passed over."""

    def may_pass(self, sheet: str) -> bool:
        """Whether this sheet may be passed over."""
        if self.only:
            return sheet.casefold() not in self.only
        return sheet in self.hidden

    def pass_over(self, unfit: Unfit) -> None:
        """Take note of a sheet that is too large; raises `Refused` where it must be read."""
        if not self.may_pass(unfit.sheet):
            raise Refused(unfit.refusing(unfit.sheet in self.hidden))
        self.passed.setdefault(unfit.sheet, unfit)

    def fit(self, sizes: Mapping[str, int], most: int, unfit: Callable[[str, int], Unfit]) -> None:
        """Pass over what is too much together with what must be read, and with what comes first."""
        total = 0
        for sheet in sorted(sizes, key=self.may_pass):
            if total + sizes[sheet] > most:
                self.pass_over(unfit(sheet, total + sizes[sheet]))
            else:
                total += sizes[sheet]


_LOCKS = ("~$", ".~lock.")
_UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload")
_ZONE = "zone.identifier"
"""How Windows calls what it notes about where a file came from; copied elsewhere, it is a file."""
_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".gitkeep", "icon\r"})
_APPLE = b"\x00\x05\x16\x07"
"""How a file begins that a Mac keeps beside another, ``._name`` beside ``name``."""


def name_of(path: Path) -> str:
    """The name of a file as it can be written down, whatever bytes the disk has for it."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def candidate_files(path: Path) -> tuple[list[Path], list[Problem]]:
    """The files to read at `path` (a file or a folder, not its subfolders), by name, and what was
    passed over and why. Links, pipes and devices are told by `lstat` and never opened."""
    if not path.is_dir():
        problem = _skip(path)
        return ([], [problem]) if problem else ([path], [])
    files: list[Path] = []
    skipped: list[Problem] = []
    try:
        entries = sorted(path.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        return [], [_unreadable(path, error)]
    for entry in entries:
        problem = _skip(entry)
        if problem is None:
            files.append(entry)
        elif entry.name.lower() not in _CLUTTER and not _is_beside(entry.name):
            skipped.append(problem)
    return files, skipped


def is_clutter(name: str) -> bool:
    """Whether a file of this name is what programs put beside the files of people."""
    lowered = name.lower()
    beside = lowered in _CLUTTER or lowered.startswith(_LOCKS) or _is_beside(name)
    return beside or lowered.endswith(_UNFINISHED)


def _skip(path: Path) -> Problem | None:
    """Why this entry of an inbox is not read, or None where it is."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return _unreadable(path, error)
    if stat.S_ISDIR(mode) and not path.name.lower().endswith(_UNFINISHED):  # Safari's is a folder
        return GATE_029.problem(name_of(path))
    if stat.S_ISLNK(mode):
        return GATE_028.problem(name_of(path), "link")
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return GATE_028.problem(name_of(path), "device")
    if path.name.startswith(_LOCKS):
        return GATE_027.problem(name_of(path), "lock")
    if path.name.lower().endswith(_UNFINISHED):
        return GATE_027.problem(name_of(path), "unfinished")
    if path.name.lower() in _CLUTTER or _is_beside(path.name) or _is_apples(path):
        return GATE_027.problem(name_of(path), "own")
    return None


def _is_beside(name: str) -> bool:
    """Whether this is what Windows keeps about another file."""
    return name.lower().removesuffix(":$data").endswith(_ZONE)


def _is_apples(path: Path) -> bool:
    """Whether this regular file is what a Mac keeps about another one."""
    if not path.name.startswith("._"):
        return False
    try:
        with _opened(path) as file:
            return file.read(len(_APPLE)) == _APPLE
    except OSError:
        return False


def _opened(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return open(os.open(path, flags), "rb")  # noqa: PTH123  (of a descriptor)


def _unreadable(path: Path, error: OSError) -> Problem:
    if error.strerror:
        return GATE_031.problem(name_of(path), "reason", reason=error.strerror)
    return GATE_031.problem(name_of(path))


def read_bytes(path: Path, bounds: Bounds = DEFAULT) -> bytes | Problem:
    """The bytes of a regular file, or the problem that says why not. Never follows a link and
    never waits for a pipe, whatever took the file's place since it was listed."""
    if (problem := _skip(path)) and problem.code != GATE_027.code:
        return problem
    try:
        with _opened(path) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return GATE_028.problem(name_of(path), "device")
            # Asked for the most that may come, a reader makes room for all of it.
            data = file.read(min(found.st_size, bounds.file_bytes) + 1)
    except OSError as error:
        return _unreadable(path, error)
    if len(data) > bounds.file_bytes:
        return GATE_003.problem(name_of(path), mb=bounds.file_bytes // MB)
    return data
