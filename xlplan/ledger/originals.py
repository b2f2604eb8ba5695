"""Originals: every file that came in, byte for byte, named by its SHA-256 and read-only.

They are written before the transaction that names them commits; one without an event is harmless.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

TEMPORARY = ".xlplan.tmp"
"""How the name of a file that is being written ends; one that stays was left by a crash."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def sha256(data: bytes) -> str:
    """The hex SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


class Originals:
    """The store in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the original with this digest is kept."""
        return self.folder / digest

    def keep(self, data: bytes) -> str:
        """Store some bytes; return their digest. Bytes already there are not written again."""
        digest = sha256(data)
        path = self.path(digest)
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            write_atomically(path, data)
            with contextlib.suppress(OSError):
                path.chmod(stat.S_IRUSR | stat.S_IRGRP)
        return digest

    def digests(self) -> list[str]:
        """The digests of all that is stored, named by an event or not, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if _DIGEST.fullmatch(p.name))

    def read(self, digest: str) -> bytes | None:
        """The bytes with this digest; None where they are missing or have been changed."""
        try:
            data = self.path(digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data) == digest else None


def write_atomically(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole or not at all: temporary file beside it, flush to disk, rename.

    `mode` holds the permissions that the process's umask may narrow further.
    """
    handle, name = tempfile.mkstemp(TEMPORARY, f".{path.name[:40]}.", path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(allowed(mode))
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def left_over(folder: Path, name: str = "") -> list[Path]:
    """What a crash left of files that were being written (to `name`, or to any) here."""
    with contextlib.suppress(OSError):
        found = folder.glob(f".*{TEMPORARY}")
        return [path for path in found if path.name.startswith(f".{name[:40]}")]
    return []


def sweep(folder: Path, name: str = "") -> None:
    """Remove what is `left_over`.

    Only for whoever holds the ledger: a file that somebody is writing just now looks the same.
    """
    for path in left_over(folder, name):
        with contextlib.suppress(OSError):
            path.unlink()


def allowed(mode: int) -> int:
    """Permissions as this process's umask narrows them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mode & ~mask


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, where the system can."""
    if os.name == "nt":
        return  # Windows has no handle on a folder to flush
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
