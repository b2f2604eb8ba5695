"""The driver itself: a test that plays a lead must be able to trust it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from tests.office import (
    CSV,
    Choose,
    DeleteRows,
    DeleteSheet,
    Empty,
    Fill,
    Formula,
    InsertRows,
    Note,
    Office,
    OfficeError,
    RenameSheet,
    ShowSheet,
    Sort,
    Strike,
    Type,
    Unprotect,
    Write,
)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A locked workbook: A1 locked, and inputs for anything, a date, text and a choice below."""
    path = tmp_path / "locked.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Update")
    lists = book.add_worksheet("Lists")
    lists.write_column(0, 0, ["Red", "Amber", "Green"])
    lists.hide()
    sheet.write_string(0, 0, "As issued")
    for row, look in enumerate(["General", "dd mmm yyyy", "@", "General", "@"], start=1):
        sheet.write_blank(row, 0, None, book.add_format({"locked": False, "num_format": look}))
    choices = {"validate": "list", "source": "=Lists!$A$1:$A$3"}
    sheet.data_validation(4, 0, 4, 0, choices)
    sheet.write_column(0, 3, ["third", "first", "second"])
    sheet.protect()
    book.close()
    return path


def test_typing_in_a_locked_cell_changes_nothing(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    shown = office.edit(locked, out, [Type("A1", "mine"), Empty("Update!A1"), Type("C9", "new")])
    assert shown["Update"]["A1"] == "As issued"
    assert "C9" not in shown["Update"]
    assert load_workbook(out)["Update"]["A1"].value == "As issued"


def test_what_is_typed_is_understood_as_at_a_british_keyboard(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    edits = [Type("Update!A2", "=1+1"), Type("Update!A3", "28/02/2026"), Choose("A5", "Amber")]
    office.edit(locked, out, edits)
    sheet = load_workbook(out)["Update"]
    assert sheet["A2"].value == "=1+1"
    assert sheet["A3"].value.date() == date(2026, 2, 28)
    assert sheet["A5"].value == "Amber"


@pytest.mark.parametrize(
    "text", ["=1+1", "- done", "007", "5%", "28/02/2026", "one\ntwo\n\n- three"]
)
def test_a_text_input_keeps_what_was_typed(office: Office, locked: Path, text: str) -> None:
    out = locked.with_name("out.xlsx")
    assert office.edit(locked, out, [Type("Update!A4", text)])["Update"]["A4"] == text
    cell = load_workbook(out)["Update"]["A4"]
    assert cell.value == text
    assert cell.data_type == "s"


def test_an_input_is_emptied(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    office.edit(locked, out, [Type("A4", "soon gone"), Empty("A4")])
    assert "A4" not in office.read(out)["Update"]


def test_a_dropdown_offers_its_choices_and_no_others(office: Office, locked: Path) -> None:
    assert office.choices(locked, "Update!A5") == ["Red", "Amber", "Green"]
    with pytest.raises(OfficeError, match="Pink"):
        office.edit(locked, locked.with_name("out.xlsx"), [Choose("Update!A5", "Pink")])


def test_a_program_writes_through_protection(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    edits = [Write("A1", "=changed"), Write("B1", 7), Formula("B2", "=B1*2")]
    shown = office.edit(locked, out, edits)["Update"]
    assert (shown["A1"], shown["B1"], shown["B2"]) == ("=changed", "7", "14")
    assert load_workbook(out)["Update"]["A1"].data_type == "s"


def test_notes_fills_and_struck_text_are_saved(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    said = [Note("A1", "see me"), Fill("A1", "#FF0000"), Strike("A1")]
    for step in said:
        with pytest.raises(OfficeError, match="protected"):
            office.edit(locked, out, [step])
    office.edit(locked, out, [Unprotect("Update"), *said])
    cell = load_workbook(out)["Update"]["A1"]
    assert cell.comment is not None
    assert "see me" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFFF0000"
    assert cell.font.strike


def test_sheets_are_renamed_shown_and_deleted(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    office.edit(locked, out, [RenameSheet("Update", "Mine"), ShowSheet("Lists")])
    book = load_workbook(out)
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Mine", "visible"),
        ("Lists", "visible"),
    ]
    office.edit(out, out.with_name("less.xlsx"), [DeleteSheet("Lists")])
    assert list(office.read(out.with_name("less.xlsx"))) == ["Mine"]


def test_rows_move_only_on_an_unprotected_sheet(office: Office, locked: Path) -> None:
    out = locked.with_name("out.xlsx")
    with pytest.raises(OfficeError, match="protected"):
        office.edit(locked, out, [InsertRows("Update", 1)])
    steps = [Unprotect("Update"), Sort("Update!D1:D3", 0), InsertRows("Update", 1, 2)]
    shown = office.edit(locked, out, [*steps, DeleteRows("Update", 3)])["Update"]
    assert [shown.get(f"D{row}") for row in range(1, 6)] == [None, None, "second", "third", None]


def test_a_workbook_is_saved_as_csv_and_printed(office: Office, locked: Path) -> None:
    office.resave(locked, locked.with_suffix(".csv"), CSV)
    assert "As issued" in locked.with_suffix(".csv").read_text("utf-8")
    office.to_pdf(locked, locked.with_suffix(".pdf"))
    assert locked.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")


def test_a_stale_lock_file_stops_nothing(office: Office, locked: Path) -> None:
    locked.with_name(f".~lock.{locked.name}#").write_text("somebody, gone", "utf-8")
    assert office.read(locked)["Update"]["A1"] == "As issued"


def test_a_file_that_is_not_there_is_an_error_and_the_next_one_works(
    office: Office, locked: Path
) -> None:
    with pytest.raises(OfficeError):
        office.read(locked.with_name("nowhere.xlsx"))
    assert office.read(locked)["Lists"] == {"A1": "Red", "A2": "Amber", "A3": "Green"}


def test_every_cell_is_read_as_it_is_shown(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "shown.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Empty")
    sheet = book.add_worksheet('What is shown, "all" of it')
    written: list[tuple[str, str | float, str, str]] = [
        ("B3", 46081, "d mmmm yyyy", "28 February 2026"),
        ("C3", 46081.5, "dd/mm/yyyy hh:mm", "28/02/2026 12:00"),
        ("D3", 1234.5, "#,##0.00", "1,234.50"),
        ("B4", -7, '"No. "0;"minus" 0', "minus 7"),
        ("C4", 0.256, "0%", "26%"),
        ("D4", 3, ";;;", ""),
        ("B5", 2, "General", "2"),
        ("C5", '"so", they said\nand went', "@", '"so", they said\nand went'),
        ("D5", "  a b  ", "General", "  a b  "),
        ("AB40", "far, down", "General", "far, down"),
    ]
    for at, value, code, _ in written:
        sheet.write(at, value, book.add_format({"num_format": code}))
    sheet.write_boolean("B6", True)
    sheet.write_formula("C6", '="one"&", two"', None, "one, two")
    sheet.write_formula("D6", "=1/0", None, "#DIV/0!")
    book.close()
    shown = {at: text for at, _, _, text in written}
    shown |= {"B6": "TRUE", "C6": "one, two", "D6": "#DIV/0!"}
    found = office.read(path)
    assert list(found) == ["Empty", 'What is shown, "all" of it']
    assert found["Empty"] == {}
    assert found['What is shown, "all" of it'] == shown
