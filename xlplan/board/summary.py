"""The Summary sheet: the position on one page, section by rating, before and now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from xlplan.board.figures import Count
from xlplan.board.frame import SIGNS, Frame, percent
from xlplan.board.key_figures import key_figures
from xlplan.board.longtexts import cut_words
from xlplan.board.naming import section_text
from xlplan.board.paging import page_height
from xlplan.board.recommendations import ROLLED, rolled_cell, rolled_sections, section_asks
from xlplan.board.standings import DIRECTIONS, Direction
from xlplan.board.summary_charts import PIXELS, Ranges, Spot, below, summary_charts
from xlplan.board.words import meaning_of
from xlplan.plan.checks.rollups import RolledUp
from xlplan.plan.definition import Rollup
from xlplan.plan.text import fold
from xlplan.workbook.write.look import mix, rating_style
from xlplan.workbook.write.measure import row_heights
from xlplan.workbook.write.sheet import Area, Cell, Chart, Merge, Row, Sheet, Style

NAME = "Summary"
SECTION, TEXT, FIGURE, ALONE, MOVE, GAP, CHART = 30.0, 32.0, 6.8, 11.0, 9.0, 2.0, 66.0
ROLLED_UP = 13.0
LOWEST = 220
"""Pixels below which a chart of the sections cannot be read."""
LEADING = 2
"""Columns before the figures: the section, and what it says."""
FEW = 10
"""Sections up to which the charts have room under the table."""
LEAST, AIR = 350, 14
"""The least width of a chart under the table, and the room around it, in pixels."""
TILE = 13.0
"""The least width of a key figure, in characters."""


class _Draft:
    """The rows of the sheet as they are laid down, with what is merged over them."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.compare = frame.board.previous is not None
        self.rated = frame.rated
        self.points = frame.counted_points
        asks = section_asks(frame)
        self.said = {
            s.name: section_text(s.name) or _in_short(asks.get(s.name, []))
            for s in frame.figures.sections
        }
        self.texts = any(self.said.values())
        self.moves = _moves(frame)
        groups = len(self.points) + (2 if self.rated else 1)
        figures = [FIGURE] * groups * 2 if self.compare else [ALONE] * groups
        self.rolled = rolled_sections(frame)
        ends = [*[ROLLED_UP] * len(self.rolled), *[MOVE + 1] * 2]
        self.widths = [SECTION, TEXT, *figures, *([MOVE] * len(self.moves)), *ends]
        self.table_columns = len(self.widths)
        self.beside_key = LEADING + (4 if self.compare else 3)
        """The first column right of the rating key."""
        sections = len(frame.figures.sections)
        free = _pixels(self.widths[self.beside_key :])
        self.charts_below = sections <= FEW and self.rated and free >= 2 * LEAST
        if self.rated and not self.charts_below:
            self.widths += [GAP, *[CHART / 6] * 6]
        self.rows: list[Row] = []
        self.merges: list[Merge] = []

    def merge(self, first: int, last: int, cell: Cell, rows: int = 1) -> None:
        """One cell over columns `first` to `last` of the next `rows` rows."""
        at = len(self.rows)
        self.merges.append(Merge(Area(at, first, at + rows - 1, last), cell))


def summary_sheet(frame: Frame) -> Sheet:
    """Key figures, the table with its totals, charts and the rating key."""
    if not frame.figures.standings and not frame.figures.total.actions_before:
        return frame.empty(NAME, "Summary", "The plan has no actions to count yet.")
    draft = _Draft(frame)
    draft.rows += frame.banner("Summary", len(draft.widths))
    _tiles(draft)
    top = len(draft.rows)
    _headings(draft)
    first = len(draft.rows)
    for plan in frame.figures.plans:
        draft.rows.append(_counts(draft, plan, total=True))
    last = len(draft.rows) - 1
    for section in frame.figures.sections if frame.figures.sectioned else ():
        draft.rows.append(_counts(draft, section, total=False))
    if not frame.figures.plans:
        last = len(draft.rows) - 1
    draft.rows.append(_counts(draft, frame.figures.total, total=True))
    draft.rows.append(Row([], height=12))
    key = _key(draft) if draft.rated else None
    charts = (
        summary_charts(frame, _spots(draft, top, key[0] - 1), _figures(draft, first, last, key))
        if key
        else ()
    )
    sheet = frame.sheet(NAME, draft.rows, draft.widths, merges=draft.merges)
    if len(frame.figures.sections) > FEW:
        sheet = replace(sheet, page=replace(sheet.page, repeat_rows=(top, top + 1)))
    return replace(sheet, charts=tuple(_on_first_page(sheet, chart) for chart in charts))


def _on_first_page(sheet: Sheet, chart: Chart) -> Chart:
    """The chart no taller than the room left for it on the first page, where there is any."""
    above = sum(height or 15 for height in row_heights(sheet)[: chart.row])
    left = int((page_height(sheet) - above) * 4 / 3) - AIR
    return replace(chart, height=min(chart.height, left)) if left >= LOWEST else chart


def _figures(draft: _Draft, first: int, last: int, key: tuple[int, int]) -> Ranges:
    return Ranges(LEADING, draft.compare, (first, last), key)


def _pixels(widths: Sequence[float]) -> int:
    """The width of columns on the screen."""
    return int(sum(width * 7 + 5 for width in widths))


def _spots(draft: _Draft, top: int, key: int) -> tuple[Spot, Spot]:
    """Where the two charts stand: right of the key under a short table, else right of the table."""
    sections = len(draft.frame.figures.sections)
    if draft.charts_below:
        widths = draft.widths[draft.beside_key :]
        room = (_pixels(widths) - 2 * AIR) // 2
        half = next(n for n in range(len(widths)) if _pixels(widths[: n + 1]) > room + AIR)
        left = Spot(key, draft.beside_key, AIR, room, 250)
        spent = _pixels(widths[:half])
        right = Spot(key, draft.beside_key + half, room + 2 * AIR - spent, room, 250)
        return left, replace(right, height=max(250, min(110 + 26 * sections, 400)))
    column = draft.table_columns + 1
    top += 2  # the headings are repeated on every page, and what stands on them with them
    above = Spot(top, column, 0, PIXELS, 200)
    height = max(220, min(110 + 26 * sections, 1400))
    return above, Spot(below(draft.rows, top, 210), column, 0, PIXELS, height)


def _in_short(asks: Sequence[tuple[str, str]]) -> str:
    """The first of what is asked, and how much more there is."""
    more = f" (and {len(asks) - 1} more)" if len(asks) > 1 else ""
    return cut_words(asks[0][1], 60) + more if asks else ""


def _moves(frame: Frame) -> tuple[Direction, ...]:
    if frame.board.previous is None:
        return ()
    total = frame.figures.total
    if not frame.rated:
        return ("new",)
    return tuple(d for d in DIRECTIONS if d != "uncompared" or total.moves.get(d, 0))


# Key figures.


def _tiles(draft: _Draft) -> None:
    look = draft.frame.look
    tiles = key_figures(draft.frame)
    spans = _spans(draft.widths, len(tiles))
    fill = mix(look.band_fill, "#FFFFFF", 0.55)
    white = replace(look.body, fill=fill, align="center", valign="vcenter", wrap=False)
    looks = (
        (0, replace(white, size=24, bold=True, colour=look.accent), 36.0),
        (1, replace(white, size=11, bold=True), 17.0),
        (2, replace(white, size=9, colour=look.muted.colour), 16.0),
    )
    for part, style, height in looks:
        cells: list[Cell | None] = [None] * len(draft.widths)
        for index, ((first, last), tile) in enumerate(zip(spans, tiles, strict=True)):
            edged = replace(style, edge="#FFFFFF") if index else style
            said = tile[part]
            cell = Cell(int(said) if said.isdecimal() else said or None, edged)
            if first == last:
                cells[first] = cell
            else:
                draft.merge(first, last, cell)
        draft.rows.append(Row(cells, height=height))
    draft.rows.append(Row([], height=12))


def _spans(widths: Sequence[float], count: int) -> list[tuple[int, int]]:
    """Columns divided into `count` runs as equal in width as the columns allow."""
    edges = [sum(widths[: n + 1]) for n in range(len(widths))]
    count = min(count, len(widths))
    spans: list[tuple[int, int]] = []
    first = 0
    for number in range(1, count):
        wanted = edges[-1] * number / count
        room = range(first, len(widths) - (count - number))
        start = edges[first] - widths[first]
        last = min(room, key=_nearest(edges, start, wanted))
        spans.append((first, last))
        first = last + 1
    return [*spans, (first, len(widths) - 1)]


def _nearest(
    edges: Sequence[float], start: float, wanted: float
) -> Callable[[int], tuple[bool, float, int]]:
    """Orders columns by how well a tile that began at `start` would end there."""
    return lambda n: (edges[n] - start < TILE, abs(edges[n] - wanted), n)


# The table.


def _headings(draft: _Draft) -> None:
    frame, look = draft.frame, draft.frame.look
    head = replace(look.heading, align="center")
    top: list[Cell | None] = [Cell(None, head)] * draft.table_columns
    group = frame.group if frame.figures.sectioned else "Plan"
    draft.merge(0, LEADING - 1, frame.text(group, look.heading), rows=2)
    col = LEADING
    step = 2 if draft.compare else 1
    groups: list[tuple[str, Style]] = [
        (p.label, rating_style(p.rating, head) if p.rating else head) for p in draft.points
    ]
    groups.append(("All actions", head))
    if draft.rated:
        groups.append(("Closed or on track", head))
    for label, style in groups:
        cell = frame.text(label, style)
        if step == 2:
            draft.merge(col, col + 1, cell)
        else:
            draft.merge(col, col, cell, rows=2)
        col += step
    if draft.moves:
        draft.merge(col, col + len(draft.moves) - 1, Cell("Since the last board", head))
    ends = [rollup.heading or ROLLED[rollup.rule] for rollup, _ in draft.rolled]
    for at, name in enumerate((*ends, "Overdue", "Exceptions"), col + len(draft.moves)):
        draft.merge(at, at, Cell(name, replace(head, size=9)), rows=2)
    draft.rows.append(Row(top, height=34 if draft.compare else 22))
    small = replace(head, size=9)
    names: list[str] = [""] * LEADING
    names += [
        "Before" if draft.compare and n % 2 == 0 else "Now" for n in range(len(groups) * step)
    ]
    second = [Cell(name or None, small) for name in names]
    second += [Cell(f"{SIGNS[d][0]}\n{SIGNS[d][1]}", small) for d in draft.moves]
    draft.rows.append(Row(second, height=32 if draft.compare else 18))


def _counts(draft: _Draft, count: Count, *, total: bool) -> Row:
    frame = draft.frame
    number = replace(frame.total if total else frame.number, size=12)
    muted = replace(number, colour=frame.look.muted.colour, bold=False)
    label = replace(number, align="left", wrap=True)
    if total:
        cells: list[Cell] = [Cell(count.name, label)]
    else:
        cells = [frame.section(count.name, replace(label, bold=True))]
    if draft.texts and not total:
        text = cut_words(draft.said[count.name], 72)
        cells.append(frame.text(text, replace(label, size=9, bold=False)))
    else:
        draft.merge(0, 1, cells[0])
        cells = [Cell(None, cells[0].style)] * 2
    for point in draft.points:
        if count.before is not None:
            cells.append(Cell(count.before.get(point.key, 0), muted))
        now = count.now.get(point.key, 0)
        cells.append(Cell(now, frame.tinted(point, now, replace(number, bold=True))))
    if count.before is not None:
        cells.append(Cell(count.actions_before, muted))
    cells.append(Cell(count.actions, replace(number, bold=True)))
    if count.before is not None and draft.rated:
        cells.append(Cell(percent(count.share_before), muted))
    if draft.rated:
        cells.append(Cell(percent(count.share), replace(number, bold=True)))
    cells += [Cell(count.moves.get(d, 0), number) for d in draft.moves]
    for rollup, by_name in draft.rolled:
        one = by_name.get(fold(count.name))
        cells.append(_rolled(frame, rollup, one) if one and not total else Cell(None, number))
    cells += [Cell(count.overdue, number), Cell(count.exceptions, number)]
    return Row(cells, height=33 if draft.texts and not total else 24)


def _rolled(frame: Frame, rollup: Rollup, one: RolledUp) -> Cell:
    cell = rolled_cell(frame, rollup, one)
    if rollup.rule == "share-closed":
        return replace(cell, style=replace(cell.style, size=12))
    return cell


# The rating key, which is also what the first chart is drawn from.


def _key(draft: _Draft) -> tuple[int, int]:
    """Lay down the key; return its first and last row."""
    frame = draft.frame
    heading = replace(frame.look.heading, align="center")
    names = (["Before"] if draft.compare else []) + ["Now", "Share"]
    titles = [Cell("Rating", frame.look.heading), Cell("What it means", frame.look.heading)]
    draft.rows.append(Row([*titles, *(Cell(name, heading) for name in names)]))
    first = len(draft.rows)
    total = frame.figures.total
    number = replace(frame.number, size=11)
    for point in frame.figures.points:
        figures = [Cell(total.before.get(point.key, 0), number)] if total.before is not None else []
        now = total.now.get(point.key, 0)
        share = now / total.actions if total.actions else None
        figures += [Cell(now, replace(number, bold=True)), Cell(percent(share), number)]
        meaning = frame.text(
            cut_words(meaning_of(point), 300), replace(frame.boxed, size=9, valign="vcenter")
        )
        draft.rows.append(Row([frame.rating(point.key), meaning, *figures]))
    return first, len(draft.rows) - 1
