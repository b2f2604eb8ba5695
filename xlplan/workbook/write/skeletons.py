"""What the templates of a cycle have in common, as xlsxwriter makes it of one of them: what stands
around the rows of a sheet, the formats, the parts that list the others; and how the rows themselves
lie: where they begin and end, how high they are, what is merged over them.

Each is kept by all that it depends on. No text of a cell is among it, but for those in rich text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet, re_dynamic_function

from xlplan.workbook.write.cell_text import clean
from xlplan.workbook.write.formats import Formats, set_page
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Page,
    Rules,
    Sheet,
    Style,
    Workbook,
    ends_of,
)
from xlplan.workbook.write.sheet_rows import write_cell
from xlplan.workbook.write.writing import (
    Packaged,
    Target,
    describe,
    dress,
    finish,
    first_shown,
    show,
)

_FILLED = ("xl/worksheets/", "xl/sharedStrings", "xl/styles", "docProps/core", "docProps/custom")
"""How the names of parts begin that are not the same in all workbooks of a kind."""
T = TypeVar("T")
_FOOTER = "<headerFooter><oddFooter>&amp;L</oddFooter></headerFooter>"


class MoreError(Exception):
    """There is more in the workbook than is filled in here."""


class Frame(NamedTuple):
    """The XML around the rows of a sheet: before its extent, before its columns, after its rows,
    after what stands above and below its pages; and the looks of rules in the order of the
    workbook, those of the sheets before it first."""

    start: str
    views: str
    rules: str
    end: str
    looks: tuple[Style, ...]


def bare_of(sheet: Sheet) -> Sheet:
    """A sheet without its rows, as what stands around them depends on it."""
    if sheet.charts or sheet.table or any(column.level for column in sheet.columns):
        raise MoreError
    if any(row.level for row in sheet.rows):
        raise MoreError
    return replace(
        sheet,
        name="",
        common=False,
        rows=(),
        columns=(),
        charts=(),
        merges=(),
        validations=_rules(sheet.validations),
        conditionals=_rules(sheet.conditionals),
        page=replace(sheet.page, header="", footer_left="", footer_right=""),
    )


def _rules(given: Sequence[T]) -> tuple[T, ...]:
    return given if isinstance(given, Rules) else tuple(given)


def listed_as(sheet: Sheet) -> Sheet:
    """What the list of sheets says of a sheet, and the names that a workbook has by it."""
    page = Page(repeat_rows=sheet.page.repeat_rows, print_area=sheet.page.print_area)
    return Sheet(sheet.name, state=sheet.state, filter=sheet.filter, page=page)


@lru_cache(maxsize=256)
def frame_of(
    bare: Sheet, merged: tuple[Area, ...], font: str, first: bool, looks: tuple[Style, ...]
) -> Frame:
    """What xlsxwriter writes around the rows of a sheet whose pages have nothing above and below
    them, and in which these areas are merged; `first` is the one that is in view."""
    target = Target(io.BytesIO())
    formats = Formats(target, font)
    for look in looks:
        formats.over(look)._get_dxf_index()
    drawn = target.add_worksheet()
    for area in merged:
        drawn.merge.append([area.first_row, area.first_col, area.last_row, area.last_col])
    dress(target, drawn, bare, formats, font)
    drawn.set_footer("&L")
    drawn.selected = int(first)
    text = said(drawn, drawn._assemble_xml_file)
    start, _, rest = text.partition('<dimension ref="A1"/>')
    views, _, rest = rest.partition("<sheetData/>")
    rules, _, end = rest.partition(_FOOTER)
    return Frame(start, views, rules, end, formats.laid_over())


@lru_cache(maxsize=256)
def extent_of(first: int | None, last: int | None, left: int | None, right: int | None) -> str:
    """How far the cells of a sheet reach: its rows and columns, the first and the last of each."""
    drawn = Worksheet()
    drawn.dim_rowmin, drawn.dim_rowmax = first, last
    drawn.dim_colmin, drawn.dim_colmax = left, right
    return said(drawn, drawn._write_dimension)


@lru_cache(maxsize=256)
def columns_of(columns: tuple[Column, ...]) -> str:
    """How wide the columns of a sheet are."""
    drawn = Worksheet()
    for index, column in enumerate(columns):
        drawn.set_column(index, index, column.width, None, {"hidden": column.hidden})
    return said(drawn, drawn._write_cols)


@lru_cache(maxsize=256)
def margins_of(header: str, left: str, right: str) -> str:
    """What stands above and below the pages of a sheet."""
    drawn = Worksheet()
    set_page(drawn, Page(header=header, footer_left=left, footer_right=right))
    return said(drawn, drawn._write_header_footer)


@lru_cache(maxsize=64)
def shell_of(
    sheets: tuple[Sheet, ...],
    names: tuple[tuple[str, str], ...],
    company: str,
    own: bool,
    texts: bool,
) -> Mapping[str, bytes]:
    """The parts that say what there is in a workbook, in the order of the file; `own` says whether
    it has properties of its own. Those that are filled are blank."""
    target = Target(io.BytesIO(), {"in_memory": True})
    given = {"name": "value"} if own else {}
    bare = Workbook(sheets, "", "2000-01-01", company=company, properties=given, names=dict(names))
    describe(target, bare)
    target.str_table.count = int(texts)
    for sheet in sheets:
        dress(target, target.add_worksheet(sheet.name), sheet, Formats(target, ""), "")
    first = first_shown(bare)
    if first is not None:
        show(target.worksheets()[first])
    with zipfile.ZipFile(io.BytesIO(finish(target, bare))) as parts:
        return {
            name: b"" if name.startswith(_FILLED) else parts.read(name) for name in parts.namelist()
        }


Look = tuple[Style, bool]
"""A style, and whether the cell holds a date."""


@lru_cache(maxsize=4096)
def key_of(look: Look, font: str) -> str:
    """What tells formats apart."""
    return str(_format(Formats(Target(io.BytesIO()), font), look)._get_format_key())


def _format(formats: Formats, look: Look) -> Any:
    return formats.dated(look[0]) if look[1] else formats.of(look[0])


@lru_cache(maxsize=64)
def styles_of(looks: tuple[Look, ...], over: tuple[Style, ...], font: str) -> bytes:
    """The part of formats: those of cells and those of rules, in their order."""
    target = Target(io.BytesIO())
    formats = Formats(target, font)
    for look in looks:
        _format(formats, look)._get_xf_index()
    for style in over:
        formats.over(style)._get_dxf_index()
    target._prepare_format_properties()
    return part_of(target, "_write_styles_file")


@lru_cache(maxsize=4096)
def text_of(cell: Cell, font: str) -> str:
    """What the table of texts holds of a cell with rich text, or that looks like markup."""
    drawn, formats = _text_drawing(font)
    table = drawn.str_table
    left: Cell | None = cell
    table.string_table.clear()
    table.count = table.unique_count = 0
    while left is not None and drawn.content(left) is None:
        left = write_cell(drawn, 0, 0, left, formats)
    return next(iter(table.string_table), "")


@lru_cache(maxsize=16)
def _text_drawing(font: str) -> tuple[Any, Formats]:
    """What xlsxwriter makes such texts with, one after the other, and the formats that it knows."""
    target = Target(io.BytesIO())
    return target.add_worksheet(), Formats(target, font)


@lru_cache(maxsize=4096)
def formula_of(text: str) -> str:
    """A formula as it is written; an array is not."""
    if re_dynamic_function.search(text) or text.startswith("{"):
        raise MoreError
    drawn = Worksheet()
    return str(drawn._escape_data(drawn._prepare_formula(text)))


def described(book: Workbook) -> dict[str, bytes]:
    """The parts with the properties of a workbook."""
    target = Target(io.BytesIO())
    target.language = clean(book.language)
    describe(target, book)
    return {
        "docProps/core.xml": part_of(target, "_write_core_file"),
        "docProps/custom.xml": part_of(target, "_write_custom_file"),
    }


class _Loose(Packaged):
    """Leaves parts as they are written."""

    _filename = Packager._filename


def part_of(target: Any, write: str) -> bytes:
    """One part of a workbook, by the method that writes it."""
    packaged = _Loose()
    packaged._add_workbook(target)
    packaged._set_in_memory(True)
    getattr(packaged, write)()
    return "".join(held.getvalue() for held, _, _ in packaged.filenames).encode()


def said(drawn: Any, write: Callable[[], None]) -> str:
    """What xlsxwriter writes by a method of one of its objects."""
    drawn._set_xml_writer(held := io.StringIO())
    write()
    return held.getvalue()


# How rows lie


_PLAIN_HEIGHT = 20
"""Pixels of a row that nobody set."""


@lru_cache(maxsize=256)
def letters(count: int) -> Sequence[str]:
    """The names of so many columns."""
    return [xl_col_to_name(index) for index in range(count)]


def pixels_of(heights: Sequence[float]) -> list[int]:
    """The pixels of rows; 0 where nobody set their height."""
    known = {height: int(height * 4.0 / 3.0 + 0.5) for height in set(heights)}
    if any(height and not pixels for height, pixels in known.items()):
        raise MoreError
    return [known[height] for height in heights]


def row_tag(span: str | None, pixels: int, hidden: bool) -> str:
    """The tag that opens a row, behind its number."""
    own = pixels and pixels != _PLAIN_HEIGHT
    return (
        (f' spans="{span}"' if span else "")
        + (f' ht="{pixels * 0.75:.16g}"' if own else "")
        + (' hidden="1"' if hidden else "")
        + (' customHeight="1"' if own else "")
    )


PLACE = "\1"
"""Stands for the number of a row where its XML is laid out, in which there is none."""
_TEXT = ' t="s"><v>%s</v></c>'


class Shape:
    """What rows share whose cells have the same looks: the first and the last column in use, how
    the XML of each cell begins (blank where none is), and its look behind its place, once that has
    a number."""

    def __init__(self, looks: Sequence[Style | None]) -> None:
        self.looks = looks
        self.ends = ends_of(looks)
        names = zip(letters(len(looks)), looks, strict=True)
        self.heads = ["" if look is None else f'<c r="{name}' for name, look in names]
        self.tails = [""] * len(looks)
        self.lines: dict[tuple[bool, ...], tuple[str, int]] = {}
        """Of rows of which the same cells are blank (True), the XML of their cells, with places for
        the number of each text and `PLACE` for that of the row; and how many texts there are."""

    def lay_out(self, blank: tuple[bool, ...]) -> None:
        """Lays out the XML of rows with such cells, where it is known how all of them look."""
        if all(tail or not head for head, tail in zip(self.heads, self.tails, strict=True)):
            cells = [
                f"{head}{PLACE}{tail}{'/>%.0s' if none else _TEXT}" if head else "%.0s"
                for head, tail, none in zip(self.heads, self.tails, blank, strict=True)
            ]
            self.lines[blank] = "".join(cells), sum(cell.endswith(_TEXT) for cell in cells)


def reach(
    sheet: Sheet,
    heights: Sequence[int],
    used: Sequence[tuple[int, int] | None],
    over: Mapping[int, Mapping[int, object]],
) -> tuple[str, dict[int, str]]:
    """The extent of a sheet as xlsxwriter counts it, and the first and the last column in use in
    each sixteen rows; `used` has them of the cells of each row."""
    ends = [index for index, column in enumerate(sheet.columns) if column.hidden and column.width]
    is_set = [bool(pixels or row.hidden) for row, pixels in zip(sheet.rows, heights, strict=True)]
    begun = next((n for n, span in enumerate(used) if span is not None or is_set[n]), None)
    if not ends and begun is not None and is_set[begun]:
        ends = [0]
    ends += [end for span in set(used) if span is not None for end in span]
    ends += [end for cols in over.values() for end in (min(cols), max(cols))]
    blocks: dict[int, set[int]] = {}
    for block in range(0, len(used), 16):
        there = set(used[block : block + 16])
        blocks[block // 16] = {end for span in there if span is not None for end in span}
    for number, cols in over.items():
        blocks[number // 16] |= {min(cols), max(cols)}
    rows = [n for n, span in enumerate(used) if span is not None or is_set[n] or n in over]
    spans = {
        block: f"{min(those) + 1}:{max(those) + 1}" for block, those in blocks.items() if those
    }
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    left, right = (min(ends), max(ends)) if ends else (None, None)
    return extent_of(first, last, left, right), spans
