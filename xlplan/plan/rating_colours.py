"""Ratings by the colour of a cell or of its text: the nearest of its kind.

What people call a colour matters, and not its number: both of Excel's greens are green.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Sequence

from xlplan.plan.definition import Rating


def hue_of(colour: str) -> tuple[float, float] | None:
    """Hue (0 to 1) and lightness of ``#RRGGBB``, or None for white, grey and pale bands."""
    try:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    except ValueError:
        return None
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    plain = saturation < 0.25 or lightness > 0.93 or lightness < 0.07
    return None if plain else (hue, lightness)


def family_of(hue: float) -> str:
    """What people call a hue: both of Excel's greens are green, orange and yellow are amber."""
    degrees = hue * 360
    for end, name in ((20, "red"), (68, "amber"), (175, "green"), (265, "blue"), (340, "purple")):
        if degrees < end:
            return name
    return "red"


def families(colours: Iterable[str]) -> set[str]:
    """What people call these colours; white, grey and black are none."""
    return {family_of(hue[0]) for colour in colours if (hue := hue_of(colour))}


def rating_by_fill(fill: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating whose colour is nearest to a cell's fill; None where none is of its family."""
    here = hue_of(fill)
    if here is None:
        return None
    near: list[tuple[float, int, Rating]] = []
    for rating in scale:
        there = hue_of(rating.colour)
        if there is not None and family_of(there[0]) == family_of(here[0]):
            apart = min(abs(here[0] - there[0]), 1 - abs(here[0] - there[0]))
            near.append((round(apart + abs(here[1] - there[1]) / 2, 3), rating.order, rating))
    return min(near, key=lambda item: item[:2])[2] if near else None


def usual_scale(fills: Iterable[str]) -> tuple[Rating, ...]:
    """A scale for rating cells that are only coloured: the usual words for those colours."""
    scale = [
        Rating(label, label, colour=colour, order=order, closed=label == "Blue",
               exception=label in ("Amber", "Red"))
        for order, (label, colour) in enumerate(
            (("Blue", "#4472C4"), ("Green", "#70AD47"), ("Amber", "#FFC000"), ("Red", "#FF0000")), 1
        )
    ]  # fmt: skip
    seen = [rating for fill in fills if (rating := rating_by_fill(fill, scale))]
    return tuple(scale) if len({r.code for r in seen}) >= 2 else ()
