"""The tick beside each action: where it stands, and how it is read back, in a table and a form."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing
from xlplan.issued.template import template_workbook
from xlplan.merge.reading import Reading
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.returned.as_issued import CONFIRMED, ID_PREFIX
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.filling import places_in
from xlplan.workbook.write.writing import write_workbook

ROWS = outgoing.rows(3)
SENT = outgoing.issued(uids=tuple(row.uid for row in ROWS))
TABLE, FORM = (
    outgoing.plan(issue=IssueSettings(layout=layout, confirm=True, proposal_rows=1))
    for layout in ("table", "form")
)
BOTH = pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])


def template(definition: PlanDefinition) -> bytes:
    book = template_workbook(
        definition, outgoing.DIRECTOR, SENT, ROWS, outgoing.KEY, outgoing.CREATED
    )
    return write_workbook(book)


def ticks(data: bytes) -> dict[str, str]:
    """The cell of the tick of each action, by uid."""
    places = places_in(data, ID_PREFIX)
    return {uid: cell for (uid, name), (_, cell) in places.items() if name == CONFIRMED}


def edited(data: bytes, edit: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book["Update"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(definition: PlanDefinition, data: bytes) -> Reading:
    known = outgoing.Known({SENT.id: SENT}, ROWS, definition)
    return read_return(read_book(data, "r.xlsx"), "0" * 64, known)


@BOTH
def test_every_action_has_an_open_cell_for_its_tick_and_a_proposal_has_none(
    definition: PlanDefinition,
) -> None:
    data = template(definition)
    found = ticks(data)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data))["Update"]
    own = {row.uid for row in ROWS}
    assert own <= set(found)
    assert not any(sheet[found[uid]].protection.locked for uid in own)
    assert all(sheet[cell].protection.locked for uid, cell in found.items() if uid not in own)
    [rule] = [
        each for each in sheet.data_validations.dataValidation if found[ROWS[0].uid] in each.sqref
    ]
    assert (rule.type, rule.promptTitle) == ("list", "Reviewed, no change")


@BOTH
def test_a_tick_is_read_as_one_and_never_as_a_value(definition: PlanDefinition) -> None:
    data = template(definition)
    found = ticks(data)

    def tick(sheet: Any) -> None:
        sheet[found[ROWS[0].uid]].value = "Yes"
        sheet[found[ROWS[2].uid]].value = " x "

    reading = read(definition, edited(data, tick))
    assert reading.confirmed == (ROWS[0].uid, ROWS[2].uid)
    assert (reading.remarks, reading.problems) == ((), ())
    plain = read(definition, data)
    assert (plain.confirmed, plain.rows) == ((), reading.rows)
    assert CONFIRMED not in reading.columns


@BOTH
def test_words_in_the_place_of_a_tick_are_told(definition: PlanDefinition) -> None:
    data = template(definition)
    cell = ticks(data)[ROWS[1].uid]
    words = "Yes, but see my e-mail"
    reading = read(definition, edited(data, lambda sheet: sheet[cell].__setattr__("value", words)))
    assert reading.confirmed == ()
    assert [(r.kind, r.place.cell, r.text) for r in reading.remarks] == [("reviewed", cell, words)]


def test_a_tick_beside_a_row_that_is_not_known_for_certain_is_told() -> None:
    data = template(TABLE)
    cell = ticks(data)[ROWS[0].uid]

    def edit(sheet: Any) -> None:
        sheet[cell].value = "Yes"
        sheet.cell(sheet[cell].row, 1).value = None  # its key

    reading = read(TABLE, edited(data, edit))
    assert [row.trust for row in reading.rows] == ["matched", "signed", "signed"]
    assert reading.confirmed == ()
    assert [(r.kind, r.place.cell, r.text) for r in reading.remarks] == [("reviewed", cell, "Yes")]


def test_a_tick_is_found_by_its_heading_where_the_hidden_ids_are_gone() -> None:
    data = template(TABLE)
    cell = ticks(data)[ROWS[0].uid]

    def edit(sheet: Any) -> None:
        sheet[cell].value = "Yes"
        [ids] = [row for row in sheet.iter_rows() if row[1].value == "field:ref"]
        for each in ids:
            each.value = None

    assert read(TABLE, edited(data, edit)).confirmed == (ROWS[0].uid,)


def test_a_column_of_the_plan_may_be_headed_like_the_tick() -> None:
    theirs = Field("reviewed", "Reviewed, no change", owner="lead")
    definition = replace(TABLE, fields=(*TABLE.fields, theirs))
    data = template(definition)
    heads = [cell.value for row in openpyxl.load_workbook(io.BytesIO(data))["Update"].iter_rows()
             for cell in row if str(cell.value).startswith("Reviewed")]  # fmt: skip
    assert heads == ["Reviewed, no change", "Reviewed: no change"]


@pytest.mark.parametrize("layout", ["table", "form"])
def test_where_the_plan_does_not_ask_there_is_no_tick(layout: str) -> None:
    settings = IssueSettings(layout=layout)  # type: ignore[arg-type]  # one of these
    data = template(outgoing.plan(issue=settings))
    assert ticks(data) == {}
