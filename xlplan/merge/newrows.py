"""New rows of the plan: their values, their ref in the plan's own numbering, their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xlplan.merge.ids import row_uid
from xlplan.merge.model import COORDINATOR, MasterRow, Place, RowAdded
from xlplan.merge.rows import kind_of
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Kind
from xlplan.plan.values import Invalid, Value, canon, natural_key, show


def row_values(state: State, texts: Mapping[str, str], kind: Kind = "action") -> dict[str, Value]:
    """The values of a row that was added, from its texts by column id; blank cells left out.

    What stands in the column for an entry goes above what stands in the narrative itself.
    """
    joined: dict[str, str] = {}
    for column in sorted(texts, key=lambda name: not name.endswith(ENTRY)):
        name = column.removesuffix(ENTRY)
        joined[name] = "\n".join(filter(None, (joined.get(name, ""), texts[column])))
    values: dict[str, Value] = {}
    for item in state.definition.fields_of(kind, retired=True):
        value = canon(item, joined.get(item.id), state.definition)
        if value is not None:
            values[item.id] = value
    return values


def new_row(
    state: State,
    proposal: str,
    values: Mapping[str, Value],
    place: Place,
    cells: Mapping[str, str],
    origin: str,
    source: str,
) -> RowAdded:
    """The row that a proposal (by its uid) becomes, however often it is accepted.

    `cells` says by column where its texts stand; what was read nowhere is told of `place`. The row
    gets a ref in the plan's own numbering where it has none that is free, and comes after the last
    row of its section.
    """
    kind = kind_of(proposal)
    key = state.definition.with_role("key", kind)
    section = state.definition.with_role("section", kind)
    rows = state.master(kind)
    taken = {row.ref for row in rows}
    mates = [r for r in rows if section and r.values.get(section.id) == values.get(section.id)]
    named = dict(values)
    if key is not None and (named.get(key.id) is None or show(named[key.id]) in taken):
        named[key.id] = next_ref(mates or rows, taken)
    orders = sorted(state.rows[row.uid].order for row in rows)
    order = 1.0
    if orders:
        after = max(state.rows[row.uid].order for row in mates or rows)
        following = next((o for o in orders if o > after), after + 2)
        order = (after + following) / 2
    places = {
        name: replace(place, cell=cells.get(name) or cells.get(name + ENTRY) or place.cell)
        for name in named
    }
    return RowAdded(row_uid(proposal), kind, order, named, places, COORDINATOR, origin, source)


def next_ref(mates: list[MasterRow], taken: set[str]) -> str:
    """The next ref in the numbering of some rows: after ``3.9`` comes ``3.10``."""
    last = max((row.ref for row in mates), key=natural_key, default="")
    head = last.rstrip("0123456789")
    number = int(last[len(head) :] or 0) + 1
    while f"{head}{number}" in taken:
        number += 1
    return f"{head}{number}"


def news(state: State, row: RowAdded, values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """What a later version of a proposal says that the row made from it does not hold.

    Blank cells and values that are none of their fields say nothing; the ref is the plan's.
    """
    key = state.definition.with_role("key", row.kind)
    for name, value in values.items():
        if (key is not None and name == key.id) or isinstance(value, Invalid):
            continue
        if value not in (row.values.get(name), state.value(row.uid, name)):
            yield name, value
