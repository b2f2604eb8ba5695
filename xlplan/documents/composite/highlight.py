"""The highlight report: the board's position on one A4 page, for those who read no other.

Counts by rating before and now, movement, the exceptions first in line with their reasons, and who
has returned. Texts are in short here; the composite has them in full.
"""

from __future__ import annotations

from dataclasses import replace

from xlplan.documents.composite.board import Board
from xlplan.documents.composite.figures import figures
from xlplan.documents.composite.frame import Frame
from xlplan.documents.composite.highlight_draft import COLUMNS, Draft, spans
from xlplan.documents.composite.highlight_lists import exceptions, movement, returns
from xlplan.documents.composite.key_figures import key_figures
from xlplan.documents.composite.longtexts import cut_words
from xlplan.documents.composite.paging import room, scale
from xlplan.documents.composite.summary_charts import whole_unit
from xlplan.documents.look import mix, rating_style
from xlplan.plan.timescales import say_date
from xlplan.workbook.measure import row_heights
from xlplan.workbook.sheet import Area, Cell, Chart, Column, Series, Sheet
from xlplan.workbook.sheet import Workbook as Book

NAME = "Highlights"
WIDTH = 8.0
MOST = 12
"""Exceptions that are listed where the page has room for them."""
LEAST = 3
DEFAULT_HEIGHT = 15.0
AIR = 8
"""Pixels on both sides of the chart."""
NO_COLOUR = "#A6A6A6"
TILES = (
    "Actions", "Closed or on track", "Rated for attention", "Overdue", "Exceptions",
    "Returns received",
)  # fmt: skip


def highlight_workbook(board: Board, created: str) -> Book:
    """The highlight report of a board. `created` (ISO 8601, UTC) is written into the file."""
    frame = Frame(board, figures(board))
    definition = board.definition
    return Book(
        sheets=[highlight_sheet(frame)],
        title=f"{definition.title}: highlight report, {say_date(board.as_of)}",
        created=created,
        subject=f"Cycle {board.cycle}",
        company=definition.organisation,
        language=definition.language,
        font=definition.style.font,
        properties={"Ledger tip": board.tip} if board.tip else {},
    )


def highlight_sheet(frame: Frame) -> Sheet:
    """The page, with as many exceptions as it has room for."""
    sheet = _page(frame, LEAST)
    for count in range(MOST, LEAST, -1):
        sheet = _page(frame, count)
        heights = row_heights(sheet)
        if sum(h or DEFAULT_HEIGHT for h in heights) <= room(sheet.page) / scale(sheet):
            break
    return sheet


def _page(frame: Frame, most: int) -> Sheet:
    draft = Draft(frame)
    board = frame.board
    against = "First board: nothing to compare with yet"
    if board.previous is not None:
        against = f"Compared with {board.previous_label or 'the last board'}"
    parts = (board.definition.organisation, f"Position at {say_date(board.as_of)}", against)
    sub = "   ·   ".join(cut_words(part, 44) for part in parts if part)
    draft.rows += frame.banner(cut_words(board.definition.title, 48), COLUMNS, sub)
    _tiles(draft)
    if board.definition.with_role("rating") is not None and frame.figures.standings:
        _ratings(draft)
        if board.previous is not None:
            movement(draft)
    exceptions(draft, most)
    returns(draft)
    page = replace(frame.page(), paper="A4", landscape=False, fit_height=1)
    return Sheet(
        name=NAME,
        rows=draft.rows,
        columns=[Column(WIDTH)] * COLUMNS,
        merges=draft.merges,
        charts=draft.charts,
        page=page,
        tab_colour=frame.look.heading_fill,
    )


def _tiles(draft: Draft) -> None:
    """The key figures, each with what it was or out of what."""
    look = draft.frame.look
    tiles = [tile for tile in key_figures(draft.frame) if tile[1] in TILES]
    fill = mix(look.band_fill, "#FFFFFF", 0.55)
    white = replace(
        look.body, fill=fill, align="center", valign="vcenter", wrap=False, edge="#FFFFFF"
    )
    looks = (
        (0, replace(white, size=20, bold=True, colour=look.accent), 32.0),
        (1, replace(white, size=9, bold=True), 14.0),
        (2, replace(white, size=8, colour="#404040"), 15.0),
    )
    remarks = {"Overdue": "past the due date", "Exceptions": "with the reason"}
    for part, style, height in looks:
        cells = []
        for (first, last), tile in zip(spans(len(tiles)), tiles, strict=True):
            text = remarks.get(tile[1], tile[2]) if part == 2 else tile[part]
            cells.append((first, last, Cell(text or None, style)))
        draft.row(*cells, height=height)


def _ratings(draft: Draft) -> None:
    """Counts by rating, with the chart that is drawn from them."""
    frame = draft.frame
    total, compared = frame.figures.total, frame.board.previous is not None
    draft.title("By rating")
    top = len(draft.rows)
    middle = replace(draft.head, align="center", indent=0)
    cells = [(0, 1, Cell("Rating", draft.head))]
    names = ("Before", "Now", "Change") if compared else ("Now", "Share")
    cells += [(2 + n, 2 + n, Cell(name, middle)) for n, name in enumerate(names)]
    draft.row(*cells, height=18)
    number = replace(frame.number, size=10)
    height = max(20.0, min(30.0, 120 / len(frame.figures.points)))
    for point in frame.figures.points:
        base = replace(draft.body, bold=True)
        style = rating_style(point.rating, base) if point.rating else base
        now, before = total.now.get(point.key, 0), (total.before or {}).get(point.key, 0)
        said = _more(now - before) if compared else f"{round(100 * now / total.actions)}%"
        numbers: tuple[int | str, ...] = (before, now, said) if compared else (now, said)
        label = frame.text(cut_words(point.label, 36), style)
        figures = [
            (2 + n, 2 + n, Cell(value, number if n != len(numbers) - 1 else
                                replace(number, size=9)))
            for n, value in enumerate(numbers)
        ]  # fmt: skip
        draft.row((0, 1, label), *figures, height=height)
    last = len(draft.rows) - 1
    whole = replace(frame.total, size=10)
    shown: tuple[int | str, ...] = (total.actions, "100%")
    if compared:
        more = _more(total.actions - total.actions_before)
        shown = (total.actions_before, total.actions, more)
    draft.row(
        (0, 1, Cell("All actions", replace(whole, align="left", size=9, indent=1))),
        *((2 + n, 2 + n, Cell(value, whole if n != len(shown) - 1 else replace(whole, size=9)))
          for n, value in enumerate(shown)),
        height=20,
    )  # fmt: skip
    draft.charts.append(_chart(draft, top, last, compared=compared))


def _more(change: int) -> str:
    return f"{change} more" if change > 0 else f"{-change} fewer" if change else "same"


def _chart(draft: Draft, top: int, last: int, *, compared: bool) -> Chart:
    frame = draft.frame
    total, points = frame.figures.total, frame.figures.points
    high = sum(row.height for row in draft.rows[top:])
    colours = [p.rating.colour if p.rating else NO_COLOUR for p in points]
    said = ", ".join(f"{total.now.get(p.key, 0)} {p.label}" for p in points)
    left = 5 if compared else 4
    # A chart that reached over the last column would make the page wider.
    width = (COLUMNS - left) * int(WIDTH * 7 + 5) - 2 * AIR
    if not compared:
        series = [
            Series("Actions", NAME, Area(top + 1, 0, last, 0), Area(top + 1, 2, last, 2),
                   points=tuple(colours))
        ]  # fmt: skip
        kind, alt = "doughnut", f"Actions by rating: {said}."
    else:
        series = [
            Series(point.label, NAME, Area(top, 2, top, 3), Area(top + n, 2, top + n, 3), colour)
            for n, (point, colour) in enumerate(zip(points, colours, strict=True), 1)
        ]
        was = ", ".join(f"{(total.before or {}).get(p.key, 0)} {p.label}" for p in points)
        kind, alt = "bar", f"Actions by rating. Before: {was}. Now: {said}."
    return Chart(
        kind="doughnut" if kind == "doughnut" else "bar",
        title="",
        series=series,
        row=top,
        col=left,
        width=width,
        height=round(high * 4 / 3),
        stacked=compared,
        alt=alt,
        right=AIR,
        unit=whole_unit(max(total.actions, total.actions_before)),
    )
