"""SQLite's errors, as messages that a person can act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from xlplan.codes.folder_codes import LED_004, LED_005, LED_006, LED_007, LED_009
from xlplan.errors import XlplanError

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file raises; the second where SQLite's own message quotes bytes of it."""
_MEANINGS = (
    (("readonly", "unable to open"), LED_005),
    (("full",), LED_006),
    (("disk I/O",), LED_009),
)
"""Words of SQLite's own message, and what they mean for a plan."""


def explain(error: sqlite3.OperationalError, path: Path, holder: str) -> XlplanError:
    """What an error that SQLite met means; `holder` is who has the plan, where that is known."""
    text = str(error)
    if "locked" in text or "busy" in text:
        where = str(path)
        return LED_004.fault(where, "holder", holder=holder) if holder else LED_004.fault(where)
    for words, message in _MEANINGS:
        if any(word in text for word in words):
            return message.fault(str(path))
    return damaged(path, text)


def damaged(path: Path, why: str) -> XlplanError:
    """The ledger cannot be believed, and SQLite's reason."""
    return LED_007.fault(str(path), "reason", reason=why)
