"""Which columns a list of actions has: only those that can say anything in this plan."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.documents.composite.frame import Frame

SECTION = "Section"
COMPARED = ("Last board", "Direction")
RATED = (*COMPARED, "Rating now", "Now")


def kept_columns(frame: Frame, headings: Sequence[str]) -> tuple[list[int], list[str]]:
    """Which of these columns to keep, and their headings.

    Without sections there is no column for them, and where there is one it is called what the plan
    calls it. Without ratings, or an earlier board, nothing stands for them.
    """
    kept = [n for n, heading in enumerate(headings) if _says_anything(frame, heading)]
    return kept, [frame.group if headings[n] == SECTION else headings[n] for n in kept]


def _says_anything(frame: Frame, heading: str) -> bool:
    if heading == SECTION:
        return frame.figures.sectioned
    if heading in COMPARED and frame.board.previous is None:
        return False
    return frame.rated or heading not in RATED
