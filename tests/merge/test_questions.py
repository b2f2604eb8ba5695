"""Which questions one answer can serve, and whom the coordinator can send one back to."""

from __future__ import annotations

import pytest

from xlplan.merge.asks import shown_as
from xlplan.merge.kinds import Kind
from xlplan.merge.model import COORDINATOR, Candidate, Place, Question
from xlplan.merge.questions import alike, whom_to_ask
from xlplan.plan.definition import Field, PlanDefinition

DUE = Field("due", "Timescale", "timescale", role="due", owner="lead")
OWN = Field("action", "Action", role="action")
GROWING = Field("progress", "Progress", "narrative", role="progress", owner="lead", mode="append")


def question(
    ref: str,
    kind: Kind = Kind.INVALID,
    typed: tuple[str, ...] = ("TBC",),
    authors: tuple[str, ...] = ("Ann",),
    field: str = "due",
    message: str = "Not a date.",
) -> Question:
    candidates = tuple(
        Candidate(text, text, author, Place("a.xlsx", "Update", "C1"))
        for text, author in zip(typed, authors, strict=True)
    )
    return Question(
        f"q-{ref}", kind, f"u-{ref}", ref, field, None, None, candidates, frozenset(),
        ("Keep current", "Other"), message,
    )  # fmt: skip


def groups(*questions: Question) -> list[list[str]]:
    return [[each.action for each in group] for group in alike(questions)]


def test_the_same_asked_of_one_field_goes_together_whoever_wrote_it() -> None:
    assert groups(question("1"), question("2", authors=("Bob",)), question("3")) == [
        ["1", "2", "3"]
    ]


@pytest.mark.parametrize(
    "other",
    [
        question("2", typed=("soon",)),
        question("2", field="review"),
        question("2", message="Too long ago."),
        question("2", Kind.HELD),
    ],
)
def test_what_is_asked_otherwise_stands_alone(other: Question) -> None:
    assert groups(question("1"), other, question("3")) == [["1", "3"], ["2"]]


def test_who_is_right_and_what_joins_the_plan_are_asked_one_by_one() -> None:
    for kind in (Kind.CONFLICT, Kind.ADDED, Kind.SORTED, Kind.DEFINITION, Kind.REVERTED):
        assert groups(question("1", kind), question("2", kind)) == [["1"], ["2"]]


@pytest.mark.parametrize(
    ("asked", "item", "lead"),
    [
        (question("1"), DUE, "Ann"),
        (question("1", Kind.CLEARED), DUE, "Ann"),
        (question("1", typed=("a", "b"), authors=("Ann", COORDINATOR)), DUE, "Ann"),
        (question("1", typed=("a", "b"), authors=("Ann", "Bob")), DUE, ""),
        (question("1", Kind.CONFLICT), DUE, ""),
        (question("1", Kind.LOCKED), OWN, ""),
        (question("1", Kind.HELD), OWN, ""),
        (question("1", Kind.HELD), GROWING, ""),
        (question("1", Kind.MISSING), None, ""),
    ],
)
def test_a_question_goes_back_to_the_one_lead_whose_cell_it_is(
    asked: Question, item: Field | None, lead: str
) -> None:
    assert whom_to_ask(asked, item) == lead


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (question("1"), ("1", "Timescale")),
        (question("1", field="gone"), ("1", "gone")),
        (question("", Kind.ADDED, field=""), ("new", "")),
        (question("", Kind.SORTED, field=""), ("file", "")),
        (question("", Kind.DEFINITION, field=""), ("plan", "")),
    ],
)
def test_what_a_question_is_about_is_called_as_people_call_it(
    asked: Question, shown: tuple[str, str]
) -> None:
    assert shown_as(PlanDefinition("p", "Plan", fields=(DUE, OWN)), asked) == shown
