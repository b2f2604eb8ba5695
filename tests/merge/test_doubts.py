"""Rows of a file that were moved away from their hidden keys: one slip is one question."""

from __future__ import annotations

from tests.paper import ROWS, Edits, Office
from xlplan.merge.kinds import BY_KEY, BY_REF, REFUSE, Kind
from xlplan.merge.model import Issued, Question

SORTED = {"a-1": "a-2", "a-2": "a-3", "a-3": "a-1"}
"""Three rows of which each shows the next one's ref and values."""
TYPED: Edits = {("a-1", "rating"): "Amber", ("a-2", "progress"): "Slates came"}
"""What the lead typed into the rows that show these actions."""


def office_of(count: int = 3) -> tuple[Office, Issued]:
    """An office of so many actions, and Ann's template with all of them."""
    more = {
        f"a-{n}": {"ref": f"2.{n}", "action": f"Plant tree {n}", "lead": "Ann", "rating": "Green"}
        for n in range(4, count + 1)
    }
    office = Office({**ROWS, **more})
    return office, office.issue("Ann", [*ROWS, *more])


def only(office: Office) -> Question:
    (question,) = office.questions()
    return question


def values(office: Office, field: str) -> list[str]:
    return [office.value(uid, field) for uid in ROWS]


def test_rows_sorted_without_their_keys_are_one_question_and_change_nothing() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    question = only(office)
    assert (question.kind, question.action, question.choices) == (
        "file-sorted", "", (BY_REF, BY_KEY, REFUSE)
    )  # fmt: skip
    assert values(office, "rating") == ["Green", "Amber", "Red"]
    assert {fate.disposition for fate in office.fates(back)} == {"held"}


def test_by_the_visible_ref_each_value_goes_to_the_action_beside_it() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    made = office.answer(only(office), BY_REF)
    assert office.questions() == []
    assert values(office, "rating") == ["Amber", "Amber", "Red"]
    assert values(office, "progress") == ["Paint bought", "Slates came", ""]
    assert {(c.action, c.field, c.by, c.place.cell, c.return_id) for c in made} == {
        ("1.1", "rating", "Ann", "G8", back.id), ("1.2", "progress", "Ann", "H6", back.id)
    }  # fmt: skip
    assert [(f.action, f.field, f.disposition) for f in office.fates(back)] == [
        ("1.2", "progress", "applied"), ("1.1", "rating", "applied")
    ]  # fmt: skip


def test_by_the_hidden_key_each_value_goes_to_the_action_of_its_row() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED)
    office.answer(only(office), BY_KEY)
    assert values(office, "rating") == ["Amber", "Red", "Amber"]
    assert values(office, "progress")[0] == "Slates came"
    assert values(office, "action") == ["Paint the hall", "Mend the roof", "Plant the garden"]


def test_rows_that_are_refused_change_nothing_and_are_asked_about_once() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED)
    before = values(office, "rating")
    office.answer(only(office), REFUSE)
    office.give_back(ann, TYPED, moved=SORTED, digest="copy", saved_at="2026-01-09T00:00:00Z")
    assert (values(office, "rating"), office.questions()) == (before, [])
    office.give_back(ann, {**TYPED, ("a-3", "share"): 0.5}, moved=SORTED, digest="with more")
    assert only(office).kind is Kind.SORTED
