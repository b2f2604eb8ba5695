"""The look of every workbook that goes out: one set of styles, from the definition's house style.

Colours are ``#RRGGBB``. Text always has a contrast of at least 4.5:1 with what is behind it
(WCAG 2.2, success criterion 1.4.3).
"""

from __future__ import annotations

import colorsys
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.settings import REFUSED, HouseStyle
from xlplan.workbook.write.sheet import Style

ENOUGH = 4.5
"""The contrast that text of any size must have (WCAG 2.2, 1.4.3)."""
DARK, WHITE = "#1F1F1F", "#FFFFFF"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=1024)
def luminance(colour: str) -> float:
    """The relative luminance of a colour, from 0 (black) to 1 (white), as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def text_on(fill: str) -> str:
    """A text colour that can be read on `fill`: near-black or white, or black where neither can."""
    best = max((DARK, WHITE), key=lambda text: contrast(text, fill))
    return best if contrast(best, fill) >= ENOUGH else "#000000"


@lru_cache(maxsize=1024)
def readable(text: str, fill: str) -> str:
    """`text` where it can be read on `fill`, else a text colour that can."""
    return text if text and contrast(text, fill) >= ENOUGH else text_on(fill)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it."""
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in parts)


def deepen(colour: str, against: str = WHITE, wanted: float = 5.5) -> str:
    """A deep relative of `colour`: its hue, dark enough for `against` to be read on it."""
    hue, light, strength = colorsys.rgb_to_hls(*(c / 255 for c in _channels(colour)))
    strength = max(strength, 0.6) if strength > 0.05 else 0.0
    while light > 0:
        rgb = colorsys.hls_to_rgb(hue, light, strength)
        found = "#" + "".join(f"{round(part * 255):02X}" for part in rgb)
        if contrast(found, against) >= wanted:
            return found
        light -= 0.01
    return "#000000"


@lru_cache(maxsize=256)
def rating_style(rating: Rating, base: Style) -> Style:
    """`base` in the colours of a rating; its named text colour only where it can be read."""
    return replace(
        base, fill=rating.colour, colour=readable(rating.text_colour, rating.colour), bold=True
    )


class Palette(Struct, frozen=True):
    """The colours and styles of one plan's workbooks."""

    heading_fill: str
    band_fill: str
    locked_fill: str
    line: str
    """Borders between cells."""
    accent: str
    """Rules and small titles: the heading colour, or a deeper one where that is too pale."""
    banner: Style
    banner_sub: Style
    banner_note: Style
    heading: Style
    input_heading: Style
    locked: Style
    locked_key: Style
    input: Style
    section: Style
    title: Style
    subtitle: Style
    body: Style
    strong: Style
    muted: Style
    link: Style
    withdrawn: Style
    flag: Style
    """Over an entry that is not one the list allows."""
    missing: Style
    """Over an input that must be filled in and is blank."""


def palette(definition: PlanDefinition) -> Palette:
    """The look of one plan, from its house style."""
    return _palette(definition.style)


@lru_cache(maxsize=16)
def _palette(style: HouseStyle) -> Palette:
    heading, band, given = style.heading_colour, style.band_colour, style.input_colour
    locked_fill = "#F6F7F9"
    line = "#C9CED6"
    accent = heading if contrast(heading, WHITE) >= ENOUGH else deepen(heading)
    on_heading = text_on(heading)
    input_heading = deepen(given)
    base = Style(font=style.font, size=10, colour=DARK, valign="top", wrap=True)
    boxed = replace(base, border=line)
    headed = replace(
        boxed, bold=True, fill=heading, colour=on_heading, valign="vcenter", border=line
    )
    locked = replace(boxed, fill=locked_fill, colour=readable("#333333", locked_fill))

    def filled(size: float, fill: str, *, bold: bool = False, wrap: bool = True) -> Style:
        return replace(
            base,
            size=size,
            fill=fill,
            colour=text_on(fill),
            bold=bold,
            wrap=wrap,
            valign="vcenter",
        )

    return Palette(
        heading_fill=heading,
        band_fill=band,
        locked_fill=locked_fill,
        line=line,
        accent=accent,
        banner=filled(18, heading, bold=True, wrap=False),
        banner_sub=filled(11, heading, wrap=False),
        banner_note=filled(10, band),
        heading=headed,
        input_heading=replace(headed, fill=input_heading, colour=text_on(input_heading)),
        locked=locked,
        locked_key=replace(locked, bold=True),
        input=replace(
            boxed,
            fill=given,
            colour=text_on(given),
            locked=False,
            border=mix(given, input_heading, 0.35),
        ),
        section=replace(filled(11, band, bold=True), border=line),
        title=replace(base, bold=True, size=18, colour=accent, valign="vcenter", wrap=False),
        subtitle=replace(base, bold=True, size=12, colour=accent, valign="vcenter", wrap=False),
        body=base,
        strong=replace(base, bold=True),
        muted=replace(base, colour="#595959"),
        link=replace(base, colour="#0B5394"),
        withdrawn=replace(boxed, fill="#E7E6E6", colour="#595959", strike=True),
        flag=replace(
            boxed,
            bold=True,
            fill=REFUSED,
            colour="#9C0006",
            border="#C00000",
            number_format='"⚠ "@',
        ),
        missing=replace(boxed, fill="#FBE3D6", colour="#843C0C", border="#C55A11"),
    )


def header_text(text: str) -> str:
    """`text` for a page header or footer, in which a bare ``&`` begins a code."""
    return " ".join(text.split()).replace("&", "&&")
