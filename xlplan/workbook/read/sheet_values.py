"""The values of sheets: of a workbook by calamine, from the parts that were checked alone; of a
text file by its encoding and separator."""

from __future__ import annotations

import codecs
import csv
import html
import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xlplan.codes.gate_codes_inside import GATE_023
from xlplan.late import regex
from xlplan.workbook.read.book import At, CellValue, far_cells, many_cells, many_together, place
from xlplan.workbook.read.file_kinds import PASSWORD, looks_utf16
from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.inbox import MB, Bounds, Refused, Unfit
from xlplan.workbook.read.parts import (
    checked_package,
    is_tidy,
    number_formats_alone,
    part_named,
    tidied_ods,
)
from xlplan.workbook.read.xlsx_cells import cells_alone, readable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


Rows = list[list[CellValue]]
SheetValues = tuple[str, Rows, bool, tuple[str, ...]]
"""A sheet's name, its values from A1, whether it is visible, and every text among its values, each
once, in the order of its rows."""
DETAILED = ("xlsx", "xlsm")
"""The kinds of which all parts are read here too."""
_UNREAD = ("docProps/", "xl/theme/")  # parts that say nothing of values
_STYLES = "xl/styles.xml"
_SHARED_TEXT = regex(rb"<(?:\w+:)?si[\s/>]")
_TYPED_CELL = regex(
    rb"(<(?:\w+:)?c\b(?=[^<>]*?\sr\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"'])[^<>]*?\st\s*=\s*[\"'])"
    rb"(s|b|n|inlineStr)"
    rb"([\"'][^<>]*>(?:<(?!/?(?:\w+:)?(?:[cv]|is)\b)[^<]*)*<(?:\w+:)?v>)([^<]*)(<)"
)
_MISREAD = regex(rb't="s" ?><v>\d*+[^<\d]|t="inlineStr" ?><v>')
_MISREAD_ANYHOW = regex(
    rb"\bt\s*=\s*[\"'](?:s[\"'][^<>]*>\s*<(?:\w+:)?v>\d*+[^<\d]|inlineStr[\"'][^<>]*>\s*<(?:\w+:)?v>)"
)
"""A shared text whose number is none, of which the reader takes the first; a text in the cell where
its value stands alone, of which the reader takes nothing."""
_TRUE_OR_FALSE = frozenset({b"true", b"false", b""})
_ASIDE = regex(
    rb"<!--.*?-->|(<\?xml\s.*?\?>)|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>",
    re.DOTALL,
)
_WITH_NUMBERED = regex(rb"(<(?:\w+:)?v>)([^<]*&#[^<]*)")
_NUMBERED = regex(rb"&#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}));")
_PLENTY = 32 * MB  # of parts: above that a reader gets the file as it came, to hold it only once


def read_values_of(data: bytes, admitted: Admitted, bounds: Bounds) -> list[SheetValues]:
    """The values of every sheet."""
    size = sum(map(len, admitted.parts.values()))
    untidy = admitted.renamed or (admitted.kind == "ods" and not is_tidy(data))
    if 0 < size <= _PLENTY or untidy:
        parts = _parts_to_read(admitted)
        data = checked_package(_without_unknown(admitted, parts, misread=True) or parts)
    try:
        return _open_values(data, admitted, bounds)
    except Refused as refused:
        mended = refused.refusal.code == GATE_023.code and _without_unknown(admitted)
        if not mended:
            raise
        return _open_values(checked_package(mended), admitted, bounds)


def _without_unknown(
    admitted: Admitted, parts: Mapping[str, bytes] | None = None, misread: bool = False
) -> dict[str, bytes]:
    """The parts of a workbook without values that its reader does not know, which are errors then,
    or the text that they are: one of them costs no file. Empty where there is none; `misread` asks
    for those alone that the reader takes for something else."""
    if admitted.kind not in DETAILED:
        return {}
    parts = parts or _parts_to_read(admitted)
    found: dict[str, bytes] = {}
    texts = -1
    for sheet, part in admitted.sheets:
        if not (extent := admitted.extents.get(sheet)) or part not in parts:
            continue
        unusual = _MISREAD if extent.plain is not None else _MISREAD_ANYHOW
        if misread and not unusual.search(parts[part]):
            continue
        if texts < 0:
            shared = part_named(admitted.parts, "xl/sharedStrings.xml")
            texts = len(_SHARED_TEXT.findall(shared))
        xml, places = _as_errors(parts[part], texts)
        if xml != parts[part]:
            found[part] = xml
            extent.errors |= dict.fromkeys(places, "#N/A")
    return {**parts, **found} if found else {}


def _as_errors(xml: bytes, texts: int) -> tuple[bytes, list[At]]:
    """The sheet with an error in each cell whose value no reader knows, and where these are: a
    shared text beyond the `texts` that there are, a truth that is neither 0 nor 1. A number that is
    none, and a text that stands where a number would, are that text."""
    places: list[At] = []

    def known(cell: re.Match[bytes]) -> bytes:
        at, kind, value = place(cell[2].decode("utf-8", "replace")), cell[3], cell[5].strip()
        if at is None or _is_known(kind, value, texts):
            return cell[0]
        if kind in (b"n", b"inlineStr"):
            return b"%sstr%s%s<" % (cell[1], cell[4], cell[5])
        places.append(at)
        return b"%se%s#N/A<" % (cell[1], cell[4])

    return _TYPED_CELL.sub(known, xml), places


def _is_known(kind: bytes, value: bytes, texts: int) -> bool:
    if kind == b"n":
        try:
            float(value or b"0")
        except ValueError:
            return False
        return b"_" not in value  # Python reads such a number, and no spreadsheet does
    if kind == b"inlineStr" or not (value.isdigit() and len(value) < 10):
        return value in (_TRUE_OR_FALSE if kind == b"b" else (b"",))
    return int(value) < (texts if kind == b"s" else 2)


def _open_values(data: bytes, admitted: Admitted, bounds: Bounds) -> list[SheetValues]:
    import python_calamine

    choice = admitted.choice
    found: dict[int, SheetValues] = {}
    total = 0
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            # What must be read comes first; of the others, what there is room for.
            metas = enumerate(book.sheets_metadata)
            for at, meta in sorted(metas, key=lambda each: choice.may_pass(each[1].name)):
                is_sheet = meta.typ == python_calamine.SheetTypeEnum.WorkSheet
                if not is_sheet or meta.name in choice.passed:
                    continue
                visible = meta.visible == python_calamine.SheetVisibleEnum.Visible
                try:
                    rows, texts = _rows(book.get_sheet_by_index(at), bounds, total)
                except Unfit as unfit:
                    choice.pass_over(unfit)
                    continue
                total += len(rows) * len(rows[0]) if rows else 0
                found[at] = (meta.name, rows, visible, texts)
    except python_calamine.PasswordError:
        raise Refused(PASSWORD) from None
    except (Refused, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A panic in the reader is not an Exception.
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise Refused(GATE_023.fill("reason", reason=reason)) from None
    return [found[at] for at in sorted(found)]


def _parts_to_read(admitted: Admitted) -> Mapping[str, bytes]:
    """The parts of a package as its reader gets them."""
    if admitted.kind == "ods":
        return tidied_ods(admitted.parts)
    parts = {name: part for name, part in admitted.parts.items() if not name.startswith(_UNREAD)}
    if _STYLES in parts:
        parts[_STYLES] = number_formats_alone(parts[_STYLES])
    if admitted.kind in DETAILED:
        for sheet, part in admitted.sheets:
            if (extent := admitted.extents.get(sheet)) and part in parts:
                cells = _spelled_out(cells_alone(admitted.parts[part], extent))
                parts[part] = readable(cells, extent)
    return parts


def _spelled_out(xml: bytes) -> bytes:
    """The sheet without comments, and with what stands as CDATA or by the number of a letter as
    itself: of a value in which one is, its reader takes the beginning, or nothing."""
    if b"<!" in xml or xml.count(b"<?") > 1:
        xml = _ASIDE.sub(_aside, xml)
    return _WITH_NUMBERED.sub(_unnumbered, xml) if b"&#" in xml else xml


def _aside(found: re.Match[bytes]) -> bytes:
    if found[2] is not None:
        text = html.escape(found[2].decode("utf-8", "surrogateescape"), quote=False)
        return text.encode("utf-8", "surrogateescape")
    return found[1] or b""


def _unnumbered(value: re.Match[bytes]) -> bytes:
    return value[1] + _NUMBERED.sub(_letter, value[2])


def _letter(number: re.Match[bytes]) -> bytes:
    code = int(number[1]) if number[1] else int(number[2], 16)
    return bytes([code]) if 32 < code < 127 and chr(code) not in "&<>" else number[0]


def _rows(sheet: CalamineSheet, bounds: Bounds, before: int) -> tuple[Rows, tuple[str, ...]]:
    """All rows from A1, as dense as the used area, and the texts among them; raises `Unfit` where
    that is too large, or is so together with the cells `before` it."""
    end = sheet.end
    if end is None:
        return [], ()
    height, width = end[0] + 1, end[1] + 1
    if height > bounds.rows or width > bounds.columns:
        raise far_cells(sheet.name, height, width)
    if height * width > bounds.cells:
        raise many_cells(sheet.name, height * width)
    if before + height * width > bounds.cells:
        raise many_together(sheet.name, before + height * width)
    rows: Sequence[Sequence[CellValue]] = sheet.to_python(skip_empty_area=False)
    # Each text is there once, however many cells hold it: it goes to another process once, and is
    # known again at once.
    texts = dict[str, str]()
    met = texts.setdefault
    dense = [[(met(v, v) if v else None) if type(v) is str else v for v in row] for row in rows]
    return dense, tuple(texts)


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
