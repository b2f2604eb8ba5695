"""What a template asks for while something else holds (`required_if`), as formulas.

The description is that of `xlplan.plan.required`, by which the merge judges a return. Here each of
its tests becomes a formula: over the cells of one action for the look of a blank cell, over whole
columns for the count in the banner. What a cell is compared with stands on the hidden sheet of
lists: every way to write the values, and the dates as they were issued.

A formula knows a date by its text alone. Another spelling of the date that was issued looks moved
in the template ("Jun 2026" for "June 2026") and is no change when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.issued.rules import (
    ISSUED_DUE,
    Open,
    issued_dates,
    moved,
    still_blank,
)
from xlplan.issued.sheets import Lists
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.required import Moved, OneOf, Test, is_needed, needs_of, values_in
from xlplan.plan.values import Value
from xlplan.returned.as_issued import ID_PREFIX, IssuedColumn
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Conditional

At = Callable[[str], str]
"""Where a column stands in a formula, by its id: a cell, or an array."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A column that is asked for while all of its tests hold."""

    column: IssuedColumn
    tests: tuple[Test, ...]


def needed_columns(
    definition: PlanDefinition, columns: Sequence[IssuedColumn]
) -> tuple[Needed, ...]:
    """The inputs that are asked for in some case, with when; of a narrative that grows, this
    period's entry."""
    found = (Needed(c, needs_of(definition, c.item)) for c in columns if c.input)
    return tuple(each for each in found if each.tests)


def needed_lists(
    needed: Sequence[Needed], signed: Sequence[str], values: Sequence[Mapping[str, Value]]
) -> dict[str, tuple[str, ...]]:
    """The lists that their formulas look at; `signed` are the keys of the rows with `values`."""
    lists: dict[str, tuple[str, ...]] = {}
    for test in (test for each in needed for test in each.tests):
        if isinstance(test, OneOf):
            lists[_list_of(test)] = test.texts
        else:
            rows = zip(signed, values, strict=True)
            lists[_list_of(test)] = issued_dates([(k, v.get(test.field.id)) for k, v in rows])
    return lists


def _list_of(test: Test) -> str:
    if isinstance(test, Moved):
        return ISSUED_DUE if test.field.role == "due" else f"{test.field.id}:issued"
    return f"{test.field.id}:{'|'.join(test.texts)}"


def _formula(test: Test, at: At, key: str, lists: Lists) -> str:
    """A formula's test; over arrays one of 0 and 1."""
    name = lists.names[_list_of(test)]
    cell = at(test.field.id)
    if isinstance(test, Moved):
        return moved(key, cell, name, whole=True)
    return f"ISNUMBER(MATCH(TRIM({cell}),{name},0))"


def needed_looks(
    needed: Sequence[Needed],
    cells: Mapping[str, Sequence[Area]],
    lists: Lists,
    look: Palette,
) -> Iterator[Conditional]:
    """The look of those that are blank. `cells` are where each column is, by its id: an area for
    each action in turn, or one for all. Actions whose cells lie alike share a look."""
    for each in needed:
        alike: dict[tuple[int, ...], Conditional] = {}
        for number, area in enumerate(cells[each.column.id]):
            looked = {test.field.id: cells[test.field.id][number] for test in each.tests}
            shape = tuple(other.first_row - area.first_row for other in looked.values())
            if (made := alike.get(shape)) is not None:
                alike[shape] = replace(made, also=(*made.also, area))
                continue
            at = {name: f"${cell_name(a.first_row, a.first_col)}" for name, a in looked.items()}
            key = f"$A{area.first_row + 1}"
            tests = (_formula(test, at.__getitem__, key, lists) for test in each.tests)
            alike[shape] = still_blank(area, look, ",".join(tests))
        yield from alike.values()


def needed_cells(
    needed: Sequence[Needed], cells: At, place: Mapping[str, int], key: str, lists: Lists
) -> list[Open]:
    """Those that must be filled in, for the count above a table: `cells` is the range of each
    column, `place` its number, `key` the range of the keys."""
    found = []
    for each in needed:
        mine = cells(each.column.id)
        tests = [f"(LEN(TRIM({mine}))=0)", *(_formula(t, cells, key, lists) for t in each.tests)]
        found.append(Open(mine, place[each.column.id], "*".join(tests)))
    return found


def needed_boxes(
    needed: Sequence[Needed], ids: str, boxes: str, keys: str, box: int, lists: Lists
) -> list[Open]:
    """The same above a form, where the columns are lines: `ids`, `boxes` and `keys` are the ranges
    of what all of its lines have, `box` the number of the column of boxes."""

    def of_its_action(name: str) -> str:
        line = f'MATCH({keys}&"{ID_PREFIX}{name}",{keys}&{ids},0)'
        return f"LOOKUP({line},ROW({boxes})-MIN(ROW({boxes}))+1,{boxes})"

    found = []
    for each in needed:
        mine = f'({ids}="{ID_PREFIX}{each.column.id}")*(LEN(TRIM({boxes}))=0)'
        tests = [mine, f'ISERROR(SEARCH(".new-",{keys}))']
        tests += [_formula(test, of_its_action, keys, lists) for test in each.tests]
        found.append(Open(boxes, box, "*".join(tests)))
    return found


def blank_now(needed: Sequence[Needed], values: Sequence[Mapping[str, Value]]) -> int:
    """How many of those cells are blank as issued."""
    return sum(
        row.get(each.column.id) is None and is_needed(each.tests, values_in(row), values_in(row))
        for each in needed
        for row in values
    )
