"""The examples against the real plans, where they are at hand: their figures, not their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.shipped import (
    EXAMPLES,
    FOUND,
    KNOWN,
    MATCHED,
    ROOT,
    SHARED,
    TEMPLATES,
    needs_shared,
    texts,
)  # fmt: skip


def later(text: str, years: int) -> str:
    """Years moved on: 2011, 03/16 (month and year), April 10 (month and year)."""
    text = re.sub(r"\b20\d\d\b", lambda found: str(int(found[0]) + years), text)
    text = re.sub(r"^(\d\d/)(\d\d)$", lambda m: f"{m[1]}{int(m[2]) + years:02}", text)
    return re.sub(r"^(April )(\d\d)$", lambda m: f"{m[1]}{int(m[2]) + years}", text, flags=re.M)


@needs_shared
@pytest.mark.parametrize("name", MATCHED)
def test_sheets_have_the_shape_of_the_source(name: str) -> None:
    mine = load_workbook(EXAMPLES / name / "plan.xlsx")
    source = load_workbook(SHARED / f"{KNOWN[name].source}.xlsx")
    assert mine.sheetnames == source.sheetnames
    for ours, theirs in zip(mine, source, strict=True):
        assert ours.dimensions == theirs.dimensions
        assert set(map(str, ours.merged_cells.ranges)) == set(map(str, theirs.merged_cells.ranges))
        for row in theirs:
            for cell in row:
                here = ours[cell.coordinate]
                assert (here.value is None) == (cell.value is None), cell
                assert str(here.value).count("\n") == str(cell.value).count("\n"), cell
                assert here.fill.fgColor.rgb == cell.fill.fgColor.rgb, cell


@needs_shared
@pytest.mark.parametrize("name", MATCHED)
def test_refs_times_and_ratings_are_those_of_the_source(name: str) -> None:
    mine = load_workbook(EXAMPLES / name / "plan.xlsx")
    source = load_workbook(SHARED / f"{KNOWN[name].source}.xlsx")
    for sheet, columns in KNOWN[name].same.items():
        tables = [cell.row for cell in source[sheet]["B"] if cell.fill.fgColor.rgb == "001F3864"]
        assert tables
        for column in columns:
            for theirs in source[sheet][column][tables[0] :]:
                if theirs.value is None or theirs.coordinate in source[sheet].merged_cells:
                    continue
                shifted = later(str(theirs.value), KNOWN[name].years)
                ours = str(mine[sheet][theirs.coordinate].value)
                assert without_words(ours) == without_words(shifted), theirs


def without_words(text: str) -> str:
    """A date without what it is for: "31st May (board)", "July for all crews"."""
    return re.sub(r" \(.*\)| for .*", "", text)


@needs_shared
@pytest.mark.parametrize("name", MATCHED)
def test_as_many_leads_share_a_cell_as_in_the_source(name: str) -> None:
    mine = load_workbook(EXAMPLES / name / "plan.xlsx")
    source = load_workbook(SHARED / f"{KNOWN[name].source}.xlsx")
    for sheet, column in KNOWN[name].leads.items():
        pairs = {
            (ours.value, theirs.value)
            for ours, theirs in zip(mine[sheet][column], source[sheet][column], strict=True)
        }
        assert (
            len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs)
        )
        joint = re.compile(r"\s*(?:[&,;/\n]|\band\b|–|\()\s*")
        for ours, theirs in pairs:
            assert joint.findall(str(ours)) == joint.findall(str(theirs))


def committed_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of all that the examples and their workbook templates say."""
    for name in FOUND:
        for text in texts(load_workbook(EXAMPLES / name / "plan.xlsx")):
            yield f"{name}/plan.xlsx", text
    paths = [path for path in EXAMPLES.rglob("*") if path.suffix in (".toml", ".md", ".py")]
    for path in (*sorted(paths), *sorted(TEMPLATES.glob("*.toml"))):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


MONTHS = "january february march april may june july august september october november december"
TIMES = frozenset(f"{MONTHS} to ongoing".split())
"""Words of timescales, which are figures: they are the source's on purpose."""


def sequences(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"[a-z0-9]+(?:['’][a-z]+)?", text.lower())
    every = (tuple(found[start : start + 5]) for start in range(len(found) - 4))
    return {five for five in every if not TIMES.issuperset(five)}


@needs_shared
def test_no_five_words_in_a_row_are_those_of_a_real_plan() -> None:
    plans = sorted(SHARED.glob("*.xlsx"))
    assert len(plans) >= 5
    real = {seq for path in plans for text in texts(load_workbook(path)) for seq in sequences(text)}
    assert len(real) > 5_000
    shared = {(place, seq) for place, text in committed_texts() for seq in sequences(text) & real}
    assert not shared


LEAD_HEADINGS = re.compile(r"(?i)lead|responsib|accountable|officer")
TITLES = re.compile(
    r"(?i)\b(head|director|manager|team|lead|nurse|board|officer|worker|services?|group|chair"
    r"|support|trust|doctor|gp|tbc|care|commission\w*|safeguarding|all|health|council|police"
    r"|early|patient|named|designated|practice)\b"
)


def people_of(path: Path) -> set[str]:
    """Names of persons in the columns that say who leads: two or more words, and no post's."""
    found = set()
    for sheet in load_workbook(path):
        columns: set[int] = set()
        for row in sheet.iter_rows(values_only=True):
            headings = {
                number
                for number, value in enumerate(row)
                if isinstance(value, str) and len(value) < 40 and LEAD_HEADINGS.search(value)
            }
            if headings and sum(isinstance(value, str) for value in row) > 3:
                columns |= headings
                continue
            for number in columns:
                for part in re.split(r"[/,;&\n–-]| and ", str(row[number] or "")):
                    name = part.strip()
                    match = re.fullmatch(r"[A-Z][a-z]* [A-Z][A-Za-z'’]+(?: [A-Z][a-z]+)?", name)
                    if match and not TITLES.search(name):
                        found.add(name)
    return found


@needs_shared
def test_no_person_of_a_real_plan_is_named() -> None:
    names = {name for path in SHARED.glob("*.xlsx") for name in people_of(path)}
    assert len(names) > 40
    surnames = {name.split()[-1] for name in names}
    for place, text in committed_texts():
        found = set(re.findall(r"[A-Za-z'’]+", text))
        assert not found & surnames, place
        assert not [name for name in names if name in text], place
