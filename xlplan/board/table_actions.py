"""Tables with a row for each action: Plan, Exceptions, Movement, New, Completed, History."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.board.added import arrival, arrivals
from xlplan.board.completed import CLOSED, CLOSED_NOW, HELD, closed_since, standing_of
from xlplan.board.earlier import moments
from xlplan.board.frame import SIGNS, Frame
from xlplan.board.plain_table import Table, TableColumn, TableValue, rating_label, table
from xlplan.board.plan_sheet import empty_fields, slips_words
from xlplan.board.standings import Standing, leads_of, section_field
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.values import show, show_in

REF = TableColumn("ref", "Ref", width=10)
SECTION = TableColumn("section", "Section", width=26)
LEADS = TableColumn("leads", "Leads", width=26)
DUE = TableColumn("due", "Due", width=18)
BEFORE = TableColumn("last_board", "Rating at the last board", "rating", "Before", 15)
NOW = TableColumn("rating", "Rating now", "rating", width=15)
DIRECTION = TableColumn("direction", "Direction", "text", "Direction", 16)
ACTION = TableColumn("action", "Action", width=56)
PROGRESS = TableColumn("progress", "Latest progress", width=60)


def said(frame: Frame, values: MasterRow, role: str) -> str:
    """What an action says in the field with a role, in full."""
    item = frame.board.definition.with_role(role)
    return show_in(item, values.values.get(item.id)) if item else ""


def due_words(frame: Frame, row: MasterRow) -> str:
    """When an action is due, as it was written: the revised date where there is one."""
    return said(frame, row, "revised") or said(frame, row, "due")


def section_name(frame: Frame, one: Standing) -> str:
    """The section's short name, by which every table calls it."""
    return frame.short.get(one.section, one.section)


def lead_words(frame: Frame, one: Standing) -> str:
    """The leads of an action."""
    return "; ".join(leads_of(frame.board.definition, one.row.values)) or "No lead named"


def direction_words(one: Standing) -> str:
    """The direction of travel in a word."""
    if one.direction is None:
        return "Not compared"
    if one.direction == "uncompared" and "" in (one.before, one.now):
        return "First rating" if one.before == "" else "No longer rated"
    return SIGNS[one.direction][1]


def fields_shown(frame: Frame) -> tuple[Field, ...]:
    """``[composite] fields``, or every field with something in it; the ref first."""
    definition = frame.board.definition
    key = definition.with_role("key")
    chosen = definition.composite.fields
    if chosen:
        found = [f for name in chosen if (f := definition.find(name)) and not f.retired]
    else:
        left_out = empty_fields(frame)
        found = [f for f in definition.fields_of("action") if f not in left_out]
    section = section_field(definition)
    return tuple(f for f in dict.fromkeys(found) if f is not key and f is not section)


def _field_column(frame: Frame, item: Field) -> TableColumn:
    main = item is frame.board.definition.with_role("rating")
    wide = item.field_type.narrative or item.role in ("action", "progress", "outcome", "output")
    width = max(12, min(item.width or (56 if wide else 24), 80))
    return TableColumn(item.id, item.heading, "rating" if main else "text", "", width)


def plan(frame: Frame) -> Table:
    """Every action that counts: its section, its fields, and what the composite works out."""
    compared = frame.board.previous is not None
    rated = frame.board.definition.with_role("rating") is not None
    fields = fields_shown(frame)
    columns = [REF, SECTION, *(_field_column(frame, item) for item in fields)]
    columns.append(TableColumn("overdue", "Overdue", "text", "Overdue", 12))
    columns.append(TableColumn("slips", "Slips of the due date", "text", "Slips", 24))
    if compared:
        columns += [BEFORE, DIRECTION] if rated else []
        columns.append(TableColumn("changed", "Changed since the last board", width=32))
    changed = _changed(frame) if compared else {}
    rows = []
    for one in frame.figures.standings:
        row = [one.row.ref, section_name(frame, one)]
        row += (_value(frame, item, one) for item in fields)
        row += ["Overdue" if one.overdue else "Not overdue", slips_words(one) or "Never put back"]
        if compared:
            was = rating_label(frame, one.before) or "Not in the plan"
            row += [was, direction_words(one)] if rated else []
            row.append("; ".join(changed.get(one.row.uid, ())) or "Nothing")
        rows.append(row)
    return table("plan", "plan", "Plan", "Every action that counts, by section", columns, rows)


def _value(frame: Frame, item: Field, one: Standing) -> str:
    value = one.row.values.get(item.id)
    if item is frame.board.definition.with_role("rating"):
        label = rating_label(frame, one.now) or ""
        return f'{label}: "{show(value)}"' if one.now == "?" else label
    return frame.say(item, value)


def _changed(frame: Frame) -> dict[str, list[str]]:
    """By uid, the headings of the fields that have changed since the last board."""
    found: dict[str, dict[str, None]] = {}
    fields = {item.id: item for item in frame.board.definition.fields_of("action")}
    for change in frame.board.changes:
        if change.field in fields:
            found.setdefault(change.uid, {})[fields[change.field].heading] = None
    for one in frame.figures.standings:
        seen = (frame.board.previous or {}).get(one.row.uid)
        for name, item in fields.items():
            if seen is not None and name in seen and seen[name] != one.row.values.get(name):
                found.setdefault(one.row.uid, {})[item.heading] = None
    return {uid: list(headings) for uid, headings in found.items()}


def withdrawn(frame: Frame) -> Table:
    """The actions that count nowhere."""
    columns = [REF, ACTION, PROGRESS]
    rows = [
        (row.ref, said(frame, row, "action"), said(frame, row, "progress"))
        for row in frame.figures.withdrawn
    ]
    line = "Actions that were withdrawn; they count in no figure"
    return table("withdrawn", "plan", "Withdrawn", line, columns, rows)


def exceptions(frame: Frame) -> Table:
    """The actions to look at, each with every reason."""
    why = TableColumn("why", "Why it is here", "text", "Exceptions", 44)
    columns = _compared(frame, [REF, SECTION, ACTION, LEADS, DUE, BEFORE, NOW, DIRECTION])
    rows = [
        (*_cells(frame, one, columns), "; ".join(r.words for r in one.reasons),
         said(frame, one.row, "progress"))
        for one in frame.figures.exceptions
    ]  # fmt: skip
    line = "The actions for the board to look at, each with the reason"
    return table("exceptions", "exceptions", "Exceptions", line, [*columns, why, PROGRESS], rows)


def movement(frame: Frame) -> Table:
    """Every action that has moved since the last board."""
    columns = _compared(frame, [REF, SECTION, ACTION, LEADS, DUE, BEFORE, NOW, DIRECTION])
    moved = [s for s in frame.figures.standings if s.direction not in (None, "same")]
    rows = [_cells(frame, one, columns) for one in moved]
    line = "The actions that have become better or worse, or are new"
    return table("movement", "movement", "Movement", line, columns, rows)


def new(frame: Frame) -> Table:
    """The actions that the last board did not see."""
    came = arrivals(frame)
    columns = _compared(frame, [REF, SECTION, ACTION, LEADS, DUE, NOW])
    rows = [
        (*_cells(frame, one, columns), said(frame, one.row, "progress"),
         arrival(frame, came.get(one.row.uid)).replace("\n", "; "))
        for one in frame.figures.new
    ]  # fmt: skip
    columns += [PROGRESS, TableColumn("came", "How it came into the plan", width=42)]
    line = "The actions that the last board did not see"
    return table("new", "new", "New actions", line, columns, rows)


def completed(frame: Frame) -> Table:
    """What is done: closed since the last board first, then watched, then closed earlier."""
    columns = _compared(frame, [REF, SECTION, ACTION, LEADS, BEFORE, NOW])
    since = closed_since(frame.board)
    order = (CLOSED_NOW, HELD, CLOSED)
    rows: list[tuple[TableValue, ...]] = []
    for one in sorted(frame.figures.done, key=lambda one: order.index(standing_of(one))):
        kind = standing_of(one)
        when = "This board" if kind == CLOSED_NOW else since.get(one.row.uid, "")
        evidence = said(frame, one.row, "evidence")
        words = (kind, "" if kind == HELD else when, evidence, said(frame, one.row, "progress"))
        rows.append((*_cells(frame, one, columns), *words))
    columns += [
        TableColumn("standing", "Standing", width=26),
        TableColumn("since", "Closed since", width=24),
        TableColumn("evidence", "Evidence", width=40),
        PROGRESS,
    ]
    line = "What is done, and what is done and still watched"
    return table("completed", "completed", "Completed", line, columns, rows)


def history(frame: Frame) -> Table:
    """A rating for each action and each board, and how the due date has moved."""
    every = moments(frame.board, frame.figures)
    shown = every if len(every) > 1 else ()
    columns = [
        REF, SECTION,
        *(TableColumn(f"at_{n}", moment.label, "rating", "", 16) for n, moment in enumerate(shown)),
        TableColumn("first_due", "First due", "date", "", 18),
        TableColumn("due_now", "Due now", "date", "", 18),
        TableColumn("slips", "Slips", "number", "Slips", 10),
        TableColumn("days_moved", "Days moved", "number", "", 10),
    ]  # fmt: skip
    rows = [
        (
            one.row.ref, section_name(frame, one),
            *(rating_label(frame, moment.ratings.get(one.row.uid)) for moment in shown),
            one.first_due, one.due, one.slips, one.slipped,
        )
        for one in (frame.figures.standings if shown else ())
    ]  # fmt: skip
    line = "The rating of each action as each board saw it"
    return table("history", "history", "History of actions", line, columns, rows)


def _compared(frame: Frame, columns: Sequence[TableColumn]) -> list[TableColumn]:
    """The columns, without those that need an earlier board, or ratings, where there are none."""
    left_out: set[TableColumn] = set()
    if frame.board.previous is None:
        left_out |= {BEFORE, DIRECTION}
    if frame.board.definition.with_role("rating") is None:
        left_out |= {BEFORE, NOW}
    return [column for column in columns if column not in left_out]


def _cells(frame: Frame, one: Standing, columns: Sequence[TableColumn]) -> tuple[TableValue, ...]:
    found = {
        "ref": one.row.ref,
        "section": section_name(frame, one),
        "action": said(frame, one.row, "action"),
        "leads": lead_words(frame, one),
        "due": due_words(frame, one.row),
        "last_board": rating_label(frame, one.before) or "Not in the plan",
        "rating": rating_label(frame, one.now),
        "direction": direction_words(one),
    }
    return tuple(found[column.id] for column in columns)
