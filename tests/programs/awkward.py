"""Edits that programs are known to spoil, as data: what is put where, and what the plan then says.

Each stands for a kind. `Put` is how a program is asked to write it, `means` what a person who looks
at the cell would say that the plan should hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PutKind = Literal[
    "text",
    "number",
    "date",
    "boolean",
    "formula",
    "error",
    "rich",
    "strike",
    "note",
    "blank",
    "typed",
]


@dataclass(frozen=True)
class Put:
    """What is written into a cell: `value` with its number format `shown_as`, where it has one,
    and what the cell then shows.

    A date is ISO text, a formula lacks its ``=``, a rich text is that with its first word bold,
    what is typed goes in by the keyboard.
    """

    kind: PutKind
    value: str | float | bool = ""
    shown_as: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Asked:
    """The plan asks, and shows this."""

    shows: str


@dataclass(frozen=True)
class Beside:
    """Nothing changes, and this is told beside it."""

    words: str


Means = str | float | None | Asked | Beside


@dataclass(frozen=True)
class Edit:
    """One edit: its name, the field that it goes into, and the row (from 0) of the template."""

    name: str
    field: str
    put: Put
    means: Means
    row: int = 0


def _text(name: str, field: str, typed: str, means: str | None = None) -> Edit:
    return Edit(name, field, Put("text", typed), typed if means is None else means)


def _number(
    name: str, field: str, number: float, shown_as: str, shows: str, means: float | None = None
) -> Edit:
    put = Put("number", number, shown_as, shows)
    return Edit(name, field, put, shows if means is None else means)


def _date(name: str, field: str, day: str, shown_as: str, shows: str, means: str = "") -> Edit:
    return Edit(name, field, Put("date", day, shown_as, shows), means or shows)


_LONG = "The board was told of it. "
_LIMIT = 32_767
_FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
_LISTED: Sequence[Edit] = (
    # Text, as people and programs write it
    _text("leading spaces", "evidence", "   set in by three"),
    _text("trailing spaces", "evidence", "ends in spaces   ", "ends in spaces"),
    _text("double spaces", "evidence", "Plan  agreed   in March"),
    _text("tabs", "evidence", "by hand\tby post\tby van"),
    _text("line breaks", "progress", "First line\nSecond line\n\nFourth line"),
    _text("carriage returns", "progress", "First\r\nSecond", "First\nSecond"),
    _text("_x000D_ as typed", "evidence", "field _x000D_is empty", "field\nis empty"),
    _text("_x0041_ as typed", "progress", "the code is _x0041_, not A"),
    _text("emoji", "evidence", "Done \U0001f389 at last"),
    _text("emoji joined", "progress", f"For every family {_FAMILY} here"),
    _text("letters and marks apart", "evidence", "Cafe\u0301 ouvert", "Caf\u00e9 ouvert"),
    _text("starts with =", "evidence", "=> see minute 12"),
    _text("looks like a formula", "progress", "=A1+1"),
    _text("starts with -", "evidence", "- done in June"),
    _text("starts with +", "evidence", "+44 1632 960123"),
    _text("starts with @", "evidence", "@audit: all is well"),
    _text("leading noughts", "code", "0070"),
    _text("trailing nought", "code", "2.10"),
    _text("twenty digits", "code", "98765432109876543210"),
    _text("like a power", "code", "12e3"),
    _text("like a fraction", "code", "3/4"),
    _text("like a date", "code", "10/11/2027"),
    _text("like a truth", "code", "FALSE"),
    _text("like an error", "code", "#REF!"),
    _text("like a percentage", "code", "85%"),
    _text("like money", "code", "\u00a31,500"),
    _text("255 characters", "progress", (_LONG * 10)[:254] + "."),
    _text("256 characters", "progress", (_LONG * 10)[:255] + "."),
    _text("9,000 characters", "progress", (_LONG * 360)[:8_999] + "."),
    _text("32,767 characters", "progress", (_LONG * 1300)[: _LIMIT - 1] + "."),
    _text("apostrophe before", "evidence", "'tis done"),
    _text("quotation marks", "evidence", 'called "the plan", and "done"'),
    _text("signs of XML", "evidence", "a < b && c > d &amp; ]]>"),
    _text("commas and semicolons", "progress", "one, two; three\u00a6 four"),
    _text("web address", "progress", "https://example.org/b?x=1&y=2"),
    _text("mail address", "evidence", "mailto:plan@example.org"),
    _text("other scripts", "progress", "\u0645\u0643\u062a \u8a08\u753b \u0395\u03bb"),
    _text("no-break space", "evidence", "10\u00a0000 homes", "10 000 homes"),
    _text("dashes and curly quotes", "progress", "\u201cAlmost\u201d \u2013 the lead\u2019s\u2026"),
    _text("vertical tab", "progress", "before\x0bafter", "before\nafter"),
    _text("line separator", "progress", "before\u2028after", "before\nafter"),
    _text("this month's entry", "news", "- half of them\n- and the rest"),
    Edit("rich text", "progress", Put("rich", "Nearly all of it"), "Nearly all of it"),
    Edit("struck through", "progress", Put("strike", "No longer planned"), "No longer planned"),
    Edit("a note", "sign", Put("note", "Is this the right measure?"), Beside("Is this the right")),
    Edit("emptied", "evidence", Put("blank"), None),
    Edit("emptied though required", "sign", Put("blank"), Asked("")),
    # Numbers and days that stand in a text
    _number("number padded with noughts", "code", 421, "00000", "00421"),
    _number("number with a prefix", "code", 7, '"HSG-"000', "HSG-007"),
    _number("number of two places", "code", 1.1, "0.00", "1.10"),
    _date("day in a text", "code", "2027-02-28", "d mmmm yyyy", "28 February 2027"),
    Edit("boolean in a text", "code", Put("boolean", True), "TRUE"),
    # Typed fields
    _date("day", "revised", "2027-02-28", "dd/mm/yyyy", "28/02/2027", "2027-02-28"),
    _date("day with an hour", "revised", "2027-03-01T14:30", "dd/mm/yyyy hh:mm",
          "01/03/2027 14:30", "2027-03-01"),
    _text("day as a text", "revised", "28 February 2028", "2028-02-28"),
    Edit("day that may be either", "revised", Put("text", "03/04/2027"), Asked("03/04/2027")),
    Edit("no such day", "revised", Put("text", "31/02/2027"), Asked("31/02/2027")),
    _date("month alone", "due", "2027-06-01", "mmm-yy", "Jun-27", "2027-06-30"),
    _date("month in words", "due", "2027-09-01", "mmmm yyyy", "September 2027", "2027-09-30"),
    _date("day of a timescale", "due", "2027-11-05", "dd/mm/yyyy", "05/11/2027", "2027-11-05"),
    _text("timescale as a text", "due", "End of March 2028", "2028-03-31"),
    _number("percentage", "percent", 0.85, "0%", "85%", 0.85),
    _number("percentage of a literal sign", "percent", 45, '0"%"', "45%", 0.45),
    _text("percentage as a text", "percent", "60%", "0.6"),
    _number("number", "homes", 1234.5, "#,##0.00", "1,234.50", 1234.5),
    _number("minus in brackets", "homes", -3, "0;(0)", "(3)", -3),
    _text("number as a text", "homes", "1,500", "1500"),
    Edit("formula", "homes", Put("formula", "1+1"), Asked("2")),
    Edit("formula of a text", "evidence", Put("formula", '"so"&" far"'), Asked("so far")),
    Edit("error", "homes", Put("error", "#N/A"), Asked("#N/A")),
    Edit("error in a text", "evidence", Put("error", "#N/A"), Asked("#N/A")),
    _number("money", "cost", 2750, "[$\u00a3-809]#,##0", "\u00a32,750", 2750),
    _text("money as a text", "cost", "\u00a31,250.50", "1250.5"),
    Edit("boolean", "agreed", Put("boolean", True), "Yes"),
    _text("boolean as a word", "agreed", "no", "No"),
    _text("choice", "stage", "Done"),
    _text("rating", "rating", "Red"),
    _text("elements of a set", "areas", "West, South", "South, West"),
    # Typed by a person on a British keyboard
    Edit("day typed", "revised", Put("typed", "28/02/2029"), "2029-02-28"),
    Edit("day typed in words", "revised", Put("typed", "1 March 2029"), "2029-03-01"),
    Edit("month typed", "due", Put("typed", "June 2028"), "2028-06-30"),
    Edit("percentage typed", "percent", Put("typed", "70%"), 0.7),
    Edit("number typed", "homes", Put("typed", "2,500"), 2500),
    Edit("amount typed", "cost", Put("typed", "\u00a31,750"), 1750),
    Edit("fraction typed", "code", Put("typed", "1/2"), "1/2"),
    Edit("truth typed", "code", Put("typed", "TRUE"), "TRUE"),
    Edit("formula typed", "homes", Put("typed", "=2+3"), Asked("5")),
    Edit("dash typed", "progress", Put("typed", "- in June"), "- in June"),
)  # fmt: skip


def _placed(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Each edit in the next row of its field; those of a field that has no row left are a fault."""
    return tuple(
        Edit(each.name, each.field, each.put, each.means, _row(edits, number))
        for number, each in enumerate(edits)
    )


def _row(edits: Sequence[Edit], number: int) -> int:
    return sum(each.field == edits[number].field for each in edits[:number])


EDITS = _placed(_LISTED)
