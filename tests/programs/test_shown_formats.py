"""Numbers and days in every format, in a field of every type: the plan says what the cell shows."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.office import Office
from tests.programs.every_type import Template, make_wide
from tests.programs.matrix import PAGE
from tests.programs.shown_formats import (
    FIELDS,
    FORMATS,
    PAGE_SEED,
    asked_pairs,
    drawn,
    formats_section,
    outcomes,
)

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
MOST_ASKED = 0.02
"""The share of pairs of a format and a type that may end as a question."""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_wide(tmp_path_factory.mktemp("wide") / "plan", len(FORMATS))


@settings(
    max_examples=25,
    # Each draw holds every pair of a format and a type. A seed has no smaller one that says more.
    phases=(Phase.explicit, Phase.generate) if NIGHTLY else (Phase.explicit,),
)
@example(seed=PAGE_SEED)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_a_cell_shows_is_what_the_plan_says(
    office: Office, wide: Template, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    assert len(FORMATS) >= 300
    seen = list(outcomes(office, wide, drawn(seed, wide), tmp_path_factory.mktemp("saved")))
    assert len(seen) == 3 * len(FORMATS) * len(FIELDS)
    wrong = [each for each in seen if each.wrong]
    assert wrong[:20] == []
    pairs = asked_pairs(seen)
    assert len(pairs) <= MOST_ASKED * len(FORMATS) * len(FIELDS)
    if seed == PAGE_SEED:
        current = formats_section(pairs) in PAGE.read_text("utf-8")
        assert current, "run python -m tests.programs --write"
