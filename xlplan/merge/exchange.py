"""What went out and what came back: issued workbooks, letters and returns, by each way they are
asked for.

Everything is kept in the order of the ledger. A workbook that was written again stays in its place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.kept_cells import KeptCells
from xlplan.merge.model import Digests, Event, Issued, Ours, Posted, Returned, Shared
from xlplan.plan.definition import STEP, PlanDefinition
from xlplan.plan.people import Lead

if TYPE_CHECKING:
    from xlplan.merge.state import State

_TIMES = ("never", "once", "twice")
NOTHING = "nothing"
"""The document of the record that a lead was asked nothing in a cycle; it has no file."""
Asked = tuple[int, int, str]
"""A template's base (a position of the ledger), its own position (negative), and its cycle."""


def asked_in(issued: Issued) -> tuple[str, ...]:
    """The rows of a workbook that its author is asked about: those that are not shown alone."""
    shown = frozenset(issued.locked)
    return tuple(uid for uid in issued.uids if uid not in shown)


def is_input(issued: Issued, uid: str, column: str) -> bool:
    """Whether a cell of an issued workbook, or the box of a step, is one to fill in."""
    return column.partition(STEP)[0] in issued.inputs and uid not in issued.locked


class Post(Struct, frozen=True):
    """What one lead was written in one cycle: days in ISO 8601, blank where it was not."""

    drafted: str = ""
    sent: str = ""
    reminded: tuple[str, ...] = ()
    """The day of each reminder; one that was written again on its day is the same."""
    thanked: bool = False


class Exchange:
    """Of one plan. It only grows."""

    def __init__(self) -> None:
        self.issued: dict[str, Issued] = {}
        self.issued_seq: dict[str, int] = {}
        self.first_seq: dict[str, int] = {}  # where each was recorded first
        """Where each was recorded last."""
        self.issued_at: dict[str, str] = {}
        self.spared: set[tuple[str, str]] = set()
        """Cycles and leads who were asked nothing in them, and have got no template since."""
        self.digests: set[str] = set()
        """Of every workbook that was written, also where it was later written otherwise."""
        self._kept_versions: list[Issued] = []
        self._shared: dict[str, Shared] = {}
        self.shared_at: list[int] = []
        """Where what templates have in common was recorded."""
        self.periods: dict[str, int] = {}
        """The position at which each cycle began."""
        self.rekeyed: list[int] = []
        """Where the plan got another key."""
        self.cycle = ""
        """The cycle for which templates were issued last."""
        self._returns: dict[str, Returned] = {}
        self._return_events: list[Event] = []
        self._posts: dict[str, list[tuple[int, Posted]]] = defaultdict(list)
        self._ours: dict[str, list[Ours]] = defaultdict(list)
        self._by_issued: dict[str, list[Event]] = defaultdict(list)
        self._by_digest: dict[str, list[Event]] = defaultdict(list)
        self._cycles: dict[str, list[str]] = {}
        self._authors: dict[str, None] = {}
        self._from: dict[str, list[Event]] = defaultdict(list)
        self._asked: dict[str, list[Asked]] = defaultdict(list)
        self._alike: tuple[PlanDefinition | None, int, dict[object, list[str]]] = (None, 0, {})

    # Growing

    def issue(self, event: Event, fact: Issued) -> None:
        """A workbook went out, or was written otherwise."""
        is_new = fact.id not in self.issued
        if is_new and fact.document == "template":
            self.cycle = fact.cycle
            self._asked[fact.author].append((fact.as_of, -event.seq, fact.cycle))
            self._cycles.setdefault(fact.cycle, []).append(fact.id)
            self._authors[fact.author] = None
        if fact.document == "template":
            self.spared.discard((fact.cycle, fact.author))
        elif fact.document == NOTHING:
            self.spared.add((fact.cycle, fact.author))
        self.digests.add(fact.sha256)
        if fact.kept is not None:
            self._kept_versions.append(self._whole(fact, fact.kept))
        if fact.cycle:
            self.periods.setdefault(fact.cycle, event.seq)
        self._note(event, fact)
        if fact.ours is not None and self._bring(fact.ours):
            self.shared_at.append(event.seq)

    def _whole(self, fact: Issued, kept: KeptCells) -> Issued:
        """A version of the kept workbook with all that stands in it."""
        before = (v.kept for v in reversed(self._kept_versions) if v.id == kept.since)
        found = next(before, None) if kept.since else None
        return fact if found is None else replace(fact, kept=kept.whole(found))

    def _note(self, event: Event, fact: Issued) -> None:
        self.issued[fact.id] = fact
        self.issued_seq[fact.id] = event.seq
        self.first_seq.setdefault(fact.id, event.seq)
        self.issued_at.setdefault(fact.id, event.at)
        if fact.ours is not None:
            self._ours[fact.id].append(fact.ours)

    def _bring(self, ours: Ours) -> bool:
        if ours.brought is not None:
            self._shared[ours.shared] = ours.brought
        return ours.brought is not None

    def take(self, event: Event, fact: Returned) -> None:
        """A file came back."""
        self._returns[fact.id] = fact
        self._return_events.append(event)
        self._from[fact.author].append(event)
        self._by_issued[fact.issued].append(event)
        self._by_digest[fact.sha256].append(event)

    def post(self, event: Event, fact: Posted) -> None:
        """A lead was written to."""
        self._posts[fact.cycle].append((event.seq, fact))

    def rekey(self, event: Event) -> None:
        """The plan got another key."""
        self.rekeyed.append(event.seq)

    # Asking

    def has_old_key(self, name: str) -> bool:
        """Whether a workbook went out before the plan got its present key: a file of it may be
        signed with one that nobody can check any more."""
        last = self.rekeyed[-1] if self.rekeyed else 0
        return bool(last) and name in self.issued and self.first_seq[name] < last

    def was_rekeyed_since(self, name: str) -> bool:
        """Whether the plan got another key since a workbook was written last."""
        return bool(self.rekeyed) and self.issued_seq[name] < self.rekeyed[-1]

    def posts(self, cycle: str) -> Sequence[tuple[int, Posted]]:
        """What was written to leads in a cycle, with its place in the ledger."""
        return self._posts.get(cycle, ())

    def post_to(self, cycle: str, names: Collection[str], as_of: int | None = None) -> Post:
        """What somebody of these names was written in a cycle, by a position of the ledger."""
        found = self.posts(cycle)
        return post_of(f for n, f in found if f.lead in names and (as_of is None or n <= as_of))

    @property
    def returns(self) -> Mapping[str, Returned]:
        """Every file that came back, by its id."""
        return self._returns

    @property
    def return_events(self) -> Sequence[Event]:
        """The events that recorded them."""
        return self._return_events

    @property
    def kept_versions(self) -> Sequence[Issued]:
        """The kept workbook of the council's own, each time that it was written."""
        return self._kept_versions

    @property
    def shared(self) -> Mapping[str, Shared]:
        """What templates have in common of what is ours, by its id."""
        return self._shared

    def of_old(self, definition_at: Callable[[int], PlanDefinition]) -> list[Issued]:
        """Of the templates that went out before what is ours was recorded, the first of each
        definition; `definition_at` gives the one that stood at a position."""
        found: dict[int, Issued] = {}
        for issued in self.issued.values():
            if issued.document == "template" and issued.ours is None:
                found.setdefault(id(definition_at(issued.as_of)), issued)
        return list(found.values())

    @property
    def authors(self) -> list[str]:
        """The names to which templates went out."""
        return list(self._authors)

    @property
    def cycles(self) -> list[str]:
        """The ids of the cycles for which templates were issued, in that order."""
        return list(self._cycles)

    @property
    def has_begun(self) -> bool:
        """Whether a template has gone out, so that the rows may no longer be read otherwise."""
        return bool(self._cycles)

    def templates(self, cycle: str) -> list[Issued]:
        """The templates of a cycle."""
        return [self.issued[name] for name in self._cycles.get(cycle, ())]

    def names_of(self, author: str, definition: PlanDefinition) -> Collection[str]:
        """The names under which templates went out to whom the definition knows by this name."""
        known, count, alike = self._alike
        if known is not definition or count != len(self._authors):
            alike = {}
            for name in self._authors:
                alike.setdefault(_person(name, definition), []).append(name)
            self._alike = definition, len(self._authors), alike
        return alike.get(_person(author, definition), ())

    def asked_last(self, names: Iterable[str], seq: int) -> str:
        """The cycle in which somebody of these names was asked last before a position."""
        found = sorted(chain.from_iterable(map(self._asked_of, names)))
        return found[bisect_left(found, (seq,)) - 1][2]

    def _asked_of(self, name: str) -> Sequence[Asked]:
        """When somebody was asked, for which cycles."""
        return self._asked.get(name, ())

    def came_back(self, issued: str) -> int:
        """How many files of an issued workbook came back, taken back or not."""
        return len(self._by_issued.get(issued, ()))

    def events_of(self, issued: str) -> list[Event]:
        """The returns of an issued workbook."""
        return self._by_issued.get(issued, [])

    def events_since(self, position: int) -> Sequence[Event]:
        """The returns that were recorded at a position or after it."""
        found = self._return_events
        return found[bisect_left(found, position, key=lambda event: event.seq) :]

    def events_from(self, author: str, after: int = 0) -> list[Event]:
        """The returns of an author (the coordinator's own among them), after a position."""
        return [event for event in self._from.get(author, ()) if event.seq > after]

    def newest_from(self, author: str) -> Iterator[Event]:
        """The returns of an author, the last first; none is read that is not asked for."""
        return reversed(self._from.get(author, ()))

    def event_of(self, returned: Returned) -> Event:
        """The event that recorded this very return."""
        return next(e for e in self._by_digest[returned.sha256] if e.fact is returned)

    def events_with(self, sha256: str) -> list[Event]:
        """The returns with these bytes."""
        return self._by_digest.get(sha256, [])

    def knows(self, sha256: str) -> bool:
        """Whether these are the bytes of a workbook that was written, or of a file that was read.

        Not of one that was refused: what somebody typed there is in no other place yet.
        """
        back = (event.fact for event in self._by_digest.get(sha256, [])[-1:])
        read = any(isinstance(fact, Returned) and fact.outcome != "refused" for fact in back)
        return read or sha256 in self.digests

    def ours_of(self, issued: str) -> list[tuple[Digests, Digests]]:
        """The digests of what is ours in an issued workbook: of its own and of what it shares, for
        each way in which it was written. Nothing for one that went out before they were recorded.
        """
        return [(ours.texts, self.shared[ours.shared].texts) for ours in self._ours.get(issued, ())]


def _person(name: str, definition: PlanDefinition) -> object:
    """Who is meant by a name: a lead of the definition, or whoever bears that very name."""
    lead = definition.lead(name)
    return ("lead", lead.name) if lead is not None else name


# What was written to whom


def recipients_in(state: State, cycle: str) -> Sequence[Lead]:
    """Who may be sent a template in a cycle: teams, leads in none, and of those that were sent one
    the teams of sections, and accountable officers who are in a team."""
    definition = state.definition
    known = definition.directory.recipients
    sent = state.exchange.templates(cycle)
    others = dict.fromkeys(i.author for i in sent if definition.lead(i.author) is None)
    by_section = definition.issue.by == "section"
    signers = (definition.lead(item.author) for item in sent if item.to_sign)
    more = dict.fromkeys(lead for lead in signers if lead is not None and lead not in known)
    return (*known, *(Lead(name) for name in others if by_section), *more)


def how_often(count: int) -> str:
    """A number of times in words: ``once``, ``twice``, ``3 times``."""
    return _TIMES[count] if count < len(_TIMES) else f"{count} times"


def post_of(facts: Iterable[Posted]) -> Post:
    """What these facts about one lead in one cycle add up to, oldest first."""
    drafted = sent = ""
    thanked = False
    reminders: dict[str, str] = {}
    for fact in facts:
        if fact.act == "draft":
            drafted = fact.day
        elif fact.act == "reminder":
            reminders[fact.file] = fact.day
        elif fact.act == "thanks":
            thanked = True
        else:
            sent = fact.day if fact.act == "sent" else ""
    return Post(drafted, sent, tuple(reminders.values()), thanked)
