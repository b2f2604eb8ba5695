"""`required_if` in a template, as a real LibreOffice shows it, and in the merge: they agree.

Each row of the plan is a situation. What was typed in LibreOffice comes back as a file.
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing, paper
from tests.issued.update_sheet import Update, update_of, within
from tests.office import Choose, Empty, Formula, Office, Step, Type, Unprotect
from xlplan.issued.template import template_workbook
from xlplan.merge.kinds import Kind
from xlplan.plan.definition import ENTRY, Field
from xlplan.plan.required import Condition, needs_of, say_needed
from xlplan.plan.settings import IssueSettings
from xlplan.plan.values import Raw
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.writing import write_workbook

RULES = {
    "why": (Condition("due", ("moved",)),),
    "proof": (Condition("closed"),),
    "plan": (Condition("rating", ("R", "A")),),
    "again": (Condition("revised", ("moved",)), Condition("rating", ("R",))),
    "progress": (Condition("stage", ('Do "X"',)),),
    "budget": (Condition("agreed", ("Yes",)), Condition("place", ("North", "South"))),
}
LEAD = outgoing.DIRECTOR.name
FIELDS = (
    Field("ref", "Ref", role="key"),
    Field("action", "Action", "narrative", "action"),
    Field("lead", "Lead", "people", "lead"),
    Field("place", "Place", "choice", choices=("North", "South", "West")),
    Field("due", "Due", "timescale", "due", owner="lead"),
    Field("revised", "Revised date", "date", "revised", owner="lead"),
    Field("rating", "Rating", "rating", "rating", owner="lead"),
    Field("stage", "Stage", "choice", owner="lead", choices=("Not started", 'Do "X"')),
    Field("agreed", "Agreed", "boolean", owner="lead"),
    *(
        Field(name, f"The {name}", owner="lead", required_if=RULES[name])
        for name in ("why", "proof", "plan", "again", "budget")
    ),
    Field(
        "progress", "Progress", "narrative", "progress", owner="lead", mode="append",
        required_if=RULES["progress"],
    ),
)  # fmt: skip
PLAN = outgoing.plan(
    fields=FIELDS, issue=IssueSettings(layout="table", proposal_rows=2, guidance="Be brief.")
)
LAYOUTS = {"table": PLAN, "form": replace(PLAN, issue=replace(PLAN.issue, layout="form"))}
START: dict[str, Raw] = {
    "action": "Mend it", "lead": LEAD, "place": "North", "due": "June 2027",
    "revised": "2027-07-31", "rating": "G", "stage": "Not started", "agreed": "No",
}  # fmt: skip
MORE: tuple[dict[str, Raw], ...]
MORE = (
    {},
    {"rating": "R"},
    {"rating": "B", "proof": "Minutes"},
    {"agreed": "Yes"},
    {"agreed": "Yes", "place": "West"},
    {"due": None},
    {"rating": "A", "plan": "Ask for more"},
    {"stage": 'Do "X"', "progress": "[May] Begun"},
)
SITUATIONS: dict[str, dict[str, Raw]] = {
    f"u-{number}": {**START, "ref": f"1.{number}", **more}
    for number, more in enumerate(
        MORE,
        1,
    )
}
TYPED: dict[tuple[str, str], str] = {
    ("u-1", "due"): "August 2027",
    ("u-2", "revised"): "31 August 2027",
    ("u-4", "rating"): "Red",
    ("u-4", "due"): "August 2027",
    ("u-4", "why"): "Rain",
    ("u-5", "rating"): "Blue",
    ("u-6", "due"): "August 2027",
    ("u-7", "plan"): "",
    ("u-8", "rating"): "Amber",
}
LACKING = {
    ("u-1", "why"), ("u-2", "plan"), ("u-2", "again"), ("u-4", "budget"), ("u-4", "plan"),
    ("u-5", "proof"), ("u-7", "plan"), ("u-8", "progress"), ("u-8", "plan"),
}  # fmt: skip
"""What must be filled in then and is blank, worked out by hand."""
ISSUED_BLANK = {("u-2", "plan"), ("u-4", "budget"), ("u-8", "progress")}


@cache
def sent(layout: str) -> tuple[paper.Office, Any, bytes]:
    """The plan, the template that went out, and its bytes."""
    plan = paper.Office(SITUATIONS, LAYOUTS[layout])
    issued = plan.issue(LEAD, list(SITUATIONS))
    rows = plan.state.master()
    book = template_workbook(
        LAYOUTS[layout], outgoing.DIRECTOR, issued, rows, outgoing.KEY, outgoing.CREATED
    )
    return plan, issued, write_workbook(book)


def column_of(field: str) -> str:
    return f"{field}{ENTRY}" if field == "progress" else field


def steps_of(at: Update) -> list[Step]:
    steps: list[Step] = []
    for (uid, field), text in TYPED.items():
        cell = f"Update!{at.cells[uid, field]}"
        kind = Choose if field == "rating" else Type
        steps.append(kind(cell, text) if text else Empty(cell))
    return steps


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_look_the_count_and_the_merge_agree_on_what_is_lacking(
    layout: str, office: Office, tmp_path: Path
) -> None:
    plan, issued, data = sent(layout)
    at = update_of(data)
    path = tmp_path / "sent.xlsx"
    path.write_bytes(data)
    rules = [(uid, field) for uid in SITUATIONS for field in RULES]
    probes = [
        Formula(f"Guidance!AZ{number}", _on_update(at.flag(at.cells[uid, column_of(field)])))
        for number, (uid, field) in enumerate(rules, 1)
    ]
    shown = office.edit(
        path, tmp_path / "probed.xlsx", [*steps_of(at), Unprotect("Guidance"), *probes]
    )
    orange = {rule for n, rule in enumerate(rules, 1) if shown["Guidance"].get(f"AZ{n}") == "TRUE"}
    assert orange == LACKING
    assert shown["Update"][at.message].endswith(f": {len(LACKING)}")
    office.edit(path, tmp_path / "back.xlsx", steps_of(at))
    known = outgoing.Known({issued.id: issued}, plan.state.master(), LAYOUTS[layout])
    book = read_book((tmp_path / "back.xlsx").read_bytes(), "back.xlsx")
    reading = read_return(book, "sha", known)
    played = paper.Office(SITUATIONS, LAYOUTS[layout])
    assert played.issue(LEAD, list(SITUATIONS)) == issued
    played.merge(reading)
    asked = {(q.uid, q.field) for q in played.questions() if q.kind is Kind.STILL_BLANK}
    # What was emptied is asked about as such.
    emptied = {(q.uid, q.field) for q in played.questions() if q.kind is Kind.CLEARED}
    assert emptied == {("u-7", "plan")}
    assert asked | emptied == LACKING


def _on_update(formula: str) -> str:
    """A formula of the sheet "Update" as it is on another one."""
    return re.sub(r"\$[A-Z]{1,2}\d+", lambda m: f"$Update.{m[0]}", formula)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_message_counts_what_is_lacking_before_a_program_has_worked_it_out(layout: str) -> None:
    _, _, data = sent(layout)
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Update"]
    assert str(cached[update_of(data).message].value).endswith(f": {len(ISSUED_BLANK)}")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("field", RULES)
def test_the_guidance_and_the_input_message_are_those_of_the_check(layout: str, field: str) -> None:
    plan, _, data = sent(layout)
    item = plan.state.definition.find(field)
    assert item is not None
    needs = f"This must not be left blank where {say_needed(needs_of(PLAN, item))}."
    book = openpyxl.load_workbook(io.BytesIO(data))
    guidance = [str(c.value) for line in book["Guidance"].iter_rows() for c in line]
    assert any(needs in text for text in guidance)
    at = update_of(data).cells["u-1", column_of(field)]
    prompts = [
        str(rule.prompt)
        for rule in book["Update"].data_validations.dataValidation
        if any(within(at, *(f"{p}:{p}".split(":")[:2] if ":" not in p else p.split(":")))
               for p in str(rule.sqref).split(" "))
    ]  # fmt: skip
    assert any(needs in prompt for prompt in prompts)
