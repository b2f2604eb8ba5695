"""A language of no country, in which every text of the catalogue stands in brackets of its own."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from xlplan.language import catalogue
from xlplan.returned.furniture import names_of

OPEN, CLOSE = "⟦", "⟧"
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Bracketed(gettext.NullTranslations):
    """A catalogue that has every text, and remembers which were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def gettext(self, message: str) -> str:
        self.asked.add((message, ""))
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, one: str, many: str, n: int) -> str:  # noqa: ARG002 # as in gettext
        self.asked.add((one, many))
        return f"{OPEN}{many}{CLOSE}"


@contextmanager
def in_brackets() -> Iterator[Bracketed]:
    """Welsh is that language within."""
    found = Bracketed()
    english = catalogue.read_catalogue("en")
    with pytest.MonkeyPatch.context() as patch:
        known = {"en": english, "cy": found}
        patch.setattr(catalogue, "read_catalogue", known.__getitem__)
        names_of.cache_clear()
        yield found
    names_of.cache_clear()


def outside(text: str, own: Iterable[str]) -> str:
    """What of a text stands in no brackets and is none of the plan's `own`; blank for nothing."""
    while (less := _INNERMOST.sub(" ", text)) != text:
        text = less
    if not _WORD.search(text):
        return ""
    left = _any_of(frozenset(own)).sub(" ", text)
    return " ".join(left.split()) if _WORD.search(left) else ""


@cache
def _any_of(own: frozenset[str]) -> re.Pattern[str]:
    """Any of some texts, the longest first."""
    texts = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{texts})(?!\w)")
