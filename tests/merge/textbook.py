"""The textbook three-way merge of a table: what the merge itself must come to for one return.

It knows nothing of authors, files or history, and shares no code with the merge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import date_gone
from xlplan.plan.text import same_words
from xlplan.plan.values import Invalid, Raw, Value, canon

Table = Mapping[str, Mapping[str, Raw]]


class Ruling(NamedTuple):
    """What becomes of a cell, and what the master holds then."""

    disposition: str
    value: Value


def cell(item: Field, base: Value, master: Value, returned: Value) -> Ruling:
    """Equal values count as untouched: there is no history to tell "put back" by."""
    if returned == base or same_words(returned, base):
        return Ruling("untouched", master)
    if item.owner != "lead":
        return Ruling("locked", master)
    if isinstance(returned, Invalid):
        return Ruling("invalid", master)
    if returned is None and item.required:
        return Ruling("held", master)
    if returned == master:
        return Ruling("agreed", master)
    if item.type in ("set", "reference"):
        return Ruling("cleared" if returned is None else "applied", _sets(base, master, returned))
    if master == base:
        return Ruling("cleared" if returned is None else "applied", returned)
    return Ruling("conflict", master)


def _sets(base: Value, master: Value, returned: Value) -> Value:
    b, m, r = (v if isinstance(v, frozenset) else frozenset() for v in (base, master, returned))
    return (b - ((b - m) | (b - r))) | (m - b) | (r - b) or None


def table(
    base: Table, master: Table, returned: Table, definition: PlanDefinition
) -> dict[tuple[str, str], Ruling]:
    """Every returned cell of every row; what takes the date of an open action away is held."""
    found = {}
    for ref, cells in returned.items():
        rows = (base[ref], master[ref], cells)
        for name, raw in cells.items():
            item = definition.find(name)
            assert item is not None
            b, m, r = (
                canon(item, v, definition) for v in (base[ref][name], master[ref][name], raw)
            )
            ruling = cell(item, b, m, r)
            moves = ruling.disposition in ("applied", "cleared", "agreed", "conflict")
            if moves and date_gone(definition, item, b, r) and not _finished(definition, *rows):
                ruling = Ruling("held", m)
            found[ref, name] = ruling
    return found


def _finished(
    definition: PlanDefinition,
    base: Mapping[str, Raw],
    master: Mapping[str, Raw],
    returned: Mapping[str, Raw],
) -> bool:
    """Whether an action is closed, or done and under watch, by what came back and, where the
    master has moved since, by the master as well."""
    item = definition.with_role("rating")
    assert item is not None
    typed = returned.get(item.id, base.get(item.id))
    b, m, r = (canon(item, v, definition) for v in (base.get(item.id), master.get(item.id), typed))
    return all(definition.finishes(item, value) for value in ([r] if m == b else [r, m]))
