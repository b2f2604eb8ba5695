"""Lists of actions: Exceptions, Movement, New and Completed, each with the columns it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from xlplan.board.other_boards import closed_since
from xlplan.board.plan_columns import PlanColumn, moved_rating, plan_columns
from xlplan.board.plan_sheet import ActionLines
from xlplan.board.reasons import REASONS
from xlplan.board.standings import (
    DIRECTIONS,
    OF_THE_ROUND,
    Direction,
    ReasonKind,
    Standing,
    listed,
)
from xlplan.board.summary import move_columns
from xlplan.board.table_model import (
    Band,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    TableValue,
    item_of,
    lines_of_columns,
    make_table,
)
from xlplan.board.view import SIGNS, View, figure, group_column, once_a_board, plural
from xlplan.board.words import decided
from xlplan.merge.model import Change
from xlplan.plan.definition import STATUS
from xlplan.plan.values import badness

More = Mapping[str, Sequence[Item | TableValue]]
"""By column, what actions have in it, one after the other."""
CLOSED_NOW = "Closed since the last board"
HELD = "Done, under watch"
CLOSED = "Closed earlier"


def lines_of(
    view: View,
    found: Sequence[Standing],
    columns: Sequence[TableColumn],
    more: More | None = None,
) -> list[Line]:
    """A line for each action: what it shows in the columns, `more` by column that is this list's
    own."""
    own = more or {}
    return lines_of_columns(
        [own[c.id] if c.id in own else _items_of(view, found, c.id) for c in columns]
    )


def _items_of(view: View, found: Sequence[Standing], column: str) -> list[Item]:
    """What actions show in a column; of an action that stands in many lists, one item."""
    known, items = _known(view).setdefault(column, {}), []
    for one in found:
        item = known.get(one.row.uid)
        if item is None:
            item = known[one.row.uid] = view.item(one, column)
        items.append(item)
    return items


@once_a_board
def _known(_: View) -> dict[str, dict[str, Item]]:
    """By column and uid, what was shown already."""
    return {}


def in_brief(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """The columns, actions and dues (which may be many dates) in short; Plan has them whole."""
    most = {"action": 140, "due": 48}
    return [replace(c, brief=most.get(c.id, c.brief)) for c in columns]


# Exceptions.


GROUPS: tuple[tuple[str, tuple[ReasonKind, ...]], ...] = (
    ("For attention", ("attention", "worsened")),
    ("Late", ("overdue", "late-steps", "date-gone")),
    ("Challenged", ("challenged", "two-ratings", "off-scale", "rating-removed")),
)
"""In which group an exception stands: the first that has one of its reasons."""
SHOWN = 40
"""Exceptions of a group that are drawn; the others stand together, by section."""


def exceptions_sheet(view: View) -> BoardSheet:
    """The actions to look at, in groups, worst first."""
    found = sorted(first_in_line(view), key=_group)
    places = [_group(one) for one in found]
    columns = [TableColumn("group", "Group", width=18, plain=True)]
    columns += view.columns("ref", "section", "action", "leads", "due")
    columns = in_brief(columns)
    columns += [
        replace(c, plain=c.id != "rating")
        for c in view.columns("last_board", "rating", "direction")
    ]
    columns.append(TableColumn("why", "Why it is here", "list", "Exceptions", 44, strong=True))
    explained = view.figures.sectioned and view.shows("Sections")
    columns += [replace(c, brief=240, plain=explained) for c in view.columns("progress")]
    more: More = {
        "group": [GROUPS[place][0] for place in places],
        "rating": [moved_rating(view, one) for one in found],
    }
    line = "The actions to look at, worst first, each with the reason"
    lines = [
        replace(each, early=n - places.index(place) >= SHOWN)
        for n, (each, place) in enumerate(
            zip(lines_of(view, found, columns, more), places, strict=True)
        )
    ]
    table = make_table(
        "exceptions", "Exceptions", line, columns, lines, bands=_group_bands(view, found, places)
    )
    empty = (
        "No exceptions: no action is rated for attention, overdue, worse than at the last "
        "board, or challenged."
    )
    return BoardSheet(
        line, "Exceptions", (table,), notes=_tally(found), empty="" if found else empty
    )


def _group(one: Standing) -> int:
    kinds = {reason.kind for reason in one.reasons}
    return next(n for n, (_, of) in enumerate(GROUPS) if kinds & set(of))


def _group_bands(view: View, found: Sequence[Standing], places: Sequence[int]) -> list[Band]:
    """A title for each group, with how many there are of it and how many of them are drawn."""
    flags = listed(view.flags, "or")
    titles = [
        f"Rated {flags}, or worse than before" if flags else "Worse than before",
        f"{_late_or(found, places)}{f', and not rated {flags}' if flags else ''}",
        "Rated otherwise than the plan's rules would",
    ]
    bands = []
    for place in dict.fromkeys(places):
        count = places.count(place)
        words = plural(count, "action")
        if count > SHOWN:
            words += f", the worst {SHOWN} of them one by one"
        first = places.index(place)
        bands.append(Band(first, titles[place], words))
        if others := _others(view, found[first : first + count]):
            bands.append(replace(others, before=first + SHOWN))
    return bands


def _late_or(found: Sequence[Standing], places: Sequence[int]) -> str:
    late = all(one.overdue for one, place in zip(found, places, strict=True) if place == 1)
    return "Late" if late else "Late, or about to lose the date"


def _others(view: View, found: Sequence[Standing]) -> Band | None:
    """The exceptions of a group that are not drawn one by one: which they are, by section."""
    more: dict[str, list[str]] = {}
    for one in found[SHOWN:]:
        more.setdefault(one.section, []).append(one.row.ref or "no ref")
    if not more:
        return None
    refs = (f"{view.short.get(name, name)}: {', '.join(of)}" for name, of in more.items())
    text = f"The others of this group, all of them in Plan:\n{'; '.join(refs)}"
    return Band(0, text, plural(len(found) - SHOWN, "action"))


@once_a_board
def first_in_line(view: View) -> list[Standing]:
    """The exceptions, worst first: by rating, then overdue, worsened, and the more reasons.

    What cannot be placed on the scale stands after what is on it.
    """
    place = {s: n for n, s in enumerate(_worst_first(view))}

    def key(one: Standing) -> tuple[int, bool, bool, int]:
        worse = one.direction == "worse"
        return place.get(one.now, len(place)), not one.overdue, not worse, -len(one.reasons)

    return sorted(view.figures.exceptions, key=key)


def _worst_first(view: View) -> list[str]:
    bad = badness([point.rating for point in view.figures.points if point.rating is not None])
    return sorted(bad, key=lambda code: -bad[code])


def _tally(found: Sequence[Standing]) -> tuple[str, ...]:
    """How many actions there are for each reason; one action may have several."""
    parts = []
    for kind, words in REASONS:
        count = sum(any(r.kind == kind for r in one.reasons) for one in found)
        if count and kind not in OF_THE_ROUND:
            parts.append(f"{words}: {count}")
    return (f"{plural(len(found), 'action')}", *parts) if found else ()


# Movement.


def movement_sheet(view: View) -> BoardSheet:
    """Movement counted per section, then the actions that moved, in the order of the plan."""
    columns = view.columns(
        "section", "ref", "action", "leads", "due", "last_board", "rating", "direction"
    )
    columns = [
        replace(
            c,
            plain=c.id in ("last_board", "direction"),
            brief={"action": 70, "leads": 40, "due": 28}.get(c.id, 0),
            width=24 if c.id == "rating" else c.width,
        )
        for c in columns
    ]
    moved = [s for s in view.figures.standings if view.compared and s.direction != "same"]
    more = {"rating": [moved_rating(view, one, ", ") for one in moved]}
    line = "What has become better or worse since the last board"
    lines = lines_of(view, moved, columns, more)
    listed = make_table("movement", "Movement", line, columns, lines)
    first = "This is the first board: there is no earlier position to compare with."
    return BoardSheet(
        line,
        "Movement since the last board",
        (_movement_by_section(view), listed),
        sentence=_sentence(view) if view.compared else "",
        empty="" if view.compared else first,
        apt=view.rated,
    )


def _sentence(view: View) -> str:
    """The counts of the whole plan in a sentence."""
    total = view.figures.total
    shown = _shown(view, DIRECTIONS if view.rated else ("new", "back"))
    words = [f"{total.moves.get(d, 0)} {SIGNS[d][1].lower()}" for d in shown]
    gone = view.figures.withdrawn_since
    sentence = f"Of {plural(total.actions, 'action')}: {', '.join(words)}. Withdrawn since: {gone}."
    if not view.rated:
        return f"{sentence} The plan does not rate its actions."
    if not any(total.moves.get(d, 0) for d in DIRECTIONS if d != "same"):
        sentence += " No rating has moved since the last board."
    return sentence


def _shown(view: View, ways: Sequence[Direction]) -> Sequence[Direction]:
    """Without what came back, where nothing did."""
    moves = (view.figures.whole or view.figures.total).moves
    return [way for way in ways if way != "back" or moves.get(way, 0)]


def _movement_by_section(view: View) -> Table:
    """How many actions of each section went which way, and from which rating to which."""
    ways_shown = _shown(view, DIRECTIONS)
    columns = [
        group_column(view),
        figure("actions", "Actions", "Actions", 10),
        TableColumn("paths", "From the last board to now", "list", width=46,
                    blank="No rating has moved", spoken="No rating has moved"),
        *(replace(c, plain=view.shows("By section")) for c in move_columns(ways_shown, 14)),
    ]  # fmt: skip
    label = {key: point.label for key, point in view.points.items()}
    rows: list[Sequence[Item | TableValue]] = []
    counted = view.compared and view.rated and view.figures.sectioned
    for one in view.figures.sections if counted else ():
        paths = sorted(((label[a], label[b]), n) for (a, b), n in one.paths.items())
        ways = tuple(f"{a} to {b}: {n}" for (a, b), n in paths)
        words = Item(ways, shown="; ".join(ways)) if ways else Item()
        moves = (one.moves.get(d, 0) for d in ways_shown)
        rows.append([view.section(one.name, linked=True), one.actions, words, *moves])
    line = "How many actions of each section have become better or worse"
    return make_table("movement_by_section", "Movement by section", line, columns, rows)


# New.


def new_sheet(view: View) -> BoardSheet:
    """Every action that is new since the last board, or came back, in the order of the plan."""
    found, back = view.figures.came, view.figures.total.moves.get("back", 0)
    columns = view.columns("ref", "section", "action", "leads", "due", "rating", "progress")
    columns.append(TableColumn("came", "How it came into the plan", "list", width=42))
    came = arrivals(view)
    arrived = {"came": [_arrival(view, one, came.get(one.row.uid)) for one in found]}
    line = "The actions that the last board did not see, and how they came in"
    if back:
        line = "The actions that the last board did not see or had withdrawn, and how they came in"
    lines = lines_of(view, found, columns, arrived)
    title = "New actions, and those that came back" if back else "New actions"
    table = make_table("new", title, line, columns, lines)
    empty = "This is the first board: every action is new to it."
    if view.compared:
        empty = "No action has come into the plan since the last board."
    note = f"{plural(len(found) - back, 'action')} that the last board did not see"
    note += f", {back} that it had withdrawn" if back else ""
    return BoardSheet(
        line, title, (table,), notes=(note,) if found else (), empty="" if found else empty
    )


def arrivals(view: View) -> dict[str, Change]:
    """By uid, the change that brought a new action in: of its values, the action itself."""
    added = (change for change in reversed(view.board.changes) if change.kind == "row-added")
    return {change.uid: change for change in added}


def _arrival(view: View, one: Standing, came: Change | None) -> tuple[str, ...]:
    """By whom, when and from which cell an action came into the plan."""
    if one.direction == "back":
        cleared = [c for c in view.board.changes if (c.uid, c.field) == (one.row.uid, STATUS)]
        last = cleared[-1:]  # since the last board
        return ("Withdrawn at the last board, and back since",
                *(t for c in last for t in (c.by, view.when(c.at), str(c.place))))  # fmt: skip
    if came is None:
        return ("Not counted at the last board",)
    return (decided(came.kind), came.by, view.when(came.at), str(came.place))


# Completed.


def standing_of(one: Standing) -> str:
    """In which of the three lists a done action stands."""
    if one.holding and not one.closed:
        return HELD
    if one.direction is not None and not one.was_closed:
        return CLOSED_NOW
    return CLOSED


def completed_sheet(view: View) -> BoardSheet:
    """Every action that is done: closed since the last board first, then watched, then earlier."""
    order = (CLOSED_NOW, HELD, CLOSED)
    done = sorted(view.figures.done, key=lambda one: order.index(standing_of(one)))
    columns = [
        *plan_columns(view),
        PlanColumn(TableColumn("standing", "Standing", width=25, plain=True)),
        PlanColumn(
            TableColumn("since", "Since", width=24, spoken="Not recorded", plain=True),
            into=rating.id if (rating := view.board.definition.with_role("rating")) else "",
        ),
    ]
    since = closed_since(view.board)
    lines: list[Line] = []
    for kind in order:
        mine = [one for one in done if standing_of(one) == kind]
        # What closed since the last board stands under a title that says so.
        into = "" if kind == CLOSED_NOW else columns[-1].into
        of_action = ActionLines(view, [*columns[:-1], replace(columns[-1], into=into)])
        lines += of_action.of(mine, _done(kind, [since.get(one.row.uid) for one in mine]))
    line = "What is done: since when, and what is watched before it closes"
    table = make_table(
        "completed", "Completed", line, [c.column for c in columns], lines, bands=_by_standing(done)
    )
    counts = {name: sum(standing_of(one) == name for one in done) for name in order}
    notes = (
        f"{plural(len(done), 'action')}",
        *(f"{name}: {count}" for name, count in counts.items() if count),
    )
    empty = "No action is closed, and none is done and under watch."
    if not view.rated:
        empty = "The plan does not rate its actions, so none is known to be closed."
    return BoardSheet(
        line, "Completed", (table,), notes=notes if done else (), empty="" if done else empty,
        apt=view.rated,
    )  # fmt: skip


def _by_standing(done: Sequence[Standing]) -> list[Band]:
    """A title above the actions of each of the three lists."""
    names = [standing_of(one) for one in done]
    return [
        Band(names.index(name), name, plural(names.count(name), "action"))
        for name in dict.fromkeys(names)
    ]


def _done(kind: str, closed: Sequence[str | None]) -> Mapping[str, list[Item]]:
    """What the actions of one of the three lists have in its own columns, from when each `closed`,
    as far as a board saw it."""
    if kind != CLOSED:
        closed = ["This board" if kind == CLOSED_NOW else None] * len(closed)
    standing = Item(kind, emphasis="strong" if kind == CLOSED_NOW else "")
    return {"standing": [standing] * len(closed), "since": [*map(item_of, closed)]}
