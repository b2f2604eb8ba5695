"""The charts of the Summary sheet: native, drawn from the figures that stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlplan.documents.composite.frame import Frame
from xlplan.workbook.sheet import Area, Chart, Row, Series

SHEET = "Summary"
PIXELS = 470
NO_COLOUR = "#A6A6A6"


@dataclass(frozen=True, slots=True)
class Spread:
    """Where figures and charts stand: the first column of each, and whether there is a before."""

    figures: int
    compare: bool
    column: int


def summary_charts(
    frame: Frame,
    rows: Sequence[Row],
    spread: Spread,
    table: tuple[int, int, int],
    key: tuple[int, int],
) -> tuple[Chart, ...]:
    """All ratings before and now, and the ratings of each section.

    `table` is the row of the table's headings and its first and last row of figures; `key` the
    first and last row of the rating key.
    """
    top, first, last = table
    points = frame.figures.points
    start = spread.figures
    end = start + (1 if spread.compare else 0)
    colours = [point.rating.colour if point.rating else NO_COLOUR for point in points]
    whole = Chart(
        kind="bar",
        title="All actions by rating, before and now" if spread.compare else "Actions by rating",
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
        row=top,
        col=spread.column,
        width=PIXELS,
        height=200,
        stacked=True,
        alt=_said(frame),
    )
    sections = frame.figures.sections
    if len(sections) < 2:
        return (whole,)
    step = 2 if spread.compare else 1
    now = [start + n * step + step - 1 for n in range(len(points))]
    by_section = Chart(
        kind="bar",
        title="Ratings now, by section",
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
        row=_below(rows, top, 210),
        col=spread.column,
        width=PIXELS,
        height=max(220, min(110 + 26 * len(sections), 1400)),
        stacked=True,
        alt="Actions by rating now in each section; the figures are in the table beside it.",
    )
    return whole, by_section


def _below(rows: Sequence[Row], top: int, pixels: float) -> int:
    """The first row that begins at least `pixels` below row `top`."""
    used = 0.0
    for number in range(top, len(rows)):
        if used >= pixels:
            return number
        used += (rows[number].height or 20) * 4 / 3
    return len(rows) + int((pixels - used) / 20) + 1


def _said(frame: Frame) -> str:
    total = frame.figures.total
    now = ", ".join(f"{total.now.get(p.key, 0)} {p.label}" for p in frame.figures.points)
    if total.before is None:
        return f"Now: {now}."
    before = ", ".join(f"{total.before.get(p.key, 0)} {p.label}" for p in frame.figures.points)
    return f"Before: {before}. Now: {now}."
