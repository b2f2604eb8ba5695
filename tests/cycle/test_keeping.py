"""The council's own workbook as the master: written in its own cells, read by what it says."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from tests import attacks, mutations
from tests.office import Fill, InsertRows, Move, Note, Office, Sort, Write
from tests.old_books import ods, xls, xlsb
from tests.small import TODAY, give_back, issue, opened
from xlplan.cli.main import run
from xlplan.cycle.merge import MergeResult
from xlplan.errors import XlplanError
from xlplan.plan.values import show, show_in

NAME = "Improvement Plan v14 FINAL.xlsx"
HEADINGS = ("Ref", "Action", "Lead officer", "By when", "Progress", "RAG")
REPAIRS, LETTINGS = "Head of Repairs", "Head of Lettings"
ROWS = (
    ("Homes", None, None, None, None, None),
    ("1.1", "Inspect every lift", REPAIRS, "June 2027", "Half are done", "Amber"),
    ("1.2", "Replace the boilers in Elm Court", REPAIRS, "May 2027", None, "Red"),
    ("1.3", "Answer complaints in ten days", f"{REPAIRS} / {LETTINGS}", "Ongoing", "Begun",
     "Amber"),
    ("Lettings", None, None, None, None, None),
    ("2.1", "Publish the allocations policy", LETTINGS, "March 2027", "Drafted", "Green"),
    ("2.2", "Review the rota of the front desk", LETTINGS, "July 2027", None, "Green"),
)  # fmt: skip
Edit = Callable[[Worksheet], None]


def _source(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Action Plan"
    sheet["A1"] = "Housing improvement plan"
    sheet["A1"].font = Font(bold=True, size=16)
    for row in (HEADINGS, *ROWS):
        sheet.append(row)
    for number in (3, 7):
        sheet.merge_cells(f"A{number}:F{number}")
    notes = book.create_sheet("Notes")
    notes["A1"] = "Mine alone"
    notes["B2"] = "=COUNTA('Action Plan'!F3:F20)"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan that keeps its spreadsheet, with a cycle issued."""
    folder = tmp_path_factory.mktemp("kept")
    source = _source(folder / NAME)
    made = folder / "plan"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source), "--keep"]) in (0, 1)
    issue(made)
    return made


@pytest.fixture
def plan(started: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(started, tmp_path / "plan"))


def _merge(folder: Path, *, dry_run: bool = False) -> MergeResult:
    with opened(folder) as plan:
        return plan.merge(dry_run=dry_run)


def _values(folder: Path, ref: str) -> dict[str, str]:
    with opened(folder) as plan:
        state = plan.desk.state
        uid = next(uid for uid in state.uids("action") if state.ref(uid) == ref)
        values = state.master_row(uid).values.items()
        return {name: text for name, value in values if (text := show(value))}


def _edit(folder: Path, edit: Edit) -> None:
    """The coordinator opens their workbook, changes its first sheet, and saves it."""
    path = folder / NAME
    book = openpyxl.load_workbook(path)
    edit(book["Action Plan"])
    book.save(path)


def _cells(folder: Path) -> dict[str, object]:
    sheet = openpyxl.load_workbook(folder / NAME)["Action Plan"]
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_plan_has_a_copy_under_its_own_name_and_no_other_master(started: Path) -> None:
    source = started.with_name(NAME)
    assert (started / NAME).read_bytes() == source.read_bytes()
    assert not (started / "master.xlsx").exists()
    assert "[master]\nkeep = true\n" in (started / "plan.toml").read_text("utf-8")


def test_messages_call_the_master_by_its_name(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(plan, lambda sheet: sheet.__setitem__("C5", None))
    _merge(plan)
    again = ["issue", "--cycle", "2026-12", "--return-by", "2026-12-18"]
    run(["-C", str(plan), "--today", TODAY, *again])
    text = capsys.readouterr().err
    assert f'Enter a lead in "{NAME}"' in text
    assert "master.xlsx" not in text


def test_what_leads_write_goes_into_their_own_cells_and_nothing_else_changes(plan: Path) -> None:
    before = (plan / NAME).read_bytes()
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green", ("1.2", "progress"): "Ordered"})
    dry = _merge(plan, dry_run=True)
    shown = [(each.sheet, each.cell, each.before, each.after) for each in dry.kept]
    assert shown == [
        ("Action Plan", "F4", "Amber", "Green"),
        ("Action Plan", "E5", "", "Ordered"),
    ]
    assert (plan / NAME).read_bytes() == before
    cells = _cells(plan)
    _merge(plan)
    after = (plan / NAME).read_bytes()
    assert _cells(plan) == cells | {"F4": "Green", "E5": "Ordered"}
    old, new = _members(before), _members(after)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    # The rest are shared texts, and that the count on the other sheet is to be worked out anew.
    assert changed <= {
        "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml",
        "xl/workbook.xml",
    }  # fmt: skip
    assert started_from(plan).read_bytes() == before
    assert not _merge(plan).changes
    assert (plan / NAME).read_bytes() == after


def test_a_dry_run_over_an_edited_workbook_names_what_is_still_to_be_written(plan: Path) -> None:
    """What a merge before has written stands there, and so does what the coordinator typed."""
    give_back(plan, LETTINGS, {("2.1", "rating"): "Amber"})
    assert [each.cell for each in _merge(plan).kept] == ["F8"]

    def edit(sheet: Worksheet) -> None:
        sheet["E5"] = "Begun in May"

    _edit(plan, edit)
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    dry = _merge(plan, dry_run=True)
    assert [(each.cell, each.before, each.after) for each in dry.kept] == [("F4", "Amber", "Green")]
    assert _merge(plan).kept == dry.kept


def started_from(plan: Path) -> Path:
    """The original that is kept of the spreadsheet."""
    with opened(plan) as found:
        first = found.desk.state.exchange.kept_versions[0]
        return found.desk.folder.originals.path(first.sha256)


def test_what_the_coordinator_typed_comes_into_the_plan_by_cell(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["F8"] = "Amber"
        sheet["E9"] = "Asked the union"
        sheet["H1"] = "seen by AB"

    _edit(plan, edit)
    result = _merge(plan)
    changes = sorted((c.action, c.field, show(c.after), c.place.cell) for c in result.changes)
    assert changes == [
        ("2.1", "rating", "Amber", "F8"),
        ("2.2", "progress", "Asked the union", "E9"),
    ]
    assert not result.questions
    assert _cells(plan)["H1"] == "seen by AB"


def test_an_edit_and_a_return_of_the_same_cell_are_asked_about(plan: Path) -> None:
    """Three ways: what was written, what the lead says, what the coordinator typed."""
    _edit(plan, lambda sheet: sheet.__setitem__("F4", "Red"))
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    assert [(q.kind, q.action, q.field) for q in result.questions] == [
        ("conflict", "1.1", "rating")
    ]
    assert _cells(plan)["F4"] == "Red"  # as long as it is asked


def test_rows_that_were_sorted_inserted_and_deleted_are_found_by_what_they_say(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        first = [cell.value for cell in sheet[4]]
        last = [cell.value for cell in sheet[6]]
        for col in range(6):
            sheet.cell(4, col + 1).value = last[col]
            sheet.cell(6, col + 1).value = first[col]
        sheet["F6"] = "Green"  # of 1.1, by now in another row
        sheet.unmerge_cells("A7:F7")
        sheet.insert_rows(5)

    _edit(plan, edit)
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.1", "rating", "Green")
    ]
    give_back(plan, REPAIRS, {("1.2", "rating"): "Amber"})
    _merge(plan)
    assert _cells(plan)["F6"] == "Amber"


def test_a_row_that_was_added_is_an_action_and_one_deleted_is_asked_about(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for col, text in enumerate(("2.3", "Paint the hall", LETTINGS, "June 2027", None, "Red")):
            sheet.cell(10, col + 1).value = text
        for col in range(6):
            sheet.cell(5, col + 1).value = None

    _edit(plan, edit)
    result = _merge(plan)
    assert _values(plan, "2.3") == {
        "ref": "2.3", "section": "Lettings", "action": "Paint the hall", "lead": LETTINGS,
        "due": "June 2027", "rating": "Red",
    }  # fmt: skip
    assert [(q.kind, q.action) for q in result.questions] == [("row-missing", "1.2")]


def test_a_column_with_another_heading_is_known_by_where_it_stands_and_what_it_holds(
    plan: Path,
) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["E2"] = "Update for October"
        sheet["E4"] = "All are done"

    _edit(plan, edit)
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.1", "progress", "All are done")
    ]
    assert [p.code for report in result.returns for p in report.problems] == ["KEEP-014"]


def test_a_column_that_carries_on_the_plans_own_is_said_and_not_read(tmp_path: Path) -> None:
    """People who begin a column for each month put the new one beside the last."""
    source = _source(tmp_path / NAME)
    book = openpyxl.load_workbook(source)
    book["Action Plan"]["F2"] = "RAG Oct 25"
    book.save(source)
    made = tmp_path / "monthly"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source), "--keep"]) in (0, 1)

    def edit(sheet: Worksheet) -> None:
        sheet["E4"] = "All are done"
        for col, heading in (("G", "RAG Nov 25"), ("H", "RAG Sep 25"), ("I", "RAG Dec 25")):
            sheet[f"{col}2"] = heading
        sheet["G4"] = sheet["H4"] = "Green"

    _edit(made, edit)
    result = _merge(made)
    found = [(p.code, p.where[-3:]) for report in result.returns for p in report.problems]
    assert found == [("KEEP-036", "!G2")]  # the others are earlier, or blank
    assert [change.field for change in result.changes] == ["progress"]


def test_a_column_that_is_gone_is_said_and_its_values_stay(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for row in range(2, 10):
            cell = sheet.cell(row, 5)
            if type(cell).__name__ != "MergedCell":
                cell.value = "Something else" if row > 2 else "Cost code"

    _edit(plan, edit)
    result = _merge(plan)
    assert not result.changes
    assert [p.code for report in result.returns for p in report.problems] == ["KEEP-013"]
    give_back(plan, REPAIRS, {("1.1", "progress"): "Nearly all"})
    _merge(plan)
    assert _cells(plan)["E4"] == "Something else"
    assert 'is now "Nearly all"' in _by_hand(plan)[0]


def _by_hand(plan: Path) -> list[str]:
    """What `decisions.xlsx` lists to be typed by hand."""
    book = openpyxl.load_workbook(plan / "decisions.xlsx")
    if "To type by hand" not in book.sheetnames:
        return []
    rows = list(book["To type by hand"].iter_rows(min_row=5, values_only=True))
    return [str(row[4]) for row in rows if row[4]]


def test_a_workbook_in_which_nothing_of_the_plan_is_found_is_refused_and_stays(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.delete_rows(1, 20)
        sheet["A1"] = "Shopping list"

    _edit(plan, edit)
    typed = (plan / NAME).read_bytes()
    result = _merge(plan)
    assert [p.code for report in result.refused for p in report.problems] == ["KEEP-012"]
    assert (plan / NAME).read_bytes() == typed


def test_an_action_that_leads_propose_gets_a_row_under_its_section(plan: Path) -> None:
    with opened(plan) as found:
        state = found.desk.state
        uid = next(uid for uid in state.uids("action") if state.ref(uid) == "1.3")
        assert state.row_at(uid) is not None
    text = (plan / "plan.toml").read_text("utf-8")
    assert text.count("\n[issue]\n") == 1
    (plan / "plan.toml").write_text(
        text.replace("\n[issue]\n", "\n[issue]\nproposal_rows = 1\n"), "utf-8"
    )
    issue(plan, "2026-12")
    _propose(plan, {"action": "Fit a ramp", "section": "Homes", "lead": REPAIRS})
    result = _merge(plan)
    [question] = result.questions
    with opened(plan) as found:
        found.answer(question, "Accept")
    cells = _cells(plan)
    row = next(name[1:] for name, value in cells.items() if value == "Fit a ramp")
    assert row == "7"
    assert cells["A8"] == "Lettings"
    assert cells["C7"] == REPAIRS
    again = _merge(plan)
    assert not again.changes


def _propose(plan: Path, texts: dict[str, str]) -> None:
    from xlplan.returned.as_issued import ID_PREFIX
    from xlplan.workbook.write.filling import fill_in, places_in

    data = (plan / "outbox" / "2026-12" / f"{REPAIRS}.xlsx").read_bytes()
    places = places_in(data, ID_PREFIX)
    cells = [(places["new-1", name][1], text) for name, text in texts.items()
             if ("new-1", name) in places]  # fmt: skip
    sheet = places["new-1", "action"][0]
    filled = fill_in(data, sheet, cells, "2026-11-20T10:00:00Z")
    (plan / "inbox" / "proposal.xlsx").write_bytes(filled)


def test_what_is_no_workbook_of_this_kind_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    lines = [",".join(str(text or "") for text in row) for row in (HEADINGS, ROWS[1], ROWS[2])]
    path.write_text("\n".join(lines), "utf-8")
    from xlplan.cycle.new import new

    with pytest.raises(XlplanError, match="KEEP-011"):
        new(tmp_path / "made", path, keep=True)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("name", ["Set-up.xlsx", "empty.xlsx"])
def test_one_with_the_name_of_a_file_of_the_plan_or_without_actions_is_not_kept(
    tmp_path: Path, name: str
) -> None:
    source = _source(tmp_path / name)
    if name == "empty.xlsx":
        book = openpyxl.load_workbook(source)
        book["Action Plan"].delete_rows(3, 20)
        book.save(source)
    assert run(["new", str(tmp_path / "made"), "--keep", "--from", str(source)]) == 2
    assert not (tmp_path / "made").exists()


def test_keeping_can_begin_later(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    assert (made / "master.xlsx").exists()
    with (made / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("\n[master]\nkeep = true\n")
    issue(made)
    give_back(made, REPAIRS, {("1.1", "rating"): "Green"})
    _merge(made)
    assert _cells(made)["F4"] == "Green"


def test_a_workbook_that_somebody_has_open_is_written_by_the_next_merge(plan: Path) -> None:
    before = (plan / NAME).read_bytes()
    lock = plan / f".~lock.{NAME}#"
    lock.write_text(",Anna,pc,02.11.2026 12:00,file:///x;", "utf-8")
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    assert [problem.code for problem in result.problems] == ["OUT-002"]
    assert (plan / NAME).read_bytes() == before
    _edit(plan, lambda sheet: sheet.__setitem__("F5", "Amber"))  # Anna goes on, and closes it
    lock.unlink()
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.2", "rating", "Amber")
    ]
    cells = _cells(plan)
    assert (cells["F4"], cells["F5"]) == ("Green", "Amber")


def test_an_older_copy_that_is_put_back_brings_only_its_own_edits(plan: Path) -> None:
    old = (plan / NAME).read_bytes()
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    _merge(plan)
    (plan / NAME).write_bytes(old)
    _edit(plan, lambda sheet: sheet.__setitem__("E8", "Printed"))
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("2.1", "progress", "Printed")
    ]
    assert _cells(plan)["F4"] == "Green"


def test_one_that_was_deleted_comes_back_the_same(plan: Path) -> None:
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    _merge(plan)
    written = (plan / NAME).read_bytes()
    (plan / NAME).unlink()
    _merge(plan)
    assert (plan / NAME).read_bytes() == written


def test_a_copy_that_comes_in_is_named_and_not_used_until_it_is_put_in_its_place(
    plan: Path,
) -> None:
    copy = plan / "inbox" / "Plan from Anna.xlsx"
    shutil.copyfile(plan / NAME, copy)
    book = openpyxl.load_workbook(copy)
    book["Action Plan"]["F5"] = "Amber"
    book.save(copy)
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    assert [(r.file, [p.code for p in r.problems]) for r in result.refused] == [
        ("inbox/Plan from Anna.xlsx", ["KEEP-032"])
    ]
    assert _values(plan, "1.2")["rating"] == "Red"
    copy.rename(plan / NAME)
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.2", "rating", "Amber")
    ]
    cells = _cells(plan)
    assert (cells["F4"], cells["F5"]) == ("Green", "Amber")


def test_a_file_elsewhere_is_not_the_kept_workbook_because_it_is_called_so(
    plan: Path, tmp_path: Path
) -> None:
    """As where a lead sends back the council's spreadsheet itself, with rows of others left out."""
    elsewhere = tmp_path / "mail" / NAME
    elsewhere.parent.mkdir()
    book = openpyxl.load_workbook(plan / NAME)
    book["Action Plan"].delete_rows(7, 3)
    book["Action Plan"]["F5"] = "Amber"
    book.save(elsewhere)
    before = (plan / NAME).read_bytes()
    with opened(plan) as found:
        result = found.merge(elsewhere.parent)
    assert not result.changes
    assert [(r.file, [p.code for p in r.problems]) for r in result.refused] == [
        (f"mail/{NAME}", ["KEEP-032"])
    ]
    assert (plan / NAME).read_bytes() == before


def test_a_file_of_another_kind_is_no_copy(plan: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(("1.1", "Buy new chairs", "Head of Fleet", "Soon", "None", "Red"))
    book.save(plan / "inbox" / "other.xlsx")
    result = _merge(plan)
    assert [p.code for report in result.refused for p in report.problems] == ["RET-003"]


def test_with_keep_turned_off_the_file_is_named_as_long_as_it_lies_there(plan: Path) -> None:
    text = (plan / "plan.toml").read_text("utf-8")
    off = text.replace("[master]\nkeep = true", "[master]\nkeep = false")
    assert off != text
    (plan / "plan.toml").write_text(off, "utf-8")
    [problem] = [p for p in _merge(plan).problems if p.code.startswith("KEEP")]
    assert (problem.code, problem.where) == ("KEEP-030", NAME)
    assert "holds edits" not in problem.message
    assert (plan / "master.xlsx").exists()
    _edit(plan, lambda sheet: sheet.__setitem__("F5", "Amber"))
    for _ in range(2):  # the second has nothing to do
        [problem] = [p for p in _merge(plan).problems if p.code.startswith("KEEP")]
        assert "holds edits" in problem.message
    (plan / "plan.toml").write_text(text, "utf-8")
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.2", "rating", "Amber")
    ]
    [problem] = [p for p in result.problems if p.code.startswith("KEEP")]
    assert (problem.code, problem.where) == ("KEEP-030", "master.xlsx")


def test_edits_in_a_master_from_before_keeping_are_named_and_can_be_read(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    path = made / "master.xlsx"
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    [cell] = [cell for cell in cells if cell.value == "Half are done"]
    cell.value = "All are done"
    book.save(path)
    with (made / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("\n[master]\nkeep = true\n")
    for _ in range(2):
        [problem] = [p for p in _merge(made).problems if p.code.startswith("KEEP")]
        assert (problem.code, problem.where) == ("KEEP-030", "master.xlsx")
        assert "holds edits" in problem.message
    with opened(made) as found:
        found.merge(path)
    assert _values(made, "1.1")["progress"] == "All are done"
    assert _cells(made)["E4"] == "All are done"
    path.unlink()
    assert not [p for p in _merge(made).problems if p.code.startswith("KEEP")]


def test_a_spreadsheet_that_was_never_kept_is_not_spoken_of(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    shutil.copyfile(source, made / NAME)
    assert not [p for p in _merge(made).problems if p.code.startswith("KEEP")]


def test_keeping_without_a_workbook_to_keep_is_said(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    book = openpyxl.load_workbook(source)
    book["Action Plan"].delete_rows(3, 20)
    book.save(source)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    with (made / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("\n[master]\nkeep = true\n")
    assert "KEEP-031" in [problem.code for problem in _merge(made).problems]


def test_one_under_another_name_is_named(plan: Path) -> None:
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    (plan / NAME).rename(plan / "Improvement Plan v15.xlsx")
    assert "KEEP-019" in [problem.code for problem in _merge(plan).problems]


@pytest.mark.parametrize("damage", ["cut", "text", "formulas"])
def test_a_hostile_file_in_its_place_ends_no_merge_and_is_not_overwritten(
    plan: Path, damage: str
) -> None:
    path = plan / NAME
    data = path.read_bytes()
    if damage == "formulas":
        _edit(plan, _all_formulas)
    else:
        path.write_bytes({"cut": data[:900], "text": b"no workbook"}[damage])
    typed = path.read_bytes()
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    own = next(report for report in result.returns if report.file == NAME)
    assert own.outcome == ("merged" if damage == "formulas" else "refused")
    assert path.read_bytes() == typed
    assert len(result.questions) == (3 if damage == "formulas" else 0)
    assert _values(plan, "1.1")["rating"] == "Green"


def _all_formulas(sheet: Worksheet) -> None:
    for row in range(4, 7):
        sheet.cell(row, 6).value = "=1/0"


def test_what_cannot_be_used_is_named_with_its_cell(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A3"] = "Houses and flats"
        sheet["E4"] = None
        sheet.merge_cells("D4:E4")

    _edit(plan, edit)
    result = _merge(plan)
    assert not result.changes
    found = [(p.code, p.where) for report in result.returns for p in report.problems]
    assert sorted(found) == [
        ("KEEP-015", f"{NAME}!Action Plan"),
        ("KEEP-015", f"{NAME}!Action Plan!E4"),
    ]


def test_a_numbered_heading_that_is_worded_anew_is_said_and_is_no_action(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    book = openpyxl.load_workbook(source)
    sheet = book["Action Plan"]
    for number, row in enumerate((3, 7), 1):
        sheet.unmerge_cells(f"A{row}:F{row}")
        sheet[f"B{row}"], sheet[f"A{row}"] = sheet[f"A{row}"].value, str(number)
    book.save(source)
    made = tmp_path / "numbered"
    assert run(["--today", TODAY, "new", str(made), "--from", str(source), "--keep"]) in (0, 1)

    def edit(sheet: Worksheet) -> None:
        assert sheet["B7"].value == "Lettings"
        sheet["B7"] = "Lettings and homelessness"

    _edit(made, edit)
    result = _merge(made)
    assert not result.changes
    [problem] = [p for report in result.returns for p in report.problems]
    assert problem.code == "KEEP-015"
    assert '"Lettings"' in problem.message
    assert _values(made, "2.1")["section"] == "2 Lettings"


def test_a_row_that_was_put_under_another_heading_is_asked_about(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for col in range(1, 7):
            sheet.cell(10, col).value = sheet.cell(5, col).value
            sheet.cell(5, col).value = None

    _edit(plan, edit)
    result = _merge(plan)
    [question] = result.questions
    assert (question.kind, question.action, question.field) == ("held", "1.2", "section")
    with opened(plan) as found:
        found.answer(question, "Accept")
    assert _values(plan, "1.2")["section"] == "Lettings"
    assert not (plan / "decisions.xlsx").exists() or not _by_hand(plan)
    assert not _merge(plan).questions
    assert run(["-C", str(plan), "--today", TODAY, "verify"]) == 0


def test_a_row_that_may_be_another_is_asked_about(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for col, text in enumerate(("Buy a van", "Head of Fleet", "At once", "Soon", "Green")):
            sheet.cell(4, col + 2).value = text

    _edit(plan, edit)
    result = _merge(plan)
    assert not result.changes
    asked = {(q.kind, q.action, q.field) for q in result.questions}
    assert {("held", "1.1", "action"), ("held", "1.1", "lead")} <= asked
    assert all("of your workbook" in question.message for question in result.questions)
    assert _cells(plan)["B4"] == "Buy a van"  # as long as it is asked


def test_a_workbook_that_was_signed_is_read_and_not_written(plan: Path) -> None:
    path = plan / NAME
    _edit(plan, lambda sheet: sheet.__setitem__("F5", "Amber"))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    signed = path.read_bytes()
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    assert {(c.action, show(c.after)) for c in result.changes} == {
        ("1.1", "Green"), ("1.2", "Amber"),
    }  # fmt: skip
    assert path.read_bytes() == signed
    assert 'is now "Green"' in _by_hand(plan)[0]


def test_undoing_a_return_puts_its_cells_back(plan: Path) -> None:
    before = _cells(plan)
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green", ("1.2", "progress"): "Ordered"})
    result = _merge(plan)
    [report] = result.returns
    with opened(plan) as found:
        found.undo(report.id)
    assert _cells(plan) == before


def test_an_import_once_more_keeps_the_workbook_and_what_was_typed_into_it(tmp_path: Path) -> None:
    source = _source(tmp_path / NAME)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--keep", "--from", str(source)]) in (0, 1)

    def edit(sheet: Worksheet) -> None:
        sheet["F4"] = "Green"
        sheet["H4"] = "mine"

    _edit(made, edit)
    _merge(made)
    assert run(["--today", TODAY, "new", str(made), "--again"]) in (0, 1)
    cells = _cells(made)
    assert (cells["F4"], cells["H4"]) == ("Green", "mine")
    _edit(made, lambda sheet: sheet.__setitem__("F5", "Amber"))
    result = _merge(made)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.2", "rating", "Amber")
    ]


def test_cells_that_are_coloured_by_hand_are_to_be_coloured_by_hand(plan: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for row, colour in ((4, "FFC000"), (5, "FF0000"), (6, "FFC000"), (8, "00B050")):
            sheet.cell(row, 6).fill = PatternFill("solid", fgColor=colour)
        sheet["E8"] = "Printed"

    _edit(plan, edit)
    _merge(plan)
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green", ("1.2", "progress"): "Ordered"})
    _merge(plan)
    [line] = _by_hand(plan)
    assert 'RAG of action 1.1 is now "Green", and its cell is still filled' in line


def test_a_rated_cell_is_coloured_as_all_others_of_its_rating_where_that_is_certain(
    plan: Path,
) -> None:
    ratings = {4: "FFC000", 5: "FF0000", 6: "FFC000", 8: "00B050", 9: "00B050"}

    def edit(sheet: Worksheet) -> None:
        for row, colour in ratings.items():
            sheet.cell(row, 6).fill = PatternFill("solid", fgColor=colour)
            sheet.cell(row, 6).font = Font(bold=row == 4)

    _edit(plan, edit)
    _merge(plan)
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green", ("1.2", "rating"): "Amber"})
    _merge(plan)
    sheet = openpyxl.load_workbook(plan / NAME)["Action Plan"]
    fills = {row: sheet.cell(row, 6).fill.fgColor.rgb[2:] for row in ratings}
    assert fills == ratings | {4: "00B050", 5: "FFC000"}
    assert sheet["F4"].font.b
    assert not sheet["F5"].font.b
    assert not (plan / "decisions.xlsx").exists() or not _by_hand(plan)
    assert not _merge(plan).changes


def test_a_copied_sheet_and_a_repeated_row_are_neither_new_actions_nor_written(plan: Path) -> None:
    """As where a month is put away as a sheet of its own, before the one that goes on."""
    path = plan / NAME
    book = openpyxl.load_workbook(path)
    sheet = book["Action Plan"]
    copy = book.copy_worksheet(sheet)
    copy.title = "October"
    copy["F4"] = "Red"
    book.move_sheet(copy, -2)
    for col in range(1, 7):
        sheet.cell(10, col).value = sheet.cell(5, col).value
    sheet["F8"] = "Amber"
    book.save(path)
    give_back(plan, REPAIRS, {("1.2", "progress"): "Ordered"})
    result = _merge(plan)
    assert sorted((c.action, c.field, show(c.after)) for c in result.changes) == [
        ("1.2", "progress", "Ordered"), ("2.1", "rating", "Amber"),
    ]  # fmt: skip
    found = [(p.code, p.where) for report in result.returns for p in report.problems]
    assert sorted(found) == [
        ("KEEP-033", f"{NAME}!October"),
        ("KEEP-034", f"{NAME}!Action Plan!A10"),
    ]
    assert [(k.sheet, k.cell) for k in result.kept] == [("Action Plan", "E5")]


def test_a_row_that_is_put_back_after_a_merge_is_the_same_action_again(plan: Path) -> None:
    """A merge between, with another edit, has written down that it is not there; its lead has sent
    something since."""
    before = openpyxl.load_workbook(plan / NAME)["Action Plan"]

    def cleared(sheet: Worksheet) -> None:
        for cell in sheet[5]:
            cell.value = None

    _edit(plan, cleared)
    assert {q.kind for q in _merge(plan).questions} == {"row-missing"}
    _edit(plan, lambda sheet: sheet.__setitem__("F4", "Red"))
    give_back(plan, REPAIRS, {("1.2", "progress"): "Ordered"})
    assert len(_merge(plan).changes) == 2

    def back(sheet: Worksheet) -> None:
        for cell in before[5]:
            sheet[cell.coordinate] = cell.value
        sheet["F5"] = "Amber"

    _edit(plan, back)
    result = _merge(plan)
    assert [(c.action, c.field, show(c.after)) for c in result.changes] == [
        ("1.2", "rating", "Amber")
    ]
    with opened(plan) as found:
        assert len(found.desk.state.uids("action")) == 5
    cells = _cells(plan)
    assert (cells["A5"], cells["E5"], cells["F5"]) == ("1.2", "Ordered", "Amber")


def test_the_question_about_a_missing_row_closes_when_the_row_is_put_back(plan: Path) -> None:
    whole = (plan / NAME).read_bytes()

    def cleared(sheet: Worksheet) -> None:
        for row in (5, 6):
            for cell in sheet[row]:
                cell.value = None

    _edit(plan, cleared)
    assert [q.action for q in _merge(plan).questions] == ["1.2", "1.3"]
    before = openpyxl.load_workbook(io.BytesIO(whole))["Action Plan"]

    def back(sheet: Worksheet) -> None:
        for cell in before[5]:
            sheet[cell.coordinate] = cell.value

    _edit(plan, back)
    result = _merge(plan)
    assert [(q.kind, q.action) for q in result.questions] == [("row-missing", "1.3")]
    said = [(p.code, p.where) for p in result.problems]
    assert said == [("MRG-047", NAME)]
    assert "The row of 1.2" in result.problems[0].message
    own = next(report for report in result.returns if report.file == NAME)
    with opened(plan) as found:
        undone = found.undo(own.id)  # what it answered is asked again
    assert [q.action for q in undone.questions] == ["1.2", "1.3"]
    assert run(["-C", str(plan), "--today", TODAY, "verify"]) == 0


def test_a_row_that_a_lead_left_out_is_asked_about_though_it_stands_in_the_workbook(
    plan: Path,
) -> None:
    path = give_back(plan, REPAIRS, {})
    book = openpyxl.load_workbook(path)
    sheet = book["Update"]
    row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == "1.2")
    sheet.delete_rows(row)
    book.save(path)
    assert [(q.kind, q.action) for q in _merge(plan).questions] == [("row-missing", "1.2")]
    _edit(plan, lambda sheet: sheet.__setitem__("F4", "Red"))
    assert [(q.kind, q.action) for q in _merge(plan).questions] == [("row-missing", "1.2")]


def test_an_earlier_version_that_is_put_back_after_another_was_read_is_the_one_that_counts(
    plan: Path,
) -> None:
    """As whoever has broken the file takes the copy of yesterday."""
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    _merge(plan)
    whole = (plan / NAME).read_bytes()
    _edit(plan, lambda sheet: sheet.delete_rows(1, 2))
    give_back(plan, LETTINGS, {("2.2", "progress"): "Agreed"})
    _merge(plan)
    (plan / NAME).write_bytes(whole)
    assert not _merge(plan).changes
    cells = _cells(plan)
    assert (cells["A2"], cells["F4"], cells["E9"]) == ("Ref", "Green", "Agreed")
    written = (plan / NAME).read_bytes()
    assert not _merge(plan).changes
    assert (plan / NAME).read_bytes() == written
    assert run(["-C", str(plan), "--today", TODAY, "verify"]) == 0


def _sheet_deleted(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    del book["Action Plan"]
    book.save(path)


def _encrypted(path: Path) -> None:
    about = b"\4\0\2\0" + b"x" * 100
    path.write_bytes(
        attacks.compound({("EncryptedPackage",): b"x" * 5_000, ("EncryptionInfo",): about})
    )


def _with_macros(path: Path) -> None:
    path.write_bytes(mutations.loaded(path.read_bytes()))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a sheet deleted": (_sheet_deleted, "KEEP-012"),
    "a password": (_encrypted, "GATE-006"),
    "of an old kind": (lambda path: path.write_bytes(xls()), "KEEP-012"),
    "of another program": (lambda path: path.write_bytes(ods("seen", 1, 1)), "KEEP-012"),
    "binary": (lambda path: path.write_bytes(xlsb()), "KEEP-012"),
    "gone": (lambda path: path.unlink(), ""),
    "with macros": (_with_macros, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_was_done_to_the_file_is_said_and_all_goes_on_once_it_is_put_right(
    plan: Path, name: str
) -> None:
    path, (act, code) = plan / NAME, BROKEN[name]
    whole = path.read_bytes()
    act(path)
    broken = path.read_bytes() if path.exists() else b""
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    result = _merge(plan)
    assert _values(plan, "1.1")["rating"] == "Green"
    codes = {problem.code for report in result.refused for problem in report.problems}
    if code:
        assert code in codes
        assert path.read_bytes() == broken
    else:
        assert not codes
        assert _cells(plan)["F4"] == "Green"
    path.write_bytes(whole)
    assert not _merge(plan).changes
    assert _cells(plan)["F4"] == "Green"
    assert run(["-C", str(plan), "--today", TODAY, "verify"]) == 0


def test_headings_that_are_gone_from_one_sheet_ask_for_no_action_and_can_be_put_back(
    tmp_path: Path,
) -> None:
    source = _source(tmp_path / NAME)
    book = openpyxl.load_workbook(source)
    second = book.create_sheet("Phase 2")
    for row in (HEADINGS, ("3.1", "Fit sensors", LETTINGS, "June 2027", "Begun", "Green"),
                ("3.2", "Rewire the hall", LETTINGS, "May 2027", None, "Red")):  # fmt: skip
        second.append(row)
    book.save(source)
    made = tmp_path / "plan"
    assert run(["--today", TODAY, "new", str(made), "--keep", "--from", str(source)]) in (0, 1)
    issue(made)

    def headings(row: tuple[str | None, ...], rating: str) -> None:
        book = openpyxl.load_workbook(made / NAME)
        for col, text in enumerate(row, 1):
            book["Phase 2"].cell(1, col).value = text
        book["Phase 2"]["F3"] = rating
        book.save(made / NAME)

    headings((None,) * 6, "Amber")
    give_back(made, LETTINGS, {("3.1", "rating"): "Amber"})
    result = _merge(made)
    assert not result.questions
    assert [(c.action, c.field) for c in result.changes] == [("3.1", "rating")]
    assert [p.code for report in result.returns for p in report.problems] == ["KEEP-035"]
    assert not result.kept
    headings(HEADINGS, "Amber")
    result = _merge(made)
    assert [(c.action, show(c.after)) for c in result.changes] == [("3.2", "Amber")]
    sheet = openpyxl.load_workbook(made / NAME)["Phase 2"]
    assert [sheet["F2"].value, sheet["F3"].value] == ["Amber", "Amber"]


def test_cells_that_are_merged_into_one_that_says_the_same_hold_what_they_held(plan: Path) -> None:
    _edit(plan, lambda sheet: sheet.merge_cells("F4:F6"))  # Amber, Red, Amber
    result = _merge(plan)
    assert not result.changes
    assert [p.where for report in result.returns for p in report.problems] == [
        f"{NAME}!Action Plan!F5"
    ]
    _edit(plan, lambda sheet: sheet.unmerge_cells("F4:F6"))
    assert not _merge(plan).changes
    cells = _cells(plan)
    assert [cells[f"F{row}"] for row in (4, 5, 6)] == ["Amber", "Red", "Amber"]


def test_bytes_of_an_earlier_version_are_written_anew(plan: Path) -> None:
    """As where the power went off between the record and the file."""
    before = (plan / NAME).read_bytes()
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green"})
    _merge(plan)
    written = (plan / NAME).read_bytes()
    (plan / NAME).write_bytes(before)
    assert not _merge(plan).changes
    assert (plan / NAME).read_bytes() == written


@pytest.mark.xdist_group("office")
def test_what_is_done_to_it_in_libreoffice_outlives_merges(office: Office, plan: Path) -> None:
    """Two rounds: sorted rows, a row more, a column of their own and another heading, colours and a
    note; each between merges that write into it."""
    path = plan / NAME
    office.edit(
        path,
        path,
        [
            Sort("Action Plan!A4:F6", 1, descending=True),  # 1.2, 1.1, 1.3
            InsertRows("Action Plan", 9),
            *(Write(f"Action Plan!{col}9", text) for col, text in zip(
                "ABCDF", ("2.3", "Paint the hall", LETTINGS, "June 2027", "Red"), strict=True)),
            Write("Action Plan!G2", "Budget code"),
            Write("Action Plan!G5", "Code 7"),
            Fill("Action Plan!B5", "#FFFF00"),
            Note("Action Plan!B6", "Ring them on Monday"),
        ],
    )  # fmt: skip
    give_back(plan, REPAIRS, {("1.1", "rating"): "Green", ("1.2", "progress"): "Ordered"})
    result = _merge(plan)
    assert not result.questions
    assert _values(plan, "2.3")["section"] == "Lettings"
    first = office.read(path)["Action Plan"]
    assert [first[f"A{row}"] for row in (4, 5, 6)] == ["1.2", "1.1", "1.3"]
    assert (first["F5"], first["E4"], first["G5"]) == ("Green", "Ordered", "Code 7")
    office.edit(
        path,
        path,
        [
            Write("Action Plan!E2", "Update for October"),
            Write("Action Plan!F4", "Amber"),  # of 1.2
            Move("Action Plan!G2:G5", "Action Plan!H2"),
        ],
    )
    give_back(plan, LETTINGS, {("2.2", "progress"): "Agreed"})
    result = _merge(plan)
    assert sorted((c.action, c.field, show(c.after)) for c in result.changes) == [
        ("1.2", "rating", "Amber"), ("2.2", "progress", "Agreed"),
    ]  # fmt: skip
    last = office.read(path)["Action Plan"]
    assert (last["F4"], last["E10"], last["H5"]) == ("Amber", "Agreed", "Code 7")
    sheet = openpyxl.load_workbook(path)["Action Plan"]
    assert sheet["B5"].fill.fgColor.rgb == "FFFFFF00"
    assert sheet["B6"].comment is not None
    assert run(["-C", str(plan), "--today", TODAY, "verify"]) == 0


PERCENT = "% complete"
Held = tuple[list[tuple[float, str]], list[float | str]]
FORMS: dict[
    str, Held
] = {  # what the cells of the column hold and how they show it; and what they hold at last
    "beside plain numbers": ([(25, "General"), (0.5, "0%"), (75, "General")], [60, 0.6, 60]),
    "above one": ([(0.25, "0%"), (0.5, "0%"), (1.1, "0%")], [0.6, 0.6, 0.6]),
    "with the sign as a word": ([(25, '0"%"'), (50, '0"%"'), (75, '0"%"')], [60, 60, 60]),
    "as shares": ([(0.25, "0%"), (0.5, "0%"), (0.75, "0%")], [0.6, 0.6, 0.6]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("heading", [PERCENT, "Uptake"])
def test_60_percent_of_a_lead_is_60_percent_in_the_cells_of_the_kept_workbook(
    tmp_path: Path, form: str, heading: str
) -> None:
    """However each of them shows a percentage; and nothing in it is an edit of anybody's then."""
    held, expected = FORMS[form]
    if (heading, form) == ("Uptake", "beside plain numbers"):
        expected = ["60%", 0.6, "60%"]  # 25 beside 50%: what people saw is kept as text
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("Ref", "Action", "Lead officer", "RAG", heading))
    for number, (value, shows) in enumerate(held, 1):
        sheet.append((f"1.{number}", f"Mend roof {number}", REPAIRS, "Green", value))
        sheet.cell(number + 1, 5).number_format = shows
    book.save(tmp_path / "p.xlsx")
    folder = tmp_path / "plan"
    run(["--today", TODAY, "new", str(folder), "--from", str(tmp_path / "p.xlsx"), "--keep"])
    with opened(folder) as plan:
        (item,) = (f for f in plan.recorded_definition.fields if f.heading == heading)
        shown = [show_in(item, row.values[item.id]) for row in plan.rows()]
    assert [text.rstrip("%") for text in shown] == (
        ["25", "50", "110"] if form == "above one" else ["25", "50", "75"]
    )
    text = (folder / "plan.toml").read_text("utf-8")
    at = text.index(f'heading = "{heading}"')
    owned = text[at:].replace('owner = "coordinator"', 'owner = "lead"', 1)
    (folder / "plan.toml").write_text(text[:at] + owned, "utf-8")
    issue(folder)
    template = openpyxl.load_workbook(folder / "outbox" / "2026-11" / f"{REPAIRS}.xlsx")
    rows = [list(row) for row in template["Update"].iter_rows()]
    col = next(c.column for row in rows for c in row if c.value == f"field:{item.id}") - 1
    for row in rows:
        if str(row[0].value).startswith("xr"):
            row[col].value, row[col].number_format = 0.6, "0%"
    template.save(folder / "inbox" / "r.xlsx")
    with opened(folder) as plan:
        result = plan.merge()
        assert result.questions == ()
        assert {show_in(item, row.values[item.id]).rstrip("%") for row in plan.rows()} == {"60"}
    sheet = openpyxl.load_workbook(folder / "p.xlsx").worksheets[0]
    assert [sheet.cell(row, 5).value for row in (2, 3, 4)] == expected
    assert [sheet.cell(row, 5).number_format for row in (2, 3, 4)] == [f for _, f in held]
    with opened(folder) as plan:
        assert plan.merge().changes == ()
