"""`publish` on plans on disk: regenerated to the byte, any two points, several plans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.board_books import ask, rows_under
from tests.small import TODAY, do, give_back, issue, make, opened
from xlplan.cycle import publish as publishing
from xlplan.cycle.boards import last_board
from xlplan.cycle.plan import open_plan
from xlplan.errors import XlplanError
from xlplan.plan.timescales import say_date

MAIN = "import sys; from xlplan.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with three cycles, each published: Amber at first, then Green, then Red; put back."""
    folder = make(tmp_path_factory.mktemp("years") / "plan")
    steps = (("2026-09", "Green", "May 2027"), ("2026-11", "Red", "August 2027"),
             ("2027-01", "Amber", "September 2027"))  # fmt: skip
    for cycle, rating, due in steps:
        issue(folder, cycle)
        give_back(folder, "Head of Repairs", {("1.2", "rating"): rating, ("1.2", "due"): due},
                  cycle=cycle, file=f"{cycle}.xlsx")  # fmt: skip
        assert do(folder, "merge") == 0
        assert do(folder, "publish", today="2027-02-01") == 0
    return folder


def sheet(path: Path, name: str) -> Worksheet:
    return openpyxl.load_workbook(path)[name]


def one(rows: list[dict[str, object]], ref: str) -> dict[str, object]:
    return next(row for row in rows if row["Ref"] == ref)


def run_apart(folder: Path, out: Path, seed: str, *args: str) -> bytes:
    """What another process publishes, with another seed of the hashes of strings."""
    subprocess.run(
        [sys.executable, "-c", MAIN, "-C", str(folder), "--today", "2027-02-03",
         "publish", "--out", str(out), *args],
        check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed},
    )  # fmt: skip
    return out.read_bytes()


def say_to_board(folder: Path, message: str, *asks: str, paragraph: str) -> None:
    """The coordinator's words, written into `plan.toml` over those that were there."""
    path = folder / "plan.toml"
    text = path.read_text("utf-8").partition("[[section]]")[0]
    head, _, rest = text.partition("[board]\n")
    kept = [line for line in rest.splitlines() if not line.startswith(("message", "asks"))]
    said = f"message = {json.dumps(message)}\nasks = {json.dumps(asks)}\n"
    section = f'\n[[section]]\nname = "Homes"\nparagraph = {json.dumps(paragraph)}\n'
    whole = f"{head}[board]\n{said}" + "\n".join(kept) + section
    path.write_text(whole, encoding="utf-8")


def test_words_to_the_board_that_are_those_of_the_last_one_are_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    asks = ("note the position", "agree a new date")
    say_to_board(folder, "Nothing is rated worse.", *asks, paragraph="Both were checked.")
    issue(folder, "2026-09")
    with opened(folder) as plan:
        assert plan.publish().problems == ()
        assert plan.publish().problems == ()
    issue(folder, "2026-11")
    with opened(folder) as plan:
        found = plan.publish().problems
    assert [(each.code, each.level) for each in found] == [("PUB-090", "note")] * 4
    told = [each.message for each in found]
    assert "The message is word for word that of the board of 2026-09, " in told[0]
    assert '"agree a new date", is what it was asked' in told[2]
    assert 'The paragraph on "Homes"' in told[3]
    say_to_board(folder, "One is.", "see", "agree a new date", paragraph="One was checked.")
    with opened(folder) as plan:
        (left,) = plan.publish().problems
    assert '"agree a new date"' in left.message


def test_an_unchanged_composite_comes_back_to_the_byte(years: Path, tmp_path: Path) -> None:
    published = (years / "board" / "2027-01.xlsx").read_bytes()
    first = run_apart(years, tmp_path / "first.xlsx", "1")
    second = run_apart(years, tmp_path / "second.xlsx", "2")
    assert first == second == published


def test_an_earlier_composite_comes_back_to_the_byte(years: Path, tmp_path: Path) -> None:
    for cycle in ("2026-09", "2026-11"):
        published = (years / "board" / f"{cycle}.xlsx").read_bytes()
        for seed in ("3", "4"):
            assert run_apart(years, tmp_path / "x.xlsx", seed, "--cycle", cycle) == published


def test_a_board_compares_with_the_last_board_and_the_first_with_the_import(years: Path) -> None:
    last = {cycle: rows_under(sheet(years / "board" / f"{cycle}.xlsx", "Plan"), "Ref")
            for cycle in ("2026-09", "2026-11", "2027-01")}  # fmt: skip
    found = {cycle: one(rows, "1.2") for cycle, rows in last.items()}
    assert [row["RAG"] for row in found.values()] == [
        "▲ Green\nwas Amber", "▼ Red\nwas Green\nfirst Amber", "▲ Amber\nwas Red\nfirst Amber"
    ]  # fmt: skip
    slips = "Put back 3 times, by 183 days in all. First due 31 March 2027"
    assert slips in str(found["2027-01"]["Timescale"])


def test_any_two_points_can_be_compared(years: Path, tmp_path: Path) -> None:
    out = tmp_path / "compared.xlsx"
    before = (years / "ledger.db").read_bytes()
    assert do(years, "publish", "--from", "2026-09", "--to", "2027-01", "--out", str(out)) == 0
    row = one(rows_under(sheet(out, "Plan"), "Ref"), "1.2")
    assert row["RAG"] == "▼ Amber\nwas Green\nfirst Amber"
    assert {r["Field"] for r in rows_under(sheet(out, "Changes"), "When")} == {"RAG", "Timescale"}
    assert len(rows_under(sheet(out, "Changes"), "When")) == 4
    assert (years / "ledger.db").read_bytes() == before


def test_a_point_in_the_past_knows_nothing_of_what_came_later(years: Path, tmp_path: Path) -> None:
    out = tmp_path / "past.xlsx"
    assert do(years, "publish", "--from", "2026-09", "--to", "2026-11", "--out", str(out)) == 0
    row = one(rows_under(sheet(out, "Plan"), "Ref"), "1.2")
    assert row["RAG"] == "▼ Red\nwas Green\nfirst Amber"
    heading = [cell.value for cell in sheet(out, "History")["A"]]
    assert "2026-11" in heading
    assert "2027-01" not in heading


def test_points_in_the_wrong_order_are_refused(
    years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do(years, "publish", "--from", "2027-01", "--to", "2026-09") == 2
    assert "PUB-002" in capsys.readouterr().err
    assert do(years, "publish", "--from", "1999-01") == 2
    said = capsys.readouterr().err
    assert "CYC-001" in said
    assert "--cycle" not in said


@pytest.mark.parametrize(
    "name",
    ["ledger.db", "ledger.db-wal", "plan.toml", "secret.key", "MASTER.xlsx", "master.xlsx",
     "decisions.xlsx", "inbox/back.xlsx", "outbox/2026-09/x.xlsx", "returns/x.xlsx", "board/x.pdf"],
)  # fmt: skip
def test_a_composite_never_replaces_what_the_plan_lives_of(
    name: str, years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = years / name
    before = target.read_bytes() if target.exists() else None
    with opened(years) as plan:
        tip = plan.desk.ledger.tip()
    assert do(years, "publish", "--out", str(target)) == 2
    assert "[PUB-006]" in capsys.readouterr().err
    assert (target.read_bytes() if target.exists() else None) == before
    with opened(years) as plan:
        assert plan.desk.ledger.tip() == tip


def test_a_cycle_that_was_never_issued_gets_no_board(
    years: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--cycle", "2027-1"], ["--from", "2026-09", "--to", "nope"]):
        assert do(years, "publish", *words, "--out", str(tmp_path / "x.xlsx")) == 2
        assert "[CYC-001]" in capsys.readouterr().err
    assert not (tmp_path / "x.xlsx").exists()


def test_a_period_is_named_freely_before_anything_was_issued(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    assert do(folder, "publish", "--cycle", "2026-10") == 0
    issue(folder, "2026-11")
    assert do(folder, "publish", "--cycle", "2026-10") == 0


def test_a_composite_that_could_not_be_written_is_not_said_to_be_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    (tmp_path / "taken.xlsx").mkdir()
    assert do(folder, "publish", "--out", str(tmp_path / "taken.xlsx")) == 1
    said = capsys.readouterr()
    assert "[OUT-002]" in said.err
    assert "Published" not in said.out


def test_publishing_again_within_a_cycle_compares_with_the_board_before(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    assert do(folder, "publish") == 0
    give_back(folder, "Head of Repairs", {("1.2", "rating"): "Red"})
    assert do(folder, "merge") == 0
    assert do(folder, "publish") == 0
    row = one(rows_under(sheet(folder / "board" / "2026-11.xlsx", "Plan"), "Ref"), "1.2")
    assert row["RAG"] == "▼ Red\nwas Amber"
    with opened(folder) as plan:
        before = last_board(plan.desk, "2026-11", plan.desk.state.seq).label
        (day,) = {e.at[:10] for e in plan.desk.ledger.events() if e.seq == plan.desk.state.imported}
    assert before == f"the plan as imported on {say_date(date.fromisoformat(day))}"


def test_several_plans_stand_on_one_board_and_none_is_changed(years: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    issue(other)
    out = tmp_path / "both.xlsx"
    files = {path: path.read_bytes() for folder in (years, other)
             for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip
    assert do(years, "publish", "--with", str(other), "--out", str(out)) == 0
    assert {path: path.read_bytes() for folder in (years, other)
            for path in sorted(folder.rglob("*")) if path.is_file()} == files  # fmt: skip
    refs = [cell.value for cell in sheet(out, "Plan")["A"]]
    for folder, mark in ((years, "A"), (other, "B")):
        for row in ask(folder, TODAY, "show"):
            assert refs.count(f"{mark}/{row['ref']}") == 1
    summary = {str(row[0].value): row for row in sheet(out, "Summary").iter_rows()}
    total = [cell.value for cell in summary["All actions"][2:]]
    parts = [row for name, row in summary.items() if name.startswith(("A: ", "B: "))][:2]
    for at, value in enumerate(total):
        if isinstance(value, int):
            assert value == sum(int(str(row[at + 2].value)) for row in parts)


def test_a_plan_is_not_put_on_its_own_board_twice(years: Path, tmp_path: Path) -> None:
    with opened(years) as plan, pytest.raises(XlplanError, match="PUB-003"):
        plan.publish(tmp_path / "x.xlsx", others=[years])
    with opened(years) as plan, pytest.raises(XlplanError, match="PLAN-001"):
        plan.publish(tmp_path / "x.xlsx", others=[tmp_path])


def test_a_plan_without_the_cycle_is_named(years: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    with opened(years) as plan, pytest.raises(XlplanError) as caught:
        plan.publish(tmp_path / "x.xlsx", until="2027-01", others=[other])
    (problem,) = caught.value.problems
    assert problem.code == "CYC-001"
    assert str(other) in problem.where


def test_a_board_drawn_otherwise_keeps_its_day(
    years: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an upgrade: the same board, other bytes; it is still the board of that day."""
    folder = tmp_path / "plan"
    shutil.copytree(years, folder)
    drawn = publishing._bytes
    monkeypatch.setattr(publishing, "_bytes", lambda board, created: drawn(board, created) + b" ")
    days = []
    for today in ("2027-03-01", "2027-04-01"):
        with open_plan(folder, today=date.fromisoformat(today)) as plan:
            path = plan.publish().path
            days.append(sheet(path, "Summary")["A2"].value)
            events = plan.desk.ledger.tip()[0]
    with open_plan(folder, today=date(2027, 5, 1)) as plan:
        plan.publish()
        assert plan.desk.ledger.tip()[0] == events
    assert "1 February 2027" in str(days[0])
    assert days[1] == days[0]


def edit_definition(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture
def issued(tmp_path: Path) -> Path:
    folder = make(tmp_path / "plan")
    issue(folder)
    return folder


def test_figures_that_a_rating_less_would_empty_are_refused_until_it_has_a_name(
    issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_definition(
        issued, ('code = "Amber"', 'code = "Slipping"'), ('label = "Amber"', 'label = "Slipping"')
    )
    assert do(issued, "publish") == 2
    [line] = [x for x in capsys.readouterr().err.splitlines() if "PUB-007" in x]
    assert line.startswith("plan.toml: ")
    for part in ('"Amber"', '"RAG"', "1.2, 1.3", "aliases", "master.xlsx"):
        assert part in line
    with opened(issued) as plan, pytest.raises(XlplanError):
        plan.composite()
    assert not (issued / "board" / "2026-11.xlsx").exists()
    edit_definition(issued, ('code = "Slipping"', 'code = "Slipping"\naliases = ["Amber"]'))
    assert do(issued, "publish") == 0
    rows = rows_under(sheet(issued / "board" / "2026-11.xlsx", "Plan"), "Ref")
    assert [one(rows, ref)["RAG"] for ref in ("1.2", "1.3")] == ["▬ Slipping", "▬ Slipping"]


def test_a_column_that_is_gone_is_named_with_what_to_do(
    issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_definition(issued, ('id = "due"', 'id = "deadline"'), ('"lead", "due",', '"lead",'))
    assert do(issued, "publish") == 2
    line = next(x for x in capsys.readouterr().err.splitlines() if "PUB-007" in x)
    for part in ('"due"', '"Timescale"', "retired = true", "1.1"):
        assert part in line


def test_values_of_another_type_are_named_with_what_to_do(
    issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_definition(issued, ('type = "timescale"', 'type = "date"'))
    assert do(issued, "publish") == 2
    assert '"Ongoing" is no value of "Timescale" any more' in capsys.readouterr().err


def test_the_coordinators_copy_is_written_only_where_it_is_asked_for(issued: Path) -> None:
    board, own = (issued / "board" / f"2026-11{end}.xlsx" for end in ("", " working copy"))
    assert do(issued, "publish") == 0
    assert [path.name for path in board.parent.iterdir()] == [board.name]
    before = board.read_bytes()
    with opened(issued) as plan:
        seq = plan.desk.state.seq
        result = plan.publish(working=True)
        assert plan.desk.state.seq == seq, "a rendering is not a fact"
    assert (result.path, result.renderings) == (board, (own,))
    assert board.read_bytes() == before
    first = own.read_bytes()
    assert do(issued, "publish", "--working") == 0
    assert own.read_bytes() == first
    tip = result.tip
    places = {
        path.name: {
            found.title
            for found in openpyxl.load_workbook(path)
            for row in found.iter_rows(values_only=True)
            if any(tip in str(value) for value in row)
        }
        for path in (board, own)
    }
    assert places == {board.name: {"Notes"}, own.name: {"Contents", "Notes"}}


def test_a_board_of_the_past_is_what_it_was(issued: Path) -> None:
    assert do(issued, "publish") == 0
    before = (issued / "board" / "2026-11.xlsx").read_bytes()
    issue(issued, "2026-12")
    assert do(issued, "publish") == 0
    edit_definition(
        issued, ('code = "Amber"', 'code = "Slipping"'), ('label = "Amber"', 'label = "Slipping"')
    )
    assert do(issued, "publish") == 2
    assert do(issued, "publish", "--cycle", "2026-11") == 0
    assert (issued / "board" / "2026-11.xlsx").read_bytes() == before


def write_into(path: Path, text: str) -> bytes:
    """A paper as somebody saves it who wrote into it."""
    document = docx.Document(str(path))
    document.add_paragraph(text)
    document.save(str(path))
    return path.read_bytes()


def test_a_paper_is_written_beside_the_composite_and_recorded_once(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    assert do(folder, "publish") == 0
    assert do(folder, "publish", "--paper") == 0
    first = (folder / "board" / "2026-11 paper.docx").read_bytes()
    ledger = (folder / "ledger.db").read_bytes()
    composite = (folder / "board" / "2026-11.xlsx").read_bytes()
    assert do(folder, "publish", "--paper") == 0
    assert do(folder, "publish") == 0
    assert (folder / "board" / "2026-11 paper.docx").read_bytes() == first
    assert (folder / "board" / "2026-11.xlsx").read_bytes() == composite
    assert (folder / "ledger.db").read_bytes() == ledger
    assert do(folder, "verify") == 0


def test_a_paper_that_nobody_edited_is_replaced_by_the_next(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    assert do(folder, "publish", "--paper") == 0
    give_back(folder, "Head of Repairs", {("1.2", "rating"): "Red"})
    assert do(folder, "merge") == 0
    assert do(folder, "publish", "--paper") == 0
    assert [path.name for path in (folder / "board").glob("*.docx")] == ["2026-11 paper.docx"]
    assert "Worse" in str(cells_of_paper(folder / "board" / "2026-11 paper.docx"))


def cells_of_paper(path: Path) -> list[str]:
    tables = docx.Document(str(path)).tables
    return [cell.text for table in tables for row in table.rows for cell in row.cells]


def test_an_edited_paper_is_never_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    assert do(folder, "publish", "--paper") == 0
    edited = write_into(folder / "board" / "2026-11 paper.docx", "What we think of it.")
    capsys.readouterr()
    assert do(folder, "publish", "--paper") == 0
    assert "PUB-068" in capsys.readouterr().err
    second = folder / "board" / "2026-11 paper 2.docx"
    untouched = second.read_bytes()
    assert do(folder, "publish", "--paper") == 0
    assert second.read_bytes() == untouched
    also = write_into(second, "And more.")
    assert do(folder, "publish", "--paper") == 0
    assert (folder / "board" / "2026-11 paper.docx").read_bytes() == edited
    assert second.read_bytes() == also
    assert (folder / "board" / "2026-11 paper 3.docx").read_bytes() == untouched


def test_an_extract_is_written_apart_and_not_recorded(tmp_path: Path) -> None:
    folder = make(tmp_path / "plan")
    issue(folder)
    assert do(folder, "publish") == 0
    ledger = (folder / "ledger.db").read_bytes()
    assert do(folder, "publish", "--lead", "Head of Learning", "--paper") == 0
    assert (folder / "ledger.db").read_bytes() == ledger
    name = "2026-11 extract, lead Head of Learning"
    written = folder / "board" / f"{name}.xlsx"
    assert [row["Ref"] for row in rows_under(sheet(written, "Plan"), "Ref")] == ["2.1", "2.2"]
    assert (folder / "board" / f"{name} paper.docx").exists()
    assert do(folder, "publish", "--lead", "Head of Nothing") == 2


def test_by_lead_says_how_often_a_return_was_on_time_and_what_was_corrected(
    tmp_path: Path,
) -> None:
    folder = make(tmp_path / "plan")
    for cycle, day, back, edit in (
        ("2026-09", "2026-11-10", "2026-11-09", "31/02/2027"),
        ("2026-10", "2026-11-20", "2026-11-25", "soonish, 30/02/2027"),
        ("2026-11", "2026-11-30", "2026-11-29", "May 2027"),
    ):
        assert do(folder, "issue", "--cycle", cycle, "--return-by", day) == 0
        give_back(folder, "Head of Repairs", {("1.2", "due"): edit, ("1.2", "rating"): "Mauve"},
                  cycle=cycle, file=f"{cycle}.xlsx")  # fmt: skip
        do(folder, "merge", today=back)
    assert do(folder, "publish", today="2026-11-29") == 0
    rows = rows_under(sheet(folder / "board" / "2026-11.xlsx", "By lead"), "Lead")
    found = {row["Lead"]: row for row in rows}
    assert found["Head of Repairs"]["Returned on time"] == "2 of 3"
    assert found["Head of Learning"]["Returned on time"] == "0 of 2"
    corrected = str(found["Head of Repairs"]["Corrected most often"])
    assert "RAG: not a value of this field (3)" in corrected
    assert found["Head of Learning"]["Corrected most often"] == "–"
