"""The hidden sheet with the choices of every dropdown.

A dropdown takes its choices from a range: a literal list is capped at 255 characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.documents.columns import IssuedColumn
from xlplan.plan.definition import PlanDefinition
from xlplan.workbook.book import a1
from xlplan.workbook.sheet import Cell, Column, Row, Sheet

NAME = "Lists"


@dataclass(frozen=True)
class Lists:
    """The sheet; by list, the range of its choices (``Lists!$A$2:$A$5``) and the name it has.

    Dropdowns take the range. Conditional formats take the name: Excel 2007 refuses a range of
    another sheet there.
    """

    sheet: Sheet
    ranges: Mapping[str, str]
    names: Mapping[str, str]
    defined: Mapping[str, str]
    """The names to define in the workbook, and what each refers to."""


def lists_sheet(lists: Mapping[str, Sequence[str]]) -> Lists:
    """One column a list, its name above its choices. Lists that are the same share a column."""
    columns: list[tuple[str, tuple[str, ...]]] = []
    places: dict[tuple[str, ...], int] = {}
    ranges: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, choices in lists.items():
        given = tuple(choices) or ("",)
        if given not in places:
            places[given] = len(columns)
            columns.append((name, given))
        letter = a1(0, places[given])[:-1]
        names[name] = f"xlplan_list_{places[given] + 1}"
        ranges[name] = f"{NAME}!${letter}$2:${letter}${len(given) + 1}"
    height = max((len(choices) for _, choices in columns), default=0)
    rows = [Row([Cell(name) for name, _ in columns])]
    for index in range(height):
        rows.append(Row([Cell(c[index]) if index < len(c) else None for _, c in columns]))
    widths = [Column(width=24) for _ in columns]
    defined = {names[name]: f"={place}" for name, place in ranges.items()}
    return Lists(Sheet(NAME, rows, widths, state="hidden"), ranges, names, defined)


def part_of(lists: Lists, kind: str) -> Lists:
    """The lists whose name begins with `kind` and a space, by the rest of their names."""
    start = f"{kind} "
    return replace(
        lists,
        ranges={n.removeprefix(start): r for n, r in lists.ranges.items() if n.startswith(start)},
        names={n.removeprefix(start): r for n, r in lists.names.items() if n.startswith(start)},
    )


def choices_of(definition: PlanDefinition, column: IssuedColumn) -> tuple[str, ...]:
    """What a column's dropdown offers; empty for a column without one."""
    if column.item.type == "rating":
        return tuple(rating.code for rating in definition.scale_of(column.item))
    return column.item.choices if column.item.type == "choice" else ()


def accepted_by(definition: PlanDefinition, column: IssuedColumn) -> tuple[str, ...]:
    """Everything that is read as a choice of a column: codes, labels and aliases."""
    if column.item.type != "rating":
        return choices_of(definition, column)
    scale = definition.scale_of(column.item)
    names = [name for r in scale for name in (r.code, r.label, *r.aliases) if name]
    return tuple({name.casefold(): name for name in names}.values())


def column_lists(
    definition: PlanDefinition, columns: Sequence[IssuedColumn]
) -> dict[str, tuple[str, ...]]:
    """The lists that some columns need: choices by column id, accepted texts by ``id:accepted``."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        choices = choices_of(definition, column)
        if choices and column.input:
            found[column.id] = choices
            found[f"{column.id}:accepted"] = accepted_by(definition, column)
    return found
