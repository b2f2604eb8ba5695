"""Cells and rows put into a workbook that is there, and nothing else of it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from xlplan.codes.edit_codes import EDIT_008, EDIT_010, EDIT_016, EDIT_018
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.write.added_parts import NewColumn, NewSheet, add_columns, add_sheet
from xlplan.workbook.write.around_cells import Around, change_around
from xlplan.workbook.write.cell_edits import At, Value, Wording, Written, write_cells
from xlplan.workbook.write.grid import place_of
from xlplan.workbook.write.inserted_rows import NewRows, insert_rows, notes_on, refuse_rows
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.read_back import check_parts, check_values, read_all
from xlplan.workbook.write.splice import MalformedError
from xlplan.workbook.write.stale import Stale, drop_stale, work_out_on_load
from xlplan.workbook.write.writing import no_collecting

_NOTHING = Around()
_WIDE = 1_024
"""Columns of a new row in which a formula elsewhere may look for it."""


class Patched(Struct, frozen=True):
    """A workbook after a change.

    `data` are its bytes: the very same where nothing changed. `refused` are the cells that were
    left as they are, by their names (``Plan!B7``), each with the reason. `notes` say what a person
    should look at. `stale` counts the formulas whose old result was taken out.
    """

    data: bytes
    refused: Mapping[str, Problem] = field(default_factory=dict)
    notes: Sequence[Problem] = ()
    stale: int = 0


def patch(
    data: bytes,
    cells: Mapping[str, Mapping[str, Value]],
    rows: Mapping[str, Sequence[NewRows]] | None = None,
    *,
    columns: Mapping[str, Sequence[NewColumn]] | None = None,
    sheets: Sequence[NewSheet] = (),
    around: Around = _NOTHING,
    name: str = "",
) -> Patched:
    """Set cells of an .xlsx or .xlsm workbook; every other part of it stays byte for byte.

    `cells` by the name of the sheet, then of the cell (``B7``): text, number, truth, date, or None
    for an empty cell. A cell that cannot be set is in `refused`; the others are set. `rows` by the
    name of the sheet are put in first, where they belong by the numbers that rows have now; `cells`
    are named by where they stand with the new rows in. Where one of a sheet's rows is refused (by
    the row it was to follow, ``Plan!12``), no row is put into that sheet and no cell of it is set.
    `columns` by the name of the sheet come to the right of all that it holds; their rows, too, are
    named by where they stand then. `sheets` come after all others. `around` is what changes beside
    the values. `name` is the file's, for messages.

    Raises XlplanError where the whole workbook cannot be changed: it is signed, has a password, is
    of another kind, is damaged, or does not read back as it should.
    """
    try:
        with no_collecting():
            return _patch(data, cells, rows or {}, columns or {}, sheets, around)
    except UnfitError as unfit:
        raise unfit.at(name) from None
    except MalformedError:
        raise EDIT_016.fault(name) from None


def _patch(
    data: bytes,
    cells: Mapping[str, Mapping[str, Value]],
    rows: Mapping[str, Sequence[NewRows]],
    columns: Mapping[str, Sequence[NewColumn]],
    sheets: Sequence[NewSheet],
    around: Around,
) -> Patched:
    package = Package(data)
    for more in sheets:
        add_sheet(package, more)
    refused: dict[str, Problem] = {}
    inserted, notes = _insert(package, rows, refused)
    stopped = {each: new[0].after for each, new in rows.items() if new and each not in inserted}
    for sheet in cells.keys() & stopped.keys():
        row = f"{sheet}!{stopped[sheet]}"
        places_ = (f"{sheet}!{cell}" for cell in cells[sheet])
        refused |= {place: EDIT_010.problem(place, row=row) for place in places_}
    free = {sheet: values for sheet, values in cells.items() if sheet not in stopped}
    places = _places(package, free, refused)
    for sheet, wider in columns.items():
        add_columns(package, sheet, [] if sheet in stopped else wider)
    wording = Wording.of(package)
    written: dict[str, Written] = {}
    for sheet, values in places.items():
        over, fills = around.over_formulas, around.fills.get(sheet, {})
        filled = frozenset(at for name in fills if (at := place_of(name)))
        written[sheet] = write_cells(
            package, sheet, values, wording, over_formulas=over, filled=filled
        )
    wording.write()
    change_around(package, around)
    notes += [note for each in written.values() for note in each.notes]
    for each in written.values():
        refused |= {problem.where: problem for problem in each.refused.values()}
    if not package.new:
        return Patched(data, refused, notes)
    changed = {sheet: set(each.changed) for sheet, each in written.items()}
    for sheet, new in inserted.items():
        changed.setdefault(sheet, set()).update(_new_cells(new))
    stale = drop_stale(package, changed, rows_moved=bool(inserted))
    if stale.formulas:
        work_out_on_load(package)
    if stale.count:
        notes.append(EDIT_018.problem("", formulas=stale.count))
    made = package.save()
    moved = {sheet: partial(_moved, new) for sheet, new in inserted.items()}
    _check(data, made, package, places, written, stale, moved)
    return Patched(made, refused, notes, stale.count)


def _insert(
    package: Package, rows: Mapping[str, Sequence[NewRows]], refused: dict[str, Problem]
) -> tuple[dict[str, Sequence[NewRows]], list[Problem]]:
    """Put rows in, sheet by sheet; those of a sheet all or none. Gives those that were, and what
    a person should look at."""
    inserted: dict[str, Sequence[NewRows]] = {}
    notes: list[Problem] = []
    for sheet, asked in rows.items():
        wrong = {f"{sheet}!{new.after}": _refused(package, sheet, new) for new in asked}
        problems = {at: filled.at(at) for at, filled in wrong.items() if filled}
        refused |= problems
        if problems or not asked:
            continue
        inserted[sheet] = asked
        for new in sorted(asked, key=lambda each: -each.after):
            notes += notes_on(package, sheet, new)
            insert_rows(package, sheet, new)
    return inserted, notes


def _refused(package: Package, sheet: str, new: NewRows) -> Filled | None:
    if sheet not in package.sheets:
        chart = sheet in package.tabs
        return EDIT_008.fill("chart") if chart else EDIT_008.fill("sheet")
    return refuse_rows(package, sheet, new)


def _moved(inserted: Sequence[NewRows], row: int) -> int:
    """Where a row stands after all of these were put in."""
    return row + sum(new.count for new in inserted if new.after < row)


def _new_cells(inserted: Sequence[NewRows]) -> Iterator[At]:
    """The cells of the new rows, as far to the right as sheets usually go."""
    for new in inserted:
        first = new.after + sum(each.count for each in inserted if each.after < new.after) + 1
        for row in range(first, first + new.count):
            yield from ((row, column) for column in range(1, _WIDE + 1))


def _places(
    package: Package, cells: Mapping[str, Mapping[str, Value]], refused: dict[str, Problem]
) -> dict[str, dict[At, Value]]:
    """The cells by row and column; those that there cannot be are refused."""
    found: dict[str, dict[At, Value]] = {}
    for sheet, values in cells.items():
        if sheet not in package.sheets:
            missing = EDIT_008.fill("chart") if sheet in package.tabs else EDIT_008.fill("sheet")
            refused |= {each: missing.at(each) for each in (f"{sheet}!{name}" for name in values)}
            continue
        for name, value in values.items():
            if at := place_of(name):
                found.setdefault(sheet, {})[at] = value
            else:
                where = f"{sheet}!{name}"
                refused[where] = EDIT_008.problem(where, "cell")
    return found


def _check(
    data: bytes,
    made: bytes,
    package: Package,
    places: Mapping[str, Mapping[At, Value]],
    written: Mapping[str, Written],
    stale: Stale,
    moved: Mapping[str, Callable[[int], int]],
) -> None:
    """Raise `UnfitError` where the workbook does not read back as it should."""
    check_parts(package, Package(made), {*package.new, *package.gone})
    intended = {
        sheet: {at: value for at, value in values.items() if at in written[sheet].changed}
        for sheet, values in places.items()
    }
    new = package.tabs[len(Package(data).tabs) :]
    check_values(read_all(data), read_all(made), intended, stale.cells, moved, new)
