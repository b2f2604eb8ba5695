"""The Contents sheet: which board this is, what the workbook holds, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xlplan.board.frame import Frame, percent, plural
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Contents"
UNRATED = {
    "Summary": "The position on one page, before and now",
    "Plan": "Every action; what has changed is marked",
    "By lead": "Each lead's actions, and who has not returned",
    "By organisation": "Each organisation's actions, and what it has returned",
    "Notes": "How the figures are made, checks left open, long texts in full",
}
"""What a sheet shows in a plan that does not rate its actions, where that is something else."""


def headline(frame: Frame) -> str:
    """The board's position in one paragraph."""
    f = frame.figures
    total = f.total
    rated = (
        f": {total.closed} closed, {total.on_track} on track, {total.attention} rated for attention"
    )
    parts = [
        plural(total.actions, "action") + (rated if frame.rated else ""),
        f"{total.overdue} overdue",
        f"{plural(total.exceptions, 'exception')} for the board to look at",
    ]
    if total.before is not None:
        moved = f"{total.moves.get('better', 0)} better, {total.moves.get('worse', 0)} worse, "
        new = f"{total.moves.get('new', 0)} new"
        parts.append(f"since the last board {moved if frame.rated else ''}{new}")
    if f.asked:
        parts.append(f"{f.returned} of {plural(f.asked, 'return')} received")
    if not frame.rated:
        parts.append(plural(len(frame.board.changes), "change"))
    elif total.share is not None:
        parts.append(f"{percent(total.share)} closed or on track")
    return "; ".join(parts) + "."


def contents_sheet(frame: Frame, listed: Mapping[str, str]) -> Sheet:
    """Facts about this board, and a link and a line for each of the `listed` sheets (by name)."""
    board, look = frame.board, frame.look
    definition = board.definition
    if board.previous is None:
        compared = "Nothing: this is the first board"
    else:
        named = board.previous_label or "the last board"
        compared = named[:1].upper() + named[1:]
    facts = (
        ("Plan", definition.title),
        ("Organisation", definition.organisation),
        ("Cycle", board.cycle),
        ("Position at", say_date(board.as_of)),
        ("Compared with", compared),
        ("Protective marking", definition.marking or "None given"),
        *(
            (f"Plan {plan.mark}", f"{plan.title} ({plan.group}), {say_date(plan.as_of)}. "
             f"Its refs begin with {plan.mark}/")
            for plan in board.plans
        ),
        ("Ledger tip", board.tip or "Not recorded"),
    )  # fmt: skip
    label = replace(frame.boxed, bold=True, fill=look.locked_fill, size=12, valign="vcenter")
    large = replace(frame.boxed, size=12, valign="vcenter")
    rows = frame.banner(
        definition.title or "Improvement plan",
        2,
        f"Report to the board, {say_date(board.as_of)}",
    )
    rows += [
        Row([frame.text(name, label), frame.fitted(value, 110, name, large)])
        for name, value in facts
        if value
    ]
    rows.append(Row([], height=8))
    rows.append(
        Row([frame.text("In short", label), Cell(headline(frame), replace(large, bold=True))])
    )
    rows.append(Row([], height=8))
    rows.append(frame.headings(("Sheet", "What it shows")))
    for name, line in listed.items():
        link = replace(large, colour=look.link.colour, bold=True)
        said = line if frame.rated else UNRATED.get(name, line)
        rows.append(Row([Cell(name, link, link=f"'{name}'!A1"), frame.text(said, large)]))
    return frame.sheet(NAME, rows, (26, 112))
