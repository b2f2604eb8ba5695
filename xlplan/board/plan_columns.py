"""The columns of Plan: at most eight are drawn; what others hold stands in a cell of those."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.figures import answers_of
from xlplan.board.paint import words_of
from xlplan.board.standings import Standing, listed, section_field
from xlplan.board.table_model import Item, TableColumn, each_once
from xlplan.board.view import ABSENT, COLUMNS, View, once_a_board, sign_of
from xlplan.plan.definition import Field

T = TypeVar("T")
BY_ROLE: Mapping[str, float] = {
    "key": 8,
    "recommendation": 16,
    "action": 44,
    "progress": 54,
    "output": 28,
    "outcome": 28,
    "page": 8,
}
MOST = 8
"""Columns that a page has room for."""
SHORT = 56
"""Characters that stand beside each other in one line of a cell."""
SPARSE = 0.3
"""A column in which fewer of the actions have something than this is mostly empty."""
OWN: tuple[str, ...] = ("key", "action", "lead", "due", "rating", "progress")
"""Roles whose column is always drawn."""
Worked = Literal["", "section", "overdue", "slips", "first", "last_board", "direction", "changed"]


class PlanColumn(Struct, frozen=True):
    """One column: of a field, or (`worked` out) of what the board finds about an action. What is
    not drawn, and is no band, stands in the cell of the column `into`."""

    column: TableColumn
    item: Field | None = None
    worked: Worked = ""
    into: str = ""


@once_a_board
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
            columns.append(PlanColumn(late, worked="overdue"))
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
    return _folded(view, columns)


def _column_of(item: Field) -> TableColumn:
    quoted = item.role == "recommendation" and item.field_type.narrative  # in words, not by refs
    role = "action" if quoted else item.role
    width = item.width or BY_ROLE.get(role) or item.field_type.board_width
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


# What is drawn, and what stands in the cell of another.


def _folded(view: View, columns: Sequence[PlanColumn]) -> tuple[PlanColumn, ...]:
    """The columns, those that have no room of their own put into one of the drawn."""
    drawn = _drawn(view, [c.item for c in columns if c.item is not None])
    into = _hosts(view, drawn)
    out = []
    for one in columns:
        host = ""
        if one.worked in ("overdue", "slips"):
            host = into("due")
        elif one.worked in ("first", "last_board", "direction"):
            host = into("rating")
        elif one.item is not None and one.item not in drawn:
            host = into(_kin(one.item))
        plain = one.column.plain or bool(host)
        out.append(replace(one, column=replace(one.column, plain=plain), into=host))
    return tuple(out)


def _drawn(view: View, items: Sequence[Field]) -> list[Field]:
    """The fields with a column of their own: those that every board reads, then those with the
    most in them."""
    with_role = view.board.definition.with_role
    own = [item for role in OWN if (item := with_role(role)) in items and item is not None]
    if not any(item.role == "due" for item in own):
        own += [item for item in items if item is with_role("revised")]
    rest = sorted(
        (item for item in items if item not in own and _share(view, item) >= SPARSE),
        key=lambda item: (not item.field_type.rated, -_size(view, item)),
    )
    return [*own, *rest[: MOST - len(own)]][:MOST]


def _share(view: View, item: Field) -> float:
    """In how many of the actions a field has something, from 0 to 1."""
    return view.amount(item)[0] / max(1, len(view.figures.standings))


def _size(view: View, item: Field) -> int:
    return view.amount(item)[1]


def _kin(item: Field) -> str:
    """The role of the column in whose cell a field is at home."""
    if item.field_type.frame == "date" or item.role == "revised":
        return "due"
    if item.field_type.rated:
        return "rating"
    if item.field_type.people:
        return "lead"
    return "progress" if item.owner == "lead" or item.role == "evidence" else "action"


def _hosts(view: View, drawn: Sequence[Field]) -> Callable[[str], str]:
    """The column for what is at home with a role; where it has none, the one with the most text."""
    if not drawn:
        return lambda _role: ""
    by_role = {item.role: _column_of(item).id for item in reversed(drawn)}
    by_role.setdefault("due", by_role.get("revised", ""))
    texts = [item for item in drawn if not item.field_type.rated] or list(drawn)
    largest = _column_of(max(texts, key=lambda item: _size(view, item))).id
    return lambda role: by_role.get(role) or largest


Inside = tuple[PlanColumn, Sequence[Item]]
"""A column that stands in the cells of another, and what it holds."""


class Folding:
    """How the items of lines are put into the cells of their drawn columns: `rated` is the column
    of the rating, whose arrow stands before its word."""

    def __init__(self, columns: Sequence[PlanColumn], rated: str = "") -> None:
        self._hosts: list[tuple[int, TableColumn, list[tuple[int, PlanColumn]]]] = []
        for at, host in enumerate(columns):
            inside = [(n, one) for n, one in enumerate(columns) if one.into == host.column.id]
            if inside:
                self._hosts.append((at, host.column, inside))
        self._rated = rated

    def shown(self, columns: Sequence[Sequence[Item]]) -> list[Sequence[Item]]:
        """The items of lines, column after column, those of drawn columns with what is folded into
        their cells."""
        out = [*columns]
        for at, host, inside in self._hosts:
            out[at] = self._folded(host, columns[at], [(one, columns[n]) for n, one in inside])
        return out

    def _folded(
        self, host: TableColumn, own: Sequence[Item], inside: Sequence[Inside]
    ) -> Sequence[Item]:
        """A drawn column with what stands in its cells besides: what many lines have in the same
        words is one item."""
        words = _said(lambda one: words_of(host, one) if one.value is not None else "", own)
        if host.id == self._rated:
            words = _with_arrows(words, inside)
        texts = _by_line([_said(partial(_folded_words, one), items) for one, items in inside])
        notes = _by_line(
            [
                _said(partial(_folded_note, one), items)
                for one, items in inside
                if any(item.note for item in items)
            ]
        )
        late = [items for one, items in inside if one.worked == "overdue"]
        alert = (any(item.value for item in line) for line in _by_line(late))
        filled = _by_line([[*map(_is_filled, items)] for _, items in inside])
        known: dict[tuple[int, str, str, bool], Item] = {}
        out = []
        for one, *about in zip(own, words, texts, notes, alert, filled, strict=False):
            out.append(_with_more(known, one, *about) if any(about[-1]) else one)
        return out


def _with_more(
    known: dict[tuple[int, str, str, bool], Item],
    own: Item,
    words: str,
    texts: Iterable[str],
    notes: Iterable[str],
    late: bool,
    _: object,
) -> Item:
    """An item with what is folded into its cell."""
    shown = "\n".join(filter(None, [words, *_beside([*filter(None, texts)])]))
    note = "\n\n".join(filter(None, [own.note, *notes]))
    key = (id(own), shown, note, late)
    found = known.get(key)
    if found is None:
        emphasis = "alert" if late else own.emphasis
        found = known[key] = Item(own.value, own.rating, own.link, note, emphasis, shown)
    return found


def _said(say: Callable[[Item], str], items: Sequence[Item]) -> list[str]:
    """What is said of each item, which is asked once of what stands in many lines."""
    found = {id(item): say(item) for item in each_once(items)}
    return [*map(found.__getitem__, map(id, items))]


def _by_line(columns: Sequence[Sequence[T]]) -> Iterable[tuple[T, ...]]:
    """What columns hold, line by line."""
    return zip(*columns, strict=True) if columns else repeat(())


def _is_filled(item: Item) -> bool:
    return item.value is not None or item.note != ""


def _with_arrows(words: Sequence[str], inside: Sequence[Inside]) -> list[str]:
    """Ratings with what the board finds about them, which are columns of its own."""
    found = {one.worked: [str(item.value or "") for item in items] for one, items in inside}
    blank = [""] * len(words)
    worked: Sequence[Worked] = ("direction", "last_board", "first")
    return [*map(_moved_words, words, *(found.get(name, blank) for name in worked))]


def moved_rating(view: View, one: Standing, joint: str = "\n") -> Item:
    """The rating of an action, with its arrow and what it was at the last board: of actions that
    moved alike, one item."""
    known, key = _moved(view), (one.now, one.before, one.direction, joint)
    found = known.get(key)
    if found is None:
        now, was, way = (view.item(one, name) for name in ("rating", "last_board", "direction"))
        words = _moved_words(str(now.value or ""), str(way.value or ""), str(was.value or ""))
        found = known[key] = replace(now, shown=words.replace("\n", joint))
    return found


@once_a_board
def _moved(_: View) -> dict[tuple[str, str | None, str | None, str], Item]:
    """What was said already of how a rating moved: by what it is, what it was, and which way."""
    return {}


def _moved_words(words: str, direction: str, was: str, first: str = "") -> str:
    """A rating with its direction before it, and what it was where it has moved."""
    if not direction:
        return words
    lines = [f"{sign_of(direction)} {words}"]
    if was and was != words:
        lines.append(f"was {was}")
    elif not was:
        lines.append(direction)
    return "\n".join([*lines, *([f"first {first}"] if first and first != was else [])])


def _folded_words(one: PlanColumn, item: Item) -> str:
    """What a folded column adds to the cell; what the rating's arrow says is there already."""
    if one.worked in ("first", "last_board", "direction") or item.value is None:
        return ""
    words = words_of(one.column, item)
    return words if one.worked or not words else f"{one.column.heading}: {words}"


def _beside(texts: Sequence[str]) -> list[str]:
    """Texts in lines, short ones beside each other."""
    lines: list[str] = []
    for text in texts:
        short = bool(lines) and "\n" not in lines[-1] + text
        if short and len(lines[-1]) + len(text) <= SHORT:
            lines[-1] += f"  ·  {text}"
        else:
            lines.append(text)
    return lines


def _folded_note(one: PlanColumn, item: Item) -> str:
    return f"{one.column.heading}. {item.note}" if item.note else ""


# Which fields.


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
