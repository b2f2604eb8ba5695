"""A table of a board as plain values: what `xlplan.board.tables` is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from xlplan.board.frame import Frame
from xlplan.plan.text import canon_text

TableValue = str | int | float | date | None
Kind = Literal["text", "number", "share", "date", "rating"]
"""What a column holds; a share is from 0 to 1, a rating is the label of a point of the scale."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column. `note` is the term of `xlplan.board.notes.method` it rests on;
    `width` is in characters."""

    id: str
    heading: str
    kind: Kind = "text"
    note: str = ""
    width: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, a line about it, its columns, and rows as long as there are columns.

    `sheet` is the key of the composite's sheet that shows the same. Ids of columns are distinct.
    """

    key: str
    sheet: str
    name: str
    line: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[TableValue, ...], ...]


def table(
    key: str,
    sheet: str,
    name: str,
    line: str,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[TableValue]],
) -> Table:
    """A table whose ids and headings are each made distinct, its texts cleaned, blanks None."""
    return Table(key, sheet, name, line, _distinct(columns), tuple(map(_cleaned, rows)))


def _cleaned(row: Sequence[TableValue]) -> tuple[TableValue, ...]:
    return tuple((canon_text(v) or None) if isinstance(v, str) else v for v in row)


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


def _new(name: str, joint: str, taken: set[str]) -> str:
    """`name`, or with a number behind it where it is taken (in any case of letters) already."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}{joint}{number}"
    taken.add(found.casefold())
    return found


def rating_label(frame: Frame, key: str | None) -> str | None:
    """The word for a rating's bucket; None where there was nothing to rate."""
    if key is None:
        return None
    point = frame.points.get(key)
    return point.label if point else "Not on the scale"
