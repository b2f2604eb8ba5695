"""What a cell shows in a number format, and what is left open; against LibreOffice itself too."""

from __future__ import annotations

import csv
import io
import pickle
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.number_formats import EVERY
from tests.office import CSV, Office
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.number_formats import (
    has_literal_percent,
    is_date_format,
    show_day,
    show_number,
    shows_month_alone,
)
from xlplan.plan.shown import ShownDate, ShownNumber, shown_text
from xlplan.plan.values import Invalid, Raw, canon, read_number, show


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (419, "00000", "00419"),
        (1, '"HSG-"000', "HSG-001"),
        (1.1, "0.00", "1.10"),
        (123456, "000-000", "123-456"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (12, "0,000", "0,012"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (50, '0"%"', "50%"),
        (50, r"0\%", "50%"),
        (1500, "[$£-809]#,##0", "£1,500"),
        (1500, "[$€-2] #,##0", "€ 1,500"),
        (1500, "_-£* #,##0_-", " £1,500 "),
        (2.675, "0.00", "2.68"),
        (0, "#", ""),
        (0.5, "#.##", ".5"),
        (3, "0.##", "3"),
        (7, "??0", "  7"),
        (0.5, "0.0?", "0.5 "),
        (1234.5, "0.0,", "1.2"),
        (2_500_000, '0.0,,"m"', "2.5m"),
        (-3, "0", "-3"),
        (-3, "0;(0)", "(3)"),
        (0, '0;-0;"none"', "none"),
        (5, '0" days"', "5 days"),
        (5, 'General" days"', "5 days"),
        (5, "@", "5"),
        (1, '"yes"', "yes"),
        (3, "[Red]0", "3"),
        (12, "[<10]0.0;0", "12"),
        (9, "[<10]0.0;0", "9.0"),
        (9, "[<=9]0.0;0", "9.0"),
        (9, "[=9]0.0;0", "9.0"),
        (9, "[<>9]0.0;0", "9"),
        (9, "[>9]0.0;[>=9]0.00", "9.00"),
        (1234, "0.00E+00", "1.23E+03"),
        (0.00999, "0.0E+0", "1.0E-2"),
        (0, "0E-0", "0E0"),
        (-1234, "0.00E-00", "-1.23E03"),
        (46295, "mmm-yy", "Sep-26"),
        (46295, "mmmmm d dd ddd dddd yy yyyy", "S 30 30 Wed Wednesday 26 2026"),
        (46295.75, "d/m/yyyy h:mm AM/PM", "30/9/2026 6:00 PM"),
        (46295.25, "hh:mm:ss", "06:00:00"),
        (0.5 + 0.5 / 86400, "h:mm:ss.0", "12:00:00.5"),
        (1.25, "[h]:mm", "30:00"),
        (0.02, "[mm]:ss", "28:48"),
    ],
)  # fmt: skip
def test_what_a_cell_shows(number: float, code: str, shown: str) -> None:
    assert show_number(number, code) == shown


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (1, "# ?/?"),  # a fraction
        (1, "0.0.0"),
        (1, "##0.0E+0"),
        (1, "0E+##"),
        (1500, "[$€-407] #,##0"),  # another language, other separators
        (5, "0*-"),  # filled to the width of the column
        (5, "n0"),
        (5, "[whatever]0"),
        (5, ",0"),
        (5, '0"x",'),
        (-0.2, "0"),  # with its sign, or without
        (1.005, "0%"),  # half way
        (-5, "[<10]0.0;0"),
        (5, "[<3]0;[=4]0"),
        (12345678901.5, 'General" days"'),
        (float("inf"), "0"),
        (1e15, "0"),
        (30, "d mmm yyyy"),  # 1900, of which programs have different days
        (0, "d mmm yyyy"),  # the day before, which Excel calls 0 January
        (0.5, "d/m/yy h:mm"),
        (-0.5, "h:mm"),
        (-3, "d mmm yyyy"),
        (3e6, "d mmm yyyy"),
        (46295.99999, "h:mm:ss"),
        (46295.5, "h:mm a/p"),
        (46295, "d 0"),
        (5, ""),
        (-5, '"A"'),
    ],
)
def test_what_programs_show_differently_is_left_open(number: float, code: str) -> None:
    assert show_number(number, code) is None


def test_what_a_format_says_of_a_day() -> None:
    assert [shows_month_alone(code) for code in ("mmm-yy", "mmmm yyyy", "mm/yyyy")] == ["month"] * 3
    assert shows_month_alone("yyyy") == "year"
    assert [shows_month_alone(c) for c in ("d mmm yy", "mmmm", "h:mm yy", "0")] == [""] * 4
    assert is_date_format("[$-409]mmm-yy;@")
    assert is_date_format("[h]:mm")
    assert not is_date_format('0" days"')
    assert not is_date_format('[Red]0" months"')
    assert show_day(date(2027, 6, 1), "mmm-yy") == "Jun-27"
    assert show_day(date(2027, 6, 1), "0") is None
    assert show_day(date(2027, 6, 1), "[>5]d mmm") is None
    assert show_day(date(2027, 6, 1), "[$-40C]mmmm") is None


def test_percent_signs_that_are_words() -> None:
    assert has_literal_percent('0"%"')
    assert has_literal_percent(r"0.0\ \%")
    assert not has_literal_percent("0%")
    assert not has_literal_percent("0")


def field(kind: str) -> Field:
    return Field("x", "X", kind, choices=("Yes", "No"))


PLAN = PlanDefinition("plan", "Plan", (field("text"),))


def value_of(kind: str, raw: object) -> object:
    return canon(field(kind), raw, PLAN)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["text", "narrative", "timescale"])
def test_texts_are_what_numbers_show(kind: str) -> None:
    assert show(canon(field(kind), ShownNumber(419, "00000"), PLAN)) == "00419"


def test_sets_and_choices_are_what_numbers_show() -> None:
    assert value_of("set", ShownNumber(1.1, "0.00")) == frozenset({"1.10"})
    assert value_of("choice", ShownNumber(1, '"Yes";;"No"')) == "Yes"


def test_a_format_that_programs_show_differently_is_asked_about() -> None:
    found = value_of("text", ShownNumber(0.5, "# ?/?"))
    assert isinstance(found, Invalid)
    assert found.code == "VAL-012"
    assert "0.5" in found.message
    assert "# ?/?" in found.message
    assert value_of("number", ShownNumber(0.5, "# ?/?")) == 0.5


def test_numbers_and_shares_stay_what_they_are() -> None:
    assert value_of("number", ShownNumber(1500.25, "£#,##0")) == 1500.25
    assert value_of("percent", ShownNumber(0.5, "0%")) == 0.5
    assert value_of("percent", ShownNumber(1, '0"%"')) == 0.01
    assert value_of("percent", ShownNumber(50, text="50%")) == 0.5
    assert isinstance(value_of("percent", ShownNumber(50, text="50")), Invalid)
    for number in (ShownNumber(46295, "0"), ShownNumber(46295.5, "0.0#"), 46295):
        assert value_of("date", number) == date(2026, 9, 30)
    for kind in ("date", "timescale"):
        assert value_of(kind, ShownNumber(46295, "#,##0.00")) == value_of(kind, "46,295.00")
        assert isinstance(value_of(kind, ShownNumber(46295, "0.00")), Invalid)  # which day is it?
    # A file may have the text of a share, and say no more of it than that it is a number.
    assert value_of("percent", ShownNumber(0.25, text="25%")) == 0.25
    assert value_of("percent", ShownNumber(0.125, text="13 %")) == 0.125
    assert value_of("percent", ShownNumber(12.5, text="12,5%")) == 0.125
    assert isinstance(value_of("percent", ShownNumber(25, text="a quarter%")), Invalid)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (ShownNumber(0.5, "0%"), 50),
        (ShownNumber(0.125, "0.0%"), 12.5),
        (ShownNumber(1.1, "0%"), 110),
        (ShownNumber(0.5, text="50 %"), 50),
        (ShownNumber(50, '0"%"'), 50),
        (ShownNumber(50, text="50%"), 50),
        ("50%", 50),
        ("12,5 %", 12.5),
        (50, 50),
        (0.5, 0.5),
    ],
)
def test_a_number_is_what_stands_before_the_percent_sign_where_that_is_what_a_column_counts(
    raw: Raw, number: float
) -> None:
    """A lead who types 50% beside 25 and 75 has half done, and not half a percent."""
    for item in (
        Field("percent", "Progress", "number", "percent"),
        Field("uptake", "Uptake (%)", "number"),
        Field("uptake", "Per cent let", "number"),
    ):
        assert canon(item, raw, PLAN) == number
    other = canon(Field("homes", "Homes let", "number"), raw, PLAN)
    if show_percent_sign(raw):
        assert isinstance(other, Invalid)
        assert other.code == "VAL-005"
        assert "is a percentage, where a number is asked for" in other.message
    else:
        assert other == raw


def show_percent_sign(raw: Raw) -> bool:
    return not isinstance(raw, int | float) or isinstance(raw, ShownNumber)


def test_a_percentage_is_no_amount_of_money() -> None:
    for raw in (ShownNumber(0.5, "0%"), "50%", ShownNumber(50, '0"%"')):
        found = value_of("money", raw)
        assert isinstance(found, Invalid)
        assert found.code == "VAL-010"


def test_a_day_shown_as_its_month_is_the_month() -> None:
    june = ShownDate.of(date(2027, 6, 1), "mmm-yy")
    found = value_of("timescale", june)
    assert found == value_of("timescale", "June 2027")
    assert show(found) == "June 2027"  # type: ignore[arg-type]
    assert value_of("text", june) == "Jun-27"
    assert value_of("timescale", ShownDate.of(date(2027, 6, 1), "yyyy")) == (
        value_of("timescale", "2027")
    )
    exact = ShownDate.of(datetime(2027, 6, 1, 9), "d mmm yyyy")
    assert value_of("timescale", exact) == value_of("timescale", "1 June 2027")
    assert type(value_of("date", june)) is date
    assert value_of("text", ShownDate.of(date(2027, 6, 1), "[$-40C]mmmm")) == "2027-06-01"


def test_numbers_and_days_as_text() -> None:
    assert shown_text(ShownNumber(7, "000")) == "007"
    assert shown_text(ShownNumber(7, "# ?/?")) == "7.0"
    assert shown_text(ShownDate.of(date(2027, 6, 1), "mmm-yy")) == "June 2027"
    assert shown_text(ShownDate.of(date(2027, 6, 1), "d mmm yy")) == "2027-06-01"
    assert shown_text("007") == "007"
    assert ShownDate.of(date(2027, 6, 1), "", "1 juin").shown == "1 juin"


def test_names_and_amounts_are_told_apart() -> None:
    codes = [("00000", 419), ('"HSG-"0', 1), ("000-000", 123456), ('0" days"', 5)]
    assert all(ShownNumber(number, code).is_code for code, number in codes)
    amounts = [("£#,##0.00", 0.05), ("0.00", 1.1), ('"GBP "0', 5), ("0%", 0.05), ("# ?/?", 1)]
    assert not any(ShownNumber(number, code).is_code for code, number in amounts)


def test_they_outlive_the_way_between_two_processes() -> None:
    number = pickle.loads(pickle.dumps(ShownNumber(7, "000")))
    day = pickle.loads(pickle.dumps(ShownDate.of(date(2027, 6, 1), "mmm-yy")))
    assert (number, number.shown) == (7, "007")
    assert (day, day.shown) == (date(2027, 6, 1), "Jun-27")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("£1,500", 1500), ("1 500", 1500), ("(3)", -3), ("(£3.50)", -3.5), ("-£3", -3),
        ("£-3", -3), ("1500 €", 1500), ("GBP 200", 200), ("-£-3", None), ("£", None),
        ("£1,50", None), ("()", None), ("(-3)", None), ("3 boats", None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_what_is_shown_is_what_libreoffice_shows(tmp_path: Path, office: Office) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "formats.xlsx"))
    sheet = book.add_worksheet()
    sheet.set_column(0, 0, 80)
    for row, (code, number) in enumerate(EVERY):
        sheet.write_number(row, 0, number, book.add_format({"num_format": code}))
    book.close()
    office.resave(tmp_path / "formats.xlsx", tmp_path / "formats.csv", CSV)
    text = (tmp_path / "formats.csv").read_text("utf-8")
    theirs = ["".join(row) for row in csv.reader(io.StringIO(text))]
    ours = [show_number(number, code) for code, number in EVERY]
    differing = [
        (code, number, mine, other)
        for (code, number), mine, other in zip(EVERY, ours, theirs, strict=True)
        if mine is not None and mine.strip() != other.strip()
    ]
    assert differing == []
    assert sum(mine is not None for mine in ours) > 1_500


@given(st.sampled_from(EVERY), st.sampled_from(["text", "narrative", "set", "timescale"]))
def test_a_number_in_a_field_of_words_is_what_it_shows_or_asked_about(
    pair: tuple[str, float], kind: str
) -> None:
    code, number = pair
    shown = (show_number(number, code) or "").strip()
    found = value_of(kind, ShownNumber(number, code))
    if not shown:
        assert isinstance(found, Invalid)
    elif kind == "set":
        assert found == value_of("set", shown)
    elif kind != "timescale" or not 20_000 <= number < 80_000:
        assert show(found) == shown  # type: ignore[arg-type]


@given(st.sampled_from(EVERY))
def test_a_number_in_a_field_of_numbers_is_itself_and_a_share_what_its_sign_says(
    pair: tuple[str, float],
) -> None:
    code, number = pair
    found = value_of("number", ShownNumber(number, code))
    if "%" in code:
        assert isinstance(found, Invalid)
        times = 1 if has_literal_percent(code) else 100
        found = canon(Field("x", "X (%)", "number"), ShownNumber(number, code), PLAN)
        assert found == value_of("number", float(f"{number * times:.10f}"))
    else:
        assert found == value_of("number", number)
    share = number / 100 if has_literal_percent(code) else number
    found = value_of("percent", ShownNumber(number, code))
    assert isinstance(found, Invalid) or found == value_of("percent", share)
    assert isinstance(found, Invalid) == (not 0 <= share <= 1)


def test_what_a_cell_shows_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(number: float, code: str) -> str:
        asked.append((number, code))
        return f"{number:.0%}"

    monkeypatch.setattr("xlplan.plan.shown._number_as", counted)
    share = ShownNumber(0.25, "0%")
    assert [shown_text(share) for _ in range(3)] == ["25%"] * 3
    assert asked == [(0.25, "0%")]
