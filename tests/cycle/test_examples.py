"""What holds for every shipped example: it imports whole, and its cycle ends as its files say."""

from __future__ import annotations

import re
import runpy
import shlex
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.shipped import (
    EXAMPLES,
    FOUND,
    KNOWN,
    TEMPLATES,
    actions,
    definition,
    disputed,
    edits,
    every,
    imported,
    inputs,
    leads_of,
    returns,
    texts,
)  # fmt: skip
from xlplan.cli.main import run
from xlplan.cycle.demo import demo, examples
from xlplan.cycle.plan import Plan, open_plan
from xlplan.errors import XlplanError
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid, Value, canon, match_rating


def test_every_example_is_known_and_has_a_workbook_template_of_its_name() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert {name for name in folders if (EXAMPLES / name / "plan.xlsx").exists()} <= set(KNOWN)
    assert set(FOUND) <= {path.stem for path in TEMPLATES.glob("*.toml")}


# --- plan.xlsx -----------------------------------------------------------------------------------


@every
def test_every_action_is_imported_with_a_ref_of_its_own(name: str) -> None:
    refs = [row.values["ref"] for row in imported(name).rows if row.kind == "action"]
    assert len(refs) == len(set(refs)) == KNOWN[name].actions


@every
def test_workbook_template_has_a_field_for_every_column(name: str) -> None:
    assert imported(name).definition.fields == definition(name).fields


@every
def test_no_word_of_an_action_is_lost_on_import(name: str) -> None:
    book = load_workbook(EXAMPLES / name / "plan.xlsx")
    organisations = words(" ".join(lead.organisation for lead in imported(name).definition.leads))
    for row in imported(name).rows:
        cells = [c.value for c in book[row.sheet][row.row] if isinstance(c.value, str | int)]
        written = [str(v) for v in cells if not match_rating(str(v), definition(name).ratings)]
        kept = words(" ".join(text_of(value) for value in row.values.values()))
        lost = words(" ".join(written)) - kept - organisations
        people = [v for v in row.values.values() if isinstance(v, tuple)]  # each named once
        named = set(words(" ".join(map(text_of, people))))
        assert set(lost) - named <= {"and", "jointly", "with"}, (row.sheet, row.row)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def text_of(value: Value) -> str:
    if isinstance(value, tuple | frozenset):
        return " ".join(map(str, value))
    return value.text if isinstance(value, Timescale) else str(value)


@every
def test_no_cell_of_an_action_is_invalid(name: str) -> None:
    for row in imported(name).rows:
        assert not [field for field, v in row.values.items() if isinstance(v, Invalid)], row.row


@every
def test_plan_is_what_the_script_makes_of_the_text(name: str, tmp_path: Path) -> None:
    own = EXAMPLES / name / "make_plan.py"
    script = runpy.run_path(str(own if own.exists() else EXAMPLES / "make_plans.py"))
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for target in (first, second):
        script["main"](*(() if own.exists() else (EXAMPLES / name,)), target)
    assert first.read_bytes() == second.read_bytes()
    made, shipped = (
        [
            [(sheet.title, c.coordinate, c.value, c.fill.fgColor.rgb) for r in sheet for c in r]
            for sheet in load_workbook(path)
        ]
        for path in (first, EXAMPLES / name / "plan.xlsx")
    )
    assert made == shipped


@every
def test_plan_file_tells_nothing_of_the_machine_it_was_made_on(name: str) -> None:
    with zipfile.ZipFile(EXAMPLES / name / "plan.xlsx") as parts:
        assert {part.date_time for part in parts.infolist()} == {(2026, 1, 5, 9, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]+Z", core)) == {"2026-01-05T09:00:00Z"}


# --- the workbook template -----------------------------------------------------------------------


@every
def test_workbook_template_names_nobody_and_explains_every_input(name: str) -> None:
    assert not definition(name).leads
    assert inputs(name)
    assert all(item.guidance for item in inputs(name).values())
    assert set(inputs(name)) <= set(definition(name).issue.fields)


# --- returns.toml --------------------------------------------------------------------------------


@every
def test_every_edit_is_of_the_leads_own_action_and_changes_an_input(name: str) -> None:
    assert len(list(edits(name))) > 5
    for lead, ref, field, value in edits(name):
        values = actions(name)[ref]
        assert lead in leads_of(name, ref), (lead, ref)
        new = canon(inputs(name)[field], value, imported(name).definition)
        assert not isinstance(new, Invalid), value
        assert new != values.get(field), (ref, field)


@every
def test_returns_show_a_conflict_a_decision_and_what_may_go_wrong(name: str) -> None:
    assert disputed(name)
    for decision in returns(name)["decision"]:
        cell = (decision["action"], decision["field"])
        assert decision["choice"] in disputed(name).get(cell, ["Accept"])
        assert decision["why"]
    given = returns(name)["return"]
    assert [item for item in given if not item.get("edit") and not item.get("broken")]
    assert [item for item in given if item.get("broken")]


def test_some_example_has_a_return_saved_as_csv_and_one_that_comes_again_too_late() -> None:
    files = [item["file"] for name in FOUND for item in returns(name)["return"]]
    assert [file for file in files if file.endswith(".csv")]
    for item in (late for name in FOUND for late in returns(name).get("late", ())):
        assert item["copy_of"] in files
        assert item["file"] not in files


@every
def test_times_of_the_cycle_are_in_order(name: str) -> None:
    cycle = returns(name)["cycle"]
    assert cycle["id"] == f"{cycle['today']:%Y-%m}"
    assert isinstance(cycle["return_by"], date)
    saved = [datetime.fromisoformat(item["saved_at"]).date() for item in returns(name)["return"]]
    assert all(cycle["today"] <= day <= cycle["return_by"] for day in saved)
    files = [item["file"] for item in returns(name)["return"]]
    assert len(set(files)) == len(files)


# --- the whole cycle -----------------------------------------------------------------------------


@pytest.mark.xdist_group("examples")
@every
def test_a_whole_cycle_ends_with_every_edit_in_the_plan(name: str, tmp_path: Path) -> None:
    said: list[str] = []
    made = demo(tmp_path / "plan", said.append, example=name)
    assert all(path.exists() for path, _ in made.to_open)
    with open_plan(made.folder, today=returns(name)["cycle"]["return_by"]) as plan:
        assert len(plan.rows()) == KNOWN[name].actions
        assert not plan.questions()
        assert not plan.verify()
        compare_with_edits(name, plan)
        broken = {item["lead"] for item in returns(name)["return"] if item.get("broken")}
        came = {item["lead"] for item in returns(name)["return"]} - broken
        assert {lead.lead for lead in plan.status().leads if lead.returned} == came
        files = {Path(change.place.file).name for change in plan.log()}
        late = returns(name).get("late", ())
        assert not {item["file"] for item in late} & files
        assert all((plan.desk.folder.inbox / item["file"]).exists() for item in late)
        assert {item["file"] for item in returns(name)["return"] if item.get("edit")} <= files
    composite = load_workbook(made.to_open[-1][0])
    printed = set(texts(composite))
    assert set(actions(name)) <= printed


@pytest.mark.xdist_group("examples")
@every
def test_readme_says_commands_that_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert [command for command in commands if " publish" in command]
    (tmp_path / "plan.xlsx").write_bytes((EXAMPLES / name / "plan.xlsx").read_bytes())
    monkeypatch.chdir(tmp_path)
    for command in commands:
        asks = re.search(" (check|issue|merge)( |$)", command)
        assert run(shlex.split(command)[1:]) in ((0, 1) if asks else (0,)), command
    assert [*tmp_path.glob("*/board/*.xlsx")]


def compare_with_edits(name: str, plan: Plan) -> None:
    """Every edit stands in the plan, but where two leads differed: there the decision does."""
    rows = {row.ref: row.values for row in plan.rows()}
    expected = {(ref, field): value for _, ref, field, value in edits(name)}
    given = {(d["action"], d["field"]): d["choice"] for d in returns(name)["decision"]}
    accepted = {cell for cell, choice in given.items() if choice == "Accept"}
    assert {plan.definition.find(field) for _, field in accepted} <= {
        plan.definition.with_role("due")
    }
    decided = {cell: choice for cell, choice in given.items() if cell not in accepted}
    assert set(decided) == set(disputed(name))
    for (ref, field), value in {**expected, **decided}.items():
        item = inputs(name)[field]
        stands = rows[ref].get(field)
        if item.mode == "append":
            assert value in str(stands), (ref, field)
        else:
            assert stands == canon(item, value, plan.definition), (ref, field)


def test_an_example_that_is_not_there_is_refused_with_the_names_of_those_that_are(
    tmp_path: Path,
) -> None:
    with pytest.raises(XlplanError) as caught:
        demo(tmp_path / "plan", print, example="no-such-example")
    [problem] = caught.value.problems
    assert problem.code == "DEMO-002"
    assert all(name in problem.message for name in examples())
