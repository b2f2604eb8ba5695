"""The sign-off of a template: written, found again wherever it went, and told apart from edits."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing
from tests.office import CSV, ODS, XLS, XLSX, Choose, Office, Type
from tests.outgoing import place
from xlplan.issued.banner import banner
from xlplan.issued.sheets import lists_sheet
from xlplan.issued.sign_off import SIGN_LABELS, sign_choices
from xlplan.issued.template import template_workbook
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import for_lead
from xlplan.plan.people import SignOff
from xlplan.plan.settings import IssueSettings
from xlplan.returned.as_issued import SIGN_OFF, kind_of_input
from xlplan.returned.boxes import read_sign_off
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.writing import write_workbook

WIDE = outgoing.plan()
NARROW = outgoing.plan(fields=(outgoing.FIELDS[0], outgoing.FIELDS[2], outgoing.FIELDS[11]))
FORM = outgoing.plan(issue=IssueSettings(layout="form"))
LAYOUTS = [WIDE, NARROW, FORM]
NAMED = ["wide", "narrow", "form"]


def template(definition: PlanDefinition) -> bytes:
    return write_workbook(
        template_workbook(
            definition, outgoing.DIRECTOR, outgoing.issued(), outgoing.rows(3), outgoing.KEY,
            outgoing.CREATED,
        )
    )  # fmt: skip


def signed(definition: PlanDefinition, edit: Callable[[Any], None] = lambda _: None,
           **entries: object) -> bytes:  # fmt: skip
    data = template(definition)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet: Any = book["Update"]
    for name, value in entries.items():
        sheet[place(data, name)].value = value
    edit(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(data: bytes, definition: PlanDefinition = WIDE) -> tuple[dict[str, str], list[str]]:
    said, remarks = read_sign_off(read_book(data, "r.xlsx"), definition)
    return said, [f"{remark.place}: {remark.text}" for remark in remarks]


@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_each_input_is_open_has_its_label_beside_it_and_a_message(
    definition: PlanDefinition,
) -> None:
    data = template(definition)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Update"]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    shown = {str(cell.value) for line in sheet.iter_rows() for cell in line}
    for name in SIGN_OFF:
        at = place(data, name)
        assert not sheet[at].protection.locked
        assert rules[at].prompt
        assert SIGN_LABELS[name] in shown
        assert sheet.row_dimensions[sheet[at].row - 1].hidden
    assert (rules[place(data, "no_change")].type, rules[place(data, "signed_on")].type) == (
        "list", "date",
    )  # fmt: skip


@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_nothing_entered_says_nothing(definition: PlanDefinition) -> None:
    assert read(template(definition), definition) == ({}, [])


@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_what_is_entered_is_read(definition: PlanDefinition) -> None:
    data = signed(
        definition, no_change="Yes", signed_by="  A  Director ", signed_on=datetime(2026, 11, 20)
    )
    assert read(data, definition) == (
        {"no_change": "yes", "signed_by": "A Director", "signed_on": "2026-11-20"}, [],
    )  # fmt: skip


def test_it_is_found_wherever_it_was_moved() -> None:
    def edit(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(3, 2)
        sheet.insert_rows(1, 4)
        sheet.title = "My update"

    data = signed(WIDE, edit, no_change="x", signed_on="20 November 2026")
    assert read(data) == ({"no_change": "yes", "signed_on": "2026-11-20"}, [])


@pytest.mark.parametrize("typed", ["no, see the note", "Only 3.1"])
def test_a_tick_that_is_no_yes_is_told_with_its_place(typed: str) -> None:
    data = signed(WIDE, no_change=typed)
    assert read(data) == ({}, [f"r.xlsx!Update!{place(data, 'no_change')}: {typed}"])


@pytest.mark.parametrize("typed", ["end of the month", "03/04/2026"])
def test_a_day_that_is_no_day_is_kept_as_typed(typed: str) -> None:
    assert read(signed(WIDE, signed_on=typed)) == ({"signed_on": typed}, [])


def test_a_day_given_by_a_formula_is_not_believed_and_is_told() -> None:
    data = signed(WIDE, signed_on="=TODAY()", signed_by="A Director")
    assert read(data) == (
        {"signed_by": "A Director"}, [f"r.xlsx!Update!{place(data, 'signed_on')}: =TODAY()"],
    )  # fmt: skip


def test_a_long_name_is_cut_and_told_whole_and_a_formula_is_not_believed() -> None:
    data = signed(WIDE, signed_by="x" * 1500, no_change='="Yes"')
    said, remarks = read(data)
    assert set(remarks) == {
        f"r.xlsx!Update!{place(data, 'signed_by')}: {'x' * 1500}",
        f'r.xlsx!Update!{place(data, "no_change")}: ="Yes"',
    }
    assert set(said) == {"signed_by"}
    assert len(said["signed_by"]) == 200


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS, CSV], ids=["xlsx", "xls", "ods", "csv"])
@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_a_person_signs_off_in_libreoffice(
    definition: PlanDefinition, kind: str, office: Office, tmp_path: Path
) -> None:
    data = template(definition)
    sent, back = tmp_path / "sent.xlsx", tmp_path / "back"
    sent.write_bytes(data)
    steps = [
        Choose(f"Update!{place(data, 'no_change')}", "Yes"),
        Type(f"Update!{place(data, 'signed_by')}", "A Director"),
        Type(f"Update!{place(data, 'signed_on')}", "20/11/2026"),
    ]
    office.edit(sent, tmp_path / "edited.xlsx", steps)
    office.resave(tmp_path / "edited.xlsx", back, filter=kind)
    found, remarks = read_sign_off(read_book(back.read_bytes(), "back"), definition)
    assert found == {
        "no_change": "yes", "signed_by": "A Director", "signed_on": date(2026, 11, 20).isoformat(),
    }  # fmt: skip
    assert remarks == []


def test_a_password_guards_both_sheets() -> None:
    definition = replace(WIDE, issue=IssueSettings(password="a secret", layout="table"))
    book = openpyxl.load_workbook(io.BytesIO(template(definition)))
    for name in ("Update", "Guidance"):
        guard: Any = book[name].protection
        given = guard.password
        assert guard.sheet
        assert given
        guard.set_password("a secret")
        assert guard.password == given
        guard.set_password("another")
        assert guard.password != given


# By role

ROLES = (SignOff("Head of Service", "A Director", 2), SignOff("Finance Partner: costs", order=1))


def by_role(definition: PlanDefinition) -> PlanDefinition:
    return replace(definition, sign_offs=ROLES)


@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_each_role_has_a_line_in_order(definition: PlanDefinition) -> None:
    data = template(by_role(definition))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Update"]
    shown = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value]
    first, second = "Finance Partner: costs", "Head of Service (A Director)"
    assert shown.index(first) < shown.index(second)
    assert shown.count(SIGN_LABELS["no_change"]) == 1
    rows = []
    for role in ("Finance Partner: costs", "Head of Service"):
        for kind, rule in (("signed_by", None), ("signed_on", "date")):
            at = place(data, f"{kind}:{role}")
            assert not sheet[at].protection.locked
            found = [r for r in sheet.data_validations.dataValidation if at in r.sqref]
            assert [r.type for r in found] == [rule]
            rows.append(sheet[at].row)
    assert rows == sorted(rows)
    assert SIGN_LABELS["signed_by"] not in shown


@pytest.mark.parametrize("definition", LAYOUTS, ids=NAMED)
def test_what_each_role_enters_is_read_and_is_no_remark(definition: PlanDefinition) -> None:
    entries: dict[str, Any] = {
        "signed_by:Head of Service": "A Director",
        "signed_on:Head of Service": datetime(2026, 11, 20),
        "signed_by:Finance Partner: costs": " B  Partner",
    }
    data = signed(by_role(definition), **entries)
    assert read(data, definition) == (
        {
            "signed_by:Head of Service": "A Director",
            "signed_on:Head of Service": "2026-11-20",
            "signed_by:Finance Partner: costs": "B Partner",
        },
        [],
    )


def test_a_mark_of_nothing_that_is_signed_is_no_input() -> None:
    assert kind_of_input("signed_by:Head") == "signed_by"
    assert kind_of_input("signed_at:Head") == ""


@pytest.mark.parametrize(("languages", "lines"), [(("en-GB",), 1), (("cy", "en"), 2)])
def test_whose_a_narrow_table_is_runs_on_where_two_languages_say_it(
    languages: tuple[str, ...], lines: int
) -> None:
    definition = for_lead(outgoing.plan(language=languages), outgoing.DIRECTOR)
    lists, look = lists_sheet(sign_choices(definition.tongue)), palette(definition)
    widths = [8.0, 51.0, 14.0, 12.0]
    made = banner(
        definition, outgoing.DIRECTOR, outgoing.issued(), look, lists, widths, message=False
    )
    (whose,) = (
        each for each in made.merges if each.cell.runs and "2026" in str(each.cell.runs[1:])
    )
    assert whose.cell.style is not None
    assert whose.cell.style.wrap is (lines > 1)
    assert lines * 12 < (made.rows[whose.area.first_row].height or 0) < (lines + 1) * 16
