"""Several officers in one cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.definition import DEFAULT_SEPARATORS
from xlplan.plan.people import split_people


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Housing Manager", ("Housing Manager",)),
        ("Housing Manager / Audit Manager", ("Housing Manager", "Audit Manager")),
        ("A. Post, B. Post and C. Post", ("A. Post", "B. Post", "C. Post")),
        ("A. Post AND B. Post", ("A. Post", "B. Post")),
        ("A. Post\nB. Post\n", ("A. Post", "B. Post")),
        ("A. Post & A. Post", ("A. Post",)),
        ("Anderson; Sandy", ("Anderson", "Sandy")),
        ("A Post (Homes and Advice)/B. Post", ("A Post (Homes and Advice)", "B. Post")),
        ("A Post (Homes / Advice, B. Post", ("A Post (Homes", "Advice", "B. Post")),
        ("n/a", ("n/a",)),
        ("N/A\nA. Post", ("N/A", "A. Post")),
        ("  ", ()),
        ("/ ,", ()),
    ],
)
def test_a_cell_splits_at_its_separators(cell: str, names: tuple[str, ...]) -> None:
    assert split_people(cell, DEFAULT_SEPARATORS) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Director of Adults and Children", ("Director of Adults and Children",)),
        ("director of adults  and children", ("director of adults and children",)),
        (
            "Clerk and Director of Adults and Children, Auditor",
            ("Clerk", "Director of Adults and Children", "Auditor"),
        ),
        ("Director of Adults and Housing", ("Director of Adults", "Housing")),
    ],
)
def test_a_name_in_the_list_of_leads_is_never_taken_apart(
    cell: str, names: tuple[str, ...]
) -> None:
    known = ("director of adults and children", "auditor")
    assert split_people(cell, DEFAULT_SEPARATORS, known) == names


def test_a_new_line_splits_whatever_the_separators() -> None:
    assert split_people("A. Post\nB, C", ["/"]) == ("A. Post", "B, C")


def test_odd_separators_are_harmless() -> None:
    assert split_people("A B", [" ", ""]) == ("A", "B")


@given(
    st.text(st.sampled_from("ab ,/&;\nnd()")),
    st.lists(st.sampled_from([*DEFAULT_SEPARATORS, " ", "", "b", "(", "/("])),
)
def test_splitting_again_changes_nothing(cell: str, separators: list[str]) -> None:
    names = split_people(cell, separators)
    assert split_people("\n".join(names), separators) == names
