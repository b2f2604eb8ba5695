"""Short names of sections, and the text that a long one stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NUMBERED = re.compile(
    r"^\s*(recommendation|theme|priority|section|objective|outcome|aim|goal|area|workstream|part)"
    r"\s+(\d[\w.]*|[A-Z])\b(?!\s*(?:,|&|and\b|to\b))[\s.:–—-]*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_MARK = re.compile(r"^([A-Z]{1,2}: )(.*)$", re.DOTALL)
"""The mark of a plan, on a board of several."""
LONGEST = 48


def short_name(section: str) -> str:
    """A section in a few words: ``"Recommendations 1, 4 and 13"``, else its first words."""
    if mark := _MARK.match(section):
        return mark[1] + short_name(mark[2])
    lines = [line for line in section.split("\n") if line.strip()]
    found = [_NUMBERED.match(line) for line in lines]
    numbered = [match for match in found if match]
    if numbered and len(numbered) == len(lines):
        words = {match[1].capitalize() for match in numbered}
        if len(words) == 1:
            numbers = [match[2].rstrip(".") for match in numbered]
            word = words.pop()
            if len(numbers) == 1:
                return f"{word} {numbers[0]}"
            plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
            return f"{plural} {', '.join(numbers[:-1])} and {numbers[-1]}"
    first = " ".join(lines[0].split()) if lines else section
    if len(first) <= LONGEST:
        return first + (" …" if len(lines) > 1 else "")
    head = first[: LONGEST - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[LONGEST // 2 :] else head
    return cut.rstrip(" ,;:.") + "…"


def short_names(sections: Sequence[str]) -> Mapping[str, str]:
    """Short names by section; where two would be the same, each gets its place in brackets."""
    names = {section: short_name(section) for section in sections}
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {
        section: f"{name} ({place})" if name in shared else name
        for place, (section, name) in enumerate(names.items(), 1)
    }


def section_text(section: str) -> str:
    """What a section says beyond its short name; ``""`` where the short name says it all."""
    if mark := _MARK.match(section):
        return section_text(mark[2])
    lines = [line for line in section.split("\n") if line.strip()]
    found = [_NUMBERED.match(line) for line in lines]
    if lines and all(found):
        texts = [" ".join(match[3].split()) for match in found if match]
        texts = [text for text in texts if text]
        more = len(texts) - 1
        return texts[0] + (f" (and {more} more)" if more else "") if texts else ""
    whole = " ".join(section.split())
    return "" if short_name(section) == whole else whole
