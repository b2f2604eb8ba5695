"""What went out, where only some rows were asked about, or nobody was."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from tests.paper import Office
from tests.recalling import is_recalled, recall
from xlplan.ledger.codec import from_body, kind_of, to_body
from xlplan.merge.exchange import NOTHING, asked_in, is_input
from xlplan.merge.model import Issued, Rekeyed


def part_locked(office: Office, lead: str = "Ann") -> Issued:
    """A template in which only the first row is asked about."""
    issued = office.issue(lead)
    fact = replace(issued, id=f"{issued.id}-need", locked=issued.uids[1:])
    office.append(fact)
    return fact


def test_rows_that_are_shown_alone_are_not_asked_about() -> None:
    issued = part_locked(Office())
    assert asked_in(issued) == ("a-1",)
    assert is_input(issued, "a-1", "rating")
    assert not is_input(issued, "a-2", "rating")
    assert not is_input(issued, "a-1", "action")


def test_what_is_typed_into_such_a_row_is_as_in_any_locked_cell() -> None:
    office = Office()
    form = part_locked(office)
    back = office.give_back(form, {("a-1", "rating"): "Amber", ("a-2", "rating"): "Red"})
    assert sorted(fate.disposition for fate in office.fates(back)) == ["applied", "locked"]
    (question,) = office.questions()
    assert (question.kind, question.action) == ("locked", "1.2")


def test_only_what_was_asked_about_counts_as_asked() -> None:
    office = Office()
    fact = part_locked(office)
    other = replace(fact, id="t-other", cycle="2026-02")
    office.append(other)
    asked = office.past(date(2026, 3, 1)).asked
    assert "2026-01" in asked["a-1"]
    assert asked["a-2"] == ("2026-01",)  # by the plain template of that cycle


def test_a_lead_who_was_asked_nothing_is_spared_until_a_template_goes_out() -> None:
    office = Office()
    issued = office.issue("Ann")
    nothing = replace(issued, id="n-1", document=NOTHING, uids=(), file="")
    office.append(nothing)
    assert office.state.exchange.spared == {("2026-01", "Ann")}
    assert [each.id for each in office.state.exchange.templates("2026-01")] == [issued.id]
    office.append(issued)
    assert office.state.exchange.spared == set()
    assert office.replayed().state.exchange.spared == set()


def test_the_ledger_keeps_which_rows_were_locked_and_says_nothing_of_it_elsewhere() -> None:
    fact = part_locked(Office())
    assert from_body(kind_of(fact), to_body(fact)) == fact
    assert "locked" not in to_body(replace(fact, locked=()))


def test_what_went_out_before_the_plan_got_another_key_has_the_old_one() -> None:
    office = Office()
    before = office.issue("Ann")
    assert not office.state.exchange.has_old_key(before.id)
    assert not office.state.exchange.was_rekeyed_since(before.id)
    office.append(Rekeyed("ff", "ee"))
    after = office.issue("Ben")
    recall(office)
    for exchange in (office.state.exchange, office.replayed().state.exchange):
        old = {each.id: exchange.has_old_key(each.id) for each in (before, after)}
        assert old == {before.id: True, after.id: False}
        assert not exchange.has_old_key("t-unknown")
        assert exchange.was_rekeyed_since(before.id)
    assert is_recalled(office)
    office.append(replace(before, sha256="aa"))  # issued again, with the new key
    assert office.state.exchange.has_old_key(before.id)  # for the first may still come back
    assert not office.state.exchange.was_rekeyed_since(before.id)
