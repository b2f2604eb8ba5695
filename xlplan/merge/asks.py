"""What is asked on a cell, and the decision that answers it.

A write that only asks is open until a later act has seen it. What an author wrote before,
and shows again after something else in the files that count last, is asked too: a write is dated
by the file that had it first, so that a copy saved again replaces nothing, and a lead who means it
anew is known by their latest file alone. Files of the same time, and those without a time inside,
all count as the latest: nobody knows which of them was saved last.

A decision is a coordinator's write that saw what they saw, or, where nothing is to be written, an
act that ends the question. It is never replayed on another cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.merge.kinds import Id, Kind, digest, identity, named
from xlplan.merge.model import (
    COORDINATOR,
    NOWHERE,
    Candidate,
    CellKey,
    Decided,
    Place,
    Question,
    Returned,
    Write,
)
from xlplan.merge.records import recent
from xlplan.merge.register import (
    CellState,
    answered,
    distinct,
    for_sure,
    known_to,
    settle,
    superseded,
)
from xlplan.merge.requests import overtaken
from xlplan.merge.state import State
from xlplan.merge.still_blank import is_open
from xlplan.plan.definition import ENTRY, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.for_lead import field_named
from xlplan.plan.values import Raw, Value


def open_asks(writes: Sequence[Write]) -> list[Write]:
    """The writes on a cell that ask: no later act has seen them, their author has not
    replaced them, and no other copy of the same file has them for certain."""
    gone = known_to(w for w in writes if not w.asks) | superseded(writes)
    gone |= overtaken(writes) | answered(writes) | {w.id.doubted for w in writes if not w.id.doubt}
    return [w for w in writes if w.asks and w.id not in gone]


def open_again(state: State, key: CellKey, writes: Sequence[Write]) -> list[Again]:
    """What authors may have written last, though they had before, and nobody has decided yet.

    It is asked whatever became of the value before, where what it replaced stands or is asked
    about; else only where nobody has seen the value.
    """
    known = known_to(w for w in writes if not w.asks)
    decided = known_to(w for w in writes if w.kind is Kind.DECISION)
    cell = state.cell(key)
    asks = [w for w in open_asks(writes) if is_a_question(state, key, w)]
    current = {write.id for write in (*cell.heads, *cell.entries, *asks)}
    return [
        again
        for again in shown_again(state, key, writes)
        if again.id not in decided
        and (again.over.id in current or (again.write is not None and again.write.id not in known))
        and (again.over.entry or not _offered(cell, again.value))
    ]


def asks_on(state: State, key: CellKey) -> list[Write]:
    """The writes on a cell that ask, those among them that were replaced and are shown again."""
    writes = recent(state, key)
    again = {
        one.write.id: replace(one.write, place=one.shown.place, stamp=one.shown.stamp)
        for one in open_again(state, key, writes)
        if one.write is not None and one.asks
    }
    return [*open_asks(writes), *again.values()]


def is_a_question(state: State, key: CellKey, write: Write) -> bool:
    """Rows that the coordinator adds ask nothing; a withdrawn row may be missing; what
    the master says by now needs no leave."""
    if write.kind is Kind.ADDED:
        return write.author != COORDINATOR
    if write.kind is Kind.DEFINITION:
        from xlplan.plan.set_up import stands  # loads much, and is seldom asked

        return stands(state.definition, write.field) != write.value
    if write.kind is Kind.STILL_BLANK:
        return is_open(state, key, write)
    if write.kind in (Kind.LOCKED, Kind.HELD, Kind.REQUEST) and not write.entry:
        cell = state.cell(key)
        return cell.conflict or cell.value != write.value
    return write.kind is not Kind.MISSING or state.value(key[0], STATUS) != WITHDRAWN


def _offered(cell: CellState, value: Value) -> bool:
    """Whether the cell holds a value already, or the question of its open conflict offers it."""
    if cell.conflict:
        return digest(identity(value)) in distinct(cell.heads)
    return cell.value == value


# What an author shows again


class Shown(Struct, frozen=True):
    """What one file shows in a cell: a write, or (None) the cell as it was issued."""

    write: Write | None
    place: Place
    stamp: str
    source: str
    """The id of the return."""


class Again(Struct, frozen=True):
    """`over` is an author's write; a file of theirs that may be later shows `value` instead."""

    over: Write
    shown: Shown
    value: Value
    later: bool
    """Whether the file is known to be later than every one that shows `over`."""
    sources: frozenset[str]
    """The ids of the returns that show it."""

    @property
    def write(self) -> Write | None:
        """The write that is shown again; None where the cell is shown as it was issued."""
        return self.shown.write

    @property
    def asks(self) -> bool:
        """Whether both are only asked about, so that one question asks about them together."""
        return not self.over.standing and self.write is not None and not self.write.standing

    @property
    def id(self) -> Id:
        """What a decision about this saw: it is asked once, whichever copy shows it."""
        return again_id(self.over, self.value)


def again_id(over: Write, value: Value) -> Id:
    """Names that an author's `value` came, or may have come, after another write of theirs."""
    return Id(named("v", over.id.stored, identity(value)))


def answered_again(asked: Iterable[Write], writes: Sequence[Write]) -> frozenset[Id]:
    """What a decision about writes that ask saw besides: each after the others of its author,
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
        if write.issued and write.kind.edits:
            groups[_author(write)].append(write)
    settled = answered(writes)
    for group in groups.values():
        issued = group[0].issued
        parts = state.live_parts(issued)
        if len(parts) + state.exchange.came_back(issued) < 2:
            continue  # what its author wrote is all in one file
        returns = [*state.live_returns(issued), *parts]
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
        write = shown.write
        if write is None or write.standing:
            over = () if write in stand else stand
        else:
            over = () if write in asked else [w for w in asked if not w.standing] or asked
        for was in over:
            value = was.base if write is None else write.value
            if value != was.value:
                later = bool(shown.stamp) and all(_differs(one, was) for one in last)
                again = Again(was, shown, value, later, frozenset((shown.source,)))
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
    by_return: dict[str, list[Shown]] = defaultdict(list)
    for copy in state.copies(key):
        write = known.get(copy.id) or known.get(copy.id.certain)
        if write is not None:
            by_return[copy.source].append(Shown(write, copy.place, copy.stamp, copy.source))
    emptied = {copy.source for copy in state.copies((key[0], "")) if key[1] in copy.cells}
    shown = [one for source in by_return.values() for one in source]
    shown += [
        Shown(None, Place(one.file), one.saved_at, one.id)
        for one in returns
        if one.id not in by_return and one.id not in emptied and _speaks(one, key, group[0].entry)
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
    if again.write is not None:
        others.append(replace(again.write, kind=Kind.ENTRY))
    return settle(item, others).value


def _author(write: Write) -> tuple[str, str, bool]:
    return write.issued, write.author, write.entry


# Decisions


class Answer(Struct, frozen=True):
    """What the coordinator answered: a choice, the other value where there is one, and why."""

    choice: str
    other: Raw = None
    why: str = ""
    place: Place = NOWHERE
    issued: str = ""


def decided(
    state: State,
    question: Question,
    answer: Answer,
    choice: str,
    value: Value,
    *,
    writes: bool = True,
    cell: CellKey | None = None,
    of: tuple[Candidate, ...] | None = None,
) -> Decided:
    """The decision that writes `value` (or, without `writes`, only sees the question away).

    `cell` where it is not the question's own. `of` names the candidates that `value` repeats where
    it is not the whole of what the cell holds: entries that they had not seen stay beside it.
    """
    key = cell or (question.uid, question.field)
    live = state.live(key)
    asked = [write for write in live if write.id in question.saw and not write.standing]
    around = _shown_to(state, key, question, answer)
    if not writes:  # nothing is put in the place of what an author had replaced, which is not shown
        around -= superseded(live)
    saw = around | question.saw | answered_again(asked, live)
    if of is not None:
        took = {candidate.write for candidate in of}
        known = frozenset().union(*(w.saw for w in state.live(key) if w.id in took))
        saw -= {entry.id for entry in state.cell(key).entries} - known
    return Decided(
        id=named("d", question.id, key, choice, identity(value), state.seq),
        question=question.id,
        kind=question.kind,
        uid=key[0],
        field=key[1],
        choice=choice,
        writes=writes,
        value=value,
        why=answer.why,
        saw=saw,
        place=answer.place,
        issued=answer.issued,
        answered=frozenset(one.certain for one in question.saw if one.doubt),
    )


def _shown_to(state: State, key: CellKey, question: Question, answer: Answer) -> frozenset[Id]:
    """What the coordinator saw of a cell: what `decisions.xlsx` showed when it was written, and
    what they have decided since. What another open question asks was not answered with it."""
    issued = state.issued.get(answer.issued)
    now = state.live(key)
    shown = now if issued is None else state.live(key, issued.as_of)
    decided = [write for write in now if write.kind is Kind.DECISION]
    asked = {write.id for write in open_asks(now)} - question.saw
    again = [one for one in open_again(state, key, now) if one.id not in question.saw]
    asked |= {one.write.id for one in again if one.write is not None}
    return frozenset(write.id for write in (*shown, *decided)) - asked


def taken_in(state: State, key: CellKey, write: Write, value: Value) -> Value:
    """What the cell holds once a write that only asked stands beside the others."""
    stands = replace(write, value=value, kind=Kind.ENTRY if write.entry else Kind.EDIT)
    others = [other for other in state.live(key) if other.id != write.id]
    return settle(state.field_of(key), [*others, stands]).value


def refuse(question: Question, answer: Answer, why: Filled) -> Problem:
    """Why an answer cannot be used."""
    about = f"Action {question.action}" if question.action else "The proposed row"
    where = str(answer.place) or f"question {question.id}"
    return why.about(about).at(where, action=question.action, field=question.field)


_OF_NO_ACTION = {Kind.DEFINITION: "plan", Kind.SORTED: "file", Kind.OLD_KEY: "file"}


def shown_as(definition: PlanDefinition, question: Question) -> tuple[str, str]:
    """How the action and the field are called that a question is about."""
    item = field_named(definition, question.field)
    action = question.action or _OF_NO_ACTION.get(question.kind, "new")
    return action, item.heading if item else question.field
