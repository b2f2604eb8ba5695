"""What `master.xlsx` shows of rows that only came in, made value by value, is as of any row."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests import small
from xlplan.cycle.known import LinesOf
from xlplan.cycle.plan import open_plan
from xlplan.issued import master
from xlplan.merge.log import replay
from xlplan.merge.model import Defined, Event, Fact, RowAdded
from xlplan.merge.state import State
from xlplan.plan.definition import KEPT_BACK, STATUS
from xlplan.plan.load import load_definition
from xlplan.plan.shown import ShownNumber
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Invalid, Value
from xlplan.returned.as_issued import IssuedColumn

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


@pytest.mark.parametrize("field", ["action", "date", "timescale", "number", "percent", "people"])
def test_the_line_of_a_row_is_as_it_is_made_by_itself(field: str) -> None:
    rows = [
        RowAdded(f'a-"{n}"', "action", n, {"ref": f"1.{n}", field: value}, {})
        for n, value in enumerate((*SHARES, *OTHERS))
    ]
    lines = LinesOf(state_of(*rows), "action")
    for row in rows:
        assert lines.of(row.uid) == lines.anew(row.uid)


@pytest.mark.parametrize(
    "values", [{}, {"action": "Mend it"}, {"ref": "1.1", STATUS: KEPT_BACK}, {"ref": 1.1}]
)
def test_a_row_without_a_ref_or_with_a_status_is_made_by_itself(values: dict[str, Value]) -> None:
    lines = LinesOf(state_of(RowAdded("a-1", "action", 1, values, {})), "action")
    assert lines.of("a-1") == lines.anew("a-1")


def test_the_lines_of_a_plan_that_was_just_made_are_made_value_by_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each value once in each column, though rows share it."""
    seen: list[tuple[str, Value]] = []
    plain = master.cell_text

    def counted(column: IssuedColumn, value: Value) -> str:
        seen.append((column.id, value))
        return plain(column, value)

    monkeypatch.setattr(master, "cell_text", counted)
    monkeypatch.setattr(LinesOf, "anew", None)
    folder = small.make_anew(tmp_path / "plan")
    with open_plan(folder) as plan:
        state = plan.desk.state
        values = {
            (name, row.values[name])
            for row in state.master()
            for name in (item.id for item in state.definition.fields)
        }
    assert sorted(map(str, seen)) == sorted(map(str, values | {(STATUS, None)}))
    assert len(seen) < len(small.ROWS) * len({name for name, _ in values})
