"""The Plan sheet: every action by section, its rating in colour, and what has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial

from msgspec.structs import replace

from xlplan.board.other_boards import is_restatement
from xlplan.board.plan_columns import Folding, PlanColumn, Worked, plan_columns
from xlplan.board.standings import Standing
from xlplan.board.summary import section_asks
from xlplan.board.table_model import (
    NOTHING,
    Anchor,
    Band,
    BoardSheet,
    Emphasis,
    Item,
    Line,
    Table,
    item_of,
    lines_of_columns,
    make_table,
)
from xlplan.board.view import View, once_a_board, plural
from xlplan.board.words import decided
from xlplan.merge.model import Change, MasterRow
from xlplan.plan.checks.references import named_in_words
from xlplan.plan.definition import Field
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, rating_word, show, show_in

NOTE_TEXT = 600
"""Characters of a value that a note on a cell shows."""
Changes = Mapping[str, Mapping[str, Sequence[Change]]]


def leaves_out_closed(view: View) -> bool:
    """Whether closed actions stand on Completed alone: where the board has that sheet."""
    return view.rated and view.shows("Completed")


def plan_sheet(view: View) -> BoardSheet:
    """Every action under its section; withdrawn ones last, not counted."""
    columns = plan_columns(view)
    line = "Every action by section, in the colour of its rating; what has changed is marked"
    legend = "Cells with a thick edge and a note have changed since the last board"
    closed = leaves_out_closed(view) and any(one.closed for one in view.figures.standings)
    if not view.compared and not view.board.changes:
        legend = "Ratings are those of the lead officers"
    empty = "The plan has no actions yet."
    return BoardSheet(
        line if view.rated else "Every action; what has changed is marked",
        "Plan",
        (_plan(view, columns), withdrawn_table(view)),
        legend=f"{legend}. Closed actions stand on Completed" if closed else legend,
        empty="" if view.figures.standings or view.figures.withdrawn else empty,
    )


# Lines.


def _plan(view: View, columns: Sequence[PlanColumn]) -> Table:
    gone = leaves_out_closed(view)
    bands: list[Band] = []
    asks = section_asks(view)
    titles = {p.mark: f"{p.mark}: {p.group}. {p.title}" for p in view.board.plans}
    by_section: dict[str, list[Standing]] = {}
    for one in view.figures.standings:
        by_section.setdefault(one.section, []).append(one)
    shown: list[Standing] = []
    for section, group in by_section.items():
        if title := titles.pop(group[0].row.uid[: group[0].row.uid.find("/")], ""):
            bands.append(Band(len(shown), title, "one of several plans"))
        if view.figures.sectioned:
            asked = asks.get(section, ())
            title = "\n".join(f"Recommendation {ref}: {text}" for ref, text in asked) or section
            title += _statement(view, group)
            closed = sum(one.closed for one in group) if gone else 0
            count = plural(len(group), "action")
            count += f", {closed} of them on Completed" if closed else ""
            bands.append(Band(len(shown), title, count, ("section", section)))
        shown += group
    lines = ActionLines(view, columns).of(shown)
    if gone:
        both = zip(shown, lines, strict=True)
        lines = [replace(line, early=True) if one.closed else line for one, line in both]
    line = "Every action that counts, by section"
    return make_table("plan", "Plan", line, [c.column for c in columns], lines, bands=bands)


class ActionLines:
    """The lines of actions in the columns of Plan, worked out a column at a time."""

    def __init__(self, view: View, columns: Sequence[PlanColumn]) -> None:
        actions, rated = _actions(view), view.board.definition.with_role("rating")
        self._notes = actions.notes
        self._columns = [
            (c.column.id, c.item.id if c.item else "", actions.reader(c)) for c in columns
        ]
        self._folding = Folding(columns, rated.id if rated else "")

    def of(
        self, found: Sequence[Standing], more: Mapping[str, Sequence[Item]] | None = None
    ) -> list[Line]:
        """What each action has in each column; `more` by column that is no field's."""
        own = more or {}
        columns = [[*own[c]] if c in own else read(found) for c, _, read in self._columns]
        fields = {name: n for n, (c, name, _) in enumerate(self._columns) if c not in own}
        for at, one in enumerate(found):
            for name, note in self._notes(one).items():
                if (n := fields.get(name)) is not None:
                    columns[n][at] = replace(columns[n][at], note=note)
        return lines_of_columns(
            self._folding.shown(columns), [("action", one.row.uid) for one in found]
        )


def _statement(view: View, group: Sequence[Standing]) -> str:
    """What the plan says of a section as a whole, such as its outcome, where its actions agree."""
    item = view.statement
    said = {show_in(item, one.row.values.get(item.id)) for one in group} - {""} if item else set()
    return f"\n{said.pop()}" if len(said) == 1 else ""


@once_a_board
def withdrawn_table(view: View) -> Table:
    """The actions that count nowhere, with what the plan holds of them."""
    columns = [c for c in plan_columns(view) if c.item is not None]
    folding = Folding(columns)
    main = view.board.definition.with_role("rating")

    def item(row: MasterRow, of: Field | None) -> Item:
        if of is main:
            return Item("Withdrawn")
        return Item(show_in(of, row.values.get(of.id)) if of else None)

    gone = view.figures.withdrawn
    shown = folding.shown([[item(row, c.item) for row in gone] for c in columns])
    lines = lines_of_columns(shown, [("action", row.uid) for row in gone])
    bands = [Band(0, "Withdrawn: not counted in any figure", plural(len(lines), "action"))]
    line = "Actions that were withdrawn; they count in no figure"
    return make_table(
        "withdrawn", "Withdrawn", line, [replace(c.column, kind="text") for c in columns], lines,
        bands=bands if lines else (), struck=True,
    )  # fmt: skip


Reading = Callable[[Sequence[Standing]], list[Item]]
"""What each of some actions has in a column."""


class _Actions:
    """What the actions of a board have in the columns of Plan; of what many have, one item."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._changes = changes_by_cell(view.board.changes)
        self._fields = {f.id: f for f in view.board.definition.fields_of("action")}
        self._main = view.board.definition.with_role("rating")
        self._readers: dict[tuple[Worked, str], Reading] = {}
        self._noted: dict[str, Mapping[str, str]] = {}
        self._named: dict[frozenset[str], Item] = {}

    # What an action has.

    def reader(self, column: PlanColumn) -> Reading:
        """How a column is read, but for the notes on what has changed."""
        key = (column.worked, column.item.id if column.item else "")
        found = self._readers.get(key)
        if found is None:
            found = self._readers[key] = self._reader(column)
        return found

    def _reader(self, column: PlanColumn) -> Reading:
        item, view = column.item, self._view
        if item is not None and item is not self._main:
            return self._of_field(item)
        worked: Mapping[Worked, Callable[[Standing], Item]] = {
            "section": lambda one: view.section(one.section),
            "overdue": lambda one: _late(one.in_short, one.overdue),
            "slips": lambda one: item_of(slips_words(one)),
            "first": lambda one: view.rating(one.first, quiet=True),
            "last_board": self._last_board,
            "direction": view.direction,
            "changed": self._headings,
        }
        of_one = partial(self._rating, item) if item else worked.get(column.worked)
        if of_one is None:
            return lambda found: [NOTHING] * len(found)
        return lambda found: [*map(of_one, found)]

    def _rating(self, item: Field, one: Standing) -> Item:
        """The rating; one that is not on the scale as it was typed."""
        found = self._view.rating(one.now)
        if one.now != "?":
            return found
        return replace(found, value=f'{found.value}: "{show_in(item, one.row.values[item.id])}"')

    def _of_field(self, item: Field) -> Reading:
        known: dict[object, Item] = {}
        mentioned = self._mentioned.get(item.id, {}) if item.type != "reference" else {}
        name, special = item.id, item.field_type.rated or item.type == "reference" or item.role

        def read(value: Value) -> Item:
            text = isinstance(value, str)
            # Values that are equal may be written in other words: 1 and 1.0, "June" and "30 June".
            key = value if text else (value.__class__, show_in(item, value))
            found = known.get(key)
            if found is None:
                plain = text and not special
                found = known[key] = Item(value) if plain else self._value(item, value)  # type: ignore[arg-type]  # a text
            return found

        def of(found: Sequence[Standing]) -> list[Item]:
            items = [read(one.row.values.get(name)) for one in found]
            for at, one in enumerate(found) if mentioned else ():
                if uid := mentioned.get(one.row.uid):
                    items[at] = replace(items[at], link=("action", uid))
            return items

        return of

    def _value(self, item: Field, value: Value) -> Item:
        """What a field has; the action that it refers to, where that is one alone."""
        rating = item.field_type.rated and self._view.board.definition.rating(value, item.scale)
        if rating:
            quiet = item.role in ("initial_rating", "previous_rating")
            return Item(rating_word(rating), rating, emphasis="quiet" if quiet else "")
        link = self._reference(value) if item.type == "reference" else None
        names = "; ".join(value) if item.field_type.people and isinstance(value, tuple) else ""
        emphasis: Emphasis = "strong" if item.role == "key" else ""
        return Item(show_in(item, value), link=link, shown=names, emphasis=emphasis)

    def _last_board(self, one: Standing) -> Item:
        found, changes = self._view.rating(one.before, quiet=True), self._changes.get(one.row.uid)
        note = _restated_note(self._view, self._main, changes) if changes else ""
        return replace(found, note=note) if note else found

    # Which action is meant.

    @cached_property
    def _mentioned(self) -> Mapping[str, Mapping[str, str]]:
        """By field and uid, the first action of the same plan that a text ("see action 4 above")
        names for certain."""
        found: dict[str, dict[str, str]] = {}
        for part in self._view.board.parts or (self._view.board,):
            for name, named in named_in_words(part.definition, part.rows).items():
                found.setdefault(name, {}).update(named)
        return found

    def _reference(self, value: Value) -> Anchor | None:
        """The action that a value refers to, where that is one alone."""
        refs = sorted(map(fold, value)) if isinstance(value, frozenset) else [fold(show(value))]
        uid = self._by_ref.get(refs[0]) if len(refs) == 1 else None
        return ("action", uid) if uid is not None else None

    @cached_property
    def _by_ref(self) -> Mapping[str, str]:
        rows = (one.row for one in self._view.figures.standings)
        return {fold(row.ref): row.uid for row in rows if row.ref}

    # What has changed.

    def notes(self, one: Standing) -> Mapping[str, str]:
        """By field, what each changed cell of an action was, and who changed it, when and where."""
        found = self._noted.get(one.row.uid)
        if found is None:
            found = self._noted[one.row.uid] = self._notes(one)
        return found

    def _notes(self, one: Standing) -> Mapping[str, str]:
        changes, found = self._changes.get(one.row.uid, {}), {}
        for name in self._changed(one):
            if name in changes:
                found[name] = _changed_note(self._view, self._fields[name], changes[name])
            else:
                last = (self._view.board.previous or {})[one.row.uid][name]
                was = _quoted(self._view.say(self._fields[name], last))
                found[name] = f"Last board: {was}\nSee Changes for how it came to change."
        return found

    def _changed(self, one: Standing) -> list[str]:
        """The fields of an action that were changed, or have another value than at the last board.
        A rating that the plan brought of its past differs without anybody having changed it."""
        found = {*self._changes.get(one.row.uid, ())}
        last, values = (self._view.board.previous or {}).get(one.row.uid), one.row.values
        if last is not None and last != values:
            main = self._main.id if self._main and self._view.board.brought else None
            found |= {n for n, was in last.items() if values.get(n) != was and n != main}
        return [name for name in found if name in self._fields]

    def _headings(self, one: Standing) -> Item:
        """The headings of the fields that have changed since the last board."""
        names = frozenset(self.notes(one)) if self._view.compared else None
        if not names:
            return NOTHING
        found = self._named.get(names)
        if found is None:
            headings = (f.heading for f in self._fields.values() if f.id in names)
            found = self._named[names] = Item((*headings,))
        return found


_actions = once_a_board(_Actions)


@lru_cache(maxsize=256)
def _late(words: str, overdue: bool) -> Item:
    return Item(words, emphasis="alert" if overdue else "")


def slips_words(one: Standing) -> str:
    """How often the due date was put back, and from when; blank where it never was."""
    if not one.slips or one.first_due is None:
        return ""
    times = "Put back once" if one.slips == 1 else f"Put back {one.slips} times"
    days = f", by {plural(one.slipped, 'day')} in all" if one.slipped and one.slipped > 0 else ""
    return f"{times}{days}. First due {say_date(one.first_due)}"


# What has changed.


def changes_by_cell(changes: Sequence[Change]) -> Changes:
    """The changes of each cell, by uid and field, in the order given."""
    found: dict[str, dict[str, list[Change]]] = {}
    for change in changes:
        found.setdefault(change.uid, {}).setdefault(change.field, []).append(change)
    return found


def _changed_note(view: View, item: Field, changes: Sequence[Change]) -> str:
    parts = [f"Was: {_change_words(view, item, change)}" for change in changes]
    if len(parts) > 4:
        parts = [parts[0], f"… and {len(parts) - 3} more, listed in Changes …", *parts[-2:]]
    return "\n\n".join(parts)


def _restated_note(view: View, item: Field | None, changes: Mapping[str, Sequence[Change]]) -> str:
    """A note on the rating at the last board, where it has been corrected since."""
    mine = changes.get(item.id, ()) if item else ()
    found = [change for change in mine if is_restatement(view.board, change)]
    if not found:
        return ""
    return f"As the board saw it. Restated since: {_change_words(view, item, found[-1])}"


def _change_words(view: View, item: Field | None, change: Change) -> str:
    """What a value was before a change, by whom it was changed, when, and in which cell."""
    where = f"\n{change.place}" if str(change.place) else ""
    if change.kind == "rule" and change.why:
        where = f": {change.why}"
    return (
        f"{_quoted(view.say(item, change.before))}\n"
        f"Changed by {change.by or 'an unknown author'}, {view.when(change.at)}"
        f" ({decided(change.kind)}){where}"
    )


def _quoted(text: str) -> str:
    """A value as a cell note shows it: in full unless it is long."""
    if len(text) > NOTE_TEXT:
        text = text[:NOTE_TEXT].rstrip() + "… (whole in Changes)"
    return f'"{text}"' if text else "(blank)"
