"""Headings: which rows of a sheet head columns, and sections such as "Recommendation 7 - …".

A row heads columns when its words name at least two things that plans have, something to be done
among them, and its cells look like headings; unknown headings never count against it. Rows of a
list of the document's own versions head nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from xlplan.late import regex
from xlplan.plan.propose_roles import guess_role, normal_heading
from xlplan.plan.shown import ShownNumber, shown_text
from xlplan.plan.text import canon_text, fold, trimmed
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.source.heading_words import role_scores
from xlplan.workbook.read.book import CellValue

_NUMBERED = regex(
    r"((?:[A-Z][A-Za-z]{2,20} ){0,2}[A-Za-z]{3,21})\s*(\d{1,3}(?:\.\d{1,3})*)\s*"
    r"(?:[-–—:.]+\s*(.*))?",
    re.DOTALL,
)
_OF_SECTIONS = frozenset(
    ("recommendation", "finding", "issue", "goal", "objective", "priority", "theme", "outcome",
     "aim", "pillar", "workstream", "strand", "component", "domain", "output", "observation")
)  # fmt: skip
"""What a heading numbers where a word says of which kind: "Evaluation recommendation 2."."""
_OUTCOME = regex(
    r"(?:(?:intended|desired|expected|overall|key|strategic|our)\s+)?"
    r"(?:outcomes?|aims?|objectives?|goals?|ambition|vision|impact|success (?:criteria|measures?))"
    r"\s*[:–—-]\s*(\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_SECTIONS = {
    "appendix", "annex", "version", "page", "table", "schedule", "figure", "draft", "sheet",
    *(name.casefold() for name in MONTH_NAMES),
}  # fmt: skip
_ANCHORS = frozenset({"action", "recommendation", "lead", "due", "rating", "accountable"})
LONGEST_HEADING = 80
LONGEST_OF_ALL = 250
"""Characters of a heading with a note in it."""
LONGEST_ON_AVERAGE = 45
SURE = 0.5
"""From which score on a heading counts as understood."""
_VALUE = regex(r"[-+£$€]?\d[\d.,/: -]*%?|https?://.*|\S+@\S+")
_VERSIONS = regex(
    r"(?:(?:document|version|revision|change|amendment) (?:and (?:version|document) )?"
    r"(?:control|histor(?:y|ies)|logs?|records?|lists?|tables?)|amendments?|revisions?|versions)"
)
_VERSION_NUMBER = regex(
    r"(?:(?:document )?(?:version|ver|revision|rev|issue|draft))(?: (?:no|number|ref))?"
)
_HEAD_VERSIONS = ("ver", "rev", "issue", "draft", "document")
_NO_WORDS = "".join(c for c in map(chr, range(32, 127)) if not c.isalnum())
_OF_VERSION = regex(
    r"(?:date|author|by|owner|name|who|amended|changed?|changes|comments?|description|details|"
    r"reasons?|status|summary|notes?|issued|approved|prepared|reviewed|made)\b"
)
_VERSION = regex(
    r"(?:v|ver|version|rev|revision|issue|draft)\.?\s*\d|\d{1,2}\.\d{1,2}\b", re.IGNORECASE
)
_TOTAL = regex(r"(?:grand |sub-?)?totals?:?", re.IGNORECASE)
_TOTAL_OF = regex(r"(?:(?:grand |sub-?)totals?|totals? (?:for|of))\b", re.IGNORECASE)
_NOTE_LIKE = regex(
    r"[-*•\[]|notes?\b|please note|n\.?b\.?\b|(?:(?:b?rag|rating|status|colou?r) )*key\b|"
    r"(?:grand |sub-?)totals?\b|totals?:?(?: \||$)",
    re.IGNORECASE,
)


class Heading(Struct, frozen=True):
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
    word, _, last = match[1].casefold().rpartition(" ") if match else ("", "", "")
    told = last in _OF_SECTIONS if word else last not in _NOT_SECTIONS
    if match and told and text[0].isupper():
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
    if value is None:
        return ""
    if type(value) is str:
        return trimmed(value)  # most cells, and each of them is looked at many times
    return canon_text(shown_text(value)).strip()


def is_value(text: str) -> bool:
    """Whether a text is a number, an amount, a day in numbers or an address, and no words."""
    return bool(_VALUE.fullmatch(text))


def point_text(value: CellValue) -> str:
    """A cell as a point of a scale: its text, a whole number without ".0"."""
    if type(value) is str:
        return trimmed(value)
    whole = isinstance(value, float) and value.is_integer() and not isinstance(value, ShownNumber)
    return f"{value:.0f}" if whole else cell_text(value)


def heading_rows(
    rows: Sequence[Mapping[int, CellValue]],
    known: frozenset[str] = frozenset(),
    chosen: frozenset[str] = frozenset(),
) -> set[int]:
    """The rows that head columns; `known` are the (normal) headings of a workbook template,
    `chosen` (folded) those whose role a person decided.

    Where headings that are known whole make a table of actions, only such rows count: what other
    rows say by their words might be what somebody wrote in the table.
    """
    sure = {row for row in _may_be_headings(rows) if looks_like_headings(rows[row])}
    if len(known) > 1:
        sure |= {row for row, cells in enumerate(rows) if _known(cells, known)}
    named = {
        row for row, cells in enumerate(rows)
        if chosen and len(cells) > 1 and chosen & {fold(text) for text in texts_of(cells).values()}
    }  # fmt: skip
    sure |= named
    if any(_heads_actions(rows[row]) for row in sure):
        return sure
    found = dict.fromkeys(sure, 0.0)
    for row, cells in enumerate(rows):
        strength = 0.0 if row in sure else _strength(cells)
        if not strength:
            continue
        first = min(found, default=None)
        if first is None or row < first or same_headings(texts_of(rows[first]), texts_of(cells)):
            found[row] = strength
        elif row - first == 1:
            if first not in sure and strength > found[first]:
                found = {row: strength}
        elif _well_named(cells) and len(rows[row - 1]) <= 1:
            found[row] = strength
    return set(found)


def _may_be_headings(rows: Sequence[Mapping[int, CellValue]]) -> list[int]:
    """The rows of short texts, one of which names something that plans have. Each text is looked at
    once."""
    short = {
        row: cells for row, cells in enumerate(rows)
        if len(cells) > 1 and {*map(type, cells.values())} == {str}
        and (max(map(len, cells.values())) <= LONGEST_HEADING  # type: ignore[arg-type]
             or max(len(cell_text(text)) for text in cells.values()) <= LONGEST_HEADING)
    }  # fmt: skip
    texts_met = dict.fromkeys(chain.from_iterable(cells.values() for cells in short.values()))
    telling = {text for text in texts_met if guess_role(cell_text(text)) != "text"}
    return [row for row, cells in short.items() if not telling.isdisjoint(cells.values())]


def _known(cells: Mapping[int, CellValue], known: frozenset[str]) -> bool:
    texts = {normal_heading(text) for text in texts_of(cells).values()}
    return len(texts & known) * 2 > len(known)


def texts_of(cells: Mapping[int, CellValue]) -> dict[int, str]:
    """The texts of a row's cells, by column."""
    return {col: cell_text(value) for col, value in cells.items()}


def running_titles(
    rows: Sequence[Mapping[int, CellValue]], headers: Collection[int]
) -> frozenset[str]:
    """Lines that a printed plan repeats above its headings on every page."""
    values = [*chain.from_iterable(cells.values() for cells in rows)]
    texts = Counter(cell_text(value) for value in values if type(value) is not str)
    for text, count in Counter(value for value in values if type(value) is str).items():
        texts[cell_text(text)] += count
    first = min(headers, default=0)
    title = {cell_text(value) for cells in rows[:first] for value in cells.values()}
    return frozenset(
        text
        for text, count in texts.items()
        if (count > 2 or (count == 2 and text in title)) and not parse_heading(text).number
    )


def _heads_actions(cells: Mapping[int, CellValue]) -> bool:
    roles = {guess_role(text) for text in texts_of(cells).values()}
    return bool(roles & {"action", "recommendation"}) and len(roles - {"text"}) > 2


def understood(texts: Sequence[str]) -> dict[str, str]:
    """Each role that some heading may have, with the heading; one heading has one role."""
    scored = sorted(
        ((score, place, role) for place, text in enumerate(texts)
         for role, score in role_scores(text).items() if score >= SURE),
        key=lambda each: (-each[0], each[1]),
    )  # fmt: skip
    roles: dict[str, str] = {}
    used: set[int] = set()
    for _, place, role in scored:
        if role not in roles and place not in used:
            roles[role] = texts[place]
            used.add(place)
    return roles


def _strength(cells: Mapping[int, CellValue]) -> float:
    """How much a row reads like the headings of a plan; 0 where it does not."""
    texts = list(texts_of(cells).values())
    if len(texts) < 2 or max(map(len, texts)) > LONGEST_OF_ALL:
        return 0.0
    values = sum(
        not isinstance(v, str) or bool(_VALUE.fullmatch(cell_text(v))) for v in cells.values()
    )
    labels = sum(text.endswith(":") for text in texts)
    length = sum(map(len, texts)) / len(texts)
    if values * 8 >= len(texts) or labels * 2 > len(texts) or length > LONGEST_ON_AVERAGE:
        return 0.0
    if len({normal_heading(text) for text in texts}) * 5 < len(texts) * 3:
        return 0.0
    roles = understood(texts)
    if "action" not in roles or not roles.keys() & {"lead", "due", "rating"}:
        return 0.0
    few = len(roles) == 2 and len(texts) > 8
    return 0.0 if few else max(len(roles) + len(texts) / 100 - length / 12, 0.1)


def card_labels(rows: Sequence[Sequence[CellValue]]) -> tuple[str, ...]:
    """The labels of a sheet on which each action is a card of labels with their values; () on any
    other: two labels or more, which name something to be done and who, when or how far, come again
    for every action, and nothing but a value stands beside one, or other labels with theirs."""
    lines = [[text for value in row if (text := cell_text(value))] for row in rows]
    mine = [(line, _labels_of(line)) for line in lines if line]
    counts = Counter(label for _, labels in mine for label in labels)
    most = max(counts.values(), default=0)
    labels = tuple(text for text, count in counts.items() if most > 1 and count * 2 > most)
    beside = {len(line) - 2 * len(of_line) for line, of_line in mine if {*of_line} & {*labels}}
    roles = understood(labels).keys()
    told = "action" in roles and bool(roles & {"lead", "due", "rating"})
    return labels if told and max(beside) == 0 else ()


MOST_LABELS = 30
"""Rows of a sheet up to which they may be the fields of actions that are its columns."""


def labels_down(rows: Sequence[Sequence[CellValue]]) -> tuple[str, ...]:
    """The labels of a sheet on which each action is a column and each field a row; () on any other:
    they name something to be done and two of who, when and how far, with several values beside."""
    lines = [
        [text for value in row if (text := cell_text(value))] for row in rows[: 2 * MOST_LABELS]
    ]
    labels = [line[0].rstrip(": ") for line in lines if len(line) > 2]
    if len(labels) > MOST_LABELS:
        return ()
    roles = understood(labels).keys()
    named = sum(bool(role_scores(label)) for label in labels)
    told = "action" in roles and len(roles & {"lead", "due", "rating"}) > 1
    own = len({*labels}) == len(labels) and named * 5 >= len(labels) * 3
    return tuple(labels) if told and own else ()


def _labels_of(line: Sequence[str]) -> list[str]:
    """The labels of a line of a card: its first text, or each of several before their values."""
    several = all(text.endswith(":") is (place % 2 == 0) for place, text in enumerate(line))
    return [text.rstrip(": ") for text in (line[::2] if several else line[:1])]


def may_head(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row can be headings at all: two or more short texts, each another, no values."""
    texts = list(texts_of(cells).values())
    if len(texts) < 2 or not all(isinstance(value, str) for value in cells.values()):
        return False
    several = len({normal_heading(text) for text in texts}) * 5 >= len(texts) * 3
    length = sum(map(len, texts)) / len(texts)
    return several and length <= LONGEST_HEADING and not any(map(_VALUE.fullmatch, texts))


def _well_named(cells: Mapping[int, CellValue]) -> bool:
    texts = list(texts_of(cells).values())
    named = sum(max(role_scores(text).values(), default=0.0) >= SURE for text in texts)
    return len(understood(texts)) >= 3 and named * 5 >= len(texts) * 3


def looks_like_headings(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row's cells are column headings: at least two known ones, and half of all."""
    if len(cells) < 2 or {*map(type, cells.values())} != {str}:
        return False
    texts = list(map(cell_text, cells.values()))
    if max(map(len, texts)) > LONGEST_HEADING:
        return False
    roles = [role for text in texts if (role := guess_role(text)) != "text"]
    return len(set(roles)) >= 2 and len(roles) * 2 >= len(texts) and bool(_ANCHORS & set(roles))


def _begins_versions(cells: Mapping[int, CellValue], heads: frozenset[str]) -> bool:
    """Whether a row begins a list of the document's own versions: "Version control", or the
    headings of one: one of `heads`, and what is said of a version. A row of the plan may well hold
    two words for its version."""
    if len(cells) == 1:
        return bool(_VERSIONS.fullmatch(normal_heading(cell_text(next(iter(cells.values()))))))
    if heads.isdisjoint(cells.values()):
        return False
    texts = [normal_heading(cell_text(value)) for value in cells.values()]
    about = sum(map(bool, map(_OF_VERSION.match, texts)))
    listed = about + sum(map(bool, map(_VERSION_NUMBER.fullmatch, texts)))
    of_plan = {guess_role(text) for text in texts} & {"action", "recommendation", "rating"}
    return not of_plan and about > 0 and listed > 1 and listed * 2 >= len(texts)


def _heads_versions(text: str) -> bool:
    return bool(_VERSION_NUMBER.fullmatch(normal_heading(text)))


def _may_head_versions(text: str) -> bool:
    """Whether a text, as the file has it, may be one: most are known not to be by how they begin,
    as their words are compared as they stand."""
    if not (text.isascii() and text.isprintable()) or any(map(text.__contains__, ("_x", "'", "("))):
        return True
    return text.lower().lstrip(_NO_WORDS).startswith(_HEAD_VERSIONS)


def _is_version(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row begins with the number of a version: "V2", "0.3", "Draft 1"."""
    return bool(_VERSION.match(cell_text(next(iter(cells.values())))))


def says_total(texts: Sequence[str]) -> bool:
    """Whether the texts of a row count the rows above: "Total" in one of them, or "Subtotal
    homes" and figures."""
    figures = not any(map(str.isalpha, "".join(texts[1:])))
    return any(map(_TOTAL.fullmatch, texts)) or bool(figures and _TOTAL_OF.match(texts[0]))


def begins_note(text: str) -> bool:
    """Whether a line alone is a note, a key or a total, and heads no rows: "NB: …", "RAG key"."""
    return _NOTE_LIKE.match(text) is not None


def version_rows(rows: Sequence[Mapping[int, CellValue]], headers: set[int]) -> frozenset[int]:
    """The rows of lists of versions: from their heading to the next blank row, or to the headings
    of the plan (`headers`). A title that stands alone has the list below the next blank row too."""
    values = dict.fromkeys(chain.from_iterable(cells.values() for cells in rows))
    texts = (value for value in values if isinstance(value, str) and _may_head_versions(value))
    heads = frozenset(text for text in texts if _heads_versions(cell_text(text)))
    found: set[int] = set()
    listing = titled = False
    for row, cells in enumerate(rows):
        if not cells:
            listing = False
            continue
        if (heads or len(cells) == 1) and _begins_versions(cells, heads):
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
