"""The secret key of a plan: which one belongs to it.

Its fingerprint stands in the ledger. A plan that signs with another plan's key would no longer know
its own templates by sight, so the two are compared when a plan is opened, before anything is
written. A plan that has lost its key gets another one, and the record of that says which templates
went out before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from xlplan.codes.cycle_codes import BAK_011
from xlplan.codes.folder_codes import LED_010, OUT_002, PLAN_040
from xlplan.cycle.folder import PlanFolder, find_folder, sha256, sync_folder
from xlplan.errors import Problem, XlplanError, reason_of

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk
    from xlplan.ledger.store import Ledger
    from xlplan.merge.state import State


def own_key(folder: PlanFolder, ledger: Ledger) -> bytes:
    """The secret key; XlplanError where it is missing, damaged, or that of another plan."""
    key = folder.read_key()
    _check_of(key, folder, ledger)
    return key


def _check_of(key: bytes, folder: PlanFolder, ledger: Ledger) -> None:
    from xlplan.workbook.stamp import fingerprint

    known = ledger.fingerprint()
    if known and known != fingerprint(key):
        raise LED_010.fault(str(folder.key))


def check_key(folder: PlanFolder, ledger: Ledger) -> None:
    """Raise XlplanError where the key that is there belongs to another plan.

    Without a key, or with a damaged one, a plan can be looked at: what needs it says so.
    """
    try:
        key = folder.read_key()
    except XlplanError:
        return
    _check_of(key, folder, ledger)


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


class RekeyResult(Struct, frozen=True):
    """What `rekey` did: the templates that are out with the old key (files in the plan's
    folder), oldest first, and what a person should know."""

    out: tuple[str, ...]
    problems: tuple[Problem, ...]


def rekey(plan: str | Path, *, today: date | None = None) -> RekeyResult:
    """Give a plan that has lost its secret key a new one, and write the coordinator's workbooks
    anew with it; that it was done is recorded. Templates that went out before and come back are
    then asked about, once a file. `today` fixes the date of what is done.

    XlplanError where there is no plan, where it cannot be written to, or where the key is not lost
    (BAK-011).
    """
    from xlplan.cycle.desk import Desk, clock_for

    folder = find_folder(Path(plan))
    desk = Desk(folder, clock_for(today))
    try:
        desk.sweep()
        return _rekey(desk)
    finally:
        desk.close()


def _rekey(desk: Desk) -> RekeyResult:
    """The key waits beside its place until it is recorded: where a command was cut off in between,
    the next one puts that into place and records nothing more."""
    from xlplan.cycle import outputs
    from xlplan.merge.model import Rekeyed
    from xlplan.workbook.stamp import fingerprint

    folder = desk.folder
    problems: list[Problem] = []
    known = desk.ledger.fingerprint()
    if known and _waiting(folder, known, folder.key):
        raise BAK_011.fault(folder.key.name)
    if not known:  # nothing else would tell which key is the wrong one
        problems += _put_aside(folder)
    with desk.work() as work:
        was = desk.ledger.fingerprint()
        key = _waiting(folder, was, folder.next_key)
        if not key:
            key = folder.make_key(folder.next_key)
            work.append([Rekeyed(fingerprint(key), was)])
        desk.key = key
        prepared = outputs.prepare(desk, work)
    try:
        problems += _put_aside(folder)
        folder.next_key.replace(folder.key)
        sync_folder(folder.root)
    except OSError as error:
        problems.append(OUT_002.problem(folder.key.name, "stopped", reason=reason_of(error)))
    out = _out(desk.state)
    if out:
        problems.append(PLAN_040.problem(folder.key.name, files=out))
    return RekeyResult(out, (*problems, *outputs.write(desk, prepared)))


def _waiting(folder: PlanFolder, known: str, path: Path) -> bytes:
    """The key in a file, where it is the one that is recorded, as where a `rekey` was cut off; else
    blank."""
    from xlplan.workbook.stamp import fingerprint

    with suppress(XlplanError):
        key = folder.read_key(path)
        return key if fingerprint(key) == known else b""
    return b""


def _put_aside(folder: PlanFolder) -> Iterator[Problem]:
    """Keep what stands in the place of the key: it may be the only copy of another plan's."""
    if not folder.key.exists():
        return
    names = (f"replaced-secret{f'-{n}' if n > 1 else ''}.key" for n in count(1))
    kept = next(folder.root / name for name in names if not (folder.root / name).exists())
    folder.key.replace(kept)
    sync_folder(folder.root)
    yield PLAN_040.problem(folder.key.name, "kept", file=kept.name)


def _out(state: State) -> tuple[str, ...]:
    """The templates of the open cycle that were signed with an older key and are not back."""
    exchange = state.exchange
    return tuple(
        issued.file
        for issued in exchange.templates(exchange.cycle)
        if exchange.has_old_key(issued.id) and not state.live_returns(issued.id)
    )
