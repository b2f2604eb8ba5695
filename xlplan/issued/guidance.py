"""The sheet "Guidance" of a template: how to fill it in, what the colours mean, whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from xlplan.codes.message import listed
from xlplan.issued.changes import DONE, NOT_YET
from xlplan.issued.rules import (
    due_and_reason,
    needs_of_column,
    request_hint,
)
from xlplan.issued.sheets import page_number
from xlplan.issued.sign_off import SIGN_LABELS
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.for_lead import in_tongue, remembered
from xlplan.plan.timescales import say_return_by
from xlplan.returned.as_issued import CONFIRMED, LOOKED, NO_CHANGE, IssuedColumn, shown_columns
from xlplan.returned.furniture import CHANGES, GUIDANCE, WARNING, sheet_name
from xlplan.workbook.write.look import Palette, header_text, palette, rating_style
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Merge,
    Page,
    Protection,
    Row,
    Sheet,
    Style,
)

_RULED = marked("This follows from the rules of the plan; nobody enters it.")
_SHOWN = marked(
    "Only the first of your actions are asked about this time. The others stand below them, "
    "locked, so that you see them all."
)
_BOXES = marked(
    'On the sheet "Update" each action is a page of its own. Fill in only the boxes in the colour '
    "below; the Tab key goes from one to the next."
)
_ROWS = marked(
    'On the sheet "Update" each row is one of your actions. Fill in only the cells in the colour '
    "below; the Tab key goes from one to the next."
)
_WHOLE = marked("Please do not delete rows or columns, or copy the sheet to another workbook.")
_WIDTHS = (2.5, 7.0, 24.0, 68.0)
"""A margin, the number or swatch, the name, the text: an A4 page."""


class _Page:
    """Rows of the sheet as they are added, each with its merges."""

    def __init__(self, look: Palette, tongue: Tongue) -> None:
        self.look, self.tongue = look, tongue
        self.rows: list[Row] = []
        self.merges: list[Merge] = []

    def wide(self, text: str, style: Style, height: float = 0, first: int = 1) -> None:
        """One text over the whole width."""
        number = len(self.rows)
        self.rows.append(Row([None, *(Cell(None, style) for _ in _WIDTHS[1:])], height))
        self.merges.append(Merge(Area(number, first, number, len(_WIDTHS) - 1), Cell(text, style)))

    def title(self, text: str) -> None:
        """A heading with some room above it."""
        self.rows.append(Row([], 6))
        self.wide(text, self.look.subtitle, 20)

    def step(self, number: int, text: str) -> None:
        """A numbered step."""
        row = len(self.rows)
        figure = replace(self.look.strong, size=12, colour=self.look.accent, align="center")
        body = self.look.body
        self.rows.append(Row([None, Cell(str(number), figure), Cell(None, body), Cell(None, body)]))
        self.merges.append(Merge(Area(row, 2, row, 3), Cell(text, body)))

    def line(self, swatch: Cell, name: str, text: str) -> None:
        """A swatch, what it is called and what it means."""
        body = replace(
            self.look.body, valign="vcenter", border=self.look.line, align="left", indent=1
        )
        cells = [None, swatch, Cell(name, replace(body, bold=True)), Cell(text, body)]
        self.rows.append(Row(cells))

    def pair(self, name: str, text: str) -> None:
        """A name over the first two columns, and what it means."""
        row = len(self.rows)
        body = replace(
            self.look.body, valign="vcenter", border=self.look.line, align="left", indent=1
        )
        bold = replace(body, bold=True)
        self.rows.append(Row([None, Cell(None, bold), Cell(None, bold), Cell(text, body)]))
        self.merges.append(Merge(Area(row, 1, row, 2), Cell(name, bold)))


def guidance_sheets(
    written: PlanDefinition, shown: PlanDefinition, issued: Issued, *, form: bool = False
) -> list[Sheet]:
    """How to fill in a template, on one page in each of its languages: `written` is the definition
    as the plan has it, `shown` as the lead reads it."""
    some = bool(issued.locked)
    ways = [in_tongue(written, one) for one in shown.tongue.singles]
    return [_guidance_sheet(w, issued.cycle, issued.return_by, form=form, some=some) for w in ways]


@remembered
def _guidance_sheet(
    definition: PlanDefinition, cycle: str, return_by: str, *, form: bool, some: bool
) -> Sheet:
    """The page for a cycle, the same for all leads; `some` says that not all actions are asked
    about."""
    look, tongue = palette(definition), definition.tongue
    columns = shown_columns(definition)
    page = _Page(look, tongue)
    page.wide(definition.title, replace(look.banner, size=14, indent=1), 26)
    under = tongue.say("How to complete your update for {cycle}", cycle=cycle)
    page.wide(under, replace(look.banner_sub, indent=1), 20)
    page.title(tongue.say("Step by step"))
    steps = _steps(definition, columns, say_return_by(return_by, tongue), form=form)
    if some:
        steps = (f"{steps[0]} {tongue.say(_SHOWN)}", *steps[1:])
    for number, text in enumerate(steps, 1):
        page.step(number, text)
    if definition.issue.guidance:
        page.title(tongue.say("For this plan"))
        page.wide(definition.issue.guidance, look.body)
    _ratings(page, definition, columns)
    _fields(page, definition, columns)
    moves, hints = due_and_reason(columns) is not None, definition.issue.hints
    _colours(page, moves=moves, hints=hints)
    mark = next((" ".join(c.heading.split()) for c in columns if c.id == LOOKED), "")
    if mark:
        _marks(page, mark, ticks=any(c.id == CONFIRMED for c in columns))
    return Sheet(
        name=sheet_name(GUIDANCE, tongue),
        rows=page.rows,
        columns=[Column(width=width) for width in _WIDTHS],
        merges=page.merges,
        page=Page(
            paper="A4",
            landscape=False,
            fit_height=1,
            header=header_text(definition.marking),
            footer_left=f"{header_text(definition.title)}, {cycle}",
            footer_right=page_number(definition),
        ),
        protection=Protection(definition.issue.password),
        tab_colour=look.input_heading.fill,
        common=True,
    )


def _steps(
    definition: PlanDefinition, columns: Sequence[IssuedColumn], due: str, *, form: bool
) -> tuple[str, ...]:
    rated = [c.heading for c in columns if c.input and c.item.field_type.rated]
    written = [c.heading for c in columns if c.input and c.item.field_type.narrative]
    say = definition.tongue.say
    either = partial(_either, tongue=definition.tongue)
    rating = [say("Choose each {names} from the list in its cell.", names=either(rated))]
    if written:
        progress = say(
            "Under {names}, say in a few lines what has been done and what comes next; if nothing "
            "has changed, leave the cell as it is.", names=either(written),
        )  # fmt: skip
    else:
        progress = say("If nothing has changed, leave a cell as it is.")
    changes = say(CHANGES)
    look = [say('Before you send it, read through the sheet "{sheet}".', sheet=changes)]
    tick = next((c.heading for c in columns if c.id == CONFIRMED), "")
    beside = [say('Where an action has nothing new, choose Yes for its "{column}".', column=tick)]
    boxes = say(_BOXES if form else _ROWS)
    nothing = say(
        'If none of your actions has anything new, choose Yes beside "{label}".',
        label=say(SIGN_LABELS[NO_CHANGE]),
    )
    back = (
        say("Save it as an Excel workbook, and send this same file back by {date}.", date=due)
        if due
        else say("Save it as an Excel workbook, and send this same file back.")
    )
    who = say(
        "Questions, and the way back: {who}.",
        who=definition.issue.contact or say("whoever sent it to you"),
    )
    return (
        boxes,
        " ".join([*(rating if rated else []), progress]),
        say(
            "If something in a locked cell is wrong, do not unlock it: add a note to the cell "
            "(right click, New Note), or say so when you send the workbook back."
        ),
        " ".join([*(beside if tick else []), _signed(definition), nothing]),
        " ".join([*(look if definition.issue.changes else []), back, say(_WHOLE), who]),
    )


def _signed(definition: PlanDefinition) -> str:
    roles = [each.role for each in definition.signatures]
    if not roles:
        return definition.tongue.say('Sign it off at the top of "Update".')
    return definition.tongue.say(
        'Have it signed at the top of "Update", in this order: {roles}.', roles=listed(roles)
    )


def _either(names: Sequence[str], tongue: Tongue) -> str:
    quoted = [f'"{" ".join(name.split())}"' for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return tongue.say("{most} and {last}", most=", ".join(quoted[:-1]), last=quoted[-1])


def _ratings(page: _Page, definition: PlanDefinition, columns: Sequence[IssuedColumn]) -> None:
    rated = [column for column in columns if column.item.field_type.rated]
    shown: set[str] = set()
    for column in rated:
        scale = column.item.scale
        if scale in shown:
            continue
        shown.add(scale)
        same = [c.heading for c in rated if c.item.scale == scale]
        names = ", ".join(" ".join(heading.split()) for heading in same)
        page.title(page.tongue.say("What the ratings mean: {names}", names=names))
        swatch = replace(page.look.locked, align="center", valign="vcenter")
        for rating in definition.scale_of(column.item):
            cell = Cell(rating.code, rating_style(rating, swatch))
            page.line(cell, rating.label, _meaning(definition, rating))
        if column.item == definition.ruled:
            page.wide(page.tongue.say(_RULED), page.look.body)


def _meaning(definition: PlanDefinition, rating: Rating) -> str:
    """What a rating means, who may give it, and what it needs."""
    needed = [item.heading for name in rating.needs if (item := definition.find(name))]
    say = definition.tongue.say
    more = [say("For the coordinator to give.")] if rating.by == "coordinator" else []
    if needed:
        more.append(say("Needs {columns}.", columns=listed(needed)))
    if not more:
        return rating.meaning
    meant = rating.meaning.rstrip(". ")
    return " ".join([f"{meant}." if meant else "", *more]).strip()


def _fields(page: _Page, definition: PlanDefinition, columns: Sequence[IssuedColumn]) -> None:
    """What the plan says of its inputs, and which of them must be filled in; how each is typed is
    said on entering its cell."""
    asked = due_and_reason(columns)
    lines = []
    for column in columns:
        must = needs_of_column(definition, column, asked)
        parts = (column.item.guidance, request_hint(column, page.tongue), must)
        text = " ".join(" ".join(parts).split())
        if column.input and text:
            lines.append((column.heading, text))
    if lines:
        page.title(page.tongue.say("What to enter"))
    for heading, text in lines:
        page.pair(heading, text)


def _marks(page: _Page, heading: str, *, ticks: bool) -> None:
    say = page.tongue.say
    page.title(say('What "{column}" says of an action', column=heading))
    swatch = replace(page.look.locked, align="center", valign="vcenter")
    if ticks:
        done = say("You changed something in it, or ticked it as reviewed, and nothing is missing.")
        nothing = say("You changed nothing in it and did not tick it.")
    else:
        done = say("You changed something in it, and nothing is missing.")
        nothing = say("You changed nothing in it.")
    wrong = say("Something in it must be filled in, or chosen again.")
    page.line(Cell(DONE, swatch), say("Done"), done)
    page.line(Cell(WARNING, swatch), say("Not yet right"), wrong)
    page.line(Cell("", swatch), say(NOT_YET).capitalize(), nothing)


def _colours(page: _Page, *, moves: bool, hints: bool) -> None:
    look, say = page.look, page.tongue.say
    page.title(say("What the colours of cells mean"))
    swatch = replace(look.input, locked=True, valign="vcenter", align="center")
    page.line(Cell("Aa", swatch), say("Tinted"), say("Yours to fill in."))
    page.line(
        Cell("Aa", replace(look.locked, valign="vcenter", align="center")),
        say("Grey"),
        say("For information. Locked."),
    )
    blank = say("Must be filled in and is still blank.")
    page.line(Cell("", look.missing), say("Orange and empty"), blank)
    wrong = [say("Not one of the list: please choose again.")]
    wrong += [say("Or a date that has moved: please say why.")] * moves
    if hints:
        wrong.append(say("Or something to think over: change it, or say why you mean it."))
    page.line(
        Cell("⚠ Aa", replace(look.flag, number_format="", valign="vcenter", align="center")),
        say("Pink with a warning sign"),
        " ".join(wrong),
    )
