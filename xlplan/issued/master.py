"""`master.xlsx`: the plan as it stands, for the coordinator to read and to edit.

It is an issued workbook like any other: what is edited in it is merged against what it showed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from xlplan.issued.rules import column_lists, part_of, rules_of
from xlplan.issued.sheets import (
    LOWEST,
    ColumnLook,
    Lists,
    column_looks,
    heading_row,
    held,
    id_row,
    lists_sheet,
    page_of,
    payload_of,
    row_values,
    stamped,
    value_cell,
)
from xlplan.issued.widths import Sizes, column_widths
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import KEPT_BACK, STATUS, WITHDRAWN, PlanDefinition
from xlplan.plan.values import Value
from xlplan.returned.as_issued import IssuedColumn, master_columns, status_column
from xlplan.returned.furniture import OPEN
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.cell_text import (
    PADDING,
    TALLEST,
    cell_height,
    cell_name,
    line_height,
    room_of,
    text_width,
)
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Page,
    Row,
    Sheet,
    Validation,
    Workbook,
    in_runs,
)

NAMES = {"action": "Plan", "recommendation": "Recommendations"}
HEADING_ROW, FIRST_ROW = 2, 3
SPARE_ROWS = 100
"""Rows below the last that have the same lists and colours, for actions that are added."""
Shown = str | int | float | date | None
"""What a cell holds."""


class Line(NamedTuple):
    """What `master.xlsx` shows of a row: the same in each one, until something is written in it.

    `shown` is what the cells of its columns hold, `lengths` and `widths` are the sizes of the texts
    among them.
    """

    uid: str
    kind: str
    ref: str
    shown: Sequence[Shown]
    lengths: Sequence[int | None]
    widths: Sequence[int | None]


def line_of(columns: Sequence[IssuedColumn], row: MasterRow) -> Line:
    """What is shown of a row in the columns of its kind."""
    values = {**row_values(row, columns), STATUS: row.status or None}
    shown = [held(column, values.get(column.id)) for column in columns]
    texts = [each if isinstance(each, str) else None for each in shown]
    lengths = [None if text is None else len(text) for text in texts]
    widths = [None if text is None else text_width(text) for text in texts]
    return Line(row.uid, row.kind, row.ref, shown, lengths, widths)


def _of_day(day: date) -> dict[str, str]:
    return {"day": day.isoformat()}


_LINES = json.JSONEncoder(separators=(",", ":"), default=_of_day)


def line_text(line: Line) -> str:
    """A line as JSON: uid, kind, ref, and of each cell what it holds, its length and its width."""
    cells = chain.from_iterable(zip(line.shown, line.lengths, line.widths, strict=True))
    return _LINES.encode((*line[:3], [*cells]))


def cell_text(column: IssuedColumn, value: Value) -> str:
    """What `line_text` says of a value in a column."""
    shown = held(column, value)
    sizes = f"{len(shown)},{text_width(shown)}" if isinstance(shown, str) else "null,null"
    return f"{_LINES.encode(shown)},{sizes}"


def texts_line(uid: str, kind: str, ref: str, cells: Iterable[str]) -> str:
    """The line of a row by what `line_text` says of each part of it."""
    return f"[{uid},{kind},{ref},[{','.join(cells)}]]"


def read_lines(texts: Iterable[str]) -> list[Line]:
    """The lines that `line_text` wrote."""
    found = json.loads(f"[{','.join(texts)}]", object_hook=_day)
    return [Line(u, k, ref, c[::3], c[1::3], c[2::3]) for u, k, ref, c in found]


def _day(found: dict[str, str]) -> date:
    return date.fromisoformat(found["day"])


def columns_of(definition: PlanDefinition, kind: str) -> tuple[IssuedColumn, ...]:
    """The columns of the rows of a kind; the last is that of their status."""
    return (*master_columns(definition, kind), status_column(definition))


def master_workbook(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[MasterRow],
    key: bytes,
    created: str,
    open_questions: Mapping[tuple[str, str], str] | None = None,
) -> Workbook:
    """The plan as it stands: sheets Plan, Recommendations (where there are any), and the stamp.

    `open_questions` says by (uid, field id) what is still asked; it makes a sheet of its own, as
    nothing but the plan is ever written into the plan's cells.
    """
    columns = {kind: columns_of(definition, kind) for kind in NAMES}
    lines = [line_of(columns[row.kind], row) for row in rows]
    return workbook_of_lines(definition, issued, lines, key, created, open_questions or {})


def workbook_of_lines(
    definition: PlanDefinition,
    issued: Issued,
    lines: Sequence[Line],
    key: bytes,
    created: str,
    open_questions: Mapping[tuple[str, str], str],
) -> Workbook:
    """The same, of what was made of the rows before."""
    look = palette(definition)
    by_kind = {kind: [line for line in lines if line.kind == kind] for kind in NAMES}
    columns = {
        kind: columns_of(definition, kind)
        for kind, those in by_kind.items()
        if kind == "action" or (definition.fields_of(kind) and those)
    }
    choices_by: dict[str, Sequence[str]] = {}
    for kind, those in columns.items():
        for name, choices in column_lists(definition, those).items():
            choices_by[f"{kind} {name}"] = choices
    lists = lists_sheet(choices_by)
    sheets = [
        _plan_sheet(definition, issued, kind, by_kind[kind], those, key, part_of(lists, kind), look)
        for kind, those in columns.items()
    ]
    payload = payload_of(definition, issued, len(lines), columns["action"])
    if "recommendation" in columns:
        payload["recommendation_columns"] = [c.id for c in columns["recommendation"]]
    if open_questions:
        sheets.append(_open_sheet(definition, lines, columns, open_questions, look))
    title = f"{definition.title}: the plan as it stands"
    return stamped(definition, issued, title, [*sheets, lists.sheet], key, payload, created, lists)


def _plan_sheet(
    definition: PlanDefinition,
    issued: Issued,
    kind: str,
    rows: Sequence[Line],
    columns: Sequence[IssuedColumn],
    key: bytes,
    lists: Lists,
    look: Palette,
) -> Sheet:
    plain = replace(look.locked, fill="#FFFFFF", locked=False)
    looks = column_looks(definition, columns, plain, plain, replace(plain, bold=True))
    widths = column_widths(columns, _sizes(rows, len(columns)))
    cells, heights = _body(issued, rows, looks, widths, key)
    last_row, last_col = FIRST_ROW + max(len(rows), 1) - 1, len(columns)
    validations, conditionals = _rules(definition, columns, looks, last_row, lists, look)
    banner, merges = _banner(definition, issued, NAMES[kind], len(rows), look, widths)
    head = heading_row([replace(c, input=False) for c in columns], look, [30.0, *widths])
    return Sheet(
        name=NAMES[kind],
        rows=[
            banner,
            id_row(column.id for column in columns),
            head,
            *(Row(line, high) for high, *line in zip(heights, *cells, strict=True)),
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths)],
        merges=merges,
        validations=validations,
        conditionals=conditionals,
        freeze=(FIRST_ROW, 2),
        filter=Area(HEADING_ROW, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), HEADING_ROW),
        tab_colour=look.accent,
        active_cell=(FIRST_ROW, 1),
    )


def _sizes(rows: Sequence[Line], columns: int) -> list[Sizes]:
    """The sizes of the texts of each column."""
    if not rows:
        return [Sizes([], [])] * columns
    lengths = zip(*(row.lengths for row in rows), strict=True)
    widths = zip(*(row.widths for row in rows), strict=True)
    return [
        Sizes([n for n in long if n is not None], [n for n in wide if n is not None])
        for long, wide in zip(lengths, widths, strict=True)
    ]


def _body(
    issued: Issued,
    lines: Sequence[Line],
    looks: Sequence[ColumnLook],
    widths: Sequence[float],
    key: bytes,
) -> tuple[list[list[Cell]], list[float]]:
    """The cells of each column, and the heights of the rows. The signed keys of these cover no
    text, since each of their cells may be edited."""
    if not lines:
        return [], []
    shown = zip(*(line.shown for line in lines), strict=True)
    sizes = zip(*(line.widths for line in lines), strict=True)
    columns = [
        _Column(look, width).of(*those)
        for look, width, *those in zip(looks, widths, shown, sizes, strict=True)
    ]
    keys = [Cell(row_key(key, issued.id, line.uid)) for line in lines]
    highest = map(max, *(high for _, high in columns), [LOWEST] * len(lines))
    heights = [min(TALLEST, high) for high in highest]
    return [keys, *(those for those, _ in columns)], heights


class _Column:
    """The cells of a column, and how high each makes its row; those that are alike are one."""

    def __init__(self, look: ColumnLook, width: float) -> None:
        self._look = look
        self._width = width
        self._room = room_of(width, look.style) if look.style.wrap else math.inf

    def of(
        self, shown: Sequence[Shown], widths: Sequence[int | None]
    ) -> tuple[list[Cell], list[float]]:
        """The cells that hold these, and the points that each needs."""
        keys = [each if each.__class__ is str else (each.__class__, each) for each in shown]
        cells: dict[object, Cell] = {}
        heights: dict[object, float] = {}
        for key, (each, width) in dict(
            zip(keys, zip(shown, widths, strict=True), strict=True)
        ).items():
            cell = cells[key] = value_cell(self._look, each)
            heights[key] = self._height(cell, width)
        return [*map(cells.__getitem__, keys)], [*map(heights.__getitem__, keys)]

    def _height(self, cell: Cell, width: int | None) -> float:
        if width is None:
            return 0.0
        if width > self._room or "\n" in str(cell.value):
            return cell_height(cell, self._width)
        return line_height(cell.style.size) + PADDING


def _rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    last_row: int,
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    last = last_row + SPARE_ROWS
    status = f"${cell_name(FIRST_ROW, len(columns))}"
    everything = Area(FIRST_ROW, 1, last, len(columns))
    grey = [
        Conditional(everything, f'={status}="{word}"', style, stop=True)
        for word, style in (
            (WITHDRAWN, look.withdrawn),
            (KEPT_BACK, replace(look.withdrawn, strike=False)),
        )
    ]
    validations: list[Validation] = []
    conditionals = grey
    for index, column in enumerate(columns, 1):
        area = Area(FIRST_ROW, index, last, index)
        rules, colours = rules_of(definition, column, area, lists, look, looks[index - 1].style)
        # The coordinator knows the plan: a list and a check, but no message at every step, and a
        # warning rather than a refusal.
        for rule in rules:
            if rule.kind != "any":
                quiet = replace(rule, input_title="", input_message="", strict=False)
                validations.append(quiet)
        conditionals += colours
    return validations, conditionals


def _banner(
    definition: PlanDefinition,
    issued: Issued,
    name: str,
    count: int,
    look: Palette,
    widths: Sequence[float],
) -> tuple[Row, list[Merge]]:
    """One row: the plan, how many rows it has, and the reference in a cell of its own."""
    last = len(widths)
    runs = [
        (definition.title, replace(look.banner, size=16)),
        (f"   {name}, {count} rows", look.banner_sub),
    ]
    style = replace(look.banner, size=16, indent=1)
    right = replace(look.banner_sub, size=9, align="right", wrap=True)
    left = last
    while sum(widths[left - 1 :]) < 17 and left > 3:
        left -= 1
    label = left - 1
    while sum(widths[label - 1 : left - 1]) < 12 and label > 2:
        label -= 1
    reference = replace(right, bold=True, align="left", wrap=False)
    if last < 3:
        merges = [Merge(Area(0, last, 0, last), Cell(issued.id, reference))]
    else:
        merges = [
            Merge(Area(0, 1, 0, label - 1), Cell(runs=in_runs(*runs), style=style)),
            Merge(Area(0, label, 0, left - 1), Cell("Reference", right)),
            Merge(Area(0, left, 0, last), Cell(issued.id, reference)),
        ]
    return Row([None, *(Cell(None, look.banner) for _ in widths)], 34), merges


def _open_sheet(
    definition: PlanDefinition,
    rows: Sequence[Line],
    columns: Mapping[str, Sequence[IssuedColumn]],
    questions: Mapping[tuple[str, str], str],
    look: Palette,
) -> Sheet:
    """What is open, in the order of the plan, each with a link to its cell or row of the plan.

    Edits here say nothing: questions are answered in `decisions.xlsx`.
    """
    body = replace(look.locked, fill="#FFFFFF", align="left", indent=1)
    link = replace(body, colour=look.link.colour)
    left = dict(questions)
    lines: list[tuple[Cell, str, str]] = []
    for kind, those in columns.items():
        index = {column.id: number for number, column in enumerate(those, 1)}
        for number, row in enumerate(row for row in rows if row.kind == kind):
            mine = [field for uid, field in questions if uid == row.uid]
            for field in sorted(mine, key=lambda name: (index.get(name, 0), name)):
                if (row.uid, field) not in left:
                    continue
                place = f"'{NAMES[kind]}'!{cell_name(FIRST_ROW + number, index.get(field, 1))}"
                item = definition.find(field, kind)
                name = " ".join(item.heading.split()) if item else ""
                lines.append((Cell(row.ref, link, link=place), name, left.pop((row.uid, field))))
    lines += [(Cell("new", body), "", text) for text in left.values()]
    wide = (14.0, 28.0, 90.0)
    asked = [Row([ref, Cell(name, body), Cell(text, body)]) for ref, name, text in lines]
    head = replace(look.heading, align="left", indent=1)
    heading = Row([Cell(text, head) for text in ("Ref", "Field", "What is asked")], 26)
    note = Cell("Answer these in decisions.xlsx; nothing that is written here is read.", look.muted)
    return Sheet(
        name=OPEN,
        rows=[heading, *asked, Row([note])],
        columns=[Column(width) for width in wide],
        merges=[Merge(Area(len(asked) + 1, 0, len(asked) + 1, 2), note)],
        freeze=(1, 0),
        page=Page(paper="A4", repeat_rows=(0, 0)),
        tab_colour="#C55A11",
    )
