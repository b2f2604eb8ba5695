"""What stands above the actions of a template: whose it is, how to fill it in, the sign-off."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.issued.sheets import REFERENCE, Lists, grown
from xlplan.issued.sign_off import filled, sign_off
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.timescales import say_return_by
from xlplan.returned.as_issued import NO_CHANGE, READ
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Style, Validation, in_runs

HOW = marked('How to fill it in is on the sheet "Guidance".')
HOW_TO_SIGN = marked("Please read what stands below, and sign here.")
_HOW_FORM = marked(
    "Fill in only the boxes beside the labels of this colour, an action a page. "
    'How to fill them in is on the sheet "Guidance".'
)
_UPDATE, _TO_SIGN = marked("Update for {cycle}"), marked("To read and sign for {cycle}")
SAMPLE = marked("Yours to fill in")
"""Shown in the colour of the headings of inputs, where there is room for it."""
_LEAST_TEXT = 60.0
"""Characters that the first text of a row must keep beside the others."""

_DOT = "   ·   "
_LOW = 3
"""Rows of the heading of a table."""


class Banner(Struct):
    """The rows above the actions with what they need; `message` is where the message of what is
    still to be filled in goes."""

    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    message: Area | None = None
    style: Style = field(default_factory=Style)


def banner(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    look: Palette,
    lists: Lists,
    widths: Sequence[float],
    *,
    first: int = 1,
    message: bool = True,
    form: bool = False,
) -> Banner:
    """The banner over the visible columns, from column `first` on, whose widths are `widths`.

    The plan; who, which cycle, by when, and the reference; in a form how to; the sign-off; and, in
    a row of its own where nothing else has room for it, what is still to be filled in. That of a
    table stays in view, and is kept low.
    """
    last = first + len(widths) - 1
    made = Banner(style=message_style(look))
    if form:
        _heading(made, definition, lead, issued, look, first, last, sum(widths))
        _how_to(made, issued, look, first, last, definition.tongue)
    signed = sign_off(
        len(made.rows) if form else _LOW, first, widths, look, lists,
        () if issued.to_sign else definition.signatures, READ if issued.to_sign else NO_CHANGE,
        definition.tongue,
    )  # fmt: skip
    if not form:
        _low_heading(
            made, definition, lead, issued, look, widths, first,
            message=message and signed.room is None,
        )  # fmt: skip
    made.rows += signed.rows
    made.merges += signed.merges
    made.validations += signed.validations
    if not message or made.message is not None:
        return made
    if signed.room is not None:
        number = len(made.rows) - 1
        made.message = Area(number, signed.room[0], number, signed.room[1])
    else:
        made.message = Area(len(made.rows), first, len(made.rows), last)
        made.rows.append(Row(filled(first, last, look.banner_note), 22))
    return made


def _heading(
    made: Banner,
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    look: Palette,
    first: int,
    last: int,
    width: float,
) -> None:
    title = _title(definition, look)
    mine = _whose_cell(lead, issued, look, definition.tongue)
    for number, (cell, style, height) in enumerate(
        ((title, look.banner, 34.0), (mine, look.banner_sub, 22.0))
    ):
        shown, high = grown(cell, width, height, definition.tongue)
        made.rows.append(Row(filled(first, last, style), high))
        made.merges.append(Merge(Area(number, first, number, last), shown))


def _low_heading(
    made: Banner,
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    look: Palette,
    widths: Sequence[float],
    first: int,
    *,
    message: bool,
) -> None:
    """The plan, and whose it is, over a thin line; beside them the reference, a sample of an input,
    and, with `message`, room for the message."""
    tongue = definition.tongue
    title, mine = _title(definition, look, 14), _whose_cell(lead, issued, look, tongue)
    sub = replace(look.banner_sub, size=10)
    yours = replace(look.input_heading, align="center")
    sample = _part(SAMPLE, yours, 17.0, tongue)
    reference = (Cell(issued.id, replace(sub, bold=True, align="left")), 18.0)
    named = [reference, _part(REFERENCE, replace(sub, align="right", indent=1), 19.0, tongue)]
    how = _part(HOW_TO_SIGN if issued.to_sign else HOW, sub, 44.0, tongue)
    text = max(_LEAST_TEXT, len(whose(issued, tongue)) * 1.05)
    asked = (Cell(None, replace(sub, bold=True)), 30.0)
    choices: list[_Parts] = [[*named, how], named]
    below = _first_that_fits([[asked], *choices] if message else choices, widths, text)
    if reference in below:
        beside: list[_Parts] = [[sample]]
    else:
        beside = [[*named, sample], named, [reference]]
    top = _first_that_fits(beside, widths, len(str(title.value)) * 1.4) or beside[-1]
    for cell, height, parts in (
        (title, 22.0, top),
        (mine, 15.0, below),
    ):
        row, end = len(made.rows), first + len(widths) - 1
        line = filled(first, end, look.banner_sub)
        for left, part in _placed(parts, widths, 0.0) or ():
            area = Area(row, first + left, row, end)
            if part is asked[0]:
                made.message, made.style = area, replace(part.style, align="left")
            else:
                made.merges.append(Merge(area, part))
            end = first + left - 1
        shown, high = grown(cell, sum(widths[: end - first + 1]), height, tongue)
        made.rows.append(Row(line, high))
        made.merges.append(Merge(Area(row, first, row, end), shown))
    made.rows.append(Row(filled(first, first + len(widths) - 1, look.banner_note), 2))


def _part(text: str, style: Style, room: float, tongue: Tongue) -> tuple[Cell, float]:
    """A text of ours and the characters that it wants: `room` in English, more where it is
    longer."""
    shown = tongue.say(text)
    return Cell(shown, style), room * max(1.0, len(shown) / len(text))


_Parts = Sequence[tuple[Cell, float]]


def _first_that_fits(choices: Sequence[_Parts], widths: Sequence[float], least: float) -> _Parts:
    """The first of `choices` beside which a text keeps `least`, or nothing."""
    return next((each for each in choices if _placed(each, widths, least) is not None), ())


def _placed(parts: _Parts, widths: Sequence[float], least: float) -> list[tuple[int, Cell]] | None:
    """From the right, the first column and the cell of each; None where what is left for the text
    before them is less than `least`."""
    placed: list[tuple[int, Cell]] = []
    at = len(widths)
    for cell, needed in parts:
        room = 0.0
        while room < needed and at > 0:
            at -= 1
            room += widths[at]
        placed.append((at, cell))
    left = sum(widths[:at])
    return placed if (at > 0 and left >= least) or not parts else None


def _title(definition: PlanDefinition, look: Palette, size: float = 0) -> Cell:
    title = " · ".join(part for part in (definition.organisation, definition.title) if part)
    style = replace(look.banner, indent=1)
    return Cell(title, replace(style, size=size) if size else style)


def _whose_cell(lead: Lead, issued: Issued, look: Palette, tongue: Tongue) -> Cell:
    strong = replace(look.banner_sub, bold=True)
    texts = _whose(lead.name, issued, tongue)
    runs = [(text, strong if stands_out else look.banner_sub) for text, stands_out in texts]
    return Cell(runs=in_runs(*runs), style=replace(look.banner_sub, indent=1))


def whose(issued: Issued, tongue: Tongue) -> str:
    """The line of a template that says whose it is."""
    return "".join(text for text, _ in _whose(issued.author, issued, tongue))


def _whose(name: str, issued: Issued, tongue: Tongue) -> list[tuple[str, bool]]:
    """Its parts, each with whether it stands out."""
    parts = [(name, True)]
    for one in tongue.singles:
        what = _TO_SIGN if issued.to_sign else _UPDATE
        parts.append((_DOT + one.say(what, cycle=issued.cycle), False))
        if due := say_return_by(issued.return_by, one):
            before, _, after = one.say("Please return by {date}").partition("{date}")
            parts += [(_DOT + before, False), (due, True)]
            parts += [(after, False)] if after else []
        if issued.locked and not issued.to_sign:
            count = len(issued.uids)
            text = one.say(
                "{opened} of {count} actions open", opened=count - len(issued.locked), count=count
            )
            parts.append((_DOT + text, False))
    return parts


def _how_to(
    made: Banner, issued: Issued, look: Palette, first: int, last: int, tongue: Tongue
) -> None:
    """How to fill in a form, and the reference in a row of its own."""
    note = replace(look.banner_note, indent=1)
    row = len(made.rows)
    label = replace(look.banner_note, align="right", indent=1)
    bold = replace(look.banner_note, bold=True, align="left", wrap=False, indent=1)
    made.rows += [Row(filled(first, last, note)), Row(filled(first, last, note), 20)]
    made.merges += [
        Merge(Area(row, first, row, last), Cell(tongue.say(_HOW_FORM), note)),
        Merge(Area(row + 1, first, row + 1, last - 1), Cell(tongue.say(REFERENCE), label)),
        Merge(Area(row + 1, last, row + 1, last), Cell(issued.id, bold)),
    ]


def message_style(look: Palette) -> Style:
    """How the message to the right of a sign-off looks."""
    return replace(look.banner_note, bold=True, align="left", indent=1)
