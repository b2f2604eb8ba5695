"""What cells say is found once for each text, and where they stand only where somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.merge.model import Place
from xlplan.plan.shown import ShownNumber
from xlplan.source.cells import (
    OwnCells,
    PlacesOfRow,
    asking_on,
    blank_among,
    is_unanswered,
    text_of_cells,
)
from xlplan.source.column_roles import repeat_a_few, shape_of
from xlplan.source.drafts import Draft, Fields
from xlplan.source.headings import cell_text
from xlplan.source.importing import read_source
from xlplan.source.table_cells import ColumnCells, DataRow, Table
from xlplan.workbook.read.book import Book, CellValue, ReadSheet

SHOWN = st.builds(ShownNumber, st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from(["0%", "0.0"]))
CELLS: st.SearchStrategy[CellValue] = (
    st.none()
    | st.sampled_from(["On track", "On track ", "Late", " ", "​", "Please select", "x" * 40])
    | st.text(max_size=3)
    | st.integers(0, 3)
    | st.dates()
    | SHOWN
)


@given(st.lists(CELLS))
def test_a_column_shows_what_each_of_its_cells_shows(values: list[CellValue]) -> None:
    column = ColumnCells(values)
    assert column.by_row == [cell_text(value) for value in values]
    assert column.said == [text for text in column.by_row if text]
    assert list(map(repr, column.held)) == [
        repr(value) for value in values
        if value is not None and not (isinstance(value, str) and not cell_text(value))
    ]  # fmt: skip
    assert blank_among(v for v in values if isinstance(v, str)) == {
        v for v in values if isinstance(v, str) and not cell_text(v)
    }


@given(st.lists(CELLS, max_size=9).flatmap(lambda few: st.lists(st.sampled_from(few or [None]))))
def test_a_column_repeats_a_few_texts_by_what_its_cells_show(values: list[CellValue]) -> None:
    column = ColumnCells(values)
    assert repeat_a_few(column) == shape_of(column.said).repeats


@given(st.lists(st.lists(CELLS, max_size=3), max_size=4))
def test_a_cell_only_asks_as_each_by_itself_does(rows: list[list[CellValue]]) -> None:
    asks = asking_on(ReadSheet("Plan", rows))
    for value in (value for row in rows for value in row if value is not None):
        assert is_unanswered(value) == (asks is not None and asks(value))


def test_where_the_cells_of_a_row_stand() -> None:
    own = OwnCells(6, {0: "1.1", 2: "Mend it"})
    assert dict(own) == {0: (6, 0), 2: (6, 2)} == {**own}
    assert (len(own), 1 in own) == (2, False)
    places = PlacesOfRow("plan.xlsx", "Plan", {"ref": (6, 0), "action": (6, 27)})
    said = {"ref": Place("plan.xlsx", "Plan", "A7"), "action": Place("plan.xlsx", "Plan", "AB7")}
    assert places == said == dict(places.items())
    assert (len(places), places.get("due"), places["action"]) == (2, None, said["action"])


def book() -> Book:
    head = ["Ref", "Action", "Lead", "Due", "Status"]
    rows: Iterable[list[CellValue]] = (
        [f"1.{n}", f"Mend roof {n}", "Ada Lovelace", date(2027, 6, n), "Green"]
        for n in range(1, 13)
    )
    return Book("plan.xlsx", "xlsx", (ReadSheet("Plan", [head, *rows]),))


def test_no_place_is_put_into_words_while_a_plan_is_proposed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xlplan.source.cells.Place", None)
    found = read_source(book(), plan_id="plan")
    monkeypatch.undo()
    assert len(found.rows) == 12
    assert str(found.rows[11].places["due"]) == "plan.xlsx!Plan!D13"


def test_no_line_is_put_into_words_for_rows_of_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []

    def counted(cells: dict[int, CellValue]) -> str:
        said.append(cells)
        return "words"

    monkeypatch.setattr("xlplan.source.layout.text_of_cells", counted)
    assert len(read_source(book(), plan_id="plan").rows) == 12
    assert len(said) < 12


def test_a_column_is_put_together_once_until_the_rows_of_its_table_change() -> None:
    rows = [DataRow(n, {0: f"1.{n}", 2: "Late"}, {}, ()) for n in range(3)]
    table = Table("Plan", 0, {0: "Ref", 4: "Notes"}, rows)
    assert table.cells(2) is table.cells(2)
    assert (table.used(), table.cells(2).values) == ([0, 2, 4], ["Late"] * 3)
    table.hold(rows[1:])
    assert (table.cells(2).values, table.cells(0).said) == (["Late"] * 2, ["1.1", "1.2"])


def test_rows_are_as_they_stand_in_their_table_until_they_are_changed() -> None:
    draft = Draft("action", 0, 0, 6, (), {0: "1.1", 2: "Late ", 3: 5.0},
                  Fields({0: "ref", 2: "rating"}, {"ref": 0, "rating": 2}))  # fmt: skip
    assert [*draft.names()] == ["ref", "rating"]
    assert (draft.pieces("rating"), draft.pieces("due")) == ((("Late ", (6, 2)),), ())
    assert (draft.text("rating"), draft.text("due"), draft.changed) == ("Late", "", None)
    draft.cells["due"] = [("May", (6, 7)), ("2027", (7, 7))]
    assert (draft.text("due"), draft.text("rating")) == ("May 2027", "Late")
    assert [*draft.names()] == ["ref", "rating", "due"]


def test_no_row_is_taken_apart_where_none_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Draft, "cells", None)
    found = read_source(book(), plan_id="plan")
    assert [row.values["action"] for row in found.rows[:2]] == ["Mend roof 1", "Mend roof 2"]


def test_a_whole_number_in_a_line_is_shown_as_the_spreadsheet_shows_it() -> None:
    """A row of a sheet that was left out was listed as "1.0 | Set a balanced budget"."""
    assert text_of_cells({0: 1.0, 1: "Set a balanced budget", 2: 2.5}) == (
        "1 | Set a balanced budget | 2.5"
    )
