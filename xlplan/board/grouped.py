"""The sheets By organisation, By lead, Recommendations, Counts, Changes and Open questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from xlplan.board.board_model import ReturnLine
from xlplan.board.figures import AnswerCount, Rolled, by_accountable, counted_by, rolled_up
from xlplan.board.standings import Standing, leads_of
from xlplan.board.summary import asking_field, asking_text, own_rating, rolled_columns, rolled_item
from xlplan.board.table_model import (
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    TableValue,
    line_of,
    lines_of_columns,
    make_table,
)
from xlplan.board.view import View, count_columns, figure, plural
from xlplan.board.words import LeadCount, asked, decided, heading_of
from xlplan.merge.exchange import how_often
from xlplan.merge.model import Candidate, Change, Question
from xlplan.plan.definition import Field
from xlplan.plan.keys import ROLE_LABELS
from xlplan.plan.text import fold
from xlplan.plan.values import natural_key

MOST_CORRECTED = 3


def by_organisation_sheet(view: View) -> BoardSheet:
    """A row an organisation. An action of two organisations counts under each."""
    found = view.figures.organisations
    columns = [
        TableColumn("organisation", "Organisation", "text", "Organisations", 36, strong=True),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", view.late_heading, "Overdue"),
        figure("exceptions", "Exceptions", "Exceptions", 12),
        figure("returned", "Returns received", "Returns", 12),
        figure("asked", "Returns asked for", "Returns", 12),
        TableColumn("outstanding", "Not returned yet", width=62, blank="Nobody",
                    spoken="Nobody"),
    ]  # fmt: skip
    rows: list[Sequence[Item | TableValue]] = [
        [
            one.organisation, one.actions, *(one.now.get(p.key, 0) for p in view.counted_points),
            one.overdue, one.exceptions, one.returned, one.asked, "; ".join(one.outstanding),
        ]
        for one in found
    ]  # fmt: skip
    actions = "actions by rating, and who has not returned"
    line = f"Each organisation's {actions if view.rated else 'actions, and what it has returned'}"
    note = "An action of two organisations counts under each of them, so columns have no total"
    empty = (
        "The plan names no organisations: no lead has one, and no column says whose an action is."
    )
    table = make_table("by_organisation", "By organisation", line, columns, rows)
    return BoardSheet(
        line, "By organisation", (table,), notes=(note,), empty="" if found else empty,
        apt=bool(found),
    )  # fmt: skip


def by_lead_sheet(view: View) -> BoardSheet:
    """A row a lead. A shared action counts under each of its leads, so columns have no total."""
    f = view.figures
    organised, waiting = any(lead.organisation for lead in f.leads), without_update(view)
    looked_at, of_the_past = _looked_at(f.leads), _of_the_past(f.leads)
    columns = [
        TableColumn("lead", "Lead", width=34, strong=True),
        *([TableColumn("organisation", "Organisation", width=28)] if organised else []),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", view.late_heading, "Overdue"),
        figure("exceptions", "Exceptions", "Exceptions", 12),
        TableColumn("return", "Return", "text", "Returns", 22, align="center"),
        TableColumn("changes", "Changes made", "number", width=12, spoken="No return"),
        *looked_at,
        *of_the_past,
        TableColumn("waiting", "Without an update", width=40, spoken="None"),
    ]
    rows: list[Sequence[Item | TableValue]] = [
        [
            one.lead, *([one.organisation] if organised else []), one.actions,
            *(one.now.get(p.key, 0) for p in view.counted_points), one.overdue, one.exceptions,
            _returned(one.line), one.line.changes if one.line and one.line.returned else None,
            *(_of_return(one.line, column.id) for column in looked_at),
            *(_past(one.line, column.id) for column in of_the_past),
            ", ".join(waiting.get(one.lead, ())),
        ]
        for one in f.leads
    ]  # fmt: skip
    line = f"Each lead's actions{' by rating' if view.rated else ''}, and who has not returned"
    notes = ["A shared action counts under each of its leads"]
    if f.asked:
        missing = f.asked - f.returned
        notes.insert(0, f"{f.returned} of {plural(f.asked, 'return')} received, {missing} not yet")
    if often := often_corrected(one.line.corrected for one in f.leads if one.line):
        notes.append(f"Corrected most often: {'; '.join(often)}")
    table = make_table("by_lead", "By lead", line, columns, rows)
    empty = "" if f.leads else "The plan has no actions, and so no leads."
    return BoardSheet(line, "By lead", (table,), notes=tuple(notes), empty=empty)


def _looked_at(leads: Iterable[LeadCount]) -> list[TableColumn]:
    """The columns about actions without a change, where templates ask to confirm them."""
    if all(one.line is None or one.line.confirmed is None for one in leads):
        return []
    return [
        TableColumn("confirmed", "Confirmed without a change", "number", width=12,
                    spoken="No return"),
        TableColumn("not_looked_at", "Not looked at", "number", width=12, spoken="No return"),
    ]  # fmt: skip


def _of_return(line: ReturnLine | None, column: str) -> TableValue:
    if line is None or not line.returned:
        return None
    return line.confirmed if column == "confirmed" else line.not_looked_at


def _of_the_past(leads: Iterable[LeadCount]) -> list[TableColumn]:
    """The columns about earlier rounds too, where there is something in them."""
    lines = [one.line for one in leads if one.line is not None]
    found = []
    if any(line.rounds > 1 for line in lines):
        found.append(
            TableColumn("on_time", "Returned on time", width=12, blank="–", spoken="Not asked yet",
                        align="center")
        )  # fmt: skip
    if any(line.corrected for line in lines):
        found.append(
            TableColumn("corrected", "Corrected most often", "list", width=44, blank="–",
                        spoken="Nothing")
        )  # fmt: skip
    return found


def _past(line: ReturnLine | None, column: str) -> TableValue:
    if line is None:
        return None
    if column == "on_time":
        return f"{line.on_time} of {line.rounds}" if line.rounds else None
    return often_corrected([line.corrected]) or None


def often_corrected(counts: Iterable[Mapping[str, int]]) -> tuple[str, ...]:
    """The three things that were corrected most often, with how often that was."""
    total = Counter[str]()
    for one in counts:
        total.update(one)
    order = sorted(total, key=lambda fault: (-total[fault], natural_key(fault)))
    return tuple(f"{fault} ({total[fault]})" for fault in order[:MOST_CORRECTED])


def without_update(view: View) -> Mapping[str, Sequence[str]]:
    """By lead who was asked and has not returned, the refs of the open actions that wait for it."""
    found: dict[str, list[str]] = {}
    for one in view.figures.standings:
        if any(reason.kind == "not-updated" for reason in one.reasons):
            for name in leads_of(view.board.definition, one.row.values):
                found.setdefault(name, []).append(one.row.ref or "no ref")
    return found


def return_words(line: ReturnLine | None) -> str:
    """Whether a lead has returned, in words."""
    if line is None or not line.issued:
        return "Not asked this cycle"
    if not line.returned:
        times = f", reminded {how_often(line.reminded)}" if line.reminded else ""
        return f"Not returned{times}"
    words = "Returned late" if line.late else "Returned"
    if line.signed is not None:
        words += ", signed" if line.signed else ", not signed"
    return f"{words}, on the form of {line.old_form}" if line.old_form else words


def _returned(line: ReturnLine | None) -> Item:
    words = return_words(line)
    late = words.startswith("Returned late")
    return Item(
        words, emphasis="loud" if words.startswith("Not returned") else "strong" if late else ""
    )


def recommendations_sheet(view: View) -> BoardSheet:
    """A row a recommendation: what it asks, who answers for it, and where its actions stand."""
    found = view.figures.recommendations
    rolled = rolled_up(view.board)
    fields = _fields(view, found, rolled)
    columns = [
        TableColumn("ref", "No.", width=9, strong=True),
        TableColumn("text", "What it asks for", width=74),
        *(TableColumn(f.id, f.heading, width=24 if f.field_type.people else 18) for f in fields),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", view.late_heading, "Overdue"),
        *rolled_columns(rolled),
        TableColumn("answered_in", "Answered in", "list", width=30, blank="No action answers it",
                    spoken="No action answers it"),
    ]  # fmt: skip
    note = "An action that answers several recommendations counts under each of them"
    line = "What the plan answers, who answers for it, and where its actions stand"
    lines = [_line(view, one, fields, rolled) for one in found]
    table = make_table("recommendations", "Recommendations", line, columns, lines)
    empty = "" if found else "The plan has no recommendations of its own."
    return BoardSheet(
        line, "Recommendations", (table,), notes=(note,), empty=empty, apt=bool(found)
    )


def _fields(
    view: View, found: Sequence[AnswerCount], rolled: Sequence[Rolled]
) -> tuple[Field, ...]:
    """What else the plan says of its recommendations, where it says anything; not the pages of the
    document that they were once in."""
    apart = [asking_field(view), *(own_rating(view, rollup) for rollup, _ in rolled)]
    return tuple(
        f
        for f in view.board.definition.fields_of("recommendation")
        if f.role not in ("key", "page")
        and f not in apart
        and any(one.row.values.get(f.id) is not None for one in found)
    )


def _line(view: View, one: AnswerCount, fields: Sequence[Field], rolled: Sequence[Rolled]) -> Line:
    row, now = one.row, one.now
    names = tuple(view.short.get(name, name) for name in one.sections)
    where = Item(names, link=("section", one.sections[0]) if len(names) == 1 else None)
    return line_of(
        [
            Item(row.ref, emphasis="strong"),
            asking_text(view, row.values),
            *(view.say(f, row.values.get(f.id)) for f in fields),
            one.actions,
            *(now.get(p.key, 0) for p in view.counted_points),
            one.overdue,
            *(rolled_item(view, rollup, by_ref[fold(row.ref)]) for rollup, by_ref in rolled),
            where,
        ]
    )


def counts_sheet(view: View) -> BoardSheet:
    """A table for each column that the plan wants counted: its values, and their actions."""
    board, every = view.board, view.figures.standings
    found = [
        (count.heading or item.heading,
         counted_by(board, item, every, in_brackets=count.in_brackets))
        for count in board.definition.counts
        if (item := board.definition.find(count.by))
    ]  # fmt: skip
    counted = (board.definition.find(count.by) for count in board.definition.counts)
    if not any(item is not None and item.role == "accountable" for item in counted):
        officers = by_accountable(board, every)
        found += [(ROLE_LABELS["accountable"].lower(), officers)] if officers else []
    tables = tuple(_counted(view, n, *each) for n, each in enumerate(found, 1))
    line = "The actions counted by other columns of the plan"
    note = "An action with several values counts under each of them, so columns have no total"
    return BoardSheet(
        line, "Counts", tables, notes=(note,) if tables else (),
        empty="" if tables else "The plan names no column to count by.",
        apt=bool(tables),
    )  # fmt: skip


def _counted(
    view: View, number: int, heading: str, groups: Mapping[str, Sequence[Standing]]
) -> Table:
    columns = [
        TableColumn("value", heading[:1].upper() + heading[1:], width=40, strong=True),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", view.late_heading, "Overdue"),
        figure("exceptions", "Exceptions", "Exceptions", 12),
    ]
    rows: list[Sequence[Item | TableValue]] = []
    for name, group in groups.items():
        by_rating = [sum(one.now == p.key for one in group) for p in view.counted_points]
        late, asked = sum(one.overdue for one in group), sum(one.exception for one in group)
        rows.append([name, len(group), *by_rating, late, asked])
    line = f"How many actions there are for each {heading}, by rating"
    return make_table(f"count_{number}", f"By {heading}", line, columns, rows)


VALUE = 46.0


def changes_sheet(view: View) -> BoardSheet:
    """The change log since the last board, in the order of the ledger."""
    found = sorted(view.board.changes, key=lambda c: (c.seq, natural_key(c.action), c.uid, c.field))
    line = "Every change since the last board: from, to, by whom, from which file and cell"
    read = sum(bool(change.place.file) for change in found)
    many = plural(len(found), "change")
    note = f"{many}, {read} of them with the file and cell that they were read from"
    if read == len(found):
        note = f"{many}, each with the file and cell it was read from"
    since = "the last board" if view.compared else "it was started"
    empty = f"Nothing in the plan has changed since {since}."
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
    kinds, changes = {row.uid: row.kind for row in view.board.rows}, [*found]
    of_kind = [kinds.get(change.uid, "action") for change in changes]
    find = cache(view.board.definition.find)  # which looks through all of them
    fields = [find(one.field, kind) for one, kind in zip(changes, of_kind, strict=True)]
    both = [*zip(changes, fields, strict=True)]
    marks = ("" if kind == "action" else "Recommendation " for kind in of_kind)
    made: list[list[Item | TableValue]] = [
        [view.when(change.at) for change in changes],
        [view.ref(mark + c.action, c.uid) for mark, c in zip(marks, changes, strict=True)],
        [heading_of(f, c.field, view.board.definition) for c, f in both],
        [view.say(item, change.before) for change, item in both],
        [view.say(item, change.after) for change, item in both],
        [change.by for change in changes],
        [change.place.file for change in changes],
        [change.place.sheet for change in changes],
        [change.place.cell for change in changes],
        [_how(change) for change in changes],
        [change.cycle for change in changes],
    ]
    return make_table(key, name, line, columns, lines_of_columns(made[: len(columns)]))


def _how(change: Change) -> str:
    how = decided(change.kind)
    return f"{how}: {change.why}" if change.why else how


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
            heading_of(item, question.field, view.board.definition),
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
