"""Canonical values: total, idempotent, and read back from the text that a lead sees."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.shown import ShownNumber
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import Timescale, say_date
from xlplan.plan.types import TYPES
from xlplan.plan.values import (
    Invalid,
    Raw,
    Readings,
    Value,
    canon,
    decode,
    encode,
    natural_key,
    show,
    show_in,
    sort_elements,
    to_json,
    told_by,
)


def field(kind: str) -> Field:
    return Field(kind, kind.title(), kind, choices=("Not started", "Under way"))


FIELDS = {kind: field(kind) for kind in ("text", "narrative", "date", "timescale", "rating",
    "people", "choice", "percent", "number", "money", "boolean", "reference", "set",
    "steps")}  # fmt: skip
PLAN = PlanDefinition(
    "plan",
    "Plan",
    tuple(FIELDS.values()),
    ratings=(Rating("B", "Blue", aliases=("Done",)), Rating("A", "Amber"), Rating("3", "Three")),
    leads=(Lead("Director of Adults and Children", ("DAC", "D/C")), Lead("Auditor, Internal")),
)

WORDS = st.sampled_from([
    "Blue", "\u0391", "under way", "25%", "0.5", "1,000", "1,5", "-", "=1+1", "1.5.2026",
    "31/02/26",
    "3 March 2026", "2026-03-01", "June 2012", "Within 3 months", "DAC", "Auditor, Internal", "and",
    "director of adults and children", "/", ";", ",", " and ", "\n", "_x000D_", "\u200d", "\u200b",
    "e\u0301", "\U0001f469\u200d\U0001f467", "\u00a0", " ", ".", "1e400", "nan",
])  # fmt: skip
TEXTS = st.text() | st.lists(WORDS, max_size=6).map("".join)
ANYTHING: st.SearchStrategy[Raw] = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 10**15, 45_000, 1.7976931348623157e308]),
    st.floats(),
    st.floats(0, 1),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.frozensets(TEXTS, max_size=3),
    st.builds(Timescale, TEXTS, st.none() | st.dates(), TEXTS),
    st.builds(Invalid, TEXTS),
)
FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters to Unicode, and nothing to see."""
EACH_TYPE = st.sampled_from(sorted(FIELDS.values(), key=lambda item: item.id))


def test_every_type_of_field_is_tried() -> None:
    assert set(FIELDS) == set(TYPES)


@given(EACH_TYPE, ANYTHING)
def test_canon_takes_anything_and_is_idempotent(item: Field, raw: Raw) -> None:
    once = canon(item, raw, PLAN)
    assert canon(item, once, PLAN) == once


@given(EACH_TYPE, ANYTHING)
def test_what_a_lead_sees_reads_back_as_the_same_value(item: Field, raw: Raw) -> None:
    value = canon(item, raw, PLAN)
    if raw is value and isinstance(raw, Invalid):
        return  # what was invalid when it was read may be a value by now; it is asked about
    assert canon(item, show_in(item, value), PLAN) == value


@given(EACH_TYPE, ANYTHING)
def test_the_ledger_gives_back_what_it_was_given(item: Field, raw: Raw) -> None:
    value = canon(item, raw, PLAN)
    written = json.dumps(encode(value), sort_keys=True)
    read = decode(json.loads(written))
    assert read == value
    assert type(read) is type(value)
    assert json.dumps(encode(read), sort_keys=True) == written
    json.dumps(to_json(value))


@given(EACH_TYPE, TEXTS)
def test_blank_is_blank_and_text_is_never_lost(item: Field, text: str) -> None:
    value = canon(item, text, PLAN)
    if value is None:
        assert not any(char.isalnum() and char not in FILLERS for char in canon_text(text))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "- done", "- done"),
        ("text", "=SUM(A1)", "=SUM(A1)"),
        ("text", "007", "007"),
        ("text", 7.0, "7"),
        ("text", 0.1 + 0.2, "0.3"),
        ("text", True, "TRUE"),
        ("text", math.inf, "inf"),
        ("text", date(2026, 2, 28), "2026-02-28"),
        ("text", datetime(2026, 2, 28), "2026-02-28"),
        ("text", datetime(2026, 2, 28, 9, 30), "2026-02-28 09:30:00"),
        ("text", time(9, 30), "09:30:00"),
        ("text", timedelta(hours=1), "1:00:00"),
        ("text", ("a", "b"), "a\nb"),
        ("text", frozenset({"b", "a"}), "a, b"),
        ("text", Timescale("June 2012"), "June 2012"),
        ("text", Timescale("\u200b"), None),
        ("date", "28 Feb 2026", date(2026, 2, 28)),
        ("date", datetime(2026, 2, 28, 9, 30), date(2026, 2, 28)),
        ("date", 46081, date(2026, 2, 28)),
        ("date", 46081.75, date(2026, 2, 28)),
        ("date", Timescale("28 Feb 2026"), date(2026, 2, 28)),
        ("percent", "25%", 0.25),
        ("percent", "12.5 %", 0.125),
        ("percent", 1.0, 1),
        ("percent", 1 / 3, 0.3333333333),
        ("number", 1 / 3, 0.333333333333333),
        ("percent", -0.0, 0),
        ("number", "1,000", 1000),
        ("number", "1 000.50", 1000.5),
        ("number", 0.1 + 0.2, 0.3),
        ("number", "1e3", 1000),
        ("rating", " amber", "A"),
        ("rating", 3.0, "3"),
        ("choice", "UNDER  WAY", "Under way"),
        ("people", "dac / Clerk", ("Director of Adults and Children", "Clerk")),
        ("people", "Auditor, Internal", ("Auditor, Internal",)),
        ("people", ("A / B", "A"), ("A", "B")),
        ("people", "\u200d / ", None),
        ("set", "3; 1,2\n3", frozenset({"1", "2", "3"})),
        ("set", frozenset({"1, 2"}), frozenset({"1", "2"})),
        ("reference", 3.1, frozenset({"3.1"})),
        ("set", ",", None),
    ],
)
def test_what_a_cell_holds_becomes_a_value(kind: str, raw: Raw, value: Value) -> None:
    found = canon(FIELDS[kind], raw, PLAN)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("date", "31/02/2026", "VAL-003"),
        ("date", "soon", "VAL-003"),
        ("date", "1.5.2026", "VAL-004"),
        ("date", 3, "VAL-003"),
        ("date", math.nan, "VAL-003"),
        ("timescale", "31/02/2026", "VAL-003"),
        ("timescale", "46295", "VAL-003"),
        ("timescale", "46295.0", "VAL-003"),
        ("date", " 46295.00 ", "VAL-003"),
        ("timescale", "03/04/2026", "VAL-004"),
        ("timescale", Timescale("03/04/2026", date(2026, 4, 3)), "VAL-004"),
        ("rating", "purple", "VAL-002"),
        ("number", "1,5", "VAL-005"),
        ("number", "1_000", "VAL-005"),
        ("number", "25%", "VAL-005"),
        ("number", "nan", "VAL-005"),
        ("number", True, "VAL-005"),
        ("number", 10**400, "VAL-005"),
        ("number", date(2026, 2, 28), "VAL-005"),
        ("percent", "25", "VAL-006"),
        ("percent", "101%", "VAL-006"),
        ("percent", -0.1, "VAL-006"),
        ("choice", "perhaps", "VAL-007"),
    ],
)
def test_what_is_no_value_is_kept_and_says_what_to_do(kind: str, raw: Raw, code: str) -> None:
    found = canon(FIELDS[kind], raw, PLAN)
    assert isinstance(found, Invalid)
    assert found.code == code
    assert f'"{found.raw}"' in found.message


def test_a_date_in_a_timescale_is_said_in_words() -> None:
    day = date(2026, 2, 28)
    for raw in (day, datetime(2026, 2, 28, 9), 46081, 46081.5):
        found = canon(FIELDS["timescale"], raw, PLAN)
        assert isinstance(found, Timescale)
        assert (found.text, found.by) == (say_date(day), day)


def test_an_issued_timescale_keeps_its_date() -> None:
    found = canon(FIELDS["timescale"], Timescale("20 days\u200b", date(2026, 3, 1)), PLAN)
    assert isinstance(found, Timescale)
    assert (found.text, found.by) == ("20 days", date(2026, 3, 1))
    read = decode(json.loads(json.dumps(encode(found))))
    assert isinstance(read, Timescale)
    assert read.by == date(2026, 3, 1)


def test_a_number_is_never_taken_for_a_date_outside_the_years_of_a_plan() -> None:
    found = canon(FIELDS["timescale"], 20.0, PLAN)
    assert isinstance(found, Timescale)
    assert (found.text, found.by) == ("20", None)


def test_values_as_people_read_them() -> None:
    assert show(None) == ""
    assert show(Invalid("31/02/2026")) == "31/02/2026"
    assert show(date(2026, 2, 28)) == "28 February 2026"
    assert show(("A", "B")) == "A\nB"
    assert show(Timescale("TBC")) == "TBC"
    assert show_in(FIELDS["percent"], 0.125) == "12.5%"
    assert show_in(FIELDS["percent"], 1) == "100%"
    assert show_in(FIELDS["number"], 0.125) == "0.125"
    assert show_in(None, "text") == "text"


def test_values_as_json() -> None:
    assert to_json(None) is None
    assert to_json(Timescale("June 2012", date(2012, 6, 30))) == {
        "text": "June 2012",
        "by": "2012-06-30",
    }
    assert to_json(Timescale("TBC")) == {"text": "TBC", "by": None}
    assert to_json(date(2026, 2, 28)) == "2026-02-28"
    assert to_json(("B", "A")) == ["B", "A"]
    assert to_json(frozenset({"1.10", "1.9"})) == ["1.9", "1.10"]
    assert to_json(Invalid("soon")) == "soon"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        ("text", "text"),
        (3, 3),
        (0.25, 0.25),
        (date(2026, 2, 28), {"d": "2026-02-28"}),
        (Timescale("TBC", None, "TBC"), {"t": "TBC", "by": None}),
        (("B", "A"), ["B", "A"]),
        (frozenset({"1.10", "1.9"}), {"s": ["1.9", "1.10"]}),
        (Invalid("?", "VAL-002", "No."), {"raw": "?", "code": "VAL-002", "message": "No."}),
    ],
)
def test_values_as_the_ledger_writes_them(value: Value, written: object) -> None:
    assert encode(value) == written
    assert decode(written) == value


def test_why_a_value_is_invalid_is_kept() -> None:
    read = decode(encode(Invalid("?", "VAL-002", "No.")))
    assert isinstance(read, Invalid)
    assert (read.code, read.message) == ("VAL-002", "No.")


def test_a_definition_reads_each_value_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def counted(item: Field, raw: Raw, definition: PlanDefinition) -> Value:
        read.append(raw)
        return canon(item, raw, definition)

    monkeypatch.setattr("xlplan.plan.values.canon", counted)
    readings, rating, number = Readings(PLAN), FIELDS["rating"], FIELDS["number"]
    assert [readings.of(rating, "Done") for _ in range(3)] == ["B", "B", "B"]
    assert readings.of(rating, Invalid("Blue")) == "B"
    assert readings.of(FIELDS["text"], "Done") == "Done"
    assert [readings.of(number, value) for value in (1, 1.0, None)] == [1, 1, None]
    assert read == ["Done", "Blue", "Done", 1, 1.0]


def test_what_means_itself_stays_the_very_same() -> None:
    readings, text = Readings(PLAN), "Half of them, and the rest by June"
    assert readings.of(FIELDS["narrative"], text) is text
    assert readings.of(FIELDS["narrative"], "".join(list(text))) == text
    spelled = Timescale("By June 2026", None, "June 2026")
    again = readings.of(FIELDS["timescale"], spelled)
    assert isinstance(again, Timescale)
    assert (again.text, again.by) == ("By June 2026", date(2026, 6, 30))


def test_what_is_no_value_cannot_be_decoded() -> None:
    with pytest.raises(TypeError, match="not a value"):
        decode(b"1")


def test_numbers_inside_texts_sort_as_numbers() -> None:
    assert sorted(["1.10", "1.9", "A", "1", "a2", "a10"], key=natural_key) == [
        "1",
        "1.9",
        "1.10",
        "A",
        "a2",
        "a10",
    ]


def test_elements_that_differ_in_case_have_one_order() -> None:
    spellings = frozenset({"abc", "Abc", "aBc", "abC", "ABc", "AbC", "aBC", "ABC"})
    assert sort_elements(spellings) == ["ABC", "ABc", "AbC", "Abc", "aBC", "aBc", "abC", "abc"]


def test_a_moment_of_a_machine_is_shown_as_its_day() -> None:
    item, plan = Field("due", "Due", "timescale"), PlanDefinition("p", "P", (Field("x", "X"),))
    for text in (
        "2026-06-01T00:00:00.000Z",
        "2026-06-01 09:30:00+01:00",
        "01/Jun/26 12:00 AM",
        "1 June 2026 00:00",
    ):
        found = canon(item, text, plan)
        assert found == canon(item, "1 June 2026", plan)
        assert show(found) == "1 June 2026"
    assert show(canon(item, "2026-06-01", plan)) == "2026-06-01"


def test_values_that_are_known_by_the_same_are_alike_in_every_way() -> None:
    one, other = (Timescale("June 2027", date(2027, 6, 30), "2027-06"), "JUNE 2027")
    shown = ShownNumber(0.5, "0%")
    every: list[Value] = [
        ("Ada",), ("Ada", "Ben"), one, replace(one, text=other), shown, ShownNumber(0.5, "0.00"),
        ShownNumber(0.5, "0%", "half"), 0.0, -0.0, 0, False, 1, True, date(2027, 6, 30),
        frozenset({"Ada"}), None,
    ]  # fmt: skip
    assert len({told_by(value) for value in every}) == len(every)
    again: list[tuple[Value, Value]] = [
        (replace(one), one), (ShownNumber(0.5, "0%"), shown), (-0.0, every[8]),
        (("Ada", "Ben"), every[1]), (date(2027, 6, 30), every[13]),
    ]  # fmt: skip
    assert all(told_by(new) == told_by(old) for new, old in again)
