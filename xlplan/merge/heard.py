"""What was heard of each action, cycle by cycle: who was asked, what changed, what was confirmed;
and how far leads have looked at what they were sent.

It is counted from what went out and came back, or brought forward from what was counted before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct, field

from xlplan.codes.return_codes import RET_021
from xlplan.errors import Problem
from xlplan.merge.exchange import asked_in
from xlplan.merge.log import counts_for
from xlplan.merge.model import COORDINATOR, Change, Event, Issued, Question, Returned
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, KEPT_BACK, STATUS

Word = tuple[str, str, str, bool, str]
"""In which cycle somebody said whether nothing had changed; when the file was saved, its id, what
it says, and who said it."""
OfRow = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[Word]]
"""What was heard of a row: the four parts of a `Heard`."""


class Heard(Struct, frozen=True):
    """By uid: the cycles in which an action went out to be updated, those in which something was
    `changed` in it (or in what is `public` of it), and what was said of it. The `last` cycle is
    that for which templates went out last; `due` is, by cycle, the last day on which any of them
    is to be back.
    """

    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    public: Mapping[str, Sequence[str]] = field(default_factory=dict)
    said: Mapping[str, Sequence[Word]] = field(default_factory=dict)
    last: str = ""
    due: Mapping[str, str] = field(default_factory=dict)

    def confirmed(self, uid: str) -> frozenset[str]:
        """The cycles in which one of its leads confirmed an action: what a lead saved last speaks
        for it."""
        last: dict[tuple[str, str], bool] = {}
        for cycle, _, _, yes, who in sorted(self.said.get(uid, ()), key=lambda word: word[1:3]):
            last[cycle, who] = yes
        return frozenset(cycle for (cycle, _), yes in last.items() if yes)

    @property
    def uids(self) -> Set[str]:
        """The rows of which anything was heard."""
        return self.asked.keys() | self.changed.keys() | self.public.keys() | self.said.keys()

    def of_row(self, uid: str) -> OfRow:
        """What was heard of a row."""
        return (
            self.asked.get(uid, ()),
            self.changed.get(uid, ()),
            self.public.get(uid, ()),
            self.said.get(uid, ()),
        )

    def followed_by(self, new: Heard) -> Heard:
        """What was heard before, and after it what is new."""
        into: tuple[dict[str, Any], ...] = ({}, {}, {}, {})
        for uid in new.uids:
            for kept, words in zip(into, joined(self.of_row(uid), new.of_row(uid)), strict=True):
                if words:
                    kept[uid] = words
        asked, changed, public, said = into
        return Heard(
            asked={**self.asked, **asked},
            changed={**self.changed, **changed},
            public={**self.public, **public},
            said={**self.said, **said},
            last=new.last or self.last,
            due={**self.due, **{c: max(day, self.due.get(c, "")) for c, day in new.due.items()}},
        )


def joined(before: OfRow, new: OfRow) -> OfRow:
    """What was heard of a row before, and after it what is new; each cycle once."""
    return (
        [*dict.fromkeys((*before[0], *new[0]))],
        [*dict.fromkeys((*before[1], *new[1]))],
        [*dict.fromkeys((*before[2], *new[2]))],
        [*before[3], *new[3]],
    )


NOTHING_HEARD = Heard()


def heard_of(state: State, changes: Iterable[Change], as_of: int) -> Heard:
    """What was heard by a position of the ledger."""
    return hear(state, state.issued.values(), state.return_events, changes, as_of)


def hear(
    state: State,
    issued: Iterable[Issued],
    returns: Iterable[Event],
    changes: Iterable[Change],
    as_of: int,
) -> Heard:
    """What was heard in what has gone out, come back and changed; workbooks that were only written
    again are not among `issued`."""
    count = _Count()
    sent = [i for i in issued if i.document == "template" and i.as_of <= as_of]
    count.send(sent)
    counted = {}
    for event in returns:
        fact = event.fact
        if not isinstance(fact, Returned) or event.seq > as_of:
            continue
        if fact.author != COORDINATOR:
            counted[event.seq] = counts_for(state, fact, event.seq)
        if state.is_live(fact.id, event.seq, as_of):
            count.take(state, fact, counted.get(event.seq, ""))
    for change in changes:
        live = not change.return_id or state.is_live(change.return_id, change.seq, as_of)
        if change.seq <= as_of and change.kind != "undo" and live:
            for cycle in (change.cycle, counted.get(change.seq, change.cycle)):
                count.change(change, cycle, public=is_public(state, change))
    return count.heard()


def is_public(state: State, about: Change | Question) -> bool:
    """Whether a change or a question is in a field that may be seen by others than the coordinator.
    That a row was let out, or taken back, is one's own."""
    kind = state.kind_of(about.uid) or "action"
    item = state.definition.find(about.field.removesuffix(ENTRY), kind)
    if item is not None and item.private:
        return False
    if isinstance(about, Question) or about.field != STATUS:
        return True
    return KEPT_BACK not in (about.before, about.after)


class _Count:
    """What was heard, while it is counted."""

    def __init__(self) -> None:
        self._asked: dict[str, list[str]] = {}
        self._changed: dict[str, list[str]] = {}
        self._public: dict[str, list[str]] = {}
        self._said: dict[str, list[Word]] = {}
        self._last = ""
        self._due: dict[str, str] = {}

    def send(self, sent: Sequence[Issued]) -> None:
        for item in sent:
            for uid in asked_in(item):
                _add(self._asked, uid, item.cycle)
            self._due[item.cycle] = max(item.return_by, self._due.get(item.cycle, ""))
            self._last = item.cycle

    def take(self, state: State, fact: Returned, cycle: str) -> None:
        issued = state.issued.get(fact.issued)
        if issued is None or not asks_to_confirm(state, issued):
            return
        for uid, yes in said_of(state, fact).items():
            word = (cycle, fact.saved_at, fact.id, yes, fact.author)
            self._said.setdefault(uid, []).append(word)

    def change(self, change: Change, cycle: str, *, public: bool) -> None:
        _add(self._changed, change.uid, cycle)
        if public:
            _add(self._public, change.uid, cycle)

    def heard(self) -> Heard:
        found = self._asked, self._changed, self._public, self._said
        return Heard(*found, self._last, self._due)


def _add(known: dict[str, list[str]], uid: str, cycle: str) -> None:
    found = known.setdefault(uid, [])
    if cycle not in found:
        found.append(cycle)


# How far leads have looked at what they were sent: changed, confirmed, or not looked at. An action
# is confirmed where its row is ticked as reviewed without a change, or the tick above all rows says
# so of every one; a change in it counts for more than the tick.


def ticked_yet_changed(state: State, fact: Returned) -> Iterator[Problem]:
    """That a return says of a row, or of all of them, that nothing changed, yet has changes."""
    edits = [write for write in fact.assertions if write.kind.edits]
    if fact.sign_off.get("no_change") and edits:
        yield RET_021.problem(fact.file, "all", cells=len(edits))
    both = [uid for uid in fact.confirmed if any(write.uid == uid for write in edits)]
    if both:
        yield RET_021.problem(fact.file, "rows", actions=[state.ref(uid) for uid in both])


def confirmed_of(
    state: State, issued: Sequence[Issued], returned: Sequence[Returned], changed: Collection[str]
) -> frozenset[str] | None:
    """The uids of the actions in these templates of one lead that the returns confirm; None where
    no template asked for it. Of several returns the one that was saved last speaks for a row."""
    asked = [item for item in issued if asks_to_confirm(state, item)]
    if not asked:
        return None
    said: dict[str, bool] = {}
    asking = [fact for fact in returned if asks_to_confirm(state, state.issued[fact.issued])]
    for fact in sorted(asking, key=lambda fact: (fact.saved_at, fact.id)):
        said |= said_of(state, fact)
    uids = {uid for item in asked for uid in asked_in(item)}
    return frozenset(uid for uid in uids if said.get(uid)) - frozenset(changed)


def asks_to_confirm(state: State, issued: Issued) -> bool:
    """Whether an issued workbook has ticks: a template of a plan that asks for them, and none that
    only has cells to correct."""
    return (
        issued.document == "template"
        and not issued.corrects
        and state.definition_at(issued.as_of).issue.confirm
    )


def said_of(state: State, fact: Returned) -> dict[str, bool]:
    """Of each row in a return that its lead was asked about, whether it is confirmed."""
    every = fact.sign_off.get("no_change") == "yes"
    rows = {*fact.rows, *fact.confirmed} & {*asked_in(state.issued[fact.issued])}
    return {uid: every or uid in fact.confirmed for uid in rows}
