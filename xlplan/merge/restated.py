"""A period as it is known now: what was written for it, whenever that came in.

"As reported" is the ledger as it was when a composite was published. "Restated" adds what leads
returned for the period afterwards, and leaves out what has been taken back since.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from xlplan.merge.model import COORDINATOR, CellKey, MasterRow
from xlplan.merge.register import settle
from xlplan.merge.state import State
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN
from xlplan.plan.values import Value, show


def restated(state: State, as_of: int, cycles: Collection[str]) -> list[MasterRow]:
    """The actions of a period as known now.

    `as_of` is the position at which the period was reported; `cycles` are the ids of the cycles up
    to and including it. A lead's write counts where its template belongs to one of them; what the
    coordinator wrote counts where it stood by then.
    """
    return [_row(state, row, as_of, cycles) for row in state.master("action", as_of)]


def _row(state: State, row: MasterRow, as_of: int, cycles: Collection[str]) -> MasterRow:
    values = {name: _value(state, (row.uid, name), as_of, cycles) for name in row.values}
    section = state.definition.public.with_role("section")
    status = _value(state, (row.uid, STATUS), as_of, cycles)
    return replace(
        row,
        values=values,
        section=show(values.get(section.id)) if section else "",
        withdrawn=status == WITHDRAWN,
        kept_back=status == KEPT_BACK,
    )


def _value(state: State, key: CellKey, as_of: int, cycles: Collection[str]) -> Value:
    known = [
        write
        for write in state.live(key)
        if (write.cycle in cycles if write.author != COORDINATOR else write.seq <= as_of)
    ]
    return settle(state.field_of(key), known).value
