"""The New sheet: the actions that were not in the plan when the board last saw it."""

from __future__ import annotations

from xlplan.board.action_cells import due_cell, leads_cell, said, section_cell
from xlplan.board.frame import Frame, plural
from xlplan.board.standings import Standing
from xlplan.board.words import decided
from xlplan.merge.model import Change
from xlplan.workbook.write.sheet import Row, Sheet

NAME = "New"
WIDTHS = (9.0, 26.0, 56.0, 26.0, 18.0, 14.0, 52.0, 42.0)
HEADINGS = (
    "Ref", "Section", "Action", "Leads", "Due", "Rating now", "Latest progress",
    "How it came into the plan",
)  # fmt: skip


def new_sheet(frame: Frame) -> Sheet:
    """Every action that is new since the last board, in the order of the plan."""
    title = "New actions"
    if frame.board.previous is None:
        sentence = "This is the first board: every action is new to it."
        return frame.empty(NAME, title, sentence)
    found = frame.figures.new
    if not found:
        sentence = "No action has come into the plan since the last board."
        return frame.empty(NAME, title, sentence)
    note = f"{plural(len(found), 'action')} that the last board did not see"
    rows = frame.banner(title, len(WIDTHS), note=note)
    headed = len(rows)
    rows.append(frame.headings(HEADINGS))
    came = arrivals(frame)
    rows += [_row(frame, one, came.get(one.row.uid)) for one in found]
    return frame.sheet(NAME, rows, WIDTHS, headed=headed, freeze_columns=1)


def _row(frame: Frame, one: Standing, came: Change | None) -> Row:
    return Row(
        [
            frame.ref(one.row.uid, one.row.ref),
            section_cell(frame, one),
            said(frame, one, "action", WIDTHS[2]),
            leads_cell(frame, one, WIDTHS[3]),
            due_cell(frame, one, WIDTHS[4]),
            frame.rating(one.now),
            said(frame, one, "progress", WIDTHS[6]),
            frame.fitted(arrival(frame, came), WIDTHS[7], f"{one.row.ref}, how it came"),
        ]
    )


def arrivals(frame: Frame) -> dict[str, Change]:
    """By uid, the change that brought a new action in: of its values, the action itself."""
    added = (change for change in reversed(frame.board.changes) if change.kind == "row-added")
    return {change.uid: change for change in added}


def arrival(frame: Frame, came: Change | None) -> str:
    """By whom, when and from which cell an action came into the plan."""
    if came is None:
        return "Not counted at the last board"
    parts = [decided(came.kind), came.by, frame.when(came.at), str(came.place)]
    return "\n".join(part for part in parts if part)
