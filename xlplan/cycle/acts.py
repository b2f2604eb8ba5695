"""The coordinator's own acts: a question answered from Python, and one return reversed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk
from xlplan.cycle.merge import MergeResult
from xlplan.errors import Problem, XlplanError, fault
from xlplan.merge.answers import facts_of
from xlplan.merge.decisions import Answer
from xlplan.merge.ids import Id
from xlplan.merge.kinds import OTHER
from xlplan.merge.model import Change, Decided, Fact, Question, Returned, Undone
from xlplan.merge.questions import questions_of
from xlplan.merge.state import State
from xlplan.plan.values import Invalid, canon


def answer(
    desk: Desk, question: Question | str, choice: str, *, other: object = None, why: str = ""
) -> MergeResult:
    """Record one decision; return what it changed and what is still open.

    `choice` is one of the question's choices, a candidate's text, or any value of the field.
    """
    wanted = question.id if isinstance(question, Question) else question
    with desk.work() as work:
        found = next((q for q in questions_of(desk.state) if q.id == wanted), None)
        if found is None:
            raise fault(
                "DEC-001",
                wanted,
                "This question is not open: it has been answered, or what it was about has "
                "changed. `merge` and `status` list the open questions.",
            )
        facts = facts_of(desk.state, found, _answer(desk, found, choice, other, why))
        if isinstance(facts, Problem):
            raise XlplanError(facts)
        work.append(facts)
        changes = tuple(work.step.changes())
        left = tuple(questions_of(desk.state))
        prepared = outputs.prepare(desk, work)
    problems = outputs.write(desk, prepared)
    return MergeResult((), changes, left, tuple(problems), answered=1)


def _answer(desk: Desk, question: Question, choice: str, other: object, why: str) -> Answer:
    given = other if isinstance(other, str | int | float | date) else None
    plain = Answer(choice, given, why)
    if not isinstance(facts_of(desk.state, question, plain), Problem) or given is not None:
        return plain
    item = desk.state.field_of((question.uid, question.field))
    if item is None or OTHER not in question.choices:
        return plain
    value = canon(item, choice, desk.state.definition)
    return plain if value is None or isinstance(value, Invalid) else Answer(OTHER, choice, why)


@dataclass(frozen=True)
class UndoResult:
    """What was taken back: the return, the decisions that went with it, what changed."""

    returned: Returned
    decisions: tuple[Decided, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def undo(desk: Desk, return_id: str, *, cascade: bool = False, why: str = "") -> UndoResult:
    """Retract a return. XlplanError where it is unknown, already taken back, or where decisions
    have seen what it wrote and `cascade` does not allow for taking those back too."""
    with desk.work() as work:
        state = desk.state
        returned = find_return(state, return_id)
        answers = _answers_of(desk, returned)
        dependent = dependent_decisions(state, returned, answers)
        if dependent and not cascade:
            listed = "; ".join(
                f"{state.ref(d.uid) or d.uid} {d.field}: {d.choice}".strip() for d in dependent
            )
            raise fault(
                "UNDO-003",
                returned.id,
                f"{len(dependent)} decision(s) rest on this return: {listed}. "
                "Add --cascade to take them back as well.",
            )
        gone = (*dependent, *answers)
        work.append([Undone(returned.id, tuple(d.id for d in gone), why)])
        changes = tuple(work.step.changes())
        prepared = outputs.prepare(desk, work)
        told = (*_still_there(desk, returned), *_still_said(state, returned))
    problems = outputs.write(desk, prepared)
    return UndoResult(returned, gone, changes, (*told, *problems))


def _still_there(desk: Desk, returned: Returned) -> Iterator[Problem]:
    """A file that still lies in the inbox comes in again with the next merge."""
    path = desk.folder.root / returned.file
    lies = next((p for p in (path, *path.parents) if p.is_file()), None)
    if lies is not None and desk.folder.inbox in lies.parents:
        name = lies.relative_to(desk.folder.root).as_posix()
        yield Problem(
            "UNDO-005",
            name,
            f"It still lies in the inbox: the next merge takes {returned.file} in again. Move it "
            "elsewhere if it is to stay out.",
            "note",
        )


def _still_said(state: State, returned: Returned) -> Iterator[Problem]:
    """What another file says as well stands, though one that said it was taken back."""
    own = {item.id for item in returned.assertions}
    for other in state.returns.values():
        said = own & {item.id for item in other.assertions}
        if said and other.id != returned.id and state.live_return_of(other.sha256) is not None:
            yield Problem(
                "UNDO-006",
                other.file,
                f"It says {len(said)} of the {len(own)} things that {returned.file} said, which "
                f"stand. To take them back too: xlplan undo {other.id}",
                "note",
            )


def find_return(state: State, return_id: str) -> Returned:
    """The live return with this id, or with an id that begins so."""
    found = [r for r in state.returns.values() if r.id.startswith(return_id) and return_id]
    if not found:
        raise fault(
            "UNDO-001",
            return_id,
            f'"{return_id}" is not the id of a return. `xlplan merge` and `xlplan log --json` '
            "name the ids, such as r-3f9c20a1b4d7.",
        )
    if len(found) > 1:
        ids = ", ".join(f"{r.id} ({r.file})" for r in found)
        raise fault(
            "UNDO-004",
            return_id,
            f'"{return_id}" is the beginning of several ids: {ids}. Give more of the one you mean.',
        )
    if state.live_return_of(found[0].sha256) is None:
        raise fault(
            "UNDO-002",
            found[0].id,
            f"{found[0].file} has already been taken back. To have it in again, merge the file.",
        )
    return found[0]


def _answers_of(desk: Desk, returned: Returned) -> tuple[Decided, ...]:
    """The live decisions that a return itself made: answers in `decisions.xlsx`, and what a
    coordinator wrote in `master.xlsx` into rows added there before.

    Those of the same transaction that were read from the same file: one workbook may come back
    several times, with more of it answered each time.
    """
    last = max(
        event.tx for event in desk.state.return_events if _is_return(event.fact, returned.id)
    )
    return tuple(
        event.fact
        for event in desk.ledger.events()
        if event.tx == last
        and isinstance(event.fact, Decided)
        and event.fact.place.file == returned.file
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
    """The decisions that have not been taken back."""
    return [
        decision
        for decision in state.decisions.values()
        if any(write.id == Id(decision.id) for write in state.live((decision.uid, decision.field)))
    ]
