"""What is kept of a plan on paper, so that its state can be recalled: see `merge/recalled.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from tests.paper import Office
from xlplan.merge.log import History, replay
from xlplan.merge.model import Event, MasterRow, Timeline
from xlplan.merge.outline import (
    Entry,
    Forgotten,
    Index,
    Standing,
    fields_shown,
    index_of,
    outline_of,
)
from xlplan.merge.questions import questions_of
from xlplan.merge.recalled import Recalled
from xlplan.merge.settled import Settled, begun_at, holds, settled_twice
from xlplan.merge.state import State
from xlplan.merge.timeline import timeline_of


class Memory:
    """The ledger of an office as it is now. `lost` are topics of which nothing is to be had."""

    def __init__(self, office: Office, lost: Sequence[str] = ()) -> None:
        self._events = list(office.events)
        self._definitions = office.definitions
        state = office.replayed().state
        self.outline = outline_of(state)
        self.asked = questions_of(state)
        half = len(self._events) // 2
        drawers: dict[tuple[str, str], Any] = dict(index_of(self._events[:half]))
        drawers |= dict(index_of(self._events[half:], lambda *place: drawers[place]))
        self._index = Index(lambda *place: drawers[place])
        names = fields_shown(state.definition)
        self._standing = {
            uid: Standing(
                {name: state.shown((uid, name), state.seq) for name in names}.__getitem__,
                partial(state.master_row, uid),
            )
            for uid, line in self.outline.rows.items()
            if line.there
        }
        self._timelines = {
            uid: timeline_of(state, uid) for uid in state.rows if state.kind_of(uid) == "action"
        }
        self._settled = self._brought_forward(office, state)
        self._seen = {
            (row.uid, fact.as_of): row
            for _, fact in state.published
            for row in state.master("action", fact.as_of)
        }
        self.lost = lost
        self.told: list[int] = []
        """The positions of the events that were asked for."""
        self.replays = 0
        self._whole: History | None = None

    def _brought_forward(self, office: Office, whole: State) -> dict[str, Sequence[Settled]]:
        """What rows need: by what was kept for a state that is recalled, brought forward where its
        rows were written to; else by the whole one."""
        state, old = office.state, dict[str, Sequence[Settled]]()
        if isinstance(state, Recalled) and not state.is_whole:
            assert isinstance(state._recall, Memory)
            old = state._recall._settled
        else:
            state = whole
        found = dict[str, Sequence[Settled]]()
        for uid in whole.rows:
            if uid in old and uid not in state.touched_at:
                found[uid] = old[uid]
                continue
            both = settled_twice(state, uid, old.get(uid, ()), begun_at(state))
            if both is not None:
                found[uid] = both.each()
                assert all(holds(whole, uid, one) for one in found[uid])
        return found

    def entries(self, topic: str, name: str) -> Sequence[Entry]:
        if topic in self.lost:
            raise Forgotten
        return self._index.entries(topic, name)

    def events(self, positions: Iterable[int]) -> list[Event]:
        found = [self._events[seq - 1] for seq in positions]
        if "events" in self.lost:
            raise Forgotten
        self.told += [event.seq for event in found]
        return found

    def passing(self, positions: Iterable[int]) -> list[Event]:
        return self.events(positions)

    def standing(self, uid: str) -> Standing:
        if "standing" in self.lost:
            raise Forgotten
        return self._standing[uid]

    def seen(self, uid: str, as_of: int) -> MasterRow | None:
        if "seen" in self.lost:
            raise Forgotten
        return self._seen.get((uid, as_of))

    def timeline(self, uid: str) -> Timeline:
        if "timeline" in self.lost:
            raise Forgotten
        return self._timelines[uid]

    def settled(self, uid: str) -> Sequence[Settled]:
        return () if "settled" in self.lost else self._settled.get(uid, ())

    def whole(self) -> History:
        if self._whole is None:
            self.replays += 1
            self._whole = replay(self._events, self._definitions.__getitem__)
        return self._whole


def recall(office: Office, lost: Sequence[str] = ()) -> Memory:
    """Let an office go on with a state that is recalled; what it is recalled from."""
    memory = Memory(office, lost)
    state = Recalled(office.definitions.__getitem__, memory)
    office.history = History(state, [], state.seq, lambda _: memory.whole().changes)
    return memory


def is_recalled(office: Office) -> bool:
    """Whether not everything has been asked for."""
    return isinstance(office.state, Recalled) and not office.state.is_whole
