"""The sheets Contents and Notes: which board this is, how figures are made, what is left open."""

from __future__ import annotations

from xlplan.board.at_a_glance import in_a_sentence
from xlplan.board.grouped import changes_table
from xlplan.board.other_boards import restatements
from xlplan.board.plan_columns import empty_fields
from xlplan.board.plan_sheet import leaves_out_closed, withdrawn_table
from xlplan.board.standings import best_first, listed
from xlplan.board.summary import rating_key
from xlplan.board.table_model import BoardSheet, Table, TableColumn, make_table
from xlplan.board.view import View
from xlplan.board.words import heading_of
from xlplan.plan.definition import Rating
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.plan.values import natural_key

_BACK = (
    " Back: it was withdrawn at the last board, which did not count it, and is in the plan again."
)
OF_RATINGS = ("Direction",)
"""Terms that mean nothing where actions are not rated."""


def contents_sheet(view: View) -> BoardSheet:
    """Which board this is. The list of sheets is added by whoever draws them."""
    return BoardSheet("Which board this is", "Contents", (about(view),))


def about(view: View) -> Table:
    """Which board this is."""
    board, definition = view.board, view.board.definition
    compared = "Nothing: this is the first board"
    if view.compared:
        compared = view.before[:1].upper() + view.before[1:]
    facts = [
        ("Plan", definition.title),
        ("Copy", view.copy),
        ("Extract", view.extract),
        ("Organisation", definition.organisation),
        ("Cycle", board.cycle),
        ("Position at", say_date(board.as_of)),
        ("Compared with", compared),
        ("Protective marking", definition.marking or "None given"),
        *((f"Plan {p.mark}", f"{p.title} ({p.group}), {say_date(p.as_of)}. Its refs begin with "
           f"{p.mark}/") for p in board.plans),
        *([("Ledger tip", board.tip or "Not recorded")] if board.working else []),
        ("In short", in_a_sentence(view)),
    ]  # fmt: skip
    columns = (TableColumn("fact", "Fact", width=26), TableColumn("value", "Value", width=112))
    rows = [fact for fact in facts if fact[1]]
    return make_table("about", "About this board", "Which board this is", columns, rows)


def method(view: View) -> list[tuple[str, str]]:
    """What each figure means, one line a term."""
    board, f = view.board, view.figures
    day = say_date(board.as_of)
    also = " and Completed" if leaves_out_closed(view) else ""
    waiting = (
        " Who has not returned stands under By lead, with the open actions that wait for it."
        if view.shows("By lead")
        else ""
    )
    still = " and the action is neither closed nor done and under watch" if view.rated else ""
    lines = [
        ("Source", "Every figure is computed from the ledger; none is typed. The plan itself "
         f"stands on Plan{also}, so each figure can be counted again there."),
        ("Actions", "Each action counts once, under its own section, however many recommendations "
         "it answers. Withdrawn actions are listed at the end of Plan and count nowhere."),
        ("Key figures", _key_figures(view)),
        ("Overdue", f"The due date is before {day}{still}. A month is due on its last day, and "
         'words such as "Within 3 months" count from the day the plan was agreed. A timescale that '
         'names no date, or that ends with a line "Ongoing", is never overdue.'),
        ("Late steps", "Where an action lists steps, each with a date of its own, a step is late "
         f"that was due before {day}, unless it is ticked as done, or its own line of the notes "
         "says so. An action with a late step counts as overdue, once."),
        ("No date", "Open actions in whose due date no day can be read: it is blank, it is in "
         'words such as "Ongoing", or it cannot be read. They may be late without counting as '
         f"overdue{'; they are listed under No date' if view.shows('No date') else ''}."),
        ("Exceptions", "Actions rated for attention, overdue, with late steps, with a date that a "
         "return would take away, worse than at the last board, no longer rated, rated with "
         "something that is not on the scale, rated twice and differently, or challenged by a rule "
         f"of the plan. The reasons are given in words.{waiting}"),
    ]  # fmt: skip
    if view.compared:
        ends = "best to worst" if best_first(_scale(view)) else "worst to best"
        lines += [
            ("Before", f"The plan as the board saw it: {view.before}. What has been corrected "
             "since is shown as a change, not put into that column."),
            ("Direction", f"Better or worse by the order of the scale, which runs from {ends}. "
             "An action that had no rating before, or has none now, cannot be compared; nor one "
             "that is for attention now, or closed, where the order of the scale says otherwise."
             f"{_BACK if f.total.moves.get('back') else ''}"),
        ]  # fmt: skip
    if f.asked:
        lines.append(
            ("Returns", f"{f.returned} of {f.asked} received; {f.late} of them late"
             f"{_on_old(view)}. A return is received once the file has been merged.")
        )  # fmt: skip
    left_out = empty_fields(view) if not board.definition.composite.fields else ()
    if left_out:
        names = listed([item.heading for item in left_out])
        lines.append(("Not shown", f"Columns with nothing in them are left out of Plan: {names}."))
    if any(known.slips for known in board.dues.values()):
        lines.append(
            ("Slips", "How often the due date was put back, from the first that is known: a "
             "revised date with which the action came into the plan is the first slip. A date that "
             "was brought forward, or a move that was undone, is no slip.")
        )  # fmt: skip
    if f.organisations and view.shows("By organisation"):
        lines.append(
            ("Organisations", "An action counts under each organisation that answers for it: as "
             "the plan says, else as its leads belong.")
        )  # fmt: skip
    if board.history and view.shows("History"):
        lines.append(
            ("History", "Each earlier cycle as its last composite had it. The average slip is over "
             "the actions that had a date then and when they came into the plan.")
        )  # fmt: skip
    lines += _several(view)
    lines.append(("Ledger tip", board.tip or "Not recorded"))
    if not view.rated:
        return [line for line in lines if line[0] not in OF_RATINGS]
    return lines


def _finished(view: View) -> bool:
    """Whether an action of a plan without ratings counts as completed."""
    return bool(view.figures.total.positions.get("completed"))


def _key_figures(view: View) -> str:
    """In which order an action is counted among the figures at the top of Summary."""
    if not view.rated:
        done = "completed (all its steps are done), else " if _finished(view) else ""
        return f"Each action counts once: {done}late, else without a date, else in time."
    first = (
        "Each action counts once, in the first of these that fits: completed (its rating closes "
        "it); done and watched; not rated, or with a rating that is not on the scale; for "
    )
    if view.on_track:
        return (
            f"{first}attention; on track but past its due date; on track without a date that can "
            "be read; on track and in time. Together they are all actions. On track is what the "
            "officers say."
        )
    return (
        f"{first}attention; of the others, those past their due date, those without a date that "
        "can be read, and those in time. Together they are all actions."
    )


def _on_old(view: View) -> str:
    """How many leads answered on the form of an earlier cycle only."""
    old = sum(bool(line.old_form) for line in view.board.returns)
    return f", {old} on the form of an earlier cycle, which counts" if old else ""


def _several(view: View) -> list[tuple[str, str]]:
    """Which plans are on this board, and by which rules each is counted."""
    plans = view.board.plans
    if not plans:
        return []
    rule = (
        "Each action is judged by its own plan's definition, on that plan's day. Ratings with the "
        "same words and the same meaning for the board count as one."
    )
    return [
        ("Several plans", rule),
        *(
            (f"Refs with {plan.mark}/", f"{plan.title} ({plan.group}), {say_date(plan.as_of)}")
            for plan in plans
        ),
    ]


def _scale(view: View) -> tuple[Rating, ...]:
    item = view.board.definition.with_role("rating")
    return view.board.definition.scale_of(item) if item else ()


def notes_sheet(view: View) -> BoardSheet:
    """How the figures are made, the rating key, and what was corrected; in the coordinator's copy
    what is left open too."""
    parts = [
        "How the figures are made",
        *(["the rating key"] if view.rated else []),
        *(["checks left open"] if view.board.working else []),
        "long texts in full",
    ]
    tables = [_method_table(view), rating_key(view), _plan_notes(view), _restatements(view)]
    tables += [_checks(view)] if view.board.working else []
    return BoardSheet(", ".join(parts), "Notes", (*tables, withdrawn_table(view)))


def _method_table(view: View) -> Table:
    """The notes that headings refer to, numbered."""
    columns = [
        TableColumn("note", "Note", width=12),
        TableColumn("term", "About", width=22),
        TableColumn("text", "What it says", width=100),
    ]
    rows = [(f"[note {number}]", *line) for number, line in enumerate(method(view), 1)]
    return make_table("notes", "Notes", "How the figures are made", columns, rows)


def _plan_notes(view: View) -> Table:
    """What the plan itself says about its actions as a whole: its footnotes and legends."""
    definition = view.board.definition
    notes = [text for text in definition.notes if fold(text) != fold(definition.title)]
    columns = [
        TableColumn("note", "Note", width=12),
        TableColumn("text", "Text", width=110),
    ]
    rows = [(f"Note {number}", text) for number, text in enumerate(notes, 1)]
    line = "What the plan itself says of its actions as a whole"
    return make_table("plan_notes", "Notes of the plan", line, columns, rows)


def _restatements(view: View) -> Table:
    """What an earlier board was shown and has been corrected since."""
    found = restatements(view.board) if view.compared else ()
    line = "Earlier periods corrected since the last board"
    return changes_table(view, "restatements", "Restatements", line, found)


def _checks(view: View) -> Table:
    """The problems that nobody has settled."""
    columns = [
        TableColumn("action", "Action", width=14, spoken="No action"),
        TableColumn("field", "Field", width=22, spoken="No field"),
        TableColumn("message", "What was found", width=90),
        TableColumn("code", "Code", width=12),
    ]
    problems = sorted(
        view.board.problems,
        key=lambda p: (natural_key(p.action), p.where, p.field, p.code, p.message),
    )
    of = view.board.definition
    rows = [
        (
            p.action or p.where, heading_of(of.find(p.field), p.field, of),
            p.message, p.code,
        )
        for p in problems
    ]  # fmt: skip
    line = "Checks of the plan that are left open"
    return make_table("checks", "Checks left open", line, columns, rows)
