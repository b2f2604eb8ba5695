"""What was heard of each action, cycle by cycle: counted at once, or brought forward."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, Office
from xlplan.merge.heard import NOTHING_HEARD, hear, heard_of, is_public
from xlplan.merge.model import Change, Issued, Place
from xlplan.plan.definition import KEPT_BACK, STATUS
from xlplan.plan.settings import IssueSettings

FIRST, SECOND = "2026-01", "2026-02"
PRIVATE = replace(
    DEFINITION,
    issue=IssueSettings(confirm=True),
    fields=tuple(replace(f, private=True) if f.id == "progress" else f for f in FIELDS),
)


def year() -> Office:
    """Two cycles: changes in public and in private, a tick above all rows, one on an old form."""
    office = Office(definition=PRIVATE)
    old = office.issue("Ann", cycle=FIRST)
    office.issue("Ben", cycle=FIRST)
    office.give_back(old, {("a-1", "rating"): "Red"}, digest="one")
    office.coordinator({("a-2", "due"): "July 2026"}, digest="two")
    office.issue("Ann", cycle=SECOND)
    office.give_back(old, {("a-2", "progress"): "Begun"}, digest="late")
    again = office.issue("Ann", cycle=SECOND)
    ticked = replace(
        office.reading(again, digest="ticked"), confirmed=("a-1",), saved_at="2026-02-01T09:00:00Z"
    )
    office.merge(ticked)
    return office


def test_each_action_has_the_cycles_that_asked_and_those_that_answered() -> None:
    office = year()
    found = heard_of(office.state, office.history.changes, office.state.seq)
    assert found.asked["a-1"] == [FIRST, SECOND]
    assert found.changed["a-1"] == [FIRST]
    assert found.changed["a-2"] == [FIRST, SECOND]
    assert found.public["a-2"] == [FIRST]
    assert found.confirmed("a-1") == {SECOND}
    assert found.confirmed("a-9") == frozenset()
    assert found.last == SECOND


@pytest.mark.parametrize("then", range(2, 24))
def test_what_was_heard_is_brought_forward_by_what_is_new(then: int) -> None:
    office = year()
    state, changes = office.state, office.history.changes
    until = min(then, state.seq)
    before = heard_of(state, changes, until)
    new = [event for event in office.events if event.seq > until]
    facts = {event.fact.id: event.fact for event in new if isinstance(event.fact, Issued)}
    issued = [fact for name, fact in facts.items() if state.exchange.first_seq[name] > until]
    later = [change for change in changes if change.seq > until]
    found = before.followed_by(hear(state, issued, new, later, state.seq))
    assert found == heard_of(state, changes, state.seq)
    assert hear(state, (), (), (), state.seq) == NOTHING_HEARD


@pytest.mark.parametrize(
    ("field", "before", "after", "is_seen"),
    [
        ("rating", "Green", "Red", True),
        ("progress", None, "Begun", False),
        ("progress:entry", None, "Begun", False),
        ("gone", None, "Begun", True),
        (STATUS, None, "withdrawn", True),
        (STATUS, None, KEPT_BACK, False),
        (STATUS, KEPT_BACK, None, False),
    ],
)
def test_what_stays_with_the_coordinator_is_no_news_to_others(
    field: str, before: str | None, after: str | None, is_seen: bool
) -> None:
    at = "2026-01-01T00:00:00Z"
    change = Change(1, at, FIRST, "a-1", "1.1", field, before, after, "Ann", Place(), "edit")
    assert is_public(Office(definition=PRIVATE).state, change) is is_seen
