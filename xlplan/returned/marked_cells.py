"""What somebody said of a returned cell by a colour, a line through it, or a box beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.definition import ENTRY, PlanDefinition, Rating
from xlplan.plan.values import match_rating
from xlplan.returned.boxes import Form
from xlplan.returned.tables import Table, value_at
from xlplan.workbook.read.book import At, Book, ReadSheet, a1

_NEAR = 130.0
"""How far a colour may be from a rating's to look like it, of 765 from black to white."""
_CLEARLY = 1.3
"""How much nearer it must be than to any other rating's."""


def mark_remarks(book: Book, each: Table | Form, definition: PlanDefinition) -> Iterator[Remark]:
    """What the marks on the cells of a table or a form say; see `xlplan.workbook.read.marks`."""
    sheet = each.sheet
    marked = {at[0] for at in (*sheet.fills, *sheet.struck, *sheet.letters)}
    for row, columns in _rows(each, sorted(marked)) if marked else ():
        yield from _struck(book, sheet, row, columns)
        yield from _coloured(book, sheet, row, columns, definition)


def _rows(each: Table | Form, marked: Iterable[int]) -> Iterator[tuple[int, Mapping[int, str]]]:
    """Those of these rows in which cells belong to actions, with their column ids by column."""
    if isinstance(each, Form):
        lines = ((row, each.line_at(row)) for row in marked)
        yield from ((row, {line.box: line.column}) for row, line in lines if line is not None)
        return
    columns = {col: name for name, col in each.columns.items()}
    yield from ((row, columns) for row in marked if each.first <= row < len(each.sheet.rows))


def _struck(book: Book, sheet: ReadSheet, row: int, columns: Mapping[int, str]) -> Iterator[Remark]:
    filled = [col for col in columns if value_at(sheet, (row, col)).strip()]
    struck = sorted(col for col in columns if (row, col) in sheet.struck)
    if len(struck) > 1 and set(filled) <= set(struck):
        text = "The whole row is struck out: " + _shown(sheet, row, struck)
        yield remark("struck out", Place(book.name, sheet.name, a1(row, struck[0])), text)
        return
    for col in struck:
        if text := value_at(sheet, (row, col)):
            yield remark("struck out", Place(book.name, sheet.name, a1(row, col)), text)


def _coloured(
    book: Book,
    sheet: ReadSheet,
    row: int,
    columns: Mapping[int, str],
    definition: PlanDefinition,
) -> Iterator[Remark]:
    """One remark for each run of cells of a colour, or with letters of one; none where it only
    repeats the rating."""
    for colours, one, several in (
        (sheet.fills, "The cell is filled with", "The cells to {} are filled with"),
        (_letters(sheet, row, columns, definition), "The letters are", "The letters to {} are"),
    ):
        found = sorted(col for col in columns if (row, col) in colours)
        for run in _runs(found, [colours[row, col] for col in found]):
            colour = colours[row, run[0]]
            looks = looks_like(colour, definition.ratings)
            if looks is not None and _repeats(sheet, row, columns, definition, looks):
                continue
            meant = f", which looks like {looks.label}. {_AS_RATING}" if looks else ""
            cells = several.format(a1(row, run[-1])) if len(run) > 1 else one
            text = f"{cells} {colour}{meant}: {_shown(sheet, row, run)}"
            yield remark("colour", Place(book.name, sheet.name, a1(row, run[0])), text)


_AS_RATING = "If that is a rating, enter it as one"


def _letters(
    sheet: ReadSheet, row: int, columns: Mapping[int, str], definition: PlanDefinition
) -> Mapping[At, str]:
    """The colours of letters in the inputs of a row, where the cell is not filled too; programs
    colour those of a link."""
    others = sheet.letters.keys() - sheet.fills.keys() - sheet.links.keys()
    found: dict[At, str] = {}
    for col, name in columns.items():
        item = definition.find(name.removesuffix(ENTRY)) if (row, col) in others else None
        if item is not None and item.owner == "lead" and value_at(sheet, (row, col)).strip():
            found[row, col] = sheet.letters[row, col]
    return found


def _runs(columns: Sequence[int], colours: Sequence[str]) -> list[list[int]]:
    runs: list[list[int]] = [[col] for col in columns[:1]]
    for (one, other), (first, second) in zip(pairwise(columns), pairwise(colours), strict=True):
        if other == one + 1 and first == second:
            runs[-1].append(other)
        else:
            runs.append([other])
    return runs


def _repeats(
    sheet: ReadSheet, row: int, columns: Mapping[int, str], definition: PlanDefinition, it: Rating
) -> bool:
    """Whether a rating in this row already says what its colour says."""
    for col, name in columns.items():
        item = definition.find(name)
        if item is not None and item.field_type.rated:
            found = match_rating(value_at(sheet, (row, col)), definition.scale_of(item))
            if found is not None and found.label == it.label:
                return True
    return False


def _shown(sheet: ReadSheet, row: int, columns: Sequence[int]) -> str:
    texts = (" ".join(value_at(sheet, (row, col)).split()) for col in columns)
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
