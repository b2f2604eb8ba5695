"""What people put beside the cells of an .ods, an .xls or an .xlsb: as `additions` has it of .xlsx.

Charts, drawn things, controls, embedded files, page headers, notes: each with its place and its
words, or else by its kind. What a program puts there by itself (the arrows of a filter, the picture
that stands for a chart) is nobody's.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import struct
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.workbook.read.additions import Beside, of_page_text, read_beside
from xlplan.workbook.read.binary import MALFORMED, records
from xlplan.workbook.read.book import Addition, At, parse
from xlplan.workbook.read.inbox import Refused
from xlplan.workbook.read.ods import repeated
from xlplan.workbook.read.relations import related
from xlplan.workbook.read.xls import biff_records, boundsheets, workbook_stream

_MOST = 100
"""Of each kind on a sheet."""
_TICKED = frozenset({"checkbox", "radio"})
"""Controls that say something only where they are ticked."""

# .ods

_SHAPES = frozenset(
    {"custom-shape", "line", "rect", "circle", "ellipse", "connector", "path", "polyline",
     "polygon", "regular-polygon", "measure", "caption"}
)  # fmt: skip
_OTHERS = {"plugin": "plugin", "applet": "applet", "floating-frame": "frame"}


def read_ods_beside(parts: Mapping[str, bytes]) -> dict[str, tuple[Addition, ...]]:
    """What stands beside the cells of each sheet, by its name; what leads to other workbooks and
    gathers data from elsewhere, below ``""``. Text boxes and pictures are read with the cells."""
    content = parts.get("content.xml", b"")
    if not any(word in content for word in (b"<draw:", b"-source", b"data-pilot")):
        return {}
    found = _OdsBeside(parts)
    with contextlib.suppress(Refused):
        parse(content, found.start, found.end, found.data)
    return {name: tuple(each[:_MOST]) for name, each in found.additions.items()}


class _OdsBeside(Struct):
    """Handlers that follow the cells, and what is drawn on them."""

    parts: Mapping[str, bytes]
    additions: dict[str, list[Addition]] = field(default_factory=dict)
    controls: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    sheet: str = ""
    at: list[int] = field(default_factory=lambda: [0, 0])
    step: list[int] = field(default_factory=lambda: [1, 1])
    inside: list[str] = field(default_factory=list)
    loose: bool = True
    """Whether what comes stands on the sheet and not in a cell."""
    words: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a sheet, a row, a cell, a control, or what is drawn."""
        prefix, _, local = name.partition(":")
        if name == "table:table" and not self.inside:
            self.sheet, self.at = attributes.get("table:name", ""), [0, 0]
        elif name == "table:table-row":
            self.step[0] = repeated(attributes.get("table:number-rows-repeated"))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.step[1] = repeated(attributes.get("table:number-columns-repeated"))
            self.loose = False
        elif name in ("table:table-source", "table:cell-range-source"):
            self._add("other workbook", attributes.get("xlink:href", ""), "")
        elif name == "table:data-pilot-table":
            self._add("other", "pivot table", "")
        elif prefix == "form" and (ident := attributes.get("form:id") or attributes.get("xml:id")):
            ticked = attributes.get("form:current-state") == "checked" or (
                attributes.get("form:current-selected") == "true"
            )
            self.controls[ident] = local, attributes.get("form:label", ""), ticked
        elif prefix == "draw":
            self._drawn(local, attributes)

    def _drawn(self, local: str, attributes: dict[str, str]) -> None:
        if local in _SHAPES:
            self.inside.append(local)
            self.words = ""
        elif local == "control":
            self._control(attributes.get("draw:control", ""))
        elif local == "object":
            self._object(attributes.get("xlink:href", ""))
        elif local == "object-ole":
            self._add("embedded file", "")
        elif local in _OTHERS:
            self._add("other", _OTHERS[local])

    def _control(self, ident: str) -> None:
        kind, label, ticked = self.controls.get(ident, ("", "", False))
        if kind in _TICKED and ticked:
            self._add("ticked box", label)
        elif kind not in _TICKED:
            self._add("control", label)

    def _object(self, target: str) -> None:
        """A document within the workbook: a chart, or any other."""
        inner = self.parts.get(posixpath.join(posixpath.normpath(target), "content.xml"), b"")
        if b"<office:chart" in inner:
            titles = re.findall(rb"<chart:(?:sub)?title\b.*?</chart:(?:sub)?title>", inner, re.S)
            texts = (re.sub(rb"<[^>]*>", b" ", each).decode("utf-8", "replace") for each in titles)
            self._add("chart", " | ".join(" ".join(text.split()) for text in texts))
        else:
            self._add("embedded file", "")

    def _add(self, kind: str, text: str, sheet: str | None = None) -> None:
        at = None if self.loose or sheet == "" else (self.at[0], self.at[1])
        found = self.additions.setdefault(self.sheet if sheet is None else sheet, [])
        if len(found) < _MOST:
            found.append(Addition(kind, text, at))

    def data(self, text: str) -> None:
        """A part of the text of a shape."""
        if self.inside:
            self.words += text.strip()

    def end(self, name: str) -> None:
        """End a shape, a cell or a row."""
        if self.inside and name == f"draw:{self.inside[-1]}":
            self.inside.pop()
            if not self.words:
                self._add("drawing", "")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.at[1] += self.step[1]
            self.loose = True
        elif name == "table:table-row":
            self.at = [self.at[0] + self.step[0], 0]


# .xls: MS-XLS 2.4.181 (Obj), 2.5.143 (FtCmo), 2.4.170 (MsoDrawing), 2.4.329 (TxO)

_BOF, _EOF, _CONTINUE, _OBJECT, _DRAWING, _TEXT = 0x809, 0x0A, 0x3C, 0x5D, 0xEC, 0x1B6
_HEADER, _FOOTER, _BEHIND, _BOOK = 0x14, 0x15, 0xE9, 0x1AE
_ANCHOR = b"\x10\xf0\x12\x00\x00\x00"
"""The head of a client anchor, which says on which cell a shape begins."""
_CONTROLS = {
    0x07: "button", 0x0B: "checkbox", 0x0C: "radio", 0x0D: "edit", 0x0E: "label", 0x10: "spin",
    0x11: "scroll bar", 0x12: "list", 0x13: "group", 0x14: "drop-down",
}  # fmt: skip
_GROUP, _CHART, _PICTURE, _NOTE = 0x00, 0x05, 0x08, 0x19
_BY_PROGRAM = 0x100
"""Objects that a program shows by itself: the arrows of a filter or of a list."""
_FORMULA, _STATE = 0x09, 0x12
_OWN, _ADD_IN = 0x0401, 0x3A01


class _Object(Struct):
    kind: int
    at: At | None
    embedded: bool = False
    ticked: bool = False
    text: str = ""


def read_xls_beside(data: bytes) -> dict[str, Beside]:
    """What stands beside the cells of each sheet of an old workbook, by its name."""
    try:
        stream = workbook_stream(data)
        return {name: _xls_sheet(stream, start) for name, start in boundsheets(stream)}
    except MALFORMED:
        return {}


def read_other_books(data: bytes) -> tuple[Addition, ...]:
    """What in an old workbook leads to another one."""
    try:
        return tuple(_other_books(workbook_stream(data)))[:_MOST]
    except MALFORMED:
        return ()


def _other_books(stream: bytes) -> Iterator[Addition]:
    for kind, body, _ in biff_records(stream, 0):
        if kind == _EOF:
            return
        if kind == _BOOK and len(body) > 5:
            length = struct.unpack_from("<H", body, 2)[0]
            if length not in (_OWN, _ADD_IN):
                text = _characters(body[4:], length)
                yield Addition("other workbook", "".join(filter(str.isprintable, text)).strip())


def _characters(body: bytes, length: int) -> str:
    """A text that begins with whether each of its characters has two bytes."""
    if body[:1] and body[0] & 1:
        return body[1 : 1 + 2 * length].decode("utf-16-le", "replace")
    return body[1 : 1 + length].decode("latin-1")


def _xls_sheet(stream: bytes, start: int) -> Beside:
    objects: list[_Object] = []
    additions: list[Addition] = []
    at: At | None = None
    depth = missing = 0
    for kind, body, _ in biff_records(stream, start):
        if kind in (_BOF, _EOF):
            depth += 1 if kind == _BOF else -1
            if depth <= 0:
                break
        elif depth > 1:
            continue
        elif kind == _DRAWING and (place := body.rfind(_ANCHOR)) >= 0 and len(body) >= place + 24:
            col, row = struct.unpack_from("<HxxH", body, place + 8)
            at = row, col
        elif kind == _OBJECT and len(body) >= 10 and len(objects) < _MOST * 10:
            objects.append(_object(body, at))
            at = None
        elif kind == _TEXT and len(body) >= 12 and objects:
            missing = struct.unpack_from("<H", body, 10)[0]
        elif kind == _CONTINUE and missing and len(body) > 1:
            text = _characters(body, missing)
            objects[-1].text += text
            missing -= len(text)
        elif kind in (_HEADER, _FOOTER) and len(body) > 3:
            text = _characters(body[2:], struct.unpack_from("<H", body)[0])
            additions += of_page_text("page header" if kind == _HEADER else "page footer", text)
        elif kind == _BEHIND:
            additions.append(Addition("picture", ""))
    return _of_objects(objects, additions)


def _object(body: bytes, at: At | None) -> _Object:
    """What an object is; notes and what programs show by themselves are `_NOTE`."""
    kind, flags = struct.unpack_from("<H2xH", body, 4)
    found = _Object(_NOTE if flags & _BY_PROGRAM else kind, at)
    place = 0
    while place + 4 <= len(body):
        part, length = struct.unpack_from("<HH", body, place)
        if part == _FORMULA and kind == _PICTURE and length:
            found.embedded = True
        elif part == _STATE and place + 6 <= len(body):
            found.ticked = struct.unpack_from("<H", body, place + 4)[0] == 1
        if part == 0:
            break
        place += 4 + length
    return found


def _of_objects(objects: list[_Object], additions: list[Addition]) -> Beside:
    boxes: list[tuple[At, str]] = []
    pictures: list[At] = []
    for each in objects:
        text = " ".join(each.text.replace("\r", "\n").split()) if each.text else ""
        control = _CONTROLS.get(each.kind, "")
        if each.kind in (_NOTE, _GROUP):
            continue
        if control in _TICKED:
            if each.ticked:
                additions.append(Addition("ticked box", text, each.at))
        elif control:
            additions.append(Addition("control", text, each.at))
        elif each.kind == _CHART:
            additions.append(Addition("chart", text, each.at))
        elif each.embedded:
            additions.append(Addition("embedded file", "", each.at))
        elif each.kind == _PICTURE:
            pictures.append(each.at or (0, 0))
        elif text:
            boxes.append((each.at or (0, 0), each.text.replace("\r", "\n").strip()))
        else:
            additions.append(Addition("drawing", "", each.at))
    return Beside(tuple(boxes[:_MOST]), tuple(pictures[:_MOST]), tuple(additions[:_MOST]))


# .xlsb: MS-XLSB 2.4.28 (BrtBeginComment), 2.4.324 (BrtCommentText), 2.4.58 (BrtBeginHeaderFooter)

_COMMENT, _COMMENT_TEXT, _PAGES, _BACKGROUND = 635, 637, 479, 562
_NO_TEXT = 0xFFFFFFFF


def read_xlsb_beside(parts: Mapping[str, bytes], part: str) -> tuple[Beside, dict[At, str]]:
    """What stands beside the cells of the sheet in `part`, and its notes."""
    found = read_beside(parts, part)
    additions = [*found.additions]
    for kind, body in records(parts.get(part, b"")):
        if kind == _PAGES:
            for number, text in enumerate(_texts(body[2:])):
                where = "page footer" if number % 2 else "page header"
                additions += of_page_text(where, text)
        elif kind == _BACKGROUND:
            additions.append(Addition("picture", ""))
    notes: dict[At, str] = {}
    for name, target in related(parts, part).values():
        if name == "comments":
            notes.update(_xlsb_notes(parts.get(target, b"")))
    return replace(found, additions=tuple(additions[:_MOST])), notes


def _xlsb_notes(data: bytes) -> Iterator[tuple[At, str]]:
    at: At | None = None
    for kind, body in records(data):
        if kind == _COMMENT and len(body) >= 20:
            row, _, col = struct.unpack_from("<III", body, 4)
            at = row, col
        elif kind == _COMMENT_TEXT and at is not None and len(body) >= 5:
            length = struct.unpack_from("<I", body, 1)[0]
            if text := body[5 : 5 + 2 * length].decode("utf-16-le", "replace").strip():
                yield at, text


def _texts(body: bytes) -> Iterator[str]:
    """Texts that follow each other, of which some may not be there."""
    place = 0
    while place + 4 <= len(body):
        length = struct.unpack_from("<I", body, place)[0]
        place += 4
        if length == _NO_TEXT:
            yield ""
            continue
        yield body[place : place + 2 * length].decode("utf-16-le", "replace")
        place += 2 * length
