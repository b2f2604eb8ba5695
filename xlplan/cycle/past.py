"""What a plan was before, for the lints: read from the ledger as of a position.

Nothing here decides anything; `xlplan.plan.checks.lints_past` says what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from xlplan.merge.log import counts_for, current_cycle
from xlplan.merge.model import COORDINATOR, Change, Returned
from xlplan.merge.state import State
from xlplan.plan.checks.view import History, Snapshot
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN
from xlplan.plan.values import Value

_COMPARED: tuple[str, ...] = ("rating", "progress", "reason")
"""Roles of the fields that are compared with the last boards."""
_IN_FULL = 2
"""How many boards are looked at with their notes; of older ones only the ratings matter."""


def past_of(
    state: State, changes: Sequence[Change], as_of: int, today: date, cycle: str = ""
) -> History:
    """The past of a plan as of a position of the ledger, seen from a cycle (default: the last).

    A composite of the cycle itself is no earlier board: publishing again replaces it. A cycle
    counts as having asked once its returns are due, it has been published, or another followed.
    """
    known = [change for change in changes if change.seq <= as_of]
    seen_from = cycle or current_cycle(state)
    return History(
        boards=_boards(state, as_of, seen_from),
        asked=_asked(state, as_of, today),
        updated=_updated(state, known, as_of),
        first=_first(state, "rating"),
        dues=_values_of(state, known, "due"),
        revised=_values_of(state, known, "revised"),
    )


def _boards(state: State, as_of: int, cycle: str) -> tuple[Snapshot, ...]:
    published = {
        fact.cycle: fact
        for _, fact in state.published
        if fact.as_of < as_of and fact.cycle != cycle
    }
    found = []
    for age, fact in enumerate(sorted(published.values(), key=lambda fact: -fact.as_of)):
        roles = _COMPARED if age < _IN_FULL else _COMPARED[:1]
        names = [f.id for f in state.definition.fields_of("action") if f.role in roles]
        values = {
            uid: {name: state.value(uid, name, fact.as_of) for name in names}
            for uid in state.uids("action", fact.as_of)
            if state.value(uid, STATUS, fact.as_of) not in (WITHDRAWN, KEPT_BACK)
        }
        found.append(Snapshot(fact.cycle, values))
    return tuple(reversed(found))


def _asked(state: State, as_of: int, today: date) -> Mapping[str, tuple[str, ...]]:
    sent = [i for i in state.issued.values() if i.document == "template" and i.as_of <= as_of]
    published = {fact.cycle for _, fact in state.published}
    last = sent[-1].cycle if sent else ""
    due_by = max((item.return_by for item in sent if item.cycle == last), default="")
    waiting = last not in published and not (due_by and due_by < today.isoformat())
    return _grouped(
        (uid, item.cycle) for item in sent if item.cycle != last or not waiting for uid in item.uids
    )


def _updated(state: State, changes: Iterable[Change], as_of: int) -> Mapping[str, tuple[str, ...]]:
    """What came on the form of an earlier cycle was heard in the one it counts for as well."""
    counted = _counted(state)
    return _grouped(
        (change.uid, cycle)
        for change in changes
        if change.kind != "undo"
        and (not change.return_id or state.is_live(change.return_id, change.seq, as_of))
        for cycle in (change.cycle, counted.get(change.seq, change.cycle))
    )


def _counted(state: State) -> dict[int, str]:
    """By position in the ledger, the cycle for which a return counts."""
    return {
        event.seq: counts_for(state, event.fact, event.seq)
        for event in state.return_events
        if isinstance(event.fact, Returned) and event.fact.author != COORDINATOR
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for uid, cycle in pairs:
        found.setdefault(uid, {})[cycle] = None
    return {uid: tuple(cycles) for uid, cycles in found.items()}


def _first(state: State, role: str) -> dict[str, Value]:
    """By uid, what the field with a role held when each action came into the plan."""
    item = state.definition.with_role(role)
    if item is None:
        return {}
    return {
        uid: state.value(uid, item.id, state.row_seq[uid])
        for uid, row in state.rows.items()
        if row.kind == "action"
    }


def _values_of(
    state: State, changes: Iterable[Change], role: str
) -> Mapping[str, tuple[Value, ...]]:
    """By uid, every value that the field with a role has had; what was undone never was."""
    item = state.definition.with_role(role)
    found = {uid: [value] for uid, value in _first(state, role).items()}
    for change in changes:
        if item is None or change.field != item.id or change.uid not in found:
            continue
        values = found[change.uid]
        if change.kind == "undo" and change.after in values:
            while values[-1] != change.after:
                values.pop()
        else:
            values.append(change.after)
    return {uid: tuple(values) for uid, values in found.items()}
