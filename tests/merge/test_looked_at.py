"""Changed, confirmed or not looked at: what the ticks beside actions come to, return by return."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from tests.paper import DEFINITION, Edits, Office
from xlplan.merge.heard import confirmed_of, ticked_yet_changed
from xlplan.merge.model import Issued, Returned
from xlplan.plan.settings import IssueSettings

ASKING = replace(DEFINITION, issue=IssueSettings(confirm=True))
TODAY = date(2026, 3, 1)
ALL = {"no_change": "yes"}


def give_back(
    office: Office,
    issued: Issued,
    *ticked: str,
    edits: Edits | None = None,
    saved_at: str = "",
    sign_off: Mapping[str, str] | None = None,
) -> Returned:
    reading = office.reading(issued, edits, saved_at=saved_at)
    reading = replace(reading, confirmed=ticked, sign_off=sign_off or {})
    office.merge(reading)
    return office.state.returns[f"r-{reading.sha256}"]


def confirmed(office: Office, issued: Issued) -> set[str] | None:
    back = office.state.live_returns(issued.id)
    changed = {write.uid for fact in back for write in fact.assertions}
    found = confirmed_of(office.state, [issued], back, changed)
    return None if found is None else set(found)


def test_a_tick_confirms_its_row_and_no_other() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    assert confirmed(office, ann) == set()
    back = give_back(office, ann, "a-2")
    assert confirmed(office, ann) == {"a-2"}
    office.undo(back)
    assert confirmed(office, ann) == set()


def test_a_change_counts_for_more_than_a_tick() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    back = give_back(office, ann, "a-1", "a-2", edits={("a-1", "rating"): "Amber"})
    assert confirmed(office, ann) == {"a-2"}
    [problem] = ticked_yet_changed(office.state, back)
    assert (problem.code, problem.level) == ("RET-021", "note")
    assert "beside 1.1, yet" in problem.message
    assert office.value("a-1", "rating") == "Amber"


def test_the_tick_above_all_rows_confirms_each_that_has_no_change() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    back = give_back(office, ann, edits={("a-1", "rating"): "Amber"}, sign_off=ALL)
    assert confirmed(office, ann) == {"a-2", "a-3"}
    [problem] = ticked_yet_changed(office.state, back)
    assert "1 cell changed" in problem.message


def test_the_copy_saved_last_speaks_for_its_rows_whichever_came_first() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    give_back(office, ann, "a-2", "a-3", saved_at="2026-01-09T10:00:00Z")
    give_back(office, ann, "a-1", saved_at="2026-01-08T10:00:00Z")
    assert confirmed(office, ann) == {"a-2", "a-3"}
    assert {*office.past(TODAY).confirmed} == {"a-2", "a-3"}


def test_a_shared_action_is_confirmed_where_one_of_its_leads_confirms_it() -> None:
    office = Office(definition=ASKING)
    ann, ben = office.issue("Ann"), office.issue("Ben")
    give_back(office, ann, "a-1", saved_at="2026-01-08T10:00:00Z")
    give_back(office, ben, saved_at="2026-01-09T10:00:00Z")
    assert {*office.past(TODAY).confirmed} == {"a-1"}
    give_back(office, ann, saved_at="2026-01-10T10:00:00Z")
    assert office.past(TODAY).confirmed == {}


def test_a_workbook_with_cells_to_correct_says_nothing_of_ticks() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    give_back(office, ann, "a-2", saved_at="2026-01-08T10:00:00Z")
    corrected = replace(ann, id="t-corrected", corrects="what is wrong")
    office.append(corrected)
    give_back(office, corrected, saved_at="2026-01-09T10:00:00Z")
    back = [each for item in (ann, corrected) for each in office.state.live_returns(item.id)]
    assert confirmed_of(office.state, [ann, corrected], back, ()) == frozenset({"a-2"})
    assert confirmed_of(office.state, [corrected], back, ()) is None
    assert {*office.past(TODAY).confirmed} == {"a-2"}


def test_where_the_plan_does_not_ask_nothing_is_confirmed() -> None:
    office = Office()
    ann = office.issue("Ann")
    give_back(office, ann, sign_off=ALL)
    assert confirmed(office, ann) is None
    assert office.past(TODAY).confirmed == {}


def test_the_past_has_the_cycles_in_which_an_action_was_confirmed() -> None:
    office = Office(definition=ASKING)
    give_back(office, office.issue("Ann", cycle="2026-01"), "a-1", "a-2")
    second = give_back(office, office.issue("Ann", cycle="2026-02"), "a-1")
    office.coordinator({("a-3", "rating"): "Amber"})
    then = office.state.seq
    office.undo(second)
    before = {"a-1": {"2026-01", "2026-02"}, "a-2": {"2026-01"}}
    assert office.past(TODAY, as_of=then).confirmed == before
    assert office.past(TODAY).confirmed == {"a-1": {"2026-01"}, "a-2": {"2026-01"}}


def test_a_row_that_was_only_shown_is_not_confirmed_by_the_tick_above_all() -> None:
    office = Office(definition=ASKING)
    ann = office.issue("Ann")
    part = replace(ann, id=f"{ann.id}-need", locked=ann.uids[1:])
    office.append(part)
    give_back(office, part, "a-2", sign_off=ALL)
    assert confirmed(office, part) == {"a-1"}
    assert {*office.past(TODAY).confirmed} == {"a-1"}
