"""`master.xlsx` as the coordinator keeps it: only what the plan says otherwise now is put into it.

A master that nobody has saved is written anew each time. Once the coordinator has, theirs is
changed in place: columns, sheets, comments, colours, widths and the order of rows stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from xlplan.codes.edit_codes import EDIT_003, EDIT_021
from xlplan.codes.folder_codes import OUT_047
from xlplan.cycle.desk import Desk
from xlplan.cycle.folder import sha256
from xlplan.cycle.master_edits import MasterEdits, NotInPlaceError, is_in_place, is_master
from xlplan.errors import Problem, XlplanError
from xlplan.merge.model import COORDINATOR, Issued, Returned
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.patch import patch
from xlplan.workbook.write.sheet import Workbook


@dataclass(frozen=True)
class Renewed:
    """The master as it should be, and what a person should know of it."""

    data: bytes
    notes: Sequence[Problem] = ()


@dataclass(frozen=True)
class Kept:
    """The master that the coordinator saved last, as a merge has read it; its bytes are None where
    they are missing or damaged."""

    fact: Returned
    data: bytes | None


def kept_master(desk: Desk) -> Kept | None:
    """None where the coordinator never saved one.

    What is changed in place is always this one, whatever lies in the folder now: so the same
    record gives the same bytes, and one that was deleted comes back.
    """
    for event in desk.state.exchange.newest_from(COORDINATOR):
        fact = event.fact
        if isinstance(fact, Returned) and is_master(desk, fact.issued):
            return Kept(fact, desk.folder.originals.read(fact.sha256))
    return None


def renew(desk: Desk, issued: Issued, fresh: Workbook, kept: Kept) -> Renewed | Problem:
    """The kept master with what `fresh`, the master as it would be written anew, says otherwise;
    or why it cannot be changed in place."""
    if (known := _as_recorded(desk, issued)) is not None:
        return Renewed(known)
    name, aside = desk.folder.master.name, _dated(desk)
    if kept.data is None:
        return OUT_047.problem(name, "lost", kept=aside)
    try:
        edits = MasterEdits.of(desk, issued, fresh, read_book(kept.data, name), kept.fact, aside)
        done = patch(
            kept.data,
            edits.cells,
            edits.rows,
            columns=edits.columns,
            around=edits.around,
            name=name,
        )
    except NotInPlaceError as reason:
        return reason.why.at(name)
    except XlplanError as error:
        return OUT_047.problem(name, "refused", kept=aside, why=error.problems[0].message)
    fatal = [str(each) for each in done.refused.values() if each.code != EDIT_003.code]
    if fatal:
        return OUT_047.problem(name, "refused", kept=aside, why=fatal[0])
    # What lies under merged cells nobody would see; what the plan says there is said.
    hidden = (replace(each, level="note") for each in done.refused.values())
    seen = (each for each in done.notes if each.where not in edits.unseen)
    notes = (*(each for each in seen if each.code != EDIT_021.code), *hidden)
    return Renewed(
        done.data, [replace(each, where=f"{name}!{each.where}".rstrip("!")) for each in notes]
    )


def _as_recorded(desk: Desk, issued: Issued) -> bytes | None:
    """The bytes in the folder, where they are what was recorded for this very state."""
    known = desk.state.issued.get(issued.id)
    try:
        data = desk.folder.master.read_bytes()
    except OSError:
        return None
    return data if known is not None and known.sha256 == sha256(data) else None


def _dated(desk: Desk) -> str:
    """The name under which the old master is kept beside one that is laid out anew."""
    master = desk.folder.master
    before = master.read_bytes() if master.exists() else b""
    for number in count(1):
        again = f"_{number}" if number > 1 else ""
        name = f"{master.stem}_until_{desk.today.isoformat()}{again}{master.suffix}"
        path = master.with_name(name)
        if not path.exists() or path.read_bytes() == before:
            break
    return name


def put_aside(desk: Desk) -> tuple[str, bytes] | None:
    """The old master that is to be kept beside one that is laid out anew, by its dated name. None
    where what lies there was laid out anew already."""
    master = desk.folder.master
    if not master.exists():
        return None
    before = master.read_bytes()
    theirs = desk.state.exchange.events_with(sha256(before))
    if not theirs and not is_in_place(read_book(before, master.name), desk.key):
        return None
    return _dated(desk), before
