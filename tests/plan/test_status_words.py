"""Words that say how far an action is, in five languages."""

from __future__ import annotations

import pytest

from xlplan.plan.status_words import is_level, known_rating, says_closed


@pytest.mark.parametrize(
    "text",
    [
        "Closed", "Done in Harbour", "Implemented", "Superseded", "Cancelled", "Completado",
        "Terminé", "Erledigt", "Afgerond", "Wedi'i gwblhau", "Completed (late)",
    ],
)  # fmt: skip
def test_words_that_close(text: str) -> None:
    assert says_closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Open", "Not done", "Partially implemented", "Nearly complete", "50% complete",
        "No completado", "Pas terminé", "Nicht erledigt", "Nog niet afgerond", "To be closed",
        "Incomplete", "Ddim wedi'i gwblhau",
    ],
)  # fmt: skip
def test_words_that_do_not_close(text: str) -> None:
    assert not says_closed(text)


@pytest.mark.parametrize(
    ("text", "label", "severity"),
    [
        ("Done", "Completed", 0), ("CERRADO", "Completed", 0), ("En cours", "In progress", 4),
        ("In Bearbeitung", "In progress", 4), ("Ar y gweill", "In progress", 4),
        ("Pendiente", "Not started", 9), ("Te laat", "Red", 8),
    ],
)  # fmt: skip
def test_words_are_known_in_five_languages(text: str, label: str, severity: int) -> None:
    found = known_rating(text)
    assert found is not None
    assert found[:2] == (label, severity)


def test_a_level_is_no_state() -> None:
    assert is_level("High")
    assert is_level("faible")
    assert not is_level("Open")
    assert known_rating("High") is None
