"""The values of the rows that were found: every cell of every data row, in the plan's own types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from xlplan.errors import Problem
from xlplan.merge.model import Place
from xlplan.plan.definition import KEPT_BACK, STATUS, Field, Kind, PlanDefinition
from xlplan.plan.due import in_order, say_order
from xlplan.plan.propose import about, one_for_many
from xlplan.plan.shown import ShownNumber
from xlplan.plan.status_words import leading_rating
from xlplan.plan.text import canon_text, fold, latin
from xlplan.plan.values import Invalid, Raw, Value, canon
from xlplan.source.cells import PlacesOfRow
from xlplan.source.drafts import Draft, join_texts
from xlplan.source.headings import Heading, cell_text, point_text
from xlplan.source.layout import unseen_rows
from xlplan.source.outside import CompletedLists
from xlplan.source.plan_rows import full_headings, known_as, orders_of, outcomes_of
from xlplan.source.proposed import Parts, lead_text
from xlplan.source.scales import colour_rating, is_rating
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
    rows = tuple(maker.row(order, draft) for order, draft in enumerate(parts.drafts, 1))
    maker.say_readings()
    parts.kept = tuple(maker.texts)
    return rows


class _Maker:
    """The values of one row after the other, with what is shared between rows."""

    def __init__(self, parts: Parts, definition: PlanDefinition, problems: list[Problem]) -> None:
        self.parts = parts
        self.definition = definition
        self.problems = problems
        self.full = full_headings(parts.drafts)
        self.outcomes = outcomes_of(parts.drafts)
        self.completed = CompletedLists(parts.layouts)
        listed = (draft.ref for draft in parts.drafts if draft.kind == "recommendation")
        self.listed = {fold(ref): ref for ref in listed}
        self.blank = {
            (sheet, at[0], name): at
            for name, places in parts.blank_cells().items()
            for sheet, at in places
        }
        self.texts: dict[str, None] = {}
        self.orders = orders_of(parts.cells, definition)
        self.plain: dict[str, set[str]] = {}  # by field the texts that are taken as they stand
        self.foreign: dict[str, str] = {}
        """Ratings written with letters of other alphabets, and what is said of each alone."""
        self.by_fill: dict[str, dict[str, str]] = {}
        """What is said of rows that show a rating by their fill alone, for each such fill."""
        self.filled: dict[str, str] = {}
        """Headings that took the words they have elsewhere, in the same way."""
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

    def row(self, order: int, draft: Draft) -> SourceRow:
        values: dict[str, Value] = {}
        cells: dict[str, At] = {}
        raw: Raw
        sheet = self.parts.layouts[draft.sheet].sheet.name
        places = PlacesOfRow(self.parts.book.name, sheet, cells)
        for item, name, is_plain, dated, read in self._fields(draft.kind):
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
            if (value is None or self.parts.closes) and item.role == "rating":
                value = self._as_listed(item, draft, value) if item.field_type.rated else value
            if value is None:
                continue
            values[name] = value
            cells[name] = at
            if isinstance(value, Invalid):
                self.problems.append(
                    Problem(value.code, str(places[name]), value.message, "warning",
                            action=draft.ref, field=name)
                )  # fmt: skip
        if draft.kept_back:
            values[STATUS] = KEPT_BACK
        table = (draft.sheet, draft.table)
        held = self._cells(draft, cells) if self.parts.kept_workbook else {}
        return SourceRow(draft.kind, order, values, places, sheet, draft.row + 1, table, held)

    def _fields(self, kind: Kind) -> Sequence[_FieldOfRows]:
        if kind not in self.fields:
            parts = self.parts
            made = {parts.headed.get(kind), parts.outcomes.get(kind), parts.answers}
            made |= {*parts.split, *self.led, *self.mixed, *parts.coloured}
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
            return self._section(draft), at
        if item.id == self.parts.outcomes.get(draft.kind) and not pieces:
            return self._outcome(draft)
        if item.id == self.parts.answers and draft.kind == "action" and not pieces:
            at = (draft.sections[0].row, draft.sections[0].col) if draft.sections else at
            return self._answers(draft), at
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
            return self._by_fill(item, draft)
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
        """A date that can be read two ways, as the dates of its column are written."""
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
            self.filled,
            f"field {self.parts.headed.get('action', 'section')}: {{}} headings without words were "
            "taken as those of the same number",
        )
        for many, each in self.by_fill.items():
            self.parts.guesses += one_for_many(each, many)
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
        words = text.split()
        half = " ".join(words[: len(words) // 2])
        twice = len(words) % 2 == 0 and fold(half) == fold(" ".join(words[len(words) // 2 :]))
        if is_rating(text, item, self.definition.ratings) or not twice:
            if plain == text:
                known.add(text)
            return text
        self.parts.guesses.append(
            f'{about(draft.kind, item.id)}{draft.kind} {draft.ref} has "{text}"; read as {half}'
        )
        return half

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

    def _by_fill(self, item: Field, draft: Draft) -> tuple[Raw, At]:
        at = self.blank.get((draft.sheet, draft.row, item.id))
        if at is None:
            return None, (draft.row, 0)
        rating = colour_rating(item, draft, at, self.parts.layouts, self.definition.ratings)
        sheet = self.parts.layouts[draft.sheet].sheet
        fill, place = sheet.fills.get(at, ""), f"{sheet.name}!{a1(*at)}"
        whose = about(draft.kind, item.id)
        if rating is not None:
            one = f"has no rating but a fill; read as {rating.code}"
            many = f"have no rating but the fill {fill}; read as {rating.code}"
        elif self._tells(fill, draft):
            one = f"has no rating, and its fill {fill} is near none; left blank"
            many = f"have no rating, and their fill {fill} is near none; left blank"
        else:
            return None, at
        said = f"{whose}{draft.kind} {draft.ref} ({place}) {one}"
        self.by_fill.setdefault(f"{whose}{{}} {draft.kind}s {many}", {})[place] = said
        return rating.code if rating else None, at

    def _tells(self, fill: str, draft: Draft) -> bool:
        """Whether a fill may mean something: not white, nor one that other cells beside it have."""
        fills = self.parts.layouts[draft.sheet].sheet.fills
        same = sum(other == fill for (row, _), other in fills.items() if row == draft.row)
        return fill not in ("", "#FFFFFF") and same == 1

    def _as_listed(self, item: Field, draft: Draft, value: Value) -> Value:
        """An action in a list of completed ones, if it has no rating that closes, is closed."""
        closes = next((r.code for r in self.definition.scale_of(item) if r.closed), "")
        listed = closes and self.completed.holds(draft.sheet, draft.row)
        if listed and value is None:
            at = f"{self.parts.layouts[draft.sheet].sheet.name}, row {draft.row + 1}"
            self.parts.guesses.append(
                f"{about(draft.kind, item.id)}{draft.kind} {draft.ref} has no rating but stands "
                f"among the completed ones ({at}); read as {closes}"
            )
        return closes if listed and (value is None or type(value) is str) else value

    def _section(self, draft: Draft) -> Raw:
        """The section's text: short where the headings name recommendations that are listed."""
        headings = draft.sections
        if not headings:
            return None
        numbers = [h.number for h in headings]
        word = headings[0].word
        several = len(headings) > 1 and all(numbers) and len({h.word for h in headings}) == 1
        if several and not self.parts.answers:
            unseen = unseen_rows(self.parts.layouts[draft.sheet].sheet)
            self.texts.update((h.text, None) for h in headings if h.row not in unseen)
        if draft.kind == "action" and self.parts.answers and self._answers(draft):
            self._keep_text(headings)
            if len(numbers) == 1:
                return f"{word} {numbers[0]}"
            several = True
        if several:
            return f"{word}s {', '.join(numbers[:-1])} and {numbers[-1]}"
        return "\n".join(self._full(heading) for heading in headings)

    def _full(self, heading: Heading) -> str:
        """ "Priority 1" alone takes the words that "Priority 1: …" has elsewhere."""
        if heading.number and not heading.rest:
            full = self.full.get((fold(heading.word), heading.number))
            if full and full != heading.text:
                self.filled[f'"{heading.text}"'] = (
                    f'field {self.parts.headed["action"]}: "{heading.text}" was taken as "{full}"'
                )
                return full
        return heading.text

    def _outcome(self, draft: Draft) -> tuple[Raw, At]:
        """The outcome of the section: its own line, or that below the same heading elsewhere."""
        found = [
            self.outcomes[key] for h in draft.sections if (key := known_as(h)) in self.outcomes
        ]
        if not found:
            return None, (draft.row, 0)
        texts = dict.fromkeys(heading.outcome for heading in found)
        return "\n".join(texts), (found[0].outcome_row, found[0].col)

    def _answers(self, draft: Draft) -> Raw:
        refs = [self.listed.get(fold(h.number)) for h in draft.sections if h.number]
        if not refs or None in refs or len(refs) != len(draft.sections):
            return None
        return frozenset(ref for ref in refs if ref is not None)

    def _keep_text(self, headings: Sequence[Heading]) -> None:
        """A heading that words its recommendation otherwise than the list does is said."""
        for heading in headings:
            ref = self.listed.get(fold(heading.number))
            draft = next(
                d for d in self.parts.drafts if d.kind == "recommendation" and d.ref == ref
            )
            texts = {fold(canon_text(d_text)) for d_text in map(draft.text, draft.names())}
            if heading.rest and fold(heading.rest) not in texts:
                said = (
                    f"field {self.parts.answers}: the heading of {heading.word} {heading.number} "
                    f'differs from the list: "{heading.rest}"'
                )
                if said not in self.parts.guesses:
                    self.parts.guesses.append(said)
