"""Ratings: which point of a scale a text means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xlplan.plan.text import fold, latin

if TYPE_CHECKING:
    from xlplan.plan.definition import Rating

LONGEST_ABBREVIATION = 3


def rating_word(rating: Rating) -> str:
    """The word by which a rating is shown wherever there is room for only one.

    A code that is a word ("Blue") is what people say, and its label ("Completed") explains it in
    the rating key; a code of at most three characters ("DG", "A") needs its label to be read,
    unless it is a word ("Red"). Of one word in two spellings ("GREEN", "Green") the label's is
    shown.
    """
    label = rating.label or rating.code
    code = rating.code
    is_word = len(code) == LONGEST_ABBREVIATION and code.isalpha() and not code.isupper()
    short = len(code) <= LONGEST_ABBREVIATION and not is_word
    return label if short or fold(label) == fold(rating.code) else rating.code


def match_rating(text: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating that `text` names by code, label or alias, case and look-alike letters aside.

    A code is tried before a label, and a label before an alias, so that an alias never hides a
    code. The same rating written twice in a cell (``"Blue\\nBlue"``) is that rating.
    """
    name = fold(text)
    found = _named(name, scale) or _named(fold(latin(text)), scale)
    lines = [line for line in text.split("\n") if line.strip()]
    if found is None and len(lines) > 1:
        first, *others = [match_rating(line, scale) for line in lines]
        found = first if all(other is first for other in others) else None
    return found


def _named(name: str, scale: Sequence[Rating]) -> Rating | None:
    for names in (lambda r: (r.code,), lambda r: (r.label,), lambda r: r.aliases):
        for rating in scale:
            if any(fold(each) == name for each in names(rating)):
                return rating
    return None


def best_first(scale: Sequence[Rating]) -> bool:
    """Whether a scale, in its order, runs from best to worst.

    Scales are written both ways. Closed points are the good end and points for attention the bad
    one; a scale that has neither is read as written, best first.
    """
    good = [i for i, r in enumerate(scale) if r.closed]
    bad = [i for i, r in enumerate(scale) if r.exception]
    rest = [i for i in range(len(scale)) if i not in good and i not in bad]
    if not good and not bad:
        return True
    good, bad = good or rest, bad or rest
    if not good or not bad:
        return True
    return sum(good) / len(good) <= sum(bad) / len(bad)


def badness(scale: Sequence[Rating]) -> dict[str, int]:
    """By code how bad each rating of a scale is, 0 for the best."""
    ordered = scale if best_first(scale) else tuple(reversed(scale))
    return {rating.code: place for place, rating in enumerate(ordered)}


def is_worse(now: object, before: object, scale: Sequence[Rating]) -> bool:
    """Whether a rating is worse than another; False where one of them is not on the scale."""
    bad = badness(scale)
    if not isinstance(now, str) or not isinstance(before, str):
        return False
    return now in bad and before in bad and bad[now] > bad[before]
