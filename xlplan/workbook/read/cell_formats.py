"""What cells show: the number formats of numbers and dates, put to the values that were read.

Only cells that hold a number are looked at, and of those only the ones whose format says more than
the value does. The format also decides what is a date: readers guess that by themselves, and not
always as the file has it.
"""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, TypeGuard

from xlplan.late import regex
from xlplan.plan.number_formats import BUILT_IN, is_date_format, show_number
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import number_text
from xlplan.workbook.read.binary import MALFORMED
from xlplan.workbook.read.book import At, CellValue, Extent, column_number
from xlplan.workbook.read.file_kinds import remembered
from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.parts import part_named

Formats = Mapping[int, str]
"""The number format of each cell format that says more than the value; ``""`` for a date as the
machine writes it."""
_NUMBER_FORMATS = regex(rb"<(?:\w+:)?numFmts\b[^>]*>(.*?)</(?:\w+:)?numFmts>", re.DOTALL)
_NUMBER_FORMAT = regex(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_CELL_FORMATS = regex(rb"<(?:\w+:)?cellXfs\b[^>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = regex(rb"<(?:\w+:)?xf\b([^>]*)>")
_ID = regex(rb"\bnumFmtId\s*=\s*[\"'](\d{1,9})[\"']")
_CODE = regex(rb"\bformatCode\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MACHINES_DATES = frozenset({14, 22, *range(27, 37), *range(50, 59)})
_MACHINES_MONEY = frozenset({5, 6, 7, 8, 41, 42, 43, 44})
_UNSURE = "[as the machine writes money]"
_SAYS_NOTHING = regex(r"(?:\[[^\]$<>=]*\])?(?:General|@)?(?:;@)?", re.IGNORECASE)
_SPAN = regex(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NEARLY_MIDNIGHT = timedelta(minutes=2)
_EPOCH = datetime(1899, 12, 30)
_MARCH_1900 = datetime(1900, 3, 1)
_FIRST_DAY = _MARCH_1900.date()
_LAST_SERIAL = 2_958_466
_FORMAT_RECORD, _XF_RECORD, _END_RECORD = 0x41E, 0xE0, 0x0A
_NUMBER_CELL, _FORMULA_CELL, _RK_CELL, _RK_CELLS = 0x203, 0x06, 0x27E, 0xBD
_B_FORMAT, _B_XF, _B_BEGIN_XFS, _B_END_XFS = 44, 47, 617, 618


def _telling_formats(kind: str, data: bytes, parts: Mapping[str, bytes]) -> Formats:
    """The number formats of a workbook's cell formats, by their number."""
    if kind == "xls":
        return _old_formats(data)
    if kind == "xlsb":
        return _binary_formats(part_named(parts, "xl/styles.bin"))
    return _formats(part_named(parts, "xl/styles.xml"))


@remembered(8, 1 << 18)
def _formats(styles: bytes) -> Formats:
    codes: dict[int, str] = {}
    listed = _NUMBER_FORMATS.search(styles)  # those of conditions have numbers of their own
    for match in _NUMBER_FORMAT.finditer(listed[1]) if listed else ():
        number, code = _ID.search(match[1]), _CODE.search(match[1])
        if number and code:
            text = (code[1] if code[1] is not None else code[2]).decode("utf-8", "replace")
            codes[int(number[1])] = html.unescape(text)
    found = _CELL_FORMATS.search(styles)
    numbers = (_ID.search(xf[1]) for xf in _CELL_FORMAT.finditer(found[1])) if found else ()
    return _telling([int(each[1]) if each else 0 for each in numbers], codes)


def _telling(numbers: list[int], codes: Mapping[int, str]) -> Formats:
    found: dict[int, str] = {}
    for at, number in enumerate(numbers):
        if number in codes:
            code = codes[number]
            if not _SAYS_NOTHING.fullmatch(code):
                found[at] = code
        elif number in _MACHINES_DATES:
            found[at] = ""
        elif number in _MACHINES_MONEY:
            found[at] = _UNSURE
        elif number in BUILT_IN:
            found[at] = BUILT_IN[number]
    return found


def _old_formats(data: bytes) -> Formats:
    return _telling(*_old_codes(data))


def _old_codes(data: bytes) -> tuple[list[int], dict[int, str]]:
    """Of an old workbook the number of each cell format's number format, and those that it spells
    out, by their number (MS-XLS 2.4.353 XF, 2.4.126 Format)."""
    from xlplan.workbook.read.xls import biff_records, is_of_excel_5, workbook_stream

    numbers: list[int] = []
    codes: dict[int, str] = {}
    try:
        stream = workbook_stream(data)
        of_excel_5 = is_of_excel_5(stream)
        for kind, body, _ in biff_records(stream, 0):
            if kind == _END_RECORD:
                break
            if kind == _XF_RECORD and len(body) >= 4:
                numbers.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _FORMAT_RECORD and of_excel_5 and len(body) >= 3:
                codes[body[0] | body[1] << 8] = body[3 : 3 + body[2]].decode("cp1252", "replace")
            elif kind == _FORMAT_RECORD and len(body) >= 5:
                number, length, wide = struct.unpack_from("<HHB", body)
                text = body[5 : 5 + length * (2 if wide & 1 else 1)]
                codes[number] = text.decode("utf-16-le" if wide & 1 else "cp1252", "replace")
    except MALFORMED:
        return [], {}
    return numbers, codes


def _put_old_numbers(
    data: bytes, sheets: Sequence[tuple[str, list[list[CellValue]]]], extents: Mapping[str, Extent]
) -> None:
    """Put back the numbers of an old workbook that its reader took for days, going by the number
    of their format alone: programs count their own formats from where those of days are."""
    numbers, codes = _old_codes(data)
    no_days = {
        at for at, number in enumerate(numbers)
        if number in _MACHINES_DATES and number in codes and not is_date_format(codes[number])
    }  # fmt: skip
    for name, rows in sheets:
        extent = extents.get(name)
        mistaken = [at for at, style in extent.styled.items() if style in no_days] if extent else []
        stored = _stored_numbers(data, name) if mistaken else {}
        for row, col in mistaken:
            if (row, col) in stored and row < len(rows) and col < len(rows[row]):
                rows[row][col] = stored[row, col]


def _stored_numbers(data: bytes, sheet: str) -> dict[At, float]:
    """The numbers in the cells of a sheet (MS-XLS 2.4.180 Number, 2.4.220 RK, 2.4.175 MulRk,
    2.4.127 Formula)."""
    from xlplan.workbook.read.xls import biff_records, boundsheets, workbook_stream

    found: dict[At, float] = {}
    stream = workbook_stream(data)
    start = dict(boundsheets(stream))[sheet]
    for kind, body, _ in biff_records(stream, start):
        if kind == _END_RECORD:
            break
        if kind in (_NUMBER_CELL, _FORMULA_CELL) and len(body) >= 14 and body[12:14] != b"\xff\xff":
            found[struct.unpack_from("<HH", body)] = struct.unpack_from("<d", body, 6)[0]
        elif kind == _RK_CELL and len(body) >= 10:
            found[struct.unpack_from("<HH", body)] = _of_rk(struct.unpack_from("<i", body, 6)[0])
        elif kind == _RK_CELLS and len(body) >= 12:
            row, col = struct.unpack_from("<HH", body)
            pairs = struct.iter_unpack("<Hi", body[4 : 4 + (len(body) - 6) // 6 * 6])
            found |= {(row, col + at): _of_rk(rk) for at, (_, rk) in enumerate(pairs)}
    return found


def _of_rk(stored: int) -> float:
    """The number that four bytes stand for (MS-XLS 2.5.217)."""
    number: float
    if stored & 2:
        number = stored >> 2
    else:
        number = struct.unpack("<d", struct.pack("<q", (stored & ~3) << 32))[0]
    return number / 100 if stored & 1 else number


def _binary_formats(styles: bytes) -> Formats:
    """Of a binary workbook (MS-XLSB 2.4.658 BrtFmt, 2.4.841 BrtXF)."""
    from xlplan.workbook.read.binary import records

    numbers: list[int] = []
    codes: dict[int, str] = {}
    inside = False
    for kind, body in records(styles):
        if kind in (_B_BEGIN_XFS, _B_END_XFS):
            inside = kind == _B_BEGIN_XFS
        elif kind == _B_XF and inside and len(body) >= 4:
            numbers.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _B_FORMAT and len(body) >= 6:
            number, length = struct.unpack_from("<HI", body)
            codes[number] = body[6 : 6 + 2 * length].decode("utf-16-le", "replace")
    return _telling(numbers, codes)


def _formatted_cells(xml: bytes, extent: Extent, formats: Formats) -> Iterator[tuple[At, str]]:
    """The cells of a sheet that hold a number in one of these formats, each with the format."""
    if not formats:
        return
    if extent.plain is None:
        for at, style in extent.styled.items():
            if style in formats:
                yield at, formats[style]
        return
    begin, end = extent.plain
    pattern = _pattern(b"|".join(b"%d" % style for style in formats))
    for letters, row, style in pattern.findall(xml, begin, end):
        yield (int(row) - 1, _column(letters)), formats[int(style)]


@remembered(16)
def _pattern(styles: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(' + styles + rb')"(?: t="n")? ?>(?=<[vf][ >])'
    )


@lru_cache(maxsize=512)
def _column(letters: bytes) -> int:
    return column_number(letters.decode()) - 1


def _put_formats(rows: list[list[CellValue]], cells: Iterator[tuple[At, str]]) -> bool:
    """Give numbers and dates what their cells show; the same few stand in many cells. Whether any
    of that is a text."""
    known: dict[tuple[type, CellValue, str], CellValue] = {}
    for (row, col), code in cells:
        if row < len(rows) and col < len(rows[row]):
            value = rows[row][col]
            key = (type(value), value, code)
            if key not in known or not value:  # 0.0 is equal to -0.0
                known[key] = _shown(value, code)
            rows[row][col] = known[key]
    return any(isinstance(value, str) for value in known.values())


def put_shown(
    data: bytes, admitted: Admitted, sheets: Iterable[tuple[str, list[list[CellValue]]]]
) -> set[str]:
    """Give the numbers and dates of these sheets, by name, what their cells show; the names of
    those in which other texts may stand by that."""
    ods = admitted.kind == "ods"
    formats = {} if ods else _telling_formats(admitted.kind, data, admitted.parts)
    parts = dict(admitted.sheets)
    sheets = list(sheets)
    others = set[str]()
    if admitted.kind == "xls":
        others.update(name for name, _ in sheets)
        _put_old_numbers(data, sheets, admitted.extents)
    for name, rows in sheets:
        extent = admitted.extents.get(name)
        for (row, col), typed in extent.typed.items() if extent else ():
            if row < len(rows) and col < len(rows[row]):
                rows[row][col] = day_of(typed) if isinstance(typed, date) else typed
                others.add(name)
        if ods and extent:
            _put_texts(rows, extent.shown)
            others.add(name)
        elif formats and extent:
            xml = admitted.parts.get(parts.get(name, ""), b"")
            if _put_formats(rows, _formatted_cells(xml, extent, formats)):
                others.add(name)
    return others


def _put_texts(rows: list[list[CellValue]], cells: Mapping[At, tuple[str, str]]) -> None:
    """Of a file that has the text of each cell beside its number format."""
    for (row, col), (code, text) in cells.items():
        if row >= len(rows) or col >= len(rows[row]):
            continue
        value = rows[row][col]
        if isinstance(value, date):
            day = day_of(value)
            rows[row][col] = day if isinstance(day, datetime) else ShownDate.of(day, code, text)
        elif isinstance(value, bool):
            continue
        elif isinstance(value, int | float):
            if text != number_text(value):
                rows[row][col] = ShownNumber(value, code, text)
        elif isinstance(value, time | timedelta | str) and text:
            rows[row][col] = text


def _shown(value: CellValue, code: str) -> CellValue:
    """A value as a cell with this number format shows it."""
    shows = _what(code)
    if _is_no_day(value, shows, code):
        return ShownNumber(_serial(value), code or _UNSURE)
    if isinstance(value, date) and shows == "day":
        return ShownDate.of(day_of(value), code)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, time | timedelta) or shows == "span":
        return show_number(_serial(value), code) or value
    if shows == "number":
        return ShownNumber(_serial(value), code)
    if isinstance(value, int | float):
        moment = _moment(value)
        if moment is None:  # a time of day, or no day at all
            return show_number(value, code) or value
        value = moment
    if isinstance(value, datetime) and shows == "moment":
        text = show_number(_serial(value), code)
        return ShownDate.of(day_of(value), code, text) if text else value
    return ShownDate.of(day_of(value), code) if code else day_of(value)


def _is_no_day(value: CellValue, shows: str, code: str) -> TypeGuard[date | time]:
    """Whether a cell that shows days holds a number for which programs show different ones: Excel
    has a 0 January and a 29 February in 1900, and others have neither."""
    if isinstance(value, time):
        return shows in ("day", "machine") or (shows == "moment" and "y" in code.lower())
    if not isinstance(value, date) or shows in ("number", "span"):
        return False
    return date(value.year, value.month, value.day) < _FIRST_DAY


@lru_cache(maxsize=512)
def _what(code: str) -> Literal["number", "day", "moment", "span", "machine"]:
    """What a format shows; ``"machine"`` for a day in a way that is the machine's."""
    if not code:
        return "machine"
    if not is_date_format(code):
        return "number"
    if _SPAN.search(code):
        return "span"
    return "moment" if "h" in code.lower() or "s" in code.lower() else "day"


def _moment(serial: float) -> datetime | None:
    """The day and time that a number stands for, where its reader took it for a mere number."""
    if not 1 <= serial < _LAST_SERIAL:
        return None
    return _EPOCH + timedelta(seconds=round(serial * 86_400))


def _serial(value: float | date | time | timedelta) -> float:
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return (moment - _EPOCH) / timedelta(days=1) - (moment < _MARCH_1900)
    return float(value)


def day_of(value: date) -> date:
    """A day without a time, where that is nearly midnight: programs write it seconds early."""
    if not isinstance(value, datetime):
        return value
    rounded = value + _NEARLY_MIDNIGHT
    if timedelta(hours=rounded.hour, minutes=rounded.minute) < 2 * _NEARLY_MIDNIGHT:
        return rounded.date()
    return value
