"""People in cells: several officers written in one cell, in many ways."""

from __future__ import annotations

import re
from collections.abc import Sequence


def split_people(text: str, separators: Sequence[str]) -> tuple[str, ...]:
    """The names in a cell, in the order written, each once.

    A separator that is a word (``" and "``) splits only where it stands alone; the others split
    wherever they stand. Blank parts are left out: ``"A / B\\n"`` gives ``("A", "B")``.
    """
    parts = [text]
    for separator in separators:
        word = separator.strip()
        if word.isalpha():
            pattern = rf"\s+{re.escape(word)}\s+"
            parts = [piece for part in parts for piece in re.split(pattern, part)]
        else:
            mark = word or separator
            parts = [piece for part in parts for piece in part.split(mark)]
    names = (" ".join(part.split()) for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))
