"""Rows of a plan with a value of every type, and a state that they give."""

from __future__ import annotations

from datetime import date
from functools import cache

from xlplan.merge.log import replay
from xlplan.merge.model import Defined, Event, Fact, RowAdded
from xlplan.merge.state import State
from xlplan.plan.load import load_definition
from xlplan.plan.shown import ShownNumber
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Invalid, Value

DEFINITION = """
[plan]
id = "plan"
title = "A plan"

[[field]]
id = "ref"
heading = "Ref"
type = "text"
role = "key"

[[field]]
id = "action"
heading = "Action"
type = "text"
role = "action"
""" + "".join(
    f'\n[[field]]\nid = "{kind.replace(" ", "-")}"\nheading = "{kind}"\ntype = "{kind}"\n'
    for kind in ("date", "timescale", "number", "percent", "people")
)
SHARES: tuple[Value, ...] = (
    1.0, ShownNumber(1.0, "0%"), ShownNumber(1.0, "0.00"), ShownNumber(1.0, "", "1 only"), True, 1,
    0.0, -0.0, 1e-7,
)  # fmt: skip
"""Numbers of which some are equal and yet not shown alike."""
OTHERS: tuple[Value, ...] = (
    "x", 'say "so" <1>\n\u2028\ud83d', "", "withdrawn", date(2027, 6, 30), ("Ada", "Ben"),
    frozenset({"1.2", "1.10"}), canon_timescale("June 2027", date(2027, 6, 30)),
    canon_timescale("JUNE 2027", date(2027, 6, 30)),
    Invalid("Purple", "VAL-002", "not on the scale"),
)  # fmt: skip


def state_of(*rows: RowAdded, definition: str = DEFINITION) -> State:
    facts: list[Fact] = [Defined(definition, "d" * 64), *rows]
    events = [Event(n, 1, "2026-11-02T12:00:00Z", fact) for n, fact in enumerate(facts, 1)]
    return replay(events, cache(load_definition)).state
