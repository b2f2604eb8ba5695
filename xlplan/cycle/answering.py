"""Answers in `decisions.xlsx`: taken in, and kept as they were typed where they cannot be used yet.

What cannot be used goes into the record with the workbook it stood in, is shown again in the next
`decisions.xlsx` with the reason beside it, and is read again by every merge: a lead who joins
`plan.toml` meanwhile may be all that was missing.
"""

from __future__ import annotations

from xlplan.codes.return_codes import DEC_001
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.intake import Arrived
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import clash, facts_of, unused_answers
from xlplan.merge.model import COORDINATOR, Fact, Question, Returned, Unused
from xlplan.merge.questions import questions_of
from xlplan.merge.reading import Reading
from xlplan.merge.rows import TEXT
from xlplan.plan.values import canon, show
from xlplan.returned.read_return import Answer as ReadAnswer
from xlplan.returned.read_return import read_answers
from xlplan.workbook.read.book import Book


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
        desk, issued = self._desk, reading.issued
        answers = read_answers(book, item.digest, desk.key, desk.state.definition, issued)
        problems = list(answers.problems)
        unused = [self._unused(one, one.fault) for one in answers.faulty if one.fault]
        open_now = {question.id: question for question in questions_of(desk.state)}
        count = 0
        before: list[Fact] = []
        for line in answers.answers:
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
            outcome="merged" if count else "unchanged",
            rows=answers.questions,
            problems=tuple(problems),
            unused=tuple(unused),
        )
        self._work.append([fact])
        self._read.update(answers.questions)
        self.count += count
        self.problems.extend(problems)
        return fact

    def take_again(self) -> None:
        """Read what could not be used before, where no workbook of this merge says otherwise."""
        open_now = {question.id: question for question in questions_of(self._desk.state)}
        before: list[Fact] = []
        for ident, (one, returned) in unused_answers(self._desk.state).items():
            question = open_now.get(ident)
            if question is None or ident in self._read:
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
        facts = facts_of(self._desk.state, question, answer)
        if isinstance(facts, Problem):
            return facts
        return clash(self._desk.state, question, answer, facts, before) or facts

    def _unused(self, line: ReadAnswer, problem: Problem) -> Unused:
        other = show(canon(TEXT, line.other, self._desk.state.definition))
        return Unused(line.question, line.decision, other, line.why, line.place, problem)


def _stale(question: str, where: str, desk: Desk) -> Problem:
    done = next((d for d in desk.state.decisions.values() if d.question == question), None)
    if done is None:
        return DEC_001.problem(where, "changed")
    return DEC_001.problem(where, "answered", choice=done.choice)
