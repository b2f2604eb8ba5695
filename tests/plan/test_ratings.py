"""Which rating a text means."""

from __future__ import annotations

import pytest

from xlplan.plan.definition import Rating
from xlplan.plan.values import badness, best_first, is_worse, match_rating, moved, rating_word

SCALE = (
    Rating("B", "Blue", aliases=("Complete",)),
    Rating("A", "Amber", aliases=("B", "slipping")),
    Rating("LG", "Light Green"),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B", "B"),
        ("b", "B"),
        ("blue", "B"),
        (" COMPLETE ", "B"),
        ("light  green", "LG"),
        ("Slipping", "A"),
        ("\u0391", "A"),  # Greek Alpha
        ("\u0410mber", "A"),  # Cyrillic A
        ("Blue\nBlue", "B"),
        ("Blue\n\nComplete", "B"),
        ("\u0391\namber", "A"),
        ("Blue\nAmber", None),
        ("Blue\nlate", None),
        ("late\nlater", None),
        ("purple", None),
        ("", None),
        ("\n", None),
    ],
)
def test_a_text_means_a_rating_or_none(text: str, code: str | None) -> None:
    found = match_rating(text, SCALE)
    assert (found.code if found else None) == code


SIGNED = (
    Rating("🟢 On track", "🟢 On track"),
    Rating("⚪️ Not started", "⚪️ Not started"),
    Rating("🔴 Late", "🔴 Late"),
    Rating("▲ Late", "▲ Late"),
    Rating("<50%", "<50%"),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("on track", "🟢 On track"),
        ("Not started", "⚪️ Not started"),
        ("🔴 On track", None),
        ("Late", None),  # of two ratings
        ("50%", None),
    ],
)
def test_the_words_behind_a_sign_mean_the_rating(text: str, code: str | None) -> None:
    found = match_rating(text, SIGNED)
    assert (found.code if found else None) == code


def test_an_alias_never_hides_a_code() -> None:
    assert match_rating("b", tuple(reversed(SCALE))) == SCALE[0]


POINTS = (
    Rating("B", "Blue", closed=True),
    Rating("G", "Green"),
    Rating("R", "Red", exception=True),
)


@pytest.mark.parametrize("scale", [POINTS, POINTS[::-1]])
def test_worse_means_the_same_whichever_way_a_scale_is_written(scale: tuple[Rating, ...]) -> None:
    assert is_worse("R", "G", scale)
    assert is_worse("G", "B", scale)
    assert not is_worse("G", "R", scale)
    assert not is_worse("G", "G", scale)
    assert badness(scale) == {"B": 0, "G": 1, "R": 2}


def test_what_is_not_on_the_scale_is_not_compared() -> None:
    assert not is_worse("R", None, POINTS)
    assert not is_worse("X", "G", POINTS)


BEHIND = (*POINTS, Rating("N", "Not begun"), Rating("S", "Superseded", closed=True))
"""A scale with two ratings behind its worst: what is not begun is not late, what is superseded is
done with."""


def test_no_move_is_called_better_or_worse_against_what_the_ratings_mean() -> None:
    assert badness(BEHIND) == {"B": 0, "S": 1, "G": 2, "N": 3, "R": 4}
    assert [moved("N", now, BEHIND) for now in "BGRSN"] == ["better", "better", "", "", ""]
    assert [moved(before, "R", BEHIND) for before in "BGNS"] == ["worse", "worse", "", ""]
    assert [moved(before, "S", BEHIND) for before in "BGR"] == ["worse", "", ""]
    assert is_worse("N", "G", BEHIND)
    assert is_worse("N", "R", BEHIND)


def test_a_scale_without_ends_is_read_as_written() -> None:
    plain = (Rating("1", "One"), Rating("2", "Two"))
    assert best_first(plain)
    assert best_first(()) is True
    assert best_first((Rating("1", "Done", closed=True), Rating("2", "Dropped", closed=True)))
    assert best_first((Rating("1", "Late", exception=True), Rating("2", "Lost", exception=True)))
    assert not best_first((Rating("1", "One"), Rating("2", "Two", closed=True)))


@pytest.mark.parametrize(
    ("code", "label", "word"),
    [
        ("Blue", "Completed", "Blue"),
        ("DG", "Dark green", "Dark green"),
        ("A", "Slipping", "Slipping"),
        ("Red", "Major slippage", "Red"),
        ("TBC", "To be confirmed", "To be confirmed"),
        ("Done", "Finished", "Done"),
        ("GREEN", "Green", "Green"),
        ("Green", "", "Green"),
        ("G", "", "G"),
    ],
)
def test_a_rating_is_shown_by_its_code_where_that_is_a_word(
    code: str, label: str, word: str
) -> None:
    assert rating_word(Rating(code, label)) == word
