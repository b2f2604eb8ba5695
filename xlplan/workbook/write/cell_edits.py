"""Cells of a sheet set to values: which may be, and how each is then written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct, field

from xlplan.codes.edit_codes import EDIT_008, EDIT_016, EDIT_024
from xlplan.errors import Problem
from xlplan.workbook.write.appending import (
    SharedTexts,
    Styles,
    index_of,
    one_text,
    runs_kept,
    shown_text,
    text_element,
)
from xlplan.workbook.write.around_cells import write_out_formulas
from xlplan.workbook.write.cell_guards import Guards, unfit_value
from xlplan.workbook.write.grid import Cell, Grid, Row, area_name, box_of, cell_name, read_grid
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    MalformedError,
    closed,
    elements,
    opened,
    splice,
    text_within,
    with_attribute,
)

Value = str | bool | int | float | date | datetime | None
"""What a cell is set to; None empties it."""
At = tuple[int, int]
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_TEXTS = frozenset({"s", "str", "inlineStr"})
_FIRST_OF_MARCH = 61
"""The number of 1 March 1900: Excel counts a day before it that never was."""


class Wording(Struct):
    """What the cells of all sheets share: formats, texts, and where dates are counted from."""

    package: Package
    styles: Styles
    texts: SharedTexts
    from_1904: bool

    @classmethod
    def of(cls, package: Package) -> Wording:
        """Those of a workbook."""
        about = package.parsed(package.book, "workbookPr")
        old = any(each.attributes.get("date1904") in ("1", "true") for each in about)
        return cls(package, Styles(package), SharedTexts(package), old)

    def write(self) -> None:
        """Put what was added into its parts."""
        self.styles.write()
        self.texts.write()

    def serial(self, day: date) -> float:
        """The number by which a workbook holds a date; below 0 where it holds none."""
        moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
        moment = moment.replace(tzinfo=None)
        days = (moment - (_EPOCH_1904 if self.from_1904 else _EPOCH)) / timedelta(days=1)
        return days - 1 if not self.from_1904 and 1 < days < _FIRST_OF_MARCH else days


class Written(Struct):
    """What became of the cells of one sheet: `changed` are those whose bytes are not the same."""

    changed: set[At] = field(default_factory=set)
    refused: dict[At, Problem] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)


def write_cells(
    package: Package,
    sheet: str,
    cells: Mapping[At, Value],
    wording: Wording,
    *,
    over_formulas: bool = False,
    filled: frozenset[At] = frozenset(),
) -> Written:
    """Set the cells of a sheet and leave its other bytes as they are. A cell that shows its value
    already is not touched; with `over_formulas` a value may take the place of a formula. Of
    `filled` those that are set to None are there afterwards, so that they can be filled. Raises
    `UnfitError` where the sheet cannot be read."""
    part = package.sheets[sheet]
    rows = frozenset(row for row, _ in cells)
    try:
        grid = read_grid(package[part], rows)
        if over_formulas and any(_has_formula(grid, at) for at in cells):
            write_out_formulas(package, part)
            for name in package.related(package.book, "calcChain"):
                package.drop(name)
            grid = read_grid(package[part], rows)
        writer = _Writer(grid, wording, Guards.of(package, part, grid, rows, over_formulas))
        written = Written()
        for at, value in cells.items():
            writer.set(sheet, at, value, written, is_filled=at in filled)
        package[part] = splice(grid.data, writer.all_edits())
    except MalformedError:
        raise UnfitError(EDIT_016.fill("part", part=part)) from None
    return written


def _has_formula(grid: Grid, at: At) -> bool:
    line = grid.rows.get(at[0])
    cell = line.cells.get(at[1]) if line else None
    return cell is not None and cell.formula is not None


class _Writer:
    """The edits of one sheet, gathered cell by cell."""

    def __init__(self, grid: Grid, wording: Wording, guards: Guards) -> None:
        self.grid, self.wording, self.guards = grid, wording, guards
        self.edits: list[Edit] = []
        self.fresh: dict[int, dict[int, bytes]] = {}
        self.end = f"</{grid.prefix}c>".encode()

    def set(
        self, sheet: str, at: At, value: Value, written: Written, *, is_filled: bool = False
    ) -> None:
        """Set one cell, or note why it is refused."""
        value = None if value == "" else value
        row, column = at
        line = self.grid.rows.get(row)
        cell = line.cells.get(column) if line else None
        refusal = self.guards.refusal(at, cell) or unfit_value(value, self.wording.serial)
        is_made = cell is None and (value is not None or is_filled)
        if is_made and self.grid.unplaced:
            refusal = refusal or EDIT_008.fill("unplaced")
        if refusal:
            written.refused[at] = refusal.at(f"{sheet}!{cell_name(*at)}")
            return
        if cell and isinstance(value, str) and (edit := self._other_text(cell, value)):
            self._edit(sheet, at, line, edit, written)
            return
        style = cell.style if cell else self.grid.default_style(*at)
        if _is_number(value) and self.wording.styles.is_text(style):
            value = _as_text(value)
        if self._shows(cell, value, style) and not (is_made and value is None):
            return
        new = self._element(at, cell, value, style)
        edit = (cell.start, cell.end, new) if cell else None
        self._edit(sheet, at, line, edit, written)
        if edit is None:
            self.fresh.setdefault(row, {})[column] = new

    def _edit(
        self, sheet: str, at: At, line: Row | None, edit: Edit | None, written: Written
    ) -> None:
        written.changed.add(at)
        if edit:
            self.edits.append(edit)
        if line and line.at.attributes.get("hidden") in ("1", "true"):
            written.notes.append(EDIT_024.problem(f"{sheet}!{cell_name(*at)}"))

    def _other_text(self, cell: Cell, value: str) -> Edit | None:
        """The edit of a cell that holds a text of one look, all of it plain, and gets another one;
        None where there is more to it."""
        if cell.formula or "cm" in cell.attributes or "vm" in cell.attributes:
            return None
        (start, stop), texts = cell.held, self.wording.texts
        own = self.grid.data[start:stop]
        if texts.part:
            old = texts.plain(index_of(own)) if cell.kind == "s" else None
        else:
            old = one_text(own) if cell.kind == "inlineStr" else None
        if old is None or old == value or "\r" in value:
            return None
        if not texts.part:
            return start, stop, text_element(self.grid.prefix, value)
        content = text_element(texts.root.prefix, value)
        return start, stop, b"%d" % texts.put(content)

    def _shows(self, cell: Cell | None, value: Value, style: int) -> bool:
        """Whether the cell has this value already."""
        if cell is not None and cell.formula is not None:
            return False
        if cell is None or cell.value is None or cell.value.inner == cell.value.close:
            return value is None
        if value is None:
            return False
        if isinstance(value, str):
            return cell.kind in _TEXTS and self._text(cell) == value.replace("\r\n", "\n")
        raw = text_within(self.grid.data, cell.value).strip()
        if isinstance(value, bool):
            return cell.kind == "b" and raw in (("1", "true") if value else ("0", "false"))
        if isinstance(value, date):
            if not self.wording.styles.is_date(style):
                return False
            value = self.wording.serial(value)
        try:
            return cell.kind == "n" and float(raw) == value
        except ValueError:
            return False

    def _text(self, cell: Cell) -> str | None:
        assert cell.value is not None
        data = self.grid.data
        if cell.kind == "s":
            return self.wording.texts.text(index_of(text_within(data, cell.value).encode()))
        if cell.value.name == "is":
            own = data[cell.value.start : cell.value.end]
            inside = elements(own)
            return shown_text(own, inside[0], inside)
        return text_within(data, cell.value)

    def _element(self, at: At, cell: Cell | None, value: Value, style: int) -> bytes:
        prefix, before = self.grid.prefix, style if cell else 0
        if isinstance(value, date) and not self.wording.styles.is_date(style):
            timed = isinstance(value, datetime) and value != datetime(*value.timetuple()[:3])
            dated = self.wording.styles.as_date(style, timed=timed)
            style = style if dated is None else dated
        if isinstance(value, str):
            kind, content = self._text_content(cell, value, prefix)
        else:
            kind, content = self._content(value, prefix)
        if cell:
            tag = self.grid.raw(cell)
            for gone in ("cm", "vm"):
                tag = with_attribute(tag, gone, None) if gone in cell.attributes else tag
        else:
            tag = f'<{prefix}c r="{cell_name(*at)}"/>'.encode()
        if style != before:
            tag = with_attribute(tag, "s", style)
        if kind != (cell.attributes.get("t", "") if cell else ""):
            tag = with_attribute(tag, "t", kind or None)
        if not content:
            return closed(tag)
        return opened(tag) + content + self.end

    def _content(self, value: bool | float | date | None, prefix: str) -> tuple[str, bytes]:
        """The type of a cell and what stands in it."""
        if value is None:
            return "", b""
        if isinstance(value, bool):
            kind, shown = "b", str(int(value))
        elif isinstance(value, date):
            kind, shown = "", _number_text(self.wording.serial(value))
        else:
            kind, shown = "", _number_text(value)
        return kind, f"<{prefix}v>{shown}</{prefix}v>".encode()

    def _has_runs(self, value: Element) -> bool:
        return b"r>" in self.grid.data[value.inner : value.close]

    def _text_content(self, cell: Cell | None, value: str, prefix: str) -> tuple[str, bytes]:
        texts = self.wording.texts
        kept: bytes | None = None
        held = cell.value if cell else None
        if cell and held and cell.kind == "s" and texts.part:
            at = index_of(text_within(self.grid.data, held).encode())
            kept = texts.with_runs(at, value)
        elif held and held.name == "is" and self._has_runs(held):
            own = self.grid.data[held.start : held.end]
            inside = elements(own)
            kept = runs_kept(own, inside[0], inside, value)
        if texts.part and (kept is None or texts.root.prefix == prefix):
            content = kept or text_element(texts.root.prefix, value)
            return "s", f"<{prefix}v>{texts.put(content)}</{prefix}v>".encode()
        content = kept or text_element(prefix, value)
        name = f"{prefix}is".encode()
        return "inlineStr", b"<%s>%s</%s>" % (name, content, name)

    def all_edits(self) -> list[Edit]:
        """The edits of the cells that were there, and of the rows and cells that were not."""
        above: dict[int, bytes] = {}
        numbers = sorted(self.grid.rows)
        for number_, cells in sorted(self.fresh.items()):
            row = self.grid.rows.get(number_)
            if row:
                self._into(row, cells)
                continue
            spot = bisect_right(numbers, number_)
            following = numbers[spot] if spot < len(numbers) else 0
            above[following] = above.get(following, b"") + self._row(number_, cells)
        body = self.grid.body
        for following, rows in above.items():
            if following:
                start = self.grid.rows[following].at.start
                self.edits.append((start, start, rows))
            elif body.is_empty():
                end = f"</{self.grid.prefix}sheetData>".encode()
                self.edits.append((*body.tag, opened(self.grid.raw(body)) + rows + end))
            else:
                self.edits.append((body.close, body.close, rows))
        if self.fresh:
            self.edits += _dimension(self.grid, self.fresh)
        return self.edits

    def _row(self, number_: int, cells: Mapping[int, bytes]) -> bytes:
        name = f"{self.grid.prefix}row"
        inside = b"".join(new for _, new in sorted(cells.items()))
        return f'<{name} r="{number_}">'.encode() + inside + f"</{name}>".encode()

    def _into(self, row: Row, cells: Mapping[int, bytes]) -> None:
        """Cells put into a row that is there, each at its place."""
        tag = with_attribute(self.grid.raw(row.at), "spans", None)
        if row.at.is_empty():
            inside = b"".join(new for _, new in sorted(cells.items()))
            end = f"</{row.at.prefix}row>".encode()
            self.edits.append((row.at.start, row.at.end, opened(tag) + inside + end))
            return
        self.edits.append((*row.at.tag, tag))
        spots: dict[int, bytes] = {}
        for column, new in sorted(cells.items()):
            later = (row.cells[each].start for each in sorted(row.cells) if each > column)
            spot = next(later, row.at.close)
            spots[spot] = spots.get(spot, b"") + new
        self.edits += [(spot, spot, new) for spot, new in spots.items()]


def _dimension(grid: Grid, fresh: Mapping[int, Mapping[int, bytes]]) -> list[Edit]:
    """The note of how far the cells reach, where they reach further now."""
    box = box_of(grid.dimension.attributes.get("ref", "")) if grid.dimension else None
    if grid.dimension is None or box is None:
        return []
    columns = [column for cells in fresh.values() for column in cells]
    wider = (min(box[0], *fresh), min(box[1], *columns), max(box[2], *fresh), max(box[3], *columns))
    tag = with_attribute(grid.raw(grid.dimension), "ref", area_name(wider))
    return [(*grid.dimension.tag, tag)] if wider != box else []


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Value) -> str:
    assert isinstance(value, int | float)
    return _number_text(value)


def _number_text(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
