"""The whole cycle on every plan there is: the shipped examples, and the real plans where they are.

Import, issue to every lead, edits typed in LibreOffice in several templates, merge, every question
answered, publish; then the figures of the composite are counted again from `show --json`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.office import Choose, Office, Step, Type
from xlplan.cli.main import run
from xlplan.cycle.plan import Plan, open_plan
from xlplan.plan.definition import ENTRY, PlanDefinition
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import places_in

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/plan.xlsx"))
REAL = {
    "sunderland-2012": 72,
    "improvement-2011": 10,
    "darlington-2012": 31,
    "sunderland-2017": 64,
    "derby-2011": 81,
}
CYCLE, TODAY = "2026-11", "2026-11-21"
LEADS = 3
"""How many leads edit their templates."""


def command(folder: Path, *words: str) -> int:
    return run(["-C", str(folder), "--today", TODAY, *words])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_cycle_of_an_example(
    name: str, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ROOT / "examples" / name / "plan.xlsx"
    template = ["--template", name]
    a_cycle(source, template, office, tmp_path, capsys)


@pytest.mark.parametrize("name", REAL)
def test_the_cycle_of_a_real_plan(
    name: str, shared: Path, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared / "plans" / f"{name}.xlsx"
    assert a_cycle(source, [], office, tmp_path, capsys) == REAL[name]


def a_cycle(
    source: Path,
    template: list[str],
    office: Office,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> int:
    """Run one cycle and check it; how many actions the plan has."""
    folder = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(folder), "--from", str(source), *template]) in (0, 1)
    assert command(folder, "issue", "--cycle", CYCLE, "--return-by", "2026-12-01") in (0, 1)
    with open_plan(folder) as plan:
        typed = fill_in(plan, office)
    capsys.readouterr()
    command(folder, "merge", "--json")
    merged = json.loads(capsys.readouterr().out)
    assert all(r["outcome"] == "merged" for r in merged["returns"]), merged["returns"]
    accounted = sum(sum(r["dispositions"].values()) for r in merged["returns"])
    assert accounted == len(typed)
    with open_plan(folder) as plan:
        while questions := plan.questions():
            plan.answer(questions[0], questions[0].choices[0])
    assert command(folder, "publish") == 0
    assert command(folder, "verify") == 0
    capsys.readouterr()
    assert command(folder, "show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    with open_plan(folder) as plan:
        definition = plan.definition
    recount(folder / "board" / f"{CYCLE}.xlsx", shown, definition)
    return len(shown)


def fill_in(plan: Plan, office: Office) -> list[tuple[str, str, str]]:
    """The leads with the most actions type into their templates: what was typed, cell by cell."""
    definition = plan.definition
    issued = {i.author: i for i in plan.desk.state.issued.values() if i.document == "template"}
    busiest = sorted(issued.values(), key=lambda i: (-len(i.uids), i.author))[:LEADS]
    typed = []
    for number, item in enumerate(busiest):
        path = plan.folder / item.file
        places = places_in(path.read_bytes(), ID_PREFIX)
        steps: list[Step] = []
        for uid in item.uids[:3]:
            for column in item.inputs:
                step = an_edit(plan, definition, uid, column, number)
                if step is None:
                    continue
                place = "!".join(places[uid, column])
                kind, text = step
                steps.append(Choose(place, text) if kind == "choose" else Type(place, text))
                typed.append((uid, column, text))
        office.edit(path, plan.folder / "inbox" / f"return {number}.xlsx", steps)
    return typed


def an_edit(
    plan: Plan, definition: PlanDefinition, uid: str, column: str, number: int
) -> tuple[str, str] | None:
    """How to change a cell, by its type; None for what this test leaves alone."""
    item = definition.find(column.removesuffix(ENTRY))
    assert item is not None
    now = plan.desk.state.value(uid, item.id)
    if item.type == "rating":
        offered = [r for r in definition.scale_of(item) if r.by == "lead" and r.code != now]
        rating = offered[number % len(offered)]
        return ("choose", rating.label or rating.code)
    if item.type in ("narrative", "text"):
        return ("type", f"- typed by lead {number}\n=and a second line")
    if item.type in ("timescale", "date"):
        return ("type", f"{20 + number}/06/2027")
    return None


def recount(path: Path, shown: list[dict[str, object]], definition: PlanDefinition) -> None:
    """The totals of the Summary, counted again from what `show --json` says."""
    standing = [row for row in shown if not row["withdrawn"]]
    sheet = openpyxl.load_workbook(path)["Summary"]
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    # The column of the groups is called what the plan calls them; "Now" stands in the row below.
    heading = next(n for n, row in enumerate(cells[1:]) if "Now" in row)
    assert cells[heading][0]
    total = next(row for row in cells[heading:] if row[0] == "All actions")
    named_in_order = [(str(t), column) for column, t in enumerate(cells[heading]) if t is not None]
    columns = dict(reversed(named_in_order))  # a rating may be called as a later column is: Overdue
    now = cells[heading + 1]
    assert now[columns["All actions"] + 1] == "Now"
    assert total[columns["All actions"] + 1] == len(standing)
    item = definition.with_role("rating")
    if item is None:
        return
    counted: Counter[str] = Counter()
    for row in standing:
        fields = row["fields"]
        assert isinstance(fields, dict)
        counted[str(fields.get(item.id) or "Not rated")] += 1
    found = {}
    for rating in definition.scale_of(item):
        named = [c for text, c in columns.items() if rating.code in text.split("\n")]
        named = named or [c for text, c in columns.items() if rating.label in text.split("\n")]
        if named:
            found[rating.code] = total[named[0] + 1]
    expected = {code: counted[code] for code in found}
    assert found == expected
    assert sum(counted.values()) == len(standing)
