"""The cells in which the lists of actions agree: what is asked, who leads, when it is due."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.board.frame import Frame
from xlplan.board.longtexts import cut_words
from xlplan.board.standings import Standing, leads_of
from xlplan.plan.values import show, show_in
from xlplan.workbook.write.sheet import Cell

SECTION_TEXT = 60


def section_cell(frame: Frame, one: Standing) -> Cell:
    """The section's short name, as words."""
    return frame.text(cut_words(frame.short.get(one.section, one.section), SECTION_TEXT))


def said(frame: Frame, one: Standing, role: str, width: float) -> Cell:
    """What the action says in the field with a role."""
    item = frame.board.definition.with_role(role)
    text = show_in(item, one.row.values.get(item.id)) if item else ""
    return frame.fitted(text, width, f"{one.row.ref}, {item.heading if item else role}")


def leads_cell(frame: Frame, one: Standing, width: float) -> Cell:
    """The leads, one a line."""
    names = leads_of(frame.board.definition, one.row.values)
    return frame.fitted("\n".join(names) or "No lead named", width, f"{one.row.ref}, leads")


def due_cell(frame: Frame, one: Standing, width: float) -> Cell:
    """When the action is due, as it was written: the revised date where there is one."""
    revised = frame.board.definition.with_role("revised")
    text = show(one.row.values.get(revised.id)) if revised else ""
    if text:
        return frame.fitted(text, width, f"{one.row.ref}, due")
    return said(frame, one, "due", width)


def centred(frame: Frame, text: str, *, bold: bool = False) -> Cell:
    """A short word in the middle of its cell."""
    return frame.text(text, frame.styled(frame.boxed, align="center", valign="vcenter", bold=bold))


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
