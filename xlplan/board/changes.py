"""The sheets Changes and Open questions: what came back since the last board, with its source."""

from __future__ import annotations

from collections.abc import Iterable

from xlplan.board.table import BoardSheet, Item, Line, Table, TableColumn, line_of, make_table
from xlplan.board.view import View, plural
from xlplan.board.words import asked, decided, heading_of
from xlplan.merge.model import Candidate, Change, Question
from xlplan.plan.definition import Field
from xlplan.plan.values import natural_key

VALUE = 46.0


def changes_sheet(view: View) -> BoardSheet:
    """The change log since the last board, in the order of the ledger."""
    found = sorted(view.board.changes, key=lambda c: (c.seq, natural_key(c.action), c.uid, c.field))
    line = "Every change since the last board: from, to, by whom, from which file and cell"
    note = f"{plural(len(found), 'change')}, each with the file and cell it was read from"
    empty = "Nothing in the plan has changed since the last board."
    if not view.compared:
        empty = "Nothing in the plan has changed since it was started."
    table = changes_table(view, "changes", "Changes", line, found)
    return BoardSheet(
        line, "Changes", (table,), notes=(note,) if found else (), frozen=2,
        empty="" if found else empty,
    )  # fmt: skip


def changes_table(view: View, key: str, name: str, line: str, found: Iterable[Change]) -> Table:
    """A table of changes, each with who made it, where it was read and how it was decided."""
    columns = [
        TableColumn("when", "When", width=20),
        TableColumn("action", "Action", width=10, spoken="No ref"),
        TableColumn("field", "Field", width=20),
        TableColumn("from", "From", width=VALUE, blank="(blank)"),
        TableColumn("to", "To", width=VALUE, blank="(blank)"),
        TableColumn("by", "Who", width=26),
        TableColumn("file", "File", width=34),
        TableColumn("sheet", "Sheet", width=14),
        TableColumn("cell", "Cell", width=8),
        TableColumn("decided", "How it was decided", width=26),
        *([TableColumn("cycle", "Cycle", width=14)] if key == "restatements" else []),
    ]
    kinds = {row.uid: row.kind for row in view.board.rows}
    width = len(columns)
    lines = [
        line_of(_change(view, change, kinds.get(change.uid, "action"))[:width]) for change in found
    ]
    return make_table(key, name, line, columns, lines)


def _change(view: View, change: Change, kind: str) -> list[Item | str]:
    item = view.board.definition.find(change.field, kind)
    ref = change.action if kind == "action" else f"Recommendation {change.action}"
    how = decided(change.kind)
    return [
        view.when(change.at),
        Item(ref, link=("action", change.uid), emphasis="strong"),
        heading_of(item, change.field),
        view.say(item, change.before),
        view.say(item, change.after),
        change.by,
        change.place.file,
        change.place.sheet,
        change.place.cell,
        f"{how}: {change.why}" if change.why else how,
        change.cycle,
    ]


def questions_sheet(view: View) -> BoardSheet:
    """A row a question, with each answer offered: who gave it, and where it stands."""
    columns = [
        TableColumn("action", "Action", width=10, spoken="No ref"),
        TableColumn("field", "Field", width=22),
        TableColumn("asked", "What is asked", width=28, strong=True),
        TableColumn("base", "As it was issued", width=36),
        TableColumn("master", "What Plan shows now", width=36),
        TableColumn("answers", "Answers offered", "list", width=70, blank="None", spoken="None",
                    mark="• "),
        TableColumn("why", "Why it is asked", width=46),
    ]  # fmt: skip
    questions = view.board.questions
    line = "What could not be decided yet, with the answers offered"
    lines = [_question(view, one) for one in questions]
    table = make_table("questions", "Open questions", line, columns, lines)
    note = f"{plural(len(questions), 'question')} waiting for the coordinator"
    empty = "No questions are open: everything that came back has been settled."
    return BoardSheet(
        line, "Open questions", (table,), notes=(note,) if questions else (),
        empty="" if questions else empty,
    )  # fmt: skip


def _question(view: View, question: Question) -> Line:
    item = view.board.definition.find(question.field)
    return line_of(
        [
            Item(question.action, link=("action", question.uid), emphasis="strong"),
            heading_of(item, question.field),
            Item(asked(question.kind), emphasis="strong"),
            view.say(item, question.base),
            view.say(item, question.master),
            tuple(_answer(view, item, one) for one in question.candidates),
            question.message,
        ]
    )


def _answer(view: View, item: Field | None, candidate: Candidate) -> str:
    text = view.say(item, candidate.value) or candidate.text or "(blank)"
    where = f", {candidate.place}" if str(candidate.place) else ""
    return f"{text} ({candidate.author}{where})"
