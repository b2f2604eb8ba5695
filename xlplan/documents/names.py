"""File names that every system takes, Windows included."""

from __future__ import annotations

import re
import unicodedata

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
LONGEST = 100
"""Characters kept of a name, so that a deep folder stays within Windows' 260."""


def safe_name(text: str, taken: set[str] | None = None) -> str:
    """`text` as a file name without suffix; ``"unnamed"`` where nothing is left of it.

    Forbidden characters become ``-``, reserved device names get a ``_``, trailing dots and spaces
    go. `taken` holds the names already given (case-folded) and is added to; a clash gets
    a number: two leads whose names differ in case only do not share a file.
    """
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", text))
    name = " ".join(name.split())[:LONGEST].strip(" .")
    if name.split(".")[0].strip().casefold() in _RESERVED:
        name = f"_{name}"
    name = name or "unnamed"
    if taken is None:
        return name
    base, number = name, 2
    while name.casefold() in taken:
        name, number = f"{base} ({number})", number + 1
    taken.add(name.casefold())
    return name
