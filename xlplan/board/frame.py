"""What every sheet of the composite shares: banner, headings, cells, long texts, page set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from xlplan.board.figures import Figures
from xlplan.board.longtexts import LongTexts, cut_words
from xlplan.board.model import Board
from xlplan.board.naming import short_names
from xlplan.board.standings import Direction, Point, Standing, group_heading, points_of
from xlplan.board.words import clock
from xlplan.plan.definition import Field, Rating
from xlplan.plan.ratings import rating_word
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, show_in
from xlplan.workbook.write.look import Palette, header_text, mix, palette, rating_style
from xlplan.workbook.write.sheet import Area, Cell, Column, Merge, Page, Row, Sheet, Style

SIGNS: Mapping[Direction, tuple[str, str]] = {
    "better": ("▲", "Better"),
    "same": ("▬", "No change"),
    "worse": ("▼", "Worse"),
    "new": ("●", "New"),
    "uncompared": ("○", "Not compared"),
}
"""Direction of travel: an arrow and the word that says it."""
LINK_LENGTH = 26
"""Characters of the longest name that is a link as well: a link does not wrap everywhere."""
NAME_LENGTH = 240
"""Characters that fit the narrowest column in the highest row there can be."""


@dataclass
class Frame:
    """One composite in the making: the board, its figures, its look, and where things stand."""

    board: Board
    figures: Figures
    look: Palette = field(init=False)
    short: Mapping[str, str] = field(init=False)
    points: Mapping[str, Point] = field(init=False)
    texts: LongTexts = field(default_factory=LongTexts)
    action_rows: dict[str, int] = field(default_factory=dict)
    """By uid, the row of each action in the Plan sheet."""
    section_rows: dict[str, int] = field(default_factory=dict)
    _styled: dict[tuple[object, ...], tuple[Style, Style]] = field(default_factory=dict)
    _rated: dict[tuple[object, ...], tuple[Style | None, Cell]] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)
    """By sheet, the rows that must not stand last on a page: bands and titles of tables."""

    def __post_init__(self) -> None:
        look = palette(self.board.definition)
        heading, strong = (
            replace(style, align="left", indent=1) for style in (look.heading, look.strong)
        )
        self.look = replace(look, heading=heading, strong=strong)
        self.short = short_names([section.name for section in self.figures.sections])
        self.points = {p.key: p for p in points_of(self.board.definition, ("", "?"))}

    @cached_property
    def rated(self) -> bool:
        """Whether the plan rates its actions at all."""
        return self.board.definition.with_role("rating") is not None

    @property
    def counted_points(self) -> tuple[Point, ...]:
        """The ratings to count by; none in a plan that does not rate its actions."""
        return self.figures.points if self.rated else ()

    @cached_property
    def group(self) -> str:
        """What the plan calls the groups that its actions stand in."""
        return cut_words(group_heading(self.board.definition), 40) or "Section"

    # Cells.

    @cached_property
    def boxed(self) -> Style:
        """Body text in a box."""
        return replace(self.look.body, border=self.look.line, align="left", indent=1)

    @cached_property
    def number(self) -> Style:
        """A figure: in the middle, a dash for nothing."""
        return replace(
            self.boxed, align="center", valign="vcenter", number_format='0;-0;"–"', wrap=False
        )

    @cached_property
    def total(self) -> Style:
        """A figure of the last row."""
        return replace(self.number, bold=True, fill=self.look.band_fill)

    def styled(self, base: Style, **changes: Any) -> Style:
        """`base` with some of its fields changed: the same object for the same asking.

        A large plan asks for few looks and many cells.
        """
        key = (id(base), *changes.items())
        found = self._styled.get(key)
        if found is None:
            # `base` is kept too, so that its identity is not given to another style meanwhile.
            found = self._styled[key] = (base, replace(base, **changes))
        return found[1]

    def text(self, text: str, style: Style | None = None, link: str = "") -> Cell:
        """A cell of a name, a word or a short sentence, cleaned of what no reader can see.

        One that is longer than any name is cut with a mark and whole in Notes.
        """
        text = canon_text(text)
        if len(text) > NAME_LENGTH:
            number = self.texts.keep(text, cut_words(text, 40))
            text = f"{cut_words(text, NAME_LENGTH - 50)} (whole in Notes, long text {number})"
        return Cell(text or None, style or self.boxed, link=link)

    def fitted(self, text: str, width: float, label: str, style: Style | None = None) -> Cell:
        """A cell of text of any length; see `LongTexts`."""
        style = style or self.boxed
        return Cell(self.texts.fit(canon_text(text), width, label, style) or None, style)

    def ref(self, uid: str, ref: str, style: Style | None = None) -> Cell:
        """An action's ref, linked to its row in Plan."""
        row = self.action_rows.get(uid)
        if row is None:
            return self.text(ref, style or self.styled(self.boxed, bold=True))
        look = self.styled(style or self.boxed, colour=self.look.link.colour, bold=True)
        return self.text(ref or "(no ref)", look, link=f"'Plan'!A{row + 1}")

    def section(self, name: str, style: Style | None = None) -> Cell:
        """A section's short name, linked to its band in Plan."""
        row = self.section_rows.get(name)
        base = replace(style or self.boxed, valign="vcenter")
        # A link does not wrap in LibreOffice: a name of two lines is better read than followed.
        if row is None or len(self.short.get(name, name)) > LINK_LENGTH:
            return self.text(self.short.get(name, name), base)
        look = replace(base, colour=self.look.link.colour)
        return self.text(self.short.get(name, name), look, link=f"'Plan'!A{row + 1}")

    def rating(self, key: str | None, base: Style | None = None, *, quiet: bool = False) -> Cell:
        """A rating as a word in its colour; quiet ones are paler, for what was before."""
        asked = (key, id(base), quiet)
        found = self._rated.get(asked)
        if found is None:
            found = self._rated[asked] = (base, self._rating(key, base, quiet=quiet))
        return found[1]

    def _rating(self, key: str | None, base: Style | None, *, quiet: bool) -> Cell:
        base = replace(base or self.boxed, align="center", valign="vcenter")
        if key is None:
            return Cell("–", replace(base, colour=self.look.muted.colour))
        point = self.points.get(key)
        if point is None or point.rating is None:
            label = point.label if point else "Not on the scale"
            return Cell(label, replace(base, italic=True, colour=self.look.muted.colour))
        return self.shade(point.rating, point.label, base, quiet=quiet)

    def shade(self, rating: Rating, label: str, base: Style, *, quiet: bool = False) -> Cell:
        """A word in the colour of a rating; quiet ones are paler."""
        if quiet:
            pale = replace(rating, colour=mix(rating.colour, "#FFFFFF", 0.65), text_colour="")
            return self.text(label, replace(rating_style(pale, base), bold=False))
        return self.text(label, rating_style(rating, base))

    def direction(self, one: Standing) -> Cell:
        """The direction of travel of an action: arrow and word."""
        base = self.styled(self.boxed, align="center", valign="vcenter")
        if one.direction is None:
            return Cell("–", self.styled(base, colour=self.look.muted.colour))
        sign, word = SIGNS[one.direction]
        if one.direction == "uncompared" and "" in (one.before, one.now):
            word = "First rating" if one.before == "" else "No longer rated"
        return Cell(f"{sign} {word}", self.styled(base, bold=one.direction in ("worse", "better")))

    def say(self, item: Field | None, value: Value) -> str:
        """A value in words: a rating as it is shown, everything else as in a cell."""
        if item is not None and item.field_type.rated:
            rating = self.board.definition.rating(value, item.scale)
            if rating is not None:
                return rating_word(rating)
        return show_in(item, value)

    def tinted(self, point: Point, count: int, base: Style) -> Style:
        """The look of a figure: a pale shade of its rating where it is not nothing."""
        if point.rating is None or not count:
            return base
        pale = replace(
            point.rating, colour=mix(point.rating.colour, "#FFFFFF", 0.72), text_colour=""
        )
        return replace(rating_style(pale, base), border=self.look.line)

    # Rows.

    def banner(self, title: str, columns: int, sub: str = "", note: str = "") -> list[Row]:
        """The title, which board this is, and a remark, over the whole width; then a little air."""
        look = self.look

        def over(text: str, style: Style) -> list[Cell | None]:
            first = self.text(text, replace(style, indent=1, wrap=False))
            return [first, *(Cell(None, style) for _ in range(columns - 1))]

        rows = [
            Row(over(title, look.banner), height=32),
            Row(over(sub or self.subtitle(), look.banner_sub), height=20),
        ]
        if note:
            rows.append(Row(over(note, look.banner_note), height=20))
        return [*rows, Row([], height=8)]

    def subtitle(self) -> str:
        """Which plan, which day, compared with what."""
        board, plan = self.board, self.board.definition
        compared = "First board: nothing to compare with yet"
        if board.previous is not None:
            compared = f"Compared with {board.previous_label or 'the last board'}"
        parts = (plan.title, plan.organisation, f"Position at {say_date(board.as_of)}", compared)
        return "   ·   ".join(cut_words(part, 60) for part in parts if part)

    def headings(self, names: Sequence[str]) -> Row:
        """A row of column headings."""
        style = replace(self.look.heading, size=11)
        return Row([self.text(name, style) for name in names])

    def keep(self, sheet: str, row: int) -> None:
        """Have a row printed on the same page as the row that follows it."""
        self.kept.setdefault(sheet, []).append(row)

    # Sheets.

    def page(self, repeat: tuple[int, int] | None = None) -> Page:
        """A3 landscape, one page wide; the marking and page n of m below."""
        definition = self.board.definition
        parts = (header_text(definition.marking), header_text(cut_words(definition.title, 80)))
        left = "   ·   ".join(part for part in parts if part)
        return Page(repeat_rows=repeat, footer_left=left)

    def sheet(
        self,
        name: str,
        rows: Sequence[Row],
        widths: Sequence[float],
        *,
        headed: int | None = None,
        freeze_columns: int = 0,
        merges: Sequence[Merge] = (),
        table_columns: int = 0,
    ) -> Sheet:
        """A sheet whose table has its headings in row `headed`: frozen, filtered, repeated.

        The table is as wide as the sheet unless `table_columns` says other.
        """
        wide = table_columns or len(widths)
        table = headed is not None and len(rows) > headed + 1
        return Sheet(
            name=name,
            rows=rows,
            columns=[Column(width) for width in widths],
            merges=merges,
            freeze=(headed + 1, freeze_columns) if headed is not None else None,
            filter=Area(headed, 0, len(rows) - 1, wide - 1)
            if table and headed is not None
            else None,
            page=self.page((headed, headed) if headed is not None else None),
            tab_colour=self.look.heading_fill,
        )

    def empty(self, name: str, title: str, sentence: str) -> Sheet:
        """A sheet that has nothing to list and says so in a sentence."""
        rows = [*self.banner(title, 4), Row([], height=40)]
        look = replace(self.look.body, size=12, valign="vcenter")
        merges = [Merge(Area(len(rows) - 1, 0, len(rows) - 1, 3), self.text(sentence, look))]
        return self.sheet(name, rows, (40, 40, 40, 40), merges=merges)

    def when(self, at: str) -> str:
        """A time of the ledger (UTC) as the plan's own clock shows it: 3 November 2026, 14:05."""
        return clock(at, self.board.definition.timezone)


def plural(count: int, one: str, many: str = "") -> str:
    """``"1 action"``, ``"3 actions"``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """A share as whole per cent, or a dash; never 100% unless all, never 0% unless none."""
    if share is None:
        return "–"
    shown = round(share * 100)
    if shown == 100 and share < 1:
        shown = 99
    if shown == 0 and share > 0:
        shown = 1
    return f"{shown}%"
