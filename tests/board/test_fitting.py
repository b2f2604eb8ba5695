"""Columns that share a page: nothing wider than it, no word broken, rows as low as may be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from xlplan.board import fitting
from xlplan.board.fitting import (
    FittedColumn,
    heading_height,
    long_texts,
    page_width,
    pieces,
    shared_widths,
)
from xlplan.workbook.write.cell_text import count_lines
from xlplan.workbook.write.sheet import Cell, Style

BODY = Style(wrap=True, indent=1)
HEAD = Style(wrap=True, indent=1, bold=True, size=11)
SHORT = ["Amber", "Green", "Red", "Amber"]
NAMES = ["Head of Safeguarding", "Recommendation 22", "Quality Assurance Manager", "Nurse"]
LONG = ["what was done and what comes next, " * n for n in (4, 9, 14, 6)]


def text(texts: Sequence[str], width: float = 40, **more: object) -> FittedColumn:
    return FittedColumn(width, texts, BODY, flexible=True, **more)  # type: ignore[arg-type]  # fields


def figure(heading: str) -> FittedColumn:
    return FittedColumn(12, ["7", "12", "–", "0"], BODY, heading=heading, head=HEAD)


def lines(columns: Sequence[FittedColumn], widths: Sequence[float]) -> int:
    """The lines of all rows together, each as high as its highest cell."""
    rows = zip(*(column.texts for column in columns), strict=True)
    return sum(
        max(count_lines(each, width, BODY) for each, width in zip(row, widths, strict=True))
        for row in rows
    )


@pytest.mark.parametrize("paper", ["A3", "A4"])
@pytest.mark.parametrize("long", [1, 2, 4])
def test_columns_are_within_the_page_and_their_words_whole(paper: str, long: int) -> None:
    columns = [text(NAMES), *[text(LONG)] * long, *[figure(name) for name in ("Red", "Overdue")]]
    widths = shared_widths(columns, paper)
    assert sum(widths) <= page_width(paper, len(columns))
    for column, width in zip(columns, widths, strict=True):
        for word in " ".join([*column.texts, column.heading]).split():
            look = HEAD if word == column.heading else BODY
            assert count_lines(word, width, look) == 1, word


def test_rows_are_lower_than_in_columns_of_equal_width() -> None:
    columns = [text(NAMES), text(LONG), text([*LONG[2:], *LONG[:2]]), text(SHORT)]
    total = page_width("A4", len(columns))
    equal = [total / len(columns)] * len(columns)
    assert lines(columns, shared_widths(columns, "A4")) < lines(columns, equal)


def test_a_link_is_kept_on_one_line_and_a_word_longer_than_a_column_is_not() -> None:
    linked = text(["Recommendation 22"], unbroken=["Recommendation 22"])
    endless = text(["x" * 400])
    widths = shared_widths([linked, endless, text(LONG[:1]), text(LONG[1:2])], "A4")
    assert count_lines("Recommendation 22", widths[0], BODY) == 1
    assert sum(widths) <= page_width("A4", 4)


def test_figures_are_as_wide_as_asked_where_there_is_room() -> None:
    assert shared_widths([text(SHORT), figure("Red")], "A3")[1] == 12
    tight = shared_widths([text(LONG, 80), text(LONG, 80), figure("Red")], "A4")
    assert 4 < tight[2] <= 12
    assert count_lines("Red", tight[2], HEAD) == 1


def test_headings_leave_room_for_the_button_of_a_filter() -> None:
    cell = Cell("Timescale", HEAD)
    assert count_lines("Timescale", 12, HEAD) == 1
    assert heading_height([cell], [30]) < heading_height([cell, Cell("Last board", HEAD)], [30, 9])
    assert heading_height([None], [30]) == 0


def test_a_text_that_is_cut_is_measured_as_far_as_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[int] = []

    def count(text: str, width: float, style: Style) -> int:
        counted.append(len(text))
        return count_lines(text, width, style)

    monkeypatch.setattr(fitting, "count_lines", count)
    short = "what was done and what comes next, " * 200
    longer = short * 10
    notes = long_texts([(short, "A"), (longer, "B")], "Notes", "long text")
    heads = []
    for text in (short, longer):
        counted.clear()
        heads.append((notes.fit(text, 40, BODY).partition(" …\n")[0], len(counted)))
    assert heads[0] == heads[1]
    assert short.startswith(heads[0][0])
    assert "".join(pieces(longer, 40, BODY, 20)) == longer
