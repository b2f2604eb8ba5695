"""Headings: of columns, and of sections such as "Recommendation 7 - …"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
_VERSIONS = re.compile(
    r"(?:(?:document|version|revision|change|amendment) (?:and (?:version|document) )?"
    r"(?:control|histor(?:y|ies)|logs?|records?|lists?|tables?)|amendments?|revisions?|versions)"
)
_VERSION_NUMBER = re.compile(
    r"(?:(?:document )?(?:version|ver|revision|rev|issue|draft))(?: (?:no|number|ref))?"
)
_OF_VERSION = re.compile(
    r"(?:date|author|by|owner|name|who|amended|changed?|changes|comments?|description|details|"
    r"reasons?|status|summary|notes?|issued|approved|prepared|reviewed|made)\b"
)
_VERSION = re.compile(
    r"(?:v|ver|version|rev|revision|issue|draft)\.?\s*\d|\d{1,2}\.\d{1,2}\b", re.IGNORECASE
)


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


def _begins_versions(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row begins a list of the document's own versions: "Version control", or the
    headings of one."""
    texts = [normal_heading(cell_text(value)) for value in cells.values()]
    if len(texts) == 1:
        return bool(_VERSIONS.fullmatch(texts[0]))
    roles = {guess_role(text) for text in texts}
    named = any(_VERSION_NUMBER.fullmatch(text) for text in texts)
    of_plan = roles & {"action", "recommendation", "rating"}
    return named and not of_plan and any(_OF_VERSION.match(text) for text in texts)


def _is_version(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row begins with the number of a version: "V2", "0.3", "Draft 1"."""
    return bool(_VERSION.match(cell_text(next(iter(cells.values())))))


def version_rows(rows: Sequence[Mapping[int, CellValue]], headers: set[int]) -> frozenset[int]:
    """The rows of lists of versions: from their heading to the next blank row, or to the headings
    of the plan (`headers`). A title that stands alone has the list below the next blank row too."""
    found: set[int] = set()
    listing = titled = False
    for row, cells in enumerate(rows):
        if not cells:
            listing = False
            continue
        if _begins_versions(cells):
            listing, titled = True, len(cells) == 1
        elif row in headers:
            listing = titled = False
        elif titled and _is_version(cells):
            listing = True
        elif not listing:
            titled = False
        if listing:
            found.add(row)
    return frozenset(found)


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
