"""Shared texts and cell formats: only ever added to, so that no number of anybody moves."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import takewhile
from xml.parsers.expat import ParserCreate

from xlplan.codes.edit_codes import EDIT_016
from xlplan.late import regex
from xlplan.plan.number_formats import is_date_format
from xlplan.workbook.write.grid import number
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    MalformedError,
    elements,
    marked,
    opened,
    run,
    splice,
    text_within,
    with_attribute,
)

_ESCAPE_LIKE = regex(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")
_UNSEEN = regex("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ONE_TEXT = regex(rb"<t(?: xml:space=\"preserve\")?>([^<&_\r\x80-\xff]*)</t>")
_ITEM = regex(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
_BEGINS = regex(rb"<(?:[^\s<>/:]+:)?si[\s/>]")
_UNPARSED = regex(rb"<!|(?<!\A)<\?")
"""Where a part may hold what looks like elements and is none."""
_PLAIN = regex("[!-%'-;=?-^`-~]+(?: [!-%'-;=?-^`-~]+)*")
"""A text in which nothing has to be escaped or kept from being trimmed: most are."""
_DAY_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DIGITS = 10
_DAY, _MOMENT, _TEXT = 14, 22, 49


def text_element(prefix: str, text: str) -> bytes:
    """A text as a workbook holds it: signs that XML does not know are escaped, and so is text that
    looks like one that is (``_x000D_``)."""
    if _PLAIN.fullmatch(text):
        return f"<{prefix}t>{text}</{prefix}t>".encode()
    if "_x" in text or not text.isprintable():
        text = _ESCAPE_LIKE.sub("_x005F_", text.replace("\r\n", "\n"))
        text = _UNSEEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return b"<%st%s>%s</%st>" % (prefix.encode(), keep.encode(), marked(text), prefix.encode())


def unescaped(text: str) -> str:
    """The text that an escaped one stands for."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def one_text(content: bytes) -> str | None:
    """The text that stands within an item where it has one look and no sign that stands for
    another; None where it may have more."""
    one = _ONE_TEXT.fullmatch(content)
    return one[1].decode() if one else None


def index_of(content: bytes) -> int:
    """The number by which a cell names a shared text; -1 for what is no such number."""
    digits = content.strip()
    return int(digits) if digits.isdigit() and len(digits) <= _DIGITS else -1


def shown_text(data: bytes, item: Element, inside: list[Element]) -> str:
    """The whole text of an item; `inside` are the elements of its part, in their order. What helps
    to pronounce it is not its text."""
    return unescaped("".join(text_within(data, each) for each in _texts(item, inside)))


def _texts(item: Element, inside: list[Element]) -> list[Element]:
    return [each for each in inside if each.name == "t" and _belongs(each, item)]


def _belongs(text: Element, item: Element) -> bool:
    holder = text.parent
    if holder is not None and holder.name == "r":
        holder = holder.parent
    return holder is item


def runs_kept(data: bytes, item: Element, inside: list[Element], text: str) -> bytes | None:
    """The runs of a text of several looks with what the new text adds before or after, or where one
    of them alone reads otherwise; None where it has one look, or where more is changed."""
    runs = [each for each in inside if each.name == "r" and each.parent is item]
    before = shown_text(data, item, inside)
    if not runs or not before:
        return None
    kept = b"".join(data[run.start : run.end] for run in runs)
    if text.startswith(before):
        return kept + _run(item.prefix, text[len(before) :])
    if text.endswith(before):
        return _run(item.prefix, text[: -len(before)]) + kept
    return _one_run_changed(data, item, inside, text) if text else None


def _one_run_changed(data: bytes, item: Element, inside: list[Element], text: str) -> bytes | None:
    """The runs with the one in which all lies that reads otherwise in the new text."""
    parts = _texts(item, inside)
    olds = [unescaped(text_within(data, each)) for each in parts]
    before = "".join(olds)
    first = _in_common(before, text)
    left = min(len(before), len(text)) - first
    last = min(left, _in_common(before[::-1], text[::-1]))
    at = 0
    for part, old in zip(parts, olds, strict=True):
        if at <= first and len(before) - last <= at + len(old):
            new = old[: first - at] + text[first : len(text) - last]
            new += old[len(before) - last - at :]
            made = text_element(item.prefix, new)
            start, stop = item.inner, item.close
            edit = (part.start - start, part.end - start, made)
            return splice(data[start:stop], [edit])
        at += len(old)
    return None


def _in_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(bool, map(str.__eq__, one, other)))


def _run(prefix: str, text: str) -> bytes:
    name = f"{prefix}r".encode()
    return b"<%s>%s</%s>" % (name, text_element(prefix, text), name) if text else b""


class SharedTexts:
    """The texts that cells name by their number; `part` is blank where there are none to share."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = next(iter(package.related(package.book, "sharedStrings")), "")
        self.added: list[bytes] = []
        self.uses = 0
        if not self.part:
            return
        self.data = package[self.part]
        try:
            self.root, self.items = _items(self.data)
        except MalformedError:
            raise UnfitError(EDIT_016.fill("part", part=self.part)) from None

    def _item(self, at: int) -> tuple[bytes, list[Element]]:
        """The item with a number and the elements of it, counted from its own first byte."""
        name = f"{self.root.prefix}si".encode()
        item = b"<%s>%s</%s>" % (name, self.items[at], name)
        return item, elements(item)

    def plain(self, at: int) -> str | None:
        """The text with a number that has one look, as `one_text` tells."""
        return one_text(self.items[at]) if 0 <= at < len(self.items) else None

    def text(self, at: int) -> str | None:
        """The text with a number, or None where there is none."""
        if not 0 <= at < len(self.items):
            return None
        if (one := self.plain(at)) is not None:
            return one
        item, inside = self._item(at)
        return shown_text(item, inside[0], inside)

    def with_runs(self, at: int, text: str) -> bytes | None:
        """The runs of the text with a number, kept for a new text; see `runs_kept`."""
        if not 0 <= at < len(self.items) or b"r>" not in self.items[at]:
            return None
        item, inside = self._item(at)
        return runs_kept(item, inside[0], inside, text)

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        """The first number of each item by what stands in it."""
        return dict(zip(reversed(self.items), range(len(self.items) - 1, -1, -1), strict=True))

    def put(self, content: bytes) -> int:
        """The number of an item with this content, which is added where there is none."""
        self.uses += 1
        known = self._numbers.get(content)
        if known is None:
            known = self._numbers[content] = len(self.items) + len(self.added)
            self.added.append(content)
        return known

    def write(self) -> None:
        """Put the texts that were added into their part."""
        if not self.added:
            return
        tag = self.data[self.root.start : self.root.inner]
        count = self.root.attributes.get("count", "")
        if count.isdecimal():
            tag = with_attribute(tag, "count", int(count) + self.uses)
        if "uniqueCount" in self.root.attributes:
            tag = with_attribute(tag, "uniqueCount", len(self.items) + len(self.added))
        name = f"{self.root.prefix}si".encode()
        new = b"".join(b"<%s>%s</%s>" % (name, each, name) for each in self.added)
        edits: list[Edit] = [(*self.root.tag, tag)]
        if self.root.is_empty():
            end = f"</{self.root.prefix}sst>".encode()
            edits = [(*self.root.tag, opened(tag) + new + end)]
        else:
            edits.append((self.root.close, self.root.close, new))
        self.package[self.part] = splice(self.data, edits)


def _items(data: bytes) -> tuple[Element, list[bytes]]:
    """The list of shared texts, and what stands in each of its items. Raises `MalformedError`."""
    run(ParserCreate(), data)
    items: list[bytes] = _ITEM.findall(data)
    if len(items) == len(_BEGINS.findall(data)) and not _UNPARSED.search(data):
        rest = _ITEM.sub(b"", data)
        left, spared = elements(rest), len(data) - len(rest)
        left[0].close, left[0].end = left[0].close + spared, left[0].end + spared
    else:
        left = elements(data, {"sst", "si"})
        items = [data[each.inner : each.close] for each in left[1:]]
    if left[0].name != "sst":
        raise MalformedError
    return left[0], items


class Styles:
    """The formats of cells, by their number."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = next(iter(package.related(package.book, "styles")), "")
        self.codes: dict[int, str] = {}
        self._texts: dict[int, bool] = {}
        self.formats: list[Element] = []
        self.added: list[bytes] = []
        self.list: Element | None = None
        if not self.part:
            return
        self.data = package[self.part]
        for each in package.parsed(self.part, "numFmts", "numFmt", "cellXfs", "xf"):
            parent = each.parent.name if each.parent else ""
            if each.name == "numFmt" and parent == "numFmts":
                code = each.attributes.get("formatCode", "")
                self.codes[number(each.attributes.get("numFmtId", "0"))] = code
            elif each.name == "cellXfs":
                self.list = each
            elif each.name == "xf" and parent == "cellXfs":
                self.formats.append(each)

    def _format(self, style: int) -> int:
        if style >= len(self.formats):
            return 0
        return number(self.formats[style].attributes.get("numFmtId", "0"))

    def is_text(self, style: int) -> bool:
        """Whether cells of this format show numbers as they were typed."""
        if style not in self._texts:
            number_format = self._format(style)
            self._texts[style] = number_format == _TEXT or self.codes.get(number_format) == "@"
        return self._texts[style]

    def is_date(self, style: int) -> bool:
        """Whether cells of this format show a number as a date or a time."""
        number_format = self._format(style)
        if number_format in self.codes:
            return is_date_format(self.codes[number_format])
        return number_format in _DAY_FORMATS

    def as_date(self, style: int, *, timed: bool) -> int | None:
        """The number of the same format with a date; None where the workbook has no formats."""
        if self.list is None or style >= len(self.formats):
            return None
        like = self.formats[style]
        tag = with_attribute(
            self.data[like.start : like.inner], "numFmtId", _MOMENT if timed else _DAY
        )
        made = with_attribute(tag, "applyNumberFormat", 1) + self.data[like.inner : like.end]
        return self._number(made)

    def with_fill_of(self, style: int, other: int) -> int | None:
        """The number of a format filled as another one; None where the workbook has no formats."""
        if self.list is None or max(style, other) >= len(self.formats):
            return None
        mine, like = self.formats[style], self.formats[other]
        fill = number(like.attributes.get("fillId", "0"))
        tag = with_attribute(self.data[mine.start : mine.inner], "fillId", fill)
        return self._number(with_attribute(tag, "applyFill", 1) + self.data[mine.inner : mine.end])

    def _number(self, made: bytes) -> int:
        """The number of a format, which is added where there is none like it."""
        known = [self.data[each.start : each.end] for each in self.formats] + self.added
        if made not in known:
            self.added.append(made)
            known.append(made)
        return known.index(made)

    def write(self) -> None:
        """Put the formats that were added into their part."""
        if not self.added or self.list is None:
            return
        tag = with_attribute(
            self.data[self.list.start : self.list.inner],
            "count",
            len(self.formats) + len(self.added),
        )
        at = self.list.close
        self.package[self.part] = splice(
            self.data, [(*self.list.tag, tag), (at, at, b"".join(self.added))]
        )
