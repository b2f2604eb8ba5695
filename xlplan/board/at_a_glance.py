"""The first page: what the board should know in two minutes, most of it in the council's own words.

A sentence of figures, the coordinator's message, what the board is asked to do, the key figures;
then what got worse, what was finished, what is new and who did not report. The paper says the same
sentence, from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.board.action_lists import first_in_line, new_sheet
from xlplan.board.board_model import (
    BoardSheet,
    ReturnLine,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.fitting import cut_words, paged, pieces
from xlplan.board.grouped import return_words
from xlplan.board.one_page import COLUMNS, PIECE, WIDTH, Page, tiles
from xlplan.board.paint import Paint
from xlplan.board.standings import NOT_KNOWN, Standing, leads_of, listed
from xlplan.board.summary import key_figures_table
from xlplan.board.view import FIRST_BOARD, View, plural
from xlplan.plan.checks.lint_view import newest_notes
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.look import mix
from xlplan.workbook.write.sheet import Cell, Column, Row, Sheet

IN_A_SENTENCE, ASKED = "In a sentence", "The board is asked to"
NO_WORDS = "No explanation was given"
MESSAGE_TO_WRITE = "what the board should know beyond the figures."
ASKS_TO_WRITE = "what the board is asked to note, agree or decide."


def at_a_glance_sheet(view: View) -> BoardSheet:
    """The first page, as tables: words, key figures, and the lists."""
    line = "What the board should know in two minutes, and what it is asked to do"
    tables = [board_words(view), key_figures_table(view)]
    if view.compared:
        tables += [got_worse_table(view), finished_table(view)] if view.rated else []
        tables += new_sheet(view).tables
    tables.append(not_reported_table(view))
    return BoardSheet(line, "At a glance", tuple(tables))


# The sentence.


def in_a_sentence(view: View) -> str:
    """Which way the actions moved, what needs attention, what is late and who did not report."""
    figures, total = view.figures, view.figures.total
    if not figures.standings:
        return "The plan has no actions to count yet."
    parts = [_moved(view)]
    if view.rated:
        needs = "needs" if total.attention < 2 else "need"
        parts.append(f"{total.attention or 'none'} {needs} attention")
    if view.dated:
        parts.append(_late(view))
    if figures.asked:
        silent = figures.asked - figures.returned
        who = f"{plural(silent, 'lead')} did not report" if silent else "every lead reported"
        parts.append(who)
    return "; ".join(parts) + "."


def _moved(view: View) -> str:
    """How many improved and how many got worse; without ratings, what came in and what went."""
    total = view.figures.total
    if not view.compared:
        return f"At this first board the plan has {plural(total.actions, 'action')}"
    if not view.rated:
        new, gone = total.moves.get("new", 0), view.figures.withdrawn_since
        came = f"{_some(new)} came into the plan and {gone or 'none'} "
        return f"{view.since}, {came}{'was' if gone < 2 else 'were'} withdrawn"
    better, worse = total.moves.get("better", 0), total.moves.get("worse", 0)
    if not better and not worse:
        return f"{view.since}, no action improved or got worse"
    return f"{view.since}, {_some(better)} improved and {worse or 'none'} got worse"


def _some(count: int) -> str:
    return plural(count, "action") if count else "no action"


def _late(view: View) -> str:
    """How many are late, and how many of those their officers rate as on track."""
    late, on_track = view.figures.total.overdue, view.figures.total.positions.get("late", 0)
    if not late:
        return "none is late"
    words = f"{late} {'is' if late == 1 else 'are'} late"
    if not view.rated:
        return words
    if late == 1:
        return f"{words} and {'is' if on_track else 'not'} rated on track"
    some = "all" if on_track == late else on_track or "none"
    return f"{words}, {some} of them rated on track"


# The words and the lists.


def board_words(view: View) -> Table:
    """The sentence, the coordinator's message, and what the board is asked to do."""
    words = view.board.definition.board
    message, asks = words.message, words.asks
    if view.board.working:
        message = message or f"[To be written: {MESSAGE_TO_WRITE}]"
        asks = asks or (f"[To be written: {ASKS_TO_WRITE}]",)
    rows = [(IN_A_SENTENCE, in_a_sentence(view)), ("Message", message)]
    rows += [(ASKED, ask) for ask in asks]
    columns = (TableColumn("about", "About", width=26), TableColumn("text", "Text", width=112))
    line = "The position in a sentence, the message to the board, and what it is asked to do"
    return make_table("board_words", "For the board", line, columns, [r for r in rows if r[1]])


def latest_words(view: View, one: Standing) -> str:
    """What the officer wrote last about an action, in full."""
    notes = newest_notes(view.board.definition, one.row)
    return "\n".join(text.strip() for _, text in notes if text.strip())


def got_worse(view: View) -> list[Standing]:
    """The actions whose rating is worse than at the last board, the worst first."""
    return [one for one in first_in_line(view) if one.direction == "worse"]


def got_worse_table(view: View) -> Table:
    """What got worse, each with what the officer wrote."""
    columns = view.columns("ref", "section", "action", "leads", "last_board", "rating")
    columns.append(words_column())
    line = "The actions whose rating is worse than at the last board, in the officers' words"
    lines = [
        line_of([*(view.item(one, c.id) for c in columns[:-1]), latest_words(view, one)])
        for one in got_worse(view)
    ]
    return make_table("got_worse", "What got worse", line, columns, lines)


def words_column() -> TableColumn:
    """The column with what the officer wrote last."""
    return TableColumn("words", "In the officer's words", width=56, blank=NO_WORDS, spoken=NO_WORDS)


def finished(view: View) -> list[Standing]:
    """The actions that are done now, and are known not to have been at the last board."""
    return [
        one
        for one in view.figures.done
        if view.compared and one.before != NOT_KNOWN and not _was_done(view, one)
    ]


def _was_done(view: View, one: Standing) -> bool:
    point = view.points.get(one.before or "")
    return bool(point and point.rating and (point.rating.closed or point.rating.holding))


def finished_table(view: View) -> Table:
    """What was finished since the last board."""
    columns = view.columns("ref", "section", "action", "leads", "last_board", "rating")
    lines = [line_of(view.item(one, c.id) for c in columns) for one in finished(view)]
    line = "The actions that were finished since the last board"
    return make_table("finished", "What was finished", line, columns, lines)


def not_reported(view: View) -> list[ReturnLine]:
    """The leads who were asked and have not returned, by name."""
    missing = (line for line in view.board.returns if line.issued and not line.returned)
    return sorted(missing, key=lambda line: line.lead.casefold())


def not_reported_table(view: View) -> Table:
    """Who did not report."""
    columns = (
        TableColumn("lead", "Lead", width=40, strong=True),
        TableColumn("return", "Return", width=40),
    )
    rows = [(line.lead, return_words(line)) for line in not_reported(view)]
    line = "The leads who were asked and did not report"
    return make_table("not_reported", "Who did not report", line, columns, rows)


# The first page.

MOST_LISTED = 4
"""Actions that are listed with their text where they were finished or are new; of others, the
refs. What got worse is listed whole."""
IN_SHORT, ON_ONE_LINE, LEADS = 150, 84, 42
"""Characters of an action's text on the first page, and of its leads; Plan has them whole."""


def coloured_glance(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """The first page, A4 and upright; it runs on where what got worse needs the room."""
    draft = Page(paint)
    view = paint.view
    _title(draft)
    tables = {table.key: table for table in sheet.tables}
    _words(draft, tables["board_words"])
    tiles(draft)
    if view.compared and view.rated:
        _worse(draft, got_worse(view))
        _list(draft, "What was finished", "finished", finished(view))
    if view.compared:
        _list(draft, "What is new", "new", view.figures.new)
    _silent(draft)
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
    )


def _title(draft: Page) -> None:
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
        else:
            draft.title("Message to the board")
            draft.over(words, plain)


def _worse(draft: Page, found: Sequence[Standing]) -> None:
    """What got worse, each with what the officer wrote, whole."""
    view = draft.view
    draft.title("What got worse", plural(len(found), "action") if found else "")
    if not found:
        draft.over("No rating is worse than it was.", draft.body)
    for one in found:
        draft.stay()
        _head(draft, one, _from_to(draft, one), IN_SHORT)
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        words = latest_words(view, one) or NO_WORDS
        style = replace(draft.body, valign="top")
        draft.over(f"{leads}: {words}", style, first=1)


def _head(draft: Page, one: Standing, last: Cell, most: int) -> None:
    """A row for an action: its ref, its text in at most so many characters, and what is last."""
    paint, view = draft.paint, draft.view
    bold = replace(draft.body, bold=True)
    ref = view.ref(one.row)
    link = paint.link(ref)
    style = replace(bold, colour=paint.look.link.colour) if link else bold
    text = cut_words(view.text_of(one.row, "action"), most)
    draft.row(
        (0, 0, paint.text(str(ref.value or "–"), style, link)),
        (1, COLUMNS - 4, Cell(text or None, bold)),
        (COLUMNS - 3, COLUMNS - 1, last),
    )


def _from_to(draft: Page, one: Standing) -> Cell:
    """From which rating to which, in the colour of that now."""
    points = draft.view.points
    was, now = (points.get(key or "", points["?"]) for key in (one.before, one.now))
    middle = replace(draft.body, indent=0, align="center", bold=True)
    return Cell(f"{was.label} → {now.label}", draft.paint.point(now, middle))


def _list(draft: Page, title: str, what: str, found: Sequence[Standing]) -> None:
    """Actions with their text, a row each; of those beyond `MOST_LISTED` the refs."""
    view = draft.view
    draft.title(title, plural(len(found), "action") if found else "")
    if not found:
        draft.over(f"No action {'was' if what == 'finished' else 'is'} {what}.", draft.body)
    small = replace(draft.body, size=8.5)
    for one in found[:MOST_LISTED]:
        leads = listed(leads_of(view.board.definition, one.row.values)) or "No lead named"
        cell = draft.paint.text(cut_words(leads, LEADS), small)
        _head(draft, one, cell, ON_ONE_LINE)
    if rest := found[MOST_LISTED:]:
        refs = ", ".join(one.row.ref or "no ref" for one in rest)
        draft.over(f"And {plural(len(rest), 'more', 'more')}: {refs}", draft.body)


def _silent(draft: Page) -> None:
    """Who did not report, of how many who were asked."""
    f, found = draft.view.figures, not_reported(draft.view)
    draft.title("Who did not report", f"{len(found)} of {plural(f.asked, 'lead')}" if found else "")
    nobody = "Every lead who was asked reported." if f.asked else "No lead was asked to report."
    names = "; ".join(line.lead for line in found)
    draft.over(names or nobody, draft.body)
