"""The shipped examples as the tests see them: what is known of each, and what its files say."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from openpyxl.workbook import Workbook

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.load import load_definition
from xlplan.plan.values import Value
from xlplan.source.importing import Source, read_source
from xlplan.workbook.read.read_book import read_book

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TEMPLATES = ROOT / "workbook_templates"
SHARED = Path(os.environ.get("XLPLAN_SHARED", ROOT.parent / "shared")) / "plans"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the real plans are not beside the repository"
)


class Known(Struct, frozen=True):
    """What is known of an example: its source (blank where it is wholly made up), how many actions,
    how many years it was moved on.

    `same` names, by sheet, the columns whose cells are those of the source, years moved on;
    `leads` the column of the leads. Blank for an example that has a test file of its own.
    """

    source: str
    actions: int
    years: int
    same: Mapping[str, str]
    leads: Mapping[str, str]


KNOWN = {
    "brag-by-recommendation": Known("derby-2011", 81, 14, {}, {}),
    "themed-rag": Known(
        "sunderland-2012", 72, 14, {"Action Plan": "F"}, {"Action Plan": "G"}
    ),
    "five-point-rag": Known(
        "sunderland-2017", 64, 10,
        {"Improvement Plan": "AFGHI", "Completed": "AE"}, {"Improvement Plan": "E"},
    ),
    "coded-key-actions": Known("improvement-2011", 10, 15, {"Plan": "AD"}, {"Plan": "F"}),
    "multi-agency-composite": Known(
        "darlington-2012", 31, 14, {"Composite Plan": ""}, {"Composite Plan": "C"}
    ),
    "must-do-should-do": Known("", 20, 0, {}, {}),
    "audit-recommendations": Known("", 21, 0, {}, {}),
    "percent-complete": Known("", 10, 0, {}, {}),
    "completed-and-checked": Known("", 9, 0, {}, {}),
    "months-behind": Known("", 8, 0, {}, {}),
}  # fmt: skip
FOUND = sorted(path.parent.name for path in EXAMPLES.glob("*/plan.xlsx"))
MATCHED = [name for name in FOUND if name in KNOWN and KNOWN[name].same]
every = pytest.mark.parametrize("name", FOUND)


@cache
def definition(name: str) -> PlanDefinition:
    path = TEMPLATES / f"{name}.toml"
    return load_definition(path.read_text(encoding="utf-8"), path.name)


@cache
def imported(name: str) -> Source:
    path = EXAMPLES / name / "plan.xlsx"
    book = read_book(path.read_bytes(), path.name, detail=True)
    return read_source(book, plan_id=name, template=definition(name))


@cache
def returns(name: str) -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / name / "returns.toml").read_text(encoding="utf-8"))


def actions(name: str) -> dict[str, Mapping[str, Value]]:
    return {
        str(row.values["ref"]): row.values for row in imported(name).rows if row.kind == "action"
    }


def leads_of(name: str, ref: str) -> set[str]:
    """Who leads an action, once the coordinator has tidied the list of leads."""
    known = {
        alias: item["name"]
        for item in returns(name).get("lead", ())
        for alias in (item["name"], *item.get("aliases", ()))
    }
    named = actions(name)[ref].get("lead", ())
    assert isinstance(named, tuple)
    return {known.get(lead, lead) for lead in named}


def inputs(name: str) -> dict[str, Field]:
    return {item.id: item for item in definition(name).fields if item.owner == "lead"}


def edits(name: str) -> Iterator[tuple[str, str, str, str]]:
    """(lead, ref of the action, field, new value) of every edit."""
    for item in returns(name)["return"]:
        for edit in item.get("edit", ()):
            yield item["lead"], edit["action"], edit["field"], edit["value"].strip("\n")


def disputed(name: str) -> dict[tuple[str, str], set[str]]:
    """The cells that two leads changed, with their values, where a lead replaces what stands."""
    said: dict[tuple[str, str], set[str]] = {}
    for _, ref, field, value in edits(name):
        if inputs(name)[field].mode == "replace":
            said.setdefault((ref, field), set()).add(value)
    return {cell: values for cell, values in said.items() if len(values) > 1}


def texts(book: Workbook) -> Iterator[str]:
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            yield from (value for value in row if isinstance(value, str))
