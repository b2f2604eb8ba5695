"""The template: what a lead is given, and what is not in it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.workbook.workbook import Workbook as Opened
from openpyxl.worksheet.worksheet import Worksheet

from tests.office import Office
from tests.outgoing import (
    CREATED,
    DIRECTOR,
    FIELDS,
    KEY,
    LONG,
    OTHER,
    Known,
    issued,
    plan,
    row,
    rows,
)
from xlplan.issued.template import template_workbook
from xlplan.merge.model import MasterRow
from xlplan.merge.reading import Reading
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.plan.values import canon
from xlplan.returned.as_issued import SIGN_OFF, locked_text, template_columns
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.book import a1
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.stamp import check_row_key, parse_row_key, read_manifest
from xlplan.workbook.write.cell_text import TALLEST, cell_height
from xlplan.workbook.write.writing import write_workbook


def written(definition: PlanDefinition, given: list[MasterRow]) -> bytes:
    book = template_workbook(definition, DIRECTOR, issued(), given, KEY, CREATED)
    return write_workbook(book)


def opened(definition: PlanDefinition, given: list[MasterRow]) -> Opened:
    return openpyxl.load_workbook(io.BytesIO(written(definition, given)))


def sheet(wb: Opened, name: str = "Update") -> Worksheet:
    found = wb[name]
    assert isinstance(found, Worksheet)
    return found


def ids_row(ws: Worksheet) -> int:
    """The number of the hidden row with the ids of the columns."""
    return next(int(c.row or 0) for line in ws.iter_rows() for c in line if c.value == "field:ref")


def first_row(ws: Worksheet) -> int:
    """The number of the first row of actions."""
    return ids_row(ws) + 2


def at(ws: Worksheet, column: str, number: int = 0) -> str:
    """The cell of a column, by its id, in a row of actions."""
    ids = [cell.value for cell in ws[ids_row(ws)]]
    return a1(first_row(ws) - 1 + number, ids.index(f"field:{column}"))


def test_the_sheets_are_update_guidance_lists_and_stamp() -> None:
    wb = opened(plan(), rows(2))
    assert [(name, wb[name].sheet_state) for name in wb.sheetnames] == [
        ("Update", "visible"), ("Guidance", "visible"), ("Lists", "hidden"),
        ("xlplan", "veryHidden"),
    ]  # fmt: skip


def test_headings_are_exactly_the_definitions_with_their_ids_hidden_above() -> None:
    ws = sheet(opened(plan(), rows(1)))
    columns = template_columns(plan())
    ids, heading = ids_row(ws), ids_row(ws) + 1
    assert [c.value for c in ws[ids]][1:] == [f"field:{c.id}" for c in columns]
    assert [c.value for c in ws[heading]][1:] == [c.heading for c in columns]
    assert ws.row_dimensions[ids].hidden
    assert ws.column_dimensions["A"].hidden
    assert ws.freeze_panes == f"E{heading + 1}", "the ref, the section and the action stay in view"
    assert ws.auto_filter.ref == f"B{heading}:{at(ws, 'evidence')}"
    assert ws.print_title_rows == f"${heading}:${heading}"


def test_each_row_carries_a_key_that_signs_its_locked_text() -> None:
    definition, given = plan(), rows(3)
    ws = sheet(opened(definition, given))
    columns = template_columns(definition)
    for number, wanted in enumerate(given):
        found = parse_row_key(ws.cell(first_row(ws) + number, 1).value)
        assert found is not None
        assert (found.issued, found.uid) == (issued().id, wanted.uid)
        assert check_row_key(KEY, found, locked_text(columns, wanted.values))
        tampered = dict(wanted.values) | {"action": "Something else"}
        assert not check_row_key(KEY, found, locked_text(columns, tampered))
        assert ws.cell(first_row(ws) + number, 2).value == wanted.ref


def test_the_stamp_is_in_a_cell_a_property_and_the_subject() -> None:
    definition = plan(id="a-plan-with-a-name-of-some-length")
    data = written(definition, rows(2))
    wb = openpyxl.load_workbook(io.BytesIO(data))
    texts = [str(c.value) for line in sheet(wb, "xlplan").iter_rows() for c in line]
    [found] = [f for text in texts if (f := read_manifest(KEY, text)) is not None]
    assert found.genuine
    assert found.payload == {
        "plan": definition.id, "issued": issued().id, "document": "template",
        "lead": DIRECTOR.name, "cycle": "2026-11", "rows": 2,
        "columns": [c.id for c in template_columns(definition)],
    }  # fmt: skip
    assert wb.properties.subject == issued().id
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        custom = parts.read("docProps/custom.xml").decode()
    [text] = re.findall(r"<vt:lpwstr>(.*?)</vt:lpwstr>", custom)
    assert len(text) <= 255
    short = read_manifest(KEY, text)
    assert short is not None
    assert short.genuine
    assert short.payload["issued"] == issued().id


def test_a_cell_shows_exactly_the_template_reference() -> None:
    ws = sheet(opened(plan(), rows(1)))
    values = [c.value for line in ws.iter_rows(max_row=3) for c in line]
    assert values.count(issued().id) == 1


def test_only_the_inputs_are_unlocked_and_the_sheet_is_guarded() -> None:
    ws = sheet(opened(plan(), rows(2)))
    inputs = {"due", "revised", "percent", "rating", "stage", "progress:entry", "evidence"}
    for column in template_columns(plan()):
        cell = ws[at(ws, column.id)]
        assert cell.protection.locked == (column.id not in inputs), column.id
    assert ws[f"A{first_row(ws)}"].protection.locked
    assert ws.protection.sheet
    assert not ws.protection.password
    assert not ws.protection.autoFilter
    assert not ws.protection.formatColumns


def test_values_are_shown_as_people_read_them() -> None:
    ws = sheet(opened(plan(), rows(2)))
    assert ws[at(ws, "due")].value == "June 2027"
    assert ws[at(ws, "due")].number_format == "@"
    assert ws[at(ws, "revised")].value == datetime(2027, 3, 31)
    assert ws[at(ws, "revised")].number_format == "d mmmm yyyy"
    assert ws[at(ws, "percent")].value == 0.25
    assert ws[at(ws, "percent")].number_format == "0%"
    assert ws[at(ws, "lead", 1)].value == f"{DIRECTOR.name}\n{OTHER.name}"
    assert ws[at(ws, "progress:entry")].value is None
    assert ws[at(ws, "progress:entry")].number_format == "@"


def test_every_input_has_its_rule_and_its_message() -> None:
    ws = sheet(opened(plan(), rows(3)))
    rules = {str(v.sqref).split(":")[0]: v for v in ws.data_validations.dataValidation}
    kinds = {
        column.id: rules[at(ws, column.id)] for column in template_columns(plan()) if column.input
    }
    assert {name: rule.type for name, rule in kinds.items()} == {
        "due": None, "revised": "date", "percent": "decimal", "rating": "list", "stage": "list",
        "progress:entry": None, "evidence": None,
    }  # fmt: skip
    assert len(rules) == len(kinds) + len(SIGN_OFF), "and one for each input of the sign-off"
    for rule in kinds.values():
        assert rule.prompt
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32
    assert "Rate where the action stands today." in kinds["rating"].prompt
    assert (kinds["percent"].formula1, kinds["percent"].formula2) == ("0.0", "1.0")


def choices(wb: Opened, source: str) -> list[object]:
    name, cells = source.lstrip("=").split("!")
    return [line[0].value for line in sheet(wb, name)[cells.replace("$", "")]]


def test_dropdowns_take_their_choices_from_ranges() -> None:
    wb = opened(plan(), rows(1))
    ws = sheet(wb)
    sources = {
        str(v.sqref): str(v.formula1)
        for v in ws.data_validations.dataValidation
        if v.type == "list"
    }
    assert choices(wb, sources[at(ws, "rating")]) == ["Blue", "Green", "Amber", "Red"]
    assert choices(wb, sources[at(ws, "stage")]) == ["Not started", "Under way", 'Do "X"']


def test_colours_follow_the_choice_and_a_wrong_entry_is_flagged() -> None:
    wb = opened(plan(), rows(3))
    ws = sheet(wb)
    first = at(ws, "rating")
    formulas: list[str] = []
    for each in ws.conditional_formatting:
        if str(each.sqref).startswith(f"{first}:"):
            formulas = [rule.formula[0] for rule in sorted(each.rules, key=lambda r: r.priority)]
    cell = f"${first}"
    assert formulas[1:5] == [
        f'OR({cell}="{code}",{cell}="{label}")'
        for code, label in (("B", "Blue"), ("G", "Green"), ("A", "Amber"), ("R", "Red"))
    ]
    accepted = re.search(r"xlplan_list_\d+", formulas[0])
    assert accepted is not None
    assert "At risk" in choices(wb, str(wb.defined_names[accepted[0]].attr_text))
    assert formulas[5] == f"LEN(TRIM({cell}))=0"


def test_blank_rows_for_proposals_are_signed_and_open() -> None:
    definition = plan(issue=IssueSettings(proposal_rows=2, layout="table"))
    ws = sheet(opened(definition, rows(3)))
    columns = template_columns(definition)
    for number in (1, 2):
        line = ws[first_row(ws) + 2 + number]
        found = parse_row_key(line[0].value)
        assert found is not None
        assert found.uid == f"new-{number}"
        assert check_row_key(KEY, found, locked_text(columns, {}))
        assert [c.value for c in line[1:]] == [None] * len(columns)
        assert line[0].protection.locked
        assert not any(c.protection.locked for c in line[1:])


def test_a_template_holds_nothing_of_another_lead() -> None:
    canary = "CANARY-7f3a"
    third = replace(OTHER, name=f"{canary} officer", aliases=(canary,), email=f"{canary}@x.org")
    definition = plan(leads=(DIRECTOR, third))
    with zipfile.ZipFile(io.BytesIO(written(definition, rows(5)))) as parts:
        for name in parts.namelist():
            assert canary.encode() not in parts.read(name), name


@pytest.mark.parametrize("text", ["=1+1", "- done", "+1", "@x", "external:a", "mailto:a@b.c"])
def test_hostile_text_stays_text_in_every_column(text: str) -> None:
    hostile = {f.id: text for f in FIELDS if f.type in ("text", "narrative")}
    changed = row(1, **hostile, lead=(text,))
    definition = plan(title=text, organisation=text, marking=text)
    wb = opened(definition, [changed])
    for name in wb.sheetnames:
        for line in sheet(wb, name).iter_rows():
            for cell in line:
                if cell.data_type == "f":  # the message of what is still to be filled in
                    assert str(cell.value).startswith("=IF(SUMPRODUCT("), cell.coordinate
                    assert text not in re.sub(r"SUMPRODUCT\(.*?=0\)\)", "", str(cell.value)[1:])
                assert cell.hyperlink is None
    ws = sheet(wb)
    assert ws[at(ws, "action")].value == text
    assert ws[at(ws, "evidence")].value == text


def test_the_same_issue_gives_the_same_bytes() -> None:
    assert written(plan(), rows(4)) == written(plan(), rows(4))


@pytest.mark.parametrize("count", [0, 1, 25, 300])
def test_any_number_of_rows_is_one_page_wide_and_high_enough(count: int) -> None:
    given = [row(n, progress=LONG * (n % 9)) for n in range(1, count + 1)]
    book = template_workbook(plan(), DIRECTOR, issued(), given, KEY, CREATED)
    update = book.sheets[0]
    top = next(
        number
        for number, line in enumerate(update.rows)
        if any(cell is not None and cell.value == "field:ref" for cell in line.cells)
    )
    assert len(update.rows) == top + 2 + count
    assert update.page.fit_width == 1
    widths = [column.width for column in update.columns]
    for line in update.rows[top + 2 :]:
        for cell, width in list(zip(line.cells, widths, strict=True))[1:]:
            assert cell is not None
            assert min(cell_height(cell, width), TALLEST) <= line.height
    write_workbook(book)


def test_a_plan_of_many_columns_stays_readable() -> None:
    more = tuple(replace(FIELDS[2], id=f"more{n}", heading=f"More of it {n}") for n in range(10))
    definition = plan(fields=(*FIELDS, *more))
    update = template_workbook(definition, DIRECTOR, issued(), rows(3), KEY, CREATED).sheets[0]
    assert len(update.columns) == 1 + len(template_columns(definition))
    assert all(column.width >= 7 for column in update.columns)


def test_a_width_in_the_definition_is_kept() -> None:
    fields = tuple(replace(f, width=33) if f.id == "outcome" else f for f in FIELDS)
    definition = plan(fields=fields)
    update = template_workbook(definition, DIRECTOR, issued(), rows(3), KEY, CREATED).sheets[0]
    place = [column.id for column in template_columns(definition)].index("outcome")
    assert update.columns[place + 1].width == 33


def test_a_lead_is_told_by_when_and_whom_to_ask() -> None:
    wb = opened(plan(), rows(1))
    top = " ".join(str(c.value) for line in sheet(wb).iter_rows(max_row=3) for c in line)
    whose = (DIRECTOR.name, "Friday 27 November 2026", issued().id)
    for wanted in ("Corporate improvement plan", *whose):
        assert wanted in top
    told = " ".join(str(c.value) for line in sheet(wb, "Guidance").iter_rows() for c in line)
    for wanted in ("Friday 27 November 2026", "plan@example.org", "Major slippage"):
        assert wanted in told
    assert sheet(wb).sheet_view.selection[-1].activeCell == at(sheet(wb), "due")


ODD = (
    "=1+1", "- done", "@x", "a\nb\n\nc", "_x0041_", "<r>x</r>", "<r>_x0041_</r>", "  lead", "7",
    "007", "TRUE", "28/02/2027", "1e5", "#N/A", "N/A", "x" * 3000, "😀 é", "“q”", "tab\tin",
)  # fmt: skip


def read_back(data: bytes, definition: PlanDefinition, given: list[MasterRow]) -> Reading:
    sent = replace(issued(), uids=tuple(each.uid for each in given))
    known = Known({sent.id: sent}, given, definition)
    return read_return(read_book(data, "back.xlsx"), "0" * 64, known)


def odd_rows(definition: PlanDefinition) -> list[MasterRow]:
    """Rows with odd text in every column of text, as the ledger would have them: canonical."""
    found = []
    for number, text in enumerate(ODD, 1):
        made = row(number, **{f.id: text for f in FIELDS[2:] if f.type in ("text", "narrative")})
        values = {
            name: canon(item, value, definition)
            for name, value in made.values.items()
            if (item := definition.find(name))
        }
        found.append(replace(made, values=values))
    return found


def differences(data: bytes, definition: PlanDefinition, given: list[MasterRow]) -> list[object]:
    reading = read_back(data, definition, given)
    assert reading.trust == "signed"
    assert [each.trust for each in reading.rows] == ["signed"] * len(given)
    return [
        (each.ref, column.id, each.cells[column.id])
        for each, sent in zip(reading.rows, given, strict=True)
        for column in template_columns(definition)
        if canon(column.item, each.cells[column.id].value, definition) != sent.values.get(column.id)
    ]


def test_an_unedited_template_reads_back_as_it_was_issued() -> None:
    given = odd_rows(plan())
    assert differences(written(plan(), given), plan(), given) == []


def test_an_unedited_template_saved_by_libreoffice_reads_back_the_same(
    office: Office, tmp_path: Path
) -> None:
    given = odd_rows(plan())
    path, again = tmp_path / "sent.xlsx", tmp_path / "again.xlsx"
    path.write_bytes(written(plan(), given))
    office.resave(path, again)
    assert differences(again.read_bytes(), plan(), given) == []


def test_libreoffice_offers_the_ratings_of_the_plan(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(written(plan(), rows(1)))
    place = at(sheet(opened(plan(), rows(1))), "rating")
    assert office.choices(path, f"Update!{place}") == ["Blue", "Green", "Amber", "Red"]


def test_a_field_whose_id_is_a_name_of_ours_keeps_its_own_choices() -> None:
    field = Field("tick", "Tick", "choice", owner="lead", choices=("Done", "Begun"))
    definition = replace(plan(), fields=(*plan().fields, field))
    wb = opened(definition, rows(1))
    lists = {
        tuple(str(cell.value) for cell in column if cell.value is not None)
        for column in wb["Lists"].iter_cols()
    }
    assert {("tick", "Done", "Begun"), ("tick", "Yes")} <= lists
    ws = sheet(wb)
    cell = at(ws, "tick")
    (rule,) = [v for v in ws.data_validations.dataValidation if cell in v.sqref]
    place = str(rule.formula1).rpartition("!")[2].replace("$", "")
    assert [c.value for (c,) in wb["Lists"][place]] == ["Done", "Begun"]


def test_money_wears_its_currency_and_yes_or_no_is_chosen() -> None:
    fields = (
        Field("cost", "Cost", "money", owner="lead", currency="£"),
        Field("funded", "Finanziert?", "boolean", owner="lead", choices=("Ja", "Nein")),
        Field("agreed", "Agreed?", "boolean", owner="lead"),
    )
    definition = replace(plan(), fields=(*plan().fields, *fields))
    wb = opened(definition, [row(1, cost=1500, funded="Ja"), row(2, cost=1500.5)])
    ws = sheet(wb)
    assert [ws[at(ws, "cost", n)].value for n in (0, 1)] == [1500, 1500.5]
    assert ws[at(ws, "cost")].number_format == '"£"#,##0;-"£"#,##0'
    assert ws[at(ws, "cost", 1)].number_format == '"£"#,##0.00######;-"£"#,##0.00######'
    rules = {str(v.sqref).split(":")[0]: v for v in ws.data_validations.dataValidation}
    assert rules[at(ws, "cost")].type == "decimal"
    found = [choices(wb, str(rules[at(ws, name)].formula1)) for name in ("funded", "agreed")]
    assert found == [["Ja", "Nein"], ["Yes", "No"]]
