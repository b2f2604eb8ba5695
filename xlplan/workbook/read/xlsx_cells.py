"""The extent of a sheet of an xlsx workbook, from its XML.

Nearly every sheet is spelled the way programs spell it, and is read by searching; any other
spelling of the same XML is read by a real parser, and says the same.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

from xlplan.late import regex
from xlplan.workbook.read.book import SHARED, At, Extent, column_number, many_cells, parse, place
from xlplan.workbook.read.inbox import Bounds

# What Excel, LibreOffice and xlsxwriter write. Whatever differs is for the parser.
_PLAIN_CELL = regex(
    rb'<c(?: r="([A-Z]{1,3}+\d{1,7}+)"(?: s="\d++")?+(?: t="(?:s|n|b|str|inlineStr)")?+ ?+/?+>|'
    rb"(?=[\s/>]))"
)
"""A cell's name; nothing for a cell that is spelled in another way."""
_NEAR_ROWS, _NEAR_COLUMNS = 9_999, 130
_NOT_NEAR = regex(
    rb'<c(?! r="[A-D]?[A-Z]\d{1,4}"(?: s="\d++")?+(?: t="(?:s|n|b|str|inlineStr)")?+ ?+/?+>)[\s/>]'
)
_LONG_ROWS, _LONG_COLUMNS = 69_999, 26
_NOT_NEAR_IN_LONG = regex(
    rb'<c(?! r="[A-Z](?:[1-6]\d{4}|\d{1,4})"(?: s="\d++")?+'
    rb'(?: t="(?:s|n|b|str|inlineStr)")?+ ?+/?+>)[\s/>]'
)
_LAST_CELL = regex(rb'<c r="[A-Z](\d{1,7})"')
LEAST_CELL = len('<c r="A1"/>')
"""Bytes that any cell takes."""
_PLAIN_FORMULA = regex(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?: s="\d+")?(?: t="(?:n|b|str)")? ?>'
    rb'<f(?: aca="(?:true|false)")?>([^<\r]*)</f>(?:<v>([^<]*)</v>|<v ?/>)?</c>'
)
_ENTITY = regex(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_PREFIXED = regex(rb":(?:c|row|f|mergeCell|sheetData)[\s/>]")
_FORMULA = regex(rb"<f[\s/>]")
_VALUE = regex(rb"<(?:v|is)>")
_PLAIN_MERGE = regex(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_UTF8 = regex(rb'<\?xml[^>]*encoding="(?!utf-8")', re.IGNORECASE)
_CELLS, _CELLS_END = b"<sheetData>", b"</sheetData>"
_UNUSUAL_CELL = regex(
    rb'<c(?! r="[A-Z]{1,3}+\d{1,7}+"(?: s="\d++")?+(?: t="\w++")?+(?: (?:cm|vm|ph)="\w++")*+ ?/?+>)'
    rb"[\s/>]"
)
_USUAL_ROW = regex(rb'<row(?: [\w:]++="[^"<>&]*+")*+ ?(/)?+>')
_ROW = regex(rb"<row[\s/>]")
_BARE_ROW = regex(rb'<row r="\d++"(?: (?:spans|x14ac:dyDescent)="[^"<>&]*+")*+ ?/?+>')
_NUMBERED_ROW = b'<row r="'
_NO_MERGES = b'<mergeCells count="0"></mergeCells>'
_ROOT = regex(rb"<worksheet(?:\s[^>]*)?>")
_SPACES_IN = (b" ", b"\t", b"\r", b"\n")
"""Looked for first, and of them what is a single byte: to find no tag by its pattern takes as long
as all of reading the cells."""
_SPACED = regex(rb"<(?:\w+:)?v>[ \t\r\n]")
_SPACED_VALUE = regex(rb"(<(?:\w+:)?v>)[ \t\r\n]+([-+.\deE]+|#[^<\s]+)[ \t\r\n]*(</(?:\w+:)?v>)")
_CELL_TYPE = regex(rb"(<(?:\w+:)?c\b[^<>]*?\st\s*=\s*[\"'])([^\"']*)([\"'])")
_TYPES = frozenset({b"", b"s", b"n", b"b", b"d", b"e", b"str", b"inlineStr"})
_ERROR_CELL = regex(
    rb"(<(?:\w+:)?c\b[^<>]*?\st\s*=\s*[\"']e[\"'][^<>]*>(?:<(?!/?(?:\w+:)?[cv]\b)[^<]*)*"
    rb"<(?:\w+:)?v>)([^<]*)(<)"
)
_KNOWN_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_ISO = regex(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")
_DIGITS, _LETTERS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def scan_sheet(xml: bytes, bounds: Bounds) -> Extent:
    """The extent of a sheet of an xlsx workbook. Raises `Refused` where it is not XML."""
    return _scan_plain(xml, bounds) or _scan_any(xml, bounds)


def _scan_plain(xml: bytes, bounds: Bounds) -> Extent | None:
    """The extent, where every cell is written the usual way and none needs a second look."""
    begin, end = xml.find(_CELLS), xml.find(_CELLS_END)
    if not 0 < begin < end or not xml.startswith(b"<") or _UTF8.match(xml):
        return None
    before, cells, after = xml[:begin], xml[begin + len(_CELLS) : end], xml[end:]
    if any(_PREFIXED.search(each) or _is_hiding(each) for each in (before, cells)):
        return None
    formulas = _plain_formulas(cells) if b"<f" in cells else []
    extent = Extent(near=True) if _are_near(cells, bounds) else _measure(cells, bounds)
    if extent is None or formulas is None:
        return None
    if b"<mergeCell" in before or not _add_merges(extent, after):
        return None
    extent.filled = _has_values(cells, formulas)
    extent.plain = (begin, end + len(_CELLS_END))
    return extent if _add_formulas(extent, formulas) else None


def _are_near(cells: bytes, bounds: Bounds) -> bool:
    """Whether all cells are written the usual way, and none is beyond DZ9999, or in a long sheet
    beyond Z69999: nearly every sheet.

    To find no other takes half as long as to count them.
    """
    last = _LAST_CELL.match(cells, max(cells.rfind(b"<c "), 0))
    rows, columns, other = _NEAR_ROWS, _NEAR_COLUMNS, _NOT_NEAR
    if last and int(last[1]) > _NEAR_ROWS:
        rows, columns, other = _LONG_ROWS, _LONG_COLUMNS, _NOT_NEAR_IN_LONG
    return (
        bounds.columns >= columns
        and bounds.rows >= rows
        and bounds.cells >= max(columns * rows, len(cells) // LEAST_CELL)
        and other.search(cells) is None
    )


def _measure(cells: bytes, bounds: Bounds) -> Extent | None:
    """How many cells there are and how far they reach; None where a parser must look."""
    found = _PLAIN_CELL.findall(cells)
    if b"" in found:
        return None
    if len(found) > bounds.cells:
        raise many_cells("", len(found))
    names = b" ".join(found)
    rows = max(map(int, set(names.translate(None, _LETTERS).split())), default=0)
    columns = max(map(_column, set(names.translate(None, _DIGITS).split())), default=0)
    if rows > bounds.rows or columns > bounds.columns or rows * columns > bounds.cells:
        return None  # perhaps only formatted: the parser looks at what the cells hold
    return Extent(rows, columns, len(found))


def cells_alone(xml: bytes, extent: Extent) -> bytes:
    """The sheet without all that is not cells, as far as `extent` can tell them apart.

    For a reader that looks for merged areas to the end of every sheet, which takes two thirds as
    long as reading its cells: it finds at once that there are none.
    """
    root = _ROOT.search(xml)
    if extent.plain is None or root is None:
        return xml
    begin, end = extent.plain
    return b"".join((xml[: root.end()], _NO_MERGES, xml[begin:end], b"</worksheet>"))


@lru_cache(maxsize=1)
def usual_cells(xml: bytes, plain: bool = False) -> bytes | None:
    """The cells of a sheet, where each names itself, then its format, then its type, as programs
    spell it; None where any may be spelled in another way. `plain` says that `scan_sheet` found
    them so."""
    begin, end = xml.find(_CELLS), xml.find(_CELLS_END)
    if plain:
        return xml[begin + len(_CELLS) : end]
    if not 0 < begin < end or not xml.startswith(b"<") or _UTF8.match(xml):
        return None
    before, cells = xml[:begin], xml[begin + len(_CELLS) : end]
    if any(_PREFIXED.search(each) or _is_hiding(each) for each in (before, cells)):
        return None
    return None if _UNUSUAL_CELL.search(cells) else cells


def rows_alone(xml: bytes, plain: bool = False) -> bytes:
    """The sheet with its rows empty, and without those of which neither height nor that they are
    hidden is said, for a reader that asks for nothing else of them; as it is where it may be
    spelled in an unusual way. `plain` says that `scan_sheet` found its cells spelled as usual."""
    cells = usual_cells(xml, plain)
    if cells is None:
        return xml
    begin, end = xml.find(_CELLS) + len(_CELLS), xml.find(_CELLS_END)
    if b" ht" not in cells and b"hidden" not in cells:  # as in most sheets: nothing is said of any
        return xml[:begin] + xml[end:]
    rows = [each[0] if each[1] else each[0][:-1] + b"/>" for each in _USUAL_ROW.finditer(cells)]
    if len(rows) != len(_ROW.findall(cells)):
        return xml
    if all(each.startswith(_NUMBERED_ROW) for each in rows):  # else one is counted by the others
        rows = [each for each in rows if not _BARE_ROW.fullmatch(each)]
    return b"".join((xml[:begin], *rows, xml[end:]))


@lru_cache(maxsize=512)
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


def _is_hiding(xml: bytes) -> bool:
    """Whether there may be a comment or the like, in which tags are no tags."""
    return b"!" in xml and b"<!" in xml


def _has_values(cells: bytes, formulas: list[tuple[bytes, bytes, bytes | None]]) -> bool:
    """Whether there is a value that no formula gives."""
    given = sum(value is not None for *_, value in formulas)
    found = sum(1 for _ in islice(_VALUE.finditer(cells), given + 1))
    return found > given


def _add_merges(extent: Extent, after: bytes) -> bool:
    """Take in merged areas as they are usually spelled; False where any is spelled otherwise."""
    begin, end = after.find(b"<mergeCells "), after.rfind(b"</mergeCells>")
    if begin < 0 or end < 0:
        return b"mergeCell" not in after
    merges = after[begin + 11 : end]
    found = _PLAIN_MERGE.findall(merges)
    extent.merges += len(found)
    extent.merged_area += sum(
        (abs(int(bottom) - int(top)) + 1) * (abs(_column(right) - _column(left)) + 1)
        for left, top, right, bottom in found
    )
    return len(found) == merges.count(b"mergeCell")


def _plain_formulas(cells: bytes) -> list[tuple[bytes, bytes, bytes | None]] | None:
    """Cell, formula and value of each formula; None where any is spelled in another way."""
    starts = (cells.rfind(b"<c ", 0, mark.start()) for mark in _FORMULA.finditer(cells))
    found = [_PLAIN_FORMULA.match(cells, max(start, 0)) for start in starts]
    if None in found:
        return None
    return [(each[1], each[2], each[3]) for each in found if each]


def _add_formulas(extent: Extent, found: list[tuple[bytes, bytes, bytes | None]]) -> bool:
    """Take in formulas as the XML spells them; False where only a parser can say what they are."""
    try:
        for name, formula, _ in found:
            if at := place(name.decode()):
                extent.add_formula(at, _ENTITY.sub(_character, formula.decode()))
    except (ValueError, OverflowError):  # not UTF-8, or the number of no character
        return False
    return True


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _ENTITIES[name] if name else chr(int(decimal or hexadecimal, 10 if decimal else 16))


class _SheetParser:
    """Handlers for the parser, which reads any spelling of the same XML."""

    def __init__(self, bounds: Bounds) -> None:
        self.extent = Extent()
        self.bounds = bounds
        self.row, self.col = -1, -1
        self.kind = ""
        self.inside = ""
        self.text: list[str] = []
        self.formula: str | None = None
        self.value = ""
        self.shared: dict[str, str] = {}
        self.share = ""
        self.style = -1
        self.area = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r", "").strip()
            self.row = int(number) - 1 if number[:12].isdecimal() else self.row + 1
            self.col = -1
        elif local == "c":
            self._open_cell(attributes)
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local in ("f", "v", "t") and self.kind:
            self.inside, self.text = local, []
            if local == "f":
                self.share = attributes.get("si", "") if attributes.get("t") == "shared" else ""
                several = attributes.get("t") in ("array", "dataTable")
                self.area = attributes.get("ref", "") if several else ""

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        start, stop = place(first), place(last or first)
        if start and stop:
            self.extent.merge(stop[0] - start[0], stop[1] - start[1])
        else:
            self.extent.merges += 1

    def _open_cell(self, attributes: dict[str, str]) -> None:
        at = place(attributes.get("r", ""))
        self.row, self.col = at or (max(self.row, 0), self.col + 1)
        self.kind = attributes.get("t", "n")
        self.formula, self.value = None, ""
        style = attributes.get("s", "")
        self.style = int(style) if style.isdecimal() and len(style) < 9 else -1
        self.extent.cells += 1
        if self.extent.cells > self.bounds.cells:
            raise many_cells("", self.extent.cells)

    def data(self, text: str) -> None:
        if self.inside:
            self.text.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == self.inside:
            text = "".join(self.text)
            if local == "f":
                self.formula = self._formula(text)
            else:
                self.value += text
            self.inside = ""
        elif local == "c" and self.kind:
            self._close_cell()

    def _formula(self, text: str) -> str:
        if self.share and text:
            self.shared[self.share] = text
        return text or self.shared.get(self.share, "") or SHARED

    def _close_cell(self) -> None:
        at = (self.row, self.col)
        if self.formula is not None:
            self.extent.add_formula(at, self.formula)
            self._spread(at)
        if self.kind == "e":
            self.extent.errors[at] = self.value.strip() or "#N/A"
        elif self.kind == "d" and (moment := _moment(self.value)):
            self.extent.typed[at] = moment
        elif self.value:
            self.extent.filled = self.extent.filled or self.formula is None
        if self.style > 0 and self.value and self.kind in ("n", "d"):
            self.extent.styled[at] = self.style
        if self.value or self.formula is not None or self.kind == "e":
            self.extent.reach(*at)
        self.kind = ""

    def _spread(self, at: At) -> None:
        """The other cells that a formula fills hold no formula, and are its results too."""
        first, _, last = self.area.partition(":")
        start, stop = place(first), place(last or first)
        if start and stop and self.area:
            rows, columns = stop[0] - start[0] + 1, stop[1] - start[1] + 1
            self.extent.spread(at, start, max(rows, 1), max(columns, 1))
        self.area = ""


def _moment(text: str) -> date | None:
    """The day, or the day and time, of a cell that holds it as text (ISO 8601)."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    try:
        day, moment = date.fromisoformat(found[1]), time.fromisoformat(found[2] or "00:00")
    except ValueError:
        return None
    return datetime.combine(day, moment) if moment != time() else day


def readable(xml: bytes, extent: Extent) -> bytes:
    """The sheet as its reader takes it: without white space round values, which means nothing, and
    without names of errors and types of cells that it does not know, which would cost the file."""
    if any(each in xml and b"v>" + each in xml for each in _SPACES_IN) and _SPACED.search(xml):
        xml = _SPACED_VALUE.sub(rb"\1\2\3", xml)
    if extent.plain is None:
        xml = _CELL_TYPE.sub(_known_type, xml)
        if not _KNOWN_ERRORS.issuperset(extent.errors.values()):
            xml = _ERROR_CELL.sub(_known_error, xml)
    return xml


def _known_type(cell: re.Match[bytes]) -> bytes:
    return cell[0] if cell[2] in _TYPES else b"%sstr%s" % (cell[1], cell[3])


def _known_error(cell: re.Match[bytes]) -> bytes:
    known = cell[2].strip().decode("utf-8", "replace") in _KNOWN_ERRORS
    return cell[0] if known else b"%s#N/A%s" % (cell[1], cell[3])


def _scan_any(xml: bytes, bounds: Bounds) -> Extent:
    handlers = _SheetParser(bounds)
    parse(xml, handlers.start, handlers.end, handlers.data)
    return handlers.extent
