"""What is ours in a template: the texts around its actions and the colours of its cells.

Whatever else stands there when it comes back, somebody put there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from xlplan.issued.banner import SAMPLE
from xlplan.issued.prompts import still_wanted
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued
from xlplan.plan.definition import Lead, PlanDefinition
from xlplan.plan.text import canon_text
from xlplan.returned.columns import template_columns
from xlplan.workbook.write.look import palette
from xlplan.workbook.write.sheet import Cell, Sheet, Style, Workbook

_KEY = b"no stamp is made with it"
UPDATE = "Update"
"""The sheet that a lead fills in, whatever it is called when it comes back."""
SHORT = 3
"""Characters of a text that somebody may type too, such as a number: only as many of it as the
template has are its own."""
_WARNING = "\u26a0"
"""Messages of the template that count begin with it."""


@dataclass(frozen=True)
class Furniture:
    """`texts` as `flat` gives them, by sheet, each with how often it stands there; `fills` as
    ``#RRGGBB``."""

    texts: Mapping[str, Mapping[str, int]]
    fills: frozenset[str]

    def has(self, text: str, sheet: str = UPDATE) -> bool:
        """Whether a text is the template's own, on that sheet of it."""
        found = flat(text)
        return not found or found in self.texts.get(sheet, {}) or found.startswith(_WARNING)

    def short(self, sheet: str) -> Counter[str]:
        """How often each number and letter of the template's own stands on that sheet."""
        texts = self.texts.get(sheet, {})
        return Counter({text: n for text, n in texts.items() if len(text) <= SHORT})

    def counts(self, formula: str) -> bool:
        """Whether a formula is that of the template's message."""
        return _WARNING in formula


def flat(text: str) -> str:
    """A text as furniture is compared: on one line, whatever a program made of its spaces."""
    return " ".join(canon_text(text).split())


def furniture_of(definition: PlanDefinition, issued: Issued) -> Furniture:
    """The furniture of the template that went out as `issued`, under that definition."""
    lead = definition.lead(issued.author) or Lead(issued.author)
    book = template_workbook(definition, lead, issued, [], _KEY, "")
    cells = _cells(book)
    texts = {
        sheet.name: Counter(flat(text) for cell in _cells_of(sheet) if (text := _text(cell)))
        for sheet in book.sheets
    }
    # How wide the columns are, and whether there are actions, decides whether these are there.
    maybe = [SAMPLE, _text(still_wanted((), "", None, Style(), 0))]
    maybe += [column.heading for column in template_columns(definition)]
    for text in map(flat, maybe):
        texts[UPDATE].setdefault(text, 1)
    return Furniture(texts, _fills(definition, cells))


def _cells(book: Workbook) -> list[Cell]:
    return [cell for sheet in book.sheets for cell in _cells_of(sheet)]


def _cells_of(sheet: Sheet) -> list[Cell]:
    rows = (cell for row in sheet.rows for cell in row.cells)
    merges = (merge.cell for merge in sheet.merges)
    return [cell for cell in (*rows, *merges) if cell is not None]


def _text(cell: Cell) -> str:
    if cell.runs:
        return "".join(text for text, _ in cell.runs)
    return cell.value if isinstance(cell.value, str) else ""


def _fills(definition: PlanDefinition, cells: list[Cell]) -> frozenset[str]:
    """The fills of a template. Those of its rating key are not among them: on an action's cell,
    such a colour says something."""
    look = palette(definition)
    styles = [getattr(look, name) for name in look.__slots__]
    body = {style.fill for style in styles if isinstance(style, Style)}
    around = {cell.style.fill for cell in cells if cell.style is not None}
    around -= {rating.colour for rating in definition.ratings}
    return frozenset(fill.upper() for fill in body | around if fill)
