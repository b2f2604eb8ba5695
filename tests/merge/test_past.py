"""The past of a plan: what was first, what each board saw, how dates moved, what is known now."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, RATINGS, ROWS, Office
from xlplan.merge.model import MasterRow, Published, RowAdded, Timeline
from xlplan.merge.past import (
    DueHistory,
    Past,
    as_brought,
    brought_history,
    brought_label,
    emptied,
    restated,
)
from xlplan.merge.state import State
from xlplan.merge.timeline import ByRow, held
from xlplan.plan.checks.lint_view import History
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.plan.values import Raw, Value, show

TODAY = date(2026, 3, 1)


def test_a_late_return_restates_its_period_and_leaves_the_report_as_it_was() -> None:
    office = Office()
    ann = office.issue("Ann", cycle="2026-01")
    office.give_back(office.issue("Ben", cycle="2026-01"), {("a-3", "rating"): "Amber"})
    office.append(Published("2026-01", office.state.seq, "2026-01.xlsx", "", ""))
    reported = office.state.published[-1][1].as_of
    office.give_back(office.issue("Ben", cycle="2026-02"), {("a-3", "rating"): "Green"})
    office.give_back(ann, {("a-2", "rating"): "Blue"}, digest="late")
    assert office.state.value("a-2", "rating", reported) == "Amber"
    known_now = {row.uid: row for row in restated(office.state, reported, {"2026-01"})}
    assert known_now["a-2"].values["rating"] == "Blue"
    assert known_now["a-3"].values["rating"] == "Amber"
    assert known_now["a-3"].section == "Two"


def test_what_was_taken_back_since_is_not_known_any_more() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann", cycle="2026-01"), {("a-2", "rating"): "Blue"})
    reported = office.state.seq
    office.undo(back)
    assert office.state.value("a-2", "rating", reported) == "Blue"
    known_now = {row.uid: row for row in restated(office.state, reported, {"2026-01"})}
    assert known_now["a-2"].values["rating"] == "Amber"


def test_what_the_coordinator_withdrew_later_still_stood_then() -> None:
    office = Office()
    reported = office.state.seq
    office.coordinator({("a-2", "_status"): "withdrawn"})
    known_now = {row.uid: row for row in restated(office.state, reported, set())}
    assert not known_now["a-2"].withdrawn


def past(office: Office, today: date = TODAY, cycle: str = "") -> History:
    return office.past(today, cycle).history


def test_a_plan_that_has_only_been_imported_has_first_values_and_no_past() -> None:
    found = past(Office())
    assert (found.boards, found.asked, found.updated) == ((), {}, {})
    assert found.first == {"a-1": "Green", "a-2": "Amber", "a-3": "Red"}
    assert [show(value) for value in found.dues["a-1"]] == ["June 2026"]


def test_each_earlier_board_is_a_snapshot_of_its_time() -> None:
    office = Office()
    office.issue("Ann", cycle="2026-01")
    office.publish("2026-01")
    second = office.issue("Ann", cycle="2026-02")
    office.give_back(second, {("a-1", "rating"): "Red", ("a-1", "progress"): "It rained"})
    found = past(office)
    assert [board.label for board in found.boards] == ["2026-01"]
    seen = {name: show(value) for name, value in found.boards[0].values["a-1"].items()}
    assert seen == {
        "rating": "Green", "progress": "Paint bought", "due": "June 2026", "revised": "",
    }  # fmt: skip
    office.publish("2026-02")
    assert [board.label for board in past(office).boards] == ["2026-01"]
    office.issue("Ann", cycle="2026-03")
    assert [board.label for board in past(office).boards] == ["2026-01", "2026-02"]
    assert past(office).boards[1].values["a-1"]["rating"] == "Red"
    assert [board.label for board in past(office, cycle="2026-01").boards] == ["2026-02"]


def test_of_old_boards_only_ratings_and_dates_are_kept() -> None:
    office = Office()
    for number in range(1, 5):
        office.issue("Ann", cycle=f"2026-0{number}")
        office.publish(f"2026-0{number}")
    office.issue("Ann", cycle="2026-05")
    kept = [sorted(board.values["a-1"]) for board in past(office).boards]
    short, full = ["due", "rating", "revised"], ["due", "progress", "rating", "revised"]
    assert kept == [short, short, full, full]


def test_an_action_is_looked_at_once_for_all_the_boards_that_saw_it_stand_as_it_stood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office, looked, saw = Office(), list[tuple[str, int]](), list[Value]()
    for number in range(1, 10):
        issued = office.issue("Ann", cycle=f"2026-0{number}")
        if number == 4:
            office.give_back(issued, {("a-1", "rating"): "Red"})
        saw.append(office.state.value("a-1", "rating"))
        office.publish(f"2026-0{number}")
    office.issue("Ann", cycle="2026-10")

    def noted(state: State, timeline: Timeline, uid: str, field: str, position: int) -> Value:
        looked.extend([(uid, position)] if field == "rating" else [])
        return held(state, timeline, uid, field, position)

    monkeypatch.setattr("xlplan.merge.timeline.held", noted)
    boards = past(office).boards
    assert [board.values["a-1"]["rating"] for board in boards] == saw
    assert [board.values["a-2"]["rating"] for board in boards] == ["Amber"] * 9
    # Once as older boards saw it, once more with its notes; and of `a-1` before its rating turned.
    assert Counter(uid for uid, _ in looked) == {"a-1": 3, "a-2": 2}


def test_a_position_in_the_past_knows_nothing_of_what_came_later() -> None:
    office = Office()
    issued = office.issue("Ann", cycle="2026-01")
    then = office.state.seq
    office.give_back(issued, {("a-1", "due"): "July 2026"})
    office.publish("2026-01")
    found = office.past(TODAY, "2026-02", then).history
    assert found.boards == ()
    assert [show(value) for value in found.dues["a-1"]] == ["June 2026"]
    assert found.updated == {}


def test_who_was_asked_and_where_something_changed() -> None:
    office = Office()
    first = office.issue("Ann", ("a-1", "a-2"), cycle="2026-01")
    assert past(office).asked == {}  # its returns may still come
    office.give_back(first, {("a-1", "progress"): "First coat is on"})
    office.issue("Ann", ("a-1",), cycle="2026-02")
    found = past(office)
    assert found.asked == {"a-1": ("2026-01",), "a-2": ("2026-01",)}
    assert found.updated == {"a-1": ("2026-01",)}
    office.publish("2026-02")
    assert past(office).asked["a-1"] == ("2026-01", "2026-02")


def test_a_cycle_counts_once_its_returns_are_due() -> None:
    office = Office()
    office.append(replace(office.issue("Ann"), id="t-due", return_by="2026-02-28"))
    assert past(office, date(2026, 2, 28)).asked == {}
    assert past(office, date(2026, 3, 1)).asked["a-1"] == ("2026-01",)


def test_the_dates_an_action_has_had() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "due"): "July 2026"}, digest="one")
    returned = office.give_back(
        office.issue("Ann"), {("a-1", "due"): "May 2027", ("a-1", "revised"): date(2026, 9, 1)}
    )
    assert [show(value) for value in past(office).dues["a-1"]] == [
        "June 2026", "July 2026", "May 2027",
    ]  # fmt: skip
    assert past(office).revised["a-1"] == (None, date(2026, 9, 1))
    office.undo(returned)
    assert [show(value) for value in past(office).dues["a-1"]] == ["June 2026", "July 2026"]
    assert past(office).revised["a-1"] == (None,)


def test_what_was_undone_is_no_update() -> None:
    office = Office()
    returned = office.give_back(office.issue("Ann"), {("a-1", "progress"): "First coat is on"})
    assert past(office).updated == {"a-1": ("2026-01",)}
    office.undo(returned)
    assert past(office).updated == {}


# Slips

DAYS: st.SearchStrategy[date | None] = st.one_of(
    st.none(), st.integers(0, 9).map(lambda n: TODAY + timedelta(n))
)


@given(st.lists(DAYS, max_size=8))
def test_a_date_put_back_n_times_has_n_slips(path: list[date | None]) -> None:
    times = tuple({"due": None, "revised": day} for day in path)
    found = Past(DEFINITION, {}, {"a-1": times}, (), None, {}, {}, {}).dues["a-1"]
    dates = [day for day in path if day is not None]
    later = sum(after > before for before, after in pairwise(dates))
    assert found == DueHistory(dates[0] if dates else None, later)


def test_of_a_row_that_never_was_there_is_no_past() -> None:
    found = Office().past(TODAY)
    assert "a-9" not in found.times
    assert found.first.get("a-9", "nothing") == "nothing"
    assert len(found.times) == len({**found.times}) == 3


def slips(office: Office, uid: str = "a-1") -> DueHistory:
    return office.past(TODAY).dues[uid]


def move(office: Office, digest: str, **dates: Raw) -> None:
    edits = {("a-1", name): raw for name, raw in dates.items()}
    office.give_back(office.issue("Ann"), edits, digest=digest)


def test_only_a_later_date_is_a_slip() -> None:
    office = Office()
    for text in ("July 2026", "September 2026", "August 2026"):
        move(office, text, due=text)
    assert slips(office) == DueHistory(date(2026, 6, 30), 2)
    assert slips(office, "a-3") == DueHistory(None, 0)  # ongoing


def test_a_revised_date_counts_from_the_first_date() -> None:
    office = Office()
    move(office, "1", revised="1 May 2026")
    move(office, "2", revised="1 July 2026")
    assert slips(office) == DueHistory(date(2026, 6, 30), 1)


def test_a_plan_that_brings_a_revised_date_was_put_back_before_it_came() -> None:
    times = ({"due": date(2025, 10, 31), "revised": date(2026, 3, 31)},
             {"due": date(2025, 10, 31), "revised": date(2026, 5, 29)})  # fmt: skip
    found = Past(DEFINITION, {}, {"a-1": times}, (), None, {}, {}, {}).dues["a-1"]
    assert found == DueHistory(date(2025, 10, 31), 2)


APPROVAL = replace(
    DEFINITION,
    fields=(*DEFINITION.fields, Field("approved_on", "Approved on", "date", "approved_on")),
    revised_counts="approved",
)


def test_a_revised_date_is_a_slip_once_it_is_approved() -> None:
    office = Office(definition=APPROVAL)
    move(office, "1", revised="1 September 2026")
    assert slips(office) == DueHistory(date(2026, 6, 30), 0)
    office.coordinator({("a-1", "approved_on"): date(2026, 2, 2)})
    assert slips(office) == DueHistory(date(2026, 6, 30), 1)


def test_a_move_that_was_undone_is_no_slip_whatever_came_after_it() -> None:
    office = Office()
    move(office, "1", due="July 2026")
    move(office, "2", revised="1 May 2027")
    move(office, "3", progress="Half dry")
    assert slips(office) == DueHistory(date(2026, 6, 30), 2)
    office.undo(office.state.returns["r-1"])
    assert slips(office) == DueHistory(date(2026, 6, 30), 1)
    assert [show(value) for value in past(office).dues["a-1"]] == ["June 2026"]
    office.undo(office.state.returns["r-2"])
    assert slips(office) == DueHistory(date(2026, 6, 30), 0)


def test_two_dates_that_one_merge_brought_are_one_move_or_none() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.merge(
        office.reading(ann, {("a-1", "due"): "July 2026"}, digest="1"),
        office.reading(ben, {("a-1", "due"): "May 2027"}, digest="2"),
    )
    assert slips(office) == DueHistory(date(2026, 6, 30), 0)  # a conflict: neither stands
    office.answer(office.questions()[0], "May 2027")
    assert slips(office) == DueHistory(date(2026, 6, 30), 1)


def test_a_plan_without_dates_or_ratings_has_a_past_all_the_same() -> None:
    fields = tuple(f for f in FIELDS if f.id not in ("due", "revised", "rating"))
    office = Office(definition=replace(DEFINITION, fields=fields))
    office.publish("2026-01")
    office.issue("Ann", cycle="2026-02")
    found = past(office)
    assert (found.first, found.dues, found.revised) == ({}, {}, {})
    assert [sorted(board.values["a-1"]) for board in found.boards] == [["progress"]]
    assert slips(office) == DueHistory()


def test_what_a_first_board_compares_with_is_the_plan_as_imported() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "rating"): "Red"})
    found = office.past(TODAY)
    assert found.imported is not None
    assert found.imported.values["a-1"]["rating"] == "Green"
    empty = Office(rows={})
    assert empty.past(TODAY).imported is None


# What a change of the definition has emptied


def gone(office: Office) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.field.id, one.value, one.refs) for one in emptied(office.state)]


def without_rating(code: str, **changes: object) -> PlanDefinition:
    left = tuple(rating for rating in RATINGS if rating.code != code)
    return replace(DEFINITION, ratings=left, **changes)


def without_field(name: str) -> PlanDefinition:
    return replace(DEFINITION, fields=tuple(item for item in FIELDS if item.id != name))


def with_field(name: str, **changes: object) -> PlanDefinition:
    fields = [replace(f, **changes) if f.id == name else f for f in FIELDS]
    return replace(DEFINITION, fields=tuple(fields))


def test_nothing_is_emptied_while_the_definition_stands() -> None:
    assert gone(Office()) == []


def test_a_rating_that_is_gone_empties_the_figures_of_those_who_have_it() -> None:
    office = Office({**ROWS, "a-4": {"ref": "2.2", "action": "Fell the tree", "rating": "Green"}})
    office.redefine(without_rating("Green"))
    assert gone(office) == [("rating", "Green", ("1.1", "2.2"))]


def test_a_rating_that_is_called_otherwise_keeps_what_it_meant() -> None:
    office = Office()
    ratings = [replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
               for r in RATINGS]  # fmt: skip
    office.redefine(replace(DEFINITION, ratings=tuple(ratings)))
    assert (gone(office), office.value("a-1", "rating")) == ([], "On track")


def test_what_was_never_a_value_was_not_emptied() -> None:
    office = Office({"a-1": {"ref": "1.1", "action": "Dig", "rating": "Puce"}})
    office.redefine(without_rating("Green"))
    assert gone(office) == []


def test_what_was_changed_or_withdrawn_since_is_not_missed() -> None:
    office = Office()
    office.redefine(without_rating("Green"))
    office.coordinator({("a-1", "rating"): "Amber"})
    assert gone(office) == []
    office = Office()
    office.coordinator({("a-1", "_status"): "withdrawn"})
    office.redefine(without_rating("Green"))
    assert gone(office) == []


def test_a_column_of_another_type_empties_what_is_no_value_of_it() -> None:
    office = Office()
    office.redefine(with_field("due", type="date"))
    assert gone(office) == [("due", "Ongoing", ("2.1",))] or gone(office)[-1][0] == "due"


def test_a_field_that_is_gone_is_missed_where_the_board_counts_by_it() -> None:
    office = Office()
    office.redefine(without_field("share"))
    assert gone(office) == [("share", "", ("1.1",))]
    office.redefine(without_field("progress"))
    assert gone(office) == []
    office.redefine(with_field("share", retired=True))
    assert gone(office) == []


def test_a_private_field_empties_no_figures() -> None:
    office = Office()
    office.redefine(with_field("rating", private=True))
    office.redefine(replace(with_field("rating", private=True), ratings=RATINGS[:1]))
    assert gone(office) == []


def test_a_row_that_came_later_held_nothing_before() -> None:
    office = Office()
    office.redefine(without_rating("Green"))
    office.append(RowAdded("a-9", "action", 9.0, {"ref": "9", "rating": "Green"}, {}))
    assert [refs for _, _, refs in gone(office)] == [("1.1",)]


# What a plan brought of its past.


def with_past(*more: Field, **changed: object) -> PlanDefinition:
    return replace(DEFINITION, fields=(*FIELDS, *more), **changed)


INITIAL = Field("initial_rating", "At first", "rating", "initial_rating")
JULY = Field("previous_rating", "July", "rating", "previous_rating")
AUGUST = Field("previous_rating_2", "August", "rating", "previous_rating")
OTHER = Field("previous_rating_3", "Theirs", "rating", "previous_rating", scale="theirs")


def row_of(uid: str, ref: str = "", **values: Value) -> MasterRow:
    return MasterRow(uid, "action", ref or uid, "", {"ref": ref or uid, **values})


def before(plan: PlanDefinition, *rows: MasterRow) -> dict[str, Value]:
    """By uid, the rating before; "?" where it is not known, and nothing where the row is new."""
    return {uid: values.get("rating", "?") for uid, values in as_brought(plan, rows, {}).items()}


def test_the_last_column_of_earlier_ratings_is_what_the_board_before_saw() -> None:
    plan = with_past(INITIAL, JULY, AUGUST, OTHER)
    assert [item.id for item in plan.brought] == ["previous_rating", "previous_rating_2"]
    rows = (
        row_of("a", rating="Green", previous_rating="Red", previous_rating_2="Amber"),
        row_of("b", rating="Green", previous_rating="Red"),
        row_of("c", rating="Green", initial_rating="Red"),
        row_of("d", rating="Blue"),
        row_of("e", rating="Green"),
        row_of("f", "NEW 2", rating="Green", previous_rating_2="Amber"),
    )
    assert before(plan, *rows) == {"a": "Amber", "b": "?", "c": "?", "d": "?"}
    assert brought_label(plan) == "August"
    assert brought_label(replace(plan, previous_board="Summer board")) == "Summer board"
    assert brought_history(plan, rows) == [
        ("At first", {"c": "Red"}),
        ("July", {"a": "Red", "b": "Red"}),
        ("August", {"a": "Amber", "f": "Amber"}),
    ]


def test_a_blank_in_the_one_column_of_earlier_ratings_is_not_known() -> None:
    plan = with_past(JULY)
    rows = (row_of("a", rating="Green"), row_of("b", previous_rating="Red"))
    assert before(plan, *rows) == {"a": "?", "b": "Red"}
    assert brought_history(plan, rows) == [("July", {"b": "Red"})]


def test_what_the_coordinator_corrects_of_the_past_counts() -> None:
    then, now = row_of("a", previous_rating="Red"), row_of("a", previous_rating="Amber")
    assert as_brought(with_past(JULY), [then], {"a": now})["a"]["rating"] == "Amber"


def test_a_plan_without_a_past_or_without_ratings_brings_none() -> None:
    rows = [row_of("a", rating="Green", initial_rating="Red")]
    assert brought_history(with_past(INITIAL), rows) == []
    assert brought_label(with_past(INITIAL)) == ""
    unrated = replace(DEFINITION, fields=(FIELDS[0], JULY))
    assert (unrated.brought, as_brought(unrated, rows, {})) == ((), {})
    assert brought_history(unrated, rows) == []
    off = replace(INITIAL, scale="theirs")
    assert brought_history(with_past(off, JULY), []) == [("July", {})]


def test_once_a_board_has_met_its_columns_of_the_past_go_out_no_more() -> None:
    issue = IssueSettings(fields=("ref", "previous_rating", "rating"))
    plan = with_past(JULY, issue=issue)
    after = plan.after_a_board
    assert after.find("previous_rating") is None
    assert after.issue.fields == ("ref", "rating")
    assert with_past().after_a_board.fields == FIELDS


def test_what_there_is_of_rows_is_found_out_once_for_all_who_go_through_them() -> None:
    asked: list[str] = []

    class Counted(ByRow[str]):
        def __getitem__(self, uid: str) -> str:
            asked.append(uid)
            return super().__getitem__(uid)

    def find(uid: str) -> str:
        if uid == "a-2":
            raise KeyError(uid)
        return uid.upper()

    rows = Counted(["a-1", "a-2", "a-3"], find)
    assert (list(rows), len(rows), asked) == (["a-1", "a-3"], 2, [])
    assert [*rows.items()] == [("a-1", "A-1"), ("a-3", "A-3")]
    assert asked == []
    assert "a-2" not in rows
