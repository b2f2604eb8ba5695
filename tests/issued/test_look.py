"""The look: every text can be read on what is behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from tests.outgoing import RATINGS, plan
from xlplan.plan.settings import HouseStyle
from xlplan.workbook.write.look import (
    ENOUGH,
    WHITE,
    contrast,
    deepen,
    header_text,
    palette,
    rating_style,
    text_on,
)
from xlplan.workbook.write.sheet import Style

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def test_contrast_is_the_ratio_that_wcag_defines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
    # The grey that is known as the palest to pass on white.
    assert contrast("#767676", "#FFFFFF") >= ENOUGH > contrast("#777777", "#FFFFFF")


@given(colours, colours)
def test_text_on_any_rating_can_be_read(fill: str, wanted: str) -> None:
    rating = replace(RATINGS[0], colour=fill, text_colour=wanted)
    style = rating_style(rating, Style())
    assert style.fill == fill
    assert contrast(style.colour, fill) >= ENOUGH
    if contrast(wanted, fill) >= ENOUGH:
        assert style.colour == wanted


@given(colours, colours, colours)
def test_every_style_of_every_house_can_be_read(heading: str, band: str, input_: str) -> None:
    style = HouseStyle(heading_colour=heading, band_colour=band, input_colour=input_)
    look = palette(plan(style=style))
    for name, found in asdict(look).items():
        if isinstance(found, Style):
            assert contrast(found.colour, found.fill or WHITE) >= ENOUGH, name
            assert found.font == style.font or name == "flag"


@given(colours)
def test_a_deepened_colour_carries_white_text(colour: str) -> None:
    assert contrast(deepen(colour), WHITE) >= ENOUGH
    assert contrast(text_on(colour), colour) >= ENOUGH


def test_inputs_are_unlocked_and_look_different() -> None:
    look = palette(plan())
    assert look.locked.locked
    assert not look.input.locked
    assert look.input.fill != look.locked.fill
    assert look.input_heading.fill != look.heading.fill


def test_an_ampersand_in_a_page_header_is_text() -> None:
    assert header_text("Health & care\nplan") == "Health && care plan"
