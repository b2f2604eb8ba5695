"""A master.xlsx that the coordinator has saved is changed in place: what they added stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import small
from xlplan.errors import Problem
from xlplan.plan.write import set_key

MINE = 12
"""A column to the right of the plan's own."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    return made


def saved(folder: Path, change: Callable[[Workbook], None]) -> bytes:
    """The coordinator opens master.xlsx, does something, saves it."""
    path = folder / "master.xlsx"
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path.read_bytes()


def plan_sheet(folder: Path) -> Worksheet:
    return openpyxl.load_workbook(folder / "master.xlsx")["Plan"]


def texts(folder: Path) -> list[list[object]]:
    """What the rows show from the ref on, without the hidden keys."""
    rows = plan_sheet(folder).iter_rows(min_row=4, values_only=True)
    return [list(row[1:]) for row in rows if any(row)]


def row_of(sheet: Worksheet, ref: str) -> int:
    return next(n for n in range(4, 40) if sheet.cell(n, 2).value == ref)


def merge(folder: Path) -> list[Problem]:
    with small.opened(folder) as plan:
        return [each for each in plan.merge().problems if each.code != "MRG-002"]


def own_things(book: Workbook) -> None:
    sheet = book["Plan"]
    sheet.cell(3, MINE, "Budget code")
    for row in range(4, 9):
        sheet.cell(row, MINE, f"B{sheet.cell(row, 2).value}")
    sheet["C5"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["C5"].comment = Comment("Ring them on Monday", "me")
    sheet.column_dimensions["D"].width = 44
    sheet.column_dimensions["F"].hidden = True
    book.create_sheet("My notes")["A1"] = "Agenda for Thursday"


def test_what_the_coordinator_added_stays_when_leads_return(folder: Path) -> None:
    saved(folder, own_things)
    assert small.do(folder, "merge") == 0
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red", ("1.2", "progress"): "All"})
    assert small.do(folder, "merge") == 0
    book = openpyxl.load_workbook(folder / "master.xlsx")
    sheet = book["Plan"]
    assert book["My notes"]["A1"].value == "Agenda for Thursday"
    assert [sheet.cell(row, MINE).value for row in range(3, 7)] == [
        "Budget code", "B1.1", "B1.2", "B1.3",
    ]  # fmt: skip
    assert sheet["C5"].fill.fgColor.rgb == "00FFFF00"
    assert sheet["C5"].comment is not None
    assert sheet.column_dimensions["D"].width == 44
    assert sheet.column_dimensions["F"].hidden
    assert [sheet.cell(5, column).value for column in (2, 6, 7)] == ["1.2", "All", "Red"]
    assert small.do(folder, "verify") == 0


def test_of_their_own_things_only_a_column_and_a_loose_line_are_spoken_of(folder: Path) -> None:
    def write(book: Workbook) -> None:
        own_things(book)
        book["Plan"]["B12"] = "Ask Learning for a date"

    saved(folder, write)
    with small.opened(folder) as plan:
        [report] = plan.merge().returns
    assert report.information == (
        "Plan!L3: column: Budget code. It is yours: it stays, and is not read. To take it into the "
        "plan, answer in set-up.xlsx.",
        "Plan!B12: below: Ask Learning for a date",
    )


def test_only_the_parts_that_changed_are_packed_anew(folder: Path) -> None:
    before = saved(folder, own_things)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    after = (folder / "master.xlsx").read_bytes()
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
    assert old.namelist() == new.namelist()
    changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    notes = next(n for n in old.namelist() if b"Ring them on Monday" in old.read(n))
    assert changed.isdisjoint({notes, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"})


def test_a_master_without_a_change_keeps_its_very_bytes(folder: Path) -> None:
    before = saved(folder, own_things)
    assert small.do(folder, "merge") == 0
    assert (folder / "master.xlsx").read_bytes() == before
    assert merge(folder) == []
    assert (folder / "master.xlsx").read_bytes() == before
    assert small.do(folder, "verify") == 0


def test_it_shows_what_a_new_one_would_show(tmp_path: Path) -> None:
    shown = []
    for name in ("touched", "plain"):
        folder = small.make(tmp_path / name)
        small.issue(folder)
        if name == "touched":
            saved(folder, lambda _: None)
        small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red", ("1.3", "due"): "May"})
        small.give_back(folder, small.LEARNING, {("2.1", "progress"): "Two\nlines"})
        small.do(folder, "merge")
        shown.append(texts(folder))
    assert shown[0] == shown[1]


def test_the_order_of_rows_and_columns_stays(folder: Path) -> None:
    def turn_round(book: Workbook) -> None:
        sheet = book["Plan"]
        rows = [[cell.value for cell in row[:9]] for row in sheet.iter_rows(4, 8)]
        for at, values in enumerate(reversed(rows), 4):
            for column, value in enumerate(values, 1):
                sheet.cell(at, column).value = value
        for row in (2, 3, *range(4, 9)):  # the columns of progress and of the rating change places
            one, other = sheet.cell(row, 6), sheet.cell(row, 7)
            one.value, other.value = other.value, one.value
        sheet["C3"] = "What we do"

    saved(folder, turn_round)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red", ("1.2", "progress"): "All"})
    assert small.do(folder, "merge") == 0
    sheet = plan_sheet(folder)
    assert [sheet.cell(row, 2).value for row in range(4, 9)] == ["2.2", "2.1", "1.3", "1.2", "1.1"]
    assert [sheet.cell(7, column).value for column in (3, 6, 7)] == [
        "Inspect every lift", "Red", "All",
    ]  # fmt: skip
    assert sheet["C3"].value == "What we do"
    small.edit_master(folder, {("1.1", "rating"): "Amber"})
    assert small.do(folder, "merge") == 0
    assert plan_sheet(folder)["F8"].value == "Amber"


def test_a_new_action_comes_below_its_neighbour_and_pushes_what_is_below(folder: Path) -> None:
    saved(folder, own_things)
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        state = plan.desk.state
        [middle] = [uid for uid in state.uids("action") if state.ref(uid) == "1.3"]
    # A row that the coordinator deleted is asked about, and meanwhile stands in the plan.
    saved(folder, lambda book: book["Plan"].delete_rows(6))
    small.do(folder, "merge")
    sheet = plan_sheet(folder)
    assert [sheet.cell(row, 2).value for row in range(4, 9)] == ["1.1", "1.2", "1.3", "2.1", "2.2"]
    assert middle in str(sheet["A6"].value)
    assert [sheet.cell(row, MINE).value for row in range(4, 9)] == [
        "B1.1", "B1.2", None, "B2.1", "B2.2",
    ]  # fmt: skip


def test_a_row_that_the_coordinator_adds_keeps_its_place_and_goes_with_its_undo(
    folder: Path,
) -> None:
    def add(book: Workbook) -> None:
        own_things(book)
        sheet = book["Plan"]
        sheet.insert_rows(6)
        for column, value in ((2, "1.2a"), (3, "Service the lifts"), (4, small.REPAIRS)):
            sheet.cell(6, column).value = value

    saved(folder, add)
    assert small.do(folder, "merge") == 0
    sheet = plan_sheet(folder)
    assert [sheet.cell(row, 2).value for row in (5, 6, 7)] == ["1.2", "1.2a", "1.3"]
    assert str(sheet["A6"].value).startswith("xr1.")
    with small.opened(folder) as plan:
        [own] = [each for each in plan.desk.state.exchange.returns if each.startswith("r-")][-1:]
        plan.undo(own)
    sheet = plan_sheet(folder)
    assert [sheet.cell(6, column).value for column in range(1, 10)] == [None] * 9
    assert [sheet.cell(row, 2).value for row in (5, 7)] == ["1.2", "1.3"]


def test_a_formula_in_the_plan_gives_way_and_one_beside_it_stays(folder: Path) -> None:
    def formulas(book: Workbook) -> None:
        book["Plan"]["F4"] = "=1+1"
        book["Plan"]["L4"] = '=COUNTIF(G4:G8,"Red")'

    saved(folder, formulas)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    small.do(folder, "merge")
    assert plan_sheet(folder)["F4"].value == "Drafted"
    assert plan_sheet(folder)["L4"].value == '=COUNTIF(G4:G8,"Red")'


def test_a_copy_of_the_sheet_is_the_coordinators_own(folder: Path) -> None:
    def copy_plan(book: Workbook) -> None:
        book.copy_worksheet(book["Plan"])

    saved(folder, copy_plan)
    small.do(folder, "merge")
    copy = openpyxl.load_workbook(folder / "master.xlsx")["Plan Copy"]
    assert copy["C5"].value == "Inspect every lift"
    assert copy["A5"].value is None
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    with small.opened(folder) as plan:
        assert [each.code for each in plan.merge().returns[0].problems] == []


def test_a_deleted_one_comes_back_with_what_was_added(folder: Path) -> None:
    saved(folder, own_things)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert small.do(folder, "merge") == 0
    path = folder / "master.xlsx"
    before = path.read_bytes()
    path.unlink()
    assert small.do(folder, "merge") == 0
    assert path.read_bytes() == before


def test_one_that_must_be_laid_out_anew_is_kept_beside_it_once(folder: Path) -> None:
    before = saved(folder, own_things)
    assert merge(folder) == []
    text = (folder / "plan.toml").read_text("utf-8")
    text = set_key(text, ("rating", 0, "colour"), "#123456")
    (folder / "plan.toml").write_text(text, "utf-8")
    [problem] = merge(folder)
    assert (problem.code, problem.level) == ("OUT-047", "warning")
    aside = folder / f"master_until_{small.TODAY}.xlsx"
    assert aside.name in problem.message
    assert aside.read_bytes() == before
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert merge(folder) == []
    assert sorted(folder.glob("master*")) == [folder / "master.xlsx", aside]
    small.edit_master(folder, {("1.1", "rating"): "Red"})
    assert merge(folder) == []


def test_another_name_of_a_lead_lays_nothing_out_anew(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    path = folder / "plan.toml"
    name = f'name = "{small.REPAIRS}"\n'
    path.write_text(path.read_text("utf-8").replace(name, f'{name}aliases = ["HoR"]\n', 1), "utf-8")
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert merge(folder) == []
    assert plan_sheet(folder)["G5"].value == "Red"
    assert plan_sheet(folder)["L5"].value == "B1.2"


def delete_keys(book: Workbook) -> None:
    book["Plan"].delete_cols(1)


def no_array(book: Workbook) -> None:
    from openpyxl.worksheet.formula import ArrayFormula

    book["Plan"]["F4"] = ArrayFormula("F4:F5", "=G4:G5")


@pytest.mark.parametrize(
    ("change", "words"),
    [(delete_keys, "row keys"), (no_array, "changed in place")],
)
def test_what_cannot_be_changed_in_place_is_laid_out_anew_and_kept(
    folder: Path, change: Callable[[Workbook], None], words: str
) -> None:
    before = saved(folder, change)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    [problem] = [each for each in merge(folder) if each.code == "OUT-047"]
    assert words in problem.message
    assert (folder / f"master_until_{small.TODAY}.xlsx").read_bytes() == before
    assert plan_sheet(folder)["G5"].value == "Red"


def test_where_the_copy_of_it_is_lost_the_file_itself_is_kept(folder: Path) -> None:
    before = saved(folder, own_things)
    assert merge(folder) == []
    original = folder / "returns" / sha256(before).hexdigest()
    kept = original.read_bytes()
    original.unlink()
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    [problem] = merge(folder)
    original.write_bytes(kept)
    assert "missing or damaged" in problem.message
    assert (folder / f"master_until_{small.TODAY}.xlsx").read_bytes() == before


def type_into(sheet: Worksheet, row: int, column: int, text: str) -> None:
    sheet.cell(row, column).value = text


def add_field(folder: Path, **keys: object) -> None:
    """The coordinator adds a column in plan.toml, as the first of the columns."""
    path = folder / "plan.toml"
    text = path.read_text("utf-8")
    lines = "".join(f"{name} = {value!r}\n" for name, value in keys.items()).replace("'", '"')
    path.write_text(text.replace("[[field]]\n", f"[[field]]\n{lines}\n[[field]]\n", 1), "utf-8")


def test_a_field_more_gets_its_column_in_place_to_the_right_of_all(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    words = ["Capital", "Revenue"]
    add_field(folder, id="money", heading="Paid from", type="choice", choices=words)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert merge(folder) == []
    assert not list(folder.glob("master_until_*"))
    book = openpyxl.load_workbook(folder / "master.xlsx")
    sheet, new = book["Plan"], MINE + 1
    assert (sheet.cell(2, new).value, sheet.cell(3, new).value) == ("field:money", "Paid from")
    assert sheet["L5"].value == "B1.2"
    assert sheet["G5"].value == "Red"
    assert sheet.cell(3, new).fill.fgColor.rgb == sheet["C3"].fill.fgColor.rgb
    assert sheet.auto_filter.ref == "B3:M8"
    [rule] = [r for r in sheet.data_validations.dataValidation if "M5" in r.sqref]
    place = rule.formula1.replace("$", "").partition("!")[2]
    assert [cell.value for (cell,) in book["Lists"][place]] == words
    # What is typed there is read, whoever saved the file meanwhile.
    saved(folder, lambda book: type_into(book["Plan"], 5, new, "Capital"))
    assert merge(folder) == []
    with small.opened(folder) as plan:
        [row] = plan.rows(["1.2"])
        assert row.values["money"] == "Capital"
    assert merge(folder) == []
    assert plan_sheet(folder).cell(5, new).value == "Capital"


def test_the_dropdowns_that_were_there_keep_their_lists_beside_a_new_one(folder: Path) -> None:
    add_field(folder, id="money", heading="Paid from", type="choice", choices=["Capital", "Grant"])
    saved(folder, own_things)
    assert merge(folder) == []
    saved(folder, own_things)  # saved again with the new column in it
    assert merge(folder) == []
    book = openpyxl.load_workbook(folder / "master.xlsx")
    rules = {
        str(r.sqref).partition(":")[0]: r for r in book["Plan"].data_validations.dataValidation
    }
    found = {}
    for cell in ("G4", "I4"):
        place = rules[cell].formula1.replace("$", "").partition("!")[2]
        found[cell] = [each.value for (each,) in book["Lists"][place]]
    assert found == {"G4": ["Green", "Amber", "Red"], "I4": ["withdrawn", "kept back"]}


def answer_own(folder: Path, heading: str, choice: str) -> None:
    """The coordinator answers on the sheet of set-up.xlsx that lists their own columns."""
    path = folder / "set-up.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Your columns"]
    heads = [cell.value for cell in sheet[4]]
    row = next(row for row in sheet.iter_rows(min_row=5) if heading in [c.value for c in row])
    row[heads.index("Take it in?")].value = choice
    book.save(path)


def values_of(folder: Path, name: str) -> list[object]:
    with small.opened(folder) as plan:
        return [row.values.get(name) for row in plan.rows()]


CODES = ["B1.1", "B1.2", "B1.3", "B2.1", "B2.2"]


def test_a_column_of_their_own_is_offered_and_read_once_it_is_wanted(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    assert values_of(folder, "budget_code") == [None] * 5
    answer_own(folder, "Budget code", "Yes")
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    [note] = merge(folder)
    assert (note.code, note.level) == ("MRG-068", "note")
    assert '"Budget code"' in note.message
    assert "5 values" in note.message
    assert values_of(folder, "budget_code") == CODES
    sheet = plan_sheet(folder)
    assert sheet.cell(2, MINE).value == "field:budget_code"
    assert [sheet.cell(row, MINE).value for row in range(3, 9)] == ["Budget code", *CODES]
    assert not list(folder.glob("master_until_*"))
    assert "Your columns" not in openpyxl.load_workbook(folder / "set-up.xlsx").sheetnames
    assert merge(folder) == []
    # No lead is sent it, and no board sees it, until they say so.
    with small.opened(folder) as plan:
        item = plan.desk.state.definition.find("budget_code")
        assert item is not None
        assert (item.type, item.private, item.owner) == ("text", True, "coordinator")
        assert [each.code for each in plan.verify()] == []
    saved(folder, lambda book: type_into(book["Plan"], 5, MINE, "C7"))
    assert merge(folder) == []
    assert values_of(folder, "budget_code") == ["B1.1", "C7", "B1.3", "B2.1", "B2.2"]


def test_the_answer_and_the_master_may_come_in_together(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    answer_own(folder, "Budget code", "Yes")
    saved(folder, lambda book: type_into(book["Plan"], 4, MINE, "C1"))
    assert [each.code for each in merge(folder)] == ["MRG-068"]
    assert values_of(folder, "budget_code") == ["C1", *CODES[1:]]
    assert [plan_sheet(folder).cell(row, MINE).value for row in range(4, 9)] == ["C1", *CODES[1:]]


def test_one_that_is_left_as_it_is_stays_theirs(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    answer_own(folder, "Budget code", "No")
    assert merge(folder) == []
    assert values_of(folder, "budget_code") == [None] * 5
    assert plan_sheet(folder).cell(2, MINE).value is None


def test_a_column_of_theirs_is_read_as_the_kind_that_they_choose(folder: Path) -> None:
    def costs(book: Workbook) -> None:
        type_into(book["Plan"], 3, MINE, "Cost")
        for row, cost in enumerate((1200, 50.5), 4):
            book["Plan"].cell(row, MINE).value = cost
        type_into(book["Plan"], 7, MINE, "not known")

    saved(folder, costs)
    assert merge(folder) == []
    answer_own(folder, "Cost", "Yes: money")
    merge(folder)
    assert values_of(folder, "cost")[:3] == [1200, 50.5, None]
    with small.opened(folder) as plan:
        [question] = plan.questions()
        assert (question.action, question.field, question.kind) == ("2.1", "cost", "invalid")
        assert question.candidates[0].text == "not known"


def test_a_field_by_hand_with_the_heading_of_their_column_takes_that_column(folder: Path) -> None:
    saved(folder, own_things)
    assert merge(folder) == []
    add_field(folder, id="code", heading="Budget code")
    assert small.do(folder, "issue", "--cycle", "2026-12") == 0
    assert [each.code for each in merge(folder)] == ["MRG-068"]
    assert values_of(folder, "code") == CODES
    assert [plan_sheet(folder).cell(row, MINE).value for row in range(4, 9)] == CODES
    with small.opened(folder) as plan:
        taken = [each for each in plan.log() if each.field == "code"]
        assert [each.place.cell for each in taken] == ["L4", "L5", "L6", "L7", "L8"]


LONG = "The pump house was surveyed twice, and both reports say the same of its roof. " * 6


def heights(folder: Path, *rows: int) -> list[float]:
    sheet = plan_sheet(folder)
    return [float(sheet.row_dimensions[row].height or 0) for row in rows]


def test_a_row_grows_with_its_text_unless_the_coordinator_fixed_its_height(folder: Path) -> None:
    def lower(book: Workbook) -> None:
        book["Plan"].row_dimensions[6].height = 48
        book["Plan"].column_dimensions["C"].hidden = True

    saved(folder, lower)
    before = heights(folder, 4, 5, 6)
    edits = {(ref, "progress"): LONG for ref in ("1.2", "1.3")}
    small.give_back(folder, small.REPAIRS, edits)
    small.do(folder, "merge")
    assert heights(folder, 4, 6) == [before[0], 48]
    grown = heights(folder, 5)[0]
    assert grown > 5 * 15  # so many lines, in a column that the plan made as wide as it did
    # Saved by a program that fixes every height, it is still no height of theirs.
    saved(folder, lambda _: None)
    small.do(folder, "merge")
    small.give_back(folder, small.REPAIRS, {("1.2", "progress"): "Done"}, file="later.xlsx",
                    saved_at="2026-11-13T10:00:00Z")  # fmt: skip
    small.do(folder, "merge")
    assert plan_sheet(folder)["F5"].value == "Done"
    assert heights(folder, 5, 6) == [before[1], 48]


def test_a_new_row_is_as_high_as_its_text_needs(folder: Path) -> None:
    saved(folder, lambda book: book["Plan"].delete_rows(6))  # which is asked about: the row stays
    small.give_back(folder, small.REPAIRS, {("1.3", "progress"): LONG})
    small.do(folder, "merge")
    assert plan_sheet(folder)["F6"].value == LONG.strip()
    assert heights(folder, 6)[0] > 5 * 15


def test_what_is_to_be_known_of_a_change_in_place_is_said_once_and_stays_listed(
    folder: Path,
) -> None:
    def formula(book: Workbook) -> None:
        own_things(book)
        type_into(book["Plan"], 10, MINE, '=COUNTIF(G4:G8,"Red")')

    saved(folder, formula)
    small.give_back(folder, small.REPAIRS, {("1.2", "rating"): "Red"})
    assert [each.code for each in merge(folder)] == ["EDIT-018"]
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Green"})
    assert merge(folder) == []
    listed = openpyxl.load_workbook(folder / "decisions.xlsx")["Remarks"]
    texts_ = [str(row[6]) for row in listed.iter_rows(min_row=5, values_only=True)]
    assert sum("[EDIT-018]" in text for text in texts_) == 1
    with small.opened(folder) as plan:
        assert [each.code for each in plan.verify()] == []
    # Saved again it is another file, of which the same is to be known.
    saved(folder, lambda book: type_into(book["Plan"], 5, MINE, "C7"))
    small.give_back(folder, small.LEARNING, {("2.2", "rating"): "Red"}, file="more.xlsx",
                    saved_at="2026-11-13T10:00:00Z")  # fmt: skip
    assert [each.code for each in merge(folder)] == ["EDIT-018"]


def test_a_saved_master_without_the_sheet_of_open_questions_gets_it_while_there_are_any(
    folder: Path,
) -> None:
    before = saved(folder, own_things)
    assert "Open questions" not in openpyxl.load_workbook(io.BytesIO(before)).sheetnames
    small.give_back(folder, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red", ("1.2", "due"): "31/02/2027"})
    merge(folder)
    book = openpyxl.load_workbook(folder / "master.xlsx")
    assert book.sheetnames[-1] == "Open questions"
    listed = list(book["Open questions"].iter_rows(values_only=True))
    assert listed[0] == ("Ref", "Field", "What is asked")
    assert [row[:2] for row in listed[1:-1]] == [("1.2", "Timescale"), ("1.3", "RAG")]
    assert book["Open questions"]["A2"].hyperlink.location == "'Plan'!E5"
    assert book["My notes"]["A1"].value == "Agenda for Thursday"
    # Saved with it, it says what is open then.
    saved(folder, lambda _: None)
    small.answer(folder, {("1.3", "rating"): "Keep current"})
    merge(folder)
    listed = list(openpyxl.load_workbook(folder / "master.xlsx")["Open questions"].values)
    assert [row[0] for row in listed if row[0]][1:-1] == ["1.2"]
