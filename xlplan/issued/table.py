"""The sheet "Update" as a table: a row for each action, and below them blank rows for proposals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from xlplan.issued.banner import Banner, banner
from xlplan.issued.design import Design, design_of
from xlplan.issued.needed import (
    Open,
    blank_now,
    message_cell,
    needed_cells,
    needed_looks,
)
from xlplan.issued.rules import (
    ISSUED_DUE,
    Cells,
    has_message,
    input_rules,
    is_required,
    moved,
    reason_missing,
)
from xlplan.issued.sheets import (
    LOWEST,
    LOWEST_WITH_WRITING,
    ColumnLook,
    Lists,
    column_looks,
    heading_row,
    id_row,
    page_of,
    value_cell,
)
from xlplan.issued.sign_off import NARROW
from xlplan.issued.widths import (
    FROZEN,
    HEAD,
    SCREEN,
    Sizes,
    across,
    least_across,
    screen_widths,
    wide_widths,
)
from xlplan.language.catalogue import marked
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import remembered
from xlplan.plan.people import Lead
from xlplan.plan.values import Value, told_by
from xlplan.returned.as_issued import (
    HINTS,
    OURS,
    IssuedColumn,
)
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.write.cell_text import (
    PADDING,
    TALLEST,
    cell_name,
    line_height,
    lines_within,
    room_of,
    text_width,
)
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Held,
    Merge,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Values,
)

_NARROW_SHEET = 120.0
_MOST_KNOWN = 4096
"""Values of a column, and looks of rows, that are remembered."""
_PROPOSE = marked(
    "To propose a new action, fill in this row. The coordinator gives it its reference."
)
_KEY = Cell().style
"""The look of the key of a row, which nobody sees."""


class _Shown(NamedTuple):
    """What a cell holds, its look, and the size of its text: its characters, and the width of its
    longest line in thousandths of the font's size (both 0 of what is no text)."""

    held: Held
    style: Style
    length: int
    width: int


class _Column:
    """The cells of a column; those that are alike are worked out once."""

    def __init__(self, look: ColumnLook) -> None:
        self.id, self._look = look.column.id, look
        self._known: dict[object, _Shown] = {}

    def of(self, value: Value) -> _Shown:
        """The cell of a value."""
        key = value if isinstance(value, str) else told_by(value)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            cell = value_cell(self._look, value)
            text = cell.value if isinstance(cell.value, str) else ""
            found = _Shown(cell.value, cell.style, len(text), text_width(text))
            self._known[key] = found
        return found


class TableDesign:
    """What is the same in the tables of all leads."""

    def __init__(self, definition: PlanDefinition) -> None:
        self.design = design = design_of(definition)
        columns, look = design.columns, design.look
        self.open, self.shut = (
            [_Column(e) for e in looks] for looks in (design.looks, design.shut)
        )
        open_ = [replace(column, input=column.id not in OURS | {HINTS}) for column in columns]
        asked = column_looks(definition, open_, look.locked, look.input, look.input, words=True)
        self.asked = (_KEY, *(each.style for each in asked))
        self.may_be_in_view = least_across(columns) <= SCREEN
        """Whether all columns may be in view at once, whatever the actions say."""
        writing = any(c.input and c.item.field_type.narrative for c in columns)
        self.least = LOWEST_WITH_WRITING if writing else LOWEST
        self._looks: dict[tuple[int, ...], tuple[Style, ...]] = {}

    def row(self, signed: str, cells: Sequence[_Shown]) -> Values:
        """The cells of an action, behind its key."""
        key = tuple([id(each.style) for each in cells])
        looks = self._looks.get(key)
        if looks is None:
            if len(self._looks) >= _MOST_KNOWN:
                self._looks.clear()
            looks = self._looks[key] = (_KEY, *(each.style for each in cells))
        return Values((signed, *[each.held for each in cells]), looks)


table_design = remembered(TableDesign)


def table_sheet(
    design: Design,
    lead: Lead,
    issued: Issued,
    values: Sequence[Mapping[str, Value]],
    signed: Sequence[str],
    blank: Sequence[str],
    lists: Lists,
    opened: int,
    *,
    fit: bool,
) -> Sheet | None:
    """The sheet "Update" as a table; the actions after the first `opened` are locked. With `fit`
    None where it cannot be seen at once on a laptop, all of its columns below a low head."""
    definition, columns, look = design.definition, design.columns, design.look
    shared = table_design(definition)
    if fit and not shared.may_be_in_view:
        return None
    rows = [
        [column.of(each.get(column.id)) for column in (shared.open if n < opened else shared.shut)]
        for n, each in enumerate(values)
    ]
    sizes = _sizes(rows, len(columns))
    widths = screen_widths(columns, sizes, look.heading)
    widths = widths or wide_widths(columns, sizes, look.heading)
    if not columns[-1].item.width and sum(widths) < _NARROW_SHEET:
        widths[-1] = max(widths[-1], NARROW)  # the sign-off has its inputs there
    if fit and across(widths) > SCREEN:
        return None
    message = has_message(columns) and bool(values)
    top = banner(definition, lead, issued, look, lists, widths, message=message)
    heading = len(top.rows) + 1
    first, last_col = heading + 1, len(columns)
    last_row = max(first, heading + len(rows) + len(blank))
    headings = heading_row(columns, look, [30.0, *widths], 30.0)
    if fit and not _is_low([*top.rows, headings]):
        return None
    places = first, opened, len(rows), len(blank)
    validations, conditionals = design.ruled(
        ("table", *places), lists, top.validations, lambda: _rules(design, *places, lists)
    )
    _count_what_is_missing(design, top, values[:opened], first, lists)
    inputs = [i for i, column in enumerate(columns, 1) if column.input]
    nothing = (None,) * len(columns)
    return Sheet(
        name=UPDATE,
        rows=[
            *top.rows,
            id_row(c.id for c in columns),
            headings,
            *(
                Row(shared.row(name, row), high)
                for name, row, high in zip(
                    signed, rows, _heights(rows, widths, shared.least), strict=True
                )
            ),
            *(Row(Values((name, *nothing), shared.asked), shared.least) for name in blank),
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=w) for w in widths)],
        merges=top.merges,
        validations=validations,
        conditionals=conditionals,
        freeze=(first, 1 + _in_sight(columns, widths)),
        filter=Area(heading, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), heading),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(first, inputs[0] if inputs else 1),
    )


def _is_low(head: Sequence[Row]) -> bool:
    """Whether the head of a table leaves most of a laptop's screen to its rows."""
    return sum(row.height for row in head if not row.hidden) * 4 / 3 < HEAD


def _sizes(rows: Sequence[Sequence[_Shown]], columns: int) -> list[Sizes]:
    """The sizes of the texts of each column."""
    if not rows:
        return [Sizes((), ())] * columns
    texts = (
        [each for each in below if isinstance(each.held, str)] for below in zip(*rows, strict=True)
    )
    return [Sizes([e.length for e in those], [e.width for e in those]) for those in texts]


def _heights(
    rows: Sequence[Sequence[_Shown]], widths: Sequence[float], least: float
) -> Iterator[float]:
    """Points for each row: what its texts need, from `least`, as `row_height` gives it."""
    rooms: dict[tuple[int, int], tuple[float, float]] = {}
    for row in rows:
        highest = least
        for index, (held, style, _, wide) in enumerate(row):
            if not isinstance(held, str):
                continue
            room, high = rooms.get((index, id(style)), (-1.0, 0.0))
            if room < 0:
                room = room_of(widths[index], style) if style.wrap else math.inf
                high = line_height(style.size)
                rooms[index, id(style)] = room, high
            several = style.wrap and (wide > room or "\n" in held)
            highest = max(highest, (_lines(held, room) if several else 1) * high + PADDING)
        yield min(TALLEST, highest)


_lines = lru_cache(maxsize=1 << 13)(lines_within)


def _in_sight(columns: Sequence[IssuedColumn], widths: Sequence[float]) -> int:
    """How many columns stay in view while the others are moved: the ref, and what the action is
    where both leave most of a screen to the rest."""
    for number, column in enumerate(columns, 1):
        if column.item.role == "action" and across(widths[:number]) <= FROZEN:
            return number
    return 1


def _rules(
    design: Design, first: int, count: int, rows: int, proposals: int, lists: Lists
) -> tuple[list[Validation], list[Conditional]]:
    definition, columns, look = design.definition, design.columns, design.look
    last, below = first + count - 1, first + rows
    asked, places = design.asked, {c.id: i for i, c in enumerate(columns, 1)}
    flags: list[Conditional] = []
    if asked is not None and count:
        due, reason = (
            Area(first, at, last, at) for at in (places[asked.due.id], places[asked.reason.id])
        )
        flags = reason_missing(due, reason, asked, lists, look)
    if count:
        areas = {name: [Area(first, at, last, at)] for name, at in places.items()}
        flags += needed_looks(design.needed, areas, lists, look)
    cells = {
        name: Cells(
            [Area(first, at, last, at)] if count else [],
            _inputs(at, first, last, below, proposals),
        )
        for name, at in places.items()
        for more in (0 if name in OURS else proposals,)
    }
    styles = [each.style for each in design.looks]
    validations, colours = input_rules(definition, columns, styles, cells, lists, look)
    if proposals:
        area = Area(below, 1, below + proposals - 1, 1)
        tongue = definition.tongue
        title, text = tongue.say("New action"), tongue.say(_PROPOSE)
        validations.append(Validation(area, "any", input_title=title, input_message=text))
    return validations, [*flags, *colours]


def _inputs(at: int, first: int, last: int, below: int, proposals: int) -> list[Area]:
    """The inputs of a column: of the actions that are open, and of the proposals from row `below`
    on."""
    end = below + proposals - 1
    if last + 1 == below:
        return [Area(first, at, end, at)] if end >= first else []
    return [Area(first, at, last, at), *([Area(below, at, end, at)] if proposals else [])]


def _count_what_is_missing(
    design: Design,
    top: Banner,
    values: Sequence[Mapping[str, Value]],
    first: int,
    lists: Lists,
) -> None:
    """The message in the banner that counts what is still to be filled in."""
    asked, columns = design.asked, design.columns
    count = len(values)
    if top.message is None:
        return

    def cells(index: int) -> str:
        return f"${cell_name(first, index)}:${cell_name(first + count - 1, index)}"

    blanks: list[Open] = []
    now, without = 0, None
    for index, column in enumerate(columns, 1):
        if is_required(column):
            blanks.append(Open(cells(index), index, f"(LEN(TRIM({cells(index)}))=0)"))
            now += sum(each.get(column.id) is None for each in values)
    needed, place = design.needed, {c.id: i for i, c in enumerate(columns, 1)}
    blanks += needed_cells(needed, lambda name: cells(place[name]), place, cells(0), lists)
    now += blank_now(needed, values)
    if asked is not None:
        due, reason = (1 + list(columns).index(column) for column in (asked.due, asked.reason))
        test = moved(cells(0), cells(due), lists.names[ISSUED_DUE])
        test = f"(LEN(TRIM({cells(reason)}))=0)*{test}"
        without = Open(cells(reason), reason, test)
    tongue = design.definition.tongue
    top.merges.append(
        Merge(top.message, message_cell(blanks, without, asked, top.style, now, tongue))
    )
