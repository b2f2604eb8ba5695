"""Every template of every shipped example, part by part: no word of another lead is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.parts import parts_of, words
from tests.shipped import FOUND
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import open_plan
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.values import canon, show
from xlplan.workbook.write.alike import write_alike
from xlplan.workbook.write.writing import write_workbook


def said(rows: Iterable[MasterRow]) -> str:
    return "\n".join(show(value) for row in rows for value in row.values.values())


@pytest.fixture(scope="module", params=FOUND)
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of an example with its templates issued."""
    folder = tmp_path_factory.mktemp("plans") / "plan"
    new(folder, shipped("examples") / request.param / "plan.xlsx", template=request.param)
    with open_plan(folder, today=date(2026, 1, 12)) as opened:
        opened.issue("2026-01", date(2026, 1, 23))
    return folder


def own_words(definition: PlanDefinition, lead: Lead, issued: Issued) -> set[str]:
    """The words of a template of `lead` whose actions are blank, or two steps without words: what
    every template says."""
    blank = MasterRow("u-0", "action", "1", "", {})
    action, due = definition.with_role("action"), definition.with_role("due")
    rows = [blank]
    if action is not None and due is not None:
        dates = canon(due, "1. 1/5/2026\n2. 2/5/2026", definition)
        rows.append(MasterRow("u-1", "action", "2", "", {action.id: "1. 1\n2. 2", due.id: dates}))
    book = template_workbook(definition, lead, issued, rows, b"k" * 32, "2026-01-12T12:00:00Z")
    return set().union(*(words(text) for text in parts_of(write_workbook(book)).values()))


@pytest.mark.parametrize("layout", ["table", "form"])
def test_no_word_and_no_name_of_another_lead_is_in_any_part(plan: Path, layout: str) -> None:
    with open_plan(plan, today=date(2026, 1, 12)) as opened:
        state = opened.desk.state
        definition = replace(
            state.definition,
            issue=replace(state.definition.issue, layout=layout),
        )
        rows = {row.uid: row for row in opened.rows()}
        canaries = 0
        for issued in [i for i in state.issued.values() if i.document == "template"]:
            lead = definition.lead(issued.author)
            assert lead is not None
            mine = [rows[uid] for uid in issued.uids]
            theirs = [row for uid, row in rows.items() if uid not in issued.uids]
            book = template_workbook(
                definition, lead, issued, mine, opened.desk.key, "2026-01-12T12:00:00Z"
            )
            parts = parts_of(write_alike(book))
            own = said(mine)
            hidden = words(said(theirs)) - words(own) - own_words(definition, lead, issued)
            canaries += len(hidden)
            names = [other.name for other in definition.leads if other is not lead]
            names = [name for name in names if name not in own and name not in lead.name]
            for name, text in parts.items():
                leaked = words(_row_keys(text)) & hidden
                assert not leaked, (lead.name, name, sorted(leaked)[:5])
                for other in filter(text.__contains__, names):  # a search costs much more
                    named = re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text)
                    assert named is None, (lead.name, name, other)
        assert canaries > 100, "the plan has words to look for"


@pytest.mark.parametrize("layout", ["table", "form"])
def test_the_largest_templates_are_byte_for_byte_what_xlsxwriter_writes(
    plan: Path, layout: str
) -> None:
    with open_plan(plan, today=date(2026, 1, 12)) as opened:
        state = opened.desk.state
        issue = replace(state.definition.issue, layout=layout)
        definition = replace(state.definition, issue=issue)
        rows = {row.uid: row for row in opened.rows()}
        templates = [i for i in state.issued.values() if i.document == "template"]
        for issued in sorted(templates, key=lambda one: len(one.uids))[-3:]:
            lead = definition.lead(issued.author)
            assert lead is not None
            mine = [rows[uid] for uid in issued.uids]
            book = template_workbook(
                definition, lead, issued, mine, opened.desk.key, "2026-01-12T12:00:00Z"
            )
            assert write_alike(book) == write_workbook(book), lead.name


def _row_keys(text: str) -> str:
    """`text` without row keys, signatures and colours, whose letters are no words."""
    return re.sub(
        r"xr1\.[\w.-]+|[a-z]+-[0-9a-f]{6,}|\b[0-9a-f]{16,}\b|\bFF[0-9A-F]{6}\b", " ", text
    )


def test_the_test_notices_a_leak(plan: Path) -> None:
    with open_plan(plan, today=date(2026, 1, 12)) as opened:
        state = opened.desk.state
        issued = next(i for i in state.issued.values() if i.document == "template")
        lead = state.definition.lead(issued.author)
        assert lead is not None
        rows = {row.uid: row for row in opened.rows()}
        mine = [rows[uid] for uid in issued.uids]
        theirs = [row for uid, row in rows.items() if uid not in issued.uids]
        hidden = words(said(theirs)) - words(said(mine)) - own_words(state.definition, lead, issued)
        book = template_workbook(
            state.definition, lead, issued, [*mine, theirs[0]], opened.desk.key,
            "2026-01-12T12:00:00Z",
        )  # fmt: skip
        texts = parts_of(write_workbook(book)).values()
        assert any(words(_row_keys(text)) & hidden for text in texts)
