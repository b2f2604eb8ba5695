"""Canonical text: what two spreadsheet programs may differ in without anybody having typed it.

NFC, non-breaking and zero-width characters, line endings (``_x000D_`` included), trailing spaces
per line. Canonical text is idempotent: ``canon_text(canon_text(s)) ==
canon_text(s)`` for every string.
"""

from __future__ import annotations

import re
import unicodedata

_CARRIAGE_RETURN = re.compile(r"_x000[dD]_")
_LINE_ENDS = re.compile(r"(?<!\r)\r*\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_SPACES = re.compile(r"[\u00a0\u2007\u202f]")
_ZERO_WIDTH = re.compile(r"[\u200b\u2060\ufeff\u00ad]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TRAILING = re.compile(r"[ \t]+(?=\n|\Z)")
_SEEN = re.compile(
    r"[^\s\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Any character that leaves a mark: not white space, not a joiner, mark or filler (Unicode's
Default_Ignorable_Code_Point)."""

LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("АВЕКМНОРСТУХЅІЈ", "ABEKMHOPCTYXSIJ", strict=True)),
        **dict(zip("аеорсухѕіјο", "aeopcyxsijo", strict=True)),
    }
)
"""Greek and Cyrillic letters that look like Latin ones."""


def canon_text(text: str) -> str:
    """`text` without the differences that no reader can see; ``""`` when nothing is left.

    Joiners inside emoji and right-to-left marks stay: they change what is seen. Alone, or among
    spaces, they show nothing and count as blank.
    """
    if text.isascii() and text.isprintable() and text[-1:] != " " and "_x000" not in text:
        return text  # most cells, and nothing below would change them
    # What nobody sees goes first: taking it out later could leave a new `_x000D_` behind.
    text = _ZERO_WIDTH.sub("", _NOT_TEXT.sub("", text))
    text = _LINE_ENDS.sub("\n", _CARRIAGE_RETURN.sub("\r", text))
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    text = _TRAILING.sub("", text)
    return text.strip("\n") if _SEEN.search(text) else ""


def fold(text: str) -> str:
    """`text` for comparison by people: canonical, case-folded, runs of space made one."""
    return " ".join(canon_text(text).casefold().split())


def latin(text: str) -> str:
    """`text` with look-alike Greek and Cyrillic letters replaced by the Latin they resemble."""
    return text.translate(LOOK_ALIKES)


def same_words(one: object, other: object) -> bool:
    """Whether two texts say the same line by line, but for spaces, indents and blank lines."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return _words(one) == _words(other)


def _words(text: str) -> list[list[str]]:
    return [words for line in text.split("\n") if (words := line.split())]
