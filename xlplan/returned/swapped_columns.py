"""Columns whose hidden id and visible heading name two different fields of the same workbook.

A heading that names nothing was only rewritten, and the id stands. One that names another field
says that what is seen was moved without what is hidden: whatever is read there is asked about,
never guessed (DESIGN section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from xlplan.errors import Problem
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import fold
from xlplan.returned.columns import (
    IssuedColumn,
    known_headings,
    master_columns,
    status_column,
    template_columns,
)
from xlplan.returned.forms import Form, Line
from xlplan.returned.tables import Table
from xlplan.workbook.read.book import Book, a1

_MOST = 6
"""Columns that one message names."""


@dataclass(frozen=True)
class Titles:
    """The headings of an issued workbook: the column ids of each, folded, and that of each id."""

    names: Mapping[str, frozenset[str]]
    of: Mapping[str, str]


@dataclass(frozen=True)
class Settled:
    """Where each column is, and why those in doubt are, by column id."""

    places: Mapping[str, int]
    doubts: Mapping[str, str]


def titles_of(definition: PlanDefinition, document: str) -> tuple[Titles, ...]:
    """The headings of a template, or those of actions and of recommendations in a master."""
    if document != "master":
        return (_titles(template_columns(definition)),)
    kinds = ("action", "recommendation")
    return tuple(
        _titles([*master_columns(definition, kind), status_column(definition, kind)])
        for kind in kinds
    )


def _titles(columns: Sequence[IssuedColumn]) -> Titles:
    names: dict[str, frozenset[str]] = {}
    for name, heading in known_headings(columns):
        names[fold(heading)] = names.get(fold(heading), frozenset()) | {name}
    return Titles(names, {column.id: column.heading for column in columns})


def settle(
    ids: Mapping[str, int], shown: Mapping[int, str], titles: Titles, cell: Callable[[int], str]
) -> Settled | None:
    """Where the columns are that `ids` has by their hidden ids; None where no heading disagrees.

    `shown` are the headings by place. They are believed where each names one column and none is
    lost by it, else the ids; either way the columns that disagree are in doubt.
    """
    own = {place: name for name, place in ids.items()}
    named = _named(own, shown, titles)
    moved = {place: name for place, name in named.items() if own.get(place, name) != name}
    if not moved:
        return None
    seen = {name: place for place, name in named.items()}
    repeated = len(seen) < len(named)
    unseen = {name: place for name, place in ids.items() if name not in seen}
    if repeated or not moved.keys().isdisjoint(unseen.values()):
        found, odd = dict(ids), {*moved, *(ids[name] for name in moved.values())}
    else:
        found = unseen | seen
        odd = {place for name, place in seen.items() if ids.get(name) != place}
    places = dict(sorted(found.items(), key=lambda each: each[1]))
    doubts = {}
    for name, place in places.items():
        if place in odd:
            issued = f'"{titles.of.get(own[place], own[place])}"' if place in own else "no heading"
            doubts[name] = (
                f'The heading "{shown.get(place, "")[:80]}" ({cell(place)}) stands where {issued} '
                "was issued."
            )
    return Settled(places, doubts)


def _named(own: Mapping[int, str], shown: Mapping[int, str], titles: Titles) -> dict[int, str]:
    """The column that each heading names, by its place."""
    found: dict[int, str] = {}
    issued = frozenset(own.values())
    for place, text in shown.items():
        names = titles.names.get(fold(text), frozenset()) & issued
        if own.get(place) in names:
            found[place] = own[place]
        elif len(names) == 1:
            (found[place],) = names
    return found


def settled_table(table: Table, titles: Sequence[Titles]) -> Table:
    """`table` with its doubtful columns known as such."""
    best = max(titles, key=lambda each: len(set(each.of) & set(table.columns)))
    values = table.sheet.rows[table.header] if table.header < len(table.sheet.rows) else ()
    shown = {
        col: value
        for col, value in enumerate(values)
        if isinstance(value, str) and col != table.key_column
    }
    found = settle(table.columns, shown, best, lambda col: a1(table.header, col))
    if found is None or not table.with_ids:
        return table
    return replace(table, columns=found.places, doubts=found.doubts)


def settled_form(form: Form, titles: Titles) -> Form:
    """`form` with its doubtful boxes known as such."""
    lines: list[Line] = []
    for each in form.by_action():
        by_row = {line.row: line for line in each}
        shown = {line.row: form.label(line) for line in each}
        ids = {line.column: line.row for line in each}
        found = settle(ids, shown, titles, partial(_label_cell, each[0].label))
        if found is None:
            lines += each
        else:
            lines += [
                replace(by_row[row], column=name, doubt=found.doubts.get(name, ""))
                for name, row in found.places.items()
            ]
    lines.sort(key=lambda line: line.row)
    return replace(form, lines=tuple(lines))


def _label_cell(col: int, row: int) -> str:
    return a1(row, col)


def title_problems(book: Book, tables: Sequence[Table], forms: Sequence[Form]) -> Iterator[Problem]:
    """What is wrong with the columns of a workbook that are in doubt, one problem a sheet."""
    found = [(table.sheet.name, list(table.doubts.values())) for table in tables]
    found += [
        (form.sheet.name, [line.doubt for line in form.lines if line.doubt]) for form in forms
    ]
    for sheet, doubts in found:
        if doubts:
            more = f" {len(doubts) - _MOST} more do too." if len(doubts) > _MOST else ""
            text = (
                f"{' '.join(doubts[:_MOST])}{more} Their edits are asked about; answer in "
                "decisions.xlsx."
            )
            yield Problem("RET-017", f"{book.name}!{sheet}", text, level="warning")
