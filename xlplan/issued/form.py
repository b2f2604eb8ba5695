"""The other layout of a template: one action a page, as a form with a label and a box a line.

Every line carries, in two hidden columns, the signed key of its action and the id of its field, so
that each box is found by content wherever it went (`xlplan.returned.forms` reads it back).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from xlplan.issued.banner import Banner, banner
from xlplan.issued.needed import (
    Open,
    blank_now,
    message_cell,
    needed_boxes,
    needed_columns,
    needed_looks,
)
from xlplan.issued.rules import (
    Cells,
    due_and_reason,
    input_rules,
    is_required,
    may_ask,
    reason_missing,
)
from xlplan.issued.sheets import (
    ColumnLook,
    Lists,
    column_looks,
    page_number,
    say_step,
    shut_looks,
    tick,
    value_cell,
)
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import Issued
from xlplan.plan.checks.steps import Milestone
from xlplan.plan.definition import BECAUSE, ENTRY, STEP, PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.types import TYPES
from xlplan.plan.values import Value
from xlplan.returned.as_issued import BOX_MARK, HINTS, ID_PREFIX, OURS, IssuedColumn
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.write.cell_text import (
    PADDING,
    cell_height,
    cell_name,
    line_height,
    lines_within,
    room_of,
)
from xlplan.workbook.write.look import Palette, header_text, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Page,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
)

KEY, ID, LABEL, BOX = 0, 1, 2, 3
"""Columns: the row's key and the field's id (both hidden), the label, the box."""
WIDTHS = (24.0, 70.0)
"""Characters of the label and of the box: an A4 page at its full size."""
WITH_STEPS = (46.0, 48.0)
"""The same where labels hold the words of steps."""
STEP_LIST = f"{STEP}done"
"""The name of the list from which a step is ticked."""
_STEP_HINT = marked(
    "Choose Done, or enter the day on which this step was done. Leave it blank until then."
)
_STEP_ANSWER = marked("Only Done or a day, such as 28 February 2027, can be read here.")
_LOWEST, _WRITING, _WRITING_WHY = 20.0, 120.0, 42.0
_TALLEST_ROW = 400.0
PROPOSAL = marked("A new action you propose")
OF_OURS = frozenset({HINTS, BECAUSE + ENTRY})
"""Lines that only an action of the plan has."""


@dataclass
class _Form:
    """The lines as they are added: where each field's boxes are, by action."""

    widths: tuple[float, float] = WIDTHS
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    boxes: dict[str, list[Area]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, list[Area]] = field(default_factory=lambda: defaultdict(list))
    """Like `boxes`, with those that are locked."""
    proposed: dict[str, list[Area]] = field(default_factory=lambda: defaultdict(list))
    breaks: list[int] = field(default_factory=list)


def form_sheet(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    columns: Sequence[IssuedColumn],
    values: Sequence[dict[str, Value]],
    signed: Sequence[str],
    blank: Sequence[str],
    lists: Lists,
    opened: int,
    steps: Sequence[Sequence[Milestone]],
) -> Sheet:
    """The sheet "Update" as forms: `signed` are the keys of the actions, of which those after the
    first `opened` are locked, `blank` of proposals, `steps` what each action has as parallel lists.
    """
    look, tongue = palette(definition), definition.tongue
    stepped = any(steps) and any(column.item.role == "steps_done" for column in columns)
    widths = WITH_STEPS if stepped else WIDTHS
    message = any(may_ask(column) for column in columns) and bool(values)
    top = banner(
        definition, lead, issued, look, lists, widths, first=LABEL, message=message, form=True
    )
    form = _Form(widths, [*top.rows, Row([None, None, None, Cell(BOX_MARK)], hidden=True)])
    looks = column_looks(definition, columns, look.locked, look.input, look.locked_key, words=True)
    shut = shut_looks(definition, columns, look)
    kinds, locked = (_kinds(each, look, widths) for each in (looks, shut))
    end = 0
    for number, (key, each, mine) in enumerate(zip(signed, values, steps, strict=True)):
        end = len(form.rows) if number == opened else end
        looked = kinds if number < opened else locked
        _block(form, key, each, looked, look, tongue, fresh=number > 0, steps=mine)
    open_ = [replace(column, input=True) for column in columns if column.id not in OURS | OF_OURS]
    proposed = column_looks(definition, open_, look.input, look.input, look.input, words=True)
    asked = _kinds(proposed, look, widths)
    for key in blank:
        _block(form, key, {}, asked, look, tongue, fresh=bool(signed), proposed=True)
    validations, conditionals = _rules(definition, columns, looks, form, lists, look)
    ends = len(top.rows) + 1, (end or len(form.rows)) - 1
    _count_what_is_missing(definition, top, columns, values[:opened], ends, lists)
    firsts = [areas[0] for areas in form.boxes.values() if areas]
    active = min(((a.first_row, a.first_col) for a in firsts), default=(len(top.rows) + 1, BOX))
    return Sheet(
        name=UPDATE,
        rows=form.rows,
        columns=[Column(30, hidden=True), Column(20, hidden=True), *(Column(w) for w in widths)],
        merges=[*top.merges, *form.merges],
        validations=[*top.validations, *validations],
        conditionals=conditionals,
        page=_page(definition, issued, form),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=active,
    )


def _page(definition: PlanDefinition, issued: Issued, form: _Form) -> Page:
    """A4 portrait, not fitted: a sheet that is fitted to its pages ignores where they break."""
    return Page(
        paper="A4", landscape=False, fit_width=0, scale=78,
        repeat_rows=(0, 1),
        header=header_text(definition.marking),
        footer_left=f"{header_text(definition.title)}, {issued.cycle}, {issued.id}",
        footer_right=page_number(definition),
        print_area=Area(0, LABEL, len(form.rows) - 1, BOX),
        breaks=tuple(form.breaks),
    )  # fmt: skip


class _Kind:
    """The lines of one column: what they share, worked out once for a form."""

    def __init__(self, look: ColumnLook, label: Cell, widths: tuple[float, float]) -> None:
        self.look, self.column, self.label = look, look.column, label
        self.mark = Cell(ID_PREFIX + look.column.id)
        narrative = look.column.input and look.column.item.field_type.narrative
        wide = _WRITING_WHY if look.column.id in OF_OURS else _WRITING
        self.lowest = wide if narrative else _LOWEST
        self.least = max(self.lowest, cell_height(label, widths[0]) + 4)
        self._width = widths[1]
        self._boxes: dict[int, tuple[Style, Style, float, float]] = {}

    def box(self, value: Value) -> tuple[Cell, float]:
        """A value in its box, and the points that it needs."""
        cell = value_cell(self.look, value)
        if not isinstance(cell.value, str | None):  # its look may be its own
            return (box := _aligned(cell, self.column)), cell_height(box, self._width) + 4
        found = self._boxes.get(id(cell.style))
        if found is None:
            style = _aligned(cell, self.column).style
            room = room_of(self._width, style) if style.wrap else 0.0
            found = cell.style, style, room, line_height(style.size)
            self._boxes[id(cell.style)] = found
        _, style, room, high = found
        lines = lines_within(cell.value, room) if room and cell.value else 1
        return Cell(cell.value, style, cell.note), lines * high + PADDING + 4


def _kinds(looks: Sequence[ColumnLook], look: Palette, widths: tuple[float, float]) -> list[_Kind]:
    labels = {True: _as_label(look.input_heading), False: _as_label(look.heading)}
    cells = [Cell(each.column.heading, labels[each.column.input]) for each in looks]
    return [_Kind(each, cell, widths) for each, cell in zip(looks, cells, strict=True)]


def _block(
    form: _Form,
    key: str,
    values: Mapping[str, Value],
    kinds: Sequence[_Kind],
    look: Palette,
    tongue: Tongue,
    *,
    fresh: bool,
    proposed: bool = False,
    steps: Sequence[Milestone] = (),
) -> None:
    """One action: a line for each column, and for each of its steps. `fresh` begins a page."""
    if fresh:
        form.breaks.append(len(form.rows))
    title = tongue.say(PROPOSAL) if proposed else ""
    form.rows.append(Row([None, None, Cell(title, look.subtitle), Cell(None, look.subtitle)], 14))
    signed = Cell(key)
    for kind in kinds:
        column = kind.column
        cell, needed = kind.box(values.get(column.id))
        if column.item.role == "steps_done":
            for step in steps:
                shown = replace(cell.style, number_format=TYPES["date"].cell.number_format)
                box = Cell(tick(step, tongue), shown)
                mark = Cell(f"{ID_PREFIX}{column.id}{STEP}{step.number}")
                style = replace(kind.label.style, bold=False)
                words = Cell(say_step(step, len(steps), tongue), style)
                high = max(kind.lowest, *map(cell_height, (words, box), form.widths, (8.0, 8.0)))
                _line(form, signed, mark, column, words, box, high, proposed=False)
            continue
        high = max(kind.least, needed)
        _line(form, signed, kind.mark, column, kind.label, cell, high, proposed=proposed)


def _aligned(cell: Cell, column: IssuedColumn) -> Cell:
    """A box reads from the left; only a rating stands in the middle of its colour."""
    kind = column.item.field_type
    written = column.input and kind.narrative
    style = _in_a_box(cell.style, written, kind.rated, column.item.role == "key")
    return replace(cell, style=style)


@lru_cache(maxsize=256)
def _in_a_box(style: Style, written: bool, rated: bool, is_key: bool) -> Style:
    """The look of a box: the same one for all boxes of a kind."""
    if not written:
        style = replace(style, valign="vcenter")
    if not rated:
        style = replace(style, align="left", indent=1)
    return replace(style, size=14) if is_key else style


def _as_label(style: Style) -> Style:
    """The look of what stands beside a box."""
    return replace(style, align="left", indent=1)


def _line(
    form: _Form,
    key: Cell,
    mark: Cell,
    column: IssuedColumn,
    label: Cell,
    box: Cell,
    needed: float,
    *,
    proposed: bool,
) -> None:
    """A label and its box, of whose field `mark` is the id; a box that is higher than a row can be
    stands over several."""
    count = math.ceil(needed / _TALLEST_ROW)
    first, last = len(form.rows), len(form.rows) + count - 1
    shown = box if count == 1 else Cell(None, box.style)
    form.rows.append(Row([key, mark, label, shown], needed / count))
    for _ in range(count - 1):
        blank = [None, None, Cell(None, label.style), Cell(None, box.style)]
        form.rows.append(Row(blank, needed / count))
    if count > 1:
        head, text = (replace(each.style, valign="top") for each in (label, box))
        form.merges += [
            Merge(Area(first, LABEL, last, LABEL), replace(label, style=head)),
            Merge(Area(first, BOX, last, BOX), replace(box, style=text)),
        ]
    area = Area(first, BOX, first, BOX)
    if not proposed:
        form.lines[column.id].append(area)
    if column.input:
        boxes = form.proposed if proposed else form.boxes
        boxes[column.id].append(area)


def _rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    form: _Form,
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    cells = {
        column.id: Cells(
            form.boxes.get(column.id, []),
            [*form.boxes.get(column.id, []), *form.proposed.get(column.id, [])],
        )
        for column in columns
    }
    styles = [each.style for each in looks]
    validations, colours = input_rules(definition, columns, styles, cells, lists, look)
    tongue = definition.tongue
    validations = [_of_steps(rule, cells, columns, lists, tongue) for rule in validations]
    needed = needed_looks(needed_columns(definition, columns), form.lines, lists, look)
    return validations, [*_reasons(columns, form, lists, look), *needed, *colours]


def _of_steps(
    rule: Validation,
    cells: Mapping[str, Cells],
    columns: Sequence[IssuedColumn],
    lists: Lists,
    tongue: Tongue,
) -> Validation:
    """The rule of the boxes of steps, which take Done or a day; any other as it is."""
    ticks = [area for c in columns if c.item.role == "steps_done" for area in cells[c.id].every]
    if rule.area not in ticks:
        return rule
    return replace(
        rule,
        kind="list",
        source=f"={lists.ranges[STEP_LIST]}",
        input_title=tongue.say("Is this step done?"),
        input_message=tongue.say(_STEP_HINT),
        error_title=tongue.say("Neither Done nor a day"),
        error_message=tongue.say(_STEP_ANSWER),
        strict=False,
    )


def _reasons(
    columns: Sequence[IssuedColumn], form: _Form, lists: Lists, look: Palette
) -> list[Conditional]:
    """The flags on dates that moved without a reason; actions whose boxes lie alike share them."""
    asked = due_and_reason(columns)
    if asked is None:
        return []
    alike: dict[int, list[tuple[Area, Area]]] = defaultdict(list)
    pairs = zip(form.boxes[asked.due.id], form.boxes[asked.reason.id], strict=True)
    for due, reason in pairs:
        alike[reason.first_row - due.first_row].append((due, reason))
    made: list[Conditional] = []
    for those in alike.values():
        both = reason_missing(*those[0], asked, lists, look)
        rest = zip(*those[1:], strict=True) if len(those) > 1 else ((), ())
        made += [replace(rule, also=tuple(r)) for rule, r in zip(both, rest, strict=True)]
    return made


def _count_what_is_missing(
    definition: PlanDefinition,
    top: Banner,
    columns: Sequence[IssuedColumn],
    values: Sequence[dict[str, Value]],
    ends: tuple[int, int],
    lists: Lists,
) -> None:
    """The message in the banner that counts the required boxes that are blank; the lines stand
    between `ends`."""
    required = [column for column in columns if is_required(column)]
    if top.message is None:
        return
    first, last = ends
    ids, boxes, keys = (f"${cell_name(first, c)}:${cell_name(last, c)}" for c in (ID, BOX, KEY))
    blanks = [
        Open(
            boxes,
            BOX,
            f'({ids}="{ID_PREFIX}{column.id}")*(LEN(TRIM({boxes}))=0)'
            f'*ISERROR(SEARCH(".new-",{keys}))',
        )
        for column in required
    ]
    needed = needed_columns(definition, columns)
    blanks += needed_boxes(needed, ids, boxes, keys, BOX, lists)
    now = sum(each.get(column.id) is None for column in required for each in values)
    now += blank_now(needed, values)
    top.merges.append(
        Merge(top.message, message_cell(blanks, None, None, top.style, now, definition.tongue))
    )
