"""Kinds of write and question: their names are in every ledger, and each that asks says how."""

from __future__ import annotations

import json

import pytest

from xlplan.merge.kinds import AGREE, CHOICES, DENY, REFUSE, WAYS, Kind

STAND = {"row", "decision", "rule", "edit", "entry"}
ASK = {"invalid", "held", "locked", "cleared-required", "still-blank", "row-added", "row-missing",
       "definition", "file-sorted", "file-old-key", "request"}  # fmt: skip
QUESTIONS = {"conflict", "reverted"}


def test_the_names_are_those_that_ledgers_and_json_have_known_from_the_first() -> None:
    assert {kind.value for kind in Kind} == STAND | ASK | QUESTIONS
    assert json.loads(json.dumps([Kind.CLEARED])) == ["cleared-required"]
    assert f"{Kind.ADDED}" == str(Kind.ADDED) == "row-added"


def test_what_stands_asks_nothing_and_everything_else_does_not_stand() -> None:
    assert {kind.value for kind in Kind if kind.stands} == STAND
    assert {kind.value for kind in Kind if not kind.question} == STAND
    assert {kind.value for kind in Kind if kind.of_row} == {"row-added", "row-missing"}


@pytest.mark.parametrize("kind", [kind for kind in Kind if not kind.stands])
def test_a_question_has_words_and_answers(kind: Kind) -> None:
    assert kind.question.endswith("?")
    assert kind.question.replace("{field}", "").count("{") == 0
    assert kind.short
    assert set(kind.choices) <= {*CHOICES, *WAYS, REFUSE, AGREE, DENY}
    assert {"Keep current", "Decline", REFUSE, DENY} & set(kind.choices)  # what changes nothing


def test_who_is_right_is_not_for_one_lead_to_settle() -> None:
    assert {kind.value for kind in Kind if kind.for_lead} == {
        "invalid", "locked", "cleared-required", "still-blank", "row-missing",
    }  # fmt: skip
