"""Results of formulas that may depend on what changed: found over all sheets, and taken out.

Programs work a result out where there is none; phones and previewers would else show the old one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct, field

from xlplan.codes.edit_codes import EDIT_016
from xlplan.late import regex
from xlplan.workbook.write.formula_refs import Area, Known, Looks, copied_formula, looks_of
from xlplan.workbook.write.grid import Box, Grid, box_of, holds, read_grid
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.splice import Edit, MalformedError, splice, with_attribute

At = tuple[int, int]
Spot = tuple[str, int, int]
"""The name of a sheet with its case folded, row and column."""
_FORMULA = regex(rb"<(?:\w+:)?f[\s/>]")
_BLOCK = 256
"""Rows that are looked up together."""
_FEW_BLOCKS = 64
_LARGEST_SPREAD = 100_000


class Stale(Struct):
    """The cells, by the name of their sheet, whose result was taken out."""

    cells: dict[str, set[At]] = field(default_factory=dict)
    formulas: bool = False
    """Whether the workbook has any formula."""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.cells.values()))


def has_formulas(sheet: bytes) -> bool:
    """Whether a worksheet part has a formula."""
    return _FORMULA.search(sheet) is not None


def drop_stale(
    package: Package, changed: Mapping[str, Collection[At]], *, rows_moved: bool = False
) -> Stale:
    """Take out the results of formulas that may depend on the `changed` cells (by sheet), and have
    the pivot tables that count them refreshed. With `rows_moved` results made of places count too.

    Raises `UnfitError` where a part cannot be read.
    """
    if not any(changed.values()) and not rows_moved:
        return Stale()
    known = Known.of(package)
    grids = _grids(package)
    watch = _Watch(grids, known, rows_moved)
    for sheet, cells in changed.items():
        name = sheet.casefold()
        watch.dirty.update((name, row, column) for row, column in cells)
    watch.spread()
    found = Stale(formulas=bool(grids))
    for sheet, (part, grid) in grids.items():
        hit = watch.results.get(sheet.casefold(), set())
        edits, dropped = _without_results(grid, hit)
        if dropped:
            found.cells[sheet] = dropped
            package[part] = splice(grid.data, edits)
    _refresh_pivots(package, known, watch)
    return found


def _grids(package: Package) -> dict[str, tuple[str, Grid]]:
    """The sheets that have formulas, by name: their part and its rows."""
    found = {}
    for sheet, part in package.sheets.items():
        if has_formulas(package[part]):
            try:
                found[sheet] = part, read_grid(package[part], formulas=True)
            except MalformedError:
                raise UnfitError(EDIT_016.fill("part", part=part)) from None
    return found


def _without_results(grid: Grid, hit: Collection[At]) -> tuple[list[Edit], set[At]]:
    """The edits that take out these results, and the cells that had one."""
    edits: list[Edit] = []
    dropped: set[At] = set()
    for row, column in hit:
        line = grid.rows.get(row)
        cell = line.cells.get(column) if line else None
        if cell and cell.value:
            dropped.add((row, column))
            edits.append((cell.value.start, cell.value.end, b""))
            tag = grid.raw(cell)
            if (without := with_attribute(tag, "t", None)) != tag:
                edits.append((*cell.tag, without))
    return edits, dropped


class _Watch:
    """Formulas by what they look at. `spread` follows what is dirty until nothing more is."""

    def __init__(
        self, grids: Mapping[str, tuple[str, Grid]], known: Known, rows_moved: bool
    ) -> None:
        self.known = known
        self.dirty: set[Spot] = set()
        self.all: set[Spot] = set()
        """All that was dirty."""
        self.results: dict[str, set[At]] = {}
        self._fills: dict[Spot, Box] = {}
        self._single: dict[Spot, list[Spot]] = {}
        self._blocks: dict[tuple[str, int], set[Area]] = {}
        self._wide: dict[str, set[Area]] = {}
        self._of_area: dict[Area, list[Spot]] = {}
        self._anywhere: list[Spot] = []
        self._by_place: list[Spot] = []
        for sheet, (_, grid) in grids.items():
            for at, looks in _formulas(sheet.casefold(), grid, known, self._fills):
                self._add((sheet.casefold(), *at), looks, rows_moved)

    def _add(self, spot: Spot, looks: Looks, rows_moved: bool) -> None:
        if looks.anywhere:
            self._anywhere.append(spot)
        elif looks.by_place and rows_moved:
            self._by_place.append(spot)
        for sheet, box in looks.areas:
            if box[:2] == box[2:]:
                self._single.setdefault((sheet, *box[:2]), []).append(spot)
                continue
            area = (sheet, box)
            self._of_area.setdefault(area, []).append(spot)
            blocks = range(box[0] // _BLOCK, box[2] // _BLOCK + 1)
            if len(blocks) > _FEW_BLOCKS:
                self._wide.setdefault(sheet, set()).add(area)
            else:
                for block in blocks:
                    self._blocks.setdefault((sheet, block), set()).add(area)

    def spread(self) -> None:
        """Follow what is dirty from formula to formula."""
        waiting = list(self.dirty)
        self.all |= self.dirty
        for spot in (*self._anywhere, *self._by_place):
            waiting += self._mark(spot)
        while waiting:
            spot = waiting.pop()
            for formula in self._looking_at(spot):
                waiting += self._mark(formula)

    def _looking_at(self, spot: Spot) -> list[Spot]:
        found = self._single.pop(spot, [])
        sheet, row, column = spot
        for areas in (self._blocks.get((sheet, row // _BLOCK)), self._wide.get(sheet)):
            hit = [area for area in areas or () if holds(area[1], row, column)]
            for area in hit:
                found += self._of_area.pop(area, [])
            if areas:
                areas.difference_update(hit)
        return found

    def _mark(self, formula: Spot) -> list[Spot]:
        """The cells that a formula fills, where they were not dirty before."""
        sheet, row, column = formula
        box = self._fills.get(formula, (row, column, row, column))
        if (box[2] - box[0] + 1) * (box[3] - box[1] + 1) > _LARGEST_SPREAD:
            box = row, column, row, column
        results = self.results.setdefault(sheet, set())
        found = []
        for each in range(box[0], box[2] + 1):
            for other in range(box[1], box[3] + 1):
                results.add((each, other))
                if (sheet, each, other) not in self.all:
                    self.all.add((sheet, each, other))
                    found.append((sheet, each, other))
        return found


def _formulas(
    sheet: str, grid: Grid, known: Known, fills: dict[Spot, Box]
) -> Iterator[tuple[At, Looks]]:
    """The cells of a sheet that have a formula, with what it looks at; one that is shared is read
    as it stands in each cell. `fills` gets the areas of those that fill more than their cell."""
    shared: dict[str, tuple[int, int, str]] = {}
    for row, line in grid.rows.items():
        for column, cell in line.cells.items():
            if cell.formula is None:
                continue
            about = cell.formula.attributes
            text, kind = grid.formula(cell), about.get("t", "")
            if kind == "shared" and text:
                shared[about.get("si", "")] = row, column, text
            elif kind == "shared" and about.get("si", "") in shared:
                top, left, base = shared[about.get("si", "")]
                text = copied_formula(base, row - top, column - left)
            box = box_of(about.get("ref", "")) if kind in ("array", "dataTable") else None
            if box:
                fills[sheet, row, column] = box
            if kind == "dataTable":
                yield (row, column), Looks(anywhere=True)
            else:
                yield (row, column), looks_of(text, sheet, (row, column), known)


def _refresh_pivots(package: Package, known: Known, watch: _Watch) -> None:
    """Have pivot tables refreshed where the data that they count may have changed."""
    for name in package.related(package.book, "pivotCacheDefinition"):
        found = package.parsed(name, "pivotCacheDefinition", "worksheetSource")
        source = next((each for each in found if each.name == "worksheetSource"), None)
        if source is None or not _is_hit(source.attributes, known, watch):
            continue
        root = found[0]
        content = package[name]
        tag = with_attribute(content[root.start : root.inner], "refreshOnLoad", 1)
        package[name] = splice(content, [(*root.tag, tag)])


def _is_hit(source: Mapping[str, str], known: Known, watch: _Watch) -> bool:
    sheet = source.get("sheet", "").casefold()
    if "ref" in source:
        box = box_of(source["ref"])
        looks = Looks(((sheet, box),)) if box else Looks(anywhere=True)
    else:
        looks = looks_of(source.get("name", ""), sheet, (1, 1), known)
    if not looks.areas:
        return True
    return any(
        spot[0] == area[0] and holds(area[1], *spot[1:])
        for area in looks.areas
        for spot in watch.all
    )


_BEFORE_CALCULATION = frozenset(
    {"sheets", "functionGroups", "externalReferences", "definedNames", "calcPr"}
)


def work_out_on_load(package: Package) -> None:
    """Have programs work out all formulas when the workbook is next opened."""
    content = package[package.book]
    named = package.parsed(package.book, "workbook", *_BEFORE_CALCULATION)
    root = named[0]
    inside = [each for each in named if each.parent is root]
    mark = next((each for each in inside if each.name == "calcPr"), None)
    if mark:
        tag = with_attribute(content[mark.start : mark.inner], "fullCalcOnLoad", 1)
        package[package.book] = splice(content, [(*mark.tag, tag)])
    elif inside:
        at = max(each.end for each in inside)
        new = f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'.encode()
        package[package.book] = splice(content, [(at, at, new)])
