"""Rows compared as a whole: what it says is what comparing every cell says, and it costs less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import paper
from tests.paper import DEFINITION, Office
from xlplan.merge import bases, compare
from xlplan.merge.bases import AsIssued, Bases, not_as_issued, rows_as_issued
from xlplan.merge.compare import Comparison, Findings
from xlplan.merge.kinds import Kind
from xlplan.merge.model import COORDINATOR, Issued
from xlplan.merge.reading import (
    Frame,
    RawCells,
    ReadCell,
    Reading,
    ReadRow,
    raw_in,
    untouched,
)
from xlplan.merge.state import State
from xlplan.plan.definition import STATUS, Field, Rating
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import Raw, Value, canon

RAWS: tuple[Raw, ...] = (
    None, "", " ", "Green", "green ", "On track", "Slippage", "Puce", "1.1", 1.1, "June 2026",
    "june  2026", "30 June 2026", date(2026, 6, 30), ShownDate.of(date(2026, 6, 30), "mmmm yyyy"),
    0.25, 0.3, 25, True, ShownNumber(0.25, "0%"), ShownNumber(0.25, '0.00"%"'), "25%", "a, b",
    "b, a", "Paint bought", "Paint  bought", "Paint bought\r\n", "Ann / Ben", "Ann\nBen",
    "withdrawn", "Painted by hand",
)  # fmt: skip
COLUMNS = tuple(item.id for item in DEFINITION.fields)


def as_read(reading: Reading) -> Reading:
    """The same with rows of plain values as reading a file gives them."""
    return replace(reading, rows=tuple(map(_raw_row, reading.rows)))


def _raw_row(row: ReadRow) -> ReadRow:
    cells = row.cells
    if any(cell != ReadCell(cell.value, cell.cell) for cell in cells.values()):
        return row
    letters = tuple(cell.cell.rstrip("0123456789") for cell in cells.values())
    raws = tuple(cell.value for cell in cells.values())
    return replace(row, cells=RawCells(Frame(tuple(cells), letters), raws, row.number))


def recognised(office: Office, reading: Reading) -> Reading:
    """The same where rows that show what went out were recognised as they were read."""
    kept = as_issued(office, office.state.issued[reading.issued])
    for row in reading.rows:
        cells = row.cells if row.trust == "signed" else None
        alike = isinstance(cells, RawCells) and kept.alike(office.state, cells.frame)
        if isinstance(cells, RawCells) and alike:
            alike(row.uid, f"key of {row.uid}", cells)
    return reading


def as_issued(office: Office, issued: Issued) -> AsIssued:
    return rows_as_issued(office.state, issued, lambda uid: f"key of {uid}")


def found(office: Office, reading: Reading) -> Findings:
    return Comparison(office.state, office.state.issued[reading.issued], reading).run()


def every_cell(
    _state: object, _uid: str, cells: Mapping[str, ReadCell], _as_of: int
) -> list[tuple[str, ReadCell]]:
    """The slow way: every cell is looked at."""
    return list(cells.items())


@pytest.fixture(scope="module")
def offices() -> list[tuple[Office, Issued]]:
    """A lead's template and the coordinator's master, before and after the definition changed."""
    made = []
    for lead in ("Ann", COORDINATOR):
        for later in (False, True):
            office = Office()
            office.coordinator({("a-1", "share"): 1, ("a-2", "revised"): date(2026, 6, 30)})
            issued = office.issue(lead)
            office.coordinator({("a-2", "rating"): "Blue", ("a-3", "progress"): "Dug"})
            if later:
                ratings = (Rating("Verde", "Green"), *DEFINITION.ratings[2:])
                fields = [item for item in DEFINITION.fields if item.id != "tags"]
                office.redefine(replace(DEFINITION, ratings=ratings, fields=tuple(fields)))
            made.append((office, issued))
    return made


@given(
    which=st.integers(0, 3),
    edits=st.dictionaries(
        st.tuples(st.sampled_from(("a-1", "a-2", "a-3")), st.sampled_from((*COLUMNS, STATUS))),
        st.sampled_from(RAWS),
        max_size=6,
    ),
    odd=st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(("formula", "error", "other"))),
    trust=st.sampled_from(("signed", "matched", "disagrees", "foreign")),
    kind=st.sampled_from(("xlsx", "csv", "xls")),
)
def test_it_says_what_comparing_every_cell_says(
    offices: list[tuple[Office, Issued]],
    which: int,
    edits: dict[tuple[str, str], Raw],
    odd: dict[str, str],
    trust: Any,
    kind: str,
) -> None:
    office, issued = offices[which]
    edits = {key: raw for key, raw in edits.items() if key[1] in issued.fields}
    reading = replace(office.reading(issued, edits, trust={"a-2": trust}), kind=kind)
    first, *rest = reading.rows
    cells = {
        name: replace(cell, **{odd[name]: "#N/A"}) if name in odd else cell
        for name, cell in first.cells.items()
    }
    reading = replace(reading, rows=(replace(first, cells=cells), *rest))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "differing", every_cell)
        slowly = found(office, reading)
    assert found(office, reading) == slowly
    assert found(office, as_read(reading)) == slowly
    assert found(office, as_read(reading)) == slowly, "as it is remembered"
    assert found(office, recognised(office, as_read(reading))) == slowly, "as it went out"


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many cells were read, and how many were made objects."""
    made = {"read": 0, "cells": 0}
    plain, get = Comparison._compare_cell, RawCells.__getitem__

    def compared(self: Comparison, *args: Any) -> Any:
        made["read"] += 1
        return plain(self, *args)

    def asked(self: RawCells, name: str) -> ReadCell:
        made["cells"] += 1
        return get(self, name)

    monkeypatch.setattr(Comparison, "_compare_cell", compared)
    monkeypatch.setattr(RawCells, "__getitem__", asked)
    return made


def test_no_cell_of_a_row_that_came_back_as_it_went_out_is_read(counts: dict[str, int]) -> None:
    office = Office()
    issued = office.issue("Ann")
    assert found(office, as_read(office.reading(issued))) == Findings(rows=("a-1", "a-2", "a-3"))
    # As a template shows them: ratings by their labels, numbers as such.
    shown: dict[tuple[str, str], Raw] = {
        ("a-1", "rating"): "On track",
        ("a-1", "share"): ShownNumber(0.25, "0%"),
    }
    assert found(office, as_read(office.reading(issued, shown))).information == []
    assert counts == {"read": 0, "cells": 0}


def test_of_a_row_that_was_changed_only_the_changed_cells_are_read(
    counts: dict[str, int],
) -> None:
    office = Office()
    reading = as_read(office.reading(office.issue("Ann"), {("a-1", "progress"): "Painted"}))
    assert [write.field for write in found(office, reading).assertions] == ["progress"]
    assert counts == {"read": 1, "cells": 1}


def test_a_row_of_another_template_says_nothing_by_the_label_of_its_rating() -> None:
    office = Office()
    reading = office.reading(
        office.issue("Ann"), {("a-2", "rating"): "Slippage"}, trust={"a-2": "foreign"}
    )
    assert found(office, as_read(reading)) == Findings(rows=("a-1", "a-2", "a-3"))


def test_what_a_typed_cell_says_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Raw]] = []
    plain = canon

    def counted(item: Field, raw: Raw, definition: Any) -> Any:
        asked.append((item.id, raw))
        return plain(item, raw, definition)

    monkeypatch.setattr(bases, "canon", counted)
    office = Office()
    issued = office.issue("Ann")
    reading = as_read(office.reading(issued, {("a-1", "share"): ShownNumber(0.25, "0%")}))
    for _ in range(3):
        assert not found(office, reading).assertions
    shares = [raw for name, raw in asked if name == "share"]
    assert shares == [0.25]


def test_what_is_remembered_is_bounded_and_forgotten_with_its_definition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    issued = office.issue("Ann")
    known = office.state.bases
    names = ("ref", "share")
    first = known.row(office.state, "a-1", names, issued.as_of)
    assert known.row(office.state, "a-1", names, issued.as_of) is first
    monkeypatch.setattr(bases, "_MOST_ROWS", 0)
    assert known.of(office.state, names, issued.as_of) == {}
    monkeypatch.setattr(bases, "_MOST_ROWS", 10)
    assert known.row(office.state, "a-1", names, issued.as_of) == first
    office.redefine(replace(DEFINITION, title="Another"))
    assert known.of(office.state, names, issued.as_of) == {}


def test_typed_cells_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    share = DEFINITION.find("share")
    assert share is not None
    known = Bases()
    monkeypatch.setattr(bases, "_MOST_CELLS", 1)
    answers = [known.is_silent(share, 0.25, raw, DEFINITION) for raw in (0.25, 0.3, "25%", 0.25)]
    assert answers == [True, False, False, True]
    assert len(known._silent) <= 2


def test_raw_cells_are_the_cells_that_they_stand_for() -> None:
    form = Frame(("ref", "due"), ("D", "D"), {"due": "It was moved."}, below=(0, 1))
    cells = RawCells(form, ("1.1", None), 13)
    assert dict(cells) == {
        "ref": ReadCell("1.1", "D13"),
        "due": ReadCell(None, "D14", doubt="It was moved."),
    }
    assert (len(cells), "ref" in cells, "rating" in cells) == (2, True, False)
    assert cells.get("rating") is None
    assert raw_in(cells, "ref") == raw_in(dict(cells), "ref") == "1.1"


def test_a_rating_is_known_by_its_label_only_where_that_names_it() -> None:
    swapped = (Rating("Green", "Amber"), Rating("Amber", "Green", order=1))
    office = Office(definition=replace(paper.DEFINITION, ratings=swapped))
    issued = office.issue("Ann")
    row = office.state.bases.row(office.state, "a-1", ("rating",), issued.as_of)
    assert row.shows == ("Green",), "its label is the code of the other"
    other = Office()
    row = other.state.bases.row(other.state, "a-1", ("rating",), other.issue("Ann").as_of)
    assert row.shows == ("On track",)


# Rows that are recognised by what was kept of them as they went out


LABELS = [each.label for each in DEFINITION.ratings if each.code in ("Green", "Amber", "Red")]
"""Of the ratings of the three rows, as a template shows them."""


def raw_row(office: Office, issued: Issued, edits: Mapping[tuple[str, str], Raw] = {}) -> RawCells:
    """The first row of a template as it comes back."""
    cells = as_read(office.reading(issued, edits)).rows[0].cells
    assert isinstance(cells, RawCells)
    return cells


def is_alike(office: Office, issued: Issued, cells: RawCells, key: str = "key of a-1") -> bool:
    alike = as_issued(office, issued).alike(office.state, cells.frame)
    return alike is not None and alike("a-1", key, cells) == {}


@pytest.mark.parametrize("edits", [{}, {("a-2", "progress"): "Painted"}])
def test_what_was_kept_of_a_row_says_what_it_showed_and_no_base_is_put_together(
    monkeypatch: pytest.MonkeyPatch, edits: Mapping[tuple[str, str], Raw]
) -> None:
    office = Office()
    issued = office.issue("Ann")
    shown: dict[tuple[str, str], Raw]
    shown = {(f"a-{n}", "rating"): label for n, label in enumerate(LABELS, 1)}
    reading = recognised(office, as_read(office.reading(issued, {**shown, **edits})))
    asked: list[str] = []
    monkeypatch.setattr(Bases, "row", None)
    value = State.value

    def counted(self: State, uid: str, name: str, as_of: int | None = None) -> Value:
        asked.append(name)
        return value(self, uid, name, as_of)

    monkeypatch.setattr(State, "value", counted)
    findings = found(office, reading)
    assert findings.rows == ("a-1", "a-2", "a-3")
    told = [(write.uid, write.field, write.base) for write in findings.assertions]
    assert told == [(uid, name, "Slates on order") for uid, name in edits]
    assert "progress" not in asked


@pytest.mark.parametrize(
    ("field", "raw", "alike"),
    [
        ("rating", "On track", True),  # as a template shows it
        ("rating", "Green", True),  # by its code: says the same, and nothing is told of it
        ("rating", "Slippage", False),
        ("share", ShownNumber(0.25, "0%"), True),
        ("share", ShownNumber(0.25, '0.00"%"'), False),
        ("progress", "Paint bought ", False),
        ("revised", "", False),
        ("progress", date(2026, 6, 30), False),
    ],
)
def test_a_row_is_alike_where_each_cell_shows_what_went_out(
    field: str, raw: Raw, alike: bool
) -> None:
    office = Office()
    issued = office.issue("Ann")
    shown: dict[tuple[str, str], Raw] = {("a-1", "rating"): "On track", ("a-1", field): raw}
    assert is_alike(office, issued, raw_row(office, issued, shown)) is alike


def test_a_row_is_alike_by_its_own_key_wherever_its_columns_are() -> None:
    office = Office()
    issued = office.issue("Ann")
    cells = raw_row(office, issued, {("a-1", "rating"): "On track"})
    assert not is_alike(office, issued, cells, "key of a-2")
    alike = as_issued(office, issued).alike(office.state, cells.frame)
    assert alike is not None
    assert alike("a-9", "", cells) is None
    names, raws = cells.names[::-1], cells.raws[::-1]
    turned = RawCells(Frame(names, cells.frame.letters), raws, cells.number)
    assert is_alike(office, issued, turned)
    fewer = RawCells(Frame(names[1:], cells.frame.letters[1:]), raws[1:], cells.number)
    assert not is_alike(office, issued, fewer)


def test_each_row_of_the_very_file_that_went_out_is_alike_and_no_other_is() -> None:
    office = Office()
    issued = office.issue("Ann")
    alike = bases.all_alike(issued, office.state.definition_digest)
    cells = raw_row(office, issued)
    assert alike("a-9", "", cells) is None
    row = ReadRow("a-1", "", 2, "signed", cells)
    assert not_as_issued(office.state, [row], issued.as_of) == [row]
    assert alike("a-1", "", cells) == {}
    assert not_as_issued(office.state, [row], issued.as_of) == []


def test_only_the_key_that_went_out_in_a_row_is_known_as_its_own() -> None:
    office = Office()
    issued = office.issue("Ann")
    kept = rows_as_issued(office.state, issued, lambda uid: f"xr1.{issued.id}.{uid}.{uid[2:]:0>16}")
    one, other = (f"xr1.{issued.id}.a-1.{number:0>16}" for number in (1, 2))
    assert [kept.has_key("a-1", each) for each in (one, other)] == [True, False]
    assert not kept.has_key("a-9", one)


def test_a_column_that_is_no_field_says_nothing_whatever_stands_in_it() -> None:
    office = Office()
    issued = replace(office.issue("Ann"), fields=("ref", "_hints", "progress"))
    frame = Frame(issued.fields, ("B", "C", "D"))
    for raws, alike in (
        (("1.1", "Is the paint dry?", "Paint bought"), True),
        (("1.1", None, "Paint bought"), True),
        (("1.1", None, "Paint"), False),
    ):
        assert is_alike(office, issued, RawCells(frame, raws, 5)) is alike
        asks = RawCells(frame, raws, 5, {1: ("IF(D5,B5)", "", "")})
        assert is_alike(office, issued, asks) is alike


@pytest.mark.parametrize("odd", [("=A1", "", ""), ("", "#N/A", ""), ("", "", "Paint bought.")])
def test_a_row_with_a_formula_or_an_error_in_a_field_is_not_alike(
    odd: tuple[str, str, str],
) -> None:
    office = Office()
    issued = office.issue("Ann")
    cells = raw_row(office, issued, {("a-1", "rating"): "On track"})
    place = cells.names.index("progress")
    asked = RawCells(cells.frame, cells.raws, cells.number, {place: odd})
    assert is_alike(office, issued, cells)
    assert is_alike(office, issued, asked) is not bool(odd[0] or odd[1])
    found = bases.differing(office.state, "a-1", asked, issued.as_of)
    assert found == ([("progress", asked["progress"])] if odd[0] or odd[1] else [])
    assert (asked["progress"].formula, asked["progress"].error, asked["progress"].other) == odd


def test_a_row_that_is_known_to_show_what_went_out_has_no_cell_that_differs() -> None:
    office = Office()
    issued = office.issue("Ann")
    cells = raw_row(office, issued, {("a-1", "rating"): "Green"})
    cells.compared = "a-1", issued.as_of, office.state.definition_digest, {}
    assert bases.differing(office.state, "a-1", cells, issued.as_of) == []


def test_what_was_alike_by_another_definition_is_compared_again() -> None:
    office = Office()
    issued = office.issue("Ann")
    reading = recognised(office, as_read(office.reading(issued, {("a-1", "rating"): "On track"})))
    fine = [replace(each, label=f"{each.label}!") for each in DEFINITION.ratings]
    office.redefine(replace(DEFINITION, ratings=tuple(fine)))
    assert [(w.uid, w.field) for w in found(office, reading).assertions] == [("a-1", "rating")]


@pytest.mark.parametrize(
    ("heading", "kind", "raw", "same"),
    [
        ("Rate", "number", ShownNumber(0.25, "0%"), True),
        ("Rate", "number", ShownNumber(0.25, '0.00"%"'), True),
        ("Rate", "number", ShownNumber(0.3, "0%"), False),
        ("Cost", "money", ShownNumber(0.25, "0%"), True),
        ("Rate (%)", "number", ShownNumber(0.25, "0%"), False),  # 25, and no quarter of a percent
        ("Rate", "percent", ShownNumber(0.25, '0.00"%"'), False),
    ],
)
def test_a_number_is_no_other_for_being_shown_in_percent_unless_that_is_what_it_means(
    heading: str, kind: str, raw: Raw, same: bool
) -> None:
    """Who only formats a column of a master has edited nothing."""
    assert untouched(0.25, raw, Field("x", heading, kind)) is same


def test_a_percentage_typed_where_a_number_is_asked_for_is_asked_about() -> None:
    """Where the column counts percentages it is the number before the sign."""
    for heading, found in (("Homes", None), ("Homes (%)", 50)):
        item = Field("homes", heading, "number", owner="lead")
        office = Office(definition=replace(DEFINITION, fields=(*DEFINITION.fields, item)))
        back = office.give_back(office.issue("Ann"), {("a-1", "homes"): ShownNumber(0.5, "0%")})
        (write,) = back.assertions
        assert (write.kind, office.value("a-1", "homes")) == (
            (Kind.EDIT, "50") if found else (Kind.INVALID, "")
        )
