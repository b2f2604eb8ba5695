"""What of a ledger is SQLite's: what its errors mean for a plan, and how events lie in it.

A long event is deflated, with the words that events have in common known. Its hash is of its text,
so packing changes nothing of what the chain says. What a ledger holds already is never written
anew, and `_WORDS` and `_SHORT` are for ever: a change of them would be another format.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import msgspec

from xlplan.codes.folder_codes import LED_004, LED_005, LED_006, LED_007, LED_009, PLAN_008
from xlplan.errors import XlplanError

if TYPE_CHECKING:  # a look at a plan loads nothing of a merge
    from xlplan.merge.model import InRow

AT_HAND = 256
"""KiB of a file that SQLite holds: of a long ledger it would hold eight times as much, of which
hardly anything is asked for twice."""
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file raises; the second where SQLite's own message quotes bytes of it."""
_MEANINGS = (
    (("readonly", "unable to open"), LED_005),
    (("full",), LED_006),
    (("disk I/O",), LED_009),
)
"""Words of SQLite's own message, and what they mean for a plan."""


def explained(
    error: sqlite3.OperationalError, path: Path, holder: str = "", has_recorded: bool | None = False
) -> XlplanError:
    """What an error that SQLite met means; `holder` is who has the plan, where that is known.

    Whether the command `has_recorded` something before is said as well (None: it cannot be known).
    """
    text, where = str(error), str(path)
    if "locked" in text or "busy" in text:
        if has_recorded:
            return LED_004.fault(where, "recorded")
        return LED_004.fault(where, "holder", holder=holder) if holder else LED_004.fault(where)
    for words, message in _MEANINGS:
        if any(word in text for word in words):
            if message is LED_005 and path.exists() and not os.access(path, os.R_OK):
                return PLAN_008.fault(where, reason=os.strerror(errno.EACCES))
            if message is LED_005 and not has_recorded and _is_locked_alone(path):
                return message.fault(where, "file")
            if has_recorded is None and message is LED_009:
                return message.fault(where, "unsure")
            return message.fault(where, "recorded" if has_recorded else "")
    return damaged(path, text)


def _is_locked_alone(path: Path) -> bool:
    """Whether a file may not be written to, in a folder that may."""
    return path.exists() and os.access(path.parent, os.W_OK) and not os.access(path, os.W_OK)


def is_of_disk(error: Exception) -> TypeGuard[sqlite3.OperationalError]:
    """Whether an error is of the disk, or of somebody else at work, and none of the file itself."""
    words = ("locked", "busy", *(word for words, _ in _MEANINGS for word in words))
    known = isinstance(error, sqlite3.OperationalError)
    return known and any(word in str(error) for word in words)


def is_recorded(db: sqlite3.Connection, seq: int, digest: str) -> bool | None:
    """Whether a transaction whose last event this is stands, though ending it failed; None where
    that cannot be read.

    SQLite ends one by removing its journal, and may fail to flush that.
    """
    try:
        found = db.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
    except DAMAGE:
        return None
    return not db.in_transaction and found is not None and found[0] == digest


def damaged(path: Path, why: str) -> XlplanError:
    """The ledger cannot be believed, and SQLite's reason."""
    return LED_007.fault(str(path), "reason", reason=why)


def whoami() -> str:
    """Who runs this command, and where."""
    import getpass  # slow to import, as is the next, and only needed by commands that write
    import platform

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "somebody"
    return f"{user} on {platform.node() or 'this computer'} (process {os.getpid()})"


# Events


def as_number(value: object) -> float:
    """A number that knows its look as any other; TypeError for what is none."""
    if isinstance(value, float):
        return float(value)
    raise TypeError


_QUICK = msgspec.json.Encoder(order="deterministic", enc_hook=as_number)


def quick_text(body: object, numbers: Iterable[object]) -> str | None:
    """The canonical JSON text of a body, whose `numbers` are all of it (other values among them are
    passed over); None where msgspec would write it otherwise than Python does."""
    for each in numbers:
        if isinstance(each, float) and each and not 1e-4 <= abs(each) < 1e16:
            return None  # "1e-05", "nan"
    try:
        return _QUICK.encode(body).decode()
    except (TypeError, UnicodeError):  # half of a pair of letters
        return None


def places_text(found: InRow | None) -> msgspec.Raw | None:
    """The canonical JSON text of places that are in one row of a sheet: what stands around its
    number is the same for all rows that have these columns. None of others."""
    if found is None:
        return None
    file, sheet, row, columns = found
    return msgspec.Raw(str(row).encode().join(_around(file, sheet, columns)))


@lru_cache(maxsize=64)
def _around(file: str, sheet: str, columns: tuple[tuple[str, str], ...]) -> list[bytes]:
    write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    before = write([file, sheet])[:-1]
    starts = [f'{write(name)}:{before},"{letters}' for name, letters in sorted(columns)]
    texts = ["{" + starts[0], *(f'"],{start}' for start in starts[1:]), '"]}']
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def read_text(text: str) -> Any:
    """What a JSON text says, as Python's own reader gives it."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):  # half of a pair of letters, or no JSON
        return json.loads(text)


_SMALL = 4096
"""Bytes of a text for which a window of 8 KiB is enough: to make a larger one takes longer than to
pack it."""
_SHORT = 600
"""Bytes up to which a text stays as it is: packing it would win next to nothing."""
_MOST = 256 << 20
"""Bytes that one event can come to; what claims to be more was not written by xlplan."""
_WORDS = (
    b'{"as_of":,"author":"","cycle":"","document":"template","fields":["action","lead","due"],'
    b'"file":"outbox/.xlsx","id":"t-","inputs":["rating","progress"],"ours":{"brought":{"fills":'
    b'["#1F3864","#D9E2F3"],"texts":{}},"texts":{}},"reference":"","return_by":"","sha256":"",'
    b'"uids":["a-","a-"]}{"assertions":[{"base":"w-","cell":"F9","field":"progress","id":"w-",'
    b'"kind":"edit","raw":"","sheet":"Update","uid":"a-","value":""},{"base":null,"cell":"G10",'
    b'"field":"rating","id":"w-","kind":"edit","raw":"","sheet":"Update","uid":"a-","value":null}],'
    b'"author":"","cycle":"","fields":[],"file":"inbox/.xlsx","id":"r-","information":[],'
    b'"issued":"t-","outcome":"merged","problems":[],"rows":{},"saved_at":"","sha256":"'
)
"""What is not said again in an event; the commonest stands last, where zlib finds it cheapest."""


_MANY, _LARGE_PAGE = 1000, 16_384
"""Rows from which a plan is begun with pages, of so many bytes, that hold more events: what little
each takes more, as they are pressed less hard, would else leave room for one less on a page."""
_WELL, _SOON = 6, 1
"""How hard a text is pressed: as well as pays; as one of thousands, in two thirds of the time."""


def make_room(db: sqlite3.Connection, rows: int) -> bool:
    """Make the pages of a new ledger fit a plan of so many rows; whether these are many."""
    if rows >= _MANY:
        db.execute(f"PRAGMA page_size = {_LARGE_PAGE}")
    return rows >= _MANY


def packed(text: str, *, soon: bool = False) -> str | bytes:
    """A text as it is to be stored; `soon` as one of many."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= _SHORT:
        return text
    window, memory = (13, 6) if len(data) <= _SMALL else (zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
    press = zlib.compressobj(_SOON if soon else _WELL, zlib.DEFLATED, -window, memory, zdict=_WORDS)
    return press.compress(data) + press.flush()


def unpacked(stored: object) -> object:
    """The text of what is stored; anything that `packed` did not make is given back as it is."""
    if not isinstance(stored, bytes):
        return stored
    release = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_WORDS)
    try:
        data = release.decompress(stored, _MOST)
        text = data.decode("utf-8", "surrogatepass")
    except (zlib.error, UnicodeError):
        return stored
    return text if release.eof and not release.unused_data and len(data) > _SHORT else stored
