"""The sheets By organisation and By lead: whose actions stand how, and who has not returned."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.board.board_model import ReturnLine
from xlplan.board.table import BoardSheet, Item, TableColumn, TableValue, make_table
from xlplan.board.view import View, count_columns, figure, plural


def by_organisation_sheet(view: View) -> BoardSheet:
    """A row an organisation. An action of two organisations counts under each."""
    found = view.figures.organisations
    columns = [
        TableColumn("organisation", "Organisation", "text", "Organisations", 36, strong=True),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", "Overdue", "Overdue"),
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
        "The plan names no organisations. Give each lead an organisation in plan.toml, or "
        'a field the role "organisation".'
    )
    table = make_table("by_organisation", "By organisation", line, columns, rows)
    return BoardSheet(
        line, "By organisation", (table,), notes=(note,), empty="" if found else empty,
        apt=bool(found),
    )  # fmt: skip


def by_lead_sheet(view: View) -> BoardSheet:
    """A row a lead. A shared action counts under each of its leads, so columns have no total."""
    f = view.figures
    organised = any(lead.organisation for lead in f.leads)
    columns = [
        TableColumn("lead", "Lead", width=34, strong=True),
        *([TableColumn("organisation", "Organisation", width=28)] if organised else []),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points),
        figure("overdue", "Overdue", "Overdue"),
        figure("exceptions", "Exceptions", "Exceptions", 12),
        TableColumn("return", "Return", "text", "Returns", 22, align="center"),
        TableColumn("changes", "Changes made", "number", width=12, spoken="No return"),
    ]
    rows: list[Sequence[Item | TableValue]] = [
        [
            one.lead, *([one.organisation] if organised else []), one.actions,
            *(one.now.get(p.key, 0) for p in view.counted_points), one.overdue, one.exceptions,
            _returned(one.line), one.line.changes if one.line and one.line.returned else None,
        ]
        for one in f.leads
    ]  # fmt: skip
    line = f"Each lead's actions{' by rating' if view.rated else ''}, and who has not returned"
    notes = ["A shared action counts under each of its leads"]
    if f.asked:
        missing = f.asked - f.returned
        notes.insert(0, f"{f.returned} of {plural(f.asked, 'return')} received, {missing} not yet")
    table = make_table("by_lead", "By lead", line, columns, rows)
    empty = "" if f.leads else "The plan has no actions, and so no leads."
    return BoardSheet(line, "By lead", (table,), notes=tuple(notes), empty=empty)


def return_words(line: ReturnLine | None) -> str:
    """Whether a lead has returned, in words."""
    if line is None or not line.issued:
        return "Not asked this cycle"
    if not line.returned:
        return "Not returned"
    words = "Returned late" if line.late else "Returned"
    return f"{words}, on the form of {line.old_form}" if line.old_form else words


def _returned(line: ReturnLine | None) -> Item:
    words = return_words(line)
    late = words.startswith("Returned late")
    return Item(words, emphasis="loud" if words == "Not returned" else "strong" if late else "")
