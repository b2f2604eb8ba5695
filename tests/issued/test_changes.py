"""The mark beside each action, and "Your changes", as a real LibreOffice works them out."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing
from tests.office import Choose, Empty, Office, Shown, Sort, Step, Type, Unprotect
from xlplan.issued.changes import DONE, MOST, NOT_YET, PRINTED
from xlplan.issued.template import template_workbook
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.required import Condition
from xlplan.plan.settings import IssueSettings
from xlplan.returned.as_issued import CONFIRMED, ID_PREFIX, LOOKED
from xlplan.returned.furniture import AS_ISSUED, CHANGES, UPDATE, WARNING
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.filling import places_in
from xlplan.workbook.write.writing import write_workbook

ROWS = [
    replace(row, values={**row.values, "cause": "A storm" if row.ref != "3.4" else None})
    for row in outgoing.rows(4)
]
CAUSE = Field("cause", "Cause", owner="lead", required_if=(Condition("rating", ("A", "R")),))
TABLE, FORM = (
    outgoing.plan(
        fields=(*outgoing.FIELDS, CAUSE),
        issue=IssueSettings(layout=layout, confirm=True, status=True, changes=True),
    )
    for layout in ("table", "form")
)
BOTH = pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])


def template(definition: PlanDefinition, rows: list[MasterRow] = ROWS) -> bytes:
    sent = outgoing.issued(uids=tuple(row.uid for row in rows))
    book = template_workbook(definition, outgoing.DIRECTOR, sent, rows, outgoing.KEY,
                             outgoing.CREATED)  # fmt: skip
    return write_workbook(book)


def cells(data: bytes) -> Mapping[tuple[str, str], str]:
    """``"Update!F12"`` by the ref of an action and the id of a column."""
    refs = {row.uid: row.ref for row in outgoing.rows(40)}
    return {(refs[uid], name): f"{sheet}!{cell}"
            for (uid, name), (sheet, cell) in places_in(data, ID_PREFIX).items()}  # fmt: skip


def lines(shown: Shown) -> list[tuple[str, ...]]:
    """The lines of "Your changes" that are not blank."""
    sheet = shown[CHANGES]
    found = [tuple(sheet.get(f"{col}{row}", "") for col in "BCDE") for row in range(5, 120)]
    return [line for line in found if any(line)]


@BOTH
def test_each_action_is_marked_and_each_change_is_listed(
    definition: PlanDefinition, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(data := template(definition))
    at = cells(data)
    steps: list[Step] = [
        Type(at["3.1", "revised"], "30 April 2027"),
        Type(at["3.1", "percent"], "50%"),
        Choose(at["3.1", "rating"], "Amber"),
        Choose(at["3.2", CONFIRMED], "Yes"),
        Empty(at["3.3", "due"]),
        Choose(at["3.4", "rating"], "Red"),  # which asks for the cause
    ]
    if definition is TABLE:
        first, last = (at[ref, "ref"].removeprefix("Update!B") for ref in ("3.1", "3.4"))
        area = f"Update!A{first}:{at['3.4', CONFIRMED].removeprefix('Update!')}"
        assert int(last) == int(first) + 3
        steps += [Unprotect(UPDATE), Sort(area, 1, descending=True)]
    shown = office.edit(path, tmp_path / "back.xlsx", steps)
    marks = {ref: shown[UPDATE][at[ref, LOOKED].removeprefix("Update!")] for ref in REFS}
    if definition is TABLE:
        marks = dict(zip(REFS, reversed(marks.values()), strict=True))
    assert marks == {"3.1": DONE, "3.2": DONE, "3.3": WARNING, "3.4": WARNING}
    assert lines(shown) == [
        ("3.1", "Revised date", "31 March 2027", "30 April 2027"),
        ("3.1", "% complete", "25%", "50%"),
        ("3.1", "Rating", "Green", "Amber"),
        ("3.3", "Timescale", "June 2027", "(blank)"),
        ("3.4", "Rating", "Blue", "Red"),
    ]
    assert shown[CHANGES]["B3"] == (
        "5 cells changed. Each line leads to its cell.   Reviewed, no change: 1."
    )
    sent = outgoing.issued(uids=tuple(row.uid for row in ROWS))
    known = outgoing.Known({sent.id: sent}, ROWS, definition)
    book = read_book((tmp_path / "back.xlsx").read_bytes(), "back.xlsx")
    reading = read_return(book, "0" * 64, known)
    assert [each for each in reading.remarks if each.place.sheet == UPDATE] == []
    assert reading.problems == ()
    assert reading.confirmed == (ROWS[1].uid,)


REFS = ("3.1", "3.2", "3.3", "3.4")


@BOTH
def test_before_anything_is_done_the_marks_say_so_in_any_program(
    definition: PlanDefinition,
) -> None:
    rows = [ROWS[0], replace(ROWS[1], values={**ROWS[1].values, "rating": None}),
            replace(ROWS[2], values={**ROWS[2].values, "stage": "Perhaps"}), ROWS[3]]  # fmt: skip
    data = template(definition, rows)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    at = cells(data)
    shown = [book[UPDATE][at[ref, LOOKED].removeprefix("Update!")].value for ref in REFS]
    assert shown == [NOT_YET, WARNING, WARNING, NOT_YET]
    assert book[CHANGES]["B3"].value.startswith("You have changed nothing yet.")
    assert book[AS_ISSUED].sheet_state == "hidden"


def test_what_is_more_than_the_sheet_has_lines_for_is_counted(
    office: Office, tmp_path: Path
) -> None:
    rows = outgoing.rows(21)
    data = template(TABLE, rows)
    at = cells(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet: Any = book[UPDATE]
    for row in rows:
        for name in ("due", "stage", "progress:entry", "evidence", "percent"):
            cell = sheet[at[row.ref, name].removeprefix("Update!")]
            cell.value = 0.75 if name == "percent" else f"{name} anew"
    book.save(tmp_path / "filled.xlsx")
    shown = office.read(tmp_path / "filled.xlsx")
    found = lines(shown)
    assert len(found) == MOST + 1
    assert found[-1][0] == "and 5 more"
    assert shown[CHANGES]["B3"].startswith("105 cells changed.")


def test_only_what_a_plan_asks_for_is_there() -> None:
    def sheets(confirm: bool = False, status: bool = False, changes: bool = False) -> list[str]:
        asked = IssueSettings(layout="table", confirm=confirm, status=status, changes=changes)
        data = template(outgoing.plan(issue=asked))
        return openpyxl.load_workbook(io.BytesIO(data)).sheetnames

    plain = ["Update", "Guidance", "Lists", "xlplan"]
    assert sheets() == plain
    assert sheets(confirm=True) == plain
    assert sheets(status=True) == ["Update", "Guidance", "Lists", AS_ISSUED, "xlplan"]
    assert sheets(changes=True) == ["Update", CHANGES, "Guidance", "Lists", AS_ISSUED, "xlplan"]


@pytest.mark.parametrize("layout", ["table", "form"])
def test_a_plain_template_has_no_formula_but_its_message(layout: str) -> None:
    settings = IssueSettings(layout=layout)  # type: ignore[arg-type]  # one of these
    book = openpyxl.load_workbook(io.BytesIO(template(outgoing.plan(issue=settings))))
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row
                if cell.data_type == "f"]  # fmt: skip
    assert len(formulas) == 1
    assert WARNING in str(formulas[0])


def test_a_lead_without_an_action_gets_no_sheet_of_changes() -> None:
    data = template(TABLE, [])
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == [
        "Update", "Guidance", "Lists", "xlplan",
    ]  # fmt: skip


def guidance(definition: PlanDefinition) -> str:
    book = openpyxl.load_workbook(io.BytesIO(template(definition)))
    rows = book["Guidance"].iter_rows(values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def test_the_guidance_explains_what_a_plan_asks_for_and_nothing_else() -> None:
    asked, plain = guidance(TABLE), guidance(outgoing.plan())
    for text in (DONE, WARNING, "Not looked at", CHANGES, "Reviewed, no change", "State"):
        assert text in asked
    for text in (DONE, "Not looked at", CHANGES, "Reviewed, no change", 'State"'):
        assert text not in plain


def test_the_list_is_printed_on_one_page_however_many_lines_there_are() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template(TABLE, outgoing.rows(40))))[CHANGES]
    fit = sheet.sheet_properties.pageSetUpPr
    assert fit is not None
    assert fit.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    last = sheet[str(sheet.print_area).rpartition(":")[2].replace("$", "")].row
    heights = [sheet.row_dimensions[row].height for row in range(1, last + 1)]
    printed = sum("HYPERLINK" in str(sheet.cell(row, 2).value) for row in range(1, last + 1))
    assert printed == PRINTED
    room = 842 - 72 * (sheet.page_margins.top + sheet.page_margins.bottom)
    assert 10 * room / sum(heights) >= 8.4, "type of ten points is still read on paper"
    assert sheet.max_row - last == MOST - PRINTED + 1, "the others, and how many more there are"
