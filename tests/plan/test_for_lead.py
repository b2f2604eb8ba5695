"""The definition as one lead reads it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests import outgoing
from xlplan.language.catalogue import ENGLISH, Tongue
from xlplan.plan.definition import STATUS, Field, PlanDefinition
from xlplan.plan.for_lead import (
    document_language,
    every_way,
    field_named,
    for_lead,
    in_tongue,
    row_status,
    status_field,
)
from xlplan.plan.people import Lead
from xlplan.plan.settings import BODY, IssueSettings, PostSettings

WELSH, BOTH = Tongue(("cy",)), Tongue(("cy", "en"))
FIELDS = (
    Field("ref", "Ref", role="key"),
    Field("action", "Action", "narrative", "action", heading_cy="Cam", guidance="What we do"),
    Field("due", "Date", "date", "due", guidance="When", heading_cy="Dyddiad", guidance_cy="Pryd"),
)  # fmt: skip
RATING = replace(outgoing.RATINGS[0], meaning_cy="Wedi gorffen")
PLAN = outgoing.plan(
    fields=FIELDS,
    ratings=(RATING, *outgoing.RATINGS[1:]),
    title_cy="Cynllun",
    issue=IssueSettings(contact="The office", contact_cy="Y swyddfa", guidance="Be brief."),
    post=PostSettings(subject="Your update", reminder_cy="Cofiwch, {lead}"),
)


def test_a_plan_in_english_is_the_very_same() -> None:
    for languages in (("en-GB",), ("en",), ("fr-FR",)):
        plan = replace(PLAN, language=languages)
        assert for_lead(plan, outgoing.DIRECTOR) is plan
        assert list(every_way(plan)) == [plan]


def test_what_the_plan_says_in_welsh_stands_in_the_place_of_its_english() -> None:
    shown = for_lead(replace(PLAN, language=("cy",)), outgoing.DIRECTOR)
    assert shown.tongue == WELSH
    assert (shown.title, shown.organisation) == ("Cynllun", "Northmere Council")
    assert [item.heading for item in shown.fields] == ["Ref", "Cam", "Dyddiad"]
    assert [item.guidance for item in shown.fields] == ["", "What we do", "Pryd"]
    meanings = [each.meaning for each in shown.ratings]
    assert meanings[:2] == ["Wedi gorffen", "On track to be complete by its date"]
    assert [each.label for each in shown.ratings] == [each.label for each in PLAN.ratings]
    assert (shown.issue.contact, shown.issue.guidance) == ("Y swyddfa", "Be brief.")
    assert (shown.post.subject, shown.post.reminder) == ("Your update", "Cofiwch, {lead}")


def test_letters_that_nobody_has_worded_are_those_of_the_catalogue() -> None:
    shown = in_tongue(PLAN, WELSH)
    assert shown.post.body == WELSH.say(BODY)
    assert shown.post.body.startswith("Annwyl {lead},\n")


def test_both_languages_stand_side_by_side_in_their_order() -> None:
    shown = in_tongue(PLAN, BOTH)
    assert shown.title == "Cynllun / Corporate improvement plan"
    assert [item.heading for item in shown.fields] == ["Ref", "Cam / Action", "Dyddiad / Date"]
    assert shown.fields[2].guidance == "Pryd\nWhen"
    other = in_tongue(PLAN, Tongue(("en", "cy")))
    assert other.fields[2].heading == "Date / Dyddiad"


def test_a_lead_has_a_language_of_their_own() -> None:
    plan = replace(PLAN, language=("cy", "en"))
    assert for_lead(plan, None).tongue == BOTH
    assert for_lead(plan, Lead("Post A", language="cy")).tongue == WELSH
    assert for_lead(plan, Lead("Post B", language="en")) is plan


def test_every_way_is_each_language_that_somebody_may_have_been_sent() -> None:
    lead = Lead("Post A", language="cy")
    assert [each.tongue for each in every_way(replace(PLAN, leads=(lead,)))] == [ENGLISH, WELSH]
    both = replace(PLAN, language=("cy", "en"))
    assert [each.tongue for each in every_way(both)] == [ENGLISH, BOTH, WELSH]


@pytest.mark.parametrize(
    ("languages", "tongue", "expected"),
    [
        (("en-GB",), ENGLISH, "en-GB"),
        (("fr-FR",), ENGLISH, "fr-FR"),
        (("en-IE", "cy-GB"), Tongue(("cy",)), "cy-GB"),
        (("en-IE",), Tongue(("cy",)), "cy"),
        (("cy", "en-IE"), ENGLISH, "en-IE"),
    ],
)
def test_a_document_says_which_language_it_is_in(
    languages: tuple[str, ...], tongue: Tongue, expected: str
) -> None:
    plan = replace(PLAN, language=languages)
    assert document_language(in_tongue(plan, tongue)) == expected


@pytest.mark.parametrize(
    ("headings", "wanted"),
    [
        ((), "Status"),
        (("RAG", "Progress"), "Status"),
        (("STATUS",), "Row status"),
        (("Status", "Row status"), "Row status (2)"),
    ],
)
def test_the_status_of_a_row_stands_aside_for_a_column_of_the_plan(
    headings: tuple[str, ...], wanted: str
) -> None:
    fields = tuple(Field(f"f{number}", text) for number, text in enumerate(headings))
    definition = PlanDefinition("p", "A plan", fields)
    assert row_status(definition) == wanted
    assert field_named(definition, STATUS) == status_field(definition)
    assert status_field(definition).heading == wanted


def test_the_status_is_called_the_same_for_actions_and_recommendations() -> None:
    fields = (Field("a", "RAG"), Field("b", "Status", of="recommendation"))
    definition = PlanDefinition("p", "A plan", fields)
    assert row_status(definition) == "Row status"
    assert field_named(definition, "b") == fields[1]
    assert field_named(definition, "c") is None
