"""What a board is made from, and a sheet of it as values: tables with hints for whoever draws them.

Each sheet is worked out once, in words and numbers. The coloured sheet, the accessible sheet and
the DataFrame draw the same object: a hint (a colour, a link, a note) is for those that can show
it, and nothing is in a hint alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeVar, overload

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow, Question
from xlplan.merge.past import DueHistory
from xlplan.merge.requests import Request
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.text import canon_text
from xlplan.plan.values import Value

T = TypeVar("T")


class ReturnLine(Struct, frozen=True):
    """One lead's return in this cycle. `issued` is whether a template was issued to the lead,
    `old_form` the earlier cycle whose form was returned, where the one of this cycle was not.
    `on_time` of `rounds` in which they were asked they returned on time; `corrected` counts, by
    field and fault, what they were asked to correct. `confirmed` counts the actions of which they
    said that nothing has changed, `not_looked_at` those of which they said nothing; both are None
    where their template does not ask."""

    lead: str
    issued: bool = True
    returned: bool = False
    late: bool = False
    changes: int = 0
    old_form: str = ""
    on_time: int = 0
    rounds: int = 0
    corrected: Mapping[str, int] = field(default_factory=dict)
    reminded: int = 0
    confirmed: int | None = None
    not_looked_at: int | None = None
    signed: bool | None = None
    """Whether an accountable officer, who was only asked to read and sign, has; else None."""


class PastBoard(Struct, frozen=True):
    """One earlier point of the plan: its label and, by uid, how each action stood then.

    Actions withdrawn by then are in neither mapping. `dues` are the dates the actions were due by.
    A point that was `brought` with the plan is known only from a column of earlier ratings: what
    is not in it may have been in the plan.
    """

    label: str
    ratings: Mapping[str, Value]
    dues: Mapping[str, date | None] = field(default_factory=dict)
    brought: bool = False


class PlanOnBoard(Struct, frozen=True):
    """One of several plans on one board: the mark before its refs, what it is, and as of when.

    `group` is the organisation that its sections stand under.
    """

    mark: str
    title: str
    group: str
    as_of: date
    tip: str = ""


class Board(Struct, frozen=True, dict=True):
    """One board meeting's worth of the plan.

    `rows` are the master now: actions and recommendations, withdrawn ones included. `previous` is
    the master as the last board saw it (by uid, then field id), or None where there was no earlier
    board; `previous_label` names that board ("September 2026"). Where a plan `brought` its past,
    the first board is compared with that: an action without its rating there had one that is not
    known. `first` is the first rating each action ever had. `changes` are those since the last
    board. `tip` is the ledger's tip hash.
    `history` holds earlier boards, oldest first. `dues` is, by uid, how the due date has moved;
    `challenges`, by uid, what the plan's rules hold against a rating, in sentences. `requests` are
    the dates that leads have asked to move; `answers`, by uid, what leads said to what was asked of
    them while they typed.

    On a board of several plans `plans` names them, and `parts` are their own boards: each action
    is judged by the definition of its own plan, and shown by this one's. An `extract` says what it
    is of, and has the `whole` board beside it. A `working` copy is the coordinator's: it has the
    open questions and the checks that are left open too.
    """

    definition: PlanDefinition
    cycle: str
    as_of: date
    rows: Sequence[MasterRow]
    previous: Mapping[str, Mapping[str, Value]] | None = None
    previous_label: str = ""
    brought: bool = False
    first: Mapping[str, Value] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    questions: Sequence[Question] = ()
    returns: Sequence[ReturnLine] = ()
    tip: str = ""
    problems: Sequence[Problem] = ()
    history: Sequence[PastBoard] = ()
    dues: Mapping[str, DueHistory] = field(default_factory=dict)
    challenges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    requests: Sequence[Request] = ()
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plans: Sequence[PlanOnBoard] = ()
    parts: Sequence[Board] = ()
    extract: str = ""
    whole: Board | None = None
    working: bool = False

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What was worked out of this board, by what works it out, for all its renderings."""
        return {}


class WhenAsked(Sequence[T]):
    """What is worked out when it is first asked for: few boards show it."""

    def __init__(self, find: Callable[[], Iterable[T]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[T, ...]:
        return tuple(self._find())

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """As of a tuple."""
        return self._found[at]


IMPORTED = "the plan as imported"
"""What a first board compares with."""
TableValue = str | int | float | date | tuple[str, ...] | None
Kind = Literal["text", "list", "number", "share", "days", "date", "rating", "direction"]
"""What a column holds. A list is several texts; a share is from 0 to 1; a rating is the word for a
point of the scale, a direction the word for one of travel."""
Emphasis = Literal["", "strong", "alert", "loud", "quiet"]
Anchor = tuple[Literal["action", "section", "figure", "sheet"], str]
"""A place that others link to: an action by its uid and a section by its name, in Plan; the list of
a key figure by its name, in Figures; a sheet by its name."""
LIST_JOINT = "; "
"""What stands between the texts of a list on one line."""


class TableColumn(Struct, frozen=True):
    """One column.

    `note` is the term of `xlplan.board.notes.method` that it rests on; `width` is in characters.
    Where nothing is given a coloured sheet shows `blank`, and the accessible one the words
    `spoken`. `rating` colours the heading and tints the figures. `over` and `under` are the
    heading in two parts, where neighbours share the first. A `plain` column is not drawn on a
    coloured sheet, which shows the same by a band or a note; a `brief` one shows that many
    characters there, and a `charted` one is in the table's chart. `mark` stands before each text
    of a list.
    """

    id: str
    heading: str
    kind: Kind = "text"
    note: str = ""
    width: float = 18
    blank: str = ""
    spoken: str = ""
    rating: Rating | None = None
    over: str = ""
    under: str = ""
    plain: bool = False
    brief: int = 0
    span: int = 1
    align: Literal["", "center", "right"] = ""
    strong: bool = False
    mark: str = ""
    charted: bool = False


class Item(Struct, frozen=True):
    """One value and what else there is to it: the rating whose colour it has, the place in Plan
    that it links to, a note on it, and how loud it is. `shown` is what a coloured sheet has in its
    cell, where it says there what columns that it does not draw say as well."""

    value: TableValue = None
    rating: Rating | None = None
    link: Anchor | None = None
    note: str = ""
    emphasis: Emphasis = ""
    shown: str = ""


class Line(Struct, frozen=True):
    """One row. `total` sums up those above it; `early` ones are not drawn on a
    coloured sheet: they are too many, or stand on another."""

    items: tuple[Item, ...]
    anchor: Anchor | None = None
    total: bool = False
    early: bool = False


class Band(Struct, frozen=True):
    """A title across a coloured sheet, above the line number `before` (from 0); `more` stands
    below it in plain letters."""

    before: int
    text: str
    count: str
    anchor: Anchor | None = None
    more: str = ""


class Table(Struct, frozen=True):
    """One table: its name, a line about it, its columns, and a line of items for each row.

    Ids and headings of columns are distinct. A `struck` table stands in the columns of the one
    before it on a coloured sheet, under a band and struck through; `chart` is the title of a chart
    drawn from its charted columns.
    """

    key: str
    name: str
    line: str
    columns: tuple[TableColumn, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    struck: bool = False
    chart: str = ""

    @property
    def rows(self) -> tuple[tuple[TableValue, ...], ...]:
        """The values alone."""
        return tuple(tuple(item.value for item in line.items) for line in self.lines)


def items_by_column(table: Table) -> list[tuple[Item, ...]]:
    """The items of a table, column after column."""
    if not table.lines:
        return [() for _ in table.columns]
    return [*zip(*[line.items for line in table.lines], strict=True)]


def label_of(table: Table, line: Line, column: TableColumn) -> str:
    """Where an item stands, in words: the ref or name of its row, and its column."""
    ids = [c.id for c in table.columns]
    at = ids.index("ref") if "ref" in ids else 0
    return f"{joined(line.items[at].value) or 'no ref'}, {column.heading}"


class BoardSheet(Struct, frozen=True):
    """One sheet of the board: its tables, and what is said above them.

    `line` says what it shows, for the contents; `notes` are remarks below the title, `sentence` is
    a short account, `legend` says what the marks of the coloured sheet mean, `empty` stands in
    place of tables without lines. A plan has no use for a sheet that is not `apt`: it is left out
    unless the definition asks for it.
    """

    line: str
    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    sentence: str = ""
    legend: str = ""
    frozen: int = 1
    """Columns that stay in view."""
    empty: str = ""
    apt: bool = True


def make_table(
    key: str,
    name: str,
    line: str,
    columns: Sequence[TableColumn],
    rows: Iterable[Line | Sequence[Item | TableValue]],
    *,
    bands: Sequence[Band] = (),
    struck: bool = False,
    chart: str = "",
) -> Table:
    """A table whose ids and headings are each made distinct, its texts cleaned, blanks None."""
    lines = _cleaned_lines(row if isinstance(row, Line) else line_of(row) for row in rows)
    clean = tuple(
        replace(band, text=canon_text(band.text), more=canon_text(band.more)) for band in bands
    )
    return Table(key, name, line, _distinct(columns), lines, clean, struck, chart)


def line_of(items: Iterable[Item | TableValue], anchor: Anchor | None = None) -> Line:
    """A line of values and items, with the place that others link to; `make_table` cleans it."""
    made = [cell if isinstance(cell, Item) else item_of(cell) for cell in items]
    return Line(tuple(made), anchor)


def item_of(value: TableValue) -> Item:
    """A value by itself. What stands in many rows, as most short texts do, is one item: it is
    then cleaned, painted, measured and written once."""
    if isinstance(value, str):
        return _short(value) if len(value) <= SHORT_TEXT else Item(value)
    return NOTHING if value is None else Item(value)


SHORT_TEXT = 80
"""Characters of a text that may well stand in many rows."""
NOTHING = Item()
_short = lru_cache(maxsize=1 << 12)(Item)


def _cleaned_lines(rows: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a table, their texts cleaned: what stands in many rows is looked at once."""
    lines = tuple(rows)
    every: dict[int, Item] = {}
    for line in lines:
        every.update(zip(map(id, line.items), line.items, strict=True))
    other = {
        this: clean for this, item in every.items() if (clean := _cleaned_item(item)) is not item
    }
    if not other:
        return lines  # as of most tables
    return tuple(
        line
        if other.keys().isdisjoint(map(id, line.items))
        else replace(line, items=tuple(other.get(id(item), item) for item in line.items))
        for line in lines
    )


def _cleaned_item(item: Item) -> Item:
    value = _cleaned(item.value)
    note, shown = item.note and canon_text(item.note), item.shown and canon_text(item.shown)
    if value is item.value and note is item.note and shown is item.shown:
        return item  # as most are
    return replace(item, value=value, note=note, shown=shown)


def _cleaned(value: TableValue) -> TableValue:
    if isinstance(value, str):
        return canon_text(value) or None
    if isinstance(value, tuple):
        clean = tuple(text for part in value if (text := canon_text(part)))
        return (value if clean == value else clean) or None
    return value


def _distinct(columns: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
    ids: set[str] = set()
    headings: set[str] = set()
    out = []
    for column in columns:
        heading = " ".join(canon_text(column.heading).split()) or "Column"
        out.append(
            replace(column, id=_new(column.id, "_", ids), heading=_new(heading, " ", headings))
        )
    return tuple(out)


def _new(name: str, joint: str, used: set[str]) -> str:
    """`name`, or with a number behind it where it is used (in any case of letters) already."""
    found, number = name, 1
    while found.casefold() in used:
        number += 1
        found = f"{name}{joint}{number}"
    used.add(found.casefold())
    return found


def joined(value: TableValue, joint: str = LIST_JOINT) -> TableValue:
    """A value on one line: the texts of a list with `joint` between them."""
    return joint.join(value) if isinstance(value, tuple) else value
