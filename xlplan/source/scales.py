"""The rating scales of a spreadsheet, and ratings that are only a cell's fill colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from xlplan.plan.definition import Field, Rating
from xlplan.plan.propose import about
from xlplan.plan.propose_ratings import (
    LegendLine,
    RatingCell,
    leading_rating,
    one_rating,
    parse_legend,
    propose_scale,
    rating_by_fill,
    share_scale,
    usual_scale,
)
from xlplan.plan.values import match_rating
from xlplan.source.headings import cell_text
from xlplan.source.layout import Layout
from xlplan.source.plan_rows import Draft
from xlplan.workbook.read.book import At


@dataclass(frozen=True, slots=True)
class Scales:
    """Fields with their scales set, the ratings, the legend's rows, and what was guessed."""

    fields: tuple[Field, ...]
    ratings: tuple[Rating, ...]
    legend: frozenset[tuple[int, int]]
    guesses: tuple[str, ...]


def find_scales(
    fields: Sequence[Field], drafts: Sequence[Draft], layouts: Sequence[Layout],
    empty: Mapping[str, Sequence[tuple[int, At]]], split: Mapping[str, str], leading: Set[str],
) -> Scales:  # fmt: skip
    """The scales of all rating fields; a field in which no rating can be found becomes text.

    `empty` are the places (sheet, cell) of blank rating cells, by field id; `split` names, for a
    field that takes ratings out of a mixed column, the field that holds both; `leading` those that
    take the word a note begins with.
    """
    cells = {
        f.id: _cells(f, drafts, layouts, split.get(f.id, f.id), f.id in leading)
        for f in fields
        if f.field_type.rated
    }
    codes = {one_rating(cell.text) for found in cells.values() for cell in found}
    legend, rows = _legend(layouts, codes)
    ratings: list[Rating] = []
    guesses: list[str] = []
    chosen: dict[str, Field] = {}
    for item in sorted((f for f in fields if f.field_type.rated), key=_main_first):
        texts = [cell.text for cell in cells[item.id]]
        home = next(
            (s for s in dict.fromkeys(r.scale for r in ratings)
             if share_scale(texts, [r for r in ratings if r.scale == s])), None
        )  # fmt: skip
        if home is None and ratings and not texts:
            home = ratings[0].scale
        if home is not None:
            chosen[item.id] = replace(item, scale=home)
            continue
        name = item.id if ratings else ""
        group = [c for f in cells for c in cells[f] if f == item.id or not ratings]
        made, said = propose_scale(group, legend if not name else (), name)
        if not made:
            made = usual_scale(_fills(empty.get(item.id, ()), layouts))
            said = tuple(f'rating "{r.code}": from fill colours alone' for r in made)
        if made:
            ratings += made
            guesses += said
            chosen[item.id] = replace(item, scale=name)
        else:
            chosen[item.id] = replace(item, type="text", role="text")
            guesses.append(f'{about(item.of, item.id)}no ratings were found under "{item.heading}"')
    return Scales(
        tuple(chosen.get(f.id, f) if f.field_type.rated else f for f in fields),
        tuple(ratings), frozenset(rows), tuple(guesses),
    )  # fmt: skip


def _main_first(item: Field) -> int:
    return {"rating": 0, "previous_rating": 1, "initial_rating": 2}.get(item.role, 3)


def _cells(
    item: Field, drafts: Sequence[Draft], layouts: Sequence[Layout], source: str, leading: bool
) -> list[RatingCell]:
    found: list[RatingCell] = []
    for draft in drafts:
        for value, at in draft.cells.get(source, []) if draft.kind == item.of else []:
            text = leading_rating(cell_text(value)) if leading else cell_text(value)
            if source == item.id or len(text) <= 24:
                fill = layouts[draft.sheet].sheet.fills.get(at, "")
                found.append(RatingCell(text, fill, item.id))
    return found


def _fills(places: Sequence[tuple[int, At]], layouts: Sequence[Layout]) -> list[str]:
    return [fill for sheet, at in places if (fill := layouts[sheet].sheet.fills.get(at, ""))]


def _legend(
    layouts: Sequence[Layout], codes: set[str]
) -> tuple[list[LegendLine], list[tuple[int, int]]]:
    """The legend's lines and where they stand: notes that explain at least two ratings in all."""
    lines: dict[str, LegendLine] = {}
    rows: list[tuple[int, int]] = []
    for number, layout in enumerate(layouts):
        for line in layout.lines:
            if line.kind != "note":
                continue
            for code, label in parse_legend(line.text, codes):
                fill = next((f for (r, _), f in sorted(layout.sheet.fills.items())
                             if r == line.row), "")  # fmt: skip
                lines.setdefault(code, LegendLine(code, label, fill))
                rows.append((number, line.row))
    return (list(lines.values()), rows) if len(lines) > 1 else ([], [])


def fill_rating(
    item: Field, draft: Draft, at: At, layouts: Sequence[Layout], ratings: Sequence[Rating]
) -> Rating | None:
    """The rating that a blank rating cell shows by its fill alone, or None."""
    fill = layouts[draft.sheet].sheet.fills.get(at, "")
    scale = [r for r in ratings if r.scale == item.scale]
    return rating_by_fill(fill, scale) if fill else None


def is_rating(text: str, item: Field, ratings: Sequence[Rating]) -> bool:
    """Whether a text of a mixed column is a rating rather than prose."""
    return match_rating(text, [r for r in ratings if r.scale == item.scale]) is not None
