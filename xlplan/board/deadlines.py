"""What the dates of a plan ask of a board: the sheets No date, Late steps, Evidence due and
Extensions, each with its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlplan.board.action_lists import in_brief, lines_of
from xlplan.board.standings import Standing
from xlplan.board.table_model import (
    BoardSheet,
    Item,
    Line,
    TableColumn,
    TableValue,
    line_of,
    make_table,
)
from xlplan.board.view import View, figure, plural
from xlplan.merge.requests import Outcome, Request
from xlplan.plan.checks.steps import Milestone
from xlplan.plan.definition import Field
from xlplan.plan.timescales import say_date

_DECIDED: dict[Outcome, str] = {"agreed": "Agreed", "refused": "Refused"}
OPEN = "Open: the date stands"
COORDINATOR = "The coordinator"


# What has no date.


def no_date_sheet(view: View) -> BoardSheet:
    """The open actions that may be late and cannot count as overdue, with what stands there."""
    found = [one for one in view.figures.standings if one.undated]
    columns = view.columns("ref", "section", "action", "leads", "due", "rating")
    columns = in_brief(columns)
    columns.append(TableColumn("why", "Why no date can be read", note="No date", width=44))
    why = {"why": [one.undated[:1].upper() + one.undated[1:] for one in found]}
    line = "Open actions in whose due date no day can be read: none of them counts as overdue"
    table = make_table("no_date", "No date", line, columns, lines_of(view, found, columns, why))
    note = f"{plural(len(found), 'action')}, each of which may be late"
    return BoardSheet(
        line, "No date can be read", (table,), notes=(note,) if found else (),
        empty="" if found else "Every open action has a date that can be read.", apt=bool(found),
    )  # fmt: skip


# Late steps.


def late_steps_sheet(view: View) -> BoardSheet:
    """The steps of open actions whose own day has passed, each on a line."""
    found = [one for one in view.figures.standings if one.late_steps]
    columns = [
        *view.columns("ref", "section"),
        TableColumn("step", "Step", width=12, align="center"),
        TableColumn("text", "What it is", width=58),
        TableColumn("timescale", "Due", width=18),
        TableColumn("late", "Late by", "days", "Late steps", 11),
        TableColumn("leads", "Leads", "list", width=30),
        *view.columns("rating"),
    ]
    lines = [_step(view, columns, one, step) for one in found for step in one.late_steps]
    line = "Steps of open actions whose own date has passed; their action counts as overdue, once"
    table = make_table("late_steps", "Late steps", line, columns, lines)
    note = f"{plural(len(lines), 'step')} of {plural(len(found), 'action')}"
    return BoardSheet(
        line, "Late steps", (table,), notes=(note,) if lines else (),
        empty="" if lines else "No step of an open action is late.", apt=bool(lines),
    )  # fmt: skip


def _step(view: View, columns: Sequence[TableColumn], one: Standing, step: Milestone) -> Line:
    late = (view.board.as_of - step.due.by).days if step.due.by else None
    own: Mapping[str, Item | TableValue] = {
        "step": f"{step.number} of {one.steps}",
        "text": step.text,
        "timescale": step.timescale,
        "late": late,
        "leads": step.leads or ("No lead named",),
    }
    return line_of(own[c.id] if c.id in own else view.item(one, c.id) for c in columns)


# Evidence.


def evidence_due_sheet(view: View) -> BoardSheet:
    """The actions whose evidence is due. Where leads fill it in, those that are done or late and
    have none; where the plan says beforehand what is to be shown, those that are late or were done
    since the last board. The plan may have both columns."""
    definition = view.board.definition
    fields = [item for item in definition.fields_of("action") if item.role == "evidence"]
    found = [
        (one, tuple(due))
        for one in view.figures.standings
        if (due := [item for item in fields if _is_due(one, item)])
    ]
    found.sort(key=lambda each: (each[0].due is None, each[0].due or view.board.as_of))
    columns = [
        *view.columns("ref", "section", "action", "leads", "due", "rating"),
        TableColumn("what", "What is to be shown", "list", width=46),
        TableColumn("why", "Why it is due", width=34),
    ]
    more: dict[str, list[Item | TableValue]] = {
        "what": [tuple(_what(view, one, item) for item in items) for one, items in found],
        "why": [_why(one) for one, _ in found],
    }
    lines = lines_of(view, [one for one, _ in found], columns, more)
    line = "What is to be shown by now of actions that are done, or whose date has passed"
    table = make_table("evidence_due", "Evidence due", line, columns, lines)
    missing = sum(any(item.owner == "lead" for item in items) for _, items in found)
    notes = [plural(len(found), "action")]
    if missing:
        notes.append(f"No evidence given: {missing}")
    return BoardSheet(
        line, "Evidence due", (table,), notes=tuple(notes) if found else (),
        empty="" if found else "No evidence is due.", apt=bool(found),
    )  # fmt: skip


def _is_due(one: Standing, item: Field) -> bool:
    done = one.closed or one.holding
    given = one.row.values.get(item.id) is not None
    if item.owner == "lead":
        return not given and (done or one.overdue)
    return given and ((done and not one.was_closed) or one.overdue)


def _what(view: View, one: Standing, item: Field) -> str:
    said = view.say(item, one.row.values.get(item.id))
    return f"{item.heading}: {said or 'none given'}"


def _why(one: Standing) -> str:
    if one.closed or one.holding:  # a rating may close what is no longer needed
        word = "Closed" if one.closed else "Done"
        return word if one.due is None else f"{word}, due by {say_date(one.due)}"
    if one.late_steps:
        return one.in_short
    return f"Overdue since {say_date(one.due)}" if one.due else "Overdue"


# Dates that leads have asked to move.


def extensions_sheet(view: View) -> BoardSheet:
    """A row for each request: those that are open first, then those decided last."""
    standings = {one.row.uid: one for one in view.figures.standings}
    found = [each for each in view.board.requests if each.uid in standings]
    last = {(each.uid, each.field): each for each in found}
    found.sort(key=lambda each: (each.decided_at, each.decided_seq), reverse=True)
    found.sort(key=lambda each: each.outcome != "open")
    columns = [
        *view.columns("ref", "action"),
        TableColumn("first", "Original date", "date", width=15, blank="–", spoken="None"),
        figure("moved", "Times moved", width=9),
        *view.columns("due"),
        TableColumn("asked", "Date asked for", width=18, strong=True, blank="–", spoken="None"),
        TableColumn("by", "Asked by", width=22),
        TableColumn("asked_on", "Asked on", width=18),
        TableColumn("reason", "Reason", width=44, blank="–", spoken="None given"),
        TableColumn("decision", "Decision", width=30, strong=True),
        TableColumn("decided_by", "Decided by", width=20, blank="–", spoken="Nobody yet"),
        TableColumn("decided_on", "Decided on", width=18, blank="–", spoken="Not yet"),
    ]
    lines = [
        _request(view, each, standings[each.uid], latest=last[each.uid, each.field] is each)
        for each in found
    ]
    line = "The dates that leads have asked to move, with the reasons, and what was decided"
    table = make_table("extensions", "Extensions", line, columns, lines)
    waiting = sum(each.outcome == "open" for each in found)
    notes = (f"{plural(len(found), 'request')}, {waiting} of them open",) if found else ()
    return BoardSheet(
        line, "Extensions", (table,), notes=notes, frozen=2,
        empty="" if found else "No lead has asked to move a date.", apt=bool(found),
    )  # fmt: skip


def _request(view: View, asked: Request, one: Standing, *, latest: bool) -> Line:
    item = view.board.definition.find(asked.field)
    is_open = asked.outcome == "open"
    approved = view.text_of(one.row, "approved_by") if latest and asked.outcome != "refused" else ""
    return line_of(
        [
            view.item(one, "ref"),
            view.item(one, "action"),
            one.first_due,
            one.slips,
            view.item(one, "due"),
            view.say(item, asked.value),
            asked.author,
            view.when(asked.asked_at),
            asked.reason,
            Item(_decision(view, asked), emphasis="alert" if is_open else "strong"),
            None if is_open else approved or COORDINATOR,
            None if is_open else view.when(asked.decided_at),
        ]
    )


def _decision(view: View, asked: Request) -> str:
    if asked.outcome == "open":
        return OPEN
    item = view.board.definition.find(asked.field)
    decided = _DECIDED.get(asked.outcome) or f"Another date: {view.say(item, asked.now) or 'none'}"
    return f"{decided}: {asked.why}" if asked.why else decided
