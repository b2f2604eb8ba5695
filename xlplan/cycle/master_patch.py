"""`master.xlsx` as the coordinator keeps it: only what the plan says otherwise now is put into it.

A master that nobody has saved is written anew each time. Once the coordinator has, theirs is
changed in place: columns, sheets, comments, colours, widths and the order of rows stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain, count

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.edit_codes import EDIT_003, EDIT_021
from xlplan.codes.folder_codes import OUT_047
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import sha256
from xlplan.cycle.master_edits import MasterEdits, NotInPlaceError, is_in_place
from xlplan.cycle.own_columns import Kept, said_of, unread
from xlplan.errors import Problem, XlplanError
from xlplan.merge.kinds import named
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, NOTED, Issued, Returned
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.patch import patch
from xlplan.workbook.write.sheet import Workbook


class Renewed(Struct, frozen=True):
    """The master as it should be, and what a person should know of it."""

    data: bytes
    notes: Sequence[Problem] = ()


def say_once(desk: Desk, work: Work, kept: Kept, notes: Sequence[Problem]) -> Sequence[Problem]:
    """Those notes on a change of the kept master that were not made on it before; they stand among
    the remarks of `decisions.xlsx` from now on."""
    noted = (fact.information for fact in said_of(desk, kept) if fact.outcome == NOTED)
    known = {_about(line) for line in chain.from_iterable(noted)}
    fresh = {line: note for note in notes if _about(line := _line(note)) not in known}
    if fresh:
        work.append([
            Returned(
                named("r", kept.fact.sha256, *fresh), kept.fact.sha256, desk.folder.master.name,
                kept.fact.issued, COORDINATOR, current_cycle(desk.state), "", NOTED,
                information=tuple(fresh),
            )
        ])  # fmt: skip
    return list(fresh.values())


def _line(note: Problem) -> str:
    place = note.where.partition("!")[2] or "Workbook"
    return f"{place}: {note.message} [{note.code}]"


def _about(line: str) -> tuple[str, str]:
    """The place and the code of such a line."""
    return line.partition(": ")[0], line.rpartition("[")[2]


def renew(desk: Desk, issued: Issued, fresh: Workbook, kept: Kept) -> Renewed | Problem:
    """The kept master with what `fresh`, the master as it would be written anew, says otherwise;
    or why it cannot be changed in place."""
    if (known := _as_recorded(desk, issued)) is not None:
        return Renewed(known)
    name, aside = desk.folder.master.name, _dated(desk)
    if kept.data is None:
        return OUT_047.problem(name, "lost", kept=aside)
    try:
        book, writes = read_book(kept.data, name), (f.assertions for f in said_of(desk, kept))
        fact = replace(kept.fact, assertions=tuple(chain.from_iterable(writes)))
        edits = MasterEdits.of(
            desk, issued, fresh, book, kept.data, fact, aside, unread(desk, kept)
        )
        done = patch(
            kept.data,
            edits.cells,
            edits.rows,
            columns=edits.columns,
            sheets=edits.sheets,
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
    hidden = (each.but(level="note") for each in done.refused.values())
    seen = (each for each in done.notes if each.where not in edits.unseen)
    notes = (*(each for each in seen if each.code != EDIT_021.code), *hidden)
    return Renewed(
        done.data, [each.but(where=f"{name}!{each.where}".rstrip("!")) for each in notes]
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
    before = b""
    with suppress(OSError):  # whoever writes it says that it cannot be read
        before = master.read_bytes()
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
