"""Which rating a colour is."""

from __future__ import annotations

import pytest

from xlplan.plan.definition import Rating
from xlplan.plan.status_words import families, rating_by_fill, usual_scale


@pytest.mark.parametrize(
    ("fill", "code"),
    [("#00B050", "Green"), ("#92D050", "Green"), ("#FF0000", "Red"), ("#FFC000", "Amber"),
     ("#E6002E", "Red"),  # the reds that lean to pink
     ("#FFFFFF", None), ("#D9D9D9", None), ("#800080", None)],
)  # fmt: skip
def test_a_fill_is_read_as_the_rating_of_the_nearest_hue(fill: str, code: str | None) -> None:
    scale = usual_scale(["#00B050", "#FF0000"])
    found = rating_by_fill(fill, scale)
    assert (found.code if found else None) == code


def test_a_rating_whose_colour_is_no_colour_is_shown_by_no_fill() -> None:
    assert rating_by_fill("#FF0000", [Rating("R", "Red", colour="crimson")]) is None
    assert rating_by_fill("crimson", [Rating("R", "Red", colour="#FF0000")]) is None


def test_one_colour_alone_is_no_scale() -> None:
    assert usual_scale(["#FF0000", "#FF0101"]) == ()


def test_colours_are_what_people_call_them() -> None:
    assert families(["#00B050", "#92D050", "#FF0000", "#FFFFFF", "#000000", ""]) == {"green", "red"}
