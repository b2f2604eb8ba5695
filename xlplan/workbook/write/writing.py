"""Writes a workbook: the model of `xlplan.workbook.write.sheet` to the bytes of an .xlsx file.

The same model gives the same bytes. Text is always written as text: nothing that anybody typed
becomes a formula, a link, a number or markup. xlsxwriter designs every workbook.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from xlsxwriter import Workbook as _Workbook
from xlsxwriter.comments import Comments
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.vml import Vml

from xlplan.late import no_collecting, regex
from xlplan.progress import WRITING_SHEETS, counted
from xlplan.workbook.write.cell_text import cell_name, clean, line, over_long, shorten
from xlplan.workbook.write.formats import (
    Formats,
    NamedStyles,
    add_chart,
    behave,
    conditional,
    corners,
    protect,
    set_filter,
    set_page,
    validation,
)
from xlplan.workbook.write.package import CENTRAL, END, FIRST_DAY, LOCAL
from xlplan.workbook.write.plain_cells import Drawn
from xlplan.workbook.write.sheet import Sheet, Unfolding, Workbook
from xlplan.workbook.write.sheet_rows import Rows

__all__ = ["no_collecting", "over_long", "write_workbook"]

_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


@no_collecting()
def write_workbook(book: Workbook, check: Callable[[Sheet], None] = lambda _: None) -> bytes:
    """The bytes of `book` as an .xlsx file. Each sheet is shown to `check` before it is written.

    Text longer than 32,767 characters is cut with a mark at its end; `over_long` says where.
    """
    target = Target(io.BytesIO(), _OPTIONS)
    target.language = clean(book.language)
    formats = Formats(target, book.font)
    describe(target, book)
    names, charted = _names(book.sheets), _charted(book.sheets)
    made = [target.add_worksheet(name) for name in names]
    shown: int | None = None
    for at in counted(WRITING_SHEETS, range(len(made)), len(made)):
        sheet, drawn = book.sheets[at], made[at]
        check(sheet)
        if shown is None and sheet.state == "visible":
            shown = at
            show(drawn)
        own = {series.sheet for chart in sheet.charts for series in chart.series}
        assert own <= charted | {sheet.name}
        Rows(drawn, sheet, formats, book.font).write(
            partial(dress, target, drawn, sheet, formats, book.font),
            keep=sheet.name in charted | own,
            # Where no sheet is to be seen, xlsxwriter shows the first in the end.
            packed=Squeeze() if at > 0 or shown == 0 else None,
        )
        del sheet  # before the next is laid out
    return finish(target, book)


def _names(sheets: Sequence[Sheet]) -> Sequence[str]:
    return sheets.names if isinstance(sheets, Unfolding) else [sheet.name for sheet in sheets]


def _charted(sheets: Sequence[Sheet]) -> frozenset[str]:
    """The sheets of which any chart shows something, where that is known before they are drawn."""
    if isinstance(sheets, Unfolding):
        return frozenset()
    charts = (chart for sheet in sheets for chart in sheet.charts)
    return frozenset(series.sheet for chart in charts for series in chart.series)


def show(drawn: Any) -> None:
    """Has a workbook open on a sheet."""
    drawn.activate()
    drawn.set_first_sheet()


def finish(target: Any, book: Workbook) -> bytes:
    """The file of a workbook whose sheets are drawn."""
    for name, refers in book.names.items():
        target.define_name(name, refers)
    target.close()
    return packed_parts(target.parts)


def first_shown(book: Workbook) -> int | None:
    """The place of the first sheet that people see."""
    return next((n for n, sheet in enumerate(book.sheets) if sheet.state == "visible"), None)


class Packed(NamedTuple):
    """A part as it stands in a file: its checksum and its size before, and its packed bytes."""

    checksum: int
    size: int
    content: bytes


class Squeeze(io.StringIO):
    """A part of a new file, packed while it is written; nothing else of it is held."""

    _AT_ONCE = 1 << 16
    """Characters that are packed together, at least."""

    def __init__(self) -> None:
        super().__init__()
        self._loose: list[str] = []
        self._count = 0
        self._squeeze = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)
        self._checksum, self._size = 0, 0
        self._done: list[bytes] = []

    def write(self, text: str) -> int:
        """Writes a text behind what was written before."""
        self._loose.append(text)
        self._count += len(text)
        if self._count >= self._AT_ONCE:
            self._pack()
        return len(text)

    def _pack(self) -> None:
        content = "".join(self._loose).encode()
        self._loose.clear()
        self._count = 0
        self._checksum = zlib.crc32(content, self._checksum)
        self._size += len(content)
        self._done.append(self._squeeze.compress(content))

    def go_on(self, other: Squeeze, begun: str) -> None:
        """Goes on with `other`, which was written before and begins as this one has: `begun`."""
        assert (self._size, "".join(self._loose)) == (0, begun)
        self.__dict__.update(other.__dict__)

    def packed(self) -> Packed:
        """The whole part; nothing is written to it any more."""
        self._pack()
        return Packed(self._checksum, self._size, b"".join([*self._done, self._squeeze.flush()]))


def packed_parts(parts: Iterable[tuple[str, Packed]]) -> bytes:
    """A new file of parts, byte for byte as `zipfile` packs them with no time."""
    out, listed = [], []
    at = 0
    system = 0 if sys.platform == "win32" else 3
    for name, (checksum, size, content) in parts:
        spelled = name.encode("ascii")
        about = (0, zipfile.ZIP_DEFLATED, 0, FIRST_DAY, checksum, len(content), size,
                 len(spelled))  # fmt: skip
        listed.append(
            CENTRAL.pack(b"PK\x01\x02", 20, system, 20, 0, *about, 0, 0, 0, 0, 0o600 << 16, at)
            + spelled
        )
        head = LOCAL.pack(b"PK\x03\x04", 20, *about, 0) + spelled
        out += [head, content]
        at += len(head) + len(content)
    directory = b"".join(listed)
    count = len(listed)
    end = END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    return b"".join([*out, directory, end])


def packed(content: bytes) -> Packed:
    """A part, packed."""
    squeeze = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)
    done = squeeze.compress(content) + squeeze.flush()
    return Packed(zlib.crc32(content), len(content), done)


packed_once = lru_cache(maxsize=128)(packed)
"""The same of a part that other files have as well."""


class _Core(Core):  # type: ignore[misc]  # xlsxwriter has no types
    """Core properties with the language of the document, which xlsxwriter has no setting for."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def _write_cp_content_status(self) -> None:
        super()._write_cp_content_status()
        self._xml_data_element("dc:language", self._language)


class NoteShapes(Vml):  # type: ignore[misc]  # xlsxwriter has no types
    """The boxes of the notes of a sheet, each written in one piece."""

    def _write_comment_shape(self, shape_id: int, z_index: int, note: Any) -> None:
        left, top, width, height = self._pixels_to_points(note.vertices)
        first_col, first_row, x1, y1, last_col, last_row, x2, y2 = note.vertices[:8]
        self.fh.write(
            f'<v:shape id="_x0000_s{shape_id}" type="#_x0000_t202" style="position:absolute;'
            f"margin-left:{left:.15g}pt;margin-top:{top:.15g}pt;width:{width:.15g}pt;"
            f'height:{height:.15g}pt;z-index:{z_index};visibility:hidden" fillcolor="#ffffe1"'
            ' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black"'
            ' obscured="t"/><v:path o:connecttype="none"/><v:textbox'
            ' style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
            '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>'
            f"{first_col}, {x1}, {first_row}, {y1}, {last_col}, {x2}, {last_row}, {y2}</x:Anchor>"
            f"<x:AutoFill>False</x:AutoFill><x:Row>{note.row}</x:Row>"
            f"<x:Column>{note.col}</x:Column></x:ClientData></v:shape>"
        )


class NoteTexts(Comments):  # type: ignore[misc]  # xlsxwriter has no types
    """The texts of the notes of a sheet, each written in one piece: they have one look."""

    fh: Any
    _look = ""

    def _write_comment(self, note: Any, author_id: int) -> None:
        if not self._look:
            outer, self.fh = self.fh, io.StringIO()
            self._write_r_pr(note)
            self._look, self.fh = self.fh.getvalue(), outer
        tag = "t" if note.text.strip() == note.text else 't xml:space="preserve"'
        text = self._escape_control_characters(self._escape_data(note.text))
        self.fh.write(
            f'<comment ref="{cell_name(note.row, note.col)}" authorId="{author_id}"><text><r>'
            f"{self._look}<{tag}>{text}</t></r></text></comment>"
        )


_CARE = regex("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What in a text has to be escaped; so has ``_x``, and spaces at its ends are kept."""
_TOGETHER = 64
"""Texts that are looked through together."""


class Texts(SharedStrings):  # type: ignore[misc]  # xlsxwriter has no types
    """The table of texts; those that need no care are written as they are."""

    def _write_sst_strings(self) -> None:
        texts = self.string_table.string_array
        for at in range(0, len(texts), _TOGETHER):
            self._write_texts(texts[at : at + _TOGETHER])

    def _write_texts(self, texts: Sequence[str]) -> None:
        whole = "".join(texts)
        if [*map(str.strip, texts)] == texts and "_x" not in whole and not _CARE.search(whole):
            self.fh.write(f"<si><t>{'</t></si><si><t>'.join(texts)}</t></si>")
        elif len(texts) > 1:
            for text in texts:
                self._write_texts([text])
        else:
            self._write_si(texts[0])


class Packaged(Packager):  # type: ignore[misc]  # xlsxwriter has no types
    """Packs each part while it is written."""

    def _filename(self, name: str) -> Squeeze:
        held = Squeeze()
        self.filenames.append((held, name, False))
        return held

    def _create_package(self) -> list[Any]:
        """Nothing more to be packed; the parts are with the workbook."""
        self.workbook.parts = [
            (name, packed(held.getvalue()) if binary else held.packed())
            for held, name, binary in super()._create_package()
        ]
        return []

    def _write_vml_files(self) -> None:
        for at, sheet in enumerate(self._noted(), 1):
            shapes = NoteShapes()
            shapes._set_xml_writer(self._filename(f"xl/drawings/vmlDrawing{at}.vml"))
            shapes._assemble_xml_file(sheet.vml_data_id, sheet.vml_shape_id, sheet.comments_list)

    def _write_comment_files(self) -> None:
        for at, sheet in enumerate(self._noted(), 1):
            texts = NoteTexts()
            texts._set_xml_writer(self._filename(f"xl/comments{at}.xml"))
            texts._assemble_xml_file(sheet.comments_list)

    def _noted(self) -> Iterable[Any]:
        """The sheets with notes: nothing else of ours is drawn as those are."""
        return (sheet for sheet in self.workbook.worksheets() if sheet.has_comments)

    def _write_styles_file(self) -> None:
        book, styles = self.workbook, NamedStyles()
        styles._set_style_properties(
            [
                book.xf_formats, book.palette, book.font_count, book.num_formats,
                book.border_count, book.fill_count, book.custom_colors, book.dxf_formats,
                book.has_comments,
            ]
        )  # fmt: skip
        styles._set_xml_writer(self._filename("xl/styles.xml"))
        styles._assemble_xml_file()

    def _write_core_file(self) -> None:
        core = _Core(self.workbook.language)
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

    def _write_shared_strings_file(self) -> None:
        table = self.workbook.str_table
        if table.count:
            texts = Texts()
            texts.string_table = table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


OLD_FUNCTIONS = frozenset({
    "AND", "CHAR", "DATE", "DAY", "EXACT", "FIND", "IF", "IFERROR", "INDEX", "INT", "ISERROR",
    "ISNA", "ISNUMBER", "LEFT", "LEN", "LOOKUP", "MATCH", "MAX", "MIN", "MOD", "MONTH", "NOT", "OR",
    "RIGHT", "ROUND", "ROW", "SEARCH", "SUBSTITUTE", "SUMIF", "SUMPRODUCT", "TODAY", "TRIM", "YEAR",
})  # fmt: skip
"""Functions that are written in a file by the names that people know them by."""
_CALLED = regex(r"([\w.]+)\(")


class Formulated(Drawn):
    """A sheet whose formulas are looked through once: xlsxwriter looks in each for two hundred
    newer functions, which are written by other names."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        bare = "{" not in formula[:1] and "}" not in formula[-1:]
        if bare and OLD_FUNCTIONS.issuperset(_CALLED.findall(formula)):
            return formula.removeprefix("=")
        return str(super()._prepare_formula(formula, expand_future_functions))


class Target(_Workbook):  # type: ignore[misc]  # xlsxwriter has no types
    language = ""
    worksheet_class = Formulated
    parts: Sequence[tuple[str, Packed]] = ()

    def _get_packager(self) -> Packager:
        return Packaged()

    def _prepare_sst_string_data(self) -> None:
        """The texts, which are in their order by now."""
        self.str_table.string_array = [*self.str_table.string_table]
        self.str_table.string_table = {}


def describe(target: Any, book: Workbook) -> None:
    """Document properties: what identifies the workbook; no clock, and no user of this machine."""
    created = datetime.fromisoformat(book.created.replace("Z", "+00:00")).replace(tzinfo=None)
    given = {
        "title": line(book.title, 255),
        "subject": line(book.subject, 255),
        "author": line(book.author, 255),
        "keywords": line(book.keywords, 255),
        "company": line(book.company, 255),
    }
    target.set_properties({k: v for k, v in given.items() if v} | {"created": created})
    for name, value in book.properties.items():
        target.set_custom_property(line(name, 255), shorten(clean(value), 255, "…"), "text")


def dress(target: Any, drawn: Any, sheet: Sheet, formats: Formats, font: str) -> None:
    """Puts on a sheet what it has besides cells."""
    for rule in sheet.validations:
        drawn.data_validation(*corners(rule.area), validation(rule))
    for look in sheet.conditionals:
        drawn.conditional_format(*corners(look.area), conditional(look, formats))
    for chart in sheet.charts:
        add_chart(target, drawn, chart, font)
    set_filter(drawn, sheet)
    behave(drawn, sheet)
    set_page(drawn, sheet.page)
    if sheet.protection is not None:
        protect(drawn, sheet.protection)
