"""The Notes sheet: how the figures are made, the rating key, what is left open, long texts."""

from __future__ import annotations

from dataclasses import replace

from xlplan.board.frame import Frame, plural
from xlplan.board.longtexts import cut_words, pieces
from xlplan.board.plan_sheet import empty_fields
from xlplan.board.restated import restatements
from xlplan.board.standings import best_first, listed
from xlplan.board.words import decided, heading_of, meaning_of
from xlplan.plan.definition import Rating
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.plan.values import natural_key, show
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Notes"
WIDTHS = (30.0, 122.0)
PIECE_LINES = 24
OF_RATINGS = ("Closed", "On track", "Direction")
"""Terms that mean nothing where actions are not rated."""


def method(frame: Frame) -> list[tuple[str, str]]:
    """What each figure means, one line a term."""
    board, f = frame.board, frame.figures
    day = say_date(board.as_of)
    before = board.previous_label or "the last board"
    still = " and the action is neither closed nor done and under watch" if frame.rated else ""
    lines = [
        ("Source", "Every figure is computed from the ledger; none is typed. The Plan sheet is the "
         "plan itself, so each figure can be counted again there."),
        ("Actions", "Each action counts once, under its own section, however many recommendations "
         "it answers. Withdrawn actions are listed at the end of Plan and count nowhere."),
        ("Closed", "Actions whose rating the plan calls closed."),
        ("On track", "Actions rated neither closed nor for attention. Actions that are not rated, "
         "or whose rating is not on the scale, are not on track."),
        ("Overdue", f"The due date is before {day}{still}. A month is due on its last day, and "
         'words such as "Within 3 months" count from the day the plan was agreed. A timescale that '
         'names no date, or that ends with a line "Ongoing", is never overdue.'),
        ("Exceptions", "Actions rated for attention, overdue, with a date that a return would take "
         "away, worse than at the last board, no longer rated, rated with something that is not on "
         "the scale, rated twice and differently, challenged by a rule of the plan, with an open "
         "question, or open and without a return from any of their leads who were asked. "
         "The reasons are given in words."),
    ]  # fmt: skip
    if board.previous is not None:
        ends = "best to worst" if best_first(_scale(frame)) else "worst to best"
        lines += [
            ("Before", f"The plan as the board saw it: {before}. What has been corrected since is "
             "shown as a change, not put into that column."),
            ("Direction", f"Better or worse by the order of the scale, which runs from {ends}. "
             "An action that had no rating before, or has none now, cannot be compared."),
        ]  # fmt: skip
    if f.asked:
        lines.append(
            ("Returns", f"{f.returned} of {f.asked} received; {f.late} of them late"
             f"{_on_old(frame)}. A return is received once the file has been merged.")
        )  # fmt: skip
    left_out = empty_fields(frame) if not board.definition.composite.fields else ()
    if left_out:
        names = listed([item.heading for item in left_out])
        lines.append(("Not shown", f"Columns with nothing in them are left out of Plan: {names}."))
    if any(known.slips for known in board.dues.values()):
        lines.append(
            ("Slips", "How often the due date was put back since the action came into the plan. "
             "A date that was brought forward, or a move that was undone, is no slip.")
        )  # fmt: skip
    if f.organisations:
        lines.append(
            ("Organisations", "An action counts under each organisation that answers for it: as "
             "the plan says, else as its leads belong.")
        )  # fmt: skip
    if board.history:
        lines.append(
            ("History", "Each earlier cycle as its last composite had it. The average slip is over "
             "the actions that had a date then and when they came into the plan.")
        )  # fmt: skip
    lines += _several(frame)
    lines.append(("Ledger tip", board.tip or "Not recorded"))
    if not frame.rated:
        return [line for line in lines if line[0] not in OF_RATINGS]
    return lines


def _on_old(frame: Frame) -> str:
    """How many leads answered on the form of an earlier cycle only."""
    old = sum(bool(line.old_form) for line in frame.board.returns)
    return f", {old} on the form of an earlier cycle, which counts" if old else ""


def _several(frame: Frame) -> list[tuple[str, str]]:
    """Which plans are on this board, and by which rules each is counted."""
    plans = frame.board.plans
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


def _scale(frame: Frame) -> tuple[Rating, ...]:
    item = frame.board.definition.with_role("rating")
    return frame.board.definition.scale_of(item) if item else ()


def notes_sheet(frame: Frame) -> Sheet:
    """Method, rating key, open lints, withdrawn actions; last, so that it has every long text."""
    rows = frame.banner("Notes", len(WIDTHS))
    label = replace(frame.boxed, bold=True)
    _table(frame, rows, "How the figures are made")
    for term, text in method(frame):
        rows.append(Row([frame.text(term, label), *_whole(frame, text)]))
    if frame.rated:
        _table(frame, rows, "Rating key")
    for point in frame.counted_points:
        rows.append(Row([frame.rating(point.key), *_whole(frame, meaning_of(point))]))
    _plan_notes(frame, rows)
    _restatements(frame, rows)
    _lints(frame, rows)
    _withdrawn(frame, rows)
    _long_texts(frame, rows)
    return frame.sheet(NAME, rows, WIDTHS)


def _whole(frame: Frame, text: str) -> list[Cell]:
    return [frame.fitted(text, WIDTHS[1], "Notes")]


def _table(frame: Frame, rows: list[Row], title: str) -> None:
    frame.keep(NAME, len(rows))
    rows.append(Row([], height=10))
    frame.keep(NAME, len(rows))
    head = frame.look.heading
    rows.append(Row([Cell(title, head), Cell(None, head)]))


def _plan_notes(frame: Frame, rows: list[Row]) -> None:
    """What the plan itself says about its actions as a whole: its footnotes and legends."""
    definition = frame.board.definition
    notes = [text for text in definition.notes if fold(text) != fold(definition.title)]
    if not notes:
        return
    _table(frame, rows, "Notes of the plan")
    for number, text in enumerate(notes, 1):
        rows.append(Row([frame.text(f"Note {number}"), *_whole(frame, text)]))


def _restatements(frame: Frame, rows: list[Row]) -> None:
    """What an earlier board had been told and has been corrected since."""
    found = restatements(frame.board)
    if frame.board.previous is None:
        return
    _table(frame, rows, "Restatements: earlier periods corrected since the last board")
    if not found:
        rows.append(Row([Cell("None", frame.boxed), *_whole(frame, "Nothing has been restated.")]))
    for change in found:
        item = frame.board.definition.find(change.field)
        heading = heading_of(item, change.field)
        before, after = frame.say(item, change.before), frame.say(item, change.after)
        text = f'From "{before}" to "{after}". {decided(change.kind)}, {frame.when(change.at)}'
        if change.cycle and change.cycle != frame.board.cycle:
            text += f", for {change.cycle}"
        place = f" {change.place}." if str(change.place) else ""
        label = ", ".join(part for part in (change.action, heading) if part)
        rows.append(Row([frame.text(label), *_whole(frame, f"{text}.{place}")]))


def _lints(frame: Frame, rows: list[Row]) -> None:
    problems = sorted(
        frame.board.problems,
        key=lambda p: (natural_key(p.action), p.where, p.field, p.code, p.message),
    )
    _table(frame, rows, "Checks left open")
    if not problems:
        rows.append(Row([Cell("None", frame.boxed), Cell("No check is left open.", frame.boxed)]))
    for problem in problems:
        item = frame.board.definition.find(problem.field)
        heading = heading_of(item, problem.field)
        place = ", ".join(part for part in (problem.action, heading) if part)
        text = f"{problem.message} [{problem.code}]"
        rows.append(Row([frame.text(place or problem.where), *_whole(frame, text)]))


def _withdrawn(frame: Frame, rows: list[Row]) -> None:
    if not frame.figures.withdrawn:
        return
    item = frame.board.definition.with_role("action")
    _table(frame, rows, f"Withdrawn: {plural(len(frame.figures.withdrawn), 'action')}, not counted")
    for row in frame.figures.withdrawn:
        text = show(row.values.get(item.id)) if item else ""
        rows.append(Row([frame.ref(row.uid, row.ref), *_whole(frame, text)]))


def _long_texts(frame: Frame, rows: list[Row]) -> None:
    if not frame.texts.labels:
        return
    _table(frame, rows, "Long texts in full")
    number = 0
    # Fitting a text of this sheet may add to the list while it is walked: take it as it grows.
    while number < len(frame.texts.labels):
        text, label = list(frame.texts.labels.items())[number]
        number += 1
        parts = pieces(text, WIDTHS[1], frame.boxed, PIECE_LINES)
        for part, piece in enumerate(parts, 1):
            name = f"Long text {number}: {cut_words(label, 120)}" + (
                f" (part {part} of {len(parts)})" if len(parts) > 1 else ""
            )
            rows.append(Row([Cell(name, frame.boxed), Cell(piece or None, frame.boxed)]))
