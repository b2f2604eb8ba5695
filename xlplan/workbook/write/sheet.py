"""A workbook that is going out, as values: `issued` and `board` build it, `writing` writes it.

Rows and columns count from 0. Text is always written as text, never as a formula or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Literal, TypeVar, overload

from msgspec import Struct, field

T_co = TypeVar("T_co", covariant=True)
Held = str | int | float | date | None
"""What a cell holds."""


class Style(Struct, frozen=True):
    """How a cell looks. Colours are ``#RRGGBB``; sizes are points."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    size: float = 10
    colour: str = "#000000"
    fill: str = ""
    align: Literal["", "left", "center", "right"] = ""
    valign: Literal["top", "vcenter", "bottom"] = "top"
    wrap: bool = False
    border: str = ""
    """Colour of a thin border on all four sides, or ``""`` for none."""
    number_format: str = ""
    locked: bool = True
    indent: int = 0
    font: str = ""
    edge: str = ""
    """Colour of a thick left border, over `border`, or ``""`` for none."""
    title: bool = False
    """Whether the cell is of the style that programs know as "Heading 1"."""


class Cell(Struct, frozen=True):
    """One cell. `runs` gives rich text (text, style) in place of `value`; `link` is a place in
    this workbook such as ``"'Plan'!A1"``; `note` is a cell note with its size worked out on
    writing; `formula` is for figures of our own making only, with `value` as the cached result."""

    value: Held = None
    style: Style = Style()
    note: str = ""
    link: str = ""
    formula: str = ""
    runs: tuple[tuple[str, Style], ...] = ()


class Values(Sequence[Cell | None]):
    """The cells of a row that hold values and nothing more, in looks that many rows share (None
    leaves a cell out): a `Cell` is made of each once somebody asks for one."""

    __slots__ = ("_cells", "held", "looks")

    def __init__(self, held: Sequence[Held], looks: tuple[Style | None, ...]) -> None:
        self.held, self.looks = held, looks
        self._cells: list[Cell | None] | None = None

    def _all(self) -> list[Cell | None]:
        if self._cells is None:
            both = zip(self.held, self.looks, strict=True)
            self._cells = [None if look is None else Cell(held, look) for held, look in both]
        return self._cells

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[Cell | None]:
        return iter(self._all())

    @overload
    def __getitem__(self, place: int) -> Cell | None: ...

    @overload
    def __getitem__(self, place: slice) -> list[Cell | None]: ...

    def __getitem__(self, place: int | slice) -> Cell | list[Cell | None] | None:
        return self._all()[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    __hash__ = None  # type: ignore[assignment]  # as no list of cells has


def held_in(cells: Sequence[Cell | None]) -> Sequence[Held]:
    """What the cells of a row hold; None of one that is left out."""
    if isinstance(cells, Values):
        return cells.held
    return [None if cell is None else cell.value for cell in cells]


def looks_of(sheet: Sheet) -> Iterator[Style]:
    """The looks of the cells of a sheet, those of rows that share them once."""
    shared: dict[int, tuple[Style | None, ...]] = {}
    for row in sheet.rows:
        if isinstance(row.cells, Values):
            shared[id(row.cells.looks)] = row.cells.looks
        else:
            yield from (cell.style for cell in row.cells if cell is not None)
    yield from (look for looks in shared.values() for look in looks if look is not None)
    yield from (merge.cell.style for merge in sheet.merges)


class Rules(tuple[T_co, ...]):
    """Rules that several sheets have: what stands around the rows of a sheet is looked for by
    them, and their hash is worked out once."""

    _hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash


class Column(Struct, frozen=True):
    """`width` in characters of the default font; `level` is the outline level."""

    width: float = 10
    hidden: bool = False
    level: int = 0


class Row(Struct, frozen=True):
    """Cells from column A; None leaves a cell out. `height` in points, 0 to fit the text."""

    cells: Sequence[Cell | None]
    height: float = 0
    hidden: bool = False
    level: int = 0


class Strip(Struct, frozen=True):
    """The cells of a column, of which many rows have the same: each once, and for each row which of
    them it has (its place among them, from 0)."""

    each: Sequence[Cell]
    at: Sequence[int]


class Strips(Sequence[Row]):
    """Rows that were laid out a column at a time: `top`, and below them those of `strips`, of which
    every column has a cell in every row. A `Row` of these is made once somebody asks for it; who
    goes through a large sheet goes through `strips`."""

    def __init__(self, top: Sequence[Row], strips: Sequence[Strip]) -> None:
        self.top, self.strips = top, strips
        self._below = len(strips[0].at) if strips else 0

    def __len__(self) -> int:
        return len(self.top) + self._below

    @property
    def links(self) -> int:
        """How many of the cells below the top lead somewhere."""
        linked = [{n for n, cell in enumerate(one.each) if cell.link} for one in self.strips]
        both = zip(self.strips, linked, strict=True)
        return sum(len([at for at in one.at if at in these]) for one, these in both if these)

    @property
    def outline(self) -> Iterator[Row]:
        """As many rows, of which those below the top are one object: they have their cells in the
        same columns, and differ in nothing but what these hold."""
        yield from self.top
        if self._below:
            yield from repeat(self[len(self.top)], self._below)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        if number < len(self.top):
            return self.top[number]
        below = number - len(self.top)
        return Row([strip.each[strip.at[below]] for strip in self.strips])


def outline_of(rows: Sequence[Row]) -> Iterable[Row]:
    """Rows for whoever asks which cells they have, and nothing of what is in them."""
    return rows.outline if isinstance(rows, Strips) else rows


def ends_of(cells: Sequence[object]) -> tuple[int, int] | None:
    """The first and the last column in which there is something; None where there is nothing."""
    if cells and cells[0] is not None and cells[-1] is not None:
        return 0, len(cells) - 1
    used = [index for index, cell in enumerate(cells) if cell is not None]
    return (used[0], used[-1]) if used else None


class Area(Struct, frozen=True):
    """A rectangle of cells, ends included."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int


def in_runs(*runs: tuple[str, Style]) -> tuple[tuple[str, Style], ...]:
    """Rich text whose spaces stay where one run ends and the next begins: gnumeric saves such a
    space without the mark that keeps it, unless it is one that breaks no line."""
    hard, last = "\u00a0", len(runs) - 1
    found = []
    for n, (text, style) in enumerate(runs):
        text = hard + text[1:] if n and text.startswith(" ") else text
        found.append((text[:-1] + hard if n < last and text.endswith(" ") else text, style))
    return tuple(found)


class Merge(Struct, frozen=True):
    """One cell drawn over an area."""

    area: Area
    cell: Cell


class Validation(Struct, frozen=True):
    """What may be typed in an area.

    `kind` ``list`` takes its choices from `source`, a range such as ``"=Lists!$A$1:$A$5"`` (never
    a literal list: those are capped at 255 characters); ``date`` allows any date from `first` to
    `last`; ``decimal`` any number from `first` to `last`; ``any`` only shows the input message.
    `input_title` is at most 32 characters, messages at most 255.
    """

    area: Area
    kind: Literal["list", "date", "decimal", "any"]
    source: str = ""
    first: date | float | None = None
    last: date | float | None = None
    input_title: str = ""
    input_message: str = ""
    error_title: str = ""
    error_message: str = ""
    strict: bool = True
    """Refuse other input; otherwise warn and let the person go on."""
    also: tuple[Area, ...] = ()
    """Further areas under the same rule."""


class Conditional(Struct, frozen=True):
    """A look that follows the content: where `formula` is true for the area's first cell."""

    area: Area
    formula: str
    style: Style
    stop: bool = False
    also: tuple[Area, ...] = ()
    """Further areas, to which `formula` moves along as to any other cell of the first."""


class Series(Struct, frozen=True):
    """One series of a chart, from ranges of a sheet of this workbook."""

    name: str
    sheet: str
    categories: Area
    values: Area
    colour: str = ""
    points: tuple[str, ...] = ()
    """A colour for each point (the slices of a doughnut), in order."""


class Chart(Struct, frozen=True):
    """A native chart, placed at a cell; sizes in pixels; `alt` is its text for those who cannot
    see it."""

    kind: Literal["bar", "column", "doughnut", "line"]
    title: str
    series: Sequence[Series]
    row: int
    col: int
    width: int = 480
    height: int = 288
    stacked: bool = False
    alt: str = ""
    right: int = 0
    """Pixels from the left edge of the cell."""
    unit: float = 0
    """From one line of the value axis to the next; 0 lets the program choose."""


class Page(Struct, frozen=True):
    """Print set-up: one page wide unless `fit_width` is 0."""

    paper: Literal["A3", "A4"] = "A3"
    landscape: bool = True
    margin: float = 0.6
    """Inches above and below; the footer stands in it."""
    top: float = 0.0
    """Inches above, where they are fewer because no header stands there; 0 is as many as below."""
    fit_width: int = 1
    fit_height: int = 0
    scale: int = 100
    """Per cent of its size at which a sheet is printed that is not fitted to the page. A machine
    that lacks the workbook's font draws columns a third wider, and breaks a page between them."""
    repeat_rows: tuple[int, int] | None = None
    repeat_columns: int = 0
    """How many of the first columns stand on every page, where a sheet is more pages wide."""
    header: str = ""
    footer_left: str = ""
    footer_right: str = "Page &P of &N"
    print_area: Area | None = None
    breaks: tuple[int, ...] = ()


class Protection(Struct, frozen=True):
    """Sheet protection: a guard rail. Filtering and resizing of rows and columns stay allowed."""

    password: str = ""


class Sheet(Struct, frozen=True):
    """One sheet: what is in it and how it behaves."""

    name: str
    rows: Sequence[Row] = ()
    columns: Sequence[Column] = ()
    merges: Sequence[Merge] = ()
    validations: Sequence[Validation] = ()
    conditionals: Sequence[Conditional] = ()
    charts: Sequence[Chart] = ()
    freeze: tuple[int, int] | None = None
    """Rows and columns that stay in view."""
    filter: Area | None = None
    page: Page = field(default_factory=Page)
    protection: Protection | None = None
    state: Literal["visible", "hidden", "very_hidden"] = "visible"
    tab_colour: str = ""
    zoom: int = 100
    gridlines: bool = False
    active_cell: tuple[int, int] = (0, 0)
    table: str = ""
    """Name of a table object over `filter`'s area, which then has no filter (the accessible
    composite), or ``""``."""
    common: bool = False
    """Whether this very object is in many workbooks: writers go through it once."""


class Unfolding(Sequence[Sheet]):
    """Sheets that are laid out when each is asked for, and not held: of a large workbook one at a
    time is in memory. Every time gives the same. A chart shows cells of its own sheet alone."""

    def __init__(self, laid: Mapping[str, Callable[[], Sheet]]) -> None:
        self.names = (*laid,)
        self._laid = (*laid.values(),)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, at: int) -> Sheet: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sheet]: ...
    def __getitem__(self, at: int | slice) -> Sheet | Sequence[Sheet]:
        """The sheet at a place, laid out anew."""
        if isinstance(at, slice):
            return [lay() for lay in self._laid[at]]
        return self._laid[at]()


class Workbook(Struct, frozen=True):
    """A whole workbook. `created` (ISO 8601, UTC) is written into the file, never the clock."""

    sheets: Sequence[Sheet]
    title: str
    created: str
    subject: str = ""
    author: str = "xlplan"
    keywords: str = ""
    company: str = ""
    language: str = "en-GB"
    font: str = "Calibri"
    properties: Mapping[str, str] = field(default_factory=dict)
    """Custom document properties."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Defined names, such as ``{"ratings": "=Lists!$A$1:$A$4"}``."""
