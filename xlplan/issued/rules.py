"""What may be typed in the columns of an issued workbook, the colours that follow it, and what a
template asks for while it is being filled in, without macros: what is still blank, and where a
date has moved without a word of why.

What was issued stands on the hidden sheet of lists, one text a row: the signature of the row's key,
``|``, and the date as it was issued. So a row is known wherever it was sorted to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.issued.sheets import Lists
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.required import needs_of, say_needed
from xlplan.plan.values import Value, show
from xlplan.returned.as_issued import IssuedColumn
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette, rating_style
from xlplan.workbook.write.sheet import Area, Cell, Conditional, Style, Validation

_ENTRY_HINT = (
    "What has been done this period, and what comes next. "
    "Earlier entries are kept; you need not repeat them."
)
_REQUEST_HINT = "Another date is a request: this one stands until the coordinator has agreed."

ISSUED_DUE = "due:issued"
"""The name of the list of dates as they were issued."""
_EPOCH = date(1899, 12, 30)
SIGNATURE = 16
"""Characters at the end of a row's key that no other row has."""
_LONGEST = 200
"""Excel looks up texts of at most 255 characters."""


def hint(definition: PlanDefinition, column: IssuedColumn, *, codes: bool = False) -> str:
    """What somebody reads on entering a cell: the field's guidance, or how its type is typed; with
    `codes` the words of those that a list of ratings offers."""
    cell = column.item.field_type.cell
    if column.item.field_type.rated and codes:
        scale = definition.scale_of(column.item)
        points = "\n".join(f"{r.code}: {r.label}" for r in scale if r.label != r.code)
        points = points or ", ".join(r.code for r in scale)
        return f"{column.item.guidance or cell.hint}\n{points}".strip()
    own = column.item.guidance or (_ENTRY_HINT if column.entry else "")
    typing = cell.hint if cell.pressing or not own else ""
    return "\n".join(part for part in (own, typing, request_hint(column)) if part)


def request_hint(column: IssuedColumn) -> str:
    """What a lead is told of a date that may only be asked for; blank of every other column."""
    return _REQUEST_HINT if column.input and column.item.change == "request" else ""


def validation_of(
    definition: PlanDefinition, column: IssuedColumn, area: Area, lists: Lists, *, codes: bool
) -> Validation | None:
    """What may be typed in the cells of a column, and what shows on entering one."""
    message = hint(definition, column, codes=codes)
    rule = Validation(area=area, kind="any", input_title=column.heading, input_message=message)
    if column.id in lists.ranges:
        return replace(
            rule,
            kind="list",
            source=f"={lists.ranges[column.id]}",
            error_title="Not in the list",
            error_message="Please choose one of the list. Press Escape to go back.",
        )
    if allowed := column.item.field_type.cell.rule:
        return replace(
            rule,
            kind=allowed.kind,
            first=allowed.first,
            last=allowed.last,
            error_title=allowed.title,
            error_message=allowed.answer,
        )
    return rule if rule.input_message else None


def date_rule(rule: Validation) -> Validation:
    """`rule` for cells that take a date and nothing else."""
    return replace(
        rule,
        kind="date",
        first=date(1990, 1, 1),
        last=date(2100, 12, 31),
        error_title="Not a date",
        error_message="Please enter a date such as 28 February 2027.",
    )


def quoted(text: str) -> str:
    """`text` as a text in a formula."""
    return '"' + text.replace('"', '""') + '"'


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


@dataclass(frozen=True, slots=True)
class DueAndReason:
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


def reason_hint(found: DueAndReason) -> str:
    """What the lead reads on entering the reason."""
    return f'Needed when "{_line(found.due.heading)}" moves.'


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Open:
    """Cells that may have to be filled in: the range, its column from 0, and a formula's test, an
    array of 0 and 1 over the range, of which must."""

    cells: str
    column: int
    test: str

    @property
    def count(self) -> str:
        """A formula's count of them."""
        return f"SUMPRODUCT({self.test}*1)"


_ROWS, _COLUMNS = 1_048_577, 1_000
"""One more than the rows of a sheet, and than the columns of any template."""


def _first_of(found: Sequence[Open]) -> str:
    """A formula's link to the first cell of those, row by row; ``""`` where there are none."""
    if not found:
        return ""
    ranks = ",".join(
        f"SUMPRODUCT(MAX({each.test}*"
        f"(({_ROWS}-ROW({each.cells}))*{_COLUMNS}+{_COLUMNS - 2 - each.column})))"
        for each in found
    )
    best = f"MAX({ranks})"
    row, column = f"{_ROWS}-INT({best}/{_COLUMNS})", f"{_COLUMNS - 1}-MOD({best},{_COLUMNS})"
    return f"\"#'{UPDATE}'!\"&ADDRESS({row},{column})"


def message_cell(
    blanks: Sequence[Open], without: Open | None, found: DueAndReason | None, style: Style, now: int
) -> Cell:
    """The message of what is still to be filled in, which leads to the first of it.

    `blanks` are the required cells which may be blank; `without` the reasons of dates that moved.
    `now` is how many are blank as issued.
    """
    without_reason = without.count if without is not None else ""
    count = "+".join(each.count for each in blanks) or "0"
    nothing = "Nothing that must be filled in is blank."
    text = "⚠ Still to be filled in, in orange: "
    parts = f"{quoted(text)}&({count})"
    if without_reason and found is not None:
        why = f'⚠ Dates that moved without a "{_line(found.reason.heading)[:60]}": '
        parts = (
            f"IF(({count})>0,{parts},{quoted('')})&IF({without_reason}>0,"
            f"IF(({count})>0,{quoted('   ')},{quoted('')})&{quoted(why)}&{without_reason},"
            f"{quoted('')})"
        )
        count = f"{count}+{without_reason}"
    link = _first_of([*blanks, *([without] if without is not None else ())])
    shown = f"HYPERLINK({link},{parts})" if link else parts
    formula = f"=IF({count}=0,{quoted(nothing)},{shown})"
    return Cell(f"{text}{now}" if now else nothing, style, formula=formula)


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
    if is_required(column):
        return "This must not be left blank."
    if found is not None and column is found.reason:
        return reason_hint(found)
    tests = needs_of(definition, column.item) if column.input else ()
    return f"This must not be left blank where {say_needed(tests)}." if tests else ""


def with_needs(rule: Validation, needs: str) -> Validation:
    """An input rule whose message says too when its cell must be filled in."""
    if not needs:
        return rule
    # A message is cut at 255 characters; what is needed must not be what is cut.
    room = 250 - len(needs)
    text = rule.input_message
    text = text if len(text) <= room else text[: room - 1].rstrip() + "…"
    return replace(rule, input_message=f"{text}\n{needs}".strip())


@dataclass(frozen=True, slots=True)
class Cells:
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
