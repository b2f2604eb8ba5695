"""`master.xlsx`: the plan as it stands, open to the coordinator's edits."""

from __future__ import annotations

import io
from datetime import date
from typing import Final

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from tests.outgoing import CREATED, FIELDS, KEY, issued, plan, rows
from xlplan.issued.master import (
    FIRST_ROW,
    HEADING_ROW,
    columns_of,
    line_of,
    line_text,
    master_workbook,
    read_lines,
    workbook_of_lines,
)
from xlplan.issued.sheets import LOWEST, row_height
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import Value
from xlplan.returned.as_issued import locked_text, master_columns, status_column
from xlplan.workbook.stamp import check_row_key, parse_row_key, read_manifest
from xlplan.workbook.write.writing import write_workbook

OF: Final = "recommendation"
WITH_BOTH = plan(
    fields=(
        *FIELDS,
        Field("ref", "No.", role="key", of=OF),
        Field("recommendation", "Recommendation", "narrative", role="recommendation", of=OF),
    )
)
RECOMMENDATION = MasterRow("r-01", OF, "R1", "", {"ref": "R1", "recommendation": "Do better."})


def written(
    definition: PlanDefinition,
    given: list[MasterRow],
    questions: dict[tuple[str, str], str] | None = None,
) -> bytes:
    book = master_workbook(definition, issued("master"), given, KEY, CREATED, questions or {})
    return write_workbook(book)


def sheet(data: bytes, name: str = "Plan") -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(data))[name]
    assert isinstance(found, Worksheet)
    return found


def test_every_field_is_there_unlocked_with_a_status_at_the_end() -> None:
    ws = sheet(written(plan(), rows(3)))
    columns = (*master_columns(plan()), status_column(plan()))
    assert [c.value for c in ws[HEADING_ROW]][1:] == [f"field:{c.id}" for c in columns]
    assert [c.value for c in ws[HEADING_ROW + 1]][1:] == [c.heading for c in columns]
    assert ws.row_dimensions[HEADING_ROW].hidden
    assert ws.column_dimensions["A"].hidden
    assert not ws.protection.sheet
    assert not any(c.protection.locked for c in ws[FIRST_ROW + 1][1:])
    assert ws[HEADING_ROW][-1].value == "field:_status"


@pytest.mark.parametrize(
    ("cycle", "wanted"),
    [
        ("", "Corporate improvement plan, m-0a1b2c3d4e5f"),
        ("2026-11", "Corporate improvement plan, 2026-11, m-0a1b2c3d4e5f"),
    ],
)
def test_the_foot_of_a_page_names_the_cycle_where_there_is_one(cycle: str, wanted: str) -> None:
    sent = replace(issued("master"), cycle=cycle)
    book = master_workbook(plan(), sent, rows(1), KEY, CREATED, {})
    assert book.sheets[0].page.footer_left == wanted


def test_rows_carry_signed_keys_and_the_book_its_stamp() -> None:
    given = rows(3)
    data = written(plan(), given)
    columns = (*master_columns(plan()), status_column(plan()))
    for number, wanted in enumerate(given, FIRST_ROW + 1):
        found = parse_row_key(sheet(data).cell(number, 1).value)
        assert found is not None
        assert (found.issued, found.uid) == (issued("master").id, wanted.uid)
        assert check_row_key(KEY, found, locked_text(columns, wanted.values))
    texts = [str(c.value) for line in sheet(data, "xlplan").iter_rows() for c in line]
    [stamp] = [f for text in texts if (f := read_manifest(KEY, text)) is not None]
    assert stamp.genuine
    assert stamp.payload["document"] == "master"
    top = [c.value for c in sheet(data)[1]]
    assert top.count(issued("master").id) == 1


def test_a_withdrawn_row_says_so_in_its_status_and_nowhere_else() -> None:
    given = rows(3)
    given[1] = replace(given[1], withdrawn=True)
    plain, marked = sheet(written(plan(), rows(3))), sheet(written(plan(), given))
    different = {
        (a.row, a.column)
        for one, other in zip(plain.iter_rows(min_row=4), marked.iter_rows(min_row=4), strict=True)
        for a, b in zip(one, other, strict=True)
        if a.value != b.value
    }
    assert different == {(FIRST_ROW + 2, marked.max_column)}
    assert marked.cell(FIRST_ROW + 2, marked.max_column).value == "withdrawn"


def test_recommendations_have_their_own_sheet_only_where_there_are_any() -> None:
    with_both = written(WITH_BOTH, [*rows(2), RECOMMENDATION])
    wb = openpyxl.load_workbook(io.BytesIO(with_both))
    assert wb.sheetnames == ["Plan", "Recommendations", "Lists", "xlplan"]
    ws = sheet(with_both, "Recommendations")
    assert [c.value for c in ws[FIRST_ROW + 1]][1:] == ["R1", "Do better.", None]
    none = openpyxl.load_workbook(io.BytesIO(written(WITH_BOTH, rows(2))))
    assert none.sheetnames == ["Plan", "Lists", "xlplan"]


def test_open_questions_are_listed_beside_the_plan_and_never_in_it() -> None:
    question = {("u-0002", "rating"): "Two leads disagree."}
    plain, asked = written(plan(), rows(3)), written(plan(), rows(3), question)
    cells = [[c.value for c in line] for line in sheet(plain).iter_rows()]
    assert [[c.value for c in line] for line in sheet(asked).iter_rows()] == cells
    listed = sheet(asked, "Open questions")
    assert [c.value for c in listed[2]] == ["3.2", "Rating", "Two leads disagree."]
    link = listed["A2"].hyperlink
    assert link is not None
    assert link.location is not None
    place = link.location.split("!")[1]
    assert sheet(asked)[place].value == rows(2)[1].values["rating"]


def test_questions_on_a_row_and_on_rows_that_are_not_there_are_listed_too() -> None:
    questions = {("u-0003", "_row"): "Is it gone?", ("u-0001", "due"): "When?", ("n-1", ""): "New?"}
    listed = sheet(written(plan(), rows(3), questions), "Open questions")
    assert [[c.value for c in line] for line in listed.iter_rows(min_row=2, max_row=4)] == [
        ["3.1", "Timescale", "When?"],
        ["3.3", None, "Is it gone?"],
        ["new", None, "New?"],
    ]


def test_lists_warn_but_let_the_coordinator_go_on_and_reach_added_rows() -> None:
    ws = sheet(written(plan(), rows(2)))
    rules = ws.data_validations.dataValidation
    assert {rule.errorStyle for rule in rules} == {"warning"}
    assert {rule.type for rule in rules} == {"list", "date", "decimal"}
    assert all(int(str(rule.sqref).split(":")[1].lstrip("ABCDEFGHIJKLMN")) > 50 for rule in rules)


def test_the_same_master_gives_the_same_bytes() -> None:
    assert written(WITH_BOTH, [*rows(2), RECOMMENDATION]) == written(
        WITH_BOTH, [*rows(2), RECOMMENDATION]
    )


def test_a_plan_without_rows_can_be_written() -> None:
    ws = sheet(written(plan(), []))
    assert ws.max_row == HEADING_ROW + 1


def test_a_line_that_was_kept_is_the_line_that_was_made() -> None:
    values: dict[str, Value] = {
        "progress": "Two\nlines",
        "due": date(2027, 2, 28),
        "percent": 0.5,
        "rating": None,
    }
    given = [*rows(3), replace(rows(4)[3], values={**rows(4)[3].values, **values}), RECOMMENDATION]
    lines = [line_of(columns_of(WITH_BOTH, row.kind), row) for row in given]
    assert read_lines(map(line_text, lines)) == lines
    made = [workbook_of_lines(WITH_BOTH, issued("master"), each, KEY, CREATED, {})
            for each in (lines, read_lines(map(line_text, lines)))]  # fmt: skip
    assert write_workbook(made[0]) == write_workbook(made[1]) == written(WITH_BOTH, given)


def test_rows_are_as_high_as_their_texts_need() -> None:
    """Against the height that the text of each cell asks for by itself."""
    long = "Every case that is older than twelve weeks has a named officer by now. " * 9
    texts = ("Short", long, "One\ntwo\nthree\nfour\nfive\nsix", "W" * 70, "i" * 70)
    given = [replace(row, values={**row.values, "progress": text, "action": long[:90]})
             for row, text in zip(rows(len(texts)), texts, strict=True)]  # fmt: skip
    book = master_workbook(plan(), issued("master"), given, KEY, CREATED)
    plan_sheet = book.sheets[0]
    beside = [column.width for column in plan_sheet.columns]
    for row in plan_sheet.rows[FIRST_ROW:]:
        assert row.height == row_height([None, *row.cells[1:]], beside, LOWEST)
    assert len({row.height for row in plan_sheet.rows[FIRST_ROW:]}) > 2
