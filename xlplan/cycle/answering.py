"""`answer`: a question answered from Python, with the same effect as in `decisions.xlsx`."""

from __future__ import annotations

from datetime import date

from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk
from xlplan.cycle.merge import MergeResult
from xlplan.errors import Problem, XlplanError, fault
from xlplan.merge.answers import Answer, facts_of
from xlplan.merge.model import Question
from xlplan.merge.questions import OTHER, questions_of
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
