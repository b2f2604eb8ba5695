"""The form layout: one action a page, and read back as the same rows as a table gives."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import outgoing
from tests.office import CSV, ODS, XLS, XLSX, Choose, Office, Step, Type
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued, MasterRow
from xlplan.merge.reading import Reading
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.plan.timescales import canon_timescale
from xlplan.plan.values import Value, canon
from xlplan.returned.as_issued import template_columns
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.cell_text import TALLEST, cell_height
from xlplan.workbook.write.sheet import Sheet, held_in
from xlplan.workbook.write.writing import write_workbook

TABLE = outgoing.plan(issue=IssueSettings(proposal_rows=1, layout="table"))
FORM = outgoing.plan(issue=IssueSettings(proposal_rows=1, layout="form"))
COLUMNS = template_columns(FORM)
ROWS = outgoing.rows(3)


def issued_for(rows: list[MasterRow]) -> Issued:
    return outgoing.issued(uids=tuple(row.uid for row in rows))


def update(definition: PlanDefinition, rows: list[MasterRow] = ROWS) -> Sheet:
    return template_workbook(
        definition, outgoing.DIRECTOR, issued_for(rows), rows, outgoing.KEY, outgoing.CREATED
    ).sheets[0]


def template(definition: PlanDefinition, rows: list[MasterRow] = ROWS) -> bytes:
    book = template_workbook(
        definition, outgoing.DIRECTOR, issued_for(rows), rows, outgoing.KEY, outgoing.CREATED
    )
    return write_workbook(book)


def read(data: bytes, rows: list[MasterRow] = ROWS, ours: frozenset[str] | None = None) -> Reading:
    sent = issued_for(rows)
    known = outgoing.Known({sent.id: sent}, rows, FORM)
    return read_return(read_book(data, "r.xlsx", ours=ours), "0" * 64, known)


def said(reading: Reading) -> list[tuple[str, str, str, Mapping[str, Value]]]:
    """What a reading says of each row, wherever its cells stand."""
    return [
        (
            row.uid,
            row.ref,
            row.trust,
            {c.id: canon(c.item, row.cells[c.id].value, FORM) for c in COLUMNS},
        )
        for row in reading.rows
    ]


def boxes(data: bytes) -> dict[tuple[str, str], str]:
    """``"Update!D12"`` by uid and column id."""
    found = {}
    for line in openpyxl.load_workbook(io.BytesIO(data))["Update"].iter_rows():
        key = parse_row_key(line[0].value)
        if key is not None:
            found[key.uid, str(line[1].value).removeprefix("field:")] = line[3].coordinate
    return found


def edited(data: bytes, edit: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book["Update"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_an_unedited_form_reads_as_the_unedited_table_does() -> None:
    form, table = read(template(FORM)), read(template(TABLE))
    assert said(form) == said(table)
    assert [row.trust for row in form.rows] == ["signed"] * len(ROWS)
    assert (form.columns, form.sheet, form.trust) == (table.columns, "Update", "signed")
    assert (form.problems, form.remarks) == ((), ())


def test_every_line_has_the_key_of_its_action_and_the_id_of_its_field() -> None:
    places = boxes(template(FORM))
    wanted = [*(row.uid for row in ROWS), "new-1"]
    assert list(places) == [(uid, column.id) for uid in wanted for column in COLUMNS]


@pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])
def test_a_date_goes_out_in_the_words_of_its_own_action(definition: PlanDefinition) -> None:
    """Timescales are equal where they mean the same; each action has its own all the same, and
    whoever is sent a template before changes nothing in the next."""
    words = ("Mar-26", "March 2026", "9th May 26", "9 May 2026", "Mar-26")
    assert canon_timescale(words[0]) == canon_timescale(words[1])
    for sent in (words, words[::-1], words[1:2]):
        rows = [outgoing.row(n, due=canon_timescale(text)) for n, text in enumerate(sent, 1)]
        held = [value for row in update(definition, rows).rows for value in held_in(row.cells)]
        assert [value for value in held if value in words] == [*sent]


def test_each_action_is_a_page_of_its_own_on_a4() -> None:
    sheet = update(FORM)
    firsts = [
        number
        for number, row in enumerate(sheet.rows)
        if len(row.cells) > 1 and row.cells[1] is not None and row.cells[1].value == "field:ref"
    ]
    assert len(sheet.page.breaks) == len(firsts) - 1
    assert all(a < b <= c for a, b, c in zip(firsts, sheet.page.breaks, firsts[1:], strict=False))
    # A sheet fitted to pages ignores where they are told to break.
    assert (sheet.page.paper, sheet.page.landscape, sheet.page.fit_width) == ("A4", False, 0)
    # A digit is 7 pixels wide in the workbook's font, 9.5 in what stands in where it is missing.
    points = (sum(column.width * 9.5 + 5 for column in sheet.columns if not column.hidden)) * 0.75
    assert points * sheet.page.scale / 100 <= (8.27 - 0.8) * 72, "the paper without its margins"
    assert sheet.page.repeat_rows == (0, 1)


@pytest.mark.parametrize("length", [0, 100, 3000, 9000, 32767])
def test_a_box_is_as_high_as_its_text_needs(length: int) -> None:
    text = ("Some words of a note. " * 2000)[:length]
    rows = [outgoing.row(1, progress=text or None)]
    sheet = update(FORM, rows)
    assert all(row.height <= TALLEST for row in sheet.rows)
    number = next(
        n for n, row in enumerate(sheet.rows)
        if len(row.cells) > 1 and row.cells[1] is not None
        and row.cells[1].value == "field:progress"
    )  # fmt: skip
    merged = [m for m in sheet.merges if (m.area.first_row, m.area.first_col) == (number, 3)]
    cell = merged[0].cell if merged else sheet.rows[number].cells[3]
    last = merged[0].area.last_row if merged else number
    assert cell is not None
    assert cell.value == (text or None)
    room = sum(row.height for row in sheet.rows[number : last + 1])
    assert room >= cell_height(cell, sheet.columns[3].width)
    assert said(read(write_of(rows), rows)) == said(read(template(TABLE, rows), rows))


def write_of(rows: list[MasterRow]) -> bytes:
    return template(FORM, rows)


def test_inputs_are_open_and_nothing_else_is() -> None:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(template(FORM)))["Update"]
    places = boxes(template(FORM))
    for column in COLUMNS:
        assert sheet[places[ROWS[0].uid, column.id]].protection.locked == (not column.input)
        assert not sheet[places["new-1", column.id]].protection.locked
    assert sheet["A12"].protection.locked
    assert sheet.protection.sheet
    rules = [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
    rating = [places[uid, "rating"] for uid in (*(row.uid for row in ROWS), "new-1")]
    assert " ".join(rating) in rules


def test_edits_are_read_with_their_cells() -> None:
    data = template(FORM)
    places = boxes(data)
    at = places[ROWS[1].uid, "progress:entry"]

    def edit(sheet: Any) -> None:
        sheet[at].value = "All done"

    found = read(edited(data, edit))
    cell = found.rows[1].cells["progress:entry"]
    assert (cell.value, cell.cell) == ("All done", at)


def test_lines_may_be_moved_and_rows_and_columns_inserted() -> None:
    def edit(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(1, 1)
        sheet.insert_rows(1, 3)
        last = sheet.max_row
        for number in (22, 23, 24):  # some lines of the first action go to the end
            for col in range(1, 6):
                sheet.cell(last + number, col).value = sheet.cell(number, col).value
                sheet.cell(number, col).value = None

    assert said(read(edited(template(FORM), edit))) == said(read(template(TABLE)))


def test_a_box_that_another_was_merged_over_is_not_returned() -> None:
    data = template(FORM)
    at = boxes(data)
    evidence, stage = (at[ROWS[0].uid, name] for name in ("evidence", "stage"))
    first, last = sorted((evidence, stage), key=lambda name: int(name[1:]))

    def edit(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            if merged.min_row > 12:
                sheet.unmerge_cells(str(merged))
        sheet.merge_cells(f"{first}:{last}")

    found = read(edited(data, edit), ours=frozenset())
    assert {"evidence", "stage"} - found.rows[0].cells.keys() == {
        next(name for (uid, name), cell in at.items() if uid == ROWS[0].uid and cell == last)
    }
    assert found.rows[1].cells.keys() >= {"evidence", "stage"}


def test_a_proposal_counts_once_it_is_filled_in() -> None:
    data = template(FORM)
    at = boxes(data)["new-1", "action"]

    def edit(sheet: Any) -> None:
        sheet[at].value = "Open a second hub"

    row = read(edited(data, edit)).rows[-1]
    assert (row.uid, row.trust) == ("new-1", "added")


def test_an_action_pasted_twice_comes_twice() -> None:
    data = template(FORM)

    def edit(sheet: Any) -> None:
        lines = [[cell.value for cell in line[:4]] for line in sheet.iter_rows()]
        for line in lines:
            key = parse_row_key(line[0])
            if key is not None and key.uid == ROWS[0].uid:
                sheet.append(line)

    found = read(edited(data, edit)).rows
    assert [row.uid for row in found].count(ROWS[0].uid) == 2
    assert all(set(row.cells) == {column.id for column in COLUMNS} for row in found)


def test_what_stands_beside_the_boxes_is_a_remark() -> None:
    data = template(FORM)
    line = boxes(data)[ROWS[0].uid, "evidence"][1:]

    def edit(sheet: Any) -> None:
        sheet[f"F{line}"].value = "see the minutes"
        sheet[f"D{sheet.max_row + 3}"].value = "Back on the 9th."

    found = read(edited(data, edit)).remarks
    assert [(remark.kind, remark.text) for remark in found] == [
        ("beside", "see the minutes"),
        ("below", "Back on the 9th."),
    ]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300
)


@settings(max_examples=25)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_any_text_reads_back_from_a_form_as_from_a_table(pairs: list[tuple[str, str]]) -> None:
    rows = [
        outgoing.row(n, action=canon(FORM.by_id["action", "action"], one, FORM),
                     evidence=canon(FORM.by_id["action", "evidence"], two, FORM))
        for n, (one, two) in enumerate(pairs, 1)
    ]  # fmt: skip
    assert said(read(template(FORM, rows), rows)) == said(read(template(TABLE, rows), rows))


@pytest.mark.parametrize("kind", [XLSX, XLS, ODS, CSV], ids=["xlsx", "xls", "ods", "csv"])
def test_a_person_fills_in_a_form_in_libreoffice(kind: str, office: Office, tmp_path: Path) -> None:
    data = template(FORM)
    places = boxes(data)
    sent, back = tmp_path / "sent.xlsx", tmp_path / "back"
    sent.write_bytes(data)
    uid = ROWS[0].uid
    steps: list[Step] = [
        Choose(f"Update!{places[uid, 'rating']}", "Red"),
        Type(f"Update!{places[uid, 'progress:entry']}", "- two\n=lines"),
        Type(f"Update!{places[uid, 'revised']}", "28/02/2028"),
        Type(f"Update!{places[uid, 'action']}", "a locked box stays as it is"),
    ]
    office.edit(sent, tmp_path / "edited.xlsx", steps)
    office.resave(tmp_path / "edited.xlsx", back, filter=kind)
    before, after = said(read(data)), said(read(back.read_bytes()))
    assert after[1:] == before[1:]
    assert after[0][:3] == (uid, ROWS[0].ref, "signed")
    assert {name: v for name, v in after[0][3].items() if v != before[0][3][name]} == {
        "rating": "R", "progress:entry": "- two\n=lines", "revised": date(2028, 2, 28),
    }  # fmt: skip


def test_the_sheet_copied_into_a_new_workbook_is_read_by_its_keys() -> None:
    book = read_book(template(FORM), "r.xlsx")
    alone = replace(book, sheets=[replace(book.sheets[0], name="Sheet1")], properties={})
    sent = issued_for(ROWS)
    known = outgoing.Known({sent.id: sent}, ROWS, FORM, refs={})
    found = read_return(alone, "0" * 64, known)
    assert (found.trust, [row.trust for row in found.rows]) == ("rows", ["signed"] * len(ROWS))


def without_column(letter: str) -> bytes:
    """A form in which somebody deleted a hidden column, and edited one box."""
    data = template(FORM)
    box = boxes(data)[ROWS[1].uid, "progress"]

    def edit(sheet: Any) -> None:
        sheet[box] = "Half of it is done"
        sheet.delete_cols(1 if letter == "A" else 2)

    return edited(data, edit)


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_form_that_lost_a_hidden_column_is_read_by_the_other(letter: str) -> None:
    found = read(without_column(letter))
    rows = {row.uid: row for row in found.rows if row.uid}
    assert set(rows) == {row.uid for row in ROWS}
    trust = "matched" if letter == "A" else "signed"
    assert {row.trust for row in rows.values()} == {trust}
    assert rows[ROWS[1].uid].cells["progress"].value == "Half of it is done"
    as_sent = {row.uid: row for row in read(template(FORM)).rows}
    for uid, row in rows.items():
        for name, cell in row.cells.items():
            if (uid, name) != (ROWS[1].uid, "progress"):
                assert cell.value == as_sent[uid].cells[name].value


@pytest.mark.parametrize("definition", [FORM, TABLE], ids=["form", "table"])
def test_a_name_or_title_too_long_for_a_line_runs_on_and_the_date_stays_in_view(
    definition: PlanDefinition,
) -> None:
    name = "Deputy Director of Integrated Community Partnership Services (all localities) " * 3
    title = "Improvement plan for everything that the council does with its partners " * 4
    asked = replace(issued_for(ROWS), author=name.strip())
    lead = replace(outgoing.DIRECTOR, name=name.strip())
    book = template_workbook(
        replace(definition, title=title.strip()), lead, asked, ROWS, outgoing.KEY, outgoing.CREATED
    )
    sheet = book.sheets[0]
    tops = [merge for merge in sheet.merges if "".join(t for t, _ in merge.cell.runs or ())]
    (mine,) = (merge for merge in tops if merge.cell.runs[0][0] == name.strip())
    (plan,) = (merge for merge in sheet.merges if title.strip() in str(merge.cell.value))
    for merge in (mine, plan):
        area = merge.area
        width = sum(c.width for c in sheet.columns[area.first_col : area.last_col + 1])
        assert merge.cell.style.wrap
        assert (sheet.rows[area.first_row].height or 0) >= cell_height(merge.cell, width)
