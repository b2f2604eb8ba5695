"""Texts that do not fit a template: the coordinator is told, with the place and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import outgoing
from tests.outgoing import DIRECTOR, KEY, issued, row
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.issued.sheets import TooLong, too_long, too_long_problem
from xlplan.issued.template import template_workbook
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.settings import IssueSettings

TABLE = outgoing.plan()
FORM = replace(TABLE, issue=IssueSettings(layout="form"))
LINES = "A line of a note\n" * 200
"""More lines than any row can show: 200 of at least 12 points each."""


def found(definition: PlanDefinition, **values: str) -> list[TooLong]:
    rows = [row(1), row(2, **values)]
    book = template_workbook(definition, DIRECTOR, issued(), rows, KEY, outgoing.CREATED)
    return list(too_long(book.sheets[0]))


def test_nothing_is_said_of_texts_that_fit() -> None:
    assert found(TABLE, progress="Done. " * 100) == []
    assert found(FORM, progress="Done. " * 100) == []


def test_a_text_that_its_row_cannot_show_is_told_in_a_table_and_shown_whole_in_a_form() -> None:
    [one] = found(TABLE, progress=LINES)
    assert (one.uid, one.column, one.length, one.cut) == ("u-0002", "progress", len(LINES), False)
    assert found(FORM, progress=LINES) == []


@pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])
def test_a_text_that_a_cell_cannot_hold_is_told(definition: PlanDefinition) -> None:
    [one] = found(definition, evidence="x" * 32_768)
    assert (one.column, one.length, one.cut) == ("evidence", 32_768, True)
    assert [each.cut for each in found(definition, evidence="x" * 32_767)] in ([], [False])


def test_characters_are_counted_as_excel_counts_them() -> None:
    [one] = found(FORM, evidence="\U0001f600" * 16_384)
    assert (one.length, one.cut) == (32_768, True)


def test_what_is_said_names_place_field_and_way_out() -> None:
    tall = too_long_problem(
        TooLong("G7", "u-1", "progress", 5000, False), "x!G7", "3.1", "Progress\nnow"
    )
    assert (tall.code, tall.where, tall.action, tall.field) == (
        "ISS-010",
        "x!G7",
        "3.1",
        "progress",
    )
    assert '"Progress now" of action 3.1 has 5,000 characters' in tall.message
    assert 'layout = "form"' in tall.message
    cut = too_long_problem(
        TooLong("G7", "u-1", "progress", 40_000, True), "x!G7", "3.1", "Progress"
    )
    assert (cut.code, cut.level) == ("ISS-011", "warning")
    assert "32,767" in cut.message


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    source = shipped("examples") / "brag-by-recommendation" / "plan.xlsx"
    new(tmp_path / "plan", source, template="brag-by-recommendation")
    toml = tmp_path / "plan" / "plan.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace("[issue]\n", '[issue]\nlayout = "table"\n', 1), "utf-8")
    with open_plan(tmp_path / "plan", today=date(2026, 1, 12)) as opened:
        yield opened


def test_issue_tells_once_of_a_text_that_two_leads_share(plan: Plan) -> None:
    from xlplan.returned.as_issued import ID_PREFIX
    from xlplan.workbook.write.filling import fill_in, key_rows

    shared = next(r for r in plan.rows() if len(r.values["lead"] or ()) > 1)  # type: ignore[arg-type]  # names
    path = plan.folder / "master.xlsx"
    columns, rows = key_rows(path.read_bytes(), ID_PREFIX)
    cell = f"{columns['progress']}{rows[shared.uid][1]}"
    path.write_bytes(fill_in(path.read_bytes(), "Plan", [(cell, LINES)], "2026-01-12T09:00:00Z"))
    plan.merge()
    result = plan.issue_with_report("2026-01", date(2026, 1, 23))
    told = [problem for problem in result.problems if problem.code == "ISS-010"]
    assert [(problem.action, problem.field) for problem in told] == [(shared.ref, "progress")]
    assert told[0].where.startswith("outbox/2026-01/")
