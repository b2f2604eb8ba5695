"""What is kept of a ledger so that its state can be recalled (`xlplan.merge.recalled`): the
outline, an index of its events, and each row as it stands.

Whatever is missing, or of another moment by now, is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import msgspec

from xlplan.cycle.came_in import CameIn, is_as_it_came, last_together, until_of
from xlplan.cycle.kept import OF_ROWS, Document, Find, Kept, read_questions
from xlplan.cycle.so_far import changes_after, counted_so_far
from xlplan.errors import XlplanError
from xlplan.ledger.projection import Key, Unknown, read_answer
from xlplan.ledger.store import Ledger
from xlplan.merge.log import History, replay
from xlplan.merge.model import Event, MasterRow, Question, Timeline
from xlplan.merge.outline import (
    Entry,
    Forgotten,
    Index,
    Outline,
    RowLine,
    Standing,
    can_be_recalled,
    fields_shown,
    index_of,
)
from xlplan.merge.questions import questions_since
from xlplan.merge.recalled import Recalled
from xlplan.merge.records import shown_as_it_came, shown_of
from xlplan.merge.settled import Settled, SettledTwice, begun_at, settled_twice
from xlplan.merge.state import State
from xlplan.merge.timeline import as_it_came, of_untouched, timeline_of
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.values import Value, decode, encode, show

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk

OUTLINE: Key = ("outline", "")
_PASSING, _STANDING, _CAME = 16, 64, 4096
"""Events of old, rows as they stand, and what rows brought in that are remembered: the rows of a
return are asked for one after the other and nearly all once, but a board asks for more of each."""


class Memory:
    """A `Recall` of a ledger by what was kept of it."""

    def __init__(self, kept: Kept, ledger: Ledger, load: Callable[[str], PlanDefinition]) -> None:
        self._kept, self._ledger, self.load = kept, ledger, load
        self.mark = kept.mark()
        self.outline = read_outline(self.find(*OUTLINE))
        self._index = Index(self.find)
        self._events: dict[int, Event] = {}
        self._passing: dict[int, Event] = {}
        self._standing: dict[str, Standing] = {}
        self._came = lru_cache(maxsize=_CAME)(self._find_came)
        self._of_rows: dict[str, _OfRows] = {
            topic: _OfRows(partial(self.find, topic), partial(self.topic, topic))
            for topic in OF_ROWS
        }
        self._settled: dict[str, Sequence[Settled]] = {}
        self._kinds: dict[str, tuple[list[str], Field | None]] = {}
        self._open: Sequence[Question] | None = None
        self._whole: History | None = None

    def find(self, topic: str, name: str) -> Any:
        """An answer that was kept; Forgotten where there is none, or it is of another moment."""
        return read_answer(self.text(topic, name), Forgotten)

    def text(self, topic: str, name: str) -> str:
        """The JSON of an answer; Forgotten as of `find`."""
        try:
            return self._kept.text(topic, name, self.mark)
        except Unknown:
            raise Forgotten from None

    def entries(self, topic: str, name: str) -> Sequence[Entry]:
        """As of a `Recall`."""
        return self._index.entries(topic, name)

    def events(self, positions: Iterable[int]) -> list[Event]:
        """As of a `Recall`."""
        asked = list(positions)
        try:
            for event in self._ledger.events_at(seq for seq in asked if seq not in self._events):
                self._events[event.seq] = event
            return [self._events[seq] for seq in asked]
        except (XlplanError, KeyError):
            raise Forgotten from None

    def passing(self, positions: Iterable[int]) -> list[Event]:
        """As of a `Recall`."""
        found = []
        for seq in positions:
            if seq not in self._events and seq not in self._passing:
                if len(self._passing) == _PASSING:
                    self._passing.clear()
                try:
                    (self._passing[seq],) = self._ledger.events_at([seq])
                except XlplanError:
                    raise Forgotten from None
            found.append(self._events.get(seq) or self._passing[seq])
        return found

    def standing(self, uid: str) -> Standing:
        """As of a `Recall`."""
        if uid not in self._standing:
            if len(self._standing) == _STANDING:
                self._standing.clear()
            self._standing[uid] = self._read(uid)
        return self._standing[uid]

    def settled(self, uid: str) -> Sequence[Settled]:
        """As of a `Recall`."""
        if uid not in self._settled:
            self._settled[uid] = ()
            with suppress(Forgotten):
                self._settled[uid] = read_settled(self._of_rows["settled"].find(uid, once=True))
        return self._settled[uid]

    def topic(self, topic: str) -> dict[str, str]:
        """The texts of all answers of a topic that were kept, by name; Forgotten as of `find`."""
        try:
            found = self._kept.topic(topic)
            same = self._kept.mark() == self.mark
        except Unknown:
            raise Forgotten from None
        if not same:
            raise Forgotten
        return found

    @cached_property
    def _definition(self) -> PlanDefinition:
        (event,) = self.events(self.outline.defined[-1:])
        return self.load(event.fact.text)  # type: ignore[union-attr]  # a definition

    def _read(self, uid: str) -> Standing:
        if (came := self._came(uid)) is not None:
            shown = partial(shown_as_it_came, uid, came[1])
            return Standing(shown, partial(self._row, uid, came[1].get))
        kept = partial(_kept_of, self._of_rows["standing"].find(uid))
        return Standing(kept, partial(self._row, uid, lambda name: kept(name)[0]))

    def _row(self, uid: str, value_of: Callable[[str], Value]) -> MasterRow:
        line, definition = self.outline.rows[uid], self._definition
        if line.kind not in self._kinds:
            fields = [item.id for item in definition.fields_of(line.kind, retired=True)]
            self._kinds[line.kind] = fields, definition.public.with_role("section", line.kind)
        fields, section = self._kinds[line.kind]
        values, status = {name: value_of(name) for name in fields}, value_of(STATUS)
        return MasterRow(
            uid=uid,
            kind=line.kind,
            ref=line.ref,
            section=show(values.get(section.id)) if section else "",
            values=values,
            withdrawn=status == WITHDRAWN,
            kept_back=status == KEPT_BACK,
        )

    @cached_property
    def _came_in(self) -> CameIn:
        return CameIn(self.text, Forgotten)

    @cached_property
    def _until(self) -> int:
        return until_of(self.find)

    def _find_came(self, uid: str) -> tuple[int, dict[str, Value]] | None:
        """Where in the ledger a row came in, and what it brought in, where nothing was written in
        it since."""
        line = self.outline.rows.get(uid)
        if line is None or not is_as_it_came(line, self._until):
            return None
        if (found := self._came_in.row(uid, line.since)) is None:
            return None
        held = found[0].items()
        return line.since, {n: v if type(v) is str else decode(v) for n, v in held}

    def questions(self, state: State) -> list[Question] | None:
        """Every open question of a state that is recalled from here; None where they are to be
        asked anew."""
        if not isinstance(state, Recalled) or state.is_whole:
            return None
        try:
            if self._open is None:
                self._open = read_questions(self.text("questions", ""))
            return questions_since(state, self._open, state.events_since)
        except (Forgotten, Unknown):
            return None

    def timeline(self, uid: str) -> Timeline:
        """As of a `Recall`."""
        if (came := self._came(uid)) is not None:
            return of_untouched(self._definition, *came)
        return read_timeline(self._of_rows["timeline"].find(uid, once=True))

    def seen(self, uid: str, as_of: int) -> MasterRow | None:
        """As of a `Recall`."""
        if as_of not in self._boards:
            return None
        board = self._boards[as_of]
        if isinstance(board, str):
            board = self._boards[as_of] = read_answer(board, Forgotten)
        found = board.get(uid)
        if found is None:
            return None
        kind, ref, section, values, withdrawn, kept_back = found
        held = {n: v if type(v) is str else decode(v) for n, v in values.items()}
        fields = self._definition.fields_of(kind, retired=True)
        every = {item.id: held.get(item.id) for item in fields}
        return MasterRow(uid, kind, ref, section, every, withdrawn, kept_back)

    @cached_property
    def _boards(self) -> dict[int, str | dict[str, Any]]:
        """What was kept of the last boards, by their positions: read once one is asked for."""
        every = self.topic("seen").values()
        return {msgspec.json.decode(text, type=_AsOf).as_of: text for text in every}

    def recalled(self) -> History:
        """The ledger, as far as it is asked for; Forgotten where it is to be replayed."""
        state = Recalled(self.load, self)
        return History(state, [], state.seq, partial(changes_after, self))

    def whole(self) -> History:
        """As of a `Recall`."""
        if self._whole is None:
            events = (e for e in self._ledger.events() if e.seq <= self.outline.seq)
            self._whole = replay((self._events.setdefault(e.seq, e) for e in events), self.load)
        return self._whole


_ONE_BY_ONE = 100
"""Rows that are looked up by themselves, before all that was kept of a topic is read at once."""


def _kept_of(kept: Mapping[str, Sequence[Any]], name: str) -> tuple[Value, list[str]]:
    value, ids = kept.get(name) or (None, [])
    return decode(value), ids


class _AsOf(msgspec.Struct):
    """Which board it is, of what was kept of one."""

    as_of: int


class _OfRows:
    """What was kept of rows under a topic, by uid: `one` reads it of a row, `every` of all."""

    def __init__(self, one: Callable[[str], Any], every: Callable[[], dict[str, str]]) -> None:
        self._one, self._every = one, every
        self._left = _ONE_BY_ONE
        self._texts: dict[str, str] = {}

    def find(self, uid: str, *, once: bool = False) -> Any:
        """Of a row; Forgotten where nothing was kept of it. What is asked for `once` is let go."""
        self._left -= 1
        if self._left == -1:
            self._texts = self._every()
        text = self._texts.pop(uid, None) if once else self._texts.get(uid)
        return self._one(uid) if text is None else read_answer(text, Forgotten)


# Making it


def recorded_after(desk: Desk, seq: int) -> Sequence[Event]:
    """The events after a position of the ledger: those that the state has in hand, where it is
    recalled from there, so that nothing of thousands of returns is read again."""
    made = desk.recorded_since
    if desk.memory is not None and [e.seq for e in made] == [*range(seq + 1, desk.state.seq + 1)]:
        return made
    return desk.ledger.events_after(seq)


def to_recall(
    desk: Desk,
    outline: Outline,
    stands: Document,
    events: Sequence[Event],
    rows: Set[str],
    before: Find | None,
) -> Iterator[tuple[Key, object]]:
    """What is kept so that a state can be recalled: of all `events` and `rows`, or of those that
    are new or were written to since what was kept `before`."""
    state = desk.state
    if can_be_recalled(state):
        yield OUTLINE, as_kept(outline)
    yield from index_of(events, before)
    # In the order in which they lie in the file: else it is put in order again and again.
    lines, until = outline.rows.items(), last_together(state, before)
    asked = sorted(u for u, line in lines if u in rows and not is_as_it_came(line, until))
    yield from standings(state, [uid for uid in asked if outline.rows[uid].there])
    yield from timelines(state, asked)
    yield from settlements(state, asked, desk.memory)
    yield from counted_so_far(desk, stands, events, before)
    new = {event.seq for event in events}
    for cycle, (seq, as_of) in last_boards(state).items():
        if before is None or seq in new:
            yield ("seen", cycle), _as_seen(state, as_of)


def read_outline(found: dict[str, Any]) -> Outline:
    """The outline that `as_kept` wrote."""
    rows = {
        uid: RowLine(*line)._replace(status=decode(line[-1])) for uid, line in found["rows"].items()
    }
    return Outline(**{**found, "rows": rows})


def as_kept(outline: Outline) -> Mapping[str, object]:
    """An outline as it is kept."""
    rows = {uid: (*line[:-1], encode(line.status)) for uid, line in outline.rows.items()}
    return {name: getattr(outline, name) for name in Outline.__struct_fields__} | {"rows": rows}


def standings(state: State, uids: Iterable[str]) -> Iterator[tuple[Key, object]]:
    """What the cells of some rows show, with the ids of the writes behind it."""
    names = sorted(fields_shown(state.definition))
    for uid in uids:
        cells = zip(names, shown_of(state, uid, names, state.seq), strict=True)
        shown = {name: [encode(v), ids] for name, (v, ids) in cells if ids or v is not None}
        yield ("standing", uid), shown


def timelines(state: State, uids: Iterable[str]) -> Iterator[tuple[Key, object]]:
    """The timelines of some rows, those of them that are actions and were written to."""
    for uid in uids:
        if state.kind_of(uid) == "action" and as_it_came(state, uid) is None:
            begun, there, cells, times = timeline_of(state, uid)
            known = {name: [(seq, encode(v)) for seq, v in found] for name, found in cells.items()}
            dates = [{name: encode(v) for name, v in values.items()} for values in times]
            yield ("timeline", uid), (begun, there, known, dates)


def settlements(
    state: State, uids: Iterable[str], memory: Memory | None
) -> Iterator[tuple[Key, object]]:
    """What some rows need of what is there, and of what was when the present cycle began; of a
    state that is recalled from a `memory`, by what it needed before."""
    begun: int | None = None
    for uid in uids:
        if as_it_came(state, uid) is None:
            begun = begun_at(state) if begun is None else begun
            old = memory.settled(uid) if memory is not None else ()
            if (found := settled_twice(state, uid, old, begun)) is not None:
                yield ("settled", uid), found


def read_settled(found: Any) -> Sequence[Settled]:
    """What `settlements` wrote, as a `Recall` has it; Forgotten where it is nothing of the kind."""
    try:
        return msgspec.convert(found, SettledTwice).each()
    except msgspec.ValidationError:
        raise Forgotten from None


def read_timeline(found: list[Any]) -> Timeline:
    """The timeline that `timelines` wrote."""
    begun, there, cells, times = found
    return Timeline(
        begun,
        there,
        {name: [(seq, decode(v)) for seq, v in spells] for name, spells in cells.items()},
        tuple({name: decode(v) for name, v in values.items()} for values in times),
    )


# What the last boards saw


def last_boards(state: State) -> dict[str, tuple[int, int]]:
    """By cycle, for the two that were published last: where the last composite was recorded, and
    the position that it shows."""
    last = {fact.cycle: (event.seq, fact.as_of) for event, fact in state.published}
    return dict(sorted(last.items(), key=lambda each: each[1][1])[-2:])


def _as_seen(state: State, as_of: int) -> dict[str, object]:
    """The rows of the plan as they stood at a position."""
    found: dict[str, object] = {"as_of": as_of}
    for kind in ("action", "recommendation"):
        for row in state.master(kind, as_of):
            values = {name: encode(v) for name, v in row.values.items() if v is not None}
            away = [row.withdrawn, row.kept_back]
            found[row.uid] = [kind, row.ref, row.section, values, *away]
    return found
