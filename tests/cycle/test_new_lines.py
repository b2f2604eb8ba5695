"""What `master.xlsx` shows of rows that only came in, made value by value, is as of any row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import small
from tests.typed_rows import OTHERS, SHARES, state_of
from xlplan.cycle.desk import base_digest
from xlplan.cycle.known import LinesOf
from xlplan.cycle.plan import open_plan
from xlplan.issued import master
from xlplan.merge.kinds import digest, identity
from xlplan.merge.model import RowAdded
from xlplan.merge.records import row_write_name
from xlplan.plan.definition import KEPT_BACK, STATUS
from xlplan.plan.values import Value
from xlplan.returned.as_issued import IssuedColumn


@pytest.mark.parametrize("field", ["action", "date", "timescale", "number", "percent", "people"])
def test_the_line_of_a_row_is_as_it_is_made_by_itself(field: str) -> None:
    rows = [
        RowAdded(f'a-"{n}"', "action", n, {"ref": f"1.{n}", field: value}, {})
        for n, value in enumerate((*SHARES, *OTHERS))
    ]
    lines = LinesOf(state_of(*rows), "action")
    for row in rows:
        assert lines.of(row.uid) == lines.anew(row.uid)


AWKWARD = (
    "",
    "Deleted \x7f",
    "Null \0 and bell \a",
    'Quoted "so" \\',
    "Café 日本 🙂",
    "Half \ud83d",
)


def test_the_digest_of_rows_is_that_of_all_they_hold_in_one_list() -> None:
    values = (*AWKWARD, 1e-7, 1e22, 2.0, -0.0, 10**30, *SHARES, *OTHERS)
    for field in ("action", "date", "number", "people"):
        rows = [
            RowAdded(f"a-{n}", "action", n, {field: value}, {}) for n, value in enumerate(values)
        ]
        state = state_of(*rows)
        written = [(row.values[field], [row_write_name(row.uid, field)]) for row in rows]
        both = zip(rows, written, strict=True)
        told = [[row.uid, [[None, []], [identity(value), ids]]] for row, (value, ids) in both]
        found = base_digest(state, [row.uid for row in rows], ["ref", field], state.seq)
        assert found == digest(told)


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
