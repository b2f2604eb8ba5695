"""What a lead reads is needed of a cell, in English and in Welsh."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import small
from tests.post.in_excel import define
from tests.small import LEARNING, LETTINGS

WHY = (
    '\n[[field]]\nid = "why"\nheading = "Why it is red"\nheading_cy = "Pam mae\'n goch"\n'
    'owner = "lead"\nrequired_if = { rating = ["Red"] }\n'
)
RATING = 5
"""The place of the rating in the plan's text."""
SAYS = {
    "en-GB": {
        LEARNING: 'Why it is red is blank, and must not be where "RAG" is Red. It is to be filled '
        "in.",
        LETTINGS: "RAG must not be blank. Choose one of: Green, Amber, Red.",
    },
    "cy": {
        LEARNING: 'Mae Pam mae\'n goch yn wag, ac ni ddylai fod lle mae "RAG" yn Red. Llenwch ef.',
        LETTINGS: "Rhaid i RAG beidio â bod yn wag. Dewiswch un o: Green, Amber, Red.",
    },
}


@pytest.mark.parametrize("language", SAYS)
def test_what_is_needed_is_said_as_the_lead_reads_it(language: str, tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    assert '"progress", ' in text
    path.write_text(text.replace('"progress", ', '"progress", "why", ') + WHY, "utf-8")
    define(folder, "plan", "language", value=language)
    define(folder, "field", RATING, "required", value=True)
    small.issue(folder)
    small.give_back(folder, LEARNING, {})
    small.give_back(folder, LETTINGS, {("1.1", "rating"): None})
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    for lead, needed in SAYS[language].items():
        assert needed in reply_to(folder, lead)


def reply_to(folder: Path, lead: str) -> str:
    text = (folder / "replies" / f"Reply to {lead}.txt").read_text("utf-8")
    return " ".join(text.split())


def test_what_the_coordinator_asks_again_is_asked_in_welsh(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    define(folder, "plan", "language", value="cy")
    small.issue(folder)
    path = small.give_back(folder, LETTINGS, {("1.3", "rating"): "Mauve"})
    small.do(folder, "merge")
    path.unlink()
    small.answer(folder, {("1.3", "rating"): "Ask the lead"})
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    assert (
        'Mae\'r cydlynydd yn gofyn i chi edrych ar hyn eto. Nid yw "Mauve" yn sgôr yn y cynllun '
        "hwn. Dewiswch un o: Green, Amber, Red."
    ) in reply_to(folder, LETTINGS)
