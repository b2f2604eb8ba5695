"""Where the rows of a plan stand in a kept workbook that was sorted, cut and added to."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from xlplan.merge.kept_cells import KeptCell, KeptCells, KeptRow, KeptTable
from xlplan.returned.kept_rows import Located, Names, locate
from xlplan.workbook.read.book import Book, CellValue, ReadSheet

HEADINGS = ("Ref", "Action", "Lead", "Progress", "RAG")
FIELDS = ("ref", "action", "lead", "progress", "rating")
NAMES = Names(frozenset({"ref"}), frozenset({"action"}))
VERBS = ("Inspect", "Mend", "Paint", "Publish", "Review", "Train", "Answer", "Replace")
THINGS = ("every lift", "the boilers", "the rota", "the allocations policy", "all complaints")
Rows = list[list[CellValue]]


def _rows() -> Rows:
    """Forty actions in a table with a title; three fields say little that tells them apart."""
    made: Rows = [["Improvement plan"], list(HEADINGS)]
    for number in range(40):
        action = f"{VERBS[number % 8]} {THINGS[number // 8]} by the team of area {number % 3}"
        made.append([f"1.{number}", action, f"Head {number % 4}", "Begun" if number % 2 else None,
                     "Amber"])  # fmt: skip
    return made


def _record(rows: Rows) -> KeptCells:
    table = KeptTable("Plan", 1, {name: (n, HEADINGS[n]) for n, name in enumerate(FIELDS)})
    kept = {
        f"a-{at}": KeptRow(0, at, {
            name: KeptCell("own", "", str(value or ""))
            for name, value in zip(FIELDS, row, strict=True)
        })
        for at, row in enumerate(rows) if at > 1
    }  # fmt: skip
    return KeptCells((table,), kept)


RECORD = _record(_rows())


def _find(rows: Rows) -> Located:
    return locate(Book("x.xlsx", "xlsx", (ReadSheet("Plan", rows),)), RECORD, NAMES)


def _where(found: Located) -> dict[str, int]:
    return {uid: row for uid, (_, row) in found.rows.items()}


@pytest.mark.parametrize("seed", range(30))
def test_none_is_found_wrongly_however_rows_are_moved(seed: int) -> None:
    """Rows carry their uid along in a sixth column, which nothing reads."""
    chance = random.Random(seed)
    rows = [[*row, f"a-{at}"] if at > 1 else row for at, row in enumerate(_rows())]
    body = rows[2:]
    for _ in range(chance.randint(1, 6)):
        what = chance.randrange(6)
        at = chance.randrange(len(body))
        if what == 0:
            chance.shuffle(body)
        elif what == 1:
            body.sort(key=lambda row: str(row[chance.choice((1, 2))]))
        elif what == 2:
            body.insert(at, ["", f"Something new {seed}", "Head 1", None, "Red", None])
        elif what == 3:
            del body[at]
        elif what == 4:
            body[at][3] = "Typed by hand"
        else:
            body[at][1] = f"{body[at][1]}, and report each month"
    rows = [rows[0], rows[1], *body]
    found = _find([row[:5] for row in rows])
    truth = {row[5]: at for at, row in enumerate(rows) if at > 1 and row[5]}
    assert _where(found) == truth
    fresh = {at for at, row in enumerate(rows) if at > 1 and not row[5]}
    assert {row for _, row in found.more} == fresh


def test_a_row_that_is_hardly_the_same_is_in_doubt() -> None:
    rows = _rows()
    rows[7][1:] = ["Quite another thing", "Somebody else", "At once", "Red"]
    found = _find(rows)
    assert _where(found)["a-7"] == 7
    assert found.doubts == {"a-7": "unlike"}


def test_a_row_with_the_ref_of_another_is_in_doubt() -> None:
    rows = _rows()
    rows[7][0], rows[9][0] = rows[9][0], rows[7][0]
    found = _find(rows)
    assert (_where(found)["a-7"], _where(found)["a-9"]) == (7, 9)
    assert set(found.doubts) == {"a-7", "a-9"}


def test_one_of_two_rows_with_the_same_words_is_in_doubt_once_it_is_edited() -> None:
    rows = _rows()
    rows[8] = list(rows[7])
    record = _record(rows)
    rows[8][4] = "Green"
    found = locate(Book("x", "xlsx", (ReadSheet("Plan", rows),)), record, NAMES)
    assert {_where(found)["a-7"], _where(found)["a-8"]} == {7, 8}
    assert "twin" in found.doubts.values()


def test_columns_may_stand_elsewhere_and_sheets_have_another_name() -> None:
    rows = [[*row[::-1], "mine"] if at else row for at, row in enumerate(_rows())]
    book = Book("x", "xlsx", (ReadSheet("Notes", [["Nothing"]]), ReadSheet("Plan v2", rows)))
    found = locate(book, RECORD, NAMES)
    assert _where(found) == {uid: row.row for uid, row in RECORD.rows.items()}
    assert dict(found.tables[0].columns)["ref"] == 4


def test_many_rows_with_one_text_are_found_in_bounded_time() -> None:
    """Each is compared with a few of them, so that a hostile file holds nothing up."""
    rows: Rows = [["Improvement plan"], list(HEADINGS)]
    rows += [[f"{n}", "The same", "Head", "x" * 500, "Amber"] for n in range(400)]
    record = _record(rows)
    moved: Rows = [*rows[:2]]
    moved += [[None, "The same", "Head", "y" * 500, "Red"] for _ in range(400)]
    found = locate(Book("x", "xlsx", (ReadSheet("Plan", moved),)), record, NAMES)
    assert len(found.rows) <= 400
    assert all(why in ("twin", "unlike") for why in found.doubts.values())


def test_a_heading_row_of_a_line_of_text_is_no_new_action() -> None:
    rows: Rows = [*_rows(), ["Note: agreed by all"], [None, "A line of text under the table"]]
    assert not _find(rows).more


@pytest.mark.parametrize("headed", [True, False])
@pytest.mark.parametrize(
    ("row", "heads"),
    [
        (["1", "Homes, and who looks after them"], True),
        (["1.", "Homes, and who looks after them"], True),
        (["1", "Inspect the roofs", "Head 2"], False),
        (["2", "Inspect the roofs"], False),
        ([None, "Inspect the roofs", "Head 2"], False),
    ],
)
def test_a_heading_with_its_number_in_a_cell_of_its_own_is_no_new_action(
    row: list[CellValue], *, heads: bool, headed: bool
) -> None:
    """Above 1.0, a row that says "1" and a text is the heading of a section in other words; where
    no section of the plan has a heading of its own, it is an action that somebody put in."""
    heading = {"section": KeptCell("shared", "B2", "Homes")} if headed else {}
    kept = {u: replace(r, cells={**r.cells, **heading}) for u, r in RECORD.rows.items()}
    rows = _rows()
    rows.insert(2, row)
    book = Book("x.xlsx", "xlsx", (ReadSheet("Plan", rows),))
    found = locate(book, replace(RECORD, rows=kept), NAMES)
    assert [at for _, at in found.more] == ([] if heads and headed else [2])
