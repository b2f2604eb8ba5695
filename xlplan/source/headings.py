"""Headings: of columns, and of sections such as "Recommendation 7 - …"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlplan.plan.propose_roles import guess_role, normal_heading
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.workbook.read.book import CellValue

_NUMBERED = re.compile(
    r"([A-Z][A-Za-z]{2,20})\s*(\d{1,3}(?:\.\d{1,3})*)\s*(?:[-–—:.]+\s*(.*))?", re.DOTALL
)
_OUTCOME = re.compile(
    r"(?:(?:intended|desired|expected|overall|key|strategic|our)\s+)?"
    r"(?:outcomes?|aims?|objectives?|goals?|ambition|vision|impact)\s*[:–—-]\s*(\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_SECTIONS = {
    "appendix", "annex", "version", "page", "table", "schedule", "figure", "draft", "sheet",
    *(name.casefold() for name in MONTH_NAMES),
}  # fmt: skip
_ANCHORS = frozenset({"action", "recommendation", "lead", "due", "rating", "accountable"})
LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: its text and, for "Recommendation 7 - …", the word, number and rest."""

    text: str
    row: int
    word: str = ""
    number: str = ""
    rest: str = ""
    col: int = 0
    outcome: str = ""
    """What the line below the heading says is to come of the section, and that line's row."""
    outcome_row: int = -1


def parse_heading(text: str, row: int = 0) -> Heading:
    """A section heading; "<Word> <number> - <text>" and "<Word> <number>" keep their number."""
    text = canon_text(text).strip()
    match = _NUMBERED.fullmatch(text)
    if match and match[1].casefold() not in _NOT_SECTIONS:
        return Heading(text, row, match[1], match[2], (match[3] or "").strip())
    return Heading(text, row)


def section_outcome(text: str) -> str:
    """What "Outcome: …" says, or ``""``; behind another word ("Aim: …") the whole line."""
    match = _OUTCOME.fullmatch(text.strip())
    if match is None:
        return ""
    return match[1].strip() if text.strip().casefold().startswith("outcome") else text.strip()


def cell_text(value: CellValue) -> str:
    """A cell as one text, for looking at; blank is ``""``."""
    return canon_text(str(value)).strip() if value is not None else ""


def looks_like_headings(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row's cells are column headings: at least two known ones, and half of all."""
    texts = [cell_text(value) for value in cells.values()]
    if len(texts) < 2 or not all(isinstance(value, str) for value in cells.values()):
        return False
    if any(len(text) > LONGEST_HEADING for text in texts):
        return False
    roles = [role for text in texts if (role := guess_role(text)) != "text"]
    return len(set(roles)) >= 2 and len(roles) * 2 >= len(texts) and bool(_ANCHORS & set(roles))


def same_headings(one: Mapping[int, str], other: Mapping[int, str]) -> bool:
    """Whether two heading rows head the same columns: "Lead Officer" and "Lead Officers" do."""
    same = sum(
        normal_heading(other[col]).rstrip("s") == normal_heading(text).rstrip("s")
        or (guess_role(text) != "text" and guess_role(text) == guess_role(other[col]))
        or normal_heading(text).startswith(normal_heading(other[col]))
        for col, text in one.items()
        if col in other
    )
    return same == len(other) and same * 2 > len(one)
