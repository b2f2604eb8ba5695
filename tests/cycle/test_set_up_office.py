"""Plans set up in LibreOffice, from `new` to the first template: only `set-up.xlsx` is edited.

The answers are picked from the dropdowns that the workbook offers, as a person would do it, and
what they should do is worked out from the workbook alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests import set_up, small
from tests.office import Choose, Fill, Office, Step, Type
from tests.shipped import EXAMPLES
from xlplan.cli.main import run

pytestmark = pytest.mark.xdist_group("office")
_NUMBERED = re.compile(r"\d+\. [^|]+")
"""A row with a numbered title alone, which heads the rows below it."""
_FIRST = ("The same person as", "Is nobody", "It closes an action", "It is right")


def begin(folder: Path, source: Path) -> Path:
    assert run(["--today", small.TODAY, "new", str(folder), "--from", str(source)]) in (0, 1)
    return folder


def shown(folder: Path, sheet: str) -> dict[tuple[str, str], tuple[str, str]]:
    """By row and column of a sheet, the cell and what stands in it."""
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    places = set_up.cells(folder, sheet)
    return {at: (cell, str(book[sheet][cell].value or "")) for at, cell in places.items()}


def guesses(office: Office, folder: Path) -> Iterator[Step]:
    """The first fitting answer of the dropdown for each guess."""
    for (_, column), (cell, _) in shown(folder, "Start here").items():
        if column == "value":
            at = f"Start here!{cell}"
            offered = office.choices(folder / "set-up.xlsx", at)
            yield Choose(at, next(c for first in _FIRST for c in offered if c.startswith(first)))


def headings(folder: Path) -> dict[str, str]:
    """The rows that were read as actions and are numbered titles: their cell, by their words."""
    rows = shown(folder, "Sheets and rows")
    return {
        words: rows[row, "value"][0]
        for (row, column), (_, words) in rows.items()
        if column == "words" and _NUMBERED.fullmatch(words)
        if rows[row, "read"][1].startswith("Action ")
    }


def leads(folder: Path) -> dict[str, str]:
    """The cell for the e-mail address of each lead."""
    found = shown(folder, "Leads")
    return {row: cell for (row, column), (cell, _) in found.items()
            if column == "email" and not row.startswith("new ")}  # fmt: skip


def play(office: Office, folder: Path, steps: list[Step]) -> None:
    out = folder.with_name(f"{folder.name} set-up.xlsx")
    office.edit(folder / "set-up.xlsx", out, steps)
    out.replace(folder / "set-up.xlsx")


def actions(folder: Path) -> int:
    """How many actions the first sheet says that there are."""
    book = openpyxl.load_workbook(folder / "set-up.xlsx")
    texts = (str(cell.value) for row in book["Start here"].iter_rows(max_row=3) for cell in row)
    return next(int(text.split()[0]) for text in texts if "actions were found" in text)


COLOUR = "#123456"


def set_up_and_issue(office: Office, folder: Path) -> None:
    """Answer every guess, make numbered titles headings, give each lead an address and the first
    rating a colour; then merge and issue, and look whether all of it holds."""
    count, titles, people = actions(folder), headings(folder), leads(folder)
    asked_before = {row for row, _ in shown(folder, "Start here")}
    steps = list(guesses(office, folder))
    assert len(steps) == len(asked_before)
    steps += [Choose(f"Sheets and rows!{cell}", "section heading") for cell in titles.values()]
    for number, cell in enumerate(people.values()):
        steps.append(Type(f"Leads!{cell}", f"lead{number}@example.org"))
    colours = [cell for (_, column), (cell, text) in shown(folder, "Ratings").items()
               if column == "colour" and text]  # fmt: skip
    steps += [Fill(f"Ratings!{cell}", COLOUR) for cell in colours[:1]]
    play(office, folder, steps)
    before = (folder / "plan.toml").read_bytes()
    assert small.do(folder, "merge") in (0, 1)
    assert (folder / "plan.toml").read_bytes() != before
    assert actions(folder) == count - len(titles)
    unsettled = {at[0] for at, (_, text) in shown(folder, "Start here").items()
                 if at[1] == "value" and not text}  # fmt: skip
    assert not unsettled & asked_before
    with small.opened(folder) as plan:
        definition = plan.definition
        assert all(lead.email for lead in definition.leads)
        assert definition.ratings[:1] == () or definition.ratings[0].colour == COLOUR
        section = definition.with_role("section")
        found = {str(row.values.get(section.id)) for row in plan.rows()} if section else set()
        assert {words.partition(" ")[0] for words in titles} <= {f.partition(" ")[0] for f in found}
        lead = definition.with_role("lead")
        asked = {name for row in plan.rows() for name in row.values.get(lead.id) or ()}  # type: ignore[union-attr]
    assert small.do(folder, "issue", "--cycle", small.CYCLE) in (0, 1)
    files = {path.stem for path in (folder / "outbox" / small.CYCLE).glob("*.xlsx")}
    assert len(files) == len(asked & {each.name for each in definition.people}) > 0
    assert small.do(folder, "verify") == 0


@pytest.mark.parametrize("name", ["themed-rag", "audit-recommendations"])
def test_an_example_is_set_up_in_excel_alone(office: Office, tmp_path: Path, name: str) -> None:
    set_up_and_issue(office, begin(tmp_path / "plan", EXAMPLES / name / "plan.xlsx"))


@pytest.mark.parametrize(
    ("name", "titled"),
    [
        ("epl_iso_action_plan.xlsx", True),
        ("cmo_workplan.xlsx", False),
        ("dashboard_raid_csv.csv", False),
    ],
)
def test_a_plan_from_elsewhere_is_set_up_in_excel_alone(
    office: Office, shared: Path, tmp_path: Path, name: str, titled: bool
) -> None:
    source = shared / "wild" / "files" / name
    if not source.is_file():
        pytest.skip(f"{source} is not here")
    folder = begin(tmp_path / "plan", source)
    assert bool(headings(folder)) is titled
    set_up_and_issue(office, folder)
