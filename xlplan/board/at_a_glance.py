"""The first page: what the board should know in two minutes, most of it in the council's own words.

A sentence of figures, the coordinator's message, what the board is asked to do, the key figures;
then what got worse, what is late, what improved, what was finished, what is new and who did not
report. The paper says the same
sentence, from here.
"""

from __future__ import annotations

from datetime import date

from xlplan.board.action_lists import first_in_line, lines_of, new_sheet
from xlplan.board.board_model import ReturnLine
from xlplan.board.grouped import return_words
from xlplan.board.key_figures import key_figures_table
from xlplan.board.standings import NOT_KNOWN, NOT_RATED, Standing, listed
from xlplan.board.table_model import BoardSheet, Table, TableColumn, make_table
from xlplan.board.view import View, plural
from xlplan.plan.checks.lint_view import newest_notes

IN_A_SENTENCE, ASKED = "In a sentence", "The board is asked to"
WORSE, NONE_WORSE = "What got worse", "No action got worse."
NO_RATINGS = "This plan has no ratings, so none can have got worse."
NO_WORDS = "No explanation was given"
MESSAGE_TO_WRITE = "what the board should know beyond the figures."
ASKS_TO_WRITE = "what the board is asked to note, agree or decide."


def at_a_glance_sheet(view: View) -> BoardSheet:
    """The first page, as tables: words, key figures, and the lists."""
    line = "What the board should know in two minutes, and what it is asked to do"
    tables = [board_words(view), key_figures_table(view)]
    if view.compared:
        moved = [got_worse_table(view), improved_table(view), finished_table(view)]
        tables += moved if view.rated else []
        tables += new_sheet(view).tables
    tables += [late_table(view)] if view.dated else []
    tables.append(not_reported_table(view))
    return BoardSheet(line, "At a glance", tuple(tables))


# The sentence.


def in_a_sentence(view: View) -> str:
    """Which way the actions moved, what needs attention, what is late and who did not report."""
    figures = view.figures
    if not figures.standings:
        return "The plan has no actions to count yet."
    parts = [_moved(view)]
    if view.rated and view.flags:
        parts.append(_attention(view))
    if view.dated:
        parts.append(_late(view))
    if gaps := _gaps(view):
        parts.append(gaps)
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
        came, back = f"{_some(new)} came into the plan", total.moves.get("back", 0)
        came += f", {back} came back and " if back else " and "
        return f"{view.since}, {came}{gone or 'none'} {'was' if gone < 2 else 'were'} withdrawn"
    better, worse = total.moves.get("better", 0), total.moves.get("worse", 0)
    if not better and not worse:
        return f"{view.since}, no action improved or got worse"
    return f"{view.since}, {_some(better)} improved and {worse or 'none'} got worse"


def _some(count: int) -> str:
    return plural(count, "action") if count else "no action"


def _attention(view: View) -> str:
    """How many need attention; where that is more than got worse, how many of them did before, and
    how many had no rating then or were not in the plan."""
    total = view.figures.total
    every = total.attention
    words = f"{every or 'none'} {'needs' if every < 2 else 'need'} attention"
    if not view.compared or every <= total.moves.get("worse", 0):
        return words
    found = [one for one in view.figures.standings if one.attention]
    flagged = {key for key, point in view.points.items() if point.rating and point.rating.exception}
    counts = (
        (sum(one.before in flagged for one in found), "as before"),
        (sum(one.before == NOT_RATED for one in found), "rated for the first time"),
        (sum(one.direction == "new" for one in found), "new in the plan"),
        (sum(one.direction == "back" for one in found), "back in the plan"),
    )
    kinds = [(count, kind) for count, kind in counts if count]
    if not kinds:
        return words
    count, kind = kinds[0]
    if count == every:
        return f"{words}, {'all of them ' if every > 1 else ''}{kind}"
    return f"{words}, {listed([f'{count} of them {kind}', *(f'{n} {k}' for n, k in kinds[1:])])}"


def _gaps(view: View) -> str:
    """How many are not rated, and how many have no date, where that is over a quarter of all."""
    total = view.figures.total
    unrated = total.positions.get("unrated", 0) if view.rated else 0
    parts = [
        (unrated, "is not rated", "are not rated"),
        (total.undated, "has no date that can be read", "have no date that can be read"),
    ]
    found = [(n, one if n == 1 else many) for n, one, many in parts if 4 * n > total.actions > 1]
    words = [f"{n} {kind}" for n, kind in found]
    if words:
        n, kind = found[0]
        words[0] = f"{n} of {total.actions} {kind}"
    return listed(words) if words else ""


def _late(view: View) -> str:
    """How many are late, and how many of those their officers rate as on track, or at least not
    for attention."""
    late, on_track = view.figures.total.overdue, view.figures.total.positions.get("late", 0)
    if not late:
        return "none is late"
    words = f"{late} {'is' if late == 1 else 'are'} late"
    if not view.rated or not (view.on_track or view.flags):
        return words
    if not view.on_track:
        some = "all" if 1 < on_track == late else on_track or "none"
        return f"{words}, {some} of them not rated for attention"
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
    rows.append((WORSE, none_worse(view)))
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


def none_worse(view: View) -> str:
    """That nothing got worse, or cannot have, in words; ``""`` where something did, and at a first
    board."""
    if not view.compared or not view.figures.standings:
        return ""
    if not view.rated:
        return NO_RATINGS
    return "" if view.figures.total.moves.get("worse") else NONE_WORSE


def got_worse_table(view: View) -> Table:
    """What got worse, each with what the officer wrote."""
    columns = view.columns("ref", "section", "action", "leads", "last_board", "rating")
    columns.append(words_column())
    line = "The actions whose rating is worse than at the last board, in the officers' words"
    found = got_worse(view)
    words = [latest_words(view, one) for one in found]
    lines = lines_of(view, found, columns, {"words": words})
    return make_table("got_worse", WORSE, line, columns, lines)


def improved(view: View) -> list[Standing]:
    """The actions whose rating is better than at the last board, in the order of the plan."""
    return [one for one in view.figures.standings if one.direction == "better"]


def improved_table(view: View) -> Table:
    """What improved."""
    columns = view.columns("ref", "section", "action", "leads", "last_board", "rating")
    lines = lines_of(view, improved(view), columns)
    line = "The actions whose rating is better than at the last board"
    return make_table("improved", "What improved", line, columns, lines)


def late(view: View) -> list[Standing]:
    """The actions that are late, the longest first."""
    found = (one for one in view.figures.standings if one.overdue)
    return sorted(found, key=late_since)


def late_since(one: Standing) -> date:
    """Since when an action is late: its own day, or that of the first of its late steps."""
    steps = [step.due.by for step in one.late_steps if step.due.by]
    return min([*steps, *([one.due] if one.due else [])], default=date.max)


def late_table(view: View) -> Table:
    """What is late."""
    columns = view.columns("ref", "section", "action", "leads", "due", "rating")
    lines = lines_of(view, late(view), columns)
    line = "The actions that are past their due date, the longest first"
    return make_table("late", "What is late", line, columns, lines)


def words_column() -> TableColumn:
    """The column with what the officer wrote last."""
    return TableColumn("words", "In the officer's words", width=56, blank=NO_WORDS, spoken=NO_WORDS)


def finished(view: View) -> list[Standing]:
    """The actions that are closed now, or done, and are known not to have been so at the last
    board: one that was done and is closed now is among them."""
    return [
        one
        for one in view.figures.done
        if view.compared and one.before != NOT_KNOWN and not _was_so(view, one)
    ]


def _was_so(view: View, one: Standing) -> bool:
    point = view.points.get(one.before or "")
    was = point.rating if point else None
    return was is not None and (was.closed or (was.holding and not one.closed))


def finished_table(view: View) -> Table:
    """What was finished since the last board."""
    columns = view.columns("ref", "section", "action", "leads", "last_board", "rating")
    lines = lines_of(view, finished(view), columns)
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
