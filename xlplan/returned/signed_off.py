"""What came back in the sign-off of a template: "no change this period", by whom it was signed off
and when.

Each input stands directly below a hidden cell that names it (``sign:no_change``), so that it is
found by content wherever it was moved. A sign-off is no change of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.text import canon_text, fold
from xlplan.plan.values import canon, show
from xlplan.returned.tables import told_at
from xlplan.workbook.read.book import Book, CellValue, ReadSheet, a1

PREFIX = "sign:"
NO_CHANGE, SIGNED_BY, SIGNED_ON = "no_change", "signed_by", "signed_on"
NAMES = (NO_CHANGE, SIGNED_BY, SIGNED_ON)
YES = "yes"
_SAYS_YES = frozenset({"yes", "y", "x", "true", "1", "\u2713", "\u2714", "\u2611", "no change"})
_DAY = Field(SIGNED_ON, "Signed off on", "date")
_LONGEST = 200


def read_sign_off(book: Book, definition: PlanDefinition) -> tuple[dict[str, str], list[Remark]]:
    """What a returned workbook says in its sign-off, and what was written there instead.

    The tick reads ``"yes"``; a day reads as ISO 8601, or as it was typed where it is no day.
    """
    said: dict[str, str] = {}
    remarks: list[Remark] = []
    for sheet in book.sheets:
        for name, (row, col) in sign_off_inputs(sheet):
            value = sheet.rows[row][col] if col < len(sheet.rows[row]) else None
            text = canon_text(value if isinstance(value, str) else show(_shown(value)))
            place = Place(book.name, sheet.name, a1(row, col))
            if odd := told_at(sheet, (row, col)):
                remarks.append(remark("sign-off", place, odd))
                continue
            if not text or name in said:
                continue
            if name != NO_CHANGE and len(text) > _LONGEST:
                remarks.append(remark("sign-off", place, text))
                text = text[:_LONGEST]
            if name == SIGNED_ON:
                day = canon(_DAY, _shown(value), definition)
                said[name] = day.isoformat() if isinstance(day, date) else text
            elif name == SIGNED_BY:
                said[name] = " ".join(text.split())
            elif fold(text) in _SAYS_YES:
                said[name] = YES
            else:
                remarks.append(remark("sign-off", place, text))
    return said, remarks


def sign_off_inputs(sheet: ReadSheet) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the inputs are: below the cell that names each."""
    for number, row in enumerate(sheet.rows[:-1]):
        for col, value in enumerate(row):
            if isinstance(value, str) and value.strip().startswith(PREFIX):
                name = value.strip().removeprefix(PREFIX)
                if name in NAMES:
                    yield name, (number + 1, col)


def _shown(value: CellValue) -> str | int | float | bool | date | None:
    return value if isinstance(value, str | int | float | bool | date) else None
