"""The History sheet: how the ratings have gone from board to board, action by action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.board.action_cells import section_cell
from xlplan.board.earlier import MOST, Moment, moments, used_keys
from xlplan.board.frame import Frame, percent, plural
from xlplan.board.longtexts import cut_words
from xlplan.board.standings import Point, Standing, points_of
from xlplan.board.summary_charts import whole_unit
from xlplan.plan.timescales import say_date
from xlplan.plan.values import show
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Area, Cell, Chart, Merge, Row, Series, Sheet

NAME = "History"
LEADING = (9.0, 24.0, 46.0)
"""Ref, section, action; in the table of counts the board's label stands over the first two."""
MOMENT, DATE, SLIPS, DAYS = 14.0, 17.0, 9.0, 13.0
NO_COLOUR = "#A6A6A6"


def history_sheet(frame: Frame) -> Sheet:
    """Counts of every board with a chart, then a rating per action per board, in words."""
    every = moments(frame.board, frame.figures)
    if len(every) < 2 or not frame.figures.standings:
        sentence = "This is the first board: there is no history to show yet."
        return frame.empty(NAME, NAME, sentence)
    shown = every[-MOST:]
    points = points_of(frame.board.definition, used_keys(shown))
    columns = max(len(shown) + 4, len(points) + 3)
    widths = [*LEADING, *[MOMENT] * len(shown), DATE, DATE, SLIPS, DAYS]
    widths += [MOMENT] * (columns + len(LEADING) - len(widths))
    rows = frame.banner(NAME, len(widths), note=_note(every, shown))
    merges: list[Merge] = []
    chart = _counts(frame, rows, merges, shown, points)
    rows.append(Row([], height=12))
    headed = len(rows)
    rows.append(_headings(frame, shown))
    rows += [_row(frame, one, shown) for one in frame.figures.standings]
    table = len(LEADING) + len(shown) + 4
    sheet = frame.sheet(NAME, rows, widths, headed=headed, merges=merges, table_columns=table)
    return replace(sheet, freeze=None, charts=[chart])


def _note(every: Sequence[Moment], shown: Sequence[Moment]) -> str:
    said = "Ratings as each board saw them; a dash where an action was not in the plan"
    if len(shown) < len(every):
        said = f"The last {len(shown)} of {plural(len(every), 'point')} in time.   {said}"
    return said


def _counts(
    frame: Frame,
    rows: list[Row],
    merges: list[Merge],
    shown: Sequence[Moment],
    points: Sequence[Point],
) -> Chart:
    """The table of counts, and the chart that is drawn from it beside itself."""
    head = replace(frame.look.heading, align="center")
    names = [*(p.label for p in points), "Actions", "Closed or on track", "Average slip"]
    styles = [rating_style(p.rating, head) if p.rating else head for p in points]
    styles += [head] * 3
    top = len(rows)
    heading = frame.look.heading
    merges.append(_over(top, Cell("Board", heading)))
    rows.append(
        Row(
            [
                *[Cell(None, heading)] * 3,
                *(frame.text(n, s) for n, s in zip(names, styles, strict=True)),
            ]
        )
    )
    label = replace(frame.boxed, bold=True, valign="vcenter")
    for moment in shown:
        merges.append(_over(len(rows), frame.text(moment.label, label)))
        rows.append(_count(frame, moment, points))
    first, last, start = top + 1, len(rows) - 1, len(LEADING)
    at = len(rows)
    for _ in range(13):
        frame.keep(NAME, len(rows))
        rows.append(Row([], height=20))
    said = "; ".join(
        f"{m.label}: " + ", ".join(f"{m.counts.get(p.key, 0)} {p.label}" for p in points)
        for m in shown
    )
    return Chart(
        kind="column",
        title="Actions by rating, board by board",
        series=[
            Series(
                point.label,
                NAME,
                Area(first, 0, last, 0),
                Area(first, start + n, last, start + n),
                point.rating.colour if point.rating else NO_COLOUR,
            )
            for n, point in enumerate(points)
        ],
        row=at,
        col=0,
        width=900,
        height=330,
        stacked=True,
        alt=said,
        unit=whole_unit(max(m.actions for m in shown)),
    )


def _count(frame: Frame, moment: Moment, points: Sequence[Point]) -> Row:
    number = frame.number
    cells = [Cell(None, frame.boxed) for _ in LEADING]
    for point in points:
        count = moment.counts.get(point.key, 0)
        cells.append(Cell(count, frame.tinted(point, count, number)))
    well = sum(
        n
        for key, n in moment.counts.items()
        if (p := frame.points.get(key)) and p.rating and (p.rating.closed or not p.rating.exception)
    )
    share = well / moment.actions if moment.actions else None
    slip = "–" if moment.slip is None else say_days(moment.slip)
    cells += [
        Cell(moment.actions, replace(number, bold=True)),
        Cell(percent(share), number),
        Cell(slip, number),
    ]
    return Row(cells)


def _over(row: int, cell: Cell) -> Merge:
    """A label over the columns that hold ref, section and action further down."""
    return Merge(Area(row, 0, row, len(LEADING) - 1), cell)


def say_days(days: float) -> str:
    """A number of days in words: ``"1 day"``, ``"12.5 days"``; early is said so."""
    size = f"{abs(days):.1f}".removesuffix(".0")
    if size == "0":
        return "0 days"
    return f"{size} {'day' if size == '1' else 'days'}{' early' if days < 0 else ''}"


def _headings(frame: Frame, shown: Sequence[Moment]) -> Row:
    head = frame.look.heading
    middle = replace(head, align="center")
    cells = [Cell(name, head) for name in ("Ref", "Section", "Action")]
    labels = [moment.label for moment in shown[:-1]] + [f"Now ({shown[-1].label})"]
    cells += [frame.text(cut_words(label, 40), middle) for label in labels]
    cells += [Cell(name, middle) for name in ("First due", "Due now", "Slips", "Days moved")]
    return Row(cells)


def _row(frame: Frame, one: Standing, shown: Sequence[Moment]) -> Row:
    item = frame.board.definition.with_role("action")
    text = show(one.row.values.get(item.id)) if item else ""
    middle = replace(frame.boxed, align="center", valign="vcenter")
    rated = (moment.ratings.get(one.row.uid) for moment in shown)
    moved = "" if one.slipped is None else say_days(one.slipped) if one.slipped else "–"
    return Row(
        [
            frame.ref(one.row.uid, one.row.ref),
            section_cell(frame, one),
            frame.text(cut_words(text, 160)),
            *(frame.rating(key) for key in rated),
            Cell(say_date(one.first_due) if one.first_due else None, middle),
            Cell(say_date(one.due) if one.due else None, middle),
            Cell(one.slips, frame.number),
            Cell(moved or None, middle),
        ]
    )
