"""What came back in the open cycle beside the edits, and was not marked as dealt with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from xlplan.codes.return_codes import RET_025
from xlplan.cycle.desk import Desk
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.merge.exchange import recipients_in
from xlplan.merge.kinds import OF_FILE, Id, Kind
from xlplan.merge.model import COORDINATOR, Change, Decided, Question, Returned

if TYPE_CHECKING:
    from xlplan.issued.came_back import CameBack, Line
    from xlplan.merge.state import State

_PLACE = regex(r"(?:(?P<sheet>[^!]+)!)?(?P<cell>[A-Z]{1,3}[0-9]+)")
_ANSWERS = frozenset({"decisions", "set-up", "post"})
"""Of what is wrong with these their own sheets speak."""
_LINE = "k-"


def dealt_with(desk: Desk, since: int = 0) -> set[str]:
    """The lines that are marked as dealt with (after a position); the workbook that was read last
    says of each."""
    found: set[str] = set()
    for event in desk.state.exchange.events_from(COORDINATOR, since):
        fact = desk.state.live_returned(event)
        if fact is not None and _document(desk, fact) == "decisions":
            found.difference_update(fact.rows)
            found.update(each for each in fact.confirmed if each.startswith(_LINE))
    return found


def _document(desk: Desk, fact: Returned) -> str:
    issued = desk.state.issued.get(fact.issued)
    return issued.document if issued is not None else ""


def said_before(desk: Desk, fact: Returned) -> frozenset[str]:
    """What is said of a return that was said of an earlier one of its author in the same cycle."""
    if not fact.information:
        return frozenset()
    exchange = desk.state.exchange
    event = exchange.event_of(fact)
    since = max((seq for seq in exchange.periods.values() if seq < event.seq), default=0)
    found = set(_of_last_master(desk, since)) if fact.author == COORDINATOR else set()
    for other in exchange.events_from(fact.author, since - 1):
        each = desk.state.live_returned(other)
        if each is not None and other.seq < event.seq:
            found.update(each.information)
    return frozenset(found.intersection(fact.information))


def _of_last_master(desk: Desk, before: int) -> Sequence[str]:
    """What was said of the master that was read last before a position: the coordinator has it in
    their own workbook, and need not hear of it in each cycle."""
    for event in desk.state.exchange.newest_from(COORDINATOR):
        fact = event.fact
        if event.seq < before and isinstance(fact, Returned):
            read = fact.id == f"r-{fact.sha256[:12]}"
            if read and _document(desk, fact) == "master":
                return fact.information
    return ()


def on_old_form(fact: Returned, counts: str) -> list[Problem]:
    """That a return is on the form of an earlier cycle than the one it counts for."""
    if counts == fact.cycle:
        return []
    return [RET_025.problem(fact.file, answers=fact.cycle, counts_for=counts, lead=fact.author)]


class Raised:
    """The open questions by the assertions that compete in them: there may be as many as files, and
    not all of them are gone through for each."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._by: defaultdict[object, set[int]] = defaultdict(set)
        for number, question in enumerate(questions):
            for each in question.candidates:
                self._by[each.write].add(number)
                if question.kind is Kind.REVERTED:
                    # What a later file shows again is asserted by nobody: it is known by its file.
                    self._by[each.place.file, each.at].add(number)

    def of(self, fact: Returned) -> int:
        """How many a file raised, or wait for an answer about it."""
        keys = (*(assertion.id for assertion in fact.assertions), (fact.file, fact.saved_at))
        return len(set[int]().union(*(self._by[key] for key in keys if key in self._by)))


class Answered:
    """What the answers of a merge changed, by the files that they are of: there may be as many
    changes as cells, and not all of them are gone through for each file."""

    def __init__(self, state: State, decided: Sequence[Decided], changes: Sequence[Change]) -> None:
        self._state = state
        self._by_return = Counter(change.return_id for change in changes)
        self._at: defaultdict[int, Counter[str]] = defaultdict(Counter)
        """The same by where in the ledger each was made."""
        for change in changes:
            self._at[change.seq][change.return_id] += 1
        self._moved: defaultdict[str, list[Decided]] = defaultdict(list)
        """Of the answers those on rows that were moved, by the file in which they were."""
        for fact in decided:
            if fact.kind in OF_FILE:
                self._moved[fact.place.file].append(fact)

    def changed_by(self, fact: Returned) -> int:
        """How many cells the answers in a file changed; those in rows that were moved are its
        too."""
        moved = self._moved.get(fact.file, ())
        mine, live = {Id(each.id) for each in moved}, self._state.live
        seqs = {w.seq for d in moved for w in live((d.uid, d.field)) if w.id in mine}
        others = (self._at[seq] for seq in seqs if seq in self._at)
        apart = sum(found.total() - found[fact.id] for found in others)
        return self._by_return[fact.id] + apart


def came_back(desk: Desk) -> CameBack:
    """The lines of the sheets beside the questions in `decisions.xlsx`: those of the cycle in which
    the last file came, as nothing else may change what that workbook shows."""
    from xlplan.issued.came_back import CameBack, Line

    exchange = desk.state.exchange
    moved = desk.state.moved
    began = {seq: name for name, seq in exchange.periods.items() if seq < moved}
    since = max(began, default=0)
    cycle, gone = began.get(since, ""), dealt_with(desk, since)
    events = exchange.events_since(since)
    last = {event.fact.id: event for event in events if isinstance(event.fact, Returned)}
    returns: list[Line] = []
    remarks: dict[tuple[str, ...], list[Line]] = {}
    files: set[str] = set()
    for event in last.values():
        fact = desk.state.live_returned(event)
        if fact is None or _document(desk, fact) in _ANSWERS:
            continue
        first = Line(fact.file, fact.id, fact.author, fact.outcome)
        wrong = [_at(first, each.where, f"{each.message} [{each.code}]") for each in fact.problems]
        left = [line for line in _told_apart(wrong) if line.id not in gone]
        returns += left or ([] if fact.sha256 in files else [first])
        files.add(fact.sha256)
        own = fact.author == COORDINATOR and bool(fact.information)
        known = _of_last_master(desk, since) if own else ()
        news = (line for line in fact.information if line not in known)
        said = (_at(first, *_split(" ".join(line.split()))) for line in news)
        for line in _told_apart(said):
            same = (line.lead, line.sheet, line.cell, line.text, str(line.number))
            remarks.setdefault(same, []).append(line)
    back = {line.lead for line in returns}
    sent = {each.author for each in exchange.templates(cycle) if each.as_of < moved}
    for lead in recipients_in(desk.state, cycle):
        names = exchange.names_of(lead.name, desk.state.definition)
        if not sent.isdisjoint(names) and back.isdisjoint({lead.name, *names}):
            returns.append(Line("", "", lead.name, "not back yet"))
    # What one file after another of a lead says again is one line, wherever it was dealt with.
    open_ = (lines for lines in remarks.values() if gone.isdisjoint(line.id for line in lines))
    by_hand = [line for line in _by_hand(desk) if line.id not in gone]
    return CameBack(returns, [lines[0] for lines in open_], by_hand)


def _by_hand(desk: Desk) -> Iterator[Line]:
    """What could not be written into the council's own workbook, where that is kept."""
    from xlplan.issued.came_back import Line

    versions = desk.state.exchange.kept_versions if desk.folder.own else ()
    kept = versions[-1].kept if versions else None
    lines = kept.by_hand if kept is not None else ()
    found = [Line(desk.folder.own, "", "", "", sheet, cell, text) for sheet, cell, text in lines]
    yield from _told_apart(found)


def _split(line: str) -> tuple[str, str]:
    """The place before a line, where it has one, and the line."""
    place, colon, text = line.partition(": ")
    return (place, text) if colon and _PLACE.fullmatch(place) else ("", line)


def _at(first: Line, where: str, text: str) -> Line:
    place = where.removeprefix(first.file).lstrip("!")
    found = _PLACE.fullmatch(place)
    if found is None:
        return replace(first, sheet=place, text=text)
    return replace(first, sheet=found["sheet"] or "", cell=found["cell"], text=text)


def _told_apart(lines: Iterator[Line] | list[Line]) -> Iterator[Line]:
    times: Counter[Line] = Counter()
    for line in lines:
        yield replace(line, number=times[line])
        times[line] += 1
