"""How often the checks of wording (CHK-008, CHK-009) are right, on notes that a person labelled.

Every note of the shipped examples, and of the real plans where they are at hand, was read by a
person, who named by ref those that speak of work that is left (a step that is still to be taken or
is not finished; no routine that goes on for good) and those that call the action done and leave
nothing. `pytest -s` prints the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from tests import shipped
from xlplan.plan.checks.lint_view import says_completed, says_outstanding
from xlplan.plan.values import Value
from xlplan.source.importing import Source, read_source
from xlplan.workbook.read.read_book import read_book

LEFT = {
    "brag-by-recommendation": "1.4, 1.8, 1.9, 2.3, 3.2, 6.2, 8.4, 11.3, 12.4, 15.1, 17.1, 17.2, "
    "18.1, 23.3, 24.5",
    "multi-agency-composite": "WBC 1, WBC 7, WBC 10, VHA 2, VHA 4, VHA 10, NHT 1, NHT 5",
    "must-do-should-do": "S9",
    "audit-recommendations": "REP3",
    "derby-2011": "1.4, 1.5, 1.8, 1.9, 2.3, 3.2, 6.2, 8.4, 11.3, 12.2, 12.4, 15.1, 17.1, 17.2, "
    "18.1, 23.3, 24.5",
    "darlington-2012": "DBC 1, DBC 7, DBC 10, CDDFT 1, CDDFT 2, CDDFT 4, CDDFT 9, CDDFT 10, "
    "PCT 1, PCT 5",
}
"""Of the closed actions with a note, those whose note names work that is left."""
DONE = {
    "brag-by-recommendation": "1.7, 1.11, 2.1, 2.2, 3.1, 3.3, 5.1, 5.2, 5.3, 5.4, 7.1, 7.2, 8.1, "
    "8.3, 9.1, 9.2, 9.3, 9.4, 10.2, 11.1, 11.2, 11.4, 12.1, 12.2, 12.3, 12.5, 12.6, 15.2, 15.3, "
    "15.4, 15.6, 18.2, 20.1, 20.2, 20.3, 22.1, 22.2, 22.3, 23.1, 23.2",
    "themed-rag": "4.11",
    "must-do-should-do": "M5, M10, S3",
    "audit-recommendations": "REP4, CYB4",
    "derby-2011": "1.7, 1.11, 2.1, 2.2, 3.1, 3.3, 5.1, 5.2, 5.3, 5.4, 7.1, 7.2, 8.1, 8.3, 9.1, "
    "9.2, 9.3, 9.4, 10.2, 11.1, 11.2, 11.4, 12.1, 12.3, 12.5, 12.6, 15.2, 15.3, 15.4, 15.6, 18.2, "
    "20.1, 20.2, 20.3, 22.1, 22.2, 22.3, 23.1, 23.2",
    "sunderland-2012": "4.11",
}
"""Of all actions with a note, those that it calls done. Whether they are closed is left aside:
hardly any is not, and the words are the same."""
EXAMPLES = (
    "brag-by-recommendation",
    "multi-agency-composite",
    "themed-rag",
    "must-do-should-do",
    "audit-recommendations",
)
REAL = ("derby-2011", "darlington-2012", "sunderland-2012")
FLOOR = 0.8
"""Of precision and of recall, each."""


@dataclass(frozen=True)
class Note:
    """The note of an action, and whether the action is closed."""

    plan: str
    ref: str
    text: str
    closed: bool


@dataclass
class Measure:
    """How often a check spoke, and how often it was right to speak or to be silent."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def count(self, spoke: bool, labelled: bool) -> None:
        self.right += spoke and labelled
        self.false += spoke and not labelled
        self.missed += labelled and not spoke

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.2f}, recall {self.recall:.2f} "
            f"({self.right} right, {self.false} false, {self.missed} missed)"
        )


@cache
def source_of(plan: str) -> Source:
    if plan in shipped.KNOWN:
        return shipped.imported(plan)
    path = shipped.SHARED / f"{plan}.xlsx"
    way = next(name for name, known in shipped.KNOWN.items() if known.source == plan)
    book = read_book(path.read_bytes(), path.name, detail=True)
    return read_source(book, plan_id=plan, template=shipped.definition(way))


def notes(plan: str) -> Iterator[Note]:
    source = source_of(plan)
    closing = {rating.code for rating in source.definition.ratings if rating.closed}
    for row in source.rows:
        values: dict[str, Value] = dict(row.values)
        text = values.get("progress")
        if row.kind == "action" and isinstance(text, str):
            yield Note(plan, str(values["ref"]), text, values.get("rating") in closing)


def labelled(labels: dict[str, str], note: Note) -> bool:
    return note.ref in labels.get(note.plan, "").split(", ")


def left_by_closed(plans: tuple[str, ...]) -> Measure:
    """Of CHK-008: notes of closed actions that name work that is left."""
    found = Measure()
    for note in (each for plan in plans for each in notes(plan)):
        if note.closed:
            found.count(bool(says_outstanding(note.text)), labelled(LEFT, note))
    return found


def done_by_note(plans: tuple[str, ...]) -> Measure:
    """Of CHK-009: notes that call the action done."""
    found = Measure()
    for note in (each for plan in plans for each in notes(plan)):
        spoke = bool(says_completed(note.text)) and not says_outstanding(note.text)
        found.count(spoke, labelled(DONE, note))
    return found


def holds(code: str, plans: tuple[str, ...], found: Measure) -> None:
    print(f"\n{code} on {', '.join(plans)}: {found}")
    assert found.precision >= FLOOR
    assert found.recall >= FLOOR


@pytest.mark.parametrize(
    "plans", [EXAMPLES, pytest.param(REAL, marks=shipped.needs_shared)], ids=["examples", "real"]
)
def test_checks_of_wording_are_right_more_often_than_not(plans: tuple[str, ...]) -> None:
    holds("CHK-008", plans, left_by_closed(plans))
    holds("CHK-009", plans, done_by_note(plans))


def test_every_label_names_a_note() -> None:
    for labels, closed in ((LEFT, (True,)), (DONE, (True, False))):
        for plan in EXAMPLES:
            refs = {note.ref for note in notes(plan) if note.closed in closed}
            assert {*filter(None, labels.get(plan, "").split(", "))} <= refs
