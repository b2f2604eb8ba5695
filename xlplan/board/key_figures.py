"""The key figures of the first page, and behind each of them the list of what it counts.

All actions, then the places where each counts once, then what is found across them. A figure leads
to its list: a group of the sheet Figures, or the sheet that lists just that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.action_lists import in_brief, lines_of
from xlplan.board.standings import (
    NOT_KNOWN,
    POSITIONS,
    Position,
    Standing,
    listed,
    place_by_rating,
)
from xlplan.board.table_model import (
    Anchor,
    Band,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    make_table,
)
from xlplan.board.view import View, plural
from xlplan.plan.text import fold, is_provisional

PLACES: Mapping[Position, tuple[str, str]] = {
    "completed": ("Completed", "closed by rating"),
    "watched": ("Done, watched", "before they close"),
    "unrated": ("Not rated", "or off the scale"),
    "attention": ("For attention", "by their rating"),
    "late": ("On track but late", "past the due date"),
    "undated": ("On track, no date", "none can be read"),
    "in-time": ("On track, in time", "not late"),
}
"""Where an action counts, in words: each once, in the first of these that fits."""
BY_DATE: Mapping[Position, str] = {"late": "late", "undated": "no date", "in-time": "in time"}
"""The places that rest on the date alone, where ratings do not say that all is well."""
MOST_NAMED = 32
"""Characters in which the ratings for attention are named under their figure."""
AMONG = "Among these, and beside them"
"""The title of the figures that go across."""
LISTS = "Figures"
"""The sheet with the lists that stand on no other."""
ACROSS = "Figures across"
"""Those of them whose actions stand in another list as well, for those who read by ear."""


class KeyFigure(Struct, frozen=True):
    """A figure for the top of the page, and what it was or out of what. The actions of those that
    are a `part` add up to all.

    `actions` are those that it counts, as far as it counts actions that no other sheet lists; its
    list stands at `link`, which is `on` the sheet of that name.
    """

    value: str
    label: str
    remark: str
    part: bool = False
    actions: tuple[Standing, ...] = ()
    link: Anchor | None = None
    on: str = ""


def key_figures(view: View) -> list[KeyFigure]:
    """All actions and their parts, then what is found across them."""
    f = view.figures
    t = f.total
    new = "in the plan"
    if t.before is not None:
        back = f", {t.moves['back']} back" if t.moves.get("back") else ""
        new = f"{t.moves.get('new', 0)} new{back}, {f.withdrawn_since} withdrawn"
    every = KeyFigure(str(t.actions), "Actions", new, part=True)
    out = [_on_sheet(view, every, LISTS), *_parts(view)]
    if view.rated:
        late = tuple(one for one in f.standings if one.overdue)
        out.append(_listed(view, _late_label(view), "past the due date", late))
    if provisional := tuple(one for one in f.standings if is_provisional(one.row.ref)):
        out.append(_listed(view, "Provisional", "with a ref such as NEW or TBC", provisional))
    if t.late_steps:
        behind = sum(bool(one.late_steps) for one in f.standings)
        found = KeyFigure(str(t.late_steps), "Late steps", f"in {plural(behind, 'action')}")
        out.append(_on_sheet(view, found, "Late steps"))
    if ticked := sum(one.steps_done for one in f.standings):
        steps = sum(one.steps for one in f.standings)
        out.append(KeyFigure(f"{ticked} of {steps}", "Steps done", "ticked or noted"))
    if t.undated and view.rated:
        found = KeyFigure(str(t.undated), "No date can be read", _no_date(view))
        out.append(_on_sheet(view, found, "No date"))
    looked_at = KeyFigure(str(t.exceptions), "Exceptions", "actions to look at")
    out.append(_on_sheet(view, looked_at, "Exceptions"))
    if f.asked:
        late_ones = f", {f.late} late" if f.late else ""
        returned = f"{f.returned} of {f.asked}"
        found = KeyFigure(returned, "Returns received", f"leads asked{late_ones}")
        out.append(_on_sheet(view, found, "By lead"))
    return out


def figure_groups(view: View) -> list[tuple[str, list[KeyFigure]]]:
    """The key figures in two groups, each with its title: those that add up to all actions, and
    those that go across."""
    every = key_figures(view)
    parts = [one for one in every if one.part]
    once = ", each counted once" if len(parts) > 1 else ""
    return [
        (f"{plural(view.figures.total.actions, 'action')}{once}", parts),
        (AMONG, [one for one in every if not one.part]),
    ]


def _late_label(view: View) -> str:
    """What the figure of all late actions is called; a rating of that name keeps it."""
    named = any(fold(point.label) == "late" for point in view.points.values())
    return "Past the due date" if named else "Late"


def _on_sheet(view: View, one: KeyFigure, sheet: str) -> KeyFigure:
    """The figure with a link to the sheet that lists what it counts, where the board has that."""
    nothing = one.value == "0" or not view.shows(sheet)
    return one if nothing else replace(one, link=("sheet", sheet), on=sheet)


def _listed(
    view: View, label: str, remark: str, actions: Sequence[Standing], *, part: bool = False
) -> KeyFigure:
    """The figure of these actions, with a link to its group of the sheet Figures."""
    one = KeyFigure(str(len(actions)), label, remark, part, tuple(actions))
    if not actions or not view.shows(LISTS):
        return one
    return replace(one, link=("figure", label), on=LISTS if part else ACROSS)


def _parts(view: View) -> list[KeyFigure]:
    """How many actions count where; those places are left out that the plan has no use for."""
    found = []
    for place in POSITIONS if view.rated or view.dated else ():
        mine = [one for one in view.figures.standings if one.position == place]
        was = _was(view, place)
        if mine or was or place in _expected(view):
            label, remark = _place_words(view, place)
            if was is not None:
                named = place == "attention" and remark != PLACES[place][1]
                remark = f"{remark}; {_ago(view, was)}" if named else _ago(view, was)
            if place == "completed" and (kinds := _kinds(view, mine)):
                remark = f"{kinds}; {remark}"
            found.append(_listed(view, label, remark, mine, part=True))
    return found


def _kinds(view: View, closed: Sequence[Standing]) -> str:
    """How many were closed by which rating, where by more than one: what is superseded was never
    done."""
    counts = {
        point.label: count
        for point in view.counted_points
        if (count := sum(one.now == point.key for one in closed))
    }
    words = [f"{count} {label}" for label, count in counts.items()]
    return listed(words) if len(words) > 1 else ""


def _place_words(view: View, place: Position) -> tuple[str, str]:
    label, remark = PLACES[place]
    if place == "in-time" and not view.dated:
        label, remark = "On track" if view.on_track else "Open", "by their rating"
    elif place in BY_DATE and not view.rated:
        label = BY_DATE[place].capitalize()
    elif place in BY_DATE and not view.on_track:
        label = f"{'Others' if view.flags else 'Open'}, {BY_DATE[place]}"
    if place == "completed" and not view.rated:
        remark = "noted as done"
    if place == "attention" and len(rated := listed(view.flags, "or")) <= MOST_NAMED:
        remark = f"rated {rated}"
    if place == "undated" and not view.rated:
        remark = _no_date(view)
    return label, remark


def _no_date(view: View) -> str:
    return "listed under No date" if view.shows("No date") else "in the due date"


def _expected(view: View) -> set[Position]:
    """The places that the scale and the columns of the plan provide for."""
    scale = [point.rating for point in view.points.values() if point.rating]
    found: set[Position] = {"in-time"} if view.rated or view.dated else set()
    found |= {"late"} if view.dated else set()
    found |= {"completed"} if any(r.closed for r in scale) else set()
    found |= {"watched"} if any(r.holding and not r.closed for r in scale) else set()
    return found | ({"attention"} if view.flags else set())


def _ago(view: View, was: int) -> str:
    """How many counted there before; where some are not known it may have been more."""
    if not (view.figures.total.before or {}).get(NOT_KNOWN):
        return f"was {was}"
    return f"was {was} or more" if was else "before not known"


def _was(view: View, place: Position) -> int | None:
    """How many counted there at the last board, by their rating; what rests on the day of that
    board is not worked out again."""
    before = view.figures.total.before
    if before is None or not view.rated or place in BY_DATE:
        return None
    known = ((view.points[key].rating, n) for key, n in before.items() if key != NOT_KNOWN)
    return sum(n for rating, n in known if place_by_rating(rating) == place)


def key_figures_table(view: View) -> Table:
    """The figures at the top."""
    columns = (
        TableColumn("figure", "Figure", width=30),
        TableColumn("value", "Value", width=16),
        TableColumn("remark", "Before, or out of what", width=40, spoken="Nothing more"),
        TableColumn("listed", "Listed on", width=24, spoken="No list"),
        TableColumn("group", "How it counts", width=36),
    )
    rows = [
        (one.label, one.value, one.remark, Item(one.on or None, link=one.link), group)
        for group, figures in figure_groups(view)
        for one in figures
    ]
    line = "The position in a few figures, each with the sheet that lists what it counts"
    return make_table("key_figures", "Key figures", line, columns, rows)


# The lists behind them.


def figures_sheet(view: View) -> BoardSheet:
    """The actions that each key figure counts, for those that stand on no sheet of their own."""
    every = key_figures(view)
    line = "The actions behind each key figure of At a glance"
    parts = [one for one in every if one.part and one.actions]
    across = [one for one in every if not one.part and one.actions]
    tables = (
        _figures_table(view, "figures", LISTS, f"{line}: each once, where it counts", parts),
        _figures_table(view, "figures_across", ACROSS, f"{line}: across them", across),
    )
    once = "Each action once, where it counts"
    return BoardSheet(
        line, "The actions behind each key figure", tables,
        notes=(f"{once}; below that again, where a figure goes across" if across else once,),
        empty="" if parts or across else "The plan has no actions to count yet.",
        apt=bool(parts or across),
    )  # fmt: skip


def _figures_table(view: View, key: str, name: str, line: str, found: Sequence[KeyFigure]) -> Table:
    columns = [
        TableColumn("figure", "Figure", width=24, plain=True),
        *view.columns("ref", "section", "action", "leads", "due", "rating"),
    ]
    columns = in_brief(columns)
    lines: list[Line] = []
    bands: list[Band] = []
    for one in found:
        count = plural(len(one.actions), "action")
        bands.append(Band(len(lines), one.label, count, ("figure", one.label)))
        mine = lines_of(view, one.actions, columns, {"figure": [one.label] * len(one.actions)})
        lines += [replace(mine[0], anchor=("figure", one.label)), *mine[1:]]
    return make_table(key, name, line, columns, lines, bands=bands)
