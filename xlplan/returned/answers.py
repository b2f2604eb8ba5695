"""`decisions.xlsx` as it came back: the coordinator's answers, one row a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlplan.codes.message import Filled
from xlplan.codes.return_codes import RET_013, RET_014, RET_015, RET_016
from xlplan.errors import Problem
from xlplan.merge.model import Place
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import canon_text
from xlplan.plan.values import Raw, show
from xlplan.returned.identity import find_manifest
from xlplan.returned.tables import Table, find_tables
from xlplan.workbook.read.book import Book, CellValue, a1
from xlplan.workbook.stamp import check_row_key

DECISION, OTHER, WHY = "decision", "other", "why"
"""Ids of the columns that the coordinator fills in."""
_NO_HEADINGS: Mapping[str, Mapping[str, str]] = {"question": {}}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question: what was chosen, the other value where there is one, and why."""

    question: str
    decision: str
    other: Raw
    why: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answers:
    """A decisions workbook as read. A problem of level ``error`` refuses it."""

    file: str
    sha256: str
    issued: str
    answers: tuple[Answer, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_answers(
    book: Book, sha256: str, key: bytes, definition: PlanDefinition, issued: str
) -> Answers:
    """The answers in `book`, the decisions workbook issued as `issued`.

    Rows are known by their signed keys alone; rows without a decision say nothing. Nothing is
    raised for a bad file.
    """
    problems = [*book.problems]
    manifest = find_manifest(book, key).manifest
    if manifest is not None and manifest.payload.get("plan", definition.id) != definition.id:
        other = RET_013.problem(book.name)
        return Answers(book.name, sha256, issued, (), (*problems, other))
    tables = [t for t in find_tables(book.sheets, _NO_HEADINGS) if DECISION in t.columns]
    if not tables and not any(problem.level == "error" for problem in problems):
        problems.append(RET_014.problem(book.name))
    answers: list[Answer] = []
    for table in tables:
        for number in range(table.first, len(table.sheet.rows)):
            found = _answer(book, table, number, key, issued)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                answers.append(found)
    return Answers(book.name, sha256, issued, tuple(answers), tuple(problems))


def _answer(
    book: Book, table: Table, number: int, key: bytes, issued: str
) -> Answer | Problem | None:
    row = table.sheet.rows[number]
    decision = _words(_value(table, row, DECISION))
    other = _value(table, row, OTHER)
    why = _words(_value(table, row, WHY))
    if not decision and not _words(other) and not why:
        return None
    at = (number, table.columns[DECISION])
    place = Place(book.name, table.sheet.name, a1(*at))
    if unusable := _unusable(table, number):
        return unusable.at(str(place))
    found = table.key(row)
    if found is None or found.issued != issued or not check_row_key(key, found):
        return RET_016.problem(str(place), row=number + 1, answer=decision[:80])
    return Answer(found.uid, decision, other, why, place)


def _unusable(table: Table, number: int) -> Filled | None:
    """What is wrong with a formula or an error value where an answer should be."""
    for name in (DECISION, OTHER):
        col = table.columns.get(name)
        if col is None:
            continue
        at = (number, col)
        if error := table.sheet.errors.get(at):
            return RET_015.fill("error", cell=a1(*at), error=error)
        if formula := table.sheet.formulas.get(at):
            return RET_015.fill("formula", cell=a1(*at), formula=f"={formula[:80]}")
    return None


def _value(table: Table, row: Sequence[CellValue], name: str) -> CellValue:
    col = table.columns.get(name)
    return row[col] if col is not None and col < len(row) else None


def _words(value: CellValue) -> str:
    if isinstance(value, str):
        return canon_text(value).strip()
    if value is None or isinstance(value, bool | int | float):
        return show(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
