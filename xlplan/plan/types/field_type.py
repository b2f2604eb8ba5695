"""What a type of field is, in one object, and the types that every plan has."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.definition_codes import VAL_002, VAL_003, VAL_004, VAL_005, VAL_006, VAL_007
from xlplan.language.catalogue import marked
from xlplan.late import regex
from xlplan.plan.periods import in_english
from xlplan.plan.shown import ShownDate, ShownNumber, before_percent, counts_percent
from xlplan.plan.text import canon_text, fold, split_people
from xlplan.plan.timescales import Timescale, canon_timescale, parse_date, say_date
from xlplan.plan.values import Value, as_text, in_percent, invalid, match_rating, read_number, show

if TYPE_CHECKING:
    from xlplan.plan.definition import Field, PlanDefinition


Typed = str | int | float | date | Timescale
"""What `canon` of a type is handed: never blank, and a text without what nobody can see."""
Canon = Callable[["Field", Typed, "PlanDefinition"], Value]
Choices = Callable[["Field", "PlanDefinition"], tuple[str, ...]]
Frame = Literal["text", "number", "date", "timescale", "rating", "list", "boolean"]
Holds = Literal["text", "number", "date"]


def no_choices(_item: Field, _definition: PlanDefinition) -> tuple[str, ...]:
    """The choices of a type that is typed freely."""
    return ()


class InputRule(Struct, frozen=True):
    """What a cell of a template lets in, and what Excel answers to anything else."""

    kind: Literal["date", "decimal"]
    first: float | date
    last: float | date
    title: str
    answer: str


class CellForm(Struct, frozen=True):
    """How a value stands in a cell of a workbook that goes out.

    A cell holds a text, a number or a date; whatever is no number or date stands as text.
    `number_format` is Excel's (``""``: as the sheet has it), `fine_format` that of a number with
    more digits than it shows. `width` is in characters; 0 where the content decides. `hint` is
    shown on entering an input, also beside the field's own guidance where it is `pressing`.
    """

    holds: Holds = "text"
    number_format: str = ""
    fine_format: str = ""
    digits: int = 0
    """Decimals that `number_format` shows, of a percentage those of the share itself."""
    centred: bool = False
    width: float = 0.0
    hint: str = ""
    pressing: bool = False
    rule: InputRule | None = None

    def in_currency(self, currency: str) -> CellForm:
        """The same with a currency before every number."""
        sign = f'"{currency}"' if currency else ""
        formats = (self.number_format, self.fine_format)
        plain, fine = (f"{sign}{each};-{sign}{each}" if sign else each for each in formats)
        return replace(self, number_format=plain, fine_format=fine)

    def format_of(self, number: float) -> str:
        """The number format in which a number shows all that it is."""
        rounded = abs(number - round(number, self.digits)) > 1e-11
        return self.fine_format if self.fine_format and rounded else self.number_format


class FieldType(Struct, frozen=True):
    """A type of field.

    `about` is one line for people who edit `plan.toml`. `canon` reads what was typed, `show`
    writes it as people read it, and ``canon(show(value))`` is the value. `choices` are those of a
    dropdown, `accepted` everything that is read as one of them. The rest says how the rooms treat
    it, so that none of them asks for a type by its name.
    """

    name: str
    about: str
    canon: Canon
    show: Callable[[Value], str] = show
    cell: CellForm = CellForm()
    frame: Frame = "text"
    """Its column in a DataFrame."""
    board_width: float = 14.0
    """Characters on the board, where the field sets no width and its role asks for none."""
    choices: Choices = no_choices
    accepted: Choices = no_choices
    rated: bool = False
    """Its values are points of a rating scale, and wear its colours."""
    people: bool = False
    """Its values are the names of officers."""
    elements: bool = False
    """Its values are sets: what two leads add or remove is merged element by element."""
    prose: bool = False
    """Its values are sentences: they may mention other actions, and two may be put together."""
    narrative: bool = False
    """Prose of many lines, which may grow by dated entries (``mode = "append"``)."""
    dated: bool = False
    """Its values say by when: lines of it are dates."""
    priced: bool = False
    """Its values are amounts in the currency of the field."""

    def cell_of(self, item: Field) -> CellForm:
        """How the values of a field stand in a cell."""
        return self.cell.in_currency(item.currency) if self.priced else self.cell


def _canon_text(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    return as_text(raw)


def _canon_rating(item: Field, raw: Typed, definition: PlanDefinition) -> Value:
    text = as_text(raw)
    scale = definition.scale_of(item)
    if (found := match_rating(text, scale)) is not None:
        return found.code
    return invalid(text, VAL_002.fill(value=text, ratings=[rating.code for rating in scale]))


def _codes(item: Field, definition: PlanDefinition) -> tuple[str, ...]:
    return tuple(rating.code for rating in definition.scale_of(item))


def _names_of_ratings(item: Field, definition: PlanDefinition) -> tuple[str, ...]:
    """Codes, labels and aliases, each spelling once whatever its case."""
    scale = definition.scale_of(item)
    names = [name for r in scale for name in (r.code, r.label, *r.aliases) if name]
    return tuple({name.casefold(): name for name in names}.values())


def _canon_choice(item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    text = as_text(raw)
    for choice in item.choices:
        if fold(choice) == fold(text):
            return choice
    return invalid(text, VAL_007.fill(value=text, choices=item.choices))


def _choices(item: Field, _definition: PlanDefinition) -> tuple[str, ...]:
    return item.choices


def _canon_people(_item: Field, raw: Typed, definition: PlanDefinition) -> Value:
    names = split_people(as_text(raw), definition.separators, definition.directory.names)
    found = (definition.lead(name) for name in names)
    resolved = (lead.name if lead else name for lead, name in zip(found, names, strict=True))
    return tuple(dict.fromkeys(name for name in resolved if canon_text(name))) or None


def _canon_set(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    parts = (part.strip() for part in re.split(r"[,;\n]", as_text(raw)))
    return frozenset(part for part in parts if canon_text(part)) or None


TEXT = FieldType(
    "text",
    "a few words",
    _canon_text,
    cell=CellForm(hint=marked("In a few words.")),
    board_width=30,
    prose=True,
)
NARRATIVE = FieldType(
    "narrative",
    "long text",
    _canon_text,
    cell=CellForm(hint=marked("In a few lines.")),
    board_width=50,
    prose=True,
    narrative=True,
)
RATING = FieldType(
    "rating",
    "a point of the rating scale",
    _canon_rating,
    cell=CellForm(centred=True, width=11, hint=marked("Choose from the list.")),
    frame="rating",
    board_width=12,
    choices=_codes,
    accepted=_names_of_ratings,
    rated=True,
)
CHOICE = FieldType(
    "choice",
    "one of the field's choices",
    _canon_choice,
    cell=CellForm(centred=True, width=16, hint=marked("Choose from the list.")),
    choices=_choices,
    accepted=_choices,
)
PEOPLE = FieldType(
    "people",
    "one officer or several",
    _canon_people,
    cell=CellForm(hint=marked("Names, with a comma between them.")),
    frame="list",
    board_width=22,
    people=True,
)
REFERENCE = FieldType(
    "reference",
    "refs of other rows",
    _canon_set,
    cell=CellForm(hint=marked("References, with a comma between them.")),
    frame="list",
    board_width=12,
    elements=True,
)
SET = FieldType(
    "set",
    "several things, in no order",
    _canon_set,
    cell=CellForm(hint=marked("With a comma between them.")),
    frame="list",
    elements=True,
)


SERIAL_DATES = range(20_000, 80_000)
"""Excel serial numbers that are read as dates in a date field: 1954 to 2119."""
_SERIAL = regex(r"\d{5}(?:\.0+)?", re.ASCII)
_MACHINES = regex(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*|.*\d,? (?:12:00(?::00)? ?[Aa][Mm]|00?:00(?::00)?)", re.ASCII
)
"""A moment as machines write it: people are shown its day."""
_LARGEST = 1e15


def canon_number(raw: Typed, *, percent: bool = False) -> Value:
    """The number that was typed, or why it is none."""
    if percent and isinstance(raw, ShownNumber) and raw.in_hundredths:
        raw = float(raw) / 100
    number = read_number(raw.text if isinstance(raw, Timescale) else raw, percent=percent)
    shown = as_text(raw)
    if number is None:
        return invalid(shown, VAL_005.fill(value=shown))
    if percent and not 0 <= number <= 1:
        return invalid(shown, VAL_006.fill(value=shown))
    return number


def _canon_number(item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    if (number := before_percent(raw)) is None or counts_percent(item.role, item.heading):
        return canon_number(raw if number is None else number)
    return invalid(shown := as_text(raw), VAL_005.fill("percent", value=shown))


def _canon_date(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    day = _day_of(raw)
    if day is not None:
        return day
    text = as_text(raw)
    if (serial := serial_day(text)) is not None:
        return invalid(text, VAL_003.fill("serial", value=text, day=say_date(serial)))
    found = parse_date(text) or parse_date(in_english(text))
    if isinstance(found, date):
        return found
    if found == "ambiguous":
        return invalid(text, VAL_004.fill(value=text))
    return invalid(text, VAL_003.fill("date", value=text))


def _canon_timescale(_item: Field, raw: Typed, _definition: PlanDefinition) -> Value:
    if isinstance(raw, ShownDate) and (month := raw.without_day):
        return canon_timescale(month)
    day = _day_of(raw)
    if day is not None:
        return Timescale(say_date(day), day, say_date(day))
    text = as_text(raw)
    if (serial := serial_day(text)) is not None:
        return invalid(text, VAL_003.fill("serial", value=text, day=say_date(serial)))
    found = parse_date(text)
    if found == "ambiguous":
        return invalid(text, VAL_004.fill(value=text))
    if found == "impossible":
        return invalid(text, VAL_003.fill("timescale", value=text))
    if isinstance(found, date) and _MACHINES.fullmatch(text.strip()):
        text = say_date(found)
    return canon_timescale(text, raw.by if isinstance(raw, Timescale) else None)


def serial_day(raw: object) -> date | None:
    """The day that a number or a text may be in the way that spreadsheets keep days: a number."""
    if not isinstance(raw, str):
        return _day_of(raw) if isinstance(raw, int | float) else None
    if not _SERIAL.fullmatch(raw.strip()) or int(float(raw)) not in SERIAL_DATES:
        return None
    return date(1899, 12, 30) + timedelta(days=int(float(raw)))


def _day_of(raw: Typed) -> date | None:
    """The day of a date, a date with a time, or a number that a spreadsheet keeps a date as."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw.day_alone if isinstance(raw, ShownDate) else raw
    if isinstance(raw, ShownNumber) and raw.shown != f"{raw:.15g}":
        return None  # shown as an amount or a code, and so no day
    if isinstance(raw, int | float) and math.isfinite(raw) and int(raw) in SERIAL_DATES:
        return date(1899, 12, 30) + timedelta(days=int(raw))
    return None


DATE = FieldType(
    "date",
    "a day",
    _canon_date,
    cell=CellForm(
        "date",
        "d mmmm yyyy",
        width=21,
        hint=marked("Enter a date with the month in words, such as 28 February 2027."),
        pressing=True,
        rule=InputRule(
            "date",
            date(1990, 1, 1),
            date(2100, 12, 31),
            marked("Not a date"),
            marked("Please enter a date such as 28 February 2027."),
        ),
    ),
    frame="date",
    dated=True,
)
TIMESCALE = FieldType(
    "timescale",
    "words are kept, a date is read where there is one",
    _canon_timescale,
    cell=CellForm(
        hint=marked(
            "Write it so that it can be read one way only, with the month in words: "
            "30 June 2027, June 2027, or Ongoing."
        ),
        pressing=True,
    ),
    frame="timescale",
    board_width=15,
    dated=True,
)
NUMBER = FieldType(
    "number",
    "a number",
    _canon_number,
    cell=CellForm(
        "number",
        centred=True,
        width=11,
        hint=marked("Enter a number, such as 25."),
        rule=InputRule(
            "decimal",
            -_LARGEST,
            _LARGEST,
            marked("Not a number"),
            marked("Please enter a number, such as 25."),
        ),
    ),
    frame="number",
    board_width=9,
)
PERCENT = FieldType(
    "percent",
    "from 0% to 100%",
    lambda _item, raw, _definition: canon_number(raw, percent=True),
    in_percent,
    CellForm(
        "number",
        "0%",
        "0.0#%",
        digits=2,
        centred=True,
        width=11,
        hint=marked("Enter a percentage from 0% to 100%."),
        pressing=True,
        rule=InputRule(
            "decimal",
            0.0,
            1.0,
            marked("Not a percentage"),
            marked("Please enter a percentage from 0% to 100%."),
        ),
    ),
    frame="number",
    board_width=9,
)
