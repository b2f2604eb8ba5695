"""Which rating a text means."""

from __future__ import annotations

import pytest

from xlplan.plan.definition import Rating
from xlplan.plan.ratings import match_rating

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


def test_an_alias_never_hides_a_code() -> None:
    assert match_rating("b", tuple(reversed(SCALE))) == SCALE[0]
