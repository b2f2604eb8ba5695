"""From the model of a sheet to xlsxwriter's own terms: formats, rules, pages, native charts.

Each format is made once a workbook. A chart is native, so that a board member can copy one and see
its figures.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from xlsxwriter.styles import Styles, XFormatType
from xlsxwriter.utility import xl_range

from xlplan.workbook.write.cell_text import clean, count_lines, line, line_height, shorten
from xlplan.workbook.write.sheet import (
    Area,
    Chart,
    Conditional,
    Held,
    Page,
    Protection,
    Series,
    Sheet,
    Style,
    Validation,
    outline_of,
)

PLAIN = Style()
TITLE = 1
"""The place of the style of titles among those that have a name; xlsxwriter's own is 0."""


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
        self._numbers: dict[tuple[int, bool], int] = {}
        """By the identity of a style, and whether it shows a date."""

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

    def number(self, style: Style, held: Held) -> int:
        """The number of the format in which a cell holds a value, by the order in which they are
        first asked for."""
        dated = isinstance(held, date) and date(held.year, held.month, held.day) >= FIRST_DATE
        found = self._numbers.get((id(style), dated))
        if found is None:
            look = self.dated(style) if dated else self.of(style)
            found = self._numbers[id(style), dated] = look._get_xf_index()
            self._kept.append(style)
        return found

    def over(self, style: Style) -> Any:
        """The format that a conditional lays over a cell: only what differs from plain."""
        return self._made(style, "over")

    def laid_over(self) -> tuple[Style, ...]:
        """The styles of the formats that rules lay over cells, in the order of their numbers."""
        made = [
            (found.dxf_index, style)
            for (style, use), found in self._by_value.items()
            if use == "over" and found.dxf_index is not None
        ]
        return tuple(style for _, style in sorted(made, key=lambda one: one[0]))

    def _made(self, style: Style, use: str) -> Any:
        found = self._by_value.get((style, use))
        if found is None:
            given = _over(style) if use == "over" else _cell(style, self._font)
            if use == "date":
                given["num_format"] = "d mmmm yyyy"
            found = self._by_value[(style, use)] = self._target.add_format(given)
            if style.title:
                found.xf_id = TITLE
        return found


class NamedStyles(Styles):  # type: ignore[misc]  # xlsxwriter has no types
    """The styles of a workbook, with that of its titles by the name that programs know."""

    def _titles(self) -> list[Any]:
        return [each for each in self.xf_formats if each.xf_id == TITLE]

    def _write_cell_style_xfs(self) -> None:
        if not (titles := self._titles()):
            super()._write_cell_style_xfs()
            return
        self._xml_start_tag("cellStyleXfs", [("count", TITLE + 1)])
        for each in (self.xf_formats[0], titles[0]):
            self._write_xf(each, XFormatType.STYLE)
        self._xml_end_tag("cellStyleXfs")

    def _write_cell_styles(self) -> None:
        if not self._titles():
            super()._write_cell_styles()
            return
        self._xml_start_tag("cellStyles", [("count", TITLE + 1)])
        self._write_cell_style()
        self._write_cell_style("Heading 1", TITLE, 16)
        self._xml_end_tag("cellStyles")


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
    return str(xl_range(*corners(area)))


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
    if any(row.level for row in outline_of(sheet.rows)):
        # A group of rows stands below the row that sums it up.
        drawn.outline_settings(symbols_below=False)
    drawn.set_selection(*sheet.active_cell, *sheet.active_cell)
    if sheet.state == "hidden":
        drawn.hide()
    elif sheet.state == "very_hidden":
        drawn.very_hidden()


def set_filter(drawn: Any, sheet: Sheet) -> None:
    """The filter of a sheet, where no table stands in its place."""
    if sheet.filter is not None and not sheet.table:
        drawn.autofilter(*corners(sheet.filter))


def set_page(drawn: Any, page: Page) -> None:
    """Paper, margins, what repeats on every page, header and footer."""
    drawn.set_paper(_PAPER[page.paper])
    if page.landscape:
        drawn.set_landscape()
    if page.fit_width or page.fit_height:
        drawn.fit_to_pages(page.fit_width, page.fit_height)
    elif page.scale != 100:
        drawn.set_print_scale(page.scale)
    drawn.set_margins(left=0.4, right=0.4, top=page.top or page.margin, bottom=page.margin)
    drawn.center_horizontally()
    if page.repeat_rows is not None:
        drawn.repeat_rows(*page.repeat_rows)
    if page.repeat_columns:
        drawn.repeat_columns(0, page.repeat_columns - 1)
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


_QUIET = {"color": "#D9D9D9", "width": 0.75}
_INK = "#404040"


def add_chart(target: Any, sheet: Any, chart: Chart, font: str) -> None:
    """Draw `chart` on xlsxwriter's `sheet`."""
    options: dict[str, str] = {"type": chart.kind}
    if chart.stacked and chart.kind in ("bar", "column", "line"):
        options["subtype"] = "stacked"
    drawn = target.add_chart(options)
    for series in chart.series:
        drawn.add_series(_series(chart, series))
    _dress(drawn, chart, font)
    drawn.set_size({"width": chart.width, "height": chart.height})
    alt = line(chart.alt or chart.title, 2000)
    place = {"x_offset": chart.right, "object_position": 2}
    described = {"description": alt, "decorative": False}
    sheet.insert_chart(chart.row, chart.col, drawn, {**place, **described})


def _source(sheet: str, area: Area) -> list[object]:
    return [sheet, area.first_row, area.first_col, area.last_row, area.last_col]


def _name(text: str) -> str:
    """A name that is text: one that begins with ``=`` would be taken for a formula."""
    shown = line(text, 255)
    return f" {shown}" if shown.startswith("=") else shown


def _series(chart: Chart, series: Series) -> dict[str, object]:
    given: dict[str, object] = {
        "name": _name(series.name),
        "categories": _source(series.sheet, series.categories),
        "values": _source(series.sheet, series.values),
        "gap": 60,
    }
    if series.colour:
        if chart.kind == "line":
            given["line"] = {"color": series.colour, "width": 2.25}
            given["marker"] = {
                "type": "circle",
                "size": 6,
                "fill": {"color": series.colour},
                "border": {"color": series.colour},
            }
        else:
            given["fill"] = {"color": series.colour}
            given["border"] = {"color": "#FFFFFF", "width": 0.75}
    if series.points:
        given["points"] = [
            {"fill": {"color": colour}, "border": {"color": "#FFFFFF", "width": 1}}
            for colour in series.points
        ]
    if chart.stacked:
        given["overlap"] = 100
    return given


def _dress(drawn: Any, chart: Chart, font: str) -> None:
    """One quiet look for every chart: no frame, pale grid, the house font."""
    plain = {"name": font, "size": 9, "color": _INK}
    if chart.title:
        drawn.set_title(
            {
                "name": _name(chart.title),
                "overlay": False,
                "name_font": {"name": font, "size": 12, "bold": True, "color": _INK},
            }
        )
    else:
        drawn.set_title({"none": True})
    one = len(chart.series) == 1 and chart.kind != "doughnut"
    drawn.set_legend({"none": True} if one else {"position": "bottom", "font": plain})
    drawn.set_chartarea({"border": {"none": True}})
    if chart.kind == "doughnut":
        drawn.set_hole_size(58)
        return
    values: dict[str, object] = {
        "num_font": plain,
        "major_gridlines": {"visible": True, "line": _QUIET},
    }
    values |= {"line": {"none": True}, "min": 0}
    if chart.unit:
        values["major_unit"] = chart.unit
    names: dict[str, object] = {
        "num_font": plain,
        "line": _QUIET,
        "major_gridlines": {"visible": False},
    }
    if chart.kind == "bar":
        # A bar chart draws upwards, and its axes trade places; reversed, it reads in the order
        # of its table.
        names |= {"reverse": True, "crossing": "max"}
        values, names = names, values
    drawn.set_x_axis(names)
    drawn.set_y_axis(values)


_NOTE, _NOTE_WIDTH = Style(size=9, wrap=True), 280
"""The look of a note, and how wide it is in pixels."""


def note_options(text: str, font: str) -> dict[str, Any]:
    """A note as wide as a short line of text and as high as its text needs."""
    lines = count_lines(text, _NOTE_WIDTH / 7, _NOTE)
    height = min(600, round(lines * line_height(_NOTE.size) * 4 / 3) + 16)
    size = {"width": _NOTE_WIDTH, "height": height}
    return {**size, "font_name": font, "font_size": _NOTE.size}
