"""What may be typed in the columns of an issued workbook, and the colours that follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.returned.columns import IssuedColumn
from xlplan.returned.furniture import LISTS
from xlplan.workbook.read.book import a1
from xlplan.workbook.write.look import Palette, rating_style
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Row,
    Sheet,
    Style,
    Validation,
)

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


@dataclass(frozen=True)
class Lists:
    """The sheet; by list, the range of its choices (``Lists!$A$2:$A$5``) and the name it has.

    Dropdowns take the range. Conditional formats take the name: Excel 2007 refuses a range of
    another sheet there.
    """

    sheet: Sheet
    ranges: Mapping[str, str]
    names: Mapping[str, str]
    defined: Mapping[str, str]
    """The names to define in the workbook, and what each refers to."""


def lists_sheet(lists: Mapping[str, Sequence[str]]) -> Lists:
    """One column a list, its name above its choices. Lists that are the same share a column.

    The colon that tells a name of ours from the id of a field is not shown.
    """
    columns: list[tuple[str, tuple[str, ...]]] = []
    places: dict[tuple[str, ...], int] = {}
    ranges: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, choices in lists.items():
        given = tuple(choices) or ("",)
        if given not in places:
            places[given] = len(columns)
            columns.append((name, given))
        letter = a1(0, places[given])[:-1]
        names[name] = f"xlplan_list_{places[given] + 1}"
        ranges[name] = f"{LISTS}!${letter}$2:${letter}${len(given) + 1}"
    height = max((len(choices) for _, choices in columns), default=0)
    rows = [Row([Cell(name.removesuffix(":")) for name, _ in columns])]
    for index in range(height):
        rows.append(Row([Cell(c[index]) if index < len(c) else None for _, c in columns]))
    widths = [Column(width=24) for _ in columns]
    defined = {names[name]: f"={place}" for name, place in ranges.items()}
    return Lists(Sheet(LISTS, rows, widths, state="hidden"), ranges, names, defined)


def part_of(lists: Lists, kind: str) -> Lists:
    """The lists whose name begins with `kind` and a space, by the rest of their names."""
    start = f"{kind} "
    return replace(
        lists,
        ranges={n.removeprefix(start): r for n, r in lists.ranges.items() if n.startswith(start)},
        names={n.removeprefix(start): r for n, r in lists.names.items() if n.startswith(start)},
    )


def choices_of(definition: PlanDefinition, column: IssuedColumn) -> tuple[str, ...]:
    """What a column's dropdown offers; empty for a column without one."""
    if column.item.type == "rating":
        return tuple(rating.code for rating in definition.scale_of(column.item))
    return column.item.choices if column.item.type == "choice" else ()


def accepted_by(definition: PlanDefinition, column: IssuedColumn) -> tuple[str, ...]:
    """Everything that is read as a choice of a column: codes, labels and aliases."""
    if column.item.type != "rating":
        return choices_of(definition, column)
    scale = definition.scale_of(column.item)
    names = [name for r in scale for name in (r.code, r.label, *r.aliases) if name]
    return tuple({name.casefold(): name for name in names}.values())


def column_lists(
    definition: PlanDefinition, columns: Sequence[IssuedColumn]
) -> dict[str, tuple[str, ...]]:
    """The lists that some columns need: choices by column id, accepted texts by ``id:accepted``."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        choices = choices_of(definition, column)
        if choices and column.input:
            found[column.id] = choices
            found[f"{column.id}:accepted"] = accepted_by(definition, column)
    return found
