"""The lines of a form: one for each column of an action and for each of its steps, as the label and
its box. What the lines of a column share is worked out once for a plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.issued.sheets import (
    ColumnLook,
    say_step,
    tick,
    value_cell,
)
from xlplan.language.catalogue import Tongue
from xlplan.plan.checks.steps import Milestone
from xlplan.plan.definition import BECAUSE, ENTRY, STEP
from xlplan.plan.types import TYPES
from xlplan.plan.values import Value, told_by
from xlplan.returned.as_issued import HINTS, ID_PREFIX, IssuedColumn
from xlplan.workbook.write.cell_text import (
    PADDING,
    cell_height,
    line_height,
    lines_within,
    room_of,
)
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Held,
    Merge,
    Row,
    Style,
    Values,
)

KEY, ID, LABEL, BOX = 0, 1, 2, 3
"""Columns: the row's key and the field's id (both hidden), the label, the box."""
WIDTHS = (24.0, 70.0)
"""Characters of the label and of the box: an A4 page at its full size."""
WITH_STEPS = (46.0, 48.0)
"""The same where labels hold the words of steps."""
_LOWEST, _WRITING, _WRITING_WHY = 20.0, 120.0, 42.0
_TALLEST_ROW = 400.0
OF_OURS = frozenset({HINTS, BECAUSE + ENTRY})
"""Lines that only an action of the plan has."""


_MOST_KNOWN = 4096
"""Values of a column whose lines are remembered."""
_OURS = Cell().style
"""The look of what nobody sees."""


class Form(Struct):
    """The lines as they are added, with the kind of each; and what is merged of those that are
    higher than a row can be."""

    widths: tuple[float, float] = WIDTHS
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    lines: list[tuple[Kind, int]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)

    def areas(self, *, proposed: bool, inputs: bool) -> dict[str, list[Area]]:
        """The boxes of each column, by action: those of proposals, or of the plan's own; all of
        them, or those that are open."""
        found: dict[str, list[Area]] = defaultdict(list)
        for kind, at in self.lines:
            if kind.proposed == proposed and (kind.column.input or not inputs):
                found[kind.column.id].append(Area(at, BOX, at, BOX))
        return found


class _Line(NamedTuple):
    """What a box holds, the looks of its line, and the points that this needs."""

    held: Held
    looks: tuple[Style, Style, Style, Style]
    high: float


class Kind:
    """The lines of one column: what they share, and what was worked out for values before."""

    def __init__(
        self, look: ColumnLook, label: Style, widths: tuple[float, float], *, proposed: bool
    ) -> None:
        self.look, self.column, self.proposed = look, look.column, proposed
        self.label, self.label_style = look.column.heading, label
        self.mark, self.stepped = ID_PREFIX + look.column.id, look.column.item.role == "steps_done"
        narrative = look.column.input and look.column.item.field_type.narrative
        wide = _WRITING_WHY if look.column.id in OF_OURS else _WRITING
        self.lowest = wide if narrative else _LOWEST
        self.least = max(self.lowest, cell_height(Cell(self.label, label), widths[0]) + 4)
        self._width = widths[1]
        self._known: dict[object, _Line] = {}
        self._styles: dict[Style, tuple[tuple[Style, Style, Style, Style], float, float]] = {}

    def line(self, value: Value) -> _Line:
        """A value in its box."""
        key = value if isinstance(value, str) else told_by(value)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._made(value)
        return found

    def _made(self, value: Value) -> _Line:
        cell = value_cell(self.look, value)
        found = self._styles.get(cell.style)
        if found is None:
            style = _aligned(cell.style, self.column)
            room = room_of(self._width, style) if style.wrap else 0.0
            found = (_OURS, _OURS, self.label_style, style), room, line_height(style.size)
            self._styles[cell.style] = found
        looks, room, high = found
        text = cell.value if isinstance(cell.value, str) else ""
        lines = lines_within(text, room) if room and text else 1
        return _Line(cell.value, looks, max(self.least, lines * high + PADDING + 4))


def block(
    form: Form,
    key: str,
    values: Mapping[str, Value],
    kinds: Sequence[Kind],
    steps: Sequence[Milestone],
    tongue: Tongue,
) -> None:
    """One action: a line for each column, and for each of its steps."""
    rows, lines = form.rows, form.lines
    for kind in kinds:
        held, looks, high = kind.line(values.get(kind.column.id))
        if kind.stepped:
            _steps(form, key, kind, looks, steps, tongue)
            continue
        lines.append((kind, len(rows)))
        row = Row(Values((key, kind.mark, kind.label, held), looks), high)
        if high > _TALLEST_ROW:
            _over_several(form, row)
        else:
            rows.append(row)


def _steps(
    form: Form,
    key: str,
    kind: Kind,
    looks: tuple[Style, Style, Style, Style],
    steps: Sequence[Milestone],
    tongue: Tongue,
) -> None:
    """A line for each step of an action: its words, and the box in which it is ticked."""
    shown = replace(looks[BOX], number_format=TYPES["date"].cell.number_format)
    style = replace(kind.label_style, bold=False)
    for step in steps:
        words, box = (
            Cell(say_step(step, len(steps), tongue), style),
            Cell(tick(step, tongue), shown),
        )
        mark = f"{kind.mark}{STEP}{step.number}"
        high = max(kind.lowest, *map(cell_height, (words, box), form.widths, (8.0, 8.0)))
        form.lines.append((kind, len(form.rows)))
        cells = Values((key, mark, words.value, box.value), (_OURS, _OURS, style, shown))
        _over_several(form, Row(cells, high))


def _aligned(style: Style, column: IssuedColumn) -> Style:
    """A box reads from the left; only a rating stands in the middle of its colour."""
    kind = column.item.field_type
    written = column.input and kind.narrative
    return _in_a_box(style, written, kind.rated, column.item.role == "key")


@lru_cache(maxsize=256)
def _in_a_box(style: Style, written: bool, rated: bool, is_key: bool) -> Style:
    """The look of a box: the same one for all boxes of a kind."""
    if not written:
        style = replace(style, valign="vcenter")
    if not rated:
        style = replace(style, align="left", indent=1)
    return replace(style, size=14) if is_key else style


def as_label(style: Style) -> Style:
    """The look of what stands beside a box."""
    return replace(style, align="left", indent=1)


def _over_several(form: Form, row: Row) -> None:
    """A line whose box is higher than a row can be stands over several."""
    count = math.ceil(row.height / _TALLEST_ROW)
    if count == 1:
        form.rows.append(row)
        return
    first, last = len(form.rows), len(form.rows) + count - 1
    key, mark, label, box = (cell for cell in row.cells if cell is not None)
    blank = Cell(None, box.style)
    form.rows.append(Row([key, mark, label, blank], row.height / count))
    for _ in range(count - 1):
        form.rows.append(Row([None, None, Cell(None, label.style), blank], row.height / count))
    head, text = (replace(each.style, valign="top") for each in (label, box))
    form.merges += [
        Merge(Area(first, LABEL, last, LABEL), replace(label, style=head)),
        Merge(Area(first, BOX, last, BOX), replace(box, style=text)),
    ]
