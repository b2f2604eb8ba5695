"""What the lines around the tables tell: which actions are a list of completed ones, and the day
from which timescales such as "Within 3 months" count."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from xlplan.documents.source_layout import Layout
from xlplan.plan.text import canon_text
from xlplan.plan.timescales import dates_in

_KIND = r"(?:actions?|items?|tasks?|recommendations?|list|log|sheet|archive|milestones?)"
_DONE = r"(?:completed?|closed|finished|archived?)"
_COMPLETED = re.compile(
    rf"(?:list of )?(?:all )?{_DONE}(?:(?: and| &| or|/) ?{_DONE})?(?: {_KIND})*:?"
    rf"|{_KIND} (?:that (?:are|were|have been) )?{_DONE}:?",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"(?:open|new|current|outstanding|ongoing|live|active|remaining) {_KIND}:?", re.IGNORECASE
)
_SETTLED = re.compile(r"\b(?:agreed|approved|adopted|signed off)\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:date|dated|version|as (?:at|of|on)|published|issued|updated)\b", re.IGNORECASE
)
LONGEST = 300
"""Characters of a line that is looked at for a date."""


class CompletedLists:
    """Where a sheet turns into a list of completed actions, and where that ends."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.turns = [_turns(layout) for layout in layouts]

    def holds(self, sheet: int, row: int) -> bool:
        """Whether a row (from 0) of a sheet stands in such a list."""
        turns = self.turns[sheet]
        at = bisect_right(turns, (row, True)) - 1
        return at >= 0 and turns[at][1]


def _turns(layout: Layout) -> list[tuple[int, bool]]:
    """From which row on the sheet lists completed actions, and from which it does not."""
    turns = [(-1, bool(_COMPLETED.fullmatch(_plain(layout.sheet.name))))]
    for line in layout.lines:
        if line.kind not in ("note", "section"):
            continue
        text = _plain(line.text)
        if _COMPLETED.fullmatch(text):
            turns.append((line.row, True))
        elif _OPEN.fullmatch(text):
            turns.append((line.row, False))
    return turns


def _plain(text: str) -> str:
    return " ".join(canon_text(text).replace("_", " ").split())


def agreed_day(layouts: Sequence[Layout]) -> tuple[date, str] | None:
    """The day that a line above the first table of a sheet gives the plan, and that line.

    "Agreed 12 July 2026" comes before "Version 3, July 2026"; a month gives its first day. Lines
    with two dates tell nothing.
    """
    for words in (_SETTLED, _DATED):
        for layout in layouts:
            first = layout.tables[0].header if layout.tables else 0
            for line in layout.lines:
                text = line.text if line.kind in ("note", "section") and line.row < first else ""
                if len(text) > LONGEST or not words.search(text):
                    continue
                days = dates_in(text)
                if len(days) == 1:
                    day, is_month = days[0]
                    return (day.replace(day=1) if is_month else day), _plain(text)
    return None
