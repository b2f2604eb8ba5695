"""The first page: its sentence counted again, and what it lists in the officers' own words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from tests.boards import (
    ATTENTION,
    CODES,
    FULL,
    action,
    board_of,
    boards,
    cells_of,
    days_of,
    full_board,
    sheet_of,
    words_of,
)
from tests.composite_sample import AS_OF, CREATED, DEFINITION, sample_board
from xlplan.board import Board, ReturnLine, composite_workbook
from xlplan.board.at_a_glance import (
    NO_WORDS,
    at_a_glance_sheet,
    in_a_sentence,
)
from xlplan.board.coloured_summary import MOST_DATED, MOST_LISTED
from xlplan.board.key_figures import key_figures
from xlplan.board.view import view_of
from xlplan.plan.definition import STATUS, Rating
from xlplan.plan.settings import BoardWords
from xlplan.plan.timescales import Timescale
from xlplan.workbook.write.sheet import Sheet, Workbook

TRACK = ("Rated on track", "Not rated on track")
LATE = Timescale("then", AS_OF - timedelta(days=3))
TWO = [ReturnLine("Post A"), ReturnLine("Post B")]


def page_of(board: Board) -> Sheet:
    return sheet_of(composite_workbook(board, CREATED), "At a glance")


def rated(*ratings: tuple[str | None, str | None], **more: object) -> Board:
    """A board of actions, each with its rating before and now."""
    rows = [action(f"a{n}", rating=now) for n, (_, now) in enumerate(ratings)]
    last = {f"a{n}": {"section": "One", "rating": was} for n, (was, _) in enumerate(ratings)}
    return board_of(*rows, **{"previous": last, "previous_label": "September", **more})


# The sentence.


def number(text: str) -> int:
    return 0 if text in ("no", "none", "every") else int(text)


@given(boards())
def test_the_sentence_agrees_with_a_recount(board: Board) -> None:
    rows = [row for row in board.rows if not row.withdrawn]
    sentence = in_a_sentence(view_of(board))
    if not rows:
        assert sentence == "The plan has no actions to count yet."
        return
    ratings = {row.uid: row.values.get("rating") for row in rows}
    late = {r.uid for r in rows if ratings[r.uid] != "B" and any(d < AS_OF for d in days_of(r))}
    on_track = {uid for uid in late if ratings[uid] == "G"}
    moves = {"better": 0, "worse": 0}
    for row in rows:
        last = (board.previous or {}).get(row.uid, {})
        was, now = last.get("rating"), ratings[row.uid]
        if STATUS not in last and was in CODES and now in CODES and was != now:
            moves["worse" if CODES.index(str(now)) > CODES.index(str(was)) else "better"] += 1
    silent = [line for line in board.returns if line.issued and not line.returned]
    if board.previous is None:
        assert sentence.startswith(f"At this first board the plan has {len(rows)} action")
    else:
        found = re.search(r", (no|\d+) actions? improved (?:and|or) (?:(none|\d+) )?got", sentence)
        assert found
        assert (number(found[1]), number(found[2] or "0")) == (moves["better"], moves["worse"])
    found = re.search(r"(none|\d+) needs? attention", sentence)
    assert found
    assert number(found[1]) == sum(code in ATTENTION for code in ratings.values())
    found = re.search(r"(none|\d+) (?:is|are) late", sentence)
    assert found
    assert number(found[1]) == len(late)
    found = re.search(r"(all|none|\d+) of them rated on track", sentence)
    if len(late) > 1:
        assert found
        assert (len(late) if found[1] == "all" else number(found[1])) == len(on_track)
    elif late:
        assert ("and is rated on track" in sentence) is bool(on_track)
    found = re.search(r"(every|\d+) leads? (?:did not report|reported)", sentence)
    assert bool(found) is any(line.issued for line in board.returns)
    if found:
        assert number(found[1]) == len(silent)


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        (
            rated(("A", "G"), ("A", "B"), ("G", "A"), returns=TWO),
            "Since September, 2 actions improved and 1 got worse; 1 needs attention; none is late; "
            "2 leads did not report.",
        ),
        (
            rated(("A", "G"), ("G", "G"), returns=[TWO[0], ReturnLine("Post B", True, True)]),
            "Since September, 1 action improved and none got worse; none needs attention; none is "
            "late; 1 lead did not report.",
        ),
        (
            rated(("G", "R"), ("G", "R"), returns=[ReturnLine("Post A", True, True)]),
            "Since September, no action improved and 2 got worse; 2 need attention; none is late; "
            "every lead reported.",
        ),
        (
            rated(("G", "G")),
            "Since September, no action improved or got worse; none needs attention; none is late.",
        ),
        (
            board_of(action("a", rating="G", due=LATE)),
            "At this first board the plan has 1 action; none needs attention; 1 is late and is "
            "rated on track.",
        ),
        (
            board_of(action("a", rating="R", due=LATE), action("b", rating="G")),
            "At this first board the plan has 2 actions; 1 needs attention; 1 is late and not "
            "rated on track.",
        ),
        (
            board_of(*(action(uid, rating="G", due=LATE) for uid in "ab")),
            "At this first board the plan has 2 actions; none needs attention; 2 are late, all of "
            "them rated on track.",
        ),
        (board_of(), "The plan has no actions to count yet."),
    ],
)  # fmt: skip
def test_the_sentence_is_right_for_one_none_and_a_first_board(board: Board, expected: str) -> None:
    assert in_a_sentence(view_of(board)) == expected


@pytest.mark.parametrize(
    ("label", "since"),
    [
        ("2026-09, 18 September 2026", "Since 18 September 2026, "),
        ("the imported plan", "Since the plan was imported, "),
        ("the board of 18 September 2026", "Since the board of 18 September 2026, "),
        ("A: 2026-09; B: 2026-08", "Since the last board (A: 2026-09; B: 2026-08), "),
    ],
)
def test_it_says_since_when(label: str, since: str) -> None:
    board = rated(("G", "A"), previous_label=label)
    assert in_a_sentence(view_of(board)).startswith(f"{since}no action improved")
    brought = rated(("G", "A"), previous_label="RAG before", brought=True)
    assert in_a_sentence(view_of(brought)).startswith(
        "Since the plan's earlier ratings (“RAG before”), "
    )


def test_a_plan_without_ratings_says_what_came_and_went() -> None:
    fields = tuple(f for f in DEFINITION.fields if f.role != "rating")
    plain = replace(DEFINITION, fields=fields, ratings=())
    rows = [action("a", due=LATE), action("b"), replace(action("c"), withdrawn=True)]
    board = board_of(
        *rows, definition=plain, previous={"a": {}, "c": {}}, previous_label="September"
    )
    assert in_a_sentence(view_of(board)) == (
        "Since September, 1 action came into the plan and 1 was withdrawn; 1 is late."
    )
    words = words_of(page_of(board))
    assert "What got worse" not in words
    assert "What is new" in words


# The page.


def test_it_is_an_upright_a4_page_with_the_whole_title_first() -> None:
    title = "A plan for " + "everything that the inspection asked the council to do " * 4
    board = replace(sample_board(12), definition=replace(DEFINITION, title=title.strip()))
    book = composite_workbook(board, CREATED)
    assert book.sheets[0].name == "At a glance"
    page = book.sheets[0].page
    assert (page.paper, page.landscape, page.fit_width) == ("A4", False, 1)
    assert page_of(board).merges[0].cell.value == title.strip()


def test_the_parts_stand_in_their_order() -> None:
    worded = replace(DEFINITION, board=BoardWords("Two posts are vacant.", ("note this", "agree")))
    board = rated(("G", "R"), ("A", "B"), returns=TWO, definition=worded)
    parts = (
        DEFINITION.title, "Since September,", "Two posts are vacant.", "The board is asked to",
        "note this", "agree", "Actions", "What got worse", "What is late", "What was finished",
        "What is new", "Who did not report",
    )  # fmt: skip
    rows = {str(m.cell.value): m.area.first_row for m in page_of(board).merges}
    places = [min(n for text, n in rows.items() if text.startswith(part)) for part in parts]
    assert places == sorted(places)


def test_without_the_coordinators_words_nothing_stands_in_their_place() -> None:
    words = words_of(page_of(rated(("G", "R"))))
    assert "Message" not in words
    assert "The board is asked" not in words


def test_what_got_worse_is_in_the_officers_words_whole_and_the_newest() -> None:
    long = " ".join(f"word{n}" for n in range(900))
    board = rated(("G", "A"), ("G", "R"), ("A", "R"), ("A", "A"))
    rows = list(board.rows)
    grows = tuple(
        replace(f, mode="append") if f.role == "progress" else f for f in DEFINITION.fields
    )
    old = f"[3 Nov 2026, Post A] {long}\n[4 May 2026, Post A] It went well then."
    rows[1] = action("a1", rating="R", progress=old, lead=("Post A",))
    board = replace(board, rows=rows, definition=replace(DEFINITION, fields=grows))
    sheet = page_of(board)
    words = words_of(sheet)
    assert " ".join(words.split()).count(long) == 1
    assert "It went well then." not in words
    assert NO_WORDS in words
    table = next(t for t in at_a_glance_sheet(view_of(board)).tables if t.key == "got_worse")
    assert [line.items[0].value for line in table.lines] == ["a1", "a2", "a0"]
    shown = [cell.cell.value for cell in sheet.merges if "→" in str(cell.cell.value)]
    assert shown == ["Green → Red", "Amber → Red", "Green → Amber"]


def test_what_is_late_is_named_the_longest_first_and_on_track_apart() -> None:
    due = [Timescale("then", AS_OF - timedelta(days=n)) for n in (1, 9, 5, -5)]
    rows = [action(f"a{n}", rating="GGRG"[n], due=day) for n, day in enumerate(due)]
    sheet = page_of(board_of(*rows, previous={}))
    shown = {m.cell.value: n for n, m in enumerate(sheet.merges)}
    track, others = (sheet.merges[shown[k] + 1].cell.value for k in TRACK)
    assert track == "a1 (due 11 November 2026), a0 (due 19 November 2026)"
    assert others == "a2 (due 15 November 2026)"
    many = [action(f"b{n}", rating="G", due=due[1]) for n in range(MOST_DATED + 2)]
    words = words_of(page_of(board_of(*many)))
    assert f"; and later b{MOST_DATED}, b{MOST_DATED + 1}" in words
    assert "No action is past its due date." in words_of(page_of(board_of(action("c"))))


def test_what_was_finished_was_not_done_before() -> None:
    board = rated(("G", "B"), ("B", "B"), ("B", "G"), (None, "B"))
    table = next(t for t in at_a_glance_sheet(view_of(board)).tables if t.key == "finished")
    assert [line.items[0].value for line in table.lines] == ["a0", "a3"]


def test_a_long_list_ends_with_the_refs_of_the_others() -> None:
    many = MOST_LISTED + 3
    words = words_of(page_of(rated(*[("G", "B")] * many)))
    assert f"{many} actions" in words
    refs = ", ".join(f"a{n}" for n in range(MOST_LISTED, many))
    assert f"And 3 more: {refs}" in words


def test_who_did_not_report_is_named() -> None:
    returned = ReturnLine("Post C", True, True)
    words = words_of(page_of(rated(("G", "G"), returns=[*TWO, returned])))
    assert "Post A; Post B" in words
    assert "2 of 3 leads" in words
    words = words_of(page_of(rated(("G", "G"), returns=[returned])))
    assert "Every lead who was asked reported." in words


# What the ratings do not say.

STATES = (
    Rating("I", "Implemented", closed=True), Rating("S", "Superseded", closed=True),
    Rating("P", "In progress"), Rating("N", "Not started"), Rating("O", "Overdue", exception=True),
)  # fmt: skip
"""A scale on which nothing is said to be on track."""


def audited(scale: tuple[Rating, ...], *codes: str, **more: object) -> Board:
    """A board of such a scale; of those that are not closed every action but the first is late."""
    rows = [action(f"a{n}", rating=code, due=LATE if n else None) for n, code in enumerate(codes)]
    return replace(board_of(*rows, **more), definition=replace(DEFINITION, ratings=scale))


def test_nothing_is_called_on_track_that_its_rating_does_not_call_so() -> None:
    board = audited(STATES, "P", "P", "N", "O", "I", "S")
    sentence = in_a_sentence(view_of(board))
    assert sentence.endswith("; 1 needs attention; 3 are late, 2 of them not rated for attention.")
    parts = {one.label: (one.value, one.remark) for one in key_figures(view_of(board)) if one.part}
    assert parts == {
        "Actions": ("6", "in the plan"),
        "Completed": ("2", "1 Implemented and 1 Superseded; closed by rating"),
        "For attention": ("1", "by their rating"),
        "Others, late": ("2", "past the due date"),
        "Others, no date": ("1", "that can be read"),
        "Others, in time": ("0", "not past the date"),
    }
    book = composite_workbook(board, CREATED)
    every = "\n".join(words_of(sheet) for sheet in book.sheets)
    assert "n track" not in every
    page = words_of(page_of(board))
    assert "Not rated for attention\na1 (due" in page
    assert "For attention, or not rated\na3 (due" in page
    assert "Late, and not rated Overdue (2 actions)" in words_of(sheet_of(book, "Exceptions"))


def test_a_scale_without_ratings_for_attention_says_nothing_of_attention() -> None:
    scale = (Rating("C", "Completed", closed=True), Rating("O", "Ongoing"))
    board = audited(scale, "C", "O", "O")
    sentence = in_a_sentence(view_of(board))
    assert sentence == "At this first board the plan has 3 actions; 2 are late."
    labels = [one.label for one in key_figures(view_of(board)) if one.part]
    assert labels == ["Actions", "Completed", "Open, late", "Open, in time"]
    assert "Past the date\na1 (due" in words_of(page_of(board))


def test_what_is_past_its_date_has_one_name_on_every_sheet() -> None:
    board = audited(STATES, "P", "O")
    for name in ("By lead", "By section"):
        words = words_of(sheet_of(composite_workbook(board, CREATED), name))
        assert "Past the due date" in words
        assert "Overdue 2" not in words


def test_what_was_done_and_is_closed_now_was_finished_and_says_which() -> None:
    last = {uid: {"section": "One", "rating": was} for uid, was in
            {"1": "DG", "2": "A", "3": "B", "4": "G", "5": "DG"}.items()}  # fmt: skip
    now = {"1": "B", "2": "B", "3": "B", "4": "DG", "5": "DG"}
    board = board_of(*(action(uid, rating=r) for uid, r in now.items()), previous=last)
    board = replace(board, definition=FULL)
    (table,) = [t for t in at_a_glance_sheet(view_of(board)).tables if t.key == "finished"]
    assert [row[0] for row in table.rows] == ["1", "2", "4"]
    assert "Dark green: No lead named" in words_of(page_of(board))


# Where its figures lead.

NO_LIST = {"Returns received": "By lead"}
"""Figures that lead to the nearest list: of leads, with who returned."""


def links_of(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """By the name of each key figure, its value and where that leads."""
    cells = {(row, col): cell for row, col, cell in cells_of(sheet)}
    found = {}
    for (row, col), cell in cells.items():
        above = cells.get((row - 1, col))
        if above is not None and above.link and cell.link == above.link:
            found[str(cell.value)] = (str(above.value), cell.link)
    return found


def listed_at(book: Workbook, link: str) -> int:
    """How many rows are listed from a place on: those of a band, or all of a sheet's first
    table."""
    name, _, cell = link.partition("!")
    sheet = sheet_of(book, name.strip("'"))
    bands = {merge.area.first_row for merge in sheet.merges if merge.area.first_col == 0}
    air = [n for n, row in enumerate(sheet.rows) if not row.cells]
    start, ends = int(cell[1:]) - 1, {*bands, *air, len(sheet.rows)}
    if not start:
        start, ends = air[0] + 1, {*air, len(sheet.rows)}
    rows = sheet.rows[start + 1 : min(n for n in ends if n > start)]
    return sum(bool(row.cells[0] and row.cells[0].value) for row in rows)


def test_every_key_figure_leads_to_a_list_as_long_as_it_says() -> None:
    board = full_board()
    book = composite_workbook(board, CREATED)
    links = links_of(sheet_of(book, "At a glance"))
    every = {one.label: one.value for one in key_figures(view_of(board))}
    assert {label: value for label, (value, _) in links.items()} == every
    assert set(every) == {
        "Actions", "Completed", "Done, watched", "Not rated", "For attention", "On track but late",
        "On track, no date", "On track, in time", "Overdue", "Provisional", "Late steps",
        "No date can be read", "Exceptions", "Returns received",
    }  # fmt: skip
    for label, (value, link) in links.items():
        if label in NO_LIST:
            assert link == f"'{NO_LIST[label]}'!A1"
        else:
            assert listed_at(book, link) == int(value), label
