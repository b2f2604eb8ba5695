"""Why a lead means what is asked about: it answers the checks, and is known by author and cell."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, Edits, Office
from xlplan.merge.because import answers_of, with_answers
from xlplan.merge.kinds import BY_REF
from xlplan.merge.model import Issued
from xlplan.plan.checks.checklist import check_plan
from xlplan.plan.definition import BECAUSE, ENTRY
from xlplan.plan.settings import IssueSettings
from xlplan.returned.as_issued import HINTS

PLAN = replace(DEFINITION, issue=IssueSettings(hints=True))
WHY = BECAUSE + ENTRY
LATER = "2026-08-10T09:00:00Z"
TODAY = date(2026, 9, 1)
"""a-1 was due in June and is rated Green; a-2 was due in May and is rated Amber."""


@pytest.fixture
def office() -> Office:
    return Office(definition=PLAN)


def issue(office: Office, lead: str = "Ann", cycle: str = "2026-08") -> Issued:
    issued = office.issue(lead, cycle=cycle)
    shown = replace(
        issued,
        id=f"{issued.id}-hints",
        fields=(*issued.fields, HINTS, WHY),
        inputs=(*issued.inputs, WHY),
    )
    office.append(shown)
    return shown


def send(office: Office, issued: Issued, edits: Edits, **how: object) -> list[str]:
    """The lines about what came back."""
    settings: dict[str, object] = {"saved_at": LATER, **how}
    return list(office.give_back(issued, edits, **settings).information)


def asked(office: Office, today: date = TODAY) -> set[tuple[str, str]]:
    state = office.state
    history = with_answers(office.past(today).history, answers_of(state))
    rows = state.master()
    checked = check_plan(state.definition, rows, today, history)
    return {(p.code, p.action) for p in checked if p.code in ("CHK-009", "CHK-010", "CHK-109")}


def test_an_answer_closes_the_check_and_says_whose_it_is_and_where(office: Office) -> None:
    assert asked(office) == {("CHK-010", "1.1")}
    lines = send(office, issue(office), {("a-1", WHY): "The board agreed to wait"})
    assert lines == []
    assert asked(office) == set()
    (answer,) = answers_of(office.state)
    assert (answer.uid, answer.author, answer.text) == ("a-1", "Ann", "The board agreed to wait")
    assert answer.codes == {"CHK-010"}
    assert (answer.place.file, answer.place.sheet) == ("return.xlsx", "Update")
    assert answer.place.cell
    assert office.questions() == []


def test_what_is_asked_of_the_action_as_it_came_back_is_answered(office: Office) -> None:
    edits = {("a-1", "progress"): "Completed.", ("a-1", WHY): "Only the hall"}
    assert send(office, issue(office), edits) == []
    (answer,) = answers_of(office.state)
    assert answer.codes == {"CHK-009", "CHK-010"}
    assert asked(office) == set()


def test_this_periods_entry_is_what_a_check_reads(office: Office) -> None:
    fields = tuple(
        replace(item, mode="append") if item.id == "progress" else item for item in PLAN.fields
    )
    office = Office(definition=replace(PLAN, fields=fields))
    edits = {("a-1", "progress" + ENTRY): "Completed.", ("a-1", WHY): "Only the hall"}
    send(office, issue(office), edits)
    (answer,) = answers_of(office.state)
    assert answer.codes == {"CHK-009", "CHK-010"}


def test_where_nothing_is_asked_it_is_kept_and_said_to_be_a_remark(office: Office) -> None:
    (line,) = send(office, issue(office), {("a-3", WHY): "We like it so"})
    assert 'Nothing is asked about action 2.1, so "We like it so" is kept as a remark.' in line
    assert answers_of(office.state) == ()
    assert "We like it so" in str(office.state.value("a-3", BECAUSE))


@pytest.mark.parametrize("edit", [{("a-1", "due"): "July 2026"}, {("a-1", "rating"): "Blue"}])
def test_it_is_asked_again_where_what_it_rests_on_has_changed(office: Office, edit: Edits) -> None:
    send(office, issue(office), {("a-1", WHY): "The board agreed to wait"})
    office.coordinator(edit)
    assert answers_of(office.state) == ()
    if ("a-1", "due") in edit:
        assert asked(office) == {("CHK-010", "1.1")}


def test_what_comes_up_later_is_not_answered_before(office: Office) -> None:
    edits = {("a-1", "due"): "August 2026", ("a-1", "progress"): "Completed.",
             ("a-1", WHY): "Only the hall"}  # fmt: skip
    send(office, issue(office), edits)
    (answer,) = answers_of(office.state)
    assert answer.codes == {"CHK-009"}
    assert asked(office) == {("CHK-010", "1.1")}  # the new date has passed too by then


def test_a_date_put_back_for_the_third_time_can_be_meant(office: Office) -> None:
    for month in ("October 2026", "November 2026"):
        office.coordinator({("a-1", "due"): month})
    issued = issue(office)
    send(office, issued, {("a-1", "due"): "December 2026", ("a-1", WHY): "A supplier withdrew"})
    (answer,) = answers_of(office.state)
    assert answer.codes == {"CHK-109"}
    assert asked(office) == set()


def test_two_leads_are_both_kept(office: Office) -> None:
    ann, ben = issue(office), issue(office, "Ben")
    send(office, ann, {("a-1", WHY): "The board agreed"})
    send(office, ben, {("a-1", WHY): "So it did"})
    assert {(each.author, each.text) for each in answers_of(office.state)} == {
        ("Ann", "The board agreed"), ("Ben", "So it did"),
    }  # fmt: skip
    assert office.questions() == []


def test_a_later_file_of_the_lead_counts_and_an_undo_takes_the_answer_back(office: Office) -> None:
    issued = issue(office)
    send(office, issued, {("a-1", WHY): "Perhaps"}, digest="one")
    send(
        office, issued, {("a-1", WHY): "The board agreed"}, digest="two",
        saved_at="2026-08-11T09:00:00Z",
    )  # fmt: skip
    assert [each.text for each in answers_of(office.state)] == ["The board agreed"]
    for name in ("r-two", "r-one"):
        office.undo(office.state.returns[name])
    assert answers_of(office.state) == ()
    assert asked(office) == {("CHK-010", "1.1")}


def test_a_file_without_a_time_inside_is_of_the_day_on_which_it_came(office: Office) -> None:
    # The ledger of the paper office is of 1 January, when nothing was late.
    (line,) = send(office, issue(office), {("a-1", WHY): "The board agreed"}, saved_at="")
    assert "kept as a remark" in line
    assert answers_of(office.state) == ()


def test_a_plan_without_hints_knows_no_answers() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "progress"): "Completed."})
    assert answers_of(office.state) == ()


def test_an_answer_taken_in_by_a_decision_answers_nothing(office: Office) -> None:
    issued = issue(office)
    office.give_back(
        issued, {("a-1", WHY): "The board agreed"}, saved_at=LATER, trust={"a-1": "matched"}
    )
    (question,) = office.questions()
    office.answer(question, "Accept")
    assert answers_of(office.state) == ()
    assert "The board agreed" in str(office.state.value("a-1", BECAUSE))


def test_as_of_an_earlier_position_there_was_no_answer(office: Office) -> None:
    issued = issue(office)
    before = office.state.seq
    send(office, issued, {("a-1", WHY): "The board agreed"})
    assert answers_of(office.state, before) == ()
    assert len(answers_of(office.state)) == 1


def test_answers_of_one_file_are_each_their_actions_own(office: Office) -> None:
    edits: Edits = {
        ("a-1", WHY): "The board agreed",
        ("a-2", "progress"): "Done",
        ("a-2", WHY): "Only the roof",
    }
    assert send(office, issue(office), edits) == []
    assert {(each.uid, each.codes) for each in answers_of(office.state)} == {
        ("a-1", frozenset({"CHK-010"})), ("a-2", frozenset({"CHK-009"})),
    }  # fmt: skip


def test_what_was_read_from_rows_that_were_moved_is_kept_and_answers_nothing(
    office: Office,
) -> None:
    turned = {"a-1": "a-2", "a-2": "a-3", "a-3": "a-1"}
    issued = issue(office)
    office.give_back(issued, {("a-1", WHY): "The board agreed"}, saved_at=LATER, moved=turned)
    (question,) = office.questions()
    office.answer(question, BY_REF)
    assert answers_of(office.state) == ()
    assert "The board agreed" in str(office.state.value("a-1", BECAUSE))
