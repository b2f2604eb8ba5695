"""Several officers in one cell, posts that nobody fills, names that are alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.definition import DEFAULT_SEPARATORS
from xlplan.plan.text import alike, names_nobody, pairs_alike, says_vacant, split_people


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
        ("H&S Adviser", ("H&S Adviser",)),
        ("Head of R&D & A&E Matron", ("Head of R&D", "A&E Matron")),
        ("Police&Council", ("Police", "Council")),
        ("1. Head of Roads\n2. A. Post", ("Head of Roads", "A. Post")),
        ("a) Head of Roads / (b) A. Post", ("Head of Roads", "A. Post")),
        ("- Head of Roads\n• 2) A. Post", ("Head of Roads", "A. Post")),
        ("1) Head of Roads", ("Head of Roads",)),
        ("2. Bürgermeister", ("2. Bürgermeister",)),
        ("1. Vorsitzender, 2. Vorsitzender", ("1. Vorsitzender", "2. Vorsitzender")),
        ("1. Head of Roads\n1. Head of Roads", ("Head of Roads",)),
        ("1st Officer; 2 Wards Manager", ("1st Officer", "2 Wards Manager")),
        ("A. Post;#12;#Head of Roads;#7", ("A. Post", "Head of Roads")),
        ("12;#A. Post", ("A. Post",)),
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


def test_a_lead_whose_name_begins_like_a_list_keeps_it() -> None:
    known = ("1. head of roads",)
    assert split_people("1. Head of Roads\n2. A. Post", DEFAULT_SEPARATORS, known) == (
        "1. Head of Roads",
        "A. Post",
    )
    assert split_people("3. A. Post", DEFAULT_SEPARATORS, ("a. post",)) == ("A. Post",)


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


@pytest.mark.parametrize(
    ("cell", "known", "names"),
    [
        ("Ada Quill, s151", (), ("Ada Quill, s151",)),
        ("Ada Quill, Section 151 Officer", (), ("Ada Quill, Section 151 Officer",)),
        ("Ada Quill, CPFA, OBE / Ben Ode, RN", (), ("Ada Quill, CPFA, OBE", "Ben Ode, RN")),
        ("Ada Quill,CPFA, Ben Ode", (), ("Ada Quill,CPFA", "Ben Ode")),
        ("Ada Quill, CPFA, OBE", ("ada quill",), ("Ada Quill",)),
        ("Ada Quill, RN", ("ada quill", "ada quill, rn"), ("Ada Quill, RN",)),
        ("Ada Quill, RN", ("rn",), ("Ada Quill", "RN")),
        ("AQ, RN", (), ("AQ", "RN")),
        ("Ada Quill / RN", (), ("Ada Quill", "RN")),
        ("Ada Quill, RNLI", (), ("Ada Quill", "RNLI")),
        ("Blye & Sons / Ada Quill", (), ("Blye & Sons", "Ada Quill")),
        ("Blye and Sons Ltd", (), ("Blye and Sons Ltd",)),
        ("Ada Quill & Partners in Care", (), ("Ada Quill", "Partners in Care")),
        ("Director of Roofs & Partners", (), ("Director of Roofs", "Partners")),
        ("Police and Partners", (), ("Police", "Partners")),
        ("Blye & Partners LLP", (), ("Blye & Partners LLP",)),
        ("Ada Quill, Blye, and Sons", (), ("Ada Quill", "Blye", "Sons")),
        ("Blye & Sons", ("blye", "sons"), ("Blye", "Sons")),
    ],
)
def test_letters_behind_a_name_and_the_end_of_a_firm_are_part_of_it(
    cell: str, known: tuple[str, ...], names: tuple[str, ...]
) -> None:
    """They were a lead of their own, with a template to fill in."""
    assert split_people(cell, DEFAULT_SEPARATORS, known) == names
