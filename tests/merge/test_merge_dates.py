"""An open action keeps its date until the coordinator says that it has none.

A lead who types "n/a", "TBC" or "Ongoing" over a date, or empties it, asks a question; what was
due stays due meanwhile.
"""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, RATINGS, ROWS, Office
from xlplan.merge import decide
from xlplan.plan.definition import Rating
from xlplan.plan.due import date_gone
from xlplan.plan.timescales import parse_timescale, says_no_end
from xlplan.plan.values import Invalid, Raw, Value

DUE, REVISED = DEFINITION.find("due"), DEFINITION.find("revised")
LATE = "30 September 2025"
SAID = "The date is gone: was 30 September 2025"


def asked(office: Office) -> list[tuple[str, str, str]]:
    return [(q.kind, q.action, q.field) for q in office.questions()]


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        ("June 2026", "TBC", date(2026, 6, 30)),
        ("June 2026", "June 2027\nOngoing", date(2026, 6, 30)),
        ("May 2026\nJune 2026", "June 2026\nTBC", None),
        ("June 2026", "phase two by 03/04/26", date(2026, 6, 30)),
        ("Ongoing", "TBC", None),
        ("TBC", "June 2026", None),
    ],
)
def test_words_without_a_date_take_one_away(before: str, after: str, gone: date | None) -> None:
    found = date_gone(DEFINITION, DUE, parse_timescale(before), parse_timescale(after))
    assert found == gone


@pytest.mark.parametrize(
    ("after", "is_gone"),
    [
        (None, True),
        (Invalid("TBC", "VAL-003"), True),
        (Invalid("31/02/2026", "VAL-003"), False),
        (Invalid("03/04/2026", "VAL-004"), False),
        (Invalid("=B5", "VAL-009"), False),
        (date(2027, 1, 1), False),
    ],
)
def test_what_cannot_be_read_is_not_gone(after: Value, is_gone: bool) -> None:
    found = date_gone(DEFINITION, REVISED, date(2026, 5, 1), after)
    assert found == (date(2026, 5, 1) if is_gone else None)


def test_only_dates_by_which_a_row_is_due_are_watched() -> None:
    progress = DEFINITION.find("progress")
    assert date_gone(DEFINITION, progress, "By June 2026", "Done") is None
    assert date_gone(DEFINITION, None, date(2026, 5, 1), None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ongoing", True), ("on-going.", True), ("  Continuous ", True), ("BAU", True),
        ("Business as usual", True), ("This is ongoing", True), ("TBC", False), ("n/a", False),
        ("Ongoing to March 2027", False), ("ongoing review of the rota", False),
    ],
)  # fmt: skip
def test_words_for_work_without_an_end(text: str, expected: bool) -> None:
    assert says_no_end(text) is expected


@pytest.mark.parametrize("typed", ["n/a", "TBC", "-", "see below", "Ongoing", None])
def test_the_date_stands_until_the_question_is_answered(typed: str | None) -> None:
    office = Office()
    office.coordinator({("a-1", "due"): LATE})
    office.give_back(office.issue("Ann"), {("a-1", "due"): typed})
    [question] = office.questions()
    assert (question.kind, question.action, question.field) == ("held", "1.1", "due")
    assert question.message.startswith(SAID)
    assert question.choices == ("Accept", "Keep current", "Other")
    assert office.value("a-1", "due") == LATE
    office.answer(question, "Accept")
    assert office.value("a-1", "due") == (typed or "")
    assert office.questions() == []


def test_a_revised_date_is_asked_about_too() -> None:
    office = Office()
    office.coordinator({("a-1", "revised"): "1 May 2026", ("a-2", "revised"): "1 May 2026"})
    office.give_back(office.issue("Ann"), {("a-1", "revised"): None, ("a-2", "revised"): "n/a"})
    assert asked(office) == [("held", "1.1", "revised"), ("invalid", "1.2", "revised")]
    assert office.value("a-1", "revised") == "1 May 2026"


def test_a_required_date_that_was_emptied_is_asked_about_as_ever() -> None:
    fields = tuple(replace(f, required=True) if f.id == "due" else f for f in FIELDS)
    office = Office(definition=replace(DEFINITION, fields=fields))
    office.give_back(office.issue("Ann"), {("a-1", "due"): None})
    assert asked(office) == [("cleared-required", "1.1", "due")]


def test_a_row_that_was_emptied_as_a_whole_is_one_question() -> None:
    office = Office()
    edits = dict.fromkeys([("a-2", "due"), ("a-2", "rating"), ("a-2", "progress")])
    office.give_back(office.issue("Ann"), edits)
    assert asked(office) == [("row-missing", "1.2", "")]


def test_a_timescale_without_a_date_may_be_put_in_other_words() -> None:
    office = Office()
    office.give_back(office.issue("Ben"), {("a-3", "due"): "Continuous"})
    assert office.questions() == []
    assert office.value("a-3", "due") == "Continuous"


def test_the_coordinator_is_not_asked() -> None:
    office = Office()
    office.coordinator({("a-1", "due"): "TBC"})
    assert office.questions() == []
    assert office.value("a-1", "due") == "TBC"


HELD = (*RATINGS, Rating("White", "Done, under watch", order=5, holding=True))
CLOSING: list[tuple[str, str, Raw, str, bool]] = [
    # the rating as issued, what the coordinator made of it since, what the lead typed, asked?
    ("Blue", "", "Blue", "closed before the issue", False),
    ("Green", "", "Blue", "closed in the same file", False),
    ("Green", "", "White", "done and under watch", False),
    ("Blue", "", "Red", "reopened in the same file", True),
    ("Blue", "Amber", "Blue", "reopened by the coordinator since", True),
    ("Green", "Blue", "Green", "closed by the coordinator since", True),
    ("Green", "", "formula:B5", "a rating that is none", True),
]


@pytest.mark.parametrize(
    ("issued", "since", "typed", "asks"), [(*c[:3], c[4]) for c in CLOSING],
    ids=[c[3] for c in CLOSING],
)  # fmt: skip
def test_closed_actions_are_not_asked(issued: str, since: str, typed: Raw, asks: bool) -> None:
    rows = {**ROWS, "a-1": {**ROWS["a-1"], "rating": issued}}
    office = Office(rows, replace(DEFINITION, ratings=HELD))
    template = office.issue("Ann")
    if since:
        office.coordinator({("a-1", "rating"): since})
    edits: dict[tuple[str, str], Raw] = {("a-1", "due"): "n/a"}
    if typed != issued:
        edits["a-1", "rating"] = typed
    office.give_back(template, edits)
    assert ("held", "1.1", "due") in asked(office) or not asks
    assert office.value("a-1", "due") == ("June 2026" if asks else "n/a")
    assert asks or asked(office) == []


def test_closed_by_the_coordinator_since_says_so_first() -> None:
    office = Office()
    template = office.issue("Ann")
    office.coordinator({("a-1", "rating"): "Blue"})
    office.give_back(template, {("a-1", "due"): "n/a"})
    [question] = office.questions()
    assert question.message == "Action 1.1 was closed or withdrawn after this template was issued."


@pytest.mark.parametrize("how", ["absent", "locked"])
def test_a_rating_that_the_file_does_not_give_is_the_one_that_was_issued(how: str) -> None:
    fields = tuple(
        replace(f, owner="coordinator") if f.id == "rating" and how == "locked" else f
        for f in FIELDS
    )
    office = Office(definition=replace(DEFINITION, fields=fields))
    without = ["rating"] if how == "absent" else []
    edits = {("a-1", "due"): "n/a", ("a-1", "rating"): "Blue"}
    office.give_back(office.issue("Ann"), edits, without=without)
    assert ("held", "1.1", "due") in asked(office)
    assert office.value("a-1", "due") == "June 2026"


def test_a_plan_without_ratings_has_no_closed_actions() -> None:
    fields = tuple(f for f in FIELDS if f.id != "rating")
    plain = replace(DEFINITION, fields=fields)
    office = Office(definition=plain)
    office.give_back(office.issue("Ann"), {("a-1", "due"): "n/a"})
    assert asked(office) == [("held", "1.1", "due")]
    base = {"1": {"due": "June 2026"}}
    [ruling] = decide(base, base, {"1": {"due": "n/a"}}, plain)
    assert ruling.disposition == "held"


@pytest.mark.parametrize(
    ("master", "returned", "disposition"),
    [
        ("Green", {"due": "n/a"}, "held"),
        ("Green", {"due": None}, "held"),
        ("Green", {"due": "n/a", "rating": "Blue"}, "applied"),
        ("Red", {"due": "n/a", "rating": "Blue"}, "held"),
        ("Green", {"due": "May 2027"}, "applied"),
    ],
)
def test_the_textbook_holds_it_too(master: str, returned: dict[str, Raw], disposition: str) -> None:
    base: dict[str, dict[str, Raw]] = {"1": {"due": "June 2026", "rating": "Green"}}
    now: dict[str, dict[str, Raw]] = {"1": {"due": "June 2026", "rating": master}}
    rulings = {r.field: r for r in decide(base, now, {"1": returned}, DEFINITION)}
    assert rulings["due"].disposition == disposition


def test_what_was_answered_is_not_asked_again_and_new_words_are() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "due"): "TBC"}, digest="1")
    office.answer(office.questions()[0], "Keep current")
    before = office.picture()
    office.give_back(template, {("a-1", "due"): "TBC"}, digest="2")
    assert office.picture() == before
    office.give_back(template, {("a-1", "due"): "see below"}, digest="3")
    assert asked(office) == [("held", "1.1", "due")]
    assert office.value("a-1", "due") == "June 2026"


def test_work_without_an_end_is_asked_about_once_however_it_is_put() -> None:
    office = Office()
    template = office.issue("Ann")
    for number, words in enumerate(["Ongoing", "on-going.", "Continuous"]):
        saved = f"2026-01-0{number + 1}T00:00:00Z"
        office.give_back(template, {("a-1", "due"): words}, digest=words, saved_at=saved)
    [question] = office.questions()
    assert [c.text for c in question.candidates] == ["Ongoing"]
    office.answer(question, "Keep current")
    office.give_back(template, {("a-1", "due"): "Business as usual"}, digest="late")
    assert office.questions() == []
    assert office.value("a-1", "due") == "June 2026"


def test_a_later_file_of_the_lead_with_a_date_needs_no_answer() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "due"): "TBC"}, saved_at="2026-01-02T00:00:00Z")
    office.give_back(template, {("a-1", "due"): "May 2027"}, saved_at="2026-01-03T00:00:00Z")
    assert office.questions() == []
    assert office.value("a-1", "due") == "May 2027"


def test_a_copy_that_closes_the_action_answers_the_question_whichever_came_first() -> None:
    pictures = []
    for order in ((0, 1), (1, 0)):
        office = Office()
        template = office.issue("Ann")
        edits: list[dict[tuple[str, str], Raw]] = [
            {("a-1", "due"): "n/a"},
            {("a-1", "due"): "n/a", ("a-1", "rating"): "Blue"},
        ]
        for number in order:
            saved = f"2026-01-0{number + 1}T00:00:00Z"
            office.give_back(template, edits[number], digest=str(number), saved_at=saved)
        assert office.questions() == []
        assert office.value("a-1", "due") == "n/a"
        pictures.append(office.picture())
    assert pictures[0] == pictures[1]


def test_a_doubtful_row_keeps_its_own_reason() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "due"): "TBC"}, trust={"a-1": "matched"})
    office.give_back(template, {("a-1", "due"): "TBC"})
    [question] = office.questions()
    assert question.message.startswith("The row was matched to action 1.1 by its ref alone")
    assert len(question.candidates) == 1
