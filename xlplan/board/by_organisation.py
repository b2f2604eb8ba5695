"""The By organisation sheet: each organisation's actions by rating, and who has not returned."""

from __future__ import annotations

from dataclasses import replace

from xlplan.board.frame import Frame
from xlplan.board.organisations import OrganisationCount
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "By organisation"


def by_organisation_sheet(frame: Frame) -> Sheet:
    """A row an organisation. An action of two organisations counts under each."""
    found = frame.figures.organisations
    if not found:
        sentence = (
            "The plan names no organisations. Give each lead an organisation in plan.toml, or "
            'a field the role "organisation".'
        )
        return frame.empty(NAME, NAME, sentence)
    points = frame.counted_points
    widths = [36.0, 10, *[12.0] * len(points), 11, 12, 20, 62]
    note = "An action of two organisations counts under each of them, so columns have no total"
    rows = frame.banner(NAME, len(widths), note=note)
    headed = len(rows)
    head = replace(frame.look.heading, align="center")
    cells = [Cell("Organisation", frame.look.heading), Cell("Actions", head)]
    for point in points:
        style = rating_style(point.rating, head) if point.rating else head
        cells.append(frame.text(point.label, style))
    cells += [Cell(name, head) for name in ("Overdue", "Exceptions", "Returns received")]
    cells.append(Cell("Not returned yet", frame.look.heading))
    rows.append(Row(cells))
    rows += [_row(frame, one) for one in found]
    return frame.sheet(NAME, rows, widths, headed=headed, freeze_columns=1)


def _row(frame: Frame, one: OrganisationCount) -> Row:
    number = frame.number
    label = replace(frame.boxed, valign="vcenter")
    cells = [
        frame.text(one.organisation, replace(label, bold=True)),
        Cell(one.actions, replace(number, bold=True)),
    ]
    for point in frame.counted_points:
        count = one.now.get(point.key, 0)
        cells.append(Cell(count, frame.tinted(point, count, number)))
    asked = f"{one.returned} of {one.asked}" if one.asked else "Not asked this cycle"
    names = "; ".join(one.outstanding) or ("None" if one.asked else "–")
    cells += [
        Cell(one.overdue, number),
        Cell(one.exceptions, number),
        frame.text(asked, replace(label, align="center")),
        frame.fitted(names, 62, f"{one.organisation}, not returned yet", label),
    ]
    return Row(cells)
