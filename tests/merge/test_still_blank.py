"""What is asked of a return in which a field is blank that is required while something holds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, Edits, Office
from xlplan.merge.compare import Comparison
from xlplan.merge.kinds import KEEP, OTHER, Kind
from xlplan.merge.model import COORDINATOR, Issued
from xlplan.plan.definition import STATUS, Field, PlanDefinition
from xlplan.plan.required import Condition

RED = (Condition("rating", ("Red", "Amber")),)
MOVED = (Condition("due", ("moved",)),)
WHY = Field("why", "Why", "narrative", "reason", owner="lead", required_if=MOVED)


def plan(**conditions: tuple[Condition, ...]) -> PlanDefinition:
    fields = [
        replace(item, required_if=conditions.get(item.id, ()), required=False)
        if item.id in conditions
        else item
        for item in FIELDS
    ]
    return replace(DEFINITION, fields=(*fields, WHY))


@pytest.fixture
def office() -> Office:
    return Office(definition=plan(progress=RED, diary=RED))


def asked(office: Office) -> set[tuple[str, str]]:
    return {(q.uid, q.field) for q in office.questions() if q.kind is Kind.STILL_BLANK}


# As issued a-2 is Amber with a note, a-3 is Red without one.


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, {("a-3", "progress")}),
        ({("a-3", "progress"): "Nearly"}, set()),
        ({("a-3", "rating"): "Green"}, set()),
        ({("a-1", "due"): "July 2026"}, {("a-3", "progress"), ("a-1", "why")}),
        ({("a-1", "due"): "July 2026", ("a-1", "why"): "Rain"}, {("a-3", "progress")}),
        ({("a-1", "due"): "Jun 2026"}, {("a-3", "progress")}),
    ],
)
def test_what_is_left_blank_is_asked_while_its_condition_holds(
    edits: Edits, expected: set[tuple[str, str]]
) -> None:
    office = Office(definition=plan(progress=RED))
    office.give_back(office.issue("Ann"), edits)
    assert asked(office) == expected


def test_the_rating_itself_is_taken_and_the_note_is_asked_for(office: Office) -> None:
    office.give_back(office.issue("Ann", ["a-1"]), {("a-1", "rating"): "Red"})
    assert office.value("a-1", "rating") == "Red"
    # the progress note stands; this period's entry in the diary is what is lacking
    assert asked(office) == {("a-1", "diary")}


def test_a_cell_that_was_emptied_is_held(office: Office) -> None:
    office.give_back(office.issue("Ann", ["a-2"]), {("a-2", "progress"): None})
    question = next(q for q in office.questions() if q.field == "progress")
    assert question.kind is Kind.CLEARED
    assert 'must not be where "Rating" is Major slippage or Slippage' in question.message
    assert office.value("a-2", "progress") == "Slates on order"


def test_an_emptied_cell_is_a_change_like_any_other_where_nothing_is_required(
    office: Office,
) -> None:
    office.give_back(office.issue("Ann", ["a-1"]), {("a-1", "progress"): None})
    assert office.questions() == []
    assert office.value("a-1", "progress") == ""


def test_a_row_that_was_emptied_as_a_whole_is_one_question(office: Office) -> None:
    columns = ["due", "rating"]
    office.give_back(office.issue("Ann", ["a-3"]), {("a-3", name): None for name in columns})
    assert [q.kind for q in office.questions()] == [Kind.MISSING]


def test_a_column_that_did_not_come_back_says_nothing(office: Office) -> None:
    without = ["progress", "diary:entry"]
    office.give_back(office.issue("Ann"), {}, without=without)
    assert asked(office) == set()


def test_a_rating_that_did_not_come_back_is_as_it_was_issued(office: Office) -> None:
    office.give_back(office.issue("Ann", ["a-3"]), {}, without=["rating"])
    assert asked(office) == {("a-3", "progress"), ("a-3", "diary")}


def test_a_row_in_doubt_and_a_coordinator_are_not_asked(office: Office) -> None:
    issued = office.issue("Ann", ["a-3"])
    office.give_back(issued, {}, trust={"a-3": "matched"})
    office.coordinator({("a-3", "tags"): "x"})
    assert asked(office) == set()


def test_a_template_that_did_not_ask_for_it_is_not_blamed() -> None:
    office = Office(definition=plan())
    issued = office.issue("Ann", ["a-3"])
    office.redefine(plan(progress=RED))
    office.give_back(issued, {("a-3", "tags"): "x"})
    assert asked(office) == set()
    office.give_back(office.issue("Ann", ["a-3"]), {})
    assert asked(office) == {("a-3", "progress")}


def test_a_column_that_is_gone_asks_nothing() -> None:
    office = Office(definition=plan(progress=RED))
    office.give_back(office.issue("Ann", ["a-3"]), {})
    assert asked(office) == {("a-3", "progress")}
    gone = tuple(item for item in plan().fields if item.id != "progress")
    office.redefine(replace(DEFINITION, fields=gone))
    assert asked(office) == set()
    office.give_back(office.issue("Ben", ["a-3"]), {("a-3", "tags"): "x"})
    assert asked(office) == set()


def test_a_column_that_the_plan_has_no_more_may_come_back_blank() -> None:
    office = Office(definition=plan(progress=RED))
    issued = office.issue("Ann", ["a-3"])
    office.redefine(replace(DEFINITION, fields=tuple(f for f in FIELDS if f.id != "progress")))
    office.give_back(issued, {})
    assert office.questions() == []


def test_it_is_open_until_somebody_fills_it_in(office: Office) -> None:
    office.give_back(office.issue("Ann", ["a-3"]), {("a-3", "diary:entry"): "Dug"})
    assert asked(office) == {("a-3", "progress")}
    office.coordinator({("a-3", "progress"): "I asked: nearly done"})
    assert asked(office) == set()


def test_it_is_open_only_while_it_holds_of_the_plan(office: Office) -> None:
    office.give_back(office.issue("Ann", ["a-1"]), {("a-1", "rating"): "Red"})
    office.coordinator({("a-1", "rating"): "Green"})
    assert asked(office) == set()


def test_a_withdrawn_action_asks_nothing(office: Office) -> None:
    issued = office.issue("Ann", ["a-3"])
    office.give_back(issued, {})
    office.coordinator({("a-3", STATUS): "withdrawn"})
    assert asked(office) == set()
    office.give_back(office.issue("Ben", ["a-3"]), {})
    assert asked(office) == set()


def test_one_entry_of_the_period_is_enough_whoever_wrote_it() -> None:
    office = Office(definition=plan(diary=RED))
    ann, ben = office.issue("Ann", ["a-3"]), office.issue("Ben", ["a-3"])
    office.give_back(ann, {})
    assert asked(office) == {("a-3", "diary")}
    office.give_back(ben, {("a-3", "diary:entry"): "Planted"})
    assert asked(office) == set()
    office.give_back(office.issue("Ann", ["a-3"], cycle="2026-02"), {})
    assert asked(office) == {("a-3", "diary")}


def question(office: Office, field: str) -> object:
    return next(q for q in office.questions() if q.field == field)


def test_an_answer_is_remembered_and_a_copy_asks_nothing_anew() -> None:
    office = Office(definition=plan(progress=RED))
    issued = office.issue("Ann", ["a-3"])
    office.give_back(issued, {}, digest="one")
    (found,) = office.questions()
    assert found.choices == (KEEP, OTHER)
    office.answer(found, KEEP)
    office.give_back(issued, {}, digest="two")
    assert office.questions() == []
    assert office.value("a-3", "progress") == ""


def test_other_puts_a_text_there_or_an_entry_above_the_others() -> None:
    office = Office(definition=plan(progress=RED, diary=RED))
    office.give_back(office.issue("Ann", ["a-3"]), {})
    for found in office.questions():
        office.answer(found, OTHER, f"About {found.field}")
    assert office.value("a-3", "progress") == "About progress"
    assert office.value("a-3", "diary").endswith("About diary")
    assert office.questions() == []


def test_a_second_file_answers_the_first_and_an_undo_asks_again() -> None:
    office = Office(definition=plan(progress=RED))
    issued = office.issue("Ann", ["a-3"])
    office.give_back(issued, {}, saved_at="2026-01-10T10:00:00Z", digest="one")
    second = office.give_back(
        issued, {("a-3", "progress"): "Done"}, saved_at="2026-01-11T10:00:00Z", digest="two"
    )
    assert office.questions() == []
    office.undo(second)
    assert asked(office) == {("a-3", "progress")}


def test_a_later_file_that_is_blank_again_is_asked_as_any_that_shows_the_base_again() -> None:
    office = Office(definition=plan(progress=RED))
    issued = office.issue("Ann", ["a-3"])
    office.give_back(
        issued, {("a-3", "progress"): "Done"}, saved_at="2026-01-10T10:00:00Z", digest="one"
    )
    office.give_back(issued, {}, saved_at="2026-01-11T10:00:00Z", digest="two")
    assert [q.kind for q in office.questions()] == [Kind.REVERTED]
    assert office.value("a-3", "progress") == "Done"


@pytest.mark.parametrize("first", ["one", "two"])
def test_the_order_of_files_does_not_matter(first: str) -> None:
    office = Office(definition=plan(progress=RED))
    ann, ben = office.issue("Ann", ["a-3"]), office.issue("Ben", ["a-3"])
    files: dict[str, tuple[Issued, Edits]] = {
        "one": (ann, {}),
        "two": (ben, {("a-3", "progress"): "Done"}),
    }
    for name in sorted(files, key=lambda name: name != first):
        office.give_back(*files[name], digest=name)
    assert office.questions() == []
    assert office.value("a-3", "progress") == "Done"


def test_a_line_names_the_cells_the_field_and_what_to_do() -> None:
    office = Office(definition=plan(progress=RED, diary=RED))
    issued = office.issue("Ann")
    reading = office.reading(issued, {("a-2", "progress"): "Slates", ("a-1", "rating"): "Red"})
    found = Comparison(office.state, issued, reading).run()
    lines = {problem.field: problem for problem in found.problems}
    assert {problem.code for problem in found.problems} == {"RET-097"}
    assert "Diary is blank" in lines["diary"].message
    assert "Ask the lead for it" in lines["diary"].message
    cells = {(w.uid, w.field): w.place.cell for w in found.assertions if w.field == "diary"}
    assert lines["diary"].where == f"return.xlsx!Update!{cells['a-1', 'diary']}"
    assert f"So in {cells['a-2', 'diary']}, {cells['a-3', 'diary']}." in lines["diary"].message
    assert lines["progress"].message.endswith("decisions.xlsx.")  # one cell alone


def test_what_is_left_blank_is_held_and_no_change() -> None:
    office = Office(definition=plan(progress=RED))
    returned = office.give_back(office.issue("Ann", ["a-3"]), {})
    assert [fate.disposition for fate in office.fates(returned)] == ["held"]
    assert office.history.changes == []


def test_the_state_asks_the_same_when_it_is_replayed(office: Office) -> None:
    office.give_back(office.issue("Ann"), {("a-1", "due"): "July 2026"})
    before = office.picture()
    office.history = office.replayed()
    assert office.picture() == before
    assert asked(office)


def test_the_coordinator_may_empty_what_a_lead_must_fill_in(office: Office) -> None:
    issued = office.issue(COORDINATOR)
    office.give_back(issued, {("a-2", "progress"): None})
    assert office.value("a-2", "progress") == ""
