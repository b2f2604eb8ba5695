"""The first sheet of `set-up.xlsx`: what was found, and which sheet says what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.issued.sheets import page_of, row_height
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.set_up import SHEETS, Guess
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Column, Merge, Protection, Row, Sheet

START = "Start here"
_WIDTHS = (14.0, 26.0, 90.0)
HOW = (
    "Change what is not right in the cells of this colour, save and close the workbook, then run "
    "xlplan merge. What cannot be used stays as you typed it, with the reason beside it."
)


def start_sheet(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[MasterRow],
    guesses: Sequence[Guess],
    unused: int,
    look: Palette,
) -> Sheet:
    """What was found, and which sheet says what."""
    figures = {
        "Columns": f"{len(definition.fields)} columns",
        "Ratings": f"{len(definition.ratings)} ratings",
        "Leads": f"{len(definition.leads)} leads",
    }
    count = sum(row.kind == "action" and not row.status for row in rows)
    lines = [
        Row([None, Cell(f"{definition.title}: set-up", look.title)], 34),
        Row([None, Cell(f"{count} actions were found.", look.subtitle)], 22),
        Row([None, Cell(HOW, look.body)], 44),
        Row([None, Cell(_again(unused), look.strong)], 20),
    ]
    merges = [Merge(Area(n, 1, n, 3), row.cells[1]) for n, row in enumerate(lines) if row.cells[1]]
    for sheet in SHEETS:
        link = Cell(sheet.name, look.link, link=f"'{sheet.name}'!B5")
        cells = [None, link, Cell(figures.get(sheet.name), look.body), Cell(sheet.about, look.body)]
        lines.append(Row(cells, 32))
    lines += _guesses(guesses, look)
    lines.append(Row([None, Cell("Reference", look.muted), Cell(issued.id, look.muted)], 20))
    widths = [2.0, *_WIDTHS]
    area = Area(0, 1, len(lines) - 1, 3)
    return Sheet(
        name=START,
        rows=lines,
        columns=[Column(width=width) for width in widths],
        merges=merges,
        page=page_of(definition, replace(issued, cycle="set-up"), area, 0),
        protection=Protection(),
        tab_colour=look.accent,
        active_cell=(4, 1),
    )


def _guesses(guesses: Sequence[Guess], look: Palette) -> list[Row]:
    """What could not be known for certain, each with a link to the sheet where it is answered."""
    if not guesses:
        return []
    count = f"{len(guesses)} {'guess' if len(guesses) == 1 else 'guesses'} to look over"
    rows = [Row([None, Cell(count, look.subtitle)], 26)]
    for guess in guesses:
        place = Cell(guess.sheet or "The plan", look.body)
        if guess.sheet:
            place = Cell(guess.sheet, look.link, link=f"'{guess.sheet}'!B5")
        cells = [None, place, Cell(guess.about or None, look.body), Cell(guess.text, look.body)]
        rows.append(Row(cells, row_height(cells, [2.0, *_WIDTHS], 18)))
    return rows


def _again(count: int) -> str:
    if not count:
        return ""
    noun = "answer" if count == 1 else "answers"
    return f"{count} {noun} could not be used: look for the cells with a warning sign."
