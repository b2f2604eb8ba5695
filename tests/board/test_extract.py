"""An extract of a board: which actions are in it, and that it says of each what the whole says."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.boards import action, board_of, sheet_of, words_of
from tests.composite_sample import CREATED, DEFINITION, sample_board
from xlplan.board.composite import composite_workbook, tables_of
from xlplan.board.extract import Extract, extract_of
from xlplan.board.figures import figures
from xlplan.board.paper import paper
from xlplan.board.view import view_of
from xlplan.errors import XlplanError
from xlplan.plan.people import Lead
from xlplan.workbook.write.document import TableOf, Text

PLAN = replace(DEFINITION, leads=(Lead("Ann Example", organisation="Council", aliases=("AE",)),
                                  Lead("Bob Example", organisation="Trust")))  # fmt: skip
BOARD = board_of(
    action("a", "One", rating="G", lead=("Ann Example",)),
    action("b", "One", rating="R", lead=("Bob Example",)),
    action("c", "Two", rating="A", lead=("Ann Example", "Bob Example")),
    definition=PLAN,
    previous={"a": {"rating": "A", "section": "One"}, "b": {"rating": "A", "section": "One"}},
)


def refs(wanted: Extract) -> list[str]:
    return [row.ref for row in extract_of(BOARD, wanted).rows]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Extract(sections=("one",)), ["a", "b"]),
        (Extract(sections=("One", "Two")), ["a", "b", "c"]),
        (Extract(organisations=("Trust",)), ["b", "c"]),
        (Extract(leads=("AE",)), ["a", "c"]),
        (Extract(sections=("Two",), leads=("Bob Example",)), ["c"]),
    ],
)
def test_an_action_is_in_it_that_has_one_of_each_kind(wanted: Extract, found: list[str]) -> None:
    assert refs(wanted) == found


@pytest.mark.parametrize("kind", ["section", "organisation", "lead"])
def test_a_name_that_no_action_has_is_refused(kind: str) -> None:
    with pytest.raises(XlplanError) as raised:
        extract_of(BOARD, Extract(**{f"{kind}s": ("Thre",)}))
    assert [p.code for p in raised.value.problems] == ["PUB-069"]


def test_each_action_stands_as_on_the_whole_board() -> None:
    board = sample_board()
    whole = {one.row.uid: one for one in figures(board).standings}
    for section in {one.section for one in whole.values()}:
        part = figures(extract_of(board, Extract(sections=(section,))))
        assert part.standings
        assert all(one == whole[one.row.uid] for one in part.standings)
        assert {one.section for one in part.standings} == {section}


def test_the_summary_has_the_totals_of_the_whole_below_its_own() -> None:
    (summary,) = [t for t in tables_of(extract_of(BOARD, Extract(sections=("Two",))))
                  if t.key == "summary"]  # fmt: skip
    now = [n for n, column in enumerate(summary.columns) if column.id == "actions_now"]
    assert [(line.items[0].value, line.items[now[0]].value) for line in summary.lines] == [
        ("Two", 1), ("All actions", 1), ("The whole plan", 3)
    ]  # fmt: skip


def test_every_page_says_that_it_is_an_extract() -> None:
    board = extract_of(BOARD, Extract(leads=("Ann Example",)))
    said = "Extract, lead Ann Example: 2 of 3 actions"
    book = composite_workbook(board, CREATED)
    for name in ("Contents", "Summary", "Plan", "Exceptions", "By lead"):
        assert said in words_of(sheet_of(book, name)), name
    document = paper(board, CREATED)
    assert any(isinstance(b, Text) and said in b.text for b in document.blocks)
    (first,) = [b for b in document.blocks if isinstance(b, TableOf) and "Table 1" in b.caption]
    assert first.rows[-1][0].text == "The whole plan"


def test_nothing_of_another_action_is_in_it() -> None:
    secret = action("z", "Two", rating="A", action="A text of the other section")
    board = replace(BOARD, rows=[*BOARD.rows, secret])
    book = composite_workbook(extract_of(board, Extract(sections=("One",))), CREATED)
    assert not [s.name for s in book.sheets if "A text of the other section" in words_of(s)]


def test_a_whole_board_is_no_extract() -> None:
    assert (view_of(BOARD).extract, view_of(BOARD).figures.whole) == ("", None)
    assert not Extract()
