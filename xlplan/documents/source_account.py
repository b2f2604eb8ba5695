"""What became of every row of a spreadsheet, and what about it should be said."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlplan.documents.source_layout import Layout
from xlplan.documents.source_rows import Columns, Draft
from xlplan.errors import Problem
from xlplan.plan.text import canon_text
from xlplan.workbook.book import Book, a1

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


def notes(work: Work) -> list[str]:
    """The texts of all rows that are notes, and of tables that are none of the plan's."""
    notes: list[str] = []
    for number, layout in enumerate(work.layouts):
        mine = [
            line.text for line in layout.lines
            if line.kind == "note"
            or (line.kind in ("data", "header") and not of_plan(work, number, line.table))
        ]  # fmt: skip
        plain = not any(c.sheet == number for c in work.columns)
        if plain and len(mine) > MOST_NOTES:
            work.problems.append(
                Problem(
                    "NEW-007", f"{work.book.name}!{layout.sheet.name}",
                    f"This sheet holds no table of the plan and {len(mine)} lines; the first "
                    f"{MOST_NOTES} were kept as notes. The file itself is kept whole.", "warning",
                )
            )  # fmt: skip
            mine = mine[:MOST_NOTES]
        notes += mine
        notes += [
            f"Note on {layout.sheet.name}!{a1(*at)}: {canon_text(text).strip()}"
            for at, text in sorted(layout.sheet.notes.items())
            if text.strip()
        ]
    return notes


def account_of(work: Work, legend: frozenset[tuple[int, int]]) -> tuple[AccountLine, ...]:
    """What became of every row of every sheet; `legend` names the rows of the rating legend."""
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
            out.append(AccountLine(layout.sheet.name, line.row + 1, *fate))
    return tuple(out)
