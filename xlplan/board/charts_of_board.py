"""The charts of Summary and History: native, drawn from the figures that stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlplan.board.table import TableColumn
from xlplan.board.view import View
from xlplan.workbook.write.sheet import Area, Chart, Row, Series

SHEET = "Summary"
PIXELS = 470
NO_COLOUR = "#A6A6A6"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a chart stands: row, column, pixels right of the column's edge, and its size."""

    row: int
    column: int
    right: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Ranges:
    """Where figures stand: their first column, whether there is a before, first and last rows.

    `table` holds the sections' rows, `key` those of the rating key.
    """

    column: int
    compare: bool
    table: tuple[int, int]
    key: tuple[int, int]


def summary_charts(view: View, spots: tuple[Spot, Spot], ranges: Ranges) -> tuple[Chart, ...]:
    """All ratings before and now, and the ratings of each section."""
    points = view.figures.points
    colours = [point.rating.colour if point.rating else NO_COLOUR for point in points]
    start, key = ranges.column, ranges.key
    end = start + (1 if ranges.compare else 0)
    total = view.figures.total
    whole = Chart(
        kind="bar",
        title="All actions by rating, before and now" if ranges.compare else "Actions by rating",
        series=[
            Series(
                point.label,
                SHEET,
                Area(key[0] - 1, start, key[0] - 1, end),
                Area(key[0] + n, start, key[0] + n, end),
                colours[n],
            )
            for n, point in enumerate(points)
        ],
        row=spots[0].row,
        col=spots[0].column,
        right=spots[0].right,
        width=spots[0].width,
        height=spots[0].height,
        stacked=True,
        alt=_in_words(view),
        unit=whole_unit(max(total.actions, total.actions_before)),
    )
    sections = view.figures.plans or view.figures.sections
    if len(sections) < 2:
        return (whole,)
    first, last = ranges.table
    step = 2 if ranges.compare else 1
    now = [start + n * step + step - 1 for n in range(len(points))]
    by_section = Chart(
        kind="bar",
        title=f"Ratings now, by {inside('Plan' if view.figures.plans else view.group)}",
        series=[
            Series(
                point.label,
                SHEET,
                Area(first, 0, last, 0),
                Area(first, now[n], last, now[n]),
                colours[n],
            )
            for n, point in enumerate(points)
        ],
        row=spots[1].row,
        col=spots[1].column,
        right=spots[1].right,
        width=spots[1].width,
        height=spots[1].height,
        stacked=True,
        alt="Actions by rating now, row by row; the figures are in the table on this sheet.",
        unit=whole_unit(max(section.actions for section in sections)),
    )
    return whole, by_section


def board_chart(
    sheet: str,
    title: str,
    columns: Sequence[tuple[int, TableColumn]],
    rows: Sequence[Row],
    top: int,
) -> Chart:
    """A column for each of `rows` from `top` on, from the charted columns of their table."""
    names = [row.cells[0].value if row.cells[0] else "" for row in rows[top:]]
    places = [sum(c.span for _, c in columns[:n]) for n in range(len(columns))]
    drawn = [(at, c) for at, (_, c) in zip(places, columns, strict=True) if c.charted]
    last = len(rows) - 1
    counts = [
        {at: int(str(cell.value)) for at, _ in drawn if (cell := row.cells[at])}
        for row in rows[top:]
    ]
    words = "; ".join(
        f"{name}: " + ", ".join(f"{found[at]} {column.heading}" for at, column in drawn)
        for name, found in zip(names, counts, strict=True)
    )
    return Chart(
        kind="column",
        title=title,
        series=[
            Series(
                column.heading,
                sheet,
                Area(top, 0, last, 0),
                Area(top, at, last, at),
                column.rating.colour if column.rating else NO_COLOUR,
            )
            for at, column in drawn
        ],
        row=len(rows),
        col=0,
        width=900,
        height=330,
        stacked=True,
        alt=words,
        unit=whole_unit(max(sum(found.values()) for found in counts)),
    )


def inside(heading: str) -> str:
    """A heading as it stands within a sentence: "Theme" is "theme", "RAG owner" stays."""
    return heading[:1].lower() + heading[1:] if heading[1:2].islower() else heading


def whole_unit(most: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50, … that goes into `most` at most eight times."""
    unit = 1
    while most / unit > 8:
        unit = unit * 5 // 2 if str(unit).startswith("2") else unit * 2
    return unit


def below(rows: Sequence[Row], top: int, pixels: float) -> int:
    """The first row that begins at least `pixels` below row `top`."""
    used = 0.0
    for number in range(top, len(rows)):
        if used >= pixels:
            return number
        used += (rows[number].height or 20) * 4 / 3
    return len(rows) + int((pixels - used) / 20) + 1


def _in_words(view: View) -> str:
    total = view.figures.total
    now = ", ".join(f"{total.now.get(p.key, 0)} {p.label}" for p in view.figures.points)
    if total.before is None:
        return f"Now: {now}."
    before = ", ".join(f"{total.before.get(p.key, 0)} {p.label}" for p in view.figures.points)
    return f"Before: {before}. Now: {now}."
