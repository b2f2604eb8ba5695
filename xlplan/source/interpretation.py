"""The values of the rows that were found: every cell of every data row, in the plan's own types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec import Struct, field

from xlplan.errors import Problem
from xlplan.merge.model import Place
from xlplan.plan.definition import KEPT_BACK, STATUS, Field, Kind, PlanDefinition
from xlplan.plan.due import in_order, say_order
from xlplan.plan.propose import about, one_for_many
from xlplan.plan.shown import ShownNumber
from xlplan.plan.status_words import leading_rating
from xlplan.plan.text import fold, latin
from xlplan.plan.types.field_type import serial_day
from xlplan.plan.values import Invalid, Raw, Value, canon
from xlplan.source.beyond_cells import DoneRatings, FillRatings, SectionTexts, numbers_as_days
from xlplan.source.cells import FieldsOfRow, PlacesOfRow
from xlplan.source.drafts import Columns, Draft, join_texts
from xlplan.source.headings import cell_text, point_text
from xlplan.source.plan_rows import orders_of
from xlplan.source.proposed import Parts, lead_text
from xlplan.source.scales import colour_rating, is_rating
from xlplan.source.table_cells import ColumnCells
from xlplan.workbook.read.book import At, a1


class SourceRow(Struct, frozen=True):
    """One row of the plan as imported. `values` leaves out what is blank, and has the field
    `STATUS` where the row is kept back; `row` counts from 1."""

    kind: Kind
    order: int
    values: Mapping[str, Value]
    places: Mapping[str, Place]
    sheet: str
    row: int
    table: tuple[int, int] = (0, 0)
    """The number of its sheet, and of its table there."""
    cells: Mapping[str, tuple[At, ...]] = field(default_factory=dict)
    """By field the cells that it stands in, or would stand in, as far as there are any; only of a
    workbook that stays the plan's master."""


_FieldOfRows = tuple[Field, str, bool, bool, dict[object, Value]]
"""A field of a kind of row, and its id; whether a cell of the sheet is all that its value comes
from, whether that is a date; and what texts and numbers as they are shown mean there."""
_UNREAD = Invalid("", "", "")
"""Stands for a text that was not read yet."""


def make_rows(
    parts: Parts, definition: PlanDefinition, problems: list[Problem]
) -> tuple[SourceRow, ...]:
    """The rows, recommendations first, each kind in source order; faults go to `problems`."""
    maker = _Maker(parts, definition, problems)
    rows = tuple(maker.rows())
    maker.say_readings()
    parts.kept = tuple(maker.headings.texts)
    return rows


class _Ready(Struct, frozen=True):
    """What a table that is whole has in its columns, each read as a whole: the fields, the column
    of each and its values from row to row; and the fields that are for each row by itself."""

    columns: Mapping[str, int]
    values: Iterator[tuple[Value, ...]]
    rest: Sequence[_FieldOfRows]
    order: Sequence[str]
    """All fields, as the definition has them."""


class _Maker:
    """The values of one row after the other, with what is shared between rows."""

    def __init__(self, parts: Parts, definition: PlanDefinition, problems: list[Problem]) -> None:
        self.parts = parts
        self.definition = definition
        self.problems = problems
        self.headings = SectionTexts(parts)
        self.orders = orders_of(parts.cells, definition)
        self.plain: dict[str, set[str]] = {}  # by field the texts that are taken as they stand
        self.foreign: dict[str, str] = {}
        """Ratings written with letters of other alphabets, and what is said of each alone."""
        self.by_fill = FillRatings(parts, definition)
        self.by_done = DoneRatings(parts, definition)
        self.ordered: dict[tuple[Kind, str], dict[str, None]] = {}
        self.fields: dict[Kind, Sequence[_FieldOfRows]] = {}
        """The fields of a kind of row; a text is read once in each, however often it stands."""
        self.columns: dict[tuple[int, int], list[tuple[str, str, int]]] = {}
        """By table each field that has a column: its id, that of what the column holds, where."""
        for columns in parts.columns:
            table = parts.layouts[columns.sheet].tables[columns.table]
            self.columns[columns.sheet, columns.table] = [
                (name, plan.field, table.column(col))
                for col, plan in columns.plans.items()
                for name in (plan.field, plan.rating)
                if name
            ]
        self.led = {holds: takes for takes, holds in parts.split.items() if takes in parts.leading}
        self.mixed = {
            holds: takes for takes, holds in parts.split.items() if takes not in parts.leading
        }

    def rows(self) -> Iterator[SourceRow]:
        """The rows, in the order of their drafts."""
        ready = {(c.sheet, c.table): self._ready(c) for c in self.parts.columns}
        for order, draft in enumerate(self.parts.drafts, 1):
            told = ready[draft.sheet, draft.table]
            cells: Mapping[str, At]
            if told is None:
                values, cells = self._values(draft, self._fields(draft.kind))
            else:
                read = zip(told.columns, next(told.values), strict=True)
                values = {name: value for name, value in read if value is not None}
                cells = FieldsOfRow(draft.row, told.columns, values)
                if told.rest:
                    others, stand = self._values(draft, told.rest)
                    stand |= dict(cells)
                    others |= values
                    values = {name: others[name] for name in told.order if name in others}
                    cells = {name: stand[name] for name in values}
            if draft.kept_back:
                values[STATUS] = KEPT_BACK
            sheet = self.parts.layouts[draft.sheet].sheet.name
            places = PlacesOfRow(self.parts.book.name, sheet, cells)
            table = (draft.sheet, draft.table)
            held = self._cells(draft, cells) if self.parts.kept_workbook else {}
            yield SourceRow(draft.kind, order, values, places, sheet, draft.row + 1, table, held)

    def _ready(self, columns: Columns) -> _Ready | None:
        """What can be read by columns of a table; None of one that is not whole."""
        if (columns.sheet, columns.table) not in self.parts.cells.whole:
            return None
        found: dict[str, tuple[int, Sequence[Value]]] = {}
        rest: list[_FieldOfRows] = []
        at = {plan.field: col for col, plan in columns.plans.items()}
        fields = self._fields(columns.kind)
        for each in fields:
            _, name, is_plain, *_ = each
            column = self.parts.cells.column(columns, name) if name in at else None
            if is_plain and column is None:
                continue
            read = self._of_column(each, column, columns)
            if read is None or any(isinstance(value, Invalid) for value in {*read}):
                rest.append(each)
            else:
                found[name] = (at.get(name, 0), read)
        rows = len(self.parts.cells.drafts[columns.sheet, columns.table])
        values = zip(*(read for _, read in found.values()), strict=True)
        return _Ready(
            {name: col for name, (col, _) in found.items()},
            values if found else iter([()] * rows), rest, [name for _, name, *_ in fields],
        )  # fmt: skip

    def _of_column(
        self, of_rows: _FieldOfRows, column: ColumnCells | None, columns: Columns
    ) -> Sequence[Value] | None:
        """The values of a field in all rows of a table; None where each row is to be looked at."""
        item, name, is_plain, dated, _ = of_rows
        if is_plain and column is not None:
            order = self.orders.get((item.of, name)) if dated else None
            if order and any(in_order(text, order) for text in column.shown):
                return None
            return column.each(lambda raw: canon(item, raw, self.definition))
        if item.role == "key" and (column is None or None not in column.counts):
            drafts = self.parts.cells.drafts[columns.sheet, columns.table]
            return [canon(item, draft.ref, self.definition) for draft in drafts]
        single = column is not None and item.field_type.rated and all(column.by_row)
        if (
            column is None
            or not single
            or name in self._made(item.of)
            or self.parts.unrated is not None
        ):
            return None
        points = {point_text(value) for value in column.held}
        if not all(self._stands(item, text) for text in points):
            return None
        found = column.each(lambda raw: canon(item, point_text(raw), self.definition))
        return None if None in found else found

    def _values(
        self, draft: Draft, fields: Sequence[_FieldOfRows]
    ) -> tuple[dict[str, Value], dict[str, At]]:
        """The values of these fields in a row, and the cell of each."""
        values: dict[str, Value] = {}
        cells: dict[str, At] = {}
        raw: Raw
        sheet = self.parts.layouts[draft.sheet].sheet.name
        for item, name, is_plain, dated, read in fields:
            pieces = draft.pieces(name)
            if is_plain and not pieces:
                continue
            if is_plain and len(pieces) == 1:
                raw, at = pieces[0]
            else:
                raw, at = self._raw(item, draft)
            if dated and isinstance(raw, str):
                raw = self._in_order(item, raw)
            if type(raw) is str:  # as most are
                value = read.get(raw, _UNREAD)
                if value is _UNREAD:
                    value = read[raw] = canon(item, raw, self.definition)
            elif type(raw) is ShownNumber and raw:
                told = (raw.code, raw.text, float(raw))
                if told not in read:
                    read[told] = canon(item, raw, self.definition)
                value = read[told]
            else:
                value = canon(item, raw, self.definition)
            if (value is None or self.parts.unrated is not None) and item.role == "rating":
                value = self.by_done.of(item, draft, value) if item.field_type.rated else value
            if value is None:
                continue
            values[name] = value
            cells[name] = at
            if isinstance(value, Invalid):
                place = Place(self.parts.book.name, sheet, a1(*at))
                self.problems.append(
                    Problem(value.code, str(place), value.message, "warning",
                            action=draft.ref, field=name)
                )  # fmt: skip
        return values, cells

    def _fields(self, kind: Kind) -> Sequence[_FieldOfRows]:
        if kind not in self.fields:
            made = self._made(kind)
            self.fields[kind] = [
                (
                    item,
                    item.id,
                    item.role != "key" and item.id not in made and not item.field_type.rated,
                    item.field_type.dated,
                    {},
                )
                for item in self.definition.fields_of(kind)
            ]
        return self.fields[kind]

    def _made(self, kind: Kind) -> Set[str | None]:
        """The fields of which a value is made of more than what stands in its cell."""
        parts = self.parts
        above = {parts.headed.get(kind), parts.outcomes.get(kind), parts.answers}
        return {*above, *parts.split, *self.led, *self.mixed, *parts.coloured}

    def _cells(self, draft: Draft, read: Mapping[str, At]) -> dict[str, tuple[At, ...]]:
        """Where each field of a row stands: in the cells it was read from, else in those of its
        columns."""
        nowhere = (draft.row, 0)  # where what was made up is said to stand
        found: dict[str, tuple[At, ...]]
        found = {n: (at,) for n, at in read.items() if draft.pieces(n) or at != nowhere}
        for name, holds, col in self.columns.get((draft.sheet, draft.table), ()):
            pieces = draft.pieces(holds)
            have = () if name in read and not pieces else found.get(name, ())
            if len(pieces) == 1 and have == (pieces[0][1],):
                continue  # as nearly always
            cells = [at for _, at in pieces] or [(draft.row, col)]
            found[name] = tuple(dict.fromkeys((*have, *cells)))
        return found

    def _raw(self, item: Field, draft: Draft) -> tuple[Raw, At]:
        """What stands in a field of a row, and the cell it stands in."""
        pieces = draft.pieces(item.id)
        at = pieces[0][1] if pieces else (draft.row, 0)
        if item.role == "key":
            return draft.ref, at
        if item.id == self.parts.headed.get(draft.kind) and not pieces:
            at = (draft.sections[0].row, draft.sections[0].col) if draft.sections else at
            return self.headings.section(draft), at
        if item.id == self.parts.outcomes.get(draft.kind) and not pieces:
            return self.headings.outcome(draft)
        if item.id == self.parts.answers and draft.kind == "action" and not pieces:
            at = (draft.sections[0].row, draft.sections[0].col) if draft.sections else at
            return self.headings.answers(draft), at
        if draft.kind == "action" and (holds := self.parts.split.get(item.id)) and not pieces:
            if item.id in self.parts.leading:
                here = draft.pieces(holds)
                return leading_rating(draft.text(holds)), here[0][1] if here else at
            return self._rating_of_mixed(draft, holds)
        if item.id in self.led and pieces:
            return self._behind_rating(item.id, draft), at
        if item.id in self.mixed and self._holds_rating(item.id, draft):
            return None, at
        if not pieces and item.field_type.rated:
            return self.by_fill.of(item, draft)
        if item.id in self.parts.coloured and pieces:
            rating = colour_rating(item, draft, at, self.parts.layouts, self.definition.ratings)
            return rating.code if rating else cell_text(pieces[0][0]), at
        if item.field_type.rated and pieces:
            return self._rating(item, draft, "\n".join(point_text(v) for v, _ in pieces)), at
        if len(pieces) == 1:
            return pieces[0][0], at
        if item.field_type.people and pieces:
            return lead_text(draft, item.id), at
        glue = "\n" if item.field_type.dated else ""
        texts = [cell_text(value) for value, _ in pieces]
        return glue.join(texts) if glue else join_texts(texts), at

    def _in_order(self, item: Field, text: str) -> Raw:
        """A date that can be read two ways, as the dates of its column are written; a number in its
        place, as spreadsheets count days, where the cell need not say the same ever after."""
        if not self.parts.kept_workbook and (counted := serial_day(text)):
            return counted
        order = self.orders.get((item.of, item.id))
        day = in_order(text, order) if order else None
        if day is None:
            return text
        self.ordered.setdefault((item.of, item.id), {})[text] = None
        return day

    def say_readings(self) -> None:
        """How dates that can be read two ways, ratings in foreign letters or told by a fill alone
        and short headings were read: a guess for each, one for many of a kind."""
        self.parts.guesses += one_for_many(
            self.foreign,
            "plan: {} ratings have Greek or Cyrillic letters and were read as Latin ones",
        )
        self.parts.guesses += one_for_many(
            self.headings.filled,
            f"field {self.parts.headed.get('action', 'section')}: {{}} headings without words were "
            "taken as those of the same number",
        )
        for many, each in (*self.by_fill.said.items(), *self.by_done.said.items()):
            self.parts.guesses += one_for_many(each, many)
        self.parts.guesses += numbers_as_days(self.parts, self.definition)
        for (kind, name), texts in self.ordered.items():
            said = say_order(list(texts), self.orders[kind, name])
            self.parts.guesses.append(about(kind, name) + said)

    def _rating(self, item: Field, draft: Draft, text: str) -> str:
        """A rating written twice over ("Blue Blue") is that rating; this is said."""
        if text in (known := self.plain.setdefault(item.id, set())):
            return text
        if (plain := latin(text)) != text and is_rating(text, item, self.definition.ratings):
            said = f"has Greek or Cyrillic letters in its rating; read as {plain}"
            place = f"{item.id} of {draft.kind} {draft.ref}"
            self.foreign[place] = f"{about(draft.kind, item.id)}{draft.kind} {draft.ref} {said}"
        half = _half_of(text)
        if not half or is_rating(text, item, self.definition.ratings):
            if plain == text:
                known.add(text)
            return text
        self.parts.guesses.append(
            f'{about(draft.kind, item.id)}{draft.kind} {draft.ref} has "{text}"; read as {half}'
        )
        return half

    def _stands(self, item: Field, text: str) -> bool:
        """Whether a rating is taken as it stands, and nothing is said of it."""
        once = not _half_of(text) or is_rating(text, item, self.definition.ratings)
        return once and latin(text) == text

    def _behind_rating(self, name: str, draft: Draft) -> str:
        """A note without the rating it begins with: that is in its own field, and moves on."""
        text = draft.text(name)
        takes = self.definition.find(self.led[name])
        rating = leading_rating(text)
        if not rating or takes is None or not is_rating(rating, takes, self.definition.ratings):
            return text
        return text[len(rating) :].lstrip(" \n:;,.–-")

    def _holds_rating(self, name: str, draft: Draft) -> bool:
        takes = self.definition.find(self.mixed[name])
        return (
            takes is not None
            and draft.kind == "action"
            and not draft.pieces(takes.id)
            and is_rating(draft.text(name), takes, self.definition.ratings)
        )

    def _rating_of_mixed(self, draft: Draft, holds: str) -> tuple[Raw, At]:
        pieces = draft.pieces(holds)
        if pieces and self._holds_rating(holds, draft):
            return draft.text(holds), pieces[0][1]
        return None, (draft.row, 0)


def _half_of(text: str) -> str:
    """The first half of a text whose second half says the same, else ``""``."""
    words = text.split()
    half, other = (" ".join(w) for w in (words[: len(words) // 2], words[len(words) // 2 :]))
    return half if len(words) % 2 == 0 and fold(half) == fold(other) else ""
