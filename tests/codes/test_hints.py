"""What to write instead of a word that is not known."""

from __future__ import annotations

import pytest

from xlplan.codes.message import did_you_mean, nearest, suggest

LEADS = ("Head of Housing", "Head of Quality", "")


@pytest.mark.parametrize(
    ("word", "near"),
    [("head of housng", "Head of Housing"), ("HEAD OF QUALITY", "Head of Quality"), ("Zoe", "")],
)
def test_the_nearest_known_word(word: str, near: str) -> None:
    assert nearest(word, LEADS) == near


def test_how_near_it_must_be_can_be_set() -> None:
    assert nearest("Head of Roads", LEADS, 0.95) == ""
    assert nearest("Head of Roads", LEADS, 0.5) != ""


def test_the_question_is_asked_only_where_a_word_is_near() -> None:
    assert did_you_mean("head of qualty", LEADS) == 'Did you mean "Head of Quality"?'
    assert did_you_mean("Zoe", LEADS) == ""


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("txt", ["text", "date"], 'Did you mean "text"? Use one of: text, date.'),
        ("zzz", ["text", "date"], "Use one of: text, date."),
        ("zzz", [], "There are none yet."),
        ("zzz", [""], "There are none yet."),
    ],
)
def test_all_known_words_are_named(word: str, known: list[str], said: str) -> None:
    assert suggest(word, known) == said
