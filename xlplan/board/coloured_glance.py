"""The first page in colour: A4, upright, with as many late actions in full as it has room for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from msgspec.structs import replace

from xlplan.board.at_a_glance import (
    ASKED,
    IN_A_SENTENCE,
    NO_WORDS,
    WORSE,
    finished,
    got_worse,
    improved,
    late,
    late_since,
    latest_words,
    none_worse,
    not_reported,
)
from xlplan.board.fitting import cut_words, paged, pieces
from xlplan.board.key_figures import figure_groups
from xlplan.board.one_page import COLUMNS, PIECE, WIDTH, Page, spans, strip
from xlplan.board.paint import Paint
from xlplan.board.standings import Standing, leads_of, listed
from xlplan.board.table_model import BoardSheet, Table
from xlplan.board.view import FIRST_BOARD, plural
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import count_lines, line_height
from xlplan.workbook.write.look import mix
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet

GLANCE_SIZE = 9.5
"""Points of the smallest letters, so that they are printed in 8.5 or more."""
LEAST_LATE, MOST_LATE = 3, 24
"""Late actions that are listed with their text: at least so many, and more while there is room; of
the others, the refs."""
MOST_LISTED = 4
"""Actions that are listed with their text where they were finished or are new; of others, the
refs. What got worse is listed whole."""
FEW, MANY, HIGH = 12, 24, 20
"""Names of leads in a row of text; more stand in columns, and very many in narrower ones; and how
many stand below each other in one row."""
IN_SHORT, ON_ONE_LINE, IN_BRIEF, LEADS, FEWER_LEADS = 150, 84, 42, 42, 26
"""Characters of an action's text on the first page, and of its leads; Plan has them whole."""


def coloured_glance(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """The first page, A4 and upright: with fewer late actions in full, then with refs and names in
    rows of text, where that makes it one page; it runs on where what got worse needs the room."""
    view = paint.view
    every = min(MOST_LATE, len(late(view))) if view.dated else 0
    fewer = [(most, True) for most in range(every, min(LEAST_LATE, every) - 1, -1)]
    fewer += [(most, False) for most in range(min(LEAST_LATE, every), -1, -1)]

    def made(most: int, roomy: bool) -> Sheet:
        return _page(paint, name, sheet, most, roomy=roomy)

    at = bisect_left(fewer, True, key=lambda each: not made(*each).page.breaks)
    return made(*fewer[at]) if at < len(fewer) else made(min(LEAST_LATE, every), True)


def _page(paint: Paint, name: str, sheet: BoardSheet, most: int, *, roomy: bool) -> Sheet:
    """The page with at most so many late actions in full, and where it is `roomy` with what was
    finished and is new in full, and many names in columns."""
    draft = Page(paint, size=GLANCE_SIZE)
    view = paint.view
    _whole_title(draft)
    tables = {table.key: table for table in sheet.tables}
    _words(draft, tables["board_words"])
    _figures(draft)
    if view.compared:
        _got_worse(draft, got_worse(view))
    if view.dated:
        _late(draft, late(view), most)
    if view.compared and view.rated:
        _improved(draft, improved(view))
        _list(draft, "What was finished", "finished", finished(view), roomy=roomy)
    if view.compared:
        _list(draft, "What is new", "new", view.figures.new, roomy=roomy)
        if back := [one for one in view.figures.came if one.direction == "back"]:
            _list(draft, "What came back", "back", back, roomy=roomy)
    _silent(draft, roomy=roomy)
    page = replace(paint.page(), paper="A4", landscape=False)
    return paged(
        Sheet(
            name=name,
            rows=draft.rows,
            columns=[Column(WIDTH)] * COLUMNS,
            merges=draft.merges,
            page=page,
            tab_colour=paint.look.accent,
        ),
        draft.kept,
        fixed=True,
    )


def _whole_title(draft: Page) -> None:
    """The whole title, which board this is, and compared with what."""
    view, look = draft.view, draft.paint.look
    board, plan = view.board, view.board.definition
    against = f"Compared with {view.before}" if view.compared else FIRST_BOARD
    parts = (
        view.copy,
        view.extract,
        plan.organisation,
        f"Position at {say_date(board.as_of)}",
        against,
    )
    whole = replace(look.banner, wrap=True, size=18, indent=1)
    below = replace(look.banner_sub, wrap=True, indent=1)
    draft.over(plan.title or "Improvement plan", whole)
    draft.over("   ·   ".join(part for part in parts if part), below)
    draft.rows.append(Row([], height=6))


def _words(draft: Page, table: Table) -> None:
    """The sentence, the message, and what the board is asked to do."""
    look = draft.paint.look
    plain = replace(look.body, size=10.5, indent=1)
    asks = 0
    for about, text in table.rows:
        words = str(text)
        if about == ASKED:
            asks += 1
            if asks == 1:
                draft.title(f"{ASKED}:")
            number = Cell(f"{asks}.", replace(plain, bold=True, align="right", indent=0))
            style = replace(plain, bold=True)
            for n, piece in enumerate(pieces(words, WIDTH * COLUMNS, style, PIECE)):
                head = [(0, 0, number)] if not n else []
                draft.row(*head, (1, COLUMNS - 1, Cell(piece, style)))
        elif about == IN_A_SENTENCE:
            fill = mix(look.band_fill, "#FFFFFF", 0.4)
            draft.over(words, replace(plain, size=13, bold=True, fill=fill, valign="vcenter"))
        elif about != WORSE:
            draft.title("Message to the board")
            draft.over(words, plain)


def _figures(draft: Page) -> None:
    """The key figures: those that add up to all actions, then those that go across; all of them
    in columns of one width."""
    groups = [group for group in figure_groups(draft.view) if group[1]]
    most = max(len(found) for _, found in groups)
    places = spans(next((n for n in (4, 6) if n >= most), 4))
    for title, found in groups:
        draft.title(f"{title}:")
        for first in range(0, len(found), len(places)):
            strip(draft, found[first : first + len(places)], places, air=5 if first else 0)


def _got_worse(draft: Page, found: Sequence[Standing]) -> None:
    """What got worse, each with what the officer wrote, whole."""
    view = draft.view
    draft.title(WORSE, plural(len(found), "action") if found else none_worse(view))
    for one in found:
        draft.stay()
        _head(draft, one, _from_to(draft, one), IN_SHORT)
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        words = latest_words(view, one) or NO_WORDS
        style = replace(draft.body, valign="top")
        draft.over(f"{leads}: {words}", style, first=1)


def _late(draft: Page, found: Sequence[Standing], most: int) -> None:
    """What is late, the longest first: at most so many with their text, of the others the refs."""
    none = "No action is late."
    draft.title("What is late", f"{plural(len(found), 'action')}, the longest first" if found
                else none)  # fmt: skip
    view = draft.view
    rated = view.rated
    if found[:most]:
        draft.stay()
        last = [(11, 11, "Rating")] if rated else []
        heads = [
            (0, 0, "Ref"),
            (1, 4, "Action"),
            (5, 7, "Leads"),
            (8, 11 - rated, "Was due"),
            *last,
        ]
        head = replace(draft.head, size=draft.size)
        draft.row(*((a, b, Cell(text, head)) for a, b, text in heads))
    for one in found[:most]:
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        draft.row(
            _ref(draft, one),
            (1, 4, _text(draft, one, IN_BRIEF)),
            (5, 7, draft.paint.text(cut_words(leads, FEWER_LEADS), draft.body)),
            (8, 11 - rated, Cell(_was_due(one), draft.body)),
            *([(11, 11, _rating(draft, one))] if rated else []),
        )
    _others(draft, found[most:], "And " if most else "")


def _was_due(one: Standing) -> str:
    """The day that has passed: the action's own, or that of the first of its late steps."""
    day = late_since(one)
    return say_date(day) if day == one.due else f"{say_date(day)} (step)"


def _rating(draft: Page, one: Standing) -> Cell:
    point = draft.view.points.get(one.now, draft.view.points["?"])
    middle = replace(draft.body, indent=0, align="center")
    label = cut_words(point.label, 20)
    return Cell(label, draft.paint.point(point, middle) if point.rating else middle)


def _improved(draft: Page, found: Sequence[Standing]) -> None:
    """What improved: from which rating to which, and the refs."""
    points = draft.view.points
    none = "No action improved."
    draft.title("What improved", plural(len(found), "action") if found else none)
    moves: dict[tuple[str, str], list[str]] = {}
    for one in found:
        was, now = (points.get(key or "", points["?"]).label for key in (one.before, one.now))
        moves.setdefault((was, now), []).append(one.row.ref or "no ref")
    words = [f"{was} → {now}: {', '.join(refs)}" for (was, now), refs in moves.items()]
    if words:
        draft.over("; ".join(words), draft.body)


def _head(draft: Page, one: Standing, last: Cell, most: int) -> None:
    """A row for an action: its ref, its text in at most so many characters, and what is last."""
    draft.row(
        _ref(draft, one),
        (1, COLUMNS - 4, _text(draft, one, most)),
        (COLUMNS - 3, COLUMNS - 1, last),
    )


def _ref(draft: Page, one: Standing) -> tuple[int, int, Cell]:
    """The first cell of an action's row, with a link to Plan."""
    paint, bold = draft.paint, replace(draft.body, bold=True)
    ref = draft.view.ref(one.row.ref, one.row.uid)
    link = paint.link(ref)
    style = replace(bold, colour=paint.look.link.colour) if link else bold
    return 0, 0, paint.text(str(ref.value or "–"), style, link)


def _text(draft: Page, one: Standing, most: int) -> Cell:
    text = cut_words(draft.view.text_of(one.row, "action"), most)
    return Cell(text or None, replace(draft.body, bold=True))


def _from_to(draft: Page, one: Standing) -> Cell:
    """From which rating to which, in the colour of that now."""
    points = draft.view.points
    was, now = (points.get(key or "", points["?"]) for key in (one.before, one.now))
    middle = replace(draft.body, indent=0, align="center", bold=True)
    return Cell(f"{was.label} → {now.label}", draft.paint.point(now, middle))


def _list(draft: Page, title: str, what: str, found: Sequence[Standing], *, roomy: bool) -> None:
    """Actions with their text, a row each; of those beyond `MOST_LISTED`, or all of them where the
    page has no room, the refs."""
    view = draft.view
    none = f"No action {'was' if what == 'finished' else 'is'} {what}."
    draft.title(title, plural(len(found), "action") if found else none)
    most = MOST_LISTED if roomy else 0
    kinds = {one.now for one in found} if what == "finished" else set()
    for one in found[:most]:
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        leads = f"{view.rating(one.now).value}: {leads}" if len(kinds) > 1 else leads
        cell = draft.paint.text(cut_words(leads, LEADS), draft.body)
        _head(draft, one, cell, ON_ONE_LINE)
    _others(draft, found[most:], "And " if most else "")


def _others(draft: Page, rest: Sequence[Standing], also: str = "And ") -> None:
    """The refs of those that have no room for more."""
    if rest:
        refs = ", ".join(one.row.ref or "no ref" for one in rest)
        words = f"{also}{plural(len(rest), 'more', 'more')}: " if also else ""
        # Programs break a row of refs earlier than words of the same length.
        width = WIDTH * COLUMNS * 0.93
        for piece in pieces(f"{words}{refs}", width, draft.body, PIECE):
            high = count_lines(piece, width, draft.body) * line_height(draft.size)
            draft.row((0, COLUMNS - 1, Cell(piece, draft.body)), height=high + 1.5)


def _silent(draft: Page, *, roomy: bool) -> None:
    """Who did not report, of how many who were asked; many names in columns, to be read down."""
    f, found = draft.view.figures, not_reported(draft.view)
    count = f": {len(found)} of {plural(f.asked, 'lead')}" if found else ""
    nobody = "Every lead who was asked reported." if f.asked else "No lead was asked to report."
    draft.title(f"Who did not report{count}", "" if found else nobody)
    names = [line.lead for line in found]
    if not names:
        return
    if len(names) <= FEW or not roomy:
        draft.over("; ".join(names), draft.body)
        return
    places = spans(3 if len(names) <= MANY else 4)
    style = replace(draft.body, valign="top")
    for first in range(0, len(names), len(places) * HIGH):
        mine = names[first : first + len(places) * HIGH]
        high = -(-len(mine) // len(places))
        draft.row(*(
            (a, b, draft.paint.text("\n".join(mine[n * high : (n + 1) * high]), style))
            for n, (a, b) in enumerate(places)
        ))  # fmt: skip
