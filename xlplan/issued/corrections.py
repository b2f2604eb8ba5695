"""A correction workbook: a lead's template again, in which only what is to be corrected is open.

The values are those that stand, and in the open cells what was typed there. Each has its message
beside it as a note; the first sheet lists them all, each a link to its cell. It is a template like
any other, so a merge needs to know nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from xlplan.issued.issued_places import places_of
from xlplan.issued.reply import Fault
from xlplan.issued.sheets import grown, page_of
from xlplan.language.catalogue import marked
from xlplan.merge.model import CellKey, Issued
from xlplan.plan.definition import PlanDefinition
from xlplan.returned.furniture import TO_CORRECT, UPDATE, sheet_name
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.cell_text import cell_name
from xlplan.workbook.write.look import Palette, palette, readable
from xlplan.workbook.write.sheet import Area, Cell, Column, Merge, Protection, Row, Sheet, Workbook

_WIDTHS = (9.0, 16.0, 26.0, 34.0, 64.0)
_HEADINGS = (
    marked("Cell"), marked("Action"), marked("Column"), marked("What you entered"),
    marked("What is needed"),
)  # fmt: skip
_GUIDE = marked(
    "Each line leads to a cell that needs correcting. It is open and tinted; all else is locked "
    "and stands as it is. Correct the cells, save the workbook, and send it back."
)


At = tuple[int, int]


def correction_workbook(
    book: Workbook, definition: PlanDefinition, issued: Issued, faults: Mapping[CellKey, Fault]
) -> Workbook:
    """`book`, the template that goes out as `issued`, with only the cells of the `faults` open.

    A fault of which the template has no cell is left out.
    """
    look = palette(definition)
    update = next(sheet for sheet in book.sheets if sheet.name == UPDATE)
    found = ((each.at, (each.key.uid, each.column)) for each in places_of(update))
    places = {key: at for at, key in found if key in faults}
    if not places:
        return book
    by_place = {at: faults[key] for key, at in places.items()}
    keyed = {number for number, row in enumerate(update.rows) if _uid(row)}
    rows = [
        replace(row, cells=[_corrected(cell, by_place.get((number, col)), look)
                            for col, cell in enumerate(row.cells)])
        if number in keyed else row
        for number, row in enumerate(update.rows)
    ]  # fmt: skip
    merges = [_merged(merge, keyed, by_place, look) for merge in update.merges]
    first = min(by_place)
    drawn = replace(update, rows=rows, merges=merges, active_cell=first)
    sheets = [drawn if sheet is update else sheet for sheet in book.sheets]
    return replace(book, sheets=[_listed(definition, issued, by_place, look), *sheets])


def _uid(row: Row) -> str:
    """The action (or proposal) of a row, by its key; blank where it has none."""
    first = row.cells[0] if row.cells else None
    key = parse_row_key(first.value) if first is not None else None
    return key.uid if key is not None else ""


def _corrected(cell: Cell | None, fault: Fault | None, look: Palette) -> Cell | None:
    """A cell of an action: open where it is to be corrected, and locked elsewhere."""
    if cell is None:
        return None
    if fault is None:
        if cell.style.locked:
            return cell
        fill = look.locked_fill
        shut = replace(cell.style, locked=True, fill=fill, colour=readable("#333333", fill))
        return replace(cell, style=shut)
    fill = look.missing.fill
    style = replace(
        cell.style, locked=False, fill=fill, border=look.missing.border,
        colour=readable(cell.style.colour, fill),
    )  # fmt: skip
    return Cell(fault.typed or None, style, note=fault.needed)


def _merged(merge: Merge, keyed: set[int], faults: Mapping[At, Fault], look: Palette) -> Merge:
    area = merge.area
    if area.first_row not in keyed:
        return merge
    found = _corrected(merge.cell, faults.get((area.first_row, area.first_col)), look)
    return replace(merge, cell=found or merge.cell)


def _listed(
    definition: PlanDefinition, issued: Issued, faults: Mapping[At, Fault], look: Palette
) -> Sheet:
    """The first sheet: what is to be corrected, a line each, with a link to its cell."""
    last, tongue = len(_WIDTHS) - 1, definition.tongue
    heading = 3
    body = replace(look.locked, fill="#FFFFFF")
    heads = [Cell(tongue.say(text), replace(look.heading, indent=1)) for text in _HEADINGS]
    high = max(grown(c, w, 22, tongue)[1] for c, w in zip(heads, _WIDTHS, strict=True))
    guide = Cell(tongue.say(_GUIDE), replace(look.banner_note, indent=1))
    guide, below = grown(guide, sum(_WIDTHS), 34, tongue)
    rows: list[Row] = [
        Row([Cell(None, look.banner) for _ in _WIDTHS], 34),
        Row([Cell(None, look.banner_sub) for _ in _WIDTHS], 22),
        Row([Cell(None, look.banner_note) for _ in _WIDTHS], below),
        Row([*heads], high),
    ]
    for at, fault in sorted(faults.items()):
        place = cell_name(*at)
        link = replace(body, colour=look.link.colour, bold=True)
        texts = (fault.action, fault.column, fault.typed or tongue.say("(blank)"), fault.needed)
        rows.append(
            Row([Cell(place, link, link=f"'{UPDATE}'!{place}"), *(Cell(t, body) for t in texts)])
        )
    count = len(faults)
    cycle = tongue.say("cycle {cycle}", cycle=issued.cycle)
    sub = "   ·   ".join((definition.title, issued.author, cycle))
    title = tongue.say_count("{count} cell to correct", "{count} cells to correct", count)
    merges = [
        Merge(Area(0, 0, 0, last), Cell(title, replace(look.banner, indent=1))),
        Merge(Area(1, 0, 1, last), Cell(sub, replace(look.banner_sub, indent=1))),
        Merge(Area(2, 0, 2, last), guide),
    ]
    return Sheet(
        name=sheet_name(TO_CORRECT, tongue),
        rows=rows,
        columns=[Column(width=width) for width in _WIDTHS],
        merges=merges,
        freeze=(heading + 1, 0),
        page=page_of(definition, issued, Area(0, 0, len(rows) - 1, last), heading),
        protection=Protection(definition.issue.password),
        tab_colour=look.missing.border,
        active_cell=(heading + 1, 0),
    )
