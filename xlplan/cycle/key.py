"""The secret key of a plan: which one belongs to it.

Its fingerprint stands in the ledger. A plan that signs with another plan's key would no longer know
its own templates by sight, so the two are compared when a plan is opened, before anything is
written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xlplan.codes.folder_codes import LED_010
from xlplan.cycle.folder import PlanFolder, sha256
from xlplan.errors import XlplanError

if TYPE_CHECKING:
    from xlplan.ledger.store import Ledger
    from xlplan.merge.state import State


def own_key(folder: PlanFolder, ledger: Ledger) -> bytes:
    """The secret key; XlplanError where it is missing, damaged, or that of another plan."""
    from xlplan.workbook.stamp import fingerprint

    key = folder.read_key()
    known = ledger.fingerprint()
    if known and known != fingerprint(key):
        raise LED_010.fault(str(folder.key))
    return key


def check_key(folder: PlanFolder, ledger: Ledger) -> None:
    """Raise XlplanError where the key that is there belongs to another plan.

    Without a key, or with a damaged one, a plan can be looked at: what needs it says so.
    """
    try:
        folder.read_key()
    except XlplanError:
        return
    own_key(folder, ledger)


def first_fingerprint(folder: PlanFolder, state: State) -> str:
    """The fingerprint for a ledger that has none yet; ``""`` where the key cannot be read.

    XlplanError where the oldest workbook of ours that still lies as it was written was signed with
    another key: the one that is there came in from elsewhere.
    """
    from xlplan.returned.identity import find_manifest
    from xlplan.workbook.read.read_book import read_book
    from xlplan.workbook.stamp import fingerprint

    try:
        key = folder.read_key()
    except XlplanError:
        return ""
    for name, data in _as_written(folder, state):
        found = find_manifest(read_book(data, name), key).manifest
        if found is not None:
            if not found.genuine:
                raise LED_010.fault(str(folder.key))
            break
    return fingerprint(key)


def _as_written(folder: PlanFolder, state: State) -> Iterator[tuple[str, bytes]]:
    """The workbooks that were issued and are byte for byte what was written, oldest first."""
    for issued in state.issued.values():
        try:
            data = (folder.root / issued.file).read_bytes()
        except OSError:
            continue  # sent, moved or deleted
        if sha256(data) == issued.sha256:
            yield issued.file, data
