"""Issue by need: which actions have one."""

from __future__ import annotations

from datetime import date

import pytest

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.due import Likely
from xlplan.plan.need import Need, Needed, codes_of
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

TODAY = date(2026, 11, 2)
FIELDS = (
    Field("ref", "Ref", role="key"),
    Field("action", "Action", role="action"),
    Field("due", "Due", "timescale", "due"),
)
RATED = PlanDefinition(
    "p", "P", (*FIELDS, Field("rating", "RAG", "rating", "rating")),
    ratings=(Rating("B", "Blue", closed=True), Rating("G", "Green", aliases=("on track",)),
             Rating("H", "Held", holding=True)),
)  # fmt: skip
UNRATED = PlanDefinition("p", "P", FIELDS)


def has(need: Need, definition: PlanDefinition = RATED, **values: Value) -> bool:
    codes = {code for code in codes_of(definition, need.rated).values() if code}
    stale = {"a"} if need.stale else set[str]()
    return Needed(definition, need, TODAY, Likely(), codes, stale).has("a", values)


@pytest.mark.parametrize(
    ("due", "days", "found"),
    [
        ("12 November 2026", 10, True),
        ("13 November 2026", 10, False),
        ("1 October 2026", 0, True),  # overdue
        ("Ongoing", 400, False),
        (None, 400, False),
    ],
)
def test_due_within_counts_from_today_and_takes_the_overdue(
    due: str | None, days: int, found: bool
) -> None:
    for definition in (RATED, UNRATED):
        value = parse_timescale(due) if due else None
        assert has(Need(due_within=days), definition, due=value, rating="G") is found


def test_what_is_finished_has_no_need_unless_its_rating_is_named() -> None:
    late = parse_timescale("1 October 2026")
    for rating in ("B", "H"):
        assert not has(Need(due_within=30, stale=1), due=late, rating=rating)
    assert has(Need(rated=("Blue",)), due=late, rating="B")


def test_any_of_what_is_named_is_enough() -> None:
    far = parse_timescale("1 October 2029")
    assert has(Need(due_within=30, rated=("G",)), due=far, rating="G")
    assert has(Need(due_within=30, stale=2), due=far, rating="G")
    assert not has(Need(due_within=30, rated=("H",)), due=far, rating="G")


def test_ratings_are_known_by_code_label_and_alias() -> None:
    assert codes_of(RATED, ("b", "On track", "Puce")) == {"b": "B", "On track": "G", "Puce": None}
    assert codes_of(UNRATED, ("B",)) == {"B": None}


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need(), ""),
        (Need(due_within=1), "due within 1 day"),
        (Need(45, ("R", "A"), 2), "due within 45 days, or rated R or A, or unchanged for 2 cycles"),
        (Need(stale=1), "unchanged for 1 cycle"),
    ],
)
def test_it_is_said_in_words_and_none_is_none(need: Need, words: str) -> None:
    assert (str(need), bool(need)) == (words, bool(words))


def test_a_date_is_no_need_where_none_is_asked_for() -> None:
    late = parse_timescale("1 October 2026")
    assert not has(Need(rated=("Held",)), due=late, rating="G")
