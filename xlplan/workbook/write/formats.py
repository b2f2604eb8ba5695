"""From `Style` to xlsxwriter's formats, each made once a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlplan.workbook.read.book import a1
from xlplan.workbook.write.safe import clean, line, shorten
from xlplan.workbook.write.sheet import (
    Area,
    Conditional,
    Page,
    Protection,
    Sheet,
    Style,
    Validation,
)

PLAIN = Style()


class Formats:
    """The formats of one workbook being written.

    Styles are looked up by identity first: hashing fourteen fields for every cell would cost more
    than writing the cell. The workbook's value keeps them alive meanwhile.
    """

    def __init__(self, target: Any, font: str) -> None:
        self._target = target
        self._font = font
        self._by_identity: dict[int, Any] = {}
        self._by_value: dict[tuple[Style, str], Any] = {}
        self._kept: list[Style] = []

    def of(self, style: Style) -> Any:
        """The format of a cell."""
        found = self._by_identity.get(id(style))
        if found is None:
            found = self._by_identity[id(style)] = self._made(style, "cell")
            self._kept.append(style)
        return found

    def dated(self, style: Style) -> Any:
        """The format of a cell that holds a date: its own number format, or a date in words."""
        return self.of(style) if style.number_format else self._made(style, "date")

    def over(self, style: Style) -> Any:
        """The format that a conditional lays over a cell: only what differs from plain."""
        return self._made(style, "over")

    def _made(self, style: Style, use: str) -> Any:
        found = self._by_value.get((style, use))
        if found is None:
            given = _over(style) if use == "over" else _cell(style, self._font)
            if use == "date":
                given["num_format"] = "d mmmm yyyy"
            found = self._by_value[(style, use)] = self._target.add_format(given)
        return found


def _over(style: Style) -> dict[str, Any]:
    given: dict[str, Any] = {"font_color": style.colour}
    if style.bold:
        given["bold"] = True
    if style.italic:
        given["italic"] = True
    if style.strike:
        given["font_strikeout"] = True
    if style.fill:
        given["bg_color"] = style.fill
    if style.border:
        given |= {"border": 1, "border_color": style.border}
    if style.number_format:
        given["num_format"] = style.number_format
    return given


def _cell(style: Style, font: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "font_name": style.font or font,
        "font_size": style.size,
        "font_color": style.colour,
        "valign": {"vcenter": "vcenter", "bottom": "bottom"}.get(style.valign, "top"),
        "bold": style.bold,
        "italic": style.italic,
        "font_strikeout": style.strike,
        "text_wrap": style.wrap,
        "locked": style.locked,
        # Indented text stands on its own side: in the middle there is no such thing.
        "indent": 0 if style.align == "center" else style.indent,
    }
    if style.fill:
        given |= {"bg_color": style.fill, "pattern": 1}
    if style.align:
        given["align"] = style.align
    if style.border:
        given |= {"border": 1, "border_color": style.border}
    if style.edge:
        given |= {"left": 5, "left_color": style.edge}
    if style.number_format:
        given["num_format"] = style.number_format
    return given


FIRST_DATE = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; an earlier date is written in words."""
_PAPER = {"A3": 8, "A4": 9}
_ALLOWED = {
    "autofilter": True,
    "format_columns": True,
    "format_rows": True,
    "objects": True,  # so that a person may add a note; notes are read when the file comes back
    "scenarios": False,
}


def corners(area: Area) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column, as xlsxwriter takes them."""
    return area.first_row, area.first_col, area.last_row, area.last_col


def validation(given: Validation) -> dict[str, Any]:
    """What may be typed, as xlsxwriter takes it."""
    options: dict[str, Any] = {
        "validate": given.kind,
        "input_title": line(given.input_title, 32),
        "input_message": shorten(clean(given.input_message), 255, "…"),
        "error_title": line(given.error_title, 32),
        "error_message": shorten(clean(given.error_message), 255, "…"),
        "error_type": "stop" if given.strict else "warning",
    }
    if given.also:
        options["other_cells"] = [list(corners(area)) for area in given.also]
    if given.kind == "list":
        options["source"] = given.source
    elif given.kind == "date":
        options["criteria"] = "between"
        options["minimum"] = given.first if isinstance(given.first, date) else FIRST_DATE
        options["maximum"] = given.last if isinstance(given.last, date) else date(9999, 12, 31)
    elif given.kind == "decimal":
        options["criteria"] = "between"
        options["minimum"] = given.first if isinstance(given.first, int | float) else -1e15
        options["maximum"] = given.last if isinstance(given.last, int | float) else 1e15
    return options


def conditional(given: Conditional, formats: Formats) -> dict[str, Any]:
    """A look that follows the content, as xlsxwriter takes it."""
    options = {
        "type": "formula",
        "criteria": given.formula,
        "format": formats.over(given.style),
        "stop_if_true": given.stop,
    }
    if given.also:
        options["multi_range"] = " ".join(_range(area) for area in (given.area, *given.also))
    return options


def _range(area: Area) -> str:
    first, last = a1(area.first_row, area.first_col), a1(area.last_row, area.last_col)
    return first if first == last else f"{first}:{last}"


def behave(drawn: Any, sheet: Sheet) -> None:
    """What a person meets on opening: where the cursor is, what stays in view."""
    if sheet.freeze is not None:
        drawn.freeze_panes(*sheet.freeze)
    if not sheet.gridlines:
        drawn.hide_gridlines(2)
    if sheet.zoom != 100:
        drawn.set_zoom(sheet.zoom)
    if sheet.tab_colour:
        drawn.set_tab_color(sheet.tab_colour)
    if any(row.level for row in sheet.rows):
        # A group of rows stands below the row that sums it up.
        drawn.outline_settings(symbols_below=False)
    drawn.set_selection(*sheet.active_cell, *sheet.active_cell)
    if sheet.state == "hidden":
        drawn.hide()
    elif sheet.state == "very_hidden":
        drawn.very_hidden()


def set_page(drawn: Any, page: Page) -> None:
    """Paper, margins, what repeats on every page, header and footer."""
    drawn.set_paper(_PAPER[page.paper])
    if page.landscape:
        drawn.set_landscape()
    if page.fit_width or page.fit_height:
        drawn.fit_to_pages(page.fit_width, page.fit_height)
    drawn.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    drawn.center_horizontally()
    if page.repeat_rows is not None:
        drawn.repeat_rows(*page.repeat_rows)
    if page.header:
        drawn.set_header(shorten("&C" + clean(page.header), 255, "…"))
    footer = "".join(
        code + clean(text)
        for code, text in (("&L", page.footer_left), ("&R", page.footer_right))
        if text
    )
    if footer:
        drawn.set_footer(shorten(footer, 255, "…"))
    if page.print_area is not None:
        drawn.print_area(*corners(page.print_area))
    if page.breaks:
        drawn.set_h_pagebreaks(list(page.breaks))


def protect(drawn: Any, protection: Protection) -> None:
    """The guard rail: locked cells refuse typing; filters, sizes and notes stay free."""
    drawn.protect(protection.password, _ALLOWED)
