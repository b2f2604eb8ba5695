"""What became of every row of a spreadsheet, and what about it should be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xlplan.errors import Problem
from xlplan.source.layout import Layout
from xlplan.source.rows import Columns, Draft
from xlplan.workbook.read.book import Book

MOST_NOTES = 100
"""Lines kept as notes from a sheet that holds no table of the plan."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """What became of one source row. `row` counts from 1.

    `fate` is ``"imported"``, ``"joined"``, ``"heading"``, ``"repeated header"``, ``"blank"`` or
    ``"note"``; `detail` says which action, which row, or what kind of heading or note.
    """

    sheet: str
    row: int
    fate: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What of one sheet stays in the plan's folder: `what` it is, such as ``"comment"`` or
    ``"hidden row"``, and where: cells, rows (from 1) or columns."""

    what: str
    sheet: str
    places: tuple[str, ...]


@dataclass
class Work:
    """What is known so far, handed from step to step."""

    book: Book
    layouts: list[Layout]
    columns: list[Columns] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def of_plan(work: Work, sheet: int, table: int) -> bool:
    """Whether a table is one of the plan's."""
    return any(c.sheet == sheet and c.table == table for c in work.columns)


def account_of(
    work: Work, legend: frozenset[tuple[int, int]], kept: Sequence[KeptBack]
) -> tuple[AccountLine, ...]:
    """What became of every row of every sheet; `legend` names the rows of the rating legend."""
    why = {(each.sheet, place): each.what for each in kept for place in each.places}
    fates: dict[tuple[int, int], tuple[str, str]] = {}
    for draft in work.drafts:
        fates[draft.sheet, draft.row] = ("imported", f"{draft.kind} {draft.ref}")
        for row in draft.joined:
            fates[draft.sheet, row] = ("joined", f"joined to row {draft.row + 1}")
    out: list[AccountLine] = []
    plain = {"blank": ("blank", ""), "section": ("heading", "section"),
             "outcome": ("heading", "outcome of the section"),
             "header": ("heading", "column headings"),
             "repeated": ("repeated header", "column headings")}  # fmt: skip
    for number, layout in enumerate(work.layouts):
        first = next((line.row for line in layout.lines if line.text), -1)
        for line in layout.lines:
            title = "title" if line.row == first and layout.tables else "note"
            note = ("note", "legend" if (number, line.row) in legend else title)
            fate = fates.get((number, line.row)) or plain.get(line.kind, note)
            if line.kind == "header" and not of_plan(work, number, line.table):
                fate = note
            what, detail = fate
            if line.text and (held := why.get((layout.sheet.name, str(line.row + 1)))):
                said = f"kept back: {held}"
                detail = said if what == "note" else f"{detail}, {said}"
            out.append(AccountLine(layout.sheet.name, line.row + 1, what, detail))
    return tuple(out)
