"""The one past of a plan: how each action came in, what every board saw, how its dates moved.

The checks, the board and its History all look at this. What has been taken back never was, save in
what a board was shown: that is as it was then. `restated` is a period as it is known now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.heard import Heard
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, CellKey, MasterRow, Times
from xlplan.merge.register import settle
from xlplan.merge.state import State
from xlplan.merge.timeline import DATES, ByRow, Timelines
from xlplan.plan.checks.lint_view import History, Snapshot
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.due import due_in, due_of
from xlplan.plan.text import is_provisional
from xlplan.plan.values import Invalid, Value, show

IMPORTED = "Plan as imported"
"""The label of the plan as it came in: what a first board compares with."""
_COUNTED: frozenset[str] = frozenset(
    {"section", "lead", "due", "revised", "organisation", "percent"}
)
"""Roles of the fields, besides ratings, by which the board counts."""
_IN_FULL = 2
"""How many boards are looked at with their notes; of older ones only ratings and dates matter."""


class DueHistory(Struct, frozen=True):
    """How an action's due date has moved: the first date it ever had, and how often it was put
    back. A plan may bring both, as an original date and a revised one. Moves that were undone, or
    that brought the date forward, are no slips."""

    first: date | None = None
    slips: int = 0


class Past(Struct, frozen=True):
    """The past of a plan as of a position of the ledger, by a definition. By uid: `first` is the
    rating each action came in with, `times` what its due and revised dates have been (with their
    approval, where that counts), the present last; `asked` names the cycles in which it went out
    to a lead and whose returns are due, `updated` those in which somebody changed something in it,
    `confirmed` those in which its lead said that nothing had. `boards` are the earlier boards,
    oldest first, and `imported` the plan as it came in: ratings and dates, of the last boards
    notes as well.
    """

    definition: PlanDefinition
    first: Mapping[str, Value]
    times: Mapping[str, Times]
    boards: tuple[Snapshot, ...]
    imported: Snapshot | None
    asked: Mapping[str, tuple[str, ...]]
    updated: Mapping[str, tuple[str, ...]]
    confirmed: Mapping[str, frozenset[str]]

    @property
    def dues(self) -> Mapping[str, DueHistory]:
        """By uid, how each due date has moved."""
        return ByRow(self.times, lambda uid: self._moved(self.times[uid]))

    @property
    def history(self) -> History:
        """The same as the checks of a plan are handed it."""
        due, revised = (self._values(role) for role in DATES)
        asks, dues = self.definition.issue.hints, self.dues
        slips = ByRow(dues if asks else (), lambda uid: dues[uid].slips)
        return History(
            self.boards, self.asked, self.updated, self.first, due, revised, self.confirmed, slips
        )

    def _moved(self, times: Times) -> DueHistory:
        due = self.definition.with_role("due")
        came = [due_of(self.definition, times[0].get(due.id)).by] if due and times else []
        found = [*came, *(due_in(self.definition, values).by for values in times)]
        dates = [day for day in found if day is not None]
        return DueHistory(dates[0] if dates else None, _slips(dates))

    def _values(self, role: str) -> Mapping[str, tuple[Value, ...]]:
        item = self.definition.with_role(role)
        if item is None:
            return {}
        return ByRow(
            self.times, lambda uid: _without_repeats(values[item.id] for values in self.times[uid])
        )


def past_of(
    state: State,
    heard: Heard,
    as_of: int,
    today: date,
    cycle: str = "",
    definition: PlanDefinition | None = None,
) -> Past:
    """The past of a plan as of a position of the ledger, seen from a cycle (default: the last).

    A composite of the cycle itself is no earlier board: publishing again replaces it. A cycle
    counts as having asked once its returns are due, it has been published, or another followed.
    Fields are those of `definition` (default: as it stands); where one is handed in, what is
    private counts for nothing that was `heard` by then.
    """
    by = definition or state.definition
    rating = by.with_role("rating")
    rows = Timelines(state, by, as_of)
    actions = rows.uids
    changed = heard.changed if definition is None else heard.public
    return Past(
        definition=by,
        first=ByRow(actions if rating else (), lambda uid: rows.first(uid, rating)),
        times=ByRow(actions, rows.times),
        boards=_boards(rows, cycle or current_cycle(state)),
        imported=rows.snapshot(IMPORTED, state.imported) if state.imported else None,
        asked=_asked(state, heard, today),
        updated=ByRow(changed, lambda uid: tuple(changed[uid])),
        confirmed=ByRow(heard.said, partial(_confirmed, heard)),
    )


def _boards(rows: Timelines, cycle: str) -> tuple[Snapshot, ...]:
    published = {
        fact.cycle: fact
        for _, fact in rows.state.published
        if fact.as_of < rows.as_of and fact.cycle != cycle
    }
    newest = sorted(published.values(), key=lambda fact: -fact.as_of)
    found = [
        rows.snapshot(fact.cycle, fact.as_of, in_full=age < _IN_FULL)
        for age, fact in enumerate(newest)
    ]
    return tuple(reversed(found))


def _asked(state: State, heard: Heard, today: date) -> Mapping[str, tuple[str, ...]]:
    published = {fact.cycle for _, fact in state.published}
    due_by = heard.due.get(heard.last, "")
    late = bool(due_by) and due_by < today.isoformat()
    waiting = heard.last if heard.last not in published and not late else None

    def asked(uid: str) -> tuple[str, ...]:
        cycles = tuple(heard.asked[uid])
        if waiting in cycles:
            cycles = tuple(name for name in cycles if name != waiting)
        if not cycles:
            raise KeyError(uid)
        return cycles

    return ByRow(heard.asked, asked)


def _confirmed(heard: Heard, uid: str) -> frozenset[str]:
    if not (found := heard.confirmed(uid)):
        raise KeyError(uid)
    return found


def _without_repeats(values: Iterable[Value]) -> tuple[Value, ...]:
    found: list[Value] = []
    for value in values:
        if not found or found[-1] != value:
            found.append(value)
    return tuple(found)


def restated(state: State, as_of: int, cycles: Collection[str]) -> list[MasterRow]:
    """The actions of a period as known now: what was written for it, whenever that came in.

    `as_of` is the position at which the period was reported; `cycles` are the ids of the cycles up
    to and including it. A lead's write counts where its template belongs to one of them; what the
    coordinator wrote counts where it stood by then. What was taken back since is left out.
    """
    return [_restated(state, row, as_of, cycles) for row in state.master("action", as_of)]


def _restated(state: State, row: MasterRow, as_of: int, cycles: Collection[str]) -> MasterRow:
    values = {name: _known(state, (row.uid, name), as_of, cycles) for name in row.values}
    section = state.definition.public.with_role("section")
    status = _known(state, (row.uid, STATUS), as_of, cycles)
    return replace(
        row,
        values=values,
        section=show(values.get(section.id)) if section else "",
        withdrawn=status == WITHDRAWN,
        kept_back=status == KEPT_BACK,
    )


def _known(state: State, key: CellKey, as_of: int, cycles: Collection[str]) -> Value:
    known = [
        write
        for write in state.live(key)
        if (write.cycle in cycles if write.author != COORDINATOR else write.seq <= as_of)
    ]
    return settle(state.field_of(key), known).value


def _slips(dates: Sequence[date]) -> int:
    """How often a date moved to a later one."""
    return sum(later > earlier for earlier, later in pairwise(dates))


# What a plan brought of its past


def as_brought(
    definition: PlanDefinition, imported: Iterable[MasterRow], now: Mapping[str, MasterRow]
) -> dict[str, Mapping[str, Value]]:
    """By uid, the imported actions as the last board before the import saw them.

    Their ratings are those of the plan's own column of previous ones, as it is corrected by `now`;
    a blank there is not known, and its rating is left out. Actions that had no rating before are
    new, and left out.
    """
    rating = definition.with_role("rating")
    columns = definition.brought
    found: dict[str, Mapping[str, Value]] = {}
    for row in imported:
        values = now.get(row.uid, row).values
        if rating is None or is_provisional(row.ref) or _unrated_before(definition, values):
            continue
        was = {rating.id: values.get(columns[-1].id)}
        rest = {name: value for name, value in row.values.items() if name != rating.id}
        found[row.uid] = {**rest, **{n: v for n, v in was.items() if v is not None}}
    return found


def _unrated_before(definition: PlanDefinition, values: Mapping[str, Value]) -> bool:
    """Whether an open action has a rating in none of several columns of earlier ones."""
    rating, initial = definition.with_role("rating"), definition.with_role("initial_rating")
    earlier = [*definition.brought, *([initial] if initial else [])]
    if len(earlier) < 2 or any(values.get(item.id) is not None for item in earlier):
        return False
    return rating is None or not definition.finishes(rating, values.get(rating.id))


def brought_history(
    definition: PlanDefinition, rows: Iterable[MasterRow]
) -> list[tuple[str, Mapping[str, Value]]]:
    """The ratings of each column of earlier ones, oldest first, by uid: what is blank is not known.

    The last has the name of the board that saw it, the others that of their column.
    """
    initial = definition.with_role("initial_rating")
    rating = definition.with_role("rating")
    first = [initial] if initial and rating and initial.scale == rating.scale else []
    columns = [*first, *definition.brought] if definition.brought else []
    every = list(rows)
    return [
        (
            brought_label(definition) if item is columns[-1] else item.heading,
            {row.uid: value for row in every if (value := row.values.get(item.id)) is not None},
        )
        for item in columns
    ]


def brought_label(definition: PlanDefinition) -> str:
    """The name of the board that saw the ratings which the plan brought; ``""`` without any."""
    return definition.previous_board or (
        definition.brought[-1].heading if definition.brought else ""
    )


# What a change of the definition has emptied


class Emptied(Struct, frozen=True):
    """What rows hold in a field, and what the definition reads no more since it was changed.

    `value` is what they held, or ``""`` where it is the field itself that is gone; `refs` are the
    rows, in the order of the plan.
    """

    field: Field
    value: str
    refs: tuple[str, ...]


def emptied(state: State) -> list[Emptied]:
    """What counts nowhere any more, though an earlier definition of the plan could read it.

    What never was a value of its field is not among it, nor are texts, which count nowhere.
    """
    found: dict[tuple[Field, str], list[str]] = {}
    for kind in ("action", "recommendation") if len(state.defined) > 1 else ():
        for row in state.master(kind):
            if not row.withdrawn and not row.kept_back:
                for gone in _gone(state, row):
                    found.setdefault(gone, []).append(row.ref or row.uid)
    return [Emptied(item, value, tuple(refs)) for (item, value), refs in found.items()]


def _gone(state: State, row: MasterRow) -> Iterator[tuple[Field, str]]:
    begun = state.added_at(row.uid)[-1]
    since = (begun, *(seq for seq in state.defined if seq > begun))
    *earlier, now = map(state.definition_at, since)
    fields = {item.id: item for then in earlier for item in then.public.fields_of(row.kind)}
    for name, item in fields.items():
        known = now.find(name, row.kind)
        if known is None and not (item.field_type.rated or item.role in _COUNTED):
            continue
        if known is not None and (known.private or not isinstance(row.values[name], Invalid)):
            continue
        held = _held(state, (row.uid, name), row.kind, earlier)
        if held is not None:
            yield (item, "") if known is None else (known, held)


def _held(state: State, key: CellKey, kind: str, earlier: Sequence[PlanDefinition]) -> str | None:
    """What a cell held by the last definition that could read it; None where it held nothing."""
    for then in reversed(earlier):
        item = then.find(key[1], kind)
        value = settle(item, state.live(key, None, then)).value if item is not None else None
        if value is not None and not isinstance(value, Invalid):
            return show(value)
    return None
