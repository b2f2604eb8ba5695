"""What an author said before, and says again after something else, in the files that count last.

A write is dated by the file that said it first, so that a copy saved again replaces nothing. A
lead who means it anew is then known by their latest file alone: it shows what was replaced, or the
cell as it was issued, and that is a question. Files of the same time, and those without a time
inside, all count as the latest: nobody knows which of them was saved last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xlplan.merge.ids import Id, identity, named
from xlplan.merge.kinds import Kind
from xlplan.merge.model import CellKey, Place, Returned, Write
from xlplan.merge.register import answered, for_sure, settle, superseded
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Field
from xlplan.plan.values import Value


@dataclass(frozen=True, slots=True)
class Shown:
    """What one file shows in a cell: a write, or (None) the cell as it was issued."""

    write: Write | None
    place: Place
    stamp: str
    source: str
    """The id of the return."""


@dataclass(frozen=True, slots=True)
class Again:
    """`over` is an author's write; a file of theirs that may be later shows `value` instead."""

    over: Write
    shown: Shown
    value: Value
    later: bool
    """Whether the file is known to be later than every one that shows `over`."""
    sources: frozenset[str]
    """The ids of the returns that show it."""

    @property
    def said(self) -> Write | None:
        """The write that is shown again; None where the cell is shown as it was issued."""
        return self.shown.write

    @property
    def asks(self) -> bool:
        """Whether both are only asked about, so that one question asks about them together."""
        return not self.over.standing and self.said is not None and not self.said.standing

    @property
    def id(self) -> Id:
        """What a decision about this has seen: it is asked once, whichever copy shows it."""
        return again_id(self.over, self.value)


def again_id(over: Write, value: Value) -> Id:
    """Names that an author's `value` came, or may have come, after another write of theirs."""
    return Id(named("v", over.id.stored, identity(value)))


def answered_again(asked: Iterable[Write], writes: Sequence[Write]) -> frozenset[Id]:
    """What a decision about writes that ask has seen besides: each after the others of its author,
    so that an earlier copy which comes in late does not ask the same anew."""
    return frozenset(
        again_id(over, one.value)
        for one in asked
        for over in writes
        if one.issued and _author(one) == _author(over) and one.id != over.id
    )


def shown_again(state: State, key: CellKey, writes: Sequence[Write]) -> Iterator[Again]:
    """Where an author's latest files show something else than what is left of their writes."""
    groups: dict[tuple[str, str, bool], list[Write]] = defaultdict(list)
    for write in for_sure(writes):
        if write.issued:
            groups[_author(write)].append(write)
    settled = answered(writes)
    for group in groups.values():
        returns = state.live_returns(group[0].issued)
        if len(returns) > 1:
            yield from _in_group(_last(state, key, group, returns), group, settled)


def _in_group(
    last: Sequence[Shown], group: Sequence[Write], settled: frozenset[Id]
) -> Iterator[Again]:
    standing = [write for write in group if write.standing and write.id not in settled]
    stand = _left(standing)
    asked = _left(group)
    found: dict[Id, Again] = {}
    for shown in last:
        said = shown.write
        if said is None or said.standing:
            over = () if said in stand else stand
        else:
            over = () if said in asked else [w for w in asked if not w.standing] or asked
        for write in over:
            value = write.base if said is None else said.value
            if value != write.value:
                later = bool(shown.stamp) and all(_differs(one, write) for one in last)
                again = Again(write, shown, value, later, frozenset((shown.source,)))
                first = found.get(again.id, again)
                found[again.id] = replace(first, sources=first.sources | again.sources)
    yield from found.values()


def _differs(shown: Shown, write: Write) -> bool:
    return shown.write is None or shown.write.value != write.value


def _left(writes: Sequence[Write]) -> list[Write]:
    gone = superseded(writes)
    return [write for write in writes if write.id not in gone]


def _last(
    state: State, key: CellKey, group: Sequence[Write], returns: Sequence[Returned]
) -> list[Shown]:
    """What the files show of which no other of the same author is known to be later."""
    known = {write.id: write for write in group}
    said: dict[str, list[Shown]] = defaultdict(list)
    for copy in state.copies(key):
        write = known.get(copy.id) or known.get(copy.id.certain)
        if write is not None:
            said[copy.source].append(Shown(write, copy.place, copy.stamp, copy.source))
    emptied = {copy.source for copy in state.copies((key[0], "")) if key[1] in copy.cells}
    shown = [one for source in said.values() for one in source]
    shown += [
        Shown(None, Place(one.file), one.saved_at, one.id)
        for one in returns
        if one.id not in said and one.id not in emptied and _speaks(one, key, group[0].entry)
    ]
    last = max((one.stamp for one in shown), default="")
    found = [one for one in shown if one.stamp in ("", last)]
    return sorted(found, key=lambda one: (one.stamp, str(one.place), one.source), reverse=True)


def _speaks(returned: Returned, key: CellKey, entry: bool) -> bool:
    """Whether a file has the cell at all."""
    uid, field_id = key
    return (field_id + ENTRY if entry else field_id) in returned.fields and uid in returned.rows


def put_back(item: Field | None, again: Again, writes: Sequence[Write]) -> Value:
    """What the cell would hold had the author written what is shown in place of `over`; an entry
    is exchanged or taken out, and the others stay."""
    if not again.over.entry:
        return again.value
    others = [w for w in writes if _author(w) != _author(again.over)]
    said = again.shown.write
    if said is not None:
        others.append(replace(said, kind=Kind.ENTRY))
    return settle(item, others).value


def _author(write: Write) -> tuple[str, str, bool]:
    return write.issued, write.author, write.entry
