"""What a written file itself says, read from its own XML or records and not by xlplan's readers.

It is the witness of what a program made of an edit. Each cell is given as its kind, what is stored,
and its number format.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import xlrd
from openpyxl.utils import get_column_letter
from xlrd.compdoc import CompDoc


@dataclass(frozen=True)
class Own:
    """A cell as stored: ``text``, ``number``, ``boolean``, ``error`` or ``formula`` (then `value`
    is its result)."""

    kind: str
    value: str | float | bool
    shown_as: str = ""
    struck: bool = False


Cells = Mapping[str, Own]
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_CONDITION, _UNKNOWN = 0x1B1, 0xBAD
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EPOCH = datetime(1899, 12, 30)
_BUILT_IN = {9: "0%", 10: "0.00%", 14: "m/d/yyyy", 17: "mmm-yy", 22: "m/d/yy h:mm", 3: "#,##0",
             4: "#,##0.00", 2: "0.00", 1: "0"}  # fmt: skip
_MOST_REPEATED = 60


def cells_of(path: Path, sheet: str) -> Cells:
    """The cells of one sheet by name; an empty one is left out."""
    data = path.read_bytes()
    suffix = path.suffix
    if suffix == ".csv":
        return dict(_csv(data))
    if suffix == ".xls":
        return dict(_xls(data, sheet))
    if suffix == ".ods":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return dict(_open_document(package.read("content.xml"), sheet))
    if suffix == ".fods":
        return dict(_open_document(data, sheet))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return dict(_Xlsx(package, sheet).cells())


def holds(path: Path, words: str) -> bool:
    """Whether the words stand anywhere in a file, however it spells them."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            data = b"\0".join(package.read(name) for name in package.namelist())
    spelled = (
        words.encode(),
        words.encode("utf-16-le"),
        words.encode().replace(b" ", b"<text:s/>"),
    )
    return any(each in data for each in spelled)


def _csv(data: bytes) -> Iterator[tuple[str, Own]]:
    text = data.decode("utf-8-sig")
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        for column, value in enumerate(row, 1):
            if value:
                yield f"{get_column_letter(column)}{number}", Own("text", value)


def _xls(data: bytes, name: str) -> Iterator[tuple[str, Own]]:
    # This sheet alone: xlrd fails over formulas that give an emoji, as those of others may.
    stream = _without_conditions(data)
    book = xlrd.open_workbook(file_contents=stream, formatting_info=True, on_demand=True)
    sheet = book.sheet_by_name(name)
    kinds = {1: "text", 2: "number", 3: "number", 4: "boolean", 5: "error"}
    for row in range(sheet.nrows):
        for column in range(sheet.ncols):
            cell: Any = sheet.cell(row, column)
            if cell.ctype not in kinds:
                continue
            look = book.xf_list[cell.xf_index]
            code = book.format_map[look.format_key].format_str
            value = bool(cell.value) if cell.ctype == 4 else cell.value
            if cell.ctype == 5:
                value = xlrd.error_text_from_code[cell.value]
            struck = bool(book.font_list[look.font_index].struck_out)
            at = f"{get_column_letter(column + 1)}{row + 1}"
            yield at, Own(kinds[cell.ctype], value, code, struck)


def _without_conditions(data: bytes) -> bytes:
    """The records of an old workbook without its conditional formats, over which xlrd fails."""
    found = CompDoc(data).locate_named_stream("Workbook")
    stream = bytearray(found[0][found[1] : found[1] + found[2]])
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _CONDITION:
            struct.pack_into("<H", stream, at, _UNKNOWN)
        at += 4 + length
    return bytes(stream)


def _parsed(xml: bytes) -> ET.Element:
    """The root of a part, without the signs that XML does not allow and some programs write."""
    return ET.fromstring(_NO_XML.sub(b"", xml))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attributes(element: ET.Element) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}


class _Xlsx:
    """A sheet of a package, by its own parts."""

    def __init__(self, package: zipfile.ZipFile, sheet: str) -> None:
        self.package = package
        self.parts = {name.lower(): name for name in package.namelist()}
        rels = {
            a["Id"]: a["Target"].removeprefix("/").removeprefix("xl/")
            for a in map(_attributes, self._part("xl/_rels/workbook.xml.rels"))
        }
        listed = [_attributes(e) for e in self._part("xl/workbook.xml").iter()]
        ident = next(a["id"] for a in listed if a.get("name") == sheet and "id" in a)
        self.sheet = self._part(f"xl/{rels[ident]}")
        strings = "xl/sharedstrings.xml"
        self.strings = (
            [_text_of(item) for item in self._part(strings)] if strings in self.parts else []
        )
        self.looks = list(self._looks(self._part("xl/styles.xml")))

    def _part(self, name: str) -> ET.Element:
        return _parsed(self.package.read(self.parts[name.lower()]))

    def _looks(self, styles: ET.Element) -> Iterator[tuple[str, bool]]:
        codes = {
            a["numFmtId"]: a.get("formatCode", "")
            for e in styles.iter()
            if _local(e.tag) == "numFmt" and "numFmtId" in (a := _attributes(e))
        }
        fonts = [e for group in styles if _local(group.tag) == "fonts" for e in group]
        struck = [any(_local(e.tag) == "strike" and e.get("val") not in ("0", "false") for e in f)
                  for f in fonts]  # fmt: skip
        for group in styles:
            if _local(group.tag) == "cellXfs":
                for look in group:
                    number = look.get("numFmtId", "0")
                    code = codes.get(number, _BUILT_IN.get(int(number), ""))
                    yield code, struck[int(look.get("fontId", "0"))] if struck else False

    def cells(self) -> Iterator[tuple[str, Own]]:
        for cell in self.sheet.iter():
            if _local(cell.tag) == "c" and (own := self._own(cell)) is not None:
                yield cell.get("r", ""), own

    def _own(self, cell: ET.Element) -> Own | None:
        inner = {_local(e.tag): e for e in cell}
        code, struck = self.looks[int(cell.get("s", "0"))]
        stored = (inner["v"].text or "") if "v" in inner else ""
        kind = cell.get("t", "n")
        value: str | float | bool = stored
        if kind == "s":
            kind, value, inner_struck = "text", *_string(self.strings, stored)
            struck |= inner_struck
        elif kind == "inlineStr":
            text = _text_of(inner["is"])
            kind, value, struck = "text", text[0], struck or text[1]
        elif kind == "str":
            kind, value = "text", _unescaped(stored)
        elif kind == "b":
            kind, value = "boolean", stored in ("1", "true")
        elif kind == "e":
            kind = "error"
        elif kind == "d":
            moment = datetime.fromisoformat(stored.rstrip("Z"))
            kind, value = "number", (moment - _EPOCH) / timedelta(days=1)
        elif stored:
            kind, value = "number", float(stored)
        if "f" in inner:
            return Own("formula", value, code, struck)
        return None if value == "" else Own(kind, value, code, struck)


def _string(strings: list[tuple[str, bool]], number: str) -> tuple[str, bool]:
    return strings[int(number)]


def _text_of(item: ET.Element) -> tuple[str, bool]:
    """The text of a string item, without its reading aid, and whether any of it is struck out."""
    found: list[str] = []
    for part in item:
        if _local(part.tag) == "t":
            found.append(part.text or "")
        elif _local(part.tag) == "r":
            found += [e.text or "" for e in part if _local(e.tag) == "t"]
    struck = any(_local(e.tag) == "strike" for e in item.iter())
    return _unescaped("".join(found)), struck


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _open_document(xml: bytes, sheet: str) -> Iterator[tuple[str, Own]]:
    root = _parsed(xml)
    struck = set(_struck_styles(root))
    table = next(
        e for e in root.iter() if _local(e.tag) == "table" and _attributes(e).get("name") == sheet
    )
    number = 0
    for row in (e for e in table.iter() if _local(e.tag) == "table-row"):
        times = int(_attributes(row).get("number-rows-repeated", "1"))
        column = 0
        for cell in row:
            if _local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = int(_attributes(cell).get("number-columns-repeated", "1"))
            own = _open_cell(cell, struck)
            if own is not None and times <= _MOST_REPEATED and repeated <= _MOST_REPEATED:
                for down in range(times):
                    for across in range(repeated):
                        at = f"{get_column_letter(column + across + 1)}{number + down + 1}"
                        yield at, own
            column += repeated
        number += times


def _struck_styles(root: ET.Element) -> Iterator[str]:
    for style in root.iter():
        if _local(style.tag) == "style":
            looks = [_attributes(e).get("text-line-through-style", "none") for e in style]
            if any(look != "none" for look in looks):
                yield _attributes(style).get("name", "")


def _open_cell(cell: ET.Element, struck: set[str]) -> Own | None:
    about = _attributes(cell)
    spans = [_attributes(e).get("style-name", "") for e in cell.iter() if _local(e.tag) == "span"]
    lined = about.get("style-name", "") in struck or any(each in struck for each in spans)
    shown = "\n".join(_paragraph(e) for e in cell if _local(e.tag) == "p")
    kind = about.get("value-type", "")
    value: str | float | bool = about.get("string-value", shown)
    if kind in ("float", "percentage", "currency"):
        kind, value = "number", float(about["value"])
    elif kind == "date":
        moment = datetime.fromisoformat(about["date-value"].rstrip("Z"))
        kind, value = "number", (moment.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
    elif kind == "boolean":
        value = about["boolean-value"] == "true"
    elif kind == "string":
        kind = "error" if shown.startswith("#") and "formula" in about else "text"
    else:
        return Own("formula", shown, shown) if "formula" in about else None
    return Own("formula" if "formula" in about else kind, value, shown, lined)


def _paragraph(element: ET.Element) -> str:
    text = element.text or ""
    for part in element:
        name = _local(part.tag)
        if name == "s":
            text += " " * int(_attributes(part).get("c", "1"))
        elif name == "tab":
            text += "\t"
        elif name == "line-break":
            text += "\n"
        elif name in ("span", "a"):
            text += _paragraph(part)
        text += part.tail or ""
    return text
