"""Writes a workbook: the model of `xlplan.workbook.write.sheet` to the bytes of an .xlsx file.

The same model gives the same bytes. Text is always written as text: nothing that anybody typed
becomes a formula, a link, a number or markup. xlsxwriter designs every workbook.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook as _Workbook
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager

from xlplan.progress import WRITING_SHEETS, counted
from xlplan.workbook.write.cell_text import (
    clean,
    count_lines,
    has_escape,
    is_markup,
    line,
    line_height,
    not_markup,
    over_long,
    row_heights,
    shorten,
)
from xlplan.workbook.write.formats import (
    Formats,
    NamedStyles,
    add_chart,
    behave,
    conditional,
    corners,
    protect,
    set_filter,
    set_page,
    validation,
)
from xlplan.workbook.write.plain_cells import (
    MOST_LINKS,
    Drawn,
    Linked,
    String,
    Texts,
    is_figure,
)
from xlplan.workbook.write.sheet import Area, Cell, Sheet, Style, Unfolding, Workbook

__all__ = ["no_collecting", "over_long", "write_workbook"]

_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_NOTE = Style(size=9, wrap=True)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Makes or changes a workbook without Python's search for circles of objects meanwhile: its
    cells, many and alive to the end, are in none, and each search would go through all again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@no_collecting()
def write_workbook(book: Workbook) -> bytes:
    """The bytes of `book` as an .xlsx file.

    Text longer than 32,767 characters is cut with a mark at its end; `over_long` says where.
    """
    held = io.BytesIO()
    target = Target(held, _OPTIONS)
    target.language = clean(book.language)
    formats = Formats(target, book.font)
    describe(target, book)
    names, charted = _names(book.sheets), _charted(book.sheets)
    made = [target.add_worksheet(name) for name in names]
    shown: list[int] = []
    for at in counted(WRITING_SHEETS, range(len(made)), len(made)):
        sheet, drawn = book.sheets[at], made[at]
        _write_sheet(target, drawn, sheet, formats, book.font)
        own = {series.sheet for chart in sheet.charts for series in chart.series}
        assert own <= charted | {sheet.name}
        drawn.settle(keep=sheet.name in charted | own)
        shown += [at] if sheet.state == "visible" else []
        del sheet  # before the next is laid out
    finish(target, book, shown[0] if shown else None)
    return held.getvalue()


def _names(sheets: Sequence[Sheet]) -> Sequence[str]:
    return sheets.names if isinstance(sheets, Unfolding) else [sheet.name for sheet in sheets]


def _charted(sheets: Sequence[Sheet]) -> frozenset[str]:
    """The sheets of which any chart shows something, where that is known before they are drawn."""
    if isinstance(sheets, Unfolding):
        return frozenset()
    charts = (chart for sheet in sheets for chart in sheet.charts)
    return frozenset(series.sheet for chart in charts for series in chart.series)


def finish(target: Any, book: Workbook, shown: int | None) -> None:
    """Writes the file of a workbook whose sheets are drawn: the one at `shown` in view."""
    if shown is not None:
        target.worksheets()[shown].activate()
        target.worksheets()[shown].set_first_sheet()
    for name, refers in book.names.items():
        target.define_name(name, refers)
    target.close()


def first_shown(book: Workbook) -> int | None:
    """The place of the first sheet that people see."""
    return next((n for n, sheet in enumerate(book.sheets) if sheet.state == "visible"), None)


class _Core(Core):  # type: ignore[misc]  # xlsxwriter has no types
    """Core properties with the language of the document, which xlsxwriter has no setting for."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def _write_cp_content_status(self) -> None:
        super()._write_cp_content_status()
        self._xml_data_element("dc:language", self._language)


class Packaged(Packager):  # type: ignore[misc]  # xlsxwriter has no types
    def _write_styles_file(self) -> None:
        book, styles = self.workbook, NamedStyles()
        styles._set_style_properties(
            [
                book.xf_formats, book.palette, book.font_count, book.num_formats,
                book.border_count, book.fill_count, book.custom_colors, book.dxf_formats,
                book.has_comments,
            ]
        )  # fmt: skip
        styles._set_xml_writer(self._filename("xl/styles.xml"))
        styles._assemble_xml_file()

    def _write_core_file(self) -> None:
        core = _Core(self.workbook.language)
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

    def _write_shared_strings_file(self) -> None:
        table = self.workbook.str_table
        if table.count:
            texts = Texts()
            texts.string_table = table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class Target(_Workbook):  # type: ignore[misc]  # xlsxwriter has no types
    language = ""
    worksheet_class = Drawn

    def _get_packager(self) -> Packager:
        return Packaged()


def describe(target: Any, book: Workbook) -> None:
    """Document properties: what identifies the workbook; no clock, and no user of this machine."""
    created = datetime.fromisoformat(book.created.replace("Z", "+00:00")).replace(tzinfo=None)
    given = {
        "title": line(book.title, 255),
        "subject": line(book.subject, 255),
        "author": line(book.author, 255),
        "keywords": line(book.keywords, 255),
        "company": line(book.company, 255),
    }
    target.set_properties({k: v for k, v in given.items() if v} | {"created": created})
    for name, value in book.properties.items():
        target.set_custom_property(line(name, 255), shorten(clean(value), 255, "…"), "text")


def _write_sheet(target: Any, drawn: Any, sheet: Sheet, formats: Formats, font: str) -> None:
    for index, column in enumerate(sheet.columns):
        options = {"hidden": column.hidden, "level": column.level}
        drawn.set_column(index, index, column.width, None, options)
    heights = row_heights(sheet)
    for number, row in enumerate(sheet.rows):
        if heights[number] or row.hidden or row.level:
            options = {"hidden": row.hidden, "level": row.level}
            drawn.set_row(number, heights[number] or None, None, options)
        _write_row(drawn, number, row.cells, formats, font)
    for merge in sheet.merges:
        _write_merge(drawn, merge.area, merge.cell, formats, font)
    dress(target, drawn, sheet, formats, font)


def dress(target: Any, drawn: Any, sheet: Sheet, formats: Formats, font: str) -> None:
    """Puts on a sheet what it has besides cells."""
    for rule in sheet.validations:
        drawn.data_validation(*corners(rule.area), validation(rule))
    for look in sheet.conditionals:
        drawn.conditional_format(*corners(look.area), conditional(look, formats))
    for chart in sheet.charts:
        add_chart(target, drawn, chart, font)
    set_filter(drawn, sheet, formats)
    behave(drawn, sheet)
    set_page(drawn, sheet.page)
    if sheet.protection is not None:
        protect(drawn, sheet.protection)


def _write_row(
    drawn: Any, number: int, cells: Sequence[Cell | None], formats: Formats, font: str
) -> None:
    alike, line = drawn.alike, drawn.begin(number)
    line += [alike.get(id(cell)) for cell in cells]  # None is no cell's
    kinds = [plain.__class__ for plain in line]
    drawn.str_table.count += kinds.count(String) + kinds.count(Linked)
    for index in [index for index, plain in enumerate(line) if plain is None]:
        cell = cells[index]
        if cell is not None:
            plain = None if cell.note else drawn.plain(cell, formats)
            if plain is None:
                write_cell(drawn, number, index, cell, formats, font)
            else:
                line[index] = alike[id(cell)] = plain
                kinds[index] = plain.__class__
    if Linked in kinds:
        for index, plain in enumerate(line):
            if isinstance(plain, Linked):
                drawn.link(number, index, plain.link)
    if there := [index for index, plain in enumerate(line) if plain is not None]:
        drawn._check_dimensions(number, there[0])
        drawn._check_dimensions(number, there[-1])


def write_cell(drawn: Any, row: int, col: int, cell: Cell, formats: Formats, font: str) -> None:
    """A cell by itself, whatever is in it."""
    look = formats.of(cell.style)
    if (plain := drawn.plain(cell, formats)) is not None:
        drawn._check_dimensions(row, col)
        drawn.table[row][col] = plain
        if isinstance(plain, Linked):
            drawn.link(row, col, plain.link)
    elif cell.formula:
        cached = cell.value if isinstance(cell.value, str | int | float) else 0
        drawn.write_formula(row, col, cell.formula, look, cached)
    elif cell.runs:
        _write_runs(drawn, row, col, cell, formats, font)
    elif cell.link and drawn.hlink_count < MOST_LINKS:
        _write_link(drawn, row, col, cell, look)
    elif cell.link:
        value = cell.link if cell.value is None else cell.value
        write_cell(drawn, row, col, Cell(value, cell.style, cell.note), formats, font)
        return
    else:
        _write_like_markup(drawn, row, col, clean(str(cell.value)), look)
    if cell.note:
        _write_note(drawn, row, col, cell.note, font)


def _write_like_markup(drawn: Any, row: int, col: int, text: str, look: Any) -> None:
    """A text that xlsxwriter might take for rich text, which it writes without escaping it: in two
    runs it is written as it was typed."""
    if is_markup(text) and not has_escape(text):
        drawn.write_rich_string(row, col, text[:2], look, text[2:], look)
    else:
        drawn.write_string(row, col, not_markup(text), look)


def _write_runs(drawn: Any, row: int, col: int, cell: Cell, formats: Formats, font: str) -> None:
    """Rich text, where there is more than one run with something in it."""
    look = formats.of(cell.style)
    runs = [(text, style) for raw, style in cell.runs if (text := clean(raw))]
    whole = clean("".join(text for text, _ in runs))
    cut = whole != "".join(text for text, _ in runs)
    if len(runs) < 2 or cut or has_escape(whole):
        write_cell(drawn, row, col, Cell(whole, cell.style), formats, font)
        return
    parts: list[Any] = []
    for text, style in runs:
        parts += [formats.of(style), text]
    drawn.write_rich_string(row, col, *parts, look)


def _write_link(drawn: Any, row: int, col: int, cell: Cell, look: Any) -> None:
    shown = not_markup(clean(str(cell.value if cell.value is not None else cell.link)))
    drawn.write_url(row, col, f"internal:{cell.link}", look, shown)
    if isinstance(cell.value, int | float) and is_figure(cell.value):
        drawn.write_number(row, col, cell.value, look)  # the link stays


def _write_note(drawn: Any, row: int, col: int, note: str, font: str) -> None:
    """A note as wide as a short line of text and as high as its text needs."""
    text = clean(note)
    width = 280
    lines = count_lines(text, width / 7, _NOTE)
    height = min(600, round(lines * line_height(_NOTE.size) * 4 / 3) + 16)
    drawn.write_comment(
        row,
        col,
        text,
        {"width": width, "height": height, "font_name": font, "font_size": _NOTE.size},
    )


def _write_merge(drawn: Any, area: Area, cell: Cell, formats: Formats, font: str) -> None:
    if (area.first_row, area.first_col) != (area.last_row, area.last_col):
        drawn.merge_range(*corners(area), "", formats.of(cell.style))
    write_cell(drawn, area.first_row, area.first_col, cell, formats, font)
