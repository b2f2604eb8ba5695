"""Hostile text in every field of a board, as a real LibreOffice shows it: text, and all of it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.boards import HOSTILE, sheet_of, words_of
from tests.composite_sample import CREATED, DEFINITION, sample_board
from tests.office import Office
from xlplan.board import Board, PastBoard, ReturnLine, composite_workbook
from xlplan.board.other_boards import combined
from xlplan.merge.model import Change, Place
from xlplan.merge.past import DueHistory
from xlplan.plan.people import Lead
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Invalid
from xlplan.workbook.write.writing import write_workbook

LONG = "=1+1 " + " ".join(f"wörd{n}" for n in range(5000))
assert len(LONG) > 40_000


def hostile_board(text: str) -> Board:
    """A board that says `text` wherever anybody can type anything."""
    base = sample_board(4, 2)
    place = Place(text, text, text)
    rows = [
        replace(
            row,
            ref=f"{text}{n}",
            section=text,
            values={
                f.id: (text,) if f.type == "people" else Timescale(text)
                if f.type == "timescale" else frozenset({text}) if f.type == "set"
                else Invalid(text) if f.type == "rating" else text
                for f in DEFINITION.fields_of(row.kind)
            },
        )
        for n, row in enumerate(base.rows)
    ]  # fmt: skip
    changes = [
        Change(n, text, text, row.uid, text, "progress", text, text, text, place, kind)
        for n, (row, kind) in enumerate(
            zip(rows, ("row-added", "undo", text, "edit"), strict=False)
        )
    ]
    leads = (Lead(text, organisation=text),)
    return replace(
        base, rows=rows, changes=changes, tip=text, previous_label=text, returns=[ReturnLine(text)],
        previous={rows[1].uid: {"rating": "G"}}, cycle=text,
        history=[PastBoard(text, {row.uid: text for row in rows})],
        dues={row.uid: DueHistory(base.as_of, 2) for row in rows},
        challenges={rows[0].uid: [text]},
        questions=[replace(q, uid=text, action=text, message=text) for q in base.questions],
        definition=replace(DEFINITION, title=text, organisation=text, marking=text, notes=(text,),
                           leads=leads),
    )  # fmt: skip


# A lone surrogate is no text at all; LibreOffice decodes an escaped "_x000D_" twice over.
@pytest.mark.parametrize("text", [t for t in HOSTILE if t not in ("\ud800", "_x000D_")])
def test_libreoffice_shows_hostile_text_as_text(text: str, office: Office, tmp_path: Path) -> None:
    book = composite_workbook(hostile_board(text), CREATED)
    path = tmp_path / "board.xlsx"
    path.write_bytes(write_workbook(book))
    shown = office.read(path)
    assert list(shown) == [sheet.name for sheet in book.sheets]
    said = canon_text(text)
    for name in ("Plan", "Exceptions", "New", "Changes", "By lead", "By organisation", "History"):
        assert said in shown[name].values(), name
    for cells in shown.values():
        assert not {"#NAME?", "Err:508", "Err:509", "#VALUE!", "press"} & set(cells.values())


@pytest.mark.parametrize("text", ["=1+1", "http://example.invalid/a", "<r><t>x</t></r>"])
def test_a_board_of_several_plans_makes_no_formula_and_no_link_of_text(text: str) -> None:
    board = combined([hostile_board(text), hostile_board(text)])
    data = write_workbook(composite_workbook(board, CREATED))
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type in ("s", "n", "inlineStr"), (sheet.title, cell.coordinate)
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target is None


def test_a_text_of_forty_thousand_characters_is_whole_in_notes_and_marked_where_it_is_cut() -> None:
    book = composite_workbook(hostile_board(LONG), CREATED)
    notes = "".join(
        str(row.cells[1].value)
        for row in sheet_of(book, "Notes").rows
        if len(row.cells) > 1 and row.cells[0] and row.cells[1]
        and str(row.cells[0].value).startswith("Long text")
    )  # fmt: skip
    assert LONG.replace(" ", "") in notes.replace(" ", "").replace("\n", "")
    for name in ("Plan", "Changes", "New"):
        assert "The whole is in Notes, long text" in words_of(sheet_of(book, name)), name
    for sheet in book.sheets:
        for row in sheet.rows:
            for cell in row.cells:
                assert cell is None or len(str(cell.value)) <= 32_767, sheet.name
