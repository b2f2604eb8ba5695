"""How much is done to change cells in place, counted in calls, which no other program disturbs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from tests import bare_books as bare
from xlplan.workbook.write.grid import letters_of
from xlplan.workbook.write.patch import patch

WIDE = 12


def book(rows: int, *, shared: bool, wide: int = WIDE) -> bytes:
    """A workbook of so many rows with a text in each column and a formula after them."""

    def cell(row: int, column: int) -> str:
        name, number = f"{letters_of(column)}{row}", (row - 1) * wide + column - 1
        if shared:
            return f'<c r="{name}" s="3" t="s"><v>{number}</v></c>'
        return f'<c r="{name}" s="3" t="inlineStr"><is><t>old {number}</t></is></c>'

    lines = []
    for row in range(1, rows + 1):
        inside = "".join(cell(row, column) for column in range(1, wide + 1))
        inside += f'<c r="ZZ{row}"><f>A{row}</f><v>1</v></c>'
        lines.append(f'<row r="{row}">{inside}</row>')
    texts = (f"<t>old {number}</t>" for number in range(rows * wide))
    return bare.workbook(
        {"Plan": bare.sheet("".join(lines))}, shared=bare.texts(*texts) if shared else ""
    )


def calls(act: Callable[[], object]) -> int:
    """How many functions of the rooms that write are called."""
    count = 0

    def note(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if event == "call" and "workbook" in frame.f_code.co_filename:
            count += 1

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def named(rows: int) -> dict[str, str]:
    """A new text for each cell of the first rows."""
    return {
        f"{letters_of(column)}{row}": f"new {row} {column}"
        for row in range(1, rows + 1)
        for column in range(1, WIDE + 1)
    }


def changing(rows: int, data: bytes) -> int:
    """The calls that it takes to change the first rows."""
    return calls(lambda: patch(data, {"Plan": named(rows)}))


@pytest.mark.parametrize("shared", [True, False])
def test_more_cells_that_nobody_changes_cost_no_more_calls(shared: bool) -> None:
    narrow, wide = (changing(1, book(100, shared=shared, wide=wide)) for wide in (12, 36))
    assert wide < 1.1 * narrow


@pytest.mark.parametrize("shared", [True, False])
def test_a_cell_that_is_changed_costs_few_calls(shared: bool) -> None:
    data = book(100, shared=shared)
    few, many = changing(20, data), changing(80, data)
    assert (many - few) / (60 * WIDE) < 40


@pytest.mark.parametrize("shared", [True, False])
def test_nothing_is_left_behind_that_only_a_search_for_circles_would_free(shared: bool) -> None:
    data = book(50, shared=shared)
    patch(data, {"Plan": named(2)})
    gc.collect()
    gc.disable()
    try:
        patch(data, {"Plan": named(2)})
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 50  # fewer than there are rows
