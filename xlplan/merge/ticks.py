"""Steps that are ticked one by one: a box for each in a form, one cell in the plan.

In the plan, what is done of an action is a set of steps, so that what two leads tick in it is
merged step by step. Here the boxes of a form are put together to that set, each box remembered with
the cell it is in; and a change of the set is told box by box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from xlplan.codes.definition_codes import VAL_043
from xlplan.merge.model import Issued, Place, Write
from xlplan.merge.reading import ReadCell, Reading, ReadRow
from xlplan.merge.state import State
from xlplan.plan.checks.steps import milestones_of
from xlplan.plan.definition import STEP, Field, PlanDefinition
from xlplan.plan.types.steps_done import (
    DoneStep,
    done_steps,
    in_words,
    step_with,
    ticked,
    with_step,
)
from xlplan.plan.values import Invalid, Value, as_text, canon, invalid


def in_one_cell(state: State, issued: Issued, reading: Reading) -> Reading:
    """`reading` with the boxes of the steps of each action put together to one cell.

    Boxes that say what was issued say nothing. One that cannot be read stays a cell of its own, and
    is asked about. A step of which only the number was typed gets the words that it had.
    """
    definition = state.definition_at(issued.as_of)
    item = definition.with_role("steps_done")
    if item is None or not any(name.partition(STEP)[0] == item.id for name in reading.columns):
        return reading
    rows = [
        _in_one_cell(state, issued.as_of, definition, item, row)
        if state.kind_of(row.uid) == "action"
        else row
        for row in reading.rows
    ]
    columns = tuple(dict.fromkeys((*reading.columns, item.id)))
    return replace(reading, rows=tuple(rows), columns=columns)


def _in_one_cell(
    state: State, as_of: int, definition: PlanDefinition, item: Field, row: ReadRow
) -> ReadRow:
    base = state.value(row.uid, item.id, as_of)
    cells = {name: cell for name, cell in row.cells.items() if not _number(item, name)}
    whole = cells.get(item.id)
    typed = canon(item, whole.value, definition) if whole is not None else base
    if len(cells) == len(row.cells) and typed == base:
        return row
    steps = milestones_of(definition.public, state.master_row(row.uid, as_of))
    words = [step.text for step in steps]
    if whole is not None and (spelled := in_words(typed, words)) != typed:
        cells[item.id] = replace(whole, value=spelled, as_read=whole.raw)
    value = base
    parts: dict[str, ReadCell] = {}
    for name, cell in row.cells.items():
        if not (number := _number(item, name)):
            continue
        step = _typed(number, words, cell)
        alone = replace(cell, as_read=cell.raw, parts={name: cell.cell})
        if cell.formula or cell.error:
            cells[name] = alone
        elif isinstance(step, Invalid):
            cells[name] = replace(alone, value=step)
        elif number <= len(words):
            was = step_with(base, number, words[number - 1])
            if (was is None) is not (step is None) or (was and step and was.day != step.day):
                value = with_step(value, number, words[number - 1], step)
                parts[name] = cell
    if parts:
        cells[item.id] = _together(parts, value)
    return replace(row, cells=cells)


def _together(parts: Mapping[str, ReadCell], value: Value) -> ReadCell:
    """One cell of some boxes: it stands where the first of them does."""
    first = next(iter(parts.values()))
    return replace(
        first,
        value=value,
        as_read=first.raw,
        doubt=next((cell.doubt for cell in parts.values() if cell.doubt), ""),
        other=next((cell.other for cell in parts.values() if cell.other), ""),
        parts={name: cell.cell for name, cell in parts.items()},
    )


def _number(item: Field, column: str) -> int:
    """Of which step a column is the box; 0 where it is of none."""
    name, mark, number = column.partition(STEP)
    return int(number) if mark and name == item.id and number.isdecimal() else 0


def _typed(number: int, words: Sequence[str], cell: ReadCell) -> DoneStep | Invalid | None:
    if number > len(words):
        return invalid(cell.raw, VAL_043.fill("none", number=number)) if cell.raw.strip() else None
    known = words[number - 1]
    if isinstance(cell.value, date):
        return DoneStep(number, " ".join(known.split()), date(*cell.value.timetuple()[:3]))
    return ticked(number, known, as_text(cell.value) if cell.value is not None else "")


def box_of(item: Write) -> str:
    """The id of the column in which a write was typed: of a step, that of its box."""
    return next(iter(item.cells), item.field) if item.field else ""


def box_by_box(
    before: Value, after: Value, cells: Mapping[str, str], place: Place
) -> Iterator[tuple[Value, Value, Place]]:
    """A change of the steps that are done as one change for each box, with its own place; `cells`
    are the boxes that were changed."""
    for name, cell in cells.items():
        number = int(name.partition(STEP)[2])
        mine = [each for each in done_steps(after) if each.number == number]
        rest = {each.line for each in done_steps(before) if each.number != number}
        then: Value = frozenset({*rest, *(each.line for each in mine)}) or None
        if then != before:
            yield before, then, replace(place, cell=cell)
            before = then
    if before != after:
        yield before, after, place
