"""How a board's sheets are painted, and its charts, from the figures that stand beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.board.board_model import Board
from xlplan.board.fitting import LongTexts, cut_words, least_long
from xlplan.board.standings import Point
from xlplan.board.table_model import Anchor, Item, Table, TableColumn
from xlplan.board.view import View, percent, say_days, sign_of
from xlplan.board.words import in_lines
from xlplan.plan.definition import Rating
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import count_lines, text_width, width_for
from xlplan.workbook.write.look import Palette, header_text, mix, palette, rating_style
from xlplan.workbook.write.sheet import Area, Cell, Chart, Page, Row, Series, Sheet, Style, Workbook

LONGEST_LINK = 26
"""Characters of the longest section that is a link as well: a link does not wrap everywhere."""
HEADING_LENGTH = 200
COLOURED = 60
"""Characters of a text that has the colour of a link; a longer one keeps its own, to be read."""
TOP = 0.3
"""Inches above what is printed: a board has no header."""
WIDEST_BANNER = 145.0
"""Characters that a narrow sheet is made wide for the sake of its banner, at most."""
FIGURES = ("number", "share", "days", "date")
_WORDS = ("text", "list", "rating")
"""The kinds of column that show a word as it is."""


class Paint(Struct, frozen=True, dict=True):
    """How one composite looks: its styles, where links lead, and which texts are cut."""

    view: View
    texts: LongTexts = field(default_factory=LongTexts)
    places: Mapping[Anchor, str] = field(default_factory=dict)
    """By what is linked to, its cell: in Plan, or in Completed."""
    _styled: dict[tuple[object, ...], tuple[Style, Style]] = field(default_factory=dict)
    """Styles that were made, by what they were made of: a large plan has few looks, many cells."""

    @cached_property
    def look(self) -> Palette:
        """The palette of the plan, with headings set in a little."""
        look = palette(self.view.board.definition)
        heading, strong = (
            replace(style, align="left", indent=1) for style in (look.heading, look.strong)
        )
        return replace(look, heading=heading, strong=strong)

    @cached_property
    def boxed(self) -> Style:
        """Body text in a box."""
        return replace(self.look.body, border=self.look.line, align="left", indent=1)

    @cached_property
    def middle(self) -> Style:
        """A word in the middle of its box."""
        return replace(self.boxed, align="center", valign="vcenter")

    @cached_property
    def number(self) -> Style:
        """A figure: in the middle, a dash for nothing."""
        return replace(self.middle, number_format='0;-0;"–"', wrap=False)

    @cached_property
    def total(self) -> Style:
        """A figure of the last row."""
        return replace(self.number, bold=True, fill=self.look.band_fill)

    @cached_property
    def head(self) -> Style:
        """A column's heading."""
        return replace(self.look.heading, size=11)

    def styled(self, base: Style, **changes: Any) -> Style:
        """`base` with some of its fields changed: the same object for the same asking."""
        key = (id(base), *changes.items())
        found = self._styled.get(key)
        if found is None:
            # `base` is kept too, so that its identity is not given to another style meanwhile.
            found = self._styled[key] = (base, replace(base, **changes))
        return found[1]

    # Cells.

    def text(self, text: str, style: Style | None = None, link: str = "") -> Cell:
        """A cell of a name or a heading, cleaned of what no reader can see."""
        text = canon_text(text)
        if len(text) > HEADING_LENGTH:
            text = cut_words(text, HEADING_LENGTH)
        return Cell(text or None, style or self.boxed, link=link)

    def fitted(self, text: str, width: float, style: Style | None = None) -> Cell:
        """A cell of text of any length; see `LongTexts`."""
        style = style or self.boxed
        return Cell(self.texts.fit(text, width, style) or None, style)

    def shade(self, rating: Rating, base: Style, *, quiet: bool = False) -> Style:
        """A look in the colour of a rating; quiet ones are paler."""
        if not quiet:
            return rating_style(rating, base)
        pale = replace(rating, colour=mix(rating.colour, "#FFFFFF", 0.65), text_colour="")
        return replace(rating_style(pale, base), bold=False)

    def tinted(self, rating: Rating | None, count: object, base: Style) -> Style:
        """The look of a figure: a pale shade of its rating where it is not nothing."""
        if rating is None or not count:
            return base
        pale = replace(rating, colour=mix(rating.colour, "#FFFFFF", 0.72), text_colour="")
        return replace(rating_style(pale, base), border=self.look.line)

    def point(self, point: Point, base: Style) -> Style:
        """The look of what is about one point of the scale."""
        return rating_style(point.rating, base) if point.rating else base

    def heading(self, column: TableColumn) -> Cell:
        """A column's heading, in the colour of its rating where it has one."""
        style = self.head
        if column.kind in FIGURES or column.align == "center":
            style = self.styled(style, align="center")
        if column.rating is not None:
            style = rating_style(column.rating, style)
        return self.text(column.under.replace("\n", " ") or column.heading, style)

    def style(self, column: TableColumn, item: Item) -> Style:
        """The look of an item in a column, apart from colours of a rating."""
        if column.kind in ("number", "share", "days"):
            return self.styled(self.number, bold=column.strong)
        bold = column.strong or item.emphasis in ("strong", "alert", "loud")
        base = self.styled(self.boxed, bold=bold) if bold else self.boxed
        if column.kind in ("rating", "direction", "date") or column.align == "center" or (
            item.rating is not None
        ):  # fmt: skip
            base = self.styled(base, align="center", valign="vcenter")
        elif column.align == "right":
            base = self.styled(base, align="right")
        if item.emphasis in ("alert", "loud"):
            base = self.styled(base, colour="#9C0006")
            return self.styled(base, fill="#FDE7E9") if item.emphasis == "loud" else base
        if item.value is None and not item.shown:
            return self.styled(base, colour=self.look.muted.colour, bold=False)
        if column.kind == "rating" and item.rating is None:
            return self.styled(base, italic=True, colour=self.look.muted.colour)
        return base

    def shown(self, column: TableColumn, item: Item, *, linked: bool) -> tuple[Style, Style]:
        """The look of an item in a column: without, and with, what its rating, a note on it and
        a link add."""
        plain = style = self.style(column, item)
        if column.kind == "number" and item.value is not None:
            return plain, self.tinted(column.rating, item.value, style)
        if item.rating is not None:
            style = self.shade(item.rating, style, quiet=item.emphasis == "quiet")
        if item.note and item.emphasis != "quiet":
            if column.kind != "rating" and item.rating is None:
                style = self.styled(style, fill=mix(self.look.band_fill, "#FFFFFF", 0.5))
            style = self.styled(style, edge=self.look.accent)
        if linked:
            style = self.styled(style, colour=self.look.link.colour)
        return plain, style

    def link(self, item: Item) -> str:
        """Where in Plan an item links to; ``""`` where it does not, or cannot be shown as one."""
        place = self.places.get(item.link) if item.link else None
        return place if place is not None and self.is_link(item) else ""

    def is_link(self, item: Item) -> bool:
        """Whether an item can be shown as a link: one does not wrap in LibreOffice, and a name of
        two lines is better read than followed."""
        of_section = item.link is not None and item.link[0] == "section"
        return not of_section or len(str(item.value)) <= LONGEST_LINK

    # Sheets.

    @cached_property
    def least_width(self) -> float:
        """Characters that a sheet is wide at least, so that its banner says which board it is."""
        lines = in_lines(self.view.subtitle(), WIDEST_BANNER - 2, self.look.banner_sub)
        return min(
            max(width_for(text_width(line), self.look.banner_sub) for line in lines) + 2,
            WIDEST_BANNER,
        )

    def banner(
        self,
        title: str,
        columns: int,
        sub: str = "",
        note: str = "",
        *,
        small: bool = False,
        width: float = WIDEST_BANNER,
    ) -> list[Row]:
        """The title, which board this is, and a remark, over the whole width; then a little air.
        What is wider than the banner takes a row more."""
        look = self.look
        head = replace(look.banner, size=12) if small else look.banner
        heads = in_lines(title, width - 2, head)
        lines = in_lines(sub or self.view.subtitle(), width - 2, look.banner_sub)

        def over(text: str, style: Style) -> list[Cell | None]:
            first = self.text(text, replace(style, indent=1, wrap=False))
            return [first, *(Cell(None, style) for _ in range(columns - 1))]

        rows = [
            *(Row(over(line, head), height=32 if len(heads) == 1 else 22) for line in heads),
            *(Row(over(line, look.banner_sub), height=20) for line in lines),
        ]
        if note:
            rows.append(Row(over(note, look.banner_note), height=20))
        return [*rows, Row([], height=8)]

    def page(self, repeat: tuple[int, int] | None = None) -> Page:
        """The paper of the plan, landscape, one page wide; the marking and page n of m below."""
        definition = self.view.board.definition
        parts = (header_text(definition.marking), header_text(cut_words(definition.title, 80)))
        left = "   ·   ".join(part for part in parts if part)
        paper = definition.composite.paper
        return Page(paper, margin=0.5, top=TOP, repeat_rows=repeat, footer_left=left)


class Brush:
    """One column as it is painted: what many rows show is one cell, and looks are few."""

    def __init__(self, paint: Paint, column: TableColumn) -> None:
        self._paint, self._column = paint, column
        self._looks: dict[tuple[object, ...], tuple[Style, Style, Style]] = {}

    def all(self, items: Sequence[Item], each: Sequence[Item]) -> list[Cell]:
        """Items as their column shows them, `each` of them once."""
        words = self._column.kind in _WORDS and not self._column.brief
        painted = self._words(each) if words else map(self._painted, each)
        cells = dict(zip(map(id, each), painted, strict=True))
        return [*map(cells.__getitem__, map(id, items))]

    def _words(self, each: Sequence[Item]) -> Iterator[Cell]:
        """The items of a column of words, which have no more to them for the most part."""
        plain = None
        for item in each:
            value = item.value
            if not isinstance(value, str) or (
                item.rating or item.link or item.note or item.emphasis or item.shown
            ):
                yield self._painted(item)
                continue
            if plain is None:
                plain = self._look(item)[1]
                least = least_long(plain)
            if len(value) >= least:
                value = self._paint.texts.fit(value, self._column.width, plain)
            yield Cell(value, plain)

    def _painted(self, item: Item) -> Cell:
        paint, column, value = self._paint, self._column, item.value
        plain, alone, linked = self._look(item)
        if column.kind == "number" and value is not None:
            return Cell(value, alone)  # type: ignore[arg-type]  # a figure
        if value is None and not item.shown:
            return Cell(column.blank or None, alone, note=item.note)
        link, words = paint.link(item) if item.link else "", words_of(column, item)
        text = cut_words(words, column.brief) if column.brief else ""
        text = text or paint.texts.fit(words, column.width, plain)
        if link and len(text) > LONGEST_LINK and count_lines(text, column.width, plain) > 1:
            link = ""  # LibreOffice shows one line of a link and no more
        style = linked if link and len(words) <= COLOURED else alone
        return Cell(text, style, note=item.note, link=link)

    def _look(self, item: Item) -> tuple[Style, Style, Style]:
        """The look of an item without what its rating and a note on it add, with that, and with
        what a link adds too."""
        key = (
            id(item.rating), item.emphasis, item.note != "", item.value is None,
            item.shown != "", self._column.kind == "number" and bool(item.value),
        )  # fmt: skip
        found = self._looks.get(key)
        if found is None:
            shown = self._paint.shown
            plain, alone = shown(self._column, item, linked=False)
            linked = shown(self._column, item, linked=True)[1]
            found = self._looks[key] = plain, alone, linked
        return found


def words_of(column: TableColumn, item: Item) -> str:
    """An item in words, as a coloured sheet says it."""
    if item.shown:
        return item.shown
    value = item.value
    if column.kind == "direction":
        return f"{sign_of(str(value))} {value}"
    if column.kind == "share" and isinstance(value, float | int):
        return percent(value)
    if column.kind == "days" and isinstance(value, float | int):
        return say_days(value) if value or column.id != "days_moved" else "–"
    if column.kind == "date":
        return say_date(value)  # type: ignore[arg-type]  # a date, by the kind of column
    if isinstance(value, tuple):
        return "\n".join(f"{column.mark}{text}" for text in value)
    return str(value)


def workbook_of(
    board: Board, sheets: Sequence[Sheet], what: str, created: str, more: str = ""
) -> Workbook:
    """A workbook about a board, with what its properties say of it."""
    definition = board.definition
    more += f" (extract: {board.extract})" if board.extract else ""
    return Workbook(
        sheets=sheets,
        title=f"{definition.title}: {what}, {say_date(board.as_of)}{more}",
        created=created,
        subject=f"Cycle {board.cycle}",
        company=definition.organisation,
        language=definition.language[0],
        font=definition.style.font,
        properties={"Ledger tip": board.tip} if board.tip else {},
    )


NO_COLOUR = "#A6A6A6"
UPRIGHT, SHORT_NAME = 12, 12
"""So many columns have room for names of more than so many characters: below more of them the names
would stand aslant, and take the room of the columns."""


def board_chart(
    sheet: str,
    table: Table,
    columns: Sequence[tuple[int, TableColumn]],
    rows: Sequence[Row],
    top: int,
) -> Chart:
    """A column for each line of a table but for totals, from its charted `columns`, below its
    `rows`, of which `top` is the first; a bar each, one below the other, where there are many with
    long names."""
    lines = [line for line in table.lines if not (line.total or line.early)]
    names = [str(line.items[columns[0][0]].value) for line in lines]
    last = top + len(names) - 1
    turned = len(names) > UPRIGHT and sorted(map(len, names))[len(names) // 2] > SHORT_NAME
    places = [sum(c.span for _, c in columns[:n]) for n in range(len(columns))]
    drawn = [(at, c) for at, (_, c) in zip(places, columns, strict=True) if c.charted]
    counts = [
        {at: int(str(cell.value)) for at, _ in drawn if (cell := row.cells[at])}
        for row in rows[top : last + 1]
    ]
    words = "; ".join(
        f"{name}: " + ", ".join(f"{found[at]} {column.heading}" for at, column in drawn)
        for name, found in zip(names, counts, strict=True)
    )
    return Chart(
        kind="bar" if turned else "column",
        title=table.chart,
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
        height=110 + 17 * len(names) if turned else 330,
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
