"""The Exceptions sheet: what the board should look at, and why, in words."""

from __future__ import annotations

from dataclasses import replace

from xlplan.board.action_cells import kept_columns, leads_cell
from xlplan.board.frame import Frame, plural
from xlplan.board.longtexts import cut_words
from xlplan.board.standings import REASONS, Standing
from xlplan.plan.values import show, show_in
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Exceptions"
WIDTHS = (9.0, 24.0, 48.0, 24.0, 17.0, 13.0, 13.0, 14.0, 44.0, 56.0)
HEADINGS = (
    "Ref", "Section", "Action", "Leads", "Due", "Last board", "Rating now", "Direction",
    "Why it is here", "Latest progress",
)  # fmt: skip


def tally(frame: Frame) -> str:
    """How many actions stand here for each reason; one action may have several."""
    found = frame.figures.exceptions
    parts = []
    for kind, words in REASONS:
        count = sum(any(r.kind == kind for r in one.reasons) for one in found)
        if count:
            parts.append(f"{words}: {count}")
    return f"{plural(len(found), 'action')}.   {'   ·   '.join(parts)}"


def exceptions_sheet(frame: Frame) -> Sheet:
    """Every action with a reason, in the order of the plan."""
    found = frame.figures.exceptions
    if not found:
        sentence = (
            "No exceptions: no action is rated for attention, overdue, worse than at the last "
            "board, without an update from its leads, or under an open question."
        )
        return frame.empty(NAME, "Exceptions", sentence)
    kept, headings = kept_columns(frame, HEADINGS)
    rows = frame.banner("Exceptions", len(kept), note=tally(frame))
    headed = len(rows)
    rows.append(frame.headings(headings))
    for one in found:
        cells = _cells(frame, one)
        rows.append(Row([cells[i] for i in kept]))
    return frame.sheet(NAME, rows, [WIDTHS[i] for i in kept], headed=headed, freeze_columns=1)


def _cells(frame: Frame, one: Standing) -> list[Cell]:
    definition = frame.board.definition
    values = one.row.values

    def said(role: str, width: float) -> Cell:
        item = definition.with_role(role)
        text = show_in(item, values.get(item.id)) if item else ""
        return frame.fitted(text, width, f"{one.row.ref}, {item.heading if item else role}")

    revised = definition.with_role("revised")
    due = show(values.get(revised.id)) if revised else ""
    reasons = "\n".join(reason.words for reason in one.reasons)
    return [
        frame.ref(one.row.uid, one.row.ref),
        frame.text(cut_words(frame.short.get(one.section, one.section), 60)),
        said("action", WIDTHS[2]),
        leads_cell(frame, one, WIDTHS[3]),
        frame.fitted(due, WIDTHS[4], f"{one.row.ref}, due") if due else said("due", WIDTHS[4]),
        frame.rating(one.before, quiet=True),
        frame.rating(one.now),
        frame.direction(one),
        frame.fitted(
            reasons, WIDTHS[8], f"{one.row.ref}, exceptions", replace(frame.boxed, bold=True)
        ),
        said("progress", WIDTHS[9]),
    ]
