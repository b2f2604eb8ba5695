"""The rating scales of a spreadsheet: from the rating cells, a legend, and the colours of cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from xlplan.plan.definition import Field, Rating
from xlplan.plan.legend import (
    NUMBERS,
    LegendCell,
    LegendLine,
    by_colour,
    explain,
    explain_below,
    lists_another,
    numbers_explained,
    says_how_far,
)
from xlplan.plan.propose import about
from xlplan.plan.propose_ratings import (
    LONGEST_RATING,
    RatingCell,
    close_where_answered,
    one_rating,
    propose_scale,
    scale_of_colours,
    share_scale,
)
from xlplan.plan.propose_roles import normal_heading
from xlplan.plan.status_words import (
    families,
    is_colour,
    known_state,
    leading_rating,
    one_word,
    rating_by_fill,
)
from xlplan.plan.text import fold
from xlplan.plan.values import match_rating
from xlplan.source.column_roles import repeat_a_few
from xlplan.source.drafts import Draft, FieldCells
from xlplan.source.headings import cell_text, point_text
from xlplan.source.layout import Layout
from xlplan.workbook.read.book import At

MOST_EXPLAINED = 20
"""Rows of a table that may be a legend."""
NOTHING_CLOSES = "set closed = true for the one that does"
"""How the guess ends that is made of a scale on which no action can be finished."""


class Scales(Struct, frozen=True):
    """Fields with their scales set, the ratings, the legend's rows, and what was guessed."""

    fields: tuple[Field, ...]
    ratings: tuple[Rating, ...]
    legend: frozenset[tuple[int, int]]
    guesses: tuple[str, ...]
    coloured: frozenset[str] = frozenset()
    """Fields of which every cell holds the same sign, so that its colour is the rating."""


class _Legend(Struct, frozen=True):
    """What a spreadsheet explains: ratings by name, colours alone, and where."""

    lines: Sequence[LegendLine]
    colours: Sequence[LegendLine]
    rows: frozenset[tuple[int, int]]


class _Others(Struct, frozen=True):
    """What drop-downs hold beside ratings: the short texts in columns without ratings, folded, and
    the headings of the columns that repeat a few texts, ratings among them."""

    values: frozenset[str]
    headings: frozenset[str]

    @classmethod
    def of(cls, fields: Sequence[Field], cells: FieldCells, rated: Set[str]) -> _Others:
        """Those of a plan; `rated` are the ids of the fields that hold ratings."""
        by_item = {item: cells.of(item.of, item.id) for item in fields}
        texts = {text for item, column in by_item.items() if item.id not in rated
                 for text in {*column.by_row}} - {""}  # fmt: skip
        short = {fold(text) for text in texts if len(text) <= LONGEST_RATING}
        lists = (
            item for item, column in by_item.items()
            if item.id in rated or (item.role != "action" and repeat_a_few(column))
        )  # fmt: skip
        return cls(frozenset(short), frozenset(normal_heading(item.heading) for item in lists))


def numbers_of(layouts: Sequence[Layout], plans: set[tuple[int, int]]) -> set[str]:
    """The numbers that a legend explains as points of a rating scale, outside the plan's rows."""
    for number, layout in enumerate(layouts):
        for rows in _parts(layout, number, plans):
            lines = [line for _, line in _explained(rows, set(NUMBERS))]
            if numbers_explained(lines):
                return {line.code for line in lines}
    return set()


def states_of(layouts: Sequence[Layout], plans: set[tuple[int, int]], texts: Set[str]) -> set[str]:
    """Those of some texts (folded) that a legend outside the plan's rows explains, where two or
    more of what it says of them say how far something is."""
    for number, layout in enumerate(layouts):
        for rows in _parts(layout, number, plans):
            lines = {fold(line.code): line for _, line in _explained(rows, {*texts})}
            if sum(says_how_far(line.label) for line in lines.values()) > 1:
                return {*lines}
    return set()


def find_scales(
    fields: Sequence[Field], held: FieldCells, drafts: Sequence[Draft], layouts: Sequence[Layout],
    empty: Mapping[str, Sequence[tuple[int, At]]], split: Mapping[str, str], leading: Set[str],
) -> Scales:  # fmt: skip
    """The scales of all rating fields; a field in which no rating can be found becomes text.

    `empty` are the places (sheet, cell) of blank rating cells, by field id; `split` names, for a
    field that takes ratings out of a mixed column, the field that holds both; `leading` those that
    take the word a note begins with.
    """
    rated = [f for f in fields if f.field_type.rated]
    cells = {
        f.id: _cells(f, drafts, layouts, split.get(f.id, f.id), f.id in leading) for f in rated
    }
    coloured = {name for name, held in cells.items() if _one_sign(held)}
    codes = {one_rating(cell.text) for name, held in cells.items() if name not in coloured
             for cell in held}  # fmt: skip
    elsewhere = _Others.of(fields, held, {*cells, *split.values()})
    plans = {(draft.sheet, draft.table) for draft in drafts}
    legend = _legend(layouts, codes, plans, elsewhere)
    ratings: list[Rating] = []
    guesses: list[str] = []
    chosen: dict[str, Field] = {}
    for item in sorted(rated, key=_main_first):
        mine = [] if item.id in coloured else cells[item.id]
        texts = [cell.text for cell in mine]
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
        others = [cells[f] for f in cells if f not in coloured and f != item.id and not ratings]
        group = [*mine, *(cell for each in others if _alike(each, mine) for cell in each)]
        if ratings and _one_word_throughout(texts):
            group = []  # one word is no second scale
        told = legend.lines or _by_fill(mine, legend.colours)
        made, notes = propose_scale(group, told if not name else (), name)
        if not made:
            colours = [cell.colour for cell in cells[item.id]]
            colours += _fills(empty.get(item.id, ()), layouts)
            made, notes = scale_of_colours(colours, legend.colours, name)
        if made:
            made = close_where_answered(made, item.heading)
            ratings += made
            guesses += [*notes, *_nothing_closes(item, made, texts)]
            chosen[item.id] = replace(item, scale=name)
        else:
            chosen[item.id] = replace(item, type="text", role="text")
            guesses.append(f'{about(item.of, item.id)}no ratings were found under "{item.heading}"')
    return Scales(
        tuple(chosen.get(f.id, f) if f.field_type.rated else f for f in fields),
        tuple(ratings), legend.rows, tuple(guesses),
        frozenset(name for name in coloured if chosen[name].field_type.rated),
    )  # fmt: skip


def _by_fill(cells: Sequence[RatingCell], colours: Sequence[LegendLine]) -> list[LegendLine]:
    """What a key of colours says of ratings whose cells each have the colour of one line of it;
    nothing, where not all do."""
    fills: dict[str, set[str]] = {}
    for cell in cells:
        if cell.text:
            fills.setdefault(cell.text, set()).add(cell.colour)
    by_colour = {line.colour: line for line in colours}
    said = [(text, by_colour.get(max(each))) for text, each in fills.items() if len(each) == 1]
    found = [LegendLine(text, line.label, line.colour) for text, line in said if line]
    apart = len({line.colour for line in found}) == len(found) == len(fills) > 1
    return found if apart else []


def _main_first(item: Field) -> int:
    return {"rating": 0, "previous_rating": 1, "initial_rating": 2}.get(item.role, 3)


def _alike(one: Sequence[RatingCell], other: Sequence[RatingCell]) -> bool:
    """Whether one column may be on the scale of another: most of its texts are there, or known."""
    texts = {fold(cell.text) for cell in one if cell.text}
    there = {fold(cell.text) for cell in other}
    return sum(text in there or bool(known_state(text)) for text in texts) * 2 >= len(texts)


def _one_word_throughout(texts: Sequence[str]) -> bool:
    return len(texts) > 1 and len({fold(one_rating(text)) for text in texts}) == 1


def _nothing_closes(item: Field, made: Sequence[Rating], texts: Sequence[str]) -> Iterator[str]:
    """A scale on which no action can be finished is asked about."""
    if any(rating.closed for rating in made):
        return
    names = ", ".join(rating.label for rating in made)
    if len(made) == 1 and _one_word_throughout(texts):
        why = f'every action says "{names}", and one word is no scale'
        yield f"{about(item.of, item.id)}{why}; add the other ratings, and closed = true to one"
    else:
        why = f"none of the ratings ({names}) closes an action"
        yield f"{about(item.of, item.id)}{why}; {NOTHING_CLOSES}"


def _cells(
    item: Field, drafts: Sequence[Draft], layouts: Sequence[Layout], source: str, leading: bool
) -> list[RatingCell]:
    """The cells of a rating field; of a column that holds prose too, what is or may be one."""
    found: list[RatingCell] = []
    for draft in drafts:
        for value, at in draft.pieces(source) if draft.kind == item.of else ():
            text = leading_rating(cell_text(value)) if leading else point_text(value)
            sheet = layouts[draft.sheet].sheet
            found.append(RatingCell(text, sheet.fills.get(at, ""), item.id, sheet.inks.get(at, "")))
    if source == item.id:
        return found
    used = Counter(fold(cell.text) for cell in found)
    return [
        cell
        for cell in found
        if len(cell.text) <= 24 and (known_state(cell.text) or used[fold(cell.text)] > 1)
    ]


def _one_sign(cells: Sequence[RatingCell]) -> bool:
    """Whether all cells hold one sign or letter and only their colours differ."""
    texts = {one_rating(cell.text) for cell in cells if cell.text.strip()}
    return (
        len(texts) == 1
        and len(max(texts)) <= 2
        and len(families(cell.colour for cell in cells)) > 1
    )


def _fills(places: Sequence[tuple[int, At]], layouts: Sequence[Layout]) -> list[str]:
    return [fill for sheet, at in places if (fill := layouts[sheet].sheet.fills.get(at, ""))]


class _Row(Struct, frozen=True):
    """A row that may belong to a legend: its cells with a text or a fill, by column."""

    at: tuple[int, int]
    cells: Mapping[int, LegendCell]
    alone: bool = False
    """Whether each cell stands for itself, as the headings of a plan do."""


def _legend(
    layouts: Sequence[Layout], codes: set[str], plans: set[tuple[int, int]], others: _Others
) -> _Legend:
    """What explains at least two ratings of the plan: notes, a table that is not the plan's,
    headings of the plan, a list beside it. `others` are the values of the plan's other columns."""
    explained: list[tuple[tuple[int, int], LegendLine]] = []
    colours: list[LegendLine] = []
    for number, layout in enumerate(layouts):
        for rows in _parts(layout, number, plans):
            found = list(_explained(rows, codes))
            labels = {(fold(line.code), line.label) for _, line in found}
            if len(labels) > len({code for code, _ in labels}):
                continue  # a code with several meanings: rows of something else
            if _side_by_side(rows, found, others):
                continue
            explained += found
            rated = {at for at, _ in found if codes}
            colours += _swatches([row for row in rows if row.at not in rated])
    kinds = {
        kind
        for kind in (True, False)
        if _names_any([line for _, line in explained if is_colour(line.code) is kind], codes)
    }
    kept = [(at, line) for at, line in explained if is_colour(line.code) in kinds]
    lines: dict[str, LegendLine] = {}
    for _, line in kept:
        lines.setdefault(fold(line.code), line)
    colours = by_colour(colours)
    if len(lines) < 2:
        return _Legend([], colours, frozenset())
    named = [line for _, line in explained if is_colour(line.code)]
    return _Legend(list(lines.values()), colours or named, frozenset(at for at, _ in kept))


def _side_by_side(
    rows: Sequence[_Row], found: Sequence[tuple[tuple[int, int], LegendLine]], others: _Others
) -> bool:
    """Whether ratings stand beside the list of another drop-down rather than their meanings."""
    texts = {row.at: {" ".join(cell.text.split()) for cell in row.cells.values()} for row in rows}
    cells = [line for at, line in found if line.label in texts[at]]
    heads = {normal_heading(text) for text in texts[rows[0].at]} & others.headings
    return bool(cells) and (len(heads) > 1 or lists_another(cells, others.values))


def _names_any(lines: Sequence[LegendLine], codes: set[str]) -> bool:
    """Whether a legend is about these ratings; one without ratings to hold it against may be."""
    return any(not codes or one_word(line.code, code) for line in lines for code in codes or {""})


def _parts(layout: Layout, number: int, plans: set[tuple[int, int]]) -> Iterator[list[_Row]]:
    """The rows that may hold a legend: notes that stand together, each table that is not the
    plan's, and of the plan's its headings and what stands beside it."""
    notes = [line.row for line in layout.lines if line.kind == "note"]
    for _, run in groupby(enumerate(notes), lambda each: each[1] - each[0]):
        yield [_row(layout, number, row) for _, row in run]
    for index, table in enumerate(layout.tables):
        rows = [table.header, *(row.row for row in table.rows)]
        if (number, index) in plans:
            head = _row(layout, number, table.header, set(table.headings))
            yield [replace(head, alone=True)]
            if table.beside:
                yield [_row(layout, number, row, table.beside) for row in rows]
        elif len(rows) <= MOST_EXPLAINED:
            yield [_row(layout, number, row) for row in rows]


def _row(layout: Layout, number: int, row: int, only: Set[int] | None = None) -> _Row:
    cells = layout.sheet.rows[row] if row < len(layout.sheet.rows) else ()
    held = {col: LegendCell(point_text(value), layout.sheet.fills.get((row, col), ""))
            for col, value in enumerate(cells) if only is None or col in only}  # fmt: skip
    return _Row((number, row), {col: cell for col, cell in held.items() if cell.text or cell.fill})


def _explained(
    rows: Sequence[_Row], codes: set[str]
) -> Iterator[tuple[tuple[int, int], LegendLine]]:
    """The ratings that rows explain, each with its row."""
    for place, row in enumerate(rows):
        cells = list(row.cells.values())
        groups = [[cell] for cell in cells] if row.alone else [cells]
        found = [line for group in groups for line in explain(group, codes)]
        below = rows[place + 1] if place + 1 < len(rows) and not row.alone else None
        if not found and below is not None:
            found = explain_below(_words(row), _words(below), codes)
            yield from ((below.at, line) for line in found)
        yield from ((row.at, line) for line in found)


def _words(row: _Row) -> dict[int, str]:
    return {col: cell.text for col, cell in row.cells.items()}


def _swatches(rows: Sequence[_Row]) -> list[LegendLine]:
    """What colours mean in rows that stand together: a colour of several texts, as that of
    headings, means none of them."""
    found = list(dict.fromkeys(line for row in rows for line in _colours(row)))
    used = Counter(line.colour for line in found)
    return [line for line in found if used[line.colour] == 1]


def _colours(row: _Row) -> Iterator[LegendLine]:
    """What the colours of a row may mean: a coloured cell with words, or one beside words."""
    for col, cell in row.cells.items():
        beside = row.cells.get(col + 1)
        if cell.fill and cell.text:
            yield LegendLine("", " ".join(cell.text.split()), cell.fill)
        elif cell.fill and beside is not None and beside.text and beside.fill in ("", cell.fill):
            yield LegendLine("", " ".join(beside.text.split()), cell.fill)


def colour_rating(
    item: Field, draft: Draft, at: At, layouts: Sequence[Layout], ratings: Sequence[Rating]
) -> Rating | None:
    """The rating that a cell shows by its colour alone, that of its sign or its fill; or None."""
    sheet = layouts[draft.sheet].sheet
    scale = [r for r in ratings if r.scale == item.scale]
    return rating_by_fill(sheet.inks.get(at, ""), scale) or rating_by_fill(
        sheet.fills.get(at, ""), scale
    )


def is_rating(text: str, item: Field, ratings: Sequence[Rating]) -> bool:
    """Whether a text of a mixed column is a rating rather than prose."""
    return match_rating(text, [r for r in ratings if r.scale == item.scale]) is not None
