"""The Open questions sheet: what merge may not decide and nobody has answered yet."""

from __future__ import annotations

from dataclasses import replace

from xlplan.board.frame import Frame
from xlplan.board.words import asked, heading_of
from xlplan.merge.model import Candidate, Question
from xlplan.plan.definition import Field
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Open questions"
WIDTHS = (10.0, 22.0, 28.0, 36.0, 36.0, 70.0, 46.0)
HEADINGS = (
    "Action", "Field", "What is asked", "As it was issued", "What Plan shows now",
    "Answers offered", "Why it is asked",
)  # fmt: skip


def questions_sheet(frame: Frame) -> Sheet:
    """A row a question, with each answer offered: who gave it, and where it stands."""
    questions = frame.board.questions
    if not questions:
        sentence = "No questions are open: everything that came back has been settled."
        return frame.empty(NAME, "Open questions", sentence)
    count = "1 question" if len(questions) == 1 else f"{len(questions)} questions"
    note = f"{count} waiting for the coordinator"
    rows = frame.banner("Open questions", len(WIDTHS), note=note)
    headed = len(rows)
    rows.append(frame.headings(HEADINGS))
    rows += [_row(frame, question) for question in questions]
    return frame.sheet(NAME, rows, WIDTHS, headed=headed, freeze_columns=1)


def _row(frame: Frame, question: Question) -> Row:
    item = frame.board.definition.find(question.field)
    heading = heading_of(item, question.field)
    label = f"{question.action}, {heading}, open question"
    offered = "\n".join(_answer(frame, item, c) for c in question.candidates)

    def fitted(text: str, width: float) -> Cell:
        return frame.fitted(text, width, label)

    return Row(
        [
            frame.ref(question.uid, question.action),
            frame.text(heading),
            frame.text(asked(question.kind), replace(frame.boxed, bold=True)),
            fitted(frame.say(item, question.base), WIDTHS[3]),
            fitted(frame.say(item, question.master), WIDTHS[4]),
            fitted(offered or "None", WIDTHS[5]),
            fitted(question.message, WIDTHS[6]),
        ]
    )


def _answer(frame: Frame, item: Field | None, candidate: Candidate) -> str:
    text = frame.say(item, candidate.value) or candidate.text or "(blank)"
    where = f", {candidate.place}" if str(candidate.place) else ""
    return f"• {text} ({candidate.author}{where})"
