"""The By lead sheet: each lead's actions by rating, and whether the lead has returned."""

from __future__ import annotations

from dataclasses import replace

from xlplan.board.figures import LeadCount
from xlplan.board.frame import Frame, plural
from xlplan.board.model import ReturnLine
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "By lead"


def return_words(line: ReturnLine | None) -> str:
    """Whether a lead has returned, in words."""
    if line is None or not line.issued:
        return "Not asked this cycle"
    if not line.returned:
        return "Not returned"
    words = "Returned late" if line.late else "Returned"
    return f"{words}, on the form of {line.old_form}" if line.old_form else words


def by_lead_sheet(frame: Frame) -> Sheet:
    """A row a lead. A shared action counts under each of its leads, so columns have no total."""
    f = frame.figures
    if not f.leads:
        return frame.empty(NAME, "By lead", "The plan has no actions, and so no leads.")
    organised = any(lead.organisation for lead in f.leads)
    points = len(frame.counted_points)
    widths = [34.0, *([28.0] if organised else []), 10, *[12.0] * points, 11, 12, 22, 12]
    said = "A shared action counts under each of its leads"
    if f.asked:
        missing = f.asked - f.returned
        said = f"{f.returned} of {plural(f.asked, 'return')} received, {missing} not yet.   {said}"
    rows = frame.banner("By lead", len(widths), note=said)
    headed = len(rows)
    rows.append(_headings(frame, organised=organised))
    rows += [_row(frame, lead, organised=organised) for lead in f.leads]
    return frame.sheet(NAME, rows, widths, headed=headed, freeze_columns=1)


def _headings(frame: Frame, *, organised: bool) -> Row:
    head = replace(frame.look.heading, align="center")
    cells = [Cell("Lead", frame.look.heading)]
    if organised:
        cells.append(Cell("Organisation", frame.look.heading))
    cells.append(Cell("Actions", head))
    for point in frame.counted_points:
        cells.append(
            frame.text(point.label, rating_style(point.rating, head) if point.rating else head)
        )
    names = ("Overdue", "Exceptions", "Return", "Changes made")
    return Row([*cells, *(Cell(name, head) for name in names)])


def _row(frame: Frame, lead: LeadCount, *, organised: bool) -> Row:
    number = frame.number
    label = replace(frame.boxed, valign="vcenter")
    cells = [frame.text(lead.lead, replace(label, bold=True))]
    if organised:
        cells.append(frame.text(lead.organisation, label))
    cells.append(Cell(lead.actions, replace(number, bold=True)))
    for point in frame.counted_points:
        count = lead.now.get(point.key, 0)
        cells.append(Cell(count, frame.tinted(point, count, number)))
    words = return_words(lead.line)
    loud = words == "Not returned" or words.startswith("Returned late")
    said = replace(frame.boxed, align="center", valign="vcenter", bold=loud)
    if words == "Not returned":
        said = replace(said, fill="#FDE7E9", colour="#9C0006")
    cells += [
        Cell(lead.overdue, number),
        Cell(lead.exceptions, number),
        Cell(words, said),
        Cell(lead.line.changes if lead.line and lead.line.returned else None, number),
    ]
    return Row(cells)
