"""What was written, read again by another reader: all but what was to change must be as before."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta

from xlplan.codes.edit_codes import EDIT_016, EDIT_017
from xlplan.late import regex
from xlplan.workbook.write.package import Package, UnfitError

At = tuple[int, int]
Cells = dict[At, object]
Moved = Callable[[int], int]
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")


def read_all(data: bytes) -> dict[str, Cells]:
    """The values of every sheet by cell (from 1), as the other reader has them. Blank cells are
    left out. Raises `UnfitError` for a workbook that it cannot read."""
    from python_calamine import CalamineError, CalamineWorkbook

    found: dict[str, Cells] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for about in book.sheets_metadata:
            if "WorkSheet" not in str(about.typ):
                continue
            sheet = book.get_sheet_by_name(about.name)
            top, left = sheet.start or (0, 0)
            rows = sheet.to_python(skip_empty_area=True)
            found[about.name] = {
                (top + row + 1, left + column + 1): value
                for row, values in enumerate(rows)
                for column, value in enumerate(values)
                if value != ""
            }
    except (CalamineError, OSError, ValueError):
        raise UnfitError(EDIT_016.fill()) from None
    return found


def check_parts(before: Package, after: Package, changed: Collection[str]) -> None:
    """Raise `UnfitError` where a part that is not among `changed` is packed otherwise than it
    was, or where one is gone or has come."""
    kept = [name for name in before.names if name not in changed]
    wrong = sum(name not in after or before.packed(name) != after.packed(name) for name in kept)
    wrong += len({*after.names} - {*before.names})
    if wrong:
        raise UnfitError(EDIT_017.fill(cells=wrong))


def check_values(
    before: Mapping[str, Cells],
    after: Mapping[str, Cells],
    intended: Mapping[str, Mapping[At, object]],
    open_: Mapping[str, Collection[At]],
    moved: Mapping[str, Moved],
    added: Collection[str] = (),
) -> None:
    """Raise `UnfitError` where a cell does not read as it should.

    `intended` are the values of the cells that were set, `open_` the cells whose result was taken
    out or is new, `moved` says for each sheet with new rows where an old row stands now, `added`
    are the sheets that came in.
    """
    wrong = 0 if before.keys() | set(added) == after.keys() else 1
    for sheet, cells in after.items():
        down = moved.get(sheet)
        old = before.get(sheet, {})
        if down:
            old = {(down(row), column): value for (row, column), value in old.items()}
        mine, free = intended.get(sheet, {}), open_.get(sheet, ())
        wrong += sum(not _reads_as(cells.get(at), value) for at, value in mine.items())
        other = old.keys() - cells.keys()
        for at, value in cells.items():
            before_ = old.get(at)
            if before_ != value or type(before_) is not type(value):
                other.add(at)
        wrong += sum(at not in mine and at not in free for at in other)
    if wrong:
        raise UnfitError(EDIT_017.fill(cells=wrong))


def _reads_as(read: object, value: object) -> bool:
    if value is None or value == "":
        return read is None
    if isinstance(value, str):
        return isinstance(read, str) and _folded(read) == _folded(value)
    if isinstance(value, bool):
        return read is value
    if isinstance(value, date):
        return isinstance(read, float) or _near(read, value)
    return isinstance(read, date | timedelta) or read == value or read == str(value)


def _folded(text: str) -> str:
    """A text without what the two readers treat in two ways."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").strip()


def _near(read: object, day: date) -> bool:
    """Whether a date was read to the second; the reader counts those of 1904 by itself."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    if isinstance(read, datetime):
        return abs(read - moment.replace(tzinfo=None)) < timedelta(seconds=1)
    return isinstance(read, date) and read == moment.date()
