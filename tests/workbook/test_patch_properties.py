"""On workbooks made up: only the cells that were set differ; twice is once; there and back."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.patch import patch

CELLS = st.sampled_from([f"{column}{row}" for column in "ABCD" for row in range(1, 9)])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
VALUES = st.one_of(
    TEXTS.filter(lambda text: not text.startswith("=") and text == text.strip()),
    st.integers(-(10**9), 10**9),
    st.booleans(),
)
SHEETS = st.dictionaries(CELLS, VALUES)


def made(cells: dict[str, Value]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for name, value in cells.items():
        sheet[name].value = value
        sheet[name].data_type = sheet[name].data_type.replace("e", "s")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> dict[str, object]:
    sheet = load_workbook(io.BytesIO(data))["Plan"]
    found = (cell for line in sheet.iter_rows() for cell in line)
    return {cell.coordinate: cell.value for cell in found if cell.value is not None}


@given(SHEETS, st.dictionaries(CELLS, VALUES | st.none()))
def test_only_the_cells_that_were_set_differ(
    before: dict[str, Value], new: dict[str, Value]
) -> None:
    data = made(before)
    expected = {k: v for k, v in {**read(data), **new}.items() if v is not None}
    done = patch(data, {"Plan": new})
    assert not done.refused
    assert read(done.data) == expected
    assert patch(done.data, {"Plan": new}).data == done.data


@given(SHEETS, st.dictionaries(CELLS, VALUES | st.none()))
def test_there_and_back_is_the_same(before: dict[str, Value], new: dict[str, Value]) -> None:
    data = made(before)
    back = {name: before.get(name) for name in new}
    done = patch(patch(data, {"Plan": new}).data, {"Plan": back})
    assert read(done.data) == read(data)
