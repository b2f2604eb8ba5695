"""Columns put to the right of all that a sheet holds, and sheets after all others: nothing has to
move for them.

Their cells look like those that are there; the filter, and what ends at the column before, reach
over a new column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from xlplan.codes.edit_codes import EDIT_016
from xlplan.late import regex
from xlplan.workbook.write.around_cells import AFTER_LINKS
from xlplan.workbook.write.grid import (
    Grid,
    Row,
    area_name,
    box_of,
    cell_name,
    letters_of,
    number,
    read_grid,
)
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.sheet import Sheet, Validation, Workbook
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    MalformedError,
    marked,
    opened,
    splice,
    text_within,
    with_attribute,
)
from xlplan.workbook.write.writing import write_workbook

_OF_FILTER, _OF_PRINT = "_xlnm._FilterDatabase", "_xlnm.Print_Area"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NEVER = "2000-01-01T00:00:00Z"
_RIGHT = regex(r"(?<=:)(\$?)[A-Z]{1,3}(?=\$?[0-9]+$)")


class NewColumn(Struct, frozen=True):
    """A column (from 1) to the right of all others, headed in the row `head`, with data down to the
    row `last`. Its cells look like those of the column `like`; `rules` say what may be typed."""

    column: int
    head: int
    last: int
    like: int
    width: float
    rules: Sequence[Validation] = ()


def add_columns(package: Package, sheet: str, columns: Sequence[NewColumn]) -> None:
    """Make room for columns of a sheet. What they hold is set as any other cell. Raises
    `UnfitError`."""
    part = package.sheets.get(sheet, "")
    try:
        for new in columns if part else ():
            package[part] = _with_cells(read_grid(package[part]), new)
            package[part] = _with_width(package, part, new)
            package[part] = _with_wider_areas(package, part, new)
            package[part] = _with_rules(package, part, new)
            package[package.book] = _with_wider_names(package, sheet, new)
    except MalformedError:
        raise UnfitError(EDIT_016.fill("part", part=part)) from None


def _with_cells(grid: Grid, new: NewColumn) -> bytes:
    """The part with a blank cell in each row of the table, in the format of its like."""
    body = [n for n in grid.rows if new.head < n <= new.last]
    usual = Counter(_style(grid, n, new.like) for n in body).most_common(1)
    edits: list[Edit] = []
    for at in (*([new.head] if new.head in grid.rows else []), *body):
        row = grid.rows[at]
        if new.column in row.cells:
            continue
        style = _style(grid, at, new.like) if at == new.head else usual[0][0]
        tag = with_attribute(f'<{grid.prefix}c r="{cell_name(at, new.column)}"/>'.encode(), "s",
                             style or None)  # fmt: skip
        edits += _put(grid, row, new.column, tag)
    box = box_of(grid.dimension.attributes.get("ref", "")) if grid.dimension else None
    if grid.dimension and box and box[3] < new.column:
        wider = area_name((box[0], box[1], box[2], new.column))
        edits.append((*grid.dimension.tag, with_attribute(grid.raw(grid.dimension), "ref", wider)))
    return splice(grid.data, edits)


def _style(grid: Grid, row: int, column: int) -> int:
    cell = grid.rows[row].cells.get(column)
    return cell.style if cell else grid.default_style(row, column)


def _put(grid: Grid, row: Row, column: int, cell: bytes) -> Iterator[Edit]:
    tag = with_attribute(grid.raw(row.at), "spans", None)
    if row.at.is_empty():
        yield (row.at.start, row.at.end, opened(tag) + cell + f"</{row.at.prefix}row>".encode())
        return
    yield (*row.at.tag, tag)
    later = (row.cells[each].start for each in sorted(row.cells) if each > column)
    spot = next(later, row.at.close)
    yield (spot, spot, cell)


def _with_width(package: Package, part: str, new: NewColumn) -> bytes:
    """The part with the width of the column, apart from those of others."""
    data = package[part]
    found = package.parsed(part, "cols", "col", "sheetData")
    prefix = next(each.prefix for each in found if each.name == "sheetData")
    blank = f'<{prefix}col min="0" max="0" customWidth="1"/>'.encode()
    own = with_attribute(_of(blank, new.column, new.column), "width", f"{new.width:g}")
    columns = [each for each in found if each.name == "col"]
    for each in columns:
        first, last = (number(each.attributes.get(key, "0")) for key in ("min", "max"))
        if first <= new.column <= last:
            tag = data[each.start : each.end]
            sides = [(first, new.column - 1), (new.column + 1, last)]
            left, right = (_of(tag, a, b) if a <= b else b"" for a, b in sides)
            mine = with_attribute(_of(tag, new.column, new.column), "width", f"{new.width:g}")
            mine = with_attribute(with_attribute(mine, "customWidth", 1), "hidden", None)
            return splice(data, [(each.start, each.end, left + mine + right)])
    after = next((c for c in columns if number(c.attributes.get("min", "0")) > new.column), None)
    if after is not None:
        return splice(data, [(after.start, after.start, own)])
    if columns:
        return splice(data, [(columns[-1].end, columns[-1].end, own)])
    body = next(each for each in found if each.name == "sheetData")
    name = f"{prefix}cols".encode()
    return splice(data, [(body.start, body.start, b"<%s>%s</%s>" % (name, own, name))])


def _of(tag: bytes, first: int, last: int) -> bytes:
    return with_attribute(with_attribute(tag, "min", first), "max", last)


def _with_wider_areas(package: Package, part: str, new: NewColumn) -> bytes:
    """The part with a filter over the headings that takes in the column, and with the colours that
    ended just before it."""
    edits: list[Edit] = []
    for each in package.parsed(part, "autoFilter", "conditionalFormatting"):
        key = "ref" if each.name == "autoFilter" else "sqref"
        wider = _wider(each.attributes.get(key, ""), new, each.name == "autoFilter")
        if wider:
            tag = package[part][each.start : each.inner]
            edits.append((*each.tag, with_attribute(tag, key, wider)))
    return splice(package[part], edits)


def _wider(area: str, new: NewColumn, is_filter: bool) -> str:
    """The area with the new column in it; ``""`` where it stays as it is."""
    box = box_of(area) if ":" in area and " " not in area else None
    if box is None or box[1] == box[3] or box[3] >= new.column:
        return ""
    reaches = box[0] == new.head if is_filter else box[3] == new.column - 1
    return _RIGHT.sub(rf"\g<1>{letters_of(new.column)}", area) if reaches else ""


def _with_wider_names(package: Package, sheet: str, new: NewColumn) -> bytes:
    """The workbook part with the names of the filter and of what is printed as wide."""
    data, tab = package[package.book], str(package.tabs.index(sheet))
    edits: list[Edit] = []
    for each in package.parsed(package.book, "definedName"):
        name = each.attributes.get("name", "")
        if each.attributes.get("localSheetId") != tab or name not in (_OF_FILTER, _OF_PRINT):
            continue
        text = text_within(data, each)
        place, mark, area = text.rpartition("!")
        if wider := _wider(area, new, name == _OF_FILTER):
            edits.append((each.inner, each.close, marked(f"{place}{mark}{wider}")))
    return splice(data, edits)


def _with_rules(package: Package, part: str, new: NewColumn) -> bytes:
    """The part with the rules of the column, or as it is where it names elements its own way."""
    data, names = package[part], {"worksheet", "dataValidations", "hyperlinks", *AFTER_LINKS}
    found = package.parsed(part, *names)
    root = found[0]
    made = list(_rules(new.rules)) if not root.prefix else []
    if not made:
        return data
    top = [each for each in found if each.parent is root]
    old = next((each for each in top if each.name == "dataValidations"), None)
    if old is not None and not old.is_empty():
        count = int(old.attributes.get("count", "0")) + len(made)
        tag = with_attribute(data[old.start : old.inner], "count", count)
        return splice(data, [(*old.tag, tag), (old.close, old.close, b"".join(made))])
    at = next((each.start for each in top if each is not old), root.close)
    new_list = b'<dataValidations count="%d">%s</dataValidations>' % (len(made), b"".join(made))
    gone: list[Edit] = [(old.start, old.end, b"")] if old is not None else []
    return splice(data, [*gone, (at, at, new_list)])


def _rules(rules: Sequence[Validation]) -> Iterator[bytes]:
    """The rules as a workbook of ours has them."""
    if not rules:
        return
    made = Package(write_workbook(Workbook([Sheet("Rules", validations=rules)], "", _NEVER)))
    (part,) = made.sheets.values()
    each: Element
    for each in made.parsed(part, "dataValidation"):
        yield made[part][each.start : each.end]


class NewSheet(Struct, frozen=True):
    """A sheet after all others, with so many rows of cells under a row of headings in columns of
    these `widths`. They look like the headings and the body of a column of the sheet `like`: the
    cells in the rows `head` and `body` (from 1) of `column`."""

    name: str
    widths: Sequence[float]
    rows: int
    like: str
    head: int
    body: int
    column: int


def add_sheet(package: Package, new: NewSheet) -> None:
    """Put in a sheet, whose cells are set as any other. Raises `UnfitError`."""
    like = package.sheets[new.like]
    try:
        grid = read_grid(package[like])
    except MalformedError:
        raise UnfitError(EDIT_016.fill("part", part=like)) from None
    head, body = (
        _style(grid, at, new.column) if at in grid.rows else 0 for at in (new.head, new.body)
    )
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width:g}" customWidth="1"/>'
        for n, width in enumerate(new.widths, 1)
    )
    rows = "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{cell_name(at, n)}" s="{body if at > 1 else head}"/>'
            for n in range(1, len(new.widths) + 1)
        )
        + "</row>"
        for at in range(1, new.rows + 2)
    )
    space = package.parsed(like, "worksheet")[0].attributes.get("xmlns", _MAIN)
    package.add_sheet(
        new.name,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{space}">'
        f"<cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>".encode(),
        like,
    )
