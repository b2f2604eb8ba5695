"""What a lead saw is what the master holds, and what nobody touched is no change.

Values of every kind go out in a template and come back as programs write them: unedited, typed
with two writers, and saved again by a real LibreOffice.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests import outgoing
from tests.office import ODS, STRICT_XLSX, XLSX, Office
from xlplan.issued.template import template_workbook
from xlplan.merge.model import MasterRow
from xlplan.merge.reading import untouched
from xlplan.plan.definition import Field
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import Timescale, canon_timescale
from xlplan.plan.types import TYPES
from xlplan.plan.values import Invalid, Raw, Value, canon, show
from xlplan.returned.as_issued import template_columns
from xlplan.workbook.read.book import Book, CellValue
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.writing import write_workbook

LIMIT = 32_767
"""Characters that a cell can hold."""
CHOICES = {"choice": ("Yes", "No, 1/2", "=1+1"), "boolean": ("Oui", "=Non")}
PLAN = outgoing.plan(
    fields=(
        Field("ref", "Ref", role="key"),
        Field("action", "Action", "narrative", role="action"),
        *(
            Field(
                kind, f"A {kind}", kind, owner="lead", choices=CHOICES.get(kind, ()), currency="£"
            )
            for kind in TYPES
        ),
    )
)
FIELDS = {kind: next(item for item in PLAN.fields if item.id == kind) for kind in TYPES}
TRICKY = (
    "plain", "=1+1", "- done", "+44 20 7946 0000", "@home", "007", "1.10", "1e5", "TRUE", "false",
    "N/A", "None", "null", "#N/A", "_x000D_", "a_x000D_b", "_x005F_x000D_", "_x0041_", "a\tb",
    "two\nlines", "\nlines around\n", "  led by spaces", "ends in spaces  ", "a  b", "'quoted",
    '"', "<b>&amp;</b>", "]]>", "external:a.xlsx", "mailto:a@example.org", "https://example.org/a",
    "\U0001f469\u200d\U0001f692 \U0001f1ec\U0001f1e7 \u2705",
    unicodedata.normalize("NFD", "Zoë Ångström"),
    "\u0645\u0631\u062d\u0628\u0627 \u200fabc", "non\u00a0breaking", "zero\u200bwidth",
    "30/09/2026", "2026-09-30", "1/2", "50%", "x" * 255, "x" * 256, "é" * 8_193, "y" * LIMIT,
    "line\n" * 6_500, "end",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60),
    st.text("ab_x000D5F \t\n=+-@'\"&<>1/.%\u00a0\u200b\u0301\U0001f600", max_size=40),
)
days = st.dates(date(1955, 1, 1), date(2100, 12, 31))
numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9).map(lambda number: float(f"{number:.12g}")),
)


def cut(text: str) -> str:
    """As much of a text as one cell holds."""
    return text.encode("utf-16-le")[: 2 * LIMIT].decode("utf-16-le", "ignore")


def raw_values(kind: str) -> st.SearchStrategy[Raw]:
    """What a master may be given for a field of some type."""
    given: dict[str, st.SearchStrategy[Any]] = {
        "text": texts,
        "narrative": texts,
        "date": days,
        "timescale": st.one_of(days.map(show), texts, st.just("Within 3 months")),
        "rating": st.sampled_from([rating.code for rating in PLAN.ratings]),
        "people": st.lists(texts, max_size=3).map("\n".join),
        "choice": st.sampled_from(FIELDS["choice"].choices),
        "percent": st.integers(0, 100).map(lambda number: number / 100),
        "number": numbers,
        "money": numbers,
        "boolean": st.sampled_from(CHOICES["boolean"]),
        "reference": texts,
        "set": texts,
        "steps": texts,
    }
    return given[kind]


def value_of(kind: str, raw: Raw) -> Value:
    value = canon(FIELDS[kind], raw, PLAN)
    return cut(value) if isinstance(value, str) else value


def values_of(kind: str) -> st.SearchStrategy[Value]:
    """Blank, or a value of a field of some type."""
    held = raw_values(kind).map(lambda raw: value_of(kind, raw))
    return st.one_of(st.none(), held)


rows = st.fixed_dictionaries({kind: values_of(kind) for kind in TYPES})


def issue(values: Sequence[Mapping[str, Value]]) -> bytes:
    """A template whose actions hold these."""
    made = [
        MasterRow(f"u-{n:04x}", "action", f"1.{n}", "", {"ref": f"1.{n}", "action": "Do", **each})
        for n, each in enumerate(values)
    ]
    stamp = outgoing.issued(uids=tuple(row.uid for row in made))
    book = template_workbook(PLAN, outgoing.DIRECTOR, stamp, made, outgoing.KEY, outgoing.CREATED)
    return write_workbook(book)


def cells_of(book: Book) -> list[dict[str, CellValue]]:
    """The input cells of each action, in the order of their uids."""
    assert [problem for problem in book.problems if problem.level == "error"] == []
    columns = [f"field:{column.id}" for column in template_columns(PLAN)]
    for sheet in book.sheets:
        places = {
            str(value).strip(): col
            for row in sheet.rows
            for col, value in enumerate(row)
            if isinstance(value, str) and value.strip() in columns
        }
        found = {
            key.uid: {
                kind: row[places[f"field:{kind}"]] if places[f"field:{kind}"] < len(row) else None
                for kind in TYPES
            }
            for row in sheet.rows
            for value in row
            if places and (key := parse_row_key(value))
        }
        if found:
            return [each for uid, each in sorted(found.items()) if not uid.startswith("new")]
    raise AssertionError("no sheet has the rows that were issued")


def is_the_same(kind: str, base: Value, found: CellValue) -> bool:
    """Whether the merge takes a cell for unedited."""
    return untouched(base, found) or canon(FIELDS[kind], found, PLAN) == base


def assert_untouched(values: Sequence[Mapping[str, Value]], book: Book) -> None:
    found = cells_of(book)
    assert len(found) == len(values)
    for base, cells in zip(values, found, strict=True):
        for kind in TYPES:
            assert is_the_same(kind, base[kind], cells[kind]), (kind, base[kind], cells[kind])


@given(st.lists(rows, min_size=1, max_size=4))
def test_what_nobody_touched_is_no_change(values: list[dict[str, Value]]) -> None:
    assert_untouched(values, read_book(issue(values), "r.xlsx"))


@pytest.mark.parametrize("text", TRICKY, ids=range(len(TRICKY)))
def test_a_tricky_text_in_every_field_of_text_is_no_change(text: str) -> None:
    values: dict[str, Value] = dict.fromkeys(TYPES)
    for kind in ("text", "narrative", "timescale", "people", "reference", "set"):
        values[kind] = value_of(kind, text)
    assert_untouched([values], read_book(issue([values]), "r.xlsx"))


# What a lead typed

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def with_openpyxl(values: Sequence[Any], epoch_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for number, value in enumerate(values, 1):
        cell = sheet.cell(number, 1)
        # As Excel writes it: openpyxl leaves a text that looks like an escape as it is.
        cell.value = _ESCAPE.sub("_x005F_", value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_xlsxwriter(values: Sequence[Any], epoch_1904: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": epoch_1904})
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    for number, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(number, 0, value)
        elif isinstance(value, bool):
            sheet.write_boolean(number, 0, value)
        elif isinstance(value, date):
            sheet.write_datetime(number, 0, value, day)
        else:
            sheet.write_number(number, 0, value)
    book.close()
    return out.getvalue()


WRITERS = {"openpyxl": with_openpyxl, "xlsxwriter": with_xlsxwriter}
writers = pytest.mark.parametrize("writer", WRITERS)


def column(data: bytes) -> list[CellValue]:
    """The first column of the only sheet."""
    book = read_book(data, "r.xlsx")
    assert list(book.problems) == []
    return [row[0] if row else None for row in book.sheets[0].rows]


@writers
@given(st.lists(texts.map(lambda text: cut(f"{text}.")), min_size=1, max_size=9))
def test_a_typed_text_is_what_the_master_holds(writer: str, typed: list[str]) -> None:
    held = [canon(FIELDS["text"], value, PLAN) for value in column(WRITERS[writer](typed))]
    assert held == [canon_text(text) for text in typed]


@writers
@pytest.mark.parametrize("epoch_1904", [False, True], ids=["1900", "1904"])
@given(typed=st.lists(days, min_size=1, max_size=9))
def test_a_typed_day_is_what_the_master_holds(
    writer: str, epoch_1904: bool, typed: list[date]
) -> None:
    read = column(WRITERS[writer](typed, epoch_1904))
    assert [canon(FIELDS["date"], value, PLAN) for value in read] == typed
    held = [canon(FIELDS["timescale"], value, PLAN) for value in read]
    assert [each.by if isinstance(each, Timescale) else each for each in held] == typed


@writers
@pytest.mark.parametrize("epoch_1904", [False, True], ids=["1900", "1904"])
@given(typed=st.lists(st.datetimes(datetime(1955, 1, 1), datetime(2100, 1, 1)), min_size=1))
def test_a_day_with_a_time_is_that_day(
    writer: str, epoch_1904: bool, typed: list[datetime]
) -> None:
    """Within two minutes of a midnight it is that midnight: some programs write days so."""
    typed = [moment.replace(microsecond=0) for moment in typed]
    read = column(WRITERS[writer](typed, epoch_1904))
    held = [canon(FIELDS["date"], value, PLAN) for value in read]
    assert held == [(moment + timedelta(minutes=2)).date() for moment in typed]


@writers
@given(typed=st.lists(numbers, min_size=1, max_size=9))
def test_a_typed_number_is_what_the_master_holds(writer: str, typed: list[float]) -> None:
    read = column(WRITERS[writer](typed))
    assert [canon(FIELDS["number"], value, PLAN) for value in read] == typed


@writers
def test_percentages_and_truths(writer: str) -> None:
    typed: list[Any] = [*(number / 100 for number in range(101)), True, False]
    read = column(WRITERS[writer](typed))
    held = [canon(FIELDS["percent"], value, PLAN) for value in read[:101]]
    assert held == typed[:101]
    assert [canon(FIELDS["text"], value, PLAN) for value in read[101:]] == ["TRUE", "FALSE"]


@writers
def test_a_date_typed_as_text_is_that_date_or_is_asked_about(writer: str) -> None:
    typed = ["30/09/2026", "2026-09-30", "30 September 2026", "30 Sept 26", "31/02/2026"]
    held = [canon(FIELDS["date"], value, PLAN) for value in column(WRITERS[writer](typed))]
    assert held[:4] == [date(2026, 9, 30)] * 4
    assert isinstance(held[4], Invalid)
    assert held[4].raw == "31/02/2026"


# Through a real LibreOffice


def spread() -> list[dict[str, Value]]:
    """Some hundreds of values in one template: each tricky text in turn in each kind of field."""
    ratings = [rating.code for rating in PLAN.ratings]
    choices = FIELDS["choice"].choices
    made: list[dict[str, Value]] = []
    for number, text in enumerate(TRICKY):
        day = date(1960, 1, 1) + timedelta(days=1_009 * number)
        raw: dict[str, Any] = dict.fromkeys(TYPES, text)
        raw |= {
            "date": day,
            "timescale": canon_timescale(show(day)) if number % 2 else text,
            "rating": ratings[number % len(ratings)],
            "choice": choices[number % len(choices)],
            "percent": (number % 101) / 100,
            "number": number * 1.37 if number % 2 else number * 10**9,
        }
        made.append({kind: value_of(kind, each) for kind, each in raw.items()})
    return made


@pytest.mark.parametrize("kind", [XLSX, STRICT_XLSX, ODS], ids=["xlsx", "strict", "ods"])
def test_what_libreoffice_saves_again_is_no_change(
    office: Office, tmp_path: Path, kind: str
) -> None:
    values = spread()
    issued, back = tmp_path / "issued.xlsx", tmp_path / f"back.{'ods' if kind == ODS else 'xlsx'}"
    issued.write_bytes(issue(values))
    office.resave(issued, back, filter=kind)
    assert_untouched(values, read_book(back.read_bytes(), back.name))


@writers
def test_what_was_typed_is_what_is_held_after_libreoffice_too(
    office: Office, tmp_path: Path, writer: str
) -> None:
    moments = [datetime(1955, 1, 1, 9, 30) + timedelta(days=997 * n) for n in range(50)]
    # LibreOffice itself loses this one on saving: it writes what it shows without escaping it.
    kept = [text for text in TRICKY if text != "_x005F_x000D_"]
    typed: list[Any] = [*kept, *moments, *(0.01 * n for n in range(50)), True, False]
    for epoch_1904 in (False, True):
        sent, back = tmp_path / "sent.xlsx", tmp_path / "back.xlsx"
        sent.write_bytes(WRITERS[writer](typed, epoch_1904))
        office.resave(sent, back)
        read = column(back.read_bytes())
        for value, found in zip(typed, read, strict=True):
            kind = "date" if isinstance(value, datetime) else "text"
            expected = canon(FIELDS[kind], value, PLAN)
            assert canon(FIELDS[kind], found, PLAN) == expected, (value, found)
