"""Cells and rows put into a workbook that is there, and nothing else of it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlplan.codes.edit_codes import EDIT_008, EDIT_016, EDIT_018
from xlplan.errors import Problem
from xlplan.workbook.write.cell_edits import At, Value, Wording, Written, write_cells
from xlplan.workbook.write.grid import place_of
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.read_back import check_parts, check_values, read_all
from xlplan.workbook.write.splice import MalformedError
from xlplan.workbook.write.stale import Stale, drop_stale, work_out_on_load


@dataclass(frozen=True)
class Patched:
    """A workbook after a change.

    `data` are its bytes: the very same where nothing changed. `refused` are the cells that were
    left as they are, by their names (``Plan!B7``), each with the reason. `notes` say what a person
    should look at. `stale` counts the formulas whose old result was taken out.
    """

    data: bytes
    refused: Mapping[str, Problem] = field(default_factory=dict)
    notes: Sequence[Problem] = ()
    stale: int = 0


def patch(data: bytes, cells: Mapping[str, Mapping[str, Value]], *, name: str = "") -> Patched:
    """Set cells of an .xlsx or .xlsm workbook; every other part of it stays byte for byte.

    `cells` by the name of the sheet, then of the cell (``B7``): text, number, truth, date, or None
    for an empty cell. A cell that cannot be set is in `refused`; the others are set. `name` is the
    file's, for messages.

    Raises XlplanError where the whole workbook cannot be changed: it is signed, has a password, is
    of another kind, is damaged, or does not read back as it should.
    """
    try:
        return _patch(data, cells)
    except UnfitError as unfit:
        raise unfit.at(name) from None
    except MalformedError:
        raise EDIT_016.fault(name) from None


def _patch(data: bytes, cells: Mapping[str, Mapping[str, Value]]) -> Patched:
    package = Package(data)
    refused: dict[str, Problem] = {}
    places = _places(package, cells, refused)
    wording = Wording.of(package)
    written: dict[str, Written] = {}
    for sheet, values in places.items():
        written[sheet] = write_cells(package, sheet, values, wording)
    wording.write()
    notes = [note for each in written.values() for note in each.notes]
    for each in written.values():
        refused |= {problem.where: problem for problem in each.refused.values()}
    if not package.new:
        return Patched(data, refused, notes)
    changed = {sheet: each.changed for sheet, each in written.items()}
    stale = drop_stale(package, changed)
    if stale.formulas:
        work_out_on_load(package)
    if stale.count:
        notes.append(EDIT_018.problem("", formulas=stale.count))
    made = package.save()
    _check(data, made, package, places, written, stale)
    return Patched(made, refused, notes, stale.count)


def _places(
    package: Package, cells: Mapping[str, Mapping[str, Value]], refused: dict[str, Problem]
) -> dict[str, dict[At, Value]]:
    """The cells by row and column; those that there cannot be are refused."""
    found: dict[str, dict[At, Value]] = {}
    for sheet, values in cells.items():
        for name, value in values.items():
            where, at = f"{sheet}!{name}", place_of(name)
            if sheet not in package.tabs:
                refused[where] = EDIT_008.problem(where, "sheet")
            elif sheet not in package.sheets:
                refused[where] = EDIT_008.problem(where, "chart")
            elif at is None:
                refused[where] = EDIT_008.problem(where, "cell")
            else:
                found.setdefault(sheet, {})[at] = value
    return found


def _check(
    data: bytes,
    made: bytes,
    package: Package,
    places: Mapping[str, Mapping[At, Value]],
    written: Mapping[str, Written],
    stale: Stale,
) -> None:
    """Raise `UnfitError` where the workbook does not read back as it should."""
    check_parts(package, Package(made), {*package.new, *package.gone})
    intended = {
        sheet: {at: value for at, value in values.items() if at in written[sheet].changed}
        for sheet, values in places.items()
    }
    check_values(read_all(data), read_all(made), intended, stale.cells, {})
