"""Names that may be one person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.alike import alike, names_nobody, pairs_alike, says_vacant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Quill", "A Quill"),
        ("Ada Quill", "A. Quill"),
        ("Ada Quill", "Dr Ada Quill"),
        ("Ada Quill", "Ada M Quill"),
        ("Ada Quill", "A M Quill"),
        ("Ada Quill", "Ada Quil"),
        ("Ada Quill", "Ada Qiull"),
        ("Ada Quill", "Ada Quyll"),
        ("Ada Quill", "AQ"),
        ("Ada Quill", "A.Q."),
        ("Head of Housing", "Head of Housng"),
        ("Director of Children's Services", "Director of Childrens Services"),
        ("Director of Children's Services", "Director of Children’s Service"),
        ("Manager (North)", "Manager - North"),
    ],
)
def test_one_person_written_two_ways(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)
    assert list(pairs_alike({one, other})) == [tuple(sorted((one, other)))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Quill", "ada  quill"),  # read as one name already
        ("Ada Quill", "Ben Quill"),
        ("Ada Quill", "B Quill"),
        ("Ada Quill", "Ada Ode"),
        ("Jon Ode", "John Ode"),
        ("Head of Housing", "Head of Housing Needs"),
        ("Team Manager 1", "Team Manager 2"),
        ("Team 10001", "Team 10002"),
        ("Team Manager North", "Team Manager South"),
        ("Ada Quill", "aq"),
        ("Ada Quill", "AQX"),
        ("", "Ada Quill"),
        ("?", "Ada Quill"),
    ],
)
def test_two_people(one: str, other: str) -> None:
    assert not alike(one, other)


def test_initials_that_fit_two_people_say_nothing() -> None:
    assert list(pairs_alike(["Ada Quill", "Alan Quist", "AQ"])) == []


def test_a_name_without_a_letter_is_nobodys_double() -> None:
    assert list(pairs_alike(["???", "--", "Ada Quill", "Ada Quil"])) == [("Ada Quil", "Ada Quill")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Vacant", "Vacant"),
        ("Head of Housing (vacant post)", "vacant"),
        ("TBC", "TBC"),
        ("ТВС", "TBC"),  # in Cyrillic letters
        ("To be  appointed", "To be appointed"),
        ("n/a", "n/a"),
        ("-", "-"),
        ("Head of Housing", ""),
        ("Ada Vacanti", ""),
        ("Nona Tbilisi", ""),
    ],
)
def test_names_of_nobody(name: str, words: str) -> None:
    assert says_vacant(name) == words


@pytest.mark.parametrize(
    ("name", "nobody"),
    [
        ("TBC", True), ("tbd", True), ("Post vacant", True), ("Lead to be confirmed", True),
        ("-", True), ("Head of Housing (vacant)", False), ("Housing Officer TBC", False),
        ("Head of Housing", False), ("Lead Officer", False),
    ],
)  # fmt: skip
def test_a_vacancy_without_a_post_is_nobody(name: str, nobody: bool) -> None:
    assert names_nobody(name) is nobody


@given(st.lists(st.text("abAB .'1", max_size=9), max_size=8))
def test_being_alike_goes_both_ways(names: list[str]) -> None:
    for one in names:
        assert not alike(one, one)
        for other in names:
            assert alike(one, other) == alike(other, one)
