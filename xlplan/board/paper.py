"""The paper: the board report as a document, in the order in which councils write theirs.

Every figure is that of the board's workbook. What only a person can say stands in places of its
own, filled from what the plan definition says of this board.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlplan.board.action_lists import first_in_line
from xlplan.board.at_a_glance import ASKS_TO_WRITE, MESSAGE_TO_WRITE, in_a_sentence, none_worse
from xlplan.board.board_model import Board
from xlplan.board.fitting import cut_words
from xlplan.board.key_figures import figure_groups
from xlplan.board.reasons import REASONS
from xlplan.board.section_pages import movement_in_words, outcome_of, paragraph_on
from xlplan.board.standings import OF_THE_ROUND, Standing, leads_of
from xlplan.board.table_model import Item
from xlplan.board.view import FIRST_BOARD, View, direction_word, plural, view_of
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.document import (
    Block,
    Document,
    Heading,
    TableOf,
    TableText,
    Text,
)
from xlplan.workbook.write.look import palette

MOST = 30
"""Exceptions that are listed one by one; the composite has them all."""
MOST_MOVED = 25
"""Actions of one section that are listed because they moved."""
LONGEST = 220
"""Characters of an action's text in a table."""
LONGEST_REASON = 160


def paper(board: Board, created: str) -> Document:
    """The paper of a board. `created` (ISO 8601, UTC) is written into the file."""
    view, definition = view_of(board), board.definition
    look = palette(definition)
    title = f"{definition.title or 'Improvement plan'}: report to the board"
    foot = " · ".join(part for part in (definition.marking, definition.organisation) if part)
    return Document(
        title=title,
        created=created,
        blocks=tuple(_blocks(view, title)),
        subject=f"Cycle {board.cycle}",
        company=definition.organisation,
        language=definition.language[0],
        font=definition.style.font,
        accent=look.accent,
        heading_fill=look.band_fill,
        footer=foot,
    )


def _blocks(view: View, title: str) -> Iterator[Block]:
    yield Text(title, "title")
    yield Text(_subtitle(view), "subtitle")
    yield Heading("1. Purpose of this report")
    yield Text(_purpose(view))
    yield Heading("2. The position")
    yield from _position(view)
    if view.figures.sectioned:
        yield Heading(f"3. {view.group} by {view.group[:1].lower()}{view.group[1:]}")
        for section in view.figures.sections:
            mine = [one for one in view.figures.standings if one.section == section.name]
            yield from _section(view, section.name, mine)
    else:
        yield Heading("3. Movement")
        yield from _moved(view, "the plan", view.figures.standings)
    yield Heading("4. Exceptions")
    yield from _exceptions(view)
    yield Heading("5. New actions")
    yield from _new(view)
    yield Heading("6. Recommendations")
    yield from _recommendations(view)
    yield Heading("Appendix")
    yield Text(_appendix(view))


def _subtitle(view: View) -> str:
    board = view.board
    parts = (view.extract, board.definition.organisation, f"Position at {say_date(board.as_of)}")
    return "   ·   ".join(part for part in parts if part)


def _purpose(view: View) -> str:
    named = view.board.definition.title or "the improvement plan"
    against = (
        f"It compares the plan with {view.before}."
        if view.compared
        else "It is the first report on this plan, so there is nothing to compare with yet."
    )
    return (
        f"This report tells the board where the actions of “{named}” stand at "
        f"{say_date(view.board.as_of)}, which of them need its attention, and what it is asked "
        f"to decide. {against}"
    )


def _place(text: str, instead: str) -> Text:
    """The coordinator's words, or the place where they are still to be written."""
    return Text(text) if text.strip() else Text(f"[To be written: {instead}]", "place")


# The position.


def _position(view: View) -> Iterator[Block]:
    yield Text(in_a_sentence(view))
    if not view.rated and (none := none_worse(view)):
        yield Text(none)
    yield _place(view.board.definition.board.message, MESSAGE_TO_WRITE)
    if not view.figures.standings:
        return
    for title, figures in figure_groups(view):
        if figures:
            yield Text(f"{title}:")
        for one in figures:
            yield Text(f"{one.label}: {one.value} ({one.remark})", "bullet")
    if view.rated:
        yield _table_one(view)


def _table_one(view: View) -> TableOf:
    """Sections by rating, now and in brackets before; the whole plan is the last row."""
    points = view.figures.points
    sections = view.figures.sections if view.figures.sectioned else ()
    rows = []
    whole = [view.figures.whole] if view.figures.whole else []
    for one in (*sections, view.figures.total, *whole):
        name = view.short.get(one.name, one.name)
        counts = [
            _now_and_before(one.now.get(p.key, 0), (one.before or {}).get(p.key, 0), view)
            for p in points
        ]
        counts.append(_now_and_before(one.actions, one.actions_before, view))
        rows.append([TableText(name, bold=True), *map(_number, counts)])
    before = f", and in brackets at {view.before}" if view.compared else ""
    heading = view.group if view.figures.sectioned else "Plan"
    return TableOf(
        f"Table 1: Actions by rating{before}",
        "A row for each section and one for the whole plan; a column for each rating.",
        [heading, *(point.label for point in points), "All actions"],
        rows,
        [3.2, *(1.3 for _ in points), 1.3],
        total=True,
    )


def _now_and_before(now: int, before: int, view: View) -> str:
    return f"{now} ({before})" if view.compared else str(now)


def _number(text: str) -> TableText:
    return TableText(text, centred=True)


# A section at a time.


def _section(view: View, name: str, standings: Sequence[Standing]) -> Iterator[Block]:
    short = view.short.get(name, name)
    yield Heading(short, 2)
    if " ".join(name.split()) != short:
        yield Text(name, "quiet")
    if outcome := outcome_of(view, standings):
        yield Text(outcome)
    yield _place(paragraph_on(view, name), f"how {short} is getting on.")
    yield from _moved(view, short, standings)


def _moved(view: View, name: str, standings: Sequence[Standing]) -> Iterator[Block]:
    """A sentence of what moved, and a table of it, the worse first."""
    yield Text(movement_in_words(view, standings))
    if not view.compared or not view.rated:
        return
    moved = [
        one
        for way in ("worse", "better", "back", "uncompared")
        for one in standings
        if one.direction == way
    ]
    if not moved:
        return
    shown = moved[:MOST_MOVED]
    rows = [
        [
            TableText(one.row.ref, bold=True),
            TableText(_action(view, one)),
            _rating(view, one.before),
            _rating(view, one.now),
            TableText(direction_word(one), bold=one.direction == "worse"),
        ]
        for one in shown
    ]
    yield TableOf(
        f"Movement in {name}",
        "The actions whose rating changed since the last board, the worse first, and those that "
        "came back into the plan."
        if any(one.direction == "back" for one in moved)
        else "The actions whose rating changed since the last board, the worse first.",
        ["Ref", "Action", "Last board", "Now", "Direction"],
        rows,
        [1.2, 6.2, 1.7, 1.7, 1.7],
    )
    yield from _and_more(len(moved) - len(shown), "Movement")


def _and_more(count: int, sheet: str) -> Iterator[Text]:
    if count:
        yield Text(f"{count} more: see the sheet {sheet} of the workbook.", "quiet")


def _action(view: View, one: Standing) -> str:
    return cut_words(view.text_of(one.row, "action"), LONGEST)


def _rating(view: View, key: str | None) -> TableText:
    found: Item = view.rating(key)
    fill = found.rating.colour if found.rating is not None else ""
    return TableText(str(found.value or "–"), fill, centred=True)


# Exceptions, new actions, recommendations.


def _exceptions(view: View) -> Iterator[Block]:
    found = first_in_line(view)
    if not found:
        yield Text("No action needs the board's attention.")
        return
    yield Text(f"{plural(len(found), 'action')} need the board's attention, for these reasons:"
               if len(found) > 1 else "One action needs the board's attention:")  # fmt: skip
    for kind, label in REASONS:
        count = sum(any(r.kind == kind for r in one.reasons) for one in found)
        if count and kind not in OF_THE_ROUND:
            yield Text(f"{label}: {count}", "bullet")
    shown = found[:MOST]
    rows = [
        [
            TableText(one.row.ref, bold=True),
            TableText(_action(view, one)),
            TableText(
                "\n".join(leads_of(view.board.definition, one.row.values)) or "No lead named"
            ),
            *([_rating(view, one.now)] if view.rated else []),
            TableText(cut_words("; ".join(one.why), LONGEST_REASON)),
        ]
        for one in shown
    ]
    rated = ["Rating"] if view.rated else []
    yield TableOf(
        "Exceptions, the worst first",
        "The actions that need the board's attention, each with its leads and the reasons.",
        ["Ref", "Action", "Leads", *rated, "Why"],
        rows,
        [1.1, 4.6, 2.5, *(1.5 for _ in rated), 3.6],
    )
    yield from _and_more(len(found) - len(shown), "Exceptions")


def _new(view: View) -> Iterator[Block]:
    found = view.figures.new if view.compared else ()
    if not found:
        yield Text("No action is new." if view.compared else f"{FIRST_BOARD}.")
        return
    yield TableOf(
        "New actions",
        "The actions that were not in the plan at the last board.",
        ["Ref", "Action", "Leads", "Due"],
        [
            [
                TableText(one.row.ref, bold=True),
                TableText(_action(view, one)),
                TableText(
                    "\n".join(leads_of(view.board.definition, one.row.values)) or "No lead named"
                ),
                TableText(str(view.item(one, "due").value or "–")),
            ]
            for one in found
        ],
        [1.1, 6.4, 3.0, 2.2],
    )


def _recommendations(view: View) -> Iterator[Block]:
    asks = view.board.definition.board.asks
    if not asks:
        yield _place("", ASKS_TO_WRITE)
        return
    yield Text("The board is asked to:")
    yield from (Text(ask, "number") for ask in asks)


def _appendix(view: View) -> str:
    board = view.board
    return (
        f"The whole plan, with every action, change and exception, is in the workbook of cycle "
        f"{board.cycle}, as of {say_date(board.as_of)}."
    )
