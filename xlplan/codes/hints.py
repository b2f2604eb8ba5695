"""What to write instead of a word that is not known: the one helper for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

CUTOFF = 0.6
"""How like a known word must be: 0 for anything, 1 for the same."""


def nearest(word: str, known: Iterable[str], cutoff: float = CUTOFF) -> str:
    """The known word that is most like `word`, whatever its case, or ``""``."""
    import difflib  # costs a few milliseconds, and only a fault needs it

    folded = {name.casefold(): name for name in known if name}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str], cutoff: float = CUTOFF) -> str:
    """``Did you mean "Head of QA"?``, or ``""`` where no known word is near."""
    return ask_for(nearest(word, known, cutoff))


def ask_for(near: str) -> str:
    """``Did you mean "Head of QA"?`` for a word that was found near, or ``""`` for none."""
    return f'Did you mean "{near}"?' if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """What to write instead: the nearest known word, if one is near, and all of them."""
    words = [name for name in known if name]
    if not words:
        return "There are none yet."
    return f"{did_you_mean(word, words)} Use one of: {', '.join(words)}.".lstrip()
