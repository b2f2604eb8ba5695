"""What is to be typed into a kept workbook by hand, and why: lines of `decisions.xlsx`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from xlplan.codes.kept_codes import KEEP_017
from xlplan.codes.message import Filled
from xlplan.plan.definition import Field
from xlplan.plan.values import Value, show_in
from xlplan.workbook.read.book import At, ReadSheet

Reason = Literal[
    "none", "shared", "composed", "several", "formula", "column", "unspellable", "refused"
]
"""Why a value was not written into a cell."""
_COLOURS = 2
"""So many fills at least has a column in which they say something."""


def say_value(reason: Reason, item: Field, ref: str, value: Value, why: str = "") -> str:
    """The line for one value; `why` is what the refusal says."""
    named, text = " ".join(item.heading.split()), show_in(item, value) or "(blank)"
    match reason:
        case "none":
            said = KEEP_017.fill("none", heading=named, ref=ref, text=text)
        case "shared":
            said = KEEP_017.fill("shared", heading=named, ref=ref, text=text)
        case "composed":
            said = KEEP_017.fill("composed", heading=named, ref=ref, text=text)
        case "several":
            said = KEEP_017.fill("several", heading=named, ref=ref, text=text)
        case "formula":
            said = KEEP_017.fill("formula", heading=named, ref=ref, text=text)
        case "column":
            said = KEEP_017.fill("column", heading=named, ref=ref, text=text)
        case "unspellable":
            said = KEEP_017.fill("unspellable", heading=named, ref=ref, text=text)
        case "refused":
            said = KEEP_017.fill("refused", heading=named, ref=ref, text=text, why=why)
    return _line(said)


Look = tuple[str, str]
"""How a cell is filled, and the colour of its letters."""
Spot = tuple[str, int, int]
"""A cell: its sheet, row and column."""


def look_of(sheet: ReadSheet, at: At) -> Look:
    """The look of a cell."""
    return sheet.fills.get(at, ""), sheet.letters.get(at, "")


class Colours:
    """The fills of rated cells of each column, where people colour them by hand."""

    def __init__(self) -> None:
        self._looks: dict[tuple[str, int], dict[Value, dict[Look, Spot]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def note(self, column: tuple[str, int], value: Value, look: Look, spot: Spot) -> None:
        """Take in a cell that has a value; a column is a field of a table."""
        self._looks[column][value].setdefault(look, spot)

    def like(self, item: Field, table: int, value: Value, look: Look) -> Spot | None:
        """The cell as which one is to be filled that gets a value, where that is certain: all that
        have it in the column look the same, none that has another looks so, and its letters have
        that colour already."""
        known = self._looks[item.id, table]
        mine = known.get(value, {})
        if not item.field_type.rated or len(mine) != 1 or len(_fills(known)) < _COLOURS:
            return None
        [(shown, spot)] = mine.items()
        others = {each[0] for other, looks in known.items() if other != value for each in looks}
        if shown[0] in others or shown[1] != look[1] or shown[0] == look[0]:
            return None
        return spot

    def say(self, item: Field, ref: str, table: int, value: Value, look: Look) -> str:
        """The line for a cell that is filled, once it has another value, as for the one before; or
        blank, where fills do not go with ratings."""
        known = self._looks[item.id, table]
        every, fill = _fills(known), look[0]
        fits = any(fill == each[0] for each in known.get(value, {}))
        if not item.field_type.rated or not fill or len(every) < _COLOURS or fits:
            return ""
        named, text = " ".join(item.heading.split()), show_in(item, value)
        return _line(KEEP_017.fill("colour", heading=named, ref=ref, text=text))


def _fills(known: Mapping[Value, Mapping[Look, Spot]]) -> set[str]:
    return {fill for looks in known.values() for fill, _ in looks}


def say_row(ref: str, text: str, why: str) -> str:
    """The line for a row that could not be put in."""
    return _line(KEEP_017.fill("row", ref=ref, text=text, why=why))


def say_withdrawn(ref: str) -> str:
    """The line for the row of an action that was withdrawn."""
    return _line(KEEP_017.fill("withdrawn", ref=ref))


def _line(said: Filled) -> str:
    problem = said.at("")
    return f"{problem.message} [{problem.code}]"
