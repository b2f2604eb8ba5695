"""The Summary sheet, which is Table 1; the key figures, the rating key, and what rules sum up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlplan.board.board_model import (
    Anchor,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.figures import Count, Rolled, answers_of
from xlplan.board.standings import (
    DIRECTIONS,
    NOT_KNOWN,
    POSITIONS,
    Direction,
    Position,
    Standing,
    place_by_rating,
)
from xlplan.board.view import SIGNS, View, figure, group_column, percent, plural
from xlplan.board.words import meaning_of, section_text
from xlplan.plan.checks.references import RolledUp
from xlplan.plan.definition import Field, Rating
from xlplan.plan.settings import Rollup
from xlplan.plan.text import is_provisional
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


PLACES: Mapping[Position, tuple[str, str]] = {
    "completed": ("Completed", "closed by rating"),
    "watched": ("Done, watched", "before they close"),
    "unrated": ("Not rated", "or off the scale"),
    "attention": ("For attention", "by their rating"),
    "late": ("On track but late", "past the due date"),
    "undated": ("On track, no date", "that can be read"),
    "in-time": ("On track, in time", "not past the date"),
}
"""Where an action counts, in words: each once, in the first of these that fits."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure for the top of the sheet, and what it was or out of what. The actions of those that
    are a `part` add up to all."""

    value: str
    label: str
    remark: str
    part: bool = False


def key_figures(view: View) -> list[KeyFigure]:
    """All actions and their parts, then what is found across them."""
    f = view.figures
    t = f.total
    new = "in the plan"
    if t.before is not None:
        new = f"{t.moves.get('new', 0)} new, {f.withdrawn_since} withdrawn"
    out = [KeyFigure(str(t.actions), "Actions", new, part=True), *_parts(view)]
    opened = "open, past the due date" if view.rated else "past the due date"
    out.append(KeyFigure(str(t.overdue), view.late_heading, opened))
    if provisional := sum(is_provisional(one.row.ref) for one in f.standings):
        out.append(KeyFigure(str(provisional), "Provisional", "with a ref such as NEW or TBC"))
    if t.late_steps:
        behind = sum(bool(one.late_steps) for one in f.standings)
        out.append(KeyFigure(str(t.late_steps), "Late steps", f"of {plural(behind, 'action')}"))
    if ticked := sum(one.steps_done for one in f.standings):
        steps = sum(one.steps for one in f.standings)
        out.append(KeyFigure(f"{ticked} of {steps}", "Steps done", "by ticks or timescales"))
    if t.undated:
        listed = "listed under No date" if view.shows("No date") else "in the due date"
        out.append(KeyFigure(str(t.undated), "No date can be read", listed))
    reason = "listed with the reason" if view.shows("Exceptions") else "for the board to look at"
    out.append(KeyFigure(str(t.exceptions), "Exceptions", reason))
    if f.asked:
        late = f", {f.late} late" if f.late else ""
        out.append(
            KeyFigure(f"{f.returned} of {f.asked}", "Returns received", f"leads asked{late}")
        )
    return out


def _parts(view: View) -> list[KeyFigure]:
    """How many actions count where; those places are left out that the plan has no use for."""
    total = view.figures.total
    found = []
    for place in POSITIONS if view.rated or view.dated else ():
        count, was = total.positions.get(place, 0), _was(view, place)
        if count or was or place in _expected(view):
            label, remark = _place_words(view, place)
            found.append(
                KeyFigure(str(count), label, remark if was is None else _ago(view, was), part=True)
            )
    return found


def _place_words(view: View, place: Position) -> tuple[str, str]:
    label, remark = PLACES[place]
    if place == "in-time" and not view.dated:
        label, remark = "On track", "by their rating"
    if not view.rated:
        remark = "by steps or timescale" if place == "completed" else remark
        label = {"late": "Late", "undated": "No date", "in-time": "In time"}.get(place, label)
    return label, remark


def _expected(view: View) -> set[Position]:
    """The places that the scale and the columns of the plan provide for."""
    scale = [point.rating for point in view.points.values() if point.rating]
    found: set[Position] = {"in-time"} if view.rated or view.dated else set()
    found |= {"late"} if view.dated else set()
    found |= {"completed"} if any(r.closed for r in scale) else set()
    found |= {"watched"} if any(r.holding and not r.closed for r in scale) else set()
    return found | ({"attention"} if any(r.exception for r in scale) else set())


def _ago(view: View, was: int) -> str:
    """How many counted there before; where some are not known it may have been more."""
    if not (view.figures.total.before or {}).get(NOT_KNOWN):
        return f"was {was}"
    return f"was {was} or more" if was else "before not known"


def _was(view: View, place: Position) -> int | None:
    """How many counted there at the last board, by their rating; what rests on the day of that
    board is not worked out again."""
    before = view.figures.total.before
    if before is None or not view.rated or place in ("late", "undated", "in-time"):
        return None
    known = ((view.points[key].rating, n) for key, n in before.items() if key != NOT_KNOWN)
    return sum(n for rating, n in known if place_by_rating(rating) == place)


def key_figures_table(view: View) -> Table:
    """The figures at the top."""
    columns = (
        TableColumn("figure", "Figure", width=30),
        TableColumn("value", "Value", width=16),
        TableColumn("remark", "Before, or out of what", width=40, spoken="Nothing more"),
    )
    rows = [(one.label, one.value, one.remark) for one in key_figures(view)]
    line = "The position in a few figures"
    return make_table("key_figures", "Key figures", line, columns, rows)


def moves_shown(view: View) -> tuple[Direction, ...]:
    """The directions of travel that there are figures for; without ratings only what is new."""
    if not view.compared:
        return ()
    if not view.rated:
        return ("new",)
    moves = (view.figures.whole or view.figures.total).moves
    return tuple(d for d in DIRECTIONS if d != "uncompared" or moves.get(d, 0))


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
