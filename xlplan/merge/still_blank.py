"""Fields that came back blank though they must be filled in while something else holds.

What is asked of a return is judged by what stands in it: a cell that was emptied, and one that was
left blank. The plan may say otherwise by then (a rating that was held, a date that the coordinator
put back): the question is open only while it holds of the plan too, and nothing stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from xlplan.codes.message import Filled
from xlplan.codes.return_codes import RET_097
from xlplan.errors import Problem
from xlplan.merge.exchange import is_input
from xlplan.merge.kinds import Kind, write_id
from xlplan.merge.model import COORDINATOR, CellKey, Issued, Place, Write
from xlplan.merge.reading import ReadCell, Reading, ReadRow, value_of
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, STATUS, WITHDRAWN, Field
from xlplan.plan.required import is_needed, needs_of, say_needed
from xlplan.plan.values import Value


class StillBlank:
    """What a workbook that came back had to have filled in."""

    def __init__(self, state: State, issued: Issued, reading: Reading) -> None:
        self._state, self._issued, self._reading = state, issued, reading

    @cached_property
    def asks(self) -> bool:
        """Whether the plan asked a lead for anything of the kind when the workbook went out."""
        if self._issued.author == COORDINATOR:
            return False
        then = self._state.definition_at(self._issued.as_of)
        return any(item.required_if for item in then.fields)

    def why(self, row: ReadRow, item: Field) -> Filled | None:
        """Why a field of a row must not be blank; None where it may, or where its lead was not
        asked for it when the workbook went out."""
        then = self._state.definition_at(self._issued.as_of).find(item.id, item.of)
        tests = needs_of(self._state.definition, item) if then and then.required_if else ()
        now = self._as_issued(row)
        if not is_needed(tests, lambda each: self._as_returned(row, each), now):
            return None
        return RET_097.fill(heading=item.heading, condition=say_needed(tests))

    def _as_issued(self, row: ReadRow) -> Callable[[Field], Value]:
        return lambda item: self._state.value(row.uid, item.id, self._issued.as_of)

    def _as_returned(self, row: ReadRow, item: Field) -> Value:
        cell = row.cells.get(item.id) if item.id in self._issued.inputs else None
        if cell is None or item.id not in self._reading.columns:
            return self._as_issued(row)(item)
        return value_of(item, cell, self._state.definition)

    def writes(self, row: ReadRow) -> Iterator[Write]:
        """What is asked of the inputs of a row that were blank as issued and came back so."""
        for column, cell in row.cells.items():
            asked = is_input(self._issued, row.uid, column)
            if not asked or column not in self._reading.columns:
                continue
            item = self._state.definition.find(column.removesuffix(ENTRY))
            if item is None or value_of(item, cell, self._state.definition) is not None:
                continue
            entry = column.endswith(ENTRY)
            was_blank = entry or self._as_issued(row)(item) is None
            why = self.why(row, item) if was_blank else None
            if why is not None:
                yield self._write(row, column, item, cell, why)

    def _write(self, row: ReadRow, column: str, item: Field, cell: ReadCell, why: Filled) -> Write:
        issued, reading = self._issued, self._reading
        return Write(
            id=write_id(issued.id, issued.author, row.uid, column, None).doubted,
            kind=Kind.STILL_BLANK,
            author=issued.author,
            uid=row.uid,
            field=item.id,
            value=None,
            issued=issued.id,
            raw=cell.raw,
            place=Place(reading.file, row.sheet or reading.sheet, cell.cell),
            message=why.message,
            entry=column.endswith(ENTRY),
        )


def problems_of(found: list[Write]) -> Iterator[Problem]:
    """A line for each field that was left blank, with the cells."""
    by_message: dict[str, list[Write]] = {}
    for write in found:
        if write.kind is Kind.STILL_BLANK:
            by_message.setdefault(write.message, []).append(write)
    for why, writes in by_message.items():
        where, field = str(writes[0].place), writes[0].field
        if cells := [write.place.cell for write in writes[1:]]:
            yield RET_097.problem(where, "cells", field=field, why=why, cells=cells)
        else:
            yield RET_097.problem(where, "cell", field=field, why=why)


def is_open(state: State, key: CellKey, write: Write) -> bool:
    """Whether the plan still lacks what was left blank: it holds of the plan as it stands, and
    nobody has filled it in."""
    item, issued = state.field_of(key), state.issued.get(write.issued)
    if item is None or issued is None or state.value(key[0], STATUS) == WITHDRAWN:
        return False
    if write.entry:
        entries = (each for each in state.live(key) if each.kind is Kind.ENTRY)
        if any(each.cycle == write.cycle for each in entries):
            return False
    elif state.value(*key) is not None:
        return False
    tests = needs_of(state.definition, item)
    return is_needed(
        tests,
        lambda each: state.value(key[0], each.id),
        lambda each: state.value(key[0], each.id, issued.as_of),
    )
