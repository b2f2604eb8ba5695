"""The sheet Extensions: the dates that leads have asked to move, and what was decided."""

from __future__ import annotations

from xlplan.board.board_model import BoardSheet, Item, Line, TableColumn, line_of, make_table
from xlplan.board.standings import Standing
from xlplan.board.view import View, figure, plural
from xlplan.merge.requests import Outcome, Request

_DECIDED: dict[Outcome, str] = {"agreed": "Agreed", "refused": "Refused"}
OPEN = "Open: the date stands"
COORDINATOR = "The coordinator"


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
        _line(view, each, standings[each.uid], latest=last[each.uid, each.field] is each)
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


def _line(view: View, asked: Request, one: Standing, *, latest: bool) -> Line:
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
