"""The Plan sheet: every action by section, its rating in colour, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from xlplan.board.board_model import (
    Band,
    BoardSheet,
    Item,
    Line,
    Table,
    line_of,
    make_table,
)
from xlplan.board.other_boards import is_restatement
from xlplan.board.plan_columns import PlanColumn, plan_columns, shown_in_cells
from xlplan.board.standings import Standing
from xlplan.board.summary import section_asks
from xlplan.board.view import View, plural
from xlplan.board.words import decided
from xlplan.merge.model import Change, MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.timescales import say_date
from xlplan.plan.values import rating_word, show_in

NOTE_TEXT = 600
"""Characters of a value that a note on a cell shows."""
Changes = Mapping[tuple[str, str], Sequence[Change]]


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
    of_action = ActionLines(view, columns)
    gone = leaves_out_closed(view)
    lines: list[Line] = []
    bands: list[Band] = []
    asks = section_asks(view)
    titles = {p.mark: f"{p.mark}: {p.group}. {p.title}" for p in view.board.plans}
    by_section: dict[str, list[Standing]] = {}
    for one in view.figures.standings:
        by_section.setdefault(one.section, []).append(one)
    for section, group in by_section.items():
        if title := titles.pop(group[0].row.uid[: group[0].row.uid.find("/")], ""):
            bands.append(Band(len(lines), title, "one of several plans"))
        if view.figures.sectioned:
            asked = asks.get(section, ())
            title = "\n".join(f"Recommendation {ref}: {text}" for ref, text in asked) or section
            title += _statement(view, group)
            closed = sum(one.closed for one in group) if gone else 0
            count = plural(len(group), "action")
            count += f", {closed} of them on Completed" if closed else ""
            bands.append(Band(len(lines), title, count, ("section", section)))
        lines += [replace(of_action.line(one), early=gone and one.closed) for one in group]
    line = "Every action that counts, by section"
    return make_table("plan", "Plan", line, [c.column for c in columns], lines, bands=bands)


@dataclass(frozen=True)
class ActionLines:
    """The lines of actions in the columns of Plan."""

    view: View
    columns: Sequence[PlanColumn]

    @cached_property
    def _changes(self) -> Changes:
        return changes_by_cell(self.view.board.changes)

    @cached_property
    def _headings(self) -> Mapping[str, Sequence[str]]:
        return _changed(self.view, self._changes)

    @cached_property
    def _rated(self) -> str:
        item = self.view.board.definition.with_role("rating")
        return item.id if item else ""

    def line(self, one: Standing, more: Mapping[str, Item] | None = None) -> Line:
        """What an action has in each column; `more` by column that is no field's."""
        own = more or {}
        items = [
            own[c.column.id]
            if c.column.id in own
            else _item(self.view, c, one, self._changes, self._headings)
            for c in self.columns
        ]
        items = shown_in_cells(self.columns, items, self._rated)
        return line_of(items, ("action", one.row.uid))


def _statement(view: View, group: Sequence[Standing]) -> str:
    """What the plan says of a section as a whole, such as its outcome, where its actions agree."""
    item = view.statement
    said = {show_in(item, one.row.values.get(item.id)) for one in group} - {""} if item else set()
    return f"\n{said.pop()}" if len(said) == 1 else ""


def withdrawn_table(view: View) -> Table:
    """The actions that count nowhere, with what the plan holds of them."""
    columns = [c for c in plan_columns(view) if c.item is not None]
    main = view.board.definition.with_role("rating")

    def item(row: MasterRow, of: Field | None) -> Item:
        if of is main:
            return Item("Withdrawn")
        return Item(show_in(of, row.values.get(of.id)) if of else None)

    lines = [
        line_of(shown_in_cells(columns, [item(row, c.item) for c in columns]), ("action", row.uid))
        for row in view.figures.withdrawn
    ]
    bands = [Band(0, "Withdrawn: not counted in any figure", plural(len(lines), "action"))]
    line = "Actions that were withdrawn; they count in no figure"
    return make_table(
        "withdrawn", "Withdrawn", line, [replace(c.column, kind="text") for c in columns], lines,
        bands=bands if lines else (), struck=True,
    )  # fmt: skip


def _item(
    view: View,
    column: PlanColumn,
    one: Standing,
    changes: Changes,
    headings: Mapping[str, Sequence[str]],
) -> Item:
    item = column.item
    if item is not None:
        note = _changed_note(view, item, one, changes.get((one.row.uid, item.id), ()))
        found = _value(view, item, one)
        return replace(found, note=note) if note else found
    match column.worked:
        case "section":
            return view.section(one.section)
        case "overdue":
            return Item(one.in_short, emphasis="alert" if one.overdue else "")
        case "slips":
            return Item(slips_words(one))
        case "first":
            return view.rating(one.first, quiet=True)
        case "last_board":
            note = _restated_note(view, one, changes)
            return replace(view.rating(one.before, quiet=True), note=note)
        case "direction":
            return view.item(one, "direction")
        case "changed":
            return Item(tuple(headings.get(one.row.uid, ())))
    return Item()


def _value(view: View, item: Field, one: Standing) -> Item:
    """What an action has in a field; a rating that is not on the scale as it was typed."""
    value = one.row.values.get(item.id)
    if item is view.board.definition.with_role("rating"):
        found = view.rating(one.now)
        return replace(found, value=f'{found.value}: "{show_in(item, value)}"') if (
            one.now == "?"
        ) else found  # fmt: skip
    if item.field_type.rated and (rating := view.board.definition.rating(value, item.scale)):
        quiet = item.role in ("initial_rating", "previous_rating")
        return Item(rating_word(rating), rating, emphasis="quiet" if quiet else "")
    link = view.reference(value) if item.type == "reference" else view.mentioned(one, item)
    names = "; ".join(value) if item.field_type.people and isinstance(value, tuple) else ""
    found = Item(show_in(item, value), link=link, shown=names)
    return replace(found, emphasis="strong") if item.role == "key" else found


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
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        found.setdefault((change.uid, change.field), []).append(change)
    return found


def _changed(view: View, changes: Changes) -> Mapping[str, Sequence[str]]:
    """By uid, the headings of the fields that have changed since the last board."""
    fields = view.board.definition.fields_of("action")
    found: dict[str, list[str]] = {}
    for one in view.figures.standings if view.compared else ():
        uid = one.row.uid
        found[uid] = [
            item.heading
            for item in fields
            if (uid, item.id) in changes or _differs(view, one, item)
        ]
    return found


def _differs(view: View, one: Standing, item: Field) -> bool:
    """Whether a field has another value than at the last board. A rating that the plan brought of
    its past differs without anybody having changed it."""
    if view.board.brought and item is view.board.definition.with_role("rating"):
        return False
    last = (view.board.previous or {}).get(one.row.uid)
    return last is not None and item.id in last and last[item.id] != one.row.values.get(item.id)


def _changed_note(view: View, item: Field, one: Standing, changes: Sequence[Change]) -> str:
    """What a changed cell was, and who changed it, when, and in which file and cell."""
    if not changes:
        if not _differs(view, one, item):
            return ""
        was = view.say(item, (view.board.previous or {})[one.row.uid][item.id])
        return f"Last board: {_quoted(was)}\nSee Changes for how it came to change."
    parts = [f"Was: {_change_words(view, item, change)}" for change in changes]
    if len(parts) > 4:
        parts = [parts[0], f"… and {len(parts) - 3} more, listed in Changes …", *parts[-2:]]
    return "\n\n".join(parts)


def _restated_note(view: View, one: Standing, changes: Changes) -> str:
    """A note on the rating at the last board, where it has been corrected since."""
    item = view.board.definition.with_role("rating")
    mine = changes.get((one.row.uid, item.id), ()) if item else ()
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
