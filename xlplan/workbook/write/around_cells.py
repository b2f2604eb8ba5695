"""What stands around the values of cells, changed in place: properties, pages, heights, links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct, field

from xlplan.workbook.write.appending import Styles
from xlplan.workbook.write.formula_refs import copied_formula
from xlplan.workbook.write.grid import Cell, Grid, number, place_of, read_grid
from xlplan.workbook.write.package import Package, UnfitError, unfit_part
from xlplan.workbook.write.splice import (
    Edit,
    Element,
    MalformedError,
    marked,
    splice,
    text_within,
    with_attribute,
)

_PAGES = frozenset(
    f"{pages}{place}" for pages in ("odd", "even", "first") for place in ("Header", "Footer")
)
_FORMULAS = frozenset({"formula", "formula1", "formula2", "definedName", "f"})
AFTER_LINKS = frozenset(
    {"printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"}
    | {"customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF"}
    | {"legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems"}
    | {"tableParts", "extLst"}
)
"""What follows the links of a sheet, in the order that the format has."""


class Around(Struct, frozen=True):
    """What is to change beside the values of cells.

    `texts` stand in the properties of the document and above and below its pages: each wherever it
    is part of one, and what stands there instead. `ranges` are references, such as
    ``Lists!$A$2:$A$5``, that rules, colours and names take their values from, and what they become.
    `heights` are the points of rows by sheet, which programs may fit to their text again. `links`
    lead from the cells of a sheet to places of the workbook, in the place of all links that it had.
    `fills` are cells by sheet that are to be filled as others, each with the sheet and the name of
    such another; all else of their look stays. With `over_formulas` a value may take the place of
    a formula.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)
    heights: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fills: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    over_formulas: bool = False


def change_around(package: Package, around: Around) -> None:
    """Change what stands around the cells. Raises `UnfitError`."""
    texts = {old: new for old, new in around.texts.items() if old and old != new}
    if texts:
        for part in package.related("", "core-properties", "custom-properties"):
            _change_texts(package, part, texts, None)
        for part in package.sheets.values():
            _change_texts(package, part, texts, _PAGES)
    ranges = {old: new for old, new in around.ranges.items() if old != new}
    if ranges:
        for part in (package.book, *package.sheets.values()):
            _change_texts(package, part, ranges, _FORMULAS, whole=True)
    for sheet, heights in around.heights.items():
        if heights and sheet in package.sheets:
            _set_heights(package, package.sheets[sheet], heights)
    for sheet, links in around.links.items():
        if sheet in package.sheets:
            _set_links(package, package.sheets[sheet], links)
    if any(around.fills.values()):
        _set_fills(package, around.fills)


def _change_texts(
    package: Package,
    part: str,
    texts: Mapping[str, str],
    names: frozenset[str] | None,
    *,
    whole: bool = False,
) -> None:
    """Put others in the place of these texts, in elements of these names; `whole`: where one is
    all that an element holds."""
    data = package[part]
    edits: list[Edit] = []
    found = package.parsed(part, *names or ())
    holders = {id(each.parent) for each in found if each.parent}
    for each in found:
        if id(each) in holders or each.is_empty():
            continue
        text = text_within(data, each)
        new = text.lstrip("=")
        for old, other in texts.items():
            new = (other if new == old else new) if whole else new.replace(old, other)
        if new != text.lstrip("="):
            edits.append((each.inner, each.close, marked(new)))
    package[part] = splice(data, edits)


def _set_heights(package: Package, part: str, heights: Mapping[int, float]) -> None:
    data = package[part]
    edits: list[Edit] = []
    try:
        for at, row in read_grid(data, ()).rows.items():
            if at in heights:
                tag = with_attribute(data[row.at.start : row.at.inner], "ht", f"{heights[at]:g}")
                edits.append((*row.at.tag, with_attribute(tag, "customHeight", None)))
    except MalformedError:
        raise unfit_part(part) from None
    package[part] = splice(data, edits)


class Sizes(Struct, frozen=True):
    """How large a sheet is drawn: by number (from 1) the points of its rows, those that somebody
    or a program fixed, and the width of columns in characters, of those that are hidden none."""

    heights: Mapping[int, float]
    fixed: frozenset[int]
    widths: Mapping[int, float]


_USUAL, _BESIDE_TEXT = 8.43, 5 / 7
"""The width of a column of which nothing is said, and what of one holds no text."""


def sizes_of(data: bytes, sheet: str, columns: int) -> Sizes:
    """The sizes of a sheet of a workbook and of its first `columns`. Raises XlplanError for one
    that cannot be changed in place."""
    try:
        package = Package(data)
        grid = read_grid(package[package.sheets[sheet]], ())
        widths = dict.fromkeys(range(1, columns + 1), _USUAL)
        for each in grid.columns:
            first, last = (number(each.attributes.get(key, "0")) for key in ("min", "max"))
            if (width := _length(each.attributes.get("width", ""))) is not None:
                room = max(0.0, width - _BESIDE_TEXT)
                widths |= dict.fromkeys(range(first, min(last, columns) + 1), room)
            if each.attributes.get("hidden") in ("1", "true"):
                widths = {n: room for n, room in widths.items() if not first <= n <= last}
    except UnfitError as unfit:
        raise unfit.at("") from None
    except MalformedError:
        raise unfit_part(sheet).at("") from None
    rows = {at: row.at.attributes for at, row in grid.rows.items()}
    found = {at: _length(named.get("ht", "")) for at, named in rows.items()}
    heights = {at: length for at, length in found.items() if length is not None}
    fixed = (at for at, named in rows.items() if named.get("customHeight") in ("1", "true"))
    return Sizes(heights, frozenset(fixed), widths)


def _length(text: str) -> float | None:
    """A height or a width as a file has it."""
    try:
        return float(text)
    except ValueError:
        return None


def _set_links(package: Package, part: str, links: Mapping[str, str]) -> None:
    """Links within the workbook in the place of those that are there."""
    data = package[part]
    names = {"worksheet", "hyperlinks", *AFTER_LINKS}
    found = [each for each in package.parsed(part, *names) if each.parent is None or _is_top(each)]
    prefix = found[0].prefix
    made = b"".join(
        with_attribute(
            with_attribute(f"<{prefix}hyperlink/>".encode(), "ref", cell), "location", place
        )
        for cell, place in links.items()
    )
    name = f"{prefix}hyperlinks".encode()
    made = b"<%s>%s</%s>" % (name, made, name) if made else b""
    old = next((each for each in found if each.name == "hyperlinks"), None)
    after = next((each for each in found if each.name in AFTER_LINKS), None)
    if old is not None:
        edit: Edit = (old.start, old.end, made)
    else:
        at = after.start if after is not None else found[0].close
        edit = (at, at, made)
    package[part] = splice(data, [edit])


def _set_fills(package: Package, fills: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    rows: dict[str, set[int]] = defaultdict(set)
    for sheet, cells in fills.items():
        for pair in ((sheet, name) for name in cells):
            for each, place in (pair, cells[pair[1]]):
                rows[each].add((place_of(place) or (0, 0))[0])
    styles = Styles(package)
    try:
        grids = {sheet: read_grid(package[package.sheets[sheet]], rows[sheet]) for sheet in rows}
    except MalformedError:
        raise unfit_part(package.book) from None
    for sheet, cells in fills.items():
        edits: list[Edit] = []
        for name, (other, place) in cells.items():
            cell, like = _cell(grids[sheet], name), _cell(grids[other], place)
            style = styles.with_fill_of(cell.style, like.style) if cell and like else None
            if cell and style is not None and style != cell.style:
                edits.append((*cell.tag, with_attribute(grids[sheet].raw(cell), "s", style)))
        package[package.sheets[sheet]] = splice(grids[sheet].data, edits)
    styles.write()


def _cell(grid: Grid, name: str) -> Cell | None:
    """A cell that is there."""
    at = place_of(name) or (0, 0)
    line = grid.rows.get(at[0])
    return line.cells.get(at[1]) if line else None


def _is_top(each: Element) -> bool:
    return each.parent is not None and each.parent.name == "worksheet"


def write_out_formulas(package: Package, part: str) -> None:
    """Give each formula that cells share a text of its own, so that one of them can go. Raises
    `UnfitError`."""
    data = package[part]
    edits: list[Edit] = []
    first: dict[str, tuple[int, int, str]] = {}
    try:
        grid = read_grid(data)
    except MalformedError:
        raise unfit_part(part) from None
    for row, line in grid.rows.items():
        for column, cell in line.cells.items():
            at = cell.formula
            if at is None or at.attributes.get("t") != "shared":
                continue
            index, text = at.attributes.get("si", ""), grid.formula(cell)
            if text:
                first[index] = row, column, text
            elif index in first:
                top, left, base = first[index]
                text = copied_formula(base, row - top, column - left)
            name = f"{at.prefix}f".encode()
            edits.append((at.start, at.end, b"<%s>%s</%s>" % (name, marked(text), name)))
    package[part] = splice(data, edits)
