"""Words that say how far an action is, in five languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan import status_words
from xlplan.plan.status_words import (
    is_colour,
    is_level,
    known_rating,
    known_state,
    may_close,
    says_attention,
    says_closed,
    says_how_much,
    says_later,
    says_state,
    says_watched,
    unanswered,
)


@pytest.mark.parametrize(
    "text",
    [
        "Closed", "Done in Harbour", "Implemented", "Superseded", "Cancelled", "Completado",
        "Terminé", "Erledigt", "Afgerond", "Wedi'i gwblhau", "Completed (late)", "100% complete",
        "Finalizada", "Cumplida", "Abandonnée", "Sans objet", "Plus d'objet", "Entfällt",
        "Nicht mehr erforderlich", "Vervallen", "Niet meer van toepassing", "Wedi'i gyflawni",
        "No longer required", "Not applicable", "Closed - embedded", "Signed off", "Ya no aplica",
        "No Longer Applicable", "Nothing is left to do: it is complete", "Fully Corrected",
        "Actioned", "Not Proceeding", "Closed - not accepted", "Closed (not pursued)",
        "Closed – no further action", "Withdrawn: not needed", "Wedi cwblhau", "Erfüllt",
        "Concluído", "Encerrada", "Completata", "Chiuso", "Avslutad",
    ],
)  # fmt: skip
def test_words_that_close(text: str) -> None:
    assert says_closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Open", "Not done", "Partially implemented", "Nearly complete", "50% complete",
        "No completado", "Pas terminé", "Nicht erledigt", "Nog niet afgerond", "To be closed",
        "Incomplete", "Ddim wedi'i gwblhau", "On track to complete in May", "Awaiting closed date",
        "Should be done", "Completed, awaiting sign-off", "Sin terminar", "Noch zu erledigt",
        "Largely implemented", "Due to be delivered", "Mitigated", "Substantially complete",
        "Partially Corrected", "Not Corrected", "Completed and ongoing", "Complete / on-going",
        "Não concluído", "Ej avslutad", "Parcialmente concluído", "Non completata",
        "Closed - not yet verified", "Closed, no evidence",
        "No further action until June",
        "Nothing done, and within its date", "None of it has been delivered", "Nichts erledigt",
    ],
)  # fmt: skip
def test_words_that_do_not_close(text: str) -> None:
    assert not says_closed(text)


@pytest.mark.parametrize(
    ("text", "label", "severity"),
    [
        ("Done", "Completed", 0), ("CERRADO", "Completed", 0), ("En cours", "In progress", 4),
        ("In Bearbeitung", "In progress", 4), ("Ar y gweill", "In progress", 4),
        ("Pendiente", "Not started", 9), ("Te laat", "Red", 8), ("Klar", "Completed", 0),
        ("Em andamento", "In progress", 4), ("In ritardo", "Red", 8),
    ],
)  # fmt: skip
def test_words_are_known_in_other_languages(text: str, label: str, severity: int) -> None:
    found = known_rating(text)
    assert found is not None
    assert found[:2] == (label, severity)


def test_a_level_is_no_state() -> None:
    assert is_level("High")
    assert is_level("faible")
    assert not is_level("Open")
    assert known_rating("High") is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("\U0001f7e2 On track", "Green"),
        ("● Overdue", "Red"),
        ("\U0001f534 Stuck", "Red"),
        ("✔\ufe0f", "Completed"),
        ("Open", "In progress"),
        ("3 - Complete", "Completed"),
        ("2. In progress", "In progress"),
        ("1 Not started", "Not started"),
    ],
)
def test_a_sign_or_a_number_may_stand_before_a_state(text: str, label: str) -> None:
    found = known_state(text)
    assert found is not None
    assert found[0] == label


@pytest.mark.parametrize(
    "text", ["", "Again", "● Parked", "Parked \U0001f534", "50% complete", "3", "30 done"]
)
def test_other_words_are_no_state(text: str) -> None:
    assert known_state(text) is None


@pytest.mark.parametrize("text", ["Mitigated", "Risk accepted", "Approuvé", "Genehmigt"])
def test_words_that_may_close(text: str) -> None:
    assert may_close(text)
    assert not says_closed(text)


@pytest.mark.parametrize("text", ["Not accepted", "Open", "Non approuvé"])
def test_words_that_may_not(text: str) -> None:
    assert not may_close(text)


def test_done_and_watched_is_not_closed() -> None:
    assert says_watched("Completed, awaiting sign-off")
    assert says_watched("Delivered – to be evidenced")
    assert not says_watched("Completed")


def test_words_that_call_for_attention() -> None:
    assert says_attention("Behind schedule")
    assert says_attention("En retard")
    assert not says_attention("On track")


def test_a_colour_is_told_from_a_state() -> None:
    assert is_colour("Rouge")
    assert is_colour("R")
    assert not is_colour("Overdue")


@pytest.mark.parametrize(
    "text", ["To be signed off", "Not yet evidenced", "in part", "still tested"]
)
def test_words_that_leave_something_to_do(text: str) -> None:
    assert says_later(text)
    assert not says_later("audit has seen the evidence")


def test_a_state_is_told_from_a_colour_and_a_letter() -> None:
    assert [says_state(text) for text in ("Closed", "in progress", "Red", "C", "Nearby")] == [
        True, True, False, False, False
    ]  # fmt: skip


def test_a_level_may_have_its_number() -> None:
    for text in ("High", "1 - High", "Medium (2)", "P1", "very high"):
        assert says_how_much(text), text
    for text in ("1", "High Street", "Priority 1: Highways", "Closed"):
        assert not says_how_much(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Please select", "< Select >", "<Select one>", "[Choose status]", "Choose an item.",
        "– Select –", "Select from the list below", "Veuillez choisir", "Bitte wählen",
        "Wählen Sie ein Element aus.", "Seleccione una opción", "Kies een item.", "Dewiswch",
        "Click or tap here to enter text.", "Click to choose a date", "[insert name of lead]",
        "Please complete",
    ],
)  # fmt: skip
def test_what_stands_where_a_choice_is_still_to_be_made_says_nothing(text: str) -> None:
    assert unanswered(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Select a contractor", "Choose the colour of the roof", "Open", "[Roofs]",
        "Please mend the roof", "Pick apples", "<5", "Select" + " one" * 20,
    ],
)  # fmt: skip
def test_what_is_to_be_done_is_no_choice_still_to_be_made(text: str) -> None:
    assert not unanswered(text)


ASKING = st.from_regex(re.compile(status_words._UNANSWERED.pattern), fullmatch=True)
IN_BRACKETS = st.from_regex(re.compile(status_words._IN_BRACKETS.pattern), fullmatch=True)


@given(ASKING | IN_BRACKETS.map("<{}>".format), st.booleans())
def test_no_text_that_asks_is_passed_over_for_its_first_letters(text: str, capital: bool) -> None:
    shown = f"- {text.upper() if capital else text}"
    known = len(shown) <= status_words.LONGEST_UNANSWERED and status_words._unanswered(shown)
    assert status_words.unanswered(shown) == known
