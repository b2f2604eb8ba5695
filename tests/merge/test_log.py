"""The cycle for which a return counts: the last one in which its lead was asked."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import ROWS, Office
from xlplan.merge.log import counts_for
from xlplan.merge.model import COORDINATOR, Undone
from xlplan.plan.definition import ENTRY
from xlplan.plan.people import Lead

OLD, NEW = "2026-10", "2027-01"


def test_counts_for_the_cycle_in_which_the_lead_was_asked_last() -> None:
    office = Office()
    old = office.issue("Ann", cycle=OLD)
    early = office.give_back(old, {("a-1", "rating"): "Red"}, digest="early")
    assert counts_for(office.state, early, office.state.seq) == OLD
    office.issue("Ben", cycle=NEW)
    other = office.give_back(old, {("a-1", "rating"): "Amber"}, digest="other")
    assert counts_for(office.state, other, office.state.seq) == OLD  # Ann was not asked again
    office.issue("Ann", cycle=NEW)
    late = office.give_back(old, {("a-1", "progress"): "Dry"}, digest="late")
    assert counts_for(office.state, late, office.state.seq) == NEW
    own = office.coordinator({("a-1", "rating"): "Green"})
    assert own.author == COORDINATOR
    assert counts_for(office.state, own, office.state.seq) == own.cycle


def test_a_lead_who_was_renamed_is_the_same_lead() -> None:
    office = Office()
    old = office.issue("Ann", cycle=OLD)
    definition = office.state.definition
    leads = (Lead("Anna", aliases=("Ann",)), *definition.leads[1:])
    office.redefine(replace(definition, leads=leads))
    office.issue("Anna", cycle=NEW)
    late = office.give_back(old, {("a-1", "progress"): "Dry"}, digest="late")
    assert counts_for(office.state, late, office.state.seq) == NEW


def test_whoever_is_no_longer_a_lead_is_known_by_the_name_on_the_form() -> None:
    office = Office()
    old = office.issue("Zoe", cycle=OLD)
    office.issue("Yan", cycle=NEW)
    late = office.give_back(old, {("a-1", "progress"): "Dry"}, digest="late")
    assert counts_for(office.state, late, office.state.seq) == OLD


def test_an_import_that_is_made_again_is_no_change_and_leaves_what_was_typed() -> None:
    office = Office()
    office.coordinator({("a-1", "progress"): "Painted"})
    row = office.state.rows["a-1"]
    values = {name: value for name, value in row.values.items() if name != "progress"}
    changes = office.append(
        Undone(""), replace(row, values={**values, "rating": "Red"}, source="i-1")
    )
    assert changes == []
    assert (office.value("a-1", "progress"), office.value("a-1", "rating")) == ("Painted", "Red")
    assert (office.questions(), office.state.uids("action")) == ([], ["a-1"])


@pytest.mark.parametrize("turned", [False, True])
def test_an_entry_that_comes_in_two_copies_at_once_is_its_lead_s(turned: bool) -> None:
    """Both copies say the same, and one of them counts. The log named the spreadsheet that was
    imported, and the coordinator as who had written it."""
    rows = {"a-1": {**ROWS["a-1"], "diary": "It began"}}
    office = Office(rows=rows)
    issued = office.issue("Ann")
    copies = [
        office.reading(issued, {("a-1", "diary" + ENTRY): "It has dried"}, file=name, digest=name,
                       saved_at="2026-07-02T10:00:00Z")
        for name in ("a.xlsx", "b.xlsx")
    ]  # fmt: skip
    (change,) = office.merge(*(reversed(copies) if turned else copies))
    assert (change.field, change.by, change.kind) == ("diary", "Ann", "entry")
    assert change.place.file in ("a.xlsx", "b.xlsx")
    assert change.return_id == f"r-{change.place.file}"
