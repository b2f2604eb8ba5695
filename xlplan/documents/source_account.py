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


def say_unusual(work: Work) -> None:
    """Hidden rows and columns are imported, formulas give their values; both are said."""
    used_sheets = {columns.sheet for columns in work.columns}
    for number, layout in enumerate(work.layouts):
        sheet = layout.sheet
        where = f"{work.book.name}!{sheet.name}"
        used = {line.row for line in layout.lines if line.kind == "data"}
        hidden = sorted(row + 1 for row in sheet.hidden_rows & used)
        cols = sorted({c for t in layout.tables for c in t.headings} & sheet.hidden_columns)
        said: list[tuple[str, str]] = []
        if not sheet.visible and layout.tables:
            said.append(("NEW-004", "This sheet is hidden; it was imported."))
        if hidden:
            shown = ", ".join(map(str, hidden[:10])) + ("…" if len(hidden) > 10 else "")
            said.append(("NEW-004", f"Rows {shown} are hidden; they were imported."))
        if cols:
            letters = ", ".join(a1(0, col)[:-1] for col in cols)
            said.append(("NEW-004", f"Columns {letters} are hidden; they were imported."))
        for table in layout.tables:
            if not table.rows and number in used_sheets:
                text = f"Row {table.header + 1} looks like column headings too, but nothing stands "
                said.append(("NEW-008", f"{text}below it; it was kept as a note."))
        if formulas := [at for at in sheet.formulas if at[0] in used]:
            first = a1(*min(formulas))
            said.append(
                ("NEW-005", f"{len(formulas)} cells hold formulas (first {first}); their values "
                 "were imported.")
            )  # fmt: skip
        if struck := [at for at in sheet.struck if at[0] in used]:
            first = a1(*min(struck))
            said.append(
                ("NEW-009", f"{len(struck)} cells are struck through (first {first}); their text "
                 "was imported. Withdraw an action that was struck out.")
            )  # fmt: skip
        if sheet.notes:
            said.append(
                ("NEW-009", f"{len(sheet.notes)} cells carry notes; they were kept as notes of "
                 "the plan.")
            )  # fmt: skip
        work.problems += [Problem(code, where, text, "note") for code, text in said]
        for at, name in sorted(sheet.errors.items()):
            work.problems.append(
                Problem("NEW-006", f"{where}!{a1(*at)}", f'The cell holds the error "{name}"; it '
                        "was imported as that text. Correct it in the plan.", "warning")
            )  # fmt: skip


def _of_plan(work: Work, sheet: int, table: int) -> bool:
    return any(c.sheet == sheet and c.table == table for c in work.columns)


def notes(work: Work) -> list[str]:
    """The texts of all rows that are notes, and of tables that are none of the plan's."""
    notes: list[str] = []
    for number, layout in enumerate(work.layouts):
        mine = [
            line.text for line in layout.lines
            if line.kind == "note"
            or (line.kind in ("data", "header") and not _of_plan(work, number, line.table))
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
            if line.kind == "header" and not _of_plan(work, number, line.table):
                fate = note
            out.append(AccountLine(layout.sheet.name, line.row + 1, *fate))
    return tuple(out)
