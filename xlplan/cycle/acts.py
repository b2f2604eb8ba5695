"""The coordinator's own acts: a question answered from Python, and one return reversed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.codes.cycle_codes import UNDO_001, UNDO_002, UNDO_003, UNDO_004, UNDO_005, UNDO_006
from xlplan.codes.return_codes import DEC_001
from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk
from xlplan.cycle.merge import MergeResult
from xlplan.errors import Problem, XlplanError
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.merge.model import Change, Decided, Fact, Id, Question, Returned, Undone
from xlplan.merge.questions import questions_of
from xlplan.merge.state import State


def answer(
    desk: Desk, question: Question | str, choice: str, *, other: object = None, why: str = ""
) -> MergeResult:
    """Record one decision; return what it changed and what is still open.

    `choice` is one of the question's choices, a candidate's text, or any value of the field.
    """
    ident = question.id if isinstance(question, Question) else question
    with desk.work() as work:
        found = next((q for q in questions_of(desk.state) if q.id == ident), None)
        if found is None:
            raise DEC_001.fault(ident)
        value = other if isinstance(other, str | int | float | date) else None
        facts = facts_of(desk.state, found, Answer(choice, value, why))
        if isinstance(facts, Problem):
            raise XlplanError(facts)
        work.append(facts)
        changes = tuple(work.step.changes())
        left = tuple(questions_of(desk.state))
        prepared = outputs.prepare(desk, work)
    problems = outputs.write(desk, prepared)
    return MergeResult((), changes, left, tuple(problems), answered=1)


@dataclass(frozen=True)
class UndoResult:
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
        changes = tuple(work.step.changes())
        prepared = outputs.prepare(desk, work)
        notes = (*_in_inbox(desk, returned), *_made_by_others(state, returned))
        left = tuple(questions_of(state))
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
    """The live return with this id, or with an id that begins so.

    XlplanError where there is none (UNDO-001), several (UNDO-004), or it was reversed (UNDO-002).
    """
    found = [r for r in state.returns.values() if r.id.startswith(return_id) and return_id]
    if not found:
        raise UNDO_001.fault(return_id, id=return_id)
    if len(found) > 1:
        ids = [f"{r.id} ({r.file})" for r in found]
        raise UNDO_004.fault(return_id, id=return_id, ids=ids)
    if state.live_return_of(found[0].sha256) is None:
        raise UNDO_002.fault(found[0].id, file=found[0].file)
    return found[0]


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
        gone |= {Id(name) for name in more}


def _live_decisions(state: State) -> list[Decided]:
    """The decisions that have not been reversed."""
    return [
        decision
        for decision in state.decisions.values()
        if any(write.id == Id(decision.id) for write in state.live((decision.uid, decision.field)))
    ]
