"""A lead's latest word, where it was said before: it stands, or it is asked about."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from tests.paper import Office
from xlplan.merge.model import Question, Returned
from xlplan.plan.values import Raw

RATING, ACTION, ENTRY = ("a-1", "rating"), ("a-1", "action"), ("a-1", "diary:entry")
MATCHED: dict[str, Any] = {"trust": {"a-1": "matched"}}
Given = tuple[Raw, str, dict[str, Any]]
"""What a file shows (the base as `BASE`), its time inside, and how it came."""
BASE = "(as issued)"


def files(office: Office, cell: tuple[str, str], given: list[Given], order: Any = None) -> None:
    """Files of one lead's one template, merged one by one in an order; `r-0` is the first."""
    ann = office.issue("Ann")
    readings = [
        office.reading(
            ann, {} if raw == BASE else {cell: raw}, saved_at=stamp, file=f"{n}.xlsx",
            digest=str(n), **how,
        )
        for n, (raw, stamp, how) in enumerate(given)
    ]  # fmt: skip
    for number in order or range(len(given)):
        office.merge(readings[number])


def returned(office: Office, number: int) -> Returned:
    return office.state.returns[f"r-{number}"]


def fates(office: Office, count: int) -> list[str]:
    return [f.disposition for n in range(count) for f in office.fates(returned(office, n))]


def only(office: Office) -> Question:
    (question,) = office.questions()
    return question


def texts(question: Question) -> list[str]:
    return [candidate.text for candidate in question.candidates]


@pytest.mark.parametrize(
    ("raw", "how", "text", "choices", "fate"),
    [
        ("Purple", {}, "Purple", ("Keep current", "Other"), "invalid"),
        (None, {}, "(blank)", ("Keep current", "Accept", "Other"), "held"),
        ("Blue", MATCHED, "Blue", ("Keep current", "Accept", "Other"), "held"),
        ("Blue", {}, "Blue", ("Keep current", "Accept", "Other"), "held"),
    ],
    ids=["invalid", "blank", "held", "ordinary"],
)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_a_lead_says_again_after_an_edit_is_asked(
    raw: Raw, how: dict[str, Any], text: str, choices: tuple[str, ...], fate: str, order: Any
) -> None:
    office = Office()
    files(office, RATING, [(raw, "10", how), ("Red", "11", {}), (raw, "12", how)], order)
    question = only(office)
    assert (question.kind, texts(question), question.choices) == (
        "reverted", ["Red", text], choices,
    )  # fmt: skip
    assert question.candidates[1].place.file == "2.xlsx"
    assert "shows again what an earlier one had" in question.message
    assert office.value(*RATING) == "Red"
    assert fates(office, 3) == ["superseded", "applied", fate]


def test_what_is_wrong_with_a_value_that_is_said_again_is_said() -> None:
    office = Office()
    files(office, RATING, [("Purple", "10", {}), ("Red", "11", {}), ("Purple", "12", {})])
    assert '"Purple" is not a rating of this plan' in only(office).message


@pytest.mark.parametrize(
    ("choice", "stands"), [("Keep current", "Red"), ("Accept", ""), ("Other", "Amber")]
)
def test_what_was_decided_about_it_is_remembered(choice: str, stands: str) -> None:
    office = Office()
    files(office, RATING, [(None, "10", {}), ("Red", "11", {}), (None, "12", {})])
    office.answer(only(office), choice, "Amber" if choice == "Other" else None)
    assert (office.value(*RATING), office.questions()) == (stands, [])
    (ann, *_) = office.state.issued.values()
    office.give_back(ann, {RATING: None}, saved_at="13", digest="3")
    assert (office.value(*RATING), office.questions()) == (stands, [])
    assert fates(office, 4) == ["superseded", "applied", "superseded", "held"]


def test_an_ordinary_value_that_is_accepted_again_counts_as_applied() -> None:
    office = Office()
    files(office, RATING, [("Blue", "10", {}), ("Red", "11", {}), ("Blue", "12", {})])
    office.answer(only(office), "Accept")
    assert office.value(*RATING) == "Blue"
    assert fates(office, 3)[2] == "applied"


def test_what_was_answered_before_an_edit_is_asked_again_after_it() -> None:
    """The answer was about the plan as it stood before the lead wrote something else."""
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {RATING: "Purple"}, saved_at="10")
    office.answer(only(office), "Keep current")
    office.give_back(ann, {RATING: "Red"}, saved_at="11")
    assert office.questions() == []
    office.give_back(ann, {RATING: "Purple"}, saved_at="12")
    assert (only(office).kind, texts(only(office))) == ("reverted", ["Red", "Purple"])


def test_an_edit_held_back_for_good_is_asked_again_after_another() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {RATING: "Blue"}, saved_at="10", **MATCHED)
    office.answer(only(office), "Keep current")
    office.give_back(ann, {RATING: "Red"}, saved_at="11")
    office.give_back(ann, {RATING: "Blue"}, saved_at="12")
    assert office.value(*RATING) == "Red"
    assert (only(office).kind, texts(only(office))) == ("reverted", ["Red", "Blue"])


def test_an_edit_said_for_certain_and_again_in_doubt_is_asked() -> None:
    office = Office()
    files(office, RATING, [("Blue", "10", {}), ("Red", "11", {}), ("Blue", "12", MATCHED)])
    assert (only(office).kind, texts(only(office))) == ("reverted", ["Red", "Blue"])


def test_a_copy_in_doubt_of_what_is_asked_takes_no_question_away() -> None:
    office = Office()
    files(office, RATING, [("Purple", "10", {}), ("Purple", "11", MATCHED), ("Purple", "", {})])
    assert (only(office).kind, texts(only(office))) == ("invalid", ["Purple"])


def test_a_copy_in_doubt_after_another_value_is_asked_with_it() -> None:
    office = Office()
    files(office, RATING, [("Purple", "10", {}), ("Mauve", "11", {}), ("Purple", "12", MATCHED)])
    assert (only(office).kind, sorted(texts(only(office)))) == ("invalid", ["Mauve", "Purple"])


def test_an_earlier_copy_that_comes_in_late_does_not_ask_what_was_answered() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {RATING: "Red"}, saved_at="11")
    office.give_back(ann, {RATING: "Purple"}, saved_at="12")
    office.answer(only(office), "Keep current")
    office.give_back(ann, {RATING: "Purple"}, saved_at="10")
    assert (office.value(*RATING), office.questions()) == ("Red", [])


def test_an_earlier_copy_that_comes_in_late_does_not_take_back_what_is_asked() -> None:
    """The coordinator has replaced the lead's edit, and never saw what came after it."""
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {RATING: "Red"}, saved_at="11")
    office.coordinator({RATING: "Amber"})
    office.give_back(ann, {RATING: "Blue"}, saved_at="12")
    assert only(office).kind == "conflict"
    office.give_back(ann, {RATING: "Blue"}, saved_at="10")
    assert (only(office).kind, texts(only(office))) == ("reverted", ["Red", "Blue"])
    assert office.value(*RATING) == "Amber"
    # Another answer about the cell leaves it open.
    office.give_back(office.issue("Ben"), {RATING: "Purple"})
    office.answer(next(q for q in office.questions() if q.kind == "invalid"), "Keep current")
    assert (only(office).kind, texts(only(office))) == ("reverted", ["Red", "Blue"])


def test_what_the_coordinator_has_seen_and_replaced_is_not_asked_again() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {RATING: "Purple"}, saved_at="10")
    office.give_back(ann, {RATING: "Red"}, saved_at="11")
    office.coordinator({RATING: "Amber"})
    office.give_back(ann, {RATING: "Purple"}, saved_at="12")
    assert (office.value(*RATING), office.questions()) == ("Amber", [])


def test_another_name_of_the_same_rating_is_nothing_else() -> None:
    office = Office()
    files(office, RATING, [("Purple", "10", {}), ("Red", "11", {}), ("Purple", "12", {})])
    assert only(office).kind == "reverted"
    known = office.state.definition
    ratings = [replace(r, aliases=("Purple",)) if r.code == "Red" else r for r in known.ratings]
    office.redefine(replace(known, ratings=tuple(ratings)))
    assert (office.value(*RATING), office.questions()) == ("Red", [])


class TestAsksAfterAsks:
    def test_a_locked_cell_is_asked_about_with_both_texts(self) -> None:
        for order in permutations(range(3)):
            office = Office()
            files(office, ACTION, [("X", "10", {}), ("Y", "11", {}), ("X", "12", {})], order)
            question = only(office)
            assert question.kind == "locked"
            assert {c.text: c.place.file for c in question.candidates} == {
                "X": "2.xlsx", "Y": "1.xlsx",
            }  # fmt: skip
            assert fates(office, 3) == ["superseded", "locked", "locked"]
            office.answer(question, "X")
            assert (office.value(*ACTION), office.questions()) == ("X", [])

    def test_an_invalid_value_and_a_blank_can_be_told_apart(self) -> None:
        office = Office()
        files(office, RATING, [(None, "10", {}), ("Purple", "11", {}), (None, "12", {})])
        kinds = {q.kind: texts(q) for q in office.questions()}
        assert kinds == {"invalid": ["Purple"], "cleared-required": ["(blank)"]}

    def test_what_was_not_shown_was_not_answered(self) -> None:
        office = Office()
        files(office, ACTION, [("X", "10", {}), ("Y", "11", {})])
        office.answer(only(office), "Keep current")
        (ann, *_) = office.state.issued.values()
        office.give_back(ann, {ACTION: "X"}, saved_at="12")
        assert (only(office).kind, texts(only(office))) == ("locked", ["X"])
        office.answer(only(office), "Keep current")
        office.give_back(ann, {ACTION: "X"}, saved_at="13")
        assert office.questions() == []

    def test_an_entry_in_doubt_is_accepted_beside_the_others(self) -> None:
        office = Office()
        office.give_back(office.issue("Ben"), {ENTRY: "Ours"})
        given: list[Given] = [("X", "10", MATCHED), ("Y", "11", MATCHED), ("X", "12", MATCHED)]
        files(office, ENTRY, given)
        office.answer(only(office), "X")
        assert office.questions() == []
        assert "] X" in office.value("a-1", "diary")
        assert "] Ours" in office.value("a-1", "diary")

    def test_a_proposed_row_is_linked_as_it_was_said_last(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        for stamp, text in (("10", "Half"), ("11", "Most"), ("12", "Half")):
            new = {"action": "Roof", "progress": text}
            office.give_back(ann, added=new, saved_at=stamp, digest=stamp)
        question = only(office)
        assert (question.kind, len(question.candidates)) == ("row-added", 2)
        office.answer(question, "Link", "1.2")
        assert (office.value("a-2", "progress"), office.questions()) == ("Half", [])


def test_an_entry_in_doubt_that_is_said_again_takes_the_place_of_the_other() -> None:
    office = Office()
    files(office, ENTRY, [("X", "10", MATCHED), ("Y", "11", {}), ("X", "12", MATCHED)])
    assert only(office).kind == "reverted"
    office.answer(only(office), "Accept")
    assert "] X" in office.value("a-1", "diary")
    assert "] Y" not in office.value("a-1", "diary")


class TestTies:
    @pytest.mark.parametrize("tie", ["11", ""], ids=["the same time", "no time"])
    @pytest.mark.parametrize("raw", ["Purple", None, "Blue"])
    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_what_was_said_before_may_be_the_last_word(
        self, tie: str, raw: Raw, order: Any
    ) -> None:
        office = Office()
        files(office, RATING, [(raw, "10", {}), ("Red", "11", {}), (raw, tie, {})], order)
        question = only(office)
        assert (question.kind, texts(question)) == ("reverted", ["Red", raw or "(blank)"])
        assert "do not tell which was saved last" in question.message
        assert office.value(*RATING) == "Red"

    @pytest.mark.parametrize("stamps", [("11", "11"), ("", ""), ("11", ""), ("", "11")])
    def test_the_cell_as_issued_may_be_the_last_word(self, stamps: tuple[str, str]) -> None:
        for order in ((0, 1), (1, 0)):
            office = Office()
            given: list[Given] = [("Red", stamps[0], {}), (BASE, stamps[1], {})]
            files(office, RATING, given, order)
            question = only(office)
            assert (question.kind, texts(question)) == ("reverted", ["Red", "Green"])
            assert "do not tell which was saved last" in question.message
            office.answer(question, "Accept")
            assert (office.value(*RATING), office.questions()) == ("Green", [])

    def test_of_several_last_words_one_is_chosen(self) -> None:
        office = Office()
        given: list[Given] = [
            ("Blue", "10", {}), ("Red", "11", {}), ("Blue", "", {}), (BASE, "", {}),
            ("Blue", "11", {}),
        ]  # fmt: skip
        files(office, RATING, given)
        question = only(office)
        assert sorted(texts(question)[1:]) == ["Blue", "Green"]
        assert sorted(question.choices) == ["Blue", "Green", "Keep current", "Other"]
        assert fates(office, 5) == ["superseded", "applied", "held", "held"]
        office.answer(question, "Blue")
        assert (office.value(*RATING), office.questions()) == ("Blue", [])

    def test_an_open_conflict_offers_what_it_asks_already(self) -> None:
        office = Office()
        ben = office.issue("Ben")
        files(office, RATING, [("Blue", "10", {}), ("Red", "11", {}), ("Blue", "11", {})])
        office.give_back(ben, {RATING: "Blue"})
        kinds = [(q.kind, sorted(texts(q))) for q in office.questions()]
        assert kinds == [("conflict", ["Blue", "Red"])]

    def test_what_an_open_conflict_does_not_offer_is_asked_beside_it(self) -> None:
        office = Office()
        ben = office.issue("Ben")
        files(office, RATING, [("Blue", "10", {}), ("Red", "11", {}), ("Blue", "11", {})])
        office.give_back(ben, {RATING: "Amber"})
        assert sorted(q.kind for q in office.questions()) == ["conflict", "reverted"]

    def test_one_file_is_at_odds_with_nobody(self) -> None:
        office = Office()
        files(office, RATING, [("Red", "", {})])
        assert office.questions() == []
