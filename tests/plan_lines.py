"""A small plan, and lines of it as the checks get them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

TODAY = date(2026, 11, 21)
PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key", required=True),
        Field("action", "Action", role="action", required=True),
        Field("recommendation", "Recommendation", "set", "recommendation"),
        Field("lead", "Lead", "people", "lead", required=True),
        Field("due", "Timescale", "timescale", "due"),
        Field("progress", "Progress", "narrative", "progress", owner="lead"),
        Field("rating", "RAG", "rating", "rating", owner="lead"),
        Field("links", "See also", "reference"),
        Field("inspection", "Inspection", "reference", "inspection"),
        Field("ref", "Number", role="key", of="recommendation"),
        Field("accountable", "Accountable", "people", "accountable", of="recommendation"),
        Field("due", "Timescale", "date", "due", of="recommendation"),
    ),
    ratings=(
        Rating("B", "Blue", closed=True),
        Rating("DG", "Dark Green", holding=True),
        Rating("G", "Green"),
        Rating("R", "Red", exception=True),
    ),
    leads=(Lead("Head of Housing", ("HH",)), Lead("Audit Manager")),
)


class Line(Struct, frozen=True):
    ref: str = "1.1"
    values: Mapping[str, Value] = field(default_factory=dict)
    kind: str = "action"
    uid: str = "u1"
    section: str = "One"
    withdrawn: bool = False


def action(ref: str = "1.1", **values: Value) -> Line:
    usual: dict[str, Value] = {
        "ref": ref,
        "action": "Visit every home",
        "lead": ("Head of Housing",),
        "due": parse_timescale("June 2027"),
        "rating": "G",
    }
    return Line(ref, {**usual, **values})


def recommendation(ref: str = "1", **values: Value) -> Line:
    return Line(ref, {"ref": ref, "accountable": ("Audit Manager",), **values}, "recommendation")
