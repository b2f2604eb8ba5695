"""Ratings: which point of a scale a text means."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.plan.definition import Rating
from xlplan.plan.text import fold, latin


def match_rating(text: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating that `text` names by code, label or alias, case and look-alike letters aside.

    A code is tried before a label, and a label before an alias, so that an alias never hides a
    code. The same rating written twice in a cell (``"Blue\\nBlue"``) is that rating.
    """
    wanted = fold(text)
    found = _named(wanted, scale) or _named(fold(latin(text)), scale)
    lines = [line for line in text.split("\n") if line.strip()]
    if found is None and len(lines) > 1:
        first, *others = [match_rating(line, scale) for line in lines]
        found = first if all(other is first for other in others) else None
    return found


def _named(wanted: str, scale: Sequence[Rating]) -> Rating | None:
    for names in (lambda r: (r.code,), lambda r: (r.label,), lambda r: r.aliases):
        for rating in scale:
            if any(fold(name) == wanted for name in names(rating)):
                return rating
    return None
