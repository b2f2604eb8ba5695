"""The sheets of an issued workbook: cells, widths, pages, lists of dropdowns, and the stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.codes.issue_codes import ISS_010, ISS_011
from xlplan.errors import Problem
from xlplan.language.catalogue import ENGLISH, Tongue, marked
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.checks.steps import Milestone
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import document_language
from xlplan.plan.types.steps_done import DONE
from xlplan.plan.values import Value, show
from xlplan.returned.as_issued import ID_PREFIX, IssuedColumn, column_id, key_heading
from xlplan.returned.furniture import LISTS, STAMP
from xlplan.workbook.stamp import PROPERTY, manifest, parse_row_key
from xlplan.workbook.write.cell_text import (
    LONGEST,
    TALLEST,
    cell_height,
    cell_name,
    units,
)
from xlplan.workbook.write.look import Palette, header_text, rating_style
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Held,
    Page,
    Row,
    Sheet,
    Style,
    Workbook,
    held_in,
)

TEXT = "@"
"""So that a person can type "- done" or "3-4" and it stays what it is."""
LOWEST, LOWEST_WITH_WRITING = 30.0, 48.0
"""Points: room to breathe, and room to write where a narrative is asked for."""
_LEAST_WIDTH = 110.0
"""How wide a sheet is at least, in characters."""


class ColumnLook(Struct, frozen=True):
    """How the cells of one column look; styles are shared so that writing stays fast."""

    column: IssuedColumn
    style: Style
    ratings: Mapping[str, Style]
    """Locked ratings wear their colour; the colour of an input follows the choice instead."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The words of the points of a scale by their codes, where words are shown."""


def column_looks(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    locked: Style,
    open_: Style,
    key: Style,
    *,
    words: bool = False,
) -> tuple[ColumnLook, ...]:
    """The look of each column: `locked`, `open_` for inputs, `key` for the ref. With `words`,
    ratings show what the board reads in the place of their codes."""
    looks = []
    for column in columns:
        style = key if column.item.role == "key" else open_ if column.input else locked
        style = typed(column, style)
        scale = definition.scale_of(column.item) if column.item.field_type.rated else ()
        ratings = {r.code: rating_style(r, style) for r in scale if not column.input}
        named = {rating.code: rating.label or rating.code for rating in scale if words}
        looks.append(ColumnLook(column, style, ratings, named))
    return tuple(looks)


def shut_looks(
    definition: PlanDefinition, columns: Sequence[IssuedColumn], look: Palette
) -> tuple[ColumnLook, ...]:
    """The look of each column in the rows of a template that are not asked about."""
    shut = [replace(column, input=False) for column in columns]
    return column_looks(definition, shut, look.locked, look.locked, look.locked_key, words=True)


def typed(column: IssuedColumn, style: Style) -> Style:
    """`style` with the number format and the alignment of a column's type."""
    cell = column.item.field_type.cell_of(column.item)
    shown = cell.number_format or style.number_format
    if cell.holds == "text" and (cell.centred or column.input):
        shown = TEXT
    if cell.centred:
        return replace(style, align="center", valign="vcenter", number_format=shown)
    return replace(style, align="left", indent=1, number_format=shown)


def held(column: IssuedColumn, value: Value) -> Held:
    """What a cell holds of a value: dates and numbers as such, else the text people read."""
    if value is None or type(value) is str:
        return value  # as most are
    cell = column.item.field_type.cell_of(column.item)
    number = cell.holds == "number" and isinstance(value, int | float)
    if number or (cell.holds == "date" and isinstance(value, date)):
        return value  # type: ignore[return-value]  # one of these, by its type
    return show(value)


def value_cell(look: ColumnLook, value: Value, note: str = "") -> Cell:
    """A value in a cell."""
    shown = held(look.column, value)
    if isinstance(shown, str):
        text = look.words.get(shown, shown)
        return Cell(text, look.ratings.get(shown, look.style), note)
    if isinstance(shown, int | float):
        cell = look.column.item.field_type.cell_of(look.column.item)
        style = replace(look.style, number_format=cell.format_of(shown) or look.style.number_format)
        return Cell(shown, style, note)
    return Cell(shown, look.style, note)


def say_step(step: Milestone, count: int, tongue: Tongue) -> str:
    """A step as its label: which it is, its words, by when and by whom."""
    when = tongue.say("due {date}", date=step.timescale) if step.timescale else ""
    who = ", ".join(step.leads) if step.own_leads else ""
    below = "; ".join(part for part in (when, who) if part)
    which = tongue.say("Step {number} of {total}", number=step.number, total=count)
    return "\n".join(part for part in (which, step.text, below) if part)


def tick(step: Milestone, tongue: Tongue) -> str | date | None:
    """What stands in the box of a step."""
    return None if step.done is None else step.done.day or tongue.singles[0].say(DONE)


def id_row(columns: Iterable[str]) -> Row:
    """The hidden row directly above the headings: the id of each column, from the second on."""
    cells = [Cell(f"{ID_PREFIX}{name}") for name in columns]
    return Row([None, *cells], hidden=True)


def row_height(cells: Sequence[Cell | None], widths: Sequence[float], least: float) -> float:
    """Points for a row: what its text needs, from `least`.

    A line of Calibri 10 takes 12.75 points in Excel and 10 in LibreOffice, which leaves out the
    room that the font asks for between lines: there a long row always looks a quarter too high.
    """
    needed = [
        cell_height(cell, width)
        for cell, width in zip(cells, widths, strict=False)
        if cell is not None and isinstance(cell.value, str)
    ]
    return min(TALLEST, max([least, *needed]))


_ONE_LINE = 10_000.0
"""Characters in which every text of ours is one line."""


def grown(cell: Cell, width: float, least: float, tongue: Tongue) -> tuple[Cell, float]:
    """A text and the height of its row. In English nearly every text has room in `least`, on one
    line where its cell does not wrap; one that has not (a long name, another language) runs on
    over as many lines as it needs."""
    shown = replace(cell, style=replace(cell.style, wrap=True))
    bold = sum(len(text) for text, style in cell.runs or () if style.bold)
    high = cell_height(shown, width - bold / 20)  # bold letters are about a twentieth wider
    fits = high <= least if cell.style.wrap else high <= cell_height(shown, _ONE_LINE)
    if tongue == ENGLISH:
        return (cell, least) if fits else (shown, max(least, high))
    return shown, max(least, cell_height(shown, width))


def heading_row(
    columns: Sequence[IssuedColumn], look: Palette, widths: Sequence[float], least: float = 34.0
) -> Row:
    """The headings exactly as the definition has them; those of inputs in their own colour."""
    mine = replace(look.input_heading, align="left", indent=1)
    theirs = replace(look.heading, align="left", indent=1)
    cells: list[Cell | None] = [Cell(key_heading(columns), look.heading)]
    for column in columns:
        cells.append(Cell(column.heading, mine if column.input else theirs))
    # The filter's arrow stands in the corner of each heading and takes the room of a few letters.
    narrower = [max(4.0, width - 3) for width in widths]
    return Row(cells, height=row_height([None, *cells[1:]], narrower, least))


def row_values(row: MasterRow, columns: Sequence[IssuedColumn]) -> Mapping[str, Value]:
    """The values of a row by column id; the ref stands in the key's column in any case."""
    blank = [c.id for c in columns if c.item.role == "key" and row.values.get(c.id) is None]
    return {**row.values, **dict.fromkeys(blank, row.ref)} if blank else row.values


def page_number(definition: PlanDefinition) -> str:
    """The number of a page below it; the program fills in what begins with ``&``."""
    return definition.tongue.say("Page {page} of {pages}", page="&P", pages="&N")


def page_of(definition: PlanDefinition, issued: Issued, area: Area, heading: int) -> Page:
    """Print set-up of every issued table: A3 landscape, one page wide, headings on every page."""
    about = (header_text(definition.title), issued.cycle, issued.id)
    return Page(
        repeat_rows=(heading, heading),
        header=header_text(definition.marking),
        footer_left=", ".join(filter(None, about)),  # a master has no cycle before the first
        footer_right=page_number(definition),
        print_area=area,
    )


class TooLong(Struct, frozen=True):
    """One such text: its cell, whose it is, and how many characters it has (as Excel counts).

    `cut` says that not even its cell holds it; else it is only its row that cannot be high enough.
    """

    cell: str
    uid: str
    column: str
    length: int
    cut: bool


_LONG = 500
"""Characters from which a text might not fit."""


def too_long(sheet: Sheet) -> Iterator[TooLong]:
    """The texts of actions on the sheet "Update" that do not fit, in the order of the sheet."""
    boxes = {(m.area.first_row, m.area.first_col): m.cell for m in sheet.merges}
    lines = [held_in(row.cells) for row in sheet.rows]
    every = [*lines, [cell.value for cell in boxes.values()]]
    different = set(chain.from_iterable(every))
    longest = max([len(held) for held in different if isinstance(held, str)], default=0)
    if longest * 2 <= LONGEST and not any(row.height >= TALLEST for row in sheet.rows):
        return  # as of most sheets
    merged = {row for (row, _), cell in boxes.items() if _may_be_cut(cell.value)}
    ids: Mapping[int, str] = {}
    for number, (row, held) in enumerate(zip(sheet.rows, lines, strict=True)):
        full = row.height >= TALLEST
        if not (full or row.hidden or number in merged or any(map(_may_be_cut, held))):
            continue  # as most rows are; that with the ids of a table is hidden
        names = {col: name for col, text in enumerate(held) if (name := _column_of(text))}
        key = parse_row_key(held[0]) if held else None
        ids = names if len(names) > 1 else ids
        if key is None:
            continue
        for col, cell in enumerate(row.cells):
            box = boxes.get((number, col))
            text = (box or cell).value if cell is not None else None
            if not isinstance(text, str) or len(text) < _LONG or cell is None:
                continue
            cut = units(text) > LONGEST
            tall = full and box is None and cell_height(cell, sheet.columns[col].width) > TALLEST
            if cut or tall:
                name = ids.get(col) or next(iter(names.values()), "")
                yield TooLong(cell_name(number, col), key.uid, name, units(text), cut)


def _may_be_cut(held: Held) -> bool:
    return isinstance(held, str) and len(held) * 2 > LONGEST


def _column_of(held: Held) -> str:
    return column_id(held) if isinstance(held, str) else ""


def too_long_problem(found: TooLong, where: str, action: str, heading: str) -> Problem:
    """What the coordinator reads of a text that does not fit; `where` is the cell's place."""
    heading = " ".join(heading.split())
    if found.cut:
        return ISS_011.problem(
            where, action=action, field=found.column,
            heading=heading, ref=action, length=found.length, most=LONGEST,
        )  # fmt: skip
    return ISS_010.problem(
        where, action=action, field=found.column, heading=heading, ref=action, length=found.length
    )


REFERENCE = marked("Template reference")
LONGEST_PROPERTY = 255
"""What Excel keeps of a custom property."""


class Lists(Struct, frozen=True):
    """The sheet; by list, the range of its choices (``Lists!$A$2:$A$5``) and the name it has.

    Dropdowns take the range. Conditional formats take the name: Excel 2007 refuses a range of
    another sheet there.
    """

    sheet: Sheet
    ranges: Mapping[str, str]
    names: Mapping[str, str]
    defined: Mapping[str, str]
    """The names to define in the workbook, and what each refers to."""
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What each list holds."""


def lists_sheet(lists: Mapping[str, Sequence[str]]) -> Lists:
    """One column a list, its name above its choices. Lists that are the same share a column.

    The colon that tells a name of ours from the id of a field is not shown.
    """
    columns: list[tuple[str, tuple[str, ...]]] = []
    places: dict[tuple[str, ...], int] = {}
    ranges: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, choices in lists.items():
        shown = tuple(choices) or ("",)
        if shown not in places:
            places[shown] = len(columns)
            columns.append((name, shown))
        letter = cell_name(0, places[shown])[:-1]
        names[name] = f"xlplan_list_{places[shown] + 1}"
        ranges[name] = f"{LISTS}!${letter}$2:${letter}${len(shown) + 1}"
    height = max((len(choices) for _, choices in columns), default=0)
    rows = [Row([Cell(name.removesuffix(":")) for name, _ in columns])]
    for index in range(height):
        rows.append(Row([Cell(c[index]) if index < len(c) else None for _, c in columns]))
    widths = [Column(width=24) for _ in columns]
    defined = {names[name]: f"={place}" for name, place in ranges.items()}
    sheet = Sheet(LISTS, rows, widths, state="hidden")
    return Lists(sheet, ranges, names, defined, lists)


def stamp_sheet(key: bytes, payload: Mapping[str, object], tongue: Tongue = ENGLISH) -> Sheet:
    """The very hidden sheet with the manifest."""
    about = tongue.say("This sheet says which workbook this is. Please leave it as it is.")
    rows = [
        Row([Cell(about)]),
        Row([Cell(manifest(key, payload))]),
    ]
    return Sheet(STAMP, rows, [Column(width=80)], state="very_hidden")


def short_manifest(key: bytes, payload: Mapping[str, object]) -> str:
    """A manifest that fits a custom property: which workbook this is, and no more."""
    text = ""
    for names in (("plan", "issued", "document", "cycle"), ("issued", "document"), ("issued",)):
        text = manifest(key, {name: payload[name] for name in names if name in payload})
        if len(text) <= LONGEST_PROPERTY:
            break
    return text


def payload_of(
    definition: PlanDefinition, issued: Issued, rows: int, columns: Sequence[IssuedColumn]
) -> dict[str, object]:
    """What the manifest of every kind of issued workbook says."""
    return {
        "plan": definition.id,
        "issued": issued.id,
        "document": issued.document,
        "cycle": issued.cycle,
        "rows": rows,
        "columns": [column.id for column in columns],
    }


def stamped(
    definition: PlanDefinition,
    issued: Issued,
    title: str,
    sheets: Sequence[Sheet],
    key: bytes,
    payload: Mapping[str, object],
    created: str,
    lists: Lists,
) -> Workbook:
    """A workbook with its stamp: the manifest on a sheet, in a property, and as core subject."""
    return Workbook(
        sheets=[*sheets, stamp_sheet(key, payload, definition.tongue)],
        title=title,
        created=created,
        subject=issued.id,
        author=definition.organisation or "xlplan",
        company=definition.organisation,
        language=document_language(definition),
        font=definition.style.font,
        properties={PROPERTY: short_manifest(key, payload)},
        names=lists.defined,
    )


def wide_enough(widths: Sequence[float]) -> list[float]:
    """Widths of columns below a title that is not cut, however few the columns are."""
    return [width * max(1.0, _LEAST_WIDTH / sum(widths)) for width in widths]
