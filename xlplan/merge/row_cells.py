"""The cells of a row all at once, as `State.value` and `State.shown` have each of them: in most of
them what the row brought in stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xlplan.merge.records import row_write_id
from xlplan.plan.values import Value

if TYPE_CHECKING:
    from xlplan.merge.state import State


def values_of(
    state: State, uid: str, names: Sequence[str], as_of: int | None = None
) -> list[Value]:
    """The values that the master shows in these fields of a row."""
    if (kept := state.records.kept(uid, names, as_of)) is not None:
        return [value for value, _ in kept]
    found = state.records.brought_in(uid)
    if found is None:
        return [state.value(uid, name, as_of) for name in names]
    (seq, row, alone), definition = found, state.definition
    there = as_of is None or as_of >= seq
    return [
        state.value(uid, name, as_of) if name not in alone
        else state.read((uid, name), row.values[name], definition) if there
        else None
        for name in names
    ]  # fmt: skip


def shown_of(
    state: State, uid: str, names: Sequence[str], as_of: int
) -> list[tuple[Value, list[str]]]:
    """What these fields of a row showed as of a position, and the ids of the writes behind each."""
    if (kept := state.records.kept(uid, names, as_of)) is not None:
        return kept
    found = state.records.brought_in(uid)
    if found is None or as_of < found[0]:
        return [state.shown((uid, name), as_of) for name in names]
    (_, row, alone), then = found, state.definition_at(as_of)
    return [
        (state.read((uid, name), row.values[name], then), [row_write_id(row, name).stored])
        if name in alone
        else state.shown((uid, name), as_of)
        for name in names
    ]
