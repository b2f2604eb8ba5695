"""What a template says while it is being filled in, without macros: what is still blank, and
where a date has moved without a word of why.

What was issued stands on the hidden sheet of lists, one text a row: the signature of the row's key,
``|``, and the date as it was issued. So a row is known wherever it was sorted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.plan.values import Value, show
from xlplan.returned.columns import IssuedColumn
from xlplan.workbook.write.look import Palette
from xlplan.workbook.write.sheet import Area, Cell, Conditional, Style, Validation

ISSUED_DUE = "due:issued"
"""The name of the list of dates as they were issued."""
_EPOCH = date(1899, 12, 30)
_SIGNATURE = 16
_LONGEST = 200
"""Excel looks up texts of at most 255 characters."""


@dataclass(frozen=True, slots=True)
class DueAndReason:
    """The column of the date, and the column in which a lead says why it moved."""

    due: IssuedColumn
    reason: IssuedColumn


def due_and_reason(columns: Sequence[IssuedColumn]) -> DueAndReason | None:
    """Both columns, where the lead may fill in both."""
    due = next((c for c in columns if c.input and c.item.role == "due"), None)
    reason = next((c for c in columns if c.input and c.item.role == "reason"), None)
    return DueAndReason(due, reason) if due is not None and reason is not None else None


def issued_dates(signed: Sequence[tuple[str, Value]]) -> tuple[str, ...]:
    """The list of what was issued, from the key and the date of each row that has one."""
    return tuple(
        f"{key[-_SIGNATURE:]}|{text}"
        for key, value in signed
        if (text := _as_shown(value)) and len(text) <= _LONGEST
    )


def _as_shown(value: Value) -> str:
    """A date as a formula sees it: its serial number, or the words."""
    if isinstance(value, date):
        return str((value - _EPOCH).days)
    return " ".join(part for part in show(value).split(" ") if part)


def moved(key: str, due: str, issued: str) -> str:
    """A formula's test that the date in `due` is not what was issued to the row of `key`;
    `issued` is the name of the list. A row without a date, or not in the list, has not moved.
    Over ranges it is an array of 0 and 1."""
    row = f'RIGHT({key},{_SIGNATURE})&"|'
    return f'ISNUMBER(MATCH({row}*",{issued},0))*ISNA(MATCH({row}"&TRIM({due}),{issued},0))'


def reason_wanted(
    due: Area, reason: Area, test: str, blank: str, found: DueAndReason, look: Palette
) -> list[Conditional]:
    """The flag on a date that moved without a reason, and on the reason that is asked for.

    `test` is `moved` for the first row; `blank` is the cell of its reason.
    """
    formula = f"=AND(LEN(TRIM({blank}))=0,{test})"
    flagged = '"⚠ "d mmmm yyyy' if found.due.item.type == "date" else '"⚠ "@'
    return [
        Conditional(due, formula, replace(look.flag, number_format=flagged)),
        Conditional(reason, formula, look.missing),
    ]


def reason_hint(found: DueAndReason) -> str:
    """What the lead is told on entering the reason."""
    return f'Needed when "{_line(found.due.heading)}" moves.'


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def still_wanted(
    blanks: Sequence[str], without_reason: str, found: DueAndReason | None, style: Style, now: int
) -> Cell:
    """The message of what is still to be filled in.

    `blanks` are formula terms that count required cells which are blank; `without_reason` counts
    the rows whose date moved without a reason, or is blank. `now` is how many are blank as issued.
    """
    count = "+".join(blanks) or "0"
    nothing = "Nothing that must be filled in is blank."
    text = "⚠ Still to be filled in, in orange: "
    parts = f"{_quoted(text)}&({count})"
    if without_reason and found is not None:
        why = f'⚠ Dates that moved without a "{_line(found.reason.heading)[:60]}": '
        parts = (
            f"IF(({count})>0,{parts},{_quoted('')})&IF({without_reason}>0,"
            f"IF(({count})>0,{_quoted('   ')},{_quoted('')})&{_quoted(why)}&{without_reason},"
            f"{_quoted('')})"
        )
        count = f"{count}+{without_reason}"
    formula = f"=IF({count}=0,{_quoted(nothing)},{parts})"
    return Cell(f"{text}{now}" if now else nothing, style, formula=formula)


def is_required(column: IssuedColumn) -> bool:
    """Whether a template says that a column must be filled in."""
    return column.input and column.item.required and not column.entry


def has_message(columns: Sequence[IssuedColumn]) -> bool:
    """Whether there is anything that a template may still ask for."""
    return due_and_reason(columns) is not None or any(is_required(column) for column in columns)


def with_needs(rule: Validation, column: IssuedColumn, found: DueAndReason | None) -> Validation:
    """An input rule whose message says too when its cell must be filled in."""
    needs = ""
    if is_required(column):
        needs = "This must not be left blank."
    elif found is not None and column is found.reason:
        needs = reason_hint(found)
    if not needs:
        return rule
    # A message is cut at 255 characters; what is needed must not be what is cut.
    room = 250 - len(needs)
    said = rule.input_message
    said = said if len(said) <= room else said[: room - 1].rstrip() + "…"
    return replace(rule, input_message=f"{said}\n{needs}".strip())
