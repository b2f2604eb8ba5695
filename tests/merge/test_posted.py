"""What was written to a lead in a cycle, by the facts in the ledger."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, Office
from xlplan.merge.exchange import Exchange, Post, how_often, post_of, recipients_in
from xlplan.merge.model import Act, Event, Posted
from xlplan.plan.people import Group


def posted(act: Act, day: str, file: str = "", lead: str = "Ada") -> Posted:
    return Posted(act, "2026-11", lead, day, file=file)


def test_a_reminder_that_is_written_again_on_its_day_is_one() -> None:
    found = post_of(
        [
            posted("draft", "2026-11-02", "Ada.eml"),
            posted("reminder", "2026-11-20", "Ada 20.eml"),
            posted("reminder", "2026-11-27", "Ada 27.eml"),
            posted("reminder", "2026-11-27", "Ada 27.eml"),
            posted("thanks", "2026-11-28", "Ada thanks.eml"),
        ]
    )
    assert found == Post("2026-11-02", "", ("2026-11-20", "2026-11-27"), thanked=True)


def test_what_was_ticked_last_stands() -> None:
    facts = [posted("sent", "2026-11-03"), posted("not sent", ""), posted("sent", "2026-11-05")]
    assert [post_of(facts[:n]).sent for n in range(4)] == ["", "2026-11-03", "", "2026-11-05"]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "never"), (1, "once"), (2, "twice"), (3, "3 times")]
)
def test_a_number_of_times_in_words(count: int, words: str) -> None:
    assert how_often(count) == words


def test_the_post_of_a_lead_is_asked_by_cycle_names_and_position() -> None:
    exchange = Exchange()
    for seq, fact in enumerate(
        [posted("sent", "2026-11-03"), posted("sent", "2026-11-04", lead="Ben")], 7
    ):
        exchange.post(Event(seq, 1, "", fact), fact)
    assert exchange.post_to("2026-11", ("Ada",)).sent == "2026-11-03"
    assert exchange.post_to("2026-11", ("Ben",)).sent == "2026-11-04"
    assert exchange.post_to("2026-11", ("Ben",), as_of=7).sent == ""
    assert exchange.post_to("2026-12", ("Ada",)) == Post()


def test_an_officer_of_a_team_who_signs_is_written_to_beside_the_team() -> None:
    team = Group("Painters", ("Ann", "Ben"), issue="one")
    office = Office(definition=replace(DEFINITION, groups=(team,)))

    def names() -> list[str]:
        return [lead.name for lead in recipients_in(office.state, "2026-01")]

    def signs(lead: str) -> None:
        issued = office.issue(lead)
        office.append(replace(issued, id=f"{issued.id}-all", locked=issued.uids))

    without = names()
    assert "Painters" in without
    assert "Ann" not in without
    office.issue("Ann")
    assert names() == without
    signs("Ben")
    signs("Somebody who left")
    assert names() == [*without, "Ben"]
