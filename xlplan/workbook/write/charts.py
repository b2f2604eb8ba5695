"""Native charts, so that a board member can copy one and see its figures."""

from __future__ import annotations

from typing import Any

from xlplan.workbook.write.safe import line
from xlplan.workbook.write.sheet import Area, Chart, Series

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
    said = {"description": alt, "decorative": False}
    sheet.insert_chart(chart.row, chart.col, drawn, {**place, **said})


def _range(sheet: str, area: Area) -> list[object]:
    return [sheet, area.first_row, area.first_col, area.last_row, area.last_col]


def _name(text: str) -> str:
    """A name that is text: one that begins with ``=`` would be taken for a formula."""
    shown = line(text, 255)
    return f" {shown}" if shown.startswith("=") else shown


def _series(chart: Chart, series: Series) -> dict[str, object]:
    given: dict[str, object] = {
        "name": _name(series.name),
        "categories": _range(series.sheet, series.categories),
        "values": _range(series.sheet, series.values),
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
