"""What is to be typed into a kept workbook by hand, and why: lines of `decisions.xlsx`."""

from __future__ import annotations

from typing import Literal

from xlplan.codes.kept_codes import KEEP_017
from xlplan.codes.message import Filled
from xlplan.plan.definition import Field
from xlplan.plan.values import Value, show_in

Reason = Literal[
    "none", "shared", "composed", "several", "formula", "column", "unspellable", "refused"
]
"""Why a value was not written into a cell."""


def say_value(reason: Reason, item: Field, ref: str, value: Value, why: str = "") -> str:
    """The line for one value; `why` is what the refusal says."""
    named, text = " ".join(item.heading.split()), show_in(item, value) or "(blank)"
    match reason:
        case "none":
            said = KEEP_017.fill("none", heading=named, ref=ref, text=text)
        case "shared":
            said = KEEP_017.fill("shared", heading=named, ref=ref, text=text)
        case "composed":
            said = KEEP_017.fill("composed", heading=named, ref=ref, text=text)
        case "several":
            said = KEEP_017.fill("several", heading=named, ref=ref, text=text)
        case "formula":
            said = KEEP_017.fill("formula", heading=named, ref=ref, text=text)
        case "column":
            said = KEEP_017.fill("column", heading=named, ref=ref, text=text)
        case "unspellable":
            said = KEEP_017.fill("unspellable", heading=named, ref=ref, text=text)
        case "refused":
            said = KEEP_017.fill("refused", heading=named, ref=ref, text=text, why=why)
    return _line(said)


def say_fill(item: Field, ref: str, value: Value) -> str:
    """The line for a cell that is still filled as for another rating."""
    named, text = " ".join(item.heading.split()), show_in(item, value) or "(blank)"
    return _line(KEEP_017.fill("colour", heading=named, ref=ref, text=text))


def say_row(ref: str, text: str, why: str) -> str:
    """The line for a row that could not be put in."""
    return _line(KEEP_017.fill("row", ref=ref, text=text, why=why))


def say_withdrawn(ref: str) -> str:
    """The line for the row of an action that was withdrawn."""
    return _line(KEEP_017.fill("withdrawn", ref=ref))


def _line(said: Filled) -> str:
    problem = said.at("")
    return f"{problem.message} [{problem.code}]"
