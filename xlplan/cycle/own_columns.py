"""The master that the coordinator saved last, and the columns of their own in it: offered as
columns of the plan, and read once they are.

Nothing here writes a workbook: a dry run needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.merge_codes import MRG_068
from xlplan.cycle.acts import take_own
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.intake import Recogniser
from xlplan.errors import Problem
from xlplan.merge.compare import Comparison
from xlplan.merge.kinds import Kind, named
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, NOTED, Returned
from xlplan.plan.text import fold
from xlplan.returned.as_issued import ids_by_heading
from xlplan.returned.kept_master import columns_named, own_column
from xlplan.returned.tables import find_tables, text_of
from xlplan.workbook.read.book import a1

if TYPE_CHECKING:
    from xlplan.plan.set_up import OwnColumn

KINDS = ("action", "recommendation")
FieldKey = tuple[str, str]
"""The kind of row and the id of a field."""


class Kept(Struct, frozen=True):
    """The master that the coordinator saved last, as a merge has read it; its bytes are None where
    they are missing or damaged."""

    fact: Returned
    data: bytes | None


def is_master(desk: Desk, name: str) -> bool:
    """Whether an id is that of a master of this plan."""
    issued = desk.state.issued.get(name)
    return issued is not None and issued.document == "master" and issued.kept is None


def kept_master(desk: Desk) -> Kept | None:
    """None where the coordinator never saved one.

    What is changed in place is always this one, whatever lies in the folder now: so the same
    record gives the same bytes, and one that was deleted comes back.
    """
    for event in desk.state.exchange.newest_from(COORDINATOR):
        fact = event.fact
        read = isinstance(fact, Returned) and fact.outcome != NOTED
        if isinstance(fact, Returned) and read and is_master(desk, fact.issued):
            return Kept(fact, desk.folder.originals.read(fact.sha256))
    return None


def said_of(desk: Desk, kept: Kept) -> Iterator[Returned]:
    """All that was read from that very file, at whatever time."""
    events = desk.state.exchange.events_with(kept.fact.sha256)
    yield from (event.fact for event in events if isinstance(event.fact, Returned))


def take_columns(desk: Desk, work: Work) -> list[Problem]:
    """Read the columns of the coordinator's own, in the master that they saved last, that have
    become columns of the plan since; a note on each. What they edit there later is read as any
    other edit."""
    kept = kept_master(desk)
    added = unread(desk, kept) if kept else frozenset()
    if kept is None or kept.data is None or not added:
        return []
    lines = (line for fact in said_of(desk, kept) for line in fact.information)
    own = {fold(heading) for _, _, heading in columns_named(lines)}
    fields = desk.state.definition.fields
    if not any((f.of, f.id) in added and fold(f.heading) in own for f in fields):
        return []
    from xlplan.workbook.read.read_book import read_book

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
        item = next(f for f in fields if f.id == id_)
        count = sum(write.field == id_ for write in writes)
        notes.append(MRG_068.problem(name, heading=" ".join(item.heading.split()), count=count))
    return notes


def unread(desk: Desk, kept: Kept) -> Set[FieldKey]:
    """The columns that the plan has got since its master went out, and that were not read from it
    under whatever definition."""
    read = {name for fact in said_of(desk, kept) for name in fact.fields}
    issued = desk.state.issued[kept.fact.issued]
    had = {(item.of, item.id) for item in desk.state.definition_at(issued.as_of).fields}
    now = {(item.of, item.id) for item in desk.state.definition.fields if item.id not in read}
    return now - had


def own_columns(desk: Desk) -> list[OwnColumn]:
    """The columns of the coordinator's own in the master that they saved last, as far as they can
    be columns of the plan: one for each heading that it has not."""
    kept = kept_master(desk)
    named_ = {heading for _, _, heading in _named_in(desk, kept)} if kept else set()
    if kept is None or kept.data is None or not named_:
        return []
    from xlplan.plan.propose import usual_type  # these know every word of a heading
    from xlplan.plan.set_up import OwnColumn
    from xlplan.workbook.read.read_book import read_book

    definition, found = desk.state.definition, {}
    for table in find_tables(read_book(kept.data, "").sheets, ids_by_heading(definition)):
        kinds = {kind: {f.id for f in definition.fields_of(kind)} for kind in KINDS}
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
    for fact in said_of(desk, kept):
        for column in columns_named(fact.information):
            if fold(column[2]) not in had:
                yield column
