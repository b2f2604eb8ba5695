"""The Summary sheet, which is Table 1; the key figures, the rating key, and what rules sum up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from xlplan.board.figures import Count, Rolled, answers_of
from xlplan.board.standings import (
    DIRECTIONS,
    SELDOM,
    Direction,
    Standing,
)
from xlplan.board.table_model import (
    Anchor,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.view import SIGNS, View, figure, group_column, percent
from xlplan.board.words import meaning_of, section_text
from xlplan.plan.checks.rollups import RolledUp
from xlplan.plan.definition import Field, Rating
from xlplan.plan.settings import Rollup
from xlplan.plan.values import rating_word, show

ROLLED = {
    "worst": "Worst rating",
    "share-closed": "Share completed",
    "accountable": "Officer's own rating",
}
"""Headings of the columns in which a rule of the plan sums up, where it names none."""
FIGURE, ALONE, MOVE = 6.8, 11.0, 9.0


def summary_sheet(view: View) -> BoardSheet:
    """Table 1 alone, as councils print it."""
    by = f"Actions by {view.group[:1].lower()}{view.group[1:]} and rating" if view.rated else ""
    nothing = not view.figures.standings and not view.figures.total.actions_before
    title = by if view.figures.sectioned else "Actions by rating"
    return BoardSheet(
        "Table 1: actions by rating, before and now" if view.rated else "Actions, before and now",
        f"Table 1: {title}" if view.rated else "Table 1: Actions",
        (table_one(view),),
        empty="The plan has no actions to count yet." if nothing else "",
        legend="A figure leads to the first of its actions",
    )


def moves_shown(view: View) -> tuple[Direction, ...]:
    """The directions of travel that there are figures for; without ratings only what came in."""
    if not view.compared:
        return ()
    moves = (view.figures.whole or view.figures.total).moves
    every: tuple[Direction, ...] = DIRECTIONS if view.rated else ("new", "back")
    return tuple(d for d in every if d not in SELDOM or moves.get(d, 0))


def move_columns(moves: Sequence[Direction], width: float = MOVE) -> list[TableColumn]:
    """A column of figures for each direction of travel."""
    return [
        replace(figure(d, SIGNS[d][1], "Direction", width), over="Since the last board",
                under="\n".join(SIGNS[d]))
        for d in moves
    ]  # fmt: skip


def section_asks(view: View) -> dict[str, list[tuple[str, str]]]:
    """By section that is named after recommendations without their text: their refs and texts."""
    texts = {one.row.ref: asking_text(view, one.row.values) for one in view.figures.recommendations}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in view.figures.standings:
        if section_text(one.section) or not one.section.startswith("Recommendation"):
            continue
        asks = found.setdefault(one.section, [])
        asks += [
            (ref, texts[ref])
            for ref in answers_of(view.board.definition, one.row.values)
            if texts.get(ref) and (ref, texts[ref]) not in asks
        ]
    return found


def asking_field(view: View) -> Field | None:
    """The field of a recommendation that says what it asks for."""
    definition = view.board.definition
    return definition.with_role("action", "recommendation") or definition.with_role(
        "recommendation", "recommendation"
    )


def asking_text(view: View, values: Mapping[str, object]) -> str:
    """What a recommendation asks for, in full."""
    item = asking_field(view)
    return show(values.get(item.id)) if item else ""  # type: ignore[arg-type]  # values of a row


def table_one(view: View) -> Table:
    """Table 1: sections by rating, before and now; the whole plan is the last row."""
    f = view.figures
    asks = section_asks(view)
    abouts = {one.name: _about(one.name, asks) for one in f.sections}
    marks = [plan.mark for plan in view.board.plans]
    of_plan = [[s for s in f.standings if s.row.uid.startswith(f"{m}/")] for m in marks]
    lines = [
        _summed(view, plan, "", group, total=True)
        for plan, group in zip(f.plans, of_plan, strict=False)
    ]
    lines += [
        _summed(view, one, abouts[one.name], [s for s in f.standings if s.section == one.name])
        for one in (f.sections if f.sectioned else ())
    ]
    lines.append(_summed(view, f.total, "", f.standings, total=True))
    if f.whole is not None:
        lines.append(_summed(view, f.whole, "", (), total=True))
    columns = [replace(group_column(view, 30), heading=view.group if f.sectioned else "Plan")]
    columns.append(TableColumn("text", "About", width=32, brief=72, spoken="As named"))
    for point in view.counted_points:
        columns += _now_and_before(view, point.key or "none", point.label, rating=point.rating)
    columns += _now_and_before(view, "actions", "All actions", "Actions")
    line = "Sections by rating, now and at the last board; the last row is the whole plan"
    if not any(abouts.values()):
        columns = [c for c in columns if c.id != "text"]
        lines = [replace(row, items=(row.items[0], *row.items[2:])) for row in lines]
    return make_table("summary", "Summary", line, columns, lines)


def _now_and_before(
    view: View,
    name: str,
    heading: str,
    note: str = "",
    rating: Rating | None = None,
) -> list[TableColumn]:
    """The column of a figure now, and beside an earlier board that of the figure then."""
    now = TableColumn(
        f"{name}_now", f"{heading}, now", "number", note,
        FIGURE if view.compared else ALONE, "–", "None", rating, heading, "Now", strong=True,
    )  # fmt: skip
    if not view.compared:
        return [now]
    before = replace(now, id=f"{name}_before", heading=f"{heading}, before", note="Before",
                     under="Before", strong=False)  # fmt: skip
    return [before, now]


def _about(section: str, asks: Mapping[str, list[tuple[str, str]]]) -> str:
    """What a section says beyond its short name."""
    mine = asks.get(section, [])
    more = f" (and {len(mine) - 1} more)" if len(mine) > 1 else ""
    return section_text(section) or (mine[0][1] + more if mine else "")


def _summed(
    view: View, one: Count, about: str, group: Sequence[Standing], *, total: bool = False
) -> Line:
    """The figures of a section or a plan; each of those now leads to the first of its actions."""
    name = Item(one.name, emphasis="strong") if total else view.section(one.name, linked=True)
    row: list[Item | str | int | float | None] = [name, about]
    first: dict[str, Anchor] = {}
    for each in group:
        first.setdefault(each.now, ("action", each.row.uid))
    for point in view.counted_points:
        if view.compared:
            row.append((one.before or {}).get(point.key, 0))
        row.append(Item(one.now.get(point.key, 0), link=first.get(point.key)))
    row += [one.actions_before] if view.compared else []
    row.append(Item(one.actions, link=next(iter(first.values()), None)))
    return replace(line_of(row), total=total)


def rolled_columns(rolled: Sequence[Rolled]) -> list[TableColumn]:
    """A column for each rule of the plan that sums up."""
    return [
        TableColumn(f"rule_{n}", rollup.heading or ROLLED[rollup.rule], width=13, blank="–",
                    spoken="None", align="center")
        for n, (rollup, _) in enumerate(rolled, 1)
    ]  # fmt: skip


def own_rating(view: View, rollup: Rollup) -> Field | None:
    """The field with the accountable officer's own rating, where a rule shows that."""
    definition = view.board.definition
    if rollup.rule != "accountable":
        return None
    if rollup.field:
        return definition.find(rollup.field, "recommendation")
    return definition.with_role("rating", "recommendation")


def rolled_item(view: View, rollup: Rollup, one: RolledUp) -> Item:
    """A rating in its colour, or the share of the actions that is completed."""
    if rollup.rule == "share-closed":
        return Item(percent(one.share) if one.share is not None else None)
    definition = view.board.definition
    item = own_rating(view, rollup) or definition.with_role("rating")
    rating = definition.rating(one.rating, item.scale) if item else None
    return Item(rating_word(rating), rating) if rating else Item()


def rating_key(view: View) -> Table:
    """The words of the scale, what they mean, and how many actions have each."""
    total, compared = view.figures.total, view.compared
    columns = [
        TableColumn("rating", "Rating", "rating", width=24),
        TableColumn("code", "Code", width=12, plain=True, spoken="No code"),
        TableColumn("meaning", "What it means", width=90, brief=300),
        *([replace(figure("before", "Before", "Before"), strong=False)] if compared else []),
        figure("now", "Now", strong=True),
        TableColumn("share", "Share", "share", width=11, spoken="None"),
    ]
    rows = []
    for point in view.counted_points:
        now = total.now.get(point.key, 0)
        before = [(total.before or {}).get(point.key, 0)] if compared else []
        share = now / total.actions if total.actions else None
        code = point.rating.code if point.rating else None
        rows.append([view.rating(point.key), code, meaning_of(point), *before, now, share])
    line = "What each rating means, and how many actions have it"
    return make_table("rating_key", "Rating key", line, columns, rows)
