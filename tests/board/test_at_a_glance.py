"""The first page: its sentence counted again, and what it lists in the officers' own words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.boards import (
    ATTENTION,
    CODES,
    FULL,
    SOME,
    action,
    board_of,
    boards,
    cells_of,
    days_of,
    full_board,
    sheet_of,
    stepped,
    words_of,
)
from tests.composite_sample import AS_OF, CREATED, DEFINITION, sample_board
from xlplan.board import Board, ReturnLine, composite_workbook
from xlplan.board.at_a_glance import (
    NO_RATINGS,
    NO_WORDS,
    NONE_WORSE,
    at_a_glance_sheet,
    in_a_sentence,
)
from xlplan.board.coloured_glance import FEW, LEAST_LATE, MANY, MOST_LISTED
from xlplan.board.key_figures import AMONG, figure_groups, key_figures
from xlplan.board.view import view_of
from xlplan.plan.definition import STATUS, Rating
from xlplan.plan.settings import BoardWords
from xlplan.plan.timescales import Timescale
from xlplan.workbook.write.sheet import Sheet, Workbook

LATE = Timescale("then", AS_OF - timedelta(days=3))
SOON = Timescale("then", AS_OF + timedelta(days=3))
TWO = [ReturnLine("Post A"), ReturnLine("Post B")]


def page_of(board: Board) -> Sheet:
    return sheet_of(composite_workbook(board, CREATED), "At a glance")


def rated(*ratings: tuple[str | None, str | None], **more: object) -> Board:
    """A board of actions, each with its rating before and now."""
    rows = [action(f"a{n}", rating=now, due=SOON) for n, (_, now) in enumerate(ratings)]
    last = {f"a{n}": {"section": "One", "rating": was} for n, (was, _) in enumerate(ratings)}
    return board_of(*rows, **{"previous": last, "previous_label": "September", **more})


# The sentence.


def number(text: str) -> int:
    return 0 if text in ("no", "none", "every") else int(text)


@SOME
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
    groups = (("not rated", sum(r not in CODES for r in ratings.values())),
              ("no date", sum(ratings[r.uid] != "B" and not days_of(r) for r in rows)))  # fmt: skip
    for words, count in groups:
        found = re.search(rf"(\d+)(?: of {len(rows)})? (?:is|are|has|have) {words}", sentence)
        assert bool(found) is (4 * count > len(rows) > 1), words
        assert not found or int(found[1]) == count
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
            board_of(action("a", rating="R", due=LATE), action("b", rating="G", due=SOON)),
            "At this first board the plan has 2 actions; 1 needs attention; 1 is late and not "
            "rated on track.",
        ),
        (
            board_of(*(action(uid, rating="G", due=LATE) for uid in "ab")),
            "At this first board the plan has 2 actions; none needs attention; 2 are late, all of "
            "them rated on track.",
        ),
        (
            rated((None, "A"), ("R", "A"), ("G", "G")),
            "Since September, 1 action improved and none got worse; 2 need attention, 1 of them as "
            "before and 1 rated for the first time; none is late.",
        ),
        (
            rated(("A", "A"), ("R", "R")),
            "Since September, no action improved or got worse; 2 need attention, all of them as "
            "before; none is late.",
        ),
        (
            replace(rated(("A", "A"), ("G", "R")), previous={}),
            "Since September, no action improved or got worse; 2 need attention, all of them new "
            "in the plan; none is late.",
        ),
        (
            board_of(*(action(uid) for uid in "ab"), action("c", rating="G")),
            "At this first board the plan has 3 actions; none needs attention; none is late; 2 of "
            "3 are not rated and 3 have no date that can be read.",
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
        ("the plan as imported", "Since the plan was imported, "),
        ("the plan as imported on 3 May 2026", "Since the plan was imported on 3 May 2026, "),
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
        "Since September, 1 action came into the plan and 1 was withdrawn; 1 is late; 1 of 2 has "
        "no date that can be read."
    )
    words = words_of(page_of(board))
    assert f"What got worse\n{NO_RATINGS}" in words
    assert ("What got worse", NO_RATINGS) in at_a_glance_sheet(view_of(board)).tables[0].rows
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
        "note this", "agree", "2 actions, each counted once:", "Actions", f"{AMONG}:", "Late",
        "What got worse", "What is late", "What improved", "What was finished", "What is new",
        "Who did not report: 2 of 2 leads",
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


def rows_below(sheet: Sheet, title: str) -> list[list[object]]:
    """What stands in each row under a title of the page, up to the next one."""
    rows: dict[int, list[object]] = {}
    for row, _, cell in sorted(cells_of(sheet), key=lambda found: found[:2]):
        if cell.value is not None:
            rows.setdefault(row, []).append(cell.value)
    first = next(row for row, values in rows.items() if values[0] == title)
    air = [n for n, row in enumerate(sheet.rows) if n > first and not row.cells]
    return [rows[n] for n in range(first + 1, min(air, default=len(sheet.rows))) if n in rows]


def test_what_is_late_is_listed_the_longest_first_with_what_a_board_asks_of_it() -> None:
    due = [Timescale("then", AS_OF - timedelta(days=n)) for n in (1, 9, 5, -5)]
    rows = [action(f"a{n}", rating="GGRG"[n], due=day, lead=("Post A",))
            for n, day in enumerate(due)]  # fmt: skip
    days = [AS_OF - timedelta(days=20), AS_OF + timedelta(days=20)]
    stepping = action("b", "One", rating=None, **stepped(days))
    sheet = page_of(board_of(*rows, stepping))
    assert rows_below(sheet, "What is late") == [
        ["Ref", "Action", "Leads", "Was due", "Rating"],
        ["b", "Step 0 Step 1", "No lead named", "31 October 2026 (step)", "Not rated"],
        ["a1", "Do a1", "Post A", "11 November 2026", "Green"],
        ["a2", "Do a2", "Post A", "15 November 2026", "Red"],
        ["a0", "Do a0", "Post A", "19 November 2026", "Green"],
    ]
    assert "4 actions, the longest first" in words_of(sheet)
    assert "No action is late." in words_of(page_of(board_of(action("c"))))


def test_late_actions_are_listed_while_the_page_has_room_and_the_others_by_their_refs() -> None:
    many = [action(f"b{n}", rating="G", due=LATE) for n in range(60)]
    page = page_of(board_of(*many))
    assert page.page.breaks == ()
    *listed, last = rows_below(page, "What is late")
    refs = [f"b{n}" for n in range(len(listed) - 1, 60)]
    assert len(refs) < 50
    assert last == [f"And {len(refs)} more: {', '.join(refs)}"]
    long = " ".join(["word"] * 3000)
    board = board_of(*many, definition=replace(DEFINITION, board=BoardWords(long, ())))
    assert len(rows_below(page_of(board), "What is late")) == 1 + LEAST_LATE + 1


def test_where_much_got_worse_the_page_stays_one_with_refs_and_names_in_rows_of_text() -> None:
    worse = [("G", "R")] * 10
    returns = [ReturnLine(f"Post {n:03}") for n in range(30)]
    for count, roomy in ((1, True), (10, False)):
        board = rated(*worse[:count], *[("A", "B")] * 3, returns=returns)
        rows = [replace(r, values={**r.values, "due": LATE}) for r in board.rows[:count]]
        page = page_of(replace(board, rows=[*rows, *board.rows[count:]]))
        assert page.page.breaks == ()
        finished = rows_below(page, "What was finished")
        late = rows_below(page, "What is late")
        (names,) = rows_below(page, "Who did not report: 30 of 30 leads")
        assert (len(finished), len(names)) == ((3, 4) if roomy else (1, 1))
        if not roomy:
            assert finished == [["a10, a11, a12"]]
            assert str(late[-1][0]).endswith("a9")
            assert str(names[0]).startswith("Post 000; Post 001")


def test_what_improved_is_named_by_how_it_moved() -> None:
    board = rated(("A", "G"), ("R", "A"), ("A", "G"), ("G", "G"))
    assert rows_below(page_of(board), "What improved") == [
        ["Amber → Green: a0, a2; Red → Amber: a1"]
    ]
    (table,) = [t for t in at_a_glance_sheet(view_of(board)).tables if t.key == "improved"]
    assert [row[0] for row in table.rows] == ["a0", "a1", "a2"]


def test_where_nothing_got_worse_or_better_the_page_says_so() -> None:
    board = rated(("G", "G"))
    words = words_of(page_of(board))
    assert f"What got worse\n{NONE_WORSE}" in words
    assert "What improved\nNo action improved." in words
    assert ("What got worse", NONE_WORSE) in at_a_glance_sheet(view_of(board)).tables[0].rows
    assert "What got worse" not in words_of(page_of(board_of(action("a", rating="G"))))


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
    many = [ReturnLine(f"Post {n:03}") for n in range(MANY)]
    sheet = page_of(rated(("G", "G"), returns=[*many, returned]))
    (columns,) = rows_below(sheet, f"Who did not report: {MANY} of {MANY + 1} leads")
    assert len(many) > FEW
    assert "\n".join(map(str, columns)).split("\n") == [line.lead for line in many]
    assert len(columns) == 3
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
        "For attention": ("1", "rated Overdue"),
        "Others, late": ("2", "past the due date"),
        "Others, no date": ("1", "none can be read"),
        "Others, in time": ("0", "not late"),
    }
    book = composite_workbook(board, CREATED)
    every = "\n".join(words_of(sheet) for sheet in book.sheets)
    assert "n track" not in every
    assert "Late, and not rated Overdue (2 actions)" in words_of(sheet_of(book, "Exceptions"))


def test_a_scale_without_ratings_for_attention_says_nothing_of_attention() -> None:
    scale = (Rating("C", "Completed", closed=True), Rating("O", "Ongoing"))
    board = audited(scale, "C", "O", "O")
    sentence = in_a_sentence(view_of(board))
    assert sentence == "At this first board the plan has 3 actions; 2 are late."
    labels = [one.label for one in key_figures(view_of(board)) if one.part]
    assert labels == ["Actions", "Completed", "Open, late", "Open, in time"]


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
        "On track, no date", "On track, in time", "Late", "Provisional", "Late steps",
        "No date can be read", "Exceptions", "Returns received",
    }  # fmt: skip
    for label, (value, link) in links.items():
        if label in NO_LIST:
            assert link == f"'{NO_LIST[label]}'!A1"
        else:
            assert listed_at(book, link) == int(value), label


# The figures, and how they stand.


def test_the_figures_that_add_up_stand_apart_and_all_of_them_in_columns_of_one_width() -> None:
    for board in (full_board(), rated(("G", "A")), audited(STATES, "P", "O")):
        (title, parts), (among, across) = figure_groups(view_of(board))
        total, *others = (int(one.value) for one in parts)
        assert total == sum(others)
        assert title.startswith(f"{total} action")
        sheet = page_of(board)
        at = {str(m.cell.value): m.area for m in reversed(sheet.merges)}
        areas = [at[one.label] for one in (*parts, *across)]
        assert len({area.last_col - area.first_col for area in areas}) == 1
        assert all(at[one.label].first_row < at[f"{among}:"].first_row for one in parts)
        assert all(at[one.label].first_row > at[f"{among}:"].first_row for one in across)
        colours = {m.cell.style.colour for m in sheet.merges if m.area in areas}
        assert len(colours) == 1


def test_the_ratings_for_attention_are_named_while_they_are_few() -> None:
    (found,) = [one for one in key_figures(view_of(rated(("G", "A")))) if one.label[:5] == "For a"]
    assert found.remark == "rated Amber or Red; was 0"
    scale = (*STATES, *(Rating(f"X{n}", f"Held up for reason {n}", exception=True)
                        for n in range(3)))  # fmt: skip
    (found,) = [
        one for one in key_figures(view_of(audited(scale, "P"))) if one.label[:5] == "For a"
    ]
    assert found.remark == "by their rating"


def test_a_rating_that_is_called_late_keeps_its_name() -> None:
    scale = (Rating("G", "Green"), Rating("L", "Late", exception=True))
    labels = [one.label for one in key_figures(view_of(audited(scale, "G", "L")))]
    assert "Past the due date" in labels
    assert "Late" not in labels
