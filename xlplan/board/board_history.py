"""The History sheet: how the ratings have gone from board to board, action by action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.board.fitting import cut_words
from xlplan.board.moments import Moment, moments, used_keys
from xlplan.board.standings import points_of
from xlplan.board.table import BoardSheet, Line, Table, TableColumn, line_of, make_table
from xlplan.board.view import ABSENT, View, count_columns, figure, plural

MOST = 12
"""Boards that a printed page has room for."""
WIDTH = 14.0


def history_sheet(view: View) -> BoardSheet:
    """Counts of every board, then the rating of each action at each."""
    every = moments(view.board, view.figures)
    shown = every if len(every) > 1 and view.figures.standings else ()
    notes = ["Ratings as each board saw them"]
    if len(shown) > MOST:
        notes.insert(0, f"The last {MOST} of {plural(len(shown), 'point')} in time")
    first = "This is the first board: there is no history to show yet."
    return BoardSheet(
        "Ratings from board to board: counts, each action's path, dates put back",
        "History",
        (_counts(view, shown), _actions(view, shown)),
        notes=tuple(notes) if shown else (),
        legend="A dash stands where an action was not in the plan" if shown else "",
        empty="" if shown else first,
        apt=view.rated,
    )


def _early(number: int, shown: Sequence[Moment]) -> bool:
    return number < len(shown) - MOST


def _counts(view: View, shown: Sequence[Moment]) -> Table:
    """How many actions had each rating at each board."""
    points = points_of(view.board.definition, used_keys(shown)) if view.rated else ()
    columns = [
        TableColumn("board", "Board", "text", "History", 26, span=3, strong=True),
        *count_columns(points, WIDTH),
        figure("actions", "Actions", "Actions", WIDTH, strong=True),
        TableColumn("share", "Closed or on track", "share", "On track", WIDTH, "–", "None"),
        TableColumn("slip", "Average slip", "days", "Slips", WIDTH, "–", "No dates"),
    ]
    lines = [
        Line(line_of([
            one.label, *(one.counts.get(p.key, 0) for p in points), one.actions, one.share,
            None if one.slip is None else round(one.slip, 1),
        ]).items, early=_early(number, shown))
        for number, one in enumerate(shown)
    ]  # fmt: skip
    line = "How many actions had each rating, board by board"
    chart = "Actions by rating, board by board"
    return make_table("history_counts", "History", line, columns, lines, chart=chart)


def _actions(view: View, shown: Sequence[Moment]) -> Table:
    """A rating for each action and each board, and how the due date has moved."""
    labels = [one.label for one in shown[:-1]] + [f"Now ({one.label})" for one in shown[-1:]]
    lead = view.columns("ref", "section", "action")
    widths = {"ref": 9, "section": 24, "action": 46}
    columns = [
        *(replace(c, width=widths[c.id], brief=160 if c.id == "action" else 0) for c in lead),
        *(TableColumn(f"at_{n}", cut_words(label, 40), "rating", "", WIDTH, "–", ABSENT,
                      plain=_early(n, shown))
          for n, label in enumerate(labels)),
        TableColumn("first_due", "First due", "date", width=17, spoken="No date"),
        TableColumn("due_now", "Due now", "date", width=17, spoken="No date"),
        figure("slips", "Slips", "Slips", 9),
        TableColumn("days_moved", "Days moved", "days", width=13, spoken="No date"),
    ]  # fmt: skip
    lines = [
        line_of([
            *(view.item(one, c.id) for c in lead),
            *(view.rating(moment.ratings.get(one.row.uid)) for moment in shown),
            one.first_due, one.due, one.slips, one.slipped,
        ])
        for one in (view.figures.standings if shown else ())
    ]  # fmt: skip
    line = "The rating of each action as each board saw it"
    return make_table("history", "History of actions", line, columns, lines)
