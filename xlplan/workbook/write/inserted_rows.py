"""Rows put into a sheet after one of its rows: its own rows and cells, and the new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from xlplan.codes.edit_codes import (
    EDIT_009,
    EDIT_016,
    EDIT_019,
    EDIT_020,
    EDIT_021,
    EDIT_022,
    EDIT_023,
)
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.write.cell_guards import pivot_areas
from xlplan.workbook.write.formula_refs import (
    Insertion,
    copied_formula,
    moved_areas,
    moved_formula,
    names_sheet,
    rows_of,
    tokens,
)
from xlplan.workbook.write.grid import LAST_ROW, Cell, Grid, area_name, cell_name, read_grid
from xlplan.workbook.write.moved_places import move_other_parts, moved_part
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.splice import (
    Edit,
    MalformedError,
    closed,
    marked,
    opened,
    splice,
    with_attribute,
)
from xlplan.workbook.write.stale import has_formulas

_ALIKE = 9
"""Rows above that are looked at for the height and the formats of new ones."""
_FILLED = frozenset({"array", "dataTable"})


class NewRows(Struct, frozen=True):
    """`count` rows put in after row `after` of a sheet (from 1; 0: before the first).

    `since` is the first row of the section, whose rows the new ones look like; 0 where nobody
    knows, and those above are then looked at.
    """

    after: int
    count: int = 1
    since: int = 0


def insert_rows(package: Package, sheet: str, new: NewRows) -> None:
    """Put rows in, and move everything that names a place below them. Raises `UnfitError`."""
    part = package.sheets[sheet]
    rows = Insertion(sheet, new.after, new.count)
    try:
        package[part] = _sheet(read_grid(package[part]), rows, new)
    except MalformedError:
        raise UnfitError(EDIT_016.fill("part", part=part)) from None
    move_other_parts(package, part, rows)


def refuse_rows(package: Package, sheet: str, new: NewRows) -> Filled | None:
    """Why rows cannot be put in there, or None. Raises `UnfitError`."""
    part = package.sheets[sheet]
    grid = read_grid(package[part])
    if new.after < 0 or new.count < 1 or new.after >= LAST_ROW:
        return EDIT_009.fill("row")
    if grid.unplaced:
        return EDIT_009.fill("unplaced")
    if any(name.startswith("xl/revisions/") for name in package.names):
        return EDIT_009.fill("shared")
    if max((*grid.rows, new.after)) + new.count > LAST_ROW:
        return EDIT_009.fill("full")
    for areas in pivot_areas(package, part):
        if _lies_across((areas[0][0], areas[-1][2]), new.after):
            return EDIT_009.fill("pivot", area=area_name(areas[-1]))
    for box in grid.spread:
        if _lies_across((box[0], box[2]), new.after):
            return EDIT_009.fill("array", area=area_name(box))
    return None


def _lies_across(rows: tuple[int, int], after: int) -> bool:
    return rows[0] <= after < rows[1]


def _sheet(grid: Grid, rows: Insertion, new: NewRows) -> bytes:
    """The worksheet part with its rows moved, the new ones in it, and what it names moved."""
    formulas = dict(_formulas(grid))
    edits: list[Edit] = []
    for number, line in grid.rows.items():
        now = rows.moved(number)
        if now != number:
            edits.append((*line.at.tag, with_attribute(grid.raw(line.at), "r", now)))
        for column, cell in line.cells.items():
            if now != number:
                tag = with_attribute(grid.raw(cell), "r", cell_name(now, column))
                edits.append((*cell.tag, tag))
            if cell.formula:
                edits += _moved_formula(grid, cell, formulas.get((number, column), ""), rows)
    spot = next((grid.rows[each].at.start for each in sorted(grid.rows) if each > rows.after), None)
    made = _new_rows(grid, rows, new, formulas)
    if made:
        at = grid.body.close if spot is None else spot
        edits.append((at, at, made))
    body = (grid.body.inner, grid.body.close)
    inside = splice(
        grid.data[slice(*body)], [(a - body[0], b - body[0], text) for a, b, text in edits]
    )
    return moved_part(grid.data, rows, own=True, body=body, inside=inside)


def _formulas(grid: Grid) -> Iterator[tuple[tuple[int, int], str]]:
    """The formula of each cell that has one, as it reads there."""
    shared: dict[str, tuple[int, int, str]] = {}
    for number, line in grid.rows.items():
        for column, cell in line.cells.items():
            if cell.formula is None:
                continue
            text, about = grid.formula(cell), cell.formula.attributes
            if about.get("t") == "shared":
                index = about.get("si", "")
                if text:
                    shared[index] = number, column, text
                elif index in shared:
                    top, left, base = shared[index]
                    text = copied_formula(base, number - top, column - left)
            yield (number, column), text


def _moved_formula(grid: Grid, cell: Cell, text: str, rows: Insertion) -> list[Edit]:
    """The edits of one formula; one that is shared is written out, as its places part ways."""
    assert cell.formula is not None
    element = cell.formula
    new = moved_formula(text, rows, own=True)
    if element.attributes.get("t") == "shared":
        name = f"{element.prefix}f".encode()
        return [(element.start, element.end, b"<%s>%s</%s>" % (name, marked(new), name))]
    edits: list[Edit] = []
    tag = grid.raw(element)
    for key in {"ref", "r1", "r2"} & element.attributes.keys():
        tag = with_attribute(tag, key, moved_areas(element.attributes[key], rows))
    if tag != grid.raw(element):
        edits.append((*element.tag, tag))
    if new != text:
        edits.append((element.inner, element.close, marked(new)))
    return edits


def _new_rows(
    grid: Grid, rows: Insertion, new: NewRows, formulas: dict[tuple[int, int], str]
) -> bytes:
    """The new rows: height, formats and formulas as most rows of the section have them."""
    like = _section(grid, new)
    if not like:
        return b""
    nearest = grid.rows[like[0]]
    height = _most(grid.rows[each].at.attributes.get("ht", "") for each in like)
    tag = grid.raw(nearest.at)
    for gone in ("hidden", "collapsed", "spans"):
        tag = with_attribute(tag, gone, None)
    tag = with_attribute(tag, "ht", height or None)
    tag = with_attribute(tag, "customHeight", 1 if height else None)
    columns = sorted({column for each in like for column in grid.rows[each].cells})
    made = b""
    for number in range(rows.after + 1, rows.after + rows.count + 1):
        inside = b"".join(
            _new_cell(grid, like, number, column, formulas, rows) for column in columns
        )
        row = with_attribute(tag, "r", number)
        end = f"</{grid.prefix}row>".encode()
        made += opened(row) + inside + end if inside else closed(row)
    return made


def _section(grid: Grid, new: NewRows) -> list[int]:
    """The rows that the new ones are to look like, the nearest first."""
    first = new.since or max(new.after - _ALIKE, 1)
    found: list[int] = []
    for number in range(new.after, first - 1, -1):
        if number not in grid.rows:
            break
        if not new.since and found and not _alike(grid, number, found[0]):
            break
        found.append(number)
    return found


def _alike(grid: Grid, row: int, nearest: int) -> bool:
    """Whether a row holds values in as good as the same columns: no heading across the sheet."""
    one, other = (
        {column for column, cell in grid.rows[each].cells.items() if cell.value}
        for each in (row, nearest)
    )
    return len(one & other) * 2 >= len(one | other)


def _most(values: Iterator[str]) -> str:
    """The most frequent of these, of several the first."""
    return Counter(values).most_common(1)[0][0]


def _new_cell(
    grid: Grid,
    like: list[int],
    number: int,
    column: int,
    formulas: dict[tuple[int, int], str],
    rows: Insertion,
) -> bytes:
    """A cell of a new row: its format, and the formula that the column has in every row."""
    cells = [(each, grid.rows[each].cells.get(column)) for each in like]
    style = _most(cell.attributes.get("s", "") if cell else "" for _, cell in cells)
    name = f"{grid.prefix}c"
    tag = f'<{name} r="{cell_name(number, column)}"'
    tag += f' s="{style}"' if style and style != "0" else ""
    copies = {
        copied_formula(
            moved_formula(formulas.get((each, column), ""), rows, own=True), number - each
        )
        for each, cell in cells
        if cell and not (cell.formula and cell.formula.attributes.get("t") in _FILLED)
    }
    formula = copies.pop() if len(copies) == 1 and len(cells) > 1 else ""
    if formula:
        f = f"{grid.prefix}f"
        text = marked(formula)
        return f"{tag}><{f}>".encode() + text + f"</{f}></{name}>".encode()
    return f"{tag}/>".encode() if style and style != "0" else b""


def notes_on(package: Package, sheet: str, new: NewRows) -> list[Problem]:
    """What does not move with rows that are put in, to be looked at. Raises `UnfitError`."""
    rows = Insertion(sheet, new.after, new.count)
    where = f"{sheet}!{new.after}"
    found: dict[str, list[str]] = {"text": [], "total": [], "several": []}
    for name, part in package.sheets.items():
        if not has_formulas(package[part]):
            continue
        for (row, column), formula in _formulas(read_grid(package[part])):
            own = rows.is_on(name)
            for kind in _not_moved(formula, rows, own, own and row <= new.after):
                found[kind].append(f"{name}!{cell_name(row, column)}")
    notes = [EDIT_021.problem(where)]
    if found["text"]:
        notes.append(EDIT_019.problem(where, places=found["text"]))
    if any("vbaproject" in name.lower() for name in package.names):
        notes.append(EDIT_020.problem(where))
    if found["total"]:
        notes.append(EDIT_022.problem(where, places=found["total"], row=new.after))
    if found["several"]:
        notes.append(EDIT_023.problem(where, places=found["several"]))
    return notes


def _not_moved(formula: str, rows: Insertion, own: bool, above: bool) -> set[str]:
    found = set()
    for each in tokens(formula):
        if each.kind == "name" and each.text.casefold() in ("indirect", "address"):
            found.add("text")
        if each.reference and each.several:
            found.add("several")
        if not above and names_sheet(each, rows, own) and ":" in each.reference:
            first, last = rows_of(each.reference)
            found |= {"total"} if first < last == rows.after else set()
    return found
