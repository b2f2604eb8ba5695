"""The README's recipes for a year later, played as they stand there: its commands, in its order."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.conftest import ROOT
from xlplan.cli.main import run

SECTION = re.compile(r"^## A year later\n(.*?)^## ", re.MULTILINE | re.DOTALL)
RECIPE = re.compile(
    r"^\*\*(?P<title>[^*]+)\.\*\*(?P<text>.*?)^```console\n(?P<lines>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LATE = "2026-12-10T10:00:00Z"


def recipes() -> dict[str, list[list[str]]]:
    """The commands of each recipe, by its title."""
    [section] = SECTION.findall((ROOT / "README.md").read_text("utf-8"))
    return {
        found["title"]: [
            shlex.split(line.removeprefix("$ ")) for line in found["lines"].splitlines()
        ]
        for found in RECIPE.finditer(section)
    }


def answer(folder: Path, sheet: str, row: object, column: str, value: str) -> None:
    """An answer in set-up.xlsx: in the row that holds this (None: the first blank one)."""
    path = folder / "set-up.xlsx"
    book = openpyxl.load_workbook(path)
    cells = [list(line) for line in book[sheet].iter_rows(min_row=4)]
    at = [cell.value for cell in cells[0]].index(column)
    [found, *_] = [
        line for line in cells[1:]
        if (row in [cell.value for cell in line] if row else line[1].value is None)
    ]  # fmt: skip
    found[at].value = value
    book.save(path)


def add_column(folder: Path) -> None:
    answer(folder, "Columns", None, "Heading", "Risk to tenants")
    answer(folder, "Columns", "Risk to tenants", "Who fills it in", "lead")
    answer(folder, "Columns", "Risk to tenants", "Sent to leads?", "Yes")
    book = openpyxl.load_workbook(folder / "master.xlsx")
    book["Plan"]["L3"], book["Plan"]["L4"] = "Note to myself", "Ask the auditors"
    book.save(folder / "master.xlsx")


def add_and_withdraw(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "master.xlsx")
    sheet = book["Plan"]
    sheet.insert_rows(7)
    for column, text in ((2, "1.4"), (3, "Repaint the stairs"), (4, small.LETTINGS)):
        sheet.cell(7, column).value = text
    [gone] = [row for row in sheet.iter_rows(min_row=4) if row[1].value == "2.1"]
    gone[8].value = "withdrawn"
    book.save(folder / "master.xlsx")


def hand_over(folder: Path) -> None:
    answer(folder, "Leads", small.REPAIRS, "Handed over to …", small.LETTINGS)


def come_back_late(folder: Path) -> None:
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"}, cycle="2026-12",
                    saved_at=LATE)  # fmt: skip


def leave_finished_out(folder: Path) -> None:
    answer(folder, "Words", "Finished actions are sent?", "Answer", "No")
    small.edit_master(folder, {("2.2", "rating"): "Green"}, "2026-12-20T10:00:00Z")
    path = folder / "plan.toml"
    green = 'label = "Green"\n'
    path.write_text(path.read_text("utf-8").replace(green, f"{green}closed = true\n"), "utf-8")


IN_EXCEL: Mapping[str, Mapping[int, Callable[[Path], None]]] = {
    "A column is added": {0: add_column},
    "An action comes in, another goes": {0: add_and_withdraw},
    "A lead leaves": {0: hand_over, 2: come_back_late},
    "A colleague takes over, on another computer": {},
    "The year ends": {3: leave_finished_out},
}
"""What is done before which command of a recipe."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all of it was played; the plan of each recipe lies beside the others."""
    root = tmp_path_factory.mktemp("year")
    folder = small.make(root / "plan")
    small.issue(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert list(recipes()) == list(IN_EXCEL)
        for title, lines in recipes().items():
            for number, (program, *args) in enumerate(lines):
                if (edit := IN_EXCEL[title].get(number)) is not None:
                    edit(Path.cwd())
                if program == "cd":
                    patch.chdir(args[0])
                    continue
                status = run(["--today", "2026-12-01", *args])
                assert status in (0, 1), f"{title}: {args}"
    return root


def test_a_column_of_the_coordinators_own_is_spoken_of_in_one_cycle_alone(played: Path) -> None:
    with small.opened(played / "taken-over") as plan:
        cycles = {
            each.cycle
            for each in plan.desk.state.returns.values()
            if any("Note to myself" in line for line in each.information)
        }
    assert cycles == {"2026-11", "2026-12"}  # it was read in both, and said of the first
    assert not (played / "taken-over" / "decisions.xlsx").exists()


def rows(folder: Path) -> dict[str, Mapping[str, object]]:
    with small.opened(folder) as plan:
        return {row.ref: {**row.values, "status": row.status} for row in plan.rows()}


def headings(path: Path) -> list[object]:
    sheet = openpyxl.load_workbook(path)["Update"]
    return [cell.value for row in sheet.iter_rows() for cell in row]


def test_the_column_reached_the_leads_and_nothing_of_the_coordinators_own_was_lost(
    played: Path,
) -> None:
    assert "Risk to tenants" in headings(played / "plan/outbox/2026-12" / f"{small.LETTINGS}.xlsx")
    sheet = openpyxl.load_workbook(played / "taken-over" / "master.xlsx")["Plan"]
    assert (sheet["L3"].value, sheet["L4"].value) == ("Note to myself", "Ask the auditors")
    assert "field:risk_to_tenants" in [cell.value for cell in sheet[2]]
    assert not list(played.glob("*/master_until_*"))


def test_the_action_came_in_and_the_other_went(played: Path) -> None:
    found = rows(played / "taken-over")
    assert found["1.4"]["lead"] == (small.LETTINGS,)
    assert found["2.1"]["status"] == "withdrawn"


def test_the_successor_answers_and_the_late_template_counted(played: Path) -> None:
    found = rows(played / "taken-over")
    assert found["1.2"]["rating"] == "Red"
    assert found["1.2"]["lead"] == (small.LETTINGS,)
    with small.opened(played / "taken-over") as plan:
        [change] = [c for c in plan.log(action="1.2") if c.field == "rating"]
        assert change.by == small.REPAIRS
    assert small.REPAIRS not in [p.stem for p in (played / "taken-over/outbox/2027-01").iterdir()]


def test_the_next_year_goes_on_with_what_is_open_and_the_year_has_its_board(played: Path) -> None:
    folder = played / "taken-over"
    assert (folder / "board" / "year.xlsx").exists()
    assert (played / "year-end.zip").exists()
    shown = headings(folder / "outbox/2027-01" / f"{small.LETTINGS}.xlsx")
    assert "1.2" in shown
    assert "1.1" not in shown  # Green, which closes by now
    assert "1.1" in rows(folder)
    with small.opened(folder) as plan:
        assert [each.code for each in plan.verify()] == []
