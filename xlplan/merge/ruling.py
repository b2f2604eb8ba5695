"""The textbook three-way merge of one cell, and of tables: base, master, returned.

`decide` knows nothing of authors, files or history; the register does, and for a single return
the two agree (a property test says so). Values may be raw: they are made canonical first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.due import date_gone
from xlplan.plan.text import same_words
from xlplan.plan.values import Invalid, Raw, Value, canon

Ruled = Literal[
    "untouched", "applied", "cleared", "agreed", "conflict", "invalid", "held", "locked"
]


_TAKEN = frozenset({"applied", "cleared", "agreed", "conflict"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of one returned cell: `value` is what the master holds afterwards."""

    action: str
    field: str
    base: Value
    master: Value
    returned: Value
    disposition: Ruled
    value: Value


def decide_cell(item: Field, base: Value, master: Value, returned: Value) -> tuple[Ruled, Value]:
    """The fate of one returned value and what the master holds then; all values canonical.

    `item.owner` ``"coordinator"`` makes a change ``locked``. Equal values count as untouched
    here: without a history, "edited and put back" cannot be told from "never touched".
    """
    if returned == base or same_words(returned, base):
        return "untouched", master
    if item.owner != "lead":
        return "locked", master
    if isinstance(returned, Invalid):
        return "invalid", master
    if returned is None and item.required:
        return "held", master
    if returned == master:
        return "agreed", master
    if item.field_type.elements:
        return "applied", _merge_sets(base, master, returned)
    if master == base:
        return ("cleared" if returned is None else "applied"), returned
    return "conflict", master


def _merge_sets(base: Value, master: Value, returned: Value) -> Value:
    b, m, r = (v if isinstance(v, frozenset) else frozenset() for v in (base, master, returned))
    return (b - ((b - m) | (b - r))) | (m - b) | (r - b) or None


def decide(
    base: Mapping[str, Mapping[str, Raw]],
    master: Mapping[str, Mapping[str, Raw]],
    returned: Mapping[str, Mapping[str, Raw]],
    definition: PlanDefinition,
) -> tuple[Ruling, ...]:
    """Decide every returned cell of a table three ways.

    Each table maps an action's ref (or uid) to its cells by field id. A row or cell that is not
    in `returned` is absent and says nothing; rows that `base` does not have, and fields that the
    definition does not have, are not decided here. What takes the date of an open action away is
    held. Nothing is applied: the caller does that.
    """
    rulings = []
    for action, cells in returned.items():
        if action not in base:
            continue
        is_open = not _finished(definition, base[action], master.get(action, {}), cells)
        for field_id, raw in cells.items():
            item = definition.find(field_id)
            if item is None:
                continue
            b = canon(item, base[action].get(field_id), definition)
            m = canon(item, master.get(action, {}).get(field_id), definition)
            r = canon(item, raw, definition)
            disposition, value = decide_cell(item, b, m, r)
            if disposition in _TAKEN and date_gone(definition, item, b, r) and is_open:
                disposition, value = "held", m
            rulings.append(Ruling(action, field_id, b, m, r, disposition, value))
    return tuple(rulings)


def _finished(
    definition: PlanDefinition,
    base: Mapping[str, Raw],
    master: Mapping[str, Raw],
    returned: Mapping[str, Raw],
) -> bool:
    """Whether an action is closed, or done and under watch, by what came back and, where the
    master has moved since, by the master as well."""
    item = definition.with_role("rating")
    if item is None:
        return False
    table = returned if item.owner == "lead" and item.id in returned else base
    b, m, r = (canon(item, row.get(item.id), definition) for row in (base, master, table))
    return all(definition.finishes(item, value) for value in ([r] if m == b else [r, m]))
