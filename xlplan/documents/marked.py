"""Remarks on what leads say with colours, lines and boxes on the cells of their actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from xlplan.documents.form_rows import Form
from xlplan.documents.tables import Table, text_of
from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.ratings import match_rating
from xlplan.workbook.book import At, Book, ReadSheet, a1

_NEAR = 130.0
"""How far a colour may be from a rating's to look like it, of 765 from black to white."""
_CLEARLY = 1.3
"""How much nearer it must be than to any other rating's."""


def mark_remarks(
    book: Book, each: Table | Form, definition: PlanDefinition | None
) -> Iterator[Remark]:
    """What the marks on the cells of a table or a form say; see `xlplan.workbook.marks`."""
    sheet = each.sheet
    rows = _rows(each)
    for row in sorted({at[0] for at in (*sheet.fills, *sheet.struck)} & set(rows)):
        yield from _struck(book, sheet, row, rows[row])
        yield from _filled(book, sheet, row, rows[row], definition)


def box_remarks(book: Book, sheet: ReadSheet) -> Iterator[Remark]:
    """The texts of the text boxes of a sheet, and where its pictures are."""
    for at, text in sheet.boxes:
        yield remark("text box", Place(book.name, sheet.name, a1(*at)), text)
    for at in sheet.pictures:
        text = "A picture stands here; look at it in the file."
        yield remark("picture", Place(book.name, sheet.name, a1(*at)), text)


def link_remarks(book: Book, sheet: ReadSheet) -> Iterator[Remark]:
    """Where the links of a sheet lead, unless the cells show it."""
    for at, target in sorted(sheet.links.items()):
        if target.removeprefix("mailto:").rstrip("/") not in _value(sheet, at):
            yield remark("link", Place(book.name, sheet.name, a1(*at)), target)


def _rows(each: Table | Form) -> Mapping[int, Mapping[int, str]]:
    """Column ids by row and column, for the cells that belong to actions."""
    if isinstance(each, Form):
        return {line.row: {line.box: line.column} for line in each.lines}
    columns = {col: name for name, col in each.columns.items()}
    return dict.fromkeys(range(each.first, len(each.sheet.rows)), columns)


def _value(sheet: ReadSheet, at: At) -> str:
    row = sheet.rows[at[0]] if at[0] < len(sheet.rows) else ()
    return text_of(row[at[1]]) if at[1] < len(row) else ""


def _struck(book: Book, sheet: ReadSheet, row: int, columns: Mapping[int, str]) -> Iterator[Remark]:
    filled = [col for col in columns if _value(sheet, (row, col)).strip()]
    struck = sorted(col for col in columns if (row, col) in sheet.struck)
    if len(struck) > 1 and set(filled) <= set(struck):
        text = "The whole row is struck out: " + _shown(sheet, row, struck)
        yield remark("struck out", Place(book.name, sheet.name, a1(row, struck[0])), text)
        return
    for col in struck:
        if text := _value(sheet, (row, col)):
            yield remark("struck out", Place(book.name, sheet.name, a1(row, col)), text)


def _filled(
    book: Book,
    sheet: ReadSheet,
    row: int,
    columns: Mapping[int, str],
    definition: PlanDefinition | None,
) -> Iterator[Remark]:
    """One remark for each run of cells of a colour; none where it only repeats the rating."""
    coloured = sorted(col for col in columns if (row, col) in sheet.fills)
    for run in _runs(coloured, [sheet.fills[row, col] for col in coloured]):
        colour = sheet.fills[row, run[0]]
        looks = looks_like(colour, definition.ratings) if definition is not None else None
        if looks is not None and definition is not None:
            if _says(sheet, row, columns, definition, looks):
                continue
            meant = f", which looks like {looks.label}. If that is a rating, enter it as one"
        else:
            meant = ""
        cells = f"The cells to {a1(row, run[-1])} are" if len(run) > 1 else "The cell is"
        text = f"{cells} filled with {colour}{meant}: {_shown(sheet, row, run)}"
        yield remark("colour", Place(book.name, sheet.name, a1(row, run[0])), text)


def _runs(columns: Sequence[int], colours: Sequence[str]) -> list[list[int]]:
    runs: list[list[int]] = [[col] for col in columns[:1]]
    for (one, other), (first, second) in zip(pairwise(columns), pairwise(colours), strict=True):
        if other == one + 1 and first == second:
            runs[-1].append(other)
        else:
            runs.append([other])
    return runs


def _says(
    sheet: ReadSheet, row: int, columns: Mapping[int, str], definition: PlanDefinition, it: Rating
) -> bool:
    """Whether a rating in this row already says what its colour says."""
    for col, name in columns.items():
        item = definition.find(name)
        if item is not None and item.type == "rating":
            found = match_rating(_value(sheet, (row, col)), definition.scale_of(item))
            if found is not None and found.label == it.label:
                return True
    return False


def _shown(sheet: ReadSheet, row: int, columns: Sequence[int]) -> str:
    texts = (" ".join(_value(sheet, (row, col)).split()) for col in columns)
    return " | ".join(text for text in texts if text) or "(blank)"


def looks_like(colour: str, ratings: Sequence[Rating]) -> Rating | None:
    """The rating whose colour `colour` (``#RRGGBB``) clearly looks like, or None."""
    nearest: dict[str, tuple[float, int, Rating]] = {}
    for number, rating in enumerate(ratings):
        far = _distance(colour, rating.colour)
        if rating.label not in nearest or far < nearest[rating.label][0]:
            nearest[rating.label] = (far, number, rating)
    ordered = sorted(nearest.values(), key=lambda each: each[:2])
    if not ordered or ordered[0][0] > _NEAR:
        return None
    if len(ordered) > 1 and ordered[1][0] < ordered[0][0] * _CLEARLY:
        return None
    return ordered[0][2]


def _distance(one: str, other: str) -> float:
    """How different two colours look, red and blue weighed by how much red there is."""
    first, second = ([int(each[i : i + 2], 16) for i in (1, 3, 5)] for each in (one, other))
    mean = (first[0] + second[0]) / 2
    red, green, blue = ((a - b) ** 2 for a, b in zip(first, second, strict=True))
    return float(((2 + mean / 256) * red + 4 * green + (2 + (255 - mean) / 256) * blue) ** 0.5)
