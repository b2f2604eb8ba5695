"""What cells say is found once for each text, and where they stand only where somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlplan.merge.model import Place
from xlplan.plan.shown import ShownNumber
from xlplan.source.cells import OwnCells, PlacesOfRow, asking_on, blank_among, is_unanswered
from xlplan.source.column_roles import repeat_a_few, shape_of, texts_among, texts_in
from xlplan.source.headings import cell_text
from xlplan.source.importing import read_source
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
def test_the_texts_of_a_column_are_the_same_each_once(values: list[CellValue]) -> None:
    assert texts_among(values) == set(texts_in(values))
    assert blank_among(v for v in values if isinstance(v, str)) == {
        v for v in values if isinstance(v, str) and not cell_text(v)
    }


@given(st.lists(CELLS, max_size=9).flatmap(lambda few: st.lists(st.sampled_from(few or [None]))))
def test_a_column_repeats_a_few_texts_by_what_its_cells_show(values: list[CellValue]) -> None:
    assert repeat_a_few(values) == shape_of(texts_in(values)).repeats


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
