"""A date that a lead may only ask to change: what is asked, answered, replaced and taken back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, ROWS, Office
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.merge.kinds import AGREE, DENY, KEEP, OTHER
from xlplan.merge.model import COORDINATOR, Question, Returned
from xlplan.merge.requests import Request, requests_of
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import show

REASON = Field("reason", "Why the date moves", "text", "reason", owner="lead")
DUE = next(item for item in FIELDS if item.id == "due")
ASKED = tuple(replace(f, change="request") if f is DUE else f for f in FIELDS)
DEFINED = replace(DEFINITION, fields=(*ASKED, REASON))
PLAIN = replace(DEFINITION, fields=ASKED)
CELL = ("a-1", "due")
STANDS = "What the plan says now stands until this is answered."


def office_of(definition: PlanDefinition = DEFINED) -> Office:
    return Office(definition=definition)


def ask(office: Office, value: str | None, lead: str = "Ann", **how: object) -> Returned:
    """A lead asks for a date on a form of their own; `reason` and `cycle` may be named."""
    reason, cycle = how.pop("reason", None), str(how.pop("cycle", "2026-01"))
    edits = {CELL: value, **({("a-1", "reason"): str(reason)} if reason else {})}
    return office.give_back(office.issue(lead, cycle=cycle), edits, **how)


def only(office: Office) -> Question:
    (question,) = office.questions()
    return question


def outcomes(office: Office) -> list[tuple[str, str, str]]:
    return [(r.author, show(r.value), r.outcome) for r in listed(office)]


def listed(office: Office) -> list[Request]:
    return requests_of(office.state)


def test_the_date_stands_and_the_coordinator_is_asked_with_the_reason() -> None:
    office = office_of()
    back = ask(office, "August 2026", reason="The scaffold is late")
    assert office.value(*CELL) == "June 2026"
    question = only(office)
    assert (question.kind, question.choices) == ("request", (AGREE, DENY, OTHER))
    assert [c.text for c in question.candidates] == ["August 2026"]
    assert question.message == (
        f'Ann asks for August 2026. Reason: "The scaffold is late". {STANDS}'
    )
    assert [f.disposition for f in office.fates(back) if f.field == "due"] == ["held"]
    assert office.value("a-1", "reason") == "The scaffold is late"


@pytest.mark.parametrize(
    ("choice", "other", "value", "outcome"),
    [
        (AGREE, None, "August 2026", "agreed"),
        (DENY, None, "June 2026", "refused"),
        (OTHER, "July 2026", "July 2026", "otherwise"),
        ("July 2026", None, "July 2026", "otherwise"),
    ],
)
def test_the_answers(choice: str, other: str | None, value: str, outcome: str) -> None:
    office = office_of()
    ask(office, "August 2026")
    office.answer(only(office), choice, other)
    assert office.value(*CELL) == value
    assert office.questions() == []
    (request,) = listed(office)
    assert (request.outcome, show(request.now), show(request.base)) == (outcome, value, "June 2026")
    assert (request.asked_at, request.decided_at) == (
        "2026-01-01T00:00:03Z", "2026-01-01T00:00:04Z",
    )  # fmt: skip


def test_a_slip_of_an_answer_is_no_date() -> None:
    office = office_of()
    ask(office, "August 2026")
    for typed in ("Agreed", "refus", "agre"):
        found = facts_of(office.state, only(office), Answer(typed))
        assert isinstance(found, Problem)
        assert found.code == "DEC-002"


def test_a_new_definition_alone_makes_it_a_request() -> None:
    office = office_of(replace(DEFINED, fields=(*FIELDS, REASON)))
    ask(office, "August 2026")
    assert office.value(*CELL) == "August 2026"
    assert listed(office) == []
    office.redefine(DEFINED)
    ask(office, "September 2026")
    assert office.value(*CELL) == "August 2026"
    assert outcomes(office) == [("Ann", "September 2026", "open")]


def test_the_coordinator_asks_nobody() -> None:
    office = office_of()
    office.coordinator({CELL: "August 2026"})
    assert (office.value(*CELL), office.questions(), listed(office)) == ("August 2026", [], [])


def test_a_date_taken_away_is_held_as_ever() -> None:
    office = office_of()
    ask(office, "TBC")
    question = only(office)
    assert (question.kind, office.value(*CELL)) == ("held", "June 2026")
    assert listed(office) == []


def test_a_row_emptied_as_a_whole_is_one_question() -> None:
    fields = tuple(replace(f, owner="coordinator") for f in FIELDS if f is not DUE)
    definition = replace(DEFINITION, fields=(*fields, replace(DUE, change="request")))
    office = Office({"a-1": ROWS["a-1"]}, definition)
    office.give_back(office.issue("Ann", ["a-1"]), {CELL: None})
    assert only(office).kind == "row-missing"


def test_a_finished_action_may_lose_its_date_only_on_request() -> None:
    office = office_of()
    office.give_back(office.issue("Ann"), {CELL: None, ("a-1", "rating"): "Blue"})
    question = only(office)
    assert (question.kind, office.value(*CELL)) == ("request", "June 2026")
    assert question.message == f"Ann asks for a blank. No reason is given. {STANDS}"
    office.answer(question, AGREE)
    assert office.value(*CELL) == ""


def test_without_a_column_for_the_reason_none_is_given() -> None:
    office = office_of(PLAIN)
    ask(office, "August 2026")
    assert only(office).message == f"Ann asks for August 2026. No reason is given. {STANDS}"


def test_a_reason_that_stood_on_the_form_is_the_reason() -> None:
    office = office_of()
    office.coordinator({("a-1", "reason"): "The firm closed"})
    ask(office, "August 2026")
    assert '"The firm closed"' in only(office).message


def test_a_reason_given_later_on_the_same_form_replaces_the_first() -> None:
    office = office_of()
    form = office.issue("Ann")
    for number, why in enumerate(("Late", "The scaffold is late"), 1):
        edits = {CELL: "August 2026", ("a-1", "reason"): why}
        office.give_back(form, edits, saved_at=f"2026-01-0{number}T00:00:00Z")
    assert '"The scaffold is late"' in only(office).message


@pytest.mark.parametrize("stamps", [("", ""), ("2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z")])
def test_who_asks_again_on_the_next_form_asks_once(stamps: tuple[str, str]) -> None:
    office = office_of()
    first, second = (office.issue("Ann", cycle=cycle) for cycle in ("2026-01", "2026-02"))
    readings = [
        office.reading(form, {CELL: value}, saved_at=stamp, digest=value)
        for form, value, stamp in (
            (first, "August 2026", stamps[0]),
            (second, "September 2026", stamps[1]),
        )
    ]
    for order in (readings, list(reversed(readings))):
        fresh = office_of()
        for cycle in ("2026-01", "2026-02"):
            fresh.issue("Ann", cycle=cycle)
        for reading in order:
            fresh.merge(reading)
        assert [c.text for c in only(fresh).candidates] == ["September 2026"]
        assert outcomes(fresh) == [("Ann", "September 2026", "open")]
        fresh.answer(only(fresh), AGREE)
        assert fresh.value(*CELL) == "September 2026"
        assert outcomes(fresh) == [("Ann", "September 2026", "agreed")]


def test_the_later_file_counts_whatever_its_form() -> None:
    office = office_of()
    old = office.issue("Ann", cycle="2026-01")
    ask(office, "September 2026", cycle="2026-02", saved_at="2026-02-05T00:00:00Z")
    office.give_back(old, {CELL: "October 2026"}, saved_at="2026-02-06T00:00:00Z")
    assert outcomes(office) == [("Ann", "October 2026", "open")]


def test_a_second_file_of_one_form_replaces_the_first() -> None:
    office = office_of()
    form = office.issue("Ann")
    office.give_back(form, {CELL: "August 2026"}, saved_at="2026-01-05T00:00:00Z")
    office.give_back(form, {CELL: "July 2026"}, saved_at="2026-01-06T00:00:00Z")
    assert [c.text for c in only(office).candidates] == ["July 2026"]
    assert outcomes(office) == [("Ann", "July 2026", "open")]


def test_two_files_at_one_time_are_a_choice() -> None:
    office = office_of()
    form = office.issue("Ann")
    for value in ("August 2026", "July 2026"):
        office.give_back(form, {CELL: value}, digest=value)
    asked = [q for q in office.questions() if q.kind == "request"]
    assert [q.choices[-2:] for q in asked] == [(DENY, OTHER)]
    assert {*asked[0].choices} >= {"August 2026", "July 2026"}
    office.answer(asked[0], "July 2026")
    assert office.value(*CELL) == "July 2026"


def test_what_was_refused_may_be_asked_again() -> None:
    office = office_of()
    ask(office, "August 2026")
    office.answer(only(office), DENY)
    ask(office, "August 2026", cycle="2026-02")
    assert only(office).kind == "request"
    assert [r.outcome for r in listed(office)] == ["refused", "open"]


def test_a_form_that_shows_the_old_date_asks_nothing_and_withdraws_nothing() -> None:
    office = office_of()
    ask(office, "August 2026")
    office.give_back(office.issue("Ann", cycle="2026-02"), {("a-1", "progress"): "Going on"})
    assert [c.text for c in only(office).candidates] == ["August 2026"]


def test_two_leads_who_ask_for_different_dates_are_a_conflict() -> None:
    office = office_of()
    ask(office, "August 2026", reason="Late")
    ask(office, "July 2026", "Ben")
    question = only(office)
    assert question.kind == "conflict"
    assert question.choices == ("August 2026", "July 2026", KEEP, OTHER)
    assert {c.author for c in question.candidates} == {"Ann", "Ben"}
    office.answer(question, "July 2026")
    assert (office.value(*CELL), office.questions()) == ("July 2026", [])
    assert outcomes(office) == [
        ("Ann", "August 2026", "otherwise"), ("Ben", "July 2026", "agreed"),
    ]  # fmt: skip


def test_such_a_conflict_can_leave_the_date() -> None:
    office = office_of()
    ask(office, "August 2026")
    ask(office, "July 2026", "Ben")
    office.answer(only(office), KEEP)
    assert (office.value(*CELL), office.questions()) == ("June 2026", [])
    assert [r.outcome for r in listed(office)] == ["refused", "refused"]


def test_two_leads_who_ask_for_the_same_date_are_one_request() -> None:
    office = office_of()
    ask(office, "August 2026")
    ask(office, "August 2026", "Ben")
    assert (only(office).kind, only(office).choices) == ("request", (AGREE, DENY, OTHER))
    office.answer(only(office), AGREE)
    assert [r.outcome for r in listed(office)] == ["agreed", "agreed"]


def test_the_master_may_have_the_date_by_then() -> None:
    office = office_of()
    export = office.issue(COORDINATOR)
    ask(office, "August 2026")
    office.give_back(export, {CELL: "August 2026"})
    assert office.questions() == []
    (request,) = listed(office)
    assert (request.outcome, request.why) == ("agreed", "")
    assert request.decided_at == "2026-01-01T00:00:05Z"


def test_undo_takes_the_request_back_and_what_was_decided_about_it() -> None:
    office = office_of()
    back = ask(office, "August 2026")
    office.undo(back)
    assert (office.questions(), listed(office)) == ([], [])
    office.merge(office.reading(office.state.issued[back.issued], {CELL: "August 2026"}))
    office.answer(only(office), AGREE)
    (event,) = [e for e in office.state.return_events if office.state.live_returned(e)]
    again = event.fact
    assert isinstance(again, Returned)
    office.undo(again)
    assert (office.value(*CELL), office.questions(), listed(office)) == ("June 2026", [], [])


def test_replayed_it_is_the_same() -> None:
    office = office_of()
    ask(office, "August 2026")
    office.answer(only(office), AGREE)
    assert requests_of(office.replayed().state) == listed(office)
