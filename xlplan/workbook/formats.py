"""From `Style` to xlsxwriter's formats, each made once a workbook."""

from __future__ import annotations

from typing import Any

from xlplan.workbook.sheet import Style

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
