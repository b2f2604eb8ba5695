"""The parts of an Open XML workbook, some of them replaced, the others as they were packed."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from xml.parsers.expat import ParserCreate

from xlplan.codes.edit_codes import EDIT_011, EDIT_012, EDIT_013, EDIT_016
from xlplan.codes.message import Filled
from xlplan.errors import XlplanError
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    MalformedError,
    elements,
    run,
    splice,
    with_attribute,
)

TYPES = "[Content_Types].xml"
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s4B4H3L5H2L")
END = struct.Struct("<4s4H2LH")
_UTF8 = 0x800
_KEPT_FLAGS = _UTF8 | 0x6
FIRST_DAY = 1 << 5 | 1
"""1 January 1980, as an archive has it."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError,
    RuntimeError, ValueError, KeyError,
)  # fmt: skip
"""What the library raises for an archive that is not as it should be."""


class UnfitError(Exception):
    """The workbook cannot be changed in place; `refusal` says why."""

    def __init__(self, refusal: Filled) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal

    def at(self, name: str) -> XlplanError:
        """The error of a file with this name."""
        return XlplanError(self.refusal.at(name))


class Package:
    """The parts of a workbook by name. A part that is set replaces the one that was there.

    `sheets` are the worksheets: the part of each by its name. `tabs` are all names of sheets in
    their order. Raises `UnfitError` for a file that is no workbook of this kind, or signed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._zip = _open(data)
        self._infos = {info.filename: info for info in self._zip.infolist()}
        self._read: dict[str, bytes] = {}
        self.new: dict[str, bytes] = {}
        self.gone: set[str] = set()
        self.added: list[str] = []
        self._check()
        self.book = self._book()
        self.tabs: list[str] = []
        self.sheets: dict[str, str] = {}
        targets = {name: (kind, part) for name, kind, part in self._relations(self.book)}
        for sheet in elements(self[self.book], {"sheet"}):
            named = sheet.attributes
            self.tabs.append(named.get("name", ""))
            relation = next((v for k, v in named.items() if k.endswith(":id")), "")
            kind, part = targets.get(relation, ("", ""))
            if kind == "worksheet" and part in self._infos:
                self.sheets[self.tabs[-1]] = part

    def _check(self) -> None:
        if any(name.startswith("_xmlsignatures/") for name in self._infos):
            raise UnfitError(EDIT_011.fill())
        if TYPES not in self._infos:
            ods = "mimetype" in self._infos or "content.xml" in self._infos
            raise UnfitError(EDIT_013.fill(kind=".ods") if ods else EDIT_016.fill())
        if len({name.lower() for name in self._infos}) != len(self._zip.infolist()):
            raise UnfitError(EDIT_016.fill())

    def _book(self) -> str:
        for _, kind, part in self._relations(""):
            if kind == "officeDocument" and part in self._infos:
                if part.endswith(".bin"):
                    raise UnfitError(EDIT_013.fill(kind=".xlsb"))
                if b"sheet" in self[TYPES] and b"workbook" in self[part]:
                    return part
        raise UnfitError(EDIT_016.fill())

    def __contains__(self, name: object) -> bool:
        return (name in self._infos and name not in self.gone) or name in self.added

    def __getitem__(self, name: str) -> bytes:
        if name in self.new:
            return self.new[name]
        if name not in self._read:
            try:
                self._read[name] = self._zip.read(name)
            except _BROKEN:
                raise UnfitError(EDIT_016.fill("part", part=name)) from None
        return self._read[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        if content == self[name]:
            return
        try:
            if not name.endswith(".vml"):  # an old form that need not be good XML
                run(ParserCreate(), content)
        except MalformedError:
            raise UnfitError(EDIT_016.fill("part", part=name)) from None
        self.new[name] = content

    @property
    def names(self) -> list[str]:
        """The names of all parts that are there."""
        return [*(name for name in self._infos if name not in self.gone), *self.added]

    def related(self, part: str, *kinds: str) -> list[str]:
        """The parts that `part` names with a relation of these kinds (their last word)."""
        return [at for _, kind, at in self._relations(part) if kind in kinds and at in self]

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        """Id, last word of the kind and target of each relation within the file."""
        folder = posixpath.dirname(part)
        name = relations_of(part)
        found = []
        for each in elements(self[name], {"Relationship"}) if name in self else ():
            named = each.attributes
            if named.get("TargetMode") != "External":
                target = posixpath.join("/" + folder, named.get("Target", ""))
                kind = named.get("Type", "").rpartition("/")[2]
                found.append((named.get("Id", ""), kind, posixpath.normpath(target).lstrip("/")))
        return found

    def drop(self, part: str) -> None:
        """Take out a part that only the workbook names."""
        self.gone.add(part)
        for name, key in ((TYPES, "PartName"), (relations_of(self.book), "Target")):
            end = posixpath.basename(part)
            found = elements(self[name], {"Override", "Relationship"})
            edits: list[Edit] = [
                (each.start, each.end, b"")
                for each in found
                if posixpath.basename(each.attributes.get(key, "")) == end
            ]
            self[name] = splice(self[name], edits)

    def add_sheet(self, name: str, content: bytes, like: str) -> None:
        """Put in a worksheet after all others, named as the one with the part `like` is."""
        folder, count = posixpath.dirname(like), len(self._infos)
        part = next(
            each for n in range(1, count + 2) if (each := f"{folder}/sheet{n}.xml") not in self
        )
        relations = relations_of(self.book)
        listed = elements(self[relations], {"Relationship"})
        ids = {each.attributes.get("Id", "") for each in listed}
        ident = next(each for n in range(1, count + 2) if (each := f"rId{n}") not in ids)
        mine = next(i for i, _, at in self._relations(self.book) if at == like)
        old = next(each for each in listed if each.attributes.get("Id") == mine)
        target = posixpath.join(
            posixpath.dirname(old.attributes["Target"]), posixpath.basename(part)
        )
        self._copied(relations, old, Id=ident, Target=target)
        for override in elements(self[TYPES], {"Override"}):
            if override.attributes.get("PartName") == f"/{like}":
                self._copied(TYPES, override, PartName=f"/{part}")
        sheets = elements(self[self.book], {"sheet"})
        number = max(int(each.attributes.get("sheetId", "0")) for each in sheets) + 1
        last = sheets[-1]
        key = next(key for key in last.attributes if key.endswith(":id"))
        named: dict[str, str | int | None] = {"name": name, "sheetId": number, "state": None}
        self._copied(self.book, last, **named, **{key: ident})
        self.added.append(part)
        self.new[part] = content
        self.tabs.append(name)
        self.sheets[name] = part

    def _copied(self, part: str, element: Element, **attributes: str | int | None) -> None:
        """An element again behind itself, with other attributes."""
        tag = self[part][element.start : element.end]
        for key, value in attributes.items():
            tag = with_attribute(tag, key, value)
        self[part] = splice(self[part], [(element.end, element.end, tag)])

    def parsed(self, part: str, *names: str) -> list[Element]:
        """The elements of a part with these names. Raises `UnfitError`."""
        try:
            return elements(self[part], frozenset(names) if names else None)
        except MalformedError:
            raise UnfitError(EDIT_016.fill("part", part=part)) from None

    def packed(self, name: str) -> tuple[int, bytes]:
        """How a part of the file as it came is packed, and its packed bytes."""
        info = self._infos[name]
        at = info.header_offset
        _, *_, name_length, extra_length = LOCAL.unpack_from(self._data, at)
        start = at + LOCAL.size + name_length + extra_length
        return info.compress_type, self._data[start : start + info.compress_size]

    def save(self) -> bytes:
        """The workbook: parts that were not replaced are copied as they were packed."""
        out, listed = io.BytesIO(), []
        for name, info in self._infos.items():
            if name in self.gone:
                continue
            method, packed = self.packed(name)
            checksum, size = info.CRC, info.file_size
            if name in self.new:
                method, checksum = zipfile.ZIP_DEFLATED, zlib.crc32(self.new[name])
                squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
                packed = squeeze.compress(self.new[name]) + squeeze.flush()
                size = len(self.new[name])
            flags = info.flag_bits & _KEPT_FLAGS
            spelled = info.orig_filename.encode("utf-8" if flags & _UTF8 else "cp437")
            about = (flags, method, *_dos(info), checksum, len(packed), size, len(spelled))
            listed.append(
                CENTRAL.pack(b"PK\x01\x02", 20, info.create_system, 20, 0, *about, 0, 0, 0,
                              info.internal_attr, info.external_attr, out.tell()) + spelled
            )  # fmt: skip
            out.write(LOCAL.pack(b"PK\x03\x04", 20, *about, 0) + spelled + packed)
        for name in self.added:
            content = self.new[name]
            squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
            packed, spelled = squeeze.compress(content) + squeeze.flush(), name.encode()
            about = (_UTF8, zipfile.ZIP_DEFLATED, 0, FIRST_DAY, zlib.crc32(content), len(packed),
                     len(content), len(spelled))  # fmt: skip
            listed.append(
                CENTRAL.pack(b"PK\x01\x02", 20, 0, 20, 0, *about, 0, 0, 0, 0, 0, out.tell())
                + spelled
            )
            out.write(LOCAL.pack(b"PK\x03\x04", 20, *about, 0) + spelled + packed)
        at, count = out.tell(), len(listed)
        directory = b"".join(listed)
        end = END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
        out.write(directory + end)
        return out.getvalue()


def _dos(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def unfit_part(part: str) -> UnfitError:
    """That a part is damaged or unusual."""
    return UnfitError(EDIT_016.fill("part", part=part))


def relations_of(part: str) -> str:
    """The part that holds the relations of `part`."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _open(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise UnfitError(EDIT_012.fill() if locked else EDIT_013.fill(kind=".xls"))
    try:
        found = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        flat = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*<office:", data)
        raise UnfitError(EDIT_013.fill(kind=".fods") if flat else EDIT_016.fill()) from None
    if any(info.flag_bits & 1 for info in found.infolist()):
        raise UnfitError(EDIT_012.fill())
    return found
