"""Whether a workbook on disk may be written over: nobody has it open, and nobody saved it since."""

from __future__ import annotations

import errno
from pathlib import Path

from xlplan.codes.edit_codes import EDIT_014, EDIT_015

_EXCEL_NAME = 54
"""Bytes in which Excel's lock file holds the owner's name, after one for its length."""


class HeldError(PermissionError):
    """Somebody has a file open; `owner` is their name, or blank, and `lock` the file beside it that
    says so. It reads as any other reason for which a file cannot be written."""

    def __init__(self, path: Path, lock: Path, owner: str) -> None:
        why = f"{owner or 'somebody'} has it open, as {lock.name} beside it says"
        super().__init__(errno.EACCES, why, str(path))
        self.lock, self.owner = lock, owner


def check_closed(path: Path) -> None:
    """Raise HeldError where somebody has a file open in Excel or LibreOffice."""
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise HeldError(path, lock, _owner(lock))


def check_free(path: Path, read: bytes) -> None:
    """Raise XlplanError where the workbook at `path` may not be written over: somebody has it open
    (their name stands in the message where the lock file has it), or it is not `read` any more,
    the bytes that the change was made from."""
    try:
        check_closed(path)
    except HeldError as held:
        if held.owner:
            raise EDIT_014.fault(str(path), "owner", owner=held.owner) from None
        raise EDIT_014.fault(str(path)) from None
    try:
        now = path.read_bytes()
    except FileNotFoundError:
        raise EDIT_015.fault(str(path), "gone") from None
    if now != read:
        raise EDIT_015.fault(str(path))


def _owner(lock: Path) -> str:
    """Who has a workbook open, as its lock file says, or ``""``."""
    try:
        content = lock.read_bytes()
    except OSError:  # Excel holds its own lock file so that nobody can read it
        return ""
    if lock.name.startswith(".~lock."):
        names = content.decode("utf-8", "replace").split(",")[:2]
        return next((name.strip() for name in names if name.strip()), "")
    length = content[0] if content else 0
    name = content[1 : 1 + min(length, _EXCEL_NAME)].decode("cp1252", "replace")
    return "".join(sign for sign in name if sign.isprintable()).strip()
