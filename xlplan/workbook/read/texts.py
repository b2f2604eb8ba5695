"""Text files with separated values: which encoding, which separator, which rows."""

from __future__ import annotations

import codecs
import csv
import io
from html.parser import HTMLParser

from xlplan.workbook.read.book import far_cells, many_cells
from xlplan.workbook.read.file_kinds import looks_utf16
from xlplan.workbook.read.inbox import Bounds

_SEPARATORS = ",;\t|"


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """A byte that Windows-1252 has no letter for keeps its number: in another code page it has."""
    assert isinstance(error, UnicodeDecodeError)
    return chr(error.object[error.start]), error.start + 1


_CONTROLS = "xlplan-as-control"
codecs.register_error(_CONTROLS, _as_control)


def decode_text(data: bytes) -> str:
    """Text from bytes: by its mark, as UTF-16 that looks like it, as UTF-8, else as Windows-1252,
    in which Excel saves csv in this country."""
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if encoding := looks_utf16(data):
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", _CONTROLS)


def read_values(data: bytes, bounds: Bounds) -> list[list[str | None]]:
    """The rows of a text file, every value as text; a cell with nothing in it is None.

    Raises `Refused` where there are more rows or columns than a plan has.
    """
    text = decode_text(data)
    separator = _separator(text)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    rows: list[list[str | None]] = []
    cells = 0
    csv.field_size_limit(bounds.file_bytes)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        rows.append([value or None for value in row])
        cells += len(row)
        if len(rows) > bounds.rows or len(row) > bounds.columns:
            raise far_cells("csv", len(rows), len(row))
        if cells > bounds.cells:
            raise many_cells("csv", cells)
    return rows


def _separator(text: str) -> str:
    """The separator that splits the first rows into the most columns, a comma where none does."""
    if text[:4].lower() == "sep=" and text[4:5] in _SEPARATORS:
        return text[4]
    sample = text[:20_000]
    best, most = ",", 0
    for mark in _SEPARATORS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
        width = sum(len(row) - 1 for row, _ in zip(reader, range(20), strict=False))
        if width > most:
            best, most = mark, width
    return best


_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_WITHIN = frozenset(
    {"a", "abbr", "b", "code", "del", "em", "font", "i", "ins", "s", "small", "span", "strong",
     "sub", "sup", "u"}
)  # fmt: skip
"""Elements within a word or a line: around any other a reader sees a gap."""


def page_text(page: str) -> str:
    """What a reader sees of a page, words apart that stand apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    """Handlers that keep what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag == "body":
            self.unseen.clear()  # a head that nobody closed
        elif tag in _UNSEEN:
            self.unseen.append(tag)
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in self.unseen:
            del self.unseen[self.unseen.index(tag) :]
        elif tag not in _WITHIN:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep a text, unless it is not shown."""
        if not self.unseen:
            self.said.append(data)
