"""Facts as the ledger stores them: what may never change, since older ledgers must replay."""

from __future__ import annotations

import json

import pytest

from tests.paper import Office
from xlplan.ledger.codec import canonical, from_body, kind_of, to_body
from xlplan.merge.kinds import Kind
from xlplan.merge.model import Decided, Fact, Returned


def in_doubt() -> Office:
    """A lead's edit in a row of doubtful identity, answered with "Accept"."""
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "rating"): "Amber"}, trust={"a-1": "matched"})
    office.answer(office.questions()[0], "Accept")
    return office


def found(office: Office, kind: type[Fact]) -> Fact:
    return next(event.fact for event in office.events if isinstance(event.fact, kind))


def test_a_write_in_doubt_is_stored_with_a_question_mark_after_its_id() -> None:
    fact = found(in_doubt(), Returned)
    assert isinstance(fact, Returned)
    (write,) = fact.assertions
    (stored,) = to_body(fact)["assertions"]
    assert (write.kind, write.id.doubt) == (Kind.HELD, True)
    assert stored["id"] == f"{write.id.name}?"


def test_what_a_decision_answers_for_certain_is_stored_with_an_exclamation_mark() -> None:
    office = in_doubt()
    fact, returned = found(office, Decided), found(office, Returned)
    assert isinstance(fact, Decided)
    assert isinstance(returned, Returned)
    (write,) = returned.assertions
    assert (write.id in fact.saw, fact.answered) == (True, frozenset({write.id.certain}))
    stored = to_body(fact)["saw"]
    assert {f"{write.id.name}?", f"{write.id.name}!"} <= set(stored)
    assert stored == sorted(stored)


def test_every_fact_comes_back_as_it_was_stored() -> None:
    facts = [event.fact for event in in_doubt().events]
    assert {kind_of(fact) for fact in facts} == {
        "defined", "row-added", "issued", "returned", "decided",
    }  # fmt: skip
    for fact in facts:
        stored = canonical(to_body(fact))
        again = from_body(kind_of(fact), json.loads(stored))
        assert canonical(to_body(again)) == stored
        assert isinstance(again, type(fact))


def test_a_kind_of_write_that_nobody_knows_is_refused() -> None:
    body = to_body(found(in_doubt(), Returned))
    body["assertions"][0]["kind"] = "held-up"
    with pytest.raises(ValueError, match="held-up"):
        from_body("returned", body)
