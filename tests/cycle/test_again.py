"""The stored original imported again under changed answers, until the first template is out."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests import set_up, small
from xlplan.cli.main import run
from xlplan.cycle.plan import Plan
from xlplan.errors import XlplanError
from xlplan.merge.model import Event, RowAdded
from xlplan.plan.values import show

COLUMNS = ("No.", "What", "Who", "By when", "State", "Remark")
FIRST = (
    ("1", "Mend the roof", "Warden", "01/06/2027", "Open", "Slates ordered"),
    ("2", "Paint the hall", "Bursar", "30/09/2027", "Done", "In cream"),
    ("3", "Plant the garden", "Warden", "31/12/2027", "Open", ""),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.make(tmp_path / "plan")


def again(folder: Path, *words: str) -> int:
    return run(["--today", small.TODAY, "new", str(folder), "--again", *words])


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def uids(folder: Path) -> dict[str, str]:
    with small.opened(folder) as plan:
        return {row.ref: row.uid for row in plan.rows()}


def values(folder: Path, field: str) -> list[str]:
    with small.opened(folder) as plan:
        return [show(row.values[field]) for row in plan.rows()]


def refused(plan: Plan, **options: tuple[str, ...]) -> str:
    with pytest.raises(XlplanError) as caught:
        plan.import_again(**options)  # type: ignore[arg-type]  # passed through
    return str(caught.value)


def test_a_changed_type_reads_the_cells_of_the_original_anew(folder: Path) -> None:
    before = uids(folder)
    edit(folder, ('type = "narrative"\nrole = "progress"', 'type = "set"\nrole = "progress"'))
    text = (folder / "plan.toml").read_text("utf-8")
    assert again(folder) in (0, 1)
    assert uids(folder) == before
    assert (folder / "plan.toml").read_text("utf-8") == text
    with small.opened(folder) as plan:
        assert plan.rows(["1.1"])[0].values["progress"] == frozenset({"Drafted"})
        assert plan.log() == []
        assert plan.verify() == []


def test_a_column_that_was_a_text_becomes_what_it_is(tmp_path: Path) -> None:
    source = tmp_path / "codes.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (COLUMNS, *FIRST):
        sheet.append(row)
    book.save(source)
    made = tmp_path / "second"
    assert run(["--today", small.TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    before = uids(made)
    text = (made / "plan.toml").read_text("utf-8")
    head, tail = text.split('heading = "Remark"', 1)
    block, rest = tail.split("\n\n", 1)
    kept = [line for line in block.splitlines() if not line.startswith(("type", "role", "owner"))]
    lead = "\n".join(['type = "people"', 'role = "accountable"', *kept])
    (made / "plan.toml").write_text(f'{head}heading = "Remark"\n{lead}\n\n{rest}', "utf-8")
    assert again(made) in (0, 1)
    with small.opened(made) as plan:
        assert plan.definition.lead("Slates ordered") is not None
        accountable = plan.definition.with_role("accountable")
        assert accountable is not None
        assert plan.rows(["1"])[0].values[accountable.id] == ("Slates ordered",)
        assert {row.ref: row.uid for row in plan.rows()} == before
        assert plan.verify() == []


def test_what_was_typed_into_the_master_since_stands(folder: Path) -> None:
    small.edit_master(folder, {("1.2", "progress"): "All are done", ("1.1", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    edit(folder, ('heading = "RAG"', 'heading = "How it goes"'))
    assert again(folder) in (0, 1)
    assert values(folder, "progress")[:2] == ["Drafted", "All are done"]
    assert values(folder, "rating")[:2] == ["Red", "Amber"]
    with small.opened(folder) as plan:
        assert plan.questions() == []
        assert {change.kind for change in plan.log()} == {"master"}
        assert plan.verify() == []
    assert again(folder) in (0, 1)
    assert values(folder, "progress")[1] == "All are done"


def test_other_options_propose_the_plan_anew(tmp_path: Path) -> None:
    source = tmp_path / "two.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "This year"
    other = book.create_sheet("Last year")
    for row in (small.HEADINGS, *small.ROWS):
        sheet.append(row)
    for row in (small.HEADINGS, *small.ROWS[:2]):
        other.append(("9" + row[0] if row[0] != "Ref" else "Ref", *row[1:]))
    book.save(source)
    made = tmp_path / "plan"
    words = ["--today", small.TODAY, "new", str(made), "--from", str(source)]
    assert run([*words, "--sheet", "This year", "--sheet", "Last year"]) in (0, 1)
    before = uids(made)
    assert len(before) == 7
    assert again(made, "--sheet", "This year") in (0, 1)
    after = uids(made)
    assert after == {ref: uid for ref, uid in before.items() if not ref.startswith("9")}
    assert again(made) in (0, 1)
    assert uids(made) == after
    assert again(made, "--sheet", "This year", "--sheet", "Last year") in (0, 1)
    assert uids(made) == before


def test_rows_that_somebody_typed_in_are_named_where_they_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test_other_options_propose_the_plan_anew(tmp_path)
    made = tmp_path / "plan"
    small.edit_master(made, {("91.1", "progress"): "Never mind"})
    assert small.do(made, "merge") == 0
    capsys.readouterr()
    again(made, "--sheet", "This year")
    err = capsys.readouterr().err
    assert "91.1" in next(line for line in err.splitlines() if "[NEW-022]" in line)


def test_once_a_template_is_out_the_rows_stay(folder: Path) -> None:
    small.issue(folder)
    before = (folder / "ledger.db").read_bytes()
    with small.opened(folder) as plan:
        assert "[NEW-021]" in refused(plan)
    assert (folder / "ledger.db").read_bytes() == before


def test_edits_that_no_merge_has_read_come_first(folder: Path) -> None:
    small.edit_master(folder, {("1.2", "progress"): "All are done"})
    with small.opened(folder) as plan:
        assert "master.xlsx holds edits" in refused(plan)


def test_an_edited_definition_is_not_replaced_by_options(folder: Path) -> None:
    edit(folder, ('heading = "RAG"', 'heading = "How it goes"'))
    with small.opened(folder) as plan:
        assert "plan.toml was edited" in refused(plan, columns=("RAG=rating",))


def test_an_original_that_is_gone_is_named(folder: Path) -> None:
    with small.opened(folder) as plan:
        digest = next(iter(plan.desk.state.rows.values())).sha256
        path = plan.desk.folder.originals.path(digest)
        aside = path.rename(folder.with_name("aside"))
        assert digest in refused(plan)
        aside.rename(path)


def test_from_and_again_are_one_or_the_other(folder: Path) -> None:
    assert again(folder, "--from", "x.xlsx") == 2
    assert run(["new", str(folder)]) == 2


# An answer in set-up.xlsx


def test_an_answer_in_excel_imports_again_by_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = uids(folder)
    set_up.answer(folder, "Columns", {("progress", "type"): "set", ("progress", "heading"): "Now"})
    assert small.do(folder, "merge") == 0
    assert uids(folder) == before
    with small.opened(folder) as plan:
        assert plan.rows(["1.1"])[0].values["progress"] == frozenset({"Drafted"})
        assert plan.verify() == []
    err = capsys.readouterr().err
    (line,) = [line for line in err.splitlines() if "[NEW-028]" in line]
    assert "every action reads as it did" in line


def test_what_became_otherwise_is_listed_column_by_column(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up.answer(folder, "Words", {("separators", "value"): '";"'})
    assert small.do(folder, "merge") == 0
    err = capsys.readouterr().err
    (line,) = [line for line in err.splitlines() if "[NEW-028]" in line]
    now, before = "Head of Lettings / Head of Repairs", "Head of Lettings | Head of Repairs"
    expected = f'"Lead officer" reads otherwise in 1 row, first in 1.3: "{now}", before "{before}"'
    assert expected in line


def test_an_answer_that_changes_no_reading_imports_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(events(folder))
    set_up.answer(folder, "Columns", {("rating", "heading"): "How it goes"})
    assert small.do(folder, "merge") == 0
    assert "[NEW-028]" not in capsys.readouterr().err
    assert not [e for e in events(folder)[before:] if isinstance(e.fact, RowAdded)]


def test_a_heading_that_was_changed_before_is_still_that_of_its_column(folder: Path) -> None:
    set_up.answer(folder, "Columns", {("progress", "type"): "set", ("progress", "heading"): "Now"})
    assert small.do(folder, "merge") == 0
    set_up.answer(folder, "Columns", {("progress", "type"): "narrative"})
    assert small.do(folder, "merge") == 0
    assert values(folder, "progress")[0] == "Drafted"
    with small.opened(folder) as plan:
        assert len(plan.definition.fields_of("action")) == len(small.HEADINGS)
        item = plan.definition.find("progress")
        assert item is not None
        assert item.heading == "Now"
    assert again(folder) in (0, 1)
    with small.opened(folder) as plan:
        assert plan.definition.find("progress") == item


def test_what_was_typed_into_the_master_stands_when_an_answer_imports_again(
    folder: Path,
) -> None:
    small.edit_master(folder, {("1.2", "progress"): "All are done"})
    set_up.answer(folder, "Columns", {("due", "type"): "text"})
    assert small.do(folder, "merge") == 0
    assert values(folder, "progress")[1] == "All are done"
    set_up.answer(folder, "Columns", {("due", "type"): "timescale"})
    assert small.do(folder, "merge") == 0
    assert values(folder, "progress")[:2] == ["Drafted", "All are done"]
    with small.opened(folder) as plan:
        assert plan.questions() == []
        assert plan.verify() == []


def test_another_column_is_what_is_to_be_done(tmp_path: Path) -> None:
    source = tmp_path / "risks.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Ref", "Action", "Remedy", "Owner", "Due date"),
        ("1", "Roof leaks", "Mend the roof", "Warden", "01/06/2027"),
        ("2", "Hall is dull", "", "Bursar", "30/09/2027"),
        ("", "Slates missing", "Order the slates", "Warden", "30/10/2027"),
    ):
        sheet.append(row)
    book.save(source)
    made = tmp_path / "plan"
    assert run(["--today", small.TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    with small.opened(made) as plan:
        (other,) = (f.id for f in plan.definition.fields if f.heading == "Remedy")
    set_up.answer(made, "Columns", {("action", "role"): "text", (other, "role"): "action"})
    assert small.do(made, "merge") in (0, 1)
    assert "Mend the roof" in values(made, other)
    with small.opened(made) as plan:
        assert [show(row.values["action"]) for row in plan.rows(["1"])] == ["Roof leaks"]
        action = plan.definition.with_role("action")
        assert action is not None
        assert action.id == other


def test_an_answer_under_which_nothing_can_be_imported_is_refused_with_the_reason(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small.opened(folder) as plan:
        digest = next(iter(plan.desk.state.rows.values())).sha256
        path = plan.desk.folder.originals.path(digest)
    aside = path.rename(folder.with_name("aside"))
    set_up.answer(folder, "Columns", {("due", "type"): "text", ("rating", "heading"): "State"})
    assert small.do(folder, "merge") == 1
    assert "[NEW-021]" in capsys.readouterr().err
    assert set_up.value(folder, "Columns", "due", "type") == "text"
    assert "is not in returns/" in str(set_up.value(folder, "Columns", "due", "wrong"))
    with small.opened(folder) as plan:
        kinds = {f.id: (f.type, f.heading) for f in plan.definition.fields}
    assert (kinds["due"][0], kinds["rating"][1]) == ("timescale", "State")
    aside.rename(path)
    set_up.answer(folder, "Columns", {("rating", "heading"): "How it goes"})
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        due = plan.definition.find("due")
        assert due is not None
        assert due.type == "text"


def test_an_answer_imports_nothing_once_a_template_is_out(folder: Path) -> None:
    small.issue(folder)
    before = len(events(folder))
    set_up.answer(folder, "Columns", {("due", "type"): "text"})
    assert small.do(folder, "merge") == 0
    assert not [e for e in events(folder)[before:] if isinstance(e.fact, RowAdded)]


def test_answers_that_a_crash_left_in_plan_toml_import_again_when_they_are_read(
    folder: Path,
) -> None:
    set_up.answer(folder, "Columns", {("progress", "type"): "set"})
    edit(folder, ('type = "narrative"\nrole = "progress"', 'type = "set"\nrole = "progress"'))
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        assert plan.rows(["1.1"])[0].values["progress"] == frozenset({"Drafted"})


def test_a_column_that_is_found_later_is_sent_and_on_the_board(tmp_path: Path) -> None:
    source = tmp_path / "two.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in (small.HEADINGS, *small.ROWS):
        sheet.append(row)
    other = book.create_sheet("More")
    other.append((*small.HEADINGS, "Site"))
    other.append(("7.1", *small.ROWS[0][1:], "", "North"))
    book.save(source)
    made = tmp_path / "plan"
    words = ["--today", small.TODAY, "new", str(made), "--from", str(source), "--sheet", "Plan"]
    assert run(words) in (0, 1)
    edit(made, ('heading = "RAG"', 'heading = "How it goes"'))
    assert again(made, "--sheet", "Plan", "--sheet", "More") in (0, 1)
    with small.opened(made) as plan:
        (site,) = (f.id for f in plan.definition.fields if f.heading == "Site")
        assert site in plan.definition.issue.fields
        assert site in plan.definition.composite.fields


def events(folder: Path) -> list[Event]:
    with small.opened(folder) as plan:
        return list(plan.desk.ledger.events())


ROADS = (
    ("No.", "What will we do?", "Who?", "By when?"),
    ("1", "Mend the bridge at the mill", "Surveyor", "Q3 2026/27"),
    ("2", "Paint the lines of the market", "Surveyor", "31/03/2027"),
)
HALLS = (
    ("No.", "Owner", "Task", "Deadline", "RAG", "Progress so far", "Evidence"),
    ("1", "Warden", "Mend the roof of the town hall", "01/06/2027", "Green", "Slates ordered", ""),
    ("2", "Bursar", "Paint the hall before the fair", "30/09/2027", "Red", "In cream", "Invoice"),
    ("3", "Warden", "Plant the garden behind it", "31/12/2027", "Green", "Not begun", ""),
)


def test_a_sheet_that_becomes_part_of_the_plan_brings_what_it_says_of_the_whole(
    tmp_path: Path,
) -> None:
    """Its actions stayed in the list of what is kept back, the guess that asked for the sheet
    stood on, the one about the year was there without the key that it names, and the board had no
    sections though the plan had some now."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("Halls", HALLS), ("Roads", ROADS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "plan.xlsx")
    folder = tmp_path / "plan"
    run(["--today", small.TODAY, "new", str(folder), "--from", str(tmp_path / "plan.xlsx")])
    before = (folder / "plan.toml").read_text("utf-8")
    assert "Mend the bridge" in before
    assert "name each sheet of the plan with" in " ".join(before.replace("\n# ", " ").split())
    set_up.answer(folder, "Words", {("contact", "value"): "Ask the office."})
    set_up.answer(folder, "Sheets and rows", {("Roads", "value"): "Yes"})
    run(["--today", small.TODAY, "-C", str(folder), "merge"])
    with small.opened(folder) as plan:
        definition, refs = plan.definition, [row.ref for row in plan.rows()]
    assert len(refs) == 5
    assert definition.year_starts == "April"
    assert definition.composite.group_by == "section"
    assert not any("Mend the bridge" in line for line in definition.kept_back)
    text = (folder / "plan.toml").read_text("utf-8")
    assert "--sheet" not in text
    assert 'contact = "Ask the office."' in text


def test_what_was_decided_about_the_whole_plan_stands_when_its_rows_are_read_again(
    folder: Path,
) -> None:
    with small.opened(folder) as plan:
        agreed, kept = plan.definition.agreed, plan.definition.kept_back
    assert agreed is None
    edit(folder, ("[plan]\n", '[plan]\nkept_back = ["A line of our own"]\n'))
    edit(folder, ('type = "narrative"\nrole = "progress"', 'type = "set"\nrole = "progress"'))
    assert again(folder) in (0, 1)
    with small.opened(folder) as plan:
        assert plan.definition.kept_back == (*kept, "A line of our own")
