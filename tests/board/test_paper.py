"""The paper: its order, its figures, what a person has still to write, and how it is read out."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.document import Document as Read
from docx.oxml.ns import qn
from docx.table import Table
from msgspec.structs import replace

from tests.boards import HOSTILE, action, board_of, sheet_of, words_of
from tests.composite_sample import CREATED, DEFINITION, sample_board
from xlplan.board import Board, composite_workbook
from xlplan.board.paper import MOST, paper
from xlplan.plan.settings import BoardWords, HouseStyle, SectionWords
from xlplan.workbook.write.document import write_document


def read(board: Board) -> Read:
    return docx.Document(io.BytesIO(write_document(paper(board, CREATED))))


def texts(document: Read) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def headings(document: Read, level: int) -> list[str]:
    return [p.text for p in document.paragraphs if p.style and p.style.name == f"Heading {level}"]


def table(document: Read, first: str) -> Table:
    """The table under the caption that begins with `first`."""
    captions = [p.text for p in document.paragraphs if p.style and p.style.name == "Caption"]
    return document.tables[next(n for n, text in enumerate(captions) if text.startswith(first))]


def rows(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_it_has_the_order_of_a_board_report() -> None:
    assert headings(read(sample_board()), 1) == [
        "1. Purpose of this report", "2. The position", "3. Section by section", "4. Exceptions",
        "5. New actions", "6. Recommendations", "Appendix",
    ]  # fmt: skip


def test_table_1_counts_each_section_and_the_whole_now_and_before() -> None:
    ratings = (("a", "One", "G", "A"), ("b", "One", "G", "G"), ("c", "Two", "R", "A"))
    board = board_of(
        *(action(uid, section, rating=now) for uid, section, now, _ in ratings),
        previous={uid: {"section": section, "rating": was} for uid, section, _, was in ratings},
    )
    assert rows(table(read(board), "Table 1")) == [
        ["Section", "Blue", "Green", "Amber", "Red", "All actions"],
        ["One", "0 (0)", "2 (1)", "0 (1)", "0 (0)", "2 (2)"],
        ["Two", "0 (0)", "0 (0)", "0 (1)", "1 (0)", "1 (1)"],
        ["All actions", "0 (0)", "2 (1)", "0 (2)", "1 (0)", "3 (3)"],
    ]


def test_every_figure_is_that_of_the_workbook() -> None:
    board = sample_board()
    document, book = read(board), composite_workbook(board, CREATED)
    said = texts(document)
    page = words_of(sheet_of(book, "At a glance")).split("\n")
    position = said.index("2. The position")
    assert said[position + 1] in page
    bullets = [p.text for p in document.paragraphs if p.style and p.style.name == "List Bullet"]
    tiles = [text for text in bullets if text.endswith(")")]
    assert len(tiles) > 5
    for bullet in tiles:
        label, _, rest = bullet.partition(": ")
        value, _, remark = rest.removesuffix(")").partition(" (")
        assert {label, value, remark} <= set(page), bullet
    summary = sheet_of(book, "Summary")
    merged = {m.area.first_row: str(m.cell.value) for m in summary.merges if m.area.first_col == 0}
    shown = [
        [merged.get(n) or str(row.cells[0].value if row.cells[0] else ""),
         *(cell.value for cell in row.cells[2:] if cell)]
        for n, row in enumerate(summary.rows) if len(row.cells) > 2 and row.cells[2]
    ]  # fmt: skip
    told = [
        [name, *(int(n) for text in counts for n in re.findall(r"\d+", text)[::-1])]
        for name, *counts in rows(table(document, "Table 1"))[1:]
    ]
    assert [row for row in shown if isinstance(row[1], int)] == told
    sections = words_of(sheet_of(book, "Sections"))
    sentences = [text for text in said if re.match(r"\d+ actions?: ", text)]
    assert len(sentences) == len(told) - 1
    assert all(f"({text.rstrip('.')}" in sections for text in sentences)
    found = {tuple(text.rsplit(": ", 1)) for text in bullets if text not in tiles}
    tally = words_of(sheet_of(book, "Exceptions")).split("\n")
    (note,) = [text for text in tally if re.match(r"\d+ actions   ·   ", text)]
    assert found == {tuple(part.split(": ")) for part in note.split("   ·   ")[1:]}


def test_a_section_lists_what_moved_the_worse_first() -> None:
    board = board_of(
        action("a", rating="G"), action("b", rating="R"), action("c", rating="A"),
        previous={"a": {"section": "One", "rating": "A"}, "b": {"section": "One", "rating": "A"},
                  "c": {"section": "One", "rating": "A"}},
    )  # fmt: skip
    document = read(board)
    assert rows(table(document, "Movement in One")) == [
        ["Ref", "Action", "Last board", "Now", "Direction"],
        ["b", "Do b", "Amber", "Red", "Worse"],
        ["a", "Do a", "Amber", "Green", "Better"],
    ]
    assert "3 actions: 1 better, 1 worse, 0 new. None is past the due date." in texts(document)


def test_the_coordinators_words_fill_their_places() -> None:
    worded = replace(
        DEFINITION,
        board=BoardWords("Two posts are vacant.", ("note this", "agree that")),
        sections=(SectionWords("one", "It goes well."),),
    )
    document = read(board_of(action("a", rating="G"), definition=worded))
    found = texts(document)
    assert {"Two posts are vacant.", "It goes well.", "note this", "agree that"} <= set(found)
    assert not [text for text in found if "To be written" in text]
    lists = [p.text for p in document.paragraphs if p.style and p.style.name == "List Number"]
    assert lists == ["note this", "agree that"]


def test_what_nobody_wrote_yet_is_a_place_to_write_in() -> None:
    document = read(board_of(action("a", rating="G")))
    places = [p.text for p in document.paragraphs if p.style and p.style.name == "To be written"]
    assert len(places) == 3  # the message, the section, what is asked
    assert all(text.startswith("[To be written: ") for text in places)


def test_many_exceptions_are_counted_by_reason_and_the_worst_are_listed() -> None:
    many = MOST + 7
    board = board_of(*(action(f"a{n}", rating="R" if n == many - 1 else "A") for n in range(many)))
    document = read(board)
    listed = rows(table(document, "Exceptions"))[1:]
    assert (len(listed), listed[0][0]) == (MOST, f"a{many - 1}")
    assert f"Rated for attention: {many}" in texts(document)
    assert "7 more: see the sheet Exceptions of the workbook." in texts(document)


def test_a_plan_without_sections_or_ratings_has_a_paper_too() -> None:
    plain = replace(DEFINITION, ratings=(), fields=tuple(
        item for item in DEFINITION.fields if item.role not in ("section", "rating")
    ))  # fmt: skip
    document = read(board_of(action("a", section=""), definition=plain))
    assert "3. Movement" in headings(document, 1)
    assert not [p for p in texts(document) if p.startswith("Table 1")]
    assert "The plan has no actions to count yet." in texts(read(board_of()))


def test_every_table_has_a_heading_row_and_says_what_it_is() -> None:
    document = read(sample_board())
    for found in document.tables:
        properties = found._tbl.tblPr
        marked = [
            bool(row._tr.findall(f"{qn('w:trPr')}/{qn('w:tblHeader')}")) for row in found.rows
        ]
        assert marked == [True, *(False for _ in marked[1:])]
        for tag in ("w:tblCaption", "w:tblDescription"):
            assert properties.find(qn(tag)).get(qn("w:val"))


def test_language_title_and_fonts_are_those_of_the_plan() -> None:
    house = replace(DEFINITION, language=("cy-GB",), style=HouseStyle(font="Arial"))
    document = read(board_of(action("a", rating="G"), definition=house))
    core = document.core_properties
    assert core.title == "Children's services improvement plan: report to the board"
    assert core.language == "cy-GB"
    styles = document.styles.element
    assert {e.get(qn("w:val")) for e in styles.iter(qn("w:lang"))} == {"cy-GB"}
    assert {f.get(qn("w:ascii")) for f in styles.iter(qn("w:rFonts"))} == {"Arial"}


def test_hostile_texts_stay_texts() -> None:
    board = board_of(*(action(f"a{n}", text, action=text) for n, text in enumerate(HOSTILE)))
    document = read(board)
    with zipfile.ZipFile(io.BytesIO(write_document(paper(board, CREATED)))) as parts:
        links = [n for n in parts.namelist() if b"TargetMode" in parts.read(n)]
    assert not links
    assert '=HYPERLINK("http://example.invalid","press")' in "\n".join(texts(document))


def test_the_same_board_gives_the_same_bytes() -> None:
    board = sample_board()
    first, second = (write_document(paper(board, CREATED)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
