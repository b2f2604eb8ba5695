"""Further renderings of a published composite: accessible, as pages, and on one page.

They say what the composite says and carry its time. Like it they can be deleted and come back the
same; only the composite itself is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.cycle.outputs import Output
from xlplan.errors import Problem, XlplanError

if TYPE_CHECKING:
    from xlplan.documents.composite.board import Board


@dataclass(frozen=True, slots=True)
class Renderings:
    """What is wanted beside the composite."""

    accessible: bool = False
    pdf: bool = False
    one_page: bool = False

    def check(self) -> None:
        """Raise XlplanError (PUB-004) where LibreOffice is needed and is not there."""
        if self.pdf:
            from xlplan.workbook.printing import require_office

            require_office()


ALONE = Renderings()
"""Nothing beside the composite."""


def render(
    wanted: Renderings, board: Board, created: str, path: Path, data: bytes
) -> tuple[list[Output], list[Problem]]:
    """The files wanted beside the composite at `path` with the bytes `data`, all of one time.

    A PDF that LibreOffice did not make is a problem: what has been published stays published.
    """
    outputs: list[Output] = []
    printed = [(path, data)] if wanted.pdf else []
    if wanted.accessible:
        from xlplan.documents.composite.accessible import accessible_workbook
        from xlplan.workbook.writing import write_workbook

        book = write_workbook(accessible_workbook(board, created))
        outputs.append(Output(path.with_name(f"{path.stem} accessible.xlsx"), book, "rendering"))
    if wanted.one_page:
        from xlplan.documents.composite.highlight import highlight_workbook
        from xlplan.workbook.writing import write_workbook

        book = write_workbook(highlight_workbook(board, created))
        page = path.with_name(f"{path.stem} one page.xlsx")
        outputs.append(Output(page, book, "rendering"))
        printed += [(page, book)] if wanted.pdf else []
    problems: list[Problem] = []
    for source, book in printed:
        try:
            outputs.append(Output(_beside(source), _pages(book, created), "rendering"))
        except XlplanError as error:
            problems += error.problems
    return outputs, problems


def _beside(source: Path) -> Path:
    """Where the pages of a workbook go: never over the workbook itself."""
    target = source.with_suffix(".pdf")
    return target if target != source else source.with_name(f"{source.name}.pdf")


def _pages(book: bytes, created: str) -> bytes:
    from xlplan.workbook.printing import to_pdf

    return to_pdf(book, created)
