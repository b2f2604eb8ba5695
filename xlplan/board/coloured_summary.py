"""The first page and Table 1 in colour; each has a layout of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from xlplan.board.at_a_glance import (
    ASKED,
    IN_A_SENTENCE,
    NO_WORDS,
    finished,
    got_worse,
    late,
    late_since,
    latest_words,
    not_reported,
)
from xlplan.board.board_model import BoardSheet, Item, Line, Table, TableColumn
from xlplan.board.coloured import Draft, empty_sheet
from xlplan.board.fitting import FittedColumn, cut_words, paged, pieces, shared_widths
from xlplan.board.one_page import COLUMNS, PIECE, WIDTH, Page, tiles
from xlplan.board.paint import Paint
from xlplan.board.standings import Standing, leads_of, listed
from xlplan.board.view import FIRST_BOARD, plural
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.look import mix, rating_style
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet, Style

# Table 1.

LEADING = 2
"""Columns before the figures: the section, and what it says."""
NAME, ABOUT, LEAST_ABOUT = 16.0, 32.0, 8.0
SIZE, SMALL = 11.0, 10.0
"""Points of the letters of Table 1; 10 are printed in 8.5 or more."""


@dataclass(frozen=True)
class _Plan:
    """How the columns of the sheet are used; the section always stands over two."""

    paint: Paint
    table: Table

    @property
    def compared(self) -> bool:
        return self.paint.view.compared

    @property
    def figures(self) -> list[TableColumn]:
        """The columns of figures."""
        return [c for c in self.table.columns if c.id not in ("section", "text")]

    @property
    def with_text(self) -> bool:
        return any(c.id == "text" for c in self.table.columns)

    @property
    def columns(self) -> int:
        """How many columns the table takes."""
        return LEADING + len(self.figures)

    @cached_property
    def number(self) -> Style:
        return replace(self.paint.number, size=SIZE)

    @cached_property
    def label(self) -> Style:
        """The name of a section; what it says of itself is smaller."""
        return replace(self.number, align="left", wrap=True, bold=True, number_format="", indent=1)

    def about(self, line: Line) -> str:
        """What a section says beyond its name, in short."""
        column = self.table.columns[1]
        return cut_words(str(line.items[1].value or ""), column.brief) if self.with_text else ""

    @cached_property
    def widths(self) -> list[float]:
        """What names a section is as wide as the page allows, and the figures what is left."""
        lines, head = self.table.lines, replace(self.paint.look.heading, size=SMALL)
        names = [str(line.items[0].value or "") for line in lines]
        texts = ["" if line.total else self.about(line) for line in lines]
        plain = replace(self.label, size=SMALL, bold=False)
        columns = [FittedColumn(NAME, names, self.label, flexible=True)]
        columns.append(FittedColumn(ABOUT, texts, plain, flexible=self.with_text))
        columns += [
            FittedColumn(c.width, [c.under or c.heading] * len(lines), head) for c in self.figures
        ]
        paper = self.paint.view.board.definition.composite.paper
        first, about, *figures = shared_widths(columns, paper)
        about = about if self.with_text else LEAST_ABOUT
        least = max(NAME, self.paint.least_width - about - sum(figures))
        return [max(first, least), about, *figures]


def coloured_summary(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """The table with its totals, and nothing else; its headings are repeated on every page."""
    if sheet.empty:
        return empty_sheet(paint, name, sheet)
    (table,) = sheet.tables
    plan = _Plan(paint, table)
    draft = Draft(paint, name, paint.banner(sheet.title, plan.columns, note=sheet.legend))
    top = len(draft.rows)
    _headings(draft, plan)
    for line in table.lines:
        _line(draft, plan, line)
    made = draft.sheet(plan.widths)
    return paged(replace(made, page=replace(made.page, repeat_rows=(top, top + 1))))


def _headings(draft: Draft, plan: _Plan) -> None:
    """Two rows of headings: what columns have in common, and what tells them apart."""
    paint = draft.paint
    head = replace(paint.look.heading, align="center")
    small = replace(head, size=SMALL)
    draft.merge(0, LEADING - 1, paint.text(plan.table.columns[0].heading, paint.look.heading), 2)
    second: list[Cell | None] = [Cell(None, small)] * plan.columns
    at = LEADING
    for over, group in groupby(plan.figures, key=lambda column: column.over or column.heading):
        columns = list(group)
        style = rating_style(rating, head) if (rating := columns[0].rating) else head
        if not columns[0].under:
            cell = paint.text(over, style if columns[0].over else replace(style, size=SMALL))
            draft.merge(at, at, cell, rows=2)
        else:
            last, rows = at + len(columns) - 1, 1 if plan.compared else 2
            draft.merge(at, last, paint.text(over, style), rows)
            second[at : at + len(columns)] = [Cell(c.under, small) for c in columns]
        at += len(columns)
    top: list[Cell | None] = [Cell(None, head)] * plan.columns
    draft.rows += [Row(top), Row(second)]


def _line(draft: Draft, plan: _Plan, line: Line) -> None:
    """The figures of a section; those of the whole plan, or of one of several, are totals. The
    row is as high as its texts."""
    paint, table = draft.paint, plan.table
    number, label = plan.number, plan.label
    if line.total:
        fill = paint.total.fill
        number, label = replace(number, bold=True, fill=fill), replace(label, fill=fill)
    shown = dict(zip((c.id for c in table.columns), line.items, strict=True))
    cells = [_section(paint, shown["section"], label)]
    if plan.with_text and not line.total:
        small = replace(label, size=SMALL, bold=False)
        cells.append(paint.text(plan.about(line), small))
    else:
        draft.merge(0, LEADING - 1, cells[0])
        cells = [Cell(None, cells[0].style)] * LEADING
    cells += [_figure(paint, c, shown[c.id], number) for c in plan.figures]
    draft.rows.append(Row(cells))


def _section(paint: Paint, item: Item, label: Style) -> Cell:
    link = paint.link(item)
    style = replace(label, colour=paint.look.link.colour) if link else label
    return paint.text(str(item.value or ""), style, link)


def _figure(paint: Paint, column: TableColumn, item: Item, number: Style) -> Cell:
    """One figure: pale where it is of the last board, in the tint of its rating where it is now."""
    value = item.value
    if column.under == "Before":
        return Cell(value, replace(number, colour=paint.look.muted.colour, bold=False))  # type: ignore[arg-type]  # a figure
    style = replace(number, bold=True) if column.strong else number
    return Cell(value, paint.tinted(column.rating, value, style), link=paint.link(item))  # type: ignore[arg-type]  # a figure


# The first page.

GLANCE_SIZE = 9.5
"""Points of the smallest letters, so that they are printed in 8.5 or more."""
MOST_DATED = 6
"""Late actions that are named with their day; the others by their refs."""
MOST_LISTED = 4
"""Actions that are listed with their text where they were finished or are new; of others, the
refs. What got worse is listed whole."""
IN_SHORT, ON_ONE_LINE, LEADS = 150, 84, 42
"""Characters of an action's text on the first page, and of its leads; Plan has them whole."""


def coloured_glance(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """The first page, A4 and upright; it runs on where what got worse needs the room."""
    draft = Page(paint, size=GLANCE_SIZE)
    view = paint.view
    _whole_title(draft)
    tables = {table.key: table for table in sheet.tables}
    _words(draft, tables["board_words"])
    tiles(draft)
    if view.compared and view.rated:
        _got_worse(draft, got_worse(view))
    if view.dated:
        _late_refs(draft, late(view))
    if view.compared and view.rated:
        _list(draft, "What was finished", "finished", finished(view))
    if view.compared:
        _list(draft, "What is new", "new", view.figures.new)
    _silent(draft)
    page = replace(paint.page(), paper="A4", landscape=False)
    return paged(
        Sheet(
            name=name,
            rows=draft.rows,
            columns=[Column(WIDTH)] * COLUMNS,
            merges=draft.merges,
            page=page,
            tab_colour=paint.look.accent,
        ),
        draft.kept,
        fixed=True,
    )


def _whole_title(draft: Page) -> None:
    """The whole title, which board this is, and compared with what."""
    view, look = draft.view, draft.paint.look
    board, plan = view.board, view.board.definition
    against = f"Compared with {view.before}" if view.compared else FIRST_BOARD
    parts = (
        view.copy,
        view.extract,
        plan.organisation,
        f"Position at {say_date(board.as_of)}",
        against,
    )
    whole = replace(look.banner, wrap=True, size=18, indent=1)
    below = replace(look.banner_sub, wrap=True, indent=1)
    draft.over(plan.title or "Improvement plan", whole)
    draft.over("   ·   ".join(part for part in parts if part), below)
    draft.rows.append(Row([], height=6))


def _words(draft: Page, table: Table) -> None:
    """The sentence, the message, and what the board is asked to do."""
    look = draft.paint.look
    plain = replace(look.body, size=10.5, indent=1)
    asks = 0
    for about, text in table.rows:
        words = str(text)
        if about == ASKED:
            asks += 1
            if asks == 1:
                draft.title(f"{ASKED}:")
            number = Cell(f"{asks}.", replace(plain, bold=True, align="right", indent=0))
            style = replace(plain, bold=True)
            for n, piece in enumerate(pieces(words, WIDTH * COLUMNS, style, PIECE)):
                head = [(0, 0, number)] if not n else []
                draft.row(*head, (1, COLUMNS - 1, Cell(piece, style)))
        elif about == IN_A_SENTENCE:
            fill = mix(look.band_fill, "#FFFFFF", 0.4)
            draft.over(words, replace(plain, size=13, bold=True, fill=fill, valign="vcenter"))
        else:
            draft.title("Message to the board")
            draft.over(words, plain)


def _got_worse(draft: Page, found: Sequence[Standing]) -> None:
    """What got worse, each with what the officer wrote, whole."""
    view = draft.view
    draft.title("What got worse", plural(len(found), "action") if found else "")
    if not found:
        draft.over("No rating is worse than it was.", draft.body)
    for one in found:
        draft.stay()
        _head(draft, one, _from_to(draft, one), IN_SHORT)
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        words = latest_words(view, one) or NO_WORDS
        style = replace(draft.body, valign="top")
        draft.over(f"{leads}: {words}", style, first=1)


def _late_refs(draft: Page, found: Sequence[Standing]) -> None:
    """Which actions are late, those that nobody rates for attention before the others."""
    draft.title("What is late", plural(len(found), "action") if found else "")
    if not found:
        draft.over("No action is past its due date.", draft.body)
    view = draft.view
    well, others = "Rated on track", "Not rated on track"
    if not view.on_track:
        well, others = "Not rated for attention", "For attention, or not rated"
    apart = view.rated and bool(view.on_track or view.flags)
    groups = (
        (well, [one for one in found if apart and one.position == "late"]),
        (
            others if apart else "Past the date",
            [one for one in found if not apart or one.position != "late"],
        ),
    )
    bold = replace(draft.body, bold=True)
    for label, mine in groups:
        if mine:
            refs = ", ".join(_since(one) for one in mine[:MOST_DATED])
            rest = [one.row.ref or "no ref" for one in mine[MOST_DATED:]]
            if rest:
                refs += f"; and later {', '.join(rest)}"
            draft.row((0, 1, Cell(label, bold)), (2, COLUMNS - 1, Cell(refs, draft.body)))


def _since(one: Standing) -> str:
    return f"{one.row.ref or 'no ref'} (due {say_date(late_since(one))})"


def _head(draft: Page, one: Standing, last: Cell, most: int) -> None:
    """A row for an action: its ref, its text in at most so many characters, and what is last."""
    paint, view = draft.paint, draft.view
    bold = replace(draft.body, bold=True)
    ref = view.ref(one.row)
    link = paint.link(ref)
    style = replace(bold, colour=paint.look.link.colour) if link else bold
    text = cut_words(view.text_of(one.row, "action"), most)
    draft.row(
        (0, 0, paint.text(str(ref.value or "–"), style, link)),
        (1, COLUMNS - 4, Cell(text or None, bold)),
        (COLUMNS - 3, COLUMNS - 1, last),
    )


def _from_to(draft: Page, one: Standing) -> Cell:
    """From which rating to which, in the colour of that now."""
    points = draft.view.points
    was, now = (points.get(key or "", points["?"]) for key in (one.before, one.now))
    middle = replace(draft.body, indent=0, align="center", bold=True)
    return Cell(f"{was.label} → {now.label}", draft.paint.point(now, middle))


def _list(draft: Page, title: str, what: str, found: Sequence[Standing]) -> None:
    """Actions with their text, a row each; of those beyond `MOST_LISTED` the refs."""
    view = draft.view
    none = f"No action {'was' if what == 'finished' else 'is'} {what}."
    draft.title(title, plural(len(found), "action") if found else none)
    kinds = {one.now for one in found} if what == "finished" else set()
    for one in found[:MOST_LISTED]:
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        leads = f"{view.rating(one.now).value}: {leads}" if len(kinds) > 1 else leads
        cell = draft.paint.text(cut_words(leads, LEADS), draft.body)
        _head(draft, one, cell, ON_ONE_LINE)
    if rest := found[MOST_LISTED:]:
        refs = ", ".join(one.row.ref or "no ref" for one in rest)
        draft.over(f"And {plural(len(rest), 'more', 'more')}: {refs}", draft.body)


def _silent(draft: Page) -> None:
    """Who did not report, of how many who were asked."""
    f, found = draft.view.figures, not_reported(draft.view)
    draft.title("Who did not report", f"{len(found)} of {plural(f.asked, 'lead')}" if found else "")
    nobody = "Every lead who was asked reported." if f.asked else "No lead was asked to report."
    names = "; ".join(line.lead for line in found)
    draft.over(names or nobody, draft.body)
