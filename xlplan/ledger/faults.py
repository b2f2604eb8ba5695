"""SQLite's errors, said as a person needs them: what is wrong, what was changed, what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from xlplan.errors import XlplanError, fault

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file raises; the second where SQLite's own message quotes bytes of it."""
_SAID = (
    (
        ("readonly", "unable to open"),
        "LED-005",
        "The plan folder cannot be written to. Nothing was changed; check its permissions, or copy "
        "the whole folder to a disk of your own.",
    ),
    (
        ("full",),
        "LED-006",
        "The disk is full. Nothing was changed; make room and run the command again.",
    ),
    (
        ("disk I/O",),
        "LED-009",
        "The disk failed while the ledger was read or written. Nothing was changed; check the disk "
        "or the connection to it, and run the command again.",
    ),
)


def explain(error: sqlite3.OperationalError, path: Path, holder: str) -> XlplanError:
    """What an error that SQLite met means; `holder` is who has the plan, where that is known."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return fault(
            "LED-004",
            str(path),
            f"The plan is in use by {holder or 'somebody else'}. Nothing was changed; "
            "try again when that command has ended.",
        )
    for words, code, message in _SAID:
        if any(word in text for word in words):
            return fault(code, str(path), message)
    return damaged(path, text)


def damaged(path: Path, why: str) -> XlplanError:
    """The ledger cannot be believed, and why."""
    return fault(
        "LED-007",
        str(path),
        f"The ledger cannot be read ({why}). Keep the file as it is and restore the plan folder "
        "from a backup; the files that came back are still in returns.",
    )
