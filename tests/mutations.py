"""Files as accidents and people who edit them by hand leave them: every change by a number.

A workbook has bytes flipped, its end cut off, its parts exchanged, left out or written twice, rows
doubled, numbers and texts exchanged for awkward ones; the text of a plan has lines doubled,
exchanged, cut, or given another type.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable

Parts = list[tuple[str, bytes]]
TEXTS = (
    "=1+1", "", " ", "x" * 40_000, "xr1.a.b.c", "_x0000__x0008_", "\u202e\u2066abc", "\ufffe\uffff",
    "&#55296;", "31/02/2026", "1e400", "-0", "NaN", "Ω\u0301" * 50, "<b>&amp;</b>", "xf:rating",
    "a\nb\r\nc", "Keep current", "withdrawn", "9" * 400, "#REF!", "true", "0x1F",
)  # fmt: skip
NUMBERS = (
    "-1",
    "0",
    "1048577",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "NaN",
    "",
    "x",
    "0.5",
)
WORDS = ("", "rId99", "A1:XFD1048576", "http://example.org/", "d", "s")
LINES = (
    "[plan]", "[[field]]", "id = 3", "name = []", 'owner = "nobody"', "x = {", '"', "= =",
    "[a.b.c]",
    "order = 99999999999999999999", "due = 0000-00-00", 'id = "\\u0000"', "aliases = [[1], {}]",
    'role = "key"', "closed = 1", "agreed = 9999-12-31", "\x00", "\ufeff", 'successor = "Nobody"',
    'every = "0 weeks"', "width = -5", "width = 1e9", 'colour = "#GGGGGG"', "[checks]",
    "CHK-001 = 1",
)  # fmt: skip
VALUES = (
    "true", "[]", "{}", "-1", "1e999", "nan", '""', '"\\n"', "1979-05-27T07:32:00", "07:32:00",
    '["a", 1]', "[[]]", '"' + "y" * 5000 + '"', "{ a = { b = 1 } }", '"=1+1"', "0", '"en"', '"*"',
)  # fmt: skip


def workbook(data: bytes, number: int) -> bytes:
    """A workbook changed in the way, and at the place, that a number gives."""
    chance = random.Random(number)
    if chance.random() < 0.2:
        return chance.choice((_flipped, _cut, _patched))(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        chance.choice(_OF_PARTS)(parts, chance)
    target = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
    ):
        warnings.simplefilter("ignore")  # a name may be there twice
        for name, part in parts:
            book.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def definition(text: str, number: int) -> str:
    """The text of a plan changed in the way, and at the place, that a number gives."""
    chance = random.Random(number)
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 2, 5))):
        chance.choice(_OF_LINES)(lines, chance)
    found = "\n".join(lines)
    if chance.random() < 0.1:
        found = found[: chance.randrange(len(found) + 1)]
    return found


def loaded(data: bytes) -> bytes:
    """A workbook that carries macros, an embedded object, a link to another and a connection."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode("utf-8", "replace") for name in book.namelist()}
    sheet = min(name for name in parts if name.startswith("xl/worksheets/sheet"))
    beside = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
    parts.setdefault(beside, _relations())
    types = parts["[Content_Types].xml"].replace(
        "spreadsheetml.sheet.main+xml", "SPREADSHEET.main+xml"
    )
    parts |= {
        "[Content_Types].xml": types.replace(
            "vnd.openxmlformats-officedocument.SPREADSHEET", "vnd.ms-excel.sheet.macroEnabled"
        ).replace("<Default ", f"{_BIN}<Default ", 1),
        "xl/_rels/workbook.xml.rels": _with_relations(
            parts["xl/_rels/workbook.xml.rels"],
            ("vbaProject", "vbaProject.bin"), ("externalLink", "externalLinks/externalLink1.xml"),
            ("connections", "connections.xml"),
        ),
        beside: _with_relations(parts[beside], ("oleObject", "../embeddings/oleObject1.bin")),
        sheet: parts[sheet].replace(
            "</worksheet>",
            '<oleObjects><oleObject progId="Word.Document.12" shapeId="1025" r:id="x0" '
            f'xmlns:r="{_OFFICE}"/></oleObjects></worksheet>',
        ),
        "xl/vbaProject.bin": "macros",
        "xl/embeddings/oleObject1.bin": "object",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": _with_relations(
            _relations(), ("externalLinkPath", "file:///F:/Costs.xlsx")
        ),
        "xl/connections.xml": '<connections><connection name="Query - Spend"/></connections>',
    }  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return target.getvalue()


_BIN = '<Default Extension="bin" ContentType="application/bin"/>'
_OUTSIDE = ' TargetMode="External"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations() -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        "</Relationships>"
    )


def _with_relations(text: str, *more: tuple[str, str]) -> str:
    added = "".join(
        f'<Relationship Id="x{n}" Type="{_OFFICE}/{kind}" Target="{target}"'
        f"{_OUTSIDE if ':' in target else ''}/>"
        for n, (kind, target) in enumerate(more)
    )
    return text.replace("</Relationships>", f"{added}</Relationships>")


# Bytes


def _flipped(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _patched(data: bytes, chance: random.Random) -> bytes:
    """A piece of it once more, in the place of another."""
    size = chance.choice((4, 64, 512))
    of, to = (chance.randrange(max(len(data) - size, 1)) for _ in "ab")
    return data[:to] + data[of : of + size] + data[to + size :]


# Parts


def _at(parts: Parts, chance: random.Random) -> int:
    """One of the parts; of those of a sheet twice as often."""
    sheets = [n for n, (name, _) in enumerate(parts) if "/sheet" in name]
    place: int = chance.choice([*range(len(parts)), *sheets * 6])
    return place


def _exchange(parts: Parts, chance: random.Random) -> None:
    one, other = _at(parts, chance), _at(parts, chance)
    (a, data), (b, more) = parts[one], parts[other]
    parts[one], parts[other] = (a, more), (b, data)


def _leave_out(parts: Parts, chance: random.Random) -> None:
    if len(parts) > 1:
        del parts[_at(parts, chance)]


def _write_twice(parts: Parts, chance: random.Random) -> None:
    name, part = parts[_at(parts, chance)]
    parts.append((chance.choice((name, name.upper(), f"copy/{name}")), part))


def _empty(parts: Parts, chance: random.Random) -> None:
    place = _at(parts, chance)
    parts[place] = (
        parts[place][0],
        chance.choice((b"", b"<a/>", b"<?xml version='1.0'?>", b"\0" * 9)),
    )


def _edit(found: Callable[[str, random.Random], str]) -> Callable[[Parts, random.Random], None]:
    def edit(parts: Parts, chance: random.Random) -> None:
        place = _at(parts, chance)
        name, part = parts[place]
        text = found(part.decode("utf-8", "replace"), chance)
        parts[place] = name, text.encode("utf-8", "surrogatepass")

    return edit


def _exchange_one(pattern: str, words: tuple[str, ...]) -> Callable[[str, random.Random], str]:
    """One match of a pattern, its group exchanged for one of some words."""

    def exchange(text: str, chance: random.Random) -> str:
        matches = list(re.finditer(pattern, text))
        if not matches:
            return text
        match = chance.choice(matches)
        return text[: match.start(1)] + chance.choice(words) + text[match.end(1) :]

    return exchange


def _double_row(text: str, chance: random.Random) -> str:
    rows = list(re.finditer(r"<row .*?</row>", text, re.DOTALL))
    if not rows:
        return text
    row, after = chance.choice(rows), chance.choice(rows)
    times = chance.choice((1, 1, 3, 200))
    return text[: after.end()] + row.group() * times + text[after.end() :]


def _without_row(text: str, chance: random.Random) -> str:
    rows = list(re.finditer(r"<row .*?</row>", text, re.DOTALL))
    if not rows:
        return text
    row = chance.choice(rows)
    return text[: row.start()] + text[row.end() :]


def _without_piece(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.choice((1, 5, 200)) :]


_OF_PARTS: tuple[Callable[[Parts, random.Random], None], ...] = (
    _exchange, _leave_out, _write_twice, _empty,
    *[_edit(_double_row), _edit(_without_row), _edit(_without_piece)],
    *[_edit(_exchange_one(r"<(?:t|v|f)[^>]*>([^<]*)<", TEXTS))] * 4,
    *[_edit(_exchange_one(r'="(-?\d+)"', NUMBERS))] * 3,
    _edit(_exchange_one(r'="([^"]*)"', WORDS)),
    _edit(_exchange_one(r"<(\w+)[ />]", ("a", "row", "c", "v", "mergeCell", "f"))),
)  # fmt: skip


# Lines


def _double_line(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))


def _exchange_lines(lines: list[str], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _cut_line(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]


def _add_line(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(LINES))


def _other_value(lines: list[str], chance: random.Random) -> None:
    keys = [n for n, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    if keys:
        place = chance.choice(keys)
        lines[place] = f"{lines[place].partition(' = ')[0]} = {chance.choice(VALUES)}"


def _other_letter(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    line = lines[place]
    at = chance.randrange(len(line) + 1)
    lines[place] = line[:at] + chance.choice("\"'[]{}=\\#\0é\u2028 .,x9") + line[at + 1 :]


def _without_table(lines: list[str], chance: random.Random) -> None:
    heads = [n for n, line in enumerate(lines) if line.startswith("[")]
    if len(heads) > 1:
        place = chance.randrange(len(heads) - 1)
        del lines[heads[place] : heads[place + 1]]


_OF_LINES: tuple[Callable[[list[str], random.Random], None], ...] = (
    _double_line, _exchange_lines, _cut_line, _add_line, _add_line, *[_other_value] * 4,
    _other_letter, _without_table,
)  # fmt: skip
