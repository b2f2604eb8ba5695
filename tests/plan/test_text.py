"""Canonical text: nothing that a reader can see is lost, nothing else matters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.text import are_canon, canon_text, fold, is_provisional, latin, same_words

TRICKY = st.text(
    st.sampled_from(
        "ab0_xD\r\n\t \u00a0\u200b\u200d\u200e\u202c\u202e\u05d0\ufeff"
        "\x0b\x85\u2028\u0301\u0307éıKª"
    )
)


@given(st.lists(st.text() | TRICKY, min_size=1, max_size=4))
def test_texts_that_are_canonical_together_are_so_one_by_one(texts: list[str]) -> None:
    if are_canon(texts):
        assert [canon_text(text) for text in texts] == texts
        assert all(texts)


def test_texts_are_looked_at_together_wherever_the_fault_stands() -> None:
    clean = ["Train staff", "One\nTwo", "One\n\nTwo", "Café – “done”", "x y"]
    assert are_canon(clean)
    assert are_canon(["Train staff", "x_y\nz"])
    assert not are_canon(["Train staff", "x\ty"])
    faults = ["", "x ", "x \ny", "\nx", "x\n", "x\r\ny", "x\ry", "\r", "a_x000D_b", "cafe\u0301"]
    for fault in (*faults, "\u200f", "x\u00a0y", "x\u200by"):
        for at in range(len(clean) + 1):
            assert not are_canon([*clean[:at], fault, *clean[at:]]), (fault, at)


@given(st.text() | TRICKY)
def test_canonical_text_is_idempotent(text: str) -> None:
    once = canon_text(text)
    assert canon_text(once) == once


@given(st.text() | TRICKY)
def test_a_text_is_the_same_with_something_before_it_that_nobody_sees(text: str) -> None:
    assert canon_text(text) == canon_text("\u200b" + text)


@given(st.text(st.sampled_from("_x0D\r\n\u200b\x00"), max_size=40))
def test_no_carriage_return_appears_by_taking_something_out(text: str) -> None:
    assert "_x000D_" not in canon_text(text)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert canon_text(text) == text.replace("_x000D_", "\n").replace("_x000d_", "\n").strip("\n")


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("done\r\nnext", "done\nnext"),
        ("done\rnext", "done\nnext"),
        ("done\r\r\nnext", "done\nnext"),
        ("done\r\rnext", "done\n\nnext"),
        ("done_x000D_\nnext", "done\nnext"),
        ("done_x000d_next\nlast", "done\nnext\nlast"),
        ("_x000_x000D_D_", "_x000\nD_"),
        ("done\u2028next", "done\nnext"),
        ("done  \t\nnext ", "done\nnext"),
        ("\n\n  indented", "  indented"),
        ("2\u00a0000", "2 000"),
        ("co\u00adoperate", "cooperate"),
        ("\ufeffstart", "start"),
        ("bell\x07", "bell"),
        ("half\ud800", "half"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_what_programs_differ_in(typed: str, canonical: str) -> None:
    assert canon_text(typed) == canonical


@pytest.mark.parametrize("nothing", ["", " ", "\n \t", "\u200b\u200d", "\u200e \u200f", "\u3164"])
def test_what_shows_nothing_is_blank(nothing: str) -> None:
    assert canon_text(nothing) == ""


def test_joiners_inside_emoji_and_words_stay() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert canon_text(family) == family
    assert canon_text("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("\u200e30/\u200e06/\u200e2027", "30/06/2027"),  # as Windows copies a date
        ("\u202aOn track\u202c", "On track"),
        ("\u2066Half\u2069 are (done)\u200f", "Half are (done)"),
        ("1.2\u061c\u2068", "1.2"),
        ("\u05d0\u200f (1)", "\u05d0\u200f (1)"),  # beside letters that run to the left
        ("\u202eabc\u202c", "\u202eabc\u202c"),  # shown backwards
        ("a\u200e \U0001e900", "a\u200e \U0001e900"),
    ],
)
def test_marks_of_direction_stay_only_where_they_show(typed: str, canonical: str) -> None:
    assert canon_text(typed) == canonical
    assert canon_text(canonical) == canonical


@given(st.text())
def test_composed_and_decomposed_spelling_are_equal(text: str) -> None:
    assert canon_text(unicodedata.normalize("NFD", text)) == canon_text(text)


def test_people_compare_without_case_and_spacing() -> None:
    assert fold("  Head\u00a0of\nHOUSING ") == fold("head of housing")


def test_look_alike_letters_become_latin() -> None:
    assert latin("\u0391\u0412") == "AB"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a  b\n\n c", "a b\nc", True),
        ("a b", "a\nb", False),
        ("a b", "A b", False),
        ("a", None, False),
        (1, "1", False),
    ],
)
def test_the_same_words_whatever_their_spaces(one: object, other: object, same: bool) -> None:
    assert same_words(one, other) is same


def test_a_sign_in_two_halves_is_the_sign() -> None:
    assert canon_text("done _xD83D__xDE00_ today") == "done 😀 today"
    assert canon_text("_xD8\u200b3D__xDE00_") == "😀"
    assert canon_text("_xDE00__xD83D_") == "_xDE00__xD83D_"


@pytest.mark.parametrize(
    ("ref", "found"),
    [("NEW 1", True), ("New", True), ("new-2", True), ("[TBC]", True), ("TBC3", True),
     ("Newham 1", False), ("1.1", False), ("", False), ("Renew", False)],
)  # fmt: skip
def test_a_ref_that_only_holds_a_place(ref: str, found: bool) -> None:
    assert is_provisional(ref) is found
