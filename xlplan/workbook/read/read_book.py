"""A file's bytes as a `Book`: the gate first, then values, then what values cannot tell."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from xlplan.codes.gate_codes_inside import GATE_023, GATE_024, GATE_032
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.read.additions import NOTHING, Beside, read_additions
from xlplan.workbook.read.book import Addition, At, Book, Extent, Hidden, ReadSheet, of_signs
from xlplan.workbook.read.cell_formats import put_shown
from xlplan.workbook.read.gate import DOCUMENTS, Admitted, Bounds, admit
from xlplan.workbook.read.inbox import DEFAULT, Choice, Refused
from xlplan.workbook.read.marks import NO_MARKS, MarkReader, Marks, read_hidden_xlsx
from xlplan.workbook.read.parts import checked_package
from xlplan.workbook.read.relations import list_sheets, read_notes, read_properties
from xlplan.workbook.read.second import disputed, may_be_disputed, with_second_marks
from xlplan.workbook.read.sheet_values import DETAILED, SheetValues, read_values_of

__all__ = ["Bounds", "read_book"]

_EMPTY_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData/></worksheet>"
)


def read_book(
    data: bytes,
    name: str,
    bounds: Bounds = DEFAULT,
    detail: bool = False,
    ours: frozenset[str] | None = None,
    values_alone: bool = False,
    only: frozenset[str] = frozenset(),
) -> Book:
    """Everything that `data` holds, whatever it is called.

    `name` is used in messages only. `detail` adds fills, strikethrough, merged cells and hidden
    rows and columns, for importing a plan. `ours` adds, for a return, strikethrough, text boxes,
    pictures, merged cells, links, and the fills that are not of these (``#RRGGBB``), the
    template's own. `values_alone` leaves out notes, and what a second reader sees, where they take
    too long. `only` names the sheets that are wanted, in lower case (`str.casefold`): the others,
    and hidden sheets, are passed over where they are larger than a plan can be, which is said.
    What cannot be read is a `Book` without sheets whose `problems` say why; nothing is raised for
    a bad file.
    """
    admitted = admit(data, name, bounds, documents=detail, only=only)
    if isinstance(admitted, Problem):
        return Book(name, "", problems=(admitted,))
    try:
        if admitted.choice.passed:
            data, admitted = _without_passed(data, admitted)
        if detail and admitted.kind in ("xls", "ods"):  # openpyxl looks at the others
            ours = ours or frozenset()
        book = _read(data, name, admitted, bounds, ours, values_alone)
        return with_second_marks(_with_hidden(book, data, admitted), admitted) if detail else book
    except Refused as refusal:
        return Book(name, admitted.kind, problems=(refusal.refusal.at(name),))
    except MemoryError:
        return Book(name, admitted.kind, problems=(GATE_023.problem(name),))


def _read(
    data: bytes,
    name: str,
    admitted: Admitted,
    bounds: Bounds,
    ours: frozenset[str] | None,
    values_alone: bool,
) -> Book:
    if admitted.kind == "csv":
        from xlplan.workbook.read.sheet_values import read_values

        sheet = ReadSheet("csv", read_values(data, bounds))
        return Book(name, "csv", (sheet,), problems=admitted.problems)
    if admitted.kind in DOCUMENTS:
        return _read_document(data, name, admitted, bounds)
    properties, saved = read_properties(admitted.parts, admitted.kind)
    if admitted.kind == "xls":
        from xlplan.workbook.read.xls import in_two_bytes, saved_at

        data, saved = in_two_bytes(data), saved_at(data)
    problems = list(admitted.problems)
    read = read_values_of(data, admitted, bounds)
    others = put_shown(data, admitted, ((name, rows) for name, rows, *_ in read))
    sheets = tuple(_bare_sheet(admitted, each, others) for each in read)
    if not values_alone:
        sheets = _read_beside(data, name, admitted, sheets, ours, problems)
    _check_complete(sheets, admitted, name, problems)
    problems += _passed_over(name, admitted.choice)
    additions = _additions(data, admitted) if ours is not None and not values_alone else ()
    return Book(name, admitted.kind, sheets, properties, saved, tuple(problems), additions)


def _additions(data: bytes, admitted: Admitted) -> tuple[Addition, ...]:
    """What the workbook as a whole has beside its sheets."""
    if admitted.kind == "ods":
        from xlplan.workbook.read.beside import read_ods_beside
        from xlplan.workbook.read.ods_marks import read_ods_pages

        whole = read_ods_beside(admitted.parts).get("", ())
        return (*read_ods_pages(admitted.parts.get("styles.xml", b"")), *whole)
    if admitted.kind == "xls":
        from xlplan.workbook.read.beside import read_other_books

        return read_other_books(data)
    return read_additions(admitted.parts)


def _read_document(data: bytes, name: str, admitted: Admitted, bounds: Bounds) -> Book:
    try:
        if admitted.kind == "odt":
            from xlplan.workbook.read.odt import read_odt

            return Book(name, admitted.kind, (read_odt(admitted.parts, bounds),))
        from xlplan.workbook.read.word import read_word

        return Book(name, admitted.kind, (read_word(data, admitted.parts, bounds),))
    except (Refused, MemoryError):
        raise
    except Exception as error:  # parsers and python-docx raise nearly anything for a damaged one
        raise Refused(GATE_023.fill("word", reason=type(error).__name__)) from None


def _read_beside(
    data: bytes,
    name: str,
    admitted: Admitted,
    read: Sequence[ReadSheet],
    ours: frozenset[str] | None,
    problems: list[Problem],
) -> tuple[ReadSheet, ...]:
    """These sheets with what stands beside their values; `problems` gets what cannot be told."""
    beside = _Beside(data, admitted, ours)
    sheets = [beside.sheet(each) for each in read]
    if beside.unread:
        problems.append(beside.unread.at(name))
    if admitted.kind in DETAILED and may_be_disputed(admitted.parts, admitted.sheets):
        other = disputed(data, sheets)
        sheets = [
            replace(sheet, disputed=other[sheet.name]) if sheet.name in other else sheet
            for sheet in sheets
        ]
    return tuple(sheets)


def _bare_sheet(admitted: Admitted, values: SheetValues, others: Set[str]) -> ReadSheet:
    """One sheet, from its values and what the gate saw of it; of `others` what texts there are is
    looked up once it is asked for."""
    name, rows, visible, texts = values
    extent = admitted.extents.get(name) or Extent()
    found = ReadSheet(name, rows, visible, formulas=extent.formulas, errors=extent.errors)
    return found if name in others else replace(found, met=(rows, texts))


def _passed_over(name: str, choice: Choice) -> Iterator[Problem]:
    for sheet, unfit in choice.passed.items():
        yield unfit.passing(sheet in choice.hidden).at(f"{name}!{sheet}")


class _Beside:
    """What the parts of a workbook say beside the values of its cells."""

    def __init__(self, data: bytes, admitted: Admitted, ours: frozenset[str] | None) -> None:
        self.admitted = admitted
        self.other: Mapping[str, Marks] = {}
        self.noted: Mapping[str, Mapping[At, str]] = admitted.notes
        self.unread: Filled | None = None
        if admitted.kind == "xlsb" and ours is not None:
            from xlplan.workbook.read.binary import has_looks

            self.unread = GATE_032.fill("xlsb") if has_looks(admitted.parts) else None
            self._take_xlsb()
        elif admitted.kind == "xls":
            from xlplan.workbook.read.xls import read_xls_marks

            found = read_xls_marks(data, ours)
            self.other = {name: each.marks for name, each in found.items()}
            self.noted = {name: each.notes for name, each in found.items()}
            if ours is not None:
                from xlplan.workbook.read.beside import read_xls_beside

                self._take(read_xls_beside(data))
            partly = any(each.partly for each in found.values())
            self.unread = GATE_032.fill("xls") if partly else None
        elif admitted.kind == "ods" and ours is not None:
            from xlplan.workbook.read.ods_marks import read_ods_marks

            self.other = read_ods_marks(admitted.parts, ours)
            from xlplan.workbook.read.beside import read_ods_beside

            added = read_ods_beside(admitted.parts)
            self._take({name: Beside(additions=each) for name, each in added.items()})
        self.annotated = dict(admitted.sheets) if _has_notes(admitted) else {}
        self.listed: Mapping[str, str] = {}
        if ours is not None and admitted.kind in DETAILED:
            self.listed = dict(admitted.sheets)
            self.marks = MarkReader(admitted.parts, ours)

    def _take(self, found: Mapping[str, Beside]) -> None:
        self.other = {
            name: replace(self.other.get(name, NO_MARKS), beside=found.get(name, NOTHING))
            for name in {*self.other, *found}
        }

    def _take_xlsb(self) -> None:
        from xlplan.workbook.read.beside import read_xlsb_beside
        from xlplan.workbook.read.binary import binary_merges

        read = {n: read_xlsb_beside(self.admitted.parts, p) for n, p in self.admitted.sheets}
        self._take({name: beside for name, (beside, _) in read.items()})
        self.noted = {name: notes for name, (_, notes) in read.items()}
        for name, part in self.admitted.sheets:
            areas = binary_merges(self.admitted.parts.get(part, b""))
            self.other = {**self.other, name: replace(self.other[name], merged=areas)}

    def sheet(self, read: ReadSheet) -> ReadSheet:
        """One sheet, from its values."""
        name = read.name
        marks = self.other.get(name, NO_MARKS)
        extent = self.admitted.extents.get(name) or Extent()
        links: Mapping[At, str] = {}
        if part := self.listed.get(name, ""):
            marks, links = self.marks.read(part)
        return replace(
            read,
            notes=self._notes(name),
            fills=marks.fills,
            inks=of_signs(marks.inks, read.rows),
            letters=marks.letters,
            struck=marks.struck,
            unticked=marks.beside.unticked,
            boxes=marks.beside.boxes or extent.boxes,
            pictures=marks.beside.pictures or extent.pictures,
            additions=marks.beside.additions,
            merged=marks.merged,
            links=links,
        )

    def _notes(self, name: str) -> Mapping[At, str]:
        if part := self.annotated.get(name, ""):
            return read_notes(self.admitted.parts, part)
        return self.noted.get(name) or {}


def _has_notes(admitted: Admitted) -> bool:
    return admitted.kind != "xlsb" and any("comments" in part.lower() for part in admitted.parts)


def _check_complete(
    sheets: Sequence[ReadSheet], admitted: Admitted, name: str, problems: list[Problem]
) -> None:
    """Sheets listed must equal sheets read, and a sheet with values must not be read as empty."""
    read = {sheet.name: sheet for sheet in sheets}
    for listed, extent in admitted.extents.items():
        if listed in admitted.choice.passed:
            continue
        sheet = read.get(listed)
        place = f"{name}!{listed}"
        if extent.unread:
            problems.append(GATE_024.problem(place, "form", sheet=listed))
        elif sheet is None:
            problems.append(GATE_024.problem(place, "unread", sheet=listed))
        elif extent.filled and not sheet.rows:
            problems.append(GATE_024.problem(place, "blank", sheet=listed))
    if admitted.sheets:  # what the gate did not look through says nothing of formulas and errors
        unseen = read.keys() - admitted.extents.keys()
        problems += (
            GATE_024.problem(f"{name}!{each}", "form", sheet=each) for each in sorted(unseen)
        )
    if not sheets and not problems:
        problems.append(GATE_024.problem(name, "none"))


def _with_hidden(book: Book, data: bytes, admitted: Admitted) -> Book:
    """`book` with the rows and columns that nobody sees; where it is not read, a warning."""
    if book.kind == "xlsb":
        return replace(book, problems=(*book.problems, GATE_032.problem(book.name, "hidden")))
    found = _read_hidden(data, admitted, book.sheets)
    none = Hidden()
    return replace(
        book,
        sheets=tuple(
            replace(
                sheet,
                hidden_rows=sheet.hidden_rows | each.rows,
                hidden_columns=sheet.hidden_columns | each.columns,
                filtered_rows=sheet.filtered_rows | each.filtered,
            )
            for sheet in book.sheets
            for each in [found.get(sheet.name, none)]
        ),
    )


def _read_hidden(data: bytes, admitted: Admitted, sheets: Sequence[ReadSheet]) -> dict[str, Hidden]:
    """What nobody sees of each sheet, by name: what is hidden by hand, what has no height or width
    to speak of, and what is folded away in a group."""
    if admitted.kind in DETAILED:
        read = {sheet.name: sheet for sheet in sheets}
        return {
            name: read_hidden_xlsx(admitted.parts, part, read[name], _is_plain(admitted, name))
            for name, part in admitted.sheets
            if name in read and admitted.parts.get(part)
        }
    if admitted.kind == "ods":
        from xlplan.workbook.read.ods_marks import read_hidden_ods

        return read_hidden_ods(admitted.parts.get("content.xml", b""))
    if admitted.kind == "xls":
        from xlplan.workbook.read.xls import read_hidden_xls

        return read_hidden_xls(data)
    return {}


def _is_plain(admitted: Admitted, sheet: str) -> bool:
    """Whether the cells of a sheet were found to be spelled as usual."""
    extent = admitted.extents.get(sheet)
    return extent is not None and extent.plain is not None


def _without_passed(data: bytes, admitted: Admitted) -> tuple[bytes, Admitted]:
    """The file, and what was admitted of it, with every sheet empty that is passed over."""
    passed = admitted.choice.passed.keys()
    if admitted.kind == "xls":
        from xlplan.workbook.read.xls import without_sheets

        return without_sheets(data, passed), admitted
    if admitted.kind == "ods":
        from xlplan.workbook.read.ods import without_tables

        emptied = {"content.xml": without_tables(admitted.parts["content.xml"], passed)}
    else:
        emptied = dict(_without_sheets(admitted, passed))
    parts = {**admitted.parts, **emptied}
    return checked_package(parts), replace(admitted, parts=parts)


def _without_sheets(admitted: Admitted, passed: Set[str]) -> Iterator[tuple[str, bytes]]:
    """The parts of sheets without their cells, and without what is related to them."""
    read = {part for _, part in admitted.sheets}
    for sheet, part in list_sheets(admitted.parts, admitted.kind):
        if sheet in passed and part not in read:
            folder, name = posixpath.split(part)
            yield part, _EMPTY_SHEET if admitted.kind != "xlsb" else b""
            relations = posixpath.join(folder, "_rels", f"{name}.rels")
            if relations in admitted.parts:
                yield relations, _NO_RELATIONS


_NO_RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)
