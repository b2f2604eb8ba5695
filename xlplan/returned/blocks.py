"""A form as it goes out: a block of lines for each action, all of them alike but for their boxes.

Every line carries the signed key of its action and the id of its field. Where all blocks of a form
still are as the first one is, the form is read block by block, and no line of it becomes an object;
any other is read line by line (`boxes.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property
from itertools import chain, islice
from operator import itemgetter

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.merge.reading import NOTHING_ODD, Frame, RawCells
from xlplan.returned.as_issued import (
    BOX_MARK,
    ID_PREFIX,
    OURS,
    SIGN_PREFIX,
    Headings,
    column_id,
    kind_of_input,
)
from xlplan.returned.tables import odd_in
from xlplan.workbook.read.book import CellValue, ReadSheet, column_name
from xlplan.workbook.stamp import RowKey, parse_row_key


class Line(Struct, frozen=True):
    """One line of a form: its row and the columns of its label and its box (all from 0), whose it
    is, and why what stands in it is to be asked about, or ``""``."""

    row: int
    label: int
    box: int
    key: RowKey | None
    column: str
    own: frozenset[int]
    """The columns of the key, the id, the label and the box."""
    doubt: str = ""
    action: str = ""
    """Which action it belongs to, by its key, else by its order."""


class Marks(Struct, frozen=True):
    """What of ours stands in a row: its first key, and its ids of fields, each with its column."""

    key: tuple[RowKey, int] | None
    ids: tuple[tuple[str, int], ...]

    @staticmethod
    def of(row: Sequence[CellValue]) -> Marks:
        """Those of a row."""
        texts = [(col, value) for col, value in enumerate(row) if isinstance(value, str)]
        ids = tuple((name, col) for col, value in texts if (name := column_id(value)))
        at = {col for _, col in ids}
        keys = ((key, col) for col, v in texts if col not in at and (key := parse_row_key(v)))
        return Marks(next(keys, None), ids)

    @property
    def places(self) -> tuple[int, tuple[tuple[str, int], ...]]:
        """What those of one line have in common in all blocks: where its key stands, and its
        ids."""
        return self.key[1] if self.key else -1, self.ids


def box_column(sheet: ReadSheet) -> int | None:
    """The column of the boxes, where it is marked."""
    marks = {text for text in sheet.texts_with(BOX_MARK) if text.strip() == BOX_MARK}
    rows = sheet.rows if marks else ()
    row = next((row for row in rows if not marks.isdisjoint(row)), ())
    return next((col for col, value in enumerate(row) if value in marks), None)


MarksOn = tuple[Set[str], Mapping[CellValue, RowKey]]
"""The texts of a sheet that are ids of fields, and its row keys."""


def marks_on(sheet: ReadSheet) -> MarksOn:
    """What of ours stands on a sheet."""
    return set(filter(column_id, sheet.texts_with(ID_PREFIX))), sheet.row_keys


def sign_off_inputs(
    sheet: ReadSheet, end: int | None = None, also: Iterable[int] = ()
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the inputs are: below the cell that names each, in a row before `end` or in one of
    `also`."""
    if not (texts := sheet.texts_with(SIGN_PREFIX)):
        return
    marks = {text: name for text in texts if kind_of_input(name := _sign_mark(text))}
    last = len(sheet.rows) - 1  # under which there is no input
    more = ((number, sheet.rows[number]) for number in also if number < last)
    for number, row in chain(sheet.rows_with(marks.keys(), last if end is None else end), more):
        for col, value in enumerate(row):
            if isinstance(value, str) and value in marks:
                yield marks[value], (number + 1, col)


def _sign_mark(text: str) -> str:
    """The input that a hidden cell names, or ``""``."""
    mark = text.strip()
    return mark.removeprefix(SIGN_PREFIX) if mark.startswith(SIGN_PREFIX) else ""


def line_of(number: int, marks: Marks, named: tuple[str, int], box: int | None) -> Line:
    """A line by its marks; `named` is its field, and the column in which that is written."""
    name, at = named
    key, key_at = marks.key or (None, -1)
    where = at + 2 if box is None else box
    own = frozenset({key_at, at, where})
    return Line(number, where - 1, where, key, name, own, action=key.text if key else "")


def labelled(sheet: ReadSheet, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with the column of their labels: the one with most texts, the first of several.

    It is beside that of the boxes, unless a column was inserted between them.
    """
    counts: Counter[int] = Counter()
    for line in lines:
        values = enumerate(sheet.rows[line.row])
        counts.update(col for col, v in values if isinstance(v, str) and col not in line.own)
    found = min(counts, key=lambda col: (-counts[col], col), default=lines[0].box - 1)
    for line in lines:
        yield replace(line, label=found, own=line.own | {found})


class Shape(Struct, frozen=True, dict=True):
    """How each block of a form stands: its lines as in the first one, without whose they are; the
    columns of their keys and of their ids; and the ids and the labels as they are written."""

    lines: tuple[Line, ...]
    key: int
    id: int
    ids: tuple[CellValue, ...]
    labels: tuple[CellValue, ...]
    agreed: list[Headings] = field(default_factory=list)
    """The labels that went out with which its own were found to agree, last."""

    @staticmethod
    def of(lines: Sequence[Line], rows: Sequence[Sequence[CellValue]]) -> Shape:
        """That of the first block of a form, by its lines."""
        values = [rows[line.row] for line in lines]
        marks = Marks.of(values[0])
        key, at = -1 if marks.key is None else marks.key[1], marks.ids[0][1]
        ids, labels = (tuple([row[c] for row in values]) for c in (at, lines[0].label))
        alike = tuple(replace(line, key=None, action="") for line in lines)
        return Shape(alike, key, at, ids, labels)

    @cached_property
    def frame(self) -> Frame:
        """What all blocks have in common: the boxes that were asked for, and not what is ours
        beside them."""
        asked = [(at, line.column) for at, line in enumerate(self.lines) if line.column not in OURS]
        names, letters = tuple(name for _, name in asked), column_name(self.lines[0].box)
        return Frame(names, (letters,) * len(names), below=tuple(at for at, _ in asked))

    def fits(self, rows: Sequence[Sequence[CellValue]], keys: Set[CellValue]) -> bool:
        """Whether the first block of a sheet, of which these are the row keys, stands so and has
        nothing beside its boxes."""
        line, size = self.lines[0], len(self.lines)
        block = rows[line.row : line.row + size]
        if len(block) < size or min(map(len, block)) <= line.box:
            return False
        key, below = block[0][self.key], rows[line.row + size : line.row + size + 1]
        beside = size * (len(line.own) - 1) < sum(
            len(row) - row.count(None) - (row[line.box] is not None) for row in block
        )
        return (
            self.are_alike(block, key)
            and not beside
            and not any(key in row for row in below)
            and keys.isdisjoint(chain.from_iterable(rows[: line.row]))
        )

    def are_alike(self, block: Sequence[Sequence[CellValue]], key: CellValue) -> bool:
        """Whether some rows have the ids and the labels of a block, and the key of one action."""
        return (
            tuple([row[self.id] for row in block]) == self.ids
            and tuple([row[self.lines[0].label] for row in block]) == self.labels
            and [row[self.key] for row in block].count(key) == len(self.lines)
            and parse_row_key(key) is not None
        )


class Blocks(Struct, frozen=True):
    """The blocks of a form: how they stand, the row in which each begins, and its key."""

    shape: Shape
    starts: tuple[int, ...]
    keys: tuple[RowKey, ...]
    beside: frozenset[int]
    """The rows of blocks in which something stands beside the box."""
    between: tuple[int, ...]
    """The rows below the first block that belong to none and are not blank."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the first block, without whose they are."""
        return self.shape.lines

    def rows(self, sheet: ReadSheet) -> Iterator[tuple[RowKey, int, RawCells]]:
        """Each block: its key, its first row (from 0), and what stands in its boxes."""
        frame, size, box = self.shape.frame, len(self.lines), self.lines[0].box
        begins, ends = frame.below[:1] or (0,), frame.below[-1:] or (-1,)
        first, end = begins[0], ends[0] + 1
        together, above = end - first == len(frame.below), self.starts[0]
        boxes = tuple(map(itemgetter(box), sheet.rows[above:]))
        odd_rows = sorted(row for row in sheet.odd_rows if row >= self.starts[0])
        first, end, odd = first - above, end - above, NOTHING_ODD
        for key, start in zip(self.keys, self.starts, strict=True):
            if together:
                raws = boxes[start + first : start + end]
            else:
                raws = tuple([boxes[start - above + at] for at in frame.below])
            if odd_rows:
                among = bisect_left(odd_rows, start) < bisect_left(odd_rows, start + size)
                asked = frame.below if among else ()
                odd = odd_in(sheet, [(start + at, box) for at in asked])
            yield key, start, RawCells(frame, raws, start + 1, odd)

    def line_at(self, row: int) -> Line | None:
        """The line of the first block that is as the one in a row; None where that is of no
        block."""
        at = bisect_right(self.starts, row) - 1
        inside = at >= 0 and row < self.starts[at] + len(self.lines)
        return self.lines[row - self.starts[at]] if inside else None

    def own_at(self, row: int) -> frozenset[int] | None:
        """The columns of ours in a row; None where it belongs to no block."""
        line = self.line_at(row)
        return None if line is None else line.own

    def all_lines(self) -> tuple[Line, ...]:
        """Every line of every block."""
        return tuple(
            replace(line, row=start + at, key=key, action=key.text)
            for start, key in zip(self.starts, self.keys, strict=True)
            for at, line in enumerate(self.lines)
        )


def find_blocks(sheet: ReadSheet, marked: MarksOn) -> Blocks | None:
    """The blocks of a form that has nothing but blocks that are as the first one is, else None;
    `marked` is what `marks_on` says of its sheet."""
    named, known = marked
    shape = _shape_of(sheet, named, known.keys())
    if shape is None:
        return None
    first, size, line = shape.lines[0].row, len(shape.lines), shape.lines[0]
    rows = sheet.rows[first:]
    # Column by column, as most of what stands there is compared and nothing else is made of it.
    columns = list(zip(*rows, strict=False))
    if len(columns) <= max(line.box, line.label):
        return None
    others = [column for col, column in enumerate(columns) if col not in line.own]
    as_wide = sum(map(len, rows)) == len(rows) * len(columns)
    alone = as_wide and all(column.count(None) == len(rows) for column in others)
    if alone and (in_step := _in_step(shape, columns, known)) is not None:
        places, found = in_step
        return Blocks(shape, tuple(first + start for start in places), found, frozenset(), ())
    ids, labels, signed = columns[shape.id], columns[line.label], columns[shape.key]
    starts, keys, between = list[int](), list[RowKey](), list[int]()
    end = 0
    for start in _places(ids, shape.ids[0]):
        for row in range(end, start):
            if rows[row].count(None) < len(rows[row]):
                if parse_row_key(signed[row]) or _is_line(rows[row]):
                    return None
                between.append(first + row)
        if start == len(rows):
            break
        end, key = start + size, parse_row_key(signed[start])
        alike = ids[start:end] == shape.ids and labels[start:end] == shape.labels
        if key is None or not alike or signed[start:end].count(signed[start]) != size:
            return None
        starts.append(first + start)
        keys.append(key)
    beside = () if alone else _beside(sheet.rows, shape, starts)
    if beside is None:
        return None
    return Blocks(shape, tuple(starts), tuple(keys), frozenset(beside), tuple(between))


def _in_step(
    shape: Shape, columns: Sequence[Sequence[CellValue]], known: Mapping[CellValue, RowKey]
) -> tuple[range, tuple[RowKey, ...]] | None:
    """Where blocks begin of which each stands as far below the one before, with nothing but blank
    rows between them, and their keys; None where they stand otherwise. In `columns` there is
    nothing else; all blocks are compared at once."""
    line, size = shape.lines[0], len(shape.lines)
    ids, labels, signed = columns[shape.id], columns[line.label], columns[shape.key]
    step = next(islice(_places(ids, shape.ids[0]), 1, None))
    places = range(0, len(ids), step)
    gap, count = (None,) * (step - size), len(places)
    if step < size or places[-1] + size > len(ids):
        return None
    if ids != ((shape.ids + gap) * count)[: len(ids)]:
        return None
    if labels != ((shape.labels + gap) * count)[: len(ids)]:
        return None
    if any(signed[at::step] != signed[::step] for at in range(1, size)):
        return None
    between = (
        column[at::step] for column in (signed, columns[line.box]) for at in range(size, step)
    )
    if any(column.count(None) < len(column) for column in between):
        return None
    keys = tuple(filter(None, map(known.get, signed[::step])))
    return (places, keys) if len(keys) == count else None


def _places(values: Sequence[CellValue], value: CellValue) -> Iterator[int]:
    """Where a value stands among others, and where these end."""
    at = 0
    with suppress(ValueError):
        while True:
            at = values.index(value, at)
            yield at
            at += 1
    yield len(values)


def _beside(
    rows: Sequence[Sequence[CellValue]], shape: Shape, starts: Sequence[int]
) -> list[int] | None:
    """The rows of blocks in which something stands beside the box; None where that makes another
    line of one."""
    found: list[int] = []
    for start in starts:
        for number, line in enumerate(shape.lines, start):
            row = rows[number]
            if len(row) - row.count(None) > len(line.own) - (row[line.box] is None):
                if Marks.of(row).places != Marks.of(rows[line.row]).places:
                    return None
                found.append(number)
    return found


_SHAPES: dict[tuple[frozenset[str], int | None], Shape] = {}
"""By the ids of a form and the column of its boxes the shape that was met last: most of the forms
of a plan have one."""
_MOST_SHAPES = 64


def _shape_of(sheet: ReadSheet, ids: Set[str], keys: Set[CellValue]) -> Shape | None:
    """How the blocks of a form stand; None where it is not as one that goes out."""
    box = box_column(sheet)
    of = frozenset(ids), box
    known = _SHAPES.get(of)
    if known is not None and known.fits(sheet.rows, keys):
        return known
    lines = _first_block(sheet, ids, keys, box)
    if not lines:
        return None
    if len(_SHAPES) >= _MOST_SHAPES:
        _SHAPES.clear()
    _SHAPES[of] = Shape.of(lines, sheet.rows)
    return _SHAPES[of]


def _is_line(row: Sequence[CellValue]) -> bool:
    marks = Marks.of(row)
    return bool(marks.key and marks.ids)


def _first_block(
    sheet: ReadSheet, ids: Set[str], keys: Set[CellValue], box: int | None
) -> tuple[Line, ...]:
    """The lines of the first action, or nothing where they are not as in a form that goes out."""
    found: list[Line] = []
    head: Marks | None = None
    for number, row in enumerate(sheet.rows):
        if head is None and (ids.isdisjoint(row) or keys.isdisjoint(row)):
            continue
        marks = Marks.of(row)
        head = head or marks
        if not marks.key or not marks.ids or head.key is None or marks.key != head.key:
            break
        if marks.ids[0][1] != head.ids[0][1]:
            break
        found.append(line_of(number, marks, marks.ids[0], box))
    lines = tuple(labelled(sheet, found)) if found else ()
    if not lines or head is None or head.key is None:
        return ()
    label, where = lines[0].label, lines[0].box
    values = [sheet.rows[line.row] for line in lines]
    whole = all(len(row) > max(label, where) and isinstance(row[label], str) for row in values)
    ordered = max(head.key[1], head.ids[0][1]) < where
    several = len({line.column for line in lines}) < len(lines)
    return lines if whole and ordered and not several and len(lines[0].own) == 4 else ()
