"""What is ours in a template: the texts around its actions and the colours of its cells.

Whatever else stands there when it comes back, somebody put there. Texts are known by short digests,
which are recorded when a template goes out (`xlplan.issued.furnishing`): what it says may be
worded otherwise by then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlplan.merge.model import Digests, digest
from xlplan.plan.text import canon_text

UPDATE, GUIDANCE, LISTS, STAMP = "Update", "Guidance", "Lists", "xlplan"
"""The sheets of a template; leads fill in the first, whatever it is called when it comes back."""
OPEN = "Open questions"
"""The sheet of `master.xlsx` that only lists what is open."""
BLANK = "#FFFFFF"
"""What cells of a master are filled with, and what says nothing in any file."""
SHORT = 3
"""Characters of a text that somebody may type too, such as a number: only as many of it as the
template has are its own."""
WARNING = "\u26a0"
"""Messages of the template that count begin with it."""
_ISSUED_DATE = re.compile(r"[0-9a-f]{16}\|")
_DIGITS = 8
"""Of a digest: with a hundred texts, one in forty million others is taken for one of them."""


def sheets_of_ours(document: str) -> frozenset[str]:
    """The sheets of an issued workbook that hold nothing to read."""
    more = {OPEN} if document == "master" else set[str]()
    return frozenset({GUIDANCE, LISTS, STAMP, *more})


@dataclass(frozen=True)
class Furniture:
    """The digests of the texts of a template by sheet, each with how often it stands there."""

    texts: Mapping[str, Mapping[str, int]]

    def owns(self, text: str, sheet: str = UPDATE) -> bool:
        """Whether a text is the template's own, on that sheet of it."""
        return digest_of(text) in self.texts.get(sheet, {})

    def has(self, text: str, sheet: str = UPDATE) -> bool:
        """Like `owns`, or a message that counts, or nothing at all."""
        found = flat(text)
        return not found or found.startswith(WARNING) or self.owns(text, sheet)

    def left(self, sheet: str) -> Counter[str]:
        """How often each text of the template's own stands on that sheet, by its digest."""
        return Counter(self.texts.get(sheet, {}))

    def counts(self, formula: str) -> bool:
        """Whether a formula is that of the template's message."""
        return WARNING in formula


def flat(text: str) -> str:
    """A text as furniture is compared: on one line, whatever a program made of its spaces."""
    return " ".join(canon_text(text).split())


def digest_of(text: str) -> str:
    """The short digest of a text, as `flat` gives it."""
    return digest(flat(text))[:_DIGITS]


def is_issued_date(text: str) -> bool:
    """Whether a text is of the hidden list of dates as they were issued: the end of a row's key,
    and the date."""
    return _ISSUED_DATE.match(text) is not None


def packed(texts: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Texts of ours by sheet as they are recorded: short ones as often as they stand there."""
    return {
        sheet: "".join(
            digest_of(text) * (count if len(text) <= SHORT else 1)
            for text, count in sorted(found.items())
        )
        for sheet, found in texts.items()
        if found
    }


def furniture(wordings: Iterable[tuple[Digests, Digests]]) -> Furniture:
    """The furniture of a template by what was recorded, for each way in which it was written."""
    texts: dict[str, Counter[str]] = {}
    for own, shared in wordings:
        for sheet in own.keys() | shared.keys():
            found = _counted(own.get(sheet, "")) + _counted(shared.get(sheet, ""))
            texts[sheet] = texts.get(sheet, Counter[str]()) | found
    return Furniture(texts)


def _counted(digests: str) -> Counter[str]:
    return Counter(digests[at : at + _DIGITS] for at in range(0, len(digests), _DIGITS))
