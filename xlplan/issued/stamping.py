"""The stamp in a workbook that goes out: its sheet, its properties, its visible reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlplan.issued.rules import Lists
from xlplan.merge.model import Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.columns import IssuedColumn
from xlplan.returned.furniture import STAMP
from xlplan.workbook.stamp import PROPERTY, manifest
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet, Workbook

REFERENCE = "Template reference"
LONGEST_PROPERTY = 255
"""What Excel keeps of a custom property."""


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
    for wanted in (("plan", "issued", "document", "cycle"), ("issued", "document"), ("issued",)):
        text = manifest(key, {name: payload[name] for name in wanted if name in payload})
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
