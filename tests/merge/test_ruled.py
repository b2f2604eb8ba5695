"""Ratings that a lead may not give, or not yet; and those that follow from the plan's rules."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, RATINGS, Office
from xlplan.merge.kinds import Kind
from xlplan.merge.model import COORDINATOR, NOWHERE, RULE, Decided, Posted
from xlplan.plan.definition import Rating
from xlplan.plan.settings import Rule

EVERY = (
    replace(RATINGS[0], needs=("progress", "diary", "lead")),
    *RATINGS[1:],
    Rating("Checked", "Checked", by="coordinator", order=5, closed=True),
)
SETS = (Rule("half", "Green", percent_above=49, sets=True), Rule("else", "Red", sets=True))


def held(office: Office) -> list[tuple[str, str]]:
    return [(question.kind, question.message) for question in office.questions()]


def test_of_a_wrong_rating_leads_are_told_only_those_that_they_may_give() -> None:
    office = Office(definition=replace(DEFINITION, ratings=EVERY))
    office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple", ("a-1", "due"): "Purple"})
    messages = [message for _, message in held(office)]
    [wrong] = [each for each in messages if "is not a rating" in each]
    assert "Green" in wrong
    assert "Checked" not in wrong
    office.coordinator({("a-2", "rating"): "Purple"})
    assert any("Checked" in message for _, message in held(office))


def test_a_rating_that_is_the_coordinators_is_asked_about() -> None:
    office = Office(definition=replace(DEFINITION, ratings=EVERY))
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "rating"): "Checked"})
    assert office.state.value("a-1", "rating") == "Green"
    assert held(office) == [("held", "Checked is not for a lead to give.")]


def test_the_coordinator_gives_it_in_the_master() -> None:
    office = Office(definition=replace(DEFINITION, ratings=EVERY))
    office.give_back(office.issue(COORDINATOR), {("a-3", "rating"): "Checked"})
    assert office.state.value("a-3", "rating") == "Checked"
    template = office.issue("Ben")
    office.give_back(template, {("a-3", "progress"): "Seen by two of us"})
    assert held(office) == []  # it stands there as it was issued: nobody gave it


@pytest.mark.parametrize(
    ("edits", "missing"),
    [
        ({}, "Completed needs Diary, which is blank in this file."),
        (
            {"progress": None},
            "Completed needs Progress, Diary, which is blank in this file.",
        ),
        ({"diary:entry": "Two coats"}, ""),
    ],
)
def test_a_rating_that_needs_more_is_asked_about_where_that_is_blank(
    edits: dict[str, str | None], missing: str
) -> None:
    office = Office(definition=replace(DEFINITION, ratings=EVERY))
    template = office.issue("Ann")
    back = {("a-1", name): value for name, value in {**edits, "rating": "Blue"}.items()}
    office.give_back(template, back)
    assert held(office) == ([("held", missing)] if missing else [])
    assert office.state.value("a-1", "rating") == ("Green" if missing else "Blue")


def test_what_stood_before_this_period_is_enough() -> None:
    office = Office(definition=replace(DEFINITION, ratings=EVERY))
    office.give_back(office.issue("Ann"), {("a-1", "diary:entry"): "Two coats"})
    later = office.issue("Ann", cycle="2026-02")
    office.give_back(later, {("a-1", "rating"): "Blue"}, without=["lead"])
    assert held(office) == []


def test_what_follows_from_rules_is_not_taken_from_a_file_and_said() -> None:
    office = Office(definition=replace(DEFINITION, rules=SETS))
    for author in ("Ann", COORDINATOR):
        issued = office.issue(author)
        returned = office.give_back(issued, {("a-1", "rating"): "Blue"})
        (line,) = returned.information
        assert line.endswith(
            'Rating of action 1.1 follows from the rules of the plan, so "Blue" was not used. '
            "Change what it follows from."
        )
    assert office.state.value("a-1", "rating") == "Green"
    assert held(office) == []


def rule(office: Office, value: str) -> None:
    saw = frozenset(write.id for write in office.state.live(("a-1", "rating")))
    office.append(
        Decided(
            f"d-{value}", "", Kind.RULE, "a-1", "rating", "else", True, value, "25% complete", saw,
            NOWHERE,
        )
    )  # fmt: skip


def test_what_a_rule_wrote_stands_in_the_log_with_its_reason() -> None:
    office = Office(definition=replace(DEFINITION, rules=SETS))
    rule(office, "Red")
    (change,) = office.history.changes
    assert (change.by, change.kind, change.why) == (RULE, "rule", "25% complete")
    assert (change.before, change.after) == ("Green", "Red")


def test_an_action_that_a_rule_closed_takes_what_was_on_its_way() -> None:
    """So that it does not matter which of two leads returns first."""
    office = Office(definition=replace(DEFINITION, rules=SETS))
    template = office.issue("Ben")
    rule(office, "Blue")
    office.give_back(template, {("a-1", "progress"): "Painted"})
    assert held(office) == []
    assert office.state.value("a-1", "progress") == "Painted"


def test_the_fields_are_those_that_the_tests_above_name() -> None:
    assert {"progress", "diary", "lead", "rating"} <= {item.id for item in FIELDS}


def test_a_rating_in_the_words_that_a_template_shows_is_no_other_spelling() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), {("a-1", "rating"): "On track"})
    assert back.information == ()
    back = office.give_back(office.issue("Ann"), {("a-1", "rating"): "ON TRACK"}, digest="2")
    assert [line.partition(": ")[2] for line in back.information] == [
        '"ON TRACK" means the same as "Green" in Rating; no change.'
    ]


def test_letters_are_kept_and_change_nothing_of_the_plan() -> None:
    office = Office()
    template = office.issue("Ann")
    before = office.value("a-1", "rating")
    office.append(Posted("draft", "2026-01", "Ann", template.id, "a.eml", "0" * 64))
    assert office.value("a-1", "rating") == before
    assert office.questions() == []


def test_of_old_templates_the_first_of_each_definition_is_asked_for() -> None:
    office = Office()
    first = office.issue("Ann")
    office.issue("Ben")
    office.redefine(replace(DEFINITION, title="Another"))
    third = office.issue("Cat")
    office.issue(COORDINATOR)
    assert office.state.exchange.of_old(office.state.definition_at) == [first, third]
