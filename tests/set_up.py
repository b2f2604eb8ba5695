"""Answers in `set-up.xlsx`, as the coordinator types them: by sheet, by what a row is about."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl

from tests import small
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.guesses import guesses_of
from xlplan.plan.people import Group, Lead, SignOff
from xlplan.plan.set_up import Origin, entries_of
from xlplan.plan.set_up_sheets import EVERY
from xlplan.plan.settings import CompositeSettings, Count, IssueSettings, Rollup, Rule, SectionWords
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.returned.furniture import set_up_uid
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.filling import fill_in

FULL = PlanDefinition(
    "ferry-plan",
    "Ferry plan",
    (
        Field("ref", "Ref", role="key", required=True),
        Field("action", "Action", "narrative", "action", required=True),
        Field("rating", "RAG", "rating", "rating", "lead"),
        Field("ref", "No.", role="key", of="recommendation"),
        Field("due", "Due", "date", "due", "lead", guidance="Say when.", width=12.5),
        Field("kind", "Kind", "choice", choices=("a; b", "c", 'a "d"', "two\nlines")),
    ),
    ratings=(Rating("G", "Green", order=1), Rating("R", "Red", order=2, exception=True)),
    sign_offs=(SignOff("Head of Service", "Ada Quill", 1), SignOff("Treasurer", order=2)),
    leads=(Lead("Ada Quill"), Lead("Ben Ode", ("B Ode",), "Harbour Board")),
    groups=(Group("Piers", ("Ada Quill",), "Ada Quill", "one"),),
    rules=(Rule("late", "R", overdue_days=30, rated=("G",)),),
    rollups=(Rollup("recommendation", "worst"),),
    counts=(Count("action"),),
    sections=(SectionWords("Quays", "The quay is open."),),
    issue=IssueSettings(fields=("ref", "action", "rating"), contact="Ask the office."),
    composite=CompositeSettings(fields=("ref", "action", "rating")),
    agreed=date(2026, 1, 5),
)
"""A definition with an entry in every table."""

Typed = str | float | date | None
Answers = Mapping[tuple[str, str], Typed]
"""What is typed, by the row (the last of its names, its key, or ``new 1``) and the column id."""


def cells(folder: Path, sheet: str) -> dict[tuple[str, str], str]:
    """The cell of every row and column of a sheet, by the names of `Answers`."""
    with small.opened(folder) as plan:
        definition = plan.definition
        guesses = guesses_of(plan.desk.folder.definition_as_written())
        origin = Origin(guesses, plan.desk.state.account)
    (found,) = (each for each in EVERY if each.name == sheet)
    called = {
        set_up_uid(e): (e.names[-1] if e.names else e.key) or f"new {e.number}"
        for e in entries_of(definition, found, origin)
    }
    book = openpyxl.load_workbook(io.BytesIO((folder / "set-up.xlsx").read_bytes()))
    ids: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    for row in book[sheet].iter_rows():
        letters = {c.coordinate.rstrip("0123456789"): c.value for c in row}
        names = {at: str(v) for at, v in letters.items() if str(v).startswith(ID_PREFIX)}
        ids |= {at: text.removeprefix(ID_PREFIX) for at, text in names.items()}
        if key := parse_row_key(row[0].value):
            number = row[0].row
            places |= {(called[key.uid], name): f"{at}{number}" for at, name in ids.items()}
    return places


def answer(folder: Path, sheet: str, answers: Answers) -> None:
    """Type answers into one sheet and save the workbook."""
    path = folder / "set-up.xlsx"
    places = cells(folder, sheet)
    edits = [(places[place], typed) for place, typed in answers.items()]
    path.write_bytes(fill_in(path.read_bytes(), sheet, edits, "2026-11-12T10:00:00Z"))


def value(folder: Path, sheet: str, row: str, column: str) -> object:
    """What stands in one cell."""
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    return book[sheet][cells(folder, sheet)[row, column]].value
