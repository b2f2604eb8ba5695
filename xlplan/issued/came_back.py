"""What came back beside the edits, as two sheets of `decisions.xlsx`: Returns and Remarks.

Each line has a cell in which the coordinator marks it as dealt with; it is then not shown again.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.sheets import TEXT, Lists, id_row, page_of, row_height
from xlplan.merge.kinds import named
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.as_issued import DEALT
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Merge,
    Protection,
    Row,
    Sheet,
    Validation,
)

RETURNS, REMARKS, BY_HAND = "Returns", "Remarks", "To type by hand"
YES = "Yes"
HEADING_ROW, FIRST_ROW = 3, 4
COLUMNS = (
    ("file", "File", 34.0),
    ("return", "Id", 12.0),
    ("lead", "Lead", 24.0),
    ("outcome", "Outcome", 14.0),
    ("sheet", "Sheet", 16.0),
    ("cell", "Cell", 9.0),
    ("text", "What is to be known", 80.0),
    (DEALT, "Dealt with", 12.0),
)
"""Column id, heading, width in characters."""
_GUIDES = {
    RETURNS: "What came back in this cycle, what is wrong with it, and who is still missing.",
    REMARKS: "What was written or put beside the cells that were asked for. None of it is in the "
    "plan by itself.",
    BY_HAND: "What the plan says and your own workbook does not: it could not be written there.",
}
_HOW = 'Choose Yes under "Dealt with", save, and run xlplan merge: the line is not shown again.'


class Line(Struct, frozen=True):
    """One thing to be known of a return, with its place; one without a text only says that the file
    came, or whose did not. `number` tells apart lines that are the same otherwise."""

    file: str
    returned: str
    lead: str
    outcome: str
    sheet: str = ""
    cell: str = ""
    text: str = ""
    number: int = 0

    @property
    def id(self) -> str:
        """What its row is called in its key: the same however often it is shown."""
        return named("k", self.returned, self.sheet, self.cell, self.text, self.number)

    @property
    def texts(self) -> tuple[str, ...]:
        """What its cells show, in the order of `COLUMNS`."""
        short = self.returned[: len("r-3f9c20")]
        return self.file, short, self.lead, self.outcome, self.sheet, self.cell, self.text


class CameBack(Struct, frozen=True):
    """The lines of both sheets; those that were dealt with are left out."""

    returns: Sequence[Line] = ()
    remarks: Sequence[Line] = ()
    by_hand: Sequence[Line] = ()
    """What is to be typed into the council's own workbook, where that is kept as the master."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return (*self.returns, *self.remarks, *self.by_hand)

    @property
    def open(self) -> list[Line]:
        """Those that can be marked as dealt with."""
        return [line for line in self.lines if line.text]


def came_back_sheets(
    definition: PlanDefinition,
    issued: Issued,
    found: CameBack,
    key: bytes,
    look: Palette,
    lists: Lists,
) -> list[Sheet]:
    """Both sheets; none where nothing can be marked."""
    if not found.open:
        return []
    both = ((RETURNS, found.returns), (REMARKS, found.remarks), (BY_HAND, found.by_hand))
    return [
        _sheet(definition, issued, name, lines, key, look, lists) for name, lines in both if lines
    ]


def _sheet(
    definition: PlanDefinition,
    issued: Issued,
    name: str,
    lines: Sequence[Line],
    key: bytes,
    look: Palette,
    lists: Lists,
) -> Sheet:
    left_out = {RETURNS: (), BY_HAND: ("return", "lead", "outcome")}.get(name, ("outcome",))
    columns = [each for each in COLUMNS if each[0] not in left_out]
    names = [each for each, _, _ in columns]
    widths = [width for _, _, width in columns]
    rows = [_row(line, names, widths, issued, key, look) for line in lines]
    last_row, last = FIRST_ROW + len(rows) - 1, len(columns)
    heads = [
        Cell(text, replace(look.input_heading if each == DEALT else look.heading, align="left"))
        for each, text, _ in columns
    ]
    title = Cell(f"{definition.title}: {name.lower()}", replace(look.banner, indent=1))
    guide = Cell(f"{_GUIDES[name]}\n{_HOW}", replace(look.banner_note, indent=1))
    return Sheet(
        name=name,
        rows=[
            Row([None, *(Cell(None, look.banner) for _ in columns)], 34),
            Row([None, *(Cell(None, look.banner_note) for _ in columns)], 34),
            id_row(names),
            Row([Cell("Row key", look.heading), *heads], 26),
            *rows,
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths)],
        merges=[Merge(Area(0, 1, 0, last), title), Merge(Area(1, 1, 1, last), guide)],
        validations=[
            Validation(
                Area(FIRST_ROW, last, last_row, last),
                "list",
                source=f"={lists.ranges[DEALT]}",
                strict=False,
            )
        ],
        freeze=(FIRST_ROW, 2),
        filter=Area(HEADING_ROW, 1, last_row, last),
        page=page_of(definition, issued, Area(0, 1, last_row, last), HEADING_ROW),
        protection=Protection(),
        tab_colour=look.accent,
        active_cell=(FIRST_ROW, last),
    )


def _row(
    line: Line,
    names: Sequence[str],
    widths: Sequence[float],
    issued: Issued,
    key: bytes,
    look: Palette,
) -> Row:
    shown = dict(zip((name for name, _, _ in COLUMNS), line.texts, strict=False))
    body = replace(look.locked, fill="#FFFFFF", align="left", number_format=TEXT)
    open_ = replace(look.input, align="left", number_format=TEXT)
    cells: list[Cell | None] = [Cell(row_key(key, issued.id, line.id)) if line.text else None]
    for name in names:
        style = open_ if name == DEALT and line.text else body
        cells.append(Cell(shown.get(name) or None, style))
    return Row(cells, row_height(cells, [30.0, *widths], 20.0))
