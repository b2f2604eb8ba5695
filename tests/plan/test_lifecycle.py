"""The life of an action and the way its date has gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.history import NO_HISTORY, History, Snapshot
from xlplan.plan.lifecycle import life_of, slips_of, stage_of
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("rating", "RAG", "rating", "rating"),
        Field("due", "Timescale", "timescale", "due"),
        Field("revised", "Revised", "date", "revised"),
        Field("reason", "Why", role="reason"),
        Field("approved_by", "Approved by", "people", role="approved_by"),
        Field("approved_on", "Approved on", "date", role="approved_on"),
    ),
    ratings=(
        Rating("B", "Blue", closed=True),
        Rating("H", "Held", holding=True),
        Rating("G", "Green"),
    ),
)


@dataclass(frozen=True)
class Line:
    values: Mapping[str, Value] = field(default_factory=dict)
    withdrawn: bool = False
    kind: str = "action"
    ref: str = "1"
    uid: str = "u1"
    section: str = ""


def boards(*ratings: Value) -> History:
    return History(
        tuple(Snapshot(str(n), {"u1": {"rating": code}}) for n, code in enumerate(ratings))
    )


@pytest.mark.parametrize(
    ("rating", "history", "stage"),
    [
        ("G", NO_HISTORY, "open"),
        (None, NO_HISTORY, "open"),
        ("B", NO_HISTORY, "closed"),
        ("H", NO_HISTORY, "held"),
        ("G", boards("G"), "open"),
        ("G", boards("B"), "reopened"),
        ("G", boards("B", "G"), "reopened"),
        ("B", boards("B"), "closed"),
        ("G", History((Snapshot("1"),)), "new"),
        ("B", History((Snapshot("1"),)), "closed"),
        ("G", History((Snapshot("1", {"u1": {"rating": "G"}}), Snapshot("2"))), "open"),
    ],
)
def test_stages(rating: Value, history: History, stage: str) -> None:
    assert stage_of(PLAN, Line({"rating": rating}), history) == stage
    assert stage_of(PLAN, Line({"rating": rating}, withdrawn=True), history) == "withdrawn"


def test_dates_original_current_and_slips() -> None:
    history = History(
        dues={"u1": (parse_timescale("May 2026"), parse_timescale("June 2026"))},
        revised={"u1": (None, date(2026, 8, 31), date(2026, 7, 31), date(2026, 9, 30))},
    )
    row = Line({"due": parse_timescale("June 2026"), "revised": date(2026, 9, 30)})
    life = life_of(PLAN, row, history)
    assert (life.original.by, life.current.by) == (date(2026, 5, 31), date(2026, 9, 30))
    assert life.original.reason == "the last day of May 2026"
    assert (life.slips, life.rescheduled) == (3, True)


def test_without_a_history_the_revised_date_alone_tells() -> None:
    row = Line({"due": parse_timescale("June 2026"), "revised": date(2026, 9, 30)})
    life = life_of(PLAN, row)
    assert (life.original.by, life.slips, life.rescheduled) == (date(2026, 6, 30), 1, True)
    still = life_of(PLAN, Line({"due": parse_timescale("June 2026")}))
    assert (still.slips, still.rescheduled) == (0, False)
    nothing = life_of(PLAN, Line({}))
    assert (nothing.original.by, nothing.current.by, nothing.rescheduled) == (None, None, False)


def test_who_approved_the_new_date_and_why() -> None:
    life = life_of(
        PLAN,
        Line(
            {
                "revised": date(2026, 9, 30),
                "reason": "Tender failed",
                "approved_by": ("Head of Housing",),
                "approved_on": date(2026, 6, 1),
            }
        ),
    )
    assert (life.reason, life.approved_by) == ("Tender failed", "Head of Housing")
    assert life.approved_on == "1 June 2026"


DAYS = st.lists(st.none() | st.dates(), max_size=8)


@given(DAYS)
def test_a_date_that_only_comes_nearer_never_slips(days: list[date | None]) -> None:
    known = sorted((day for day in days if day), reverse=True)
    assert slips_of(known) == 0
    assert slips_of(reversed(known)) == len(set(known)) - bool(known)
    assert slips_of(days) == slips_of(day for day in days if day)
