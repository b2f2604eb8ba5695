"""The highlight report: the board's position on one A4 page, for those who read no other.

Counts by rating before and now, movement, the exceptions first in line with their reasons, and who
has returned. Texts are in short here; the composite has them in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.board.action_lists import first_in_line
from xlplan.board.board_model import Board
from xlplan.board.fitting import cut_words, pieces, room, scale
from xlplan.board.key_figures import KeyFigure, key_figures
from xlplan.board.paint import Paint, whole_unit, workbook_of
from xlplan.board.standings import DIRECTIONS, SELDOM, Direction, Standing, leads_of
from xlplan.board.table_model import Item
from xlplan.board.view import FIRST_BOARD, SIGNS, View, plural, view_of
from xlplan.board.words import JOINT, in_short
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import row_heights
from xlplan.workbook.write.look import mix
from xlplan.workbook.write.sheet import Area, Cell, Chart, Column, Merge, Row, Series, Sheet, Style
from xlplan.workbook.write.sheet import Workbook as Book

NAME = "Highlights"
WIDTH = 8.0
SIZE = 9.0
MOST = 12
"""Exceptions that are listed where the page has room for them."""
LEAST = 3
DEFAULT_HEIGHT = 15.0
AIR = 8
"""Pixels on both sides of the chart."""
PIECE = 30
"""Lines of a long text in one row."""
LONG_TITLE = 48
"""Characters of a title that the width of the page holds; a longer one has smaller letters."""
LONG_WORD = 10
"""Characters of a word of a rating for which there are two columns."""
LINKED = "#000080"
"""LibreOffice draws what is a link in this colour, so that all key figures among links have it."""
MOST_TILES = 6
"""Key figures that have room beside each other."""


def highlight_workbook(board: Board, created: str) -> Book:
    """The highlight report of a board. `created` (ISO 8601, UTC) is written into the file."""
    sheets = [highlight_sheet(Paint(view_of(board)))]
    return workbook_of(board, sheets, "highlight report", created)


def highlight_sheet(paint: Paint) -> Sheet:
    """The page, with as many exceptions as it has room for."""
    sheet = _page(paint, LEAST)
    for count in range(MOST, LEAST, -1):
        sheet = _page(paint, count)
        heights = row_heights(sheet)
        if sum(h or DEFAULT_HEIGHT for h in heights) <= room(sheet.page) / scale(sheet):
            break
    return sheet


def _page(paint: Paint, most: int) -> Sheet:
    draft = Page(paint)
    view = paint.view
    board = view.board
    against = f"Compared with {view.before}" if view.compared else FIRST_BOARD
    parts = (
        view.extract,
        board.definition.organisation,
        f"Position at {say_date(board.as_of)}",
        against,
    )
    sub = JOINT.join(part for part in parts if part)
    title = board.definition.title
    small = len(title) > LONG_TITLE  # in smaller letters it is whole
    draft.rows += paint.banner(title, COLUMNS, sub, small=small, width=WIDTH * COLUMNS)
    tiles(draft)
    if view.rated and view.figures.standings:
        _ratings(draft)
        if view.compared:
            movement(draft)
    exceptions(draft, most)
    returns(draft)
    page = replace(paint.page(), paper="A4", landscape=False, fit_height=1)
    return Sheet(
        name=NAME,
        rows=draft.rows,
        columns=[Column(WIDTH)] * COLUMNS,
        merges=draft.merges,
        charts=draft.charts,
        page=page,
        tab_colour=paint.look.heading_fill,
    )


def tiles(draft: Page, most: int = MOST_TILES) -> None:
    """The key figures, at most so many a row, each with what it was or out of what."""
    found = key_figures(draft.view)
    rows = -(-len(found) // most)
    for row in range(rows):
        mine = found[len(found) * row // rows : len(found) * (row + 1) // rows]
        strip(draft, mine, spans(len(mine)), air=5 if row else 0)


def strip(
    draft: Page, tiles: Sequence[KeyFigure], places: Sequence[tuple[int, int]], air: float = 0
) -> None:
    """A row of key figures, each over its columns, with so much air above it."""
    look = draft.paint.look
    fill = mix(look.band_fill, "#FFFFFF", 0.55)
    white = replace(
        look.body, fill=fill, align="center", valign="vcenter", wrap=False, edge="#FFFFFF"
    )
    value = replace(white, size=18, bold=True, colour=look.accent)
    remark, high = replace(white, size=8, colour="#404040", wrap=True), 27
    name = replace(white, size=draft.size, bold=True)
    if draft.size > SIZE:
        remark, high = replace(remark, size=draft.size), 23
        value, name = replace(value, colour=LINKED), replace(name, colour=LINKED)
    links = [draft.paint.link(Item(one.value, link=one.link)) for one in tiles]
    looks = (
        ([one.value for one in tiles], replace(value, valign="bottom"), high + air),
        ([one.label for one in tiles], name, 14),
        ([one.remark for one in tiles], remark, 0),
    )
    for texts, style, height in looks:
        cells = []
        for (first, last), text, link in zip(places, texts, links, strict=False):
            leads = link if style is not remark else ""
            cells.append((first, last, Cell(text or None, style, link=leads)))
        empty = Cell(None, replace(style, fill="", edge=""))
        cells += [(first, last, empty) for first, last in places[len(tiles) :]]
        draft.row(*cells, height=height)


def _ratings(draft: Page) -> None:
    """Counts by rating, with the chart that is drawn from them."""
    paint, view = draft.paint, draft.view
    total, compared = view.figures.total, view.compared
    draft.title("By rating")
    top = len(draft.rows)
    middle = replace(draft.head, align="center", indent=0)
    cells = [(0, 1, Cell("Rating", draft.head))]
    names = ("Before", "Now", "Change") if compared else ("Now", "Share")
    cells += [(2 + n, 2 + n, Cell(name, middle)) for n, name in enumerate(names)]
    draft.row(*cells, height=18)
    number = replace(paint.number, size=10)
    height = max(20.0, min(30.0, 120 / len(view.figures.points)))
    for point in view.figures.points:
        base = replace(draft.body, bold=True)
        style = paint.point(point, base)
        now, before = total.now.get(point.key, 0), (total.before or {}).get(point.key, 0)
        more = _more(now - before) if compared else f"{round(100 * now / total.actions)}%"
        numbers: tuple[int | str, ...] = (before, now, more) if compared else (now, more)
        label = paint.text(cut_words(point.label, 36), style)
        figures = [
            (2 + n, 2 + n, Cell(value, number if n != len(numbers) - 1 else
                                replace(number, size=9)))
            for n, value in enumerate(numbers)
        ]  # fmt: skip
        draft.row((0, 1, label), *figures, height=height)
    last = len(draft.rows) - 1
    whole = replace(paint.total, size=10)
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


def _chart(draft: Page, top: int, last: int, *, compared: bool) -> Chart:
    view = draft.view
    total, points = view.figures.total, view.figures.points
    high = sum(row.height for row in draft.rows[top:])
    colours = [p.colour for p in points]
    words = ", ".join(f"{total.now.get(p.key, 0)} {p.label}" for p in points)
    left = 5 if compared else 4
    # A chart that reached over the last column would make the page wider.
    width = (COLUMNS - left) * int(WIDTH * 7 + 5) - 2 * AIR
    if not compared:
        series = [
            Series("Actions", NAME, Area(top + 1, 0, last, 0), Area(top + 1, 2, last, 2),
                   points=tuple(colours))
        ]  # fmt: skip
        kind, alt = "doughnut", f"Actions by rating: {words}."
    else:
        series = [
            Series(point.label, NAME, Area(top, 2, top, 3), Area(top + n, 2, top + n, 3), colour)
            for n, (point, colour) in enumerate(zip(points, colours, strict=True), 1)
        ]
        was = ", ".join(f"{(total.before or {}).get(p.key, 0)} {p.label}" for p in points)
        kind, alt = "bar", f"Actions by rating. Before: {was}. Now: {words}."
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


COLUMNS = 12


class Page(Struct):
    """The rows of the page as they are laid down."""

    paint: Paint
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    size: float = SIZE
    """Points of most letters; where they are larger than on the one page, so are the smallest."""
    kept: list[int] = field(default_factory=list)
    """Rows that are printed on the same page as the row that follows them."""

    @property
    def view(self) -> View:
        """The board."""
        return self.paint.view

    @property
    def body(self) -> Style:
        """Text of the page: small, in a box."""
        return replace(self.paint.boxed, size=self.size, valign="vcenter", indent=1)

    @property
    def head(self) -> Style:
        """A column's heading."""
        return replace(self.paint.look.heading, size=9, indent=1)

    def row(self, *cells: tuple[int, int, Cell], height: float = 0) -> None:
        """A row of cells, each over columns `first` to `last`."""
        at = len(self.rows)
        laid: list[Cell | None] = [None] * COLUMNS
        for first, last, cell in cells:
            if first == last:
                laid[first] = cell
            else:
                self.merges.append(Merge(Area(at, first, at, last), cell))
        self.rows.append(Row(laid, height=height))

    def stay(self) -> None:
        """The next row is printed on the same page as the one that follows it."""
        self.kept.append(len(self.rows))

    def over(self, text: str, style: Style, first: int = 0) -> None:
        """A text from column `first` to the last, whole: in more rows than one if it is long."""
        width = WIDTH * (COLUMNS - first)
        for piece in pieces(text, width, style, PIECE):
            self.row((first, COLUMNS - 1, Cell(piece or None, style)))

    def title(self, text: str, remark: str = "") -> None:
        """A small heading over what follows, with air above it."""
        look = self.paint.look
        self.kept += [len(self.rows), len(self.rows) + 1]
        air, high = (9, 18) if self.size == SIZE else (5, 16.5)
        self.rows.append(Row([], height=air))
        title = replace(look.subtitle, size=12)
        quiet = replace(look.muted, size=self.size, align="right", valign="bottom", wrap=False)
        self.row((0, 5, Cell(text, title)), (6, 11, Cell(remark or None, quiet)), height=high)


def spans(count: int) -> list[tuple[int, int]]:
    """The columns in `count` parts, as equal as they can be."""
    edges = [COLUMNS * n // count for n in range(count + 1)]
    return [(first, after - 1) for first, after in pairwise(edges)]


def movement(draft: Page) -> None:
    """How many actions went which way, and in which sections."""
    paint, view = draft.paint, draft.view
    total = view.figures.total
    draft.title("Since the last board")
    shown: list[tuple[str, int]] = [
        (" ".join(SIGNS[d]), total.moves.get(d, 0))
        for d in DIRECTIONS
        if d not in SELDOM or total.moves.get(d, 0)
    ]
    shown.append(("× Withdrawn", view.figures.withdrawn_since))
    parts = spans(len(shown))
    small = replace(draft.head, align="center", indent=0)
    number = replace(paint.number, size=14, bold=True)
    draft.row(
        *((a, b, Cell(name, small)) for (a, b), (name, _) in zip(parts, shown, strict=True)),
        height=18,
    )
    draft.row(
        *((a, b, Cell(count, number)) for (a, b), (_, count) in zip(parts, shown, strict=True)),
        height=26,
    )
    ways: tuple[tuple[Direction, str], ...] = (("worse", "Worse in"), ("better", "Better in"))
    for way, label in ways:
        found = [
            f"{view.short.get(s.name, s.name)} ({s.moves[way]})"
            for s in sorted(view.figures.sections, key=lambda s: -s.moves.get(way, 0))
            if s.moves.get(way, 0)
        ]
        bold = replace(draft.body, bold=True)
        words = paint.text(in_short(found, 190) or "No section", draft.body)
        draft.row((0, 1, Cell(label, bold)), (2, COLUMNS - 1, words))


def exceptions(draft: Page, most: int) -> None:
    """At most `most` of the actions to look at, with the first of their reasons."""
    paint, view = draft.paint, draft.view
    found = first_in_line(view)
    title = "Exceptions, the worst first" if found else "Exceptions"
    shown = found[:most]
    remark = f"{len(shown)} of {plural(len(found), 'exception')}; the composite has them all"
    draft.title(title, remark if len(found) > len(shown) else "")
    if not found:
        words = "No action is rated for attention, overdue, worse than before or challenged."
        draft.row((0, COLUMNS - 1, Cell(words, draft.body)), height=22)
        return
    labels = {view.points[one.now].label for one in shown if one.now in view.points}
    long = any(len(word) > LONG_WORD for label in labels for word in (*label.split(), label[8:]))
    a, b = (4, 6) if long and view.rated else (5, 7)
    columns = [(0, 0, "Ref"), (1, a, "Action"), (a + 1, b, "Leads"), (b + 1, 8, "Rating"),
               (9, 11, "Why")]  # fmt: skip
    draft.row(*((a, b, Cell(name, draft.head)) for a, b, name in columns), height=16)
    item = view.board.definition.with_role("action")
    for one in shown:
        text = view.say(item, one.row.values.get(item.id)) if item else ""
        leads = in_short(leads_of(view.board.definition, one.row.values), 40, "\n")
        why = cut_words("; ".join(one.why), 110)
        draft.row(
            (0, 0, paint.text(cut_words(one.row.ref, 18), replace(draft.body, bold=True))),
            (1, a, paint.text(cut_words(text, 120), draft.body)),
            (a + 1, b, paint.text(leads or "No lead named", replace(draft.body, size=8))),
            (b + 1, 8, _rating(draft, one)),
            (9, 11, paint.text(why, replace(draft.body, bold=True, size=8))),
        )


def _rating(draft: Page, one: Standing) -> Cell:
    """An action's rating, in its colour."""
    if not draft.view.rated:
        return Cell("–")
    point = draft.view.points.get(one.now, draft.view.points["?"])
    middle = replace(draft.body, size=8, indent=0, align="center")
    word = cut_words(point.label, 100)
    if point.rating is None:
        muted = draft.paint.look.muted.colour
        return Cell(word, replace(middle, italic=True, colour=muted))
    return Cell(word, draft.paint.point(point, middle))


def returns(draft: Page) -> None:
    """Who was asked, and who has not returned."""
    f = draft.view.figures
    draft.title("Returns")
    if not f.asked:
        words = "No lead was asked in this cycle."
        draft.row((0, COLUMNS - 1, Cell(words, draft.body)), height=22)
        return
    missing = sorted(
        line.lead for line in draft.view.board.returns if line.issued and not line.returned
    )
    late = f", {f.late} of them late" if f.late else ""
    words = f"{f.returned} of {f.asked} received{late}"
    names = in_short(missing, 170, "; ") or "Nobody: every return is in"
    bold = replace(draft.body, bold=True)
    draft.row(
        (0, 2, Cell(words, bold)),
        (3, 4, Cell("Not returned yet", replace(bold, fill=draft.paint.look.locked_fill))),
        (5, COLUMNS - 1, draft.paint.text(names, draft.body)),
    )
