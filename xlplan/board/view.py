"""What the sheets of a board have in common: values in words, and the columns of their lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial, wraps
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.board_model import IMPORTED, Board
from xlplan.board.figures import Figures, figures
from xlplan.board.fitting import cut_words
from xlplan.board.standings import (
    NO_POINTS,
    NOT_KNOWN,
    Direction,
    Point,
    Standing,
    group_heading,
    leads_of,
    points_of,
)
from xlplan.board.table_model import Emphasis, Item, TableColumn, item_of
from xlplan.board.words import JOINT, clock, says_on_track, short_names
from xlplan.board.words import percent as percent
from xlplan.board.words import plural as plural
from xlplan.board.words import say_days as say_days
from xlplan.late import regex
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.due import DATED, revised_counts
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, rating_word, show_in

SIGNS: Mapping[Direction, tuple[str, str]] = {
    "better": ("▲", "Better"),
    "same": ("▬", "No change"),
    "worse": ("▼", "Worse"),
    "new": ("●", "New"),
    "back": ("●", "Back"),
    "uncompared": ("○", "Not compared"),
}
"""Direction of travel: an arrow and the word that says it."""
ABSENT = "Not in the plan"
_DAYS_LATE = regex(
    r"\b(?:days?|weeks?|months?) (?:over ?due|late|past due)\b|\bover ?due (?:by|days?)\b|\bdays? "
    r"past (?:the )?due\b",
    re.IGNORECASE,
)
_BOARD_AND_DAY = regex(r"[^,;]+, (\d{1,2} [^\W\d]+ \d{4})")
SECTION_TEXT = 60


class View(Struct, frozen=True, dict=True):
    """One board, its figures, and the words for what is in it."""

    board: Board
    figures: Figures

    @cached_property
    def rated(self) -> bool:
        """Whether the plan rates its actions at all."""
        return self.board.definition.with_role("rating") is not None

    @cached_property
    def dated(self) -> bool:
        """Whether the plan says when its actions are due."""
        return any(self.board.definition.with_role(role) for role in DATED)

    def shows(self, sheet: str) -> bool:
        """Whether the plan has this sheet on its board, as far as it names any."""
        chosen = self.board.definition.composite.sheets
        named = (fold(re.sub(r"[_-]", " ", name)) for name in chosen)
        return not chosen or fold(sheet) in named

    @cached_property
    def late_heading(self) -> str:
        """What the figure of overdue actions is called; a rating of that name keeps it."""
        named = any(fold(point.label) == "overdue" for point in self.points.values())
        return "Past the due date" if named else "Overdue"

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The ratings that are for the board's attention; a scale may have none."""
        return tuple(p.label for p in self.points.values() if p.rating and p.rating.exception)

    @cached_property
    def on_track(self) -> bool:
        """Whether open actions that are not for attention are rated as on track: where their
        ratings do not say so, the board does not either."""
        scale = [point.rating for point in self.points.values() if point.rating]
        opened = [r for r in scale if not (r.closed or r.holding or r.exception)]
        return all(map(says_on_track, opened))

    @property
    def compared(self) -> bool:
        """Whether there is an earlier board to compare with."""
        return self.board.previous is not None

    @cached_property
    def before(self) -> str:
        """What the board is compared with."""
        return self.board.previous_label or "the last board"

    @cached_property
    def since(self) -> str:
        """Since when the board is compared, as a sentence begins: a board is named by its day."""
        if self.board.brought:
            return f"Since the plan's earlier ratings (“{self.before}”)"
        if self.before.startswith(IMPORTED):
            return f"Since the plan was imported{self.before.removeprefix(IMPORTED)}"
        dated = _BOARD_AND_DAY.fullmatch(self.before)
        if dated:
            return f"Since {dated[1]}"
        apart = "," in self.before or ";" in self.before
        return f"Since the last board ({self.before})" if apart else f"Since {self.before}"

    @property
    def counted_points(self) -> tuple[Point, ...]:
        """The ratings to count by; none in a plan that does not rate its actions."""
        return self.figures.points if self.rated else ()

    @cached_property
    def points(self) -> Mapping[str, Point]:
        """Every point of the scale by its key, and those that are not on it."""
        return {p.key: p for p in points_of(self.board.definition, NO_POINTS)}

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Short names of the sections."""
        return short_names([section.name for section in self.figures.sections])

    @cached_property
    def group(self) -> str:
        """What the plan calls the groups that its actions stand in."""
        return cut_words(group_heading(self.board.definition), 40) or "Section"

    @cached_property
    def statement(self) -> Field | None:
        """The field that says something of a section as a whole: it stands at the section, where
        the actions of each agree."""
        if not self.figures.sectioned:
            return None
        item = self.board.definition.find("section_outcome")
        said: dict[str, set[str]] = {}
        for one in self.figures.standings if item else ():
            text = show_in(item, one.row.values.get(item.id)) if item else ""
            said.setdefault(one.section, set()).update({text} - {""})
        return item if any(said.values()) and all(len(t) < 2 for t in said.values()) else None

    @cached_property
    def outdated(self) -> tuple[Field, ...]:
        """Fields that no board needs: pages of the document that the plan was once in, days late
        as somebody counted them on some day, and what stands at the section already."""
        every = self.board.definition.fields_of("action")
        return tuple(
            item
            for item in every
            if item.role == "page"
            or item is self.statement
            or (self.dated and item.role == "text" and _DAYS_LATE.search(item.heading))
        )

    @property
    def extract(self) -> str:
        """That this is an extract, of what, and how much of the plan it is."""
        whole = self.figures.whole
        if whole is None:
            return ""
        part = f"{self.figures.total.actions} of {whole.actions}"
        return f"Extract, {self.board.extract}: {part} actions"

    @property
    def copy(self) -> str:
        """That this is the coordinator's copy, where it is."""
        return "Working copy, not for the board" if self.board.working else ""

    def subtitle(self) -> str:
        """Which plan, which day, compared with what."""
        board, plan = self.board, self.board.definition
        compared = f"Compared with {self.before}" if self.compared else FIRST_BOARD
        parts = (
            self.copy,
            self.extract,
            plan.title,
            plan.organisation,
            f"Position at {say_date(board.as_of)}",
            compared,
        )
        return JOINT.join(" ".join(part.split()) for part in parts if part)

    def say(self, item: Field | None, value: Value) -> str:
        """A value in words: a rating as it is shown, everything else as in a cell."""
        if item is not None and item.field_type.rated:
            rating = self.board.definition.rating(value, item.scale)
            if rating is not None:
                return rating_word(rating)
        return show_in(item, value)

    def when(self, at: str) -> str:
        """A time of the ledger (UTC) as the plan's own clock shows it: 3 November 2026, 14:05."""
        return clock(at, self.board.definition.timezone)

    def amount(self, item: Field) -> tuple[int, int]:
        """In how many of the actions a field has something, and how many characters in all."""
        found = self._amounts.get(item.id)
        if found is None:
            texts = [show_in(item, one.row.values.get(item.id)) for one in self.figures.standings]
            found = self._amounts[item.id] = (sum(map(bool, texts)), sum(map(len, texts)))
        return found

    @cached_property
    def _amounts(self) -> dict[str, tuple[int, int]]:
        return {}

    def text_of(self, row: MasterRow, role: str) -> str:
        """What an action has in the field with a role, in full."""
        item = self.board.definition.with_role(role)
        return show_in(item, row.values.get(item.id)) if item else ""

    # Items: what many rows show is one object.

    @cached_property
    def _made(self) -> dict[tuple[str, ...], Item]:
        return {}

    def _once(self, made: Callable[[], Item], *asked: str) -> Item:
        found = self._made.get(asked)
        if found is None:
            found = self._made[asked] = made()
        return found

    def rating(self, key: str | None, *, quiet: bool = False) -> Item:
        """A rating by its bucket, in its colour; nothing where there was nothing to rate."""
        if key is None:
            return _NO_RATING
        emphasis: Emphasis = "quiet" if quiet else ""
        point = self.points.get(key, _OFF_SCALE)
        made = partial(Item, point.label, point.rating, emphasis=emphasis)
        return self._once(made, "rating", key, emphasis)

    def ref(self, ref: str, uid: str) -> Item:
        """An action's ref, linked to its row in Plan."""
        made = partial(Item, ref, link=("action", uid), emphasis="strong")
        return self._once(made, "ref", ref, uid)

    def section(self, name: str, *, linked: bool = False) -> Item:
        """A section's short name; where it is `linked`, to its band in Plan."""
        if linked:
            short = self.short.get(name, name)
            return Item(short, link=("section", name), emphasis="strong")
        return self._once(
            lambda: Item(cut_words(self.short.get(name, name), SECTION_TEXT)), "section", name
        )

    def leads(self, row: MasterRow) -> Item:
        """Who leads an action."""
        names = leads_of(self.board.definition, row.values) or ("No lead named",)
        return self._once(lambda: Item(names, shown="; ".join(names)), "leads", *names)

    def direction(self, one: Standing) -> Item:
        """The direction of travel of an action."""
        word = direction_word(one)
        emphasis: Emphasis = "strong" if one.direction in ("worse", "better") else ""
        return self._once(partial(Item, word, emphasis=emphasis), "direction", word, emphasis)

    # The columns of lists of actions, and an action's values in them.

    def columns(self, *ids: str) -> list[TableColumn]:
        """Columns of a list of actions, in this order.

        Without sections there is no column for them, and without ratings, or an earlier board,
        none of those.
        """
        gone = set() if self.figures.sectioned else {"section"}
        if not self.compared or not self.rated:
            gone |= {"last_board", "direction"}
        if not self.rated:
            gone.add("rating")
        found = (replace(COLUMNS[name], heading=self.group) if name == "section" else COLUMNS[name]
                 for name in ids if name not in gone)  # fmt: skip
        return list(found)

    def item(self, one: Standing, column: str) -> Item:
        """What an action shows in one of `COLUMNS`."""
        row = one.row
        match column:
            case "ref":
                return self.ref(row.ref, row.uid)
            case "section":
                return self.section(one.section)
            case "leads":
                return self.leads(row)
            case "due":
                counts = revised_counts(self.board.definition, row.values, row.kind)
                revised = self.text_of(row, "revised") if counts else ""
                return item_of(revised or self.text_of(row, "due"))
            case "why":
                return Item(one.why, shown="; ".join(one.why))
            case "last_board":
                return self.rating(one.before, quiet=True)
            case "rating":
                return self.rating(one.now)
            case "direction":
                return self.direction(one)
            case _:
                return item_of(self.text_of(row, column))


T = TypeVar("T")


def once_a_board(make: Callable[[View], T]) -> Callable[[View], T]:
    """What several sheets or renderings ask of a board, worked out for the first that does."""

    @wraps(make)
    def found(view: View) -> T:
        kept = view.board.kept
        if make not in kept:
            kept[make] = make(view)
        known: T = kept[make]
        return known

    return found


_NO_RATING = Item(emphasis="quiet")
_OFF_SCALE = Point("", "Not on the scale")
FIRST_BOARD = "First board: nothing to compare with yet"
COLUMNS: Mapping[str, TableColumn] = {
    found.id: found
    for found in (
        TableColumn("ref", "Ref", width=9, spoken="No ref"),
        TableColumn("section", "Section", width=26),
        TableColumn("action", "Action", width=52),
        TableColumn("leads", "Leads", "list", width=26),
        TableColumn("due", "Due", width=18),
        TableColumn("last_board", "Last board", "rating", "Before", 14, "–", ABSENT),
        TableColumn("rating", "Rating now", "rating", width=14),
        TableColumn("direction", "Direction", "direction", "Direction", 15, "–", "Not compared"),
        TableColumn("evidence", "Evidence", width=42),
        TableColumn("progress", "Latest progress", width=52),
    )
}
"""The columns in which the lists of actions agree."""


def view_of(board: Board) -> View:
    """A board with its figures."""
    if View not in board.kept:
        board.kept[View] = View(board, figures(board))
    found: View = board.kept[View]
    return found


def direction_word(one: Standing) -> str:
    """The direction of travel in a word; ``""`` without an earlier board."""
    if one.direction is None:
        return ""
    if one.before == NOT_KNOWN:
        return "Not known before"
    if one.direction == "uncompared" and "" in (one.before, one.now):
        return "First rating" if one.before == "" else "No longer rated"
    return SIGNS[one.direction][1]


def sign_of(word: str) -> str:
    """The arrow that stands before a word for a direction."""
    return next((sign for sign, known in SIGNS.values() if known == word), SIGNS["uncompared"][0])


def count_columns(points: Sequence[Point], width: float = 12) -> list[TableColumn]:
    """A column of figures for each rating."""
    return [
        TableColumn(p.key or "none", p.label, "number", width=width, rating=p.rating, charted=True)
        for p in points
    ]


def figure(
    name: str, heading: str, note: str = "", width: float = 11, *, strong: bool = False
) -> TableColumn:
    """A column of figures."""
    return TableColumn(name, heading, "number", note, width, strong=strong)


def group_column(view: View, width: float = 28) -> TableColumn:
    """The column with the names of sections."""
    return TableColumn("section", view.group, width=width)
