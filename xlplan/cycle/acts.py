"""The coordinator's own acts: the answers in `decisions.xlsx`, and one return reversed.

An answer that cannot be used goes into the record with the workbook it stood in, is shown again in
the next `decisions.xlsx` with the reason beside it, and is tried again by every merge: a lead who
joins `plan.toml` meanwhile may be all that was missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.cycle_codes import UNDO_001, UNDO_002, UNDO_003, UNDO_004, UNDO_005, UNDO_006
from xlplan.codes.merge_codes import DEC_001, DEC_068, MRG_047
from xlplan.codes.return_codes import RET_016
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.intake import Arrived
from xlplan.cycle.to_look_at import dealt_with
from xlplan.errors import Problem
from xlplan.merge.asks import Answer, shown_as
from xlplan.merge.decisions import clash, facts_of, unused_answers
from xlplan.merge.kinds import ASK, KEEP, Id, Kind
from xlplan.merge.model import (
    COORDINATOR,
    NOTED,
    Change,
    Decided,
    Fact,
    Place,
    Question,
    Returned,
    Undone,
    Unused,
)
from xlplan.merge.questions import whom_to_ask
from xlplan.merge.reading import Reading
from xlplan.merge.rows import TEXT, accept_own_rows
from xlplan.merge.state import State
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import canon, show
from xlplan.workbook.read.book import Book

if TYPE_CHECKING:
    from xlplan.returned.answers import Answer as ReadAnswer
    from xlplan.returned.answers import Answers


class Answering:
    """The answers of one merge: those that were taken, and the problems with the others."""

    def __init__(self, desk: Desk, work: Work) -> None:
        self._desk, self._work = desk, work
        self._read: set[str] = set()
        """Questions about which a workbook of this merge says what stands there now."""
        self.count = 0
        self.problems: list[Problem] = []

    def take(self, item: Arrived, book: Book, reading: Reading) -> Returned:
        """Take in a `decisions.xlsx` that came back; the return that was recorded."""
        from xlplan.returned.answers import read_answers  # most merges read none

        desk, issued = self._desk, reading.issued
        answers = read_answers(book, item.digest, desk.key, desk.state.definition, issued)
        answers = self._in_their_rows(answers)
        problems = list(answers.problems)
        unused = [self._unused(one, one.fault) for one in answers.faulty if one.fault]
        open_now = {question.id: question for question in desk.questions()}
        count = 0
        before: list[Fact] = []
        for line in answers.followed():
            question = open_now.get(line.question)
            if question is None:
                problems.append(_stale(line.question, str(line.place), desk))
                continue
            answer = Answer(line.decision, line.other, line.why, line.place, issued)
            facts = self._facts(question, answer, before)
            if isinstance(facts, Problem):
                problems.append(facts)
                unused.append(self._unused(line, facts))
                continue
            before.extend(facts)
            self._work.append(facts)
            count += 1
        fact = Returned(
            id=item.return_id,
            sha256=item.digest,
            file=item.file,
            issued=issued,
            author=COORDINATOR,
            cycle="",
            saved_at=reading.saved_at,
            outcome="merged" if count or _is_dealt(desk, answers.dealt) else "unchanged",
            rows=(*answers.questions, *answers.lines),
            confirmed=answers.dealt,
            problems=tuple(problems),
            unused=tuple(unused),
        )
        self._work.append([fact])
        self._read.update(answers.questions)
        self.count += count
        self.problems.extend(problems)
        return fact

    def _in_their_rows(self, answers: Answers) -> Answers:
        """Without those that stand in a row that shows another question of the workbook: of a row
        that was moved without its key it is not known which one was answered."""
        asked = {each.id: each for each in self._desk.questions()}
        shown = {
            each: tuple(map(_as_read, shown_as(self._desk.state.definition, asked[each])))
            for each in answers.questions
            if each in asked
        }
        others = set(shown.values())
        kept, problems = [], list(answers.problems)
        for one in answers.answers:
            if one.shows in others and one.shows != shown.get(one.question, one.shows):
                row = "".join(filter(str.isdigit, one.place.cell))
                text = one.decision or str(one.other or one.why)
                said = " ".join(filter(None, one.shows))
                where = str(one.place)
                problems.append(
                    RET_016.problem(where, "moved", row=row, shown=said, answer=text[:80])
                )
            else:
                kept.append(one)
        return replace(answers, answers=tuple(kept), problems=tuple(problems))

    def take_again(self) -> None:
        """Read what could not be used before, where no workbook of this merge says otherwise."""
        left = unused_answers(self._desk.state)
        again = {ident: one for ident, one in left.items() if ident not in self._read}
        if not again:
            return
        open_now = {question.id: question for question in self._desk.questions()}
        before: list[Fact] = []
        for ident, (one, returned) in again.items():
            question = open_now.get(ident)
            if question is None:
                continue
            answer = Answer(one.decision, one.other or None, one.why, one.place, returned.issued)
            facts = self._facts(question, answer, before)
            if isinstance(facts, Problem):
                self.problems.append(facts)
                continue
            before.extend(facts)
            self._work.append(facts)
            self.count += 1

    def _facts(
        self, question: Question, answer: Answer, before: list[Fact]
    ) -> list[Fact] | Problem:
        state = self._desk.state
        if fold(answer.choice) == fold(ASK):
            lead = whom_to_ask(question, state.field_of((question.uid, question.field)))
            if lead:
                return DEC_068.problem(str(answer.place), lead=lead)
        facts = facts_of(state, question, answer)
        if isinstance(facts, Problem):
            return facts
        return clash(state, question, answer, facts, before) or facts

    def _unused(self, line: ReadAnswer, problem: Problem) -> Unused:
        other = show(canon(TEXT, line.other, self._desk.state.definition))
        return Unused(line.question, line.decision, other, line.why, line.place, problem)


def take_own(desk: Desk, work: Work, fact: Returned) -> list[Problem]:
    """Take in what the coordinator wrote in `master.xlsx`, the rows that they added among it; notes
    on the questions that are answered with that."""
    asked = desk.questions()
    work.append([fact])
    if added := accept_own_rows(desk.state, fact):
        work.append(added)
    notes = _rows_there_again(desk, work, fact)
    places = {(item.uid, item.field): item.place for item in fact.assertions if item.field}
    left = {(question.uid, question.field) for question in desk.questions()}
    for question in asked:
        place = places.get((question.uid, question.field))
        if place is not None and (question.uid, question.field) not in left:
            _, named = shown_as(desk.state.definition, question)
            heading = " ".join(named.split())
            notes.append(MRG_047.problem(str(place), "cell", heading=heading, ref=question.action))
    return notes


def _rows_there_again(desk: Desk, work: Work, fact: Returned) -> list[Problem]:
    """Answer what is asked about rows that the coordinator's file lacked and this one has: they are
    kept. A note on each."""
    missing = {item.uid for item in fact.assertions if item.kind is Kind.MISSING}
    notes = []
    for question in desk.questions():
        own = all(candidate.author == COORDINATOR for candidate in question.candidates)
        if question.kind is not Kind.MISSING or not own or question.uid in missing:
            continue
        if question.uid in fact.rows:
            answer = Answer(KEEP, place=Place(fact.file, "", ""), issued=fact.issued)
            facts = facts_of(desk.state, question, answer)
            assert not isinstance(facts, Problem)  # to keep what there is can be said of any
            work.append(facts)
            notes.append(MRG_047.problem(fact.file, "row", ref=question.action))
    return notes


def _is_dealt(desk: Desk, marked: Sequence[str]) -> bool:
    """Whether lines are marked as dealt with that were not before."""
    return bool(marked) and bool({*marked} - dealt_with(desk))


def _as_read(text: str) -> str:
    """A text of ours as it is read from its cell."""
    return canon_text(text).strip()


def _stale(question: str, where: str, desk: Desk) -> Problem:
    done = next((d for d in desk.state.decisions.values() if d.question == question), None)
    if done is None:
        return DEC_001.problem(where, "changed")
    return DEC_001.problem(where, "answered", choice=done.choice)


# Reversing a return


class UndoResult(Struct, frozen=True):
    """What `Plan.undo` reversed: the return, the decisions that went with it, what changed.

    `problems` are notes on what stands in spite of it, and files that could not be written.
    """

    returned: Returned
    decisions: tuple[Decided, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...] = ()
    """Every question that is open now."""


def undo(desk: Desk, return_id: str, *, cascade: bool = False, why: str = "") -> UndoResult:
    """Reverse a return. XlplanError where it is unknown, reversed already, or where decisions
    rest on what it wrote and `cascade` does not allow for reversing those too."""
    with desk.work() as work:
        state = desk.state
        returned = find_return(state, return_id)
        answers = _answers_of(desk, returned)
        dependent = dependent_decisions(state, returned, answers)
        if dependent and not cascade:
            found = [f"{state.ref(d.uid) or d.uid} {d.field}: {d.choice}" for d in dependent]
            raise UNDO_003.fault(returned.id, decisions=found)
        gone = (*dependent, *answers)
        work.append([Undone(returned.id, tuple(d.id for d in gone), why)])
        desk.rule(work)
        changes = tuple(work.step.changes())
        left = desk.questions()
        prepared = outputs.prepare(desk, work)
        notes = (*_in_inbox(desk, returned), *_made_by_others(state, returned))
    problems = outputs.write(desk, prepared)
    return UndoResult(returned, gone, changes, (*notes, *problems), left)


def _in_inbox(desk: Desk, returned: Returned) -> Iterator[Problem]:
    """A file that still lies in the inbox comes in again with the next merge."""
    path = desk.folder.root / returned.file
    lies = next((p for p in (path, *path.parents) if p.is_file()), None)
    if lies is not None and desk.folder.inbox in lies.parents:
        name = lies.relative_to(desk.folder.root).as_posix()
        yield UNDO_005.problem(name, file=returned.file)


def _made_by_others(state: State, returned: Returned) -> Iterator[Problem]:
    """What another live return asserts as well stands, though this one is reversed."""
    own = {item.id for item in returned.assertions}
    for other in state.returns.values():
        same = own & {item.id for item in other.assertions}
        if same and other.id != returned.id and state.live_return_of(other.sha256) is not None:
            yield UNDO_006.problem(
                other.file, same=len(same), all=len(own), file=returned.file, id=other.id
            )


def find_return(state: State, return_id: str) -> Returned:
    """The live return with this id, with an id that begins so, or of a file with this name.

    XlplanError where there is none (UNDO-001), several (UNDO-004), or it was reversed (UNDO-002).
    """
    found = [r for r in state.returns.values() if r.id.startswith(return_id) and return_id]
    if not found:
        read = (each for each in state.returns.values() if each.outcome != NOTED)
        named = [r for r in read if return_id in (r.file, _name(r.file))]
        live = [r for r in named if state.live_return_of(r.sha256) is not None]
        found = live or named[-1:]
    if not found:
        raise UNDO_001.fault(return_id, id=return_id)
    if len(found) > 1:
        ids = [f"{r.id} ({r.file})" for r in found]
        raise UNDO_004.fault(return_id, id=return_id, ids=ids)
    if state.live_return_of(found[0].sha256) is None:
        raise UNDO_002.fault(found[0].id, file=found[0].file)
    return found[0]


def _name(file: str) -> str:
    """The last part of a file's name, as people say it."""
    return file.rpartition("/")[2]


def _answers_of(desk: Desk, returned: Returned) -> tuple[Decided, ...]:
    """The live decisions that a return itself made: answers in `decisions.xlsx`, and what a
    coordinator wrote in `master.xlsx` into rows added there before.

    Those of the same transaction that were read from the same file: one workbook may come back
    several times, with more of it answered each time. What could not be used at first was read
    from no file again when it was.
    """
    events = desk.state.return_events
    last = max(event.tx for event in events if _is_return(event.fact, returned.id))
    read = {e.tx for e in events if isinstance(e.fact, Returned) and e.fact.file == returned.file}
    unused = {(answer.question, answer.place) for answer in returned.unused}
    return tuple(
        fact
        for event in desk.ledger.events()
        if isinstance(fact := event.fact, Decided)
        and (
            (event.tx == last and fact.place.file == returned.file)
            or (event.tx > last and event.tx not in read and (fact.question, fact.place) in unused)
        )
    )


def _is_return(fact: Fact, return_id: str) -> bool:
    return isinstance(fact, Returned) and fact.id == return_id


def dependent_decisions(
    state: State, returned: Returned, answers: Sequence[Decided] = ()
) -> tuple[Decided, ...]:
    """The live decisions that saw what this return alone brought in, or its `answers`; and those
    that saw such a decision."""
    others = {
        item.id
        for other in state.returns.values()
        if other.id != returned.id and state.live_return_of(other.sha256) is not None
        for item in other.assertions
    }
    gone = {item.id for item in returned.assertions} - others | {Id(d.id) for d in answers}
    gone |= _brought_in(state, answers) - others
    found: dict[str, Decided] = {}
    while True:
        more = {
            d.id: d
            for d in _live_decisions(state)
            if d.id not in found and Id(d.id) not in gone and d.saw & gone
        }
        if not more:
            return tuple(found[key] for key in sorted(found))
        found |= more
        gone |= {Id(name) for name in more} | (_brought_in(state, more.values()) - others)


def _brought_in(state: State, decisions: Iterable[Decided]) -> set[Id]:
    """What answers about sorted rows brought in of their files."""
    parts = (part for decision in decisions for part in state.parts_of(decision))
    return {item.id for part in parts for item in part.assertions}


def _live_decisions(state: State) -> list[Decided]:
    """The coordinator's decisions that have not been reversed."""
    return [
        decision
        for decision in state.decisions.values()
        if decision.kind != Kind.RULE
        and any(write.id == Id(decision.id) for write in state.live((decision.uid, decision.field)))
    ]
