"""`master.xlsx` as the coordinator keeps it: only what the plan says otherwise now is put into it.

A master that nobody has saved is written anew each time. Once the coordinator has, theirs is
changed in place: columns, sheets, comments, colours, widths and the order of rows stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, count

from xlplan.codes.edit_codes import EDIT_003, EDIT_021
from xlplan.codes.folder_codes import OUT_047
from xlplan.codes.merge_codes import MRG_068
from xlplan.cycle.acts import take_own
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import sha256
from xlplan.cycle.fresh_master import FieldKey
from xlplan.cycle.intake import Recogniser
from xlplan.cycle.master_edits import MasterEdits, NotInPlaceError, is_in_place, is_master
from xlplan.errors import Problem, XlplanError
from xlplan.issued.master import NAMES
from xlplan.merge.compare import Comparison
from xlplan.merge.ids import named
from xlplan.merge.kinds import Kind
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, NOTED, Issued, Returned
from xlplan.plan.propose import usual_type
from xlplan.plan.set_up import OwnColumn
from xlplan.plan.text import fold
from xlplan.returned.as_issued import ids_by_heading
from xlplan.returned.kept_master import columns_named, own_column
from xlplan.returned.tables import find_tables, text_of
from xlplan.workbook.read.book import a1
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
    seq: int
    """The position at which it was read last."""


def kept_master(desk: Desk) -> Kept | None:
    """None where the coordinator never saved one.

    What is changed in place is always this one, whatever lies in the folder now: so the same
    record gives the same bytes, and one that was deleted comes back.
    """
    for event in desk.state.exchange.newest_from(COORDINATOR):
        fact = event.fact
        read = isinstance(fact, Returned) and fact.outcome != NOTED
        if isinstance(fact, Returned) and read and is_master(desk, fact.issued):
            return Kept(fact, desk.folder.originals.read(fact.sha256), event.seq)
    return None


def _said_of(desk: Desk, kept: Kept) -> Iterator[Returned]:
    """All that was read from that very file, at whatever time."""
    events = desk.state.exchange.events_with(kept.fact.sha256)
    yield from (event.fact for event in events if isinstance(event.fact, Returned))


def say_once(desk: Desk, work: Work, kept: Kept, notes: Sequence[Problem]) -> Sequence[Problem]:
    """Those notes on a change of the kept master that were not made on it before; they stand among
    the remarks of `decisions.xlsx` from now on."""
    noted = (fact.information for fact in _said_of(desk, kept) if fact.outcome == NOTED)
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


def take_columns(desk: Desk, work: Work) -> list[Problem]:
    """Read the columns of the coordinator's own, in the master that they saved last, that have
    become columns of the plan since; a note on each. What they edit there later is read as any
    other edit."""
    kept = kept_master(desk)
    added = unread(desk, kept) if kept else frozenset()
    if kept is None or kept.data is None or not added:
        return []
    name = desk.folder.master.name
    reading = Recogniser(desk).reading(read_book(kept.data, name), kept.fact.sha256)
    issued = desk.state.issued.get(reading.issued)
    names = [each for each in reading.columns if any(each == id_ for _, id_ in added)]
    if issued is None or not names:
        return []
    rows = [
        replace(row, cells={id_: cell for id_, cell in row.cells.items() if id_ in names})
        for row in reading.rows
        if row.trust != "added"
    ]
    reading = replace(reading, rows=tuple(rows), columns=tuple(names))
    found = Comparison(desk.state, issued, reading).run()
    writes = tuple(item for item in found.assertions if item.field in names)
    if any(item.kind is Kind.SORTED for item in found.assertions):
        return []  # rows were sorted without their keys: first it is asked which they are
    fact = replace(
        kept.fact,
        id=named("r", kept.fact.sha256, *names),
        cycle=current_cycle(desk.state),
        outcome="merged" if writes else "unchanged",
        fields=tuple(names),
        assertions=writes,
        problems=found.problems,
        information=(),
    )
    notes = take_own(desk, work, fact)
    for id_ in names:
        item = next(f for f in desk.state.definition.fields if f.id == id_)
        count = sum(write.field == id_ for write in writes)
        notes.append(MRG_068.problem(name, heading=" ".join(item.heading.split()), count=count))
    return notes


def unread(desk: Desk, kept: Kept) -> Set[FieldKey]:
    """The columns that the plan has got since its master was read last."""
    then, now = desk.state.definition_at(kept.seq), desk.state.definition
    had = {(item.of, item.id) for item in then.fields}
    return {(item.of, item.id) for item in now.fields if (item.of, item.id) not in had}


def own_columns(desk: Desk) -> list[OwnColumn]:
    """The columns of the coordinator's own in the master that they saved last, as far as they can
    be columns of the plan: one for each heading that it has not."""
    kept = kept_master(desk)
    named_ = {heading for _, _, heading in _named_in(desk, kept)} if kept else set()
    if kept is None or kept.data is None or not named_:
        return []
    definition, found = desk.state.definition, {}
    for table in find_tables(read_book(kept.data, "").sheets, ids_by_heading(definition)):
        kinds = {kind: {f.id for f in definition.fields_of(kind)} for kind in NAMES}
        of = max(kinds, key=lambda kind: len(kinds[kind] & table.columns.keys()))
        for heading in sorted(named_):
            at = own_column(table, heading)
            if at is None or (of, heading) in found:
                continue
            values = [row[at] if at < len(row) else None for row in table.sheet.rows[table.first :]]
            texts = dict.fromkeys(
                " ".join(text_of(v).split())[:60] for v in values if v is not None
            )
            place = f"{table.sheet.name}!{a1(table.header, at)}"
            found[of, heading] = OwnColumn(
                place, heading, of, usual_type(heading, values), [*filter(None, texts)][:3]
            )
    return list(found.values())


def columns_offered(desk: Desk) -> list[str]:
    """The headings of these columns, and where they stand."""
    kept = kept_master(desk)
    named_ = _named_in(desk, kept) if kept else ()
    return sorted({f"{sheet}!{cell} {heading}" for sheet, cell, heading in named_})


def _named_in(desk: Desk, kept: Kept) -> Iterator[tuple[str, str, str]]:
    had = {fold(item.heading) for item in desk.state.definition.fields}
    for fact in _said_of(desk, kept):
        for column in columns_named(fact.information):
            if fold(column[2]) not in had:
                yield column


def renew(desk: Desk, issued: Issued, fresh: Workbook, kept: Kept) -> Renewed | Problem:
    """The kept master with what `fresh`, the master as it would be written anew, says otherwise;
    or why it cannot be changed in place."""
    if (known := _as_recorded(desk, issued)) is not None:
        return Renewed(known)
    name, aside = desk.folder.master.name, _dated(desk)
    if kept.data is None:
        return OUT_047.problem(name, "lost", kept=aside)
    try:
        book, writes = read_book(kept.data, name), (f.assertions for f in _said_of(desk, kept))
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
