"""The Plan sheet: every action by section, its rating in colour, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from xlplan.board.board_model import (
    Band,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.figures import answers_of
from xlplan.board.other_boards import is_restatement
from xlplan.board.standings import Standing, listed, section_field
from xlplan.board.summary import section_asks
from xlplan.board.view import ABSENT, COLUMNS, View, plural
from xlplan.board.words import decided
from xlplan.merge.model import Change, MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.timescales import say_date
from xlplan.plan.values import rating_word, show_in

BY_ROLE: Mapping[str, float] = {
    "key": 8,
    "recommendation": 16,
    "action": 44,
    "progress": 54,
    "output": 28,
    "outcome": 28,
    "page": 8,
}
NOTE_TEXT = 600
"""Characters of a value that a note on a cell shows."""
Changes = Mapping[tuple[str, str], Sequence[Change]]
Worked = Literal["", "section", "overdue", "slips", "first", "last_board", "direction", "changed"]


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column: of a field, or (`worked` out) of what the board finds about an action."""

    column: TableColumn
    item: Field | None = None
    worked: Worked = ""


def plan_sheet(view: View) -> BoardSheet:
    """Every action under its section; withdrawn ones last, not counted."""
    columns = plan_columns(view)
    line = "Every action by section, in the colour of its rating; what has changed is marked"
    legend = "Cells with a thick edge and a note have changed since the last board"
    if not view.compared and not view.board.changes:
        legend = "Ratings are those of the lead officers"
    empty = "The plan has no actions yet."
    return BoardSheet(
        line if view.rated else "Every action; what has changed is marked",
        "Plan",
        (_plan(view, columns), withdrawn_table(view)),
        legend=legend,
        empty="" if view.figures.standings or view.figures.withdrawn else empty,
    )


# Columns.


def plan_columns(view: View) -> tuple[PlanColumn, ...]:
    """The columns of Plan: the fields in their order, with what belongs beside each."""
    shown = shown_fields(view)
    with_role = view.board.definition.with_role
    dated = with_role("revised") if with_role("revised") in shown else with_role("due")
    columns: list[PlanColumn] = []
    for item in shown:
        if item is with_role("rating"):
            columns += _rating_columns(view, item, shown)
            continue
        columns.append(PlanColumn(_column_of(item), item))
        if item is dated:
            late = TableColumn("overdue", "Overdue", "text", "Overdue", 11, "", "Not overdue")
            columns.append(PlanColumn(replace(late, align="center"), worked="overdue"))
            if any(one.slips for one in view.figures.standings):
                slips = TableColumn("slips", "Slips", "text", "Slips", 20, "", "Never put back")
                columns.append(PlanColumn(slips, worked="slips"))
    first = next((n for n, c in enumerate(columns, 1) if c.column.id == "ref"), 0)
    section = TableColumn("section", view.group, width=26, plain=True)
    if view.figures.sectioned:
        columns.insert(first, PlanColumn(section, worked="section"))
    if view.compared:
        changed = TableColumn("changed", "Changed since the last board", "list", width=32,
                              plain=True, spoken="Nothing")  # fmt: skip
        columns.append(PlanColumn(changed, worked="changed"))
    return tuple(columns)


def _column_of(item: Field) -> TableColumn:
    width = item.width or BY_ROLE.get(item.role) or item.field_type.board_width
    found = TableColumn(item.id, item.heading, width=max(7, min(width, 80)))
    if item.role == "key":
        return replace(found, id="ref", spoken="No ref", strong=True)
    if item.field_type.rated:
        return replace(found, align="center")
    return replace(found, align="right") if item.field_type.frame == "number" else found


def _rating_columns(view: View, item: Field, shown: Sequence[Field]) -> list[PlanColumn]:
    now = PlanColumn(TableColumn(item.id, item.heading, "rating", width=13), item)
    if not view.compared:
        return [now]
    kept = view.board.definition.with_role("initial_rating") in shown
    moved = not kept and any(
        s.first is not None and s.first != s.before for s in view.figures.standings
    )
    first = TableColumn("first_rating", "First rating", "rating", "", 13, "–", ABSENT)
    return [
        *([PlanColumn(first, worked="first")] if moved and view.board.first else []),
        PlanColumn(replace(COLUMNS["last_board"], width=13), worked="last_board"),
        now,
        PlanColumn(replace(COLUMNS["direction"], width=14), worked="direction"),
    ]


def shown_fields(view: View) -> tuple[Field, ...]:
    """The fields that Plan shows: ``[composite] fields``, or all that have something in them.

    The ref comes first. The section has a place of its own.
    """
    definition = view.board.definition
    chosen = definition.composite.fields
    key = definition.with_role("key")
    if chosen:
        found = [f for name in chosen if (f := definition.find(name)) and not f.retired]
    else:
        left_out = (*empty_fields(view), *view.outdated)
        found = [f for f in definition.fields_of("action") if f not in left_out]
    rest = [f for f in found if f is not key and f is not section_field(definition)]
    if not chosen and _sections_name_recommendations(view):
        rest = [f for f in rest if f.role != "recommendation"]
    return (*([key] if key else []), *dict.fromkeys(rest))


def _sections_name_recommendations(view: View) -> bool:
    """Whether every section names the very recommendations that each of its actions answers."""

    def named(one: Standing) -> str:
        refs = answers_of(view.board.definition, one.row.values)
        return f"Recommendation{'s' if len(refs) > 1 else ''} {listed(refs)}" if refs else ""

    return all(
        view.short.get(one.section, one.section) == named(one) for one in view.figures.standings
    )


def empty_fields(view: View) -> tuple[Field, ...]:
    """Fields in which no action has anything: they would only take room on paper."""
    definition = view.board.definition
    rows = [*(s.row for s in view.figures.standings), *view.figures.withdrawn]
    needed = ("key", "section", "rating", "action")
    return tuple(
        f
        for f in definition.fields_of("action")
        if f.role not in needed and all(row.values.get(f.id) is None for row in rows)
    )


# Lines.


def _plan(view: View, columns: Sequence[PlanColumn]) -> Table:
    changes = changes_by_cell(view.board.changes)
    headings = _changed(view, changes)
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
            count = plural(len(group), "action")
            bands.append(Band(len(lines), title, count, ("section", section)))
        for one in group:
            cells = (_item(view, column, one, changes, headings) for column in columns)
            lines.append(line_of(cells, ("action", one.row.uid)))
    line = "Every action that counts, by section"
    return make_table("plan", "Plan", line, [c.column for c in columns], lines, bands=bands)


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
        line_of((item(row, c.item) for c in columns), ("action", row.uid))
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
    match column.worked:
        case "section":
            return view.section(one.section)
        case "overdue":
            return Item(one.in_short, emphasis="alert")
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
    item = column.item
    if item is None:
        return Item()
    note = _changed_note(view, item, one, changes.get((one.row.uid, item.id), ()))
    return replace(_value(view, item, one), note=note)


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
    link = view.reference(value) if item.type == "reference" else None
    return Item(show_in(item, value), link=link, emphasis="strong" if item.role == "key" else "")


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
