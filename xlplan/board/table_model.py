"""A sheet of a board as values: tables with hints for whoever draws them.

Each sheet is worked out once, in words and numbers. The coloured sheet, the accessible sheet and
the DataFrame draw the same object: a hint (a colour, a link, a note) is for those that can show
it, and nothing is in a hint alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import repeat
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.plan.definition import Rating
from xlplan.plan.text import are_canon, canon_text

T = TypeVar("T")
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


class Lines(tuple[Line, ...]):
    """The lines of a table; what stands in each of its columns is gathered once for all who go
    through it column by column."""

    @cached_property
    def columns(self) -> Sequence[tuple[Item, ...]]:
        """The items, column after column; none where there are no lines."""
        return [*zip(*[line.items for line in self], strict=True)]

    @cached_property
    def each(self) -> Sequence[tuple[Item, ...]]:
        """The items of each column, those that stand in many rows once."""
        return [*map(each_once, self.columns)]

    @cached_property
    def drawn(self) -> Lines:
        """Those that a coloured sheet draws."""
        return Lines(line for line in self if not line.early) if self.early else self

    @cached_property
    def early(self) -> bool:
        """Whether some are not drawn."""
        return any(line.early for line in self)


def each_once(items: Sequence[T]) -> tuple[T, ...]:
    """The objects among `items`, each once and in their order."""
    return (*dict(zip(map(id, items), items, strict=True)).values(),)


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
    lines: Lines
    bands: tuple[Band, ...] = ()
    struck: bool = False
    chart: str = ""

    @property
    def rows(self) -> tuple[tuple[TableValue, ...], ...]:
        """The values alone."""
        return tuple(tuple(item.value for item in line.items) for line in self.lines)


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
    lines = _cleaned(Lines(row if isinstance(row, Line) else line_of(row) for row in rows))
    clean = tuple(
        replace(band, text=canon_text(band.text), more=canon_text(band.more)) for band in bands
    )
    return Table(key, name, line, _distinct(columns), lines, clean, struck, chart)


def line_of(items: Iterable[Item | TableValue], anchor: Anchor | None = None) -> Line:
    """A line of values and items, with the place that others link to; `make_table` cleans it."""
    made = [cell if isinstance(cell, Item) else item_of(cell) for cell in items]
    return Line(tuple(made), anchor)


def lines_of_columns(
    columns: Sequence[Sequence[Item | TableValue]], anchors: Sequence[Anchor | None] = ()
) -> list[Line]:
    """The lines of columns of values and items: of a text that many rows hold there is one item."""
    made = zip(*[_items_of(column) for column in columns], strict=True)
    return [*map(Line, made, anchors or repeat(None))]


def _items_of(column: Sequence[Item | TableValue]) -> list[Item]:
    texts = {value for value in column if isinstance(value, str)}
    known = {text: Item(text) for text in texts}
    return [
        known[one] if isinstance(one, str) else one if isinstance(one, Item) else item_of(one)
        for one in column
    ]


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


def _cleaned(lines: Lines) -> Lines:
    """The lines of a table, their texts cleaned: what stands in many rows is looked at once, and
    the texts of a column together, as most are clean."""
    other: dict[int, Item] = {}
    for items in lines.each:
        for at in range(0, len(items), _TOGETHER):
            some = items[at : at + _TOGETHER]
            if not are_canon(_texts_of(some)):
                found = ((item, _cleaned_item(item)) for item in some)
                other |= {id(item): clean for item, clean in found if clean is not item}
    if not other:
        return lines  # as of most tables
    return Lines(
        line
        if other.keys().isdisjoint(map(id, line.items))
        else replace(line, items=tuple(other.get(id(item), item) for item in line.items))
        for line in lines
    )


_TOGETHER = 128
"""Items of a column that are looked at together."""


def _texts_of(items: Sequence[Item]) -> list[str]:
    """All texts of some items; a blank one of a list that has none."""
    values = [item.value for item in items]
    found = [value for value in values if isinstance(value, str)]
    if len(found) < len(values):
        found += [text for v in values if isinstance(v, tuple) for text in v or ("",)]
    found += [item.note for item in items if item.note]
    found += [item.shown for item in items if item.shown]
    return found


def _cleaned_item(item: Item) -> Item:
    value = _cleaned_value(item.value)
    note, shown = item.note and canon_text(item.note), item.shown and canon_text(item.shown)
    if value is item.value and note is item.note and shown is item.shown:
        return item  # as most are
    return replace(item, value=value, note=note, shown=shown)


def _cleaned_value(value: TableValue) -> TableValue:
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
