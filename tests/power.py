"""What a loss of power leaves of a folder, by what a command had done until then.

Only what was flushed is certain: the bytes of a file that was, and the names in a folder that was.
Of what was done to names since, any part may have reached the disk, in any order; a file that was
not flushed is empty. What a database has committed is there, as SQLite promises: it flushes the
folder as well. What is kept for speed may be torn.

Of a command whose system calls were recorded, SQLite's promise is put to the test too: of what was
written to a file since it was last flushed, any part may have reached the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random
from typing import Literal

Recorded = Sequence[tuple[str, ...]]
_NAMES = frozenset({"create", "rename", "remove", "mkdir", "rmdir"})
_TORN = "projection.db"
_SECTOR = 512
"""What a disk writes whole or not at all."""


@dataclass
class _Tree:
    """The names of a folder, each with the number of its file (None: a folder)."""

    names: dict[str, int | None] = field(default_factory=dict)

    def move(self, before: str, after: str, number: int | None) -> None:
        """Give a file, or a folder with what is in it, another name."""
        below = {name: self.names.pop(name) for name in list(self.names) if _in(name, before)}
        self.names.pop(before, None)
        self.names[after] = number
        self.names |= {f"{after}{name[len(before) :]}": found for name, found in below.items()}

    def drop(self, name: str) -> None:
        """Remove a name, and what is below it."""
        for each in [each for each in self.names if each == name or _in(each, name)]:
            del self.names[each]


def _in(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")


def folder_of(name: str) -> str:
    """The folder in which a name is."""
    return str(PurePosixPath(name).parent)


class Disk:
    """A folder as it was before a command, and what was recorded of the command."""

    def __init__(self, before: Path, recorded: Recorded, spool: Path) -> None:
        self._recorded, self._spool = recorded, spool
        self._bytes: dict[int, bytes] = {}
        self._start = _Tree()
        for path in sorted(before.rglob("*")):
            name = path.relative_to(before).as_posix()
            self._start.names[name] = None if path.is_dir() else self._number(path.read_bytes())

    def __len__(self) -> int:
        return len(self._recorded)

    def _number(self, data: bytes) -> int:
        self._bytes[len(self._bytes)] = data
        return len(self._bytes) - 1

    def lost_at(self, at: int, draw: Random, most: int = 2) -> Iterator[frozenset[int]]:
        """Which operations on names may be lost where the power goes after so many operations:
        none, all that were not flushed, and some drawn at random."""
        waiting = [number for number in range(at) if self._waits(number, at)]
        yield frozenset()
        if waiting:
            yield frozenset(waiting)
        for _ in range(most if len(waiting) > 1 else 0):
            yield frozenset(draw.sample(waiting, draw.randint(1, len(waiting) - 1)))

    def _waits(self, number: int, at: int) -> bool:
        kind, *paths = self._recorded[number]
        folders = {folder_of(path) for path in paths}
        return kind in _NAMES and not any(
            self._flushes(each) >= folders for each in self._recorded[number + 1 : at]
        )

    def _flushes(self, one: tuple[str, ...]) -> set[str]:
        """The folders whose names are on the disk after an operation."""
        if one[0] == "flush folder":
            return {one[1]}
        return {folder_of(one[1])} if one[0] == "commit" else set()

    def image(
        self,
        at: int,
        lost: frozenset[int],
        target: Path,
        torn: bytes | None = None,
        draw: Random | Literal["all"] | None = None,
    ) -> None:
        """Put into a new folder what is left where the power goes after `at` operations, of which
        those on names that are `lost` did not reach the disk; `draw` says which of the writes did
        that were not flushed (without it, none)."""
        real, left = _Tree(dict(self._start.names)), _Tree(dict(self._start.names))
        data = dict(self._bytes)
        waiting: dict[int, list[tuple[str, ...]]] = {}
        for number, (kind, *rest) in enumerate(self._recorded[:at]):
            name = rest[0]
            if kind == "flush folder" or name == ".":
                continue
            if kind in ("write", "size"):
                if (written := real.names.get(name)) is not None:
                    waiting.setdefault(written, []).append((kind, *rest[1:]))
                continue
            if kind == "flush" and len(rest) == 1:
                if (flushed := real.names.get(name)) is not None:
                    for each in waiting.pop(flushed, ()):
                        data[flushed] = self._changed(data[flushed], each)
                continue
            if kind in ("flush", "commit"):
                if name not in real.names:  # a database that SQLite has made
                    real.names[name] = left.names[name] = len(data)
                found = real.names[name]
                assert found is not None, name
                data[found] = (self._spool / rest[1]).read_bytes()
                continue
            if kind == "create":
                if name in real.names:
                    continue  # written over: what was flushed of it is what counts
                file: int | None = len(data)
                data[len(data)] = b""
            else:
                file = real.names.get(name) if kind == "rename" else None
            for tree in (real, left) if number not in lost else (real,):
                if kind == "rename":
                    tree.move(name, rest[1], file)
                elif kind in ("create", "mkdir"):
                    tree.names[name] = file
                else:
                    tree.drop(name)
        for file_number, changes in waiting.items():
            for each in changes:
                if draw == "all":
                    data[file_number] = self._changed(data[file_number], each)
                elif draw is not None and draw.random() < 0.5:
                    data[file_number] = self._changed(data[file_number], each, draw)
        self._write(target, left.names, data, torn)

    def _changed(self, data: bytes, change: tuple[str, ...], draw: Random | None = None) -> bytes:
        """The bytes of a file after a change of its size, or after bytes were written into it: all
        of them, or as many sectors as are drawn."""
        kind, number, *spooled = change
        place = int(number)
        if kind == "size":
            return data[:place].ljust(place, b"\0")
        new = (self._spool / spooled[0]).read_bytes()
        if draw is not None and draw.random() < 0.25:
            new = new[: draw.randrange(len(new) // _SECTOR + 1) * _SECTOR]
        return data[:place].ljust(place, b"\0") + new + data[place + len(new) :]

    def _write(
        self,
        target: Path,
        names: Mapping[str, int | None],
        data: Mapping[int, bytes],
        torn: bytes | None,
    ) -> None:
        target.mkdir()
        for name, number in sorted(names.items()):
            above = PurePosixPath(name).parents
            if any(str(each) not in names for each in above if str(each) != "."):
                continue  # the folder in which it was is not there
            path = target / name
            if number is None:
                path.mkdir()
            elif torn is not None and path.name == _TORN:
                path.write_bytes(torn)
            else:
                path.write_bytes(data[number])
