"""People in cells: several officers written in one cell, in many ways."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import lru_cache
from operator import itemgetter

_NOT_APPLICABLE = re.compile(r"n ?/ ?a", re.IGNORECASE)
"""No separator stands between these two letters."""
_BRACKETS = re.compile(r"\([^()]*\)")


def split_people(
    text: str, separators: Sequence[str], known: Collection[str] = ()
) -> tuple[str, ...]:
    """The names in a cell, in the order written, each once.

    A separator that is a word (``" and "``) splits only where it stands alone; the others split
    wherever they stand, and a new line always does. What stands in brackets belongs to the name
    before it: ``"A Post (Homes and Advice)"`` is one. Blank parts are left out: ``"A / B\\n"``
    gives ``("A", "B")``. A name in `known` (case-folded, single-spaced) is never taken apart, so
    ``"Director of Adults and Children"`` may be in the list of leads.
    """
    names: list[str] = []
    pattern = _pattern(tuple(separators))
    longest = _longest(pattern, tuple(known))
    for line in text.split("\n"):
        names += _split_line(_spaced(line), pattern, known, longest)
    return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=64)
def _pattern(separators: tuple[str, ...]) -> re.Pattern[str]:
    choices = []
    for separator in sorted({"\n", *separators} - {""}, key=lambda s: (-len(s), s)):
        word = separator.strip()
        mark = re.escape(word or separator)
        choices.append(f" {mark} " if word.isalpha() else mark)
    return re.compile("|".join(choices), re.IGNORECASE)


@lru_cache(maxsize=64)
def _longest(pattern: re.Pattern[str], known: tuple[str, ...]) -> int:
    """How many parts the known name with the most separators has."""
    return 1 + max((len(pattern.findall(name)) for name in known), default=0)


def _split_line(
    line: str, pattern: re.Pattern[str], known: Collection[str], longest: int
) -> list[str]:
    """The parts of a line; neighbours that make a known name together are put back together."""
    if _NOT_APPLICABLE.fullmatch(line):
        return [line]
    starts, ends = [0], []
    brackets = [found.span() for found in _BRACKETS.finditer(line)]
    for match in pattern.finditer(line):
        at = bisect_left(brackets, match.end(), key=itemgetter(0)) - 1
        if at >= 0 and brackets[at][1] > match.start():
            continue
        ends.append(match.start())
        starts.append(match.end())
    ends.append(len(line))
    names: list[str] = []
    at = 0
    while at < len(starts):
        last = min(at + longest, len(starts)) - 1
        while last > at and _spaced(line[starts[at] : ends[last]]).casefold() not in known:
            last -= 1
        names.append(_spaced(line[starts[at] : ends[last]]))
        at = last + 1
    return names


def _spaced(name: str) -> str:
    return " ".join(name.split())
