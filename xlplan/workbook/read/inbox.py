"""The files of an inbox: which of them are read, and their bytes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from xlplan.codes.gate_codes import GATE_003
from xlplan.codes.gate_codes_inside import GATE_027, GATE_028, GATE_029, GATE_031
from xlplan.errors import Problem
from xlplan.workbook.read.bounds import DEFAULT, MB, Bounds

_LOCKS = ("~$", ".~lock.")
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
        elif entry.name.lower() not in _CLUTTER:
            skipped.append(problem)
    return files, skipped


def _skip(path: Path) -> Problem | None:
    """Why this entry of an inbox is not read, or None where it is."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return _unreadable(path, error)
    if stat.S_ISDIR(mode):
        return GATE_029.problem(name_of(path))
    if stat.S_ISLNK(mode):
        return GATE_028.problem(name_of(path), "link")
    if not stat.S_ISREG(mode):
        return GATE_028.problem(name_of(path), "device")
    if path.name.startswith(_LOCKS):
        return GATE_027.problem(name_of(path), "lock")
    if path.name.lower() in _CLUTTER or _is_apples(path):
        return GATE_027.problem(name_of(path), "own")
    return None


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
