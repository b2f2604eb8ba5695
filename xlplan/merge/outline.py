"""The outline of a ledger: what no command can do without, and where the events are that bear on
a row, a workbook, a file or a person.

It is made of a state, kept with what its rows show, and brought forward; `recalled.py` answers
from it without replaying the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple, Protocol, TypeVar, cast
from zlib import crc32

from msgspec import Struct

from xlplan.merge.exchange import Asked
from xlplan.merge.log import History
from xlplan.merge.model import (
    Decided,
    Event,
    Issued,
    MasterRow,
    Posted,
    Returned,
    RowAdded,
    Timeline,
)
from xlplan.merge.settled import Settled
from xlplan.merge.state import State
from xlplan.plan.definition import BECAUSE, STATUS, PlanDefinition
from xlplan.plan.values import Value, show

V = TypeVar("V")
STRETCH = 256
"""Positions of the ledger of which the returns are found together."""
Entry = int | Asked
"""A position of the ledger; of a template, under who was asked, when and for which cycle."""


class Forgotten(Exception):  # noqa: N818  # no error: the ledger is replayed instead
    """What was kept of a ledger is not there, or cannot be believed."""


class RowLine(NamedTuple):
    """A row as the outline has it: `since` and `last` are the positions at which it came in and
    was written to last; `there` is whether it is in the plan, `status` what its status shows."""

    kind: str
    order: float
    ref: str
    since: int
    last: int
    there: bool
    status: Value = None


class Outline(Struct, frozen=True):
    """What is known of a ledger without its events; numbers are positions in it.

    `old` are those of the templates that `Exchange.of_old` names; `meant` are the uids of the rows
    of which somebody said why they mean what a check asks about, `requested` those of which a lead
    asked for a change.
    """

    seq: int
    tx: int
    at: str
    moved: int
    imported: int
    defined: Sequence[int]
    undone: Sequence[int]
    published: Sequence[int]
    rekeyed: Sequence[int]
    shared: Sequence[int]
    old: Sequence[int]
    cycles: Sequence[str]
    periods: Mapping[str, int]
    cycle: str
    authors: Sequence[str]
    spared: Sequence[tuple[str, str]]
    meant: Sequence[str]
    requested: Sequence[str]
    rows: Mapping[str, RowLine]


class Standing:
    """A row as it stands: what a cell of it shows, by field id, with the ids of the writes behind
    it, and the row itself, which is made once it is asked for."""

    def __init__(
        self, shown: Callable[[str], tuple[Value, list[str]]], row: Callable[[], MasterRow]
    ) -> None:
        self.shown, self._row = shown, row

    @cached_property
    def row(self) -> MasterRow:
        """The row, as the master has it."""
        return self._row()


class Recall(Protocol):
    """Gives what was kept of a ledger; all of it raises Forgotten where it is not to be had."""

    @property
    def outline(self) -> Outline:
        """What is known without any event."""

    def entries(self, topic: str, name: str) -> Sequence[Entry]:
        """What `bears_on` said of every event, by topic and name."""

    def events(self, positions: Iterable[int]) -> list[Event]:
        """The events at some positions; the same objects whenever they are asked for."""

    def passing(self, positions: Iterable[int]) -> list[Event]:
        """The events at some positions for who takes from them what they say of a row, and lets
        them go."""

    def standing(self, uid: str) -> Standing:
        """A row that is in the plan."""

    def seen(self, uid: str, as_of: int) -> MasterRow | None:
        """A row as it stood at one of the last boards, where it did and that was kept."""

    def timeline(self, uid: str) -> Timeline:
        """The timeline of an action, also of one that was taken back."""

    def settled(self, uid: str) -> Sequence[Settled]:
        """What a row needs of what was there when it was written to last, and of what was there
        when a cycle began; nothing where that was not kept."""

    def whole(self) -> History:
        """The ledger, replayed."""


def bears_on(event: Event) -> Iterator[tuple[str, str, Entry]]:
    """On what an event bears: topic, name, and what is kept of it there."""
    fact, seq = event.fact, event.seq
    if isinstance(fact, RowAdded | Decided):
        yield "row", fact.uid, seq
        if isinstance(fact, RowAdded):
            yield "added", fact.uid, seq
    elif isinstance(fact, Returned):
        for uid in dict.fromkeys(item.uid for item in fact.assertions):
            yield "row", uid, seq
        yield "back", fact.issued, seq
        yield "from", fact.author, seq
        yield "bytes", fact.sha256, seq
        yield "returned", str(seq // STRETCH), seq
    elif isinstance(fact, Issued):
        yield "issued", fact.id, seq
        yield "bytes", fact.sha256, seq
        if fact.document == "template":
            yield "cycle", fact.cycle, seq
            yield "asked", fact.author, (fact.as_of, -seq, fact.cycle)
    elif isinstance(fact, Posted):
        yield "posts", fact.cycle, seq


def can_be_recalled(state: State) -> bool:
    """Whether a ledger can be told again row by row: an answer about rows that were moved brings
    in writes of other rows than its own."""
    return not state.has_moved


def outline_of(state: State, old: Outline | None = None) -> Outline:
    """The outline of a state; brought forward from an `old` one where only that much is new."""
    exchange = state.exchange
    rows = dict(old.rows) if old is not None else {}
    key_of = cache(partial(state.definition.with_role, "key"))
    for uid in state.touched_at if old is not None else state.rows:
        if (row := state.rows.get(uid)) is None:
            continue
        since, last = state.row_seq[uid], state.touched_at[uid]
        if (as_it_came := state.untouched(uid)) is not None:
            key, values = key_of(row.kind), as_it_came.values
            ref, status = show(values.get(key.id)) if key else "", values.get(STATUS)
            rows[uid] = RowLine(row.kind, as_it_came.order, ref, since, last, True, status)
            continue
        now = state.row_at(uid)
        order, status = (now or row).order, state.value(uid, STATUS)
        rows[uid] = RowLine(row.kind, order, state.ref(uid), since, last, now is not None, status)
    return Outline(
        seq=state.seq,
        tx=state.tx,
        at=state.at,
        moved=state.moved,
        imported=state.imported,
        defined=state.defined,
        undone=[event.seq for event, _ in state.undone],
        published=[event.seq for event, _ in state.published],
        rekeyed=exchange.rekeyed,
        shared=exchange.shared_at,
        old=[exchange.issued_seq[one.id] for one in exchange.of_old(state.definition_at)],
        cycles=exchange.cycles,
        periods=exchange.periods,
        cycle=exchange.cycle,
        authors=exchange.authors,
        spared=sorted(exchange.spared),
        meant=state.records.rows_with(BECAUSE),
        requested=sorted(state.records.requested()),
        rows=rows,
    )


class OnDemand(dict[str, V]):
    """A table of which entries are read when they are asked for. `look` sees to an entry, or
    (None) to all of them, and gives the table in which they are by then; `names` gives the keys
    where these are known without the entries."""

    def __init__(
        self,
        look: Callable[[str | None], dict[str, V]],
        names: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        super().__init__()
        self._look, self._names = look, names

    def __getitem__(self, key: str) -> V:
        return dict.__getitem__(self._look(key), key)

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self._look(str(key)), key)

    def get(self, key: str, default: V | None = None) -> V | None:  # type: ignore[override]
        """As of any table."""
        return dict.get(self._look(key), key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names()) if self._names else dict.__iter__(self._look(None))

    def values(self):  # type: ignore[no-untyped-def]  # a view of dict's own kind
        """As of any table."""
        return dict.values(self._look(None))

    def items(self):  # type: ignore[no-untyped-def]  # the same
        """As of any table."""
        return dict.items(self._look(None))


def fields_shown(definition: PlanDefinition) -> frozenset[str]:
    """The ids of the fields of which a `Standing` speaks."""
    return frozenset((*(item.id for item in definition.fields), STATUS))


def positions(recall: Recall, topic: str, name: str) -> Sequence[int]:
    """What was kept under a topic and name of which `bears_on` gives positions, in their order."""
    return cast("Sequence[int]", recall.entries(topic, name))


# Where events lie: an index that is kept in drawers

DRAWERS = 256
"""So many that one holds little, of what bears on rows, and as many of all else; all of them are
there: what a drawer does not name never was."""
_ROWS, _ELSE = "index", "index of files"
Place = tuple[str, str]
"""Where a drawer is kept: topic and name."""
Drawer = dict[str, Any]
"""By label a text with positions, or a list of other entries."""


class Index:
    """The index as it was kept; `find` finds a drawer."""

    def __init__(self, find: Callable[[str, str], Drawer]) -> None:
        self._find = find
        self._of_rows: dict[Place, Drawer] = {}

    def entries(self, topic: str, name: str) -> Sequence[Entry]:
        """What `bears_on` said of every event, by topic and name."""
        label = f"{topic} {name}"
        found = self._drawer(_drawer_of(label)).get(label, "")
        if isinstance(found, str):
            return [*map(int, found.split())]
        return [*map(tuple, found)]

    def _drawer(self, place: Place) -> Drawer:
        if place in self._of_rows:
            return self._of_rows[place]
        drawer = self._find(*place)
        if place[0] == _ROWS:  # those of files are longer with each cycle, and seldom asked for
            self._of_rows[place] = drawer
        return drawer


def _drawer_of(label: str) -> Place:
    number = crc32(label.encode("utf-8", "surrogatepass")) % DRAWERS
    return _ROWS if label.startswith(("row ", "added ")) else _ELSE, f"{number:02x}"


def index_of(
    events: Iterable[Event], before: Callable[[str, str], Drawer] | None = None
) -> Iterator[tuple[Place, object]]:
    """The drawers of the index in which events lie, added to what lay there before, of which one
    is opened after the other; without that all of them, with these events alone."""
    new: dict[Place, list[tuple[str, Entry]]] = {}
    if before is None:
        topics = (_ROWS, _ELSE)
        new = {(topic, f"{number:02x}"): [] for topic in topics for number in range(DRAWERS)}
    for event in events:
        for topic, name, entry in bears_on(event):
            label = f"{topic} {name}"
            new.setdefault(_drawer_of(label), []).append((label, entry))
    for place, entries in new.items():
        drawer: Drawer = {} if before is None else before(*place)
        for label, entry in entries:
            if not isinstance(entry, int):
                drawer.setdefault(label, []).append(entry)
            elif label in drawer:
                drawer[label] += f" {entry}"
            else:
                drawer[label] = str(entry)
        yield place, drawer
