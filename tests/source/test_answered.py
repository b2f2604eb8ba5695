"""What people say of the sheets and rows of a spreadsheet, in the place of what was found."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.text_sheets import book, column, fates, sheet
from xlplan.errors import XlplanError
from xlplan.plan.accounted import RowRead, SheetRead
from xlplan.source.importing import Source, read_source
from xlplan.workbook.read.book import ReadSheet

PLAN = """
Ref | Action | Lead | Due | Status
The shed
1 | Mend the roof | Ada Quill | 31/03/2026 | Open
2 | Mend the door | Ben Ode | 30/06/2026 | Open
 | and hang it | | |
The hall
3 | Paint the hall | Ben Ode | 30/09/2026 | Open
4 | Total | | | 4
"""


def answered(
    *rows: tuple[int, str], sheets: tuple[SheetRead, ...] = (), more: tuple[ReadSheet, ...] = ()
) -> Source:
    """The plan as it reads once rows of its first sheet, by their number, are said to be so."""
    whole = book(sheet(PLAN), *more)
    known = read_source(whole, plan_id="plan").definition
    said = tuple(RowRead("Plan", row, fate) for row, fate in rows)
    return read_source(whole, plan_id="plan", template=replace(known, rows=said, sheets=sheets))


def refs(source: Source) -> list[str]:
    return column(source, "ref")


def fate(source: Source, row: int) -> tuple[str, str]:
    return next(each[1:] for each in fates(source) if each[0] == row)


def test_without_answers_rows_are_what_was_found() -> None:
    source = answered()
    assert refs(source) == ["1", "2", "3"]
    assert column(source, "section") == ["The shed", "The shed", "The hall"]
    assert fate(source, 5) == ("joined", "joined to row 4")
    assert fate(source, 8)[0] == "note"


def test_a_row_that_was_an_action_is_none() -> None:
    source = answered((4, "no action"))
    assert refs(source)[0] == "1"
    assert "Mend the door" not in " ".join(column(source, "action"))
    assert fate(source, 4)[0] == "note"


def test_a_row_that_was_none_is_an_action() -> None:
    source = answered((8, "action"))
    assert refs(source) == ["1", "2", "3", "4"]
    assert column(source, "section")[-1] == "The hall"
    assert fate(source, 8) == ("imported", "action 4")


def test_a_row_that_ran_on_is_an_action_of_its_own() -> None:
    source = answered((5, "action"))
    assert column(source, "action")[1:3] == ["Mend the door", "and hang it"]


def test_an_action_joins_the_row_above() -> None:
    source = answered((4, "joins the row above"))
    assert column(source, "action")[0] == "Mend the roof Mend the door and hang it"
    assert fate(source, 4) == ("joined", "joined to row 3")


def test_a_note_joins_the_row_above() -> None:
    source = answered((8, "joins the row above"))
    assert column(source, "action")[-1] == "Paint the hall Total"


def test_an_action_heads_the_rows_below_to_the_next_heading() -> None:
    source = answered((4, "section heading"), (5, "action"))
    shed, mended, hall = column(source, "section")
    assert (shed, hall) == ("The shed", "The hall")
    assert "Mend the door" in mended
    assert fate(source, 4) == ("heading", "section")


def test_what_headed_rows_is_an_action_and_they_belong_to_the_section_above() -> None:
    source = answered((6, "action"))
    assert column(source, "section") == ["The shed"] * 4
    assert fate(source, 6)[0] == "imported"
    source = answered((2, "no action"))
    assert column(source, "section") == ["", "", "The hall"]


def test_another_row_has_the_column_headings() -> None:
    heads = "No. | What we do | Who | By when"
    whole = book(sheet(f"Ref | Action | Lead | Due\n{heads}\n1 | Mend it | Ada | June 2026"))
    known = read_source(whole, plan_id="plan").definition
    said = replace(known, rows=(RowRead("plan", 2, "column headings", heads),))
    source = read_source(whole, plan_id="plan", template=said)
    assert fate(source, 2) == ("heading", "column headings")
    assert fate(source, 1)[0] == "note"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (RowRead("Plan", 40, "action"), "There is nothing in this row"),
        (RowRead("Plan", 4, "no action", "2 | Mend the gate"), 'begins "2 | Mend the door'),
        (RowRead("Plan", 1, "no action"), "heads the columns"),
        (RowRead("Nowhere", 4, "no action"), "There is nothing in this row"),
    ],
)
def test_an_answer_for_another_row_is_not_used_and_says_so(row: RowRead, message: str) -> None:
    whole = book(sheet(PLAN))
    known = read_source(whole, plan_id="plan").definition
    source = read_source(whole, plan_id="plan", template=replace(known, rows=(row,)))
    assert refs(source) == ["1", "2", "3"]
    (found,) = [p for p in source.problems if p.code == "NEW-029"]
    assert message in found.message
    assert found.where == f"plan.xlsx!{row.sheet}!{row.row}"


def test_a_sheet_is_part_of_the_plan_or_not_as_people_say() -> None:
    more: dict[str, Any] = {"more": (sheet(PLAN.replace("3 |", "7 |"), "Old"),)}
    assert "2.7" in refs(answered(**more))
    source = answered(sheets=(SheetRead("old", False),), **more)
    assert refs(source) == ["1", "2", "3"]
    assert not [p for p in source.problems if p.code == "NEW-016"]


def test_a_hidden_sheet_that_is_part_of_the_plan_is_not_kept_back() -> None:
    hidden = sheet(PLAN.replace("3 |", "7 |"), "Old", visible=False)
    source = answered(sheets=(SheetRead("Old", True),), more=(hidden,))
    assert "2.7" in refs(source)
    assert not [row for row in source.rows if "_status" in row.values]


def test_a_hidden_row_that_is_said_to_be_an_action_is_let_out() -> None:
    hidden = replace(sheet(PLAN), hidden_rows=frozenset({6}))
    known = read_source(book(hidden), plan_id="plan")
    assert [row.values.get("_status") for row in known.rows] == [None, None, "kept back"]
    said = replace(known.definition, rows=(RowRead("Plan", 7, "action"),))
    source = read_source(book(hidden), plan_id="plan", template=said)
    assert [row.values.get("_status") for row in source.rows] == [None, None, None]


def test_where_no_sheet_is_left_there_is_no_plan() -> None:
    with pytest.raises(XlplanError, match="NEW-001"):
        answered(sheets=(SheetRead("Plan", False),))


def test_a_whole_number_in_the_first_words_of_a_row_is_as_its_cell_shows_it() -> None:
    plain = sheet(PLAN)
    numbers = [[1.0 if cell == "1" else cell for cell in row] for row in plain.rows]
    source = read_source(book(replace(plain, rows=numbers)), plan_id="plan")
    assert next(line.words for line in source.account if line.row == 3).startswith("1 | Mend")
