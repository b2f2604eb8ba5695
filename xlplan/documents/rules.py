"""What may be typed in the columns of an issued workbook, and the colours that follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from xlplan.documents.columns import IssuedColumn
from xlplan.documents.lists import Lists
from xlplan.documents.look import Palette, rating_style
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.workbook.book import a1
from xlplan.workbook.sheet import Area, Conditional, Style, Validation

TIMESCALE_HINT = (
    "Write it so that it can be read one way only, with the month in words: "
    "30 June 2027, June 2027, or Ongoing."
)
_HINTS = {
    "date": "Enter a date with the month in words, such as 28 February 2027.",
    "timescale": TIMESCALE_HINT,
    "percent": "Enter a percentage from 0% to 100%.",
    "number": "Enter a number, such as 25.",
    "people": "Names, with a comma between them.",
    "set": "With a comma between them.",
    "reference": "References, with a comma between them.",
    "choice": "Choose from the list.",
    "text": "In a few words.",
    "narrative": "In a few lines.",
}
_ENTRY_HINT = (
    "What has been done this period, and what comes next. "
    "Earlier entries are kept; you need not repeat them."
)


def hint(definition: PlanDefinition, column: IssuedColumn) -> str:
    """What the lead is told on entering a cell: the field's guidance, or how its type is typed."""
    kind = column.item.type
    if kind == "rating":
        scale = definition.scale_of(column.item)
        points = "\n".join(f"{r.code}: {r.label}" for r in scale if r.label != r.code)
        points = points or ", ".join(r.code for r in scale)
        return f"{column.item.guidance or 'Choose from the list.'}\n{points}".strip()
    given = column.item.guidance or (_ENTRY_HINT if column.entry else "")
    typing = _HINTS.get(kind, "") if kind in ("date", "timescale", "percent") else ""
    return "\n".join(part for part in (given, typing or (not given and _HINTS.get(kind))) if part)


def validation_of(
    definition: PlanDefinition, column: IssuedColumn, area: Area, lists: Lists
) -> Validation | None:
    """What may be typed in the cells of a column, and what is said on entering one."""
    told = Validation(
        area=area, kind="any", input_title=column.heading, input_message=hint(definition, column)
    )
    kind = column.item.type
    if column.id in lists.ranges:
        return replace(
            told,
            kind="list",
            source=f"={lists.ranges[column.id]}",
            error_title="Not in the list",
            error_message="Please choose one of the list. Press Escape to go back.",
        )
    if kind == "date":
        return replace(
            told,
            kind="date",
            first=date(1990, 1, 1),
            last=date(2100, 12, 31),
            error_title="Not a date",
            error_message="Please enter a date such as 28 February 2027.",
        )
    if kind in ("percent", "number"):
        percent = kind == "percent"
        return replace(
            told,
            kind="decimal",
            first=0.0 if percent else -1e15,
            last=1.0 if percent else 1e15,
            error_title="Not a percentage" if percent else "Not a number",
            error_message=f"Please {_HINTS[kind][0].lower()}{_HINTS[kind][1:]}",
        )
    return told if told.input_message else None


def quoted(text: str) -> str:
    """`text` as a text in a formula."""
    return '"' + text.replace('"', '""') + '"'


def rating_colours(scale: tuple[Rating, ...], area: Area, base: Style) -> Iterator[Conditional]:
    """The colour of each point of a scale, following the choice in a cell."""
    cell = f"${a1(area.first_row, area.first_col)}"
    for rating in scale:
        spelt = {name.casefold(): name for name in (rating.code, rating.label) if name}
        tests = ",".join(f"{cell}={quoted(name)}" for name in spelt.values())
        yield Conditional(area, f"=OR({tests})", rating_style(rating, base))


def not_in_list(area: Area, accepted: str, look: Palette) -> Conditional:
    """A flag over an entry that the list does not have: pasted over the dropdown, or imported.

    `accepted` is the defined name of everything that is accepted.
    """
    cell = f"${a1(area.first_row, area.first_col)}"
    test = f"SUMPRODUCT(--({accepted}=TRIM({cell})))=0"
    return Conditional(area, f"=AND(LEN(TRIM({cell}))>0,{test})", look.flag, stop=True)


def still_blank(area: Area, look: Palette, only_if: str = "") -> Conditional:
    """A look for an input that must be filled in and is blank."""
    cell = f"${a1(area.first_row, area.first_col)}"
    blank = f"LEN(TRIM({cell}))=0"
    return Conditional(area, f"=AND({blank},{only_if})" if only_if else f"={blank}", look.missing)


def rules_of(
    definition: PlanDefinition,
    column: IssuedColumn,
    area: Area,
    lists: Lists,
    look: Palette,
    base: Style,
) -> tuple[list[Validation], list[Conditional]]:
    """The rules of one input column over `area`."""
    told = validation_of(definition, column, area, lists)
    looks: list[Conditional] = []
    accepted = lists.names.get(f"{column.id}:accepted")
    if accepted:
        looks.append(not_in_list(area, accepted, look))
    if column.item.type == "rating":
        looks.extend(rating_colours(definition.scale_of(column.item), area, base))
    return [told] if told else [], looks
