"""`post.xlsx`: who is sent what in one cycle, one lead a row, for the coordinator to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.sheets import TEXT, id_row, lists_sheet, page_of, payload_of, row_height, stamped
from xlplan.merge.kinds import named
from xlplan.merge.model import COORDINATOR, Issued, Unused
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.set_up import Entry
from xlplan.returned.as_issued import TICK
from xlplan.returned.furniture import set_up_uid
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Merge,
    Protection,
    Row,
    Sheet,
    Validation,
    Workbook,
)

NAME = "Post"
HEADING_ROW, FIRST_ROW = 3, 4
COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("lead", "Lead", 30),
    ("email", "E-mail", 32),
    ("deputy", "Deputy", 26),
    (TICK, "Sent", 14),
    ("actions", "Actions", 9),
    ("return_by", "Return by", 16),
    ("returned", "Returned", 20),
    ("reminded", "Reminded", 30),
    ("subject", "Subject", 40),
    ("text", "Text", 60),
    ("file", "File to attach", 34),
)
"""Column id, heading, width in characters."""
INPUTS = ("email", "deputy", TICK)
COPIED = ("subject", "text", "file")
"""What is for mail programs that open no draft: it is copied from its cell, so that it makes no row
higher, and is not printed."""
WRONG = ("wrong", "Please look again", 40.0)
_GUIDE = (
    "Correct an address or a deputy here: it goes into plan.toml. Under Sent choose Yes, or enter "
    "the day. Save and close the workbook, then run xlplan merge."
)


class PostRow(Struct, frozen=True):
    """What `post.xlsx` says of one lead."""

    lead: str
    email: str
    deputy: str
    sent: date | None
    actions: int
    return_by: date | None
    returned: str
    reminded: str
    subject: str
    text: str
    file: str
    team: bool = False
    """Whether it is a team: its address is that of its contact, and is not changed here."""

    @property
    def uid(self) -> str:
        """What its row is called in its key: that of the lead in the plan definition."""
        return set_up_uid(Entry("lead", (self.lead,)))


def issued_post(
    definition: PlanDefinition, cycle: str, as_of: int, rows: Sequence[PostRow], file: str,
    kept: Sequence[Unused],
) -> Issued:  # fmt: skip
    """The post workbook of a cycle as it goes out with these rows."""
    shown = [
        [
            str(getattr(row, name))
            for name in PostRow.__struct_fields__
            if name != "team" or row.team
        ]
        for row in rows
    ]
    typed = [[one.question, one.decision, one.problem.message] for one in kept]
    names = tuple(name for name, _, _ in COLUMNS)
    return Issued(
        id=named("p", definition.id, cycle, shown, *([typed] if typed else [])),
        document="post", author=COORDINATOR, cycle=cycle, return_by="", as_of=as_of,
        uids=tuple(row.uid for row in rows), fields=names, inputs=INPUTS, file=file,
    )  # fmt: skip


def post_workbook(
    definition: PlanDefinition,
    issued: Issued,
    rows: Sequence[PostRow],
    key: bytes,
    created: str,
    kept: Sequence[Unused] = (),
) -> Workbook:
    """The workbook; `kept` are the answers that could not be used, which stay as typed."""
    look = palette(definition)
    lists = lists_sheet({"deputy": [lead.name for lead in definition.people], TICK: ["Yes", "No"]})
    unused = {tuple(one.question.partition(":")[::2]): one for one in kept}
    mine = {row.uid for row in rows}
    columns = [*COLUMNS, *([WRONG] if any(uid in mine for uid, _ in unused) else [])]
    widths = [width for _, _, width in columns]
    names = [name for name, _, _ in columns]
    body = [_row(row, names, look, issued, key, unused, widths) for row in rows]
    last_row, last = FIRST_ROW + max(len(body), 1) - 1, len(columns)
    printed = sum(name not in COPIED for name, _, _ in COLUMNS)
    heads = [
        Cell(
            text,
            replace(look.input_heading if name in INPUTS else look.heading, align="left", indent=1),
        )
        for name, text, _ in columns
    ]
    sheet = Sheet(
        name=NAME,
        rows=[
            *_banner(look, last),
            id_row(name for name, _, _ in columns),
            Row([Cell("Row key", look.heading), *heads], 34),
            *body,
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths)],
        merges=[
            Merge(
                Area(0, 1, 0, printed),
                Cell(f"{definition.title}: post, {issued.cycle}", replace(look.banner, indent=1)),
            ),
            Merge(Area(1, 1, 1, printed), Cell(_GUIDE, replace(look.banner_note, indent=1))),
        ],
        validations=[
            _rule(Area(FIRST_ROW, at, last_row, at), name, lists.ranges)
            for at, (name, _, _) in enumerate(columns, 1)
            if name in INPUTS
        ],
        freeze=(FIRST_ROW, 2),
        filter=Area(HEADING_ROW, 1, last_row, last),
        page=page_of(definition, issued, Area(0, 1, last_row, printed), HEADING_ROW),
        protection=Protection(),
        tab_colour=look.accent,
        active_cell=(FIRST_ROW, 1 + names.index(TICK)),
    )
    title = f"{definition.title}: post, {issued.cycle}"
    payload = payload_of(definition, issued, len(rows), ())
    return stamped(definition, issued, title, [sheet, lists.sheet], key, payload, created, lists)


def _banner(look: Palette, last: int) -> list[Row]:
    return [
        Row([None, *(Cell(None, look.banner) for _ in range(last))], 34),
        Row([None, *(Cell(None, look.banner_note) for _ in range(last))], 34),
    ]


def _row(
    row: PostRow,
    columns: Sequence[str],
    look: Palette,
    issued: Issued,
    key: bytes,
    unused: Mapping[tuple[str, ...], Unused],
    widths: Sequence[float],
) -> Row:
    cells: list[Cell | None] = [Cell(row_key(key, issued.id, row.uid))]
    for name in columns:
        open_here = name in INPUTS and (name == TICK or not row.team)
        style = look.input if open_here else look.locked
        style = replace(style, align="left", indent=1, number_format=TEXT, valign="vcenter",
                        wrap=name not in COPIED)  # fmt: skip
        wrong = unused.get((row.uid, name))
        if name == WRONG[0]:
            said = (one.problem.message for (uid, _), one in unused.items() if uid == row.uid)
            cells.append(Cell("\n".join(dict.fromkeys(said)) or None, style))
            continue
        value = row.sent if name == TICK else getattr(row, name)
        if isinstance(value, date):
            style = replace(style, number_format="d mmm yyyy")
        elif isinstance(value, int):
            style = replace(style, number_format="0")
        if wrong is not None:
            flag = replace(look.flag, locked=False, align="left", indent=1, number_format=TEXT)
            cells.append(Cell(wrong.decision or None, flag))
        else:
            cells.append(Cell(value if value != "" else None, style))
    seen = [None, *(None if n in COPIED else c for n, c in zip(columns, cells[1:], strict=True))]
    return Row(cells, min(120.0, row_height(seen, [30.0, *widths], 24.0)))


def _rule(area: Area, name: str, ranges: Mapping[str, str]) -> Validation:
    says = {
        "email": ("E-mail", "One address. It goes into plan.toml with the next merge."),
        "deputy": ("Deputy", "Who stands in: a lead of the list, or an address."),
        TICK: ("Sent", "Yes, or the day on which you sent it."),
    }
    title, message = says[name]
    rule = Validation(area, "any", input_title=title, input_message=message)
    if name not in ranges:
        return rule
    return replace(rule, kind="list", source=f"={ranges[name]}", strict=False)
