"""Tables of what stands behind the figures: changes, open questions, and the notes."""

from __future__ import annotations

from xlplan.board.frame import Frame
from xlplan.board.notes import method
from xlplan.board.plain_table import Table, TableColumn, table
from xlplan.board.restated import restatements
from xlplan.board.words import asked, decided, heading_of, meaning_of
from xlplan.merge.model import Candidate, Change
from xlplan.plan.definition import Field
from xlplan.plan.values import natural_key

SAID = 48.0


def changes(frame: Frame) -> Table:
    """The change log since the last board, in the order of the ledger."""
    found = sorted(frame.board.changes, key=lambda c: (c.seq, c.action, c.uid, c.field))
    line = "Every change since the last board, with the file and cell it was read from"
    return _changes(frame, "changes", "changes", "Changes", line, found)


def restated(frame: Frame) -> Table:
    """What an earlier board had been told and has been corrected since."""
    found = restatements(frame.board) if frame.board.previous is not None else ()
    line = "Earlier periods that were corrected since the last board"
    return _changes(frame, "restatements", "notes", "Restatements", line, found)


def _changes(
    frame: Frame,
    key: str,
    sheet: str,
    name: str,
    line: str,
    found: list[Change] | tuple[Change, ...],
) -> Table:
    kinds = {row.uid: row.kind for row in frame.board.rows}
    columns = [
        TableColumn("when", "When", width=26),
        TableColumn("action", "Action", width=18),
        TableColumn("field", "Field", width=20),
        TableColumn("from", "From", width=SAID),
        TableColumn("to", "To", width=SAID),
        TableColumn("by", "Who", width=26),
        TableColumn("file", "File", width=34),
        TableColumn("sheet", "Sheet", width=14),
        TableColumn("cell", "Cell", width=9),
        TableColumn("decided", "How it was decided", width=28),
    ]
    rows = []
    for change in found:
        kind = kinds.get(change.uid, "action")
        item = frame.board.definition.find(change.field, kind)
        place = change.place
        rows.append(
            (
                frame.when(change.at),
                change.action if kind == "action" else f"Recommendation {change.action}",
                heading_of(item, change.field),
                frame.say(item, change.before),
                frame.say(item, change.after),
                change.by, place.file, place.sheet, place.cell, decided(change.kind),
            )
        )  # fmt: skip
    return table(key, sheet, name, line, columns, rows)


def questions(frame: Frame) -> Table:
    """What could not be decided yet, with the answers offered."""
    columns = [
        TableColumn("action", "Action", width=12),
        TableColumn("field", "Field", width=22),
        TableColumn("asked", "What is asked", width=28),
        TableColumn("base", "As it was issued", width=36),
        TableColumn("master", "What Plan shows now", width=36),
        TableColumn("answers", "Answers offered", width=60),
        TableColumn("why", "Why it is asked", width=46),
    ]
    rows = []
    for question in frame.board.questions:
        item = frame.board.definition.find(question.field)
        answers = "; ".join(_answer(frame, item, c) for c in question.candidates)
        rows.append(
            (
                question.action,
                heading_of(item, question.field),
                asked(question.kind),
                frame.say(item, question.base),
                frame.say(item, question.master),
                answers or "None",
                question.message,
            )
        )
    line = "What could not be decided yet, with the answers offered"
    return table("questions", "questions", "Open questions", line, columns, rows)


def _answer(frame: Frame, item: Field | None, candidate: Candidate) -> str:
    text = frame.say(item, candidate.value) or candidate.text or "(blank)"
    where = f", {candidate.place}" if str(candidate.place) else ""
    return f"{text} ({candidate.author}{where})"


def notes(frame: Frame) -> Table:
    """How the figures are made: the notes that headings refer to, numbered."""
    columns = [
        TableColumn("note", "Note", width=12),
        TableColumn("term", "About", width=22),
        TableColumn("text", "What it says", width=100),
    ]
    rows = [
        (f"[note {number}]", term, text) for number, (term, text) in enumerate(method(frame), 1)
    ]
    return table("notes", "notes", "Notes", "How the figures are made", columns, rows)


def rating_key(frame: Frame) -> Table:
    """The words of the scale and what they mean."""
    columns = [
        TableColumn("rating", "Rating", width=22),
        TableColumn("code", "Code", width=10),
        TableColumn("meaning", "What it means", width=90),
    ]
    rated = frame.board.definition.with_role("rating") is not None
    rows = [
        (point.label, point.rating.code if point.rating else "", meaning_of(point))
        for point in (frame.figures.points if rated else ())
    ]
    return table("rating_key", "notes", "Rating key", "What each rating means", columns, rows)


def plan_notes(frame: Frame) -> Table:
    """What the plan itself says about its actions as a whole."""
    columns = [
        TableColumn("number", "Number", "number", "", 10),
        TableColumn("text", "Text", width=110),
    ]
    rows = list(enumerate(frame.board.definition.notes, 1))
    line = "What the plan itself says of its actions as a whole"
    return table("plan_notes", "notes", "Notes of the plan", line, columns, rows)


def checks(frame: Frame) -> Table:
    """The problems that nobody has settled."""
    columns = [
        TableColumn("action", "Action", width=14),
        TableColumn("field", "Field", width=22),
        TableColumn("message", "What was found", width=90),
        TableColumn("code", "Code", width=12),
    ]
    found = sorted(
        frame.board.problems,
        key=lambda p: (natural_key(p.action), p.where, p.field, p.code, p.message),
    )
    rows = []
    for problem in found:
        item = frame.board.definition.find(problem.field)
        heading = heading_of(item, problem.field)
        rows.append((problem.action or problem.where, heading, problem.message, problem.code))
    line = "Checks of the plan that are left open"
    return table("checks", "notes", "Checks left open", line, columns, rows)
