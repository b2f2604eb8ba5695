"""What may be typed in the columns of an issued workbook, the colours that follow it, and what a
template asks for while it is being filled in, without macros: what is still blank, and where a
date has moved without a word of why.

What was issued stands on the hidden sheet of lists, one text a row: the signature of the row's key,
``|``, and the date as it was issued. So a row is known wherever it was sorted to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from xlplan.issued.sheets import Lists
from xlplan.language.catalogue import Tongue, marked
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.required import needs_of, say_needed
from xlplan.plan.values import Value, show
from xlplan.returned.as_issued import IssuedColumn
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette, rating_style
from xlplan.workbook.write.sheet import Area, Conditional, Style, Validation

_ENTRY_HINT = marked(
    "What has been done this period, and what comes next. "
    "Earlier entries are kept; you need not repeat them."
)
_REQUEST_HINT = marked(
    "Another date is a request: this one stands until the coordinator has agreed."
)

ISSUED_DUE = "due:issued"
"""The name of the list of dates as they were issued."""
_EPOCH = date(1899, 12, 30)
SIGNATURE = 16
"""Characters at the end of a row's key that no other row has."""
_LONGEST = 200
"""Excel looks up texts of at most 255 characters."""
_LONGEST_TEXT = 255


def hint(definition: PlanDefinition, column: IssuedColumn, *, codes: bool = False) -> str:
    """What somebody reads on entering a cell: the field's guidance, or how its type is typed; with
    `codes` the words of those that a list of ratings offers."""
    cell, tongue = column.item.field_type.cell, definition.tongue
    if column.item.field_type.rated and codes:
        scale = definition.scale_of(column.item)
        points = "\n".join(f"{r.code}: {r.label}" for r in scale if r.label != r.code)
        points = points or ", ".join(r.code for r in scale)
        return f"{column.item.guidance or tongue.say(cell.hint)}\n{points}".strip()
    own = column.item.guidance or (tongue.say(_ENTRY_HINT) if column.entry else "")
    typing = tongue.say(cell.hint) if cell.pressing or not own else ""
    return "\n".join(part for part in (own, typing, request_hint(column, tongue)) if part)


def request_hint(column: IssuedColumn, tongue: Tongue) -> str:
    """What a lead is told of a date that may only be asked for; blank of every other column."""
    asks = column.input and column.item.change == "request"
    return tongue.say(_REQUEST_HINT) if asks else ""


def validation_of(
    definition: PlanDefinition, column: IssuedColumn, area: Area, lists: Lists, *, codes: bool
) -> Validation | None:
    """What may be typed in the cells of a column, and what shows on entering one."""
    message, tongue = hint(definition, column, codes=codes), definition.tongue
    rule = Validation(area=area, kind="any", input_title=column.heading, input_message=message)
    if column.id in lists.ranges:
        return replace(
            rule,
            kind="list",
            source=f"={lists.ranges[column.id]}",
            error_title=tongue.say("Not in the list"),
            error_message=tongue.say("Please choose one of the list. Press Escape to go back."),
        )
    if allowed := column.item.field_type.cell.rule:
        return replace(
            rule,
            kind=allowed.kind,
            first=allowed.first,
            last=allowed.last,
            error_title=tongue.say(allowed.title),
            error_message=tongue.say(allowed.answer),
        )
    return rule if rule.input_message else None


def date_rule(rule: Validation, tongue: Tongue) -> Validation:
    """`rule` for cells that take a date and nothing else."""
    return replace(
        rule,
        kind="date",
        first=date(1990, 1, 1),
        last=date(2100, 12, 31),
        error_title=tongue.say("Not a date"),
        error_message=tongue.say("Please enter a date such as 28 February 2027."),
    )


def quoted(text: str) -> str:
    """`text` as a text in a formula; Excel reads one of 255 characters at most."""
    parts = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
    if len(text) <= _LONGEST_TEXT:
        parts = [text]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def rating_colours(scale: tuple[Rating, ...], area: Area, base: Style) -> Iterator[Conditional]:
    """The colour of each point of a scale, following the choice in a cell."""
    cell = f"${cell_name(area.first_row, area.first_col)}"
    for rating in scale:
        spelt = {name.casefold(): name for name in (rating.code, rating.label) if name}
        tests = ",".join(f"{cell}={quoted(name)}" for name in spelt.values())
        yield Conditional(area, f"=OR({tests})", rating_style(rating, base))


def not_in_list(area: Area, accepted: str, look: Palette) -> Conditional:
    """A flag over an entry that the list does not have: pasted over the dropdown, or imported.

    `accepted` is the defined name of everything that is accepted.
    """
    cell = f"${cell_name(area.first_row, area.first_col)}"
    test = f"SUMPRODUCT(--({accepted}=TRIM({cell})))=0"
    return Conditional(area, f"=AND(LEN(TRIM({cell}))>0,{test})", look.flag, stop=True)


def still_blank(area: Area, look: Palette, only_if: str = "") -> Conditional:
    """A look for an input that must be filled in and is blank."""
    cell = f"${cell_name(area.first_row, area.first_col)}"
    blank = f"LEN(TRIM({cell}))=0"
    return Conditional(area, f"=AND({blank},{only_if})" if only_if else f"={blank}", look.missing)


def rules_of(
    definition: PlanDefinition,
    column: IssuedColumn,
    area: Area,
    lists: Lists,
    look: Palette,
    base: Style,
    *,
    codes: bool = True,
) -> tuple[list[Validation], list[Conditional]]:
    """The rules of one input column over `area`; `codes` says that lists offer ratings by code."""
    rule = validation_of(definition, column, area, lists, codes=codes)
    looks: list[Conditional] = []
    accepted = lists.names.get(f"{column.id}:accepted")
    if accepted:
        looks.append(not_in_list(area, accepted, look))
    if column.item.field_type.rated:
        looks.extend(rating_colours(definition.scale_of(column.item), area, base))
    return [rule] if rule else [], looks


class DueAndReason(Struct, frozen=True):
    """The column of the date, and the column in which a lead says why it moved."""

    due: IssuedColumn
    reason: IssuedColumn


def due_and_reason(columns: Sequence[IssuedColumn]) -> DueAndReason | None:
    """Both columns, where the lead may fill in both."""
    due = next((c for c in columns if c.input and c.item.role == "due"), None)
    reason = next(
        (c for c in columns if c.input and c.item.role == "reason" and not c.item.required_if), None
    )
    return DueAndReason(due, reason) if due is not None and reason is not None else None


def issued_dates(signed: Sequence[tuple[str, Value]]) -> tuple[str, ...]:
    """The list of what was issued, from the key and the date of each row that has one."""
    return tuple(
        f"{key[-SIGNATURE:]}|{text}"
        for key, value in signed
        if (text := _as_shown(value)) and len(text) <= _LONGEST
    )


def _as_shown(value: Value) -> str:
    """A date as a formula sees it: its serial number, or the words."""
    if isinstance(value, date):
        return str((value - _EPOCH).days)
    return " ".join(part for part in show(value).split(" ") if part)


def moved(key: str, due: str, issued: str, *, whole: bool = False) -> str:
    """A formula's test that the date in `due` is not what was issued to the row of `key`;
    `issued` is the name of the list. A row without a date, or not in the list, has not moved.
    Over ranges it is an array of 0 and 1; as a `whole` where `due` is an array that may hold
    errors, which LibreOffice's ``&`` puts into each part of what it makes."""
    row = f'RIGHT({key},{SIGNATURE})&"|'
    now = f'{row}"&TRIM({due})'
    if whole:
        now = f'CONCATENATE(RIGHT({key},{SIGNATURE}),"|",TRIM({due}))'
    return f'ISNUMBER(MATCH({row}*",{issued},0))*ISNA(MATCH({now},{issued},0))'


def reason_missing(
    due: Area, reason: Area, found: DueAndReason, lists: Lists, look: Palette
) -> list[Conditional]:
    """The flag on dates that moved without a reason, and on the reason that is asked for; the
    cells of `due` and of `reason` stand in the same order."""
    cell, blank = (f"${cell_name(each.first_row, each.first_col)}" for each in (due, reason))
    test = moved(f"$A{due.first_row + 1}", cell, lists.names[ISSUED_DUE])
    formula = f"=AND(LEN(TRIM({blank}))=0,{test})"
    flagged = '"⚠ "d mmmm yyyy' if found.due.item.field_type.cell.holds == "date" else '"⚠ "@'
    return [
        Conditional(due, formula, replace(look.flag, number_format=flagged)),
        Conditional(reason, formula, look.missing),
    ]


def reason_hint(found: DueAndReason, tongue: Tongue) -> str:
    """What the lead reads on entering the reason."""
    return tongue.say('Needed when "{date}" moves.', date=on_a_line(found.due.heading))


def on_a_line(text: str) -> str:
    """A heading without its line breaks."""
    return " ".join(text.split())


def is_required(column: IssuedColumn) -> bool:
    """Whether a template says that a column must be filled in."""
    return column.input and column.item.required and not column.entry


def may_ask(column: IssuedColumn) -> bool:
    """Whether a template asks for a column, always or while something else holds."""
    return is_required(column) or (column.input and bool(column.item.required_if))


def has_message(columns: Sequence[IssuedColumn]) -> bool:
    """Whether there is anything that a template may still ask for."""
    return due_and_reason(columns) is not None or any(may_ask(column) for column in columns)


def needs_of_column(
    definition: PlanDefinition, column: IssuedColumn, found: DueAndReason | None
) -> str:
    """When the cells of a column must be filled in, as the lead reads it; or ``""``."""
    tongue = definition.tongue
    if is_required(column):
        return tongue.say("This must not be left blank.")
    if found is not None and column is found.reason:
        return reason_hint(found, tongue)
    tests = needs_of(definition, column.item) if column.input else ()
    if not tests:
        return ""
    condition = partial(say_needed, tests)
    return tongue.say("This must not be left blank where {condition}.", condition=condition)


def with_needs(rule: Validation, needs: str) -> Validation:
    """An input rule whose message says too when its cell must be filled in."""
    if not needs:
        return rule
    # A message is cut at 255 characters; what is needed must not be what is cut.
    room = 250 - len(needs)
    text = rule.input_message
    text = text if len(text) <= room else text[: room - 1].rstrip() + "…"
    return replace(rule, input_message=f"{text}\n{needs}".strip())


class Cells(Struct, frozen=True):
    """Where the cells of an input column are: those of the actions, and with them those of the
    blank rows for proposals."""

    issued: Sequence[Area]
    every: Sequence[Area]


def input_rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    styles: Sequence[Style],
    cells: Mapping[str, Cells],
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    """The rules of every input of a template, with what must be filled in; `cells` by column id."""
    asked = due_and_reason(columns)
    validations: list[Validation] = []
    conditionals: list[Conditional] = []
    for column, style in zip(columns, styles, strict=True):
        mine = cells.get(column.id)
        if not column.input or mine is None or not mine.every:
            continue
        first, rest = mine.every[0], tuple(mine.every[1:])
        rules, colours = rules_of(definition, column, first, lists, look, style, codes=False)
        needs = needs_of_column(definition, column, asked)
        validations += [replace(with_needs(rule, needs), also=rest) for rule in rules]
        conditionals += [replace(colour, also=rest) for colour in colours]
        if is_required(column) and mine.issued:
            blank = still_blank(mine.issued[0], look)
            conditionals.append(replace(blank, also=tuple(mine.issued[1:])))
    return validations, conditionals


def part_of(lists: Lists, kind: str) -> Lists:
    """The lists whose name begins with `kind` and a space, by the rest of their names."""
    start = f"{kind} "
    return replace(
        lists,
        ranges={n.removeprefix(start): r for n, r in lists.ranges.items() if n.startswith(start)},
        names={n.removeprefix(start): r for n, r in lists.names.items() if n.startswith(start)},
    )


def column_lists(
    definition: PlanDefinition, columns: Sequence[IssuedColumn], *, of_lead: bool = False
) -> dict[str, tuple[str, ...]]:
    """The lists that some columns need: choices by column id, accepted texts by ``id:accepted``.

    Those `of_lead` offer ratings as the board reads them, not by their codes, and leave out what is
    for the coordinator to give; one that stands in a cell is accepted all the same.
    """
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        kind = column.item.field_type
        choices = kind.choices(column.item, definition)
        if of_lead and column.item.field_type.rated:
            scale = definition.scale_of(column.item)
            choices = tuple(r.label or r.code for r in scale if r.by == "lead")
        if choices and column.input:
            found[column.id] = choices
            found[f"{column.id}:accepted"] = kind.accepted(column.item, definition)
    return found
