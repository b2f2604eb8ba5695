"""As of a cycle has two readings: as reported, and as that period is known now."""

from __future__ import annotations

from tests.paper import Office
from xlplan.merge.model import Published
from xlplan.merge.restated import restated


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
