"""What a template asks for while something else holds (`required_if`), as formulas, and the message
that counts what is still to be filled in.

The description is that of `xlplan.plan.required`, by which the merge judges a return. Here each of
its tests becomes a formula: over the cells of one action for the look of a blank cell, over whole
columns for the count in the banner. What a cell is compared with stands on the hidden sheet of
lists: every way to write the values, and the dates as they were issued.

A formula knows a date by its text alone. Another spelling of the date that was issued looks moved
in the template ("Jun 2026" for "June 2026") and is no change when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.rules import (
    ISSUED_DUE,
    DueAndReason,
    issued_dates,
    moved,
    on_a_line,
    quoted,
    still_blank,
)
from xlplan.issued.sheets import Lists
from xlplan.language.catalogue import Tongue
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.required import Moved, OneOf, Test, is_needed, needs_of, values_in
from xlplan.plan.values import Value
from xlplan.returned.as_issued import ID_PREFIX, IssuedColumn
from xlplan.returned.furniture import UPDATE, WARNING
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Conditional, Style

At = Callable[[str], str]
"""Where a column stands in a formula, by its id: a cell, or an array."""


class Open(Struct, frozen=True):
    """Cells that may have to be filled in: the range, its column from 0, and a formula's test, an
    array of 0 and 1 over the range, of which must."""

    cells: str
    column: int
    test: str

    @property
    def count(self) -> str:
        """A formula's count of them."""
        return f"SUMPRODUCT({self.test}*1)"


class Needed(Struct, frozen=True):
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


_ROWS, _COLUMNS = 1_048_577, 1_000
"""One more than the rows of a sheet, and than the columns of any template."""


def _first_of(found: Sequence[Open]) -> str:
    """A formula's link to the first cell of those, row by row; ``""`` where there are none."""
    if not found:
        return ""
    ranks = ",".join(
        f"SUMPRODUCT(MAX({each.test}*"
        f"(({_ROWS}-ROW({each.cells}))*{_COLUMNS}+{_COLUMNS - 2 - each.column})))"
        for each in found
    )
    best = f"MAX({ranks})"
    row, column = f"{_ROWS}-INT({best}/{_COLUMNS})", f"{_COLUMNS - 1}-MOD({best},{_COLUMNS})"
    return f"\"#'{UPDATE}'!\"&ADDRESS({row},{column})"


def message_cell(
    blanks: Sequence[Open],
    without: Open | None,
    found: DueAndReason | None,
    style: Style,
    now: int,
    tongue: Tongue,
) -> Cell:
    """The message of what is still to be filled in, which leads to the first of it.

    `blanks` are the required cells which may be blank; `without` the reasons of dates that moved.
    `now` is how many are blank as issued.
    """
    without_reason = without.count if without is not None else ""
    count = "+".join(each.count for each in blanks) or "0"
    nothing = tongue.say("Nothing that must be filled in is blank.")
    text = f"{WARNING} {tongue.say('Still to be filled in, in orange')}: "
    parts = f"{quoted(text)}&({count})"
    if without_reason and found is not None:
        reason = on_a_line(found.reason.heading)[:60]
        why = tongue.say('Dates that moved without a "{reason}"', reason=reason)
        why = f"{WARNING} {why}: "
        parts = (
            f"IF(({count})>0,{parts},{quoted('')})&IF({without_reason}>0,"
            f"IF(({count})>0,{quoted('   ')},{quoted('')})&{quoted(why)}&{without_reason},"
            f"{quoted('')})"
        )
        count = f"{count}+{without_reason}"
    link = _first_of([*blanks, *([without] if without is not None else ())])
    shown = f"HYPERLINK({link},{parts})" if link else parts
    formula = f"=IF({count}=0,{quoted(nothing)},{shown})"
    return Cell(f"{text}{now}" if now else nothing, style, formula=formula)
