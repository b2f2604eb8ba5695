"""Builders of files as an inbox may hold them: plain ones, damaged ones and hostile ones.

Every builder gives bytes. Packages are put together part by part, so that each fault is the only
one in its file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="{main}"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>"
)
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HELLO = '<row r="1"><c r="A1" t="inlineStr"><is><t>hello</t></is></c></row>'


def _rels(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{listed}</Relationships>"
    )


def sheet_xml(rows: str = HELLO, after: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_SHEET_NAMESPACE}">'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def parts(rows: str = HELLO, after: str = "", main: str = MAIN) -> dict[str, str | bytes]:
    """The parts of the smallest workbook, with these rows on its one sheet, "Plan"."""
    return {
        "[Content_Types].xml": TYPES.format(main=main),
        "_rels/.rels": _rels(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SHEET_NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="Plan" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _rels(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet_xml(rows, after),
    }


def package(content: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]]) -> bytes:
    """A zip of these parts, in this order; a sequence may repeat a name."""
    pairs = content.items() if isinstance(content, Mapping) else content
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in pairs:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Not writestr's own check of names: a hostile name must get in.
            book.writestr(entry, data)
    return target.getvalue()


def workbook(rows: str = HELLO, after: str = "", main: str = MAIN) -> bytes:
    return package(parts(rows, after, main))


def two_sheets(rows: str) -> bytes:
    """A workbook with these rows on each of its two sheets."""
    one = parts(rows)
    second = '<sheet name="Other" sheetId="2" r:id="rId2"/></sheets>'
    return package(
        {
            **one,
            "xl/workbook.xml": str(one["xl/workbook.xml"]).replace("</sheets>", second),
            "xl/_rels/workbook.xml.rels": _rels(
                ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
            ),
            "xl/worksheets/sheet2.xml": sheet_xml(rows),
        }
    )


def with_texts(rows: str, texts: Sequence[str]) -> bytes:
    """A workbook with these rows, whose cells may refer to these shared texts by number."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    named = ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
    return package(
        {
            **parts(rows),
            "xl/_rels/workbook.xml.rels": _rels(*named),
            "xl/sharedStrings.xml": f'<sst xmlns="{_SHEET_NAMESPACE}">{items}</sst>',
        }
    )


def with_part(name: str, data: str | bytes) -> bytes:
    """The smallest workbook with one more part."""
    return package({**parts(), name: data})


def cell_at(name: str, value: str = "<v>1</v>") -> bytes:
    digits = "".join(char for char in name if char.isdigit())
    return workbook(f'{HELLO}<row r="{digits}"><c r="{name}">{value}</c></row>')


def flipped(data: bytes, part: str) -> bytes:
    """`data` with one byte of the packed content of a part changed, its checksum left alone.

    The part is stored, not deflated, so that the change shows in the checksum only.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        content = {info.filename: book.read(info) for info in book.infolist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as book:
        for name, each in content.items():
            book.writestr(zipfile.ZipInfo(name), each)
    changed = bytearray(target.getvalue())
    at = changed.index(content[part]) + content[part].index(b"hello")
    changed[at] ^= 1
    return bytes(changed)


def overlapping() -> bytes:
    """A package in which two entries of the list share one part's bytes."""
    data = bytearray(package({**parts(), "xl/a.xml": "<a/>", "xl/b.xml": "<a/>"}))
    first = data.index(b"PK\x03\x04", data.index(b"PK\x03\x04") + 1)
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as book:
        places = {info.filename: info.header_offset for info in book.infolist()}
        end = book.start_dir
    assert first > 0
    listing = bytes(data).index(b"xl/b.xml", end) - 46
    struct.pack_into("<I", data, listing + 42, places["xl/a.xml"])
    # The shared header must carry the listed name, or the names alone would give it away.
    data[listing + 46 : listing + 54] = b"xl/a.xml"
    data[bytes(data).index(b"xl/a.xml", end)] = ord("y")
    data[places["xl/a.xml"] + 30] = ord("x")
    return bytes(data)


def bomb(megabytes: int) -> bytes:
    """A workbook with a part that inflates to this much from next to nothing."""
    return with_part("xl/sharedStrings.xml", b" " * (megabytes << 20))


def understated() -> bytes:
    """A workbook whose one big part says it is small."""
    data = bytearray(with_part("xl/big.xml", b"<a>" + b" " * 1000 + b"</a>"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as book:
        info = book.getinfo("xl/big.xml")
        listing = bytes(data).index(b"xl/big.xml", book.start_dir) - 46
    small = b"<a>" + b" " * 7
    for at in (info.header_offset + 14, listing + 16):
        struct.pack_into("<I", data, at, zlib.crc32(small))
        struct.pack_into("<I", data, at + 8, len(small))
    return bytes(data)


def ole(*streams: str) -> bytes:
    """The start of a compound file whose directory names these streams."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return _OLE.ljust(512, b"\0") + names.ljust(1024, b"\0")


def ods(table_rows: str, meta: str = "", name: str = "Plan") -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    spaces = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
            "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
            "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
            "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
            "dc": "http://purl.org/dc/elements/1.1/",
            "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
        }.items()
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return package(
        {
            "mimetype": kind,
            "content.xml": (
                f"<office:document-content {spaces}><office:body><office:spreadsheet>"
                f'<table:table table:name="{name}">{table_rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ),
            "meta.xml": f"<office:document-meta {spaces}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
            "META-INF/manifest.xml": (
                f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
                f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
            ),
        }
    )


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls(cells: bytes, small: bool = False, before: bytes = b"") -> bytes:
    """A compound file with one sheet, "Plan", of these BIFF records (MS-CFB, MS-XLS).

    `before` are records of the workbook before its list of sheets. `small` leaves its stream so
    short that it must stand in sectors of 64 bytes.
    """
    begin, end = _record(0x809, struct.pack("<HH", 0x600, 5)), _record(0x0A, b"")
    name = b"\x04\x00Plan"
    start = len(begin) + len(before) + len(_record(0x85, bytes(6) + name)) + len(end)
    sheet = _record(0x85, struct.pack("<IH", start, 0) + name)
    stream = begin + before + sheet + end + begin + cells + end
    length = len(stream) if small else max(len(stream), 4096)
    packed = stream.ljust(-(-length // 512) * 512, b"\0")
    count = len(packed) // 512
    # Sectors: 0 the table, 1 the directory, 2 the table of small sectors, 3 and on the stream.
    chain = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *range(4, 3 + count), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    pieces = -(-length // 64)
    minor = struct.pack(f"<{pieces}I", *range(1, pieces), 0xFFFFFFFE) if small else b""
    header = _OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, 0xFFFFFFFE, 0, 0)
    entries = _entry("Root Entry", 3, len(packed)) + _entry("Workbook", 0 if small else 3, length)
    sectors = [
        header.ljust(512, b"\xff"),
        fat,
        entries.ljust(512, b"\0"),
        minor.ljust(512, b"\xff"),
    ]
    return b"".join(sectors) + packed


def _entry(name: str, first: int, length: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + bytes(50)
        + struct.pack("<III", first, length, 0)
    )


def xls_record(kind: int, body: bytes) -> bytes:
    """Any record, which may be too short for its kind."""
    return _record(kind, body)


def xls_number(row: int, col: int) -> bytes:
    return _record(0x203, struct.pack("<HHHd", row, col, 0, 1.0))


def xls_claim(rows: int, columns: int) -> bytes:
    """The record in which a sheet says how large it is."""
    return _record(0x200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))


def xls_error(row: int, col: int, code: int) -> bytes:
    return _record(0x205, struct.pack("<HHHBB", row, col, 0, code, 1))


def xls_formula(row: int, col: int, tokens: bytes) -> bytes:
    fixed = struct.pack("<HHHdHI", row, col, 0, 2.0, 0, 0)
    return _record(0x06, fixed + struct.pack("<H", len(tokens)) + tokens)


def compound(streams: Mapping[tuple[str, ...], bytes]) -> bytes:
    """A compound file (MS-CFB) with these streams by path, every one in large sectors.

    The folders' children hang in a chain to the right, which readers take as any tree.
    """
    folders = {path[:depth] for path in streams for depth in range(1, len(path))}
    paths = [(), *sorted({*folders, *streams}, key=lambda each: (len(each), each))]
    none = 0xFFFFFFFF
    body, fat = b"", [0xFFFFFFFD]
    directory = -(-len(paths) * 128 // 512)
    fat += [*range(2, 1 + directory), 0xFFFFFFFE]
    lines = []
    for number, path in enumerate(paths):
        children = [n for n, each in enumerate(paths) if n and each[:-1] == path]
        beside = [n for n, each in enumerate(paths) if n > number and each[:-1] == path[:-1]]
        kind = 5 if not path else 2 if path in streams else 1
        first, length = 0xFFFFFFFE, 0
        if path in streams:
            data = streams[path].ljust(4096, b"\0")
            length, sectors = len(data), -(-len(data) // 512)
            first = len(fat)
            fat += [*range(first + 1, first + sectors), 0xFFFFFFFE]
            body += data.ljust(sectors * 512, b"\0")
        text = ((path[-1] if path else "Root Entry") + "\0").encode("utf-16-le")
        lines.append(
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text), kind, 1)
            + struct.pack("<III", none, beside[0] if beside and number else none,
                          children[0] if children else none)
            + bytes(36)
            + struct.pack("<III", first, length, 0)
        )  # fmt: skip
    assert len(fat) <= 128, "one sector of the table must do"
    header = _OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header.ljust(512, b"\xff") + table + b"".join(lines).ljust(directory * 512, b"\0") + body


def outlook(
    attachments: Mapping[str, bytes], body: str = "", within: tuple[str, ...] = ()
) -> bytes:
    """An Outlook message (MS-OXMSG) with these attachments, in a message within it if asked.

    Streams are filled up to 4096 bytes: a workbook of its own length must be at least that long.
    """
    streams: dict[tuple[str, ...], bytes] = {("__properties_version1.0",): bytes(32)}
    if body:
        streams["__substg1.0_1000001F",] = body.encode("utf-16-le")
    for number, (name, data) in enumerate(attachments.items()):
        folder = (*within, f"__attach_version1.0_#{number:08X}")
        streams[*folder, "__substg1.0_3707001F"] = name.encode("utf-16-le")
        streams[*folder, "__substg1.0_37010102"] = data
    return compound(streams)


def xlsb(cells: bytes, hidden: bytes | None = None) -> bytes:
    """A binary workbook with a sheet "Plan" of these records (MS-XLSB), and a hidden one, "Far"."""
    sheets = [cells] if hidden is None else [cells, hidden]
    bundle = b"".join(
        xlsb_record(156, struct.pack("<II", number, number + 1) + _wide(f"rId{number + 1}") + name)
        for number, name in enumerate((_wide("Plan"), _wide("Far"))[: len(sheets)])
    )
    book = (xlsb_record(131), xlsb_record(143), bundle, xlsb_record(144), xlsb_record(132))
    size = xlsb_record(148, struct.pack("<IIII", 0, 9, 0, 9))
    begin, end = xlsb_record(129) + size + xlsb_record(145), xlsb_record(146) + xlsb_record(130)
    named = [f"worksheets/sheet{number}.bin" for number in range(1, len(sheets) + 1)]
    plain, binary = parts(), "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    types = str(plain["[Content_Types].xml"]).replace(MAIN, binary).replace(".xml", ".bin")
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "_rels/.rels": _rels(("officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": _rels(*(("worksheet", name) for name in named)),
        "xl/workbook.bin": b"".join(book),
    }
    for name, each in zip(named, sheets, strict=True):
        content[f"xl/{name}"] = begin + each + end
    return package(content)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _seven_bits(number: int) -> bytes:
    digits: list[int] = []
    while number or not digits:
        digits.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
    return bytes(digits)


def xlsb_record(kind: int, body: bytes = b"") -> bytes:
    return _seven_bits(kind) + _seven_bits(len(body)) + body


def xlsb_row(row: int, *texts: str) -> bytes:
    """The beginning of a row, and texts in its first cells."""
    cells = (xlsb_record(6, struct.pack("<II", col, 0) + _wide(t)) for col, t in enumerate(texts))
    return xlsb_record(0, struct.pack("<I", row) + bytes(13)) + b"".join(cells)


def xlsb_formula_error(col: int, code: int) -> bytes:
    """A formula that shows an error, which readers pass over."""
    return xlsb_record(11, struct.pack("<II", col, 0) + bytes([code]) + bytes(10))
