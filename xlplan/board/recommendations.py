"""The Recommendations sheet: what a plan answers, and where the actions that answer it stand."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.board.figures import AnswerCount, Rolled, rolled_up
from xlplan.board.summary import asking_field, asking_text, own_rating, rolled_columns, rolled_item
from xlplan.board.table import BoardSheet, Item, Line, TableColumn, line_of, make_table
from xlplan.board.view import View, count_columns, figure
from xlplan.plan.definition import Field
from xlplan.plan.text import fold


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
        figure("overdue", "Overdue", "Overdue"),
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
    """What else the plan says of its recommendations, where it says anything."""
    apart = [asking_field(view), *(own_rating(view, rollup) for rollup, _ in rolled)]
    return tuple(
        f
        for f in view.board.definition.fields_of("recommendation")
        if f.role != "key"
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
