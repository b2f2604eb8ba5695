"""The board on paper: how many pages, in letters of which size, and nothing cut."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from tests.composite_sample import CREATED, sample_board
from tests.office import Office
from xlplan.board import composite_workbook
from xlplan.plan.settings import CompositeSettings
from xlplan.workbook.write.sheet import Workbook
from xlplan.workbook.write.writing import write_workbook

Paper = Literal["A3", "A4"]
MOST: Mapping[tuple[int, Paper], int] = {
    (300, "A3"): 35,
    (300, "A4"): 63,
    (1200, "A3"): 130,
    (1200, "A4"): 234,
}
"""Pages of so many actions: on A4 1.8 times as many as on A3."""
LEAST = 8.45
"""Points of the smallest letters, 8.5 rounded as programs do."""
OWN_LAYOUT = ("Summary",)
"""Sheets that are drawn in a way of their own, and not in columns fitted to the page."""


def board(actions: int, paper: Paper) -> Workbook:
    sample = sample_board(actions, 40)
    definition = replace(sample.definition, composite=CompositeSettings(paper=paper))
    return composite_workbook(replace(sample, definition=definition), CREATED)


def printed_sheets(book: Workbook) -> dict[str, int]:
    """Each sheet that is printed, with its pages: those that its breaks make."""
    return {
        sheet.name: len(sheet.page.breaks) + 1
        for sheet in book.sheets
        if sheet.page.print_area is None
    }


# Reading a PDF of LibreOffice's.

_OBJECT = re.compile(rb"(?s)(?<!\d)(\d+) 0 obj\s(.*?)endobj")
_PAGE = re.compile(rb"/Type/Page/Parent.*?/Contents (\d+) 0 R", re.DOTALL)
_SIZE = re.compile(rb"/F\d+ ([\d.]+) Tf")


@dataclass(frozen=True)
class Printed:
    """A page, by the sizes of its letters in points."""

    sizes: frozenset[float]


def pages_of(pdf: bytes) -> Iterator[Printed]:
    parts = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    for body in parts.values():
        if page := _PAGE.search(body):
            stream = parts[int(page[1])].partition(b"stream")[2].lstrip(b"\r\n")
            text = zlib.decompressobj().decompress(stream)
            yield Printed(frozenset(float(size) for size in _SIZE.findall(text)))


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_300_actions_print_on_few_pages_in_letters_to_be_read_with_nothing_cut(
    paper: Paper, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("print")
    book = board(300, paper)
    (folder / "board.xlsx").write_bytes(write_workbook(book))
    assert office.to_checked_pdf(folder / "board.xlsx", folder / "board.pdf") == []
    pages = list(pages_of((folder / "board.pdf").read_bytes()))
    assert 10 < len(pages) <= MOST[300, paper]
    fitted = sum(n for name, n in printed_sheets(book).items() if name not in OWN_LAYOUT)
    own = len(pages) - fitted
    assert 0 <= own <= 3, "the breaks are where the pages end"
    small = [number for number, page in enumerate(pages, 1) if min(page.sizes) < LEAST]
    assert len(small) <= own, "only on a sheet with a layout of its own"


@pytest.mark.parametrize(("actions", "paper"), MOST)
def test_breaks_make_as_few_pages(actions: int, paper: Paper) -> None:
    assert sum(printed_sheets(board(actions, paper)).values()) <= MOST[actions, paper]


def test_changes_and_history_take_no_page() -> None:
    book = board(300, "A3")
    assert not {"Changes", "History"} & printed_sheets(book).keys()
    assert {"Changes", "History"} <= {sheet.name for sheet in book.sheets}
