"""Text made safe to write: nothing that breaks the file, nothing that is read as anything but text.

What Excel cannot hold is taken out or cut with a visible mark, never silently: see `over_long`.
"""

from __future__ import annotations

import re
import unicodedata

from xlsxwriter.utility import xl_rowcol_to_cell

from xlplan.workbook.write.sheet import Cell, Workbook

LONGEST = 32_767
"""UTF-16 units: what a cell can hold."""
CUT = "… [cut]"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ESCAPE = re.compile("_x[0-9a-fA-F]{4}_")
_RETURNS = re.compile("\r\n?")


def units(text: str) -> int:
    """The length of `text` as Excel counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def shorten(text: str, limit: int, mark: str = CUT) -> str:
    """`text`, or as much of it as fits `limit` units with `mark` at its end."""
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    room = limit - units(mark)
    kept = text[:room]
    while units(kept) > room:
        kept = kept[: len(kept) - max(1, (units(kept) - room) // 2)]
    return kept + mark


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` without characters that XML cannot hold, cut with a mark where it is too long."""
    if not text.isprintable():
        text = _RETURNS.sub("\n", _UNWRITABLE.sub("", text))
    return shorten(text, limit)


def line(text: str, limit: int) -> str:
    """`text` on one line and cut at `limit`, for titles and properties."""
    return shorten(" ".join(clean(text).split()), limit, "…")


def is_markup(text: str) -> bool:
    """Whether xlsxwriter would take `text` for ready-made rich text and write it unescaped."""
    return text.startswith("<r>") and text.endswith("</r>")


def has_escape(text: str) -> bool:
    """Whether `text` has something in it that looks like Excel's own escape, ``_x0041_``.

    xlsxwriter escapes it once in plain text, as it should, and twice in rich text.
    """
    return "_x" in text and _ESCAPE.search(text) is not None


def not_markup(text: str) -> str:
    """`text`, kept from being taken for rich text by a character that nobody sees."""
    return "\u200b" + text if is_markup(text) else text


def over_long(book: Workbook) -> tuple[str, ...]:
    """The cells whose text does not fit a cell and will be cut: ``("Update!F12", …)``."""
    places: list[str] = []
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows):
            for index, cell in enumerate(row.cells):
                if cell is not None and _too_long(cell):
                    places.append(f"{sheet.name}!{xl_rowcol_to_cell(number, index)}")
        for merge in sheet.merges:
            if _too_long(merge.cell):
                place = xl_rowcol_to_cell(merge.area.first_row, merge.area.first_col)
                places.append(f"{sheet.name}!{place}")
    return tuple(dict.fromkeys(places))


def _too_long(cell: Cell) -> bool:
    texts = [text for text, _ in cell.runs] if cell.runs else [cell.value]
    shown = "".join(text for text in texts if isinstance(text, str))
    return len(shown) * 2 > LONGEST and units(_UNWRITABLE.sub("", shown)) > LONGEST


_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
LONGEST_NAME = 100
"""Characters kept of a name, so that a deep folder stays within Windows' 260."""


def safe_name(text: str, taken: set[str] | None = None) -> str:
    """`text` as a file name without suffix; ``"unnamed"`` where nothing is left of it.

    Forbidden characters become ``-``, reserved device names get a ``_``, trailing dots and spaces
    go. `taken` holds the names already given (case-folded) and is added to; a clash gets
    a number: two leads whose names differ in case only do not share a file.
    """
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", text))
    name = " ".join(name.split())[:LONGEST_NAME].strip(" .")
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
