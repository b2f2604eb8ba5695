"""What is ours in a template, by the workbook itself: recorded when it goes out, and made
again for those that went out before it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from itertools import chain

from xlplan.issued.banner import SAMPLE
from xlplan.issued.prompts import still_wanted
from xlplan.issued.template import template_workbook
from xlplan.merge.ids import named
from xlplan.merge.model import Issued, Ours, Shared
from xlplan.plan.definition import Lead, PlanDefinition
from xlplan.returned.columns import template_columns
from xlplan.returned.furniture import UPDATE, flat, is_issued_date, packed
from xlplan.workbook.stamp import is_manifest, parse_row_key
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import Cell, Sheet, Style, Workbook

_KEY = b"no stamp is made with it"


class Furnishing:
    """Tells what is ours in the templates that go out under one definition."""

    def __init__(self, definition: PlanDefinition) -> None:
        self._definition = definition
        self._common: dict[tuple[str, str], dict[str, Counter[str]]] = {}

    def ours_of(
        self, issued: Issued, book: Workbook | None = None, known: Container[str] = ()
    ) -> Ours:
        """What is ours in `book`, the template that goes out as `issued`; without it, in a template
        as it would be written today. What its cycle shares is not brought along where it is
        `known` by its id."""
        book = book or self._written(issued)
        mine, common = self._texts(book), self._common_of(issued)
        both = {sheet: found & common[sheet] for sheet, found in mine.items()}
        shared, fills = packed(both), tuple(sorted(_fills(self._definition, book)))
        texts = packed({sheet: found - both[sheet] for sheet, found in mine.items()})
        name = named("f", shared, fills)
        return Ours(texts, name, None if name in known else Shared(name, shared, fills))

    def _common_of(self, issued: Issued) -> dict[str, Counter[str]]:
        """The texts of a template of that cycle which is nobody's."""
        key = (issued.cycle, issued.return_by)
        if key not in self._common:
            nobodys = self._written(replace(issued, id="", author=""))
            self._common[key] = self._texts(nobodys)
        return self._common[key]

    def _written(self, issued: Issued) -> Workbook:
        lead = self._definition.lead(issued.author) or Lead(issued.author)
        return template_workbook(self._definition, lead, issued, [], _KEY, "")

    def _texts(self, book: Workbook) -> dict[str, Counter[str]]:
        texts = {
            sheet.name: Counter(flat(text) for cell in _around(sheet) if (text := _text(cell)))
            for sheet in book.sheets
        }
        # How wide the columns are, and whether there are actions, decides whether these are there.
        maybe = [SAMPLE, _text(still_wanted((), "", None, Style(), 0))]
        maybe += [column.heading for column in template_columns(self._definition)]
        for text in map(flat, maybe):
            texts[UPDATE].setdefault(text, 1)
        return texts


def _around(sheet: Sheet) -> Iterator[Cell]:
    """The cells that belong to no row with a key and hold no stamp or date of such a row."""
    keyed = {number for number, row in enumerate(sheet.rows) if any(map(_is_key, row.cells))}
    rows = (row.cells for number, row in enumerate(sheet.rows) if number not in keyed)
    merged = (merge.cell for merge in sheet.merges if merge.area.first_row not in keyed)
    for cell in (*chain.from_iterable(rows), *merged):
        if cell is not None and not is_manifest(text := _text(cell)) and not is_issued_date(text):
            yield cell


def _is_key(cell: Cell | None) -> bool:
    return cell is not None and parse_row_key(cell.value) is not None


def _cells_of(sheet: Sheet) -> list[Cell]:
    rows = (cell for row in sheet.rows for cell in row.cells)
    merges = (merge.cell for merge in sheet.merges)
    return [cell for cell in (*rows, *merges) if cell is not None]


def _text(cell: Cell) -> str:
    if cell.runs:
        return "".join(text for text, _ in cell.runs)
    return cell.value if isinstance(cell.value, str) else ""


def _fills(definition: PlanDefinition, book: Workbook) -> frozenset[str]:
    """The fills of a template. Those of its rating key are not among them: on an action's cell,
    such a colour says something."""
    look = palette(definition)
    styles = [getattr(look, name) for name in look.__slots__]
    body = {style.fill for style in styles if isinstance(style, Style)}
    cells = (cell for sheet in book.sheets for cell in _cells_of(sheet))
    around = {cell.style.fill for cell in cells if cell.style is not None}
    around -= {rating.colour for rating in definition.ratings}
    return frozenset(fill.upper() for fill in body | around if fill)
