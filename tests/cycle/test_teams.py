"""Who is sent what: a workbook for a team, an organisation or a section; groups issued to each."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.post.in_excel import attached_to, define, draft_of, fill, table
from tests.small import LEARNING, LETTINGS, REPAIRS, do, give_back
from xlplan.plan.write import add_entry

HOMES = "Homes team"


def entry(folder: Path, table: str, **values: object) -> None:
    """One more entry of a table of plan.toml."""
    file = folder / "plan.toml"
    file.write_text(add_entry(file.read_text("utf-8"), table, values), "utf-8")


def outbox(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "outbox" / small.CYCLE).glob("*.xlsx"))


def refs(folder: Path, name: str) -> list[object]:
    """The refs in a template."""
    book = openpyxl.load_workbook(folder / "outbox" / small.CYCLE / f"{name}.xlsx")
    sheet = book[book.sheetnames[0]]
    found = [cell.value for row in sheet.iter_rows() for cell in row]
    return [ref for ref in ("1.1", "1.2", "1.3", "2.1", "2.2") if ref in found]


def status(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    do(folder, "status", "--json")
    return {lead["lead"]: lead for lead in json.loads(capsys.readouterr().out)["leads"]}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A plan in which two of three leads are a team."""
    folder = small.make(tmp_path / "plan")
    entry(folder, "group", name=HOMES, members=(LETTINGS, REPAIRS), contact="homes@example.org",
          issue="one")  # fmt: skip
    return folder


def test_a_team_is_sent_one_workbook_that_names_its_leads(team: Path) -> None:
    define(team, "issue", "fields", value=("action", "progress", "rating"))
    small.issue(team)
    assert outbox(team) == [LEARNING, HOMES]
    assert refs(team, HOMES) == ["1.1", "1.2", "1.3"]
    book = openpyxl.load_workbook(team / "outbox" / small.CYCLE / f"{HOMES}.xlsx")
    texts = {str(cell.value) for row in book[book.sheetnames[0]].iter_rows() for cell in row}
    assert any(LETTINGS in text for text in texts)
    assert any(REPAIRS in text for text in texts)


def test_a_teams_return_is_the_teams_and_signs_its_changes(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.issue(team)
    give_back(team, HOMES, {("1.2", "progress"): "All inspected"})
    assert do(team, "merge") == 0
    found = status(team, capsys)
    assert list(found) == [HOMES, LEARNING]
    assert (found[HOMES]["returned"], found[HOMES]["changes"]) == (True, 1)
    do(team, "log", "--action", "1.2")
    assert HOMES in capsys.readouterr().out
    do(team, "show", "--lead", HOMES)
    shown = capsys.readouterr().out
    assert "1.1" in shown
    assert "2.1" not in shown


def test_a_co_lead_outside_the_team_still_gets_their_own(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    entry(folder, "group", name=HOMES, members=(LETTINGS,), issue="one")
    small.issue(folder)
    assert outbox(folder) == [LEARNING, REPAIRS, HOMES]
    assert refs(folder, HOMES) == ["1.1", "1.3"]
    assert refs(folder, REPAIRS) == ["1.2", "1.3"]


def test_a_member_of_a_team_is_issued_to_through_the_team(team: Path) -> None:
    assert do(team, "issue", "--cycle", small.CYCLE, "--lead", LETTINGS) == 0
    assert outbox(team) == [HOMES]


def test_every_member_is_sent_what_names_their_group(tmp_path: Path) -> None:
    rows = (*small.ROWS[:4], ("2.2", "Review the rota", "All heads", "July 2027", "", "Green"))
    folder = tmp_path / "plan"
    source = small.write_source(tmp_path / "source.xlsx", rows)
    assert do(tmp_path, "new", str(folder), "--from", str(source)) in (0, 1)
    entry(folder, "group", name="All heads", members=(LETTINGS, REPAIRS, LEARNING))
    small.issue(folder)
    assert outbox(folder) == [LEARNING, LETTINGS, REPAIRS]
    assert all("2.2" in refs(folder, lead) for lead in outbox(folder))


def test_by_organisation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small.make(tmp_path / "plan")
    with small.opened(folder) as plan:
        order = [lead.name for lead in plan.desk.state.definition.leads]
    for name in (LETTINGS, REPAIRS, LEARNING):
        place = "Council" if name != LEARNING else "Trust"
        define(folder, "lead", order.index(name), "organisation", value=place)
    define(folder, "issue", "by", value="organisation")
    small.issue(folder)
    assert outbox(folder) == ["Council", "Trust"]
    assert refs(folder, "Council") == ["1.1", "1.2", "1.3"]
    assert list(status(folder, capsys)) == ["Trust", "Council"]


def test_by_section_with_a_contact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "plan"
    source = tmp_path / "source.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("Ref", "Section", *small.HEADINGS[1:]))
    for row in small.ROWS:
        sheet.append((row[0], "Homes" if row[0] < "2" else "Learning", *row[1:]))
    book.save(source)
    assert do(tmp_path, "new", str(folder), "--from", str(source)) in (0, 1)
    entry(folder, "group", name="Homes", contact="homes@example.org")
    define(folder, "issue", "by", value="section")
    small.issue(folder)
    assert outbox(folder) == ["Homes", "Learning"]
    assert refs(folder, "Learning") == ["2.1", "2.2"]
    give_back(folder, "Learning", {("2.1", "progress"): "Half are trained"})
    assert do(folder, "merge") == 0
    found = status(folder, capsys)
    assert {name: lead["returned"] for name, lead in found.items() if lead["issued"]} == {
        "Homes": False, "Learning": True,
    }  # fmt: skip
    assert do(folder, "draft") == 1
    assert "known for Learning, so that draft has no recipient. Give it a [[group]]" in (
        capsys.readouterr().err
    )
    assert draft_of(folder, "Homes")["To"] == "homes@example.org"


def test_the_letter_of_a_team_goes_to_its_contact_and_is_ticked(team: Path) -> None:
    small.issue(team)
    do(team, "draft")
    message = draft_of(team, HOMES)
    assert message["To"] == "homes@example.org"
    assert attached_to(message)[0] == f"{HOMES}.xlsx"
    fill(team, {(HOMES, "Sent"): "Yes", (LEARNING, "E-mail"): "learning@example.org"})
    assert do(team, "merge") == 0
    rows = table(team)
    assert str(rows[HOMES]["Sent"]).startswith(small.TODAY)
    assert rows[LEARNING]["E-mail"] == "learning@example.org"


def test_leads_without_an_address_are_named_in_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    capsys.readouterr()
    assert do(folder, "draft") == 1
    assert capsys.readouterr().err.count("POST-002") == 1
    assert do(folder, "remind") == 1
    told = capsys.readouterr().err
    assert told.count("POST-002") == 1
    assert "xlplan draft" not in told  # what was run is to be run again


def test_by_lead_a_member_stands_as_the_team_returned(team: Path) -> None:
    small.issue(team)
    give_back(team, HOMES, {("1.2", "progress"): "All inspected"})
    do(team, "merge")
    assert do(team, "publish", "--cycle", small.CYCLE) == 0
    (file,) = (team / "board").glob("*.xlsx")
    sheet = openpyxl.load_workbook(file)["By lead"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = next(row for row in rows if "Lead" in row)
    lead, back = heads.index("Lead"), heads.index("Return")
    found = {row[lead]: row[back] for row in rows}
    assert found[LETTINGS] == found[REPAIRS] == found[HOMES]
    assert found[LETTINGS] != found[LEARNING]
