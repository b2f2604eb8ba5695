"""Numbers and days in every number format, in a cell of every type of field: what a person sees.

The page and the test of fuzzing share it: a template with a row for each format, written by
XlsxWriter and saved by LibreOffice, whose own display says what each cell shows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import openpyxl
import xlsxwriter

from tests.number_formats import AMOUNTS, DATES, DAYS, MOMENTS, NUMBERS, SPELLED, TIMES, WRITTEN
from tests.office import ODS, XLS, XLSX, Office
from tests.programs.anew import cells_anew
from tests.programs.awkward import Put
from tests.programs.every_type import Template
from tests.programs.verdicts import Came, merged
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value, canon

FORMATS: Sequence[str] = tuple(dict.fromkeys((*AMOUNTS, *WRITTEN, *DATES, *SPELLED, *MOMENTS)))
OF_DAYS = frozenset({*DATES, *SPELLED, *MOMENTS})
FIELDS: Mapping[str, str] = {
    "evidence": "text", "progress": "narrative", "areas": "set", "revised": "date",
    "due": "timescale", "homes": "number", "percent": "percent", "cost": "money",
    "agreed": "boolean", "stage": "choice", "rating": "rating",
}  # fmt: skip
"""A field of each type that leads write."""
KINDS = (XLSX, XLS, ODS)
_SUFFIX = {XLSX: ".xlsx", XLS: ".xls", ODS: ".ods"}
_DAY = Field("day", "Day", "date")
_PLAN = PlanDefinition("plan", "Plan", (_DAY,))
_EPOCH = datetime(1899, 12, 30)
_OTHER_CURRENCY = re.compile("[$\u20ac]")
"""A currency that is not the plan's."""
_PERCENT = re.compile(r"(-?[\d,]*\.?\d*) ?%")


@dataclass(frozen=True)
class Cell:
    """One cell: the field, the number and its format."""

    field: str
    number: float
    code: str

    @property
    def day(self) -> date:
        """The day that its number stands for."""
        return (_EPOCH + timedelta(days=round(self.number, 6))).date()


@dataclass(frozen=True)
class Seen:
    """What became of one cell in one kind of file: `asked` is True where it is a question although
    a person sees a value of the field; `wrong` says what else is not as it is shown."""

    cell: Cell
    kind: str
    asked: bool
    wrong: str = ""


def drawn(seed: int, template: Template) -> dict[tuple[str, str], Cell]:
    """A number in each format for each field, by the ref of its row and the field's id."""
    random = Random(seed)
    found: dict[tuple[str, str], Cell] = {}
    for ref, code in zip(template.refs, FORMATS, strict=True):
        for name in FIELDS:
            found[ref, name] = Cell(name, _number(random, code), code)
    return found


def _number(random: Random, code: str) -> float:
    if code in MOMENTS:
        return random.choice(TIMES)
    if code in OF_DAYS:
        return random.choice((*DAYS, random.randrange(20_000, 70_000)))
    drawn = round(random.uniform(-2_000, 70_000), random.randrange(4))
    return random.choice((*NUMBERS, drawn, round(random.random(), 3)))


def outcomes(
    office: Office, template: Template, cells: Mapping[tuple[str, str], Cell], folder: Path
) -> Iterator[Seen]:
    """What becomes of these cells in each kind of file that LibreOffice saves."""
    first = folder / "first.xlsx"
    _write(template, cells, first)
    for kind in KINDS:
        saved = folder / f"saved{_SUFFIX[kind]}"
        office.resave(first, saved, kind)
        shown = office.read(first if kind == ODS else saved)  # an .ods has the text itself
        with template.opened() as plan:
            came = merged(plan, saved)
        assert not came.refused, came.refused
        yield from _compared(template, cells, shown[template.sheet], came, _SUFFIX[kind])


def _compared(
    template: Template,
    cells: Mapping[tuple[str, str], Cell],
    texts: Mapping[str, str],
    came: Came,
    kind: str,
) -> Iterator[Seen]:
    for key, cell in cells.items():
        text = " ".join(texts.get(template.cells[key], "").split())
        asked = key in came.questions
        value = came.changes.get(key)
        if asked:
            yield Seen(cell, kind, _means_something(cell, text))
        elif not _is_shown(cell, text, value):
            yield Seen(cell, kind, False, f"shows {text!r}, plan says {value!r}")
        else:
            yield Seen(cell, kind, False)


def _write(template: Template, cells: Mapping[tuple[str, str], Cell], out: Path) -> None:
    puts = {
        template.cells[key]: Put("number", cell.number, cell.code) for key, cell in cells.items()
    }
    book = xlsxwriter.Workbook(str(out))
    looks: dict[str, object] = {}
    for name, content in cells_anew(openpyxl.load_workbook(template.file), template.sheet, puts):
        sheet = book.add_worksheet(name)
        for row, column, put in content:
            if put.kind == "number":
                if put.shown_as not in looks:
                    looks[put.shown_as] = book.add_format({"num_format": put.shown_as})
                sheet.write_number(row, column, put.value, looks[put.shown_as])
            else:
                sheet.write_string(row, column, str(put.value))
    book.close()


# What a person sees


def _means_something(cell: Cell, text: str) -> bool:
    """Whether what the cell shows is a value of its field, so that nothing need be asked."""
    kind = FIELDS[cell.field]
    if not text or kind in ("boolean", "choice", "rating"):
        return False
    if kind in ("text", "narrative", "set"):
        return True
    if kind in ("date", "timescale"):
        return cell.code in OF_DAYS and cell.code not in MOMENTS
    if cell.code in OF_DAYS:
        return False
    if kind == "percent":
        return 0 <= _share(cell, text) <= 1
    return not (kind == "money" and _OTHER_CURRENCY.search(text))


def _is_shown(cell: Cell, text: str, value: Value) -> bool:
    """Whether a value of the plan is what a person takes from the cell."""
    kind = FIELDS[cell.field]
    if value is None:
        return not text
    if kind in ("text", "narrative"):
        return _is_text(cell, text, str(value))
    if kind == "set":
        parts = frozenset(filter(None, (part.strip() for part in re.split("[,;]", text))))
        elements = value if isinstance(value, frozenset) else frozenset()
        alone = len(elements) == 1 and _is_text(cell, text, next(iter(elements)))
        return alone or {_plainly(each) for each in elements} == parts
    if kind == "date":
        if cell.code not in OF_DAYS and not _is_plain(cell, text):
            return value == canon(_DAY, text, _PLAN)  # as if what it shows had been typed
        return value == cell.day
    if kind == "timescale":
        return isinstance(value, Timescale) and _is_timescale(cell, text, value)
    if kind == "percent":
        return isinstance(value, int | float) and abs(value - _share(cell, text)) < 1e-9
    if kind == "money" and _OTHER_CURRENCY.search(text):
        return False
    shown = float(text) if text.isdigit() else cell.number
    return (
        isinstance(value, int | float) and min(abs(value - cell.number), abs(value - shown)) < 1e-9
    )


def _is_text(cell: Cell, text: str, value: str) -> bool:
    """Whether a text is what the cell shows; a moment may be given as machines write it."""
    moment = cell.code in OF_DAYS and value.startswith(cell.day.isoformat())
    return moment or _plainly(value) == text


def _is_plain(cell: Cell, text: str) -> bool:
    """Whether a cell shows its number as such, which may be how a spreadsheet keeps a day."""
    return text == f"{cell.number:.15g}"


def _plainly(text: str) -> str:
    return " ".join(text.split())


def _is_timescale(cell: Cell, text: str, value: Timescale) -> bool:
    if cell.code not in OF_DAYS:
        return _plainly(value.text) == text or (value.by == cell.day and _is_plain(cell, text))
    if value.text == text and (cell.code in MOMENTS or value.by is None):
        return True  # an hour, or a year long ago, that is no time to be done by
    letters = set(re.sub(r'"[^"]*"|\[[^]]*\]|;@', "", cell.code).lower())
    if "d" in letters or "h" in letters or "s" in letters or "y" not in letters:
        return value.by == cell.day
    month = cell.day.month if "m" in letters else 12
    after = date(cell.day.year + month // 12, month % 12 + 1, 1)
    return value.by == after - timedelta(days=1)


def _share(cell: Cell, text: str) -> float:
    """The share that a cell shows: a number behind which "%" stands, or the number itself."""
    found = _PERCENT.search(text)
    if found is None or not re.search(r"\d", found[1]):
        return cell.number
    shown = float(found[1].replace(",", ""))
    return min(cell.number, cell.number / 100, key=lambda each: abs(each * 100 - shown))


# What is asked, for the page


def asked_pairs(seen: Iterable[Seen]) -> frozenset[tuple[str, str]]:
    """The pairs of a format and a type of field of which a value ended as a question."""
    return frozenset((each.cell.code, FIELDS[each.cell.field]) for each in seen if each.asked)


def formats_section(pairs: Collection[tuple[str, str]]) -> str:
    """What the page says of the numbers and days of one draw."""
    by_code: dict[str, list[str]] = {}
    for code, kind in sorted(pairs):
        by_code.setdefault(code, []).append(kind)
    lines = "".join(f"| `{_in_table(code)}` | {', '.join(k)} |\n" for code, k in by_code.items())
    return _SECTION.format(
        formats=len(FORMATS), kinds=len(FIELDS), pairs=len(FORMATS) * len(FIELDS),
        asked=len(pairs), lines=lines,
    )  # fmt: skip


def _in_table(code: str) -> str:
    return code.replace("|", "\\|")


PAGE_SEED = 1
"""The draw that stands in the page."""
_SECTION = """## Numbers and days in {formats} number formats

A number or a day in each of {formats} number formats, in a field of each of {kinds} types, was
written by XlsxWriter and saved by LibreOffice as .xlsx, .xls and .ods: the plan says what it shows
(`tests/programs/test_shown_formats.py`). Of {pairs} pairs of a format and a type these {asked}
ended as a question in one draw, although the cell shows a value of its field.

| number format | asked about in |
|---|---|
{lines}"""
