"""The sheet Evidence due: what is to be shown by now of the work that is done or was to be."""

from __future__ import annotations

from xlplan.board.board_model import BoardSheet, Item, TableColumn, TableValue, line_of, make_table
from xlplan.board.standings import Standing
from xlplan.board.view import View, plural
from xlplan.plan.definition import Field
from xlplan.plan.timescales import say_date


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
    lines = []
    for one, items in found:
        own: dict[str, Item | TableValue] = {
            "what": tuple(_what(view, one, item) for item in items),
            "why": _why(one),
        }
        lines.append(line_of(own[c.id] if c.id in own else view.item(one, c.id) for c in columns))
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
