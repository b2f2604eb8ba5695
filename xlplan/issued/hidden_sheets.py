"""The hidden sheets of an issued workbook: the lists of its dropdowns, and its stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.columns import IssuedColumn
from xlplan.returned.furniture import LISTS, STAMP
from xlplan.workbook.read.book import a1
from xlplan.workbook.stamp import PROPERTY, manifest
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet, Workbook

REFERENCE = "Template reference"
LONGEST_PROPERTY = 255
"""What Excel keeps of a custom property."""


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
        shown = tuple(choices) or ("",)
        if shown not in places:
            places[shown] = len(columns)
            columns.append((name, shown))
        letter = a1(0, places[shown])[:-1]
        names[name] = f"xlplan_list_{places[shown] + 1}"
        ranges[name] = f"{LISTS}!${letter}$2:${letter}${len(shown) + 1}"
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


def column_lists(
    definition: PlanDefinition, columns: Sequence[IssuedColumn]
) -> dict[str, tuple[str, ...]]:
    """The lists that some columns need: choices by column id, accepted texts by ``id:accepted``."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        kind = column.item.field_type
        choices = kind.choices(column.item, definition)
        if choices and column.input:
            found[column.id] = choices
            found[f"{column.id}:accepted"] = kind.accepted(column.item, definition)
    return found


def stamp_sheet(key: bytes, payload: Mapping[str, object]) -> Sheet:
    """The very hidden sheet with the manifest."""
    rows = [
        Row([Cell("This sheet says which workbook this is. Please leave it as it is.")]),
        Row([Cell(manifest(key, payload))]),
    ]
    return Sheet(STAMP, rows, [Column(width=80)], state="very_hidden")


def short_manifest(key: bytes, payload: Mapping[str, object]) -> str:
    """A manifest that fits a custom property: which workbook this is, and no more."""
    text = ""
    for names in (("plan", "issued", "document", "cycle"), ("issued", "document"), ("issued",)):
        text = manifest(key, {name: payload[name] for name in names if name in payload})
        if len(text) <= LONGEST_PROPERTY:
            break
    return text


def payload_of(
    definition: PlanDefinition, issued: Issued, rows: int, columns: Sequence[IssuedColumn]
) -> dict[str, object]:
    """What the manifest of every kind of issued workbook says."""
    return {
        "plan": definition.id,
        "issued": issued.id,
        "document": issued.document,
        "cycle": issued.cycle,
        "rows": rows,
        "columns": [column.id for column in columns],
    }


def stamped(
    definition: PlanDefinition,
    issued: Issued,
    title: str,
    sheets: Sequence[Sheet],
    key: bytes,
    payload: Mapping[str, object],
    created: str,
    lists: Lists,
) -> Workbook:
    """A workbook with its stamp: the manifest on a sheet, in a property, and as core subject."""
    return Workbook(
        sheets=[*sheets, stamp_sheet(key, payload)],
        title=title,
        created=created,
        subject=issued.id,
        author=definition.organisation or "xlplan",
        company=definition.organisation,
        language=definition.language,
        font=definition.style.font,
        properties={PROPERTY: short_manifest(key, payload)},
        names=lists.defined,
    )
