"""The example BRAG by recommendation: its own shape and figures. What holds for every example is in
`tests/cycle/test_examples.py`."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.load import load_definition
from xlplan.plan.text import split_people
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Invalid, canon, match_rating

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "brag-by-recommendation"
TEMPLATE = ROOT / "workbook_templates" / "brag-by-recommendation.toml"
SHARED = Path(os.environ.get("XLPLAN_SHARED", ROOT.parent / "shared")) / "plans"
SOURCE = SHARED / "derby-2011.xlsx"
needs_shared = pytest.mark.skipif(
    not SOURCE.exists(), reason="the real plans are not beside the repository"
)
REF = re.compile(r"\d+\.\d+")
HEADING = re.compile(r"Recommendation (\d+) - .+")


@dataclass(frozen=True)
class Row:
    """One action of the spreadsheet: the recommendations above it, its cells, its fill."""

    recommendations: tuple[str, ...]
    fill: str | None
    ref: str
    action: str
    output: str
    outcome: str
    due: str
    lead: str
    progress: str
    rating: str


def read_actions(path: Path) -> list[Row]:
    rows: list[Row] = []
    above: list[str] = []
    last = ""
    for cells in load_workbook(path)["Action Plans"].iter_rows(max_col=8):
        text = [str(cell.value or "") for cell in cells]
        if found := HEADING.fullmatch(text[0]):
            above = [found[1]] if REF.fullmatch(last) or not last else [*above, found[1]]
        elif REF.fullmatch(text[0]):
            fill = cells[7].fill.fgColor.rgb[-6:] if cells[7].fill.fill_type else None
            rows.append(Row(tuple(above), fill, *text))
        last = text[0]
    return rows


def read_recommendations(path: Path) -> list[tuple[str, list[str]]]:
    """(theme, cells) of each recommendation in the summary table."""
    found, theme = [], ""
    for cells in load_workbook(path)["Summary"].iter_rows(min_row=8, max_col=5, values_only=True):
        text = [str(value or "") for value in cells]
        if re.match(r"\d+\. ", text[0]):
            found.append((theme, text))
        elif text[0]:
            theme = text[0]
    return found


@cache
def definition() -> PlanDefinition:
    return load_definition(TEMPLATE.read_text(encoding="utf-8"), TEMPLATE.name)


def scale() -> tuple[Rating, ...]:
    return definition().ratings


def leads_of(row: Row) -> tuple[str, ...]:
    return split_people(row.lead, definition().separators)


# --- plan.xlsx -----------------------------------------------------------------------------------


def test_plan_has_81_actions_with_refs_of_their_own() -> None:
    refs = [row.ref for row in read_actions(EXAMPLE / "plan.xlsx")]
    assert len(refs) == 81
    assert len(set(refs)) == 81


def test_plan_has_24_recommendations_under_two_themes_and_each_is_answered() -> None:
    found = read_recommendations(EXAMPLE / "plan.xlsx")
    assert [int(cells[0].split(".")[0]) for _, cells in found] == list(range(1, 25))
    assert [count for _, count in sorted(Counter(theme for theme, _ in found).items())] == [12, 12]
    answered = {n for row in read_actions(EXAMPLE / "plan.xlsx") for n in row.recommendations}
    assert answered == {str(n) for n in range(1, 25)}


def test_every_rating_in_the_plan_is_on_the_scale_of_the_workbook_template() -> None:
    for row in read_actions(EXAMPLE / "plan.xlsx"):
        assert match_rating(row.rating, scale()) is not None, row.ref


def test_fill_of_every_rating_is_the_colour_of_the_scale() -> None:
    filled = [row for row in read_actions(EXAMPLE / "plan.xlsx") if row.fill]
    assert len(filled) >= 80
    for row in filled:
        rating = match_rating(row.rating, scale())
        assert rating is not None
        assert rating.colour == f"#{row.fill}", row.ref


def test_every_action_has_a_lead_and_no_post_holds_a_separator() -> None:
    rows = read_actions(EXAMPLE / "plan.xlsx")
    assert all(leads_of(row) for row in rows)
    posts = {lead for row in rows for lead in leads_of(row)}
    assert not {post for post in posts if len(post) < 2 or not post[0].isupper()}


# --- the workbook template -----------------------------------------------------------------------


def test_workbook_template_loads_without_a_fault_and_names_nobody() -> None:
    found = definition()
    assert not found.leads
    assert {item.id for item in found.fields_of("action")} == {
        "ref", "section", "recommendation", "action", "output", "outcome", "due", "lead",
        "progress", "rating",
    }  # fmt: skip
    assert {item.id for item in found.fields_of("recommendation")} == {
        "ref", "section", "action", "due", "accountable", "due_2", "page",
    }  # fmt: skip
    assert [item.id for item in found.fields if item.owner == "lead"] == [
        "due", "progress", "rating",
    ]  # fmt: skip


def test_workbook_template_knows_every_heading_of_the_plan() -> None:
    book = load_workbook(EXAMPLE / "plan.xlsx")
    for sheet, row, kind in (("Action Plans", 8, "action"), ("Summary", 7, "recommendation")):
        headings = {item.heading for item in definition().fields_of(kind)}
        printed = {cell.value for cell in book[sheet][row]}
        assert printed <= headings


def test_ratings_carry_the_meaning_of_brag() -> None:
    by_code = {rating.code: rating for rating in scale()}
    assert list(by_code) == ["Blue", "Green", "Amber", "Red"]
    assert {code for code, rating in by_code.items() if rating.closed} == {"Blue"}
    assert {code for code, rating in by_code.items() if rating.exception} == {"Amber", "Red"}


# --- returns.toml --------------------------------------------------------------------------------


def returns() -> dict[str, Any]:
    return tomllib.loads((EXAMPLE / "returns.toml").read_text(encoding="utf-8"))


def edits() -> Iterator[tuple[str, Row, str, str]]:
    """(lead, action, field, new value) of every edit."""
    rows = {row.ref: row for row in read_actions(EXAMPLE / "plan.xlsx")}
    for item in returns()["return"]:
        for edit in item.get("edit", ()):
            yield item["lead"], rows[edit["action"]], edit["field"], edit["value"]


def test_every_edit_is_of_the_leads_own_action_and_of_an_input() -> None:
    inputs = {item.id for item in definition().fields if item.owner == "lead"}
    for lead, row, field, value in edits():
        assert lead in leads_of(row), (lead, row.ref)
        assert field in inputs
        item = definition().find(field)
        assert item is not None
        new, old = (canon(item, text, definition()) for text in (value, getattr(row, field)))
        assert not isinstance(new, Invalid), value
        assert new != old, (row.ref, field)


def test_edits_show_what_a_cycle_brings() -> None:
    order = {rating.code: rating.order for rating in scale()}
    moved = [
        (order[row.rating], order[value]) for _, row, field, value in edits() if field == "rating"
    ]
    assert any(new < old for old, new in moved), "a rating that improves"
    assert any(new > old for old, new in moved), "a rating that worsens"
    notes = [value for _, _, field, value in edits() if field == "progress"]
    assert any("\n" in note for note in notes)
    assert any(note.startswith("- ") for note in notes)
    assert any(note.startswith("=") for note in notes)
    dates = [(row.due, value) for _, row, field, value in edits() if field == "due"]
    assert any(old and not value for old, value in dates), "a timescale that is cleared"
    revised = [parse_timescale(value).by for _, value in dates if value]
    assert revised
    assert all(by and by > returns()["cycle"]["today"] for by in revised)
    assert [item for item in returns()["return"] if not item.get("edit") and not item.get("broken")]
    assert [item for item in returns()["return"] if item.get("broken")]


def test_no_edit_touches_an_action_that_is_already_closed() -> None:
    assert not [row.ref for _, row, _, _ in edits() if row.rating.startswith("Blue")]


def test_leads_disagree_about_one_cell_and_the_decision_settles_it() -> None:
    said: dict[tuple[str, str], dict[str, str]] = {}
    for lead, row, field, value in edits():
        said.setdefault((row.ref, field), {})[lead] = value
    disputed = {cell: by for cell, by in said.items() if len(set(by.values())) > 1}
    assert len(disputed) == 1
    [(cell, by_lead)] = disputed.items()
    decisions = {(d["action"], d["field"]): d for d in returns()["decision"]}
    decision = decisions.pop(cell)
    # What else is decided is about dates that a lead took away from an open action.
    assert {said[other].popitem()[1] for other in decisions} == {""}
    assert decision["choice"] in by_lead.values()
    assert decision["why"]


# --- against the real plans, where they are at hand ----------------------------------------------


def later(text: str) -> str:
    """The years of the source moved on by fourteen."""
    return re.sub(r"\b20(11|12)\b", lambda found: str(int(found[0]) + 14), text)


def months(text: str) -> list[str]:
    """The figures of a timescale: its months, years and other numbers."""
    names = "January|February|March|April|May|June|July|August|September|October|November|December"
    return re.findall(rf"{names}|\d+", text)


def joints(text: str) -> list[str]:
    """What stands between the leads of a cell."""
    return re.findall(r"\s*[/,\n]\s*", text)


def lead_key(row: Row) -> tuple[str, ...]:
    return tuple(re.split(r"\s*[/,\n]\s*", row.lead.strip()))


@needs_shared
def test_structure_and_figures_are_those_of_the_source() -> None:
    mine, source = read_actions(EXAMPLE / "plan.xlsx"), read_actions(SOURCE)
    assert [row.ref for row in mine] == [row.ref for row in source]
    for ours, theirs in zip(mine, source, strict=True):
        assert ours.recommendations == theirs.recommendations
        assert (ours.rating, ours.fill) == (theirs.rating, theirs.fill)
        assert len(leads_of(ours)) == len(leads_of(theirs)), ours.ref
        assert joints(ours.lead) == joints(theirs.lead), ours.ref
        if len(theirs.due.split()) < 5:
            assert ours.due == later(theirs.due)
        assert months(ours.due) == months(later(theirs.due))
        for field in ("action", "output", "outcome", "progress"):
            here, there = getattr(ours, field), getattr(theirs, field)
            assert bool(here) == bool(there), (ours.ref, field)
            assert here.count("\n") == there.count("\n"), (ours.ref, field)


@needs_shared
def test_one_person_of_the_source_is_one_post_here() -> None:
    pairs = {
        pair
        for ours, theirs in zip(
            read_actions(EXAMPLE / "plan.xlsx"), read_actions(SOURCE), strict=True
        )
        for pair in zip(lead_key(ours), lead_key(theirs), strict=True)
    }
    assert len({post for post, _ in pairs}) == len({person for _, person in pairs}) == len(pairs)


@needs_shared
def test_summary_has_the_figures_of_the_source() -> None:
    mine, source = read_recommendations(EXAMPLE / "plan.xlsx"), read_recommendations(SOURCE)
    for (_, ours), (_, theirs) in zip(mine, source, strict=True):
        assert ours[0].split(".")[0] == theirs[0].split(".")[0]
        assert (ours[1], ours[4]) == (theirs[1], theirs[4])
        assert months(ours[3]) == months(later(theirs[3]))
        assert bool(ours[3]) == bool(theirs[3])
        assert joints(ours[2]) == joints(theirs[2])
