"""What was counted since a plan began: what was heard of each action, how each lead stood in each
cycle, what they were asked to correct; and what was changed.

It is kept row by row, cycle by cycle, and in pieces of the log, so that a command reads and brings
forward only what its events bear on, however old the plan is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from itertools import groupby
from sys import intern
from typing import TYPE_CHECKING, Any

from xlplan.cycle.standing import leads_standing
from xlplan.ledger.codec import change, change_body
from xlplan.ledger.projection import Key, Unknown, read_answer
from xlplan.merge.heard import NOTHING_HEARD, Heard, hear, heard_of, joined
from xlplan.merge.log import History, counts_for
from xlplan.merge.model import COORDINATOR, Change, Event, Issued, Returned
from xlplan.merge.outline import Forgotten

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk
    from xlplan.cycle.kept import Document, Find
    from xlplan.cycle.memory import Memory

_HEARD, _HEARD_OF = "heard", ("heard of", "")
"""The topic under which it is kept what was heard of a row, by uid; and of which rows something is
kept there, with what was heard of none of them."""
_ROUNDS = "rounds"
_FAULTS: Key = ("faults", "")
_CHANGES = "changes"
_PIECES: Key = (_CHANGES, "")
"""How many changes there are, and up to which position each piece has them."""
TOGETHER = 500
"""Changes in a piece."""


def counted_so_far(
    desk: Desk, stands: Document, events: Sequence[Event], before: Find | None
) -> Iterator[tuple[Key, object]]:
    """What is kept of all that was counted: by some `events` brought forward from what was kept
    `before`, or of all of them. Where the last cycle `stands` is known."""
    yield from _kept_heard(desk, events, before)
    yield from _kept_rounds(desk, stands, events, before)
    back = desk.state.return_events if before is None else events
    yield _FAULTS, _kept_faults(back, before)


# What was heard


def heard(desk: Desk, as_of: int | None = None) -> Heard:
    """What was heard of each action by a position of the ledger (default: by now)."""
    until = desk.state.seq if as_of is None else as_of
    memory = desk.memory
    if memory is not None and until >= memory.outline.seq:
        with suppress(Forgotten):
            known = _known(memory)
            return known.followed_by(_new(desk.history, desk.recorded_since, until))
    return heard_of(desk.state, desk.history.changes, until)


def _known(memory: Memory) -> Heard:
    """What was heard by what was kept."""
    uids, last, due = memory.find(*_HEARD_OF)
    texts = memory.topic(_HEARD)
    if texts.keys() != {*uids}:
        raise Forgotten
    return _read(((uid, read_answer(text, Forgotten)) for uid, text in texts.items()), last, due)


def _read(rows: Iterable[tuple[str, Sequence[Any]]], last: str, due: Mapping[str, str]) -> Heard:
    """What was heard, by what was kept of some rows, of which one is looked at after the other."""
    into: list[dict[str, Any]] = [{}, {}, {}, {}]
    one: dict[Any, Any] = {}  # rows name the same cycles again and again, and have each once
    for uid, found in rows:
        for kept, words in zip(into, found, strict=True):
            if words and type(words[0]) is str:
                kept[uid] = [*map(one.setdefault, words, words)]
            elif words:
                kept[uid] = [*map(_shared, words)]
    asked, changed, public, said = into
    return Heard(asked, changed, public, said, last, due)


def _shared(word: Any) -> Any:
    """A word as it was kept. Rows say the same words in cycle after cycle, and have them once."""
    if isinstance(word, list):
        return tuple(map(_shared, word))
    return intern(word) if isinstance(word, str) else word


def _new(history: History, events: Sequence[Event], as_of: int) -> Heard:
    """What was heard in the `events` that the ledger ends with."""
    if not events:
        return NOTHING_HEARD
    begun = events[0].seq
    sent = {event.fact.id: event.fact for event in events if isinstance(event.fact, Issued)}
    first = history.state.exchange.first_seq
    issued = [fact for name, fact in sent.items() if first[name] >= begun]
    changes = [change for change in history.since(begun - 1) if change.seq >= begun]
    return hear(history.state, issued, events, changes, as_of)


def _kept_heard(
    desk: Desk, events: Sequence[Event], before: Find | None
) -> Iterator[tuple[Key, object]]:
    state, history = desk.state, desk.history
    known: Set[str] = frozenset()
    if before is None:
        of_all = new = heard_of(state, history.changes, state.seq)
    else:
        uids, last, due = before(*_HEARD_OF)
        new, known = _new(history, events, state.seq), {*uids}
        of_all = Heard(last=last, due=due).followed_by(Heard(last=new.last, due=new.due))
    yield _HEARD_OF, (sorted(new.uids | known), of_all.last, of_all.due)
    for uid in sorted(new.uids):  # one after the other: what was heard is longer with each cycle
        had = before(_HEARD, uid) if before is not None and uid in known else None
        yield (_HEARD, uid), joined(had or NOTHING_HEARD.of_row(uid), new.of_row(uid))


# How each lead stood


def _round(leads: Iterable[Document]) -> Document:
    """Of each lead: whether they were asked, the day by which their templates were to be back, and
    when the first of them came."""
    return {each["lead"]: [each["issued"], each["due"], each["returned_at"]] for each in leads}


def _rounds(desk: Desk) -> Document:
    """By cycle, how each lead stood in it."""
    every = desk.state.exchange.cycles
    return {cycle: _round(leads_standing(desk, cycle, ())) for cycle in every}


def rounds_so_far(desk: Desk) -> Document:
    """The rounds of every cycle, as they were kept where nothing went out or came back since."""
    memory = desk.memory
    facts = (event.fact for event in desk.recorded_since)
    if memory is not None and not any(isinstance(fact, Issued | Returned) for fact in facts):
        with suppress(Forgotten):
            return {cycle: memory.find(_ROUNDS, cycle) for cycle in desk.state.exchange.cycles}
    return _rounds(desk)


def _kept_rounds(
    desk: Desk, stands: Document, events: Iterable[Event], before: Find | None
) -> Iterator[tuple[Key, object]]:
    state = desk.state
    touched = {stands["cycle"]}
    for fact, seq in ((event.fact, event.seq) for event in events):
        if isinstance(fact, Issued | Returned):
            touched.add(fact.cycle)
        if isinstance(fact, Returned):
            touched.add(counts_for(state, fact, seq))
    for cycle in state.exchange.cycles:
        if before is None or cycle in touched:
            known = stands["leads"] if cycle == stands["cycle"] else leads_standing(desk, cycle, ())
            yield (_ROUNDS, cycle), _round(known)


# What they were asked to correct


def faults_so_far(desk: Desk) -> Document:
    """What each lead was asked to correct since the plan began, by the id of the write: its author,
    uid and field, and its kind."""
    memory = desk.memory
    if memory is not None:
        with suppress(Forgotten):
            return _kept_faults(desk.recorded_since, memory.find)
    return _kept_faults(desk.state.return_events, None)


def _kept_faults(events: Iterable[Event], before: Find | None) -> Document:
    """The same of some events, added to what was kept before."""
    found: Document = dict(before(*_FAULTS)) if before is not None else {}
    for fact in (event.fact for event in events):
        if isinstance(fact, Returned) and fact.author != COORDINATOR:
            for write in fact.assertions:
                if write.kind.for_lead:
                    found[write.id.stored] = [write.author, write.uid, write.field, write.kind]
    return found


# What was changed


def pieces(new: Sequence[Change], before: Find | None) -> Iterator[tuple[Key, object]]:
    """The pieces in which `new` changes lie, behind those that lay there `before`."""
    count, ends = before(*_PIECES) if before is not None else (0, [])
    begun = before is not None and count % TOGETHER
    piece: list[Any] = before(_CHANGES, str(len(ends) - 1)) if before is not None and begun else []
    for each in new:
        if not piece:
            ends.append(0)
        ends[-1] = max(each.seq, *ends[-2:])
        piece.append(change_body(each))
        if len(piece) == TOGETHER:
            yield (_CHANGES, str(len(ends) - 1)), piece
            piece = []
    if piece:
        yield (_CHANGES, str(len(ends) - 1)), piece
    yield _PIECES, (count + len(new), ends)


def changes_after(memory: Memory, position: int) -> Sequence[Change]:
    """The changes after a position, and maybe some before, up to what a memory is of."""
    try:
        _, ends = memory.find(*_PIECES)
        places = range(bisect_right(ends, position), len(ends))
        return [change(body) for place in places for body in memory.find(_CHANGES, str(place))]
    except Forgotten:
        return memory.whole().changes


def logs(
    desk: Desk,
    since: int,
    refs: Set[str],
    asks: Callable[[str, int], bool],
    known: Set[str],
    before: Find | None,
) -> Iterator[tuple[Key, object]]:
    """The changes `since` a position, and the lines of the log, one ref after the other: of `refs`
    and of what was changed; how many there are is kept where it `asks` for that. A ref that is
    `known` had that kept."""
    from xlplan.cycle.kept import log_line, log_of

    changes: dict[str, list[Change]] = {ref: [] for ref in sorted(refs)}
    new = [each for each in desk.history.since(since) if each.seq > since]
    yield from pieces(new, before)
    for each in new:
        changes.setdefault(each.action, []).append(each)
    for ref, found in changes.items():
        count = len(found)
        if before is not None:
            count += _lines_before(before, ref, ref in known)
        if asks(ref, count):
            yield ("log", ref), count
        found.sort(key=lambda each: (each.seq, each.field))
        for seq, group in groupby(found, key=lambda each: each.seq):
            yield (
                (log_of(ref), f"{seq:010}"),
                [log_line(each, desk.state.definition) for each in group],
            )


def _lines_before(before: Find, ref: str, is_known: bool) -> int:
    try:
        return int(before("log", ref))
    except (Forgotten, Unknown):
        if is_known:
            raise
        return 0
