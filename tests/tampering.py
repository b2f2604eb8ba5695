"""A ledger changed behind its back, as `verify` must find it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def tamper(path: Path, sql: str, *values: object) -> None:
    """Change a ledger behind its triggers' back."""
    with closing(sqlite3.connect(path)) as db, db:
        kept = db.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        db.execute("DROP TRIGGER event_is_final")
        db.execute("DROP TRIGGER event_stays")
        db.execute(sql, values)
        for (trigger,) in kept:
            db.execute(trigger)
