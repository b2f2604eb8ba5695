"""Pieces of an XML part by their bytes: where its elements stand, and the part with some replaced.

Whatever is not replaced stays byte for byte, which no library does that loads and saves a workbook.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from operator import itemgetter
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from msgspec import Struct

from xlplan.late import regex

Edit = tuple[int, int, bytes]
"""From which byte to which, and what stands there instead."""

_TAG = regex(rb"<[^\"'>]*(?:(?:\"[^\"]*\"|'[^']*')[^\"'>]*)*>")
_TAG_END = regex(rb"\s*/?>\Z")
_span = itemgetter(0, 1)
_BY_NUMBER = regex(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")


class MalformedError(Exception):
    """A part that is not well-formed XML, or not in the encoding that its bytes are counted in."""


class Element(Struct, eq=False):
    """One element of a part: its name without and its prefix with the colon, its attributes, and
    where it begins, its content begins and ends, and it ends."""

    name: str
    prefix: str
    attributes: dict[str, str]
    parent: Element | None
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0

    @property
    def tag(self) -> tuple[int, int]:
        """Where its opening tag stands."""
        return self.start, self.inner

    def bind(self, data: bytes, at: int) -> None:
        """Note where it ends: `at` is where the parser met its end."""
        self.inner = tag_end(data, self.start)
        empty = data[self.inner - 2 : self.inner] == b"/>"
        self.close = self.inner if empty else at
        self.end = self.inner if empty else data.index(b">", at) + 1

    def is_empty(self) -> bool:
        """Whether it is written as one tag."""
        return self.end == self.inner


def elements(data: bytes, names: Container[str] | None = None) -> list[Element]:
    """The elements of a part in their order; of these `names` alone, where there are any, and
    `parent` is then the nearest of them. Raises `MalformedError`."""
    found: list[Element] = []
    open_: list[Element] = []
    parser = ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if names is None or local in names:
            parent = open_[-1] if open_ else None
            prefix = name[: -len(local)]
            open_.append(Element(local, prefix, attributes, parent, parser.CurrentByteIndex))
            found.append(open_[-1])

    def end(name: str) -> None:
        if names is None or name.rpartition(":")[2] in names:
            open_.pop().bind(data, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    run(parser, data)
    return found


def run(parser: XMLParserType, data: bytes) -> None:
    """Parse a whole part, and let go of what the parser calls, which may hold the parser: so that
    all goes when nobody needs it. Raises `MalformedError`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in data[:4096]:
        raise MalformedError
    try:
        parser.Parse(data, True)
    except ExpatError:
        raise MalformedError from None
    finally:
        parser.StartElementHandler = parser.EndElementHandler = None


def tag_end(data: bytes, at: int) -> int:
    """The first byte after the tag that begins at `at`."""
    end = data.find(b">", at) + 1
    if data.find(b"'", at, end) < 0 and not data.count(b'"', at, end) % 2 and end:
        return end  # the sign stands in no value
    found = _TAG.match(data, at)
    if found is None:
        raise MalformedError
    return found.end()


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The part with these pieces replaced. That two overlap is a bug of the caller."""
    pieces: list[bytes] = []
    at = 0
    for start, stop, new in sorted(edits, key=_span):
        if start < at:
            raise AssertionError("two edits of the same bytes")
        pieces += (data[at:start], new)
        at = stop
    return b"".join((*pieces, data[at:]))


def with_attribute(tag: bytes, name: str, value: str | int | None) -> bytes:
    """An opening tag with this attribute set, or without it (None)."""
    new = b"" if value is None else f' {name}="{_swapped(str(value), _QUOTED)}"'.encode()
    for found in _attributes(tag):
        if found[1].decode() == name:
            return tag[: found.start()] + new + tag[found.end() :]
    end = _TAG_END.search(tag)
    return tag if end is None else tag[: end.start()] + new + tag[end.start() :]


_MARKED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_QUOTED = {**_MARKED, '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
_PLAIN = {"&quot;": '"', "&apos;": "'", "&gt;": ">", "&lt;": "<", "&amp;": "&"}
"""In the order in which each is put for the other. (`xml.sax` would load the web's modules.)"""
_ATTRIBUTE = regex(rb"\s+([^\s=<>\"'/]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _attributes(tag: bytes) -> Iterable[re.Match[bytes]]:
    return _ATTRIBUTE.finditer(tag)


def attributes_of(pieces: bytes) -> dict[str, str]:
    """The attributes that stand in a piece of a tag: `` s="3" t="s"``."""
    pairs = (found[0].decode("utf-8", "replace").partition("=") for found in _attributes(pieces))
    return {name.strip(): plain(value.strip()[1:-1]) for name, _, value in pairs}


def opened(tag: bytes) -> bytes:
    """An opening tag that content follows: ``<row/>`` as ``<row>``."""
    return tag if tag.endswith(b'">') else _TAG_END.sub(b">", tag)


def closed(tag: bytes) -> bytes:
    """An opening tag as the whole of an element: ``<row>`` as ``<row/>``."""
    return _TAG_END.sub(b"/>", tag)


def text_within(data: bytes, element: Element) -> str:
    """The text of an element that holds no other. Raises `MalformedError`."""
    raw = data[element.inner : element.close]
    if b"<" in raw:
        return _text_of_markup(raw)
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return plain(text) if "&" in text else text


def _text_of_markup(raw: bytes) -> str:
    texts: list[str] = []
    parser = ParserCreate()
    parser.CharacterDataHandler = texts.append
    run(parser, b"<x>" + raw + b"</x>")
    return "".join(texts)


def plain(text: str) -> str:
    """Text without the marks of XML."""
    text = _BY_NUMBER.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), text)
    return _swapped(text, _PLAIN)


def marked(text: str) -> bytes:
    """Text as it stands between two tags."""
    return _swapped(text, _MARKED).encode()


def _swapped(text: str, pairs: Mapping[str, str]) -> str:
    for one, other in pairs.items():
        text = text.replace(one, other)
    return text
