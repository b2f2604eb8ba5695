"""What is the same in the templates of all leads is worked out once, and says nothing of a lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made import tell_of
from tests.outgoing import CREATED, DIRECTOR, KEY, LONG, OTHER, issued, plan, row
from xlplan.issued import as_ours, design, form_lines, guidance, sheets, table
from xlplan.issued.template import template_workbook
from xlplan.issued.widths import Sizes, across, least_across, screen_widths
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.returned.as_issued import shown_columns
from xlplan.workbook.stamp import RowKey, parse_row_key
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import Style, Workbook

LAYOUTS = ("table", "form", "fit")


def laid_out(definition: PlanDefinition, rows: Sequence[MasterRow], name: str) -> Workbook:
    stamp = replace(issued(uids=tuple(each.uid for each in rows)), id=f"t-{name}")
    lead = DIRECTOR if name.startswith("0") else OTHER
    return template_workbook(definition, lead, stamp, rows, KEY, CREATED)


def of(layout: str) -> PlanDefinition:
    return plan(issue=IssueSettings(layout=layout, proposal_rows=2))  # type: ignore[arg-type]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of these was called: what is worked out for a plan, for a kind of template,
    and for a value."""
    counts: Counter[str] = Counter()

    def count(home: Any, name: str) -> None:
        work: Callable[..., object] = getattr(home, name)

        def counting(*args: Any, **kwargs: Any) -> object:
            counts[name] += 1
            return work(*args, **kwargs)

        monkeypatch.setattr(home, name, counting)

    for home, name in (
        (design, "column_looks"), (design, "lists_sheet"), (guidance, "_steps"),
        (form_lines, "value_cell"), (form_lines, "lines_within"), (table, "value_cell"),
        (table, "text_width"), (sheets, "show"),
    ):  # fmt: skip
        count(home, name)
    tell_of(monkeypatch, Style, lambda: counts.update(["Style"]))
    return counts


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_template_of_a_second_lead_measures_and_designs_only_what_is_new_in_it(
    layout: str, counted: Counter[str]
) -> None:
    definition = of(layout)
    laid_out(definition, [row(number) for number in range(1, 9)], "0a1b2c3d4e5f")
    counted.clear()
    for nth in range(3):
        rows = [row(number) for number in range(1, 9)]
        rows[nth] = row(nth + 1, evidence=f"Something of its own, {nth}")
        laid_out(definition, rows, f"1a1b2c3d4e5{nth}")
    made = {name: counted[name] for name in ("column_looks", "lists_sheet", "_steps")}
    assert made == {"column_looks": 0, "lists_sheet": 0, "_steps": 0}
    assert counted["value_cell"] == 3, "a text of its own in each"
    assert counted["text_width"] + counted["lines_within"] <= 3
    first = counted["Style"]
    counted.clear()
    laid_out(definition, [row(number) for number in range(1, 25)], "1b1b2c3d4e5f")
    assert counted["Style"] <= first, "looks are made for a template, and none for a row"


def test_what_stands_around_the_actions_is_told_by_each_key_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though it stands on every line of its action."""
    asked: list[object] = []
    parse = parse_row_key

    def counting(text: object) -> RowKey | None:
        found = parse(text)
        if found is not None:
            asked.append(text)
        return found

    monkeypatch.setattr(as_ours, "parse_row_key", counting)
    rows = [row(number) for number in range(1, 9)]
    book = laid_out(of("form"), rows, "0a1b2c3d4e5f")
    stamp = replace(issued(uids=tuple(each.uid for each in rows)), id="t-0a1b2c3d4e5f")
    ours = as_ours.ours_of(of("form"), stamp, book)
    assert ours.texts
    assert len(asked) == len({*asked}) == len(rows) + 2  # with those of two proposals


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_template_is_the_same_whatever_was_laid_out_before(layout: str) -> None:
    mine = [row(1), row(2, progress=LONG * 9), row(3, percent=0.5, evidence=None)]
    alone = laid_out(of(layout), mine, "0a1b2c3d4e5f")
    definition = of(layout)
    for number in (2, 3, 4):
        others = [row(n, percent=n / 7, rating="R", outcome="other") for n in range(1, number)]
        laid_out(definition, others, f"1a1b2c3d4e5{number}")
    assert laid_out(definition, mine, "0a1b2c3d4e5f") == alone


FEW = plan().fields[:3]
PROSE = tuple(Field(f"prose{n}", f"Prose {n}", "narrative", owner="lead") for n in range(5))


@given(
    st.integers(0, len(PROSE)),
    st.lists(st.sampled_from(plan().fields[3:]), unique=True),
    st.lists(st.lists(st.integers(0, 900), max_size=2), min_size=19, max_size=19),
)
@settings(max_examples=150, deadline=None)
def test_no_table_is_narrower_than_is_said_before_its_rows_are_known(
    prose: int, fields: Sequence[Field], lengths: Sequence[Sequence[int]]
) -> None:
    definition = plan(fields=(*FEW, *fields, *PROSE[:prose]))
    columns = shown_columns(definition)
    sizes = [Sizes(each, [500 * length for length in each]) for each in lengths[: len(columns)]]
    widths = screen_widths(columns, sizes, palette(definition).heading)
    assert widths is None or across(widths) >= least_across(columns)
