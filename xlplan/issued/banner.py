"""What stands above the actions of a template: whose it is, how to fill it in, the sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from xlplan.issued.rules import Lists
from xlplan.issued.sign_off import message_style, narrow_split, sign_off
from xlplan.issued.stamping import REFERENCE
from xlplan.merge.model import Issued
from xlplan.plan.definition import Lead, PlanDefinition
from xlplan.plan.timescales import say_return_by
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Style, Validation

_HOW = (
    "Fill in only what stands under the headings of this colour and leave everything else as "
    "it is. Where a cell has a list, choose from it. Save the workbook and send it back. "
    'More on the sheet "Guidance".'
)
_HOW_FORM = (
    "Each action is a page of its own. Fill in only the boxes beside the labels of this colour "
    "and leave everything else as it is. Where a box has a list, choose from it. Save the workbook "
    'and send it back. More on the sheet "Guidance".'
)
SAMPLE = "Yours to fill in"
"""Shown in the colour of the headings of inputs, where there is room for it."""
_LEAST_TEXT = 60.0
"""Characters that the how-to must keep to stand in one row with the reference."""


@dataclass
class Banner:
    """The rows above the actions with what they need; `message` is where the message of what is
    still to be filled in goes."""

    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    message: Area | None = None
    style: Style = field(default_factory=Style)


def banner(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    look: Palette,
    lists: Lists,
    widths: Sequence[float],
    *,
    first: int = 1,
    message: bool = True,
) -> Banner:
    """The banner over the visible columns, from column `first` on, whose widths are `widths`.

    The plan; who, which cycle, by when; how to, and the reference; the sign-off; and, in a row of
    its own where nothing else has room for it, what is still to be filled in.
    """
    last = first + len(widths) - 1
    made = Banner(style=message_style(look))
    _titles(made, definition, lead, issued, look, first, last)
    _how_to(made, definition, issued, look, widths, first)
    signed = sign_off(len(made.rows), first, widths, look, lists)
    made.rows += signed.rows
    made.merges += signed.merges
    made.validations += signed.validations
    if not message:
        return made
    if signed.room is not None:
        number = len(made.rows) - 1
        made.message = Area(number, signed.room[0], number, signed.room[1])
    else:
        made.message = Area(len(made.rows), first, len(made.rows), last)
        made.rows.append(Row(_filled(first, last, look.banner_note), 22))
    return made


def _filled(first: int, last: int, style: Style) -> list[Cell | None]:
    return [None if col < first else Cell(None, style) for col in range(last + 1)]


def _titles(
    made: Banner,
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    look: Palette,
    first: int,
    last: int,
) -> None:
    due = say_return_by(issued.return_by)
    title = " · ".join(part for part in (definition.organisation, definition.title) if part)
    strong = replace(look.banner_sub, bold=True)
    runs = [(lead.name, strong), (f"   ·   Update for {issued.cycle}", look.banner_sub)]
    if due:
        runs += [("   ·   Please return by ", look.banner_sub), (due, strong)]
    sub = replace(look.banner_sub, indent=1)
    made.rows += [Row(_filled(first, last, look.banner), 34), Row(_filled(first, last, sub), 22)]
    made.merges += [
        Merge(Area(0, first, 0, last), Cell(title, replace(look.banner, indent=1))),
        Merge(Area(1, first, 1, last), Cell(runs=tuple(runs), style=sub)),
    ]


def _how_to(
    made: Banner,
    definition: PlanDefinition,
    issued: Issued,
    look: Palette,
    widths: Sequence[float],
    first: int,
) -> None:
    """How to fill it in and, from the right, the reference, its label, and a sample of an input;
    where that is too much for one row, the reference has a row of its own."""
    note = replace(look.banner_note, indent=1)
    how = _HOW_FORM if definition.issue.layout == "form" else _HOW
    row, last = len(made.rows), first + len(widths) - 1
    placed = _beside(issued, look, widths)
    if placed is None:
        split = first + narrow_split(widths)
        label = replace(look.banner_note, align="right", indent=1)
        made.rows += [
            Row(_filled(first, last, note)),
            Row(_filled(first, last, note), 20),
        ]
        made.merges.append(Merge(Area(row, first, row, last), Cell(how, note)))
        if split > first:
            text = Cell(REFERENCE, label)
            made.merges.append(Merge(Area(row + 1, first, row + 1, split - 1), text))
        reference = Cell(issued.id, _reference(look))
        made.merges.append(Merge(Area(row + 1, split, row + 1, last), reference))
        return
    made.rows.append(Row(_filled(first, last, note), 34))
    right = len(widths)
    for left, cell in placed:
        made.merges.append(Merge(Area(row, first + left, row, first + right - 1), cell))
        right = left
    made.merges.append(Merge(Area(row, first, row, first + right - 1), Cell(how, note)))


def _reference(look: Palette) -> Style:
    return replace(look.banner_note, bold=True, align="left", wrap=False, indent=1)


def _beside(
    issued: Issued, look: Palette, widths: Sequence[float]
) -> list[tuple[int, Cell]] | None:
    """From the right, the first column and the cell of each; None where too little is left."""
    parts = [
        (Cell(issued.id, _reference(look)), 18.0, True),
        (Cell(REFERENCE, replace(look.banner_note, align="right")), 19.0, True),
        (Cell(SAMPLE, replace(look.input_heading, align="center")), 17.0, False),
    ]
    placed: list[tuple[int, Cell]] = []
    right = len(widths)
    for cell, wanted, needed in parts:
        left, room = right, 0.0
        while room < wanted and left > 0:
            left -= 1
            room += widths[left]
        if room < wanted or sum(widths[:left]) < _LEAST_TEXT:
            if needed:
                return None
            break
        placed.append((left, cell))
        right = left
    return placed
