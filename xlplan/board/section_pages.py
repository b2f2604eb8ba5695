"""The sheets Sections and By section: a section at a time in words, and the figures of each.

A section has its outcome as the plan states it, the coordinator's paragraph, its movement, and its
exceptions with what their officers say. The paper says the same of it, from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from xlplan.board.action_lists import More, first_in_line, lines_of
from xlplan.board.at_a_glance import latest_words, words_column
from xlplan.board.figures import Count, Rolled, rolled_sections
from xlplan.board.paint import inside
from xlplan.board.plan_columns import moved_rating
from xlplan.board.standings import Direction, Standing
from xlplan.board.summary import (
    move_columns,
    moves_shown,
    rolled_columns,
    rolled_item,
    section_asks,
)
from xlplan.board.table_model import (
    Band,
    BoardSheet,
    Item,
    Line,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.view import SIGNS, View, count_columns, figure, group_column, plural
from xlplan.plan.text import fold

MOST_WORDS = 400
"""Characters of what an officer says; the whole stands in Plan."""
MOST_CHARTED = 30
"""Sections that a chart has room to name."""
WAYS: tuple[Direction, ...] = ("better", "new", "back", "uncompared")
"""The ways in which actions moved that make no exception of them."""
SAID: tuple[Direction, ...] = ("better", "worse", "new", "back")
"""The ways that are counted in a sentence, the last where there is any."""
TO_WRITE = "how the section is getting on."


def sections_sheet(view: View) -> BoardSheet:
    """A section at a time: its words, what moved, and its exceptions explained."""
    groups = by_section(view) if view.figures.sectioned else {}
    line = "A section at a time: outcome, how it is getting on, and its exceptions explained"
    return BoardSheet(
        line, "Section by section", (_words_table(view, groups), _actions_table(view, groups)),
        empty="" if view.figures.sectioned else "The plan has no sections.",
        apt=view.figures.sectioned,
    )  # fmt: skip


def by_section(view: View) -> dict[str, list[Standing]]:
    """The actions of each section, in the order of the plan."""
    found: dict[str, list[Standing]] = {one.name: [] for one in view.figures.sections}
    for one in view.figures.standings:
        found[one.section].append(one)
    return found


# What is said of a section; the paper says it too.


def outcome_of(view: View, standings: Sequence[Standing]) -> str:
    """What the plan says of a section as a whole, such as its outcome."""
    item = view.statement
    if item is None:
        return ""
    return next(
        filter(None, (view.say(item, one.row.values.get(item.id)) for one in standings)), ""
    )


def paragraph_on(view: View, section: str) -> str:
    """The coordinator's paragraph on a section, which may be named in short."""
    names = {fold(section), fold(view.short.get(section, section))}
    words = view.board.definition.sections
    return next((one.paragraph for one in words if fold(one.name) in names), "")


def movement_in_words(view: View, standings: Sequence[Standing]) -> str:
    """How many actions there are, which way they moved, and how many are late."""
    late = sum(one.overdue for one in standings)
    overdue = "None is past the due date."
    if late:
        overdue = f"{late} {'is' if late == 1 else 'are'} past the due date."
    if not view.dated:
        overdue = ""
    actions = plural(len(standings), "action")
    if view.compared and view.rated:
        ways = Counter(one.direction for one in standings)
        counted = [f"{ways[way]} {way}" for way in SAID if way != "back" or ways[way]]
        actions = f"{actions}: {', '.join(counted)}"
    return f"{actions}. {overdue}".strip()


# Sections.


def _words_table(view: View, groups: Mapping[str, Sequence[Standing]]) -> Table:
    """What is said of each section; a coloured sheet has it above the section's actions."""
    columns = [
        TableColumn("section", view.group, width=30, plain=True),
        TableColumn("in_short", "In short", width=50, plain=True),
        TableColumn("moved", "What moved", width=50, plain=True, spoken="Nothing moved"),
        TableColumn("outcome", "Outcome", width=60, plain=True, spoken="None stated"),
        TableColumn("paragraph", "How it is getting on", width=70, plain=True,
                    spoken="Nothing written"),
    ]  # fmt: skip
    rows = [
        (view.section(name), movement_in_words(view, mine), moved_in_words(mine),
         outcome_of(view, mine), paragraph_on(view, name))
        for name, mine in groups.items()
    ]  # fmt: skip
    line = "What the plan and the coordinator say of each section"
    return make_table("section_words", "Sections in words", line, columns, rows)


def moved_in_words(standings: Sequence[Standing]) -> str:
    """Which actions moved, by their refs: "Better: 1.1, 1.4. New: 2.3."."""
    parts = []
    for way in WAYS:
        if refs := [one.row.ref or "no ref" for one in standings if one.direction == way]:
            parts.append(f"{SIGNS[way][1]}: {', '.join(refs)}.")
    return " ".join(parts)


def _actions_table(view: View, groups: Mapping[str, Sequence[Standing]]) -> Table:
    """The exceptions of each section, worst first, with what their officers say."""
    columns = view.columns("section", "ref", "action", "leads", "last_board", "rating", "direction")
    hidden = ("section", "last_board", "direction")
    columns = [
        replace(c, plain=c.id in hidden, brief=140 if c.id == "action" else 0) for c in columns
    ]
    columns.append(TableColumn("why", "Why it is here", "list", "Exceptions", 40))
    columns.append(replace(words_column(), brief=MOST_WORDS))
    place = {one.row.uid: n for n, one in enumerate(first_in_line(view))}
    lines: list[Line] = []
    bands: list[Band] = []
    asks = section_asks(view)
    for name, mine in groups.items():
        asked = asks.get(name, ())
        title = "\n".join(f"Recommendation {ref}: {text}" for ref, text in asked) or name
        in_short = f"{movement_in_words(view, mine)} {moved_in_words(mine)}".rstrip(" .")
        more = "\n".join(filter(None, _words_on(view, name, mine)))
        bands.append(Band(len(lines), title, in_short, ("section", name), more))
        found = sorted((one for one in mine if one.exception), key=lambda s: place[s.row.uid])
        own: More = {
            "words": [latest_words(view, one) for one in found],
            "rating": [moved_rating(view, one) for one in found],
        }
        lines += lines_of(view, found, columns, own)
    line = "The exceptions of each section, worst first, each with what its officer says"
    return make_table("sections", "Sections", line, columns, lines, bands=bands)


def _words_on(view: View, name: str, standings: Sequence[Standing]) -> tuple[str, ...]:
    """What stands under the name of a section: its outcome, the paragraph, and what moved."""
    paragraph = paragraph_on(view, name)
    if not paragraph and view.board.working:
        paragraph = f"[To be written: {TO_WRITE}]"
    return outcome_of(view, standings), paragraph


# By section.


def by_section_sheet(view: View) -> BoardSheet:
    """A row a section: movement, what is late or has no date, exceptions, and what rules sum up."""
    f, moves, rolled = view.figures, moves_shown(view), rolled_sections(view.board)
    columns = [
        group_column(view, 34),
        figure("actions", "Actions", "Actions", 10, strong=True),
        *count_columns(view.counted_points, 11),
        *move_columns(moves, 11),
        *rolled_columns(rolled),
        figure("overdue", view.late_heading, "Overdue", 11),
        *([figure("undated", "No date can be read", "No date", 12)] if f.total.undated else []),
        figure("exceptions", "Exceptions", "Exceptions", 12),
    ]
    counts = [(one, False) for one in (f.sections if f.sectioned else ())]
    totals = (*f.plans, f.total, *([f.whole] if f.whole is not None else []))
    counts += [(one, True) for one in totals]
    ids = [c.id for c in columns]
    lines = [
        replace(line_of(_figures(view, one, rolled, ids, total=total)), total=total)
        for one, total in counts
    ]
    line = "How each section moved, what of it is late, and its exceptions"
    drawn = view.rated and 1 < len(f.sections) <= MOST_CHARTED
    chart = f"Ratings now, by {inside(view.group)}" if drawn else ""
    table = make_table("by_section", "By section", line, columns, lines, chart=chart)
    return BoardSheet(line, "By section", (table,), apt=bool(f.standings or f.total.actions_before))


def _figures(
    view: View, one: Count, rolled: Sequence[Rolled], ids: Sequence[str], *, total: bool
) -> list[Item | int | None]:
    name = Item(one.name, emphasis="strong") if total else view.section(one.name, linked=True)
    own: dict[str, Item | int | None] = {
        "section": name,
        "actions": one.actions,
        "overdue": one.overdue,
        "undated": one.undated,
        "exceptions": one.exceptions,
        **{p.key or "none": one.now.get(p.key, 0) for p in view.counted_points},
        **{way: one.moves.get(way, 0) for way in moves_shown(view)},
    }
    for n, (rollup, by_name) in enumerate(rolled, 1):
        summed = None if total else by_name.get(fold(one.name))
        own[f"rule_{n}"] = rolled_item(view, rollup, summed) if summed else Item()
    return [own[name] for name in ids]
