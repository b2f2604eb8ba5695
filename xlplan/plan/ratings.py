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
    if found is None and "\n" in text:
        each = {id(r): r for line in text.split("\n") if (r := _named(fold(line), scale))}
        lines = [line for line in text.split("\n") if line.strip()]
        if len(each) == 1 and all(_named(fold(line), scale) for line in lines):
            found = next(iter(each.values()))
    return found


def _named(wanted: str, scale: Sequence[Rating]) -> Rating | None:
    for names in (lambda r: (r.code,), lambda r: (r.label,), lambda r: r.aliases):
        for rating in scale:
            if any(fold(name) == wanted for name in names(rating)):
                return rating
    return None
