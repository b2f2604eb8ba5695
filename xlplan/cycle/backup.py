"""`backup` and `restore`: the folder of a plan as one file, checked when made and when used.

The database is copied by SQLite while others may be at work; of everything else, the file as it
lies there. What the file holds, each with its SHA-256, stands in it under `CONTENTS`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from msgspec import Struct

from xlplan.codes.cycle_codes import (
    BAK_001,
    BAK_002,
    BAK_003,
    BAK_004,
    BAK_005,
    BAK_006,
    BAK_007,
)
from xlplan.cycle.folder import (
    TEMPORARY,
    PlanFolder,
    allowed,
    find_folder,
    sweep,
    sync_folder,
    written_atomically,
)
from xlplan.cycle.verify import Tip, verify_chain, verify_originals
from xlplan.errors import Problem, reason_of
from xlplan.late import regex
from xlplan.ledger.store import Ledger
from xlplan.workbook.read.inbox import is_clutter
from xlplan.workbook.write.cell_text import safe_name

CONTENTS = "xlplan-backup.json"
"""The member that says what a backup holds."""
FORMAT = 1
MOST = 200
"""How many times its own size a backup may come to when it is unpacked."""
_ROOM = 64 << 20
"""Bytes that any backup may come to."""
_CHUNK = 1 << 20
_WINDOWS = regex(r'[<>:"\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I)
"""What no name of a file may hold on one system or another."""


class Backup(Struct, frozen=True):
    """A backup that was made, or put back: the file, or the folder; how many files it holds, the
    end of its ledger, whether the secret key is in it, and what a person should know."""

    path: Path
    files: int
    tip: Tip
    with_key: bool
    problems: tuple[Problem, ...] = ()


def backup(plan: str | Path, file: str | Path, *, with_key: bool = False) -> Backup:
    """Write the whole folder of a plan into one new `file`, and read that again.

    The secret key is left out unless `with_key`. Others may work in the plan meanwhile. XlplanError
    where `file` is there already, or where the ledger or an original is not as it was recorded.
    """
    folder, path = find_folder(Path(plan)), Path(file)
    if path.exists() or path.is_symlink():
        raise BAK_001.fault(str(path))
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory(prefix="xlplan") as name:
        copy = Path(name) / folder.ledger.name
        with Ledger.open_(folder.ledger) as ledger:
            ledger.copy_to(copy)
        tip = _checked(copy, folder)
        sweep(path.parent, path.name)
        try:
            with written_atomically(path) as target:
                digests = _pack(folder, target, copy, problems, with_key=with_key)
                _check_written(target, digests, path)
        except OSError as error:
            raise BAK_007.fault(str(path), reason=reason_of(error)) from None
    return Backup(path, len(digests), tip, with_key, tuple(problems))


def _checked(ledger: Path, folder: PlanFolder) -> Tip:
    """The end of a copied ledger whose chain holds and whose originals are there."""
    with Ledger.open_(ledger) as copy:
        found = verify_chain(copy) or verify_originals(copy, folder.originals)
        if found:
            raise BAK_003.fault(found[0].where, why=found[0].message)
        seq, _, last = copy.tip()
    return Tip(seq, last)


def _pack(
    folder: PlanFolder, file: BinaryIO, ledger: Path, problems: list[Problem], *, with_key: bool
) -> dict[str, str]:
    """Put the files of a plan into an archive; the digest of each, by its name in it."""
    own = _key_text(folder)
    digests: dict[str, str] = {}
    with zipfile.ZipFile(file, "w") as archive:
        files = [(folder.ledger.name, ledger), *_files(folder)]
        taken = {own_name.casefold() for own_name, _ in files}
        for own_name, path in files:
            name = _everywhere(own_name, taken)
            try:
                if not with_key and _is_key(path, folder, own):
                    continue
                data = path.open("rb")
            except OSError as error:
                problems.append(BAK_002.problem(_written(own_name), reason=reason_of(error)))
                continue
            with data:
                digests[name] = _copy(data, archive, name)
            if name != own_name:
                problems.append(BAK_002.problem(_written(own_name), "renamed", name=name))
        contents = {"files": digests, "format": FORMAT}
        text = json.dumps(contents, indent=1, sort_keys=True)
        archive.writestr(_member(CONTENTS, zipfile.ZIP_DEFLATED), text)
    return digests


def _everywhere(name: str, taken: set[str]) -> str:
    """The name of a file in a backup: its own, or one that can be put back on any system and is
    not `taken` (case-folded names, to which it is added)."""
    plain = _written(name)
    if plain == name and _is_within(name):
        return name
    *parts, last = plain.split("/")
    stem, dot, suffix = last.rpartition(".")
    folders = [safe_name(part) for part in parts]
    suffix = f".{safe_name(suffix)}" if stem and dot else ""
    for number in count(1):
        more = f" ({number})" if number > 1 else ""
        found = "/".join([*folders, f"{safe_name(stem or last)}{more}{suffix}"])
        if found.casefold() not in taken:
            break
    taken.add(found.casefold())
    return found


def _written(name: str) -> str:
    """A name as it can be written down, whatever bytes the disk has for it."""
    return name.encode("utf-8", "backslashreplace").decode()


def _key_text(folder: PlanFolder) -> bytes:
    with suppress(OSError):
        return folder.key.read_bytes().strip()
    return b""


def _is_key(path: Path, folder: PlanFolder, own: bytes) -> bool:
    """Whether a file is the secret key, one that was or will be, or a copy of it under whatever
    name."""
    if path.parent == folder.root and (path.suffix == ".key" or path == folder.next_key):
        return True
    if not own or path.stat().st_size > 4 * len(own):
        return False
    return own in path.read_bytes()


def _files(folder: PlanFolder) -> Iterator[tuple[str, Path]]:
    """The regular files of a plan by their names in a backup, in a fixed order; without the
    database itself, what it leaves beside it, answers kept for speed, what programs leave for
    themselves, and other backups."""
    beside = (folder.ledger.name, folder.projection.name)
    for place, folders, names in os.walk(folder.root):
        folders.sort()
        here = Path(place)
        for name in sorted(names):
            path = here / name
            at_root = here == folder.root
            if is_clutter(name) or name.endswith(TEMPORARY) or not _is_regular(path):
                continue
            if at_root and (name.startswith(beside) or _is_backup(path)):
                continue
            yield path.relative_to(folder.root).as_posix(), path


def _is_regular(path: Path) -> bool:
    with suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def _is_backup(path: Path) -> bool:
    if path.suffix.lower() != ".zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENTS in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _member(name: str, how: int) -> zipfile.ZipInfo:
    """A member without a time of its own, so that the same plan makes the same backup."""
    info = zipfile.ZipInfo(name)
    info.compress_type = how
    info.external_attr = 0o600 << 16
    return info


def _digest_of(data: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := data.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest()


def _copy(data: BinaryIO, archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    is_packed = data.read(2) == b"PK"  # a workbook: it comes out no smaller
    data.seek(0)
    info = _member(name, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)
    with archive.open(info, "w", force_zip64=True) as target:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _check_written(file: BinaryIO, digests: Mapping[str, str], path: Path) -> None:
    """Read a backup again; XlplanError where it does not hold what was put in."""
    with zipfile.ZipFile(file) as archive:
        for name, digest in digests.items():
            with archive.open(name) as member:
                if _digest_of(member) != digest:
                    raise BAK_007.fault(str(path), reason=f"{name} reads otherwise than written")


def restore(file: str | Path, plan: str | Path) -> Backup:
    """Put the plan of a backup into a folder of its own, and check its record there.

    Everything is unpacked and checked beside it first, so that the folder is whole or not there.
    XlplanError where that holds anything, or the backup is damaged or none.
    """
    path, folder = Path(file), Path(plan)
    if folder.is_symlink() or folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise BAK_005.fault(str(folder))
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise BAK_004.fault(str(path), "reason", reason=reason_of(error)) from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise BAK_004.fault(str(path)) from None
    with archive:
        contents = _contents(archive, path)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            here = tempfile.mkdtemp(TEMPORARY, _beside(folder), folder.parent)
        except OSError as error:
            raise BAK_007.fault(str(folder), reason=reason_of(error)) from None
        try:
            tip = _unpack(archive, contents, Path(here), path)
            if folder.exists():
                folder.rmdir()
            Path(here).rename(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise BAK_007.fault(str(folder), reason=reason_of(error)) from None
        finally:
            shutil.rmtree(here, ignore_errors=True)
    has_key = PlanFolder(folder).key.name in contents
    problems = () if has_key else (BAK_006.problem(str(folder)),)
    return Backup(folder, len(contents), tip, has_key, problems)


def _sweep(folder: Path) -> None:
    """Remove what a `restore` that was killed left beside its place: it may hold a secret key.

    It is renamed first: a `restore` that is at work there after all then fails.
    """
    for left in folder.parent.glob(f".*{TEMPORARY}"):
        if left.name.startswith(_beside(folder)) and left.is_dir():
            gone = Path(tempfile.mkdtemp(TEMPORARY, _beside(folder), folder.parent))
            left.rename(gone / "left")
            shutil.rmtree(gone)


def _beside(folder: Path) -> str:
    """How the name of what is unpacked beside a folder begins."""
    return f".{folder.name[:40]}."


def _contents(archive: zipfile.ZipFile, path: Path) -> Mapping[str, str]:
    """What a backup says that it holds: the digest of each file, by a name that is within it."""
    try:
        if archive.getinfo(CONTENTS).file_size > _ROOM:
            raise BAK_004.fault(str(path))
        said = json.loads(archive.read(CONTENTS))
    except (KeyError, ValueError, RuntimeError, OSError, zipfile.BadZipFile, zlib.error):
        raise BAK_004.fault(str(path)) from None
    files = said.get("files") if isinstance(said, dict) else None
    form = said.get("format") if isinstance(said, dict) else None
    if not isinstance(files, dict) or not isinstance(form, int):
        raise BAK_004.fault(str(path))
    if form > FORMAT:
        raise BAK_004.fault(str(path), "newer", format=form, known=FORMAT)
    bad = next((name for name in files if not _is_within(name)), None)
    if bad is not None:
        raise BAK_004.fault(str(path), "damaged", what=f'"{bad[:80]}" is no name of its own')
    if "ledger.db" not in files:
        raise BAK_004.fault(str(path), "damaged", what="it has no ledger.db")
    return {str(name): str(digest) for name, digest in files.items()}


def _is_within(name: str) -> bool:
    """Whether a name stays in the folder that it is unpacked into, on any system."""
    parts = PurePosixPath(name).parts
    plain = name == "/".join(parts) and not name.startswith("/")
    return plain and bool(parts) and not any(p == ".." or _WINDOWS.search(p) for p in parts)


def _unpack(archive: zipfile.ZipFile, contents: Mapping[str, str], here: Path, path: Path) -> Tip:
    """Unpack and check everything; the end of the ledger."""
    room = _ROOM + MOST * path.stat().st_size
    for name, digest in contents.items():
        target = here / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with archive.open(name) as member, target.open("xb") as file:
                found = hashlib.sha256()
                while chunk := member.read(_CHUNK):
                    room -= len(chunk)
                    if room < 0:
                        raise BAK_004.fault(str(path), "damaged", what="it has no end")
                    found.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except (KeyError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error):
            raise BAK_004.fault(str(path), "damaged", what=f"{name} cannot be unpacked") from None
        if found.hexdigest() != digest:
            raise BAK_004.fault(str(path), "damaged", what=f"{name} was changed")
    folder = PlanFolder(here)
    folder.ledger.stat()  # or the disk was taken away meanwhile
    _set_modes(folder)
    with Ledger.open_(folder.ledger) as ledger:
        wrong = verify_chain(ledger) or verify_originals(ledger, folder.originals)
        if wrong:
            raise BAK_004.fault(str(path), "damaged", what=str(wrong[0].message).rstrip("."))
        seq, _, last = ledger.tip()
    for each in (folder.inbox, folder.board, folder.outbox("")):
        each.mkdir(exist_ok=True)
    for place, _, _ in os.walk(here):
        sync_folder(Path(place))
    return Tip(seq, last)


def _set_modes(folder: PlanFolder) -> None:
    """The key for its owner alone, the originals read-only; the rest as new files are."""
    folder.root.chmod(allowed(0o777))
    for place, _, names in os.walk(folder.root):
        for name in names:
            path = Path(place) / name
            if path.parent == folder.originals.folder:
                path.chmod(stat.S_IRUSR | stat.S_IRGRP)
            else:
                path.chmod(0o600 if _is_key(path, folder, b"") else allowed(0o666))
